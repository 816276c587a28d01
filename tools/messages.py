"""Parts of the sentences that tell a user what is wrong."""

from __future__ import annotations

import difflib
from collections.abc import Iterable
from functools import lru_cache

LONGEST = 60  # characters


def excerpt(value: object, longest: int = LONGEST) -> str:
    """``value`` as printable text on one line, cut where it is long."""
    text = str(value)
    shown = "".join(c if c.isprintable() else " " for c in text[:longest])
    return shown if len(text) <= longest else f"{shown}…"


def nearest(name: object, known: Iterable[str]) -> str | None:
    """Which of the ``known`` names somebody may have meant, if one is near."""
    return _nearest(str(name)[:80].lower(), tuple(known)[:1000])


def hint(name: object, known: Iterable[str]) -> str:
    """ " (did you mean “nearest”?)", or nothing."""
    near = nearest(name, known)
    return f" (did you mean “{near}”?)" if near else ""


@lru_cache(1000)
def _nearest(name: str, known: tuple[str, ...]) -> str | None:
    by_lower = {each.lower(): each for each in known}
    near = difflib.get_close_matches(name, by_lower, n=1)
    return by_lower[near[0]] if near else None
