"""German."""

from __future__ import annotations

import re

from tools.spoken import numerals
from tools.spoken.calendar import CLOCK_TIMES, ISO_DATES, date, month_pattern, number, time
from tools.spoken.language import Language, currencies, letters, nouns, rule, scales, words

MONTHS = (
    *("Januar", "Februar", "März", "April", "Mai", "Juni", "Juli"),
    *("August", "September", "Oktober", "November", "Dezember"),
)
SHORT = {f"{m[:3]}.": index for index, m in enumerate(MONTHS, 1) if m != "Mai"} | {"Sept.": 9}
_SCALES = (
    scales(10**3, "Tsd.|tausend|Tausend: tausend")
    | scales(10**6, "Mio.|Mio|Million|Millionen: Million(en)")
    | scales(10**9, "Mrd.|Mrd|Milliarde|Milliarden: Milliarde(n)")
)
# After these an ordinal is weak: "der dritte", "am dritten", "ihr dritter".
_THE = "der|die|das|jede|jedes|diese|dieses|Der|Die|Das|Jede|Diese|Dieses"
_OF_THE = "am|vom|zum|im|beim|dem|den|des|ab|zur|bis|seit|Am|Vom|Zum|Im|Beim|Dem|Den|Ab|Bis|Seit"
_ITS = "mein|dein|sein|ihr|unser|euer|ein|kein|Mein|Dein|Sein|Ihr|Unser|Euer|Ein|Kein"
_BEFORE = rf"(?<!\w)(?P<before>{_THE}|{_OF_THE}|{_ITS}) "
_DAY = r"(?P<day>\d{1,2})\. ?"


def _ordinal(rank: int, before: str) -> str:
    word = numerals.ordinal(rank, "de")
    if re.fullmatch(_THE, before):
        return word
    return f"{word}n" if re.fullmatch(_OF_THE, before) else f"{word}r"


def _date(day: int, month: str, year: str, before: str) -> str:
    return f"{_ordinal(day, before)} {month} {year}".rstrip()


def _clock(hour: int, minute: int, _: str) -> str:
    named = re.sub("eins$", "ein", numerals.cardinal(hour, "de"))
    return f"{named} Uhr {numerals.cardinal(minute, 'de') if minute else ''}".rstrip()


def _year(year: int) -> str:
    return (numerals.year if year in range(1100, 2000) else numerals.cardinal)(year, "de")


def _agree(number: str, noun: str) -> str:
    """eins before a noun: ein Jahr, eine Woche."""
    if noun == "percent":
        return re.sub("eins$", "ein", number)
    if not noun[:1].isupper():
        return "ein" if number == "eins" and noun == "tausend" else number
    feminine = re.search("(?:e|ung|heit|keit|ion|schaft|tät|zahl|Person)$", noun)
    if number == "eins" and feminine:
        return "eine"
    return re.sub("eins$", "ein", number)


