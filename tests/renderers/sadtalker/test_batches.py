"""Frames come in order, whoever draws them, and those between are where they should be."""

from __future__ import annotations

import itertools
import threading
from collections.abc import Iterator

import pytest
import torch
from torch import Tensor

from renderers.sadtalker.batches import draw
from renderers.sadtalker.generator import Drawn, Generator
from renderers.sadtalker.in_between import Frame, between, displacement, filled, moved, thinned
from renderers.sadtalker.tiny import TINY
from tests.renderers.sadtalker.layout import shapes
from tests.renderers.sadtalker.recipe import shaped_state
from tests.settings import Choose

SIDE = 32


@pytest.fixture(scope="module")
def tiny() -> Generator:
    return Generator.load(shaped_state(shapes("generator", TINY), "generator."), TINY, 128)


def pieces(rows: Tensor, length: int) -> Iterator[Tensor]:
    yield from torch.split(rows, length)


def posed(count: int) -> tuple[Tensor, Tensor, Tensor]:
    lots = torch.Generator().manual_seed(3)
    rest = torch.rand(1, 15, 3, generator=lots) - 0.5
    return (
        torch.rand(3, 128, 128, generator=lots),
        rest,
        rest + torch.linspace(0, 0.2, count).view(-1, 1, 1),
    )


def rest_grid(depth: int = 4) -> Tensor:
    line = torch.linspace(-1, 1, SIDE)
    deep = torch.linspace(-1, 1, depth)
    z, y, x = torch.meshgrid(deep, line, line, indexing="ij")
    return torch.stack([x, y, z], -1)[None]


def blob(x: float, y: float) -> Tensor:
    """A soft spot in a picture of 64 px, its place in [-1, 1]."""
    line = (2 * torch.arange(64) + 1) / 64 - 1
    spot = torch.exp(-((line - x) ** 2)[None] / 0.02 - ((line - y) ** 2)[:, None] / 0.02)
    return spot.expand(1, 3, 64, 64)


class TestDraw:
    def test_in_order_and_as_the_generator_draws(self, tiny: Generator) -> None:
        image, rest, away = posed(7)
        source = tiny.prepare(image, rest)
        found = torch.cat([d.picture for d in draw(tiny, source, pieces(away, 3))])
        alone = torch.cat([tiny(source, one).picture for one in torch.split(away, 1)])
        assert torch.allclose(found, alone, atol=1e-6)

    def test_it_draws_no_further_ahead_than_there_are_cores(
        self, tiny: Generator, choose: Choose
    ) -> None:
        choose(threads=2)
        image, rest, _ = posed(1)
        source, asked = tiny.prepare(image, rest), 0

        def endless() -> Iterator[Tensor]:
            nonlocal asked
            while True:
                asked += 1
                yield rest

        drawn = draw(tiny, source, endless())
        for _ in itertools.islice(drawn, 4):
            pass
        assert asked <= 4 + 2
        drawn.close()  # type: ignore[attr-defined]

    def test_threads_end_with_it(self, tiny: Generator) -> None:
        image, rest, away = posed(4)
        before = threading.active_count()
        drawn = draw(tiny, tiny.prepare(image, rest), pieces(away, 4))
        next(drawn)
        drawn.close()  # type: ignore[attr-defined]
        assert threading.active_count() == before


class TestFlow:
    def test_no_movement(self) -> None:
        assert displacement(rest_grid()).abs().max() < 1e-6

    def test_content_is_found_where_it_came_from(self) -> None:
        by = torch.zeros(1, 2, SIDE, SIDE)
        by[:, 0] = 0.25  # a quarter of half a width further right in the source
        assert torch.allclose(moved(blob(0.25, 0), by), blob(0, 0), atol=0.02)

    def test_it_reads_the_deformation_in_half_widths(self) -> None:
        deformation = rest_grid()
        deformation[..., 1] += 0.5
        by = displacement(deformation)
        assert torch.allclose(by[:, 1], torch.full((1, SIDE, SIDE), 0.5), atol=1e-6)
        assert by[:, 0].abs().max() < 1e-6


class TestInBetween:
    @pytest.mark.parametrize("every", [1, 2, 3, 4])
    @pytest.mark.parametrize("count", [1, 2, 3, 4, 5, 9, 10])
    def test_every_nth_and_the_last_are_drawn_and_all_are_shown(
        self, every: int, count: int
    ) -> None:
        rows = torch.arange(count)[:, None]
        kept = torch.cat(list(thinned(pieces(rows, 3), every, count))).flatten().tolist()
        assert kept == sorted({*range(0, count, every), count - 1})

        def drawn() -> Iterator[Drawn]:
            for value in kept:
                yield Drawn(torch.full((1, 3, 8, 8), float(value)), rest_grid(), torch.ones(1))

        shown = torch.cat([frame.picture[:, 0, 0, 0] for frame in filled(drawn(), every, count)])
        assert torch.allclose(shown, torch.arange(count).float(), atol=1e-5)

    def test_what_moves_is_half_way_and_not_double(self) -> None:
        frames = []
        for x in (-0.2, 0.2):
            by = torch.zeros(1, 2, SIDE, SIDE)
            by[:, 0] = -x  # the spot lies in the middle of the source
            frames.append(Frame(blob(x, 0), by))
        middle = between(frames[0], frames[1], 0.5)
        assert torch.allclose(middle.picture, blob(0, 0), atol=0.02)
        assert middle.displacement.abs().max() < 1e-6
