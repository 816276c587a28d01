"""What can be chosen for SadTalker, read from NAME=VALUE."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal, get_args

from renderers.spec import Setting, number, one_of, path
from tools.restore import base as restorers

Framing = Literal["crop", "full", "wide"]
Head = Literal["own", "track"]
Enlarge = Literal["none", "realesrgan"]
Landmarks = Literal["auto", "mesh", "face-alignment", "facexlib"]
Precision = Literal["auto", "float32", "float16", "bfloat16"]
Device = Literal["auto", "cpu", "cuda"]

MOST_ANGLES = 100
LARGEST_ANGLE = 90.0  # degrees


def _angles(text: str) -> tuple[float, ...]:
    parts = text.split(",")
    if len(parts) > MOST_ANGLES:
        raise ValueError(text)
    return tuple(number(-LARGEST_ANGLE, LARGEST_ANGLE)(part) for part in parts)


def _size(text: str) -> int | None:
    return {"auto": None, "256": 256, "512": 512}[one_of("auto", "256", "512")(text)]


def _restorer(text: str) -> str:
    """One of the restorers that are registered, or a word for none or any."""
    return one_of("none", "auto", *restorers.available())(text)


def _choice(name: str, default: str, kind: Any, summary: str) -> Setting:
    *most, last = get_args(kind)
    accepts = f"{', '.join(most)} or {last}"
    return Setting(name, default, accepts, summary, read=one_of(*most, last))


def _place(name: str, accepts: str, summary: str) -> Setting:
    return Setting(name, "", accepts, summary, path=True, read=path)


def _number(
    name: str, default: str, least: int, most: int, summary: str, kind: Any = int
) -> Setting:
    return Setting(name, default, f"{least} to {most}", summary, read=number(least, most, kind))


def _turn(name: str, example: str, summary: str) -> Setting:
    return Setting(name, "", f"degrees, such as {example}", summary, read=_angles)


SETTINGS = (
    Setting("size", "auto", "auto, 256 or 512", "pixels of the face it draws", read=_size),
    _choice(
        "framing",
        "crop",
        Framing,
        "what it draws: the face for a moving head, the face for a still body, or more around it",
    ),
    _number("pose_style", "0", 0, 45, "which of its kinds of head movement"),
    _choice("head", "own", Head, "who moves the head: the network, or the direction"),
    _turn("yaw", "-20,20", "turn the head through these angles"),
    _turn("pitch", "0,10,0", "lift or lower the head through these angles"),
    _turn("roll", "5", "tilt the head through these angles"),
    _number("expression_scale", "1", 0, 3, "how strong expression and mouth are", float),
    _place("blink_video", "a video", "take eyes and brows from somebody in a video"),
    _place("pose_video", "a video", "take head movements from somebody in a video"),
    _choice("enlarge", "none", Enlarge, "draw the face in up to 1024 pixels"),
    Setting(
        "restore",
        "none",
        "none, auto, gfpgan, restoreformer, codeformer or gpen",
        "draw the face anew, sharp",
        read=_restorer,
    ),
    _number(
        "fidelity", "", 0, 1, "where restoring offers it: the prettiest face, or the same", float
    ),
    _number("every", "1", 1, 4, "draw each n-th frame, and those between by keypoint motion"),
    _choice("landmarks", "auto", Landmarks, "what finds the 68 landmarks"),
    _choice("precision", "auto", Precision, "of the network's numbers"),
    _choice("device", "auto", Device, "what draws"),
    _place("weights", "a folder", "checkpoints of your own, under their official names"),
    _place("config", "a YAML file", "the networks' sizes, as SadTalker's facerender.yaml"),
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

    @property
    def mapping(self) -> Literal["00109", "00229"]:
        """Which mapping network: the one for full pictures also hears where the face is in them."""
        return "00109" if self.framing == "full" else "00229"
