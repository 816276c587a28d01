"""Declaring commands: what they have in common is declared here, once."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Sequence
from functools import wraps
from typing import Any, TypeVar

import typer

from agent.terminal import options as opt
from agent.terminal.session import Session

Command = TypeVar("Command", bound=Callable[..., None])
ALL = ("as_json", "events", "quiet", "debug")


def command(
    app: typer.Typer,
    name: str | None = None,
    flags: Sequence[str] = ALL,
    takes: Sequence[inspect.Parameter] = (),
    **declared: Any,
) -> Callable[[Command], Command]:
    """Declare a function to be a command of ``app``, called with a ``Session`` and its arguments.

    flags     which of --json, --events, --quiet and --debug it has: what ``Session`` takes.
    takes     the options of a film that it has: it is called with their values.
    declared  as ``Typer.command`` takes it.
    """
    common = inspect.signature(_common, eval_str=True).parameters
    others = {"session", *(parameter.name for parameter in takes)}
    flagged = [common[flag].replace(kind=inspect.Parameter.KEYWORD_ONLY) for flag in flags]

    def declare(function: Command) -> Command:
        own = inspect.signature(function, eval_str=True)
        parameters = [
            parameter.replace(kind=parameter.KEYWORD_ONLY)
            for parameter in own.parameters.values()
            if parameter.name not in others and parameter.kind is not parameter.VAR_KEYWORD
        ]

        @wraps(function)
        def run(**given: Any) -> None:
            with Session(**{flag: given.pop(flag) for flag in flags}) as session:
                function(session, **(opt.completed(given) if takes else given))

        shown = own.replace(parameters=[*parameters, *takes, *flagged])
        run.__signature__ = shown  # type: ignore[attr-defined]
        app.command(name, **declared)(run)
        return function

    return declare


def _common(
    as_json: opt.Json = False,
    events: opt.Events = False,
    quiet: opt.Quiet = False,
    debug: opt.Debug = False,
) -> None:
    """What commands have in common."""
