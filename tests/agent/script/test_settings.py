"""Settings of a renderer in a script: files they name lie beside it, and their values are right."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from agent.film.plan import Plan
from agent.script.diff import Filmed, changes, made_from
from agent.script.plan import staged
from agent.script.reader import Read, read
from tests.agent.script.scripts import WELCOME, written
from tests.agent.script.test_reader import told

SETTINGS = "    renderer: sadtalker\n    settings: {config: small.yaml}\n"
DEFAULTS = "defaults: {renderer: sadtalker, settings: {config: small.yaml}}\n"
IN_SCENE = WELCOME.replace("    title: Hello\n", SETTINGS)
IN_DEFAULTS = WELCOME.replace("scenes:\n", f"{DEFAULTS}scenes:\n")
CONFIG = "model_params: {common_params: {num_kp: 15}}\n"
LEADS_OUT = "“{}” leads out of the script's folder"


def config(found: Read) -> object:
    """The path that the first scene's renderer is given."""
    plan = staged(found.script, found.ids, Path("film.mp4"))
    return dict(given.split("=", 1) for given in plan.scenes[0].set)["config"]


@pytest.fixture
def desk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A script's folder in which its files lie; others of the same names lie where one works."""
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    written(elsewhere, "secret: hunter2\n", "small.yaml")
    monkeypatch.chdir(elsewhere)
    film = tmp_path / "film"
    (film / "shared").mkdir(parents=True)
    written(film, CONFIG, "small.yaml")
    return film


@pytest.mark.parametrize("text", [IN_SCENE, IN_DEFAULTS], ids=["scene", "defaults"])
def test_a_file_lies_beside_the_script(text: str, desk: Path) -> None:
    assert config(read(written(desk, text), files=False)) == str(desk / "small.yaml")


@pytest.mark.parametrize("text", [IN_SCENE, IN_DEFAULTS], ids=["scene", "defaults"])
@pytest.mark.parametrize("name", ["config", "pose_video", "blink_video", "weights"])
@pytest.mark.parametrize(
    ("path", "reason"),
    [
        ("/etc/passwd", "“/etc/passwd” is an absolute path"),
        ("C:\\small.yaml", "is an absolute path"),
        ("../elsewhere/small.yaml", LEADS_OUT.format("../elsewhere/small.yaml")),
        ("shared/../../elsewhere", LEADS_OUT.format("shared/../../elsewhere")),
        ("link.yaml", LEADS_OUT.format("link.yaml")),
        ("linked/small.yaml", LEADS_OUT.format("linked/small.yaml")),
        ("https://host/small.yaml", "nothing is downloaded"),
    ],
)
def test_nothing_outside_of_its_folder_is_used(
    text: str, name: str, path: str, reason: str, desk: Path
) -> None:
    (desk / "link.yaml").symlink_to(desk.parent / "elsewhere" / "small.yaml")
    (desk / "linked").symlink_to(desk.parent / "elsewhere")
    faulty = text.replace("config: small.yaml", f"{name}: '{path}'")
    found = told(written(desk, faulty), files=True)
    line, column = next(
        (number, line.index(f"'{path}'") + 1)
        for number, line in enumerate(faulty.split("\n"), 1)
        if path in line
    )
    assert reason in found
    assert f":{line}:{column}: " in found
    assert f"settings.{name}" in found
    assert "hunter2" not in found
    assert "root:" not in found


def test_what_may_lie_anywhere_is_still_found_from_the_script(desk: Path) -> None:
    path = "../elsewhere/small.yaml"
    script = written(desk, IN_SCENE.replace("small.yaml", path))
    assert config(read(script, files=False, allow_outside=True)) == str((desk / path).resolve())


def test_a_file_that_is_not_there_is_told_in_its_place(desk: Path) -> None:
    (desk / "small.yaml").unlink()
    path = written(desk, IN_SCENE.replace("ana: ana.png", "ana: small.yaml"))
    assert ":16:24: scene 1 “hello”: settings.config: There is no file “small.yaml”." in told(
        path, files=True
    )


