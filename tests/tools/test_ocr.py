"""Scans and images, through the tools."""

from __future__ import annotations

import tracemalloc
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import anyio
import pytest
from PIL import Image, ImageDraw, ImageFont

from tests import damage, drawing
from tests.ocr_pages import (
    LINES,
    draw_page,
    draw_ruled,
    encoded,
    needs_ocr,
    needs_rapidocr,
    scanned_pdf,
    scribble,
)
from tests.tools.conftest import House, opened
from witnessmark.documents.ocr.resolution import ocr_side
from witnessmark.settings import Settings
from witnessmark_tools.pages import NoOcr

pytestmark = pytest.mark.anyio

TABLE = (
    ("Berth", "Length", "Dues", "Paid"),
    ("North 1", "12.5", "1,284.50", "yes"),
    ("North 2", "9.0", "937.25", "no"),
    ("South 1", "14.2", "4,018.00", "yes"),
    ("Total", "35.7", "6,239.75", ""),
)


def _found(text: str) -> int:
    """Count which of the drawn lines stand in a text, letter by letter."""
    return sum(line in " ".join(text.split()) for line in LINES)


@needs_ocr
async def test_the_text_of_a_scan_is_read_and_the_result_says_how(house: House) -> None:
    result = await house.call("read_text", scanned_pdf(draw_page()))
    assert _found(result.pages[0].text) == len(LINES)
    assert result.engines == ["offline"]
    assert any("Page 1: read from the picture by OCR" in warning for warning in result.warnings)


@needs_ocr
async def test_a_ruled_table_of_a_skewed_scan_comes_cell_by_cell(house: House) -> None:
    result = await house.call("extract_tables", scanned_pdf(draw_ruled(TABLE, skew=1.7)), detail="full")
    (table,) = result.tables
    assert [tuple(row) for row in (table.headers, *table.rows)] == list(TABLE)
    assert table.evidence.sums is not None
    assert table.confidence == "high", "its figures add up, which no box could prove"


@needs_ocr
@pytest.mark.parametrize("length", [8, 13, 24], ids=["hyphen", "en dash", "em dash"])
async def test_a_dash_alone_in_a_column_of_figures_is_not_passed_over(house: House, length: int) -> None:
    page = draw_ruled(
        [["Item", "2024", "2025"], ["Dues", "1,284", ""], ["Rent", "", "937"], ["Sales", "4,018", "5,120"]]
    )
    for x, y in ((134 + 520, 384), (134 + 260, 440)):
        ImageDraw.Draw(page).line((x, y, x + length, y), fill=20, width=3)
    result = await house.call("extract_tables", encoded(page), "a.png")
    (table,) = result.tables
    assert table.rows[:2] == [["Dues", "1,284", "–"], ["Rent", "–", "937"]]


@needs_ocr
@pytest.mark.parametrize("skew", [0.0, 2.5], ids=["level", "skewed"])
async def test_places_are_those_of_the_page_as_it_is_seen(house: House, skew: float) -> None:
    result = await house.call("extract_tables", scanned_pdf(draw_ruled(TABLE, skew=skew)), detail="full")
    (table,) = result.tables
    box = table.places[3][2].box
    # Where "4,018.00" was drawn, in points: turned about the page's middle as the page was.
    level = Image.new("L", (1240, 1754), 0)
    ImageDraw.Draw(level).text((134 + 520, 312 + 168), "4,018.00", fill=255, font=ImageFont.load_default(26))
    drawn = level.rotate(skew).getbbox()
    assert drawn is not None
    expected = [value * 72 / 150 for value in drawn]
    # Level, a word's box is its ink; its height is that of its line, with the leading.
    assert abs(box[0] - expected[0]) < 3
    assert abs(box[2] - expected[2]) < 3
    assert expected[1] - 6 < box[1] < expected[1] + 1
    assert expected[3] - 1 < box[3] < expected[3] + 9


@needs_ocr
@pytest.mark.parametrize("turn", [90, 180, 270])
async def test_a_page_that_lies_turned_is_put_upright_and_that_is_said(house: House, turn: int) -> None:
    result = await house.call("read_text", scanned_pdf(draw_page(turn=turn)))
    assert _found(result.pages[0].text) == len(LINES)
    assert f"Page 1: turned by {360 - turn} degrees clockwise to be read." in result.warnings


@needs_ocr
@pytest.mark.parametrize(("paper", "ink"), [(0, 255), (190, 140)], ids=["light on dark", "pale"])
async def test_inverted_and_pale_pages_are_read(house: House, paper: int, ink: int) -> None:
    result = await house.call("read_text", scanned_pdf(draw_page(paper=paper, ink=ink)))
    assert _found(result.pages[0].text) >= len(LINES) - 1


