"""A chat, turn by turn: what the user says becomes one action, and its outcome is shown and kept.

A turn ends well, with a sentence that says why not, or by Ctrl-C; in each case the chat goes on,
with the version there was before or with a new one, and nothing between.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path

from agent.chat import actions, choices, conversation, rules
from agent.chat.actions import Action, Answer, Order, Revise, Save, SetOptions
from agent.chat.choices import Change
from agent.chat.conversation import Conversation, Version
from agent.chat.interpreter import choose
from agent.chat.mentions import is_mentioned
from agent.chat.terminal import BLOCK, Terminal
from agent.events import Work
from agent.film.make import preview
from agent.production.folder import Production, Result
from agent.request.brief import Brief
from agent.screenplay.changes import differences
from agent.screenplay.model import Line, Screenplay
from agent.script import writer as script_writer
from agent.terminal.session import TerminatedError
from agent.writing.writer import Writer
from renderers.expressions import parse
from tools.errors import OptionError, PortrayalError

_MOST_REMEMBERED = 4  # lines of what has changed


class ChatProduction:
    """Films what the chat called ``name`` has come to; each turn is ``work`` of its own.

    All films of a chat come from one production, so scenes that have not changed since the last
    film are found and not made again.
    """

    def __init__(self, name: str, work: Callable[[], Work]) -> None:
        self._name, self._work = f"chat-{name}", work
        self._pace: float | None = None  # seconds per second of the last film

    def estimate(self, screenplay: Screenplay) -> float | None:
        """Seconds that filming takes, by the pace of the last film; None before there is one."""
        return self._pace and self._pace * screenplay.estimated_seconds

    def preview(self, brief: Brief, screenplay: Screenplay) -> Sequence[Path]:
        """The first frame, and a small draft of the first scene. Raises a PortrayalError."""
        first = brief.request(screenplay.scenes[0].text, screenplay.language)
        drawn = preview(first, self._work())
        return drawn.picture, drawn.draft.video.path

    def render(self, brief: Brief, screenplay: Screenplay) -> Result:
        """The film, with the notes that are new. Raises a PortrayalError; finished takes are kept.

        It is written where the brief's options say.
        """
        production = Production(self._name)
        production.keep(brief)
        known = len(production.state().get("notes", []))  # of earlier films
        start = time.monotonic()
        result = production.run(self._work(), screenplay=screenplay)
        length = (result.film or {})["duration"]
        self._pace = (time.monotonic() - start) / max(length, 1.0)
        return replace(result, notes=result.notes[known:])


class Chat:
    """One sitting. Without a ``writer``, fixed rules apply; ``yes`` agrees to every rendering."""

    def __init__(
        self,
        conversation: Conversation,
        terminal: Terminal,
        production: ChatProduction,
        writer: Writer | None = None,
        *,
        yes: bool = False,
    ) -> None:
        self.conversation, self.terminal = conversation, terminal
        self._production, self._writer, self._yes = production, writer, yes

    def run(self) -> None:
        """Take turns until the user ends the chat."""
        conversation.save(self.conversation)
        while True:
            try:
                message = self.terminal.read()
                if message is None or not self._turn(message):
                    return
            except PortrayalError as error:
                self.terminal.show_error(error)
            except TerminatedError:
                raise
            except KeyboardInterrupt:
                self.terminal.say("\nStopped. /quit, or the end of input, ends the chat.")

    @property
    def screenplay(self) -> Screenplay:
        """The current screenplay. Raises OptionError before there is one."""
        if (screenplay := self.conversation.current.screenplay) is None:
            raise OptionError("There are no words yet; say what the video should be about.")
        return screenplay

    def _turn(self, message: str) -> bool:
        """One turn; False ends the chat."""
        if not message.strip():
            return True
        is_command = actions.is_command(message)
        try:
            if is_command:
                action = actions.parse(message, self.conversation.portraits)
                if action is Order.QUIT:
                    return False
                outcome = self._do(action, message)
            else:
                outcome = self._interpret(message.strip())
        except PortrayalError as error:
            self.terminal.show_error(error)
            outcome = None if is_command else f"It could not be done: {error}"
        if outcome is not None:
            self.conversation = self.conversation.with_exchange(message.strip(), outcome)
        conversation.save(self.conversation)
        return True

    def _interpret(self, message: str) -> str | None:
        current = self.conversation.current
        if self._writer is None:
            return self._adopt(rules.apply(message, current), message)
        if (version := rules.changed(message, current)) is not None:
            return self._adopt(version, message)
        if current.screenplay is None and self._writer.is_plain:
            before = [exchange.message.rstrip(".") for exchange in self.conversation.exchanges]
            return self._revise(". ".join([*before, message]), (), message)
        self.terminal.answer.restart()
        with self.terminal.waiting("thinking"):
            action = choose(
                self._writer.backend, self.conversation, message,
                self.terminal.answer, self.terminal.restart,
            )  # fmt: skip
        return self._do(self._asked_for(action, message), message)

    def _asked_for(self, action: Action, message: str) -> Action:
        """``action`` without changes that ``message`` does not mention; where there are no words
        yet, it writes some.
        """
        made = action.changes if isinstance(action, Revise | SetOptions) else ()
        kept = tuple(change for change in made if is_mentioned(change, message))
        for name, value in (change for change in made if change not in kept):
            self.terminal.say(
                f"{name} stays, since you have not spoken of it; /set {name} {value} changes it.",
                "dim",
            )
        if self.conversation.current.screenplay is None:
            return Revise(action.wish if isinstance(action, Revise) else message, kept)
        return replace(action, changes=kept) if isinstance(action, Revise | SetOptions) else action

    def _do(self, action: Action, message: str) -> str | None:
        """Do it; returns what the conversation keeps of it, None for nothing."""
        outcome: str | None = None
        match action:
            case Revise(wish, changes):
                outcome = self._revise(wish, changes, message)
            case SetOptions(changes):
                outcome = self._set_options(changes, message)
            case Answer(text):
                outcome = self._answer(text)
            case Save(path):
                self._save(path)
            case Order.PREVIEW:
                outcome = self._preview()
            case Order.RENDER:
                outcome = self._render()
            case Order.UNDO:
                outcome = self._step(-1)
            case Order.REDO:
                outcome = self._step(+1)
            case Order.SHOW:
                self.terminal.say("\n".join(lines(self.screenplay)))
            case Order.OPTIONS:
                self.terminal.say("\n".join(self._options()))
            case Order.HELP:
                self.terminal.say("\n".join(self._help()))
        return outcome

    # --- Words and options ----------------------------------------------------------------------

    def _revise(self, wish: str, changes: tuple[Change, ...], message: str) -> str:
        assert self._writer is not None
        current = self.conversation.current
        brief = choices.changed(current.brief, changes, self.conversation.portraits)
        whole_wish = message if wish == message else f"{wish}\n\nIn the user’s own words: {message}"
        if current.screenplay is None:
            # What was said before belongs to it; the first message stands for itself.
            prompt = wish if self._writer.is_plain else whole_wish
            prompt = prompt if self.conversation.exchanges else message
            brief = Brief.of(**(dict(brief) | {"prompt": prompt}))
        with self.terminal.waiting("writing"):
            if current.screenplay is None:
                screenplay = self._writer.write(brief)
            else:
                screenplay = self._writer.revise(current.screenplay, whole_wish, brief)
        return self._adopt(Version(brief, screenplay), message)

    def _set_options(self, changes: tuple[Change, ...], message: str) -> str:
        """Change options; a writer rewrites words that no longer fit them."""
        current = self.conversation.current
        brief = choices.changed(current.brief, changes, self.conversation.portraits)
        screenplay = current.screenplay
        wish = _wish_of_options(current.brief, brief)
        if screenplay is not None and self._writer is not None and wish:
            with self.terminal.waiting("writing"):
                screenplay = self._writer.revise(screenplay, wish, brief)
        return self._adopt(Version(brief, screenplay), message)

    def _adopt(self, version: Version, message: str) -> str:
        """Make ``version`` the current one, and show what has changed."""
        before = self.conversation.current
        version = _with_chosen_expression(version, before)
        changes = self._show_changes(before, version)
        if not changes and version == before:
            self.terminal.say("Nothing has changed.")
            return "Nothing has changed."
        self.conversation = self.conversation.with_version(version)
        if version.screenplay is not None and version.screenplay != before.screenplay:
            self._review(version.brief, version.screenplay, message)
        return "Changed: " + "; ".join(changes[:_MOST_REMEMBERED])

    def _step(self, by: int) -> str:
        moved = self.conversation.step(by)
        if moved is None:
            raise OptionError(f"There is nothing to {'undo' if by < 0 else 'redo'}.")
        self._show_changes(self.conversation.current, moved.current)
        self.conversation = moved
        return "Undone." if by < 0 else "Done again."

    def _review(self, brief: Brief, screenplay: Screenplay, message: str) -> None:
        """Show what is doubtful in a writer's words; whatever the user said counts as known."""
        if self._writer is None:
            return
        messages = (exchange.message for exchange in self.conversation.exchanges)
        known = brief.model_copy(update={"prompt": "\n".join([brief.prompt, *messages, message])})
        for fault in self._writer.review(known, screenplay):
            self.terminal.say(fault.text, "yellow")

    # --- Films ----------------------------------------------------------------------------------

    def _preview(self) -> str:
        paths = self._production.preview(self.conversation.current.brief, self.screenplay)
        self.terminal.say("Preview: " + ", ".join(map(str, paths)))
        return "A preview has been drawn."

    def _render(self) -> str:
        """Make the video once the user has agreed, and say where it is."""
        brief, screenplay = self.conversation.current.brief, self.screenplay
        seconds = self._production.estimate(screenplay)
        question = _question(brief, screenplay, seconds)
        if not self._yes and not self.terminal.confirm(question):
            self.terminal.say("Not made.")
            return "The user did not agree to rendering."
        result = self._production.render(brief, screenplay)
        for note in result.notes:
            self.terminal.say(note, "yellow")
        film = result.film or {}
        facts = f"{film['duration']:.1f} s{result.inspected}"
        self.terminal.say(f"{film['path']}, {facts}")
        return " ".join((f"The video has been made, {facts}.", *result.notes))

    def _save(self, path: Path) -> None:
        screenplay, brief = self.screenplay, self.conversation.current.brief
        if path.exists() and not self.terminal.confirm(f"Replace “{path}”, which is there?"):
            self.terminal.say("Not saved.")
            return
        script_writer.save(screenplay, brief, path)
        self.terminal.say(f"Saved in “{path}”; `portrayal script render` films it.")

    # --- What is shown --------------------------------------------------------------------------

    def _answer(self, text: str) -> str:
        if self.terminal.answer.shown:  # it was shown while it was written
            self.terminal.end_line()
        else:
            self.terminal.say(text)
        return text

    def _help(self) -> list[str]:
        without_model = [f"Without a language model: {rules.HELP}."]
        return [
            *actions.usage(),
            f"Several lines at once stand between {BLOCK} and {BLOCK}.",
            *(without_model if self._writer is None else ()),
        ]

    def _options(self) -> list[str]:
        portraits = self.conversation.portraits
        forms = {name: choice.form for name, choice in choices.CHOICES.items()}
        return [
            f"{name:<12} {value:<16} {forms.get(name, ', '.join(portraits))}"
            for name, value in choices.shown(self.conversation.current.brief, portraits).items()
        ]

    def _show_changes(self, before: Version, after: Version) -> list[str]:
        """Show how ``after`` differs from ``before``; returns that, a line each."""
        portraits = self.conversation.portraits
        changes = choices.differences(before.brief, after.brief, portraits)
        old, new = before.screenplay, after.screenplay
        if new is not None and old is None:
            self.terminal.show_changes(changes)
            self.terminal.say("\n".join(lines(new)))
            return [*changes, f"wrote {summary(new)}"]
        if new is not None and old is not None:
            changes += differences(old, new)
        elif old is not None:
            changes.append("- all words")
        self.terminal.show_changes(changes)
        if new is not None and new != old:
            self.terminal.say(summary(new), "dim")
        return changes


