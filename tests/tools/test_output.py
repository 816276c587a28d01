import errno
import os
import stat
import subprocess
import sys
from contextlib import suppress
from pathlib import Path

import pytest
from filelock import FileLock, Timeout

from tests import planted
from tools.errors import OutputError
from tools.output import check_writable, continued, explained, plain, replacing, scratch


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
    killed = tmp_path / f".film.mp4.{dead.pid}.0a1b.partial.mp4"
    living = tmp_path / f".film.mp4.{os.getppid()}.0a1b.partial.mp4"
    another = tmp_path / f".other.mp4.{dead.pid}.0a1b.partial.mp4"
    for left in (killed, living, another):
        left.write_text("half")
    with replacing(tmp_path / "film.mp4") as partial:
        partial.write_text("new")
    assert not killed.exists()
    assert living.exists()
    assert another.exists()


def test_a_name_full_of_wildcards(tmp_path: Path) -> None:
    bystander = tmp_path / ".a.mp4.1.0a1b.partial.mp4"
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


# --- Somebody else may write in the folder --------------------------------------------------


@planted.everything
def test_what_is_planted_under_the_name_is_replaced_and_not_written_through(
    tmp_path: Path, kind: str
) -> None:
    path = tmp_path / "shared" / "film.mp4"
    trap = planted.Trap(kind, path, tmp_path / "outside")
    with replacing(path) as partial:
        partial.write_text("new")
    trap.check()
    assert path.is_file()
    assert not path.is_symlink()
    assert path.read_text() == "new"


@planted.everything
@pytest.mark.parametrize("ending", ["partial", "scratch"])
def test_what_is_planted_under_a_hidden_name_that_was_seen_before_is_not_met(
    tmp_path: Path, kind: str, ending: str
) -> None:
    path = tmp_path / "shared" / "film.mp4"
    for number in (os.getpid(), 1):
        trap = planted.Trap(
            kind, path.with_name(f".film.mp4.{number}.{ending}.mp4"), tmp_path / "outside"
        )
    check_writable(path)
    with replacing(path) as partial, scratch(path) as passing:
        partial.write_text("new")
        passing.write_text("on the way")
    trap.check()
    assert path.read_text() == "new"


def test_hidden_names_are_new_each_time_and_files_are_there_before_they_are_written(
    tmp_path: Path,
) -> None:
    seen = set()
    for _ in range(20):
        with replacing(tmp_path / "film.mp4") as partial, scratch(tmp_path / "film.mp4") as passing:
            for path in (partial, passing):
                assert path.lstat().st_size == 0
                seen.add(path.name)
    assert len(seen) == 40


def test_a_name_that_is_taken_is_never_written(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Even if somebody guessed the name."""
    monkeypatch.setattr("secrets.token_hex", lambda size: "guessed")
    place = tmp_path / "shared" / f".film.mp4.{os.getpid()}.guessed.partial.mp4"
    trap = planted.Trap("symlink", place, tmp_path / "outside")
    with (
        pytest.raises(OutputError, match="cannot be written"),
        replacing(tmp_path / "shared" / "film.mp4"),
    ):
        pytest.fail("it was opened")
    trap.check()


@planted.everything
def test_checking_changes_nothing_that_is_there(tmp_path: Path, kind: str) -> None:
    path = tmp_path / "shared" / "film.mp4"
    trap = planted.Trap(kind, path, tmp_path / "outside")
    before = path.lstat()
    check_writable(path)
    after = path.lstat()
    trap.check()
    assert (after.st_ino, after.st_mtime_ns, after.st_mode) == (
        before.st_ino,
        before.st_mtime_ns,
        before.st_mode,
    )
    assert names(path.parent) == ["film.mp4"]


@pytest.mark.skipif(os.name == "nt", reason="Windows has other rights")
def test_only_the_user_can_read_what_is_private(tmp_path: Path) -> None:
    path = tmp_path / "key.pem"
    path.touch(mode=0o644)
    with replacing(path, private=True) as partial:
        assert stat.S_IMODE(partial.stat().st_mode) == 0o600
        partial.write_text("secret")
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


@planted.everything
def test_only_a_plain_file_of_ours_is_continued(tmp_path: Path, kind: str) -> None:
    path = tmp_path / "shared" / "weights.bin"
    trap = planted.Trap(kind, path, tmp_path / "outside")
    with continued(path) as file:
        file.write(b"first ")
    with continued(path) as file:
        file.write(b"second")
    trap.check()
    assert path.read_bytes() == b"first second"


@planted.everything
def test_only_a_regular_file_is_read(tmp_path: Path, kind: str) -> None:
    path = tmp_path / "shared" / "entry.npy"
    planted.Trap(kind, path, tmp_path / "outside")
    if kind != "hardlink":  # its content is as good as any
        with pytest.raises(OSError, match=r"symbolic links|regular file"):
            plain(path)


@planted.everything
def test_locks_write_nothing_through_what_is_planted(tmp_path: Path, kind: str) -> None:
    path = tmp_path / "shared" / "running.lock"
    trap = planted.Trap(kind, path, tmp_path / "outside")
    with suppress(OSError, Timeout), FileLock(path, timeout=0.1):
        pass
    trap.check()
