"""A recording of somebody speaking, with the times of its words if there is a transcript.

Not an engine, since nothing is synthesised, but its Speech is used like an engine's.
"""

from __future__ import annotations

from dataclasses import replace
from importlib.util import find_spec
from pathlib import Path

from tools.media import Speech
from tools.sound import files
from tools.text import spoken

RATE = 22050


def recorded(path: Path, transcript: str | None = None) -> Speech:
    """The recording at ``path`` (any format) in mono, ``RATE`` samples per second.

    Without a transcript ``timing`` is "acoustic" and there are no phonemes: the mouth follows the
    sound. With one, words and phonemes are aligned to the sound ("aligned", steps of 10 ms); where
    it does not match what is said, the result is "acoustic" again, with a note.

    Raises AudioError for a file that cannot be used, TextError for an empty transcript.
    """
    text = None if transcript is None else spoken(transcript)
    acoustic = Speech(files.load(path, RATE), RATE, timing="acoustic")
    if text is None:
        return acoustic
    if not find_spec("pocketsphinx"):
        note = (
            "The mouth follows the sound alone, since pocketsphinx is not installed to place the "
        )
        return replace(acoustic, notes=(f"{note}transcript: pip install pocketsphinx.",))

    from tools.speech.alignment import align

    alignment = align(acoustic.waveform, RATE, text)
    if alignment is None or not alignment.fits:
        note = f"The transcript does not fit what is said in “{Path(path).name}”, "
        return replace(acoustic, notes=(f"{note}so the mouth follows the sound alone.",))
    return replace(acoustic, phonemes=alignment.phonemes, words=alignment.words, timing="aligned")
