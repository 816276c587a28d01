from __future__ import annotations

import random

import pytest

from tools.errors import TextError
from tools.spoken import clean
from tools.ssml import Marked, SsmlError, escape, parse, shown
from tools.ssml.marked import Break, Emphasis
from tools.ssml.markup import DEEPEST, MOST_ELEMENTS, MOST_PROBLEMS
from tools.ssml.tags import Problem


def attempt(text: str) -> Marked | tuple[Problem, ...]:
    try:
        return parse(text, "en")
    except SsmlError as error:
        return error.problems


def problems(text: str, language: str = "en") -> tuple[Problem, ...]:
    with pytest.raises(SsmlError) as caught:
        parse(text, language)
    assert str(caught.value) == "\n".join(p.message for p in caught.value.problems)
    return caught.value.problems


@pytest.mark.parametrize(
    "text",
    ["Hello.", "a < b", "R&D at AT&T", "I <3 you & me", "5 < 6 > 4", "x &", "<", "&;", "1<2"],
)
def test_text_that_cannot_be_taken_for_markup_means_itself(text: str) -> None:
    assert parse(text, "en") == Marked(text)


def test_entities_become_characters() -> None:
    text = "&lt;b&gt; R&amp;D &quot;x&quot; &apos;y&apos; &#8211; &#x2014; &amp;amp;"
    assert parse(text).text == "<b> R&D \"x\" 'y' – — &amp;"
    assert shown("a &lt;b&gt; R&amp;D &amp;copy") == "a <b> R&D &copy"


@pytest.mark.parametrize(
    ("attributes", "seconds"),
    [
        ('time="500ms"', 0.5),
        ("time='1.5s'", 1.5),
        ('time=".25s"', 0.25),
        ('time="+2s"', 2.0),
        ('time="10s"', 10.0),
        ('strength="x-strong" time = "1s"', 1.0),
        ('strength="x-weak"', 0.1),
        ('strength="weak"', 0.2),
        ('strength="medium"', 0.4),
        ("", 0.4),
        ('strength="strong"', 0.8),
        ('strength="x-strong"', 1.2),
    ],
)
def test_breaks_last_as_long_as_they_say(attributes: str, seconds: float) -> None:
    assert parse(f"So <break {attributes}/>now").breaks == (Break(3, seconds),)
    assert parse(f"So <break {attributes}></break>now").breaks == (Break(3, seconds),)


def test_a_break_ends_a_word_and_parts_no_punctuation_from_it() -> None:
    assert parse("So<break/>now<break/>, and <break/><emphasis>then</emphasis>.").text == (
        "So now, and then."
    )
    assert shown('a<break/><sub alias="x">b</sub><break/><emphasis>c</emphasis>') == "a b c"


def test_a_break_of_no_strength_takes_away_only_a_pause_that_is_there() -> None:
    assert parse('So.<break strength="none"/> Now').breaks == (Break(3, 0.0),)
    assert parse('So <break strength="none"/>now').breaks == ()
    assert parse('<s>So</s><break strength="none"/><break strength="none"/> now').breaks == ()


def test_emphasis_is_of_words_and_the_innermost_counts() -> None:
    text = (
        '<emphasis>So</emphasis> a <emphasis level="strong">very, '
        '<emphasis level="none">v</emphasis> b</emphasis>.'
    )
    marked = parse(text)
    assert marked.text == "So a very, v b."
    assert marked.emphases == (
        Emphasis(0, 2, "moderate"),
        Emphasis(5, 14, "strong"),
        Emphasis(11, 12, "none"),
    )
    assert marked.emphasis == (
        ("So", "moderate"),
        ("very", "strong"),
        ("v", "none"),
        ("b", "strong"),
    )


def test_sentences_and_paragraphs_are_set_apart() -> None:
    text = "<speak><p><s>One</s><s>Two.</s></p><p>Three</p>Four</speak>"
    marked = parse(text)
    assert marked.text == "One Two.\n\nThree\n\nFour"
    assert [marked.text[: b.at] for b in marked.breaks] == ["One", "One Two.\n\nThree"]
    assert parse("<s>One</s>").breaks == ()
    assert parse('<s>One</s><break time="50ms"/>two').breaks == (Break(3, 0.05),)
    assert parse('<s>One <break time="50ms"/></s>two').breaks == (Break(4, 0.05),)


def test_a_speak_may_bear_what_others_write_there() -> None:
    head = '<speak version="1.1" xmlns="http://www.w3.org/2001/10/synthesis" xml:lang="en-GB">'
    assert parse(f" {head}Hello</speak>\n", "en-US").text.strip() == "Hello"
    (problem,) = problems(f"{head}Hallo</speak>", "de")
    assert "“de”" in problem.message
    assert "“en-GB”" in problem.message


