"""What a caller may say: one model per tool, written for a language model to read.

What a film takes is what ``agent.request.options`` declares; here are the bounds of what another
program may say. Everything is bounded and nothing else is taken. ``folders`` decides on paths.
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import Annotated, Any

from pydantic import (
    BaseModel,
    ConfigDict,
    Field,
    GetJsonSchemaHandler,
    StrictBool,
    ValidationInfo,
    field_validator,
)
from pydantic_core import CoreSchema, PydanticKnownError

from agent.faults import Form, Names
from agent.request import options
from agent.request.options import AUTO, DEFAULTS, LONGEST_PATH, NAME, File
from agent.shape import Path_

MOST_CHARACTERS = 10_000  # of narration: about ten minutes
MOST_SETTINGS = 20
LONGEST_NAME = 60

Name = Annotated[str, Field(pattern=f"^{NAME}$"), Form("a plain name")]
Value = Annotated[
    str, Field(pattern=r"^[A-Za-z0-9+-][\w.,:+-]{0,199}$"), Form("a plain value, never a path")
]
Text = Annotated[str, Field(min_length=1, max_length=MOST_CHARACTERS)]
Overwrite = Annotated[
    StrictBool,
    Field(description="Replace the output if it exists. Without it an existing file is kept."),
]


class Arguments(BaseModel):
    """Arguments of a tool."""

    model_config = ConfigDict(extra="forbid", frozen=True, allow_inf_nan=False)

    @field_validator("*")
    @classmethod
    def _plain(cls, value: Any, info: ValidationInfo) -> Any:
        """What names something is a plain name; paths are for ``folders`` to judge."""
        name = info.field_name or ""
        pattern = options.option(cls.model_fields[name]).pattern
        if pattern is None or not isinstance(value, str) or options.files(cls, {name: value}):
            return value
        if not re.fullmatch(pattern, value):
            raise PydanticKnownError("string_pattern_mismatch", {"pattern": pattern})
        return value

    @classmethod
    def __get_pydantic_json_schema__(
        cls, core: CoreSchema, handler: GetJsonSchemaHandler
    ) -> dict[str, Any]:
        """Described for a language model, with the patterns of names and the lengths of paths."""
        schema = handler.resolve_ref_schema(handler(core))
        for name, field in cls.model_fields.items():
            special, described = options.option(field), schema["properties"][name]
            described["description"] = special.told or field.description
            for kind in described.get("anyOf", [described]):
                if kind.pop("format", None) == "path":
                    kind |= {"minLength": 1, "maxLength": LONGEST_PATH}
                elif kind.get("type") == "string" and options.file(field):
                    kind["maxLength"] = LONGEST_PATH
                elif kind.get("type") == "string" and special.pattern:
                    kind["pattern"] = f"^{special.pattern}$"
        return schema


class Called(Names):
    """Fields of a tool's model as its arguments."""

    noun = "argument"

    def subject(self, path: Path_) -> str:
        return f"the argument {'.'.join(map(str, path))[:LONGEST_NAME]}" if path else ""

    def named(self, field: int | str) -> str:
        return {"set": "settings"}.get(str(field), str(field))


class Speak(Arguments):
    text: Annotated[Text, Field(description="The words to speak, plain text.")]
    output: Annotated[Path, Field(description="The sound file to write, NAME.wav."), File()]
    engine: options.Engine = None
    voice: options.VoiceName = None
    speed: options.Speed = DEFAULTS["speed"]
    overwrite: Overwrite = False


class Render(
    Arguments,
    options.Picture,
    options.Acting,
    options.Voice,
    options.Recording,
    options.Words,
    options.Film,
):
    text: Annotated[
        Text | None,
        Field(description="What to say. Give exactly one of text, text_file and audio."),
    ] = None
    transcript: Annotated[
        Text | None,
        Field(description="The words that the recording says; they sharpen the lips."),
    ] = None
    transcript_file: Annotated[
        Path | None,
        Field(description="Path of a UTF-8 text file that holds the transcript."),
        File(),
    ] = None
    renderer: options.Renderer = AUTO
    settings: Annotated[
        dict[Name, Value],
        Field(
            max_length=MOST_SETTINGS,
            description="Settings of the renderer named, as list_renderers gives them.",
        ),
    ] = {}
    overwrite: Overwrite = False


class Upscale(Arguments):
    picture: Annotated[Path, Field(description="Path of any picture."), File()]
    output: Annotated[Path, Field(description="Path of the picture to write, NAME.png."), File()]
    factor: Annotated[float, Field(ge=1, le=16, description="How many times as large.")] = 4.0
    upscaler: Annotated[Name, Field(description="realesrgan, or sd-x4, which invents detail.")] = (
        "realesrgan"
    )
    model: Annotated[
        Name | None, Field(description="One of its models, such as RealESRGAN_x2plus.")
    ] = None
    denoise: Annotated[
        float | None,
        Field(ge=0, le=1, description="For realesr-general-x4v3: how much noise to take away."),
    ] = None
    overwrite: Overwrite = False


class Compose(Arguments):
    portrait: options.Portrait
    output: Annotated[Path, Field(description="Path of the picture to write, NAME.png."), File()]
    background: options.Background = None
    aspect: options.Aspect = DEFAULTS["aspect"]
    size: options.Size = DEFAULTS["size"]
    face: options.Face = None
    overwrite: Overwrite = False


class Inspect(Arguments):
    video: Annotated[Path, Field(description="Path of a video of somebody talking."), File()]


class ListVoices(Arguments):
    language: Annotated[
        Annotated[str, Field(pattern=r"^[A-Za-z]{2,8}([_-][A-Za-z0-9]{1,8}){0,4}$")] | None,
        Field(description="Only voices of this language, such as 'de' or 'en-gb'."),
        Form("a language such as de or en-gb"),
    ] = None
    engine: options.Engine = None


class ListRenderers(Arguments):
    renderer: Annotated[Name | None, Field(description="Only this one; leave out for all.")] = None
