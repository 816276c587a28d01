"""SadTalker: a talking head from one picture and a sound, on today's PyTorch.

Zhang et al., "SadTalker: Learning Realistic 3D Motion Coefficients for Stylized Audio-Driven Single
Image Talking Face Animation" (2023). The networks are the original's and load its checkpoints.

Read in this order: ``renderer`` (the whole way), ``alignment`` (the face in the picture),
``driving`` (sound and direction to keypoints), ``generator`` (keypoints to pictures), ``drawing``.
"""

from collections.abc import Mapping
from pathlib import Path

from renderers.base import Renderer, Spec
from renderers.sadtalker.settings import SETTINGS, Settings

NETWORKS = tuple(f"SadTalker_V0.0.2_{size}.safetensors" for size in (256, 512))
MAPPINGS = ("mapping_00109-model", "mapping_00229-model")


def _load(settings: Mapping[str, str]) -> Renderer:
    chosen = Settings.of(settings)

    from renderers.sadtalker.renderer import SadTalker

    renderer: Renderer = SadTalker.load(chosen)
    return renderer


def _identity(settings: Mapping[str, str]) -> tuple[str | Path, ...]:
    chosen = Settings.of(settings)

    from renderers.sadtalker.renderer import in_use

    return in_use(chosen)


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
    return weights.wanting(["sadtalker"])


def _unsuited() -> str | None:
    from tools import device

    if device.has_gpu():
        return None
    return "without a GPU it takes over a minute for a second of video."


SPEC = Spec(
    name="sadtalker",
    family="driver+animator",
    summary="SadTalker's networks: the whole head moves; needs weights, and a GPU to be quick.",
    licence="Apache-2.0",
    load=_load,
    settings=SETTINGS,
    check=Settings.of,
    choices={"draft": {"every": "2"}, "best": {"enlarge": "realesrgan", "restore": "auto"}},
    size=(512, 512),
    fps=25,
    weights=(NETWORKS[0], *(f"{name}.pth.tar" for name in MAPPINGS)),
    identity=_identity,
    missing=_missing,
    unsuited=_unsuited,
    rank=10,
)
