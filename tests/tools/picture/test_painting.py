from itertools import combinations

import numpy as np
import pytest

from tests.tools.moving import frames
from tools.media import Box
from tools.picture.painting import bounding_box, crop, merged, parts_within, pictures


@pytest.mark.parametrize("channels", [3, 4])
def test_an_easel_shows_every_frame(channels: int) -> None:
    stream = frames(64, 40, channels=channels)
    whole = list(stream)
    for start in (0, 3):
        shown = [picture.copy() for picture in pictures(stream, start)]
        np.testing.assert_array_equal(shown, whole[start:])


def test_a_part_is_what_the_frame_shows_there() -> None:
    stream, box = frames(64, 40), Box(20, 10, 30, 25)
    for patches, frame in zip(stream.patches(), stream, strict=True):
        np.testing.assert_array_equal(crop(stream.still, patches, box), frame[box.slices])


def test_boxes_that_overlap_become_one() -> None:
    boxes = [Box(0, 0, 4, 4), Box(10, 0, 4, 4), Box(3, 3, 8, 2), Box(20, 20, 2, 2), Box(4, 8, 3, 3)]
    found = merged(boxes)
    assert sorted(found, key=lambda box: box.x) == [
        Box(0, 0, 14, 5), Box(4, 8, 3, 3), Box(20, 20, 2, 2),
    ]  # fmt: skip
    for one, other in combinations(found, 2):
        common = one.intersection(other)
        assert not (common.width and common.height)


def test_what_grew_may_touch_another() -> None:
    assert merged([Box(0, 0, 2, 9), Box(6, 6, 2, 2), Box(1, 0, 9, 1), Box(0, 8, 3, 1)]) == [
        Box(0, 0, 10, 9)
    ]


def test_around_nothing_and_across_nothing() -> None:
    assert bounding_box([]).width == 0
    stream = frames(64, 40)
    assert parts_within(next(stream.patches()), Box(0, 0, 0, 0)) == []
