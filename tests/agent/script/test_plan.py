"""What the making of a film is told: lines found in the text of a scene, defaults, names."""

from __future__ import annotations

from pathlib import Path

import pytest

from agent.film.plan import Line, Plan
from agent.script.film import available
from agent.script.plan import staged
from agent.script.reader import read
from tests.agent.script.scripts import WELCOME, written
from tests.settings import Choose
from tools.errors import ScriptError
from tools.ssml import shown

TEXT = "text: Welcome to the team. We are glad that you are here."


def plan(folder: Path, text: str) -> Plan:
    found = read(written(folder, text), files=False)
    return staged(found.script, found.ids, folder / "film.mp4")


def lines(folder: Path, text: str, more: str = "") -> tuple[Line, ...]:
    """The lines of WELCOME's first scene with another ``text``."""
    assert TEXT in WELCOME
    return plan(folder, WELCOME.replace(TEXT, f"text: >-\n      {text}") + more).scenes[0].lines


@pytest.mark.parametrize(
    ("text", "captions"),
    [
        (
            "Write &lt;head&gt; first, then &lt;body&gt; after it.",
            "Write <head> first, then <body> after it.",
        ),
        ("Our R&amp;D; it is great.", "Our R&D; it is great."),
        ("You write &amp;lt; for it.", "You write &lt; for it."),
        ("Fish & chips, where a < b.", "Fish & chips, where a < b."),
    ],
)
def test_what_would_be_markup_is_said(text: str, captions: str, tmp_path: Path) -> None:
    (line,) = lines(tmp_path, text)
    assert shown(line.text) == captions


def test_a_text_with_markup_is_cut_into_lines_that_keep_it(tmp_path: Path) -> None:
    text = (
        'What a day it was! <break time="1.5s"/> We are <emphasis>really</emphasis> sad that '
        '<sub alias="it">IT</sub> ends. Is <break time="300ms"/> the <say-as interpret-as="date" '
        'format="ymd">2024-01-02</say-as> too late?'
    )
    first, second, third = lines(tmp_path, text)
    assert (first.text, first.pause) == ("What a day it was!", 1.5)
    assert second.text == (
        'We are <emphasis>really</emphasis> sad that <sub alias="it">IT</sub> ends.'
    )
    assert (second.expression, second.emphasis) == ("sad", ("really",))
    assert third.text.startswith('Is<break time="300ms"/> the <sub alias="January second,')
    assert third.expression == "surprised"


def test_breaks_between_paragraphs_are_pauses(tmp_path: Path) -> None:
    text = '<break time="1s"/>Hello there \N{GRINNING FACE} <break/>\n\n\n      Bye now.'
    first, second = lines(tmp_path, text)
    assert first.text == '<break time="1000ms"/>Hello there'
    assert (first.pause, second.text) == (0.4, "Bye now.")


def test_what_is_said_otherwise_is_not_cut_through(tmp_path: Path) -> None:
    text = '<sub alias="so">We are so glad of it. Why is it so sad?</sub> Bye now, all of you.'
    (line,) = lines(tmp_path, text)
    assert line.text == text


def test_defaults_hold_for_texts_too(tmp_path: Path) -> None:
    text = "What a wonderful day! It is so sad that it ends today."
    free = lines(tmp_path, text)
    assert [line.expression for line in free] == ["happy", "sad"]
    held = lines(tmp_path, text, "defaults: {intensity: 0.25, pause: 1.25}\n")
    assert [line.expression for line in held] == ["happy", "sad"]
    assert [(line.intensity, line.pause) for line in held] == 2 * [(0.25, 1.25)]


def test_a_default_pause_does_not_tear_a_sentence_apart(tmp_path: Path) -> None:
    sentence = "This is a long sentence that goes on and on, " * 3 + "until it ends."
    *parts, last = lines(tmp_path, sentence, "defaults: {pause: 2}\n")
    assert parts
    assert max(part.pause for part in parts) < 0.5
    assert last.pause == 2


@pytest.mark.parametrize("place", ["14:15", "13:22"])
def test_a_renderer_that_is_not_complete(place: str, tmp_path: Path, choose: Choose) -> None:
    choose(weights=tmp_path)
    old, new = {
        "14:15": ("- id: hello", "- renderer: sadtalker"),
        "13:22": ("scenes:", "defaults: {renderer: sadtalker}\nscenes:"),
    }[place]
    found = read(written(tmp_path, WELCOME.replace(old, new, 1)), files=False)
    whole = staged(found.script, found.ids, tmp_path / "film.mp4")
    with pytest.raises(ScriptError, match="sadtalker is not complete: its weights") as raised:
        available(whole, found.places)
    assert f"scenes.yaml:{place}: " in str(raised.value)


def test_who_speaks_where_nobody_says_is_noted(tmp_path: Path) -> None:
    script = """
version: 1
portraits: {ann: ann.png, bob: bob.png}
voices: {named: {engine: espeak, voice: de}}
scenes:
  - portrait: [ann, bob]
    layout: conversation
    lines:
      - {speaker: ann, text: Hello there.}
      - {speaker: bob, text: Good morning.}
      - {speaker: bob, text: How are you?}
      - {speaker: ann, text: Buenos días., language: es}
      - {speaker: bob, text: Guten Tag., voice: named, language: de}
"""
    notes = [line.note for line in plan(tmp_path, script).scenes[0].lines]
    assert notes[0] is None
    assert "second presenter speaks in another voice" in (notes[1] or "")
    assert notes[2] == notes[1]
    assert "“es”" in (notes[3] or "")
    assert notes[4] is None
