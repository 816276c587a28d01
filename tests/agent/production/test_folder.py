"""Productions as they lie in folders: their names, and what they were asked for."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from agent.production import folder
from agent.production.folder import Production, all_productions, newest
from agent.request.brief import Brief
from agent.writing import choice
from tests.agent.conftest import Begin, Run, rewrite, said
from tools.errors import MissingError, OptionError, PortrayalError

pytestmark = pytest.mark.usefixtures("own_productions")


def test_what_is_asked_for_holds_in_any_folder(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, own_productions: Path
) -> None:
    monkeypatch.chdir(tmp_path)
    for name in ("a.png", "notes.md", "room.jpg", "v.onnx", "m.gguf", "nods.mp4", "5", "en"):
        Path(name).touch()
    settings = ("pose_video=nods.mp4", "pose_style=5", "weights=none", "config=")
    options = {
        "portrait": "a.png", "output": "a.mp4", "background": "room.jpg", "voice": "v.onnx",
        "renderer": "sadtalker", "set": settings,
    }  # fmt: skip
    facts = (Path("notes.md"),)
    brief = Brief.of(prompt="Hi.", options=options, facts=facts, model="m.gguf")
    production = Production.begin(brief)
    kept = production.brief
    paths = {name: str(tmp_path / str(options[name])) for name in options.keys() - {"set"}}
    settings = (f"pose_video={tmp_path}/nods.mp4", *settings[1:])
    assert kept.options == paths | {"renderer": "sadtalker", "set": list(settings)}
    assert kept.facts == (tmp_path / "notes.md",)
    assert kept.model == str(tmp_path / "m.gguf")
    production.keep(kept)
    assert production.brief == kept


@pytest.mark.parametrize(
    ("wrong", "sentence"),
    [
        (("-p", "none.png"), "There is no file “none.png”"),
        (("-o", "nowhere/a.mp4"), "nowhere” does not exist"),
        (("--voice", "nonesuch"), "nonesuch"),
    ],
)
def test_nothing_is_begun_that_cannot_be_made(
    run: Run, portrait: Path, wrong: tuple[str, str], sentence: str
) -> None:
    made = run("produce", "Hello.", "-p", portrait, "-y", *wrong)
    assert sentence in said(made)
    assert all_productions() == []


def test_what_has_gone_since_is_said_before_anything_is_made(
    run: Run, begin: Begin, portrait: Path, tmp_path: Path
) -> None:
    face = tmp_path / "face.png"
    face.write_bytes(portrait.read_bytes())
    production = begin()
    rewrite(production, portrait=str(face))
    face.unlink()
    assert f"There is no file “{face}”" in said(run("resume", "-y"))
    assert not (production.folder / "takes").exists()


def test_names_are_not_taken_for_files(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    named = {"voice": "en", "background": "blur", "renderer": "warp"}
    for name in (*named.values(), "#fff", "llm", "5" * 9):
        Path(name).touch()
    options = {"portrait": "a.png", "output": "a.mp4", **named}
    for more in ({}, {"background": "#fff"}):
        brief = Brief.of(prompt="a", options=options | more, model="llm").anchored()
        assert (named | more).items() <= brief.options.items()
        assert brief.model == "llm"
    long = Brief.of(prompt="a", options=options, model="a" * 900 + ".gguf")
    assert long.anchored().model == long.model


def test_the_model_is_kept_and_another_can_be_named(
    run: Run, portrait: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[str | None] = []

    def of(brief: Brief, *listeners: Any) -> None:
        asked.append(brief.model)
        raise MissingError("There is no such model.")

    monkeypatch.setattr(choice, "writer_of", of)
    begun = run("produce", "Say hello.", "-p", portrait, "--model", "good", "-y")
    assert said(begun) == "There is no such model."
    run("resume", "-y")
    run("resume", "-y", "--model", "better")
    run("resume", "-y")
    assert asked == ["good", "good", "better", "good"]


def test_the_newest_comes_first_and_names_are_unique(begin: Begin) -> None:
    names = [begin().name, begin().name]
    assert names == ["one-hello-there-two-all-is-well-goodbye", f"{names[0]}-2"]
    assert {production.name for production in all_productions()} == set(names)
    assert newest().name in names


def test_a_folder_that_was_left_as_a_production_began_is_no_hindrance(begin: Begin) -> None:
    (folder.folder() / "one-hello-there-two-all-is-well-goodbye").mkdir(parents=True)
    assert begin().name == "one-hello-there-two-all-is-well-goodbye-2"


def test_one_process_at_a_time(begin: Begin) -> None:
    production = begin()
    with production._locked(), pytest.raises(OptionError, match="in another process"):
        production.run()


def test_a_damaged_brief_is_said(begin: Begin) -> None:
    production = begin()
    (production.folder / "brief.json").write_text("{", encoding="utf-8")
    with pytest.raises(PortrayalError, match="productions remove"):
        production.run()


@pytest.mark.parametrize("name", ["../film", "a/b", "/etc", ".", ""])
def test_names_are_no_paths(begin: Begin, name: str) -> None:
    begin()
    with pytest.raises(OptionError, match="no production"):
        Production.named(name)


def test_what_is_asked_for_is_checked_first(portrait: Path) -> None:
    options = {"portrait": portrait, "output": "a.mp4"}
    for wrong, sentence in (
        ({"prompt": " "}, "The prompt is empty"),
        (
            {"prompt": "a", "seconds": 0},
            "--seconds “0” is out of range; it can be 2 to 3600",
        ),
        ({"prompt": "a", "seconds": float("nan")}, "seconds"),
        ({"prompt": "a", "language": "English"}, "a tag such as"),
        ({"prompt": "a" * 20_001}, "20,001 characters; it can have at most 20,000"),
        ({"prompt": "a", "model": "m" * 1001}, "1,001 characters; it can have at most 1,000"),
        ({"prompt": "a", "options": options | {"text": "b"}}, "do not include text"),
        ({"prompt": "a", "options": options | {"size": 1}}, "--size “1”"),
    ):
        with pytest.raises(OptionError, match=sentence):
            Brief.of(**({"options": options} | wrong))


def test_the_words_come_from_one_place(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text("Hello.", encoding="utf-8")
    assert folder.prompt_of(None, tmp_path / "a.txt") == "Hello."
    for prompt, file in ((None, None), ("a", tmp_path / "a.txt")):
        with pytest.raises(OptionError, match="prompt"):
            folder.prompt_of(prompt, file)
