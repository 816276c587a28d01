"""How renderers and drivers are found and loaded.

A renderer is a folder in ``renderers/`` (or a package registered under the entry-point group
``portrayal.renderers``) whose ``__init__`` holds a ``SPEC`` and imports nothing heavy. The folder
is the registration: nothing else lists renderers. Drivers are found in the same way, in
``renderers/drivers/`` and under ``portrayal.drivers``; a renderer's folder may bring a driver of
its own, a ``DRIVER`` beside the renderer's ``SPEC``.
"""

from __future__ import annotations

from collections.abc import Callable
from fnmatch import fnmatch
from pathlib import Path
from typing import Any, NamedTuple

from renderers.contract import Driver
from renderers.crew import Crew
from renderers.spec import DriverSpec, Given, Load, Part, Setting, Spec, read
from tools import device, weights
from tools.errors import OptionError
from tools.registry import Registry

DRIVER = "driver"  # the setting that names another driver than the renderer's usual one


class Choice(NamedTuple):
    """The renderer that suits this machine best, and a sentence that says why."""

    spec: Spec
    why: str


_registry = Registry(Spec, "renderer", "renderers")
_drivers = Registry(DriverSpec, "driver", "renderers", "renderers.drivers")
available, named = _registry.available, _registry.named


def ranked() -> list[Spec]:
    """Every registered renderer, the preferred first."""
    return sorted(available().values(), key=lambda spec: spec.rank)


def unsuited(spec: Spec) -> str | None:
    """A sentence on why this machine would be too slow for a renderer, or None."""
    return f"{spec.without_gpu}." if spec.without_gpu and not device.has_gpu() else None


def best() -> Choice:
    """The best-ranked renderer that is complete and that this machine is fast enough for."""
    passed_over: list[str] = []
    for spec in ranked():
        against = unsuited(spec) or spec.missing()
        if against is None:
            reasons = " ".join([f"Rendered with {spec.name}.", *passed_over])
            return Choice(spec, reasons)
        passed_over.append(f"Not with {spec.name}: {against}")
    raise AssertionError("a renderer that needs nothing is always there")


def undemanding() -> Spec:
    """The best-ranked renderer that draws on any machine: no weights, no GPU."""
    return next(spec for spec in ranked() if not spec.weights and not spec.without_gpu)


def suited(spec: Spec) -> list[str]:
    """Names of the drivers that can move what a renderer draws."""
    return [name for name, moving in _drivers.available().items() if moving.space in spec.motion]


def settings(spec: Spec, driver: str | None = None) -> tuple[Setting, ...]:
    """What can be chosen for a renderer and its ``driver``, the usual one where none is named."""
    if spec.driver is None:
        return spec.settings
    others = suited(spec)
    choice = Setting(DRIVER, spec.driver, ", ".join(others), "what tells how the face moves")
    moving = _drivers.named(driver or spec.driver).settings
    known = {one.name: one for one in (*moving, *spec.settings)}
    return (*known.values(), *([choice] if len(others) > 1 else []))


def identity(name: str, given: Given) -> tuple[str | Path, ...]:
    """What the frames of a renderer with settings depend on besides subject and cue: its code and
    its driver's, all settings, and the files of weights.

    Raises what ``check`` raises, and what ``load`` does for weights that are not here.
    """
    check(name, given)
    spec = named(name)
    moving = _driver(spec, given)
    known = settings(spec, moving.name if moving else None)
    chosen = {setting.name: setting.default for setting in known} | dict(given)
    told: list[str | Path] = [name, _registry.code(name)]
    if moving is not None:
        told += [moving.name, _drivers.code(moving.name)]
    parts = [part for part in (spec, moving) if part is not None]
    for part in parts:
        values = _read(part, name, given)
        told += weights.present(part.weights) if part.identity is None else part.identity(values)
    return *told, repr(sorted(chosen.items()))


def check(name: str, given: Given) -> None:
    """Raises OptionError for an unknown renderer, and for settings with names or values that it
    does not accept. Loads nothing heavy.
    """
    spec = named(name)
    moving = _driver(spec, given)
    others = {key: text for key, text in given.items() if key != DRIVER}
    read(others, name, settings(spec, moving.name if moving else None))


def load(name: str, given: Given | None = None) -> Crew:
    """The renderer called ``name``, ready to play with the settings ``given``, and its driver.

    Raises OptionError for an unknown name, setting or value, MissingError when something it needs
    is not installed.
    """
    return _crew(name, given or {}, lambda part: part.load)


def tiny(name: str, given: Given | None = None) -> Crew:
    """The same with small networks of random weights, for tests."""
    return _crew(name, given or {}, lambda part: part.tiny or part.load)


def convert(path: Path) -> Path:
    """Write a file of weights in a smaller form beside it, and return that.

    Raises OptionError for a file that no renderer converts, and what its renderer raises.
    """
    known = [item for spec in ranked() for item in spec.convert.items()]
    for pattern, rewrite in known:
        if fnmatch(path.name, pattern):
            return rewrite(path)
    patterns = ", ".join(pattern for pattern, _ in known)
    raise OptionError(f"“{path.name}” is not a file that can be converted; such are: {patterns}.")


def _crew(name: str, given: Given, how: Callable[[Part], Load]) -> Crew:
    check(name, given)
    spec = named(name)

    def made(part: Part) -> Any:
        needs = {need: _crew(need, {}, how) for need in part.needs}
        return how(part)(_read(part, name, given), needs)

    renderer, moving = made(spec), _driver(spec, given)
    if moving is None:
        return Crew(spec, renderer)
    own = moving.name == spec.driver and isinstance(renderer, Driver)
    return Crew(spec, renderer, renderer if own else made(moving))


def _read(part: Part, name: str, given: Given) -> dict[str, Any]:
    """Those of the settings that are the part's own."""
    names = {setting.name for setting in part.settings}
    own = {key: text for key, text in given.items() if key in names}
    return read(own, name, part.settings)


def _driver(spec: Spec, given: Given) -> DriverSpec | None:
    """The one that is asked for, or the usual one.

    Raises OptionError for an unknown one, or one whose motion the renderer does not take.
    """
    name = given.get(DRIVER, spec.driver)
    if name is None:
        return None
    moving = _drivers.named(name)
    if moving.space not in spec.motion:
        takes = ", ".join(space.name for space in spec.motion) or "no motion"
        raise OptionError(
            f"The driver {name} makes motion in {moving.space.name}; the renderer {spec.name} "
            f"takes {takes}. Drivers that suit it: {', '.join(suited(spec)) or 'none'}."
        )
    return moving
