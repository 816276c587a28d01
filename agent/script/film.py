"""Filming a script: once, or once for each row of a table.

A script has one production, found by where its file lies, so that every later render finds what
the earlier ones made. Rows share its takes.
"""

from __future__ import annotations

import multiprocessing
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor, as_completed
from dataclasses import dataclass
from functools import cached_property
from hashlib import sha256
from pathlib import Path

from agent import settings
from agent.events import Work
from agent.film.casting import cast
from agent.film.plan import Plan, used
from agent.film.scenes import check_writable
from agent.production.folder import LONGEST_NAME, Production, Result
from agent.request.options import AUTO
from agent.screenplay.model import slug
from agent.script.diff import changes, filmed, keep
from agent.script.faults.places import Places
from agent.script.faults.problems import Faults
from agent.script.format.model import Script
from agent.script.plan import only, staged
from agent.script.reader import read
from agent.script.source.rows import Row, for_each
from agent.script.source.tree import Path_
from agent.terminal.session import explained
from renderers import base as renderers
from tools.errors import CancelledError, InputError, OptionError, PortrayalError, ScriptError
from tools.sound import cleaning
from tools.sound.music import check as check_music
from tools.video.formats import FORMATS

LONGEST_PART = 60  # characters of a film's name that tell which scenes it has
TRIAL = "One."  # every engine's voices, whatever their language, can say something of it
OWN_NAME = 30  # characters of a production's name that come from the file's


@dataclass(frozen=True)
class Wish:
    """What is to be filmed of a script.

    output   the film; None is the script's name, with the ending that goes with its codec.
    values   KEY=VALUE pairs in place of what the file says.
    scenes   the only ones that are wanted; () is all of them.
    outside  whether files outside of the script's folder may be used.
    """

    script: Path
    output: Path | None = None
    values: tuple[tuple[str, str], ...] = ()
    scenes: tuple[str, ...] = ()
    outside: bool = False

    def plan(self, row: Row | None = None) -> Plan:
        """Everything there is to film. Raises ScriptError, OptionError."""
        given, columns = dict(self.values), {} if row is None else row.values
        try:
            found = read(self.script, values=given, row=columns, allow_outside=self.outside)
        except ScriptError as error:
            if row is None:
                raise
            of = f"row {row.number} of the table, “{row.name}”, in line {row.line}"
            raise ScriptError(f"{error} (That is with {of}.)", error.problems) from error
        pattern = self.output or self._usual(found.script)
        output = pattern if row is None else row.output(pattern)
        plan = staged(found.script, found.ids, output.absolute())
        available(plan, found.places)
        return only(plan, self.scenes) if self.scenes else plan

    def _usual(self, script: Script) -> Path:
        """What a film is called where nobody says."""
        codec = script.output.codec or ("prores" if script.output.alpha else "h264")
        part = f"-{'-'.join(self.scenes)}"[:LONGEST_PART] if self.scenes else ""
        return Path(f"{self.script.stem}{part}{FORMATS[codec].suffix}")

    @cached_property
    def name(self) -> str:
        """Of the script's production."""
        whole = self.script.resolve()
        told = sha256(str(whole).encode()).hexdigest()[:8]
        return f"{slug(whole.stem)[:OWN_NAME].strip('-')}-{told}"[:LONGEST_NAME]


