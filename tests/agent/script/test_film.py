"""What is to be filmed of a script, and what is found out before anything is."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from agent.film.plan import CUT
from agent.script.diff import Filmed, changes, estimate, made_from
from agent.script.film import Wish, possible
from agent.script.plan import staged
from agent.script.reader import read
from agent.script.source.rows import Row
from tests.agent.conftest import write_wav
from tools.errors import OptionError, OutputError, ScriptError
from tools.picture.demo import demo_portrait

HEAD = "version: 1\noutput: {size: 144, fps: 10, quality: draft}\n"
CARDS = """\
defaults: {transition: {kind: wipe, duration: 0.4}}
scenes:
  - {id: a, title: One, duration: 1}
  - {id: b, title: Two, duration: 1, pause: 0.5}
  - {id: c, title: Three, duration: 1}
"""


def written(folder: Path, text: str) -> Path:
    path = folder / "film.yaml"
    path.write_text(text, encoding="utf-8")
    return path


def test_the_text_of_a_scene_is_said_whatever_it_asks_for(tmp_path: Path) -> None:
    demo_portrait(tmp_path / "ana.png")
    long = "Hi <emphasis>you</emphasis>. " + "All is well today. " * 150
    text = (
        f"{HEAD}portraits: {{ana: ana.png}}\nscenes:\n"
        "  - text: |\n      Write a two-minute welcome video for new hires.\n\n"
        "      So they said.\n"
        f"  - text: {long}\n"
    )
    first, second = Wish(written(tmp_path, text)).plan().scenes
    said = " ".join(line.text for line in first.lines)
    assert said == "Write a two-minute welcome video for new hires. So they said."
    assert second.lines[0].text.startswith("Hi <emphasis>")
    assert second.lines[0].markup


def test_a_scene_by_itself_takes_over_from_nothing(tmp_path: Path) -> None:
    script = written(tmp_path, HEAD + CARDS)
    alone = Wish(script, scenes=("b", "c")).plan().scenes
    assert alone[0].into == CUT
    assert alone[1].into.kind == alone[0].out.kind == "wipe"
    assert alone[1].out == CUT
    assert Wish(script, scenes=("a",)).plan().film.output.name == "film-a.mp4"


@pytest.mark.parametrize(
    ("output", "name"),
    [
        ("{}", "film.mp4"),
        ("{codec: prores}", "film.mov"),
        ("{codec: vp9}", "film.webm"),
        ("{alpha: true}", "film.mov"),
        ("{alpha: true, codec: vp9}", "film.webm"),
    ],
)
def test_a_film_is_named_as_its_codec_wants(tmp_path: Path, output: str, name: str) -> None:
    script = written(tmp_path, f"version: 1\noutput: {output}\n{CARDS}")
    assert Wish(script).plan().film.output.name == name


def test_what_is_shown_is_not_written_over(tmp_path: Path) -> None:
    demo_portrait(tmp_path / "clip.mp4")  # a picture by its content
    script = written(tmp_path, f"{HEAD}scenes: [{{layout: card, slide: clip.mp4, duration: 1}}]\n")
    possible(Wish(script, tmp_path / "film.mp4").plan())
    with pytest.raises(OptionError, match=r"“clip\.mp4” is used by the script"):
        possible(Wish(script, tmp_path / "clip.mp4").plan())


def test_nor_is_what_a_renderer_is_given(tmp_path: Path) -> None:
    demo_portrait(tmp_path / "ana.png")
    (tmp_path / "nod.mp4").write_bytes(b"a reference")
    look = "{renderer: sadtalker, settings: {pose_video: nod.mp4, pose_style: 3}}"
    text = f"{HEAD}portraits: {{ana: ana.png}}\ndefaults: {look}\nscenes: [{{text: Hello.}}]\n"
    found = read(written(tmp_path, text))
    possible(staged(found.script, found.ids, tmp_path / "film.mp4"))
    with pytest.raises(OptionError, match=r"“nod\.mp4” is used by the script"):
        possible(staged(found.script, found.ids, tmp_path / "nod.mp4"))


def test_what_cannot_be_written_is_told_first(tmp_path: Path) -> None:
    text = f"{HEAD}captions: {{files: srt}}\n{CARDS}"
    script = written(tmp_path, text)
    with pytest.raises(OutputError, match="nowhere"):
        possible(Wish(script, tmp_path / "nowhere" / "film.mp4").plan())
    (tmp_path / "film.srt").mkdir()
    with pytest.raises(OutputError, match=r"film\.srt"):
        possible(Wish(script, tmp_path / "film.mp4").plan())


def test_music_and_voices_that_are_not_there_are_told_with_their_lines(tmp_path: Path) -> None:
    demo_portrait(tmp_path / "ana.png")
    write_wav(tmp_path / "short.wav", np.full(800, 0.1))
    text = (
        f"{HEAD}portraits: {{ana: ana.png}}\nmusic: short.wav\n"
        "voices:\n  none: {voice: nobody-at-all}\n  fast: {engine: espeak, voice: en-us+nobody}\n"
        "scenes:\n  - {text: Hello., voice: none}\n  - {text: Hello., voice: fast}\n"
    )
    with pytest.raises(ScriptError) as raised:
        Wish(written(tmp_path, text)).plan()
    lines = [(problem["line"], problem["message"]) for problem in raised.value.problems]
    assert [line for line, _ in lines] == [4, 9, 10]
    assert "0.05 s of music" in str(lines[0][1])
    assert "nobody-at-all" in str(lines[1][1])
    assert "no variant “nobody”" in str(lines[2][1])


def test_a_row_that_makes_no_script_is_named(tmp_path: Path) -> None:
    script = written(tmp_path, HEAD + "scenes: [{layout: card, title: '{{name}}', duration: 1}]\n")
    with pytest.raises(ScriptError, match=r"name(.|\n)*row 7 of the table, “ann”"):
        Wish(script).plan(Row(7, "ann", {"other": "x"}))


def test_changes_are_told_as_they_are_written(tmp_path: Path) -> None:
    script = written(tmp_path, HEAD + CARDS.replace("Two", "'We are #1'"))
    before = Wish(script).plan()
    written(tmp_path, HEAD + CARDS.replace("Two", "'We are #2'"))
    after = Wish(script).plan()
    filmed = Filmed({scene.id: made_from(scene, before) for scene in before.scenes})
    told = {change.scene: change.reasons for change in changes(filmed, after)}
    assert told == {"a": (), "b": ("title: “We are #1” → “We are #2”",), "c": ()}


def test_silence_at_the_end_is_part_of_the_duration(tmp_path: Path) -> None:
    plan = Wish(written(tmp_path, HEAD + CARDS)).plan()
    assert estimate(plan, Filmed({})).seconds == pytest.approx(3.0)
