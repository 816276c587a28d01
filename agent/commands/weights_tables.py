"""What ``portrayal weights`` prints: tables for people, JSON for scripts."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import typer
from rich.markup import escape
from rich.table import Table

from agent.terminal.pull import Pulled
from agent.terminal.session import Session
from tools import weights
from tools.weights import Verdict, Weights

HERE, NOT_HERE = "[green]✓[/]", "[dim]○[/]"
VERDICTS = {
    "good": "[green]✓[/] good",
    "damaged": "[red]✗[/] damaged",
    "absent": "[red]✗[/] not here",
    "unknown": "[yellow]![/] put here by hand; there is nothing to compare it with",
}


def show(session: Session, names: Sequence[str], files: bool) -> None:
    """The sets; or the files, all or those of ``names``."""
    wanted = weights.chosen(names or weights.catalogue())
    if session.as_json:
        session.json({
            "folder": str(weights.folder()),
            "files": [_described(file) for file in wanted],
            "sets": {} if names else _sets(),
        })  # fmt: skip
        return
    session.out.print(_files(wanted) if files or names else _overview())
    session.out.print("✓ here   ○ not here   § has to be accepted: --accept-licence", style="dim")
    session.out.print(f"in {weights.folder()}", style="dim", markup=False, highlight=False)


def show_pulled(session: Session, pulled: Pulled) -> None:
    if session.as_json:
        session.json({
            "pulled": [str(path) for path in pulled.came],
            "here": [str(path) for path in pulled.were],
            "missing": [file.name for file in pulled.declined],
            "licences": {file.name: file.licence for file in pulled.files},
        })  # fmt: skip
    elif pulled.declined:
        session.out.print("nothing was downloaded")
    elif not session.quiet:
        told = pulled.told if pulled.came else f"all are here already, in {weights.folder()}"
        session.out.print(f"{HERE} {escape(told)}", highlight=False)


def show_verdicts(session: Session, verdicts: dict[str, Verdict]) -> None:
    """Exits with code 4 when a file is not the right one."""
    wrong = [name for name, verdict in verdicts.items() if verdict in {"damaged", "absent"}]
    if session.as_json:
        session.json({"files": verdicts, "good": not wrong})
    elif verdicts:
        table = _table("file", "")
        for name, verdict in verdicts.items():
            table.add_row(name, VERDICTS[verdict])
        session.out.print(table)
    else:
        session.out.print("there are no weights here")
    if damaged := [name for name in wrong if verdicts[name] == "damaged"]:
        listed = " ".join(damaged)
        session.note(
            f"Bring what is damaged anew with: portrayal weights remove {listed}, and then: "
            f"portrayal weights pull {listed}"
        )
    if wrong:
        raise typer.Exit(4)


def show_removed(session: Session, gone: Sequence[Path], freed: int) -> None:
    if session.as_json:
        session.json({"removed": [str(path) for path in gone], "bytes": freed})
    elif not session.quiet:
        told = f"{weights.readable(freed)} freed" if gone else "none of this was here"
        session.out.print(told, highlight=False)


def show_converted(session: Session, old: Path, new: Path) -> None:
    sizes = {str(path): path.stat().st_size for path in (old, new)}
    if session.as_json:
        session.json({"path": str(new), "bytes": sizes})
        return
    before, after = (weights.readable(size) for size in sizes.values())
    session.say(f"{new}: {after} instead of {before}")


def lying(names: Sequence[str]) -> list[Path]:
    """The files that lie under these names, right or wrong."""
    places = [weights.folder() / file.name for file in weights.chosen(names)]
    return [place for place in places if place.is_file()]


def _overview() -> Table:
    """One line for each set."""
    table = _table("", "set", "what it is", "size", "licence")
    summaries = weights.summaries()
    for name, members in weights.sets().items():
        files = weights.chosen([name])
        here = len(members) - len(weights.absent([name]))
        part = f"{here}/{len(members)}" if here else NOT_HERE
        licences = ", ".join(dict.fromkeys(_licence(file) for file in files))
        mark = HERE if here == len(members) else part
        table.add_row(mark, name, summaries[name], weights.size(files), licences)
    return table


def _files(files: Sequence[Weights]) -> Table:
    """One line for each file."""
    table = _table("", "file", "what it is", "size", "licence")
    for file in files:
        mark = HERE if weights.find(file.name) else _on_its_way(file)
        table.add_row(mark, file.name, file.summary, weights.size([file]), _licence(file))
    return table


def _on_its_way(file: Weights) -> str:
    arrived = weights.waiting(file.name)
    return f"{100 * arrived // file.size} %" if arrived and file.size else NOT_HERE


def _described(file: Weights) -> dict[str, Any]:
    """A file as plain values."""
    here = weights.find(file.name)
    return {
        "name": file.name, "sets": list(file.sets), "summary": file.summary, "url": file.url,
        "bytes": file.bytes, "about": file.about, "sha256": file.sha256, "licence": file.licence,
        "terms": file.terms, "commercial": file.commercial, "consent": file.consent,
        "path": None if here is None else str(here), "arrived": weights.waiting(file.name),
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


def _table(*columns: str) -> Table:
    table = Table(box=None, header_style="bold", pad_edge=False)
    for column in columns:
        table.add_column(column, overflow="fold")
    return table
