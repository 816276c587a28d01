"""Every fast form of a convolution is the plain one, but for rounding."""

from __future__ import annotations

import pytest
import torch
from torch import Tensor
from torch.nn import functional

from renderers.sadtalker import winograd
from renderers.sadtalker.convolution import Convolution, Phases
from renderers.sadtalker.fourier import Fourier
from renderers.sadtalker.winograd import Winograd

Form = type[Winograd] | type[Phases]


def some(*shape: int) -> Tensor:
    return torch.randn(shape, generator=torch.Generator().manual_seed(sum(shape)))


def plain(x: Tensor, weight: Tensor, bias: Tensor, upsampling: int) -> Tensor:
    """In double precision, the enlarged map written out."""
    factor = [1.0] * (x.ndim - 4) + [float(upsampling)] * 2
    x = functional.interpolate(x.double(), scale_factor=factor)
    convolve = functional.conv2d if x.ndim == 4 else functional.conv3d
    return convolve(x, weight.double(), bias.double(), padding=weight.shape[-1] // 2)


@pytest.mark.parametrize(
    ("form", "upsampling"),
    [(Winograd, 1), (Winograd, 2), (Winograd, 4), (Phases, 2), (Phases, 4)],
)
class TestEveryForm:
    def test_a_flat_map(self, form: Form, upsampling: int) -> None:
        x, weight, bias = some(2, 5, 8, 12), some(7, 5, 3, 3), some(7)
        out = form(weight, bias, upsampling)(x)
        assert out.shape == (2, 7, 8 * upsampling, 12 * upsampling)
        assert (out - plain(x, weight, bias, upsampling)).abs().max() < 1e-3

    def test_a_volume(self, form: Form, upsampling: int) -> None:
        x, weight, bias = some(2, 5, 3, 8, 4), some(6, 5, 3, 3, 3), some(6)
        out = form(weight, bias, upsampling)(x)
        assert out.shape == (2, 6, 3, 8 * upsampling, 4 * upsampling)
        assert (out - plain(x, weight, bias, upsampling)).abs().max() < 2e-3

    def test_it_differs_from_the_plain_one_by_rounding_only(
        self, form: Form, upsampling: int
    ) -> None:
        x, weight, bias = some(1, 32, 16, 16), some(32, 32, 3, 3) / 17, some(32)
        exact = plain(x, weight, bias, upsampling)
        error = (form(weight, bias, upsampling)(x) - exact).square().mean().sqrt()
        assert error < 4e-6 * exact.std()


@pytest.mark.parametrize(("upsampling", "products"), [(1, 36), (2, 25), (4, 9)])
def test_enlarged_maps_take_fewer_products(upsampling: int, products: int) -> None:
    form = Winograd(some(4, 4, 3, 3), some(4), upsampling)
    assert form.kernels.shape[1] == products


def test_blocks_of_any_size_give_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    form = Winograd(some(4, 3, 3, 3, 3), some(4))
    x = some(1, 3, 2, 32, 8)
    whole = form(x)
    monkeypatch.setattr(winograd, "BLOCK", 1)
    assert torch.equal(form(x), whole)


@pytest.mark.parametrize("size", [(3, 10, 9), (2, 40, 70)])
def test_fourier(size: tuple[int, int, int]) -> None:
    x, weight, bias = some(2, 3, *size), some(4, 3, 7, 7, 7) / 30, some(4)
    exact = plain(x, weight, bias, 1)
    out = Fourier(weight, bias)(x)
    assert out.shape == exact.shape
    assert (out - exact).abs().max() < 2e-5


@pytest.mark.parametrize("kernel", [1, 3, 7])
@pytest.mark.parametrize("solid", [False, True])
@pytest.mark.parametrize("upsampling", [1, 2])
@pytest.mark.parametrize("precision", [torch.float32, torch.bfloat16])
def test_whatever_form_is_chosen(
    kernel: int, solid: bool, upsampling: int, precision: torch.dtype
) -> None:
    layer = Convolution(4, 5, kernel, side=16, solid=solid, upsampling=upsampling)
    layer.weight.data, layer.bias.data = some(*layer.weight.shape) / kernel**2, some(5)
    x = some(1, 4, *([3] * solid), 16 // upsampling, 16 // upsampling)
    exact = plain(x, layer.weight, layer.bias, upsampling)
    layer.to(precision).prepare()
    out = layer(x)
    assert out.dtype == precision
    tolerance = 0.03 if precision == torch.bfloat16 else 1e-5
    assert (out.float() - exact).abs().max() < tolerance * exact.abs().max()


@pytest.mark.parametrize("precision", [torch.float32, torch.bfloat16])
def test_pieces_join_to_the_whole(precision: torch.dtype) -> None:
    layer = Convolution(4, 6, side=16)
    layer.weight.data, layer.bias.data = some(6, 4, 3, 3), some(6)
    layer.to(precision).prepare()
    x = some(2, 4, 16, 16)
    joined = torch.zeros(2, 16, 16, 6, dtype=precision)
    for where, rows, piece in layer.blocks(x):
        joined[where][..., rows, :, :].view(piece.shape).copy_(piece)
    assert torch.equal(joined.movedim(-1, 1), layer(x))
