"""What a scene comes to as far as its checks need it: who presents, in which layout and voice."""

from __future__ import annotations

from agent.script.format.model import Layout, Line, Scene, Script, Voice


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
