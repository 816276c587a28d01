from __future__ import annotations

import pytest

from tools.errors import TextError
from tools.text import MAX_CHARACTERS, MAX_SENTENCE, pause_after, sentences, spoken, words


@pytest.mark.parametrize(
    ("written", "said"),
    [
        ("  Hello\t there \n friend ", "Hello there friend"),
        ("One.\n\nTwo.\r\n\r\nThree.", "One.\n\nTwo.\n\nThree."),
        ("# Title\nBody **bold** and _soft_ `code`.", "Title\n\nBody bold and soft code."),
        ("- one\n- [x] two\n* three", "one\n\ntwo\n\nthree"),
        ("1. first\n2) second", "1, first\n\n2, second"),
        ("> quoted\n\n---\n\nafter", "quoted\n\nafter"),
        ("See [the page](https://a.example/x?y=1) now", "See the page now"),
        ("![a cat](cat.png) sat", "a cat sat"),
        ("at https://www.example.org/a/b?c=%20.", "at example.org."),
        ("write <mailto:me@example.org>", "write me@example.org"),
        ("<speak>Hi <break time='2s'/>there</speak>", "Hi there"),
        ("<p>One</p><p>Two</p>", "One\n\nTwo"),
        ("&lt;b&gt;bold&lt;/b&gt; &amp; brave", "bold & brave"),
        ("| a | b |\n|---|---|\n| c | d |", "a, b\n\nc, d"),
        ("Hi 😀👍🏽 you 👨‍👩‍👧 🇩🇪", "Hi you"),
        ("a\x00b\x07c\u202ed\ufeff", "abcd"),
        ("𝓗𝓮𝓵𝓵𝓸 ｆｕｌｌ ﬁne", "Hello full fine"),
        ("cafe\u0301", "café"),
        ("2 < 3, 5*4, snake_case, 20 °C, x², ½", "2 < 3, 5*4, snake_case, 20 °C, x², ½"),
        ("می\u200cخواهم", "می\u200cخواهم"),
        ("[[h@l'oU]] {x} \\n", "h@l'oU x n"),
        ("it’s", "it's"),
    ],
)
def test_spoken_keeps_the_words_and_drops_the_rest(written: str, said: str) -> None:
    assert spoken(written) == said


def test_spoken_is_stable() -> None:
    once = spoken("# A\n\n*b* <i>c</i> – 3.5 & d… 😀\n\n1. e")
    assert spoken(once) == once


@pytest.mark.parametrize("text", ["", "  \n\t ", "😀🎉", "***", "<br/>", "...!?", "\x00\x01"])
def test_nothing_to_say(text: str) -> None:
    with pytest.raises(TextError, match="at least one word"):
        spoken(text)


def test_length_limit() -> None:
    longest = "word " * (MAX_CHARACTERS // 5)
    assert len(spoken(longest)) == MAX_CHARACTERS - 1
    with pytest.raises(TextError, match=r"50,001 characters.*50,000"):
        spoken(longest + "x")


@pytest.mark.parametrize(
    "unit", ["<", "<a", "<!--", "[", "[a](", "* ", "`", "|", "-", "# ", "&lt;", "> ", " ", "*", "."]
)
def test_hostile_repetition_is_handled(unit: str) -> None:
    text = (unit * MAX_CHARACTERS)[: MAX_CHARACTERS - 20] + " word x"
    pieces = sentences(spoken(text + "\n\nlast"))
    assert pieces[-1] == "last"
    assert max(map(len, pieces)) <= MAX_SENTENCE + 1  # and the newline of a paragraph


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("One. Two! Three? Four", ["One.", "Two!", "Three?", "Four"]),
        ("Dr. Smith paid $3.50 to J. R. Hill.", ["Dr. Smith paid $3.50 to J. R. Hill."]),
        ("In the U.S. Army, e.g. Bob, etc. and so on.",) * 2,
        ("And then... nothing. So... Yes.", ["And then... nothing.", "So...", "Yes."]),
        ('"Really!" he said. "Yes." She left.', ['"Really!" he said.', '"Yes."', "She left."]),
        ("So do I. Then stop.", ["So do I.", "Then stop."]),
        ("你好。他说：“真的？”是的！", ["你好。", "他说：“真的？”", "是的！"]),
        ("A dog\n\nA cat. E", ["A dog\n", "A cat.", "E"]),
        ("Das ist z.B. Berlin.", ["Das ist z.B. Berlin."]),
    ],
)
def test_sentences(text: str, expected: list[str] | str) -> None:
    assert sentences(text) == ([expected] if isinstance(expected, str) else expected)


def test_long_sentences_are_cut_at_commas_then_spaces_then_anywhere() -> None:
    clauses = sentences("the quick brown fox jumps, " * 40)
    assert all(piece.endswith(",") for piece in clauses)
    plain = sentences("word " * 200)
    assert all(set(piece.split()) == {"word"} for piece in plain)
    solid = sentences("x" * 1000)
    assert "".join(solid) == "x" * 1000
    assert max(map(len, clauses + plain + solid)) <= MAX_SENTENCE


def test_pauses_follow_punctuation() -> None:
    cut, comma, colon, stop, ellipsis = map(pause_after, ("a", "a,", "a:", "a.", "a..."))
    assert 0 < cut < comma < colon < stop < ellipsis
    assert pause_after("a.\n") > pause_after("a.") + 0.2
    assert pause_after("“真的？”") == pause_after("Really?")


def test_words_are_given_as_written_with_their_places() -> None:
    text = "“Well-known” people’s $3.50 — and/or (x), 50%. 你好。"
    found = words(text)
    assert [word for word, _ in found] == [
        *("Well-known", "people’s", "$3.50", "and", "or", "x", "50%", "你", "好")
    ]
    assert all(text[place:].startswith(word) for word, place in found)
