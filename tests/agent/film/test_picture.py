"""What is seen in scenes of every layout and shape: each frame the same wherever one starts, of
the film's size, see-through where it should be, with all that belongs there.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image as Pictures

from agent.film.picture import Screen
from agent.film.plan import (
    Brand,
    Captions,
    Film,
    Line,
    Logo,
    Picture,
    Presenter,
    Scene,
    Slide,
    Takeover,
    View,
)
from agent.film.scenes import Scenes
from agent.film.sound import Dialogue, speak_scene
from agent.film.takes import Takes
from tests.tools.moving import assert_inside, assert_starts_anywhere
from tools.canvas.layouts import CORNERS, arrange, within
from tools.canvas.transitions import transition
from tools.lettering.logo import logo
from tools.media import Box, Frames, Image, Patch
from tools.video.segments import segment

SHAPES = {"wide": (256, 144), "tall": (144, 256), "square": (144, 144)}
FPS = 8
WORDS = "Hello there."
Filmed = tuple[Frames, Dialogue]
Film_ = Callable[..., Filmed]


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory, portrait: Path) -> Path:
    """A folder with a slide, a logo and a video in it."""
    folder = tmp_path_factory.mktemp("desk")
    slide = np.zeros((90, 160, 3), np.uint8)
    slide[:, 80:] = (250, 200, 0)
    Pictures.fromarray(slide).save(folder / "slide.png")
    Pictures.fromarray(np.full((40, 40, 4), 255, np.uint8)).save(folder / "logo.png")
    ground = np.full((144, 256, 3), 30, np.uint8)

    def patches(start: int = 0) -> Iterator[tuple[Patch, ...]]:
        for number in range(start, 60):
            yield (Patch(0, 0, np.full_like(ground, 30 + 3 * number)),)

    segment(Frames(ground, FPS, 60, patches), folder / "video.mp4")
    return folder


@pytest.fixture(scope="module")
def shoot(desk: Path, portrait: Path) -> Film_:
    """Films a scene in which one, or two in turns, speak."""
    screens: dict[Film, Screen] = {}
    takes = Takes(desk / "takes")

    def filmed(size: tuple[int, int], film: dict[str, Any] | None = None, **own: Any) -> Filmed:
        told = Film(
            output=desk / "a.mov", size=size, fps=FPS, quality="draft", interpolate="none"
        ).model_copy(update=film or {})
        screen = screens.setdefault(told, Screen(told))
        layout = own.get("layout", "full")
        people = {"card": 0, "conversation": 2}.get(layout, 1)
        lines = [Line(text=WORDS, voice="en-us", speaker=n) for n in range(people)]
        values: dict[str, Any] = {
            "id": "a",
            "lines": tuple(lines),
            "presenters": (Presenter(portrait=portrait),) * people,
            "renderer": "warp",
            "quality": "draft",
            "head_motion": "still",
            "least": 1.0 if layout == "card" else 0.0,
        } | own
        scene = Scene(**values)
        heard = speak_scene(scene, FPS, takes)
        return screen.finished(screen.frames(scene, heard)), heard

    return filmed


def pictures(frames: Frames) -> list[Image]:
    """Whole frames; patches with alpha are laid over what is behind."""
    assert all(patch.alpha is None for group in frames.patches() for patch in group)
    return list(frames)


def sound(frames: Frames, heard: Dialogue, size: tuple[int, int], channels: int = 3) -> list[Image]:
    """The frames of a scene in which all is as it has to be in any."""
    assert frames.size == size
    assert frames.still.shape[2] == channels
    assert frames.count == round(heard.speech.duration * FPS)
    assert_starts_anywhere(frames)
    assert_inside(frames)
    shown = pictures(frames)
    assert len(shown) == frames.count
    return shown


def differ(one: Image, other: Image, box: Box) -> int:
    """How many of a box's pixels are another colour."""
    a, b = (image[box.slices].astype(int) for image in (one, other))
    return int((np.abs(a - b).max(axis=-1) > 12).sum())


def moves(shown: list[Image], box: Box) -> bool:
    return any(differ(shown[0], image, box) for image in shown[1:])


CONTENT: dict[str, Any] = {"content": Slide(title="Three things", points=("One", "Two"))}


