"""The networks of Pocket TTS (Kyutai 2026): a voice and words become sound, frame by frame.

    words ─► conditioner ─┐
    voice ─► encoder ─────┴► transformer ─► flow ─► latent of 80 ms ─► decoder ─► sound
                                 ▲                     │
                                 └─────────────────────┘

The transformer has read the voice, then the words; each latent is drawn from noise by one step of a
flow (Lagrangian self-distillation; Boffi et al. 2025) and read in turn, until it says that it has
said all. The five graphs are files for onnxruntime, each with its state as inputs and outputs.
"""

from __future__ import annotations

import json
from functools import cached_property
from math import ceil, prod
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from tools import device, stop, weights
from tools.errors import MissingError, TextError
from tools.media import Floats
from tools.messages import excerpt

if TYPE_CHECKING:
    from onnxruntime import InferenceSession
    from sentencepiece import SentencePieceProcessor

State = dict[str, npt.NDArray[Any]]

TEMPERATURE = 0.3  # of the noise, as its authors recommend for this voice
SEED = 1  # the same text gives the same sound
SAID = -4.0  # above which a frame is the last of the words
FEWEST, AFTER, AFTER_FEW = 6, 3, 5  # frames before that may be, and after; of four words or less
TOKENS_PER_SECOND, SPARE = 3.0, 2.0  # how long words take at most: so many seconds more
_TOGETHER = 8  # frames that are decoded at once
_LARGEST = 1 << 26  # numbers of one state
_FILLS = {"nan": np.nan, "zeros": 0, "ones": 1, "empty": 0}


class Network:
    """The pulled networks for English."""

    def __init__(self) -> None:
        try:
            self._about: dict[str, Any] = json.loads(_file("bundle.json").read_bytes())
            self.hop = int(self._about["samples_per_frame"])
            self.rate = int(self._about["sample_rate"])
            listed = {part: self._about[f"{part}_state_manifest"] for part in ("flow_lm", "mimi")}
            self._begin = {part: _initial(entries) for part, entries in listed.items()}
            self._kept = {
                part: {str(entry["output_name"]): str(entry["input_name"]) for entry in entries}
                for part, entries in listed.items()
            }
            self._width, self._latent = (
                int(self._about[f"{of}_dim"]) for of in ("conditioning", "latent")
            )
            caches = (v.shape[2] for v in self._begin["flow_lm"].values() if v.ndim == 5)
            self._room = min(caches)  # frames and tokens that the transformer can have read
        except (OSError, ValueError, LookupError, TypeError, RecursionError) as error:
            raise _damaged("bundle.json") from error

    def voice(self, sound: Floats) -> State:
        """The transformer, having heard (N,) samples of a voice."""
        whole = np.pad(sound, (0, -len(sound) % self.hop))
        [heard] = self._encoder.run(None, {"audio": whole[None, None]})
        heard = np.asarray(heard, np.float32).reshape(1, -1, self._width)
        begun = dict(self._begin["flow_lm"])
        return self._read(np.concatenate([self._start, heard], 1), begun)

    def say(self, text: str, voice: State) -> Floats:
        """(N,) samples of words in a voice. It stops as ``tools.stop`` says.

        Raises TextError for more words than can be read beside the voice.
        """
        tokens = self._tokenizer.encode(prepared(text, self._about))
        room = self._room - _steps(voice) - len(tokens)
        if room < FEWEST:
            raise TextError(f"“{excerpt(text)}” is too long for a cloned voice; say it in parts.")
        [read] = self._conditioner.run(None, {"token_ids": np.array([tokens], np.int64)})
        state = self._read(np.asarray(read, np.float32).reshape(1, -1, self._width), voice)
        most = ceil((len(tokens) / TOKENS_PER_SECOND + SPARE) * self.rate / self.hop)
        return self._sound(self._latents(min(most, room), text, state))

    def _latents(self, most: int, text: str, state: State) -> Floats:
        """At most so many frames, (1, frames, latent)."""
        random = np.random.default_rng(SEED)
        nothing = np.zeros((1, 0, self._width), np.float32)
        latent = np.full((1, 1, self._latent), np.nan, np.float32)  # stands for the beginning
        after = AFTER if len(text.split()) > 4 else AFTER_FEW
        time = {"s": np.zeros((1, 1), np.float32), "t": np.ones((1, 1), np.float32)}
        drawn: list[Floats] = []
        last: int | None = None
        for frame in range(most):
            stop.check()
            (thought, said), state = self._step(
                self._transformer, "flow_lm", state, sequence=latent, text_embeddings=nothing
            )
            if last is None and frame >= FEWEST and said.item() > SAID:
                last = frame + after
            if frame == last:
                break
            noise = random.standard_normal((1, self._latent), np.float32)
            noise *= np.float32(TEMPERATURE**0.5)
            [flow] = self._flow.run(None, {"c": thought, "x": noise, **time})
            latent = (noise + flow)[None]
            drawn.append(latent)
        return np.concatenate(drawn, 1)

    def _sound(self, latents: Floats) -> Floats:
        state, heard = self._begin["mimi"], []
        for first in range(0, latents.shape[1], _TOGETHER):
            stop.check()
            part = latents[:, first : first + _TOGETHER]
            (sound,), state = self._step(self._decoder, "mimi", state, latent=part)
            heard.append(np.asarray(sound, np.float32).reshape(-1))
        return np.asarray(np.clip(np.concatenate(heard), -1, 1), np.float32)

    def _read(self, heard: Floats, state: State) -> State:
        """The transformer's state, after it has read what is not a frame of its own."""
        none = np.zeros((1, 0, self._latent), np.float32)
        return self._step(
            self._transformer, "flow_lm", state, sequence=none, text_embeddings=heard
        )[1]

    def _step(
        self, graph: InferenceSession, part: str, state: State, **given: Floats
    ) -> tuple[list[Any], State]:
        """What a graph gives, and its state after that."""
        kept = self._kept[part]
        names = [output.name for output in graph.get_outputs()]
        found = dict(zip(names, graph.run(None, {**given, **state}), strict=True))
        after = {kept[name]: value for name, value in found.items() if name in kept}
        return [value for name, value in found.items() if name not in kept], after

    @cached_property
    def _start(self) -> Floats:
        """(1, 1, width): what the transformer reads before a voice."""
        try:
            start = np.load(_file("start.npy"), allow_pickle=False)
            return np.asarray(start, np.float32).reshape(1, 1, self._width)
        except (OSError, ValueError, EOFError) as error:
            raise _damaged("start.npy") from error

    @cached_property
    def _tokenizer(self) -> SentencePieceProcessor:
        from sentencepiece import SentencePieceProcessor

        try:
            return SentencePieceProcessor(model_file=str(_file("tokenizer.model")))
        except (OSError, RuntimeError) as error:
            raise _damaged("tokenizer.model") from error

    @cached_property
    def _encoder(self) -> InferenceSession:
        return _graph("encoder.onnx")

    @cached_property
    def _conditioner(self) -> InferenceSession:
        return _graph("conditioner.onnx")

    @cached_property
    def _transformer(self) -> InferenceSession:
        return _graph("transformer-int8.onnx")

    @cached_property
    def _flow(self) -> InferenceSession:
        return _graph("flow-int8.onnx")

    @cached_property
    def _decoder(self) -> InferenceSession:
        return _graph("decoder-int8.onnx")


