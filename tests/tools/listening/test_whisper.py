"""Whisper: what is made of its answers, and the process in which it runs.

Whisper itself is heard where faster-whisper and the weights are, which no test downloads.
"""

from __future__ import annotations

import json
import os
import time
from io import BytesIO
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from tests.settings import Choose
from tools import weights
from tools.errors import CancelledError, MissingError, OptionError, PortrayalError
from tools.listening import base, whisper, whisper_process
from tools.listening.base import RATE, Transcript
from tools.listening.whisper import BASE, MOST_WORDS, REPEATS, Whisper
from tools.media import Floats
from tools.speech.espeak import Espeak
from tools.speech.narration import join

SILENCE: Floats = np.zeros(RATE, np.float32)
SAID = {
    "text": " Welcome, to the museum.",
    "start": 0.5,
    "end": 2.0,
    "words": [[" Welcome,", 0.5, 1.0, 0.9], [" to", 1.0, 1.1, 1.0], [" the", 1.1, 1.2, 0.8],
              [" museum.", 1.2, 2.0, 0.7]],
    "likelihood": -0.2,
    "silence": 0.1,
    "density": 1.4,
    "heard": 2.0,
}  # fmt: skip
Answers = list[dict[str, Any]]


def hear(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, answers: Answers, then: str = "", **given: Any
) -> Transcript:
    """What becomes of these answers of a process, which then does something else."""
    program = tmp_path / "answers.py"
    lines = "".join(f"print({json.dumps(json.dumps(answer))}, flush=True)\n" for answer in answers)
    program.write_text(f"import os, sys, time\n{lines}{then}\n", encoding="utf-8")
    monkeypatch.setattr(whisper, "PROGRAM", program)
    return Whisper("whisper-base", {}).listen(SILENCE, **given)


def test_answers_become_passages_without_punctuation_in_words(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    known = {"language": "en", "confidence": 0.7, "heard": 0.0}
    reached: list[float] = []
    found = hear(monkeypatch, tmp_path, [known, SAID, {"done": True}], progress=reached.append)
    assert (found.language, found.confidence) == ("en", 0.7)
    assert found.text == "Welcome, to the museum."
    assert [word.text for word in found.words] == ["Welcome", "to", "the", "museum"]
    assert [word.confidence for word in found.words] == [0.9, 1.0, 0.8, 0.7]
    assert reached[-1] == 2.0


@pytest.mark.parametrize(
    "made_up",
    [
        {"silence": 0.9, "likelihood": -1.5},
        {"density": 5.0},
        {"words": [[f" {k}", 0.5, 0.6, 0.9] for k in range(round(3 * MOST_WORDS))]},
        {"words": [[" …", 0.5, 0.6, 0.9]], "text": " …"},
    ],
)
def test_what_nobody_says_is_left_out(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, made_up: dict[str, Any]
) -> None:
    found = hear(monkeypatch, tmp_path, [SAID, SAID | made_up, {"done": True}])
    assert len(found.passages) == 1


def test_a_loop_is_cut_short(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    found = hear(monkeypatch, tmp_path, [*[SAID] * 30, {"done": True}])
    assert len(found.passages) == REPEATS


def test_chinese_words_of_several_characters_stay_words(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    said = SAID | {"text": "欢迎。", "words": [["欢迎。", 0.5, 1.0, 0.9]]}
    found = hear(monkeypatch, tmp_path, [said, said | {"text": "谢谢。"}, {"done": True}])
    assert found.text == "欢迎。谢谢。"
    assert found.words[0].text == "欢迎"


@pytest.mark.parametrize(
    ("answers", "then", "error", "told"),
    [
        ([{"problem": "language"}], "", OptionError, "does not know the language “xx”"),
        ([{"problem": "model"}], "", MissingError, "portrayal weights verify whisper-base"),
        ([], "sys.exit(9)", PortrayalError, "exit code 9"),
        ([], "os.kill(os.getpid(), 9)", PortrayalError, "enough memory"),
    ],
)
def test_failures_of_the_process_are_told(
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
    answers: Answers,
    then: str,
    error: type[PortrayalError],
    told: str,
) -> None:
    with pytest.raises(error, match=told):
        hear(monkeypatch, tmp_path, answers, then, language="xx")


def test_the_process_ends_when_the_work_does(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    mark = tmp_path / "process"
    then = f"open({str(mark)!r}, 'w').write(str(os.getpid())); time.sleep(60)"

    def stop(reached: float) -> None:
        if mark.exists() and mark.read_text():
            raise CancelledError("stopped")

    begun = time.monotonic()
    with pytest.raises(CancelledError):
        hear(monkeypatch, tmp_path, [], then, progress=stop)
    assert time.monotonic() - begun < 30
    with pytest.raises(ProcessLookupError):
        os.kill(int(mark.read_text()), 0)


def test_long_sound_is_cut_where_it_is_quiet() -> None:
    seconds = 2 * whisper_process.LONGEST + 10
    noise = np.random.default_rng(0).integers(-9000, 9000, seconds * RATE).astype("<i2")
    for second in range(20, seconds, 20):
        noise[second * RATE : second * RATE + RATE // 2] = 0
    pieces = list(whisper_process.stretches(BytesIO(noise.tobytes())))
    assert sum(map(len, pieces)) == len(noise)
    assert np.array_equal(np.concatenate(pieces) * 32768, noise)
    assert all(len(piece) <= whisper_process.LONGEST * RATE for piece in pieces)
    assert len(pieces) == 3
    for piece in pieces[:-1]:
        assert np.abs(piece[-RATE // 10 :]).max() == 0


@pytest.mark.parametrize("length", [0, 1, RATE])
def test_short_sound_is_one_piece_or_none(length: int) -> None:
    pieces = list(whisper_process.stretches(BytesIO(np.ones(length, "<i2").tobytes())))
    assert [len(piece) for piece in pieces] == ([length] if length else [])


def test_what_is_missing_is_told_in_one_sentence(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, choose: Choose
) -> None:
    choose(weights=tmp_path)
    monkeypatch.setattr(whisper, "find_spec", lambda _: None)
    told = BASE.missing() or ""
    assert "'.[listen]'" in told
    assert "portrayal weights pull whisper-base" in told
    monkeypatch.setattr(whisper, "find_spec", lambda _: True)
    told = BASE.missing() or ""
    assert "portrayal weights pull whisper-base (148 MB, licence: MIT)" in told
    assert base.missing() == told
    for file in weights.resolve(["whisper-base"]):
        with (tmp_path / file.name).open("wb") as made:
            made.truncate(file.bytes or 0)
    assert BASE.missing() is None


def test_the_largest_that_is_there_listens(monkeypatch: pytest.MonkeyPatch) -> None:
    ranked = list(base.available().values())
    assert [one.name for one in ranked] == ["whisper-medium", "whisper-small", "whisper-base"]


@pytest.mark.slow
def test_real_words_are_heard(choose: Choose) -> None:
    pytest.importorskip("faster_whisper", reason="faster-whisper is not installed")
    place = os.environ.get("PORTRAYAL_TEST_WEIGHTS")
    if not place:
        pytest.skip("PORTRAYAL_TEST_WEIGHTS names no folder with Whisper's files")
    choose(weights=Path(place))
    spoken = join(Espeak().speak("Welcome to the museum. Please leave your umbrella at the door."))
    import soxr

    sound = soxr.resample(spoken.waveform, spoken.rate, RATE)
    found = BASE.load().listen(np.asarray(sound, np.float32))
    assert found.language == "en"
    assert "museum" in found.text
    assert not BASE.load().listen(np.zeros(5 * RATE, np.float32)).passages
