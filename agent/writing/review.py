"""The review of a screenplay before it is spoken.

Users read the faults, and the writer gets them back: their scene and line say what to change.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from agent.events import Fault, FaultKind
from agent.request.brief import Brief
from agent.screenplay.model import Line, Screenplay
from agent.writing.facts import Facts, unsupported
from tools.errors import TextError
from tools.messages import excerpt
from tools.spoken import clean, long_sentences

TOLERANCE = 0.3  # of the length: an estimate is not more precise
_LONGEST = 80  # characters of a sentence in a message
GAP = re.compile(r"\[[^\W\d][^\[\]\n]{1,40}\]|\{\{?[^{}\n]{1,40}\}?\}|<[^<>\n]{1,40}>")


def review(brief: Brief, screenplay: Screenplay, facts: Facts | None = None) -> tuple[Fault, ...]:
    """The faults of ``screenplay``.

    Figures that neither ``facts`` nor the brief's prompt support, gaps and markup that would be
    read aloud, sentences too long to say, and a length that is far off by estimate.
    """
    return tuple(_faults(brief, screenplay, facts))


def length_fault(measured: float, asked: float, guessed: bool = False) -> Fault:
    """The fault of a length in seconds that is not the one asked for."""
    lasts = "By estimate it lasts about" if guessed else "It lasts"
    change = "shorten" if measured > asked else "lengthen"
    return Fault(
        "length",
        f"{lasts} {measured:.0f} s where {asked:g} s were asked for: {change} it to about "
        f"{100 * asked / measured:.0f} % of its words.",
        ratio=asked / measured,
    )


def _faults(brief: Brief, screenplay: Screenplay, facts: Facts | None) -> Iterator[Fault]:
    for claim in unsupported(screenplay, facts, brief.prompt):
        text = (
            f"“{claim.figure}” stands neither in the facts nor in the request; leave it out or "
            "take what they say."
        )
        yield _in("figure", text, claim.scene, claim.line)
    for scene in screenplay.scenes:
        for number, line in enumerate(scene.lines, 1):
            for kind, text in _in_line(line, screenplay.language):
                yield _in(kind, text, scene.id, number)
    estimate = screenplay.estimated_seconds
    if brief.seconds and abs(estimate / brief.seconds - 1) > TOLERANCE:
        yield length_fault(estimate, brief.seconds, guessed=True)


def _in(kind: FaultKind, text: str, scene: str, line: int) -> Fault:
    return Fault(kind, f"Scene “{scene}”, line {line}: {text}", scene, line)


def _in_line(line: Line, language: str) -> Iterator[tuple[FaultKind, str]]:
    if gap := GAP.search(line.text):
        yield "gap", f"“{gap[0]}” is a gap or a mark that would be read aloud; say it in words."
    elif not _is_clean(line.text):
        shown = excerpt(line.text, _LONGEST)
        yield "markup", f"“{shown}” holds markup or stage directions; leave only what is said."
    for sentence in long_sentences(line.text, language):
        shown = excerpt(sentence, _LONGEST)
        text = f"“{shown}” is too long to say in one breath; make it two sentences."
        yield "long_sentence", text


def _is_clean(text: str) -> bool:
    try:
        return _bare(clean(text)) == _bare(text)
    except TextError:
        return False


def _bare(text: str) -> str:
    """``text`` without blanks, apostrophes and dashes, which may be written in several ways."""
    return re.sub(r"[\s'’‘ʼ‐‑-]", "", text)
