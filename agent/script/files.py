"""The files that a script names: found beside it, and fit for what they are used for."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from functools import lru_cache
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from agent.film.takes import file_key
from agent.script.faults.form import Draft
from agent.script.faults.looks import layout, presenters
from agent.script.faults.places import Places
from agent.script.faults.problems import Problem, excerpt
from agent.script.faults.sentences import subject
from agent.script.format.model import CARDS
from agent.script.paths import Folders, PathError
from agent.script.source.tree import Path_
from tools.errors import PortrayalError
from tools.media import Image

_LOOKS = ("slide", "broll")
MODEL = ".onnx"  # the ending by which a voice is a file


class Use(NamedTuple):
    """A file that a script names: where, for what, which, as it is written, and what stands beside
    its name.
    """

    path: Path_
    kind: str
    file: Path
    written: str
    beside: Mapping[str, Any] = {}


class _Spot(NamedTuple):
    """A field that holds a path."""

    holder: dict[str, Any]
    name: str
    path: Path_
    kind: str
    beside: Mapping[str, Any] = {}


def locate(
    values: Any, places: Places, folders: Folders, draft: Draft, problems: list[Problem]
) -> list[Use]:
    """Put absolute paths into ``values`` (plain ones, not yet validated) where files are named."""
    uses = []
    found: dict[tuple[str, str], Path] = {}
    for spot in _spots(values):
        text, beside = spot.holder[spot.name], places.file(spot.path)
        try:
            if (text, beside) not in found:
                found[text, beside] = folders.locate(text, beside)
        except PathError as error:
            what = f"{subject(spot.path, places)} {excerpt(text)} {error}"
            problems.append(places.problem(spot.path, what))
            draft.mar(spot.path)
            continue
        spot.holder[spot.name] = str(found[text, beside])
        uses.append(Use(spot.path, spot.kind, found[text, beside], text, spot.beside))
    return uses


def check(uses: list[Use], places: Places, draft: Draft, problems: list[Problem]) -> None:
    """Open every file once, as what it has to be, and tell which cannot be used."""
    seen: dict[tuple[str, Path], list[Use]] = {}
    for use in uses:
        seen.setdefault((use.kind, use.file), []).append(use)
    for (kind, file), places_used in seen.items():
        try:
            _READERS[kind](file)
        except PortrayalError as error:
            _tell(error, places_used, places, draft, problems)
            continue
        for use in places_used:
            try:
                _look_into(use, draft)
            except PortrayalError as error:
                _tell(error, [use], places, draft, problems)


def _tell(
    error: PortrayalError, uses: list[Use], places: Places, draft: Draft, problems: list[Problem]
) -> None:
    first, more = uses[0], len(uses) - 1
    reason = str(error).rstrip(".").replace(str(first.file), first.written)
    also = f" (and in {more} more place{'s' * (more > 1)})" if more else ""
    what = subject(first.path, places)
    problems.append(places.problem(first.path, f"{what}: {reason}{also}"))
    for use in uses:
        draft.mar(use.path)


def _spots(values: Any) -> Iterator[_Spot]:
    """All fields that hold paths, whatever else may be wrong with the script."""
    if not isinstance(values, dict):
        return
    for name in _names(values, "portraits"):
        yield from _short(values["portraits"], name, ("portraits",), "portrait")
    for name in _names(values, "voices"):
        for spot in _short(values["voices"], name, ("voices",), "voice", "voice"):
            if spot.holder[spot.name].lower().endswith(MODEL):
                yield spot
    yield from _short(values, "music", (), "sound")
    brand = values.get("brand")
    if isinstance(brand, dict):
        yield from _short(brand, "logo", ("brand",), "picture")
        if isinstance(brand.get("font"), str):
            yield _Spot(brand, "font", ("brand", "font"), "font")
    yield from _look(values.get("defaults"), ("defaults",))
    scenes = values.get("scenes")
    for index, scene in enumerate(scenes if isinstance(scenes, tuple) else ()):
        yield from _scene(scene, ("scenes", index))


def _scene(scene: Any, path: Path_) -> Iterator[_Spot]:
    if not isinstance(scene, dict):
        return
    yield from _look(scene, path)
    yield from _short(scene, "slide", path, "picture")
    yield from _short(scene, "broll", path, "moving")
    lines = scene.get("lines")
    for index, line in enumerate(lines if isinstance(lines, tuple) else ()):
        if isinstance(line, dict) and isinstance(line.get("audio"), str):
            yield _Spot(line, "audio", (*path, "lines", index, "audio"), "sound")


def _look(look: Any, path: Path_) -> Iterator[_Spot]:
    if not isinstance(look, dict):
        return
    behind = look.get("background")
    if isinstance(behind, str) and behind != "blur" and not behind.startswith("#"):
        yield _Spot(look, "background", (*path, "background"), "picture")
    elif isinstance(behind, dict):
        for name, kind in (("image", "picture"), ("video", "video")):
            if isinstance(behind.get(name), str):
                yield _Spot(behind, name, (*path, "background", name), kind, behind)


def _short(holder: Any, name: str, path: Path_, kind: str, field: str = "file") -> Iterator[_Spot]:
    """A field that is a path, or a mapping in which ``field`` is one."""
    value = holder.get(name)
    if isinstance(value, str):
        yield _Spot(holder, name, (*path, name), kind)
    elif isinstance(value, dict) and isinstance(value.get(field), str):
        yield _Spot(value, field, (*path, name, field), kind, value)


def _names(values: dict[str, Any], section: str) -> list[str]:
    part = values.get(section)
    return list(part) if isinstance(part, dict) else []


# --- Opening them -----------------------------------------------------------------------------


def _portrait(path: Path) -> None:
    from tools.picture import image

    image.load(path)


def _picture(path: Path) -> None:
    from tools.picture import image

    image.check(path)


def _sound(path: Path) -> None:
    from tools.sound import files

    files.check(path)


def _video(path: Path) -> None:
    from tools.video import footage

    footage.decode(path)


def _moving(path: Path) -> None:
    from tools.picture import image
    from tools.video import footage

    if path.is_file() and image.is_picture(path):
        image.check(path)
    else:
        footage.decode(path)


def _font(path: Path) -> None:
    from tools.errors import InputError

    if not path.is_file():
        raise InputError(f"There is no font file “{path}”.")
    from PIL import ImageFont

    try:
        ImageFont.truetype(str(path), 20)
    except (OSError, ValueError) as error:
        raise InputError(
            f"“{path}” is no font that can be read; TrueType and OpenType files are."
        ) from error


def _voice(path: Path) -> None:
    from tools.errors import InputError

    if not path.is_file():
        raise InputError(f"There is no voice file “{path}”.")
    if path.stat().st_size == 0:
        raise InputError(f"The voice file “{path}” is empty.")


_READERS: dict[str, Callable[[Path], None]] = {
    "portrait": _portrait,
    "picture": _picture,
    "sound": _sound,
    "video": _video,
    "moving": _moving,
    "font": _font,
    "voice": _voice,
}


# --- Looking into them ------------------------------------------------------------------------


def _look_into(use: Use, draft: Draft) -> None:
    """Find what a script says is in a file. Raises PortrayalError where it is not there."""
    if use.kind == "portrait":
        which = use.beside.get("face")
        if _seen(use, draft) and (which is None or type(which) is int):
            changed = use.file.stat()
            error = _face(use.file, which, changed.st_mtime_ns, changed.st_size)
            if error is not None:
                raise error
    start = use.beside.get("start")
    if use.kind in {"video", "moving"} and isinstance(start, int | float):
        _starting(use.file, start)


def _seen(use: Use, draft: Draft) -> bool:
    """Whether a scene shows a portrait: some are only there to speak, or for other scripts."""
    script = draft.script
    return script is not None and any(
        use.path[1] in presenters(script, scene) and layout(script, scene) not in CARDS
        for scene in script.scenes
    )


@lru_cache(1000)  # a table has a script read for each of its rows
def _face(path: Path, which: int | None, _changed: int, _size: int) -> PortrayalError | None:
    """Why a picture has no face to animate, or not the one that is meant.

    That it has is remembered beyond this process: looking takes a second or two.
    """
    from tools import cache
    from tools.face import detection
    from tools.picture import image

    def look() -> Image:
        detection.find_face(image.load_with_alpha(path)[0], choose=which)
        return np.ones((1, 1, 3), np.uint8)

    try:
        cache.cached(look, "a face 1", file_key(path), str(which))
    except PortrayalError as error:
        return error
    return None


def _starting(path: Path, start: float) -> None:
    """Raises VideoError where a video is over before ``start`` (seconds)."""
    from tools.errors import VideoError
    from tools.picture import image
    from tools.video import footage

    if start <= 0 or image.is_picture(path):
        return
    length = footage.decode(path).duration
    if 0 < length <= start:
        raise VideoError(f"“{path}” has {length:.3g} s of picture; it cannot start at {start:g} s.")
