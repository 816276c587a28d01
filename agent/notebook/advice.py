"""What suits the machine a notebook runs on: quality, weights, a language model.

How that was reckoned for 12 GB of memory and a GPU of 15 GB, which is what is lent for nothing:

- Every step is a process of its own, so the largest one counts, not the sum.
- Writing: a model of 3 billion parameters, 2.15 GB, and 1 GB for the conversation, in main memory.
  It runs on the CPU: the GPU is left alone, and a minute's words take some minutes.
- Filming: Portrayal itself 0.7 GB in main memory, a CUDA context 2 to 3 GB, a checkpoint 1 GB while
  it is loaded. On the GPU, in half precision, SadTalker's networks at 256 pixels and Real-ESRGAN's
  small one are under a gigabyte; with what they compute, 3.5 GB are asked for. At 512 pixels it is
  four times the work, and 7.5 GB are asked for (``agent.setup``).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from importlib.util import find_spec

from agent.llm import base as language_models
from agent.llm.llama_cpp import DEFAULT
from agent.setup import Machine, Proposal
from tools import weights

AUTO, NONE = "auto", "none"
TALKER, LARGE_TALKER = "sadtalker", "sadtalker-512"
CONVERSATION = 1.5  # GB that a language model takes beside its file
BEST, STANDARD = "best", "standard"


@dataclass(frozen=True)
class Plan:
    """What to make a film with.

    renderer, quality   as ``Request`` takes them.
    weights             the sets to have.
    model               the language model that writes; None says the user's own words.
    why                 a sentence for each choice.
    """

    renderer: str
    quality: str
    weights: tuple[str, ...]
    model: str | None
    why: tuple[str, ...]


def plan(
    machine: Machine,
    proposals: Sequence[Proposal],
    *,
    renderer: str = AUTO,
    quality: str = AUTO,
    model: str = AUTO,
) -> Plan:
    """What suits, where a choice is "auto"; what was chosen otherwise.

    ``proposals`` are those of ``agent.setup.propose``. Where there is no GPU, "auto" downloads
    nothing at all.
    """
    suits = {proposal.name: proposal.suits for proposal in proposals}
    drawn = renderer == TALKER or (renderer == AUTO and suits.get(TALKER, False))
    drawer = f"{TALKER} draws" if drawn else "warp draws; sadtalker"
    why = [f"{drawer}: {p.why}" for p in proposals if p.name == TALKER]
    wanted = []
    if drawn:
        wanted.append(TALKER)
        if quality == BEST and suits.get(LARGE_TALKER):
            wanted.append(LARGE_TALKER)
            why.append("faces of 512 pixels, since the best was asked for")
    if quality == AUTO:
        quality = BEST if drawn and machine.gpu else STANDARD
        if drawn:
            why.append("quality “best” has Real-ESRGAN enlarge what SadTalker draws")
    chosen, reason = _writer(machine, model)
    if chosen is not None and find_spec("llama_cpp") and chosen in weights.sets():
        wanted.append(chosen)
    return Plan(renderer, quality, tuple(wanted), chosen, (*why, reason))


def _writer(machine: Machine, model: str) -> tuple[str | None, str]:
    """Who writes, and why."""
    if model == NONE:
        return None, "no language model: your own words are spoken"
    if model != AUTO:
        return model, f"{model} writes, as you chose"
    if ready := language_models.ready():
        return "", f"a language model is here, by {ready.name}, and writes"
    return _proposed(machine)


def _proposed(machine: Machine) -> tuple[str | None, str]:
    """The language model to download for a machine, or why there is none."""
    if machine.gpu is None:
        return None, "no language model: without a GPU nothing is downloaded unless you choose it"
    if find_spec("llama_cpp") is None:
        return None, "no language model: llama-cpp-python is not installed"
    needed = sum(file.size or 0 for file in weights.chosen([DEFAULT])) / 1e9 + CONVERSATION
    if machine.memory is not None and machine.memory < needed:
        return None, f"no language model: it wants {needed:.1f} GB of free memory"
    return DEFAULT, f"a language model writes: the {needed:.1f} GB that it wants are free"
