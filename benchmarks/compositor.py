"""What the compositor costs and how good its frames are: a 512 px face in a 1080p film.

    python -m benchmarks.compositor [--frames 3] [--minutes 10] [--output out/compositor.json]

A stand-in takes the generator's place: the embedded renderer's talking face, small, soft, off in
colour and noisy as a network draws it, with its motion found by optical flow. So everything that
comes after the generator is the real thing, and what it should look like is known.
"""

from __future__ import annotations

import argparse
import json
import resource
import sys
import time
from collections.abc import Callable, Iterable, Iterator
from copy import deepcopy
from dataclasses import dataclass, replace
from functools import cached_property, partial
from itertools import cycle, islice, pairwise
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import torch
from torch import Tensor
from torch.utils.flop_counter import FlopCounterMode

from benchmarks.demonstration import take
from benchmarks.machine import device_name
from renderers.sadtalker import alignment
from tools.canvas.compose import compose
from tools.face import landmarks
from tools.face.detection import find_face
from tools.face.paste import Paste, coverage, reach
from tools.inspect.picture import relative_sharpness
from tools.media import Box, Floats, Frames, Image, Mask, Patch, Shot, sequential
from tools.upscale.realesrgan.film import Enlarger
from tools.upscale.realesrgan.tiles import tiled

DRAWN = 512  # px
GRID = 64  # the generator's motion field has so many places a side
SOFT = 0.9  # px: standard deviation of what a network blurs
COLOUR = (0.94, 0.97, 1.0)  # and by how much it is off
NOISE = 1.0  # grey levels that change from frame to frame
STILL = 0.1  # px of the film: less is no motion
BORDER = 0.5  # of the paste's weight: below it the portrait shows more than what is drawn
START = 25  # before, nothing is said
NO_FRAME = 999  # lot of the noise on the picture that does not move
SCENE = 25  # frames of film that the stand-in draws from

Finish = Callable[[Tensor], Tensor]


@dataclass(frozen=True)
class Scene:
    """The demonstration, framed for 1080p and talking.

    true  frames of the portrait as the embedded renderer draws them.
    """

    shot: Shot
    region: Box
    true: list[Image]

    @classmethod
    def of(cls, count: int) -> Scene:
        shot, film = take()
        portrait = shot.portrait
        points = landmarks.locate(portrait.image, portrait.landmarks, "mesh")
        crop = alignment.crop(points, portrait.size, wide=False)
        return cls(shot, crop.region, list(islice(film, START, START + count)))

    def square(self, image: Image) -> Image:
        """What the generator would be given of a picture, (DRAWN, DRAWN, 3) uint8."""
        portrait = self.region.intersection(Box(0, 0, *self.shot.portrait.size))
        inside = portrait.moved(-self.region.x, -self.region.y)
        part = cv2.copyMakeBorder(
            image[portrait.slices],
            inside.y,
            self.region.height - inside.y - inside.height,
            inside.x,
            self.region.width - inside.x - inside.width,
            cv2.BORDER_REPLICATE,
        )
        return np.asarray(cv2.resize(part, (DRAWN, DRAWN), interpolation=cv2.INTER_AREA), np.uint8)

    def drawn(self, image: Image, lot: int) -> Tensor:
        """(1, 3, DRAWN, DRAWN) in [0, 1]: as a network might draw that picture."""
        soft = cv2.GaussianBlur(self.square(image).astype(np.float32), (0, 0), SOFT)
        noise = np.random.default_rng(lot).normal(0, NOISE, soft.shape)
        levels = (soft * COLOUR + noise).clip(0, 255).astype(np.float32) / 255
        return torch.from_numpy(levels).permute(2, 0, 1)[None].contiguous()

    def motion(self, image: Image) -> Floats:
        """(DRAWN, DRAWN, 2) px: how far away in the portrait what a picture shows was."""
        now, rest = (
            cv2.cvtColor(self.square(one), cv2.COLOR_RGB2GRAY)
            for one in (image, self.shot.portrait.image)
        )
        flow = cv2.DISOpticalFlow.create(cv2.DISOPTICAL_FLOW_PRESET_MEDIUM)
        return np.asarray(flow.calc(now, rest, None), np.float32)

    @cached_property
    def stand_in(self) -> list[tuple[Tensor, Tensor]]:
        """Pictures and displacements as a generator hands them out."""
        return [(self.drawn(one, lot), self.displacement(one)) for lot, one in enumerate(self.true)]

    def displacement(self, image: Image) -> Tensor:
        """(1, 2, GRID, GRID) half widths."""
        small = cv2.resize(self.motion(image), (GRID, GRID), interpolation=cv2.INTER_AREA)
        return torch.from_numpy(small / (DRAWN / 2)).permute(2, 0, 1)[None].contiguous()

    @property
    def face(self) -> Box:
        """Where the face may move to, in the square."""
        return reach(self.shot.portrait.landmarks, self.region, DRAWN)


