"""A video of somebody, read as coefficients: whose blinks or head movements a portrait takes over.

The face is found in the first picture as in a portrait. Its square is cut out of every picture;
what is in it is followed, aligned, and fitted with the 3D face model picture by picture.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice
from pathlib import Path

import numpy as np

from renderers.sadtalker import alignment
from renderers.sadtalker.faces import Regressor, coefficients
from tools.errors import FaceError, VideoError
from tools.face.detection import FaceMesh, find_face
from tools.face.landmarks.ibug import from_mesh
from tools.media import Floats, Image
from tools.video.footage import decode

FPS = 25  # of SadTalker's coefficients
MOST_S = 120.0  # read of a reference; a longer film goes through it again
SIDE = 256  # px of the square the face is aligned in, whatever size is rendered
SEARCH_SIDE = 512  # px of the square it is followed in
SHORTEST_S = 0.03  # between pictures that are looked at: what is filmed faster is thinned out
BLIND_S = 0.5  # a face that is lost no longer than this is taken to have moved on evenly
BATCH = 8  # pictures that go through the regressor at once


def read(path: Path, regress: Regressor, *, wide: bool = False, seconds: float = MOST_S) -> Floats:
    """The face in a video at 25 fps: (n, 73) float32, expression 64, pose 6, place in the crop 3.

    wide     cut the wider square, as for a portrait that is rendered so.
    seconds  read no more of the video; at most ``MOST_S``.

    Memory holds one picture and one batch of aligned faces, besides the rows that are returned.
    Raises VideoError when the video cannot be read or does not show a face throughout.
    """
    faces = _faces(path, wide, min(seconds, MOST_S))
    times: list[float] = []
    rows: list[Floats] = []
    while batch := list(islice(faces, BATCH)):
        times += [time for time, _ in batch]
        rows.append(coefficients([face for _, face in batch], regress))
    if not rows:
        raise VideoError(f"“{path.name}” shows a face that cannot be followed; use another video.")
    known, at = np.concatenate(rows), np.array(times)
    moments = np.arange(int(at[-1] * FPS + 1e-6) + 1) / FPS
    columns = [np.interp(moments, at, column) for column in known.T]
    return np.stack(columns, axis=1).astype(np.float32)


def looped(rows: Floats, start: int, stop: int) -> Floats:
    """Rows ``start`` to ``stop`` of a reference that begins anew whenever it is over.

    It jumps there, as far as its last picture is from its first.
    """
    return np.asarray(rows[np.arange(start, stop) % len(rows)])


def _faces(path: Path, wide: bool, seconds: float) -> Iterator[tuple[float, alignment.Aligned]]:
    """The face in as many of a video's pictures as are needed, in the order shown, each with the
    time it is seen.
    """
    crop: alignment.Crop | None = None
    shape: tuple[int, ...] = ()
    looked = seen = -SHORTEST_S
    with FaceMesh(tracking=True) as mesh:
        for time, image in decode(path).pictures():
            if time > seconds:
                break
            if crop is None:
                crop, shape = _crop(path, image, wide), image.shape
            if image.shape != shape:
                raise VideoError(
                    f"The pictures of “{path.name}” change their size at {time:.1f} s; a reference "
                    "must keep its own."
                )
            if time - looked < SHORTEST_S - 1e-6:
                continue
            looked = time
            found = mesh.find(crop.cut(image, SEARCH_SIDE))
            if found:
                seen = time
                points = from_mesh(found[0]) * np.float32(SIDE / SEARCH_SIDE)
                yield time, alignment.align(crop.cut(image, SIDE), points)
            elif time - seen > BLIND_S:
                raise VideoError(
                    f"“{path.name}” shows no face from {max(seen, 0):.1f} s on; a reference must "
                    "show the same face throughout."
                )


def _crop(path: Path, image: Image, wide: bool) -> alignment.Crop:
    """The square round the face in the first picture, kept for all."""
    try:
        landmarks = from_mesh(find_face(image).landmarks)
        return alignment.crop(landmarks, (image.shape[1], image.shape[0]), wide)
    except FaceError as error:
        raise VideoError(
            f"The first picture of “{path.name}” is no use as a reference: {error}"
        ) from error
