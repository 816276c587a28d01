"""The notebook, executed from a fresh kernel: with what is embedded, and with every model."""

from __future__ import annotations

import shutil
from dataclasses import asdict, replace
from hashlib import sha256
from pathlib import Path
from typing import Any

import av
import pytest
import yaml
from PIL import Image as Pictures
from skimage.data import astronaut

from renderers.sadtalker.config import Config
from renderers.sadtalker.tiny import TINY
from tests import tiny_gguf
from tests.notebooks.running import SCRIPTS, filled, read, run, shown, small
from tests.renderers.sadtalker.checkpoints import write_official
from tests.settings import Choose
from tests.site import Site

SADTALKER = replace(TINY, backbone_width=64)  # a configuration file cannot say another
TERMS = "https://example.org/terms"
MODEL = "Ministral-3-3B-Instruct-2512-Q4_K_M.gguf"
LARGER = "SadTalker_V0.0.2_512.safetensors"
STUDIO = "portrayal-studio"
COLAB = Path(__file__).with_name("colab")


@pytest.mark.slow
def test_with_what_is_embedded(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """No GPU, nothing downloaded, no network."""
    monkeypatch.setenv("CUDA_VISIBLE_DEVICES", "")
    for name in ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY"):
        monkeypatch.setenv(name, "http://127.0.0.1:9")
    notebook = filled(small(read()), size=144, quality="draft", words="Hello. I can speak.")
    run(notebook, tmp_path, monkeypatch)

    assert "Nothing needs to be downloaded." in shown(notebook, "Download weights")
    assert "I can speak." in shown(notebook, "Write a draft")
    (film,) = (tmp_path / STUDIO).glob("film-*.mp4")
    assert size(film) == (256, 144)
    assert "data:video/mp4;base64," in shown(notebook, "Watch")
    assert f'href="{STUDIO}/{film.name}" download' in shown(notebook, "Download")
    assert "data:image/png;base64," in shown(notebook, "Inspect the film")
    assert "mediapipe" in shown(notebook, "What is installed")
    if SCRIPTS:
        assert "data:video/mp4;base64," in shown(notebook, "Film the script")


@pytest.mark.slow
def test_with_every_model_and_after_a_lost_runtime(
    site: Site, portrait: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, choose: Choose
) -> None:
    """As on Colab: a portrait is uploaded, weights are pulled, everything is kept on Drive."""
    drive, place = tmp_path / "a drive", tmp_path / "content"
    drive.mkdir()
    config = published(site, tmp_path, monkeypatch, choose)
    monkeypatch.setenv("UPLOADED", str(portrait))
    monkeypatch.setenv("DRIVE", str(drive))
    fields = {
        "keep_on_drive": True,
        "language_model": "llm-ministral",
        "renderer": "sadtalker",
        "quality": "draft",
        "picture": "upload",
        "size": 144,
        "seconds": 2,
        "words": "Hello there.",
        "settings": f"config={config} every=4",
    }
    notebook = run(filled(small(read()), **fields), place, monkeypatch, COLAB)

    assert "MIT" in shown(notebook, "Download weights")
    assert "spade" not in shown(notebook, "Film it")
    assert "too few to write" in shown(notebook, "Write a draft")  # half a megabyte of noise
    (film,) = (place / STUDIO).glob("film-*.mp4")
    assert size(film) == (256, 144)
    assert (place / "downloaded.txt").read_text().split() == [str(film)]
    kept = drive / "Portrayal"
    content = film.read_bytes()
    assert (kept / film.name).read_bytes() == content
    assert (kept / "weights" / MODEL).is_file()

    asked = len(site.asked)
    shutil.rmtree(place)
    again = until(filled(small(read()), **fields), "A film from a script")
    run(again, place, monkeypatch, COLAB)
    assert "files came back" in shown(again, "Install Portrayal")
    assert len(site.asked) == asked  # no weights came anew
    assert "render" not in shown(again, "Film it")  # the film was found
    assert film.read_bytes() == content


def published(site: Site, folder: Path, monkeypatch: pytest.MonkeyPatch, choose: Choose) -> Path:
    """Random weights of SadTalker and of a language model, on ``site`` and in a catalogue.

    Returns the file that says how small SadTalker's networks are.
    """
    made = write_official(folder / "made", SADTALKER)
    tiny_gguf.make(made / MODEL, terse=True)
    names = sorted(path.name for path in made.iterdir())
    site.files |= {f"/{name}": (made / name).read_bytes() for name in names}
    lines = ["[works.ours]", 'licence = "MIT"', f'terms = "{TERMS}"', "commercial = true"]
    for name in names:
        body = site.files[f"/{name}"]
        lines += [
            f'[files."{name}"]', 'work = "ours"', 'summary = "test"',
            f'url = "{site.url}/{name}"', f"bytes = {len(body)}",
            f'sha256 = "{sha256(body).hexdigest()}"',
        ]  # fmt: skip
    talker = [name for name in names if name != MODEL]
    lines += [
        f'[files."{LARGER}"]', 'work = "ours"', 'summary = "nobody pulls it"',
        f'url = "{site.url}/{LARGER}"', "bytes = 1", f'sha256 = "{"0" * 64}"',
    ]  # fmt: skip
    for name, files in {"sadtalker": talker, "llm": [MODEL], "llm-ministral": [MODEL]}.items():
        lines += [f"[sets.{name}]", f'summary = "{name}"', f"files = {files}"]
    listing = folder / "catalogue.toml"
    listing.write_text("\n".join(lines), encoding="utf-8")
    choose(catalogue=listing)
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    config = folder / "facerender.yaml"
    config.write_text(yaml.safe_dump(facerender(SADTALKER)), encoding="utf-8")
    return config


def facerender(config: Config) -> dict[str, object]:
    """A configuration as SadTalker's ``facerender.yaml`` writes it."""
    generator = asdict(config.generator)
    motion = generator.pop("dense_motion")
    return {
        "model_params": {
            "common_params": {"num_kp": config.num_kp},
            "kp_detector_params": asdict(config.keypoint),
            "generator_params": generator | {"dense_motion_params": motion},
            "mapping_params": asdict(config.mapping),
        }
    }


def until(notebook: Any, heading: str) -> Any:
    """The notebook's cells before that heading."""
    at = max(i for i, cell in enumerate(notebook.cells) if f". {heading}" in cell.source)
    notebook.cells = notebook.cells[:at]
    return notebook


def size(path: Path) -> tuple[int, int]:
    """Width and height of a film that can be read to its end."""
    with av.open(str(path)) as film:
        assert sum(1 for _ in film.decode(video=0)) > 5
        return film.streams.video[0].width, film.streams.video[0].height


@pytest.fixture
def portrait(tmp_path: Path) -> Path:
    path = tmp_path / "me.jpg"
    Pictures.fromarray(astronaut()[0:400, 60:420]).save(path)
    return path
