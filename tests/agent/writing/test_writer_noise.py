"""The real path with a model that knows nothing: random weights, held to the writer's schemas."""

from __future__ import annotations

from pathlib import Path

import pytest

from agent.events import Fault
from agent.llm.base import Backend, Reply
from agent.screenplay.model import Screenplay
from agent.writing.tasks import Limits
from agent.writing.writer import Writer
from tests import tiny_gguf
from tests.agent.writing.model import brief_of

pytest.importorskip("xllamacpp")
pytest.importorskip("gguf")

RUNS = 30
REAL = Limits(seconds=60)
SMALL = Limits(scenes=2, sentences=2, characters=30, seconds=60)
"""Sooner over: such a model fills everything to the brim, a token for each character."""


class Recorded:
    """A backend, and how each of its answers ended."""

    def __init__(self, backend: Backend) -> None:
        self._backend = backend
        self.stops: list[str] = []
        self.model, self.parameters = backend.model, backend.parameters

    def complete(self, *args: object, **kwargs: object) -> Reply:
        reply = self._backend.complete(*args, **kwargs)  # type: ignore[arg-type]
        self.stops.append(reply.stop)
        return reply


@pytest.fixture(scope="module")
def backend(tmp_path_factory: pytest.TempPathFactory) -> Recorded:
    from agent.llm.xllamacpp.backend import XLlamaCpp

    path = tiny_gguf.make(tmp_path_factory.mktemp("models") / "tiny.gguf")
    return Recorded(XLlamaCpp(path, threads=1))


@pytest.mark.slow
def test_noise_becomes_valid_screenplays_in_bounded_time(backend: Recorded, tmp_path: Path) -> None:
    drafts = []
    for seed in range(RUNS):
        limits = SMALL if seed % 10 else REAL
        brief = brief_of(tmp_path, seconds=25 if seed % 10 == 1 else 8)
        draft = Writer(backend, limits=limits, seed=100 * seed).write(brief)
        assert Screenplay.from_json(draft.to_json()) == draft
        drafts.append(draft)
    assert len(drafts) == RUNS
    assert len({draft.to_json() for draft in drafts}) == RUNS
    assert "time" not in backend.stops
    assert len(backend.stops) >= 5 * RUNS


def test_noise_changes_a_screenplay_into_a_valid_one(backend: Recorded, tmp_path: Path) -> None:
    brief = brief_of(tmp_path, seconds=8)
    writer = Writer(backend, limits=SMALL)
    draft = writer.write(brief)
    for after in (
        writer.rewrite(brief, draft, [Fault("other", "It is dull.")]),
        writer.rewrite(brief, draft, [Fault("other", "It is dull.", draft.scenes[0].id, 1)]),
        writer.revise(draft, "warmer", brief),
    ):
        assert Screenplay.from_json(after.to_json()) == after
    assert "time" not in backend.stops
