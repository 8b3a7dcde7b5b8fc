"""What all sheets of a workbook are written with: formats, texts that run nothing, heights of rows, links."""

# pyright: reportMissingTypeStubs=false, reportUnknownMemberType=false

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from xlsxwriter.format import Format
    from xlsxwriter.workbook import Workbook
    from xlsxwriter.worksheet import Worksheet

MAX_CHARACTERS = 32_767
"""Of a cell. Source: Excel specifications and limits"""
DOUBT = "#FFE699"
"""The fill of cells that a person should check."""

_NOT_IN_XML = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff\ud800-\udfff]")


class Formats:
    """The formats of a workbook, each made once."""

    def __init__(self, workbook: Workbook) -> None:
        self._workbook = workbook
        self._made: dict[tuple[tuple[str, Any], ...], Format] = {}

    def __call__(self, **properties: Any) -> Format:
        key = tuple(sorted(properties.items()))
        if key not in self._made:
            self._made[key] = self._workbook.add_format({"valign": "top", **properties})
        return self._made[key]

    def header(self, align: str, *, is_last: bool, **more: Any) -> Format:
        line = {"bottom": 1} if is_last else {}
        return self(bold=True, text_wrap=True, valign="bottom", align=align, **line, **more)

    def link(self) -> Format:
        return self(font_color="#0563C1", underline=1)


def write_text(sheet: Worksheet, row: int, column: int, text: str | None, style: Format) -> None:
    """Write a cell as text, whatever it begins with."""
    if text:
        sheet.write_string(row, column, clean(text), style)
    else:
        sheet.write_blank(row, column, None, style)


def write_link(sheet: Worksheet, row: int, column: int, place: tuple[str, str], text: str, style: Format) -> None:
    """Write a link to a cell of the workbook, given the name of its sheet and its own."""
    name, cell = place
    quoted = name.replace("'", "''")
    sheet.write_url(row, column, f"internal:'{quoted}'!{cell}", style, text)


def fit_height(sheet: Worksheet, row: int, cells: Iterable[tuple[str | None, int]]) -> None:
    """Make a row as high as its longest cell needs; not every program does so when it opens a file."""
    lines = max(
        (sum(1 + max(0, len(line) - 1) // width for line in text.splitlines()) for text, width in cells if text),
        default=1,
    )
    if lines > 1:
        sheet.set_row(row, min(15 * lines, 409))


def clean(text: str) -> str:
    """Take out what XML cannot carry, and cut what a cell cannot hold."""
    cleaned = _NOT_IN_XML.sub("", text)
    return cleaned if len(cleaned) <= MAX_CHARACTERS else cleaned[: MAX_CHARACTERS - 1] + "…"


def column_name(count: int) -> str:
    """Name a column, counted from 1: `A`, `AB`."""
    letters = ""
    while count:
        count, letter = divmod(count - 1, 26)
        letters = chr(ord("A") + letter) + letters
    return letters
