"""Taking noise out of recordings: nothing is lost or moved, whatever the network chooses.

DeepFilterNet itself is tried where its weights are, which no test downloads.
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import soxr

from tests.settings import Choose
from tools import weights
from tools.errors import MissingError
from tools.media import Floats
from tools.sound import cleaning
from tools.sound.cleaning import AHEAD, BANDS, FILTERED, HOP, RATE, TAPS, WEIGHTS, Networks, cleaned
from tools.speech.espeak import Espeak
from tools.speech.narration import join


class Output:
    def __init__(self, name: str) -> None:
        self.name = name


class Encoder:
    """Passes on how many frames there are; notes what it is given."""

    def __init__(self) -> None:
        self.given: list[dict[str, Any]] = []

    def get_outputs(self) -> list[Output]:
        return [Output(name) for name in ("e0", "e1", "e2", "e3", "emb", "c0", "lsnr")]

    def run(self, names: list[str] | None, given: dict[str, Any]) -> list[Any]:
        self.given.append(given)
        return [given["feat_erb"]] * 7


class Decoder:
    """Gives for each frame what it was made with."""

    def __init__(self, each: Floats) -> None:
        self.each = each

    def run(self, names: list[str], given: dict[str, Any]) -> list[Any]:
        frames = given["emb"].shape[2]
        return [np.broadcast_to(self.each, (1, frames, *self.each.shape)).copy()]


def chosen(monkeypatch: pytest.MonkeyPatch, damping: float, tap: int, weight: float) -> Encoder:
    """Have networks damp all bands alike, and take one of the frames that are summed."""
    encoder = Encoder()
    terms = np.zeros((FILTERED, TAPS, 2), np.float32)
    terms[:, tap, 0] = weight
    networks: Any = Networks(
        encoder,
        Decoder(np.full(BANDS, damping, np.float32)),
        Decoder(terms.reshape(FILTERED, 2 * TAPS)),
    )
    monkeypatch.setattr(cleaning, "_networks", lambda file: networks)
    monkeypatch.setattr(weights, "path", Path)
    return encoder


def noise(seconds: float) -> Floats:
    return np.random.default_rng(0).normal(0, 0.1, round(seconds * RATE)).astype(np.float32)


@pytest.mark.parametrize("seconds", [0.1, 3.0, 16.003])  # 16 s are two pieces
def test_what_is_let_through_stays_as_it_is(
    monkeypatch: pytest.MonkeyPatch, seconds: float
) -> None:
    chosen(monkeypatch, 1.0, AHEAD, 1.0)
    given, done = noise(seconds), list[float]()
    found = cleaned(given, done.append)
    assert len(found) == len(given)
    assert np.abs(found - given).max() < 1e-5
    assert done == sorted(done)
    assert done[-1] == 1.0


def test_what_is_damped_is_silent(monkeypatch: pytest.MonkeyPatch) -> None:
    chosen(monkeypatch, 0.0, 0, 0.0)
    assert not cleaned(noise(1.0)).any()


def test_low_frequencies_may_come_from_other_frames(monkeypatch: pytest.MonkeyPatch) -> None:
    chosen(monkeypatch, 0.0, AHEAD - 1, 1.0)
    seconds = np.arange(RATE) / RATE
    steady = np.sin(2 * np.pi * 500 * seconds).astype(np.float32)  # a whole number a frame
    found = cleaned(steady)
    inner = slice(4 * HOP, -4 * HOP)
    assert np.abs(found - steady)[inner].max() < 1e-3


def test_loudness_is_told_against_what_it_has_been(monkeypatch: pytest.MonkeyPatch) -> None:
    encoder = chosen(monkeypatch, 1.0, AHEAD, 1.0)
    cleaned(np.concatenate([noise(3.0), 10 * noise(0.3)]))
    [given] = encoder.given
    level, parts = given["feat_erb"][0, 0], given["feat_spec"]
    assert parts.shape == (1, 2, len(level), FILTERED)
    assert np.abs(level[250:290].mean()) < 0.1
    assert level[-25:-5].mean() > 0.3  # louder by 20 dB, in units of 40, less what is used to it
    assert np.array_equal(level[-AHEAD:], np.zeros((AHEAD, BANDS)))


def test_bands_cover_all_frequencies() -> None:
    widths = cleaning._widths()
    assert len(widths) == BANDS
    assert widths.sum() == cleaning.WINDOW // 2 + 1
    assert widths.min() == cleaning.NARROWEST
    assert all(np.diff(widths)[:-1] >= 0)


def test_without_weights(choose: Choose, tmp_path: Path) -> None:
    choose(weights=tmp_path)
    with pytest.raises(MissingError, match="portrayal weights pull deepfilternet"):
        cleaned(noise(0.2))
    [file] = weights.resolve(["deepfilternet"])
    (tmp_path / WEIGHTS).write_bytes(bytes(file.bytes or 0))
    with pytest.raises(MissingError, match="is damaged"):
        cleaned(noise(0.2))


@pytest.mark.slow
def test_noise_goes_and_a_voice_stays(choose: Choose) -> None:
    place = os.environ.get("PORTRAYAL_TEST_WEIGHTS")
    if not place:
        pytest.skip("PORTRAYAL_TEST_WEIGHTS names no folder with DeepFilterNet's weights")
    choose(weights=Path(place))
    spoken = join(Espeak().speak("Welcome to the museum. Please leave your umbrella here."))
    voice = np.asarray(soxr.resample(spoken.waveform, spoken.rate, RATE), np.float32)
    noisy = voice + 0.3 * np.std(voice) * noise(1 + len(voice) / RATE)[: len(voice)] / 0.1
    assert distortion(voice, cleaned(noisy)) > distortion(voice, noisy) + 3


def distortion(voice: Floats, heard: Floats) -> float:
    """The voice in ``heard`` over all else in it, in dB."""
    part = voice * (voice @ heard) / (voice @ voice)
    return float(10 * np.log10(np.square(part).sum() / np.square(heard - part).sum()))
