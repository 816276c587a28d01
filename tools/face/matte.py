"""Cut a person out of a picture, including the hair.

A network (mediapipe's bundled selfie segmentation) finds roughly where the person is. Along the
outline, pixels are mixtures of person and background: the colours of both are continued into that
band from either side, and how far a pixel lies on the way from one to the other is its alpha.
Knowing both colours also removes the old background from the mixture, so that no halo of it
appears on a new one (after Forte and Pitié, "Approximate Fast Foreground Colour Estimation", 2021).
"""

from __future__ import annotations

import cv2
import numpy as np
import numpy.typing as npt

from tools.face.solutions import solution
from tools.media import Box, Floats, Image, Mask
from tools.picture.sampling import fill
from tools.quiet import silenced

MARGIN = 0.08  # around the person in the close view, over its size
ROOM = 0.3  # above the person in the view with room, over its height
BAND = 1 / 160  # how far the band of mixed pixels reaches beyond the network's, over the height
HOLE = 0.01  # of the person's area: smaller holes are closed
NOISE = 28.0  # colours nearer than this (of 255) do not tell person from background


def person_matte(image: Image) -> Mask:
    """Where the person is in an (H, W, 3) uint8 RGB picture: (H, W) uint8, soft at the edges.

    All zeros when there is nobody.
    """
    return cut_out(image)[1]


def cut_out(image: Image) -> tuple[Image, Mask]:
    """The person's own colours, (H, W, 3) uint8 RGB, and their matte."""
    rough = _one_person(_segment(image))
    band = max(2, round(BAND * image.shape[0]))
    kernel = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (2 * band + 1, 2 * band + 1))
    inside = cv2.erode(np.asarray(rough > 0.9, np.float32), kernel)
    outside = cv2.erode(np.asarray(rough < 0.1, np.float32), kernel)
    _, labels = cv2.connectedComponents((inside == 0).astype(np.uint8), connectivity=4)
    inside[~np.isin(labels, np.unique(labels[outside > 0])) & (labels > 0)] = 1  # fill doubts
    if not inside.any():
        return image.copy(), np.zeros(image.shape[:2], np.uint8)
    colours = image.astype(np.float32)
    person, behind = fill(colours, inside), fill(colours, outside)
    alpha = _mixture(colours, person, behind, rough)
    alpha = cv2.GaussianBlur(alpha, (0, 0), max(0.5, band / 8))  # single pixels are guesses
    alpha = np.where(inside > 0, 1, np.where(outside > 0, 0, alpha)).astype(np.float32)
    alpha *= cv2.dilate(_largest(alpha > 0.2), np.ones((3, 3), np.uint8))  # no stray specks
    mixed = person * alpha[..., None] + behind * (1 - alpha)[..., None]
    person += alpha[..., None] * (colours - mixed)
    person = np.where(inside[..., None] > 0, colours, person)
    return np.clip(person + 0.5, 0, 255).astype(np.uint8), (alpha * 255 + 0.5).astype(np.uint8)


def _mixture(colours: Floats, person: Floats, behind: Floats, rough: Floats) -> Floats:
    """How much of each pixel is person, (H, W) float32 in [0, 1].

    Where person and background differ in colour, colour decides; elsewhere the network does.
    """
    way = person - behind
    distance = np.einsum("ijk,ijk->ij", way, way)
    along = np.einsum("ijk,ijk->ij", colours - behind, way) / np.maximum(distance, 1.0)
    trust = distance / (distance + NOISE**2)
    alpha = trust * np.clip(along, 0, 1) + (1 - trust) * rough
    return np.asarray(np.clip(alpha, rough - 0.5, rough + 0.5), np.float32)


def _segment(image: Image) -> Floats:
    """The network's mask, (H, W) float32 in [0, 1].

    It misses a hat in one view of a picture and takes a wall for hair in another. So it is given
    three views, the whole, the person close up, and that with room above, and the median counts.
    """
    with silenced():
        network = solution("selfie_segmentation").SelfieSegmentation(model_selection=0)
        mask = np.array(network.process(image).segmentation_mask)
    near = _around(mask > 0.5)
    if near is not None:
        part = np.ascontiguousarray(image[near.slices])
        room = round(ROOM * near.height)
        roomy = cv2.copyMakeBorder(part, room, 0, room // 2, room // 2, cv2.BORDER_REPLICATE)
        with_room = network.process(roomy).segmentation_mask
        with_room = with_room[room:, room // 2 : room // 2 + near.width]
        close = network.process(part).segmentation_mask
        low, high = np.minimum(close, with_room), np.maximum(close, with_room)
        mask[near.slices] = np.clip(mask[near.slices], low, high)
    network.close()
    return mask


def _around(person: npt.NDArray[np.bool_]) -> Box | None:
    """The bounding box of a person with a margin, within the picture; None if nobody is there."""
    box = Box(*cv2.boundingRect(person.astype(np.uint8)))
    if box.empty:
        return None
    margin = round(MARGIN * (max(box.width, box.height) - 1))
    return box.grown(margin).intersection(Box.of(person))


def _one_person(mask: Floats) -> Floats:
    """The largest part of the mask, without small holes: a badge is not a window."""
    person = _largest(mask > 0.4)
    _, labels, statistics, _ = cv2.connectedComponentsWithStats(1 - person, connectivity=4)
    small = statistics[:, cv2.CC_STAT_AREA] < HOLE * person.sum()
    holes = (small[labels] & (person == 0)).astype(np.uint8)
    around = np.ones((9, 9), np.uint8)
    wider = cv2.dilate(person, around)
    closed = np.where(cv2.dilate(holes, around) > 0, np.maximum(mask, wider), mask)
    return np.asarray(closed * wider, np.float32)


def _largest(inside: npt.NDArray[np.bool_]) -> Mask:
    """1 on the largest connected part, 0 elsewhere."""
    _, labels, statistics, _ = cv2.connectedComponentsWithStats(
        inside.astype(np.uint8), connectivity=4
    )
    areas = statistics[1:, cv2.CC_STAT_AREA]
    if not len(areas):
        return np.zeros(inside.shape, np.uint8)
    return np.asarray(labels == 1 + int(np.argmax(areas)), np.uint8)
