"""Sound and picture of a long film of many scenes stay together to its end.

In the last scene a click is heard and a flash is seen, at a time that is known. Before it come
scenes of odd lengths: recorded, spoken by a voice of another sample rate, and silent; some of them
take over from one another slowly.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

import av
import numpy as np
import pytest

from tests.agent.conftest import Run, write_wav
from tests.agent.script.scripts import written
from tools.media import Frames, Patch
from tools.speech.narration import LEAD
from tools.video.footage import decode
from tools.video.segments import segment

MINUTES = float(os.environ.get("PORTRAYAL_SYNC_MINUTES", "1"))  # of film
SCENE = 2.7  # seconds: no scene is shorter on average
WORDS = "And so it went on, from one thing to the next, until at last all of it was said."
SHOWN = 2.0  # seconds into the last scene at which it clicks and flashes
AROUND = 1.5  # seconds before and after that in which nothing else is heard


class Found(NamedTuple):
    """When the flash is seen and the click heard, by the clock of the file, s."""

    seen: float
    heard: float


@pytest.mark.slow
@pytest.mark.usefixtures("own_productions")
@pytest.mark.parametrize("fps", [25, 30])
def test_the_end_is_in_time(run: Run, tmp_path: Path, fps: int) -> None:
    scenes = list(long(tmp_path, MINUTES * 60))
    scenes.append(last(tmp_path, fps))
    output = {"size": 144, "aspect": "1:1", "fps": fps, "quality": "draft"}
    script = {
        "version": 1,
        "output": output,
        "voices": {"quick": {"engine": "espeak", "voice": "en-us"}},
        "defaults": {"voice": "quick"},
        "scenes": scenes,
    }
    written(tmp_path, json.dumps(script))
    result = run("script", "render", "scenes.yaml", "-o", "film.mp4", "--json", "--quiet")
    assert result.exit_code == 0, result.output
    length = json.loads(result.stdout)["film"]["duration"]
    assert length >= MINUTES * 60
    found = measured(tmp_path / "film.mp4", length)
    late = found.heard - found.seen
    print(f"{fps} fps, {length:.1f} s, {len(scenes)} scenes: {1000 * late:+.1f} ms")
    assert abs(late) <= 1 / fps


def long(folder: Path, seconds: float) -> Iterator[dict[str, Any]]:
    """Scenes that last about so long, none of them a whole number of frames at any rate."""
    generator = np.random.default_rng(1)
    for number in range(round(seconds / SCENE)):
        scene: dict[str, Any] = {"layout": "card", "title": f"Scene {number}"}
        if number % 3 == 0:
            rate = (16_000, 22_050, 44_100, 48_000)[number // 3 % 4]
            count = round(generator.uniform(SCENE, 2 * SCENE) * rate) | 1
            noise = 0.1 * generator.standard_normal(count)
            write_wav(folder / f"{number}.wav", np.clip(noise, -1, 1), rate)
            scene["lines"] = [{"audio": f"{number}.wav"}]
        elif number % 3 == 1:
            scene["lines"] = [f"This is number {number}. {WORDS}"]
        else:
            scene["duration"] = generator.uniform(SCENE / 2, SCENE)
        if number % 4 == 3:
            scene["transition"] = {"kind": "wipe", "duration": 0.3}
        yield scene


def last(folder: Path, fps: int) -> dict[str, Any]:
    """Silence and black, but for a click, and white from there on."""
    rate = 48_000
    sound = np.zeros(round((SHOWN - LEAD + AROUND) * rate))
    sound[round((SHOWN - LEAD) * rate) :][:24] = 0.9
    write_wav(folder / "click.wav", sound, rate)
    count = round((SHOWN + 2 * AROUND) * fps)
    black = np.zeros((144, 144, 3), np.uint8)

    def patches(start: int = 0) -> Iterator[tuple[Patch, ...]]:
        for number in range(start, count):
            yield (Patch(0, 0, np.full_like(black, 255)),) if number >= SHOWN * fps else ()

    segment(Frames(black, fps, count, patches), folder / "flash.mp4")
    return {"layout": "card", "broll": "flash.mp4", "lines": [{"audio": "click.wav"}]}


def measured(film: Path, length: float) -> Found:
    """The flash and the click in the last seconds of a film that lasts so many."""
    near = length - AROUND - SHOWN
    pictures = (picture for picture in decode(film).pictures() if picture.time > near)
    seen = next(picture.time for picture in pictures if picture.image.mean() > 128)
    loudest, heard = 0.0, 0.0
    with av.open(str(film)) as container:
        for frame in container.decode(container.streams.audio[0]):
            assert frame.time is not None
            samples = np.abs(np.atleast_2d(frame.to_ndarray())[0])
            if frame.time > seen - AROUND and samples.max() > loudest:
                loudest = float(samples.max())
                heard = frame.time + int(samples.argmax()) / frame.sample_rate
    return Found(seen, heard)
