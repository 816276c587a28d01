"""Any server with OpenAI's /v1/audio/speech: OpenAI itself, Kokoro-FastAPI, LocalAI and others.

It gives no times; they are found in the sound.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

from tools import servers, settings
from tools.errors import AudioError
from tools.media import Floats, Speech
from tools.sound import files
from tools.speech import heard
from tools.speech.base import Voice, check_speed
from tools.speech.cloud.client import LIMIT, Server, checked_voice
from tools.spoken.detection import language_in
from tools.text import sentences

RATE = 24_000
_NAMES = "alloy ash ballad coral echo fable nova onyx sage shimmer verse"


class OpenAI:
    """Voices are names that the server knows. They speak any language that it does."""

    def voices(self) -> tuple[Voice, ...]:
        """OpenAI's names, which other servers mostly take too; the server is not asked for its."""
        told = "by OpenAI's name; a server's own names serve as well"
        return tuple(Voice(name, "mul", told) for name in _NAMES.split())

    def speak(self, text: str, voice: str | None = None, speed: float = 1.0) -> Iterator[Speech]:
        """See ``tools.speech.base.Engine``. Times are aligned with the sound."""
        check_speed(speed)
        name = checked_voice(voice or self.voices()[0].name, "The speech server")
        model = settings.current().speech_model
        language = heard.tag(language_in(text))
        server = _server(settings.current().speech_url or "", settings.current().speech_key)

        def spoken(sentence: str) -> Speech:
            body = {
                "model": model,
                "input": sentence.strip(),
                "voice": name,
                "speed": speed,
                "response_format": "wav",
            }
            waveform = server.asked("audio/speech", body, _read)
            return heard.speech(sentence, waveform, RATE, language, speed, notes=server.notes)

        return map(spoken, sentences(text))


def _server(url: str, key: str | None) -> Server:
    example, variable = "http://localhost:8880/v1", "PORTRAYAL_SPEECH_KEY"
    base = servers.address(url, example, variable, "/audio/speech")
    servers.check_key(key, base, variable, "PORTRAYAL_SPEECH_URL")
    headers = {"Authorization": f"Bearer {key}"} if key else {}
    kinds = ("audio/", "application/octet-stream")
    return Server("", base, key, headers, variable, kinds)


def _read(answer: bytes) -> Floats:
    """Sound in any format. Raises ValueError."""
    with TemporaryDirectory(prefix="portrayal-") as folder:
        file = Path(folder, "answer")
        file.write_bytes(answer)
        try:
            return files.load(file, RATE, 2 * LIMIT)
        except AudioError as error:
            raise ValueError("what is no sound, or damaged") from error
