"""Draw how the mouth opens over the speech."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from tools.errors import OutputError
from tools.inspect.report import Report
from tools.inspect.voice import STEP, runs
from tools.output import explained, replacing

if TYPE_CHECKING:
    from matplotlib.axes import Axes

PER_ROW = 12.0  # seconds
MOST_ROWS = 8  # a longer video is drawn in longer rows
WIDTH, ROW_HEIGHT, HEADER = 12.0, 1.9, 1.1  # inches
DPI = 110
INK, QUIET_INK = "#1f2430", "#6b7280"
VOICE, MOUTH, SILENCE, TROUBLE = "#a9c1dd", "#c8324b", "#f1f2f4", "#f6b73c"


def plot(report: Report, path: Path) -> Path:
    """Write a PNG: mouth opening as a line over the speech, silences shaded, faults marked.

    Raises OutputError when it cannot be written, or when its name does not end in .png.
    """
    if path.suffix.lower() != ".png":
        raise OutputError(f"The plot “{path.name}” must have a name that ends in .png.")
    with replacing(path) as partial, explained(path):
        _draw(report, partial)
    return path


def _draw(report: Report, path: Path) -> None:
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure

    length = max(float(report.sights.times[-1]), report.sounds.duration, 0.1)
    rows = min(MOST_ROWS, max(1, int(np.ceil(length / PER_ROW))))
    span = length / rows
    height = rows * ROW_HEIGHT + HEADER
    figure = Figure(figsize=(WIDTH, height), dpi=DPI, facecolor="white")
    FigureCanvasAgg(figure)
    grid = figure.subplots(rows, 1, squeeze=False)[:, 0]
    figure.subplots_adjust(
        left=0.045, right=0.985, top=1 - 0.78 / height, bottom=0.42 / height, hspace=0.32
    )
    for row, axes in enumerate(grid):
        _draw_row(axes, report, row * span, (row + 1) * span)
    grid[-1].set_xlabel("seconds", color=QUIET_INK, fontsize=9)
    left, top = 0.045, 1 - 0.2 / height
    figure.text(
        left, top, _headline(report),
        color=INK, fontsize=13, weight="bold", va="top", parse_math=False,
    )  # fmt: skip
    figure.text(
        left, top - 0.26 / height, report.origin,
        color=QUIET_INK, fontsize=8, va="top", parse_math=False,
    )  # fmt: skip
    handles, labels = grid[0].get_legend_handles_labels()
    known = dict(zip(labels, handles, strict=True))
    figure.legend(
        known.values(), known.keys(), loc="upper right", bbox_to_anchor=(0.985, 1 - 0.14 / height),
        ncols=len(known), frameon=False, fontsize=9, labelcolor=QUIET_INK,
        handlelength=1.4, columnspacing=1.4,
    )  # fmt: skip
    figure.savefig(path, format="png")


def _headline(report: Report) -> str:
    """The file's name and the two numbers that the chart is about."""
    name = report.footage.path.name
    name = name if len(name) <= 40 else f"{name[:38]}…"
    sync = report.sync
    if sync.correlation is None:
        return f"{name}   no speech seen and heard"
    when = ""
    if sync.lag is not None:
        when = f", lips {abs(1000 * sync.lag):.0f} ms {'late' if sync.lag > 0 else 'early'}"
    return f"{name}   correlation {sync.correlation:.2f}{when}"


def _draw_row(axes: Axes, report: Report, start: float, end: float) -> None:
    sights, sounds = report.sights, report.sounds
    for a, b in runs(~sounds.speaking):
        axes.axvspan(a * STEP, b * STEP, color=SILENCE, lw=0, label="silence", zorder=0)
    loudest = float(np.percentile(sounds.envelope, 99.5)) if sounds.speaking.any() else 0.0
    if loudest > 0:
        level = np.minimum(1.0, sounds.envelope / loudest)
        axes.fill_between(sounds.times, level, color=VOICE, lw=0, label="voice", zorder=1)
    if sights.face.any():
        widest = max(float(np.nanpercentile(sights.opening, 99.5)), 1e-3)
        axes.plot(
            sights.times, sights.opening / widest,
            color=MOUTH, lw=1.4, solid_joinstyle="round", label="mouth opening", zorder=3,
        )  # fmt: skip
    for label, flags in (("no face", ~sights.face), ("black", sights.black)):
        for a, b in runs(flags):
            stop = sights.times[b] if b < len(flags) else sights.times[-1]
            axes.axvspan(sights.times[a], stop, ymax=0.06, color=TROUBLE, lw=0, label=label)
    axes.set_xlim(start, end)
    axes.set_ylim(0, 1.12)
    axes.set_yticks([])
    axes.tick_params(axis="x", colors=QUIET_INK, labelsize=8, length=2)
    for side in ("top", "left", "right"):
        axes.spines[side].set_visible(False)
    axes.spines["bottom"].set_color("#c9cdd3")
