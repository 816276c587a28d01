"""Pulling weights with the user's consent: what would be downloaded is shown, agreed to, and then
brought, with progress.
"""

from __future__ import annotations

import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from rich.text import Text

from agent.terminal.session import Session
from agent.terminal.tables import table
from tools import weights
from tools.errors import OptionError
from tools.weights import Weights


@dataclass(frozen=True)
class Pulled:
    """The outcome of a pull.

    files        those asked for: ``downloaded`` now, ``present`` before, or ``declined``.
    """

    files: tuple[Weights, ...] = ()
    downloaded: tuple[Path, ...] = ()
    present: tuple[Path, ...] = ()
    declined: tuple[Weights, ...] = ()

    @property
    def summary(self) -> str:
        """What was downloaded, in words."""
        count = len(self.downloaded)
        return f"{count} file{'s' if count != 1 else ''} downloaded, in {weights.folder()}"


def pull(session: Session, names: Sequence[str], *, accept: bool, yes: bool, jobs: int) -> Pulled:
    """Show what is missing of these files and sets, ask, and download it.

    accept   the user accepts the licences that require it; yes: they agree to the download.

    Raises OptionError for a licence that was not accepted, and when nobody is there to be asked;
    otherwise like ``weights.pull``.
    """
    files, missing = weights.resolve(names), weights.absent(names)
    if missing:
        _offer(session, missing)
        weights.check_licences(missing, accepted=accept)
        if not yes and not _agreed(session, missing):
            return Pulled(tuple(files), declined=tuple(missing))
    downloaded = _download(session, missing, accept, jobs)
    present = [weights.path(file.name) for file in files if file not in missing]
    return Pulled(tuple(files), tuple(downloaded), tuple(present))


def interactive() -> bool:
    """Whether somebody can be asked."""
    return sys.stdin is not None and sys.stdin.isatty()


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


def _download(session: Session, files: Sequence[Weights], accept: bool, jobs: int) -> list[Path]:
    """Pull, with one bar over all bytes."""
    if not files:
        return []
    arrived = {file.name: 0 for file in files}
    total = sum(file.size or 0 for file in files)
    with session.work.stage("download", total or None) as advance:

        def on_bytes(name: str, size: int) -> None:
            arrived[name] = size
            advance(min(total, sum(arrived.values())))

        paths = weights.pull(list(arrived), accept_licence=accept, progress=on_bytes, jobs=jobs)
    session.work.made(*paths)
    return paths
