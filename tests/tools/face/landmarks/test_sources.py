"""Landmarks from files of weights: random networks on a shelf of their own."""

import hashlib
import json
import shutil
import socket
import warnings
from collections.abc import Callable, Iterator
from importlib import metadata
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from torch import nn

from tests.settings import Choose
from tools.errors import MissingError, OptionError
from tools.face import landmarks
from tools.face.landmarks import face_alignment, facexlib, ibug, retinaface, surroundings
from tools.media import Floats, Image

Shelf = Callable[[str, bytes | dict[str, Any]], Path]


@pytest.fixture
def portrait() -> tuple[Image, Floats]:
    """Noise, and a mesh about where a face would be."""
    rng = np.random.default_rng(3)
    image = rng.integers(0, 255, (160, 200, 3), np.uint8)
    points = rng.uniform((70, 40, -20), (130, 120, 0), (478, 3))
    return image, points.astype(np.float32)


@pytest.fixture(autouse=True)
def shelf(tmp_path: Path, choose: Choose) -> Iterator[Shelf]:
    """Puts files on an empty shelf, and into the catalogue as what they are."""
    files: dict[str, str] = {}
    sets = {
        "facexlib": [facexlib.DETECTOR, facexlib.LANDMARKER],
        "face-alignment": [face_alignment.DETECTOR, face_alignment.LANDMARKER],
    }
    catalogue = tmp_path / "catalogue.toml"
    choose(catalogue=catalogue, weights=tmp_path / "weights")
    (tmp_path / "weights").mkdir()

    def write() -> None:
        lines = ['[works.own]\nlicence = "MIT"\nterms = "https://example.org/"\ncommercial = true']
        for name, names in sets.items():
            lines.append(f"[sets.{name}]\nsummary = ''\nfiles = {json.dumps(names)}")
            lines += [
                f"[files.'{file}']\nwork = 'own'\nurl = 'https://example.org/{file}'\n"
                f"summary = ''\nsha256 = '{files.get(file, '0' * 64)}'"
                for file in names
            ]
        catalogue.write_text("\n".join(lines), encoding="utf-8")

    def put(name: str, content: bytes | dict[str, Any]) -> Path:
        path = tmp_path / "weights" / name
        if isinstance(content, bytes):
            path.write_bytes(content)
        else:
            torch.save(content, path)
        files[name] = hashlib.sha256(path.read_bytes()).hexdigest()
        write()
        return path

    write()
    yield put
    shutil.rmtree(tmp_path / "weights")  # too large to be kept
    face_alignment._loaded.cache_clear()
    facexlib._loaded.cache_clear()


