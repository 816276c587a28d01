"""A language model that says what it was told to say: for tests, and for nothing else."""

from __future__ import annotations

from agent.llm.base import Backend, Spec


def _load(model: str | None) -> Backend:
    from pathlib import Path

    from agent.llm.scripted.backend import Scripted, read

    return Scripted([] if model is None else read(Path(model)))


SPEC = Spec(
    name="scripted",
    summary="Replies from a list, for tests.",
    rank=1000,
    load=_load,
    listed=False,
)
