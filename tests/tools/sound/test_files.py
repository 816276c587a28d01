from __future__ import annotations

import struct
from fractions import Fraction
from pathlib import Path
from typing import Any

import av
import numpy as np
import pytest
import soundfile

from tools.errors import AudioError
from tools.media import Floats
from tools.sound.files import FLOOR_DB, frame_count, load, loudness_envelope, pitch

RATE = 22050


def tone(hertz: float, seconds: float, rate: int, amplitude: float = 0.4) -> Floats:
    clock = np.arange(round(seconds * rate)) / rate
    return np.asarray(amplitude * np.sin(2 * np.pi * hertz * clock), np.float32)


def header_only_wav(path: Path, seconds: int, rate: int = 8000) -> Path:
    """A sparse file that says, and has, so many seconds of 8-bit sound."""
    size = seconds * rate
    head = struct.pack("<4sI8sIHHIIHH", b"RIFF", 36 + size, b"WAVEfmt ", 16, 1, 1, rate, rate, 1, 8)
    with path.open("wb") as file:
        file.write(head + struct.pack("<4sI", b"data", size))
        file.truncate(44 + size)
    return path


@pytest.mark.parametrize("channels", [1, 2, 6, 8])
@pytest.mark.parametrize("rate", [8000, 44100, 48000])
def test_any_rate_and_channels(tmp_path: Path, channels: int, rate: int) -> None:
    path = tmp_path / "a.wav"
    soundfile.write(path, np.tile(tone(220, 1, rate)[:, None], channels), rate)
    waveform = load(path, RATE)
    assert waveform.dtype == np.float32
    assert abs(len(waveform) - RATE) <= RATE // 100
    middle = waveform[RATE // 4 : RATE * 3 // 4]
    assert np.abs(middle).max() == pytest.approx(0.4, abs=0.02)
    assert np.nanmedian(pitch(waveform, RATE, 25)) == pytest.approx(220, rel=0.01)


@pytest.mark.parametrize(
    ("name", "options"),
    [
        ("a.flac", {}),
        ("a.ogg", {}),
        ("a.mp3", {}),
        ("a.wav", {"subtype": "PCM_U8"}),
        ("a.wav", {"subtype": "PCM_24"}),
        ("a.wav", {"subtype": "DOUBLE"}),
        ("a.aiff", {}),
    ],
)
def test_any_format(tmp_path: Path, name: str, options: dict[str, Any]) -> None:
    path = tmp_path / name
    soundfile.write(path, tone(300, 2, 44100), 44100, **options)
    waveform = load(path, 16000)
    assert len(waveform) / 16000 == pytest.approx(2, abs=0.1)
    assert np.nanmedian(pitch(waveform, 16000, 25)) == pytest.approx(300, rel=0.01)


def test_the_sound_track_of_a_video(tmp_path: Path) -> None:
    path = tmp_path / "a.mp4"
    with av.open(str(path), "w") as container:
        picture = container.add_stream("mpeg4", rate=Fraction(25))
        picture.width = picture.height = 64
        picture.pix_fmt = "yuv420p"
        sound = container.add_stream("aac", rate=44100)
        for _ in range(25):
            frame = av.VideoFrame.from_ndarray(np.zeros((64, 64, 3), np.uint8), format="rgb24")
            container.mux(picture.encode(frame))
        samples = av.AudioFrame.from_ndarray(tone(200, 1, 44100)[None], "fltp", "mono")
        samples.sample_rate = 44100
        container.mux(sound.encode(samples))
        container.mux(picture.encode(None))
        container.mux(sound.encode(None))
    assert len(load(path, RATE)) / RATE == pytest.approx(1, abs=0.1)


def test_too_loud_and_not_numbers(tmp_path: Path) -> None:
    samples = tone(200, 1, RATE, amplitude=3.0)
    samples[100:110] = np.nan
    path = tmp_path / "a.wav"
    soundfile.write(path, samples, RATE, subtype="FLOAT")
    waveform = load(path, RATE)
    assert np.isfinite(waveform).all()
    assert np.abs(waveform).max() == pytest.approx(1)


def test_files_that_are_no_recording(tmp_path: Path) -> None:
    path = tmp_path / "a.wav"
    with pytest.raises(AudioError, match="no audio file"):
        load(path, RATE)
    with pytest.raises(AudioError, match="no audio file"):
        load(tmp_path, RATE)
    path.touch()
    with pytest.raises(AudioError, match="empty"):
        load(path, RATE)
    path.write_bytes(np.random.default_rng(0).bytes(50_000))
    with pytest.raises(AudioError, match="damaged"):
        load(path, RATE)
    path.write_text("not a sound " * 100)
    with pytest.raises(AudioError):
        load(path, RATE)
    soundfile.write(path, np.zeros(RATE), RATE)
    with pytest.raises(AudioError, match="silent"):
        load(path, RATE)
    soundfile.write(path, tone(200, 0.05, RATE), RATE)
    with pytest.raises(AudioError, match="at least"):
        load(path, RATE)


def test_a_truncated_recording_is_said_to_be_damaged(tmp_path: Path) -> None:
    path = tmp_path / "a.flac"
    soundfile.write(path, np.random.default_rng(0).normal(0, 0.1, RATE * 3), RATE)
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])
    with pytest.raises(AudioError, match="damaged"):
        load(path, RATE)


