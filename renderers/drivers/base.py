"""How drivers are found.

A driver is a folder in ``renderers/drivers/`` (or a package registered under the entry-point group
``portrayal.drivers``) whose ``__init__`` holds a ``SPEC`` and imports nothing heavy. A renderer's
folder may bring a driver of its own: a ``DRIVER`` beside the renderer's ``SPEC``.
"""

from __future__ import annotations

from renderers.spec import DriverSpec
from tools import registry

ENTRY_POINTS = "portrayal.drivers"


def available() -> dict[str, DriverSpec]:
    """Every registered driver by name, in alphabetical order; nothing heavy is imported."""
    places = ("renderers", "renderers.drivers")
    specs = [s for place in places for s in registry.registered(DriverSpec, place, ENTRY_POINTS)]
    return {spec.name: spec for spec in sorted(specs, key=lambda spec: spec.name)}


def named(name: str) -> DriverSpec:
    """The driver called ``name``. Raises OptionError for an unknown one."""
    return registry.named(available(), name, "driver")
