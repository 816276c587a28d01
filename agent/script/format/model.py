"""What a script may hold: the file format, as types.

What stands under a field is what the published schema and the reference in the docs say of it. The
types know names, ranges and which fields go together; whether files exist and names refer to
something is for ``agent.script.faults``, and what a scene comes to, with all defaults in
place, for ``agent.script.plan``.
"""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import BeforeValidator, Discriminator, Field, WithJsonSchema, model_validator
from pydantic import Tag as Case

from agent.faults import Form, problem
from agent.request import options
from agent.request.options import DEFAULTS, LONGEST_PATH, Tag
from agent.screenplay import model as screenplay
from agent.screenplay.model import LONGEST_LINE, LONGEST_TITLE, Intensity, Pause, SceneId
from agent.script.format import forms
from agent.script.format.forms import Kind, OneOrTwo, Part, Short
from renderers.expressions import PRESETS

VERSION = 1
SAID = screenplay.Line.model_fields  # whose defaults are those of a script
LONGEST_SCENE = 3600.0  # seconds that a duration may ask for
LONGEST_BREAK = 60.0  # seconds of silence after a scene
LONGEST_TRANSITION = 3.0  # seconds
MOST_POINTS = 8

Layout = Literal["full", "left", "right", "corner", "conversation", "card", "end"]
CARDS = frozenset({"card", "end"})  # layouts without a presenter
Corner = Literal["top-left", "top-right", "bottom-left", "bottom-right"]
TransitionKind = Literal["cut", "fade", "crossfade", "slide", "wipe"]
Fit = Literal["cover", "contain"]
Codec = Literal["h264", "prores", "vp9"]
CaptionStyle = Literal["boxed", "outline", "bar"]

NAME = r"^[A-Za-z0-9]+(?:[-_][A-Za-z0-9]+)*$"
COLOUR = r"^#(?:[0-9a-fA-F]{3}|[0-9a-fA-F]{6})$"

Name = Annotated[
    str,
    Field(min_length=1, max_length=60, pattern=NAME),
    Form("a name of letters and digits, with single hyphens or underscores between"),
]
File = Annotated[str, Field(min_length=1, max_length=LONGEST_PATH)]
Colour = Annotated[str, Field(pattern=COLOUR), Form("a colour such as #1a2b3c, in quotes")]
Heading = Annotated[str, Field(min_length=1, max_length=LONGEST_TITLE)]
Expression = Annotated[str, WithJsonSchema({"type": "string", "enum": sorted(PRESETS)})]
Zoom = Annotated[float, Field(ge=1, le=2)]
Seconds = Annotated[float, Field(ge=0, le=LONGEST_SCENE)]


# --- What the whole film shares -----------------------------------------------------------------


class Output(Part):
    """The finished file."""

    size: options.Size = DEFAULTS["size"]
    aspect: options.Aspect = DEFAULTS["aspect"]
    fps: options.Fps = DEFAULTS["fps"]
    quality: options.Quality = DEFAULTS["quality"]
    codec: Codec | None = None
    """h264 (.mp4) for every player; prores (.mov) for editors; vp9 (.webm) for the web. Default:
    according to the film's file extension.
    """
    alpha: bool = False
    """Leave everything behind the presenters transparent; needs prores or vp9."""
    interpolate: options.Interpolate = DEFAULTS["interpolate"]

    @model_validator(mode="after")
    def _can_hold_alpha(self) -> Output:
        if self.alpha and self.codec == "h264":
            raise problem("h264 holds no alpha; use codec: prores or vp9", at="alpha")
        return self


class PortraitFile(Part):
    """Somebody who presents."""

    file: Annotated[File, Kind("portrait")]
    """A picture with a face; its path is relative to the script."""
    face: options.Face = None
    voice: Name | None = None
    """Their voice: the name of one of the `voices`."""
    name: Heading | None = None
    """Their name, as lower thirds show it."""
    role: Heading | None = None
    """The line below their name."""


class Voice(Part):
    """How somebody sounds."""

    engine: options.Engine = None
    voice: Annotated[File, Kind("voice")] | None = None
    """One of its voices; or a file, relative to the script: one of piper (.onnx), or a recording
    whose voice is cloned.
    """
    speed: options.Speed = DEFAULTS["speed"]
    language: Tag | None = None
    """Its language, such as en, es or pt-BR."""
    consent: options.Consent = False

    @model_validator(mode="after")
    def _its_owner_agrees(self) -> Voice:
        options.agreed(self.voice, self.consent, "consent: true")
        return self


class Logo(Part):
    """A logo in a corner of the whole film."""

    file: Annotated[File, Kind("picture")]
    """A picture, ideally a PNG with a transparent background."""
    corner: Corner = "top-right"
    """Where it is placed."""
    size: Annotated[float, Field(ge=0.02, le=0.5)] = 0.09
    """Its height, relative to the picture's, or to 1.2 times its width if it is upright; smaller
    for wide logos."""
    opacity: Annotated[float, Field(gt=0, le=1)] = 0.9
    """1 is fully opaque."""


