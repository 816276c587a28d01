"""``portrayal script …`` on small scripts: what it films, what it finds again, what it tells."""

from __future__ import annotations

import json
import re
import signal
import time
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from tests.agent.conftest import Run, said, write_wav
from tests.agent.script.films import (
    cards,
    chunks,
    ended,
    pictures,
    process,
    speeches,
    spoken,
    unfinished,
)
from tests.agent.script.scripts import written
from tests.settings import Choose
from tools.video.footage import decode

pytestmark = pytest.mark.usefixtures("own_productions")

LINES = ("Hello there.", "All is well.", "Goodbye!")
WIPES = "    transition: {kind: wipe, duration: 0.4}\n"


@pytest.fixture
def desk(tmp_path: Path, portrait: Path) -> Path:
    (tmp_path / "face.png").write_bytes(portrait.read_bytes())
    return tmp_path


def identity(path: Path) -> tuple[int, int]:
    return path.stat().st_ino, path.stat().st_mtime_ns


class TestRender:
    def test_a_film_and_captions_beside_it(self, run: Run, desk: Path) -> None:
        written(desk, spoken(*LINES, more="captions: {files: srt}\n"))
        result = run("script", "render", "scenes.yaml", "-o", "film.mp4", "--json")
        assert result.exit_code == 0, result.output
        film = json.loads(result.stdout)["film"]
        assert film["size"] == [256, 144]
        assert Path(film["path"]) == desk / "film.mp4"
        frames = list(decode(desk / "film.mp4").pictures())
        assert film["duration"] == pytest.approx(len(frames) / 10, abs=0.001)
        told = (desk / "film.srt").read_text(encoding="utf-8")
        assert all(line in told for line in LINES)
        assert unfinished(desk) == []

    def test_it_is_named_after_its_script(self, run: Run, desk: Path) -> None:
        written(desk, cards("One", "Two"), "welcome.yaml")
        assert run("script", "render", "welcome.yaml").exit_code == 0
        assert run("script", "render", "welcome.yaml", "--only", "s2").exit_code == 0
        lengths = {path.name: len(pictures(path)) for path in desk.glob("*.mp4")}
        assert lengths == {"welcome.mp4": 10, "welcome-s2.mp4": 5}

    def test_a_second_time_nothing_is_made(
        self, run: Run, desk: Path, own_productions: Path
    ) -> None:
        script = spoken(*LINES[:2]).replace("  - id: s2\n", f"  - id: s2\n{WIPES}")
        written(desk, script)
        assert run("script", "render", "scenes.yaml").exit_code == 0
        film = identity(desk / "scenes.mp4")
        before = chunks(own_productions), speeches(own_productions)
        assert len(before[0]) == 3  # two scenes, and what they share
        result = run("script", "render", "scenes.yaml")
        assert re.search(r"scenes\.mp4: \d s, 256×144", result.stdout)
        assert identity(desk / "scenes.mp4") == film
        assert (chunks(own_productions), speeches(own_productions)) == before

    def test_one_line_changed_makes_its_scene_anew_and_no_other(
        self, run: Run, desk: Path, own_productions: Path
    ) -> None:
        written(desk, spoken(*LINES))
        assert run("script", "render", "scenes.yaml").exit_code == 0
        films, lines = chunks(own_productions), speeches(own_productions)
        written(desk, spoken(LINES[0], "Nothing is well.", LINES[2]))
        assert run("script", "render", "scenes.yaml").exit_code == 0
        films_after, lines_after = chunks(own_productions), speeches(own_productions)
        assert films.items() <= films_after.items()
        assert lines.items() <= lines_after.items()
        assert (len(films_after) - len(films), len(lines_after) - len(lines)) == (1, 1)

    def test_only_some_scenes_that_whole_films_find_again(
        self, run: Run, desk: Path, own_productions: Path
    ) -> None:
        written(desk, cards("One", "Two", "Three"))
        assert run("script", "render", "scenes.yaml", "--only", "s3,s1").exit_code == 0
        some = chunks(own_productions)
        assert len(some) == 2
        assert run("script", "render", "scenes.yaml").exit_code == 0
        whole = chunks(own_productions)
        assert some.items() <= whole.items()
        assert len(whole) == 3
        shown = pictures(desk / "scenes.mp4")
        assert pictures(desk / "scenes-s3-s1.mp4") == shown[:5] + shown[10:]

    def test_values_in_place_of_the_scripts(self, run: Run, desk: Path) -> None:
        script = cards('"{{greeting}}"', more="variables: {greeting: Hello}\n")
        written(desk, script)
        for name, *values in (
            ("plain",),
            ("other", "--set", "variables.greeting=Goodbye"),
            ("large", "--set", "output.size=192", "--set", "output.aspect=1:1"),
        ):
            result = run("script", "render", "scenes.yaml", "-o", f"{name}.mp4", *values)
            assert result.exit_code == 0, result.output
        assert pictures(desk / "plain.mp4") != pictures(desk / "other.mp4")
        assert decode(desk / "large.mp4").size == (192, 192)

    def test_two_scenes_at_once_make_the_same_film(
        self, run: Run, desk: Path, choose: Choose
    ) -> None:
        # The line that all of them say is made once, whoever comes to it first.
        written(desk, spoken("Hello there.", "Hello there.", "Hello there.", "Goodbye!"))
        for jobs in ("1", "4"):
            choose(productions=desk / f"by-{jobs}")
            result = run("script", "render", "scenes.yaml", "-o", f"{jobs}.mp4", "--jobs", jobs)
            assert result.exit_code == 0, result.output
        assert pictures(desk / "1.mp4") == pictures(desk / "4.mp4")
        assert unfinished(desk) == []

    @pytest.mark.parametrize(
        ("arguments", "told"),
        [
            (("--only", "s9"), "There is no scene “s9”"),
            (("-o", "film.avi"), "its name has to end in"),
            (("--set", "output.size"), "KEY=VALUE"),
            (("--set", "output.sise=144"), "size"),
            (("-o", "nowhere/film.mp4"), "folder"),
        ],
    )
    def test_wishes_that_cannot_be_met_are_refused_at_once(
        self, run: Run, desk: Path, own_productions: Path, arguments: tuple[str, ...], told: str
    ) -> None:
        written(desk, cards("One"))
        result = run("script", "render", "scenes.yaml", *arguments)
        assert told in said(result)
        assert chunks(own_productions) == {}


