"""Text layers that say something else than their pages show: found by OCR of samples, both said, nobody accused."""

from __future__ import annotations

import io
from random import Random
from typing import Any

import pytest
from PIL import Image, ImageDraw, ImageFont

from benchmarks import drawn_fonts
from benchmarks.drawn_fonts import FontKind
from tests import drawing
from tests.drawing import words
from tests.ocr_pages import needs_ocr
from tests.tools.conftest import House
from witnessmark.documents.layer_check import LayerCheck, LayerFinding
from witnessmark.documents.page_words import PageWords, page_words

pytestmark = [pytest.mark.anyio, needs_ocr]

TEXTS = drawing.table_texts(10, 4, total=True)


def _table(font: str | None = "F3", *, render_mode: int = 0) -> bytes:
    """Draw `TEXTS` without rules in one font."""
    drawn = b""
    for row, texts in enumerate(TEXTS):
        for column, text in enumerate(texts):
            x, align = (60, "left") if column == 0 else (190 + 90 * column, "right")
            drawn += words(text, x=x, top=100 + 18 * row, size=9, align=align, font=font, render_mode=render_mode)  # type: ignore[arg-type]  # one of two
    return drawn


def _scan(*, wrong: float) -> tuple[bytes, int]:
    """Draw `TEXTS` as a scan with invisible text below it, a share of whose figures is wrong, and count the words."""
    luck, dpi, size = Random(4), 150, 9
    picture = Image.new("L", (round(drawing.WIDTH * dpi / 72), round(drawing.HEIGHT * dpi / 72)), 255)
    draw, font = ImageDraw.Draw(picture), ImageFont.load_default(round(size * dpi / 72))
    layer, count = b"", 0
    for row, texts in enumerate(TEXTS):
        for column, text in enumerate(texts):
            x, top = 60 + (50 + 90 * column if column else 0), 100 + 18 * row
            draw.text((x * dpi / 72, top * dpi / 72), text, fill=0, font=font)
            said = "".join(
                str((int(letter) + luck.randint(1, 9)) % 10) if letter.isdigit() and luck.random() < wrong else letter
                for letter in text
            )
            count += said != text
            stretch = font.getlength(text) * 72 / dpi / drawing.text_width(said, size)
            layer += b"q %.4f 0 0 1 %.3f 0 cm " % (stretch, x - x * stretch)
            layer += words(said, x=x, top=top, size=size, render_mode=3) + b"Q\n"
    file = io.BytesIO()
    picture.save(file, "JPEG", quality=85)
    return drawing.document(drawing.Leaf(jpeg=file.getvalue(), content=layer)), count


async def _compared(house: House, content: bytes, page: int = 1) -> tuple[LayerFinding, PageWords]:
    path = house.folder / "layer.pdf"
    path.write_bytes(content)
    documents = house.services.documents
    async with documents.open(str(path)) as document:
        check = LayerCheck(documents, document, seconds=100)
        for before in range(1, page):
            await check.page(before)
        found = await page_words(document, documents, page, check)
        assert found is not None
        assert found.finding is not None
        return found.finding, found


def _both(finding: LayerFinding) -> set[tuple[str, str]]:
    return {(found.layer, found.shown) for found in finding.differences}


@pytest.mark.parametrize("says", [{"1": "9", "9": "1"}, {"7": "1"}], ids=["two figures swapped", "one figure"])
async def test_a_font_that_lies_is_found_and_both_figures_are_said(house: House, says: dict[str, str]) -> None:
    finding, page = await _compared(house, drawing.mapped_document(_table(), says=says))
    shown = [text for row in TEXTS for text in row if any(map(str.isdigit, text)) and len(text) > 1]
    lies = {("".join(says.get(letter, letter) for letter in text), text) for text in shown}
    figures = {(lie, text) for lie, text in lies if lie != text and " " not in text}
    assert _both(finding) == figures
    assert {text for _, text in figures} <= {word.text for word in page.words}
    assert not {lie for lie, _ in figures} & ({word.text for word in page.words} - {text for _, text in figures})


async def test_a_place_that_differs_has_the_words_own_box(house: House) -> None:
    content = drawing.mapped_document(words("Revenue 100", x=60, top=80, font="F3"), says={"1": "9"})
    finding, _ = await _compared(house, content)
    (found,) = finding.differences
    assert (found.layer, found.shown) == ("900", "100")
    assert found.box.x0 == pytest.approx(60 + drawing.text_width("Revenue "), abs=0.5)
    assert found.box.top < 88 < found.box.bottom


async def test_a_font_that_lies_on_a_later_page_is_found_there(house: House) -> None:
    content = drawing.mapped_document(_table("F1"), _table("F1"), _table("F3"), says={"3": "8"})
    finding, _ = await _compared(house, content, page=3)
    assert finding.state == "differs"


async def test_a_font_whose_letters_are_others_is_read_from_the_picture(house: House) -> None:
    says = dict(zip("abcdefghijklmnopqrstuvwxyz", "etaoinshrdlucmfwypvbgkjqxz", strict=True))
    content = drawing.mapped_document(words("Revenue and costs of the harbour", x=60, top=60, font="F3"), says=says)
    path = house.folder / "letters.pdf"
    path.write_bytes(content)
    documents = house.services.documents
    async with documents.open(str(path)) as document:
        found = await page_words(document, documents, 1, LayerCheck(documents, document, seconds=100))
    assert found is not None
    assert found.is_read_by_ocr
    assert "harbour" in [word.text for word in found.words]


