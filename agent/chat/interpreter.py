"""A language model reads what the user says and chooses the next action.

It is shown as much of the conversation as a small model can hold. What it is shown is material, and
its reply is checked: whatever a text says, it can lead to no more than one of the actions.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import cache
from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, conlist, create_model

from agent.chat.actions import Action, Answer, Order, Revise, SetOptions
from agent.chat.choices import CHOICES, Change, changes, literal, shown, tagged
from agent.chat.conversation import Conversation
from agent.llm.base import Backend, Message, OnText
from agent.llm.retry import ask
from agent.llm.shapes import Words
from agent.screenplay.model import Screenplay
from prompts import Trusted, prompt

# Bytes of each part of the prompt. A token has some three in most scripts: together they are half
# of the smallest context.
MOST_MESSAGE = 4000
MOST_SCREENPLAY = 5000
MOST_HISTORY = 2400
MOST_OF_AN_EXCHANGE = 300  # of the message, and of the outcome

MOST_CHANGES = 6
LONGEST_WISH = 400  # characters
LONGEST_ANSWER = 600

MAX_TOKENS = 1200  # enough for the longest action, even if each character is a token
TIME_LIMIT = 120.0  # seconds
TEMPERATURE = 0.2  # of a decision, not of prose
NOTHING = "nothing yet"


class _Shape(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Reply(_Shape):
    """A language model's choice, as it spells it."""

    action: Any

    def read(self) -> Action:
        """The action."""
        choice = self.action
        options = tuple(Change(c.option, c.value) for c in getattr(choice, "changes", ()))
        match choice.do:
            case "revise":
                return Revise(choice.wish, options)
            case "change":
                return SetOptions(options)
            case "answer":
                return Answer(choice.text)
            case order:
                return Order(order)


@cache
def shape(portraits: tuple[str, ...]) -> type[Reply]:
    """The type of a language model's reply in a chat about these ``portraits``."""
    change = changes(portraits)
    kinds = (
        _kind(
            "revise",
            wish=Annotated[str, Words(LONGEST_WISH)],
            changes=conlist(change, max_length=MOST_CHANGES),
        ),
        _kind("change", changes=conlist(change, min_length=1, max_length=MOST_CHANGES)),
        _kind("preview"),
        _kind("render"),
        _kind("answer", text=Annotated[str, Words(LONGEST_ANSWER)]),
    )
    return create_model("Turn", __base__=Reply, action=(tagged("do", kinds), ...))


def _kind(name: str, **fields: Any) -> Any:
    required: dict[str, Any] = {field: (kind, ...) for field, kind in fields.items()}
    return create_model(name.title(), __base__=_Shape, do=(literal(name), ...), **required)


def choose(
    backend: Backend,
    conversation: Conversation,
    message: str,
    on_text: OnText | None = None,
    on_retry: Callable[[str], None] | None = None,
) -> Action:
    """The action that a language model chooses for the user's ``message``.

    on_text, on_retry    as ``agent.llm.retry.ask`` takes them.

    Raises ModelError, and what the backend raises.
    """
    reply = ask(
        backend, messages(conversation, message), shape(tuple(conversation.portraits)),
        max_tokens=MAX_TOKENS, time_limit=TIME_LIMIT, temperature=TEMPERATURE,
        on_text=on_text, on_retry=on_retry,
    )  # fmt: skip
    return reply.read()


def messages(conversation: Conversation, message: str) -> list[Message]:
    """The prompt of one turn: at most some 16,000 bytes, however long the chat."""
    screenplay = conversation.current.screenplay
    turn = prompt(
        "chat_turn",
        state=_state(conversation),
        screenplay=compact(screenplay, MOST_SCREENPLAY) if screenplay else NOTHING,
        history=_history(conversation) or NOTHING,
        said=_without_middle(message, MOST_MESSAGE),
    )
    return [
        Message("system", prompt("chat", options=Trusted(_options(conversation)))),
        Message("user", turn),
    ]


def compact(screenplay: Screenplay, most: int) -> str:
    """The words under the titles of their scenes, in about ``most`` bytes.

    Where there are more, each scene keeps its beginning, and of very many the middle is left out.
    """
    whole = "\n".join(_scenes(screenplay, most))
    share = max(40, most // len(screenplay.scenes) - 40)
    shown = whole if len(whole) <= most else "\n".join(_scenes(screenplay, share))
    return _without_middle(shown, most)


def _scenes(screenplay: Screenplay, most: int) -> Iterator[str]:
    for number, scene in enumerate(screenplay.scenes, 1):
        text = scene.text
        yield f"Scene {number} “{scene.title or scene.id}”:"
        yield text if len(text) <= most else f"{text[:most]} …"


def _options(conversation: Conversation) -> str:
    forms = {name: choice.form for name, choice in CHOICES.items()}
    if len(conversation.portraits) > 1:
        forms["portrait"] = ", ".join(conversation.portraits)
    return "\n".join(f"- {name}: {form}" for name, form in forms.items())


def _state(conversation: Conversation) -> str:
    screenplay = conversation.current.screenplay
    values = shown(conversation.current.brief, conversation.portraits)
    options = ", ".join(f"{name} {value}" for name, value in values.items())
    if screenplay is None:
        return f"no words yet; {options}"
    seconds = round(screenplay.estimated_seconds)
    return f"“{screenplay.title}”, {seconds} seconds in {screenplay.language}; {options}"


def _history(conversation: Conversation) -> str:
    """The last exchanges, as many as there is room for."""
    kept: list[str] = []
    room = MOST_HISTORY
    for exchange in reversed(conversation.exchanges):
        text = (
            f"Person: {_without_middle(exchange.message, MOST_OF_AN_EXCHANGE)}\n"
            f"You: {_without_middle(exchange.outcome, MOST_OF_AN_EXCHANGE)}"
        )
        room -= _size(text)
        if room < 0:
            break
        kept.insert(0, text)
    return "\n".join(kept)


def _without_middle(text: str, most: int) -> str:
    """``text`` in ``most`` bytes, cut in its middle: wishes stand before or after a pasted text."""
    size = _size(text)
    if size <= most:
        return text
    half = most * len(text) // size // 2  # characters
    return f"{text[:half]} […] {text[-half:]}"


def _size(text: str) -> int:
    return len(text.encode(errors="replace"))
