"""Motion: numbers over time that move a face, in a space that has a name.

A driver makes motion, a renderer is moved by it; they suit one another when they agree on the
space. Spaces are defined where their numbers are explained, such as in ``renderers.blendshapes``.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from tools.media import Floats


@dataclass(frozen=True)
class Space:
    """What the columns of a motion are.

    name   such as "arkit52+head"; motions of the same name can stand for one another.
    parts  groups of columns in their order: (name, how many).
    """

    name: str
    parts: tuple[tuple[str, int], ...]

    @property
    def width(self) -> int:
        """How many columns there are."""
        return sum(count for _, count in self.parts)

    def columns(self, part: str) -> slice:
        """Which of them a part has. Raises KeyError for one that is not there."""
        start = 0
        for name, count in self.parts:
            if name == part:
                return slice(start, start + count)
            start += count
        raise KeyError(part)


@dataclass(frozen=True)
class Motion:
    """A face in motion, or the next piece of it. Row t shows the moment t / fps of the piece.

    fps     rows per second.
    values  (T, width of the space) float32.

    Raises ValueError for values of another shape.
    """

    space: Space
    fps: float
    values: Floats

    def __post_init__(self) -> None:
        if self.values.ndim != 2 or self.values.shape[1] != self.space.width:
            raise ValueError(
                f"{self.values.shape} numbers are not a motion in {self.space.name}, which has "
                f"{self.space.width} columns"
            )

    def __len__(self) -> int:
        return len(self.values)

    def part(self, name: str) -> Floats:
        """(T, n) the columns of one part."""
        return self.values[:, self.space.columns(name)]

    def at_rate(self, fps: float) -> Motion:
        """The same with ``fps`` rows per second, read between its own on straight lines."""
        if fps == self.fps:
            return self
        moments = np.arange(max(1, round(len(self) * fps / self.fps))) * (self.fps / fps)
        rows = np.arange(len(self))
        columns = [np.interp(moments, rows, column) for column in self.values.T]
        return Motion(self.space, fps, np.stack(columns, axis=1).astype(np.float32))
