"""English, British and American."""

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
    year_number,
)
from tools.spoken.language import Currency, Language, Meaning, Rule, Said

Match = re.Match[str]

MONTHS = (
    *("January", "February", "March", "April", "May", "June", "July"),
    *("August", "September", "October", "November", "December"),
)
SHORT = {
    f"{month[:3]}{dot}": number
    for number, month in enumerate(MONTHS, 1)
    for dot in (".", "")
    if month != "May"
} | {"Sept.": 9, "Sept": 9}
_MONTH = month_pattern(MONTHS, SHORT)
_YEAR = r"(?P<year>[12]\d{3})(?![\d%])"
_DAY = re.compile("(?:Mon|Tues|Wednes|Thurs|Fri|Satur|Sun)day|to(?:day|morrow|night)")
_SCALES = {
    **dict.fromkeys(("thousand",), ("thousand", "thousand", 10**3)),
    **dict.fromkeys(("million", "mn"), ("million", "million", 10**6)),
    **dict.fromkeys(("billion", "bn"), ("billion", "billion", 10**9)),
    **dict.fromkeys(("trillion", "tn"), ("trillion", "trillion", 10**12)),
    "k": ("thousand", "thousand", 10**3),
}


def _date(year: str | None, month: int, day: int, british: bool = False) -> Said | None:
    if not 1 <= day <= 31 or not 1 <= month <= 12:
        return None
    name, number = MONTHS[month - 1], numerals.ordinal(day, "en")
    said = f"the {number} of {name}" if british else f"{name} {number}"
    if year:
        said += f"{'' if british else ','} {numerals.year(int(year), 'en')}"
    return said, day_meaning(year, month, day)


def _month_first(match: Match) -> Said | None:
    return _date(match["year"], month_number(match["month"], MONTHS, SHORT), int(match["day"]))


def _day_first(match: Match) -> Said | None:
    said = _date(
        match["year"], month_number(match["month"], MONTHS, SHORT), int(match["day"]), british=True
    )
    if said and match["the"]:
        return match["the"] + said[0].removeprefix("the "), said[1]
    return said


def _slashes(day_first: bool) -> Rule:
    def say(match: Match) -> Said | None:
        first, second = int(match[1]), int(match[2])
        british = (day_first and second <= 12) or first > 12
        day, month = (first, second) if british else (second, first)
        return _date(year_number(match[3]), month, day, british)

    return Rule(re.compile(r"(?<![\d/.])(\d{1,2})/(\d{1,2})/(\d{4}|\d{2})(?![\d/]|\.\d)"), say)


def _time(match: Match) -> Said | None:
    hour, minute = int(match["hour"]), int(match["minute"] or 0)
    half = (match["half"] or "").replace(".", "").lower()
    if hour > (12 if half else 24) or minute > 59:
        return None
    later = half == "pm" or hour > 12
    shown = hour % 12 or 12
    named = half or hour > 12 or hour == 0
    parts = [numerals.cardinal(shown, "en")]
    if minute:
        parts.append(("oh " if minute < 10 else "") + numerals.cardinal(minute, "en"))
    elif not named:
        parts.append("o'clock")
    if named:
        parts.append("PM" if later and hour != 24 else "AM")
    said = " ".join(parts)
    after = match.string[match.end() : match.end() + 12].lstrip()
    if match[0].endswith(".") and (not after or after[0].isupper()) and not _DAY.match(after):
        said += "."
    meant = hour % 12 + (12 if later else 0) if named else hour
    return said, clock_meaning(meant % 24, minute)


def _ordinal(match: Match) -> Said | None:
    number = int(match[1].replace(",", ""))
    return numerals.ordinal(number, "en"), Meaning("number", Decimal(number))


def _year(match: Match) -> Said | None:
    number = int(match[1])
    return numerals.year(number, "en"), Meaning("number", Decimal(number))


def _decade(match: Match) -> Said | None:
    number = int(match[1])
    said = (numerals.cardinal if number < 100 else numerals.year)(number, "en")
    plural = f"{said[:-1]}ies" if said.endswith("y") else f"{said}s"
    return plural, Meaning("number", Decimal(number))


