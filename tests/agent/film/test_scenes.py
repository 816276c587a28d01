"""Scenes: what is heard, what a face does meanwhile, and what makes one anew."""

from __future__ import annotations

from collections.abc import Callable
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from agent.film.captions import cues
from agent.film.picture import Shooting
from agent.film.plan import (
    Brand,
    Captions,
    Film,
    Picture,
    Presenter,
    Slide,
    Spoken,
    Staged,
    Takeover,
)
from agent.film.presenters import AFTERGLOW, STRESS, directed
from agent.film.scenes import Stage, _held, seen
from agent.film.takes import Takes
from tests.tools.video.test_writer import moving
from tools.media import Video
from tools.speech.narration import LEAD, TAIL


@pytest.fixture
def film(tmp_path: Path) -> Film:
    return Film(output=tmp_path / "a.mp4", size=(256, 144), fps=24, quality="draft")


@pytest.fixture
def stage(film: Film, tmp_path: Path) -> Stage:
    return Stage(film, Takes(tmp_path / "takes"))


@pytest.fixture
def scene(portrait: Path) -> Callable[..., Staged]:
    def made(**changes: Any) -> Staged:
        lines = (
            Spoken(text="It costs $5 today.", voice="en-us", emphasis=("$5",), pause=0.5),
            Spoken(
                text="We are so happy.", voice="en-us", expression="happy", intensity=0.6,
                emphasis=("so",),
            ),
        )  # fmt: skip
        own = {"id": "a", "lines": lines, "presenters": (Presenter(portrait=portrait),)}
        return Staged(**(own | {"renderer": "warp"} | changes))

    return made


Scene = Callable[..., Staged]


class TestHeard:
    def test_a_scene_is_a_whole_number_of_frames_long(self, stage: Stage, scene: Scene) -> None:
        speech = stage.heard(scene()).speech
        frames = stage.span(scene()).whole
        assert frames / 24 == pytest.approx(speech.duration, abs=1 / speech.rate)
        assert speech.phonemes[0].start == pytest.approx(LEAD, abs=0.001)
        assert speech.duration - speech.phonemes[-1].end == pytest.approx(TAIL, abs=1 / 24)

    def test_it_is_spoken_as_said_and_captioned_as_written(
        self, stage: Stage, scene: Scene
    ) -> None:
        words = stage.heard(scene()).speech.words
        assert [word.text for word in words][:4] == ["It", "costs", "$5", "today"]
        assert words[2].end - words[2].start > 0.4  # five dollars
        for before, after in pairwise(words):
            assert before.end <= after.start + 1e-6

    def test_the_pause_of_a_line_is_kept(self, stage: Stage, scene: Scene) -> None:
        words = stage.heard(scene()).speech.words
        assert words[4].start - words[3].end == pytest.approx(0.5, abs=0.1)

    def test_lines_know_when_they_are_said(self, stage: Stage, scene: Scene) -> None:
        heard = stage.heard(scene())
        assert heard.spans[0][0] == LEAD
        assert heard.spans[0][1] == heard.spans[1][0]
        assert heard.spans[1][0] == pytest.approx(heard.speech.words[4].start, abs=0.05)

    def test_a_scene_lasts_as_long_as_it_has_to(self, stage: Stage, scene: Scene) -> None:
        assert stage.span(scene(least=9.0)).whole == 9 * 24
        silent = scene(lines=(), presenters=(), layout="card", title="Silence", least=2.0)
        assert stage.span(silent).whole == 48
        assert not stage.heard(silent).speech.waveform.any()
        longer = stage.span(scene(pause=1.0)).whole - stage.span(scene()).whole
        assert longer == pytest.approx(24, abs=1)

    def test_markup_is_heard_and_not_shown(self, stage: Stage, scene: Scene) -> None:
        text = "Wait <break time='900ms'/> for it."
        heard = stage.heard(scene(lines=(Spoken(text=text, markup=True, voice="en-us"),)))
        words = heard.speech.words
        assert [word.text for word in words] == ["Wait", "for", "it"]
        assert words[1].start - words[0].end == pytest.approx(0.9, abs=0.15)


