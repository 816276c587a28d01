"""What a chat shows of a screenplay, as lines of plain text."""

from __future__ import annotations

from collections.abc import Iterator

from agent.request.brief import Brief
from agent.screenplay.model import Line, Screenplay


def summary(screenplay: Screenplay) -> str:
    """One line: “Tea”, 2 scenes, 5 lines, about 34 s, in en."""
    return (
        f"“{screenplay.title}”, {_count(len(screenplay.scenes), 'scene')}, "
        f"{_count(len(list(screenplay.lines)), 'line')}, "
        f"about {screenplay.estimated_seconds:.0f} s, in {screenplay.language}"
    )


def lines(screenplay: Screenplay) -> Iterator[str]:
    """The summary, then every line with its expression, scene by scene."""
    yield summary(screenplay)
    for number, scene in enumerate(screenplay.scenes, 1):
        yield f"{number}  {scene.title or scene.id}"
        yield from (f"   {line.text}{_expression(line)}" for line in scene.lines)


def render_question(brief: Brief, screenplay: Screenplay, seconds: float | None) -> str:
    """What the user is asked before a video is made, which takes ``seconds`` if that is known."""
    request = brief.request()
    width, height = request.canvas
    takes = "" if seconds is None else f", which takes about {_duration(seconds)}"
    replaced = ", replacing the file that is there" if request.output.exists() else ""
    return (
        f"Make about {screenplay.estimated_seconds:.0f} s of video at {width}×{height} in "
        f"“{request.output}”{replaced}{takes}?"
    )


def _expression(line: Line) -> str:
    if line.expression == "neutral":
        return ""
    intensity = "" if line.intensity == 1 else f" {line.intensity:g}"
    return f"  ({line.expression}{intensity})"


def _duration(seconds: float) -> str:
    return f"{seconds:.0f} s" if seconds < 100 else f"{seconds / 60:.0f} min"


def _count(number: int, noun: str) -> str:
    return f"{number} {noun}{'' if number == 1 else 's'}"
