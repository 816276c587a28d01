"""The user's own words in a chat, and a few fixed ways to change them, with a model or without."""

from __future__ import annotations

import re

from agent.chat.conversation import Version
from agent.request.brief import Brief
from agent.screenplay.model import Scene, Screenplay, slug
from agent.writing.director import direct
from agent.writing.intent import asks_for_a_draft, is_finished, unquoted
from agent.writing.wishes import language_of
from tools.errors import MissingError, OptionError

_ORDINALS = ("first", "second", "third", "fourth", "fifth", "sixth", "seventh", "eighth", "ninth")
_WHICH = rf"(?:the )?(?P<which>{'|'.join(_ORDINALS)}|last|\d{{1,4}})(?:st|nd|rd|th)?"
_CUT = re.compile(
    rf"(?:please )?(?:cut|remove|delete|drop) (?:scene |part )?{_WHICH}"
    r"(?: (?:scene|part|section))?\.?",
    re.IGNORECASE,
)
_REPLACE = re.compile(
    r"(?:scene |part )?(?P<which>\d{1,4}): (?P<words>.+)", re.IGNORECASE | re.DOTALL
)
_ADD = re.compile(r"\+\s*(?P<words>.+)", re.DOTALL)

HELP = (
    "“+ words” adds a scene, “2: words” replaces the second, “cut 2” removes it, words in "
    "quotation marks replace all"
)


def apply(message: str, version: Version) -> Version:
    """``version`` as ``message`` changes it: the first words are spoken as they are.

    Raises MissingError for what only a language model can do, and as ``changed`` does.
    """
    if version.screenplay is None:
        return _spoken(message, version)
    if (new := changed(message, version)) is not None:
        return new
    raise MissingError(
        "Changing words as you wish takes a language model: get one with `portrayal weights "
        f"pull llm`, or name a server in PORTRAYAL_LLM_URL. Without one, {HELP}, and /set "
        "changes an option."
    )


def changed(message: str, version: Version) -> Version | None:
    """``version`` as ``message`` changes it by the rules in ``HELP``, and by finished sentences
    where there are no words yet; None for any other message.

    Raises OptionError for a scene that does not exist, TextError for words that cannot be spoken.
    """
    screenplay = version.screenplay
    if unquoted(message) is not None or (screenplay is None and is_finished(message)):
        return _spoken(message, version)
    if screenplay is None:
        return None
    language = version.brief.language or screenplay.language
    scenes = list(screenplay.scenes)
    if found := _CUT.fullmatch(message):
        at = _index(screenplay, found["which"])
        if len(scenes) == 1:
            raise OptionError("The only scene cannot be cut; replace its words instead.")
        del scenes[at]
    elif found := _ADD.fullmatch(message):
        ids = {scene.id for scene in scenes}
        scenes += _with_free_ids(_directed(found["words"], language), ids)
    elif found := _REPLACE.fullmatch(message):
        at = _index(screenplay, found["which"])
        lines = tuple(_directed(found["words"], language).lines)
        scenes[at] = scenes[at].model_copy(update={"lines": lines})
    else:
        return None
    return Version(version.brief, Screenplay.of(**dict(screenplay) | {"scenes": scenes}))


def _spoken(message: str, version: Version) -> Version:
    """The words of ``message``, as they are."""
    brief = Brief.of(**(dict(version.brief) | {"prompt": message}))
    return Version(brief, direct(message, version.brief.language or language_of(message)))


def _directed(words: str, language: str) -> Screenplay:
    """New words, spoken as they are, even where they look like a request."""
    return direct(f"“{words}”" if asks_for_a_draft(words) else words, language)


def _with_free_ids(new: Screenplay, taken: set[str]) -> list[Scene]:
    """The scenes of ``new`` under ids that are not ``taken``."""
    scenes: list[Scene] = []
    for scene in new.scenes:
        name = slug(scene.title or f"scene {len(taken) + 1}", taken)
        taken.add(name)
        scenes.append(scene.model_copy(update={"id": name}))
    return scenes


def _index(screenplay: Screenplay, which: str) -> int:
    count = len(screenplay.scenes)
    if which.lower() in _ORDINALS:
        number = _ORDINALS.index(which.lower()) + 1
    else:
        number = count if which.lower() == "last" else int(which)
    if not 1 <= number <= count:
        raise OptionError(f"There is no scene {number}; the screenplay has {count}.")
    return number - 1
