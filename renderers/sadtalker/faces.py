"""A portrait's face as the networks see it: the square they draw, and its coefficients.

The coefficients are those of a 3D morphable model of the face, after Deng et al., "Accurate 3D Face
Reconstruction with Weakly-Supervised Learning" (2019): a ResNet-50 and a linear head for each kind
of coefficient of the Basel Face Model.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from weakref import WeakKeyDictionary

import numpy as np
import torch
from torch import Tensor, nn

from renderers.contract import Subject
from renderers.sadtalker import alignment
from renderers.sadtalker.alignment import Crop
from renderers.sadtalker.loader import Loader
from tools.face import landmarks
from tools.media import Floats, Image
from tools.networks.resnet import ResNet50

# Outputs of each head; the last two are the translation along x and y, and along z.
HEADS = (80, 64, 80, 3, 27, 2, 1)
MOTION = [*range(80, 144), *range(224, 227), *range(254, 257)]  # of all: what SadTalker moves

Regressor = Callable[[Tensor], Tensor]
"""``Face3dRecon``, wherever it runs: it is given (n, 3, 224, 224) on the CPU."""


class Face3dRecon(nn.Module):
    """Aligned faces → the coefficients of each: (N, 257), of these ``MOTION`` for SadTalker.

    Identity 80, expression 64, texture 80, the head's angles 3 (radians about x, y and z), light 27
    (spherical harmonics), translation 3. ``width``: see ``tools.networks.resnet.ResNet50``.
    """

    def __init__(self, width: int = 64) -> None:
        super().__init__()
        self.backbone = ResNet50(width)
        channels = self.backbone.channels[-1]
        self.final_layers = nn.ModuleList(nn.Conv2d(channels, size, 1) for size in HEADS)

    def forward(self, faces: Tensor) -> Tensor:
        """``faces``: (N, 3, 224, 224) float32 RGB in [0, 1], aligned by ``alignment.align``."""
        pooled = self.backbone(faces)[-1].mean((2, 3), keepdim=True)
        return torch.cat([head(pooled).flatten(1) for head in self.final_layers], 1)


def coefficients(faces: list[alignment.Aligned], regress: Regressor) -> Floats:
    """Aligned faces as (n, 73) float32: expression 64, angles 3, translation 3, scale, x, y."""
    pictures = torch.from_numpy(np.stack([face.image for face in faces])).permute(0, 3, 1, 2)
    with torch.inference_mode():
        motion = regress(pictures.to(torch.float32) / 255)[:, MOTION].cpu().numpy()
    place = np.stack([face.fit[2:] for face in faces])
    return np.asarray(np.concatenate([motion, place], axis=1), np.float32)


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

    def __init__(self, loader: Loader) -> None:
        width = loader.config.backbone_width
        self.recon = loader.network("face_3drecon", partial(Face3dRecon, width))
        self.size, self.settings = loader.size, loader.settings
        self._found: WeakKeyDictionary[Subject, dict[int, Face]] = WeakKeyDictionary()

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

    def _read(self, square: Image, points: Floats) -> Floats:
        row: Floats = coefficients([alignment.align(square, points)], self.recon)[0]
        return row
