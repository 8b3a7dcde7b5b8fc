"""The kit that draws the documents of other tests is itself true."""

# pyright: reportMissingTypeStubs=false, reportUnknownMemberType=false, reportUnknownVariableType=false, reportUnknownArgumentType=false
# pypdfium2's bindings carry no types.

from __future__ import annotations

import io
import zlib
from typing import Any

import pytest

from tests import damage, drawing


def texts_by_pdfium(pdf: bytes, password: str | None = None) -> list[str]:
    from pypdfium2 import PdfDocument

    document: Any = PdfDocument(pdf, password=password)
    try:
        return [page.get_textpage().get_text_range() for page in document]
    finally:
        document.close()


def texts_by_pypdf(pdf: bytes) -> list[str]:
    from pypdf import PdfReader

    return [page.extract_text() for page in PdfReader(io.BytesIO(pdf), strict=True).pages]


@pytest.mark.parametrize("ruled", ["all", "rows", "none"])
def test_a_drawn_table_holds_its_texts_row_by_row(ruled: drawing.Ruled) -> None:
    pdf = drawing.draw_table(5, 6, ruled=ruled, total=True, title="Table 1. Costs")
    lines = [" ".join(row) for row in drawing.table_texts(5, 6, total=True)]
    assert texts_by_pdfium(pdf)[0].split("\r\n")[:-1] == lines
    assert [line for line in texts_by_pypdf(pdf)[0].splitlines() if line == "Table 1. Costs"]


def test_a_long_table_goes_on_below_its_header_on_the_next_page() -> None:
    pages = texts_by_pdfium(drawing.draw_long_table(50, rows_per_page=20))
    assert [page.splitlines()[0] for page in pages] == ["Item 2016 2017 2018"] * 3
    assert pages[-1].splitlines()[-2].startswith("Total ")


def test_a_scan_has_no_words_unless_it_gets_a_layer() -> None:
    assert texts_by_pdfium(drawing.draw_scan("Total 5", pages=2)) == ["", ""]
    assert texts_by_pdfium(drawing.draw_scan("Total 5", layer="Total 5")) == ["Total 5"]


def test_a_locked_pdf_opens_with_its_password_only() -> None:
    from pypdfium2 import PdfiumError

    locked = drawing.encrypted(drawing.draw_text(["Secret line."]), "key")
    assert texts_by_pdfium(locked, "key") == ["Secret line."]
    with pytest.raises(PdfiumError, match="password"):
        texts_by_pdfium(locked)


def test_five_thousand_pages_are_five_thousand_pages() -> None:
    pdf = drawing.pdf_with_pages(5000)
    assert texts_by_pdfium(pdf)[4999] == "Page 5000"
    assert len(pdf) < 2_000_000


@pytest.mark.parametrize("format", ["PNG", "JPEG", "GIF", "WEBP", "TIFF", "BMP"])
def test_an_image_has_the_size_and_frames_it_was_asked_for(format: str) -> None:  # noqa: A002 - as in the kit
    from PIL import Image

    frames = 3 if format in {"GIF", "WEBP", "TIFF"} else 1
    with Image.open(io.BytesIO(drawing.draw_image(format, size=(120, 80), frames=frames))) as image:
        assert (image.format, image.size, getattr(image, "n_frames", 1)) == (format, (120, 80), frames)


def test_an_image_carries_its_orientation() -> None:
    from PIL import Image

    with Image.open(io.BytesIO(drawing.draw_image("JPEG", exif_orientation=6))) as image:
        assert image.getexif()[0x0112] == 6


def test_bombs_are_small_until_they_are_opened() -> None:
    bomb = damage.flate_bomb(mebibytes=64)
    start = bomb.index(b"stream\n") + len(b"stream\n")
    content = zlib.decompress(zlib.decompress(bomb[start : bomb.index(b"\nendstream")]))
    assert len(content) == 64 * 2**20
    assert max(map(len, (bomb, damage.flate_bomb(), damage.image_claiming(), damage.self_drawing_form()))) < 10_000


def test_unmapped_letters_do_not_come_back_as_the_text() -> None:
    (text,) = texts_by_pdfium(damage.unmapped_text("Total 5"))
    assert not any(char.isalnum() for char in text)
