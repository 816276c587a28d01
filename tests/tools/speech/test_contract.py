"""What every engine must answer, over all that are registered and can be used here.

piper and Kokoro are given tiny voices, services a server on this machine; flite and Festival take
part where their programs are installed.
"""

from __future__ import annotations

from collections.abc import Iterator
from importlib.util import find_spec
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest

from tests import announcer, tiny_kokoro, tiny_piper
from tests.settings import Choose
from tests.talker import Talker
from tools.errors import OptionError, TextError
from tools.media import Floats, Speech
from tools.speech import heard
from tools.speech.align import Alignment, align
from tools.speech.base import Engine, available, load
from tools.speech.narration import join
from tools.text import sentences, spoken, words

ALIGNED: dict[tuple[bytes, str], Alignment | None] = {}
TEXT = spoken(
    "In 2024, Dr. Smith's well-known map cost $3.50 — really! Five people above, very far off, "
    "bought some.\n\nWhy not?"
)


@pytest.fixture(scope="module")
def server() -> Iterator[Talker]:
    with announcer.running() as server:
        yield server


@pytest.fixture(autouse=True)
def _voices(tmp_path: Path, choose: Choose, server: Talker) -> None:
    choose(
        voices=tmp_path,
        elevenlabs_key="known",
        elevenlabs_url=server.url.removesuffix("/v1"),
        speech_url=server.url,
    )
    if find_spec("onnx"):
        (pulled := tmp_path / "pulled").mkdir()
        choose(weights=pulled, catalogue=tiny_kokoro.make(pulled))
    if find_spec("piper") and find_spec("onnx"):
        tiny_piper.make(tmp_path / "tiny.onnx")


@pytest.fixture(autouse=True)
def _aligned_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """The same sound is aligned once in all these tests."""

    def remembered(waveform: Floats, rate: int, text: str, language: str) -> Alignment | None:
        key = waveform.tobytes(), text
        if key not in ALIGNED:
            ALIGNED[key] = align(waveform, rate, text, language)
        return ALIGNED[key]

    monkeypatch.setattr(heard, "align", remembered)


@pytest.fixture(params=list(available()))
def engine(request: pytest.FixtureRequest) -> Engine:
    if sentence := available()[request.param].missing():
        pytest.skip(sentence)
    return load(request.param)


def speak(engine: Engine, text: str = TEXT, speed: float = 1.0) -> list[Speech]:
    return list(engine.speak(text, speed=speed))


def test_one_piece_a_sentence_at_one_rate(engine: Engine) -> None:
    pieces = speak(engine)
    assert len(pieces) == len(sentences(TEXT))
    assert len({piece.rate for piece in pieces}) == 1


def test_waveforms_are_sound(engine: Engine) -> None:
    for piece in speak(engine):
        assert piece.waveform.dtype == np.float32
        assert piece.waveform.ndim == 1
        assert np.isfinite(piece.waveform).all()
        assert 0.05 < np.abs(piece.waveform).max() <= 1


def test_phonemes_are_in_order_and_inside(engine: Engine) -> None:
    for piece in speak(engine):
        assert piece.phonemes
        assert all(p.symbol and 0 <= p.start < p.end for p in piece.phonemes)
        assert all(a.end <= b.start + 1e-6 for a, b in pairwise(piece.phonemes))
        assert piece.phonemes[-1].end <= piece.duration + 1e-6
        assert not set("ˈˌː0123456789") & set("".join(p.symbol for p in piece.phonemes))


def test_words_are_those_of_the_text_over_their_sounds(engine: Engine) -> None:
    for sentence, piece in zip(sentences(TEXT), speak(engine), strict=True):
        assert [word.text for word in piece.words] == [text for text, _ in words(sentence)]
        assert all(word.start < word.end for word in piece.words)
        assert all(a.end <= b.start + 1e-6 for a, b in pairwise(piece.words))
        assert piece.words[-1].end <= piece.phonemes[-1].end + 1e-6


