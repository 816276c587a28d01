"""What each presenter of a scene does: when they speak, with which face, and what else moves."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from math import inf
from typing import Literal
from zlib import crc32

from agent.film.plan import Line, Scene
from agent.film.sound import Dialogue
from agent.screenplay.model import stressed
from renderers.directing.acting import act
from renderers.directing.listening import converse
from tools.media import Direction, ExpressionCue, Speech

STRESS = 0.25  # of an expression: how much more a stressed word gets
AFTERGLOW = 0.15  # seconds for which that stays after it


def directed(scene: Scene, dialogue: Dialogue, number: int) -> tuple[Speech, Direction]:
    """What the lips of the presenter with this ``number`` say, and what they do."""
    own = [
        (line, said, span)
        for line, said, span in zip(scene.lines, dialogue.lines, dialogue.spans, strict=True)
        if line.speaker == number
    ]
    cues = [cue for line, said, span in own for cue in _cues(line, said, *span)]
    cues = [replace(cues[0], time=0.0), *cues[1:]] if cues else [ExpressionCue(0, "neutral", 1)]
    # Scenes are acted differently, and one does not change when others come or go; nor do two who
    # talk to one another move in step.
    seed = scene.seed + crc32(f"{scene.id} {number}".encode() if number else scene.id.encode())
    speech, worn, motion = dialogue.speech, tuple(cues), scene.head_motion
    if len(own) == len(scene.lines) and len(scene.presenters) == 1:
        return speech, act(speech, expressions=worn, head_motion=motion, seed=seed)
    turns = [(span[0], span[0] + _end(said)) for _, said, span in own]
    partner: Literal["left", "right"] = "right" if number == 0 else "left"
    return converse(speech, turns, expressions=worn, head_motion=motion, seed=seed, partner=partner)


def _end(said: Speech) -> float:
    """When the last sound of a line ends."""
    return said.phonemes[-1].end if said.phonemes else said.duration


def _cues(line: Line, said: Speech, start: float, end: float) -> Iterator[ExpressionCue]:
    """The face of a line that is said from ``start`` to ``end``.

    With each stressed word it shows more of what it wears, and a neutral one raises its brows: such
    beats make a word heard as more prominent (Krahmer & Swerts, "The effects of visual beats on
    prosodic prominence", 2007).
    """
    worn = ExpressionCue(start, line.expression, line.intensity)
    stronger = replace(worn, intensity=min(1.0, line.intensity + STRESS))
    if line.expression == "neutral":
        stronger = ExpressionCue(start, "surprised", STRESS)
    yield worn
    beats = [word for word in said.words if stressed(word.text, line.emphasis)]
    following = (*(word.start for word in beats[1:]), inf)
    for word, next_start in zip(beats, following, strict=False):
        yield replace(stronger, time=start + word.start)
        # What comes next, another beat, line or turn, finds the face that is worn.
        over = max(word.start, min(word.end + AFTERGLOW, _end(said)))
        if over < next_start:
            yield replace(worn, time=min(start + over, end))
