"""The reference in the docs is what the schema says."""

from __future__ import annotations

from pathlib import Path

from agent.script.format.reference import reference
from agent.script.format.schema import schema

PAGE = Path(__file__).parents[3] / "docs" / "script-reference.md"


def test_it_is_published_as_it_is() -> None:
    assert PAGE.read_text(encoding="utf-8") == reference(), (
        "write it anew: python -m agent.script.format.reference > docs/script-reference.md"
    )


def test_every_key_is_in_it() -> None:
    page = reference()
    made = schema()
    for part in (made, *made["$defs"].values()):
        for name in part.get("properties", {}):
            assert f"| `{name}` |" in page


def test_every_link_leads_somewhere() -> None:
    page = reference()
    headings = {line[3:].lower().replace(" ", "-").replace(":", "") for line in page.splitlines()
                if line.startswith("## ")}  # fmt: skip
    links = {part.split(")")[0] for part in page.split("](#")[1:]}
    assert links
    assert links <= headings
