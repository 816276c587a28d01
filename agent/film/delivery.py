"""How a line is delivered: the voice goes with the face."""

from __future__ import annotations

from agent.film.plan import Line
from tools.speech.delivery import PLAIN, Delivery

# At intensity 1, after the cues that listeners go by (Banse & Scherer 1996; Juslin & Laukka 2003),
# at the strength of somebody who speaks to a camera.
_DELIVERIES = {
    "neutral": PLAIN,
    "happy": Delivery(rate=1.05, pitch=1.4, range=1.25, level=1.0),
    "sad": Delivery(rate=0.93, pitch=-1.2, range=0.75, level=-2.0),
    "angry": Delivery(rate=1.05, pitch=0.6, range=1.2, level=2.5),
    "surprised": Delivery(rate=1.02, pitch=1.8, range=1.3, level=1.0),
    "afraid": Delivery(rate=1.08, pitch=1.6, range=0.9, level=-0.5),
    "disgusted": Delivery(rate=0.94, pitch=-0.8, range=0.9, level=0.0),
    "serious": Delivery(rate=0.95, pitch=-0.6, range=0.88, level=0.0),
    "warm": Delivery(rate=0.98, pitch=0.4, range=1.1, level=-0.5),
}


def delivery(line: Line) -> Delivery:
    """How the voice of a line says it: by its expression, with weight on its stressed words."""
    return _DELIVERIES[line.expression].at(line.intensity).stressing(line.emphasis)
