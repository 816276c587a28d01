"""The notebook as it is stored: without results, and without logic."""

from __future__ import annotations

import ast
import re
from typing import Any

import nbformat
import pytest
from IPython.core import inputtransformer2

from tests.notebooks.running import NOTEBOOK, ROOT, read

LOGIC = (
    ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef, ast.Lambda, ast.For, ast.While, ast.Try,
    ast.ListComp, ast.DictComp, ast.SetComp, ast.GeneratorExp,
)  # fmt: skip
BADGE = "https://colab.research.google.com/github/portrayal/portrayal/blob/main/notebooks/"


def code() -> list[str]:
    return [cell.source for cell in read().cells if cell.cell_type == "code"]


def test_it_is_a_valid_notebook_with_what_colab_wants() -> None:
    notebook = read()
    nbformat.validate(notebook)
    assert notebook.metadata.colab.provenance == []
    assert notebook.metadata.colab.toc_visible is True
    assert notebook.metadata.accelerator == "GPU"


def test_colab_gives_it_a_python_that_portrayal_runs_on() -> None:
    """2026.07 has Python 3.12; what Colab has gone over to since has 3.13."""
    assert read().metadata.colab.runtime_attributes.runtime_version == "2026.07"
    text = "\n".join(cell.source for cell in read().cells)
    assert "Runtime version 2026.07" in text


def test_it_is_stored_without_results() -> None:
    cells = [cell for cell in read().cells if cell.cell_type == "code"]
    assert [cell.outputs for cell in cells] == [[] for _ in cells]
    assert {cell.execution_count for cell in cells} == {None}
    assert NOTEBOOK.stat().st_size < 50_000


@pytest.mark.parametrize("source", code())
def test_a_cell_compiles_and_holds_no_logic(source: str) -> None:
    transformer: Any = inputtransformer2.TransformerManager  # which is not typed
    tree = ast.parse(transformer().transform_cell(source))
    found = [type(node).__name__ for node in ast.walk(tree) if isinstance(node, LOGIC)]
    assert found == []
    branches = sum(isinstance(node, ast.If) for node in ast.walk(tree))
    assert branches <= ("git clone" in source)  # which there may be one of
    fields = len(re.findall("#@param", source))
    assert len(tree.body) - fields <= 6


def test_its_contents_lead_somewhere() -> None:
    text = "\n".join(cell.source for cell in read().cells if cell.cell_type == "markdown")
    wanted = re.findall(r"\]\(#([a-z]+)\)", text)
    assert len(wanted) == len(re.findall(r"^## \d+\.", text, re.MULTILINE)) > 5
    assert set(wanted) == set(re.findall(r'<a id="([a-z]+)">', text))


def test_readme_and_notebook_open_it_in_colab() -> None:
    link = BADGE + NOTEBOOK.name
    assert link in read().cells[0].source
    assert link in (ROOT / "README.md").read_text(encoding="utf-8")
