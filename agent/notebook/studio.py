"""The studio: what the notebook's cells call, one after another."""

from __future__ import annotations

import os
import shutil
from dataclasses import dataclass, field
from html import escape
from pathlib import Path
from typing import Any

from agent.events import Work
from agent.notebook import environment, pictures, player
from agent.notebook.backup import Backup
from agent.notebook.board import Board, show
from agent.notebook.bridge import Bridge, StepError
from agent.notebook.pictures import Portrait, colab

FOLDER = "portrayal-studio"
DRIVE = "drive"  # is mounted beside the studio, on Colab as /content/drive
ON_DRIVE = Path("MyDrive/Portrayal")  # within it
FOLDERS = {  # environment variable → folder of the studio, where everything is backed up
    "PORTRAYAL_WEIGHTS": "weights",
    "PORTRAYAL_PRODUCTIONS": "productions",
}
LANGUAGE_MODEL = "PORTRAYAL_LLM_MODEL"
WIDE = "width: 100%; max-width: 50em"


@dataclass(frozen=True)
class Film:
    """A finished film."""

    path: Path
    caption: str = ""


@dataclass
class Studio:
    """A folder to work in, and Portrayal to do the work.

    folder    films, the portrait and scripts lie there; with a ``backup`` everything else, too.
    wishes    what ``look`` was asked for.
    plan      what it chose; empty before that.
    """

    folder: Path
    bridge: Bridge
    backup: Backup
    wishes: dict[str, str] = field(default_factory=dict)
    plan: dict[str, Any] = field(default_factory=dict)

    def look(self, renderer: str = "auto", quality: str = "auto", model: str = "auto") -> None:
        """Look at the machine and choose what suits it, where a choice is "auto"."""
        self.wishes = {"renderer": renderer, "quality": quality, "model": model}
        self._choose()

    def pull(self, accept_licences: bool = False) -> None:
        """Download the weights that were chosen, after showing their size and licences.

        A failure is shown, and the film is made without them.
        """
        if not self.plan:  # the cell before was not run, or the first one was run again
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
        path = str(place.absolute())
        chosen = pictures.choose(source, place, lambda _: self._ask("portrait", path=path))
        if chosen.upload is None:
            show(player.thumbnail(self._ask("thumbnail", path=path)["jpeg"], place.stem))
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
    ) -> str:
        """A draft, shown while it is written, or the one that was written before; the name of the
        production that waits to film it.

        words     what is said where no language model writes; by default the prompt.
        seconds   how long it should last, where a language model writes.
        settings  of the renderer, NAME=VALUE, with spaces between them.
        options   of ``portrayal produce``, such as size, voice or aspect; empty ones are left out.
        """
        if not self.plan:
            self.look()
        if self.plan["to_pull"] and not self.plan["settled"]:  # its cell was not run
            self._choose(settled=True)
        chosen = {name: value for name, value in options.items() if value} | {
            "portrait": str(pictures.named_by_content(portrait.file())),
            "renderer": self.plan["renderer"],
            "quality": self.plan["quality"],
            "set": settings.split(),
        }
        draft = self._ask(
            "write",
            prompt=prompt,
            words=words or prompt,
            seconds=seconds or None,
            drafted=self.plan["model"] is not None,
            folder=str(self.folder),
            options=chosen,
        )
        show(_screenplay(draft))
        return str(draft["name"])

    def film(self, draft: str, approved: bool = True) -> Film | None:
        """Film a draft that is approved; goes on where it was stopped."""
        if not approved:
            show("Not filmed. Tick “approved”, or change the prompt, and run the cells again.")
            return None
        film = self._ask("film", name=draft)
        width, height = film["size"]
        verdict = f", inspected: {film['verdict']}" if film["verdict"] else ""
        caption = f"{film['duration']:.1f} s, {width}×{height}{verdict}"
        return Film(Path(film["path"]), caption)

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
        shown = {"ready": ("✓", "found"), "optional": ("○", "get"), "missing": ("✗", "get")}
        rows = {}
        for one in findings:
            mark, told = shown[one["standing"]]
            rows[f"{mark} {one['name']}"] = one[told]
        show(_table(rows))

    def portrayal(self, *arguments: str) -> Any:
        """Run any ``portrayal`` command; returns its JSON."""
        with Board(columns=True) as work, self.backup.saving(work):
            return self.bridge.portrayal(work, *arguments)

    def _choose(self, settled: bool = False) -> None:
        """Choose, and show what and why; again once it is ``settled`` what is downloaded."""
        answer = self._ask("look", **self.wishes, settled=settled)
        self.plan = answer["plan"] | {"to_pull": answer["to_pull"]}
        model = self.plan["model"] or os.environ.get(LANGUAGE_MODEL, "")
        self.bridge = self.bridge.with_variables({LANGUAGE_MODEL: model})
        show(_table(_rows(answer["machine"], self.plan)))

    def _ask(self, question: str, **values: Any) -> Any:
        with Board() as work, self.backup.saving(work):
            return self.bridge.ask(work, question, **values)


