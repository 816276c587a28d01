"""Playing a sound file with what the machine has."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

# Those that say when there is nothing to play on come first.
_PLAYERS = (
    ("pw-play",),
    ("paplay",),
    ("aplay", "-q"),
    ("afplay",),
    ("ffplay", "-nodisp", "-autoexit", "-loglevel", "error"),
)


def play(path: Path, seconds: float) -> str | None:
    """Play a WAV file of this length to its end; the name of the player, or None where none can."""
    if sys.platform == "win32":
        import winsound

        winsound.PlaySound(str(path), winsound.SND_FILENAME)
        return "winsound"
    for program, *options in _PLAYERS:
        found = shutil.which(program)
        if found and _played([found, *options, str(path)], seconds + 10):
            return program
    return None


def _played(command: list[str], timeout: float) -> bool:
    try:
        done = subprocess.run(
            command, stdin=subprocess.DEVNULL, capture_output=True, timeout=timeout, check=False
        )
    except (OSError, subprocess.TimeoutExpired):
        return False
    return done.returncode == 0 and b"fail" not in done.stderr
