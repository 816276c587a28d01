"""Scenes: what is heard, what a face does meanwhile, and what makes one anew."""

from __future__ import annotations

from collections.abc import Callable
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from agent.film.captions import cues
from agent.film.picture import Screen
from agent.film.plan import (
    Brand,
    Captions,
    Film,
    Line,
    Picture,
    Presenter,
    Scene,
    Slide,
    Takeover,
)
from agent.film.presenters import AFTERGLOW, STRESS, directed
from agent.film.scenes import Scenes, _held, seen
from agent.film.takes import Takes
from renderers.sadtalker.checkpoints import MAPPING, OFFICIAL
from tests.tools.video.test_writer import moving
from tools.media import Video
from tools.speech.narration import LEAD, TAIL


@pytest.fixture
def film(tmp_path: Path) -> Film:
    return Film(output=tmp_path / "a.mp4", size=(256, 144), fps=24, quality="draft")


@pytest.fixture
def scenes(film: Film, tmp_path: Path) -> Scenes:
    return Scenes(film, Takes(tmp_path / "takes"))


@pytest.fixture
def scene(portrait: Path) -> Callable[..., Scene]:
    def made(**changes: Any) -> Scene:
        lines = (
            Line(text="It costs $5 today.", voice="en-us", emphasis=("$5",), pause=0.5),
            Line(
                text="We are so happy.", voice="en-us", expression="happy", intensity=0.6,
                emphasis=("so",),
            ),
        )  # fmt: skip
        own = {"id": "a", "lines": lines, "presenters": (Presenter(portrait=portrait),)}
        return Scene(**(own | {"renderer": "warp"} | changes))

    return made


Make = Callable[..., Scene]


class TestDialogue:
    def test_a_scene_is_a_whole_number_of_frames_long(self, scenes: Scenes, scene: Make) -> None:
        speech = scenes.dialogue(scene()).speech
        frames = scenes.span(scene()).whole
        assert frames / 24 == pytest.approx(speech.duration, abs=1 / speech.rate)
        assert 0 <= speech.phonemes[0].start - LEAD < 0.05  # a breath before the first of them
        assert speech.duration - speech.phonemes[-1].end == pytest.approx(TAIL, abs=1 / 24)

    def test_it_is_spoken_as_said_and_captioned_as_written(
        self, scenes: Scenes, scene: Make
    ) -> None:
        words = scenes.dialogue(scene()).speech.words
        assert [word.text for word in words][:4] == ["It", "costs", "$5", "today"]
        assert words[2].end - words[2].start > 0.4  # five dollars
        for before, after in pairwise(words):
            assert before.end <= after.start + 1e-6

    def test_the_pause_of_a_line_is_kept(self, scenes: Scenes, scene: Make) -> None:
        words = scenes.dialogue(scene()).speech.words
        assert words[4].start - words[3].end == pytest.approx(0.5, abs=0.1)

    def test_lines_know_when_they_are_said(self, scenes: Scenes, scene: Make) -> None:
        heard = scenes.dialogue(scene())
        assert heard.spans[0][0] == LEAD
        assert heard.spans[0][1] == heard.spans[1][0]
        assert heard.spans[1][0] == pytest.approx(heard.speech.words[4].start, abs=0.05)

    def test_a_scene_lasts_as_long_as_it_has_to(self, scenes: Scenes, scene: Make) -> None:
        assert scenes.span(scene(least=9.0)).whole == 9 * 24
        silent = scene(lines=(), presenters=(), layout="card", title="Silence", least=2.0)
        assert scenes.span(silent).whole == 48
        assert not scenes.dialogue(silent).speech.waveform.any()
        longer = scenes.span(scene(pause=1.0)).whole - scenes.span(scene()).whole
        assert longer == pytest.approx(24, abs=1)

    def test_markup_is_heard_and_not_shown(self, scenes: Scenes, scene: Make) -> None:
        text = "Wait <break time='900ms'/> for it."
        heard = scenes.dialogue(scene(lines=(Line(text=text, markup=True, voice="en-us"),)))
        words = heard.speech.words
        assert [word.text for word in words] == ["Wait", "for", "it"]
        assert words[1].start - words[0].end == pytest.approx(0.9, abs=0.15)


