"""Brief: what a user asks of a production, checked before anything is written or made.

It holds wishes, no results. A screenplay is written from it, and each scene is made as its options
say: those of ``agent.request.model.Request``, which are the same for all scenes.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Annotated, Any, Self

from pydantic import ValidationError, field_validator, model_validator

from agent import faults
from agent.faults import problem
from agent.request.model import Request
from agent.request.options import Film, Flags, Option, Wishes, Words, files, longest
from renderers import base as renderers
from tools.errors import OptionError

LONGEST_PROMPT = 20_000  # characters
SILENT = "Silence."  # stands for the words where only the options of a request matter


class Brief(Wishes):
    """A wish for a video. ``Brief.of`` builds one from loose values.

    prompt    what the user typed: what it is about, or the very words.
    options   of ``Request``, but for the words: portrait, output, voice, size …
    """

    prompt: Annotated[str, longest(LONGEST_PROMPT), Option(flags=("the prompt",))]
    options: dict[str, Any]

    @classmethod
    def of(cls, **values: Any) -> Self:
        """The brief with these values. Raises OptionError, one sentence for the first problem."""
        try:
            brief = cls(**values)
        except ValidationError as error:
            raise OptionError(faults.told(error, Flags(cls))) from error
        brief.request()
        return brief

    @classmethod
    def asked(cls, prompt: str, **given: Any) -> Self:
        """The same from values that are not sorted into options and the rest."""
        wishes = {name: given.pop(name) for name in Wishes.model_fields.keys() & given.keys()}
        return cls.of(prompt=prompt, options=given, **wishes)

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
        for name, path in files(Request, options).items():
            kind = str if isinstance(options[name], str) and name not in Film.model_fields else Path
            options[name] = _whole(options[name]) if name == "voice" else kind(path.absolute())
        if "set" in options:
            options["set"] = _anchored(options["set"], options.get("renderer"))
        model = self.model
        if model is not None and files(Brief, {"model": model}):
            model = _whole(model)
        facts = tuple(path.absolute() for path in self.facts)
        return self.model_copy(update={"options": options, "facts": facts, "model": model})

    @field_validator("prompt")
    @classmethod
    def _says_something(cls, prompt: str) -> str:
        if not prompt.strip():
            raise problem("is empty; say what the video should be about")
        return prompt

    @model_validator(mode="after")
    def _words_are_not_options(self) -> Self:
        if spoken := Words.model_fields.keys() & self.options.keys():
            said = "a brief’s options do not include {word}; words come as its prompt"
            raise problem(said, word=min(spoken))
        return self


def _anchored(settings: Sequence[str], renderer: str | None) -> list[str]:
    """NAME=VALUE settings of a renderer, with whole paths where they name files or folders."""
    spec = renderers.available().get(renderer or "")
    known = renderers.settings(spec) if spec else ()
    paths = {setting.name for setting in known if setting.path}
    named = (given.partition("=") for given in settings)
    return [f"{name}={_whole(value) if name in paths else value}" for name, _, value in named]


def _whole(path: str) -> str:
    """The whole path of what is there; anything else as it is."""
    try:
        return str(Path(path).absolute()) if path and Path(path).exists() else path
    except (OSError, ValueError):  # too long for a path, or no text for one
        return path
