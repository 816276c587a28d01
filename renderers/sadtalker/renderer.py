"""The whole way: a face found and encoded, keypoints driven by motion, frames drawn and pasted."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import Any

import torch
from torch import Tensor

from renderers.contract import Cue, Motion, Subject
from renderers.crew import Crew
from renderers.sadtalker.animation import Animation, FreeView
from renderers.sadtalker.batches import UNFINISHED, Finish, draw
from renderers.sadtalker.driver import NetworkDriver
from renderers.sadtalker.faces import Faces
from renderers.sadtalker.in_between import filled, since, thinned
from renderers.sadtalker.keypoints import KeypointDetector
from renderers.sadtalker.loader import Loader
from renderers.sadtalker.mapping import MappingNet
from renderers.sadtalker.settings import Settings
from tools import weights
from tools.face import landmarks
from tools.face.paste import Paste, reach
from tools.media import Batch, Image
from tools.restore import base as restorers
from tools.restore.base import Restorer
from tools.restore.shot import Restoration
from tools.upscale.realesrgan.film import Enlarger


class SadTalker:
    """The networks of one checkpoint, ready to animate any portrait; its own driver, too.

    player  plays expressions for the driver: see ``NetworkDriver``.
    """

    def __init__(self, loader: Loader, player: Crew) -> None:
        """Raises what ``loader`` raises, and what a restorer raises that is asked for."""
        self.size, self.settings, self.device = loader.size, loader.settings, loader.device
        self.generator = loader.generator()
        self.enlarger = None if self.settings.enlarge == "none" else Enlarger(self.device)
        self.restorer = _restorer(self.settings.restore, self.settings.fidelity)
        self.detector = loader.network("kp_extractor", partial(KeypointDetector, loader.config))
        mapping = loader.network("mapping", partial(MappingNet, loader.config))
        self.mapping = mapping.to(self.device)
        self.faces = Faces(loader)
        self.driver = NetworkDriver(loader, player, self.faces)

    def drive(self, subject: Subject, face: int, cue: Cue) -> Iterator[Motion]:
        """See ``renderers.contract.Driver``."""
        return self.driver.drive(subject, face, cue)

    def prepare(self, subject: Subject, face: int) -> Talker:
        """See ``renderers.contract.Renderer``."""
        return Talker(self, subject, face)


class Talker:
    """One portrait, encoded."""

    def __init__(self, networks: SadTalker, subject: Subject, number: int) -> None:
        source, face = subject.portrait(number), networks.faces.of(subject, number)
        settings, device = networks.settings, networks.device
        self.generator, self.every = networks.generator, settings.every
        region = face.crop.region
        self.finish: Finish = UNFINISHED
        if networks.enlarger is not None:
            # It enlarges where the face may move to: what else is drawn keeps looking as the
            # portrait does, and gets its detail from there.
            place = reach(source.landmarks, region, networks.size)
            self.finish = partial(networks.enlarger, place=place)
        with torch.inference_mode():
            canonical = networks.detector(_tensor(face.square)[None]).to(device)
            view = FreeView(settings.yaw, settings.pitch, settings.roll)
            self.animation = Animation(networks.mapping, face.coefficients, canonical, view)
            rest = self.animation.source_keypoints()
            self.encoded = self.generator.prepare(_tensor(face.square), rest)
        still = next(filled(draw(self.generator, self.encoded, [rest], self.finish), 1, 1))
        self.unmoved = still.displacement
        # Drawn without any movement, it tells what the generator does to colours and to detail.
        self.paste = Paste(source, region, still.picture[0], device=device)
        self.restoration: Restoration | None = None
        if networks.restorer is not None:
            self.restoration = Restoration(
                source.image,
                source.landmarks,
                networks.restorer,
                region=region,
                matte=source.matte,
                device=device,
            )

    def play(self, cue: Cue, state: Any = None) -> Iterator[Batch]:
        """See ``renderers.contract.Actor``. Motion is in "sadtalker73"."""
        if self.restoration is None:
            return self._drawn(cue, cue.first)
        begin = 0 if state is None else cue.first
        restored = self.restoration(self._drawn(cue, begin), state)
        later = (batch.since(cue.first) for batch in restored)
        return (batch for batch in later if len(batch))

    def _drawn(self, cue: Cue, begin: int) -> Iterator[Batch]:
        count, every = cue.count, self.every
        first = min(begin, count - 1) // every * every  # which is drawn, not filled in
        moved = self.animation.keypoints(cue.motion or (), cue.whole.duration, cue.fps, count)
        wanted = thinned(since(moved, first), every, count - first)
        drawn = draw(self.generator, self.encoded, wanted, self.finish)
        for frame in filled(drawn, every, count - first):
            motion = frame.displacement - self.unmoved
            batch = self.paste.batch(first, frame.picture, motion)
            first += len(batch)
            if first > begin:
                yield batch.since(begin)


def in_use(settings: Settings) -> tuple[str | Path, ...]:
    """What frames depend on besides the settings: what "auto" comes to, and files of weights.

    Raises what ``Loader.open`` raises.
    """
    loader, restorer = Loader.open(settings), _restorer_name(settings.restore)
    found = landmarks.chosen(settings.landmarks)
    used = f"{loader.size} {loader.device.type} {loader.precision} {found} {restorer}"
    files = {place.path for place in loader.checkpoint.places.values()}
    if restorer is not None:
        files |= {*weights.present(restorers.named(restorer).weights)}
    return used, *sorted(files)


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


def _tensor(image: Image) -> Tensor:
    """(H, W, 3) uint8 → (3, H, W) float32 in [0, 1]."""
    return torch.from_numpy(image).permute(2, 0, 1).contiguous() / 255
