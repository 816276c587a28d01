"""The options that may be changed in a chat, by the user or by a language model.

They are those that ``agent.request.options`` marks for it: nothing that is a path. Each has a type
that a grammar can express; ranges and what goes together are checked by ``Brief`` and ``Request``.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import reduce
from operator import or_
from pathlib import Path
from typing import Annotated, Any, Literal, NamedTuple, get_args

from pydantic import BaseModel, ConfigDict, Field, TypeAdapter, ValidationError, create_model

from agent import shape
from agent.faults import excerpt, form
from agent.llm.shapes import Words
from agent.request.brief import Brief
from agent.request.options import PARTS, Part, Wishes, option
from tools.errors import OptionError
from tools.speech import base as speech

OWN = "own"  # the value that gives an option back to its default
DECIMALS = "([.][0-9]{1,2})?"  # no \. for the sake of llama.cpp's grammars, nor \d elsewhere
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


def literal(*values: str) -> Any:
    """The type of these texts, of which there may be one."""
    return Literal.__getitem__(values)


def tagged(tag: str, types: Iterable[Any]) -> Any:
    """The union of ``types``, told apart by their field ``tag``."""
    return Annotated[reduce(or_, types), Field(discriminator=tag)]


def _choice(part: type[Part], name: str) -> Choice:
    field, words = part.model_fields[name], shape.choices(part, (name,))
    own = field.default is None
    looks = f"{form(part, (name,))}, or {OWN}" if own else form(part, (name,))
    if words:
        return Choice(literal(*words), looks)
    limits = shape.limits(part, (name,))
    pattern = option(field).pattern
    if limits.least is not None and limits.most is not None:
        whole = float not in {field.annotation, *get_args(field.annotation)}
        pattern = _digits(int(limits.least), int(limits.most)) + ("" if whole else DECIMALS)
    if pattern is None:
        return Choice(Annotated[str, Words(LONGEST)], looks)
    pattern = f"({pattern}|{OWN})" if own else f"({pattern})"
    return Choice(Annotated[str, Field(pattern=f"^{pattern}$")], looks)


def _digits(least: int, most: int) -> str:
    """A pattern of whole numbers: no fewer and no more digits than those of the range."""
    if most < 10:
        return f"[{least}-{most}]"
    return f"[1-9][0-9]{{{len(str(least)) - 1},{len(str(most)) - 1}}}"


CHOICES: Mapping[str, Choice] = {
    name: _choice(part, name)
    for part in PARTS
    for name, field in part.model_fields.items()
    if option(field).chat
}
OF_THE_WORDS = Wishes.model_fields.keys() & CHOICES.keys()
"""Options of the brief, which a draft that is there has to follow; all others are a request's."""


def changes(portraits: Iterable[str]) -> Any:
    """The type of one change, for pydantic, where the user has named these ``portraits``.

    Values are of the types in ``CHOICES``; a portrait is one of those named, of which there have
    to be two for a choice.
    """
    types = {name: choice.type for name, choice in CHOICES.items()}
    named = tuple(portraits)
    if len(named) > 1:
        types["portrait"] = literal(*named)
    models: Iterator[Any] = (
        create_model(name, __base__=_Change, option=(literal(name), ...), value=(kind, ...))
        for name, kind in types.items()
    )
    return tagged("option", models)


def typed(written: str, value: str, portraits: Mapping[str, Path]) -> Change:
    """What a user has typed as a change. Raises OptionError."""
    name = written.removeprefix("--").replace("-", "_").lower()
    forms = {n: choice.form for n, choice in CHOICES.items()} | {"portrait": ", ".join(portraits)}
    if name not in forms:
        raise OptionError(
            f"{excerpt(written)} cannot be changed in a chat; these can: {', '.join(forms)}."
        )
    kind = CHOICES[name].type if name in CHOICES else literal(*portraits)
    try:
        TypeAdapter(kind).validate_python(value.strip())
    except ValidationError as error:
        raise OptionError(
            f"{excerpt(value)} cannot be the {name.replace('_', ' ')}; it can be {forms[name]}."
        ) from error
    return Change(name, value.strip())


def changed(brief: Brief, wanted: Sequence[Change], portraits: Mapping[str, Path]) -> Brief:
    """The brief with these options. Raises OptionError; then nothing is changed.

    A new language takes the voice along, unless that is chosen as well.
    """
    values, options, new = dict(brief), dict(brief.options), dict(wanted)
    if "voice" not in new and new.get("language", brief.language) != brief.language:
        options.pop("voice", None)
    for name, value in new.items():
        of = values if name in OF_THE_WORDS else options
        if name == "portrait" and value in portraits:
            options["portrait"] = portraits[value]
        elif name not in CHOICES:
            raise OptionError(f"{excerpt(name)} cannot be changed in a chat.")
        elif value == OWN:
            of.pop(name, None)
        else:
            of[name] = _known_voice(value, options.get("engine")) if name == "voice" else value
    return Brief.of(**(values | {"options": options}))


def shown(brief: Brief, portraits: Mapping[str, Path]) -> dict[str, str]:
    """Every option that can be changed, and what it is."""
    request = brief.request()
    table: dict[str, Any] = {
        name: getattr(brief if name in OF_THE_WORDS else request, name) for name in CHOICES
    }
    chosen = brief.options.get("portrait")
    table["portrait"] = next(
        (n for n, path in portraits.items() if path == chosen), request.portrait
    )
    return {
        name: OWN if value is None else f"{value:g}" if isinstance(value, float) else str(value)
        for name, value in table.items()
    }


def differences(before: Brief, after: Brief, portraits: Mapping[str, Path]) -> list[str]:
    """One line per option that is not what it was."""
    old, new = shown(before, portraits), shown(after, portraits)
    return [f"{name}: {old[name]} → {new[name]}" for name in new if old[name] != new[name]]


def _known_voice(name: str, engine: str | None) -> str:
    """The voice's name, if an engine that is here has it: never the path of a file.

    Raises OptionError.
    """
    stem = name.partition("+")[0].lower()
    for spec in speech.ready() if engine is None else [speech.named(engine)]:
        if spec.missing() is not None:
            continue
        known = spec.load().voices()
        if any(stem in {voice.name.lower(), voice.language.lower()} for voice in known):
            return name
    raise OptionError(f"There is no voice “{name}” here; `portrayal voices` lists what there is.")
