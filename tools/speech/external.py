"""flite and Festival, where these programs are installed: American English of the CMU tradition.

They take ASCII and report ARPABET phones with the times at which they end. The times of words are
matched to those of the phones.
"""

from __future__ import annotations

import re
import shutil
import subprocess
import unicodedata
import wave
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np

from tools.errors import MissingError, OptionError, PortrayalError
from tools.media import Floats, Phoneme, Speech
from tools.speech import scripts
from tools.speech.arpabet import to_ipa
from tools.speech.base import Spec, Voice, check_speed
from tools.speech.espeak import timed_words
from tools.text import pause_after, sentences

_LANGUAGE = "en-us"
_TIMEOUT = 120.0  # seconds for one sentence
_SAFE = frozenset("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789 .,;:!?'$%&+/-")

Utterance = tuple[Floats, int, list[tuple[str, float]]]  # waveform, rate, (phone, end in s)s
Say = Callable[[str, str, float, Path], Utterance]  # text, voice, speed, working folder


@dataclass(frozen=True)
class Program:
    """A program as a speech engine.

    ``list_voices`` returns the names of its voices, the best first; ``say`` speaks a sentence.
    """

    name: str
    list_voices: Callable[[], list[str]]
    say: Say

    def voices(self) -> tuple[Voice, ...]:
        """See ``tools.speech.base.Engine``."""
        return tuple(Voice(name, _LANGUAGE, self.name, quality="fair") for name in self._names)

    def speak(self, text: str, voice: str | None = None, speed: float = 1.0) -> Iterator[Speech]:
        """See ``tools.speech.base.Engine``."""
        names = self._names
        if not names:
            raise MissingError(f"{self.name} has no American English voice installed.")
        name = voice or names[0]
        if name not in names:
            raise OptionError(f"{self.name} has no voice “{name}”; there are: {', '.join(names)}.")
        check_speed(speed)
        scripts.check(text, _LANGUAGE, name)
        return self._sentences(text, name, speed)

    @cached_property
    def _names(self) -> list[str]:
        return self.list_voices()

    def _sentences(self, text: str, voice: str, speed: float) -> Iterator[Speech]:
        for sentence in sentences(text):
            plain = ascii_text(sentence)
            if any(map(str.isalnum, plain)):
                with TemporaryDirectory(prefix="portrayal-") as folder:
                    said = self.say(plain, voice, speed, Path(folder))
                yield _speech(sentence, said, pause_after(sentence) / speed)


def _speech(sentence: str, said: Utterance, pause: float) -> Speech:
    waveform, rate, ends = said
    sounds: list[Phoneme] = []
    length, at = len(waveform) / rate, 0.0
    for phone, reported in ends:
        end = min(max(reported, at), length)
        if (symbol := to_ipa(phone)) and end > at:
            sounds.append(Phoneme(symbol, at, end))
        at = end
    # These programs end a sentence with silence; ours, by punctuation, replaces it.
    kept = waveform[: round((sounds[-1].end if sounds else length) * rate) + 1]
    silence = np.zeros(round(pause * rate), np.float32)
    words = timed_words(sentence, _LANGUAGE, sounds)
    return Speech(np.concatenate((kept, silence)), rate, tuple(sounds), words)


def ascii_text(text: str) -> str:
    """Letters without their accents, digits and plain punctuation; all else becomes a space.

    Quotes, backslashes, brackets and line ends do not pass, so the result can be put inside a
    string of any language, or in a file, without meaning more than its words.
    """
    folded = text.replace("’", "'").replace("–", ", ").replace("—", ", ").replace("ß", "ss")
    bare = (c for c in unicodedata.normalize("NFKD", folded) if not unicodedata.combining(c))
    return " ".join("".join(c if c in _SAFE else " " for c in bare).split())


def run(command: Sequence[str], folder: Path, timeout: float = _TIMEOUT) -> str:
    """Run a program in ``folder`` and return what it prints.

    Raises MissingError when it is not there, PortrayalError when it fails or takes too long.
    """
    program = command[0]
    try:
        done = subprocess.run(
            command,
            cwd=folder,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            timeout=timeout,
            check=False,
        )
    except FileNotFoundError as error:
        raise MissingError(f"The program {program} is not installed.") from error
    except subprocess.TimeoutExpired as error:
        raise PortrayalError(f"{program} took more than {timeout:.0f} s; try another.") from error
    except OSError as error:
        raise PortrayalError(f"{program} cannot be run: {error.strerror}.") from error
    printed = done.stdout.decode(errors="replace")
    if done.returncode:
        said = (done.stderr.decode(errors="replace") or printed).strip().splitlines() or ["nothing"]
        raise PortrayalError(f"{program} failed with status {done.returncode}: {said[-1][:200]}")
    return printed


