"""Kokoro: natural voices in six languages from one network of 92 MB; slower than speech on a core.

Kokoro-82M (hexgrad 2025) is a StyleTTS 2 without its diffusion: it reads letters and a style, a row
of the voice's table for each number of letters, and gives the sound. Network and voices are pulled
weights, read as data. English is read as for hibari, other languages by espeak-ng.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from functools import cache, lru_cache
from importlib import metadata
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from tools import weights
from tools.errors import MissingError, OptionError
from tools.media import Floats, Speech
from tools.speech import graphs, letters, scripts
from tools.speech.base import Spec, Voice, check_speed
from tools.speech.delivery import PLAIN, Delivery
from tools.speech.espeak import PACE, Espeak, flat
from tools.speech.espeak_library import opened
from tools.speech.letters import Reading
from tools.speech.prosody import course
from tools.text import sentences

if TYPE_CHECKING:
    from onnxruntime import InferenceSession

NETWORK = "kokoro-82m-v1.0-int8.onnx"
MOST = 510  # letters that the network reads at once
# Values within: how many units each letter lasts, (letters, units) in which units it is said, the
# pitch curve in Hz, and the shape of a row.
_DURATIONS, _SPREAD = "/encoder/Round_output_0", "/encoder/Cast_4_output_0"
_PITCH, _ROW = "/encoder/Squeeze_output_0", "/encoder/Constant_20_output_0"
VOICED = 20.0  # Hz: lower pitches stand for no voice
_MIDDLES = {"woman": 205.0, "man": 115.0, None: 150.0}  # Hz about which voices move
_STYLES = (MOST, 1, 256)

# What espeak-ng writes otherwise: sounds of two parts, and sounds the network has no letter for.
_LETTERS = {
    **{"eɪ": "A", "aɪ": "I", "oʊ": "O", "əʊ": "Q", "aʊ": "W", "ɔɪ": "Y", "ss": "S"},
    **{"dʒ": "ʤ", "tʃ": "ʧ", "dz": "ʣ", "ts": "ʦ", "ɦ": "h", "ʱ": "ʰ"},
}
LEVEL = -22.0  # LUFS at which all are heard
_LEVELS = {  # at which they speak; the others are within a decibel
    **{"am_michael": -23.7, "bf_emma": -19.8, "ef_dora": -23.5, "ff_siwis": -19.4},
    **{"hf_alpha": -16.0, "hm_omega": -16.4, "if_sara": -14.4, "im_nicola": -19.5},
}
_PACES = {"en-us": 0.9, "en-gb": 0.9}  # of its own, which is hurried
_STOP = re.compile(r"[;:,.!?—…](?!\w)")


class Kokoro:
    """The voices that have been pulled; ``VOICES`` are all."""

    VOICES = (
        Voice("af_heart", "en-us", "American English", "woman"),
        Voice("am_michael", "en-us", "American English", "man"),
        Voice("bf_emma", "en-gb", "British English", "woman"),
        Voice("bm_george", "en-gb", "British English", "man"),
        Voice("ef_dora", "es", "Spanish", "woman"),
        Voice("em_alex", "es", "Spanish", "man"),
        Voice("ff_siwis", "fr-fr", "French", "woman"),
        Voice("hf_alpha", "hi", "Hindi", "woman"),
        Voice("hm_omega", "hi", "Hindi", "man"),
        Voice("if_sara", "it", "Italian", "woman"),
        Voice("im_nicola", "it", "Italian", "man"),
        Voice("pf_dora", "pt-br", "Brazilian Portuguese", "woman"),
        Voice("pm_alex", "pt-br", "Brazilian Portuguese", "man"),
    )

    def voices(self) -> tuple[Voice, ...]:
        return tuple(voice for voice in Kokoro.VOICES if weights.find(_file(voice.name)))

    def speak(self, text: str, voice: str | None = None, speed: float = 1.0) -> Iterator[Speech]:
        """See ``tools.speech.base.Engine``. Times are the network's own, to 25 ms."""
        return self.deliver(text, voice, speed, PLAIN)

    def deliver(
        self, text: str, voice: str | None, speed: float, delivery: Delivery
    ) -> Iterator[Speech]:
        """See ``tools.speech.delivery.Expressive``."""
        speaker = _named(voice)
        check_speed(speed)
        scripts.check(text, speaker.language, speaker.name)
        styles = _styles(*_version(_file(speaker.name)))
        network = _network(*_version(NETWORK))
        return (
            _speech(sentence, speaker, network, styles, speed, delivery)
            for sentence in sentences(text)
        )


def _named(voice: str | None) -> Voice:
    for one in Kokoro.VOICES:
        if voice in (None, "", one.name):
            return one
    names = ", ".join(one.name for one in Kokoro.VOICES)
    raise OptionError(f"Kokoro has no voice “{voice}”; it has {names}.")


