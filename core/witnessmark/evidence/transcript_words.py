"""The words of a transcript and of the page it was made of, as they are compared: without markup, signs or case."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from witnessmark.documents.flow import PageFlow
from witnessmark.evidence.normal import core_of, is_leader, is_mark, key_of
from witnessmark.values import Word

UNREADABLE = re.compile(r"\\?\[\s*(?:unreadable|illegible)\b[^\]]{0,80}\]", re.IGNORECASE)
"""How a model says that it cannot read something, with or without a word on what it is."""

_ROW_OF_DASHES = re.compile(r"[\s|:+=_*~-]{3,}")
_BEFORE_LINE = re.compile(r"\s*(?:>\s?)*(?:#{1,6}\s+|[-*+•]\s+)?(?:\[[ xX]\]\s+)?")
_TAG = re.compile(
    r"</?(?:b|i|u|s|em|strong|sub|sup|del|ins|mark|br|p|div|span|table|thead|tbody|tr|td|th)\b[^<>]{0,80}>",
    re.IGNORECASE,
)
_FOOTNOTE = re.compile(r"\[\^(\w{1,4})\]:?")
_LINK = re.compile(r"!?\[([^\]\n]{0,200})\]\((?=[^()\s]*[./#@])[^()\s]{1,300}\)")
"""A link or picture of Markdown; the page shows its text alone."""
_EMPHASIS = re.compile(r"\*{1,3}|~~|`+|(?<!\w)_{1,3}(?=\S)|(?<=\S)_{1,3}(?!\w)")
_ESCAPED = re.compile(r"\\([\\`*_{}\[\]()#+\-.!|~<>$&])")
_BETWEEN_CELLS = re.compile(r"(?<!\\)\||\t")
_WITHOUT_SPACES = re.compile(
    "[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff]"
)
"""Letters of scripts that put no space between words: each is compared by itself."""
_PIECES = re.compile(f"{_WITHOUT_SPACES.pattern}|(?:(?!{_WITHOUT_SPACES.pattern}).)+")
_DASHES = re.compile("(?<=[^\\W\\d_])[-/\u2010-\u2015](?=[^\\W\\d_])")
"""Between words of letters: one writes them together, the other apart."""
_CURRENCY = "$\u20ac\u00a3\u00a5\u20b9\u20a9"
_AROUND_FIGURE = "()[]{}<>\"'*\u2020\u2021\u00a7\u00b6\u2022|;:,.!?=~\u2248" + _CURRENCY
_DIGIT = re.compile(r"\d")
_SOFT_HYPHEN = re.compile("(?<=\\d)\u00ad(?=\\d)")
"""Between figures it is a dash that a font names badly; elsewhere nobody sees it."""
_COLUMN_WHITE = 1.5
"""White between words of a line, in its heights, from which on what follows may be read apart."""
_GLUED = re.compile(
    r"(?<=[^\W\d_]{2})(?:-|[:=#.,;]*)(?=[-(]?[$\u20ac\u00a3\u00a5]?(?:\d{2}|\d[.,/]\d))"
    r"|(?:(?<=[^\W\d_])|(?<=[^\W\d_]\d))[:=]+(?=[-(]?[$\u20ac\u00a3\u00a5]?\d)"
    r"|(?<=\d\d)[:;,.(\[]*(?=[^\W\d_]{2})"
    r"|(?<=\d)[x@*\u00d7](?=\d)"
    r"|(?<=[^\W\d_])(?=[$\u20ac\u00a3\u00a5]\d)"
    r"|(?:(?<=[:./]\d\d)|(?<=[./]\d{4}))-(?=\d)"
)
"""Where a word and a number meet, or the two ends of a span of times or dates: one reader writes them together, the
other apart. Single letters stay: `A12`."""


class TextWord(NamedTuple):
    """A word of a transcript."""

    text: str
    key: str
    line: int
    """Of the transcript; the cells of a table's row are in one."""


class SeenWord(NamedTuple):
    """A word of the page."""

    word: Word
    key: str
    line: int
    """Of the page; a table's row is one."""
    cell: int
    """Of the page: a line, or the part of one between wide white."""


