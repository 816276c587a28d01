"""``portrayal transcribe``: what a recording says, in every form."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
import soundfile

from tests.agent.conftest import Run
from tests.hearer import TEXT, Hearer, present, spec
from tools.errors import AudioError, MissingError, OptionError, OutputError
from tools.listening import base
from tools.speech.espeak import Espeak
from tools.speech.narration import join


@pytest.fixture
def recording(tmp_path: Path) -> Path:
    spoken = join(Espeak().speak(TEXT), lead=0.7)
    soundfile.write(tmp_path / "talk.wav", spoken.waveform, spoken.rate)
    return tmp_path / "talk.wav"


@pytest.mark.usefixtures("hearer")
def test_every_form_says_the_same(run: Run, recording: Path, tmp_path: Path) -> None:
    forms = ("a.txt", "a.srt", "a.vtt", "a.json")
    result = run("transcribe", recording, *(part for form in forms for part in ("-o", form)))
    assert result.exit_code == 0, result.output
    assert TEXT in result.stdout
    assert (tmp_path / "a.txt").read_text(encoding="utf-8") == f"{TEXT}\n"
    assert "Welcome to the museum." in (tmp_path / "a.srt").read_text(encoding="utf-8")
    assert "museum." in (tmp_path / "a.vtt").read_text(encoding="utf-8")
    told = json.loads((tmp_path / "a.json").read_text(encoding="utf-8"))
    assert told["text"] == TEXT
    assert told["language"] == "en"
    assert [word["text"] for word in told["words"]][:2] == ["Welcome", "to"]
    assert told["words"][0]["start"] == pytest.approx(0.7, abs=0.1)
    assert {word["confidence"] for word in told["words"]} == {0.9}


def test_as_json_with_a_language(run: Run, recording: Path, hearer: Hearer) -> None:
    result = run("transcribe", recording, "--language", "en", "--json", "-q")
    told = json.loads(result.stdout)
    assert told["recording"] == str(recording)
    assert told["seconds"] == pytest.approx(soundfile.info(recording).duration, abs=0.01)
    assert hearer.asked == ["en"]


@pytest.mark.usefixtures("hearer")
def test_what_cannot_be_done(run: Run, recording: Path, tmp_path: Path) -> None:
    for given, error, told in (
        (["-o", "a.doc"], OptionError, ".txt, .srt, .vtt, .json"),
        (["-o", "none/a.txt"], OutputError, "does not exist"),
        (["--clean"], MissingError, "portrayal weights pull deepfilternet"),
        (["--listener", "nobody"], OptionError, "no listener “nobody”"),
    ):
        result = run("transcribe", recording, *given)
        assert result.exit_code == error.exit_code, result.output
        assert told in result.output.replace("\n", " ")
    assert run("transcribe", "none.wav").exit_code == AudioError.exit_code
    assert not list(tmp_path.glob("a.*"))


def test_nobody_speaks_or_listens(
    run: Run, recording: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with present(monkeypatch, spec(Hearer(""))):
        result = run("transcribe", recording)
    assert result.exit_code == AudioError.exit_code
    assert "Nobody is heard speaking in “talk.wav”" in result.output
    monkeypatch.undo()
    if base.best() is None:
        result = run("transcribe", recording)
        assert result.exit_code == MissingError.exit_code
        assert "whisper-base" in result.output
