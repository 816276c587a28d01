"""The tests' own random weights: bit-identical to those that the references were made with."""

import zlib

import numpy as np
import pytest

from renderers.sadtalker.config import Config
from tests.renderers.sadtalker.layout import shapes
from tests.renderers.sadtalker.recipe import make_tensor, manifest


@pytest.mark.parametrize("module", sorted(manifest()))
def test_every_tensor_is_that_of_the_references(module: str) -> None:
    for key, entry in manifest()[module].items():
        tensor = make_tensor(f"{module}.{key}", entry.shape)
        assert (tensor.shape, str(tensor.dtype)) == (entry.shape, entry.dtype)
        assert zlib.crc32(np.ascontiguousarray(tensor).tobytes()) == entry.crc32, key


@pytest.mark.parametrize("module", ["kp_extractor", "generator", "mapping_00229", "mapping_00109"])
def test_the_layout_for_official_widths_is_the_official_one(module: str) -> None:
    official = {key: entry.shape for key, entry in manifest()[module].items()}
    assert shapes(module, Config()) == official
