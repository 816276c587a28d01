"""A production that is killed, at any moment, ends as if nothing had happened."""

from __future__ import annotations

import os
import random
import time
from concurrent.futures import ThreadPoolExecutor
from hashlib import sha256
from itertools import pairwise
from pathlib import Path

import pytest

from tests.forked import begun
from tools.video.footage import decode

KILLS = 10
CHUNK = 0.8  # seconds of film: several in each scene
PROMPT = "# One\nHello there. I am glad to see you.\n\n# Two\nAll is well. Goodbye, my friends!\n"
SMALL = ("--size", "144", "--fps", "25", "--quality", "draft", "--renderer", "warp", "--quiet")
VOICE = ("--voice", "en-us")  # begins to speak at once


def pictures(film: Path) -> list[str]:
    return [sha256(picture.image.tobytes()).hexdigest() for picture in decode(film).pictures()]


def sound(film: Path) -> str:
    digest = sha256()
    for piece in decode(film).waveform(48_000):
        digest.update(piece.tobytes())
    return digest.hexdigest()


def chunks(place: Path) -> dict[Path, int]:
    """Those that are finished, and when they were."""
    found = place.glob("*/takes/films/*/[0-9]*.mp4")
    return {path.relative_to(place): path.stat().st_mtime_ns for path in found}


def complete(*arguments: str, variables: dict[str, str]) -> None:
    process = begun(*arguments, variables=variables, chunk=CHUNK)
    process.join()
    assert process.exitcode == 0


@pytest.mark.slow
def test_it_resumes_frame_for_frame(portrait: Path, tmp_path: Path) -> None:
    environment = {**os.environ, "OMP_NUM_THREADS": "1"}

    def produce(name: str) -> tuple[tuple[str, ...], dict[str, str], Path]:
        folder = tmp_path / name
        folder.mkdir()
        film = folder / "film.mp4"
        words = ("produce", PROMPT, "-p", str(portrait), "-o", str(film), "-y", *SMALL, *VOICE)
        place = {"PORTRAYAL_PRODUCTIONS": str(folder / "productions")}
        return words, environment | place, film

    words, place, film = produce("undisturbed")
    complete("renderers", variables=place)  # all that is run later is imported
    start = time.monotonic()
    complete(*words, variables=place)
    length = time.monotonic() - start
    expected = pictures(film), sound(film)
    whole = len(chunks(film.parent / "productions"))
    assert whole >= 6

    def killed(number: int) -> None:
        words, place, film = produce(f"killed-{number}")
        process = begun(*words, variables=place, chunk=CHUNK)
        moment = random.Random(time.time_ns()).uniform(0, 1.05 * length)
        process.join(moment)
        process.kill()
        process.join()
        productions = film.parent / "productions"
        before = chunks(productions)
        if not list(productions.glob("*/brief.json")):  # killed before it had begun
            complete(*words, variables=place)
        else:
            complete("resume", "-y", "--quiet", variables=place)
        said = f"killed after {moment:.2f} s with {len(before)} of {whole} chunks"
        assert (pictures(film), sound(film)) == expected, said
        after = chunks(productions)
        assert before.items() <= after.items(), said  # no chunk that was finished is drawn again
        assert len(after) == whole, said
        left = [path.name for path in film.parent.rglob("*.partial*")]
        assert left == [], said

    with ThreadPoolExecutor(2) as two_at_a_time:
        list(two_at_a_time.map(killed, range(KILLS)))


def test_different_words_make_different_pictures(tmp_path: Path) -> None:
    """The comparison above can fail."""
    from tests.tools.video.test_writer import moving, speech
    from tools.video.writer import encode

    films = [tmp_path / f"{n}.mp4" for n in range(3)]
    for film, seconds in zip(films, (0.4, 0.4, 0.44), strict=True):
        encode(moving(seconds), speech(seconds), film, quality="draft")
    told = [(pictures(film), sound(film)) for film in films]
    assert [a == b for a, b in pairwise(told)] == [True, False]
