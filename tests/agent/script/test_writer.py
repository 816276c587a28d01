"""A screenplay written as a script: rendered, it is the same film."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from agent.film.plan import Plan, of_screenplay
from agent.film.scenes import Scenes
from agent.film.takes import Takes
from agent.request.brief import Brief
from agent.screenplay.model import Screenplay
from agent.script.canonical import formatted
from agent.script.plan import staged
from agent.script.reader import read
from agent.script.writer import save, script

PLAY = Screenplay.of(
    title="Grüße: {{eins}}",
    language="de",
    scenes=[
        {"id": "a", "title": "yes", "lines": [
            {"text": "- Na ja: „gut“ #1", "pause": 1.5},
            {"text": "2024"},
        ]},
        {"id": "b", "lines": [
            {"text": "R&D <b> ist &copy; kein }} Zeichen", "expression": "happy",
             "intensity": 0.25},
            {"text": "null und 0x10, ~ & *gut*", "emphasis": ["gut"]},
            {"text": "no"},
        ]},
    ],
)  # fmt: skip


def brief(portrait: Path, tmp_path: Path, **options: Any) -> Brief:
    named = {"portrait": portrait, "output": tmp_path / "a.mp4"}
    return Brief.of(prompt="a", options=named | options)


def saved(asked: Brief, path: Path) -> Plan:
    save(PLAY, asked, path)
    found = read(path, allow_outside=True)
    return staged(found.script, found.ids, path.with_suffix(".mp4"))


@pytest.mark.parametrize(
    "options",
    [
        {},
        {"size": 256, "fps": 30, "aspect": "9:16", "quality": "draft", "captions": "srt"},
        {"engine": "espeak", "quality": "draft"},
        {"engine": "espeak", "voice": "de", "speed": 1.25, "captions": "burn", "seed": 7},
        {"voice": "de+f3", "background": "blur", "head_motion": "lively", "face": 1},
        {"background": "#204060", "renderer": "warp", "interpolate": "none"},
    ],
)
def test_it_is_the_film_that_the_chat_makes(
    portrait: Path, tmp_path: Path, options: dict[str, Any]
) -> None:
    asked = brief(portrait, tmp_path, **options)
    made = of_screenplay(PLAY, asked.request(language=PLAY.language))
    found = saved(asked, tmp_path / "a.yaml")
    assert found.film == made.film
    takes = Takes(tmp_path / "takes")
    one, other = Scenes(found.film, takes), Scenes(made.film, takes)
    if options.get("captions") != "burn":
        assert [one.key(a) for a in found.scenes] == [other.key(b) for b in made.scenes]
    for again, before in zip(found.scenes, made.scenes, strict=True):
        heard, was = one.dialogue(again), other.dialogue(before)
        assert heard.speech.words == was.speech.words
        assert (heard.speech.waveform == was.speech.waveform).all()


def test_a_portrait_beside_it_is_named_as_it_lies_there(portrait: Path, tmp_path: Path) -> None:
    text = script(PLAY, brief(portrait, tmp_path), portrait.parent)
    assert f"file: {portrait.name}" in text
    assert "--allow-outside" not in text


def test_one_that_lies_elsewhere_says_what_it_takes(portrait: Path, tmp_path: Path) -> None:
    text = script(PLAY, brief(portrait, tmp_path), tmp_path / "elsewhere")
    assert str(portrait) in text
    assert "--allow-outside" in text


def test_it_has_comments_and_nothing_that_is_as_usual(portrait: Path, tmp_path: Path) -> None:
    text = script(PLAY, brief(portrait, tmp_path), tmp_path)
    assert text.startswith("# `portrayal script validate`")
    assert "Grüße" in text
    assert formatted(text) == text
    assert "\n# size is" in text
    assert "\n# A line can" in text
    for usual in ("neutral", "intensity: 1.0", "speed", "head_motion", "seed", "fps"):
        assert usual not in text
