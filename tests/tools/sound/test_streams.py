"""Sound that flows: nothing is lost, added or moved, however long the film."""

from __future__ import annotations

import weakref
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from io import BytesIO
from itertools import accumulate
from pathlib import Path

import av
import numpy as np
import pytest

from tests.tools.sound.test_loudness import babble
from tools.errors import OutputError
from tools.media import Floats, Speech
from tools.sound import loudness
from tools.sound.loudness import CEILING, RATE, measure
from tools.sound.soundtrack import CODINGS, Codec, Soundtrack, soundtrack
from tools.sound.streams import Passage, Sound, film, regrouped, resampled, samples, spooled


def one_after_another(
    scenes: Sequence[tuple[int, Speech | Callable[[], Speech] | None]], fps: int
) -> Sound:
    """The voices of scenes given as (frames, speech), None where nobody speaks."""
    starts = list(accumulate((count for count, _ in scenes), initial=0))
    spoken = zip(starts, scenes, strict=False)
    return film((Passage(at, said) for at, (_, said) in spoken if said), starts[-1], fps)


def whole(sound: Sound) -> Floats:
    return np.concatenate(list(sound.chunks()))


def decoded(track: Soundtrack) -> Floats:
    """(N, channels)."""
    track.file.seek(0)
    with av.open(track.file, "r") as container:
        planes = [frame.to_ndarray() for frame in container.decode(audio=0)]
    return np.asarray(np.concatenate(planes, axis=1).T, np.float32)


def pieces_of(waveform: Floats, sizes: Callable[[], int]) -> Iterator[Floats]:
    at = 0
    while at < len(waveform):
        size = sizes()
        yield waveform[at : at + size]
        at += size


@pytest.mark.parametrize("fps", [24, 25, 30, 50])
def test_scenes_of_whole_frames_have_whole_samples(fps: int) -> None:
    lengths = np.random.default_rng(fps).integers(1, 40 * fps, 5000).tolist()
    starts = list(accumulate(lengths, initial=0))
    assert all(
        samples(start + length, fps) - samples(start, fps) == length * RATE // fps
        for start, length in zip(starts, lengths, strict=False)
    )


@pytest.mark.parametrize("fps", [7, 23, 29, 60])
def test_no_rate_of_frames_drifts(fps: int) -> None:
    for frames in (1, 999, 30 * 60 * fps, 4 * 3600 * fps + 1):
        assert samples(frames, fps) == pytest.approx(frames * RATE / fps, abs=0.5)


