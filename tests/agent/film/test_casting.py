"""Which engine speaks, with which voice."""

from __future__ import annotations

import pytest

from agent.film.casting import cast, chosen, language
from tools.errors import OptionError


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