def _read_wave(path: Path) -> tuple[Floats, int]:
    """Samples and rate of a 16-bit mono WAV file that a program was to write."""
    try:
        with wave.open(str(path), "rb") as file:
            if (file.getsampwidth(), file.getnchannels()) != (2, 1):
                raise wave.Error("not 16-bit mono")
            pcm, rate = file.readframes(file.getnframes()), file.getframerate()
    except (OSError, EOFError, wave.Error) as error:
        raise PortrayalError(f"The speech program wrote no usable sound: {error}.") from error
    return (np.frombuffer(pcm, np.int16) / 32768).astype(np.float32), rate


def _spec(
    name: str,
    summary: str,
    licence: str,
    rank: int,
    list_voices: Callable[[], list[str]],
    say: Say,
    install: str,
) -> Spec:
    """What is known of a program that the command ``install`` brings."""

    def missing() -> str | None:
        if shutil.which(name):
            return None
        return f"The program {name} is not installed; get it with: {install}."

    def identity(voice: str | None) -> tuple[Path, ...]:
        """The program's file, by which its voices are told from another version's."""
        found = shutil.which(name)
        return (Path(found),) if found else ()

    def load() -> Program:
        return Program(name, list_voices, say)

    return Spec(name, summary, licence, rank, load, missing, identity=identity)


# --- flite, CMU's small synthesiser -------------------------------------------------------------


def _flite_voices() -> list[str]:
    listed = run(["flite", "-lv"], Path.cwd(), timeout=20).partition(":")[2].split()
    names = set(listed) - {"awb_time"}  # which only tells the time of day
    best = ("slt", "rms", "awb")
    return sorted(names, key=lambda name: (name not in best, name != "slt", name))


def _say_with_flite(text: str, voice: str, speed: float, folder: Path) -> Utterance:
    (folder / "text").write_text(text, encoding="ascii")
    stretch = f"duration_stretch={1 / speed:.4f}"
    command = ["flite", "-voice", voice, "-psdur", "--setf", stretch, "-f", "text", "-o", "wave"]
    printed = run(command, folder)
    ends = [(phone, float(end)) for phone, end in re.findall(r"(\w+):(\d+\.\d+)", printed)]
    return *_read_wave(folder / "wave"), ends


FLITE = _spec(
    "flite",
    "flite, if installed: American English, a small unit-selection voice",
    "BSD-4-Clause-style (CMU)",
    30,
    _flite_voices,
    _say_with_flite,
    "apt install flite, or brew install flite",
)


# --- Festival, the University of Edinburgh's synthesiser ------------------------------------------

# The pace is given twice: HTS voices take it from their own engine, others from the duration model.
# The inserted values are a voice from the list below and text of letters and plain punctuation,
# which cannot close the string it is in.
_SCRIPT = """\
(voice_{voice})
(Parameter.set 'Duration_Stretch {stretch:.4f})
(if (boundp 'hts_engine_params)
  (set! hts_engine_params (append hts_engine_params (list (list "-r" {speed:.4f})))))
(set! utterance (utt.synth (Utterance Text "{text}")))
(utt.save.segs utterance "segments")
(utt.save.wave utterance "wave" 'riff)
"""


def _festival_voices() -> list[str]:
    printed = run(["festival", "-b", "(print (voice.list))"], Path.cwd(), timeout=20)
    # The voices with American phones; others use sets of their own.
    names = set(re.findall(r"\b(?:cmu_us_\w+|kal_diphone|ked_diphone)\b", printed))
    return sorted(names, key=lambda name: (not name.startswith("cmu_us_slt"), name))


def _say_with_festival(text: str, voice: str, speed: float, folder: Path) -> Utterance:
    script = _SCRIPT.format(voice=voice, stretch=1 / speed, speed=speed, text=text)
    (folder / "script.scm").write_text(script, encoding="ascii")
    run(["festival", "-b", "script.scm"], folder)
    waveform, rate = _read_wave(folder / "wave")
    segments = (folder / "segments").read_text(encoding="ascii", errors="replace")
    rows = re.findall(r"^\s*(\d+\.?\d*)\s+\d+\s+(\w+)", segments, re.MULTILINE)
    return waveform, rate, [(phone, float(end)) for end, phone in rows]


FESTIVAL = _spec(
    "festival",
    "Festival, if installed: American English, a statistical (HTS) voice",
    "MIT-style (University of Edinburgh, CMU)",
    40,
    _festival_voices,
    _say_with_festival,
    "apt install festival festvox-us-slt-hts",
)
