"""Casting: which engine speaks, with which of its voices."""

from __future__ import annotations

from collections.abc import Callable

from tools.errors import MissingError, OptionError
from tools.speech import base
from tools.speech.base import Engine, Spec, Voice


def cast(engine: str | None, voice: str | None) -> tuple[Engine, str | None]:
    """An engine ready to speak, and the voice to ask it for: see ``chosen``."""
    _, speaker, name = chosen(engine, voice)
    return speaker, name


def chosen(engine: str | None, voice: str | None) -> tuple[Spec, Engine, str | None]:
    """An engine, ready to speak, and the voice to ask it for (None is its default).

    Without ``engine``: the one that has ``voice``, the best-ranked that is installed otherwise.
    A voice may be asked for by name, by language tag ("de"; "es-mx" is any Spanish), either with a
    variant ("en-us+f5") where the engine has variants, or as a piper ``.onnx`` file. Whether it has
    that one it says when it speaks.

    Raises OptionError for an engine or voice that does not exist, MissingError for one that is
    not installed.
    """
    if engine is not None:
        speaker, spec = base.load(engine), base.available()[engine]
        return spec, speaker, voice and (_named(spec, speaker, voice) or voice)
    if voice is not None and voice.endswith(".onnx"):
        return base.available()["piper"], base.load("piper"), voice
    installed = [spec for spec in base.available().values() if spec.missing() is None]
    if not installed:
        missing = "; ".join(filter(None, (s.missing() for s in base.available().values())))
        raise MissingError(f"No speech engine is installed: {missing}")
    if voice is None:
        return installed[0], installed[0].load(), None
    for spec in installed:
        candidate = spec.load()
        if name := _named(spec, candidate, voice):
            return spec, candidate, name
    raise OptionError(
        f"No installed engine has a voice “{voice}”; `portrayal voices` lists what there is."
    )


def language(engine: Engine, voice: str | None) -> str:
    """The language tag of one of its voices, None being its default; "und" where none is known."""
    voices = engine.voices()
    stem = (voice or "").partition("+")[0]
    known = (v.language for v in voices if voice is None or v.name in (voice, stem))
    return next(known, "und")


def _named(spec: Spec, engine: Engine, voice: str) -> str | None:
    """The name under which ``engine`` has ``voice``: by name, or by language, the nearest first;
    for "fr" also "fr-fr" and then any other French, for "es-mx" any Spanish.
    """
    stem, plus, variant = voice.partition("+") if spec.variants else (voice, "", "")
    voices, tag = engine.voices(), stem.lower()
    language = tag.split("-", maxsplit=1)[0]
    near: tuple[Callable[[Voice], bool], ...] = (
        lambda v: v.name == stem,
        lambda v: v.language.lower() == tag,
        lambda v: v.language.lower() in (language, f"{language}-{language}"),
        lambda v: v.language.lower().split("-")[0] == language,
    )
    found = next((v.name for suits in near for v in voices if suits(v)), None)
    return found and found + plus + variant
