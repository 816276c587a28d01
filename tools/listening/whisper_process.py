"""Started by ``whisper``: writes what is said in the sound on its input as lines of JSON.

The sound, 16-bit samples, is read in stretches cut where it is quietest, so that an hour needs no
more memory than a few minutes.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

RATE = 16_000
LONGEST, SEARCHED = 180, 30  # seconds of a stretch, and of its end in which it is cut
STEP = RATE // 50  # samples whose loudness is compared
Samples = npt.NDArray[np.float32]


def stretches(source: Any) -> Iterator[Samples]:
    """The sound in pieces of at most ``LONGEST`` seconds."""
    kept = np.zeros(0, np.float32)
    while True:
        wanted = LONGEST * RATE - len(kept)
        read = np.frombuffer(source.read(2 * wanted), "<i2").astype(np.float32) / 32768
        kept = np.concatenate([kept, read])
        if len(read) < wanted:
            break
        cut = len(kept) - SEARCHED * RATE
        power = np.square(kept[cut:].reshape(-1, STEP)).mean(axis=1)
        cut += int(np.convolve(power, np.ones(10), "same").argmin()) * STEP
        yield kept[:cut]
        kept = kept[cut:]
    if len(kept):
        yield kept


def say(**answer: Any) -> None:
    print(json.dumps(answer), flush=True)


def opened(files: dict[str, str], threads: int) -> Any:
    import ctranslate2
    from faster_whisper import WhisperModel

    gpu = ctranslate2.get_cuda_device_count() > 0
    return WhisperModel(
        "whisper",  # a name alone: all files are given, and none is looked for elsewhere
        device="cuda" if gpu else "cpu",
        compute_type="float16" if gpu else "int8",
        cpu_threads=threads,
        files={name: Path(path).read_bytes() for name, path in files.items()},
    )


def listen(model: Any, sound: Samples, language: str | None, begin: float) -> str | None:
    """Tell what is said in a stretch that begins after so many seconds; returns its language."""
    passages, about = model.transcribe(
        sound,
        language=language,
        vad_filter=True,
        vad_parameters={"min_silence_duration_ms": 700, "speech_pad_ms": 250},
        word_timestamps=True,
        condition_on_previous_text=False,  # or one mistake would lead to the next
        hallucination_silence_threshold=2.0,
        temperature=(0.0, 0.4, 0.8),  # what is tried again where the words make no sense
    )
    if not about.duration_after_vad:
        return language
    say(language=about.language, confidence=about.language_probability, heard=begin)
    for passage in passages:
        words = passage.words or ()
        say(
            text=passage.text,
            start=begin + passage.start,
            end=begin + passage.end,
            words=[[w.word, begin + w.start, begin + w.end, w.probability] for w in words],
            likelihood=passage.avg_logprob,
            silence=passage.no_speech_prob,
            density=passage.compression_ratio,
            heard=begin + passage.end,
        )
    return str(about.language)


def main() -> None:
    told = json.loads(sys.argv[1])
    language, begin = told["language"], 0.0
    try:
        model = opened(told["files"], told["threads"])
    except (OSError, RuntimeError, ValueError):
        say(problem="model")
        return
    if language and language not in model.supported_languages:
        say(problem="language")
        return
    for sound in stretches(sys.stdin.buffer):
        language = listen(model, sound, language, begin)
        begin += len(sound) / RATE
        say(heard=begin)
    say(done=True)


if __name__ == "__main__":
    main()
