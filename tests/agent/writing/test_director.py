from __future__ import annotations

import pytest

from agent.screenplay.model import Line, Screenplay
from agent.writing.director import BREATH, direct
from agent.writing.intent import asks_for_a_draft, unquoted
from agent.writing.mood import NEUTRAL, mood
from renderers.expressions import PRESETS
from tools.errors import InputError, MissingError, TextError
from tools.text import words

ASKING = [
    "a two-minute welcome for new hires, warm",
    "a warm greeting for my grandmother's birthday",
    "welcome video for new employees, 60 seconds",
    "30 second ad for a coffee shop",
    "Write a speech about tea.",
    "Make a 30 second intro about our company",
    "Please create a short video explaining photosynthesis",
    "I want a video about cats",
    "Can you write a toast for a wedding?",
    "Draft an announcement: we close on Friday",
    "Escribe un discurso de dos minutos sobre el té",
    "Schreibe eine kurze Begrüßung für neue Kollegen",
    "Fais une vidéo de 30 secondes sur le thé",
]
SPEAKING = [
    "Hello",
    "Good morning, and welcome.",
    "Welcome to our two-minute tour!",
    "A two-minute welcome is all you get today.",
    "Write to us today!",
    "Make a difference today.",
    "Make today the day you tell your story.",
    "Create a video in minutes with our new app!",
    "Write the story of your life with us, one page at a time.",
    "I want to thank you for coming.",
    "A message for all our customers: thank you.",
    "The video is ready.",
    "Record sales this year!",
    '"Write a speech about tea."',
    "“a two-minute welcome for new hires, warm”",
    "# A title\nWrite a speech about tea.",
    "Write a speech about tea.\n\nThat is what they told me.",
    "Write a speech. It is easy. Begin early. Take your time. Read it aloud.",
    "Write a speech about tea. " + "And then more. " * 200,
]


def only_line(text: str, language: str = "en") -> Line:
    (scene,) = direct(text, language).scenes
    (line,) = scene.lines
    return line


def said(film: Screenplay) -> list[list[str]]:
    return [[line.text for line in scene.lines] for scene in film.scenes]


@pytest.mark.parametrize("text", ASKING)
def test_what_asks_for_a_draft_is_answered_in_one_sentence(text: str) -> None:
    assert asks_for_a_draft(text)
    with pytest.raises(MissingError) as caught:
        direct(text)
    message = str(caught.value)
    assert "portrayal weights pull llm" in message
    assert "PORTRAYAL_LLM_URL" in message
    assert "\n" not in message
    assert message.endswith(".")


@pytest.mark.parametrize("text", SPEAKING)
def test_everything_else_is_spoken(text: str) -> None:
    assert not asks_for_a_draft(text)
    assert direct(text).words > 0


def test_quotation_marks_around_it_all_are_not_spoken() -> None:
    assert said(direct("“Write a speech about tea.”")) == [["Write a speech about tea."]]
    assert unquoted('"Yes," he said, "no"') is None


@pytest.mark.parametrize(
    ("sentence", "expression"),
    [
        ("We are so happy and delighted that you are here!", "happy"),
        ("This is wonderful, I love it.", "happy"),
        ("Thank you.", "warm"),
        ("I am deeply sorry for your loss.", "sad"),
        ("Sadly, she died on Friday.", "sad"),
        ("This is unacceptable and I am furious.", "angry"),
        ("Be careful, this is dangerous.", "afraid"),
        ("The results were poor.", "serious"),
        ("Where do you come from?", "surprised"),
        ("The office opens on Monday.", "neutral"),
    ],
)
def test_english_wears_its_sentiment(sentence: str, expression: str) -> None:
    assert mood(sentence, "en-GB").expression == expression
    assert only_line(sentence).expression == expression


@pytest.mark.parametrize(
    ("sentence", "expression"),
    [
        ("Estoy muy triste.", "neutral"),
        ("¿De dónde vienes?", "surprised"),
        ("¡Bienvenidos!", "warm"),
        ("你好吗？", "surprised"),
    ],
)
def test_other_languages_wear_their_punctuation(sentence: str, expression: str) -> None:
    assert mood(sentence, "es").expression == expression


def test_every_mood_is_an_expression_that_exists() -> None:
    sentences = (*SPEAKING, "I hate it!", "How disgusting.", "Wow!", "Really?!", "It hurts.")
    for sentence in sentences:
        face = mood(sentence, "en")
        assert face.expression in PRESETS
        assert 0 < face.intensity <= 1
    assert NEUTRAL.expression in PRESETS


