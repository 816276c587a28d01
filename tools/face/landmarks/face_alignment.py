"""Landmarks by the ``face-alignment`` package, where it and its weights are installed.

Bulat and Tzimiropoulos, "How far are we from solving the 2D & 3D face alignment problem?" (2017),
with the S3FD detector (Zhang et al., 2017).

By itself the package would download what it lacks and keep compiled networks in the home folder.
Here it is given files from the weights registry and told not to compile; for that one of its
methods is replaced, which other series of the package do not have. How far the files are trusted:
``s3fd-….pth`` is read with ``weights_only``. ``2DFAN4-….zip`` is a TorchScript archive, whose
reader does not run Python but may run TorchScript that the file contains; so it is opened only
when its SHA-256 is the official file's, and only its tensors are taken.
"""

from __future__ import annotations

import functools
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import torch
from torch import Tensor

from tools import weights
from tools.errors import FaceError
from tools.face.landmarks.ibug import POINTS
from tools.face.landmarks.surroundings import Surroundings
from tools.media import Floats, Image
from tools.networks.checkpoint import NOT_READ, damaged, filled, tensors

if TYPE_CHECKING:
    from face_alignment import FaceAlignment

DETECTOR, LANDMARKER = "s3fd-619a316812.pth", "2DFAN4-cd938726ad.zip"


def load() -> FaceAlignment:
    """The package's own object, made from the files of the weights registry, once.

    Raises MissingError for a file that is absent or not the official one.
    """
    return _loaded(weights.path(DETECTOR), weights.path(LANDMARKER))


@functools.lru_cache(maxsize=1)
def _loaded(detector: Path, landmarker: Path) -> FaceAlignment:
    import face_alignment
    from face_alignment.models import FAN

    tensors(detector)  # says what is wrong with a damaged file; the package would only fail

    class FromOurFile(face_alignment.FaceAlignment):  # type: ignore[misc, unused-ignore]
        """The package's, except for where the network's weights come from."""

        def _load_native(self, *_: object) -> torch.nn.Module:
            state = _scripted(landmarker)
            stacks = sum(name.startswith("conv_last") for name in state) // 2  # weight, bias
            network: torch.nn.Module = filled(functools.partial(FAN, stacks), state, landmarker)
            return network

    return FromOurFile(
        face_alignment.LandmarksType.TWO_D,
        device="cpu",
        compile=False,
        face_detector_kwargs={"path_to_detector": str(detector)},
    )


def find(networks: FaceAlignment, image: Image, mesh_landmarks: Floats) -> Floats:
    """The (68, 2) float32 landmarks of the face that the (478, 3) mesh covers, in pixels.

    Where the detector finds no face, the mesh says where to look for landmarks.

    Raises FaceError when the network finds none.
    """
    near = Surroundings(image, mesh_landmarks)
    boxes = np.array(networks.face_detector.detect_from_image(near.image), np.float32)
    box = near.box(boxes.reshape(-1, 5)[:, :4])
    found = networks.get_landmarks_from_image(near.image, detected_faces=[box])
    if not found or np.shape(found[0]) != (POINTS, 2) or not np.isfinite(found[0]).all():
        raise FaceError(
            "face-alignment finds no landmarks in the face; use a picture that shows it larger "
            "or more from the front."
        )
    return near.to_picture(np.asarray(found[0], np.float32))


def _scripted(path: Path) -> dict[str, Tensor]:
    """The named tensors of the official TorchScript archive, and of no other file."""
    if weights.verify([path.name])[path.name] != "good":
        raise damaged(path, "its SHA-256 is another")
    try:
        archive = torch.jit.load(path, map_location="cpu")  # type: ignore[no-untyped-call]
        return dict(archive.state_dict())
    except NOT_READ as error:
        raise damaged(path, "it cannot be read") from error
