"""Stages of work in words. It needs nothing but Python: a notebook's kernel shows them, too."""

from __future__ import annotations

from agent.events import Advanced, Name, Stage

SHOWN: dict[Name, str] = {  # frames are drawn while a film is finished
    "act": "acting",
    "check": "checking",
    "compose": "composing",
    "direct": "directing",
    "download": "downloading",
    "finish": "filming",
    "inspect": "inspecting",
    "install": "installing",
    "load": "loading",
    "mix": "mixing",
    "picture": "first frame",
    "prepare": "preparing",
    "render": "drawing",
    "restore": "copying what was kept",
    "speak": "speaking",
    "upscale": "enlarging",
    "verify": "verifying",
    "write": "writing",
}


def shown(stage: Stage) -> str:
    """What is done, and to what part of the whole: "drawing intro"."""
    return f"{SHOWN[stage.name]} {stage.part}".rstrip()


def so_far(stage: Advanced) -> tuple[int, float] | None:
    """Percent that are done, and the seconds that the rest takes at this pace; None where neither
    is known.
    """
    if not stage.total or not stage.done:
        return None
    left = stage.seconds * (stage.total - stage.done) / stage.done
    return round(100 * stage.done / stage.total), left
