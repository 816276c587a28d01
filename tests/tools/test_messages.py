import pytest

from tools.messages import excerpt, hint, nearest


@pytest.mark.parametrize(
    ("value", "shown"),
    [("tea", "tea"), ("a\nb\x1b[2J\u202e", "a b [2J "), ("x" * 99, "x" * 60 + "…"), (7, "7")],
)
def test_an_excerpt_is_short_and_on_one_line(value: object, shown: str) -> None:
    assert excerpt(value) == shown


def test_an_excerpt_as_long_as_wanted() -> None:
    assert excerpt("abcdef", 3) == "abc…"


def test_what_somebody_may_have_meant() -> None:
    known = ["Happy", "sad", "neutral"]
    assert nearest("hapy", known) == "Happy"
    assert nearest("HAPPY" + "y" * 10**6, known) is None
    assert nearest(4, known) is None
    assert hint("nuetral", known) == " (did you mean “neutral”?)"
    assert hint("x", known) == ""
