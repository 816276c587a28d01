"""Making the scenes of a film: each is spoken, acted and filmed by itself, and kept.

What a scene is made of decides under which name it is kept, so one that was changed is made anew
and all others are found. Where one scene takes over from another, a few frames of both are mixed;
they are a take of their own, so that scenes stay independent of their neighbours.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from functools import cached_property, lru_cache, partial
from importlib.metadata import version
from itertools import accumulate, pairwise
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from agent.events import Advance
from agent.film.captions import files, subtitles
from agent.film.cast import identity, rate
from agent.film.picture import Screen, still
from agent.film.plan import Film, Scene, cloned
from agent.film.sound import Dialogue, speak_scene, written
from agent.film.takes import Coding, Takes, key, speech_key, told
from tools import output, provenance
from tools.canvas.transitions import transition
from tools.media import Frames, Patch, Speech, Video
from tools.sound.music import Music
from tools.sound.soundtrack import Soundtrack, soundtrack
from tools.sound.streams import Passage, Sound, spooled
from tools.sound.streams import film as voices
from tools.video import segments, writer
from tools.video.formats import FORMATS

METHOD = "scene 7"  # part of every key: raise it when the same inputs make something else
REMEMBERED = 12  # scenes whose sound is kept in memory
# Of a line what is heard, and of a scene what shapes only its length, its neighbours, or a card.
SAID = {*("text", "translations", "engine", "voice", "speed", "audio", "raw", "clean", "listener"),
        *("lead", "pause", "markup", "note", "consent")}  # fmt: skip
APART = {*("lines", "into", "out", "title", "subtitle", "opening", "pause", "least"),
         *("alone", "set")}  # fmt: skip
LONGEST_SHARE = 3  # a transition takes at most one part in so many of a scene, at either end


class Span(NamedTuple):
    """Those frames of a scene that are its own: from ``first`` to before ``stop``, of ``whole``."""

    first: int
    stop: int
    whole: int


class Scenes:
    """Where the scenes of one film are made; what they share is loaded once.

    ``advance`` is told now and then that a scene is being spoken.
    """

    def __init__(self, film: Film, takes: Takes, advance: Advance = lambda spoken: None) -> None:
        self.film, self.takes, self._advance = film, takes, advance
        self.format = FORMATS[film.codec]
        self._screen = Screen(film)
        self.dialogue = lru_cache(maxsize=REMEMBERED)(self._spoken)
        self._spans: dict[Scene, Span] = {}

    def span(self, scene: Scene) -> Span:
        """How many frames a scene has, and which no transition takes part in."""
        if scene not in self._spans:
            count = round(self.dialogue(scene).speech.duration * self.film.fps)
            into, out = scene.shares
            most = count // LONGEST_SHARE
            self._spans[scene] = Span(min(into, most), count - min(out, most), count)
        return self._spans[scene]

    def shoot(self, scene: Scene, advance: Advance) -> list[Path]:
        """The segments of a scene. ``advance`` is told how many of its frames there are.

        What nobody will see of its words comes to the ``notes``.
        """
        self._screen.notes += self._screen.missing(scene, self.dialogue(scene))
        return self._filmed(scene, advance)

    def _filmed(self, scene: Scene, advance: Advance) -> list[Path]:
        first, stop, _ = self.span(scene)
        return self._kept(self.key(scene), lambda: self._frames(scene), (first, stop), advance)

    def finish(self, scenes: Sequence[Scene]) -> Video:
        """All scenes, filmed before, as one film, and captions beside it if asked for.

        A film that is there already, made from just this, stays as it is.
        """
        films = list(self._films(scenes))
        made_from = key(
            METHOD, self.film.title, [self.key(scene) for scene in scenes],
            [(path.parent.name, path.name) for path in films], self._music_key,
        )  # fmt: skip
        count = sum(self.span(scene).whole for scene in scenes)
        made = writer.made(self.film.output, made_from, count, self.format)
        if made is None:
            made = segments.join(
                films, self.mix(scenes), self.film.output, format=self.format,
                tags=provenance.Tags(self.film.title, made_from, cloned(scenes)),
            )  # fmt: skip
        spoken = ((scene, self.dialogue(scene), start) for scene, start in self._starts(scenes))
        beside = subtitles(self.film, spoken)
        return replace(made, captions=beside[0] if beside else None)

    def mix(self, scenes: Sequence[Scene]) -> Soundtrack:
        """What is heard in the whole film, coded."""
        speeches = [speech_key(self.dialogue(scene).speech) for scene in scenes]
        starts = [start for _, start in self._starts(scenes)]

        def made(passing: Path) -> Soundtrack:
            with spooled(self._sound(scenes), passing) as sound:
                return soundtrack(sound, self.format.audio)

        heard_as = key(METHOD, speeches, starts, self.film.fps, self._music_key, self.format.audio)
        return self.takes.soundtrack(heard_as, made)

    @property
    def notes(self) -> list[str]:
        """Sentences the user should see about what was drawn."""
        notes = list(self._screen.notes)
        if not self.format.mime:
            name = self.film.output.name
            notes.append(f"“{name}” is not signed: a WebM film cannot carry content credentials.")
        return notes

    def key(self, scene: Scene) -> str:
        """The name under which a scene's film is kept: a hash of all that shapes it."""
        dialogue = self.dialogue(scene)
        return key(
            METHOD, version("portrayal"), told(identity(scene, self.film)),
            told(seen(scene, self.film)), speech_key(dialogue.speech), dialogue.spans,
        )  # fmt: skip

    # --- Pictures -------------------------------------------------------------------------------

    def _frames(self, scene: Scene) -> Frames:
        return self._screen.frames(scene, self.dialogue(scene))

    def _films(self, scenes: Sequence[Scene]) -> Iterator[Path]:
        for before, after in pairwise((None, *scenes)):
            assert after is not None
            yield from self.take_over(before, after)
            yield from self._filmed(after, lambda done: None)

    def take_over(self, before: Scene | None, after: Scene) -> list[Path]:
        """The frames that two scenes share; ``before`` is black where there is no scene yet."""
        into = self.span(after).first
        ending = Span(0, 0, 0) if before is None else self.span(before)
        out = ending.whole - ending.stop
        if out + into == 0:
            return []

        def frames() -> Frames:
            new = self._frames(after)
            if before is None:
                old = still(np.zeros_like(new.still), new.fps, out + into)
            else:
                old = _held(self._frames(before), ending.stop, 0, out + into)
            return transition(after.into.kind, old, _held(new, 0, out, out + into))

        old_key = "" if before is None else self.key(before)
        named = key(METHOD, after.into.kind, out, into, old_key, self.key(after))
        return self._kept(named, frames, (0, out + into), lambda done: None)

    def _kept(
        self, named: str, frames: Callable[[], Frames], span: tuple[int, int], advance: Advance
    ) -> list[Path]:
        coding = Coding(self.film.fps, self.format, self.film.quality)
        finished = self._screen.finished
        return self.takes.film(named, lambda: finished(frames()), span, coding, advance)

    # --- Sound ----------------------------------------------------------------------------------

    def _spoken(self, scene: Scene) -> Dialogue:
        return speak_scene(scene, rate(scene, self.film)[0], self.takes, self._advance)

    def _sound(self, scenes: Sequence[Scene]) -> Sound:
        passages = [
            Passage(start, partial(self._speech, scene)) for scene, start in self._starts(scenes)
        ]
        spoken = voices(passages, sum(self.span(scene).whole for scene in scenes), self.film.fps)
        music = self.film.music
        if music is None:
            return spoken
        bed = Music(music.file, music.volume, music.duck, music.fade, music.fade)
        return bed.under(spoken)

    def _speech(self, scene: Scene) -> Speech:
        return self.dialogue(scene).speech

    def _starts(self, scenes: Sequence[Scene]) -> Iterator[tuple[Scene, int]]:
        """Each scene, and the frame of the film it begins with."""
        counts = (self.span(scene).whole for scene in scenes)
        return zip(scenes, accumulate(counts, initial=0), strict=False)

    @cached_property
    def _music_key(self) -> str:
        music = self.film.music
        return "" if music is None else told(music.model_dump())


