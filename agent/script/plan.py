"""From a script to what the making of a film is told: defaults filled in, names looked up.

What was read is right (``agent.script.reader``), so nothing here can fail but for what the machine
lacks.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from agent.faults import choices, excerpt
from agent.film import plan as film
from agent.film.casting import Suited, companion, speaking
from agent.film.plan import CUT, Plan, Takeover, View
from agent.film.sound import UNKNOWN
from agent.request.model import canvas
from agent.script import words
from agent.script.faults.looks import layout, presenters, voice_of, whole, written
from agent.script.format import model
from tools.errors import OptionError
from tools.spoken import clean
from tools.spoken.detection import language_in
from tools.ssml import parse
from tools.video.footage import is_video
from tools.video.formats import FORMATS

_MARKUP = set("<&")  # what markup is written with
_ENDS = tuple(".!?…。！？")  # of sentences

NEAR = 1.12  # times closer, where a pan says nothing of zoom: or there would be no room to travel


def staged(script: model.Script, ids: Sequence[str], output: Path) -> Plan:
    """The whole film of a script; ``ids`` are its scenes' names.

    Raises OptionError where the file to write cannot be of the kind that the script asks for.
    """
    script = _in_its_language(script)
    cast = _Cast(script)
    scenes = [cast.scene(scene, name) for scene, name in zip(script.scenes, ids, strict=True)]
    first: dict[str, Any] = {"opening": True}
    if script.scenes[0].transition is None:  # there is nothing to take over from
        first["into"] = CUT
    scenes[0] = scenes[0].model_copy(update=first)
    return Plan(language=script.language, film=_film(script, output), scenes=tuple(_joined(scenes)))


def _in_its_language(script: model.Script) -> model.Script:
    """The script in the language that its words are plainly in, unless it says itself."""
    if "language" in script.model_fields_set:
        return script
    said = (
        scene.text or " ".join(line.text or "" for line in scene.lines) for scene in script.scenes
    )
    found = language_in(" ".join(said))
    return script.model_copy(update={"language": found}) if found else script


def only(plan: Plan, wanted: Sequence[str]) -> Plan:
    """A plan of some of its scenes. Raises OptionError for one it does not have."""
    names = [scene.id for scene in plan.scenes]
    for name in wanted:
        if name not in names:
            told = f"There is no scene {excerpt(name)}; {choices(name, names)}"
            raise OptionError(told if told.endswith("?") else f"{told}.")
    scenes = [scene for scene in plan.scenes if scene.id in wanted]
    if scenes[0] != plan.scenes[0]:  # what it took over from is not there
        scenes[0] = scenes[0].model_copy(update={"into": CUT})
    return plan.model_copy(update={"scenes": tuple(_joined(scenes))})


def _joined(scenes: Sequence[film.Scene]) -> Iterator[film.Scene]:
    """The scenes, each knowing how the next one takes over."""
    following = [*(scene.into for scene in scenes[1:]), CUT]
    for scene, out in zip(scenes, following, strict=True):
        yield scene.model_copy(update={"out": out})


class _Cast:
    """Who and what a script names."""

    def __init__(self, script: model.Script) -> None:
        self.script = script
        self._introduced: set[str] = set()
        self._unnamed: dict[str, None] = {}  # speakers whose voices the script does not name
        self._tags = _tags(script)

    def scene(self, own: model.Scene, name: str) -> film.Scene:
        scene = whole(self.script, own)
        portraits, arranged = presenters(self.script, scene), layout(self.script, scene)
        shown = () if arranged in model.CARDS else portraits
        files = (self.script.portraits[portrait] for portrait in shown)
        usual = {"corner", "head_motion", "seed", "renderer"}  # where nothing is said
        return film.Scene(
            id=name,
            title=scene.title,
            subtitle=scene.subtitle,
            lines=tuple(self._spoken(line, scene, portraits) for line in self._lines(scene)),
            presenters=tuple(film.Presenter(portrait=Path(f.file), face=f.face) for f in files),
            layout="card" if arranged == "end" else arranged,
            background=self._background(scene),
            content=_content(scene),
            ending=arranged == "end",
            lower_third=self._lower_third(scene, shown),
            into=_takeover(scene.transition, self.script.output.fps),
            camera=_views(scene.camera),
            pause=scene.pause,
            least=scene.duration or 0.0,
            set=tuple(f"{key}={value}" for key, value in written(scene.settings).items()),
            quality=scene.quality or self.script.output.quality,
            **scene.model_dump(include=usual, exclude_none=True),
        )

    # --- Words ----------------------------------------------------------------------------------

    def _lines(self, scene: model.Scene) -> Sequence[model.Line]:
        if scene.text is None:
            return scene.lines
        language = voice_of(self.script, scene).language or self.script.language
        given = self.script.defaults.model_fields_set
        worn, found = "expression" in given, words.lines(scene.text, language)
        return [
            # What the director knows of faces and pauses gives way to what the script says of them.
            model.Line.model_construct(
                text=said.text,
                expression=None if worn else said.line.expression,
                intensity=None if worn or "intensity" in given else said.line.intensity,
                emphasis=said.line.emphasis,
                pause=self._pause(said, last=said is found[-1]),
            )
            for said in found
        ]

    def _pause(self, said: words.Said, *, last: bool) -> float | None:
        """Seconds after a line that was found in a text; None is what the script says of all."""
        if said.pause is not None:
            return said.pause
        ends = last or said.line.text.rstrip("\"'”’»)").endswith(_ENDS)
        worn = "pause" in self.script.defaults.model_fields_set
        return None if worn and ends else said.line.pause

    def _spoken(self, line: model.Line, scene: model.Scene, portraits: Sequence[str]) -> film.Line:
        defaults = self.script.defaults
        speaker = line.speaker or (portraits[0] if portraits else None)
        voice = voice_of(self.script, scene, line)
        language = line.language or voice.language or self.script.language
        speaks = voice.language or self.script.language
        # A line in another language is not for a voice that speaks this one.
        foreign = language.split("-")[0].lower() != speaks.split("-")[0].lower()
        asked, note = None if foreign else voice.voice, None
        if line.audio is None and asked is None and voice.engine is None:
            asked, _, note = self._usual(speaker, language)
        said = line.text or line.transcript or ""  # nobody need know what a recording says
        unknown = not said and not (line.language or voice.language)
        marked = line.text is not None and bool(_MARKUP & set(line.text))
        shown = speaker in portraits and layout(self.script, scene) not in model.CARDS
        return film.Line(
            text=clean(said) if said and not marked else said,
            markup=marked,
            audio=None if line.audio is None else Path(line.audio),
            clean=line.clean,
            speaker=portraits.index(speaker) if speaker and shown else None,
            engine=voice.engine,
            voice=asked or language,
            note=note,
            speed=voice.speed,
            consent=voice.consent,
            language=UNKNOWN if unknown else language,
            expression=defaults.expression if line.expression is None else line.expression,
            intensity=defaults.intensity if line.intensity is None else line.intensity,
            emphasis=(*line.emphasis, *_stressed(line)),
            pause=defaults.pause if line.pause is None else line.pause,
            translations=tuple(
                (self._tags.get(tag.lower()) or tag, text)
                for tag, text in line.translations.items()
            ),
        )

    def _usual(self, speaker: str | None, language: str) -> Suited:
        """The voice of a speaker for whom the script names none; every second one has another."""
        self._unnamed.setdefault(speaker or "")
        place = list(self._unnamed).index(speaker or "")
        return companion(language) if place % 2 else speaking(language)

    # --- Pictures -------------------------------------------------------------------------------

    def _background(self, scene: model.Scene) -> str | film.Picture | None:
        match scene.background:
            case model.Blur():
                return "blur"
            case model.Plain(colour=colour):
                return str(colour)
            case model.Still(image=image):
                return film.Picture(file=Path(image), video=False, fit="cover")
            case model.Moving(video=video, start=start):
                return film.Picture(file=Path(video), video=True, fit="cover", start=start)
        return "transparent" if self.script.output.alpha else None

    def _lower_third(
        self, scene: model.Scene, portraits: Sequence[str]
    ) -> tuple[str, str | None] | None:
        """A name, and what stands under it; by the brand, when somebody is first seen."""
        asked = scene.lower_third
        if isinstance(asked, model.LowerThird):
            return asked.name, asked.role
        first = portraits[0] if len(portraits) == 1 else None
        if first is None:
            return None
        new = first not in self._introduced
        self._introduced.add(first)
        portrait = self.script.portraits[first]
        if portrait.name and (asked or (asked is None and self.script.brand.lower_third and new)):
            return portrait.name, portrait.role
        return None


def _stressed(line: model.Line) -> tuple[str, ...]:
    """The words that a line's markup emphasises."""
    found = parse(line.text).emphasis if line.text and "<" in line.text else ()
    return tuple(word for word, level in found if level in {"strong", "moderate"})


