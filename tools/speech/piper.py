"""piper: neural voices (VITS) as ONNX files, several times faster than real time on a CPU."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from importlib import metadata
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from tools import extras, settings, weights
from tools.errors import InputError, MissingError, OptionError
from tools.media import Floats, Phoneme, Speech, Timing
from tools.speech import scripts
from tools.speech.base import Spec, Voice, check_speed
from tools.speech.espeak import timed_words
from tools.speech.times import estimated, is_modifier, plain_ipa
from tools.text import pause_after, sentences

if TYPE_CHECKING:
    from piper import PiperVoice
    from piper.voice import AudioChunk

_SEED = 1  # of the noise a voice is drawn from: the same text gives the same sound
_LARGEST_CONFIG = 5_000_000  # bytes


class Piper:
    """Voices are file names without ``.onnx``, in the folder of the settings or among the pulled
    weights, or paths to ``.onnx`` files.
    """

    def voices(self) -> tuple[Voice, ...]:
        found = []
        for file in _files():
            try:
                language = str(_config(file)["espeak"]["voice"])
            except InputError:  # not listed; the fault is reported when the voice is requested
                continue
            listed = weights.catalogue().get(file.name)
            licence = listed.licence if listed else "see its card"
            found.append(Voice(file.stem, language, str(file), licence=licence))
        return tuple(found)

    def speak(self, text: str, voice: str | None = None, speed: float = 1.0) -> Iterator[Speech]:
        """See ``tools.speech.base.Engine``.

        Times are exact where the voice reports durations, else estimated, with a note. Sounds are
        single IPA letters with their diacritics: a diphthong comes as two.
        """
        file = _file(voice)
        config = _config(file)
        language = str(config["espeak"]["voice"])
        check_speed(speed)
        scripts.check(text, language, voice or file.stem)
        return _sentences(text, _load(file), language, speed)


def _files() -> list[Path]:
    """Voices in the folder, and those pulled by `portrayal weights pull`: networks with their
    descriptions.
    """
    there = [*weights.folder().glob("*.onnx"), *settings.current().voices.glob("*.onnx")]
    found = {file.stem: file for file in there if _description(file).is_file()}
    return [found[name] for name in sorted(found)]


def _description(file: Path) -> Path:
    return file.with_name(f"{file.name}.json")


def _file(voice: str | None) -> Path:
    """The model of a voice: a path to an ``.onnx`` file, or a name in the folder of voices."""
    files = _files()
    if not voice:
        if not files:
            raise MissingError(_no_voice())
        return files[0]
    if voice.endswith(".onnx"):
        path = Path(voice).expanduser()
        if not path.is_file():
            raise OptionError(f"There is no piper voice at “{voice}”.")
        return path
    by_name = {file.stem: file for file in files}
    alone = settings.current().voices / f"{voice}.onnx"
    if voice not in by_name and alone.is_file():
        return alone  # the fault is reported when it is read
    if voice not in by_name:
        raise OptionError(
            f"There is no piper voice “{voice}” in “{settings.current().voices}” (there: "
            f"{', '.join(by_name) or 'none'}); give one of these or the path of an .onnx file."
        )
    return by_name[voice]


def _config(file: Path) -> dict[str, Any]:
    """The description beside the model, checked as far as it is used here."""
    path = _description(file)
    if not path.is_file():
        raise OptionError(
            f"The piper voice “{file.name}” lacks its description “{path.name}”; "
            "put it in the same folder."
        )
    try:
        if path.stat().st_size > _LARGEST_CONFIG:
            raise ValueError("too large")
        config = json.loads(path.read_text(encoding="utf-8"))
        if not 8000 <= config["audio"]["sample_rate"] <= 48000:
            raise ValueError("sample rate")
        if not isinstance(config["espeak"]["voice"], str):
            raise TypeError("voice")
        kind = config.get("phoneme_type", "espeak")
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        raise OptionError(
            f"“{path.name}” is damaged or does not describe a piper voice; fetch it again."
        ) from error
    if kind not in ("espeak", "text"):  # the others download dictionaries of their own
        raise OptionError(
            f"The piper voice “{file.stem}” needs the phonemizer “{kind}”; "
            "voices with “espeak” or “text” can be used."
        )
    return dict(config)


def _load(file: Path) -> PiperVoice:
    """A freshly loaded voice with seeded noise: the same narration always sounds the same."""
    import onnxruntime
    from piper import PiperVoice

    onnxruntime.set_default_logger_severity(4)
    onnxruntime.set_seed(_SEED)
    try:
        return PiperVoice.load(file, include_alignments=True)
    except Exception as error:  # onnx, onnxruntime and piper each raise classes of their own
        raise OptionError(
            f"“{file.name}” is damaged or not a piper voice; fetch it again."
        ) from error


def _sentences(text: str, voice: PiperVoice, language: str, speed: float) -> Iterator[Speech]:
    from piper import SynthesisConfig

    pace = SynthesisConfig(length_scale=voice.config.length_scale / speed)
    for sentence in sentences(text):
        plain = sentence.strip().replace("[[", "[ [")  # doubled, they would enclose raw phonemes
        chunks = voice.synthesize(plain, pace, include_alignments=True)
        yield _speech(sentence, chunks, voice.config.sample_rate, language, speed)


def _speech(
    sentence: str, chunks: Iterable[AudioChunk], rate: int, language: str, speed: float
) -> Speech:
    waveforms: list[Floats] = []
    sounds: list[Phoneme] = []
    timing: Timing = "exact"
    at = 0
    for chunk in chunks:
        waveforms.append(chunk.audio_float_array)
        length = len(chunk.audio_float_array)
        if chunk.phoneme_alignments:
            parts = _sounds((a.phoneme, int(a.num_samples)) for a in chunk.phoneme_alignments)
            until = 0
            for symbol, samples in parts:
                since, until = until, until + samples
                if symbol and samples:
                    sounds.append(
                        Phoneme(symbol, at / rate + since / rate, at / rate + until / rate)
                    )
        else:
            timing = "estimated"
            symbols = [symbol for symbol, _ in _sounds((p, 0) for p in chunk.phonemes)]
            sounds += estimated(symbols, at / rate, (at + length) / rate)
        at += length
    waveforms.append(np.zeros(round(pause_after(sentence) / speed * rate), np.float32))
    words = timed_words(sentence, language, sounds)
    notes = () if timing == "exact" else (_ESTIMATED,)
    return Speech(np.concatenate(waveforms), rate, tuple(sounds), words, timing, notes)


def _sounds(parts: Iterable[tuple[str, int]]) -> list[tuple[str, int]]:
    """Piper's code points and their samples joined into sounds; "" is silence.

    Stress marks go to the sound they precede, length marks and diacritics to the one they follow,
    the gap between two words to the sound before it; punctuation and the ends are silence.
    """
    found: list[tuple[str, int]] = []
    lead = 0
    for part, samples in parts:
        symbol = plain_ipa(part)
        follows = bool(found and found[-1][0])
        if part in ("ˈ", "ˌ"):
            lead += samples
        elif follows and (part in (" ", "ː", "ˑ") or is_modifier(symbol)):
            before, length = found.pop()
            found.append((before + symbol, length + samples))
        else:
            found.append((symbol, lead + samples))
            lead = 0
    return found


_ESTIMATED = (
    "This piper voice does not report when it says what, so the times of its sounds are estimated."
)


def _no_voice() -> str:
    return (
        "There is no piper voice; get one with: portrayal weights pull voice-lessac "
        "--accept-licence, or put one (NAME.onnx and NAME.onnx.json) into "
        f"“{settings.current().voices}”."
    )


def _not_installed() -> str | None:
    if find_spec("piper") and find_spec("onnxruntime"):
        return None
    return f"The speech engine piper is not installed; get it with: {extras.command('piper')}."


def _missing() -> str | None:
    return _not_installed() or (None if _files() else _no_voice())


def _identity(voice: str | None) -> tuple[str | Path, ...]:
    file = _file(voice)
    versions = (f"{name} {metadata.version(name)}" for name in ("piper-tts", "onnxruntime"))
    return *versions, file, _description(file)


SPEC = Spec(
    name="piper",
    summary="piper, neural voices from .onnx files: a natural sound, exact times with most voices",
    licence="GPL-3.0-or-later; each voice has its own",
    rank=5,
    load=Piper,
    missing=_missing,
    required=_not_installed,
    identity=_identity,
    files=(".onnx",),
)
