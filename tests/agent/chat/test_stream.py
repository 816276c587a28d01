"""The text of an answer, out of JSON in pieces."""

from __future__ import annotations

import json

import pytest

from agent.chat.stream import Text


def heard(text: str, size: int = 1) -> str:
    told: list[str] = []
    stream = Text("text", told.append)
    for at in range(0, len(text), size):
        stream(text[at : at + size])
    return "".join(told)


@pytest.mark.parametrize("size", [1, 2, 3, 7, 1000])
@pytest.mark.parametrize("ascii_only", [True, False])
def test_it_tells_the_text_whatever_the_pieces(size: int, ascii_only: bool) -> None:
    said = 'Tea: "hot", \\ {cold} [é] 茶 😀, text'
    whole = json.dumps({"do": "answer", "more": ["text", 1], "text": said}, ensure_ascii=ascii_only)
    assert heard(whole, size) == said


@pytest.mark.parametrize(
    "reply",
    ['{"wish": "text"}', '["text", "x"]', '{"text": 5, "x": "y"}', "text", '{"text', "", "[" * 9999,
     '{"a": {"text": null}, "b": "c"}'],
)  # fmt: skip
def test_it_tells_nothing_else(reply: str) -> None:
    assert heard(reply) == ""


def test_it_leaves_out_what_would_command_a_terminal() -> None:
    assert heard(r'{"text": "a\u001b[2Jb\u0007\u202ec\uD800d\n\uZZZZe"}') == "a[2Jbcd e"


def test_it_starts_over() -> None:
    told: list[str] = []
    stream = Text("text", told.append)
    stream('{"text": "on')
    assert stream.told
    stream.restart()
    assert not stream.told
    stream('{"text": "two"}')
    assert "".join(told) == "ontwo"
