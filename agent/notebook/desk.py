"""What a notebook asks Portrayal for, beside the commands that everybody has.

``python -m agent.notebook.desk WHAT`` reads JSON on standard input and answers with JSON, like any
command with ``--json``; what it says meanwhile goes to standard error, as theirs does.
"""

from __future__ import annotations

import hashlib
import json
import sys
from base64 import b64encode
from dataclasses import asdict
from importlib.util import find_spec
from io import BytesIO
from pathlib import Path
from typing import Annotated, Any

import typer

from agent.terminal.session import Session
from tools.errors import OptionError

THUMBNAIL = 512  # pixels of its longer side


class Written(Exception):  # noqa: N818 – not a failure
    """Everything is ready to be filmed; holds what the user is asked."""

    def __init__(self, asked: dict[str, Any]) -> None:
        self.asked = asked


def installed(session: Session) -> dict[str, bool]:
    """Whether this Python has what Portrayal requires, and what runs a language model."""
    from agent.notebook import environment

    return {"portrayal": environment.complete(), "llm": find_spec("llama_cpp") is not None}


def look(
    session: Session, renderer: str, quality: str, model: str, settled: bool
) -> dict[str, Any]:
    """The machine, and what suits it; ``settled`` as ``advice.plan`` takes it."""
    from agent.commands import setup
    from agent.notebook.advice import plan
    from tools import weights

    machine = setup.look()
    wishes: dict[str, Any] = {"renderer": renderer, "quality": quality, "model": model}
    chosen = plan(machine, setup.propose(machine), settled=settled, **wishes)
    lacking = weights.absent(list(chosen.weights))
    return {
        "machine": asdict(machine),
        "plan": asdict(chosen) | {"settled": settled},
        "to_pull": weights.size(lacking) if lacking else "",
    }


def portrait(session: Session, path: str) -> dict[str, Any]:
    """Write the demonstration's portrait."""
    from tools.output import explained
    from tools.picture.demo import demo_portrait

    with explained(Path(path)):
        demo_portrait(Path(path))
    return {"path": path}


def thumbnail(session: Session, path: str) -> dict[str, Any]:
    """A picture small enough for a page, as a JPEG in base64. Raises ImageError if it is none."""
    from PIL import Image

    from tools.picture import image

    small, jpeg = Image.fromarray(image.load(Path(path))), BytesIO()
    small.thumbnail((THUMBNAIL, THUMBNAIL))
    small.save(jpeg, "JPEG")
    return {"jpeg": b64encode(jpeg.getvalue()).decode()}


def write(
    session: Session,
    prompt: str,
    words: str,
    seconds: float | None,
    drafted: bool,
    folder: str,
    options: dict[str, Any],
) -> dict[str, Any]:
    """A draft, spoken and waiting to be filmed: the one there is, if the same was asked before.

    prompt    what a language model writes about, and seconds: how long that should last.
    words     what is said where none is ready, or where none is wanted: not ``drafted``.
    folder    where the film goes.
    """
    from agent.llm import base
    from agent.production.folder import Production
    from agent.request.brief import Brief
    from agent.writing.writer import Writer

    drafted = drafted and base.ready() is not None
    wish = {"prompt": prompt, "seconds": seconds} if drafted else {"prompt": words}
    # Whatever makes another film gives it another name: what is found under one is that film.
    digest = hashlib.sha256(json.dumps([wish, options], sort_keys=True).encode()).hexdigest()
    output = str(Path(folder) / f"film-{digest[:8]}.mp4")
    brief = Brief.of(**wish, draft=drafted, options=options | {"output": output})
    production = _begun(brief) or Production.begin(brief)
    if _film(production) is not None:
        return _draft(production)

    def heard(text: str) -> None:
        session.console.print(text, markup=False, highlight=False, soft_wrap=True, end="")

    def stop(asked: dict[str, Any]) -> bool:
        raise Written(asked)

    writer = Writer.of(brief, heard, lambda fault: heard(f"\n(again: {fault})\n"))
    try:
        production.run(session.progress, approve=stop, writer=writer)
    except Written as ready:
        return _draft(production, ready.asked["seconds"])
    return _draft(production)


def film(session: Session, name: str) -> dict[str, Any]:
    """The film of a draft: made, gone on with where it was stopped, or found."""
    from agent.production.folder import Production

    production = Production.named(name)
    if (made := _film(production)) is not None:
        return made
    result = production.run(session.progress)
    for note in result.notes:
        session.note(note)
    if result.film is None:
        raise OptionError(f"The production {name} was not filmed.")
    return _described(result.film, result.report)


VERBS = {verb.__name__: verb for verb in (installed, look, portrait, thumbnail, write, film)}


def serve(what: Annotated[str, typer.Argument()]) -> None:
    """Answer one question."""
    with Session(as_json=True) as session:
        if what not in VERBS:
            raise OptionError(f"There is no “{what}”; there are: {', '.join(VERBS)}.")
        session.json(VERBS[what](session, **json.load(sys.stdin)))


def _begun(brief: Any) -> Any:
    """The newest production of the same brief, whose runtime may have been lost."""
    from agent.production.folder import every
    from tools.errors import InputError

    wanted = brief.model_dump(mode="json")
    for production in every():
        try:
            if production.brief.model_dump(mode="json") == wanted:
                return production
        except InputError:
            continue  # damaged, and none of ours
    return None


def _film(production: Any) -> dict[str, Any] | None:
    """The film of a production that is finished, if it is still there."""
    state = production.state()
    made, report = state.get("film"), state.get("report")
    if not made or not report or not Path(made["path"]).is_file():
        return None
    return _described(made, report)


def _draft(production: Any, seconds: float | None = None) -> dict[str, Any]:
    state = production.state()
    screenplay = state["screenplay"]
    return {
        "name": production.name,
        "title": screenplay["title"],
        "scenes": [
            {"title": scene["title"], "lines": [line["text"] for line in scene["lines"]]}
            for scene in screenplay["scenes"]
        ],
        "seconds": seconds,
        "notes": state.get("notes", []),
        "filmed": _film(production) is not None,
    }


def _described(film: dict[str, Any], report: dict[str, Any] | None) -> dict[str, Any]:
    verdict = None if report is None else report["verdict"]
    return {"verdict": verdict} | {name: film[name] for name in ("path", "duration", "size")}


if __name__ == "__main__":
    typer.run(serve)
