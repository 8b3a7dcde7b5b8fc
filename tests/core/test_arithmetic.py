"""Sums of tables: those that are recognised, the cell that breaks one, and tables that nobody may accuse."""

from __future__ import annotations

import time
from collections.abc import Sequence

import pytest

from benchmarks.drawn_statements import KINDS, drawn_grids
from witnessmark.evidence.arithmetic import arithmetic_of
from witnessmark.evidence.verdicts import Status, TableEvidence, Verdict

Grid = list[list[str]]

REGIONS = [
    ["", "Boats", "Nets", "Ropes", "Total"],
    ["North", "1,204", "388", "57", "1,649"],
    ["South", "2,377", "415", "96", "2,888"],
    ["Coast", "918", "1,022", "240", "2,180"],
    ["Total", "4,499", "1,825", "393", "6,717"],
]
STATEMENT = [
    ["", "2021", "2020", "2019"],
    ["Revenue", "81,402", "77,315", "70,960"],
    ["Cost of sales", "(48,117)", "(45,230)", "(43,875)"],
    ["Gross profit", "33,285", "32,085", "27,085"],
    ["Selling expenses", "(9,742)", "(9,018)", "(8,660)"],
    ["Other income", "1,263", "–", "471"],
    ["Operating profit", "24,806", "23,067", "18,896"],
]
ACCOUNT = [
    ["Date", "Text", "Paid out", "Paid in", "Balance"],
    ["1 May", "Brought forward", "", "", "2.310,55"],
    ["2 May", "Timber", "418,20", "", "1.892,35"],
    ["4 May", "Sale", "", "977,00", "2.869,35"],
    ["5 May", "Fuel", "63,74", "", "2.805,61"],
    ["9 May", "Sale", "", "1.240,18", "4.045,79"],
    ["9 May", "Glass", "305,90", "", "3.739,89"],
    ["12 May", "Postage", "12,35", "", "3.727,54"],
]
INVOICE = [
    ["Article", "Quantity", "Unit price", "Amount"],
    ["Hinge", "14", "12.35", "172.90"],
    ["Lever", "6", "108.40", "650.40"],
    ["Valve", "23", "7.19", "165.37"],
    ["Pump", "3", "415.00", "1,245.00"],
    ["Subtotal", "", "", "2,233.67"],
    ["VAT 20%", "", "", "446.73"],
    ["Total", "", "", "2,680.40"],
]
SHARES = [
    ["", "2020", "2021", "Change %", "Share %"],
    ["Barley", "4,120", "4,655", "13.0", "27.3"],
    ["Oats", "2,980", "2,731", "-8.4", "16.0"],
    ["Wheat", "7,015", "7,944", "13.2", "46.6"],
    ["Rye", "1,602", "1,715", "7.1", "10.1"],
    ["Total", "15,717", "17,045", "8.4", "100.0"],
]


def _changed(grid: Grid, row: int, column: int, text: str) -> Grid:
    assert grid[row][column] != text
    return [[text if (r, c) == (row, column) else cell for c, cell in enumerate(line)] for r, line in enumerate(grid)]


def _evidence(grid: Grid, doubted: dict[tuple[int, int], Status]) -> TableEvidence:
    return TableEvidence(
        verdicts=tuple(
            tuple(Verdict(status=doubted.get((row, column), "located"), page=1) for column in range(len(line)))
            for row, line in enumerate(grid)
        )
    )


@pytest.mark.parametrize(
    ("grid", "kinds"),
    [
        pytest.param(REGIONS, {"total"}, id="totals of rows and columns"),
        pytest.param(STATEMENT, {"total", "subtotal"}, id="profits"),
        pytest.param(ACCOUNT, {"running balance"}, id="a running balance"),
        pytest.param(INVOICE, {"product", "subtotal", "total"}, id="an invoice"),
        pytest.param(SHARES, {"total", "change", "percentage"}, id="changes and shares"),
    ],
)
def test_sums_that_hold_are_recognised(grid: Grid, kinds: set[str]) -> None:
    found = arithmetic_of(grid)
    assert {relation.kind for relation in found.holding} == kinds
    assert not found.broken


