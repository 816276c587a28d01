from __future__ import annotations

import pytest

from tools.errors import TextError
from tools.spoken import clean, long_sentences, say


def spoken(text: str, language: str) -> str:
    return say(clean(text), language).text


ENGLISH = {
    "3 people met. 3,000 came.": "Three people met. Three thousand came.",
    "It is 2.50 m, or 1,234.5 kg.": (
        "It is two point five zero meters, or one thousand two hundred and thirty-four point five "
        "kilograms."
    ),
    "The 3rd of 21st": "The third of twenty-first",
    "in 1995, 1905 and 2024": "in nineteen ninety-five, nineteen oh-five and twenty twenty-four",
    "the 1990s and '80s": "the nineteen nineties and eighties",
    "On June 3, 2024, we met.": "On June third, twenty twenty-four, we met.",
    "the 3rd of May and 4 July 2020": "the third of May and the fourth of July twenty twenty",
    "2024-06-03": "June third, twenty twenty-four",
    "on 3/4/2024": "on March fourth, twenty twenty-four",
    "at 10:30 a.m. or 2:05 pm": "at ten thirty AM or two oh five PM",
    "at 5 p.m. Then": "at five PM. Then",
    "from 9:00 to 17:30": "from nine o'clock to five thirty PM",
    "$3.50, $1, €0.99": ("three dollars and fifty cents, one dollar, ninety-nine cents"),
    "$3.2bn and £5 million": "three point two billion dollars and five million pounds",
    "$3–5 million or 10–20%": "three to five million dollars or ten to twenty percent",
    "50% or 2.5 %": "fifty percent or two point five percent",
    "100 km/h at -5 °C": "one hundred kilometers per hour at minus five degrees Celsius",
    "Dr. Ng, e.g., saw approx. 5 cats, etc.": (
        "Doctor Ng, for example, saw approximately five cats, and so on."
    ),
    "No. 5 said no. Then": "number five said no. Then",
    "1/2 and 3/4 and 2 ½": "one half and three quarters and two and one half",
    "Call (555) 123-4567.": "Call five five five, one two three, four five six seven.",
    "Agent 007": "Agent zero zero seven",
    "see https://www.example.org/x?y=1.": "see example dot org.",
    "write to a.b@example.org": "write to a dot b at example dot org",
    "GPT-4, MP3, 4K": "GPT-four, MP three, four K",
    "R&D, 2 + 2 = 4, 24/7, C++": "R and D, two plus two equals four, twenty-four seven, C++",
    "9am-5pm, 9:00–17:00": "nine AM to five PM, nine o'clock to five PM",
    "$5/month on Main St. at No. 10": "five dollars per month on Main Street at number ten",
    "3 a.m. Monday (+5%)": "three AM Monday (plus five percent)",
    "07/14/2024": "July fourteenth, twenty twenty-four",
    "by 3:1": "by three to one",
    "3k or 10x": "three thousand or ten times",
    "[smiles] Hi *laughs* there (applause) 😀 :-)": "Hi there",
    "NARRATOR: Welcome (see page 5).": "Welcome (see page five).",
    "a **bold** [link](https://a.example)": "a bold link",
    "Nothing to change here.": "Nothing to change here.",
}
SPANISH = {
    "21 personas y 21 niños": "veintiuna personas y veintiún niños",
    "el 3 de junio de 2024": "el tres de junio de dos mil veinticuatro",
    "a las 15:30": "a las quince treinta",
    "3,50 € o 1.000 euros": "tres euros con cincuenta céntimos o mil euros",
    "50 % de 3,14": "cincuenta por ciento de tres coma catorce",
    "La Sra. Paz, en EE. UU. Allí": "La señora Paz, en Estados Unidos. Allí",
    "3 millones de euros": "tres millones de euros",
    "la 2ª y el 3er": "la segunda y el tercer",
    "tel. 912 345 678": "teléfono nueve uno dos, tres cuatro cinco, seis siete ocho",
    "10–20 km": "diez a veinte kilómetros",
}
GERMAN = {
    "Am 3. Juni 2024, der 3. Juni": "Am dritten Juni zweitausendvierundzwanzig, der dritte Juni",
    "um 14:30 Uhr": "um vierzehn Uhr dreißig",
    "3,50 € oder 1.234 Euro": "drei Euro fünfzig oder eintausendzweihundertvierunddreißig Euro",
    "50 % von 3,14": "fünfzig Prozent von drei Komma eins vier",
    "z. B. Dr. Ohm usw. Und": "zum Beispiel Doktor Ohm und so weiter. Und",
    "im Jahr 1995": "im Jahr neunzehnhundertfünfundneunzig",
    "1 Jahr, 1 Person, 2 Mio. Euro": "ein Jahr, eine Person, zwei Millionen Euro",
    "der 3. Platz. Es waren 3. Und": "der dritte Platz. Es waren drei. Und",
    "am 24.12. feiern, am 24.12.1999": (
        "am vierundzwanzigsten Dezember feiern, am vierundzwanzigsten Dezember "
        "neunzehnhundertneunundneunzig"
    ),
    "die 1990er, 3 €/Monat": "die neunzehnhundertneunziger, drei Euro pro Monat",
    "10–20 km/h": "zehn bis zwanzig Kilometer pro Stunde",
}
FRENCH = {
    "le 1er mai et le 3 juin 2024": "le premier mai et le trois juin deux mille vingt-quatre",
    "à 14h30 ou 9 h": "à quatorze heures trente ou neuf heures",
    "3,50 € ou 12 000 euros": "trois euros cinquante ou douze mille euros",
    "50 % de 3,14": "cinquante pour cent de trois virgule quatorze",
    "M. Roux et Mme Curie, p. ex.": "monsieur Roux et madame Curie, par exemple",
    "la 2e fois, 3 millions d'euros": "la deuxième fois, trois millions d'euros",
    "01 23 45 67 89": "zéro un, vingt-trois, quarante-cinq, soixante-sept, quatre-vingt-neuf",
    "1 personne le 14/07/2024": "une personne le quatorze juillet deux mille vingt-quatre",
    "21 minutes": "vingt et une minutes",
}
TABLES = {"en": ENGLISH, "es": SPANISH, "de": GERMAN, "fr": FRENCH}
ALL = [(tag, *pair) for tag, table in TABLES.items() for pair in table.items()]


