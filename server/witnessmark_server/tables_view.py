"""Tables on a terminal, as a person likes to read them."""

from __future__ import annotations

import re
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from witnessmark_tools.extract_tables import TableExtraction
from witnessmark_tools.results import ReviewItem
from witnessmark_tools.tables_result import ExtractedTable

if TYPE_CHECKING:
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

WIDTH_WITHOUT_TERMINAL = 118
ROWS_SHOWN = 30
"""A longer table shows its beginning and its end, where the total stands."""
ROWS_AT_THE_END = 4
_NUMBER = re.compile(r"[\s$€£¥%()+\-–−.,\d]*\d[\s$€£¥%()+\-–−.,\d]*|[-–—.…]|")
_CONTROL = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f]")
_TOTAL = re.compile(r"(sub|grand )?total\b|sum\b|balance\b", re.IGNORECASE)


def show_tables(result: TableExtraction, console: Console | None = None) -> None:
    """Print tables, what needs attention, and where the files went."""
    from rich.console import Console
    from rich.text import Text

    console = console or Console(width=None if sys.stdout.isatty() else WIDTH_WITHOUT_TERMINAL, highlight=False)
    document = result.documents[0]
    found = (
        f"{result.table_count} table{'s'[: result.table_count != 1]} on {result.pages_read} of {document.pages} pages"
    )
    console.print(
        Text.assemble(
            (harmless(document.name), "bold"), f"  {found}, {', '.join(result.engines)}, {result.cost.in_words()}"
        )
    )
    for table in result.tables:
        console.print()
        console.print(_caption(table))
        drawn = _drawn(table, console.width)
        # Where a table is wider than the terminal, the terminal wraps its lines: that is ugly, and loses nothing.
        needed = sum((column.width or 0) + 3 for column in drawn.columns) + 1
        Console(file=console.file, width=max(needed, console.width), highlight=False).print(drawn)
        for note in table.notes:
            console.print(Text(f"  {harmless(note)}", "dim"))
    console.print()
    for warning in result.warnings:
        console.print(Text.assemble(("! ", "yellow bold"), warning))
    for item in result.needs_review:
        console.print(Text.assemble(("? ", "yellow bold"), _review(item)))
    show_files("Files:", [Path(file.path) for file in result.files])


def _review(item: ReviewItem) -> str:
    return harmless(f"{item.place_in_words()}: {item.finding_in_words()}")


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
    evidence = table.evidence
    found = f", {evidence.in_words()}"
    name = harmless(f"{table.table_id}  {table.title or ''}").strip()
    colour = "dim" if evidence.located in {None, evidence.cells} else "yellow"
    return Text.assemble((name, "bold"), (f"   {where}", "dim"), (doubt, "yellow"), (found, colour))


def harmless(text: str) -> str:
    """Replace what would move, colour or clear something on a terminal: a document's text may be an attack."""
    return _CONTROL.sub("\ufffd", text)


def _cell(text: str) -> Text:
    from rich.text import Text

    return Text(harmless(text))


def _drawn(table: ExtractedTable, room: int) -> Table:
    from rich import box
    from rich.table import Table
    from rich.text import Text

    grid = Table(box=box.SIMPLE_HEAD, show_header=bool(table.headers), header_style="bold cyan", pad_edge=False)
    width = max([len(table.headers), *map(len, table.rows)], default=1)
    more_headers = table.rows[: max(0, table.header_rows - 1)]
    body = table.rows[len(more_headers) :]
    columns = [[row[column] for row in body] for column in range(width)]
    heads = ["\n".join(row[column] for row in [table.headers, *more_headers] if row) for column in range(width)]
    left_out = len(body) - ROWS_SHOWN
    gap = f"… {left_out} more rows …" if left_out > 0 else ""
    widest = max(range(width), key=lambda column: max(map(len, columns[column]), default=0))
    columns[widest].append(gap)
    for cells, head, chosen in zip(columns, heads, _widths(columns, heads, room), strict=True):
        justify: Literal["left", "right"] = "right" if _is_numeric(cells) else "left"
        grid.add_column(_cell(head), justify=justify, vertical="top", overflow="fold", width=chosen)
    for number, row in enumerate(body):
        if left_out > 0 and number == ROWS_SHOWN - ROWS_AT_THE_END:
            grid.add_row(*(Text(gap if column == widest else "", "dim") for column in range(width)))
        if left_out > 0 and ROWS_SHOWN - ROWS_AT_THE_END <= number < len(body) - ROWS_AT_THE_END:
            continue
        is_section = bool(row[0]) and not any(row[1:])
        style = "bold" if is_section or _TOTAL.match(row[0]) else None
        grid.add_row(*map(_cell, row), style=style)
    return grid


def _widths(columns: Sequence[Sequence[str]], heads: Sequence[str], room: int) -> list[int]:
    """Choose how wide each column is drawn: figures never broken, long texts folded as far as there is no room.

    Units:  character cells of a terminal; the room includes a border and two spaces for each column
    """
    from rich.cells import cell_len

    widths = [max(map(cell_len, (*cells, *head.splitlines(), " "))) for cells, head in zip(columns, heads, strict=True)]
    least: list[int] = []
    for cells, head, whole in zip(columns, heads, widths, strict=True):
        words = max(map(cell_len, (*head.split(), " ")))
        figures = max(map(cell_len, cells), default=1) if _is_numeric(cells) else 0
        least.append(max(figures, min(words, 24)) if figures else min(whole, max(16, min(words, 24))))
    excess = sum(widths) + 3 * len(widths) + 1 - room
    while excess > 0 and (wide := [i for i in range(len(widths)) if widths[i] > least[i]]):
        widest = max(wide, key=lambda i: widths[i])
        widths[widest] -= 1
        excess -= 1
    return widths


def _is_numeric(cells: Sequence[str]) -> bool:
    filled = [cell for cell in cells if cell]
    return bool(filled) and sum(bool(_NUMBER.fullmatch(cell)) for cell in filled) >= 0.6 * len(filled)
