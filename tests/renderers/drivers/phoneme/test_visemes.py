"""Every sound of the languages we speak has a mouth shape that somebody chose."""

from __future__ import annotations

import pytest

from renderers.drivers.phoneme.mouth import CHANNELS
from renderers.drivers.phoneme.visemes import VISEME_OF, VISEMES, visemes

# What espeak-ng 1.52 was heard to emit, by language; "ə" and its like aside.
INVENTORIES = {
    "en": "aɪɚ aʊ b d dʒ f h iː j k l m n̩ p s t tʃ uː v w æ ð ŋ ɑː ɔɪ əl ɚ ɛɹ ɜː ɪ ɾ ʊ ʌ ʒ ʔ θ",
    "de": "a aɪ b d eː f h iː pf ts v x yː z ç øː œ ɔø ʃ ʊ ʏ",
    "es": "a d e f i ɲ ɾ ʎ β θ ɣ ð x w tʃ",
    "fr": "y ø œ ɑ̃ ɛ̃ ɔ̃ ʁ ɥ ɲ ʒ ʃ",
    "it": "dz dʒ ɡ ɲ ʎ ts tʃ ɔ",
    "pt": "ɐ̃ ɐ̃ʊ ɨ ʁ ʎ eɪ",
    "nl": "ɛɪ œy ɣ ɑ oː øː",
    "sv": "sx tj ɕ ʂ ʉ øː",
    "da": "ʔe ʔœ ʋ ε ð",
    "pl": "dʑ tɕ ɔ̃ ɕ ʑ ɨ ɲ",
    "cs": "r̝ r̝̊ ɟ c oʊ aː",
    "ru": "mʲ tʃʲ ɭ ɵ ɕ ju ts",
    "tr": "ɟ ɫ ɯ œ y",
    "el": "ç ð θ c z",
    "hu": "ɟ ɲ øː yː ɑ",
    "ar": "dˤ ħ ʕ ʔ q ɣ s̪ t̪",
    "hi": "bʰ cʰ r. ɖʰ ʈ ɳ ɛ̃ ɡʰ ʌ",
    "ko": "q- s- tɕ ɯ ʌ ɐ",
    "ja": "o̞ ɯᵝ ä tɕ ŋ ɕ",
    "zh": "i. i̪ onɡ s. ts.h tɕh uo yɛ ɑu ɕ ər ʐ χ",
    "vi": "ɗ iɛ yə t̪",
    "cy": "ɬ ɨː x",
}


@pytest.mark.parametrize("language", INVENTORIES)
def test_every_phoneme_heard_has_a_shape_of_its_own(language: str) -> None:
    for symbol in INVENTORIES[language].split():
        assert visemes(symbol) != (VISEMES["schwa"],), symbol


def test_marks_that_the_mouth_does_not_show_change_nothing() -> None:
    for marked in ("ˈp", "pʰ", "p̚", "pː", "P", "p˥"):
        assert visemes(marked) == visemes("p"), marked
    assert visemes("ã") == visemes("a")
    assert visemes("ç") == visemes("j") != visemes("k")  # not a c with something below it


def test_diphthongs_and_affricates_are_sequences() -> None:
    assert visemes("aɪ") == visemes("a") + visemes("ɪ")
    assert visemes("tʃ") == visemes("t") + visemes("ʃ")
    assert visemes("kʷ") == visemes("k") + visemes("w")
    assert visemes("aa") == visemes("a")


def test_silence_has_no_shape_and_the_unknown_gives_way() -> None:
    assert visemes("") == visemes(" ") == ()
    for unknown in ("1", "?", "🙂", "(en)", "˥˩"):
        assert visemes(unknown) == visemes("ə"), unknown
    assert visemes("ʲ") == visemes("j")


def test_contacts_are_those_of_phonetics() -> None:
    for symbol in "pbm":
        assert visemes(symbol)[0].contact == "bilabial"
    for symbol in "fv":
        assert visemes(symbol)[0].contact == "labiodental"
    assert all(visemes(vowel)[0].contact == "none" for vowel in "aeiouyəɛɔ")


def test_vowels_are_ordered_as_on_the_vowel_chart() -> None:
    jaw = {vowel: visemes(vowel)[0].jaw for vowel in "aɛei"}
    assert jaw["a"] > jaw["ɛ"] > jaw["e"] > jaw["i"]
    assert visemes("u")[0].pucker > visemes("o")[0].pucker > visemes("ɔ")[0].pucker > 0
    assert visemes("i")[0].stretch > 0 == visemes("u")[0].stretch
    assert visemes("i")[0].pucker == 0


def test_targets_are_weights_and_used() -> None:
    assert set(VISEME_OF.values()) == set(VISEMES)
    for viseme in VISEMES.values():
        assert all(0 <= getattr(viseme, channel) <= 1 for channel in CHANNELS)
        assert viseme.jaw < 0.5