def test_a_file_of_what_is_included_lies_beside_that(desk: Path) -> None:
    written(desk / "shared", CONFIG, "small.yaml")
    house = written(desk / "shared", DEFAULTS, "house.yaml")
    script = written(desk, WELCOME.replace("scenes:\n", "include: shared/house.yaml\nscenes:\n"))
    assert config(read(script, files=False)) == str(desk / "shared" / "small.yaml")
    written(house.parent, DEFAULTS.replace("small.yaml", "../../elsewhere/small.yaml"), house.name)
    assert re.search(r"house\.yaml:1:52: .*leads out", told(script))


@pytest.mark.parametrize(
    ("how", "place"),
    [
        ({"row": {"config": "{}"}}, ":16:24: "),
        ({"values": {"scenes.hello.settings.config": "{}"}}, "--set scenes.hello.settings.config="),
        ({"values": {"variables.config": "{}"}}, ":16:24: "),
    ],
)
def test_so_does_what_tables_and_flags_name(
    how: dict[str, dict[str, str]], place: str, desk: Path
) -> None:
    def given(path: str) -> dict[str, dict[str, str]]:
        return {
            name: {key: value.format(path) for key, value in values.items()}
            for name, values in how.items()
        }

    named = "'{{config}}'" if "scenes.hello.settings.config" not in str(how) else "none.yaml"
    script = written(desk, IN_SCENE.replace("small.yaml", named))
    found = read(script, files=False, **given("small.yaml"))  # type: ignore[arg-type]
    assert config(found) == str(desk / "small.yaml")
    for path in ("../elsewhere/small.yaml", "/etc/passwd"):
        refused = told(script, **given(path))
        assert place in refused
        assert f"“{path}”" in refused


@pytest.mark.parametrize(
    ("setting", "message"),
    [
        ("pose_style: 46", "The renderer sadtalker’s pose_style is “46”; it takes 0 to 45."),
        ("every: two", "The renderer sadtalker’s every is “two”; it takes 1 to 4."),
        (
            "framing: crpo",
            "The renderer sadtalker’s framing is “crpo”; it takes crop, full or wide.",
        ),
        ("yaw: '5,x'", "The renderer sadtalker’s yaw is “5,x”; it takes degrees, such as -20,20."),
        ("size: true", "The renderer sadtalker’s size is “true”; it takes auto, 256 or 512."),
        ("siez: 256", "settings.siez is not a setting of the renderer sadtalker"),
        ("size: 256, yaw: -5, fidelity: 0.5", None),
    ],
)
@pytest.mark.parametrize("text", [IN_SCENE, IN_DEFAULTS], ids=["scene", "defaults"])
def test_values_are_checked_in_their_place(
    text: str, setting: str, message: str | None, desk: Path
) -> None:
    faulty = text.replace("config: small.yaml", setting)
    path = written(desk, faulty)
    if message is None:
        assert read(path, files=False).ids
        return
    line = next(n for n, line in enumerate(faulty.split("\n"), 1) if setting in line)
    found = told(path)
    assert f"scenes.yaml:{line}:" in found
    assert message in found
    assert "\n" not in found


def test_every_value_that_is_refused_is_told(desk: Path) -> None:
    text = IN_SCENE.replace("config: small.yaml", "pose_style: 46, every: 9, config: ../x.yaml")
    assert told(written(desk, text)).count("scenes.yaml:16:") == 3


def test_what_is_in_a_file_shapes_a_scene(desk: Path) -> None:
    def plan() -> Plan:
        found = read(written(desk, IN_SCENE), files=False)
        return staged(found.script, found.ids, desk / "film.mp4")

    (desk / "ana.png").write_bytes(b"")
    before = plan()
    filmed = Filmed({scene.id: made_from(scene, before) for scene in before.scenes})
    assert not any(change.redrawn for change in changes(filmed, plan()))
    written(desk, CONFIG.replace("15", "10"), "small.yaml")
    told = {change.scene: change.reasons for change in changes(filmed, plan())}
    assert told == {
        "hello": ("settings, config: “small.yaml” has other content",),
        "goodbye": (),
    }


def test_a_scene_with_another_renderer_has_settings_of_its_own(desk: Path) -> None:
    text = IN_DEFAULTS.replace("id: goodbye\n", "id: goodbye\n    renderer: warp\n")
    found = read(written(desk, text), files=False)
    first, second = staged(found.script, found.ids, desk / "film.mp4").scenes
    assert first.set == (f"config={desk / 'small.yaml'}",)
    assert second.set == ()
