"""Sound files to waveforms, and measurements of a waveform frame by frame.

Everything is bounded: files are decoded piece by piece into one buffer, and measurements work on a
chunk of frames at a time, so that ten minutes need no more scratch memory than one.
"""

from __future__ import annotations

import wave
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from tools import output
from tools.errors import AudioError
from tools.media import Floats

if TYPE_CHECKING:
    from av import AudioFrame, AudioStream
    from av.container import InputContainer

SILENCE = 1e-3  # peak amplitude: below −60 dBFS no speech is audible
SHORTEST = 0.1  # seconds
LOWEST_RATE, HIGHEST_RATE = 4_000, 768_000  # samples per second
FLOOR_DB = -100.0
LOWEST_PITCH, HIGHEST_PITCH = 60.0, 500.0  # Hz, of a voice
_CHUNK = 512  # frames measured at once


def write(path: Path, waveform: Floats, rate: int) -> None:
    """A 16-bit mono WAV file, which appears when it is complete. Raises OutputError."""
    samples = np.clip(waveform, -1, 1) * 32767
    with (
        output.replacing(path) as partial,
        output.explained(path),
        wave.open(str(partial), "wb") as file,
    ):
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(rate)
        file.writeframes(samples.astype("<i2").tobytes())


# --- Reading --------------------------------------------------------------------------------


def load(path: Path, rate: int, limit_s: float = 3600.0) -> Floats:
    """The sound of a file as (N,) float32 mono in [-1, 1] at ``rate`` samples per second.

    Reads whatever FFmpeg reads (PyAV): any container, also a video's sound track, any sample
    format, rate and number of channels; channels are averaged. A recording that exceeds full
    scale (float formats can) is scaled back to it.

    Raises AudioError when the file is missing, empty, not audio, damaged, silent, or longer than
    ``limit_s`` seconds: as its header says or, where that is silent, as decoding finds before more
    than ``limit_s`` seconds are in memory.
    """
    path = Path(path)
    pcm, limit = bytearray(), limit_s * rate * 4  # it grows in place, and NumPy can view it
    with opened(path) as container:
        stream = _stream(container, path.name, limit_s)
        for channels in _samples(container, stream, path.name, rate):
            pcm += channels.mean(axis=1, dtype=np.float32).tobytes()
            if len(pcm) > limit:
                raise _too_long(path.name, "is longer than that", limit_s)
        seconds, decoded_s = _declared_duration(container, stream), len(pcm) / 4 / rate
        estimated = container.format.name in ("mp3", "aac")  # no header: a guess from the bit rate
        if seconds is not None and not estimated and decoded_s < 0.8 * seconds:
            raise AudioError(
                f"“{path.name}” is damaged: of {seconds:.1f} s only {decoded_s:.1f} s can be "
                "decoded."
            )
    waveform = np.frombuffer(pcm, np.float32)
    if len(waveform) < SHORTEST * rate:
        raise AudioError(
            f"“{path.name}” holds {len(waveform) / rate:.2f} s of sound; "
            f"at least {SHORTEST} s are needed."
        )
    peak = max(float(waveform.max()), -float(waveform.min()))
    if peak < SILENCE:
        raise AudioError(f"“{path.name}” is silent; a recording of a voice is needed.")
    if peak > 1:
        waveform /= peak
    return waveform


def duration(path: Path) -> float | None:
    """Seconds of a sound file by its header; None where that does not say. Raises AudioError."""
    with opened(Path(path)) as container:
        return _declared_duration(container, _sound(container, path.name, "a recording is needed"))


def check(path: Path, limit_s: float = 3600.0) -> None:
    """Raises AudioError as ``load`` does, for what can be found by decoding only the start."""
    with opened(Path(path)) as container:
        stream = _stream(container, path.name, limit_s)
        if next(_frames(container, stream, path.name), None) is None:
            raise AudioError(f"“{path.name}” holds no sound that can be decoded.")


@contextmanager
def opened(path: Path) -> Iterator[InputContainer]:
    """An open sound file. Raises AudioError, also for what is found while reading it."""
    import av

    if not path.is_file():
        raise AudioError(f"There is no audio file “{path}”.")
    if path.stat().st_size == 0:
        raise AudioError(f"The audio file “{path.name}” is empty (0 bytes).")
    try:
        # An open file and no protocols: a playlist cannot make FFmpeg open other files or hosts.
        with (
            path.open("rb") as file,
            av.open(file, "r", options={"protocol_whitelist": "none"}) as container,
        ):
            yield container
    except (av.FFmpegError, OSError, ValueError) as error:
        raise AudioError(
            f"“{path.name}” cannot be read as audio: it is damaged or of another kind; "
            "WAV, FLAC, MP3, M4A, OGG and most video files can be read."
        ) from error


