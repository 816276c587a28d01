"""The official weights' names on a site of this machine, with files as small as can be."""

from __future__ import annotations

import json
import tomllib
from hashlib import sha256
from io import BytesIO
from pathlib import Path
from typing import Any

import torch

from tests import tiny_piper, tiny_pocket
from tests.docs.blocks import ROOT
from tests.renderers.sadtalker.checkpoints import write_official
from tests.site import Site
from tests.tools.upscale.test_models import random_state

CATALOGUE = ROOT / "tools" / "weights" / "catalogue.toml"
PULLED = ("RealESRGAN_x2plus", "realesr-general-x4v3", "realesr-general-wdn-x4v3")


def bodies(folder: Path) -> dict[str, bytes]:
    """Name → content of every file of the catalogue: networks of random weights where the
    documentation uses them, and a few bytes of the name's own for all others.
    """
    listed = tomllib.loads(CATALOGUE.read_text(encoding="utf-8"))["files"]
    content = {name: name.encode() * 9 for name in listed}
    for size in (256, 512):
        written = write_official(folder / str(size), size=size)
        content |= {path.name: path.read_bytes() for path in written.iterdir()}
    for name in (name for name in listed if f"{name}.json" in listed):
        spoken = tiny_piper.make(folder / name)
        content |= {
            name: spoken.read_bytes(),
            f"{name}.json": spoken.with_name(f"{name}.json").read_bytes(),
        }
    (tiny := folder / "pocket").mkdir(exist_ok=True)
    tiny_pocket.make(tiny)
    content |= {file.name: file.read_bytes() for file in tiny.glob("pocket-en-*")}
    for name in PULLED:
        model = "realesr-general-x4v3" if "wdn" in name else name
        saved = BytesIO()
        torch.save({"params": random_state(model)}, saved)
        content[f"{name}.pth"] = saved.getvalue()
    return {name: content[name] for name in listed}


def listing(origin: str, content: dict[str, bytes]) -> str:
    """Portrayal's catalogue, its files at ``origin`` and with the sizes they have there."""
    official: dict[str, dict[str, dict[str, Any]]] = tomllib.loads(
        CATALOGUE.read_text(encoding="utf-8")
    )
    for name, file in official["files"].items():
        file.pop("about", None)
        file |= {"url": f"{origin}/{name}", "bytes": len(content[name])}
        if "sha256" in file:
            file["sha256"] = sha256(content[name]).hexdigest()
    return "\n".join(
        f"[{kind}.{json.dumps(name)}]\n"
        + "".join(f"{key} = {json.dumps(value)}\n" for key, value in entry.items())
        for kind, entries in official.items()
        for name, entry in entries.items()
    )


def stock(site: Site, content: dict[str, bytes], folder: Path) -> Path:
    """Put the files on ``site``; the catalogue that lists them is written and returned."""
    site.files |= {f"/{name}": body for name, body in content.items()}
    path = folder / "catalogue.toml"
    path.write_text(listing(site.url, content), encoding="utf-8")
    return path