def prepared(text: str, about: dict[str, Any]) -> str:
    """A sentence as the network learned them: with a capital, and a stop at its end."""
    said = " ".join(text.replace("’", "'").replace("‘", "'").split())
    if about.get("remove_semicolons"):
        said = said.replace(";", ",")
    said = said[:1].upper() + said[1:]
    bare = said.rstrip("\"')]}”»")
    if bare and bare[-1] not in ".!?…":
        said = f"{bare.rstrip(',;:-–— ')}."
    few = about.get("pad_with_spaces_for_short_inputs") and len(said.split()) < 5
    return f"{' ' * 8}{said}" if few else said


def _initial(manifest: list[dict[str, Any]]) -> State:
    """The states that a graph begins with. Raises ValueError and the like for a strange one."""
    state: State = {}
    for entry in manifest:
        shape = tuple(int(side) for side in entry["shape"])
        if prod(shape) > _LARGEST or entry["dtype"] not in {"float32", "int64", "bool"}:
            raise ValueError("a state of an unknown kind")
        value = _FILLS[entry["fill"]]
        state[str(entry["input_name"])] = np.full(shape, value, entry["dtype"])
    return state


def _steps(state: State) -> int:
    """How much the transformer has read."""
    counts = [v for v in state.values() if v.dtype == np.int64 and v.size]
    return max(int(count.max()) for count in counts)


def _graph(name: str) -> InferenceSession:
    import onnxruntime

    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads, options.inter_op_num_threads = min(2, device.cores()), 1
    options.log_severity_level = 4
    try:
        return onnxruntime.InferenceSession(
            str(_file(name)), options, providers=["CPUExecutionProvider"]
        )
    except MissingError:
        raise
    except Exception as error:  # onnxruntime raises classes of its own
        raise _damaged(name) from error


def _file(name: str) -> Path:
    return weights.path(f"pocket-en-{name}")


def _damaged(name: str) -> MissingError:
    return MissingError(
        f"“pocket-en-{name}” is damaged; delete it and get it again with: portrayal weights pull "
        "pocket --accept-licence."
    )
