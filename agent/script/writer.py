"""A screenplay and what was asked for it, as a script: what a chat's ``/save`` writes.

It has what differs from the usual, and comments on what a person may want to change next. Rendered,
it is the film that the chat makes.
"""

from __future__ import annotations

import re
from pathlib import Path
from textwrap import indent
from typing import Any

from agent.film.casting import cast
from agent.request.brief import Brief
from agent.request.model import Request
from agent.request.options import AUTO
from agent.screenplay.model import Line, Scene, Screenplay
from agent.script.canonical import formatted
from agent.script.format.model import Defaults, Output
from tools.output import explained, replacing
from tools.spoken import clean
from tools.ssml import escape

PRESENTER, VOICE = "presenter", "narrator"
_BRACES = re.compile(r"\{\{|\}\}")
_USUAL = Defaults()


def save(screenplay: Screenplay, brief: Brief, path: Path) -> None:
    """Write the script into ``path``, at once or not at all. Raises OutputError."""
    text = script(screenplay, brief, path.absolute().parent)
    with replacing(path) as partial, explained(path):
        partial.write_text(text, encoding="utf-8")


def script(screenplay: Screenplay, brief: Brief, folder: Path) -> str:
    """The script as YAML, for a file in ``folder``: paths are relative to it where they can be."""
    request = brief.anchored().request(language=screenplay.language)
    parts = [
        "# `portrayal script validate` checks this file, `portrayal script render` films it.\n"
        + _yaml({"version": 1, "title": _plain(screenplay.title), "language": screenplay.language}),
        "# size is the shorter side in pixels; aspect can be 16:9, 9:16 or 1:1.\n"
        + _yaml({"output": _output(request)}),
        _portraits(request, folder),
        "# `portrayal voices` lists voices.\n"
        + _yaml({"voices": {VOICE: _voice(request, screenplay.language)}}),
        _yaml({"defaults": _defaults(request, folder)}),
    ]
    if request.captions != "none":
        burned = {"burn": True} if request.captions == "burn" else {"files": request.captions}
        parts.append(_yaml({"captions": burned}))
    scenes = "\n".join(_scene(scene) for scene in screenplay.scenes)
    parts.append(
        "# A line can also have an expression, its intensity, emphasis and a pause after it;\n"
        "# a scene a layout, a slide, b-roll, a title, a transition.\n"
        f"scenes:\n{scenes}"
    )
    return formatted("\n".join(parts))


def _output(request: Request) -> dict[str, Any]:
    own = {name: getattr(request, name) for name in ("size", "aspect")}
    others = {name: getattr(request, name) for name in ("fps", "quality", "interpolate")}
    return own | {k: v for k, v in others.items() if v != getattr(Output(), k)}


def _portraits(request: Request, folder: Path) -> str:
    file, inside = _told(request.portrait, folder)
    portrait: dict[str, Any] = {"file": file, "voice": VOICE}
    if request.face is not None:
        portrait["face"] = request.face
    far = "" if inside else "# Outside of this folder: render with --allow-outside, or copy it.\n"
    return far + _yaml({"portraits": {PRESENTER: portrait}})


def _voice(request: Request, language: str) -> dict[str, Any]:
    own: dict[str, Any] = {"language": language}
    if request.engine is not None:
        own["engine"] = request.engine
    if request.engine is not None and request.voice is None:
        own["voice"] = cast(request.engine, None)[0].voices()[0].name
    elif request.voice not in {None, language}:
        own["voice"] = request.voice
    return own | ({"speed": request.speed} if request.speed != 1 else {})


def _defaults(request: Request, folder: Path) -> dict[str, Any]:
    own: dict[str, Any] = {"portrait": PRESENTER}
    if request.background is not None:
        named = request.background
        plain = named == "blur" or named.startswith("#")
        own["background"] = named if plain else _told(Path(named), folder)[0]
    if request.renderer != AUTO:
        own["renderer"] = request.renderer
    if request.set:
        own["settings"] = request.settings
    if request.head_motion != "calm":
        own["head_motion"] = request.head_motion
    return own | ({"seed": request.seed} if request.seed else {})


def _scene(scene: Scene) -> str:
    own: dict[str, Any] = {"id": scene.id}
    if scene.title is not None:
        own["title"] = _plain(scene.title)
    own["lines"] = [_line(line) for line in scene.lines]
    return indent(_yaml([own]), "  ")


def _line(line: Line) -> dict[str, Any] | str:
    own: dict[str, Any] = {"text": _plain(escape(clean(line.text)))}
    for name in ("expression", "intensity", "pause"):
        if getattr(line, name) != getattr(_USUAL, name):
            own[name] = getattr(line, name)
    if line.emphasis:
        own["emphasis"] = [_plain(word) for word in line.emphasis]
    return own["text"] if len(own) == 1 else own


def _plain(text: str) -> str:
    """Text in which nothing is taken for a variable."""
    return _BRACES.sub(r"\\\g<0>", text)


def _told(path: Path, folder: Path) -> tuple[str, bool]:
    """A file as seen from ``folder``, and whether it lies in it."""
    if path.is_relative_to(folder):
        return path.relative_to(folder).as_posix(), True
    return str(path), False


def _yaml(values: Any) -> str:
    import yaml

    plain: str = yaml.safe_dump(values, allow_unicode=True, sort_keys=False, width=10_000)
    return plain