def stereo(path: Path, rate: int) -> Iterator[Floats]:
    """The sound of a file from its start as (N, 2) float32 pieces at ``rate``, never held whole.

    One channel is put on both sides, more than two are mixed down. Raises AudioError as ``load``
    does, but at the piece where a fault is found, and not for a silent or long file.
    """
    with opened(path) as container:
        stream = _sound(container, path.name, "give a file with music")
        yield from _samples(container, stream, path.name, rate, "stereo")


def decoded(container: InputContainer) -> Iterator[Floats]:
    """The sound of a film of ours as it is coded, in (N,) or (N, 2) float32 pieces."""
    for frame in container.decode(audio=0):
        channels = np.asarray(frame.to_ndarray(), np.float32)  # planar, from either of our coders
        yield channels[0] if len(channels) == 1 else channels.T


def _stream(container: InputContainer, name: str, limit_s: float) -> AudioStream:
    """The sound track, unless its header says that it is too long."""
    stream = _sound(container, name, "a recording of a voice is needed")
    seconds = _declared_duration(container, stream)
    if seconds is not None and seconds > limit_s:
        raise _too_long(name, f"lasts {_clock(seconds)}", limit_s)
    return stream


def _sound(container: InputContainer, name: str, wanted: str) -> AudioStream:
    if not container.streams.audio:
        raise AudioError(f"“{name}” has no sound track; {wanted}.")
    return container.streams.audio[0]


def _samples(
    container: InputContainer, stream: AudioStream, name: str, rate: int, layout: str | None = None
) -> Iterator[Floats]:
    """(N, C) float32 pieces of finite numbers, C as in the file or in ``layout``."""
    import av

    # Interleaved, because PyAV reads beyond its planes when there are eight channels.
    resampler = av.AudioResampler(format="flt", layout=layout, rate=rate)
    for frame in _frames(container, stream, name):
        for resampled in resampler.resample(frame):
            channels = resampled.to_ndarray().reshape(-1, resampled.layout.nb_channels)
            yield np.nan_to_num(channels, posinf=1.0, neginf=-1.0)


def _frames(
    container: InputContainer, stream: AudioStream, name: str
) -> Iterator[AudioFrame | None]:
    """Decoded frames, then None to flush what follows. A few damaged packets are skipped."""
    import av

    good = bad = 0
    for packet in container.demux(stream):
        try:
            frames = packet.decode()
        except av.InvalidDataError:
            bad += 1
            continue
        for frame in frames:
            good += 1
            if not LOWEST_RATE <= frame.sample_rate <= HIGHEST_RATE:
                raise AudioError(
                    f"“{name}” has {frame.sample_rate} samples per second; "
                    f"{LOWEST_RATE:,} to {HIGHEST_RATE:,} can be used."
                )
            frame.pts = None  # its samples count, not its time stamps
            yield frame
    if bad > 2 + good // 50:
        raise AudioError(
            f"“{name}” is damaged: {bad} of its {bad + good} packets cannot be decoded."
        )
    if good:
        yield None


def _declared_duration(container: InputContainer, stream: AudioStream) -> float | None:
    """Seconds by the header, or None where it does not say."""
    if stream.duration is not None and stream.time_base is not None:
        return float(stream.duration * stream.time_base)
    return None if container.duration is None else container.duration / 1e6


def _too_long(name: str, what: str, limit_s: float) -> AudioError:
    return AudioError(f"“{name}” {what}; at most {_clock(limit_s)} can be used, so cut it first.")


