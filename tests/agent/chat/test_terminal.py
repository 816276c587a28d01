"""Being asked at a terminal: what was pasted before the question is no answer to it."""

from __future__ import annotations

import os
import threading
import time

import pytest

from agent.chat.terminal import Terminal
from agent.terminal.session import Session

pytest.importorskip("termios")


@pytest.mark.parametrize(("after", "agreed"), [(b"y\n", True), (b"\n", False), (b"no\n", False)])
def test_only_what_is_typed_after_the_question_counts(
    monkeypatch: pytest.MonkeyPatch, after: bytes, agreed: bool
) -> None:
    keyboard, ours = os.openpty()
    try:
        with open(ours, encoding="utf-8", closefd=False) as stdin:
            monkeypatch.setattr("sys.stdin", stdin)
            with Session(quiet=True) as session:
                terminal = Terminal(session)
                os.write(keyboard, b"y\nyes\n")  # pasted
                asked = threading.Event()
                say = terminal.say

                def tell(text: str, style: str | None = None) -> None:
                    say(text, style)
                    asked.set()

                def answer() -> None:
                    asked.wait(10)
                    time.sleep(0.3)  # somebody has to read the question
                    os.write(keyboard, after)

                monkeypatch.setattr(terminal, "say", tell)
                typist = threading.Thread(target=answer)
                typist.start()
                assert terminal.live
                assert terminal.confirm("Make it?") is agreed
                typist.join()
    finally:
        os.close(keyboard)
        os.close(ours)
