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
    scenes = _list(_field(tree, "scenes"))
    own = [_text(_field(scene, "id")) for scene in scenes]
    taken = {name for name in own if name}
    numbers: dict[str, int] = {}
    found = []
    for scene, given in zip(scenes, own, strict=True):
        if given:
            found.append(given)
            continue
        name = stem = slug(_text(_field(scene, "title")) or _first_words(scene))
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
    yield _text(_field(scene, "text"))
    for line in _list(_field(scene, "lines")):
        yield _text(line)
        yield _text(_field(line, "text"))
        yield _text(_field(line, "transcript"))


def _field(tree: Tree | None, name: str) -> Tree | None:
    return tree.value.get(name) if tree is not None and isinstance(tree.value, dict) else None


def _list(tree: Tree | None) -> list[Tree]:
    return tree.value if tree is not None and isinstance(tree.value, list) else []


def _text(tree: Tree | None) -> str:
    return tree.value if tree is not None and isinstance(tree.value, str) else ""
