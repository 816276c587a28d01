from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from tests.settings import Choose
from tests.tiny_piper import HOP, RATE, make
from tools.errors import MissingError, OptionError, TextError
from tools.speech import piper
from tools.speech.base import available, load
from tools.speech.piper import Piper

pytest.importorskip("piper")
pytest.importorskip("onnx")

TEXT = "Mother found five big pots, twenty past two."


@pytest.fixture
def voice(tmp_path: Path) -> Path:
    return make(tmp_path / "tiny.onnx")


def test_times_are_those_of_the_model(voice: Path) -> None:
    """The tiny voice hums through every sound and is silent between: measure where."""
    (piece,) = Piper().speak(TEXT, str(voice))
    assert piece.timing == "exact"
    assert not piece.notes
    assert piece.rate == RATE
    for phoneme in piece.phonemes:
        assert (phoneme.start * RATE / HOP) % 1 == pytest.approx(0, abs=1e-6)
    comma = next(a.end for a, b in zip(piece.phonemes, piece.phonemes[1:], strict=False)
                 if b.start > a.end + 1e-6)  # fmt: skip
    around = np.abs(piece.waveform[round(comma * RATE) : round(comma * RATE) + HOP])
    before = np.abs(piece.waveform[round(comma * RATE) - 2 * HOP : round(comma * RATE) - HOP])
    assert around.max() < 1e-4
    assert before.max() > 0.1
    end = round(piece.phonemes[-1].end * RATE)
    assert not np.abs(piece.waveform[end:]).max() > 1e-4


def test_a_voice_that_tells_no_times_is_estimated_and_says_so(tmp_path: Path) -> None:
    exact, estimated = (
        next(Piper().speak(TEXT, str(make(tmp_path / f"{tells}.onnx", tells))))
        for tells in (True, False)
    )
    assert estimated.timing == "estimated"
    assert "estimated" in estimated.notes[0]
    assert [p.symbol for p in estimated.phonemes] == [p.symbol for p in exact.phonemes]
    assert [w.text for w in estimated.words] == [w.text for w in exact.words]
    assert 0 < estimated.phonemes[-1].end < estimated.duration


def test_voices_of_the_folder(tmp_path: Path, choose: Choose) -> None:
    choose(voices=tmp_path / "none")
    sentence = available()["piper"].missing()
    assert sentence is not None
    assert str(tmp_path / "none") in sentence
    with pytest.raises(MissingError, match="no piper voice"):
        list(load("piper").speak(TEXT))

    choose(voices=tmp_path)
    for name in ("b", "a"):
        make(tmp_path / f"{name}.onnx")
    assert available()["piper"].missing() is None
    assert list(available()).index("piper") < list(available()).index("espeak")
    assert [v.name for v in Piper().voices()] == ["a", "b"]
    assert list(Piper().speak(TEXT, "b"))
    with pytest.raises(OptionError, match=r"“c”.*a, b"):
        Piper().speak(TEXT, "c")


def test_voices_that_were_pulled(tmp_path: Path, choose: Choose) -> None:
    own, pulled = tmp_path / "own", tmp_path / "pulled"
    choose(voices=own, weights=pulled)
    sentence = available()["piper"].missing()
    assert sentence is not None
    assert "portrayal weights pull voice-lessac" in sentence
    for place in (own, pulled):
        place.mkdir()
    for file in (pulled / "a.onnx", pulled / "b.onnx", own / "b.onnx"):
        make(file)
    (pulled / "network.onnx").write_bytes(b"no voice: it has no description")
    assert [voice.name for voice in Piper().voices()] == ["a", "b"]
    assert [Path(voice.summary).parent for voice in Piper().voices()] == [pulled, own]
    assert list(Piper().speak(TEXT, "a"))


def test_broken_voices(voice: Path) -> None:
    description = voice.with_name("tiny.onnx.json")
    good = description.read_text()
    for bad in ("", "{", "[]", "{}", '{"audio": {"sample_rate": 1}}', good.replace("16000", '"x"')):
        description.write_text(bad)
        with pytest.raises(OptionError, match="damaged"):
            list(Piper().speak(TEXT, str(voice)))
        assert not Piper().voices()
    description.unlink()
    with pytest.raises(OptionError, match="lacks its description"):
        list(Piper().speak(TEXT, str(voice)))
    description.write_text(good)
    for rubbish in (b"", b"rubbish" * 100, voice.read_bytes()[:2000]):
        voice.write_bytes(rubbish)
        with pytest.raises(OptionError, match="damaged"):
            list(Piper().speak(TEXT, str(voice)))
    with pytest.raises(OptionError, match="no piper voice at"):
        list(Piper().speak(TEXT, str(voice.with_name("other.onnx"))))


def test_phonemizers_that_would_fetch_something_are_refused(tmp_path: Path) -> None:
    voice = make(tmp_path / "tiny.onnx", phoneme_type="pinyin")
    with pytest.raises(OptionError, match="pinyin"):
        list(Piper().speak(TEXT, str(voice)))


def test_the_language_of_the_voice_decides_what_it_can_read(tmp_path: Path) -> None:
    russian = make(tmp_path / "tiny.onnx", espeak={"voice": "ru"})
    assert next(Piper().speak("Привет, мир!", str(russian))).words[0].text == "Привет"
    with pytest.raises(TextError, match="Greek"):
        Piper().speak("καλημέρα", str(russian))


def test_without_the_package(monkeypatch: pytest.MonkeyPatch) -> None:
    def nothing(_: str) -> Any:
        return None

    monkeypatch.setattr(piper, "find_spec", nothing)
    assert "'.[piper]'" in (available()["piper"].missing() or "")
    with pytest.raises(MissingError, match="not installed"):
        load("piper")
