"""Productions: the loops of the graph, and that nothing is lost or made twice."""

from __future__ import annotations

import json
import os
from collections.abc import Sequence
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from agent.events import Event, Fault, Work
from agent.film.plan import Film, Scene
from agent.film.scenes import Span
from agent.film.takes import Takes
from agent.production import steps
from agent.production.folder import Production, status
from agent.production.steps import Steps
from agent.request.brief import Brief
from agent.screenplay.model import Screenplay
from agent.writing.writer import Writer
from renderers import base as renderers
from tests.agent.conftest import SMALLEST, Begin, Run, rewrite, said
from tools import inspect as inspection
from tools import provenance
from tools.errors import MissingError, ModelError
from tools.inspect.report import Check
from tools.media import Video
from tools.video.footage import decode

pytestmark = pytest.mark.usefixtures("own_productions")


class Drafts(Writer):
    """Writes the drafts it is given, one after another, and keeps the faults it is sent.

    bad  whether its own review finds a fault in every draft.
    """

    def __init__(self, *drafts: str, seconds: float | None = None, bad: bool = False) -> None:
        self.drafts, self.faults = list(drafts), list[tuple[Fault, ...]]()
        self.seconds, self.bad = seconds, bad

    def write(self, brief: Brief) -> Screenplay:
        return self._next()

    def rewrite(self, brief: Brief, screenplay: Screenplay, faults: Sequence[Fault]) -> Screenplay:
        self.faults.append(tuple(faults))
        return self._next()

    def review(self, brief: Brief, screenplay: Screenplay) -> tuple[Fault, ...]:
        bad = Fault("other", f"{screenplay.scenes[0].text} is no good.", "one", 1)
        return (bad,) if self.bad else ()

    def settled(self, brief: Brief, screenplay: Screenplay) -> Screenplay:
        return screenplay

    def _next(self) -> Screenplay:
        lines = [{"text": text} for text in self.drafts.pop(0).split("|")]
        return Screenplay.of(scenes=[{"id": "one", "lines": lines}])


def listing(production: Production) -> dict[str, int]:
    """Every take, and a number that is another one when it is made anew."""
    files = (path for path in (production.folder / "takes").rglob("*") if path.is_file())
    return {path.name + str(path.parent.name): path.stat().st_ino for path in files}


