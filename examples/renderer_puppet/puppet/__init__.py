"""Puppet: the jaw falls when it is loud, as a ventriloquist's doll does it. An example."""

from collections.abc import Mapping

from renderers.base import Renderer, Setting, Spec


def _load(settings: Mapping[str, str]) -> Renderer:
    from .renderer import Puppet  # heavy imports wait until it is wanted

    return Puppet.of(settings)


SPEC = Spec(
    name="puppet",
    family="driver+animator",
    summary="Lets the jaw fall when it is loud: the example of writing a renderer.",
    licence="Apache-2.0",
    load=_load,
    settings=(Setting("drop", "0.06", "0 to 0.3", "how far, as a share of the face's height"),),
    rank=1000,  # never taken unless it is asked for
)
