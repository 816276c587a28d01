"""What is seen in a scene: presenters drawn and placed, content beside them, words over it all."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from functools import cached_property, lru_cache
from threading import RLock

import numpy as np

from agent import nodes, subtitling
from agent.acting import directed
from agent.speaking import Heard
from agent.staging import Film, Picture, Presenter, Slide, Staged
from tools import broll, camera, captions, layouts
from tools.backdrop import TRANSPARENT, rgb, solid_or_picture
from tools.camera import Camera, View
from tools.compose import compose
from tools.interpolate import base as interpolators
from tools.interpolate.rate import at_rate
from tools.layers import Layer, rounded, stack
from tools.layouts import Place
from tools.lettering import cards, slides
from tools.lettering.brand import Brand, Palette
from tools.lettering.logo import logo
from tools.lettering.lower_third import LowerThird, lower_third
from tools.lettering.place import caption_bottom
from tools.lettering.sheet import Sheet, ground
from tools.media import Box, Frames, Image, Patch, Shot
from tools.overlays import Overlay, fix, lay

COMES, STAYS = 0.6, 5.0  # seconds into the scene that a lower third comes, and how long it stays
FEW_WORDS = 4
REMEMBERED = 8  # portraits on their canvases that are kept in memory
VEIL = 0.62  # how far a card's picture is covered, so that its words can be read


class Shooting:
    """Draws the scenes of one film; what they share is loaded once."""

    def __init__(self, film: Film) -> None:
        self.film = film
        self._shot = lru_cache(maxsize=REMEMBERED)(self._framed)
        self._casts: dict[tuple[object, ...], nodes.Cast] = {}
        self._loading = RLock()
        self.notes: list[str] = []  # sentences the user should see

    def frames(self, staged: Staged, heard: Heard) -> Frames:
        """A scene in motion, but for what is laid over the whole film."""
        frames = self._stage(staged, heard)
        if staged.camera is not None:
            start, end = (View(view.zoom, view.x, view.y) for view in staged.camera)
            frames = camera.move(frames, Camera(start, end))
        if staged.lower_third is not None:
            frames = lay(frames, self._lower_third(staged, *staged.lower_third, frames.count).at)
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
            box = self._clear_of_logo(places.content) if places.radius else places.content
            content = self._content(staged, heard, (box.width, box.height), count)
            layers.append(self._placed(content, Place(box, places.radius)))
        for number, place in enumerate(places.presenters):
            size = place.box.width, place.box.height
            presenter = self._presenter(staged, heard, number, size)
            layers.append(self._placed(presenter, place))
        return self._stacked(layers)

    def _clear_of_logo(self, content: Box) -> Box:
        """As much of the content's place as the logo leaves free above or below it."""
        gap = 2 * round(layouts.SAFE * min(self.film.size) / 4)
        for mark in self._logo:
            common = mark.box.intersection(content)
            if not common.height or not common.width:
                continue
            taken = common.height + gap + common.height % 2
            top = taken if mark.box.y < self.film.size[1] / 2 else 0
            content = Box(content.x, content.y + top, content.width, content.height - taken)
        return content

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
        # Between frames that are seen through nothing can be interpolated.
        between = "none" if self._see_through(staged) else self.film.interpolate
        named = staged.renderer, staged.set, staged.quality, between
        if named not in self._casts:
            settings = dict(given.split("=", 1) for given in staged.set)
            fps = self.film.fps
            self._casts[named] = nodes.ready(
                staged.renderer, settings, staged.quality, fps, between
            )
        return self._casts[named]

    def _see_through(self, staged: Staged) -> bool:
        behind = staged.background
        return behind == TRANSPARENT or (isinstance(behind, Picture) and behind.video)

    def _framed(
        self, presenter: Presenter, size: tuple[int, int], background: str | Picture | None
    ) -> Shot:
        behind = str(background.file) if isinstance(background, Picture) else background
        shot = nodes.framed(presenter.portrait, presenter.face, size, behind)
        self.notes += shot.notes
        return shot

    # --- Content --------------------------------------------------------------------------------

    def _content(self, staged: Staged, heard: Heard, size: tuple[int, int], count: int) -> Frames:
        """What is shown beside, behind or instead of presenters."""
        fps, shown = self.film.fps, staged.content or staged.background
        if staged.title is not None and staged.content is None:
            return self._card(staged, size, count)
        match shown:
            case Picture():
                return self._pictured(shown, size, count)
            case Slide(title=title, points=points):
                slide = self._told(slides.slide(size, title or "", points, self._brand))
                starts = [round(start * fps) for start, _ in heard.spans]
                # Points come in with the lines that speak of them, if each has one.
                return slides.reveal(
                    slide, starts if len(points) <= len(starts) else [0], fps, count
                )
        colour = _colour(staged)
        return still(
            solid_or_picture(colour, size) if colour else ground(size, self._brand), fps, count
        )

    def _card(self, staged: Staged, size: tuple[int, int], count: int) -> Frames:
        """A title, and what stands under it, over the scene's background."""
        brand, behind, fps = self._brand, staged.background, self.film.fps
        if colour := _colour(staged):
            brand = replace(brand, colours=replace(brand.colours, background=rgb(colour)))
        draw = cards.end_card if staged.ending else cards.title_card
        card = self._told(draw(size, staged.title or "", staged.subtitle or "", brand))
        shown = Sheet.held if staged.opening else cards.animated
        if not isinstance(behind, Picture):
            return shown(card, fps, count)
        seen = fix(self._pictured(behind, size, count), [_veil(size, brand)])
        if behind.video:  # words that come in over what moves would have to be drawn each time
            return fix(seen, card.layers)
        return shown(replace(card, ground=seen.still), fps, count)

    def _told(self, sheet: Sheet) -> Sheet:
        """The sheet itself; what there was no room for is noted."""
        self._cut(sheet.cut)
        return sheet

    def _cut(self, words: str) -> None:
        if words:
            self.notes.append(f"There was no room for “{words[:80]}”; shorten it.")

    def _pictured(self, shown: Picture, size: tuple[int, int], count: int) -> Frames:
        if not shown.video:
            return still(broll.picture(shown.file, size, shown.fit), self.film.fps, count)
        return broll.footage(
            shown.file, size, self.film.fps, count, fit=shown.fit, start=shown.start
        )

    # --- Words over the picture -----------------------------------------------------------------

    def _lower_third(self, staged: Staged, name: str, role: str | None, count: int) -> LowerThird:
        fps = self.film.fps
        comes = min(round(COMES * fps), count // 4)
        third = lower_third(
            self.film.size,
            name,
            role or "",
            self._brand,
            start=comes,
            length=min(round(STAYS * fps), count - comes),
            fps=fps,
            above_captions=self.film.captions.burn and not self._at_the_seam(staged),
            left=self._named_from(staged),
            max_words=self._few_words,
        )
        self._cut(third.cut)
        return third

    def _named_from(self, staged: Staged) -> int:
        """The x from which a name belongs to who is named: on their side, not on their face."""
        (width, height), gap = self.film.size, round(layouts.SAFE * min(self.film.size))
        box = layouts.arrange(staged.layout, self.film.size, staged.corner).presenters[0].box
        match staged.layout, staged.corner:
            case "corner", "bottom-left":
                return box.x + box.width + gap // 2
            case "right", _ if width > height:
                return box.x + gap
        return 0

    def _captioned(self, frames: Frames, staged: Staged, heard: Heard) -> Frames:
        look, few = self.film.captions, self._few_words
        cues = subtitling.cues(staged, heard, self.film.size, max_words=few)
        if missing := captions.undrawable(cues, self._brand.font):
            self.notes.append(
                f"The captions leave out {missing[:40]}, for which their font has no glyph."
            )
        return captions.burn(
            frames, cues, style=look.style, karaoke=look.karaoke, max_words=few, brand=self._brand,
            room=self._caption_room(staged),
        )  # fmt: skip

    def _caption_room(self, staged: Staged) -> Box | None:
        """Where captions neither lie on a face nor on the picture in a corner; None: as usual."""
        width, height = self.film.size
        bottom, gap = caption_bottom(self.film.size), round(layouts.SAFE * min(width, height))
        presenters = layouts.arrange(staged.layout, self.film.size, staged.corner).presenters
        if self._at_the_seam(staged):
            return Box(0, 0, width, presenters[0].box.y + gap)
        if staged.layout != "corner" or presenters[0].box.y < height / 2:
            return None
        inset = presenters[0].box
        if height > width:
            return Box(0, 0, width, min(bottom, inset.y - gap // 2))
        if staged.corner == "bottom-right":
            return Box(0, 0, inset.x, bottom)
        return Box(inset.x + inset.width, 0, width - inset.x - inset.width, bottom)

    def _at_the_seam(self, staged: Staged) -> bool:
        """Whether captions stand between content and the presenter below it, whose face is where
        they usually are.
        """
        presenters = layouts.arrange(staged.layout, self.film.size, staged.corner).presenters
        return staged.layout in {"left", "right"} and presenters[0].box.y > 0

    @property
    def _few_words(self) -> int | None:
        """Karaoke in an upright film shows a few words at a time, as people hold telephones."""
        width, height = self.film.size
        return FEW_WORDS if self.film.captions.karaoke and height > width else None

    @cached_property
    def _logo(self) -> tuple[Overlay, ...]:
        mark = self.film.brand.logo
        if mark is None:
            return ()
        return (
            logo(
                mark.file,
                self.film.size,
                corner=mark.corner,
                share=mark.size,
                opacity=mark.opacity,
            ),
        )

    @cached_property
    def _brand(self) -> Brand:
        look, usual = self.film.brand, Palette()
        given = (look.background, look.text, look.accent)
        own = (usual.background, usual.text, usual.accent)
        colours = (
            rgb(colour) if colour else default for colour, default in zip(given, own, strict=True)
        )
        return Brand(Palette(*colours), look.font)


def _colour(staged: Staged) -> str | None:
    """The plain colour of a scene's background, if it is one."""
    behind = staged.background
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
