"""Drawing frames: all cores of a CPU, or a GPU, kept busy while the frames are used."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future

import torch
from torch import Tensor, nn

from renderers.sadtalker.generator import Drawn, Generator, Source
from renderers.sadtalker.streams import recut
from tools import device
from tools.networks.workers import workers

MOST_WORKERS = 8  # each holds about half a gigabyte at 256 px, two at 512
BATCH = 8  # frames that a GPU draws at once

Finish = Callable[[Tensor], Tensor]
UNFINISHED: Finish = nn.Identity()


def draw(
    generator: Generator, source: Source, keypoints: Iterable[Tensor], finish: Finish = UNFINISHED
) -> Iterator[Drawn]:
    """Frames of ``source`` moved to pieces (n, K, 3) of driving keypoints, a few at a time.

    finish  what is done to the pictures (N, 3, S, S) before they are handed out.

    On a CPU every core draws a whole frame by itself: split over cores, each layer would wait for
    the slowest, which on a machine that has other work costs more than half the speed. On a GPU
    a batch is drawn while the one before is used.
    """
    if source.feature.is_cuda:
        for batch in _on_gpu(generator, source, keypoints):
            yield batch._replace(picture=finish(batch.picture))
        return
    frames = (one for piece in keypoints for one in torch.split(piece, 1))

    def draw_one(one: Tensor) -> Drawn:
        with torch.inference_mode():  # a thread's own setting, as is the number of its threads
            frame: Drawn = generator(source, one)
            return frame._replace(picture=finish(frame.picture))

    yield from _in_turn(draw_one, frames)


def _in_turn(work: Callable[[Tensor], Drawn], frames: Iterable[Tensor]) -> Iterator[Drawn]:
    """``work`` done by one thread for each core; results in order, as they are asked for."""
    count = device.threads(MOST_WORKERS)
    waiting: deque[Future[Drawn]] = deque()
    with workers(count) as pool:
        for one in frames:
            waiting.append(pool.submit(work, one))
            if len(waiting) > count:
                yield waiting.popleft().result()
        while waiting:
            yield waiting.popleft().result()


class _Graph:
    """The generator's hundreds of kernels, recorded once and started with one call."""

    def __init__(self, generator: Generator, source: Source, keypoints: Tensor) -> None:
        self.keypoints = keypoints.clone()
        stream = torch.cuda.Stream()  # type: ignore[no-untyped-call]
        stream.wait_stream(torch.cuda.current_stream())
        with torch.cuda.stream(stream):  # libraries choose their kernels before the recording
            for _ in range(3):
                generator(source, self.keypoints)
        torch.cuda.current_stream().wait_stream(stream)
        self.graph = torch.cuda.CUDAGraph()
        with torch.cuda.graph(self.graph):
            self.drawn: Drawn = generator(source, self.keypoints)

    def __call__(self, keypoints: Tensor) -> Drawn:
        count = len(keypoints)
        self.keypoints[:count].copy_(keypoints, non_blocking=True)
        self.graph.replay()
        return Drawn(*(part[:count].clone() for part in self.drawn))


@torch.inference_mode()
def _on_gpu(generator: Generator, source: Source, keypoints: Iterable[Tensor]) -> Iterator[Drawn]:
    """Batches, each begun before the one before it is handed out."""
    graph: _Graph | None = None
    before: Drawn | None = None
    for piece in recut(keypoints, BATCH):
        moved = piece.to(source.feature.device, non_blocking=True)
        if graph is None and len(moved) == BATCH:
            graph = _Graph(generator, source, moved)
        drawn = graph(moved) if graph is not None else generator(source, moved)
        if before is not None:
            yield before
        before = drawn
    if before is not None:
        yield before