def _tags(script: model.Script) -> dict[str, str]:
    """Languages of captions by their tags in lower case, as they are written; "" is the film's."""
    own = script.language.lower()
    wanted = {tag.lower(): tag for tag in reversed(script.captions.languages)}
    return {tag: "" if tag == own else wanted[tag] for tag in reversed(wanted)}


def _film(script: model.Script, output: Path) -> film.Film:
    brand, bed, wanted = script.brand, script.music, script.output
    captions = script.captions.model_dump(exclude={"languages"})
    shared = wanted.model_dump(include={"fps", "alpha", "quality", "interpolate"})
    languages = _tags(script) or {"": ""}
    return film.Film(
        output=output,
        title=script.title,
        size=canvas(wanted.aspect, wanted.size),
        codec=_codec(script, output),
        captions=film.Captions(languages=tuple(languages.values()), **captions),
        brand=film.Brand(
            font=None if brand.font is None else Path(brand.font),
            logo=None if brand.logo is None else film.Logo(**brand.logo.model_dump()),
            **brand.colours.model_dump(),
        ),
        music=None if bed is None else film.Music(**bed.model_dump()),
        **shared,
    )


def _codec(script: model.Script, output: Path) -> Any:
    """What the script says, or the file's name does. Raises OptionError where they disagree."""
    endings = {kind.suffix: name for name, kind in FORMATS.items()}
    named = endings.get(output.suffix.lower())
    if named is None:
        raise OptionError(
            f"“{output}” is not a film; its name has to end in {', '.join(sorted(endings))}."
        )
    codec = script.output.codec or named
    if codec != named:
        raise OptionError(
            f"The script asks for {codec}, which goes into {FORMATS[codec].suffix}, not into "
            f"“{output.name}”."
        )
    if script.output.alpha and not FORMATS[codec].alpha:
        raise OptionError(
            f"“{output.name}” cannot be transparent; name the film .mov (prores) or .webm (vp9)."
        )
    return codec


