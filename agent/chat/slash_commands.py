"""Slash commands: lines such as "/set aspect 9:16", read as actions. No model ever writes one."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import NamedTuple

from agent.chat import choices
from agent.chat.actions import (
    Action,
    Help,
    Preview,
    Quit,
    Render,
    Save,
    SetOptions,
    ShowOptions,
    ShowWords,
    Step,
)
from tools.errors import OptionError
from tools.messages import excerpt, nearest

Portraits = Mapping[str, Path]


class Command(NamedTuple):
    """``parse`` takes what follows the name, and the chat's portraits; it raises OptionError."""

    usage: str
    summary: str
    parse: Callable[[str, Portraits], Action]


def is_command(line: str) -> bool:
    """Whether a line is a command: "/show" is; a block, or a line that begins with a blank, not."""
    return line.startswith("/") and "\n" not in line


def parse(line: str, portraits: Portraits) -> Action:
    """The action of a line such as "/set fps 30". Raises OptionError."""
    name, rest = (*line[1:].split(maxsplit=1), "", "")[:2]
    if name.lower() not in COMMANDS:
        near = nearest(name, COMMANDS)
        hint = f" (did you mean /{near}?)" if near else ""
        raise OptionError(f"There is no command /{excerpt(name, 40)}{hint}; /help lists them.")
    return COMMANDS[name.lower()].parse(rest.strip(), portraits)


def usage() -> list[str]:
    """A line for each command."""
    width = max(len(command.usage) for command in COMMANDS.values())
    return [f"{command.usage:<{width}}  {command.summary}" for command in COMMANDS.values()]


def _set(rest: str, portraits: Portraits) -> Action:
    name, _, value = rest.replace("=", " ", 1).partition(" ")
    if not value.strip():
        raise OptionError("What should be changed, and to what? For example: /set aspect 9:16")
    return SetOptions((choices.typed(name, value, portraits),))


def _save(rest: str, portraits: Portraits) -> Action:
    if not rest:
        raise OptionError("Where to? For example: /save scenes.yaml")
    path = Path(rest).expanduser()
    if path.suffix.lower() not in {".yaml", ".yml"}:
        raise OptionError(f"“{path}” cannot hold a script; its name has to end in .yaml.")
    return Save(path)


def _always(action: Action) -> Callable[[str, Portraits], Action]:
    return lambda rest, portraits: action


COMMANDS = {
    "show": Command("/show", "the words as they are", _always(ShowWords())),
    "options": Command("/options", "what can be changed, and what it is", _always(ShowOptions())),
    "set": Command("/set NAME VALUE", "change an option", _set),
    "undo": Command("/undo", "back to the version before", _always(Step(-1))),
    "redo": Command("/redo", "undo the undoing", _always(Step(+1))),
    "preview": Command("/preview", "the first frame and a draft", _always(Preview())),
    "render": Command("/render", "make the video", _always(Render())),
    "save": Command(
        "/save FILE.yaml", "write a script that films this, for `portrayal script`", _save
    ),
    "help": Command("/help", "this list", _always(Help())),
    "quit": Command("/quit", "end; --continue takes it up again", _always(Quit())),
}
