"""What engines that are separate programs share: running them, and reading their output.

They are English, of the CMU tradition: ASCII in, ARPABET phones with end times out.
"""

from __future__ import annotations

import shutil
import subprocess
import unicodedata
import wave
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np

from tools.errors import InputError, MissingError, OptionError, PortrayalError
from tools.media import Floats, Phoneme, Speech
from tools.speech import scripts
from tools.speech.arpabet import to_ipa
from tools.speech.base import Voice, check_speed
from tools.speech.espeak import Espeak
from tools.speech.narration import join
from tools.speech.times import words_like
from tools.text import pause_after, sentences

LANGUAGE = "en-us"
_TIMEOUT = 120.0  # seconds for one sentence
_SAFE = frozenset("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789 .,;:!?'$%&+/-")

Utterance = tuple[Floats, int, list[tuple[str, float]]]  # waveform, rate, (phone, end in s)s
Say = Callable[[str, str, float, Path], Utterance]  # text, voice, speed, working folder


def speak(
    engine: str, voices: Sequence[Voice], say: Say, text: str, voice: str | None, speed: float
) -> Iterator[Speech]:
    """Check the arguments, then speak sentence by sentence, as ``Engine.speak`` says."""
    names = [known.name for known in voices]
    if not names:
        raise MissingError(f"{engine} has no American English voice installed.")
    name = voice or names[0]
    if name not in names:
        raise OptionError(f"{engine} has no voice “{name}”; there are: {', '.join(names)}.")
    check_speed(speed)
    scripts.check(text, LANGUAGE, name)
    return _sentences(say, text, name, speed)


def program(name: str) -> tuple[str | Path, ...]:
    """The file of a program, by which its voices are told from another version's."""
    found = shutil.which(name)
    return (Path(found),) if found else ()


def _sentences(say: Say, text: str, voice: str, speed: float) -> Iterator[Speech]:
    rate = 0
    for sentence in sentences(text):
        pause = pause_after(sentence) / speed
        plain = ascii_text(sentence)
        if any(map(str.isalnum, plain)):
            with TemporaryDirectory(prefix="portrayal-") as folder:
                waveform, rate, ends = say(plain, voice, speed, Path(folder))
            yield _speech(sentence, waveform, rate, ends, pause)


def _speech(
    sentence: str, waveform: Floats, rate: int, ends: Sequence[tuple[str, float]], pause: float
) -> Speech:
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
    try:
        words = words_like(join(Espeak().speak(sentence, LANGUAGE), lead=0, tail=0), sounds)
    except InputError:  # it holds nothing that espeak-ng, which gives the words, can say
        words = ()
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


def read_wave(path: Path) -> tuple[Floats, int]:
    """Samples and rate of a 16-bit mono WAV file that a program was to write."""
    try:
        with wave.open(str(path), "rb") as file:
            if (file.getsampwidth(), file.getnchannels()) != (2, 1):
                raise wave.Error("not 16-bit mono")
            pcm, rate = file.readframes(file.getnframes()), file.getframerate()
    except (OSError, EOFError, wave.Error) as error:
        raise PortrayalError(f"The speech program wrote no usable sound: {error}.") from error
    return (np.frombuffer(pcm, np.int16) / 32768).astype(np.float32), rate
