"""Uploads come from $UPLOADED; what is downloaded is noted in a file."""

import os
from pathlib import Path


def upload() -> dict[str, bytes]:
    path = Path(os.environ["UPLOADED"])
    return {path.name: path.read_bytes()}


def download(filename: str) -> None:
    with Path("downloaded.txt").open("a", encoding="utf-8") as file:
        file.write(f"{filename}\n")
