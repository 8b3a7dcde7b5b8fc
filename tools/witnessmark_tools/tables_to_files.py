"""Tables of a result as files are written from them: the grid, and what the result says of it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from witnessmark.exports.tables import ExportTable, ToCheck, WordsInNoCell, spans_that_fit
from witnessmark.offline.tables.values import Table, first_row_number
from witnessmark_tools.results import ReviewItem
from witnessmark_tools.tables_evidence import default_reason
from witnessmark_tools.tables_result import ExtractedTable


def tables_to_export(
    grids: Sequence[Table], shown: Sequence[ExtractedTable], review: Sequence[ReviewItem]
) -> tuple[list[ExportTable], list[ToCheck]]:
    """Make of each grid, and of what the result says of it, the table that files are written from.

    Shapes:  as many tables as `grids`, which are those of `shown` in the same order; and all that is to be checked
    """
    pairs = list(zip(grids, shown, strict=True))
    first = {table.table_id: first_row_number(grid.header_rows) for grid, table in pairs}
    return [_to_export(grid, table, review) for grid, table in pairs], [_to_check(item, first) for item in review]


def _to_export(grid: Table, shown: ExtractedTable, review: Sequence[ReviewItem]) -> ExportTable:
    rows = tuple(tuple(cell.text if cell else None for cell in row) for row in grid.rows)
    claimed = {
        (row, column): (cell.row_span, cell.column_span)
        for row, cells in enumerate(grid.rows)
        for column, cell in enumerate(cells)
        if cell
    }
    first = first_row_number(grid.header_rows)
    own = [item for item in review if item.table_id == shown.table_id]
    listed = {item.nearest for item in own}
    return ExportTable(
        name=shown.table_id,
        title=grid.title,
        pages=tuple(part.page_number for part in grid.parts) or (grid.page_number,),
        rows=rows,
        header_rows=grid.header_rows,
        spans=spans_that_fit(rows, claimed),
        notes=grid.notes,
        confidence=shown.confidence,
        doubts=_doubts(shown, own, first),
        in_no_cell=tuple(
            WordsInNoCell(page=words.page, text=words.text, after_row=words.after_row - first)
            for words in shown.left_over
            if words.text not in listed
        ),
    )


def _doubts(shown: ExtractedTable, review: Sequence[ReviewItem], first: int) -> dict[tuple[int, int], str]:
    """Say of each cell in doubt why it is, by its row and column in the grid.

    A result lists a few hundred places to review; of the other cells in doubt only their status is known.
    """
    found: dict[tuple[int, int], str] = {}
    for row, places in enumerate((shown.places or [])[first:]):
        for column, place in enumerate(places):
            if reason := default_reason(place.status):
                found[row, column] = f"{reason}{f' Nearest: {place.nearest!r}.' if place.nearest else ''}"
    for item in review:
        if item.row is not None and item.column is not None:
            found[item.row - first, item.column] = _finding(item)
    return found


def _to_check(item: ReviewItem, first: Mapping[str, int]) -> ToCheck:
    """Write what a person should look at as files list it; `first` is the number of each table's first row."""
    return ToCheck(
        page=item.page,
        finding=_finding(item),
        value=item.value or item.nearest or "",
        table=item.table_id,
        row=None if item.row is None else item.row - first.get(item.table_id or "", 0),
        column=item.column,
    )


def _finding(item: ReviewItem) -> str:
    is_new = item.value and item.nearest and item.nearest not in item.reason
    return f"{item.reason} Nearest: {item.nearest!r}." if is_new else item.reason
