"""The whole way: a face found and encoded, keypoints driven by sound, frames drawn and pasted."""

from __future__ import annotations

import dataclasses
from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial
from itertools import islice
from pathlib import Path
from typing import Literal

import torch
from torch import Tensor

from renderers.sadtalker import alignment, reference
from renderers.sadtalker.alignment import Aligned, Crop
from renderers.sadtalker.audio2exp import Audio2Exp
from renderers.sadtalker.audio2pose import Audio2Pose
from renderers.sadtalker.batches import Finish, draw, unfinished
from renderers.sadtalker.checkpoints import OFFICIAL, Checkpoint
from renderers.sadtalker.config import Config
from renderers.sadtalker.config import read as read_config
from renderers.sadtalker.direction import EXPRESSION, ExpressionCoefficients
from renderers.sadtalker.driver import Driver, Manner, Networks
from renderers.sadtalker.face_3drecon import Face3dRecon
from renderers.sadtalker.free_view import FreeView
from renderers.sadtalker.generator import Generator
from renderers.sadtalker.in_between import Frame, filled, since, thinned
from renderers.sadtalker.keypoints import KeypointDetector
from renderers.sadtalker.mapping import MappingNet
from renderers.sadtalker.settings import Settings
from tools import weights
from tools.errors import MissingError, OptionError
from tools.face import landmarks
from tools.face.paste import Paste, reach
from tools.media import Direction, Floats, Frames, Image, Patch, Portrait, Speech
from tools.restore import base as restorers
from tools.restore.base import Restorer
from tools.restore.shot import restored
from tools.upscale.realesrgan.film import Enlarger

HALF: dict[str, torch.dtype] = {
    "float32": torch.float32,
    "float16": torch.float16,
    "bfloat16": torch.bfloat16,
}


@dataclass(frozen=True)
class Face:
    """A portrait's face as the networks see it.

    crop          where the square they draw lies in the portrait.
    square        (S, S, 3) uint8 RGB.
    points        (68, 2) landmarks, in pixels of the square.
    coefficients  (73,) float32 of the 3D face model.
    canonical     (1, 15, 3) keypoints without head pose and expression.
    """

    crop: Crop
    square: Image
    points: Floats
    coefficients: Floats
    canonical: Tensor


class SadTalker:
    """The networks of one checkpoint, ready to animate any portrait."""

    def __init__(
        self,
        checkpoint: Checkpoint,
        size: Literal[256, 512],
        settings: Settings,
        config: Config | None = None,
    ) -> None:
        """``config`` is that of the checkpoint; None for what ``settings`` say.

        Raises InputError when the files are not what the configuration says.
        """
        self.size, self.settings = size, settings
        self.device = _device(settings)
        config = _config(settings, config)
        wanted = HALF[_precision(settings, self.device)]
        self.generator = Generator.load(
            checkpoint.state("generator"),
            config,
            size,
            source=str(checkpoint.places["generator"].path),
            device=self.device,
            precision=wanted,
        )
        self.enlarger = None if settings.enlarge == "none" else Enlarger(self.device)
        self.restorer = _restorer(settings.restore, settings.fidelity)
        self.detector = checkpoint.load("kp_extractor", partial(KeypointDetector, config))
        self.recon = checkpoint.load("face_3drecon", partial(Face3dRecon, config.backbone_width))
        self.networks = Networks(
            checkpoint.load("audio2exp", Audio2Exp).to(self.device),
            checkpoint.load("audio2pose", Audio2Pose).to(self.device),
            checkpoint.load("mapping", partial(MappingNet, config)).to(self.device),
        )

    @classmethod
    def load(cls, settings: Settings) -> SadTalker:
        """With the weights that ``settings`` name, or those from the registry.

        Raises MissingError, which says what to pull, when they are not there, and OptionError for
        a device that is not.
        """
        checkpoint, size = _checkpoint(settings)
        return cls(checkpoint, size, settings)

    def render(self, source: Portrait, speech: Speech, direction: Direction, fps: int) -> Frames:
        """See ``renderers.base.Renderer``."""
        face = self._face(source)
        driver = self._driver(source, face)
        count = max(1, round(speech.duration * fps))
        rest = driver.source_keypoints()
        finish = self._finish(source, face)
        with torch.inference_mode():
            encoded = self.generator.prepare(_tensor(face.square), rest)
        still = next(filled(draw(self.generator, encoded, [rest], finish), 1, 1))
        # Drawn without any movement, it tells what the generator does to colours and to detail.
        paste = Paste(source, face.crop.region, still.picture[0], device=self.device)
        driven = partial(driver.keypoints, speech, direction, fps)
        moves: deque[Floats] = deque()  # of frames handed out whose motion nobody has read yet

        def patches(start: int = 0) -> Iterator[tuple[Patch, ...]]:
            every = self.settings.every
            first = min(start, count - 1) // every * every  # which is drawn, not filled in
            wanted = thinned(since(driven(), first), every, count - first)
            drawn = draw(self.generator, encoded, wanted, finish)
            return islice(shown(filled(drawn, every, count - first)), start - first, None)

        def shown(frames: Iterator[Frame]) -> Iterator[tuple[Patch, ...]]:
            for frame in frames:
                motion = frame.displacement - still.displacement
                for patch, by in zip(paste.patches(frame.picture, motion), motion, strict=True):
                    if self.restorer is not None:
                        moves.append(by.float().cpu().numpy())
                    yield (patch,)

        def motions() -> Iterator[Floats]:
            while moves:
                yield moves.popleft()

        frames = Frames(source.image, fps, count, patches)
        if self.restorer is None:
            return frames
        return restored(
            frames,
            source.landmarks,
            self.restorer,
            region=face.crop.region,
            motion=motions,
            matte=source.matte,
        )

    def _face(self, source: Portrait) -> Face:
        """Raises FaceError when the face cannot be cropped."""
        points = landmarks.locate(source.image, source.landmarks, self.settings.landmarks)
        crop = alignment.crop(points, source.size, wide=self.settings.framing == "wide")
        square = crop.cut(source.image, self.size)
        inside = crop.to_square(points, self.size)
        aligned = alignment.align(square, inside)
        with torch.inference_mode():
            canonical = self.detector(_tensor(square)[None]).to(self.device)
        return Face(crop, square, inside, self._coefficients(aligned), canonical)

    def _coefficients(self, aligned: Aligned) -> Floats:
        row: Floats = reference.coefficients([aligned], self.recon)[0]
        return row

    def _finish(self, source: Portrait, face: Face) -> Finish:
        """The network enlarges where the face may move to: what else is drawn keeps looking as the
        portrait does, and gets its detail from there.
        """
        if self.enlarger is None:
            return unfinished
        place = reach(source.landmarks, face.crop.region, self.size)
        return partial(self.enlarger, place=place)

    def _driver(self, source: Portrait, face: Face) -> Driver:
        """With what it needs to know of expressions: the portrait's face drawn with others is seen
        through the same crop and the same alignment.
        """

        def expression(picture: Image) -> Floats:
            seen = alignment.align(face.crop.cut(picture, self.size), face.points)
            return self._coefficients(seen)[EXPRESSION]

        expressions = ExpressionCoefficients(source, expression)
        return Driver(self.networks, face.coefficients, face.canonical, expressions, self._manner())

    def _manner(self) -> Manner:
        chosen = self.settings
        wide = chosen.framing == "wide"

        def read(video: Path | None) -> Floats | None:
            return None if video is None else reference.read(video, self.recon, wide=wide)

        blinks = read(chosen.blink_video)
        same = chosen.pose_video == chosen.blink_video
        return Manner(
            pose_style=chosen.pose_style,
            expression_scale=chosen.expression_scale,
            head=chosen.head,
            free_view=FreeView(chosen.yaw, chosen.pitch, chosen.roll),
            blink_reference=blinks,
            pose_reference=blinks if same else read(chosen.pose_video),
        )


