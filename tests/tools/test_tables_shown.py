"""A value that only the picture shows, and not the text layer: read in its place, located, and both are said."""

from __future__ import annotations

import io
from collections.abc import AsyncGenerator
from pathlib import Path
from typing import Any

import pytest

from tests.ocr_pages import needs_ocr
from tests.tools.conftest import House, house_settings, opened
from tests.tools.test_evidence import DUES, answer
from witnessmark.testing import FakeClaudeAPI
from witnessmark_tools.tables_shown import is_same, says

pytestmark = pytest.mark.anyio


@pytest.fixture
async def api() -> AsyncGenerator[FakeClaudeAPI]:
    async with FakeClaudeAPI() as fake:
        yield fake


@pytest.fixture
async def house(api: FakeClaudeAPI, tmp_path: Path) -> AsyncGenerator[House]:
    async with opened(house_settings(tmp_path, api), tmp_path) as made:
        yield made


def dues_with_a_pasted_figure(row: int, column: int) -> bytes:
    """Draw the table as text, one of its figures as a picture."""
    from PIL import Image, ImageDraw, ImageFont
    from reportlab.lib.utils import ImageReader
    from reportlab.pdfgen.canvas import Canvas

    buffer = io.BytesIO()
    canvas: Any = Canvas(buffer, pagesize=(595, 842), invariant=1)
    canvas.setFont("Helvetica", 11)
    for number, texts in enumerate(DUES):
        for place, text in enumerate(texts):
            x, y = 80 + 110 * place, 700 - 24 * number
            if (number, place) != (row, column):
                canvas.drawString(x, y, text)
                continue
            picture = Image.new("L", (600, 100), 255)
            ImageDraw.Draw(picture).text((2, 8), text, fill=0, font=ImageFont.load_default(80))
            canvas.drawImage(ImageReader(picture), x, y - 3, width=84, height=14)
    canvas.save()
    return buffer.getvalue()


@needs_ocr
async def test_a_value_that_only_the_picture_shows_is_located_and_both_are_said(
    house: House, api: FakeClaudeAPI
) -> None:
    api.answer_with({"tables": [answer(DUES)]})
    found = await house.call("extract_tables", dues_with_a_pasted_figure(3, 2), detail="full")
    (table,) = found.tables
    assert table.evidence.unlocated == 0
    assert any("4,018.00" in warning and "picture" in warning for warning in found.warnings)


@needs_ocr
async def test_a_value_that_the_picture_does_not_show_either_stays_unlocated(house: House, api: FakeClaudeAPI) -> None:
    wrong = [list(row) for row in DUES]
    wrong[3][2] = "4,081.00"
    api.answer_with({"tables": [answer(wrong)]})
    found = await house.call("extract_tables", dues_with_a_pasted_figure(3, 2), detail="full")
    assert found.tables[0].evidence.unlocated == 1


@needs_ocr
async def test_a_part_of_what_the_text_layer_says_is_not_located_because_the_picture_shows_it(
    house: House, api: FakeClaudeAPI
) -> None:
    cut = [list(row) for row in DUES]
    cut[1][0] = "North"
    api.answer_with({"tables": [answer(cut)]})
    found = await house.call("extract_tables", dues_with_a_pasted_figure(3, 2), detail="full")
    assert found.tables[0].evidence.unlocated == 1
    assert not any("'North'" in warning for warning in found.warnings)


@pytest.mark.parametrize(
    ("layer", "value", "is_said"),
    [
        ("Terminal", "Terminal", True),
        ("Ter minal", "Terminal", True),
        ("thatTerminal could", "Terminal", True),
        ("Terminal23", "Terminal", True),
        ("North 1", "North 1", True),
        ("15", "5", False),
        ("1,284.50", "1,284", False),
        ("2 5", "25", False),
        ("4,081.00", "4,018.00", False),
        ("", "4,018.00", False),
        ("anything", "", False),
    ],
)
def test_a_text_layer_says_a_value_however_it_parts_words_and_figures_whole(
    layer: str, value: str, *, is_said: bool
) -> None:
    assert says(layer, value) is is_said


@pytest.mark.parametrize(
    ("asked", "seen", "is_shown"),
    [
        ("4,018.00", "4,018.00", True),
        ("4018", "4,018", True),
        ("4,018", "4,013", False),
        ("4.018", "4,018", False),
        ("4,0180", "4,018", False),
        ("4,018.0", "4,018", False),
        ("North 1", "North1", True),
        ("<0.1", "0.1", False),
        ("(12)", "12", False),
    ],
)
def test_what_a_picture_shows_is_the_same_value_or_another(asked: str, seen: str, *, is_shown: bool) -> None:
    assert is_same(asked, seen) is is_shown
