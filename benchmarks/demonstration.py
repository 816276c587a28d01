"""The demonstration as the embedded renderer draws it, for measures that need a moving face."""

from __future__ import annotations

from pathlib import Path
from tempfile import TemporaryDirectory

from agent.commands.demo import SCRIPT
from agent.film import nodes
from agent.request.model import Request
from tools.media import Frames, Shot
from tools.picture.demo import demo_portrait


def take(fps: int = 25) -> tuple[Shot, Frames]:
    """The portrait framed for 1080p, and frames in which it talks, not composed yet."""
    with TemporaryDirectory() as folder:
        path = Path(folder) / "portrait.png"
        demo_portrait(path)
        output = Path(folder) / "film.mp4"
        request = Request.of(portrait=path, output=output, text=SCRIPT, renderer="warp", fps=fps)
        shot = nodes.prepare(request, lambda done: None)
        speech = nodes.speak(request, lambda done: None)
    renderer, direction = nodes.load(request).renderer, nodes.act(request, speech)
    return shot, renderer.render(shot.portrait, speech, direction, fps)
