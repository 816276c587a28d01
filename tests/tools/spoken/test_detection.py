"""The language of a text is told by its script and its common words."""

from __future__ import annotations

import pytest

from tools.spoken.detection import language_in

TEXTS = {
    "en": "Welcome to the team. The kitchen is on the second floor, and lunch is at noon.",
    "es": "Bienvenidos al equipo. La cocina está en el segundo piso y la comida es a las doce.",
    "de": "Willkommen im Team. Die Küche ist im zweiten Stock, und das Essen gibt es um zwölf.",
    "fr": "Bienvenue dans l'équipe. La cuisine est au deuxième étage, et nous mangeons à midi.",
    "it": "Benvenuti nella squadra. La cucina è al secondo piano e il pranzo è alle dodici.",
    "pt": "Bem-vindos à equipe. A cozinha fica no segundo andar e o almoço é ao meio-dia.",
    "nl": "Welkom bij het team. De keuken is op de tweede verdieping en de lunch is om twaalf uur.",
    "ru": "Добро пожаловать в команду. Кухня на втором этаже.",
    "zh": "欢迎加入团队。厨房在二楼。",
    "ja": "チームへようこそ。台所は二階にあります。",
    "ko": "팀에 오신 것을 환영합니다.",
    "el": "Καλώς ήρθατε στην ομάδα.",
    "ar": "مرحبا بكم في الفريق.",
    "hi": "टीम में आपका स्वागत है।",
}


@pytest.mark.parametrize("code", TEXTS)
def test_two_sentences_are_enough(code: str) -> None:
    assert language_in(TEXTS[code]) == code


@pytest.mark.parametrize(
    "text", ["", "Madrid!", "OK", "3 + 4 = 7", "Angela Merkel, Giuseppe Verdi, Paul Cézanne"]
)
def test_too_little_to_tell(text: str) -> None:
    assert language_in(text) is None


def test_a_quotation_does_not_tip_the_balance() -> None:
    text = "He likes to say “la vida es un sueño y los sueños, sueños son”, and we like it."
    assert language_in(text) == "en"
    abroad = "We met in the Plaza de la Constitución in San José, and it is lovely."
    assert language_in(abroad) in {"en", None}
