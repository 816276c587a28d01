"""Scripts that are right are read; of others, every fault is told with its place."""

from __future__ import annotations

import re
import shutil
from pathlib import Path

import pytest

from agent.script import files
from agent.script.plan import only, staged
from agent.script.reader import Read, read
from tests.agent.script.scripts import ALL, DIALOGUE, PRODUCT, WELCOME, desk, written
from tests.settings import Choose
from tools.errors import OptionError, ScriptError, TextError
from tools.face import detection

CLIP = Path(__file__).parents[3] / "examples" / "media" / "network.mp4"


def told(path: Path, **how: object) -> str:
    with pytest.raises(ScriptError) as raised:
        read(path, **{"files": False, **how})  # type: ignore[arg-type]
    return str(raised.value)


def quickly(folder: Path, text: str) -> Read:
    return read(written(folder, text), files=False)


@pytest.mark.parametrize("name", ALL)
def test_scripts_as_people_write_them_are_read(name: str, tmp_path: Path) -> None:
    assert read(written(desk(tmp_path), ALL[name])).script.scenes


def test_a_face_is_looked_for_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, choose: Choose
) -> None:
    choose(cache=tmp_path / "cache")
    path = written(desk(tmp_path), WELCOME)
    for looks in (detection.find_face, lambda *_, **__: pytest.fail("it is known")):
        monkeypatch.setattr(detection, "find_face", looks)
        files._face.cache_clear()  # as in another process
        assert read(path).script.portraits


def test_what_is_said_is_read(tmp_path: Path) -> None:
    script = quickly(tmp_path, PRODUCT).script
    assert script.title == "What is new in 4.2"
    assert script.scenes[1].slide is not None
    assert script.scenes[1].slide.points[2] == "Price: 12.5"
    assert script.scenes[0].title == "Release 4.2"
    assert Path(script.portraits["ben"].file) == tmp_path / "ben.png"
    assert quickly(tmp_path, DIALOGUE).script.portraits["ben"].role == "Design"


SAID = "text: Welcome to the team. We are glad that you are here."

