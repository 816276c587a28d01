"""Put a generated face back into its picture, so that nobody can see where it ends.

A network redraws a square of the picture, smaller and in its own colours. What is used of it is the
head and the area around it that the head may move into, fading into the picture before the square
ends: in the shape of a head, for a rectangle would be seen. Background that need not be replaced
stays as sharp as it was. Everything that all frames have in common is computed once.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

import cv2
import numpy as np
import torch
from torch import Tensor

from tools.easing import smoothstep
from tools.face import mesh
from tools.face.detail import Carried, DetailOnCpu, DetailOnGpu, sharpened, spread
from tools.face.matte import person_matte
from tools.media import Batch, Box, Floats, Image, Mask, Portrait
from tools.picture.sampling import grid, sampled

# All over the square's side.
MOVE = 0.07  # how far beyond its outline the head may move
FADE = 0.09  # the width of the fade beyond that
EDGE = 0.12  # the width of the fade at the square's borders …
BELOW = 0.06  # … and at the lower one, which the chin comes near
TONE = 1 / 10  # standard deviation of the blur through which colours are compared

FLAT = 0.05**2  # variance below which contrast says nothing
MOST_GAIN = 0.3  # a network whose contrast differs more draws something else

SMALL = 256  # px: fine enough for soft shapes
HEAD = 1.25  # around the face's outline: the head even where no person is recognised
LEAST = 1 / 255  # the least weight that still changes a pixel


class Paste:
    """The place of one portrait's generated face.

    source     the portrait, whose pixels remain where the face does not reach.
    region     the square that is generated, in the portrait's pixels; may leave the picture.
    reference  (3, S, S) float RGB in [0, 1]: the generated square when nothing moves. How its
               colours differ from the portrait's is corrected in every frame.
    device     where pictures come from. On a CPU the work is done by OpenCV, else by kornia.
    detail     whether the portrait's fine detail is carried along; see ``tools.face.detail``.
    """

    def __init__(
        self,
        source: Portrait,
        region: Box,
        reference: Tensor,
        device: torch.device | str = "cpu",
        detail: bool = True,
    ) -> None:
        weight = coverage(source, region)
        inside = region.intersection(Box(0, 0, *source.size))
        inner = weight[inside.moved(-region.x, -region.y).slices]
        tight = Box(*cv2.boundingRect((inner > LEAST / 2).astype(np.uint8)))
        tight = Box(0, 0, 1, 1) if tight.empty else tight
        self.box = tight.moved(inside.x, inside.y)
        place = self.box.moved(-region.x, -region.y)
        weight = np.ascontiguousarray(inner[tight.slices])
        tone = _tone(source.image, region, reference)
        still = np.ascontiguousarray(source.image[self.box.slices])
        fine = None
        if detail:
            square = _square(source.image, region, region.width)
            fine = Carried(square, tone.image(reference.cpu()), place)
        joined = _OnCpu(still, weight, tone, place, region.width, fine)
        device = torch.device(device)
        self._joined = joined if device.type == "cpu" else _OnGpu(joined, device)
        self._matte = None
        if source.matte is not None:
            self._matte = _MovingMatte(source.matte[self.box.slices], weight, place, region.width)

    def batch(self, first: int, pictures: Tensor, displacement: Tensor) -> Batch:
        """What changes in the portrait for generated squares, from frame ``first`` on.

        pictures      (N, 3, S, S) float RGB in [0, 1].
        displacement  (N, 2, g, g): how far each part has moved from its place in the reference,
                      x and y in half widths of the square; moves the detail, and any matte.
        """
        alpha = None
        if self._matte is not None:
            alpha = [self._matte(by) for by in _planes(displacement)]
        pixels = self._joined(pictures, displacement)
        return Batch(first, (self.box,) * len(pictures), pixels, alpha, displacement)


def reach(landmarks: Floats, region: Box, side: int) -> Box:
    """The box a face may move within, in the pixels of a generated square ``side`` px large.

    landmarks  (N, 2 or more), x and y in the pixels of the picture that ``region`` is a square of.
    The box may leave the square.
    """
    points = (landmarks[:, :2] - (region.x, region.y)) * (side / region.width)
    left, top = np.rint(points.min(0)).astype(int).tolist()
    right, bottom = np.rint(points.max(0)).astype(int).tolist()
    return Box.between(left, top, right, bottom).grown(round(MOVE * side))


class Tone(NamedTuple):
    """Gain and offset, (3, S, S) each, that turn a network's colours into the picture's."""

    gain: Tensor
    offset: Tensor

    def levels(self, pictures: Tensor) -> Tensor:
        """RGB in [0, 1] → whole numbers from 0 to 255, halves to even."""
        return torch.addcmul(self.offset, pictures.float(), self.gain).round_().clamp_(0, 255)

    def image(self, picture: Tensor) -> Image:
        """One of them as (S, S, 3) uint8."""
        planes = self.levels(picture).to(torch.uint8).numpy()
        return np.asarray(cv2.merge(list(planes)), np.uint8)


class _OnCpu:
    """(N, 3, S, S) generated squares → (h, w, 3) uint8 pictures of the place, by OpenCV.

    still, weight  (h, w, 3) uint8 of the portrait, and how far it is covered, (h, w) in [0, 1].
    tone           from the network's colours to the portrait's.
    place, side    where this lies in the generated square when that is ``side`` px large.
    carried        the portrait's detail to carry along, if any.
    """

    def __init__(
        self,
        still: Image,
        weight: Floats,
        tone: Tone,
        place: Box,
        side: int,
        carried: Carried | None = None,
    ) -> None:
        self.still, self.weight, self.tone = still, weight, tone
        self.place, self.side, self.carried = place, side, carried
        self.detail = None if carried is None else DetailOnCpu(carried)

    def __call__(self, pictures: Tensor, displacement: Tensor) -> list[Image]:
        pairs = zip(pictures, _planes(displacement), strict=True)
        return [self._one(picture, by) for picture, by in pairs]

    def _one(self, picture: Tensor, by: Floats) -> Image:
        square = self.tone.image(picture)
        if self.detail is not None:
            square = sharpened(square, self.detail.what.sharpening)
        large = cv2.resize(square, (self.side, self.side), interpolation=cv2.INTER_CUBIC)
        part, weight = np.ascontiguousarray(large[self.place.slices]), self.weight
        if self.detail is not None:
            part, shown = self.detail.added(part, square, by)
            weight = np.asarray(cv2.multiply(weight, shown), np.float32)
        rest = cv2.subtract(1.0, weight)
        return np.asarray(cv2.blendLinear(part, self.still, weight, rest), np.uint8)


class _OnGpu:
    """The same by PyTorch and kornia, as one tensor (N, h, w, 3) on the device."""

    def __init__(self, seam: _OnCpu, device: torch.device) -> None:
        self.device, self.place, self.side = device, seam.place, seam.side
        self.tone = Tone(*(part.to(device) for part in seam.tone))
        self.still = torch.from_numpy(seam.still).to(device).permute(2, 0, 1).float()
        self.weight = torch.from_numpy(seam.weight).to(device)
        self.detail = None if seam.carried is None else DetailOnGpu(seam.carried, device)

    def __call__(self, pictures: Tensor, displacement: Tensor) -> Tensor:
        from kornia.geometry.transform import resize

        levels = self.tone.levels(pictures.to(self.device))
        if self.detail is not None:
            levels = self.detail.sharpened(levels)
        size = (self.side, self.side)
        large = resize(levels, size, interpolation="bicubic", align_corners=False)
        part, weight = large[..., self.place.slices[0], self.place.slices[1]], self.weight
        if self.detail is not None:
            part, shown = self.detail.added(part, levels, displacement.to(self.device).float())
            weight = weight * shown
        joined = torch.lerp(self.still, part.clamp(0, 255), weight).round_().to(torch.uint8)
        return joined.permute(0, 2, 3, 1).contiguous()


class _MovingMatte:
    """The matte of a cut-out person, moved with the generated picture."""

    def __init__(self, matte: Mask, weight: Floats, place: Box, side: int) -> None:
        self.matte, self.weight, self.rest = np.ascontiguousarray(matte), weight, 1 - weight
        self.place, self.side, self.at = place, side, grid(place.width, place.height)

    def __call__(self, by: Floats) -> Mask:
        places = self.at + spread(by * (self.side / 2), self.place, self.side)
        moved = sampled(self.matte, places)
        return np.asarray(cv2.blendLinear(moved, self.matte, self.weight, self.rest), np.uint8)


def _planes(displacement: Tensor) -> Iterator[Floats]:
    """(N, 2, g, g) one by one, as (g, g, 2) float32."""
    for by in displacement.float().cpu().permute(0, 2, 3, 1):
        yield by.contiguous().numpy()


def coverage(source: Portrait, region: Box) -> Floats:
    """(side, side) float32 in [0, 1]: how far a generated square covers the portrait.

    ``region`` is that square, in the portrait's pixels and of their size.
    """
    small = np.minimum(_near_head(source, region), _inside(source, region))
    side = (region.width, region.height)
    weight = np.asarray(cv2.resize(small, side, interpolation=cv2.INTER_CUBIC), np.float32)
    return np.where(weight > LEAST, np.minimum(weight, 1), 0).astype(np.float32)


def _near_head(source: Portrait, region: Box) -> Floats:
    """1 on the person and where the head may move to, fading to 0; (SMALL, SMALL)."""
    picture = _square(source.image, region, SMALL)
    head = np.asarray(person_matte(picture) > 127, np.uint8)
    scale = SMALL / region.width
    outline = source.landmarks[list(mesh.FACE_OVAL), :2]
    middle = outline.mean(0)
    outline = (middle + HEAD * (outline - middle) - (region.x, region.y)) * scale
    cv2.fillConvexPoly(head, np.rint(outline).astype(np.int32), 1)
    away = cv2.distanceTransform(1 - head, cv2.DIST_L2, cv2.DIST_MASK_PRECISE) / SMALL
    faded = _smooth(1 - (away - MOVE) / FADE)
    return np.asarray(cv2.GaussianBlur(faded, (0, 0), SMALL * FADE / 6), np.float32)


def _inside(source: Portrait, region: Box) -> Floats:
    """1 well inside the square, 0 at its borders, except those at the picture's own borders."""
    along = (np.arange(SMALL, dtype=np.float32) + 0.5) / SMALL
    width, height = source.size
    hidden = (region.x <= 0, region.y <= 0, region.right >= width, region.bottom >= height)
    near = (along[None], along[:, None], 1 - along[None], 1 - along[:, None])
    inside = np.ones((SMALL, SMALL), np.float32)
    widths = (EDGE, EDGE, EDGE, BELOW)
    for distance, covered, wide in zip(near, hidden, widths, strict=True):
        if not covered:
            inside = inside * _smooth(distance / wide - 0.1)
    return inside


