"""How things that move on their own begin and end: softly."""

from __future__ import annotations


def eased(progress: float) -> float:
    """0 to 1 as ``progress`` goes from 0 to 1, at rest at both ends (smoothstep)."""
    return progress * progress * (3 - 2 * progress)


def settled(progress: float) -> float:
    """From 0 to 1, quick at first and slow towards the end (cubic)."""
    return 1 - (1 - min(1.0, max(0.0, progress))) ** 3
