"""A model changes only what the user has spoken of."""

from __future__ import annotations

import pytest

from agent.chat.choices import CHOICES, OWN, Change
from agent.chat.mentions import is_mentioned


@pytest.mark.parametrize(
    ("message", "change"),
    [
        ("30 seconds, in Spanish", ("language", "es")), ("auf Deutsch bitte", ("language", "de")),
        ("30 seconds, in Spanish", ("seconds", "30")), ("one minute", ("seconds", "60")),
        ("make it 45", ("seconds", "45")), ("for TikTok", ("aspect", "9:16")),
        ("with subtitles", ("captions", "burn")), ("use the other portrait", ("portrait", "mia")),
        ("let Mia say it", ("portrait", "mia")), ("a woman should say it", ("voice", "heart")),
        ("slower", ("speed", "0.9")), ("in 4k", ("size", "2160")),
        ("smile", ("expression", "happy")),
        ("más despacio", ("speed", "0.9")), ("at 30 fps", ("fps", "30")),
        ("the background as before", ("background", OWN)), ("warmer", ("tone", "warm")),
    ],
)  # fmt: skip
def test_what_is_spoken_of(message: str, change: tuple[str, str]) -> None:
    assert is_mentioned(Change(*change), message)


@pytest.mark.parametrize("message", ["a 20 second welcome", "tell them about bees", "shorter"])
@pytest.mark.parametrize(
    "change",
    [
        ("fps", "10"), ("language", "ar"), ("seconds", "189"), ("aspect", "9:16"), ("size", "144"),
        ("voice", "heart"), ("captions", "burn"), ("speed", "2"), ("background", "#ff0000"),
        ("expression", "angry"), ("head_motion", "still"), ("quality", "draft"),
    ],
)  # fmt: skip
def test_what_is_not(message: str, change: tuple[str, str]) -> None:
    assert change[0] in CHOICES
    assert not is_mentioned(Change(*change), message)
