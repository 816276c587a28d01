"""How well recordings are heard, and how exactly words and sounds are placed in them.

    python -m benchmarks.listening [--voice NAME …] [--noise]

Voices whose times are exact read a page of their language. It is placed as it was written, and then
as a listener hears it; with ``--noise`` the first page is heard in noise, too, and cleaned of it.
"""

from __future__ import annotations

import argparse
import time
import tomllib
from collections.abc import Iterator, Sequence

import numpy as np
import soxr

from benchmarks.machine import device_name
from benchmarks.voices import PAGES, word_errors
from tools.errors import PortrayalError
from tools.listening import base as listeners
from tools.listening.recorded import heard, transcribed
from tools.media import Floats, Phoneme, Speech
from tools.sound import cleaning
from tools.speech import base as voices
from tools.speech.align import align
from tools.speech.arpabet import from_ipa, to_ipa
from tools.speech.narration import join
from tools.speech.times import matches
from tools.spoken import say

EXACT = ("hibari", "kokoro", "espeak")  # engines that tell the times of their sounds
ESPEAK = ("de", "es", "fr-fr", "it", "pt-br", "ru", "cmn", "tr", "pl", "hi")
RATIOS = (20, 10, 5, 0)  # dB, of a voice over noise
CLOSED = frozenset("mbp")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--voice", action="append", default=[])
    parser.add_argument("--noise", action="store_true")
    asked = parser.parse_args()
    listener = listeners.best()
    print(f"{device_name('cpu')}; {listener.name if listener else listeners.missing()}\n")
    print(f"{'':24}{'given':>34}{'heard':>50}")
    for name, language, page, spoken in _readings(asked.voice):
        given = align(spoken.waveform, spoken.rate, page, language)
        figures = _errors(spoken.phonemes, given.phonemes if given else ())
        if listener:
            figures += _heard(spoken, page, language, listener)
        print(f"{name:24}{figures}", flush=True)
        if asked.noise and listener:
            _noise(spoken, page, listener)
            asked.noise = False


def _readings(wanted: Sequence[str]) -> Iterator[tuple[str, str, str, Speech]]:
    """The name of each voice, its language, what it reads, and how that sounds."""
    pages = tomllib.loads(PAGES.read_text(encoding="utf-8"))
    for name in EXACT:
        if voices.named(name).missing():
            continue
        engine = voices.load(name)
        for voice in engine.voices():
            page = pages.get(voice.language.split("-")[0])
            asked = voice.name in wanted if wanted else name != "espeak" or voice.name in ESPEAK
            if page and asked:
                said = say(" ".join(page.split()), voice.language).text
                spoken = join(engine.speak(said, voice.name), lead=0.8, tail=1.2)
                yield f"{name} {voice.name}", voice.language, said, spoken


def _heard(spoken: Speech, page: str, language: str, listener: listeners.Spec) -> str:
    start = time.perf_counter()
    found = transcribed(spoken.waveform, spoken.rate, listener)
    pace = spoken.duration / (time.perf_counter() - start)
    placed = heard(Speech(spoken.waveform, spoken.rate), found)
    errors = word_errors(page, say(found.text, language).text)
    figures = _errors(spoken.phonemes, placed.phonemes)
    return f"  {found.language:3}{pace:5.1f} × RT{errors:6.2f} WER {figures}"


def _errors(true: Sequence[Phoneme], found: Sequence[Phoneme]) -> str:
    """How far starts are off on average, and how many closed lips are closed at the same time."""
    ours, theirs = _phones(found), _phones(true)
    pairs = {
        (ours[at][1], theirs[match][1])
        for at, match in enumerate(matches([p for p, _ in ours], [p for p, _ in theirs]))
        if match is not None
    }
    off = [abs(one.start - other.start) for one, other in pairs]
    closed = [sound for sound in true if CLOSED & set(sound.symbol)]
    shut = [sound for sound in found if CLOSED & set(sound.symbol)]
    met = sum(any(s.start < c.end and c.start < s.end for s in shut) for c in closed)
    return f"{1000 * np.mean(off or [np.nan]):8.0f} ms  m b p {met:3} of {len(closed):3}"


def _phones(sounds: Sequence[Phoneme]) -> list[tuple[str, Phoneme]]:
    """Each sound by the first letters of the phones of English that are nearest."""
    return [(to_ipa(phone)[0], sound) for sound in sounds for phone in from_ipa(sound.symbol)]


def _noise(spoken: Speech, page: str, listener: listeners.Spec) -> None:
    """The voice among many voices' spectrum: noise as loud at low frequencies as speech is."""
    voice = np.asarray(soxr.resample(spoken.waveform, spoken.rate, cleaning.RATE), np.float32)
    drawn = np.fft.rfft(np.random.default_rng(0).normal(0, 1, len(voice)))
    noise = np.fft.irfft(drawn / np.sqrt(np.arange(len(drawn)) + 1), len(voice))
    for ratio in RATIOS:
        gain = np.sqrt(np.square(voice).sum() / np.square(noise).sum()) * 10 ** (-ratio / 20)
        noisy = np.asarray(voice + gain * noise, np.float32)
        print(f"    voice {ratio:2} dB above noise: {_understood(voice, noisy, page, listener)}")
        try:
            start = time.process_time()
            clean = cleaning.cleaned(noisy)
            pace = len(voice) / cleaning.RATE / (time.process_time() - start)
        except PortrayalError as error:
            print(f"    {error}")
            return
        print(f"      cleaned, {pace:.1f} × RT: {_understood(voice, clean, page, listener)}")


def _understood(voice: Floats, sound: Floats, page: str, listener: listeners.Spec) -> str:
    part = voice * (voice @ sound) / (voice @ voice)
    distortion = 10 * np.log10(np.square(part).sum() / np.square(sound - part).sum())
    text = transcribed(sound, cleaning.RATE, listener, "en").text
    return f"SI-SDR {distortion:5.1f} dB, word errors {word_errors(page, say(text, 'en').text):.2f}"


if __name__ == "__main__":
    main()