class TestKilled:
    @pytest.mark.slow
    @pytest.mark.parametrize("again", [("script", "render", "scenes.yaml"), ("resume",)])
    def test_what_was_drawn_is_not_drawn_again(
        self, run: Run, desk: Path, own_productions: Path, choose: Choose, again: tuple[str, ...]
    ) -> None:
        long = ("Hello there, my friends. I am glad to see you all.", "All is well. Goodbye!")
        written(desk, spoken(*long))
        rendering = process(desk, "script", "render", "scenes.yaml", chunk=0.4)
        while rendering.is_alive() and len(chunks(own_productions)) < 3:
            time.sleep(0.01)
        rendering.kill()
        assert ended(rendering) == -signal.SIGKILL
        before = chunks(own_productions)
        assert not (desk / "scenes.mp4").exists()
        assert ended(process(desk, *again, "--quiet", chunk=0.4)) == 0
        after = chunks(own_productions)
        assert before.items() < after.items()
        assert unfinished(desk) == []
        undisturbed = ("script", "render", "scenes.yaml", "-o", "undisturbed.mp4")
        choose(productions=desk / "elsewhere")
        assert ended(process(desk, *undisturbed, chunk=0.4)) == 0
        assert pictures(desk / "undisturbed.mp4") == pictures(desk / "scenes.mp4")
        assert len(chunks(desk / "elsewhere")) == len(after)

    def test_it_is_listed_among_the_productions(self, run: Run, desk: Path) -> None:
        written(desk, cards("One", "Two"))
        assert run("script", "render", "scenes.yaml").exit_code == 0
        (listed,) = json.loads(run("productions", "--json").stdout)["productions"]
        assert (listed["scenes"], listed["standing"]) == (2, "finished")
        shown = run("productions", "show", listed["name"])
        assert shown.exit_code == 0, shown.output
        assert listed["name"] in shown.stdout
        assert run("productions", "remove", listed["name"], "--yes").exit_code == 0
        assert json.loads(run("productions", "--json").stdout) == {"productions": []}
        assert (desk / "scenes.mp4").exists()


