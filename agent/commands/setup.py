"""Setup: looks at the machine, proposes weights that suit it, and pulls them after a yes."""

from __future__ import annotations

import platform
import shutil
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from importlib.util import find_spec

from rich.markup import escape
from rich.table import Table

from agent.commands.weights_tables import Pulled, interactive, pull
from agent.terminal.doctor import free_memory
from agent.terminal.session import Session
from agent.terminal.tables import facts, table
from renderers import base as renderers
from renderers.spec import Advice, Spec
from tools import device, extras, weights
from tools.speech import piper
from tools.weights import download

VOICE = "voice-lessac"


@dataclass(frozen=True)
class Machine:
    """What decides which weights suit.

    gpu         its name, or None; gpu_memory is its own memory in GB.
    memory      GB of main memory that can be had, None where the system does not say.
    disk        GB free where the weights go.
    voices      how many voices piper has, None when piper is not installed.
    """

    system: str
    gpu: str | None
    gpu_memory: float
    memory: float | None
    disk: float
    voices: int | None


@dataclass(frozen=True)
class Proposal:
    """A set of weights, and whether and why it suits a machine."""

    name: str
    suits: bool
    why: str


def look() -> Machine:
    """Look at this machine; where it has a GPU, torch is imported, which takes a second or two."""
    folder = weights.folder()
    existing = next(path for path in (folder, *folder.parents) if path.exists())
    gpu, gpu_memory = device.gpu() or (None, 0.0)
    return Machine(
        system=f"{platform.system()} {platform.machine()}",
        gpu=gpu,
        gpu_memory=round(gpu_memory, 1),
        memory=free_memory(),
        disk=round(shutil.disk_usage(existing).free / 1e9, 1),
        voices=len(piper.Piper().voices()) if find_spec("piper") else None,
    )


def propose(machine: Machine) -> list[Proposal]:
    """What suits a machine and what does not, and why, the most useful first.

    Only what Portrayal needs for its videos: everything else is pulled by name.
    """
    room = machine.disk * 1e9 - download.SPARE
    proposals, planned = [], list[str]()
    judged = {
        advice.weights: _drawing(machine, spec, advice)
        for spec in renderers.ranked()
        for advice in spec.advice
    } | {VOICE: _voice(machine)}
    for name in [n for n in judged if n in weights.sets()]:  # another catalogue may lack some
        suits, why = judged[name]
        needed = sum(file.size or 0 for file in weights.absent([*planned, name]))
        if not suits or needed <= room:
            proposals.append(Proposal(name, suits, why))
        else:
            proposals.append(Proposal(name, False, f"the disk has only {machine.disk:g} GB free"))
        if proposals[-1].suits:
            planned.append(name)
    return proposals


def setup(session: Session, *, accept: bool, yes: bool) -> None:
    """Propose, and pull after a yes; where nobody can be asked, only propose.

    Sets whose licence has to be accepted are left out until it is.
    """
    machine = look()
    proposals = propose(machine)
    missing = [p.name for p in proposals if p.suits and weights.absent([p.name])]
    bound = {name for name in missing if any(file.consent for file in weights.absent([name]))}
    unaccepted = [name for name in missing if name in bound and not accept]
    wanted = [name for name in missing if name not in unaccepted]
    if not session.as_json:
        session.out.print(_machine(machine))
        session.out.print(_proposals(proposals))
    pulled = Pulled()
    if wanted and (yes or interactive()):
        pulled = pull(session, wanted, accept=accept, yes=yes, jobs=4)
    if session.as_json:
        session.json({
            "machine": asdict(machine),
            "proposals": [
                asdict(p) | {"here": not weights.absent([p.name]), "size": _size(p.name)}
                for p in proposals
            ],
            "folder": str(weights.folder()),
            "pulled": [str(path) for path in pulled.downloaded],
        })  # fmt: skip
        return
    if pulled.downloaded:
        session.out.print(f"[green]✓[/] {escape(pulled.summary)}", highlight=False)
    elif wanted:
        session.out.print("Nothing was downloaded; to do so: portrayal setup --yes")
    elif not unaccepted:
        session.out.print("Nothing needs to be downloaded.")
    if unaccepted:
        session.note(
            f"{' and '.join(unaccepted)}: read the licence, and if you accept it, get it with: "
            f"portrayal weights pull {' '.join(unaccepted)} --accept-licence"
        )


def _drawing(machine: Machine, spec: Spec, advice: Advice) -> tuple[bool, str]:
    if machine.gpu is None:
        return False, f"{spec.without_gpu}; {renderers.undemanding().name} needs no weights"
    if machine.gpu_memory < advice.gpu_memory:
        wants = f"it wants {advice.gpu_memory:g} GB"
        return False, f"the GPU has {machine.gpu_memory:g} GB, and {wants}"
    if machine.memory is not None and machine.memory < advice.memory:
        return False, f"{machine.memory:.1f} GB of memory are free, and it wants {advice.memory:g}"
    return True, f"the GPU has {machine.gpu_memory:g} GB"


def _voice(machine: Machine) -> tuple[bool, str]:
    if machine.voices is None:
        return False, f"piper is not installed; it comes with: {extras.command('piper')}"
    if machine.voices:
        return not weights.absent([VOICE]), f"piper has voices: {machine.voices}"
    return True, "piper is installed and has no voice"


def _size(name: str) -> str:
    return weights.total_size(weights.resolve([name]))


def _machine(machine: Machine) -> Table:
    gpu = f"{machine.gpu}, {machine.gpu_memory:g} GB" if machine.gpu else "none used"
    memory = "unknown" if machine.memory is None else f"{machine.memory:.1f} GB free"
    return facts({
        "system": machine.system,
        "GPU": escape(gpu),
        "memory": memory,
        "disk": escape(f"{machine.disk:g} GB free for {weights.folder()}"),
    })  # fmt: skip


def _proposals(proposals: Sequence[Proposal]) -> Table:
    shown = table("", "set", "what it is", "size", "licence", "why")
    summaries = weights.summaries()
    for proposal in proposals:
        here = not weights.absent([proposal.name])
        mark = (
            "[green]✓ here[/]" if here else "[bold]→ yes[/]" if proposal.suits else "[dim]○ no[/]"
        )
        licences = dict.fromkeys(file.licence for file in weights.resolve([proposal.name]))
        shown.add_row(mark, proposal.name, summaries[proposal.name], _size(proposal.name),
                      escape(", ".join(licences)), escape(proposal.why))  # fmt: skip
    return shown
