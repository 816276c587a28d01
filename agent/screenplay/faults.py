"""Where something is wrong in scenes and lines, in words: of screenplays, and of scripts."""

from __future__ import annotations

from typing import Any

from pydantic import BaseModel

from agent.faults import Names, choices, excerpt
from agent.shape import Path_


class Places(Names):
    """“scene 3 “welcome”, line 1: expression”. Users read it, and language models get it back."""

    noun = "field"
    whole = "the screenplay"
    around = whole  # what stands before a field that is in no scene

    def __init__(self, model: type[BaseModel], given: Any) -> None:
        """``given`` is what was read into ``model``, right or wrong."""
        super().__init__(model)
        self._given = given

    def scene_name(self, index: int) -> str | None:
        """What a scene is called, if it says so."""
        try:
            name = self._given["scenes"][index]["id"]
        except (KeyError, IndexError, TypeError):
            return None
        return name if isinstance(name, str) else None

    def subject(self, path: Path_) -> str:
        place, rest = self.around, path
        if len(rest) >= 2 and rest[0] == "scenes" and isinstance(rest[1], int):
            name = self.scene_name(rest[1])
            place = f"scene {rest[1] + 1}" + (f" {excerpt(name)}" if name else "")
            rest = rest[2:]
        if len(rest) >= 2 and rest[0] == "lines" and isinstance(rest[1], int):
            place, rest = f"{place}, line {rest[1] + 1}", rest[2:]
        field = "".join(f"[{step + 1}]" if isinstance(step, int) else f".{step}" for step in rest)
        return ": ".join(filter(None, (place, field.lstrip(".")))) or self.whole

    def named(self, field: int | str) -> str:
        return str(field)

    def missing(self, path: Path_) -> str:
        return f"{self.subject(path[:-1])} has no “{path[-1]}”, which it needs"

    def unknown(self, path: Path_) -> str:
        there = choices(path[-1], self.fields(path[:-1]))
        return f"{self.subject(path[:-1])} has no field {excerpt(path[-1])}; {there}"