class TestActed:
    def test_a_face_for_each_line_and_brows_on_stressed_words(
        self, scenes: Scenes, scene: Make
    ) -> None:
        heard = scenes.dialogue(scene())
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
        self, scenes: Scenes, scene: Make
    ) -> None:
        first = Line(text="See you today.", voice="en-us", emphasis=("you", "today"), pause=0)
        alone = scene(lines=(first, scene().lines[1]))
        heard = scenes.dialogue(alone)
        _, direction = directed(alone, heard, 0)
        cues = direction.expressions
        assert [cue.time for cue in cues] == sorted(cue.time for cue in cues)
        beats = ["neutral", "surprised", "surprised", "neutral"]
        assert [cue.expression for cue in cues] == [*beats, "happy", "happy", "happy"]
        pair = scene(
            lines=(first.model_copy(update={"pause": 1.5}), scene().lines[1]),
            presenters=alone.presenters * 2, layout="conversation",
        )  # fmt: skip
        lines = (pair.lines[0], pair.lines[1].model_copy(update={"speaker": 1}))
        pair = pair.model_copy(update={"lines": lines})
        heard = scenes.dialogue(pair)
        _, direction = directed(pair, heard, 0)
        assert direction.expressions[-1].expression == "warm"  # listening

    def test_the_same_words_in_another_scene_are_acted_otherwise(
        self, scenes: Scenes, scene: Make
    ) -> None:
        heard = scenes.dialogue(scene())
        (_, one), (_, other) = (directed(scene(id=name), heard, 0) for name in ("a", "b"))
        assert one.expressions == other.expressions
        assert one.blinks != other.blinks

    def test_who_does_not_speak_is_silent(self, scenes: Scenes, scene: Make) -> None:
        both = scene().presenters * 2
        talk = scene(
            presenters=both,
            layout="conversation",
            lines=(
                Line(text="How are you?", voice="en-us", speaker=0),
                Line(text="I am well.", voice="en-us", speaker=1),
            ),
        )
        heard = scenes.dialogue(talk)
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
        self, scenes: Scenes, scene: Make, changes: dict[str, Any], same: bool
    ) -> None:
        assert (scenes.key(scene(**changes)) == scenes.key(scene())) is same

    def test_so_does_how_its_words_are_written(
        self, scenes: Scenes, scene: Make, film: Film, tmp_path: Path
    ) -> None:
        figures, letters = (
            scene(lines=(Line(text=text, voice="en-us"),))
            for text in ("It costs $5.", "It costs five dollars.")
        )
        assert len(scenes.dialogue(figures).speech.words) == 3
        assert len(scenes.dialogue(letters).speech.words) == 4  # of the same sound, but found apart

    def test_signs_in_its_words_are_only_words(
        self, scenes: Scenes, scene: Make, film: Film
    ) -> None:
        long = scene(layout="left", content=Slide(title="x = " + "long " * 39, points=()))
        burned = film.model_copy(update={"captions": Captions(burn=True)})
        said = scene(lines=(Line(text="It says x = " + "long " * 60, voice="en-us"),))
        for one in (long, said):
            assert Scenes(burned, scenes.takes).key(one)

    def test_a_file_in_a_setting_does(self, scenes: Scenes, scene: Make, tmp_path: Path) -> None:
        for name in (OFFICIAL.format(size=256), MAPPING.format(number="00229")):
            (tmp_path / name).write_bytes(b"looked at, and not loaded")
        file = tmp_path / "nod.mp4"
        file.write_bytes(b"one")
        settings = (f"weights={tmp_path}", f"pose_video={file}", "pose_style=2")
        drawn = scene(renderer="sadtalker", set=settings)
        before = scenes.key(drawn)
        file.write_bytes(b"two")
        assert scenes.key(drawn) != before

    def test_a_picture_with_other_content_does(
        self, scenes: Scenes, scene: Make, tmp_path: Path
    ) -> None:
        file = tmp_path / "slide.png"
        shown = scene(layout="left", content=Picture(file=file, video=False))
        file.write_bytes(b"one")
        before = scenes.key(shown)
        file.write_bytes(b"two")
        assert scenes.key(shown) != before

    def test_only_what_is_painted_in_its_colours_depends_on_the_brand(
        self, film: Film, scene: Make
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


def test_captions_end_with_a_turn(scenes: Scenes, scene: Make) -> None:
    lines = tuple(
        Line(text=text, voice="en-us", speaker=speaker, pause=0, translations=(("de", f"{text}!"),))
        for text, speaker in (("Hi.", 0), ("Yes.", 1), ("No.", 1))
    )
    talk = scene(presenters=scene().presenters * 2, layout="conversation", lines=lines)
    heard = scenes.dialogue(talk)
    found = cues(talk, heard, (640, 360))
    assert [cue.text for cue in found] == ["Hi.", "Yes. No."]
    assert found[0].end <= found[1].start
    assert [cue.text for cue in cues(talk, heard, (640, 360), "de")] == ["Hi.!", "Yes.! No.!"]
    assert cues(talk, heard, (640, 360), "fr") == []


@pytest.mark.parametrize("behind", [None, "#ffee00", "picture"])
def test_a_card_shows_its_title_whatever_is_behind(
    scenes: Scenes, portrait: Path, behind: str | None
) -> None:
    background = Picture(file=portrait, video=False) if behind == "picture" else behind
    screen = Screen(scenes.film)
    drawn = [
        screen.frames(card, scenes.dialogue(card)).still.astype(int)
        for title in ("Title", "Other")
        for card in (
            Scene(
                id="a", title=title, lines=(), presenters=(), layout="card", least=1.0,
                background=background,
            ),
        )
    ]  # fmt: skip
    assert np.abs(drawn[0] - drawn[1]).max() > 100
    plain = screen._ground.astype(int)
    differs = np.abs(drawn[0] - plain).mean()
    assert differs < 5 if behind is None else differs > 10


def test_who_is_told_that_webm_is_not_signed(film: Film, tmp_path: Path) -> None:
    takes = Takes(tmp_path / "takes")
    web = film.model_copy(update={"codec": "vp9", "output": tmp_path / "a.webm"})
    assert Scenes(film, takes).notes == []
    assert "“a.webm” is not signed" in Scenes(web, takes).notes[0]


@pytest.mark.slow
def test_scenes_take_over_from_one_another(scenes: Scenes, scene: Make, film: Film) -> None:
    wipe = Takeover(kind="wipe", frames=9)
    card = Scene(
        id="card", title="Begin", lines=(), presenters=(), layout="card", least=1.0, out=wipe
    )
    talk = scene(into=wipe)
    spans = scenes.span(card), scenes.span(talk)
    assert (spans[0].stop, spans[1].first) == (24 - 5, 4)
    made = scenes.finish([card, talk])
    assert made.duration == pytest.approx(sum(span.whole for span in spans) / 24, abs=1e-3)
    drawn = {path.parent.name for path in scenes.takes.folder.glob("films/*/*")}
    assert len(drawn) == 3  # two scenes, and what they share
    assert _unchanged(scenes, [card, talk], made)
    whole = made.path.read_bytes()
    for damaged in (whole[:-5000], whole[:-5000] + bytes(5000)):
        made.path.write_bytes(damaged)
        assert not _unchanged(scenes, [card, talk], made)


def _unchanged(scenes: Scenes, shown: list[Scene], made: Video) -> bool:
    """Whether a film that is there is left as it is."""
    before = made.path.stat().st_mtime_ns
    again = scenes.finish(shown)
    assert again.duration == pytest.approx(made.duration, abs=0.05)
    assert again.loudness == pytest.approx(made.loudness, abs=0.2)
    return made.path.stat().st_mtime_ns == before
