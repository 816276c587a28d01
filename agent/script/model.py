"""What a script may hold: the file format, as types.

What stands under a field is what the published schema and the reference in the docs say of it. The
types know names, ranges and which fields go together; whether files exist and names refer to
something is for ``agent.script.checking``, and what a scene comes to, with all defaults in place,
for ``agent.script.staging``.
"""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import BeforeValidator, Discriminator, Field, WithJsonSchema, model_validator
from pydantic import Tag as Case

from agent.request import AUTO, RATES, SIZES, Aspect
from agent.screenplay import (
    LONGEST_LINE,
    LONGEST_PAUSE,
    LONGEST_TITLE,
    MOST_EMPHASIS,
    MOST_LINES,
    MOST_SCENES,
)
from agent.script.forms import (
    Exactly,
    Part,
    Short,
    Value,
    flag_or_words,
    kind_of_background,
    one_or_two,
    problem,
    spread_background,
)
from renderers.base import Quality
from renderers.expressions import PRESETS
from tools.media import HeadMotion

VERSION = 1
LONGEST_SCENE = 3600.0  # seconds that a duration may ask for
LONGEST_BREAK = 60.0  # seconds of silence after a scene
LONGEST_TRANSITION = 3.0  # seconds
LONGEST_PATH = 1000  # characters
MOST_POINTS = 8

Layout = Literal["full", "left", "right", "corner", "conversation", "card", "end"]
CARDS = frozenset({"card", "end"})  # layouts without a presenter
Corner = Literal["top-left", "top-right", "bottom-left", "bottom-right"]
TransitionKind = Literal["cut", "fade", "crossfade", "slide", "wipe"]
Fit = Literal["cover", "contain"]
Codec = Literal["h264", "prores", "vp9"]
CaptionStyle = Literal["boxed", "outline", "bar"]

NAME = r"^[A-Za-z0-9]+(?:[-_][A-Za-z0-9]+)*$"
TAG = r"^[A-Za-z]{2,3}(?:-[A-Za-z0-9]{2,8}){0,3}$"
COLOUR = r"^#(?:[0-9a-fA-F]{3}|[0-9a-fA-F]{6})$"

Name = Annotated[str, Field(min_length=1, max_length=60, pattern=NAME)]
File = Annotated[str, Field(min_length=1, max_length=LONGEST_PATH)]
Tag = Annotated[str, Field(max_length=35, pattern=TAG)]
Colour = Annotated[str, Field(pattern=COLOUR)]
Heading = Annotated[str, Field(min_length=1, max_length=LONGEST_TITLE)]
Expression = Annotated[str, WithJsonSchema({"type": "string", "enum": sorted(PRESETS)})]
Intensity = Annotated[float, Field(ge=0, le=1)]
Zoom = Annotated[float, Field(ge=1, le=2)]
Seconds = Annotated[float, Field(ge=0, le=LONGEST_SCENE)]


# --- What the whole film shares -----------------------------------------------------------------


class Output(Part):
    """The finished file."""

    size: Annotated[int, Field(ge=SIZES.start, le=SIZES.stop - 1)] = 1080
    """Shorter side of the picture in pixels."""
    aspect: Aspect = "16:9"
    """Shape of the picture."""
    fps: Annotated[int, Field(ge=RATES.start, le=RATES.stop - 1)] = 25
    """Frames per second."""
    quality: Quality = "standard"
    """How carefully it is coded, and drawn."""
    codec: Codec | None = None
    """h264 (.mp4) for every player; prores (.mov) for editors; vp9 (.webm) for the web. Without:
    what the film's name ends in says.
    """
    alpha: bool = False
    """Leave everything behind the presenters transparent; with prores or vp9."""
    interpolate: Annotated[str, Field(max_length=40)] = AUTO
    """What makes frames between drawn ones: auto, none or an interpolator."""

    @model_validator(mode="after")
    def _can_hold_alpha(self) -> Output:
        if self.alpha and self.codec == "h264":
            raise problem("alpha", "h264 holds no alpha; use codec: prores or vp9")
        return self


