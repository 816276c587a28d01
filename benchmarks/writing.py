"""How well, and how fast, language models write: forty briefs, read by the gate and by you.

    python -m benchmarks.writing [--model FILE …] [--writer small|full] [--output FOLDER]

Without ``--model`` every model that is installed writes. FOLDER holds the drafts afterwards, a
Markdown file for each model. A brief that was written already is not asked again, so that a run
that was stopped goes on.
"""

from __future__ import annotations

import argparse
import json
import re
import statistics
import time
import tomllib
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from itertools import pairwise
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from agent.events import Event, Fault, Work, Wrote
from agent.llm import base as llm
from agent.llm import models
from agent.llm.base import Backend
from agent.production.steps import MOST_DRAFTS
from agent.request.brief import Brief
from agent.screenplay.model import Screenplay
from agent.writing import gate
from agent.writing.choice import writer_with
from agent.writing.facts import read
from agent.writing.material import Material
from agent.writing.wishes import language_of
from agent.writing.writer import SECONDS
from benchmarks.machine import device_name
from tools.errors import PortrayalError
from tools.text import whole_sentences, words

BRIEFS = Path(__file__).with_name("briefs.toml")
_ENDED = re.compile(r"[.!?]\s")


@dataclass
class Written:
    """What one model made of one brief.

    draft, refused  its sentences, or why it was refused.
    faults          what the gate finds in the end; none where it was refused.
    length          seconds that were asked for.
    asked, words    how many words that takes, and how many there are.
    facts, said     how many facts it had to say, and says.
    figures         made-up ones.
    variety         different pairs of words, of all pairs.
    first, seconds  until the first sentence was shown, and in all.
    again           how often the model was sent back.
    """

    prompt: str
    draft: list[str]
    refused: str
    faults: list[str]
    length: float
    asked: int
    words: int
    facts: int
    said: int
    figures: list[str]
    variety: float
    first: float
    seconds: float
    again: int


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--model", action="append", default=[])
    parser.add_argument("--writer", choices=("small", "full"))
    parser.add_argument("--output", type=Path, default=Path("out/writing"))
    parser.add_argument("--briefs", type=int, default=None, metavar="COUNT")
    asked = parser.parse_args()
    asked.output.mkdir(parents=True, exist_ok=True)
    wanted = tomllib.loads(BRIEFS.read_text(encoding="utf-8"))["brief"][: asked.briefs]
    print(f"{device_name('cpu')}\n")
    print(_row("model", "written", "facts", "figures", "length", "variety", "first", "a minute"))
    for model in asked.model or list(models.pulled()):
        backend = llm.load(model=model)
        path = asked.output / f"{backend.model}.json"
        known = json.loads(path.read_text(encoding="utf-8")) if path.exists() else {}
        for number, values in enumerate(wanted, 1):
            key = json.dumps(values, sort_keys=True)
            if key not in known:
                known[key] = asdict(_written(backend, values, asked.writer))
                path.write_text(json.dumps(known, ensure_ascii=False, indent=1), encoding="utf-8")
                print(
                    f"  {number:2} {known[key]['seconds']:5.0f} s  {values['prompt']}", flush=True
                )
        found = [Written(**known[json.dumps(values, sort_keys=True)]) for values in wanted]
        path.with_suffix(".md").write_text(_shown(found), encoding="utf-8")
        print(_summary(backend.model, found), flush=True)


def _written(backend: Backend, values: dict[str, Any], way: str | None) -> Written:
    start, first, again = time.monotonic(), 0.0, 0
    streamed = ""

    def watch(event: Event) -> None:
        nonlocal first, streamed, again
        match event:
            case Wrote(text):
                streamed += text
                if not first and _ENDED.search(f"{streamed} "):
                    first = time.monotonic() - start
            case Fault("answer"):
                again += 1

    with TemporaryDirectory() as folder:
        notes = Path(folder) / "notes.md"
        notes.write_text(values.get("facts", ""), encoding="utf-8")
        brief = Brief.of(
            prompt=values["prompt"], seconds=values.get("seconds"), writer=way,
            facts=(notes,) if "facts" in values else (),
            options={"portrait": notes, "output": Path(folder) / "film.mp4"},
        )  # fmt: skip
        writer = writer_with(backend, brief, Work(watch))
        facts, refused, draft = read(brief.facts), "", list[str]()
        try:
            screenplay = writer.write(brief)
            for _ in range(1, MOST_DRAFTS):
                if not (faults := writer.review(brief, screenplay)):
                    break
                again += 1
                screenplay = writer.rewrite(brief, screenplay, faults)
            draft = _sentences(writer.settled(brief, screenplay))
        except PortrayalError as error:
            refused = str(error)
    seconds = brief.seconds or writer.seconds or SECONDS
    material = Material.of(brief, facts, language_of(brief.prompt), seconds)
    missing = gate.unsaid(draft, material)
    return Written(
        prompt=brief.prompt, draft=draft, refused=refused,
        faults=[fault.text for fault in gate.faults(draft, material)] if draft else [],
        length=seconds, asked=material.words, words=sum(len(words(sentence)) for sentence in draft),
        facts=len(material.facts), said=len(material.facts) - len(missing),
        figures=material.known.unsupported(" ".join(draft), material.language),
        variety=_variety(draft), first=first, seconds=time.monotonic() - start, again=again,
    )  # fmt: skip


def _sentences(screenplay: Screenplay) -> list[str]:
    return [sentence for line in screenplay.lines for sentence in whole_sentences(line.text)]


def _variety(draft: Sequence[str]) -> float:
    said = [word.lower() for sentence in draft for word, _ in words(sentence)]
    pairs = list(pairwise(said))
    return len(set(pairs)) / max(1, len(pairs))


def _summary(model: str, found: Sequence[Written]) -> str:
    """The row of a model; of lengths, variety and times the median of what it has written, of times
    in all for a minute of film."""
    drafts = [one for one in found if one.draft]
    of = f" of {len(found)}"

    def middle(values: Sequence[float]) -> float:
        return statistics.median(values) if values else float("nan")

    return _row(
        model, f"{sum(not one.faults for one in drafts)}{of}",
        f"{sum(one.said == one.facts for one in drafts)}{of}",
        str(sum(len(one.figures) for one in drafts)),
        f"{100 * middle([abs(one.words / one.asked - 1) for one in drafts]):.0f} %",
        f"{100 * middle([one.variety for one in drafts]):.0f} %",
        f"{middle([one.first for one in drafts]):.0f} s",
        f"{middle([60 * one.seconds / one.length for one in drafts]):.0f} s",
    )  # fmt: skip


def _row(*cells: str) -> str:
    return f"{cells[0]:<28}" + "".join(f"{cell:>11}" for cell in cells[1:])


def _shown(found: Sequence[Written]) -> str:
    """All drafts, for a reader."""
    return "\n".join(
        f"## {one.prompt}\n\n{one.words} of {one.asked} words, {one.said} of {one.facts} facts, "
        f"{one.seconds:.0f} s\n\n{' '.join(one.draft) or f'*{one.refused}*'}\n"
        for one in found
    )


if __name__ == "__main__":
    main()