def words_of_transcript(text: str) -> tuple[list[TextWord], int]:
    """Take a transcript in Markdown or plain text apart.

    Shapes:  its words in order; and how often it says that something cannot be read
    """
    text, unreadable = UNREADABLE.subn(" ", _SOFT_HYPHEN.sub("-", text).replace("\u00ad", ""))
    found: list[TextWord] = []
    for number, line in enumerate(text.splitlines()):
        if _ROW_OF_DASHES.fullmatch(line) or line.lstrip().startswith("```"):
            continue
        bare = _TAG.sub(" ", _BETWEEN_CELLS.sub(" ", line[_BEFORE_LINE.match(line).end() :]))  # type: ignore[union-attr]  # it matches nothing, too
        bare = _FOOTNOTE.sub(r" \1 ", _LINK.sub(r"\1", bare))
        bare = _ESCAPED.sub(r"\1", _EMPHASIS.sub("", bare))
        for raw in bare.split():
            keys = list(_keys(raw))
            found += [TextWord(raw if len(keys) == 1 else key, key, number) for key in keys]
    return found, unreadable


def words_of_flow(flow: PageFlow) -> list[SeenWord]:
    """List the words of a page in reading order."""
    found: list[SeenWord] = []
    number, cell = 0, 0
    for paragraph in flow.paragraphs:
        for line in paragraph.lines:
            before: Word | None = None
            for word in line:
                cell += before is not None and _is_apart(before, word)
                found += [SeenWord(word, key, number, cell) for key in _keys(word.text)]
                before = word
            number += paragraph.kind != "row"
            cell += 1
        number += paragraph.kind == "row"
    return found


def _is_apart(before: Word, word: Word) -> bool:
    """Claim that a word begins a line of its own, or a column."""
    white = word.x0 - before.x1
    return word.top > (before.top + before.bottom) / 2 or white > _COLUMN_WHITE * (word.bottom - word.top)


def is_lone_digit(key: str) -> bool:
    """Claim that a word is one digit: OCR misses it easily, and it is on most pages more than once."""
    return len(key) == 1 and key.isdigit()


def is_figure(key: str) -> bool:
    """Claim that a word is a number, a date or a code; a single digit among letters is a letter that was misread."""
    digits = sum(map(str.isdigit, key))
    return digits > 1 or (digits == 1 and sum(map(str.isalpha, key)) <= 2)


def joined(keys: Sequence[str]) -> str:
    """Write words that follow one another as one, as where a line's end has parted them."""
    return "".join(key.rstrip("-") if not is_figure(key) else key for key in keys)


def _keys(raw: str) -> Iterator[str]:
    if is_leader(raw):
        return
    for part in _DASHES.sub(" ", raw).split():
        for piece in _PIECES.findall(key_of(part)):
            if _WITHOUT_SPACES.fullmatch(piece):
                yield piece
            else:
                for cut in _GLUED.split(piece) if _DIGIT.search(piece) else [piece]:
                    yield from _keys_of_piece(cut)


def _keys_of_piece(piece: str) -> Iterator[str]:
    if _DIGIT.search(piece):
        yield from _keys_of_figure(piece)
    elif not is_mark(key := core_of(piece)):
        yield key


def _keys_of_figure(key: str) -> Iterator[str]:
    """Write a number without what stands around it; a sign that makes it negative stays."""
    is_negative = key[0] == "-" or (key[0] == "(" and key.rstrip("%*.,;:").endswith(")"))
    bare = key
    for signs in ("-+", _AROUND_FIGURE, "-+", _AROUND_FIGURE):
        bare = bare.lstrip(signs)
    for signs in (_AROUND_FIGURE, "-%\u2030", _AROUND_FIGURE):
        bare = bare.rstrip(signs)
    if "^" in bare:  # a footnote's number
        bare = bare.partition("^")[0]
    if bare:
        yield f"-{bare}" if is_negative and bare[0].isdigit() else bare
