"""Enlarge a picture from one file into another, with its depth and its transparency."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import cv2
import numpy as np

from tools import output
from tools.errors import OptionError
from tools.picture import image
from tools.upscale import base
from tools.upscale.base import Depth, Picture, Progress, Stills
from tools.upscale.pictures import MAX_FACTOR, enlarge_with_alpha, enlarged_size

LARGEST = 200_000_000  # pixels of the result: 1.6 GB with 16 bits and alpha


def upscale(
    source: Path,
    destination: Path,
    factor: float,
    *,
    name: str = "realesrgan",
    model: str | None = None,
    denoise: float | None = None,
    progress: Progress | None = None,
) -> tuple[int, int]:
    """Write ``source``, ``factor`` (1 to 16) times as large, to ``destination``, a PNG.

    A PNG of 16 bits keeps them if the upscaler called ``name`` can; see ``base.load`` for ``model``
    and ``denoise``. Returns (width, height).

    Raises ImageError for a picture that cannot be read, OptionError for a factor, a name or an
    output that cannot be used, MissingError, and OutputError; nothing half-written is left.
    """
    if destination.suffix.lower() != ".png":
        raise OptionError(f"The output “{destination}” must end in .png.")
    if source.absolute() == destination.absolute():
        raise OptionError(f"“{destination}” is the source itself and would be overwritten.")
    if not 1 <= factor <= MAX_FACTOR:
        raise OptionError(f"A factor of {factor:g} is out of range; give 1 to {MAX_FACTOR:.0f}.")
    output.check_writable(destination)
    upscaler = base.load(name, model, denoise)
    picture: Any = image.load_straight(source)  # of either depth
    across, down = enlarged_size(picture, factor)
    if across * down > LARGEST:
        raise OptionError(
            f"“{source}” would become {across} × {down} pixels; at most {LARGEST // 10**6} "
            "megapixels can be made, so give a smaller factor."
        )
    if isinstance(upscaler, Stills):
        result = upscaler.still(picture, factor, progress=progress)
    else:
        eight = np.asarray(picture >> 8 if picture.dtype == np.uint16 else picture, np.uint8)
        result = enlarge_with_alpha(
            eight,
            (across, down),
            lambda colours, report: upscaler.upscale(colours, factor, progress=report),
            progress,
        )
    _write(result, destination)
    return across, down


def _write(picture: Picture[Depth], path: Path) -> None:
    order = cv2.COLOR_RGBA2BGRA if picture.shape[2] == 4 else cv2.COLOR_RGB2BGR
    with output.replacing(path) as partial_file, output.explained(path):
        _, encoded = cv2.imencode(".png", cv2.cvtColor(picture, order))
        partial_file.write_bytes(encoded.tobytes())
