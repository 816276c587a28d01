"""The rules that languages share, built from a language's tables, the most specific first."""

from __future__ import annotations

import re
from decimal import Decimal
from functools import lru_cache

from tools.spoken import numerals
from tools.spoken.language import Language, Match, Meaning, Names, Rule, Said, alternatives, rule

SYMBOLS = {"€": "EUR", "£": "GBP", "US$": "USD", "$": "USD", "¥": "JPY", "₹": "INR"}
CODES = ("EUR", "USD", "GBP", "JPY", "CHF", "CNY", "INR")

_EMAIL = r"(?<![\w@.+-])[\w.+-]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63}){1,6}(?!\w)"
_HOST = r"(?<![\w@.-])(?:[a-zA-Z0-9][\w-]{0,62}\.){1,5}[a-z]{2,24}(?![\w@]|\.\w)"
_GAP = r"[ .\-/]"
_PHONE = (
    rf"(?<![\w.,/+-])(?:\+\d(?:{_GAP}?[\d()]){{6,22}}"  # +49 30 123456
    rf"|\(\d{{2,5}}\) ?\d{{3,4}}[ -]?\d{{3,5}}"  # (555) 123-4567
    rf"|\d{{3}}[-.]\d{{3}}[-.]\d{{4}}|1-\d{{3}}-\d{{3}}-\d{{4}}|\d{{3}}-\d{{4}}"
    rf"|0\d{{1,5}}(?:[ /-]\d{{2,8}}){{1,5}})(?![\w-]|[.,]\d)"
)
_VULGAR = {"½": "12", "⅓": "13", "⅔": "23", "¼": "14", "¾": "34"}


@lru_cache(maxsize=8)
def rules(language: Language) -> tuple[Rule, ...]:
    """All rules of a language, in the order in which they are applied."""
    number = numerals.pattern(language)
    scale, money = alternatives(language.scales), alternatives(language.money_scales)
    coins = alternatives(SYMBOLS)
    named = "|".join((coins, *(rf"{code}(?!\w)" for code in CODES), _currency_words(language)))
    unit = alternatives(language.units)
    short = alternatives({**language.abbreviations, **language.closing})
    return (
        rule(_EMAIL, _address),
        rule(_HOST, _address),
        *language.early,
        rule(_PHONE, lambda language, match: (telephone(match[0], language), None)),
        rule(
            rf"(?P<currency>{coins}|(?<!\w)(?:{'|'.join(CODES)})) ?(?P<number>{number})"
            rf"(?: ?(?P<dash>[-–—]) ?(?P<upper>{number}))?(?:[ -]?(?P<scale>{money}))?",
            _money,
        ),
        rule(rf"(?P<number>{number})(?:[ -]?(?P<scale>{money}))? ?(?P<currency>{named})", _money),
        rule(rf"(?P<number>{number}) ?(?P<sign>[%‰]|(?:{language.percent_words})\b)", _percent),
        rule(rf"(?P<number>{number})[ -]?(?P<unit>{unit})", _unit),
        rule(rf"(?P<number>{number}) ?(?P<scale>{scale})", _scaled),
        rule(r"(?<![\d/.,])(?:(\d{1,4}) )?(\d{1,2})/(\d{1,2})(?![\d/]|[.,]\d)", _fraction),
        rule(rf"(?<![\d/.,])(?:(\d{{1,4}}) ?)?([{''.join(_VULGAR)}])", _fraction),
        *language.late,
        rule(r"(?<![\d.])\d{1,6}(?:\.\d{1,6}){2,5}(?!\.?\d)", _dotted),
        rule(r"(?<![\d.,])0\d{1,14}(?!\d|[.,]\d)", _digits),
        rule(number, _number),
        rule(rf"(?<!\d)\d{{1,{numerals.SINGLE_DIGITS}}}(?!\d)", _digits),
        rule(r"(?:(?<=[\d%])|(?<=\d[ap]m)|(?<=[ap]\.m\.))( ?[–—] ?)(?=[$€£¥+-]?\d)", _between, 1),
        rule(
            r"(?<![\w.-])\d[\d.,:]{0,19}(?:%| ?[ap]\.?m\.?)?(-)(?=\d[\d.,:]{0,19}(?![\w-]*-))",
            _between,
            1,
        ),
        rule(r"(?<![\d:])\d{1,4}(:)(?=\d{1,4}(?![\d:]))", _between, 1),
        rule(r"(?<![\w)\]%])[-−](?=\d)", lambda language, _: (f"{language.minus} ", None)),
        rule(
            rf"(?<!\w)(?:{alternatives(language.counters)})(?= ?\d)",
            lambda language, match: (language.counters[match[0]], None),
        ),
        rule(rf"(?<!\w)(?:{alternatives(language.titles)})(?= [^\W\d_])", _title),
        rule(rf"(?<![\w.])(?i:{short})", _abbreviation),
        rule(r"(?<![\w#])#(?=\w)|[™®©] ?", lambda _, __: ("", None)),
        rule(
            rf"(?<=[\w$€£¥])/(?=(?:{language.rates})(?!\w))",
            lambda language, _: (f" {language.per} ", None),
        ),
        rule(rf" ?(?:{alternatives(language.signs)}) ?", _sign),
        rule(r"(?<=[\w)])/(?=[\w(])", lambda _, __: (" ", None)),
    )


