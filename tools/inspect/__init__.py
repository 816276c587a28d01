"""Measure any video of a talking head, without knowing how it was made.

Read in this order: ``picture`` (with ``tracker``), ``voice``, ``sync``, ``report`` (what is good
enough), ``chart``. Besides the measurements, a report says what the file's content credentials
claim.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from tools import provenance
from tools.inspect.chart import plot
from tools.inspect.report import Check, Report, judge
from tools.video.footage import decode

__all__ = ["Check", "Report", "inspect", "plot"]


def inspect(path: Path, progress: Callable[[int], None] = lambda percent: None) -> Report:
    """Measure a video of a talking head from start to end.

    Memory does not grow with its length. It works without a face, without sound, and on one frame:
    what cannot be measured is reported as such. ``progress`` is called with the percentage done.

    Raises VideoError when the file is missing, damaged, or not a video; OptionError when the user's
    trust list cannot be read.
    """
    from tools.inspect.picture import watch
    from tools.inspect.voice import listen

    footage = decode(path)
    credentials = provenance.read(path)
    sounds = listen(footage)
    return judge(footage, watch(footage, progress), sounds, credentials)
