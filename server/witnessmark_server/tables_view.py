"""Tables on a terminal, as a person likes to read them."""

from __future__ import annotations

import re
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from witnessmark_tools.extract_tables import ExtractedTable, TableExtraction

if TYPE_CHECKING:
    from rich.table import Table
    from rich.text import Text

WIDTH_WITHOUT_TERMINAL = 118
ROWS_SHOWN = 30
"""A longer table shows its beginning and its end, where the total stands."""
ROWS_AT_THE_END = 4
_NUMBER = re.compile(r"[\s$€£¥%()+\-–−.,\d]*\d[\s$€£¥%()+\-–−.,\d]*|[-–—.…]|")
_TOTAL = re.compile(r"(sub|grand )?total\b|sum\b|balance\b", re.IGNORECASE)


def show_tables(result: TableExtraction) -> None:
    """Print tables, what needs attention, and where the files went."""
    from rich.console import Console
    from rich.text import Text

    console = Console(width=None if sys.stdout.isatty() else WIDTH_WITHOUT_TERMINAL, highlight=False)
    document = result.documents[0]
    found = (
        f"{result.table_count} table{'s'[: result.table_count != 1]} on {result.pages_read} of {document.pages} pages"
    )
    console.print(Text.assemble((document.name, "bold"), f"  {found}, nothing spent"))
    for table in result.tables:
        console.print()
        console.print(_caption(table))
        console.print(_drawn(table))
        for note in table.notes:
            console.print(Text(f"  {note}", "dim"))
    console.print()
    for warning in result.warnings:
        console.print(Text.assemble(("! ", "yellow bold"), warning))
    for item in result.needs_review:
        console.print(Text.assemble(("? ", "yellow bold"), f"{item.table_id}, page {item.page}: {item.reason}"))
    show_files("Files:", [Path(file.path) for file in result.files])


def show_files(title: str, paths: Sequence[Path]) -> None:
    """Print where files are, each whole on a line of its own so that it can be copied."""
    from rich.console import Console
    from rich.text import Text

    console = Console(highlight=False)
    if paths:
        console.print(Text(title, "bold"))
    for path in paths:
        console.print(Text(f"  {path}"), soft_wrap=True)


def _caption(table: ExtractedTable) -> Text:
    from rich.text import Text

    pages = [part.page for part in table.parts]
    where = f"page {pages[0]}" if len(pages) == 1 else f"pages {pages[0]}–{pages[-1]}"
    doubt = "" if table.confidence == "high" else f", {table.confidence} confidence"
    name = f"{table.table_id}  {table.title or ''}".strip()
    return Text.assemble((name, "bold"), (f"   {where}", "dim"), (doubt, "yellow"))


def _drawn(table: ExtractedTable) -> Table:
    from rich import box
    from rich.table import Table
    from rich.text import Text

    grid = Table(box=box.SIMPLE_HEAD, show_header=bool(table.headers), header_style="bold cyan", pad_edge=False)
    width = max([len(table.headers), *map(len, table.rows)], default=1)
    more_headers = table.rows[: max(0, table.header_rows - 1)]
    body = table.rows[len(more_headers) :]
    for column in range(width):
        numeric = _is_numeric([row[column] for row in body if column < len(row)])
        header = "\n".join(row[column] for row in ([table.headers] if table.headers else []) + more_headers)
        grid.add_column(Text(header), justify="right" if numeric else "left", vertical="top")
    left_out = len(body) - ROWS_SHOWN
    widest = max(range(width), key=lambda column: max((len(row[column]) for row in body), default=0))
    for number, row in enumerate(body):
        if left_out > 0 and number == ROWS_SHOWN - ROWS_AT_THE_END:
            gap = f"… {left_out} more rows …"
            grid.add_row(*(Text(gap if column == widest else "", "dim") for column in range(width)))
        if left_out > 0 and ROWS_SHOWN - ROWS_AT_THE_END <= number < len(body) - ROWS_AT_THE_END:
            continue
        is_section = bool(row[0]) and not any(row[1:])
        style = "bold" if is_section or _TOTAL.match(row[0]) else None
        grid.add_row(*(Text(cell) for cell in row), style=style)
    return grid


def _is_numeric(cells: Sequence[str]) -> bool:
    filled = [cell for cell in cells if cell]
    return bool(filled) and sum(bool(_NUMBER.fullmatch(cell)) for cell in filled) >= 0.6 * len(filled)
