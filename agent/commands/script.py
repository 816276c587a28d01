"""``portrayal script …``: films of many scenes, written in YAML."""

from __future__ import annotations

from pathlib import Path
from shutil import copymode
from typing import TYPE_CHECKING, Annotated, Any

import typer

from agent.terminal.command import command
from tools.errors import OptionError, PortrayalError

if TYPE_CHECKING:
    from agent.production.folder import Result
    from agent.script.film import Wish
    from agent.terminal.session import Session

app = typer.Typer(
    name="script", help="Films of many scenes, written in YAML.", no_args_is_help=True
)

Script = Annotated[Path, typer.Argument(help="The script, a .yaml file.", show_default=False)]
Output = Annotated[
    Path | None,
    typer.Option(
        "--output",
        "-o",
        help="The film: .mp4, .mov (ProRes) or .webm (VP9); default: the script's name with what "
        "goes with its codec, .mp4 where it names none. "
        "With --variables, {{column}} in its name is each row's value.",
        show_default=False,
    ),
]
Only = Annotated[
    str | None,
    typer.Option(help="Film only these scenes: names separated by commas.", show_default=False),
]
Set = Annotated[
    list[str] | None,
    typer.Option(
        "--set",
        help="KEY=VALUE in place of what the script says, such as output.size=480 or "
        "variables.name=Ann. May be given again.",
        show_default=False,
    ),
]
Variables = Annotated[
    Path | None,
    typer.Option(
        help="A CSV table: one film for each row; its columns are {{variables}}.",
        show_default=False,
    ),
]
Jobs = Annotated[
    int, typer.Option(min=1, max=64, help="Scenes, or rows of --variables, to process at once.")
]
Outside = Annotated[
    bool, typer.Option("--allow-outside", help="Let the script use files outside of its folder.")
]


@command(app)
def render(
    session: Session,
    script: Script,
    output: Output = None,
    only: Only = None,
    set_: Set = None,
    variables: Variables = None,
    jobs: Jobs = 1,
    allow_outside: Outside = False,
) -> None:
    """Render a script. Scenes that have not changed since the last film are reused."""
    from agent.script.film import film

    wish = _wish(script, output, only, set_, allow_outside)
    if variables is not None:
        _render_rows(session, wish, variables, jobs)
        return
    result = film(wish, wish.plan(), session.work, jobs=jobs)
    session.note(*result.notes)
    session.show(_described(result), _in_words(result))


@command(app)
def validate(
    session: Session,
    script: Script,
    only: Only = None,
    set_: Set = None,
    variables: Variables = None,
    allow_outside: Outside = False,
) -> None:
    """Check a script and every file it names, without rendering."""
    from agent.script.source.rows import for_each

    plans = for_each(_rows(variables), _wish(script, None, only, set_, allow_outside).plan)
    scenes, lines = len(plans[0].scenes), sum(len(scene.lines) for scene in plans[0].scenes)
    films = "" if variables is None else f", {_count(len(plans), 'film')}"
    session.show(
        {"valid": True, "scenes": scenes, "lines": lines, "films": len(plans)},
        f"{script} is right: {_count(scenes, 'scene')}, {_count(lines, 'line')}{films}.",
    )


@command(app)
def new(
    session: Session,
    script: Annotated[Path, typer.Argument(help="The file to write.")] = Path("script.yaml"),
    portrait: Annotated[
        Path, typer.Option("--portrait", "-p", help="The picture of who presents, beside it.")
    ] = Path("portrait.png"),
) -> None:
    """Write a commented script to start from."""
    from agent.script.starter import starter
    from tools.output import explained, replacing

    if script.exists():
        raise OptionError(f"“{script}” is there already; give a new script another name.")
    with replacing(script) as partial, explained(script):
        partial.write_text(starter(portrait.as_posix()), encoding="utf-8")
    told = f"{script} is written; `portrayal script render {script}` films it."
    session.show({"script": str(script)}, told)


@command(app, flags=())
def schema(
    session: Session,
    output: Annotated[
        Path | None, typer.Option("--output", "-o", help="Write it here; by default, print it.")
    ] = None,
) -> None:
    """Print the format as JSON Schema, with which editors complete and check as you type."""
    from agent.script.format import schema as published
    from tools.output import explained, replacing

    if output is None:
        print(published.text(), end="")
        return
    with replacing(output) as partial, explained(output):
        partial.write_text(published.text(), encoding="utf-8")


@command(app, "format", flags=())
def format_(
    session: Session,
    script: Script,
    check: Annotated[
        bool, typer.Option("--check", help="Change nothing; exit with 1 if it would.")
    ] = False,
) -> None:
    """Rewrite a script in the standard order and layout. Comments are kept."""
    from agent.request.words import read_text
    from agent.script.canonical import formatted
    from tools.output import explained, replacing

    before = read_text(script)
    after = formatted(before, str(script))
    if after == before:
        session.say(f"{script} is as it should be.")
    elif check:
        session.say(f"{script} would be formatted.")
        raise typer.Exit(1)
    else:
        whole = script.resolve()  # a link stays one
        with replacing(whole) as partial, explained(script):
            partial.write_text(after, encoding="utf-8")
            copymode(whole, partial)
        session.say(f"{script} is formatted.")


