"""Find the face in a picture, as the 478 points of mediapipe's face mesh.

The mesh is Kartynnik et al., "Real-time Facial Surface Geometry from Monocular Video on Mobile
GPUs" (2019), with the attention refinement of Grishchenko et al. (2020) for lips, eyes and irises.
``tools.face.mesh`` names its points.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import product
from typing import NamedTuple, Self

import cv2
import numpy as np

from tools.errors import FaceError
from tools.face import mesh
from tools.face.solutions import solution
from tools.media import Box, Floats, Image
from tools.quiet import silenced

MIN_FACE = 40  # px, chin to forehead: below it the points are guesses
SEARCH_SIDE = 1280  # px: the detector works at 128 px, so larger pictures gain nothing
TILE_SCALES = (0.6, 0.36, 0.2)  # of the shorter side, tried until a face is found
CROP_MARGIN = 1.9  # side of the crop in which a face is measured again, over its own size
CROP_SIDE = 512  # px
CONFIDENCE = 0.5  # in [0, 1]: how sure the detector must be
SAME_FACE = 0.3  # intersection over union above which two detections are one face
OUTSIDE = 0.12  # how far the silhouette may leave the picture, over the face's height


class FaceMesh:
    """mediapipe's face mesh, silent and in pixels. Use as a context manager; not thread-safe.

    max_faces   at most so many are found.
    tracking    False: every picture is searched anew. True: pictures are frames of one video, and
                a face is followed from the last (faster and steadier; about 10 ms at any size).
    """

    def __init__(self, max_faces: int = 1, *, tracking: bool = False) -> None:
        with silenced():
            self._graph = solution("face_mesh").FaceMesh(
                static_image_mode=not tracking,
                max_num_faces=max_faces,
                refine_landmarks=True,
                min_detection_confidence=CONFIDENCE,
                min_tracking_confidence=CONFIDENCE,
            )
            self._graph.process(np.zeros((64, 64, 3), np.uint8))  # loads its models
        self._settled = False

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._graph.close()

    def find(self, image: Image) -> list[Floats]:
        """The faces in an (H, W, 3) uint8 RGB picture, each (478, 3) float32 in its pixels.

        z is in the same unit, negative towards the viewer. Points may lie outside the picture.
        The detector misses faces lower than about 15 % of the picture; ``find_face`` does not.
        """
        image = np.ascontiguousarray(image)
        if self._settled:
            found = self._graph.process(image).multi_face_landmarks
        else:  # the native code writes to stderr until it has seen its first face
            with silenced():
                found = self._graph.process(image).multi_face_landmarks
            self._settled = bool(found)
        height, width = image.shape[:2]
        unit = np.array([width, height, width], np.float32)
        return [
            np.array([(p.x, p.y, p.z) for p in face.landmark], np.float32) * unit
            for face in found or ()
        ]


class Found(NamedTuple):
    """A face: (478, 3) float32 landmarks in pixels, and sentences the user should see."""

    landmarks: Floats
    notes: tuple[str, ...]


def find_face(image: Image, choose: int | None = None) -> Found:
    """The face to animate in an (H, W, 3) uint8 RGB picture.

    Of several faces the largest is taken, unless ``choose`` selects one: 1 is the leftmost.

    Raises FaceError when there is no face, or fewer than that, or it is too small or cut off.
    """
    faces = find_faces(image, at_least=choose or 1)
    if not faces:
        raise FaceError(
            "No face was found in the picture; use one that shows a face from the front or at a "
            "slight angle, both eyes and the mouth visible."
        )
    if choose is not None and not 1 <= choose <= len(faces):
        count = "1 face was" if len(faces) == 1 else f"{len(faces)} faces were"
        raise FaceError(
            f"There is no face {choose}: {count} found, counted from left to right from 1."
        )
    notes: tuple[str, ...] = ()
    largest = max(range(len(faces)), key=lambda i: height(faces[i]))
    chosen = largest if choose is None else choose - 1
    if len(faces) > 1 and choose is None:
        notes = (
            f"The picture shows {len(faces)} faces; the largest (number {largest + 1} from the "
            "left) is animated, and --face chooses another.",
        )
    _check(faces[chosen], image)
    return Found(faces[chosen], notes)


def find_faces(image: Image, at_least: int = 1) -> list[Floats]:
    """Every face found, from left to right, measured in an enlarged crop of its own.

    The whole picture is searched first, then overlapping tiles of decreasing size, until there are
    at least ``at_least`` faces.
    """
    scale = min(1.0, SEARCH_SIDE / max(image.shape[:2]))
    small = np.asarray(
        cv2.resize(image, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA), np.uint8
    )
    faces: list[Floats] = []
    with FaceMesh(max_faces=10) as whole, FaceMesh() as single:
        for tiles in _tilings(small.shape[1], small.shape[0]):
            for tile in tiles:
                for rough in whole.find(small[tile.slices]):
                    rough[:, :2] += (tile.x, tile.y)
                    face = _measured(single, image, rough / scale)
                    if face is not None and all(_apart(face, other) for other in faces):
                        faces.append(face)
            if len(faces) >= at_least:
                break
    return sorted(faces, key=lambda face: float(face[:, 0].mean()))


def measure(image: Image, landmarks: Floats) -> Floats:
    """The face that is about at ``landmarks``, measured again in ``image`` at a large size.

    Returns ``landmarks`` if no face is found there.
    """
    with FaceMesh() as single:
        found = _measured(single, image, landmarks)
    return landmarks if found is None else found


def bounds(landmarks: Floats) -> tuple[float, float, float, float]:
    """Left, top, right, bottom of a face in pixels."""
    (left, top), (right, bottom) = landmarks[:, :2].min(0), landmarks[:, :2].max(0)
    return float(left), float(top), float(right), float(bottom)


def height(landmarks: Floats) -> float:
    """From chin to forehead in pixels, however the head is tilted."""
    return float(np.linalg.norm(landmarks[mesh.CHIN] - landmarks[mesh.FOREHEAD]))


def _tilings(width: int, height: int) -> Iterator[list[Box]]:
    """The whole picture, then half-overlapping squares of each scale."""
    yield [Box(0, 0, width, height)]
    for scale in TILE_SCALES:
        side = round(min(width, height) * scale)
        if side < MIN_FACE:
            return
        places = product(_starts(height, side), _starts(width, side))
        yield [Box(x, y, side, side) for y, x in places]


def _starts(length: int, side: int) -> list[int]:
    """Where half-overlapping windows of ``side`` start so that they cover ``length``."""
    steps = -(-2 * (length - side) // side)
    return [round(i * (length - side) / max(steps, 1)) for i in range(steps + 1)]


def _measured(single: FaceMesh, image: Image, rough: Floats) -> Floats | None:
    """The same face measured in a large, centred crop; None if that shows no such face."""
    for _ in range(2):
        left, top, right, bottom = bounds(rough)
        side = max(right - left, bottom - top, 8.0) * CROP_MARGIN
        scale = CROP_SIDE / side
        corner = np.array([(left + right - side) / 2, (top + bottom - side) / 2], np.float32)
        # Pixel centres lie at half-integers for mediapipe and at integers for OpenCV.
        shift = -(corner - 0.5) * scale - 0.5
        to_crop = np.array([[scale, 0, shift[0]], [0, scale, shift[1]]])
        shrinking = scale < 0.5  # then plain linear sampling would skip pixels
        source = cv2.GaussianBlur(image, (0, 0), 0.4 / scale) if shrinking else image
        crop = cv2.warpAffine(
            source,
            to_crop,
            (CROP_SIDE, CROP_SIDE),
            flags=cv2.INTER_LINEAR,
            borderMode=cv2.BORDER_REPLICATE,
        )
        found = single.find(np.asarray(crop, np.uint8))
        if not found:
            return None
        face = found[0] / scale
        face[:, :2] += corner
        if _apart(face, rough):
            return None
        rough = face
    return rough


def overlap(a: Floats, b: Floats) -> float:
    """Intersection over union of two boxes (left, top, right, bottom), in [0, 1]."""
    sides = np.maximum(np.minimum(a[2:4], b[2:4]) - np.maximum(a[:2], b[:2]), 0)
    common = float(sides.prod())
    union = float((a[2:4] - a[:2]).prod() + (b[2:4] - b[:2]).prod()) - common
    return common / union if union > 0 else 0.0


def _apart(a: Floats, b: Floats) -> bool:
    """Whether the landmarks of two faces belong to two people."""
    return overlap(np.array(bounds(a)), np.array(bounds(b))) < SAME_FACE


def _check(landmarks: Floats, image: Image) -> None:
    """Raises FaceError for a face that is too small or leaves the picture."""
    tall = height(landmarks)
    if tall < MIN_FACE:
        raise FaceError(
            f"The face is too small: {tall:.0f} px from chin to forehead; at least {MIN_FACE} px "
            "are needed, so use a larger picture or one taken from nearer."
        )
    size = np.array([image.shape[1], image.shape[0]], np.float32)
    features = landmarks[[*mesh.OUTER_LIPS, *mesh.LEFT_EYE, *mesh.RIGHT_EYE, mesh.CHIN], :2]
    silhouette = landmarks[list(mesh.FACE_OVAL), :2]
    for points, tolerance in ((features, 0.02), (silhouette, OUTSIDE)):
        beyond = np.maximum(-points, points - size).max()
        if beyond > tolerance * tall:
            raise FaceError(
                "The face is cut off at the picture's edge; use a picture that shows all of it, "
                "from forehead to chin."
            )