_HALF = r"[ap]\.m\.|[ap]\.?m(?!\w)|[AP]\.M\.|[AP]M(?!\w)"
_EARLY = (
    Rule(
        re.compile(
            rf"(?<!\w)(?P<month>{_MONTH}) (?P<day>\d{{1,2}})(?:st|nd|rd|th)?(?!\d|[.,:]\d)"
            rf"(?:,? {_YEAR})?"
        ),
        _month_first,
    ),
    Rule(
        re.compile(
            rf"(?<![\w.,])(?P<the>[Tt]he )?(?P<day>\d{{1,2}})(?:st|nd|rd|th)?(?: of)? "
            rf"(?P<month>{_MONTH})(?!\w)(?:,? {_YEAR})?"
        ),
        _day_first,
    ),
    Rule(
        re.compile(
            rf"(?<![\d:.,])(?P<hour>\d{{1,2}})[:.](?P<minute>\d\d)(?::\d\d)? ?(?P<half>{_HALF})"
        ),
        _time,
    ),
    Rule(re.compile(rf"(?<![\d:.,])(?P<hour>\d{{1,2}})(?P<minute>) ?(?P<half>{_HALF})"), _time),
    Rule(
        re.compile(
            r"(?<![\d:.,])(?P<hour>\d{1,2}):(?P<minute>\d\d)(?P<half>)(?::\d\d)?"
            r"(?: o['’]clock)?(?![\d:])"
        ),
        _time,
    ),
    Rule(re.compile(r"(?<![\w.,])['’]?([1-9]0|[12]\d\d0)['’]?s(?!\w)"), _decade),
    Rule(re.compile(r"(?<![\w/])24/7(?![\w/])"), lambda _: ("twenty-four seven", None)),
)
_LATE = (
    Rule(re.compile(r"(?<![\d.,])(\d{1,3}(?:,\d{3})+|\d{1,6})(?:st|nd|rd|th)(?!\w)"), _ordinal),
    Rule(re.compile(r"(?<![\w.,$€£])(1[1-9]\d\d|20\d\d)(?!\w|[.,:]\d)"), _year),
)

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
    scales=_SCALES,
    money_scales=_SCALES
    | {
        **dict.fromkeys(("K",), ("thousand", "thousand", 10**3)),
        **dict.fromkeys(("m", "M", "mm", "MM"), ("million", "million", 10**6)),
        **dict.fromkeys(("b", "B"), ("billion", "billion", 10**9)),
    },
    currencies={
        "USD": Currency("dollar", "dollars", "cent", "cents"),
        "EUR": Currency("euro", "euros", "cent", "cents"),
        "GBP": Currency("pound", "pounds", "penny", "pence"),
        "JPY": Currency("yen", "yen"),
        "CHF": Currency("Swiss franc", "Swiss francs", "centime", "centimes"),
        "CNY": Currency("yuan", "yuan"),
        "INR": Currency("rupee", "rupees"),
    },
    units={
        "km/h": ("kilometer per hour", "kilometers per hour"),
        "m/s": ("meter per second", "meters per second"),
        "mph": ("mile per hour", "miles per hour"),
        "km²": ("square kilometer", "square kilometers"),
        "m²": ("square meter", "square meters"),
        "m³": ("cubic meter", "cubic meters"),
        "km": ("kilometer", "kilometers"),
        "cm": ("centimeter", "centimeters"),
        "mm": ("millimeter", "millimeters"),
        "m": ("meter", "meters"),
        "mi": ("mile", "miles"),
        **dict.fromkeys(("ft", "ft."), ("foot", "feet")),
        "kg": ("kilogram", "kilograms"),
        "mg": ("milligram", "milligrams"),
        "g": ("gram", "grams"),
        **dict.fromkeys(("lb", "lbs"), ("pound", "pounds")),
        "oz": ("ounce", "ounces"),
        **dict.fromkeys(("ml", "mL"), ("milliliter", "milliliters")),
        **dict.fromkeys(("l", "L"), ("liter", "liters")),
        "°C": ("degree Celsius", "degrees Celsius"),
        "°F": ("degree Fahrenheit", "degrees Fahrenheit"),
        "°": ("degree", "degrees"),
        "TB": ("terabyte", "terabytes"),
        "GB": ("gigabyte", "gigabytes"),
        "MB": ("megabyte", "megabytes"),
        **dict.fromkeys(("kB", "KB"), ("kilobyte", "kilobytes")),
        "GHz": ("gigahertz", "gigahertz"),
        "MHz": ("megahertz", "megahertz"),
        "kHz": ("kilohertz", "kilohertz"),
        "Hz": ("hertz", "hertz"),
        "kWh": ("kilowatt hour", "kilowatt hours"),
        "MW": ("megawatt", "megawatts"),
        "kW": ("kilowatt", "kilowatts"),
        "W": ("watt", "watts"),
        "V": ("volt", "volts"),
        "px": ("pixel", "pixels"),
        "fps": ("frame per second", "frames per second"),
        "ms": ("millisecond", "milliseconds"),
        **dict.fromkeys(("s", "sec", "sec."), ("second", "seconds")),
        **dict.fromkeys(("min", "min."), ("minute", "minutes")),
        **dict.fromkeys(("h", "hr", "hrs", "hr."), ("hour", "hours")),
        **dict.fromkeys(("x", "×"), ("time", "times")),
    },
    fractions={
        2: ("half", "halves"),
        3: ("third", "thirds"),
        4: ("quarter", "quarters"),
        5: ("fifth", "fifths"),
        8: ("eighth", "eighths"),
        10: ("tenth", "tenths"),
    },
    signs={
        "&": "and",
        "+": "plus",
        "=": "equals",
        "<": "is less than",
        ">": "is more than",
        **dict.fromkeys("*×", "times"),
        "÷": "divided by",
        "±": "plus or minus",
        **dict.fromkeys("~≈", "about"),
        "≤": "at most",
        "≥": "at least",
        "@": "at",
        "%": "percent",
        "€": "euros",
        "²": "squared",
        "³": "cubed",
        "°": "degrees",
        "→": "to",
    },
    titles={
        **dict.fromkeys(("Dr.", "Dr"), "Doctor"),
        **dict.fromkeys(("Mr.", "Mr"), "Mister"),
        **dict.fromkeys(("Mrs.", "Mrs"), "Missus"),
        "Ms.": "Ms",
        "Prof.": "Professor",
        "St.": "Saint",
        "Gov.": "Governor",
        "Gen.": "General",
        "Sen.": "Senator",
        "Rep.": "Representative",
        "Capt.": "Captain",
        "Lt.": "Lieutenant",
        "Sgt.": "Sergeant",
        "Rev.": "Reverend",
        "Mt.": "Mount",
    },
    counters={
        **dict.fromkeys(("No.", "no.", "№"), "number"),
        "Nos.": "numbers",
        "#": "number ",
        **dict.fromkeys(("Fig.", "fig."), "figure"),
        **dict.fromkeys(("Vol.", "vol."), "volume"),
        **dict.fromkeys(("Ch.", "ch."), "chapter"),
        "pp.": "pages",
        "p.": "page",
        **dict.fromkeys(("Max.", "max."), "at most"),
        **dict.fromkeys(("Min.", "min."), "at least"),
        "ca.": "about",
    },
    abbreviations={
        "e.g.,": "for example,",
        "e.g.": "for example",
        "i.e.,": "that is,",
        "i.e.": "that is",
        "etc.": "and so on",
        "vs.": "versus",
        "approx.": "approximately",
        **dict.fromkeys(("a.k.a.", "aka"), "also known as"),
        "incl.": "including",
        "excl.": "excluding",
        "est.": "established",
        "dept.": "department",
        "w/o": "without",
        "w/": "with ",
        "Inc.": "Incorporated",
        "Ltd.": "Limited",
        "Corp.": "Corporation",
        "Co.": "Company",
        "Jr.": "Junior",
        "Sr.": "Senior",
        "St.": "Street",
        "Ave.": "Avenue",
        "Blvd.": "Boulevard",
        "Rd.": "Road",
        "Jan.": "January",
        "Feb.": "February",
        "Aug.": "August",
        **dict.fromkeys(("Sept.", "Sep."), "September"),
        "Oct.": "October",
        "Nov.": "November",
        "Dec.": "December",
        "Mon.": "Monday",
        **dict.fromkeys(("Tue.", "Tues."), "Tuesday"),
        "Thurs.": "Thursday",
        "Fri.": "Friday",
    },
    closing=frozenset(
        {"st.", "etc.", "inc.", "ltd.", "corp.", "co.", "jr.", "sr.", "ave.", "blvd.", "rd."}
    ),
    money="{major} and {number} {cents}",
    early=(*_EARLY, iso_dates(_date), _slashes(day_first=False)),
    late=_LATE,
    rates="month|year|week|day|hour|hr|minute|min|second|person|user|unit|piece|seat|night",
)

BRITISH = replace(ENGLISH, early=(*_EARLY, iso_dates(_date), _slashes(day_first=True)))


def of_region(region: str) -> Language:
    """The American reading of 3/4/2024 unless the region puts the day first."""
    return ENGLISH if region in {"", "us", "ph", "ca"} else BRITISH
