"""What the notebook's cells rest on: what is told, kept, shown and chosen."""

from __future__ import annotations

import errno
import shutil
import sqlite3
import sys
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path
from types import SimpleNamespace

import pytest
from PIL import Image

from agent.commands.setup import Machine, Proposal
from agent.events import Advanced, Began, Ended, Event, Fault, Name, Note, Stage, Work, Wrote
from agent.llm import models
from agent.notebook import board, pictures, player
from agent.notebook.advice import plan
from agent.notebook.backup import Backup
from agent.notebook.board import Board
from agent.notebook.bridge import Bridge, StepError
from agent.notebook.pictures import Portrait
from tests.settings import Choose

LENT = Machine("Linux", "T4", 15.8, 11.5, 60.0, None)  # what Colab lends
BARE = Machine("Linux", None, 0.0, 12.0, 60.0, None)
REFUSED = [Proposal("sadtalker", False, "no GPU")]
TALKER = (Proposal("sadtalker", True, "fits"), Proposal("sadtalker-512", True, "fits"))


def drawn(*happened: Event) -> list[str]:
    """What a board shows of it, time after time."""
    seen: list[str] = []
    with Board(seen.append) as work:
        for event in happened:
            work.tell(event)
    return seen


class TestBoard:
    def test_stages_notes_and_words_are_told_apart(self) -> None:
        stage: tuple[int, Name, str, int] = (1, "check", "", 1)
        seen = drawn(
            Began(*stage),
            Ended(*stage, seconds=0.5, complete=True),
            Note("The face is <small>."),
            Wrote("He"),
            Wrote("llo.\n"),
            Fault("answer", "it is empty"),
            Fault("figure", "“12” stands nowhere."),
        )
        assert "checking 0.5 s" in seen[-1]
        assert "The face is &lt;small&gt;." in seen[-1]
        assert "Hello." in seen[-1]
        assert "(again: it is empty)" in seen[-1]
        assert "stands nowhere" not in seen[-1]
        assert "<progress" not in seen[-1]

    def test_a_bar_follows_the_share_of_each_stage(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(board, "EVERY", 0.0)
        first: tuple[int, Name, str, int] = (1, "render", "<one>", 50)
        seen = drawn(
            Began(*first), Began(2, "render", "two", 50), Advanced(*first, done=20, seconds=8.0)
        )
        assert seen[2].count("<progress") == 2
        assert "drawing &lt;one&gt;" in seen[2]
        assert '<progress max="100" value="40"' in seen[2]
        assert "12 s left" in seen[2]

    def test_a_stage_that_failed_is_not_among_those_done(self) -> None:
        stage: tuple[int, Name, str, None] = (1, "check", "", None)
        seen = drawn(Began(*stage), Ended(*stage, seconds=0.5, complete=False), Note("So."))
        assert "checking" not in seen[-1]

    def test_nothing_told_is_nothing_drawn(self) -> None:
        assert drawn() == []

    def test_words_are_shown_as_they_come_and_never_grow_without_bound(self) -> None:
        assert "half a sen" in drawn(Wrote("half a sen"))[0]
        assert len(drawn(Wrote("x" * 100_000 + "\n"))[-1]) < 30_000


class TestBridge:
    def test_a_failure_is_its_sentence(self) -> None:
        bridge = Bridge(sys.executable)
        with pytest.raises(StepError, match="There is no video file") as failure:
            bridge.portrayal(Work(), "inspect", "nowhere.mp4")
        assert failure.value._render_traceback_() == [f"✗ {failure.value}"]

    def test_the_kernels_ways_of_drawing_stay_its_own(
        self, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setenv("MPLBACKEND", "module://only_in_the_kernel")
        monkeypatch.setenv("FORCE_COLOR", "1")
        happened: list[Event] = []
        work = Work(happened.append)
        assert Bridge(sys.executable).portrayal(work, "weights", "path")["path"]
        assert happened == []

    def test_what_happens_is_told_as_events(self, tmp_path: Path) -> None:
        happened: list[Event] = []
        picture = tmp_path / "small.png"
        Image.new("RGB", (8, 8)).save(picture)
        arguments = ("upscale", str(picture), "-o", str(tmp_path / "large.png"), "--factor", "2")
        made = Bridge(sys.executable).portrayal(Work(happened.append), *arguments)
        assert made["size"] == [16, 16]
        assert {(type(e), e.name) for e in happened if isinstance(e, Stage)} == {
            (Began, "upscale"), (Advanced, "upscale"), (Ended, "upscale")
        }  # fmt: skip

    def test_what_the_desk_does_not_know_is_said(self) -> None:
        with pytest.raises(StepError, match="There is no “paint”; there are: installed, look"):
            Bridge(sys.executable).ask(Work(), "paint")


class TestBackup:
    @pytest.fixture
    def backup(self, tmp_path: Path) -> Backup:
        (tmp_path / "here" / "takes").mkdir(parents=True)
        (tmp_path / "here" / "takes" / "a.mp4").write_bytes(b"film")
        return Backup(tmp_path / "here", tmp_path / "kept")

    def test_what_is_new_is_copied_once_and_comes_back(self, backup: Backup) -> None:
        (backup.folder / ".parts").mkdir()
        (backup.folder / ".parts" / "half.bin").write_bytes(b"half")
        (backup.folder / "running.lock").touch()
        assert (backup.save(), backup.save()) == (1, 0)
        (backup.folder / "takes" / "a.mp4").unlink()
        happened: list[Event] = []
        work = Work(happened.append)
        assert (backup.restore(work), backup.restore(work)) == (1, 0)
        assert (backup.folder / "takes" / "a.mp4").read_bytes() == b"film"
        assert [event.done for event in happened if isinstance(event, Advanced)] == [100]
        assert not [event for event in happened if isinstance(event, Note)]

    def test_a_database_is_copied_whole_while_it_is_written(self, backup: Backup) -> None:
        path = backup.folder / "state.sqlite"
        with closing(sqlite3.connect(path)) as writer:
            writer.execute("PRAGMA journal_mode=WAL")
            writer.execute("CREATE TABLE steps (n)")
            writer.execute("INSERT INTO steps VALUES (1)")
            writer.commit()
            backup.save()
            writer.execute("INSERT INTO steps VALUES (2)")
            assert backup.place is not None
            with closing(sqlite3.connect(backup.place / "state.sqlite")) as reader:
                assert reader.execute("SELECT n FROM steps").fetchall() == [(1,)]
            writer.commit()
        backup.save()
        with closing(sqlite3.connect(backup.place / "state.sqlite")) as reader:
            assert reader.execute("SELECT n FROM steps").fetchall() == [(1,), (2,)]

    def test_it_is_kept_where_the_step_fails_too(self, backup: Backup) -> None:
        with pytest.raises(KeyError), backup.saving(Work(_unheard)):
            raise KeyError
        assert backup.place is not None
        assert (backup.place / "takes" / "a.mp4").exists()

    def test_a_copy_that_cannot_be_made_is_said_and_the_step_holds(self, backup: Backup) -> None:
        assert backup.place is not None
        backup.place.write_bytes(b"a file where a folder should be")
        happened: list[Event] = []
        with backup.saving(Work(happened.append)):
            pass
        (note,) = happened
        assert isinstance(note, Note)
        assert "could not be copied" in note.text

    def test_what_cannot_come_back_is_said(self, backup: Backup) -> None:
        backup.save()
        shutil.rmtree(backup.folder / "takes")
        (backup.folder / "takes").write_bytes(b"a file where a folder should be")
        happened: list[Event] = []
        assert backup.restore(Work(happened.append)) == 0
        (note,) = [event for event in happened if isinstance(event, Note)]
        assert note.text.startswith("Not everything came back")

    def test_a_full_disk_keeps_no_halves(
        self, backup: Backup, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        def full(one: Path, other: Path) -> None:
            raise OSError(errno.ENOSPC, "No space left on device")

        monkeypatch.setattr(shutil, "copystat", full)
        with pytest.raises(OSError, match="No space left"):
            backup.save()
        assert backup.place is not None
        assert list((backup.place / "takes").iterdir()) == []

    def test_without_a_place_nothing_is_kept(self, tmp_path: Path) -> None:
        backup = Backup(tmp_path)
        assert (backup.save(), backup.restore(Work(_unheard))) == (0, 0)


class TestPictures:
    def test_a_path_an_upload_and_none(self, tmp_path: Path) -> None:
        given, place = tmp_path / "me.jpg", tmp_path / "portrait.png"
        given.write_bytes(b"a picture")
        assert pictures.choose(str(given), place, _none).file().read_bytes() == b"a picture"
        assert pictures.choose(str(place), place, _none).path == place
        with pytest.raises(StepError, match="There is no picture “elsewhere"):
            pictures.choose("elsewhere.jpg", place, _none)

    def test_in_plain_jupyter_the_demonstration_stands_in_for_an_upload(
        self, tmp_path: Path, choose: Choose
    ) -> None:
        place = tmp_path / "portrait.png"
        chosen = pictures.choose("upload", place, _demo)
        assert chosen.file().read_bytes() == b"demo"
        chosen.upload.value = (_file(b"mine"),)
        assert chosen.file().read_bytes() == b"mine"
        chosen.upload.value = (_file(bytes(pictures.LARGEST + 1)),)
        with pytest.raises(StepError, match="at most 50 MB"):
            chosen.file()

    def test_ipywidgets_7_has_uploads_by_name(self, tmp_path: Path) -> None:
        place = tmp_path / "portrait.png"
        waiting = SimpleNamespace(value={})
        chosen = Portrait(_write(place, b"demo"), waiting)
        assert chosen.file().read_bytes() == b"demo"
        waiting.value = {"me.png": {"metadata": {"name": "me.png"}, "content": b"mine"}}
        assert chosen.file().read_bytes() == b"mine"

    def test_another_picture_has_another_name(self, tmp_path: Path) -> None:
        one, other = _write(tmp_path / "1.png", b"1"), _write(tmp_path / "2.png", b"2")
        first = pictures.named_by_content(one)
        assert first == pictures.named_by_content(one) != pictures.named_by_content(other)


class TestPlayer:
    def test_a_large_film_is_played_from_its_file(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.chdir(tmp_path)
        film = _write(tmp_path / "a film.mp4", b"12345678")
        assert "data:video/mp4;base64,MTIz" in player.film(film, "8 s")
        monkeypatch.setattr(player, "EMBEDDED_MOST", 4)
        assert 'src="a%20film.mp4"' in player.film(film)
        monkeypatch.chdir("/")
        elsewhere = player.film(film)
        assert "data:" not in elsewhere

    def test_names_are_no_html(self, tmp_path: Path) -> None:
        film = _write(tmp_path / "<b>.mp4", b"1")
        assert "<b>" not in player.download(film) + player.film(film, "<b>")


class TestAdvice:
    def test_what_colab_lends_gets_networks_and_a_model(self) -> None:
        chosen = plan(LENT, TALKER)
        assert (chosen.renderer, chosen.quality, chosen.weights, chosen.model) == (
            "sadtalker", "best", ("sadtalker", "llm"), "llm",
        )  # fmt: skip
        assert "sadtalker-512" in plan(LENT, TALKER, quality="best").weights

    def test_without_a_gpu_nothing_is_downloaded_unasked(self) -> None:
        chosen = plan(BARE, REFUSED)
        assert (chosen.renderer, chosen.weights) == ("warp", ())
        asked = plan(BARE, REFUSED, model="llm-llama")
        assert (asked.weights, asked.model) == (("llm-llama",), "llm-llama")

    def test_a_renderer_that_was_chosen_draws_for_what_it_costs(self) -> None:
        """Nothing enlarges what is drawn without a GPU."""
        chosen = plan(BARE, REFUSED, renderer="sadtalker")
        assert (chosen.renderer, chosen.weights) == ("sadtalker", ("sadtalker",))
        assert chosen.quality == "standard"
        assert chosen.why[0] == "sadtalker draws, as you chose; but no GPU"
        assert "Real-ESRGAN" not in " ".join(chosen.why)
        assert "Real-ESRGAN" in " ".join(plan(LENT, TALKER, renderer="sadtalker").why)
        assert plan(LENT, TALKER, renderer="warp").why[0] == "warp draws, as you chose"

    def test_without_the_weights_warp_draws_and_nobody_writes(
        self, tmp_path: Path, choose: Choose
    ) -> None:
        """They can still be had later."""
        choose(weights=tmp_path)
        for model in ("auto", "llm-ministral"):
            chosen = plan(LENT, TALKER, model=model, settled=True)
            assert (chosen.renderer, chosen.quality, chosen.model) == ("warp", "standard", None)
            assert chosen.weights[0] == "sadtalker"
            assert len(chosen.weights) == 2
            assert "were not downloaded" in chosen.why[0]
            assert chosen.why[1].startswith("your own words are spoken: ")

    def test_little_memory_and_no_wish_get_no_model(self) -> None:
        short = Machine("Linux", "T4", 15.8, 3.0, 60.0, None)
        assert plan(short, TALKER).model is None
        assert plan(LENT, TALKER, model="none").model is None

    def test_a_model_that_nothing_runs_does_not_write(
        self, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(models, "run_here", lambda: False)
        chosen = plan(LENT, TALKER, model="llm-ministral")
        assert (chosen.model, chosen.weights) == (None, ("sadtalker",))
        assert "nothing here runs a model; run the first cell" in chosen.why[-1]
        assert plan(LENT, TALKER, model="somebody/else").model == "somebody/else"

    def test_a_model_that_is_here_is_used(self, choose: Choose) -> None:
        choose(llm_url="http://127.0.0.1:9/v1", llm_model="theirs")
        assert plan(LENT, TALKER).model == ""


def _unheard(event: Event) -> None:
    raise AssertionError(event)


def _none(path: Path) -> None:
    raise AssertionError(path)


def _demo(path: Path) -> None:
    path.write_bytes(b"demo")


def _write(path: Path, content: bytes) -> Path:
    path.write_bytes(content)
    return path


def _file(content: bytes) -> dict[str, object]:
    return {"name": "me.png", "type": "image/png", "size": len(content), "content": content,
            "last_modified": datetime.now(UTC)}  # fmt: skip
