"""Speech in a file, and back, sample for sample."""

from __future__ import annotations

import json
import zipfile
from dataclasses import asdict
from io import BytesIO
from pathlib import Path
from typing import get_args

import numpy as np

from tools import output
from tools.errors import AudioError
from tools.media import Phoneme, Speech, Timing, Word

MAX_BYTES = 2_000_000_000


def save(speech: Speech, path: Path) -> None:
    """Write ``speech`` to ``path``, an .npz that appears when complete. Raises OutputError."""
    spoken = {name: value for name, value in asdict(speech).items() if name != "waveform"}
    text = np.frombuffer(json.dumps(spoken).encode(), np.uint8)
    file = BytesIO()  # an archive warns once more when it is left half written
    np.savez(file, waveform=speech.waveform, spoken=text)
    with output.replacing(path) as partial, output.explained(path):
        partial.write_bytes(file.getbuffer())


def load(path: Path) -> Speech:
    """What ``save`` wrote. Raises AudioError for a file that it did not write."""
    try:
        if path.stat().st_size > MAX_BYTES:
            raise ValueError("too large")
        with np.load(path, allow_pickle=False) as stored:
            waveform = np.asarray(stored["waveform"], np.float32)
            spoken = json.loads(stored["spoken"].tobytes())
        if waveform.ndim != 1 or spoken["timing"] not in get_args(Timing):
            raise ValueError("not speech")
        return Speech(
            waveform,
            int(spoken["rate"]),
            tuple(Phoneme(**one) for one in spoken["phonemes"]),
            tuple(Word(**one) for one in spoken["words"]),
            spoken["timing"],
            tuple(map(str, spoken["notes"])),
            str(spoken.get("text", "")),
        )
    except (OSError, ValueError, KeyError, TypeError, EOFError, zipfile.BadZipFile) as error:
        raise AudioError(f"The stored speech “{path}” cannot be read: {error}.") from error
