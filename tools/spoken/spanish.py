"""Spanish, of Spain and of the Americas (which differ in how they write decimals)."""

from __future__ import annotations

import re
from dataclasses import replace

from tools.spoken import numerals
from tools.spoken.calendar import DAY_FIRST_DATES, ISO_DATES, date, month_pattern, number, time
from tools.spoken.language import (
    Language,
    Match,
    Said,
    currencies,
    letters,
    nouns,
    rule,
    scales,
    words,
)

MONTHS = (
    *("enero", "febrero", "marzo", "abril", "mayo", "junio", "julio"),
    *("agosto", "septiembre", "octubre", "noviembre", "diciembre"),
)
SHORT = {f"{month[:3]}.": number for number, month in enumerate(MONTHS, 1)} | {"sept.": 9}
_DECIMAL_POINT = {"419", "mx", "us", "pr", "do", "gt", "hn", "ni", "pa", "sv"}  # 1,234.5
_SCALES = (
    scales(10**3, "mil: mil")
    | scales(10**6, "millón|millones: millón|millones")
    | scales(10**12, "billones: billón|billones")
)
_HALF = r"[ap]\. ?m\.|[ap]\.?m(?!\w)|[AP]\.?M(?!\w)"
_NO_NOUNS = {
    *("para", "pero", "como", "entre", "hasta", "desde", "sobre", "según", "cuando", "porque"),
    *("está", "están", "fueron", "sino", "percent"),
}


def _date(day: int, month: str, year: str, _: str) -> str:
    said = f"{numerals.cardinal(day, 'es') if day > 1 else 'primero'} de {month}"
    return f"{said} de {year}" if year else said


def _clock(hour: int, minute: int, half: str) -> str:
    said = re.sub("uno$", "una", numerals.cardinal(hour, "es"))
    if minute:
        said += f" {numerals.cardinal(minute, 'es')}"
    if half:
        said += " de la mañana" if half == "am" else " de la tarde"
    elif not minute:
        said += " en punto" if hour <= 12 else " horas"
    return said


def _telephone(_: Language, match: Match) -> Said | None:
    return ", ".join(numerals.digits(group, "es") for group in match[0].split()), None


def _ordinal(rank: int, match: Match) -> str:
    said, ending = numerals.ordinal(rank, "es"), match["ending"].lstrip(".")
    if ending in {"ª", "a"}:
        return " ".join(word.removesuffix("o") + "a" for word in said.split())
    return said.removesuffix("o") if ending == "er" else said


