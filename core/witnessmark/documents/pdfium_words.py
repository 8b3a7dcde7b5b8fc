"""Words with boxes from PDFium's text page.

Two boxes a word are read, of its first and its last character, because each costs a call; a word whose width is odd for
its letters is read character by character, and cut where a gap shows that it is two, or where a figure is followed by a
smaller one that is raised: a note's number must not become a digit.
"""

from __future__ import annotations

import ctypes
import math
import re
import struct
import unicodedata
from collections.abc import Callable, Iterator
from itertools import pairwise
from typing import Any

from witnessmark.documents.placement import Placement
from witnessmark.values import Word

MAX_CHARACTERS = 400_000
"""A page with more is a bomb; what comes after is not read."""

GAP = 0.6
"""A gap inside a word, in font sizes, that is a column's and not a letter's."""

_HYPHENS = {"\x02": "-", "\ufffe": "-", "\xad": "-"}
"""What PDFium gives for a hyphen at a line's end, and the soft hyphen."""
_DROPPED = dict.fromkeys(
    [*map(ord, "\u200b\u200c\u200d\u2060\ufeff\x00\u202a\u202b\u202c\u202d\u202e"), *range(0xE0000, 0xE0080)]
)
"""What has no width, turns text around, or is a tag that nobody sees."""
_LEADERS = re.compile(r"([.…·_]{4,})")
_BOLD = re.compile(rb"bold|black|heavy|semibold|demi", re.IGNORECASE)


_ORDINALS = frozenset({"st", "nd", "rd", "th", "er", "re", "èm"})
"""How what is raised begins where it belongs to its figure: 1st, 2nd, 3ème."""
_SMALLER, _RAISED = 0.88, 0.2
"""Of a line's height: a mark is smaller than that share of it, or stands higher or lower by this one."""
_SPACED_GAP, _SPACED_EVENLY = 0.8, 0.12
"""Of a line's height: gaps between letters that are set apart for show, and how far they may differ."""

_BULLETS = frozenset("•●○▪■□◦‣➢►❖◆·\uf0b7\uf0a7\uf0d8\uf0fc\uf076")
_TALL, _BESIDE = 1.4, 6.0
"""Times the height of the words after it: a bullet's box that is taller, and as far before them as bullets stand."""

_RUN = re.compile(r"[^\s\x00]+")
_SPACED = re.compile(r"(?<!\S)[^\W\d_](?: [^\W\d_]){3,}(?!\S)")
"""Letters set apart by single spaces."""
_Box = tuple[float, float, float, float]
"""left, top, right, bottom in the page's own coordinates, whose origin is the bottom left: top > bottom."""


class _Page:
    """The calls for one text page, with the structures they fill.

    The calls are made for every word, so they take plain addresses: with the binding's own pointer types converting the
    arguments costs as much as the call.
    """

    def __init__(self, raw: Any, text: Any, placement: Placement) -> None:
        self.raw = raw
        self.text = text
        self.placement = placement
        address = ctypes.cast(text, ctypes.c_void_p).value
        box = (ctypes.c_float * 4)()  # FS_RECTF: left, top, right, bottom
        name = ctypes.create_string_buffer(128)
        flags = ctypes.c_int()
        get_box = by_address(raw.FPDFText_GetLooseCharBox, ctypes.c_void_p)
        get_font = by_address(raw.FPDFText_GetFontInfo, ctypes.c_void_p, ctypes.c_ulong, ctypes.c_void_p)
        box_at, name_at, flags_at = ctypes.addressof(box), ctypes.addressof(name), ctypes.addressof(flags)
        values = struct.Struct("4f").unpack_from

        def box_of(index: int) -> _Box:
            get_box(address, index, box_at)
            return values(box)

        def font_of(index: int) -> bytes:
            get_font(address, index, name_at, 128, flags_at)
            return name.value

        self.box: Callable[[int], _Box] = box_of
        """Find a character's line box."""
        self._font = font_of
        self._kept = (box, name, flags)  # the calls write to their addresses
        self._bold: dict[bytes, bool] = {}
        self._sizes: dict[tuple[bytes, int], float] = {}

    def angle(self, index: int) -> int:
        """Say in which direction a character is written on the page as it is, clockwise: 0, 90, 180 or 270."""
        radians: float = self.raw.FPDFText_GetCharAngle(self.text, index)
        return round(math.degrees(radians) / 90) * 90 % 360 if radians >= 0 else 0

    def style(self, index: int, height: float) -> tuple[float, bool]:
        """Find the size as drawn and whether the font is bold, for a line box of `height`.

        Both are asked for once for each font and height, since each question costs a call.
        """
        name = self._font(index)
        bold = self._bold.get(name)
        if bold is None:
            bold = bool(_BOLD.search(name)) or self.raw.FPDFText_GetFontWeight(self.text, index) >= 600
            self._bold[name] = bold
        key = (name, int(height * 50))
        size = self._sizes.get(key)
        if size is None:
            size = self.raw.FPDFText_GetFontSize(self.text, index)
            # A font's own size is scaled by matrices; where it does not fit its line box, the box tells.
            size = size if 0.5 * height <= size <= 1.6 * height else height / 1.15
            self._sizes[key] = size
        return size, bold


