"""The contract of every upscaler, and how upscalers are found.

An upscaler is a folder in ``tools/upscale/`` (or a package registered under the entry-point group
``portrayal.upscale``) whose ``__init__`` holds a ``SPEC`` and imports nothing heavy. The folder is
the registration: nothing else lists upscalers.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Literal, Protocol, TypeVar, runtime_checkable

import numpy as np
import numpy.typing as npt

from tools import registry
from tools.errors import OptionError
from tools.media import Image
from tools.registry import Plugin, Registry

Quality = Literal["fine", "fast"]
Depth = TypeVar("Depth", np.uint8, np.uint16)
Picture = npt.NDArray[Depth]  # (H, W, 3 or 4) RGB or RGBA, of 8 or 16 bits
Progress = Callable[[float], None]
"""Called now and then with the progress, in [0, 1]."""


class Upscaler(Protocol):
    """Enlarges pictures and adds the detail that belongs there."""

    def upscale(
        self,
        image: Image,
        factor: float,
        quality: Quality = "fine",
        progress: Progress | None = None,
    ) -> Image:
        """An (H, W, 3) uint8 RGB picture, ``factor`` times as wide and high, sides rounded.

        ``factor`` is 1 to 16; "fast" takes a small part of the time of "fine". The same arguments
        give the same picture; memory does not grow with the picture beyond the result itself.

        Raises ValueError for a factor out of range.
        """
        ...


@runtime_checkable
class Stills(Protocol):
    """What an upscaler may offer in addition: pictures of 8 or 16 bits, with or without alpha."""

    def still(
        self,
        picture: Picture[Depth],
        factor: float,
        quality: Quality = "fine",
        progress: Progress | None = None,
    ) -> Picture[Depth]:
        """As ``Upscaler.upscale``, for (H, W, 3 or 4) uint8 or uint16; returns the same kind."""
        ...


@dataclass(frozen=True)
class Spec(Plugin[Upscaler]):
    """What is known of an upscaler without loading it. ``load`` takes ``model`` and ``denoise`` if
    there are ``models``: names that can be chosen, each with one line on what it is for.
    """

    models: Mapping[str, str] = field(default_factory=dict)


_registry = Registry(Spec, "upscaler", "tools.upscale")
available, named = _registry.available, _registry.named


def load(name: str, model: str | None = None, denoise: float | None = None) -> Upscaler:
    """The upscaler called ``name``, ready for work.

    model    one of its ``Spec.models``; by default its own choice for each quality.
    denoise  how much noise a model with that choice removes, in [0, 1].

    Raises OptionError for an unknown name or model, or a ``denoise`` that the model does not take;
    MissingError when something is not installed.
    """
    spec = registry.complete(named(name))
    if spec.models:
        if model is not None and model not in spec.models:
            raise OptionError(f"{name} has no model “{model}”; it has: {', '.join(spec.models)}.")
        return spec.load(model=model, denoise=denoise)
    if model is not None or denoise is not None:
        raise OptionError(f"{name} has neither models nor denoise to choose; leave them out.")
    return spec.load()
