"""RIFE's network, without the weights that teach it: form, geometry, and how weights are read."""

from __future__ import annotations

import pickle
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
import torch
from torch import Tensor, nn

from tests.settings import Choose
from tests.tools.interpolate.scenes import moment
from tools import weights
from tools.errors import MissingError
from tools.interpolate import base
from tools.interpolate.rife import WEIGHTS
from tools.interpolate.rife.interpolator import FLOW, MASK, RIFE, IFBlock, IFNet, load


def official(network: IFNet) -> dict[str, Tensor]:
    """A checkpoint in the form of the authors': prefixed, with branches only training needs."""
    state = network.state_dict()
    state |= {f"teacher.{name}": t for name, t in IFBlock(31, 64, 1).state_dict().items()}
    state |= {"caltime.0.weight": torch.zeros(8, 25, 3, 3), "caltime.0.bias": torch.zeros(8)}
    return {f"module.{name}": tensor for name, tensor in state.items()}


@pytest.fixture(scope="module")
def network() -> IFNet:
    torch.manual_seed(1)
    return IFNet().eval()


def test_parameters_have_the_names_and_the_number_of_the_official_checkpoint(
    network: IFNet,
) -> None:
    state = network.state_dict()
    assert {name.split(".")[0] for name in state} == {
        "encode", "block0", "block1", "block2", "block3", "block4",
    }  # fmt: skip
    assert state["block0.conv0.0.0.weight"].shape == (96, 15, 3, 3)
    assert state["block4.conv0.0.0.weight"].shape == (16, 28, 3, 3)
    assert state["block2.convblock.7.beta"].shape == (1, 96, 1, 1)
    assert state["block3.lastconv.0.weight"].shape == (64, 52, 4, 4)
    assert state["encode.cnn3.weight"].shape == (16, 4, 4, 4)
    assert sum(tensor.numel() for tensor in state.values()) == 5_664_776


def test_what_is_saved_is_loaded(network: IFNet, tmp_path: Path) -> None:
    path = tmp_path / WEIGHTS
    torch.save(official(network), path)
    loaded = load(path)
    for name, tensor in network.state_dict().items():
        torch.testing.assert_close(loaded.state_dict()[name], tensor, rtol=0, atol=0)
    pictures = torch.rand(2, 1, 3, 64, 128)
    with torch.inference_mode():
        torch.testing.assert_close(loaded(*pictures, 0.3), network(*pictures, 0.3))


@pytest.mark.parametrize(
    "change",
    [
        lambda state: state.pop("module.block4.lastconv.0.bias"),
        lambda state: state.update({"module.block5.beta": torch.zeros(1)}),
        lambda state: state.update({"module.encode.cnn0.bias": torch.zeros(17)}),
        lambda state: state.update({"module.epoch": 3}),
    ],
)
def test_other_weights_are_refused(
    network: IFNet, tmp_path: Path, change: Callable[[dict[str, Tensor]], object]
) -> None:
    path, state = tmp_path / WEIGHTS, official(network)
    change(state)
    torch.save(state, path)
    with pytest.raises(MissingError, match="not the official ones"):
        load(path)


class _Mischief:
    """Would create a file when unpickled."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def __reduce__(self) -> tuple[Callable[[Path], None], tuple[Path]]:
        return Path.touch, (self.path,)


@pytest.mark.parametrize("plain", [True, False])
def test_nothing_in_a_file_is_run(tmp_path: Path, plain: bool) -> None:
    path, created = tmp_path / WEIGHTS, tmp_path / "created"
    if plain:
        path.write_bytes(pickle.dumps(_Mischief(created), protocol=2))
    else:
        torch.save({"module.block0": _Mischief(created)}, path)
    with pytest.raises(MissingError, match="not the official ones"):
        load(path)
    assert not created.exists()


def test_it_is_loaded_from_the_shelf(network: IFNet, tmp_path: Path, choose: Choose) -> None:
    torch.save(official(network), tmp_path / WEIGHTS)
    catalogue = tmp_path / "catalogue.toml"
    catalogue.write_text(
        '[works.rife]\nlicence = "MIT"\nterms = "https://example.org/terms"\ncommercial = true\n'
        f'[files."{WEIGHTS}"]\nwork = "rife"\nsummary = ""\nurl = "https://example.org/w"\n'
        f'sha256 = "{64 * "0"}"\n'
    )
    choose(weights=tmp_path, catalogue=catalogue)
    assert base.available()["rife"].missing() is None
    black = np.zeros((9, 5, 3), np.uint8)
    (picture,) = base.load("rife").between(black, black, [0.5])
    assert picture.shape == (9, 5, 3)


def test_the_weights_are_in_the_catalogue() -> None:
    (file,) = weights.resolve(["rife"])
    assert (file.name, file.licence, file.consent) == (WEIGHTS, "MIT", False)


def _constant(flow: tuple[float, float, float, float], mask: float) -> IFNet:
    """A network of one block that finds the same flow and mask everywhere."""
    network = IFNet(widths=(4,), scales=(2,))
    last = network.get_submodule("block0.lastconv.0")
    assert isinstance(last, nn.ConvTranspose2d)
    assert last.bias is not None
    with torch.no_grad():
        last.weight.zero_()
        last.bias.zero_()
        each = last.bias.view(-1, 4)  # four pixels of every channel
        each[:FLOW] = torch.tensor(flow)[:, None] / 2  # a block speaks of pixels of its own size
        each[FLOW : FLOW + MASK] = mask
    return network


def test_without_motion_both_are_blended() -> None:
    before, after = moment(0), moment(0.04)
    (picture,) = RIFE(_constant((0, 0, 0, 0), 0)).between(before, after, [0.5])
    assert np.abs(picture - (before.astype(float) + after) / 2).max() <= 0.51


@pytest.mark.parametrize(
    ("mask", "flow", "shift"),
    [(50, (3, 2, 0, 0), (3, 2)), (-50, (0, 0, -4, 1), (-4, 1)), (50, (0, 0, 9, 9), (0, 0))],
)
def test_flow_points_to_where_a_pixel_comes_from(
    mask: float, flow: tuple[float, float, float, float], shift: tuple[int, int]
) -> None:
    pair = moment(0), moment(0.2)
    (picture,) = RIFE(_constant(flow, mask)).between(*pair, [0.5])
    shown = pair[0 if mask > 0 else 1]
    right, down = shift
    expected = np.roll(shown, (-down, -right), (0, 1))
    inner = slice(12, -12), slice(12, -12)
    assert np.abs(picture[inner].astype(int) - expected[inner]).max() <= 1
