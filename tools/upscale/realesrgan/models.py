"""The models of Real-ESRGAN, under the names that their authors gave them."""

from __future__ import annotations

from dataclasses import dataclass

from tools.upscale.base import Quality
from tools.upscale.realesrgan import bundled


@dataclass(frozen=True)
class Model:
    """A set of weights and its network.

    summary       one line: what it is for.
    blocks        of an RRDBNet; 0 where the network is a SRVGGNetCompact.
    cell          of that RRDBNet: see ``networks.Network``.
    convolutions  of that SRVGGNetCompact.
    embedded      the name of its weights among the embedded ones, if it is there.
    noisy         the model to mix it with in order to leave noise in, if there is one.
    """

    summary: str
    blocks: int = 0
    cell: int = 1
    convolutions: int = 0
    embedded: str | None = None
    noisy: str | None = None


MODELS = {
    "RealESRGAN_x4plus": Model(
        "photographs, four times as large", blocks=23, embedded=bundled.FINE
    ),
    "RealESRGAN_x2plus": Model("photographs, twice as large", blocks=23, cell=2),
    "realesr-general-x4v3": Model(
        "photographs, small and fast, with a choice of how much noise goes (denoise)",
        convolutions=32,
        noisy="realesr-general-wdn-x4v3",
    ),
    "RealESRGAN_x4plus_anime_6B": Model("drawings", blocks=6, embedded=bundled.ANIME),
    "realesr-animevideov3": Model(
        "drawings in motion; smooth and fast", convolutions=16, embedded=bundled.FAST
    ),
}
QUALITIES: dict[Quality, Model] = {
    "fine": MODELS["RealESRGAN_x4plus"],
    "fast": MODELS["realesr-animevideov3"],
}
