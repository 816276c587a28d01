"""What a scene comes to, with what holds for all: who presents, in which layout and voice."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from pydantic import BaseModel

from agent.script.format.model import Defaults, Layout, Line, Look, Scene, Script, Voice
from agent.script.source.tree import Path_
from renderers import base as renderers
from renderers.base import Spec


def presenters(script: Script, scene: Scene) -> tuple[str, ...]:
    """Names of the portraits of a scene: its own, the defaults', or the only one there is."""
    chosen = scene.portrait or script.defaults.portrait
    if chosen is None and len(script.portraits) == 1:
        chosen = next(iter(script.portraits))
    return (chosen,) if isinstance(chosen, str) else tuple(chosen or ())


def layout(script: Script, scene: Scene) -> Layout:
    """A scene's layout: its own, the defaults', or what follows from what it holds."""
    if chosen := scene.layout or script.defaults.layout:
        return chosen
    count = len(presenters(script, scene))
    if count == 0 or not speaks(scene):
        return "card"
    if count == 2:
        return "conversation"
    return "left" if scene.slide or scene.broll else "full"


def voice_of(script: Script, scene: Scene, line: Line | None = None) -> Voice:
    """How a line is said, or all that name neither a voice nor a speaker."""
    speaker = (line and line.speaker) or next(iter(presenters(script, scene)), None)
    portrait = script.portraits.get(speaker) if speaker else None
    named = (line and line.voice) or scene.voice or (portrait and portrait.voice)
    return script.voices.get(named or script.defaults.voice or "", Voice())


def speaks(scene: Scene) -> bool:
    """Whether anybody says anything in it."""
    return scene.text is not None or bool(scene.lines)


def renderer(look: Look, defaults: Defaults) -> Spec | None:
    """The renderer that a scene, or all of them, ask for by its name; None if there is none."""
    return renderers.available().get(look.renderer or defaults.renderer or "")


def parts(value: Any, path: Path_ = ()) -> Iterator[tuple[Path_, BaseModel]]:
    """Every mapping of a script, and where it stands."""
    if isinstance(value, BaseModel):
        yield path, value
        below: Any = value
    elif isinstance(value, dict):
        below = value.items()
    else:
        below = enumerate(value) if isinstance(value, tuple) else ()
    for step, one in below:
        yield from parts(one, (*path, step))
