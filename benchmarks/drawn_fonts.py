"""PDFs whose fonts lie, in each way a font can: its text map, its encoding, its outlines, as Type 0, 1, 3 and TrueType.

Every kind is drawn with honest fonts, too. A document is one page of figures, or of sentences, in one font.
"""

from __future__ import annotations

import struct
from collections.abc import Callable, Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Literal

import reportlab

from tests import drawing

FontKind = Literal["TrueType", "TrueType subset", "Type 0", "Type 1", "Type 3"]
KINDS: Sequence[FontKind] = ("TrueType", "TrueType subset", "Type 0", "Type 1", "Type 3")
SIMILAR = ("17", "38", "56", "08", "69", "49")
"""Digits that people and OCR confuse."""

_FONTS = Path(reportlab.__file__).parent / "fonts"
_CODES = range(32, 127)
_SENTENCES = (
    "The harbour board approved the dues for berth and crane",
    "Some tenants of the northern quay asked for one more vessel",
    "Revenue rose because the storage houses were open longer",
)

Swaps = Mapping[str, str]
"""Drawn letters, and what their font says they are."""


def figures(kind: FontKind, says: Swaps) -> bytes:
    """Draw a table of figures in a font that says of some drawn letters that they are others."""
    texts = drawing.table_texts(8, 4)
    lines = [
        (text, 60.0 + 110 * column, 100.0 + 18 * row)
        for row, line in enumerate(texts)
        for column, text in enumerate(line)
    ]
    return _drawn(kind, lines, says)


def sentences(kind: FontKind, says: Swaps) -> bytes:
    """Draw sentences in such a font."""
    return _drawn(kind, [(text, 60.0, 100.0 + 18 * row) for row, text in enumerate(_SENTENCES)], says)


def swapped(pair: str) -> Swaps:
    """Say of two letters that each is the other."""
    return {pair[0]: pair[1], pair[1]: pair[0]}


def _drawn(kind: FontKind, lines: Sequence[tuple[str, float, float]], says: Swaps) -> bytes:
    objects = drawing.Objects()
    font = _MAKERS[kind](objects, says)
    codes = {chr(code): bytes([code]) for code in _CODES}
    if kind == "TrueType subset":  # the letter's outline lies under another code
        codes = {letter: says.get(letter, letter).encode() for letter in codes}
    if kind == "Type 0":
        codes = {chr(code): struct.pack(">H", code) for code in _CODES}
    content = b"".join(
        b"BT /F3 9 Tf %.2f %.2f Td <%s> Tj ET\n"
        % (x, drawing.HEIGHT - top - 7.2, b"".join(codes[letter] for letter in text).hex().encode())
        for text, x, top in lines
    )
    box = f"0 0 {drawing.WIDTH:g} {drawing.HEIGHT:g}"
    objects.add_page_of(objects.add_stream(content), box, fonts=b"/F3 %d 0 R" % font)
    return objects.finish()


def _truetype(objects: drawing.Objects, says: Swaps) -> int:
    """Embed a font that draws what its codes say, with a text map that says otherwise."""
    return _simple(objects, b"TrueType", _font_file(objects, vera()), _text_map(objects, says), vera())


def _truetype_subset(objects: drawing.Objects, says: Swaps) -> int:
    """Embed a subset with an honest text map, in which outlines lie under other letters' names."""
    font = with_outlines(vera(), {said: drawn for drawn, said in says.items()})
    return _simple(objects, b"TrueType", _font_file(objects, font), _text_map(objects, {}), font)


def _type0(objects: drawing.Objects, says: Swaps) -> int:
    """Embed a font with two bytes a letter, whose glyphs are found by a map of the PDF's own."""
    font = vera()
    glyphs = _glyph_numbers(font)
    file, text_map = _font_file(objects, font), _text_map(objects, says, width=4)
    numbers = b"".join(struct.pack(">H", glyphs.get(chr(code), 0)) for code in range(127))
    to_glyphs = objects.add_stream(numbers)
    widths = b" ".join(b"%d" % _width(font, chr(code)) for code in _CODES)
    described = objects.add(_descriptor(file))
    descendant = objects.add(
        b"<< /Type /Font /Subtype /CIDFontType2 /BaseFont /Vera /CIDSystemInfo << /Registry (Adobe) /Ordering "
        b"(Identity) /Supplement 0 >> /FontDescriptor %d 0 R /DW 600 /W [32 [%s]] /CIDToGIDMap %d 0 R >>"
        % (described, widths, to_glyphs)
    )
    return objects.add(
        b"<< /Type /Font /Subtype /Type0 /BaseFont /Vera /Encoding /Identity-H /DescendantFonts [%d 0 R] "
        b"/ToUnicode %d 0 R >>" % (descendant, text_map)
    )


