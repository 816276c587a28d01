"""What ``portrayal weights`` prints: tables for people, JSON for programs."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import typer
from rich.markup import escape
from rich.table import Table

from agent.terminal.pull import Pulled
from agent.terminal.session import Session
from agent.terminal.tables import table
from tools import weights
from tools.weights import Verdict, Weights

PRESENT, ABSENT = "[green]✓[/]", "[dim]○[/]"
VERDICTS = {
    "good": "[green]✓[/] good",
    "damaged": "[red]✗[/] damaged",
    "absent": "[red]✗[/] not here",
    "unknown": "[yellow]![/] put here by hand; there is nothing to compare it with",
}


def show(session: Session, names: Sequence[str], files: bool) -> None:
    """The sets; or the files, all or those of ``names``."""
    wanted = weights.resolve(names or weights.catalogue())
    values = {
        "folder": str(weights.folder()),
        "files": [_values(file) for file in wanted],
        "sets": {} if names else _sets(),
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


def show_removed(session: Session, removed: Sequence[Path], freed: int) -> None:
    if session.as_json or not session.quiet:
        session.show(
            {"removed": [str(path) for path in removed], "bytes": freed},
            f"{weights.format_size(freed)} freed" if removed else "none of this was here",
        )


def show_converted(session: Session, old: Path, new: Path) -> None:
    sizes = {str(path): path.stat().st_size for path in (old, new)}
    before, after = (weights.format_size(size) for size in sizes.values())
    session.show({"path": str(new), "bytes": sizes}, f"{new}: {after} instead of {before}")


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
        part = f"{here}/{len(members)}" if here else ABSENT
        licences = ", ".join(dict.fromkeys(_licence(file) for file in files))
        mark = PRESENT if here == len(members) else part
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


def _values(file: Weights) -> dict[str, Any]:
    """A file as plain values."""
    here = weights.find(file.name)
    return {
        "name": file.name, "sets": list(file.sets), "summary": file.summary, "url": file.url,
        "bytes": file.bytes, "about": file.about, "sha256": file.sha256, "licence": file.licence,
        "terms": file.terms, "commercial": file.commercial, "consent": file.consent,
        "path": None if here is None else str(here), "arrived": weights.partial_size(file.name),
    }  # fmt: skip


def _sets() -> dict[str, Any]:
    summaries = weights.summaries()
    return {
        name: {
            "files": list(files),
            "summary": summaries[name],
            "here": not weights.absent([name]),
        }
        for name, files in weights.sets().items()
    }


def _licence(file: Weights) -> str:
    return f"{escape(file.licence)}{' [yellow]§[/]' if file.consent else ''}"
