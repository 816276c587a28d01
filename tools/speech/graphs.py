"""More inputs, outputs and nodes for a network in the ONNX format, by its bytes alone.

In Protocol Buffers a message that is there twice is merged, and what is repeated in it is joined:
a model whose graph has only what is new, put behind a model, adds that to its graph.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, Literal

import numpy.typing as npt

from tools.media import Floats

if TYPE_CHECKING:
    from onnxruntime import InferenceSession

# Numbers of fields in onnx.proto: of a model; of a graph; of a node; and of the rest.
_GRAPH = 7
_NODE, _INPUT, _OUTPUT = 1, 11, 12
_READS, _GIVES, _CALLED, _KIND = 1, 2, 3, 4
_NAME, _TYPE, _TENSOR, _ELEMENTS, _SHAPE, _SIZE, _NAMED = 1, 2, 1, 1, 2, 1, 2
_FLOAT = 1
_BEFORE = b"_output_0"  # how names of values within end, as PyTorch exports them


def output(name: str) -> bytes:
    """A value within the graph as one more output."""
    return _field(_GRAPH, _field(_OUTPUT, _text(_NAME, name)))


def taken(name: str, *sizes: str) -> bytes:
    """One more input of float32, with a name for each of its sizes."""
    shape = b"".join(_field(_SIZE, _text(_NAMED, size)) for size in sizes)
    tensor = bytes([_ELEMENTS << 3, _FLOAT]) + _field(_SHAPE, shape)
    kind = _field(_TYPE, _field(_TENSOR, tensor))
    return _field(_GRAPH, _field(_INPUT, _text(_NAME, name) + kind))


def node(kind: str, reads: Sequence[str], gives: str) -> bytes:
    """One more node: an operator of ONNX with its usual attributes."""
    read = b"".join(_text(_READS, name) for name in reads)
    named = _text(_GIVES, gives) + _text(_CALLED, gives) + _text(_KIND, kind)
    return _field(_GRAPH, _field(_NODE, read + named))


def renamed(network: bytes, what: Literal["reads", "gives"], name: str, new: str) -> bytes:
    """The network with one node that reads, or gives, the value ``new`` instead of ``name``.

    ``new`` is as long as ``name``, and before it the node reads another value.

    Raises ValueError where not just one node is like that.
    """
    field = _READS if what == "reads" else _GIVES
    old, other = (_BEFORE + _text(field, one) for one in (name, new))
    if len(old) != len(other) or network.count(old) != 1:
        raise ValueError(f"not just one node {what} “{name}”")
    return network.replace(old, other)


def opened(network: bytes) -> InferenceSession:
    """A network on one core. Raises what onnxruntime raises for bytes that are no network."""
    import onnxruntime

    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = options.inter_op_num_threads = 1
    options.log_severity_level = 4
    return onnxruntime.InferenceSession(network, options, providers=["CPUExecutionProvider"])


def run(session: InferenceSession, given: Mapping[str, npt.NDArray[Any]]) -> list[Floats]:
    """All outputs. What memory the values within took is given back."""
    import onnxruntime

    options = onnxruntime.RunOptions()
    options.add_run_config_entry("memory.enable_memory_arena_shrinkage", "cpu:0")
    return list(session.run(None, given, options))


def _text(number: int, text: str) -> bytes:
    return _field(number, text.encode())


def _field(number: int, content: bytes) -> bytes:
    """A field of bytes: its number and kind, its length in groups of seven bits, and itself."""
    length, size = bytearray(), len(content)
    while size >= 1 << 7:
        length.append(size & 127 | 128)
        size >>= 7
    return bytes([number << 3 | 2, *length, size]) + content
