"""The command line in processes that begin at once: forked from one that has imported it all."""

from __future__ import annotations

import multiprocessing
import os
import sys
from collections.abc import Mapping
from multiprocessing.context import ForkServerProcess
from pathlib import Path

# What making a film imports, which takes longer than making a short one.
IMPORTED = [
    "agent.commands.app",
    "agent.commands.make",
    "agent.commands.produce",
    "agent.film.make",
    "agent.script.film",
    "agent.production.steps",
    "mediapipe",
    "renderers.warp.renderer",
    "tests.forked",
    "tools.inspect.report",
    "tools.provenance.credentials",
    "tools.speech.espeak",
]


def begun(
    *arguments: str,
    variables: Mapping[str, str],
    chunk: float | None = None,
    folder: Path | None = None,
    said: Path | None = None,
) -> ForkServerProcess:
    """``portrayal`` with these arguments, with chunks of so many seconds, in a process group of
    its own; it can be killed.

    folder  where it runs.
    said    a file for what it writes to its standard output and error.
    """
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(IMPORTED)
    given = (arguments, dict(variables), chunk, folder, said)
    process = context.Process(target=_portrayal, args=given)
    process.start()
    return process


def _portrayal(
    arguments: tuple[str, ...],
    variables: dict[str, str],
    chunk: float | None,
    folder: Path | None,
    said: Path | None,
) -> None:
    os.setsid()
    os.environ.clear()
    os.environ.update(variables)
    if folder is not None:
        os.chdir(folder)
    if said is not None:
        file = os.open(said, os.O_CREAT | os.O_WRONLY | os.O_APPEND)
        for stream in (1, 2):
            os.dup2(file, stream)
    from agent.__main__ import main
    from agent.film import takes

    if chunk is not None:
        takes.CHUNK = chunk
    sys.argv = ["portrayal", *arguments]
    main()