def test_feelings_that_are_stronger_show_more() -> None:
    assert (
        mood("I love this, it is wonderful and great!", "en").intensity
        > mood("Nice.", "en").intensity
    )


def test_headings_begin_scenes_and_are_not_spoken() -> None:
    film = direct("# Hello\nFirst.\n\nSecond one here.\n\n## The tour\nThird.\n---\nFourth.")
    assert film.title == "Hello"
    assert [scene.id for scene in film.scenes] == ["hello", "the-tour", "the-tour-2"]
    assert [scene.title for scene in film.scenes] == ["Hello", "The tour", "The tour"]
    assert said(film) == [["First.", "Second one here."], ["Third."], ["Fourth."]]


def test_without_headings_blank_lines_begin_scenes() -> None:
    film = direct("First\nthing.\n\n\nSecond thing.")
    assert said(film) == [["First thing."], ["Second thing."]]
    assert [scene.id for scene in film.scenes] == ["scene-1", "scene-2"]
    assert film.title == "First thing."


def test_short_sentences_of_one_mood_are_one_breath() -> None:
    text = "It is Monday. The sky is grey. Where are we? The office of the ministry opens at nine."
    assert said(direct(text)) == [
        [
            "It is Monday. The sky is grey.",
            "Where are we?",
            "The office of the ministry opens at nine.",
        ]
    ]


def test_long_sentences_are_cut_where_they_pause() -> None:
    text = (
        "When the rain had stopped and the streets were dry again, we went out to look for the "
        "dog, which had not been seen since the morning, when somebody had left the door open."
    )
    (lines,) = said(direct(text))
    assert len(lines) > 1
    assert all(line.endswith(",") for line in lines[:-1])
    assert all(len(words(line)) <= BREATH for line in lines)
    assert " ".join(lines) == text


def test_stress_from_asterisks_capitals_and_figures() -> None:
    assert only_line("This is *really* good, and it costs $50.").emphasis == ("really", "$50")
    assert only_line("You must NEVER do this at the UN.").emphasis == ("NEVER",)
    assert only_line("THIS IS ALL IN CAPITALS.").emphasis == ()
    assert only_line("We met 3,000 people in 2024.").emphasis == ("3,000",)


def test_markup_and_stage_directions_are_not_spoken() -> None:
    line = only_line("NARRATOR: [smiles] **Hello** *laughs*, dear [friends](https://a.example)! 😀")
    assert line.text == "Hello, dear friends!"
    assert line.emphasis == ("Hello",)


def test_pauses_follow_what_is_said() -> None:
    text = (
        "# A\nThe first part of this is now over and done. Was that the whole of it then?\n\n"
        "It was the whole of it, as far as anybody knows. But there is one more thing to tell."
    )
    (scene,) = direct(text).scenes
    plain, asked, before_but, last = (line.pause for line in scene.lines)
    assert plain < before_but < asked
    assert last > plain


@pytest.mark.parametrize("text", ["", "  \n ", "😀", "# Only a heading", "[smiles]", "---"])
def test_nothing_to_say(text: str) -> None:
    with pytest.raises(TextError, match="nothing to say"):
        direct(text)


@pytest.mark.parametrize(
    "unit",
    [
        *(
            "# ",
            "#",
            "*",
            "*a",
            "_",
            "- ",
            "---\n",
            "# a\n",
            "\n\n",
            "a, ",
            "a. ",
            "A? ",
            "(laughs",
            '"',
        ),
        *(
            "(laughs",
            '"',
            "write ",
            "a two-minute ",
            "!",
            "1 ",
            "$1 ",
            "x" * 999 + " ",
            "\u202ea ",
            "「",
            "> " * 9,
        ),
    ],
)
def test_hostile_repetition_is_handled(unit: str) -> None:
    text = (unit * 30_000)[:30_000] + "\n\nlast"
    film = direct(text)
    assert film.scenes[-1].lines[-1].text.endswith("last")


def test_too_much_is_told() -> None:
    with pytest.raises(TextError, match="at most 500,000"):
        direct("word " * 200_000)
    with pytest.raises(InputError, match="6,000 scenes; at most 5,000"):
        direct("a\n\n" * 6000)
    with pytest.raises(TextError, match="at most 50,000"):
        direct("# a\n" + "word " * 20_000)
