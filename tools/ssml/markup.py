"""Reading SSML from a text with a small scanner of its own, which resolves no names and no DTDs.

It accepts those elements of "Speech Synthesis Markup Language 1.1" (W3C, 2010) that ``tags``
names, and refuses everything else that looks like a tag. Every pattern is bounded and refusals are
counted, so that hostile text costs linear time.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from tools.spoken import Reading, clean, say
from tools.spoken.readings import read_as
from tools.ssml import tags
from tools.ssml.marked import Break, Emphasis, Marked
from tools.ssml.tags import TOKEN, Problem, SsmlError, Tag, entity, shown, tag_at
from tools.text import MAX_CHARACTERS, plain_characters

MOST_ELEMENTS = 1000  # of one text
MOST_SILENCE = 300.0  # seconds of all its breaks
MOST_PROBLEMS = 20  # reported at once
DEEPEST = 16
LONGEST_READING = 200  # characters of a say-as or a sub

_CODES = str.maketrans("[]{}|\\", 6 * " ")  # among them phoneme brackets of some engines
_CLOSING = frozenset(".!?…,;:。！？")  # a voice pauses by itself after these


def parse(text: str, language: str = "") -> Marked:
    """The text without its markup, and what the markup says; white space is kept.

    ``language`` (BCP 47) decides how a say-as is read. Without it that is left open, and the
    content of a say-as is not checked.

    Raises SsmlError, with the first ``MOST_PROBLEMS`` problems.
    """
    if "<" not in text and "&" not in text:
        return Marked(text)
    return _Reader(text, language).read()


def escape(text: str) -> str:
    """``text`` such that ``parse`` returns it: with entities where it would be markup."""
    return TOKEN.sub(lambda token: ("&lt;" if token[0] == "<" else "&amp;") + token[0][1:], text)


@dataclass(frozen=True)
class _Open:
    """A tag that has begun: at ``offset`` of the source, ``start`` of the plain text."""

    tag: Tag
    offset: int
    start: int
    pieces: int  # of the plain text before it


_TEXT = _Open(Tag("", {}, closes=False, empty=False), 0, 0, 0)


@dataclass
class _Reader:
    text: str
    language: str
    plain: list[str] = field(default_factory=list)
    length: int = 0  # of the plain text
    gap: str = ""  # white space due before more text
    last: str = ""  # the last character that was not white space
    parted: bool = False  # a break has come since then, which ends a word
    paused: str = ""  # and whether that was "asked" for or "implied"
    silence: float = 0.0  # seconds of the breaks so far
    open: list[_Open] = field(default_factory=lambda: [_TEXT])
    enclosed: bool = False  # a speak has begun
    problems: list[Problem] = field(default_factory=list)
    readings: list[Reading] = field(default_factory=list)
    breaks: list[Break] = field(default_factory=list)
    emphases: list[Emphasis] = field(default_factory=list)

    def read(self) -> Marked:
        if len(self.text) > MAX_CHARACTERS:
            size = f"{len(self.text):,} characters long; at most {MAX_CHARACTERS:,} are spoken"
            raise SsmlError([Problem(MAX_CHARACTERS, f"The text is {size}.")])
        position = count = 0
        while len(self.problems) < MOST_PROBLEMS:
            token = TOKEN.search(self.text, position)
            start = token.start() if token else len(self.text)
            self._say(self.text[position:start], position)
            if token is None:
                self._finish()
                break
            position = self._tag(start) if token[0] == "<" else self._entity(token[0], start)
            count += token[0] == "<"
            if count > 2 * MOST_ELEMENTS:
                self._refuse(start, f"A text holds at most {MOST_ELEMENTS:,} elements; split it.")
                break
        if self.problems:
            raise SsmlError(self.problems[:MOST_PROBLEMS])
        emphases = sorted(self.emphases, key=lambda e: (e.start, -e.end))
        plain = "".join(self.plain)
        return Marked(plain, tuple(self.readings), tuple(self.breaks), tuple(emphases))

    def _refuse(self, offset: int, message: str) -> None:
        self.problems.append(Problem(offset, message))

    def _say(self, text: str, offset: int) -> None:
        if bare := text.strip():
            offset += text.index(bare)
            if self.open[-1].tag.name == "break":
                self._refuse(offset, f"A break cannot hold {shown(bare)}; write <break/>.")
            elif self.enclosed and len(self.open) == 1:
                self._refuse(offset, f"{shown(bare)} stands outside of speak; move it inside.")
            if text[0].isspace() and self.gap == " ":
                self.gap = ""
            elif self.parted and not self.gap and text[0].isalnum():
                self.gap = " "
            self.parted = False
            self._fill()
            self.last, self.paused = bare[-1], ""
        self._add(text)

    def _fill(self) -> None:
        """Add the white space between sentences or paragraphs, unless there is some already."""
        gap, self.gap = self.gap, ""
        if self.last and not (gap == " " and self.plain[-1][-1:].isspace()):
            self._add(gap)

    def _add(self, text: str) -> None:
        if text:
            self.plain.append(text)
            self.length += len(text)

    def _entity(self, written: str, offset: int) -> int:
        try:
            self._say(entity(written), offset)
        except ValueError as error:
            self._refuse(offset, str(error))
        return offset + len(written)

    def _tag(self, offset: int) -> int:
        """Process the tag at ``offset``; returns where it ends."""
        tag, end, problems = tag_at(self.text, offset, self.language)
        self.problems += problems
        if tag and not tag.closes:
            self._begin(tag, offset)
        if tag and (tag.closes or tag.empty):
            self._close(tag.name, offset)
        return end

    def _begin(self, tag: Tag, offset: int) -> None:
        name, around = tag.name, self.open[-1].tag.name
        if name == "speak" and (self.enclosed or self.last or self.open[1:]):
            self._refuse(offset, "“<speak>” encloses the whole text and stands there once.")
        elif name not in tags.HOLDS.get(around, ()):
            self._refuse(offset, f"“<{around}>” cannot hold “<{name}>”; close it before.")
        elif not around and self.enclosed:
            self._refuse(offset, f"“<{name}>” stands outside of speak; move it inside.")
        elif len(self.open) > DEEPEST:
            self._refuse(offset, f"“<{name}>” is nested more than {DEEPEST} deep.")
        self.enclosed = self.enclosed or name == "speak"
        self._part(name)
        if name in ("say-as", "sub", "emphasis"):
            self._fill()
        self.open.append(_Open(tag, offset, self.length, len(self.plain)))

    def _part(self, name: str) -> None:
        if name in ("p", "s"):
            self.gap = "\n\n" if name == "p" else self.gap or " "

    def _close(self, name: str, offset: int) -> None:
        if all(element.tag.name != name for element in self.open):
            self._refuse(offset, f"“</{name}>” closes an element that is not open; take it out.")
            return
        while (element := self.open.pop()).tag.name != name:
            self._unclosed(element)
        self._end(element)

    def _unclosed(self, element: _Open) -> None:
        name, around = element.tag.name, self.open[-1].tag.name
        right = f"“</{name}>”" + (f" before “</{around}>”" if around else "")
        right = "“<break/>”" if name == "break" else right
        self._refuse(element.offset, f"“<{name}>” is not closed; write {right}.")

    def _finish(self) -> None:
        while len(self.open) > 1:
            self._unclosed(self.open.pop())
        if self.paused == "implied":
            self.breaks.pop()  # nothing follows that it could separate

    # --- What elements mean -----------------------------------------------------------------

    def _end(self, element: _Open) -> None:
        given = element.tag.given
        match element.tag.name:
            case "break":
                self._pause(given, element.offset)
            case "emphasis" if self.length > element.start:
                level = given.get("level", "moderate")
                self.emphases.append(Emphasis(element.start, self.length, level))
            case "say-as" | "sub":
                self._read(element)
            case "p" | "s":
                self._part(element.tag.name)
                self._imply(tags.UNMARKED[element.tag.name])

    def _pause(self, given: dict[str, str], offset: int) -> None:
        self.parted = True
        time = tags.STRENGTHS[given.get("strength", tags.STRENGTH)]
        if "time" in given:
            time = tags.seconds(given["time"]) or 0.0
        if self.paused == "implied":
            self.breaks.pop()
            self.paused = ""
        if time or self.last in _CLOSING:  # elsewhere there is no pause to remove
            self.breaks.append(Break(self.length, time))
            self.paused = "asked"
        before, self.silence = self.silence, self.silence + time
        if before <= MOST_SILENCE < self.silence:
            wrong = f"The breaks of a text last at most {MOST_SILENCE:g} s together"
            self._refuse(offset, f"{wrong}; split the text here.")

    def _imply(self, time: float) -> None:
        """Add a pause where no punctuation makes one; the longest of several counts."""
        if self.paused == "asked" or not self.last or self.last in _CLOSING:
            return
        if self.paused == "implied":
            time = max(time, self.breaks.pop().seconds)
        self.breaks.append(Break(self.length, time))
        self.paused = "implied"

    def _read(self, element: _Open) -> None:
        name, given = element.tag.name, element.tag.given
        written = "".join(self.plain[element.pieces :])
        content = " ".join(plain_characters(written).split())
        if not content or len(content) > LONGEST_READING:
            wrong = f"“<{name}>” holds {shown(content)}" if content else f"“<{name}>” holds nothing"
            right = f"give it 1 to {LONGEST_READING} characters of text"
            self._refuse(element.offset, f"{wrong}; {right}.")
            return
        if tags.NEEDED[name] not in given:
            return
        try:
            said = self._said(element, content)
        except ValueError as error:
            kind = given["interpret-as"]
            wrong = f"{shown(content)} cannot be read as “{kind}”"
            self._refuse(element.offset, f"{wrong}; {error}.")
            return
        start = element.start + written.index(written.strip())
        self.readings.append(Reading(start, start + len(written.strip()), said))

    def _said(self, element: _Open, content: str) -> str:
        given = element.tag.given
        if element.tag.name == "sub":
            return say(" ".join(clean(given["alias"]).split()), self.language).text
        said = None
        if self.language:
            kind, form = given["interpret-as"], given.get("format", "")
            last = "".join(self.plain[max(0, element.pieces - 3) : element.pieces])[-40:]
            before = re.search(r"(?<!\S)([^\W\d_]+) $", last)
            said = read_as(
                kind,
                content,
                self.language,
                form,
                given.get("detail", ""),
                before[1] if before else "",
            )
        return said or content.translate(_CODES)
