"""German."""

from __future__ import annotations

import re
from decimal import Decimal

from tools.spoken import numerals
from tools.spoken.calendar import (
    clock_meaning,
    day_meaning,
    iso_dates,
    month_number,
    month_pattern,
    year_number,
)
from tools.spoken.language import Currency, Language, Meaning, Rule, Said

Match = re.Match[str]

MONTHS = (
    *("Januar", "Februar", "März", "April", "Mai", "Juni", "Juli"),
    *("August", "September", "Oktober", "November", "Dezember"),
)
SHORT = {f"{m[:3]}.": number for number, m in enumerate(MONTHS, 1) if m != "Mai"} | {"Sept.": 9}
_MONTH = month_pattern(MONTHS, SHORT)
_MILLION = ("Million", "Millionen", 10**6)
_BILLION = ("Milliarde", "Milliarden", 10**9)
_SCALES = {
    **dict.fromkeys(("Tsd.", "tausend", "Tausend"), ("tausend", "tausend", 10**3)),
    **dict.fromkeys(("Mio.", "Mio", "Million", "Millionen"), _MILLION),
    **dict.fromkeys(("Mrd.", "Mrd", "Milliarde", "Milliarden"), _BILLION),
}
# After these an ordinal is weak: "der dritte", "am dritten", "ihr dritter".
_THE = "der|die|das|jede|jedes|diese|dieses|Der|Die|Das|Jede|Diese|Dieses"
_OF_THE = "am|vom|zum|im|beim|dem|den|des|ab|zur|bis|seit|Am|Vom|Zum|Im|Beim|Dem|Den|Ab|Bis|Seit"
_ITS = "mein|dein|sein|ihr|unser|euer|ein|kein|Mein|Dein|Sein|Ihr|Unser|Euer|Ein|Kein"


def _ordinal_words(number: int, before: str) -> str:
    word = numerals.ordinal(number, "de")
    if re.fullmatch(_THE, before):
        return word
    if re.fullmatch(_OF_THE, before):
        return f"{word}n"
    return f"{word}r"


def _year_words(year: str) -> str:
    form = numerals.year if int(year) in range(1100, 2000) else numerals.cardinal
    return form(int(year), "de")


def _date(year: str | None, month: int, day: int, before: str = "") -> Said | None:
    if not 1 <= day <= 31 or not 1 <= month <= 12:
        return None
    said = f"{_ordinal_words(day, before)} {MONTHS[month - 1]}"
    if year:
        said += f" {_year_words(year)}"
    return said, day_meaning(year, month, day)


def _named(match: Match) -> Said | None:
    month = month_number(match["month"], MONTHS, SHORT)
    return _date(match["year"], month, int(match["day"]), match["before"] or "")


def _numeric(match: Match) -> Said | None:
    year = year_number(match["year"] or None)
    return _date(year, int(match["month"]), int(match["day"]), match["before"] or "")


def _time(match: Match) -> Said | None:
    hour, minute = int(match["hour"]), int(match["minute"] or 0)
    if hour > 24 or minute > 59:
        return None
    said = f"{re.sub('eins$', 'ein', numerals.cardinal(hour, 'de'))} Uhr"
    if minute:
        said += f" {numerals.cardinal(minute, 'de')}"
    return said, clock_meaning(hour % 24, minute)


def _ordinal(match: Match) -> Said | None:
    number = int(match["number"])
    return _ordinal_words(number, match["before"]), Meaning("number", Decimal(number))


def _year(match: Match) -> Said | None:
    return _year_words(match[1]), Meaning("number", Decimal(match[1]))


def _decade(match: Match) -> Said | None:
    return f"{_year_words(match[1])}er", Meaning("number", Decimal(match[1]))


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


