"""Fine detail of a still, carried along with the pictures that a network draws of it.

A network draws a face in 256 or 512 pixels, and softly; the still has as many as the film. So a
frame is the network's picture, which has the motion, and over it the still's high frequencies,
which have skin, hair and lashes, moved as the network moved its own features. Where the network
draws something that the still does not show, such as an open mouth or a closed lid, nothing is
carried; there its picture is only sharpened, as much as it was softer than the still. And where
nothing moves the still itself is shown, for a network never draws the same thing twice.
"""

from __future__ import annotations

import cv2
import numpy as np
import torch
from torch import Tensor
from torch.nn import functional

from tools.media import Box, Floats, Image
from tools.picture.sampling import grid, sampled

# Standard deviations of blurs.
BAND = 1 / 128  # over the square's side: separates detail from shape
AROUND = 1 / 85  # over the square's side: the blur through which similarity is judged …
COARSE = 4  # … which is soft enough to be judged at a size so many times smaller
EDGE = 1.0  # in drawn pixels: the blur by which the drawn picture is sharpened

MOST_SHARPENING = 1.0  # of its own fine structure, added
MOST = 48  # grey levels of detail; beyond that, features are misplaced
ALIKE, UNLIKE = 6.0, 20.0  # grey levels between the drawn and the carried: all detail, none
SAME, OTHER = 2.0, 5.0  # grey levels between them: the still is shown, the drawn picture is
STILL, MOVED = 0.1, 0.4  # px of the film: the same
NONE = 128  # stands for no detail where it is stored in eight bits
GREY = (0.299, 0.587, 0.114)


class Carried:
    """The detail of a still that was drawn: what all frames have in common.

    fine        (h, w) float32: grey levels that the drawn still lacks at the film's resolution.
    drawn       (S, S) float32: brightness of the drawn still, sharpened, in grey levels.
    sharpening  how much of a drawn picture's fine structure is added to it,
    crispness   and how much of the finest, once it is enlarged, where nothing is carried.
    place       where ``fine`` lies in the drawn square when that is ``side`` px large.
    """

    def __init__(self, still: Image, drawn: Image, place: Box) -> None:
        """``still`` is (side, side, 3) uint8 RGB, ``drawn`` (S, S, 3)."""
        self.place, self.side, small = place, still.shape[0], drawn.shape[0]
        wanted = cv2.resize(still, (small, small), interpolation=cv2.INTER_AREA)
        # Drawn as large as the film, it is as sharp as it should be wherever no detail is carried.
        self.sharpening = _lacking(wanted, drawn) if small < self.side else 0.0
        drawn = sharpened(drawn, self.sharpening)
        large = cv2.resize(drawn, (self.side, self.side), interpolation=cv2.INTER_CUBIC)
        lacking = _grey(np.asarray(still)) - _grey(np.asarray(large))
        fine = lacking - cv2.GaussianBlur(lacking, (0, 0), BAND * self.side)
        self.fine = np.ascontiguousarray(np.clip(fine, -MOST, MOST)[place.slices], np.float32)
        self.crispness = _lacking(np.asarray(still), large) if small < self.side else 0.0
        self.drawn = _grey(drawn)


def sharpened(drawn: Image, amount: float) -> Image:
    """An (S, S, 3) uint8 picture with ``amount`` of its fine structure added."""
    if not amount:
        return drawn
    soft = cv2.GaussianBlur(drawn, (0, 0), EDGE)
    return np.asarray(cv2.addWeighted(drawn, 1 + amount, soft, -amount, 0), np.uint8)


