"""Demo: the first video somebody makes, with a portrait that everybody has."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from agent.events import Work
from agent.film.make import Outcome, make
from agent.request.brief import Brief
from agent.request.model import Request
from renderers.base import undemanding
from tools import inspect as inspection
from tools.canvas.contact_sheet import contact_sheet
from tools.errors import OutputError
from tools.picture import image
from tools.picture.demo import demo_portrait
from tools.video import writer

if TYPE_CHECKING:
    from tools.inspect import Report

VOICE = "heart"  # natural, and it suits the portrait
SCRIPT = """\
Hello! A moment ago I was a photograph. Now I can speak.
You give me a picture and some words, and I become a film, on a plain computer, with nothing to
download. My lips follow every sound; I blink, I look around, and I move my head a little when
something matters to me.
Write your own words, choose another face, and let it speak.
"""
WISH = """\
A friendly twenty-second introduction of Portrayal, a program that turns a still photograph and
words into a film of somebody speaking, on one's own computer, without any cloud.
"""


def agents_brief(output: Path, **options: Any) -> Brief:
    """What the demonstration asks of the agent: to write and film ``WISH``, or, where no language
    model is here, to direct and film the demonstration's own words.

    Raises OutputError when the folder of ``output`` cannot be made.
    """
    from agent.llm import base

    options = _cast(output) | options
    return Brief.of(prompt=WISH if base.ready() else SCRIPT, language="en", options=options)


def demonstrate(output: Path, work: Work, **wishes: Any) -> tuple[Outcome, Report]:
    """Make the demonstration video at ``output``, its portrait and a picture strip beside it, and
    measure it.

    ``wishes`` are further values of the request. Raises what ``make`` raises.
    """
    acted = {"text": SCRIPT, "renderer": undemanding().name, "expression": "warm:0.5"}
    outcome = make(Request.of(**_cast(output), **acted, **wishes), work)
    with work.stage("inspect", 100) as advance:
        report = inspection.inspect(output, advance)
    strip = output.with_name(f"{output.stem}-strip.jpg")
    image.save(contact_sheet(output), strip, "JPEG", quality=88)
    return outcome, report


def _cast(output: Path) -> dict[str, Any]:
    """Who speaks, with which voice, in which film: options of a request. Writes the portrait."""
    try:
        output.parent.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        reason = f"The folder “{output.parent}” cannot be made: {error.strerror}."
        raise OutputError(reason) from error
    writer.check_writable(output)
    portrait = output.with_name(f"{output.stem}-portrait.png")
    demo_portrait(portrait)
    return {"portrait": portrait, "output": output, "engine": "hibari", "voice": VOICE}
