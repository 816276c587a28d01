"""A server of voices for tests: it speaks with espeak-ng, as ElevenLabs or as OpenAI does."""

from __future__ import annotations

import base64
import wave
from collections.abc import Iterator
from contextlib import contextmanager
from io import BytesIO
from urllib.parse import urlsplit

import numpy as np

from tests import talker
from tests.talker import Handler, Talker
from tools.media import Speech
from tools.speech.espeak import Espeak
from tools.speech.narration import join
from tools.text import words

KNOWN = {"JBFqnCBsd6RMkjVDRZzb", "alloy", "nova"}
RATE = 24_000


def spoken(text: str, speed: float) -> Speech:
    """What is heard, with a little silence around it."""
    import soxr

    said = join(Espeak().speak(text, "en-us", speed), lead=0.1, tail=0.2)
    heard = soxr.resample(said.waveform, said.rate, RATE).astype(np.float32)
    return Speech(heard, RATE, said.phonemes, said.words)


def wav(speech: Speech) -> bytes:
    file = BytesIO()
    with wave.open(file, "wb") as sound:
        sound.setnchannels(1)
        sound.setsampwidth(2)
        sound.setframerate(speech.rate)
        sound.writeframes(_pcm(speech))
    return file.getvalue()


def told(text: str, speech: Speech) -> dict[str, object]:
    """An answer of ElevenLabs, with a time for every character."""
    starts, at = [0.0] * len(text), 0.0
    ends = list(starts)
    known = {place: word for (_, place), word in zip(words(text), speech.words, strict=True)}
    word = None
    for place in range(len(text)):
        if place in known:
            word, first = known[place], place
        if word and place < first + len(word.text):
            step = (word.end - word.start) / len(word.text)
            starts[place] = word.start + step * (place - first)
            at = ends[place] = starts[place] + step
        else:
            starts[place] = ends[place] = at
    times = {"character_start_times_seconds": starts, "character_end_times_seconds": ends}
    alignment = {"characters": list(text), **times}
    sound = base64.b64encode(_pcm(speech)).decode()
    return {"audio_base64": sound, "alignment": alignment, "normalized_alignment": None}


def speaks(handler: Handler) -> None:
    """Answer as whichever service was asked."""
    path, _, body = handler.talker.asked[-1]
    steps = urlsplit(path).path.split("/")
    voice = body.get("voice") or steps[3]
    if voice not in KNOWN:
        talker.answers(404, {"detail": {"message": f"voice {voice} was not found"}})(handler)
    elif "text" in body:
        speed = body.get("voice_settings", {}).get("speed", 1.0)
        answer = told(body["text"], spoken(body["text"], speed))
        talker.answers(200, answer)(handler)
    else:
        sound = wav(spoken(body["input"], body["speed"]))
        talker.answers(200, sound, "audio/wav")(handler)


@contextmanager
def running() -> Iterator[Talker]:
    """A server on this machine; ElevenLabs' paths begin without /v1."""
    with talker.running() as server:
        server.script = [speaks]
        yield server


def _pcm(speech: Speech) -> bytes:
    return (np.clip(speech.waveform, -1, 1) * 32767).astype("<i2").tobytes()