def _currency_words(language: Language) -> str:
    names = {name for whole, _ in language.currencies.values() for name in whole}
    words = "|".join(sorted(names, key=len, reverse=True))
    return rf"(?:{language.of}|{re.escape(language.of_vowel)})? ?(?:{words})(?!\w)"


def _address(language: Language, match: Match) -> Said | None:
    at, dot = language.address
    said = re.sub(r"[@.]", lambda m: f" {at if m[0] == '@' else dot} ", match[0])
    said = re.sub(r"\d+", lambda m: f" {numerals.digits(m[0], language.code)} ", said)
    said = re.sub(r"[_+-]+", " ", said)
    return " ".join(said.split()), None


def telephone(written: str, language: Language) -> str:
    """A telephone number read in the groups in which it is written."""
    groups = re.findall(r"\d+", written)
    plus = f"{language.signs['+']} " if written.startswith("+") else ""
    said = (
        numerals.cardinal(int(group), language.code)
        if language.pairs and len(group) == 2 and group[0] != "0"
        else numerals.digits(group, language.code)
        for group in groups
    )
    return plus + ", ".join(said)


def _money(language: Language, match: Match) -> Said | None:
    written = match["currency"].strip()
    code = SYMBOLS.get(written, written if written in CODES else "") or _code(language, written)
    if code not in language.currencies:
        return None
    names, hundredths = language.currencies[code]
    said, number = numerals.read_written(match["number"], language)
    upper = match.groupdict().get("upper")
    if upper:
        words, number = numerals.read_written(upper, language)
        said = f"{said} {language.to} {words}"
    whole = number == int(number) and not upper
    if match["scale"]:
        *scaled, factor = language.money_scales[match["scale"]]
        name = scaled[number != 1 or bool(upper)]
        counted = language.agree(said, name) if whole else said
        amount = _amount(number * factor, code)
        if not language.of or factor < 10**6:
            return f"{counted} {name} {names[1]}", amount
        of = language.of_vowel if names[1][0] in "aeiou" else language.of
        gap = "" if of.endswith("'") else " "
        return f"{counted} {name} {of}{gap}{names[1]}", amount
    cents = re.search(r"[.,](\d\d)$", match["number"])
    if cents and number != int(number) and hundredths[0] and not upper:
        return _coins(language, names, hundredths, number), _amount(number, code)
    name = names[number != 1 or bool(upper)]
    if whole:  # $3.00 is three dollars
        said = language.agree(numerals.cardinal(int(number), language.code), name)
    return f"{said} {name}", _amount(number, code)


def _coins(language: Language, names: Names, hundredths: Names, number: Decimal) -> str:
    whole, cents = int(number), int(number * 100) % 100
    minor = numerals.cardinal(cents, language.code)
    cent = hundredths[cents != 1]
    if not whole:
        return f"{language.agree(minor, cent)} {cent}"
    name = names[whole != 1]
    major = f"{language.agree(numerals.cardinal(whole, language.code), name)} {name}"
    return language.money.format(major=major, number=minor, cents=cent)


def _code(language: Language, name: str) -> str:
    bare = name.removeprefix(language.of_vowel).removeprefix(language.of).strip()
    return next((code for code, (names, _) in language.currencies.items() if bare in names), "")


