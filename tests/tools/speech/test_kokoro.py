"""Kokoro's voices: what is read, what is said when; heard where the weights have been pulled."""

from __future__ import annotations

from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest

from tests.settings import Choose
from tests.tiny_kokoro import make
from tools import weights
from tools.errors import MissingError, OptionError, TextError
from tools.media import Speech
from tools.speech import kokoro, letters
from tools.speech.base import Voice, available, load
from tools.speech.delivery import PLAIN, Delivery
from tools.speech.kokoro import MOST, Kokoro
from tools.text import words

pytest.importorskip("onnx")
pytest.importorskip("hibari")

TEXTS = {
    "en-us": "Hello there, my dear friend.",
    "en-gb": "I can’t dance in the bath, father.",
    "es": "¿Cómo estás? Bien, gracias.",
    "fr-fr": "Bonjour à tous, je m'appelle « Marie ».",
    "it": "Buongiorno a tutti, ragazzi!",
    "pt-br": "Olá, meu nome é João.",
    "hi": "नमस्ते, मेरा नाम आशा है।",
}


@pytest.fixture
def pulled(tmp_path: Path, choose: Choose) -> Path:
    choose(weights=tmp_path, catalogue=make(tmp_path))
    return tmp_path


def test_without_weights_it_says_how_to_get_them(tmp_path: Path, choose: Choose) -> None:
    choose(weights=tmp_path)
    sentence = available()["kokoro"].missing()
    assert sentence is not None
    assert "portrayal weights pull kokoro" in sentence
    with pytest.raises(MissingError, match="portrayal weights pull kokoro"):
        load("kokoro")


def test_the_catalogue_has_every_voice() -> None:
    names = {file.name for file in weights.resolve(["kokoro"])}
    assert names == {kokoro.NETWORK, *(f"kokoro-{v.name}.bin" for v in Kokoro.VOICES)}


@pytest.mark.usefixtures("pulled")
@pytest.mark.parametrize("voice", Kokoro.VOICES, ids=lambda voice: str(voice.name))
def test_every_voice_speaks_its_language(voice: Voice) -> None:
    text = TEXTS[voice.language]
    for piece in Kokoro().speak(text, voice.name):
        assert all(a.end <= b.start + 1e-6 for a, b in pairwise(piece.phonemes))
        assert all(word.start < word.end for word in piece.words)
        assert np.abs(piece.waveform).max() > 0.1
    said = [word.text for piece in Kokoro().speak(text, voice.name) for word in piece.words]
    assert said == [word for word, _ in words(text)]


@pytest.mark.usefixtures("pulled")
def test_voices_differ() -> None:
    one, other = (next(Kokoro().speak("Hello.", voice)) for voice in ("af_heart", "am_michael"))
    assert not np.array_equal(one.waveform, other.waveform)


@pytest.mark.parametrize(
    ("language", "text", "read"),
    [
        ("es", "¿Cómo estás? Bien.", "kˈomo estˈas? bjˈen."),
        (
            "es",
            "La guitarra llega el 3.5 de mayo.",
            "la ɣitˈara ʎˈeɣa el tɾˈes punto θˈinko ðe mˈaʝo.",
        ),
        ("fr-fr", "Un bon vin blanc, s'il vous plaît !", "œ̃ bˈɔ̃ vˈɛ̃ blˈɑ̃, sil vu plˈɛ!"),
        ("it", "Pizza e giorni.", "pˈiʦa e ʤˈornɪ."),
        ("hi", "घर है।", "ɡʰˈʌɾ hɛː."),
    ],
)
def test_what_is_read(language: str, text: str, read: str) -> None:
    reading = kokoro._foreign(text, language)
    assert reading.letters.startswith(read)
    starts = [at for _, at in reading.marks]
    assert all(at == 0 or reading.letters[at - 1] == " " for at in starts)


@pytest.mark.usefixtures("pulled")
def test_more_than_the_network_reads_at_once_is_cut_between_words() -> None:
    reading = letters.english("twelve " * 100)
    parts = list(kokoro._parts(reading.letters))
    assert len(parts) > 1
    assert all(len(part) <= MOST and part[:1] != " " for part in parts)
    assert "".join(parts) == reading.letters
    (piece,) = Kokoro().speak("9" * 140)
    assert len([p for p in piece.phonemes if p.symbol == "aɪ"]) == 140
    assert not np.isnan(piece.waveform).any()


@pytest.mark.usefixtures("pulled")
def test_what_it_does_not_speak() -> None:
    with pytest.raises(OptionError, match=r"“emma”.*bf_emma"):
        Kokoro().speak("Hi.", "emma")
    with pytest.raises(TextError, match="Cyrillic"):
        Kokoro().speak("Привет.", "ef_dora")
    assert list(Kokoro().speak("नमस्ते", "hf_alpha"))


def test_a_file_that_was_replaced_is_read_again(pulled: Path) -> None:
    before = next(Kokoro().speak("Hello.")).waveform
    (pulled / "kokoro-am_michael.bin").replace(pulled / "kokoro-af_heart.bin")
    assert not np.array_equal(before, next(Kokoro().speak("Hello.")).waveform)


def test_damaged_files(pulled: Path) -> None:
    for name in ("kokoro-af_heart.bin", kokoro.NETWORK):
        whole = (pulled / name).read_bytes()
        (pulled / name).write_bytes(b"?" * len(whole[:-1]) + b"!")
        if name == kokoro.NETWORK:
            with pytest.raises(MissingError, match=r"damaged.*portrayal weights pull kokoro"):
                list(Kokoro().speak("Hi."))
        (pulled / name).write_bytes(whole[:-1])
        with pytest.raises(MissingError, match="portrayal weights pull kokoro"):
            list(Kokoro().speak("Hi."))
        (pulled / name).write_bytes(whole)
    assert list(Kokoro().speak("Hi."))


@pytest.mark.usefixtures("pulled")
def test_a_delivery_moves_pitch_and_pace() -> None:
    plain, moved = (
        next(Kokoro().deliver("Mama, mama.", "af_heart", 1.0, way))
        for way in (PLAIN, Delivery(rate=0.9, pitch=2.0))
    )
    assert moved.phonemes[-1].end > 1.05 * plain.phonemes[-1].end
    assert strongest(moved) == pytest.approx(2 ** (2 / 12) * strongest(plain), rel=0.02)


def strongest(speech: Speech) -> float:
    """The frequency in Hz with the most power."""
    power = np.abs(np.fft.rfft(speech.waveform))
    return float(power.argmax() * speech.rate / len(speech.waveform))


@pytest.mark.skipif(bool(weights.missing(["kokoro"])), reason="Kokoro has not been pulled")
def test_lips_that_close_are_heard_closed() -> None:
    (speech,) = Kokoro().speak("A copper puppet, a happy pepper, a paper pipe.")
    levels = {"p": [0.0], "æ": [0.0]}
    for sound in speech.phonemes:
        part = speech.waveform[round(sound.start * 24_000) : round((sound.end - 0.02) * 24_000)]
        levels.setdefault(sound.symbol, []).append(float(np.sqrt(np.square(part).mean())))
    assert np.median(levels["p"][1:]) < 0.25 * np.median(levels["æ"][1:])
