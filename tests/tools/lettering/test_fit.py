import pytest

from tools.lettering.fit import fit, fit_all, wrapped
from tools.lettering.letters import with_default

FONT = with_default(None)
LONG = "How a small company in the north of the country learned to make films in forty languages"


@pytest.mark.parametrize(
    "text",
    [
        "Hi",
        LONG,
        "Donaudampfschifffahrtsgesellschaft " * 3,
        "Добро пожаловать",
        "你好" * 40,
        "مرحبا بكم في العرض",
    ],
)
@pytest.mark.parametrize("box", [(1500, 400), (300, 700), (120, 60)])
def test_text_stays_in_its_box(text: str, box: tuple[int, int]) -> None:
    block = fit(text, FONT, box, 90, 12)
    assert block.width <= box[0]
    assert block.height <= box[1]
    assert 12 <= block.face.points <= 90
    assert block.lines


def test_it_is_as_large_as_fits() -> None:
    block = fit(LONG, FONT, (1000, 300), 200, 10)
    assert block.cut == ""
    assert " ".join(block.lines) == LONG
    above = fit(LONG, FONT, (1000, 300), 200, block.face.points + 1)
    assert above.cut  # one size larger, something has to go


def test_lines_are_even() -> None:
    widths = [10.0] * 7
    assert wrapped(widths, [1.0] * 7, 60) == [4, 3]
    assert wrapped([50.0, 5.0, 5.0], [1.0] * 3, 52) == [1, 2]
    assert wrapped([99.0], [1.0], 50) == [1]
    assert wrapped([10.0] * 4, [0.0] * 4, 40) == [4]  # Chinese has no spaces


def test_what_is_cut_is_told_and_marked() -> None:
    block = fit(LONG, FONT, (300, 60), 40, 20)
    assert block.lines[-1].endswith("…")
    shown = " ".join(block.lines).removesuffix("…")
    assert f"{shown} {block.cut}" == LONG


def test_long_words_are_broken_only_where_no_size_helps() -> None:
    word = "Straßenverkehrsordnung"
    assert fit(word, FONT, (300, 300), 60, 10).lines == (word,)
    broken = fit(word, FONT, (300, 300), 60, 40)
    assert len(broken.lines) > 1
    assert all(line.endswith("-") for line in broken.lines[:-1])
    assert "".join(broken.lines).replace("-", "") == word


def test_paragraphs_share_one_size() -> None:
    blocks = fit_all(["One", LONG, "", "Three"], FONT, (600, 300), 60, 10, gap=0.5)
    assert len({block.face.points for block in blocks}) == 1
    assert blocks[2].lines == ()
    assert sum(b.height for b in blocks) + 2 * 0.5 * blocks[0].face.points <= 300


def test_where_nothing_helps_paragraphs_are_left_out_from_the_end() -> None:
    blocks = fit_all(["first", "second", "third"], FONT, (300, 40), 30, 25)
    assert [block.lines for block in blocks] == [("first",), (), ()]
    assert [block.cut for block in blocks] == ["", "second", "third"]


def test_endless_texts_are_cut_before_they_are_measured() -> None:
    block = fit("word " * 100_000, FONT, (800, 400), 40, 10)
    assert len(block.cut) > 490_000
