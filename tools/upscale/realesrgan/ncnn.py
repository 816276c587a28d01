"""Read the weights of a network in ncnn's format.

A ``.param`` file is text: a magic number, a line of counts, then a line per layer (type, name,
number of inputs and outputs, their names, ``key=value`` parameters). A ``.bin`` file holds the
weights of the layers in the same order, each convolution preceded by a tag that says how it is
stored. The parameters' meanings are from ncnn's operator documentation.
"""

from __future__ import annotations

from io import BytesIO
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
    stream = BytesIO(_bounded(weights, MAX_BIN_BYTES))
    if lines[0].strip() != MAGIC:
        raise ValueError(f"{param} does not start with ncnn's magic number {MAGIC}")
    layers = []
    for line in lines[2:]:
        kind, _, rest = line.partition(" ")
        if kind == "Convolution":
            layers.append(_convolution(rest, stream))
        elif kind == "PReLU":
            name, values = _fields(rest)
            layers.append(Layer(name, _numbers(stream, _number(values, SLOPES)), None))
    if left := len(stream.read()):
        raise ValueError(f"{weights} holds {left} bytes more than its graph uses")
    return layers


def _convolution(rest: str, stream: BytesIO) -> Layer:
    name, values = _fields(rest)
    outputs, kernel = _number(values, OUTPUTS), _number(values, KERNEL)
    count = _number(values, WEIGHT_COUNT)
    if count % (outputs * kernel * kernel):
        raise ValueError(f"{name}: {count} weights do not fill {outputs} × n × {kernel} × {kernel}")
    tag = int.from_bytes(_taken(stream, 4), "little")
    if tag not in (FLOAT32, FLOAT16):
        raise ValueError(f"{name}: weights are stored in an unknown way, {tag:#x}")
    weight = _numbers(stream, count, "<f2" if tag == FLOAT16 else "<f4")
    bias = _numbers(stream, outputs) if values.get(HAS_BIAS) == "1" else None
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


def _numbers(stream: BytesIO, count: int, stored: str = "<f4") -> Floats:
    """So many floats, aligned to four bytes."""
    content = _taken(stream, count * np.dtype(stored).itemsize)
    _taken(stream, -stream.tell() % 4)
    return np.frombuffer(content, stored).astype(np.float32)


def _taken(stream: BytesIO, length: int) -> bytes:
    content = stream.read(length)
    if len(content) < length:
        raise ValueError(f"the weights end {length - len(content)} bytes too early")
    return content
