"""What is heard in a scene: its lines, spoken or recorded, one after another."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache, partial
from importlib.metadata import version
from itertools import accumulate, pairwise

import numpy as np
import soxr

from agent.events import Advance
from agent.film.casting import chosen
from agent.film.delivery import delivery
from agent.film.plan import Line, Scene
from agent.film.takes import Takes, file_key, key, told
from tools import text, weights
from tools.captions import tokens
from tools.errors import ConsentError
from tools.listening import base as listeners
from tools.listening.recorded import Told, recorded
from tools.media import Speech, Word
from tools.sound import cleaning, files, loudness
from tools.speech import base
from tools.speech.delivery import deliver
from tools.speech.narration import LEAD, TAIL, join
from tools.spoken import say
from tools.ssml import Piece, shown, speak, spoken_pieces

METHOD = "line 8"  # part of every key: raise it when the same line is said otherwise
Span = tuple[float, float]
UNKNOWN = "und"  # a language

VOICES = -22.0  # LUFS, about: embedded voices speak at −20 to −24
MOST_GAIN = 20.0  # dB
SILENT_RATE = 22_050  # samples per second of a scene in which nobody speaks


def say_line(
    line: Line, takes: Takes | None = None, advance: Advance = lambda said: None
) -> Speech:
    """A line, found or made. ``advance`` counts its sentences, or the seconds heard of a recording.

    Raises what the engine, or reading a recording, raises.
    """
    make = partial(_recorded if line.audio else _spoken, line, advance)
    speech = make() if takes is None else takes.speech(_key(line), make)
    return replace(speech, notes=(*speech.notes, line.note)) if line.note else speech


def sentences(line: Line) -> int | None:
    """How many ``say_line`` counts; for a recording that is listened to its seconds, and None for
    another.
    """
    if line.audio is not None:
        listens = not line.text and _listener(line) is not None
        return round(files.duration(line.audio) or 0) or None if listens else None
    return sum(len(text.sentences(piece.form.text)) for piece in _pieces(line))


@dataclass(frozen=True)
class Dialogue:
    """A scene as it is heard.

    speech  all of it. lines: each line by itself, the pause after it included.
    spans   when each line begins and ends in it, s.
    """

    speech: Speech
    lines: tuple[Speech, ...]
    spans: tuple[Span, ...]


def speak_scene(
    scene: Scene, rate: int, takes: Takes | None = None, advance: Advance = lambda said: None
) -> Dialogue:
    """All lines of a scene, a whole number of frames long at ``rate`` frames per second, unless it
    is a film of its own. ``advance`` counts the sentences of each line.

    A scene without lines is silence.
    """
    lines = at_one_rate([say_line(line, takes, advance) for line in scene.lines])
    if scene.alone:
        [speech] = lines
        return Dialogue(speech, (speech,), ((0.0, speech.duration),))
    if lines:
        speech = join(lines, lead=LEAD, tail=TAIL + scene.pause)
    else:
        silence = np.zeros(round(scene.pause * SILENT_RATE), np.float32)
        speech = Speech(silence, SILENT_RATE)
    edges = list(accumulate((said.duration for said in lines), initial=LEAD))
    spans = tuple(pairwise(edges))
    return Dialogue(_of_whole_frames(speech, rate, max(scene.least, 1 / rate)), tuple(lines), spans)


def written(line: Line) -> str:
    """What captions show of a line."""
    return shown(line.text) if line.markup else line.text


def translated(text: str, start: float, end: float) -> tuple[Word, ...]:
    """Words of another language, spread over the time in which the line is said."""
    words = [word for word, _ in tokens(text)]
    letters = list(accumulate((len(word) + 1 for word in words), initial=0))
    pace = (end - start) / max(1, letters[-1])
    times = [start + pace * count for count in letters]
    return tuple(
        Word(word, begins, ends)
        for word, begins, ends in zip(words, times, times[1:], strict=False)
    )


def at_one_rate(speeches: Sequence[Speech]) -> list[Speech]:
    """All at the highest of their rates: voices of different engines in one scene."""
    rate = max((speech.rate for speech in speeches), default=0)
    return [speech if speech.rate == rate else _resampled(speech, rate) for speech in speeches]


def _resampled(speech: Speech, rate: int) -> Speech:
    waveform = soxr.resample(speech.waveform, speech.rate, rate)
    return replace(speech, waveform=np.asarray(waveform, np.float32), rate=rate)


def _key(line: Line) -> str:
    """The name under which a line is kept: a hash of all that shapes how it sounds."""
    if line.audio is not None:
        listener = None if line.text else _listener(line)
        heard_by = listener and told(listeners.identity(listener))
        cleaned_by = line.clean and file_key(weights.path(cleaning.WEIGHTS))
        said = (line.text, line.language, heard_by, cleaned_by)
        made_by: tuple[object, ...] = (file_key(line.audio), line.raw, said, line.lead)
    else:
        spec, _, voice = chosen(line.engine, line.voice)
        # Whole pieces: what sounds alike may be written otherwise, and so have other words.
        way = delivery(line)
        made_by = (told(base.identity(spec, voice)), voice, line.speed, _pieces(line), way)
    return key(METHOD, version("portrayal"), made_by, line.pause)


def _spoken(line: Line, advance: Advance) -> Speech:
    if base.cloned(line.voice) and not line.consent:
        raise ConsentError(
            f"The voice in “{line.voice}” would be cloned, which nobody says that its owner agrees "
            "to; make a film with it, and say so."
        )
    spec, engine, voice = chosen(line.engine, line.voice)
    way = delivery(line)

    def counted(words: str) -> Iterator[Speech]:
        heard = deliver(engine, words, voice, line.speed, way)
        for said, sentence in enumerate(heard, 1):
            advance(said)
            yield sentence

    said = speak(_pieces(line), counted, line.pause)
    return _levelled(said, way.level) if spec.only_named else said  # nobody knows how loud it is


def _recorded(line: Line, advance: Advance) -> Speech:
    assert line.audio is not None
    known = line.language != UNKNOWN
    speech = recorded(
        line.audio,
        Told(_pieces(line)[0].form, line.language if known else "en") if line.text else None,
        line.language if known else None,
        _listener(line),
        line.clean,
        lambda seconds: advance(round(seconds)),
    )
    return speech if line.raw else join([_paused(_levelled(speech), line.pause)], line.lead, None)


def _listener(line: Line) -> listeners.Spec | None:
    """Who finds out what a recording says. Raises OptionError and MissingError for one by name."""
    return listeners.chosen(line.listener) if line.listener else listeners.best()


def _paused(speech: Speech, seconds: float) -> Speech:
    """With so much silence after it; a recording's own stays."""
    silence = np.zeros(round(seconds * speech.rate), np.float32)
    return replace(speech, waveform=np.concatenate([speech.waveform, silence]))


