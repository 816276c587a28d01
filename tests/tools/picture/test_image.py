import io
import os
import struct
import zlib
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pytest
from PIL import Image as Pillow
from PIL import ImageCms

from tools.errors import ImageError
from tools.media import Image
from tools.picture import image


@pytest.fixture
def colours() -> Image:
    """60 × 40: red left half, blue right half, a green bar on top."""
    picture = np.zeros((40, 60, 3), np.uint8)
    picture[:, :30] = (200, 30, 20)
    picture[:, 30:] = (10, 40, 220)
    picture[:8] = (20, 180, 30)
    return picture


def _apart(a: Image, b: Image) -> float:
    return float(np.abs(a.astype(int) - b.astype(int)).mean())


@pytest.mark.parametrize("kind", ["png", "bmp", "tiff"])
def test_lossless_formats_come_back_exactly(tmp_path: Path, colours: Image, kind: str) -> None:
    path = tmp_path / f"picture.{kind}"
    Pillow.fromarray(colours).save(path)
    loaded = image.load(path)
    assert loaded.dtype == np.uint8
    np.testing.assert_array_equal(loaded, colours)
    assert image.load_with_alpha(path)[1] is None


@pytest.mark.parametrize("kind", ["jpg", "webp", "gif"])
def test_lossy_formats_come_back_nearly(tmp_path: Path, colours: Image, kind: str) -> None:
    path = tmp_path / f"picture.{kind}"
    Pillow.fromarray(colours).save(path)
    assert _apart(image.load(path), colours) < 6


def test_the_name_does_not_matter(tmp_path: Path, colours: Image) -> None:
    path = tmp_path / "picture.txt"
    Pillow.fromarray(colours).save(path, format="PNG")
    np.testing.assert_array_equal(image.load(path), colours)


@pytest.mark.parametrize("orientation", range(1, 9))
def test_exif_rotation_is_undone(tmp_path: Path, colours: Image, orientation: int) -> None:
    stored = {
        1: colours, 2: colours[:, ::-1], 3: colours[::-1, ::-1], 4: colours[::-1],
        5: colours.transpose(1, 0, 2), 6: np.rot90(colours, 1),
        7: np.rot90(colours, 2).transpose(1, 0, 2), 8: np.rot90(colours, -1),
    }[orientation]  # fmt: skip
    for kind in ("png", "tiff"):
        path = tmp_path / f"picture.{kind}"
        exif = Pillow.Exif()
        exif[0x0112] = orientation
        Pillow.fromarray(np.ascontiguousarray(stored)).save(path, exif=exif)
        np.testing.assert_array_equal(image.load(path), colours)


def test_sixteen_bit_grey(tmp_path: Path) -> None:
    ramp = np.tile(np.linspace(0, 65535, 256).astype(np.uint16), (4, 1))
    path = tmp_path / "grey.png"
    Pillow.fromarray(ramp).save(path)
    loaded = image.load(path)
    assert loaded.shape == (4, 256, 3)
    np.testing.assert_array_equal(loaded[0, :, 0], np.arange(256))


def test_sixteen_bit_colour(tmp_path: Path) -> None:
    path = tmp_path / "colour.png"
    path.write_bytes(_png16(np.full((3, 5, 3), (65535, 32768, 0), np.uint16)))
    loaded = image.load(path)
    assert loaded.shape == (3, 5, 3)
    assert abs(loaded[1, 2].astype(int) - (255, 128, 0)).max() <= 1


def _png16(pixels: npt.NDArray[np.uint16]) -> bytes:
    def chunk(kind: bytes, body: bytes) -> bytes:
        return (
            struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))
        )

    height, width = pixels.shape[:2]
    rows = b"".join(b"\0" + row.astype(">u2").tobytes() for row in pixels)
    header = struct.pack(">IIBBBBB", width, height, 16, 2, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n"
        + chunk(b"IHDR", header)
        + chunk(b"IDAT", zlib.compress(rows))
        + chunk(b"IEND", b"")
    )


