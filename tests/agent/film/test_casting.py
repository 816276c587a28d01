"""Which engine speaks, with which voice."""

from __future__ import annotations

import pytest

from agent.film.casting import cast, language
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
@pytest.mark.parametrize("engine", [None, "espeak"])
def test_a_voice_by_name_language_and_variant(engine: str | None, wanted: str, found: str) -> None:
    speaker, voice = cast(engine, wanted)
    assert voice == found
    (said,) = speaker.speak("Hi.", voice, 1.0)
    assert said.duration > 0.1


@pytest.mark.parametrize("wanted", ["nobody", "nobody+f5", "+f5"])
def test_a_voice_that_nobody_has(wanted: str) -> None:
    with pytest.raises(OptionError, match=r"portrayal voices"):
        cast(None, wanted)


def test_a_variant_that_the_engine_does_not_have() -> None:
    speaker, voice = cast(None, "en-us+nobody")
    with pytest.raises(OptionError, match=r"no variant “nobody”.*f5"):
        list(speaker.speak("Hi.", voice, 1.0))


def test_the_language_of_a_voice() -> None:
    speaker, voice = cast(None, "de+f5")
    assert language(speaker, voice) == "de"
    assert language(speaker, None) == "en-us"
    assert language(speaker, "nobody") == "und"
