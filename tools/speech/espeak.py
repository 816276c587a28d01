"""espeak-ng, the voice that is always available: formant synthesis in about 130 languages."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from functools import cached_property
from importlib import metadata
from importlib.util import find_spec
from itertools import pairwise

import numpy as np
import numpy.typing as npt

from tools.errors import InputError, OptionError
from tools.media import Phoneme, Speech, Word
from tools.speech import scripts
from tools.speech.base import Spec, Voice, check_speed
from tools.speech.delivery import PLAIN, Delivery, louder
from tools.speech.espeak_library import Listed, Take, opened
from tools.speech.narration import join
from tools.speech.times import is_modifier, plain_ipa, words_from_marks, words_like
from tools.text import pause_after, sentences

DEFAULT = "en-us"
# Of the variants, the formant synthesis after Klatt (1980) is nearest to human speech: in English
# a recogniser mistook 21 to 30 % of its words, 43 to 56 % of the plain voice's, and in eight
# languages a human acoustic model scores it higher. The plain voice is close to the variant m1.
DEFAULT_VARIANT = "klatt4"
PACE = 150  # gives 155 to 170 words per minute with pauses
_CLOSURE = 0.07  # seconds: the longest silence taken for the closure of a stop
_VARIANTS = "; other speakers of any language: +f5, +f2 (women), +m1, +m3, +klatt3 (men) …"
SLOWEST = 80  # espeak-ng goes no slower
OF_A_SEMITONE = 6  # of its measure of pitch, as heard


class Espeak:
    """Voices are language tags ("en-us", "de", "fr"), optionally with a variant ("en-us+f5")."""

    def voices(self) -> tuple[Voice, ...]:
        found = [
            Voice(
                tag,
                tag,
                known.name + (_VARIANTS if tag == DEFAULT else ""),
                quality="robotic",
            )
            for tag, known in self._by_tag.items()
            if tag == known.tags[0][1]
        ]
        return tuple(sorted(found, key=lambda voice: (voice.name != DEFAULT, voice.name)))

    def speak(self, text: str, voice: str | None = None, speed: float = 1.0) -> Iterator[Speech]:
        """See ``tools.speech.base.Engine``. Times are the synthesiser's own, to the sample."""
        return self.deliver(text, voice, speed, PLAIN)

    def deliver(
        self, text: str, voice: str | None, speed: float, delivery: Delivery
    ) -> Iterator[Speech]:
        """See ``tools.speech.delivery.Expressive``. Stress on a word is left to the library."""
        wanted = voice or DEFAULT
        tag, file = self.named(wanted)
        check_speed(speed)
        scripts.check(text, tag, wanted)
        return self._sentences(text, file, speed, delivery)

    def _sentences(
        self, text: str, file: str, speed: float, delivery: Delivery
    ) -> Iterator[Speech]:
        pace = max(SLOWEST, round(PACE * speed * delivery.rate))
        pitch, range = round(50 + OF_A_SEMITONE * delivery.pitch), round(50 * delivery.range)
        for sentence in sentences(text):
            with opened() as espeak:
                take = espeak.speak(flat(sentence), file, pace, pitch, range)
                rate = espeak.rate
            spoken = np.frombuffer(take.pcm, np.int16)
            pause = round(pause_after(sentence) / speed * rate)
            waveform = np.zeros(len(spoken) + pause, np.float32)
            np.divide(spoken, 32768, out=waveform[: len(spoken)], dtype=np.float32)
            sounds = _phonemes(take, spoken, rate)
            marks = [(position, sample / rate) for position, sample in take.marks]
            heard = louder(waveform, delivery.level)
            yield Speech(heard, rate, sounds, words_from_marks(sentence, marks, sounds))

    def named(self, wanted: str) -> tuple[str, str]:
        """The language tag and the library's own name of a voice. Raises OptionError."""
        tag, plus, variant = wanted.partition("+")
        tag = tag.lower().replace("_", "-")
        if tag not in self._by_tag:
            near = [t for t in self._by_tag if t.split("-")[0] == tag.split("-")[0]]
            shown = ", ".join(near or ["en-us", "en-gb", "de", "es", "fr", "it", "ru", "cmn"])
            raise OptionError(
                f"espeak-ng has no voice “{wanted}”; there are {shown}"
                f"{'' if near else ' and others'} (see: portrayal voices)."
            )
        if plus and variant not in self._variants:
            raise OptionError(
                f"espeak-ng has no variant “{variant}” of a voice; "
                f"there are: {', '.join(self._variants)}."
            )
        return tag, f"{self._by_tag[tag].file}+{variant if plus else DEFAULT_VARIANT}"

    @cached_property
    def _by_tag(self) -> dict[str, Listed]:
        """Voices by every language tag they answer to, best first."""
        with opened() as espeak:
            ranked = [(rank, tag.lower(), v) for v in espeak.voices() for rank, tag in v.tags]
        found: dict[str, Listed] = {}
        for _, tag, voice in sorted(ranked, key=lambda entry: entry[0]):
            found.setdefault(tag, voice)
        return found

    @cached_property
    def _variants(self) -> tuple[str, ...]:
        with opened() as espeak:
            folder = espeak.folder / "voices" / "!v"
            return tuple(sorted(file.name for file in folder.iterdir() if " " not in file.name))


