"""The studio: what the notebook's cells call, one after another."""

from __future__ import annotations

import os
import shutil
from dataclasses import dataclass, field
from html import escape
from pathlib import Path
from typing import Any

from agent.notebook import environment, pictures, player
from agent.notebook.backup import Keeping
from agent.notebook.board import Board, show
from agent.notebook.bridge import Bridge, StepError
from agent.notebook.pictures import Portrait, colab

FOLDER = "portrayal-studio"
DRIVE = "drive"  # is mounted beside the studio, on Colab as /content/drive
ON_DRIVE = Path("MyDrive/Portrayal")  # within it
PLACES = {  # environment variable → folder of the studio, where all is kept together
    "PORTRAYAL_WEIGHTS": "weights",
    "PORTRAYAL_PRODUCTIONS": "productions",
}
LANGUAGE_MODEL = "PORTRAYAL_LLM_MODEL"
MARKS = {"ready": "✓", "optional": "○", "missing": "✗"}
WIDELY = "width: 100%; max-width: 50em"


@dataclass(frozen=True)
class Film:
    """A finished film."""

    path: Path
    caption: str = ""


@dataclass(frozen=True)
class Draft:
    """Words that wait to be filmed, as production ``name``."""

    name: str


@dataclass
class Studio:
    """A folder to work in, and Portrayal to do the work.

    folder    films, the portrait and scripts lie there; with ``keeping`` everything else, too.
    wishes    what ``look`` was asked for.
    plan      what it chose; empty before that.
    """

    folder: Path
    bridge: Bridge
    keeping: Keeping
    wishes: dict[str, str] = field(default_factory=dict)
    plan: dict[str, Any] = field(default_factory=dict)

    def look(self, renderer: str = "auto", quality: str = "auto", model: str = "auto") -> None:
        """Look at the machine and choose what suits it, where a choice is "auto"."""
        self.wishes = {"renderer": renderer, "quality": quality, "model": model}
        self._choose()

    def pull(self, accept_licences: bool = False) -> None:
        """Bring the weights that were chosen, after showing their size and licences.

        Where they cannot be had, that is said, and the film is made without them.
        """
        if not self.plan:  # the cells before were not run, or the first one was run again
            self.look()
        if not self.plan["to_pull"]:
            show("Nothing needs to be downloaded.")
            return
        accepted = ("--accept-licence",) if accept_licences else ()
        try:
            self.portrayal("weights", "pull", *self.plan["weights"], "--yes", *accepted)
        except StepError as error:
            show(f"<div>ℹ️ {escape(str(error))} The film is made with what is installed:</div>")
        self._choose(settled=True)

    def portrait(self, source: str = "demo") -> Portrait:
        """The portrait to film: "demo", "upload", or the path of a picture."""
        place = self.folder / "portrait.png"  # whatever kind of picture it is
        chosen = pictures.choose(source, place, self._demo)
        if chosen.waiting is None:
            small = self._ask("thumbnail", path=str(chosen.path.absolute()))
            show(player.thumbnail(small["jpeg"], chosen.path.stem))
        return chosen

    def write(
        self,
        portrait: Portrait,
        prompt: str,
        words: str = "",
        *,
        seconds: float | None = None,
        settings: str = "",
        **options: Any,
    ) -> Draft:
        """A draft, watched while it is written; or the one that was written before.

        words     what is said where no language model writes; by default the prompt.
        seconds   how long it should last, if one does.
        settings  of the renderer, NAME=VALUE, with spaces between them.
        options   of ``portrayal produce``, such as size, voice or aspect; empty ones are left out.
        """
        if not self.plan:
            self.look()
        if self.plan["to_pull"] and not self.plan["settled"]:  # it was not pulled
            self._choose(settled=True)
        wish = {
            "prompt": prompt,
            "words": words or prompt,
            "seconds": seconds or None,
            "drafted": self.plan["model"] is not None,
        }
        wanted = {name: value for name, value in options.items() if value} | {
            "portrait": str(pictures.named_by_content(portrait.arrived())),
            "renderer": self.plan["renderer"],
            "quality": self.plan["quality"],
            "set": settings.split(),
        }
        found = self._ask("write", **wish, folder=str(self.folder), options=wanted)
        show(_screenplay(found))
        return Draft(found["name"])

    def film(self, draft: Draft, approved: bool = True) -> Film | None:
        """Film a draft that is approved; goes on where it was stopped."""
        if not approved:
            show("Not filmed. Tick “approved”, or change the prompt, and run the cells again.")
            return None
        found = self._ask("film", name=draft.name)
        return _film(found)

    def script(self, script: str, output: str) -> Film:
        """Film a script, written in YAML, that lies in the studio's folder."""
        path = self.folder / output
        self.portrayal("script", "render", str(self.folder / script), "--output", str(path))
        return Film(path.absolute())

    def inspect(self, film: Film | None) -> None:
        """Measure a film, and show how the mouth goes with the voice."""
        if film is None:
            show("There is no film yet.")
            return
        plot = film.path.with_suffix(".plot.png")
        self.portrayal("inspect", str(film.path), "--plot", str(plot))
        show(player.picture(plot))

    def play(self, film: Film | None) -> None:
        """Play a film in the notebook."""
        show(player.film(film.path, film.caption) if film else "There is no film yet.")

    def download(self, film: Film | None) -> None:
        """Give a film to download."""
        show(player.download(film.path) if film else "There is no film yet.")

    def doctor(self) -> None:
        """What is installed, what is missing, and how to get it."""
        findings = self.portrayal("doctor")["findings"]
        show(_table({f"{MARKS[one['standing']]} {one['name']}": _told(one) for one in findings}))

    def portrayal(self, *arguments: str) -> Any:
        """Run any ``portrayal`` command; returns what it answers with ``--json``."""
        with Board(columns=True) as board, self.keeping.while_running(board):
            return self.bridge.portrayal(*arguments, told=board)

    def _choose(self, settled: bool = False) -> None:
        """Choose, and show what for and why; once it is ``settled`` what is downloaded, anew."""
        found = self._ask("look", **self.wishes, settled=settled)
        self.plan = found["plan"] | {"to_pull": found["to_pull"]}
        model = self.plan["model"] or os.environ.get(LANGUAGE_MODEL, "")
        self.bridge = self.bridge.knowing({LANGUAGE_MODEL: model})
        show(_table(_machine(found["machine"]) | _chosen(self.plan)))

    def _ask(self, what: str, **given: Any) -> Any:
        with Board() as board, self.keeping.while_running(board):
            return self.bridge.ask(what, board, **given)

    def _demo(self, path: Path) -> None:
        self._ask("portrait", path=str(path.absolute()))