class PortraitFile(Part):
    """Somebody who presents."""

    file: File
    """Picture of one person, beside the script."""
    face: Annotated[int, Field(ge=1, le=100)] | None = None
    """Which face of the picture, counted from the left. Without: the largest."""
    voice: Name | None = None
    """One of the voices below: how they speak."""
    name: Heading | None = None
    """As lower thirds show it."""
    role: Heading | None = None
    """The line below their name."""


class Voice(Part):
    """How somebody sounds."""

    engine: Annotated[str, Field(max_length=60)] | None = None
    """Speech engine; `portrayal voices` lists them."""
    voice: Annotated[str, Field(min_length=1, max_length=LONGEST_PATH)] | None = None
    """One of its voices, or a piper .onnx file beside the script."""
    speed: Annotated[float, Field(ge=0.5, le=2)] = 1.0
    """Times the voice's natural pace."""
    language: Tag | None = None
    """What it speaks, such as en, es or pt-BR."""


class Logo(Part):
    """A mark in a corner of the whole film."""

    file: File
    """Picture, best a PNG with a transparent ground."""
    corner: Corner = "top-right"
    """Where it stands."""
    size: Annotated[float, Field(ge=0.02, le=0.5)] = 0.09
    """Its height, as a share of the picture's shorter side; long ones are less high."""
    opacity: Annotated[float, Field(gt=0, le=1)] = 0.9
    """1 hides what is behind."""


class Colours(Part):
    """What cards, slides, lower thirds and captions are painted in."""

    background: Colour | None = None
    """Of cards and slides, as #rrggbb."""
    text: Colour | None = None
    """What cannot be read on the background is made white or black."""
    accent: Colour | None = None
    """Of bars and of words being said."""


class Brand(Part):
    """What makes a series look like one."""

    logo: Annotated[Logo, Short("file")] | None = None
    """A mark in a corner."""
    colours: Colours = Colours()
    """Colours of everything that is drawn."""
    font: File | None = None
    """A TrueType or OpenType file beside the script."""
    lower_third: bool = False
    """Show who speaks when they first appear, if the portrait has a name."""


class Music(Part):
    """What plays under the voices."""

    file: File
    """Any sound file, beside the script. It is repeated to the end."""
    volume: Annotated[float, Field(ge=-60, le=0)] = -18.0
    """Decibels below the voices, where nobody speaks."""
    duck: Annotated[float, Field(ge=0, le=40)] = 10.0
    """Decibels by which it gives way to a voice."""
    fade: Annotated[float, Field(ge=0, le=30)] = 2.0
    """Seconds in which it comes, and goes at the end."""


class Captions(Part):
    """What is said, in writing."""

    burn: bool = False
    """Paint them into the picture."""
    style: CaptionStyle = "boxed"
    """How painted ones look."""
    karaoke: bool = False
    """Fill each painted word with colour while it is said."""
    files: Literal["none", "srt", "vtt"] = "none"
    """Write them beside the film."""
    languages: Annotated[tuple[Tag, ...], Field(max_length=40)] = ()
    """Of those beside the film: the script's own, and any that all lines have translations for.
    Without: the script's own.
    """


# --- Scenes -------------------------------------------------------------------------------------


class Blur(Part):
    """The portrait's own background, out of focus."""

    blur: Annotated[Literal[True], Exactly(bool)]


class Plain(Part):
    """One colour."""

    colour: Colour


class Still(Part):
    """A picture."""

    image: File


class Moving(Part):
    """A video, without its sound."""

    video: File
    start: Seconds = 0.0
    """Seconds into it."""


Background = Annotated[
    Annotated[Blur, Case("?blur")]
    | Annotated[Plain, Case("?colour")]
    | Annotated[Still, Case("?image")]
    | Annotated[Moving, Case("?video")],
    Discriminator(
        kind_of_background,
        custom_error_type="portrayal",
        custom_error_message='is none of: blur, "#rrggbb", a picture, {video: FILE}',
    ),
]


