"""What has changed in a script since it was last filmed, and how long filming that again takes.

After each film the production keeps what every scene was made from, and the film around them, in
``filmed.json``: names and values as they print, files with a hash of what is in them.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path
from typing import Any, NamedTuple

from agent.film.plan import Plan, Scene
from agent.film.scenes import seen
from agent.film.sound import written
from agent.film.takes import file_key
from agent.production.folder import Production
from agent.screenplay.model import speaking_seconds
from tools.messages import excerpt
from tools.output import replacing
from tools.sound import files
from tools.speech.narration import LEAD, TAIL

FILE = "filmed.json"
APART = "\0"  # between a file's name and the hash of its content
HASH = 12  # characters
_INTO = "transition into "

PACE = 0.6  # seconds of work for a second at 1080p by the renderer warp: docs/benchmarks.md
WEIGHT = 400_000.0  # bytes for a second of film at 1080p in H.264
HEAVIER = {"h264": 1.0, "vp9": 1.0, "prores": 40.0}  # than that, about
PIXELS = 1920 * 1080
RATE = 8000  # samples per second: for a length, few will do

Made = dict[str, str]  # name → value, of what a scene was made from


class Filmed(NamedTuple):
    """The last film: what its scenes were made from, and what it took and weighs.

    pace    seconds of work for a second of film that was drawn; None before it is known.
    weight  bytes for a second of film.
    whole   what the film around its scenes was made from.
    """

    scenes: Mapping[str, Made]
    pace: float | None = None
    weight: float | None = None
    whole: Made | None = None


@dataclass(frozen=True)
class Change:
    """What is to become of a scene: "new", "changed", "kept" or "gone", and why."""

    scene: str
    kind: str
    reasons: tuple[str, ...] = ()

    @property
    def redrawn(self) -> bool:
        return self.kind in {"new", "changed"}


def changes(before: Filmed, plan: Plan) -> list[Change]:
    """For each scene of a plan, and of those that are gone, what filming it will do."""
    found = []
    for scene in plan.scenes:
        then = before.scenes.get(scene.id)
        reasons = () if then is None else _reasons(then, made_from(scene, plan))
        kind = "new" if then is None else "changed" if reasons else "kept"
        found.append(Change(scene.id, kind, reasons))
    there = {scene.id for scene in plan.scenes}
    return found + [Change(name, "gone") for name in before.scenes if name not in there]


def changes_around(before: Filmed, plan: Plan) -> tuple[str, ...]:
    """What has changed that no scene is drawn anew for: their order, music, transitions and such.

    Nothing where there was no film.
    """
    if before.whole is None:
        return ()
    now = [scene.id for scene in plan.scenes if scene.id in before.scenes]
    then = [name for name in before.scenes if name in now]
    moved = () if now == then else (_reason("order", ", ".join(then), ", ".join(now)),)
    told = {_INTO + name for name in now}
    old, new = (
        {name: value for name, value in one.items() if name in told or not name.startswith(_INTO)}
        for one in (before.whole, whole(plan))
    )
    return (*moved, *_reasons(old, new))


def filmed(production: Production) -> Filmed:
    """What the last film was made from; nothing where there is none."""
    with suppress(OSError, ValueError, TypeError):
        return Filmed(**json.loads((production.folder / FILE).read_text(encoding="utf-8")))
    return Filmed({})


def keep(production: Production, plan: Plan, pace: float | None, weight: float | None) -> None:
    """Remember what a film was just made from. Raises OutputError."""
    scenes = {scene.id: made_from(scene, plan) for scene in plan.scenes}
    made = Filmed(scenes, pace, weight, whole(plan))
    with replacing(production.folder / FILE) as partial:
        partial.write_text(json.dumps(made._asdict(), ensure_ascii=False), encoding="utf-8")


def made_from(scene: Scene, plan: Plan) -> Made:
    """All that shapes a scene's picture and sound."""
    spoken = {"text", "audio", "engine", "voice", "speed", "language", "pause"}
    heard = [line.model_dump(include=spoken) for line in scene.lines]
    shaping = seen(scene, plan.film) | {
        "pause": scene.pause, "least": scene.least, "Portrayal": version("portrayal"),
    }  # fmt: skip
    before, after = scene.shares  # what is not shared is filmed by itself
    shaping |= {
        "frames shared with the scene before": before or None,
        "frames shared with the scene after": after or None,
    }
    shaping["lines"] = [look | sound for look, sound in zip(shaping["lines"], heard, strict=True)]
    return dict(_flat("", shaping))


