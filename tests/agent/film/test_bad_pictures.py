"""Pictures a user may give: the unusable get a sentence, the unusual work."""

from __future__ import annotations

import json
from pathlib import Path

import cv2
import numpy as np
import pytest
from PIL import Image as Pictures

from tests.agent.conftest import SMALL, Run, said
from tools.media import Image

HI = "Hi."


def refused(run: Run, picture: Path, *options: object) -> str:
    """The sentence with which ``make`` refuses ``picture``; nothing may be written."""
    before = set(Path.cwd().rglob("*"))
    result = run("make", HI, "--portrait", picture, "-o", "a.mp4", *SMALL, *options)
    assert result.exit_code == 3, result.output
    assert set(Path.cwd().rglob("*")) == before
    return said(result)


def made(run: Run, picture: Path, *options: object) -> list[str]:
    """The notes that come with the video of ``picture``."""
    options = (*SMALL, "--quality", "draft", "--json", "--quiet", *options)
    result = run("make", HI, "--portrait", picture, "-o", "a.mp4", *options)
    assert result.exit_code == 0, result.output
    assert Path("a.mp4").stat().st_size > 1000
    return list(json.loads(result.stdout)["notes"])


@pytest.fixture
def two_faces(face: Image, tmp_path: Path) -> Path:
    """The face twice: smaller to the left."""
    left = cv2.resize(face, None, fx=0.8, fy=0.8, interpolation=cv2.INTER_AREA)
    left = cv2.copyMakeBorder(left, 40, 40, 0, 0, cv2.BORDER_REPLICATE)
    path = tmp_path / "two.png"
    Pictures.fromarray(np.hstack([left, face])).save(path)
    return path


def test_no_face(run: Run, tmp_path: Path) -> None:
    wall = np.tile(np.arange(256, dtype=np.uint8)[:, None, None], (1, 300, 3))
    Pictures.fromarray(wall).save(tmp_path / "wall.png")
    assert "No face was found" in refused(run, tmp_path / "wall.png")


def test_several_faces_the_largest_is_taken_and_said(run: Run, two_faces: Path) -> None:
    notes = " ".join(made(run, two_faces))
    assert "2 faces" in notes
    assert "--face" in notes


def test_a_face_can_be_chosen(run: Run, two_faces: Path) -> None:
    assert "2 faces" not in " ".join(made(run, two_faces, "--face", "1"))


def test_a_face_that_is_not_there(run: Run, two_faces: Path) -> None:
    assert "no face 5" in refused(run, two_faces, "--face", "5")


def test_a_face_too_small(run: Run, face: Image, tmp_path: Path) -> None:
    tiny = cv2.resize(face, (45, 50), interpolation=cv2.INTER_AREA)
    Pictures.fromarray(tiny).save(tmp_path / "tiny.png")
    assert "face" in refused(run, tmp_path / "tiny.png")


def test_a_face_cut_off(run: Run, face: Image, tmp_path: Path) -> None:
    Pictures.fromarray(np.ascontiguousarray(face[:170])).save(tmp_path / "half.png")
    assert "face" in refused(run, tmp_path / "half.png")


@pytest.mark.parametrize("content", [b"", b"These are words.", b"<svg/>", b"\x89PNG\r\n\x1a\n"])
def test_not_a_picture(run: Run, tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "words.png"
    path.write_bytes(content)
    assert "words.png" in refused(run, path)


def test_a_truncated_picture(run: Run, portrait: Path, tmp_path: Path) -> None:
    path = tmp_path / "cut.png"
    path.write_bytes(portrait.read_bytes()[:20_000])
    assert "cut.png" in refused(run, path)


def test_a_corrupt_picture(run: Run, portrait: Path, tmp_path: Path) -> None:
    content = bytearray(portrait.read_bytes())
    content[5_000:6_000] = bytes(1_000)
    path = tmp_path / "bad.png"
    path.write_bytes(content)
    assert "bad.png" in refused(run, path)


def test_a_picture_that_is_not_there(run: Run) -> None:
    assert "nowhere.png" in refused(run, Path("nowhere.png"))


def test_a_folder_for_a_picture(run: Run, tmp_path: Path) -> None:
    assert str(tmp_path) in refused(run, tmp_path)


def test_an_enormous_picture_is_refused_before_it_is_decoded(run: Run, tmp_path: Path) -> None:
    path = tmp_path / "bomb.png"
    Pictures.new("1", (12_000, 10_000)).save(path)
    assert "bomb.png" in refused(run, path)


def test_sixteen_bits(run: Run, face: Image, tmp_path: Path) -> None:
    path = tmp_path / "deep.png"
    cv2.imwrite(str(path), cv2.cvtColor(face, cv2.COLOR_RGB2BGR).astype(np.uint16) * 257)
    made(run, path)


@pytest.mark.parametrize(
    ("mode", "name"),
    [("L", "grey.png"), ("CMYK", "press.jpg"), ("RGBA", "cut-out.png"), ("P", "few-colours.png")],
)
def test_other_kinds_of_colour(run: Run, face: Image, tmp_path: Path, mode: str, name: str) -> None:
    Pictures.fromarray(face).convert(mode).save(tmp_path / name)
    made(run, tmp_path / name)


def test_a_picture_that_a_camera_turned(run: Run, face: Image, tmp_path: Path) -> None:
    path = tmp_path / "turned.jpg"
    sideways = Pictures.fromarray(face).rotate(90, expand=True)
    exif = sideways.getexif()
    exif[0x0112] = 6  # the camera was held upright: show it turned by 90° clockwise
    sideways.save(path, exif=exif)
    made(run, path)


def test_an_animated_picture(run: Run, face: Image, tmp_path: Path) -> None:
    path = tmp_path / "moving.gif"
    Pictures.fromarray(face).save(
        path, save_all=True, append_images=[Pictures.fromarray(255 - face)]
    )
    assert "moving.gif" in refused(run, path)


def test_a_background_that_is_not_one(run: Run, portrait: Path) -> None:
    for background in ("#12345", "nowhere.png"):
        assert background in refused(run, portrait, "--background", background)
