"""Each check passes on a good video and fails on one that has the fault, and only there."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import av
import cv2
import numpy as np
import pytest
from skimage import data

from tools.errors import OutputError, VideoError
from tools.face.detection import FaceMesh
from tools.inspect import Report, inspect, plot
from tools.inspect.tracker import FaceTracker
from tools.inspect.voice import STEP, speech_activity
from tools.media import Floats, Image

FPS, RATE, SECONDS = 25, 48_000, 5.0
SIZE = (450, 300)  # px
MOUTH = (204, 184)  # the middle of the astronaut's mouth in ``portrait``, px
PAUSES = ((0.0, 0.6), (2.4, 3.2), (4.5, 5.0))


@cache
def portrait() -> Image:
    """The astronaut's head and shoulders, with some background to either side."""
    return np.array(cv2.resize(data.astronaut()[0:240, 60:420], SIZE), np.uint8)


def syllables(times: Floats) -> Floats:
    """How strongly somebody speaks, in [0, 1]: uneven syllables, and pauses."""
    random = np.random.default_rng(5)
    level = np.zeros_like(times)
    onsets = np.arange(0.1, SECONDS, 0.24)
    for onset in onsets + random.uniform(-0.05, 0.05, len(onsets)):
        strength, width = random.uniform(0.3, 1.0), random.uniform(0.04, 0.09)
        level += strength * np.exp(-(((times - onset) / width) ** 2) / 2)
    for start, end in PAUSES:
        level *= 1 - np.clip((times - start) / 0.08, 0, 1) * np.clip((end - times) / 0.08, 0, 1)
    return np.clip(level, 0, 1).astype(np.float32)


def voice(level: Floats, times: Floats) -> Floats:
    """A buzz with the formants of a vowel, as loud as ``level``."""
    buzz = sum(
        np.sin(2 * np.pi * 120 * k * times + np.pi * k**2 / 30) / (1 + ((120 * k - 700) / 400) ** 2)
        for k in range(1, 30)
    )
    return np.asarray(np.tanh(0.5 * level * buzz), np.float32)


@cache
def jaw() -> tuple[Floats, Floats, Floats]:
    """Rows and columns of ``portrait``'s pixels, and how far each moves in an open mouth, px."""
    rows, columns = np.mgrid[0 : SIZE[1], 0 : SIZE[0]].astype(np.float32)
    near = np.exp(-(((columns - MOUTH[0]) / 26) ** 2) - (((rows - MOUTH[1]) / 34) ** 2))
    return rows, columns, 14 * near * np.clip((rows - MOUTH[1] + 4) / 8, 0, 1)


def opened(picture: Image, opening: float) -> Image:
    """The mouth drawn apart: what is below its middle moves down, by up to 14 px."""
    rows, columns, down = jaw()
    return np.array(cv2.remap(picture, columns, rows - opening * down, cv2.INTER_LINEAR), np.uint8)


@dataclass
class Film:
    """A video with its faults; by default it has none."""

    late: float = 0.0  # seconds the mouth comes after the voice
    mouth: Callable[[Floats], Floats] = syllables
    fault: Callable[[Image, int], Image] = lambda image, number: image
    gain: float = 0.6
    sound: bool = True
    longer: float = 0.0  # seconds of sound after the picture
    skipped: tuple[int, ...] = ()
    seconds: float = SECONDS
    canvas: tuple[int, int] = SIZE

    def write(self, path: Path) -> Path:
        with av.open(path, "w") as container:
            options = {"preset": "ultrafast", "crf": "14"}
            picture = container.add_stream("libx264", rate=FPS, options=options)
            picture.width, picture.height = self.canvas
            picture.pix_fmt = "yuv420p"
            sound = container.add_stream("aac", rate=RATE, layout="mono") if self.sound else None
            for number, image in enumerate(self.images()):
                if number in self.skipped:
                    continue
                frame = av.VideoFrame.from_ndarray(image, format="rgb24")
                frame.pts = number
                container.mux(picture.encode(frame))
            container.mux(picture.encode(None))
            if sound is not None:
                times = np.arange(int((self.seconds + self.longer) * RATE)) / RATE
                wave = self.gain * voice(syllables(times.astype(np.float32)), times)
                piece = av.AudioFrame.from_ndarray(
                    wave[None].astype(np.float32), format="fltp", layout="mono"
                )
                piece.sample_rate, piece.pts = RATE, 0
                container.mux(sound.encode(piece))
                container.mux(sound.encode(None))
        return path

    def images(self) -> Iterator[Image]:
        times = np.arange(round(self.seconds * FPS), dtype=np.float32) / FPS
        for number, opening in enumerate(self.mouth(times - self.late)):
            yield self.fault(opened(portrait(), float(opening)), number)


