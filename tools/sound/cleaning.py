"""Recordings without their noise: DeepFilterNet 3, 8 MB of pulled weights, ten times real time.

Schröter et al. 2023, "DeepFilterNet: Perceptually Motivated Real-Time Speech Enhancement". A frame
is 20 ms, every 10 ms. Its spectrum is damped in 32 bands as wide as hearing resolves, and below
4.8 kHz, where voices have harmonics, it is instead the sum of five frames, each weighted by complex
numbers that the network chooses:

    Y(t, f) = Σ W(t, f, k) X(t - 2 + k, f),  k = 0 … 4

Frames are centred on what they show, so nothing is delayed.
"""

from __future__ import annotations

import tarfile
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
import numpy.typing as npt

from tools import weights
from tools.errors import MissingError
from tools.media import Floats

if TYPE_CHECKING:
    from onnxruntime import InferenceSession

WEIGHTS = "DeepFilterNet3_onnx.tar.gz"
RATE = 48_000  # samples per second
WINDOW, HOP = 960, 480  # samples of a frame, and from one to the next
BANDS, NARROWEST = 32, 2  # into which frequencies are put together, and bins of the narrowest
FILTERED, TAPS = 96, 5  # lowest bins, which are summed over so many frames
AHEAD = 2  # frames that the network looks ahead, as the sum does
MEMORY = 0.99  # share of what it was that a mean keeps from one frame to the next
PIECE, WARM = 1500, 500  # frames filtered at once, and before them, for its memory of the noise
FLOOR = 1e-10  # of a power
MOST = 50_000_000  # bytes of one of the networks
_GRAPHS = ("enc", "erb_dec", "df_dec")

Spectrum = npt.NDArray[np.complex64]  # (frames, WINDOW // 2 + 1)


class Networks(NamedTuple):
    """The encoder, and what chooses the bands' damping and the weights of the sum."""

    encoder: InferenceSession
    bands: InferenceSession
    sums: InferenceSession


def missing() -> str | None:
    """What is not here for it and how to get it, or None."""
    return weights.missing(["deepfilternet"])