@pytest.mark.slow
class TestFilm:
    def test_without_an_answer_nothing_is_filmed(self, run: Run, portrait: Path) -> None:
        small = ("--size", "144", "--fps", "10", "--renderer", "warp")
        made = run("produce", "Hello.", "-p", portrait, "-o", "a.mp4", *small)
        assert made.exit_code == 3
        assert "give --yes" in said(made)
        assert not Path("a.mp4").exists()
        assert run("productions", "remove", "hello").exit_code == 3
        assert run("resume", "-y", "--json").exit_code == 0
        assert Path("a.mp4").exists()

    def test_own_words_become_a_film(self, begin: Begin, tmp_path: Path) -> None:
        result = begin().run()
        assert [scene.id for scene in result.screenplay.scenes] == ["one", "two"]
        assert result.film is not None
        assert result.report is not None
        footage = decode(tmp_path / "film.mp4")
        assert footage.size == (256, 144)
        assert footage.sound == pytest.approx(footage.duration, abs=0.03)
        assert result.film["duration"] == pytest.approx(footage.duration, abs=0.01)
        credentials = provenance.read(tmp_path / "film.mp4")
        assert credentials is not None
        assert credentials.ai_generated

    def test_one_line_changed_touches_its_scene_alone(self, begin: Begin) -> None:
        production = begin()
        first = production.run().screenplay
        before = listing(production)
        said = first.model_dump()
        said["scenes"][1]["lines"][0]["text"] = "All is very well."
        production.run(screenplay=Screenplay.of(**said))
        after = listing(production)
        assert before.items() <= after.items()
        new = after.keys() - before.keys()
        assert sum("npz" in name for name in new) == 1
        assert sum(".mp4" in name for name in new) == 1

    def test_what_no_film_has_needed_for_two_weeks_goes(
        self, begin: Begin, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        production = begin("# One\nHello.")
        first = production.run().screenplay
        takes = production.folder / "takes"
        before = {*takes.glob("films/*"), *takes.glob("speech/*")}
        said = first.model_dump()
        said["scenes"][0]["lines"][0]["text"] = "Hi."
        other = Screenplay.of(**said)
        for path in before:
            os.utime(path, (0, 0))
        assert production.run(approve=lambda what: False, screenplay=other).film is not None
        with monkeypatch.context() as patch:
            patch.setattr(Steps, "inspect", lambda *given: 1 / 0)
            with pytest.raises(ZeroDivisionError):
                production.run()
        assert all(path.exists() for path in before)  # neither run came to its end
        for path in {*takes.glob("films/*"), *takes.glob("speech/*")}:
            os.utime(path, (0, 0))
        assert production.run().film is not None  # inspects only, and finds none
        assert all(path.exists() for path in before)
        assert production.run().film is not None
        assert not any(path.exists() for path in before)
        left = {*takes.glob("films/*"), *takes.glob("speech/*")}
        assert len(left) == len(before)
        for path in left:
            os.utime(path, (0, 0))
        assert production.run().film is not None
        assert all(path.stat().st_mtime > 1e9 for path in left)

    def test_captions_stand_beside_it(self, portrait: Path, tmp_path: Path) -> None:
        options = {
            **SMALLEST,
            "portrait": portrait,
            "output": tmp_path / "a.mp4",
            "captions": "srt",
        }
        Production.begin(Brief.of(prompt="It costs $5.", options=options)).run()
        assert "It costs $5." in (tmp_path / "a.srt").read_text(encoding="utf-8")

    def test_asked_before_it_is_filmed(self, begin: Begin, tmp_path: Path) -> None:
        asked: list[dict[str, Any]] = []

        def refuse(what: dict[str, Any]) -> bool:
            asked.append(what)
            return False

        production = begin()
        assert production.run(approve=refuse).film is None
        assert asked[0]["seconds"] > 1
        assert not (tmp_path / "film.mp4").exists()
        assert production.run(approve=lambda what: True).film is not None

    def test_it_lists_shows_resumes_and_removes(
        self, run: Run, portrait: Path, own_productions: Path
    ) -> None:
        small = ("--size", "144", "--fps", "10", "--quality", "draft", "--renderer", "warp")
        made = run("produce", "Hello.", "-p", portrait, "-o", "a.mp4", "-y", "--json", *small)
        assert made.exit_code == 0, made.output
        told = json.loads(made.stdout)
        assert told["production"] == "hello"
        (row,) = json.loads(run("productions", "--json").stdout)["productions"]
        assert row["name"] == "hello"
        assert row["standing"].startswith("finished")
        assert "Hello." in run("productions", "show", "hello").stdout
        again = json.loads(run("resume", "--json").stdout)
        assert again["film"]["duration"] == told["film"]["duration"]
        assert "hello2" in said(run("productions", "show", "hello2"))
        assert run("productions", "remove", "hello", "-y").exit_code == 0
        assert not (own_productions / "hello").exists()
        assert Path("a.mp4").exists()
        assert "no production to resume" in said(run("resume"))


class TestLoops:
    """Of the graph, with speaking and filming left out."""

    @pytest.fixture(autouse=True)
    def quick(self, monkeypatch: pytest.MonkeyPatch) -> None:
        class Spoken:
            def __init__(self, seconds: float) -> None:
                self.duration, self.notes = seconds, ()

        class Seconds:
            """A second for each word."""

            notes: tuple[str, ...] = ()

            def __init__(self, film: Film, takes: Takes, heard: Any) -> None:
                pass

            def dialogue(self, scene: Scene) -> Any:
                words = " ".join(line.text for line in scene.lines).split()
                return SimpleNamespace(speech=Spoken(len(words)))

            def span(self, scene: Scene) -> Span:
                return Span(0, 10, 10)

            def shoot(self, scene: Scene, advance: Any) -> list[Path]:
                return []

            def take_over(self, before: Any, after: Scene) -> list[Path]:
                return []

            def mix(self, scenes: Any) -> None:
                pass

            def finish(self, scenes: Any) -> Any:
                return Video(Path("a.mp4"), 1.0, (2, 2), 10, loudness=-16.0, peak=-1.0)

        self.verdicts: list[dict[str, str]] = []
        monkeypatch.setattr(steps, "Scenes", Seconds)
        monkeypatch.setattr(inspection, "inspect", lambda path, advance: self.report())

    def report(self) -> Any:
        found = self.verdicts.pop(0) if self.verdicts else {}
        checks = tuple(Check(name, 0.0, "bad", "good", v) for name, v in found.items())  # type: ignore[arg-type]
        return type("Report", (), {"checks": checks, "to_dict": lambda self: {"verdict": "x"}})()

    def test_a_draft_of_the_wrong_length_goes_back_with_what_was_measured(
        self, begin: Begin
    ) -> None:
        writer = Drafts("one two three four five six", "one two three four", "one two three")
        result = begin(seconds=3.0).run(writer=writer)
        assert [line.text for line in result.screenplay.scenes[0].lines] == ["one two three"]
        first, second = writer.faults
        assert first[0].kind == "length"
        assert first[0].ratio == pytest.approx(0.5, abs=0.05)
        assert "lasts 6 s where 3 s were asked for: shorten it to about 50 %" in first[0].text
        assert "lasts 4 s" in second[0].text
        assert result.notes == ()

    def test_a_length_that_the_prompt_names_is_kept_as_well(self, begin: Begin) -> None:
        writer = Drafts("one two three four", "one two", seconds=2.0)
        result = begin().run(writer=writer)
        assert [line.text for line in result.screenplay.scenes[0].lines] == ["one two"]

    def test_after_three_drafts_it_is_said_and_filmed(self, begin: Begin) -> None:
        writer = Drafts("one two", "two one", "one two", "never")
        result = begin(seconds=3.0).run(writer=writer)
        assert writer.drafts == ["never"]
        assert result.film is not None
        assert any("lasts 2.0 s" in note for note in result.notes)

    def test_a_writer_that_knows_no_better_is_not_asked_again(self, begin: Begin) -> None:
        writer = Drafts("one two", "one two", "never")
        result = begin(seconds=3.0).run(writer=writer)
        assert writer.drafts == ["never"]
        assert any("lasts 2.0 s" in note for note in result.notes)

    def test_what_is_far_too_short_is_not_filmed_unasked(self, begin: Begin) -> None:
        production, asked = begin(seconds=9.0), list[float]()
        with pytest.raises(ModelError, match=r"1.0 s where 9 s.*ask for 1 s"):
            production.run(writer=Drafts("one", "one", "one"))

        def approve(draft: dict[str, Any]) -> bool:
            asked.append(draft["seconds"])
            return False

        production.run(writer=Drafts(), approve=approve)
        assert asked == [pytest.approx(1.0)]

    def test_faults_go_back_and_in_the_end_to_the_user(self, begin: Begin) -> None:
        writer, happened = Drafts("bad one", "bad two", "bad three", bad=True), list[Event]()
        result = begin().run(Work(happened.append), writer=writer)
        sent = [Fault("other", f"bad {n} is no good.", "one", 1) for n in ("one", "two")]
        assert writer.faults == [(fault,) for fault in sent]
        assert [event for event in happened if isinstance(event, Fault)] == sent
        assert result.notes == ("bad three is no good.",)

    def test_a_draft_that_cannot_be_written_anew_is_kept_and_said(self, begin: Begin) -> None:
        class Tired(Drafts):
            def rewrite(self, *given: Any) -> Screenplay:
                raise ModelError("The model gave up.")

        result = begin(seconds=3.0).run(writer=Tired("one two"))
        assert result.screenplay.scenes[0].lines[0].text == "one two"
        assert "The draft was not written anew: The model gave up." in result.notes
        assert result.film is not None

    @pytest.mark.parametrize(
        ("wishes", "voice", "found"),
        [({}, None, "en-us"), ({}, "de+f5", "de"), ({"language": "es"}, None, "es")],
    )
    def test_the_language_is_the_one_asked_for_or_the_voices(
        self, begin: Begin, wishes: dict[str, Any], voice: str | None, found: str
    ) -> None:
        production = begin("Uno, dos.", **wishes)
        rewrite(production, voice=voice)
        assert production.run().screenplay.language == found

    def test_own_words_are_not_sent_back(self, begin: Begin) -> None:
        result = begin("One two.", seconds=9.0).run()
        assert any("where 9 s were asked for" in note for note in result.notes)

    def test_a_film_found_wanting_is_made_again_otherwise(self, begin: Begin) -> None:
        self.verdicts = [{"lips_follow_voice": "fail"}, {"mouth_sharpness": "fail"}, {}]
        production = begin()
        rewrite(production, renderer="sadtalker", set=["pose_style=5"])
        result = production.run()
        assert result.film is not None
        assert result.film["changes"] == {"renderer": "warp", "set": [], "quality": "best"}
        assert [note.split(":")[0] for note in result.notes] == [
            "Filmed again with renderer warp", "Filmed again with quality best",
        ]  # fmt: skip

    @pytest.mark.parametrize("resolved", ["warp", "sadtalker"])
    def test_another_renderer_than_the_one_that_suits_the_machine(
        self, begin: Begin, monkeypatch: pytest.MonkeyPatch, resolved: str
    ) -> None:
        choice = renderers.Choice(renderers.named(resolved), "")
        monkeypatch.setattr(renderers, "best", lambda: choice)
        self.verdicts = [{"lips_on_time": "fail"}]
        production = begin()
        rewrite(production, renderer="auto")
        result = production.run()
        assert result.film is not None
        other = {"renderer": "warp", "set": []}
        assert result.film["changes"] == ({} if resolved == "warp" else other)
        assert len(result.notes) == (resolved != "warp")

    @pytest.mark.parametrize(
        ("failing", "options"),
        [("mouth_sharpness", {"quality": "best"}), ("face_visible", {"head_motion": "still"})],
    )
    def test_no_other_take_that_would_be_the_same(
        self, begin: Begin, failing: str, options: dict[str, str]
    ) -> None:
        self.verdicts = [{failing: "fail"}]
        production = begin()
        rewrite(production, **options)
        result = production.run()
        assert result.film is not None
        assert result.film["changes"] == {}
        assert result.notes == ()

    def test_twice_at_most_and_only_with_something_to_change(self, begin: Begin) -> None:
        bad = {"lips_follow_voice": "fail", "face_visible": "fail", "mouth_sharpness": "fail"}
        self.verdicts = [dict(bad) for _ in range(9)]
        result = begin().run()
        assert result.film is not None
        # warp and a still head there are already; what is left is the quality.
        assert result.film["changes"] == {"quality": "best"}
        assert len(self.verdicts) == 7

    def test_what_fails_can_be_gone_on_with(
        self, begin: Begin, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        writer = Drafts("one two")
        production = begin()

        def broken(self: Steps, state: Any) -> Any:
            raise RuntimeError("the power is gone")

        with monkeypatch.context() as patch:
            patch.setattr(Steps, "finish", broken)
            with pytest.raises(RuntimeError):
                production.run(writer=writer)
        assert status(production)["standing"] == "1 of 1 scenes filmed"
        assert production.run(writer=writer).film is not None
        assert writer.drafts == []

    def test_a_wish_for_a_draft_without_a_model_is_answered_in_a_sentence(
        self, begin: Begin
    ) -> None:
        with pytest.raises(MissingError, match="weights pull llm"):
            begin("Write a two-minute welcome for new hires, warm.").run()


@pytest.mark.slow
def test_the_agents_demonstration(run: Run) -> None:
    small = ("--size", "144", "--quality", "draft")
    made = run("demo", "--agent", "-o", "out/a.mp4", *small, "--json")
    assert "no language model here" in made.stderr
    assert made.exit_code == 0, made.output
    told = json.loads(made.stdout)
    assert told["film"]["duration"] > 10
    assert len(told["screenplay"]["scenes"][0]["lines"]) > 2
    assert Path("out/a.mp4").exists()
