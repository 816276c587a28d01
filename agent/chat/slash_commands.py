"""What the user can order directly: lines that begin with a slash. No model ever writes one."""

from __future__ import annotations

import difflib
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from agent.chat import choices, display, plain
from agent.chat.terminal import BLOCK
from agent.script import writer
from tools.errors import OptionError

if TYPE_CHECKING:
    from agent.chat.chat import Chat

QUIT = "quit"


class Command(NamedTuple):
    """``obey`` takes the chat and what stands after the name; it returns what to remember."""

    usage: str
    summary: str
    obey: Callable[[Chat, str], str | None]


def is_command(said: str) -> bool:
    """Whether a line is an order: "/show" is; what begins with a blank or has more lines never."""
    return said.startswith("/") and "\n" not in said


def name_of(said: str) -> str:
    """The name in "/NAME …"."""
    return said[1:].split(maxsplit=1)[0].lower() if said[1:].strip() else ""


def obey(chat: Chat, said: str) -> str | None:
    """Do what ``said`` orders. Raises OptionError for an unknown command, and what that raises."""
    name = name_of(said)
    if name not in COMMANDS:
        near = difflib.get_close_matches(name, COMMANDS, 1)
        meant = f" (did you mean /{near[0]}?)" if near else ""
        raise OptionError(f"There is no command /{name[:40]}{meant}; /help lists them.")
    return COMMANDS[name].obey(chat, said[1 + len(name) :].strip())


def _help(chat: Chat, rest: str) -> None:
    width = max(len(command.usage) for command in COMMANDS.values())
    for command in COMMANDS.values():
        chat.terminal.say(f"{command.usage:<{width}}  {command.summary}")
    chat.terminal.say(f"Several lines at once stand between {BLOCK} and {BLOCK}.")
    if not chat.has_model:
        chat.terminal.say(f"Without a language model: {plain.HELP}.")


def _show(chat: Chat, rest: str) -> None:
    chat.terminal.say("\n".join(display.whole(chat.screenplay)))


def _options(chat: Chat, rest: str) -> None:
    for name, value in choices.shown(
        chat.conversation.now.brief, chat.conversation.portraits
    ).items():
        form = choices.CHOICES[name].form if name in choices.CHOICES else ""
        chat.terminal.say(
            f"{name:<12} {value:<16} {form or ', '.join(chat.conversation.portraits)}"
        )


def _set(chat: Chat, rest: str) -> str:
    name, _, value = rest.replace("=", " ", 1).partition(" ")
    if not value.strip():
        raise OptionError("What should be changed, and to what? For example: /set aspect 9:16")
    return chat.alter((choices.typed(name, value, chat.conversation.portraits),))


def _save(chat: Chat, rest: str) -> None:
    if not rest:
        raise OptionError("Where to? For example: /save scenes.yaml")
    path = Path(rest).expanduser()
    if path.suffix.lower() not in {".yaml", ".yml"}:
        raise OptionError(f"“{path}” cannot hold a script; its name has to end in .yaml.")
    play, brief = chat.screenplay, chat.conversation.now.brief
    if path.exists() and not chat.terminal.agreed(f"Replace “{path}”, which is there?"):
        chat.terminal.say("Not saved.")
        return
    writer.save(play, brief, path)
    chat.terminal.say(f"Saved in “{path}”; `portrayal script render` films it.")


COMMANDS = {
    "show": Command("/show", "the words as they are", _show),
    "options": Command("/options", "what can be changed, and what it is", _options),
    "set": Command("/set NAME VALUE", "change an option", _set),
    "undo": Command("/undo", "back to the version before", lambda chat, rest: chat.go(-1)),
    "redo": Command("/redo", "undo the undoing", lambda chat, rest: chat.go(+1)),
    "preview": Command(
        "/preview", "the first frame and a draft", lambda chat, rest: chat.preview()
    ),
    "render": Command("/render", "make the video", lambda chat, rest: chat.render()),
    "save": Command(
        "/save FILE.yaml", "write a script that films this, for `portrayal script`", _save
    ),
    "help": Command("/help", "this list", _help),
    QUIT: Command("/quit", "end; --continue takes it up again", lambda chat, rest: None),
}
