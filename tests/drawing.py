"""Documents drawn by code, so that a test knows the truth of what it reads.

`draw_table` and `draw_long_table` (their truth is `table_texts` with the same arguments), `draw_text`, `draw_scan`,
`draw_image`, `pdf_with_pages`, or anything made of `words`, `rule`, `fill` and `grid` put together by `document`.
Documents that are wrong on purpose are in `tests.damage`.

Units:  points (1/72 inch) from the top left corner of an A4 page, unless a function says otherwise
"""

from __future__ import annotations

import io
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

WIDTH, HEIGHT = 595.0, 842.0
"""A4, whole points."""

Texts = tuple[tuple[str, ...], ...]
Ruled = Literal["all", "rows", "none"]
"""Every cell framed; a line above and below the header and below the last row; no line at all."""

# fmt: off
# Helvetica's advance widths from " " to "~" in thousandths of the size. Source: Adobe's Helvetica.afm
_HELVETICA = (
    278, 278, 355, 556, 556, 889, 667, 191, 333, 333, 389, 584, 278, 333, 278, 278, 556, 556, 556, 556, 556, 556, 556,
    556, 556, 556, 278, 278, 584, 584, 584, 556, 1015, 667, 667, 722, 722, 667, 611, 778, 722, 278, 500, 667, 556,
    833, 722, 778, 667, 778, 722, 667, 611, 722, 667, 944, 667, 667, 611, 278, 278, 278, 469, 556, 333, 556, 556, 500,
    556, 556, 278, 556, 556, 222, 222, 500, 222, 833, 556, 556, 556, 556, 333, 500, 278, 556, 500, 722, 500, 500, 500,
    334, 260, 334, 584,
)
# fmt: on


def text_width(text: str, size: float = 10) -> float:
    """Measure a line of Helvetica; characters beyond ASCII count as digits do."""
    return sum(_HELVETICA[ord(char) - 32] if " " <= char <= "~" else 556 for char in text) * size / 1000


# --- what pages are made of ---------------------------------------------------------------------------------------


def words(
    text: str,
    *,
    x: float,
    top: float,
    size: float = 10,
    bold: bool = False,
    align: Literal["left", "right", "centre"] = "left",
    render_mode: int = 0,
    grey: float | None = None,
    font: str | None = None,
) -> bytes:
    """Write a line; `x` is its left edge, right edge or middle, `top` the top of its line box.

    Shapes:  `grey` from 0 black to 1 white; `font` names one of the page's, such as F3 of `mapped_document`
    """
    x -= text_width(text, size) * {"left": 0, "right": 1, "centre": 0.5}[align]
    escaped = text.encode("cp1252").replace(b"\\", b"\\\\").replace(b"(", b"\\(").replace(b")", b"\\)")
    name = f"/{font}".encode() if font else b"/F2" if bold else b"/F1"
    baseline = HEIGHT - top - 0.8 * size
    line = b"BT %s %g Tf %d Tr %.2f %.2f Td (%s) Tj ET\n" % (name, size, render_mode, x, baseline, escaped)
    return line if grey is None else b"q %g g %sQ\n" % (grey, line)


def rule(x0: float, top: float, x1: float, bottom: float, *, width: float = 0.5) -> bytes:
    """Stroke a straight line."""
    return b"%g w %.2f %.2f m %.2f %.2f l S\n" % (width, x0, HEIGHT - top, x1, HEIGHT - bottom)


def fill(x0: float, top: float, x1: float, bottom: float, *, grey: float = 0.9) -> bytes:
    """Fill a rectangle, `grey` from 0 black to 1 white."""
    return b"q %g g %.2f %.2f %.2f %.2f re f Q\n" % (grey, x0, HEIGHT - bottom, x1 - x0, bottom - top)


