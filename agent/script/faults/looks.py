"""What a scene comes to, with what holds for all: who presents, in which layout and voice."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from pydantic import BaseModel

from agent.script.format.model import Defaults, Layout, Line, Look, Scene, Script, Voice
from agent.script.source.tree import Path_
from renderers import base as renderers
from renderers.spec import Spec


def whole(script: Script, scene: Scene) -> Scene:
    """A scene with what holds for all of them, where it does not say itself.

    Settings belong to a renderer: a scene that asks for another one does not have them.
    """
    usual = {name: getattr(script.defaults, name) for name in Look.model_fields}
    if scene.renderer not in {None, script.defaults.renderer}:
        usual["settings"] = None
    said = {name for name in usual if getattr(scene, name) is not None}
    return scene.model_copy(update={k: value for k, value in usual.items() if k not in said})


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


def written(settings: Mapping[str, Any] | None) -> dict[str, str]:
    """A renderer's settings as the command line has them."""
    return {
        name: str(value).lower() if isinstance(value, bool) else str(value)
        for name, value in (settings or {}).items()
    }


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