def _sixteen_bits(page: Image.Image) -> bytes:
    return encoded(
        Image.frombytes("I;16", page.size, bytes(byte for value in page.tobytes() for byte in (value, value)))
    )


def _transparent(page: Image.Image) -> bytes:
    clear = Image.new("RGBA", page.size, (0, 0, 0, 0))
    clear.paste((0, 0, 0, 255), mask=page.point(lambda value: 255 - value))
    return encoded(clear)


def _exif(page: Image.Image) -> bytes:
    exif = Image.Exif()
    exif[0x0112] = 6
    return encoded(page.rotate(90, expand=True).convert("RGB"), "JPEG", exif=exif.tobytes(), quality=90)


IMAGES: dict[str, Callable[[Image.Image], bytes]] = {
    "16 bits": _sixteen_bits,
    "transparent": _transparent,
    "EXIF turned": _exif,
    "CMYK": lambda page: encoded(page.convert("CMYK"), "JPEG", quality=90),
    "palette": lambda page: encoded(page.convert("P"), "GIF"),
    "bilevel": lambda page: encoded(page.convert("1"), "TIFF", compression="group4"),
    "WebP": lambda page: encoded(page.convert("RGB"), "WEBP", quality=85),
    "BMP": lambda page: encoded(page, "BMP"),
}


@needs_ocr
@pytest.mark.parametrize("make", IMAGES.values(), ids=IMAGES)
async def test_every_kind_of_image_is_read(house: House, make: Callable[[Image.Image], bytes]) -> None:
    result = await house.call("read_text", make(draw_page()), "a.image")
    assert _found(result.pages[0].text) >= len(LINES) - 1


@needs_ocr
async def test_all_pages_of_a_tiff_are_read_but_only_the_first_picture_of_an_animation(house: House) -> None:
    first, second = draw_page(["The first page says one"]), draw_page(["The second page says two"])
    tiff = encoded(first, "TIFF", save_all=True, append_images=[second])
    gif = encoded(first, "GIF", save_all=True, append_images=[second])
    pages = (await house.call("read_text", tiff, "a.tiff")).pages
    animation = await house.call("read_text", gif, "a.gif")
    assert ["one" in pages[0].text, "two" in pages[1].text] == [True, True]
    assert len(animation.pages) == 1
    assert any("animated" in warning for warning in animation.warnings)