_BEFORE = rf"(?:(?<!\w)(?P<before>{_THE}|{_OF_THE}|{_ITS}) )?"
_DAY = r"(?P<day>\d{1,2})\. ?"

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
    scales=_SCALES,
    money_scales=_SCALES,
    currencies={
        "EUR": Currency("Euro", "Euro", "Cent", "Cent"),
        "USD": Currency("Dollar", "Dollar", "Cent", "Cent"),
        "GBP": Currency("Pfund", "Pfund", "Penny", "Pence"),
        "JPY": Currency("Yen", "Yen"),
        "CHF": Currency("Franken", "Franken", "Rappen", "Rappen"),
    },
    units={
        "km/h": ("Kilometer pro Stunde", "Kilometer pro Stunde"),
        "m/s": ("Meter pro Sekunde", "Meter pro Sekunde"),
        "km²": ("Quadratkilometer", "Quadratkilometer"),
        "m²": ("Quadratmeter", "Quadratmeter"),
        "m³": ("Kubikmeter", "Kubikmeter"),
        "km": ("Kilometer", "Kilometer"),
        "cm": ("Zentimeter", "Zentimeter"),
        "mm": ("Millimeter", "Millimeter"),
        "m": ("Meter", "Meter"),
        "kg": ("Kilogramm", "Kilogramm"),
        "mg": ("Milligramm", "Milligramm"),
        "g": ("Gramm", "Gramm"),
        "t": ("Tonne", "Tonnen"),
        "ml": ("Milliliter", "Milliliter"),
        **dict.fromkeys(("l", "L"), ("Liter", "Liter")),
        "°C": ("Grad Celsius", "Grad Celsius"),
        "°": ("Grad", "Grad"),
        "TB": ("Terabyte", "Terabyte"),
        "GB": ("Gigabyte", "Gigabyte"),
        "MB": ("Megabyte", "Megabyte"),
        "GHz": ("Gigahertz", "Gigahertz"),
        "MHz": ("Megahertz", "Megahertz"),
        "Hz": ("Hertz", "Hertz"),
        "kWh": ("Kilowattstunde", "Kilowattstunden"),
        "kW": ("Kilowatt", "Kilowatt"),
        "W": ("Watt", "Watt"),
        **dict.fromkeys(("h", "Std."), ("Stunde", "Stunden")),
        **dict.fromkeys(("min", "Min."), ("Minute", "Minuten")),
        **dict.fromkeys(("s", "Sek."), ("Sekunde", "Sekunden")),
        "ms": ("Millisekunde", "Millisekunden"),
    },
    fractions={
        2: ("halb", "halbe"),
        3: ("Drittel", "Drittel"),
        4: ("Viertel", "Viertel"),
        5: ("Fünftel", "Fünftel"),
        8: ("Achtel", "Achtel"),
        10: ("Zehntel", "Zehntel"),
    },
    signs={
        "&": "und",
        "+": "plus",
        "=": "gleich",
        "<": "kleiner als",
        ">": "größer als",
        **dict.fromkeys("*×", "mal"),
        "÷": "geteilt durch",
        "±": "plus minus",
        **dict.fromkeys("~≈", "etwa"),
        "@": "ät",
        "%": "Prozent",
        "€": "Euro",
        "²": "Quadrat",
        "³": "hoch drei",
        "°": "Grad",
        "→": "nach",
        "§": "Paragraf",
    },
    titles={
        "Dr.": "Doktor",
        "Prof.": "Professor",
        "Hr.": "Herr",
        "Fr.": "Frau",
        "St.": "Sankt",
        "Dipl.-Ing.": "Diplomingenieur",
    },
    counters={
        **dict.fromkeys(("Nr.", "nr."), "Nummer"),
        "#": "Nummer ",
        "S.": "Seite",
        "Abb.": "Abbildung",
        "Kap.": "Kapitel",
        "Abs.": "Absatz",
        "Art.": "Artikel",
        "max.": "maximal",
        "min.": "mindestens",
    },
    abbreviations={
        **dict.fromkeys(("z. B.", "z.B."), "zum Beispiel"),
        **dict.fromkeys(("d. h.", "d.h."), "das heißt"),
        **dict.fromkeys(("u. a.", "u.a."), "unter anderem"),
        "u. U.": "unter Umständen",
        "usw.": "und so weiter",
        "etc.": "et cetera",
        "bzw.": "beziehungsweise",
        "ca.": "circa",
        "evtl.": "eventuell",
        "ggf.": "gegebenenfalls",
        "inkl.": "inklusive",
        "exkl.": "exklusive",
        "vgl.": "vergleiche",
        "sog.": "sogenannt",
        "Tel.": "Telefon",
        "Str.": "Straße",
        "Jh.": "Jahrhundert",
        **dict.fromkeys(("v. Chr.", "v.Chr."), "vor Christus"),
        **dict.fromkeys(("n. Chr.", "n.Chr."), "nach Christus"),
    },
    rates="Monat|Jahr|Woche|Tag|Stunde|Minute|Sekunde|Person|Nacht|Stück",
    per="pro",
    closing=frozenset({"usw.", "etc.", "u. a.", "u.a.", "jh.", "v. chr.", "n. chr.", "str."}),
    money="{major} {number}",
    agree=_agree,
    early=(
        Rule(
            re.compile(
                rf"{_BEFORE}(?<!\d)(?P<said>{_DAY}(?P<month>{_MONTH})"
                r"(?:,? (?P<year>[12]\d{3})(?!\d))?)"
            ),
            _named,
            span=2,
        ),
        iso_dates(_date),
        Rule(
            re.compile(
                rf"{_BEFORE}(?<![\d.])(?P<said>{_DAY}(?P<month>\d{{1,2}})\. ?"
                r"(?:(?P<year>[12]\d{3}|\d\d)(?![\d.,:]\d|\d)|(?= [a-zäöü])))"
            ),
            _numeric,
            span=2,
        ),
        Rule(re.compile(r"(?<![\d:.,])(?P<hour>\d{1,2})[:.](?P<minute>\d\d) Uhr(?!\w)"), _time),
        Rule(re.compile(r"(?<![\d:.,])(?P<hour>\d{1,2})(?P<minute>) Uhr(?!\w)"), _time),
        Rule(re.compile(r"(?<![\d:.,])(?P<hour>\d{1,2}):(?P<minute>\d\d)(?![\d:])"), _time),
    ),
    late=(
        Rule(
            re.compile(
                rf"(?<!\w)(?P<before>{_THE}|{_OF_THE}|{_ITS}) "
                r"(?P<said>(?P<number>\d{1,4})\.)(?= \w)"
            ),
            _ordinal,
            span=2,
        ),
        Rule(re.compile(r"(?<![\w.,])(\d0|1[1-9]\d0)er(?!\w)"), _decade),
        Rule(re.compile(r"(?<![\w.,])(1[1-9]\d\d)(?!\w|[.,:]\d)"), _year),
    ),
)


def of_region(region: str) -> Language:
    return GERMAN
