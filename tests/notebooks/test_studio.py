"""What the cells call, with a stand-in for Portrayal's own process."""

from __future__ import annotations

import shutil
import subprocess
import sys
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import nbformat
import pytest
from nbclient import NotebookClient
from PIL import Image as Pictures

from agent.events import Work
from agent.notebook import environment, pictures, studio
from agent.notebook.backup import Backup
from agent.notebook.bridge import Bridge, StepError
from agent.notebook.studio import Studio, open_studio
from tests.notebooks.running import read

MACHINE = {"gpu": None, "memory": None, "disk": 60.0}
WANTED = {"weights": ["sadtalker"], "quality": "best", "model": None, "why": []}


@dataclass(frozen=True)
class Desk(Bridge):
    """Answers as Portrayal would, which has no weights until they can be pulled.

    asked   what it was asked for, in order.
    """

    python: str = "python"
    refuses: bool = True
    llm: bool = False
    asked: list[tuple[str, dict[str, Any]]] = field(default_factory=list)

    def ask(self, work: Work, what: str, **given: Any) -> Any:
        self.asked.append((what, given))
        if what == "look":
            lacking = given["settled"] and self.refuses
            renderer = "warp" if lacking else "sadtalker"
            settled = {"renderer": renderer, "settled": given["settled"]}
            to_pull = "" if given["settled"] and not self.refuses else "1 GB"
            return {"machine": MACHINE, "plan": WANTED | settled, "to_pull": to_pull}
        if what == "installed":
            return {"portrayal": True, "llm": self.llm}
        assert what == "write"
        return {"name": "a", "title": "", "scenes": [], "seconds": None, "notes": []}

    def portrayal(self, work: Work, *arguments: str) -> Any:
        self.asked.append((arguments[1], {}))
        if self.refuses:
            raise StepError("There is no network.")

    @property
    def order(self) -> list[str]:
        return [what for what, _ in self.asked]


