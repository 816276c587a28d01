from __future__ import annotations

import ctypes
import hashlib
import subprocess
import sys
import threading
from collections.abc import Iterable

import numpy as np
import pytest

from tools.errors import OptionError, TextError
from tools.media import Phoneme, Speech
from tools.sound.files import loudness_envelope
from tools.speech import espeak_library
from tools.speech.espeak import Espeak
from tools.speech.narration import join
from tools.text import spoken


def say(text: str, voice: str | None = None, speed: float = 1.0) -> Speech:
    return join(Espeak().speak(spoken(text), voice, speed))


def level_of(speech: Speech, sounds: Iterable[Phoneme], part: slice = slice(None)) -> float:
    """Median level in dB over (a part of) the frames of the sounds, each by its stated times."""
    fps = 200
    level = loudness_envelope(speech.waveform, speech.rate, fps)
    frames = [level[round(p.start * fps) + 1 : round(p.end * fps) - 1][part] for p in sounds]
    return float(np.median(np.concatenate(frames)))


@pytest.mark.parametrize("voice", ["en-us", "en-us+m1", "en-us+f5"])
def test_times_agree_with_the_sound(voice: str) -> None:
    """Vowels are loud; /p t k/ begin with a closure, in which no sound comes out."""
    speech = say("Papa took a copper cup to Peter, but Katie took a pocket.", voice)
    vowels = [p for p in speech.phonemes if p.symbol[0] in "aæɑɔoiɪuʊʌ"]
    stops = [p for p in speech.phonemes if p.symbol in ("p", "t", "k")]
    assert len(stops) > 10
    assert level_of(speech, stops, slice(0, 4)) < level_of(speech, vowels) - 15
    assert level_of(speech, stops, slice(-3, None)) > level_of(speech, stops, slice(0, 4)) + 3


def test_nothing_is_heard_outside_the_sounds() -> None:
    speech = say("Papa took a copper cup, but Katie took a pocket. Why? Nobody knows.")
    level = loudness_envelope(speech.waveform, speech.rate, 200)
    outside = np.ones(len(level), bool)
    for p in speech.phonemes:
        outside[int(p.start * 200) : int(p.end * 200) + 1] = False
    assert outside.sum() > 100
    assert level[outside].max() < level.max() - 25


def test_the_first_sound_starts_where_the_silence_ends() -> None:
    speech = say("Ann. Ann. Ann.", "en-us+m1")
    loud = np.abs(speech.waveform) > 0.01
    starts = [word.start for word in speech.words]
    assert len(starts) == 3
    for start in starts:
        onset = np.argmax(loud[round((start - 0.1) * speech.rate) :]) / speech.rate + start - 0.1
        assert onset == pytest.approx(start, abs=0.03)


def test_the_pace_is_that_of_a_calm_speaker() -> None:
    text = "We walked along the river when the storm began, and nobody had brought a coat. " * 4
    speech = say(text)
    assert 145 < len(speech.words) / speech.duration * 60 < 175


@pytest.mark.parametrize(
    ("voice", "text", "sounds"),
    [
        ("en-us", "Tap my shoe.", "t æ p m aɪ ʃ u"),
        ("en-gb", "A church.", "ɐ tʃ ɜ tʃ"),
        ("de", "Schön.", "ʃ ø n"),
        ("fr-fr", "Bonjour.", "b ɔ̃ ʒ u ʁ"),
        ("ru", "мир", "mʲ i r"),
    ],
)
def test_sounds_are_plain_ipa(voice: str, text: str, sounds: str) -> None:
    assert [p.symbol for p in say(text, voice).phonemes] == sounds.split()


@pytest.mark.parametrize(
    ("voice", "text"),
    [
        ("cmn", "春眠不觉晓，处处闻啼鸟。"),
        ("ja", "こんにちは"),
        ("ar", "مرحبا بالعالم"),
        ("hi", "नमस्ते दुनिया"),
        ("ko", "안녕하세요"),
        ("el", "Καλημέρα κόσμε"),
        ("EN_us", "Hello"),
        ("zh", "你好"),
        ("en-us+f5", "Hello"),
        ("en-us+m1", "Hello"),
    ],
)
def test_languages_and_variants(voice: str, text: str) -> None:
    speech = say(text, voice)
    assert speech.phonemes
    assert speech.words


