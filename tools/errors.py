"""Every failure that Portrayal can explain, as one tree, with the exit codes of its commands.

Exit code 2 is the command line's own: an unknown option or a missing argument.

A message is one sentence for the person at the keyboard: what was wrong, the offending value,
and what would be right. Callers raise the most specific class and chain the cause with ``from``.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence


class PortrayalError(Exception):
    """Root of the tree. ``str(error)`` is the one sentence shown to the user."""

    exit_code = 1


class InputError(PortrayalError):
    """Something the user gave cannot be used as it is."""

    exit_code = 3


class ImageError(InputError):
    """A picture cannot be read, or is not one that can be animated."""


class FaceError(ImageError):
    """A readable picture has no face that can be animated, or not the one asked for."""


class TextError(InputError):
    """The narration is empty, too long, or in a script the voice cannot speak."""


class MarkupError(TextError):
    """SSML in a text that is not understood; ``tools.ssml`` says where. One sentence each."""


class ScreenplayError(InputError):
    """What should be a screenplay is none; one sentence per problem."""


class ScriptError(ScreenplayError):
    """A script has problems: one line each, with file, line and column.

    problems   all of them as plain values, for machines: file, line, column, message.
    """

    def __init__(self, message: str, problems: Sequence[Mapping[str, str | int]] = ()) -> None:
        super().__init__(message)
        self.problems = tuple(problems)


class FactsError(InputError):
    """A file of facts cannot be read, is too large, or holds no text."""


class AudioError(InputError):
    """A recording is silent, empty, corrupt or too long."""


class OptionError(InputError):
    """An option has a value outside what it accepts."""


class ConsentError(InputError):
    """A request would have a real person say what they have not agreed to."""


class VideoError(InputError):
    """A video given for inspection cannot be read."""


class MissingError(PortrayalError):
    """An engine, voice, model or program is not installed; the message says how to get it."""

    exit_code = 4


class OutputError(PortrayalError):
    """The result cannot be written where it was asked for."""

    exit_code = 5


class ModelError(PortrayalError):
    """A language model, a voice, or the server that runs it, gave nothing that can be used."""

    exit_code = 6


class CancelledError(PortrayalError):
    """The user or the system stopped the run; nothing half-written is left behind."""

    exit_code = 130
