"""SadTalker with narrow networks that draw small faces."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from renderers import base
from renderers.crew import Crew
from renderers.sadtalker import SPEC, loader
from renderers.sadtalker.checkpoints import Checkpoint
from renderers.sadtalker.loader import Loader
from renderers.sadtalker.renderer import SadTalker
from renderers.sadtalker.settings import Settings
from renderers.sadtalker.tiny import SIZE, TINY


def crew(folder: Path, settings: Settings) -> Crew:
    """With those of a folder of checkpoints."""
    checkpoint = Checkpoint.open_folder(folder, 256, settings.mapping)
    made = SadTalker(Loader(checkpoint, SIZE, settings, TINY), base.load("warp"))
    return Crew(SPEC, made, made)


def shrink(patch: pytest.MonkeyPatch) -> None:
    """Have whatever loads SadTalker load it so, from checkpoints of such networks."""
    begin = Loader.__init__

    def begin_small(self: Loader, checkpoint: Checkpoint, size: int, *others: Any) -> None:
        begin(self, checkpoint, SIZE, *others)

    patch.setattr(loader, "Config", lambda: TINY)
    patch.setattr(Loader, "__init__", begin_small)
