"""Steering: a language model reads what the user says and chooses what happens next.

It is shown as much of the conversation as a small model can hold, and answers with one action. What
it is shown is material, what it answers is checked: whatever a text says, the most it can lead to
is one of the actions.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

from agent.chat.actions import Action, shape
from agent.chat.choices import CHOICES, shown
from agent.chat.conversation import Conversation
from agent.llm.base import Backend, Message, OnText
from agent.llm.retry import ask
from agent.screenplay.model import Screenplay
from prompts import Trusted, prompt

# What the model is shown, in bytes, of which a token has some three in most scripts: together half
# of the smallest window.
MOST_SAID = 4000
MOST_SCREENPLAY = 5000
MOST_HISTORY = 2400
MOST_OF_AN_EXCHANGE = 300

MAX_TOKENS = 1200  # enough for the longest action, should each character be a token
TIME_LIMIT = 120.0  # seconds
TEMPERATURE = 0.2  # of a decision, not of prose
NONE = "nothing yet"


def choose(
    backend: Backend,
    conversation: Conversation,
    said: str,
    on_text: OnText | None = None,
    on_retry: Callable[[str], None] | None = None,
) -> Action:
    """What to do about ``said``, by a language model, told as ``agent.llm.retry.ask`` tells it.

    Raises ModelError, and what the backend raises.
    """
    answer = ask(
        backend, asked(conversation, said), shape(tuple(conversation.portraits)),
        max_tokens=MAX_TOKENS, time_limit=TIME_LIMIT, temperature=TEMPERATURE,
        on_text=on_text, on_retry=on_retry,
    )  # fmt: skip
    return answer.read()


def asked(conversation: Conversation, said: str) -> list[Message]:
    """What the model is shown: at most some 16 000 bytes, however long the chat."""
    now = conversation.now
    turn = prompt(
        "chat_turn",
        state=_state(conversation),
        screenplay=NONE if now.screenplay is None else compact(now.screenplay, MOST_SCREENPLAY),
        history=_history(conversation) or NONE,
        said=_middle_out(said, MOST_SAID),
    )
    return [
        Message("system", prompt("chat", options=Trusted(_options(conversation)))),
        Message("user", turn),
    ]


def compact(screenplay: Screenplay, most: int) -> str:
    """The words, a line each under the names of their scenes, in about ``most`` bytes.

    Where there are more, each scene keeps its beginning; of very many, those in the middle go.
    """
    whole = "\n".join(_scenes(screenplay, most))
    share = max(40, most // len(screenplay.scenes) - 40)
    shown = whole if len(whole) <= most else "\n".join(_scenes(screenplay, share))
    return _middle_out(shown, most)


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
    now = conversation.now
    options = shown(now.brief, conversation.portraits)
    told = ", ".join(f"{name} {value}" for name, value in options.items())
    if now.screenplay is None:
        return f"no words yet; {told}"
    seconds = round(now.screenplay.estimated_seconds)
    return f"“{now.screenplay.title}”, {seconds} seconds in {now.screenplay.language}; {told}"


def _history(conversation: Conversation) -> str:
    """The last exchanges, as many as there is room for."""
    kept: list[str] = []
    room = MOST_HISTORY
    for exchange in reversed(conversation.exchanges):
        told = (
            f"Person: {_middle_out(exchange.said, MOST_OF_AN_EXCHANGE)}\n"
            f"You: {_middle_out(exchange.did, MOST_OF_AN_EXCHANGE)}"
        )
        room -= _size(told)
        if room < 0:
            break
        kept.insert(0, told)
    return "\n".join(kept)


def _middle_out(text: str, most: int) -> str:
    """``text`` in ``most`` bytes, without its middle: wishes stand around what is pasted."""
    size = _size(text)
    if size <= most:
        return text
    half = most * len(text) // size // 2  # characters
    return f"{text[:half]} […] {text[-half:]}"


def _size(text: str) -> int:
    return len(text.encode(errors="replace"))
