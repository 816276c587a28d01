"""What the documentation repeats from elsewhere: how parts are installed, the options of `make`."""

from __future__ import annotations

import re
from typing import Any

import pytest
import typer

from agent.commands.app import app
from tests.docs.blocks import PAGES, ROOT
from tests.docs.test_licences import rows
from tools.face.detection import MIN_FACE

OTHERS = ("CHANGELOG.md", "SECURITY.md", "constraints.txt")
TEXTS = {name: ROOT / name for name in OTHERS} | PAGES
HELD = ("-c constraints.txt ", "--constraint constraints.txt ", "-e .", "./examples/")


@pytest.mark.parametrize("name", TEXTS)
def test_nothing_is_installed_by_a_name_that_is_somebody_else_s(name: str) -> None:
    """`portrayal` on the package index is another project."""
    text = TEXTS[name].read_text(encoding="utf-8")
    assert "portrayal[" not in text
    for asked in re.findall(r"pip\s+install\s+([^`#&\n]+)", text):
        assert f"{asked} ".startswith(HELD), asked
        assert "portrayal" not in asked.split(), asked


def test_the_options_of_make_are_listed_with_their_defaults() -> None:
    command: Any = typer.main.get_command(app)
    make = command.commands["make"]
    options = {
        name: parameter
        for parameter in make.get_params(typer.Context(make))
        for name in parameter.opts
        if name.startswith("--") and name != "--help"
    }
    listed = {
        found[1]: row[-1].strip(" |`")
        for first, row in rows("docs/make.md", "option").items()
        if (found := re.match(r"`(--[a-z-]+)", first))
    }
    assert listed.keys() == options.keys()
    for name, parameter in options.items():
        if isinstance(parameter.default, str | int | float) and not parameter.is_flag:
            assert listed[name].split("`")[0] == str(parameter.default), name


def test_how_large_a_face_must_be_is_said_as_it_is() -> None:
    for page in ("docs/quick-start.md", "docs/troubleshooting.md"):
        assert f"at least {MIN_FACE} pixels high" in " ".join(PAGES[page].read_text().split())
