"""Settings: whether a flag, the environment, the file or the default decides, and what is told."""

from __future__ import annotations

import json
from concurrent.futures import ThreadPoolExecutor
from dataclasses import fields
from pathlib import Path

import pytest

from agent import settings
from tests.agent.conftest import Run, said
from tests.settings import Choose
from tools import settings as tools_settings
from tools import weights
from tools.ahead import ahead
from tools.errors import OptionError


@pytest.fixture
def file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The user's file, not there yet, and an environment that says nothing."""
    for known in settings.KNOWN.values():
        monkeypatch.delenv(known.variable, raising=False)
    place = tmp_path / "configuration" / "portrayal.toml"
    place.parent.mkdir()
    monkeypatch.setenv(settings.FILE, str(place))
    return place


class TestReading:
    def test_without_anything_all_are_defaults(self, file: Path) -> None:
        assert settings.read() == settings.Settings()
        assert settings.read().sources == {}

    def test_a_flag_goes_before_the_environment_before_the_file(
        self, file: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        file.write_text('weights = "of the file"\ncache = "~/kept"\nthreads = 3\n')
        monkeypatch.setenv("PORTRAYAL_WEIGHTS", str(tmp_path / "of the environment"))
        monkeypatch.setenv("OMP_NUM_THREADS", "2")
        found = settings.read([f"weights={tmp_path / 'of a flag'}"])
        assert found.weights == tmp_path / "of a flag"
        assert found.threads == 2
        assert found.cache == Path.home() / "kept"
        assert found.sources == {"weights": "flag", "threads": "environment", "cache": "file"}

    def test_paths_of_the_file_are_beside_it_and_others_here(
        self, file: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        file.write_text('weights = "mine"\n')
        assert settings.read().weights == file.parent / "mine"
        monkeypatch.chdir(tmp_path)
        assert settings.read(["weights=mine"]).weights == tmp_path / "mine"

    def test_addresses_are_listed_or_written_one_after_another(
        self, file: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        file.write_text('mirrors = ["https://a.example", "https://b.example"]')
        listed = settings.read().mirrors
        monkeypatch.setenv("PORTRAYAL_MIRROR", " https://a.example,  https://b.example ")
        assert settings.read().mirrors == listed == ("https://a.example", "https://b.example")

    @pytest.mark.parametrize("value", ["", " ", "0", "4,2", "many"])
    def test_what_only_openmp_understands_is_left_to_it(
        self, file: Path, monkeypatch: pytest.MonkeyPatch, value: str
    ) -> None:
        monkeypatch.setenv("OMP_NUM_THREADS", value)
        assert settings.read().threads is None

    @pytest.mark.parametrize(
        ("written", "told"),
        [
            ("weigths = 'x'", "no setting “weigths”; there are: weights,"),
            ("weights = 3", "“weights” (PORTRAYAL_WEIGHTS in the environment) cannot be “3”"),
            ("weights = ' '", "give a path"),
            ("threads = 0", "cannot be “0”; give a whole number above 0"),
            ("threads = true", "cannot be “True”"),
            ("mirrors = [1]", "cannot be “[1]”; give web addresses"),
            ("llm_key = 123456", "(PORTRAYAL_LLM_KEY in the environment) cannot be what it is set"),
            ("[tools]\nweights = 'x'", "no setting “tools”"),
            ("weights = ", "not valid TOML"),
            ("weights = 'caf\xe9'", "not valid TOML"),
        ],
    )
    def test_a_file_that_is_wrong_is_one_sentence(
        self, file: Path, written: str, told: str
    ) -> None:
        file.write_bytes(written.encode("latin-1"))
        with pytest.raises(OptionError) as caught:
            settings.read()
        assert told in str(caught.value)
        assert "123456" not in str(caught.value)

    @pytest.mark.parametrize("flag", ["weights", "weigths=x", "=x", "threads=none", "weights="])
    def test_a_flag_that_is_none_is_one_sentence(self, file: Path, flag: str) -> None:
        with pytest.raises(OptionError):
            settings.read([flag])

    def test_every_setting_can_be_named_and_nothing_else(self) -> None:
        assert {f.name for f in fields(settings.Settings)} - {"sources"} == set(settings.KNOWN)


class TestInForce:
    def test_until_the_block_ends(self, tmp_path: Path) -> None:
        before = settings.current()
        with settings.using(settings.Settings(weights=tmp_path)):
            assert weights.folder() == settings.current().weights == tmp_path
        assert settings.current() == before

    def test_work_that_runs_at_once_has_its_own(self, tmp_path: Path) -> None:
        def folder(name: str) -> list[Path]:
            with settings.using(settings.Settings(weights=tmp_path / name)):
                read_ahead = ahead((weights.folder() for _ in range(3)), 2)
                return [weights.folder(), *read_ahead]

        with ThreadPoolExecutor(2) as two:
            first, second = two.map(folder, ("a", "b"))
        assert set(first) == {tmp_path / "a"}
        assert set(second) == {tmp_path / "b"}

    def test_those_of_the_tools_alone_leave_the_others_as_they_are_by_default(
        self, tmp_path: Path
    ) -> None:
        with tools_settings.using(tools_settings.Settings(cache=tmp_path)):
            assert settings.current() == settings.Settings(cache=tmp_path)


class TestCommands:
    def test_a_flag_before_the_command(self, run: Run, tmp_path: Path) -> None:
        told = run("--setting", f"weights={tmp_path / 'elsewhere'}", "weights", "path")
        assert told.stdout.strip() == str(tmp_path / "elsewhere")
        assert run("weights", "path").stdout.strip() != str(tmp_path / "elsewhere")

    def test_one_that_is_wrong_fails_every_command(self, run: Run, file: Path) -> None:
        file.write_text("weigths = 3")
        plain, told = run("voices"), run("voices", "--json")
        assert plain.exit_code == told.exit_code == OptionError.exit_code
        assert f"“{file}” has no setting" in said(plain)
        assert json.loads(told.stdout)["message"] == said(plain)
        assert run("--version").exit_code == 0

    def test_doctor_shows_where_each_was_named_and_no_key(
        self, run: Run, file: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        file.write_text('voices = "v"\nllm_key = "sk-secret"\n')
        monkeypatch.setenv("PORTRAYAL_CACHE", "c")
        shown = run("--setting", "threads=2", "doctor", "--json")
        assert "sk-secret" not in shown.output + run("doctor").output
        told = {one["name"]: one for one in json.loads(shown.stdout)["settings"]}
        assert told["voices"]["value"] == str(file.parent / "v")
        named = {name: one["source"] for name, one in told.items() if one["source"] != "default"}
        assert named == {
            "voices": str(file), "llm_key": str(file), "cache": "PORTRAYAL_CACHE",
            "threads": "--setting",
        }  # fmt: skip


def test_the_tests_have_settings_of_their_own(choose: Choose, tmp_path: Path) -> None:
    choose(productions=tmp_path)
    assert settings.current().productions == tmp_path
    assert settings.read().productions == tmp_path