def _clock(seconds: float) -> str:
    """1:02:05 h, or 2:05 min."""
    minutes, rest = divmod(round(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02}:{rest:02} h" if hours else f"{minutes}:{rest:02} min"


# --- Measuring ------------------------------------------------------------------------------


def frame_count(waveform: Floats, rate: int, fps: float) -> int:
    """How many frames of ``fps`` a second the sound fills: rounded, at least one."""
    return max(1, round(len(waveform) / rate * fps))


def loudness_envelope(waveform: Floats, rate: int, fps: float) -> Floats:
    """Level of each frame: (T,) float32, RMS in dB relative to full scale, at least −100.

    T is ``frame_count``. Frame i is measured over [i, i + 1) / ``fps`` seconds.
    """
    count = frame_count(waveform, rate, fps)
    edges = np.minimum((np.arange(count + 1) * (rate / fps)).round(), len(waveform)).astype(int)
    level: Floats = np.empty(count, np.float32)
    for first in range(0, count, _CHUNK):
        bounds = edges[first : first + _CHUNK + 1]
        energy = np.cumsum(waveform[bounds[0] : bounds[-1]].astype(np.float64) ** 2)
        upto = np.concatenate(([0.0], energy))[bounds - bounds[0]]
        power = np.diff(upto) / np.maximum(1, np.diff(bounds))
        level[first : first + _CHUNK] = 10 * np.log10(np.maximum(power, 10 ** (FLOOR_DB / 10)))
    return level


def pitch(waveform: Floats, rate: int, fps: float) -> Floats:
    """Fundamental frequency at the middle of each frame: (T,) float32 in Hz, NaN where unvoiced.

    T is ``frame_count``. YIN (de Cheveigné & Kawahara 2002, equations 6 to 8): the first dip of
    the cumulative mean normalised difference function below 0.25, refined by a parabola; frames
    more than 40 dB below the loudest are unvoiced. Works on the signal decimated to about 11 kHz.
    """
    step = max(1, rate // 11025)
    low, high = int(rate / step / HIGHEST_PITCH), int(rate / step / LOWEST_PITCH) + 1
    window = 2 * high  # samples compared at each lag; at least two periods
    span = (window + high) * step
    count = frame_count(waveform, rate, fps)
    starts = ((np.arange(count) + 0.5) * (rate / fps)).astype(int) - span // 2
    found: Floats = np.empty(count, np.float32)
    level: Floats = np.empty(count, np.float32)
    for first in range(0, count, _CHUNK):
        chunk = starts[first : first + _CHUNK]
        first_sample, size = int(chunk[0]), int(chunk[-1] - chunk[0]) + span
        taken = np.zeros(size, np.float32)  # also where that lies outside the waveform
        inside = waveform[max(0, first_sample) : max(0, first_sample + size)]
        taken[max(0, -first_sample) :][: len(inside)] = inside
        # Averages of ``step`` samples each: good enough below 500 Hz.
        taken = taken[: size // step * step].reshape(-1, step).mean(axis=1, dtype=np.float32)
        offsets = (chunk - chunk[0]) // step
        views = np.lib.stride_tricks.sliding_window_view(taken, window + high)
        frames = views[np.minimum(offsets, len(views) - 1)]
        lag = _yin(frames, window, low, high)
        found[first : first + len(chunk)] = rate / step / lag
        level[first : first + len(chunk)] = np.sqrt((frames**2).mean(axis=1))
    found[level < max(1e-4, 0.01 * float(level.max()))] = np.nan
    return found


def _yin(frames: Floats, window: int, low: int, high: int) -> Floats:
    """Period of each row in samples, NaN where there is none: (B, window + high) → (B,)."""
    size = 1 << (frames.shape[1] + window - 1).bit_length()
    spectrum = np.fft.rfft(frames, size)
    head = np.fft.rfft(frames[:, :window], size)
    correlation = np.fft.irfft(spectrum * head.conj(), size)[:, : high + 1]
    energy = np.pad(np.cumsum(frames.astype(np.float64) ** 2, axis=1), ((0, 0), (1, 0)))
    moved = energy[:, window : window + high + 1] - energy[:, : high + 1]
    difference = np.maximum(moved[:, :1] + moved - 2 * correlation, 0)
    lags = np.arange(1, high + 1)
    mean = np.cumsum(difference[:, 1:], axis=1) / lags
    normalised = difference[:, 1:] / np.maximum(mean, 1e-12)  # column k is lag k + 1

    rows = np.arange(len(frames))
    inner = normalised[:, low - 1 : high - 1]
    dip = (inner <= normalised[:, low - 2 : high - 2]) & (inner <= normalised[:, low:high])
    dip &= inner < 0.25
    k = dip.argmax(axis=1) + low - 1
    left, middle, right = (normalised[rows, k + d] for d in (-1, 0, 1))
    curve = left - 2 * middle + right
    shift = np.where(curve > 1e-9, 0.5 * (left - right) / np.maximum(curve, 1e-9), 0)
    return np.where(dip.any(axis=1), k + 1 + shift, np.nan).astype(np.float32)
