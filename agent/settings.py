"""Settings: what a user chooses once, such as folders, keys and servers, and where it was said.

The first of these that names a setting decides:

    a flag              portrayal --setting weights=/mnt/weights …
    the environment     PORTRAYAL_WEIGHTS=/mnt/weights
    portrayal.toml      weights = "/mnt/weights", in the user's configuration folder
    the default

Who starts the work reads them, once: a command's session, the toolbox, a program that embeds this
(``with using(read()): …``). From there on they are in force (``tools.settings``), and nothing that
does the work looks at the environment.
"""

from __future__ import annotations

import os
import re
import tomllib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal, NamedTuple

import platformdirs

from tools import settings
from tools.errors import OptionError
from tools.settings import use, using

__all__ = ["Settings", "Shown", "current", "file", "read", "shown", "use", "using"]

FILE = "PORTRAYAL_SETTINGS"  # the environment variable that names another file
NAME = "portrayal.toml"
LARGEST = 1_000_000  # bytes of the file
Source = Literal["flag", "environment", "file", "default"]
Kind = Literal["path", "text", "addresses", "number"]
Value = Path | str | int | tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class Settings(settings.Settings):
    """Those of the tools, and those of the agent.

    productions  the folder of productions and chats.
    llm_url      the address of a language-model server.
    llm_key      what it wants to be told, if anything.
    llm_model    the language model, as the server or the list of weights names it, or a GGUF file.
    sources      where those were named that are not the default.
    """

    productions: Path = field(
        default_factory=lambda: platformdirs.user_data_path("portrayal", False) / "productions"
    )
    llm_url: str | None = None
    llm_key: str | None = field(default=None, repr=False)
    llm_model: str | None = None
    sources: Mapping[str, Source] = field(default_factory=dict, compare=False)


class Known(NamedTuple):
    """A setting: the environment variable, a kind of ``WANTED``, and what it is, for people."""

    variable: str
    kind: Kind
    summary: str


class Shown(NamedTuple):
    """A setting as people see it; a key is masked. ``source`` is where it was named."""

    name: str
    value: str
    source: str
    summary: str


WANTED: dict[Kind, str] = {  # how it is written, for people
    "path": "a path",
    "text": "a text",
    "addresses": "web addresses, with spaces or commas between them",
    "number": "a whole number above 0",
}
KNOWN = {
    "weights": Known("PORTRAYAL_WEIGHTS", "path", "folder of downloaded weights"),
    "catalogue": Known(
        "PORTRAYAL_CATALOGUE", "path", "list of weights, instead of Portrayal's own"
    ),
    "mirrors": Known("PORTRAYAL_MIRROR", "addresses", "where weights are looked for first"),
    "hugging_face": Known("HF_ENDPOINT", "text", "stands in for https://huggingface.co"),
    "voices": Known("PORTRAYAL_VOICES", "path", "folder of voices for piper"),
    "cache": Known("PORTRAYAL_CACHE", "path", "folder of enlarged portraits and cloud speech"),
    "productions": Known("PORTRAYAL_PRODUCTIONS", "path", "folder of productions and chats"),
    "credentials": Known("PORTRAYAL_CREDENTIALS", "path", "folder of this computer's certificate"),
    "certificate": Known("PORTRAYAL_CERTIFICATE", "path", "your certificate, to sign films with"),
    "private_key": Known("PORTRAYAL_PRIVATE_KEY", "path", "its key"),
    "trust_list": Known("PORTRAYAL_TRUST_LIST", "path", "certificates of those you believe"),
    "llm_url": Known("PORTRAYAL_LLM_URL", "text", "language-model server"),
    "llm_key": Known("PORTRAYAL_LLM_KEY", "text", "key that it requires"),
    "llm_model": Known("PORTRAYAL_LLM_MODEL", "text", "language model"),
    "threads": Known("OMP_NUM_THREADS", "number", "cores of a language model and of SadTalker"),
    "elevenlabs_key": Known("ELEVENLABS_API_KEY", "text", "key of an ElevenLabs account"),
    "elevenlabs_url": Known("PORTRAYAL_ELEVENLABS_URL", "text", "where ElevenLabs is"),
    "elevenlabs_model": Known("PORTRAYAL_ELEVENLABS_MODEL", "text", "its model that speaks"),
    "speech_url": Known("PORTRAYAL_SPEECH_URL", "text", "speech server, for the engine openai"),
    "speech_key": Known("PORTRAYAL_SPEECH_KEY", "text", "key that it requires"),
    "speech_model": Known("PORTRAYAL_SPEECH_MODEL", "text", "its model that speaks"),
}
SECRET = {"llm_key", "elevenlabs_key", "speech_key"}


