"""What was measured on a video, and whether it is good enough."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from math import isfinite
from typing import Any, Literal

import numpy as np

from tools.inspect.picture import Sights
from tools.inspect.sync import Sync, synchrony
from tools.inspect.voice import STEP, Sounds, runs
from tools.provenance import Credentials, described
from tools.sound.loudness import CEILING, TARGET
from tools.video.footage import Footage

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

    def rows(self) -> list[tuple[str, str, str, Verdict]]:
        """A table: name, value, what is wanted, verdict."""
        return [(check.name, check.shown, check.wanted, check.verdict) for check in self.checks]

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

    def to_json(self) -> str:
        return json.dumps(self.to_dict(), ensure_ascii=False, indent=2)


def judge(
    footage: Footage, sights: Sights, sounds: Sounds, credentials: Credentials | None = None
) -> Report:
    """The report on these measurements."""
    sync = synchrony(sights, sounds)
    checks = (
        *_sync_checks(sync, footage.fps),
        *_picture_checks(sights, sounds),
        *_sound_checks(sounds),
        *_stream_checks(footage, sights, sounds),
    )
    return Report(footage, sights, sounds, sync, checks, credentials)


def _sync_checks(sync: Sync, fps: float) -> list[Check]:
    frame = 1 / fps if fps > 0 else 0.04
    unheard = "no speech seen and heard"
    lag = None if sync.lag is None else sync.lag / frame
    return [
        _at_least("lips_follow_voice", sync.correlation, 0.75, 0.5, ".2f", "", unheard),
        _within(
            "lips_on_time", lag, 0, 1, 2, "+.1f", " frames",
            unheard if sync.correlation is None else "no clear match",
        ),
        _at_most("lips_still_in_silence", sync.movement, 0.15, 0.35, ".0%", "", "no long pause"),
        _at_most("lips_closed_in_silence", sync.parting, 0.4, 9, ".0%", "", "no long pause"),
    ]  # fmt: skip


def _picture_checks(sights: Sights, sounds: Sounds) -> list[Check]:
    frames = len(sights.times)
    still = sights.stillness[~np.isnan(sights.stillness)]
    calmest = float(np.percentile(np.minimum(still, UNCHANGED), 5)) if len(still) else None
    sharp = sights.sharpness[np.isfinite(sights.sharpness)]
    sharpness = float(np.median(sharp)) if len(sharp) else None
    black = float(sights.black.sum())
    return [
        _at_least("face_visible", float(sights.face.mean()), 1, 0.98, ".1%", "", ""),
        _at_least("mouth_sharpness", sharpness, 0.55, 0.45, ".2f", " × face", "mouth too small"),
        _at_least("background_still", calmest, 40, 32, ".0f", " dB", "no background"),
        _at_most("black_frames", black, 0, 0.02 * frames, ".0f", "", ""),
        _at_most("frozen_in_speech", frozen_seconds(sights, sounds), 0, 0.5, ".1f", " s", ""),
    ]


def frozen_seconds(sights: Sights, sounds: Sounds) -> float:
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
    level = None if heard is None or not isfinite(heard.peak) else heard
    return [
        _within(
            "loudness", None if level is None else level.integrated,
            TARGET, 1, 4, ".1f", " LUFS", silent,
        ),
        _at_most(
            "true_peak", None if level is None else level.peak,
            CEILING + ROUNDING, 0, ".1f", " dBTP", silent,
        ),
    ]  # fmt: skip


def _stream_checks(footage: Footage, sights: Sights, sounds: Sounds) -> list[Check]:
    frame = 1 / footage.fps if footage.fps > 0 else 0.04
    shown = float(sights.times[-1]) + frame
    steps = np.diff(sights.times)
    uneven = float(np.mean(np.abs(steps - frame) > frame / 2)) if len(steps) else 0.0
    if footage.sound is None:
        agree = Check("picture_and_sound", None, "no sound track", "equally long", "fail")
    else:
        longer = sounds.duration - shown
        agree = _within("picture_and_sound", longer, 0, 0.1, 0.5, "+.2f", " s", "")
    return [agree, _at_most("uneven_frames", uneven, 0.005, 0.05, ".1%", "", "")]


# --- Limits ---------------------------------------------------------------------------------


def _at_least(
    id: CheckId, value: float | None, good: float, fair: float, form: str, unit: str, absent: str
) -> Check:
    verdict = _verdict(None if value is None else -value, -good, -fair)
    return Check(id, value, _shown(value, form, unit, absent), f"≥ {good:{form}}{unit}", verdict)


def _at_most(
    id: CheckId, value: float | None, good: float, fair: float, form: str, unit: str, absent: str
) -> Check:
    verdict = _verdict(value, good, fair)
    return Check(id, value, _shown(value, form, unit, absent), f"≤ {good:{form}}{unit}", verdict)


def _within(
    id: CheckId,
    value: float | None,
    target: float,
    good: float,
    fair: float,
    form: str,
    unit: str,
    absent: str,
) -> Check:
    verdict = _verdict(None if value is None else abs(value - target) - 1e-6, good, fair)
    wanted = f"± {good:g}{unit}" if target == 0 else f"{target:{form}} ± {good:g}{unit}"
    return Check(id, value, _shown(value, form, unit, absent), wanted, verdict)


def _verdict(excess: float | None, good: float, fair: float) -> Verdict:
    if excess is None:
        return "unknown"
    return "pass" if excess <= good else "warn" if excess <= fair else "fail"


def _shown(value: float | None, form: str, unit: str, absent: str) -> str:
    return absent if value is None else f"{value:{form}}{unit}"