@pytest.mark.parametrize("white", [1.0, 255.0, 65535.0, 9e9])
def test_floating_point_grey(tmp_path: Path, white: float) -> None:
    path = tmp_path / "float.tiff"
    Pillow.fromarray(np.array([[0, white / 2, white, np.nan]], np.float32)).save(path)
    np.testing.assert_array_equal(image.load(path)[0, :, 1], [0, 128, 255, 0])


def test_grey_palette_bitmap_and_cmyk(tmp_path: Path, colours: Image) -> None:
    rgb = Pillow.fromarray(colours)
    for mode in ("L", "1", "P", "CMYK"):
        path = tmp_path / f"{mode}.tiff"
        rgb.convert(mode).save(path)
        loaded = image.load(path)
        assert loaded.shape == colours.shape
        expected = np.array(rgb.convert(mode).convert("RGB"))
        assert _apart(loaded, expected) < 2


def test_colour_profiles_are_applied(tmp_path: Path) -> None:
    grey = np.full((4, 4, 3), 128, np.uint8)
    plain, tagged, broken = (tmp_path / f"{n}.png" for n in ("plain", "tagged", "broken"))
    Pillow.fromarray(grey).save(plain)
    Pillow.fromarray(grey).save(broken, icc_profile=b"no profile")
    Pillow.fromarray(grey).save(tagged, icc_profile=_linear_profile())
    np.testing.assert_array_equal(image.load(broken), image.load(plain))
    # Half of linear light is 188 in sRGB's curve.
    assert abs(image.load(tagged).astype(int) - 188).max() <= 2


def _linear_profile() -> bytes:
    """sRGB's profile with the tone curves made straight (gamma 1)."""
    profile = bytearray(ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes())
    count = struct.unpack_from(">I", profile, 128)[0]
    for entry in range(count):
        tag, offset, _ = struct.unpack_from(">4sII", profile, 132 + 12 * entry)
        if tag in (b"rTRC", b"gTRC", b"bTRC"):
            profile[offset : offset + 12] = b"curv" + bytes(8)  # no entries: the identity
    return bytes(profile)


def test_alpha_becomes_a_matte_over_grey(tmp_path: Path, colours: Image) -> None:
    alpha = np.full((40, 60), 255, np.uint8)
    alpha[:, 40:] = 0
    path = tmp_path / "alpha.png"
    Pillow.fromarray(np.dstack([colours, alpha])).save(path)
    loaded, matte = image.load_with_alpha(path)
    assert matte is not None
    np.testing.assert_array_equal(matte, alpha)
    np.testing.assert_array_equal(loaded[:, :40], colours[:, :40])
    assert (loaded[:, 40:] == image.BEHIND).all()


def test_opaque_alpha_is_none(tmp_path: Path, colours: Image) -> None:
    path = tmp_path / "opaque.png"
    Pillow.fromarray(colours).convert("RGBA").save(path)
    loaded, matte = image.load_with_alpha(path)
    assert matte is None
    np.testing.assert_array_equal(loaded, colours)


def test_palette_transparency(tmp_path: Path, colours: Image) -> None:
    path = tmp_path / "palette.png"
    palette = Pillow.fromarray(colours).convert("P", palette=Pillow.Palette.ADAPTIVE)
    palette.save(path, transparency=palette.getpixel((50, 30)))
    matte = image.load_with_alpha(path)[1]
    assert matte is not None
    assert matte[30, 50] == 0
    assert matte[30, 10] == 255


@pytest.mark.parametrize("kind", ["gif", "png", "webp", "tiff"])
def test_animations_are_refused(tmp_path: Path, colours: Image, kind: str) -> None:
    path = tmp_path / f"moving.{kind}"
    frames = [Pillow.fromarray(colours), Pillow.fromarray(colours[:, ::-1].copy())]
    frames[0].save(path, save_all=True, append_images=frames[1:])
    with pytest.raises(ImageError, match="animated or holds several"):
        image.load(path)


