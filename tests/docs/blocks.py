"""What the documentation shows: its pages, their blocks of code, and the commands in them."""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path

ROOT = Path(__file__).parents[2]
PAGES = {
    str(path.relative_to(ROOT)): path
    for path in (
        ROOT / "README.md",
        ROOT / "CONTRIBUTING.md",
        *sorted((ROOT / "docs").glob("*.md")),
    )
}
SHELLS = ("bash", "console")
FENCE = re.compile(r"\s*(`{3,})\s*(\w*)")
SNIPPET = re.compile(r'^--8<-- "(.+)"$', re.MULTILINE)


@dataclass(frozen=True)
class Block:
    """A fenced block: where it begins, what it is said to be in, and its text."""

    page: str
    line: int
    language: str
    text: str


@dataclass(frozen=True)
class Command:
    """One command of a shell, as words.

    typed  what goes to its standard input: from a pipe, or as a transcript shows it.
    """

    page: str
    line: int
    words: tuple[str, ...]
    typed: str = ""

    def __str__(self) -> str:
        return shlex.join(self.words)


def blocks(page: str) -> list[Block]:
    """The fenced blocks of a page, snippets put in."""
    found, lines = [], PAGES[page].read_text(encoding="utf-8").splitlines()
    at = 0
    while at < len(lines):
        if begun := FENCE.match(lines[at]):
            end = next(n for n in range(at + 1, len(lines)) if lines[n].strip() == begun[1])
            text = "\n".join(lines[at + 1 : end]) + "\n"
            text = SNIPPET.sub(lambda it: (ROOT / it[1]).read_text(encoding="utf-8"), text)
            found.append(Block(page, at + 1, begun[2], text))
            at = end
        at += 1
    return found


def commands(block: Block) -> Iterator[Command]:
    """The commands of a block: one for each line, or in a transcript those after ``$``.

    What a transcript shows after ``›`` or after a question ``[y/N]`` is typed.
    """
    if block.language == "console":
        first, *rest = block.text.splitlines()
        answers = [
            re.split(r"^› |\[y/N\] ", line)[-1] for line in rest if re.search("^›|y/N", line)
        ]
        words = tuple(shlex.split(first.removeprefix("$ ")))
        yield Command(block.page, block.line + 1, words, "".join(f"{a}\n" for a in answers))
        return
    for number, line in enumerate(block.text.splitlines(), start=block.line + 1):
        for pipe in _split(_words(line), "&&"):
            *before, last = _split(pipe, "|")
            typed = before[0][1].encode().decode("unicode_escape") if before else ""
            assert all(words[0] == "printf" for words in before), line
            yield Command(block.page, number, tuple(last), typed)


def every() -> list[Command]:
    """All commands of all pages."""
    shown = [block for page in PAGES for block in blocks(page) if block.language in SHELLS]
    return [command for block in shown for command in commands(block)]


def spans(page: str) -> list[str]:
    """What stands between single backquotes outside the fenced blocks."""
    text = re.sub(r"^\s*```.*?^\s*```$", "", PAGES[page].read_text(), flags=re.M | re.S)
    return [" ".join(span.split()) for span in re.findall(r"(?<!`)`([^`]+)`(?!`)", text)]


def _words(line: str) -> list[str]:
    lexer = shlex.shlex(line, posix=True, punctuation_chars=True)
    lexer.whitespace_split = True
    return list(lexer)


def _split(words: list[str], at: str) -> list[list[str]]:
    return [list(part) for is_mark, part in groupby(words, lambda w: w == at) if not is_mark]
