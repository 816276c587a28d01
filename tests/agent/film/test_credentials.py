"""What the commands do about content credentials."""

from __future__ import annotations

import json
from pathlib import Path

from tests.agent.conftest import SMALL, Run, said
from tests.settings import Choose


def test_make_signs_and_inspect_shows_it(run: Run, portrait: Path) -> None:
    result = run("make", "Hi there.", "-p", portrait, "-o", "a.mp4", "--json", *SMALL)
    assert result.exit_code == 0, result.output
    assert json.loads(result.stdout)["signer"] == "Portrayal local signer"
    shown = run("inspect", "a.mp4", "--quiet", "--plot", "a.png")
    assert "AI-generated with Portrayal" in shown.stdout
    assert "unchanged since" in shown.stdout
    assert Path("a.png").is_file()
    credentials = json.loads(run("inspect", "a.mp4", "--json").stdout)["credentials"]
    assert credentials["integrity"] == "intact"
    assert credentials["ai_generated"] is True
    assert credentials["trust"] == "local"


def test_a_certificate_that_cannot_sign_stops_at_once(
    run: Run, portrait: Path, tmp_path: Path, choose: Choose
) -> None:
    choose(certificate=tmp_path / "chain.pem", private_key=tmp_path / "key.pem")
    result = run("make", "Hi.", "-p", portrait, "-o", "a.mp4", *SMALL)
    assert result.exit_code == 3
    assert "chain.pem" in said(result)
    assert list(tmp_path.iterdir()) == []