def test_a_picture_has_no_sound_track(tmp_path: Path) -> None:
    path = tmp_path / "a.mp4"
    with av.open(str(path), "w") as container:
        stream = container.add_stream("mpeg4", rate=Fraction(25))
        stream.width = stream.height = 64
        stream.pix_fmt = "yuv420p"
        frame = av.VideoFrame.from_ndarray(np.zeros((64, 64, 3), np.uint8), format="rgb24")
        container.mux(stream.encode(frame))
        container.mux(stream.encode(None))
    with pytest.raises(AudioError, match="no sound track"):
        load(path, RATE)


def test_eight_hours_are_refused_by_the_header(tmp_path: Path) -> None:
    path = header_only_wav(tmp_path / "long.wav", 8 * 3600)
    with pytest.raises(AudioError, match=r"8:00:00 h.*1:00:00 h"):
        load(path, RATE)


def test_a_header_that_hides_the_length_does_not_help(tmp_path: Path) -> None:
    """MP3 frames without a header: the length shows only in decoding, which stops at the limit."""
    path = tmp_path / "a.mp3"
    soundfile.write(path, tone(200, 1, RATE), RATE)
    path.write_bytes(path.read_bytes() * 30)
    with pytest.raises(AudioError, match="at most 0:05 min"):
        load(path, RATE, limit_s=5)


def test_a_playlist_opens_no_other_file(tmp_path: Path) -> None:
    soundfile.write(tmp_path / "secret.mp3", tone(200, 1, RATE), RATE)
    path = tmp_path / "list.m3u8"
    path.write_text(
        f"#EXTM3U\n#EXT-X-TARGETDURATION:3\n#EXTINF:1,\n{tmp_path}/secret.mp3\n#EXT-X-ENDLIST\n"
    )
    with pytest.raises(AudioError):
        load(path, RATE)
    path.write_text(f"ffconcat version 1.0\nfile {tmp_path}/secret.mp3\n")
    with pytest.raises(AudioError):
        load(path, RATE)


def test_envelope_follows_the_level() -> None:
    quiet, loud = tone(300, 1, RATE, 0.01), tone(300, 1, RATE, 0.5)
    level = loudness_envelope(np.concatenate((np.zeros(RATE, np.float32), quiet, loud)), RATE, 25)
    assert level.shape == (75,)
    assert level.dtype == np.float32
    assert (level[:24] == FLOOR_DB).all()
    assert level[26:49] == pytest.approx(20 * np.log10(0.01 / np.sqrt(2)), abs=0.3)
    assert level[51:74] == pytest.approx(20 * np.log10(0.5 / np.sqrt(2)), abs=0.3)


def test_measures_do_not_depend_on_the_chunks_they_are_taken_in() -> None:
    noise = np.random.default_rng(0).normal(0, 0.1, RATE * 12).astype(np.float32)
    level = loudness_envelope(noise, RATE, 100)
    assert len(level) == frame_count(noise, RATE, 100) == 1200
    expected = 10 * np.log10(np.mean(noise[round(5.50 * RATE) : round(5.51 * RATE)] ** 2))
    assert level[550] == pytest.approx(expected, abs=0.2)


@pytest.mark.parametrize("rate", [16000, 22050, 48000])
def test_pitch_follows_a_glide(rate: int) -> None:
    clock = np.arange(rate * 3) / rate
    hertz = 100 + 50 * clock
    phase = 2 * np.pi * np.cumsum(hertz) / rate
    voice = sum(np.sin(k * phase) / k for k in range(1, 9))  # a buzz, as of vocal folds
    waveform = np.concatenate((0.2 * voice, np.zeros(rate))).astype(np.float32)
    found = pitch(waveform, rate, 25)
    expected = 100 + 50 * (np.arange(75) + 0.5) / 25
    assert found[2:73] == pytest.approx(expected[2:73], rel=0.02)
    assert np.isnan(found[77:]).all()


def test_noise_has_no_pitch() -> None:
    noise = np.random.default_rng(0).normal(0, 0.1, RATE * 3).astype(np.float32)
    assert np.isnan(pitch(noise, RATE, 25)).mean() > 0.9


def test_the_shortest_waveform_has_one_frame() -> None:
    sample = np.zeros(1, np.float32)
    assert loudness_envelope(sample, RATE, 25).shape == pitch(sample, RATE, 25).shape == (1,)
