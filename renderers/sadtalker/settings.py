"""What can be chosen for SadTalker, read from NAME=VALUE."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal, get_args

from renderers.base import Setting
from tools.errors import OptionError
from tools.restore import base as restorers

Framing = Literal["crop", "full", "wide"]
Head = Literal["own", "track"]
Enlarge = Literal["none", "realesrgan"]
Landmarks = Literal["auto", "mesh", "face-alignment", "facexlib"]
Precision = Literal["auto", "float32", "float16", "bfloat16"]
Device = Literal["auto", "cpu", "cuda"]

POSE_STYLES = range(46)
SCALES = (0.0, 3.0)
MOST_EVERY = 4
MOST_ANGLES = 100
LARGEST_ANGLE = 90.0  # degrees

SETTINGS = (
    Setting("size", "auto", "auto, 256 or 512", "pixels of the face it draws"),
    Setting(
        "framing",
        "crop",
        "crop, full or wide",
        "what it draws: the face for a moving head, the face for a still body, or more around it",
    ),
    Setting("pose_style", "0", "0 to 45", "which of its kinds of head movement"),
    Setting("head", "own", "own or track", "who moves the head: the network, or the direction"),
    Setting("yaw", "", "degrees, such as -20,20", "turn the head through these angles"),
    Setting("pitch", "", "degrees, such as 0,10,0", "lift or lower the head through these angles"),
    Setting("roll", "", "degrees, such as 5", "tilt the head through these angles"),
    Setting("expression_scale", "1", "0 to 3", "how strong expression and mouth are"),
    Setting(
        "blink_video", "", "a video", "take eyes and brows from somebody in a video", path=True
    ),
    Setting("pose_video", "", "a video", "take head movements from somebody in a video", path=True),
    Setting("enlarge", "none", "none or realesrgan", "draw the face in up to 1024 pixels"),
    Setting(
        "restore",
        "none",
        "none, auto, gfpgan, restoreformer, codeformer or gpen",
        "draw the face anew, sharp",
    ),
    Setting("fidelity", "", "0 to 1", "where restoring offers it: the prettiest face, or the same"),
    Setting("every", "1", "1 to 4", "draw each n-th frame, and those between by keypoint motion"),
    Setting("landmarks", "auto", ", ".join(get_args(Landmarks)), "what finds the 68 landmarks"),
    Setting("precision", "auto", ", ".join(get_args(Precision)), "of the network's numbers"),
    Setting("device", "auto", "auto, cpu or cuda", "what draws"),
    Setting(
        "weights", "", "a folder", "checkpoints of your own, under their official names", path=True
    ),
    Setting(
        "config",
        "",
        "a YAML file",
        "the networks' sizes, as SadTalker's facerender.yaml",
        path=True,
    ),
)


@dataclass(frozen=True)
class Settings:
    """The same, read. Empty paths and "auto" are None; see ``SETTINGS`` for what each is."""

    size: Literal[256, 512] | None = None
    framing: Framing = "crop"
    pose_style: int = 0
    head: Head = "own"
    yaw: tuple[float, ...] = ()
    pitch: tuple[float, ...] = ()
    roll: tuple[float, ...] = ()
    expression_scale: float = 1.0
    blink_video: Path | None = None
    pose_video: Path | None = None
    enlarge: Enlarge = "none"
    restore: str = "none"
    fidelity: float | None = None
    every: int = 1
    landmarks: Landmarks = "auto"
    precision: Precision = "auto"
    device: Device = "auto"
    weights: Path | None = None
    config: Path | None = None

    @classmethod
    def of(cls, values: Mapping[str, str]) -> Settings:
        """Settings from what a user wrote. Raises OptionError for a value that is not accepted."""
        read = {name: READERS[name](name, text.strip()) for name, text in values.items()}
        return cls(**read)

    @property
    def mapping(self) -> Literal["00109", "00229"]:
        """Which mapping network: the one for full pictures also hears where the face is in them."""
        return "00109" if self.framing == "full" else "00229"


def _refused(name: str, text: str) -> OptionError:
    accepts = next(setting.accepts for setting in SETTINGS if setting.name == name)
    return OptionError(f"SadTalker's {name} is “{text}”; it takes {accepts}.")


def _choice(*values: str) -> Callable[[str, str], str]:
    def read(name: str, text: str) -> str:
        if text not in values:
            raise _refused(name, text)
        return text

    return read


def _number(kind: type[float], least: float, most: float) -> Callable[[str, str], float]:
    def read(name: str, text: str) -> float:
        try:
            value = kind(text)
        except ValueError as error:
            raise _refused(name, text) from error
        if not least <= value <= most:
            raise _refused(name, text)
        return value

    return read


def _angles(name: str, text: str) -> tuple[float, ...]:
    read = _number(float, -LARGEST_ANGLE, LARGEST_ANGLE)
    parts = text.split(",")
    if len(parts) > MOST_ANGLES:
        raise _refused(name, text)
    return tuple(read(name, part) for part in parts)


def _size(name: str, text: str) -> int | None:
    return {"auto": None, "256": 256, "512": 512}[_choice("auto", "256", "512")(name, text)]


def _restorer(name: str, text: str) -> str:
    """One of the restorers that are registered, or a word for none or any."""
    return _choice("none", "auto", *restorers.available())(name, text)


def _path(name: str, text: str) -> Path:
    if not text:
        raise _refused(name, text)
    return Path(text).expanduser()


READERS: dict[str, Callable[[str, str], Any]] = {
    "size": _size,
    "framing": _choice(*get_args(Framing)),
    "pose_style": _number(int, POSE_STYLES.start, POSE_STYLES.stop - 1),
    "head": _choice(*get_args(Head)),
    "yaw": _angles,
    "pitch": _angles,
    "roll": _angles,
    "expression_scale": _number(float, *SCALES),
    "blink_video": _path,
    "pose_video": _path,
    "enlarge": _choice(*get_args(Enlarge)),
    "restore": _restorer,
    "fidelity": _number(float, 0.0, 1.0),
    "every": _number(int, 1, MOST_EVERY),
    "landmarks": _choice(*get_args(Landmarks)),
    "precision": _choice(*get_args(Precision)),
    "device": _choice(*get_args(Device)),
    "weights": _path,
    "config": _path,
}
