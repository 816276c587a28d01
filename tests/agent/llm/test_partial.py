"""The text of an answer, out of JSON in pieces."""

from __future__ import annotations

import json

import pytest

from agent.llm.partial import LONGEST, PartialField


def heard(text: str, size: int = 1) -> str:
    told: list[str] = []
    stream = PartialField("text", told.append)
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
     '{"a": {"text": "x"}, "b": "c"}', '{"text": null}'],
)  # fmt: skip
def test_it_tells_nothing_else(reply: str) -> None:
    assert heard(reply) == ""


def test_it_leaves_out_what_would_command_a_terminal() -> None:
    assert heard(r'{"text": "a\u001b[2Jb\u0007\u202ecd\n\t\be"}') == "a[2Jbcd  e"


@pytest.mark.parametrize("broken", [r"\uZZZZ", r"\uD800", "\n", "\x1b"])
def test_nothing_more_is_told_after_what_is_not_json(broken: str) -> None:
    assert heard(f'{{"text": "before{broken}after"}}') == "before"


@pytest.mark.parametrize("size", [1, 5, 1000])
def test_texts_in_a_list_stand_on_a_line_each(size: int) -> None:
    told: list[str] = []
    stream = PartialField("sentences", told.append)
    answer = json.dumps({"sentences": ["Tea, hot.", 'It is "ready".', ""], "more": ["x"]})
    for at in range(0, len(answer), size):
        stream(answer[at : at + size])
    assert "".join(told) == 'Tea, hot.\nIt is "ready".\n\n'


def test_an_endless_answer_is_not_read_for_ever() -> None:
    stream = PartialField("text", lambda text: None)
    stream('{"text": "' + "a" * LONGEST)
    before = stream.shown
    stream("b")
    assert stream.shown == before


def test_it_starts_over() -> None:
    told: list[str] = []
    stream = PartialField("text", told.append)
    stream('{"text": "on')
    assert stream.shown
    stream.restart()
    assert not stream.shown
    stream('{"text": "two"}')
    assert "".join(told) == "ontwo"
