"""What commands print when they are done: tables for people, JSON for programs."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from itertools import groupby
from operator import itemgetter
from pathlib import Path
from typing import TYPE_CHECKING, Any

import typer
from rich.markup import escape
from rich.table import Table

from agent.settings import Shown
from agent.terminal.doctor import Finding, healthy
from agent.terminal.session import Session
from renderers import base as renderers
from tools.errors import OptionError
from tools.speech import base as speech

if TYPE_CHECKING:
    from agent.film.make import Outcome, Preview
    from tools.inspect import Report

MARKS = {"ready": "[green]✓[/]", "missing": "[red]✗[/]", "optional": "[yellow]○[/]"}
VERDICTS = {
    "pass": "[green]✓[/]",
    "warn": "[yellow]![/]",
    "fail": "[red]✗[/]",
    "unknown": "[dim]?[/]",
}
MANY = 50  # voices of an engine
TIMINGS = {
    "exact": "the voice's own",
    "aligned": "aligned with the transcript",
    "estimated": "estimated",
    "acoustic": "from the sound alone",
}


def table(*columns: str) -> Table:
    """An empty table with these headings; long values are folded."""
    result = Table(box=None, header_style="bold", pad_edge=False)
    for column in columns:
        result.add_column(column, overflow="fold")
    return result


def facts(rows: Mapping[str, str]) -> Table:
    """A line for each name and its value, which may hold markup."""
    result = Table(box=None, show_header=False, pad_edge=False)
    result.add_column(style="bold")
    result.add_column(overflow="fold")
    for name, value in rows.items():
        result.add_row(name, value)
    return result


def voices(
    engine: str | None, language: str | None, names: Sequence[str] = ()
) -> tuple[list[dict[str, str]], dict[str, str]]:
    """The voices that can speak, as plain values, and what is missing by engine.

    names   of voices, or languages: only these; none is all.

    Raises OptionError for an unknown engine, and for a name that is none of these.
    """
    specs = speech.available()
    if engine is not None and engine not in specs:
        raise OptionError(f"There is no speech engine “{engine}”; there are: {', '.join(specs)}.")
    listed: list[dict[str, str]] = []
    missing: dict[str, str] = {}
    for spec in (s for s in specs.values() if engine in {None, s.name}):
        if sentence := spec.missing():
            missing[spec.name] = sentence
            continue
        listed += [
            {
                "voice": v.name,
                "engine": spec.name,
                "language": v.language,
                "sex": v.sex or "",
                "quality": v.quality,
                "licence": v.licence or spec.licence,
                "summary": v.summary,
            }
            for v in spec.load().voices() or [speech.Voice("FILE", spec.language, spec.summary)]
            if language is None or _speaks(v.language, language)
        ]
    found = {
        name: [row for row in listed if row["voice"] == name or _speaks(row["language"], name)]
        for name in names
    }
    if strange := [name for name, rows in found.items() if not rows]:
        raise OptionError(
            f"There is no voice “{strange[0]}” here; `portrayal voices` lists what there is."
        )
    wanted = [row for rows in found.values() for row in rows] if names else listed
    return wanted, missing


def show_voices(
    session: Session, engine: str | None, language: str | None, names: Sequence[str]
) -> None:
    """The voices of every installed engine, or of ``engine`` alone. Where all are shown, an engine
    with many takes one line.
    """
    listed, missing = voices(engine, language, names)
    shown = table("voice", "engine", "language", "sex", "quality", "licence", "summary")
    for name, group in groupby(listed, key=itemgetter("engine")):
        rows = list(group)
        if len(rows) > MANY and not (engine or language or names):
            told = f"{len(rows)} languages; all: portrayal voices --engine {name}"
            several = {"voice": f"{rows[0]['voice']} …", "language": "many", "summary": told}
            shown.add_row(*map(escape, (rows[0] | several).values()))
        else:
            for row in rows:
                shown.add_row(*map(escape, row.values()))
    session.show({"voices": listed, "missing": missing}, shown)
    if not session.as_json:
        session.note(*(f"{name}: {sentence}" for name, sentence in missing.items()))
        if listed:
            session.note(f"To hear one: portrayal voices --listen {listed[0]['voice']}")


def show_renderers(session: Session) -> None:
    values = list[dict[str, str | None]]()
    shown = table("renderer", "family", "summary", "licence", "")
    for spec in renderers.available().values():
        sentence = spec.missing()
        row = {
            "name": spec.name,
            "family": spec.family,
            "summary": spec.summary,
            "licence": spec.licence,
        }
        values.append({**row, "missing": sentence})
        shown.add_row(*row.values(), escape(sentence) if sentence else MARKS["ready"])
    session.show({"renderers": values}, shown)


def show_renderer(session: Session, name: str) -> None:
    """One renderer and what can be chosen for it with ``--set``."""
    spec = renderers.named(name)
    known = renderers.settings(spec)
    settings = table("--set", "default", "takes", "")
    for setting in known:
        settings.add_row(setting.name, setting.default, setting.accepts, setting.summary)
    if not session.as_json:
        session.say(f"{spec.name}: {spec.summary}")
    session.show(
        {"name": spec.name, "settings": [setting.to_dict() for setting in known]},
        settings if known else "It has no settings.",
    )


def show_findings(session: Session, findings: list[Finding], settings: list[Shown]) -> None:
    """Exits with code 4 when a video cannot be made."""
    shown = table("", "", "", "found", "what it gives", "how to get it")
    for f in findings:
        cells = map(escape, (f.area, f.name, f.found, f.gives, f.get))
        shown.add_row(MARKS[f.standing], *cells)
    chosen = table("setting", "value", "named by", "what it is")
    for setting in settings:
        chosen.add_row(*map(escape, setting))
    values = {
        "healthy": healthy(findings),
        "findings": [asdict(f) for f in findings],
        "settings": [setting._asdict() for setting in settings],
    }
    session.show(values, shown)
    if not session.as_json:
        session.out.print("✓ ready   ○ would add something   ✗ stops the work\n", style="dim")
        session.out.print(chosen)
    if not healthy(findings):
        raise typer.Exit(4)


def _speaks(tag: str, wanted: str) -> bool:
    """Whether a voice's language tag falls under ``wanted``: "en-gb" is "en"."""
    tag, wanted = tag.lower(), wanted.lower().replace("_", "-")
    return tag == wanted or tag.startswith(wanted + "-")


def show(session: Session, outcome: Outcome, report: Report | None = None) -> None:
    """The finished video: where it is, how long, how it came about, how well it is in sync."""
    session.note(*outcome.notes)
    rows, values = _rows(outcome), described(outcome)
    if report is not None:
        rows["lips"], values["inspected"] = _in_words(report), report.to_dict()
    session.show(values, facts(rows))


def show_preview(session: Session, preview: Preview) -> None:
    session.note(*preview.draft.notes)
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
    for check in report.checks:
        shown.add_row(VERDICTS[check.verdict], check.name, check.shown, check.wanted)
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
