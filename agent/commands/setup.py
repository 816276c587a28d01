"""Setup: looks at the machine and the language, proposes a voice, a writer, ears and a renderer,
and pulls what suits after a yes.
"""

from __future__ import annotations

import locale
import platform
import re
import shutil
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass, replace
from importlib.util import find_spec
from itertools import chain

from rich.markup import escape
from rich.table import Table

from agent import settings
from agent.commands.weights_tables import Pulled, interactive, pull
from agent.llm import models
from agent.terminal.doctor import free_memory
from agent.terminal.session import Session
from agent.terminal.tables import facts, table
from renderers import base as renderers
from renderers.spec import Advice, Spec
from tools import device, extras, weights
from tools.speech import piper
from tools.speech.kokoro import Kokoro
from tools.weights import download

VOICES, VOICE = "kokoro", "voice-lessac"
EARS = "whisper-base"
WRITERS = {"llm": 5.0, "llm-qwen": 2.5}  # GB of free memory that each wants, the best first


@dataclass(frozen=True)
class Machine:
    """What decides which weights suit.

    gpu         its name, or None; gpu_memory is its own memory in GB.
    memory      GB of main memory that can be had, None where the system does not say.
    disk        GB free where the weights go.
    voices      how many voices piper has, None when piper is not installed.
    language    a BCP 47 tag: what will be spoken.
    writes      whether what runs a language model is installed; hears: the same for recordings.
    """

    system: str
    gpu: str | None
    gpu_memory: float
    memory: float | None
    disk: float
    voices: int | None
    language: str = "en"
    writes: bool = False
    hears: bool = False


@dataclass(frozen=True)
class Proposal:
    """A set of weights, whether and why it suits a machine, and what else it needs there: the
    command that installs that, or "".
    """

    name: str
    suits: bool
    why: str
    needs: str = ""


def look(language: str | None = None) -> Machine:
    """Look at this machine; where it has a GPU, torch is imported, which takes a second or two.

    language  what will be spoken; None is the system's.
    """
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
        language=language or _systems(),
        writes=models.run_here(),
        hears=find_spec("faster_whisper") is not None,
    )


def _systems() -> str:
    """The system's language, as far as it says."""
    tag = (locale.getlocale()[0] or "").partition("_")[0].lower()
    return tag if re.fullmatch("[a-z]{2,3}", tag) else "en"


def propose(machine: Machine) -> list[Proposal]:
    """What suits a machine and what does not, and why, the most useful first.

    Only what Portrayal needs for its videos: everything else is pulled by name.
    """
    room = machine.disk * 1e9 - download.SPARE
    proposals, planned = [], list[str]()
    judged = [_voices, _writers, _ears, _drawing, _voice]
    for proposal in chain.from_iterable(judge(machine) for judge in judged):
        if proposal.name not in weights.sets():  # another catalogue may lack some
            continue
        needed = sum(file.size or 0 for file in weights.absent([*planned, proposal.name]))
        if not proposal.suits or needed <= room:
            proposals.append(proposal)
        else:
            full = f"the disk has only {machine.disk:g} GB free"
            proposals.append(replace(proposal, suits=False, why=full))
        if proposals[-1].suits:
            planned.append(proposal.name)
    return proposals


def setup(
    session: Session, *, accept: bool, yes: bool, language: str | None = None, source: str = "web"
) -> None:
    """Propose, and pull after a yes; where nobody can be asked, only propose.

    Sets whose licence has to be accepted are left out until it is.

    language  what will be spoken; None is the system's. source: as ``weights.pull`` takes it.
    """
    machine = look(language)
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
        pulled = pull(session, wanted, accept=accept, yes=yes, jobs=4, source=source)
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


def _voices(machine: Machine) -> Iterator[Proposal]:
    """Kokoro's, where they speak the language and nothing as good is built in."""
    spoken = machine.language.split("-")[0].lower()
    if spoken == "en":
        told = "“heart” speaks English, built in; this adds men, and British voices"
        yield Proposal(VOICES, not weights.missing([VOICES]), told)
    elif any(voice.language.split("-")[0] == spoken for voice in Kokoro.VOICES):
        yield Proposal(VOICES, True, f"natural voices in “{spoken}”, otherwise robotic")
    else:
        told = f"Kokoro does not speak “{spoken}”; espeak-ng does, or a piper voice of your own"
        yield Proposal(VOICES, False, told)


def _writers(machine: Machine) -> Iterator[Proposal]:
    """The best language model that the memory holds; none where a server or a model is there."""
    named, here = settings.current().llm_url, list(models.pulled())
    needs = "" if machine.writes else extras.command("llm")
    told = "" if not named else f"the language model of {named} writes"
    told = told or (f"{here[0]} is here and writes" if here else "")
    for name, memory in WRITERS.items():
        if told:
            yield Proposal(name, name in here, told)
        elif machine.memory is not None and machine.memory < memory:
            free = f"{machine.memory:.1f} GB of memory are free, and it wants {memory:g}"
            yield Proposal(name, False, free)
        else:
            told = f"{name} suits better"
            yield Proposal(name, True, "writes films from a prompt, where you give no words", needs)


def _ears(machine: Machine) -> Iterator[Proposal]:
    told = "hears recordings that come without a transcript: lips close, captions are there"
    yield Proposal(EARS, True, told, "" if machine.hears else extras.command("listen"))


def _drawing(machine: Machine) -> Iterator[Proposal]:
    for spec in renderers.ranked():
        for advice in spec.advice:
            yield Proposal(advice.weights, *_drawn(machine, spec, advice))


def _drawn(machine: Machine, spec: Spec, advice: Advice) -> tuple[bool, str]:
    if machine.gpu is None:
        return False, f"{spec.without_gpu}; {renderers.undemanding().name} needs no weights"
    if machine.gpu_memory < advice.gpu_memory:
        wants = f"it wants {advice.gpu_memory:g} GB"
        return False, f"the GPU has {machine.gpu_memory:g} GB, and {wants}"
    if machine.memory is not None and machine.memory < advice.memory:
        return False, f"{machine.memory:.1f} GB of memory are free, and it wants {advice.memory:g}"
    return True, f"the GPU has {machine.gpu_memory:g} GB"


def _voice(machine: Machine) -> Iterator[Proposal]:
    if machine.voices is None:
        told = f"piper is not installed; it comes with: {extras.command('piper')}"
        yield Proposal(VOICE, False, told)
    elif machine.voices:
        yield Proposal(VOICE, not weights.absent([VOICE]), f"piper has voices: {machine.voices}")
    elif not machine.language.lower().startswith("en"):
        yield Proposal(VOICE, False, f"it speaks English, not “{machine.language}”")
    else:
        yield Proposal(VOICE, True, "piper is installed and has no voice")


def _size(name: str) -> str:
    return weights.total_size(weights.resolve([name]))


def _machine(machine: Machine) -> Table:
    gpu = f"{machine.gpu}, {machine.gpu_memory:g} GB" if machine.gpu else "none used"
    memory = "unknown" if machine.memory is None else f"{machine.memory:.1f} GB free"
    return facts({
        "system": machine.system,
        "language": machine.language,
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
        needs = f"; it needs: {proposal.needs}" if proposal.needs and proposal.suits else ""
        shown.add_row(mark, proposal.name, summaries[proposal.name], _size(proposal.name),
                      escape(", ".join(licences)), escape(proposal.why + needs))  # fmt: skip
    return shown