class TestValidate:
    def test_what_is_right(self, run: Run, desk: Path) -> None:
        written(desk, spoken(*LINES))
        result = run("script", "validate", "scenes.yaml", "--json")
        told = {"valid": True, "scenes": 3, "lines": 3, "films": 1}
        assert json.loads(result.stdout) == told
        assert "3 scenes, 3 lines" in run("script", "validate", "scenes.yaml").stdout

    def test_everything_that_is_wrong_is_told_at_once(self, run: Run, desk: Path) -> None:
        faulty = (
            spoken(*LINES).replace("text: Hello", "txet: Hello").replace("size: 144", "size: 1")
        )
        written(desk, faulty.replace("face.png", "nobody.png"))
        result = run("script", "validate", "scenes.yaml")
        assert result.exit_code == 3
        for told in ("scenes.yaml:3:", "scenes.yaml:5:", "scenes.yaml:8:", "“text”", "nobody.png"):
            assert told in result.stderr
        told = json.loads(run("script", "validate", "scenes.yaml", "--json").stdout)
        assert (told["error"], told["exit_code"]) == ("ScriptError", 3)
        assert {problem["line"] for problem in told["problems"]} >= {3, 5, 8}

    def test_every_row_that_is_wrong_is_told(self, run: Run, desk: Path) -> None:
        written(desk, spoken("'Hello {{name}}.'"))
        (desk / "people.csv").write_text("name\nAnn\n\nB<b>b\nCy&d;\n", encoding="utf-8")
        for command in ("validate", "estimate", "render"):
            result = run("script", command, "scenes.yaml", "--variables", "people.csv")
            assert result.exit_code == 3
            for told in ("row 2", "row 3"):
                assert told in result.stderr

    def test_a_film_is_refused_with_the_same_words(
        self, run: Run, desk: Path, own_productions: Path
    ) -> None:
        written(desk, cards("One", "Two").replace("layout", "layuot"))
        validated = run("script", "validate", "scenes.yaml")
        rendered = run("script", "render", "scenes.yaml")
        assert validated.stderr == rendered.stderr
        assert "“layout”" in rendered.stderr
        assert rendered.exit_code == 3
        assert not own_productions.exists()

    def test_a_file_that_is_not_there(self, run: Run) -> None:
        assert "nothing.yaml" in said(run("script", "validate", "nothing.yaml"))


