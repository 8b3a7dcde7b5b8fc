"""Tables for people at a terminal: no wider than 80 columns, dollars with the digits that matter, plain when piped."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Context, Decimal
from typing import TYPE_CHECKING, Literal

from witnessmark_server.tables_view import harmless

if TYPE_CHECKING:
    from rich.console import Console

MAX_WIDTH = 80
_MIN_TEXT = 12
"""Width below which a column of texts is not folded."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Column:
    """A column of a table: its heading, and a text for each line."""

    head: str
    cells: Sequence[str]
    is_text: bool = False
    """Whether it is aligned to the left, and may be folded."""

    @property
    def width(self) -> int:
        return max(map(len, (self.head, *self.cells)))

    @property
    def says_something(self) -> bool:
        """Whether a line differs from nothing: a column of zeros or blanks does not apply."""
        return any(cell not in {"", "0", "$0", "–"} for cell in self.cells)


def console_for_people() -> Console:
    """Open standard output: colours if it is a terminal, and its width, but no more than 80 columns."""
    from rich.console import Console

    return Console(width=min(MAX_WIDTH, Console().width), highlight=False)


def print_table(columns: Sequence[Column], console: Console) -> None:
    """Print columns side by side; texts fold, figures never do. Where they do not fit, print a line for each value."""
    from rich import box
    from rich.table import Table
    from rich.text import Text

    room = sum(_MIN_TEXT if column.is_text else column.width for column in columns) + 2 * len(columns)
    if room > console.width:
        for row in zip(*(column.cells for column in columns), strict=True):
            named = zip([column.head for column in columns], row, strict=True)
            console.print(Text("\n".join(f"{head}: {harmless(cell)}" for head, cell in named) + "\n"))
        return
    grid = Table(box=box.SIMPLE_HEAD, header_style="bold cyan", pad_edge=False, padding=(0, 1, 0, 0))
    for column in columns:
        justify: Literal["left", "right"] = "left" if column.is_text else "right"
        grid.add_column(column.head, justify=justify, no_wrap=not column.is_text, overflow="fold")
    for row in zip(*(column.cells for column in columns), strict=True):
        grid.add_row(*(Text(harmless(cell)) for cell in row))
    console.print(grid)


def print_notes(sentences: Sequence[str], console: Console, *, mark: str = "", style: str = "dim") -> None:
    """Print sentences below one another, each indented as a whole."""
    from rich.padding import Padding
    from rich.table import Table
    from rich.text import Text

    for sentence in sentences:
        if not mark:
            console.print(Padding(Text(harmless(sentence), style), (0, 0, 0, 2), expand=False))
            continue
        line = Table.grid(padding=(0, 1))
        line.add_column(no_wrap=True)
        line.add_column(overflow="fold")
        line.add_row(Text(mark, f"{style} bold"), Text(harmless(sentence)))
        console.print(line)


def dollars(amount: float | Decimal | None) -> str:
    """Write an amount with two significant digits below a dollar, and with cents above: `$0.015`, `$12.30`."""
    if amount is None:
        return "unknown"
    exact = Decimal(str(amount))
    if exact == 0:
        return "$0"
    cents = exact.quantize(Decimal("0.01"), ROUND_HALF_UP)
    if abs(exact) >= Decimal("0.995"):
        return f"${cents:,}"
    rounded = Context(prec=2, rounding=ROUND_HALF_UP).plus(exact)
    place = min(Decimal(1).scaleb(rounded.adjusted() - 1), Decimal("0.01"))
    return f"${rounded.quantize(place):f}"


def count(number: int) -> str:
    """Write a count: whole up to ten millions, then in millions."""
    return f"{number:,}" if number < 10_000_000 else f"{number / 1e6:,.1f} M"
