"""``portrayal produce``, ``resume`` and ``productions``: from a prompt to a film, step by step."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.prompt import Confirm
from rich.table import Table

from agent.terminal.command import Json, command
from tools.errors import OptionError

if TYPE_CHECKING:
    from agent.film.plan import Scene as FilmScene
    from agent.production.folder import Production, Result
    from agent.screenplay.model import Scene
    from agent.terminal.session import Session

WISH = "What it should be"
Prompt = Annotated[
    str | None,
    typer.Argument(
        help="What the video is about; without a language model, what it says.", show_default=False
    ),
]
PromptFile = Annotated[
    Path | None, typer.Option(help="Read the prompt from this UTF-8 file.", rich_help_panel=WISH)
]
Yes = Annotated[bool, typer.Option("--yes", "-y", help="Film without asking.")]
Unasked = Annotated[bool, typer.Option("--yes", "-y", help="Remove without asking.")]
Name = Annotated[str, typer.Argument(help="A name from `portrayal productions`.")]

app = typer.Typer(
    name="productions",
    help="List, show and remove productions.",
    no_args_is_help=False,
    invoke_without_command=True,
)


def produce(
    session: Session,
    prompt: Prompt = None,
    prompt_file: PromptFile = None,
    yes: Yes = False,
    **given: Any,
) -> None:
    """From a prompt to a film of one or more scenes, which can be stopped and resumed."""
    from agent.film.make import check
    from agent.production.folder import Production, prompt_of
    from agent.request.brief import Brief

    brief = Brief.asked(prompt_of(prompt, prompt_file), **given)
    check(brief.request())
    production = Production.begin(brief)
    session.note(f"`portrayal resume {production.name}` goes on with it, should it be stopped.")
    _run(session, production, yes)


def resume(
    session: Session,
    model: str | None,
    name: Annotated[str | None, typer.Argument(help="By default the newest.")] = None,
    yes: Yes = False,
) -> None:
    """Resume a production where it was stopped."""
    from agent.film.make import check
    from agent.production.folder import Production, newest

    production = Production.named(name) if name else newest()
    if production.rows:
        raise OptionError(
            f"{production.name} films a script for each row of a table; give `portrayal script "
            "render` the same script and --variables again, and what was made is found."
        )
    if production.plan is not None:
        _show(session, production.run(session.work))
        return
    check(production.brief.request())
    _run(session, production, yes, model)


@app.callback()
def productions(context: typer.Context, as_json: Json = False) -> None:
    if context.invoked_subcommand is not None:
        return
    from agent.terminal.session import Session

    with Session(as_json=as_json) as session:
        from agent.production.folder import all_productions, status

        rows = [status(production) for production in all_productions()]
        table = Table("production", "scenes", "standing", "film", box=None, pad_edge=False)
        for row in rows:
            table.add_row(row["name"], str(row["scenes"]), row["standing"], row["film"])
        session.show({"productions": rows}, table if rows else "There are none yet.")


@command(app)
def show(session: Session, name: Name) -> None:
    """Show a production's brief, its words, and how far it is."""
    from agent.production.folder import Production, status
    from agent.screenplay.model import Screenplay

    production = Production.named(name)
    values, prompt = status(production), ""
    scenes: Iterable[Scene | FilmScene] = ()
    if production.rows or production.plan:
        plan = production.plan
        values["plan"] = plan and plan.model_dump(mode="json")
        scenes = plan.scenes if plan else ()
    else:
        brief, words = production.brief, production.state().get("screenplay")
        values |= {"brief": brief.model_dump(mode="json"), "screenplay": words}
        prompt = brief.prompt.strip()
        scenes = Screenplay.model_validate(words).scenes if words else ()
    if session.as_json:
        session.json(values)
        return
    session.out.print(f"{name}: {values['standing']}")
    if prompt:
        session.out.print(prompt, markup=False)
    _print_words(session, scenes)


@command(app)
def remove(session: Session, name: Name, yes: Unasked = False) -> None:
    """Remove a production and all its takes; its finished film stays where it is."""
    from agent.production.folder import Production

    production = Production.named(name)
    if yes or session.as_json or _agreed(session, f"Remove {name}?"):
        production.remove()
        session.note(f"{name} is removed.")


def demonstrate(session: Session, output: Path, **options: Any) -> None:
    """The demonstration, written and filmed by the agent."""
    from agent.commands.demo import agents_brief
    from agent.llm import base
    from agent.production.folder import Production

    if base.ready() is None:
        session.note(
            "There is no language model here, so the demonstration’s own words are spoken; "
            "`portrayal setup` tells what gets one that writes them."
        )
    _run(session, Production.begin(agents_brief(output, **options)), yes=True)


def _run(session: Session, production: Production, yes: bool, model: str | None = None) -> None:
    """``model`` is another language model than the one it was begun with."""
    from agent.screenplay.model import Screenplay
    from agent.writing.choice import writer_of

    shown: tuple[str, ...] = ()

    def approve(draft: dict[str, Any]) -> bool:
        nonlocal shown
        shown = tuple(draft["notes"])
        _print_words(session, Screenplay.model_validate(draft["screenplay"]).scenes)
        session.note(*shown)
        return _agreed(session, f"Film these {draft['seconds']:.0f} s?")

    brief = production.brief
    brief = brief.model_copy(update={"model": model or brief.model})
    writer = None if production.given else writer_of(brief, session.work)
    session.note(*(writer.notes if writer else ()))
    ask = None if yes or session.as_json else approve
    _show(session, production.run(session.work, approve=ask, writer=writer), shown)


def _agreed(session: Session, question: str) -> bool:
    """Raises OptionError where nobody can answer, as in a script."""
    try:
        return Confirm.ask(question, console=session.console)
    except EOFError as error:
        session.console.print()
        raise OptionError(f"“{question}” has no answer; give --yes to go on unasked.") from error


def _print_words(session: Session, scenes: Iterable[Scene | FilmScene]) -> None:
    """The words of scenes, for people."""
    for scene in scenes:
        session.console.print(f"\n{scene.title or scene.id}", style="bold", markup=False)
        for line in scene.lines:
            session.console.print(f"  {line.text}", markup=False, highlight=False)


def _show(session: Session, result: Result, shown: Collection[str] = ()) -> None:
    """The result, with the notes that were not ``shown`` before."""
    session.note(*(note for note in result.notes if note not in shown))
    words, film = result.words and result.words.model_dump(mode="json"), result.film
    values = {
        "production": result.name,
        "screenplay": words,
        "film": film,
        "inspected": result.report,
        "notes": list(result.notes),
    }
    told = f"{result.name} was not filmed."
    if film is not None:
        width, height = film["size"]
        told = f"{film['path']}: {film['duration']:.1f} s, {width}×{height}{result.inspected}"
    session.show(values, told)
