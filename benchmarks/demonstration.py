"""The demonstration as the embedded renderer draws it, for measures that need a moving face."""

from __future__ import annotations

from pathlib import Path
from tempfile import TemporaryDirectory

from agent.commands.demo import SCRIPT
from agent.film.cast import Cast
from agent.film.picture import framed
from agent.film.plan import of_request
from agent.film.presenters import directed
from agent.film.sound import speak_scene
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
        plan = of_request(request)
        [scene] = plan.scenes
        shot = framed(scene.presenters[0], plan.film.size, scene.background)
    speech, direction = directed(scene, speak_scene(scene, fps), 0)
    crew = Cast.of(scene, plan.film).crew
    return shot, crew.frames(shot.portrait, speech, direction, fps)
