"""Puppet: the jaw falls as the mouth opens, as a ventriloquist's doll does it. An example."""

from collections.abc import Mapping

from renderers.blendshapes import ARKIT_HEAD
from renderers.contract import Renderer
from renderers.spec import Read, Setting, Spec, number


def _load(settings: Read, needs: Mapping[str, object]) -> Renderer:
    from .renderer import Puppet  # heavy imports wait until it is wanted

    return Puppet(**settings)


SPEC = Spec(
    live=True,
    name="puppet",
    family="driver+animator",
    summary="Lets the jaw fall as the mouth opens: the example of writing a renderer.",
    licence="Apache-2.0",
    load=_load,
    settings=(
        Setting(
            "drop",
            "0.06",
            "0 to 0.3",
            "how far, as a share of the face's height",
            read=number(0, 0.3),
        ),
    ),
    motion=(ARKIT_HEAD,),
    driver="phoneme",
    rank=1000,  # never taken unless it is asked for
)
