"""The differences between two versions of a screenplay, as lines for a chat."""

from __future__ import annotations

from collections.abc import Iterator
from difflib import SequenceMatcher

from agent.screenplay.model import Line, Scene, Screenplay
from tools.messages import excerpt

_LONGEST = 100  # characters of a line that is merely marked otherwise


def differences(before: Screenplay, after: Screenplay) -> list[str]:
    """One line per change.

    "- " and "+ " stand before removed and new lines, "~ " before lines whose words are the same but
    not their expression, pause or stress. Scenes are matched by their ids.
    """
    return list(_changes(before, after))


def _changes(before: Screenplay, after: Screenplay) -> Iterator[str]:
    if before.title != after.title:
        yield f"Title: “{before.title}” → “{after.title}”"
    if before.language != after.language:
        yield f"Language: {before.language} → {after.language}"
    old = {scene.id: scene for scene in before.scenes}
    new = {scene.id: scene for scene in after.scenes}
    for name, scene in old.items():
        if name not in new:
            yield f"- Scene “{name}” ({_count(scene)})"
    for name, scene in new.items():
        if name not in old:
            yield f"+ Scene “{name}” ({_count(scene)})"
            yield from (f"  + {line.text}" for line in scene.lines)
        elif changes := list(_in_scene(old[name], scene)):
            yield f"Scene “{name}”"
            yield from (f"  {change}" for change in changes)
    kept = [name for name in old if name in new]
    order = [name for name in new if name in old]
    if kept != order:
        yield f"Order of the scenes: {', '.join(order[:20])}{', …' if len(order) > 20 else ''}"


def _in_scene(before: Scene, after: Scene) -> Iterator[str]:
    if before.title != after.title:
        yield f"Title: {_quoted(before.title)} → {_quoted(after.title)}"
    texts = [line.text for line in before.lines], [line.text for line in after.lines]
    for kind, a, b, c, d in SequenceMatcher(None, *texts).get_opcodes():
        if kind == "equal":
            yield from (
                f"~ {excerpt(new.text, _LONGEST)} ({marks})"
                for old, new in zip(before.lines[a:b], after.lines[c:d], strict=True)
                if (marks := ", ".join(_marks(old, new)))
            )
        else:
            yield from (f"- {line.text}" for line in before.lines[a:b])
            yield from (f"+ {line.text}" for line in after.lines[c:d])


def _marks(before: Line, after: Line) -> Iterator[str]:
    """What has changed of a line besides its words."""
    faces = [f"{line.expression} {line.intensity:g}" for line in (before, after)]
    if faces[0] != faces[1]:
        yield " → ".join(faces)
    if before.pause != after.pause:
        yield f"pause {before.pause:g} → {after.pause:g} s"
    if before.emphasis != after.emphasis:
        yield f"stress on {', '.join(after.emphasis) or 'no word'}"


def _count(scene: Scene) -> str:
    return f"{len(scene.lines)} line{'' if len(scene.lines) == 1 else 's'}"


def _quoted(title: str | None) -> str:
    return f"“{title}”" if title else "none"
