"""A portrait's face as the networks see it: the square they draw, and its coefficients."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from pathlib import Path
from weakref import WeakKeyDictionary

from renderers.contract import Subject
from renderers.sadtalker import alignment, reference
from renderers.sadtalker.alignment import Crop
from renderers.sadtalker.face_3drecon import Face3dRecon
from renderers.sadtalker.loader import Loader
from renderers.sadtalker.settings import Settings
from tools.face import landmarks
from tools.media import Floats, Image


@dataclass(frozen=True)
class Face:
    """A portrait's face as the networks see it.

    crop          where the square they draw lies in the portrait.
    square        (S, S, 3) uint8 RGB.
    points        (68, 2) landmarks, in pixels of the square.
    coefficients  (73,) float32 of the 3D face model.
    """

    crop: Crop
    square: Image
    points: Floats
    coefficients: Floats


class Faces:
    """Finds the faces of subjects, each once.

    size  px of the square.
    """

    def __init__(self, recon: Face3dRecon, size: int, settings: Settings) -> None:
        self.recon, self.size, self.settings = recon, size, settings
        self._found: WeakKeyDictionary[Subject, dict[int, Face]] = WeakKeyDictionary()

    @classmethod
    def load(cls, loader: Loader) -> Faces:
        """With the network that ``loader`` gives."""
        recon = loader.network("face_3drecon", partial(Face3dRecon, loader.config.backbone_width))
        return cls(recon, loader.size, loader.settings)

    def of(self, subject: Subject, number: int) -> Face:
        """One of a subject's faces. Raises FaceError when it cannot be cropped."""
        found = self._found.setdefault(subject, {})
        if number not in found:
            source = subject.portrait(number)
            points = landmarks.locate(source.image, source.landmarks, self.settings.landmarks)
            crop = alignment.crop(points, source.size, wide=self.settings.framing == "wide")
            square = crop.cut(source.image, self.size)
            inside = crop.to_square(points, self.size)
            found[number] = Face(crop, square, inside, self._read(square, inside))
        return found[number]

    def read(self, face: Face, picture: Image) -> Floats:
        """(73,) coefficients of the same face in the same place of another picture."""
        return self._read(face.crop.cut(picture, self.size), face.points)

    def film(self, path: Path) -> Floats:
        """(n, 73) coefficients of somebody in a video: see ``reference.read``."""
        return reference.read(path, self.recon, wide=self.settings.framing == "wide")

    def _read(self, square: Image, points: Floats) -> Floats:
        row: Floats = reference.coefficients([alignment.align(square, points)], self.recon)[0]
        return row
