"""The steps of a production, each a function from a request and earlier results to the next.

They decide nothing that a request does not say, and they hold no state: ``agent.film.make`` calls
them in order.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from typing import NamedTuple

from agent.film.casting import cast, language
from agent.film.progress import Advance
from agent.request.model import AUTO, Request
from renderers import base as renderers
from renderers.base import Quality, Renderer, Spec
from renderers.directing.acting import act as direct
from renderers.expressions import parse as parse_expression
from tools import captions, output, provenance, registry, text
from tools.canvas import compose as composition
from tools.errors import TextError
from tools.face import detection
from tools.interpolate import base as interpolators
from tools.interpolate.rate import at_rate
from tools.media import Direction, ExpressionCue, Frames, Shot, Speech, Video
from tools.picture import image
from tools.speech.narration import join
from tools.speech.recorded import recorded
from tools.spoken import as_written, clean, say
from tools.video import writer

TEXT_FILE_LIMIT = 1_000_000  # bytes; far above what text.spoken lets through


class Cast(NamedTuple):
    """Who draws.

    fps           how many frames of a second are drawn; fewer than the film has where …
    interpolator  … it makes those between.
    notes         sentences the user should see.
    """

    renderer: Renderer
    fps: int
    interpolator: str | None
    notes: tuple[str, ...]


def check(request: Request) -> None:
    """Find out in well under a second what would fail later: output, words, voice, signing."""
    writer.check_writable(request.output)
    if request.sidecar is not None:
        output.check_writable(request.sidecar)
    provenance.check()
    image.load(request.portrait)
    words(request)
    parse_expression(request.expression)
    if request.interpolate not in (AUTO, "none"):
        registry.complete(interpolators.named(request.interpolate))
    if request.audio is None:
        cast(request.engine, request.voice)


def renderer(name: str) -> str:
    """The name of the renderer that draws where ``name`` is asked for."""
    return renderers.best().spec.name if name == AUTO else name


def load(request: Request) -> Cast:
    """The renderer, ready, and why it was taken where the request leaves that open.

    Raises MissingError when something it needs is not there.
    """
    return ready(
        request.renderer, request.settings, request.quality, request.fps, request.interpolate
    )


def ready(
    name: str, settings: Mapping[str, str], quality: Quality, fps: int, interpolate: str
) -> Cast:
    """The renderer called ``name`` (or the best), ready; for films of ``fps`` frames per second."""
    notes: tuple[str, ...] = ()
    if name == AUTO:
        choice = renderers.best()
        name, notes = choice.spec.name, (choice.why,)
    spec = renderers.named(name)
    drawn, interpolator = rate(spec, fps, interpolate)
    if interpolator is not None:
        notes += (
            f"{drawn} frames a second are drawn; those between by interpolator {interpolator}.",
        )
    chosen = spec.choices.get(quality, {})
    return Cast(renderers.load(name, {**chosen, **settings}), drawn, interpolator, notes)


def rate(spec: Spec, fps: int, interpolate: str) -> tuple[int, str | None]:
    """Frames per second to draw of ``fps``, and what makes those between, if anything.

    Those drawn are frames of the film as they are: every second of 50 or of 60, say.
    """
    name = interpolators.suited() if interpolate == AUTO else interpolate
    most = fps // (spec.fps or fps)
    times = max(n for n in range(1, max(1, most) + 1) if fps % n == 0)
    if name in (None, "none") or times == 1:
        return fps, None
    return fps // times, name


def words(request: Request) -> str | None:
    """What is said, without markup and stage directions; None for a recording without transcript.

    Raises TextError when there is nothing speakable in it.
    """
    if request.text_file is not None:
        return clean(read_text(request.text_file))
    if request.text is not None:
        return clean(request.text)
    if request.transcript is None:
        return None
    named = Path(request.transcript)
    return clean(read_text(named) if _is_file(named) else request.transcript)


def sentences(request: Request) -> int | None:
    """How many pieces ``speak`` counts; None where it does not know beforehand."""
    said = words(request)
    if request.audio is not None or said is None:
        return None
    voice = cast(request.engine, request.voice)
    return len(text.sentences(say(said, language(*voice)).text))


def prepare(request: Request, advance: Advance) -> Shot:
    """Read the portrait, find the face, and frame it for the canvas. ``advance`` counts percent."""
    return framed(request.portrait, request.face, request.canvas, request.background, advance)


def framed(
    portrait: Path,
    which: int | None,
    size: tuple[int, int],
    background: str | None,
    advance: Advance = lambda percent: None,
) -> Shot:
    """A portrait, its face found, on a canvas of ``size`` (width, height)."""
    picture, alpha = image.load_with_alpha(portrait)
    found = detection.find_face(picture, choose=which)
    shot = composition.frame_shot(
        picture,
        found.landmarks,
        size=size,
        background=background,
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
        speech = narrate(said or "", request.engine, request.voice, request.speed, advance)
    return replace(speech, notes=(*speech.notes, *_caption_notes(request, speech)))


def narrate(
    said: str, engine: str | None, voice: str | None, speed: float, advance: Advance
) -> Speech:
    """Text, cleaned of markup, spoken. ``advance`` counts sentences.

    Raises what ``cast`` raises, OptionError and TextError.
    """
    speaker, name = cast(engine, voice)
    form = say(said, language(speaker, name))
    speech = join(_counted(speaker.speak(form.text, name, speed), advance))
    return replace(speech, words=as_written(form, speech.words))


def act(request: Request, speech: Speech) -> Direction:
    """What the face and the head do while it is said."""
    name, intensity = parse_expression(request.expression)
    return direct(
        speech,
        expressions=(ExpressionCue(0.0, name, intensity),),
        head_motion=request.head_motion,
        seed=request.seed,
    )


def compose(
    request: Request, frames: Frames, shot: Shot, speech: Speech, interpolator: str | None = None
) -> Frames:
    """The moving portrait on the canvas at the film's rate, captions burned in if asked for; drawn
    when read.
    """
    composed = composition.compose(frames, shot)
    if interpolator is not None:
        composed = at_rate(composed, request.fps, interpolators.load(interpolator))
    return (
        captions.burn(composed, _cues(request, speech)) if request.captions == "burn" else composed
    )


def finish(request: Request, frames: Frames, speech: Speech, advance: Advance) -> Video:
    """Encode picture and sound into the file, and write captions beside it if asked for.

    ``advance`` counts frames.
    """
    finished = writer.encode(
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


def read_text(path: Path) -> str:
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
