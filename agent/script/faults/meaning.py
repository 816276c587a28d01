"""What types cannot know of a script: whether names refer to something, and things go together."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from agent.faults import choices, excerpt
from agent.request.options import AUTO
from agent.screenplay.model import MOST_CHARACTERS
from agent.script import words
from agent.script.faults import looks
from agent.script.faults.places import Places
from agent.script.format.model import CARDS, Blur, Line, Look, Scene, Script, Voice
from agent.script.source.tree import Path_
from renderers import base as renderers
from renderers.expressions import PRESETS
from tools.errors import OptionError
from tools.interpolate import base as interpolators
from tools.listening import base as listeners
from tools.speech import base as engines


def check(script: Script, ids: Sequence[str], places: Places) -> None:
    """Tell everything that is wrong with ``script``, where it is not wrong already."""
    checks = _Checks(script, places)
    checks.references()
    checks.look(script.defaults, ("defaults",))
    checks.captions()
    checks.length()
    for index, scene in enumerate(script.scenes):
        _Scene(checks, scene, ("scenes", index)).check()
    checks.ids(ids)
    checks.transitions()


class _Checks:
    """Checks of the script as a whole, and what those of scenes share."""

    def __init__(self, script: Script, places: Places) -> None:
        self.script, self.places = script, places
        # Names that are defined, those included whose definition is wrong.
        named = {name: tuple(part.fields) for name, part in places.tree.fields.items()}
        self.portraits, self.voices = named.get("portraits", ()), named.get("voices", ())

    def tell(self, path: Path_, message: str, *, name: bool = False) -> None:
        """``message`` follows what stands at ``path``, in words."""
        if self.places.sound(path):
            self.places.tell(path, f"{self.places.subject(path)} {message}", name=name)

    def known(self, path: Path_, name: str, there: Collection[str], what: str) -> None:
        """Tell if there is no such ``what``."""
        if name not in there:
            self.tell(path, f"{excerpt(name)} is not a {what}; {choices(name, there)}")

    def references(self) -> None:
        """Tell of names that refer to nothing."""
        there: dict[str, tuple[str, Collection[str]]] = {
            "portrait": ("portrait", self.portraits),
            "voice": ("voice", self.voices),
            "engine": ("speech engine", engines.available()),
            "expression": ("known expression", PRESETS),
            "renderer": ("renderer", (AUTO, *renderers.available())),
            "interpolate": ("way to interpolate", (AUTO, "none", *interpolators.available())),
        }
        for path, part in looks.parts(self.script):
            for field in there.keys() & type(part).model_fields.keys():
                value, (what, names) = getattr(part, field), there[field]
                if isinstance(value, tuple):
                    for number, name in enumerate(value):
                        self.known((*path, field, number), name, names, what)
                elif value is not None and not (isinstance(part, Voice) and field == "voice"):
                    self.known((*path, field), value, names, what)

    def look(self, look: Look, path: Path_) -> None:
        """What scenes and defaults may both say."""
        if isinstance(look.portrait, tuple) and look.portrait[0] == look.portrait[1]:
            self.tell((*path, "portrait"), "has to be two different portraits")
        if look.settings:
            self.settings(look, (*path, "settings"))
        if look.background is not None and self.script.output.alpha:
            message = "cannot be, since output.alpha leaves what is behind transparent"
            self.tell((*path, "background"), message, name=True)

    def settings(self, look: Look, path: Path_) -> None:
        """Tell of settings whose names or values the renderer refuses, each in its place."""
        if (look.renderer or self.script.defaults.renderer or AUTO) == AUTO:
            self.tell(path, "belong to one renderer; name it with “renderer”", name=True)
        spec = looks.renderer(look, self.script.defaults)
        if spec is None:
            return
        known = [setting.name for setting in renderers.settings(spec)]
        for given, value in looks.written(look.settings).items():
            at = (*path, given)
            if given not in known:
                message = f"is not a setting of the renderer {spec.name}; {choices(given, known)}"
                self.tell(at, message, name=True)
            elif self.places.sound(at):
                try:
                    renderers.check(spec.name, {given: value})
                except OptionError as error:
                    self.places.tell(at, f"{self.places.subject(at)}: {str(error).rstrip('.')}")

    def captions(self) -> None:
        captions = self.script.captions
        if captions.karaoke and not captions.burn:
            message = "needs captions in the picture: burn: true"
            self.tell(("captions", "karaoke"), message, name=True)
        if captions.languages and captions.files == "none":
            message = "are written beside the film: say files: srt, or vtt"
            self.tell(("captions", "languages"), message, name=True)
        for number, language in enumerate(captions.languages):
            if language.lower() != self.script.language.lower():
                self.translated(language, ("captions", "languages", number))
        if (captions.burn or captions.files != "none") and listeners.missing():
            for path, line in looks.parts(self.script):
                if isinstance(line, Line) and line.audio is not None and line.transcript is None:
                    self.tell((*path, "audio"), "needs a transcript, for captions", name=True)

    def translated(self, language: str, path: Path_) -> None:
        """Tell if a line cannot be captioned in ``language``."""
        lacking: list[Path_] = []
        for index, scene in enumerate(self.script.scenes):
            if scene.text is not None:
                lacking.append(("scenes", index, "text"))
            lacking += [
                ("scenes", index, "lines", row)
                for row, line in enumerate(scene.lines)
                if language.lower() not in map(str.lower, line.translations)
            ]
        if lacking := [at for at in lacking if self.places.sound(at)]:
            first = self.places.subject(lacking[0])
            where = self.places.line(lacking[0], path)
            also = f" and {len(lacking) - 1:,} more" if len(lacking) > 1 else ""
            lacks = f"{excerpt(language)} has no translation for {first} (in {where}){also}"
            self.tell(path, f"{lacks}; every line needs one under “translations”")

    def length(self) -> None:
        characters = sum(
            len(scene.text or "")
            + sum(len(line.text or line.transcript or "") for line in scene.lines)
            for scene in self.script.scenes
        )
        if characters > MOST_CHARACTERS:
            most = f"at most {MOST_CHARACTERS:,} are spoken"
            self.tell(("scenes",), f"have {characters:,} characters to say; {most}", name=True)

    def ids(self, ids: Sequence[str]) -> None:
        """Tell of two scenes of one name."""
        first: dict[str, int] = {}
        for index, name in enumerate(ids):
            path: Path_ = ("scenes", index, "id")
            if name in first:
                where = self.places.line(("scenes", first[name], "id"), path)
                self.tell(path, f"{excerpt(name)} is taken by the scene in {where}")
            first.setdefault(name, index)

    def transitions(self) -> None:
        """Tell of silent scenes that are over before their transitions are."""
        chosen = [s.transition or self.script.defaults.transition for s in self.script.scenes]
        halves = [one.duration / 2 if one and one.kind != "cut" else 0.0 for one in chosen]
        for index, scene in enumerate(self.script.scenes):
            needed = sum(halves[index : index + 2])
            if not looks.speaks(scene) and scene.duration is not None and scene.duration < needed:
                share = f"its share of the transitions before and after it, {needed:g} s"
                message = f"{scene.duration:g} s is shorter than {share}"
                self.tell(("scenes", index, "duration"), message)


class _Scene:
    """Checks of one scene."""

    def __init__(self, checks: _Checks, scene: Scene, path: Path_) -> None:
        self.checks, self.scene, self.path = checks, scene, path
        self.script = checks.script
        self.presenters = looks.presenters(self.script, scene)
        self.layout = looks.layout(self.script, scene)

    def tell(self, field: str, message: str) -> None:
        self.checks.tell((*self.path, field), message, name=True)

    def check(self) -> None:
        self.checks.look(self.scene, self.path)
        if self.nobody():
            self.checks.tell(self.path, "needs a portrait; say which, or choose layout card")
        else:
            if self.checks.places.sound((*self.path, "layout")):
                self.arrangement()
            self.lower_third()
        if self.scene.text is not None:
            self.words((*self.path, "text"), self.scene.text)
        for row, line in enumerate(self.scene.lines):
            self.line(line, (*self.path, "lines", row))

    @property
    def shown(self) -> str | None:
        """What is shown beside or instead of presenters: the field's name."""
        return "slide" if self.scene.slide else "broll" if self.scene.broll else None

    def arrangement(self) -> None:
        """Layout against content."""
        scene, shown = self.scene, self.shown
        own = "layout" if scene.layout else shown or "portrait"
        if self.layout in CARDS:
            self.card(own)
        else:
            if not self.presenters:
                self.tell(own, "needs a portrait; say which, or choose layout card")
            if scene.subtitle is not None:
                self.tell("subtitle", "is only seen in layout card")
        if self.layout in {"left", "right", "corner"} and not shown:
            self.tell(own, f"{self.layout} needs something to show: a slide or broll")
        if self.layout in {"full", "conversation"} and shown:
            self.tell(shown, f"is not seen in layout {self.layout}; choose left, right or corner")
        if self.layout == "conversation":
            if len(self.presenters) != 2:
                self.tell(own, "conversation needs two portraits: portrait: [one, two]")
        elif self.layout not in CARDS and len(self.presenters) == 2:
            self.tell(own, f"{self.layout} shows one portrait, not two; choose conversation")
        if scene.corner is not None and self.layout != "corner":
            self.tell("corner", f"says nothing in layout {self.layout}; choose layout corner")

    def card(self, own: str) -> None:
        """What a card shows, and what it would hide."""
        scene, shown = self.scene, self.shown
        if isinstance(scene.background, Blur):
            self.tell("background", "blur needs a presenter; there is none in layout card")
        elif not (scene.title or shown or self.ground()):
            self.tell(own, "card needs something to show: a title, a slide, broll or a background")
        elif scene.background is not None and shown:
            self.tell("background", f"is not seen behind a {shown}; leave one of them out")
        if scene.title is not None and shown:
            self.tell("title", f"is not seen over a {shown}; leave one of them out")
        elif scene.subtitle is not None and scene.title is None:
            self.tell("subtitle", "needs a title above it")

    def nobody(self) -> bool:
        """Whether it is open who says something, or where somebody would be seen."""
        chosen = self.scene.layout or self.script.defaults.layout or self.presenters
        if chosen or not looks.speaks(self.scene):
            return False
        return bool(self.checks.portraits) or not (self.shown or self.scene.title or self.ground())

    def ground(self) -> bool:
        """Whether it has a background that needs no presenter."""
        chosen = self.scene.background or self.script.defaults.background
        return chosen is not None and not isinstance(chosen, Blur)

    def line(self, line: Line, path: Path_) -> None:
        checks = self.checks
        there = self.presenters if self.layout not in CARDS else checks.portraits
        if line.speaker is not None:
            checks.known((*path, "speaker"), line.speaker, there, "portrait of this scene")
        field, said = ("text", line.text) if line.audio is None else ("transcript", line.transcript)
        if said is None:
            if line.emphasis:
                checks.tell((*path, "emphasis"), "needs a transcript of the recording", name=True)
            return
        held = self.words((*path, field), said, line)
        for number, word in enumerate(line.emphasis):
            if held is not None and word.casefold() not in held:
                at = (*path, "emphasis", number)
                checks.tell(at, f"{excerpt(word)} is not a word of the {field}")

    def words(self, path: Path_, text: str, line: Line | None = None) -> set[str] | None:
        """The words of a text; None after telling what is wrong with it."""
        voice = looks.voice_of(self.script, self.scene, line)
        language = (line and line.language) or voice.language or self.script.language
        wrong, held = words.words(text, language)
        for message in wrong:
            self.checks.tell(path, message)
        return None if wrong else held

    def lower_third(self) -> None:
        own, usual = self.scene.lower_third, self.script.defaults.lower_third
        path = ("defaults", "lower_third") if own is None else (*self.path, "lower_third")
        if own and self.layout in CARDS:
            self.tell("lower_third", "needs a presenter; there is none in layout card")
        if self.layout in CARDS or (usual if own is None else own) is not True:
            return
        if len(self.presenters) == 2:
            message = "names one presenter; where there are two, give it words: {name: Ana and Ben}"
            self.checks.tell(path, message, name=True)
        for name in self.presenters[:1]:
            portrait = self.script.portraits.get(name)
            if portrait is not None and portrait.name is None:
                self.checks.tell(path, f"needs a name; portraits.{name} has none", name=True)
