"""Steering without a language model: the user's own words, and a few plain ways to change them."""

from __future__ import annotations

import re

from agent.chat.conversation import Version
from agent.request.brief import Brief
from agent.screenplay.model import Scene, Screenplay, slug
from agent.writing.director import direct
from agent.writing.intent import asks_for_a_draft, unquoted
from tools.errors import MissingError, OptionError

_ORDINALS = ("first", "second", "third", "fourth", "fifth", "sixth", "seventh", "eighth", "ninth")
_WHICH = rf"(?:the )?(?P<which>{'|'.join(_ORDINALS)}|last|\d{{1,4}})(?:st|nd|rd|th)?"
_CUT = re.compile(
    rf"(?:please )?(?:cut|remove|delete|drop) (?:scene |part )?{_WHICH}"
    r"(?: (?:scene|part|section))?\.?",
    re.IGNORECASE,
)
_REPLACED = re.compile(
    r"(?:scene |part )?(?P<which>\d{1,4}): (?P<words>.+)", re.IGNORECASE | re.DOTALL
)
_ADDED = re.compile(r"\+\s*(?P<words>.+)", re.DOTALL)

HELP = (
    "“+ words” adds a scene, “2: words” replaces the second, “cut 2” removes it, words in "
    "quotation marks replace all"
)


def steered(version: Version, said: str) -> Version:
    """What ``said`` makes of a version.

    The first words are spoken as they are; later ones change them by the rules in ``HELP``.

    Raises MissingError for what only a language model can do, OptionError for a scene that is not
    there, TextError for words that cannot be spoken.
    """
    language = version.brief.language or "en"
    play = version.screenplay
    if play is None or unquoted(said) is not None:
        return _with(version, direct(said, language), said)
    if found := _CUT.fullmatch(said):
        return _with(version, _cut(play, found["which"]))
    if found := _ADDED.fullmatch(said):
        return _with(version, _added(play, _spoken(found["words"], language)))
    if found := _REPLACED.fullmatch(said):
        new = _spoken(found["words"], language)
        return _with(version, _replaced(play, found["which"], new))
    raise MissingError(
        "Changing words as you wish takes a language model: get one with `portrayal weights pull "
        f"llm`, or name a server in PORTRAYAL_LLM_URL. Without one, {HELP}, and /set changes an "
        "option."
    )


def _with(version: Version, screenplay: Screenplay, prompt: str | None = None) -> Version:
    brief = version.brief
    if prompt is not None:
        brief = Brief.of(**(dict(brief) | {"prompt": prompt}))
    return Version(brief, screenplay)


def _spoken(words: str, language: str) -> Screenplay:
    """New words, spoken as they are, even where they look like a request."""
    return direct(f"“{words}”" if asks_for_a_draft(words) else words, language)


def _cut(play: Screenplay, which: str) -> Screenplay:
    at = _index(play, which)
    if len(play.scenes) == 1:
        raise OptionError("The only scene cannot be cut; replace its words instead.")
    return _of(play, (*play.scenes[:at], *play.scenes[at + 1 :]))


def _added(play: Screenplay, new: Screenplay) -> Screenplay:
    return _of(play, (*play.scenes, *_named(new, {scene.id for scene in play.scenes})))


def _replaced(play: Screenplay, which: str, new: Screenplay) -> Screenplay:
    at = _index(play, which)
    lines = tuple(new.lines)
    scene = play.scenes[at].model_copy(update={"lines": lines})
    return _of(play, (*play.scenes[:at], scene, *play.scenes[at + 1 :]))


def _named(new: Screenplay, taken: set[str]) -> tuple[Scene, ...]:
    """The scenes of ``new`` under names that are free."""
    named: list[Scene] = []
    for scene in new.scenes:
        name = slug(scene.title or f"scene {len(taken) + 1}", taken)
        taken.add(name)
        named.append(scene.model_copy(update={"id": name}))
    return tuple(named)


def _index(play: Screenplay, which: str) -> int:
    which = which.lower()
    count = len(play.scenes)
    number = (
        count
        if which == "last"
        else _ORDINALS.index(which) + 1
        if which in _ORDINALS
        else int(which)
    )
    if not 1 <= number <= count:
        raise OptionError(f"There is no scene {number}; the screenplay has {count}.")
    return number - 1


def _of(play: Screenplay, scenes: tuple[Scene, ...]) -> Screenplay:
    return Screenplay.of(title=play.title, language=play.language, scenes=scenes)
