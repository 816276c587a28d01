"""A portrait every renderer can be tried on: the astronaut of scikit-image, enlarged."""

from __future__ import annotations

import cv2
import numpy as np
import pytest
from skimage.data import astronaut

from tools.face.detection import find_face
from tools.media import Portrait


@pytest.fixture(scope="session")
def portrait() -> Portrait:
    """512 × 512 px, the face about 190 px high; smiling, teeth showing."""
    image = cv2.resize(astronaut()[0:300, 80:380], (512, 512), interpolation=cv2.INTER_CUBIC)
    return Portrait(np.asarray(image), find_face(image).landmarks)
