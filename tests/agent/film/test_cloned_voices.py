"""A voice is cloned with consent alone; and the film says that it is."""

from __future__ import annotations

import json
from importlib.util import find_spec
from pathlib import Path

import numpy as np
import pytest

from agent.film import casting
from agent.film.plan import cloned, narration, of_request
from agent.film.sound import say_line
from agent.request.brief import Brief
from agent.request.model import Request
from agent.script.plan import staged
from agent.script.reader import read
from agent.serve.toolbox import arguments
from agent.terminal.session import Session
from tests.agent.conftest import SMALL, Begin, Run, said, write_wav
from tests.settings import Choose
from tools import provenance
from tools.errors import ConsentError, InputError, OptionError, ScriptError
from tools.provenance import manifest
from tools.speech.espeak import Espeak
from tools.speech.narration import join

if not (find_spec("onnx") and find_spec("sentencepiece")):
    pytest.skip("onnx or sentencepiece is not installed", allow_module_level=True)

from tests import tiny_pocket

WORDS = "This is my own voice, and I agree that it is used here. I read a few words more, so that "
WORDS += "there is enough of it."
TINY = (*SMALL, "--renderer", "warp", "--head-motion", "still")


@pytest.fixture
def maria(tmp_path: Path, choose: Choose) -> Path:
    """A recording, beside networks that can clone its voice."""
    (shelf := tmp_path / "shelf").mkdir()
    choose(weights=shelf, catalogue=tiny_pocket.make(shelf))
    speech = join(Espeak().speak(WORDS))
    return write_wav(tmp_path / "maria.wav", speech.waveform.astype(np.float64), speech.rate)


def ask(voice: Path, portrait: Path, **more: object) -> Request:
    return Request.of(
        text="All is well.", voice=str(voice), portrait=portrait, output=Path("a.mp4"), **more
    )


def test_without_consent_it_is_refused(maria: Path, portrait: Path) -> None:
    with pytest.raises(OptionError, match=r"“maria\.wav” .* consent .* add --consent"):
        ask(maria, portrait)
    with pytest.raises(OptionError, match="--consent"):
        Brief.of(prompt="Hi.", options={"portrait": portrait, "output": "a.mp4", "voice": "x.MP3"})


def test_with_consent_the_recording_speaks(maria: Path, portrait: Path) -> None:
    plan = of_request(ask(maria, portrait, consent=True))
    spec, _, voice = casting.chosen(None, plan.scenes[0].lines[0].voice)
    assert (spec.name, voice) == ("pocket", str(maria))
    assert plan.language == "en-us"  # whose figures are spelled out
    assert cloned(plan.scenes)
    usual = Request.of(text="Hi.", portrait=portrait, output=Path("a.mp4"))
    assert not cloned(of_request(usual).scenes)


def test_the_film_says_so(run: Run, maria: Path, portrait: Path) -> None:
    result = run(
        "make", "All is well.", "-p", portrait, "-o", "a.mp4", "--voice", maria, "--consent",
        "--json", *TINY,
    )  # fmt: skip
    assert result.exit_code == 0, result.output
    credentials = provenance.read(Path("a.mp4"))
    assert credentials is not None
    assert credentials.integrity == "intact"
    assert credentials.cloned
    assert "cloned" in provenance.described(credentials)
    shown = run("inspect", "a.mp4", "--json")
    assert json.loads(shown.stdout)["credentials"]["cloned"] is True


def test_other_films_do_not_say_so() -> None:
    assert manifest.CLONED not in manifest.NO_TAGS.metadata()["comment"]
    tags = manifest.Tags("Tea", "abc", cloned=True)
    assert manifest.CLONED in tags.metadata()["comment"]
    assert manifest.is_made_from(tags.metadata(), "abc")


def test_the_command_line_asks_and_takes_no_for_an_answer(
    run: Run, maria: Path, portrait: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[str] = []

    def refuse(session: Session, question: str) -> bool:
        asked.append(question)
        return False

    monkeypatch.setattr(Session, "confirm", refuse)
    result = run("make", "Hi.", "-p", portrait, "-o", "a.mp4", "--voice", maria, *SMALL)
    assert result.exit_code == 3
    assert "consent" in said(result)
    assert len(asked) == 1
    assert "maria.wav" in asked[0]
    assert not Path("a.mp4").exists()


def test_nobody_at_a_terminal_is_no_consent(run: Run, maria: Path, portrait: Path) -> None:
    result = run("preview", "Hi.", "-p", portrait, "-o", "a.mp4", "--voice", maria, *SMALL)
    assert result.exit_code == 3
    assert "--consent" in said(result)


def test_a_voice_is_not_heard_without_it_either(run: Run, maria: Path) -> None:
    result = run("voices", maria, "--listen", "--json")
    assert result.exit_code == 3
    assert json.loads(result.stdout)["error"] in {"ConsentError", "OptionError"}
    with pytest.raises(ConsentError, match="agrees"):
        say_line(narration("All is well.", None, str(maria), 1.0))


def test_consent_is_kept_with_the_production(begin: Begin, maria: Path) -> None:
    with pytest.raises(OptionError, match="--consent"):
        Brief.asked("Hi.", portrait="face.png", output="a.mp4", voice=str(maria))
    brief = Brief.asked(
        "Hi.", portrait="face.png", output="a.mp4", voice=maria.name, consent=True
    ).anchored()
    kept = json.loads(brief.model_dump_json())["options"]
    assert kept["consent"] is True


SCRIPT = """\
version: 1
portraits: {{ann: face.png}}
voices: {{maria: {{voice: {voice}{more}}}}}
defaults: {{voice: maria}}
scenes: [text: Hello there.]
"""


@pytest.fixture
def script(maria: Path, portrait: Path, tmp_path: Path) -> Path:
    (folder := tmp_path / "script").mkdir()
    (folder / "face.png").write_bytes(portrait.read_bytes())
    (folder / "maria.wav").write_bytes(maria.read_bytes())
    return folder / "film.yaml"


def test_a_script_says_it(script: Path) -> None:
    script.write_text(SCRIPT.format(voice="maria.wav", more=""))
    with pytest.raises(ScriptError, match=r"film\.yaml:3:.*consent.*add consent"):
        read(script)
    script.write_text(SCRIPT.format(voice="maria.wav", more=", consent: true"))
    found = read(script)
    plan = staged(found.script, found.ids, script.with_suffix(".mp4"))
    [line] = plan.scenes[0].lines
    assert line.voice == str(script.with_name("maria.wav"))
    assert line.consent
    assert cloned(plan.scenes)


@pytest.mark.parametrize("voice", ["../maria.wav", "/etc/passwd.wav", "nobody.wav", "film.wav"])
def test_a_script_reads_only_recordings_in_its_folder(script: Path, voice: str) -> None:
    script.with_name("film.wav").write_text("no sound")
    script.write_text(SCRIPT.format(voice=voice, more=", consent: true"))
    with pytest.raises(ScriptError, match=r"film\.yaml:3:"):
        read(script)


def test_agents_cannot_give_it() -> None:
    assert "consent" not in arguments.Render.model_fields
    assert "consent" not in arguments.Speak.model_fields
    from agent.serve.toolbox import work

    with pytest.raises(InputError, match="file"):
        work._check_voice("maria.wav")