def whole(plan: Plan) -> Made:
    """All that shapes a film but for what is inside its scenes."""
    film = plan.film.model_dump(include={"title", "music"})
    beside = plan.film.captions.model_dump(include={"files", "languages"})
    transitions = {
        f"{_INTO}{scene.id}": f"{scene.into.kind}, {scene.into.frames / plan.film.fps:.3g} s"
        if scene.into.frames
        else scene.into.kind
        for scene in plan.scenes
    }
    return dict(_flat("", film | {"captions": beside} | transitions))


def _reasons(before: Made, now: Made) -> tuple[str, ...]:
    names = [name for name in {**before, **now} if before.get(name) != now.get(name)]
    return tuple(_reason(name, before.get(name), now.get(name)) for name in names)


def _reason(name: str, old: str | None, new: str | None) -> str:
    """Such as: line 2, text: “Hello.” → “Good morning.”"""
    if old is None or new is None:
        return f"{name}: {_short(new or old or '')} {'added' if old is None else 'removed'}"
    if _plain(old) == _plain(new):
        return f"{name}: {_short(new)} has other content"
    return f"{name}: {_short(old)} → {_short(new)}"


def _short(value: str) -> str:
    return f"“{excerpt(_plain(value))}”"


def _plain(value: str) -> str:
    return value.partition(APART)[0]


def _flat(name: str, value: Any) -> Iterator[tuple[str, str]]:
    """Every value by itself: ("line 2, text", "Hello.")."""
    match value:
        case dict():
            for key, part in value.items():
                below = str(key).replace("_", " ")
                yield from _flat(f"{name}, {below}" if name else below, part)
        case list() | tuple() if value and isinstance(value[0], dict):
            for number, part in enumerate(value, 1):
                yield from _flat(f"{name.removesuffix('s')} {number}", part)
        case Path():
            yield name, f"{value.name}{APART}{file_key(value)[:HASH]}"
        case None:
            pass
        case list() | tuple():
            if value:
                yield name, ", ".join(str(part) for part in value if part is not None)
        case _:
            yield name, str(value)


# --- How long, how large -------------------------------------------------------------------------


@dataclass(frozen=True)
class Estimate:
    """For the whole film, and for those of its scenes that are new or changed.

    seconds  of film; drawn: those that have to be drawn.
    work     seconds it takes to make them; measured: by this script's last film, not assumed.
    disk     bytes, of the film and the takes that are kept for it.
    """

    seconds: float
    drawn: float
    scenes: int
    redrawn: int
    work: float
    measured: bool
    disk: float


def estimate(plan: Plan, before: Filmed) -> Estimate:
    """Nothing is spoken or drawn for it: lengths are reckoned from the words.

    Raises AudioError for a recording that cannot be read.
    """
    lengths = {scene.id: _seconds(scene) for scene in plan.scenes}
    redrawn = [change.scene for change in changes(before, plan) if change.redrawn]
    width, height = plan.film.size
    share = width * height * plan.film.fps / (PIXELS * 25)
    pace = PACE * share if before.pace is None else before.pace
    weight = WEIGHT * share * HEAVIER[plan.film.codec] if before.weight is None else before.weight
    total, drawn = sum(lengths.values()), sum(lengths[scene] for scene in redrawn)
    return Estimate(
        seconds=total,
        drawn=drawn,
        scenes=len(lengths),
        redrawn=len(redrawn),
        work=pace * drawn,
        measured=before.pace is not None,
        disk=2 * weight * total,
    )


def _seconds(scene: Scene) -> float:
    """Of one scene."""
    said = 0.0
    for line in scene.lines:
        if line.audio is not None:
            said += len(files.load(line.audio, RATE)) / RATE
        else:
            said += speaking_seconds(written(line), line.language) / line.speed
        said += line.pause
    return max((LEAD + said + TAIL if scene.lines else 0.0) + scene.pause, scene.least)
