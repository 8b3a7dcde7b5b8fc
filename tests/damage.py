"""Documents that are wrong on purpose: each function returns bytes, its first sentence says what is wrong with them.

Not what their names would say, damaged, bombs, and text layers that mislead; `tests.drawing` has the good ones.
"""

from __future__ import annotations

import io
import random
import struct
import zipfile
import zlib

from tests.drawing import HEIGHT, WIDTH, Leaf, Objects, document, words

# --- not what their names would say -------------------------------------------------------------------------------


def zero_bytes() -> bytes:
    """Nothing at all."""
    return b""


def office_file() -> bytes:
    """A word processor's document: a zip, whatever it is named."""
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        archive.writestr("[Content_Types].xml", '<?xml version="1.0"?><Types/>')
        archive.writestr("word/document.xml", '<?xml version="1.0"?><w:document/>')
    return file.getvalue()


def plain_zip() -> bytes:
    """A zip with a text in it, no document."""
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        archive.writestr("readme.txt", "nothing to see")
    return file.getvalue()


def html_page() -> bytes:
    """A web page, as a download that met a sign-in form."""
    return b"<!DOCTYPE html>\n<html><head><title>Sign in</title></head><body><p>Please sign in.</p></body></html>\n"


def svg_image() -> bytes:
    """An SVG with a script and a reference to a local file: nothing of it may run or be fetched."""
    return (
        b'<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink" width="80" height="40">'
        b'<script>alert(1)</script><image xlink:href="file:///etc/hostname" width="9" height="9"/></svg>\n'
    )


def random_bytes(count: int = 4096) -> bytes:
    """Bytes of no format, the same every time."""
    return random.Random(2).randbytes(count)


# --- damaged ------------------------------------------------------------------------------------------------------


def truncated(file: bytes, keep: float = 0.5) -> bytes:
    """A file whose download stopped after the share `keep` of it."""
    return file[: int(len(file) * keep)]


def with_broken_pixels(png: bytes) -> bytes:
    """A PNG whose compressed pixels cannot be unpacked from the middle on."""
    middle = png.index(b"IDAT") + 4 + int.from_bytes(png[png.index(b"IDAT") - 4 : png.index(b"IDAT")], "big") // 2
    return png[:middle] + b"\xff" * 40 + png[middle + 40 :]


def without_trailer(pdf: bytes) -> bytes:
    """A PDF that ends before its cross-reference table: no xref, no trailer, all objects whole."""
    return pdf[: pdf.rindex(b"\nxref\n") + 1]


def with_junk_before(pdf: bytes, junk: bytes = b"HTTP/1.1 200 OK\r\nServer: harbour\r\n\r\n") -> bytes:
    """A PDF whose header is not at the first byte, so that every offset in it is wrong."""
    return junk + pdf


def with_wrong_offsets(pdf: bytes) -> bytes:
    """A PDF whose `startxref` points nowhere."""
    before, _, _ = pdf.rpartition(b"startxref")
    return before + b"startxref\n99999999\n%%EOF\n"


def no_pages() -> bytes:
    """A PDF with an empty page tree."""
    return Objects().finish()


def empty_page_box() -> bytes:
    """A page whose /MediaBox has no area."""
    return document(Leaf(content=words("Seen by nobody", x=60, top=60), media_box="0 0 0 0"))


def page_tree_loop() -> bytes:
    """A page tree that has itself among its kids and claims 1,000,000 pages."""
    objects = Objects()
    objects.add_page(Leaf(content=words("The only page", x=60, top=60)))
    objects.bodies[1] = b"<< /Type /Pages /Count 1000000 /Kids [%d 0 R 2 0 R] >>" % objects.pages[0]
    return objects.finish()


def missing_page(text: str = "The only page") -> bytes:
    """Two pages, of which the second is not in the file."""
    objects = Objects()
    objects.add_page(Leaf(content=words(text, x=60, top=60)))
    objects.bodies[1] = b"<< /Type /Pages /Count 2 /Kids [%d 0 R 99 0 R] >>" % objects.pages[0]
    return objects.finish()


# --- bombs --------------------------------------------------------------------------------------------------------


def image_claiming(width: int = 60_000, height: int = 60_000) -> bytes:
    """A PNG whose header claims far more pixels than its few bytes hold."""
    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    rows = zlib.compress(bytes(1000))
    return b"\x89PNG\r\n\x1a\n" + _chunk(b"IHDR", header) + _chunk(b"IDAT", rows) + _chunk(b"IEND", b"")


def _chunk(kind: bytes, body: bytes) -> bytes:
    return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))


def huge_page(inches: float = 14_400) -> bytes:
    """A page so large that no fixed resolution can render it; its one word stands at the lower left."""
    side = inches * 72
    return document(Leaf(content=b"BT /F1 12 Tf 72 72 Td (Corner) Tj ET\n", media_box=f"0 0 {side:.0f} {side:.0f}"))


def flate_bomb(mebibytes: int = 1024) -> bytes:
    """A page whose content stream is a few kilobytes and unpacks, through two filters, to `mebibytes` of spaces."""
    packer = zlib.compressobj(9)
    mebibyte = b" " * 2**20
    packer.compress(mebibyte)
    packer.flush(zlib.Z_FULL_FLUSH)
    # After a full flush a block depends on nothing before it: one block, repeated, is the whole stream.
    block = packer.compress(mebibyte) + packer.flush(zlib.Z_FULL_FLUSH)
    check = 1
    for _ in range(mebibytes):
        check = zlib.adler32(mebibyte, check)
    inner = b"\x78\xda" + block * mebibytes + b"\x03\x00" + struct.pack(">I", check)
    objects = Objects()
    stream = objects.add_stream(zlib.compress(inner, 9), b"/Filter [/FlateDecode /FlateDecode]")
    objects.add_page_of(stream, f"0 0 {WIDTH:g} {HEIGHT:g}")
    return objects.finish()


