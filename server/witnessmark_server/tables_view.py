"""Tables on a terminal, as a person likes to read them."""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from witnessmark.settings import Settings
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
CELLS_AS_RECORDS = 60
"""A small table that is too wide becomes records, which hide nothing; a larger one loses columns in its middle."""
_NUMBER = re.compile(r"[\s$€£¥%()+\-–−.,\d]*\d[\s$€£¥%()+\-–−.,\d]*|[-–—.…]|")
_FIGURE = re.compile(r"[\s$€£¥%()+\-–−.,'’/:\d]*\d[\s$€£¥%()+\-–−.,'’/:\d]*(?:[A-Z]{3}|%)?")
"""A value that is never broken over two lines: a number, an amount, a date, a time."""
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
        for part in _drawn(_Shown.of(table), console.width):
            console.print(part)
        for note in table.notes:
            console.print(Text(f"  {harmless(note)}", "dim"))
    console.print()
    for warning in result.warnings:
        console.print(Text.assemble(("! ", "yellow bold"), harmless(warning)))
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


def show_folders(settings: Settings) -> None:
    """Print the folders that were written to, so that nothing is left behind unnoticed."""
    from rich.console import Console
    from rich.text import Text

    folders = {settings.exports: "files for you", settings.cache: "what was read, so that it is not read again"}
    console = Console(highlight=False)
    console.print(Text("Folders that witnessmark writes to:", "bold"))
    for folder, what in folders.items():
        if folder.is_dir():
            console.print(Text(f"  {folder}: {what}"), soft_wrap=True)


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


@dataclass(frozen=True, slots=True, kw_only=True)
class _Shown:
    """What of a table is drawn: its headings, and as many rows as are shown.

    Shapes:  `heads` are rows of headings, each with an entry a column as has each row; `left_out` rows are missing
             before row `gap`
    """

    heads: tuple[tuple[str, ...], ...]
    rows: tuple[tuple[str, ...], ...]
    gap: int = 0
    left_out: int = 0

    @staticmethod
    def of(table: ExtractedTable) -> _Shown:
        width = max([len(table.headers), *map(len, table.rows)], default=1)
        more_headers = table.rows[: max(0, table.header_rows - 1)]
        body = [(*map(harmless, row), *[""] * (width - len(row))) for row in table.rows[len(more_headers) :]]
        heads = tuple(tuple(map(harmless, row)) for row in [table.headers, *more_headers] if row)
        if len(body) <= ROWS_SHOWN:
            return _Shown(heads=heads, rows=tuple(body))
        first = ROWS_SHOWN - ROWS_AT_THE_END
        kept = (*body[:first], *body[-ROWS_AT_THE_END:])
        return _Shown(heads=heads, rows=kept, gap=first, left_out=len(body) - len(kept))

    @property
    def headings(self) -> list[str]:
        return [self.heading(number) for number in range(max([0, *map(len, self.rows), *map(len, self.heads)]))]

    def heading(self, number: int, *, is_after_gap: bool = False) -> str:
        """Give the headings of a column from top to bottom; after a gap with that of the group to which it belongs."""
        lines = [row[number] for row in self.heads]
        if is_after_gap:
            groups = [next(filter(None, reversed(row[: number + 1])), "") for row in self.heads[:-1]]
            lines = [*groups, *lines[-1:]]
        return "\n".join(lines)

    @property
    def gap_in_words(self) -> str:
        return f"… {self.left_out} more rows …" if self.left_out else ""

    def column(self, number: int) -> list[str]:
        return [row[number] for row in self.rows]


def _drawn(shown: _Shown, room: int) -> Iterator[Table | Text]:
    """Draw a table that fits: with all its columns, as records, or without some columns in its middle."""
    from rich.text import Text

    columns = list(range(len(shown.headings)))
    kept = columns if _needed(shown, columns) <= room else _outer_columns(shown, room)
    is_small = len(shown.rows) * len(columns) <= CELLS_AS_RECORDS
    if kept != columns and (len(kept) < 2 or is_small):
        yield from _records(shown)
        return
    grid, is_gap_named = _grid(shown, kept, room)
    yield grid
    if not is_gap_named:
        yield Text(f"  {shown.gap_in_words}", "dim")
    if missing := [number for number in columns if number not in kept]:
        names = ", ".join(" ".join(shown.headings[number].split()) or f"column {number + 1}" for number in missing)
        yield Text(
            f"  {len(missing)} of {len(columns)} columns do not fit and are not shown: {names}. A wider terminal or a "
            "file (--export) has them.",
            "dim",
        )


def _outer_columns(shown: _Shown, room: int) -> list[int]:
    """Choose columns from both ends inwards, as many as fit together with a narrow one for the gap."""
    count = len(shown.headings)
    left, right = 1, count
    while right - left > 0:
        both = {"right": (left, right - 1), "left": (left + 1, right)}
        order = ("right", "left") if count - right < left else ("left", "right")
        fitting = [both[side] for side in order if _needed(shown, _kept(*both[side], count)) + 4 <= room]
        if not fitting:
            break
        left, right = fitting[0]
    kept = _kept(left, right, count)
    return kept if _needed(shown, kept) + 4 <= room else []


