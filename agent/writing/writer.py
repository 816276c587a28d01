"""Writer: a brief becomes a screenplay, which is then changed only where it has to be.

The words are a language model's; their order, the names and the form of a screenplay are decided
here. So whatever a model answers, the result is a valid screenplay or one error.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from itertools import zip_longest
from typing import ClassVar

from agent.events import Fault, Work
from agent.llm.base import Backend
from agent.request.brief import Brief
from agent.screenplay.model import (
    LONGEST_TITLE,
    MOST_LINES,
    Line,
    Scene,
    Screenplay,
    slug,
)
from agent.writing import consent, director, gate
from agent.writing.answers import Plan, speakable
from agent.writing.facts import Facts
from agent.writing.material import Material, listed, sentence_of
from agent.writing.review import review
from agent.writing.tasks import Limits, Tasks
from agent.writing.wishes import language_asked, language_of, seconds_asked
from tools.errors import ModelError
from tools.text import whole_sentences

UNTITLED = "Untitled"
SECONDS = 60.0  # of a video without a length of its own
ONE_SCENE = 20.0  # seconds up to which a video is one scene …
PER_SCENE = 20.0  # … and of which a longer one has at most one each
MOST_CHANGE = 0.35  # of a scene's length, before others are changed too
CLOSE = 0.05  # of the length asked for: a smaller difference needs no change


class Writer:
    """Writes with ``backend``, from ``facts``.

    work       is told the sentences as they are written, a line each, and why an answer is asked
               for again; then its sentences are void.
    limits     how much is asked for at a time; another ``seed`` gives other words.

    All methods raise ConsentError for a request to imitate a real person, ModelError where the
    model gives nothing usable in three attempts at a task, and what the backend raises.
    """

    is_plain: ClassVar[bool] = False
    """Whether its model writes plain text, and is asked for nothing else."""

    def __init__(
        self,
        backend: Backend,
        facts: Facts | None = None,
        work: Work | None = None,
        *,
        limits: Limits | None = None,
        seed: int = 0,
    ) -> None:
        self.backend, self.facts = backend, facts
        self._work, self._seed = work or Work(), seed
        self._tasks = Tasks(backend, facts, limits or Limits(), seed, self._work)
        self.seconds: float | None = None
        """The length that the prompt of the last brief names, once it was written."""

    @property
    def notes(self) -> tuple[str, ...]:
        """What the user should know of the facts, a sentence each."""
        return self.facts.notes if self.facts else ()

    def review(self, brief: Brief, screenplay: Screenplay) -> tuple[Fault, ...]:
        """The faults of a draft, as ``agent.writing.review`` and the gate find them."""
        more = gate.reviewed(screenplay, self._material(brief, screenplay))
        return (*review(brief, screenplay, self.facts), *more)

    def settled(self, brief: Brief, screenplay: Screenplay) -> Screenplay:
        """``screenplay`` as it is filmed, mended by rule: what the gate still finds is left out,
        and facts that are missing are said in the user's own words.

        Raises ModelError, with what to do instead, where too little is left.
        """
        material = self._material(brief, screenplay)
        scenes, sentences, kept = [], 0, list[str]()
        for scene in screenplay.scenes:
            lines = []
            for line in scene.lines:
                said = whole_sentences(line.text)
                good = gate.passing(said, kept, material)
                sentences, kept = sentences + len(said), kept + good
                if good:
                    lines.append(
                        line.model_copy(update={"text": " ".join(good)} if good != said else {})
                    )
            if lines:
                scenes.append(_with_lines(scene, lines))
        facts = gate.unsaid(kept, material)
        if scenes and facts:
            own = [director.line(sentence_of(fact), screenplay.language) for fact in facts]
            first, last = scenes[-1].lines[:-1], scenes[-1].lines[-1:]
            scenes[-1] = scenes[-1].model_copy(update={"lines": (*first, *own, *last)})
        if why := gate.refusal(kept + facts, sentences, material):
            raise self._refused(why)
        return _copy(screenplay, scenes)

    def _refused(self, why: str) -> ModelError:
        return ModelError(
            f"The language model “{self.backend.model}” has written nothing that can be "
            f"filmed: {why.rstrip('.')}. Give the words themselves in quotation marks, say "
            "more about them, or take a larger model (`portrayal weights pull llm`)."
        )

    def _material(self, brief: Brief, screenplay: Screenplay) -> Material:
        """What a draft is read against; its length is judged where it is heard.

        Notes with more facts than there is room for are what to choose from; none has to be said.
        """
        seconds = brief.seconds or self.seconds or screenplay.estimated_seconds
        material = Material.of(brief, self.facts, screenplay.language, seconds)
        all_fit = len(material.facts) == len(listed(self.facts.text if self.facts else ""))
        facts = material.facts if all_fit else ()
        return replace(material, facts=facts, words=max(1, screenplay.words))

    def write(self, brief: Brief) -> Screenplay:
        """A first draft: outline, then scene by scene words and how they are said, then titles."""
        check_consent(brief)
        asked = self._tasks.request(brief.prompt)
        consent.check_person(brief.prompt, asked.imitates)
        language = brief.language or language_of(brief.prompt)
        self.seconds = seconds_asked(brief.prompt)
        seconds = brief.seconds or self.seconds or SECONDS
        most = 1 if seconds <= ONE_SCENE else max(2, round(seconds / PER_SCENE))
        most = min(most, self._tasks.limits.scenes)
        outline = self._tasks.outline(brief, language, seconds, most)
        narrated = self._narrated(brief, language, outline.scenes, seconds)
        title, names = self._titles(
            language, narrated, outline.title, [plan.title for plan in outline.scenes]
        )
        taken = set[str]()
        scenes = []
        for name, sentences in zip(names, narrated, strict=True):
            taken.add(found := slug(name or "scene", taken))
            lines = self._directed(brief, language, sentences)
            lines[-1] = _with_pause(lines[-1], max(lines[-1].pause, director.AFTER_SCENE))
            scenes.append({"id": found, "title": name, "lines": lines})
        return Screenplay.of(title=title, language=language, scenes=scenes)

    def rewrite(self, brief: Brief, screenplay: Screenplay, faults: Sequence[Fault]) -> Screenplay:
        """``screenplay`` without the ``faults``: those of ``review``, of ``length_fault``, or any.

        A fault of a line changes that line, one of a scene that scene; a wrong length changes the
        longest scenes, as few as will do. A fault that names no place changes every scene. What is
        not changed, and sentences that come back unchanged, keep their expressions and pauses.
        """
        check_consent(brief)
        ratio = next((fault.ratio for fault in faults if fault.ratio is not None), None)
        targets = _targets(screenplay, ratio)
        return _copy(
            screenplay,
            [
                self._without_faults(
                    brief, screenplay.language, scene, faults, targets.get(scene.id)
                )
                for scene in screenplay.scenes
            ],
        )

    def revise(self, screenplay: Screenplay, wish: str, brief: Brief) -> Screenplay:
        """``screenplay`` changed by a wish: "warmer, cut the second part, in Spanish".

        Its language and length are read by rules. The model first says which scenes the rest
        concerns; the others stay as they are.
        """
        check_consent(brief)
        consent.check(wish)
        plan = self._tasks.revision(screenplay, wish)
        asked, seconds = language_asked(wish), seconds_asked(wish)
        translated = asked not in (None, screenplay.language.split("-")[0])
        language = asked if asked and translated else screenplay.language
        pairs = zip_longest(screenplay.scenes, plan.scenes, fillvalue="keep")
        actions = {scene.id: act for scene, act in pairs if isinstance(scene, Scene)}
        left = _copy(screenplay, [s for s in screenplay.scenes if actions[s.id] != "cut"])
        ratio = seconds / left.estimated_seconds if seconds else None
        targets = _targets(left, ratio)
        revised = _copy(
            left,
            [
                scene
                if not translated and actions[scene.id] == "keep" and scene.id not in targets
                else self._revised(
                    brief, left.language, language, scene, wish, targets.get(scene.id),
                    redirected=actions[scene.id] == "redirect",
                )
                for scene in left.scenes
            ],
            language=language,
        )  # fmt: skip
        if translated:
            revised = self._retitled(revised)
        return _copy(revised, revised.scenes, title=_title(plan.title) or revised.title)

    def _narrated(
        self, brief: Brief, language: str, plans: Sequence[Plan], seconds: float
    ) -> list[list[str]]:
        """The sentences of each scene, each written knowing what was said before it."""
        whole = sum(plan.share for plan in plans)
        narrated: list[list[str]] = []
        for number, plan in enumerate(plans, 1):
            before = narrated[-1][-1] if narrated else ""
            part = seconds * plan.share / whole
            narrated.append(self._tasks.narration(brief, language, plans, number, before, part))
        return narrated

    def _without_faults(
        self,
        brief: Brief,
        language: str,
        scene: Scene,
        faults: Sequence[Fault],
        target: float | None,
    ) -> Scene:
        """A scene without the ``faults`` of its own and of all, ``target`` seconds long."""
        seconds = scene.estimated_seconds(language)
        of_lines: dict[int, list[str]] = {}
        for fault in faults:
            if fault.scene == scene.id and fault.line is not None:
                of_lines.setdefault(fault.line - 1, []).append(fault.text)
        remarks = [f.text for f in faults if f.scene == scene.id and f.line is None]
        remarks += [f.text for f in faults if f.scene is None and f.ratio is None]
        if target is not None:
            remarks.append(
                f"It takes {seconds:.0f} seconds to say and should take {target:.0f}: "
                f"{'say less' if target < seconds else 'say more'}."
            )
        if not remarks:
            return self._mended(brief, language, scene, of_lines) if of_lines else scene
        remarks += [fault for texts in of_lines.values() for fault in texts]
        said = self._tasks.reworded(brief, language, _texts(scene), remarks, target or seconds)
        kept = {line.text: line for line in scene.lines}
        return _with_lines(scene, self._directed(brief, language, said, kept))

    def _mended(
        self, brief: Brief, language: str, scene: Scene, faults: Mapping[int, Sequence[str]]
    ) -> Scene:
        """``scene`` with only the lines that have ``faults``, by index, reworded."""
        lines = list(scene.lines)
        for index in sorted(faults, reverse=True):  # from the end, so that the others stay in place
            texts = [line.text for line in lines]
            said = self._tasks.mended(brief, language, texts, index + 1, faults[index])
            new = self._directed(brief, language, said)
            lines[index : index + 1] = [*new[:-1], _with_pause(new[-1], lines[index].pause)]
        return _with_lines(scene, lines)

    def _revised(
        self, brief: Brief, before: str, language: str, scene: Scene, wish: str,
        target: float | None, *, redirected: bool,
    ) -> Scene:  # fmt: skip
        """A scene changed by a wish, from the language ``before`` into ``language``."""
        texts, translated = _texts(scene), before != language
        if translated or target is not None or not redirected:
            seconds = target or scene.estimated_seconds(before)
            texts = self._tasks.reworded(brief, language, texts, [wish], seconds, translated)
        return _with_lines(scene, self._directed(brief, language, texts, wish=wish))

    def _directed(
        self, brief: Brief, language: str, sentences: Sequence[str],
        kept: Mapping[str, Line] | None = None, wish: str = "",
    ) -> list[Line]:  # fmt: skip
        """The lines that say ``sentences``: those ``kept``, by their text, and new ones.

        The model chooses the faces, or where it fails to, their sentiment; stress and pauses are
        the embedded director's.
        """
        kept = kept or {}
        new = [text for text in dict.fromkeys(sentences) if text not in kept]
        found = dict(kept)
        for first in range(0, len(new), self._tasks.limits.lines):
            some = new[first : first + self._tasks.limits.lines]
            try:
                faces: Sequence[str | None] = self._tasks.faces(brief, some, wish)
            except ModelError:
                faces = [None] * len(some)
            found |= {
                text: director.line(text, language, face)
                for text, face in zip(some, faces, strict=True)
            }
        return [found[text] for text in sentences]

    def _retitled(self, screenplay: Screenplay) -> Screenplay:
        """With titles in its language; scenes keep their ids."""
        names = [scene.title for scene in screenplay.scenes]
        texts = [_texts(scene) for scene in screenplay.scenes]
        title, names = self._titles(screenplay.language, texts, screenplay.title, names)
        named = zip(screenplay.scenes, names, strict=True)
        scenes = [scene.model_copy(update={"title": name}) for scene, name in named]
        return _copy(screenplay, scenes, title=title)

    def _titles(
        self,
        language: str,
        narrated: Sequence[Sequence[str]],
        title: str,
        names: Sequence[str | None],
    ) -> tuple[str, list[str | None]]:
        """Titles of the whole and of each scene; the given ones where the model has none."""
        try:
            new = self._tasks.titles(language, [" ".join(said) for said in narrated])
        except ModelError:
            return _title(title) or UNTITLED, [_title(name) for name in names]
        pairs = zip_longest(new.scenes[: len(names)], names, fillvalue="")
        return (
            _title(new.title) or _title(title) or UNTITLED,
            [_title(found) or _title(given) for found, given in pairs],
        )


def check_consent(brief: Brief) -> None:
    for text in (brief.prompt, brief.tone, brief.audience):
        if text:
            consent.check(text)


def _targets(screenplay: Screenplay, ratio: float | None) -> dict[str, float]:
    """The scenes to change and their new lengths in seconds, to change the whole by ``ratio``.

    The longest are changed first, and as few as possible.
    """
    if ratio is None or abs(ratio - 1) <= CLOSE:
        return {}
    lengths = {
        scene.id: scene.estimated_seconds(screenplay.language) for scene in screenplay.scenes
    }
    if abs(ratio - 1) >= MOST_CHANGE:
        return {name: length * ratio for name, length in lengths.items()}
    change = sum(lengths.values()) * (ratio - 1)
    targets = {}
    for name, length in sorted(lengths.items(), key=lambda entry: -entry[1]):
        most = MOST_CHANGE * length
        step = min(most, max(-most, change))
        targets[name] = length + step
        change -= step
        if abs(change) < CLOSE * length:
            break
    return targets


def _texts(scene: Scene) -> list[str]:
    return [line.text for line in scene.lines]


def _copy(screenplay: Screenplay, scenes: Sequence[Scene], **changes: str) -> Screenplay:
    return screenplay.model_copy(update={"scenes": tuple(scenes), **changes})


def _with_lines(scene: Scene, lines: Sequence[Line]) -> Scene:
    """``scene`` with other lines, the last of which keeps the pause after the scene."""
    lines = list(lines[:MOST_LINES])
    if lines[-1] != scene.lines[-1]:
        lines[-1] = _with_pause(lines[-1], max(lines[-1].pause, scene.lines[-1].pause))
    return scene.model_copy(update={"lines": tuple(lines)})


def _with_pause(line: Line, pause: float) -> Line:
    return line.model_copy(update={"pause": pause})


def _title(text: str | None) -> str | None:
    said = speakable(text or "")
    return said[:LONGEST_TITLE].strip().rstrip(".") or None if said else None