def _levelled(speech: Speech, louder: float = 0.0) -> Speech:
    """A speech about as loud as voices are, beside which it is heard, or so many dB ``louder``."""
    heard = loudness.measure(loudness.chunks(speech.waveform), speech.rate)
    if heard.integrated <= loudness.SILENCE:
        return speech
    gain = min(VOICES + louder - heard.integrated, MOST_GAIN)
    return replace(speech, waveform=speech.waveform * np.float32(10 ** (gain / 20)))


@lru_cache(maxsize=4096)
def _pieces(line: Line) -> tuple[Piece, ...]:
    if not line.markup:
        return (Piece(say(line.text, line.language), lead=line.lead),)
    first, *others = spoken_pieces(line.text, line.language)
    return (replace(first, lead=first.lead + line.lead), *others)


def _of_whole_frames(speech: Speech, fps: int, least: float) -> Speech:
    """With so much silence after it that pictures of the same length are as many whole frames: or
    sound and picture would drift apart from scene to scene.
    """
    frames = max(-(-len(speech.waveform) * fps // speech.rate), round(least * fps))
    wanted = round(frames * speech.rate / fps)
    silence = np.zeros(wanted - len(speech.waveform), np.float32)
    return replace(speech, waveform=np.concatenate([speech.waveform, silence]))