def _kept(left: int, right: int, count: int) -> list[int]:
    return [*range(left), *range(right, count)]


def _needed(shown: _Shown, columns: Sequence[int]) -> int:
    """Say how wide some columns are drawn at least, figures whole."""
    return sum(_least(shown.column(number), shown.headings[number]) + 3 for number in columns) + 1


def _grid(shown: _Shown, columns: Sequence[int], room: int) -> tuple[Table, bool]:
    """Draw some columns.

    Shapes:  the table, and whether it says how many rows are left out, for which its columns may be too narrow
    """
    from rich import box
    from rich.table import Table
    from rich.text import Text

    grid = Table(box=box.SIMPLE_HEAD, show_header=any(shown.headings), header_style="bold cyan", pad_edge=False)
    gaps = [place for place in range(1, len(columns)) if columns[place] != columns[place - 1] + 1]
    texts = [shown.column(number) for number in columns]
    heads = [shown.heading(number, is_after_gap=place in gaps) for place, number in enumerate(columns)]
    widths = _widths(texts, heads, room - 4 * len(gaps))
    widest = max(range(len(columns)), key=widths.__getitem__)
    is_gap_named = len(shown.gap_in_words) <= widths[widest]
    for place, (cells, head) in enumerate(zip(texts, heads, strict=True)):
        if place in gaps:
            grid.add_column(Text("…", "dim"), width=1)
        justify: Literal["left", "right"] = "right" if _is_numeric(cells) else "left"
        grid.add_column(Text(head), justify=justify, vertical="top", overflow="fold", width=widths[place])
    for index, row in enumerate(shown.rows):
        if shown.left_out and index == shown.gap:
            words = shown.gap_in_words if is_gap_named else "…"
            grid.add_row(*_with_gaps([Text(words if n == widest else "", "dim") for n in range(len(columns))], gaps))
        is_section = bool(row[0]) and not any(row[1:])
        style = "bold" if is_section or _TOTAL.match(row[0]) else None
        grid.add_row(*_with_gaps([Text(row[number]) for number in columns], gaps), style=style)
    return grid, is_gap_named


def _with_gaps(cells: Sequence[Text], gaps: Sequence[int]) -> list[Text]:
    from rich.text import Text

    return [one for place, cell in enumerate(cells) for one in ([Text("…", "dim")] if place in gaps else []) + [cell]]


def _records(shown: _Shown) -> Iterator[Text]:
    """Write each row as lines of a heading and its value, for a table that no terminal of this width can hold."""
    from rich.text import Text

    for index, row in enumerate(shown.rows):
        if shown.left_out and index == shown.gap:
            yield Text(f"  … {shown.left_out} more rows …", "dim")
        first, *others = row
        yield Text(f"  {first or '–'}", "bold")
        for heading, cell in zip(shown.headings[1:], others, strict=True):
            if cell:
                name = " ".join(heading.split())
                yield Text.assemble((f"    {name}: " if name else "    ", "cyan"), cell)


def _widths(columns: Sequence[Sequence[str]], heads: Sequence[str], room: int) -> list[int]:
    """Choose how wide each column is drawn: figures never broken, long texts folded as far as there is no room.

    Units:  character cells of a terminal; the room includes a border and two spaces for each column
    """
    from rich.cells import cell_len

    widths = [max(map(cell_len, (*cells, *head.splitlines(), " "))) for cells, head in zip(columns, heads, strict=True)]
    least = [_least(cells, head) for cells, head in zip(columns, heads, strict=True)]
    excess = sum(widths) + 3 * len(widths) + 1 - room
    while excess > 0 and (wide := [i for i in range(len(widths)) if widths[i] > least[i]]):
        widest = max(wide, key=lambda i: widths[i])
        widths[widest] -= 1
        excess -= 1
    return widths


def _least(cells: Sequence[str], head: str) -> int:
    """Say how narrow a column may become: as wide as its figures, or as a word of its texts, within bounds."""
    from rich.cells import cell_len

    whole = max(map(cell_len, (*cells, *head.splitlines(), " ")))
    words = max(map(cell_len, (*head.split(), *(word for cell in cells for word in cell.split()), " ")))
    figures = max((cell_len(cell) for cell in cells if _FIGURE.fullmatch(cell)), default=0)
    if _is_numeric(cells):
        return max(figures, min(words, 24), 1)
    return max(min(whole, max(16, min(words, 24))), figures)


def _is_numeric(cells: Sequence[str]) -> bool:
    filled = [cell for cell in cells if cell]
    return bool(filled) and sum(bool(_NUMBER.fullmatch(cell)) for cell in filled) >= 0.6 * len(filled)
