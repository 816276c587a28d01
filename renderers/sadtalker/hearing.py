"""The audio networks: expression and head movement from sound.

Zhang et al., "SadTalker: Learning Realistic 3D Motion Coefficients for Stylized Audio-Driven
Single Image Talking Face Animation" (2023).
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Iterable, Iterator
from itertools import chain

import torch
from torch import Tensor, nn

from renderers.sadtalker.mel import BANDS, WIDTH

EXPRESSIONS = 64  # 3DMM expression coefficients
LENGTH = 32  # frames of a movement
POSE = 6  # three angles in radians, three of translation
LATENT = 64
STYLES = 46
FILTERS = (32, 64, 128, 256)
HALF = (2, 1)  # stride along (time, coefficient)
EMBEDDING = 512

# (channels, kernel, stride along (frequency, time), padding) of each block; those with None keep
# channels and size, and add what they were given.
BLOCKS = (
    (32, 3, (1, 1), 1), None, None,
    (64, 3, (3, 1), 1), None, None,
    (128, 3, (3, 3), 1), None, None,
    (256, 3, (3, 2), 1), None,
    (512, 3, (1, 1), 0),
    (512, 1, (1, 1), 0),
)  # fmt: skip


class Block(nn.Module):
    """Convolution, batch norm, ReLU; a residual one adds its input before the ReLU."""

    def __init__(
        self,
        inputs: int,
        outputs: int,
        kernel: int = 3,
        stride: tuple[int, int] = (1, 1),
        padding: int = 1,
        *,
        residual: bool = False,
    ) -> None:
        super().__init__()
        self.conv_block = nn.Sequential(
            nn.Conv2d(inputs, outputs, kernel, stride, padding), nn.BatchNorm2d(outputs)
        )
        self.residual = residual

    def forward(self, x: Tensor) -> Tensor:
        y: Tensor = self.conv_block(x)
        return torch.relu(y + x if self.residual else y)


class AudioEncoder(nn.Sequential):
    """(N, 80, 16) mel spectrograms → (N, 512), not negative: what is being said.

    After Prajwal et al., "A Lip Sync Expert Is All You Need for Speech to Lip Generation In the
    Wild" (2020); it serves expression and pose with weights of their own.
    """

    def __init__(self) -> None:
        super().__init__()
        channels = 1
        for block in BLOCKS:
            if block is None:
                self.append(Block(channels, channels, residual=True))
            else:
                self.append(Block(channels, *block))
                channels = block[0]

    def forward(self, mels: Tensor) -> Tensor:
        x = mels.view(-1, 1, BANDS, WIDTH)
        for block in self:
            x = block(x)
        return x.flatten(1)


class Audio2Exp(nn.Module):
    """What is heard, who speaks and whether they blink → expression coefficients (section 3.2)."""

    def __init__(self) -> None:
        super().__init__()
        self.audio_encoder = AudioEncoder()
        self.mapping1 = nn.Linear(EMBEDDING + EXPRESSIONS + 1, EXPRESSIONS)

    def forward(self, mels: Tensor, reference: Tensor, blink: Tensor) -> Tensor:
        """N frames, which do not influence one another.

        mels       (N, 80, 16) of ``mel.stream``.
        reference  (N, 64) or (1, 64) expression coefficients of the source picture.
        blink      (N, 1) how far the eyes are closed, 0 to 1.

        Returns (N, 64) expression coefficients.
        """
        heard = self.audio_encoder(mels)
        reference = reference.expand(len(heard), -1)
        out: Tensor = self.mapping1(torch.cat([heard, reference, blink], 1))
        return out


class Residual(nn.Module):
    """Two convolutions, each after batch norm and ReLU, around a third one."""

    def __init__(self, inputs: int, outputs: int, stride: tuple[int, int] = (1, 1)) -> None:
        super().__init__()
        self.conv_block = nn.Sequential(
            nn.BatchNorm2d(inputs),
            nn.ReLU(),
            nn.Conv2d(inputs, outputs, 3, stride, padding=1),
            nn.BatchNorm2d(outputs),
            nn.ReLU(),
            nn.Conv2d(outputs, outputs, 3, padding=1),
        )
        self.conv_skip = nn.Sequential(
            nn.Conv2d(inputs, outputs, 3, stride, padding=1), nn.BatchNorm2d(outputs)
        )

    def forward(self, x: Tensor) -> Tensor:
        out: Tensor = self.conv_block(x) + self.conv_skip(x)
        return out


class ResUnet(nn.Module):
    """The residual U-Net that turns a sketch of a head movement into one.

    After Zhang et al., "Road Extraction by Deep Residual U-Net" (2018), over pictures that are 32
    frames high and 6 pose coefficients wide; only time is halved.

    (N, 1, T, 6) → (N, 1, T, 6) in (0, 1), for T a multiple of 8.
    """

    def __init__(self) -> None:
        super().__init__()
        one, two, three, four = FILTERS
        self.input_layer = nn.Sequential(
            nn.Conv2d(1, one, 3, padding=1),
            nn.BatchNorm2d(one),
            nn.ReLU(),
            nn.Conv2d(one, one, 3, padding=1),
        )
        self.input_skip = nn.Sequential(nn.Conv2d(1, one, 3, padding=1))
        self.residual_conv_1 = Residual(one, two, HALF)
        self.residual_conv_2 = Residual(two, three, HALF)
        self.bridge = Residual(three, four, HALF)
        self.upsample_1 = _doubled(four)
        self.up_residual_conv1 = Residual(four + three, three)
        self.upsample_2 = _doubled(three)
        self.up_residual_conv2 = Residual(three + two, two)
        self.upsample_3 = _doubled(two)
        self.up_residual_conv3 = Residual(two + one, one)
        self.output_layer = nn.Sequential(nn.Conv2d(one, 1, 1), nn.Sigmoid())

    def forward(self, x: Tensor) -> Tensor:
        first = self.input_layer(x) + self.input_skip(x)
        second = self.residual_conv_1(first)
        third = self.residual_conv_2(second)
        x = self.upsample_1(self.bridge(third))
        x = self.upsample_2(self.up_residual_conv1(torch.cat([x, third], 1)))
        x = self.upsample_3(self.up_residual_conv2(torch.cat([x, second], 1)))
        out: Tensor = self.output_layer(self.up_residual_conv3(torch.cat([x, first], 1)))
        return out


def _doubled(channels: int) -> nn.Module:
    """Twice as many moments."""
    return nn.Sequential(OrderedDict(upsample=nn.ConvTranspose2d(channels, channels, HALF, HALF)))


class Decoder(nn.Module):
    """What is heard, the first pose, a style and a lot → a movement."""

    def __init__(self) -> None:
        super().__init__()
        self.classbias = nn.Parameter(torch.zeros(STYLES, LATENT))
        self.linear_audio = nn.Linear(EMBEDDING, POSE)
        # A sketch of the movement from everything that it shall follow.
        self.MLP = nn.Sequential(
            OrderedDict(
                L0=nn.Linear(POSE + LATENT + LENGTH * POSE, 128),
                relu=nn.ReLU(),
                L1=nn.Linear(128, LENGTH * POSE),
                sigmoid=nn.Sigmoid(),
            )
        )
        self.resunet = ResUnet()
        self.pose_linear = nn.Linear(POSE, POSE)

    def forward(self, heard: Tensor, pose: Tensor, style: int, latent: Tensor) -> Tensor:
        """One movement of 32 frames, relative to the first pose.

        heard  (32, 512) embeddings; pose (6,); latent (1, 64), normally distributed.

        Returns (32, 6).
        """
        audio = self.linear_audio(heard).flatten()
        given = torch.cat([pose, latent[0] + self.classbias[style], audio])
        sketch = self.MLP(given).view(1, 1, LENGTH, POSE)
        movement: Tensor = self.pose_linear(self.resunet(sketch).view(LENGTH, POSE))
        return movement


class Audio2Pose(nn.Module):
    """Head movement from sound: PoseVAE's decoder, 32 frames at a time (section 3.3).

    A conditional variational autoencoder: which of the movements that fit the sound it makes is
    drawn by lot, in the style asked for. The checkpoint's encoder and discriminator, which
    inference does not need, are left out.
    """

    def __init__(self) -> None:
        super().__init__()
        self.audio_encoder = nn.ModuleDict({"audio_encoder": AudioEncoder()})
        self.netG = nn.ModuleDict({"decoder": Decoder()})

    def stream(
        self, mels: Iterable[Tensor], pose: Tensor, style: int, latents: Iterator[Tensor]
    ) -> Iterator[Tensor]:
        """The poses of a film, in pieces of at most 32 frames.

        mels     the film's spectrograms, (n, 80, 16) in pieces of any length.
        pose     (6,) coefficients of the source picture, from which the film starts: its first
                 frame is not moved and its sound not heard.
        style    0 to 45.
        latents  a fresh (1, 64) lot for each movement.

        A remainder shorter than a movement is the end of one that hears the last 32 frames, part
        of which were already heard; a film shorter than that seems to begin with its second
        frame's sound for as long as is missing.

        Yields (n, 6), as many rows in all as there are spectrograms.
        """
        pieces = (piece for piece in mels if len(piece))
        first = next(pieces, None)
        if first is None:
            return
        yield pose[None]
        embed, decode = self.audio_encoder["audio_encoder"], self.netG["decoder"]
        before = held = pose.new_empty(0, EMBEDDING)  # of the last movement; since then
        for piece in chain([first[1:]], pieces):
            held = torch.cat([held, embed(piece.to(pose))])
            while len(held) >= LENGTH:
                before, held = held[:LENGTH], held[LENGTH:]
                yield pose + decode(before, pose, style, next(latents).to(pose))
        if len(held):
            heard = torch.cat([before, held])[-LENGTH:]
            heard = torch.cat([heard[:1].expand(LENGTH - len(heard), -1), heard])
            movement = decode(heard, pose, style, next(latents).to(pose))
            yield pose + movement[-len(held) :]
