"""Casting: which engine speaks, with which of its voices."""

from __future__ import annotations

from typing import NamedTuple

from tools.errors import MissingError, OptionError
from tools.speech import base
from tools.speech.base import Engine, Spec
from tools.speech.kokoro import Kokoro
from tools.spoken.detection import language_in

LAST = "espeak"  # the engine that is heard to be one
MANY = "mul"  # the language of a voice that speaks several


class Suited(NamedTuple):
    """The voice for words, where None is an engine's default; its language; and what to tell."""

    voice: str | None
    language: str
    note: str | None = None


def suited(text: str, engine: str | None = None, voice: str | None = None) -> Suited:
    """The voice asked for, or else one of the language that ``text`` is plainly in.

    Raises what ``chosen`` raises.
    """
    spoken = language(*cast(engine, voice))
    if spoken == MANY:
        spoken = language_in(text) or "en"
    usual = Suited(voice, spoken, _advice(engine, voice))
    if engine is not None or voice is not None:
        return usual
    return _speaking(language_in(text), usual)


def speaking(tag: str, engine: str | None = None, voice: str | None = None) -> Suited:
    """The voice asked for, or else one that speaks ``tag``, if any does.

    Raises what ``chosen`` raises.
    """
    usual = Suited(voice, tag, _advice(engine, voice))
    if engine is not None or voice is not None:
        return usual
    return _speaking(tag, usual)._replace(language=tag)


def _speaking(tag: str | None, usual: Suited) -> Suited:
    """``usual`` where that speaks this language, or no voice does."""
    spoken = language(*cast(None, None))
    if tag is None or _bare(tag) == _bare(spoken):
        return usual
    wanted = "cmn" if _bare(tag) == "zh" else tag
    try:
        spec, speaker, name = chosen(None, wanted)
    except OptionError:
        return usual
    told = f"The words are in “{tag}”, so the voice is “{name}” of {spec.name}."
    advice = _advice(None, wanted)
    return Suited(wanted, language(speaker, name), f"{told} {advice}" if advice else told)


def companion(voice: str) -> Suited:
    """Another voice of the same language: of the other sex, if there is one.

    Raises what ``chosen`` raises.
    """
    other = _companion(voice)
    spec, speaker, name = chosen(None, other)
    told = f"A second presenter speaks in another voice, “{other}” of {spec.name}."
    return Suited(other, language(speaker, name), told)


def _companion(voice: str) -> str:
    _, speaker, name = chosen(None, voice)
    spoken = language(speaker, name)
    first = next((one for one in speaker.voices() if one.name == name), None)
    sex = first and first.sex
    others = [
        one
        for spec in base.ready()
        if not spec.variants
        for one in spec.load().voices()
        if one.language == spoken and one != first
    ]
    if others:
        return min(others, key=lambda one: one.sex in {None, sex}).name
    return f"{spoken}+{'m3' if sex == 'woman' else 'f5'}"


def _advice(engine: str | None, voice: str | None) -> str | None:
    """How to get a better voice than the one that is chosen, unless it was asked for by engine or
    variant.
    """
    if engine is not None or voice is None or "+" in voice or chosen(None, voice)[0].name != LAST:
        return None
    natural = any(_bare(one.language) == _bare(voice) for one in Kokoro.VOICES)
    source = "“portrayal weights pull kokoro”" if natural else "piper and a voice for it"
    return f"espeak-ng speaks “{voice}” like a robot; a natural voice comes with {source}."


def _bare(tag: str) -> str:
    return tag.lower().split("-", maxsplit=1)[0]


def cast(engine: str | None, voice: str | None) -> tuple[Engine, str | None]:
    """An engine ready to speak, and the voice to ask it for: see ``chosen``."""
    _, speaker, name = chosen(engine, voice)
    return speaker, name


def chosen(engine: str | None, voice: str | None) -> tuple[Spec, Engine, str | None]:
    """An engine, ready to speak, and the voice to ask it for (None is its default).

    Without ``engine``: the one that has ``voice``, the best-ranked that is installed otherwise.
    A voice may be asked for by name, by language tag ("de"; "es-mx" is any Spanish where no engine
    speaks that of Mexico), either with a variant ("en-us+f5") where the engine has variants, or as
    a file: one of piper, or a recording whose voice is cloned. Whether it has that one it says
    when it speaks.

    Raises OptionError for an engine or voice that does not exist, MissingError for one that is
    not installed.
    """
    if engine is not None:
        speaker, spec = base.load(engine), base.available()[engine]
        answer = _answer(spec, speaker, voice) if voice else None
        return spec, speaker, answer[1] if answer else voice
    if voice is not None and (own := base.of_file(voice)):
        return own, base.load(own.name), voice
    installed = base.ready()
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
        # The first of the nearest; a language without a region is that of any region.
        _, name, spec, speaker = min(found, key=lambda one: one[0] if "-" in voice else 0)
        return spec, speaker, name
    raise OptionError(
        f"No installed engine has a voice “{voice}”; `portrayal voices` lists what there is."
    )


def language(engine: Engine, voice: str | None) -> str:
    """The language tag of one of its voices, None being its default; "und" where none is known."""
    if voice and (spec := base.of_file(voice)):
        return spec.language
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
        elif other in (spoken, f"{spoken}-{spoken}") or (other == MANY and len(spoken) <= 3):
            best.setdefault(1, one.name)
        elif other.split("-")[0] == spoken and "+" not in stem:
            best.setdefault(2, one.name)
    if not best:
        return None
    nearest = min(best)
    return nearest, f"{best[nearest]}{plus}{variant}"
