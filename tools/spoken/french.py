"""French."""

from __future__ import annotations

import re

from tools.spoken import numerals
from tools.spoken.calendar import (
    CLOCK_TIMES,
    DAY_FIRST_DATES,
    ISO_DATES,
    date,
    month_pattern,
    number,
    time,
)
from tools.spoken.language import Language, Match, currencies, letters, nouns, rule, scales, words

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
_SCALES = (
    scales(10**3, "mille: mille")
    | scales(10**6, "million|millions|Mio: million(s)")
    | scales(10**9, "milliard|milliards|Mrd: milliard(s)")
)
_FEMININE = re.compile(
    "heure|minute|seconde|livre|tonne|personne|femme|fille|semaine|équipe|page|idée|place|foi|"
    r"\w+(?:tion|sion|ette|esse|ance|ence|ité|née|ture)"
)


def _date(day: int, month: str, year: str, _: str) -> str:
    return f"{numerals.cardinal(day, 'fr') if day > 1 else 'premier'} {month} {year}".rstrip()


def _clock(hour: int, minute: int, _: str) -> str:
    said = f"{_agree(numerals.cardinal(hour, 'fr'), 'heure')} heure{'s' if hour > 1 else ''}"
    return f"{said} {_agree(numerals.cardinal(minute, 'fr'), 'minute')}" if minute else said


def _ordinal(rank: int, match: Match) -> str:
    if rank == 1:
        return "première" if match["ending"].startswith(("re", "ère")) else "premier"
    return numerals.ordinal(rank, "fr") + ("s" if match["ending"].endswith("s") else "")


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
    date=_date,
    time=_clock,
    year=lambda year: numerals.cardinal(year, "fr"),
    scales=_SCALES,
    money_scales=_SCALES
    | scales(10**3, "k: mille")
    | scales(10**6, "M: million(s)")
    | scales(10**9, "Md|Mds: milliard(s)"),
    of="de",
    of_vowel="d'",
    currencies=currencies("""
        EUR: euro(s), centime(s); USD: dollar(s), cent(s); GBP: livre(s), penny|pence; JPY: yen(s);
        CHF: franc(s) suisse(s), centime(s)
    """),
    units=nouns("""
        km/h: kilomètre(s) à l'heure; m/s: mètre(s) par seconde; km²: kilomètre(s) carré(s);
        m²: mètre(s) carré(s); m³: mètre(s) cube(s); km: kilomètre(s); cm: centimètre(s);
        mm: millimètre(s); m: mètre(s); kg: kilo(s); mg: milligramme(s); g: gramme(s); t: tonne(s);
        ml: millilitre(s); l|L: litre(s); °C: degré(s) Celsius; °: degré(s); To: téraoctet(s);
        Go: gigaoctet(s); Mo: mégaoctet(s); GHz: gigahertz; MHz: mégahertz; Hz: hertz;
        kWh: kilowattheure(s); kW: kilowatt(s); W: watt(s); min: minute(s); s: seconde(s);
        ms: milliseconde(s)
    """),
    fractions=nouns("2: demi(s); 3: tiers; 4: quart(s)"),
    signs=words("""
        &: et; +: plus; =: égale; <: inférieur à; >: supérieur à; *|×: fois; ÷: divisé par;
        ±: plus ou moins; ~|≈: environ; @: arobase; %: pour cent; €: euros; ²: au carré; ³: au cube;
        °: degrés; →: à
    """),
    titles=words("""
        M.: monsieur; MM.: messieurs; Mme: madame; Mmes: mesdames; Mlle: mademoiselle;
        Dr|Dr.: docteur; Pr: professeur; St: saint; Ste: sainte
    """),
    counters=words("""
        n°|N°|nº|#: numéro; p.: page; pp.: pages; art.: article; chap.: chapitre; max.: maximum;
        min.: minimum
    """),
    abbreviations=words("""
        p. ex.|p.ex.: par exemple; c.-à-d.: c'est-à-dire; env.: environ; tél.: téléphone;
        bd|bd.: boulevard; cf.: voir; svp: s'il vous plaît
    """),
    closing=words("""
        etc.: et cetera; av. J.-C.: avant Jésus-Christ; apr. J.-C.: après Jésus-Christ;
        s.v.p.: s'il vous plaît
    """),
    money="{major} {number}",
    rates="mois|an|année|semaine|jour|heure|minute|seconde|personne|nuit",
    per="par",
    characters=letters(
        "a bé cé dé euh èffe gé ache i ji ka elle aime enne o pé ku erre èsse té u vé double_vé "
        "ixe i_grec zède",
        "accent aigu, accent grave, accent circonflexe, tréma, tilde, cédille",
        "tiret, tiret bas, barre oblique, point, virgule, deux-points, point-virgule, dièse, "
        "apostrophe, barre inverse, parenthèse, parenthèse, point d'exclamation, "
        "point d'interrogation",
    )
    | {"œ": "euh dans l'o", "æ": "euh dans l'a"},
    agree=_agree,
    early=(
        rule(
            rf"(?<![\w.,])(?P<day>\d{{1,2}})(?:er)? (?P<month>{month_pattern(MONTHS, SHORT)})(?!\w)"
            r"(?: (?P<year>[12]\d{3})(?![\d%]))?",
            date,
        ),
        ISO_DATES,
        DAY_FIRST_DATES,
        rule(r"(?<![\d:.,])(?P<hour>\d{1,2}) ?h(?: ?(?P<minute>\d\d))?(?!\w)", time),
        CLOCK_TIMES,
    ),
    late=(
        number(
            r"(?<![\d.,])(?P<number>\d{1,4})(?P<ending>ers?|res?|ères?|ndes?|nds?|èmes?|emes?|es?)(?!\w)",
            _ordinal,
        ),
    ),
    pairs=True,
)


def of_region(region: str) -> Language:
    return FRENCH