def current() -> Settings:
    """The settings in force here; the defaults where nobody has said otherwise."""
    found = settings.current()
    return found if isinstance(found, Settings) else Settings(**vars(found))


def read(flags: Iterable[str] = ()) -> Settings:
    """The user's settings; ``flags`` are NAME=VALUE.

    Raises OptionError for a setting that does not exist, and for a value that cannot be one.
    """
    given: dict[str, tuple[Source, Any, Path]] = {}
    place = file()
    given |= {name: ("file", value, place.parent) for name, value in _filed(place).items()}
    given |= {name: ("environment", value, Path()) for name, value in _environment()}
    given |= {name: ("flag", value, Path()) for name, value in map(_flag, flags)}
    values = {name: _value(name, *said) for name, said in given.items()}
    return Settings(**values, sources={name: source for name, (source, *_) in given.items()})  # type: ignore[arg-type]


def file() -> Path:
    """The user's ``portrayal.toml``, or what $PORTRAYAL_SETTINGS names instead. May not exist."""
    named = os.environ.get(FILE)
    if named:
        return Path(named).expanduser().absolute()
    return platformdirs.user_config_path("portrayal", appauthor=False) / NAME


def shown(given: Settings) -> list[Shown]:
    """Every setting for people: its value, and where that was named."""
    told = []
    for name, known in KNOWN.items():
        value, source = getattr(given, name), given.sources.get(name, "default")
        places = {"flag": "--setting", "environment": known.variable, "file": str(file())}
        where = places.get(source, source)
        told.append(Shown(name, _masked(name, value), where, known.summary))
    return told


def _masked(name: str, value: Value | None) -> str:
    if value is None or value == ():
        return ""
    if name in SECRET:
        return "set"
    return ", ".join(value) if isinstance(value, tuple) else str(value)


def _environment() -> Iterator[tuple[str, str]]:
    """An empty variable says nothing, nor does one of OpenMP's that only OpenMP understands."""
    for name, known in KNOWN.items():
        value = os.environ.get(known.variable, "").strip()
        if value and (known.kind != "number" or (value.isdecimal() and int(value))):
            yield name, value


def _flag(given: str) -> tuple[str, str]:
    name, equals, value = given.partition("=")
    if not equals:
        raise OptionError(f"--setting {given} is not a setting; it is written NAME=VALUE.")
    _check(name, "--setting")
    return name, value


def _filed(place: Path) -> dict[str, Any]:
    try:
        with place.open("rb") as content:
            found = tomllib.loads(content.read(LARGEST).decode("utf-8"))
    except FileNotFoundError:
        return {}
    except OSError as error:
        raise OptionError(f"The settings “{place}” cannot be read: {error.strerror}.") from error
    except ValueError as error:
        raise OptionError(f"The settings “{place}” are not valid TOML: {error}.") from error
    for name in found:
        _check(name, f"“{place}”")
    return found


def _check(name: str, where: str) -> None:
    if name not in KNOWN:
        raise OptionError(f"{where} has no setting “{name:.80}”; there are: {', '.join(KNOWN)}.")


def _value(name: str, source: Source, given: Any, beside: Path) -> Value:
    known = KNOWN[name]
    try:
        return _read(known.kind, given, beside)
    except (TypeError, ValueError, RuntimeError) as error:  # of a home that is not known
        said = "what it is set to" if name in SECRET else f"“{given!s:.80}”"
        raise OptionError(
            f"The setting “{name}” ({known.variable} in the environment) cannot be {said}; give "
            f"{WANTED[known.kind]}."
        ) from error


def _read(kind: Kind, given: Any, beside: Path) -> Value:
    """A value as it is written in the folder ``beside``. Raises TypeError or ValueError."""
    if kind == "addresses":
        listed = given if isinstance(given, list) else re.split(r"[\s,]+", _text(given))
        return tuple(map(_text, listed))
    if kind == "number":
        number = given if type(given) is int else int(_text(given))
        if number < 1:
            raise ValueError
        return number
    text = _text(given)
    return (beside / Path(text).expanduser()).absolute() if kind == "path" else text


def _text(given: Any) -> str:
    if not isinstance(given, str) or not given.strip():
        raise TypeError
    return given.strip()