class TestActed:
    def test_a_face_for_each_line_and_brows_on_stressed_words(
        self, stage: Stage, scene: Scene
    ) -> None:
        heard = stage.heard(scene())
        _, direction = directed(scene(), heard, 0)
        worn, raised, back, happy, happier, calmer = direction.expressions
        five = heard.speech.words[2]
        assert (worn.expression, worn.time) == ("neutral", 0.0)
        assert (raised.expression, raised.intensity) == ("surprised", STRESS)
        assert raised.time == pytest.approx(five.start, abs=1e-3)
        assert (back.expression, back.intensity) == ("neutral", 1.0)
        assert back.time == pytest.approx(five.end + AFTERGLOW, abs=1e-3)
        assert [cue.expression for cue in (happy, happier, calmer)] == ["happy"] * 3
        assert happier.intensity == pytest.approx(0.6 + STRESS)

    def test_a_beat_at_the_end_of_a_line_leaves_the_next_its_own_face(
        self, stage: Stage, scene: Scene
    ) -> None:
        first = Spoken(text="See you today.", voice="en-us", emphasis=("you", "today"), pause=0)
        staged = scene(lines=(first, scene().lines[1]))
        heard = stage.heard(staged)
        _, direction = directed(staged, heard, 0)
        cues = direction.expressions
        assert [cue.time for cue in cues] == sorted(cue.time for cue in cues)
        beats = ["neutral", "surprised", "surprised", "neutral"]
        assert [cue.expression for cue in cues] == [*beats, "happy", "happy", "happy"]
        pair = scene(
            lines=(first.model_copy(update={"pause": 1.5}), scene().lines[1]),
            presenters=staged.presenters * 2, layout="conversation",
        )  # fmt: skip
        lines = (pair.lines[0], pair.lines[1].model_copy(update={"speaker": 1}))
        pair = pair.model_copy(update={"lines": lines})
        heard = stage.heard(pair)
        _, direction = directed(pair, heard, 0)
        assert direction.expressions[-1].expression == "warm"  # listening

    def test_the_same_words_in_another_scene_are_acted_otherwise(
        self, stage: Stage, scene: Scene
    ) -> None:
        heard = stage.heard(scene())
        (_, one), (_, other) = (directed(scene(id=name), heard, 0) for name in ("a", "b"))
        assert one.expressions == other.expressions
        assert one.blinks != other.blinks

    def test_who_does_not_speak_is_silent(self, stage: Stage, scene: Scene) -> None:
        both = scene().presenters * 2
        talk = scene(
            presenters=both,
            layout="conversation",
            lines=(
                Spoken(text="How are you?", voice="en-us", speaker=0),
                Spoken(text="I am well.", voice="en-us", speaker=1),
            ),
        )
        heard = stage.heard(talk)
        (first, one), (second, other) = (directed(talk, heard, number) for number in (0, 1))
        turn = round(heard.spans[1][0] * heard.speech.rate)
        assert np.abs(first.waveform[:turn]).max() > 0.1
        assert not first.waveform[turn:].any()
        assert not second.waveform[:turn].any()
        assert first.duration == second.duration == heard.speech.duration
        assert one.blinks != other.blinks


class TestKeys:
    @pytest.mark.parametrize(
        ("changes", "same"),
        [
            ({"title": "A heading"}, True),
            ({"into": Takeover(kind="wipe", frames=8)}, True),
            ({"out": Takeover(kind="wipe", frames=8)}, True),
            ({"background": "blur"}, False),
            ({"seed": 1}, False),
            ({"id": "b"}, False),
            ({"least": 20.0}, False),
            ({"lower_third": ("Ann", None)}, False),
            ({"quality": "best"}, False),
        ],
    )
    def test_what_shapes_a_scene_makes_it_anew(
        self, stage: Stage, scene: Scene, changes: dict[str, Any], same: bool
    ) -> None:
        assert (stage.key(scene(**changes)) == stage.key(scene())) is same

    def test_so_does_how_its_words_are_written(
        self, stage: Stage, scene: Scene, film: Film, tmp_path: Path
    ) -> None:
        figures, letters = (
            scene(lines=(Spoken(text=text, voice="en-us"),))
            for text in ("It costs $5.", "It costs five dollars.")
        )
        assert len(stage.heard(figures).speech.words) == 3
        assert len(stage.heard(letters).speech.words) == 4  # of the same sound, but found apart

    def test_signs_in_its_words_are_only_words(
        self, stage: Stage, scene: Scene, film: Film
    ) -> None:
        long = scene(layout="left", content=Slide(title="x = " + "long " * 39, points=()))
        burned = film.model_copy(update={"captions": Captions(burn=True)})
        said = scene(lines=(Spoken(text="It says x = " + "long " * 60, voice="en-us"),))
        for staged in (long, said):
            assert Stage(burned, stage.takes).key(staged)

    def test_a_file_in_a_setting_does(self, stage: Stage, scene: Scene, tmp_path: Path) -> None:
        file = tmp_path / "weights"
        file.write_bytes(b"one")
        drawn = scene(set=(f"file={file}", "gain=2"))
        before = stage.key(drawn)
        file.write_bytes(b"two")
        assert stage.key(drawn) != before

    def test_a_picture_with_other_content_does(
        self, stage: Stage, scene: Scene, tmp_path: Path
    ) -> None:
        file = tmp_path / "slide.png"
        shown = scene(layout="left", content=Picture(file=file, video=False))
        file.write_bytes(b"one")
        before = stage.key(shown)
        file.write_bytes(b"two")
        assert stage.key(shown) != before

    def test_only_what_is_painted_in_its_colours_depends_on_the_brand(
        self, film: Film, scene: Scene
    ) -> None:
        red = film.model_copy(update={"brand": Brand(accent="#ff0000")})
        assert seen(scene(), film) == seen(scene(), red)
        slide = scene(layout="left", content=Slide(title="A", points=()))
        assert seen(slide, film) != seen(slide, red)
        burned = {"captions": Captions(burn=True)}
        told, other = (each.model_copy(update=burned) for each in (film, red))
        assert seen(scene(), told) != seen(scene(), other)


