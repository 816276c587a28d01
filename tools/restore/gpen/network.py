"""GPEN's network: a StyleGAN2 generator that is fed an encoder's features in place of noise.

Yang, Ren, Xie & Zhang, "GAN Prior Embedded Network for Blind Face Restoration in the Wild", 2021;
the generator is that of Karras et al., "Analyzing and Improving the Image Quality of StyleGAN",
2020. Modules have the names of the official weights.
"""

from __future__ import annotations

import math

import torch
from torch import Tensor, nn
from torch.nn import functional

LATENT = 512  # length of the style vector
MAPPING = 8  # fully connected layers from the encoder's vector to the style
MAPPING_RATE = 0.01  # their learning rate, by which stored weights must be multiplied
TINY = 1e-8
TAPS = (1.0, 3.0, 3.0, 1.0)  # of the blur before and after a change of size


def width(side: int) -> int:
    """Channels where features are ``side`` × ``side``."""
    return min(512, 32768 // side)


def activated(features: Tensor) -> Tensor:
    """Leaky ReLU, scaled to keep the variance."""
    return functional.leaky_relu(features, 0.2) * math.sqrt(2)


class Blur(nn.Module):
    """A separable low-pass filter over zero padding: ``before`` and ``after`` are its widths."""

    kernel: Tensor

    def __init__(self, before: int, after: int, gain: float = 1.0) -> None:
        super().__init__()
        taps = torch.tensor(TAPS)
        self.register_buffer("kernel", torch.outer(taps, taps) / taps.sum() ** 2 * gain)
        self.edges = (before, after) * 2

    def forward(self, features: Tensor) -> Tensor:
        channels = features.shape[1]
        kernel = self.kernel.expand(channels, 1, -1, -1)
        return functional.conv2d(functional.pad(features, self.edges), kernel, groups=channels)


class Doubled(Blur):
    """Twice as large: zeros between the pixels, then the low-pass filter."""

    def __init__(self) -> None:
        super().__init__(2, 1, gain=4)

    def forward(self, features: Tensor) -> Tensor:
        *some, height, across = features.shape
        spread = features.new_zeros(*some, height, 2, across, 2)
        spread[..., 0, :, 0] = features
        return super().forward(spread.reshape(*some, 2 * height, 2 * across))


class Linear(nn.Module):
    """Fully connected; weights are stored with unit variance and scaled here."""

    def __init__(self, inputs: int, outputs: int, rate: float = 1.0, active: bool = False) -> None:
        super().__init__()
        self.weight = nn.Parameter(torch.randn(outputs, inputs) / rate)
        self.bias = nn.Parameter(torch.zeros(outputs))
        self.scale, self.rate, self.active = rate / math.sqrt(inputs), rate, active

    def forward(self, vectors: Tensor) -> Tensor:
        result = functional.linear(vectors, self.weight * self.scale, self.bias * self.rate)
        return activated(result) if self.active else result


class Convolution(nn.Module):
    """Without bias; weights as in ``Linear``."""

    def __init__(self, inputs: int, outputs: int, kernel: int, stride: int = 1) -> None:
        super().__init__()
        self.weight = nn.Parameter(torch.randn(outputs, inputs, kernel, kernel))
        self.scale, self.stride = 1 / math.sqrt(inputs * kernel**2), stride

    def forward(self, features: Tensor) -> Tensor:
        return functional.conv2d(features, self.weight * self.scale, stride=self.stride)


class Activation(nn.Module):
    """A bias per channel, then ``activated``."""

    def __init__(self, channels: int) -> None:
        super().__init__()
        self.bias = nn.Parameter(torch.zeros(channels))

    def forward(self, features: Tensor) -> Tensor:
        return activated(features + self.bias[:, None, None])


class Modulated(nn.Module):
    """A convolution whose input channels a style scales, with optional normalised output."""

    def __init__(
        self, inputs: int, outputs: int, kernel: int, normalised: bool = True, double: bool = False
    ) -> None:
        super().__init__()
        self.weight = nn.Parameter(torch.randn(1, outputs, inputs, kernel, kernel))
        self.modulation = Linear(LATENT, inputs)
        nn.init.ones_(self.modulation.bias)
        self.scale, self.normalised = 1 / math.sqrt(inputs * kernel**2), normalised
        self.blur = Blur(1, 1, gain=4) if double else None

    def forward(self, features: Tensor, style: Tensor) -> Tensor:
        by, weight = self.modulation(style), self.weight[0] * self.scale
        features = features * by[..., None, None]
        if self.blur is None:
            result = functional.conv2d(features, weight, padding=weight.shape[-1] // 2)
        else:
            result = functional.conv_transpose2d(features, weight.transpose(0, 1), stride=2)
            result = self.blur(result)
        if self.normalised:
            power = by.square() @ weight.square().sum((2, 3)).T
            result = result * torch.rsqrt(power + TINY)[..., None, None]
        return result


class Styled(nn.Module):
    """A modulated convolution, concatenated with the encoder's features of the same size."""

    def __init__(self, inputs: int, outputs: int, double: bool = False) -> None:
        super().__init__()
        self.conv = Modulated(inputs, outputs, 3, double=double)
        strength = torch.zeros(1)  # how much of the encoder's features is used
        self.noise = nn.ParameterDict({"weight": strength})
        self.activate = Activation(2 * outputs)

    def forward(self, features: Tensor, style: Tensor, encoded: Tensor) -> Tensor:
        own = self.conv(features, style)
        joined: Tensor = self.activate(torch.cat((own, self.noise["weight"] * encoded), 1))
        return joined


class ToRGB(nn.Module):
    """What one size contributes to the picture."""

    def __init__(self, inputs: int, first: bool = False) -> None:
        super().__init__()
        self.conv = Modulated(inputs, 3, 1, normalised=False)
        self.bias = nn.Parameter(torch.zeros(1, 3, 1, 1))
        if not first:
            self.upsample = Doubled()

    def forward(self, features: Tensor, style: Tensor, picture: Tensor | None = None) -> Tensor:
        own: Tensor = self.conv(features, style) + self.bias
        return own if picture is None else own + self.upsample(picture)


class Generator(nn.Module):
    """StyleGAN2's, from 4 × 4 to ``side`` × ``side``."""

    def __init__(self, side: int) -> None:
        super().__init__()
        mapping = [Linear(LATENT, LATENT, MAPPING_RATE, active=True) for _ in range(MAPPING)]
        self.style = nn.Sequential(nn.Identity(), *mapping)  # the first is the normalisation
        self.input = nn.ParameterDict({"input": torch.randn(1, width(4), 4, 4)})
        self.conv1 = Styled(width(4), width(4))
        self.to_rgb1 = ToRGB(2 * width(4), first=True)
        self.convs, self.to_rgbs = nn.ModuleList(), nn.ModuleList()
        for exponent in range(3, side.bit_length()):
            before, here = width(2 ** (exponent - 1)), width(2**exponent)
            self.convs.extend((Styled(2 * before, here, double=True), Styled(2 * here, here)))
            self.to_rgbs.append(ToRGB(2 * here))

    def forward(self, vector: Tensor, encoded: list[Tensor]) -> Tensor:
        """``vector`` (N, 512); ``encoded`` the encoder's features, the smallest first."""
        power = vector.square().mean(1, keepdim=True)
        style = self.style(vector * torch.rsqrt(power + TINY))
        start = self.input["input"].expand(len(vector), -1, -1, -1)
        features = self.conv1(start, style, encoded[0])
        picture: Tensor = self.to_rgb1(features, style)
        pairs = zip(self.convs[::2], self.convs[1::2], strict=True)
        for (first, second), to_rgb, here in zip(pairs, self.to_rgbs, encoded[1:], strict=True):
            features = second(first(features, style, here), style, here)
            picture = to_rgb(features, style, picture)
        return picture


def halving(inputs: int, outputs: int) -> nn.Sequential:
    """Half as large, by a convolution of the blurred features."""
    layers = nn.Sequential(Blur(2, 2), Convolution(inputs, outputs, 3, 2), Activation(outputs))
    return nn.Sequential(layers)


class GPEN(nn.Module):
    """(N, 3, side, side) RGB in [-1, 1] → the same, restored. ``side`` is a power of two."""

    def __init__(self, side: int = 512) -> None:
        super().__init__()
        self.generator = Generator(side)
        self.ecd0 = nn.Sequential(
            nn.Sequential(Convolution(3, width(side), 1), Activation(width(side)))
        )
        self.encoders = ["ecd0"]
        while side > 4:
            self.encoders.append(f"ecd{len(self.encoders)}")
            self.add_module(self.encoders[-1], halving(width(side), width(side // 2)))
            side //= 2
        self.final_linear = nn.Sequential(Linear(width(4) * 16, LATENT, active=True))

    def forward(self, faces: Tensor) -> Tensor:
        encoded = [faces]
        for name in self.encoders:
            encoded.append(self.get_submodule(name)(encoded[-1]))
        vector = self.final_linear(encoded[-1].flatten(1))
        picture: Tensor = self.generator(vector, encoded[:0:-1])
        return picture
