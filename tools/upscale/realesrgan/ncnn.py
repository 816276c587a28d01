"""Read the weights of a network in ncnn's format.

A ``.param`` file is text: a magic number, a line of counts, then a line per layer (type, name,
number of inputs and outputs, their names, ``key=value`` parameters). A ``.bin`` file holds the
weights of the layers in the same order, each convolution preceded by a tag that says how it is
stored. The parameters' meanings are from ncnn's operator documentation.
"""

from __future__ import annotations

from pathlib import Path
from typing import NamedTuple

import numpy as np

from tools.media import Floats

MAGIC = "7767517"
FLOAT32, FLOAT16 = 0, 0x01306B47
MAX_PARAM_BYTES = 4_000_000
MAX_BIN_BYTES = 400_000_000

OUTPUTS, KERNEL, HAS_BIAS, WEIGHT_COUNT = "0", "1", "5", "6"  # keys of a convolution
SLOPES = "0"  # key of a PReLU


class Layer(NamedTuple):
    """A layer with weights.

    A convolution's weight is (outputs, inputs, k, k) and its bias (outputs,); a PReLU's weight is
    one slope per channel and it has no bias.
    """

    name: str
    weight: Floats
    bias: Floats | None


def read(param: Path, weights: Path) -> list[Layer]:
    """The layers with weights, in the order of the graph.

    Raises ValueError for files that are not in the format, too long, or do not match each other;
    OSError when they cannot be read.
    """
    lines = _bounded(param, MAX_PARAM_BYTES).decode("utf-8").split("\n")
    stream = _Stream(_bounded(weights, MAX_BIN_BYTES))
    if lines[0].strip() != MAGIC:
        raise ValueError(f"{param} does not start with ncnn's magic number {MAGIC}")
    layers = []
    for line in lines[2:]:
        kind, _, rest = line.partition(" ")
        if kind == "Convolution":
            layers.append(_convolution(rest, stream))
        elif kind == "PReLU":
            name, values = _fields(rest)
            layers.append(Layer(name, stream.floats(_number(values, SLOPES), np.float32), None))
    if stream.left:
        raise ValueError(f"{weights} holds {stream.left} bytes more than its graph uses")
    return layers


def _convolution(rest: str, stream: _Stream) -> Layer:
    name, values = _fields(rest)
    outputs, kernel = _number(values, OUTPUTS), _number(values, KERNEL)
    count = _number(values, WEIGHT_COUNT)
    if count % (outputs * kernel * kernel):
        raise ValueError(f"{name}: {count} weights do not fill {outputs} × n × {kernel} × {kernel}")
    tag = stream.tag()
    if tag not in (FLOAT32, FLOAT16):
        raise ValueError(f"{name}: weights are stored in an unknown way, {tag:#x}")
    weight = stream.floats(count, np.float16 if tag == FLOAT16 else np.float32)
    bias = stream.floats(outputs, np.float32) if values.get(HAS_BIAS) == "1" else None
    return Layer(name, weight.reshape(outputs, -1, kernel, kernel), bias)


def _fields(rest: str) -> tuple[str, dict[str, str]]:
    """A layer's name and its parameters."""
    words = rest.split()
    try:
        name, inputs, outputs = words[0], int(words[1]), int(words[2])
    except (IndexError, ValueError) as error:
        raise ValueError(f"“{rest[:80]}” is not a layer") from error
    return name, dict(word.split("=", 1) for word in words[3 + inputs + outputs :] if "=" in word)


def _number(values: dict[str, str], key: str) -> int:
    value = int(values.get(key, "0"))
    if not 0 < value <= MAX_BIN_BYTES:
        raise ValueError(f"a parameter {key} of {value} is out of range")
    return value


def _bounded(path: Path, limit: int) -> bytes:
    """All bytes of a file of at most ``limit``."""
    with path.open("rb") as file:
        content = file.read(limit + 1)
    if len(content) > limit:
        raise ValueError(f"{path} is longer than {limit} bytes")
    return content


class _Stream:
    """Little-endian numbers, one after the other, aligned to four bytes."""

    def __init__(self, content: bytes) -> None:
        self._content = content
        self._position = 0

    @property
    def left(self) -> int:
        return len(self._content) - self._position

    def tag(self) -> int:
        return int.from_bytes(self._take(4), "little")

    def floats(self, count: int, stored: type[np.float16 | np.float32]) -> Floats:
        kind = np.dtype(stored).newbyteorder("<")
        values = np.frombuffer(self._take(count * kind.itemsize), kind).astype(np.float32)
        self._take(-self._position % 4)
        return values

    def _take(self, length: int) -> bytes:
        if length > self.left:
            raise ValueError(f"the weights end {length - self.left} bytes too early")
        start, self._position = self._position, self._position + length
        return self._content[start : self._position]
