"""What a production remembers between the nodes of its graph: plain values, kept at every step."""

from __future__ import annotations

from operator import or_
from typing import Annotated, Any, TypedDict


def merged(before: list[str], more: list[str]) -> list[str]:
    """Both lists, each sentence once."""
    return list(dict.fromkeys([*before, *more]))


class State(TypedDict, total=False):
    """
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