def _type1(objects: drawing.Objects, says: Swaps) -> int:
    """Embed a PostScript font, of which the encoding is honest and the text map is not."""
    content = _bare_type1((_FONTS / "com_____.pfb").read_bytes())
    lengths = b"".join(b" /Length%d %d" % (place, len(part)) for place, part in enumerate(content, 1))
    file = objects.add_stream(b"".join(content), lengths)
    text_map = _text_map(objects, says)
    described = objects.add(_descriptor(file, b"/FontFile"))
    widths = b" ".join([b"600"] * len(_CODES))
    return objects.add(
        b"<< /Type /Font /Subtype /Type1 /BaseFont /Drawn /Encoding /WinAnsiEncoding /FirstChar 32 /LastChar 126 "
        b"/Widths [%s] /FontDescriptor %d 0 R /ToUnicode %d 0 R >>" % (widths, described, text_map)
    )


def _type3(objects: drawing.Objects, says: Swaps) -> int:
    """Make a font whose glyphs are little pages of Helvetica, under names that lie."""
    procedures: list[bytes] = []
    for code in _CODES:
        letter = chr(code)
        escaped = b"\\" + letter.encode() if letter in "()\\" else letter.encode()
        width = round(1000 * drawing.text_width(letter, 1))
        body = b"%d 0 0 -250 %d 950 d1 BT /F1 1000 Tf (%s) Tj ET" % (width, width, escaped)
        procedures.append(b"/c%d %d 0 R" % (code, objects.add_stream(body)))
    text_map = _text_map(objects, says)
    widths = b" ".join(b"%d" % round(1000 * drawing.text_width(chr(code), 1)) for code in _CODES)
    names = b" ".join(b"/c%d" % code for code in _CODES)
    return objects.add(
        b"<< /Type /Font /Subtype /Type3 /FontBBox [0 -250 1000 950] /FontMatrix [0.001 0 0 0.001 0 0] "
        b"/CharProcs << %s >> /Encoding << /Type /Encoding /Differences [32 %s] >> /FirstChar 32 /LastChar 126 "
        b"/Widths [%s] /Resources << /Font << /F1 3 0 R >> >> /ToUnicode %d 0 R >>"
        % (b" ".join(procedures), names, widths, text_map)
    )


_MAKERS: Mapping[FontKind, Callable[[drawing.Objects, Swaps], int]] = {
    "TrueType": _truetype,
    "TrueType subset": _truetype_subset,
    "Type 0": _type0,
    "Type 1": _type1,
    "Type 3": _type3,
}


def _simple(objects: drawing.Objects, subtype: bytes, file: int, text_map: int, font: bytes) -> int:
    described = objects.add(_descriptor(file))
    widths = b" ".join(b"%d" % _width(font, chr(code)) for code in _CODES)
    return objects.add(
        b"<< /Type /Font /Subtype /%s /BaseFont /ABCDEF+Vera /Encoding /WinAnsiEncoding /FirstChar 32 /LastChar 126 "
        b"/Widths [%s] /FontDescriptor %d 0 R /ToUnicode %d 0 R >>" % (subtype, widths, described, text_map)
    )


def _descriptor(file: int, key: bytes = b"/FontFile2") -> bytes:
    return (
        b"<< /Type /FontDescriptor /FontName /Drawn /Flags 32 /FontBBox [-200 -250 1300 950] /ItalicAngle 0 "
        b"/Ascent 900 /Descent -240 /CapHeight 730 /StemV 80 %s %d 0 R >>" % (key, file)
    )


def _font_file(objects: drawing.Objects, font: bytes) -> int:
    return objects.add_stream(font, b"/Length1 %d" % len(font))


def _text_map(objects: drawing.Objects, says: Swaps, *, width: int = 2) -> int:
    return objects.add_stream(drawing.text_map(says, digits=width))


# TrueType, as far as exchanging outlines takes.


