"""The files that a script names: found beside it, and fit for what they are used for."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from functools import lru_cache
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from pydantic import BaseModel

from agent import shape
from agent.faults import excerpt
from agent.film.takes import file_key
from agent.script.faults.looks import layout, presenters, renderer
from agent.script.faults.places import Places
from agent.script.format import model
from agent.script.format.forms import Kind
from agent.script.format.model import CARDS, Look, Script
from agent.script.source.include import Folders, PathError
from agent.script.source.tree import Path_
from renderers import base as renderers
from tools import cache
from tools.errors import InputError, PortrayalError, VideoError
from tools.face import detection
from tools.lettering.letters import check_font
from tools.media import Image
from tools.picture import image
from tools.sound import files as sounds
from tools.speech import base as speech
from tools.video import footage

Stamp = tuple[int, int]
"""When a file was last changed, ns, and its size: what was found out of it holds until then."""


class Use(NamedTuple):
    """A file that a script names: where, in which part of it, for what, which, as it is written."""

    path: Path_
    part: BaseModel
    kind: str
    file: Path
    written: str


class Files:
    """The files of one script, and what is wrong with them."""

    def __init__(self, script: Script, folders: Folders, places: Places) -> None:
        self.folders, self.places, self.defaults = folders, places, script.defaults
        self.uses: list[Use] = []
        self._found: dict[tuple[str, str], Path] = {}
        self.script: Script = self._located(script, ())

    def check(self) -> None:
        """Open every file once, as what it has to be, and tell which cannot be used."""
        seen: dict[tuple[str, Path], list[Use]] = {}
        for use in sorted(self.uses, key=lambda use: self.places.place(use.path)):
            seen.setdefault((use.kind, use.file), []).append(use)
        for (kind, file), uses in seen.items():
            if error := _fault(kind, file, _stamp(file)):
                self._tell(error, uses)
                continue
            for use in uses:
                try:
                    self._look_into(use)
                except PortrayalError as error:
                    self._tell(error, [use])

    def _tell(self, error: PortrayalError, uses: Sequence[Use]) -> None:
        first, more = uses[0], len(uses) - 1
        reason = str(error).rstrip(".").replace(str(first.file), first.written)
        also = f" (and in {more} more place{'s' * (more > 1)})" if more else ""
        what = self.places.subject(first.path)
        self.places.tell(first.path, f"{what}: {reason}{also}")

    # --- Where they are -------------------------------------------------------------------------

    def _located(self, value: Any, path: Path_) -> Any:
        """The same part of a script with the absolute paths of what it names."""
        if isinstance(value, BaseModel):
            said = {name: one for name, one in value if name in value.model_fields_set}
            new = {name: self._field(value, name, one, (*path, name)) for name, one in said.items()}
            return value.model_copy(update=new)
        if isinstance(value, dict):
            return {name: self._located(one, (*path, name)) for name, one in value.items()}
        if isinstance(value, tuple):
            return tuple(self._located(one, (*path, index)) for index, one in enumerate(value))
        return value

    def _field(self, part: BaseModel, name: str, value: Any, path: Path_) -> Any:
        if name == "settings" and isinstance(part, Look):
            return self._settings(part, path)
        kind = shape.mark(type(part), (name,), Kind)
        if kind is None or value is None:
            return self._located(value, path)
        if kind.name == "voice" and speech.of_file(value) is None:
            return value
        return self._file(part, kind.name, value, path)

    def _settings(self, look: Look, path: Path_) -> dict[str, Any]:
        """A renderer's settings, some of which name a file or a folder."""
        spec = renderer(look, self.defaults)
        known = renderers.settings(spec) if spec else ()
        named = {setting.name for setting in known if setting.path}
        return {
            name: self._file(look, "setting", str(value), (*path, name)) if name in named else value
            for name, value in (look.settings or {}).items()
        }

    def _file(self, part: BaseModel, kind: str, written: str, path: Path_) -> str:
        path = self.places.known(path)
        beside = self.places.file(path)
        try:
            if (written, beside) not in self._found:
                self._found[written, beside] = self.folders.locate(written, beside)
        except PathError as error:
            self.places.tell(path, f"{self.places.subject(path)} {excerpt(written)} {error}")
            self.places.mar(path)
            return written
        file = self._found[written, beside]
        self.uses.append(Use(path, part, kind, file, written))
        return str(file)

    # --- What is in them ------------------------------------------------------------------------

    def _look_into(self, use: Use) -> None:
        """Find what a script says is in a file. Raises PortrayalError where it is not there."""
        file = use.file
        match use.part:
            case model.PortraitFile(face=which) if self._shown(str(use.path[1])):
                if error := _face(file, which, _stamp(file)):
                    raise error
            case model.Moving(start=start) | model.Broll(start=start) if start > 0:
                length = 0.0 if image.is_picture(file) else footage.decode(file).duration
                if 0 < length <= start:
                    reason = f"has {length:.3g} s of picture; it cannot start at {start:g} s."
                    raise VideoError(f"“{file}” {reason}")

    def _shown(self, portrait: str) -> bool:
        """Whether a scene shows it: some are only there to speak, or for other scripts."""
        return any(
            portrait in presenters(self.script, scene) and layout(self.script, scene) not in CARDS
            for scene in self.script.scenes
        )


def _stamp(path: Path) -> Stamp | None:
    with suppress(OSError, ValueError):
        found = path.stat()
        return found.st_ctime_ns, found.st_size
    return None


@lru_cache(1000)  # a table has a script read for each of its rows
def _fault(kind: str, path: Path, _: Stamp | None) -> PortrayalError | None:
    """Why a file is not what it has to be."""
    try:
        _open(kind, path)
    except PortrayalError as error:
        return error.with_traceback(None)  # which would keep what was read
    return None


def _open(kind: str, path: Path) -> None:
    """Raises PortrayalError for a file that is not what it has to be."""
    match kind:
        case "portrait":
            image.load(path)
        case "picture":
            image.check(path)
        case "sound":
            sounds.check(path)
        case "video":
            footage.decode(path)
        case "picture or video":
            _open("picture" if path.is_file() and image.is_picture(path) else "video", path)
        case _ if not path.exists() or (path.is_dir() and kind != "setting"):
            raise InputError(f"There is no file “{path}”.")
        case "font":
            check_font(path)
        case "voice" if speech.cloned(path.name):
            sounds.check(path)
        case "voice":
            if path.stat().st_size == 0:
                raise InputError(f"The voice file “{path}” is empty.")


@lru_cache(1000)
def _face(path: Path, which: int | None, _: Stamp | None) -> PortrayalError | None:
    """Why a picture has no face to animate, or not the one that is meant.

    That it has is remembered beyond this process: looking takes a second or two.
    """

    def look() -> Image:
        detection.find_face(image.load_with_alpha(path)[0], choose=which)
        return np.ones((1, 1, 3), np.uint8)

    try:
        cache.cached(look, "a face 1", file_key(path), str(which))
    except PortrayalError as error:
        return error.with_traceback(None)
    return None
