"""The kernel's torch, for Portrayal's environment: lent, or the same build of it installed.

That build fits the machine's GPU driver, which another may not; and what is lent need not be
downloaded, which is some gigabytes. Only a kernel of the same Python can lend it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from importlib import metadata
from pathlib import Path

OLDEST_TORCH = (2, 6)
BORROWED = re.compile(r"torch|triton|pytorch-triton|nvidia-.+|cuda-.+|cuda")  # what torch rests on
BUILD = re.compile(r"[\d.]+\+(cpu|cu\d+|rocm[\d.]+|xpu)")  # a release that PyTorch's index has
INDEX = "https://download.pytorch.org/whl/"
BOUND = re.compile(r"(?<!>)=|<")  # "==2", "~=2", "<2", "<=2"; not ">=2"


def lend(place: Path) -> dict[str, str]:
    """Let the environment at ``place`` see the kernel's torch, and nothing else of the kernel's.

    Returns the versions lent, none where torch is too old, is not there, or does not say what
    belongs to it. A folder of links stands on the environment's path; torch finds the libraries
    beside it by where it really lies.
    """
    if _torch() is None:
        return {}
    folder = place / "lent"
    folder.mkdir(exist_ok=True)
    lent = {}
    for owner in _needed("torch"):
        for entry in sorted({path.parts[0] for path in owner.files or ()} - {"..", "__pycache__"}):
            link = folder / entry
            if not link.is_symlink():
                link.symlink_to(Path(str(owner.locate_file(entry))).resolve())
        lent[plain(owner.name)] = owner.version
    if not (folder / "torch").exists():
        return {}
    packages = next(place.glob("lib/python3*/site-packages"))
    (packages / "lent.pth").write_text(f"{folder}\n", encoding="utf-8")
    return lent


def same_build() -> tuple[str, str] | None:
    """The version of the kernel's torch, such as "2.11.0+cu128", and the index that has it.

    None where no torch is new enough, or its version does not name a build.
    """
    version = _torch() or ""
    found = BUILD.fullmatch(version)
    return (version, INDEX + found[1]) if found else None


def constrained(pins: Path, versions: dict[str, str]) -> str:
    """Portrayal's pins, with the kernel's ``versions`` in place of its own.

    Where these include torch, nothing is pinned that this torch bounds itself: 2.11 needs an older
    setuptools than Portrayal's torch.
    """
    own = {*versions, *(_bounded("torch") if "torch" in versions else ())}
    lines = pins.read_text(encoding="utf-8").splitlines()
    kept = [line for line in lines if plain(line.partition("==")[0]) not in own]
    return "\n".join([*kept, *(f"{name}=={version}" for name, version in versions.items())]) + "\n"


def name_of(requirement: str) -> str:
    """Of what is required: "numpy" of "numpy<2,>=1.26"."""
    return re.split(r"[^\w.-]", requirement, maxsplit=1)[0]


def plain(name: str) -> str:
    """A package's name as all its spellings have it."""
    return re.sub(r"[-_.]+", "-", name).strip().lower()


def _torch() -> str | None:
    """The version of the kernel's torch, if that is new enough."""
    try:
        version = metadata.version("torch")
    except metadata.PackageNotFoundError:
        return None
    found = re.match(r"(\d+)\.(\d+)", version)
    return version if found and (int(found[1]), int(found[2])) >= OLDEST_TORCH else None


def _needed(name: str, seen: set[str] | None = None) -> Iterator[metadata.Distribution]:
    """``name`` and what it brings of its own kind, as the kernel has them."""
    seen = set() if seen is None else seen
    if plain(name) in seen or not BORROWED.fullmatch(plain(name)):
        return
    seen.add(plain(name))
    try:
        owner = metadata.distribution(name)
    except metadata.PackageNotFoundError:  # for another system
        return
    yield owner
    for requirement in owner.requires or ():
        yield from _needed(name_of(requirement), seen)


def _bounded(name: str) -> set[str]:
    """What the kernel's package of that name requires no newer than some version."""
    required = [text.partition(";")[0] for text in metadata.requires(name) or ()]
    return {plain(name_of(text)) for text in required if BOUND.search(text)}