def self_drawing_form(*, before: int = 0, times: int = 1, after: int = 0) -> bytes:
    """A form XObject that draws itself twice: endless for a reader that does not count; good pages before and after."""
    objects = Objects()
    for number in range(before):
        objects.add_page(Leaf(content=words(f"Page {number + 1} is good", x=60, top=60)))
    own = len(objects.bodies) + 1
    entries = b"/Type /XObject /Subtype /Form /BBox [0 0 600 850] /Resources << /XObject << /Me %d 0 R >> >>" % own
    form = objects.add_stream(b"/Me Do /Me Do\n", entries)
    stream = objects.add_stream(words("Before the form", x=60, top=60) + b"/Me Do\n")
    for _ in range(times):
        objects.add_page_of(stream, f"0 0 {WIDTH:g} {HEIGHT:g}", resources=b"/XObject << /Me %d 0 R >>" % form)
    for number in range(before + times, before + times + after):
        objects.add_page(Leaf(content=words(f"Page {number + 1} is good", x=60, top=60)))
    return objects.finish()


def branching_forms(depth: int = 30) -> bytes:
    """Form XObjects in a chain, each drawing the next twice: no cycle, and 2**depth drawings."""
    objects = Objects()
    form = b"/Type /XObject /Subtype /Form /BBox [0 0 600 850] /Resources << /Font << /F1 3 0 R >> %s >>"
    first = len(objects.bodies) + 1
    for number in range(first, first + depth):
        objects.add_stream(b"/On Do /On Do\n", form % (b"/XObject << /On %d 0 R >>" % (number + 1)))
    objects.add_stream(words("leaf", x=60, top=60), form % b"")
    objects.add_page_of(
        objects.add_stream(b"/On Do\n"), f"0 0 {WIDTH:g} {HEIGHT:g}", resources=b"/XObject << /On %d 0 R >>" % first
    )
    return objects.finish()


def endless_parsing(times: int = 1500) -> bytes:
    """A form of a mebibyte that draws nothing, drawn again and again: work for many seconds, and hardly any memory."""
    objects = Objects()
    operators = zlib.compress(b"/F1 9 Tf\n" * (1024 * 1024 // 9), 1)
    form = (
        b"/Type /XObject /Subtype /Form /BBox [0 0 600 850] /Filter /FlateDecode /Resources << /Font << /F1 3 0 R >> >>"
    )
    number = objects.add_stream(operators, form)
    page = objects.add_stream(b"/On Do\n" * times)
    objects.add_page_of(page, f"0 0 {WIDTH:g} {HEIGHT:g}", resources=b"/XObject << /On %d 0 R >>" % number)
    return objects.finish()


def deep_nesting(depth: int = 100_000) -> bytes:
    """A PDF with an array inside an array, `depth` times."""
    objects = Objects()
    objects.add_page(Leaf(content=words("Below all this", x=60, top=60)))
    objects.bodies[0] = b"<< /Type /Catalog /Pages 2 0 R /Deep %s%s >>" % (b"[" * depth, b"]" * depth)
    return objects.finish()


# --- text layers that mislead -------------------------------------------------------------------------------------


def invisible_text(text: str = "Nobody can see this.", visible: str = "This can be seen.") -> bytes:
    """A page with a line in render mode 3: in the text layer, but drawn nowhere."""
    seen = words(visible, x=60, top=60) if visible else b""
    return document(seen + words(text, x=60, top=100, render_mode=3))


def unmapped_text(text: str = "Total 1,284.50") -> bytes:
    """A page whose letters are drawn by a font that says nowhere which characters they are."""
    objects = Objects()
    letters = sorted(set(text))
    # Codes below 32, glyph names without meaning and no /ToUnicode: what badly subset fonts look like to a reader.
    codes = {letter: code for code, letter in enumerate(letters, start=1)}
    drawings = [objects.add_stream(_box_letter(code, blank=letter == " ")) for letter, code in codes.items()]
    procs = b" ".join(b"/x%d %d 0 R" % (code, number) for code, number in zip(codes.values(), drawings, strict=True))
    names = b" ".join(b"/x%d" % code for code in codes.values())
    font = objects.add(
        b"<< /Type /Font /Subtype /Type3 /FontBBox [0 0 600 700] /FontMatrix [0.001 0 0 0.001 0 0] "
        b"/FirstChar 1 /LastChar %d /Widths [%s] /CharProcs << %s >> "
        b"/Encoding << /Type /Encoding /Differences [1 %s] >> /Resources << >> >>"
        % (len(codes), b" ".join([b"600"] * len(codes)), procs, names)
    )
    hexadecimal = "".join(f"{codes[letter]:02x}" for letter in text).encode()
    stream = objects.add_stream(b"BT /F9 14 Tf 60 760 Td <%s> Tj ET\n" % hexadecimal)
    objects.add_page_of(stream, f"0 0 {WIDTH:g} {HEIGHT:g}", fonts=b"/F9 %d 0 R" % font)
    return objects.finish()


def _box_letter(code: int, *, blank: bool) -> bytes:
    """Draw a glyph of bars, a different one for each code."""
    if blank:
        return b"600 0 d0\n"
    bars = b"".join(b"%d 0 60 700 re f " % (80 + 110 * bit) for bit in range(5) if code >> bit & 1)
    return b"600 0 0 0 600 700 d1 0 320 500 60 re f " + bars
