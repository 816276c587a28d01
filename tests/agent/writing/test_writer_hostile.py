"""Texts that try to be more than material: none gets out of its fence, or changes but words."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from agent.request.brief import Brief
from agent.screenplay.model import Screenplay
from agent.writing.facts import Facts
from agent.writing.writer import Writer
from tests.agent.hostile import HOSTILE
from tests.agent.writing.model import (
    OUTLINE,
    REVISION,
    brief_of,
    direction,
    film,
    narration,
    request,
    revision,
    titles,
    told,
)
from tests.scripted import Line, Scripted

FENCE = re.compile(r"\[material (\w+) (\w{12})\]\n(.*?)\n\[end of material \1 \2\]", re.DOTALL)


def outside(content: str) -> str:
    """What of a prompt stands outside its fences."""
    return FENCE.sub("", content)


@pytest.fixture
def brief(tmp_path: Path) -> Brief:
    return brief_of(tmp_path)


@pytest.fixture
def draft(brief: Brief) -> Screenplay:
    return Writer(Scripted(film())).write(brief)


@pytest.fixture
def watched(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder where nothing may appear."""
    home = tmp_path / "home"
    home.mkdir()
    monkeypatch.chdir(home)
    monkeypatch.setenv("HOME", str(home))
    return home


@pytest.mark.parametrize("text", HOSTILE.values(), ids=HOSTILE)
def test_nothing_hostile_gets_out_of_its_fence(text: str, tmp_path: Path, watched: Path) -> None:
    harmless, backend = Scripted(film()), Scripted(film())
    length = {"seconds": 30, "language": "en"}
    plain = brief_of(tmp_path, "Tea.", tone="dry", audience="all", **length)
    hostile = brief_of(tmp_path, text, tone=text[:200], audience=text[:200], **length)
    before = hostile.model_copy(deep=True)
    expected = Writer(harmless, Facts("Hot.")).write(plain)
    draft = Writer(backend, Facts(text)).write(hostile)
    assert draft == expected  # the same answers make the same film, whatever was asked
    assert hostile == before
    assert list(watched.iterdir()) == []
    for mine, theirs in zip(harmless.asked, backend.asked, strict=True):
        codes = [FENCE.search(asked.messages[1].content) for asked in (mine, theirs)]
        told_plainly, told_hostilely = (
            outside(asked.messages[1].content).replace(found[2] if found else "", "CODE")
            for asked, found in zip((mine, theirs), codes, strict=True)
        )
        assert told_hostilely == told_plainly
        assert mine.messages[0] == theirs.messages[0]
        assert (mine.schema, mine.max_tokens, mine.time_limit) == (
            theirs.schema, theirs.max_tokens, theirs.time_limit,
        )  # fmt: skip


@pytest.mark.parametrize("text", HOSTILE.values(), ids=HOSTILE)
def test_what_a_model_is_talked_into_is_only_words(text: str, brief: Brief, watched: Path) -> None:
    """The model gives in, and answers with the attack wherever it may say something."""
    line = " ".join("".join(c for c in text if c.isprintable()).split())[:230]
    plan = {"title": line[:40].strip(), "purpose": line[:120].strip(), "share": 1}
    backend = Scripted([
        request(imitates=line[:40].strip()),
        narration(line, "Tea is hot."), direction(1),
        direction(2), titles(line[:60].strip(), line[:40].strip()),
        Line(json.dumps({"title": line[:60].strip(), "scenes": [plan]}), when=OUTLINE),
    ])  # fmt: skip
    draft = Writer(backend).write(brief)
    assert Screenplay.from_json(draft.to_json()) == draft
    assert draft.scenes[0].lines[-1].text == "Tea is hot."
    assert list(watched.iterdir()) == []
    for line_ in draft.scenes[0].lines:
        assert not re.search(r"</?\w+>|\*\*|https?://|[\x00-\x1f]", line_.text)


@pytest.mark.parametrize("text", HOSTILE.values(), ids=HOSTILE)
def test_a_hostile_wish_changes_only_what_the_model_says(
    text: str, brief: Brief, draft: Screenplay, watched: Path
) -> None:
    backend = Scripted([revision("keep", "redirect"), direction(2, "happy")])
    after = Writer(backend).revise(draft, text, brief)
    assert [scene.text for scene in after.scenes] == [scene.text for scene in draft.scenes]
    assert after.scenes[0] == draft.scenes[0]
    assert list(watched.iterdir()) == []
    assert text[:30] not in outside(told(backend, REVISION)[0])
