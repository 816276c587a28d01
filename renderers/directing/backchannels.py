"""When somebody who listens nods: occasions that the speaker's voice gives."""

from __future__ import annotations

import numpy as np

from renderers.directing.prosody import RATE, Prosody
from tools.easing import Track
from tools.media import Floats, Speech
from tools.sound.files import pitch

# Ward & Tsukahara 2000, "Prosodic features which cue back-channel responses in English and
# Japanese": a listener may answer so long after so long a stretch of low pitch that comes after so
# much speech, unless it has only just answered.
LOW_PERCENTILE, LOW_S, SPOKEN_S, ANSWER_S = 26, 0.11, 0.7, 0.7
# After a phrase it may as well, and at raised loudness or pitch (Maatman, Gratch & Marsella 2005,
# "Natural behavior of a listening agent"): how soon, in s, and how often it does.
PHRASE_ANSWER_S, ACCENT_ANSWER_S = (0.15, 0.55), (0.25, 0.5)
CHANCES = {"low": 0.7, "phrase": 0.6, "accent": 0.25}
DEPTH = (0.55, 0.9)  # of the nod with which a speaker stresses a word most
SPACING_S = 1.6  # sounds may follow one another faster than nods do
AGAIN, AGAIN_S, AGAIN_DEPTH = 0.3, 0.45, 0.6  # a nod is often followed by a smaller one


def nods(speech: Speech, prosody: Prosody, rng: np.random.Generator) -> Floats:
    """(N, 2): when a listener of ``speech`` nods, s, and how deeply, in (0, 1] of a speaker's nod.

    prosody  what ``listen`` finds in it.
    """
    occasions = [(at + ANSWER_S, CHANCES["low"]) for at in low_regions(speech, prosody.phrases)]
    for end in prosody.phrases[:, 1]:
        occasions.append((end + rng.uniform(*PHRASE_ANSWER_S), CHANCES["phrase"]))
    for at, strength in prosody.accents:
        occasions.append((at + rng.uniform(*ACCENT_ANSWER_S), CHANCES["accent"] * strength))
    found: list[tuple[float, float]] = []
    last = -SPACING_S
    for at, chance in sorted(occasions):
        wanted, depth, again = rng.random() < chance, rng.uniform(*DEPTH), rng.random() < AGAIN
        if not wanted or at < last + SPACING_S:
            continue
        found.append((at, depth))
        if again:
            found.append((at + AGAIN_S, AGAIN_DEPTH * depth))
        last = found[-1][0]
    return np.array(found, np.float32).reshape(-1, 2)


def low_regions(speech: Speech, phrases: Floats) -> Track:
    """When the pitch has been low for ``LOW_S``, late enough in one of the ``phrases``: (N,) s."""
    hertz = pitch(speech.waveform, speech.rate, RATE)
    voiced = np.isfinite(hertz)
    if not voiced.any():
        return np.zeros(0)
    low = np.zeros(len(hertz) + 2, bool)
    low[1:-1] = voiced & (np.nan_to_num(hertz) < np.percentile(hertz[voiced], LOW_PERCENTILE))
    changes = np.flatnonzero(np.diff(low)).reshape(-1, 2) / RATE
    found = changes[changes[:, 1] - changes[:, 0] >= LOW_S, 0] + LOW_S
    began = np.searchsorted(phrases[:, 0], found, side="right") - 1
    late = [k >= 0 and at - phrases[k, 0] >= SPOKEN_S for at, k in zip(found, began, strict=True)]
    return np.asarray(found[np.array(late, bool)])
