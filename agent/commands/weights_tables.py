"""What ``portrayal weights`` asks and prints: tables for people, JSON for programs."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import cast, get_args

import typer
from rich.markup import escape
from rich.table import Table
from rich.text import Text

from agent.terminal.session import Session
from agent.terminal.tables import table
from tools import weights
from tools.errors import OptionError
from tools.weights import Verdict, Weights

PRESENT, ABSENT = "[green]✓[/]", "[dim]○[/]"
VERDICTS = {
    "good": "[green]✓[/] good",
    "damaged": "[red]✗[/] damaged",
    "absent": "[red]✗[/] not here",
    "unknown": "[yellow]![/] put here by hand; there is nothing to compare it with",
}


@dataclass(frozen=True)
class Pulled:
    """Outcome of a pull: ``files`` are ``downloaded`` now, ``present`` before, or ``declined``."""

    files: tuple[Weights, ...] = ()
    downloaded: tuple[Path, ...] = ()
    present: tuple[Path, ...] = ()
    declined: tuple[Weights, ...] = ()

    @property
    def summary(self) -> str:
        """What was downloaded, in words."""
        count = len(self.downloaded)
        return f"{count} file{'s' if count != 1 else ''} downloaded, in {weights.folder()}"


def pull(
    session: Session,
    names: Sequence[str],
    *,
    accept: bool,
    yes: bool,
    jobs: int,
    source: str = "web",
) -> Pulled:
    """Show what is missing of these files and sets, ask, and download it.

    accept   the user accepts the licences that require it; yes: they agree to the download.
    source   "web" or "packages", as ``weights.pull`` takes it.

    Raises OptionError for another source, for a licence that was not accepted, and when nobody is
    there to be asked; otherwise like ``weights.pull``.
    """
    origin = _source(source)
    files, missing, brought = weights.resolve(names), weights.absent(names), list[Path]()
    if missing:
        _offer(session, missing)
        weights.check_licences(missing, accepted=accept)
        if not yes and not _agreed(session, missing):
            return Pulled(tuple(files), declined=tuple(missing))
        arrived = {file.name: 0 for file in missing}
        total = sum(file.size or 0 for file in missing)
        with session.work.stage("download", total or None) as advance:

            def on_bytes(name: str, size: int) -> None:
                arrived[name] = size
                advance(min(total, sum(arrived.values())))

            brought = weights.pull(
                list(arrived), accept_licence=accept, progress=on_bytes, jobs=jobs, source=origin
            )
        session.work.made(*brought)
    present = [weights.path(file.name) for file in files if file not in missing]
    return Pulled(tuple(files), tuple(brought), tuple(present))


def interactive() -> bool:
    """Whether somebody can be asked."""
    return sys.stdin is not None and sys.stdin.isatty()


def _source(given: str) -> weights.Source:
    if given not in get_args(weights.Source):
        raise OptionError(f"Weights do not come from “{given}”; say web or packages.")
    return cast(weights.Source, given)


def _offer(session: Session, files: Sequence[Weights]) -> None:
    """Show what would be downloaded, how large it is, and under which licences."""
    shown = table("to download", "size")
    for file in files:
        shown.add_row(file.name, weights.total_size([file]))
    session.console.print(shown)
    lines = [f"{weights.total_size(files)} into {weights.folder()}"]
    for (licence, terms), file in {(file.licence, file.terms): file for file in files}.items():
        to_accept = " – to be accepted with --accept-licence" if file.consent else ""
        lines.append(f"licence: {licence} ({terms}){to_accept}")
    session.console.print("\n".join(lines), markup=False, highlight=False, soft_wrap=True)


def _agreed(session: Session, files: Sequence[Weights]) -> bool:
    if not interactive():
        raise OptionError(
            "Nothing was downloaded, since nobody is at a terminal to agree; add --yes to agree "
            "beforehand."
        )
    count = "this file" if len(files) == 1 else f"these {len(files)} files"
    try:
        answer = session.console.input(Text(f"Download {count}? [y/N] "))
    except EOFError:
        return False
    return answer.strip().lower() in {"y", "yes"}


def show(session: Session, names: Sequence[str], files: bool) -> None:
    """The sets; or the files, all or those of ``names``."""
    wanted, summaries = weights.resolve(names or weights.catalogue()), weights.summaries()
    sets = {
        name: {"files": members, "summary": summaries[name], "here": not weights.absent([name])}
        for name, members in weights.sets().items()
    }
    values = {
        "folder": str(weights.folder()),
        "files": [
            asdict(file)
            | {"path": weights.find(file.name), "arrived": weights.partial_size(file.name)}
            for file in wanted
        ],
        "sets": {} if names else sets,
    }
    session.show(values, _files(wanted) if files or names else _overview())
    if not session.as_json:
        legend = "✓ here   ○ not here   § has to be accepted: --accept-licence"
        session.out.print(legend, style="dim")
        session.out.print(f"in {weights.folder()}", style="dim", markup=False, highlight=False)


def show_pulled(session: Session, pulled: Pulled) -> None:
    values = {
        "pulled": [str(path) for path in pulled.downloaded],
        "here": [str(path) for path in pulled.present],
        "missing": [file.name for file in pulled.declined],
        "licences": {file.name: file.licence for file in pulled.files},
    }
    if session.as_json or pulled.declined:
        session.show(values, "nothing was downloaded")
    elif not session.quiet:
        already = f"all are here already, in {weights.folder()}"
        summary = pulled.summary if pulled.downloaded else already
        session.out.print(f"{PRESENT} {escape(summary)}", highlight=False)


def show_verdicts(session: Session, verdicts: dict[str, Verdict]) -> None:
    """Exits with code 4 when a file is not the right one."""
    wrong = [name for name, verdict in verdicts.items() if verdict in {"damaged", "absent"}]
    shown = table("file", "")
    for name, verdict in verdicts.items():
        shown.add_row(name, VERDICTS[verdict])
    session.show(
        {"files": verdicts, "good": not wrong}, shown if verdicts else "there are no weights here"
    )
    if damaged := [name for name in wrong if verdicts[name] == "damaged"]:
        names = " ".join(damaged)
        session.note(
            f"Replace what is damaged with: portrayal weights remove {names}, and then: "
            f"portrayal weights pull {names}"
        )
    if wrong:
        raise typer.Exit(4)


def installed(names: Sequence[str]) -> list[Path]:
    """The files that lie under these names, right or wrong."""
    places = [weights.folder() / file.name for file in weights.resolve(names)]
    return [place for place in places if place.is_file()]


def _overview() -> Table:
    """One line for each set."""
    shown = table("", "set", "what it is", "size", "licence")
    summaries = weights.summaries()
    for name, members in weights.sets().items():
        files = weights.resolve([name])
        here = len(members) - len(weights.absent([name]))
        licences = ", ".join(dict.fromkeys(_licence(file) for file in files))
        some = f"{here}/{len(members)}" if here else ABSENT
        mark = PRESENT if here == len(members) else some
        shown.add_row(mark, name, summaries[name], weights.total_size(files), licences)
    return shown


def _files(files: Sequence[Weights]) -> Table:
    """One line for each file."""
    shown = table("", "file", "what it is", "size", "licence")
    for file in files:
        mark = PRESENT if weights.find(file.name) else _arrived(file)
        shown.add_row(mark, file.name, file.summary, weights.total_size([file]), _licence(file))
    return shown


def _arrived(file: Weights) -> str:
    """How much of a file there is, of a download that was stopped."""
    arrived = weights.partial_size(file.name)
    return f"{100 * arrived // file.size} %" if arrived and file.size else ABSENT


def _licence(file: Weights) -> str:
    return f"{escape(file.licence)}{' [yellow]§[/]' if file.consent else ''}"