class TestWriting:
    def test_a_new_script_is_right_once_the_portrait_is_there(self, run: Run, desk: Path) -> None:
        result = run("script", "new", "first.yaml", "--portrait", "face.png")
        assert "first.yaml is written" in result.stdout
        assert run("script", "validate", "first.yaml").exit_code == 0
        mine = (desk / "first.yaml").read_bytes()
        assert "there already" in said(run("script", "new", "first.yaml"))
        assert (desk / "first.yaml").read_bytes() == mine

    def test_the_schema(self, run: Run, desk: Path) -> None:
        printed = json.loads(run("script", "schema").stdout)
        assert "scenes" in printed["properties"]
        assert run("script", "schema", "-o", "schema.json").exit_code == 0
        assert json.loads((desk / "schema.json").read_text(encoding="utf-8")) == printed

    def test_format_keeps_comments_and_meaning(self, run: Run, desk: Path) -> None:
        crooked = "# Mine.\nscenes:\n    -   {text: Hi.,  id: a, duration: 1}\nversion:   1\n"
        path = written(desk, crooked)
        checked = run("script", "format", "scenes.yaml", "--check")
        assert (checked.exit_code, path.read_text(encoding="utf-8")) == (1, crooked)
        assert run("script", "format", "scenes.yaml").exit_code == 0
        straight = path.read_text(encoding="utf-8")
        assert "# Mine." in straight
        assert straight.index("version") < straight.index("scenes")
        assert "as it should be" in run("script", "format", "scenes.yaml", "--check").stdout

    def test_format_keeps_who_may_read_and_links(self, run: Run, desk: Path) -> None:
        path = written(desk, "scenes: [{text: Hi., id: a}]\nversion: 1\n")
        path.chmod(0o600)
        (desk / "a[b].yaml").symlink_to(path)
        assert "a[b].yaml is formatted" in run("script", "format", "a[b].yaml").stdout
        assert (desk / "a[b].yaml").is_symlink()
        assert path.read_text(encoding="utf-8").startswith("version: 1")
        assert path.stat().st_mode & 0o777 == 0o600