@pytest.mark.parametrize("fps", [24, 25, 30, 50])
def test_a_thousand_scenes_of_many_voices(fps: int) -> None:
    """Half an hour of scenes, each with a click in its first sample, at odd rates."""
    random = np.random.default_rng(fps)
    lengths = random.integers(1, 3 * fps, 1000).tolist()
    click = np.array([1, 0, 0, 0], np.float32)
    rates = (16_000, 22_050, 24_000, 48_000)
    scenes = [(n, Speech(click, rates[i % 4]) if n > 1 else None) for i, n in enumerate(lengths)]
    heard = whole(one_after_another(scenes, fps))
    assert len(heard) == sum(lengths) * RATE // fps
    starts = np.array([0, *accumulate(lengths[:-1])]) * (RATE // fps)
    assert (heard[starts[np.array(lengths) > 1]] > 0.2).all()
    assert not heard[starts[np.array(lengths) == 1]].any()


@pytest.mark.parametrize("rate", [8_000, 16_000, 22_050, 24_000, 44_100, 48_000])
@pytest.mark.parametrize("fps", [24, 25, 30, 50])
def test_real_scenes_are_exactly_in_place(rate: int, fps: int) -> None:
    """A click in the middle of each speech is heard where the pictures show it."""
    lengths = [37, 11, 50]
    scenes, expected = [], []
    for start, frames in zip(accumulate(lengths, initial=0), lengths, strict=False):
        waveform = np.zeros(round(frames * rate / fps) + 3, np.float32)
        middle = len(waveform) // 2
        waveform[middle] = 1
        scenes.append((frames, Speech(waveform, rate)))
        expected.append(start * RATE / fps + middle * RATE / rate)
    heard = whole(one_after_another(scenes, fps))
    assert len(heard) == samples(sum(lengths), fps)
    starts = [samples(at, fps) for at in accumulate(lengths, initial=0)]
    for begin, end, at in zip(starts, starts[1:], expected, strict=False):
        assert begin + np.abs(heard[begin:end]).argmax() == pytest.approx(at, abs=1)


def test_speech_is_loaded_when_its_turn_comes() -> None:
    loaded: list[int] = []
    alive: list[weakref.ref[Floats]] = []

    def load(number: int) -> Speech:
        loaded.append(number)
        speech = Speech(np.full(3 * RATE, 0.1, np.float32), RATE)
        alive.append(weakref.ref(speech.waveform))
        return speech

    sound = one_after_another([(75, partial(load, number)) for number in range(20)], 25)
    assert not loaded
    position = 0
    for piece in sound.chunks():
        position += len(piece)
        assert len(loaded) <= position / (3 * RATE) + 1
        assert sum(one() is not None for one in alive) <= 2
    assert loaded == list(range(20))
    assert position == 60 * RATE
    np.testing.assert_array_equal(whole(sound), whole(sound))


def test_silence_and_overlaps() -> None:
    one = Speech(np.full(RATE, 0.2, np.float32), RATE)
    two = Speech(np.full(RATE, 0.4, np.float32), RATE)
    heard = whole(film([Passage(75, two), Passage(25, one), Passage(60, one)], 100, 25))
    assert len(heard) == 4 * RATE
    level = np.repeat([0, 0.2, 0, 0.2, 0.6, 0.4], np.array([25, 25, 10, 15, 10, 15]) * RATE // 25)
    np.testing.assert_allclose(heard[: -RATE // 5], level[: -RATE // 5], atol=1e-6)


def test_what_the_end_cuts_off_does_not_click() -> None:
    heard = whole(film([Passage(0, Speech(np.full(2 * RATE, 0.5, np.float32), RATE))], 25, 25))
    assert len(heard) == RATE
    assert heard[-1] == 0
    assert np.abs(np.diff(heard)).max() < 0.01
    assert heard[-RATE // 100] == 0.5


def test_nothing_is_a_sound_too() -> None:
    assert len(list(film([], 0, 25).chunks())) == 0
    assert not whole(one_after_another([(25, None), (10, None)], 25)).any()
    empty = Speech(np.zeros(0, np.float32), 22_050)
    assert not whole(one_after_another([(25, empty)], 25)).any()


def test_any_pieces_make_the_same_sound() -> None:
    random = np.random.default_rng(0)
    waveform = random.normal(size=(50_000, 2)).astype(np.float32)
    pieces = pieces_of(waveform, lambda: int(random.integers(0, 9000)))
    sizes = list(regrouped(pieces, 4096))
    assert [len(piece) for piece in sizes] == [4096] * 12 + [50_000 - 12 * 4096]
    np.testing.assert_array_equal(np.concatenate(sizes), waveform)


def test_resampling_in_pieces_is_resampling() -> None:
    tone = np.sin(np.arange(22_050) * (2 * np.pi * 440 / 22_050)).astype(np.float32)
    heard = np.concatenate(list(resampled(pieces_of(tone, lambda: 777), 22_050)))
    assert len(heard) == RATE
    expected = np.sin(np.arange(RATE) * (2 * np.pi * 440 / RATE))
    np.testing.assert_allclose(heard[500:-500], expected[500:-500], atol=1e-4)


def test_speech_is_coded_as_it_always_was() -> None:
    """Byte for byte what comes of levelling mono speech and handing it to the coder."""
    speech = Speech(babble(3.0), 22_050)
    levelled = loudness.normalised(
        lambda: loudness.chunks(speech.waveform), speech.rate, ceiling=CEILING - 0.7
    )
    file = BytesIO()
    with av.open(file, "w", format="mp4") as container:
        stream = container.add_stream(
            "aac", rate=RATE, layout="mono", options={"aac_coder": "fast"}
        )
        stream.bit_rate = 128_000
        position = 0
        for piece in levelled:
            frame = av.AudioFrame.from_ndarray(piece[None], format="fltp", layout="mono")
            frame.sample_rate, frame.pts = RATE, position
            position += len(piece)
            container.mux(stream.encode(frame))
        container.mux(stream.encode(None))
    assert soundtrack(speech).file.getvalue() == file.getvalue()
    assert soundtrack(Sound.of(speech)).file.getvalue() == file.getvalue()


@pytest.mark.parametrize("codec", CODINGS)
@pytest.mark.parametrize("channels", [1, 2])
def test_either_coder_keeps_loudness_peaks_and_place(codec: Codec, channels: int) -> None:
    mono = babble(4.0, RATE)
    waveform = mono if channels == 1 else np.stack([mono, 0.5 * mono], axis=1)
    sound = Sound(RATE, 2 if channels == 2 else 1, lambda: loudness.chunks(waveform))
    track = soundtrack(sound, codec)
    assert track.loudness.integrated == pytest.approx(-16, abs=0.6)
    assert track.loudness.peak <= -1
    with av.open(track.file, "r") as container:
        stream = container.streams.audio[0]
        assert stream.codec_context.name == codec
        assert (stream.rate, stream.channels) == (RATE, channels)
    heard = decoded(track)
    assert len(heard) == pytest.approx(4 * RATE, abs=1024)
    if channels == 2:
        ratio = np.sqrt((heard[:, 1] ** 2).mean() / (heard[:, 0] ** 2).mean())
        assert ratio == pytest.approx(0.5, abs=0.02)
    size = 1 << 18
    product = np.fft.rfft(heard[:, 0], size) * np.fft.rfft(mono, size).conj()
    assert np.fft.irfft(product, size).argmax() in (size - 1, 0, 1)  # samples later than it was


def test_stereo_is_measured_as_the_sum_of_its_channels() -> None:
    """A full-scale sine of 997 Hz in both channels reads 0 LUFS (ITU-R BS.1770-4, annex 1)."""
    sine = np.sin(2 * np.pi * 997 * np.arange(3 * RATE) / RATE).astype(np.float32)
    both = np.stack([sine, sine], axis=1)
    assert measure(loudness.chunks(both), RATE).integrated == pytest.approx(0, abs=0.05)
    short = measure(loudness.chunks(both[: RATE // 4]), RATE)
    assert short.integrated == pytest.approx(0, abs=0.2)


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="this system has no full disk to try")
def test_a_full_disk_is_told() -> None:
    sound = Sound.of(Speech(np.zeros(RATE, np.float32), RATE))
    with pytest.raises(OutputError, match="the disk is full"), spooled(sound, Path("/dev/full")):
        pass
