"""A video at one glance."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from tools.canvas.contact_sheet import GAP, contact_sheet
from tools.errors import VideoError
from tools.media import Frames, Patch, Speech, sequential
from tools.video.writer import encode


def brightening(path: Path, count: int) -> Path:
    """A video of ``count`` grey frames, each brighter than the last."""
    still = np.zeros((90, 160, 3), np.uint8)
    levels = np.linspace(30, 230, count)
    stream = sequential(lambda: ((Patch(0, 0, np.full_like(still, round(v))),) for v in levels))
    frames = Frames(still, 25, count, stream)
    encode(frames, Speech(np.zeros(22050 * count // 25, np.float32), 22050), path)
    return path


def test_frames_stand_in_order_from_first_to_last(tmp_path: Path) -> None:
    sheet = contact_sheet(brightening(tmp_path / "grey.mp4", 30), columns=3, rows=2, width=308)
    assert sheet.shape == (2 * 56 + GAP, 308, 3)
    shown = [float(sheet[y, x].mean()) for y in (20, 80) for x in (50, 150, 250)]
    assert shown == sorted(shown)
    assert shown[0] == pytest.approx(30, abs=6)
    assert shown[-1] == pytest.approx(230, abs=6)


def test_a_video_shorter_than_the_sheet_fills_it(tmp_path: Path) -> None:
    sheet = contact_sheet(brightening(tmp_path / "short.mp4", 2), columns=2, rows=2, width=204)
    assert sheet[30:50, 30:50].mean() < 60
    assert sheet[-30:-10, -50:-30].mean() > 200


def test_what_is_no_video_is_refused(tmp_path: Path) -> None:
    (tmp_path / "words.mp4").write_text("no video")
    with pytest.raises(VideoError):
        contact_sheet(tmp_path / "words.mp4")
