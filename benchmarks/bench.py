"""``make bench``: measures this machine, prints a table, writes JSON.

Every measure runs in a fresh process, one after another, so that none inherits another's caches
or memory. Nothing here passes or fails.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import subprocess
import sys
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.table import Table

from benchmarks.machine import processor

STAGES = ("speak", "act", "render", "compose", "finish")


def main() -> None:
    parser = argparse.ArgumentParser(prog="benchmarks.bench", description=__doc__)
    parser.add_argument("--output", type=Path, default=Path("out/bench.json"))
    parser.add_argument("--seconds", type=float, default=30.0, help="length of the video")
    parser.add_argument("--long", type=float, default=600.0, help="length for the memory peak")
    options = parser.parse_args()
    results = measure_all(options.seconds, options.long)
    show(results, Console())
    options.output.parent.mkdir(parents=True, exist_ok=True)
    options.output.write_text(json.dumps(results, indent=2) + "\n", encoding="utf-8")
    print(f"written to {options.output}")


def measure_all(seconds: float, long: float) -> dict[str, Any]:
    """All measures, in the order in which they are shown."""
    return {
        "machine": machine(),
        "standard": measure("stages", seconds, "standard"),
        "draft": measure("stages", seconds, "draft"),
        "prepare": measure("prepare", 1024, "bust"),
        "prepare_enlarged": measure("prepare", 1024, "half"),
        "memory": measure("memory", seconds, "standard"),
        "memory_long": measure("memory", long, "standard"),
        "sync": measure("sync", seconds),
        "stillness": measure("stillness", min(seconds, 10.0)),
        "sparse": {every: measure("sparse", every) for every in (2, 3)},
    }


def measure(name: str, *arguments: float | str) -> Any:
    """One measure, in a process of its own."""
    print(f"{name} {' '.join(map(str, arguments))} …", file=sys.stderr)
    command = [sys.executable, "-m", "benchmarks.measures", name, *map(json.dumps, arguments)]
    return json.loads(subprocess.run(command, stdout=subprocess.PIPE, check=True).stdout)


def machine() -> dict[str, Any]:
    """The machine, and the versions that are measured."""
    return {
        "cpu": processor(),
        "cores": os.cpu_count(),
        "system": platform.platform(),
        "python": platform.python_version(),
        "portrayal": version("portrayal"),
        "measured": datetime.now(UTC).isoformat(timespec="seconds"),
    }


def show(results: dict[str, Any], console: Console) -> None:
    machine = results["machine"]
    console.print(f"{machine['cpu']}, {machine['cores']} cores, Python {machine['python']}")
    table = Table("1920×1080, 25 fps", "standard", "draft", box=None, pad_edge=False)
    both = results["standard"], results["draft"]
    table.add_row("length", *(f"{r['duration']:.1f} s" for r in both))
    for stage in STAGES:
        table.add_row(stage, *(f"{r['seconds'].get(stage, 0.0):.2f} s" for r in both))
    table.add_row("together", *(f"{r['whole']:.2f} s" for r in both))
    table.add_row("of real time", *(f"{r['of_real_time']:.2f}" for r in both), style="bold")
    console.print(table)
    short, long = results["memory"], results["memory_long"]
    sync, still = results["sync"], results["stillness"]
    other = Table(box=None, show_header=False, pad_edge=False)
    for ready, size in ((results["prepare"], "large"), (results["prepare_enlarged"], "small")):
        other.add_row(
            f"prepare a new {ready['side']}² portrait, {size} face, imports included",
            f"{ready['seconds']:.2f} s",
        )
    for peak in (short, long):
        other.add_row(
            f"peak memory, {peak['duration']:.0f} s of speech", f"{peak['megabytes']:.0f} MB"
        )
    other.add_row("memory grows by", f"{100 * (long['megabytes'] / short['megabytes'] - 1):.1f} %")
    other.add_row("audio–mouth correlation", _figure(sync["correlation"], ".3f"))
    other.add_row("lag", _figure(sync["lag"], "+.3f", " s"))
    other.add_row("still background, before encoding", f"{still['psnr']:.1f} dB")
    for every, lost in results["sparse"].items():
        other.add_row(
            f"the lips' opening, drawn in every {every} frames: error of its spread, lips closed",
            f"{lost['error']:.0%}, {lost['closed']} of {lost['closures']}",
        )
    console.print(other)


def _figure(value: float | None, form: str, unit: str = "") -> str:
    return "not measured" if value is None else f"{value:{form}}{unit}"


if __name__ == "__main__":
    main()
