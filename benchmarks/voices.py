"""How well voices are understood, and how fast, loud, high and bright they are.

    python -m benchmarks.voices [--whisper FOLDER] [--voice NAME …]

Each voice reads a page of its language. With faster-whisper installed, which Portrayal does not
need itself, and the folder of a model of it, the words are recognised again.
"""

from __future__ import annotations

import argparse
import re
import time
import tomllib
import unicodedata
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import soxr

from benchmarks.machine import device_name
from tools.media import Floats, Speech
from tools.sound import loudness
from tools.speech import base
from tools.speech.base import Engine, Voice
from tools.speech.narration import join
from tools.spoken import say

PAGES = Path(__file__).with_name("pages.toml")
MANY = 50  # voices
HEARD = 16_000  # samples per second that the recogniser hears

Recogniser = Callable[[Speech, str], str]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--whisper", metavar="FOLDER")
    parser.add_argument("--voice", action="append", default=[])
    asked = parser.parse_args()
    recognise = _whisper(asked.whisper) if asked.whisper else None
    print(f"{device_name('cpu')}\n")
    print(f"{'':24}{'core':>14}{'words':>10}{'level':>12}{'pitch':>8}{'band':>9}{'errors':>8}")
    for name, spec in base.available().items():
        if sentence := spec.missing():
            print(f"{name:24}absent: {sentence}")
            continue
        engine = base.load(name)
        for voice, page in _readings(engine, asked.voice):
            figures = _measured(engine, voice, page, recognise)
            print(f"{name + ' ' + voice.name:24}{figures}", flush=True)


def _readings(engine: Engine, wanted: list[str]) -> Iterator[tuple[Voice, str]]:
    """Voices of an engine and what they read: those wanted, or else all; of an engine with a voice
    for every language one of each.
    """
    voices = engine.voices()
    for language, page in tomllib.loads(PAGES.read_text(encoding="utf-8")).items():
        spoken = [voice for voice in voices if voice.language.split("-")[0] == language]
        for voice in spoken if len(voices) < MANY else spoken[:1]:
            if not wanted or voice.name in wanted:
                yield voice, say(" ".join(page.split()), voice.language).text


def _measured(engine: Engine, voice: Voice, page: str, recognise: Recogniser | None) -> str:
    list(engine.speak("A.", voice.name))  # loads what is needed
    start = time.process_time()
    speech = join(engine.speak(page, voice.name), lead=0.3, tail=0.3)
    pace = speech.duration / (time.process_time() - start)
    level = loudness.measure(loudness.chunks(speech.waveform), speech.rate)
    errors = (
        word_errors(page, recognise(speech, voice.language.split("-")[0]))
        if recognise
        else float("nan")
    )
    rate = 60 * len(page.split()) / speech.duration
    return (
        f"{pace:8.1f} × RT{rate:6.0f}/min{level.integrated:7.1f} LUFS{_pitch(speech):5.0f} Hz"
        f"{_band(speech):5.1f} kHz{errors}"
    )


def _pitch(speech: Speech) -> float:
    """The median pitch in Hz of what is voiced, by the autocorrelation of pieces of 40 ms."""
    sound = soxr.resample(speech.waveform, speech.rate, HEARD)
    size, step = HEARD // 25, HEARD // 100
    pieces = np.lib.stride_tricks.sliding_window_view(sound, size)[::step]
    pieces = pieces[np.square(pieces).mean(1) > np.square(sound).mean() / 4]
    spectrum = np.fft.rfft(pieces * np.hanning(size), 2 * size)
    alike = np.fft.irfft(np.square(np.abs(spectrum)))[:, :size]
    window = np.fft.irfft(np.square(np.abs(np.fft.rfft(np.hanning(size), 2 * size))))[:size]
    alike = alike / alike[:, :1] / (window / window[0] + 1e-3)
    low, high = HEARD // 400, HEARD // 60
    best = alike[:, low:high].argmax(1) + low
    return float(np.median(HEARD / best[alike[np.arange(len(best)), best] > 0.5]))


def _band(speech: Speech) -> float:
    """Below how many kHz all but a thousandth of the power lies."""
    power = np.square(np.abs(np.fft.rfft(speech.waveform)))
    share = np.cumsum(power) / power.sum()
    return float(np.searchsorted(share, 0.999) * speech.rate / len(speech.waveform) / 1000)


def _whisper(folder: str) -> Recogniser:
    from faster_whisper import WhisperModel

    model = WhisperModel(folder, device="cpu", compute_type="int8", cpu_threads=1)

    def recognise(speech: Speech, language: str) -> str:
        sound: Floats = soxr.resample(speech.waveform, speech.rate, HEARD)
        parts, _ = model.transcribe(sound, language=language, beam_size=5)
        return " ".join(part.text for part in parts)

    return recognise


def word_errors(said: str, heard: str) -> float:
    """Words changed, left out or added, as a share of those that were said."""
    wanted, found = _words(said), _words(heard)
    row = np.arange(len(found) + 1)
    for count, word in enumerate(wanted, 1):
        before, row = row, row.copy()
        row[0] = count
        for at, other in enumerate(found, 1):
            row[at] = min(before[at] + 1, row[at - 1] + 1, before[at - 1] + (word != other))
    return float(row[-1] / len(wanted))


def _words(text: str) -> list[str]:
    """In small letters, without punctuation and, of the Latin ones, without marks."""
    plain = unicodedata.normalize("NFD", text.lower())
    kept = (c for c in plain if unicodedata.category(c) != "Mn" or c > "\u0900")
    return re.findall(r"[^\W_]+", re.sub(r"[’'-]", " ", "".join(kept)))


if __name__ == "__main__":
    main()
