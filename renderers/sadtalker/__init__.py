"""SadTalker: a talking head from one picture and a sound, on today's PyTorch.

Zhang et al., "SadTalker: Learning Realistic 3D Motion Coefficients for Stylized Audio-Driven Single
Image Talking Face Animation" (2023). The networks are the original's and load its checkpoints.

Read in this order: ``renderer`` (the whole way), ``faces`` and ``alignment`` (the face in the
picture), ``driver`` (sound and direction to coefficients), ``animation`` (to keypoints),
``generator`` (to pictures), ``batches``.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from renderers.contract import Driver, Renderer
from renderers.sadtalker.coefficients import COEFFICIENTS
from renderers.sadtalker.settings import SETTINGS, Settings
from renderers.spec import Advice, DriverSpec, Read, Spec

if TYPE_CHECKING:
    from renderers.crew import Crew

NETWORKS = tuple(f"SadTalker_V0.0.2_{size}.safetensors" for size in (256, 512))
MAPPINGS = ("mapping_00109-model", "mapping_00229-model")
PLAYER = "warp"  # needs no weights and plays every expression

Needs = Mapping[str, "Crew"]


def _load(given: Read, needs: Needs) -> Renderer:
    from renderers.sadtalker.loader import Loader
    from renderers.sadtalker.renderer import SadTalker

    return SadTalker(Loader.open(Settings(**given)), needs[PLAYER])


def _tiny(given: Read, needs: Needs) -> Renderer:
    from renderers.sadtalker.renderer import SadTalker
    from renderers.sadtalker.tiny import TinyLoader

    return SadTalker(TinyLoader(Settings(**given)), needs[PLAYER])


def _driver(given: Read, needs: Needs) -> Driver:
    from renderers.sadtalker.driver import NetworkDriver
    from renderers.sadtalker.loader import Loader

    return NetworkDriver.load(Loader.open(Settings(**given)), needs[PLAYER])


def _tiny_driver(given: Read, needs: Needs) -> Driver:
    from renderers.sadtalker.driver import NetworkDriver
    from renderers.sadtalker.tiny import TinyLoader

    return NetworkDriver.load(TinyLoader(Settings(**given)), needs[PLAYER])


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


WEIGHTS = (NETWORKS[0], *(f"{name}.pth.tar" for name in MAPPINGS))

SPEC = Spec(
    name="sadtalker",
    family="driver+animator",
    summary="SadTalker's networks: the whole head moves; needs weights, and a GPU to be quick.",
    licence="Apache-2.0",
    load=_load,
    settings=SETTINGS,
    needs=(PLAYER,),
    weights=WEIGHTS,
    identity=_identity,
    missing=_missing,
    tiny=_tiny,
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
    name="sadtalker",
    summary="SadTalker's audio networks: expression and head pose of a 3D face model.",
    licence="Apache-2.0",
    load=_driver,
    settings=SETTINGS,
    needs=(PLAYER,),
    weights=WEIGHTS,
    identity=_identity,
    missing=_missing,
    tiny=_tiny_driver,
    space=COEFFICIENTS,
)
