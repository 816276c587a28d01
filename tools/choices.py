"""What can be chosen by name in several layers. Light to import, so that ``--help`` lists it."""

from __future__ import annotations

from typing import Literal

HeadMotion = Literal["still", "calm", "lively"]
Quality = Literal["draft", "standard", "best"]
Expression = Literal[  # the keys of renderers.expressions.PRESETS
    "neutral", "happy", "sad", "angry", "surprised", "afraid", "disgusted", "serious", "warm"
]
