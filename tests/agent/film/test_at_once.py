"""Two films at once in one process, each with settings of its own; one of them is cancelled."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path
from threading import Barrier

import av
import pytest

from agent import settings
from agent.events import Advanced, Began, Ended, Event, Made, Work
from agent.film.make import make
from agent.request.model import Request
from tools import weights
from tools.errors import CancelledError

WORDS = "Hello there. All is well, and I am glad to see you."


def request(portrait: Path, output: Path) -> Request:
    options = {"renderer": "warp", "size": 240, "fps": 10, "quality": "draft"}
    return Request.of(portrait=portrait, text=WORDS, output=output, **options)


def coded(film: Path) -> Iterator[bytes]:
    """Pictures and sound as they are in the file, without what is signed: that has a date."""
    with av.open(film) as container:
        for packet in container.demux():
            yield bytes(packet)


@pytest.mark.slow
def test_one_is_cancelled_and_the_other_is_as_if_alone(portrait: Path, tmp_path: Path) -> None:
    alone = tmp_path / "alone.mp4"
    make(request(portrait, alone))
    own, both = settings.current(), Barrier(2)
    seen: dict[str, set[Path]] = {"cancelled": set(), "finished": set()}
    happened: dict[str, list[Event]] = {"cancelled": [], "finished": []}

    def film(name: str) -> Path:
        output = tmp_path / f"{name}.mp4"

        def watch(event: Event) -> None:
            happened[name].append(event)
            seen[name] |= {settings.current().cache, weights.folder()}
            if isinstance(event, Began) and event.name == "finish":
                both.wait(60)  # both draw from now on
            if name == "cancelled" and isinstance(event, Advanced) and event.name == "finish":
                work.cancel()

        work = Work(watch)
        place = tmp_path / name
        with settings.using(replace(own, cache=place / "cache", weights=place / "weights")):
            make(request(portrait, output), work)
        return output

    with ThreadPoolExecutor(2) as threads:
        cancelled, finished = (threads.submit(film, name) for name in ("cancelled", "finished"))
        with pytest.raises(CancelledError):
            cancelled.result()
        made = finished.result()

    assert list(coded(made)) == list(coded(alone))
    for name, folders in seen.items():
        assert folders == {tmp_path / name / "cache", tmp_path / name / "weights"}
    last = happened["cancelled"][-1]
    assert isinstance(last, Ended)
    assert not last.complete
    assert happened["finished"][-1] == Made(str(made))
    assert sorted(path.name for path in tmp_path.glob("*.mp4*")) == ["alone.mp4", "finished.mp4"]
    assert settings.current() == own