def _agree(number: str, noun: str) -> str:
    """uno before a noun: un, veintiún, una; doscientos: doscientas."""
    if noun in _NO_NOUNS or (len(noun) < 4 and noun not in {"mil", "año", "día", "mes"}):
        return number
    if noun.endswith(("a", "as")) and noun not in {"día", "días", "problema", "problemas"}:
        return re.sub("cientos", "cientas", re.sub("uno$", "una", number))
    return re.sub("veintiuno$", "veintiún", re.sub("(?<!ti)uno$", "un", number))


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
    date=_date,
    time=_clock,
    year=lambda year: numerals.cardinal(year, "es"),
    scales=_SCALES,
    money_scales=_SCALES | scales(10**3, "k: mil") | scales(10**6, "M: millón|millones"),
    of="de",
    of_vowel="de",
    currencies=currencies("""
        EUR: euro(s), céntimo(s); USD: dólar(es), centavo(s); GBP: libra(s), penique(s);
        JPY: yen(es); CHF: franco(s) suizo(s), céntimo(s); MXN: peso(s), centavo(s)
    """),
    units=nouns("""
        km/h: kilómetro(s) por hora; m/s: metro(s) por segundo; km²: kilómetro(s) cuadrado(s);
        m²: metro(s) cuadrado(s); m³: metro(s) cúbico(s); km: kilómetro(s); cm: centímetro(s);
        mm: milímetro(s); m: metro(s); kg: kilo(s); mg: miligramo(s); g: gramo(s); t: tonelada(s);
        ml: mililitro(s); l|L: litro(s); °C: grado(s) centígrado(s); °: grado(s); TB: terabyte(s);
        GB: gigabyte(s); MB: megabyte(s); GHz: gigahercio(s); MHz: megahercio(s); Hz: hercio(s);
        kWh: kilovatio(s) hora; kW: kilovatio(s); W: vatio(s); h: hora(s); min: minuto(s);
        s: segundo(s); ms: milisegundo(s)
    """),
    fractions=nouns("2: medio(s); 3: tercio(s); 4: cuarto(s)"),
    signs=words("""
        &: y; +: más; =: igual a; <: menor que; >: mayor que; *|×: por; ÷: entre; ±: más o menos;
        ~|≈: unos; @: arroba; %: por ciento; €: euros; ²: al cuadrado; ³: al cubo; °: grados; →: a
    """),
    titles=words("""
        Sr.: señor; Sra.: señora; Srta.: señorita; Sres.: señores; Dr.: doctor; Dra.: doctora;
        Prof.: profesor; Profa.: profesora; Lic.: licenciado; Ing.: ingeniero; Sto.: santo;
        Sta.: santa
    """),
    counters=words("""
        n.º|N.º|nº|Nº|núm.|#: número; pág.: página; págs.: páginas; p.: página; máx.: máximo;
        mín.: mínimo; art.: artículo; cap.: capítulo
    """),
    abbreviations=words("""
        p. ej.|p.ej.: por ejemplo; aprox.: aproximadamente; Ud.|Vd.: usted; Uds.: ustedes;
        EEUU: Estados Unidos; tel.: teléfono; Avda.|Av.: avenida; c/u: cada uno
    """),
    closing=words("""
        etc.: etcétera; EE. UU.|EE.UU.: Estados Unidos; a. C.: antes de Cristo;
        d. C.: después de Cristo; S.A.: sociedad anónima
    """),
    money="{major} con {number} {cents}",
    rates="mes|año|semana|día|hora|minuto|segundo|persona|noche",
    per="por",
    characters=letters(
        "a be ce de e efe ge hache i jota ka ele eme ene o pe cu erre ese te u uve uve_doble "
        "equis i_griega zeta",
        "con tilde, con acento grave, con circunflejo, con diéresis, con virgulilla, con cedilla",
        "guion, guion bajo, barra, punto, coma, dos puntos, punto y coma, almohadilla, apóstrofo, "
        "barra inversa, paréntesis, paréntesis, signo de exclamación, signo de interrogación",
    )
    | {"ñ": "eñe"},
    agree=_agree,
    early=(
        rule(r"(?<![\w.,+-])[6-9]\d\d \d{3} \d{3}(?![\w-]| \d|[.,]\d)", _telephone),
        rule(
            rf"(?<![\w.,])(?P<day>\d{{1,2}})(?:\.?º)? de (?P<month>{month_pattern(MONTHS, SHORT)})"
            r"(?!\w)(?: (?:de|del) (?P<year>[12]\d{3})(?![\d%]))?",
            date,
        ),
        ISO_DATES,
        DAY_FIRST_DATES,
        rule(rf"(?<![\d:.,])(?P<hour>\d{{1,2}})(?::(?P<minute>\d\d))? ?(?P<half>{_HALF})", time),
        rule(
            r"(?<![\d:.,])(?P<hour>\d{1,2}):(?P<minute>\d\d)(?![\d:])(?: ?h(?:oras)?(?!\w))?", time
        ),
    ),
    late=(
        number(r"(?<![\d.,])(?P<number>\d{1,3})(?P<ending>\.?[ºª]|\.?er|\.?[oa])(?!\w)", _ordinal),
    ),
)

AMERICAN = replace(SPANISH, groups=",", decimal=".", point="punto")


def of_region(region: str) -> Language:
    return AMERICAN if region in _DECIMAL_POINT else SPANISH
