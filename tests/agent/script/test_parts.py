"""Includes, variables and flags: what a script is completed with."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from agent.script.reading import read
from tests.agent.script.scripts import PRODUCT, WELCOME, desk, written
from tests.agent.script.test_reading import told

MAIN = """\
version: 1
include: shared/house.yaml
title: Main
portraits:
  ana: ana.png
scenes:
  - include: [intro.yaml]
  - {id: own, portrait: ana, text: Hello there.}
"""
HOUSE = """\
title: House
language: de
portraits: {ana: other.png, ben: ../ben.png}
defaults: {portrait: ben}
"""
INTRO = "- {id: intro, text: Willkommen.}\n"


def films(folder: Path, house: str = HOUSE, intro: str = INTRO) -> Path:
    (folder / "shared").mkdir()
    written(folder / "shared", house, "house.yaml")
    written(folder, intro, "intro.yaml")
    return written(desk(folder), MAIN, "main.yaml")


def test_what_is_included_fills_in_what_is_not_said(tmp_path: Path) -> None:
    found = read(films(tmp_path))
    assert found.ids == ("intro", "own")
    assert (found.script.title, found.script.language) == ("Main", "de")
    assert found.script.portraits["ana"].file == str(tmp_path / "ana.png")
    assert found.script.portraits["ben"].file == str(tmp_path / "ben.png")
    assert found.places.place(("portraits", "ben")).file.endswith("house.yaml")


@pytest.mark.parametrize(
    ("house", "intro", "message"),
    [
        ("titel: x\n", INTRO, "house.yaml:1:1: there is no field “titel”"),
        (HOUSE, "- {id: intro, txt: a}\n", "intro.yaml:1:15: "),
        ("include: ../main.yaml\n", INTRO, "house.yaml:1:10: .*includes itself"),
        ("include: ../../x.yaml\n", INTRO, "house.yaml:1:10: .*leads out"),
        ("include: https://x/y.yaml\n", INTRO, "house.yaml:1:10: .*nothing is downloaded"),
        ("include: none.yaml\n", INTRO, "house.yaml:1:10: .*no such file"),
        ("include: 5\n", INTRO, "house.yaml:1:10: include takes"),
        ("scenes: []\n", INTRO, "main.yaml:2:10: both"),
        (HOUSE, "titles: a\n", "intro.yaml:1:1: .*no place"),
        (HOUSE, "a: [\n", "intro.yaml:2:1: "),
    ],
)
def test_faults_in_what_is_included(house: str, intro: str, message: str, tmp_path: Path) -> None:
    assert re.search(message, told(films(tmp_path, house, intro)))


def test_includes_are_bounded(tmp_path: Path) -> None:
    for number in range(12):
        written(tmp_path, f"include: {number + 1}.yaml\n", f"{number}.yaml")
    assert "more than 8 deep" in told(tmp_path / "0.yaml")
    many = MAIN.replace("[intro.yaml]", f"[{', '.join(['intro.yaml'] * 101)}]")
    films(tmp_path, intro="- {text: Willkommen.}\n")
    assert "more than 100 files" in told(written(tmp_path, many, "main.yaml"))


def test_rows_win_over_the_script_and_flags_over_rows(tmp_path: Path) -> None:
    path = written(tmp_path, PRODUCT)
    assert read(path, files=False, row={"release": "5"}).script.title == "What is new in 5"
    both = {"files": False, "row": {"release": "5"}, "values": {"variables.release": "6"}}
    assert read(path, **both).script.scenes[0].title == "Release 6"  # type: ignore[arg-type]


def test_a_text_that_is_one_variable_takes_its_type(tmp_path: Path) -> None:
    text = WELCOME.replace("size: 480", 'size: "{{n}}"').replace("title: Hello", 'title: "{{n}}"')
    script = read(written(tmp_path, text), files=False, row={"n": "480"}).script
    assert (script.output.size, script.scenes[0].title) == (480, "480")
    assert "is no number" in told(tmp_path / "scenes.yaml", row={"n": "big"})


@pytest.mark.parametrize(
    ("title", "meant"),
    [
        (r"'\{{a}} {{a}}'", "{{a}} x"),
        ("'{{ a }}{{a}}'", "xx"),
        ("'{a} {'", "{a} {"),
        (r"'\}}'", "}}"),
    ],
)
def test_braces(title: str, meant: str, tmp_path: Path) -> None:
    text = WELCOME.replace("title: Hello", f"title: {title}").replace("We are", "{{a}} is")
    path = written(tmp_path, text)
    assert read(path, files=False, row={"a": "x"}).script.scenes[0].title == meant


def test_variables_are_not_made_of_variables(tmp_path: Path) -> None:
    text = WELCOME.replace("scenes:", 'variables: {a: "{{b}}", b: c}\nscenes:')
    assert ":13:16: the variable “a” holds braces" in told(written(tmp_path, text))
    row = {"a": "{{a}}"}
    path = written(tmp_path, WELCOME.replace("title: Hello", 'title: "{{a}}"'))
    assert read(path, files=False, row=row).script.scenes[0].title == "{{a}}"


GREETING = WELCOME.replace("title: Hello", 'title: "{{name}}"').replace(
    "scenes:", "variables: {name: you}\nscenes:"
)


def test_flags_for_variables_that_nothing_uses(tmp_path: Path) -> None:
    found = told(written(tmp_path, GREETING), values={"variables.nmae": "Bob"})
    assert found.startswith("--set variables.nmae=Bob: ")
    assert "did you mean “name”?" in found


@pytest.mark.parametrize(
    ("row", "message"),
    [
        (
            {"Name": "Bob"},
            "the table: the script uses none of its columns, Name; of variables there is: name",
        ),
        ({"Name": "Bob", "name2": "B"}, "none of its columns, Name, name2"),
        ({"name": "Bob", "Name": "B", "surname": "Ode", "id": "7"}, None),
    ],
)
def test_columns_that_nothing_uses(
    row: dict[str, str], message: str | None, tmp_path: Path
) -> None:
    path = written(tmp_path, GREETING)
    if message is None:
        assert read(path, files=False, row=row).script.scenes[0].title == "Bob"
    else:
        assert re.search(message, told(path, row=row))


def test_a_column_that_looks_like_one_that_is_lacking(tmp_path: Path) -> None:
    text = GREETING.replace("{name: you}", "{name: you, town: here}").replace(
        "title: Welcome aboard", 'title: "Welcome to {{town}}"'
    )
    found = told(written(tmp_path, text), row={"name": "Bob", "Town": "Rome", "id": "7"})
    assert found == "the table: nothing uses its column “Town”; did you mean “town”?"


def test_flags_set_what_they_name(tmp_path: Path) -> None:
    values = {
        "output.size": "360",
        "defaults.renderer": "warp",
        "scenes.goodbye.title": "2024",
        "scenes.goodbye.lines.2.text": "Bring two.",
        "portraits.ana.name": "Ana",
    }
    script = read(written(tmp_path, WELCOME), files=False, values=values).script
    assert (script.output.size, script.defaults.renderer) == (360, "warp")
    assert (script.scenes[1].title, script.scenes[1].lines[1].text) == ("2024", "Bring two.")
    assert script.portraits["ana"].name == "Ana"


@pytest.mark.parametrize("name", ["ben.png", "media/ben.png"])
def test_a_file_in_a_flag_lies_beside_the_script(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir("/")
    script = read(written(tmp_path, WELCOME), files=False, values={"portraits.ana": name}).script
    assert script.portraits["ana"].file == str(tmp_path / name)


@pytest.mark.parametrize(
    ("key", "value", "message"),
    [
        ("output.size", "1", "--set output.size=1: output.size “1” is out of range"),
        ("output.siz", "480", "did you mean “size”?"),
        ("scenes.helo.title", "x", "did you mean “hello”?"),
        ("scenes.hello", "x", "names a whole item"),
        ("title.x", "y", "holds no “x”"),
        ("portraits.ana", "../x.png", "--set portraits.ana=../x.png: .*leads out"),
        ("output.fps", "{{f}}", "there is no variable “f”"),
    ],
)
def test_faults_in_flags(key: str, value: str, message: str, tmp_path: Path) -> None:
    found = told(written(tmp_path, WELCOME), values={key: value})
    assert re.search(message.replace("?", r"\?"), found), found
