"""What is seen in a scene: presenters drawn and placed, content beside them, words over it all."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from functools import cached_property
from threading import RLock

import numpy as np

from agent.events import Advance, Work
from agent.film import captions as scene_captions
from agent.film import plan
from agent.film.cast import Cast
from agent.film.plan import Film, Picture, Presenter, Scene, Slide
from agent.film.presenters import directed
from agent.film.sound import Dialogue
from agent.film.stopwatch import Stopwatch
from tools import captions
from tools.canvas import broll, camera, layouts
from tools.canvas.backdrop import TRANSPARENT, rgb, solid_or_picture
from tools.canvas.camera import Camera, View
from tools.canvas.compose import compose, frame_shot
from tools.canvas.layers import Layer, rounded, stack
from tools.canvas.layouts import Place
from tools.canvas.overlays import Overlay, fix, lay
from tools.face import detection
from tools.interpolate import base as interpolators
from tools.interpolate.rate import at_rate
from tools.lettering import cards, slides
from tools.lettering.brand import Brand, Palette
from tools.lettering.logo import logo
from tools.lettering.lower_third import LowerThird, lower_third
from tools.lettering.place import Rooms, caption_height, rooms
from tools.lettering.sheet import Sheet, ground
from tools.media import Box, Frames, Image, Patch, Shot
from tools.picture import image

COMES, STAYS = 0.6, 5.0  # seconds into the scene that a lower third comes, and how long it stays
FEW_WORDS = 4
REMEMBERED = 8  # portraits on their canvases that are kept in memory
Casts = dict[tuple[object, ...], Cast]
VEIL = 0.62  # how far a card's picture is covered, so that its words can be read


class Screen:
    """Draws the scenes of one film; what they share is loaded once.

    watch  measures acting, rendering and composing.
    casts  those that are loaded already, for another film of the same scenes.
    """

    def __init__(self, film: Film, watch: Stopwatch | None = None, casts: Casts | None = None):
        self.film, self._look = film, film.brand or plan.Brand()
        self.casts: Casts = {} if casts is None else casts
        self.notes: list[str] = []  # sentences the user should see about what was drawn
        self._watch = watch or Stopwatch(Work())
        self._shots: dict[tuple[object, ...], Shot] = {}
        self._loading = RLock()

    def cast(self, scene: Scene) -> Cast:
        """Those who draw a scene's presenters, ready. Raises what ``agent.film.cast`` does."""
        with self._loading:
            named = scene.renderer, scene.set, scene.quality, scene.see_through
            if named not in self.casts:
                self.casts[named] = Cast.of(scene, self.film)
            return self.casts[named]

    def prepare(self, scene: Scene, advance: Advance) -> None:
        """Find the faces of a scene's presenters and frame them. ``advance`` counts percent of
        each.
        """
        for number, place in enumerate(self._arranged(scene).presenters):
            self._shot(scene, number, (place.box.width, place.box.height), advance)

    def frames(self, scene: Scene, dialogue: Dialogue) -> Frames:
        """A scene in motion, but for what is laid over the whole film."""
        frames = self._stage(scene, dialogue)
        if scene.lower_third is not None:
            frames = lay(frames, self._lower_third(scene, frames.count).at)
        return self._captioned(frames, scene, dialogue) if self.film.captions.burn else frames

    def finished(self, frames: Frames) -> Frames:
        """With what is laid over the whole film."""
        return fix(frames, self._logo)

    def missing(self, scene: Scene, dialogue: Dialogue) -> list[str]:
        """Sentences about words of a scene that nobody will see, be it drawn anew or found."""
        told = [f"There was no room for “{cut[:80]}”; shorten it." for cut in self._cut(scene)]
        burned = self._cues(scene, dialogue) if self.film.captions.burn else []
        written = {
            "Cards, slides and names": self._lettering(scene),
            "The captions": "".join(cue.text for cue in burned),
        }
        for what, words in written.items():
            if unknown := self._brand.undrawable(words):
                told.append(f"{what} leave out {unknown[:40]}, for which their font has no glyph.")
        return told

    # --- The stage ------------------------------------------------------------------------------

    def _stage(self, scene: Scene, dialogue: Dialogue) -> Frames:
        """Presenters and content where they belong."""
        count = round(dialogue.speech.duration * self.film.fps)
        places, layers = self._arranged(scene), []
        if places.content is not None:
            box = _shaped(scene, places.content) if places.radius else places.content
            content = self._content(scene, dialogue, (box.width, box.height), count)
            layers.append(self._placed(self._seen(content, scene), Place(box, places.radius)))
        for number, place in enumerate(places.presenters):
            size = place.box.width, place.box.height
            presenter = self._presenter(scene, dialogue, number, size)
            layers.append(self._placed(presenter, place))
        frames = self._stacked(layers)
        # Beside content presenters stand still, or the camera would lose them.
        return frames if places.content else self._seen(frames, scene)

    def _arranged(self, scene: Scene) -> layouts.Arrangement:
        return layouts.arrange(scene.layout, self.film.size, scene.corner, self._mark)

    def _seen(self, frames: Frames, scene: Scene) -> Frames:
        """As the scene's camera sees them."""
        if scene.camera is None:
            return frames
        start, end = (View(view.zoom, view.x, view.y) for view in scene.camera)
        return camera.move(frames, Camera(start, end))

    def _stacked(self, layers: list[Layer]) -> Frames:
        """Layers over what is behind all of them."""
        alone = layers[0]
        whole = alone.mask is None and alone.frames.size == self.film.size
        if len(layers) == 1 and whole and alone.frames.still.shape[2] == 3 + self.film.alpha:
            return alone.frames
        return stack(self._ground, layers)

    @cached_property
    def _ground(self) -> Image:
        if not self.film.alpha:
            return ground(self.film.size, self._brand)
        width, height = self.film.size
        return np.zeros((height, width, 4), np.uint8)

    def _placed(self, frames: Frames, place: Place) -> Layer:
        mask = rounded(frames.size, place.radius) if place.radius else None
        return Layer(frames, place.box.x, place.box.y, mask, shadow=mask is not None)

    # --- Presenters -----------------------------------------------------------------------------

    def _presenter(
        self, scene: Scene, dialogue: Dialogue, number: int, size: tuple[int, int]
    ) -> Frames:
        """One presenter in a picture of ``size`` (width, height)."""
        cast, shot = self.cast(scene), self._shot(scene, number, size)
        with self._watch.stage("act"):
            speech, direction = directed(scene, dialogue, number)
        with self._watch.stage("render"):
            drawn = cast.crew.frames(shot.portrait, speech, direction, cast.fps)
        frames = compose(self._watch.frames("render", drawn, within="compose"), shot)
        if cast.interpolator is not None:
            frames = at_rate(frames, self.film.fps, interpolators.load(cast.interpolator))
        behind = scene.background
        if not (isinstance(behind, Picture) and behind.video):
            return frames
        footage = self._pictured(behind, size, frames.count)
        return stack(footage.still, [Layer(footage, 0, 0), Layer(frames, 0, 0)])

    def _shot(
        self, scene: Scene, number: int, size: tuple[int, int], advance: Advance = lambda done: None
    ) -> Shot:
        """A presenter of a scene in a picture of ``size`` (width, height)."""
        behind = TRANSPARENT if scene.see_through else scene.background
        named = scene.presenters[number], size, behind
        with self._loading:
            if named not in self._shots:
                while len(self._shots) >= REMEMBERED:
                    del self._shots[next(iter(self._shots))]
                self._shots[named] = framed(*named, advance)
                self.notes += self._shots[named].notes
            return self._shots[named]

    # --- Content --------------------------------------------------------------------------------

    def _content(
        self, scene: Scene, dialogue: Dialogue, size: tuple[int, int], count: int
    ) -> Frames:
        """What is shown beside, behind or instead of presenters."""
        fps, shown = self.film.fps, scene.content or scene.background
        sheet = self._sheet(scene, size)
        if sheet is not None and isinstance(shown, Slide):
            starts = [round(start * fps) for start, _ in dialogue.spans]
            # Points come in with the lines that speak of them, if each has one.
            each = len(shown.points) <= len(starts)
            return slides.reveal(sheet, starts if each else [0], fps, count)
        if sheet is not None:
            return self._card(sheet, scene, size, count)
        if isinstance(shown, Picture):
            return self._pictured(shown, size, count)
        colour = _colour(scene)
        plain = solid_or_picture(colour, size) if colour else ground(size, self._brand)
        return still(plain, fps, count)

    def _card(self, card: Sheet, scene: Scene, size: tuple[int, int], count: int) -> Frames:
        """A title, and what stands under it, over the scene's background."""
        behind, fps = scene.background, self.film.fps
        shown = Sheet.held if scene.opening else cards.animated
        if not isinstance(behind, Picture):
            return shown(card, fps, count)
        seen = fix(self._pictured(behind, size, count), [_veil(size, self._brand)])
        if behind.video:  # words that come in over what moves would have to be drawn each time
            return fix(seen, card.layers)
        return shown(replace(card, ground=seen.still), fps, count)

    def _sheet(self, scene: Scene, size: tuple[int, int]) -> Sheet | None:
        """The slide or the card of a scene, if it shows one."""
        brand, shown = self._brand, scene.content
        if isinstance(shown, Slide):
            return slides.slide(size, shown.title or "", shown.points, brand)
        if shown is not None or scene.title is None:
            return None
        if colour := _colour(scene):
            brand = replace(brand, colours=replace(brand.colours, background=rgb(colour)))
        draw = cards.end_card if scene.ending else cards.title_card
        return draw(size, scene.title, scene.subtitle or "", brand)

    def _pictured(self, shown: Picture, size: tuple[int, int], count: int) -> Frames:
        file, fps = shown.file, self.film.fps
        if not shown.video:
            return still(broll.picture(file, size, shown.fit), fps, count)
        return broll.footage(file, size, fps, count, fit=shown.fit, start=shown.start)

    # --- Words over the picture -----------------------------------------------------------------

    def _lower_third(self, scene: Scene, count: int) -> LowerThird:
        name, role = scene.lower_third or ("", None)
        size, fps, room = self.film.size, self.film.fps, self._rooms(scene).name
        start = min(round(COMES * fps), count // 4)
        length = min(round(STAYS * fps), count - start)
        return lower_third(
            size, name, role or "", self._brand, start=start, length=length, fps=fps, room=room
        )

    def _cut(self, scene: Scene) -> list[str]:
        """Words of its content and of its lower third for which there is no room."""
        content = self._arranged(scene).content
        sheet = self._sheet(scene, (content.width, content.height)) if content else None
        named = self._lower_third(scene, 1) if scene.lower_third else None
        return [shown.cut for shown in (sheet, named) if shown and shown.cut]

    def _lettering(self, scene: Scene) -> str:
        """All that is written in its content and in its lower third."""
        shown, words = scene.content, [*(scene.lower_third or ())]
        if isinstance(shown, Slide):
            words += [shown.title, *shown.points]
        elif shown is None and self._arranged(scene).content:
            words += [scene.title, scene.subtitle]
        return " ".join(filter(None, words))

    def _captioned(self, frames: Frames, scene: Scene, dialogue: Dialogue) -> Frames:
        look = self.film.captions
        return captions.burn(
            frames,
            self._cues(scene, dialogue),
            style=look.style,
            karaoke=look.karaoke,
            max_words=self._few_words,
            brand=self._brand if self.film.brand else None,
            room=self._rooms(scene).captions,
        )

    def _cues(self, scene: Scene, dialogue: Dialogue) -> list[captions.Cue]:
        width = self._rooms(scene).captions.width
        return scene_captions.cues(
            scene, dialogue, self.film.size, max_words=self._few_words, width=width
        )

    def _rooms(self, scene: Scene) -> Rooms:
        size, burned = self.film.size, self.film.captions.burn
        lines = caption_height(size, self._few_words) if burned else 0
        return rooms(scene.layout, size, scene.corner, self._mark, lines)

    @property
    def _few_words(self) -> int | None:
        """Karaoke in an upright film shows a few words at a time, as people hold telephones."""
        width, height = self.film.size
        return FEW_WORDS if self.film.captions.karaoke and height > width else None

    @cached_property
    def _logo(self) -> tuple[Overlay, ...]:
        mark, size = self._look.logo, self.film.size
        if mark is None:
            return ()
        return (logo(mark.file, size, corner=mark.corner, share=mark.size, opacity=mark.opacity),)

    @property
    def _mark(self) -> Box | None:
        """Where the logo lies."""
        return self._logo[0].box if self._logo else None

    @cached_property
    def _brand(self) -> Brand:
        chosen = self._look.model_dump(include={"background", "text", "accent"})
        colours = {name: rgb(colour) for name, colour in chosen.items() if colour}
        return Brand(Palette(**colours), self._look.font)


def framed(
    presenter: Presenter,
    size: tuple[int, int],
    background: str | Picture | None,
    advance: Advance = lambda done: None,
) -> Shot:
    """A portrait, its face found, on a canvas of ``size`` (width, height). ``advance`` counts
    percent.
    """
    picture, alpha = image.load_with_alpha(presenter.portrait)
    found = detection.find_face(picture, choose=presenter.face)
    shot = frame_shot(
        picture,
        found.landmarks,
        size=size,
        background=str(background.file) if isinstance(background, Picture) else background,
        alpha=alpha,
        progress=lambda share: advance(round(100 * share)),
    )
    return replace(shot, notes=(*found.notes, *shot.notes))


def _shaped(scene: Scene, box: Box) -> Box:
    """A place for content, in the shape of a picture that is shown whole: it wants no bars."""
    shown = scene.content
    if not isinstance(shown, Picture) or shown.video or shown.fit != "contain":
        return box
    height, width = image.load(shown.file).shape[:2]
    return layouts.within(box, width / height)


def _colour(scene: Scene) -> str | None:
    """The plain colour of a scene's background, if it is one."""
    behind = scene.background
    return behind if isinstance(behind, str) and behind.startswith("#") else None


def _veil(size: tuple[int, int], brand: Brand) -> Overlay:
    """The brand's background over all of a picture, so that words on it can be read."""
    width, height = size
    colour = np.full((height, width, 3), brand.colours.background, np.float32) * VEIL
    through = np.full((height, width, 3), round(255 * (1 - VEIL)), np.uint8)
    return Overlay(Box(0, 0, width, height), np.asarray(colour + 0.5, np.uint8), through)


def still(picture: Image, fps: int, count: int) -> Frames:
    """Frames in which nothing moves."""

    def patches(start: int = 0) -> Iterator[tuple[Patch, ...]]:
        return iter([()] * (count - start))

    return Frames(picture, fps, count, patches)
