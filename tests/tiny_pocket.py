"""Pocket TTS in a few kilobytes: every voice is a hum as loud as its recording.

The graphs have the inputs, outputs and states of the real ones, so that the engine's whole path
runs without any weights: the transformer counts what it reads, says how many frames are left for
the words, three for each token, and remembers how loud the voice was.
"""

from __future__ import annotations

import io
import json
from collections.abc import Sequence
from hashlib import sha256
from pathlib import Path
from typing import Any

import numpy as np

HOP, RATE = 1920, 24_000
WIDTH, LATENT, ROOM = 8, 4, 1000
A_TOKEN = 3.0  # frames
TEXT = "all is well and the quick brown fox jumps over a lazy dog, hello there. who? me! 0123456789"
HUM = 200.0  # Hz


def make(folder: Path) -> Path:
    """Write the networks into ``folder``; returns the catalogue that lists them."""
    start = io.BytesIO()
    np.save(start, np.zeros((1, 1, WIDTH), np.float32))
    files = {
        "bundle.json": json.dumps(_about()).encode(),
        "start.npy": start.getvalue(),
        "tokenizer.model": _tokenizer(),
        "conditioner.onnx": _conditioner(),
        "encoder.onnx": _encoder(),
        "transformer-int8.onnx": _transformer(),
        "flow-int8.onnx": _flow(),
        "decoder-int8.onnx": _decoder(),
    }
    listed = (
        '[works.pocket]\nlicence = "MIT"\nterms = "https://terms.invalid/"\ncommercial = true\n'
    )
    for own, content in files.items():
        name = f"pocket-en-{own}"
        (folder / name).write_bytes(content)
        listed += (
            f'[files."{name}"]\nwork = "pocket"\nsummary = ""\nurl = "https://files.invalid/{name}"\n'
            f'bytes = {len(content)}\nsha256 = "{sha256(content).hexdigest()}"\n'
        )
    names = [f"pocket-en-{own}" for own in files]
    listed += f'[sets.pocket]\nsummary = ""\nfiles = {json.dumps(names)}\n'
    catalogue = folder / "pocket.toml"
    catalogue.write_text(listed, encoding="utf-8")
    return catalogue


def _about() -> dict[str, Any]:
    def states(*kinds: tuple[str, str, Sequence[int]]) -> list[dict[str, Any]]:
        return [
            {"input_name": f"state_{at}", "output_name": f"out_state_{at}", "dtype": dtype,
             "fill": fill, "shape": list(shape)}
            for at, (dtype, fill, shape) in enumerate(kinds)
        ]  # fmt: skip

    return {
        "sample_rate": RATE, "samples_per_frame": HOP, "latent_dim": LATENT,
        "conditioning_dim": WIDTH, "remove_semicolons": False,
        "pad_with_spaces_for_short_inputs": False,
        "flow_lm_state_manifest": states(
            ("float32", "nan", (2, 1, ROOM, 1, 2)), ("float32", "empty", (0,)),
            ("int64", "zeros", (1,)), ("float32", "zeros", (1,)), ("float32", "zeros", (1,)),
        ),
        "mimi_state_manifest": states(("float32", "zeros", (1,)), ("bool", "ones", (1,))),
    }  # fmt: skip


def _tokenizer() -> bytes:
    from sentencepiece import SentencePieceTrainer

    model = io.BytesIO()
    SentencePieceTrainer.train(
        sentence_iterator=iter([TEXT, TEXT.upper()]), model_writer=model, vocab_size=60,
        model_type="char", minloglevel=2,
    )  # fmt: skip
    return model.getvalue()


