"""What the user orders with a slash, and a chat that is taken up again."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest

from agent.chat.conversation import Conversation, file_of, load, save
from agent.script.reader import read
from tests.agent.chat.conftest import Talk, changes, does, revises
from tools.errors import InputError, OptionError, OutputError

DRAFT = "Tea is hot.\n\nMilk is cold."


def test_undo_and_redo_go_through_the_versions(talk: Talk) -> None:
    told = talk("One.", "+ Two.", "+ Three.", "/undo", "/undo", "/redo", "/set fps 30", "/redo")
    assert told.said == ["One.", "Two."]
    assert told.brief.request().fps == 30
    assert "There is nothing to redo." in told.shown
    assert "  + Three." in told.shown
    assert "- Scene “scene-3” (1 line)" in told.shown


def test_the_first_words_can_be_undone(talk: Talk) -> None:
    told = talk("One.", "/undo", "/undo", "/show")
    assert "- all words" in told.shown
    assert "There is nothing to undo." in told.shown
    assert "There are no words yet" in told.shown


def test_options_of_a_model_can_be_undone_too(talk: Talk) -> None:
    told = talk("go", "upright", "/undo", replies=[revises(), changes(aspect="9:16")])
    assert told.brief.request().aspect == "16:9"
    assert "aspect: 9:16 → 16:9" in told.shown


def test_show_options_and_help_change_nothing(talk: Talk) -> None:
    told = talk("One. Two?", "/show", "/options", "/help")
    assert len(told.chat.conversation.versions) == 2
    for word in ("   Two?", "head_motion  calm", "/save FILE.yaml", "cut 2"):
        assert word in told.shown


def test_set_takes_what_the_model_may_take(talk: Talk, tmp_path: Path) -> None:
    told = talk("One.", "/set portrait other", "/set aspect=1:1", "/set --head-motion lively",
                "/set voice en-us+f3", "/set speed 1.2", "/set background #102030",
                "/set background own", "/set seconds 20", "/set language de")  # fmt: skip
    request = told.brief.request()
    assert (request.portrait, request.aspect) == (tmp_path / "other.png", "1:1")
    assert (request.head_motion, request.speed, request.background) == ("lively", 1.2, None)
    assert (told.brief.seconds, told.brief.language, request.voice) == (20.0, "de", None)


@pytest.mark.parametrize(
    "order",
    ["output x.mp4", "portrait /etc/passwd", "portrait third", "fps 500", "fps many", "aspect 4:3",
     "voice /a/b.onnx", "voice nobody", "background /etc/passwd", "background ../a.png", "set x=1",
     "expression mad", "expression happy:7", "size 9999", "language ../..", "seconds 1", "seed 4",
     "renderer sadtalker", "engine piper", "facts /etc/passwd", "draft no", "fps", "",
     "text_file /etc/passwd", "audio a.wav", "tone " + "x" * 81, "speed 9"],
)  # fmt: skip
def test_set_refuses_all_else_in_a_sentence(talk: Talk, new: Conversation, order: str) -> None:
    told = talk(f"/set {order}")
    assert told.brief == new.current.brief
    assert len(told.shown.strip().splitlines()) == 1


@pytest.mark.parametrize("name", ["scenes.yaml", "scenes.YML"])
def test_save_writes_a_script_of_what_was_written(talk: Talk, name: str) -> None:
    told = talk(f'"""{DRAFT}', '"""', f"/save {name}")
    found = read(Path(name), allow_outside=True, files=False)
    play = told.chat.screenplay
    assert found.ids == tuple(scene.id for scene in play.scenes)
    said = [line.text for scene in found.script.scenes for line in scene.lines]
    assert said == [line.text for line in play.lines]


def test_save_asks_before_it_replaces(talk: Talk) -> None:
    Path("scenes.yaml").write_text("mine")
    talk("One.", "/save scenes.yaml", "n")
    assert Path("scenes.yaml").read_text() == "mine"
    talk("One.", "/save scenes.yaml", "y")
    assert "One." in Path("scenes.yaml").read_text()


@pytest.mark.parametrize(
    "where", ["", "scenes.exe", "/etc/passwd", "missing/scenes.yaml", "scenes.json", ".."]
)
def test_save_refuses_other_places_in_a_sentence(talk: Talk, where: str) -> None:
    before = set(Path().iterdir())
    assert "Saved" not in talk("One.", f"/save {where}").shown
    assert set(Path().iterdir()) == before


def test_an_unknown_command_names_the_nearest(talk: Talk) -> None:
    told = talk("/rendr", "/", "/etc/passwd")
    assert "did you mean /render?" in told.shown
    assert told.shown.count("/help lists them") == 3


def test_quit_ends_before_what_follows(talk: Talk) -> None:
    assert talk("One.", "/quit", "+ Two.").said == ["One."]


def test_a_block_is_one_turn_and_never_a_command(talk: Talk) -> None:
    told = talk('"""', "/save pasted.json", "/quit", "Tea.", '"""', "+ Milk.")
    assert not Path("pasted.json").exists()
    assert "quit" in told.said[0]
    assert told.said[-1] == "Milk."


@pytest.mark.parametrize("text", ["x" * 16_001, '"""' + "x" * 9000 + "\n" + "y" * 9000 + '\n"""'])
def test_what_is_too_long_is_refused_and_the_chat_goes_on(talk: Talk, text: str) -> None:
    told = talk(text, "One.")
    assert "longer than 16,000 characters" in told.shown
    assert told.said == ["One."]


# --- Kept ---------------------------------------------------------------------------------------


def test_a_conversation_is_taken_up_with_its_past(talk: Talk) -> None:
    first = talk("go", "upright", "/undo", replies=[revises(tone="warm"), changes(aspect="9:16")])
    again = load("face")
    assert again == first.chat.conversation
    told = talk("/redo", "who?", replies=[does("answer", text="You.")], conversation=again)
    assert told.brief.request().aspect == "9:16"
    assert told.model is not None
    assert "Person: upright" in told.model.asked[0].messages[-1].content


def test_the_last_conversation_is_the_one_to_continue(new: Conversation) -> None:
    save(new)
    save(replace(new, name="another"))
    assert load().name == "another"


def test_what_a_killed_process_left_is_no_conversation(new: Conversation) -> None:
    save(new)
    file_of("face").with_name(".face.json.1.partial.json").write_text('{"portraits": {')
    assert load() == new


def test_there_has_to_be_a_conversation() -> None:
    with pytest.raises(OptionError, match="no conversation to continue"):
        load()
    with pytest.raises(OptionError, match="no conversation “tea”; there are: none"):
        load("tea")


@pytest.mark.parametrize("name", ["../x", "a/b", "", "A", "x" * 81, "a.json", "a\n"])
def test_a_name_is_no_path(name: str) -> None:
    with pytest.raises(OptionError, match="is not a name"):
        load(name)


@pytest.mark.parametrize(
    "damage",
    [lambda text: text[:-20], lambda text: "{}", lambda text: "\0", lambda text: "[" * 100_000,
     lambda text: text.replace('"at":0', '"at":7'),
     lambda text: text.replace('"at":0', '"at":0,"run":"x"'),
     lambda text: text.replace('"prompt":"…"', '"prompt":""'),
     lambda text: text.replace('"screenplay":null', '"screenplay":{"scenes":[]}'),
     lambda text: json.dumps(json.loads(text) | {"portraits": {}})],
)  # fmt: skip
def test_a_damaged_file_is_refused_in_a_sentence(new: Conversation, damage) -> None:  # type: ignore[no-untyped-def]
    save(new)
    file = file_of("face")
    file.write_text(damage(file.read_text("utf-8")), "utf-8")
    with pytest.raises(InputError, match="cannot be continued"):
        load("face")


def test_a_conversation_is_written_at_once_or_not_at_all(
    new: Conversation, monkeypatch: pytest.MonkeyPatch
) -> None:
    save(new)

    def full(*given: object, **more: object) -> None:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr(Path, "write_bytes", full)
        with pytest.raises(OutputError, match="the disk is full"):
            save(new.with_exchange("hello", "hi"))
    assert load("face") == new
    assert [path.name for path in file_of("face").parent.iterdir()] == ["face.json"]


def test_what_is_remembered_is_bounded(new: Conversation) -> None:
    conversation = new
    for number in range(300):
        conversation = conversation.with_version(new.current).with_exchange(
            f"{number}" + "x" * 5000, "y" * 5000
        )
    save(conversation)
    assert file_of("face").stat().st_size < 1_000_000
    assert load("face") == conversation
