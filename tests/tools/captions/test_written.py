"""Captions keep the punctuation of a text, and its spaces, where it has any."""

import pytest

from tools.captions import cues
from tools.captions.written import joined
from tools.lettering.letters import clusters, columns
from tools.media import Word
from tools.text import words as words_of

CHINESE = (
    "我们的图书馆每天开放，一直到晚上十点。请进来，拿一本书，想待多久就待多久。"
    "这里还有免费的咖啡和无线网络，欢迎您的光临。"
)
THAI = "ห้องสมุดของเราเปิดทุกวันจนถึงสี่ทุ่มเชิญเข้ามาหยิบหนังสือและอยู่นานเท่าที่คุณต้องการ"


def said(*words: str) -> tuple[Word, ...]:
    """One word after another, four a second."""
    timed = (Word(word, i / 4, (i + 1) / 4) for i, word in enumerate(words))
    return tuple(timed)


def characters(text: str) -> tuple[Word, ...]:
    return said(*(c for c in text if c.isalnum()))


def test_chinese_is_written_without_spaces_and_with_its_punctuation() -> None:
    found = cues(characters(CHINESE), CHINESE)
    assert "".join(cue.text.replace("\n", "") for cue in found) == CHINESE
    lines = [line for cue in found for line in cue.text.split("\n")]
    assert max(map(len, lines)) <= 16
    assert all(line[-1] in "，。" for line in lines)


@pytest.mark.parametrize(
    "text",
    [
        "他说：“你好，iPhone 15很贵！”（真的）。",
        "こんにちは、世界！「東京タワー」へようこそ。",
        "either/or, the cat—asleep—and so on…then more",
        "안녕하세요, 여러분!",
    ],
)
def test_what_stands_between_words_is_kept(text: str) -> None:
    found = cues(said(*(word for word, _ in words_of(text))), text)
    assert "".join(joined(cue.words) for cue in found) == text


def test_a_word_may_be_several_of_the_text() -> None:
    text = "图书馆每天开放。And/or not."
    (cue,) = cues(said("图书馆", "每天", "开放", "and/or", "not"), text)
    assert joined(cue.words) == text
    assert [word.text for word in cue.words][:2] == ["图书馆", "每天"]


def test_a_line_of_the_script_ends_without_a_space_in_chinese_alone() -> None:
    (cue,) = cues(said("你", "好", "再", "见", "now", "then"), "你好。\n再见。\nNow.\nThen.")
    assert joined(cue.words) == "你好。再见。 Now. Then."


def test_thai_is_cut_between_letters_with_all_their_marks() -> None:
    assert clusters("เปิดที่น้ำ") == ["เปิ", "ด", "ที่", "น้ำ"]
    found = cues((Word(THAI, 0.0, 6.0),), THAI)
    pieces = [word.text for cue in found for word in cue.words]
    assert "".join(pieces) == THAI
    assert len(pieces) > 1
    whole = clusters(THAI)
    assert [c for piece in pieces for c in clusters(piece)] == whole


def test_no_piece_of_a_long_word_begins_with_a_full_stop() -> None:
    text = "コンピューターシステムエンジニアリングプロフェッショナルサービス。"
    found = cues(said(text[:-1]), text)
    lines = [line for cue in found for line in cue.text.split("\n")]
    assert "".join(lines) == text
    assert all(line[0] not in "。ーッョェ" for line in lines)


def test_wide_characters_count_double_and_accents_not_at_all() -> None:
    assert columns("Hi 你好") == 7
    assert columns("e\u0301") == columns("ที่") == 1
    assert len(clusters("e" + "\u0301" * 200)) < 20
