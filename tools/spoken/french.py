"""French."""

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
    numeric_dates,
)
from tools.spoken.language import Currency, Language, Meaning, Rule, Said

Match = re.Match[str]

MONTHS = (
    *("janvier", "février", "mars", "avril", "mai", "juin", "juillet"),
    *("août", "septembre", "octobre", "novembre", "décembre"),
)
SHORT = {
    "janv.": 1,
    "févr.": 2,
    "avr.": 4,
    "juil.": 7,
    "sept.": 9,
    "oct.": 10,
    "nov.": 11,
    "déc.": 12,
}
_MONTH = month_pattern(MONTHS, SHORT)
_MILLION = ("million", "millions", 10**6)
_BILLION = ("milliard", "milliards", 10**9)
_SCALES = {
    "mille": ("mille", "mille", 10**3),
    **dict.fromkeys(("million", "millions", "Mio"), _MILLION),
    **dict.fromkeys(("milliard", "milliards", "Mrd"), _BILLION),
}
_FEMININE = re.compile(
    "heure|minute|seconde|livre|tonne|personne|femme|fille|semaine|équipe|page|idée|place|foi|"
    r"\w+(?:tion|sion|ette|esse|ance|ence|ité|née|ture)"
)


def _date(year: str | None, month: int, day: int) -> Said | None:
    if not 1 <= day <= 31 or not 1 <= month <= 12:
        return None
    said = f"{numerals.cardinal(day, 'fr') if day > 1 else 'premier'} {MONTHS[month - 1]}"
    if year:
        said += f" {numerals.cardinal(int(year), 'fr')}"
    return said, day_meaning(year, month, day)


def _named(match: Match) -> Said | None:
    return _date(match["year"], month_number(match["month"], MONTHS, SHORT), int(match["day"]))


def _time(match: Match) -> Said | None:
    hour, minute = int(match["hour"]), int(match["minute"] or 0)
    if hour > 24 or minute > 59:
        return None
    named = _agree(numerals.cardinal(hour, "fr"), "heure")
    said = f"{named} heure{'s' if hour > 1 else ''}"
    if minute:
        said += f" {_agree(numerals.cardinal(minute, 'fr'), 'minute')}"
    return said, clock_meaning(hour % 24, minute)


def _ordinal(match: Match) -> Said | None:
    number, ending = int(match[1]), match[2]
    if number == 1:
        said = "première" if ending.startswith(("re", "ère")) else "premier"
    else:
        said = numerals.ordinal(number, "fr") + ("s" if ending.endswith("s") else "")
    return said, Meaning("number", Decimal(number))


def _agree(number: str, noun: str) -> str:
    """un before a feminine noun: une heure, vingt et une minutes."""
    feminine = _FEMININE.fullmatch(noun.removesuffix("s"))
    return re.sub(r"\bun$", "une", number) if feminine else number


