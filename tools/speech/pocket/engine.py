"""The engine: recordings are its voices."""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache
from pathlib import Path

from tools.errors import OptionError
from tools.media import Speech
from tools.speech import heard, scripts
from tools.speech.base import Voice, check_speed
from tools.speech.pocket import reference
from tools.speech.pocket.network import Network, State
from tools.speech.pocket.reference import LANGUAGE
from tools.text import sentences


class Pocket:
    """A voice is the path of a recording in which somebody speaks who has agreed to it."""

    def voices(self) -> tuple[Voice, ...]:
        """None of its own."""
        return ()

    def speak(self, text: str, voice: str | None = None, speed: float = 1.0) -> Iterator[Speech]:
        """See ``tools.speech.base.Engine``; also raises AudioError for a recording that will not
        do. Times are aligned with the sound.
        """
        check_speed(speed)
        file = Path(voice or "").expanduser()
        if not voice or not file.is_file():
            raise OptionError(
                f"There is no recording “{voice or ''}” whose voice could be cloned; give a file "
                f"with {reference.SHORTEST:g} to {reference.LONGEST:g} s of speech as the voice."
            )
        scripts.check(text, LANGUAGE, file.name)
        status = file.stat()
        return _sentences(text, _voice(file, status.st_mtime_ns, status.st_size), speed)


def _sentences(text: str, voice: State, speed: float) -> Iterator[Speech]:
    network = _network()
    for sentence in sentences(text):
        sound = network.say(sentence, voice)
        yield heard.speech(sentence, sound, network.rate, LANGUAGE, speed, faster=speed)


@lru_cache(1)
def _network() -> Network:
    return Network()


@lru_cache(2)
def _voice(file: Path, _changed: int, _size: int) -> State:
    """What the network has heard of a recording, until that changes."""
    return _network().voice(reference.load(file))
