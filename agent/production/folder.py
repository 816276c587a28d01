"""Productions: begun, stopped, resumed and removed, each in a folder of its own.

    NAME/brief.json         what was asked for …
    NAME/plan.json          … or, of a script, what to film
    NAME/screenplay.json    the words, where they were given
    NAME/state.sqlite       the graph's state after every step
    NAME/takes/             what was spoken and filmed, under hashes of what it was made from
    NAME/rows/ROW/          of a script that is filmed once for each row of a table: plan and state

A production that was killed continues from its last step, and finds the takes of the step it was
in.
"""

from __future__ import annotations

import re
import shutil
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

import filelock
from pydantic import ValidationError

from agent import settings
from agent.events import Work
from agent.film.plan import Plan
from agent.film.takes import Takes
from agent.production.steps import State, Steps
from agent.request.brief import Brief
from agent.request.words import read_text
from agent.screenplay.model import Screenplay, slug
from agent.writing.writer import Writer
from tools import output
from tools.errors import InputError, OptionError

NAME = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")
LONGEST_NAME = 60
BRIEF, PLAN, SCREENPLAY = "brief.json", "plan.json", "screenplay.json"
ROWS = "rows"
THREAD = {"configurable": {"thread_id": "film"}}  # of checkpoints
MOST_STEPS = 40_000  # of a graph: two for each scene, and those around them

Asked = TypeVar("Asked", Brief, Plan)
Approve = Callable[[dict[str, Any]], bool]
"""Whether to film a screenplay, of which it gets the words, the length and notes."""


@dataclass(frozen=True)
class Result:
    """The result of a production.

    words         what it says; None of a script, which says so itself.
    film, report  plain values, as ``portrayal make`` and ``inspect`` tell them; None where the
                  film was not wanted.
    notes         sentences the user should see.
    """

    name: str
    words: Screenplay | None
    film: dict[str, Any] | None
    report: dict[str, Any] | None
    notes: tuple[str, ...]

    @property
    def inspected(self) -> str:
        """How its inspection ended, to go after other facts: ", inspected: pass" or ""."""
        return "" if self.report is None else f", inspected: {self.report['verdict']}"

    @property
    def screenplay(self) -> Screenplay:
        """What it says, of a production that was written."""
        assert self.words is not None
        return self.words


def folder() -> Path:
    """Where productions lie, by the settings. May not exist."""
    return settings.current().productions


