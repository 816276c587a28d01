"""What ``voices``, ``renderers`` and ``doctor`` show: tables for people, JSON for scripts."""

from __future__ import annotations

from dataclasses import asdict

import typer
from rich.markup import escape
from rich.table import Table

from agent.terminal.doctor import Finding, healthy
from agent.terminal.session import Session
from renderers import base as renderers
from tools.errors import OptionError
from tools.speech import base as speech

MARKS = {"ready": "[green]✓[/]", "missing": "[red]✗[/]", "optional": "[yellow]○[/]"}


def voices(engine: str | None, language: str | None) -> tuple[list[dict[str, str]], dict[str, str]]:
    """The voices that can speak, as plain values, and what is missing by engine.

    Raises OptionError for an unknown engine.
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
            {"engine": spec.name, "voice": v.name, "language": v.language, "summary": v.summary}
            for v in spec.load().voices()
            if language is None or _speaks(v.language, language)
        ]
    return listed, missing


def show_voices(session: Session, engine: str | None, language: str | None) -> None:
    """The voices of every installed engine, or of ``engine`` alone."""
    listed, missing = voices(engine, language)
    if session.as_json:
        session.json({"voices": listed, "missing": missing})
        return
    table = _table("engine", "voice", "language", "summary")
    for row in listed:
        table.add_row(*row.values())
    session.out.print(table)
    for name, sentence in missing.items():
        session.note(f"{name}: {sentence}")


def show_renderers(session: Session) -> None:
    specs = renderers.available().values()
    if session.as_json:
        session.json({
            "renderers": [
                {"name": s.name, "family": s.family, "summary": s.summary, "licence": s.licence,
                 "missing": s.missing()}
                for s in specs
            ]
        })  # fmt: skip
        return
    table = _table("renderer", "family", "summary", "licence", "")
    for spec in specs:
        sentence = spec.missing()
        mark = MARKS["optional" if sentence else "ready"]
        found = escape(sentence) if sentence else mark
        table.add_row(spec.name, spec.family, spec.summary, spec.licence, found)
    session.out.print(table)


def show_renderer(session: Session, name: str) -> None:
    """One renderer and what can be chosen for it with ``--set``."""
    spec = renderers.named(name)
    if session.as_json:
        session.json({"name": spec.name, "settings": [asdict(s) for s in spec.settings]})
        return
    session.out.print(f"{spec.name}: {spec.summary}")
    table = _table("--set", "default", "takes", "")
    for setting in spec.settings:
        table.add_row(setting.name, setting.default, setting.accepts, setting.summary)
    session.out.print(table if spec.settings else "It has no settings.")


def show_findings(session: Session, findings: list[Finding]) -> None:
    """Exits with code 4 when a video cannot be made."""
    if session.as_json:
        session.json({"healthy": healthy(findings), "findings": [asdict(f) for f in findings]})
    else:
        table = _table("", "", "", "found", "what it gives", "how to get it")
        for f in findings:
            said = map(escape, (f.area, f.name, f.found, f.gives, f.get))
            table.add_row(MARKS[f.standing], *said)
        session.out.print(table)
        session.out.print("✓ ready   ○ would add something   ✗ stops the work", style="dim")
    if not healthy(findings):
        raise typer.Exit(4)


def _speaks(tag: str, wanted: str) -> bool:
    """Whether a voice's language tag falls under ``wanted``: "en-gb" is "en"."""
    tag, wanted = tag.lower(), wanted.lower().replace("_", "-")
    return tag == wanted or tag.startswith(wanted + "-")


def _table(*columns: str) -> Table:
    table = Table(box=None, header_style="bold", pad_edge=False)
    for column in columns:
        table.add_column(column, overflow="fold")
    return table