class Compositor:
    """From what the generator draws to frames of the film, in one of the qualities."""

    def __init__(self, scene: Scene, finish: Finish | None = None, detail: bool = True) -> None:
        self.scene, self.finish = scene, finish or (lambda pictures: pictures)
        rest = self.finish(scene.drawn(scene.shot.portrait.image, NO_FRAME))[0]
        self.paste = Paste(scene.shot.portrait, scene.region, rest, detail=detail)

    def film(self, count: int, fps: int = 25) -> Frames:
        def patches() -> Iterator[tuple[Patch, ...]]:
            for picture, by in islice(cycle(self.scene.stand_in), count):
                yield from self.paste.batch(0, self.finish(picture), by).patches()

        still = self.scene.shot.portrait.image
        return compose(Frames(still, fps, count, sequential(patches)), self.scene.shot)

    def read(self, count: int) -> None:
        """Draw frames as far as the coder needs them."""
        for _ in self.film(count).patches():
            pass


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--frames", type=int, default=3, help="enlarged whole, for comparison")
    parser.add_argument("--minutes", type=float, default=10, help="of film for the memory's peak")
    parser.add_argument("--output", type=Path)
    arguments = parser.parse_args()
    print(f"{device_name('cpu')}; face drawn in {DRAWN} px, film in 1920×1080\n")
    scene = Scene.of(SCENE)
    standard = Compositor(scene)
    # Memory first, for its peak would hide behind that of what follows.
    found: dict[str, Any] = {
        "machine": device_name("cpu"),
        "memory": _memory(standard, arguments.minutes),
        "milliseconds": _milliseconds(standard),
        "best": _against_whole_frames(scene, arguments.frames),
        "sharpness": _sharpness(scene),
        "stillness": _stillness(standard),
        "seam": _seam(standard),
    }
    _show(found)
    if arguments.output:
        arguments.output.parent.mkdir(parents=True, exist_ok=True)
        arguments.output.write_text(json.dumps(found, indent=2) + "\n", encoding="utf-8")


def _memory(standard: Compositor, minutes: float) -> dict[str, float]:
    """Peak megabytes of this process after a minute of film, and after ``minutes``."""
    return {f"{length:g} min": _peak(standard, length) for length in (1.0, minutes)}


def _peak(standard: Compositor, minutes: float) -> float:
    standard.read(round(minutes * 60 * 25))
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss  # kB on Linux, bytes on macOS
    return peak / (1e6 if sys.platform == "darwin" else 1e3)


def _milliseconds(standard: Compositor) -> float:
    """Of a frame: paste-back with detail, and composition; the median second of film."""
    return 1000 * float(np.median([_seconds(lambda: standard.read(25)) / 25 for _ in range(5)]))


def _against_whole_frames(scene: Scene, count: int) -> dict[str, float]:
    """``best`` beside the same network run over every whole frame."""
    enlarger = Enlarger()
    ours = Compositor(scene, partial(enlarger, place=scene.face))
    frames = list(Compositor(scene).film(count))

    def whole() -> None:
        for frame in frames:
            large = tiled(enlarger.network, frame, enlarger.network.tile)
            cv2.resize(large, (frame.shape[1], frame.shape[0]), interpolation=cv2.INTER_AREA)

    # Counted without tiles, which see some pixels twice; no arithmetic is done for that.
    counted, pixels = deepcopy(enlarger.network).to("meta"), torch.empty(1, 3, 1080, 1920)
    return {
        "operations": _operations(lambda: ours.read(1)),
        "operations_whole": _operations(lambda: counted(pixels.to("meta"))),
        "seconds": _seconds(lambda: ours.read(count)) / count,
        "seconds_whole": _seconds(whole) / count,
    }


def _operations(work: Callable[[], object]) -> float:
    """Thousand millions of multiply-adds."""
    with FlopCounterMode(display=False) as counter:
        work()
    return float(counter.get_total_flops()) / 2e9


def _seconds(work: Callable[[], object]) -> float:
    start = time.perf_counter()
    work()
    return time.perf_counter() - start


