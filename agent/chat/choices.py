"""The options that may be changed in a chat, by the user or by a language model.

What is not listed here cannot be changed: above all nothing that is a path. Each option has a type
that a grammar can express; ranges and what goes together are checked by ``Brief`` and ``Request``.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from functools import reduce
from operator import or_
from pathlib import Path
from typing import Annotated, Any, Literal, NamedTuple, get_args

from pydantic import BaseModel, ConfigDict, Field, ValidationError, create_model

from agent.llm.shapes import Words
from agent.request.brief import Brief
from agent.request.model import Aspect, Captions
from renderers.base import Quality
from renderers.expressions import PRESETS
from tools.errors import OptionError
from tools.media import HeadMotion
from tools.messages import excerpt
from tools.speech import base as speech

OWN = "own"  # the value that gives an option back to its default
OF_THE_BRIEF = ("language", "seconds", "tone")  # all others are a request's
OF_THE_WORDS = frozenset(OF_THE_BRIEF)  # a draft that is there has to follow them
LONGEST = 80  # characters of a value that is free text


class _Change(BaseModel):
    """One option and its new value, as text."""

    # Models that no grammar holds answer 30 where "30" is meant.
    model_config = ConfigDict(extra="forbid", frozen=True, coerce_numbers_to_str=True)


class Change(NamedTuple):
    """An option of ``CHOICES`` and its new value, as it is written."""

    option: str
    value: str


class Choice(NamedTuple):
    """What an option can be: for pydantic, and in words."""

    type: Any
    form: str


def _one_of(literal: Any) -> Choice:
    return Choice(literal, ", ".join(get_args(literal)))


def _like(pattern: str, form: str) -> Choice:
    # No \d and no \. for the sake of llama.cpp's grammars.
    return Choice(Annotated[str, Field(pattern=f"^{pattern}$")], form)


CHOICES: Mapping[str, Choice] = {
    "language": _like("[a-z]{2,3}(-[A-Za-z0-9]{2,8})?", "a tag such as en, es or pt-BR"),
    "seconds": _like(f"([1-9][0-9]{{0,3}}|{OWN})", f"2 to 3600, or {OWN}"),
    "tone": Choice(Annotated[str, Words(LONGEST)], "a few words, such as warm and calm"),
    "voice": _like(
        f"([A-Za-z0-9][A-Za-z0-9_+-]{{0,59}}|{OWN})",
        f"a voice’s name or a language, as `portrayal voices` lists them, or {OWN}",
    ),
    "speed": _like("[0-2]([.][0-9]{1,2})?", "0.5 to 2"),
    "expression": _like(
        f"({'|'.join(PRESETS)})(:(0|1|0[.][0-9]{{1,2}}))?",
        f"{', '.join(PRESETS)}, or weaker, such as happy:0.6",
    ),
    "head_motion": _one_of(HeadMotion),
    "aspect": _one_of(Aspect),
    "size": _like("[1-9][0-9]{2,3}", "144 to 2160"),
    "fps": _like("[1-9][0-9]", "10 to 60"),
    "background": _like(f"(blur|{OWN}|#[0-9A-Fa-f]{{6}})", f"blur, a colour as #rrggbb, or {OWN}"),
    "captions": _one_of(Captions),
    "quality": _one_of(Quality),
}


def changes(portraits: Iterable[str]) -> Any:
    """The type of one change, for pydantic, where the user has named these ``portraits``.

    Values are of the types in ``CHOICES``; a portrait is one of those named, of which there have
    to be two for a choice.
    """
    types = {name: choice.type for name, choice in CHOICES.items()}
    named = tuple(portraits)
    if len(named) > 1:
        types["portrait"] = literal(*named)
    return tagged(
        "option", [_change(name, option=literal(name), value=types[name]) for name in types]
    )


def literal(*values: str) -> Any:
    """The type of these texts, of which there may be one."""
    return Literal.__getitem__(values)


def tagged(tag: str, types: Iterable[Any]) -> Any:
    """The union of ``types``, told apart by their field ``tag``."""
    return Annotated[reduce(or_, types), Field(discriminator=tag)]


def _change(name: str, **fields: Any) -> Any:
    given: dict[str, Any] = {field: (kind, ...) for field, kind in fields.items()}
    return create_model(name, __base__=_Change, **given)


def typed(option: str, value: str, portraits: Mapping[str, Path]) -> Change:
    """What a user has typed as a change. Raises OptionError."""
    name = option.removeprefix("--").replace("-", "_").lower()
    forms = {n: choice.form for n, choice in CHOICES.items()} | {"portrait": ", ".join(portraits)}
    if name not in forms:
        raise OptionError(
            f"“{excerpt(option)}” cannot be changed in a chat; these can: {', '.join(forms)}."
        )
    kind = CHOICES[name].type if name in CHOICES else literal(*portraits)
    model = _change(name, value=kind)
    try:
        model.model_validate({"value": value.strip()})
    except ValidationError as error:
        raise OptionError(
            f"“{excerpt(value)}” is no {name.replace('_', ' ')}; it can be {forms[name]}."
        ) from error
    return Change(name, value.strip())


def changed(brief: Brief, wanted: Sequence[Change], portraits: Mapping[str, Path]) -> Brief:
    """The brief with these options. Raises OptionError; then nothing is changed.

    A new language takes the voice along, unless that is chosen as well.
    """
    values = dict(brief)
    options = dict(brief.options)
    named = {change.option for change in wanted}
    if (
        "language" in named
        and not named & {"voice"}
        and brief.language != _last(wanted, "language")
    ):
        options.pop("voice", None)
    for option, value in wanted:
        match option:
            case "portrait" if value in portraits:
                options["portrait"] = portraits[value]
            case "seconds":
                values["seconds"] = None if value == OWN else float(value)
            case "language" | "tone":
                values[option] = value
            case "voice" if value != OWN:
                options["voice"] = _known_voice(value, options.get("engine"))
            case name if name in CHOICES:
                options[name] = value
                if value == OWN:
                    del options[name]
            case _:
                raise OptionError(f"“{excerpt(option)}” cannot be changed in a chat.")
    return Brief.of(**(values | {"options": options}))


def shown(brief: Brief, portraits: Mapping[str, Path]) -> dict[str, str]:
    """Every option that can be changed, and what it is."""
    request = brief.request()
    table: dict[str, Any] = {name: getattr(brief, name) for name in OF_THE_BRIEF}
    table |= {name: getattr(request, name) for name in CHOICES if name not in table}
    chosen = brief.options.get("portrait")
    table["portrait"] = next(
        (n for n, path in portraits.items() if path == chosen), request.portrait
    )
    return {name: _worded(value) for name, value in table.items()}


def differences(before: Brief, after: Brief, portraits: Mapping[str, Path]) -> list[str]:
    """One line per option that is not what it was."""
    old, new = shown(before, portraits), shown(after, portraits)
    return [f"{name}: {old[name]} → {new[name]}" for name in new if old[name] != new[name]]


def _worded(value: Any) -> str:
    match value:
        case None:
            return OWN
        case float():
            return f"{value:g}"
        case _:
            return str(value)


def _last(wanted: Sequence[Change], option: str) -> str | None:
    return next((change.value for change in reversed(wanted) if change.option == option), None)


def _known_voice(name: str, engine: str | None) -> str:
    """The voice's name, if an engine that is here has it: never the path of a file.

    Raises OptionError.
    """
    stem = re.split(r"[+]", name, maxsplit=1)[0].lower()
    for spec in speech.available().values():
        if engine not in {None, spec.name} or spec.missing() is not None:
            continue
        known = spec.load().voices()
        if any(stem in {voice.name.lower(), voice.language.lower()} for voice in known):
            return name
    raise OptionError(f"There is no voice “{name}” here; `portrayal voices` lists what there is.")
