"""What suits the machine a notebook runs on: quality, weights, a language model.

How that was estimated for 12 GB of memory and a GPU of 15 GB, which Colab lends for nothing:

- Every step is a process of its own, so the largest one counts, not the sum.
- Writing: a model of 3 billion parameters, 2.15 GB, and 1 GB for the conversation, in main memory:
  keys and values of 8192 tokens at 0.1 MB each. Half a GB is for Python and llama.cpp. It runs on
  the CPU: the GPU is left alone, and a minute's words take some minutes.
- Filming: Portrayal itself 0.7 GB in main memory, a CUDA context 2 to 3 GB, a checkpoint 1 GB while
  it is loaded. On the GPU, in half precision, SadTalker's networks at 256 pixels and Real-ESRGAN's
  small one are under a gigabyte; with what they compute, 3.5 GB are asked for. At 512 pixels it is
  four times the work, and 7.5 GB are asked for (``agent.commands.setup``).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from agent.commands.setup import Machine, Proposal
from agent.llm import base as language_models
from agent.llm import models
from agent.llm.models import DEFAULT
from renderers import base as renderers
from tools import weights

AUTO, NONE = "auto", "none"
CONVERSATION = 1.5  # GB that running a language model needs beside its file
BEST, STANDARD = "best", "standard"


@dataclass(frozen=True)
class Plan:
    """What to make a film with.

    renderer, quality   as ``Request`` takes them; the renderer is never "auto".
    weights             the sets that are wanted; some may not be downloaded.
    model               the language model that writes; None speaks the user's own words.
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
    settled: bool = False,
) -> Plan:
    """What suits the machine where a choice is "auto", and otherwise what was chosen.

    ``proposals`` are those of ``agent.commands.setup.propose``. Without a GPU, "auto" downloads
    nothing. Once it is ``settled`` what is downloaded, the plan does without the rest.
    """
    judged = {proposal.name: proposal for proposal in proposals}
    drawn_by, why = _renderer(renderer, judged)
    spec = renderers.available().get(drawn_by)
    advice = spec.advice if spec is not None else ()
    wanted, reasons, chosen = [a.weights for a in advice if not a.best], [why], drawn_by
    if spec is not None and wanted and settled and spec.missing():
        chosen = renderers.undemanding().name
        reasons = [f"{chosen} draws: the weights of {drawn_by} were not downloaded"]
    for better in [a for a in advice if a.best and quality == BEST]:
        if better.weights in judged and judged[better.weights].suits:
            wanted.append(better.weights)
            if chosen == drawn_by and not (settled and weights.absent([better.weights])):
                reasons.append(f"{better.best}, since the best was asked for")
    if quality == AUTO:
        quality = BEST if advice and chosen == drawn_by and machine.gpu else STANDARD
        if quality == BEST:
            reasons.append(f"quality “best” has Real-ESRGAN enlarge what {chosen} draws")
    writer, why = _writer(machine, model)
    if writer is not None and writer in weights.sets():
        wanted.append(writer)
        if settled and weights.absent([writer]):
            writer, why = None, f"your own words are spoken: {writer} was not downloaded"
    return Plan(chosen, quality, tuple(wanted), writer, (*reasons, why))


def _renderer(asked: str, judged: Mapping[str, Proposal]) -> tuple[str, str]:
    """The renderer, and why: the best-ranked whose weights suit the machine, or what was asked."""
    plain, but = renderers.undemanding().name, ""
    for spec in renderers.ranked():
        proposal = judged.get(spec.advice[0].weights) if spec.advice else None
        if proposal is None or asked not in (AUTO, spec.name):
            continue
        if proposal.suits and asked == AUTO:
            return spec.name, f"{spec.name} draws: {proposal.why}"
        if not proposal.suits:
            but += f"; but {proposal.why}" if asked != AUTO else f"; {spec.name}: {proposal.why}"
    if asked != AUTO:
        return asked, f"{asked} draws, as you chose{but}"
    return plain, f"{plain} draws{but}"


def _writer(machine: Machine, model: str) -> tuple[str | None, str]:
    """The language model, and why."""
    if model == NONE:
        return None, "no language model: your own words are spoken"
    if model != AUTO:
        if models.takes(model) and not models.run_here():
            return None, (
                "your own words are spoken: nothing here runs a model; run the first cell again"
            )
        return model, f"{model} writes, as you chose"
    if ready := language_models.ready():
        return "", f"a language model is installed, for {ready.name}, and writes"
    return _proposed(machine)


def _proposed(machine: Machine) -> tuple[str | None, str]:
    """The language model to download for a machine, or why there is none."""
    if machine.gpu is None:
        return None, "no language model: without a GPU nothing is downloaded unless you choose it"
    if not models.run_here():
        return None, "no language model: nothing that runs one is installed"
    needed = sum(file.size or 0 for file in weights.resolve([DEFAULT])) / 1e9 + CONVERSATION
    if machine.memory is not None and machine.memory < needed:
        return None, f"no language model: it needs {needed:.1f} GB of free memory"
    return DEFAULT, f"a language model writes: the {needed:.1f} GB that it needs are free"
