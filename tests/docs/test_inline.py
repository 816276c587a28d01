"""Commands and options that the documentation names in a sentence or a table: there are such."""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterator
from typing import Any

import pytest
import typer

from agent.commands.app import app
from agent.film.make import check
from agent.request.model import Request
from agent.terminal.options import completed
from tests.docs.blocks import PAGES, spans

PORTRAYAL: Any = typer.main.get_command(app)  # of click's kind, which typer keeps to itself
PLACES = re.compile(r"\b(?:[A-Z]{3,}|N|FILE\.yaml|NAME|VALUE)\b|…|\[.*\]")  # stand for something


def subcommands(command: Any) -> Iterator[Any]:
    yield command
    for below in getattr(command, "commands", {}).values():
        yield from subcommands(below)


EVERY_OPTION = {
    name
    for command in subcommands(PORTRAYAL)
    for parameter in command.get_params(typer.Context(command))
    for name in (*parameter.opts, *parameter.secondary_opts)
} | {"--help"}


@pytest.mark.parametrize("page", PAGES)
def test_commands_that_are_named_can_be_given(page: str) -> None:
    for span in spans(page):
        if span.startswith("portrayal ") and not PLACES.search(span):
            arguments = shlex.split(span)[1:]
            assert understood(PORTRAYAL, arguments), f"{page}: {span}"


@pytest.mark.parametrize("page", PAGES)
def test_options_that_are_named_exist(page: str) -> None:
    for span in spans(page):
        if span.startswith("--"):
            for option in re.findall(r"(?<!\S)--[a-z][a-z-]*", span):
                assert option in EVERY_OPTION, f"{page}: {span}"


@pytest.mark.usefixtures("desk", "on_the_shelf")
def test_what_the_readme_has_one_say_is_accepted() -> None:
    """Each option of the README's table, as `make` takes it, checked as it is before filming."""
    given = [span for span in spans("README.md") if re.match(r"--[a-z-]+[ =]", span)]
    assert len(given) > 20
    for span in given:
        arguments = ["-p", "face.png", *shlex.split(span)]
        if "--transcript" in span:
            arguments += ["--audio", "talk.wav"]
        elif not span.startswith(("--text-file", "--audio")):
            arguments.insert(0, "Hello.")
        if "--set" in span:
            arguments += ["--renderer", "sadtalker"]
        check(Request.of(**values("make", arguments)))


def understood(command: Any, arguments: list[str]) -> bool:
    """Whether a command takes these words, leaving aside what it also needs."""
    below = getattr(command, "commands", {})
    if below and arguments and not arguments[0].startswith("-"):
        return arguments[0] in below and understood(below[arguments[0]], arguments[1:])
    if not arguments:
        return True
    try:
        command.make_context("portrayal", list(arguments))
    except Exception as error:  # of click's, which typer keeps to itself
        return type(error).__name__ in {"MissingParameter", "Exit"}
    return True


def values(name: str, arguments: list[str]) -> dict[str, object]:
    """What the command would be called with, as `agent.commands.app` hands it to a request."""
    context = PORTRAYAL.commands[name].make_context(name, arguments)
    given = {k: v for k, v in context.params.items() if k in Request.model_fields}
    return completed(given, lambda question: False)