def open_studio(
    folder: str = FOLDER, *, keep_on_drive: bool = False, language_model: str = "none"
) -> Studio:
    """Install Portrayal if it is not installed, and open the folder to work in.

    keep_on_drive    keep weights, productions and films on Google Drive, where this is Colab.
    language_model   install what runs one, if that is lacking: its name, "none", or "auto", which
                     is where there is a GPU and the notebook made the environment.
    """
    place = Path(folder).absolute()
    place.mkdir(parents=True, exist_ok=True)
    keeping = Keeping(place, _drive(place.parent / DRIVE) if keep_on_drive else None)
    with Board() as board:
        came = keeping.restore(board)
        with keeping.while_running(board):
            bridge = Bridge(_python(board))
            _add_language_models(bridge, language_model, place / "wheels", board)
    places = {name: str(place / part) for name, part in PLACES.items()} if keeping.kept else {}
    kept = f"; {came} files came back from {keeping.kept}" if came else ""
    show(f"<div>Portrayal is ready. Films go to <code>{escape(os.path.relpath(place))}</code>"
         f"{escape(kept)}.</div>")  # fmt: skip
    return Studio(place, bridge.knowing(places), keeping)


def _python(board: Board) -> str:
    """The interpreter that has Portrayal, which is installed if need be."""
    return environment.find() or environment.install(environment.running(board))


