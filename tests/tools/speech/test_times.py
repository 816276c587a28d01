from __future__ import annotations

import numpy as np
import pytest

from tools.media import Phoneme, Speech, Word
from tools.speech.arpabet import from_ipa, to_ipa
from tools.speech.times import estimated, is_modifier, plain_ipa, words_from_marks, words_like


def sounds(symbols: str, step: float = 0.1) -> list[Phoneme]:
    """Side by side, ``step`` seconds each; "_" is a silence."""
    return [
        Phoneme(symbol, k * step, (k + 1) * step)
        for k, symbol in enumerate(symbols.split())
        if symbol != "_"
    ]


def spans(words: tuple[Word, ...]) -> list[tuple[str, float, float]]:
    return [(w.text, round(w.start, 3), round(w.end, 3)) for w in words]


@pytest.mark.parametrize(
    ("given", "plain"),
    [
        ("ˈoʊ", "oʊ"),
        ("ɔː", "ɔ"),
        ("t͡ʃ", "tʃ"),
        ("ɑ̃", "ɑ̃"),
        ("ts.h", "tsh"),
        ("ə-", "ə"),
        ("i5", "i"),
        ("a˥", "a"),
        ("", ""),
        ("ˈ", ""),
    ],
)
def test_plain_ipa(given: str, plain: str) -> None:
    assert plain_ipa(given) == plain


def test_modifiers() -> None:
    assert is_modifier("ʲ")
    assert is_modifier("̃")
    assert not is_modifier("a")
    assert not is_modifier("tʰ")
    assert not is_modifier("")


def test_words_run_from_mark_to_the_last_sound_before_the_next() -> None:
    found = words_from_marks("Go, now!", [(0, 0.0), (4, 0.31)], sounds("ɡ oʊ _ n aʊ"))
    assert spans(found) == [("Go", 0.0, 0.2), ("now", 0.3, 0.5)]


def test_words_spoken_as_one_share_the_time() -> None:
    found = words_from_marks("of the cat", [(0, 0.0), (7, 0.3)], sounds("ə v ð k æ t"))
    assert spans(found) == [("of", 0.0, 0.12), ("the", 0.12, 0.3), ("cat", 0.3, 0.6)]


def test_several_marks_in_one_word_are_one_word() -> None:
    found = words_from_marks(
        "in 24 h", [(0, 0.0), (3, 0.1), (4, 0.3), (6, 0.5)], sounds("n t w f e h")
    )
    assert spans(found) == [("in", 0.0, 0.1), ("24", 0.1, 0.5), ("h", 0.5, 0.6)]


def test_no_marks_or_no_sounds() -> None:
    assert spans(words_from_marks("a b", [], sounds("a b"))) == [("a", 0.0, 0.1), ("b", 0.1, 0.2)]
    assert words_from_marks("a b", [(0, 0.0)], []) == ()
    assert words_from_marks("...", [], sounds("a")) == ()


def test_estimated_sounds_fill_the_time_by_typical_lengths() -> None:
    found = estimated(["t", "aɪ", "", "m"], 1.0, 2.0)
    assert [p.symbol for p in found] == ["t", "aɪ", "m"]
    assert found[0].start == 1.0
    assert found[-1].end == pytest.approx(2.0)
    lengths = [p.end - p.start for p in found]
    assert lengths[1] > 2 * lengths[0]
    assert found[2].start - found[1].end > lengths[0]  # the pause
    assert estimated([], 0, 1) == []


def test_words_are_found_again_in_other_sounds() -> None:
    """Another accent: a sound more, a sound less, another vowel."""
    words = (Word("better", 0, 0.4), Word("map", 0.4, 0.7), Word("now", 0.7, 0.9))
    reference = Speech(np.zeros(1, np.float32), 1, tuple(sounds("b ɛ ɾ ɚ m æ p n aʊ")), words)
    other = sounds("_ b e t ə ɹ m a p _ n a ʊ", 0.2)
    assert spans(words_like(reference, other)) == [
        ("better", 0.2, 1.2),
        ("map", 1.2, 1.8),
        ("now", 2.0, 2.6),
    ]


def test_a_word_that_was_left_out_takes_no_time() -> None:
    words = (Word("pa", 0, 0.2), Word("zz", 0.2, 0.4), Word("ma", 0.4, 0.6))
    reference = Speech(np.zeros(1, np.float32), 1, tuple(sounds("p a z z m a")), words)
    assert spans(words_like(reference, sounds("p a m a"))) == [
        ("pa", 0.0, 0.2),
        ("zz", 0.2, 0.2),
        ("ma", 0.2, 0.4),
    ]


def test_letters_with_marks_have_a_nearest_phone() -> None:
    assert [from_ipa(letter) for letter in ("ç", "ä", "c", "a")] == [["HH"], ["AA"], ["K"], ["AE"]]


def test_arpabet_there_and_back() -> None:
    phones = ("AA", "AE", "AH", "AO", "AW", "AY", "B", "CH", "DH", "ER", "EY", "HH", "JH", "OY")
    for phone in phones:
        assert from_ipa(to_ipa(phone)) == [phone]
    assert to_ipa("ah0") == "ʌ"
    assert to_ipa("pau") == to_ipa("SIL") == to_ipa("+NSN+") == ""
    assert from_ipa("ʃøn") == ["SH", "EY", "N"]
    assert from_ipa("bɔ̃ʒuʁ") == ["B", "AO", "ZH", "UW", "R"]
    assert from_ipa("?!") == []
