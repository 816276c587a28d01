"""Warp: the embedded renderer. A portrait moved by its own pixels; no weights, any CPU.

Read in this order: ``renderer`` (the frame loop), ``rig`` (a portrait made ready), ``muscles``
(what each blendshape does), ``mouth``, ``eyes``, ``field`` (grids and look-ups).
"""

from collections.abc import Mapping

from renderers.blendshapes import ARKIT_HEAD
from renderers.contract import Renderer
from renderers.spec import Read, Spec


def _load(settings: Read, needs: Mapping[str, object]) -> Renderer:
    from renderers.warp.renderer import Warp

    return Warp()


SPEC = Spec(
    name="warp",
    family="driver+animator",
    summary="Warps the portrait at its own resolution; no weights, runs on any CPU.",
    licence="Apache-2.0",
    load=_load,
    motion=(ARKIT_HEAD,),
    driver="phoneme",
    acts=("expressions", "blinks", "gaze", "head"),
    live=True,
)
