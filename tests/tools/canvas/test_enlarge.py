from pathlib import Path

import cv2
import numpy as np
import pytest

from tests.settings import Choose
from tools.canvas import enlarge
from tools.face.detection import find_face
from tools.media import Floats, Image
from tools.picture.demo import astronaut
from tools.upscale import base
from tools.upscale.base import Progress, Quality


class Recorder:
    """An upscaler that paints what it is given, and remembers how often it was asked."""

    def __init__(self) -> None:
        self.asked: list[tuple[Quality, tuple[int, ...]]] = []

    def upscale(
        self,
        image: Image,
        factor: float,
        quality: Quality = "fine",
        progress: Progress | None = None,
    ) -> Image:
        self.asked.append((quality, image.shape[:2]))
        if progress:
            progress(1.0)
        size = round(image.shape[1] * factor), round(image.shape[0] * factor)
        grey = {"fine": 255, "fast": 0}[quality]
        return np.full((size[1], size[0], 3), grey, np.uint8)


@pytest.fixture
def recorder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, choose: Choose) -> Recorder:
    choose(cache=tmp_path)
    recorder = Recorder()
    monkeypatch.setattr(base, "load", lambda name: recorder)
    return recorder


@pytest.fixture(scope="module")
def portrait() -> tuple[Image, Floats]:
    image = astronaut()[:300, 80:400].copy()
    return image, find_face(image).landmarks


def test_head_gets_the_best_network(recorder: Recorder, portrait: tuple[Image, Floats]) -> None:
    image, landmarks = portrait
    heard: list[float] = []
    result = enlarge.enlarge(image, landmarks, 2.5, heard.append)
    assert result.shape == (750, 800, 3)
    assert [quality for quality, _ in recorder.asked] == ["fast", "fine"]
    assert heard == sorted(heard)
    assert 0 < heard[0] < heard[-1] == 1
    nose, corner = landmarks[1, :2] * 2.5, (20, 20)
    plain = cv2.resize(image, (800, 750), interpolation=cv2.INTER_LANCZOS4)
    for (x, y), grey in ((nose.astype(int), 255), (corner, 0)):
        expected = (1 - enlarge.GRAIN) * grey + enlarge.GRAIN * plain[y, x].astype(float)
        assert np.abs(result[y, x] - expected).max() <= 1


def test_made_once_and_again_for_another_factor(
    recorder: Recorder, portrait: tuple[Image, Floats]
) -> None:
    first = enlarge.enlarge(*portrait, 2.5)
    np.testing.assert_array_equal(enlarge.enlarge(*portrait, 2.5), first)
    assert len(recorder.asked) == 2
    enlarge.enlarge(*portrait, 3)
    assert len(recorder.asked) == 4


def test_large_faces_are_left_to_interpolation(
    recorder: Recorder, portrait: tuple[Image, Floats]
) -> None:
    image, landmarks = portrait
    assert enlarge.enlarge(image, landmarks, 1.2).shape == (360, 384, 3)
    large = np.asarray(cv2.resize(image, None, fx=4, fy=4), np.uint8)
    assert enlarge.enlarge(large, landmarks * 4, 2).shape == (2400, 2560, 3)
    assert recorder.asked == []


def test_without_an_upscaler(
    portrait: tuple[Image, Floats], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tools.upscale.realesrgan.models.PACKAGE", "no_such_package")
    image, landmarks = portrait
    missing = base.Spec("realesrgan", "", "", load=Recorder, missing=lambda: "It is missing.")
    monkeypatch.setattr(base, "available", lambda: {"realesrgan": missing})
    assert enlarge.enlarge(image, landmarks, 2).shape == (600, 640, 3)