def _speech(
    sentence: str,
    voice: Voice,
    network: InferenceSession,
    styles: Floats,
    speed: float,
    delivery: Delivery,
) -> Speech:
    plain, language = sentence.strip(), voice.language
    if language.startswith("en"):
        reading = letters.english(plain, british=language == "en-gb")
    else:
        reading = _foreign(plain, language)
    known, pace = letters.numbers(), _PACES.get(language, 1.0) * speed
    said = course(sentence, reading, delivery)
    pitches = said.pitches * _MIDDLES[voice.sex] ** (1 - delivery.range)
    waveforms: list[Floats] = []
    units: list[int] = []  # of the silence before, each letter, and the silence after
    done = 0  # letters
    for part in _parts(reading.letters):
        those = slice(done, done + len(part) + 2)
        done += len(part)
        given = {
            "tokens": np.array([[0, *(known[letter] for letter in part), 0]], np.int64),
            "style": styles[max(0, len(part) - 1)],
            "speed": np.ones(1, np.float32),
            "paces": pace * said.paces[None, those],
            "pitches": np.stack(2 * [pitches[those]]),
            "range": np.array([delivery.range], np.float32),
            "voiced": np.array([VOICED], np.float32),
        }
        heard, lengths = graphs.run(network, given)
        first, *others = np.rint(lengths).astype(int).reshape(-1).tolist()
        if units:  # the silence between two parts belongs to the last letter before it
            first += units.pop() + units.pop()
        units += [first, *others]
        waveforms.append(heard.reshape(-1))
    gain = 10 ** ((LEVEL - _LEVELS.get(voice.name, LEVEL)) / 20)
    waveform = letters.levelled(np.concatenate(waveforms), units, gain, said.levels)
    return letters.timed(sentence, reading, waveform, units, pace * delivery.rate, speed)


def _parts(reading: str) -> Iterator[str]:
    """What the network can read at once, cut where a word ends."""
    while len(reading) > MOST:
        cut = reading.rfind(" ", 1, MOST) + 1 or MOST
        yield reading[:cut]
        reading = reading[cut:]
    yield reading


def _foreign(sentence: str, language: str) -> Reading:
    """A sentence as espeak-ng reads it, with the punctuation after its words."""
    text, known = flat(sentence.replace("।", ".")), letters.numbers()
    stops = {stop.start(): stop.group() for stop in _STOP.finditer(text)}
    _, file = _espeak().named(language)
    with opened() as espeak:
        take = espeak.speak(text, file, PACE)

    def gap(start: int, end: int) -> str:
        return "".join(stops.get(at, "") for at in range(start, end)) + " "

    found, marks, words = "", [], [*take.marks, (len(text), len(take.pcm))]
    done = 0  # characters of the text
    for given, sample in take.phonemes:
        while words[0][1] <= sample:
            at, _ = words.pop(0)
            found += gap(done, at) if found else ""
            marks.append((at, len(found)))
            done = at
        if not given.startswith("("):  # "(en)": a change of language
            found += "".join(letter for letter in _letters(given) if letter in known)
    return Reading(found + gap(done, len(text)).rstrip(), marks)


def _letters(given: str) -> str:
    """The letters for a sound of espeak-ng, with its stress."""
    sound = given.lstrip("ˈˌ")
    stress = given[: len(given) - len(sound)]
    for ipa, letter in _LETTERS.items():
        sound = sound.replace(ipa, letter)
    return unicodedata.normalize("NFD", stress + sound)


@cache
def _espeak() -> Espeak:
    return Espeak()


def _version(name: str) -> tuple[Path, int]:
    """Where a file lies, and when it was last written: another one may take its place."""
    file = weights.path(name)
    return file, file.stat().st_mtime_ns


@lru_cache(1)
def _network(file: Path, written: int) -> InferenceSession:
    try:
        return graphs.opened(_conducted(file.read_bytes()))
    except Exception as error:  # onnxruntime raises classes of its own
        raise _damaged(file) from error


def _conducted(network: bytes) -> bytes:
    """The network with a pace and a pitch for each letter.

    Its pitch curve has two values in each unit. What is voiced of it is raised to the power
    ``range``, then multiplied by the ``pitches``, which come twice, spread over the units as the
    letters are.
    """
    drawn, moved = _PITCH[:-1] + "_", _PITCH
    paced = graphs.renamed(network, "reads", "speed", "paces")
    return b"".join([
        graphs.renamed(paced, "gives", _PITCH, drawn),
        graphs.taken("paces", "one", "letters"),
        graphs.taken("pitches", "two", "letters"),
        graphs.taken("range", "one"),
        graphs.taken("voiced", "one"),
        graphs.node("Greater", [drawn, "voiced"], "is_voiced"),
        graphs.node("Pow", [drawn, "range"], "ranging"),
        graphs.node("MatMul", ["pitches", _SPREAD], "by_unit"),
        graphs.node("Transpose", ["by_unit"], "in_pairs"),
        graphs.node("Reshape", ["in_pairs", _ROW], "in_a_row"),
        graphs.node("Mul", ["ranging", "in_a_row"], "raised"),
        graphs.node("Where", ["is_voiced", "raised", drawn], moved),
        graphs.output(_DURATIONS),
    ])  # fmt: skip


@lru_cache(2 * len(Kokoro.VOICES))
def _styles(file: Path, written: int) -> Floats:
    """A voice: for each number of letters a (1, 256) style."""
    try:
        return np.fromfile(file, np.float32).reshape(_STYLES)
    except (OSError, ValueError) as error:
        raise _damaged(file) from error


def _damaged(file: Path) -> MissingError:
    return MissingError(
        f"“{file.name}” is damaged; delete it and get it again with: portrayal weights pull kokoro."
    )


def _file(voice: str) -> str:
    return f"kokoro-{voice}.bin"


def _missing() -> str | None:
    return letters.missing("kokoro") or weights.missing(["kokoro"])


def _identity(voice: str | None) -> tuple[str | Path, ...]:
    versions = (
        f"{name} {metadata.version(name)}"
        for name in ("hibari-tts", "espeakng-loader", "onnxruntime")
    )
    return *versions, weights.path(NETWORK), weights.path(_file(_named(voice).name))


SPEC = Spec(
    name="kokoro",
    summary="Kokoro, natural voices in English, Spanish, French, Hindi, Italian and Portuguese, "
    "exact times",
    licence="Apache-2.0",
    rank=4,
    load=Kokoro,
    missing=_missing,
    identity=_identity,
)
