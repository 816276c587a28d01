"""What pages of the documentation are run with: the files they name, and stand-ins for models."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from PIL import Image as Pictures
from skimage.data import astronaut
from typer.testing import CliRunner

from agent.commands.app import app
from agent.film.plan import narration
from agent.film.sound import say_line
from agent.llm import base as llm
from tests import announcer, tiny_piper
from tests import site as web
from tests.agent.chat.conftest import revises
from tests.agent.conftest import SMALL, write_wav
from tests.agent.writing import model as writer
from tests.docs import shelf
from tests.renderers.sadtalker.crews import shrink
from tests.scripted import Line, Scripted
from tests.settings import Choose
from tests.tools.provenance import certificates
from tests.tools.upscale.diffusion import Interpolation
from tools.upscale import sd_x4
from tools.upscale.sd_x4 import pipeline

WORDS = "Tea is hot. Peter met Paul."
FACES = ("face.png", "portrait.png", "office.jpg")
RECORDINGS = ("talk.wav", "recorded.wav")
TINY_PICTURES = ("old.jpg", "harbour.jpg")
FILMS = ("face.mp4", "hello.mp4", "them.mp4")


@pytest.fixture(scope="session")
def prepared(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with every file that a page takes for granted."""
    folder = tmp_path_factory.mktemp("prepared")
    person = Pictures.fromarray(np.ascontiguousarray(astronaut()[0:400, 60:420]))
    for name in FACES:
        person.save(folder / name)
    for name in TINY_PICTURES:
        person.resize((18, 20)).save(folder / name)
    speech = say_line(narration(WORDS, "espeak", None, 1.0))
    for name in RECORDINGS:
        write_wav(folder / name, speech.waveform.astype(np.float64), speech.rate)
    longer = say_line(narration(f"{WORDS} " * 3, "espeak", None, 1.0))
    write_wav(folder / "maria.wav", longer.waveform.astype(np.float64), longer.rate)
    tiny_piper.make(folder / "some-voice.onnx")
    (folder / "speech.txt").write_text(WORDS, encoding="utf-8")
    (folder / "notes.md").write_text("# Tea\n\nThe shop opened in 1999.\n", encoding="utf-8")
    (folder / "invitations.yaml").write_text(
        "version: 1\nportraits: {ann: face.png}\nscenes: [text: 'Dear {{name}}, do come.']\n",
        encoding="utf-8",
    )
    (folder / "people.csv").write_text("name\nAnn\nBo\n", encoding="utf-8")
    (folder / "pictures").mkdir()
    key = ec.generate_private_key(ec.SECP256R1())
    chain = certificates.issued(key) + certificates.root()
    certificates.written(folder, chain, certificates.pem(key))
    made = CliRunner().invoke(
        app,
        ["make", "Tea.", "-p", str(folder / "face.png"), "-o", str(folder / "face.mp4"), *SMALL],
    )
    assert made.exit_code == 0, made.output
    for name in FILMS[1:]:
        shutil.copy(folder / "face.mp4", folder / name)
    return folder


@pytest.fixture(scope="session")
def goods(tmp_path_factory: pytest.TempPathFactory) -> dict[str, bytes]:
    """What the site of the weights has."""
    return shelf.bodies(tmp_path_factory.mktemp("goods"))


@pytest.fixture
def desk(
    tmp_path: Path,
    prepared: Path,
    goods: dict[str, bytes],
    monkeypatch: pytest.MonkeyPatch,
    choose: Choose,
) -> Iterator[Path]:
    """A folder to work in, with the prepared files; weights can be pulled from this machine."""
    folder = tmp_path / "desk"
    shutil.copytree(prepared, folder)
    monkeypatch.chdir(folder)
    monkeypatch.setenv("HOME", str(folder))
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    shrink(monkeypatch)
    monkeypatch.setattr(sd_x4, "PACKAGES", ())
    monkeypatch.setattr(sd_x4, "NEEDED", ())
    monkeypatch.setattr(pipeline, "load", lambda folder: Interpolation())
    with web.running() as site:
        listing = shelf.stock(site, goods, tmp_path)
        choose(
            catalogue=listing,
            productions=tmp_path / "productions",
            weights=tmp_path / "weights",
        )
        yield folder


@pytest.fixture
def on_the_shelf(tmp_path: Path, goods: dict[str, bytes], desk: Path) -> None:
    """SadTalker and Real-ESRGAN were pulled."""
    (tmp_path / "weights").mkdir()
    for name, body in goods.items():
        if name.startswith(("SadTalker", "mapping", "RealESRGAN_x2", "realesr-general")):
            (tmp_path / "weights" / name).write_bytes(body)


@pytest.fixture
def author(monkeypatch: pytest.MonkeyPatch) -> None:
    """A language model is here, which knows a little about tea."""
    sentences = ("Welcome to the team.", "We are glad that you are here.")
    tasks = [
        Line(revises("Begin."), when="Choose the one action"),
        Line(revises("Cut it.", seconds="30", language="es"), when="Choose the one action"),
        Line(revises("Say it."), when="Choose the one action", every=True),
        writer.reply(writer.REQUEST, every=True, imitates=""),
        writer.reply(
            writer.OUTLINE,
            every=True,
            title="A welcome",
            scenes=[{"title": t, "purpose": t, "share": 2} for t in ("Hello", "The kitchen")],
        ),
        writer.reply(writer.NARRATION, every=True, sentences=sentences),
        writer.reply(writer.REWRITE, every=True, sentences=sentences),
        writer.reply(writer.MEND, every=True, sentences=sentences[:1]),
        writer.reply(writer.TITLES, every=True, title="A welcome", scenes=["Hello", "Kitchen"]),
        writer.reply(
            writer.REVISION, every=True, title="", language="keep", seconds=0,
            scenes=["reword", "cut"],
        ),
        writer.reply(
            writer.DIRECTION, every=True,
            lines=[{"expression": "warm", "intensity": 0.4, "emphasis": [], "pause": 0.3}] * 2,
        ),
    ]  # fmt: skip
    backend = Scripted(tasks)
    monkeypatch.setattr(llm, "ready", lambda: llm.Spec("scripted", "", 0, lambda model: backend))
    monkeypatch.setattr(llm, "load", lambda name=None, model=None: backend)


@pytest.fixture
def voices_of_servers(choose: Choose) -> Iterator[None]:
    """A server on this machine in the place of each service."""
    with announcer.running() as server:
        choose(
            elevenlabs_key="known",
            elevenlabs_url=server.url.removesuffix("/v1"),
            speech_url=server.url,
        )
        yield
