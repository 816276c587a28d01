"""From the notebook's kernel to Portrayal: one process per step, which answers in JSON.

A process of its own gives everything back when it ends: a language model's memory is free before
the renderer's networks are loaded.
"""

from __future__ import annotations

import codecs
import json
import os
import subprocess
import threading
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import IO, Any

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

    def portrayal(self, *arguments: str, told: Callable[[str], None]) -> Any:
        """Run ``portrayal ARGUMENTS --json``. Raises StepError with its sentence if it fails."""
        return self._run(["-m", "agent", *arguments, "--json"], None, told)

    def ask(self, what: str, told: Callable[[str], None], **given: Any) -> Any:
        """Ask the desk for one of the things that only a notebook wants. Raises StepError."""
        return self._run(["-m", "agent.notebook.desk", what], given, told)

    def _run(self, arguments: list[str], given: Any, told: Callable[[str], None]) -> Any:
        """Its JSON; ``told`` gets what it says meanwhile, piece by piece."""
        process = subprocess.Popen(
            [self.python, *arguments],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            env=self._environment(),
        )
        assert process.stdin is not None
        assert process.stdout is not None
        assert process.stderr is not None
        answer: list[bytes] = []
        reader = threading.Thread(target=_read, args=(process.stdout, answer), daemon=True)
        reader.start()
        try:
            with suppress(BrokenPipeError), process.stdin as stream:  # it says itself why it ended
                stream.write(json.dumps(given).encode())
            said = _listen(process.stderr, told)
            code = process.wait()
        except BaseException:
            process.terminate()  # as Ctrl-C at a terminal: nothing half-written is left behind
            process.wait()
            raise
        finally:
            reader.join()
            process.stdout.close()
            process.stderr.close()
        return _result(b"".join(answer), code, said)

    def _environment(self) -> dict[str, str]:
        own = {name: value for name, value in os.environ.items() if name not in UNWANTED}
        path = os.pathsep.join(filter(None, (str(ROOT), own.get("PYTHONPATH"))))
        return (
            own
            | {
                "PYTHONPATH": path,
                "PYTHONIOENCODING": "utf-8",
                "COLUMNS": "120",
                "TERM": "dumb",
                "NO_COLOR": "1",
            }
            | self.variables
        )


def _read(stream: IO[bytes], into: list[bytes]) -> None:
    into.append(stream.read())


def _listen(stream: IO[bytes], told: Callable[[str], None]) -> str:
    """Pass on what comes, as it comes; the end of it is returned."""
    decoder = codecs.getincrementaldecoder("utf-8")("replace")
    said = ""
    while piece := os.read(stream.fileno(), 4096):
        text = decoder.decode(piece)
        said = (said + text)[-LAST:]
        told(text)
    return said


def _result(answer: bytes, code: int, said: str) -> Any:
    try:
        result = json.loads(answer or b"null")
    except ValueError:
        result = None
    if code == 0:
        return result
    if isinstance(result, dict) and "message" in result:
        raise StepError(str(result["message"]))
    raise StepError(f"Portrayal ended with exit code {code}. It said: {said.strip() or 'nothing'}")
