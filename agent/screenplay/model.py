"""Screenplay > Scene > Line: what is said, with which expression, and where it pauses.

It knows what a screenplay may hold, not where one comes from: a language model, the embedded
director and files all use ``Screenplay.of`` or ``Screenplay.from_json``.
"""

from __future__ import annotations

import json
import re
import unicodedata
from collections.abc import Iterator
from typing import Annotated, Any, Self

from pydantic import (
    AfterValidator,
    BaseModel,
    ConfigDict,
    Field,
    ValidationError,
    field_validator,
    model_validator,
)

from agent.faults import Form, Names, choices, excerpt, problem, told
from agent.request.options import Tag
from agent.shape import Path_
from renderers.expressions import PRESETS
from tools.errors import ScreenplayError
from tools.spoken import say
from tools.text import whole_sentences
from tools.text import words as words_of

MOST_SCENES = 5000
MOST_LINES = 1000  # in a scene
LONGEST_LINE = 2000  # characters
LONGEST_TITLE = 200
MOST_CHARACTERS = 500_000  # in all lines: some ten hours of speech
MOST_EMPHASIS = 20  # words of a line
LONGEST_PAUSE = 5.0  # seconds
LARGEST_FILE = 8_000_000  # characters of JSON

WORDS_PER_MINUTE = {  # read aloud, without hurry
    **dict.fromkeys(("en", "es", "fr", "it", "pt"), 155),
    **dict.fromkeys(("de", "nl", "sv", "da", "no", "nb"), 135),
    **dict.fromkeys(("ru", "pl", "cs", "uk", "tr", "fi", "hu"), 115),
    "zh": 250,  # characters, of which each is a word here
}
LETTERS = {  # of a word, on average
    **dict.fromkeys(("en", "es", "fr", "it", "pt"), 4.8),
    **dict.fromkeys(("de", "nl", "sv", "da", "no", "nb"), 5.5),
    **dict.fromkeys(("ru", "pl", "cs", "uk", "tr", "fi", "hu"), 6.2),
    "zh": 1,
}
BY_LETTERS = 0.8  # of the time that a word takes goes with its letters: measured with a voice
BETWEEN = 0.45  # seconds between two sentences
CHARACTERS_PER_MINUTE = 800  # in other languages

_CONTROL = {"Cc", "Cs", "Zl", "Zp"}
_BIDIRECTIONAL = frozenset("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")

Intensity = Annotated[float, Field(ge=0, le=1)]
Pause = Annotated[float, Field(ge=0, le=LONGEST_PAUSE), Form("seconds")]
SceneId = Annotated[
    str,
    Field(min_length=1, max_length=60, pattern=r"^[a-z0-9]+(?:-[a-z0-9]+)*$"),
    Form("lower-case letters, digits and single hyphens, such as new-hires"),
]


def _printable(text: str) -> str:
    """Refuses what does not belong in a line."""
    for c in text:
        if unicodedata.category(c) in _CONTROL or c in _BIDIRECTIONAL:
            raise problem("holds a control character (U+{code})", code=f"{ord(c):04X}")
    return text


_Title = Annotated[str, Field(min_length=1, max_length=LONGEST_TITLE), AfterValidator(_printable)]


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, allow_inf_nan=False)


class Line(_Part):
    """One breath: a sentence, or a few short ones.

    text        as it is written and shown in captions; ``tools.spoken`` turns it into speech.
    expression  a name of ``renderers.expressions.PRESETS``, at an ``intensity`` from 0 to 1.
    emphasis    words of the text that are stressed.
    pause       seconds of silence after it, 0 to 5.
    """

    text: Annotated[str, Field(max_length=LONGEST_LINE)]
    expression: str = "neutral"
    intensity: Intensity = 1.0
    emphasis: Annotated[tuple[str, ...], Field(max_length=MOST_EMPHASIS)] = ()
    pause: Pause = 0.4

    @property
    def words(self) -> tuple[str, ...]:
        """Its words, without punctuation."""
        return tuple(word for word, _ in words_of(self.text))

    @field_validator("text")
    @classmethod
    def _speakable(cls, text: str) -> str:
        if not words_of(text):
            raise problem("has no word to say")
        return _printable(text)

    @field_validator("expression")
    @classmethod
    def _known(cls, expression: str) -> str:
        if expression not in PRESETS:
            raise problem("is not one of {known}", known=", ".join(PRESETS))
        return expression

    @model_validator(mode="after")
    def _stresses_its_own_words(self) -> Self:
        if strange := set(self.emphasis).difference(stressed(self.text, self.emphasis)):
            word, line = excerpt(min(strange)), excerpt(self.text)
            raise problem("the stressed {word} is not a word of {line}", word=word, line=line)
        return self


class Scene(_Part):
    """Lines that belong together. ``id`` names it: lower-case letters, digits and hyphens."""

    id: SceneId
    title: _Title | None = None
    lines: Annotated[tuple[Line, ...], Field(min_length=1, max_length=MOST_LINES)]

    @property
    def text(self) -> str:
        """What is said in it, line by line."""
        return "\n".join(line.text for line in self.lines)

    def estimated_seconds(self, language: str) -> float:
        """How long it takes to say, pauses included, estimated from its text."""
        return sum(speaking_seconds(line.text, language) + line.pause for line in self.lines)


