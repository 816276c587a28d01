"""The contract of every restorer, and how restorers are found.

A restorer is a ``Spec`` in the ``__init__`` of a folder in ``tools/restore/`` (or registered under
the entry-point group ``portrayal.restore``), which imports nothing heavy. Being there is the
registration: nothing else lists restorers.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

from tools import registry
from tools.errors import OptionError
from tools.registry import Plugin, Registry

if TYPE_CHECKING:
    from torch import Tensor

SIDE = 512
"""Width and height in pixels of the squares that restorers take."""


class Restorer(Protocol):
    """Redraws soft or damaged pictures of faces sharply."""

    def restore(self, faces: Tensor) -> Tensor:
        """(N, 3, 512, 512) float RGB in [0, 1], aligned as in ``align`` → the same, restored.

        On the device of ``faces``, and without gradients. Equal squares give equal results.

        Raises ValueError for another shape.
        """
        ...


@dataclass(frozen=True)
class Spec(Plugin[Restorer]):
    """What is known of a restorer without loading it. ``load`` takes ``fidelity`` if there is one.

    fidelity  the default between the most beautiful face (0) and the given one (1); None where the
              model offers no choice.
    """

    fidelity: float | None = None


_registry = Registry(Spec, "restorer", "tools.restore")
available, named = _registry.available, _registry.named


def load(name: str, fidelity: float | None = None) -> Restorer:
    """The restorer called ``name``, ready for work, on a GPU where there is one.

    fidelity  in [0, 1]: 1 stays closest to the given face, 0 draws the best quality.

    Raises OptionError for an unknown name, or a ``fidelity`` out of range or for a model without
    the choice; MissingError when something is missing; InputError for a file that is damaged or
    holds more than tensors.
    """
    spec = named(name)
    if fidelity is None:
        return registry.complete(spec).load()
    if spec.fidelity is None:
        raise OptionError(f"{name} offers no choice of fidelity, such as {fidelity}; leave it out.")
    if not 0 <= fidelity <= 1:
        raise OptionError(f"The fidelity {fidelity} is out of range; give a number from 0 to 1.")
    return registry.complete(spec).load(fidelity=fidelity)
