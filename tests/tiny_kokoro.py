"""Kokoro in a few kilobytes: every letter is a hum of its own pitch and length.

It has the inputs, the output, and within it the durations, the letter of each unit and the pitch
curve of the real network, so that the engine's whole path runs without any weights; and each voice
is a little higher than the one before.
"""

from __future__ import annotations

import json
from hashlib import sha256
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from tools.speech import kokoro
from tools.speech.letters import RATE, UNIT

LETTERS = 178
SILENT = 16  # up to this number letters are punctuation, gaps and the silence around


def make(folder: Path) -> Path:
    """Write network and voices into ``folder``; returns the catalogue that lists them."""
    files = {kokoro.NETWORK: _network()}
    for at, voice in enumerate(kokoro.Kokoro.VOICES):
        files[f"kokoro-{voice.name}.bin"] = np.full((510, 1, 256), 1 + at / 50, "<f4").tobytes()
    listed = (
        '[works.kokoro]\nlicence = "MIT"\nterms = "https://terms.invalid/"\ncommercial = true\n'
    )
    for name, content in files.items():
        (folder / name).write_bytes(content)
        listed += (
            f'[files."{name}"]\nwork = "kokoro"\nsummary = ""\nurl = "https://files.invalid/{name}"\n'
            f'bytes = {len(content)}\nsha256 = "{sha256(content).hexdigest()}"\n'
        )
    listed += f'[sets.kokoro]\nsummary = ""\nfiles = {json.dumps(list(files))}\n'
    catalogue = folder / "kokoro.toml"
    catalogue.write_text(listed, encoding="utf-8")
    return catalogue


def _network() -> bytes:
    from onnx import TensorProto, checker, helper, numpy_helper

    ids = np.arange(LETTERS)
    tables: dict[str, npt.NDArray[Any]] = {
        "units": (3.0 + ids % 3).astype(np.float32),
        "loudness": np.where(ids > SILENT, 0.4, 0.0).astype(np.float32),
        "hertz": (100.0 + ids).astype(np.float32),
        "radians_of_a_hertz": np.array(2 * np.pi / RATE, np.float32),
        "off_and_on": np.array([0, 1], np.float32),
        "twice": np.array([1, 2], np.int64),
        "as_curves": np.array([1, 1, -1], np.int64),
        "axis_output_0": np.array([1], np.int64),
        "/encoder/Constant_20_output_0": np.array([1, -1], np.int64),
        "samples_of_a_unit": np.array(UNIT, np.float32),
        "nought": np.array(0, np.float32),
        "unit": np.array(1, np.float32),
        "first": np.array([0, 0], np.int64),
        "second": np.array([1], np.int64),
        "axis": np.array(1, np.int64),
        "flat": np.array([-1], np.int64),
        "by_half_unit": np.array([-1, UNIT // 2], np.int64),
        "column_of_half_units": np.array([-1, 1], np.int64),
    }
    node = helper.make_node
    nodes = [
        node("Gather", ["units", "tokens"], ["typical_output_0"]),
        node("Div", ["typical_output_0", "speed"], ["scaled"]),
        node("Round", ["scaled"], ["/encoder/Round_output_0"]),
        node("CumSum", ["/encoder/Round_output_0", "axis"], ["ends"]),
        node("ReduceSum", ["/encoder/Round_output_0"], ["total"], keepdims=0),
        node("Range", ["nought", "total", "unit"], ["units_before"]),
        node("Unsqueeze", ["units_before", "second"], ["column"]),
        node("GreaterOrEqual", ["column", "ends"], ["passed"]),
        node("Cast", ["passed"], ["passed_once"], to=TensorProto.INT64),
        node("ReduceSum", ["passed_once", "second"], ["index"], keepdims=0),
        node("Reshape", ["tokens", "flat"], ["letters"]),
        node("Gather", ["letters", "index"], ["letter"]),
        node("Size", ["letters"], ["letter_count"]),
        node("OneHot", ["index", "letter_count", "off_and_on"], ["said"]),
        node("Transpose", ["said"], ["/encoder/Cast_4_output_0"]),
        node("Gather", ["hertz", "letter"], ["hertz_of_a_unit"]),
        node("Unsqueeze", ["hertz_of_a_unit", "second"], ["hertz_of_units"]),
        node("Tile", ["hertz_of_units", "twice"], ["hertz_of_halves"]),
        node("Reshape", ["hertz_of_halves", "as_curves"], ["curves"]),
        node("Squeeze", ["curves", "axis_output_0"], ["/encoder/Squeeze_output_0"]),
        node("Reshape", ["/encoder/Squeeze_output_0", "column_of_half_units"], ["hertz_of_a_half"]),
        node("Mul", ["hertz_of_a_half", "radians_of_a_hertz"], ["step"]),
        node("Mul", ["total", "samples_of_a_unit"], ["end"]),
        node("Range", ["nought", "end", "unit"], ["samples"]),
        node("Reshape", ["samples", "by_half_unit"], ["clock"]),
        node("GatherND", ["style", "first"], ["height"]),
        node("Mul", ["step", "height"], ["higher"]),
        node("Mul", ["higher", "clock"], ["phase"]),
        node("Sin", ["phase"], ["wave"]),
        node("Gather", ["loudness", "letter"], ["level_of_a_unit"]),
        node("Unsqueeze", ["level_of_a_unit", "second"], ["level_of_units"]),
        node("Tile", ["level_of_units", "twice"], ["level_of_halves"]),
        node("Reshape", ["level_of_halves", "column_of_half_units"], ["level"]),
        node("Mul", ["wave", "level"], ["loud"]),
        node("Reshape", ["loud", "flat"], ["audio"]),
    ]
    value = helper.make_tensor_value_info
    graph = helper.make_graph(
        nodes,
        "tiny",
        [
            value("tokens", TensorProto.INT64, [1, "letters"]),
            value("style", TensorProto.FLOAT, [1, 256]),
            value("speed", TensorProto.FLOAT, [1]),
        ],
        [value("audio", TensorProto.FLOAT, ["time"])],
        [numpy_helper.from_array(table, name) for name, table in tables.items()],
    )
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 15)], ir_version=8)
    checker.check_model(model)
    return bytes(model.SerializeToString())
