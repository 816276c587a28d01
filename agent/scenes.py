"""Making the scenes of a screenplay: each is spoken, acted and filmed by itself, and kept.

What a scene is made of decides under which name it is kept, so one that was changed is made anew
and all others are found.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import replace
from functools import cached_property
from importlib.metadata import version
from itertools import accumulate
from pathlib import Path
from typing import Any
from zlib import crc32

import numpy as np

from agent import nodes
from agent.brief import Brief
from agent.casting import cast
from agent.request import Request
from agent.screenplay import Line, Scene, stressed
from agent.takes import Advance, Takes, direction_key, file_key, key, speech_key
from renderers import base as renderers
from renderers.acting import act
from tools import captions, segments
from tools.media import Direction, ExpressionCue, Frames, Shot, Speech, Video
from tools.speech.narration import LEAD, join
from tools.spoken import as_written, clean, say

STRESS = 0.25  # of an expression: how much more a stressed word gets
AFTERGLOW = 0.15  # seconds for which that stays after it
METHOD = "scene 2"  # part of every key: raise it when the same inputs make something else
NOT_SEEN = {"text", "output", "portrait", "engine", "voice", "speed", "set", "renderer", "seed"}
"""Of a request: what does not shape the picture, or does so through what else is in a key."""


class Stage:
    """Where the scenes of one production are made; what they share is loaded once.

    brief     what was asked for.
    language  that of the screenplay.
    changes   of the brief's options, for another take.
    """

    def __init__(
        self, brief: Brief, language: str, takes: Takes, changes: dict[str, Any] | None = None
    ) -> None:
        options = brief.options | (changes or {})
        self.brief = brief.model_copy(update={"options": options})
        self.language, self.takes = language, takes
        self.request = self.brief.request(language=language)
        self._films: dict[Scene, list[Path]] = {}

    def speech(self, scene: Scene) -> Speech:
        """What is heard in a scene, a whole number of drawn frames long."""
        lines = [self._line(line) for line in scene.lines]
        return _of_whole_frames(join(lines, lead=LEAD), self._rate)

    def film(self, scene: Scene, advance: Advance) -> list[Path]:
        """The segments of a scene. ``advance`` is told how many of its frames there are."""
        if known := self._films.get(scene):
            return known
        speech = self.speech(scene)
        direction = self._direction(scene, speech)

        def frames() -> Frames:
            portrait = self.shot.portrait
            drawn = self.cast.renderer.render(portrait, speech, direction, self.cast.fps)
            words = self._words(scene)
            return nodes.compose(words, drawn, self.shot, speech, self.cast.interpolator)

        kept = self._key(scene, speech, direction)
        self._films[scene] = self.takes.film(kept, frames, self.request.quality, advance)
        return self._films[scene]

    def frames(self, scene: Scene) -> int:
        """How many frames of film a scene has."""
        return round(self.speech(scene).duration * self.request.fps)

    def finish(self, scenes: Sequence[Scene]) -> Video:
        """All scenes, filmed before, as one film, and captions beside it if asked for."""
        films = [path for scene in scenes for path in self.film(scene, lambda done: None)]
        speech = join((self.speech(scene) for scene in scenes), lead=0, tail=None)
        video = segments.join(films, speech, self.request.output)
        if self.request.sidecar is None:
            return video
        text = "\n\n".join(map(_written, scenes))
        cues = captions.cues(speech, text, captions.line_length(self.request.canvas))
        return replace(video, captions=captions.save(cues, self.request.sidecar))

    @cached_property
    def shot(self) -> Shot:
        return nodes.prepare(self.request, lambda done: None)

    @cached_property
    def cast(self) -> nodes.Cast:
        return nodes.load(self.request)

    @cached_property
    def _renderer(self) -> str:
        return nodes.renderer(self.request)

    @cached_property
    def _rate(self) -> int:
        """Frames per second that are drawn."""
        return nodes.rate(self.request, renderers.named(self._renderer))[0]

    def _line(self, line: Line) -> Speech:
        form = say(clean(line.text), self.language)
        engine, voice = cast(self.request.engine, self.request.voice)
        kind, pace = type(engine).__module__, self.request.speed
        model = Path(voice) if voice and voice.endswith(".onnx") else None
        spoken_as = key(METHOD, kind, voice, file_key(model), pace, form.text, line.pause)

        def make() -> Speech:
            said = join(engine.speak(form.text, voice, pace), lead=0, tail=line.pause)
            return replace(said, words=as_written(form, said.words))

        return self.takes.speech(spoken_as, make)

    def _direction(self, scene: Scene, speech: Speech) -> Direction:
        heard = [self._line(line) for line in scene.lines]
        starts = accumulate((line.duration for line in heard), initial=LEAD)
        lines = zip(scene.lines, heard, starts, strict=False)
        cues = [cue for line, said, start in lines for cue in _cues(line, said, start)]
        cues[0] = replace(cues[0], time=0.0)
        # Scenes are acted differently, and one does not change when others come or go.
        seed = self.request.seed + crc32(scene.id.encode())
        return act(speech, expressions=tuple(cues), head_motion=self.request.head_motion, seed=seed)

    def _key(self, scene: Scene, speech: Speech, direction: Direction) -> str:
        seen = self.request.model_dump(mode="json", exclude=NOT_SEEN)
        burned = _written(scene) if self.request.captions == "burn" else ""
        return key(
            METHOD, version("portrayal"), sorted(seen.items()), self._renderer,
            self._settings, burned, self._portrait, self._background,
            speech_key(speech), direction_key(direction),
        )  # fmt: skip

    @cached_property
    def _portrait(self) -> str:
        return file_key(self.request.portrait)

    @cached_property
    def _background(self) -> str:
        return _content(self.request.background or "")

    @cached_property
    def _settings(self) -> list[tuple[str, str, str]]:
        settings = self.request.settings.items()
        return sorted((name, value, _content(value)) for name, value in settings)

    def _words(self, scene: Scene) -> Request:
        return self.request.model_copy(update={"text": _written(scene)})


def _cues(line: Line, said: Speech, start: float) -> Iterator[ExpressionCue]:
    """The face of a line that is said from ``start`` on.

    With each stressed word it shows more of what it wears, and a neutral one raises its brows: such
    beats make a word heard as more prominent (Krahmer & Swerts, "The effects of visual beats on
    prosodic prominence", 2007).
    """
    worn = ExpressionCue(start, line.expression, line.intensity)
    stronger = replace(worn, intensity=min(1.0, line.intensity + STRESS))
    if line.expression == "neutral":
        stronger = ExpressionCue(start, "surprised", STRESS)
    yield worn
    for word in said.words:
        if stressed(word.text, line.emphasis):
            yield replace(stronger, time=start + word.start)
            yield replace(worn, time=start + word.end + AFTERGLOW)


def _content(named: str) -> str:
    """A hash of the file that an option names; "" where it names none."""
    with suppress(OSError, ValueError):
        return file_key(Path(named)) if named and Path(named).is_file() else ""
    return ""


def _written(scene: Scene) -> str:
    """What captions show of a scene."""
    return "\n".join(clean(line.text) for line in scene.lines)


def _of_whole_frames(speech: Speech, fps: int) -> Speech:
    """With so much silence after it that pictures of the same length are as many whole frames: or
    sound and picture would drift apart from scene to scene.
    """
    frames = -(-len(speech.waveform) * fps // speech.rate)
    wanted = round(frames * speech.rate / fps)
    silence = np.zeros(wanted - len(speech.waveform), np.float32)
    return replace(speech, waveform=np.concatenate([speech.waveform, silence]))
