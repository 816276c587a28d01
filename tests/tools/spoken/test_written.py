from __future__ import annotations

from itertools import pairwise

import pytest

from tools.captions import cues
from tools.media import Word
from tools.speech.espeak import SPEC
from tools.speech.narration import join
from tools.spoken import as_written, say
from tools.text import words

TEXT = "On June 3, 2024, 50% of the team (e.g. Dr. Ng) paid $3.50 – in 10-20 s!"


def timed(text: str) -> tuple[Word, ...]:
    return tuple(Word(word, float(k), k + 0.9) for k, (word, _) in enumerate(words(text)))


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("en", TEXT),
        ("es", "El 3 de junio, 21 personas pagaron 3,50 € al Sr. Paz."),
        ("de", "Am 3. Juni um 14:30 Uhr zahlten 50 % z. B. 3,50 €."),
        ("fr", "Le 3 juin à 14h30, 50 % ont payé 3,50 € à M. Roux."),
        ("it", "Ho 21 anni."),
    ],
)
def test_captions_show_the_written_words_in_order(language: str, text: str) -> None:
    form = say(text, language)
    found = as_written(form, timed(form.text))
    assert [word.text for word in found] == [word for word, _ in words(text)]
    assert all(one.end <= two.start + 1e-6 for one, two in pairwise(found))


def test_a_figure_spans_the_words_that_say_it() -> None:
    form = say("just 50% more", "en")
    just, figure, more = as_written(form, timed(form.text))
    assert (just.text, just.end, more.text, more.start) == ("just", 0.9, "more", 3.0)
    assert (figure.text, figure.start) == ("50%", 1.0)
    assert figure.end == pytest.approx(2.9)  # fifty percent


def test_words_the_text_does_not_hold_are_kept() -> None:
    form = say("just 5", "en")
    spoken = (Word("uh", 0, 1), Word("just", 1, 2), Word("five", 2, 3), Word("bye", 3, 4))
    assert [word.text for word in as_written(form, spoken)] == ["uh", "just", "5", "bye"]


def test_nothing_spoken() -> None:
    assert as_written(say("just 5", "en"), ()) == ()


def test_captions_of_a_real_voice_wear_the_written_form() -> None:
    form = say(TEXT, "en")
    speech = join(SPEC.load().speak(form.text))
    shown = cues(as_written(form, speech.words), form.written)
    assert " ".join(cue.text.replace("\n", " ") for cue in shown) == TEXT


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("Fish & chips, x > y.", ["Fish", "chips", "x", "y"]),
        ("& so on", ["so", "on"]),
        ("Tom &", ["Tom"]),
    ],
)
def test_a_sign_is_shown_with_its_neighbour(text: str, shown: list[str]) -> None:
    form = say(text, "en")
    spoken = timed(form.text)
    found = as_written(form, spoken)
    assert [word.text for word in found] == shown
    assert found[0].start == spoken[0].start
    assert found[-1].end == pytest.approx(spoken[-1].end)