def check_writable(film: Film) -> None:
    """Find out what would fail when a film is finished: the files to write, and signing.

    Raises OutputError, and OptionError for a certificate that cannot sign.
    """
    format = FORMATS[film.codec]
    writer.check_writable(film.output, format)
    for beside in files(film):
        output.check_writable(beside)
    if format.mime:
        provenance.check()


def seen(scene: Scene, film: Film) -> dict[str, Any]:
    """What shapes a scene's picture, but for its sound: plain values and paths."""
    burned = film.captions.burn
    lines = [
        line.model_dump(exclude=SAID) | ({"text": written(line)} if burned else {})
        for line in scene.lines
    ]
    own = scene.model_dump(exclude=APART) | {"settings": dict(map(_setting, scene.set))}
    if scene.layout == "card":
        own |= scene.model_dump(include={"title", "subtitle", "opening"})
    plain = scene.layout == "full" and not (burned or scene.lower_third)
    brand = film.brand and film.brand.model_dump(include={"logo"} if plain else None)
    shared = film.model_dump(include={"size", "fps", "codec", "alpha", "quality", "interpolate"})
    captions = film.captions.model_dump(include={"style", "karaoke"}) if burned else None
    return own | {"lines": lines, "brand": brand, "film": shared, "captions": captions}


def _setting(given: str) -> tuple[str, str | Path]:
    """A NAME=VALUE setting of a renderer, whose value may be a file."""
    name, _, value = given.partition("=")
    try:
        return name, Path(value) if Path(value).is_file() else value
    except OSError:  # a value can be too long for a path
        return name, value


def _held(frames: Frames, first: int, lead: int, count: int) -> Frames:
    """``count`` frames from number ``first`` on, which stands still for ``lead`` frames before, as
    the last one does after the end.
    """

    def number(shown: int) -> int:
        return min(max(first, first + shown - lead), frames.count - 1)

    def patches(start: int = 0) -> Iterator[tuple[Patch, ...]]:
        at = number(start)
        stream = frames.patches(at)
        moving = next(stream)
        for shown in range(start, count):
            while at < number(shown):
                moving, at = next(stream), at + 1
            yield moving

    return replace(frames, count=count, patches=patches)
