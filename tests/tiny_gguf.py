"""A language model of a third of a megabyte: a LLaMA of one layer with random weights, as GGUF.

It loads and samples as a real one does, and what it says is noise: whatever comes out in order
does so because a grammar held it to it.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
import numpy.typing as npt

WIDTH, LAYERS, HEADS, KV_HEADS, INNER = 64, 1, 4, 2, 128
CONTEXT = 8192
TEMPLATE = (
    "{{ bos_token }}{% for message in messages %}"
    "<|{{ message['role'] }}|>{{ message['content'] }}<|over|>"
    "{% endfor %}{% if add_generation_prompt %}<|assistant|>{% endif %}"
)
_UNKNOWN, _NORMAL, _CONTROL, _BYTE = 2, 1, 3, 6  # types of tokens


def make(
    path: Path,
    *,
    seed: int = 0,
    context: int = CONTEXT,
    template: str | None = TEMPLATE,
    terse: bool = False,
) -> Path:
    """Write ``path``: ``context`` is the longest conversation it claims to be trained for.

    terse   what it says is short, and of characters that any voice can read: ASCII.
    """
    import gguf

    rng = np.random.default_rng(seed)
    tokens, types = _vocabulary()
    writer = gguf.GGUFWriter(str(path), "llama")
    writer.add_name("tiny")
    writer.add_context_length(context)
    writer.add_embedding_length(WIDTH)
    writer.add_block_count(LAYERS)
    writer.add_feed_forward_length(INNER)
    writer.add_head_count(HEADS)
    writer.add_head_count_kv(KV_HEADS)
    writer.add_layer_norm_rms_eps(1e-5)
    writer.add_rope_dimension_count(WIDTH // HEADS)
    writer.add_vocab_size(len(tokens))
    writer.add_file_type(gguf.LlamaFileType.ALL_F32)
    writer.add_tokenizer_model("llama")
    writer.add_token_list(tokens)
    writer.add_token_scores([-float(rank) for rank in range(len(tokens))])
    writer.add_token_types(types)
    writer.add_unk_token_id(0)
    writer.add_bos_token_id(1)
    writer.add_eos_token_id(2)
    writer.add_add_space_prefix(False)
    if template is not None:
        writer.add_chat_template(template)
    network = _weights(rng, len(tokens))
    if terse:  # one channel is always on, speaks for ending a string and against tokens of bytes
        network["token_embd"][:, 0] = 2
        network["output"][[kind == _BYTE for kind in types], 0] = -8
        network["output"][tokens.index(b'"'), 0] = 0.3
    for name, weights in network.items():
        writer.add_tensor(f"{name}.weight", weights)
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()
    return path


def _vocabulary() -> tuple[list[bytes], list[int]]:
    """Marks, every byte, and every printable character of ASCII; the blank is written "▁"."""
    marks = [b"<unk>", b"<s>", b"<|over|>", b"<|system|>", b"<|user|>", b"<|assistant|>"]
    letters = ["▁", *map(chr, range(33, 127))]
    tokens = [*marks, *(f"<0x{byte:02X}>".encode() for byte in range(256))]
    types = [_UNKNOWN, *[_CONTROL] * (len(marks) - 1), *[_BYTE] * 256, *[_NORMAL] * len(letters)]
    return [*tokens, *(letter.encode() for letter in letters)], types


def _weights(rng: np.random.Generator, tokens: int) -> dict[str, npt.NDArray[np.float32]]:
    """By name, without the ".weight" that all end in."""

    def drawn(*shape: int) -> npt.NDArray[np.float32]:
        return (0.05 * rng.standard_normal(shape)).astype(np.float32)

    ones = np.ones(WIDTH, np.float32)
    narrow = WIDTH // HEADS * KV_HEADS
    weights = {
        "token_embd": drawn(tokens, WIDTH), "output_norm": ones, "output": drawn(tokens, WIDTH),
    }  # fmt: skip
    for layer in range(LAYERS):
        block = {
            "attn_norm": ones, "attn_q": drawn(WIDTH, WIDTH), "attn_k": drawn(narrow, WIDTH),
            "attn_v": drawn(narrow, WIDTH), "attn_output": drawn(WIDTH, WIDTH), "ffn_norm": ones,
            "ffn_gate": drawn(INNER, WIDTH), "ffn_up": drawn(INNER, WIDTH),
            "ffn_down": drawn(WIDTH, INNER),
        }  # fmt: skip
        weights |= {f"blk.{layer}.{name}": part for name, part in block.items()}
    return weights