def _config(settings: Settings, config: Config | None) -> Config:
    if config is None:
        config = read_config(settings.config) if settings.config else Config()
    coefficients = 73 if settings.mapping == "00109" else 70
    mapping = dataclasses.replace(config.mapping, coeff_nc=coefficients)
    return dataclasses.replace(config, mapping=mapping)


def in_use(settings: Settings) -> tuple[str | Path, ...]:
    """What pictures depend on besides the settings: what "auto" comes to, and files of weights.

    Raises what ``SadTalker.load`` raises for weights and a device that are not there.
    """
    checkpoint, size = _checkpoint(settings)
    device, restorer = _device(settings), _restorer_name(settings.restore)
    found = landmarks.chosen(settings.landmarks)
    used = [f"{size} {device.type} {_precision(settings, device)} {found} {restorer}"]
    files = {place.path for place in checkpoint.places.values()}
    if restorer is not None:
        files |= {*weights.here(restorers.named(restorer).weights)}
    return *used, *sorted(files)


def _checkpoint(settings: Settings) -> tuple[Checkpoint, Literal[256, 512]]:
    """The weights that ``settings`` name, or those of the registry; the size they draw."""
    size = settings.size or _size(settings)
    folder = settings.weights or weights.folder()
    try:
        return Checkpoint.open_folder(folder, size, settings.mapping), size
    except MissingError as error:
        kind = "sadtalker" if size == 256 else f"sadtalker-{size}"
        how = weights.missing([kind]) if settings.weights is None else None
        raise MissingError(how or str(error)) from error


def _device(settings: Settings) -> torch.device:
    """Raises OptionError when a GPU is asked for and there is none."""
    there = torch.cuda.is_available()
    if settings.device == "cuda" and not there:
        raise OptionError("SadTalker's device is “cuda”, but PyTorch finds no GPU; “cpu” works.")
    return torch.device("cuda" if there and settings.device != "cpu" else "cpu")


def _precision(settings: Settings, device: torch.device) -> str:
    """Half on a GPU. CPUs are about as quick with float32, and more exact."""
    if settings.precision != "auto":
        return settings.precision
    return "float16" if device.type == "cuda" else "float32"


def _restorer(name: str, fidelity: float | None) -> Restorer | None:
    """Raises MissingError when the one that is named is not complete, OptionError when it offers no
    choice of fidelity and one is made.
    """
    chosen = _restorer_name(name)
    if chosen is None:
        return None
    return restorers.load(chosen, None if name == "auto" else fidelity)


def _restorer_name(asked: str) -> str | None:
    """ "auto" is any that is complete, or none."""
    if asked != "auto":
        return None if asked == "none" else asked
    complete = (spec.name for spec in restorers.available().values() if spec.missing() is None)
    return next(complete, None)


def _size(settings: Settings) -> Literal[256, 512]:
    """512 on a GPU where its file is there, or where it is the only one that is."""

    def there(size: int) -> bool:
        name = OFFICIAL.format(size=size)
        if settings.weights is not None:
            return (settings.weights / name).is_file()
        return weights.find(name) is not None

    prefers = _device(settings).type == "cuda"
    return 512 if there(512) and (prefers or not there(256)) else 256


def _tensor(image: Image) -> Tensor:
    """(H, W, 3) uint8 → (3, H, W) float32 in [0, 1]."""
    return torch.from_numpy(image).permute(2, 0, 1).contiguous() / 255
