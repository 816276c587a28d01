"""flite and Festival through stand-ins for the programs, so that the path is run anywhere."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from tools.errors import MissingError, OptionError, PortrayalError
from tools.speech import external
from tools.speech.base import available, load

# Both leave half a second of sound and the phones of "map"; what they were told goes to a log.
_COMMON = """\
import math, re, struct, sys, wave
from pathlib import Path
def leave(name):
    with wave.open(name, "wb") as file:
        file.setnchannels(1); file.setsampwidth(2); file.setframerate(8000)
        file.writeframes(b"".join(
            struct.pack("<h", int(9000 * math.sin(k / 5))) for k in range(4000)))
log = Path(__file__).with_suffix(".log")
"""
_FLITE = """\
if "-lv" in sys.argv:
    print("Voices available: kal awb_time slt")
else:
    log.write_text(repr(sys.argv[1:]) + Path(sys.argv[sys.argv.index("-f") + 1]).read_text())
    leave(sys.argv[sys.argv.index("-o") + 1])
    print("pau:0.100 m:0.200 ae:0.300 p:0.400 pau:0.500 ")
"""
_FESTIVAL = """\
if "voice.list" in sys.argv[-1]:
    print("(rab_diphone kal_diphone cmu_us_slt_arctic_hts)")
else:
    log.write_text(Path(sys.argv[-1]).read_text())
    leave("wave")
    rows = ((0.1, "pau"), (0.2, "m"), (0.3, "ae"), (0.4, "p"), (0.5, "pau"))
    Path("segments").write_text("#\\n" + "".join(f"{e:.4f} 100 {p}\\n" for e, p in rows))
"""


def install(folder: Path, name: str, body: str, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Put a program called ``name`` first, and alone, on PATH; returns the log it writes."""
    program = folder / name
    program.write_text(f"#!{sys.executable}\n{_COMMON}{body}")
    program.chmod(0o755)
    monkeypatch.setenv("PATH", str(folder))
    return program.with_suffix(".log")


@pytest.mark.parametrize(
    ("name", "body", "voices"),
    [
        ("flite", _FLITE, ["slt", "kal"]),
        ("festival", _FESTIVAL, ["cmu_us_slt_arctic_hts", "kal_diphone"]),
    ],
)
def test_what_the_program_says_becomes_speech(
    name: str, body: str, voices: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    log = install(tmp_path, name, body, monkeypatch)
    engine = load(name)
    assert [voice.name for voice in engine.voices()] == voices
    (piece,) = engine.speak("“Map”.", speed=2)
    assert piece.rate == 8000
    assert [(p.symbol, p.start, p.end) for p in piece.phonemes] == [
        ("m", 0.1, 0.2),
        ("æ", 0.2, 0.3),
        ("p", 0.3, 0.4),
    ]
    (word,) = piece.words
    assert (word.text, word.start, word.end) == ("Map", 0.1, 0.4)
    assert piece.duration == pytest.approx(0.4 + 0.42 / 2, abs=0.01)  # its silence, then ours
    assert "Map" in log.read_text()
    assert "0.5000" in log.read_text()
    with pytest.raises(OptionError, match=voices[1]):
        engine.speak("Map.", "rab_diphone")


@pytest.mark.parametrize(("name", "body"), [("flite", _FLITE), ("festival", _FESTIVAL)])
def test_text_reaches_the_program_without_quotes_or_backslashes(
    name: str, body: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    log = install(tmp_path, name, body, monkeypatch)
    plain = log.parent / "plain.log"
    list(load(name).speak("a system b"))
    plain.write_text(log.read_text())
    list(load(name).speak('a") (system "b'))
    assert log.read_text() == plain.read_text()


@pytest.mark.parametrize("name", ["flite", "festival"])
def test_without_the_program(name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    assert f"apt install {name}" in (available()[name].missing() or "")
    with pytest.raises(MissingError, match="not installed"):
        load(name)


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ("sys.exit('out of breath')", "status 1: out of breath"),
        ("sys.exit(3)", "status 3"),
        ("print('pau:0.1')", "no usable sound"),
        ("Path('wave').write_bytes(b'RIFF')", "no usable sound"),
    ],
)
def test_a_program_that_fails(
    body: str, expected: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    listing = "if '-lv' in sys.argv: print('Voices available: slt'); sys.exit()\n"
    install(tmp_path, "flite", listing + body, monkeypatch)
    with pytest.raises(PortrayalError, match=expected):
        list(load("flite").speak("Hello."))


def test_a_program_that_hangs_is_stopped(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    install(tmp_path, "flite", "import time; time.sleep(60)", monkeypatch)
    with pytest.raises(PortrayalError, match="more than"):
        external.run(["flite"], tmp_path, timeout=0.2)


@pytest.mark.parametrize(
    ("text", "plain"),
    [
        ("Café – naïve “quote”", "Cafe , naive quote"),
        ('a\\b"c`d(e)f{g}h\n', "a b c d e f g h"),
        ("Straße ’tis 50%", "Strasse 'tis 50%"),
        ("你好", ""),
    ],
)
def test_ascii_text(text: str, plain: str) -> None:
    assert external.ascii_text(text) == plain