class Screenplay(_Part):
    """What a video says. ``language`` is a BCP 47 tag such as "en" or "es-MX"."""

    title: _Title = "Untitled"
    language: Tag = "en"
    scenes: Annotated[tuple[Scene, ...], Field(min_length=1, max_length=MOST_SCENES)]

    @classmethod
    def of(cls, **values: Any) -> Self:
        """The screenplay with these values. Raises ScreenplayError, one sentence per problem."""
        try:
            return cls.model_validate(values)
        except ValidationError as error:
            raise ScreenplayError(told(error, Places(cls, values))) from error

    @classmethod
    def from_json(cls, text: str) -> Self:
        """The screenplay that ``to_json`` wrote. Raises ScreenplayError."""
        if len(text) > LARGEST_FILE:
            raise ScreenplayError(
                f"The screenplay is {len(text):,} characters of JSON; at most {LARGEST_FILE:,} "
                "are read."
            )
        try:
            values = json.loads(text)
        except (ValueError, RecursionError) as error:
            raise ScreenplayError(f"The screenplay is not valid JSON: {error}.") from error
        if not isinstance(values, dict):
            raise ScreenplayError("The screenplay is not a JSON object with a list of “scenes”.")
        return cls.of(**values)

    def to_json(self) -> str:
        return self.model_dump_json(indent=2)

    @model_validator(mode="after")
    def _holds_together(self) -> Self:
        seen: set[str] = set()
        for scene in self.scenes:
            if scene.id in seen:
                raise problem(f"two scenes are called “{scene.id}”; every scene has its own name")
            seen.add(scene.id)
        characters = sum(len(line.text) for line in self.lines)
        if characters > MOST_CHARACTERS:
            most = f"at most {MOST_CHARACTERS:,} are spoken"
            raise problem(f"{characters:,} characters are too many to say; {most}")
        return self

    @property
    def lines(self) -> Iterator[Line]:
        """All lines, in order."""
        return (line for scene in self.scenes for line in scene.lines)

    @property
    def words(self) -> int:
        """How many words are written."""
        return sum(len(line.words) for line in self.lines)

    def with_expression(self, name: str, intensity: float) -> Self:
        """The same with this expression on every line."""
        worn = {"expression": name, "intensity": intensity}
        scenes = []
        for scene in self.scenes:
            lines = tuple(line.model_copy(update=worn) for line in scene.lines)
            scenes.append(scene.model_copy(update={"lines": lines}))
        return self.model_copy(update={"scenes": tuple(scenes)})

    @property
    def estimated_seconds(self) -> float:
        """How long it takes to say, pauses included, estimated from its text.

        This is for drafts; what counts is the length of the sound, once it is spoken.
        """
        return sum(scene.estimated_seconds(self.language) for scene in self.scenes)


class Places(Names):
    """“scene 3 “welcome”, line 1: expression”. Users read it, and language models get it back."""

    noun = "field"
    whole = "the screenplay"
    around = whole  # what stands before a field that is in no scene

    def __init__(self, model: type[BaseModel], given: Any) -> None:
        """``given`` is what was read into ``model``, right or wrong."""
        super().__init__(model)
        self._given = given

    def scene_name(self, index: int) -> str | None:
        """What a scene is called, if it says so."""
        try:
            name = self._given["scenes"][index]["id"]
        except (KeyError, IndexError, TypeError):
            return None
        return name if isinstance(name, str) else None

    def subject(self, path: Path_) -> str:
        place, rest = self.around, path
        if len(rest) >= 2 and rest[0] == "scenes" and isinstance(rest[1], int):
            name = self.scene_name(rest[1])
            place = f"scene {rest[1] + 1}" + (f" {excerpt(name)}" if name else "")
            rest = rest[2:]
        if len(rest) >= 2 and rest[0] == "lines" and isinstance(rest[1], int):
            place, rest = f"{place}, line {rest[1] + 1}", rest[2:]
        field = "".join(f"[{step + 1}]" if isinstance(step, int) else f".{step}" for step in rest)
        return ": ".join(filter(None, (place, field.lstrip(".")))) or self.whole

    def named(self, field: int | str) -> str:
        return str(field)

    def missing(self, path: Path_) -> str:
        return f"{self.subject(path[:-1])} has no “{path[-1]}”, which it needs"

    def unknown(self, path: Path_) -> str:
        there = choices(path[-1], self.fields(path[:-1]))
        return f"{self.subject(path[:-1])} has no field {excerpt(path[-1])}; {there}"


def speaking_seconds(text: str, language: str) -> float:
    """About how long ``text`` takes to say, without the pause after it."""
    said, code = say(text, language).text, language.split("-", 1)[0].lower()
    if code not in WORDS_PER_MINUTE:
        return 60 * len(said) / CHARACTERS_PER_MINUTE
    typical = sum(map(str.isalnum, said)) / LETTERS[code]  # words
    words = BY_LETTERS * typical + (1 - BY_LETTERS) * len(words_of(said))
    pauses = BETWEEN * max(0, len(whole_sentences(said)) - 1)
    return 60 * words / WORDS_PER_MINUTE[code] + pauses


def stressed(text: str, wanted: tuple[str, ...] | list[str]) -> tuple[str, ...]:
    """The ``wanted`` words that are words of ``text``, for those that a model would stress."""
    held = {word.casefold() for word, _ in words_of(text)}
    return tuple(word for word in dict.fromkeys(wanted) if word.casefold() in held)


def slug(title: str, taken: set[str] | frozenset[str] = frozenset()) -> str:
    """An id from a title, other than those ``taken``: "New hires!" → "new-hires"."""
    plain = unicodedata.normalize("NFKD", title).encode("ascii", "ignore").decode().lower()
    name = re.sub("[^a-z0-9]+", "-", plain)[:40].strip("-") or "scene"
    number, found = 2, name
    while found in taken:
        found, number = f"{name}-{number}", number + 1
    return found
