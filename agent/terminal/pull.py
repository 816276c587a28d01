"""Pulling weights with the user's knowledge: shown, agreed to, then brought, with progress."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from rich.table import Table
from rich.text import Text

from agent.terminal.session import Session
from tools import weights
from tools.errors import OptionError
from tools.weights import Weights


@dataclass(frozen=True)
class Pulled:
    """What became of a pull: the files asked for, and which came, were here, or were declined."""

    files: tuple[Weights, ...]
    came: tuple[Path, ...] = ()
    were: tuple[Path, ...] = ()
    declined: tuple[Weights, ...] = ()

    @property
    def told(self) -> str:
        """What came, in words."""
        count = len(self.came)
        return f"{count} file{'s' if count != 1 else ''} came, in {weights.folder()}"


def pull(session: Session, names: Sequence[str], *, accept: bool, yes: bool, jobs: int) -> Pulled:
    """Show what is not here of these files and sets, ask, and bring it.

    accept   the user accepts the licences that want it; yes: they agree to the download.

    Raises OptionError for a licence that was not accepted, and when nobody is there to be asked;
    otherwise like ``weights.pull``.
    """
    files, lacking = weights.chosen(names), weights.absent(names)
    if lacking:
        offer(session, lacking)
        weights.check_licences(lacking, accepted=accept)
        if not yes and not _agreed(session, lacking):
            return Pulled(tuple(files), declined=tuple(lacking))
    paths = _bring(session, lacking, accept, jobs)
    were = [weights.path(file.name) for file in files if file not in lacking]
    return Pulled(tuple(files), came=tuple(paths), were=tuple(were))


def offer(session: Session, files: Sequence[Weights]) -> None:
    """Show what would come, how large it is, and under which licences; before anything does."""
    table = Table(box=None, header_style="bold", pad_edge=False)
    table.add_column("to download", overflow="fold")
    table.add_column("size")
    for file in files:
        table.add_row(file.name, weights.size([file]))
    session.console.print(table)
    told = [f"{weights.size(files)} into {weights.folder()}"]
    for (licence, terms), file in {(file.licence, file.terms): file for file in files}.items():
        to_accept = " – to be accepted with --accept-licence" if file.consent else ""
        told.append(f"licence: {licence} ({terms}){to_accept}")
    session.console.print("\n".join(told), markup=False, highlight=False, soft_wrap=True)


def interactive() -> bool:
    """Whether somebody can be asked."""
    return sys.stdin is not None and sys.stdin.isatty()


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


def _bring(session: Session, files: Sequence[Weights], accept: bool, jobs: int) -> list[Path]:
    """Pull, with one bar over all bytes."""
    if not files:
        return []
    arrived = {file.name: 0 for file in files}
    total = sum(file.size or 0 for file in files)
    with session.progress.stage("downloading", total or None) as advance:

        def told(name: str, size: int) -> None:
            arrived[name] = size
            advance(min(total, sum(arrived.values())))

        return weights.pull(list(arrived), accept_licence=accept, progress=told, jobs=jobs)
