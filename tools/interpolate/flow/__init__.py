"""Optical flow (Kroeger et al., "Fast Optical Flow using Dense Inverse Search", ECCV 2016)."""

from __future__ import annotations

from tools.interpolate.base import Interpolator, Spec


def _load() -> Interpolator:
    from tools.interpolate.flow.interpolator import OpticalFlow

    return OpticalFlow()


SPEC = Spec(
    name="flow",
    summary="Optical flow: fast on any processor, needs no weights; soft where things appear.",
    licence="Apache-2.0",
    load=_load,
)