def _sharpness(scene: Scene) -> dict[str, float]:
    """The mouth's over the face's, as ``portrayal inspect`` sees them."""
    shown = Frames(scene.shot.portrait.image, 25, len(scene.true), sequential(lambda: iter(())))
    true = (replace(shown, patches=sequential(partial(_whole, one))) for one in scene.true)
    enlarger = Enlarger()
    ways: dict[str, Iterable[Image]] = {
        "the portrait": [next(iter(compose(_still(scene), scene.shot)))],
        "what the stand-in draws from": [next(iter(compose(one, scene.shot))) for one in true],
        "without detail": Compositor(scene, detail=False).film(len(scene.true)),
        "standard": Compositor(scene).film(len(scene.true)),
        "best": islice(Compositor(scene, partial(enlarger, place=scene.face)).film(6), 6),
    }
    return {name: _relative(frames) for name, frames in ways.items()}


def _still(scene: Scene) -> Frames:
    return Frames(scene.shot.portrait.image, 25, 1, sequential(lambda: iter([()])))


def _whole(image: Image) -> Iterator[tuple[Patch, ...]]:
    yield (Patch(0, 0, image),)


def _relative(frames: Iterable[Image]) -> float:
    measured = [
        relative_sharpness(_grey(frame), find_face(frame).landmarks[:, :2]) for frame in frames
    ]
    return float(np.nanmedian(measured))


def _stillness(standard: Compositor) -> dict[str, float]:
    """Mean change between frames, in grey levels, where the film shows nothing moving."""
    scene, box = standard.scene, standard.paste.box
    place = box.moved(-scene.region.x, -scene.region.y)
    frames = [patches[0].image for patches in _portrait(standard, len(scene.true))]
    changes, shares = [], []
    motions = [_enlarged(scene.motion(one), scene.region.width) for one in scene.true]
    for (first, second), (before, after) in zip(pairwise(frames), pairwise(motions), strict=True):
        moved = np.maximum(np.abs(before), np.abs(after)).max(-1)[place.slices]
        still = moved < STILL
        changes.append(cv2.absdiff(first, second)[still].mean())
        shares.append(still.mean())
    return {"levels": float(np.mean(changes)), "share": float(np.mean(shares))}


def _portrait(standard: Compositor, count: int) -> Iterator[tuple[Patch, ...]]:
    for picture, by in standard.scene.stand_in[:count]:
        yield from standard.paste.batch(0, picture, by).patches()


def _enlarged(motion: Floats, side: int) -> Floats:
    large = cv2.resize(motion, (side, side), interpolation=cv2.INTER_LINEAR)
    return np.asarray(large * (side / DRAWN), np.float32)


def _seam(standard: Compositor) -> float:
    """Gradient across the border of what was pasted, over the same in the portrait."""
    scene, box = standard.scene, standard.paste.box
    weight = coverage(scene.shot.portrait, scene.region)
    weight = weight[box.moved(-scene.region.x, -scene.region.y).slices]
    normal = np.stack(np.gradient(weight))
    length = np.linalg.norm(normal, axis=0)
    border = (weight > 0) & (weight < BORDER) & (length > 0)
    normal = normal[:, border] / length[border]

    def across(image: Image) -> float:
        slopes = np.stack(np.gradient(_grey(image).astype(np.float32)))
        return float(np.abs((slopes[:, border] * normal).sum(0)).mean())

    still = across(scene.shot.portrait.image[box.slices])
    drawn = [across(patches[0].image) for patches in _portrait(standard, len(scene.true))]
    return float(np.mean(drawn)) / still


def _grey(image: Image) -> Mask:
    return np.asarray(cv2.cvtColor(image, cv2.COLOR_RGB2GRAY), np.uint8)


def _show(found: dict[str, Any]) -> None:
    best = found["best"]
    print(f"{'best':44}{'compositor':>12}{'whole frames':>14}{'ratio':>8}")
    for what, name in (
        ("giga multiply-adds a frame", "operations"),
        ("seconds a frame", "seconds"),
    ):
        ours, whole = best[name], best[f"{name}_whole"]
        print(f"{what:44}{ours:12.2f}{whole:14.2f}{whole / ours:7.1f}×")
    print(f"\n{'standard: milliseconds a frame':44}{found['milliseconds']:12.1f}")
    for name, value in found["sharpness"].items():
        print(f"{'sharpness, mouth over face: ' + name:58}{value:6.2f}")
    still = found["stillness"]
    where = f"change where nothing moves ({still['share']:.0%}), grey levels"
    print(f"{where:50}{still['levels']:6.2f}")
    print(f"{'gradient across the border over the portrait’s':50}{found['seam']:6.2f}")
    for length, megabytes in found["memory"].items():
        print(f"{'peak memory, ' + length:50}{megabytes:6.0f} MB")


if __name__ == "__main__":
    main()
