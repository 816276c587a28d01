"""A screenplay and what was asked for it, as a script: what a chat's ``/save`` writes.

It has what differs from the usual, and comments on what a person may want to change next. Rendered,
it is the film that the chat makes.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path
from textwrap import indent
from typing import Any

from agent.film.casting import cast
from agent.request.brief import Brief
from agent.request.model import Request
from agent.request.options import DEFAULTS, files
from agent.screenplay.model import Line, Scene, Screenplay
from agent.script.canonical import formatted
from agent.script.format.model import Defaults
from tools.output import explained, replacing
from tools.spoken import clean
from tools.ssml import escape

PRESENTER, VOICE = "presenter", "narrator"
_BRACES = re.compile(r"\{\{|\}\}")
_USUAL = dict(Defaults())


def save(screenplay: Screenplay, brief: Brief, path: Path) -> None:
    """Write the script into ``path``, at once or not at all. Raises OutputError."""
    text = script(screenplay, brief, path.absolute().parent)
    with replacing(path) as partial, explained(path):
        partial.write_text(text, encoding="utf-8")


def script(screenplay: Screenplay, brief: Brief, folder: Path) -> str:
    """The script as YAML, for a file in ``folder``: paths are relative to it where they can be."""
    request = brief.anchored().request(language=screenplay.language)
    file, inside = _told(request.portrait, folder)
    portrait = {"file": file, "voice": VOICE} | _unusual(request, "face")
    output = {"size": request.size, "aspect": request.aspect}
    output |= _unusual(request, "fps", "quality", "interpolate")
    far = "" if inside else "# Outside of this folder: render with --allow-outside, or copy it.\n"
    parts = [
        "# `portrayal script validate` checks this file, `portrayal script render` films it.\n"
        + _yaml({"version": 1, "title": _plain(screenplay.title), "language": screenplay.language}),
        "# size is the shorter side in pixels; aspect can be 16:9, 9:16 or 1:1.\n"
        + _yaml({"output": output}),
        far + _yaml({"portraits": {PRESENTER: portrait}}),
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


def _unusual(
    told: Request | Line, *names: str, usual: Mapping[str, Any] = DEFAULTS
) -> dict[str, Any]:
    """Those of its fields that are not as usual."""
    values = {name: getattr(told, name) for name in names}
    return {name: value for name, value in values.items() if value != usual[name]}


def _voice(request: Request, language: str) -> dict[str, Any]:
    own = {"language": language} | _unusual(request, "engine")
    if request.engine is not None and request.voice is None:
        own["voice"] = cast(request.engine, None)[0].voices()[0].name
    elif request.voice not in {None, language}:
        own["voice"] = request.voice
    return own | _unusual(request, "speed")


def _defaults(request: Request, folder: Path) -> dict[str, Any]:
    own: dict[str, Any] = {"portrait": PRESENTER}
    if request.background is not None:
        picture = files(Request, {"background": request.background}).get("background")
        own["background"] = _told(picture, folder)[0] if picture else request.background
    own |= _unusual(request, "renderer")
    if request.set:
        own["settings"] = request.settings
    return own | _unusual(request, "head_motion", "seed")


def _scene(scene: Scene) -> str:
    own: dict[str, Any] = {"id": scene.id}
    if scene.title is not None:
        own["title"] = _plain(scene.title)
    own["lines"] = [_line(line) for line in scene.lines]
    return indent(_yaml([own]), "  ")


def _line(line: Line) -> dict[str, Any] | str:
    own: dict[str, Any] = {"text": _plain(escape(clean(line.text)))}
    own |= _unusual(line, "expression", "intensity", "pause", usual=_USUAL)
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
