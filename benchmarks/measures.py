"""The measures of ``make bench``, each run in a process of its own: see ``benchmarks.bench``.

``python -m benchmarks.measures NAME ARGUMENT…`` prints one JSON object.
"""

from __future__ import annotations

import json
import resource
import sys
import time
from collections.abc import Callable
from itertools import cycle, islice
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np

from agent.commands.demo import SCRIPT
from agent.events import Work
from agent.film.make import check, make, rehearse, shoot
from agent.film.picture import Screen
from agent.film.presenters import directed
from agent.film.sound import speak_scene
from agent.film.stopwatch import Stopwatch
from agent.request.model import Request
from agent.terminal.session import own_stderr
from tools.picture.demo import demo_portrait

Measures = dict[str, Any]

TOUCHING = 0.02  # opening below which lips touch
FRAMINGS = {"bust": (90, 0, 360, 270), "half": (0, 0, 512, 512)}  # px of the demonstration portrait


def stages(seconds: float, quality: str) -> Measures:
    """Seconds of each stage for a video of about ``seconds``, its portrait already prepared."""
    with TemporaryDirectory() as folder:
        plan, watch = check(_request(Path(folder), seconds, quality=quality)), _unwatched()
        screen = Screen(plan.film, watch)
        rehearse(plan, screen, _unwatched())
        start = time.perf_counter()
        with watch.stage("speak"):
            dialogue = speak_scene(plan.scenes[0], plan.film.fps)
        video = shoot(plan, screen, dialogue, watch)
        whole = time.perf_counter() - start
        return {
            "duration": video.duration,
            "seconds": watch.seconds,
            "whole": whole,
            "of_real_time": whole / video.duration,
            "megabytes": video.path.stat().st_size / 1e6,
        }


def prepare(side: int, framing: str) -> Measures:
    """Seconds from a new square picture to a rigged portrait: loading, face, framing, enlarging,
    imports of all that included.

    ``framing`` "bust" shows head and shoulders; "half" the whole photograph, whose face is so
    small that it is enlarged by the network.
    """
    with TemporaryDirectory() as folder:
        request = _request(Path(folder), 1.0)
        _enlarge(request.portrait, side, FRAMINGS[framing])
        plan = check(request)
        [scene], screen = plan.scenes, Screen(plan.film)
        dialogue = speak_scene(scene, plan.film.fps)
        screen.cast(scene)
        start = time.perf_counter()
        next(iter(screen.frames(scene, dialogue).patches()))
        return {"side": side, "framing": framing, "seconds": time.perf_counter() - start}


def memory(seconds: float, quality: str) -> Measures:
    """Peak memory of this process for a whole production."""
    with TemporaryDirectory() as folder:
        video = make(_request(Path(folder), seconds, quality=quality)).video
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss  # kB on Linux, bytes on macOS
    return {
        "duration": video.duration,
        "megabytes": peak / (1e6 if sys.platform == "darwin" else 1e3),
    }


def sync(seconds: float) -> Measures:
    """Audio–mouth correlation and lag of a finished video, as ``portrayal inspect`` sees them."""
    from tools.inspect import inspect

    with TemporaryDirectory() as folder:
        report = inspect(make(_request(Path(folder), seconds)).video.path)
    return {"correlation": report.sync.correlation, "lag": report.sync.lag}


def stillness(seconds: float) -> Measures:
    """PSNR in dB between frames of what lies outside the person, head still, before encoding."""
    from tools.face.matte import person_matte

    with TemporaryDirectory() as folder:
        plan = check(_request(Path(folder), seconds, head_motion="still"))
        [scene], screen = plan.scenes, Screen(plan.film)
        frames = iter(screen.frames(scene, speak_scene(scene, plan.film.fps)))
        first = next(frames).astype(np.int16)
        background = person_matte(first.astype(np.uint8)) < 16
        worst = max(float(np.mean((f.astype(np.int16) - first)[background] ** 2)) for f in frames)
    return {"psnr": float("inf") if worst == 0 else 10 * np.log10(255**2 / worst)}


def sparse(every: int) -> Measures:
    """What the mouth loses when only every n-th frame is drawn and those between are filled in.

    ``error`` is the RMS error of the lips' opening, in its standard deviations; ``closed`` of
    ``closures`` (the sounds m, b and p) still have a frame with lips that touch.
    """
    from renderers.blendshapes import INDEX
    from renderers.drivers.phoneme.performance import perform

    with TemporaryDirectory() as folder:
        request = _request(Path(folder), 30.0)
        [scene] = check(request).scenes
        speech, direction = directed(scene, speak_scene(scene, request.fps), 0)
        performance = perform(speech, direction, request.fps)
    shapes, frames = performance.part("blendshapes"), np.arange(len(performance))
    opened = shapes[:, INDEX["jawOpen"]] - shapes[:, INDEX["mouthClose"]]
    drawn = np.union1d(frames[::every], frames[-1])
    filled = np.interp(frames, drawn, opened[drawn])
    spans = [
        (round(p.start * request.fps), round(p.end * request.fps))
        for p in speech.phonemes
        if p.symbol[0] in "mbp"
    ]
    return {
        "error": float(np.sqrt(np.mean((filled - opened) ** 2)) / opened.std()),
        "closed": sum(bool(filled[first : last + 1].min() < TOUCHING) for first, last in spans),
        "closures": len(spans),
    }


def _unwatched() -> Stopwatch:
    return Stopwatch(Work())


def _request(folder: Path, seconds: float, **wishes: Any) -> Request:
    """The demonstration, its script repeated until it takes about ``seconds``."""
    portrait = folder / "portrait.png"
    demo_portrait(portrait)
    words = script(seconds)
    values = {
        "portrait": portrait,
        "output": folder / "bench.mp4",
        "text": words,
        "renderer": "warp",
    }
    values |= wishes
    return Request.of(**values)


def script(seconds: float) -> str:
    """As many words of the demonstration as are spoken in about ``seconds``."""
    pace = 2.6  # words per second of the default voice
    return " ".join(islice(cycle(SCRIPT.split()), max(1, round(seconds * pace))))


def _enlarge(path: Path, side: int, box: tuple[int, int, int, int]) -> None:
    """Make ``box`` of the picture a square of ``side`` pixels that no cache has seen."""
    from PIL import Image

    with Image.open(path) as picture:
        square = picture.convert("RGB").resize((side, side), Image.Resampling.LANCZOS, box)
    square.putpixel((0, 0), tuple(int(v) for v in np.random.default_rng().integers(0, 255, 3)))
    square.save(path)


MEASURES: dict[str, Callable[..., Measures]] = {
    "stages": stages,
    "prepare": prepare,
    "memory": memory,
    "sync": sync,
    "stillness": stillness,
    "sparse": sparse,
}

if __name__ == "__main__":
    name, *arguments = sys.argv[1:]
    with own_stderr():
        result = MEASURES[name](*json.loads("[" + ",".join(arguments) + "]"))
    print(json.dumps(result))