def _amount(number: Decimal, code: str) -> Meaning:
    return Meaning("amount", number.normalize(), code)


def _plain(number: Decimal) -> Meaning:
    return Meaning("number", number.normalize())


def _agreed(language: Language, said: str, number: Decimal, noun: str) -> str:
    return language.agree(said, noun) if number == int(number) else said


def _counted(language: Language, written: str, one: str, many: str) -> tuple[str, Decimal]:
    """A number and the noun that it counts, and its value."""
    said, number = numerals.read_written(written, language)
    noun = one if number == 1 else many
    return f"{_agreed(language, said, number, noun)} {noun}", number


def _percent(language: Language, match: Match) -> Said | None:
    said, number = numerals.read_written(match["number"], language)
    per_mille = match["sign"] == "‰"
    meaning = Meaning("percent", number / (10 if per_mille else 1))
    words = _agreed(language, said, number, "percent")
    return f"{words} {language.percent[per_mille]}", meaning


def _unit(language: Language, match: Match) -> Said | None:
    said, number = _counted(language, match["number"], *language.units[match["unit"]])
    return said, _plain(number)


def _scaled(language: Language, match: Match) -> Said | None:
    one, many, factor = language.scales[match["scale"]]
    said, number = _counted(language, match["number"], one, many)
    return said, _plain(number * factor)


def _fraction(language: Language, match: Match) -> Said | None:
    whole, figures = match[1], _VULGAR.get(match[2]) or match.groups()[1:]
    upper, lower = map(int, figures)
    if str(lower) not in language.fractions or not 0 < upper < lower:
        return None
    name = language.fractions[str(lower)][upper != 1]
    said = f"{language.agree(numerals.cardinal(upper, language.code), name)} {name}"
    if whole:
        said = f"{numerals.cardinal(int(whole), language.code)} {language.signs['&']} {said}"
    return said, _plain(Decimal(int(whole or 0)) + Decimal(upper) / lower)


def _dotted(language: Language, match: Match) -> Said | None:
    parts = (numerals.cardinal(int(part), language.code) for part in match[0].split("."))
    return f" {language.address[1] if language.code != 'en' else 'point'} ".join(parts), None


def _digits(language: Language, match: Match) -> Said | None:
    return numerals.digits(match[0], language.code), _plain(Decimal(match[0]))


def _number(language: Language, match: Match) -> Said | None:
    following = re.match(r" ([^\W\d_]+)", match.string[match.end() : match.end() + 40])
    said, number = numerals.read_written(match[0], language)
    if following:
        said = _agreed(language, said, number, following[1])
    return said, _plain(number)


def _between(language: Language, match: Match) -> Said | None:
    return f" {language.to} ", None


def _sign(language: Language, match: Match) -> Said | None:
    sign, text = match[0].strip(), match.string
    before, after = (
        text[max(0, match.start() - 1) : match.start()],
        text[match.end() : match.end() + 1],
    )
    rise = sign == "+" and after.isdigit() and before != "+"  # +5%
    if (
        sign in "+=<>*×÷"
        and not rise
        and not (re.match(r"[\w)]", before) and re.match(r"[\w(]", after))
    ):
        return None  # as in C++, or a lone arrow
    if sign in "~≈@" and not after.isalnum():
        return None
    opens = " " if match[0][0] == " " else ""
    closes = " " if match[0][-1] == " " else ""
    return f"{opens}{language.signs[sign]}{closes}", None


def _title(language: Language, match: Match) -> Said | None:
    name = match.string[match.end() + 1]
    return (language.titles[match[0]], None) if name.isupper() else None


def _abbreviation(language: Language, match: Match) -> Said | None:
    """Anywhere, in lower case or with a capital; a dot stays where it also ends the sentence."""
    written, lower = match[0], match[0].lower()
    table = {**language.abbreviations, **language.closing}
    said = table.get(written) or table.get(lower)
    if said is None:
        return None
    if written[0].isupper() and lower in table:
        said = said[0].upper() + said[1:]
    if written.endswith(".") and lower in map(str.lower, language.closing):
        after = match.string[match.end() : match.end() + 3]
        ends = re.match(r"$|\n|[\"'”’»)]|\s+[^\W\d_]", after)
        capital = after.strip()[:1].isupper() or not after.strip() or after[:1] == "\n"
        said += "." if ends and capital else ""
    return said, None
