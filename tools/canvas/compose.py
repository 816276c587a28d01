"""Place a portrait on the canvas of the film, and put its moving frames there."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator

import cv2
import numpy as np
import numpy.typing as npt

from tools.canvas import backdrop
from tools.canvas.enlarge import NETWORK_FROM, enlarge, head_box
from tools.canvas.framing import Framing, frame
from tools.easing import smoothstep
from tools.face.detection import height, measure
from tools.face.matte import cut_out, person_matte
from tools.media import Box, Floats, Frames, Image, Mask, Patch, Portrait, Shot
from tools.upscale.base import Progress

MARGIN = 0.02  # of the canvas: how much more of the picture is kept than is visible
FEATHER = 0.10  # of the portrait's shorter side: how wide its free borders fade
FRAME = 0.02  # of a side: how far inwards a frame around the picture is looked for
STEP = 24  # grey levels between a frame and the picture
HAIR = 0.75  # how far above the forehead hair may rise, over the face's height


def frame_shot(
    image: Image,
    landmarks: Floats,
    *,
    size: tuple[int, int],
    background: str | None = None,
    alpha: Mask | None = None,
    progress: Progress | None = None,
) -> Shot:
    """Frame a portrait on a canvas of ``size`` (width, height), head and shoulders.

    image       (H, W, 3) uint8 RGB; landmarks (478, 3) float32 in its pixels.
    background  None keeps the picture's own: it fills the canvas, or is extended beyond its edges
                where it cannot. "blur" puts it out of focus; "#rrggbb" and the path of a picture
                replace it; "transparent" removes it, and the backdrop has four channels.
    alpha       the picture's own matte, (H, W) uint8, if it has one.
    progress    called with the progress in [0, 1] while a small face is enlarged.

    Raises OptionError for an invalid background colour, ImageError for a background picture that
    cannot be read.
    """
    # This comes first, since it may fail and enlarging takes time.
    canvas: Image | None = None  # made from the portrait itself
    if background == backdrop.TRANSPARENT:
        canvas = np.zeros((size[1], size[0], 4), np.uint8)
    elif background not in (None, backdrop.BLUR):
        canvas = backdrop.solid_or_picture(background, size)

    inside = _without_frame(image)
    image, alpha = image[inside.slices], None if alpha is None else alpha[inside.slices]
    landmarks = landmarks - np.array([inside.x, inside.y, 0], np.float32)
    picture = inside.width, inside.height
    crown = _crown(image, landmarks)
    framing = frame(picture, landmarks, size, crown, cut_out=background is not None)
    visible = _visible(framing, picture, size)
    portrait, x, y = _scaled(image, landmarks, framing, visible, progress)
    notes: tuple[str, ...] = ()
    if framing.scale >= 1.5:
        notes = (
            f"The face is {height(landmarks):.0f} px high in the picture and was enlarged "
            f"{framing.scale:.1f} times; a larger picture gives a sharper film.",
        )
    above = portrait.size[1] if crown is None else framing.y + framing.scale * crown - y
    edge = _feather(portrait.size, (x, y), size, above)
    if background is None:
        if edge is None:
            canvas = np.zeros((size[1], size[0], 3), np.uint8)
        else:
            canvas = backdrop.extended(portrait, (x, y), size, edge)
        return Shot(portrait, canvas, x, y, edge, notes)
    person, matte = cut_out(portrait.image)
    if alpha is not None:
        across, down = portrait.size
        given = cv2.resize(alpha[visible.slices], (across, down), interpolation=cv2.INTER_AREA)
        matte = np.minimum(matte, np.asarray(given, np.uint8))
    if canvas is None:
        canvas = backdrop.blurred(portrait.image, matte, (x, y), size, edge)
    portrait = Portrait(person, portrait.landmarks, matte)
    return Shot(portrait, canvas, x, y, edge, notes)


def compose(frames: Frames, shot: Shot) -> Frames:
    """The portrait's ``frames`` on the shot's canvas: of the same rate and count, drawn when read.

    Patches are clipped to the canvas and blended with what is behind them, through their own alpha
    and the shot's edge. On a transparent backdrop they have alpha and are premultiplied.
    """
    still = shot.backdrop.copy()
    whole = Patch(0, 0, frames.still, shot.portrait.matte)
    if (placed := _placed(whole, shot)) is not None:
        still[placed.box.slices] = placed.image

    def patches(start: int = 0) -> Iterator[tuple[Patch, ...]]:
        for group in frames.patches(start):
            moved = (_placed(patch, shot) for patch in group)
            yield tuple(patch for patch in moved if patch is not None)

    return dataclasses.replace(frames, still=still, patches=patches)


def _placed(patch: Patch, shot: Shot) -> Patch | None:
    """A patch of the portrait as a patch of the canvas; None if it falls outside."""
    seen = patch.part(Box(-shot.x, -shot.y, *shot.size))
    if seen.box.empty:
        return None
    box, pixels, alpha = seen.box.moved(shot.x, shot.y), seen.image, seen.alpha
    if shot.backdrop.shape[2] == 4:
        pixels = np.asarray(cv2.cvtColor(pixels, cv2.COLOR_RGB2RGBA), np.uint8)
    if shot.edge is not None:
        edge = shot.edge[seen.box.slices]
        if edge.min() < 255:
            alpha = edge if alpha is None else cv2.multiply(alpha, edge, scale=1 / 255)
    if alpha is not None:
        pixels = _blend(pixels, shot.backdrop[box.slices], alpha)
    return Patch(box.x, box.y, pixels)


def _blend(over: Image, under: Image, alpha: Mask) -> Image:
    """``over`` seen through ``alpha`` on ``under``; exact where alpha is 0 or 255."""
    shares = cv2.merge((alpha,) * over.shape[2])
    return np.asarray(
        cv2.add(
            cv2.multiply(over, shares, scale=1 / 255),
            cv2.multiply(under, cv2.bitwise_not(shares), scale=1 / 255),
        ),
        np.uint8,
    )


def _without_frame(image: Image) -> Box:
    """The picture without a line or frame along its borders, as scans and screenshots have."""
    height, width = image.shape[:2]
    grey = cv2.cvtColor(image, cv2.COLOR_RGB2GRAY).astype(np.int16)
    top, bottom = _frame_width(grey), height - _frame_width(grey[::-1])
    left, right = _frame_width(grey.T), width - _frame_width(grey.T[::-1])
    return Box.between(left, top, right, bottom)


def _frame_width(grey: npt.NDArray[np.int16]) -> int:
    """How many of the first rows belong to a frame: it ends in a step along most of the width."""
    rows = grey[: 2 + round(FRAME * len(grey))]
    steps = np.median(np.abs(np.diff(rows, axis=0)), axis=1) if len(rows) > 1 else np.zeros(0)
    found = np.flatnonzero(steps > STEP)
    return int(found[-1]) + 1 if len(found) else 0


def _crown(image: Image, landmarks: Floats) -> float | None:
    """The y of the top of the hair in ``image``, 0 if it is cut off; None if it cannot be seen."""
    tall = height(landmarks)
    head = head_box(image, landmarks)
    around = Box(head.x, round(head.y - tall), head.width, round(head.height + 2 * tall))
    around = around.intersection(Box.of(image))
    part, scale = image[around.slices], min(1.0, 320 / max(around.width, around.height))
    small = cv2.resize(part, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)
    matte = person_matte(np.asarray(small, np.uint8))
    rows = np.flatnonzero((matte > 127).mean(axis=1) > 0.04)
    if not len(rows):
        return None
    forehead = max(0.0, float(landmarks[:, 1].min()))
    top = around.y + float(rows[0]) * around.height / len(matte)
    return float(np.clip(top, max(0.0, forehead - HAIR * tall), forehead))


def _visible(framing: Framing, picture: tuple[int, int], canvas: tuple[int, int]) -> Box:
    """The part of the picture that the canvas shows, with a margin around it."""
    margin = MARGIN * max(canvas)
    left, top = (-framing.x - margin) / framing.scale, (-framing.y - margin) / framing.scale
    wide, tall = ((side + 2 * margin) / framing.scale for side in canvas)
    box = Box(round(left), round(top), round(wide), round(tall))
    return box.intersection(Box(0, 0, *picture))


def _scaled(
    image: Image, landmarks: Floats, framing: Framing, visible: Box, progress: Progress | None
) -> tuple[Portrait, int, int]:
    """The ``visible`` part of the picture at the canvas's pixel density, and where it goes."""
    scale = framing.scale
    part = np.ascontiguousarray(image[visible.slices])
    points = landmarks - np.array([visible.x, visible.y, 0], np.float32)
    if scale < 1:
        across, down = max(1, round(visible.width * scale)), max(1, round(visible.height * scale))
        pixels = np.asarray(
            cv2.resize(part, (across, down), interpolation=cv2.INTER_AREA), np.uint8
        )
    else:
        pixels = enlarge(part, points, scale, progress)
    points = (points * np.float32(scale)).astype(np.float32)
    if scale >= NETWORK_FROM:  # the enlarged face is clearer and can be measured better
        points = measure(pixels, points)
    x, y = round(framing.x + visible.x * scale), round(framing.y + visible.y * scale)
    return Portrait(pixels, points), x, y


