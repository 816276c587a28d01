"""Who draws a scene: the renderer that draws its presenters, and what makes frames between."""

from __future__ import annotations

from pathlib import Path
from typing import NamedTuple, Self

from agent.film.plan import Film, Scene
from agent.request.options import AUTO
from renderers import base as renderers
from renderers.crew import Crew
from tools.interpolate import base as interpolators


class Cast(NamedTuple):
    """Who draws.

    fps           how many frames of a second are drawn; fewer than the film has where …
    interpolator  … it makes those between.
    notes         sentences the user should see.
    """

    crew: Crew
    fps: int
    interpolator: str | None
    notes: tuple[str, ...]

    @classmethod
    def of(cls, scene: Scene, film: Film) -> Self:
        """Those who draw a scene, ready, and why they were taken where the plan leaves that open.

        Raises OptionError for a renderer, setting or interpolator that does not exist, MissingError
        when something is not installed.
        """
        notes = [renderers.best().why] if scene.renderer == AUTO else []
        # Between frames that are seen through nothing can be interpolated.
        drawn, interpolator = (film.fps, None) if scene.see_through else rate(scene, film)
        if interpolator is not None:
            notes.append(
                f"{drawn} frames a second are drawn; those between by interpolator {interpolator}."
            )
        return cls(renderers.load(*_renderer(scene)), drawn, interpolator, tuple(notes))


def identity(scene: Scene, film: Film) -> tuple[str | Path | int, ...]:
    """What a scene is drawn by: code, settings, weights, and the rate."""
    drawn, interpolator = rate(scene, film)
    between = () if interpolator is None else interpolators.identity(interpolator)
    drawing = renderers.identity(*_renderer(scene)) if scene.presenters else ()
    return drawn, *between, *drawing


def _renderer(scene: Scene) -> tuple[str, dict[str, str]]:
    """Its name, and its settings: those of the quality, and over them those that are given."""
    name = renderer_name(scene.renderer)
    chosen = renderers.named(name).choices.get(scene.quality, {})
    return name, {**chosen, **dict(given.split("=", 1) for given in scene.set)}


def renderer_name(asked: str) -> str:
    """The name of the renderer that draws where ``asked`` is: "auto" is the best one."""
    return renderers.best().spec.name if asked == AUTO else asked


def rate(scene: Scene, film: Film) -> tuple[int, str | None]:
    """Frames per second that are drawn of a scene, and what makes those between, if anything.

    Those drawn are frames of the film as they are: every second of 50 or of 60, say.
    """
    name = interpolators.suited() if film.interpolate == AUTO else film.interpolate
    if not scene.presenters or name in (None, "none"):
        return film.fps, None
    made_for = renderers.named(renderer_name(scene.renderer)).fps or film.fps
    most = max(1, film.fps // made_for)
    times = max(n for n in range(1, most + 1) if film.fps % n == 0)
    return (film.fps, None) if times == 1 else (film.fps // times, name)