@pytest.mark.parametrize(
    ("grid", "cell", "text", "right"),
    [
        pytest.param(REGIONS, (2, 2), "475", "415", id="a part"),
        pytest.param(REGIONS, (4, 3), "398", "393", id="a total"),
        pytest.param(REGIONS, (4, 4), "6,177", "6,717", id="the grand total"),
        pytest.param(STATEMENT, (3, 2), "32,885", "32,085", id="a subtotal"),
        pytest.param(ACCOUNT, (4, 2), "68,74", "63,74", id="a payment"),
        pytest.param(ACCOUNT, (5, 4), "4.045,19", "4.045,79", id="a balance"),
        pytest.param(INVOICE, (3, 1), "28", "23", id="a quantity"),
        pytest.param(INVOICE, (2, 3), "680.40", "650.40", id="an amount"),
        pytest.param(SHARES, (3, 1), "1,015", "7,015", id="a figure beside its share"),
    ],
)
def test_the_cell_that_breaks_a_sum_is_named(grid: Grid, cell: tuple[int, int], text: str, right: str) -> None:
    found = arithmetic_of(_changed(grid, *cell, text))
    assert found.broken
    assert {broken.cell for broken in found.broken} == {cell}
    assert {broken.repaired for broken in found.broken} == {(right,)}
    assert cell not in found.proven


ONE_WAY = [
    ["", "2021", "2020"],
    ["Rent", "18,400", "17,900"],
    ["Wages", "96,250", "91,775"],
    ["Fuel", "7,315", "8,040"],
    ["Total", "121,965", "117,715"],
]


def test_where_only_columns_are_added_up_every_cell_that_may_be_wrong_is_given() -> None:
    (broken,) = arithmetic_of(_changed(ONE_WAY, 1, 1, "18,700")).broken
    assert broken.cell is None
    assert dict(zip(broken.suspects, broken.repaired, strict=True)) == {(1, 1): "18,400", (3, 1): "7,015"}
    assert broken.relation.parts == ((1, 1), (2, 1), (3, 1))
    assert (broken.relation.result, broken.relation.direction) == ((4, 1), "column")
    assert (broken.relation.expected, broken.relation.printed) == ("122,265", "121,965")
    assert broken.relation.difference == "-300"


def test_a_sum_that_breaks_says_which_of_its_cells_stands_nowhere_either() -> None:
    grid = _changed(ONE_WAY, 2, 1, "90,250")
    (broken,) = arithmetic_of(grid, evidence=_evidence(grid, {(2, 1): "unlocated"})).broken
    assert broken.cell == (2, 1)
    assert broken.doubted == ((2, 1),)
    assert broken.reason == (
        "Column 1, row 4: the parts add up to 115,965, printed is 121,965; row 2, column 1 is also not found in place."
    )


def test_a_cell_that_alone_can_be_wrong_is_named_with_what_should_stand_there() -> None:
    (first, second) = arithmetic_of(_changed(REGIONS, 2, 2, "475")).broken
    assert first.reason == (
        "Column 2, row 4: the parts add up to 1,885, printed is 1,825; row 2, column 2 is printed 475, "
        "with 415 it would hold."
    )
    assert second.reason == (
        "Row 2, column 4: the parts add up to 2,948, printed is 2,888; row 2, column 2 is printed 475, "
        "with 415 it would hold."
    )


def test_rows_are_numbered_as_whoever_asks_numbers_them() -> None:
    (broken, _) = arithmetic_of(_changed(REGIONS, 4, 3, "398"), first_row=1).broken
    assert broken.reason == "Column 3, row 5: the parts add up to 393, printed is 398."


