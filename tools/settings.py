"""Settings: what is chosen once for everything that is done here, such as where weights lie.

Whoever starts the work says what holds (``with using(settings): …``); nothing here looks at the
environment or at a file. Several pieces of work in one process may each have settings of their own:
they belong to the context (``contextvars``) of the work, so a thread that is started for a part of
it has to be given a copy of that context.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from pathlib import Path

HUGGING_FACE = "https://huggingface.co"


def _data(name: str) -> Path:
    """A folder of ours among the user's data, as the platform has it."""
    import platformdirs

    return platformdirs.user_data_path("portrayal", appauthor=False) / name


def _cache(name: str = "") -> Path:
    import platformdirs

    return platformdirs.user_cache_path("portrayal", appauthor=False) / name


@dataclass(frozen=True, kw_only=True)
class Settings:
    """Paths are absolute, and what they name need not exist.

    weights       the folder of downloaded weights.
    catalogue     a TOML file with the list of weights, instead of Portrayal's own.
    mirrors       web addresses that are asked for weights first.
    hugging_face  the web address that stands in for https://huggingface.co.
    voices        a folder with voices for piper.
    cache         the folder of pictures that took long to make.
    credentials   the folder of the certificate that is made on this computer.
    certificate   a PEM file with the user's own chain of certificates, to sign with …
    private_key   … and one with its key.
    trust_list    a PEM file with the certificates of those who are believed.
    threads       how many a language model and SadTalker use; None is one for each core.
    elevenlabs_key     the key of an account with ElevenLabs, …
    elevenlabs_url     … the web address of the service, …
    elevenlabs_model   … and which of its models speaks.
    speech_url    the web address of a server that speaks as OpenAI's does, …
    speech_key    … what it wants to be told, if anything, …
    speech_model  … and which of its models speaks.
    """

    weights: Path = field(default_factory=lambda: _data("weights"))
    catalogue: Path | None = None
    mirrors: tuple[str, ...] = ()
    hugging_face: str = HUGGING_FACE
    voices: Path = field(default_factory=lambda: _cache("voices"))
    cache: Path = field(default_factory=_cache)
    credentials: Path = field(default_factory=lambda: _data("credentials"))
    certificate: Path | None = None
    private_key: Path | None = None
    trust_list: Path | None = None
    threads: int | None = None
    elevenlabs_key: str | None = field(default=None, repr=False)
    elevenlabs_url: str = "https://api.elevenlabs.io"
    elevenlabs_model: str = "eleven_multilingual_v2"
    speech_url: str | None = None
    speech_key: str | None = field(default=None, repr=False)
    speech_model: str = "tts-1"


_in_force: ContextVar[Settings | None] = ContextVar("settings", default=None)


def current() -> Settings:
    """The settings in force here; the defaults where nobody has said otherwise."""
    return _in_force.get() or Settings()


@contextmanager
def using(settings: Settings) -> Iterator[None]:
    """Have these in force until the block ends."""
    before = _in_force.set(settings)
    try:
        yield
    finally:
        _in_force.reset(before)


def use(settings: Settings) -> None:
    """Have these in force from now on: at the beginning of a process."""
    _in_force.set(settings)
