"""Takes: made once, found again, and never half there."""

from __future__ import annotations

import os
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest

from agent.film import takes
from agent.film.takes import Coding, Takes, file_key, key, speech_key
from tests.tools.video.test_writer import FPS, moving, speech
from tools.errors import AudioError, InputError, OutputError
from tools.media import Frames, Phoneme, Speech, Word
from tools.sound.soundtrack import Soundtrack, soundtrack
from tools.speech import store


def never() -> Frames:
    raise AssertionError("this is made anew")


@pytest.fixture
def kept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Takes:
    """Where a chunk has ten frames."""
    monkeypatch.setattr(takes, "CHUNK", 10 / FPS)
    return Takes(tmp_path / "takes")


def age(path: Path, days: float) -> None:
    """As if nobody had touched it for so long."""
    then = time.time() - days * takes.DAY
    os.utime(path, (then, then))


CODING = Coding(FPS, quality="draft")
NAMES = ["0000000-0000010", "0000010-0000020", "0000020-0000030", "0000030-0000035"]


def draw(kept: Takes, first: int = 0, stop: int = 35) -> list[Path]:
    return film(kept, lambda: moving(35 / FPS), first, stop)


def film(kept: Takes, frames: Callable[[], Frames], first: int = 0, stop: int = 35) -> list[Path]:
    return kept.film("a", frames, (first, stop), CODING, lambda done: None)


def test_what_is_said_twice_at_once_is_spoken_once(kept: Takes) -> None:
    spoken = []

    def speak() -> Speech:
        spoken.append(1)
        time.sleep(0.05)  # so that the others ask meanwhile
        return speech(0.5)

    with ThreadPoolExecutor(4) as workers:
        heard = list(workers.map(lambda _: kept.speech("a", speak), range(8)))
    assert len(spoken) == 1
    assert {speech_key(one) for one in heard} == {speech_key(heard[0])}


def test_a_film_is_drawn_in_chunks_and_found(kept: Takes) -> None:
    paths = draw(kept)
    assert [path.stem for path in paths] == NAMES
    assert film(kept, never) == paths


def test_another_end_draws_only_what_lies_there(kept: Takes) -> None:
    whole = draw(kept)
    part = draw(kept, 4, 28)
    assert [path.stem for path in part] == ["0000004-0000010", NAMES[1], "0000020-0000028"]
    assert part[1] == whole[1]
    assert draw(kept, 7, 7) == []


def test_chunks_are_cut_where_those_of_the_whole_are(kept: Takes) -> None:
    draw(kept)
    started: list[int] = []
    frames = moving(35 / FPS)

    def patches(start: int = 0):  # type: ignore[no-untyped-def]
        started.append(start)
        return frames.patches(start)

    film(kept, lambda: Frames(frames.still, FPS, 35, patches), 3, 33)
    assert started == [3, 30]


def test_only_chunks_that_lack_are_drawn(kept: Takes) -> None:
    whole = [path.read_bytes() for path in draw(kept)]
    folder = kept.folder / "films" / "a"
    for lacking in (NAMES[1], NAMES[3]):
        (folder / f"{lacking}.mp4").unlink()
    before = (folder / f"{NAMES[2]}.mp4").stat().st_mtime_ns
    started: list[int] = []
    frames = moving(35 / FPS)

    def patches(start: int = 0):  # type: ignore[no-untyped-def]
        started.append(start)
        return frames.patches(start)

    again = film(kept, lambda: Frames(frames.still, FPS, 35, patches))
    assert [path.read_bytes() for path in again] == whole
    assert started == [10, 30]
    assert (folder / f"{NAMES[2]}.mp4").stat().st_mtime_ns == before


@pytest.mark.parametrize("left", [0.0, 0.6])
def test_a_chunk_that_was_damaged_is_drawn_again(kept: Takes, left: float) -> None:
    whole = [path.read_bytes() for path in draw(kept)]
    second = kept.folder / "films" / "a" / f"{NAMES[1]}.mp4"
    second.write_bytes(whole[1][: round(left * len(whole[1]))])
    assert [path.read_bytes() for path in draw(kept)] == whole


@pytest.mark.parametrize("left", [0.0, 0.6])
@pytest.mark.parametrize("name", ["a", "a.json"])
def test_a_sound_that_was_damaged_is_made_anew(kept: Takes, name: str, left: float) -> None:
    def make(_: Path) -> Soundtrack:
        return soundtrack(speech(0.5))

    made = kept.soundtrack("a", make)
    path = kept.folder / "sound" / name
    path.write_bytes(path.read_bytes()[: round(left * path.stat().st_size)])
    again = kept.soundtrack("a", make)
    assert again.file.getvalue() == made.file.getvalue()
    assert again.loudness == made.loudness
    assert kept.soundtrack("a", lambda _: pytest.fail("it is there")).loudness == made.loudness


def test_a_place_that_cannot_be_written_is_told(tmp_path: Path) -> None:
    (tmp_path / "takes").write_text("a file")
    kept = Takes(tmp_path / "takes")
    with pytest.raises(OutputError, match=r"takes.*cannot be written: part of the path is a file"):
        kept.speech("a", lambda: speech(0.5))
    with pytest.raises(OutputError, match="cannot be written"):
        draw(kept)