# What stands in WELCOME, what is written instead, and what is told of it.
FAULTS = [
    ("expression: happy", "expresion: happy", r":23:9: .*line 1: .*“expresion”.*“expression”\?"),
    ("expression: happy", "expression: hapy", r":23:21: .*“hapy”.* neutral, happy.*“happy”\?"),
    ("expression: happy", "expression:", r":23:20: expression: nothing"),
    ("expression: happy", "expression: null", r":23:21: .*“null”"),
    ("expression: happy", "text: Again.", r":23:9: “text” stands here twice.*line 22"),
    ("size: 480", "size: 48", r":7:9: output.size “48”.*144 to 2160"),
    ("size: 480", "size: 0480", r":7:9: .*written 480"),
    ("size: 480", "size: 480.0", r":7:9: .*whole number"),
    ("size: 480", "size: 4_80", r":7:9: .*not a number"),
    ("title: Hello\n", "title: 2024\n", r":15:12: .*“2024”.*quotes"),
    ("title: Hello\n", "title: true\n", r":15:12: .*quotes"),
    ("title: Hello\n", "title: Scene#1\n", None),
    ("title: Hello\n", "title: Scene #1\n", r":15:12: .*left out"),
    ("title: Hello\n", "title: &Hello you\n", r":15:12: the anchor “&Hello” is never used"),
    ("title: Hello\n", "title: *Hello\n", r":15:12: there is no anchor"),
    ("title: Hello\n", "title: !Hello you\n", r":15:12: the tag “!Hello”"),
    ("title: Hello\n", "title: {{name}}\n", r":15:13: .*quotes"),
    ("title: Hello\n", "title: Hi {{name}}\n", r":15:12: there is no variable “name”"),
    ("title: Hello\n", "title: Hi {{name\n", r":15:12: .*closed"),
    ("title: Hello\n", "title: Hi name}}\n", r":15:12: .*nothing opens"),
    ("title: Hello\n", "title: Hello\tyou\n", r":15:17: here is a tab"),
    ("title: Hello\n", "title: Hel\u202elo\n", r":15:15: .*U\+202E"),
    ("title: Hello\n", "title: no\n", None),
    ("title: Hello\n", "title: 12:30:45\n", None),
    ("title: Hello\n", "title: 2024-01-02\n", None),
    ("id: hello", "id: goodbye", r":19:9: .*taken by the scene in line 14"),
    ("title: Hello\n", "?itle: Hello\n", r":15:5: .*“\?itle”.*“title”"),
    ("id: hello", "1: x", r":14:5: “1” is no name"),
    ("portrait: ana\n    text", "portrait: anna\n    text", r":16:15: .*“anna”.*“ana”\?"),
    ("portrait: ana\n    text", "portrait: [ana, ben]\n    text", r":16:21: .*“ben”"),
    ("emphasis: [Monday]", "emphasis: [Tuesday]", r":25:20: .*“Tuesday” is not a word"),
    ("ana: ana.png", "ana: ../ana.png", r":11:8: .*leads out"),
    ("ana: ana.png", "ana: /ana.png", r":11:8: .*absolute"),
    ("ana: ana.png", "ana: C:\\ana.png", r":11:8: .*absolute"),
    ("ana: ana.png", "ana: https://host/ana.png", r":11:8: .*nothing is downloaded"),
    ("ana: ana.png", "ana: //host/ana.png", r":11:8: .*nothing is downloaded"),
    ("ana: ana.png", "ana: data:image/png", r":11:8: .*nothing is downloaded"),
    ("title: Hello\n", "layout: left\n", r":15:5: .*slide or broll"),
    ("title: Hello\n", "layout: conversation\n", r":15:5: .*two portraits"),
    ("title: Hello\n", "slide: ana.png\n    layout: full\n", r":15:5: .*not seen"),
    ("title: Hello\n", "renderer: wrap\n", r":15:15: .*“warp”\?"),
    ("title: Hello\n", "settings: {a: 1}\n", r":15:5: .*one renderer"),
    ("title: Hello\n", "background: {vidio: a}\n", r":15:17: .*blur"),
    ("title: Hello\n", "camera: {zoom: [1, 1, 1]}\n", r":15:20: .*at most 2"),
    ("title: Hello\n", "lower_third: yes\n", r":15:18: .*true or false"),
    ("title: Hello\n", "lower_third: true\n", r":15:5: .*name"),
    ("title: Hello\n", "layout: card\n    background: blur\n", r":16:5: .*blur needs a presenter"),
    (
        "title: Hello\n",
        'layout: card\n    slide: ana.png\n    background: "#fff"\n',
        r":17:5: .*background is not seen behind a slide",
    ),
    ("scenes:\n", "defaults: {lower_third: true}\nscenes:\n", r":13:12: .*portraits.ana has none"),
    (
        "title: Hello\n",
        "background: {blur: true, image: ana.png}\n",
        r":15:30: .*background: “image” cannot stand beside “blur”\.$",
    ),
    ("title: Hello\n", "background: {blur: false}\n", r":15:24: .*“false” can only be true\.$"),
    (SAID, "text: 'Hi {{x}}'", r":17:11: there is no var"),
    ("size: 480", "size: '480'", r":7:9: .*“480” is text; leave the quotes out"),
    ("fps: 25", "alpha: 'true'", r":8:10: .*“true” is text; leave the quotes out"),
    ("text: Welcome to", "text: <b/>Welcome to", r":17:11: .*[^.]\.$"),
    ("title: Hello\n", "transition: fad\n", r":15:17: .*“fade”\?"),
    ("text: Welcome to", "text: <b/>Welcome to", r":17:11: "),
    ("text: Welcome to the team.", "text: Welcome,\n      to the team.", r":18:1: .*goes on"),
    ("version: 1\n", "", r":2:1: .*version: 1"),
    ("version: 1\n", "version: true\n", r":2:10: "),
    ("language: en", "language: english", r":4:11: .*pt-BR"),
    ("fps: 25", "codec: h264\n  alpha: true", r":9:3: .*h264 holds no alpha"),
    ("fps: 25", "interpolate: flwo", r":8:16: .*“flow”\?"),
    ("scenes:\n", "---\nscenes:\n", r":13:1: a second document"),
    ("scenes:\n", "captions: {karaoke: true}\nscenes:\n", r":13:12: .*burn: true"),
    ("pause: 0.8", "pause: 6", r":26:16: .*0 to 5"),
]


