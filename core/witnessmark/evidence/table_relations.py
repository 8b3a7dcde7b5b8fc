"""All the relations of a table: which rows and columns hold figures, how they add up, what holds between columns."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from witnessmark.evidence.column_rules import column_rules
from witnessmark.evidence.figures import Figure, Figures, figures_of
from witnessmark.evidence.relations import CellAt, Direction, Instance
from witnessmark.evidence.sums import Lines, instances_of, sum_rules
from witnessmark.evidence.total_words import Label, is_plain_total, is_rate, label_of, names_things, says_years

MOST_SEARCHED = 4_000
"""Figures among which every sum is looked for; in larger tables those of labelled totals are."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FigureTable:
    """The part of a grid that holds figures.

    Shapes:  `columns` are those of the grid that hold figures, `rows` all below the headers; `column_labels` and
             `row_labels` have a text for each; `rates` are the columns and rows of percentages, averages and the like
    """

    figures: Figures
    columns: tuple[int, ...]
    rows: tuple[int, ...]
    column_labels: tuple[str, ...]
    row_labels: tuple[str, ...]
    rates: frozenset[tuple[Direction, int]]

    @property
    def size(self) -> int:
        return len(self.rows) * len(self.columns)

    @property
    def figure_count(self) -> int:
        return sum(self.figures.cells[row][column] is not None for row in self.rows for column in self.columns)


def figure_table(grid: Sequence[Sequence[str]], *, header_rows: int) -> FigureTable:
    """Read a grid, and find the columns that mostly hold figures; those that name things are left out.

    Shapes:  rows without a figure stay, for they are headings; those above the first figure head the columns, too
    """
    figures = figures_of(grid, header_rows=header_rows)
    rows = tuple(range(header_rows, len(grid)))
    top = next((row for row in rows if any(figures.cells[row])), header_rows)
    headings = [
        " ".join(row[column] for row in grid[:top] if column < len(row)) for column in range(figures.column_count)
    ]
    columns = tuple(
        column
        for column, heading in enumerate(headings)
        if _holds_figures(figures, column, rows)
        and not names_things(heading)
        and not (says_years(heading) and _are_years(figures, column, rows))
    )
    labels = tuple(_row_label(grid[row], figures, row) for row in rows)
    rate_columns = [
        column
        for column in columns
        if is_rate(headings[column]) or _are_percents([figures.cells[row][column] for row in rows])
    ]
    rate_rows = [
        row for row, label in zip(rows, labels, strict=True) if is_rate(label) or _are_percents(figures.cells[row])
    ]
    return FigureTable(
        figures=figures,
        columns=columns,
        rows=rows,
        column_labels=tuple(headings[column] for column in columns),
        row_labels=labels,
        rates=frozenset[tuple[Direction, int]](
            [*(("column", column) for column in rate_columns), *(("row", row) for row in rate_rows)]
        ),
    )


def _holds_figures(figures: Figures, column: int, rows: Sequence[int]) -> bool:
    count = sum(figures.cells[row][column] is not None for row in rows)
    texts = sum(figures.cells[row][column] is None and not figures.is_nil[row][column] for row in rows)
    return count >= max(2, texts)


def _are_years(figures: Figures, column: int, rows: Sequence[int]) -> bool:
    cells = [figure for row in rows if (figure := figures.cells[row][column])]
    return all(1800 * figures.one <= cell.value <= 2100 * figures.one for cell in cells)


def _row_label(texts: Sequence[str], figures: Figures, row: int) -> str:
    """Give the first text of a row that is no figure."""
    cells = zip(texts, figures.cells[row], figures.is_nil[row], strict=False)
    return next((text for text, figure, is_nil in cells if not figure and not is_nil), "")


def _are_percents(cells: Sequence[Figure | None]) -> bool:
    filled = [cell for cell in cells if cell]
    return 2 * sum(cell.is_percent for cell in filled) > len(filled)


def relations_in(table: FigureTable) -> tuple[list[Instance], list[Instance]]:
    """Find the relations that hold, and those that do not though their rules do elsewhere."""
    holding: list[Instance] = []
    broken: list[Instance] = []
    rules = 0
    is_large = table.size > MOST_SEARCHED
    for lines in (_row_lines(table), _column_lines(table)):
        found = sum_rules(lines, labelled_only=is_large)
        for instance, holds in instances_of(found, lines, rules):
            (holding if holds else broken).append(instance)
        rules += len(found)
    if not is_large:
        rates = [at for direction, at in table.rates if direction == "column"]
        for held, failed in column_rules(table.figures, table.columns, table.rows, rates):
            holding += [replace(instance, rule=rules) for instance in held]
            broken += [replace(instance, rule=rules) for instance in failed]
            rules += 1
    return holding, broken


def _row_lines(table: FigureTable) -> Lines:
    """Give the rows as lines, of which some may be sums of others."""
    cells = [[(row, column) for column in table.columns] for row in table.rows]
    return _lines(table, "column", cells, table.row_labels, [label_of(text) for text in table.row_labels])


def _column_lines(table: FigureTable) -> Lines:
    """Give the columns as lines; one without a heading is not a sum for that."""
    cells = [[(row, column) for row in table.rows] for column in table.columns]
    labels: list[Label] = [label if (label := label_of(text)) != "blank" else "other" for text in table.column_labels]
    return _lines(table, "row", cells, table.column_labels, labels)


def _lines(
    table: FigureTable,
    direction: Direction,
    cells: Sequence[Sequence[CellAt]],
    texts: Sequence[str],
    labels: Sequence[Label],
) -> Lines:
    figures = [[table.figures.cells[row][column] for row, column in line] for line in cells]
    nils = [[table.figures.is_nil[row][column] for row, column in line] for line in cells]
    numbers, places = (table.rows, table.columns) if direction == "column" else (table.columns, table.rows)
    return Lines(
        direction=direction,
        values=tuple(
            tuple(figure.value if figure else 0 if is_nil else None for figure, is_nil in zip(line, of, strict=True))
            for line, of in zip(figures, nils, strict=True)
        ),
        steps=tuple(tuple(figure.step if figure else 1 for figure in line) for line in figures),
        is_filled=tuple(tuple(figure is not None for figure in line) for line in figures),
        is_percent=tuple(tuple(figure is not None and figure.is_percent for figure in line) for line in figures),
        labels=tuple(labels),
        is_plain=tuple(is_plain_total(text) for text in texts),
        is_rate=tuple((direction, place) in table.rates for place in places),
        holds_rates=tuple(("row" if direction == "column" else "column", number) in table.rates for number in numbers),
        numbers=numbers,
        places=places,
    )