def capital(text: str) -> str:
    return text[0].upper() + text[1:]


@pytest.mark.parametrize(("language", "written", "said"), ALL)
def test_written_and_spoken(language: str, written: str, said: str) -> None:
    assert capital(spoken(written, language)) == capital(said)


@pytest.mark.parametrize(("language", "written", "said"), ALL)
def test_what_is_spoken_stays_as_it_is(language: str, written: str, said: str) -> None:
    once = spoken(written, language)
    assert spoken(once, language) == once


def test_regions_differ() -> None:
    assert spoken("on 3/4/2024", "en-GB") == "on the third of April twenty twenty-four"
    assert spoken("son 1,234.5 km", "es-MX") == (
        "son mil doscientos treinta y cuatro punto cinco kilómetros"
    )


def test_a_language_without_tables_leaves_figures_to_the_voice() -> None:
    assert spoken("[pausa] **Ho 21 anni**, 50%.", "it") == "Ho 21 anni, 50%."


def test_changes_say_where_they_stand() -> None:
    form = say("He paid $5 on 3 May, or 2 of 7.", "en")
    for change in form.changes:
        assert form.written[change.start : change.end] == change.written
        assert form.text[change.at : change.until] == change.said
    assert [c.written for c in form.changes] == ["$5", "3 May", "2", "7"]


@pytest.mark.parametrize("language", TABLES)
@pytest.mark.parametrize(
    "unit",
    [
        *(
            "1",
            "1,",
            "1.",
            "1 ",
            "1-",
            "1/",
            "1:",
            "$",
            "$1",
            "1%",
            "a.",
            "a@",
            "+1",
            "0",
            "e.g.",
            "#",
        ),
        *("[", "(", "*", "[[smiles", "(laughs", "*laughs ", "~", "½", "1. ", "\u202e", "é1", "1 h"),
    ],
)
def test_hostile_repetition_is_handled(unit: str, language: str) -> None:
    """A pattern that has gone quadratic takes minutes here."""
    text = (unit * 50_000)[:40_000] + "\n\nend"
    assert spoken(text, language).endswith("end")


def test_a_million_digits_are_too_much() -> None:
    with pytest.raises(TextError, match="at most 50,000"):
        spoken("7" * 1_000_000, "en")
    assert spoken("7" * 49_000 + " ok", "en").endswith(" ok")


@pytest.mark.parametrize("text", ["[smiles]", "(applause)", "*laughs*", "NARRATOR:", ""])
def test_nothing_but_directions_is_nothing_to_say(text: str) -> None:
    with pytest.raises(TextError, match="at least one word"):
        spoken(text, "en")


def test_control_characters_and_reversed_text_are_dropped() -> None:
    assert spoken("pay \u202e$5\u202c now\x07", "en") == "pay five dollars now"


def test_sentences_too_long_to_say_are_reported_whole() -> None:
    endless = "We went " + "and went " * 40 + "home."
    assert long_sentences(f"Short one. {endless} Bye.", "en") == (endless,)
    assert long_sentences("Short one. " * 50, "en") == ()
    figures = "It is " + "1,234,567 and " * 6 + "no more."
    assert long_sentences(figures, "en") == (figures,)  # counted as it is said
