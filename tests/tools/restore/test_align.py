"""The similarity from a picture to the square that restorers were trained on."""

from __future__ import annotations

import numpy as np
import pytest

from tools.errors import FaceError
from tools.restore import align


def turned(degrees: float, scale: float, x: float, y: float) -> align.Similarity:
    c, s = scale * np.cos(np.radians(degrees)), scale * np.sin(np.radians(degrees))
    return np.array([[c, -s, x], [s, c, y]])


@pytest.mark.parametrize("degrees", [-170, -20, 0, 35, 90])
def test_a_similarity_is_found_again(degrees: float) -> None:
    move = turned(degrees, 1.7, -40, 12.5)
    source = align.moved(align.TEMPLATE, align.inverse(move))
    found = align.similarity(source, align.TEMPLATE)
    np.testing.assert_allclose(found, move, atol=1e-9)
    assert align.scale(found) == pytest.approx(1.7)


def test_it_is_the_least_squares() -> None:
    rng = np.random.default_rng(4)
    source = align.TEMPLATE + rng.normal(0, 9, (5, 2))
    found = align.similarity(source, align.TEMPLATE)

    def error(move: align.Similarity) -> float:
        return float(np.square(align.moved(source, move) - align.TEMPLATE).sum())

    for _ in range(30):
        nudge = turned(rng.normal(0, 0.5), 1 + rng.normal(0, 0.01), *rng.normal(0, 1, 2))
        other = np.column_stack([nudge[:, :2] @ found[:, :2], nudge[:, :2] @ found[:, 2]])
        other[:, 2] += nudge[:, 2]
        assert error(other) >= error(found)


def test_it_never_mirrors() -> None:
    found = align.similarity(align.TEMPLATE * (-1, 1), align.TEMPLATE)
    assert np.linalg.det(found[:, :2]) > 0


def test_the_five_points_of_a_mesh() -> None:
    rng = np.random.default_rng(1)
    mesh = rng.uniform(0, 100, (478, 3)).astype(np.float32)
    points = align.five_points(mesh)
    np.testing.assert_allclose(points[2:], mesh[[1, 61, 291], :2] - 0.5, atol=1e-5)


@pytest.mark.parametrize("bad", [np.zeros((5, 2)), np.full((5, 2), np.nan), np.full((5, 2), 7e300)])
def test_points_that_are_no_face(bad: align.Points) -> None:
    with pytest.raises(FaceError):
        align.similarity(bad, align.TEMPLATE)


@pytest.mark.parametrize("value", [np.nan, np.inf, -1e9])
def test_landmarks_that_are_no_pixels(value: float) -> None:
    landmarks = np.zeros((478, 3), np.float32)
    landmarks[200, 1] = value
    with pytest.raises(FaceError, match="landmarks in pixels"):
        align.five_points(landmarks)


@pytest.mark.parametrize("shape", [(68, 2), (478,), (478, 1)])
def test_landmarks_that_are_no_mesh(shape: tuple[int, ...]) -> None:
    with pytest.raises(FaceError, match="478 landmarks"):
        align.five_points(np.zeros(shape, np.float32))
