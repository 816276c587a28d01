"""The recording whose voice is cloned: is it one that will do, and what of it the network hears."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from tools.errors import AudioError
from tools.media import Floats
from tools.sound import files

LANGUAGE = "en-us"  # that is spoken here, and in what is cloned
RATE = 24_000
SHORTEST, LONGEST = 5.0, 30.0  # seconds
LEAST_VOICED = 2.0  # seconds with a pitch
LEAST_VARIED = 3.0  # dB by which the level of what is loud varies: a hum's does not
NEAR, CLIPPED = 0.8, 0.01  # of the loudest sample, and the share of samples above that
_FPS = 50
_FLOOR = 35.0  # dB below the loudest moment: what is fainter is a pause
_FADE, _PAUSE = 0.02, 0.08  # seconds: how it ends, as those did that the network learned from


def load(path: Path) -> Floats:
    """(N,) samples at ``RATE`` of a voice, ending in a short pause.

    Raises AudioError for a recording that is not 5 to 30 s long, is clipped, or holds no speech.
    """
    sound = files.load(path, RATE, 4 * LONGEST)
    level = files.loudness_envelope(sound, RATE, _FPS)
    heard = np.flatnonzero(level > level.max() - _FLOOR)
    seconds = (heard[-1] + 1 - heard[0]) / _FPS
    if not SHORTEST <= seconds <= LONGEST:
        raise AudioError(
            f"“{path.name}” holds {seconds:.1f} s of sound; a voice is cloned from "
            f"{SHORTEST:g} to {LONGEST:g} s of one person speaking."
        )
    voiced = np.isfinite(files.pitch(sound, RATE, _FPS)).sum() / _FPS
    if voiced < LEAST_VOICED or level[heard].std() < LEAST_VARIED:
        raise AudioError(
            f"“{path.name}” holds hardly any speech; a voice is cloned from one person speaking "
            "clearly, without music."
        )
    if (np.abs(sound) > NEAR * np.abs(sound).max()).mean() > CLIPPED:
        raise AudioError(
            f"“{path.name}” is clipped: it was recorded too loud; record it again, softer."
        )
    size = RATE // _FPS
    kept = sound[heard[0] * size : (heard[-1] + 1) * size].copy()
    fade = round(_FADE * RATE)
    kept[-fade:] *= np.linspace(1, 0, fade, dtype=np.float32)
    return np.concatenate([kept, np.zeros(round(_PAUSE * RATE), np.float32)])
