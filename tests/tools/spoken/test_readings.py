from __future__ import annotations

import pytest

from tools.media import Word
from tools.spoken import Reading, as_written, say
from tools.spoken.readings import FORMATS, KINDS, read_as
from tools.text import words


@pytest.mark.parametrize(
    ("language", "kind", "text", "form", "said"),
    [
        ("en", "characters", "AÉ-7z", "", "A ee acute dash seven zee"),
        ("en-GB", "spell-out", "Zo&", "", "zed oh and"),
        ("de", "verbatim", "ÄvYß", "", "Äh Fau Üpsilon Eszett"),
        ("fr", "characters", "éwç", "", "euh accent aigu double vé cé cédille"),
        ("es", "characters", "Ñyü@", "", "eñe i griega u con diéresis arroba"),
        ("it", "characters", "Aé 1", "", "A é 1"),
        ("en", "cardinal", "-1,234", "", "minus one thousand two hundred and thirty-four"),
        ("de", "cardinal", "1999", "", "eintausendneunhundertneunundneunzig"),
        ("es", "number", "3,5", "", "tres coma cinco"),
        ("fr", "number", "3", "ordinal", "troisième"),
        ("en", "ordinal", "3", "", "third"),
        ("en", "ordinal", "21st", "", "twenty-first"),
        ("de", "ordinal", "3.", "", "dritte"),
        ("fr", "ordinal", "1re", "", "première"),
        ("es", "ordinal", "3ª", "", "tercera"),
        ("en", "digits", "20-07", "", "two zero zero seven"),
        ("it", "digits", "20-07", "", "2 0 0 7"),
        ("en", "telephone", "+1 5550100", "1", "plus one, five five five, zero one zero zero"),
        ("de", "telephone", "030/1234", "", "null drei null, eins zwei drei vier"),
        ("fr", "telephone", "0612131415", "", "zéro six, douze, treize, quatorze, quinze"),
        ("en", "date", "2024-06-03", "", "June third, twenty twenty-four"),
        ("en", "date", "03/06/2024", "dmy", "the third of June twenty twenty-four"),
        ("en", "date", "06/03/24", "mdy", "June third, twenty twenty-four"),
        ("en", "date", "20240603", "ymd", "June third, twenty twenty-four"),
        ("en", "date", "1999", "y", "nineteen ninety-nine"),
        ("de", "date", "3. Juni", "", "dritter Juni"),
        ("de", "date", "3.6", "dm", "dritter Juni"),
        ("fr", "date", "06/2024", "my", "juin deux mille vingt-quatre"),
        ("es", "date", "3-6", "dm", "tres de junio"),
        ("es", "date", "6", "m", "junio"),
        ("fr", "date", "1", "d", "premier"),
        ("en", "time", "14:30", "", "two thirty PM"),
        ("en", "time", "2:30:15 pm", "hms12", "two thirty PM"),
        ("de", "time", "2:30pm", "hms12", "vierzehn Uhr dreißig"),
        ("fr", "time", "14h30", "", "quatorze heures trente"),
        ("es", "time", "14:30", "hms24", "catorce treinta"),
        ("en", "currency", "$3.50", "", "three dollars and fifty cents"),
        ("de", "currency", "45", "EUR", "fünfundvierzig Euro"),
        ("en", "unit", "10 km", "", "ten kilometers"),
        ("fr", "unit", "km", "", "kilomètres"),
        ("it", "date", "whatever", "", None),
    ],
)
def test_kinds(language: str, kind: str, text: str, form: str, said: str | None) -> None:
    assert read_as(kind, text, language, form) == said


def test_german_ordinals_agree_with_the_word_before() -> None:
    assert read_as("date", "3/6", "de", "dm", before="am") == "dritten Juni"
    assert read_as("ordinal", "3", "de", before="der") == "dritte"
    assert read_as("ordinal", "3.", "de", before="dem") == "dritten"
    assert read_as("ordinal", "3", "de", before="viele") == "dritte"


def test_detail_groups_characters() -> None:
    assert read_as("characters", "ABC12", "de", detail="3") == "Ah Beh Zeh, eins zwei"
    assert read_as("digits", "12345", "en", detail="2 2") == "one two, three four, five"
    assert read_as("telephone", "+12345", "en", detail="1 2") == "plus one, two three, four five"


@pytest.mark.parametrize("size", range(1, 20))
@pytest.mark.parametrize("language", ["en", "fr"])
def test_telephone_numbers_come_in_groups(size: int, language: str) -> None:
    said = read_as("telephone", "1" * size, language)
    assert said is not None
    groups = said.split(", ")
    if language == "en":
        assert "".join(groups).count("one") == size
        assert all(group.count("one") in (2, 3, 4) for group in groups if size > 1)
    else:
        assert len(groups) == (size // 2 if size > 4 else 1)


@pytest.mark.parametrize(
    ("kind", "text", "form", "right"),
    [
        ("cardinal", "abc", "", "such as 42"),
        ("ordinal", "3.5", "", "whole number"),
        ("digits", "12a", "", "such as 2048"),
        ("telephone", "call", "", "telephone number"),
        ("date", "someday", "", "2024-06-03"),
        ("date", "31/31/2024", "dmy", "month of 1 to 12"),
        ("date", "3/6", "dmy", "“dmy”"),
        ("date", "9" * 200, "y", "month of 1 to 12"),
        ("time", "25:00", "", "14:30"),
        ("time", "14:00 pm", "", "14:30"),
        ("time", "9" * 200, "", "14:30"),
        ("currency", "45", "", "45 EUR"),
        ("unit", "10 smoots", "", "10 km"),
    ],
)
@pytest.mark.parametrize("language", ["en", "de", "fr", "es"])
def test_what_is_not_of_its_kind(
    language: str, kind: str, text: str, form: str, right: str
) -> None:
    with pytest.raises(ValueError, match=right):
        read_as(kind, text, language, form)


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("language", ["en", "de", "fr", "es", "it"])
def test_nothing_else_is_raised(kind: str, language: str) -> None:
    for form in ("", *FORMATS.get(kind, ())):
        for text in ("5", "-", "+", "$", "１２", "٣", "a b", "1/2/3", "99999", "½", "0.0.0", "1 h"):
            try:
                said = read_as(kind, text, language, form)
            except ValueError as error:
                assert str(error).startswith("write "), (text, form)  # noqa: PT017
            else:
                assert said is None or said == said.strip()


def test_a_reading_comes_before_the_rules() -> None:
    text = "In 2024, 5% of W3C."
    form = say(text, "en", [Reading(3, 7, "two zero two four"), Reading(15, 18, "the web")])
    assert form.text == "In two zero two four, five percent of the web."
    assert say("Ho 21 W3C.", "it", [Reading(6, 9, "il web")]).text == "Ho 21 il web."
    timed = [Word(w, float(k), k + 1.0) for k, (w, _) in enumerate(words(form.text))]
    shown = as_written(form, timed)
    assert [(w.text, w.start, w.end) for w in shown] == [
        ("In", 0, 1),
        ("2024", 1, 5),
        ("5%", 5, 7),
        ("of", 7, 8),
        ("W3C", 8, 10),
    ]