@pytest.fixture
def seen(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """What is shown below the cells."""
    pages: list[str] = []
    monkeypatch.setattr(studio, "show", pages.append)
    return pages


def opened(desk: Desk, folder: Path) -> Studio:
    return Studio(folder, desk, Backup(folder))


def portrait(folder: Path) -> pictures.Portrait:
    path = folder / "portrait.png"
    path.write_bytes(b"a picture")
    return pictures.Portrait(path)


class TestWeights:
    def test_where_they_cannot_be_had_another_renderer_draws_and_the_table_says_so(
        self, tmp_path: Path, seen: list[str]
    ) -> None:
        desk = Desk()
        work = opened(desk, tmp_path)
        work.look()
        assert ">sadtalker</td>" in seen[-1]
        work.pull()
        assert "There is no network. The film is made with what is installed:" in seen[-2]
        assert ">warp</td>" in seen[-1]
        work.write(portrait(tmp_path), "Hello.")
        assert desk.asked[-1][1]["options"]["renderer"] == "warp"
        work.pull()
        assert desk.order.count("pull") == 2

    def test_what_came_is_used(self, tmp_path: Path, seen: list[str]) -> None:
        desk = Desk(refuses=False)
        work = opened(desk, tmp_path)
        work.look()
        work.pull()
        work.pull()
        assert desk.order.count("pull") == 1
        assert seen[-1] == "Nothing needs to be downloaded."
        assert work.plan["renderer"] == "sadtalker"

    def test_a_cell_before_that_was_not_run_is_made_up_for(
        self, tmp_path: Path, seen: list[str]
    ) -> None:
        pulling, writing = Desk(), Desk()
        opened(pulling, tmp_path).pull()
        assert pulling.order == ["look", "pull", "look"]
        opened(writing, tmp_path).write(portrait(tmp_path), "Hello.")
        assert writing.order == ["look", "look", "write"]
        assert writing.asked[-1][1]["options"]["renderer"] == "warp"


class TestOpening:
    """The first cell, where an environment is there already."""

    @pytest.fixture
    def desk(self, monkeypatch: pytest.MonkeyPatch) -> Desk:
        desk = Desk()
        monkeypatch.setattr(studio, "Bridge", lambda python: desk)
        monkeypatch.setattr(environment, "find", lambda: "python")
        return desk

    @pytest.fixture
    def told(self, monkeypatch: pytest.MonkeyPatch) -> list[str]:
        """The sentences that are noted."""
        notes: list[str] = []

        def note(self: Work, sentence: str) -> None:
            notes.append(sentence)

        monkeypatch.setattr(Work, "note", note)
        return notes

    def test_what_runs_a_language_model_is_added(
        self, desk: Desk, told: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        added: list[str] = []
        monkeypatch.setattr(
            environment, "add_language_models", lambda run, python: added.append(python)
        )
        monkeypatch.setattr(shutil, "which", lambda name: name)  # there is a GPU
        open_studio(str(tmp_path), language_model="none")
        open_studio(str(tmp_path), language_model="auto")  # somebody else made the environment
        assert added == []
        open_studio(str(tmp_path), language_model="llm-ministral")
        assert added == ["python"]
        monkeypatch.setattr(environment, "is_own", lambda python: True)
        open_studio(str(tmp_path), language_model="auto")
        assert added == ["python"] * 2

    def test_where_it_does_not_compile_a_film_is_made_all_the_same(
        self, desk: Desk, told: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        def fail(*arguments: object) -> None:
            raise StepError("The installation failed: no\ncompiler")

        monkeypatch.setattr(environment, "add_language_models", fail)
        assert open_studio(str(tmp_path), language_model="llm-ministral").bridge.python == "python"
        assert "your own words are spoken. The installation failed: no compiler" in told[-1]

    def test_a_full_drive_does_not_undo_an_installation(
        self, desk: Desk, told: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        kept = tmp_path / "a file where a folder should be"
        kept.touch()
        (tmp_path / "studio").mkdir()
        (tmp_path / "studio" / "film.mp4").touch()
        monkeypatch.setattr(studio, "_drive", lambda place: kept)
        open_studio(str(tmp_path / "studio"), keep_on_drive=True, language_model="none")
        assert "could not be copied" in told[-1]


def test_a_portrait_is_shown_small(tmp_path: Path, seen: list[str]) -> None:
    path = tmp_path / "me.png"
    Pictures.effect_noise((2000, 1500), 100).convert("RGB").save(path)
    work = Studio(tmp_path / "studio", Bridge(sys.executable), Backup(tmp_path / "studio"))
    work.folder.mkdir()
    work.portrait(str(path))
    assert "data:image/jpeg;base64," in seen[-1]
    assert len(seen[-1]) < 500_000 < path.stat().st_size


def test_a_clone_that_failed_can_be_made_in_the_same_kernel(tmp_path: Path) -> None:
    """The first cell, with a stand-in for Portrayal that this Python has nowhere else."""
    origin = tmp_path / "origin"
    (origin / "elsewhere").mkdir(parents=True)
    (origin / "elsewhere" / "__init__.py").touch()
    (origin / "elsewhere" / "notebook.py").write_text(
        "def open_studio(**options): print('cloned')", encoding="utf-8"
    )
    for words in ("init -q", "add .", "-c user.name=a -c user.email=a commit -qm a"):
        subprocess.run(["git", "-C", str(origin), *words.split()], check=True)
    (first,) = [cell for cell in read().cells if "GIT_TERMINAL_PROMPT=0 git clone" in cell.source]
    source = first.source.replace("agent", "elsewhere")
    notebook = nbformat.v4.new_notebook()  # type: ignore[no-untyped-call]
    for address in (tmp_path / "nowhere", origin):
        cell = nbformat.v4.new_code_cell(  # type: ignore[no-untyped-call]
            source.replace("https://github.com/portrayal/portrayal", str(address))
        )
        notebook.cells.append(cell)
    notebook.cells[0].metadata.tags = ["raises-exception"]
    (tmp_path / "here").mkdir()
    resources = {"metadata": {"path": str(tmp_path / "here")}}
    NotebookClient(notebook, timeout=60, kernel_name="python3", resources=resources).execute()
    failed, cloned = (str(cell.outputs) for cell in notebook.cells)
    assert "No module named 'elsewhere'" in failed
    assert "cloned" in cloned
