"""The text of a PDF file, read in a process of its own with bounded time and memory.

A PDF is a program for drawing pages: even a small hostile one may ask for unbounded work. All that
such a file can do here is to make its own process fail.
"""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

from tools.errors import FactsError

MOST_PAGES = 300
SECONDS = 60
MEMORY = 2_000_000_000  # bytes of address space, where the system can bound it


def text(path: Path, most: int) -> str:
    """The text of the first ``MOST_PAGES`` pages, up to ``most`` characters. Raises FactsError."""
    command = [sys.executable, "-P", str(Path(__file__).with_name("pdf_process.py"))]
    limits = map(str, (MOST_PAGES, most, MEMORY, SECONDS))
    try:
        done = subprocess.run(
            [*command, str(path.absolute()), *limits],
            stdin=subprocess.DEVNULL,
            capture_output=True,
            timeout=SECONDS,
            check=False,
        )
    except subprocess.TimeoutExpired as error:
        raise FactsError(
            f"“{path.name}” takes longer than {SECONDS} seconds to read; save its text as a file."
        ) from error
    try:
        answer = json.loads(done.stdout)
        found, problem = str(answer["text"]), answer["problem"]
    except (ValueError, KeyError, TypeError) as error:
        raise FactsError(
            f"“{path.name}” cannot be read as a PDF; save its text as a file."
        ) from error
    if problem:
        raise FactsError(f"“{path.name}” cannot be read as a PDF: {problem}.")
    return found
