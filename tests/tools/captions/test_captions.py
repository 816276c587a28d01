import re
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path
from typing import get_args

import numpy as np
import pytest

from tools.captions import Cue, burn, cues, line_length, save, srt, vtt
from tools.captions.burn import Paint, Style, draw
from tools.captions.cues import LINE, LONGEST
from tools.captions.written import Written
from tools.errors import OutputError
from tools.lettering.brand import Brand, Palette, contrast
from tools.lettering.place import caption_height
from tools.media import Box, Frames, Image, Patch, Word, sequential

TEXT = (
    "Good evening. Here is the news: a small town in the north, which hardly anybody had heard "
    "of before this morning, has elected a cat. The cat – a tabby – could not be reached for "
    "comment! Its owner, however, said that it was “very pleased”, and that it would serve."
)


def spoken(
    text: str, per_word: float = 0.3, pause: float = 0.0, after: int = 0
) -> tuple[Word, ...]:
    """Words without punctuation, a pause after the first ``after`` of them."""
    words, time = [], 0.2
    for token in text.split():
        if core := re.sub(r"^\W+|\W+$", "", token):
            words.append(Word(core, time, time + per_word * 0.9))
            time += per_word
            if len(words) == after:
                time += pause
    return tuple(words)


def assert_readable(found: tuple[Cue, ...], line: int = LINE) -> None:
    for cue in found:
        assert 1 <= len(cue.lines) <= 2
        assert all(len(text) <= line for text in cue.text.split("\n"))
        assert 0 < cue.end - cue.start <= LONGEST + 0.5
    for one, following in pairwise(found):
        assert one.end <= following.start


def test_every_word_once_with_the_punctuation_of_the_text() -> None:
    found = cues(spoken(TEXT), TEXT)
    assert_readable(found)
    assert " ".join(cue.text.replace("\n", " ") for cue in found) == TEXT


def test_breaks_fall_where_the_sentence_breathes() -> None:
    endings = [cue.text[-1] for cue in cues(spoken(TEXT), TEXT)]
    assert sum(ending in ".,:!?”–" for ending in endings) >= len(endings) - 1


def test_a_long_pause_always_breaks() -> None:
    found = cues(spoken("one two three four", pause=1.5, after=2))
    assert [cue.text for cue in found] == ["one two", "three four"]
    assert found[0].end < found[1].start


def test_shown_from_the_first_to_after_the_last_word() -> None:
    (cue,) = cues(spoken("just a few words"))
    assert cue.start == pytest.approx(0.2)
    assert cue.end > cue.words[-1].end


def test_a_single_short_word_can_still_be_read() -> None:
    (cue,) = cues((Word("No", 0.1, 0.2),))
    assert cue.end - cue.start >= 1


def test_a_text_that_differs_from_what_was_said() -> None:
    found = cues(spoken("I have twenty one cats and dogs"), "I have 21 cats, and dogs!")
    assert found[0].text.replace("\n", " ") == "I have twenty one cats, and dogs!"


def test_no_words_no_captions() -> None:
    assert cues((), "Words without times.") == ()


@pytest.mark.parametrize("line", [24, 32, 42])
def test_words_longer_than_a_line_are_cut(line: int) -> None:
    found = cues(spoken(f"a {'x' * 150} b", per_word=2.0), line=line)
    assert_readable(found, line)
    joined = "".join(word.text for cue in found for word in cue.words)
    assert joined == f"a{'x' * 150}b"


def test_fast_speech_of_thousands_of_words() -> None:
    assert_readable(cues(spoken(TEXT * 60, per_word=0.12), TEXT * 60))


def test_upright_films_have_shorter_lines() -> None:
    assert line_length((1920, 1080)) == line_length((640, 360)) == 42
    assert 26 <= line_length((1080, 1080)) < 36
    assert 20 <= line_length((1080, 1920)) < 28
    assert 12 <= line_length((1080, 1920), max_words=3) < 20


# --- Files ----------------------------------------------------------------------------------


def test_subrip() -> None:
    two = (
        Cue(0.5, 2.0, ((Written("Hello", 0.5, 0.9),), (Written("you!", 1.0, 1.4),))),
        Cue(3661.0, 3662.0005, ((Written("Bye", 3661.0, 3661.4),),)),
    )
    assert srt(two) == (
        "1\n00:00:00,500 --> 00:00:02,000\nHello\nyou!\n\n2\n01:01:01,000 --> 01:01:02,000\nBye\n"
    )


