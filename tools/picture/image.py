"""Read a picture from an unchecked file, as upright 8-bit sRGB."""

from __future__ import annotations

import contextlib
import io
import stat
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import numpy.typing as npt
from PIL import Image as Pillow
from PIL import ImageCms, UnidentifiedImageError

from tools import output
from tools.errors import ImageError
from tools.media import Image, Mask
from tools.quiet import silenced

FORMATS = ("PNG", "JPEG", "WEBP", "BMP", "TIFF", "GIF")
MAX_BYTES = 500_000_000
MAX_PIXELS = 100_000_000
KEPT_PIXELS = 24_000_000  # more than any canvas shows; beyond it a picture is scaled down
BEHIND = 228  # the light grey behind transparent parts

Deep = npt.NDArray[np.uint16]  # (H, W, 3 or 4) RGB or RGBA

_ORIENTATION = 0x0112  # EXIF tag; its values 2 to 8 say how the camera was held
_UPRIGHT = {
    2: Pillow.Transpose.FLIP_LEFT_RIGHT,
    3: Pillow.Transpose.ROTATE_180,
    4: Pillow.Transpose.FLIP_TOP_BOTTOM,
    5: Pillow.Transpose.TRANSPOSE,
    6: Pillow.Transpose.ROTATE_270,
    7: Pillow.Transpose.TRANSVERSE,
    8: Pillow.Transpose.ROTATE_90,
}


def load(path: Path) -> Image:
    """The picture in ``path`` as (H, W, 3) uint8 sRGB, transparent parts over light grey.

    See ``load_with_alpha``, also for the errors.
    """
    return load_with_alpha(path)[0]


def load_with_alpha(path: Path) -> tuple[Image, Mask | None]:
    """The picture as ``load`` gives it, and its alpha, (H, W) uint8; None where all is opaque.

    EXIF rotation and colour profiles are applied; 16-bit, grey, palette and CMYK pictures become
    8-bit RGB. Pictures of more than 24 megapixels are scaled down to that.

    Raises ImageError when it is missing, unreadable, corrupt, too large, animated or not a picture.
    """
    picture = _read(path)
    if picture.mode == "RGB":
        return np.array(picture), None
    alpha = np.array(picture.getchannel("A"))
    if alpha.min() == 255:
        return np.array(picture.convert("RGB")), None
    behind = Pillow.new("RGBA", picture.size, (BEHIND, BEHIND, BEHIND, 255))
    behind.alpha_composite(picture)
    return np.array(behind.convert("RGB")), alpha


def save(picture: Image, path: Path, format: str = "PNG", **options: Any) -> None:
    """Write RGB to ``path``, which appears when it is complete. Raises OutputError."""
    with output.replacing(path) as partial, output.explained(path):
        Pillow.fromarray(picture).save(partial, format=format, **options)


def check(path: Path) -> None:
    """Raises ImageError as ``load`` does for what can be found without decoding the pixels."""
    with _opened(path) as file:
        file.verify()


def is_picture(path: Path) -> bool:
    """Whether a file begins as a still picture does, rather than as a video."""
    try:
        with silenced(), Pillow.open(path, formats=FORMATS):
            return True
    except Exception:  # decoders given hostile bytes raise almost anything
        return False


def load_straight(path: Path) -> Image | Deep:
    """The picture with all its information: (H, W, 3 or 4), colours not mixed with a background.

    uint16 for a PNG of 16 bits, whose colour profile is not applied, otherwise uint8 as ``load``
    returns it; errors are the same.
    """
    upright = _read(path)  # also checks that it can be read and is not too large
    encoded = np.fromfile(path, np.uint8)
    header = bytes(encoded[:26])  # of a PNG: signature, IHDR, depth, colour type
    png = header[:8] == b"\x89PNG\r\n\x1a\n"
    deep_png = png and header[24:25] == b"\x10" and header[25] in (2, 6)
    if not deep_png or upright.width * upright.height >= KEPT_PIXELS:
        return np.array(upright)
    deep = cv2.imdecode(encoded, cv2.IMREAD_UNCHANGED)
    order = cv2.COLOR_BGRA2RGBA if deep.shape[2] == 4 else cv2.COLOR_BGR2RGB
    return np.asarray(cv2.cvtColor(deep, order), np.uint16)


def _read(path: Path) -> Pillow.Image:
    """The picture in mode RGB or RGBA, sRGB, upright and not too large."""
    with _opened(path) as file:
        file.load()
        return _bounded(_srgb(_upright(file)))


