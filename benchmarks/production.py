"""What a production's graph, its checkpoints and its takes cost over making the same film bare.

    python -m benchmarks.production [--seconds 60] [--runs 3]

The demonstration's words in 1080p, as ``portrayal make`` and as ``portrayal produce`` film them, in
turns in one run. Inspecting the film, which only the production does, is left out.
"""

from __future__ import annotations

import argparse
import time
from dataclasses import replace
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory

from agent import settings
from agent.film.make import produce
from agent.film.progress import Stopwatch, Unwatched
from agent.production.folder import Production
from agent.request.brief import Brief
from agent.request.model import Request
from benchmarks.machine import named
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
        _bare("Hello.", portrait)  # imports, and the portrait enlarged for ever after
        times = [
            (_bare(words, portrait), _produced(words, portrait)) for _ in range(arguments.runs)
        ]
    bare, produced = (median(column) for column in zip(*times, strict=True))
    print(f"{named('cpu')}; medians of {arguments.runs}\n")
    print(f"bare        {bare:7.2f} s\nproduction  {produced:7.2f} s, {produced / bare - 1:+.1%}")


def _bare(words: str, portrait: Path) -> float:
    """Seconds of ``portrayal make``."""
    output = portrait.with_name("bare.mp4")
    request = Request.of(text=words, portrait=portrait, output=output, renderer="warp")
    start = time.perf_counter()
    produce(request)
    return time.perf_counter() - start


def _produced(words: str, portrait: Path) -> float:
    """Seconds of ``portrayal produce``, but for inspecting."""
    options = {"portrait": portrait, "output": portrait.with_name("a.mp4"), "renderer": "warp"}
    watch = Stopwatch(Unwatched())
    start = time.perf_counter()
    production = Production.begin(Brief.of(prompt=words, options=options))
    production.run(watch)
    spent = time.perf_counter() - start - watch.seconds["inspect"]
    production.remove()
    return spent


if __name__ == "__main__":
    main()
