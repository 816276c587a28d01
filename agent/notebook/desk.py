"""What only a notebook asks Portrayal for, beside the commands of ``portrayal``.

``python -m agent.notebook.desk QUESTION`` reads arguments as JSON on standard input, and tells what
happens and what it answers like any command with ``--events``.
"""

from __future__ import annotations

import hashlib
import json
import sys
from base64 import b64encode
from dataclasses import asdict
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from agent.terminal.session import Session
from tools.errors import ModelError, OptionError

if TYPE_CHECKING:
    from agent.production.folder import Production
    from agent.request.brief import Brief

THUMBNAIL = 512  # pixels of its longer side


class DraftReady(Exception):  # noqa: N818 – not a failure
    """A draft is spoken and waits for approval; it takes ``seconds``."""

    def __init__(self, seconds: float) -> None:
        self.seconds = seconds


def installed(session: Session) -> dict[str, bool]:
    """Whether this Python has what Portrayal needs, and what runs a language model."""
    from agent.llm import models
    from agent.notebook import environment

    return {"portrayal": environment.complete(), "llm": models.run_here()}


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
    missing = weights.absent(list(chosen.weights))
    return {
        "machine": asdict(machine),
        "plan": asdict(chosen) | {"settled": settled},
        "to_pull": weights.total_size(missing) if missing else "",
    }


def portrait(session: Session, path: str) -> dict[str, Any]:
    """Write the demonstration's portrait."""
    from tools.output import explained
    from tools.picture.demo import demo_portrait

    with explained(Path(path)):
        demo_portrait(Path(path))
    return {"path": path}


def thumbnail(session: Session, path: str) -> dict[str, Any]:
    """A picture small enough for a page, as a JPEG in base64. Raises ImageError."""
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
    """A draft, spoken and waiting to be filmed; an earlier one of the same wish is found again.

    prompt, seconds    what a language model writes about, and how long that should last.
    words     what is said where no model is ready, or where none is wanted: not ``drafted``.
    folder    where the film goes.
    """
    from agent.llm import base
    from agent.production.folder import Production
    from agent.request.brief import Brief
    from agent.writing.choice import writer_of

    drafted = drafted and base.ready() is not None
    wish = {"prompt": prompt, "seconds": seconds} if drafted else {"prompt": words}
    # Another wish gives the film another name, so that a file is always the film of its wish.
    digest = hashlib.sha256(json.dumps([wish, options], sort_keys=True).encode()).hexdigest()
    output = str(Path(folder) / f"film-{digest[:8]}.mp4")
    brief = Brief.of(**wish, draft=drafted, options=options | {"output": output})
    production = _production_of(brief)
    if production is not None and _film(production) is not None:
        return _draft(production)
    try:
        writer = writer_of(brief, session.work)
    except ModelError as error:  # the model is too small to write
        session.note(f"{error} Your own words are spoken.")
        return write(session, prompt, words, None, False, folder, options)
    production, spoken = production or Production.begin(brief), None

    def stop(question: dict[str, Any]) -> bool:
        raise DraftReady(question["seconds"])

    try:
        production.run(session.work, approve=stop, writer=writer)
    except DraftReady as ready:
        spoken = ready.seconds
    return _draft(production, spoken)


def film(session: Session, name: str) -> dict[str, Any]:
    """The film of a draft: found, made, or continued where it was stopped."""
    from agent.production.folder import Production

    production = Production.named(name)
    if (made := _film(production)) is None:
        result = production.run(session.work)
        session.note(*result.notes)
        if result.film is None:
            raise OptionError(f"The production {name} was not filmed.")
        made = result.film | {"verdict": result.report and result.report["verdict"]}
    return {part: made[part] for part in ("verdict", "path", "duration", "size")}


ANSWERS = {one.__name__: one for one in (installed, look, portrait, thumbnail, write, film)}


def serve(question: Annotated[str, typer.Argument()]) -> None:
    """Answer one question."""
    with Session(events=True) as session:
        if question not in ANSWERS:
            raise OptionError(f"There is no “{question}”; there are: {', '.join(ANSWERS)}.")
        session.json(ANSWERS[question](session, **json.load(sys.stdin)))


def _production_of(brief: Brief) -> Production | None:
    """The newest production of the same brief, from before a runtime was lost."""
    from agent.production.folder import all_productions
    from tools.errors import InputError

    wanted = brief.model_dump(mode="json")
    for production in all_productions():
        try:
            if production.brief.model_dump(mode="json") == wanted:
                return production
        except InputError:
            continue  # damaged
    return None


def _film(production: Production) -> dict[str, Any] | None:
    """The film of a finished production, if its file is still there."""
    state = production.state()
    film, report = state.get("film"), state.get("report")
    if not film or not report or not Path(film["path"]).is_file():
        return None
    return film | {"verdict": report["verdict"]}


def _draft(production: Production, seconds: float | None = None) -> dict[str, Any]:
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
    }


if __name__ == "__main__":
    typer.run(serve)
