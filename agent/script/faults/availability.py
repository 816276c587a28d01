"""Whether this machine has what a script asks for: voices, renderers, and its music."""

from __future__ import annotations

from agent.film.casting import cast
from agent.film.plan import Plan
from agent.request.options import AUTO
from agent.script.faults.places import Places
from agent.script.faults.problems import Faults
from agent.script.source.tree import Path_
from renderers import base as renderers
from tools.errors import PortrayalError
from tools.sound.music import check as check_music

TRIAL = "One."  # every engine's voices, whatever their language, can say something of it


def check(plan: Plan, places: Places) -> None:
    """Raises ScriptError with all that is missing; ``plan`` has all scenes of the script.

    The first use of each is told. Each voice is heard with a word of its own, since an engine says
    only when it speaks that it lacks a voice, or that a file is damaged.
    """
    lacking = Places(places.tree, Faults())
    voices: set[tuple[str | None, str | None]] = set()
    drawn = {AUTO}
    for index, scene in enumerate(plan.scenes):
        for row, line in enumerate(scene.lines):
            voice = line.engine, line.voice
            if line.audio is not None or voice in voices:
                continue
            voices.add(voice)
            try:
                engine, name = cast(*voice)
                next(engine.speak(TRIAL, name), None)
            except PortrayalError as error:
                lacking.tell(("scenes", index, "lines", row), str(error).rstrip("."))
        if not scene.presenters or scene.renderer in drawn:
            continue
        drawn.add(scene.renderer)
        missing = renderers.named(scene.renderer).missing()
        if missing is not None:
            own: Path_ = ("scenes", index, "renderer")
            path = ("defaults", "renderer") if lacking.node(own) is None else own
            message = f"the renderer {scene.renderer} is not complete: {missing.rstrip('.')}"
            lacking.tell(path, message)
    if plan.film.music is not None:
        try:
            check_music(plan.film.music.file)
        except PortrayalError as error:
            lacking.tell(("music",), str(error).rstrip("."))
    lacking.faults.check()