def flat(sentence: str) -> str:
    """The sentence with dots that do not end it replaced by spaces, which cause no long pause.

    espeak-ng pauses after each dot before a capital: "Dr. | Who", "U.S. | Army". The length stays
    the same, since events count characters.
    """
    return re.sub(r"(?<=\w)\.(?=\s+\S)", " ", sentence).replace("\n", " ")


def _phonemes(take: Take, samples: npt.NDArray[np.int16], rate: int) -> tuple[Phoneme, ...]:
    """Sounds from events, each of which says where one starts; silences are left out."""
    events = pairwise([0, *(event for _, event in take.phonemes)])
    onsets = [_onset(samples, event, earliest, rate) for earliest, event in events]
    found: list[Phoneme] = []
    spans = pairwise([*onsets, len(samples)])
    for (given, _), (start, end) in zip(take.phonemes, spans, strict=True):
        symbol = "" if given.startswith("(") else plain_ipa(given)  # "(de)": a change of language
        if is_modifier(symbol) and found:
            before = found.pop()
            found.append(Phoneme(before.symbol + symbol, before.start, end / rate))
        elif symbol and end > start:
            found.append(Phoneme(symbol, start / rate, end / rate))
    return tuple(found)


def _onset(samples: npt.NDArray[np.int16], event: int, earliest: int, rate: int) -> int:
    """Where the sound announced at ``event`` really begins.

    The event of a stop comes with its burst, but the lips of a /p/ close 40 to 55 ms before: in
    the waveform that closure is (near) silence just before the event, and belongs to the stop.
    """
    first = max(earliest, event - round(_CLOSURE * rate))
    before = np.abs(samples[first : max(first, event - rate // 500)].astype(np.int32))
    loud = np.flatnonzero(before > max(8, 0.15 * before.max(initial=0)))
    onset = first + (int(loud[-1]) + 1 if len(loud) else 0)
    return onset if event - onset > 0.008 * rate else event


def timed_words(sentence: str, language: str, phonemes: Sequence[Phoneme]) -> tuple[Word, ...]:
    """The words of a sentence for the ``phonemes`` of an engine that does not report words.

    None where espeak-ng, whose phonemes they are matched to, cannot say the sentence.
    """
    try:
        reference = join(Espeak().speak(sentence, language), lead=0, tail=0)
    except InputError:
        return ()
    return words_like(reference, phonemes)


def _missing() -> str | None:
    if find_spec("espeakng_loader"):
        return None
    return "The speech engine espeak-ng is not installed; get it with: pip install espeakng-loader."


SPEC = Spec(
    name="espeak",
    summary="espeak-ng, built in: 130 languages, a synthetic sound, exact times, seconds a minute",
    licence="GPL-3.0-or-later",
    rank=10,
    load=Espeak,
    missing=_missing,
    identity=lambda voice: (metadata.version("espeakng-loader"),),
    variants=True,
)
