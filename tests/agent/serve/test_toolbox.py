"""The toolbox: other agents call it, some of them misled, so nothing they say is trusted."""

from __future__ import annotations

import hashlib
import os
import threading
import wave
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from langchain_core.messages import ToolMessage
from langchain_core.tools import BaseTool
from PIL import Image as Pictures

from agent.events import Began, Event, Work
from agent.serve.toolbox import toolbox, work
from agent.serve.toolbox.folders import Folders
from tools.errors import InputError, OptionError, OutputError
from tools.media import Image

SMALL: dict[str, Any] = {"size": 144, "fps": 10}
RENDER: dict[str, Any] = {"portrait": "face.png", "output": "a.mp4", "text": "Hi.", **SMALL}
Call = Callable[..., Any]


@pytest.fixture
def shelter(tmp_path: Path, face: Image, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with a portrait, beside one with what nobody may touch; the process stands there."""
    inside, outside = tmp_path / "inside", tmp_path / "outside"
    inside.mkdir()
    outside.mkdir()
    Pictures.fromarray(face).save(inside / "face.png")
    Pictures.fromarray(face).save(outside / "private.png")
    (outside / "words.txt").write_text("The secret is pineapple.")
    (outside / "voice.onnx").write_bytes(b"no model")
    (inside / "way_out").symlink_to(outside)
    (inside / "link.png").symlink_to(outside / "private.png")
    (inside / "dangling.wav").symlink_to(outside / "new.wav")
    (inside / "loop.png").symlink_to(inside / "loop.png")
    (inside / "notes.txt").write_text("Mine.")
    (inside / "folder.wav").mkdir()
    if hasattr(os, "mkfifo"):
        os.mkfifo(inside / "pipe.png")
    monkeypatch.chdir(outside)
    return inside


@pytest.fixture
def call(shelter: Path) -> Call:
    """``call("speak", text="Hi.", …)``: what the tool gives to whoever invokes it."""
    tools = {tool.name: tool for tool in toolbox([shelter])}

    def call(name: str, **arguments: Any) -> Any:
        return tools[name].invoke(arguments)

    return call


def on_disk(folder: Path) -> dict[str, str]:
    """Everything below ``folder``, with what is in it."""

    def content(path: Path) -> str:
        if path.is_symlink():
            return f"link to {path.readlink()}"
        return hashlib.sha256(path.read_bytes()).hexdigest() if path.is_file() else "no file"

    return {str(path): content(path) for path in sorted(folder.rglob("*"))}


# --- What they do ---------------------------------------------------------------------------


def test_every_tool_says_what_it_takes(shelter: Path) -> None:
    tools = toolbox([shelter])
    names = ["speak", "render", "upscale", "compose", "inspect", "list_voices", "list_renderers"]
    assert [tool.name for tool in tools] == names
    for tool in tools:
        schema = tool.get_input_jsonschema()
        assert schema["additionalProperties"] is False
        assert all(given.get("description") for given in schema["properties"].values()), tool.name
        assert len(tool.description) > 40


def test_speak_writes_a_sound_file_and_says_when_each_word_is_said(
    call: Call, shelter: Path
) -> None:
    said = call("speak", text="Hello **world**.", output="hello.wav")
    assert [word["word"] for word in said["words"]] == ["Hello", "world"]
    times = [t for word in said["words"] for t in (word["start"], word["end"])]
    assert times == sorted(times)
    with wave.open(str(shelter / said["path"])) as file:
        assert file.getframerate() == said["rate"]
        assert file.getnframes() / said["rate"] == pytest.approx(said["duration"], abs=0.001)
        assert max(file.readframes(file.getnframes())) > 0


def test_a_portrait_is_composed_enlarged_rendered_and_inspected(call: Call, shelter: Path) -> None:
    still = call("compose", portrait="face.png", output="still.png", size=144, background="#204060")
    assert still["size"] == [256, 144]
    with Pictures.open(shelter / still["path"]) as picture:
        assert picture.size == (256, 144)
        assert picture.getpixel((2, 2)) == (0x20, 0x40, 0x60)

    call("speak", text="Good morning to you.", output="words.wav")
    film = call(
        "render",
        portrait="face.png",
        output="film.mp4",
        audio="words.wav",
        transcript="Good morning to you.",
        background="still.png",
        captions="srt",
        **SMALL,
    )
    assert (film["path"], film["captions"]) == ("film.mp4", "film.srt")
    assert film["timing"] == "aligned"
    assert "Good morning" in (shelter / "film.srt").read_text()

    report = call("inspect", video="film.mp4")
    assert report["path"] == "film.mp4"
    assert report["size"] == [256, 144]
    assert report["credentials"]["ai_generated"] is True
    assert report["origin"].startswith("AI-generated")


def test_upscale_writes_a_larger_picture(call: Call, shelter: Path, face: Image) -> None:
    Pictures.fromarray(face[100:124, 100:132]).save(shelter / "small.png")
    large = call("upscale", picture="small.png", output="large.png", factor=2)
    assert large == {"path": "large.png", "size": [64, 48]}
    with Pictures.open(shelter / "large.png") as picture:
        assert picture.size == (64, 48)


def test_voices_and_renderers_are_listed(call: Call) -> None:
    voices = call("list_voices", language="de")["voices"]
    assert voices
    assert {voice["language"].split("-")[0] for voice in voices} == {"de"}
    listed = {r["name"]: r for r in call("list_renderers")["renderers"]}
    assert listed["warp"]["missing"] is None
    settings = {setting["name"] for setting in listed["sadtalker"]["settings"]}
    assert "pose_style" in settings
    assert not settings & {"weights", "config", "blink_video", "pose_video"}


def test_a_string_is_the_first_argument(shelter: Path) -> None:
    tools = {tool.name: tool for tool in toolbox([shelter])}
    assert "no file “film.mp4”" in tools["inspect"].invoke("film.mp4")


def test_a_tool_call_is_answered_by_a_message_that_says_whether_it_failed(shelter: Path) -> None:
    tools = {tool.name: tool for tool in toolbox([shelter])}
    assert isinstance(tools["speak"], BaseTool)
    arguments = {"text": "Hi.", "output": "hi.wav"}
    calls = {"type": "tool_call", "id": "1", "name": "speak", "args": arguments}
    first, second = tools["speak"].invoke(calls), tools["speak"].invoke(calls)
    assert isinstance(first, ToolMessage)
    assert (first.status, second.status) == ("success", "error")
    assert second.content == ("“hi.wav” already exists; name another file, or give overwrite=true.")


# --- Files that are there already -----------------------------------------------------------


def test_a_file_is_replaced_only_on_demand(call: Call, shelter: Path) -> None:
    call("speak", text="One.", output="a.wav")
    before = (shelter / "a.wav").read_bytes()
    assert "already exists" in call("speak", text="Two, three, four.", output="a.wav")
    assert (shelter / "a.wav").read_bytes() == before
    call("speak", text="Two, three, four.", output="a.wav", overwrite=True)
    assert (shelter / "a.wav").read_bytes() != before


def test_captions_beside_a_film_are_not_replaced_unasked(call: Call, shelter: Path) -> None:
    (shelter / "a.srt").write_text("Written by hand.")
    assert "a.srt” already exists" in call("render", **RENDER, captions="srt")
    assert (shelter / "a.srt").read_text() == "Written by hand."
    assert not (shelter / "a.mp4").exists()


def test_a_source_is_never_replaced(call: Call, shelter: Path) -> None:
    before = on_disk(shelter)
    answer = call("compose", portrait="face.png", output="face.png", overwrite=True)
    assert "it is a source" in answer
    os.link(shelter / "face.png", shelter / "same.png")
    answer = call("upscale", picture="face.png", output="same.png", overwrite=True)
    assert "it is a source" in answer
    (shelter / "same.png").unlink()
    assert on_disk(shelter) == before


def test_two_calls_do_not_write_the_same_file(shelter: Path) -> None:
    folders = Folders([shelter])
    with (
        folders.target("a.wav", ".wav", False),
        pytest.raises(OutputError, match="by another call"),
        folders.target("./a.wav", ".wav", True),
    ):
        pass
    with folders.target("a.wav", ".wav", False) as path:
        assert path == shelter.resolve() / "a.wav"


# --- Hostile calls --------------------------------------------------------------------------

SPEAK: dict[str, Any] = {"text": "Hi.", "output": "a.wav"}
COMPOSE: dict[str, Any] = {"portrait": "face.png", "output": "a.png", "size": 144}
SAD: dict[str, Any] = {**RENDER, "renderer": "sadtalker"}

HOSTILE: list[tuple[str, dict[str, Any], str]] = [
    ("speak", {**SPEAK, "output": "../outside/a.wav"}, "leads upwards"),
    ("speak", {**SPEAK, "output": "folder.wav/../../outside/a.wav"}, "leads upwards"),
    ("speak", {**SPEAK, "output": "/a.wav"}, "outside the folder"),
    ("speak", {**SPEAK, "output": "way_out/a.wav"}, "outside the folder"),
    ("speak", {**SPEAK, "output": "dangling.wav", "overwrite": True}, "a link"),
    ("speak", {**SPEAK, "output": "folder.wav", "overwrite": True}, "a folder"),
    ("speak", {**SPEAK, "output": "notes.txt", "overwrite": True}, "ends in .wav"),
    ("speak", {**SPEAK, "output": ".wav"}, "ends in .wav"),
    ("speak", {**SPEAK, "output": ".hidden.wav"}, "ends in .wav"),
    ("speak", {**SPEAK, "output": "a.wav\0.txt"}, "not a path"),
    ("speak", {**SPEAK, "output": "a\n.wav"}, "not a path"),
    ("speak", {**SPEAK, "output": "a\ud800.wav"}, "not a path"),
    ("speak", {**SPEAK, "output": "b" * 400 + ".wav"}, "cannot be"),
    ("speak", {**SPEAK, "output": "b" * 100_000}, "is too long"),
    ("speak", {**SPEAK, "output": "nowhere/a.wav"}, "does not exist"),
    ("speak", {**SPEAK, "output": ["a.wav"]}, "the path of a file, not a list"),
    ("speak", {**SPEAK, "output": None}, "the path of a file, not nothing"),
    ("speak", {**SPEAK, "text": "x" * 1_000_000}, "at most 10,000"),
    ("speak", {**SPEAK, "text": ""}, "text is empty"),
    ("speak", {**SPEAK, "text": "\0\x1b ** "}, "nothing"),
    ("speak", {**SPEAK, "voice": "voice.onnx"}, "is a file"),
    ("speak", {**SPEAK, "voice": "voice.onnx", "engine": "piper"}, "is a file"),
    ("speak", {**SPEAK, "voice": "../voice"}, "a voice’s name"),
    ("speak", {**SPEAK, "engine": "espeak;ls"}, "has to be a name"),
    ("speak", {**SPEAK, "speed": float("inf")}, "that can be written down"),
    ("speak", {**SPEAK, "speed": 10**400}, "has to be a number"),
    ("speak", {**SPEAK, "overwrite": "yes"}, "true or false"),
    ("speak", {**SPEAK, "folder": "/"}, "no argument “folder”"),
    ("speak", {**SPEAK, "a\n\x1b[2Jb": "/"}, "no argument “a  [2Jb”"),
    ("speak", {**SPEAK, **{f"n{n}": n for n in range(1000)}}, "There are 997 more."),
    ("speak", {**SPEAK, "config": {"tags": ["x"]}}, "no argument “config”"),
    ("speak", {}, "argument text is missing"),
    ("compose", {**COMPOSE, "portrait": "../outside/private.png"}, "leads upwards"),
    ("compose", {**COMPOSE, "portrait": "link.png"}, "outside the folder"),
    ("compose", {**COMPOSE, "portrait": "way_out/private.png"}, "outside the folder"),
    ("compose", {**COMPOSE, "portrait": "/no/such/file.png"}, "outside the folder"),
    ("compose", {**COMPOSE, "portrait": "loop.png"}, "that can be followed"),
    ("compose", {**COMPOSE, "portrait": "pipe.png"}, "not a regular file"),
    ("compose", {**COMPOSE, "portrait": "/dev/zero"}, "outside the folder"),
    ("compose", {**COMPOSE, "portrait": "notes.txt"}, "not a picture"),
    ("compose", {**COMPOSE, "background": "private.png"}, "no file"),
    ("compose", {**COMPOSE, "background": "#zzz"}, "a colour as #rrggbb"),
    ("compose", {**COMPOSE, "size": 10**9}, "144 to 2160 pixels"),
    ("compose", {**COMPOSE, "face": 10**12}, "1 to 100"),
    ("render", {**RENDER, "text": None, "text_file": "words.txt"}, "no file"),
    ("render", {**RENDER, "text": None, "audio": "way_out/words.txt"}, "outside the folder"),
    ("render", {**RENDER, "text": None}, "nothing to say"),
    ("render", {**RENDER, "background": "~/private.png"}, "no file"),
    ("render", {**RENDER, "output": "notes.txt", "overwrite": True}, "ends in .mp4"),
    ("render", {**RENDER, "fps": 1e9}, "10 to 60"),
    ("render", {**RENDER, "seed": -1}, "out of range"),
    ("render", {**RENDER, "settings": {"size": "256"}}, "belong to one renderer"),
    ("render", {**SAD, "settings": {"weights": "models"}}, "is a path"),
    ("render", {**SAD, "settings": {"config": "evil.yaml"}}, "is a path"),
    ("render", {**SAD, "settings": {"blink_video": "film.mp4"}}, "is a path"),
    ("render", {**SAD, "settings": {"weights": "/etc"}}, "a plain value"),
    ("render", {**SAD, "settings": {"a=b": "c"}}, "a plain name"),
    ("render", {**SAD, "settings": {f"n{n}": "1" for n in range(50)}}, "at most 20"),
    ("render", {**RENDER, "renderer": "../warp"}, "has to be a name"),
    ("upscale", {"picture": "face.png", "output": "a.png", "factor": 1e308}, "1 to 16"),
    ("upscale", {"picture": "face.png", "output": "a.png", "model": "no"}, "has no model"),
    ("inspect", {"video": "/etc/passwd"}, "outside the folder"),
    ("inspect", {"video": "notes.txt"}, "cannot be read as a video"),
    ("list_voices", {"language": "../../etc"}, "has to be a language"),
    ("list_renderers", {"folder": "/"}, "no argument"),
    ("list_renderers", {"renderer": "none"}, "no renderer"),
]


@pytest.mark.parametrize(("name", "arguments", "sentence"), HOSTILE)
def test_a_hostile_call_is_one_sentence_and_changes_nothing(
    name: str, arguments: dict[str, Any], sentence: str, call: Call, shelter: Path
) -> None:
    before = on_disk(shelter.parent)
    answer = call(name, **arguments)
    assert isinstance(answer, str)
    assert sentence in answer
    assert "Traceback" not in answer
    assert "bug" not in answer
    assert len(answer) < 600
    assert answer.isprintable()
    assert on_disk(shelter.parent) == before


def test_a_transcript_is_never_read_as_the_name_of_a_file(call: Call, shelter: Path) -> None:
    call("speak", text="Good morning.", output="words.wav")
    film = {**RENDER, "text": None, "audio": "words.wav", "captions": "srt"}
    call("render", **film, transcript="words.txt")  # stands in the folder of the process
    said = (shelter / "a.srt").read_text()
    assert "pineapple" not in said


def test_a_narration_in_a_file_is_bounded_too(call: Call, shelter: Path) -> None:
    (shelter / "long.txt").write_text("On and on. " * 2000)
    answer = call("render", **{**RENDER, "text": None, "text_file": "long.txt"})
    assert "at most 10,000" in answer


def test_a_folder_is_needed(tmp_path: Path) -> None:
    with pytest.raises(OptionError, match="at least one"):
        toolbox([])
    with pytest.raises(OptionError, match="not a folder"):
        toolbox([tmp_path / "none"])


def test_several_folders_may_be_used(shelter: Path, tmp_path: Path) -> None:
    folders = Folders([shelter, tmp_path / "outside"])
    assert folders.source("way_out/words.txt").name == "words.txt"
    assert folders.source(str(tmp_path / "outside" / "words.txt")).is_file()
    with pytest.raises(InputError, match="no file"):
        folders.source("words.txt")


# --- One at a time --------------------------------------------------------------------------


@pytest.fixture
def busy(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Something is at work, and nobody waits for it."""
    monkeypatch.setattr(work, "PATIENCE", 0.01)
    started, ended = threading.Event(), threading.Event()

    def hold() -> None:
        with work._alone():
            started.set()
            ended.wait(60)

    thread = threading.Thread(target=hold)
    thread.start()
    started.wait(60)
    yield
    ended.set()
    thread.join()


@pytest.mark.usefixtures("busy")
def test_one_call_works_at_a_time(call: Call, shelter: Path) -> None:
    assert "still at work" in call("render", **RENDER)
    assert not (shelter / "a.mp4").exists()
    assert call("list_renderers")["renderers"]


def test_a_withdrawn_call_leaves_nothing(call: Call, shelter: Path) -> None:
    def watch(event: Event) -> None:
        if isinstance(event, Began) and event.name == "finish":
            withdrawn.cancel()

    before, withdrawn = on_disk(shelter), Work(watch)
    token = work.working.set(withdrawn)
    try:
        assert "Stopped before the end" in call("render", **RENDER)
    finally:
        work.working.reset(token)
    assert on_disk(shelter) == before
    assert call("speak", **SPEAK)["path"] == "a.wav"
