"""Tables that are no plain grids, drawn from a seed: merged, centred and turned cells, and what stands next to tables.

Each kind is one of which a right table is easily taken for a wrong one.
"""

from __future__ import annotations

import random
from collections.abc import Callable

from reportlab.lib.pagesizes import A4, landscape

from benchmarks.drawn_tables import Cell, Page, Style, even, figure, heads, label, new_page, numbers, style_of, surround

_COAST = "Viana Aveiro Leixoes Faro Olhao Lagos Sines Setubal Tavira Peniche Nazare Cascais Ovar Meco Sado".split()
_SIDES = "North South East West Inner Outer Upper Lower".split()
_NAMES = "Reis Luz Maia Sol Vaz Rio Mar Pinto Rocha Neves Serra Prado".split()
_PHRASES = (
    "A team looked into the matter and gave advice on the storage of nets",
    "Repairs were put off until the spring",
    "Samples were taken from each of the boats and sent to the laboratory in the north",
    "No fault was found",
    "The keeper asked for a second survey of the pier before the end of the season",
)
Row = list["Cell | None"]


def _labels_over_rows(valign: str) -> Callable[[random.Random], Page]:
    def draw(rng: random.Random) -> Page:
        page = new_page(rng, text_size=10.0)
        columns = rng.randint(1, 4)
        style = style_of(rng, page, rules=rng.choice(["grid", "rows", "none"]), size=8.0, gap=2.0)
        at = rng.choice(["right", "centre", "left"])

        def body(page: Page) -> None:
            rows: list[Row] = [[Cell("Side"), Cell("Harbour"), Cell("Keeper"), *_year_heads(rng, columns)]]
            harbours: list[str] = rng.sample(_COAST, len(_COAST))
            for side in rng.sample(_SIDES, rng.randint(2, 3)):
                rows += _group(rng, side, harbours, columns, valign, at)
            rows.append([Cell("All sides", column_span=3, align=at), None, None, *_figures(rng, columns)])
            page.table(
                rows,
                [page.width * 0.14, page.width * 0.2, page.width * 0.22, *([page.width * 0.44 / columns] * columns)],
                ["left", "left", "left", *(["right"] * columns)],
                style,
            )

        surround(body, page)
        return page

    return draw


def _group(rng: random.Random, side: str, harbours: list[str], columns: int, valign: str, at: str) -> list[Row]:
    """Write the rows of a side: harbours, of which one may share its keeper with the next, and their total."""
    count = rng.randint(2, 5)
    rows: list[Row] = []
    shared = rng.randrange(count - 1)
    for number in range(count):
        first = Cell(side, row_span=count + 1, valign=valign) if number == 0 else None
        keeper: Cell | None = Cell(f"{rng.choice('ABCDE')}. {rng.choice(_NAMES)}")
        if number == shared:
            keeper = Cell(f"{rng.choice('FGHIJ')}. {rng.choice(_NAMES)}", row_span=2, valign=valign)
        elif number == shared + 1:
            keeper = None
        rows.append([first, Cell(harbours.pop()), keeper, *_figures(rng, columns)])
    rows.append([None, Cell(f"Total {side}", column_span=2, align=at), None, *_figures(rng, columns)])
    return rows


def _figures(rng: random.Random, columns: int, kind: str = "plain") -> list[Cell]:
    return [Cell(figure(rng, kind)) for _ in range(columns)]


def _year_heads(rng: random.Random, columns: int) -> list[Cell]:
    first = rng.randint(2001, 2020)
    return [Cell(str(first + number)) for number in range(columns)]


def taller_rows(rng: random.Random) -> Page:
    """Cells in the middle of the rows that a long text makes tall; numbers and names over several rows."""
    page = new_page(rng, text_size=10.0, size=landscape(A4), margin=40.0)
    style = style_of(rng, page, rules=rng.choice(["grid", "rows", "none"]), size=8.0, gap=3.0, valign="middle")

    def body(page: Page) -> None:
        rows: list[Row] = [
            [Cell(text) for text in ("No.", "Side", "Harbour", "What was found", "Boats", "Nets", "Begun", "Comment")]
        ]
        harbours = rng.sample(_COAST, len(_COAST))
        for number, side in enumerate(rng.sample(_SIDES, rng.randint(3, 5)), start=1):
            count = rng.choice([1, 1, 2, 3])
            for place in range(count):
                shared: Row = [Cell(str(number), row_span=count), Cell(side, row_span=count)]
                rows.append(
                    [
                        *(shared if place == 0 else [None, None]),
                        Cell(harbours.pop()),
                        Cell(rng.choice(["Worn ropes", "Loose planks and broken lamps", "Rust"])),
                        Cell(str(rng.randint(2, 180))),
                        Cell(str(rng.randint(0, 9))),
                        Cell(f"{rng.randint(10, 28)}/{rng.randint(10, 12)}/2{rng.randint(1, 4)}"),
                        Cell(f"{rng.choice(_PHRASES)}. {rng.choice(_PHRASES)}."),
                    ]
                )
        shares = (0.05, 0.1, 0.1, 0.13, 0.07, 0.07, 0.1, 0.38)
        aligns = ["centre"] * 7 + ["left"]
        page.table(rows, [page.width * share for share in shares], aligns, style)

    surround(body, page, title=True)
    return page