@pytest.mark.parametrize(("old", "new", "pattern"), FAULTS)
def test_every_fault_has_its_place(old: str, new: str, pattern: str | None, tmp_path: Path) -> None:
    assert old in WELCOME
    path = written(tmp_path, WELCOME.replace(old, new, 1))
    if pattern is None:
        read(path, files=False)
        return
    lines = told(path).split("\n")
    assert len(lines) == 1, lines
    assert re.search(pattern, lines[0].replace("\u202e", "")), lines[0]


@pytest.mark.parametrize(
    ("old", "new", "pattern"),
    [
        (
            "portrait: [ana, ben]\n    layout: conversation",
            "title: Us",
            r":31:5: .*needs a portrait",
        ),
        ("lower_third: {name: Ana and Ben, role: Friends}", "lower_third: true", r":34:5: .*words"),
        ("    lower_third: {name: Ana and Ben, role: Friends}\n", "", r":27:3: .*words"),
    ],
)
def test_who_is_meant_of_two(old: str, new: str, pattern: str, tmp_path: Path) -> None:
    assert old in DIALOGUE
    text = DIALOGUE.replace(old, new)
    if not new:
        text = text.replace("defaults:\n", "defaults:\n  lower_third: true\n")
    lines = told(written(tmp_path, text)).split("\n")
    assert len(lines) == 1, lines
    assert re.search(pattern, lines[0]), lines


def test_languages_of_captions_are_one_whatever_their_case(tmp_path: Path) -> None:
    text = DIALOGUE.replace("[en, de]", "[EN, DE, en, De, de]")
    found = quickly(tmp_path, text)
    plan = staged(found.script, found.ids, tmp_path / "a.mp4")
    assert plan.film.captions.languages == ("", "DE")
    assert dict(plan.scenes[1].lines[0].translations) == {"DE": "Und dann war es still."}


def test_who_is_not_there_needs_a_portrait(tmp_path: Path) -> None:
    text = "version: 1\nscenes:\n  - text: Hello there.\n"
    assert "needs a portrait; say which, or choose layout card" in told(written(tmp_path, text))
    assert quickly(tmp_path, text + "    title: Hello\n").ids == ("hello",)


def test_a_blurred_background_alone_shows_nothing(tmp_path: Path) -> None:
    text = WELCOME + "defaults: {background: blur}\n"
    found = told(written(tmp_path, text.replace("title: Hello\n", "layout: card\n")))
    assert "card needs something to show" in found


def test_all_faults_are_told_at_once(tmp_path: Path) -> None:
    text = WELCOME.replace("size: 480", "size: 48").replace("pause: 0.8", "pausse: 0.8")
    text = text.replace("    portrait: ana\n    text", "    portrait: anna\n    text")
    text = text.replace("[Monday]", "[Sunday]").replace("ana.png", "https://a/b.png")
    with pytest.raises(ScriptError) as raised:
        read(written(tmp_path, text))
    assert [problem["line"] for problem in raised.value.problems] == [7, 11, 16, 25, 26]
    assert raised.value.exit_code == 3


def test_fifty_faults_are_told_and_the_others_counted(tmp_path: Path) -> None:
    scenes = "".join(f"  - {{id: s{n}, portrait: ana, text: Hi., saed: 1}}\n" for n in range(70))
    path = written(tmp_path, WELCOME + scenes)
    with pytest.raises(ScriptError, match="and 20 more") as raised:
        read(path, files=False)
    assert len(raised.value.problems) == 70


@pytest.mark.parametrize("text", ["", "a", "- a", "a: [", "\x00", "scenes: " + "[" * 100_000, "{}"])
def test_what_is_no_script_at_all(text: str, tmp_path: Path) -> None:
    assert re.search(r"scenes\.yaml:\d+:\d+: ", told(written(tmp_path, text)))


def test_files_that_cannot_be_read(tmp_path: Path) -> None:
    with pytest.raises(TextError, match="no such file"):
        read(tmp_path / "none.yaml")
    (tmp_path / "latin.yaml").write_bytes("title: Grüße".encode("latin-1"))
    assert ":1:1: here is no UTF-8" in told(tmp_path / "latin.yaml")
    (tmp_path / "large.yaml").write_bytes(b"#" * 8_000_001)
    with pytest.raises(TextError, match="larger"):
        read(tmp_path / "large.yaml")


def test_aliases_cannot_blow_up(tmp_path: Path) -> None:
    bomb = "a0: &a0 [x, x]\n" + "".join(
        f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 9)}]\n" for n in range(1, 20)
    )
    assert "more than 500,000 values" in told(written(tmp_path, bomb))
    assert "inside of what it stands for" in told(written(tmp_path, "a: &a [*a]"))


