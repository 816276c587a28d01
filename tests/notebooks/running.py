"""Running the notebook from a fresh kernel, in an empty folder, with its form fields filled in."""

from __future__ import annotations

import re
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import nbformat
import pytest
from nbclient import NotebookClient

ROOT = Path(__file__).parents[2]
NOTEBOOK = ROOT / "notebooks" / "colab_demo.ipynb"
LONGEST = 300  # seconds for a cell
SMALL = "output: {size: 144, fps: 10, quality: draft}"
SCRIPTS = find_spec("agent.commands.script") is not None


def read() -> Any:
    return nbformat.read(NOTEBOOK, as_version=4)  # type: ignore[no-untyped-call]


def filled(notebook: Any, **fields: object) -> Any:
    """The notebook with these values in its form fields, each of which must be there once."""
    for name, value in fields.items():
        pattern = re.compile(rf"^{name} = .*?(?=  #@param)", re.MULTILINE)
        found = [cell for cell in notebook.cells if pattern.search(cell.source)]
        assert len(found) == 1, name
        (cell,) = found
        filled_in = f"{name} = {value!r}".replace("\\", r"\\")
        cell.source = pattern.sub(filled_in, cell.source)
    return notebook


def small(notebook: Any) -> Any:
    """The notebook with a small film from its script; without the script where none can be read."""
    for cell in notebook.cells:
        cell.source = cell.source.replace("title: Welcome", f"title: Welcome\n{SMALL}")
    if not SCRIPTS:
        notebook.cells = [cell for cell in notebook.cells if "studio.script" not in cell.source]
    return notebook


def run(notebook: Any, folder: Path, patch: pytest.MonkeyPatch, *paths: Path) -> Any:
    """Execute all cells in ``folder``; ``paths`` are more places to import from.

    Everything that Portrayal keeps, it keeps there. Raises CellExecutionError.
    """
    folder.mkdir(parents=True, exist_ok=True)
    for name in ("CACHE", "PRODUCTIONS"):
        patch.setenv(f"PORTRAYAL_{name}", str(folder / name.lower()))
    patch.setenv("PYTHONPATH", ":".join(map(str, (*paths, ROOT))))
    patch.setenv("IPYTHONDIR", str(folder / "ipython"))
    patch.setenv("JUPYTER_RUNTIME_DIR", str(folder / "runtime"))
    client = NotebookClient(
        notebook,
        timeout=LONGEST,
        kernel_name="python3",
        resources={"metadata": {"path": str(folder)}},
    )
    client.execute()
    return notebook


def shown(notebook: Any, title: str) -> str:
    """All that the cell with this title has shown, as HTML or text."""
    (cell,) = [c for c in notebook.cells if c.source.startswith(f"#@title {title} {{")]
    parts = []
    for output in cell.outputs:
        parts.append(output.get("text", ""))
        parts.extend(output.get("data", {}).get(kind, "") for kind in ("text/html", "text/plain"))
    return "\n".join(parts)