@command(app)
def diff(
    session: Session,
    script: Script,
    output: Output = None,
    set_: Set = None,
    allow_outside: Outside = False,
) -> None:
    """Show what has changed since the last film: which scenes would be redrawn, and why."""
    from agent.production.folder import Production
    from agent.script.diff import changes, changes_around, filmed

    wish = _wish(script, output, None, set_, allow_outside)
    before, plan = filmed(Production(wish.name)), wish.plan()
    found, around = changes(before, plan), changes_around(before, plan)
    if session.as_json:
        rows = [{"scene": c.scene, "is": c.kind, "reasons": list(c.reasons)} for c in found]
        session.json({"scenes": rows, "film": list(around)})
        return
    told = [(f"{c.kind:8} {c.scene}", c.reasons) for c in found if c.kind != "kept"]
    if around:
        told.append(("changed  the film around its scenes", around))
    for what, reasons in told:
        session.say("\n           ".join([what, *reasons]))
    redrawn = sum(change.redrawn for change in found)
    there = sum(change.kind != "gone" for change in found)
    session.say(f"{redrawn:,} of {_count(there, 'scene')} to draw.")


@command(app)
def estimate(
    session: Session,
    script: Script,
    output: Output = None,
    set_: Set = None,
    variables: Variables = None,
    allow_outside: Outside = False,
) -> None:
    """Estimate the film's length, the rendering time and the disk it needs."""
    from dataclasses import asdict

    from agent.production.folder import Production
    from agent.script.diff import estimate as estimated
    from agent.script.diff import filmed
    from agent.script.source.rows import for_each
    from agent.terminal.tables import facts

    wish = _wish(script, output, None, set_, allow_outside)
    rows = _rows(variables)
    found = [
        estimated(plan, filmed(Production(wish.name, row and row.name)))
        for row, plan in zip(rows, for_each(rows, wish.plan), strict=True)
    ]
    scenes, redrawn = sum(one.scenes for one in found), sum(one.redrawn for one in found)
    basis = "as this script's last film did" if found[0].measured else "assuming two cores"
    told = {
        "film": f"about {_clock(sum(one.seconds for one in found))}",
        "to draw": f"{redrawn} of {_count(scenes, 'scene')}",
        "time": f"about {_clock(sum(one.work for one in found))}, {basis}",
        "disk": f"about {sum(one.disk for one in found) / 1e6:,.0f} MB",
    }
    session.show({"films": [asdict(one) for one in found]}, facts(told))


def _render_rows(session: Session, wish: Wish, table: Path, jobs: int) -> None:
    from agent.script.film import films

    told: list[dict[str, Any]] = []
    failures: list[tuple[int, PortrayalError]] = []
    for row, outcome in films(wish, _rows(table), session.work, jobs):
        if isinstance(outcome, PortrayalError):
            failures.append((row.number, outcome))
            continue
        told.append({"row": row.number} | _described(outcome))
        if not session.as_json:
            session.say(f"{row.number:4} {_in_words(outcome)}")
    if session.as_json:
        failed = [{"row": number, "message": str(error)} for number, error in failures]
        session.json({"films": told, "failed": failed})
    for number, error in failures:
        session.tell(f"row {number}: {error}")
    if failures:
        raise typer.Exit(failures[0][1].exit_code)


def _wish(
    script: Path, output: Path | None, only: str | None, values: list[str] | None, outside: bool
) -> Wish:
    from agent.script.film import Wish

    pairs = [given.partition("=") for given in values or ()]
    for key, equals, _ in pairs:
        if not (key and equals):
            raise OptionError(f"--set {key} is no setting; it is written KEY=VALUE.")
    scenes = tuple(name.strip() for name in only.split(",")) if only is not None else ()
    return Wish(script, output, tuple((key, value) for key, _, value in pairs), scenes, outside)


def _rows(table: Path | None) -> list[Any]:
    """The rows of a table; without one, None stands for the only film."""
    from agent.script.source.rows import rows

    return [None] if table is None else rows(table)


def _described(result: Result) -> dict[str, Any]:
    return {"production": result.name, "film": result.film, "notes": list(result.notes)}


def _in_words(result: Result) -> str:
    film = result.film or {}
    width, height = film["size"]
    return f"{film['path']}: {_clock(film['duration'])}, {width}×{height}"


def _clock(seconds: float) -> str:
    """Such as 48 s, or 3 min 5 s."""
    minutes, rest = divmod(round(seconds), 60)
    return f"{minutes} min {rest} s" if minutes else f"{rest} s"


def _count(number: int, noun: str) -> str:
    return f"{number:,} {noun}{'' if number == 1 else 's'}"
