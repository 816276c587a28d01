"""The phoneme driver: mouth shapes that flow into one another, from timed phonemes.

Read in this order: ``performance`` (all that moves), ``visemes`` (what each sound looks like),
``coarticulation`` (how they flow into one another), ``acoustic`` (without phonemes), ``mouth``.
"""

from collections.abc import Mapping

from renderers.blendshapes import ARKIT_HEAD
from renderers.contract import Driver
from renderers.spec import DriverSpec, Read


def _load(settings: Read, needs: Mapping[str, object]) -> Driver:
    from renderers.drivers.phoneme.performance import Phonemes

    return Phonemes()


SPEC = DriverSpec(
    name="phoneme",
    summary="Mouth shapes from timed phonemes, or from the sound; all of a direction.",
    licence="Apache-2.0",
    load=_load,
    space=ARKIT_HEAD,
    live=True,
)
