"""Outputs that cannot be written, and runs that are stopped: nothing half-written, ever."""

from __future__ import annotations

import os
import signal
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from multiprocessing.context import ForkServerProcess
from pathlib import Path

import pytest

from tests.agent.conftest import SMALL, Run, said
from tests.forked import begun

LONG = "This goes on and on, until somebody stops it. " * 20


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A folder on a file system of 64 kB; the test is skipped where none can be mounted."""
    folder = tmp_path / "disk"
    folder.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", "size=64k", "tmpfs", str(folder)]
    try:
        mounted = subprocess.run(mount, capture_output=True, check=False).returncode == 0
    except OSError:
        mounted = False
    if not mounted:
        pytest.skip("mounting a small disk takes more rights than this test has")
    yield folder
    subprocess.run(["umount", str(folder)], check=True)


def test_an_output_folder_that_is_missing(run: Run, portrait: Path) -> None:
    result = run("make", "Hi.", "-p", portrait, "-o", "no/such/folder/a.mp4", *SMALL)
    assert result.exit_code == 5
    assert "no/such/folder" in said(result)


def test_a_file_in_place_of_the_output_folder(run: Run, portrait: Path, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("I am a file.")
    result = run("make", "Hi.", "-p", portrait, "-o", "file/a.mp4", *SMALL)
    assert result.exit_code == 5
    assert "file" in said(result)


@pytest.mark.skipif(not Path("/proc/self").is_dir(), reason="needs Linux's /proc")
def test_an_output_folder_that_is_not_writable(run: Run, portrait: Path) -> None:
    result = run("make", "Hi.", "-p", portrait, "-o", "/proc/a.mp4", *SMALL)
    assert result.exit_code == 5
    assert "/proc" in said(result)


def test_a_folder_in_place_of_the_output(run: Run, portrait: Path, tmp_path: Path) -> None:
    (tmp_path / "a.mp4").mkdir()
    result = run("make", "Hi.", "-p", portrait, "-o", "a.mp4", *SMALL)
    assert result.exit_code == 5
    assert "a.mp4" in said(result)


def test_a_full_disk(run: Run, portrait: Path, small_disk: Path) -> None:
    result = run("make", LONG[:400], "-p", portrait, "-o", small_disk / "a.mp4", *SMALL)
    assert result.exit_code == 5, result.output
    assert "full" in said(result)
    assert list(small_disk.iterdir()) == []


@contextmanager
def started(portrait: Path, folder: Path, said: Path) -> Iterator[ForkServerProcess]:
    """A long run of the real program, once its encoder has begun to write; gone at the end."""
    words = ("make", LONG, "-p", str(portrait), "-o", "a.mp4", "--voice", "en-us", *SMALL)
    process = begun(*words, variables=os.environ, folder=folder, said=said)
    try:
        deadline = time.monotonic() + 300
        while process.is_alive() and not any(_begun(path) for path in folder.iterdir()):
            assert time.monotonic() < deadline, "nothing was ever written"
            time.sleep(0.05)
        assert process.is_alive(), said.read_text("utf-8")
        yield process
    finally:
        process.kill()
        process.join()


def _begun(path: Path) -> bool:
    try:
        return path.stat().st_size > 10_000
    except FileNotFoundError:  # a probe, already gone
        return False


@pytest.mark.slow
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_stopped_run_leaves_nothing(
    portrait: Path, tmp_path: Path, number: signal.Signals
) -> None:
    (folder := tmp_path / "folder").mkdir()
    with started(portrait, folder, tmp_path / "said.txt") as process:
        assert process.pid is not None
        os.kill(process.pid, number)
        process.join(120)
    assert process.exitcode == 130
    said = (tmp_path / "said.txt").read_text("utf-8")
    assert "Traceback" not in said
    assert said.splitlines()[-1].startswith("error Stopped")
    assert list(folder.iterdir()) == []


@pytest.mark.slow
def test_a_killed_run_leaves_nothing_under_the_name_and_the_next_works(
    portrait: Path, tmp_path: Path, run: Run
) -> None:
    (folder := tmp_path / "folder").mkdir()
    with started(portrait, folder, tmp_path / "said.txt") as process:
        process.kill()
        process.join(120)
    assert process.exitcode == -signal.SIGKILL
    assert not (folder / "a.mp4").exists()
    result = run("make", "Hi.", "-p", portrait, "-o", folder / "a.mp4", *SMALL)
    assert result.exit_code == 0, result.output
    assert (folder / "a.mp4").stat().st_size > 1000


def test_a_failed_run_leaves_the_earlier_video_as_it_was(
    run: Run, portrait: Path, tmp_path: Path
) -> None:
    (tmp_path / "a.mp4").write_bytes(b"an earlier video")
    result = run("make", "😀", "-p", portrait, "-o", "a.mp4", *SMALL)
    assert result.exit_code == 3
    assert (tmp_path / "a.mp4").read_bytes() == b"an earlier video"