@pytest.mark.parametrize("kind", [name for name, (_, has_sums) in KINDS.items() if not has_sums])
def test_a_table_without_sums_is_not_accused(kind: str) -> None:
    drawn = drawn_grids(3, 40, [kind])
    assert len(drawn) == 40
    assert [one.grid for one in drawn if arithmetic_of(one.grid, header_rows=one.header_rows).broken] == []


@pytest.mark.parametrize("kind", [name for name, (_, has_sums) in KINDS.items() if has_sums])
def test_a_table_whose_sums_hold_is_not_accused(kind: str) -> None:
    found = [arithmetic_of(one.grid, header_rows=one.header_rows) for one in drawn_grids(5, 20, [kind])]
    assert sum(bool(one.holding) for one in found) >= 0.7 * len(found)
    assert not any(one.broken for one in found)


def test_sums_of_rounded_figures_may_be_off_by_their_rounding() -> None:
    grid = [["m€", "2021", "2020"], ["A", "10.4", "31.3"], ["B", "20.4", "7.4"], ["C", "4.4", "12.4"]]
    grid.append(["Total", "35.3", "51.2"])  # each part is 0.04 more than is printed
    found = arithmetic_of(grid)
    assert len(found.holding) == 2
    assert not found.broken


def test_a_sum_a_little_further_off_than_rounding_is_not_held_against_rounded_figures() -> None:
    grid = [["m€", "2021", "2020"], ["A", "1,810.4", "931.3"], ["B", "520.4", "607.4"], ["C", "714.4", "212.4"]]
    grid.append(["Total", "3,045.2", "1,750.7"])
    assert not arithmetic_of(grid).broken


def test_in_a_table_that_adds_up_to_the_last_digit_the_last_digit_counts() -> None:
    more = [["13 May", "Sale", "", "88,20", "3.815,74"], ["14 May", "Rent", "1.500,00", "", "2.315,74"]]
    more += [["15 May", "Sale", "", "402,36", "2.718,10"], ["16 May", "Steel", "77,05", "", "2.641,05"]]
    (first, second) = arithmetic_of(_changed([*ACCOUNT, *more], 5, 4, "4.045,78")).broken
    assert first.cell == second.cell == (5, 4)


def test_one_label_alone_does_not_make_a_total() -> None:
    grid = [["", "Amount"], ["Rent", "18,400"], ["Wages", "96,250"], ["Fuel", "7,315"], ["Total", "121,995"]]
    assert not arithmetic_of(grid).broken
    doubted = arithmetic_of(grid, evidence=_evidence(grid, {(4, 1): "unlocated"})).broken
    assert [broken.cell for broken in doubted] == [(4, 1)]
    assert not arithmetic_of(grid, evidence=_evidence(grid, {})).broken


def test_what_the_page_has_as_the_answer_does_is_accused_only_where_it_is_all_but_certain() -> None:
    grid = _changed(ONE_WAY, 1, 1, "18,490")
    assert arithmetic_of(grid).broken
    assert not arithmetic_of(grid, evidence=_evidence(grid, {})).broken


def test_rates_beside_counts_are_not_added_up() -> None:
    grid = [
        ["", "2021", "2020", "Rate per 1,000"],
        ["North", "1,204", "1,377", "31"],
        ["South", "2,915", "2,488", "44"],
        ["Total", "4,119", "3,865", "7"],
    ]
    assert not arithmetic_of(grid).broken
    assert len(arithmetic_of(grid).holding) == 2


@pytest.mark.parametrize("nil", ["", "–", "n/a", "nil", "0", "—"])
def test_nothing_counts_as_zero(nil: str) -> None:
    rows = [["A", "3,118", nil], ["B", nil, "2,774"], ["C", "4,090", "1,066"]]
    found = arithmetic_of([["", "2021", "2020"], *rows, ["Total", "7,208", "3,840"]])
    assert [relation.result for relation in found.holding] == [(4, 1), (4, 2)]


