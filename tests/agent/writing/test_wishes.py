"""Language and length are read from the request."""

from __future__ import annotations

import pytest

from agent.writing.wishes import language_asked, language_of, seconds_asked


@pytest.mark.parametrize(
    ("request_", "seconds"),
    [
        ("a two-minute welcome for new hires, warm", 120),
        ("Write a 30 second intro about tea, in Spanish", 30),
        ("a 20 second welcome", 20),
        ("Tea steeps for 3 minutes: explain why", None),
        ("Make it 45 seconds", 45),
        ("un vídeo de 30 segundos sobre el té", 30),
        ("eine 30-sekündige Begrüßung", 30),
        ("Explain why bees matter, for children, 40 s", 40),
        ("90 seconds on compost, for gardeners", 90),
        ("a one minute speech about our 5 minute rule", 60),
        ("Why the cat sat there for ten minutes", None),
        ("a talk of half a minute on rain", 30),
        ("a 9999 minute speech", 3600),
        ("We open in 2 minutes; tell everybody", None),
        ("As a teacher, explain rain", None),
        ("As soon as a second passes, smile", None),
        ("explain compound interest to teenagers in 60 seconds", 60),
        ("Spiega come si prepara un buon caffè, 40 secondi", 40),
        ("mezzo minuto sul tè", 30),
        ("ein zweiminütiger Text über Tee", 120),
        ("eine halbe Minute über Tee", 30),
        ("une demi-minute sur le thé", 30),
        ("Uma mensagem de boas-vindas, meio minuto", 30),
    ],
)
def test_the_length_of_the_film(request_: str, seconds: float | None) -> None:
    assert seconds_asked(request_) == seconds


@pytest.mark.parametrize(
    ("request_", "asked", "spoken"),
    [
        ("a welcome, in Spanish", "es", "es"),
        ("A Spanish welcome for guests", "es", "es"),
        ("Explain how to learn German in English", "en", "en"),
        ("a talk about German cars", None, "en"),
        ("un saludo para los huéspedes del hotel", None, "es"),
        ("eine kurze Begrüßung für unsere Gäste", None, "de"),
        ("ein Gruß auf Englisch", "en", "en"),
        ("plain English, 20 seconds", None, "en"),
        ("bees", None, "en"),
    ],
)
def test_the_language(request_: str, asked: str | None, spoken: str) -> None:
    assert (language_asked(request_), language_of(request_)) == (asked, spoken)
