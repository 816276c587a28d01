"""Where the words and sounds of a known text are in a recording of it.

pocketsphinx with the English acoustic model of its package finds the best path through the words,
with optional silences between them, then through their phones. A long recording is processed in
sections, each of which begins where the last certain word of the one before ended: time grows with
the length, memory does not. Words that its dictionary lacks, numbers and other languages are
pronounced by espeak-ng and mapped to the nearest English phones, which it finds as exactly.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cache
from typing import Any

import numpy as np
import numpy.typing as npt

from tools.errors import InputError
from tools.media import Floats, Phoneme, Word
from tools.sound import files
from tools.speech import scripts
from tools.speech.arpabet import from_ipa, to_ipa
from tools.speech.espeak import Espeak
from tools.speech.times import words_from_marks
from tools.text import words as words_of

_MODEL_RATE = 16_000  # samples per second the acoustic model was trained on
_FRAME = 0.01  # seconds: the model's step
_SECTION = 30.0  # seconds aligned at once; the phone pass needs memory by its square
_WORDS_PER_SECOND = 9  # more than anybody says; a Chinese character counts as one
_NOISE = 3e-4  # amplitude added: the model has never seen digital silence


@dataclass(frozen=True)
class Alignment:
    """phonemes and words with times in seconds, and how well the text fits the sound.

    score    mean log likelihood of a frame of speech against the best sound of the model: 0 is
             perfect; −15 to −20 was measured for radio speech, −30 to −53 for synthetic voices and
             another language, −55 to −82 for words that are not what is said.
    covered  share of the loud part of the recording that falls into words: above 0.9 for the right
             text, 0.75 in strong noise, 0.7 to 0.9 for other words.
    """

    phonemes: tuple[Phoneme, ...]
    words: tuple[Word, ...]
    score: float
    covered: float

    @property
    def fits(self) -> bool:
        """Whether the text is what is said, by a line drawn between those measurements."""
        return self.covered > 0.6 and self.score > -60 * self.covered


def align(waveform: Floats, rate: int, text: str, language: str = "en") -> Alignment | None:
    """Find the words of ``text`` (from ``tools.text.spoken``) in a recording of it.

    language  BCP 47 tag of the text; words in another script are read in a language of that script.

    Returns None where no path leads through all the words: they are not what is said.
    """
    aligner = _Aligner(waveform, rate, language)
    at = {position: key for word, position in words_of(text) if (key := aligner.key(word))}
    starts = aligner.walk(list(at.values()))
    if starts is None:
        return None
    sounds = tuple(aligner.phonemes)
    words = words_from_marks(text, list(zip(at, starts, strict=True)), sounds)
    score = aligner.score / max(1, aligner.frames)
    return Alignment(sounds, words, score, _covered(waveform, rate, words))


@dataclass
class _Aligner:
    waveform: Floats
    rate: int
    language: str
    phonemes: list[Phoneme] = field(default_factory=list)
    score: float = 0.0  # summed over ``frames`` of speech
    frames: int = 0

    def __post_init__(self) -> None:
        import pocketsphinx

        # Beams far wider than for recognition: one known path is followed, not many compared.
        self.decoder: Any = pocketsphinx.Decoder(
            lm=None,
            loglevel="FATAL",
            lw=1.0,
            bestpath=False,
            maxhmmpf=-1,
            beam=1e-200,
            wbeam=1e-160,
            pbeam=1e-200,
        )
        self.keys: dict[str, str | None] = {}
        self.noise = np.random.default_rng(0)

    def key(self, word: str) -> str | None:
        """The name of ``word`` in the dictionary, added if need be; None if it has no sound."""
        if word not in self.keys:
            self.keys[word] = self._entry(word)
        return self.keys[word]

    def _entry(self, word: str) -> str | None:
        plain = word.lower()
        english = self.language.split("-")[0] == "en"
        if english and plain.isascii() and self.decoder.lookup_word(plain):
            return plain
        phones = from_ipa("".join(pronounced(word, self.language)))
        if not phones:
            return None
        name = f"unknown-word-{len(self.keys)}"
        self.decoder.add_word(name, " ".join(phones), True)
        return name

    def walk(self, keys: Sequence[str]) -> list[float] | None:
        """Align all words, section by section: their starts in seconds; None where that fails."""
        length = len(self.waveform) / self.rate
        starts: list[float] = []
        begin = 0.0
        while len(starts) < len(keys):
            last = begin + _SECTION * 1.2 >= length
            end = length if last else begin + _SECTION
            limit = int((end - begin) * _WORDS_PER_SECOND) + 1
            ahead = keys[len(starts) : len(starts) + limit]
            pcm = self._pcm(begin, end)
            if last:
                if len(starts) + len(ahead) < len(keys):
                    return None
                certain, stop = len(ahead), end - begin
            else:
                certain, stop = self._certain(pcm, ahead)
            if not stop:
                return None
            if certain:
                found = self._phones(pcm[: round(stop * _MODEL_RATE)], ahead[:certain], begin)
                if found is None:
                    return None
                starts += found
            begin += stop
        return starts

    def _pcm(self, begin: float, end: float) -> npt.NDArray[np.int16]:
        """A stretch of the recording as the model needs it: 16 kHz, 16 bits, never quite silent."""
        import soxr

        taken = self.waveform[round(begin * self.rate) : round(end * self.rate)]
        resampled = soxr.resample(taken, self.rate, _MODEL_RATE)
        noisy = resampled + self.noise.normal(0, _NOISE, len(resampled))
        pcm: npt.NDArray[np.int16] = np.clip(noisy * 32767, -32768, 32767).astype(np.int16)
        return pcm

    def _certain(self, pcm: npt.NDArray[np.int16], keys: Sequence[str]) -> tuple[int, float]:
        """How many of the words are certainly in this section, and where (s) the last of them ends.

        The best path so far is requested before the end is declared, since it need not have
        reached the last word. Its final fifth may still change with what follows, so it is cut
        before that, at a silence if there is one.
        """
        self.decoder.set_align_text(" ".join(keys))
        self.decoder.start_utt()
        self.decoder.process_raw(pcm.tobytes(), full_utt=True)
        path = [(s.word, s.start_frame, s.end_frame + 1) for s in self.decoder.seg() or ()]
        self.decoder.end_utt()
        limit = 0.8 * len(pcm) / _MODEL_RATE / _FRAME
        count, word_cut, silence_cut = 0, (0, 0.0), (0, 0.0)
        for name, start, stop in path:
            if stop > limit:
                if not count:  # a long silence before the first word
                    word_cut = (0, limit if _is_filler(name) else min(start, limit))
                break
            if not _is_filler(name):
                count += 1
                word_cut = (count, stop)
            elif stop - start >= 10 and count:
                silence_cut = (count, (start + stop) / 2)
        count, frame = silence_cut if silence_cut[1] > limit / 2 else word_cut
        return count, round(frame) * _FRAME

    def _phones(
        self, pcm: npt.NDArray[np.int16], keys: Sequence[str], begin: float
    ) -> list[float] | None:
        """Align these words with all of this sound, then their phones; starts of the words."""
        self.decoder.set_align_text(" ".join(keys))
        self._decode(pcm)
        if not self.decoder.hyp():
            return None
        self.decoder.set_alignment()
        self._decode(pcm)
        alignment = self.decoder.get_alignment()  # kept: its entries point into it
        if not alignment:
            return None
        starts = []
        for word in alignment:
            if not _is_filler(word.name):
                starts.append(begin + word.start * _FRAME)
                for phone in word:
                    start = begin + phone.start * _FRAME
                    end = start + phone.duration * _FRAME
                    self.phonemes.append(Phoneme(to_ipa(phone.name), start, end))
                    self.score += phone.score
                    self.frames += phone.duration
        return starts

    def _decode(self, pcm: npt.NDArray[np.int16]) -> None:
        self.decoder.start_utt()
        self.decoder.process_raw(pcm.tobytes(), full_utt=True)
        self.decoder.end_utt()


def pronounced(word: str, language: str) -> tuple[str, ...]:
    """The sounds of a word, in IPA, by espeak-ng: in its language, or else in one of its script."""
    for spoken in (language, scripts.language_of(word) or "en-us"):
        try:
            pieces = list(_voice().speak(word, spoken))
        except InputError:  # no such voice, or it reads another script
            continue
        return tuple(sound.symbol for piece in pieces for sound in piece.phonemes)
    return ()


@cache
def _voice() -> Espeak:
    return Espeak()


def _is_filler(name: str) -> bool:
    """Silences and noises: <sil>, [NOISE], (NULL)."""
    return name[0] in "<[(+"


def _covered(waveform: Floats, rate: int, words: Sequence[Word]) -> float:
    """Share of the loud frames of the recording (less than 25 dB below the loudest) in words."""
    fps = 50
    level = files.loudness_envelope(waveform, rate, fps)
    loud = level > level.max() - 25
    inside = np.zeros(len(level), bool)
    for word in words:
        inside[int(word.start * fps) : int(np.ceil(word.end * fps))] = True
    return float((loud & inside).sum() / max(1, loud.sum()))
