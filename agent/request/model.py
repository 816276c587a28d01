"""Request: everything ``portrayal make`` accepts, checked before any work starts.

It knows names, ranges and which options go together. Whether a picture has a face, a voice exists
or a folder can be written is found out by the steps that use them.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any, Self

from pydantic import ValidationError, model_validator

from agent import faults
from agent.faults import Names, problem
from agent.request import options
from tools.errors import OptionError


class Request(
    options.Picture,
    options.Acting,
    options.Drawing,
    options.Cloning,
    options.Voice,
    options.Recording,
    options.Words,
    options.Film,
):
    """One video to make, with the options of all these parts. ``Request.of`` builds one.

    The words come from exactly one of ``text``, ``text_file`` and ``audio``; the same request with
    the same ``seed`` gives the same frames.
    """

    @classmethod
    def of(cls, names: Names | None = None, /, **values: Any) -> Self:
        """The request with these values. Raises OptionError, one sentence per problem.

        names   what its fields are called there; by default as the command line has them.
        """
        try:
            return cls(**values)
        except ValidationError as error:
            raise OptionError(faults.told(error, names or options.Flags(cls))) from error

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
    def _settings_belong_to_a_renderer(self) -> Self:
        for one in self.set:
            if "=" not in one:
                raise problem("{set} {one} is not a setting; it is written NAME=VALUE", one=one)
        if self.set and self.renderer == options.AUTO:
            raise problem("{set} belongs to one renderer; name it with {renderer}")
        return self

    @model_validator(mode="after")
    def _its_owner_agrees(self) -> Self:
        options.agreed(self.voice, self.consent)
        return self

    @model_validator(mode="after")
    def _one_source_of_words(self) -> Self:
        sources = [s for s in (self.text, self.text_file, self.audio) if s is not None]
        if not sources:
            raise problem("there is nothing to say; give {text}, {text_file} or {audio}")
        if len(sources) > 1:
            raise problem(
                "the words come from one place; give only one of {text}, {text_file} and {audio} "
                "(what a recording says goes into {transcript})"
            )
        if self.transcript is not None and self.audio is None:
            raise problem("{transcript} says what a recording says; give the recording as {audio}")
        if self.audio is None and (self.clean or self.listener):
            raise problem("{clean} and {listener} are for a recording; give it as {audio}")
        if self.transcript is not None and self.listener is not None:
            raise problem("give {transcript} or {listener}: words that are known need not be heard")
        if self.audio is not None and any(
            getattr(self, name) != options.DEFAULTS[name] for name in options.Voice.model_fields
        ):
            raise problem(
                "a recording already has its voice; leave out {engine}, {voice} and {speed} with "
                "{audio}"
            )
        return self

    @model_validator(mode="after")
    def _keeps_its_sources(self) -> Self:
        if self.output.suffix.lower() != ".mp4":
            raise problem("the output “{path}” must end in .mp4", path=self.output)
        sources = options.files(type(self), dict(self))
        del sources["output"]
        for source in sources.values():
            for written in filter(None, (self.output, self.sidecar)):
                if source.absolute() == written.absolute():
                    raise problem("“{path}” would be overwritten, and it is a source", path=written)
        return self


def canvas(aspect: options.Aspect, size: int) -> tuple[int, int]:
    """(width, height) in pixels, both even, of that shape; ``size`` is the shorter side."""
    across, down = (int(part) for part in aspect.split(":"))
    scale = size / min(across, down)
    return 2 * round(across * scale / 2), 2 * round(down * scale / 2)
