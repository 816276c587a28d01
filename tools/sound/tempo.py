"""Sound made faster or slower at the same pitch."""

from __future__ import annotations

import numpy as np

from tools.media import Floats
from tools.sound.loudness import through


def stretched(waveform: Floats, rate: int, speed: float) -> Floats:
    """(N,) samples ``speed`` times as fast, 0.5 to 2: FFmpeg's atempo, an overlap-add of similar
    waves (WSOLA; Verhelst & Roelands 1993). It is as long as it should be, to the sample.
    """
    if speed == 1:
        return waveform
    pieces = through([waveform], rate, [("atempo", f"{speed:.4f}")])
    heard = np.concatenate([np.zeros(0, np.float32), *(p.to_ndarray().reshape(-1) for p in pieces)])
    wanted = round(len(waveform) / speed)
    return np.pad(heard, (0, max(0, wanted - len(heard))))[:wanted].astype(np.float32)