@contextlib.contextmanager
def _opened(path: Path) -> Iterator[Pillow.Image]:
    """A picture whose header is sound; whatever reading it raises becomes an ImageError."""
    _check_file(path)
    try:
        # Decoders write to stderr what is said here.
        with silenced(), Pillow.open(path, formats=FORMATS) as file:
            _check_header(path, file)
            yield file
    except ImageError:
        raise
    except UnidentifiedImageError as error:
        raise ImageError(
            f"“{path}” is not a picture that can be read; PNG, JPEG, WebP, BMP, TIFF and GIF are."
        ) from error
    except Pillow.DecompressionBombError as error:
        raise ImageError(
            f"“{path}” is far larger than {MAX_PIXELS // 10**6} megapixels; scale it down."
        ) from error
    except Exception as error:  # decoders given hostile bytes raise almost anything
        raise ImageError(
            f"“{path}” is corrupt or cut short and cannot be read as a picture; save it again."
        ) from error


def _check_file(path: Path) -> None:
    """Raises ImageError unless ``path`` is a readable, regular file of sensible size."""
    try:
        status = path.stat()
        if stat.S_ISDIR(status.st_mode):
            raise ImageError(f"“{path}” is a folder; give the path of a picture in it.")
        if not stat.S_ISREG(status.st_mode):
            raise ImageError(f"“{path}” is not a regular file; give the path of a picture.")
        if status.st_size == 0:
            raise ImageError(f"“{path}” is an empty file, not a picture.")
        if status.st_size > MAX_BYTES:
            raise ImageError(
                f"“{path}” is {status.st_size / 10**6:,.0f} MB; a picture may have at most "
                f"{MAX_BYTES // 10**6} MB."
            )
        path.open("rb").close()
    except FileNotFoundError as error:
        raise ImageError(f"There is no file “{path}”; give the path of a picture.") from error
    except (OSError, ValueError) as error:  # ValueError: a NUL character in the path
        reason = getattr(error, "strerror", None) or error
        raise ImageError(f"The picture “{path}” cannot be opened: {reason}.") from error


def _check_header(path: Path, file: Pillow.Image) -> None:
    """Raises ImageError for what the header alone rules out. Pixels are not read yet."""
    width, height = file.size
    if width * height > MAX_PIXELS:
        raise ImageError(
            f"“{path}” has {width} × {height} pixels; at most {MAX_PIXELS // 10**6} megapixels "
            "can be used, so scale it down."
        )
    # Cameras put a preview into the same JPEG (MPO); only its first picture counts.
    if file.format != "MPO" and getattr(file, "is_animated", False):
        raise ImageError(
            f"“{path}” is animated or holds several pictures; export the one to use as a PNG."
        )


def _upright(picture: Pillow.Image) -> Pillow.Image:
    """A copy turned as EXIF says; an EXIF block that cannot be read is ignored."""
    orientation = 1
    with contextlib.suppress(Exception):
        orientation = picture.getexif().get(_ORIENTATION, 1)
    if orientation in _UPRIGHT:
        return picture.transpose(_UPRIGHT[orientation])
    return picture.copy()


def _srgb(picture: Pillow.Image) -> Pillow.Image:
    """The same picture in mode RGB or RGBA, its colour profile applied."""
    profile = picture.info.get("icc_profile")
    if picture.mode[0] in "IF":  # 16-bit, 32-bit and floating-point grey
        picture = Pillow.fromarray(_eight_bits(np.asarray(picture), picture.mode))
    see_through = picture.mode in ("LA", "La", "PA", "RGBA", "RGBa") or (
        "transparency" in picture.info and picture.mode in ("1", "L", "P", "RGB")
    )
    wanted = "RGBA" if see_through else "RGB"
    if picture.mode not in ("RGB", "RGBA", "L", "CMYK") or (see_through and picture.mode != "RGBA"):
        picture = picture.convert(wanted)
    if profile:
        # A broken profile, or one for another kind of picture, is ignored, as browsers do.
        with contextlib.suppress(ImageCms.PyCMSError, OSError, TypeError, ValueError):
            converted = ImageCms.profileToProfile(
                picture,
                ImageCms.ImageCmsProfile(io.BytesIO(profile)),
                ImageCms.createProfile("sRGB"),
                outputMode=wanted,
            )
            return converted or picture.convert(wanted)
    return picture.convert(wanted)


def _eight_bits(values: npt.NDArray[np.generic], mode: str) -> Mask:
    """Grey values of any depth as uint8. Only 16-bit modes say which value is white."""
    grey = np.nan_to_num(values.astype(np.float32), posinf=0.0, neginf=0.0)
    if mode.startswith("I;16"):
        white = 65535.0
    else:
        brightest = float(grey.max())
        white = next((w for w in (1.0, 255.0, 65535.0) if brightest <= w), brightest)
    return np.asarray(np.clip(grey * (255.0 / white), 0, 255) + 0.5, np.uint8)


def _bounded(picture: Pillow.Image) -> Pillow.Image:
    """Scaled down to ``KEPT_PIXELS`` if it has more."""
    width, height = picture.size
    scale = (KEPT_PIXELS / (width * height)) ** 0.5
    if scale >= 1:
        return picture
    size = max(1, round(width * scale)), max(1, round(height * scale))
    return picture.resize(size, Pillow.Resampling.LANCZOS, reducing_gap=3.0)
