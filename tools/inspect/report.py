"""What was measured on a video, and whether it is good enough."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict, dataclass
from math import isfinite
from pathlib import Path
from typing import Any, Literal

import numpy as np

from tools import provenance
from tools.inspect.picture import Sights
from tools.inspect.sync import Sync, synchrony
from tools.inspect.voice import STEP, Sounds, runs
from tools.provenance import Credentials, described
from tools.sound.loudness import CEILING, TARGET
from tools.video.footage import Footage, decode

Verdict = Literal["pass", "warn", "fail", "unknown"]
CheckId = Literal[
    "background_still", "black_frames", "face_visible", "frozen_in_speech",
    "lips_closed_in_silence", "lips_follow_voice", "lips_on_time", "lips_still_in_silence",
    "loudness", "mouth_sharpness", "picture_and_sound", "true_peak", "uneven_frames",
]  # fmt: skip

FREEZE = 0.2  # seconds: a face that keeps still for less while speaking has not frozen
ROUNDING = 0.04  # dB, not visible in the value shown
UNCHANGED = 99.0  # dB of PSNR, for frames that do not differ at all


@dataclass(frozen=True)
class Check:
    """One measurement against what is wanted.

    value    None where it could not be measured; ``shown`` then says why.
    shown    the value for people, with its unit.
    wanted   what passes, for people.
    """

    id: CheckId
    value: float | None
    shown: str
    wanted: str
    verdict: Verdict

    @property
    def name(self) -> str:
        """What it is called, for people."""
        return self.id.replace("_", " ")


@dataclass(frozen=True)
class Report:
    """Everything measured on one video.

    footage, sights, sounds, sync   the measurements, see there.
    checks                          the verdicts.
    credentials                     what the file says about its origin; not part of the verdict.
    """

    footage: Footage
    sights: Sights
    sounds: Sounds
    sync: Sync
    checks: tuple[Check, ...]
    credentials: Credentials | None = None

    @property
    def origin(self) -> str:
        """Where the video says it comes from, and whether that can be believed, in one line."""
        return described(self.credentials)

    @property
    def verdict(self) -> Verdict:
        """The worst of all checks, apart from those that could not be made."""
        found = {check.verdict for check in self.checks}
        order: tuple[Verdict, ...] = ("fail", "warn", "pass")
        return next((verdict for verdict in order if verdict in found), "unknown")

    def to_dict(self) -> dict[str, Any]:
        """Plain values, for JSON; None for what could not be measured."""
        width, height = self.footage.size
        return {
            "path": str(self.footage.path),
            "verdict": self.verdict,
            "size": [width, height],
            "fps": round(self.footage.fps, 3),
            "frames": len(self.sights.times),
            "codecs": list(self.footage.codecs),
            "sync": asdict(self.sync),
            "checks": [{"name": check.name} | asdict(check) for check in self.checks],
            "credentials": None if self.credentials is None else self.credentials.to_dict(),
        }


def inspect(path: Path, progress: Callable[[int], None] = lambda percent: None) -> Report:
    """Measure a video of a talking head from start to end.

    Memory does not grow with its length. It works without a face, without sound, and on one frame:
    what cannot be measured is reported as such. ``progress`` is called with the percentage done.

    Raises VideoError when the file is missing, damaged, or not a video; OptionError when the user's
    trust list cannot be read.
    """
    footage = decode(path)
    credentials = provenance.read(path)
    sounds = Sounds(footage)
    sights = Sights(footage, progress)
    sync = synchrony(sights, sounds)
    frame = 1 / footage.fps if footage.fps > 0 else 0.04
    checks = (
        *_sync_checks(sync, frame),
        *_picture_checks(sights, sounds),
        *_sound_checks(sounds),
        *_stream_checks(footage, sights, sounds, frame),
    )
    return Report(footage, sights, sounds, sync, checks, credentials)


def _sync_checks(sync: Sync, frame: float) -> list[Check]:
    unheard = "no speech seen and heard"
    lag = None if sync.lag is None else sync.lag / frame
    unclear = unheard if sync.correlation is None else "no clear match"
    moved, parted, short = sync.movement, sync.parting, "no long pause"
    return [
        _check("lips_follow_voice", sync.correlation, "≥", 0.75, 0.5, ".2f", "", unheard),
        _check("lips_on_time", lag, "±", 1, 2, "+.1f", " frames", unclear),
        _check("lips_still_in_silence", moved, "≤", 0.15, 0.35, ".0%", "", short),
        _check("lips_closed_in_silence", parted, "≤", 0.4, 9, ".0%", "", short),
    ]


def _picture_checks(sights: Sights, sounds: Sounds) -> list[Check]:
    still = sights.stillness[~np.isnan(sights.stillness)]
    calmest = float(np.percentile(np.minimum(still, UNCHANGED), 5)) if len(still) else None
    sharp = sights.sharpness[np.isfinite(sights.sharpness)]
    sharpness = float(np.median(sharp)) if len(sharp) else None
    black, some = float(sights.black.sum()), 0.02 * len(sights.times)
    frozen = _frozen_seconds(sights, sounds)
    return [
        _check("face_visible", float(sights.face.mean()), "≥", 1, 0.98, ".1%"),
        _check("mouth_sharpness", sharpness, "≥", 0.55, 0.45, ".2f", " × face", "mouth too small"),
        _check("background_still", calmest, "≥", 40, 32, ".0f", " dB", "no background"),
        _check("black_frames", black, "≤", 0, some, ".0f"),
        _check("frozen_in_speech", frozen, "≤", 0, 0.5, ".1f", " s"),
    ]


def _frozen_seconds(sights: Sights, sounds: Sounds) -> float:
    """How long the face is perfectly still during speech."""
    if not sounds.speaking.any():
        return 0.0
    index = np.minimum((sights.times / STEP).astype(int), len(sounds.speaking) - 1)
    within = sights.times < len(sounds.speaking) * STEP
    frozen = sights.frozen & sounds.speaking[index] & within
    spans = [float(sights.times[b - 1] - sights.times[max(a - 1, 0)]) for a, b in runs(frozen)]
    return sum((span for span in spans if span >= FREEZE), 0.0)


def _sound_checks(sounds: Sounds) -> list[Check]:
    heard = sounds.loudness
    silent = "no sound track" if heard is None else "silent"
    mean = peak = None
    if heard is not None and isfinite(heard.peak):
        mean, peak = heard.integrated, heard.peak
    most = CEILING + ROUNDING
    return [
        _check("loudness", mean, "±", 1, 4, ".1f", " LUFS", silent, TARGET),
        _check("true_peak", peak, "≤", most, 0, ".1f", " dBTP", silent),
    ]


def _stream_checks(footage: Footage, sights: Sights, sounds: Sounds, frame: float) -> list[Check]:
    steps = np.diff(sights.times)
    uneven = float(np.mean(np.abs(steps - frame) > frame / 2)) if len(steps) else 0.0
    if footage.sound is None:
        agree = Check("picture_and_sound", None, "no sound track", "equally long", "fail")
    else:
        longer = sounds.duration - (float(sights.times[-1]) + frame)
        agree = _check("picture_and_sound", longer, "±", 0.1, 0.5, "+.2f", " s")
    return [agree, _check("uneven_frames", uneven, "≤", 0.005, 0.05, ".1%")]


def _check(
    id: CheckId,
    value: float | None,
    relation: Literal["≥", "≤", "±"],
    good: float,
    fair: float,
    form: str,
    unit: str = "",
    absent: str = "",
    target: float = 0.0,
) -> Check:
    """At least, at most, or within ``good`` of ``target`` passes; as far as ``fair`` is a warning.

    ``form`` and ``unit`` are for showing the value; ``absent`` is shown where there is none.
    """
    wanted = f"{relation} {good:{form}}{unit}"
    if relation == "±":
        wanted = f"± {good:g}{unit}" if target == 0 else f"{target:{form}} ± {good:g}{unit}"
    if value is None:
        return Check(id, None, absent, wanted, "unknown")
    excess = value if relation == "≤" else abs(value - target) - 1e-6
    if relation == "≥":
        excess, good, fair = -value, -good, -fair
    verdict: Verdict = "pass" if excess <= good else "warn" if excess <= fair else "fail"
    return Check(id, value, f"{value:{form}}{unit}", wanted, verdict)
