"""The steps of a production, each a function from a request and earlier results to the next.

They decide nothing that a request does not say, and they hold no state: ``agent.produce`` calls
them in order.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace
from pathlib import Path

from agent.casting import cast
from agent.progress import Advance
from agent.request import AUTO, Request
from renderers import base as renderers
from renderers.acting import act as direct
from renderers.base import Renderer
from renderers.expressions import parse as parse_expression
from tools import captions, face, image, output, provenance, text, video
from tools import compose as composition
from tools.errors import TextError
from tools.media import Direction, ExpressionCue, Frames, Shot, Speech, Video
from tools.speech.narration import join
from tools.speech.recorded import recorded

TEXT_FILE_LIMIT = 1_000_000  # bytes; far above what text.spoken lets through


def check(request: Request) -> None:
    """Find out in well under a second what would fail later: output, words, voice, signing."""
    video.check_writable(request.output)
    if request.sidecar is not None:
        output.check_writable(request.sidecar)
    provenance.check()
    image.load(request.portrait)
    words(request)
    parse_expression(request.expression)
    if request.audio is None:
        cast(request.engine, request.voice)


def load(request: Request) -> tuple[Renderer, tuple[str, ...]]:
    """The renderer, ready, and why it was taken where the request leaves that open.

    Raises MissingError when something it needs is not there.
    """
    why: tuple[str, ...] = ()
    name = request.renderer
    if name == AUTO:
        choice = renderers.best()
        name, why = choice.spec.name, (choice.why,)
    finest = renderers.named(name).best if request.quality == "best" else {}
    return renderers.load(name, {**finest, **request.settings}), why


def words(request: Request) -> str | None:
    """What is said, cleaned of markup; None for a recording without a transcript.

    Raises TextError when there is nothing speakable in it.
    """
    if request.text_file is not None:
        return text.spoken(_read(request.text_file))
    if request.text is not None:
        return text.spoken(request.text)
    if request.transcript is None:
        return None
    named = Path(request.transcript)
    return text.spoken(_read(named) if _is_file(named) else request.transcript)


def sentences(request: Request) -> int | None:
    """How many pieces ``speak`` counts; None where it does not know beforehand."""
    said = words(request)
    return None if request.audio is not None or said is None else len(text.sentences(said))


def prepare(request: Request, advance: Advance) -> Shot:
    """Read the portrait, find the face, and frame it for the canvas. ``advance`` counts percent."""
    picture, alpha = image.load_with_alpha(request.portrait)
    found = face.find_face(picture, choose=request.face)
    shot = composition.frame_shot(
        picture,
        found.landmarks,
        size=request.canvas,
        background=request.background,
        alpha=alpha,
        progress=lambda share: advance(round(100 * share)),
    )
    return replace(shot, notes=(*found.notes, *shot.notes))


def speak(request: Request, advance: Advance) -> Speech:
    """The narration, spoken or read from the recording. ``advance`` counts sentences."""
    said = words(request)
    if request.audio is not None:
        speech = recorded(request.audio, said)
    else:
        engine, voice = cast(request.engine, request.voice)
        speech = join(_counted(engine.speak(said or "", voice, request.speed), advance))
    return replace(speech, notes=(*speech.notes, *_caption_notes(request, speech)))


def act(request: Request, speech: Speech) -> Direction:
    """What the face and the head do while it is said."""
    name, intensity = parse_expression(request.expression)
    return direct(
        speech,
        expressions=(ExpressionCue(0.0, name, intensity),),
        head_motion=request.head_motion,
        seed=request.seed,
    )


def compose(request: Request, frames: Frames, shot: Shot, speech: Speech) -> Frames:
    """The moving portrait on the canvas, captions burned in if asked for, drawn when read."""
    composed = composition.compose(frames, shot)
    return (
        captions.burn(composed, _cues(request, speech)) if request.captions == "burn" else composed
    )


def finish(request: Request, frames: Frames, speech: Speech, advance: Advance) -> Video:
    """Encode picture and sound into the file, and write captions beside it if asked for.

    ``advance`` counts frames.
    """
    finished = video.encode(
        frames,
        speech,
        request.output,
        quality=request.quality,
        progress=lambda done, total: advance(done),
    )
    if request.sidecar is None:
        return finished
    return replace(finished, captions=captions.save(_cues(request, speech), request.sidecar))


def _cues(request: Request, speech: Speech) -> tuple[captions.Cue, ...]:
    return captions.cues(speech, words(request), captions.line_length(request.canvas))


def _caption_notes(request: Request, speech: Speech) -> tuple[str, ...]:
    """What the user should know about the captions asked for."""
    if request.captions == "none":
        return ()
    if not speech.words:
        return ("The captions are empty, since what is said is not known; give --transcript.",)
    if request.captions == "burn" and (missing := captions.undrawable(_cues(request, speech))):
        return (f"The captions leave out {missing[:40]}, for which their font has no glyph.",)
    return ()


def _counted(pieces: Iterable[Speech], advance: Advance) -> Iterator[Speech]:
    for done, piece in enumerate(pieces, start=1):
        advance(done)
        yield piece


def _is_file(path: Path) -> bool:
    try:
        return path.is_file()
    except OSError:  # a sentence can be too long for a path
        return False


def _read(path: Path) -> str:
    """The words in a text file. Raises TextError."""
    try:
        with path.open("rb") as file:
            raw = file.read(TEXT_FILE_LIMIT + 1)
    except OSError as error:
        raise TextError(f"The text file “{path}” cannot be read: {error.strerror}.") from error
    if len(raw) > TEXT_FILE_LIMIT:
        raise TextError(f"The text file “{path}” is larger than {TEXT_FILE_LIMIT:,} bytes.")
    try:
        return raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise TextError(f"The text file “{path}” is not UTF-8 text; save it as UTF-8.") from error
