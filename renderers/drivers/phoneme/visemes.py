"""Speech sounds to mouth shapes: what the lips and the jaw aim for in each IPA letter.

A sound is a short sequence of visemes: "p" is one, the diphthong "aɪ" and the affricate "tʃ" are
two. Marks that the mouth does not show (tone, length, stress, nasality, aspiration) are ignored, so
the inventories of espeak-ng's and piper's languages are covered by a table of single letters.

Targets are ARKit weights, paired blendshapes moving alike. They are moderate on purpose: talkers
open the jaw by 3 to 12 mm, a tenth to less than a half of what it can do.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from functools import lru_cache
from typing import Literal

Contact = Literal["none", "bilabial", "labiodental"]


@dataclass(frozen=True)
class Dominance:
    """How strongly a viseme claims each articulator over its neighbours, 0 (yields) to 1."""

    jaw: float
    height: float  # raised upper and lowered lower lip
    rounding: float
    spread: float
    contact: float  # lips rolled in or pressed
    tongue: float


@dataclass(frozen=True)
class Viseme:
    """A mouth shape: blendshape targets in [0, 1], and how firmly they are held.

    ``contact`` names what must touch, whatever the neighbours do; ``stop`` says that it stops the
    breath altogether, so that it is heard as a dip.
    """

    dominance: Dominance
    jaw: float
    lower: float = 0.0  # mouthLowerDown
    upper: float = 0.0  # mouthUpperUp
    funnel: float = 0.0
    pucker: float = 0.0
    stretch: float = 0.0
    smile: float = 0.0
    roll_lower: float = 0.0
    roll_upper: float = 0.0
    press: float = 0.0
    shrug: float = 0.0  # mouthShrugLower: the lower lip pushed up and out
    tongue: float = 0.0
    contact: Contact = "none"
    stop: bool = False


#                      jaw   height round spread contact tongue
_VOWEL = Dominance(1.00, 0.90, 0.55, 0.60, 0.60, 0.50)
_ROUNDED = Dominance(0.90, 0.90, 1.00, 0.90, 0.60, 0.50)
_REDUCED = Dominance(0.45, 0.40, 0.20, 0.20, 0.50, 0.40)
_LINGUAL = Dominance(0.45, 0.40, 0.12, 0.15, 0.50, 0.60)
_SIBILANT = Dominance(1.00, 0.80, 0.35, 0.50, 0.70, 0.80)
_LABIAL = Dominance(0.80, 1.00, 0.30, 0.30, 1.00, 0.90)
_YIELDING = Dominance(0.08, 0.08, 0.03, 0.03, 0.10, 0.10)

VISEMES: dict[str, Viseme] = {
    # Vowels, from open to close.
    "open": Viseme(_VOWEL, jaw=0.36, lower=0.26, upper=0.11),
    "near-open front": Viseme(_VOWEL, jaw=0.31, lower=0.30, upper=0.15, stretch=0.16, smile=0.06),
    "open-mid front": Viseme(_VOWEL, jaw=0.28, lower=0.28, upper=0.13, stretch=0.16, smile=0.06),
    "open-mid central": Viseme(_VOWEL, jaw=0.31, lower=0.20, upper=0.09),
    "close-mid front": Viseme(_VOWEL, jaw=0.24, lower=0.25, upper=0.12, stretch=0.22, smile=0.12),
    "near-close front": Viseme(_VOWEL, jaw=0.22, lower=0.22, upper=0.10, stretch=0.14, smile=0.08),
    "close front": Viseme(_VOWEL, jaw=0.18, lower=0.24, upper=0.13, stretch=0.28, smile=0.16),
    "close unrounded": Viseme(_VOWEL, jaw=0.17, lower=0.18, upper=0.08, stretch=0.10),
    "schwa": Viseme(_REDUCED, jaw=0.19, lower=0.15, upper=0.06),
    "rhotic vowel": Viseme(_VOWEL, jaw=0.20, lower=0.14, upper=0.08, funnel=0.20, pucker=0.16),
    "open rounded": Viseme(_ROUNDED, jaw=0.32, lower=0.18, upper=0.06, funnel=0.35, pucker=0.12),
    "mid rounded": Viseme(_ROUNDED, jaw=0.27, lower=0.12, upper=0.04, funnel=0.38, pucker=0.34),
    "near-close rounded": Viseme(_ROUNDED, jaw=0.22, lower=0.08, funnel=0.28, pucker=0.42),
    "close rounded": Viseme(_ROUNDED, jaw=0.15, lower=0.05, funnel=0.24, pucker=0.66),
    "mid front rounded": Viseme(
        _ROUNDED, jaw=0.22, lower=0.10, upper=0.04, funnel=0.42, pucker=0.32
    ),
    "close front rounded": Viseme(_ROUNDED, jaw=0.11, lower=0.05, funnel=0.30, pucker=0.60),
    # Consonants, from the lips backwards.
    "bilabial stop": Viseme(
        _LABIAL, 0.10, roll_lower=0.14, roll_upper=0.12, press=0.22, contact="bilabial", stop=True
    ),
    "bilabial nasal": Viseme(
        _LABIAL, 0.12, roll_lower=0.12, roll_upper=0.10, press=0.14, contact="bilabial"
    ),
    "bilabial fricative": Viseme(_LABIAL, jaw=0.08, funnel=0.08, press=0.10),
    "labiovelar": Viseme(_ROUNDED, jaw=0.09, funnel=0.20, pucker=0.76),
    "labiodental": Viseme(
        _LABIAL, jaw=0.08, upper=0.20, roll_lower=0.48, stretch=0.06, contact="labiodental"
    ),
    "labial approximant": Viseme(_LABIAL, jaw=0.10, upper=0.12, roll_lower=0.28),
    "dental": Viseme(_LINGUAL, jaw=0.13, lower=0.22, upper=0.12, tongue=0.12),
    "alveolar": Viseme(_LINGUAL, jaw=0.11, lower=0.18, upper=0.08),
    "lateral": Viseme(_LINGUAL, jaw=0.18, lower=0.18, upper=0.08, tongue=0.04),
    "sibilant": Viseme(_SIBILANT, jaw=0.06, lower=0.32, upper=0.18, stretch=0.20, smile=0.06),
    "postalveolar": Viseme(_SIBILANT, jaw=0.07, lower=0.16, upper=0.16, funnel=0.52, pucker=0.18),
    "alveolopalatal": Viseme(
        _SIBILANT, jaw=0.07, lower=0.26, upper=0.16, stretch=0.16, funnel=0.12
    ),
    "rhotic": Viseme(_LINGUAL, jaw=0.14, lower=0.12, upper=0.08, funnel=0.26, pucker=0.22),
    "palatal": Viseme(_LINGUAL, jaw=0.13, lower=0.22, upper=0.12, stretch=0.22, smile=0.10),
    "velar": Viseme(_LINGUAL, jaw=0.14, lower=0.16, upper=0.07),
    "pharyngeal": Viseme(_LINGUAL, jaw=0.26, lower=0.18, upper=0.07),
    "glottal": Viseme(_YIELDING, jaw=0.14, lower=0.14, upper=0.06),
}

_LETTERS: dict[str, str] = {
    "open": "aäɑɐᴀ",
    "near-open front": "æ",
    "open-mid front": "ɛε",
    "open-mid central": "ʌɜɞ",
    "close-mid front": "e",
    "near-close front": "ɪ",
    "close front": "i",
    "close unrounded": "ɨɯᵻɤ",
    "schwa": "əɘ",
    "rhotic vowel": "ɚɝ",
    "open rounded": "ɒɔ",
    "mid rounded": "oɵ",
    "near-close rounded": "ʊᵿ",
    "close rounded": "uʉ",
    "mid front rounded": "øœɶ",
    "close front rounded": "yʏ",
    "bilabial stop": "pbɓʙʘ",
    "bilabial nasal": "m",
    "bilabial fricative": "ɸβ",
    "labiovelar": "wʍɥʷ",
    "labiodental": "fvɱⱱ",
    "labial approximant": "ʋ",
    "dental": "θðǀ",
    "alveolar": "tdnɾrɗʈɖɳɽǃɺ",
    "lateral": "lɫɬɮɭʟǁ",
    "sibilant": "sz",
    "postalveolar": "ʃʒʂʐɧ",
    "alveolopalatal": "ɕʑ",
    "rhotic": "ɹɻ",
    "palatal": "jçcɟɲʎʝʄǂ",
    "velar": "kɡgŋxɣqɢɴχʁʀɰɠʛ",
    "pharyngeal": "ħʕʜʢʡ",
    "glottal": "hɦʔ",
}

VISEME_OF: dict[str, str] = {
    letter: name for name, letters in _LETTERS.items() for letter in letters
}

_LANGUAGE_SWITCH = re.compile(r"\(.*?\)")  # espeak-ng writes "(en)" where it changes language


@lru_cache(maxsize=4096)
def visemes(symbol: str) -> tuple[Viseme, ...]:
    """The mouth shapes of one phoneme, in order; () for silence.

    Diacritics, tone, length and stress are dropped; capitals are read as small letters. A symbol
    without any known letter is taken for a schwa, which gives way to what stands around it.
    """
    if not symbol.strip():
        return ()
    letters = _known(_LANGUAGE_SWITCH.sub("", symbol))
    if not letters and "ʲ" in symbol:
        letters = ["j"]  # palatalisation that is timed as a sound of its own
    names = [VISEME_OF[letter] for letter in letters or ["ə"]]
    return tuple(VISEMES[name] for i, name in enumerate(names) if i == 0 or name != names[i - 1])


def _known(symbol: str) -> list[str]:
    """The letters of ``symbol`` that the table has, after peeling off what it does not."""
    letters = []
    for composed in unicodedata.normalize("NFC", symbol):
        base = unicodedata.normalize("NFD", composed)[0]
        candidates = (composed, base, base.lower())
        letters += [letter for letter in candidates if letter in VISEME_OF][:1]
    return letters
