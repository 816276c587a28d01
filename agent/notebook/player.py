"""Films and pictures, shown in the notebook and given to download."""

from __future__ import annotations

import base64
import os
from html import escape
from pathlib import Path
from urllib.parse import quote

from agent.notebook.pictures import colab

EMBEDDED_MOST = 12_000_000  # bytes: notebooks of more than some 20 MB are slow to save
KINDS = {".mp4": "video/mp4", ".webm": "video/webm", ".png": "image/png", ".jpg": "image/jpeg"}
STYLE = "max-width: 100%; width: 50em; border-radius: 6px"


def film(path: Path, caption: str = "") -> str:
    """HTML that plays a film: within the page if it is small, otherwise from its file."""
    below = f'<div style="opacity: .65; font-size: .9em">{escape(caption)}</div>' if caption else ""
    if (source := _source(path)) is None:
        return f"<div>{escape(path.name)} is too large to be played here; download it.</div>{below}"
    kind = KINDS.get(path.suffix.lower(), "video/mp4")
    return (
        f'<video controls playsinline preload="metadata" style="{STYLE}">'
        f'<source src="{source}" type="{kind}"></video>{below}'
    )


def picture(path: Path) -> str:
    """HTML that shows a picture."""
    return f'<img src="{_embedded(path)}" alt="{escape(path.stem)}" style="{STYLE}">'


def thumbnail(jpeg: str, name: str) -> str:
    """HTML that shows a small picture, given as a JPEG in base64."""
    return (
        f'<img src="data:image/jpeg;base64,{jpeg}" alt="{escape(name)}" '
        'style="max-width: 16em; border-radius: 6px">'
    )


def download(path: Path) -> str:
    """Start a download on Colab; elsewhere HTML that links to the file."""
    if files := colab("files"):
        files.download(str(path))
        return f"<div>{escape(path.name)} is being downloaded.</div>"
    where = f"<code>{escape(str(path))}</code>"
    if (link := _beside(path)) is None:
        return f"<div>The film lies at {where}.</div>"
    return (
        f'<div><a href="{link}" download>Download {escape(path.name)}</a>, or take {where}.</div>'
    )


def _source(path: Path) -> str | None:
    if path.stat().st_size <= EMBEDDED_MOST:
        return _embedded(path)
    return None if colab("files") else _beside(path)


def _embedded(path: Path) -> str:
    kind = KINDS.get(path.suffix.lower(), "video/mp4")
    return f"data:{kind};base64,{base64.b64encode(path.read_bytes()).decode()}"


def _beside(path: Path) -> str | None:
    """Its address from the notebook, which only serves what lies in its folder or below."""
    relative = os.path.relpath(path)
    return None if relative.startswith(os.pardir) else quote(relative.replace(os.sep, "/"))