def _content(scene: model.Scene) -> film.Slide | film.Picture | None:
    slide, broll = scene.slide, scene.broll
    if slide is not None and slide.file is not None:
        return film.Picture(file=Path(slide.file), video=False, fit="contain")
    if slide is not None:
        return film.Slide(title=slide.title, points=slide.points)
    if broll is not None:
        file = Path(broll.file)
        return film.Picture(file=file, video=is_video(file), fit=broll.fit, start=broll.start)
    return None


def _takeover(wanted: model.Transition | None, fps: int) -> Takeover:
    if wanted is None or wanted.kind == "cut":
        return CUT
    return Takeover(kind=wanted.kind, frames=max(1, round(wanted.duration * fps)))


def _views(wanted: model.Camera | None) -> tuple[View, View] | None:
    """Where a camera begins and ends; None where it stands still and sees all."""
    if wanted is None or (wanted.zoom == 1 and wanted.pan == "none"):
        return None
    if isinstance(wanted.zoom, tuple):
        begins, ends = wanted.zoom
    elif wanted.pan == "none":
        begins, ends = 1.0, wanted.zoom
    else:
        begins = ends = NEAR if wanted.zoom == 1 else wanted.zoom
    away = {"left": (1, 0), "right": (-1, 0), "up": (0, 1), "down": (0, -1), "none": (0, 0)}
    across, down = away[wanted.pan]

    def view(zoom: float, side: int) -> View:
        room = (1 - 1 / zoom) / 2
        return View(zoom=zoom, x=0.5 + side * across * room, y=0.5 + side * down * room)

    return view(begins, 1), view(ends, -1)
