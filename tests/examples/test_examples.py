"""The examples run as they stand, and their page shows all of them."""

from __future__ import annotations

import re
from pathlib import Path

import av
import pytest
from PIL import Image

from agent.events import Work
from agent.production.folder import Result
from agent.script.canonical import formatted
from agent.script.film import Wish, film, films
from agent.script.reader import read
from agent.script.source.rows import rows
from tests.settings import Choose
from tools.video.formats import FORMATS

ROOT = Path(__file__).parents[2]
EXAMPLES = ROOT / "examples"
SCRIPTS = sorted(path.stem for path in EXAMPLES.glob("*.yaml"))
SMALL = (("output.size", "144"), ("output.fps", "10"), ("output.quality", "draft"))
SIZES = {"16:9": (256, 144), "9:16": (144, 256), "1:1": (144, 144)}

# Beside the film of each, by the ending of its name.
CAPTIONS = {
    "welcome": {".srt"},
    "product-update": {".vtt"},
    "three-languages": {".srt", ".de.srt", ".es.srt"},
}


@pytest.fixture(autouse=True)
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, choose: Choose) -> None:
    """Films, and what is kept of their making, go into the test's own folder."""
    monkeypatch.chdir(tmp_path)
    choose(productions=tmp_path / "productions")


def test_there_are_enough_of_them() -> None:
    named = {"welcome", "product-update", "dialogue", "three-languages", "vertical-short"}
    assert named | {"alpha", "invitations"} <= set(SCRIPTS)


@pytest.mark.parametrize("name", SCRIPTS)
def test_each_is_right_as_it_stands(name: str) -> None:
    plan = Wish(EXAMPLES / f"{name}.yaml").plan()
    assert plan.scenes
    assert plan.film.output.suffix == FORMATS[plan.film.codec].suffix


@pytest.mark.parametrize("path", sorted(EXAMPLES.rglob("*.yaml")), ids=lambda path: path.stem)
def test_each_is_in_the_usual_form(path: Path) -> None:
    written = path.read_text(encoding="utf-8")
    assert formatted(written) == written


def test_each_row_of_the_table_makes_a_film_of_its_own(tmp_path: Path) -> None:
    wish = Wish(EXAMPLES / "invitations.yaml", tmp_path / "for-{{name}}.mp4")
    plans = [wish.plan(row) for row in rows(EXAMPLES / "people.csv")]
    assert len({plan.film.output for plan in plans}) == len(plans) == 3
    assert "Amina" in plans[0].scenes[0].lines[0].text


def test_media_are_small_and_every_one_has_its_origin_told() -> None:
    media = [path for path in (EXAMPLES / "media").iterdir() if path.name != "README.md"]
    told = set(re.findall(r"^\| `([^`]+)`", (EXAMPLES / "media/README.md").read_text(), re.M))
    assert told == {path.name for path in media}
    assert sum(path.stat().st_size for path in media) < 1_500_000


@pytest.mark.parametrize("name", SCRIPTS)
def test_the_page_shows_each(name: str) -> None:
    page = (ROOT / "docs/examples.md").read_text(encoding="utf-8")
    assert f"examples/{name}.jpg" in page
    assert f"portrayal script render examples/{name}.yaml" in page
    sheet = ROOT / f"docs/examples/{name}.jpg"
    assert sheet.stat().st_size <= 120_000
    with Image.open(sheet) as picture:
        assert picture.width >= 900


@pytest.mark.slow
@pytest.mark.parametrize("name", SCRIPTS)
def test_each_becomes_a_film(name: str, tmp_path: Path) -> None:
    wish = Wish(EXAMPLES / f"{name}.yaml", values=SMALL)
    plan = wish.plan()
    result = film(wish, plan, Work())
    made = plan.film.output
    assert result.film is not None
    with av.open(str(made)) as opened:
        picture, sound = opened.streams.video[0], opened.streams.audio[0]
        assert (picture.width, picture.height) == SIZES[read(wish.script).script.output.aspect]
        assert picture.average_rate == 10
        assert sound.channels == (2 if plan.film.music else 1)
        assert opened.duration is not None
        length = opened.duration / av.time_base
    assert length == pytest.approx(result.film["duration"], abs=0.15)
    # Nobody speaks faster than thirty characters in a second; silences and cards take their time.
    said = sum(len(line.text) for scene in plan.scenes for line in scene.lines)
    silent = sum(scene.least for scene in plan.scenes if not scene.lines)
    assert said / 30 + silent < length < 60
    beside = {path.name.removeprefix(made.stem) for path in tmp_path.glob(f"{made.stem}.*")}
    assert beside - {made.suffix} == CAPTIONS.get(name, set())


@pytest.mark.slow
def test_the_table_becomes_films(tmp_path: Path) -> None:
    wish = Wish(EXAMPLES / "invitations.yaml", tmp_path / "for-{{name}}.mp4", SMALL)
    table = rows(EXAMPLES / "people.csv")[:2]
    outcomes = [outcome for _, outcome in films(wish, table, Work(), 1)]
    assert all(isinstance(outcome, Result) for outcome in outcomes)
    assert {path.name for path in tmp_path.glob("*.mp4")} == {"for-amina.mp4", "for-jurgen.mp4"}
