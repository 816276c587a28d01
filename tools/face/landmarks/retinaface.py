"""RetinaFace with a ResNet-50 body, as facexlib ships it: ``detection_Resnet50_Final.pth``.

Deng et al., "RetinaFace: Single-shot Multi-level Face Localisation in the Wild" (2020): a single-
shot detector over a feature pyramid, two anchors per cell. Modules carry the names of the official
file, without its prefix ``module.``.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn import functional

from tools.face.detection import overlap
from tools.media import Floats, Image
from tools.networks.resnet import ResNet50

CHANNELS = 256
ANCHORS = {8: (16, 32), 16: (64, 128), 32: (256, 512)}  # stride → sides, px
MEAN_BGR = (104.0, 117.0, 123.0)
VARIANCES = 0.1, 0.2  # worth of one unit of the network's output: of centres, of logarithms
CONFIDENCE = 0.97
MOST_BOXES = 1000  # considered, the most confident first
SAME_FACE = 0.4  # intersection over union above which two boxes belong to one face


class Predictions(NamedTuple):
    """The predictions for each of N anchors.

    boxes       (B, N, 4): shift of the centre and logarithm of the size, relative to the anchor.
    confidence  (B, N, 2): probability of no face and of a face.
    landmarks   (B, N, 10): shifts of five points.
    """

    boxes: Tensor
    confidence: Tensor
    landmarks: Tensor


class RetinaFace(nn.Module):
    """The network; ``detect`` turns its predictions into faces."""

    def __init__(self) -> None:
        super().__init__()
        self.body = ResNet50()
        self.fpn = FeaturePyramid(self.body.channels[1:])
        self.ssh1, self.ssh2, self.ssh3 = ContextModule(), ContextModule(), ContextModule()
        self.ClassHead = nn.ModuleList(Head(2) for _ in ANCHORS)
        self.BboxHead = nn.ModuleList(Head(4) for _ in ANCHORS)
        self.LandmarkHead = nn.ModuleList(Head(10) for _ in ANCHORS)

    def forward(self, x: Tensor) -> Predictions:
        """Predictions for (B, 3, H, W) pictures: blue, green, red, less ``MEAN_BGR``."""
        levels = self.fpn(*self.body(x)[1:])
        levels = [ssh(f) for ssh, f in zip((self.ssh1, self.ssh2, self.ssh3), levels, strict=True)]
        boxes, scores, landmarks = (
            torch.cat([head(level) for head, level in zip(heads, levels, strict=True)], dim=1)
            for heads in (self.BboxHead, self.ClassHead, self.LandmarkHead)
        )
        return Predictions(boxes, scores.softmax(dim=-1), landmarks)


class FeaturePyramid(nn.Module):
    """Lin et al., "Feature Pyramid Networks" (2017), over three stages."""

    def __init__(self, channels: tuple[int, ...]) -> None:
        super().__init__()
        self.output1, self.output2, self.output3 = (convolution(n, CHANNELS, 1) for n in channels)
        self.merge1, self.merge2 = convolution(CHANNELS), convolution(CHANNELS)

    def forward(self, fine: Tensor, middle: Tensor, coarse: Tensor) -> tuple[Tensor, ...]:
        one, two, three = self.output1(fine), self.output2(middle), self.output3(coarse)
        two = self.merge2(two + functional.interpolate(three, size=two.shape[-2:]))
        one = self.merge1(one + functional.interpolate(two, size=one.shape[-2:]))
        return one, two, three


class ContextModule(nn.Module):
    """Najibi et al., "SSH: Single Stage Headless Face Detector" (2017): 3×3, 5×5 and 7×7 views.

    The larger ones consist of 3×3 convolutions and share the first.
    """

    def __init__(self) -> None:
        super().__init__()
        half, quarter = CHANNELS // 2, CHANNELS // 4
        self.conv3X3 = convolution(CHANNELS, half, rectified=False)
        self.conv5X5_1 = convolution(CHANNELS, quarter)
        self.conv5X5_2 = convolution(quarter, quarter, rectified=False)
        self.conv7X7_2 = convolution(quarter, quarter)
        self.conv7x7_3 = convolution(quarter, quarter, rectified=False)

    def forward(self, x: Tensor) -> Tensor:
        shared = self.conv5X5_1(x)
        views = [self.conv3X3(x), self.conv5X5_2(shared), self.conv7x7_3(self.conv7X7_2(shared))]
        return torch.relu(torch.cat(views, dim=1))


class Head(nn.Module):
    """``numbers`` values for each of a cell's two anchors."""

    def __init__(self, numbers: int) -> None:
        super().__init__()
        self.numbers = numbers
        self.conv1x1 = nn.Conv2d(CHANNELS, 2 * numbers, 1)

    def forward(self, x: Tensor) -> Tensor:
        cells: Tensor = self.conv1x1(x).permute(0, 2, 3, 1)
        return cells.reshape(len(x), -1, self.numbers)


