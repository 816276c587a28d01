"""The 68 landmarks of iBUG, by which most face networks want faces aligned, from three sources.

ibug            what the points are, and where they lie on the face mesh that Portrayal finds
                anyway: always available.
face_alignment  the ``face-alignment`` package and its weights.
facexlib        the landmark network of SadTalker's original, whose 98 landmarks are reduced to 68,
                and its detector, retinaface.
surroundings    the part of a picture that a network is given.
"""

from __future__ import annotations

from importlib import metadata
from typing import Literal, get_args

from tools import extras, weights
from tools.errors import MissingError, OptionError
from tools.media import Floats, Image

Source = Literal["auto", "mesh", "face-alignment", "facexlib"]

SERIES = "1.5"  # of the face-alignment package: known not to download anything by itself


def locate(image: Image, mesh_landmarks: Floats, source: Source = "auto") -> Floats:
    """The (68, 2) float32 iBUG landmarks of a face, in pixels whose centres are half-integers.

    image           (H, W, 3) uint8 RGB.
    mesh_landmarks  (478, 3): the face's mesh, which says which of several faces is meant.
    source          "auto" takes face-alignment where it is complete, else the mesh.

    Raises MissingError when what ``source`` needs is missing or damaged, OptionError for an
    unknown source, FaceError when the source cannot find the face.
    """
    if source not in get_args(Source):
        choices = ", ".join(get_args(Source))
        raise OptionError(f'There is no source of landmarks "{source}"; choose from {choices}.')
    source = chosen(source)
    if (sentence := missing(source)) is not None:
        raise MissingError(sentence)
    if source == "face-alignment":
        from tools.face.landmarks import face_alignment

        return face_alignment.find(face_alignment.load(), image, mesh_landmarks)
    if source == "facexlib":
        from tools.face.landmarks import facexlib

        return facexlib.find(facexlib.load(), image, mesh_landmarks)
    from tools.face.landmarks import ibug

    return ibug.from_mesh(mesh_landmarks)


def chosen(source: Source) -> Source:
    """What "auto" comes to: face-alignment where it is complete, else the mesh."""
    if source != "auto":
        return source
    return "mesh" if missing("face-alignment") else "face-alignment"


def missing(source: Source) -> str | None:
    """One sentence that says what ``source`` lacks and how to get it, or None; fast."""
    if source in ("auto", "mesh"):
        return None
    if source == "face-alignment" and not _package_is_there():
        return (
            f"The package face-alignment {SERIES} is not installed; get it with: "
            f"{extras.command('face-alignment')}."
        )
    return weights.missing([source])


def _package_is_there() -> bool:
    try:
        return metadata.version("face-alignment").startswith(f"{SERIES}.")
    except metadata.PackageNotFoundError:
        return False
