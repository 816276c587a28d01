"""Small scripts that are filmed in seconds, and what became of their takes."""

from __future__ import annotations

import os
from collections.abc import Iterable
from hashlib import sha256
from multiprocessing.context import ForkServerProcess
from pathlib import Path

from tests.forked import begun
from tools.video.footage import decode

HEAD = """\
version: 1
title: A small film
output: {size: 144, fps: 10, quality: draft}
defaults: {portrait: ana, renderer: warp, head_motion: still}
portraits: {ana: face.png}
"""
CARDS = """\
version: 1
title: A film without a face
output: {size: 144, fps: 10, quality: draft}
"""


def spoken(*lines: str, head: str = HEAD, more: str = "") -> str:
    """A script of scenes named s1, s2 …, in each of which one line is said."""
    scenes = "".join(f"  - id: s{n}\n    text: {line}\n" for n, line in enumerate(lines, 1))
    return f"{head}{more}scenes:\n{scenes}"


def cards(*titles: str, head: str = CARDS, more: str = "") -> str:
    """A script of silent cards named s1, s2 …, half a second each."""
    scenes = "".join(
        f"  - {{id: s{n}, layout: card, title: {title}, duration: 0.5}}\n"
        for n, title in enumerate(titles, 1)
    )
    return f"{head}{more}scenes:\n{scenes}"


def chunks(productions: Path) -> dict[str, tuple[int, int]]:
    """The pieces of film that are kept, and which files they are."""
    return _files(productions.glob("*/takes/films/*/[0-9]*"), productions)


def speeches(productions: Path) -> dict[str, int]:
    """The lines that are kept, and which files they are; their times change as they are found."""
    found = _files(productions.glob("*/takes/speech/*.npz"), productions)
    return {name: inode for name, (inode, _) in found.items()}


def unfinished(folder: Path) -> list[str]:
    """Hidden files that something left behind."""
    return [path.name for kind in ("partial", "scratch") for path in folder.rglob(f".*.{kind}*")]


def pictures(film: Path) -> list[str]:
    """A hash of each frame."""
    return [sha256(picture.image.tobytes()).hexdigest() for picture in decode(film).pictures()]


def process(folder: Path, *arguments: str, chunk: float = 8.0) -> ForkServerProcess:
    """The command line in a process group of its own, with chunks of so many seconds."""
    variables = {**os.environ, "OMP_NUM_THREADS": "1"}
    return begun(*arguments, variables=variables, chunk=chunk, folder=folder, said=Path(os.devnull))


def ended(process: ForkServerProcess) -> int | None:
    """How it came to its end."""
    process.join()
    return process.exitcode


def _files(paths: Iterable[Path], folder: Path) -> dict[str, tuple[int, int]]:
    stats = {str(path.relative_to(folder)): path.stat() for path in paths}
    return {name: (stat.st_ino, stat.st_mtime_ns) for name, stat in stats.items()}