def grid(
    texts: Sequence[Sequence[str]],
    *,
    x: float = 60,
    top: float = 100,
    widths: Sequence[float] | None = None,
    row_height: float = 18,
    size: float = 9,
    ruled: Ruled = "all",
    header_rows: int = 1,
    spans: Sequence[tuple[int, int, int]] = (),
    shaded: bool = False,
) -> bytes:
    """Draw a table: first column from the left, the others from the right, header rows and a row named "Total" bold.

    Shapes:  `spans` holds merged cells as (row, first column, last column), counted from 0; their text is centred
    """
    columns = len(texts[0])
    edges = [x]
    for width in widths or (130.0, *(75.0,) * (columns - 1)):
        edges.append(edges[-1] + width)
    bottom = top + row_height * len(texts)
    drawn = bytearray()
    merged = {(row, first): last for row, first, last in spans}
    inside = {(row, column) for row, first, last in spans for column in range(first + 1, last + 1)}
    for number, row in enumerate(texts):
        y = top + row_height * number
        bold = number < header_rows or row[0] == "Total"
        if shaded and number % 2:
            drawn += fill(edges[0], y, edges[-1], y + row_height)
        for column, text in enumerate(row):
            if (number, column) in inside:
                continue
            last = merged.get((number, column), column)
            left, right = edges[column], edges[last + 1]
            if ruled == "all":
                drawn += b"0.5 w %.2f %.2f %.2f %.2f re S\n" % (left, HEIGHT - y - row_height, right - left, row_height)
            line = y + (row_height - size) / 2
            if not text:
                continue
            if last > column:
                drawn += words(text, x=(left + right) / 2, top=line, size=size, bold=bold, align="centre")
            elif column:
                drawn += words(text, x=right - 4, top=line, size=size, bold=bold, align="right")
            else:
                drawn += words(text, x=left + 4, top=line, size=size, bold=bold)
    if ruled == "rows":
        for y in (top, top + row_height * header_rows, bottom):
            drawn += rule(edges[0], y, edges[-1], y, width=0.8)
    return bytes(drawn)


@dataclass(frozen=True, slots=True, kw_only=True)
class Leaf:
    """One page to be: its content stream and what differs from a plain A4 page."""

    content: bytes = b""
    media_box: str = f"0 0 {WIDTH:g} {HEIGHT:g}"
    rotate: int = 0
    jpeg: bytes = b""
    """Drawn before the content, over the whole page or where `jpeg_box` says."""
    jpeg_box: tuple[float, float, float, float] | None = None
    """Left, top, right and bottom of the picture."""


def document(*leaves: Leaf | bytes) -> bytes:
    """Put pages together to a PDF; plain bytes are the content stream of an A4 page."""
    objects = Objects()
    for leaf in leaves:
        objects.add_page(leaf if isinstance(leaf, Leaf) else Leaf(content=leaf))
    return objects.finish()


def mapped_document(*pages: bytes, says: Mapping[str, str]) -> bytes:
    """Put pages together whose font F3 draws Helvetica's letters and says of some of them that they are others.

    Shapes:  `says` maps a letter that is drawn to the text that the font's /ToUnicode map gives for it
    """
    objects = Objects()
    cmap = objects.add_stream(text_map(says))
    font = objects.add(
        b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica /Encoding /WinAnsiEncoding /ToUnicode %d 0 R >>" % cmap
    )
    for page in pages:
        objects.add_page_of(objects.add_stream(page), f"0 0 {WIDTH:g} {HEIGHT:g}", fonts=b"/F3 %d 0 R" % font)
    return objects.finish()


def text_map(says: Mapping[str, str], *, digits: int = 2) -> bytes:
    """Write a /ToUnicode map of ASCII's codes, of two or four hexadecimal digits, with other texts for some of them."""
    entries = b"".join(
        b"<%0*x> <%s>\n" % (digits, code, says.get(chr(code), chr(code)).encode("utf-16-be").hex().encode())
        for code in range(32, 127)
    )
    return (
        b"/CIDInit /ProcSet findresource begin 12 dict begin begincmap /CMapName /M def /CMapType 2 def\n"
        b"1 begincodespacerange <%s> <%s> endcodespacerange\n95 beginbfchar\n%sendbfchar\n"
        b"endcmap end end" % (b"0" * digits, b"f" * digits, entries)
    )


