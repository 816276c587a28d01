"""Formatting changes how a script looks, and nothing of what it says."""

from __future__ import annotations

from pathlib import Path

import pytest

from agent.script.canonical import formatted
from agent.script.reader import read
from tests.agent.script.scripts import ALL, desk, written
from tools.errors import ScriptError

UNTIDY = """\
# Of the spring series.
scenes:
    -   lines:
          -   pause: 1
              text:   'Hello there.'   # said with a smile
              expression: happy
        id: one

    # The end.
    -   id: two
        text: |
          Bye,


          bye.
portraits:
   ana:   &face {file: ana.png, name: Ana}
   ben:
     <<: *face
     name: "Ben"
defaults: {portrait: ana}
version: 1
"""


@pytest.mark.parametrize("text", [*ALL.values(), UNTIDY], ids=[*ALL, "untidy"])
def test_the_same_is_said_and_twice_is_once(text: str, tmp_path: Path) -> None:
    folder = desk(tmp_path)
    tidy = formatted(text)
    assert formatted(tidy) == tidy
    before = read(written(folder, text), files=False).script
    assert read(written(folder, tidy), files=False).script == before


def test_comments_anchors_and_quotes_stay() -> None:
    tidy = formatted(UNTIDY)
    for part in ("# Of the spring series.", "# said with a smile", "# The end.", "&face", "*face"):
        assert part in tidy
    assert "'Hello there.'" in tidy
    assert '"Ben"' in tidy


def test_what_is_no_script_is_not_touched() -> None:
    with pytest.raises(ScriptError, match=":2:"):
        formatted("version: 1\nversion: 1\n")
    with pytest.raises(ScriptError, match="neither a script nor a list"):
        formatted("5\n")


def test_scalars_stay_as_they_are_written() -> None:
    text = (
        "version: 1\n\nscenes:\n  - &x {id: no, duration: 0o17}\n\n"
        "  - <<: *x\n    title: '5'\n    text: 2024-13-45\n    pause: 1.50\n"
    )
    assert formatted(text) == text


@pytest.mark.parametrize(
    ("text", "place", "comment"),
    [
        ("version: 1\noutput: {\n  size: 360, # small\n  fps: 25 # usual\n}\n", ":3:14", "# small"),
        ("scenes: [\n  # one\n  {text: 'a # b'}]\n", ":2:3", "# one"),
    ],
)
def test_a_comment_is_never_lost_unsaid(text: str, place: str, comment: str) -> None:
    with pytest.raises(ScriptError, match=f"{place}: the comment “{comment}” would get lost"):
        formatted(text)


def test_scenes_to_include_are_written_as_in_a_script() -> None:
    text = "# Ours.\n- {id: a, duration: 1}\n- text: |\n    Hello.\n\n      There.\n  id: b\n"
    straight = "# Ours.\n- {id: a, duration: 1}\n\n- id: b\n  text: |\n    Hello.\n\n      There.\n"
    assert formatted(text) == formatted(straight) == straight
    assert formatted("[]\n") == "[]\n"


def test_comments_stay_with_what_they_are_about() -> None:
    text = """\
version: 1

# Who speaks.
portraits:
  ana: ana.png

# The picture.
output:
  size: 480

scenes:
  # First.
  - id: one
    text: Hello.
"""
    assert formatted(text) == text


def test_every_field_of_a_model_has_a_place() -> None:
    written = "scenes:\n  - lines:\n      - pause: 1\n        emphasis: [Hi]\n        text: Hi.\n"
    lines = formatted(written).splitlines()
    assert [line.split(":")[0].strip(" -") for line in lines[2:]] == ["text", "emphasis", "pause"]
