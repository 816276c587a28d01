"""SadTalker's generator as the original runs it: the yardstick, not the product.

Nothing is hoisted, folded, merged or skipped: the source is encoded for every frame and every
lane of the batch, spectral norms are divided out in every pass, feature maps are repeated and
enlarged before they are convolved. Keys are the checkpoint's own, sizes are the official ones.
"""

from __future__ import annotations

from itertools import pairwise

import torch
from torch import Tensor, nn
from torch.nn import functional
from torch.nn.utils import spectral_norm

DEPTH = 16
FLAT, SOLID = (2, 2), (1, 2, 2)  # what enlargements and poolings do along the axes


class Block(nn.Module):
    """Convolution, batch norm and ReLU, perhaps between an enlargement and a pooling."""

    def __init__(
        self, inputs: int, outputs: int, kernel: int = 3, *, flat: bool = False, change: str = ""
    ) -> None:
        super().__init__()
        conv, norm = (nn.Conv2d, nn.BatchNorm2d) if flat else (nn.Conv3d, nn.BatchNorm3d)
        self.conv = conv(inputs, outputs, kernel, padding=kernel // 2)
        self.norm = norm(outputs)
        self.change, self.factor = change, FLAT if flat else SOLID

    def forward(self, x: Tensor) -> Tensor:
        if self.change == "enlarge":
            x = functional.interpolate(x, scale_factor=self.factor)
        x = functional.relu(self.norm(self.conv(x)))
        if self.change != "pool":
            return x
        pool = functional.avg_pool2d if len(self.factor) == 2 else functional.avg_pool3d
        pooled: Tensor = pool(x, self.factor)
        return pooled


class Residual(nn.Module):
    """Two pre-activated 3-D convolutions around a shortcut."""

    def __init__(self, channels: int) -> None:
        super().__init__()
        self.conv1, self.conv2 = (nn.Conv3d(channels, channels, 3, padding=1) for _ in range(2))
        self.norm1, self.norm2 = (nn.BatchNorm3d(channels) for _ in range(2))

    def forward(self, x: Tensor) -> Tensor:
        inner = self.conv1(functional.relu(self.norm1(x)))
        out: Tensor = x + self.conv2(functional.relu(self.norm2(inner)))
        return out


class Down(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        widths = [80, 64, 128, 256, 512, 1024]
        pairs = pairwise(widths)
        self.down_blocks = nn.ModuleList(Block(a, b, change="pool") for a, b in pairs)

    def forward(self, x: Tensor) -> list[Tensor]:
        maps = [x]
        for block in self.down_blocks:
            maps.append(block(maps[-1]))
        return maps


class Up(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        widths = [(1024, 512), (1024, 256), (512, 128), (256, 64), (128, 32)]
        self.up_blocks = nn.ModuleList(Block(a, b, change="enlarge") for a, b in widths)
        self.conv = nn.Conv3d(112, 112, 3, padding=1)
        self.norm = nn.BatchNorm3d(112)

    def forward(self, maps: list[Tensor]) -> Tensor:
        x = maps.pop()
        for block in self.up_blocks:
            x = torch.cat([block(x), maps.pop()], 1)
        out: Tensor = functional.relu(self.norm(self.conv(x)))
        return out


class Hourglass(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.encoder, self.decoder = Down(), Up()

    def forward(self, x: Tensor) -> Tensor:
        out: Tensor = self.decoder(self.encoder(x))
        return out


def grid(side: int) -> Tensor:
    """(D, side, side, 3) coordinates x, y, z, each from -1 to 1."""
    z, y, x = (torch.linspace(-1, 1, count) for count in (DEPTH, side, side))
    deep, down, across = torch.meshgrid(z, y, x, indexing="ij")
    return torch.stack([across, down, deep], -1)


class DenseMotion(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.compress, self.norm = nn.Conv3d(32, 4, 1), nn.BatchNorm3d(4)
        self.hourglass = Hourglass()
        self.mask = nn.Conv3d(112, 16, 7, padding=3)
        self.occlusion = nn.Conv2d(112 * DEPTH, 1, 7, padding=3)

    def forward(self, feature: Tensor, source: Tensor, driving: Tensor) -> tuple[Tensor, Tensor]:
        count, side = len(feature), feature.shape[-1]
        small = functional.relu(self.norm(self.compress(feature)))
        still = grid(side).to(feature)
        shift = (source - driving)[:, :, None, None, None]
        motions = torch.cat([still.expand(count, 1, *still.shape), still + shift], 1)
        repeated = small[:, None].repeat(1, 16, 1, 1, 1, 1).flatten(0, 1)
        deformed = functional.grid_sample(repeated, motions.flatten(0, 1), align_corners=False)
        heat = [
            torch.exp(-((still - at[:, :, None, None, None]) ** 2).sum(-1) / 0.02)
            for at in (driving, source)
        ]
        heatmaps = functional.pad(heat[0] - heat[1], (0, 0, 0, 0, 0, 0, 1, 0))[:, :, None]
        deformed = deformed.view(count, 16, 4, DEPTH, side, side)
        seen = self.hourglass(torch.cat([heatmaps, deformed], 2).flatten(1, 2))
        mask = torch.softmax(self.mask(seen), 1)
        mask = torch.where(mask < 1e-3, 0.0, mask)
        deformation = (motions * mask[..., None]).sum(1)
        return deformation, torch.sigmoid(self.occlusion(seen.flatten(1, 2)))


class Spade(nn.Module):
    def __init__(self, channels: int) -> None:
        super().__init__()
        self.mlp_shared = nn.Sequential(nn.Conv2d(256, 128, 3, padding=1), nn.ReLU())
        self.mlp_gamma, self.mlp_beta = (nn.Conv2d(128, channels, 3, padding=1) for _ in range(2))

    def forward(self, x: Tensor, seg: Tensor) -> Tensor:
        shared = self.mlp_shared(functional.interpolate(seg, size=x.shape[2:]))
        normalised = functional.instance_norm(x)
        out: Tensor = normalised * (1 + self.mlp_gamma(shared)) + self.mlp_beta(shared)
        return out


class SpadeBlock(nn.Module):
    def __init__(self, inputs: int, outputs: int) -> None:
        super().__init__()
        middle = min(inputs, outputs)
        self.conv_0 = spectral_norm(nn.Conv2d(inputs, middle, 3, padding=1))
        self.conv_1 = spectral_norm(nn.Conv2d(middle, outputs, 3, padding=1))
        self.norm_0, self.norm_1 = Spade(inputs), Spade(middle)
        self.learned = inputs != outputs
        if self.learned:
            self.conv_s = spectral_norm(nn.Conv2d(inputs, outputs, 1, bias=False))
            self.norm_s = Spade(inputs)

    def forward(self, x: Tensor, seg: Tensor) -> Tensor:
        shortcut = self.conv_s(self.norm_s(x, seg)) if self.learned else x
        inner = self.conv_0(functional.leaky_relu(self.norm_0(x, seg), 0.2))
        inner = self.conv_1(functional.leaky_relu(self.norm_1(inner, seg), 0.2))
        out: Tensor = shortcut + inner
        return out


class SpadeDecoder(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.fc = nn.Conv2d(256, 512, 3, padding=1)
        for index in range(6):
            self.add_module(f"G_middle_{index}", SpadeBlock(512, 512))
        self.up_0, self.up_1 = SpadeBlock(512, 256), SpadeBlock(256, 64)
        self.conv_img = nn.Conv2d(64, 3, 3, padding=1)

    def forward(self, seg: Tensor) -> Tensor:
        x = self.fc(seg)
        for index in range(6):
            x = self.get_submodule(f"G_middle_{index}")(x, seg)
        x = self.up_0(functional.interpolate(x, scale_factor=2.0), seg)
        x = self.up_1(functional.interpolate(x, scale_factor=2.0), seg)
        return torch.sigmoid(self.conv_img(functional.leaky_relu(x, 0.2)))


class Generator(nn.Module):
    """Source (B, 3, S, S) RGB in [0, 1], keypoints (B, 15, 3) → the frames (B, 3, S, S)."""

    def __init__(self) -> None:
        super().__init__()
        self.first = Block(3, 64, flat=True)
        self.down_blocks = nn.ModuleList(
            Block(a, b, flat=True, change="pool") for a, b in ((64, 128), (128, 256))
        )
        self.second = nn.Conv2d(256, 512, 1)
        self.resblocks_3d = nn.Sequential()
        for index in range(6):
            self.resblocks_3d.add_module(f"3dr{index}", Residual(32))
        self.dense_motion_network = DenseMotion()
        self.third, self.fourth = Block(512, 256, flat=True), nn.Conv2d(256, 256, 1)
        self.decoder = SpadeDecoder()

    def forward(self, source: Tensor, kp_source: Tensor, kp_driving: Tensor) -> Tensor:
        x = self.first(source)
        for block in self.down_blocks:
            x = block(x)
        x = self.second(x).unflatten(1, (32, DEPTH))
        feature = self.resblocks_3d(x)
        deformation, occlusion = self.dense_motion_network(feature, kp_source, kp_driving)
        warped = functional.grid_sample(feature, deformation, align_corners=False).flatten(1, 2)
        third = functional.leaky_relu(self.third.norm(self.third.conv(warped)), 0.01)
        out: Tensor = self.decoder(self.fourth(third) * occlusion)
        return out
