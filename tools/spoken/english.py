"""English, British and American."""

from __future__ import annotations

import re
from dataclasses import replace

from tools.spoken import numerals
from tools.spoken.calendar import ISO_DATES, date, dated, month_pattern, number, time
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
    *("January", "February", "March", "April", "May", "June", "July"),
    *("August", "September", "October", "November", "December"),
)
SHORT = {
    f"{month[:3]}{dot}": index
    for index, month in enumerate(MONTHS, 1)
    for dot in (".", "")
    if month != "May"
} | {"Sept.": 9, "Sept": 9}
_MONTH = month_pattern(MONTHS, SHORT)
_YEAR = r"(?P<year>[12]\d{3})(?![\d%])"
_DAY = re.compile("(?:Mon|Tues|Wednes|Thurs|Fri|Satur|Sun)day|to(?:day|morrow|night)")
_HALF = r"[ap]\.m\.|[ap]\.?m(?!\w)|[AP]\.M\.|[AP]M(?!\w)"
_SCALES = (
    scales(10**3, "thousand|k: thousand")
    | scales(10**6, "million|mn: million")
    | scales(10**9, "billion|bn: billion")
    | scales(10**12, "trillion|tn: trillion")
)


def _date(day: int, month: str, year: str, before: str) -> str:
    """ "June third, 2024"; "the third of June 2024" where an article comes before the day."""
    rank = numerals.ordinal(day, "en")
    if before:
        return f"{before}{rank} of {month} {year}".strip()
    return f"{month} {rank}, {year}".removesuffix(", ")


def _slashes(language: Language, match: Match) -> Said | None:
    """3/4/2024, read with the day first if the region does so or the figures require it."""
    first, second = int(match[1]), int(match[2])
    british = (language.day_first and second <= 12) or first > 12
    day, month = (first, second) if british else (second, first)
    return dated(language, match[3], month, day, "the " if british else "")


def _clock(hour: int, minute: int, half: str) -> str:
    parts = [numerals.cardinal(hour % 12 or 12, "en")]
    named = half or hour > 12 or hour == 0
    if minute:
        parts.append(("oh " if minute < 10 else "") + numerals.cardinal(minute, "en"))
    elif not named:
        parts.append("o'clock")
    if named:
        parts.append("PM" if half == "pm" or 12 < hour < 24 else "AM")
    return " ".join(parts)


def _time(language: Language, match: Match) -> Said | None:
    """A time, with the full stop of "p.m." where that also ends the sentence."""
    found = time(language, match)
    after = match.string[match.end() : match.end() + 12].lstrip()
    ends = match[0].endswith(".") and (not after or after[0].isupper()) and not _DAY.match(after)
    return (f"{found[0]}.", found[1]) if found and ends else found


def _decade(year: int, _: Match) -> str:
    said = numerals.year(year, "en")
    return f"{said[:-1]}ies" if said.endswith("y") else f"{said}s"


