"""How words are said: faster or slower, higher or lower, livelier or flatter, louder or softer.

A delivery departs from how a voice speaks by itself, and by little: a voice that is moved further
sounds processed, or like somebody else. So every departure is bounded here, whoever asks for it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from typing import Protocol, Self, runtime_checkable

import numpy as np

from tools.media import Floats, Speech
from tools.speech.base import Engine, check_speed

# The least that listeners notice is about a pace of 5 %, a semitone, and a decibel; two or three
# times that is plain. Actors go further (Banse & Scherer 1996), but the resonances of a throat stay
# where they are, so a voice moved by more than a few semitones sounds like somebody else's.
SLOWEST, FASTEST = 0.88, 1.12
HIGHEST = 2.0  # semitones, up or down
FLATTEST, LIVELIEST = 0.7, 1.35
LOUDEST = 3.0  # dB, up or down


@dataclass(frozen=True)
class Delivery:
    """Departures from a voice's own way, bounded.

    rate      times as fast.
    pitch     semitones higher.
    range     times as far as the pitch moves about its middle.
    level     decibels louder.
    stressed  words with weight, in lower case.
    """

    rate: float = 1.0
    pitch: float = 0.0
    range: float = 1.0
    level: float = 0.0
    stressed: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        bounds = {
            "rate": (SLOWEST, FASTEST),
            "pitch": (-HIGHEST, HIGHEST),
            "range": (FLATTEST, LIVELIEST),
            "level": (-LOUDEST, LOUDEST),
        }
        for name, (least, most) in bounds.items():
            object.__setattr__(self, name, min(max(getattr(self, name), least), most))

    def at(self, intensity: float) -> Self:
        """The same, but only so much of it: from 0, the voice's own way, to 1."""
        return replace(
            self,
            rate=self.rate**intensity,
            pitch=self.pitch * intensity,
            range=self.range**intensity,
            level=self.level * intensity,
        )

    def stressing(self, words: Iterable[str]) -> Self:
        """The same, with weight on these words."""
        return replace(self, stressed=tuple(word.casefold() for word in words))


PLAIN = Delivery()


@runtime_checkable
class Expressive(Protocol):
    """An engine that can move what it says; it speaks plainly as it delivers ``PLAIN``."""

    def deliver(
        self, text: str, voice: str | None, speed: float, delivery: Delivery
    ) -> Iterator[Speech]:
        """As ``tools.speech.base.Engine.speak``, in this way. Times are those of what is heard."""
        ...


def deliver(
    engine: Engine, text: str, voice: str | None, speed: float, delivery: Delivery
) -> Iterable[Speech]:
    """What ``engine`` says, delivered in this way as far as it can.

    Of engines that are not expressive only pace and loudness change. Raises what ``speak`` raises.
    """
    if delivery == PLAIN:
        return engine.speak(text, voice, speed)
    if isinstance(engine, Expressive):
        return engine.deliver(text, voice, speed, delivery)
    check_speed(speed)
    said = engine.speak(text, voice, min(max(speed * delivery.rate, 0.5), 2.0))
    return (replace(speech, waveform=louder(speech.waveform, delivery.level)) for speech in said)


def louder(waveform: Floats, decibels: float) -> Floats:
    """Louder or softer, but no louder than it can be without being clipped."""
    most = max(1.0, 1 / max(1e-6, float(np.abs(waveform).max(initial=0))))
    return waveform * np.float32(min(10 ** (decibels / 20), most))