FRENCH = Language(
    code="fr",
    groups=" .",
    decimal=",.",
    point="virgule",
    singly=False,
    minus="moins",
    to="à",
    percent=("pour cent", "pour mille"),
    percent_words="pour cent",
    address=("arobase", "point"),
    months=MONTHS,
    month_short=SHORT,
    scales=_SCALES,
    money_scales=_SCALES
    | {"k": ("mille", "mille", 10**3), "M": _MILLION, "Md": _BILLION, "Mds": _BILLION},
    of="de",
    of_vowel="d'",
    currencies={
        "EUR": Currency("euro", "euros", "centime", "centimes"),
        "USD": Currency("dollar", "dollars", "cent", "cents"),
        "GBP": Currency("livre", "livres", "penny", "pence"),
        "JPY": Currency("yen", "yens"),
        "CHF": Currency("franc suisse", "francs suisses", "centime", "centimes"),
    },
    units={
        "km/h": ("kilomètre à l'heure", "kilomètres à l'heure"),
        "m/s": ("mètre par seconde", "mètres par seconde"),
        "km²": ("kilomètre carré", "kilomètres carrés"),
        "m²": ("mètre carré", "mètres carrés"),
        "m³": ("mètre cube", "mètres cubes"),
        "km": ("kilomètre", "kilomètres"),
        "cm": ("centimètre", "centimètres"),
        "mm": ("millimètre", "millimètres"),
        "m": ("mètre", "mètres"),
        "kg": ("kilo", "kilos"),
        "mg": ("milligramme", "milligrammes"),
        "g": ("gramme", "grammes"),
        "t": ("tonne", "tonnes"),
        "ml": ("millilitre", "millilitres"),
        **dict.fromkeys(("l", "L"), ("litre", "litres")),
        "°C": ("degré Celsius", "degrés Celsius"),
        "°": ("degré", "degrés"),
        "To": ("téraoctet", "téraoctets"),
        "Go": ("gigaoctet", "gigaoctets"),
        "Mo": ("mégaoctet", "mégaoctets"),
        "GHz": ("gigahertz", "gigahertz"),
        "MHz": ("mégahertz", "mégahertz"),
        "Hz": ("hertz", "hertz"),
        "kWh": ("kilowattheure", "kilowattheures"),
        "kW": ("kilowatt", "kilowatts"),
        "W": ("watt", "watts"),
        "min": ("minute", "minutes"),
        "s": ("seconde", "secondes"),
        "ms": ("milliseconde", "millisecondes"),
    },
    fractions={2: ("demi", "demis"), 3: ("tiers", "tiers"), 4: ("quart", "quarts")},
    signs={
        "&": "et",
        "+": "plus",
        "=": "égale",
        "<": "inférieur à",
        ">": "supérieur à",
        **dict.fromkeys("*×", "fois"),
        "÷": "divisé par",
        "±": "plus ou moins",
        **dict.fromkeys("~≈", "environ"),
        "@": "arobase",
        "%": "pour cent",
        "€": "euros",
        "²": "au carré",
        "³": "au cube",
        "°": "degrés",
        "→": "à",
    },
    titles={
        "M.": "monsieur",
        "MM.": "messieurs",
        "Mme": "madame",
        "Mmes": "mesdames",
        "Mlle": "mademoiselle",
        **dict.fromkeys(("Dr", "Dr."), "docteur"),
        "Pr": "professeur",
        "St": "saint",
        "Ste": "sainte",
    },
    counters={
        **dict.fromkeys(("n°", "N°", "nº"), "numéro"),
        "#": "numéro ",
        "p.": "page",
        "pp.": "pages",
        "art.": "article",
        "chap.": "chapitre",
        "max.": "maximum",
        "min.": "minimum",
    },
    abbreviations={
        **dict.fromkeys(("p. ex.", "p.ex."), "par exemple"),
        "c.-à-d.": "c'est-à-dire",
        "etc.": "et cetera",
        "env.": "environ",
        "tél.": "téléphone",
        "av. J.-C.": "avant Jésus-Christ",
        "apr. J.-C.": "après Jésus-Christ",
        **dict.fromkeys(("bd", "bd."), "boulevard"),
        "cf.": "voir",
        **dict.fromkeys(("s.v.p.", "svp"), "s'il vous plaît"),
    },
    rates="mois|an|année|semaine|jour|heure|minute|seconde|personne|nuit",
    per="par",
    closing=frozenset({"etc.", "av. j.-c.", "apr. j.-c.", "s.v.p."}),
    money="{major} {number}",
    agree=_agree,
    early=(
        Rule(
            re.compile(
                rf"(?<![\w.,])(?P<day>\d{{1,2}})(?:er)? (?P<month>{_MONTH})(?!\w)"
                r"(?: (?P<year>[12]\d{3})(?![\d%]))?"
            ),
            _named,
        ),
        iso_dates(_date),
        numeric_dates("/.-", _date),
        Rule(
            re.compile(r"(?<![\d:.,])(?P<hour>\d{1,2}) ?h(?: ?(?P<minute>\d\d))?(?!\w)"),
            _time,
        ),
        Rule(re.compile(r"(?<![\d:.,])(?P<hour>\d{1,2}):(?P<minute>\d\d)(?![\d:])"), _time),
    ),
    late=(
        Rule(
            re.compile(r"(?<![\d.,])(\d{1,4})(ers?|res?|ères?|ndes?|nds?|èmes?|emes?|es?)(?!\w)"),
            _ordinal,
        ),
    ),
    pairs=True,
)


def of_region(region: str) -> Language:
    return FRENCH
