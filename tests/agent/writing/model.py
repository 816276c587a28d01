"""A scripted model that knows the writer's tasks, and says something fitting to each."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from agent.request.brief import Brief
from tests.scripted import Line, Scripted

REQUEST, OUTLINE, NARRATION, DIRECTION, TITLES, REWRITE, MEND, REVISION = (
    "Somebody asks for a video",
    "Plan a video",
    "Write what is said in one scene",
    "Decide with which face each",
    "These are the words of a video",
    "These sentences are one scene",
    "In a video one person says",
    "has these scenes",
)
"""How each prompt can be told by its words."""


def reply(when: str, every: bool = False, **answer: Any) -> Line:
    return Line(json.dumps(answer), when=when, every=every)


def request(imitates: str = "") -> Line:
    return reply(REQUEST, imitates=imitates)


def outline(*titles: str) -> Line:
    scenes = [{"title": title, "purpose": f"On {title}.", "share": 2} for title in titles]
    return reply(OUTLINE, title="All about tea", scenes=scenes)


def narration(*sentences: str, when: str = NARRATION) -> Line:
    return reply(when, sentences=sentences)


def direction(lines: int, expression: str = "warm") -> Line:
    return reply(DIRECTION, faces=[expression] * lines)


def titles(title: str, *scenes: str) -> Line:
    return reply(TITLES, title=title, scenes=scenes)


def revision(*actions: str, title: str = "") -> Line:
    return reply(REVISION, title=title, scenes=actions)


def film() -> list[Line]:
    """Everything that a film of two scenes takes."""
    return [
        request(),
        outline("Hello", "How to brew"),
        narration("Welcome to the house of tea.", "We are glad that you are here."),
        narration("Boil the water first.", "Then wait, and enjoy it."),
        direction(2),
        direction(2, "neutral"),
        titles("A cup of tea", "Welcome", "Brewing"),
    ]


def told(backend: Scripted, when: str) -> list[str]:
    """What the model was told, each time it had the task ``when``."""
    contents = [asked.messages[1].content for asked in backend.asked]
    return [content for content in contents if when in content]


def brief_of(
    folder: Path, prompt: str = "A welcome to our tea shop, warm.", **wishes: Any
) -> Brief:
    options = {"portrait": folder / "face.png", "output": folder / "film.mp4"}
    return Brief.of(prompt=prompt, options=options, **wishes)
