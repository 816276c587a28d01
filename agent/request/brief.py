"""Brief: what a user asks of a production, checked before anything is written or made.

It holds wishes, no results. A screenplay is written from it, and each scene is made as its options
say: those of ``agent.request.model.Request``, which are the same for all scenes.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Self

from pydantic import BaseModel, ConfigDict, ValidationError

from agent.request.model import Request
from renderers import base as renderers
from tools.errors import OptionError

LONGEST_PROMPT = 20_000  # characters
LONGEST_WISH = 200
LONGEST_MODEL = 1000  # its name, or the path of its file
SECONDS = (2.0, 3600.0)
MOST_FACTS = 8  # files
TAG = re.compile(r"[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8}){0,3}")
WORDS = {"text", "text_file", "audio", "transcript"}  # of a request, that a screenplay replaces
SILENT = "Silence."  # stands for the words where only the options of a request matter


class Brief(BaseModel):
    """A wish for a video. ``Brief.of`` builds one from loose values.

    prompt    what the user typed: what it is about, or the very words.
    options   of ``Request``, but for the words: portrait, output, voice, size …
    language  BCP 47 tag such as "es"; None is the prompt's own.
    seconds   how long it should last; None is as long as it takes.
    audience, tone    for whom, and how; in words.
    facts     files with what may be claimed: Markdown, text, PDF, saved pages.
    draft     whether a language model may write; without, the prompt's own words are spoken.
    model     the language model that writes; None is the best that is here.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    prompt: str
    options: dict[str, Any]
    language: str | None = None
    seconds: float | None = None
    audience: str | None = None
    tone: str | None = None
    facts: tuple[Path, ...] = ()
    draft: bool = True
    model: str | None = None

    @classmethod
    def of(cls, **values: Any) -> Self:
        """The brief with these values. Raises OptionError, one sentence for the first problem."""
        try:
            brief = cls(**values)
        except ValidationError as error:
            first = error.errors()[0]
            name = ".".join(map(str, first["loc"]))
            raise OptionError(f"The brief’s {name} cannot be used: {first['msg']}.") from error
        brief._check()
        return brief

    def request(self, text: str = SILENT, language: str | None = None) -> Request:
        """What making ``text`` asks for. The voice speaks ``language`` where none is chosen.

        Raises OptionError.
        """
        options = dict(self.options)
        if language is not None and options.get("voice") is None and options.get("engine") is None:
            options["voice"] = language
        return Request.of(**options, text=text)

    def anchored(self) -> Self:
        """The same with whole paths, which hold in any folder."""
        options = dict(self.options)
        for name in ("portrait", "output"):
            options[name] = Path(options[name]).absolute()
        if str(options.get("voice")).endswith(".onnx"):
            options["voice"] = _whole(options["voice"])
        background = options.get("background") or "blur"
        if background != "blur" and not background.startswith("#"):
            options["background"] = str(Path(background).absolute())
        if "set" in options:
            options["set"] = _anchored(options["set"], options.get("renderer"))
        model = _whole(self.model) if self.model and self.model.endswith(".gguf") else self.model
        facts = tuple(path.absolute() for path in self.facts)
        return self.model_copy(update={"options": options, "facts": facts, "model": model})

    def _check(self) -> None:
        if not self.prompt.strip():
            raise OptionError("The prompt is empty; say what the video should be about.")
        for name, most in (("prompt", LONGEST_PROMPT), ("audience", LONGEST_WISH),
                           ("tone", LONGEST_WISH), ("model", LONGEST_MODEL)):  # fmt: skip
            if len(getattr(self, name) or "") > most:
                raise OptionError(f"The {name} has more than {most:,} characters; shorten it.")
        if self.language is not None and not TAG.fullmatch(self.language):
            raise OptionError(
                f"The language “{self.language[:40]}” is no tag such as en, es or pt-BR."
            )
        if self.seconds is not None and not SECONDS[0] <= self.seconds <= SECONDS[1]:
            raise OptionError(
                f"{self.seconds:g} seconds cannot be asked for; a video lasts {SECONDS[0]:g} to "
                f"{SECONDS[1]:g}."
            )
        if len(self.facts) > MOST_FACTS:
            raise OptionError(f"{len(self.facts)} files of facts are too many; give {MOST_FACTS}.")
        if spoken := WORDS & self.options.keys():
            raise OptionError(f"A brief’s options have no {min(spoken)}; words come as its prompt.")
        self.request()


def _anchored(settings: Sequence[str], renderer: str | None) -> list[str]:
    """NAME=VALUE settings of a renderer, with whole paths where they name files or folders."""
    spec = renderers.available().get(renderer or "")
    paths = {setting.name for setting in spec.settings if setting.path} if spec else set()
    named = (given.partition("=") for given in settings)
    return [f"{name}={_whole(value) if name in paths else value}" for name, _, value in named]


def _whole(path: str) -> str:
    """The whole path of what is there; anything else as it is."""
    try:
        return str(Path(path).absolute()) if path and Path(path).exists() else path
    except (OSError, ValueError):  # too long for a path, or no text for one
        return path