def by_address(function: Any, *kinds: Any) -> Callable[..., int]:
    """Make a function of the binding that takes addresses for its pointers: of the text page, an index, and `kinds`."""
    address = ctypes.cast(function, ctypes.c_void_p).value
    assert address is not None
    return ctypes.CFUNCTYPE(ctypes.c_int, ctypes.c_void_p, ctypes.c_int, *kinds)(address)


def words_of(raw: Any, text: Any, placement: Placement) -> tuple[Word, ...]:
    """Read the words of a page in the order of its text layer.

    Units:  points, origin top left of the upright page; words that lie off the page are left out
    """
    return tuple(word for word, _ in placed_words(raw, text, placement, characters_of(raw, text)))


def characters_of(raw: Any, text: Any) -> str:
    """Read one character for each index of a text page, NUL for what has no letter."""
    count = min(raw.FPDFText_CountChars(text), MAX_CHARACTERS)
    return _characters(raw, text, count) if count > 0 else ""


def placed_words(raw: Any, text: Any, placement: Placement, characters: str) -> list[tuple[Word, int]]:
    """Read the words of a page, each with the index of its first character.

    Units:  as `words_of`
    """
    page = _Page(raw, text, placement)
    found: list[tuple[Word, int]] = []
    for match in _RUN.finditer(characters):
        word = None if placement.rotation else _plain_word(page, match)
        if word is not None:
            found.append((word, match.start()))
        else:
            found += _odd_words(page, characters, match)
    return _level_bullets(_styled(page, _closed_up(found, characters)))


def _level_bullets(found: list[tuple[Word, int]]) -> list[tuple[Word, int]]:
    """Put bullets into the line of the words after them: fonts of symbols have line boxes of twice that height.

    Such a box reaches into the lines above and below, and would make one line of them.
    """
    for place, ((bullet, start), (word, _)) in enumerate(pairwise(found)):
        if bullet.text not in _BULLETS or bullet.angle or word.angle:
            continue
        height = word.bottom - word.top
        is_taller = bullet.bottom - bullet.top > _TALL * height
        is_beside = 0 < word.x0 - bullet.x0 < _BESIDE * height and bullet.top < word.bottom and word.top < bullet.bottom
        if is_taller and is_beside:
            found[place] = bullet._replace(top=word.top, bottom=word.bottom, size=word.size), start
    return found


def _closed_up(found: list[tuple[Word, int]], characters: str) -> list[tuple[Word, int]]:
    """Make one word of letters that stand apart evenly, as headings are set: T o t a l."""
    for match in _SPACED.finditer(characters):
        text = match.group()[::2]
        inside = [n for n, (_, start) in enumerate(found) if match.start() <= start < match.end()]
        letters = [found[n][0] for n in inside]
        if len(letters) == len(text) and list(text) != sorted(text) and _is_spaced(letters):
            first, last = letters[0], letters[-1]
            found[inside[0]] = first._replace(text=text, x1=last.x1), found[inside[0]][1]
            del found[inside[1] : inside[-1] + 1]
    return found


def _is_spaced(letters: list[Word]) -> bool:
    height = letters[0].bottom - letters[0].top
    gaps = [after.x0 - before.x1 for before, after in pairwise(letters)]
    return (
        all(letter.top == letters[0].top and letter.angle == 0 for letter in letters)
        and 0 < max(gaps) <= _SPACED_GAP * height
        and max(gaps) - min(gaps) <= _SPACED_EVENLY * height
    )


