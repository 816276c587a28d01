"""Hearing voices: each says a few words of its language."""

from __future__ import annotations

import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from agent.film.casting import chosen, language
from agent.film.plan import narration
from agent.film.sound import say_line
from agent.screenplay.model import slug
from agent.terminal.session import Session
from tools import output
from tools.errors import OptionError
from tools.media import Speech
from tools.sound import files
from tools.sound.player import play
from tools.spoken import clean

SAMPLES = {
    "en": "Hello, this is how I sound. Shall we make a film together?",
    "de": "Hallo, so klinge ich. Machen wir zusammen einen Film?",
    "es": "Hola, así sueno yo. ¿Hacemos una película juntos?",
    "fr": "Bonjour, voici ma voix. Faisons-nous un film ensemble ?",
    "hi": "नमस्ते, यह मेरी आवाज़ है। चलिए, साथ में एक फ़िल्म बनाते हैं।",
    "it": "Ciao, questa è la mia voce. Facciamo un film insieme?",
    "pt": "Olá, esta é a minha voz. Vamos fazer um filme juntos?",
}
COUNTING = "1, 2, 3, 4, 5."  # is read in every language


def listen(
    session: Session,
    names: Sequence[str],
    engine: str | None,
    text: str | None,
    path: Path | None,
) -> None:
    """Let voices be heard one after another: through the machine's loudspeakers, or else, or where
    a ``path`` is given, as WAV files.

    names   of voices, or languages; none is the one that speaks by default.

    Raises OptionError for a voice that there is not, and what speaking and writing raise.
    """
    if path is not None:
        if len(names) > 1:
            raise OptionError(f"“{path}” is one file; name one voice to be heard in it.")
        output.check_writable(path)
    wanted: Sequence[str | None] = names or [None]
    heard = [_heard(session, name, engine, text, path) for name in wanted]
    told = "\n".join(
        f"{one['voice']} of {one['engine']}: "
        + (f"played with {one['player']}" if one["player"] else str(one["path"]))
        for one in heard
    )
    session.show({"heard": heard}, told)


def _heard(
    session: Session, name: str | None, engine: str | None, text: str | None, path: Path | None
) -> dict[str, Any]:
    spec, speaker, voice = chosen(engine, name)
    known = voice or next((one.name for one in speaker.voices()), spec.name)
    tag = language(speaker, voice)
    words = text or SAMPLES.get(tag.split("-")[0], COUNTING)
    with session.work.stage("speak"):
        speech = say_line(narration(clean(words), spec.name, voice, speed=1.0))
    session.note(*speech.notes)
    player = None if path else _played(speech)
    if player is None:
        path = path or Path(f"voice-{slug(known)}.wav")
        files.write(path, speech.waveform, speech.rate)
        session.work.made(path)
    said = {"voice": known, "engine": spec.name, "language": tag, "text": words}
    return said | {"player": player, "path": None if path is None else str(path)}


def _played(speech: Speech) -> str | None:
    """The program that plays it, or None."""
    with tempfile.TemporaryDirectory(prefix="portrayal-") as folder:
        path = Path(folder) / "voice.wav"
        files.write(path, speech.waveform, speech.rate)
        return play(path, speech.duration)
