"""SadTalker with checkpoints of one's own."""

from __future__ import annotations

from pathlib import Path

from renderers import base
from renderers.crew import Crew
from renderers.sadtalker import SPEC
from renderers.sadtalker.checkpoints import Checkpoint
from renderers.sadtalker.loader import Loader
from renderers.sadtalker.renderer import SadTalker
from renderers.sadtalker.settings import Settings
from renderers.sadtalker.tiny import SIZE, TINY


def crew(folder: Path, settings: Settings) -> Crew:
    """With the narrow networks of a folder of checkpoints, drawing small faces."""
    checkpoint = Checkpoint.open_folder(folder, 256, settings.mapping)
    made = SadTalker(Loader(checkpoint, SIZE, settings, TINY), base.load("warp"))
    return Crew(SPEC, made, made)
