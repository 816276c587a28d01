"""``portrayal chat``: from flags to a conversation, new or continued."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

if TYPE_CHECKING:
    from agent.terminal.session import Session


def chat(
    session: Session,
    context: typer.Context,
    name: Annotated[
        str | None,
        typer.Argument(
            metavar="[NAME]",
            help="A name for the conversation; default: the portrait's, or the last with "
            "--continue.",
            show_default=False,
        ),
    ] = None,
    portrait: Annotated[
        list[Path] | None,
        typer.Option(
            "--portrait", "-p",
            help="A picture with a face; given again, another to choose from.",
            show_default=False,
        ),
    ] = None,
    continue_: Annotated[
        bool, typer.Option("--continue", "-c", help="Resume a conversation.")
    ] = False,
    yes: Annotated[bool, typer.Option("--yes", "-y", help="Render without asking.")] = False,
    **given: Any,
) -> None:  # fmt: skip
    """Ask for a video, see its words, and steer them until they are right.

    Say what it should be about, then what should be otherwise: “warmer”, “cut the second part”,
    “make it 30 seconds, in Spanish”. `/help` lists commands. What is said is kept:
    `portrayal chat --continue` takes it up again.
    """
    options = {
        key: value
        for key, value in context.params.items()
        if getattr(context.get_parameter_source(key), "name", "") == "COMMANDLINE"
    }
    from agent.chat import rules
    from agent.chat.chat import Chat, ChatProduction, summary
    from agent.chat.conversation import begin, locked, resume
    from agent.chat.terminal import Terminal
    from agent.events import Work
    from agent.writing.choice import writer_of

    conversation = (resume if continue_ else begin)(name, options)
    with locked(conversation.name):
        terminal, current = Terminal(session), conversation.current
        writer = writer_of(current.brief, Work(terminal.watch), even_finished=True)
        for note in writer.notes if writer else ():
            terminal.say(note, "yellow")
        if current.screenplay is not None:
            terminal.say(f"“{conversation.name}”: {summary(current.screenplay)}")
        elif terminal.live:
            terminal.say("What should the video be about? /help lists what can be done.")
        if writer is None:
            without = "No language model is used"
            if current.brief.draft:
                without = "There is no language model here (`portrayal weights pull llm` gets one)"
            session.note(f"{without}, so what you type is spoken as it is; {rules.HELP}.")
        production = ChatProduction(conversation.name, lambda: session.work)
        Chat(conversation, terminal, production, writer, yes=yes).run()
