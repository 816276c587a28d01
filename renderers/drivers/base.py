"""How drivers are found.

A driver is a folder in ``renderers/drivers/`` (or a package registered under the entry-point group
``portrayal.drivers``) whose ``__init__`` holds a ``SPEC`` and imports nothing heavy. A renderer's
folder may bring a driver of its own: a ``DRIVER`` beside the renderer's ``SPEC``.
"""

from __future__ import annotations

from renderers.spec import DriverSpec
from tools.registry import Registry

_registry = Registry(DriverSpec, "driver", "renderers", "renderers.drivers")
available, named, code = _registry.available, _registry.named, _registry.code