class TestDiff:
    def told(self, run: Run) -> dict[str, tuple[str, list[str]]]:
        """Scene → what becomes of it, and why."""
        result = run("script", "diff", "scenes.yaml", "--json")
        assert result.exit_code == 0, result.output
        scenes = json.loads(result.stdout)["scenes"]
        return {scene["scene"]: (scene["is"], scene["reasons"]) for scene in scenes}

    def test_new_changed_kept_and_gone(self, run: Run, desk: Path, own_productions: Path) -> None:
        titles = {"s1": "One", "s2": "Two", "s3": "Three"}

        def write(titles: dict[str, str]) -> None:
            scenes = "".join(
                f"  - {{id: {name}, layout: card, title: {title}, duration: 0.5}}\n"
                for name, title in titles.items()
            )
            written(desk, cards().replace("scenes:\n", f"scenes:\n{scenes}"))

        write(titles)
        assert {is_ for is_, _ in self.told(run).values()} == {"new"}
        assert run("script", "render", "scenes.yaml").exit_code == 0
        assert {is_ for is_, _ in self.told(run).values()} == {"kept"}
        before = chunks(own_productions)
        write({"s1": "One", "s2": "Zwei", "s4": "Four"})
        told = self.told(run)
        assert {name: is_ for name, (is_, _) in told.items()} == {
            "s1": "kept", "s2": "changed", "s4": "new", "s3": "gone",
        }  # fmt: skip
        assert told["s2"][1] == ["title: “Two” → “Zwei”"]
        assert "2 of 3 scenes to draw." in run("script", "diff", "scenes.yaml").stdout
        assert run("script", "render", "scenes.yaml").exit_code == 0
        assert len(chunks(own_productions)) - len(before) == 2  # as was told

    def test_the_film_around_its_scenes(self, run: Run, desk: Path) -> None:
        write_wav(desk / "song.wav", np.full(16_000, 0.1))
        one, two = cards("One").split("scenes:\n")[1], cards("Two").split("scenes:\n")[1]
        two = two.replace("s1", "s2")
        music = "music: {file: song.wav, volume: -20}\n"
        written(desk, cards(more=music) + one + two)
        assert run("script", "render", "scenes.yaml").exit_code == 0
        assert "changed" not in run("script", "diff", "scenes.yaml").stdout
        faded = one.replace("duration: 0.5", "duration: 0.5, transition: crossfade")
        head = cards(more=music.replace("-20", "-14"))
        written(desk, head + two + faded)
        result = run("script", "diff", "scenes.yaml", "--json")
        assert json.loads(result.stdout)["film"] == [
            "order: “s1, s2” → “s2, s1”",
            "music, volume: “-20.0” → “-14.0”",
            "transition into s1: “cut” → “crossfade, 0.6 s”",
        ]
        reasons = self.told(run)
        assert "frames shared with the scene after: “3” added" in reasons["s2"][1]
        assert "frames shared with the scene before: “3” added" in reasons["s1"][1]
        assert "changed  the film around its scenes" in run("script", "diff", "scenes.yaml").stdout
        written(desk, cards(more=music) + one)  # a scene that is gone says so itself
        result = run("script", "diff", "scenes.yaml", "--json")
        assert json.loads(result.stdout)["film"] == []

    def test_a_line_and_how_it_is_said(self, run: Run, desk: Path) -> None:
        lines = "A table has four legs.", "A chair has four legs.", "A stool has three."
        written(desk, spoken(*lines))
        assert run("script", "render", "scenes.yaml").exit_code == 0
        written(desk, spoken(lines[0], "A bench has four legs.", lines[2]))
        told = self.told(run)
        reason = "line 1, text: “A chair has four legs.” → “A bench has four legs.”"
        assert told["s2"] == ("changed", [reason])
        assert (told["s1"][0], told["s3"][0]) == ("kept", "kept")

    def test_a_picture_with_other_content(self, run: Run, desk: Path) -> None:
        def paint(grey: int) -> None:
            Image.fromarray(np.full((40, 60, 3), grey, np.uint8)).save(desk / "slide.png")

        paint(90)
        shown = "  - {id: s2, layout: card, broll: slide.png, duration: 0.5}\n"
        written(desk, cards("One") + shown)
        assert run("script", "render", "scenes.yaml").exit_code == 0
        paint(90)
        assert self.told(run)["s2"] == ("kept", [])
        paint(91)
        told = self.told(run)
        assert told["s1"][0] == "kept"
        assert told["s2"] == ("changed", ["content, file: “slide.png” has other content"])

    def test_another_kind_of_transition_draws_no_scene(
        self, run: Run, desk: Path, own_productions: Path
    ) -> None:
        script = cards("One", "Two")
        script = script.replace("Two, ", "Two, transition: {kind: fade, duration: 0.2}, ")
        written(desk, script)
        assert run("script", "render", "scenes.yaml").exit_code == 0
        written(desk, script.replace("fade", "wipe"))
        assert {is_ for is_, _ in self.told(run).values()} == {"kept"}
        keys = {Path(name).parent for name in chunks(own_productions)}
        assert run("script", "render", "scenes.yaml").exit_code == 0
        # One more film: the few frames that both share.
        assert len({Path(name).parent for name in chunks(own_productions)} - keys) == 1


class TestEstimate:
    def test_lengths_are_about_right_and_then_measured(self, run: Run, desk: Path) -> None:
        text = "Welcome to the company. Everybody is looking forward to working together with you."
        written(desk, spoken(text, "And now to something quite different."))

        def estimated() -> dict[str, float]:
            (film,) = json.loads(run("script", "estimate", "scenes.yaml", "--json").stdout)["films"]
            return dict(film)

        before = estimated()
        assert (before["redrawn"], before["measured"]) == (2, False)
        result = run("script", "render", "scenes.yaml", "--json")
        lasts = json.loads(result.stdout)["film"]["duration"]
        assert before["seconds"] == pytest.approx(lasts, rel=0.5)
        after = estimated()
        assert (after["redrawn"], after["work"], after["measured"]) == (0, 0.0, True)
        written(desk, spoken(text, "And now to nothing else at all."))
        changed = estimated()
        assert (changed["redrawn"], changed["measured"]) == (1, True)
        assert changed["work"] > 0
        assert "1 of 2 scenes" in run("script", "estimate", "scenes.yaml").stdout