def turned_heads(rng: random.Random) -> Page:
    """Headers that are turned to save room, of one line or two."""
    page = new_page(rng, text_size=10.0)
    columns = rng.randint(4, 8)
    style = style_of(rng, page, rules=rng.choice(["grid", "rows", "none"]), size=8.0, gap=2.0)
    texts = ["Registered voters", "Poll book totals", "Boats in all", "Nets", "Paid dues", "Share of nets stored"]
    texts += ["Rest of the world", "Home waters"]

    def body(page: Page) -> None:
        head: Row = [Cell("Harbour"), *(Cell(text, is_turned=True) for text in rng.sample(texts, columns))]
        rows: list[Row] = [head, *numbers(rng, rng.randint(4, 9), columns, "plain", most=2)]
        page.table(rows, even(page, columns, 0.3), ["left", *(["centre"] * columns)], style)

    surround(body, page, title=True)
    return page


def header_levels(rng: random.Random) -> Page:
    """Headers in two and three levels: some over several columns, some wrapped, some on the lowest line, units last."""
    page = new_page(rng, text_size=10.0)
    groups = [rng.randint(1, 3) for _ in range(rng.randint(2, 3))]
    columns = sum(groups)
    valign = rng.choice(["top", "middle", "bottom"])
    style = style_of(rng, page, rules=rng.choice(["grid", "book", "none"]), size=8.0, gap=2.0, head_bold=False)
    has_units = rng.random() < 0.5

    def body(page: Page) -> None:
        top: Row = [Cell("Kind of vessel", row_span=2, valign=valign)]
        low: Row = [None]
        words = rng.sample(["Landed", "Sold at auction", "Kept", "Value of the catch", "Share", "Weight", "Boxes"], 7)
        for group in groups:
            if group == 1:
                top.append(Cell(words.pop(), row_span=2, valign=valign))
                low.append(None)
            else:
                top += [Cell(rng.choice(["Coast", "High seas", "Rivers and lakes"]), column_span=group)]
                top += [None] * (group - 1)
                low += [Cell(words.pop()) for _ in range(group)] if len(words) >= group else _year_heads(rng, group)
        units: list[Row] = [[Cell(""), *(Cell(rng.choice(["t", "%", "EUR m", "No."])) for _ in range(columns))]]
        rows = [top, low, *(units if has_units else []), *numbers(rng, rng.randint(4, 9), columns, "decimal")]
        page.table(
            rows, even(page, columns), ["left", *(["right"] * columns)], style, header_rows=3 if has_units else 2
        )

    surround(body, page)
    return page


def wrapped_heads(rng: random.Random) -> Page:
    """One header row whose texts have one to three lines, set at the bottom, in the middle or at the top."""
    page = new_page(rng, text_size=10.0)
    columns = rng.randint(3, 6)
    style = style_of(rng, page, rules=rng.choice(["grid", "book", "none", "head"]), size=8.0, gap=2.0, head_bold=False)
    valign = rng.choice(["top", "middle", "bottom"])
    texts = [
        "Boats",
        "Boats of all lengths and kinds",
        "Paid out in the year",
        "Nets",
        "Start of works",
        "Total",
        "2024",
    ]

    def body(page: Page) -> None:
        head: Row = [Cell("Name of the harbour", valign=valign)]
        head += [Cell(text, valign=valign) for text in rng.sample(texts, columns)]
        rows: list[Row] = [head, *numbers(rng, rng.randint(3, 9), columns, "plain", most=2)]
        page.table(rows, even(page, columns, 0.2), ["left", *(["right"] * columns)], style)

    surround(body, page)
    return page


