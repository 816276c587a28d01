"""Which networks, how large and on what device: what the settings come to on this machine."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from typing import Literal

import torch

from renderers.sadtalker.checkpoints import OFFICIAL, Checkpoint, Module, Network
from renderers.sadtalker.config import Config
from renderers.sadtalker.config import read as read_config
from renderers.sadtalker.generator import Generator
from renderers.sadtalker.settings import Settings
from tools import weights
from tools.errors import MissingError, OptionError

TYPES = {"float32": torch.float32, "float16": torch.float16, "bfloat16": torch.bfloat16}


class Loader:
    """Gives the networks of one checkpoint, ready for inference.

    size    px of the face it draws.
    config  of the checkpoint; None for what ``settings`` say.

    Raises InputError when the files are not what the configuration says, OptionError for a device
    that is not there.
    """

    def __init__(
        self, checkpoint: Checkpoint, size: int, settings: Settings, config: Config | None = None
    ) -> None:
        self.checkpoint, self.size, self.settings = checkpoint, size, settings
        self.config = _config(settings, config)
        self.device = _device(settings)
        # Half on a GPU. CPUs are about as quick with float32, and more exact.
        auto = "float16" if self.device.type == "cuda" else "float32"
        self.precision = TYPES[auto if settings.precision == "auto" else settings.precision]

    @classmethod
    def open(cls, settings: Settings) -> Loader:
        """With the weights that ``settings`` name, or those from the registry.

        Raises MissingError, which says what to pull, when they are not there, and what the class
        raises.
        """
        size = settings.size or _size(settings)
        folder = settings.weights or weights.folder()
        try:
            checkpoint = Checkpoint.open_folder(folder, size, settings.mapping)
        except MissingError as error:
            kind = "sadtalker" if size == 256 else f"sadtalker-{size}"
            how = weights.missing([kind]) if settings.weights is None else None
            raise MissingError(how or str(error)) from error
        return cls(checkpoint, size, settings)

    def network(self, module: Module, make: Callable[[], Network]) -> Network:
        """The network that ``make`` builds, on the CPU."""
        return self.checkpoint.load(module, make)

    def generator(self) -> Generator:
        """The one that draws, on the device."""
        return Generator.load(
            self.checkpoint.state("generator"),
            self.config,
            self.size,
            source=str(self.checkpoint.places["generator"].path),
            device=self.device,
            precision=self.precision,
        )


def _config(settings: Settings, config: Config | None) -> Config:
    if config is None:
        config = read_config(settings.config) if settings.config else Config()
    coefficients = 73 if settings.mapping == "00109" else 70
    mapping = dataclasses.replace(config.mapping, coeff_nc=coefficients)
    return dataclasses.replace(config, mapping=mapping)


def _device(settings: Settings) -> torch.device:
    """Raises OptionError when a GPU is asked for and there is none."""
    there = torch.cuda.is_available()
    if settings.device == "cuda" and not there:
        raise OptionError("SadTalker's device is “cuda”, but PyTorch finds no GPU; “cpu” works.")
    return torch.device("cuda" if there and settings.device != "cpu" else "cpu")


def _size(settings: Settings) -> Literal[256, 512]:
    """512 on a GPU where its file is there, or where it is the only one that is."""

    def there(size: int) -> bool:
        name = OFFICIAL.format(size=size)
        if settings.weights is not None:
            return (settings.weights / name).is_file()
        return weights.find(name) is not None

    prefers = _device(settings).type == "cuda"
    return 512 if there(512) and (prefers or not there(256)) else 256