@pytest.fixture
def offline(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever opens a connection fails the test."""

    def refuse(*_: object, **__: object) -> None:
        raise AssertionError("something went to the network")

    monkeypatch.setattr(socket.socket, "connect", refuse)
    monkeypatch.setattr(torch.hub, "download_url_to_file", refuse)


def facexlib_weights(shelf: Shelf) -> tuple[retinaface.RetinaFace, facexlib.FAN]:
    torch.manual_seed(0)
    detector, landmarker = retinaface.RetinaFace().eval(), facexlib.FAN().eval()
    state = {f"module.{name}": tensor for name, tensor in detector.state_dict().items()}
    shelf(facexlib.DETECTOR, state)
    shelf(facexlib.LANDMARKER, {"state_dict": landmarker.state_dict(), "epoch": 1})
    return detector, landmarker


def test_the_mesh_is_always_there(portrait: tuple[Image, Floats]) -> None:
    expected = ibug.from_mesh(portrait[1])
    np.testing.assert_array_equal(landmarks.locate(*portrait, "mesh"), expected)
    np.testing.assert_array_equal(landmarks.locate(*portrait), expected)  # the shelf is empty


@pytest.mark.parametrize("source", ["face-alignment", "facexlib"])
def test_absent_weights_are_named(portrait: tuple[Image, Floats], source: landmarks.Source) -> None:
    with pytest.raises(MissingError, match=f"portrayal weights pull {source}|pip install"):
        landmarks.locate(*portrait, source)


def test_an_unknown_source_is_refused(portrait: tuple[Image, Floats]) -> None:
    with pytest.raises(OptionError, match='"dlib"; choose from auto, mesh'):
        landmarks.locate(*portrait, "dlib")  # type: ignore[arg-type]


def test_a_missing_package_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(metadata, "version", lambda name: "1.4.1")
    assert "face-alignment 1.5 is not installed" in (landmarks.missing("face-alignment") or "")


def test_facexlibs_networks_are_used(portrait: tuple[Image, Floats], shelf: Shelf) -> None:
    networks = facexlib_weights(shelf)
    found = landmarks.locate(*portrait, "facexlib")
    np.testing.assert_allclose(found, facexlib.find(networks, *portrait), atol=1e-3)
    left, top, right, bottom = face_box(portrait[1])
    assert ((found > (left, top)) & (found < (right, bottom))).all()


def test_the_box_that_is_the_faces_is_taken(portrait: tuple[Image, Floats]) -> None:
    near = surroundings.Surroundings(*portrait)
    boxes = np.array([[0, 0, 30, 30], near.face + 3, [90, 90, 99, 99]], np.float32)
    np.testing.assert_array_equal(near.box(boxes), boxes[1])
    np.testing.assert_array_equal(near.box(boxes[[0, 2]]), near.face)
    np.testing.assert_array_equal(near.box(np.zeros((0, 4), np.float32)), near.face)


def test_large_faces_are_shrunk_and_their_points_brought_back() -> None:
    image = np.zeros((1000, 900, 3), np.uint8)
    mesh = np.random.default_rng(0).uniform((300, 100, 0), (700, 600, 1), (478, 3))
    near = surroundings.Surroundings(image, mesh.astype(np.float32))
    left, top, right, bottom = near.face
    assert max(right - left, bottom - top) == pytest.approx(surroundings.FACE_SIDE, rel=0.01)
    corners = near.to_picture(near.face.reshape(2, 2))
    expected = face_box(mesh.astype(np.float32)).reshape(2, 2)
    np.testing.assert_allclose(corners, expected, atol=0.01)


@pytest.mark.parametrize("damage", ["text", "pickle", "other", "list", "container"])
def test_damaged_files_are_refused(
    portrait: tuple[Image, Floats], shelf: Shelf, damage: str, tmp_path: Path
) -> None:
    trap = tmp_path / "trap"
    content: dict[str, bytes | dict[str, Any]] = {
        "text": b"404: Not Found",
        "pickle": b"cposix\nsystem\n(S'touch " + str(trap).encode() + b"'\ntR.",
        "other": {"state_dict": {"conv1.weight": torch.zeros(2)}},
        "list": {"state_dict": [1, 2]},
        "container": {"weights": {}},
    }
    shelf(facexlib.DETECTOR, b"not looked at")
    shelf(facexlib.LANDMARKER, content[damage])
    with pytest.raises(MissingError, match=r"not the official ones.*weights pull alignment"):
        landmarks.locate(*portrait, "facexlib")
    assert not trap.exists()


def face_box(mesh: Floats) -> Floats:
    return np.concatenate([mesh[:, :2].min(0), mesh[:, :2].max(0)])


pytestmark = pytest.mark.filterwarnings("ignore:.torch.jit:DeprecationWarning")


class Scripted:
    """The package's networks, with random weights, on the shelf as the official files are."""

    def __init__(self, shelf: Shelf, tmp_path: Path) -> None:
        from face_alignment.detection.sfd.net_s3fd import s3fd
        from face_alignment.models import FAN

        torch.manual_seed(0)
        self.detector, self.landmarker = s3fd().eval(), FAN(1).eval()
        for layer in self.detector.children():  # sees no faces, else it sees them everywhere
            if isinstance(layer, nn.Conv2d) and layer.out_channels == 2:
                layer.bias = nn.Parameter(torch.tensor([20.0, 0.0]))
        shelf(face_alignment.DETECTOR, self.detector.state_dict())
        archive = tmp_path / "archive"
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            traced: Any = torch.jit.trace(  # type: ignore[no-untyped-call]
                self.landmarker, torch.zeros(1, 3, 256, 256)
            )
        traced.save(archive)
        self.path = shelf(face_alignment.LANDMARKER, archive.read_bytes())
        archive.unlink()


@pytest.fixture
def scripted(shelf: Shelf, tmp_path: Path) -> Scripted:
    pytest.importorskip("face_alignment")
    return Scripted(shelf, tmp_path)


@pytest.mark.slow
@pytest.mark.usefixtures("offline")
def test_face_alignment_runs_on_our_files(
    portrait: tuple[Image, Floats], scripted: Scripted, monkeypatch: pytest.MonkeyPatch
) -> None:
    from face_alignment import utils

    for name in ("transform_np", "_get_preds_fromhm"):  # the package compiles them for 20 s
        monkeypatch.setattr(utils, name, getattr(utils, name).py_func)
    found = landmarks.locate(*portrait)  # complete, so "auto" takes it
    near = surroundings.Surroundings(*portrait)
    left, top, right, bottom = near.face
    centre = np.array([(left + right) / 2, (top + bottom) / 2 - 0.12 * (bottom - top)])
    scale = (right - left + bottom - top) / 195
    crop = torch.from_numpy(utils.crop(near.image, centre, scale).transpose(2, 0, 1) / 255.0)[None]
    with torch.inference_mode():
        maps = scripted.landmarker(crop.float())[-1]
        maps += utils.flip(scripted.landmarker(utils.flip(crop.float()))[-1], is_label=True)
    _, expected, _ = utils.get_preds_fromhm(maps.numpy(), centre, scale)
    np.testing.assert_allclose(found, near.to_picture(expected[0]), atol=1.01)


def test_another_archive_is_not_opened(
    portrait: tuple[Image, Floats], scripted: Scripted, monkeypatch: pytest.MonkeyPatch
) -> None:
    content = bytearray(scripted.path.read_bytes())
    content[len(content) // 2] ^= 1
    scripted.path.write_bytes(bytes(content))

    def opened(*_: object, **__: object) -> nn.Module:
        raise AssertionError("a file that is not the official one was opened")

    monkeypatch.setattr(torch.jit, "load", opened)
    with pytest.raises(MissingError, match="its SHA-256 is another"):
        landmarks.locate(*portrait, "face-alignment")


def test_an_archive_of_another_network_is_refused(
    portrait: tuple[Image, Floats], scripted: Scripted, shelf: Shelf, tmp_path: Path
) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        other: Any = torch.jit.script(nn.Linear(2, 2))
    other.save(tmp_path / "other")
    shelf(face_alignment.LANDMARKER, (tmp_path / "other").read_bytes())
    with pytest.raises(MissingError, match="its tensors are not those of"):
        landmarks.locate(*portrait, "face-alignment")