def test_every_listed_voice_loads() -> None:
    engine = Espeak()
    voices = engine.voices()
    assert voices[0].name == "en-us"
    assert len(voices) > 100
    for voice in voices:
        (piece,) = engine.speak("123", voice.name)
        assert len(piece.waveform) > 0


def test_mixed_in_greek_letters_are_read() -> None:
    assert [word.text for word in say("π is 3").words] == ["π", "is", "3"]


def test_unknown_names_show_near_ones() -> None:
    with pytest.raises(OptionError, match="en-gb"):
        say("Hello", "en-xx")
    with pytest.raises(OptionError, match="variant “nobody”"):
        say("Hello", "en-us+nobody")
    with pytest.raises(OptionError, match="variant “”"):
        say("Hello", "en-us+")
    with pytest.raises(TextError, match=r"“你好” \(Chinese characters\).*“cmn”"):
        say("I say 你好.")
    with pytest.raises(TextError, match="kana"):
        say("日本", "ja")


def test_abbreviations_do_not_pause() -> None:
    (piece,) = Espeak().speak("Dr. Who and Mr. Smith joined the U.S. Army")
    gaps = [b.start - a.end for a, b in zip(piece.phonemes, piece.phonemes[1:], strict=False)]
    assert max(gaps) < 0.2  # the end of a sentence makes 0.35


def test_another_process_and_other_sentences_before_change_nothing() -> None:
    text = "The same sentence always sounds the same."
    code = (
        "import hashlib\nfrom tools.speech.espeak import Espeak\n"
        f"(piece,) = Espeak().speak({text!r})\n"
        "print(hashlib.sha256(piece.waveform.tobytes()).hexdigest())"
    )
    elsewhere = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True
    )
    for before in ("One.", "Two and three."):
        list(Espeak().speak(before, "en-gb+f2"))
        (piece,) = Espeak().speak(text)
        assert hashlib.sha256(piece.waveform.tobytes()).hexdigest() == elsewhere.stdout.strip()


def test_threads_take_turns() -> None:
    texts = ["Hello there.", "Guten Tag.", "One two three four.", "Why?"] * 3
    alone = [say(text).waveform for text in texts]
    together: list[Speech | None] = [None] * len(texts)

    def work(index: int) -> None:
        together[index] = say(texts[index])

    threads = [threading.Thread(target=work, args=(k,)) for k in range(len(texts))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    for one, other in zip(alone, together, strict=True):
        assert other is not None
        assert np.array_equal(one, other.waveform)


def test_an_exception_in_the_callback_comes_out_on_this_side(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def fail(*_: object) -> bytes:
        raise MemoryError("no room for the samples")

    monkeypatch.setattr(ctypes, "string_at", fail)
    with espeak_library.opened() as library, pytest.raises(MemoryError, match="no room"):
        library.speak("Hello", "en-us", 150)
    monkeypatch.undo()
    assert say("Hello").phonemes  # and the library is fit for use


@pytest.mark.slow
def test_fifty_thousand_characters() -> None:
    text = spoken(("Hello there, everybody in the room. " * 1400)[:50_000])
    pieces = total = 0
    for piece in Espeak().speak(text, speed=2.0):
        pieces += 1
        total += len(piece.words)
    assert pieces > 1300
    assert total > 8000


def test_the_breath_of_a_variant_is_drawn_with_a_seed(monkeypatch: pytest.MonkeyPatch) -> None:
    one, other = (next(Espeak().speak("Bonjour.", "fr+f5")).waveform for _ in range(2))
    assert np.array_equal(one, other)
    monkeypatch.setattr(espeak_library, "_SEED", 2)
    assert not np.array_equal(one, next(Espeak().speak("Bonjour.", "fr+f5")).waveform)
