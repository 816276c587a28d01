"""What ``make``, ``preview``, ``demo`` and ``inspect`` print when they are done."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from rich.markup import escape

from agent.terminal.session import Session
from agent.terminal.tables import facts, table

if TYPE_CHECKING:
    from pathlib import Path

    from agent.film.make import Outcome, Preview
    from tools.inspect import Report

MARKS = {
    "pass": "[green]✓[/]",
    "warn": "[yellow]![/]",
    "fail": "[red]✗[/]",
    "unknown": "[dim]?[/]",
}
TIMINGS = {
    "exact": "the voice's own",
    "aligned": "aligned with the transcript",
    "estimated": "estimated",
    "acoustic": "from the sound alone",
}


def show(session: Session, outcome: Outcome, report: Report | None = None) -> None:
    """The finished video: where it is, how long, how it came about, how well it is in sync."""
    for sentence in outcome.notes:
        session.note(sentence)
    rows, values = _rows(outcome), described(outcome)
    if report is not None:
        rows["lips"], values["inspected"] = _in_words(report), report.to_dict()
    session.show(values, facts(rows))


def show_preview(session: Session, preview: Preview) -> None:
    for sentence in preview.draft.notes:
        session.note(sentence)
    values = described(preview.draft) | {"picture": str(preview.picture)}
    first = {"first frame": escape(str(preview.picture))}
    session.show(values, facts(first | _rows(preview.draft)))


def show_picture(session: Session, path: Path, size: tuple[int, int]) -> None:
    """A picture that was written."""
    session.show({"path": str(path), "size": list(size)}, f"{path}: {size[0]}×{size[1]}")


def described(outcome: Outcome) -> dict[str, Any]:
    """A film as plain values for JSON."""
    return outcome.video.to_dict() | {
        "timing": outcome.timing,
        "seconds": {name: round(spent, 3) for name, spent in outcome.seconds.items()},
        "notes": list(outcome.notes),
    }


def _rows(outcome: Outcome) -> dict[str, str]:
    """A film as lines of a table."""
    video, seconds = outcome.video, outcome.seconds
    whole = sum(seconds.values())
    rows = {"video": escape(str(video.path))}
    if video.captions is not None:
        rows["captions"] = escape(str(video.captions))
    width, height = video.size
    return rows | {
        "duration": f"{video.duration:.1f} s",
        "picture": f"{width}×{height}, {video.fps} frames per second",
        "file": f"{video.path.stat().st_size / 1e6:.1f} MB",
        "sound": f"{video.loudness:.1f} LUFS, peak {video.peak:.1f} dBTP",
        "credentials": f"AI-generated, signed by {escape(video.signer)}",
        "lip timing": TIMINGS[outcome.timing],
        "made in": f"{whole:.1f} s, {whole / video.duration:.2f} × its length",
        "of which": ", ".join(f"{name} {spent:.1f}" for name, spent in seconds.items()),
    }


def show_report(session: Session, report: Report) -> None:
    """What was measured on a video, and whether it is good enough."""
    shown = table("", "measured", "found", "wanted")
    for name, value, wanted, verdict in report.rows():
        shown.add_row(MARKS[verdict], name, value, wanted)
    session.show(report.to_dict(), shown)
    if not session.as_json:
        session.out.print(f"[bold]content credentials[/]  {escape(report.origin)}", highlight=False)


def _in_words(report: Report) -> str:
    """How well lips and voice go together."""
    sync = report.sync
    if sync.correlation is None:
        return "could not be measured"
    lag = "no clear lag" if sync.lag is None else f"lag {1000 * sync.lag:+.0f} ms"
    return f"follow the voice with correlation {sync.correlation:.2f}, {lag}"
