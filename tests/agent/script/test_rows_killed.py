"""A table whose filming is killed, at any moment and as often as one likes, is filmed in the end:
no row is lost, and none is done twice.
"""

from __future__ import annotations

import os
import random
import signal
import time
from contextlib import suppress
from multiprocessing.context import ForkServerProcess
from pathlib import Path

import pytest

from tests.agent.script.films import CARDS, chunks, ended, process, speeches, unfinished
from tests.agent.script.scripts import written
from tools.video.footage import decode

ROWS = int(os.environ.get("PORTRAYAL_KILLED_ROWS", "5"))
KILLS = 2
SCRIPT = f"""\
{CARDS}variables: {{name: Nobody}}
scenes:
  - {{id: all, layout: card, title: For all of you, duration: 0.5}}
  - {{id: one, layout: card, title: "{{{{name}}}}", text: "Hello, {{{{name}}}}."}}
"""
Stamp = tuple[int, int]


@pytest.mark.slow
@pytest.mark.parametrize("jobs", ["1", "2"])
def test_no_row_is_lost_and_none_is_done_twice(
    tmp_path: Path, own_productions: Path, jobs: str
) -> None:
    written(tmp_path, SCRIPT)
    names = [f"Guest {number}" for number in range(ROWS)]
    table = "\n".join(["name", *names])
    (tmp_path / "guests.csv").write_text(f"{table}\n", encoding="utf-8")
    words = ("script", "render", "scenes.yaml", "--variables", "guests.csv", "--jobs", jobs)
    seen: dict[str, Stamp] = {}
    kept: dict[str, Stamp] = {}
    spoken: dict[str, int] = {}

    def look() -> None:
        """What was there is there still, and is the same file."""
        films, pieces, lines = (
            finished(tmp_path),
            chunks(own_productions),
            speeches(own_productions),
        )
        assert seen.items() <= films.items()
        assert kept.items() <= pieces.items()
        assert spoken.items() <= lines.items()
        seen.update(films)
        kept.update(pieces)
        spoken.update(lines)

    generator = random.Random(time.time_ns())
    for kill in range(1, KILLS + 1):
        wanted = round(kill * (ROWS - 1) / KILLS)  # films that there are before, at least
        rendering = process(tmp_path, *words)
        while rendering.is_alive() and len(finished(tmp_path)) < wanted:
            time.sleep(0.005)
        rendering.join(generator.uniform(0, 1.5))
        killed(rendering)
        look()
    assert ended(process(tmp_path, *words)) == 0
    look()
    assert set(seen) == {f"scenes-guest-{number}.mp4" for number in range(ROWS)}
    assert len(kept) == len(spoken) + 1 == ROWS + 1  # a scene that all share, and each one's own
    for name in seen:
        assert len(list(decode(tmp_path / name).pictures())) > 10
    assert unfinished(tmp_path) == []


def finished(folder: Path) -> dict[str, Stamp]:
    stats = {path.name: path.stat() for path in folder.glob("scenes-*.mp4")}
    return {name: (stat.st_ino, stat.st_mtime_ns) for name, stat in stats.items()}


def killed(rendering: ForkServerProcess) -> None:
    """With the processes that work for it."""
    assert rendering.pid is not None
    with suppress(ProcessLookupError):
        os.killpg(rendering.pid, signal.SIGKILL)
    rendering.join()
