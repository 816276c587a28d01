"""How fast SadTalker's generator draws, next to the plain form of the same network.

    python -m benchmarks.sadtalker [--size 512] [--frames 4] [--output out/sadtalker.json]

Both have the same weights, the official ones where they were pulled and random ones otherwise, and
draw the same frames in one run; how near they come to one another is measured with the time.
"""

from __future__ import annotations

import argparse
import json
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass
from functools import cache
from pathlib import Path

import torch
from torch import Tensor
from torch.utils.flop_counter import FlopCounterMode

from benchmarks.machine import device_name
from benchmarks.sadtalker_plain import Generator as Plain
from renderers.sadtalker.batches import draw
from renderers.sadtalker.checkpoints import MAPPING, OFFICIAL, Checkpoint
from renderers.sadtalker.config import Config
from renderers.sadtalker.generator import Generator
from renderers.sadtalker.in_between import filled, thinned
from tests.renderers.sadtalker.recipe import official_state
from tools import weights

BATCH = 2  # the original's
REPEATS = 3
MATRIX = {"cpu": 3072, "cuda": 8192}  # side of the product that tells what a processor can do


@dataclass(frozen=True)
class Measured:
    """One way of drawing: seconds and arithmetic per frame, and likeness to the plain frames.

    gflop   as this way computes, multiplications and additions counted apart.
    share   of what the processor reaches in a large matrix product of the same precision.
    psnr    dB against the plain frames; None for them.
    """

    name: str
    seconds: float
    gflop: float
    share: float
    psnr: float | None


def main() -> None:
    arguments = _arguments()
    device = "cuda" if torch.cuda.is_available() else "cpu"
    print(f"{device_name(device)}, PyTorch {torch.__version__}, {arguments.size} px\n")
    state = _state(arguments.size)
    image, rest, away = _scene(arguments.size, arguments.frames)
    plain, frames = _plain(state, device, image, rest, away)
    rows = [plain]
    precisions = [torch.float32, torch.bfloat16]
    if device == "cuda":
        precisions.append(torch.float16)
    for precision in precisions:
        rows += _ours(state, arguments.size, device, precision, (image, rest, away), frames)
    _show(rows)
    if arguments.output:
        arguments.output.parent.mkdir(parents=True, exist_ok=True)
        found = {"machine": device_name(device), "size": arguments.size}
        text = json.dumps(found | {"rows": [asdict(row) for row in rows]}, indent=2)
        arguments.output.write_text(text + "\n", encoding="utf-8")


def _plain(
    state: dict[str, Tensor], device: str, image: Tensor, rest: Tensor, away: Tensor
) -> tuple[Measured, Tensor]:
    network = Plain().eval().requires_grad_(False)
    network.load_state_dict(state, strict=True)
    network.to(device)
    many = image[None].expand(BATCH, -1, -1, -1).to(device)
    sources, driving = rest.expand(BATCH, -1, -1).to(device), away.to(device)

    @torch.inference_mode()
    def run() -> Tensor:
        pieces = [
            network(many[: len(p)], sources[: len(p)], p) for p in torch.split(driving, BATCH)
        ]
        return torch.cat(pieces)

    with torch.inference_mode(), FlopCounterMode(display=False) as counter:
        network(many[:1], sources[:1], driving[:1])
    frames = run().float().cpu()
    seconds = _best(run, device, repeats=1 if device == "cpu" else REPEATS) / len(away)
    gflop = counter.get_total_flops() / 1e9
    share = gflop / seconds / _limit(device, torch.float32)
    return Measured("plain, float32, batch 2", seconds, gflop, share, None), frames


def _ours(
    state: dict[str, Tensor],
    size: int,
    device: str,
    precision: torch.dtype,
    scene: tuple[Tensor, Tensor, Tensor],
    frames: Tensor,
) -> list[Measured]:
    image, rest, away = scene
    network = Generator.load(state, Config(), size, device=device, precision=precision)
    with torch.inference_mode():
        source = network.prepare(image, rest)
        with FlopCounterMode(display=False) as counter:
            network(source, away[:1].to(device))
    gflop = counter.get_total_flops() / 1e9

    def run(every: int = 1) -> Tensor:
        drawn = draw(network, source, thinned([away], every, len(away)))
        return torch.cat([frame.picture for frame in filled(drawn, every, len(away))])

    name = str(precision).removeprefix("torch.")
    rows = []
    for every in (1, 2) if precision == torch.float32 else (1,):
        found = run(every).float().cpu()
        seconds = _best(lambda every=every: run(every), device) / len(away)  # type: ignore[misc]
        error = float((found - frames).square().mean())
        psnr = -10 * torch.log10(torch.tensor(max(error, 1e-14))).item()
        drawn = len(range(0, len(away) - 1, every)) + 1
        work = gflop * drawn / len(away)
        share = work / seconds / _limit(device, precision)
        title = name if every == 1 else f"{name}, every {every}nd drawn"
        rows.append(Measured(f"Portrayal, {title}", seconds, work, share, psnr))
    return rows


def _scene(size: int, count: int) -> tuple[Tensor, Tensor, Tensor]:
    """A picture, its keypoints, and where they go: a smooth movement, as of a talking head."""
    lots = torch.Generator().manual_seed(1)
    coarse = torch.rand(1, 3, size // 16, size // 16, generator=lots)
    image = torch.nn.functional.interpolate(coarse, size=(size, size), mode="bicubic")
    rest = 0.8 * (torch.rand(1, 15, 3, generator=lots) - 0.5)
    towards = 0.05 * torch.randn(1, 15, 3, generator=lots)
    return image[0].clamp(0, 1), rest, rest + towards * torch.linspace(0, 1, count)[:, None, None]


def _state(size: int) -> dict[str, Tensor]:
    """The official generator's tensors; or of the same shapes those that the tests draw with, under
    which pictures are as lively.
    """
    names = OFFICIAL.format(size=size), MAPPING.format(number="00229")
    if all(map(weights.find, names)):
        return Checkpoint.open_folder(weights.folder(), size).state("generator")
    return official_state("generator")


@cache
def _limit(device: str, precision: torch.dtype) -> float:
    """Billion operations a second that a large matrix product reaches."""
    side = MATRIX[device]
    a, b = (torch.randn(side, side, device=device).to(precision) for _ in range(2))
    return 2 * side**3 / 1e9 / _best(lambda: a @ b, device, repeats=5)


def _best(work: Callable[[], object], device: str, repeats: int = REPEATS) -> float:
    """Seconds of the quickest of some runs, after one to warm up."""
    times = []
    for _ in range(repeats + 1):
        if device == "cuda":
            torch.cuda.synchronize()
        start = time.perf_counter()
        work()
        if device == "cuda":
            torch.cuda.synchronize()
        times.append(time.perf_counter() - start)
    return min(times[1:])


def _show(rows: list[Measured]) -> None:
    print(f"{'':34}{'s/frame':>9}{'faster':>8}{'GFLOP':>8}{'of limit':>10}{'PSNR dB':>9}")
    for row in rows:
        likeness = "" if row.psnr is None else f"{row.psnr:9.1f}"
        print(
            f"{row.name:34}{row.seconds:9.3f}{rows[0].seconds / row.seconds:7.1f}×"
            f"{row.gflop:8.0f}{row.share:10.0%}{likeness}"
        )


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--size", type=int, choices=(256, 512), default=256)
    parser.add_argument("--frames", type=int, default=4)
    parser.add_argument("--output", type=Path)
    return parser.parse_args()


if __name__ == "__main__":
    main()