class Colours(Part):
    """Colours of cards, slides, lower thirds and captions."""

    background: Colour | None = None
    """Background of cards and slides."""
    text: Colour | None = None
    """Text; made white or black if unreadable on the background."""
    accent: Colour | None = None
    """Bars, and words as they are spoken."""


class Brand(Part):
    """The common look of a series."""

    logo: Annotated[Logo, Short("file")] | None = None
    """A logo in a corner."""
    colours: Colours = Colours()
    """Its colours."""
    font: Annotated[File, Kind("font")] | None = None
    """A TrueType or OpenType file, relative to the script."""
    lower_third: bool = False
    """Show who speaks when they first appear, if the portrait has a name."""


class Music(Part):
    """What plays under the voices."""

    file: Annotated[File, Kind("sound")]
    """Any sound file, relative to the script. It is repeated to the end."""
    volume: Annotated[float, Field(ge=-60, le=0)] = -18.0
    """Volume while nobody speaks, in decibels relative to the voices."""
    duck: Annotated[float, Field(ge=0, le=40)] = 10.0
    """How many decibels quieter it gets under a voice."""
    fade: Annotated[float, Field(ge=0, le=30)] = 2.0
    """Seconds to fade in, and to fade out at the end."""


class Captions(Part):
    """Captions of what is said."""

    burn: bool = False
    """Paint them into the picture."""
    style: CaptionStyle = "boxed"
    """The look of painted captions."""
    karaoke: bool = False
    """Fill each painted word with colour while it is spoken."""
    files: Literal["none", "srt", "vtt"] = "none"
    """Write them beside the film."""
    languages: Annotated[tuple[Tag, ...], Field(max_length=40)] = ()
    """Languages of the files: the script's own, and any that all lines have translations for.
    Default: the script's own.
    """


# --- Scenes -------------------------------------------------------------------------------------


class Blur(Part):
    """The portrait's own background, out of focus."""

    blur: Annotated[Literal[True], forms.exactly(bool)]


class Plain(Part):
    """One colour."""

    colour: Colour


class Still(Part):
    """A picture."""

    image: Annotated[File, Kind("picture")]


class Moving(Part):
    """A video, without its sound."""

    video: Annotated[File, Kind("video")]
    start: Seconds = 0.0
    """Where to start, in seconds."""


Background = Annotated[
    Annotated[Blur, Case("?blur")]
    | Annotated[Plain, Case("?colour")]
    | Annotated[Still, Case("?image")]
    | Annotated[Moving, Case("?video")],
    Discriminator(
        forms.kind_of_background,
        custom_error_type="portrayal",
        custom_error_message='is none of: blur, "#rrggbb", a picture, {video: FILE}',
    ),
]


class Slide(Part):
    """A picture, or words, beside or behind the presenter."""

    file: Annotated[File, Kind("picture")] | None = None
    """A picture, instead of a title and points."""
    title: Heading | None = None
    points: Annotated[tuple[Heading, ...], Field(max_length=MOST_POINTS)] = ()

    @model_validator(mode="after")
    def _one_kind(self) -> Slide:
        if (self.file is None) == (self.title is None and not self.points):
            raise problem("a slide is a file, or else a title and points", at="file")
        return self


class Broll(Part):
    """A video or a picture, beside or behind the presenter."""

    file: Annotated[File, Kind("picture or video")]
    fit: Fit = "cover"
    """cover fills the space; contain shows all of it."""
    start: Seconds = 0.0
    """Where to start in a video, in seconds."""


class Transition(Part):
    """How a scene takes over from the one before it."""

    kind: TransitionKind
    duration: Annotated[float, Field(gt=0, le=LONGEST_TRANSITION)] = 0.6
    """Seconds, half of them in each of the two scenes."""


class Camera(Part):
    """A slow move of the camera over the scene, or over the content a presenter stands by."""

    zoom: OneOrTwo[Zoom] = 1.0
    """1.08 ends 8 % closer; [1.1, 1] begins closer."""
    pan: Literal["none", "left", "right", "up", "down"] = "none"
    """The direction it moves in, as far as the zoom leaves room."""


class LowerThird(Part):
    """A caption with the name of whoever speaks."""

    name: Heading
    role: Heading | None = None


class Line(Part):
    """One breath: a sentence, or a few short ones, of one speaker."""

    text: Annotated[str, Field(max_length=LONGEST_LINE)] | None = None
    """What is said. May contain SSML's break, emphasis, say-as and sub."""
    audio: Annotated[File, Kind("sound")] | None = None
    """A recording to play instead."""
    transcript: Annotated[str, Field(max_length=LONGEST_LINE)] | None = None
    """What the recording says, for lips and captions. Default: heard, where a listener is there."""
    clean: bool = False
    """Whether to take the noise out of the recording."""
    speaker: Name | None = None
    """Which of the scene's portraits says it. Default: the first."""
    voice: Name | None = None
    """One of the voices. Default: the speaker's."""
    language: Tag | None = None
    """Default: the voice's, or the script's."""
    expression: Expression | None = None
    """The facial expression."""
    intensity: Intensity | None = None
    """How strong the expression is."""
    emphasis: Annotated[tuple[str, ...], Field(max_length=screenplay.MOST_EMPHASIS)] = ()
    """Words of the text to stress."""
    pause: Pause | None = None
    """Seconds of silence after it."""
    translations: dict[Tag, Annotated[str, Field(min_length=1, max_length=LONGEST_LINE)]] = Field(
        default_factory=dict
    )
    """The same in other languages, for captions."""

    @model_validator(mode="after")
    def _one_source_of_words(self) -> Line:
        if (self.text is None) == (self.audio is None):
            raise problem("a line has either a text or an audio file", at="text")
        if self.transcript is not None and self.audio is None:
            said = "a transcript says what an audio file says; there is none"
            raise problem(said, at="transcript")
        if self.clean and self.audio is None:
            raise problem("only an audio file can be cleaned; there is none", at="clean")
        if self.audio is not None and self.voice is not None:
            raise problem("a recording already has its voice", at="voice")
        return self