GERMAN = Language(
    code="de",
    groups=". ",
    decimal=",.",
    point="Komma",
    singly=True,
    minus="minus",
    to="bis",
    percent=("Prozent", "Promille"),
    percent_words="Prozent",
    address=("ät", "Punkt"),
    months=MONTHS,
    month_short=SHORT,
    date=_date,
    time=_clock,
    year=_year,
    scales=_SCALES,
    money_scales=_SCALES,
    currencies=currencies("""
        EUR: Euro, Cent; USD: Dollar, Cent; GBP: Pfund, Penny|Pence; JPY: Yen; CHF: Franken, Rappen
    """),
    units=nouns("""
        km/h: Kilometer pro Stunde; m/s: Meter pro Sekunde; km²: Quadratkilometer; m²: Quadratmeter;
        m³: Kubikmeter; km: Kilometer; cm: Zentimeter; mm: Millimeter; m: Meter; kg: Kilogramm;
        mg: Milligramm; g: Gramm; t: Tonne(n); ml: Milliliter; l|L: Liter; °C: Grad Celsius;
        °: Grad; TB: Terabyte; GB: Gigabyte; MB: Megabyte; GHz: Gigahertz; MHz: Megahertz;
        Hz: Hertz; kWh: Kilowattstunde(n); kW: Kilowatt; W: Watt; h|Std.: Stunde(n);
        min|Min.: Minute(n); s|Sek.: Sekunde(n); ms: Millisekunde(n)
    """),
    fractions=nouns("2: halb(e); 3: Drittel; 4: Viertel; 5: Fünftel; 8: Achtel; 10: Zehntel"),
    signs=words("""
        &: und; +: plus; =: gleich; <: kleiner als; >: größer als; *|×: mal; ÷: geteilt durch;
        ±: plus minus; ~|≈: etwa; @: ät; %: Prozent; €: Euro; ²: Quadrat; ³: hoch drei; °: Grad;
        →: nach; §: Paragraf
    """),
    titles=words("""
        Dr.: Doktor; Prof.: Professor; Hr.: Herr; Fr.: Frau; St.: Sankt;
        Dipl.-Ing.: Diplomingenieur
    """),
    counters=words("""
        Nr.|nr.|#: Nummer; S.: Seite; Abb.: Abbildung; Kap.: Kapitel; Abs.: Absatz; Art.: Artikel;
        max.: maximal; min.: mindestens
    """),
    abbreviations=words("""
        z. B.|z.B.: zum Beispiel; d. h.|d.h.: das heißt; u. U.: unter Umständen;
        bzw.: beziehungsweise; ca.: circa; evtl.: eventuell; ggf.: gegebenenfalls; inkl.: inklusive;
        exkl.: exklusive; vgl.: vergleiche; sog.: sogenannt; Tel.: Telefon; v.Chr.: vor Christus;
        n.Chr.: nach Christus
    """),
    closing=words("""
        u. a.|u.a.: unter anderem; usw.: und so weiter; etc.: et cetera; Str.: Straße;
        Jh.: Jahrhundert; v. Chr.: vor Christus; n. Chr.: nach Christus
    """),
    money="{major} {number}",
    rates="Monat|Jahr|Woche|Tag|Stunde|Minute|Sekunde|Person|Nacht|Stück",
    per="pro",
    characters=letters(
        "Ah Beh Zeh Deh Eh Eff Geh Hah Ih Jott Kah Ell Emm Enn Oh Peh Kuh Err Ess Teh Uh Fau Weh "
        "Ix Üpsilon Zett",
        "Akut, Gravis, Zirkumflex, Trema, Tilde, Cedille",
        "Bindestrich, Unterstrich, Schrägstrich, Punkt, Komma, Doppelpunkt, Strichpunkt, Raute, "
        "Apostroph, umgekehrter Schrägstrich, Klammer, Klammer, Ausrufezeichen, Fragezeichen",
    )
    | {"ä": "Äh", "ö": "Öh", "ü": "Üh", "ß": "Eszett"},
    agree=_agree,
    early=(
        rule(
            rf"(?:{_BEFORE})?(?<!\d)(?P<said>{_DAY}(?P<month>{month_pattern(MONTHS, SHORT)})"
            r"(?:,? (?P<year>[12]\d{3})(?!\d))?)",
            date,
            span=2,
        ),
        ISO_DATES,
        rule(
            rf"(?:{_BEFORE})?(?<![\d.])(?P<said>{_DAY}(?P<month>\d{{1,2}})\. ?"
            r"(?:(?P<year>[12]\d{3}|\d\d)(?![\d.,:]\d|\d)|(?= [a-zäöü])))",
            date,
            span=2,
        ),
        rule(r"(?<![\d:.,])(?P<hour>\d{1,2})[:.](?P<minute>\d\d) Uhr(?!\w)", time),
        rule(r"(?<![\d:.,])(?P<hour>\d{1,2})(?P<minute>) Uhr(?!\w)", time),
        CLOCK_TIMES,
    ),
    late=(
        number(
            rf"{_BEFORE}(?P<said>(?P<number>\d{{1,4}})\.)(?= \w)",
            lambda rank, match: _ordinal(rank, match["before"]),
            span=2,
        ),
        number(r"(?<![\w.,])(?P<number>\d0|1[1-9]\d0)er(?!\w)", lambda year, _: f"{_year(year)}er"),
        number(r"(?<![\w.,])(?P<number>1[1-9]\d\d)(?!\w|[.,:]\d)", lambda year, _: _year(year)),
    ),
)


def of_region(region: str) -> Language:
    return GERMAN