class Production:
    """A production, or one ``row`` of it, which shares the takes of all rows."""

    def __init__(self, name: str, row: str | None = None) -> None:
        self.name, self.folder = name, folder() / name
        self._takes = self.folder / "takes"
        if row is not None:
            self.folder = self.folder / ROWS / row

    @classmethod
    def begin(cls, brief: Brief, screenplay: Screenplay | None = None) -> Production:
        """A new production, of ``screenplay`` if the words are given.

        Raises OutputError when its folder cannot be made.
        """
        taken = {path.name for path in folder().glob("*")}  # also of one killed as it began
        production = cls(slug(brief.prompt[:LONGEST_NAME], taken))
        with output.explained(production.folder):
            production.folder.mkdir(parents=True)
            if screenplay is not None:
                production._give(screenplay)
        production.keep(brief)  # last, since this makes the folder a production
        return production

    @classmethod
    def named(cls, name: str) -> Production:
        """The production called ``name``. Raises OptionError when there is none."""
        found = [production for production in all_productions() if production.name == name]
        if not found:
            names = ", ".join(production.name for production in all_productions()) or "none yet"
            raise OptionError(f"There is no production “{name}”; there are: {names}.")
        return found[0]

    def keep(self, asked: Brief | Plan) -> None:
        """Store what is asked for, with absolute paths. Raises OutputError."""
        written = asked if isinstance(asked, Plan) else asked.anchored()
        path = self.folder / (PLAN if isinstance(asked, Plan) else BRIEF)
        with output.explained(path):
            path.parent.mkdir(parents=True, exist_ok=True)
            with output.replacing(path) as partial:
                partial.write_text(f"{written.model_dump_json(indent=2)}\n", encoding="utf-8")

    @property
    def brief(self) -> Brief:
        """What was asked for in words. Raises InputError when its file is damaged."""
        return self._read(Brief, BRIEF)

    @property
    def plan(self) -> Plan | None:
        """What a script says; None of other productions. Raises InputError as ``brief`` does."""
        return self._read(Plan, PLAN) if (self.folder / PLAN).exists() else None

    @property
    def rows(self) -> int:
        """How many rows of a table were begun; 0 for other productions."""
        return sum(1 for _ in (self.folder / ROWS).glob("*/"))

    def _read(self, kind: type[Asked], name: str) -> Asked:
        try:
            return kind.model_validate_json((self.folder / name).read_bytes())
        except (OSError, ValidationError) as error:
            raise InputError(
                f"The production {self.name} cannot be read; `portrayal productions remove "
                f"{self.name}` removes it."
            ) from error

    def run(
        self,
        work: Work | None = None,
        *,
        approve: Approve | None = None,
        writer: Writer | None = None,
        screenplay: Screenplay | None = None,
        jobs: int = 1,
    ) -> Result:
        """Make the film, or continue where it was stopped.

        approve     asked before the film is made; None does not ask.
        writer      None directs the user's own words.
        screenplay  to film instead of what was written; unchanged scenes are found.
        jobs        how many scenes are worked on at once.

        Raises what the steps raise; the production can be resumed then. OptionError when it is
        running already.
        """
        from langgraph.types import Command
        from langsmith import tracing_context

        asked, takes, approved = self.plan or self.brief, Takes(self._takes), approve is None
        steps = Steps(asked, takes, work or Work(), jobs=jobs, writer=writer, approved=approved)
        # A user who has LangChain report other work to a server has not asked for that here.
        untraced = tracing_context(enabled=False)
        with self._locked(), untraced, self._checkpoints() as checkpoints:
            graph = steps.graph(checkpoints)
            # At once: scenes, and the sound of all.
            config: Any = THREAD | {"recursion_limit": MOST_STEPS, "max_concurrency": jobs + 1}
            given: Any = self._start(graph, config, screenplay)
            while True:
                graph.invoke(given, config, durability="sync")
                state = graph.get_state(config)
                waiting = [one.value for task in state.tasks for one in task.interrupts]
                if not waiting or approve is None:
                    break
                given = Command(resume=approve(waiting[0]))
            if state.values["approved"]:
                takes.prune()
            values = state.values
            return Result(
                self.name,
                Screenplay.model_validate(values["screenplay"]) if "screenplay" in values else None,
                values.get("film"),
                values.get("report"),
                tuple(values.get("notes", [])),
            )

    def state(self) -> State:
        """Its current state; empty before the first step."""
        with self._checkpoints() as checkpoints:
            kept = checkpoints.get(THREAD)
        values: State = kept["channel_values"] if kept else {}
        return values

    def remove(self) -> None:
        """Remove it with all its takes; finished films elsewhere stay. Raises OutputError."""
        with self._locked(), output.explained(self.folder):
            shutil.rmtree(self.folder)

    def _start(self, graph: Any, config: Any, screenplay: Screenplay | None) -> Any:
        """The input of the graph: the beginning, or None to continue."""
        if self.plan is not None:  # always from the beginning: what was made is found
            graph.checkpointer.delete_thread("film")
            return {"changes": {}}
        if screenplay is not None:
            self._give(screenplay)
        state = graph.get_state(config)
        if screenplay is None and not state.values:  # stopped before it had begun
            screenplay = self.given
        if screenplay is not None:
            return {"screenplay": screenplay.model_dump(), "drafts": 0, "faults": [], "changes": {}}
        if not state.values:
            return {"drafts": 0}
        return None if state.next else {"drafts": 0, "faults": []}

    @property
    def given(self) -> Screenplay | None:
        """The words that were given. Raises ScreenplayError for a damaged file."""
        path = self.folder / SCREENPLAY
        return Screenplay.from_json(read_text(path)) if path.exists() else None

    def _give(self, screenplay: Screenplay) -> None:
        with output.replacing(self.folder / SCREENPLAY) as partial:
            partial.write_text(screenplay.to_json(), encoding="utf-8")

    @contextmanager
    def _checkpoints(self) -> Iterator[Any]:
        from langgraph.checkpoint.sqlite import SqliteSaver

        path = self.folder / "state.sqlite"
        with closing(sqlite3.connect(path, check_same_thread=False)) as connection:
            yield SqliteSaver(connection)

    @contextmanager
    def _locked(self) -> Iterator[None]:
        lock = filelock.FileLock(self.folder / "running.lock")
        try:
            with lock.acquire(timeout=0):
                yield
        except filelock.Timeout as error:
            raise OptionError(
                f"The production {self.name} is running in another process."
            ) from error


def all_productions() -> list[Production]:
    """All productions, the newest first."""
    try:
        found = [path for path in folder().iterdir() if _begun_at(path) is not None]
    except OSError:
        return []
    known = [path for path in found if NAME.fullmatch(path.name) and not path.is_symlink()]
    known.sort(key=lambda path: _begun_at(path) or 0.0, reverse=True)
    return [Production(path.name) for path in known]


def newest() -> Production:
    """The production that was begun last. Raises OptionError when there is none."""
    if found := all_productions():
        return found[0]
    raise OptionError("There is no production to resume; `portrayal produce` begins one.")


def status(production: Production) -> dict[str, Any]:
    """How far a production is, as plain values: name, scenes, standing, film."""
    state, plan = production.state(), production.plan
    film, screenplay = state.get("film"), state.get("screenplay")
    if plan is not None:
        scenes = [scene.id for scene in plan.scenes]
    else:
        scenes = [scene["id"] for scene in screenplay["scenes"]] if screenplay else []
    rows = production.rows
    if rows:
        standing = f"{rows} rows of a table"
    elif film:
        report = state.get("report")
        standing = f"finished, {report['verdict']}" if report else "finished"
    elif scenes:
        filmed = sum(scene in state.get("filmed", {}) for scene in scenes)
        standing = f"{filmed} of {len(scenes)} scenes filmed"
    else:
        standing = "not written yet"
    return {
        "name": production.name,
        "scenes": len(scenes),
        "standing": standing,
        "film": film["path"] if film else "",
    }


def prompt_of(prompt: str | None, file: Path | None) -> str:
    """The prompt, typed or in a file. Raises OptionError for none or both, TextError."""
    if (prompt is None) == (file is None):
        raise OptionError("Say what the video should be: give a prompt, or --prompt-file.")
    return prompt if file is None else read_text(file)  # type: ignore[return-value]


def _begun_at(path: Path) -> float | None:
    """When a production was begun or last asked for a change; None for other folders."""
    asked = [path / name for name in (BRIEF, PLAN, ROWS) if (path / name).exists()]
    return max((file.stat().st_mtime for file in asked), default=None)
