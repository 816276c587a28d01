"""Voices of servers, which are heard only where their engine is named.

What is said goes to the server, and comes back as sound; ``client`` does the asking.
"""

from __future__ import annotations

from tools import settings
from tools.speech.base import Engine, Spec


def _elevenlabs() -> Engine:
    from tools.speech.cloud.elevenlabs import ElevenLabs

    return ElevenLabs()


def _no_key() -> str | None:
    if settings.current().elevenlabs_key:
        return None
    return "ElevenLabs wants a key: set ELEVENLABS_API_KEY; what is said is sent to the service."


def _openai() -> Engine:
    from tools.speech.cloud.openai import OpenAI

    return OpenAI()


def _no_server() -> str | None:
    if settings.current().speech_url:
        return None
    return (
        "No speech server is named: set PORTRAYAL_SPEECH_URL to the address of one that speaks "
        "OpenAI's protocol, such as http://localhost:8880/v1; what is said is sent there."
    )


def _settings(*names: str) -> tuple[str, ...]:
    here = settings.current()
    return tuple(f"{name} {getattr(here, name)}" for name in names)


ELEVENLABS = Spec(
    name="elevenlabs",
    summary="ElevenLabs, voices of a paid service: words are sent there; its own times of words",
    licence="as your account says",
    rank=50,
    load=_elevenlabs,
    missing=_no_key,
    identity=lambda voice: _settings("elevenlabs_url", "elevenlabs_model"),
    only_named=True,
)
OPENAI = Spec(
    name="openai",
    summary="voices of a server that speaks OpenAI's protocol: words are sent there; times are "
    "found in the sound",
    licence="as the server's owner says",
    rank=51,
    load=_openai,
    missing=_no_server,
    identity=lambda voice: _settings("speech_url", "speech_model"),
    only_named=True,
)