def test_a_camera_s_preview_is_no_animation(tmp_path: Path, colours: Image) -> None:
    path = tmp_path / "camera.jpg"
    first = Pillow.fromarray(colours)
    first.save(path, format="MPO", save_all=True, append_images=[first.resize((12, 8))])
    assert _apart(image.load(path), colours) < 6


@pytest.mark.parametrize("kind", ["png", "jpg", "webp", "bmp", "tiff", "gif"])
def test_truncated_files(tmp_path: Path, kind: str) -> None:
    noise = np.random.default_rng(1).integers(0, 255, (64, 64, 3), np.uint8)
    path = tmp_path / f"picture.{kind}"
    Pillow.fromarray(noise).save(path)
    whole = path.read_bytes()
    path.write_bytes(whole[: len(whole) // 2])
    with pytest.raises(ImageError, match=r"corrupt or cut short|not a picture"):
        image.load(path)


@pytest.mark.parametrize("kind", ["png", "jpg", "webp", "bmp", "tiff", "gif"])
def test_corrupt_bytes_never_raise_anything_else(
    tmp_path: Path, capfd: pytest.CaptureFixture[str], kind: str
) -> None:
    generator = np.random.default_rng(2)
    noise = generator.integers(0, 255, (16, 16, 3), np.uint8)
    path = tmp_path / f"picture.{kind}"
    Pillow.fromarray(noise).save(path, compression="tiff_lzw" if kind == "tiff" else None)
    whole = np.frombuffer(path.read_bytes(), np.uint8)
    refused = 0
    for _ in range(60):
        broken = whole.copy()
        broken[generator.integers(0, len(whole), 8)] = generator.integers(0, 256, 8)
        path.write_bytes(broken.tobytes())
        try:
            assert image.load(path).shape[2] == 3
        except ImageError:
            refused += 1
    assert refused > 0
    assert capfd.readouterr().err == ""  # nor do the native decoders complain aloud


def test_not_a_picture(tmp_path: Path) -> None:
    path = tmp_path / "notes.png"
    path.write_text("These are words.")
    with pytest.raises(ImageError, match="not a picture"):
        image.load(path)


def test_empty_missing_and_folder(tmp_path: Path) -> None:
    empty = tmp_path / "empty.png"
    empty.touch()
    with pytest.raises(ImageError, match="empty"):
        image.load(empty)
    with pytest.raises(ImageError, match="There is no file"):
        image.load(tmp_path / "missing.png")
    with pytest.raises(ImageError, match="folder"):
        image.load(tmp_path)
    with pytest.raises(ImageError, match="cannot be opened"):
        image.load(Path("nul\0.png"))


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="the system has no named pipes")
def test_a_pipe_is_not_waited_for(tmp_path: Path) -> None:
    pipe = tmp_path / "pipe.png"
    os.mkfifo(pipe)
    with pytest.raises(ImageError, match="not a regular file"):
        image.load(pipe)


def test_a_bomb_is_refused_unread(tmp_path: Path) -> None:
    for side, words in ((12_000, "12000 × 12000"), (40_000, "far larger than 100 megapixels")):
        stream = io.BytesIO()
        Pillow.new("1", (8, 8)).save(stream, format="PNG")
        bomb = bytearray(stream.getvalue())
        bomb[16:24] = struct.pack(">II", side, side)
        bomb[29:33] = struct.pack(">I", zlib.crc32(bomb[12:29]))
        path = tmp_path / f"{side}.png"
        path.write_bytes(bomb)
        with pytest.raises(ImageError, match=words):
            image.load(path)


def test_large_pictures_are_scaled_down(
    tmp_path: Path, colours: Image, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(image, "KEPT_PIXELS", 600)
    path = tmp_path / "large.png"
    Pillow.fromarray(colours).save(path)
    assert image.load(path).shape == (20, 30, 3)