def verdicts(report: Report) -> dict[str, str]:
    return {check.name: check.verdict for check in report.checks}


def faults(report: Report) -> set[str]:
    return {name for name, verdict in verdicts(report).items() if verdict in {"warn", "fail"}}


def values(report: Report) -> dict[str, float | None]:
    return {check.name: check.value for check in report.checks}


@pytest.fixture(scope="module")
def good(tmp_path_factory: pytest.TempPathFactory) -> Report:
    return inspect(Film().write(tmp_path_factory.mktemp("good") / "film.mp4"))


def test_nothing_is_wrong_with_a_good_film(good: Report) -> None:
    assert set(verdicts(good).values()) == {"pass"}
    assert good.verdict == "pass"
    assert good.sync.correlation is not None
    assert good.sync.correlation > 0.9
    assert good.sync.lag == pytest.approx(0, abs=0.02)


# --- The mouth ------------------------------------------------------------------------------


@pytest.mark.slow
@pytest.mark.parametrize("frames", [-3, 3])
def test_a_lag_is_found_to_the_frame(tmp_path: Path, frames: int) -> None:
    report = inspect(Film(late=frames / FPS).write(tmp_path / "film.mp4"))
    assert report.sync.lag == pytest.approx(frames / FPS, abs=0.5 / FPS)
    assert verdicts(report)["lips follow voice"] == "pass"
    assert verdicts(report)["lips on time"] == "fail"


@pytest.mark.slow
def test_somebody_elses_mouth(tmp_path: Path) -> None:
    """Mouth and voice of two different speeches."""

    def another(times: Floats) -> Floats:
        return np.roll(syllables(times)[::-1], 43)

    report = inspect(Film(mouth=another).write(tmp_path / "film.mp4"))
    assert report.sync.correlation is not None
    assert report.sync.correlation < 0.3
    assert verdicts(report)["lips follow voice"] == "fail"
    assert verdicts(report)["lips on time"] == "unknown"
    assert report.verdict == "fail"


@pytest.mark.slow
def test_lips_that_move_in_silence(tmp_path: Path) -> None:
    def restless(times: Floats) -> Floats:
        chewing = 0.4 + 0.4 * np.sin(2 * np.pi * 3 * times)
        return np.where(syllables(times) > 0.02, syllables(times), chewing).astype(np.float32)

    report = inspect(Film(mouth=restless).write(tmp_path / "film.mp4"))
    assert verdicts(report)["lips still in silence"] == "fail"


@pytest.mark.slow
def test_a_mouth_left_open_in_silence(tmp_path: Path) -> None:
    def gaping(times: Floats) -> Floats:
        return np.where(syllables(times) > 0.02, syllables(times), 0.9).astype(np.float32)

    report = inspect(Film(mouth=gaping).write(tmp_path / "film.mp4"))
    assert verdicts(report)["lips closed in silence"] == "warn"


@pytest.mark.slow
def test_a_mouth_that_does_not_move(tmp_path: Path) -> None:
    report = inspect(Film(mouth=np.zeros_like).write(tmp_path / "film.mp4"))
    assert verdicts(report)["lips follow voice"] == "fail"
    assert verdicts(report)["frozen in speech"] == "fail"


# --- The picture ----------------------------------------------------------------------------


def hidden(image: Image, number: int) -> Image:
    return np.full_like(image, 90) if 40 <= number < 50 else image


