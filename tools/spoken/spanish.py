"""Spanish, of Spain and of the Americas (which differ in how they write decimals)."""

from __future__ import annotations

import re
from dataclasses import replace
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
    *("enero", "febrero", "marzo", "abril", "mayo", "junio", "julio"),
    *("agosto", "septiembre", "octubre", "noviembre", "diciembre"),
)
SHORT = {f"{month[:3]}.": number for number, month in enumerate(MONTHS, 1)} | {"sept.": 9}
_MONTH = month_pattern(MONTHS, SHORT)
_DECIMAL_POINT = {"419", "mx", "us", "pr", "do", "gt", "hn", "ni", "pa", "sv"}  # 1,234.5
_SCALES = {
    "mil": ("mil", "mil", 10**3),
    "millón": ("millón", "millones", 10**6),
    "millones": ("millón", "millones", 10**6),
    "billones": ("billón", "billones", 10**12),
}


def _date(year: str | None, month: int, day: int) -> Said | None:
    if not 1 <= day <= 31 or not 1 <= month <= 12:
        return None
    said = f"{numerals.cardinal(day, 'es') if day > 1 else 'primero'} de {MONTHS[month - 1]}"
    if year:
        said += f" de {numerals.cardinal(int(year), 'es')}"
    return said, day_meaning(year, month, day)


def _named(match: Match) -> Said | None:
    return _date(match["year"], month_number(match["month"], MONTHS, SHORT), int(match["day"]))


def _time(match: Match) -> Said | None:
    hour, minute = int(match["hour"]), int(match["minute"] or 0)
    half = re.sub(r"[^apm]", "", (match["half"] or "").lower())
    if hour > (12 if half else 24) or minute > 59:
        return None
    named = re.sub("uno$", "una", numerals.cardinal(hour, "es"))
    said = f"{named} {numerals.cardinal(minute, 'es')}" if minute else named
    if half:
        said += " de la mañana" if half == "am" else " de la tarde"
    elif not minute:
        said += " en punto" if hour <= 12 else " horas"
    later = half == "pm" and hour != 12
    return said, clock_meaning((hour + 12 * later) % 24, minute)


def _telephone(match: Match) -> Said | None:
    return ", ".join(numerals.digits(group, "es") for group in match[0].split()), None


def _ordinal(match: Match) -> Said | None:
    number, ending = int(match[1]), match[2].lstrip(".")
    said = numerals.ordinal(number, "es")
    if ending in {"ª", "a"}:
        said = " ".join(word.removesuffix("o") + "a" for word in said.split())
    elif ending == "er":
        said = said.removesuffix("o")
    return said, Meaning("number", Decimal(number))


def _agree(number: str, noun: str) -> str:
    """uno before a noun: un, veintiún, una; doscientos: doscientas."""
    if noun in _NO_NOUNS or (len(noun) < 4 and noun not in {"mil", "año", "día", "mes"}):
        return number
    if noun.endswith(("a", "as")) and noun not in {"día", "días", "problema", "problemas"}:
        return re.sub("cientos", "cientas", re.sub("uno$", "una", number))
    return re.sub("veintiuno$", "veintiún", re.sub("(?<!ti)uno$", "un", number))


_NO_NOUNS = {
    *("para", "pero", "como", "entre", "hasta", "desde", "sobre", "según", "cuando", "porque"),
    *("está", "están", "fueron", "sino", "percent"),
}
_HALF = r"[ap]\. ?m\.|[ap]\.?m(?!\w)|[AP]\.?M(?!\w)"
_YEAR = r"(?: (?:de|del) (?P<year>[12]\d{3})(?![\d%]))?"

