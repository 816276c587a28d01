"""A small catalogue of weights, with a site that has them: what tests of the registry pull from."""

from __future__ import annotations

from hashlib import sha256
from pathlib import Path

import numpy as np

from tests.settings import Choose
from tests.site import Site

FILES = {
    "small.bin": np.random.default_rng(3).bytes(20_000),
    "large.bin": np.random.default_rng(4).bytes(90_001),
    "bound.bin": np.random.default_rng(5).bytes(5_000),
    "voice.onnx": np.random.default_rng(6).bytes(3_000),
    "voice.onnx.json": b'{"audio": {"sample_rate": 16000}, "espeak": {"voice": "en-us"}}',
}
TERMS = "https://example.org/terms"
SETS = {
    "pair": ("small.bin", "large.bin"),
    "trio": ("small.bin", "large.bin", "bound.bin"),
    "voice": ("voice.onnx", "voice.onnx.json"),
}


def stocked(site: Site, place: Path, choose: Choose) -> Path:
    """Put the files on ``site``, list them, and name an empty folder for them, which is returned.

    bound.bin may not be used commercially; the size of large.bin and the SHA-256 of the voice's
    description are not known.
    """
    site.files |= {f"/{name}": body for name, body in FILES.items()}
    listing = place / "catalogue.toml"
    listing.write_text(catalogue(site.url), encoding="utf-8")
    folder = place / "shelf"
    choose(catalogue=listing, weights=folder)
    return folder


def catalogue(origin: str) -> str:
    """The listing as TOML, its files at ``origin``."""
    text = f"""
[works.free]
licence = "MIT"
terms = "{TERMS}"
commercial = true

[works.bound]
licence = "Bound License 1.0"
terms = "{TERMS}/bound"
commercial = false
"""
    for name, body in FILES.items():
        work = "bound" if name == "bound.bin" else "free"
        text += f'\n[files."{name}"]\nwork = "{work}"\nsummary = "test"\nurl = "{origin}/{name}"\n'
        text += f"about = {len(body)}\n" if name == "large.bin" else f"bytes = {len(body)}\n"
        if not name.endswith(".json"):
            text += f'sha256 = "{sha256(body).hexdigest()}"\n'
    for name, files in SETS.items():
        text += f'\n[sets.{name}]\nsummary = "the {name}"\nfiles = {list(files)}\n'
    return text