class Look(Part):
    """What a scene may say, and ``defaults`` may say for all of them."""

    portrait: OneOrTwo[Name] | None = None
    """Who presents: one of the portraits, or two of them in conversation."""
    layout: Layout | None = None
    """full: the presenter alone; left, right: beside a slide or b-roll; corner: over it;
    conversation: two presenters; card: no presenter; end: a card that closes the film.
    """
    corner: Corner | None = None
    """Which corner, for layout: corner."""
    background: Annotated[Background | None, BeforeValidator(forms.spread_background)] = None
    """Behind the presenter: blur, #rrggbb, a picture, or {video: FILE}."""
    transition: Annotated[Transition, Short("kind")] | None = None
    """How the scene takes over from the one before it."""
    camera: Camera | None = None
    """A slow move of the camera."""
    lower_third: forms.FlagOr[LowerThird] | None = None
    """Show who speaks: true shows the portrait's name and role."""
    head_motion: options.HeadMotion | None = None
    renderer: options.Renderer | None = None
    settings: dict[str, forms.Value] | None = None
    """Settings of that renderer."""
    quality: options.Quality | None = None
    seed: options.Seed | None = None


class Defaults(Look):
    """What scenes and lines use if they set nothing else."""

    voice: Name | None = None
    """One of the voices."""
    expression: Expression = SAID["expression"].default
    """The facial expression of lines."""
    intensity: Intensity = SAID["intensity"].default
    """How strong the expression of lines is."""
    pause: Pause = SAID["pause"].default
    """Seconds of silence after lines."""


class Scene(Look):
    """Lines that belong together, and what is shown meanwhile."""

    id: SceneId | None = None
    """Its name: lower-case letters, digits, hyphens. Default: from its words."""
    title: Heading | None = None
    """The title on a card; in other scenes only a name for it."""
    subtitle: Heading | None = None
    """The subtitle on a card."""
    text: Annotated[str, Field(max_length=100_000)] | None = None
    """What is said, if one voice says everything; it is split into lines."""
    lines: Annotated[
        tuple[Annotated[Line, Short("text")], ...], Field(max_length=screenplay.MOST_LINES)
    ] = ()
    """What is said, line by line."""
    voice: Name | None = None
    """One of the voices, for all lines."""
    slide: Annotated[Slide, Short("file")] | None = None
    """A picture, or a title and points."""
    broll: Annotated[Broll, Short("file")] | None = None
    """A video or picture."""
    duration: Annotated[float, Field(gt=0, le=LONGEST_SCENE)] | None = None
    """Minimum length in seconds."""
    pause: Annotated[float, Field(ge=0, le=LONGEST_BREAK)] = 0.0
    """Seconds of silence after it."""

    @model_validator(mode="after")
    def _holds_together(self) -> Scene:
        if self.text is not None and self.lines:
            raise problem("a scene has either a text or lines", at="lines")
        if self.text is None and not self.lines and self.duration is None:
            raise problem("a scene in which nobody speaks needs a duration", at="duration")
        if self.slide is not None and self.broll is not None:
            raise problem("a scene shows either a slide or b-roll", at="broll")
        return self


class Script(Part):
    """A film of many scenes."""

    version: Annotated[Literal[1], forms.exactly(int)]
    """Version of this format: 1."""
    title: Heading = "Untitled"
    """Title of the film."""
    language: Tag = "en"
    """Language of lines that set none."""
    output: Output = Output()
    """The finished file."""
    defaults: Defaults = Defaults()
    """Values for scenes and lines that set none."""
    portraits: dict[Name, Annotated[PortraitFile, Short("file")]] = Field(default_factory=dict)
    """The presenters, by name."""
    voices: dict[Name, Annotated[Voice, Short("voice")]] = Field(default_factory=dict)
    """Voices, by name."""
    brand: Brand = Brand()
    """The common look of a series."""
    music: Annotated[Music, Short("file")] | None = None
    """What plays under the voices."""
    captions: Captions = Captions()
    """Captions of what is said."""
    variables: dict[Name, forms.Value] = Field(default_factory=dict)
    """Values for {{name}} in any text."""
    scenes: Annotated[tuple[Scene, ...], Field(min_length=1, max_length=screenplay.MOST_SCENES)]
    """The scenes, in order."""