def roster(rng: random.Random) -> Page:
    """Short marks in every cell, and texts over several of them: leave, a break for all."""
    page = new_page(rng, text_size=10.0, size=landscape(A4), margin=50.0)
    columns = rng.randint(5, 7)
    style = style_of(rng, page, rules=rng.choice(["grid", "rows", "none"]), size=8.0, gap=4.0)

    def body(page: Page) -> None:
        days = ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"][:columns]
        rows: list[Row] = [[Cell("Name"), *(Cell(day) for day in days), Cell("Hours")]]
        names = rng.sample(_NAMES, 8)
        count = rng.randint(5, 8)
        leave, pause = rng.sample(range(count), 2)
        for number in range(count):
            shifts: Row = [Cell(rng.choice(["E", "L", "N", "F", "E/L", "Pier", "Depot"])) for _ in range(columns)]
            if number == leave:
                span = rng.randint(2, 4)
                first = rng.randrange(columns - span + 1)
                shifts[first : first + span] = [Cell("Leave", column_span=span), *([None] * (span - 1))]
            if number == pause:
                shifts = [Cell("All hands at the pier", column_span=columns), *([None] * (columns - 1))]
            hours = Cell("") if number == pause else Cell(f"{rng.randint(18, 44)}:{rng.choice(['00', '15', '30'])}")
            rows.append([Cell(names[number]), *shifts, hours])
        widths = [page.width * 0.16, *([page.width * 0.74 / columns] * columns), page.width * 0.1]
        page.table(rows, widths, ["left", *(["centre"] * columns), "right"], style)

    surround(body, page, title=True)
    return page


def beside_prose(rng: random.Random) -> Page:
    """A table next to a column of text, whose lines are level with its rows or not."""
    page = new_page(rng, text_size=rng.choice([8.0, 9.0, 10.0]))
    page.furniture()
    gap = 24.0
    width = (page.width - gap) / 2
    start, side = page.y, rng.randint(0, 1)
    lefts = [page.margin, page.margin + width + gap]
    page.y = start
    for _ in range(rng.randint(3, 4)):
        page.paragraph(rng.randint(4, 8), lefts[1 - side], width)
    page.y = start - rng.choice([0.0, 6.0, 30.0])
    columns = rng.randint(2, 4)
    size = rng.choice([page.text_size, 8.0])
    style = style_of(rng, page, rules=rng.choice(["none", "book", "grid"]), size=size, gap=rng.choice([0.0, 2.0]))
    head: Row = [Cell("Harbour"), *_year_heads(rng, columns)]
    count = rng.randint(5, 10)
    rows: list[Row] = [head, *numbers(rng, count, columns, "plain", most=1), _total(rng, columns)]
    page.table(rows, even(page, columns, 0.36, width), ["left", *(["right"] * columns)], style, x=lefts[side])
    return page


def _total(rng: random.Random, columns: int) -> Row:
    """Write a totals row, some of whose cells are empty."""
    cells: Row = [Cell(figure(rng, "plain") if rng.random() < 0.7 else "", bold=True) for _ in range(columns - 1)]
    return [Cell("Total", bold=True), *cells, Cell(figure(rng, "plain"), bold=True)]


def three_abreast(rng: random.Random) -> Page:
    """Three tables side by side, of other heights and numbers of columns."""
    page = new_page(rng, size=landscape(A4), margin=40.0, text_size=9.0)
    page.furniture()
    gap = rng.choice([18.0, 30.0])
    width = (page.width - 2 * gap) / 3
    start = page.y
    same_pitch = rng.random() < 0.5
    for side in range(3):
        page.y = start
        x = page.margin + side * (width + gap)
        page.line(f"Table {side + 1}. {rng.choice(_SIDES)} coast", style=1, size=9, x=x, after=0.8)
        columns = rng.randint(1, 3)
        style = style_of(rng, page, rules=rng.choice(["none", "book", "grid"]), size=8.0, leading=1.2)
        style.gap = 2.0 if same_pitch else rng.choice([1.0, 2.5, 4.0])
        rows: list[Row] = [[Cell("Harbour"), *_year_heads(rng, columns)]]
        rows += numbers(rng, rng.randint(4, 9), columns, "plain", most=1)
        rows.append(_total(rng, columns))
        page.table(rows, even(page, columns, 0.42, width), ["left", *(["right"] * columns)], style, x=x)
    return page


def totals(rng: random.Random) -> Page:
    """Items of several columns, and totals whose label reaches over the first of them."""
    page = new_page(rng, text_size=10.0)
    style = style_of(rng, page, rules=rng.choice(["grid", "rows", "book", "none"]), size=8.0, gap=2.5)
    at = rng.choice(["right", "centre", "left"])

    def body(page: Page) -> None:
        rows: list[Row] = [[Cell(text) for text in ("Pos.", "Item", "Unit", "Count", "Price", "Amount")]]
        rows += [  # pyright: ignore[reportAssignmentType]  # rows of both kinds
            [
                Cell(str(number)),
                Cell(label(rng, least=1, most=3)),
                Cell(rng.choice(["kg", "box", "hour", "set"])),
                Cell(str(rng.randint(1, 40))),
                *_figures(rng, 2, "money"),
            ]
            for number in range(1, rng.randint(4, 9))
        ]
        rows += [
            [Cell(text, column_span=5, align=at, bold=True), *([None] * 4), *_figures(rng, 1, "money")]
            for text in ("Subtotal", "Taxes and dues", "Total to be paid")[rng.randrange(3) :]
        ]
        shares = (0.08, 0.38, 0.1, 0.12, 0.14, 0.18)
        page.table(rows, [page.width * s for s in shares], ["right", "left", "left", "right", "right", "right"], style)

    surround(body, page, title=True)
    return page