def test_words_stand_over_their_own_sounds(engine: Engine) -> None:
    """Each of these begins with a sound that no voice says otherwise."""
    (piece,) = speak(engine, "Mother found seven big pots.")
    for word, sound in zip(piece.words, "mfsbp", strict=True):
        first = next(p for p in piece.phonemes if p.end > word.start + 0.005)
        assert first.symbol.startswith(sound)


def test_sentences_end_in_their_pause(engine: Engine) -> None:
    last_sounds = [piece.duration - piece.phonemes[-1].end for piece in speak(engine)]
    assert all(pause > 0.25 for pause in last_sounds)
    assert last_sounds[1] == max(last_sounds)  # the end of the paragraph
    for piece in speak(engine):
        assert not np.abs(piece.waveform[-piece.rate // 5 :]).any()


def test_the_same_text_sounds_the_same(engine: Engine) -> None:
    first = speak(engine)
    speak(engine, "Something else in between.")
    for one, other in zip(first, speak(engine), strict=True):
        assert np.array_equal(one.waveform, other.waveform)
        assert one.phonemes == other.phonemes
        assert one.words == other.words


def test_speed_changes_the_duration(engine: Engine) -> None:
    slow, natural, fast = (
        sum(piece.duration for piece in speak(engine, speed=speed)) for speed in (0.6, 1.0, 1.7)
    )
    assert slow > 1.3 * natural
    assert fast < 0.75 * natural


def test_voices_can_be_spoken_with(engine: Engine) -> None:
    voices = engine.voices()
    default = speak(engine, "Hello there.")
    named = list(engine.speak("Hello there.", voices[0].name))
    assert np.array_equal(default[0].waveform, named[0].waveform)
    assert all(voice.language for voice in voices)
    assert len({voice.name for voice in voices}) == len(voices)


@pytest.mark.parametrize("voice", ["nobody", "../../etc/passwd", "", "a b"])
def test_unknown_voices_are_refused(engine: Engine, voice: str) -> None:
    if voice:
        with pytest.raises(OptionError, match=voice.replace(".", r"\.")):
            list(engine.speak("Hello.", voice))
    else:  # no name is no wish
        assert list(engine.speak("Hello.", voice))


@pytest.mark.parametrize("speed", [0.0, 0.49, 2.1, -1.0, float("nan")])
def test_impossible_speeds_are_refused(engine: Engine, speed: float) -> None:
    with pytest.raises(OptionError, match="speed"):
        list(engine.speak("Hello.", speed=speed))


@pytest.mark.parametrize("text", ["你好", "Hello, Привет!", "नमस्ते"])
def test_scripts_the_voice_cannot_read_are_refused(engine: Engine, text: str) -> None:
    if engine.voices()[0].language == "mul":
        pytest.skip("it reads many scripts")
    with pytest.raises(TextError, match="cannot read"):
        list(engine.speak(text))


@pytest.mark.parametrize(
    "text",
    [
        '") (system "touch owned") ("',
        '\\") (system \\"touch owned\\")',
        "`touch owned` $(touch owned); touch owned",
        "[[ h@l'oU ]] <speak>x</speak> %s %n {0}",
        "-o owned --help",
        "x" * 500,
        "9" * 60,
        "é è ü ß ñ Œ",
        "a.b,c;d:e!f?g",
    ],
)
def test_hostile_text_is_only_spoken(
    engine: Engine, text: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    before = sorted(tmp_path.iterdir())
    narration = join(engine.speak(text))
    assert narration.phonemes
    assert sorted(tmp_path.iterdir()) == before


def test_pieces_come_as_they_are_ready(engine: Engine) -> None:
    endless = engine.speak(spoken("Hello there. " * 3000))
    assert next(iter(endless)).phonemes


def test_an_unknown_engine_is_named_with_those_there_are() -> None:
    with pytest.raises(OptionError, match=r"“siri”.*espeak"):
        load("siri")
