"""Narration as text: made fit for a voice, cut into sentences, given its pauses.

It knows nothing about voices and languages; ``tools/speech/scripts.py`` decides whether a voice can
say a text. Every pattern is bounded, so that hostile text costs linear time.
"""

from __future__ import annotations

import html
import re
import unicodedata
from collections.abc import Iterator
from urllib.parse import urlsplit

from tools.errors import TextError
from tools.messages import excerpt

MAX_CHARACTERS = 50_000  # about an hour of speech
MAX_SENTENCE = 300  # characters: the most that a synthesiser is given at once

Rewrite = tuple[re.Pattern[str], str]


def _rewrites(*pairs: tuple[str, str]) -> tuple[Rewrite, ...]:
    return tuple((re.compile(pattern, re.MULTILINE), new) for pattern, new in pairs)


_TAGS_AND_LINKS = _rewrites(
    (r"<!--[^<>]{0,2000}-->", " "),
    (r"</?(?:p|div|br|li|ul|ol|h[1-6]|tr|table|blockquote)\b[^<>]{0,500}>", "\n\n"),
    (r"<((?:https?|mailto):[^\s<>]{1,2000})>", r"\1"),
    (r"</?[A-Za-z][^<>]{0,500}>|<[?!][^<>]{0,500}>", " "),
    (r"!?\[([^\[\]]{0,500})\]\([^()\s]{0,2000}(?: [^()]{0,500})?\)", r"\1"),
    (r"!?\[([^\[\]]{0,500})\]\[[^\[\]]{0,200}\]", r"\1"),
)
_URL = re.compile(r"\b(?:https?://|ftp://|mailto:|www\.)[^\s<>\"”)\]]+", re.IGNORECASE)
_LAYOUT = _rewrites(
    (r"^ ?(?:```|~~~).*$", ""),  # the fence of a code block
    (r"^[ :|=_*-]{3,}$", ""),  # a rule, or the line under the head of a table
    (r"^ ?#{1,6} (.*)$", r"\n\n\1\n\n"),  # a heading
    (r"^ ?(?:> ?)+", ""),  # a quotation
    (r"^ ?[-*+•‣◦] (?:\[[ xX]\] )?", "\n\n"),  # an item of a list
    (r"^ ?(\d{1,3})[.)] ", r"\n\n\1, "),  # an item of a numbered list
    (r"(?<!\w)[*_~`]+|[*_~`]+(?!\w)", ""),  # emphasis, code
    (r" ?\| ?", ", "),  # the cells of a table
    (r"[\[\]{}\\]+", " "),  # among them the phoneme brackets of espeak-ng and piper
)
_TIDY = _rewrites(
    (r"(?<= )#+(?= |$)", ""),  # the tail of a heading
    (r"(?<!\S)[\u200c\u200d]+|[\u200c\u200d]+(?!\S)", ""),  # left over from emoji
    (r" +", " "),
    (r" (?=[,.!?;:](?:\s|$))", ""),
    (r",(?: ?,)+", ","),
    (r"^[ ,;:]+|[ ,]+$", ""),
)
_PLAIN = str.maketrans({"‘": "'", "’": "'", "ʼ": "'", "‐": "-", "‑": "-", "\t": " "})
_PARAGRAPHS = re.compile(r"\n\s*\n|[\u2028\u2029\f\v]")


