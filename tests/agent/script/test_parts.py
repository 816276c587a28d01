"""Includes, variables and flags: what a script is completed with."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from agent.script.format.model import Moving, Plain, Still
from agent.script.reader import read
from tests.agent.script.scripts import PRODUCT, WELCOME, desk, written
from tests.agent.script.test_reader import told

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


def test_what_is_included_is_completed_at_any_depth(tmp_path: Path) -> None:
    house = """\
brand:
  logo: {file: mark.png, size: 0.2}
  colours: &both {background: "#111111", accent: "#222222"}
music: {file: theirs.ogg, volume: -30}
voices: {low: {engine: espeak, voice: en-gb, speed: 0.9}, high: en-us}
defaults: {background: {video: a.mp4, start: 2}, camera: {zoom: 1.2, pan: left}}
portraits: {ana: other.png}
"""
    own = """\
brand:
  logo: own.png
  colours: {accent: "#333333"}
music: ours.ogg
voices: {low: en-us, high: {speed: 1.1}}
defaults: {background: "#444444", camera: {zoom: [1, 1.1]}}
include:"""
    path = films(tmp_path, house.replace("&both ", ""))
    script = read(
        written(tmp_path, MAIN.replace("include:", own, 1), path.name), files=False
    ).script
    brand, music, look = script.brand, script.music, script.defaults
    assert (brand.colours.accent, brand.colours.background) == ("#333333", "#111111")
    assert brand.logo is not None
    assert (Path(brand.logo.file), brand.logo.size) == (tmp_path / "own.png", 0.2)
    assert music is not None
    assert (Path(music.file), music.volume) == (tmp_path / "ours.ogg", -30)
    assert (script.voices["low"].voice, script.voices["low"].speed) == ("en-us", 0.9)
    assert (script.voices["high"].voice, script.voices["high"].speed) == ("en-us", 1.1)
    assert isinstance(look.background, Plain)
    assert look.camera is not None
    assert (look.camera.zoom, look.camera.pan) == ((1, 1.1), "left")
    assert script.portraits["ana"].file == str(tmp_path / "ana.png")


def test_what_aliases_share_is_completed_where_it_stands(tmp_path: Path) -> None:
    own = "portraits:\n  one: &one {file: a.png}\n  two: *one\ninclude:"
    house = "portraits: {two: {file: b.png, name: Two, role: Second}}\n"
    main = MAIN.replace("include:", own, 1).replace("portraits:\n  ana: ana.png\n", "")
    films(tmp_path, house + "defaults: {portrait: two}\n")
    path = written(tmp_path, main.replace("portrait: ana", "portrait: one"), "main.yaml")
    portraits = read(path, files=False).script.portraits
    assert [portraits[name].name for name in ("one", "two")] == [None, "Two"]


def test_a_list_of_scenes_includes_others(tmp_path: Path) -> None:
    path = films(tmp_path, intro="- include: shared/first.yaml\n- {id: intro, text: Willkommen.}\n")
    written(tmp_path / "shared", "- {id: first, text: Hallo.}\n", "first.yaml")
    assert read(path).ids == ("first", "intro", "own")


@pytest.mark.parametrize(
    ("old", "new"),
    [("include: shared", "inclued: shared"), ("- include: [", "- inclued: [")],
)
def test_a_misspelled_include(old: str, new: str, tmp_path: Path) -> None:
    films(tmp_path)
    found = told(written(tmp_path, MAIN.replace(old, new), "main.yaml"))
    assert re.search("no field “inclued” .*, include; did you mean “include”", found), found


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
        (HOUSE, "- {id: own, text: Hi.}\n", "main.yaml:8:10: .*scene in line 1 of .*intro.yaml"),
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
    assert "is not a number" in told(tmp_path / "scenes.yaml", row={"n": "big"})


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
        "scenes.hello.camera.zoom": "[1, 1.2]",
        "scenes.goodbye.lines.1.emphasis": '[See, "you"]',
        "scenes.goodbye.lines.1.emphasis.1": "Monday",
        "defaults.background.image": "slide.png",
        "title": "[Draft] Welcome",
    }
    script = read(written(tmp_path, WELCOME), files=False, values=values).script
    assert (script.output.size, script.defaults.renderer) == (360, "warp")
    assert (script.scenes[1].title, script.scenes[1].lines[1].text) == ("2024", "Bring two.")
    assert (script.portraits["ana"].name, script.title) == ("Ana", "[Draft] Welcome")
    assert script.scenes[0].camera is not None
    assert script.scenes[0].camera.zoom == (1, 1.2)
    assert script.scenes[1].lines[0].emphasis == ("Monday", "you")


def test_flags_replace_items_and_short_forms(tmp_path: Path) -> None:
    text = WELCOME.replace("scenes:", 'defaults: {background: "#fff"}\nscenes:')
    path = written(
        tmp_path, text.replace("id: hello", "id: hello\n    background: {video: a.mp4, start: 2}")
    )
    values = {
        "scenes.goodbye.lines.1": "Yo.",
        "defaults.background.image": "x.png",
        "scenes.hello.background.video": "b.mp4",
    }
    script = read(path, files=False, values=values).script
    assert [line.text for line in script.scenes[1].lines] == ["Yo.", "Bring a pen."]
    assert script.defaults.background == Still(image=str(tmp_path / "x.png"))
    assert script.scenes[0].background == Moving(video=str(tmp_path / "b.mp4"), start=2)


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
        ("scenes.hello.camera.zoom", "[1, '2]", "--set scenes.hello.camera.zoom=.* not closed"),
        (
            "scenes.hello.camera.zoom",
            "[3, 1]",
            "=.3, 1.: scene 1 “hello”: camera.zoom.1. “3” is out",
        ),
        ("output.fps", "{{f}}", "there is no variable “f”"),
    ],
)
def test_faults_in_flags(key: str, value: str, message: str, tmp_path: Path) -> None:
    found = told(written(tmp_path, WELCOME), values={key: value})
    assert re.search(message.replace("?", r"\?"), found), found