def available(plan: Plan, places: Places) -> None:
    """Raises ScriptError with all that is missing; ``plan`` has all scenes of the script.

    The first use of each is told. Each voice is heard with a word of its own, since an engine says
    only when it speaks that it lacks a voice, or that a file is damaged.
    """
    lacking = Places(places.tree, Faults())
    voices: set[tuple[str | None, str | None]] = set()
    drawn = {AUTO}
    for index, scene in enumerate(plan.scenes):
        for row, line in enumerate(scene.lines):
            voice = line.engine, line.voice
            if line.clean and (sentence := cleaning.missing()):
                lacking.tell(("scenes", index, "lines", row, "clean"), sentence.rstrip("."))
            if line.audio is not None or voice in voices:
                continue
            voices.add(voice)
            try:
                engine, name = cast(*voice)
                next(engine.speak(TRIAL, name), None)
            except PortrayalError as error:
                lacking.tell(("scenes", index, "lines", row), str(error).rstrip("."))
        if not scene.presenters or scene.renderer in drawn:
            continue
        drawn.add(scene.renderer)
        missing = renderers.named(scene.renderer).missing()
        if missing is not None:
            own: Path_ = ("scenes", index, "renderer")
            path = ("defaults", "renderer") if lacking.node(own) is None else own
            message = f"the renderer {scene.renderer} is not complete: {missing.rstrip('.')}"
            lacking.tell(path, message)
    if plan.film.music is not None:
        try:
            check_music(plan.film.music.file)
        except PortrayalError as error:
            lacking.tell(("music",), str(error).rstrip("."))
    lacking.faults.check()


def film(wish: Wish, plan: Plan, work: Work, row: Row | None = None, jobs: int = 1) -> Result:
    """Make a plan's film; what was made before is found. Raises what the steps raise, and before
    anything is made what ``possible`` does.
    """
    possible(plan)
    production = Production(wish.name, None if row is None else row.name)
    production.keep(plan)
    before = filmed(production)
    redrawn = {change.scene for change in changes(before, plan) if change.redrawn}
    start = time.monotonic()
    result = production.run(work, jobs=jobs)
    spent = time.monotonic() - start
    if not wish.scenes and result.film is not None:
        lengths = production.state()["spoken"]
        drawn = sum(lengths[scene] for scene in redrawn)
        weight = plan.film.output.stat().st_size / max(1.0, result.film["duration"])
        keep(production, plan, spent / drawn if drawn else before.pace, weight)
    return result


def possible(plan: Plan) -> None:
    """Find out what would fail at the end: signing, and files to write.

    Raises OutputError, and OptionError where a file would be written over one that is used.
    """
    film = plan.film
    check_writable(film)
    values = (Path(given.partition("=")[2]) for scene in plan.scenes for given in scene.set)
    for file in used(plan).union(value for value in values if value.is_absolute()):
        if file == film.output or (film.output.exists() and file.samefile(film.output)):
            raise OptionError(
                f"“{film.output.name}” is used by the script; give the film another name."
            )


def films(
    wish: Wish, table: Sequence[Row], work: Work, jobs: int
) -> Iterator[tuple[Row, Result | PortrayalError]]:
    """A film for each row, ``jobs`` of them at once, as they are finished; or why it failed, which
    does not stop the others.

    A row whose film is there already, made from just this, is not made again. Raises ScriptError,
    InputError, before anything is filmed, for rows that make no valid script or would be written to
    one file.
    """
    plans = list(zip(table, for_each(table, wish.plan), strict=True))
    _apart(plans)
    if jobs == 1:
        for row, plan in plans:
            yield row, _attempted(wish, plan, row, work)
        return
    # Processes of their own, since much of drawing holds Python's lock.
    context = multiprocessing.get_context("spawn")
    begin, here = settings.use, (settings.current(),)
    with ProcessPoolExecutor(min(jobs, len(plans)), context, begin, here) as workers:
        at_work = {workers.submit(_attempted, wish, plan, row): row for row, plan in plans}
        try:
            for one in as_completed(at_work):
                yield at_work[one], one.result()
        except BaseException:
            workers.shutdown(wait=False, cancel_futures=True)
            raise


def _attempted(
    wish: Wish, plan: Plan, row: Row, work: Work | None = None
) -> Result | PortrayalError:
    try:
        return film(wish, plan, work or Work(), row)
    except CancelledError:
        raise
    except Exception as error:  # whatever it is, it does not stop the others
        return explained(error)


def _apart(plans: Sequence[tuple[Row, Plan]]) -> None:
    """Raises InputError where two rows would be written to one file."""
    seen: dict[Path, Row] = {}
    for row, plan in plans:
        output = plan.film.output
        if output in seen:
            raise InputError(
                f"Rows {seen[output].number} and {row.number} would both be written to "
                f"“{output.name}”; put a column into the name that tells them apart."
            )
        seen[output] = row
