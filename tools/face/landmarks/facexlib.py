"""Landmarks as SadTalker's original finds them: RetinaFace, then FAN for the 98 landmarks of WFLW.

Both networks come from the files that facexlib publishes; the package itself is not needed. FAN is
a face alignment network (Bulat and Tzimiropoulos, "How far are we from solving the 2D & 3D face
alignment problem?", 2017) with the coordinate channels and the boundary map of Wang et al.,
"Adaptive Wing Loss for Robust Face Alignment via Heatmap Regression" (2019). Modules carry the
names of the official file. WFLW is the data set of Wu et al., "Look at Boundary" (2018).
"""

from __future__ import annotations

import functools
from pathlib import Path
from typing import cast

import cv2
import numpy as np
import numpy.typing as npt
import torch
from torch import Tensor, nn
from torch.nn import functional

from tools import weights
from tools.face.landmarks import retinaface
from tools.face.landmarks.retinaface import RetinaFace
from tools.face.landmarks.surroundings import Surroundings
from tools.media import Floats, Image
from tools.networks.checkpoint import filled, tensors

DETECTOR, LANDMARKER = "detection_Resnet50_Final.pth", "alignment_WFLW_4HG.pth"

POINTS = 98
INPUT_SIDE = 256  # px
HEATMAP_SIDE = 64
STACKS = 4
DEPTH = 4  # how often an hourglass halves its input
CHANNELS = 256
BOUNDARY = POINTS  # the channel after the landmarks: the face's outline
ON_BOUNDARY = 0.05


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
    near = Surroundings(image, mesh_landmarks)
    box = near.box(retinaface.detect(detector, near.image))
    return near.to_picture(to_ibug(landmarks_in(landmarker, near.image, box)))


@torch.inference_mode()
def landmarks_in(network: FAN, image: Image, box: Floats) -> Floats:
    """The (98, 2) float32 landmarks of the face in a box (left, top, right, bottom) of a picture.

    The box is resized to a square whatever its shape, as in training.
    """
    height, width = image.shape[:2]
    limits = np.array([width - 1, height - 1, width, height])
    left, top, right, bottom = np.clip(box, 0, limits).astype(int).tolist()
    part = image[top : max(bottom, top + 1), left : max(right, left + 1)]
    square = cv2.resize(part, (INPUT_SIDE, INPUT_SIDE), interpolation=cv2.INTER_LINEAR)
    bgr = np.ascontiguousarray(square[..., ::-1]).astype(np.float32) / 255
    heatmaps = network(torch.from_numpy(bgr).permute(2, 0, 1)[None])[-1][0, :POINTS]
    scale = np.array([part.shape[1], part.shape[0]]) / HEATMAP_SIDE
    return np.asarray(peaks(heatmaps.numpy()) * scale + (left, top), np.float32)


class ConvBlock(nn.Module):
    """Three 3×3 convolutions, each fed by the one before; their outputs are concatenated."""

    def __init__(self, channels: int, out: int) -> None:
        super().__init__()
        half, quarter = out // 2, out // 4
        self.bn1 = nn.BatchNorm2d(channels)
        self.conv1 = nn.Conv2d(channels, half, 3, padding=1, bias=False)
        self.bn2 = nn.BatchNorm2d(half)
        self.conv2 = nn.Conv2d(half, quarter, 3, padding=1, bias=False)
        self.bn3 = nn.BatchNorm2d(quarter)
        self.conv3 = nn.Conv2d(quarter, quarter, 3, padding=1, bias=False)
        self.downsample: nn.Sequential | None = None
        if channels != out:
            shortcut = nn.Conv2d(channels, out, 1, bias=False)
            self.downsample = nn.Sequential(nn.BatchNorm2d(channels), nn.ReLU(), shortcut)

    def forward(self, x: Tensor) -> Tensor:
        first = self.conv1(torch.relu(self.bn1(x)))
        second = self.conv2(torch.relu(self.bn2(first)))
        third = self.conv3(torch.relu(self.bn3(second)))
        shortcut = x if self.downsample is None else self.downsample(x)
        return torch.cat([first, second, third], dim=1) + shortcut


