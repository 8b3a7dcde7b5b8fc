"""The sheet `Check` of a workbook: what a person should compare with the page, and what the page has in no cell."""

# pyright: reportMissingTypeStubs=false, reportUnknownMemberType=false

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from witnessmark.exports.tables import ExportTable, ToCheck
from witnessmark.exports.workbook import DOUBT, Formats, column_name, fit_height, write_link, write_text

if TYPE_CHECKING:
    from xlsxwriter.worksheet import Worksheet

CHECK = "Check"
_HEADINGS = ("Sheet", "Cell", "Page", "Value", "What to check")
_WIDTHS = (34, 8, 7, 40, 90)


@dataclass(frozen=True, slots=True, kw_only=True)
class Placement:
    """Where the rows of a table are in the workbook.

    Shapes:  `sheets` are the names of its sheets, of which each has the headers and then `step` rows of the body
    """

    table: ExportTable
    sheets: Sequence[str]
    step: int

    def cell(self, row: int, column: int) -> tuple[str, str]:
        """Give the sheet and the name of a cell, by its row and column in the table."""
        headers = self.table.header_rows
        part, line = (0, row) if row < headers else divmod(row - headers, self.step)
        below = line if row < headers else line + headers
        return self.sheets[min(part, len(self.sheets) - 1)], f"{column_name(column + 1)}{below + 1}"


def write_check(
    sheet: Worksheet, formats: Formats, document: str, placements: Sequence[Placement], to_check: Sequence[ToCheck]
) -> None:
    """Write a line for each finding, with a link to its cell; then a line for all words that are in no cell."""
    for column, width in enumerate(_WIDTHS):
        sheet.set_column(column, column, width)
    sheet.fit_to_pages(1, 0)
    sheet.set_landscape()
    sheet.freeze_panes(4, 0)
    by_name = {placement.table.name: placement for placement in placements}
    lines = [*_findings(by_name, to_check), *_in_no_cell(placements)]
    write_text(sheet, 0, 0, f"To check in {document}", formats(bold=True, font_size=14))
    if not lines:
        write_text(sheet, 1, 0, "Nothing was found that needs checking.", formats())
        return
    if any(placement.table.doubts for placement in placements):
        write_text(sheet, 1, 0, "Cells in this colour are in doubt; their notes say why.", formats(bg_color=DOUBT))
    for column, heading in enumerate(_HEADINGS):
        write_text(sheet, 3, column, heading, formats.header("right" if column == 2 else "left", is_last=True))
    text = formats(text_wrap=True)
    for row, (place, page, value, finding) in enumerate(lines, start=4):
        fit_height(sheet, row, ((value, _WIDTHS[3]), (finding, _WIDTHS[4])))
        if place is None:
            write_text(sheet, row, 0, None, text)
            write_text(sheet, row, 1, None, text)
        else:
            write_link(sheet, row, 0, (place[0], place[1] or "A1"), place[0], formats.link())
            write_text(sheet, row, 1, place[1], text)
        sheet.write_number(row, 2, page, text)
        write_text(sheet, row, 3, value, text)
        write_text(sheet, row, 4, finding, text)
    sheet.autofilter(3, 0, 3 + len(lines), len(_HEADINGS) - 1)


_Line = tuple[tuple[str, str] | None, int, str, str]
"""A sheet and the name of a cell, a page, a value, what is to be checked."""


def _findings(by_name: Mapping[str, Placement], to_check: Sequence[ToCheck]) -> Iterator[_Line]:
    for one in to_check:
        placement = by_name.get(one.table or "")
        if placement is None:
            yield None, one.page, one.value, one.finding
        elif one.row is None:
            yield (placement.sheets[0], ""), one.page, one.value, one.finding
        else:
            yield placement.cell(max(0, one.row), one.column or 0), one.page, one.value, one.finding


def _in_no_cell(placements: Sequence[Placement]) -> Iterator[_Line]:
    for placement in placements:
        for words in placement.table.in_no_cell:
            where = "above the first row" if words.after_row < 0 else "after this row"
            place = placement.cell(max(0, words.after_row), 0)
            yield place, words.page, words.text, f"The page has these words {where}, and no cell of the table has them."