def _add_language_models(bridge: Bridge, name: str, wheels: Path, board: Board) -> None:
    """Install what runs a language model, if one is wanted and nothing there runs it.

    Where that fails, it is said: a film can be made without.
    """
    wanted = name != "none"
    if name == "auto":  # nobody asked for it: what somebody else made stays as it is
        wanted = shutil.which("nvidia-smi") is not None and environment.is_own(bridge.python)
    if not wanted or bridge.ask("installed", board)["llm"]:
        return
    if not environment.compiled(wheels):
        board(
            "note The language model needs llama.cpp, which is compiled once, in about ten minutes."
            " To do without it, stop this cell, choose language_model “none” and run all cells.\n"
        )
    try:
        environment.add_language_models(environment.running(board), bridge.python, wheels)
    except StepError as error:
        board(
            "note llama.cpp was not installed, so your own words are spoken. "
            f"{' '.join(str(error).split())}\n"
        )


def _drive(place: Path) -> Path | None:
    """The folder on Google Drive; None, said, where this is no Colab."""
    drive = colab("drive")
    if drive is None:
        show("There is no Google Drive outside of Colab; what is made stays on this disk.")
        return None
    drive.mount(str(place))
    return place / ON_DRIVE


def _film(found: dict[str, Any]) -> Film:
    width, height = found["size"]
    verdict = f", inspected: {found['verdict']}" if found["verdict"] else ""
    return Film(Path(found["path"]), f"{found['duration']:.1f} s, {width}×{height}{verdict}")


def _told(finding: dict[str, Any]) -> str:
    """One of the doctor's findings: what there is, or how to get it."""
    return str(finding["found"] if finding["standing"] == "ready" else finding["get"])


def _machine(machine: dict[str, Any]) -> dict[str, str]:
    gpu = f"{machine['gpu']}, {machine['gpu_memory']:g} GB" if machine["gpu"] else "none"
    memory = "unknown" if machine["memory"] is None else f"{machine['memory']:.1f} GB free"
    return {"GPU": gpu, "memory": memory, "disk": f"{machine['disk']:g} GB free"}


def _chosen(plan: dict[str, Any]) -> dict[str, str]:
    to_pull = plan["to_pull"]
    return {
        "renderer": plan["renderer"],
        "quality": plan["quality"],
        "to download": f"{', '.join(plan['weights'])} ({to_pull})" if to_pull else "nothing",
        "why": "\n".join(plan["why"]),
    }


def _table(rows: dict[str, str]) -> str:
    name_style = "text-align: left; vertical-align: top; padding-right: 1.5em; white-space: nowrap"
    value_style = "text-align: left; white-space: pre-wrap; overflow-wrap: anywhere"
    cells = (
        f'<tr><th style="{name_style}">{escape(name)}</th>'
        f'<td style="{value_style}">{escape(value)}</td></tr>'
        for name, value in rows.items()
    )
    return f'<table style="{WIDELY}">{"".join(cells)}</table>'


def _screenplay(draft: dict[str, Any]) -> str:
    """A draft, for people."""
    scenes = "".join(
        (f"<h4>{escape(scene['title'])}</h4>" if scene["title"] else "")
        + "".join(f"<p>{escape(line)}</p>" for line in scene["lines"])
        for scene in draft["scenes"]
    )
    lasts = f" · {draft['seconds']:.0f} s" if draft["seconds"] else ""
    notes = "".join(f"<p>ℹ️ {escape(note)}</p>" for note in draft["notes"])
    return (
        f'<div style="{WIDELY}; border-left: 3px solid #f2b544; padding-left: 1em">'
        f"<b>{escape(draft['title'])}</b>{lasts}{scenes}</div>{notes}"
    )
