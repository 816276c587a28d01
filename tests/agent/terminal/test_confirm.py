"""Asking somebody at the terminal, and nobody where nobody is."""

from __future__ import annotations

import io
import sys

import pytest
from rich.console import Console

from agent.terminal.session import Session


@pytest.mark.parametrize(
    ("answer", "agreed"),
    [("y\n", True), ("Yes \n", True), ("\n", False), ("n\n", False), ("", False)],
)
def test_only_yes_is_yes(monkeypatch: pytest.MonkeyPatch, answer: str, agreed: bool) -> None:
    stdin = io.StringIO(answer)
    monkeypatch.setattr(stdin, "isatty", lambda: True)
    monkeypatch.setattr(sys, "stdin", stdin)
    session, shown = Session(), io.StringIO()
    session.console = Console(file=shown)
    assert session.confirm("Is “[red]” clear?") is agreed


def test_nobody_is_asked_who_is_not_there(monkeypatch: pytest.MonkeyPatch) -> None:
    stdin = io.StringIO("y\n")
    monkeypatch.setattr(sys, "stdin", stdin)
    assert not Session().confirm("Well?")
    monkeypatch.setattr(stdin, "isatty", lambda: True)
    assert not Session(as_json=True).confirm("Well?")
    monkeypatch.setattr(sys, "stdin", None)
    assert not Session().confirm("Well?")
