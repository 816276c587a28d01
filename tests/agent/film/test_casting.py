"""Which engine speaks, with which voice."""

from __future__ import annotations

from pathlib import Path

import pytest

from agent.film.casting import cast, chosen, companion, language, speaking, suited
from tests import tiny_kokoro
from tests.settings import Choose
from tools.errors import OptionError

SPANISH = "Bienvenidos al equipo. La cocina está en el segundo piso y la comida es a las doce."


@pytest.mark.parametrize(
    ("wanted", "found"),
    [
        ("de", "de"),
        ("DE", "de"),
        ("en-us", "en-us"),
        ("en-us+f5", "en-us+f5"),
        ("DE+m3", "de+m3"),
        ("en", "en-us"),
        ("fr", "fr-fr"),
        ("es-MX", "es"),
        ("pt-BR", "pt-br"),
    ],
)
def test_a_voice_by_name_language_and_variant(wanted: str, found: str) -> None:
    speaker, voice = cast("espeak", wanted)
    assert voice == found
    (said,) = speaker.speak("Hi.", voice, 1.0)
    assert said.duration > 0.1


@pytest.mark.parametrize(
    ("wanted", "engine", "found"),
    [
        (None, "hibari", None),
        ("heart", "hibari", "heart"),
        ("en-US", "hibari", "heart"),
        ("en", "hibari", "heart"),
        ("en-au", "hibari", "heart"),
        ("en-gb", "espeak", "en-gb"),  # which is nearer
        ("en-us+f5", "espeak", "en-us+f5"),  # hibari has no variants
        ("de", "espeak", "de"),
        ("es-MX", "espeak", "es"),
    ],
)
def test_the_engine_that_has_a_voice(wanted: str | None, engine: str, found: str | None) -> None:
    pytest.importorskip("hibari")
    spec, _, voice = chosen(None, wanted)
    assert (spec.name, voice) == (engine, found)


@pytest.mark.parametrize("wanted", ["nobody", "nobody+f5", "+f5"])
def test_a_voice_that_nobody_has(wanted: str) -> None:
    with pytest.raises(OptionError, match=r"portrayal voices"):
        cast(None, wanted)


def test_a_variant_that_the_engine_does_not_have() -> None:
    speaker, voice = cast("espeak", "en-us+nobody")
    with pytest.raises(OptionError, match=r"no variant “nobody”.*f5"):
        list(speaker.speak("Hi.", voice, 1.0))


def test_the_language_of_a_voice() -> None:
    speaker, voice = cast(None, "de+f5")
    assert language(speaker, voice) == "de"
    assert language(speaker, None) == "en-us"
    assert language(speaker, "nobody") == "und"


@pytest.fixture
def kokoro(tmp_path: Path, choose: Choose) -> None:
    pytest.importorskip("onnx")
    choose(weights=tmp_path, catalogue=tiny_kokoro.make(tmp_path))


@pytest.mark.usefixtures("kokoro")
@pytest.mark.parametrize(
    ("wanted", "found"),
    [("en", "heart"), ("en-gb", "bf_emma"), ("es", "ef_dora"), ("es-MX", "ef_dora"),
     ("fr", "ff_siwis"), ("pt", "pf_dora"), ("de", "de"), ("am_michael", "am_michael")],
)  # fmt: skip
def test_natural_voices_come_first(wanted: str, found: str) -> None:
    pytest.importorskip("hibari")
    assert chosen(None, wanted)[2] == found


def test_words_are_spoken_in_their_language() -> None:
    pytest.importorskip("hibari")
    found = suited(SPANISH)
    assert (found.voice, found.language) == ("es", "es")
    assert "portrayal weights pull kokoro" in (found.note or "")
    assert suited("Привет, мир. Как дела?").language == "ru"


@pytest.mark.parametrize(
    "text",
    ["Hi.", "The team said “la vida es un sueño y los sueños, sueños son”, and it is true of us."],
)
def test_english_stays_english(text: str) -> None:
    pytest.importorskip("hibari")
    assert suited(text) == (None, "en-us", None)


def test_a_voice_that_is_asked_for_speaks() -> None:
    assert suited(SPANISH, None, "en-us+f5") == ("en-us+f5", "en-us", None)
    assert suited(SPANISH, "espeak", None) == (None, "en-us", None)
    assert speaking("es", "espeak", "de") == ("de", "es", None)


def test_a_language_that_nobody_speaks_is_left_to_the_usual_voice() -> None:
    assert speaking("xx") == (None, "xx", None)


@pytest.mark.usefixtures("kokoro")
def test_the_companion_of_a_woman_is_a_man() -> None:
    pytest.importorskip("hibari")
    assert [companion(tag).voice for tag in ("en", "en-gb", "es", "fr")] == [
        "am_michael", "bm_george", "em_alex", "fr-fr+m3",
    ]  # fmt: skip


@pytest.mark.parametrize("tag", ["en", "es", "de"])
def test_companions_sound_otherwise(tag: str) -> None:
    pytest.importorskip("hibari")
    one, other = cast(None, tag), cast(None, companion(tag).voice)
    assert one[1] != other[1]
    assert language(*one) == language(*other)
