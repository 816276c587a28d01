"""What a caller may say: one model per tool, written for a language model to read.

Everything is bounded and nothing else is taken. Paths are strings here; ``folders`` decides.
"""

from __future__ import annotations

from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, StrictBool

from agent.request.model import PACES, RATES, SIZES, Aspect, Captions
from renderers.base import Quality
from tools.media import HeadMotion

MOST_CHARACTERS = 10_000  # of narration: about ten minutes
MOST_SETTINGS = 20
MOST_FACES = 50
LARGEST_SEED = 2**31 - 1
FACTORS = (1.0, 16.0)

# Names of voices, engines, renderers and the like: never a path.
NAME = r"^[A-Za-z0-9][\w.+-]{0,79}$"
VALUE = r"^[A-Za-z0-9+-][\w.,:+-]{0,199}$"

Name = Annotated[str, Field(pattern=NAME)]
Source = Annotated[str, Field(min_length=1, max_length=1000)]
Words = Annotated[str, Field(min_length=1, max_length=MOST_CHARACTERS)]
Overwrite = Annotated[
    StrictBool,
    Field(description="Replace the output if it exists. Without it an existing file is kept."),
]
Portrait = Annotated[
    Source, Field(description="Path of a picture with a face: PNG, JPEG, WebP, BMP, TIFF or GIF.")
]
Engine = Annotated[
    Name | None, Field(description="Speech engine, see list_voices; leave out for the best.")
]
Voice = Annotated[
    Name | None,
    Field(
        description="Voice name from list_voices such as 'en-us', or a language such as 'de'; "
        "leave out for the default. Never a path."
    ),
]
Speed = Annotated[
    float, Field(ge=PACES[0], le=PACES[1], description="Pace, as a multiple of the voice's own.")
]
Shape = Annotated[Aspect, Field(description="Shape of the picture, width to height.")]
Face = Annotated[
    int | None,
    Field(ge=1, le=MOST_FACES, description="Which face, from the left, from 1; default: largest."),
]
Size = Annotated[
    int,
    Field(ge=SIZES.start, le=SIZES.stop - 1, description="Shorter side of the picture in pixels."),
]
Background = Annotated[
    Source | None,
    Field(
        description="What stands behind the person: 'blur', a colour such as '#204060', or the "
        "path of a picture; leave out to keep the portrait's own."
    ),
]


class Arguments(BaseModel):
    """Arguments of a tool."""

    model_config = ConfigDict(extra="forbid", frozen=True, allow_inf_nan=False)


class Speak(Arguments):
    text: Annotated[Words, Field(description="The words to speak, plain text.")]
    output: Annotated[Source, Field(description="Path of the sound file to write, NAME.wav.")]
    engine: Engine = None
    voice: Voice = None
    speed: Speed = 1.0
    overwrite: Overwrite = False


class Render(Arguments):
    portrait: Portrait
    output: Annotated[Source, Field(description="Path of the video to write, NAME.mp4.")]
    text: Annotated[
        Words | None,
        Field(description="What to say. Give exactly one of text, text_file and audio."),
    ] = None
    text_file: Annotated[
        Source | None, Field(description="Path of a UTF-8 text file that holds what to say.")
    ] = None
    audio: Annotated[
        Source | None,
        Field(description="Path of a recording of a voice to speak with, such as one by speak."),
    ] = None
    transcript: Annotated[
        Words | None,
        Field(description="The words, in English, that the recording says; sharpens the lips."),
    ] = None
    transcript_file: Annotated[
        Source | None, Field(description="Path of a UTF-8 text file that holds the transcript.")
    ] = None
    engine: Engine = None
    voice: Voice = None
    speed: Speed = 1.0
    renderer: Annotated[
        Name, Field(description="See list_renderers; 'auto' is the best for this machine.")
    ] = "auto"
    settings: Annotated[
        dict[Name, Annotated[str, Field(pattern=VALUE)]],
        Field(
            max_length=MOST_SETTINGS,
            description="Settings of the renderer named, as list_renderers gives them.",
        ),
    ] = {}
    expression: Annotated[
        str,
        Field(
            pattern=r"^[a-z]{1,20}(:[0-9.]{1,6})?$",
            description="neutral, happy, sad, angry, surprised, afraid, disgusted, serious or "
            "warm, with a strength from 0 to 1 if wanted: 'happy:0.6'.",
        ),
    ] = "neutral"
    head_motion: Annotated[HeadMotion, Field(description="How much the head moves.")] = "calm"
    seed: Annotated[
        int, Field(ge=0, le=LARGEST_SEED, description="Another seed, another take.")
    ] = 0
    face: Face = None
    aspect: Shape = "16:9"
    size: Size = 1080
    fps: Annotated[
        int, Field(ge=RATES.start, le=RATES.stop - 1, description="Frames per second.")
    ] = 25
    interpolate: Annotated[
        Name, Field(description="What makes frames between those drawn: auto, none, flow, rife.")
    ] = "auto"
    background: Background = None
    captions: Annotated[
        Captions,
        Field(description="Subtitles in a file beside the video (srt, vtt), or burned in."),
    ] = "none"
    quality: Annotated[Quality, Field(description="draft is faster; best is finer.")] = "standard"
    overwrite: Overwrite = False


class Upscale(Arguments):
    picture: Annotated[Source, Field(description="Path of any picture.")]
    output: Annotated[Source, Field(description="Path of the picture to write, NAME.png.")]
    factor: Annotated[
        float, Field(ge=FACTORS[0], le=FACTORS[1], description="How many times as large.")
    ] = 4.0
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
    portrait: Portrait
    output: Annotated[Source, Field(description="Path of the picture to write, NAME.png.")]
    background: Background = None
    aspect: Shape = "16:9"
    size: Size = 1080
    face: Face = None
    overwrite: Overwrite = False


class Inspect(Arguments):
    video: Annotated[Source, Field(description="Path of a video of somebody talking.")]


class ListVoices(Arguments):
    language: Annotated[
        Annotated[str, Field(pattern=r"^[A-Za-z]{2,8}([_-][A-Za-z0-9]{1,8}){0,4}$")] | None,
        Field(description="Only voices of this language, such as 'de' or 'en-gb'."),
    ] = None
    engine: Engine = None


class ListRenderers(Arguments):
    renderer: Annotated[Name | None, Field(description="Only this one; leave out for all.")] = None
