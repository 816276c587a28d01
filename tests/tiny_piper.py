"""A piper voice of a few kilobytes: every phoneme is a hum of its own pitch and length.

It has the inputs and outputs of a real voice (VITS exported to ONNX), so that the engine's whole
path runs without any weights.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

RATE, HOP, SYMBOLS = 16_000, 128, 256


def make(path: Path, tells_durations: bool = True, **config: Any) -> Path:
    """Write ``path`` (.onnx) and its description; ``config`` overrides entries of the latter.

    Durations are told the way real voices do, as the output of the graph's only Ceil node.
    """
    import onnx
    from onnx import TensorProto, helper, numpy_helper
    from piper.phoneme_ids import DEFAULT_PHONEME_ID_MAP

    ids = np.arange(SYMBOLS)
    frames = 4.0 + ids % 5
    frames[0] = 0.5  # the padding between phonemes
    loudness = np.where(ids > 13, 0.4, 0.0)  # ids up to 13 are silence and punctuation
    tables: dict[str, npt.NDArray[Any]] = {
        "frames": frames.astype(np.float32),
        "loudness": loudness.astype(np.float32),
        "radians": (2 * np.pi * (100 + 3 * ids) / RATE).astype(np.float32),
        "hop": np.array(HOP, np.float32),
        "zero": np.array(0, np.float32),
        "one": np.array(1, np.float32),
        "hiss": np.array(0.05, np.float32),
        "first": np.array([0], np.int64),
        "second": np.array([1], np.int64),
        "axis": np.array(1, np.int64),
        "flat": np.array([-1], np.int64),
        "batch": np.array([1, 1, -1], np.int64),
    }
    node = helper.make_node
    whole = (
        [node("Ceil", ["scaled"], ["whole"])]
        if tells_durations
        else [node("Floor", ["scaled"], ["floored"]), node("Add", ["floored", "one"], ["whole"])]
    )
    nodes = [
        node("Gather", ["scales", "first"], ["noise_scale"]),
        node("Gather", ["scales", "second"], ["length_scale"]),
        node("Gather", ["frames", "input"], ["typical"]),
        node("Mul", ["typical", "length_scale"], ["scaled"]),
        *whole,
        node("Mul", ["whole", "hop"], ["samples"]),
        node("CumSum", ["samples", "axis"], ["ends"]),
        node("ReduceSum", ["samples"], ["total"], keepdims=0),
        node("Range", ["zero", "total", "one"], ["clock"]),
        node("Unsqueeze", ["clock", "second"], ["column"]),
        node("GreaterOrEqual", ["column", "ends"], ["passed"]),
        node("Cast", ["passed"], ["passed_once"], to=TensorProto.INT64),
        node("ReduceSum", ["passed_once", "second"], ["index"], keepdims=0),
        node("Reshape", ["input", "flat"], ["ids"]),
        node("Gather", ["ids", "index"], ["id"]),
        node("Gather", ["radians", "id"], ["step"]),
        node("Mul", ["step", "clock"], ["phase"]),
        node("Sin", ["phase"], ["wave"]),
        node("RandomNormalLike", ["wave"], ["noise"]),
        node("Mul", ["noise", "noise_scale"], ["drawn"]),
        node("Mul", ["drawn", "hiss"], ["breath"]),
        node("Add", ["wave", "breath"], ["voice"]),
        node("Gather", ["loudness", "id"], ["level"]),
        node("Mul", ["voice", "level"], ["sound"]),
        node("Reshape", ["sound", "batch"], ["output"]),
    ]
    value = helper.make_tensor_value_info
    graph = helper.make_graph(
        nodes,
        "tiny",
        [
            value("input", TensorProto.INT64, ["batch", "phonemes"]),
            value("input_lengths", TensorProto.INT64, ["batch"]),
            value("scales", TensorProto.FLOAT, [3]),
        ],
        [value("output", TensorProto.FLOAT, ["batch", 1, "time"])],
        [numpy_helper.from_array(table, name) for name, table in tables.items()],
    )
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 15)], ir_version=8)
    onnx.checker.check_model(model)
    onnx.save(model, str(path))
    described = {
        "audio": {"sample_rate": RATE},
        "espeak": {"voice": "en-us"},
        "inference": {"noise_scale": 0.667, "length_scale": 1, "noise_w": 0.8},
        "phoneme_type": "espeak",
        "phoneme_id_map": DEFAULT_PHONEME_ID_MAP,
        "num_symbols": SYMBOLS,
        "num_speakers": 1,
        "hop_length": HOP,
        **config,
    }
    path.with_name(f"{path.name}.json").write_text(json.dumps(described))
    return path
