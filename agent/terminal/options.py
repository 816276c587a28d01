"""The command line's options, named once and used by every command that takes them."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Literal

import typer

Words = Annotated[
    str | None, typer.Argument(metavar="[TEXT]", help="What to say.", show_default=False)
]
Portrait = Annotated[
    Path,
    typer.Option("--portrait", "-p", help="A picture with a face.", show_default=False),
]
Output = Annotated[
    Path | None,
    typer.Option(
        "--output",
        "-o",
        help="The video to write; default: the portrait's name with .mp4, in this folder.",
        show_default=False,
    ),
]

SPEECH = "Words and voice"
TextFile = Annotated[
    Path | None,
    typer.Option(help="Read the words from this UTF-8 text file.", rich_help_panel=SPEECH),
]
Audio = Annotated[
    Path | None,
    typer.Option(help="Use this recording instead of a voice.", rich_help_panel=SPEECH),
]
Transcript = Annotated[
    str | None,
    typer.Option(
        help="The recording's words, in English, or a text file with them.",
        rich_help_panel=SPEECH,
    ),
]
Engine = Annotated[
    str | None,
    typer.Option(help="Speech engine; see `portrayal voices`.", rich_help_panel=SPEECH),
]
Voice = Annotated[
    str | None,
    typer.Option(help="Voice name, or a piper .onnx file.", rich_help_panel=SPEECH),
]
Speed = Annotated[
    float,
    typer.Option(help="Pace of the voice, 0.5 to 2 times its own.", rich_help_panel=SPEECH),
]

ACTING = "Acting"
Renderer = Annotated[
    str,
    typer.Option(
        help="See `portrayal renderers`; auto is the best this machine is fast enough for.",
        rich_help_panel=ACTING,
    ),
]
Set = Annotated[
    list[str] | None,
    typer.Option(
        "--set",
        metavar="NAME=VALUE",
        help="A setting of the renderer, such as pose_style=5; may be given again. "
        "`portrayal renderers NAME` lists them.",
        show_default=False,
        rich_help_panel=ACTING,
    ),
]
Expression = Annotated[
    str,
    typer.Option(
        metavar="NAME[:0..1]",
        help="neutral, happy, sad, angry, surprised, afraid, disgusted, serious or warm, "
        "such as happy:0.6.",
        rich_help_panel=ACTING,
    ),
]
HeadMotion = Annotated[
    Literal["still", "calm", "lively"],
    typer.Option(help="How much the head moves.", rich_help_panel=ACTING),
]
Seed = Annotated[
    int,
    typer.Option(help="A different seed gives a different take.", rich_help_panel=ACTING),
]
Face = Annotated[
    int | None,
    typer.Option(
        metavar="N",
        help="Which of several faces, counted from the left; default: the largest.",
        rich_help_panel=ACTING,
    ),
]

PICTURE = "Picture"
Aspect = Annotated[
    Literal["16:9", "9:16", "1:1"],
    typer.Option(help="Shape of the video.", rich_help_panel=PICTURE),
]
Size = Annotated[
    int,
    typer.Option(help="Shorter side of the video, 144 to 2160 pixels.", rich_help_panel=PICTURE),
]
Fps = Annotated[int, typer.Option(help="Frames per second, 10 to 60.", rich_help_panel=PICTURE)]
Interpolate = Annotated[
    str,
    typer.Option(
        help="How extra frames are made for a renderer with a lower frame rate: auto, none, "
        "flow or rife.",
        rich_help_panel=PICTURE,
    ),
]
Background = Annotated[
    str | None,
    typer.Option(
        metavar="blur|#rrggbb|IMAGE",
        help="What is behind the person; default: the portrait's own background.",
        rich_help_panel=PICTURE,
    ),
]
Captions = Annotated[
    Literal["none", "srt", "vtt", "burn"],
    typer.Option(help="Subtitles beside the video, or burned in.", rich_help_panel=PICTURE),
]
Quality = Annotated[
    Literal["draft", "standard", "best"],
    typer.Option(help="draft renders faster; best draws finer faces.", rich_help_panel=PICTURE),
]

TALK = "Terminal"
Json = Annotated[
    bool,
    typer.Option("--json", help="One JSON object on stdout.", rich_help_panel=TALK),
]
Events = Annotated[
    bool,
    typer.Option(
        "--events",
        help="JSON lines on stdout: what happens, and at last the result.",
        rich_help_panel=TALK,
    ),
]
Quiet = Annotated[
    bool,
    typer.Option("--quiet", "-q", help="No progress, no notes.", rich_help_panel=TALK),
]
Debug = Annotated[
    bool,
    typer.Option("--debug", help="Show tracebacks and library output.", rich_help_panel=TALK),
]
