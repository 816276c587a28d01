"""Scenes: what a face does while lines are said."""

from __future__ import annotations

from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest

from agent.brief import Brief
from agent.scenes import AFTERGLOW, STRESS, Stage, _cues
from agent.screenplay import Line, Scene
from agent.takes import Takes
from tools.speech.narration import LEAD, TAIL


@pytest.fixture
def stage(portrait: Path, tmp_path: Path) -> Stage:
    options: dict[str, Any] = {"portrait": portrait, "output": tmp_path / "a.mp4", "fps": 24}
    return Stage(Brief.of(prompt="a", options=options), "en", Takes(tmp_path / "takes"))


SCENE = Scene(
    id="a",
    lines=(
        Line(text="It costs $5 today.", emphasis=("$5",), pause=0.5),
        Line(text="We are so happy.", expression="happy", intensity=0.6, emphasis=("so",)),
    ),
)


def test_a_scene_is_a_whole_number_of_frames_long(stage: Stage) -> None:
    speech = stage.speech(SCENE)
    assert stage.frames(SCENE) / 24 == pytest.approx(speech.duration, abs=1 / speech.rate)
    assert speech.phonemes[0].start == pytest.approx(LEAD, abs=0.001)
    assert speech.duration - speech.phonemes[-1].end == pytest.approx(TAIL, abs=1 / 24)


def test_it_is_spoken_as_said_and_captioned_as_written(stage: Stage) -> None:
    speech = stage.speech(SCENE)
    written = [word.text for word in speech.words]
    assert written[:4] == ["It", "costs", "$5", "today"]
    five = speech.words[2]
    assert five.end - five.start > 0.4  # five dollars
    for before, after in pairwise(speech.words):
        assert before.end <= after.start + 1e-6


def test_the_pause_of_a_line_is_kept(stage: Stage) -> None:
    speech = stage.speech(SCENE)
    gap = speech.words[4].start - speech.words[3].end
    assert gap == pytest.approx(0.5, abs=0.1)


def test_a_face_for_each_line_and_brows_on_stressed_words(stage: Stage) -> None:
    first, second = SCENE.lines
    said = stage._line(first)
    (five,) = [word for word in said.words if word.text == "$5"]
    worn, raised, back = _cues(first, said, 1.0)
    assert (worn.expression, worn.time) == ("neutral", 1.0)
    assert (raised.expression, raised.intensity) == ("surprised", STRESS)
    assert raised.time == pytest.approx(1.0 + five.start)
    assert back.time == pytest.approx(1.0 + five.end + AFTERGLOW)
    assert (back.expression, back.intensity) == (worn.expression, worn.intensity)
    worn, more, back = _cues(second, stage._line(second), 0.0)
    assert [cue.expression for cue in (worn, more, back)] == ["happy"] * 3
    assert more.intensity == pytest.approx(0.6 + STRESS)


def test_the_same_word_elsewhere_is_another_scene(stage: Stage) -> None:
    moved = SCENE.model_copy(update={"id": "b"})
    ones, others = (stage._direction(s, stage.speech(s)) for s in (SCENE, moved))
    assert ones.expressions == others.expressions
    assert ones.blinks != others.blinks