ENGLISH = Language(
    code="en",
    groups=",",
    decimal=".",
    point="point",
    singly=True,
    minus="minus",
    to="to",
    percent=("percent", "per mille"),
    address=("at", "dot"),
    months=MONTHS,
    month_short=SHORT,
    date=_date,
    time=_clock,
    year=lambda year: numerals.year(year, "en"),
    scales=_SCALES,
    money_scales=_SCALES
    | scales(10**3, "K: thousand")
    | scales(10**6, "m|M|mm|MM: million")
    | scales(10**9, "b|B: billion"),
    currencies=currencies("""
        USD: dollar(s), cent(s); EUR: euro(s), cent(s); GBP: pound(s), penny|pence; JPY: yen;
        CHF: Swiss franc(s), centime(s); CNY: yuan; INR: rupee(s)
    """),
    units=nouns("""
        km/h: kilometer(s) per hour; m/s: meter(s) per second; mph: mile(s) per hour;
        km²: square kilometer(s); m²: square meter(s); m³: cubic meter(s); km: kilometer(s);
        cm: centimeter(s); mm: millimeter(s); m: meter(s); mi: mile(s); ft|ft.: foot|feet;
        kg: kilogram(s); mg: milligram(s); g: gram(s); lb|lbs: pound(s); oz: ounce(s);
        ml|mL: milliliter(s); l|L: liter(s); °C: degree(s) Celsius; °F: degree(s) Fahrenheit;
        °: degree(s); TB: terabyte(s); GB: gigabyte(s); MB: megabyte(s); kB|KB: kilobyte(s);
        GHz: gigahertz; MHz: megahertz; kHz: kilohertz; Hz: hertz; kWh: kilowatt hour(s);
        MW: megawatt(s); kW: kilowatt(s); W: watt(s); V: volt(s); px: pixel(s);
        fps: frame(s) per second; ms: millisecond(s); s|sec|sec.: second(s); min|min.: minute(s);
        h|hr|hrs|hr.: hour(s); x|×: time(s)
    """),
    fractions=nouns(
        "2: half|halves; 3: third(s); 4: quarter(s); 5: fifth(s); 8: eighth(s); 10: tenth(s)"
    ),
    signs=words("""
        &: and; +: plus; =: equals; <: is less than; >: is more than; *|×: times; ÷: divided by;
        ±: plus or minus; ~|≈: about; ≤: at most; ≥: at least; @: at; %: percent; €: euros;
        ²: squared; ³: cubed; °: degrees; →: to
    """),
    titles=words("""
        Dr.|Dr: Doctor; Mr.|Mr: Mister; Mrs.|Mrs: Missus; Ms.: Ms; Prof.: Professor; St.: Saint;
        Gov.: Governor; Gen.: General; Sen.: Senator; Rep.: Representative; Capt.: Captain;
        Lt.: Lieutenant; Sgt.: Sergeant; Rev.: Reverend; Mt.: Mount
    """),
    counters=words("""
        No.|no.|№|#: number; Nos.: numbers; Fig.|fig.: figure; Vol.|vol.: volume; pp.: pages;
        p.: page; Ch.|ch.: chapter; Max.|max.: at most; Min.|min.: at least; ca.: about
    """),
    abbreviations=words("""
        e.g.,: for example,; e.g.: for example; i.e.,: that is,; i.e.: that is; vs.: versus;
        approx.: approximately; a.k.a.|aka: also known as; incl.: including; excl.: excluding;
        est.: established; dept.: department; w/o: without; Jan.: January; Feb.: February;
        Aug.: August; Sept.|Sep.: September; Oct.: October; Nov.: November; Dec.: December;
        Mon.: Monday; Tue.|Tues.: Tuesday; Thurs.: Thursday; Fri.: Friday
    """)
    | {"w/": "with "},
    closing=words("""
        etc.: and so on; Inc.: Incorporated; Ltd.: Limited; Corp.: Corporation; Co.: Company;
        Jr.: Junior; Sr.: Senior; St.: Street; Ave.: Avenue; Blvd.: Boulevard; Rd.: Road
    """),
    money="{major} and {number} {cents}",
    rates="month|year|week|day|hour|hr|minute|min|second|person|user|unit|piece|seat|night",
    characters=letters(
        "A bee see dee ee ef gee aitch eye jay kay ell em en oh pee cue ar ess tee you vee "
        "double_you ex why zee",
        "acute, grave, circumflex, umlaut, tilde, cedilla",
        "dash, underscore, slash, dot, comma, colon, semicolon, hash, apostrophe, backslash, "
        "bracket, bracket, exclamation mark, question mark",
    ),
    early=(
        rule(
            rf"(?<!\w)(?P<month>{_MONTH}) (?P<day>\d{{1,2}})(?:st|nd|rd|th)?(?!\d|[.,:]\d)"
            rf"(?:,? {_YEAR})?",
            date,
        ),
        rule(
            rf"(?<![\w.,])(?P<the>[Tt]he )?(?P<day>\d{{1,2}})(?:st|nd|rd|th)?(?: of)? "
            rf"(?P<month>{_MONTH})(?!\w)(?:,? {_YEAR})?",
            lambda language, match: date(language, match, match["the"] or "the "),
        ),
        rule(
            rf"(?<![\d:.,])(?P<hour>\d{{1,2}})[:.](?P<minute>\d\d)(?::\d\d)? ?(?P<half>{_HALF})",
            _time,
        ),
        rule(rf"(?<![\d:.,])(?P<hour>\d{{1,2}})(?P<minute>) ?(?P<half>{_HALF})", _time),
        rule(
            r"(?<![\d:.,])(?P<hour>\d{1,2}):(?P<minute>\d\d)(?::\d\d)?(?: o['’]clock)?(?![\d:])",
            _time,
        ),
        number(r"(?<![\w.,])['’]?(?P<number>[1-9]0|[12]\d\d0)['’]?s(?!\w)", _decade),
        rule(r"(?<![\w/])24/7(?![\w/])", lambda _, __: ("twenty-four seven", None)),
        ISO_DATES,
        rule(r"(?<![\d/.])(\d{1,2})/(\d{1,2})/(\d{4}|\d{2})(?![\d/]|\.\d)", _slashes),
    ),
    late=(
        number(
            r"(?<![\d.,])(?P<number>\d{1,3}(?:,\d{3})+|\d{1,6})(?:st|nd|rd|th)(?!\w)",
            lambda rank, _: numerals.ordinal(rank, "en"),
        ),
        number(
            r"(?<![\w.,$€£])(?P<number>1[1-9]\d\d|20\d\d)(?!\w|[.,:]\d)",
            lambda year, _: numerals.year(year, "en"),
        ),
    ),
)

BRITISH = replace(ENGLISH, day_first=True)


def of_region(region: str) -> Language:
    """The American reading of 3/4/2024 unless the region puts the day first."""
    return ENGLISH if region in {"", "us", "ph", "ca"} else BRITISH
