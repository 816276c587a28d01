"""A drive that is $DRIVE, wherever it is mounted."""

import os
from pathlib import Path


def mount(mountpoint: str) -> None:
    place = Path(mountpoint)
    place.mkdir(exist_ok=True)
    if not (place / "MyDrive").exists():
        (place / "MyDrive").symlink_to(os.environ["DRIVE"])