class Slide(Part):
    """A picture, or words, that are shown beside or behind the presenter."""

    file: File | None = None
    """A picture; then no title and no points."""
    title: Heading | None = None
    points: Annotated[tuple[Heading, ...], Field(max_length=MOST_POINTS)] = ()

    @model_validator(mode="after")
    def _one_kind(self) -> Slide:
        if (self.file is None) == (self.title is None and not self.points):
            raise problem("file", "a slide is a file, or else a title and points")
        return self


class Broll(Part):
    """A video, or a picture, that is shown beside or behind the presenter."""

    file: File
    fit: Fit = "cover"
    """cover fills the place; contain shows all of it."""
    start: Seconds = 0.0
    """Seconds into a video."""


class Transition(Part):
    """How a scene takes over from the one before it."""

    kind: TransitionKind
    duration: Annotated[float, Field(gt=0, le=LONGEST_TRANSITION)] = 0.6
    """Seconds, half of them in each of the two scenes."""


class Camera(Part):
    """A slow move of the camera over the scene."""

    zoom: Annotated[
        Annotated[Zoom, Case("?one")] | Annotated[tuple[Zoom, Zoom], Case("?two")],
        Discriminator(one_or_two),
    ] = 1.0
    """1.08 ends 8 % closer; [1.1, 1] begins closer."""
    pan: Literal["none", "left", "right", "up", "down"] = "none"
    """Where it travels to, as far as the zoom leaves room."""


class LowerThird(Part):
    """Who speaks, in writing."""

    name: Heading
    role: Heading | None = None


class Line(Part):
    """One breath: a sentence, or a few short ones, of one speaker."""

    text: Annotated[str, Field(max_length=LONGEST_LINE)] | None = None
    """What is said. May hold SSML's break, emphasis, say-as and sub."""
    audio: File | None = None
    """A recording that is played instead."""
    transcript: Annotated[str, Field(max_length=LONGEST_LINE)] | None = None
    """What the recording says: for lips and captions."""
    speaker: Name | None = None
    """Which of the scene's portraits says it. Without: the first."""
    voice: Name | None = None
    """One of the voices. Without: the speaker's."""
    language: Tag | None = None
    """Without: the voice's, or the script's."""
    expression: Expression | None = None
    """The face that goes with it."""
    intensity: Intensity | None = None
    """How strongly, 0 to 1."""
    emphasis: Annotated[tuple[str, ...], Field(max_length=MOST_EMPHASIS)] = ()
    """Words of the text that are stressed."""
    pause: Annotated[float, Field(ge=0, le=LONGEST_PAUSE)] | None = None
    """Seconds of silence after it."""
    translations: dict[Tag, Annotated[str, Field(min_length=1, max_length=LONGEST_LINE)]] = Field(
        default_factory=dict
    )
    """The same in other languages, for captions."""

    @model_validator(mode="after")
    def _one_source_of_words(self) -> Line:
        if (self.text is None) == (self.audio is None):
            raise problem("text", "a line has either a text or an audio file")
        if self.transcript is not None and self.audio is None:
            raise problem("transcript", "a transcript says what an audio file says; there is none")
        if self.audio is not None and self.voice is not None:
            raise problem("voice", "a recording already has its voice")
        return self


class Look(Part):
    """What a scene may say, and ``defaults`` may say for all of them."""

    portrait: (
        Annotated[
            Annotated[Name, Case("?one")] | Annotated[tuple[Name, Name], Case("?two")],
            Discriminator(one_or_two),
        ]
        | None
    ) = None
    """Who presents: one of the portraits, or two of them in conversation."""
    layout: Layout | None = None
    """full: the presenter alone; left, right: beside a slide or b-roll; corner: over it;
    conversation: two presenters; card: no presenter; end: a card that closes the film.
    """
    corner: Corner | None = None
    """Which, for layout: corner."""
    background: Annotated[Background | None, BeforeValidator(spread_background)] = None
    """Behind the presenter: blur, #rrggbb, a picture, {video: FILE}."""
    transition: Annotated[Transition, Short("kind")] | None = None
    """How the scene takes over from the one before it."""
    camera: Camera | None = None
    """A slow move of the camera."""
    lower_third: (
        Annotated[
            Annotated[bool, Case("?flag")] | Annotated[LowerThird, Case("?words")],
            Discriminator(flag_or_words),
        ]
        | None
    ) = None
    """Who speaks, in writing: true for the portrait's name and role."""
    head_motion: HeadMotion | None = None
    """How lively the head is."""
    renderer: Annotated[str, Field(max_length=60)] | None = None
    """Who draws; `portrayal renderers` lists them."""
    settings: dict[str, Value] | None = None
    """Of that renderer."""
    quality: Quality | None = None
    """How carefully it is drawn."""
    seed: Annotated[int, Field(ge=0, le=2**32 - 1)] | None = None
    """Another one moves otherwise."""


