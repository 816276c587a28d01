"""How long a script takes to film: at first, and after one line was changed; and joining alone.

    python -m benchmarks.scripts [--scenes 10] [--size 1080] [--moviepy]

A film of about three minutes in 1080p, with slides, pictures, cards, transitions, a moving camera,
a logo and music, rendered by the command line in a process of its own. ``--moviepy`` also puts the
finished segments together with that library, which ``pip install 'portrayal[bench]'`` brings.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np
from PIL import Image

from agent import productions
from agent.demo import SCRIPT
from benchmarks.machine import named
from tools.demo import demo_portrait
from tools.media import Frames, Image as Picture
from tools.segments import join, segment

TEN = (
    "layout: card, title: The product in three minutes, duration: 3",
    "{words}",
    "layout: left, slide: {{title: Three things, points: [Searches, Quiet, Price]}}, {words}",
    "transition: crossfade, {words}",
    "layout: corner, broll: picture.png, {words}",
    "transition: wipe, camera: {{zoom: 1.08}}, {words}",
    "layout: right, broll: picture.png, transition: slide, {words}",
    "background: blur, {words}",
    "transition: fade, {words}",
    "layout: end, title: Thank you, duration: 3, transition: crossfade",
)
HEAD = """\
version: 1
title: Benchmark
output: {{size: {size}, fps: 25}}
defaults: {{portrait: ana, renderer: warp}}
portraits: {{ana: {{file: portrait.png, name: Ana Example, role: Host}}}}
brand: {{logo: logo.png, lower_third: true}}
music: music.wav
scenes:
"""
SENTENCES = SCRIPT.replace("\n", " ").split(". ")
SPOKEN = 21.0  # seconds of each scene in which somebody speaks
PACE = 2.6  # words per second of the default voice
CROSSFADE, OVERLAID = 1.0, 10.0  # seconds


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--size", type=int, default=1080)
    parser.add_argument("--scenes", type=int, default=len(TEN))
    parser.add_argument("--moviepy", action="store_true")
    arguments = parser.parse_args()
    with TemporaryDirectory() as name:
        folder = Path(name)
        os.environ[productions.VARIABLE] = str(folder / "productions")
        _desk(folder)
        print(f"{named('cpu')}\n")
        _renders(folder, arguments.size, arguments.scenes)
        if arguments.moviepy:
            _joined(folder)


def _renders(folder: Path, size: int, scenes: int) -> None:
    words = [_words(number) for number in range(scenes)]
    _write(folder, size, words)
    length = _rendered(folder, "first")
    words[4] += " This line is new."
    _write(folder, size, words)
    _rendered(folder, "one line changed")
    _rendered(folder, "nothing changed")
    print(f"(film of {length:.1f} s)\n")


def _rendered(folder: Path, what: str) -> float:
    """The film's length, s."""
    command = [sys.executable, "-m", "agent", "script", "render"]
    command += [str(folder / "script.yaml"), "-o", str(folder / "film.mp4"), "--json", "--quiet"]
    start = time.perf_counter()
    told = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    spent = time.perf_counter() - start
    length = float(json.loads(told)["film"]["duration"])
    print(f"{what:18} {spent:7.1f} s, {spent / length:.3f} × real time", flush=True)
    return length


# --- Joining ------------------------------------------------------------------------------------


def _joined(folder: Path) -> None:
    """Our way and moviepy's, of the same segments, in turns."""
    from moviepy import ImageClip, VideoFileClip, concatenate_videoclips
    from moviepy.video.fx import CrossFadeIn

    pieces = sorted(folder.glob("productions/*/takes/films/*/*.mp4"))
    sound = _silence(sum(_frames(piece) for piece in pieces) / 25)
    ours, theirs = folder / "ours.mp4", folder / "theirs.mp4"
    options: dict[str, Any] = {"codec": "libx264", "logger": None, "threads": 2, "fps": 25}

    def concatenated() -> None:
        clips = [VideoFileClip(str(piece)) for piece in pieces]
        concatenate_videoclips(clips).write_videofile(str(theirs), **options)
        for clip in clips:
            clip.close()

    a, b = _time(lambda: join(pieces, sound, ours)), _time(concatenated)
    _compared("segments joined", sound.duration, a, b)
    one, other = folder / "one.mp4", folder / "other.mp4"
    segment(_moving(1), one)
    segment(_moving(2), other)

    def mixed_by_us() -> None:
        from tools.footage import decode
        from tools.lettering.logo import logo
        from tools.overlays import fix
        from tools.transitions import transition

        del decode
        mark = logo(folder / "logo.png", (1920, 1080), corner="top-left", share=0.09, opacity=0.9)
        count = round(CROSSFADE * 25)
        first, second = _moving(1), _moving(2)
        parts = (
            first.part(0, first.count - count),
            transition("crossfade", first.part(first.count - count, first.count),
                       second.part(0, count)),
            second.part(count, second.count),
        )  # fmt: skip
        made = []
        for number, part in enumerate(parts):
            made.append(folder / f"part-{number}.mp4")
            segment(fix(part, (mark,)), made[-1])
        join(made, _silence(sum(part.count for part in parts) / 25), ours)

    def mixed_by_them() -> None:
        from moviepy import CompositeVideoClip

        first, second = VideoFileClip(str(one)), VideoFileClip(str(other))
        later = second.with_start(first.duration - CROSSFADE)
        later = later.with_effects([CrossFadeIn(CROSSFADE)])
        both = CompositeVideoClip([first, later])
        mark = ImageClip(str(folder / "logo.png")).with_duration(both.duration)
        mark = mark.with_position((96, 54)).with_opacity(0.9)
        CompositeVideoClip([both, mark]).write_videofile(str(theirs), **options)

    a, b = _time(mixed_by_us), _time(mixed_by_them)
    _compared("crossfade and logo", 2 * OVERLAID - CROSSFADE, a, b)