class DetailOnCpu:
    """Adds the carried detail to frames, by OpenCV."""

    def __init__(self, what: Carried) -> None:
        self.what = what
        self.at = grid(what.place.width, what.place.height)
        # In eight bits, with grey for none: reading and adding are three times as fast.
        self.fine = np.asarray(np.rint(what.fine + NONE), np.uint8)
        self.none = np.full_like(self.fine, NONE)

    def added(self, part: Image, drawn: Image, by: Floats) -> tuple[Image, Floats]:
        """``part`` (h, w, 3) uint8 of the enlarged picture, with detail; and how much of it is
        shown over the still, (h, w) in [0, 1].

        drawn  (S, S, 3) uint8, the picture before it was enlarged.
        by     (g, g, 2) float32: displacement of its content from the still, in half widths.
        """
        place, side = self.what.place, self.what.side
        moved = sampled(self.fine, cv2.add(self.at, spread(by * (side / 2), place, side)))
        trust, changed = self._judged(_grey(drawn), by)
        trust = spread(trust, place, side)
        fine = cv2.blendLinear(moved, self._crisp(part), trust, cv2.subtract(1.0, trust))
        whole = cv2.addWeighted(part, 1, cv2.merge([fine] * 3), 1, -NONE)
        return np.asarray(whole, np.uint8), spread(changed, place, side)

    def _crisp(self, part: Image) -> Image:
        """The picture's own fine structure, used where no detail is carried."""
        if not self.what.crispness:
            return self.none
        grey = cv2.cvtColor(part, cv2.COLOR_RGB2GRAY)
        soft = cv2.GaussianBlur(grey, (0, 0), EDGE)
        more = self.what.crispness
        return np.asarray(cv2.addWeighted(grey, more, soft, -more, NONE), np.uint8)

    def _judged(self, drawn: Floats, by: Floats) -> tuple[Floats, Floats]:
        """(S / COARSE, S / COARSE) in [0, 1] each: how far a place shows what the still shows
        where it came from, and how far it differs from what the still shows here.
        """
        small = len(drawn)
        whole = Box(0, 0, small, small)
        places = grid(small, small) + spread(by * (small / 2), whole, small)
        moved = sampled(self.what.drawn, places)
        coarse = (small // COARSE, small // COARSE)
        apart = cv2.resize(cv2.absdiff(drawn, moved), coarse, interpolation=cv2.INTER_AREA)
        apart = cv2.GaussianBlur(apart, (0, 0), AROUND * coarse[0])
        trust = np.clip((UNLIKE - apart) / (UNLIKE - ALIKE), 0, 1)
        far = np.linalg.norm(cv2.resize(by, coarse), axis=-1) * (self.what.side / 2)
        changed = np.maximum((apart - SAME) / (OTHER - SAME), (far - STILL) / (MOVED - STILL))
        return trust.astype(np.float32), np.clip(changed, 0, 1).astype(np.float32)


class DetailOnGpu:
    """The same by PyTorch and kornia, for batches."""

    def __init__(self, what: Carried, device: torch.device) -> None:
        self.what = what
        self.fine = torch.from_numpy(what.fine).to(device)[None, None]
        self.drawn = torch.from_numpy(what.drawn).to(device)[None, None]
        self.grey = torch.tensor(GREY, device=device)[:, None, None]

    def added(self, parts: Tensor, drawn: Tensor, by: Tensor) -> tuple[Tensor, Tensor]:
        """(N, 3, h, w) grey levels with detail, and (N, 1, h, w): how much of it is shown.

        ``drawn`` is (N, 3, S, S), ``by`` (N, 2, g, g).
        """
        place, side = self.what.place, self.what.side
        rows, columns = place.slices
        motion = _enlarged(by, side)[..., rows, columns]
        scale = motion.new_tensor([side / place.width, side / place.height])[:, None, None]
        moved = read_away(self.fine, motion * scale)
        trust, changed = (
            _enlarged(one, side)[..., rows, columns] for one in self._judged(drawn, by)
        )
        return parts + torch.lerp(self._crisp(parts), moved, trust), changed

    def _crisp(self, parts: Tensor) -> Tensor:
        if not self.what.crispness:
            return torch.zeros_like(parts[:, :1])
        grey = (parts.clamp(0, 255) * self.grey).sum(1, keepdim=True)
        return (grey - blurred(grey, EDGE)) * self.what.crispness

    def sharpened(self, drawn: Tensor) -> Tensor:
        """As ``sharpened``, of (N, 3, S, S) grey levels."""
        if not self.what.sharpening:
            return drawn
        soft = blurred(drawn, EDGE)
        return (drawn + self.what.sharpening * (drawn - soft)).round_().clamp_(0, 255)

    def _judged(self, drawn: Tensor, by: Tensor) -> tuple[Tensor, Tensor]:
        brightness = (drawn * self.grey).sum(1, keepdim=True)
        moved = read_away(self.drawn, _enlarged(by, drawn.shape[-1]))
        apart = functional.avg_pool2d((brightness - moved).abs(), COARSE)
        coarse = apart.shape[-1]
        apart = blurred(apart, AROUND * coarse)
        trust = ((UNLIKE - apart) / (UNLIKE - ALIKE)).clamp_(0, 1)
        far = _enlarged(by, coarse).norm(dim=1, keepdim=True) * (self.what.side / 2)
        changed = torch.maximum((apart - SAME) / (OTHER - SAME), (far - STILL) / (MOVED - STILL))
        return trust, changed.clamp_(0, 1)


def spread(values: Floats, place: Box, side: int) -> Floats:
    """(g, g) or (g, g, C) values of a square, at every pixel of ``place`` in its ``side`` px."""
    large = cv2.resize(values, (side, side), interpolation=cv2.INTER_LINEAR)
    return np.ascontiguousarray(large[place.slices], np.float32)


def _grey(image: Image) -> Floats:
    return np.asarray(cv2.cvtColor(image, cv2.COLOR_RGB2GRAY), np.float32)


def _lacking(wanted: Image, drawn: Image) -> float:
    """How much fine structure has to be added to ``drawn`` to have as much as ``wanted``."""
    ratio = _fineness(_grey(wanted)) / max(_fineness(_grey(drawn)), 1e-3)
    return float(np.clip(ratio - 1, 0, MOST_SHARPENING))


def _fineness(grey: Floats) -> float:
    """Standard deviation of the part that a blur removes."""
    return float((grey - cv2.GaussianBlur(grey, (0, 0), EDGE)).std())


def _enlarged(values: Tensor, side: int) -> Tensor:
    return functional.interpolate(values, size=(side, side), mode="bilinear", align_corners=False)


def read_away(pictures: Tensor, by: Tensor) -> Tensor:
    """(1 or N, C, h, w) read ``by`` (N, 2, h, w) away, in half widths and half heights; beyond the
    edge is the edge.
    """
    height, width = by.shape[-2:]
    across = (2 * torch.arange(width, device=by.device) + 1) / width - 1
    down = (2 * torch.arange(height, device=by.device) + 1) / height - 1
    places = torch.stack(torch.meshgrid(across, down, indexing="xy")) + by
    pictures = pictures.expand(len(by), -1, -1, -1)
    return functional.grid_sample(
        pictures, places.movedim(1, -1), padding_mode="border", align_corners=False
    )


def blurred(pictures: Tensor, sigma: float, beyond: str = "reflect") -> Tensor:
    """(N, C, h, w) through a Gaussian of ``sigma`` px; ``beyond`` the border as PyTorch pads."""
    from kornia.filters import gaussian_blur2d

    taps = 2 * round(3 * sigma) + 1
    soft: Tensor = gaussian_blur2d(pictures, (taps, taps), (sigma, sigma), beyond)
    return soft