def test_frames_stand_still_before_and_after() -> None:
    frames = moving(1.0)
    for first, lead, count in ((0, 3, 8), (20, 0, 9), (24, 0, 3)):
        held = _held(frames, first, lead, count)
        numbers = [min(max(first, first + k - lead), frames.count - 1) for k in range(count)]
        whole = list(frames.patches())
        for start in (0, 1, count - 1):
            shown = list(held.patches(start))
            assert len(shown) == count - start
            for patches, number in zip(shown, numbers[start:], strict=True):
                assert _same(patches, whole[number])


def _same(one: Any, other: Any) -> bool:
    return all(np.array_equal(a.image, b.image) for a, b in zip(one, other, strict=True))


def test_captions_end_with_a_turn(stage: Stage, scene: Scene) -> None:
    lines = tuple(
        Spoken(
            text=text, voice="en-us", speaker=speaker, pause=0, translations=(("de", f"{text}!"),)
        )
        for text, speaker in (("Hi.", 0), ("Yes.", 1), ("No.", 1))
    )
    talk = scene(presenters=scene().presenters * 2, layout="conversation", lines=lines)
    heard = stage.heard(talk)
    found = cues(talk, heard, (640, 360))
    assert [cue.text for cue in found] == ["Hi.", "Yes. No."]
    assert found[0].end <= found[1].start
    assert [cue.text for cue in cues(talk, heard, (640, 360), "de")] == ["Hi.!", "Yes.! No.!"]
    assert cues(talk, heard, (640, 360), "fr") == []


@pytest.mark.parametrize("behind", [None, "#ffee00", "picture"])
def test_a_card_shows_its_title_whatever_is_behind(
    stage: Stage, portrait: Path, behind: str | None
) -> None:
    background = Picture(file=portrait, video=False) if behind == "picture" else behind
    shooting = Shooting(stage.film)
    drawn = [
        shooting.frames(card, stage.heard(card)).still.astype(int)
        for title in ("Title", "Other")
        for card in (
            Staged(
                id="a", title=title, lines=(), presenters=(), layout="card", least=1.0,
                background=background,
            ),
        )
    ]  # fmt: skip
    assert np.abs(drawn[0] - drawn[1]).max() > 100
    plain = shooting._ground.astype(int)
    differs = np.abs(drawn[0] - plain).mean()
    assert differs < 5 if behind is None else differs > 10


def test_who_is_told_that_webm_is_not_signed(film: Film, tmp_path: Path) -> None:
    takes = Takes(tmp_path / "takes")
    web = film.model_copy(update={"codec": "vp9", "output": tmp_path / "a.webm"})
    assert Stage(film, takes).notes == []
    assert "“a.webm” is not signed" in Stage(web, takes).notes[0]


@pytest.mark.slow
def test_scenes_take_over_from_one_another(stage: Stage, scene: Scene, film: Film) -> None:
    wipe = Takeover(kind="wipe", frames=9)
    card = Staged(
        id="card", title="Begin", lines=(), presenters=(), layout="card", least=1.0, out=wipe
    )
    talk = scene(into=wipe)
    spans = stage.span(card), stage.span(talk)
    assert (spans[0].stop, spans[1].first) == (24 - 5, 4)
    made = stage.finish([card, talk])
    assert made.duration == pytest.approx(sum(span.whole for span in spans) / 24, abs=1e-3)
    drawn = {path.parent.name for path in stage.takes.folder.glob("films/*/*")}
    assert len(drawn) == 3  # two scenes, and what they share
    assert _unchanged(stage, [card, talk], made)
    whole = made.path.read_bytes()
    for damaged in (whole[:-5000], whole[:-5000] + bytes(5000)):
        made.path.write_bytes(damaged)
        assert not _unchanged(stage, [card, talk], made)


def _unchanged(stage: Stage, scenes: list[Staged], made: Video) -> bool:
    """Whether a film that is there is left as it is."""
    before = made.path.stat().st_mtime_ns
    again = stage.finish(scenes)
    assert again.duration == pytest.approx(made.duration, abs=0.05)
    assert again.loudness == pytest.approx(made.loudness, abs=0.2)
    return made.path.stat().st_mtime_ns == before