class CoordConv(nn.Module):
    """A convolution that is given coordinates (Liu et al., "CoordConv", 2018).

    Its extra inputs are row, column and distance from the middle, and row and column once more
    where ``boundary`` says that the face's outline runs.
    """

    def __init__(self, channels: int, out: int, kernel: int, stride: int, boundary: bool) -> None:
        super().__init__()
        extra = 5 if boundary else 3
        self.conv = nn.Conv2d(channels + extra, out, kernel, stride, padding=kernel // 2)

    def forward(self, x: Tensor, boundary: Tensor | None = None) -> Tensor:
        batch, _, height, width = x.shape
        rows = torch.linspace(-1, 1, height, device=x.device, dtype=x.dtype)[:, None]
        columns = torch.linspace(-1, 1, width, device=x.device, dtype=x.dtype)[None]
        distance = torch.sqrt(rows**2 + columns**2)
        places = torch.stack(
            [rows.expand(height, width), columns.expand(height, width), distance / distance.max()]
        ).expand(batch, -1, -1, -1)
        inputs = [x, places]
        if boundary is not None:
            inputs.append(places[:, :2] * (boundary.clamp(0, 1) > ON_BOUNDARY))
        return cast(Tensor, self.conv(torch.cat(inputs, dim=1)))


class Hourglass(nn.Module):
    """Down ``DEPTH`` times and up again, with a block beside every step."""

    def __init__(self, boundary: bool) -> None:
        super().__init__()
        self.coordconv = CoordConv(CHANNELS, CHANNELS, 1, 1, boundary)
        for level in range(DEPTH, 0, -1):
            for branch in ("b1", "b2", "b3"):
                self.add_module(f"{branch}_{level}", ConvBlock(CHANNELS, CHANNELS))
        self.b2_plus_1 = ConvBlock(CHANNELS, CHANNELS)

    def forward(self, x: Tensor, boundary: Tensor | None) -> Tensor:
        return self._at(DEPTH, self.coordconv(x, boundary))

    def _at(self, level: int, x: Tensor) -> Tensor:
        beside, into, out = (self.get_submodule(f"{b}_{level}") for b in ("b1", "b2", "b3"))
        low = into(functional.avg_pool2d(x, 2))
        low = out(self._at(level - 1, low) if level > 1 else self.b2_plus_1(low))
        return cast(Tensor, beside(x) + functional.interpolate(low, scale_factor=2.0))


class FAN(nn.Module):
    """Four hourglasses, each refining the heatmaps of the one before."""

    def __init__(self) -> None:
        super().__init__()
        self.conv1 = CoordConv(3, 64, 7, 2, boundary=False)
        self.bn1 = nn.BatchNorm2d(64)
        self.conv2 = ConvBlock(64, 128)
        self.conv3 = ConvBlock(128, 128)
        self.conv4 = ConvBlock(128, CHANNELS)
        maps = POINTS + 1
        for stack in range(STACKS):
            self.add_module(f"m{stack}", Hourglass(boundary=stack > 0))
            self.add_module(f"top_m_{stack}", ConvBlock(CHANNELS, CHANNELS))
            self.add_module(f"conv_last{stack}", nn.Conv2d(CHANNELS, CHANNELS, 1))
            self.add_module(f"bn_end{stack}", nn.BatchNorm2d(CHANNELS))
            self.add_module(f"l{stack}", nn.Conv2d(CHANNELS, maps, 1))
            if stack < STACKS - 1:
                self.add_module(f"bl{stack}", nn.Conv2d(CHANNELS, CHANNELS, 1))
                self.add_module(f"al{stack}", nn.Conv2d(maps, CHANNELS, 1))

    def forward(self, x: Tensor) -> list[Tensor]:
        """Heatmaps of each stack, (B, 99, 64, 64), the last the best; 98 is the outline.

        x  (B, 3, 256, 256) in [0, 1], channels in the order blue, green, red.
        """
        x = torch.relu(self.bn1(self.conv1(x)))
        x = functional.avg_pool2d(self.conv2(x), 2)
        x = self.conv4(self.conv3(x))
        heatmaps: list[Tensor] = []
        for stack in range(STACKS):
            boundary = heatmaps[-1][:, BOUNDARY:] if heatmaps else None
            y = self.get_submodule(f"top_m_{stack}")(self.get_submodule(f"m{stack}")(x, boundary))
            y = self.get_submodule(f"conv_last{stack}")(y)
            y = torch.relu(self.get_submodule(f"bn_end{stack}")(y))
            heatmaps.append(self.get_submodule(f"l{stack}")(y))
            if stack < STACKS - 1:
                refined = self.get_submodule(f"al{stack}")(heatmaps[-1])
                x = x + self.get_submodule(f"bl{stack}")(y) + refined
        return heatmaps


def peaks(heatmaps: npt.NDArray[np.float32]) -> npt.NDArray[np.float64]:
    """Where (N, H, W) heatmaps are highest: (N, 2) x and y, pixel centres at half-integers.

    Moved a quarter of a pixel towards the higher neighbour, except at the border, where one is
    missing. The original compares wrong neighbours for all landmarks once one is at the border.
    """
    count, height, width = heatmaps.shape
    rows, columns = np.divmod(heatmaps.reshape(count, -1).argmax(axis=1), width)
    padded = np.pad(heatmaps, ((0, 0), (1, 1), (1, 1)), mode="edge")
    which = np.arange(count)
    right, left = padded[which, rows + 1, columns + 2], padded[which, rows + 1, columns]
    below, above = padded[which, rows + 2, columns + 1], padded[which, rows, columns + 1]
    x = columns + 0.25 * np.sign(right - left) * (columns % (width - 1) > 0)
    y = rows + 0.25 * np.sign(below - above) * (rows % (height - 1) > 0)
    return np.asarray(np.stack([x, y], axis=1) + 0.5, np.float64)


AS_IBUG = (
    *((jaw,) for jaw in range(0, 33, 2)),
    (33,), (34, 41), (35, 40), (36, 39), (37, 38),
    (42, 50), (43, 49), (44, 48), (45, 47), (46,),
    *((nose,) for nose in range(51, 60)),
    (60,), (61,), (63,), (64,), (65,), (67,),
    (68,), (69,), (71,), (72,), (73,), (75,),
    *((lip,) for lip in range(76, 96)),
)  # fmt: skip
"""WFLW points whose mean is each landmark: WFLW has twice the jaw, both brow edges, 8 per eye."""


def to_ibug(landmarks: Floats) -> Floats:
    """The (68, 2) float32 landmarks among the (98, 2) of WFLW."""
    return np.asarray([landmarks[list(group)].mean(0) for group in AS_IBUG], np.float32)
