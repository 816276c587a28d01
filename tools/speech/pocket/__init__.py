"""Pocket TTS: speaks English in the voice of a recording. The voice is the recording's file.

Read in this order: ``reference`` (which recordings will do), ``network``, ``engine``.
"""

from __future__ import annotations

from importlib import metadata
from importlib.util import find_spec
from pathlib import Path

from tools import extras, weights
from tools.speech.base import Engine, Spec
from tools.speech.pocket.reference import LANGUAGE


def _load() -> Engine:
    from tools.speech.pocket.engine import Pocket

    return Pocket()


def _missing() -> str | None:
    for package in ("sentencepiece", "onnxruntime"):
        if not find_spec(package):
            return f"The package {package} is not installed; get it with: {extras.command()}."
    lacking = weights.shortfall(["pocket"])
    return f"Pocket TTS cannot clone a voice: {lacking}" if lacking else None


def _identity(voice: str | None) -> tuple[str | Path, ...]:
    versions = (f"{name} {metadata.version(name)}" for name in ("sentencepiece", "onnxruntime"))
    files = (weights.path(weight.name) for weight in weights.resolve(["pocket"]))
    return *versions, *files, Path(voice or "")


SPEC = Spec(
    name="pocket",
    summary="Pocket TTS: a cloned voice, from a recording of 5 to 30 s as the voice, with consent",
    licence="CC-BY-4.0; not without the consent of whose voice it is",
    rank=60,
    load=_load,
    missing=_missing,
    identity=_identity,
    only_named=True,
    files=(".wav", ".flac", ".mp3", ".m4a", ".ogg", ".opus", ".aac"),
    language=LANGUAGE,
    clones=True,
)
