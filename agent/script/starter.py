"""The script that one starts from: short, with a comment on everything in it."""

from __future__ import annotations

from importlib import resources

PORTRAIT = "portrait.png"  # the picture that it names, which the user brings


def starter(portrait: str = PORTRAIT) -> str:
    """The text of a new script, whose presenter is the picture at the path ``portrait``."""
    text = resources.files("agent.script").joinpath("starter.yaml").read_text(encoding="utf-8")
    return text.replace(f"file: {PORTRAIT}", f"file: {quoted(portrait)}")


def quoted(text: str) -> str:
    """``text`` as a YAML scalar: bare where it is a plain file name, else in single quotes."""
    bare = text.replace("/", "").replace(".", "").replace("-", "").replace("_", "")
    if bare.isascii() and bare.isalpha() and text[0].isalnum():
        return text
    return "'" + text.replace("'", "''") + "'"
