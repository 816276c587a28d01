"""Head movement from sound: PoseVAE's decoder, 32 frames at a time.

Zhang et al., "SadTalker" (2023), section 3.3: a conditional variational autoencoder. Which of the
movements that fit the sound it makes is drawn by lot, in the style asked for.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import chain

import torch
from torch import Tensor, nn

from renderers.sadtalker.audio_encoder import EMBEDDING, AudioEncoder
from renderers.sadtalker.res_unet import ResUnet

LENGTH = 32  # frames of a movement
POSE = 6  # three angles in radians, three of translation
LATENT = 64
STYLES = 46


class MLP(nn.Module):
    """A sketch of the movement from everything that it shall follow."""

    def __init__(self) -> None:
        super().__init__()
        self.L0 = nn.Linear(POSE + LATENT + LENGTH * POSE, 128)
        self.L1 = nn.Linear(128, LENGTH * POSE)

    def forward(self, x: Tensor) -> Tensor:
        return torch.sigmoid(self.L1(torch.relu(self.L0(x))))


class Decoder(nn.Module):
    """What is heard, the first pose, a style and a lot → a movement."""

    def __init__(self) -> None:
        super().__init__()
        self.classbias = nn.Parameter(torch.zeros(STYLES, LATENT))
        self.linear_audio = nn.Linear(EMBEDDING, POSE)
        self.MLP = MLP()
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
    """The parts that inference needs; the checkpoint's encoder and discriminator are left out."""

    def __init__(self) -> None:
        super().__init__()
        self.audio_encoder = nn.ModuleDict({"audio_encoder": AudioEncoder()})
        self.netG = nn.ModuleDict({"decoder": Decoder()})

    def embed(self, mels: Tensor) -> Tensor:
        """(N, 80, 16) of ``mel.stream`` → (N, 512)."""
        embeddings: Tensor = self.audio_encoder["audio_encoder"](mels)
        return embeddings

    def decode(self, heard: Tensor, pose: Tensor, style: int, latent: Tensor) -> Tensor:
        """See ``Decoder.forward``."""
        movement: Tensor = self.netG["decoder"](heard, pose, style, latent)
        return movement

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
        before = held = pose.new_empty(0, EMBEDDING)  # of the last movement; since then
        for piece in chain([first[1:]], pieces):
            held = torch.cat([held, self.embed(piece.to(pose))])
            while len(held) >= LENGTH:
                before, held = held[:LENGTH], held[LENGTH:]
                yield pose + self.decode(before, pose, style, next(latents).to(pose))
        if len(held):
            heard = torch.cat([before, held])[-LENGTH:]
            heard = torch.cat([heard[:1].expand(LENGTH - len(heard), -1), heard])
            movement = self.decode(heard, pose, style, next(latents).to(pose))
            yield pose + movement[-len(held) :]