@pytest.mark.parametrize(
    ("text", "at", "said"),
    [
        ("So <brek/>", "<brek", "“<brek>” is not known (did you mean “break”?)"),
        ("So <Break/>", "<Break", "did you mean “break”"),
        ("So <break", "<break", "is not closed with “>”"),
        ("So <b and <break/>", "<b ", "“<b and” is not closed"),
        ('So <break tme="1s"/>', "tme", "did you mean “time”"),
        ("So <break time=1s/>", "time", 'write name="value"'),
        ('So <break time="1s"strength="weak"/>', "time", "is not an attribute"),
        ('So <break time="1s" time="2s"/>', 'time="2s"', "given twice"),
        ('So <break time="1m"/>', '"1m"', "such as “500ms” or “1.5s”, not “1m”"),
        ('So <break time="10.1s"/>', '"10.1s"', "at most 10 s"),
        ('So <break time="-1s"/>', '"-1s"', "not “-1s”"),
        ('So <break strength="strng"/>', '"strng"', "did you mean “strong”"),
        ('So <break time="&copy;"/>', '"&copy;"', "not an SSML entity"),
        ("So <break>x</break>", "x<", "A break cannot hold “x”"),
        ("So <break>", "<break>", "write “<break/>”"),
        ("<emphasis>So", "<emphasis", "write “</emphasis>”"),
        ("<p><emphasis>So</p>", "<emphasis", "before “</p>”"),
        ("So</emphasis>", "</", "closes an element that is not open"),
        ("<p>So</p x>", "</p", "nothing more"),
        ('<emphasis level="storng">So</emphasis>', '"storng"', "did you mean “strong”"),
        ('<p id="1">So</p>', "id", "it takes none"),
        ("<emphasis><p>So</p></emphasis>", "<p", "“<emphasis>” cannot hold “<p>”"),
        ('<sub alias="a">x<break/></sub>', "<break", "“<sub>” cannot hold “<break>”"),
        ("<sub>So</sub>", "<sub", "lacks alias"),
        ('<sub alias="…">So</sub>', '"…"', "not “…”"),
        ('So <sub alias="a"> </sub>', "<sub", "holds nothing"),
        ("<say-as>So</say-as>", "<say-as", "lacks interpret-as"),
        ('<say-as interpret-as="digts">1</say-as>', '"digts"', "did you mean “digits”"),
        ('<say-as interpret-as="date" format="ymdd">1</say-as>', "format", "did you mean “ymd”"),
        ('<say-as interpret-as="unit" format="x">1</say-as>', "format", "takes no format"),
        ('<say-as interpret-as="time" detail="2">1</say-as>', "detail", "takes no detail"),
        ('<say-as interpret-as="digits" detail="x">1</say-as>', '"x"', "such as “3 3 4”"),
        ('So <say-as interpret-as="ordinal">x</say-as>', "<say", "“x” cannot be read as “ordinal”"),
        ("<speak>So</speak> now", "now", "outside of speak"),
        ("So <speak>now</speak>", "<speak", "encloses the whole text"),
        ("<speak>So</speak><break/>", "<break", "outside of speak"),
        ("So &copy;", "&copy;", "not an SSML entity"),
        ("So &quo;", "&quo;", "did you mean “quot”"),
        *(
            (f"So {e}", e, "number of a character")
            for e in ("&#0;", "&#xD800;", "&#x110000;", "&#12a;")
        ),
        ("So <!-- x -->", "<!--", "is not an element"),
        ("<?xml version='1.0'?>So", "<?xml", "is not an element"),
        ('<!DOCTYPE x [<!ENTITY y "z">]>', "<!DOC", "is not closed"),
        ("So <>x</>", "</>", "is not an element"),
    ],
)
def test_what_is_wrong_is_told_with_its_place(text: str, at: str, said: str) -> None:
    first = problems(text)[0]
    assert first.offset == text.index(at)
    assert said in first.message
    assert first.message.endswith(".")


def test_all_problems_are_told_in_order_and_not_too_many() -> None:
    text = '<brek/> <break time="9m"/> <emphasis level="x">'
    assert [p.offset for p in problems(text)] == [0, text.index('"9m"'), 27, text.index('"x"')]
    text = '<x/> <say-as interpret-as="time">x</say-as> <say-as interpret-as="date">x</say-as>'
    assert len(problems(text)) == 3
    assert len(problems("<a>" * 10_000)) == MOST_PROBLEMS


@pytest.mark.parametrize(
    "part", ["<", "<a", "</", "<break ", "&", "&#", "&lt", "<a='", '<a "', "<!--", "<break time="]
)
def test_hostile_text_is_refused_or_read(part: str) -> None:
    for size in (40_000, 100_000):
        text = (part * size)[:size]
        found = attempt(text)
        if isinstance(found, Marked):
            assert found == Marked(text)
        else:
            assert 0 < len(found) <= MOST_PROBLEMS
            assert all(len(problem.message) < 500 for problem in found)


