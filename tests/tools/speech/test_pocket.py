"""Pocket TTS on tiny networks: which recordings are cloned, and what becomes of words."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Callable
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from tests.agent.conftest import write_wav
from tests.settings import Choose
from tools import stop
from tools.errors import AudioError, CancelledError, MissingError, OptionError, TextError
from tools.media import Floats, Speech
from tools.speech import base, heard
from tools.speech.espeak import Espeak
from tools.speech.narration import join
from tools.speech.pocket import engine as pocket
from tools.speech.pocket import network, reference

if not (find_spec("onnx") and find_spec("sentencepiece")):
    pytest.skip("onnx or sentencepiece is not installed", allow_module_level=True)

from tests import tiny_pocket

WORDS = "This is my own voice, and I agree that it is used here. I read a few words, so that there "
WORDS += "is enough of it."
RATE = 22_050


@pytest.fixture(scope="module")
def said() -> Floats:
    """Seven seconds of speech."""
    return join(Espeak().speak(WORDS)).waveform


@pytest.fixture(scope="module")
def shelf(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("pocket")
    tiny_pocket.make(folder)
    return folder


@pytest.fixture(autouse=True)
def _networks(shelf: Path, choose: Choose, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(heard, "align", lambda *sound: None)  # looking in a hum takes seconds
    choose(weights=shelf, catalogue=shelf / "pocket.toml")
    pocket._network.cache_clear()
    pocket._voice.cache_clear()


@pytest.fixture
def maria(tmp_path: Path, said: Floats) -> Path:
    return write_wav(tmp_path / "maria.wav", said.astype(np.float64), RATE)


def speak(text: str, voice: Path, speed: float = 1.0) -> list[Speech]:
    return list(base.load("pocket").speak(text, str(voice), speed))


# --- Speaking ---------------------------------------------------------------------------------


def test_words_become_as_much_sound_as_they_take(maria: Path) -> None:
    short, long = speak("All is well. All is well and the quick brown fox jumps.", maria)
    assert short.rate == long.rate == tiny_pocket.RATE
    assert long.duration > 2 * short.duration
    assert [word.text for word in short.words] == ["All", "is", "well"]
    assert short.phonemes[-1].end <= short.duration
    # Three frames for each of the 13 tokens of "▁All is well.", and some after the words.
    sounding = np.flatnonzero(np.abs(short.waveform) > 0.01)[-1] / short.rate
    assert sounding == pytest.approx(39 * 0.08, abs=0.3)


def test_the_voice_is_the_recordings(maria: Path, said: Floats, tmp_path: Path) -> None:
    soft = write_wav(tmp_path / "soft.wav", said.astype(np.float64) / 4, RATE)
    [loud_one], [soft_one] = speak("All is well.", maria), speak("All is well.", soft)
    ratio = np.abs(loud_one.waveform).max() / np.abs(soft_one.waveform).max()
    assert ratio == pytest.approx(4, rel=0.05)


def test_a_recording_is_heard_anew_when_it_changes(maria: Path, said: Floats) -> None:
    [before] = speak("All is well.", maria)
    write_wav(maria, np.concatenate([said, said]).astype(np.float64) / 4, RATE)
    [after] = speak("All is well.", maria)
    assert np.abs(after.waveform).max() < 0.5 * np.abs(before.waveform).max()
    spec = base.named("pocket")
    assert maria in base.identity(spec, str(maria))


def test_the_same_text_sounds_the_same(maria: Path) -> None:
    [one], [other] = speak("All is well.", maria), speak("All is well.", maria)
    assert np.array_equal(one.waveform, other.waveform)


def test_the_pace_is_made(maria: Path) -> None:
    [natural], [fast] = speak("All is well.", maria), speak("All is well.", maria, 2.0)
    assert fast.words[-1].end == pytest.approx(natural.words[-1].end / 2, rel=0.05)


def test_it_stops_between_frames(maria: Path) -> None:
    ended = threading.Event()

    def check() -> None:
        if ended.is_set():
            raise CancelledError("Stopped.")

    speech = base.load("pocket").speak("All is well. " * 400, str(maria))
    threading.Timer(0.2, ended.set).start()
    start = time.monotonic()
    with stop.heeding(check), pytest.raises(CancelledError):
        list(speech)
    assert time.monotonic() - start < 2


def test_words_without_an_end_are_bounded(maria: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(network, "SAID", 1e9)
    [speech] = speak("All is well.", maria)
    tokens = 13
    assert speech.duration < tokens / network.TOKENS_PER_SECOND + network.SPARE + 1


def test_more_than_there_is_room_for_is_refused(
    maria: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pocket._network(), "_room", 110)
    [speech] = speak("Ok.", maria)
    assert speech.duration > 0.5
    with pytest.raises(TextError, match="too long for a cloned voice"):
        speak("All is well and the quick brown fox jumps over a lazy dog.", maria)


def test_what_it_cannot_read_is_refused(maria: Path) -> None:
    with pytest.raises(TextError, match="cannot read"):
        speak("Привет.", maria)


@pytest.mark.parametrize(
    ("given", "read"),
    [
        ("all is well", "All is well."),
        ("all is well!\n", "All is well!"),
        ("Is it’s “so”", "Is it's “so."),
        ("one; two,", "One; two."),
        ("(yes)", "(yes."),
        ("...", "..."),
    ],
)
def test_words_are_written_as_they_were_learned(given: str, read: str) -> None:
    assert network.prepared(given, {}) == read


def test_a_bundle_may_want_other_words() -> None:
    about = {"remove_semicolons": True, "pad_with_spaces_for_short_inputs": True}
    assert network.prepared("one; two", about) == f"{' ' * 8}One, two."


# --- Which recordings will do -----------------------------------------------------------------


def _silence(said: Floats) -> Floats:
    return np.zeros(8 * RATE, np.float32)


def _hum(said: Floats) -> Floats:
    return np.asarray(np.sin(np.arange(8 * RATE) / 20) / 2, np.float32)


def _noise(said: Floats) -> Floats:
    return np.random.default_rng(0).uniform(-0.5, 0.5, 8 * RATE).astype(np.float32)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda said: said[: 3 * RATE], r"holds [23]\.\d s .* 5 to 30 s"),
        (lambda said: np.tile(said, 6), r"holds [34]\d\.\d s .* 5 to 30 s"),
        (lambda said: np.tile(said, 30), "at most 2:00 min"),
        (lambda said: np.clip(said * 9, -1, 1), "clipped"),
        (_silence, "silent"),
        (_hum, "hardly any speech"),
        (_noise, "hardly any speech"),
    ],
)
def test_a_recording_that_will_not_do_says_why(
    tmp_path: Path, said: Floats, change: Callable[[Floats], Floats], message: str
) -> None:
    file = write_wav(tmp_path / "bad.wav", change(said).astype(np.float64), RATE)
    with pytest.raises(AudioError, match=message) as failed:
        speak("All is well.", file)
    assert "bad.wav" in str(failed.value)


def test_silence_around_it_does_not_count(tmp_path: Path, said: Floats) -> None:
    quiet = np.zeros(30 * RATE, np.float32)
    file = write_wav(
        tmp_path / "long.wav", np.concatenate([quiet, said, quiet]).astype(np.float64), RATE
    )
    kept = reference.load(file)
    assert len(kept) / reference.RATE == pytest.approx(len(said) / RATE, abs=1)
    pause = round(0.08 * reference.RATE)
    assert not kept[-pause:].any()
    assert kept[-2 * pause : -pause].any()


@pytest.mark.parametrize("voice", [None, "", "nobody.wav", "/etc", "../nobody"])
def test_a_voice_is_a_file(voice: str | None) -> None:
    with pytest.raises(OptionError, match="recording"):
        list(base.load("pocket").speak("All is well.", voice))


def test_what_is_no_sound_is_refused(tmp_path: Path) -> None:
    file = tmp_path / "words.wav"
    file.write_text("#EXTM3U\nfile:///etc/passwd\n")
    with pytest.raises(AudioError, match="cannot be read"):
        speak("All is well.", file)


# --- Files that are missing or damaged --------------------------------------------------------


def test_without_its_weights_it_says_how_to_get_them(tmp_path: Path, choose: Choose) -> None:
    choose(weights=tmp_path, catalogue=None)
    with pytest.raises(MissingError, match="portrayal weights pull pocket --accept-licence"):
        base.load("pocket")


@pytest.mark.parametrize(
    "name",
    [
        "bundle.json", "start.npy", "tokenizer.model", "conditioner.onnx", "encoder.onnx",
        "transformer-int8.onnx", "flow-int8.onnx", "decoder-int8.onnx",
    ],
)  # fmt: skip
def test_a_damaged_file_is_named(name: str, tmp_path: Path, choose: Choose, maria: Path) -> None:
    catalogue = tiny_pocket.make(tmp_path)
    file = tmp_path / f"pocket-en-{name}"
    file.write_bytes(b"\x80" * file.stat().st_size)
    choose(weights=tmp_path, catalogue=catalogue)
    with pytest.raises(MissingError, match=f"“pocket-en-{name}” is damaged"):
        speak("All is well.", maria)


def _about(**changes: Any) -> bytes:
    return json.dumps(tiny_pocket._about() | changes).encode()


@pytest.mark.parametrize(
    "content",
    [
        b"[]",
        b"[" * 10_000,
        _about(sample_rate="x"),
        _about(flow_lm_state_manifest=[]),
        _about(flow_lm_state_manifest=[{"shape": [10**9], "dtype": "float32", "fill": "nan"}]),
        _about(mimi_state_manifest=[{"shape": [1], "dtype": "object", "fill": "zeros"}]),
        _about(mimi_state_manifest=[{"shape": [1], "dtype": "float32", "fill": "noise"}]),
        _about(mimi_state_manifest=7),
    ],
)
def test_a_strange_description_is_damaged(
    content: bytes, tmp_path: Path, choose: Choose, maria: Path
) -> None:
    catalogue = tiny_pocket.make(tmp_path)
    file = tmp_path / "pocket-en-bundle.json"
    catalogue.write_text(
        catalogue.read_text().replace(
            f"bytes = {file.stat().st_size}\n", f"bytes = {len(content)}\n"
        )
    )
    file.write_bytes(content)
    choose(weights=tmp_path, catalogue=catalogue)
    with pytest.raises(MissingError, match=r"“pocket-en-bundle\.json” is damaged"):
        speak("All is well.", maria)
