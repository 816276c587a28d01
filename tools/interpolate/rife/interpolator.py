"""RIFE: IFNet, in the form of version 4.25, and running it on pictures of any size.

"Real-Time Intermediate Flow Estimation for Video Frame Interpolation" (Huang et al., ECCV 2022).
Five blocks, from coarse to fine, estimate for every pixel of the new picture where it lies in the
two given ones, and which of the two shows it. Parameters have the names of the authors'
checkpoints, which therefore load strictly.

The network's pictures are (N, 3, H, W) float32 RGB in [0, 1], H and W multiples of ``MULTIPLE``.
Flow is (N, 2, H, W) in pixels, to the right and down.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn import functional

from tools import device
from tools.interpolate.base import check
from tools.media import Image
from tools.networks.checkpoint import filled, tensors

MULTIPLE = 64  # the coarsest block takes a sixteenth of the picture and halves it twice
WIDTHS = (192, 128, 96, 64, 32)  # channels of each block
SCALES = (16, 8, 4, 2, 1)  # how much smaller than the picture each block's input is

FEATURES = 4  # channels that describe a given picture
CONTEXT = 8  # channels that a block passes on to the next
FLOW, MASK = 4, 1  # channels: flow to one picture and to the other; which one shows the pixel
INPUT = 2 * (3 + FEATURES) + 1  # channels: both pictures with their features, and the time
SLOPE = 0.2
TRAINING = ("teacher.", "caltime.")  # branches that only training needs


class RIFE:
    """RIFE, on a GPU if there is one."""

    def __init__(self, network: IFNet) -> None:
        self._device = torch.device("cuda" if device.has_gpu() else "cpu")
        self._network = network.to(self._device).eval()

    @torch.inference_mode()
    def between(self, before: Image, after: Image, times: Sequence[float]) -> list[Image]:
        """See ``tools.interpolate.base.Interpolator``."""
        check(before, after, times)
        height, width = before.shape[:2]
        first, last = (self._tensor(picture) for picture in (before, after))
        drawn = (self._network(first, last, time) for time in times)
        return [_picture(tensor[0, :, :height, :width]) for tensor in drawn]

    def _tensor(self, picture: Image) -> Tensor:
        """(1, 3, H', W') in [0, 1]: borders are repeated until the network can halve the sides."""
        tensor = torch.from_numpy(np.ascontiguousarray(picture)).to(self._device)
        tensor = tensor.permute(2, 0, 1)[None].float() / 255
        height, width = picture.shape[:2]
        return functional.pad(tensor, (0, -width % MULTIPLE, 0, -height % MULTIPLE), "replicate")


def load(path: Path) -> IFNet:
    """IFNet with the weights of the authors' checkpoint.

    Raises MissingError for a file that is not one.
    """
    read = tensors(path).items()
    needed = {name: tensor for name, tensor in read if not name.startswith(TRAINING)}
    return filled(IFNet, needed, path)


def _picture(tensor: Tensor) -> Image:
    """(H, W, 3) uint8 of (3, H, W) in [0, 1]."""
    levels = (tensor.permute(1, 2, 0) * 255).round().clamp(0, 255).to(torch.uint8)
    return np.ascontiguousarray(levels.cpu().numpy())


class Head(nn.Module):
    """Describes a picture: (N, FEATURES, H, W)."""

    def __init__(self) -> None:
        super().__init__()
        self.cnn0 = nn.Conv2d(3, 16, 3, stride=2, padding=1)
        self.cnn1 = nn.Conv2d(16, 16, 3, padding=1)
        self.cnn2 = nn.Conv2d(16, 16, 3, padding=1)
        self.cnn3 = nn.ConvTranspose2d(16, FEATURES, 4, stride=2, padding=1)

    def forward(self, picture: Tensor) -> Tensor:
        x = picture
        for convolution in (self.cnn0, self.cnn1, self.cnn2):
            x = functional.leaky_relu(convolution(x), SLOPE)
        described: Tensor = self.cnn3(x)
        return described


class ResConv(nn.Module):
    """A convolution with a shortcut, weighted by channel."""

    def __init__(self, channels: int) -> None:
        super().__init__()
        self.conv = nn.Conv2d(channels, channels, 3, padding=1)
        self.beta = nn.Parameter(torch.ones(1, channels, 1, 1))

    def forward(self, x: Tensor) -> Tensor:
        return functional.leaky_relu(x + self.beta * self.conv(x), SLOPE)


class IFBlock(nn.Module):
    """Estimates flow and mask, or a change of the flow, on a smaller picture."""

    def __init__(self, inputs: int, width: int, scale: int) -> None:
        super().__init__()
        self.scale = scale
        self.conv0 = nn.Sequential(_halving(inputs, width // 2), _halving(width // 2, width))
        self.convblock = nn.Sequential(*(ResConv(width) for _ in range(8)))
        outputs = FLOW + MASK + CONTEXT
        self.lastconv = nn.Sequential(
            nn.ConvTranspose2d(width, 4 * outputs, 4, stride=2, padding=1), nn.PixelShuffle(2)
        )

    def forward(self, given: Tensor, flow: Tensor | None = None) -> tuple[Tensor, Tensor, Tensor]:
        """(N, FLOW, H, W) flow, (N, MASK, H, W) mask before its sigmoid, and (N, CONTEXT, H, W).

        ``given`` holds all inputs but the flow so far.
        """
        x = _resized(given, 1 / self.scale)
        if flow is not None:
            x = torch.cat((x, _resized(flow, 1 / self.scale) / self.scale), 1)
        estimate = _resized(self.lastconv(self.convblock(self.conv0(x))), self.scale)
        change, mask, context = torch.split(estimate, [FLOW, MASK, CONTEXT], 1)
        return change * self.scale, mask, context


class IFNet(nn.Module):
    """``widths`` and ``scales`` have one number per block; those of 4.25 unless tests need less."""

    def __init__(self, widths: tuple[int, ...] = WIDTHS, scales: tuple[int, ...] = SCALES) -> None:
        super().__init__()
        self.encode = Head()
        self.blocks = len(widths)
        for index, (width, scale) in enumerate(zip(widths, scales, strict=True)):
            inputs = INPUT + (MASK + CONTEXT + FLOW if index else 0)
            self.add_module(f"block{index}", IFBlock(inputs, width, scale))

    def forward(self, before: Tensor, after: Tensor, time: float) -> Tensor:
        """The picture at ``time``, from 0 at ``before`` to 1 at ``after``."""
        described = [torch.cat((picture, self.encode(picture)), 1) for picture in (before, after)]
        moment = torch.full_like(before[:, :1], time)
        flow, mask, context = self.get_submodule("block0")(_inputs(described, moment))
        for index in range(1, self.blocks):
            inputs = torch.cat((_inputs(_warped(described, flow), moment), mask, context), 1)
            change, mask, context = self.get_submodule(f"block{index}")(inputs, flow)
            flow = flow + change
        first, last = _warped([before, after], flow)
        return torch.lerp(last, first, torch.sigmoid(mask))


def _halving(inputs: int, outputs: int) -> nn.Sequential:
    return nn.Sequential(
        nn.Conv2d(inputs, outputs, 3, stride=2, padding=1), nn.LeakyReLU(SLOPE, inplace=True)
    )


def _resized(x: Tensor, factor: float) -> Tensor:
    return functional.interpolate(x, scale_factor=factor, mode="bilinear") if factor != 1 else x


def _inputs(described: list[Tensor], moment: Tensor) -> Tensor:
    """A block's inputs in the order of the checkpoints: pictures, features, time."""
    pictures, features = zip(
        *(torch.split(part, [3, FEATURES], 1) for part in described), strict=True
    )
    return torch.cat((*pictures, *features, moment), 1)


def _warped(given: list[Tensor], flow: Tensor) -> list[Tensor]:
    """Each of two tensors, sampled where its half of ``flow`` points."""
    height, width = flow.shape[2:]
    rows = torch.linspace(-1, 1, height, device=flow.device, dtype=flow.dtype)
    columns = torch.linspace(-1, 1, width, device=flow.device, dtype=flow.dtype)
    grid = torch.stack(torch.meshgrid(columns, rows, indexing="xy"), -1)
    unit = flow.new_tensor([2 / (width - 1), 2 / (height - 1)])  # a pixel in units of the grid
    return [
        functional.grid_sample(
            x,
            grid + half.permute(0, 2, 3, 1) * unit,
            mode="bilinear",
            padding_mode="border",
            align_corners=True,
        )
        for x, half in zip(given, torch.split(flow, 2, 1), strict=True)
    ]