def darkened(image: Image, number: int) -> Image:
    return np.array(image // 40, np.uint8) if 90 <= number < 98 else image


def shaking(image: Image, number: int) -> Image:
    return np.array(np.roll(image, number % 2, axis=1), np.uint8)


@pytest.mark.slow
@pytest.mark.parametrize(
    ("fault", "check"),
    [
        (hidden, "face visible"),
        (darkened, "black frames"),
        (shaking, "background still"),
    ],
)
def test_faults_of_the_picture(
    tmp_path: Path, fault: Callable[[Image, int], Image], check: str
) -> None:
    report = inspect(Film(fault=fault).write(tmp_path / "film.mp4"))
    assert check in faults(report)
    assert faults(report) <= {check, "face visible", "frozen in speech"}


@pytest.mark.slow
@pytest.mark.parametrize("blur", [0, 5])
def test_a_mouth_from_a_network_of_low_resolution(tmp_path: Path, blur: int) -> None:
    """Pasted into a picture that has grain and twice the size."""
    grain = np.random.default_rng(0).normal(0, 4, (2 * SIZE[1], 2 * SIZE[0], 1))
    rows = slice(2 * MOUTH[1] - 60, 2 * MOUTH[1] + 68)
    columns = slice(2 * MOUTH[0] - 72, 2 * MOUTH[0] + 72)

    def pasted(image: Image, number: int) -> Image:
        large = cv2.resize(image, None, fx=2, fy=2) + grain
        frame: Image = np.clip(large, 0, 255).astype(np.uint8)
        if blur:
            frame[rows, columns] = cv2.GaussianBlur(frame[rows, columns], (0, 0), blur)
        return frame

    film = Film(fault=pasted, seconds=3.0, canvas=(2 * SIZE[0], 2 * SIZE[1]))
    report = inspect(film.write(tmp_path / "film.mp4"))
    assert ("mouth sharpness" in faults(report)) == (blur > 0)


@pytest.mark.slow
def test_a_face_that_freezes_while_it_speaks(tmp_path: Path) -> None:
    images = list(Film().images())

    def stuck(image: Image, number: int) -> Image:
        return images[83] if 83 <= number < 108 else image

    report = inspect(Film(fault=stuck).write(tmp_path / "film.mp4"))
    assert faults(report) == {"frozen in speech"}
    assert values(report)["frozen in speech"] == pytest.approx(1.0, abs=0.15)


@pytest.mark.slow
def test_dropped_frames(tmp_path: Path) -> None:
    film = Film(skipped=tuple(range(20, 115, 8)))
    report = inspect(film.write(tmp_path / "film.mp4"))
    assert verdicts(report)["uneven frames"] == "fail"
    assert verdicts(report)["lips on time"] == "pass"


@pytest.mark.slow
@pytest.mark.parametrize("scale", [0.5, 4.0])
def test_faces_small_and_large_in_the_picture(tmp_path: Path, scale: float) -> None:
    """A face of 65 px in a wide shot, and one of 530 px."""
    small = cv2.resize(portrait(), None, fx=scale, fy=scale)
    margin = 400 if scale < 1 else 0
    shown = cv2.copyMakeBorder(
        small,
        0,
        margin,
        margin,
        margin + small.shape[1] % 2,
        cv2.BORDER_CONSTANT,
        value=(99, 99, 99),
    )

    def placed(image: Image, number: int) -> Image:
        frame = shown.copy()
        frame[: small.shape[0], margin : margin + small.shape[1]] = cv2.resize(
            image, None, fx=scale, fy=scale
        )
        return np.array(frame, np.uint8)

    film = Film(fault=placed, seconds=4.0, canvas=(shown.shape[1], shown.shape[0]))
    report = inspect(film.write(tmp_path / "film.mp4"))
    assert report.sync.correlation is not None
    assert report.sync.correlation > 0.75


# --- The sound ------------------------------------------------------------------------------


@pytest.mark.slow
@pytest.mark.parametrize(
    ("film", "found"),
    [
        (Film(gain=0.05), {"loudness"}),
        (Film(gain=4.0), {"loudness", "true peak"}),
        (Film(longer=1.2), {"picture and sound"}),
    ],
)
def test_faults_of_the_sound(tmp_path: Path, film: Film, found: set[str]) -> None:
    report = inspect(film.write(tmp_path / "film.mp4"))
    assert {name for name, verdict in verdicts(report).items() if verdict == "fail"} == found


def test_no_sound(tmp_path: Path) -> None:
    report = inspect(Film(sound=False, seconds=1.0).write(tmp_path / "film.mp4"))
    assert verdicts(report)["picture and sound"] == "fail"
    unknown = {name for name, verdict in verdicts(report).items() if verdict == "unknown"}
    assert {"lips follow voice", "lips on time", "loudness", "true peak"} <= unknown
    plot(report, tmp_path / "plot.png")


def test_silent_sound(tmp_path: Path) -> None:
    report = inspect(Film(gain=0.0, seconds=1.0).write(tmp_path / "film.mp4"))
    assert verdicts(report)["loudness"] == "unknown"
    assert not report.sounds.speaking.any()
    plot(report, tmp_path / "plot.png")


def test_nobody_there(tmp_path: Path) -> None:
    wall = np.random.default_rng(0).integers(90, 110, (64, 96, 3), np.uint8)
    film = Film(fault=lambda image, number: wall, seconds=2.0, canvas=(96, 64))
    report = inspect(film.write(tmp_path / "film.mp4"))
    assert verdicts(report)["face visible"] == "fail"
    assert report.sync.correlation is None
    plot(report, tmp_path / "plot.png")


def test_a_single_frame(tmp_path: Path) -> None:
    report = inspect(Film(seconds=1 / FPS).write(tmp_path / "film.mp4"))
    assert len(report.sights.times) == 1
    assert verdicts(report)["face visible"] == "pass"
    plot(report, tmp_path / "plot.png")


def test_a_picture_is_no_video(tmp_path: Path) -> None:
    path = tmp_path / "portrait.png"
    cv2.imwrite(str(path), portrait())
    with pytest.raises(VideoError, match="is a picture"):
        inspect(path)


@pytest.mark.parametrize(
    ("envelope", "spoken"),
    [
        (np.zeros(0), 0.0),
        (np.zeros(200), 0.0),
        (np.full(200, 1e-4), 0.0),
        (np.full(200, 0.1), 1.0),
        (np.repeat([1e-3, 0.1] * 4, 50), 0.5),
        (np.repeat([0.02, 0.1] * 4, 50), 0.5),
        (np.repeat([0.0, 0.1, 0.0, 0.1, 0.0], [90, 50, 10, 50, 100]), 110 / 300),
    ],
    ids=["none", "zeros", "hiss", "steady", "clean", "noisy", "short gap"],
)
def test_when_somebody_speaks(envelope: Floats, spoken: float) -> None:
    active = speech_activity(envelope.astype(np.float32))
    assert (active.mean() if len(active) else 0) == pytest.approx(spoken, abs=STEP)


def test_the_tracker_finds_a_face_again(tmp_path: Path) -> None:
    """It jumps across the picture, is away for a second, and comes back elsewhere."""
    wide = np.full((SIZE[1], 3 * SIZE[0], 3), 128, np.uint8)
    left, right = wide.copy(), wide.copy()
    left[:, : SIZE[0]], right[:, 2 * SIZE[0] :] = portrait(), portrait()
    frames = [left] * 5 + [right] * 5 + [wide] * 25 + [left] * 30
    with FaceMesh(tracking=True) as mesh:
        tracker = FaceTracker(mesh)
        faces = [tracker.find(frame) for frame in frames]
    centres = [np.nan if face is None else float(face[:, 0].mean()) for face in faces]
    assert centres[4] == pytest.approx(MOUTH[0], abs=20)
    assert centres[9] == pytest.approx(MOUTH[0] + 2 * SIZE[0], abs=20)
    assert np.isnan(centres[10:35]).all()
    assert centres[-1] == pytest.approx(MOUTH[0], abs=20)


# --- The report -----------------------------------------------------------------------------


def test_json_holds_every_check(good: Report) -> None:
    told = json.loads(json.dumps(good.to_dict()))
    assert told["verdict"] == "pass"
    assert told["frames"] == SECONDS * FPS
    assert told["sync"]["correlation"] == good.sync.correlation
    assert [check.name for check in good.checks] == [check["name"] for check in told["checks"]]


def test_plot_shows_voice_mouth_and_silence(good: Report, tmp_path: Path) -> None:
    path = plot(good, tmp_path / "plot.png")
    picture = cv2.imread(str(path))
    assert picture.shape[1] > 1000
    colours = {tuple(pixel) for pixel in picture.reshape(-1, 3)[:, ::-1].tolist()}
    assert {(0xA9, 0xC1, 0xDD), (0xC8, 0x32, 0x4B), (0xF1, 0xF2, 0xF4)} <= colours
    assert [p.name for p in tmp_path.iterdir()] == ["plot.png"]


def test_plot_wants_a_png(good: Report, tmp_path: Path) -> None:
    with pytest.raises(OutputError, match=r"\.png"):
        plot(good, tmp_path / "plot.txt")