SPANISH = Language(
    code="es",
    groups=". ",
    decimal=",.",
    point="coma",
    singly=False,
    minus="menos",
    to="a",
    percent=("por ciento", "por mil"),
    percent_words="por ciento",
    address=("arroba", "punto"),
    months=MONTHS,
    month_short=SHORT,
    scales=_SCALES,
    money_scales=_SCALES | {"M": ("millón", "millones", 10**6), "k": ("mil", "mil", 10**3)},
    of="de",
    of_vowel="de",
    currencies={
        "EUR": Currency("euro", "euros", "céntimo", "céntimos"),
        "USD": Currency("dólar", "dólares", "centavo", "centavos"),
        "GBP": Currency("libra", "libras", "penique", "peniques"),
        "JPY": Currency("yen", "yenes"),
        "CHF": Currency("franco suizo", "francos suizos", "céntimo", "céntimos"),
        "MXN": Currency("peso", "pesos", "centavo", "centavos"),
    },
    units={
        "km/h": ("kilómetro por hora", "kilómetros por hora"),
        "m/s": ("metro por segundo", "metros por segundo"),
        "km²": ("kilómetro cuadrado", "kilómetros cuadrados"),
        "m²": ("metro cuadrado", "metros cuadrados"),
        "m³": ("metro cúbico", "metros cúbicos"),
        "km": ("kilómetro", "kilómetros"),
        "cm": ("centímetro", "centímetros"),
        "mm": ("milímetro", "milímetros"),
        "m": ("metro", "metros"),
        "kg": ("kilo", "kilos"),
        "mg": ("miligramo", "miligramos"),
        "g": ("gramo", "gramos"),
        "t": ("tonelada", "toneladas"),
        "ml": ("mililitro", "mililitros"),
        **dict.fromkeys(("l", "L"), ("litro", "litros")),
        "°C": ("grado centígrado", "grados centígrados"),
        "°": ("grado", "grados"),
        "TB": ("terabyte", "terabytes"),
        "GB": ("gigabyte", "gigabytes"),
        "MB": ("megabyte", "megabytes"),
        "GHz": ("gigahercio", "gigahercios"),
        "MHz": ("megahercio", "megahercios"),
        "Hz": ("hercio", "hercios"),
        "kWh": ("kilovatio hora", "kilovatios hora"),
        "kW": ("kilovatio", "kilovatios"),
        "W": ("vatio", "vatios"),
        "h": ("hora", "horas"),
        "min": ("minuto", "minutos"),
        "s": ("segundo", "segundos"),
        "ms": ("milisegundo", "milisegundos"),
    },
    fractions={2: ("medio", "medios"), 3: ("tercio", "tercios"), 4: ("cuarto", "cuartos")},
    signs={
        "&": "y",
        "+": "más",
        "=": "igual a",
        "<": "menor que",
        ">": "mayor que",
        **dict.fromkeys("*×", "por"),
        "÷": "entre",
        "±": "más o menos",
        **dict.fromkeys("~≈", "unos"),
        "@": "arroba",
        "%": "por ciento",
        "€": "euros",
        "²": "al cuadrado",
        "³": "al cubo",
        "°": "grados",
        "→": "a",
    },
    titles={
        "Sr.": "señor",
        "Sra.": "señora",
        "Srta.": "señorita",
        "Sres.": "señores",
        "Dr.": "doctor",
        "Dra.": "doctora",
        "Prof.": "profesor",
        "Profa.": "profesora",
        "Lic.": "licenciado",
        "Ing.": "ingeniero",
        "Sto.": "santo",
        "Sta.": "santa",
    },
    counters={
        **dict.fromkeys(("n.º", "N.º", "nº", "Nº", "núm."), "número"),
        "#": "número ",
        "pág.": "página",
        "págs.": "páginas",
        "p.": "página",
        "máx.": "máximo",
        "mín.": "mínimo",
        "art.": "artículo",
        "cap.": "capítulo",
    },
    abbreviations={
        **dict.fromkeys(("p. ej.", "p.ej."), "por ejemplo"),
        "etc.": "etcétera",
        "aprox.": "aproximadamente",
        **dict.fromkeys(("Ud.", "Vd."), "usted"),
        "Uds.": "ustedes",
        **dict.fromkeys(("EE. UU.", "EE.UU.", "EEUU"), "Estados Unidos"),
        "a. C.": "antes de Cristo",
        "d. C.": "después de Cristo",
        "tel.": "teléfono",
        **dict.fromkeys(("Avda.", "Av."), "avenida"),
        "c/u": "cada uno",
        "S.A.": "sociedad anónima",
    },
    rates="mes|año|semana|día|hora|minuto|segundo|persona|noche",
    per="por",
    closing=frozenset({"etc.", "ee. uu.", "ee.uu.", "a. c.", "d. c.", "s.a."}),
    money="{major} con {number} {cents}",
    agree=_agree,
    early=(
        Rule(re.compile(r"(?<![\w.,+-])[6-9]\d\d \d{3} \d{3}(?![\w-]| \d|[.,]\d)"), _telephone),
        Rule(
            re.compile(
                rf"(?<![\w.,])(?P<day>\d{{1,2}})(?:\.?º)? de (?P<month>{_MONTH})(?!\w){_YEAR}"
            ),
            _named,
        ),
        iso_dates(_date),
        numeric_dates("/.-", _date),
        Rule(
            re.compile(
                rf"(?<![\d:.,])(?P<hour>\d{{1,2}})(?::(?P<minute>\d\d))? ?(?P<half>{_HALF})"
            ),
            _time,
        ),
        Rule(
            re.compile(
                r"(?<![\d:.,])(?P<hour>\d{1,2}):(?P<minute>\d\d)(?P<half>)(?![\d:])"
                r"(?: ?h(?:oras)?(?!\w))?"
            ),
            _time,
        ),
    ),
    late=(Rule(re.compile(r"(?<![\d.,])(\d{1,3})(\.?[ºª]|\.?er|\.?[oa])(?![\w])"), _ordinal),),
)

AMERICAN = replace(SPANISH, groups=",", decimal=".", point="punto")


def of_region(region: str) -> Language:
    return AMERICAN if region in _DECIMAL_POINT else SPANISH