def _tone(image: Image, region: Box, reference: Tensor) -> Tone:
    """How the reference's colours become the picture's: a line fitted around every pixel.

    As in the guided filter (He, Sun & Tang 2010), but so wide that it follows no detail. The
    difference is fitted, so that where nothing can be said, only the mean is changed.
    """
    side = reference.shape[-1]
    drawn = reference.float().cpu().permute(1, 2, 0).contiguous().numpy()
    lacking = _square(image, region, side) / np.float32(255) - drawn

    def around(values: Floats) -> Floats:
        sigma = TONE * side
        blurred = cv2.GaussianBlur(values, (0, 0), sigma, borderType=cv2.BORDER_REPLICATE)
        return np.asarray(blurred, np.float32)

    mean, change = around(drawn), around(lacking)
    covariance = around(drawn * lacking) - mean * change
    variance = np.maximum(around(drawn * drawn) - mean * mean, 0)
    slope = around(np.clip(covariance / (variance + FLAT), -MOST_GAIN, MOST_GAIN))
    offset = around(change - slope * mean)
    maps = (255 * (1 + slope), 255 * offset)
    return Tone(*(torch.from_numpy(m).permute(2, 0, 1).contiguous() for m in maps))


def _square(image: Image, region: Box, side: int) -> Image:
    """The square of the picture at another size; beyond the picture its border is repeated."""
    scale = region.width / side
    move = np.array([[scale, 0, region.x], [0, scale, region.y]], np.float32)
    move[:, 2] += 0.5 * scale - 0.5
    if scale > 1:  # otherwise pixels would be skipped
        image = cv2.GaussianBlur(image, (0, 0), 0.4 * scale)
    flags = cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP
    return np.asarray(
        cv2.warpAffine(image, move, (side, side), flags=flags, borderMode=cv2.BORDER_REPLICATE),
        np.uint8,
    )


def _smooth(share: Floats) -> Floats:
    return np.asarray(smoothstep(np.clip(share, 0, 1)), np.float32)
