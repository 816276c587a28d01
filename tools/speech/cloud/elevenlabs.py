"""ElevenLabs: speech with the times of its characters.

POST /v1/text-to-speech/{voice_id}/with-timestamps, as its API reference has it.
"""

from __future__ import annotations

import base64
import json
from collections.abc import Iterator
from itertools import pairwise
from typing import Any
from urllib.parse import quote

import numpy as np

from tools import servers, settings
from tools.media import Floats, Speech, Word
from tools.speech import heard
from tools.speech.base import Voice, check_speed
from tools.speech.cloud.client import LIMIT, Server, checked_voice
from tools.spoken.detection import language_in
from tools.text import sentences
from tools.text import words as words_of

NAME = "ElevenLabs"
RATE = 24_000
_SLACK = 0.05  # seconds by which times may be out of order
SLOWEST, FASTEST = 0.7, 1.2  # times a voice's pace that the service speaks
_GEORGE = Voice(
    "JBFqnCBsd6RMkjVDRZzb", "mul", "a man; other voices by the ID that your account shows", "man"
)


class ElevenLabs:
    """Voices are the IDs of the account's. They speak any language."""

    def voices(self) -> tuple[Voice, ...]:
        """One of the service's own; the account's are not asked for."""
        return (_GEORGE,)

    def speak(self, text: str, voice: str | None = None, speed: float = 1.0) -> Iterator[Speech]:
        """See ``tools.speech.base.Engine``. Times of words are the service's."""
        check_speed(speed)
        name = quote(checked_voice(voice or _GEORGE.name, NAME))
        here = settings.current()
        language = heard.tag(language_in(text))
        server = _server(here.elevenlabs_url, here.elevenlabs_key)
        pace = min(max(speed, SLOWEST), FASTEST)

        def spoken(sentence: str) -> Speech:
            said = sentence.strip()
            body: dict[str, Any] = {"text": said, "model_id": here.elevenlabs_model, "seed": 1}
            if pace != 1:  # or the voice's own settings would not hold
                body["voice_settings"] = {"speed": pace}
            path = f"v1/text-to-speech/{name}/with-timestamps?output_format=pcm_{RATE}"
            waveform, words = server.asked(path, body, lambda answer: _read(answer, said))
            return heard.speech(
                sentence, waveform, RATE, language, speed, words, speed / pace, server.notes
            )

        return map(spoken, sentences(text))


def _server(url: str, key: str | None) -> Server:
    base = servers.address(url, "https://api.elevenlabs.io", "ELEVENLABS_API_KEY", path="")
    servers.check_key(key, base, "ELEVENLABS_API_KEY", "PORTRAYAL_ELEVENLABS_URL")
    headers = {"xi-api-key": key} if key else {}
    return Server(NAME, base, key, headers, "ELEVENLABS_API_KEY", ("application/json",))


def _read(answer: bytes, said: str) -> tuple[Floats, list[Word] | None]:
    """Sound, and the times of its words as far as they can be believed. Raises ValueError."""
    try:
        told = json.loads(answer)
        pcm = base64.b64decode(told["audio_base64"], validate=True)
        aligned = told.get("alignment") or {}
    except (ValueError, LookupError, TypeError, AttributeError, RecursionError) as error:
        raise ValueError("an answer without sound") from error
    if not pcm or len(pcm) % 2:
        raise ValueError("sound that is damaged")
    waveform = np.frombuffer(pcm, "<i2").astype(np.float32) / 32768
    return heard.audible(waveform, RATE), _words(aligned, said, len(waveform) / RATE)


def _words(aligned: Any, said: str, length: float) -> list[Word] | None:
    """The words of what was said, by the times of its characters; None where those are of another
    text, or none.
    """
    try:
        text = "".join(aligned["characters"])
        starts = aligned["character_start_times_seconds"]
        ends = aligned["character_end_times_seconds"]
    except (LookupError, TypeError):
        return None
    if text != said or not _times(starts, len(said)) or not _times(ends, len(said)):
        return None
    tokens = words_of(said)
    edges = [time for word, at in tokens for time in (starts[at], ends[at + len(word) - 1])]
    times = np.minimum(np.maximum.accumulate(edges), length).reshape(-1, 2).tolist()
    return [Word(word, *span) for (word, _), span in zip(tokens, times, strict=True)]


def _times(given: object, count: int) -> bool:
    """Whether these are so many times, in order but for a little."""
    if not isinstance(given, list) or len(given) != count:
        return False
    if not all(isinstance(time, int | float) and 0 <= time <= LIMIT for time in given):
        return False
    return all(after > before - _SLACK for before, after in pairwise(given))
