"""Dense motion: from two sets of keypoints to a flow of the whole feature volume.

Wang, Mallya & Liu, "One-Shot Free-View Neural Talking-Head Synthesis for Video Conferencing"
(2021), after Siarohin et al., "First Order Motion Model" (2019). Every keypoint proposes to shift
the volume by its own displacement; a network sees what each proposal would give and decides, for
every place, which to believe, and what no proposal can show (occlusion).
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise
from typing import NamedTuple

import torch
from torch import Tensor, nn
from torch.nn import functional

from renderers.sadtalker.config import DenseMotionParams
from renderers.sadtalker.convolution import Block, Convolution

VARIANCE = 0.01  # of a keypoint's heatmap
FAINT = 1e-3  # a proposal believed less is not followed at all


class Proposals(NamedTuple):
    """What the proposals need of the source, computed once.

    feature    (D, C·g, g) the compressed feature volume; heatmaps (K, D, g, g) of the keypoints.
    keypoints  (K, 3).
    """

    feature: Tensor
    heatmaps: Tensor
    keypoints: Tensor


class DenseMotion(nn.Module):
    """Keypoints → (deformation, occlusion). ``side`` is the height and width g of the volume."""

    def __init__(self, params: DenseMotionParams, features: int, num_kp: int, side: int) -> None:
        super().__init__()
        self.depth, self.side, self.num_kp = params.reshape_depth, side, num_kp
        self.compress = Block(Convolution(features, params.compress, 1, side=side, solid=True))
        given = (num_kp + 1) * (params.compress + 1)
        widths = [
            min(params.max_features, params.block_expansion * 2**level)
            for level in range(1, params.num_blocks + 1)
        ]
        self.hourglass = Hourglass([given, *widths], params.block_expansion, side)
        seen = self.hourglass.channels
        self.mask = Convolution(seen, num_kp + 1, 7, side=side, solid=True)
        self.occlusion = nn.Conv2d(seen * self.depth, 1, 7, padding=3)

    def prepare(self, feature: Tensor, keypoints: Tensor) -> Proposals:
        """``feature`` (1, C, D, g, g) and the source's ``keypoints`` (1, K, 3), made ready."""
        small = self.compress(feature)[0].float()
        volume = small.movedim(0, 1).flatten(1, 2).contiguous()
        return Proposals(volume, self._heatmaps(keypoints)[0], keypoints[0])

    def forward(self, source: Proposals, keypoints: Tensor) -> tuple[Tensor, Tensor]:
        """Driving ``keypoints`` (N, K, 3) → where in the source each voxel comes from,
        (N, D, g, g, 3) float32 x, y, z in [-1, 1], and how visible it is, (N, 1, g, g) in [0, 1].
        """
        shifts = functional.pad(source.keypoints - keypoints, (0, 0, 1, 0))  # first the background
        seen = self.hourglass(self._proposals(source, keypoints, shifts))
        mask = torch.softmax(self.mask(seen).float().movedim(1, -1), -1)
        mask = torch.where(mask < FAINT, 0.0, mask)  # not renormalised, as in the original
        voxels = mask.flatten(1, 3)
        moved = (voxels @ shifts).view(*mask.shape[:4], 3)
        deformation = moved + self._grid(mask) * mask.sum(-1, keepdim=True)
        return deformation, torch.sigmoid(self._visible(seen))

    def _proposals(self, source: Proposals, keypoints: Tensor, shifts: Tensor) -> Tensor:
        """(N, (K+1)·(1+C), D, g, g): each proposal's heatmap and the volume shifted by it."""
        count, proposals = shifts.shape[:2]
        heat = functional.pad(self._heatmaps(keypoints) - source.heatmaps, (0, 0) * 3 + (1, 0))
        across, down, deep = (
            _shift(size, shifts[:, :, axis])
            for axis, size in enumerate((self.side, self.side, self.depth))
        )
        moved = source.feature @ across[:, :, None].mT  # (N, K, D, C·g, x)
        moved = torch.unflatten(moved, 3, (-1, self.side))
        moved = (down[:, :, None, None] @ moved).flatten(3)  # (N, K, D, C·y·x)
        moved = (deep @ moved).view(count, proposals, self.depth, -1, self.side, self.side)
        both = torch.cat([heat[:, :, None], moved.movedim(3, 2)], 2).flatten(1, 2)
        weights = self.mask.bias
        return both.to(weights.dtype, memory_format=torch.channels_last_3d)

    def _heatmaps(self, keypoints: Tensor) -> Tensor:
        """(N, K, D, g, g): a Gaussian around each keypoint, the product of one along each axis."""
        x, y, z = (
            torch.exp((_line(size, keypoints) - keypoints[..., axis, None]) ** 2 / (-2 * VARIANCE))
            for axis, size in enumerate((self.side, self.side, self.depth))
        )
        return z[..., :, None, None] * (y[..., :, None] * x[..., None, :])[:, :, None]

    def _grid(self, like: Tensor) -> Tensor:
        """(D, g, g, 3): x, y and z of every voxel."""
        z, y, x = (_line(size, like) for size in (self.depth, self.side, self.side))
        deep, down, across = torch.meshgrid(z, y, x, indexing="ij")
        return torch.stack([across, down, deep], -1)

    def _visible(self, seen: Tensor) -> Tensor:
        """The occlusion's logits: a 7×7 convolution over all channels at all depths.

        With a single output it is quickest as one product of all pixels with all taps, which are
        then added up where they belong.
        """
        channels = seen.shape[1]
        pixels = seen.permute(0, 2, 3, 4, 1).flatten(2, 3)  # (N, D, g·g, C)
        kernel = self.occlusion.weight.view(channels, self.depth, -1).movedim(1, 0)  # (D, C, 49)
        taps = (pixels @ kernel).sum(1, dtype=torch.float32)
        size = (self.side, self.side)
        assert self.occlusion.bias is not None
        summed = functional.fold(taps.mT.flip(1), size, (7, 7), padding=3)
        return summed + self.occlusion.bias.float()


