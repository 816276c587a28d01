"""How long it takes to put a generated face back, next to OpenCV's Poisson cloning.

    python -m benchmarks.paste [--frames 20]

Both get the float pictures that the generator draws and give whole numbers in a 1080p picture, on
the same processor in the same run; cloning is what the original does for every frame.
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Callable
from pathlib import Path
from tempfile import TemporaryDirectory

import cv2
import numpy as np
import torch
from torch import Tensor

from benchmarks.machine import device_name
from tests.renderers.sadtalker import compat
from tools.face.detection import find_face
from tools.face.paste import Paste
from tools.media import Box, Image, Portrait
from tools.picture.demo import demo_portrait
from tools.picture.image import load

CANVAS = (1920, 1080)
DRAWN = 256  # px, the generated square
SIDES = (512, 1000)  # px of the canvas that the square takes
AROUND = 2.1  # side of the square over the face's height


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--frames", type=int, default=20)
    count = parser.parse_args().frames
    print(f"{device_name('cpu')}; {CANVAS[0]}×{CANVAS[1]}, generated at {DRAWN} px\n")
    print(f"{'square':>8}{'Portrayal':>14}{'seamlessClone':>17}{'faster':>9}")
    for side in SIDES:
        ours, theirs = _compared(side, count)
        print(f"{side:5} px{ours:11.1f} ms{theirs:14.1f} ms{theirs / ours:8.0f}×")


def _compared(side: int, count: int) -> tuple[float, float]:
    """Milliseconds per frame of Portrayal's way and of cloning."""
    portrait, region = _scene(side)
    cut = cv2.resize(portrait.image[region.slices], (DRAWN, DRAWN), interpolation=cv2.INTER_AREA)
    picture = torch.from_numpy(cut).permute(2, 0, 1)[None] / 255
    still = torch.zeros(1, 2, DRAWN // 4, DRAWN // 4)
    paste = Paste(portrait, region, picture[0])
    ours = _milliseconds(lambda: paste.batch(0, picture, still), count)
    theirs = _milliseconds(lambda: _cloned(picture[0], portrait.image, region), max(2, count // 5))
    return ours, theirs


def _scene(side: int) -> tuple[Portrait, Box]:
    """The demonstration portrait so large, in the middle of the canvas, that its square fits."""
    with TemporaryDirectory() as folder:
        path = Path(folder) / "portrait.png"
        demo_portrait(path)
        photograph = load(path)
    points = find_face(photograph).landmarks[:, :2]
    top, bottom = points[:, 1].min(), points[:, 1].max()
    scale = side / AROUND / (bottom - top)
    middle = scale * (points.min(0) + points.max(0)) / 2
    width, height = CANVAS
    place = np.array([[scale, 0, width / 2 - middle[0]], [0, scale, height / 2 - middle[1]]])
    canvas = cv2.warpAffine(photograph, place, CANVAS, borderMode=cv2.BORDER_REFLECT)
    region = Box((width - side) // 2, (height - side) // 2, side, side)
    return Portrait(canvas, find_face(canvas).landmarks), region


def _cloned(picture: Tensor, canvas: Image, region: Box) -> Image:
    levels = (picture * 255).round().to(torch.uint8).permute(1, 2, 0).contiguous()
    return compat.pasted(canvas, levels.numpy(), region)


def _milliseconds(work: Callable[[], object], count: int) -> float:
    """Of the median run, after one to warm up."""
    work()
    spent = []
    for _ in range(count):
        start = time.perf_counter()
        work()
        spent.append(time.perf_counter() - start)
    return 1000 * float(np.median(spent))


if __name__ == "__main__":
    main()