def test_faults_in_what_is_aliased_name_both_places(tmp_path: Path) -> None:
    text = DIALOGUE.replace("role: Design", "role: 5")
    assert re.search(r":9:11: .*\n.*:11:9: .*it stands in line 9", told(written(tmp_path, text)))


def test_files_that_are_named_have_to_be_usable(tmp_path: Path) -> None:
    folder = desk(tmp_path)
    (folder / "music.wav").write_bytes(b"")
    (folder / "ben.png").write_bytes(b"not a picture")
    (folder / "slide.png").unlink()
    with pytest.raises(ScriptError) as raised:
        read(written(folder, PRODUCT))
    assert [problem["line"] for problem in raised.value.problems] == [19, 39, 68]
    assert str(folder / "slide.png") not in str(raised.value)


@pytest.mark.parametrize(
    ("old", "new", "pattern"),
    [
        ("ana: ana.png", "ana: slide.png", r"^.*:11:8: .*No face was found"),
        ("ana: ana.png", "ana: {file: ana.png, face: 5}", r"^.*:11:15: .*no face 5: 1 face was"),
        ("ana: ana.png", "ana: ana.png\n  bob: slide.png", None),  # whom no scene shows
        ("id: hello", "background: {video: clip.mp4, start: 8}", r"^.*:14:25: .*8 s of picture"),
        ("id: hello", "background: {video: clip.mp4, start: 7.9}", None),
        (
            "id: hello",
            "layout: left\n    broll: {file: clip.mp4, start: 9}",
            r"^.*:15:19: .*“clip.mp4” has 8 s of picture; it cannot start at 9 s",
        ),
    ],
)
def test_what_is_asked_of_a_file_has_to_be_in_it(
    old: str, new: str, pattern: str | None, tmp_path: Path
) -> None:
    shutil.copy(CLIP, desk(tmp_path) / "clip.mp4")
    text = WELCOME.replace("  - id: hello\n    title: Hello\n", "  - id: hello\n", 1)
    path = written(tmp_path, text.replace(old, new, 1))
    if pattern is None:
        assert read(path).ids
        return
    assert re.search(pattern, told(path, files=True))


def test_a_link_out_of_the_folder_is_refused(tmp_path: Path) -> None:
    inside = tmp_path / "film"
    inside.mkdir()
    desk(tmp_path)
    (inside / "ana.png").symlink_to(tmp_path / "ana.png")
    path = written(inside, WELCOME)
    assert "leads out" in told(path)
    assert read(path, allow_outside=True).script.portraits["ana"].file == str(tmp_path / "ana.png")


def test_scenes_have_names_that_stay(tmp_path: Path) -> None:
    text = WELCOME.replace("- id: hello\n    title: Hello\n", "- title: Guten Tag!\n")
    text = text.replace("- id: goodbye\n", "- id: guten-tag\n")
    text += "  - {portrait: ana, lines: [Now for a third scene of this film.]}\n" * 2
    script = quickly(tmp_path, text)
    third = "now-for-a-third-scene-of"
    assert script.ids == ("guten-tag-2", "guten-tag", third, f"{third}-2")
    assert script.places.place(("scenes", 1, "lines", 0, "intensity")).line == 23


def test_a_long_film_is_read_whole(tmp_path: Path) -> None:
    scene = "  - {{id: s{0}, portrait: ana, lines: [Hello., {{text: Bye., expression: {1}}}]}}\n"
    head = WELCOME.partition("  - id")[0]
    many = [scene.format(number, "warm") for number in range(1, 5001)]
    assert len(quickly(tmp_path, head + "".join(many)).ids) == 5000
    with pytest.raises(ScriptError) as raised:
        quickly(tmp_path, head + "".join(many).replace("warm", "wram"))
    assert len(raised.value.problems) == 5000


def test_only_scenes_that_there_are(tmp_path: Path) -> None:
    script = quickly(tmp_path, WELCOME)
    plan = staged(script.script, script.ids, tmp_path / "a.mp4")
    first, second = script.ids[:2]
    assert [scene.id for scene in only(plan, [second, first]).scenes] == [first, second]
    with pytest.raises(OptionError, match=f"did you mean “{first}”"):
        only(plan, [first + "o"])
