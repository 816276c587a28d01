"""What the making of a film is told: each scene, and what all share, with nothing left open.

A request comes to this, a screenplay with a brief, and a script; from here on all are made alike.
Everything here is plain and can be kept as JSON. Files are absolute paths; what is in them is
hashed when a take is looked up, not here.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict

from agent.film.casting import speaking, suited
from agent.request.model import Request
from agent.request.options import AUTO, files
from agent.request.words import words
from agent.screenplay import model as screenplay
from renderers.expressions import parse as parse_expression
from tools.canvas.backdrop import TRANSPARENT
from tools.canvas.layouts import Corner, Layout
from tools.choices import HeadMotion, Quality
from tools.errors import MissingError, OptionError
from tools.listening import base as listeners
from tools.sound import cleaning
from tools.speech import base
from tools.speech.narration import LEAD, TAIL
from tools.spoken import clean
from tools.spoken.detection import language_in

Change = Literal["cut", "fade", "crossfade", "slide", "wipe"]
Colour = tuple[int, int, int]


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Line(_Part):
    """A line, and who says it how.

    text      as written; of a recording what it says, "" where that is unknown.
    markup    whether the text may hold SSML.
    audio     a recording that is heard instead of a voice.
    raw       whether that is heard as it is: neither made as loud as voices are, nor with silence
              around it.
    clean     whether its noise is taken out.
    listener  what hears what it says where that is unknown; None is the best that is there.
    speaker   which of the scene's presenters moves the lips; None is nobody.
    language  BCP 47 tag; "und" is said as it is written, and a recording's is found out.
    lead, pause     seconds of silence before and after it.
    translations    (language, text) pairs, for captions.
    note            a sentence the user should see, such as why this voice speaks.
    consent         whether somebody agrees whose voice is cloned for it.
    """

    text: str
    markup: bool = False
    audio: Path | None = None
    raw: bool = False
    clean: bool = False
    listener: str | None = None
    speaker: int | None = 0
    engine: str | None = None
    voice: str | None = None
    speed: float = 1.0
    language: str = "en"
    expression: str = "neutral"
    intensity: float = 1.0
    emphasis: tuple[str, ...] = ()
    lead: float = 0.0
    pause: float = 0.4
    translations: tuple[tuple[str, str], ...] = ()
    note: str | None = None
    consent: bool = False


class Presenter(_Part):
    """A portrait, and which of its faces (from 1, None is the largest)."""

    portrait: Path
    face: int | None = None


class Slide(_Part):
    """Words to read."""

    title: str | None
    points: tuple[str, ...]


class Picture(_Part):
    """A picture or, from ``start`` seconds on, a video."""

    file: Path
    video: bool
    fit: Literal["cover", "contain"] = "contain"
    start: float = 0.0


class View(_Part):
    """What a camera sees: so many times closer, around a point given as shares of the picture."""

    zoom: float
    x: float = 0.5
    y: float = 0.5


class Takeover(_Part):
    """How a scene takes over from the one before: over so many frames, half of them in each."""

    kind: Change = "cut"
    frames: int = 0


CUT = Takeover()


class Scene(_Part):
    """One scene.

    id             a name within the film, which also varies how it is acted; "" varies nothing.
    background     behind a presenter: None is the portrait's own; "blur", "transparent", "#rrggbb",
                   or a file.
    content        what is shown beside the presenter, behind them, or instead of them.
    opening        whether it is a film's first, whose first frame players show as its picture.
    ending         whether its card is one that closes a film.
    lower_third    a name and what stands under it.
    into, out      how it takes over, and how the next one does.
    camera         from one view to another; None stands still.
    pause          seconds of silence at its end; least: seconds it lasts at least.
    alone          whether it is all of its film, and sounds just as its only line does: without
                   silence around it, up to a whole frame, or mixing.
    set            NAME=VALUE settings of the renderer.
    """

    id: str
    title: str | None = None
    subtitle: str | None = None
    lines: tuple[Line, ...]
    presenters: tuple[Presenter, ...]
    layout: Layout = "full"
    corner: Corner = "bottom-right"
    background: str | Picture | None = None
    content: Slide | Picture | None = None
    opening: bool = False
    ending: bool = False
    lower_third: tuple[str, str | None] | None = None
    into: Takeover = CUT
    out: Takeover = CUT
    camera: tuple[View, View] | None = None
    pause: float = 0.0
    least: float = 0.0
    alone: bool = False
    renderer: str = AUTO
    set: tuple[str, ...] = ()
    quality: Quality = "standard"
    head_motion: HeadMotion = "calm"
    seed: int = 0

    @property
    def shares(self) -> tuple[int, int]:
        """How many of its frames take part in the transitions before and after it."""
        return self.into.frames // 2, self.out.frames - self.out.frames // 2

    @property
    def see_through(self) -> bool:
        """Whether its presenters are drawn without what is behind them."""
        behind = self.background
        return behind == TRANSPARENT or (isinstance(behind, Picture) and behind.video)


class Logo(_Part):
    """A picture in a corner; ``size`` is its height as a share of a wide film's, or of 1.2 times an
    upright one's width.
    """

    file: Path
    corner: Corner
    size: float
    opacity: float


class Brand(_Part):
    """What cards, slides, lower thirds and captions look like; "#rrggbb" colours, None for
    Portrayal's own.
    """

    background: str | None = None
    text: str | None = None
    accent: str | None = None
    font: Path | None = None
    logo: Logo | None = None


class Music(_Part):
    """See ``tools.sound.music``: decibels and seconds."""

    file: Path
    volume: float
    duck: float
    fade: float


class Captions(_Part):
    """``files``: the format of those beside the film; ``languages`` "" is the film's own."""

    burn: bool = False
    style: Literal["boxed", "outline", "bar"] = "boxed"
    karaoke: bool = False
    files: Literal["none", "srt", "vtt"] = "none"
    languages: tuple[str, ...] = ("",)


