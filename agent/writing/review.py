"""What is wrong with a screenplay before it is spoken: one sentence per fault.

Users read them, and the writer gets them back: each names its scene and line, which is how the
writer knows what to change and what to leave.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from agent.request.brief import Brief
from agent.screenplay.model import Line, Screenplay
from agent.writing.facts import Facts, unsupported
from tools.errors import TextError
from tools.messages import excerpt
from tools.spoken import clean, long_sentences

TOLERANCE = 0.3  # an estimate of the length is no better: only what is further off is told
_LONGEST = 80  # characters of a sentence that are shown
_GAP = re.compile(r"\[[^\W\d][^\[\]\n]{1,40}\]|\{\{?[^{}\n]{1,40}\}?\}|<[^<>\n]{1,40}>")
_PLACE = re.compile(r"Scene “([a-z0-9-]+)”(?:, line (\d+))?")
_LENGTH = re.compile(r"\blasts (?:about )?([\d.]+) s where ([\d.]+) s were asked for")


def review(brief: Brief, screenplay: Screenplay, facts: Facts | None = None) -> tuple[str, ...]:
    """The faults of ``screenplay``; empty when there is none.

    Figures that neither ``facts`` nor the brief's prompt support, gaps and markup that would be
    read aloud, sentences too long to say, and a length that is far off by estimate.
    """
    return tuple(_faults(brief, screenplay, facts))


def length_fault(measured: float, asked: float, guessed: bool = False) -> str:
    """What to tell the writer of a length in seconds that is not the one asked for."""
    lasts = "By estimate it lasts about" if guessed else "It lasts"
    return (
        f"{lasts} {measured:.0f} s where {asked:g} s were asked for: "
        f"{'shorten' if measured > asked else 'lengthen'} it to about "
        f"{100 * asked / measured:.0f} % of its words."
    )


@dataclass(frozen=True)
class Complaints:
    """Faults, sorted by what they are about.

    lines    those of one line, by scene and line from 0.
    scenes   those of one scene.
    ratio    the length asked for over the length there is; None where that is no fault.
    others   of the whole.
    """

    lines: dict[tuple[str, int], list[str]]
    scenes: dict[str, list[str]]
    ratio: float | None
    others: list[str]


def sorted_out(faults: Iterable[str], screenplay: Screenplay) -> Complaints:
    """Which scenes and lines of ``screenplay`` the ``faults`` are about."""
    found = Complaints({}, {}, None, [])
    ratio = None
    lengths = {scene.id: len(scene.lines) for scene in screenplay.scenes}
    for fault in faults:
        place, length = _PLACE.match(fault), _LENGTH.search(fault)
        name = place[1] if place else ""
        if place and name in lengths:
            number = int(place[2][:9]) - 1 if place[2] else -1
            if 0 <= number < lengths[name]:
                found.lines.setdefault((name, number), []).append(fault)
            else:
                found.scenes.setdefault(name, []).append(fault)
        elif length and (measured := _number(length[1])) and (asked := _number(length[2])):
            ratio = asked / measured
        else:
            found.others.append(fault)
    return Complaints(found.lines, found.scenes, ratio, found.others)


def _faults(brief: Brief, screenplay: Screenplay, facts: Facts | None) -> Iterator[str]:
    for claim in unsupported(screenplay, facts, brief.prompt):
        yield (
            f"Scene “{claim.scene}”, line {claim.line}: “{claim.figure}” stands neither in the "
            "facts nor in the request; leave it out or take what they say."
        )
    for scene in screenplay.scenes:
        for number, line in enumerate(scene.lines, 1):
            for fault in _in_line(line, screenplay.language):
                yield f"Scene “{scene.id}”, line {number}: {fault}"
    estimate = screenplay.estimated_seconds
    if brief.seconds and abs(estimate / brief.seconds - 1) > TOLERANCE:
        yield length_fault(estimate, brief.seconds, guessed=True)


def _in_line(line: Line, language: str) -> Iterator[str]:
    if gap := _GAP.search(line.text):
        yield f"“{gap[0]}” is a gap or a mark that would be read aloud; say it in words."
    elif not _is_clean(line.text):
        shown = excerpt(line.text, _LONGEST)
        yield f"“{shown}” holds markup or stage directions; leave only what is said."
    for sentence in long_sentences(line.text, language):
        shown = excerpt(sentence, _LONGEST)
        yield f"“{shown}” is too long to say in one breath; make it two sentences."


def _is_clean(text: str) -> bool:
    try:
        return _bare(clean(text)) == _bare(text)
    except TextError:
        return False


def _bare(text: str) -> str:
    """Without what differs between ways of writing the same: blanks, quotation marks, dashes."""
    return re.sub(r"[\s'’‘ʼ‐‑-]", "", text)


def _number(text: str) -> float | None:
    try:
        return float(text)
    except ValueError:
        return None
