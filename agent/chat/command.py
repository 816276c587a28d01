"""``portrayal chat``: from flags to a conversation, new or taken up again."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from agent import options as opt
from agent.session import Session

if TYPE_CHECKING:
    from agent.chat.conversation import Conversation
    from agent.chat.terminal import Terminal

WORDS = ("language", "seconds", "tone", "audience", "facts")  # of the brief
OWN = {"name", "continue_", "portrait", "yes", "quiet", "debug", *WORDS}
WRITING = "What to write"


def chat(
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
    output: opt.Output = None,
    continue_: Annotated[
        bool, typer.Option("--continue", "-c", help="Take up a conversation again.")
    ] = False,
    yes: Annotated[bool, typer.Option("--yes", "-y", help="Render without asking.")] = False,
    language: Annotated[
        str | None,
        typer.Option(help="A tag such as es; default: the words' own.", rich_help_panel=WRITING),
    ] = None,
    seconds: Annotated[
        float | None, typer.Option(help="How long it should last.", rich_help_panel=WRITING)
    ] = None,
    tone: Annotated[
        str | None, typer.Option(help="Such as “warm and calm”.", rich_help_panel=WRITING)
    ] = None,
    audience: Annotated[
        str | None, typer.Option(help="For whom it is.", rich_help_panel=WRITING)
    ] = None,
    facts: Annotated[
        list[Path] | None,
        typer.Option(
            help="Notes, a PDF or a saved page with what may be claimed; may be given again.",
            show_default=False,
            rich_help_panel=WRITING,
        ),
    ] = None,
    engine: opt.Engine = None,
    voice: opt.Voice = None,
    speed: opt.Speed = 1.0,
    renderer: opt.Renderer = "auto",
    set_: opt.Set = None,
    expression: opt.Expression = "neutral",
    head_motion: opt.HeadMotion = "calm",
    seed: opt.Seed = 0,
    face: opt.Face = None,
    aspect: opt.Aspect = "16:9",
    size: opt.Size = 1080,
    fps: opt.Fps = 25,
    interpolate: opt.Interpolate = "auto",
    background: opt.Background = None,
    captions: opt.Captions = "none",
    quality: opt.Quality = "standard",
    quiet: opt.Quiet = False,
    debug: opt.Debug = False,
) -> None:  # fmt: skip
    """Ask for a video, see its words, and steer them until they are right.

    Say what it should be about, then what should be otherwise: “warmer”, “cut the second part”,
    “make it 30 seconds, in Spanish”. `/help` lists commands. What is said is kept:
    `portrayal chat --continue` takes it up again.
    """
    given = {
        key: value
        for key, value in context.params.items()
        if getattr(context.get_parameter_source(key), "name", "") == "COMMANDLINE"
    }
    with Session(quiet=quiet, debug=debug) as session:
        from agent.chat.chat import Chat
        from agent.chat.studio import ProductionStudio
        from agent.chat.terminal import Terminal, endable

        conversation = _taken_up(name, given) if continue_ else _begun(name, given)
        with _alone(conversation.name), endable():
            terminal = Terminal(session)
            model = None
            _greet(session, conversation, terminal, model is not None)
            studio = ProductionStudio(conversation.name, session.progress)
            Chat(conversation, terminal, studio, model, yes=yes).run()


def _begun(name: str | None, given: Mapping[str, Any]) -> Conversation:
    """A new conversation. Raises OptionError."""
    from agent.brief import Brief
    from agent.chat import conversation as kept
    from tools.errors import OptionError

    pictures: Sequence[Path] = given.get("portrait", ())
    if not pictures:
        raise OptionError(
            "A chat needs a face; give a picture with --portrait, or take up an earlier chat with "
            "--continue."
        )
    if name is not None and kept.place(name).exists():
        raise OptionError(
            f"There is a conversation “{name}” already; take it up with --continue, or choose "
            "another name."
        )
    portraits = _labelled({}, pictures)
    options = {"portrait": pictures[0].absolute(), "output": Path(f"{pictures[0].stem}.mp4")}
    brief = Brief.of(prompt=kept.NOTHING_YET, **_wishes(options, given))
    return kept.Conversation.begun(brief, portraits, name or kept.free_name(pictures[0].stem))


def _taken_up(name: str | None, given: Mapping[str, Any]) -> Conversation:
    """A conversation that was kept, with what is given anew. Raises OptionError, InputError."""
    from dataclasses import replace

    from agent.brief import Brief
    from agent.chat import conversation as kept

    found = kept.load(name)
    found = replace(found, portraits=_labelled(found.portraits, given.get("portrait", ())))
    before = found.now
    wishes = _wishes(before.brief.options, given)
    brief = Brief.of(**(dict(before.brief) | wishes))
    return found if brief == before.brief else found.followed(replace(before, brief=brief))


def _wishes(options: Mapping[str, Any], given: Mapping[str, Any]) -> dict[str, Any]:
    """What was given, as values of a brief with these options. Files get their whole paths."""
    chosen = dict(options) | {
        key.rstrip("_"): value for key, value in given.items() if key not in OWN
    }
    chosen["output"] = Path(chosen["output"]).absolute()
    for key in ("voice", "background"):
        if (value := chosen.get(key)) is not None and Path(value).is_file():
            chosen[key] = str(Path(value).absolute())
    words = {key: given[key] for key in WORDS if key in given}
    if "facts" in words:
        words["facts"] = tuple(path.absolute() for path in words["facts"])
    return {"options": chosen, **words}


def _labelled(known: Mapping[str, Path], pictures: Sequence[Path]) -> dict[str, Path]:
    """Short names for portraits, by which they can be asked for."""
    from agent.screenplay import slug

    named = dict(known)
    for path in map(Path.absolute, pictures):
        if path not in named.values():
            named[slug(path.stem, set(named))] = path
    return named


@contextmanager
def _alone(name: str) -> Iterator[None]:
    """Nobody else has the conversation open meanwhile. Raises OptionError, OutputError."""
    from filelock import FileLock, Timeout

    from agent.chat import conversation as kept
    from tools.errors import OptionError
    from tools.output import explained

    file = kept.place(name)
    lock = FileLock(file.with_name(f".{file.name}.lock"))
    with explained(file):
        file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        try:
            lock.acquire(timeout=0)
        except Timeout as error:
            raise OptionError(
                f"The conversation “{name}” is open in another window; close it there first."
            ) from error
    try:
        yield
    finally:
        lock.release()


def _greet(session: Session, conversation: Conversation, terminal: Terminal, model: bool) -> None:
    from agent.chat import plainly, showing

    play = conversation.now.screenplay
    if play is not None:
        terminal.say(f"“{conversation.name}”: {showing.summary(play)}")
    elif terminal.live:
        terminal.say("What should the video be about? /help lists what can be done.")
    if not model:
        session.note(
            "There is no language model here, so what you type is spoken as it is; "
            f"{plainly.HELP}. `portrayal weights pull llm` gets one that writes."
        )