class TestLayouts:
    @pytest.mark.parametrize("shape", SHAPES)
    @pytest.mark.parametrize("layout", ["full", "left", "right", "corner", "conversation", "card"])
    def test_presenters_move_where_they_belong_and_content_is_shown(
        self, shoot: Film_, layout: str, shape: str
    ) -> None:
        size = SHAPES[shape]
        beside = CONTENT if layout in {"left", "right", "corner"} else {}
        titled = {"title": "Good morning"} if layout == "card" else {}
        frames, heard = shoot(size, layout=layout, **beside, **titled)
        shown = sound(frames, heard, size)
        places = arrange(layout, size, "bottom-right")
        for place in places.presenters:
            assert moves(shown, place.box)
        if places.content is not None:
            without, _ = shoot(size, layout=layout)
            assert differ(shown[-1], pictures(without)[-1], places.content) > 50

    @pytest.mark.parametrize("shape", SHAPES)
    @pytest.mark.parametrize("layout", ["full", "left", "conversation", "corner"])
    def test_they_stand_before_nothing_in_a_transparent_film(
        self, shoot: Film_, layout: str, shape: str
    ) -> None:
        size = SHAPES[shape]
        film = {"alpha": True, "codec": "prores"}
        beside = CONTENT if layout in {"left", "corner"} else {}
        frames, heard = shoot(size, film, layout=layout, background="transparent", **beside)
        shown = sound(frames, heard, size, channels=4)
        for image in (shown[0], shown[-1]):
            assert (image[..., :3] <= image[..., 3:]).all()  # premultiplied
            for place in arrange(layout, size, "bottom-right").presenters:
                box = image[place.box.slices]
                assert (box[..., 3] > 250).mean() > 0.1  # somebody is there …
                assert layout == "corner" or (box[..., 3] < 5).mean() > 0.05  # … and air

    def test_who_listens_keeps_the_mouth_shut(self, shoot: Film_) -> None:
        size = 256, 144
        frames, heard = shoot(size, layout="conversation")
        shown = sound(frames, heard, size)
        turn = round(heard.spans[1][0] * FPS)
        left, right = (place.box for place in arrange("conversation", size).presenters)

        def lively(images: list[Image], box: Box) -> float:
            below = Box(box.x, box.y + box.height // 3, box.width, box.height // 2)
            parts = np.stack([image[below.slices].astype(float) for image in images])
            return float(np.abs(np.diff(parts, axis=0)).mean())

        assert lively(shown[2:turn], left) > 2 * lively(shown[2:turn], right)
        assert lively(shown[turn + 1 :], right) > 2 * lively(shown[turn + 1 :], left)


class TestBackgrounds:
    def test_each_kind(self, shoot: Film_, desk: Path) -> None:
        size = SHAPES["wide"]
        corner = (slice(0, 12), slice(0, 12))
        seen: dict[str, list[Image]] = {}
        for name, behind in {
            "own": None,
            "blur": "blur",
            "colour": "#102030",
            "picture": Picture(file=desk / "slide.png", video=False, fit="cover"),
            "video": Picture(file=desk / "video.mp4", video=True, fit="cover"),
        }.items():
            frames, heard = shoot(size, background=behind)
            seen[name] = sound(frames, heard, size)
        assert np.abs(seen["colour"][0][corner].astype(int) - (16, 32, 48)).max() <= 2
        assert seen["picture"][0][corner].max() <= 2  # black to the left …
        assert np.abs(seen["picture"][0][:12, -12:].astype(int) - (250, 200, 0)).max() <= 3
        greys = [float(image[corner].mean()) for image in seen["video"]]
        assert greys == sorted(greys)
        assert greys[-1] - greys[0] > 10
        first = [image.tobytes() for image, *_ in seen.values()]
        assert len(set(first)) == len(seen)


class TestFootage:
    @pytest.mark.parametrize("layout", ["card", "left", "corner"])
    def test_a_video_runs_and_a_picture_stands(self, shoot: Film_, desk: Path, layout: str) -> None:
        size = SHAPES["wide"]
        box = arrange(layout, size, "bottom-right").content
        assert box is not None
        middle = Box(box.x + box.width // 4, box.y + box.height // 4, 8, 8)
        for file, runs in (("video.mp4", True), ("slide.png", False)):
            content = Picture(file=desk / file, video=runs, fit="cover")
            frames, heard = shoot(size, layout=layout, content=content)
            assert moves(sound(frames, heard, size), middle) is runs

    def test_a_picture_shown_whole_has_no_bars(self, shoot: Film_, desk: Path) -> None:
        yellow = np.array([250, 200, 0])
        Pictures.fromarray(np.full((90, 30, 3), yellow, np.uint8)).save(desk / "tall.png")
        content = Picture(file=desk / "tall.png", video=False)
        frames, _ = shoot(SHAPES["wide"], layout="left", content=content)
        place = arrange("left", SHAPES["wide"]).content
        assert place is not None
        box = within(place, 1 / 3)
        row = frames.still[box.y + box.height // 2].astype(int)
        assert np.abs(row[box.x : box.x + box.width] - yellow).max() < 4
        assert row[place.x : box.x - 6].max() < 100  # the brand's ground, no copy of the picture

    def test_it_begins_where_it_is_told_to(self, shoot: Film_, desk: Path) -> None:
        greys = []
        for start in (0.0, 2.0):
            content = Picture(file=desk / "video.mp4", video=True, fit="cover", start=start)
            frames, _ = shoot(SHAPES["wide"], layout="card", content=content)
            greys.append(float(pictures(frames)[0].mean()))
        assert greys[1] - greys[0] == pytest.approx(2.0 * FPS * 3, abs=6)


class TestLaidOver:
    def test_a_lower_third_comes_and_is_gone(self, shoot: Film_) -> None:
        size = SHAPES["wide"]
        plain, _ = shoot(size, least=8.0)
        frames, heard = shoot(size, least=8.0, lower_third=("Ann Example", "Host"))
        shown, without = sound(frames, heard, size), pictures(plain)
        low = Box(0, 72, 256, 72)
        changed = [differ(a, b, low) for a, b in zip(shown, without, strict=True)]
        assert changed[0] == changed[-1] == 0
        assert max(changed) > 200
        assert differ(shown[20], without[20], Box(0, 0, 256, 50)) == 0

    @pytest.mark.parametrize("shape", SHAPES)
    def test_words_fill_with_colour_as_they_are_said(self, shoot: Film_, shape: str) -> None:
        size = SHAPES[shape]
        plain, _ = shoot(size)
        looks = {}
        for karaoke in (False, True):
            captions = Captions(burn=True, karaoke=karaoke)
            frames, heard = shoot(size, {"captions": captions})
            looks[karaoke] = sound(frames, heard, size)
        without, whole = pictures(plain), Box(0, 0, *size)
        there = [differ(a, b, whole) for a, b in zip(looks[False], without, strict=True)]
        assert max(there) > 100
        assert there[0] == 0  # nobody speaks yet
        both = zip(looks[False], looks[True], strict=True)
        assert max(differ(a, b, whole) for a, b in both) > 5

    @pytest.mark.parametrize("shape", SHAPES)
    @pytest.mark.parametrize("corner", ["bottom-left", "bottom-right"])
    def test_captions_lie_on_no_name(self, shoot: Film_, shape: str, corner: str) -> None:
        size, whole = SHAPES[shape], Box(0, 0, *SHAPES[shape])
        said = "Everything is connected and very fast, and we all like it a lot."
        own = {
            "layout": "corner",
            "corner": corner,
            "lines": (Line(text=said, voice="en-us"),),
            "background": "#7f7f7f",
            **CONTENT,
        }
        burned = {"captions": Captions(burn=True)}
        plain, captioned, named = (
            pictures(shoot(size, film, **own, **third)[0])
            for film, third in (
                ({}, {}),
                (burned, {}),
                (burned, {"lower_third": ("Ann Example", "Head of Research")}),
            )
        )
        seen = 0
        for bare, words, both in zip(plain, captioned, named, strict=True):
            captions, name = ((a != b).any(-1) for a, b in ((bare, words), (words, both)))
            seen += captions.any() and name.any()
            assert not (captions & name).any()
        assert seen > 5
        assert differ(plain[5], captioned[5], whole) > 100

    @pytest.mark.parametrize("shape", SHAPES)
    @pytest.mark.parametrize("corner", CORNERS)
    def test_nobody_speaks_behind_a_logo(
        self, shoot: Film_, desk: Path, shape: str, corner: Any
    ) -> None:
        size = SHAPES[shape]
        mark = Logo(file=desk / "logo.png", corner=corner, size=0.2, opacity=1.0)
        frames, _ = shoot(size, {"brand": Brand(logo=mark)}, layout="corner", corner=corner)
        box = logo(mark.file, size, corner=corner, share=0.2, opacity=1.0).box
        moving = [patch.box for group in frames.patches() for patch in group]
        assert moving
        assert not any(box.overlaps(patch) for patch in moving)

    @pytest.mark.parametrize("corner", ["top-left", "bottom-right"])
    def test_a_logo_stands_still_in_all_frames(self, shoot: Film_, desk: Path, corner: Any) -> None:
        size = SHAPES["wide"]
        mark = Logo(file=desk / "logo.png", corner=corner, size=0.2, opacity=1.0)
        film = {"brand": Brand(logo=mark)}
        talk, heard = shoot(size, film)
        card, _ = shoot(size, film, layout="card", title="Good morning")
        bare, _ = shoot(size)
        inside = np.argwhere((talk.still != bare.still).any(axis=-1) & (talk.still == 255).all(-1))
        (top, left), (bottom, right) = inside.min(axis=0), inside.max(axis=0)
        assert (top < 72) == corner.startswith("top")
        assert (left < 128) == corner.endswith("left")
        there = slice(top, bottom + 1), slice(left, right + 1)
        shown = sound(talk, heard, size) + pictures(card)
        assert all((image[there] == 255).mean() > 0.95 for image in shown)

    @pytest.mark.parametrize("kind", ["fade", "crossfade", "slide", "wipe"])
    def test_a_logo_stands_still_while_scenes_take_over(
        self, desk: Path, portrait: Path, monkeypatch: pytest.MonkeyPatch, kind: Any
    ) -> None:
        size = SHAPES["wide"]
        filmed: list[Frames] = []
        mark = Logo(file=desk / "logo.png", corner="top-left", size=0.2, opacity=1.0)
        film = Film(output=desk / "a.mp4", size=size, fps=FPS, brand=Brand(logo=mark))
        scenes = Scenes(film, Takes(desk / "takes"))

        def kept(named: str, frames: Callable[[], Frames], *rest: object) -> list[Path]:
            filmed.append(frames())
            return []

        monkeypatch.setattr(scenes.takes, "film", kept)
        over = Takeover(kind=kind, frames=6)
        card: dict[str, Any] = {"layout": "card", "lines": (), "presenters": (), "least": 2.0}
        one = Scene(id="a", title="One", out=over, **card)
        other = Scene(id="b", title="Other", into=over, **card)
        scenes.take_over(one, other)
        box = logo(mark.file, size, corner="top-left", share=0.2, opacity=1.0).box
        (frames,) = filmed
        shown = pictures(frames)
        assert len(shown) == 6
        assert differ(shown[0], shown[-1], Box(0, 0, *size)) > 50
        assert all((image[box.slices] == 255).all() for image in shown)

    @pytest.mark.parametrize("layout", ["left", "right", "corner"])
    def test_a_camera_leaves_the_presenter_where_they_are(
        self, shoot: Film_, desk: Path, layout: str
    ) -> None:
        size = SHAPES["wide"]
        content = Picture(file=desk / "slide.png", video=False, fit="cover")
        panned = View(zoom=1.5, x=0.0), View(zoom=1.5, x=1.0)
        moved, heard = shoot(size, layout=layout, content=content, camera=panned)
        still, _ = shoot(size, layout=layout, content=content)
        places = arrange(layout, size)
        (place,) = places.presenters
        middle = Box(
            place.box.x + place.box.width // 4,
            place.box.y + place.box.height // 4,
            place.box.width // 2,
            place.box.height // 2,
        )
        for image, without in zip(sound(moved, heard, size), pictures(still), strict=True):
            assert np.array_equal(image[middle.slices], without[middle.slices])
        assert places.content is not None
        shown = pictures(moved)
        assert differ(shown[0], shown[-1], places.content) > 200

    def test_a_camera_moves_everything_slowly(self, shoot: Film_) -> None:
        size = SHAPES["wide"]
        camera = View(zoom=1.0), View(zoom=1.4)
        moved, heard = shoot(size, camera=camera, background="#ff0000")
        still, _ = shoot(size, background="#ff0000")
        shown, without = sound(moved, heard, size), pictures(still)
        whole = Box(0, 0, *size)
        assert differ(shown[0], without[0], whole) < differ(shown[-1], without[-1], whole)
        assert differ(shown[-1], without[-1], whole) > 500


class TestWhatIsNotSeen:
    def missing(self, desk: Path, film: dict[str, Any] | None = None, **own: Any) -> list[str]:
        told = Film(output=desk / "a.mp4", size=(256, 144), fps=FPS).model_copy(update=film or {})
        values: dict[str, Any] = {"id": "a", "lines": (), "presenters": (), "least": 1.0} | own
        scene = Scene(**values)
        return Screen(told).missing(scene, speak_scene(scene, FPS))

    @pytest.mark.parametrize(
        "own",
        [
            {"layout": "card", "title": "日本", "subtitle": "語"},
            {"layout": "card", "content": Slide(title="日本", points=("Hello", "語日"))},
            {"lower_third": ("日本", "語"), "presenters": (Presenter(portrait=Path("a.png")),)},
        ],
    )
    def test_characters_without_a_glyph_are_told(self, desk: Path, own: dict[str, Any]) -> None:
        (note,) = self.missing(desk, **own)
        assert "leave out 日本語, for which their font has no glyph" in note

    def test_those_of_captions_too(self, desk: Path, portrait: Path) -> None:
        people = (Presenter(portrait=portrait),)
        lines = (Line(text="你好。", voice="cmn", language="zh"),)
        burned = {"captions": Captions(burn=True)}
        (note,) = self.missing(desk, burned, lines=lines, presenters=people)
        assert "captions leave out 你好" in note
        assert not self.missing(desk, lines=lines, presenters=people)

    def test_words_there_is_no_room_for_are_told(self, desk: Path) -> None:
        long = "word " * 110 + "tail"
        (note,) = self.missing(desk, layout="card", content=Slide(title="A", points=(long,) * 8))
        assert "no room for “" in note
        assert self.missing(desk, layout="card", title=long)
        assert self.missing(desk, lower_third=(long, None))
        assert not self.missing(desk, layout="card", title="Short", lower_third=("Ann", "Host"))
        assert not self.missing(desk, title=long)  # a name that is not shown

    def test_they_are_told_again_where_the_scene_is_found(self, desk: Path, tmp_path: Path) -> None:
        film = Film(output=tmp_path / "a.mp4", size=(256, 144), fps=FPS)
        scene = Scene(id="a", title="日本", layout="card", lines=(), presenters=(), least=1.0)
        notes = []
        for _ in range(2):
            scenes = Scenes(film, Takes(tmp_path / "takes"))
            scenes.shoot(scene, lambda done: None)
            notes.append(scenes.notes)
        assert notes[0] == notes[1] != []


@pytest.mark.parametrize("shape", SHAPES)
@pytest.mark.parametrize("kind", ["fade", "crossfade", "slide", "wipe"])
def test_scenes_of_any_layout_take_over_from_one_another(
    shoot: Film_, kind: str, shape: str
) -> None:
    size = SHAPES[shape]
    one, _ = shoot(size, layout="left", **CONTENT)
    other, _ = shoot(size, layout="card", title="Good morning")
    count = 7
    both = transition(kind, one.part(0, count), other.part(0, count))
    assert both.size == size
    assert_starts_anywhere(both)
    shown = pictures(both)
    assert len(shown) == count
    olds, news = (pictures(frames.part(0, count)) for frames in (one, other))
    away = [differ(a, b, Box(0, 0, *size)) for a, b in zip(shown, olds, strict=True)]
    to = [differ(a, b, Box(0, 0, *size)) for a, b in zip(shown, news, strict=True)]
    assert away[0] < away[-1]
    assert to[0] > to[-1]
