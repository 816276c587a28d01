"""The documentation as a site: complete, its links whole, and nothing in it from elsewhere."""

from __future__ import annotations

import logging
import re
import socket
from html.parser import HTMLParser
from pathlib import Path
from typing import NoReturn

import pytest
from mkdocs.commands.build import build
from mkdocs.config import load_config

from tests.docs.blocks import PAGES, ROOT

LOADING = {"script": "src", "img": "src", "iframe": "src", "link": "href"}
NOT_LOADED = {"canonical", "edit", "next", "prev"}  # kinds of <link> that name pages


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The built site. Building it may not reach the network, nor find anything wrong."""
    folder = tmp_path_factory.mktemp("site")
    said: list[str] = []

    class Listener(logging.Handler):
        def emit(self, record: logging.LogRecord) -> None:
            said.append(record.getMessage())

    def unreachable(*arguments: object) -> NoReturn:
        raise AssertionError("the network was asked for")

    listener = Listener(logging.WARNING)
    logger = logging.getLogger("mkdocs")
    logger.addHandler(listener)
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(ROOT)
        patch.setattr(socket.socket, "connect", unreachable)
        build(load_config(str(ROOT / "mkdocs.yml"), site_dir=str(folder), strict=True))
    logger.removeHandler(listener)
    assert said == []
    return folder


def test_every_page_is_in_it(site: Path) -> None:
    for page in PAGES:
        if page.startswith("docs/"):
            assert (site / Path(page).with_suffix(".html").name).is_file(), page


def test_it_loads_nothing_from_elsewhere(site: Path) -> None:
    loaded: list[str] = []

    class Reader(HTMLParser):
        def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
            given = dict(attrs)
            if tag in LOADING and given.get("rel") not in NOT_LOADED:
                loaded.append(given.get(LOADING[tag]) or "")

    for page in site.glob("*.html"):
        Reader().feed(page.read_text(encoding="utf-8"))
    assert len(loaded) > 50
    assert [address for address in loaded if re.match(r"(https?:)?//", address)] == []


def test_the_example_is_shown_as_it_is(site: Path) -> None:
    shown = (site / "writing-a-renderer.html").read_text(encoding="utf-8")
    text = re.sub(r"<[^>]+>", "", shown)
    for line in ("def lowered(self, fall: float)", "portrayal-puppet"):
        assert line in text.replace("&#34;", '"')


def test_links_of_the_readme_and_its_kin_lead_somewhere() -> None:
    for name in ("README.md", "CONTRIBUTING.md", "CHANGELOG.md"):
        text = (ROOT / name).read_text(encoding="utf-8")
        for target in re.findall(r"\]\(([^)#]+)(?:#[^)]*)?\)", text):
            assert target.startswith("https://") or (ROOT / target).exists(), f"{name}: {target}"