class Film(_Part):
    """What all scenes share.

    title  "" is none.
    size   (width, height) px, both even.
    codec  "h264", "prores" or "vp9".
    brand  None is a film whose captions have colours of their own.
    """

    output: Path
    title: str = ""
    size: tuple[int, int]
    fps: int = 25
    codec: Literal["h264", "prores", "vp9"] = "h264"
    alpha: bool = False
    quality: Quality = "standard"
    interpolate: str = AUTO
    captions: Captions = Captions()
    brand: Brand | None = Brand()
    music: Music | None = None


class Plan(_Part):
    """A whole film."""

    language: str
    film: Film
    scenes: tuple[Scene, ...]


def used(part: BaseModel) -> set[Path]:
    """All files that a part of a plan is made from."""
    found: set[Path] = set()
    for name, value in part:
        for one in value if isinstance(value, tuple) else (value,):
            if isinstance(one, BaseModel):
                found |= used(one)
            elif isinstance(one, Path) and name != "output":
                found.add(one)
    return found


def cloned(scenes: Sequence[Scene]) -> bool:
    """Whether a voice in them is somebody's, copied from a recording."""
    return any(base.cloned(line.voice) for scene in scenes for line in scene.lines)


def of_request(request: Request) -> Plan:
    """One take of a request's words: a film of one scene.

    Raises TextError for words that cannot be said, OptionError for an expression or a voice that
    does not exist, MissingError for one that is not installed.
    """
    said = words(request)
    expression, intensity = parse_expression(request.expression)
    if request.audio is not None:
        line = recording(request, request.audio, said or "")
    else:
        line = narration(said or "", request.engine, request.voice, request.speed, request.consent)
    line = line.model_copy(update={"expression": expression, "intensity": intensity})
    scene = _scene(request, id="", lines=(line,), alone=True)
    return Plan(language=line.language, film=_film(request, brand=None), scenes=(scene,))


def recording(request: Request, audio: Path, said: str) -> Line:
    """A recording as it is, with the words that are known of it (from ``tools.spoken.clean``).

    Raises OptionError where captions need words that nobody knows, MissingError where something
    that was asked for is not installed.
    """
    if request.clean and (lacking := cleaning.missing()):
        raise MissingError(lacking)
    if request.listener is not None:
        listeners.chosen(request.listener)
    if request.captions != "none" and not said and (lacking := listeners.missing()):
        raise OptionError(
            f"Captions need the words of the recording: give its transcript, or let it be heard. "
            f"{lacking}"
        )
    return Line(
        text=said,
        audio=audio,
        raw=True,
        clean=request.clean,
        listener=request.listener,
        language=language_in(said) or "und",
    )


def narration(
    text: str, engine: str | None, voice: str | None, speed: float, consent: bool = False
) -> Line:
    """All words of a take (from ``tools.spoken.clean``), with silence before and after them.

    Raises what ``casting.suited`` raises.
    """
    chosen = suited(text, engine, voice)
    return Line(
        text=text,
        engine=engine,
        voice=chosen.voice,
        speed=speed,
        language=chosen.language,
        note=chosen.note,
        consent=consent,
        lead=LEAD,
        pause=TAIL,
    )


def of_screenplay(written: screenplay.Screenplay, request: Request) -> Plan:
    """A screenplay, with what a request says of all its scenes."""
    chosen = speaking(written.language, request.engine, request.voice)
    voice: dict[str, Any] = {
        "engine": request.engine,
        "voice": chosen.voice,
        "speed": request.speed,
        "note": chosen.note,
        "consent": request.consent,
    }

    def spoken(line: screenplay.Line) -> Line:
        said = line.model_dump() | {"text": clean(line.text)}
        return Line(language=written.language, **said, **voice)

    scenes = (
        _scene(request, id=scene.id, title=scene.title, lines=tuple(map(spoken, scene.lines)))
        for scene in written.scenes
    )
    film = _film(request, title=written.title)
    return Plan(language=written.language, film=film, scenes=tuple(scenes))


def _film(request: Request, **own: Any) -> Film:
    """A film with what a request says of it."""
    files = request.captions if request.captions in {"srt", "vtt"} else "none"
    captions = Captions(burn=request.captions == "burn", files=files)
    shared = request.model_dump(include={"output", "fps", "quality", "interpolate"})
    return Film(size=request.canvas, captions=captions, **shared, **own)


def _scene(request: Request, **own: Any) -> Scene:
    """A scene with what a request says of all of them."""
    named = files(Request, {"background": request.background}).get("background")
    behind = Picture(file=named, video=False, fit="cover") if named else request.background
    presenter = Presenter(portrait=request.portrait, face=request.face)
    shared = request.model_dump(include={"renderer", "set", "quality", "head_motion", "seed"})
    return Scene(presenters=(presenter,), background=behind, **shared, **own)