def _wish_of_options(before: Brief, after: Brief) -> str:
    """What to ask of the words when these options change; "" where they can stay."""
    wishes = {
        "language": "Write it in the language {}.",
        "seconds": "Make it last {} seconds.",
        "tone": "Write it in this tone: {}.",
    }
    return " ".join(
        wish.format(f"{value:g}" if isinstance(value, float) else value)
        for name, wish in wishes.items()
        if (value := getattr(after, name)) is not None and value != getattr(before, name)
    )


def _with_chosen_expression(version: Version, before: Version) -> Version:
    """``version`` with an expression that has just been chosen on every line."""
    chosen = version.brief.options.get("expression")
    known = before.screenplay and before.brief.options.get("expression")
    if version.screenplay is None or chosen in {None, known}:
        return version
    name, intensity = parse(chosen)
    return Version(version.brief, version.screenplay.with_expression(name, intensity))


def summary(screenplay: Screenplay) -> str:
    """One line: “Tea”, 2 scenes, 5 lines, about 34 s, in en."""
    return (
        f"“{screenplay.title}”, {_count(len(screenplay.scenes), 'scene')}, "
        f"{_count(len(list(screenplay.lines)), 'line')}, "
        f"about {screenplay.estimated_seconds:.0f} s, in {screenplay.language}"
    )