def _styled(page: _Page, found: list[tuple[Word, int]]) -> list[tuple[Word, int]]:
    """Give words their font size and weight, and drop what stands there twice.

    The font is asked for at both ends of a run of words on one line; where the ends agree, so does what is between.
    """
    words: list[tuple[Word, int]] = []
    seen: set[tuple[str, int, int]] = set()
    begin = 0
    while begin < len(found):
        first, start = found[begin]
        end = begin + 1
        while end < len(found) and found[end][0][2] == first[2] and found[end][0][4] == first[4]:
            end += 1
        height = first.x1 - first.x0 if first.angle % 180 else first.bottom - first.top
        style = page.style(start, height)
        agrees = end - begin == 1 or page.style(found[end - 1][1], height) == style
        for (text, x0, top, x1, bottom, _, _, angle), index in found[begin:end]:
            # Bold is sometimes faked by drawing twice, a fraction of a point apart.
            key = (text, int(x0 / 2 + 0.5), int(top / 2 + 0.5))
            if key not in seen:
                seen.add(key)
                size, is_bold = style if agrees else page.style(index, height)
                words.append((Word(text, x0, top, x1, bottom, size, is_bold, angle), index))
        begin = end
    return words


def _plain_word(page: _Page, match: re.Match[str]) -> Word | None:
    """Make the word that nearly every run is: ASCII, level, as wide as its letters, on an upright page; else None."""
    text = match.group()
    if not (text.isascii() and text.isprintable()) or "..." in text or "__" in text:
        return None
    start, end = match.span()
    left, top, right, bottom = page.box(start)
    length = end - start
    if length > 1:
        next_left, next_top, right, next_bottom = page.box(end - 1)
        if next_left <= left or length >= 60:
            return None
        if not (-0.1 < bottom - next_bottom < 0.1 and -0.1 < top - next_top < 0.1):
            return None
        if right - left > 0.75 * (top - bottom) * length:
            return None
    elif page.angle(start):
        return None
    placement = page.placement
    x0, x1, top, bottom = left - placement.left, right - placement.left, placement.top - top, placement.top - bottom
    if x1 <= 0 or bottom <= 0 or x0 >= placement.width or top >= placement.height or x1 <= x0 or bottom <= top:
        return None
    return Word(text, x0, top, x1, bottom)


def _odd_words(page: _Page, characters: str, match: re.Match[str]) -> Iterator[tuple[Word, int]]:
    """Make the words of any other run, each with the index of its first character."""
    for piece in _pieces(page, characters, match.start(), match.end() - 1):
        yield from _words(page, characters, *piece)


def _characters(raw: Any, text: Any, count: int) -> str:
    """Read one character for each index, NUL for what has no letter."""
    buffer = (ctypes.c_ushort * (count + 1))()
    written = raw.FPDFText_GetText(text, 0, count, buffer)
    characters = bytes(buffer)[: 2 * max(0, written - 1)].decode("utf-16-le", "replace")
    # Where every index has one unit (nearly every page) one call gives all; else indices and units part ways.
    if len(characters) == count and "\ufffd" not in characters:
        return characters
    return "".join(_character(raw.FPDFText_GetUnicode(text, index)) for index in range(count))


def _character(code: int) -> str:
    return "\0" if 0xD800 <= code < 0xE000 or code > 0x10FFFF else chr(code)


def _pieces(page: _Page, characters: str, start: int, end: int) -> list[tuple[int, int, _Box, _Box]]:
    """Cut a run where its letters jump: to another line, another direction, or over a gap as wide as a column's.

    Shapes:  (first index, last index, box of the first, box of the last) for each piece
    """
    first = page.box(start)
    if start == end:
        return [(start, end, first, first)]
    last = page.box(end)
    size = max(first[1] - first[3], 0.1)
    length = end - start + 1
    if (
        abs(first[3] - last[3]) < 0.5 * size
        and first[0] <= last[2]
        and (last[2] - first[0]) <= 0.75 * size * length
        and length < 60
        and not (_is_mark(first, last, is_level=True) and any(map(str.isdigit, characters[start : end + 1])))
    ):
        return [(start, end, first, last)]
    pieces: list[tuple[int, int, _Box, _Box]] = []
    begin, opening, before = start, first, first
    has_level_step = False
    for index in range(start + 1, end + 1):
        box = page.box(index)
        is_level = abs(box[0] - before[0]) >= abs(box[3] - before[3])
        is_below = not is_level and _is_below(before, box)
        if (
            _is_apart(before, box, characters[index - 1])
            or (is_below and (has_level_step or _is_other_row(page, characters, index)))
            or (_is_mark(before, box, is_level=is_level) and _is_beside_figure(before, box, characters, index))
        ):
            pieces.append((begin, index - 1, opening, before))
            begin, opening, has_level_step = index, box, False
        else:
            has_level_step = has_level_step or is_level
        before = box
    pieces.append((begin, end, opening, before))
    return pieces