@needs_ocr
async def test_a_picture_that_is_cut_off_gives_what_is_there(house: House) -> None:
    file = encoded(draw_page().convert("RGB"), "JPEG", quality=90)
    result = await house.call("read_text", file[: len(file) * 6 // 10], "a.jpg")
    assert LINES[0] in result.pages[0].text
    assert any("cut off" in warning for warning in result.warnings)


@needs_ocr
async def test_a_strip_of_fifty_thousand_pixels_is_read_to_its_end(house: House) -> None:
    strip = Image.new("L", (700, 50_000), 255)
    for top in (0, 25_000, 49_200):
        strip.paste(draw_page([f"Receipt line at {top}"], size=(700, 700)), (0, top))
    result = await house.call("read_text", encoded(strip), "a.png")
    assert all(f"Receipt line at {top}" in result.pages[0].text for top in (0, 25_000, 49_200))


@needs_ocr
async def test_what_cannot_be_read_is_said_with_its_place_and_not_returned_as_text(house: House) -> None:
    page = scribble(draw_page(), (700, 640, 1100, 720))
    result = await house.call("read_text", scanned_pdf(page))
    assert _found(result.pages[0].text) >= len(LINES) - 1
    places = [item for item in result.needs_review if item.box[0] > 300 and item.box[1] > 290]
    assert places
    noise = " ".join(result.pages[0].text.split())
    for line in LINES:
        noise = noise.replace(line, "")
    assert len(noise.replace("[unreadable]", "").strip()) < 12


@needs_ocr
async def test_a_picture_without_text_is_said_to_have_none(house: House) -> None:
    result = await house.call("read_text", encoded(Image.new("L", (400, 300), 200)), "a.png")
    assert any("OCR finds no text" in warning for warning in result.warnings)


@needs_ocr
async def test_only_pages_without_a_text_layer_are_recognised(house: House) -> None:
    scan = drawing.draw_image("JPEG", size=(850, 1100), text="Scanned words here", mode="L")
    pdf = drawing.document(drawing.words("typed words here", x=60, top=60), drawing.Leaf(jpeg=scan))
    result = await house.call("read_text", pdf)
    assert [page.text.strip().removeprefix("# ") for page in result.pages] == ["typed words here", "Scanned words here"]
    assert any(warning.startswith("Page 2: read from the picture") for warning in result.warnings)
    assert not any("Page 1" in warning or "Pages 1" in warning for warning in result.warnings)


@needs_ocr
async def test_a_second_look_at_a_scan_starts_no_ocr(settings: Settings, tmp_path: Path) -> None:
    pdf = scanned_pdf(draw_page())
    async with opened(settings, tmp_path) as first:
        before = await first.call("read_text", pdf)
        assert first.ocr_processes == 1
    async with opened(settings, tmp_path) as second:
        after = await second.call("read_text", pdf)
        await second.call("extract_tables", pdf)
        assert second.ocr_processes == 0
    assert before == after


@needs_ocr
async def test_a_damaged_cache_is_read_past(settings: Settings, tmp_path: Path) -> None:
    pdf = scanned_pdf(draw_page())
    async with opened(settings, tmp_path) as house:
        before = await house.call("read_text", pdf)
        (entry,) = (tmp_path / "home" / "cache").iterdir()
        entry.write_bytes(entry.read_bytes().replace(b"Harbour", b"Larbour"))
        assert await house.call("read_text", pdf) == before
        entry.write_bytes(b"{")
        assert await house.call("read_text", pdf) == before


@needs_ocr
async def test_when_time_is_short_the_finished_pages_come_with_the_range_that_continues(house: House) -> None:
    pages = [draw_page([f"This is page number {number}", *LINES]) for number in range(1, 9)]
    pdf = scanned_pdf(*pages)
    first = await house.call("read_text", pdf, wait_seconds=1)
    assert first.continue_with is not None
    assert any(f"pages={first.continue_with!r}" in warning for warning in first.warnings)
    rest = await house.call("read_text", pdf, pages=first.continue_with)
    read = [*first.pages, *rest.pages]
    assert [page.page for page in read] == list(range(1, 9))
    assert all(f"page number {page.page}" in page.text for page in read)
    assert rest.continue_with is None


@needs_ocr
async def test_cancelling_ends_the_ocr_process_within_a_second(house: House) -> None:
    recogniser = house.services.documents.recogniser
    assert recogniser is not None
    pages = scanned_pdf(*[draw_page([f"page number {number}"]) for number in range(1, 41)])

    async def read() -> None:
        await house.call("read_text", pages)

    begun = 0.0
    with anyio.fail_after(60):
        async with anyio.create_task_group() as tasks:
            tasks.start_soon(read)
            while not recogniser.workers.running:  # noqa: ASYNC110 - nobody tells of a process
                await anyio.sleep(0.02)
            tasks.cancel_scope.cancel()
            begun = anyio.current_time()
    assert anyio.current_time() < begun + 1.0
    assert recogniser.workers.running == 0


async def test_without_ocr_a_scan_is_refused_with_what_to_install(settings: Settings, tmp_path: Path) -> None:
    async with opened(replace(settings, ocr="off"), tmp_path) as house:
        for tool in ("read_text", "extract_tables"):
            with pytest.raises(NoOcr, match=r"pip install 'witnessmark\[ocr\]'"):
                await house.call(tool, scanned_pdf(draw_page()))
        mixed = drawing.document(
            drawing.words("typed words here", x=60, top=60), drawing.Leaf(jpeg=encoded(draw_page(), "JPEG"))
        )
        result = await house.call("read_text", mixed)
    assert result.pages[0].text.strip().endswith("typed words here")
    assert any("Page 2: a scan" in warning and "pip install" in warning for warning in result.warnings)


@needs_rapidocr
async def test_the_second_engine_reads_the_same(settings: Settings, tmp_path: Path) -> None:
    async with opened(replace(settings, ocr="rapidocr"), tmp_path) as house:
        text = await house.call("read_text", scanned_pdf(draw_page(turn=90)))
        tables = await house.call("extract_tables", scanned_pdf(draw_ruled(TABLE, skew=1.0)))
    assert _found(text.pages[0].text) >= len(LINES) - 1
    assert any("OCR (rapidocr)" in warning for warning in text.warnings)
    assert [tuple(row) for row in (tables.tables[0].headers, *tables.tables[0].rows)] == list(TABLE)


# --- text layers that mislead -----------------------------------------------------------------------------------------


async def test_words_that_nobody_sees_are_left_out_and_that_is_said(house: House) -> None:
    result = await house.call("read_text", damage.invisible_text())
    assert "This can be seen." in result.pages[0].text
    assert "Nobody" not in result.pages[0].text
    assert any("4 words of the text layer cannot be seen" in warning for warning in result.warnings)


async def test_words_too_small_to_be_seen_are_left_out(house: House) -> None:
    small = drawing.words("hidden instructions", x=60, top=200, size=0.4)
    result = await house.call("read_text", drawing.document(drawing.words("Large enough", x=60, top=60) + small))
    assert "hidden" not in result.pages[0].text
    assert any("cannot be seen" in warning for warning in result.warnings)


async def test_a_layer_that_scanners_leave_is_used_and_named(house: House) -> None:
    layer = "Total of the dues for the second quarter 1,284.50"
    result = await house.call("read_text", drawing.draw_scan("Total 1,284.50", layer=layer))
    assert layer in result.pages[0].text
    assert any("other OCR software" in warning for warning in result.warnings)


@needs_ocr
async def test_a_stamp_on_a_scan_does_not_make_it_text(house: House) -> None:
    jpeg = encoded(draw_page(size=(1240, 1754)), "JPEG")
    stamp = drawing.words("EXHIBIT 7", x=400, top=20)
    result = await house.call("read_text", drawing.document(drawing.Leaf(jpeg=jpeg, content=stamp)))
    assert _found(result.pages[0].text) == len(LINES)


@pytest.mark.parametrize("covers", [True, False], ids=["large", "small"])
async def test_a_large_picture_beside_text_is_said_to_be_unread(house: House, covers: bool) -> None:
    jpeg = encoded(draw_page(size=(600, 800)), "JPEG")
    text = b"".join(drawing.words("Words that stand beside it.", x=60, top=60 + 15 * n) for n in range(8))
    box = (60.0, 300.0, 500.0, 800.0) if covers else (60.0, 300.0, 160.0, 400.0)
    leaf = drawing.Leaf(content=text, jpeg=jpeg, jpeg_box=box)
    result = await house.call("extract_tables", drawing.document(leaf))
    said = [warning for warning in result.warnings if "were not read" in warning]
    assert said == (
        ["Page 1: pictures cover a good part of the page beside its text; words and tables in them were not read."]
        if covers
        else []
    )


def _shifted(line: str) -> str:
    """Write a line as fonts without a map do that number their letters from 3: 29 places lower."""
    return "".join(chr(ord(letter) - 29) if letter > "A" else letter for letter in line)


BROKEN: dict[str, bytes] = {
    "no map to Unicode": damage.unmapped_text("Total due 1,284.50"),
    "shifted letters": drawing.draw_text(["\n".join(_shifted(line) for line in LINES * 3)]),
    "signs alone": drawing.draw_text(['"7+%-']),
    "wrong encoding": drawing.draw_text(["\n".join(["CafÃ© crÃ¨me Ã  la carte, garÃ§on trÃ¨s pressÃ©"] * 6)]),
}


@pytest.mark.parametrize("content", BROKEN.values(), ids=BROKEN)
async def test_a_text_layer_without_meaning_is_recognised_and_not_quoted(
    settings: Settings, tmp_path: Path, content: bytes
) -> None:
    async with opened(replace(settings, ocr="off"), tmp_path) as house:
        inspection = await house.call("inspect_document", content)
        with pytest.raises(NoOcr):
            await house.call("read_text", content)
    assert [page.text for page in inspection.pages] == ["broken text layer"]
    assert any("do not mean what is seen" in warning for warning in inspection.warnings)


@needs_ocr
async def test_a_page_with_a_meaningless_layer_is_read_from_its_picture(house: House) -> None:
    result = await house.call("read_text", BROKEN["shifted letters"])
    assert any("do not mean what is seen; not used" in warning for warning in result.warnings)
    assert any("read from the picture by OCR" in warning for warning in result.warnings)


CODES = "NYSE MSFT CVS GLD SPY QQQ XLF JPM WFC BRK KBH LNG MRK PFE USD GBP CHF JPY SEK NOK DKK PLN CZK HUF RON BGN"


@pytest.mark.parametrize(
    "text",
    ["words " * 12, CODES, "PLN CZK Brno", "x = 0.3", "file:///a/b.html[23.03.2022"],
    ids=["one word", "codes", "few", "formula", "address"],
)
async def test_a_page_of_codes_or_of_one_word_is_text(house: House, text: str) -> None:
    (page,) = (await house.call("inspect_document", drawing.draw_text(["\n".join([text] * 20)]))).pages
    assert page.text == "text layer"


@needs_ocr
async def test_the_pixels_of_a_page_are_never_whole_in_this_process(house: House) -> None:
    path = house.folder / "scan.pdf"
    path.write_bytes(drawing.draw_scan("Total 1,284.50", dpi=200))
    documents = house.services.documents
    async with documents.open(str(path)) as document:
        await documents.facts(document, [1])
        tracemalloc.start()
        try:
            await documents.recognise(document, 1)
            peak = tracemalloc.get_traced_memory()[1]
        finally:
            tracemalloc.stop()
    pixels = ocr_side(drawing.WIDTH, drawing.HEIGHT) ** 2 * drawing.WIDTH / drawing.HEIGHT
    assert pixels > 3_000_000
    assert peak < 0.7 * pixels
