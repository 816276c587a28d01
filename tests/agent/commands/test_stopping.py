"""A signal ends any command, whenever it comes: at random moments, with a language model that runs.

``PORTRAYAL_MOMENTS=40`` tries more of them.
"""

from __future__ import annotations

import os
import random
import signal
from importlib.util import find_spec
from pathlib import Path

import pytest

from tests import tiny_gguf
from tests.forked import begun

MOMENTS = int(os.environ.get("PORTRAYAL_MOMENTS", "1"))
HANGS = 60.0  # seconds, after which nothing will end it; a busy machine is no fault of ours
SMALL = ("--size", "144", "--fps", "10", "--renderer", "warp", "--voice", "en-us")
SCRIPT = """
version: 1
portraits: {{ann: {portrait}}}
scenes:
  - text: {words}
  - text: And so on, and so on, until the very end of it.
"""
COMPLETE = {"a.mp4", "a.png", "a.preview.png", "a.preview.mp4"}
"""Results, which have these names only once they are complete."""
COMMANDS = {  # and about how long they take, in seconds
    "make": (("make", "Hello to all of you. " * 30, "-p", "{portrait}", "-o", "a.mp4", *SMALL), 6),
    "preview": (("preview", "Hello.", "-p", "{portrait}", "-o", "a.mp4", *SMALL), 3),
    "script": (("script", "render", "script.yaml", "-o", "a.mp4", "--set", "output.size=144",
         "--allow-outside"), 6),
    "upscale": (("upscale", "{portrait}", "-o", "a.png"), 3),
    "produce": (
        ("produce", "a welcome to our tea shop", "-p", "{portrait}", "-o", "a.mp4", "-y",
         "--model", "{model}", "--writer", "full", *SMALL),
        6,
    ),
}  # fmt: skip


@pytest.fixture(scope="module")
def model(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tiny_gguf.make(tmp_path_factory.mktemp("model") / "tiny.gguf")


@pytest.mark.slow
@pytest.mark.parametrize("name", COMMANDS)
def test_a_signal_ends_a_command_at_any_moment(
    name: str, portrait: Path, model: Path, tmp_path: Path
) -> None:
    if name == "produce" and find_spec("xllamacpp") is None:
        pytest.skip("needs xllamacpp")
    words, span = COMMANDS[name]
    given = [word.format(portrait=portrait, model=model) for word in words]
    for moment in range(MOMENTS):
        seed = random.randrange(1 << 30)
        chance = random.Random(seed)
        (folder := tmp_path / str(moment)).mkdir()
        script = SCRIPT.format(portrait=portrait, words="Hello to all of you. " * 20)
        (folder / "script.yaml").write_text(script, encoding="utf-8")
        variables = os.environ | {"PORTRAYAL_PRODUCTIONS": str(folder / "productions")}
        said = tmp_path / f"{moment}.txt"
        process = begun(*given, variables=variables, folder=folder, said=said)
        process.join(chance.uniform(0, span))
        if process.is_alive():
            assert process.pid is not None
            os.kill(process.pid, chance.choice([signal.SIGINT, signal.SIGTERM]))
        process.join(HANGS)
        told = said.read_text("utf-8") if said.exists() else ""
        try:
            assert process.exitcode in {0, 130}, (seed, told)
            assert "Traceback" not in told, (seed, told)
            assert "bug" not in told, (seed, told)
            if process.exitcode == 130:
                left = {path.name for path in folder.iterdir()}
                assert left <= {"script.yaml", "productions", *COMPLETE}, (seed, told, left)
        finally:
            process.kill()
            process.join()