def section_rows(rng: random.Random) -> Page:
    """Headings of sections over all columns, in the middle or at the left, and subtotals under each."""
    page = new_page(rng, text_size=10.0)
    columns = rng.randint(2, 5)
    style = style_of(rng, page, rules=rng.choice(["grid", "rows", "book", "none"]), size=8.0, gap=2.0)
    at = rng.choice(["left", "centre"])

    def body(page: Page) -> None:
        rows: list[Row] = [heads(rng, columns, first="Item")]
        for side in rng.sample(_SIDES, rng.randint(2, 4)):
            rows.append([Cell(f"{side} coast", column_span=columns + 1, align=at, bold=True), *([None] * columns)])
            rows += numbers(rng, rng.randint(1, 4), columns, "plain", most=2)
            if rng.random() < 0.5:
                rows.append([Cell("Subtotal"), *_figures(rng, columns)])
        page.table(rows, even(page, columns), ["left", *(["right"] * columns)], style)

    surround(body, page)
    return page


def stacked_alike(rng: random.Random) -> Page:
    """Small tables below one another, with the same columns at the same places and a heading over each."""
    page = new_page(rng, text_size=10.0)
    page.furniture()
    style = style_of(rng, page, rules=rng.choice(["none", "book", "rows"]), size=9.0, gap=1.5)
    columns = rng.randint(1, 3)
    has_heads = rng.random() < 0.7
    for side in rng.sample(_SIDES, rng.randint(2, 4)):
        page.line(f"{side} coast", style=1, after=0.5)
        rows: list[Row] = [[Cell("Harbour"), *_year_heads(rng, columns)]] if has_heads else []
        rows += numbers(rng, rng.randint(3, 5), columns, "plain", most=2)
        page.table(rows, even(page, columns), ["left", *(["right"] * columns)], style, header_rows=int(has_heads))
        page.y -= rng.choice([2.0, 8.0])
    return page


def days(rng: random.Random) -> Page:
    """Entries of an account: the day stands once for its entries, at their top, amounts on the last line of each."""
    page = new_page(rng, text_size=10.0)
    style = Style(font="Helvetica", size=8.0, rules=rng.choice(["none", "head", "frame"]), gap=1.5, leading=1.25)

    def body(page: Page) -> None:
        rows: list[Row] = [[Cell(text) for text in ("Date", "Details", "Paid out", "Paid in", "Balance")]]
        for day in sorted(rng.sample(range(1, 28), rng.randint(3, 6))):
            for number in range(rng.randint(1, 3)):
                is_out = rng.random() < 0.6
                details = " ".join(rng.sample(_NAMES, rng.randint(1, 3))) + f" {rng.randint(1000, 99999)}"
                if rng.random() < 0.5:
                    details = f"{details} {rng.choice(_PHRASES)}"
                rows.append(
                    [
                        Cell(f"{day:02d} Jul" if number == 0 else "", valign="top"),
                        Cell(details, valign="top"),
                        Cell(figure(rng, "money") if is_out else "", valign="bottom"),
                        Cell("" if is_out else figure(rng, "money"), valign="bottom"),
                        Cell(figure(rng, "money"), valign="bottom"),
                    ]
                )
        shares = (0.1, 0.42, 0.16, 0.16, 0.16)
        page.table(rows, [page.width * s for s in shares], ["left", "left", "right", "right", "right"], style)

    surround(body, page, title=True)
    return page


MERGED: dict[str, Callable[[random.Random], Page]] = {
    "labels at the top of rows": _labels_over_rows("top"),
    "labels in the middle of rows": _labels_over_rows("middle"),
    "labels at the bottom of rows": _labels_over_rows("bottom"),
    "taller rows": taller_rows,
    "turned headers": turned_heads,
    "header levels": header_levels,
    "wrapped headers": wrapped_heads,
    "roster": roster,
    "beside prose": beside_prose,
    "three abreast": three_abreast,
    "totals": totals,
    "section rows": section_rows,
    "stacked alike": stacked_alike,
    "days": days,
}
