"""``portrayal``, or ``python -m agent``."""

from __future__ import annotations

import os
import signal
from types import FrameType

STOPPED = 130  # the exit code of what Ctrl-C has ended


def main() -> None:
    """The ``portrayal`` command; a signal that comes before it has begun ends it without a word."""
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, _end)
    from agent.commands.app import app

    app()


def _end(number: int, frame: FrameType | None) -> None:
    os._exit(STOPPED)


if __name__ == "__main__":
    main()