def lines(screenplay: Screenplay) -> Iterator[str]:
    """The summary, then every line with its expression, scene by scene."""
    yield summary(screenplay)
    for number, scene in enumerate(screenplay.scenes, 1):
        yield f"{number}  {scene.title or scene.id}"
        yield from (f"   {line.text}{_expression(line)}" for line in scene.lines)


def _question(brief: Brief, screenplay: Screenplay, seconds: float | None) -> str:
    """What the user is asked before a video is made, which takes ``seconds`` if that is known."""
    request = brief.request()
    width, height = request.canvas
    takes = ""
    if seconds is not None:
        length = f"{seconds:.0f} s" if seconds < 100 else f"{seconds / 60:.0f} min"
        takes = f", which takes about {length}"
    replaced = ", replacing the file that is there" if request.output.exists() else ""
    return (
        f"Make about {screenplay.estimated_seconds:.0f} s of video at {width}×{height} in "
        f"“{request.output}”{replaced}{takes}?"
    )


def _expression(line: Line) -> str:
    if line.expression == "neutral":
        return ""
    intensity = "" if line.intensity == 1 else f" {line.intensity:g}"
    return f"  ({line.expression}{intensity})"


def _count(number: int, noun: str) -> str:
    return f"{number} {noun}{'' if number == 1 else 's'}"