def spoken(text: str) -> str:
    """The part of ``text`` that a voice should say: plain words with their punctuation.

    Markdown, HTML and SSML are removed, emoji and control characters dropped, web addresses
    shortened to the host, Unicode composed, look-alike letters (𝓗, ｆ, ﬁ) made plain. White space
    becomes single spaces; paragraphs (headings and list items are paragraphs) are separated by
    exactly one blank line. Speakable text is returned unchanged.

    Raises TextError when there is nothing to say, or more than ``MAX_CHARACTERS``.
    """
    if not text.strip():
        raise TextError("The narration is empty; give at least one word to say.")
    if len(text) > MAX_CHARACTERS:
        raise TextError(
            f"The narration is {len(text):,} characters long; "
            f"at most {MAX_CHARACTERS:,} can be spoken in one video."
        )
    plain = re.sub(r"\r\n?|\x85", "\n", text)
    for _ in range(2):  # twice, for escaped markup: &lt;b&gt;
        plain = _rewritten(re.sub(r"[ \t]+", " ", html.unescape(plain)), _TAGS_AND_LINKS)
        plain = _rewritten(_URL.sub(_host, plain), _LAYOUT)
    paragraphs = _PARAGRAPHS.split(plain_characters(plain))
    tidied = (_rewritten(" ".join(p.split()), _TIDY) for p in paragraphs)
    kept = "\n\n".join(p for p in tidied if any(map(str.isalnum, p)))
    if not kept:
        raise TextError(
            f"There is nothing to say in “{excerpt(' '.join(text.split()), 40)}”; "
            "give at least one word to say."
        )
    return kept


def _rewritten(text: str, rewrites: tuple[Rewrite, ...]) -> str:
    for pattern, new in rewrites:
        text = pattern.sub(new, text)
    return text


def _host(match: re.Match[str]) -> str:
    """The part of a web address that people say, and the punctuation that follows it."""
    address = match.group()
    bare = address.rstrip(".,;:!?'")
    if bare.lower().startswith("mailto:"):
        host = bare[7:].partition("?")[0]
    else:
        try:
            parts = urlsplit(bare if "://" in bare else f"http://{bare}")
            host = parts.hostname or ""
        except ValueError:  # such as an unclosed IPv6 bracket
            host = ""
    return host.removeprefix("www.") + address[len(bare) :]


def plain_characters(text: str) -> str:
    """``text`` composed, without emoji and control characters, look-alike letters made plain."""
    composed = unicodedata.normalize("NFC", text.translate(_PLAIN))
    composed = re.sub("([\u0300-\u036f]{3})[\u0300-\u036f]+", r"\1", composed)  # “zalgo”
    return "".join(map(_plain, composed))


def _plain(character: str) -> str:
    category = unicodedata.category(character)
    if character in "\n\f\v\u2028\u2029\u200c\u200d":  # the joiners spell words in many scripts
        return character
    if category[0] == "C" or character in "\u20e3\ufe0e\ufe0f":
        return ""
    if category in ("So", "Sk") and character >= "\u2190":  # emoji, dingbats; © and ° are said
        return " "
    if category[0] == "L" or category == "Nd":
        return unicodedata.normalize("NFKC", character)
    return character


# --- Sentences ------------------------------------------------------------------------------

_CLOSERS = "\"'”’»)›」』）"
_END = re.compile(rf"(?:[.!?…]+[{_CLOSERS}]*(?=\s|$)|[。！？｡؟۔।॥]+[{_CLOSERS}]*)\s*")
_ABBREVIATIONS = re.compile(
    "mr|mrs|ms|dr|prof|st|sr|sra|jr|gen|rep|sen|capt|lt|col|sgt|rev|hon|vs|etc|approx|no|vol|fig|"
    "inc|ltd|co|corp|dept|est|jan|feb|mar|apr|jun|jul|aug|sept?|oct|nov|dec|mt|ft|"
    "bzw|ca|usw|nr|str|inkl|evtl|ggf|tel|mme|mlle|av",
    re.IGNORECASE,
)
_SOFT_BREAK = re.compile(r"[,;:–—，、；：](?:\s+|(?=[^\W\d]))|\s+[–—-]\s+")


