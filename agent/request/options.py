"""Everything that can be asked of a film: each option declared once.

A part is a model of options that belong together: their types, ranges, defaults and help. Derived
from them are the flags of the command line (``agent.terminal.options``), the arguments of tools for
other programs (``agent.serve.toolbox.arguments``), what can be changed in a chat
(``agent.chat.choices``) and the fields of a script (``agent.script.format.model``).

Values that several of these use have a type of their own here, which says everything but the
default. ``Form`` says in words what they look like, ``File`` that they name a file, ``Option`` what
else is special about them.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any, ClassVar, Literal, get_args

from pydantic import AfterValidator, BaseModel, ConfigDict, Field
from pydantic.fields import FieldInfo
from pydantic_core import PydanticKnownError

from agent.faults import Form, Names, problem
from tools import choices

AUTO = "auto"  # what suits the machine
LONGEST_PATH = 1000  # characters, where a path comes from elsewhere than the command line
BLUR = "blur"  # a background: the portrait's own, out of focus
NAME = "[A-Za-z0-9][A-Za-z0-9_.+-]{0,79}"  # of what is installed: an engine, a voice
TAG = r"^[A-Za-z]{2,3}(?:-[A-Za-z0-9]{2,8}){0,3}$"  # BCP 47, as far as it names voices


@dataclass(frozen=True)
class Option:
    """What is special about how a field is asked for.

    flags    on the command line, where they are not "--" and the field's name; an argument has its
             name in capitals.
    metavar  what stands for its value in ``--help``.
    needed   whether the command line asks for it, where it has no default.
    told     its description for a language model that calls a tool, if people are told otherwise.
    pattern  of a text that a program or a language model may give: what is plainly no path.
    chat     whether it may be changed in a chat.
    """

    flags: tuple[str, ...] = ()
    metavar: str | None = None
    needed: bool = True
    told: str | None = None
    pattern: str | None = None
    chat: bool = False


@dataclass(frozen=True)
class File:
    """Marks what names a file, at least where ``when`` says so of its value."""

    when: Callable[[str], bool] = bool


class Part(BaseModel):
    """Options that belong together, under the heading ``group`` of ``--help``."""

    model_config = ConfigDict(
        extra="forbid",
        frozen=True,
        allow_inf_nan=False,
        defer_build=True,  # until something is validated: `--help` only lists what there is
    )
    group: ClassVar[str | None] = None


def longest(most: int) -> AfterValidator:
    """A bound for texts that need not be valid Unicode, as names of files are not: what pydantic's
    own ``max_length`` asks for.
    """

    def check(text: str | None) -> str | None:
        if text is not None and len(text) > most:
            raise PydanticKnownError("string_too_long", {"max_length": most})
        return text

    return AfterValidator(check)


def _is_picture(background: str) -> bool:
    return background != BLUR and not background.startswith("#")


def _is_voice_file(voice: str) -> bool:
    from tools.speech import base

    return base.of_file(voice) is not None


def agreed(voice: str | None, consent: bool, how: str = "{consent}") -> None:
    """Raises a fault where a voice would be cloned without the consent of whose it is, and says
    ``how`` that is given.
    """
    from tools.speech import base

    if base.cloned(voice) and not consent:
        raise problem(
            "“{file}” is a recording, whose voice is cloned only with the consent of whoever "
            f"speaks in it; if they agree to these words, add {how}",
            at="voice",
            file=Path(voice or "").name,
        )


Portrait = Annotated[
    Path,
    Field(description="A picture with a face: PNG, JPEG, WebP, BMP, TIFF or GIF."),
    File(),
    Option(flags=("--portrait", "-p")),
]
Tag = Annotated[str, Field(max_length=35, pattern=TAG), Form("a tag such as en, es or pt-BR")]
Engine = Annotated[
    str | None,
    Field(max_length=60, description="Speech engine; `portrayal voices` lists them."),
    Form("a name, as `portrayal voices` lists them"),
    Option(told="Speech engine, see list_voices; leave out for the best.", pattern=NAME),
]
VoiceName = Annotated[
    str | None,
    Field(
        description="A voice's name, a language such as de, a piper .onnx file, or a recording "
        "whose voice is cloned."
    ),
    longest(LONGEST_PATH),
    Form("a voice’s name or a language, as `portrayal voices` lists them"),
    File(when=_is_voice_file),
    Option(
        told="Voice name from list_voices such as 'en-us', or a language such as 'de'; leave out "
        "for the default. Never a path.",
        pattern=NAME,
        chat=True,
    ),
]
Consent = Annotated[
    bool,
    Field(
        description="Whoever speaks in the recording that is given as the voice agrees to have it "
        "cloned, for these words."
    ),
]
Speed = Annotated[
    float,
    Field(ge=0.5, le=2, description="Pace, relative to the voice's own."),
    Form("times the voice’s own pace"),
    Option(chat=True),
]
Renderer = Annotated[
    str,
    Field(
        max_length=60,
        description="Renderer, as `portrayal renderers` lists them; auto is the best this machine "
        "is fast enough for.",
    ),
    Form("a name, as `portrayal renderers` lists them"),
    Option(told="See list_renderers; 'auto' is the best for this machine.", pattern=NAME),
]
HeadMotion = Annotated[
    choices.HeadMotion, Field(description="How much the head moves."), Option(chat=True)
]
Seed = Annotated[
    int, Field(ge=0, le=2**32 - 1, description="A different seed gives different movement.")
]
Face = Annotated[
    int | None,
    Field(
        ge=1,
        le=100,
        description="Which face of several, counted from the left. Default: the largest.",
    ),
    Option(metavar="N"),
]
Aspect = Annotated[
    Literal["16:9", "9:16", "1:1"], Field(description="Shape of the picture."), Option(chat=True)
]
Size = Annotated[
    int,
    Field(ge=144, le=2160, description="Shorter side of the picture in pixels."),
    Form("pixels"),
    Option(chat=True),
]
Fps = Annotated[
    int,
    Field(ge=10, le=60, description="Frames per second."),
    Form("frames per second"),
    Option(chat=True),
]
Interpolate = Annotated[
    str,
    Field(
        max_length=40,
        description="What makes the frames between drawn ones: auto, none or an interpolator, such "
        "as flow or rife.",
    ),
    Form("auto, none or the name of an interpolator"),
    Option(pattern=NAME),
]
Background = Annotated[
    str | None,
    Field(
        description="Behind the person: blur, a colour such as '#204060', or a picture. Default: "
        "the portrait's own background."
    ),
    longest(LONGEST_PATH),
    Form("blur or a colour as #rrggbb"),
    File(when=_is_picture),
    Option(metavar="blur|#rrggbb|IMAGE", pattern=f"{BLUR}|#[0-9A-Fa-f]{{6}}", chat=True),
]
Quality = Annotated[
    choices.Quality,
    Field(description="How carefully it is drawn and encoded: draft is faster, best finer."),
    Option(chat=True),
]
EXPRESSIONS: tuple[str, ...] = get_args(choices.Expression)


class Film(Part):
    """Who is seen, and the file that is made."""

    portrait: Portrait
    output: Annotated[
        Path,
        Field(
            description="The video to write; default: the portrait's name with .mp4, in this "
            "folder."
        ),
        File(),
        Option(flags=("--output", "-o"), needed=False, told="The video to write, NAME.mp4."),
    ]


class Words(Part):
    """What is said, from one source."""

    group = "Words and voice"

    text: Annotated[
        str | None,
        Field(description="What to say."),
        Option(flags=("TEXT",), told="What to say. Give exactly one of text, text_file and audio."),
    ] = None
    text_file: Annotated[
        Path | None, Field(description="A UTF-8 text file with what to say."), File()
    ] = None
    audio: Annotated[
        Path | None, Field(description="A recording to speak with, instead of a voice."), File()
    ] = None
    transcript: Annotated[
        str | None,
        Field(description="The recording's words, or a text file with them; heard if left out."),
        Option(told="The words that the recording says; they sharpen the lips."),
    ] = None


class Recording(Part):
    """What is done with a recording."""

    group = "Words and voice"

    clean: Annotated[
        bool, Field(description="Take the noise out of the recording."), Option(flags=("--clean",))
    ] = False
    listener: Annotated[
        str | None,
        Field(
            max_length=60,
            description="What hears the words of a recording without a transcript, such as "
            "whisper-small; by default the largest that is there.",
        ),
        Form("the name of a listener, such as whisper-base"),
        Option(pattern=NAME),
    ] = None


class Voice(Part):
    """Who speaks, and how fast."""

    group = "Words and voice"

    engine: Engine = None
    voice: VoiceName = None
    speed: Speed = 1.0


class Cloning(Part):
    """What only a person may say of a voice: neither tools for agents nor a chat take it."""

    group = "Words and voice"

    consent: Annotated[Consent, Option(flags=("--consent",))] = False


class Drawing(Part):
    """What draws, and how it is set."""

    group = "Acting"

    renderer: Renderer = AUTO
    set: Annotated[
        tuple[str, ...],
        Field(
            description="A setting of the renderer, such as pose_style=5; `portrayal renderers "
            "NAME` lists them."
        ),
        Option(metavar="NAME=VALUE"),
    ] = ()


class Acting(Part):
    """How the portrait acts."""

    group = "Acting"

    expression: Annotated[
        str,
        Field(
            description=f"{', '.join(EXPRESSIONS[:-1])} or {EXPRESSIONS[-1]}; weaker as happy:0.6."
        ),
        Form(f"{', '.join(EXPRESSIONS)}, or weaker, such as happy:0.6"),
        Option(
            metavar="NAME[:0..1]",
            pattern=f"({'|'.join(EXPRESSIONS)})(:(0|1|0?[.][0-9]{{1,3}}|1[.]0{{1,3}}))?",
            chat=True,
        ),
    ] = "neutral"
    head_motion: HeadMotion = "calm"
    seed: Seed = 0
    face: Face = None


class Picture(Part):
    """How the film looks."""

    group = "Picture"

    aspect: Aspect = "16:9"
    size: Size = 1080
    fps: Fps = 25
    interpolate: Interpolate = AUTO
    background: Background = None
    captions: Annotated[
        Literal["none", "srt", "vtt", "burn"],
        Field(description="Subtitles in a file beside the video (srt, vtt), or burned in."),
        Option(chat=True),
    ] = "none"
    quality: Quality = "standard"


class Wishes(Part):
    """What a film should be that is written first."""

    group = "What it should be"

    language: Annotated[
        Tag | None,
        Field(description="Language of the narration, such as en, es or pt-BR."),
        Option(pattern="[a-z]{2,3}(-[A-Za-z0-9]{2,8})?", chat=True),
    ] = None
    seconds: Annotated[
        float | None,
        Field(ge=2, le=3600, description="How long it should last, in seconds."),
        Form("seconds"),
        Option(chat=True),
    ] = None
    audience: Annotated[str | None, Field(description="Who it is for."), longest(200)] = None
    tone: Annotated[
        str | None,
        Field(description="Tone, such as warm or matter-of-fact."),
        longest(200),
        Form("a few words, such as warm and calm"),
        Option(chat=True),
    ] = None
    facts: Annotated[
        tuple[Path, ...],
        Field(
            max_length=8, description="Facts it may use: Markdown, text, PDF or a saved web page."
        ),
        File(),
    ] = ()
    draft: Annotated[
        bool,
        Field(description="Let a language model write, or speak the prompt's own words."),
        Option(flags=("--draft/--no-draft", " /--no-model")),
    ] = True
    writer: Annotated[
        Literal["small", "full"] | None,
        Field(
            description="How a language model is asked: small in one call, for models of about a "
            "billion parameters, full step by step; by default as the model's size suggests."
        ),
    ] = None
    model: Annotated[
        str | None,
        Field(
            description="The language model: a downloaded one, a GGUF file, or its name on the "
            "server."
        ),
        longest(1000),
        File(when=lambda model: model.endswith(".gguf")),
    ] = None


PARTS: tuple[type[Part], ...] = (
    *(Wishes, Film, Words, Recording, Voice, Cloning, Drawing, Acting, Picture),
)
DEFAULTS = {name: field.default for part in PARTS for name, field in part.model_fields.items()}


def option(field: FieldInfo) -> Option:
    """What is special about a field."""
    return next((mark for mark in field.metadata if isinstance(mark, Option)), Option())


def file(field: FieldInfo) -> File | None:
    """How to tell whether a field names a file; None where it never does."""
    return next((mark for mark in field.metadata if isinstance(mark, File)), None)


def files(model: type[BaseModel], values: Mapping[str, Any]) -> dict[str, Path]:
    """Those of ``values`` that name one file, by the name of their field in ``model``."""
    named: dict[str, Path] = {}
    for name, value in values.items():
        mark = file(model.model_fields[name]) if name in model.model_fields else None
        if mark is not None and isinstance(value, str | Path) and mark.when(str(value)):
            named[name] = Path(value)
    return named


class Flags(Names):
    """Fields of a request or a brief as the command line has them."""

    def named(self, field: int | str) -> str:
        known = self.model.model_fields.get(str(field))
        own = option(known).flags if known else ()
        return own[0].partition("/")[0] if own else super().named(field)