def test_webvtt_is_timed_by_word_and_escaped() -> None:
    cue = Cue(
        0.5, 2.0, ((Written("a<b", 0.5, 0.9), Written("&", 1.0, 1.1), Written("-->", 1.2, 1.4)),)
    )
    assert vtt([cue]) == (
        "WEBVTT\n\n00:00:00.500 --> 00:00:02.000\na&lt;b <00:00:01.000>&amp; <00:00:01.200>--&gt;\n"
    )


def test_times_within_a_webvtt_cue_only_rise() -> None:
    times = (0.5, 0.8, 0.8, 0.8001, 0.7, 0.9, 2.0)
    cue = Cue(0.5, 2.0, (tuple(Written(c, t, t) for c, t in zip("abcdefg", times, strict=True)),))
    assert vtt([cue]).splitlines()[-1] == "a <00:00:00.800>b c d e <00:00:00.900>f g"


@pytest.mark.parametrize("name", ["film.srt", "film.VTT"])
def test_saved_beside_the_film(tmp_path: Path, name: str) -> None:
    path = save(cues(spoken(TEXT), TEXT), tmp_path / name)
    assert "has elected a cat." in re.sub(r"<[^>]*>", "", path.read_text("utf-8")).replace(
        "\n", " "
    )
    assert [p.name for p in tmp_path.iterdir()] == [name]


def test_unknown_kind_of_file(tmp_path: Path) -> None:
    with pytest.raises(OutputError, match=r"\.srt or \.vtt"):
        save((), tmp_path / "film.txt")


# --- Burned in ------------------------------------------------------------------------------


