"""Every command and every block of Python in the documentation, run as it is shown.

In this process, in a folder with the files that the pages name, smaller than a reader would film,
offline. What does not run here is declared in ``elsewhere.py``.
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
import tomllib
from collections.abc import Callable
from pathlib import Path

import pytest
from typer.testing import CliRunner

import renderers
from agent.commands.app import app
from agent.request.model import Request
from tests.docs.blocks import PAGES, ROOT, SHELLS, Block, Command, blocks, commands, every
from tests.docs.elsewhere import ELSEWHERE

FILMING = {"make", "preview", "produce", "chat"}
SMALLER = {"--size": "144", "--fps": "10"}  # in the place of what is asked for, and added
SMALL = {"size": 144, "fps": 10}  # added to what Python asks for
WRITING = {"docs/chat.md", "docs/productions.md", "docs/writing.md"}  # with a language model
PULLING = {"docs/sadtalker.md", "docs/weights.md"}  # which begin without any weights
SERVING = "mcp"  # reads the real standard input: in a process of its own, whose input has ended
LANGUAGES = {*SHELLS, "python", "toml", "json", "yaml", ""}
FILMED: set[tuple[str, ...]] = set()


@pytest.fixture
def run_page(
    request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch
) -> Callable[[str], None]:
    """Runs the blocks of a page in order, its Python in one namespace."""

    of = Request.of
    monkeypatch.setattr(Request, "of", lambda *names, **wishes: of(*names, **(SMALL | wishes)))

    def run(page: str) -> None:
        request.getfixturevalue("desk")
        if page == "docs/cloud-and-cloned-voices.md":
            request.getfixturevalue("voices_of_servers")
        if page in WRITING:
            request.getfixturevalue("author")
        if page not in PULLING:
            request.getfixturevalue("on_the_shelf")
        namespace: dict[str, object] = {"__name__": page}
        for block in blocks(page):
            if block.language == "python" and "title=" not in _fence(block):
                exec(compile(block.text, f"{page}:{block.line}", "exec"), namespace)
            elif block.language in SHELLS:
                for command in commands(block):
                    perform(command, monkeypatch)

    return run


@pytest.mark.slow
@pytest.mark.parametrize("page", [page for page in PAGES if blocks(page)])
def test_a_page_runs(page: str, run_page: Callable[[str], None]) -> None:
    if page == "docs/writing-a-renderer.md":
        # The folder that the page has copied among the others.
        with pytest.MonkeyPatch.context() as patch:
            added = [*renderers.__path__, str(ROOT / "examples" / "renderer_puppet")]
            patch.setattr(renderers, "__path__", added)
            run_page(page)
        for name in [name for name in sys.modules if name.startswith("renderers.puppet")]:
            del sys.modules[name]
        return
    run_page(page)


def perform(command: Command, monkeypatch: pytest.MonkeyPatch) -> None:
    """Run a command, or make sure of what can be known of it here. Fails with its place."""
    place = f"{command.page}:{command.line}: {command}"
    name, *arguments = command.words
    if name == "export":
        variable, value = arguments[0].split("=", 1)
        monkeypatch.setenv(variable, value)
    elif name == "portrayal" and _elsewhere(command):
        return
    elif name == "portrayal" and arguments[0] == SERVING:
        words = [sys.executable, "-m", "agent", *_shrunk(arguments)]
        paths = {**os.environ, "PYTHONPATH": str(ROOT)}
        served = subprocess.run(
            words, stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=120, env=paths,
            check=False,
        )  # fmt: skip
        assert served.returncode == 0, place + served.stderr
    elif name == "portrayal":
        shrunk = _shrunk(arguments)
        once = (os.environ.get("PORTRAYAL_CERTIFICATE", ""), *shrunk)
        if arguments[0] in {"make", "preview"} and once in FILMED:  # on another page
            return
        result = CliRunner().invoke(app, shrunk, input=command.typed or "y\n")
        assert result.exit_code == 0, f"{place}\n{result.output}\n{result.exception!r}"
        if "/render" in command.typed:
            assert "inspected:" in result.output, f"{place} ended without a film"
        FILMED.add(once)
    elif name == "make":
        targets = [word for word in arguments if "=" not in word]
        known = re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(), re.MULTILINE)
        assert set(targets) <= set(known), place
    elif name == "pip":
        project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
        for extra in re.findall(r"\[(.+?)\]", str(command)):
            assert extra in project["optional-dependencies"], place
    assert name in {"portrayal", "export"} or _elsewhere(command), f"{place} is run nowhere"


def _shrunk(arguments: list[str]) -> list[str]:
    """The same, for small films, and with a yes where nobody can be asked."""
    words = [str(Path(word).expanduser()) if word.startswith("~") else word for word in arguments]
    if words[0] in FILMING:
        for option, value in SMALLER.items():
            if option in words:
                at = words.index(option) + 1
                words[at] = value if option == "--size" else words[at]
            else:
                words += [option, value]
    if words[:2] == ["script", "render"]:
        words += ["--set", "output.size=144", "--set", "output.fps=10"]
        words += ["--set", "output.quality=draft"]
    if words[:2] in (["weights", "pull"], ["productions", "remove"]):
        words.append("--yes")
    return words


def _elsewhere(command: Command) -> list[str]:
    said = " ".join(command.words)
    return [beginning for beginning in ELSEWHERE if said.startswith(beginning)]


def _fence(block: Block) -> str:
    return PAGES[block.page].read_text(encoding="utf-8").splitlines()[block.line - 1]


def test_what_runs_elsewhere_is_declared_exactly() -> None:
    used = {beginning for command in every() for beginning in _elsewhere(command)}
    assert used == set(ELSEWHERE)


@pytest.mark.parametrize("page", PAGES)
def test_no_command_hides_in_a_block_that_is_not_run(page: str) -> None:
    for block in blocks(page):
        assert block.language in LANGUAGES, f"{page}:{block.line}"
        if block.language not in SHELLS:
            hidden = re.findall(r"^\s*(?:\$ )?(?:portrayal|make|pip) [a-z-].*", block.text, re.M)
            assert hidden == [], f"{page}:{block.line}"
