"""Text files of all the programs that people have."""

from __future__ import annotations

import pytest

from witnessmark.documents.plain_text import read_plain_text

JAPANESE = "これは日本語の文章です。合計 1,284 千円\n" * 3
RUSSIAN = "Привет, как дела? Это русский текст.\n" * 3
GERMAN = "Größe: 12 €, Übertrag – naïve Café\n"


@pytest.mark.parametrize(
    ("encoding", "text"),
    [
        ("utf-8", GERMAN),
        ("utf-8-sig", GERMAN),
        ("utf-16", GERMAN),
        ("utf-32", GERMAN),
    ],
)
def test_a_text_that_says_its_encoding_is_read_by_it(encoding: str, text: str) -> None:
    read = read_plain_text(text.encode(encoding))
    assert (read.text, read.is_guessed) == (text, False)


@pytest.mark.parametrize(
    ("encoding", "text"),
    [
        ("cp1252", GERMAN),
        ("shift_jis", JAPANESE),
        ("cp1251", RUSSIAN),
        ("koi8_r", RUSSIAN),
        ("gbk", "这是中文文本,价格为一百元。\n" * 3),
        ("utf-16-le", "a,b\n1,2\n"),
        ("utf-16-be", "a,b\n1,2\n"),
    ],
)
def test_a_text_that_does_not_is_read_by_its_looks_and_that_is_said(encoding: str, text: str) -> None:
    read = read_plain_text(text.encode(encoding))
    assert (read.text, read.is_guessed) == (text, True)


def test_line_ends_are_all_alike() -> None:
    assert read_plain_text(b"a\r\nb\rc\n").text == "a\nb\nc\n"