class Defaults(Look):
    """What holds where a scene or a line says nothing else."""

    voice: Name | None = None
    """One of the voices."""
    expression: Expression = "neutral"
    """Of lines."""
    intensity: Intensity = 1.0
    """Of lines."""
    pause: Annotated[float, Field(ge=0, le=LONGEST_PAUSE)] = 0.4
    """Seconds of silence after lines."""


class Scene(Look):
    """Lines that belong together, and what is seen meanwhile."""

    id: (
        Annotated[str, Field(min_length=1, max_length=60, pattern=r"^[a-z0-9]+(?:-[a-z0-9]+)*$")]
        | None
    ) = None
    """Its name: lower-case letters, digits, hyphens. Without: from its words."""
    title: Heading | None = None
    """Of a card; elsewhere only its heading."""
    subtitle: Heading | None = None
    """Of a card."""
    text: Annotated[str, Field(max_length=100_000)] | None = None
    """What is said, where one voice says all: lines are found in it."""
    lines: Annotated[tuple[Annotated[Line, Short("text")], ...], Field(max_length=MOST_LINES)] = ()
    """What is said, line by line."""
    voice: Name | None = None
    """One of the voices, for all lines."""
    slide: Annotated[Slide, Short("file")] | None = None
    """A picture, or a title and points."""
    broll: Annotated[Broll, Short("file")] | None = None
    """A video or picture."""
    duration: Annotated[float, Field(gt=0, le=LONGEST_SCENE)] | None = None
    """Seconds it lasts at least."""
    pause: Annotated[float, Field(ge=0, le=LONGEST_BREAK)] = 0.0
    """Seconds of silence after it."""

    @model_validator(mode="after")
    def _holds_together(self) -> Scene:
        if self.text is not None and self.lines:
            raise problem("lines", "a scene has either a text or lines")
        if self.text is None and not self.lines and self.duration is None:
            raise problem("duration", "a scene in which nobody speaks needs a duration")
        if self.slide is not None and self.broll is not None:
            raise problem("broll", "a scene shows either a slide or b-roll")
        return self


class Script(Part):
    """A film of many scenes."""

    version: Annotated[Literal[1], Exactly(int)]
    """Of this format: 1."""
    title: Heading = "Untitled"
    """Of the film."""
    language: Tag = "en"
    """Spoken where nothing else is said."""
    output: Output = Output()
    """The finished file."""
    defaults: Defaults = Defaults()
    """What holds where a scene says nothing."""
    portraits: dict[Name, Annotated[PortraitFile, Short("file")]] = Field(default_factory=dict)
    """Who presents, by name."""
    voices: dict[Name, Annotated[Voice, Short("voice")]] = Field(default_factory=dict)
    """How they sound, by name."""
    brand: Brand = Brand()
    """What makes a series look like one."""
    music: Annotated[Music, Short("file")] | None = None
    """What plays under the voices."""
    captions: Captions = Captions()
    """What is said, in writing."""
    variables: dict[Name, Value] = Field(default_factory=dict)
    """Values for {{name}} in what follows."""
    scenes: Annotated[tuple[Scene, ...], Field(min_length=1, max_length=MOST_SCENES)]
    """What is seen and heard, in order."""
