"""Who is speaking: a name and a role in a bar at the lower left."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from tools.canvas.overlays import Overlay
from tools.easing import ease_out, smoothstep
from tools.lettering import ink
from tools.lettering.brand import Brand
from tools.lettering.fit import fit
from tools.lettering.letters import starts_right
from tools.lettering.place import SAFE, name_bottom, unit
from tools.media import Box

SECONDS = 0.5  # to come in, and to leave
SLIDE = 0.035  # of the width: how far it moves; less than the margin
NAME, SMALLEST_NAME = 0.05, 0.026  # of ``unit``
ROLE, SMALLEST_ROLE = 0.033, 0.022  # of ``unit``
WIDEST = 0.8  # of the shorter side
OPACITY = 0.9


@dataclass(frozen=True)
class LowerThird:
    """A bar that comes in at frame ``start`` and is gone after ``length`` frames.

    overlay  the bar in its final place; None if there are no words.
    travel   px it slides, to the right when it comes in. fps: frames per second.
    cut      the part of the words that is not shown for lack of room; "" where all is shown.
    """

    overlay: Overlay | None
    start: int
    length: int
    fps: int
    travel: int
    cut: str = ""

    def at(self, number: int) -> Sequence[Overlay]:
        """The overlays on frame ``number``: one or none."""
        passed = number - self.start
        if self.overlay is None or not 0 <= passed < self.length:
            return ()
        moving = max(1, min(round(SECONDS * self.fps), self.length // 2))
        seen = min(1.0, (passed + 1) / (moving + 1), (self.length - passed) / (moving + 1))
        if seen >= 1:
            return (self.overlay,)
        away = round(self.travel * (1 - ease_out(seen)))
        return (ink.faded(self.overlay.moved(-away, 0), smoothstep(seen)),)


def lower_third(
    size: tuple[int, int],
    name: str,
    role: str,
    brand: Brand,
    *,
    start: int,
    length: int,
    fps: int,
    room: Box | None = None,
) -> LowerThird:
    """The bar for a picture of ``size`` (width, height), within its safe margins.

    ``start`` and ``length`` are frames. ``room`` is the part of the picture at whose lower left
    the bar is placed, as far as margins allow; without it, the whole picture.
    """
    width, height = size
    px = unit(size)
    margin = max(1, round(width * SAFE))
    pad, stripe = round(px * 0.022), max(2, round(px * 0.008))
    room = room or Box(0, 0, width, name_bottom(size))
    x = max(margin, room.x)
    column = min(room.right, width - margin) - x - stripe - 3 * pad
    widest = max(1, min(min(size) * WIDEST, column))
    who = fit(name, brand.bold_font, (widest, height * 0.13), px * NAME, px * SMALLEST_NAME)
    largest = min(px * ROLE, who.face.points) if who.lines else px * ROLE
    what = fit(role, brand.regular_font, (widest, height * 0.1), largest, px * SMALLEST_ROLE)
    travel = round(width * SLIDE)
    if not who.lines and not what.lines:
        return LowerThird(None, start, length, fps, travel)
    gap = round(px * 0.004) if who.lines and what.lines else 0
    text = round(max(who.width, what.width))
    tall = who.height + gap + what.height + 2 * pad
    bar = Box(x, room.bottom - tall, stripe + 3 * pad + text, tall)
    mirrored = starts_right(name or role)
    align: ink.Align = "right" if mirrored else "left"
    edge = bar.right - stripe if mirrored else bar.x
    at = bar.x + pad + (pad // 2 if mirrored else stripe + pad // 2)
    parts = [
        ink.panel(bar, brand.colours.background, opacity=OPACITY),
        ink.panel(Box(edge, bar.y, stripe, tall), brand.accent),
        ink.written(who, brand.text, (at, bar.y + pad), text, align),
        ink.written(what, brand.quiet, (at, bar.y + pad + who.height + gap), text, align),
    ]
    inside = [drawn.part(bar) for drawn in parts]
    overlay = ink.merged(inside).part(Box(0, 0, width, height))
    if overlay.box.empty:
        return LowerThird(None, start, length, fps, travel)
    return LowerThird(overlay, start, length, fps, travel, f"{who.cut} {what.cut}".strip())
