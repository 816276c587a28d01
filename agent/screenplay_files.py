"""Screenplays in files of the user's, YAML or JSON: the ending says which."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from agent.nodes import read_text
from agent.screenplay import LARGEST_FILE, Screenplay
from tools.errors import OptionError, ScreenplayError
from tools.output import explained, replacing


def to_yaml(screenplay: Screenplay) -> str:
    """What a person would write: what is as usual is left out, text in its own letters."""
    import yaml

    values = screenplay.model_dump(mode="json", exclude_defaults=True)
    plain: str = yaml.safe_dump(
        {"title": screenplay.title, "language": screenplay.language, **values},
        allow_unicode=True, sort_keys=False, width=100,
    )  # fmt: skip
    return plain


def from_yaml(text: str) -> Screenplay:
    """Raises ScreenplayError for what is none, or is written with anchors and aliases, by which a
    small file could stand for a huge one.
    """
    import yaml

    if len(text) > LARGEST_FILE:
        raise ScreenplayError(
            f"The screenplay has {len(text):,} characters; at most {LARGEST_FILE:,} are read."
        )
    try:
        if any(isinstance(event, yaml.AliasEvent) for event in yaml.parse(text, yaml.SafeLoader)):
            raise ScreenplayError("The screenplay has YAML aliases (*name); write them out.")
        values: Any = yaml.safe_load(text)
    except (yaml.YAMLError, ValueError, RecursionError) as error:
        said = " ".join(str(error).split())[:200]
        raise ScreenplayError(f"The screenplay is no valid YAML: {said}.") from error
    if not isinstance(values, dict) or not all(isinstance(name, str) for name in values):
        raise ScreenplayError("The screenplay is no list of names and values, such as “scenes”.")
    return Screenplay.of(**values)


WRITERS: Mapping[str, Callable[[Screenplay], str]] = {
    ".yaml": to_yaml,
    ".yml": to_yaml,
    ".json": Screenplay.to_json,
}
READERS: Mapping[str, Callable[[str], Screenplay]] = {
    ".yaml": from_yaml,
    ".yml": from_yaml,
    ".json": Screenplay.from_json,
}


def checked(path: Path) -> Path:
    """The path itself. Raises OptionError for an ending that no format has."""
    if path.suffix.lower() not in WRITERS:
        raise OptionError(
            f"“{path}” cannot hold a screenplay; its name has to end in {' or '.join(WRITERS)}."
        )
    return path


def save(screenplay: Screenplay, path: Path) -> None:
    """Write ``screenplay`` into a file, at once or not at all. Raises OptionError, OutputError."""
    text = WRITERS[checked(path).suffix.lower()](screenplay)
    with replacing(path) as partial, explained(path):
        partial.write_text(text, encoding="utf-8")


def load(path: Path) -> Screenplay:
    """The screenplay in a file. Raises OptionError, TextError, ScreenplayError."""
    return READERS[checked(path).suffix.lower()](read_text(path))
