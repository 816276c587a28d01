"""From the notebook's kernel to Portrayal: one process per step, which tells its events as JSON.

A process of its own gives everything back when it ends: a language model's memory is free before
the renderer's networks are loaded.
"""

from __future__ import annotations

import codecs
import json
import os
import threading
from contextlib import suppress
from dataclasses import dataclass, field, replace
from pathlib import Path
from subprocess import PIPE, Popen
from typing import IO, Any

from agent.events import Failed, Result, Work, parsed
from tools.errors import PortrayalError

ROOT = Path(__file__).resolve().parents[2]
LAST = 2000  # characters of stderr that are shown of a process that ended without an error message
UNWANTED = (
    "MPLBACKEND",  # the kernel's way of drawing, from a package that only the kernel has
    "PYTHONHOME",
    *("FORCE_COLOR", "CLICOLOR_FORCE", "PY_COLORS", "TTY_COMPATIBLE", "TTY_INTERACTIVE"),  # plain
)


class StepError(PortrayalError):
    """A step failed; in a notebook it is shown as its sentence alone."""

    def _render_traceback_(self) -> list[str]:
        return [f"✗ {self}"]


@dataclass(frozen=True)
class Bridge:
    """Portrayal in another process.

    python       the interpreter that has what Portrayal needs.
    variables    of the environment, such as those that say where weights lie.
    """

    python: str
    variables: dict[str, str] = field(default_factory=dict)

    def with_variables(self, more: dict[str, str]) -> Bridge:
        """The same with more environment variables."""
        return replace(self, variables=self.variables | more)

    def portrayal(self, work: Work, *arguments: str) -> Any:
        """What ``portrayal ARGUMENTS`` answers. Raises StepError with its sentence if it fails."""
        return self._run(work, ["-m", "agent", *arguments, "--events"], None)

    def ask(self, work: Work, what: str, **given: Any) -> Any:
        """Ask the desk for one of the things that only a notebook wants. Raises StepError."""
        return self._run(work, ["-m", "agent.notebook.desk", what], given)

    def _run(self, work: Work, arguments: list[str], given: Any) -> Any:
        """The result of the process; its events are passed on to ``work``."""
        said: list[str] = []
        last: Result | Failed | None = None
        command, own = [self.python, *arguments], self._environment()
        with Popen(command, env=own, stdin=PIPE, stdout=PIPE, stderr=PIPE) as process:
            assert process.stdin is not None
            assert process.stdout is not None
            reader = threading.Thread(
                target=_listen, args=(process.stderr, work, said), daemon=True
            )
            reader.start()
            try:
                with suppress(BrokenPipeError), process.stdin as stream:  # why it ended, it says
                    stream.write(json.dumps(given).encode())
                for line in process.stdout:
                    event = parsed(line.decode("utf-8", "replace"))
                    if isinstance(event, Result | Failed):
                        last = event
                    elif event is not None:
                        work.tell(event)
                process.wait()
            except BaseException:
                process.terminate()  # as Ctrl-C at a terminal: nothing half-written is left behind
                raise
            finally:
                reader.join()
        if isinstance(last, Failed):
            raise StepError(last.message)
        if process.returncode:
            output = "".join(said)[-LAST:].strip() or "nothing"
            raise StepError(
                f"Portrayal ended with exit code {process.returncode}. It said: {output}"
            )
        return last.result if last else None

    def _environment(self) -> dict[str, str]:
        own = {name: value for name, value in os.environ.items() if name not in UNWANTED}
        path = os.pathsep.join(filter(None, (str(ROOT), own.get("PYTHONPATH"))))
        plain = {"PYTHONIOENCODING": "utf-8", "COLUMNS": "120", "TERM": "dumb", "NO_COLOR": "1"}
        return own | plain | {"PYTHONPATH": path} | self.variables


def _listen(stream: IO[bytes], work: Work, said: list[str]) -> None:
    """Pass on as words what is written beside the events, as it comes; ``said`` keeps it."""
    decoder = codecs.getincrementaldecoder("utf-8")("replace")
    while piece := os.read(stream.fileno(), 4096):
        said.append(decoder.decode(piece))
        work.wrote(said[-1])
