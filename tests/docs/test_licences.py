"""The papers: licence, notice, changelog, and tables that repeat what the code says."""

from __future__ import annotations

import re
import tomllib
from hashlib import sha256
from itertools import chain
from typing import Any

import yaml

from renderers import base as renderers
from tests.docs.blocks import PAGES, ROOT
from tools import weights
from tools.interpolate import base as interpolators
from tools.restore import base as restorers

APACHE = "cfc7749b96f63bd31c3c42b5c471bf756814053e847c10f3eb003417bc523d30"
"""SHA-256 of the Apache License 2.0 as apache.org publishes it, blanks and all."""


def project() -> dict[str, Any]:
    return dict(tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"])


def read(name: str) -> str:
    return (ROOT / name).read_text(encoding="utf-8")


def rows(page: str, header: str) -> dict[str, list[str]]:
    """The table whose header begins with ``header``: first cell → the others."""
    table = PAGES[page].read_text(encoding="utf-8").split(f"| {header} |", 1)[1].split("\n\n")[0]
    lines = [line.strip("| ").split(" | ") for line in table.splitlines()[2:]]
    return {first: rest for first, *rest in lines}


def test_the_licence_is_all_of_it() -> None:
    assert sha256(read("LICENSE").encode()).hexdigest() == APACHE
    assert project()["license"] == "Apache-2.0"


def test_every_dependency_is_named_in_the_notice() -> None:
    wanted = [*project()["dependencies"], *chain(*project()["optional-dependencies"].values())]
    names = {re.split(r"[^\w.-]", line)[0] for line in wanted} - {"portrayal"}
    named = set(re.findall(r"^  (\S+) {2,}", read("NOTICE"), re.MULTILINE))
    assert names - named == set()


def test_what_is_under_the_gpl_is_named_as_such() -> None:
    notice, said = read("NOTICE"), read("docs/dependencies.md")
    begin, end = notice.index("GPL PARTS"), notice.index("WHAT PORTRAYAL USES")
    for name in ("espeak-ng", "x264", "FFmpeg", "piper-tts"):
        assert name in notice[begin:end]
        assert name in said


def test_renderers_are_listed_as_their_specs_say() -> None:
    listed = rows("docs/renderers.md", "renderer")
    assert listed.keys() == renderers.available().keys()
    for name, spec in renderers.available().items():
        family, draws, _, licence, needs = listed[name]
        assert family == spec.family
        assert licence == (spec.licence if spec.weights else "none")
        if spec.size is not None:
            assert str(spec.size[0]) in draws
        if spec.fps is not None:
            assert f"{spec.fps} frames a second" in draws
        if spec.weights:
            assert f"portrayal weights pull {name}" in needs
            assert {file.name for file in weights.resolve([name])} == set(spec.weights)


def test_restorers_and_interpolators_are_listed_as_their_specs_say() -> None:
    listed = rows("docs/renderers.md", "part")
    chosen = {row[0].strip("`"): row for row in listed.values()}
    for name, restorer in restorers.available().items():
        _, code, licence, _ = chosen[f"--set restore={name}"]
        plain = restorer.licence.replace(" (Alibaba)", "")
        for word in re.findall(r"[\w.-]+", plain):
            assert word in f"{code} {licence}", f"{name}: {word}"
    for name, interpolator in interpolators.available().items():
        _, code, licence, _ = chosen[f"--interpolate {name}"]
        assert interpolator.licence in {code, licence}


def test_the_changelog_tells_of_this_version() -> None:
    assert f"## [{project()['version']}]" in read("CHANGELOG.md")


def test_the_forms_can_be_read() -> None:
    folder = ROOT / ".github"
    forms = {path.stem: yaml.safe_load(path.read_text()) for path in folder.rglob("*.yml")}
    assert {"bug", "film", "feature", "config", "test"} <= forms.keys()
    for name in ("bug", "film", "feature"):
        assert forms[name].keys() >= {"name", "description", "body"}
        assert any(part.get("validations", {}).get("required") for part in forms[name]["body"])
    runs = [step.get("run") for step in forms["test"]["jobs"]["test"]["steps"]]
    assert {"make test", "make docs"} <= set(runs)
