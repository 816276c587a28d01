"""How things that move on their own begin and end: softly."""

from __future__ import annotations


def eased(progress: float) -> float:
    """0 to 1 as ``progress`` goes from 0 to 1, at rest at both ends (smoothstep)."""
    return progress * progress * (3 - 2 * progress)
