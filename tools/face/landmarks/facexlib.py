"""Landmarks as SadTalker's original finds them: RetinaFace, then FAN for 98 landmarks.

Both networks come from the files that facexlib publishes; the package itself is not needed.
"""

from __future__ import annotations

import functools
from pathlib import Path

import cv2
import numpy as np
import torch

from tools import weights
from tools.face.landmarks import fan, retinaface
from tools.face.landmarks.fan import FAN
from tools.face.landmarks.retinaface import RetinaFace
from tools.face.landmarks.surroundings import surroundings
from tools.media import Floats, Image
from tools.networks.checkpoint import filled, tensors

DETECTOR, LANDMARKER = "detection_Resnet50_Final.pth", "alignment_WFLW_4HG.pth"


def load() -> tuple[RetinaFace, FAN]:
    """The networks, from the files of the weights registry. They are read once.

    Raises MissingError for a file that is absent or not the official one.
    """
    return _loaded(weights.path(DETECTOR), weights.path(LANDMARKER))


@functools.lru_cache(maxsize=1)
def _loaded(detector: Path, landmarker: Path) -> tuple[RetinaFace, FAN]:
    landmarks = filled(FAN, tensors(landmarker, within="state_dict"), landmarker)
    return filled(RetinaFace, tensors(detector), detector), landmarks


def find(networks: tuple[RetinaFace, FAN], image: Image, mesh_landmarks: Floats) -> Floats:
    """The (68, 2) float32 landmarks of the face that the (478, 3) mesh covers, in pixels.

    Where the detector finds no face, FAN is given what the mesh covers. The detector is given blue,
    green and red in the order in which it was trained; the original confuses them on its first
    look at a picture.
    """
    detector, landmarker = networks
    near = surroundings(image, mesh_landmarks)
    box = near.box(retinaface.detect(detector, near.image))
    return near.to_picture(fan.to_ibug(landmarks_in(landmarker, near.image, box)))


@torch.inference_mode()
def landmarks_in(network: FAN, image: Image, box: Floats) -> Floats:
    """The (98, 2) float32 landmarks of the face in a box (left, top, right, bottom) of a picture.

    The box is resized to a square whatever its shape, as in training.
    """
    height, width = image.shape[:2]
    limits = np.array([width - 1, height - 1, width, height])
    left, top, right, bottom = np.clip(box, 0, limits).astype(int).tolist()
    part = image[top : max(bottom, top + 1), left : max(right, left + 1)]
    square = cv2.resize(part, (fan.INPUT_SIDE, fan.INPUT_SIDE), interpolation=cv2.INTER_LINEAR)
    bgr = np.ascontiguousarray(square[..., ::-1]).astype(np.float32) / 255
    heatmaps = network(torch.from_numpy(bgr).permute(2, 0, 1)[None])[-1][0, : fan.POINTS]
    scale = np.array([part.shape[1], part.shape[0]]) / fan.HEATMAP_SIDE
    return np.asarray(fan.peaks(heatmaps.numpy()) * scale + (left, top), np.float32)
