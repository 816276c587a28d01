"""How long a script takes to film at first, after one line was changed, and just to be joined.

    python -m benchmarks.scripts [--size 1080] [--moviepy]

A film of ten scenes and three minutes, with slides, pictures, cards, transitions, a moving camera,
a logo and music, rendered by the command line, each time in a process of its own. ``--moviepy``
also has that library join the same pieces; ``pip install -c constraints.txt '.[bench]'`` installs
it.
"""

from __future__ import annotations

import argparse
import json
import os
import resource
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np
from PIL import Image

from agent.commands.demo import SCRIPT
from benchmarks.machine import device_name
from tools.canvas import broll
from tools.canvas.overlays import fix
from tools.canvas.transitions import transition
from tools.lettering.logo import logo
from tools.media import Speech
from tools.picture.demo import demo_portrait
from tools.video.segments import join, segment

FPS = 25
SCENES: tuple[dict[str, Any], ...] = (
    {
        "layout": "card",
        "title": "The product in three minutes",
    },
    {},
    {"layout": "left", "slide": {"title": "New", "points": ["Searches", "Quiet", "Price"]}},
    {"transition": "crossfade"},
    {"layout": "corner", "broll": "picture.png"},
    {"transition": "wipe", "camera": {"zoom": 1.08}},
    {"layout": "right", "broll": "picture.png", "transition": "slide"},
    {"background": "blur"},
    {"transition": "fade"},
    {"layout": "end", "title": "Thank you", "transition": "crossfade"},
)
WORDS = 40
PIECE, MIXED = 10.0, 1.0  # seconds of each of two films that are mixed, and of their crossfade


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--size", type=int, default=1080)
    parser.add_argument("--moviepy", action="store_true")
    arguments = parser.parse_args()
    with TemporaryDirectory() as name:
        folder = Path(name)
        os.environ["PORTRAYAL_PRODUCTIONS"] = str(folder / "productions")
        _prepare(folder)
        print(f"{device_name('cpu')}\n", flush=True)
        _render(folder, arguments.size)
        _join(folder, arguments.moviepy)
        _mix(folder, arguments.moviepy)


# --- Rendering ----------------------------------------------------------------------------------


def _render(folder: Path, size: int) -> None:
    scenes = [scene | _words(scene, number) for number, scene in enumerate(SCENES)]
    for what in ("at first", "one line changed", "nothing changed"):
        if what == "one line changed":
            scenes[3]["text"] += " This line is new."
        script = {
            "version": 1,
            "output": {"size": size, "fps": FPS},
            "defaults": {"portrait": "ana", "renderer": "warp"},
            "portraits": {"ana": {"file": "portrait.png", "name": "Ana Example"}},
            "brand": {"logo": "logo.png", "lower_third": True},
            "music": "music.wav",
            "scenes": scenes,
        }
        path = folder / "script.yaml"
        path.write_text(json.dumps(script), encoding="utf-8")  # which is YAML
        _rendered(path, what)


def _words(scene: dict[str, Any], number: int) -> dict[str, str]:
    """What is said in a scene, for some eighteen seconds."""
    return {"text": f"This is part {number}. {' '.join(SCRIPT.split()[:WORDS])}."}


def _rendered(script: Path, what: str) -> None:
    command = [sys.executable, "-m", "agent", "script", "render", str(script)]
    command += ["-o", str(script.with_name("film.mp4")), "--json", "--quiet"]
    start, before = time.perf_counter(), _cpu_time()
    answer = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    spent, busy = time.perf_counter() - start, _cpu_time() - before
    length = float(json.loads(answer)["film"]["duration"])
    ratio = f"{spent / length:.3f} × real time, {busy:.1f} s of one core"
    print(f"{what:20}{spent:7.1f} s for {length:.1f} s: {ratio}", flush=True)


# --- Assembly -----------------------------------------------------------------------------------


def _join(folder: Path, moviepy: bool) -> None:
    """The same pieces one after another."""
    takes = folder / "productions"
    pieces = sorted(takes.glob("*/takes/films/*/*.mp4"))
    lengths = [_seconds(piece) for piece in pieces]
    sound = _silence(sum(lengths))
    print(f"\n{len(pieces)} pieces, {sum(lengths):.0f} s, joined:")
    ours = _timed("Portrayal", lambda: join(pieces, sound, folder / "ours.mp4"))
    if not moviepy:
        return
    from moviepy import VideoFileClip, concatenate_videoclips

    def theirs() -> None:
        clips = [VideoFileClip(str(piece)) for piece in pieces]
        _write(concatenate_videoclips(clips), folder)

    _compared(ours, _timed("moviepy", theirs))