def _graph(
    nodes: list[tuple[str, list[str], list[str], dict[str, Any]]],
    inputs: dict[str, tuple[str, Sequence[int | str]]],
    outputs: dict[str, tuple[str, Sequence[int | str]]],
    tables: dict[str, Any],
) -> bytes:
    from onnx import TensorProto, checker, helper, numpy_helper

    kinds = {"f": TensorProto.FLOAT, "i": TensorProto.INT64, "b": TensorProto.BOOL}

    def values(named: dict[str, tuple[str, Sequence[int | str]]]) -> list[Any]:
        return [
            helper.make_tensor_value_info(name, kinds[kind], list(shape))
            for name, (kind, shape) in named.items()
        ]

    made = [helper.make_node(kind, given, found, **more) for kind, given, found, more in nodes]
    fixed = [numpy_helper.from_array(np.asarray(table), name) for name, table in tables.items()]
    graph = helper.make_graph(made, "tiny", values(inputs), values(outputs), fixed)
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 15)], ir_version=8)
    checker.check_model(model)
    return bytes(model.SerializeToString())


def _conditioner() -> bytes:
    """Every token is read as noughts: only how many there are matters."""
    return _graph(
        [("Gather", ["table", "token_ids"], ["embeddings"], {})],
        {"token_ids": ("i", (1, "tokens"))},
        {"embeddings": ("f", (1, "tokens", WIDTH))},
        {"table": np.zeros((4000, WIDTH), np.float32)},
    )


def _encoder() -> bytes:
    """How loud each frame is, in every place."""
    return _graph(
        [
            ("Reshape", ["audio", "frames"], ["framed"], {}),
            ("Mul", ["framed", "framed"], ["squared"], {}),
            ("ReduceMean", ["squared"], ["power"], {"axes": [2], "keepdims": 1}),
            ("Sqrt", ["power"], ["level"], {}),
            ("MatMul", ["level", "spread"], ["latents"], {}),
        ],
        {"audio": ("f", (1, 1, "samples"))},
        {"latents": ("f", (1, "frames", WIDTH))},
        {"frames": np.array([1, -1, HOP], np.int64), "spread": np.ones((1, WIDTH), np.float32)},
    )


def _transformer() -> bytes:
    """States: a cache, nothing, how much was read, how many frames are left, how loud it is."""
    return _graph(
        [
            ("Shape", ["sequence"], ["of_sequence"], {}),
            ("Gather", ["of_sequence", "one"], ["frames"], {}),
            ("Shape", ["text_embeddings"], ["of_text"], {}),
            ("Gather", ["of_text", "one"], ["words"], {}),
            ("Add", ["frames", "words"], ["more"], {}),
            ("Add", ["state_2", "more"], ["out_state_2"], {}),
            ("Cast", ["frames"], ["frames_f"], {"to": 1}),
            ("Cast", ["words"], ["words_f"], {"to": 1}),
            ("Mul", ["words_f", "a_token"], ["wanted"], {}),
            ("Sub", ["state_3", "frames_f"], ["left"], {}),
            ("Greater", ["words", "nought"], ["reading"], {}),
            ("Where", ["reading", "wanted", "left"], ["out_state_3"], {}),
            ("Equal", ["state_2", "nought"], ["first"], {}),
            ("And", ["first", "reading"], ["listening"], {}),
            ("ReduceSum", ["text_embeddings", "all"], ["sum"], {"keepdims": 0}),
            ("Max", ["words_f", "one_f"], ["words_or_one"], {}),
            ("Div", ["sum", "words_or_one"], ["mean"], {}),
            ("Div", ["mean", "width"], ["loudness"], {}),
            ("Where", ["listening", "loudness", "state_4"], ["out_state_4"], {}),
            ("Neg", ["out_state_3"], ["eos_flat"], {}),
            ("Reshape", ["eos_flat", "square"], ["eos_logit"], {}),
            ("Reshape", ["out_state_4", "square"], ["level"], {}),
            ("MatMul", ["level", "spread"], ["conditioning"], {}),
            ("Identity", ["state_0"], ["out_state_0"], {}),
            ("Identity", ["state_1"], ["out_state_1"], {}),
        ],
        {
            "sequence": ("f", (1, "frames", LATENT)),
            "text_embeddings": ("f", (1, "words", WIDTH)),
            "state_0": ("f", (2, 1, ROOM, 1, 2)),
            "state_1": ("f", (0,)),
            "state_2": ("i", (1,)),
            "state_3": ("f", (1,)),
            "state_4": ("f", (1,)),
        },
        {
            "conditioning": ("f", (1, WIDTH)),
            "eos_logit": ("f", (1, 1)),
            "out_state_0": ("f", (2, 1, ROOM, 1, 2)),
            "out_state_1": ("f", (0,)),
            "out_state_2": ("i", (1,)),
            "out_state_3": ("f", (1,)),
            "out_state_4": ("f", (1,)),
        },
        {
            "one": np.array([1], np.int64),
            "nought": np.array([0], np.int64),
            "one_f": np.array([1], np.float32),
            "a_token": np.array([A_TOKEN], np.float32),
            "all": np.array([0, 1, 2], np.int64),
            "width": np.array([WIDTH], np.float32),
            "square": np.array([1, 1], np.int64),
            "spread": np.ones((1, WIDTH), np.float32),
        },
    )


