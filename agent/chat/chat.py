"""A chat, turn by turn: what the user says becomes one action, and its outcome is shown and kept.

A turn ends well, with a sentence that says why not, or by Ctrl-C; in each case the chat goes on,
with what there was before or what there is now, and nothing between.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from agent.chat import choices, conversation, display, plain, slash_commands
from agent.chat.actions import Action, Alter, Answer, Preview, Render, Revise
from agent.chat.choices import Change
from agent.chat.contract import Author, Studio
from agent.chat.conversation import Conversation, Version
from agent.chat.interpreter import choose
from agent.chat.terminal import Terminal, TerminatedError
from agent.llm.base import Backend
from agent.request.brief import Brief
from agent.screenplay.changes import diff
from agent.screenplay.model import Screenplay
from renderers.expressions import parse
from tools.errors import OptionError, PortrayalError

_REMEMBERED = 4  # lines of a diff


@dataclass(frozen=True)
class Model:
    """A language model at both its works: it chooses what is done, and it writes.

    review   says what is wrong with words that were written, for the user to decide.
    """

    backend: Backend
    author: Author
    review: Callable[[Brief, Screenplay], Sequence[str]] = lambda brief, play: ()


class Chat:
    """One sitting; without ``model`` it goes by plain rules. ``yes`` agrees to every rendering."""

    def __init__(
        self,
        so_far: Conversation,
        terminal: Terminal,
        studio: Studio,
        model: Model | None = None,
        *,
        yes: bool = False,
    ) -> None:
        self.conversation = so_far
        self.terminal = terminal
        self._studio, self._model, self._yes = studio, model, yes
        self._said = ""  # in this turn

    def run(self) -> None:
        """Listen until the user has nothing more to say."""
        conversation.save(self.conversation)
        while True:
            try:
                said = self.terminal.heard()
                if said is None or not self._turn(said):
                    return
            except PortrayalError as error:
                self.terminal.fault(error)
            except TerminatedError:
                raise
            except KeyboardInterrupt:
                self.terminal.say("\nStopped. /quit, or the end of input, ends the chat.")

    def _turn(self, said: str) -> bool:
        """One turn; whether there may be another."""
        if not said.strip():
            return True
        if slash_commands.is_command(said) and slash_commands.name_of(said) == slash_commands.QUIT:
            return False
        try:
            if slash_commands.is_command(said):
                did = slash_commands.obey(self, said)
            else:
                did = self._steer(said.strip())
        except PortrayalError as error:
            self.terminal.fault(error)
            did = None if slash_commands.is_command(said) else f"It could not be done: {error}"
        if did is not None:
            self.conversation = self.conversation.told(said.strip(), did)
        conversation.save(self.conversation)
        return True

    # --- What is done -----------------------------------------------------------------------

    def _steer(self, said: str) -> str:
        if self._model is None:
            return self.take_up(plain.steered(self.conversation.now, said))
        self._said = said
        self.terminal.answer.restart()
        with self.terminal.waiting("thinking"):
            action = choose(
                self._model.backend, self.conversation, said,
                self.terminal.answer, self.terminal.again,
            )  # fmt: skip
        return self._act(action, said, self._model.author)

    def _act(self, action: Action, said: str, author: Author) -> str:
        match action:
            case Revise(wish, changes):
                return self._revise(wish, changes, said, author)
            case Alter(changes):
                return self.alter(changes)
            case Preview():
                return self.preview()
            case Render():
                return self.render()
            case Answer(text):
                if self.terminal.answer.told:
                    self.terminal.end_line()
                else:
                    self.terminal.say(text)
                return text

    def _revise(self, wish: str, changes: tuple[Change, ...], said: str, author: Author) -> str:
        now = self.conversation.now
        brief = choices.changed(now.brief, changes, self.conversation.portraits)
        whole_wish = said if wish == said else f"{wish}\n\nIn the user’s own words: {said}"
        if now.screenplay is None:
            # What was said before belongs to it; the first words stand for themselves.
            prompt = whole_wish if self.conversation.exchanges else said
            brief = Brief.of(**(dict(brief) | {"prompt": prompt}))
        with self.terminal.waiting("writing"):
            if now.screenplay is None:
                play = author.write(brief)
            else:
                play = author.revise(now.screenplay, whole_wish, brief)
        return self.take_up(Version(brief, play))

    def alter(self, changes: tuple[Change, ...]) -> str:
        """Change options; words that no longer fit them are written anew if there is a model."""
        now = self.conversation.now
        brief = choices.changed(now.brief, changes, self.conversation.portraits)
        play = now.screenplay
        if play is not None and self._model is not None and (wish := _new_words(now.brief, brief)):
            with self.terminal.waiting("writing"):
                play = self._model.author.revise(play, wish, brief)
        return self.take_up(Version(brief, play))

    def take_up(self, new: Version) -> str:
        """Make ``new`` the version that counts, and show what is different."""
        before = self.conversation.now
        new = _dressed(new, before)
        changes = self._show_step(before, new)
        if not changes and new == before:
            self.terminal.say("Nothing has changed.")
            return "Nothing has changed."
        self.conversation = self.conversation.followed(new)
        if new.screenplay != before.screenplay:
            self._review(new)
        return "Changed: " + "; ".join(changes[:_REMEMBERED])

    def go(self, by: int) -> str:
        """Go back to an earlier version, or forward to a later one."""
        moved = self.conversation.moved(by)
        if moved is None:
            raise OptionError(f"There is nothing to {'undo' if by < 0 else 'redo'}.")
        self._show_step(self.conversation.now, moved.now)
        self.conversation = moved
        return "Undone." if by < 0 else "Done again."

    def preview(self) -> str:
        """Draw drafts, and say where they are."""
        now = self.conversation.now
        paths = self._studio.preview(now.brief, self.screenplay)
        self.terminal.say("Preview: " + ", ".join(map(str, paths)))
        return "A preview has been drawn."

    def render(self) -> str:
        """Make the video once the user has agreed, and say where it is."""
        brief, play = self.conversation.now.brief, self.screenplay
        seconds = self._studio.estimate(brief, play)
        if not self._yes and not self.terminal.agreed(display.question(brief, play, seconds)):
            self.terminal.say("Not made.")
            return "The user did not agree to rendering."
        film = self._studio.render(brief, play)
        for note in film.notes:
            self.terminal.say(note, "yellow")
        inspected = f", inspected: {film.verdict}" if film.verdict else ""
        self.terminal.say(f"{film.path}, {film.seconds:.1f} s{inspected}")
        made = f"The video has been made, {film.seconds:.1f} seconds{inspected}."
        return " ".join((made, *film.notes))

    @property
    def has_model(self) -> bool:
        """Whether a language model takes part."""
        return self._model is not None

    @property
    def screenplay(self) -> Screenplay:
        """The words as they are. Raises OptionError before there are any."""
        if (play := self.conversation.now.screenplay) is None:
            raise OptionError("There are no words yet; say what the video should be about.")
        return play

    def _review(self, version: Version) -> None:
        """Tell what is doubtful in words that a model wrote."""
        if self._model is None or version.screenplay is None:
            return
        told = [
            version.brief.prompt,
            *(one.said for one in self.conversation.exchanges),
            self._said,
        ]
        known = version.brief.model_copy(update={"prompt": "\n".join(told)})
        for fault in self._model.review(known, version.screenplay):
            self.terminal.say(fault, "yellow")

    def _show_step(self, before: Version, after: Version) -> list[str]:
        """Show how ``after`` differs from ``before``; returns what differs."""
        portraits = self.conversation.portraits
        changes = choices.differences(before.brief, after.brief, portraits)
        old, new = before.screenplay, after.screenplay
        if new is not None and old is None:
            self.terminal.changes(changes)
            self.terminal.say("\n".join(display.whole(new)))
            return [*changes, f"wrote {display.summary(new)}"]
        if new is not None and old is not None:
            changes += diff(old, new)
        elif old is not None:
            changes.append("- all words")
        self.terminal.changes(changes)
        if new is not None and new != old:
            self.terminal.say(display.summary(new), "dim")
        return changes


def _new_words(before: Brief, after: Brief) -> str:
    """What has to be asked of the words when these options change; "" where they can stay."""
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


def _dressed(new: Version, before: Version) -> Version:
    """``new`` with the expression that has just been chosen, if one has, on every line."""
    chosen, play = new.brief.options.get("expression"), new.screenplay
    known = before.screenplay and before.brief.options.get("expression")
    if play is None or chosen in {None, known}:
        return new
    name, intensity = parse(chosen)
    worn = {"expression": name, "intensity": intensity}
    scenes = [
        scene.model_copy(
            update={"lines": tuple(line.model_copy(update=worn) for line in scene.lines)}
        )
        for scene in play.scenes
    ]
    return replace(new, screenplay=play.model_copy(update={"scenes": tuple(scenes)}))