def _line(size: int, like: Tensor) -> Tensor:
    return torch.linspace(-1, 1, size, device=like.device)


def _shift(size: int, by: Tensor) -> Tensor:
    """(…, size, size): matrices that read a line of voxels, each ``by`` (…) further on.

    Trilinear sampling on a shifted grid is linear sampling along each axis in turn. As in the
    original, the ends of the grid are the outermost voxels' centres while sampling takes them for
    their outer edges (align_corners is on in one and off in the other), and nothing lies beyond.
    """
    at = ((_line(size, by) + by[..., None] + 1) * size - 1) / 2
    return functional.relu(1 - (at[..., None] - torch.arange(size, device=by.device)).abs())


class _Encoder(nn.Module):
    def __init__(self, widths: list[int], side: int) -> None:
        super().__init__()
        self.down_blocks = nn.ModuleList(
            Block(Convolution(a, b, side=side >> level, solid=True), pooled=True)
            for level, (a, b) in enumerate(pairwise(widths))
        )

    def forward(self, x: Tensor) -> Iterator[Tensor]:
        yield x
        for block in self.down_blocks:
            x = block(x)
            yield x


class _Decoder(nn.Module):
    def __init__(self, widths: list[int], narrowest: int, side: int) -> None:
        super().__init__()
        *skipped, deepest = widths
        outputs = [*reversed(skipped[1:]), narrowest]
        inputs = [deepest, *(2 * width for width in outputs[:-1])]
        levels = range(len(outputs) - 1, -1, -1)
        self.up_blocks = nn.ModuleList(
            Block(Convolution(a, b, side=side >> level, solid=True, upsampling=2))
            for a, b, level in zip(inputs, outputs, levels, strict=True)
        )
        self.channels = narrowest + skipped[0]
        self.conv = Convolution(self.channels, self.channels, side=side, solid=True)

    def forward(self, maps: list[Tensor]) -> Tensor:
        x = maps.pop()
        for block in self.up_blocks:
            x = torch.cat([block(x), maps.pop()], 1)
        return functional.relu_(self.conv(x))


class Hourglass(nn.Module):
    """A U-shaped network over (N, C, D, side, side) maps that halves height and width.

    widths     channels of its input and after each halving; the way back mirrors them.
    narrowest  channels of the last step back, to which the input itself is appended.
    """

    def __init__(self, widths: list[int], narrowest: int, side: int) -> None:
        super().__init__()
        self.encoder = _Encoder(widths, side)
        self.decoder = _Decoder(widths, narrowest, side)
        self.channels = self.decoder.channels

    def forward(self, x: Tensor) -> Tensor:
        out: Tensor = self.decoder(list(self.encoder(x)))
        return out