@pytest.mark.parametrize(
    "hidden",
    [
        words("940.00", x=300, top=500) + drawing.fill(295, 495, 345, 515, grey=1) + words("100.00", x=300, top=500),
        words("100.00", x=300, top=500) + words("940.00", x=300, top=500.2, grey=1),
    ],
    ids=["covered and written over", "white over black"],
)
async def test_text_under_other_text_is_found(house: House, hidden: bytes) -> None:
    finding, page = await _compared(house, drawing.document(_table("F1") + hidden))
    assert finding.state == "differs"
    assert all(found.shown in "100.00" for found in finding.differences)
    assert "940.00" not in [word.text for word in page.words]


async def test_what_ocr_software_left_wrong_is_found(house: House) -> None:
    content, count = _scan(wrong=0.05)
    finding, page = await _compared(house, content)
    assert count >= 5
    assert len(finding.differences) >= 0.9 * count
    true = {text for row in TEXTS for text in row}
    assert {found.shown for found in finding.differences} <= true
    assert {found.layer for found in finding.differences}.isdisjoint(true)
    assert {found.shown for found in finding.differences} <= {word.text for word in page.words}


@pytest.mark.parametrize(
    "content",
    [drawing.mapped_document(_table(render_mode=1), says={}), _scan(wrong=0)[0]],
    ids=["letters in outline, which only OCR reads", "good text below a scan"],
)
async def test_nobody_honest_is_accused(house: House, content: bytes) -> None:
    finding, _ = await _compared(house, content)
    assert (finding.state, finding.differences) == ("agrees", ())
    assert finding.compared > 5


async def test_a_document_of_many_pages_is_compared_by_its_fonts_alone(house: House) -> None:
    content = drawing.mapped_document(*([_table(render_mode=1)] * 6), says={})
    path = house.folder / "long.pdf"
    path.write_bytes(content)
    documents = house.services.documents
    async with documents.open(str(path)) as document:
        check = LayerCheck(documents, document, seconds=100)
        compared = [(await check.page(page)).compared for page in range(1, 7)]
    assert compared[0] > 5
    assert sum(compared[2:]) == 0


@pytest.mark.parametrize(
    ("kind", "pair"),
    [("TrueType", "38"), ("TrueType subset", "17"), ("Type 0", "08"), ("Type 1", "56"), ("Type 3", "69")],
)
async def test_an_embedded_font_that_lies_is_found_however_it_does(house: House, kind: FontKind, pair: str) -> None:
    finding, page = await _compared(house, drawn_fonts.figures(kind, drawn_fonts.swapped(pair)))
    assert finding.state == "differs"
    shown = {text for row in drawing.table_texts(8, 4) for text in row}
    assert {found.shown for found in finding.differences} <= shown
    assert {text for text in shown if set(pair) & set(text) and " " not in text} <= {word.text for word in page.words}


async def test_letters_that_a_font_exchanges_are_read_from_the_picture(house: House) -> None:
    content = drawn_fonts.sentences("TrueType subset", drawn_fonts.swapped("eo"))
    path = house.folder / "exchanged.pdf"
    path.write_bytes(content)
    documents = house.services.documents
    async with documents.open(str(path)) as document:
        found = await page_words(document, documents, 1, LayerCheck(documents, document, seconds=100))
    assert found is not None
    assert found.is_read_by_ocr
    assert {"harbour", "vessel", "storage"} <= {word.text for word in found.words}


async def test_commas_drawn_as_full_stops_are_found_and_both_are_said(house: House) -> None:
    finding, _ = await _compared(house, drawn_fonts.figures("Type 0", drawn_fonts.swapped(".,")))
    figures = {text for row in drawing.table_texts(8, 4) for text in row if "," in text}
    found = _both(finding)
    assert len(found) >= 0.8 * len(figures)
    assert found <= {(text.replace(",", "."), text) for text in figures}


@pytest.mark.parametrize("tool", ["extract_tables", "read_text"])
@pytest.mark.parametrize("kind", drawn_fonts.KINDS)
async def test_a_clean_digital_pdf_starts_no_ocr_process(house: House, kind: FontKind, tool: str) -> None:
    result: Any = await house.call(tool, drawn_fonts.figures(kind, {}))
    assert house.ocr_processes == 0
    assert not any("compared" in warning for warning in result.warnings)


async def test_plain_fonts_cannot_lie_and_cost_nothing(house: House) -> None:
    finding, _ = await _compared(house, drawing.draw_table())
    assert (finding.state, finding.compared, house.ocr_processes) == ("agrees", 0, 0)


async def test_tables_are_made_of_what_is_shown_and_the_result_says_both(house: House) -> None:
    result: Any = await house.call("extract_tables", drawing.mapped_document(_table(), says={"7": "1"}))
    (table,) = result.tables
    assert [table.headers, *table.rows] == [list(row) for row in TEXTS]
    assert any("the text layer says other figures than the page shows" in warning for warning in result.warnings)
    item = next(item for item in result.needs_review if item.value == "17,154")
    assert item.reason == "The text layer says '11,154' here, the page shows '17,154'."
    assert item.box is not None


async def test_text_is_what_is_shown(house: House) -> None:
    content = drawing.mapped_document(words("Revenue was 100 million", x=60, top=80, font="F3"), says={"1": "9"})
    result: Any = await house.call("read_text", content)
    assert "Revenue was 100 million" in result.pages[0].text
    assert [item.nearest for item in result.needs_review] == ["900"]


async def test_what_there_is_no_time_for_is_said_and_accuses_nobody(house: House) -> None:
    path = house.folder / "late.pdf"
    path.write_bytes(drawing.mapped_document(_table(), says={"7": "1"}))
    documents = house.services.documents
    async with documents.open(str(path)) as document:
        finding = await LayerCheck(documents, document, seconds=0).page(1)
    assert (finding.state, finding.was_out_of_time, finding.differences) == ("unchecked", True, ())