def sentences(text: str) -> list[str]:
    """``text`` (from ``spoken``) cut into sentences, none longer than ``MAX_SENTENCE`` characters.

    A sentence keeps its closing punctuation; one that ends a paragraph also ends in a newline.
    Abbreviations, initials, decimals and dots within a sentence do not end one. A sentence that is
    too long is cut at a comma or the like, else between words, else anywhere.
    """
    found: list[str] = []
    for paragraph in text.split("\n"):
        if pieces := [p for s in _split(paragraph) for p in _bounded(s)]:
            found += [*pieces[:-1], f"{pieces[-1]}\n"]
    if found:
        found[-1] = found[-1].rstrip("\n")
    return found


def whole_sentences(text: str) -> list[str]:
    """``text`` (from ``spoken``) cut into sentences, however long they are, without newlines."""
    return [sentence for paragraph in text.split("\n") for sentence in _split(paragraph)]


def _split(paragraph: str) -> Iterator[str]:
    start = 0
    for end in _END.finditer(paragraph):
        before, after = paragraph[start : end.start()], paragraph[end.end() :]
        if after and not _ends(before, end.group().strip(), after[0]):
            continue
        yield paragraph[start : end.end()].strip()
        start = end.end()
    if rest := paragraph[start:].strip():
        yield rest


def _ends(before: str, mark: str, following: str) -> bool:
    """Whether ``mark`` between the two really ends a sentence."""
    if following.islower():
        return False
    if mark != ".":
        return True
    words = before[-40:].split()
    word = words[-1].strip("\"'“‘«(") if words else ""
    initial = len(word) == 1 and word.isalpha() and word != "I"
    dotted = "." in word and word.replace(".", "").isalpha()  # e.g, U.S, z.B
    return not (initial or dotted or _ABBREVIATIONS.fullmatch(word))


def _bounded(sentence: str) -> Iterator[str]:
    while len(sentence) > MAX_SENTENCE:
        cuts = [m.end() for m in _SOFT_BREAK.finditer(sentence, 0, MAX_SENTENCE)]
        cut = cuts[-1] if cuts and cuts[-1] > MAX_SENTENCE // 3 else 0
        cut = cut or sentence.rfind(" ", 1, MAX_SENTENCE) + 1 or MAX_SENTENCE
        yield sentence[:cut].strip()
        sentence = sentence[cut:].strip()
    if sentence:
        yield sentence


_PAUSES = {
    **dict.fromkeys(".。｡۔।॥", 0.42),
    **dict.fromkeys("!?！？؟", 0.46),
    "…": 0.6,
    **dict.fromkeys(";:；：", 0.3),
    **dict.fromkeys(",，、–—-", 0.2),
}
_PARAGRAPH_PAUSE = 0.4
_NO_PAUSE = 0.08  # where a long sentence was cut between two words


def pause_after(sentence: str) -> float:
    """Seconds of silence after a sentence of ``sentences``, by how it ends."""
    bare = sentence.rstrip(f"{_CLOSERS}\n ")
    ellipsis = bare.endswith("..")
    pause = _PAUSES["…"] if ellipsis else _PAUSES.get(bare[-1:], _NO_PAUSE)
    return pause + _PARAGRAPH_PAUSE * sentence.endswith("\n")


# --- Words ----------------------------------------------------------------------------------

_HAN = "\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003134f"
_WORD = re.compile(rf"[{_HAN}]|[^\s{_HAN}—…/，。、！？；：“”「」『』（）《》〈〉【】·]+")
_ATTACHED = "".join(map(chr, (*range(33, 48), *range(58, 65), *range(91, 97), *range(123, 127))))
_ATTACHED = _ATTACHED.translate({ord(c): None for c in "$%&#@+"}) + "«»„‚‘’¿¡–‐‑؟،؛۔।॥․‧"


def words(text: str) -> list[tuple[str, int]]:
    """The words of ``text`` without punctuation, each with the index of its first character.

    A word is what is between spaces, dashes or slashes; every Han character is a word.
    """
    found = []
    for match in _WORD.finditer(text):
        word = match.group().strip(_ATTACHED)
        if any(map(str.isalnum, word)):
            found.append((word, match.start() + match.group().index(word)))
    return found
