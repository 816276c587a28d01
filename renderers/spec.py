"""What is known of renderers and drivers without loading them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

from renderers.contract import Kind, Space
from tools.choices import Quality
from tools.errors import OptionError
from tools.registry import Plugin

Acted = Literal["expressions", "blinks", "gaze", "head"]

Given = Mapping[str, str]  # settings as they are written
Read = Mapping[str, Any]  # the same, as their ``read`` made them; what is not given is left out


@dataclass(frozen=True)
class Setting:
    """Something that can be chosen for one renderer or driver only, given as NAME=VALUE.

    default   what holds when it is not given, as it would be written.
    accepts   the values it takes, in words.
    path      whether it names a file or a folder, which a tool called by an agent does not take.
    read      makes of what is written what ``Part.load`` is handed. Raises ValueError for what is
              not accepted, and loads nothing heavy.
    """

    name: str
    default: str
    accepts: str
    summary: str
    path: bool = False
    read: Callable[[str], Any] = str

    def to_dict(self) -> dict[str, Any]:
        """What a user may know of it, as plain values for JSON."""
        return {name: value for name, value in vars(self).items() if name != "read"}


def one_of(*values: str) -> Callable[[str], str]:
    """Reads one of these words."""

    def read(text: str) -> str:
        if text not in values:
            raise ValueError(text)
        return text

    return read


def number(least: float, most: float, kind: type[float] = float) -> Callable[[str], float]:
    """Reads a number from ``least`` to ``most``."""

    def read(text: str) -> float:
        value = kind(text)
        if not least <= value <= most:
            raise ValueError(text)
        return value

    return read


def path(text: str) -> Path:
    """Reads a path."""
    if not text:
        raise ValueError(text)
    return Path(text).expanduser()


def read(given: Given, name: str, among: Iterable[Setting]) -> dict[str, Any]:
    """What is written, read by the settings ``among`` which it should be.

    Raises OptionError for a setting that ``name`` does not have, or a value it does not accept.
    """
    known = {setting.name: setting for setting in among}
    values = {}
    for key, text in given.items():
        if key not in known:
            there = f"there are: {', '.join(known)}" if known else "it has none"
            raise OptionError(f"The renderer {name} has no setting “{key}”; {there}.")
        try:
            values[key] = known[key].read(text.strip())
        except ValueError as error:
            raise OptionError(
                f"The renderer {name}’s {key} is “{text}”; it takes {known[key].accepts}."
            ) from error
    return values


@dataclass(frozen=True)
class Advice:
    """A set of weights that is worth having on a machine that is large enough.

    weights     the set's name in the weights registry.
    gpu_memory  GB of a GPU's own memory that drawing wants.
    memory      GB of main memory that loading wants.
    best        what quality "best" gets from it, in words; empty where every quality needs it.
    """

    weights: str
    gpu_memory: float
    memory: float
    best: str = ""


Load = Callable[[Read, Mapping[str, Any]], Any]


@dataclass(frozen=True, kw_only=True)
class Part(Plugin[Any]):
    """What renderers and drivers say of themselves.

    load      as of any plug-in, from those of ``settings`` that are given, read, and the crews it
              ``needs``, by name.
    settings  what can be chosen for it.
    needs     names of renderers that ``load`` is handed, ready.
    identity  what it gives depends on besides code, arguments and settings, for settings as
              ``load`` takes them: what "auto" comes to, and the files of weights. Imports nothing
              heavy where it can; raises what ``load`` does. None is the files of ``weights``.
    tiny      as ``load``, with small networks and random weights, for tests; None where ``load``
              is quick and needs no weights.
    """

    load: Load
    settings: tuple[Setting, ...] = ()
    needs: tuple[str, ...] = ()
    identity: Callable[[Read], tuple[str | Path, ...]] | None = None
    tiny: Load | None = None


@dataclass(frozen=True, kw_only=True)
class DriverSpec(Part):
    """What is known of a driver without loading it.

    space  of the motion it makes.
    live   whether it moves while the speech still comes in.
    """

    space: Space
    live: bool = False


@dataclass(frozen=True, kw_only=True)
class Spec(Part):
    """What is known of a renderer without loading it, besides what ``Part`` says.

    family       "driver+animator", "lip-sync" or "diffusion".
    subjects     what it moves.
    motion       the spaces of motion it takes; empty where it hears the speech itself.
    driver       what drives it unless another is named by the setting "driver"; None where it takes
                 no motion. A renderer may be its own driver: one that has ``drive``.
    acts         which parts of a direction can be seen, with that driver.
    window       frames that are drawn together.
    back         frames before its first that it draws again without a state; None: all of them.
    live         whether it plays while the speech still comes in.
    size         native (width, height) of what it draws, None when it follows the subject.
    fps          frames per second it was made for, None when every rate costs it as little. A film
                 of twice as many, or more, is better interpolated than drawn.
    choices      what a quality other than "standard" chooses of its settings, unless given.
    without_gpu  what it is like on a machine without a GPU, in words; empty where it does well.
    advice       weights to propose when Portrayal is set up, the most useful first.
    convert      patterns of names of weight files, and what rewrites such a file in a smaller form.
    rank         renderers with a lower rank are preferred where they are complete and suited.
    """

    family: Literal["driver+animator", "lip-sync", "diffusion"]
    subjects: tuple[Kind, ...] = ("still",)
    motion: tuple[Space, ...] = ()
    driver: str | None = None
    acts: tuple[Acted, ...] = ()
    window: int = 1
    back: int | None = 0
    live: bool = False
    size: tuple[int, int] | None = None
    fps: int | None = None
    choices: Mapping[Quality, Given] = field(default_factory=dict)
    without_gpu: str = ""
    advice: tuple[Advice, ...] = ()
    convert: Mapping[str, Callable[[Path], Path]] = field(default_factory=dict)
    rank: int = 100
