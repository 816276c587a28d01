from __future__ import annotations

import pytest

from tools.errors import TextError
from tools.speech.scripts import check, language_of


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("Plain, naïve “text” – 20 °C, ™ ½ €", "en-us"),
        ("Cześć, Đorđe Ağaoğlu ơi, tiếng Việt", "pl"),
        ("π and Ω", "en-us"),
        ("Привет, hello", "ru"),
        ("你好，OK", "cmn"),
        ("こんにちは カタカナ ー", "ja"),
        ("नमस्ते", "hi"),
        ("مرحبا", "ar"),
        ("می‌خواهم", "fa"),
        ("cafe\u0301", "fr-fr"),
    ],
)
def test_what_the_language_reads(text: str, language: str) -> None:
    check(text, language, "voice")


@pytest.mark.parametrize(
    ("text", "language", "said"),
    [
        ("I like 寿司", "en-us", r"“寿司” \(Chinese characters\).*“cmn”"),
        ("Hello Мир", "de", r"“Мир” \(Cyrillic script\).*“ru”"),
        ("한국어", "ja", r"Korean script.*“ko”"),
        ("日本", "ja", "write it in kana"),
        ("λόγος", "ru", "Greek"),
        ("นี่", "en-gb", "Thai"),
        ("𓀀𓀁", "en-us", "no other voice can"),
        ("б" * 50, "en-us", "“бббббббббббб…”"),
    ],
)
def test_what_it_does_not(text: str, language: str, said: str) -> None:
    with pytest.raises(TextError, match=said):
        check(text, language, "the voice")


def test_language_of_a_script() -> None:
    assert language_of("Hello") is None
    assert language_of("Hello мир") == "ru"
    assert language_of("你好") == "cmn"
    assert language_of("かな") == "ja"