def convolution(
    channels: int, out: int = CHANNELS, kernel: int = 3, rectified: bool = True
) -> nn.Sequential:
    """A convolution and its batch norm, with or without ReLU."""
    layers = [
        nn.Conv2d(channels, out, kernel, padding=kernel // 2, bias=False),
        nn.BatchNorm2d(out),
    ]
    return nn.Sequential(*layers, nn.ReLU()) if rectified else nn.Sequential(*layers)


def anchors(width: int, height: int) -> Floats:
    """(N, 4) centre x, y, width and height of every anchor, over the picture's size."""
    levels = []
    for stride, sides in ANCHORS.items():
        y, x = np.mgrid[: -(-height // stride), : -(-width // stride)]
        cells = np.stack([(x + 0.5) * stride, (y + 0.5) * stride], axis=-1)
        both = [np.concatenate([cells, np.full_like(cells, side)], axis=-1) for side in sides]
        levels.append(np.stack(both, axis=2).reshape(-1, 4))
    size = np.array([width, height, width, height])
    return np.asarray(np.concatenate(levels) / size, np.float32)


def decode(boxes: Floats, priors: Floats) -> Floats:
    """(N, 4) left, top, right, bottom, over the picture's size, from predictions and anchors."""
    centre = priors[:, :2] + VARIANCES[0] * boxes[:, :2] * priors[:, 2:]
    size = priors[:, 2:] * np.exp(VARIANCES[1] * boxes[:, 2:])
    corner = centre - size / 2
    return np.concatenate([corner, corner + size], axis=1)


@torch.inference_mode()
def detect(network: RetinaFace, image: Image, confidence: float = CONFIDENCE) -> Floats:
    """Boxes of the faces in an (H, W, 3) uint8 RGB picture, the most confident first.

    Returns (N, 4) left, top, right, bottom in pixels.
    """
    height, width = image.shape[:2]
    device = next(network.parameters()).device
    bgr = np.ascontiguousarray(image[..., ::-1]).astype(np.float32) - np.array(MEAN_BGR, np.float32)
    predicted = network(torch.from_numpy(bgr).permute(2, 0, 1)[None].to(device))
    scores = predicted.confidence[0, :, 1].cpu().numpy()
    boxes = decode(predicted.boxes[0].cpu().numpy(), anchors(width, height))
    boxes *= np.array([width, height, width, height], np.float32)
    sure = scores > confidence
    order = np.argsort(-scores[sure], kind="stable")[:MOST_BOXES]
    return one_per_face(boxes[sure][order])


def one_per_face(boxes: Floats) -> Floats:
    """Of (N, 4) boxes in order of preference, those that no better one overlaps too much."""
    kept: list[Floats] = []
    for box in boxes:
        if all(overlap(box, other) <= SAME_FACE for other in kept):
            kept.append(box)
    return np.array(kept, np.float32).reshape(-1, 4)