def _is_apart(a: _Box, b: _Box, before: str) -> bool:
    size = max(a[1] - a[3], b[1] - b[3], 0.1)
    wide = max(a[2] - a[0], b[2] - b[0], 0.1)
    across = b[0] - a[2] if b[0] >= a[0] else a[0] - b[2]
    down = max(b[3] - a[1], a[3] - b[1])
    if across <= GAP * size and down < 0:
        return False
    # Written upwards or downwards: the letters stand above one another.
    if abs(a[0] - b[0]) < 0.5 * wide and -0.5 * size < down <= GAP * max(wide, size):
        return before in _HYPHENS
    return True


def _is_below(a: _Box, b: _Box) -> bool:
    """Say whether one letter is right above or below the other."""
    return max(b[3] - a[1], a[3] - b[1]) >= 0


def _is_other_row(page: _Page, characters: str, index: int) -> bool:
    """Say whether a figure right below or above another is the next row's: figures that are level are not stacked."""
    return characters[index - 1].isdigit() and characters[index].isdigit() and page.angle(index) % 180 == 0


def _is_mark(a: _Box, b: _Box, *, is_level: bool) -> bool:
    """Say whether one of two letters is smaller than the other, or stands higher."""
    (low_a, high_a), (low_b, high_b) = ((a[3], a[1]), (b[3], b[1])) if is_level else ((a[0], a[2]), (b[0], b[2]))
    tallest = max(high_a - low_a, high_b - low_b)
    is_smaller = min(high_a - low_a, high_b - low_b) < _SMALLER * tallest
    return (is_smaller and abs(low_a - low_b) > 0.1) or abs(low_a - low_b) > _RAISED * tallest


def _is_beside_figure(a: _Box, b: _Box, characters: str, index: int) -> bool:
    """Say whether the larger of two letters, of which the second is at `index`, ends or begins a figure."""
    if (a[1] - a[3]) * (a[2] - a[0]) >= (b[1] - b[3]) * (b[2] - b[0]):
        return (characters[index - 1].isdigit() or characters[index - 1] in "%)") and (
            characters[index : index + 2].lower() not in _ORDINALS
        )
    return characters[index].isdigit()


def _words(page: _Page, characters: str, start: int, end: int, first: _Box, last: _Box) -> Iterator[tuple[Word, int]]:
    """Make the words of one piece; dot leaders part from what they lead to."""
    text = characters[start : end + 1]
    if "..." in text or "…" in text or "__" in text or "··" in text:
        offset = start
        for part in filter(None, _LEADERS.split(text)):
            yield from _word(page, part, offset, page.box(offset), page.box(offset + len(part) - 1))
            offset += len(part)
        return
    yield from _word(page, text, start, first, last)


def _word(page: _Page, text: str, start: int, a: _Box, b: _Box) -> Iterator[tuple[Word, int]]:
    if not (text.isascii() and text.isprintable()):
        text = _readable(text)
        if not text:
            return
    placement = page.placement
    x0, top, x1, bottom = placement.upright(
        min(b[0], a[0]),
        min(b[3], a[3]),
        max(b[2], a[2]),
        max(b[1], a[1]),
    )
    if x1 <= 0 or bottom <= 0 or x0 >= placement.width or top >= placement.height or (x1 <= x0 and bottom <= top):
        return
    # Letters that go to the right on an upright page need no question.
    is_plain = b[0] > a[0] and abs(a[3] - b[3]) < 0.1 and placement.rotation == 0
    angle = 0 if is_plain else (page.angle(start) + placement.rotation) % 360
    yield Word(text, x0, top, x1, bottom, angle=angle), start


def _readable(text: str) -> str:
    """Drop what cannot be seen; write ligatures as letters, accents in one character, line-end hyphens as hyphens."""
    text = text.translate(_DROPPED)
    for mark, hyphen in _HYPHENS.items():
        text = text.replace(mark, hyphen)
    return _composed(text)


_LIGATURES = {0xFB00: "ff", 0xFB01: "fi", 0xFB02: "fl", 0xFB03: "ffi", 0xFB04: "ffl", 0xFB05: "ft", 0xFB06: "st"}


def _composed(text: str) -> str:
    """Write ligatures as letters and accents in one character; superscripts and the like stay what they are."""
    kept = "".join(
        letter for letter in text.translate(_LIGATURES) if unicodedata.category(letter) not in {"Cc", "Cs", "Cn"}
    )
    return unicodedata.normalize("NFC", kept)
