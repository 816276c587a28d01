"""Names of scenes that have none of their own: from their words, so that they stay."""

from __future__ import annotations

from collections.abc import Iterator

from agent.screenplay.model import slug
from agent.script.source.tree import Tree
from tools.text import words

WORDS = 6  # of the first line, that make a name


def scene_ids(tree: Tree) -> tuple[str, ...]:
    """Every scene's id: its own, or one from its title or first words, unlike all others.

    A scene's name depends on the scenes before it only where they begin with the same words.
    """
    scenes = tree.fields["scenes"].items if "scenes" in tree.fields else []
    own = [_text(scene, "id") for scene in scenes]
    taken = {name for name in own if name}
    numbers: dict[str, int] = {}
    found = []
    for scene, given in zip(scenes, own, strict=True):
        if given:
            found.append(given)
            continue
        name = stem = slug(_text(scene, "title") or _first_words(scene))
        while name in taken:
            numbers[stem] = numbers.get(stem, 1) + 1
            name = f"{stem}-{numbers[stem]}"
        taken.add(name)
        found.append(name)
    return tuple(found)


def _first_words(scene: Tree) -> str:
    for text in _said(scene):
        if first := [word for word, _ in words(text[:500])][:WORDS]:
            return " ".join(first)
    return ""


def _said(scene: Tree) -> Iterator[str]:
    yield _text(scene, "text")
    for line in scene.fields["lines"].items if "lines" in scene.fields else ():
        yield line.value if isinstance(line.value, str) else ""
        yield _text(line, "text")
        yield _text(line, "transcript")


def _text(tree: Tree, field: str) -> str:
    below = tree.below(field)
    return below.value if below is not None and isinstance(below.value, str) else ""
