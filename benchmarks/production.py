"""What a production's graph, checkpoints and takes cost over making the same film directly.

    python -m benchmarks.production [--seconds 60] [--runs 3]

The demonstration's words in 1080p, filmed by ``portrayal make`` and ``portrayal produce`` in turns.
Inspecting the film, which only the production does, is not counted.
"""

from __future__ import annotations

import argparse
import time
from dataclasses import replace
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory

from agent import settings
from agent.events import Ended, Event, Work
from agent.film.make import make
from agent.production.folder import Production
from agent.request.brief import Brief
from agent.request.model import Request
from benchmarks.machine import device_name
from benchmarks.measures import script
from tools.picture.demo import demo_portrait


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--seconds", type=float, default=60.0)
    parser.add_argument("--runs", type=int, default=3)
    arguments = parser.parse_args()
    words = script(arguments.seconds)
    with TemporaryDirectory() as folder:
        settings.use(replace(settings.read(), productions=Path(folder)))
        portrait = Path(folder) / "portrait.png"
        demo_portrait(portrait)
        _made("Hello.", portrait)  # imports, and enlarges the portrait once
        times = [
            (_made(words, portrait), _produced(words, portrait)) for _ in range(arguments.runs)
        ]
    made, produced = (median(column) for column in zip(*times, strict=True))
    print(f"{device_name('cpu')}; medians of {arguments.runs}\n")
    print(f"make        {made:7.2f} s\nproduction  {produced:7.2f} s, {produced / made - 1:+.1%}")


def _made(words: str, portrait: Path) -> float:
    """Seconds of ``portrayal make``."""
    output = portrait.with_name("made.mp4")
    request = Request.of(text=words, portrait=portrait, output=output, renderer="warp")
    start = time.perf_counter()
    make(request)
    return time.perf_counter() - start


def _produced(words: str, portrait: Path) -> float:
    """Seconds of ``portrayal produce``, without inspecting."""
    options = {"portrait": portrait, "output": portrait.with_name("a.mp4"), "renderer": "warp"}
    happened: list[Event] = []
    start = time.perf_counter()
    production = Production.begin(Brief.of(prompt=words, options=options))
    production.run(Work(happened.append))
    spent = time.perf_counter() - start
    spent -= sum(e.seconds for e in happened if isinstance(e, Ended) and e.name == "inspect")
    production.remove()
    return spent


if __name__ == "__main__":
    main()
