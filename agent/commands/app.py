"""``portrayal …``: from flags to one call, and from its result to the terminal. No logic.

What is slow to import is imported where it is used, so that ``--help`` is instant.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from agent.commands import produce as productions
from agent.commands import script, weights
from agent.commands.chat import chat
from agent.terminal.command import command

if TYPE_CHECKING:
    from agent.terminal.session import Session

EXIT_CODES = """\
**Exit codes** — 0: done. 1: a failure of Portrayal's own. 2: unknown option or missing argument.
3: what was given cannot be used (picture, words, recording, option). 4: an engine, voice or model
is not installed. 5: the result cannot be written. 6: a model or a server gave nothing usable.
130: stopped by Ctrl-C or a termination signal.
With `--json`, errors are one JSON object on stdout: error, message, exit_code.
"""

app = typer.Typer(
    name="portrayal",
    help="From a still portrait and words to a finished 1080p talking-head video.",
    epilog=EXIT_CODES,
    rich_markup_mode="markdown",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)
app.add_typer(weights.app)
app.add_typer(productions.app)
app.add_typer(script.app)
MAKING = ("Film", "Words", "Recording", "Voice", "Cloning", "Drawing", "Acting", "Picture")
WRITING = ("Film", "Wishes", "Voice", "Cloning", "Drawing", "Acting", "Picture")
command(app, epilog=EXIT_CODES, parts=WRITING, without=["expression"])(productions.produce)
command(app, epilog=EXIT_CODES, parts=["Wishes"], only=["model"])(productions.resume)
command(
    app,
    epilog=EXIT_CODES,
    flags=("quiet", "debug"),
    parts=WRITING,
    without=["portrait"],
)(chat)


@app.callback(invoke_without_command=True)
def portrayal(
    version: Annotated[bool, typer.Option("--version", help="Print the version.")] = False,
    setting: Annotated[
        list[str] | None,
        typer.Option(
            metavar="NAME=VALUE",
            help="A setting for this run, such as weights=/mnt/weights; may be given again. "
            "`portrayal doctor` lists them.",
            show_default=False,
        ),
    ] = None,
) -> None:
    from agent.terminal.session import flags

    flags.set(tuple(setting or ()))
    if version:
        from importlib.metadata import version as installed

        print(installed("portrayal"))
        raise typer.Exit


@command(app, epilog=EXIT_CODES, parts=MAKING)
def make(session: Session, **given: Any) -> None:
    """Make a portrait say something, in an MP4."""
    from agent.film.make import make as film
    from agent.request.model import Request
    from agent.terminal.tables import show

    show(session, film(Request.of(**given), session.work))


@command(app, epilog=EXIT_CODES, parts=MAKING, without=["quality"])
def preview(session: Session, **given: Any) -> None:
    """The first frame as a PNG and a small draft of the video, in seconds.

    They are written beside the video that `make` would write: NAME.preview.png and
    NAME.preview.mp4.
    """
    from agent.film.make import preview as draw
    from agent.request.model import Request
    from agent.terminal.tables import show_preview

    show_preview(session, draw(Request.of(**given), session.work))


@command(app, epilog=EXIT_CODES)
def upscale(
    session: Session,
    picture: Annotated[Path, typer.Argument(help="Any picture.", show_default=False)],
    output: Annotated[
        Path | None, typer.Option("--output", "-o", help="Default: NAME.large.png, in this folder.")
    ] = None,
    factor: Annotated[float, typer.Option(help="How many times as large, 1 to 16.")] = 4.0,
    upscaler: Annotated[
        str, typer.Option("--with", help="realesrgan, or sd-x4, which invents detail.")
    ] = "realesrgan",
    model: Annotated[
        str | None,
        typer.Option(help="One of its models, such as RealESRGAN_x2plus.", show_default=False),
    ] = None,
    denoise: Annotated[
        float | None,
        typer.Option(help="For realesr-general-x4v3: 0 keeps noise, 1 removes all of it."),
    ] = None,
) -> None:
    """Enlarge a picture, of 8 or 16 bits, with or without transparency, into a PNG."""
    from agent.terminal.tables import show_picture
    from tools.upscale.files import upscale as enlarge

    path = output or Path(picture.stem + ".large.png")
    with session.work.stage("upscale", 100) as advance:
        size = enlarge(
            picture,
            path,
            factor,
            name=upscaler,
            model=model,
            denoise=denoise,
            progress=lambda share: advance(round(100 * share)),
        )
    session.work.made(path)
    show_picture(session, path, size)


@command(app, epilog=EXIT_CODES)
def inspect(
    session: Session,
    video: Annotated[Path, typer.Argument(help="Any video of somebody talking.")],
    plot: Annotated[
        Path | None, typer.Option(help="Also draw mouth opening over speech into this PNG.")
    ] = None,
) -> None:
    """Measure a talking-head video: sync, lips in silence, face, stillness, sound, streams."""
    from agent.terminal.tables import show_report
    from tools import inspect as inspection
    from tools import output

    if plot is not None:
        output.check_writable(plot)
    with session.work.stage("inspect", 100) as advance:
        report = inspection.inspect(video, advance)
    if plot is not None:
        inspection.plot(report, plot)
        session.work.made(plot)
    show_report(session, report)


@command(
    app, epilog=EXIT_CODES, parts=["Wishes", "Recording"], only=["language", "clean", "listener"]
)
def transcribe(
    session: Session,
    recording: Annotated[
        Path, typer.Argument(help="A recording of somebody speaking.", show_default=False)
    ],
    output: Annotated[
        list[Path] | None,
        typer.Option(
            "--output",
            "-o",
            help="Write NAME.txt, captions as NAME.srt or NAME.vtt, or words with their times as "
            "NAME.json; may be given again.",
            show_default=False,
        ),
    ] = None,
    **given: Any,
) -> None:
    """Write down what a recording says, with the time of every word."""
    from agent.film import transcription

    found = transcription.transcribe(recording, output or (), session.work, **given)
    session.show(found.to_dict(), found.text)


@command(app, parts=["Voice"], only=["engine"])
def voices(
    session: Session,
    engine: str | None,
    names: Annotated[
        list[str] | None,
        typer.Argument(
            metavar="[VOICE…]", help="Only these, by name or language.", show_default=False
        ),
    ] = None,
    language: Annotated[
        str | None, typer.Option(help="Only voices of this language, such as de or en-gb.")
    ] = None,
    listen: Annotated[
        bool,
        typer.Option(
            "--listen", "-l", help="Hear VOICE, or the default, instead of seeing the list."
        ),
    ] = False,
    text: Annotated[
        str | None,
        typer.Option(help="What --listen says; default: a greeting.", show_default=False),
    ] = None,
    output: Annotated[
        Path | None,
        typer.Option("--output", "-o", help="A WAV file for --listen to write instead of playing."),
    ] = None,
) -> None:
    """List the available voices, and what would add more; or hear them.

    `portrayal voices --listen heart am_michael` plays both, one after the other. Where nothing can
    play sound, WAV files are written into this folder.
    """
    if listen or text or output:
        from agent.commands.voices import listen as hear

        hear(session, names or ([language] if language else []), engine, text, output)
        return
    from agent.terminal.tables import show_voices

    show_voices(session, engine, language, names or [])


@command(app)
def renderers(
    session: Session,
    name: Annotated[
        str | None, typer.Argument(help="Show this one's settings.", show_default=False)
    ] = None,
) -> None:
    """List the renderers, or the settings of one."""
    from agent.terminal.tables import show_renderer, show_renderers

    if name is None:
        show_renderers(session)
    else:
        show_renderer(session, name)


@command(app)
def doctor(session: Session) -> None:
    """Report what is installed, what is missing, and how to install it."""
    from agent import settings
    from agent.terminal.doctor import examine
    from agent.terminal.tables import show_findings

    show_findings(session, examine(), settings.shown(settings.current()))


@command(app)
def setup(
    session: Session,
    accept_licence: weights.AcceptLicence = False,
    yes: weights.Yes = False,
    language: Annotated[
        str | None,
        typer.Option(help="What you will have said, such as es; default: the system's language."),
    ] = None,
    source: weights.From = "web",
) -> None:
    """Look at this machine, propose a voice, a writer, ears and a renderer, and download them if
    you agree.
    """
    from agent.commands.setup import setup as set_up

    set_up(session, accept=accept_licence, yes=yes, language=language, source=source)


@command(app, parts=["Film", "Picture"], only=["output", "quality", "size"])
def demo(
    session: Session,
    output: Path | None,
    agent: Annotated[
        bool, typer.Option("--agent", help="Let the agent write and film it, from a prompt.")
    ] = False,
    **given: Any,
) -> None:
    """Make the demonstration video: a public-domain NASA portrait presents Portrayal."""
    if agent:
        productions.demonstrate(session, output or Path("out/demo-agent.mp4"), **given)
        return
    from agent.commands.demo import demonstrate
    from agent.terminal.tables import show

    outcome, report = demonstrate(output or Path("out/demo.mp4"), session.work, **given)
    show(session, outcome, report)


@command(app, flags=("debug",))
def mcp(
    session: Session,
    folder: Annotated[
        list[Path] | None,
        typer.Option(
            help="A folder in which the tools may read and write; may be given again. "
            "Default: this one.",
            show_default=False,
        ),
    ] = None,
) -> None:
    """Offer speak, render, upscale, compose and inspect to another agent, over MCP on stdio."""
    from agent.serve.mcp import serve

    session.note("Serving MCP on standard input and output; close the input to end.")
    serve(folder or [Path()])
