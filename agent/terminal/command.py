"""Declaring commands: what they have in common is declared here, once."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Collection, Sequence
from functools import wraps
from typing import Annotated, Any, TypeVar

import typer
from typer.core import TyperCommand
from typer.main import get_command_from_info
from typer.models import CommandInfo

Command = TypeVar("Command", bound=Callable[..., None])
TALK = "Terminal"
Json = Annotated[
    bool, typer.Option("--json", help="One JSON object on stdout.", rich_help_panel=TALK)
]
Events = Annotated[
    bool,
    typer.Option(
        "--events",
        help="JSON lines on stdout: what happens, and at last the result.",
        rich_help_panel=TALK,
    ),
]
Quiet = Annotated[
    bool, typer.Option("--quiet", "-q", help="No progress, no notes.", rich_help_panel=TALK)
]
Debug = Annotated[
    bool,
    typer.Option("--debug", help="Show tracebacks and library output.", rich_help_panel=TALK),
]
FLAGS = {"as_json": Json, "events": Events, "quiet": Quiet, "debug": Debug}


class _Late(TyperCommand):
    """A command whose options are looked up when it is used: a list of commands shows none, and
    those of a film take a while to import.
    """

    def get_params(self, ctx: Any) -> Any:
        if not self.params:
            run: Any = vars(self.callback)["__wrapped__"]
            run.__signature__ = run.options()
            whole = get_command_from_info(
                CommandInfo(callback=run), pretty_exceptions_short=True, rich_markup_mode=None
            )
            self.params, self.callback = whole.params, whole.callback
        return super().get_params(ctx)


def command(
    app: typer.Typer,
    name: str | None = None,
    flags: Sequence[str] = tuple(FLAGS),
    parts: Sequence[str] = (),
    only: Collection[str] = (),
    without: Collection[str] = (),
    **declared: Any,
) -> Callable[[Command], Command]:
    """Declare a function to be a command of ``app``, called with a ``Session`` and its arguments.

    flags     which of --json, --events, --quiet and --debug it has: what ``Session`` takes.
    parts     whose options it has, of ``agent.request.options``: ``only`` some, or all ``without``
              some. It is called with their values.
    declared  as ``Typer.command`` takes it.
    """

    def declare(function: Command) -> Command:
        @wraps(function)
        def run(**given: Any) -> None:
            from agent.terminal.session import Session

            with Session(**{flag: given.pop(flag) for flag in flags}) as session:
                if parts:
                    from agent.terminal.options import completed

                    given = completed(given, session.confirm)
                function(session, **given)

        def options() -> inspect.Signature:
            own = inspect.signature(function, eval_str=True, locals={"Session": Any})
            film: list[inspect.Parameter] = []
            if parts:
                from agent.terminal.options import of

                film = of(parts, only, without)
            others = {"session", *(parameter.name for parameter in film)}
            parameters = [
                parameter.replace(kind=parameter.KEYWORD_ONLY)
                for parameter in own.parameters.values()
                if parameter.name not in others and parameter.kind is not parameter.VAR_KEYWORD
            ]
            common = [
                inspect.Parameter(
                    flag, inspect.Parameter.KEYWORD_ONLY, default=False, annotation=FLAGS[flag]
                )
                for flag in flags
            ]
            return own.replace(parameters=[*parameters, *film, *common])

        run.options, run.__signature__ = options, inspect.Signature()  # type: ignore[attr-defined]
        run.__annotations__ = {}  # typer takes them from what ``options`` returns
        app.command(name, cls=_Late, **declared)(run)
        return function

    return declare
