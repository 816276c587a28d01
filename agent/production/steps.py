"""The production's graph: what each node does, and which way it goes on from there.

                    (a script)
                        ↓
write → direct → review → speak (each scene) → time → approve
  ↑________________|_____________________________|
               render (each scene), mix → finish → inspect
                      ↑___________________________|
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from operator import or_
from pathlib import Path
from threading import BoundedSemaphore, Lock
from typing import Annotated, Any, TypedDict

from langgraph.graph import END, START, StateGraph
from langgraph.graph.state import CompiledStateGraph
from langgraph.types import Send, interrupt

from agent.events import Fault, Work
from agent.film.cast import renderer_name
from agent.film.casting import suited
from agent.film.plan import Film, Plan, Scene, of_screenplay
from agent.film.scenes import Scenes
from agent.film.takes import Takes
from agent.request.brief import Brief
from agent.screenplay.model import Screenplay
from agent.writing.director import direct
from agent.writing.review import length_fault
from agent.writing.writer import Writer
from renderers import base as renderers
from tools import inspect as inspection
from tools.errors import ConsentError, InputError, ModelError
from tools.inspect.report import CheckId, Report

MOST_DRAFTS = 3
MOST_TAKES = 3  # the first, and two more
MOST_NOTES = 6  # of what is doubtful in a draft
TOLERANCE = 0.1  # of the length asked for
LEAST, MOST = 0.5, 2.0  # of it: what is further off is not filmed without asking

# No setting of the renderer that was wanted means anything to another one.
ANOTHER_RENDERER: dict[str, Any] = {"renderer": renderers.undemanding().name, "set": []}
RETAKES: dict[CheckId, dict[str, Any]] = {
    # A check that fails: what to change for another take, unless that is so already.
    "lips_follow_voice": ANOTHER_RENDERER,
    "lips_on_time": ANOTHER_RENDERER,
    "frozen_in_speech": ANOTHER_RENDERER,
    "mouth_sharpness": {"quality": "best"},
    "face_visible": {"head_motion": "still"},
    "background_still": {"head_motion": "still"},
}


def merged(before: list[str], more: list[str]) -> list[str]:
    """Both lists, each sentence once."""
    return list(dict.fromkeys([*before, *more]))


class State(TypedDict, total=False):
    """What is remembered between the nodes of the graph: plain values, kept at every step.

    screenplay  of a production that is written, as ``Screenplay.model_dump`` gives it.
    seconds     the length that the prompt names, None where it names none.
    drafts      how often it was written.
    faults      what the last draft is sent back for, as plain values of ``Fault``.
    spoken      seconds of each scene, by its id.
    filmed      frames of each scene, by its id.
    approved    whether the film may be made.
    takes       how often the film was made.
    changes     of the brief's options, for another take.
    film        what ``finish`` made, as plain values, and with which changes.
    report      what ``inspect`` found, as plain values.
    notes       sentences the user should see.
    """

    screenplay: dict[str, Any]
    seconds: float | None
    drafts: int
    faults: list[dict[str, Any]]
    spoken: Annotated[dict[str, float], or_]
    filmed: Annotated[dict[str, int], or_]
    approved: bool
    takes: int
    changes: dict[str, Any]
    film: dict[str, Any]
    report: dict[str, Any]
    notes: Annotated[list[str], merged]


class Part(TypedDict):
    """What a node is given that works on one scene.

    scene, film    as ``Staged.model_dump`` and ``Film.model_dump`` give them.
    before         the scene before it, if there is one.
    """

    scene: dict[str, Any]
    before: dict[str, Any] | None
    film: dict[str, Any]


class Steps:
    """The nodes of one production.

    asked     what a user asks for in words, or a plan of scenes that are written and directed.
    jobs      how many scenes are worked on at once.
    writer    None directs the user's own words, without a language model.
    approved  whether the film is made without asking.
    """

    def __init__(
        self,
        asked: Brief | Plan,
        takes: Takes,
        work: Work,
        *,
        jobs: int = 1,
        writer: Writer | None = None,
        approved: bool = False,
    ) -> None:
        self.takes, self.work = takes, work
        self.plan = asked if isinstance(asked, Plan) else None
        self._brief = None if isinstance(asked, Plan) else asked
        self.writer, self.approved = writer, approved
        self._made: dict[Film, Scenes] = {}
        self._staging = Lock()
        # A scene keeps a few cores busy; on such a machine its neighbours would not help.
        self._at_work = BoundedSemaphore(jobs)

    @property
    def brief(self) -> Brief:
        """What is asked for in words; only asked of a production that has to be written."""
        assert self._brief is not None
        return self._brief

    def graph(self, checkpointer: Any = None) -> CompiledStateGraph[State]:
        """The graph, ready to run; its state is kept by ``checkpointer`` at every step."""
        graph = StateGraph(State)
        for name in (
            "write", "direct", "review", "speak", "time", "approve", "render", "mix", "finish",
            "inspect",
        ):  # fmt: skip
            graph.add_node(name, getattr(self, name))
        graph.add_conditional_edges(START, self.entering, ["write", "speak"])
        graph.add_edge("write", "direct")
        graph.add_edge("direct", "review")
        graph.add_conditional_edges("review", self.speaking, ["write", "speak"])
        graph.add_edge("speak", "time")
        graph.add_conditional_edges("time", self.timed, ["write", "approve"])
        graph.add_conditional_edges("approve", self.rendering, ["render", "mix", END])
        graph.add_edge("render", "finish")
        graph.add_edge("mix", "finish")
        graph.add_edge("finish", "inspect")
        graph.add_conditional_edges("inspect", self.again, ["render", END])
        return graph.compile(checkpointer=checkpointer)

    def entering(self, state: State) -> str | list[Send]:
        """Where a production begins: a plan's scenes only have to be spoken."""
        return "write" if self.plan is None else self._each("speak", state)

    # --- Words ----------------------------------------------------------------------------------

    def write(self, state: State) -> State:
        """A draft, or another one without its faults; nothing without a writer."""
        drafts, faults = state.get("drafts", 0), state.get("faults", [])
        if self.writer is None or ("screenplay" in state and not faults):
            return {"drafts": drafts + 1, "faults": []}
        with self.work.stage("write"):
            if "screenplay" in state:
                return self._rewritten(self.writer, state)
            draft = self.writer.write(self.brief)
        named = self.writer.seconds
        return {"screenplay": draft.model_dump(), "seconds": named, "drafts": 1, "faults": []}

    def _rewritten(self, writer: Writer, state: State) -> State:
        """Another draft; the one there is, and why, where the writer fails."""
        before = _screenplay(state)
        try:
            faults = [Fault(**fault) for fault in state["faults"]]
            draft = writer.rewrite(self.brief, before, faults)
        except ConsentError:
            raise
        except (InputError, ModelError) as error:
            note = f"The draft was not written anew: {error}"
            return {"drafts": MOST_DRAFTS, "faults": [], "notes": [note]}
        drafts = MOST_DRAFTS if draft == before else state["drafts"] + 1  # it knows no better
        return {"screenplay": draft.model_dump(), "drafts": drafts, "faults": []}

    def direct(self, state: State) -> State:
        """The user's own words as a screenplay, if there is none yet."""
        if "screenplay" in state:
            return {}
        with self.work.stage("direct"):
            request = self.brief.request()
            spoken = (
                self.brief.language
                or suited(self.brief.prompt, request.engine, request.voice).language
            )
            directed = direct(self.brief.prompt, "en" if spoken == "und" else spoken)
        return {"screenplay": directed.model_dump()}

    def review(self, state: State) -> State:
        if self.writer is None:
            return {}
        draft = _screenplay(state)
        faults = self.writer.review(self.brief, draft)
        if faults and state["drafts"] < MOST_DRAFTS:
            return self._sent_back(faults)
        settled = self.writer.settled(self.brief, draft)
        notes = [fault.text for fault in self.writer.review(self.brief, settled)]
        return {"screenplay": settled.model_dump(), "faults": [], "notes": capped(notes)}

    def _sent_back(self, faults: Sequence[Fault]) -> State:
        for fault in faults:
            self.work.tell(fault)
        return {"faults": [asdict(fault) for fault in faults]}

    def speaking(self, state: State) -> str | list[Send]:
        return "write" if state.get("faults") else self._each("speak", state)

    def speak(self, state: Part) -> State:
        """One scene, heard; how long it is."""
        scene, scenes = Scene.model_validate(state["scene"]), self._scenes(state["film"])
        with self._at_work, self.work.stage("speak", part=scene.id):
            speech = scenes.dialogue(scene).speech
        return {"spoken": {scene.id: speech.duration}, "notes": list(speech.notes)}

    def time(self, state: State) -> State:
        """Whether it is as long as was asked for, measured on what is heard."""
        if self.plan is not None:
            return {}
        seconds, asked = self._seconds(state), self.brief.seconds or state.get("seconds")
        if asked is None or abs(seconds / asked - 1) <= TOLERANCE:
            return {}
        if self.writer is not None and state["drafts"] < MOST_DRAFTS:
            return self._sent_back([length_fault(seconds, asked)])
        told = f"It lasts {seconds:.1f} s where {asked:g} s were asked for."
        if self.writer is not None and self.approved and not LEAST <= seconds / asked <= MOST:
            raise ModelError(
                f"{told} That is not filmed unasked: say more of what it is about, ask for "
                f"{seconds:.0f} s, or leave --yes out."
            )
        return {"notes": [told]}

    def timed(self, state: State) -> str:
        return "write" if state.get("faults") else "approve"

    def approve(self, state: State) -> State:
        """Ask whether to make the film, unless that was said before."""
        if self.approved:
            return {"approved": True, "takes": 0}
        asked = {"screenplay": state["screenplay"], "seconds": self._seconds(state),
                 "notes": state.get("notes", [])}  # fmt: skip
        return {"approved": bool(interrupt(asked)), "takes": 0}

    # --- Pictures -------------------------------------------------------------------------------

    def rendering(self, state: State) -> str | list[Send]:
        if not state["approved"]:
            return END
        # The sound first: it has a thread to itself, and scenes wait for one another.
        return [Send("mix", state), *self._each("render", state)]

    def render(self, state: Part) -> State:
        """One scene, filmed; what was filmed before a production was stopped is found."""
        scene, scenes = Scene.model_validate(state["scene"]), self._scenes(state["film"])
        with self._at_work:
            span = scenes.span(scene)
            with self.work.stage("render", span.stop - span.first, scene.id) as advance:
                scenes.shoot(scene, advance)
                before = state["before"] and Scene.model_validate(state["before"])
                scenes.take_over(before or None, scene)
        return {"filmed": {scene.id: span.whole}, "notes": scenes.notes}

    def mix(self, state: State) -> State:
        """What is heard in the whole film, while its scenes are drawn."""
        plan = self._planned(state)
        self._scenes(plan.film.model_dump()).mix(plan.scenes)
        return {}

    def finish(self, state: State) -> State:
        plan, changes = self._planned(state), state.get("changes", {})
        scenes = self._scenes(plan.film.model_dump())
        with self.work.stage("finish"):
            film = scenes.finish(plan.scenes)
        self.work.made(*filter(None, (film.path, film.captions)))
        made = film.to_dict() | {"changes": changes}
        return {"film": made, "takes": state["takes"] + 1, "notes": scenes.notes}

    def inspect(self, state: State) -> State:
        """Measure the film; where that finds it wanting, say what another take should change.

        A plan says itself how its scenes are made, and may show more than one face.
        """
        if self.plan is not None:
            return {"changes": state.get("changes", {})}
        with self.work.stage("inspect", 100) as advance:
            report = inspection.inspect(Path(state["film"]["path"]), advance)
        changes = state.get("changes", {})
        found: State = {"report": report.to_dict(), "changes": changes}
        if state["takes"] < MOST_TAKES and (more := self._remedy(report, changes)):
            found["changes"] = changes | more
            what = ", ".join(f"{name} {value}" for name, value in more.items() if value)
            found["notes"] = [f"Filmed again with {what}: {_failing(report)}."]
        return found

    def again(self, state: State) -> str | list[Send]:
        """Another take, unless the film is as good as it gets."""
        made = state["film"]["changes"]
        return self._each("render", state) if state["changes"] != made else END

    # --- Shared ---------------------------------------------------------------------------------

    def _remedy(self, report: Report, changes: dict[str, Any]) -> dict[str, Any] | None:
        """What would change something about the first check that fails and can be helped."""
        so_far = self.brief.model_copy(update={"options": self.brief.options | changes}).request()
        values = so_far.model_dump(mode="json") | {"renderer": renderer_name(so_far.renderer)}
        failed = {check.id for check in report.checks if check.verdict == "fail"}
        remedies = (change for check, change in RETAKES.items() if check in failed)
        return next((dict(more) for more in remedies if not more.items() <= values.items()), None)

    def _each(self, node: str, state: State) -> list[Send]:
        plan = self._planned(state)
        film = plan.film.model_dump(mode="json")
        scenes = [scene.model_dump(mode="json") for scene in plan.scenes]
        return [
            Send(node, Part(scene=scene, before=before, film=film))
            for before, scene in zip([None, *scenes], scenes, strict=False)
        ]

    def _planned(self, state: State) -> Plan:
        """The film to make, as far as it is known."""
        if self.plan is not None:
            return self.plan
        screenplay, changes = _screenplay(state), state.get("changes", {})
        brief = self.brief.model_copy(update={"options": self.brief.options | changes})
        return of_screenplay(screenplay, brief.request(language=screenplay.language))

    def _scenes(self, film: dict[str, Any]) -> Scenes:
        made = Film.model_validate(film)
        with self._staging:
            if made not in self._made:
                self._made[made] = Scenes(made, self.takes, lambda spoken: self.work.check())
            return self._made[made]

    def _seconds(self, state: State) -> float:
        return sum(state["spoken"][scene.id] for scene in self._planned(state).scenes)


def capped(notes: Sequence[str]) -> list[str]:
    """The first of many notes, and how many more there are."""
    more = len(notes) - MOST_NOTES
    return [*notes[:MOST_NOTES], *([f"There are {more} more such notes."] if more > 0 else [])]


def _screenplay(state: State) -> Screenplay:
    return Screenplay.model_validate(state["screenplay"])


def _failing(report: Report) -> str:
    return "; ".join(
        f"{check.name} {check.shown}, wanted {check.wanted}"
        for check in report.checks
        if check.verdict == "fail"
    )