@cache
def vera() -> bytes:
    """Read a font that comes along with reportlab."""
    return (_FONTS / "Vera.ttf").read_bytes()


def with_outlines(font: bytes, of: Mapping[str, str]) -> bytes:
    """Give letters the outlines and widths of others, and drop those of all other glyphs but ASCII's, as subsets do."""
    tables = _tables(font)
    glyphs = _glyph_numbers(font)
    count = struct.unpack_from(">H", tables["maxp"], 4)[0]
    is_long = struct.unpack_from(">h", tables["head"], 50)[0] == 1
    offsets = struct.unpack_from(f">{count + 1}{'L' if is_long else 'H'}", tables["loca"])
    begins = [offset * (1 if is_long else 2) for offset in offsets]
    metrics = struct.unpack_from(">H", tables["hhea"], 34)[0]
    widths = bytearray(tables["hmtx"])
    outlines = {0: tables["glyf"][begins[0] : begins[1]]}
    for letter, number in glyphs.items():
        source = glyphs[of.get(letter, letter)]
        outlines[number] = tables["glyf"][begins[source] : begins[source + 1]]
        if max(source, number) < metrics:
            widths[4 * number : 4 * number + 4] = tables["hmtx"][4 * source : 4 * source + 4]
    glyf, loca = b"", [0]
    for number in range(count):
        outline = outlines.get(number, b"")
        glyf += outline + b"\0" * (-len(outline) % 4)
        loca.append(len(glyf))
    tables |= {"glyf": glyf, "loca": struct.pack(f">{count + 1}L", *loca), "hmtx": bytes(widths)}
    head = tables["head"]
    tables["head"] = head[:50] + struct.pack(">h", 1) + head[52:]
    return _font_of(tables)


def _tables(font: bytes) -> dict[str, bytes]:
    count = struct.unpack_from(">H", font, 4)[0]
    entries = (struct.unpack_from(">4sLLL", font, 12 + 16 * number) for number in range(count))
    return {tag.decode(): font[offset : offset + length] for tag, _, offset, length in entries}


def _font_of(tables: Mapping[str, bytes]) -> bytes:
    head, body = b"", b""
    for tag, table in sorted(tables.items()):
        head += struct.pack(">4sLLL", tag.encode(), 0, 12 + 16 * len(tables) + len(body), len(table))
        body += table + b"\0" * (-len(table) % 4)
    return struct.pack(">LHHHH", 0x00010000, len(tables), 0, 0, 0) + head + body


@cache
def _glyph_numbers(font: bytes) -> Mapping[str, int]:
    """Find the glyphs of ASCII's letters by the font's Unicode table of format 4."""
    table = _tables(font)["cmap"]
    offsets = [struct.unpack_from(">HHL", table, 4 + 8 * n) for n in range(struct.unpack_from(">H", table, 2)[0])]
    start = next(at for platform, _, at in offsets if platform == 3 and table[at : at + 2] == b"\0\4")
    count = struct.unpack_from(">H", table, start + 6)[0] // 2
    columns = [start + 14 + column for column in (0, 2 * count + 2, 4 * count + 2, 6 * count + 2)]
    found: dict[str, int] = {}
    for code in _CODES:
        for place in range(count):
            end, first, delta, offset = (struct.unpack_from(">H", table, column + 2 * place)[0] for column in columns)
            if first <= code <= end:
                number = code
                if offset:
                    number = struct.unpack_from(">H", table, columns[3] + 2 * place + offset + 2 * (code - first))[0]
                found[chr(code)] = (number + delta) & 0xFFFF
                break
    return found


@cache
def _width(font: bytes, letter: str) -> int:
    tables = _tables(font)
    units = struct.unpack_from(">H", tables["head"], 18)[0]
    number = min(_glyph_numbers(font)[letter], struct.unpack_from(">H", tables["hhea"], 34)[0] - 1)
    width: int = struct.unpack_from(">H", tables["hmtx"], 4 * number)[0]
    return round(width * 1000 / int(units))


def _bare_type1(content: bytes) -> list[bytes]:
    """Take the three parts of a PostScript font out of their wrapping."""
    parts, at = list[bytes](), 0
    while content[at] == 0x80 and content[at + 1] != 3:
        length = struct.unpack_from("<L", content, at + 2)[0]
        parts.append(content[at + 6 : at + 6 + length])
        at += 6 + length
    return parts
