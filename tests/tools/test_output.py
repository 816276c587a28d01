import errno
import os
import subprocess
import sys
from pathlib import Path

import pytest

from tools.errors import OutputError
from tools.output import check_writable, explained, replacing


def names(folder: Path) -> list[str]:
    return [path.name for path in folder.iterdir()]


def write_half_and_fail(path: Path, failure: type[BaseException]) -> None:
    path.write_text("half")
    raise failure


def test_appears_only_when_complete(tmp_path: Path) -> None:
    path = tmp_path / "film.mp4"
    with replacing(path) as partial:
        partial.write_text("new")
        assert not path.exists()
    assert path.read_text() == "new"
    assert names(tmp_path) == ["film.mp4"]


@pytest.mark.parametrize("failure", [KeyboardInterrupt, ValueError, OutputError])
def test_a_failure_leaves_everything_as_it_was(
    tmp_path: Path, failure: type[BaseException]
) -> None:
    path = tmp_path / "film.mp4"
    path.write_text("old")
    with pytest.raises(failure), replacing(path) as partial:
        write_half_and_fail(partial, failure)
    assert path.read_text() == "old"
    assert names(tmp_path) == ["film.mp4"]


def test_the_next_run_removes_what_a_killed_one_left(tmp_path: Path) -> None:
    dead = subprocess.Popen([sys.executable, "-c", ""])
    dead.wait()
    killed = tmp_path / f".film.mp4.{dead.pid}.partial.mp4"
    living = tmp_path / f".film.mp4.{os.getppid()}.partial.mp4"
    another = tmp_path / f".other.mp4.{dead.pid}.partial.mp4"
    for left in (killed, living, another):
        left.write_text("half")
    with replacing(tmp_path / "film.mp4") as partial:
        partial.write_text("new")
    assert not killed.exists()
    assert living.exists()
    assert another.exists()


def test_a_name_full_of_wildcards(tmp_path: Path) -> None:
    bystander = tmp_path / ".a.mp4.1.partial.mp4"
    bystander.write_text("not ours")
    with replacing(tmp_path / "[a]*?.mp4") as partial:
        partial.write_text("new")
    assert (tmp_path / "[a]*?.mp4").exists()
    assert bystander.exists()


def test_missing_folder(tmp_path: Path) -> None:
    with pytest.raises(OutputError, match=r"nowhere.*does not exist"):
        check_writable(tmp_path / "nowhere" / "film.mp4")


def test_a_file_in_place_of_the_folder(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(OutputError, match="does not exist"):
        check_writable(tmp_path / "file" / "film.mp4")


def test_a_folder_of_that_name(tmp_path: Path) -> None:
    (tmp_path / "film.mp4").mkdir()
    with pytest.raises(OutputError, match="is a folder"):
        check_writable(tmp_path / "film.mp4")


@pytest.mark.skipif(os.name == "nt" or os.geteuid() == 0, reason="root may write anywhere")
def test_no_right_to_write(tmp_path: Path) -> None:
    tmp_path.chmod(0o500)
    try:
        with pytest.raises(OutputError, match="no right to write"):
            check_writable(tmp_path / "film.mp4")
    finally:
        tmp_path.chmod(0o700)


def test_a_name_too_long(tmp_path: Path) -> None:
    with pytest.raises(OutputError, match="name is too long"):
        check_writable(tmp_path / f"{'x' * 250}.mp4")


def test_trying_leaves_nothing(tmp_path: Path) -> None:
    check_writable(tmp_path / "film.mp4")
    assert not names(tmp_path)


@pytest.mark.parametrize(
    ("number", "reason"),
    [(errno.ENOSPC, "disk is full"), (errno.EROFS, "read-only"), (errno.EIO, "output error")],
)
def test_the_reason_is_said_in_words(number: int, reason: str) -> None:
    with pytest.raises(OutputError, match=reason), explained(Path("film.mp4")):
        raise OSError(number, os.strerror(number))
