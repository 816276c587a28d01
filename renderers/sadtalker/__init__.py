"""SadTalker: a talking head from one picture and a sound, on today's PyTorch.

Zhang et al., "SadTalker: Learning Realistic 3D Motion Coefficients for Stylized Audio-Driven Single
Image Talking Face Animation" (2023). The networks are the original's and load its checkpoints.

Read in this order: ``renderer`` (the whole way), ``faces`` and ``alignment`` (the face in the
picture), ``driver`` (sound and direction to coefficients), ``animation`` (to keypoints),
``generator`` (to pictures), ``batches``.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from renderers.contract import Driver, Renderer
from renderers.sadtalker.coefficients import COEFFICIENTS
from renderers.sadtalker.settings import SETTINGS, Settings
from renderers.spec import Advice, DriverSpec, Read, Spec

if TYPE_CHECKING:
    from renderers.crew import Crew
    from renderers.sadtalker.loader import Loader

NETWORKS = tuple(f"SadTalker_V0.0.2_{size}.safetensors" for size in (256, 512))
MAPPINGS = ("mapping_00109-model", "mapping_00229-model")
PLAYER = "warp"  # needs no weights and plays every expression

Needs = Mapping[str, "Crew"]


def _loader(settings: Settings, tiny: bool) -> Loader:
    from renderers.sadtalker.loader import Loader
    from renderers.sadtalker.tiny import TinyLoader

    return TinyLoader(settings) if tiny else Loader.open(settings)


def _renderer(given: Read, needs: Needs, tiny: bool = False) -> Renderer:
    from renderers.sadtalker.renderer import SadTalker

    return SadTalker(_loader(Settings(**given), tiny), needs[PLAYER])


def _driver(given: Read, needs: Needs, tiny: bool = False) -> Driver:
    from renderers.sadtalker.driver import NetworkDriver

    return NetworkDriver(_loader(Settings(**given), tiny), needs[PLAYER])


def _identity(given: Read) -> tuple[str | Path, ...]:
    from renderers.sadtalker.renderer import in_use

    return in_use(Settings(**given))


def _missing() -> str | None:
    """Either size will do, and mapping networks in their official form or converted."""
    from tools import weights

    folder = weights.folder()
    mapped = all(
        any((folder / f"{name}{end}").is_file() for end in (".pth.tar", ".safetensors"))
        for name in MAPPINGS
    )
    if mapped and any((folder / name).is_file() for name in NETWORKS):
        return None
    return weights.shortfall(["sadtalker"])


def _convert(mapping: Path) -> Path:
    from renderers.sadtalker.checkpoints import convert

    return convert(mapping)


# What the renderer and its driver have in common.
BOTH: dict[str, Any] = {
    "name": "sadtalker",
    "licence": "Apache-2.0",
    "settings": SETTINGS,
    "needs": (PLAYER,),
    "weights": (NETWORKS[0], *(f"{name}.pth.tar" for name in MAPPINGS)),
    "identity": _identity,
    "missing": _missing,
}

SPEC = Spec(
    **BOTH,
    family="driver+animator",
    summary="SadTalker's networks: the whole head moves; needs weights, and a GPU to be quick.",
    load=_renderer,
    tiny=partial(_renderer, tiny=True),
    motion=(COEFFICIENTS,),
    driver="sadtalker",
    acts=("expressions", "blinks", "head"),
    choices={"draft": {"every": "2"}, "best": {"enlarge": "realesrgan", "restore": "auto"}},
    size=(512, 512),
    fps=25,
    without_gpu="without a GPU it takes over a minute for each second",
    advice=(
        Advice("sadtalker", gpu_memory=3.5, memory=4.0),
        Advice("sadtalker-512", gpu_memory=7.5, memory=4.0, best="faces of 512 pixels"),
    ),
    convert={"mapping_*": _convert},
    rank=10,
)

DRIVER = DriverSpec(
    **BOTH,
    summary="SadTalker's audio networks: expression and head pose of a 3D face model.",
    load=_driver,
    tiny=partial(_driver, tiny=True),
    space=COEFFICIENTS,
)