def _feather(
    portrait: tuple[int, int], place: tuple[int, int], canvas: tuple[int, int], above: float
) -> Mask | None:
    """How the borders that end within the canvas fade, (h, w) uint8; None if there are none.

    The hair does not fade: it starts ``above`` px below the portrait's upper border.
    """
    widest = FEATHER * min(portrait)
    (left, top), (right, bottom) = place, np.subtract(canvas, np.add(place, portrait)).tolist()
    if max(left, top, right, bottom) <= 0:
        return None
    across = np.minimum(_ramp(portrait[0], left, widest), _ramp(portrait[0], right, widest)[::-1])
    down = np.minimum(
        _ramp(portrait[1], top, min(widest, 0.9 * above)), _ramp(portrait[1], bottom, widest)[::-1]
    )
    return np.asarray(down[:, None] * across[None] * 255 + 0.5, np.uint8)


def _ramp(length: int, gap: int, widest: float) -> Floats:
    """From 0 at a border to 1, with soft ends; all 1 where the canvas has no gap to cover.

    The outermost tenth stays 0: a camera's or a painter's border must not be extended.
    """
    if gap <= 0:
        return np.ones(length, np.float32)
    wide = max(1.0, min(widest, 4.0 * gap))
    t = np.clip((np.arange(length) + 0.5 - 0.1 * wide) / (0.9 * wide), 0, 1)
    return np.asarray(smoothstep(t), np.float32)
