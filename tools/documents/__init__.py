"""The text of documents from outside: plain text, Markdown, saved web pages, PDF files.

A document is treated as hostile: its size, its pages and the time it takes are bounded, nothing in
it is fetched or run, and what a reader would not see (scripts, hidden text) is left out.
"""

from __future__ import annotations

import codecs
import json
import re
import subprocess
import sys
import unicodedata
from pathlib import Path

from tools.errors import FactsError

LARGEST = {"text": 2_000_000, "page": 10_000_000, "PDF": 50_000_000}  # bytes
MOST_CHARACTERS = 1_000_000  # of the text of one document
MOST_PAGES, SECONDS = 300, 60  # of one PDF, and to read it
MEMORY = 2_000_000_000  # bytes of address space to read it in, where the system can bound it

_PAGE = re.compile(
    rb"\s*(?:<\?xml[^>]{0,200}>\s*)?(?:<!--.{0,500}?-->\s*)?<(?:!doctype\s+html|html)\b",
    re.IGNORECASE | re.DOTALL,
)
_MARKS = {
    codecs.BOM_UTF8: "utf-8-sig",
    codecs.BOM_UTF16_LE: "utf-16",
    codecs.BOM_UTF16_BE: "utf-16",
}


def read(path: Path) -> str:
    """The text of the document at ``path``, at most ``MOST_CHARACTERS``, paragraphs set apart.

    Its kind is told by how it begins, else by its suffix. Raises FactsError when it cannot be read,
    is too large, is of another kind, or holds no text.
    """
    raw = _bytes(path)
    kind = _kind(path, raw)
    if len(raw) > LARGEST[kind]:
        raise FactsError(
            f"“{path.name}” is {len(raw):,} bytes large; a {kind} file may have {LARGEST[kind]:,}."
        )
    if kind == "PDF":
        text = _pdf(path)
    elif kind == "page":
        from tools.documents import page

        text = page.text(raw)
    else:
        text = _decoded(path, raw)
    text = tidy(text)
    if not any(map(str.isalnum, text)):
        reason = " (pages that are pictures have to be typed)" if kind == "PDF" else ""
        raise FactsError(f"There is no text in “{path.name}”{reason}.")
    return text[:MOST_CHARACTERS]


def tidy(text: str) -> str:
    """``text`` without invisible characters, with at most one blank line at a time."""
    composed = unicodedata.normalize("NFC", re.sub(r"\r\n?|[\x85\u2028\u2029\f\v]", "\n", text))
    seen = "".join(c for c in composed if c in "\n\t" or unicodedata.category(c)[0] != "C")
    lines = (" ".join(line.split()) for line in seen.split("\n"))
    return re.sub(r"\n{3,}", "\n\n", "\n".join(lines)).strip()


def _bytes(path: Path) -> bytes:
    try:
        if not path.is_file():
            what = "a folder" if path.is_dir() else "not there"
            raise FactsError(f"The facts “{path}” are {what}; give a text, HTML or PDF file.")
        with path.open("rb") as file:
            return file.read(max(LARGEST.values()) + 1)
    except OSError as error:
        raise FactsError(f"The facts “{path}” cannot be read: {error.strerror}.") from error


def _kind(path: Path, raw: bytes) -> str:
    if raw[:1024].lstrip().startswith(b"%PDF-"):
        return "PDF"
    if path.suffix.lower() in {".html", ".htm", ".xhtml"} or _PAGE.match(raw[:2000]):
        return "page"
    return "text"


def _decoded(path: Path, raw: bytes) -> str:
    encoding = next((name for mark, name in _MARKS.items() if raw.startswith(mark)), "utf-8")
    try:
        text = raw.decode(encoding)
    except UnicodeDecodeError as error:
        raise FactsError(
            f"“{path.name}” is neither UTF-8 text nor HTML nor PDF; save it as one of these."
        ) from error
    if "\0" in text:
        raise FactsError(f"“{path.name}” is not text; give a text, HTML or PDF file.")
    return text


def _pdf(path: Path) -> str:
    """The text of a PDF file, read in a process of its own with bounded time and memory.

    A PDF is a program for drawing pages: even a small hostile one may ask for unbounded work. All
    that such a file can do here is to make its own process fail.
    """
    command = [sys.executable, "-P", str(Path(__file__).with_name("pdf.py"))]
    limits = map(str, (MOST_PAGES, MOST_CHARACTERS, MEMORY, SECONDS))
    try:
        done = subprocess.run(
            [*command, str(path.absolute()), *limits],
            stdin=subprocess.DEVNULL,
            capture_output=True,
            timeout=SECONDS,
            check=False,
        )
    except subprocess.TimeoutExpired as error:
        raise FactsError(
            f"“{path.name}” takes longer than {SECONDS} seconds to read; save its text as a file."
        ) from error
    try:
        answer = json.loads(done.stdout)
        found, problem = str(answer["text"]), answer["problem"]
    except (ValueError, KeyError, TypeError) as error:
        raise FactsError(
            f"“{path.name}” cannot be read as a PDF; save its text as a file."
        ) from error
    if problem:
        raise FactsError(f"“{path.name}” cannot be read as a PDF: {problem}.")
    return found
