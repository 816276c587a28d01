"""Music under a voice: how loud, how deep, how soon, without clicks, and from any file."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest
import soundfile

from tests.tools.sound.test_loudness import babble
from tests.tools.sound.test_streams import decoded, whole
from tools.errors import AudioError, OptionError
from tools.media import Floats, Speech
from tools.sound import loudness
from tools.sound.loudness import RATE
from tools.sound.music import ATTACK, PAUSE, RELEASE, Music
from tools.sound.soundtrack import soundtrack
from tools.sound.streams import Sound, film


def chord(seconds: float, rate: int = 44_100) -> Floats:
    """Steady tones, other ones on either side: (N, 2)."""
    t = np.arange(round(seconds * rate)) / rate
    left = sum(np.sin(2 * np.pi * f * t) for f in (220.0, 277.2, 329.6))
    right = sum(np.sin(2 * np.pi * f * t + 1) for f in (233.1, 293.7, 349.2))
    return np.asarray(0.1 * np.stack([left, right], axis=1), np.float32)


def file(folder: Path, seconds: float, name: str = "music.wav") -> Path:
    path = folder / name
    soundfile.write(path, chord(seconds), 44_100)
    return path


def voice(*parts: float) -> Sound:
    """Seconds of silence and of speech, in turn, beginning with silence."""
    spoken = [
        babble(seconds, RATE, seed=n) if n % 2 else np.zeros(round(seconds * RATE), np.float32)
        for n, seconds in enumerate(parts)
    ]
    return Sound.of(Speech(np.concatenate(spoken), RATE))


def bed(music: Music, under: Sound) -> Floats:
    """What the music adds: (N, 2)."""
    alone = whole(under)
    heard: Floats = whole(music.under(under)) - alone.reshape(len(alone), -1)
    return heard


def level(sound: Floats, start: float, stop: float) -> float:
    """RMS in dB between two times in seconds."""
    taken = sound[round(start * RATE) : round(stop * RATE)].astype(np.float64)
    return float(10 * np.log10(np.mean(taken**2) + 1e-20))


def test_it_ducks_as_deep_as_asked_and_is_down_before_the_first_word(tmp_path: Path) -> None:
    path = file(tmp_path, 20)
    spoken = voice(4, 3, 4, 3, 4)
    heard = bed(Music(path, duck=10), spoken)
    open_, quiet = level(heard, 2, 3), level(heard, 5, 6)
    assert open_ - quiet == pytest.approx(10, abs=0.3)
    for word in (4.0, 11.0):
        assert level(heard, word - 1, word - ATTACK - 0.02) == pytest.approx(open_, abs=0.5)
        assert level(heard, word, word + 0.1) == pytest.approx(quiet, abs=0.5)
    for end in (7.0, 14.0):
        assert level(heard, end - 0.3, end - 0.2) == pytest.approx(quiet, abs=0.5)
        assert level(heard, end + RELEASE, end + RELEASE + 1) == pytest.approx(open_, abs=0.5)


def test_it_does_not_rise_between_two_sentences(tmp_path: Path) -> None:
    heard = bed(Music(file(tmp_path, 12)), voice(2, 3, PAUSE - 0.1, 3, 2))
    during = [level(heard, at, at + 0.1) for at in np.arange(2.0, 8.5, 0.1)]
    assert np.ptp(during) < 1


@pytest.mark.parametrize("volume", [-18.0, -6.0])
def test_its_volume_is_relative_to_the_voice(tmp_path: Path, volume: float) -> None:
    for loud in (0.1, 1.0):
        speech = Speech(loud * babble(8.0, RATE), RATE)
        music = Music(file(tmp_path, 10), volume, duck=0, fade_in=0, fade_out=0)
        mono = np.repeat(speech.waveform[:, None], 2, axis=1)
        expected = loudness.measure(loudness.chunks(mono), RATE).integrated + volume
        heard = bed(music, Sound.of(speech))
        found = loudness.measure(loudness.chunks(heard), RATE).integrated
        assert found == pytest.approx(expected, abs=0.2)


def test_the_voice_is_as_loud_with_music_as_without(tmp_path: Path) -> None:
    spoken = voice(6, 4, 3)

    def film(sound: Sound) -> float:
        said = decoded(soundtrack(sound))[7 * RATE : 9 * RATE]
        said = said if said.shape[1] == 2 else said[:, 0]
        return loudness.measure(loudness.chunks(said), RATE).integrated

    alone = film(spoken)
    for volume in (-18.0, -10.0):
        assert film(Music(file(tmp_path, 5), volume).under(spoken)) == pytest.approx(alone, abs=0.4)


def test_peaks_and_loudness_of_the_film(tmp_path: Path) -> None:
    track = soundtrack(Music(file(tmp_path, 30)).under(voice(3, 6, 2, 6, 3)))
    assert track.loudness.integrated == pytest.approx(-16, abs=0.5)
    assert track.loudness.peak <= -1
    assert decoded(track).shape[1] == 2


def test_it_begins_and_ends_with_the_film(tmp_path: Path) -> None:
    spoken = film([], 251, 25)
    heard = bed(Music(file(tmp_path, 60), fade_in=2, fade_out=3), spoken)
    assert len(heard) == 251 * RATE // 25
    middle = level(heard, 4, 6)
    assert level(heard, 0, 0.1) < middle - 20
    assert level(heard, 1.2, 1.4) < middle - 1
    assert level(heard, 2.0, 2.5) == pytest.approx(middle, abs=0.5)
    assert level(heard, 9.9, 10.04) < middle - 20
    assert np.abs(heard[-1]).max() < 1e-5


@pytest.mark.parametrize("seconds", [1.7, 3.337])
def test_a_loop_has_no_seam_to_be_heard(tmp_path: Path, seconds: float) -> None:
    """No jump is larger than those of the tones themselves, and the level holds."""
    heard = bed(Music(file(tmp_path, seconds), fade_in=0, fade_out=0), voice(15))
    jumps = np.abs(np.diff(heard, axis=0)).max(axis=1)
    within = jumps[: round((seconds - 0.3) * RATE)].max()
    assert jumps.max() < 1.5 * within
    levels = [level(heard, at, at + 0.3) for at in np.arange(0, 14.5, 0.1)]
    assert max(levels) - min(levels) < 7


def test_not_looped_it_fades_out_at_its_own_end(tmp_path: Path) -> None:
    heard = bed(Music(file(tmp_path, 5), fade_out=2, loop=False), voice(10))
    assert level(heard, 2, 3) > -60
    assert level(heard, 4.8, 5) < level(heard, 2, 3) - 15
    assert not heard[round(5.01 * RATE) :].any()
    assert np.abs(np.diff(heard, axis=0))[round(4.9 * RATE) :].max() < 1e-3


def test_any_pieces_of_voice_make_the_same_mix(tmp_path: Path) -> None:
    spoken, music = voice(1, 2, 3, 2, 1), Music(file(tmp_path, 2.5))
    waveform = whole(spoken)
    random = np.random.default_rng(0)
    cuts = np.sort(random.integers(0, len(waveform), 50))
    torn = Sound(RATE, 1, lambda: iter(np.split(waveform, cuts)))
    np.testing.assert_array_equal(whole(music.under(spoken)), whole(music.under(torn)))


def test_no_whole_film_is_held(tmp_path: Path) -> None:
    drawn: list[int] = []
    second_of_speech = babble(1.0, RATE)

    def pieces() -> Iterator[Floats]:
        drawn.append(0)
        for second in range(60):
            drawn[-1] += 1
            yield second_of_speech if second % 20 < 10 else np.zeros(RATE, np.float32)

    mixed = Music(file(tmp_path, 3)).under(Sound(RATE, 1, pieces))
    for position, _ in enumerate(mixed.chunks()):
        assert drawn[-1] <= position + 4
    assert drawn == [60, 60]


def test_a_stereo_voice_keeps_its_place(tmp_path: Path) -> None:
    left = np.zeros((4 * RATE, 2), np.float32)
    left[:, 0] = babble(4.0, RATE)
    music = Music(file(tmp_path, 5), duck=20)
    sound = Sound(RATE, 2, lambda: loudness.chunks(left))
    heard = whole(music.under(sound))
    assert level(heard[:, :1], 1, 3) > level(heard[:, 1:], 1, 3) + 20
    assert level(heard[:, 1:] - left[:, 1:], 1, 3) > -70


def test_without_a_voice_the_music_is_the_sound(tmp_path: Path) -> None:
    music = Music(file(tmp_path, 3))
    track = soundtrack(music.under(film([], 250, 25)))
    assert track.loudness.integrated == pytest.approx(-16, abs=0.6)
    assert track.loudness.peak <= -1
    assert not list(music.under(film([], 0, 25)).chunks())


@pytest.mark.parametrize("name", ["music.mp3", "music.ogg", "music.flac"])
def test_any_kind_of_file(tmp_path: Path, name: str) -> None:
    heard = bed(Music(file(tmp_path, 4, name)), voice(9))
    assert level(heard, 2, 8) > -60
    assert level(heard[:, :1] - heard[:, 1:], 2, 8) > -60  # stereo it was


def missing(path: Path) -> None:
    pass


def empty(path: Path) -> None:
    path.touch()


def words(path: Path) -> None:
    path.write_text("la la la " * 1000)


def noise(path: Path) -> None:
    path.write_bytes(np.random.default_rng(0).bytes(90_000))


def playlist(path: Path) -> None:
    path.write_text("#EXTM3U\n#EXTINF:10,\n/etc/hosts\n#EXT-X-ENDLIST\n")


def silent(path: Path) -> None:
    soundfile.write(path, np.zeros(5 * RATE), RATE)


def a_moment(path: Path) -> None:
    soundfile.write(path, chord(0.5), 44_100)


def slow(path: Path) -> None:
    soundfile.write(path, chord(3), 1000)


def endless_numbers(path: Path) -> None:
    soundfile.write(path, np.full((3 * RATE, 2), np.nan), RATE, subtype="FLOAT")


HOSTILE: dict[Callable[[Path], None], str] = {
    missing: "no audio file",
    empty: "empty",
    words: "cannot be read",
    noise: "cannot be read|damaged",
    playlist: "cannot be read",
    silent: "silent",
    a_moment: "at least 1 s",
    slow: "1000 samples per second",
    endless_numbers: "silent",
}


@pytest.mark.parametrize("make", HOSTILE)
@pytest.mark.parametrize("spoken", [0.0, 0.3, 4.0])
def test_what_is_no_music(tmp_path: Path, make: Callable[[Path], None], spoken: float) -> None:
    path = tmp_path / "music.wav"
    make(path)
    with pytest.raises(AudioError, match=HOSTILE[make]):
        Music(path).under(voice(0, spoken))


@pytest.mark.parametrize(
    "wrong",
    [
        {"volume": 21.0},
        {"volume": float("nan")},
        {"duck": -1.0},
        {"fade_in": float("inf")},
        {"fade_out": 61.0},
    ],
)
def test_what_no_mixing_desk_does(wrong: dict[str, float]) -> None:
    with pytest.raises(OptionError, match=f"{next(iter(wrong))} of .* must be from"):
        Music(Path("music.mp3"), **wrong)  # type: ignore[arg-type]
