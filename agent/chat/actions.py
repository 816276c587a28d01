"""What one turn of a chat can do, and the slash commands that do it, such as "/set aspect 9:16".

A language model chooses some of these actions (``agent.chat.interpreter``); it writes no commands.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import Enum
from pathlib import Path
from typing import NamedTuple

from agent.chat import choices
from agent.chat.choices import Change
from tools.errors import OptionError
from tools.messages import excerpt, nearest


@dataclass(frozen=True)
class Revise:
    """Write or rewrite the words, and change options at the same time."""

    wish: str
    changes: tuple[Change, ...] = ()


@dataclass(frozen=True)
class SetOptions:
    """Change options."""

    changes: tuple[Change, ...]


@dataclass(frozen=True)
class Answer:
    """Answer the user, and change nothing."""

    text: str


@dataclass(frozen=True)
class Save:
    """Write a script of the screenplay."""

    path: Path


class Order(Enum):
    """An action without details; a language model can choose only PREVIEW and RENDER of these."""

    PREVIEW = "preview"
    RENDER = "render"
    UNDO = "undo"
    REDO = "redo"
    SHOW = "show"
    OPTIONS = "options"
    HELP = "help"
    QUIT = "quit"


Action = Revise | SetOptions | Answer | Save | Order
Portraits = Mapping[str, Path]


class Command(NamedTuple):
    """``action``, or what makes it of the rest of the line and the chat's portraits."""

    usage: str
    summary: str
    action: Order | Callable[[str, Portraits], Action]


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
    action = COMMANDS[name.lower()].action
    return action if isinstance(action, Order) else action(rest.strip(), portraits)


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


COMMANDS = {
    "show": Command("/show", "the words as they are", Order.SHOW),
    "options": Command("/options", "what can be changed, and what it is", Order.OPTIONS),
    "set": Command("/set NAME VALUE", "change an option", _set),
    "undo": Command("/undo", "back to the version before", Order.UNDO),
    "redo": Command("/redo", "undo the undoing", Order.REDO),
    "preview": Command("/preview", "the first frame and a draft", Order.PREVIEW),
    "render": Command("/render", "make the video", Order.RENDER),
    "save": Command(
        "/save FILE.yaml", "write a script that films this, for `portrayal script`", _save
    ),
    "help": Command("/help", "this list", Order.HELP),
    "quit": Command("/quit", "end; --continue takes it up again", Order.QUIT),
}