class Objects:
    """The numbered objects of a PDF: 1 catalog, 2 page tree, 3 and 4 fonts, then whatever is added."""

    def __init__(self) -> None:
        font = b"<< /Type /Font /Subtype /Type1 /BaseFont /%s /Encoding /WinAnsiEncoding >>"
        catalog = b"<< /Type /Catalog /Pages 2 0 R >>"
        self.bodies: list[bytes] = [catalog, b"", font % b"Helvetica", font % b"Helvetica-Bold"]
        self.pages: list[int] = []

    def add(self, body: bytes) -> int:
        """Add an object and return its number."""
        self.bodies.append(body)
        return len(self.bodies)

    def add_stream(self, content: bytes, entries: bytes = b"") -> int:
        """Add a stream whose bytes are already as `entries` say."""
        return self.add(b"<< %s /Length %d >>\nstream\n%s\nendstream" % (entries, len(content), content))

    def add_page(self, leaf: Leaf) -> None:
        """Add a page, with its content and picture."""
        content, resources = leaf.content, b""
        if leaf.jpeg:
            from PIL import Image

            with Image.open(io.BytesIO(leaf.jpeg)) as picture:
                size = picture.size
            entries = (
                b"/Type /XObject /Subtype /Image /Width %d /Height %d /ColorSpace /DeviceGray /BitsPerComponent 8 "
                b"/Filter /DCTDecode" % size
            )
            resources = b"/XObject << /Im %d 0 R >>" % self.add_stream(leaf.jpeg, entries)
            left, top, right, bottom = leaf.jpeg_box or (0, 0, WIDTH, HEIGHT)
            place = (right - left, bottom - top, left, HEIGHT - bottom)
            content = b"q %g 0 0 %g %g %g cm /Im Do Q\n" % place + content
        self.add_page_of(self.add_stream(content), leaf.media_box, resources=resources, rotate=leaf.rotate)

    def add_page_of(
        self, stream: int, media_box: str, *, fonts: bytes = b"", resources: bytes = b"", rotate: int = 0
    ) -> None:
        """Add a page whose content is the object `stream`."""
        page = (
            b"<< /Type /Page /Parent 2 0 R /MediaBox [%s] /Rotate %d /Contents %d 0 R "
            b"/Resources << /Font << /F1 3 0 R /F2 4 0 R %s >> %s >> >>"
        )
        self.pages.append(self.add(page % (media_box.encode(), rotate, stream, fonts, resources)))

    def finish(self) -> bytes:
        """Write the file: header, objects, cross-reference table, trailer."""
        if not self.bodies[1]:
            kids = b" ".join(b"%d 0 R" % number for number in self.pages)
            self.bodies[1] = b"<< /Type /Pages /Count %d /Kids [%s] >>" % (len(self.pages), kids)
        file = bytearray(b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n")
        offsets: list[int] = []
        for number, body in enumerate(self.bodies, start=1):
            offsets.append(len(file))
            file += b"%d 0 obj\n%s\nendobj\n" % (number, body)
        start, count = len(file), len(offsets) + 1
        file += b"xref\n0 %d\n0000000000 65535 f \n" % count
        file += b"".join(b"%010d 00000 n \n" % offset for offset in offsets)
        file += b"trailer\n<< /Size %d /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF\n" % (count, start)
        return bytes(file)


# --- good documents -----------------------------------------------------------------------------------------------


def table_texts(rows: int = 3, columns: int = 4, *, total: bool = False, merged_header: bool = False) -> Texts:
    """Make the texts of a table: a header row, `rows` rows of distinct numbers, and a total row if wanted.

    Shapes:  every row has `columns` texts; with `merged_header` a first row heads the number columns two by two
    """
    names = (
        "Salaries",
        "Energy",
        "Repairs",
        "Insurance",
        "Rent",
        "Travel",
        "Training",
        "Printing",
        "Postage",
        "Cleaning",
    )
    numbers = [
        [(row * 7919 + column * 4111) % 89_000 + 1_013 for column in range(1, columns)] for row in range(1, rows + 1)
    ]
    header = ("Item", *(str(2015 + column) for column in range(1, columns)))
    top = ("", *(f"Group {column // 2 + 1}" if column % 2 else "" for column in range(1, columns)))
    body = [
        (f"{names[number % 10]} {number // 10 + 1}", *(f"{value:,}" for value in row))
        for number, row in enumerate(numbers)
    ]
    sums = ("Total", *(f"{sum(column):,}" for column in zip(*numbers, strict=True)))
    return (*((top,) if merged_header else ()), header, *body, *((sums,) if total else ()))


def draw_table(
    rows: int = 3,
    columns: int = 4,
    *,
    ruled: Ruled | bool = True,
    total: bool = False,
    merged_header: bool = False,
    shaded: bool = False,
    title: str = "",
    around: Sequence[str] = (),
    top: float = 120,
    row_height: float = 18,
    rotate: int = 0,
) -> bytes:
    """Draw one page with `table_texts(rows, columns, …)` on it, a title above and the lines `around` further up."""
    texts = table_texts(rows, columns, total=total, merged_header=merged_header)
    spans = [(0, first, min(first + 1, columns - 1)) for first in range(1, columns, 2)] if merged_header else []
    content = grid(
        texts,
        top=top,
        widths=(110.0, *((WIDTH - 120 - 110) / (columns - 1),) * (columns - 1)),
        row_height=row_height,
        ruled=_ruled(ruled),
        header_rows=1 + merged_header,
        spans=spans,
        shaded=shaded,
    )
    if title:
        content += words(title, x=60, top=top - 18, bold=True)
    for number, line in enumerate(around):
        content += words(line, x=60, top=40 + 14 * number)
    return document(Leaf(content=content, rotate=rotate))


def draw_long_table(
    rows: int = 80,
    columns: int = 4,
    *,
    rows_per_page: int = 35,
    ruled: Ruled | bool = True,
    repeat_header: bool = True,
    total: bool = True,
) -> bytes:
    """Draw `table_texts(rows, columns, total=…)` over as many pages as it takes, `rows_per_page` rows a page."""
    header, *body = table_texts(rows, columns, total=total)
    leaves: list[bytes] = []
    for first in range(0, len(body), rows_per_page):
        shown = body[first : first + rows_per_page]
        heads = [header] if repeat_header or first == 0 else []
        number = words(f"Page {len(leaves) + 1}", x=WIDTH / 2, top=805, size=8, align="centre")
        leaves.append(grid([*heads, *shown], top=70, ruled=_ruled(ruled), header_rows=len(heads)) + number)
    return document(*leaves)


def draw_many_tables(pages: int, *, tops: Sequence[float] = (80, 400), rows: int = 4, columns: int = 4) -> bytes:
    """Draw the same ruled table at each of `tops` on every page."""
    texts = table_texts(rows, columns)
    page = b"".join(grid(texts, top=top) for top in tops)
    return document(*([page] * pages))


def _ruled(ruled: Ruled | bool) -> Ruled:
    if isinstance(ruled, bool):
        return "all" if ruled else "none"
    return ruled


def draw_text(pages: Sequence[str] = ("One line of text.",), *, size: float = 11) -> bytes:
    """Draw one page of text for each string, line by line; an empty string makes a blank page."""
    return document(*(_lines(page, size=size) for page in pages))


def _lines(text: str, *, size: float = 11, render_mode: int = 0) -> bytes:
    lines = text.splitlines()
    return b"".join(
        words(line, x=60, top=60 + 1.4 * size * number, size=size, render_mode=render_mode)
        for number, line in enumerate(lines)
    )


def draw_scan(text: str = "Total 1,284.50", *, pages: int = 1, layer: str = "", dpi: int = 100) -> bytes:
    """Draw pages that are only pictures of `text`; `layer` is put below as the invisible text that OCR leaves."""
    jpeg = draw_image("JPEG", size=(round(WIDTH / 72 * dpi), round(HEIGHT / 72 * dpi)), text=text, mode="L")
    return document(*(Leaf(jpeg=jpeg, content=_lines(layer, render_mode=3)) for _ in range(pages)))


def draw_image(
    format: str = "PNG",  # noqa: A002 - Pillow's word for it
    *,
    size: tuple[int, int] = (320, 200),
    text: str = "Total 1,284.50",
    mode: Literal["1", "L", "RGB", "RGBA", "P"] = "RGB",
    exif_orientation: int | None = None,
    frames: int = 1,
    dpi: int | None = None,
) -> bytes:
    """Draw black text on white, as pixels before any EXIF turn; further frames say which one they are.

    Units:  pixels
    """
    from PIL import Image, ImageDraw, ImageFont

    pictures: list[Image.Image] = []
    for number in range(1, frames + 1):
        picture = Image.new("RGB", size, "white")
        shown = text if frames == 1 else f"{text}\nframe {number}"
        font = ImageFont.load_default(max(6, min(size) // 16))
        ImageDraw.Draw(picture).multiline_text((size[0] // 12, size[1] // 12), shown, fill="black", font=font)
        pictures.append(picture.convert(mode))
    more: dict[str, object] = {}
    if frames > 1:
        more |= {"save_all": True, "append_images": pictures[1:]}
    if exif_orientation is not None:
        exif = Image.Exif()
        exif[0x0112] = exif_orientation
        more["exif"] = exif.tobytes()
    if dpi is not None:
        more["dpi"] = (dpi, dpi)
    file = io.BytesIO()
    pictures[0].save(file, format, **more)
    return file.getvalue()


def pdf_with_pages(count: int) -> bytes:
    """Make a PDF of many pages, each with its own small text "Page n"; 5,000 take about 1 MB and 0.1 s."""
    return document(*(words(f"Page {number}", x=60, top=60) for number in range(1, count + 1)))


def encrypted(
    pdf: bytes, user_password: str = "", owner_password: str = "owner", *, algorithm: str = "AES-256"
) -> bytes:
    """Lock a PDF: with an empty `user_password` everyone may open it, else it needs one of the two."""
    from pypdf import PdfReader, PdfWriter

    writer = PdfWriter(clone_from=PdfReader(io.BytesIO(pdf)))
    writer.encrypt(user_password, owner_password, algorithm=algorithm)
    file = io.BytesIO()
    writer.write(file)
    return file.getvalue()