def cleaned(waveform: Floats, progress: Callable[[float], None] = lambda done: None) -> Floats:
    """(N,) float32 mono, ``RATE`` samples per second, as speech alone, at the same times.

    ``progress`` is called with the share that is done. Raises MissingError without the weights.
    """
    networks = _networks(weights.path(WEIGHTS))
    count = -(-len(waveform) // HOP) + 1
    padded = np.zeros((count + 1) * HOP, np.float32)
    padded[HOP : HOP + len(waveform)] = waveform
    result = np.zeros_like(padded)
    for start in range(0, count, PIECE):
        first, stop = max(0, start - WARM), min(count, start + PIECE)
        last = min(count, stop + AHEAD)
        spectrum = _spectrum(padded[first * HOP : (last + 1) * HOP])
        drawn = _sounding(_filtered(spectrum, networks)[start - first : stop - first])
        result[start * HOP : (stop + 1) * HOP] += drawn
        progress(stop / count)
    return result[HOP : HOP + len(waveform)]


def _spectrum(sound: Floats) -> Spectrum:
    frames = np.lib.stride_tricks.sliding_window_view(sound, WINDOW)[::HOP]
    return np.asarray(np.fft.rfft(frames * _window()) / WINDOW, np.complex64)


def _sounding(spectrum: Spectrum) -> Floats:
    """(frames + 1) * HOP samples: the frames overlapped, which ``_window`` makes add up."""
    frames = np.fft.irfft(spectrum * WINDOW, WINDOW) * _window()
    sound = np.zeros((len(frames) + 1, HOP), np.float32)
    sound[:-1] += frames[:, :HOP]
    sound[1:] += frames[:, HOP:]
    return sound.reshape(-1)


def _filtered(spectrum: Spectrum, networks: Networks) -> Spectrum:
    """The frames without their noise, the last ``AHEAD`` of which are only good at the very end."""
    features = {"feat_erb": _levels(spectrum)[None, None], "feat_spec": _parts(spectrum)}
    names = [output.name for output in networks.encoder.get_outputs()]
    found = dict(zip(names, networks.encoder.run(None, features), strict=True))
    skipped = {name: found[name] for name in ("e3", "e2", "e1", "e0")}
    [damping] = networks.bands.run(["m"], {"emb": found["emb"], **skipped})
    [chosen] = networks.sums.run(["coefs"], {"emb": found["emb"], "c0": found["c0"]})
    count = len(spectrum)
    factors = chosen.reshape(count, FILTERED, TAPS, 2).view(np.float32)
    terms = factors[..., 0] + 1j * factors[..., 1]
    result = spectrum * np.repeat(damping.reshape(count, BANDS), _widths(), axis=1)
    around = np.pad(spectrum[:, :FILTERED], ((TAPS - 1 - AHEAD, AHEAD), (0, 0)))
    result[:, :FILTERED] = sum(terms[..., k] * around[k : k + count] for k in range(TAPS))
    return np.asarray(result, np.complex64)


def _levels(spectrum: Spectrum) -> Floats:
    """(frames, BANDS): how loud each band is, in units of 40 dB, against what it has been."""
    power = np.square(np.abs(spectrum))
    edges = np.cumsum([0, *_widths()[:-1]])
    level = 10 * np.log10(np.add.reduceat(power, edges, axis=1) / _widths() + FLOOR)
    return _ahead((level - _mean(level, np.linspace(-60, -90, BANDS))) / 40)


def _parts(spectrum: Spectrum) -> Floats:
    """(1, 2, frames, FILTERED): the lowest bins as two numbers, against what they have been."""
    low = spectrum[:, :FILTERED]
    usual = _mean(np.abs(low), np.linspace(0.001, 0.0001, FILTERED))
    plain = _ahead(low / np.sqrt(usual))
    return np.asarray([[plain.real, plain.imag]], np.float32)


def _mean(values: npt.NDArray[Any], before: npt.NDArray[Any]) -> npt.NDArray[Any]:
    """The mean of what each column has been so far, in which the past fades."""
    from scipy.signal import lfilter

    mean, _ = lfilter([1 - MEMORY], [1, -MEMORY], values, axis=0, zi=MEMORY * before[None])
    return np.asarray(mean)


def _ahead(features: npt.NDArray[Any]) -> npt.NDArray[Any]:
    """Each frame's features where the network expects them, which is ``AHEAD`` frames earlier."""
    kind = np.complex64 if np.iscomplexobj(features) else np.float32
    return np.pad(features[AHEAD:], ((0, AHEAD), (0, 0))).astype(kind)


@cache
def _window() -> Floats:
    """Vorbis's, whose square and that of the next frame's add up to one."""
    slope = np.square(np.sin(np.pi / WINDOW * (np.arange(WINDOW) + 0.5)))
    return np.asarray(np.sin(np.pi / 2 * slope), np.float32)


@cache
def _widths() -> npt.NDArray[np.int64]:
    """Of the bands, in bins: equal steps of the scale of Glasberg & Moore (1990)."""
    scale, corner = 9.265, 24.7 * 9.265
    top = scale * np.log1p(RATE / 2 / corner)
    edges = corner * np.expm1(np.arange(1, BANDS + 1) * top / BANDS / scale) * WINDOW / RATE
    widths, edge, owed = [], 0, 0
    for wanted in np.rint(edges).astype(int).tolist():
        width = wanted - edge - owed
        owed = max(0, NARROWEST - width)
        widths.append(max(width, NARROWEST))
        edge = wanted
    widths[-1] += WINDOW // 2 + 1 - sum(widths)
    return np.array(widths)


@cache
def _networks(file: Path) -> Networks:
    import onnxruntime

    try:
        with tarfile.open(file) as archive:
            found = {Path(m.name).stem: m for m in archive if m.isfile() and m.size <= MOST}
            contents = [archive.extractfile(found[name]) for name in _GRAPHS]
            graphs = [onnxruntime.InferenceSession(c.read()) for c in contents if c is not None]
        return Networks(*graphs)
    except Exception as error:  # onnxruntime raises classes of its own
        raise MissingError(
            f"“{file.name}” is damaged; delete it and get it again with: portrayal weights pull "
            "deepfilternet."
        ) from error