def test_depth_and_number_are_bounded() -> None:
    deep = DEEPEST + 1
    assert "deep" in problems("<emphasis>" * deep + "x" + "</emphasis>" * deep)[0].message
    assert parse('x<break time="9ms"/>' * MOST_ELEMENTS).breaks[-1].at == 2 * MOST_ELEMENTS - 1
    assert f"{MOST_ELEMENTS:,}" in problems("x<s/>" * (2 * MOST_ELEMENTS + 1))[0].message
    assert "300 s together" in problems('x<break time="10s"/>' * 31)[0].message
    assert len(problems('x<break time="10s"/>' * 50)) == 1
    assert "200 characters" in problems(f'<sub alias="a">{"x" * 201}</sub>')[0].message


def test_escaped_text_means_itself() -> None:
    random.seed(7)
    parts = ["<", "&", ">", "amp;", "lt;", "#38;", "/", "!", "p", "break", '"', " ", "é", "="]
    for _ in range(2000):
        text = "".join(random.choices(parts, k=random.randrange(12)))
        assert parse(escape(text), "en") == Marked(text)
    assert escape("R&D, a < b") == "R&D, a < b"


def test_any_text_is_read_or_refused_with_places_in_it() -> None:
    random.seed(11)
    parts = [
        "<", ">", "/", "<break/>", "<s>", "</s>", "<p>", "</p>", "<emphasis>", "</emphasis>", "a ",
        '<sub alias="b c">', "</sub>", "W3C", " ", ".", "&amp;", "\n\n", '<say-as interpret-as="',
        'digits">', "12", "</say-as>", "<speak>", "</speak>", '"', "[smiles]", "**", "- ", "\u0308",
    ]  # fmt: skip
    for _ in range(3000):
        text = "".join(random.choices(parts, k=random.randrange(1, 14)))
        found = attempt(text)
        if not isinstance(found, Marked):
            assert all(0 <= problem.offset <= len(text) for problem in found)
            continue
        try:
            cleaned = found.cleaned()
        except TextError:  # there is nothing to say
            continue
        for marks in (found, cleaned):
            size = len(marks.text)
            assert all(0 <= b.at <= size for b in marks.breaks)
            assert all(0 <= e.start <= e.end <= size for e in marks.emphases)
            assert all(0 <= r.start < r.end <= size for r in marks.readings)
        assert cleaned.text == cleaned.text.strip()
        assert not any("\u2a00" <= c <= "\u2aff" or c in "”ƍ" for c in cleaned.text)
        written = {found.text[r.start : r.end] for r in found.readings}
        assert {cleaned.text[r.start : r.end] for r in cleaned.readings} <= written


PROSE = """# A title

Hello **dear** all — see https://www.example.com/a?b=1&c=2 (page 5), on 3/4/2024.

- one: 5 < 6, R&D
- two, [smiles] “three” 🎉 and café́s…

> The end."""


def test_captions_are_those_of_the_text_without_its_markup() -> None:
    random.seed(13)
    for _ in range(200):
        words = PROSE.split(" ")
        for _ in range(4):
            at = random.randrange(1, len(words))
            kind = random.choice(["break", "emphasis"])
            if kind == "break":
                words[at - 1] += "<break/>" * (words[at - 1][-1].isalnum())
            elif words[at][0].isalpha() and not set(words[at]) & set("<\n"):
                words[at] = f"<emphasis>{words[at]}</emphasis>"
        assert shown(" ".join(words)) == clean(PROSE)


def test_what_is_cleaned_away_takes_its_marks_with_it() -> None:
    marked = parse('So [smiles <emphasis>very<break/></emphasis> much] <break time="1s"/>now, ok')
    cleaned = marked.cleaned()
    assert cleaned == Marked("So now, ok", (), (Break(3, 1.0),))
    with pytest.raises(TextError, match="“…”"):
        parse("…<break/>").cleaned()


def test_captions_keep_what_is_said_otherwise_as_it_is_written() -> None:
    text = 'A <say-as interpret-as="characters">*W_{3}*</say-as> B'
    assert shown(text) == parse(text, "en").cleaned().text == "A *W_{3}* B"
    (reading,) = parse(text.replace("W", "[[W]]"), "it").readings
    assert "[[" not in reading.said


def test_a_break_by_itself_in_a_paragraph_is_kept() -> None:
    cleaned = parse('One.\n\n<break time="2s"/>\n\nTwo').cleaned()
    assert cleaned == Marked("One.\n\nTwo", (), (Break(4, 2.0),))


def test_what_is_refused_is_shown_as_it_is_written() -> None:
    with pytest.raises(TextError, match="“<<&”"):
        parse("&lt;&lt;&amp;").cleaned()


def test_a_break_after_what_is_cleaned_away_is_at_the_end() -> None:
    cleaned = parse('b 😀<break time="1s"/>').cleaned()
    assert cleaned.breaks == (Break(len(cleaned.text), 1.0),)
