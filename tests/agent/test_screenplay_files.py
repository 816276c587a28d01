"""Screenplays in files: what is saved is read again, and nothing else is believed."""

from __future__ import annotations

from pathlib import Path

import pytest

from agent.screenplay import Screenplay
from agent.screenplay_files import from_yaml, load, save, to_yaml
from tools.errors import OptionError, PortrayalError, ScreenplayError

PLAY = Screenplay.of(
    title="Grüße: eins",
    language="de",
    scenes=[
        {"id": "a", "title": "yes", "lines": [{"text": "- Na ja: „gut“ #1", "pause": 1.5}]},
        {"id": "b", "lines": [
            {"text": "2024", "expression": "happy", "intensity": 0.25},
            {"text": "null und 0x10, ~ & *gut*", "emphasis": ["gut"]},
        ]},
    ],
)  # fmt: skip


@pytest.mark.parametrize("name", ["a.yaml", "a.yml", "a.json", "a.YAML"])
def test_what_is_saved_is_read(tmp_path: Path, name: str) -> None:
    save(PLAY, tmp_path / name)
    assert load(tmp_path / name) == PLAY


def test_yaml_is_what_a_person_would_write() -> None:
    text = to_yaml(PLAY)
    assert "Grüße" in text
    assert "expression: neutral" not in text
    assert from_yaml("scenes: [{id: a, lines: [{text: Hello.}]}]").scenes[0].lines[0].pause == 0.4


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("", "no list of names"),
        ("- a", "no list of names"),
        ("1: 2", "no list of names"),
        ("scenes: [", "no valid YAML"),
        ("a: &a [x]\nscenes: [*a]", "aliases"),
        ("scenes: !!python/object/apply:os.system [true]", "no valid YAML"),
        ("scenes: []", "scene"),
        ("scenes: [{id: a, lines: [{text: Hi., expresion: sad}]}]", "expresion"),
        ("scenes: " + "[" * 50_000, "no valid YAML"),
        ("a" * 8_000_001, "at most"),
    ],
)
def test_what_is_none_is_said_in_a_sentence(text: str, sentence: str) -> None:
    with pytest.raises(ScreenplayError, match=sentence):
        from_yaml(text)


def test_a_bomb_of_aliases_is_no_danger() -> None:
    bomb = "a: &a [x, x]\n" + "\n".join(
        f"{chr(98 + n)}: &{chr(98 + n)} [{', '.join([f'*{chr(97 + n)}'] * 9)}]" for n in range(20)
    )
    with pytest.raises(ScreenplayError, match="aliases"):
        from_yaml(bomb)


@pytest.mark.parametrize("name", ["a.txt", "a", "missing.yaml"])
def test_other_files(tmp_path: Path, name: str) -> None:
    with pytest.raises(PortrayalError):
        load(tmp_path / name)
    if name != "missing.yaml":
        with pytest.raises(OptionError, match=r"\.yaml"):
            save(PLAY, tmp_path / name)
