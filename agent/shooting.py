"""What is seen in a scene: presenters drawn and placed, content beside them, words over it all."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cached_property
from threading import RLock

import numpy as np

from agent import nodes
from agent.acting import directed
from agent.speaking import Heard, written
from agent.staging import Film, Picture, Presenter, Slide, Staged
from tools import broll, camera, captions, layouts
from tools.backdrop import solid_or_picture
from tools.camera import Camera, View
from tools.compose import TRANSPARENT, compose
from tools.interpolate import base as interpolators
from tools.interpolate.rate import at_rate
from tools.layers import Layer, flattened, rounded, seen_through, stack
from tools.lettering import cards, slides
from tools.lettering.brand import Brand, Palette, parse
from tools.lettering.logo import placed as placed_logo
from tools.lettering.lower_third import LowerThird
from tools.media import Frames, Image, Patch, Shot
from tools.overlays import Overlay, fix, lay

COMES, STAYS = 0.6, 5.0  # seconds into the scene that a lower third comes, and how long it stays


class Shooting:
    """Draws the scenes of one film; what they share is loaded once."""

    def __init__(self, film: Film) -> None:
        self.film = film
        self._shots: dict[tuple[object, ...], Shot] = {}
        self._casts: dict[tuple[object, ...], nodes.Cast] = {}
        self._loading = RLock()

    def frames(self, staged: Staged, heard: Heard) -> Frames:
        """A scene in motion, but for what is laid over the whole film."""
        frames = self._stage(staged, heard)
        if staged.camera is not None:
            start, end = (View(view.zoom, view.x, view.y) for view in staged.camera)
            frames = camera.move(frames, Camera(start, end))
        if staged.lower_third is not None:
            frames = lay(frames, self._lower_third(*staged.lower_third, frames.count).at)
        return self._captioned(frames, staged, heard) if self.film.captions.burn else frames

    def finished(self, frames: Frames) -> Frames:
        """With what is laid over the whole film."""
        return fix(frames, self._logo)

    # --- The stage ------------------------------------------------------------------------------

    def _stage(self, staged: Staged, heard: Heard) -> Frames:
        """Presenters and content where they belong."""
        count = round(heard.speech.duration * self.film.fps)
        places = layouts.arrange(staged.layout, self.film.size, staged.corner)
        layers = []
        if places.content is not None:
            box = places.content.box
            content = self._content(staged, (box.width, box.height), count)
            layers.append(self._placed(content, places.content))
        for number, place in enumerate(places.presenters):
            size = place.box.width, place.box.height
            presenter = self._presenter(staged, heard, number, size)
            layers.append(self._placed(presenter, place))
        return self._stacked(layers)

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
            return solid_or_picture(self.film.brand.background, self.film.size)
        width, height = self.film.size
        return np.zeros((height, width, 4), np.uint8)

    def _placed(self, frames: Frames, place: Place) -> Layer:
        mask = rounded(frames.size, place.radius) if place.radius else None
        return Layer(frames, place.box.x, place.box.y, mask, shadow=mask is not None)

    # --- Presenters -----------------------------------------------------------------------------

    def _presenter(
        self, staged: Staged, heard: Heard, number: int, size: tuple[int, int]
    ) -> Frames:
        """One presenter in a picture of ``size`` (width, height)."""
        behind = staged.background
        moving = behind if isinstance(behind, Picture) and behind.video else None
        with self._loading:
            cast = self._cast(staged)
            shot = self._shot(staged.presenters[number], size, TRANSPARENT if moving else behind)
        speech, direction = directed(staged, heard, number)
        drawn = cast.renderer.render(shot.portrait, speech, direction, cast.fps)
        frames = compose(drawn, shot)
        if cast.interpolator is not None:
            frames = at_rate(frames, self.film.fps, interpolators.load(cast.interpolator))
        if moving is None:
            return frames
        footage = self._pictured(moving, size, frames.count)
        return stack(footage.still, [Layer(footage, 0, 0), Layer(frames, 0, 0)])

    def _cast(self, staged: Staged) -> nodes.Cast:
        named = staged.renderer, staged.set, staged.quality
        if named not in self._casts:
            settings = dict(given.split("=", 1) for given in staged.set)
            fps = self.film.fps
            # Between frames that are seen through nothing can be interpolated.
            between = "none" if self._see_through(staged) else self.film.interpolate
            self._casts[named] = nodes.cast_renderer(
                staged.renderer, settings, staged.quality, fps, between
            )
        return self._casts[named]

    def _see_through(self, staged: Staged) -> bool:
        behind = staged.background
        return behind == TRANSPARENT or (isinstance(behind, Picture) and behind.video)

    def _shot(
        self, presenter: Presenter, size: tuple[int, int], background: str | Picture | None
    ) -> Shot:
        named = presenter, size, background
        if named not in self._shots:
            behind = str(background.file) if isinstance(background, Picture) else background
            self._shots[named] = nodes.framed(presenter.portrait, presenter.face, size, behind)
        return self._shots[named]

    # --- Content --------------------------------------------------------------------------------

    def _content(self, staged: Staged, size: tuple[int, int], count: int) -> Frames:
        """What is shown beside, behind or instead of presenters."""
        match staged.content:
            case Picture():
                return self._pictured(staged.content, size, count)
            case Slide(title=title, points=points):
                slide = slides.slide(size, title, points, self._brand)
                return still(slide, self.film.fps, count)
        if staged.title is not None:
            return self._card(staged, size, count)
        match staged.background:
            case Picture():
                return self._pictured(staged.background, size, count)
            case str() if staged.background.startswith("#"):
                return still(solid_or_picture(staged.background, size), self.film.fps, count)
        return still(solid_or_picture(self.film.brand.background, size), self.film.fps, count)

    def _card(self, staged: Staged, size: tuple[int, int], count: int) -> Frames:
        return cards.title_card(
            size, staged.title, staged.subtitle, self._brand, self.film.fps, count
        )

    def _pictured(self, shown: Picture, size: tuple[int, int], count: int) -> Frames:
        if not shown.video:
            return still(broll.picture(shown.file, size, shown.fit), self.film.fps, count)
        return broll.footage(shown.file, size, self.film.fps, count, shown.fit, shown.start)

    # --- Words over the picture -----------------------------------------------------------------

    def _lower_third(self, name: str, role: str | None, count: int) -> LowerThird:
        fps = self.film.fps
        comes = round(COMES * fps)
        stays = min(round(STAYS * fps), count - comes)
        return LowerThird(
            name, role, self._brand, self.film.size, comes, stays, fps,
            above_captions=self.film.captions.burn,
        )  # fmt: skip

    def _captioned(self, frames: Frames, staged: Staged, heard: Heard) -> Frames:
        text = "\n".join(map(written, staged.lines))
        look = self.film.captions
        cues = captions.cues(heard.speech, text, captions.line_length(self.film.size))
        return captions.burn(
            frames, cues, style=look.style, karaoke=look.karaoke, brand=self._brand
        )

    @cached_property
    def _logo(self) -> tuple[Overlay, ...]:
        mark = self.film.brand.logo
        if mark is None:
            return ()
        return (placed_logo(mark.file, self.film.size, mark.corner, mark.size, mark.opacity),)

    @cached_property
    def _brand(self) -> Brand:
        look = self.film.brand
        return Brand(palette(look.background, look.text, look.accent), look.font)


def still(picture: Image, fps: int, count: int) -> Frames:
    """Frames in which nothing moves."""

    def patches(start: int = 0) -> Iterator[tuple[Patch, ...]]:
        return iter([()] * (count - start))

    return Frames(picture, fps, count, patches)