def _mix(folder: Path, moviepy: bool) -> None:
    """Two films with a crossfade and a logo over both: all pictures have to be encoded."""
    pieces = [folder / "one.mp4", folder / "other.mp4"]
    size, count, shared = (1920, 1080), round(PIECE * FPS), round(MIXED * FPS)
    longest = max((folder / "productions").glob("*/takes/films/*/*.mp4"), key=_size)
    for start, piece in zip((0.0, 1.0), pieces, strict=True):
        segment(broll.footage(longest, size, FPS, count, start=start), piece)

    def ours() -> None:
        one, other = (broll.footage(piece, size, FPS, count) for piece in pieces)
        mark = logo(folder / "logo.png", size, corner="top-right", share=0.09, opacity=0.9)
        mixed = transition("crossfade", one.part(count - shared, count), other.part(0, shared))
        parts = one.part(0, count - shared), mixed, other.part(shared, count)
        files = [folder / f"part-{number}.mp4" for number in range(len(parts))]
        for part, file in zip(parts, files, strict=True):
            segment(fix(part, (mark,)), file)
        join(files, _silence(2 * PIECE - MIXED), folder / "ours.mp4")

    print(f"\ntwo films of {PIECE:.0f} s, crossfade and logo:")
    spent = _timed("Portrayal", ours)
    if not moviepy:
        return
    from moviepy import CompositeVideoClip, ImageClip, VideoFileClip
    from moviepy.video.fx import CrossFadeIn

    def theirs() -> None:
        one, other = (VideoFileClip(str(piece)) for piece in pieces)
        later = other.with_start(PIECE - MIXED).with_effects([CrossFadeIn(MIXED)])
        mark = ImageClip(str(folder / "logo.png")).with_duration(2 * PIECE - MIXED)
        mark = mark.with_position(("right", "top")).with_opacity(0.9)
        _write(CompositeVideoClip([one, later, mark]), folder)

    _compared(spent, _timed("moviepy", theirs))


def _write(clip: Any, folder: Path) -> None:
    """As moviepy does, at the speed of coding that Portrayal uses."""
    file = str(folder / "theirs.mp4")
    clip.write_videofile(file, fps=FPS, audio=False, logger=None, preset="veryfast", threads=2)
    clip.close()


def _timed(who: str, make: Callable[[], object]) -> float:
    start, before = time.perf_counter(), _cpu_time()
    make()
    spent, busy = time.perf_counter() - start, _cpu_time() - before
    print(f"  {who:18}{spent:7.1f} s, {busy:.1f} s of one core", flush=True)
    return spent


def _cpu_time() -> float:
    """Seconds of CPU time of this process and of its children that have ended."""
    both = map(resource.getrusage, (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    return sum(used.ru_utime + used.ru_stime for used in both)


def _compared(ours: float, theirs: float) -> None:
    print(f"  moviepy takes {theirs / ours:.1f} times as long", flush=True)


# --- What is filmed -----------------------------------------------------------------------------


def _prepare(folder: Path) -> None:
    """The files that the script names."""
    demo_portrait(folder / "portrait.png")
    across, down = np.meshgrid(np.arange(1920), np.arange(1080))
    picture = np.stack([across // 8, down // 5, (across + down) // 12], axis=-1)
    Image.fromarray(picture.astype(np.uint8)).save(folder / "picture.png")
    Image.fromarray(np.full((90, 160, 4), 200, np.uint8)).save(folder / "logo.png")
    from scipy.io import wavfile

    tone = 0.2 * np.sin(2 * np.pi * 220 * np.arange(20 * 44_100) / 44_100)
    wavfile.write(folder / "music.wav", 44_100, (tone * 32_767).astype(np.int16))


def _silence(seconds: float) -> Speech:
    return Speech(np.full(round(seconds * 48_000), 1e-4, np.float32), 48_000)


def _seconds(film: Path) -> float:
    """Of a piece, from its name: its first frame, and the one after its last."""
    first, _, stop = film.stem.partition("-")
    return (int(stop) - int(first)) / FPS


def _size(film: Path) -> int:
    return film.stat().st_size


if __name__ == "__main__":
    main()