def frames(width: int, height: int, count: int = 60) -> Frames:
    """A grey still; a white square in the lower middle that grows."""

    def patches() -> Iterator[tuple[Patch, ...]]:
        for i in range(count):
            side = min(width, height) // 8 + i % 3
            square = np.full((side, side, 3), 255, np.uint8)
            yield (Patch((width - side) // 2, height - side - height // 10, square),)

    return Frames(np.full((height, width, 3), 120, np.uint8), 10, count, sequential(patches))


def painted(stream: Frames) -> list[Image]:
    return list(stream)


def test_only_the_caption_changes_and_only_while_it_is_shown() -> None:
    plain = frames(640, 360)
    found = (Cue(1.0, 2.0, ((Written("Hello", 1.0, 1.4), Written("world", 1.5, 1.9)),)),)
    for i, (before, after) in enumerate(zip(plain, burn(plain, found), strict=True)):
        changed = np.any(before != after, axis=2)
        assert changed.any() == (10 <= i < 20)
        assert not changed[:250].any()


def test_it_starts_at_any_frame() -> None:
    found = (Cue(1.0, 2.0, ((Written("Hello", 1.0, 1.4), Written("world", 1.5, 1.9)),)),)
    captioned = burn(frames(640, 360), found)
    for a, b in zip(captioned.part(12, 25), list(captioned)[12:25], strict=True):
        assert np.array_equal(a, b)


def test_words_without_spaces_are_drawn_without() -> None:
    one, two, apart = (
        next(iter(burn(frames(640, 360), (Cue(0.0, 9.0, (words,)),))))
        for words in (
            (Written("Snowman", 1.0, 9.0),),
            (Written("Snow", 1.0, 2.0), Written("man", 2.0, 9.0, space="")),
            (Written("Snow", 1.0, 2.0), Written("man", 2.0, 9.0)),
        )
    )
    assert np.array_equal(one, two)
    assert not np.array_equal(one, apart)


def test_what_moves_beneath_shows_through() -> None:
    found = (Cue(0.0, 9.0, ((Written("Hello", 0.0, 9.0), Written("there", 9.0, 9.0)),)),)
    light = next(iter(burn(frames(640, 360), found)))
    still = frames(640, 360)
    bare = Frames(still.still, 10, 1, sequential(lambda: iter([()])))
    dark = next(iter(burn(bare, found)))
    beneath = np.any(light != dark, axis=2)
    assert beneath.sum() > 500
    assert np.all(light[beneath] >= dark[beneath])
    assert np.percentile(light[beneath], 10) < 0.6 * 255  # through the backing


def test_the_word_being_said_is_coloured() -> None:
    found = (Cue(0.0, 2.0, ((Written("Hello", 0.0, 0.9), Written("world", 1.0, 1.9)),)),)
    shown = painted(burn(frames(640, 360, 20), found))
    first, second = (
        np.nonzero(frame[..., 0].astype(int) - frame[..., 2] > 100)[1].mean()
        for frame in (shown[3], shown[15])
    )
    assert first < 300
    assert second > 340


@pytest.mark.parametrize("size", [(1920, 1080), (1080, 1920), (720, 720), (64, 36), (9, 500)])
@pytest.mark.parametrize(
    "text",
    [
        "x" * 400,
        "word " * 60,
        "你好，世界。",
        "שלום עולם مرحبا hello",
        "😀🎉👩‍👩‍👧 party",
        "\u0000\u202e\ufffd\u0301",
        "e" + "\u0301" * 200,
    ],
)
def test_hostile_words_and_sizes_are_drawn_inside_the_frame(
    size: tuple[int, int], text: str
) -> None:
    words = tuple(Written(word, 0.0, 1.0) for word in text.split() or [text])
    stream = burn(frames(*size, 2), (Cue(0.0, 1.0, (words,)),))
    for patches in stream.patches():
        for patch in patches:
            assert patch.x >= 0
            assert patch.y >= 0
            assert patch.x + patch.image.shape[1] <= size[0]
            assert patch.y + patch.image.shape[0] <= size[1]


def test_letters_stay_inside_their_box() -> None:
    """No line touches the edge of the backing, whatever its length."""
    found = cues(spoken(TEXT), TEXT)
    for size in ((1920, 1080), (1080, 1920)):
        for cue in found:
            now = (Cue(0.0, 1.0, cue.lines),)
            (_, patch) = next(burn(frames(*size, 1), now).patches())
            bright = patch.image.min(axis=2) > 235
            assert bright.any()
            edge = round(min(size) * 0.01)
            assert not bright[:edge].any()
            assert not bright[-edge:].any()
            assert not bright[:, :edge].any()
            assert not bright[:, -edge:].any()
            assert patch.image.shape[1] <= 0.93 * size[0]


@pytest.mark.parametrize("size", [(1080, 1080), (1080, 1920)])
@pytest.mark.parametrize("most", [None, 4])
@pytest.mark.parametrize("part", [1.0, 0.55])
def test_captions_are_no_higher_than_two_lines(
    size: tuple[int, int], most: int | None, part: float
) -> None:
    text = (
        "THE MOST IMPORTANT MEMORANDUM OF MY WORKING LIFE, WASHINGTON: mmmm WWWW, the "
        "Donaudampfschifffahrtsgesellschaft and its Rahmenbedingungen für Vertragsangelegenheiten."
    )
    room = Box(0, 0, round(part * size[0]), size[1] * 3 // 4)
    look = Paint("boxed", None, size, most, room)
    for cue in cues(spoken(text), text, line_length(size, most, room.width), most):
        caption = draw(cue, look)
        assert caption is not None
        assert caption.plain.box.height <= caption_height(size, most) + 3  # rounded thrice
        assert caption.plain.box.intersection(room) == caption.plain.box


def test_what_the_font_cannot_draw_is_told() -> None:
    found = cues(spoken("hello 你好 ok"))
    assert Brand().undrawable(found[0].text) == "你好"
    assert Brand().undrawable("Grüße naïve Ελλάδα Москва") == ""


def test_frames_without_captions_are_passed_on() -> None:
    plain = frames(64, 64, 1)
    assert burn(plain, ()) is plain


# --- Styles and karaoke ---------------------------------------------------------------------

TWO = (Cue(0.0, 2.0, ((Written("Hello", 0.0, 1.0), Written("world", 1.0, 2.0)),)),)


def yellow(frame: Image) -> Image:
    return np.asarray((frame[..., 0].astype(int) - frame[..., 2]) > 100)


@pytest.mark.parametrize("style", get_args(Style))
def test_karaoke_fills_word_after_word_from_the_left(style: Style) -> None:
    stream = burn(frames(640, 360, 20), TWO, style=style, karaoke=True)
    filled = [yellow(frame) for frame in stream]
    ends = [int(np.nonzero(mask)[1].max()) if mask.any() else 0 for mask in filled]
    assert ends == sorted(ends)
    assert len(set(ends)) > 12
    assert ends[9] < 315 < ends[11]
    for before, after in pairwise(filled):
        assert not (before & ~after).any()  # what has been said stays coloured


def test_karaoke_fills_from_the_right_where_that_is_how_one_reads() -> None:
    word = (Cue(0.0, 2.0, ((Written("مرحبا", 0.0, 1.0), Written("بكم", 1.0, 2.0)),)),)
    filled = [yellow(frame) for frame in burn(frames(640, 360, 20), word, karaoke=True)]
    starts = [int(np.nonzero(mask)[1].min()) if mask.any() else 640 for mask in filled]
    assert starts == sorted(starts, reverse=True)
    assert len(set(starts)) > 8


def test_karaoke_starts_at_any_frame() -> None:
    captioned = burn(frames(640, 360, 20), TWO, karaoke=True)
    for a, b in zip(captioned.part(7, 20), list(captioned)[7:], strict=True):
        assert np.array_equal(a, b)


@pytest.mark.parametrize("style", get_args(Style))
@pytest.mark.parametrize("size", [(1280, 720), (720, 1280), (64, 36), (9, 500)])
def test_styles_stay_inside_and_off_the_edges(style: Style, size: tuple[int, int]) -> None:
    words = tuple(Written(word, i * 0.1, i * 0.1 + 0.1) for i, word in enumerate(TEXT.split()[:12]))
    stream = burn(frames(*size, 2), (Cue(0.0, 1.0, (words,)),), style=style, karaoke=True)
    for plain, frame in zip(frames(*size, 2), stream, strict=True):
        changed = np.any(plain != frame, axis=2)
        assert changed.any() or size[0] < 100
        if size[0] > 100:
            assert not changed[-round(0.04 * size[1]) :].any()
            assert changed[:, :10].any() == (style == "bar")
            white = (frame.min(axis=2) > 235) & (plain.max(axis=2) < 200)
            assert not white[:, : round(0.04 * size[0])].any()
            assert not white[:, -round(0.04 * size[0]) :].any()


@pytest.mark.parametrize("accent", [(0, 0, 0), (255, 255, 255), (12, 12, 16), (0, 60, 200)])
@pytest.mark.parametrize("style", get_args(Style))
def test_a_brands_colours_can_always_be_read(style: Style, accent: tuple[int, int, int]) -> None:
    for background in ((250, 245, 235), (120, 120, 120), (10, 20, 60)):
        look = Paint(style, Brand(Palette(background, (0, 0, 0), accent)), (640, 360))
        assert contrast(look.plain, look.behind) >= 4.5
        assert contrast(look.spoken, look.behind) >= 3
        assert contrast(look.spoken, look.plain) >= 1.1


def test_few_words_at_a_time_are_larger_and_break_with_the_sentence() -> None:
    found = cues(spoken(TEXT), TEXT, line_length((1080, 1920), 4), max_words=4)
    assert max(len(cue.words) for cue in found) <= 4
    assert " ".join(cue.text.replace("\n", " ") for cue in found) == TEXT
    assert sum(len(cue.words) < 4 for cue in found) >= 2
    plain, large = (
        next(burn(frames(1080, 1920, 1), TWO, max_words=most).patches())[-1].image.shape[0]
        for most in (None, 4)
    )
    assert large > 1.3 * plain


def test_captions_keep_clear_of_a_players_controls() -> None:
    (_, patch) = next(burn(frames(540, 960, 1), TWO).patches())
    assert patch.y + patch.image.shape[0] <= 0.81 * 960


def test_frames_with_alpha_are_captioned() -> None:
    clear = Frames(np.zeros((360, 640, 4), np.uint8), 10, 1, sequential(lambda: iter([()])))
    (patch,) = next(burn(clear, TWO, style="outline", karaoke=True).patches())
    assert patch.image.shape[2] == 4
    assert patch.image[..., 3].max() == 255
    assert patch.image[0, 0].tolist() == [0, 0, 0, 0]
    assert (patch.image[..., :3] <= patch.image[..., 3:]).all()  # premultiplied