def _flow() -> bytes:
    """From noise to how loud the voice is, in every place."""
    return _graph(
        [
            ("MatMul", ["c", "narrow"], ["wanted"], {}),
            ("Mul", ["s", "nought"], ["no_s"], {}),
            ("Mul", ["t", "nought"], ["no_t"], {}),
            ("Add", ["wanted", "no_s"], ["with_s"], {}),
            ("Add", ["with_s", "no_t"], ["with_t"], {}),
            ("Sub", ["with_t", "x"], ["flow_dir"], {}),
        ],
        {
            "c": ("f", (1, WIDTH)),
            "s": ("f", (1, 1)),
            "t": ("f", (1, 1)),
            "x": ("f", (1, LATENT)),
        },
        {"flow_dir": ("f", (1, LATENT))},
        {
            "narrow": np.full((WIDTH, LATENT), 1 / WIDTH, np.float32),
            "nought": np.array(0, np.float32),
        },
    )


def _decoder() -> bytes:
    """A hum as loud as each latent says, in one piece over the frames: its state is the time."""
    radians = 2 * np.pi * HUM / RATE
    return _graph(
        [
            ("Shape", ["latent"], ["of_latent"], {}),
            ("Gather", ["of_latent", "one"], ["count"], {}),
            ("Cast", ["count"], ["count_f"], {"to": 1}),
            ("Mul", ["count_f", "hop"], ["samples"], {}),
            ("Squeeze", ["samples"], ["end"], {}),
            ("Range", ["nought", "end", "step"], ["clock"], {}),
            ("Add", ["clock", "state_0"], ["now"], {}),
            ("Mul", ["now", "radians"], ["phase"], {}),
            ("Sin", ["phase"], ["wave"], {}),
            ("Reshape", ["wave", "framed"], ["frames"], {}),
            ("ReduceMean", ["latent"], ["level"], {"axes": [2], "keepdims": 1}),
            ("Mul", ["level", "louder"], ["loud"], {}),
            ("Mul", ["frames", "loud"], ["hum"], {}),
            ("Reshape", ["hum", "flat"], ["audio_frame"], {}),
            ("Add", ["state_0", "samples"], ["out_state_0"], {}),
            ("Identity", ["state_1"], ["out_state_1"], {}),
        ],
        {
            "latent": ("f", (1, "frames", LATENT)),
            "state_0": ("f", (1,)),
            "state_1": ("b", (1,)),
        },
        {
            "audio_frame": ("f", (1, 1, "samples")),
            "out_state_0": ("f", (1,)),
            "out_state_1": ("b", (1,)),
        },
        {
            "one": np.array([1], np.int64),
            "nought": np.array(0, np.float32),
            "step": np.array(1, np.float32),
            "hop": np.array([HOP], np.float32),
            "radians": np.array(radians, np.float32),
            "framed": np.array([1, -1, HOP], np.int64),
            "flat": np.array([1, 1, -1], np.int64),
            "louder": np.array(2, np.float32),
        },
    )
