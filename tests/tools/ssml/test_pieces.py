from __future__ import annotations

from collections.abc import Iterable, Iterator

import numpy as np
import pytest

from tools.errors import TextError
from tools.media import Phoneme, Speech, Word
from tools.speech import espeak
from tools.spoken import say
from tools.ssml import Piece, speak, spoken_pieces
from tools.text import words

RATE = 8000


def texts(text: str, language: str = "en") -> list[tuple[str, float]]:
    return [(piece.form.text, piece.pause) for piece in spoken_pieces(text, language)]


def test_plain_text_is_one_piece_said_as_ever() -> None:
    assert spoken_pieces("Pay *50%* now.", "en") == (Piece(say("Pay 50% now.", "en")),)


def test_breaks_cut_and_those_in_a_row_add_up() -> None:
    text = 'One, <break time="200ms"/> <break time="1s"/>— <break time="1s"/> two 5%<break/>'
    assert texts(text) == [("One,", pytest.approx(2.2)), ("two five percent", 0.4)]


def test_silence_before_the_first_word_leads() -> None:
    (piece,) = spoken_pieces('<break time="1s"/> “<break time="2s"/>One', "en")
    assert (piece.form.text, piece.lead, piece.pause) == ("One", 3.0, 0.0)


def test_nothing_to_say() -> None:
    for text in ("<break/>", " ", "<speak><p></p></speak>", "[smiles <break/>]"):
        with pytest.raises(TextError):
            spoken_pieces(text, "en")


@pytest.mark.parametrize(
    ("language", "text", "said"),
    [
        ("en", '<say-as interpret-as="digits">2024</say-as>', "Two zero two four"),
        ("de", '<say-as interpret-as="characters">ÄB</say-as>', "Äh Beh"),
        ("de", 'Am <say-as interpret-as="date">3. Juni</say-as>', "Am dritten Juni"),
        ("fr", '<say-as interpret-as="date" format="dm">1/5</say-as>', "Premier mai"),
        ("es", '<say-as interpret-as="ordinal">3</say-as>', "Tercero"),
        ("it", '<say-as interpret-as="characters">AB</say-as>', "A B"),
        ("it", '<say-as interpret-as="date">1.5.</say-as>', "1.5."),
        ("en", '<sub alias="page 5 &amp; [[more]]">p5</sub>', "Page five and more"),
    ],
)
def test_what_is_said_otherwise(language: str, text: str, said: str) -> None:
    (piece,) = spoken_pieces(f"{text} ok<break/>", language)
    assert piece.form.text == f"{said} ok"


def test_what_is_said_otherwise_is_shown_as_it_is_written() -> None:
    text = (
        'The <sub alias="World Wide Web Consortium">W*3*C</sub>, 5%<break/>, <sub alias="a">+</sub>'
    )
    first, last = spoken_pieces(text, "en")
    assert first.form.written == "The W*3*C, 5%"
    assert first.form.text == "The World Wide Web Consortium, five percent"
    assert (last.form.written, last.form.text) == (", +", ", a")


def voice(onset: float) -> Iterator[Speech]:
    sound = (Phoneme("a", onset, onset + 0.5),)
    said = (Word("x", onset, onset + 0.5),)
    yield Speech(np.zeros(RATE, np.float32), RATE, sound, said)


def test_silence_of_the_voice_is_part_of_the_pause() -> None:
    pieces = spoken_pieces('x<break time="700ms"/>x<break time="20ms"/>x', "en")
    speech = speak(pieces, lambda _: voice(0.1), pause=0.3)
    starts = [word.start for word in speech.words]
    assert starts == pytest.approx([0.1, 0.1 + 0.5 + 0.7, 0.1 + 0.5 + 0.7 + 0.5 + 0.1])
    assert speech.duration == pytest.approx(starts[-1] + 0.5 + 0.3)


def test_a_real_voice_is_silent_for_as_long_as_asked() -> None:
    engine = espeak.SPEC.load()

    def spoken(text: str) -> Iterable[Speech]:
        return engine.speak(text, "en-us")

    text = (
        'Hello <emphasis>there</emphasis> <break time="700ms"/> my friend,<break time="300ms"/> '
        'the <sub alias="World Wide Web Consortium">W3C</sub> has 50%.'
    )
    speech = speak(spoken_pieces(text, "en"), spoken, pause=0.4)
    shown = "Hello there my friend, the W3C has 50%."
    assert [word.text for word in speech.words] == [word for word, _ in words(shown)]
    times = {word.text: word for word in speech.words}
    assert times["my"].start - times["there"].end == pytest.approx(0.7, abs=0.001)
    assert times["the"].start - times["friend"].end == pytest.approx(0.3, abs=0.001)
    first, last = (round(t * speech.rate) for t in (times["there"].end, times["my"].start))
    margin = speech.rate // 50
    assert np.abs(speech.waveform[first + margin : last - margin]).max() < 0.01
    before = [p for p in speech.phonemes if p.end <= times["there"].end + 1e-6]
    assert "".join(p.symbol for p in before).startswith("h")
    assert all(p.start >= times["my"].start - 1e-6 for p in speech.phonemes[len(before) :])
    assert speech.duration == pytest.approx(speech.phonemes[-1].end + 0.4, abs=0.001)