def open_studio(
    folder: str = FOLDER, *, keep_on_drive: bool = False, language_model: str = "none"
) -> Studio:
    """Install Portrayal if it is not installed, and open the folder to work in.

    keep_on_drive    keep weights, productions and films on Google Drive, where this is Colab.
    language_model   install what runs one, if that is missing: its name, "none", or "auto", which
                     does so where there is a GPU and the notebook made the environment.
    """
    place = Path(folder).absolute()
    place.mkdir(parents=True, exist_ok=True)
    backup = Backup(place, _drive(place.parent / DRIVE) if keep_on_drive else None)
    with Board() as work:
        count = backup.restore(work)
        with backup.saving(work):
            run = environment.running(work)
            bridge = Bridge(environment.find() or environment.install(run))
            _add_language_models(bridge, language_model, work)
    folders = {name: str(place / part) for name, part in FOLDERS.items()} if backup.place else {}
    restored = f"; {count} files came back from {backup.place}" if count else ""
    show(f"<div>Portrayal is ready. Films go to <code>{escape(os.path.relpath(place))}</code>"
         f"{escape(restored)}.</div>")  # fmt: skip
    return Studio(place, bridge.with_variables(folders), backup)


def _add_language_models(bridge: Bridge, name: str, work: Work) -> None:
    """Install what runs a language model, if one is wanted and nothing installed runs it.

    A failure is shown: a film can be made without.
    """
    wanted = name != "none"
    if name == "auto":  # an environment that somebody else made stays as it is
        wanted = shutil.which("nvidia-smi") is not None and environment.is_own(bridge.python)
    if not wanted or bridge.ask(work, "installed")["llm"]:
        return
    try:
        environment.add_language_models(environment.running(work), bridge.python)
    except StepError as error:
        work.note(
            "llama.cpp was not installed, so your own words are spoken. "
            f"{' '.join(str(error).split())}"
        )


def _drive(place: Path) -> Path | None:
    """The folder on Google Drive; None, with a message, outside of Colab."""
    drive = colab("drive")
    if drive is None:
        show("There is no Google Drive outside of Colab; what is made stays on this disk.")
        return None
    drive.mount(str(place))
    return place / ON_DRIVE


def _rows(machine: dict[str, Any], plan: dict[str, Any]) -> dict[str, str]:
    """The machine and what was chosen for it, for people."""
    gpu = f"{machine['gpu']}, {machine['gpu_memory']:g} GB" if machine["gpu"] else "none"
    memory = "unknown" if machine["memory"] is None else f"{machine['memory']:.1f} GB free"
    to_pull = plan["to_pull"]
    return {
        "GPU": gpu,
        "memory": memory,
        "disk": f"{machine['disk']:g} GB free",
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
    return f'<table style="{WIDE}">{"".join(cells)}</table>'


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
        f'<div style="{WIDE}; border-left: 3px solid #f2b544; padding-left: 1em">'
        f"<b>{escape(draft['title'])}</b>{lasts}{scenes}</div>{notes}"
    )
