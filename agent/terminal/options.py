"""The options of a film on the command line, as ``agent.request.options`` declares them."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Collection, Mapping, Sequence
from pathlib import Path
from types import NoneType
from typing import Annotated, Any, get_args, get_origin

import typer
from pydantic.fields import FieldInfo

from agent import shape
from agent.request import options
from agent.request.options import Part, option
from tools.speech.base import cloned


def of(
    parts: Sequence[str], only: Collection[str] = (), without: Collection[str] = ()
) -> list[inspect.Parameter]:
    """The options of the ``parts`` with these names as parameters of a command."""
    return [
        _parameter(part, name, field)
        for part in (getattr(options, named) for named in parts)
        for name, field in part.model_fields.items()
        if name not in without and (not only or name in only)
    ]


def completed(given: Mapping[str, Any], confirm: Callable[[str], bool]) -> dict[str, Any]:
    """What a command was given, where the options of a film in it are their parts' values.

    ``confirm`` asks what nobody may leave open: whether somebody agrees whose voice is cloned.
    """
    values = {name: tuple(v) if isinstance(v, list) else v for name, v in given.items()}
    portrait = values.get("portrait")
    if isinstance(portrait, Path) and values.get("output") is None:
        values["output"] = Path(portrait.stem + ".mp4")
    voice = values.get("voice")
    if values.get("consent") is False and isinstance(voice, str) and cloned(voice):
        values["consent"] = confirm(
            f"Whoever speaks in “{voice}” agrees to have this voice cloned, for these words?"
        )
    return values


def _parameter(part: type[Part], name: str, field: FieldInfo) -> inspect.Parameter:
    special, kind, default = option(field), _bare(field.annotation), field.default
    if get_origin(kind) is tuple:
        kind, default = list[_bare(get_args(kind)[0])], []  # type: ignore[misc]
    if field.is_required():
        default = inspect.Parameter.empty if special.needed else None
    shown: dict[str, Any] = {
        "help": _help(part, name, field),
        "show_default": default not in (None, [], inspect.Parameter.empty),
    }
    argument = special.flags[:1] == (name.upper(),)
    asked = (
        typer.Argument(metavar=f"[{name.upper()}]", **shown)
        if argument
        else typer.Option(
            *special.flags, metavar=special.metavar, rich_help_panel=part.group, **shown
        )
    )
    annotation = kind if default is not None else kind | None
    return inspect.Parameter(
        name,
        inspect.Parameter.KEYWORD_ONLY,
        default=default,
        annotation=Annotated[annotation, asked],
    )


def _bare(annotation: Any) -> Any:
    """The type without its constraints, and without None."""
    if get_origin(annotation) is Annotated:
        return _bare(get_args(annotation)[0])
    kinds = [kind for kind in get_args(annotation) if kind is not NoneType]
    return _bare(kinds[0]) if NoneType in get_args(annotation) else annotation


def _help(part: type[Part], name: str, field: FieldInfo) -> str:
    """What a field is, with its range where that is not plain, and whether there may be several."""
    told, limits = field.description or "", shape.limits(part, (name,))
    if limits.least not in (None, 0, 1):
        told = f"{told.removesuffix('.')}: {limits}."
    return f"{told} May be given again." if get_origin(field.annotation) is tuple else told