@pytest.mark.parametrize(
    ("label", "printed"),
    [
        ("Gesamt", ["3.118,50", "4.090,25", "912,00", "8.120,75"]),
        ("Total général", ["3 118,50", "4 090,25", "912,00", "8 120,75"]),
        ("Razem", ["3 118,50", "4 090,25", "912,00", "8 120,75"]),
        ("合計", ["3,118", "4,090", "912", "8,120"]),
        ("Итого", ["3 118,50", "4 090,25", "912,00", "8 120,75"]),
        ("Total", ["$3,118.50", "$4,090.25", "$912.00", "$8,120.75"]),
        ("Totale", ["3'118.50", "4'090.25", "912.00", "8'120.75"]),
        ("Gesamt", ["3.118", "4.090", "912", "8.120"]),
        ("Summa", ["3 118,50 kr", "4 090,25 kr", "912,00 kr", "8 120,75 kr"]),
    ],
)
def test_totals_are_known_in_many_languages_and_ways_to_write_numbers(label: str, printed: Sequence[str]) -> None:
    rows = [list(row) for row in zip(["A", "B", "C", label], printed, strict=True)]
    found = arithmetic_of([["", "EUR"], *rows])
    assert [relation.result for relation in found.holding] == [(4, 1)]


def test_grand_totals_are_sums_of_subtotals() -> None:
    grid = [
        ["", "2021", "2020"],
        ["North", "", ""],
        ["Boats", "4,118", "3,960"],
        ["Nets", "1,077", "1,233"],
        ["Total north", "5,195", "5,193"],
        ["South", "", ""],
        ["Boats", "2,846", "2,702"],
        ["Ropes", "963", "1,048"],
        ["Total south", "3,809", "3,750"],
        ["Grand total", "9,004", "8,943"],
    ]
    found = arithmetic_of(grid)
    assert {relation.parts for relation in found.holding if relation.result == (9, 1)} == {((4, 1), (8, 1))}
    subtotal = {broken.cell for broken in arithmetic_of(_changed(grid, 4, 1, "5,795")).broken}
    assert subtotal == {(4, 1)}


def test_a_total_may_stand_above_its_parts() -> None:
    grid = [ONE_WAY[0], ["All costs", *ONE_WAY[4][1:]], *ONE_WAY[1:4]]
    found = arithmetic_of(grid)
    assert {relation.result for relation in found.holding} == {(1, 1), (1, 2)}


def test_cells_of_sums_that_hold_are_proven() -> None:
    proven = arithmetic_of(REGIONS).proven
    assert proven == {(row, column) for row in range(1, 5) for column in range(1, 5)}


def test_columns_that_name_things_are_left_out() -> None:
    grid = [["", "Note", "2021"], ["A", "4", "3,118"], ["B", "7", "4,090"], ["C", "9", "912"], ["Total", "20", "8,120"]]
    assert {cell[1] for relation in arithmetic_of(grid).holding for cell in relation.parts} == {2}


def test_ragged_rows_and_empty_grids_are_taken() -> None:
    assert arithmetic_of([]).holding == ()
    assert arithmetic_of([["a"]], header_rows=1).holding == ()
    assert arithmetic_of([["a", "b"], ["1"], []], header_rows=0).holding == ()


def test_in_a_large_table_labelled_totals_are_looked_for() -> None:
    values = [[(7919 * row + 104729 * column) % 90_000 + 100 for column in range(3)] for row in range(3_000)]
    totals = [sum(column) for column in zip(*values, strict=True)]
    grid = [["", "A", "B", "C"], *([f"r{row}", *map(str, line)] for row, line in enumerate(values))]
    started = time.process_time()
    found = arithmetic_of([*grid, ["Total", *map(str, totals)]])
    assert [relation.result for relation in found.holding] == [(3_001, 1), (3_001, 2), (3_001, 3)]
    assert time.process_time() - started < 20  # a quarter of a second; every sum would take many minutes
