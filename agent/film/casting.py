"""Casting: which engine speaks, with which of its voices."""

from __future__ import annotations

from tools.errors import MissingError, OptionError
from tools.speech import base
from tools.speech.base import Engine, Spec


def cast(engine: str | None, voice: str | None) -> tuple[Engine, str | None]:
    """An engine ready to speak, and the voice to ask it for: see ``chosen``."""
    _, speaker, name = chosen(engine, voice)
    return speaker, name


def chosen(engine: str | None, voice: str | None) -> tuple[Spec, Engine, str | None]:
    """An engine, ready to speak, and the voice to ask it for (None is its default).

    Without ``engine``: the one that has ``voice``, the best-ranked that is installed otherwise.
    A voice may be asked for by name, by language tag ("de"; "es-mx" is any Spanish where no engine
    speaks that of Mexico), either with a variant ("en-us+f5") where the engine has variants, or as
    a piper ``.onnx`` file. Whether it has that one it says when it speaks.

    Raises OptionError for an engine or voice that does not exist, MissingError for one that is
    not installed.
    """
    if engine is not None:
        speaker, spec = base.load(engine), base.available()[engine]
        answer = _answer(spec, speaker, voice) if voice else None
        return spec, speaker, answer[1] if answer else voice
    if voice is not None and voice.endswith(".onnx"):
        return base.available()["piper"], base.load("piper"), voice
    installed = [spec for spec in base.available().values() if spec.missing() is None]
    if not installed:
        missing = "; ".join(filter(None, (s.missing() for s in base.available().values())))
        raise MissingError(f"No speech engine is installed: {missing}")
    if voice is None:
        return installed[0], installed[0].load(), None
    found: list[tuple[int, str, Spec, Engine]] = []
    for spec in installed:
        speaker = spec.load()
        if answer := _answer(spec, speaker, voice):
            found.append((*answer, spec, speaker))
    if found:
        _, name, spec, speaker = min(found, key=lambda one: one[0])  # the first of the nearest
        return spec, speaker, name
    raise OptionError(
        f"No installed engine has a voice “{voice}”; `portrayal voices` lists what there is."
    )


def language(engine: Engine, voice: str | None) -> str:
    """The language tag of one of its voices, None being its default; "und" where none is known."""
    voices = engine.voices()
    stem = (voice or "").partition("+")[0]
    known = (v.language for v in voices if voice is None or v.name in (voice, stem))
    return next(known, "und")


def _answer(spec: Spec, engine: Engine, voice: str) -> tuple[int, str] | None:
    """How far the nearest voice of ``engine`` is from the ``voice`` asked for, and its name.

    0: it has this name, or speaks this language; 1: for "fr" also "fr-fr", for "es-mx" also "es";
    2: for "es-mx" any other Spanish.
    """
    stem, plus, variant = voice.partition("+") if spec.variants else (voice, "", "")
    tag = stem.lower()
    spoken = tag.split("-", maxsplit=1)[0]
    best: dict[int, str] = {}
    for one in engine.voices():
        other = one.language.lower()
        if one.name == stem:
            return 0, voice
        if other == tag:
            best.setdefault(0, one.name)
        elif other in (spoken, f"{spoken}-{spoken}"):
            best.setdefault(1, one.name)
        elif other.split("-")[0] == spoken and "+" not in stem:
            best.setdefault(2, one.name)
    if not best:
        return None
    nearest = min(best)
    return nearest, f"{best[nearest]}{plus}{variant}"
