"""The portrait: the demonstration's, an upload, or a picture on the disk."""

from __future__ import annotations

import hashlib
import importlib
import shutil
from collections.abc import Callable
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from agent.notebook.board import put, show
from agent.notebook.bridge import StepError
from tools.output import replacing

DEMO, UPLOAD = "demo", "upload"
LARGEST = 50_000_000  # bytes of an uploaded picture


@dataclass(frozen=True)
class Portrait:
    """A picture at ``path``.

    ``upload`` is a widget through which another may still come; the cells run on meanwhile.
    """

    path: Path
    upload: Any = None

    def file(self) -> Path:
        """The picture, which an upload has replaced. Raises StepError if that is too large."""
        value = self.upload.value if self.upload is not None else ()
        # ipywidgets 7 has them by name, 8 one after another.
        uploads = list(value.values() if isinstance(value, dict) else value)
        if uploads:
            _write(self.path, bytes(uploads[-1]["content"]))
        return self.path


def colab(part: str) -> Any:
    """A part of Colab's own package, such as "files"; None outside of Colab."""
    try:
        found = find_spec("google.colab") is not None
    except ModuleNotFoundError:
        found = False
    return importlib.import_module(f"google.colab.{part}") if found else None


def choose(source: str, place: Path, write_demo: Callable[[Path], None]) -> Portrait:
    """The portrait of ``source``, put at ``place``: "demo", "upload", or a picture's path.

    Colab asks for an upload and waits for it. Elsewhere a button is shown where ipywidgets is
    installed, and the demonstration's portrait stands in until it is used. Raises StepError.
    """
    if source == UPLOAD and (files := colab("files")):
        uploaded = files.upload()
        if not uploaded:
            raise StepError("Nothing was uploaded; run this cell again, or choose “demo”.")
        _write(place, list(uploaded.values())[-1])
    elif source in (DEMO, UPLOAD):
        write_demo(place)
        return Portrait(place, _button() if source == UPLOAD else None)
    else:
        given = Path(source).expanduser()
        if not given.is_file():
            raise StepError(f"There is no picture “{source}”; give “demo”, “upload” or a path.")
        if not place.exists() or not given.samefile(place):
            with replacing(place) as partial:
                shutil.copyfile(given, partial)
    return Portrait(place)


def named_by_content(picture: Path) -> Path:
    """A copy, named by the picture's hash."""
    content = picture.read_bytes()
    place = picture.parent / "portraits" / f"{hashlib.sha256(content).hexdigest()[:12]}.png"
    place.parent.mkdir(exist_ok=True)
    if not place.exists():
        with replacing(place) as partial:
            partial.write_bytes(content)
    return place.absolute()


def _button() -> Any:
    if find_spec("ipywidgets") is None:
        show("There is no upload here without ipywidgets; give the path of a picture instead.")
        return None
    import ipywidgets

    button = ipywidgets.FileUpload(accept="image/*", multiple=False, description="Portrait")
    put(button)
    return button


def _write(place: Path, content: bytes) -> None:
    if len(content) > LARGEST:
        raise StepError(
            f"The picture has {len(content) / 1e6:.0f} MB; give one of at most "
            f"{LARGEST / 1e6:.0f} MB."
        )
    with replacing(place) as partial:
        partial.write_bytes(content)
