"""Request: everything ``portrayal make`` accepts, checked before any work starts.

It knows names, ranges and which options go together. Whether a picture has a face, a voice exists
or a folder can be written is found out by the steps that use them.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any, Literal, Self, get_args

from pydantic import BaseModel, ConfigDict, ValidationError, model_validator
from pydantic_core import PydanticCustomError

from renderers.base import Quality
from tools.errors import OptionError
from tools.media import HeadMotion

Aspect = Literal["16:9", "9:16", "1:1"]
Captions = Literal["none", "srt", "vtt", "burn"]

AUTO = "auto"  # what suits the machine
SIZES = range(144, 2161)  # px, the shorter side of the video
RATES = range(10, 61)  # frames per second
PACES = (0.5, 2.0)  # times the voice's natural pace
FLAGS = {"text": "TEXT", "output": "--output"}  # all others are "--" and their name


class Request(BaseModel):
    """One video to make. ``Request.of`` builds one from loose values.

    text, text_file, audio   the words: typed, in a UTF-8 file, or already spoken; exactly one.
    transcript               what ``audio`` says: the words, or the path of a file that holds them.
    engine, voice, speed     who speaks, and how fast (0.5 to 2); None is the best at hand.
    renderer                 "auto" is the best that this machine is fast enough for.
    set                      NAME=VALUE settings of that renderer.
    expression               "warm" or "happy:0.6".
    aspect, size             shape of the picture and its shorter side in pixels.
    background               None keeps the picture's own; "blur", "#rrggbb" or a picture's path.
    face                     which face of the portrait, counted from the left, from 1; None is
                             the largest.
    interpolate              what makes frames between those that are drawn, where a renderer draws
                             fewer than the film has: "auto", "none" or an interpolator.
    seed                     the same request with the same seed gives the same frames.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    portrait: Path
    output: Path
    text: str | None = None
    text_file: Path | None = None
    audio: Path | None = None
    transcript: str | None = None
    engine: str | None = None
    voice: str | None = None
    speed: float = 1.0
    renderer: str = AUTO
    set: tuple[str, ...] = ()
    expression: str = "neutral"
    head_motion: HeadMotion = "calm"
    aspect: Aspect = "16:9"
    size: int = 1080
    fps: int = 25
    interpolate: str = AUTO
    background: str | None = None
    captions: Captions = "none"
    quality: Quality = "standard"
    face: int | None = None
    seed: int = 0

    @classmethod
    def of(cls, **values: Any) -> Self:
        """The request with these values. Raises OptionError, one sentence per problem."""
        try:
            return cls(**values)
        except ValidationError as error:
            problems = dict.fromkeys(_sentence(dict(p)) for p in error.errors())
            raise OptionError(" ".join(problems)) from error

    @property
    def settings(self) -> dict[str, str]:
        """``set``, taken apart."""
        return dict(given.split("=", 1) for given in self.set)

    @property
    def canvas(self) -> tuple[int, int]:
        """(width, height) of the video in pixels, both even as H.264 wants them."""
        return canvas(self.aspect, self.size)

    @property
    def sidecar(self) -> Path | None:
        """Where captions are written beside the video, if they are."""
        if self.captions in {"none", "burn"}:
            return None
        return self.output.with_suffix(f".{self.captions}")

    @model_validator(mode="after")
    def _within_range(self) -> Self:
        if self.size not in SIZES:
            raise _problem(
                f"--size {self.size} is out of range; the shorter side of a video is "
                f"{SIZES.start} to {SIZES.stop - 1} pixels."
            )
        if self.fps not in RATES:
            raise _problem(
                f"--fps {self.fps} is out of range; a video has {RATES.start} to "
                f"{RATES.stop - 1} frames per second."
            )
        if not PACES[0] <= self.speed <= PACES[1]:
            raise _problem(
                f"--speed {self.speed:g} is out of range; a voice speaks at {PACES[0]:g} to "
                f"{PACES[1]:g} times its natural pace."
            )
        if self.face is not None and self.face < 1:
            raise _problem(f"--face {self.face} is no face; faces are counted from 1.")
        for given in self.set:
            if "=" not in given:
                raise _problem(f"--set {given} is no setting; it is written NAME=VALUE.")
        if self.set and self.renderer == AUTO:
            raise _problem("--set belongs to one renderer; name it with --renderer.")
        if self.seed < 0:
            raise _problem(f"--seed {self.seed} is negative; a seed is 0 or more.")
        if self.output.suffix.lower() != ".mp4":
            raise _problem(f"The output “{self.output}” must end in .mp4.")
        return self

    @model_validator(mode="after")
    def _one_source_of_words(self) -> Self:
        sources = [s for s in (self.text, self.text_file, self.audio) if s is not None]
        if not sources:
            raise _problem("There is nothing to say; give TEXT, --text-file or --audio.")
        if len(sources) > 1:
            raise _problem(
                "The words come from one place; give only one of TEXT, --text-file and --audio "
                "(what a recording says goes into --transcript)."
            )
        if self.transcript is not None and self.audio is None:
            raise _problem(
                "--transcript says what a recording says; give the recording as --audio."
            )
        if self.captions != "none" and self.audio is not None and self.transcript is None:
            raise _problem(
                f"--captions {self.captions} needs to know the words of the recording; give them "
                "as --transcript."
            )
        if self.audio is not None and (self.engine or self.voice or self.speed != 1.0):
            raise _problem(
                "A recording already has its voice; leave out --engine, --voice and --speed "
                "with --audio."
            )
        return self

    @model_validator(mode="after")
    def _keeps_its_sources(self) -> Self:
        for source in filter(None, (self.portrait, self.audio, self.text_file)):
            for written in filter(None, (self.output, self.sidecar)):
                if source.absolute() == written.absolute():
                    raise _problem(f"“{written}” would be overwritten, and it is a source.")
        return self


def canvas(aspect: Aspect, size: int) -> tuple[int, int]:
    """(width, height) in pixels, both even, of that shape; ``size`` is the shorter side."""
    across, down = (int(part) for part in aspect.split(":"))
    scale = size / min(across, down)
    return 2 * round(across * scale / 2), 2 * round(down * scale / 2)


def _problem(sentence: str) -> PydanticCustomError:
    return PydanticCustomError("portrayal", "{sentence}", {"sentence": sentence})


def _sentence(problem: dict[str, Any]) -> str:
    """One of pydantic's problems in our words."""
    if problem["type"] == "portrayal":
        return str(problem["msg"])
    name = str(problem["loc"][0]) if problem["loc"] else "request"
    flag = FLAGS.get(name, "--" + name.replace("_", "-"))
    match problem["type"]:
        case "extra_forbidden":
            return f"There is no option {flag}; there are: {', '.join(Request.model_fields)}."
        case "missing":
            return f"{flag} is missing."
        case "literal_error":
            choices = get_args(Request.model_fields[name].annotation)
            return f"{flag} {problem['input']} is not one of {', '.join(choices)}."
        case _:
            return f"{flag} {problem['input']!r} cannot be used: {problem['msg']}."
