"""Tables of drawn pages: what is found, how it is parted into rows and columns, and what is no table."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import pytest

from tests.drawing import WIDTH, document, draw_long_table, draw_table, fill, grid, rule, table_texts, text_width, words
from witnessmark.documents.pdfium import open_pdf
from witnessmark.offline.tables.find import find_tables
from witnessmark.offline.tables.join import PageEdges, join_pages, page_edges
from witnessmark.offline.tables.values import Table

Texts = tuple[tuple[str, ...], ...]

SENTENCES = (
    "The annual budget covers the rural transport of the northern region while the net income",
    "of the households follows the price of energy because the harbour measures the fishing of",
    "the coast and the railway limits the export of the timber that the forest supplies in the",
    "average year so that the domestic market reports the value of the whole service to the",
    "regional council which reflects on the public school and the national museum that follow.",
)
SUMS: Texts = (
    ("Region", "2021", "2022", "2023"),
    ("Austria", "1,204", "1,377", "1,502"),
    ("Belgium", "988", "1,020", "1,191"),
    ("Denmark", "2,450", "2,611", "2,702"),
    ("Finland", "377", "402", "455"),
)


def found(*pages: bytes) -> tuple[Table, ...]:
    """Find the tables of pages drawn by their content streams."""
    return tables_of(document(*pages))


def tables_of(pdf: bytes) -> tuple[Table, ...]:
    tables: list[Table] = []
    edges: list[PageEdges] = []
    with open_pdf(pdf) as opened:
        for index in range(opened.page_count):
            layout = opened.layout(index)
            on_page = find_tables(layout)
            tables += on_page
            edges.append(page_edges(layout, on_page))
    return join_pages(tables, edges)


def texts_of(*pages: bytes) -> list[Texts]:
    return [table.texts for table in found(*pages)]


def prose(x: float = 60, top: float = 60, *, lines: int = 5, size: float = 10, characters: int = 90) -> bytes:
    """Write running text, each line cut after some characters."""
    text = " ".join(SENTENCES)
    drawn = b""
    for number in range(lines):
        line = text[:characters].rsplit(" ", 1)[0]
        text = f"{text[len(line) :].strip()} {line}"
        drawn += words(line, x=x, top=top + 1.3 * size * number, size=size)
    return drawn


@dataclass(frozen=True)
class Column:
    """Where a column stands and to which side its text is set."""

    x: float
    align: str = "left"


def lines_at(columns: Sequence[Column], rows: Sequence[Sequence[str]], *, top: float, pitch: float = 14) -> bytes:
    """Write rows of cells, one line each; an empty cell is left out."""
    drawn = b""
    for number, row in enumerate(rows):
        for column, text in zip(columns, row, strict=True):
            if text:
                x = column.x - (text_width(text, 9) if column.align == "right" else 0)
                drawn += words(text, x=x, top=top + pitch * number, size=9)
    return drawn


def framed(xs: Sequence[float], ys: Sequence[float]) -> bytes:
    """Draw the lines of a grid."""
    across = b"".join(rule(xs[0], y, xs[-1], y) for y in ys)
    return across + b"".join(rule(x, ys[0], x, ys[-1]) for x in xs)


NUMBERS = (Column(60), Column(260, "right"), Column(330, "right"), Column(400, "right"))


# --- what is drawn is what is found -----------------------------------------------------------------------------------


@pytest.mark.parametrize("ruled", ["all", "rows", "none"])
def test_a_table_is_found_however_it_is_ruled(ruled: str) -> None:
    pdf = draw_table(rows=6, columns=5, ruled=ruled, total=True)  # type: ignore[arg-type]  # three literals
    assert [table.texts for table in tables_of(pdf)] == [table_texts(6, 5, total=True)]


def test_a_heading_over_several_columns_is_one_merged_cell() -> None:
    texts = (("Region", "Exports", "", "Imports", ""), ("", "2022", "2023", "2022", "2023"), *table_texts(5, 5)[1:])
    [table] = found(grid(texts, header_rows=2, spans=((0, 1, 2), (0, 3, 4)), ruled="all", widths=(100, 80, 80, 80, 80)))
    heading = table.rows[0][1]
    assert heading is not None
    assert (heading.text, heading.column_span, table.rows[0][2]) == ("Exports", 2, None)
    assert table.header_rows == 2


def test_twenty_four_columns_of_figures_stay_apart() -> None:
    row = tuple(f"{(7 * column) % 90 + 10}" for column in range(24))
    texts = (
        ("Month", *(f"C{column}" for column in range(1, 25))),
        *((f"Area {number}", *row) for number in range(1, 9)),
    )
    assert texts_of(grid(texts, x=20, widths=(40, *(21.0,) * 24), row_height=11, size=6, ruled="none")) == [texts]


def test_tables_side_by_side_are_two() -> None:
    left = grid(SUMS, x=40, top=120, widths=(80, 50, 50, 50), ruled="rows")
    other = tuple((f"{row[0]} B", *row[1:]) for row in SUMS)
    right = grid(other, x=320, top=120, widths=(80, 50, 50, 50), ruled="rows")
    titles = words("Table 1: Exports", x=40, top=104, bold=True) + words("Table 2: Imports", x=320, top=104, bold=True)
    assert texts_of(titles + left + right) == [SUMS, other]


def test_a_table_inside_a_text_column_takes_no_text_in() -> None:
    column = prose(50, lines=6, characters=44) + prose(50, 260, lines=12, characters=44)
    beside = prose(320, lines=28, characters=44)
    table = grid(SUMS, x=50, top=150, widths=(80, 50, 50, 50), row_height=15, ruled="rows")
    assert texts_of(column + beside + table) == [SUMS]


def test_a_table_over_pages_is_one_with_its_parts() -> None:
    [table] = tables_of(draw_long_table(90, rows_per_page=38))
    assert [part.page_number for part in table.parts] == [1, 2, 3]
    assert table.texts == table_texts(90, 4, total=True)
    assert [part.first_row for part in table.parts[1:]] == [part.last_row + 1 for part in table.parts[:-1]]


def test_a_heading_over_other_columns_begins_another_table() -> None:
    dates: Texts = (("Programme", "Type", "Shipped", "Months", "Needed"), ("FY 08", "CVN 78", "SEP-15", "25", "AUG-12"))
    dates = (*dates, ("FY 13", "CVN 79", "SEP-22", "37", "AUG-19"))
    columns = (Column(60), Column(140), Column(230), Column(350, "right"), Column(420))
    drawn = lines_at(NUMBERS, SUMS, top=100) + words("III. Deliveries", x=60, top=190, size=9, bold=True)
    assert texts_of(drawn + lines_at(columns, dates, top=204)) == [SUMS, dates]


# --- headers ----------------------------------------------------------------------------------------------------------


def test_shading_parts_a_header_from_the_row_below_it_where_no_line_does() -> None:
    texts = (("Region", "Roads", "Schools", "Ports"), ("Austria", "good", "fair", "none"), *SUMS[1:])
    drawn = fill(60, 100, 420, 118, grey=0.8) + framed((60, 180, 260, 340, 420), (100, 136, 154, 172, 190, 208))
    drawn += lines_at((Column(64), Column(184), Column(264), Column(344)), texts, top=104.5, pitch=18)
    assert texts_of(drawn) == [texts]


def test_a_header_in_the_band_of_the_one_row_of_figures_is_a_row_of_its_own() -> None:
    texts = (("Measure", "Launch in May", "After a year", "At the end"), *SUMS[1:])
    drawn = framed((60, 180, 260, 340, 420), (100, 136, 154, 172, 190))
    for number, row in enumerate(texts):
        for x, text in zip((64, 184, 264, 344), row, strict=True):
            drawn += words(text, x=x, top=104.5 + 18 * number, size=9)
    assert texts_of(drawn) == [texts]


def test_lines_that_part_only_the_header_part_the_columns_below_too() -> None:
    rows = [("Name", "Paid on", "Purpose", "Amount")]
    rows += [(f"D{n}0{n}", f"0{n}/05/2023", f"Travel of member {n}", f"{n}12.50") for n in range(1, 8)]
    drawn = rule(60, 100, 460, 100) + rule(60, 118, 460, 118) + rule(60, 250, 460, 250)
    drawn += rule(60, 100, 60, 250) + rule(460, 100, 460, 250)
    drawn += b"".join(rule(x, 100, x, 118) for x in (150, 240, 390))
    drawn += lines_at((Column(64), Column(154), Column(244), Column(394)), rows[:1], top=104)
    drawn += lines_at((Column(64), Column(154), Column(244), Column(394)), rows[1:], top=124, pitch=17)
    assert texts_of(drawn) == [tuple(rows)]


def test_a_bold_header_far_above_its_columns_stays_with_them() -> None:
    columns = (Column(60), Column(170), Column(300))
    drawn = b"".join(
        words(text, x=column.x, top=100, size=9, bold=True)
        for column, text in zip(columns, ("LINE", "POSITION", "MEANING"), strict=True)
    )
    rows = [(f"{n}", f"0{n}-1{n}", f"Code of kind {n} that is asked for") for n in range(1, 8)]
    drawn += lines_at(columns, rows, top=138)
    assert texts_of(drawn) == [(("LINE", "POSITION", "MEANING"), *rows)]


# --- rows and cells ---------------------------------------------------------------------------------------------------


def test_sentences_in_cells_between_rules_are_no_running_text() -> None:
    rows = (
        ("Measure", "Purpose", "Result"),
        ("Roads", "The council repairs the roads of the", "The traffic of the region goes on"),
        ("", "northern valley while the winter ends.", "without delay and costs little more."),
        ("Schools", "The schools of the coast are built for", "The pupils of three villages learn"),
        ("", "the children of the fishing families.", "where their parents work in summer."),
    )
    columns = (Column(60), Column(150), Column(340))
    drawn = prose(lines=4) + lines_at(columns, rows[:1], top=150) + lines_at(columns, rows[1:3], top=170, pitch=11)
    drawn += lines_at(columns, rows[3:], top=202, pitch=11) + prose(top=260, lines=4)
    drawn += b"".join(rule(56, y, 536, y) for y in (146, 165, 197, 229))
    joined = tuple(
        tuple(f"{above} {below}".strip() for above, below in zip(rows[i], rows[i + 1], strict=True)) for i in (1, 3)
    )
    assert texts_of(drawn) == [(rows[0], *joined)]


def test_rows_of_text_in_a_frame_begin_where_every_column_begins() -> None:
    columns = (Column(64), Column(164), Column(304))
    rows = (
        ("Action", "Work", "Cost"),
        ("Wiring", "Up to 79 hours of work", "Up to $3,790"),
        ("", "for each product", ""),
    )
    more = (("Sensor", "40 hours of work for", "Nothing"), ("", "each product", ""))
    drawn = framed((60, 160, 300, 420), (100, 118, 180)) + lines_at(columns, rows[:1], top=104)
    drawn += lines_at(columns, (*rows[1:], *more), top=122, pitch=13)
    assert texts_of(drawn) == [
        (
            rows[0],
            ("Wiring", "Up to 79 hours of work for each product", "Up to $3,790"),
            ("Sensor", "40 hours of work for each product", "Nothing"),
        )
    ]


def test_a_bracketed_figure_after_its_currency_sign_is_a_figure() -> None:
    rows = (
        ("", "2022", "2021"),
        ("Income", "$ (557)", "$ (10)"),
        ("Costs", "41", "2,622"),
        ("Sum", "$ (516)", "$ 2,612"),
    )
    columns = (Column(60), Column(260, "right"), Column(340, "right"))
    [table] = found(words("Table 3: Results", x=60, top=80, bold=True) + lines_at(columns, rows, top=100))
    assert (table.texts, table.header_rows) == (rows, 1)


def test_an_address_beside_the_rules_of_a_sum_is_not_in_its_table() -> None:
    address = b"".join(
        words(text, x=40, top=102.5 + 15 * number, size=9)
        for number, text in enumerate(("Bill to:", "Harbour Works", "12 Mill Lane", "Northport"))
    )
    rows = (
        ("Invoice summary", ""),
        ("Invoice number", "42183017"),
        ("Invoice date", "3 August 2023"),
        ("Due", "$ 4.11"),
    )
    drawn = lines_at((Column(260), Column(500, "right")), rows, top=100, pitch=20)
    drawn += b"".join(rule(258, y, 502, y) for y in (96, 116, 136, 156, 176))
    assert all("Harbour" not in text for texts in texts_of(address + drawn) for row in texts for text in row)
    assert texts_of(address + drawn)[0][-1] == ("Due", "$ 4.11")


def test_a_bordered_stripe_behind_some_rows_does_not_cut_their_table() -> None:
    drawn = lines_at(NUMBERS, SUMS, top=100, pitch=18) + rule(60, 113, 400, 113)
    stripe = fill(0, 113, WIDTH, 187) + framed((0, WIDTH), (113, 187))
    assert texts_of(stripe + drawn) == [SUMS]


def test_a_table_set_into_a_frame_of_its_own_is_found_alone() -> None:
    outer = framed((40, 130, 560), (80, 100)) + rule(40, 100, 40, 235) + rule(560, 100, 560, 235)
    outer += rule(40, 235, 560, 235) + words("1.", x=44, top=86, size=9) + words("Complete the table.", x=134, top=86)
    assert texts_of(outer + grid(SUMS, x=60, top=130, widths=(120, 80, 80, 80)))[0] == SUMS


# --- what is no table -------------------------------------------------------------------------------------------------


def test_running_text_is_no_table() -> None:
    assert found(prose(lines=30)) == ()
    assert found(prose(50, lines=30, characters=44) + prose(320, lines=30, characters=44)) == ()


@pytest.mark.parametrize("dots", [".....................", ". . . . . . . . . . ."])
def test_a_page_of_contents_with_numbered_headings_is_no_table(dots: str) -> None:
    drawn = b""
    for number in range(12):
        y = 100 + 18 * number
        drawn += words(f"{number + 1}.", x=60, top=y, size=10) + words(f"The chapter on region {number}", x=90, top=y)
        drawn += words(dots, x=260, top=y) + words(f"{3 + 2 * number}", x=480, top=y, align="right")
    assert found(drawn) == ()


def test_bars_with_a_scale_below_are_no_table() -> None:
    drawn = b""
    for number, length in enumerate((38, 21, 45, 12, 30, 44, 27)):
        y = 120 + 20 * number
        drawn += words(f"Region {number}", x=140, top=y, size=9, align="right")
        drawn += fill(150, y, 150 + 6 * length, y + 9, grey=0.4) + words(
            f"{length}%", x=154 + 6 * length, top=y, size=9
        )
    drawn += b"".join(words(f"{10 * n}%", x=150 + 60 * n, top=265, size=9) for n in range(6))
    assert found(drawn) == ()


def test_a_chart_above_its_caption_is_no_table() -> None:
    drawn = b""
    for number, height in enumerate(("2.0", "1.5", "1.1", "0.5", "0.2")):
        drawn += words(height, x=130, top=120 + 25 * number, size=8, align="right")
        drawn += words(f"{number * number + 3}", x=200, top=120 + 25 * number, size=8)
        drawn += words(f"{40 - 7 * number}", x=270, top=120 + 25 * number, size=8)
    assert len(found(drawn)) == 1
    assert found(drawn + words("Figure 3. Exports by region", x=110, top=236, size=9)) == ()


def test_equations_with_their_numbers_are_no_table() -> None:
    drawn = b"".join(
        words(f"x = a + {n} b", x=100, top=100 + 24 * n) + words(f"({n + 1})", x=480, top=100 + 24 * n)
        for n in range(6)
    )
    assert found(drawn) == ()