def test_it_tells_how_far_it_is(kept: Takes) -> None:
    told: list[int] = []
    kept.film("a", lambda: moving(25 / FPS), (2, 25), CODING, told.append)
    assert told == sorted(told)
    assert set(told) >= {8, 18, 23}


def test_nothing_is_kept_of_a_chunk_that_failed(kept: Takes) -> None:
    frames = moving(35 / FPS)

    def patches(start: int = 0):  # type: ignore[no-untyped-def]
        for number, drawn in enumerate(frames.patches(start), start):
            if number == 17:
                raise RuntimeError("no more")
            yield drawn

    with pytest.raises(RuntimeError):
        film(kept, lambda: Frames(frames.still, FPS, 35, patches))
    names = [path.stem for path in (kept.folder / "films" / "a").iterdir()]
    assert names == NAMES[:1]


def test_speech_is_kept_sample_for_sample(kept: Takes) -> None:
    said = Speech(
        speech(0.5).waveform, 22_050, (Phoneme("p", 0.1, 0.2),), (Word("Hé", 0.1, 0.4),),
        "estimated", ("A note.",),
    )  # fmt: skip
    for _ in range(2):
        found = kept.speech("a", lambda: said)
        assert np.array_equal(found.waveform, said.waveform)
        assert speech_key(found) == speech_key(said)
    assert speech_key(kept.speech("a", lambda: speech(1.0))) == speech_key(said)


class TestPruning:
    @pytest.fixture
    def old(self, kept: Takes) -> list[Path]:
        """A film, one that was not finished, a speech and what a killed run left, 15 days old."""
        draw(kept)
        kept.speech("a", lambda: speech(0.5))
        unfinished = kept.folder / "films" / "b"
        unfinished.mkdir()
        (unfinished / "0000000-0000010.mp4").touch()
        left = kept.folder / "speech" / ".c.npz.1.partial.npz"
        left.touch()
        paths = [kept.folder / "films" / "a", kept.folder / "speech" / "a.npz", unfinished, left]
        for path in paths:
            age(path, 15)
        return paths

    def test_what_nobody_used_for_long_goes(self, old: list[Path], kept: Takes) -> None:
        now = Takes(kept.folder)
        now.speech("new", lambda: speech(0.5))
        now.prune()
        assert [path.exists() for path in old] == [False] * 4
        assert (kept.folder / "speech" / "new.npz").exists()

    def test_what_is_found_stays_and_is_young_again(self, old: list[Path], kept: Takes) -> None:
        now = Takes(kept.folder)
        now.speech("a", lambda: speech(1.0))
        film(now, never)
        for path in old[:2]:
            assert path.stat().st_mtime > time.time() - 60
            age(path, 99)  # should its time not be kept on this disk
        now.prune()
        assert [path.exists() for path in old] == [True, True, False, False]
        assert len(film(now, never)) == 4

    def test_what_was_used_lately_stays(self, old: list[Path], kept: Takes) -> None:
        now = Takes(kept.folder)
        now.speech("new", lambda: speech(0.5))
        for path in old:
            age(path, 13)
        now.prune()
        assert all(path.exists() for path in old)
        now.prune(older_than_days=12)
        assert not any(path.exists() for path in old)

    def test_nothing_goes_where_nothing_was_found(self, old: list[Path], kept: Takes) -> None:
        Takes(kept.folder).prune()
        assert all(path.exists() for path in old)
        Takes(kept.folder / "none").prune()

    def test_a_film_that_is_half_removed_is_drawn_again(
        self, old: list[Path], kept: Takes, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        def killed(path: Path) -> None:
            (path / f"{NAMES[1]}.mp4").unlink()
            raise PermissionError

        monkeypatch.setattr("shutil.rmtree", killed)
        now = Takes(kept.folder)
        now.speech("new", lambda: speech(0.5))
        now.prune()
        assert all(path.exists() for path in draw(now))


@pytest.mark.parametrize("content", [b"", b"PK\x03\x04", bytes(999)])
def test_a_damaged_speech_is_made_anew(kept: Takes, content: bytes) -> None:
    kept.speech("a", lambda: speech(0.5))
    path = kept.folder / "speech" / "a.npz"
    path.write_bytes(content)
    with pytest.raises(AudioError, match="cannot be read"):
        store.load(path)
    assert kept.speech("a", lambda: speech(1.0)).duration == pytest.approx(1.0)


def test_keys_tell_everything_apart(tmp_path: Path) -> None:
    quiet, loud = speech(0.5), speech(0.5)
    loud.waveform[5000] += 1e-6
    assert speech_key(quiet) != speech_key(loud)
    assert len({key("a", "b"), key("ab"), key("a", 1), key("a", "1"), key("a", 1.0)}) == 5
    path = tmp_path / "a"
    path.write_bytes(b"one")
    one = file_key(path)
    path.write_bytes(b"two")
    assert file_key(path) != one
    with pytest.raises(InputError, match="cannot be read"):
        file_key(tmp_path / "none")
