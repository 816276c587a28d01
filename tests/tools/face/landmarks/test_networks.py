"""The original's detector and landmark network, against numbers that the original produced."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pytest
import torch

from tests.renderers.sadtalker.recipe import official_state
from tools.face.landmarks import facexlib, retinaface
from tools.networks.checkpoint import filled

Arrays = dict[str, npt.NDArray[Any]]

REFERENCES = Path(__file__).parents[3] / "data/sadtalker"
TOLERANCE = 1e-4


@pytest.fixture(scope="module")
def ref() -> Iterator[Arrays]:
    with np.load(REFERENCES / "face_detect.npz", allow_pickle=False) as file:
        yield dict(file)


def test_the_landmark_networks_heatmaps_are_the_originals(ref: Arrays) -> None:
    network = filled(facexlib.FAN, official_state("fan_98"), Path("fan"))
    bgr = ref["in.image_rgb_u8"][..., ::-1].astype(np.float32) / 255
    with torch.inference_mode():
        heatmaps = network(torch.from_numpy(bgr).permute(2, 0, 1)[None])
    assert len(heatmaps) == facexlib.STACKS
    for stack in (0, 3):
        seen, expected = heatmaps[stack][:, ::9, ::4, ::4], ref[f"mid.heatmaps_stack{stack}_sub"]
        np.testing.assert_allclose(seen, expected, rtol=0, atol=TOLERANCE)


def test_the_detectors_predictions_are_the_originals(ref: Arrays) -> None:
    network = filled(retinaface.RetinaFace, official_state("retinaface_r50"), Path("retinaface"))
    picture = ref["in.ret_image_rgb_u8"]
    height, width = picture.shape[:2]
    bgr = picture[..., ::-1].astype(np.float32) - np.array(retinaface.MEAN_BGR, np.float32)
    with torch.inference_mode():
        predicted = network(torch.from_numpy(bgr).permute(2, 0, 1)[None])
    for seen, name in zip(predicted, ("loc", "conf", "landm"), strict=True):
        np.testing.assert_allclose(seen, ref[f"out.ret_{name}"], rtol=0, atol=TOLERANCE)
    priors = retinaface.anchors(width, height)
    np.testing.assert_allclose(priors, ref["mid.ret_priors"], rtol=0, atol=1e-6)
    boxes = retinaface.decode(predicted.boxes[0].numpy(), priors)
    np.testing.assert_allclose(boxes, ref["out.ret_boxes_norm"], rtol=0, atol=TOLERANCE)

    found = retinaface.detect(network, picture, confidence=0.6)
    scores = predicted.confidence[0, :, 1].numpy()
    assert 0 < len(found) < (scores > 0.6).sum()
    best = boxes[scores.argmax()] * (width, height, width, height)
    np.testing.assert_allclose(found[0], best, rtol=1e-4)
    assert len(retinaface.detect(network, picture)) == 0


def test_heatmap_peaks_are_the_originals(ref: Arrays) -> None:
    x, y = ref["in.synthetic_cxy"].T[..., None, None]
    rows, columns = np.mgrid[: facexlib.HEATMAP_SIDE, : facexlib.HEATMAP_SIDE]
    heatmaps = np.exp(-((columns - x) ** 2 + (rows - y) ** 2) / 8).astype(np.float32)
    np.testing.assert_array_equal(facexlib.peaks(heatmaps), ref["out.synthetic_points"])


@pytest.mark.parametrize("place", [(0, 0), (63, 63), (63, 0), (0, 30)])
def test_a_peak_at_the_border_is_found(place: tuple[int, int]) -> None:
    heatmaps = np.zeros((2, 64, 64), np.float32)
    heatmaps[0][place] = 1
    heatmaps[1, 20, 30:32] = 2, 1
    x, y = facexlib.peaks(heatmaps)[0]
    assert (int(y), int(x)) == place
    assert facexlib.peaks(heatmaps)[1].tolist() == [30.75, 20.5]  # whatever the others do


def test_overlapping_boxes_are_one_face() -> None:
    boxes = np.array(
        [[0, 0, 10, 10], [1, 1, 11, 11], [20, 0, 30, 10], [0, 0, 10, 12], [8, 8, 18, 18]],
        np.float32,
    )
    np.testing.assert_array_equal(retinaface.one_per_face(boxes), boxes[[0, 2, 4]])
    assert retinaface.one_per_face(boxes[:0]).shape == (0, 4)


def test_98_landmarks_become_68_as_in_the_original() -> None:
    with np.load(REFERENCES / "deterministic.npz", allow_pickle=False) as file:
        found, expected = facexlib.to_ibug(file["lm.98"]), file["lm.68"]
    np.testing.assert_array_equal(found, expected)
