"""What a chat shows of a screenplay, as lines of plain text."""

from __future__ import annotations

from collections.abc import Iterator

from agent.request.brief import Brief
from agent.screenplay.model import Line, Screenplay


def summary(screenplay: Screenplay) -> str:
    """One line: “Tea”, 2 scenes, 5 lines, about 34 s, in en."""
    lines = len(list(screenplay.lines))
    return (
        f"“{screenplay.title}”, {_count(len(screenplay.scenes), 'scene')}, "
        f"{_count(lines, 'line')}, about {screenplay.estimated_seconds:.0f} s, "
        f"in {screenplay.language}"
    )


def whole(screenplay: Screenplay) -> Iterator[str]:
    """Every line with how it is said, scene by scene."""
    yield summary(screenplay)
    for number, scene in enumerate(screenplay.scenes, 1):
        yield f"{number}  {scene.title or scene.id}"
        yield from (f"   {line.text}{_manner(line)}" for line in scene.lines)


def question(brief: Brief, screenplay: Screenplay, seconds: float | None) -> str:
    """What the user is asked before a video is made."""
    request = brief.request()
    width, height = request.canvas
    takes = "" if seconds is None else f", which takes about {_time(seconds)}"
    replaced = ", replacing the file that is there" if request.output.exists() else ""
    return (
        f"Make about {screenplay.estimated_seconds:.0f} s of video at {width}×{height} in "
        f"“{request.output}”{replaced}{takes}?"
    )


def _manner(line: Line) -> str:
    if line.expression == "neutral":
        return ""
    strength = "" if line.intensity == 1 else f" {line.intensity:g}"
    return f"  ({line.expression}{strength})"


def _time(seconds: float) -> str:
    return f"{seconds:.0f} s" if seconds < 100 else f"{seconds / 60:.0f} min"


def _count(number: int, what: str) -> str:
    return f"{number} {what}{'' if number == 1 else 's'}"
