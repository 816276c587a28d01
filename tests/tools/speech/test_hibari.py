"""hibari's voice: that its network is read as data, and what it says when."""

from __future__ import annotations

import subprocess
import sys
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest

from tools.errors import MissingError, OptionError, TextError
from tools.media import Speech
from tools.speech import hibari, letters
from tools.speech.hibari import Hibari
from tools.speech.letters import RATE, UNIT

pytest.importorskip("hibari")
pytest.importorskip("onnxruntime")


def said(text: str, speed: float = 1.0) -> Speech:
    (piece,) = Hibari().speak(text, speed=speed)
    return piece


def sounds(text: str) -> list[str]:
    return [phoneme.symbol for phoneme in said(text).phonemes]


def level(speech: Speech, start: float, end: float) -> float:
    part = speech.waveform[round(start * speech.rate) : round(end * speech.rate)]
    return float(np.sqrt(np.square(part).mean()))


def test_vowels_are_loud_and_lips_that_close_are_not() -> None:
    speech = said("A copper puppet, a happy pepper, a paper pipe.")
    loud = [level(speech, p.start, p.end) for p in speech.phonemes if p.symbol in ("æ", "ɑ", "ʌ")]
    closed = [level(speech, p.start, p.end - 0.02) for p in speech.phonemes if p.symbol == "p"]
    assert np.median(closed) < 0.25 * np.median(loud)


def test_times_are_those_of_the_network() -> None:
    speech = said("Mother found five big pots.")
    starts = [(p.start - speech.phonemes[1].start) * RATE / UNIT for p in speech.phonemes[1:]]
    assert starts == pytest.approx(np.rint(starts).tolist(), abs=0.01)
    assert level(speech, 0, speech.phonemes[0].start - 0.005) < 0.05 * level(speech, 0.1, 0.5)


def test_the_last_sound_ends_when_it_has_faded() -> None:
    speech = said("Never mind, my aunt is away.")
    first, last = speech.phonemes[0].start, speech.phonemes[-1].end
    assert level(speech, last + 0.01, speech.duration) < 0.05 * level(speech, first, last)
    assert level(speech, last - 0.03, last) > 0.02 * level(speech, first, last)


@pytest.mark.parametrize(
    ("text", "sound"),
    [
        ("I read it yesterday.", "ɛ"),
        ("I will read it tomorrow.", "i"),
    ],
)
def test_words_of_two_sounds(text: str, sound: str) -> None:
    speech = said(text)
    word = next(word for word in speech.words if word.text == "read")
    within = [p.symbol for p in speech.phonemes if word.start <= p.start < word.end]
    assert sound in within


def test_letters_that_stand_for_two_sounds() -> None:
    assert {"eɪ", "aɪ", "oʊ", "aʊ", "ɔɪ", "tʃ", "dʒ"} <= set(
        sounds("They like to go out with the boy who chose the juice.")
    )


def test_markup_of_its_own_is_only_text() -> None:
    assert "oʊ" in sounds("Say [hello](/bˈʌɡ/).")  # as in "hello"


def test_numbers_without_a_name_are_read_by_digits() -> None:
    speech = said("Call 99999999999999999999 now.")
    assert [word.text for word in speech.words] == ["Call", "9" * 20, "now"]
    assert sum(phoneme.symbol == "aɪ" for phoneme in speech.phonemes) == 20
    assert all(a.end <= b.start + 1e-6 for a, b in pairwise(speech.words))


def test_the_same_text_sounds_the_same() -> None:
    one, other = said("Hello there."), said("Hello there.")
    assert np.array_equal(one.waveform, other.waveform)
    assert one.phonemes == other.phonemes


def test_spectra_become_sound_as_short_time_transforms_define_it() -> None:
    torch = pytest.importorskip("torch")
    draw = np.random.default_rng(0)
    drawn = [draw.standard_normal((601, 9), np.float32) for _ in range(5)]
    pitch = np.array([0, 0, 120, 130, 140, 150, 90, 0, 0], np.float32)
    wave = hibari._wave(*[*drawn, pitch])

    voiced, angle, noise, rest, phase = (torch.from_numpy(part) for part in drawn)
    window = torch.hann_window(1200)
    source = torch.from_numpy(hibari._pulses(pitch))
    pulses = torch.stft(source, 1200, 300, window=window / 300, return_complex=True)[:, :9]
    random = np.random.default_rng(hibari.SEED).standard_normal((601, 9, 2), np.float32)
    spectrum = (
        torch.polar(voiced.exp(), torch.pi * angle.tanh()) * pulses
        + noise.exp() * torch.view_as_complex(torch.from_numpy(random))
        + torch.polar(rest.exp(), phase)
    )
    spectrum = torch.nn.functional.pad(spectrum, (0, 1))
    expected = torch.istft(spectrum, 1200, 300, window=window, length=2700).numpy()
    assert wave == pytest.approx(expected, abs=1e-5)


def test_it_starts_without_pytorch() -> None:
    program = (
        "import sys; from tools.speech.hibari import Hibari; list(Hibari().speak('Hi.'));"
        "sys.exit('torch' in sys.modules)"
    )
    assert subprocess.run([sys.executable, "-c", program], check=False).returncode == 0


def test_the_low_voice_says_the_same_at_a_lower_pitch() -> None:
    one, low = (next(Hibari().speak("Eleven.", voice)) for voice in ("heart", "heart-low"))
    assert [p.symbol for p in low.phonemes] == [p.symbol for p in one.phonemes]
    pitches = []
    for speech in (one, low):
        power = np.square(np.abs(np.fft.rfft(speech.waveform)))
        at = np.fft.rfftfreq(len(speech.waveform), 1 / RATE)
        pitches.append(float(at[at < 400][power[at < 400].argmax()]))
    assert pitches[1] < pitches[0]


@pytest.mark.parametrize("speed", [0.5, 2.0])
def test_its_pace(speed: float) -> None:
    spoken = [said("This is how fast I speak.", pace).phonemes[-1].end for pace in (1.0, speed)]
    assert spoken[0] / spoken[1] == pytest.approx(speed, rel=0.15)


def test_what_it_does_not_speak() -> None:
    with pytest.raises(OptionError, match=r"“emma”.*“heart”"):
        Hibari().speak("Hi.", "emma")
    with pytest.raises(TextError, match="Cyrillic"):
        Hibari().speak("Привет.")


def test_another_file_is_not_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "hibari.onnx").write_bytes(b"not the network")
    monkeypatch.setattr(letters, "asset", lambda name: tmp_path / name)
    hibari._network.cache_clear()
    try:
        with pytest.raises(MissingError, match=r"damaged or of another version.*pip install"):
            hibari._network()
    finally:
        hibari._network.cache_clear()
