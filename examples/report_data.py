"""The truth of the example report: every table as it is drawn, with every total computed here.

The Saltmere Harbour Authority is invented, and so is every figure. Only what a bookkeeper would enter is typed; totals,
differences, percentages and balances are computed, and amounts that occur twice in the report come from one place.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from itertools import accumulate
from typing import Literal

from examples.report_ledger import ENTRIES, OPENING_BALANCE

Row = tuple[str, ...]
Role = Literal["item", "section", "subtotal", "total"]

NAME = "Saltmere Harbour Authority"
YEAR = 2025
PAGE_COUNT = 7
SCANNED_PAGE = 7


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """The rows of a table that stand on one page; rows count from 1, both ends included."""

    page: int
    first_row: int
    last_row: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Span:
    """A merged header cell; rows and columns count from 0 in `headers`."""

    row: int
    column: int
    row_span: int = 1
    column_span: int = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportTable:
    """A table of the report as a reader sees it.

    Shapes:  every row of `headers` and `rows` has the same length; a merged cell's text stands in its first cell, the
             others are ""; `roles` names each of `rows`
    """

    name: str
    """For code: stable, short."""
    caption: str
    """The line above the table."""
    headers: tuple[Row, ...]
    rows: tuple[Row, ...]
    roles: tuple[Role, ...]
    parts: tuple[Part, ...]
    """More than one when the table runs over pages; the headers are then drawn again on each."""
    spans: tuple[Span, ...] = ()
    notes: tuple[str, ...] = ()
    """The lines below the table, as drawn."""
    is_scanned: bool = False
    """Drawn as pixels: no text layer holds it."""


# --- what a bookkeeper enters -------------------------------------------------------------------------------------

BUDGET: tuple[tuple[str, int, int, int, int], ...] = (
    # department, plan and actual of 2024, plan and actual of 2025: thousand euros
    ("Harbour operations", 8_420, 8_611, 8_900, 8_774),
    ("Pilotage and traffic", 3_150, 3_082, 3_240, 3_305),
    ("Dredging and maintenance", 5_600, 6_148, 6_050, 5_912),
    ("Quays and buildings", 4_275, 4_190, 4_410, 4_398),
    ("Passenger terminal", 1_980, 2_046, 2_120, 2_187),
    ("Environment and safety", 1_340, 1_295, 1_465, 1_452),
    ("Information systems", 1_125, 1_204, 1_310, 1_288),
    ("Administration", 2_260, 2_218, 2_305, 2_341),
)
CARGO: tuple[tuple[str, int, int], ...] = (
    # thousand tonnes in 2024 and 2025
    ("Liquid bulk", 2_415, 2_538),
    ("Dry bulk", 1_842, 1_796),
    ("Containers", 1_127, 1_264),
    ("Roll-on, roll-off", 864, 911),
    ("General cargo", 296, 283),
)
CALLS: tuple[tuple[str, int, int], ...] = (
    ("Ferries", 2_190, 2_236),
    ("Cargo ships", 1_486, 1_512),
    ("Fishing vessels", 905, 871),
    ("Tankers", 618, 643),
    ("Cruise ships", 47, 58),
)
INCOME: tuple[tuple[str, str, int, int], ...] = (
    # item, note, thousand euros in 2024 and 2025
    ("Port dues", "1", 14_872, 15_940),
    ("Cargo handling", "", 9_318, 9_655),
    ("Pilotage", "", 3_406, 3_512),
    ("Leases and rents", "2", 4_127, 4_093),
    ("Passenger charges", "", 1_764, 2_148),
    ("Other income", "", 412, 386),
)
EXPENSES: tuple[tuple[str, str, int, int], ...] = (
    ("Personnel", "", -12_486, -13_020),
    ("Dredging and repair contracts", "3", -5_931, -5_688),
    ("Energy and fuel", "", -2_604, -2_377),
    ("Insurance and professional services", "", -1_843, -1_927),
    ("Depreciation", "", -4_472, -4_735),
    ("Other expenses", "", -1_458, -1_910),
)
FINANCE: tuple[tuple[str, str, int, int], ...] = (
    ("Interest received", "", 188, 243),
    ("Interest paid", "4", -1_326, -1_214),
)
CONTRIBUTION = ("Contribution to the municipalities", "", -1_200, -1_500)
STAFF: tuple[tuple[str, int, int], ...] = (
    # department, women and men on 31 December
    ("Operations", 26, 58),
    ("Pilotage", 7, 26),
    ("Maintenance", 9, 37),
    ("Terminal", 23, 11),
    ("Administration", 24, 15),
)
PENSION_FUND = 128_407_519
WELFARE_FUND = 9_316_284
"""Euro cents on 31 December 2025, like the closing balance of the ledger."""


# --- how figures are written --------------------------------------------------------------------------------------


def amount(value: int) -> str:
    """Write a whole number with thousands commas, a negative one in parentheses."""
    return f"({-value:,})" if value < 0 else f"{value:,}"


def money(cents: int) -> str:
    """Write euro cents as euros with two decimals, nothing for 0."""
    return f"{cents // 100:,}.{cents % 100:02d}" if cents else ""


def percent(part: int, whole: int) -> str:
    """Write `part` as a percentage of `whole`, one decimal, halves away from zero, a negative one in parentheses."""
    value = (Decimal(100 * part) / Decimal(abs(whole))).quantize(Decimal("0.1"), ROUND_HALF_UP)
    return f"({-value}%)" if value < 0 else f"{value}%"


def total(rows: Sequence[tuple[object, ...]], column: int) -> int:
    """Add up one column of whole numbers."""
    return sum(value for row in rows if isinstance(value := row[column], int))


def _items(rows: Sequence[object]) -> tuple[Role, ...]:
    item: Role = "item"
    return (item,) * len(rows)


# --- the tables, in the order of the report -----------------------------------------------------------------------


def budget_table() -> ReportTable:
    """Fully ruled, with a two-storey header."""
    sums = ("Total", total(BUDGET, 1), total(BUDGET, 2), total(BUDGET, 3), total(BUDGET, 4))
    rows = tuple(
        (name, *map(amount, (plan0, actual0, actual0 - plan0, plan1, actual1, actual1 - plan1)))
        for name, plan0, actual0, plan1, actual1 in (*BUDGET, sums)
    )
    return ReportTable(
        name="budget",
        caption="Table 1. Budget by department, plan and actual (thousand euros)",
        headers=(
            ("Department", str(YEAR - 1), "", "", str(YEAR), "", ""),
            ("", "Plan", "Actual", "Difference", "Plan", "Actual", "Difference"),
        ),
        spans=(
            Span(row=0, column=0, row_span=2),
            Span(row=0, column=1, column_span=3),
            Span(row=0, column=4, column_span=3),
        ),
        rows=rows,
        roles=(*_items(BUDGET), "total"),
        parts=(Part(page=2, first_row=1, last_row=len(rows)),),
        notes=("Difference is actual less plan; an amount in parentheses is below plan.",),
    )


def cargo_table() -> ReportTable:
    """Small, left of two side by side."""
    whole = total(CARGO, 2)
    rows = tuple((name, amount(old), amount(new), percent(new, whole)) for name, old, new in CARGO)
    sums = ("Total", amount(total(CARGO, 1)), amount(whole), percent(whole, whole))
    return ReportTable(
        name="cargo",
        caption="Table 2. Cargo (thousand tonnes)",
        headers=(("Type", str(YEAR - 1), str(YEAR), "Share"),),
        rows=(*rows, sums),
        roles=(*_items(rows), "total"),
        parts=(Part(page=2, first_row=1, last_row=len(rows) + 1),),
    )


def calls_table() -> ReportTable:
    """Small, right of two side by side."""
    sums = ("Total", total(CALLS, 1), total(CALLS, 2))
    rows = tuple((name, amount(old), amount(new), amount(new - old)) for name, old, new in (*CALLS, sums))
    return ReportTable(
        name="calls",
        caption="Table 3. Vessel calls",
        headers=(("Vessel", str(YEAR - 1), str(YEAR), "Change"),),
        rows=rows,
        roles=(*_items(CALLS), "total"),
        parts=(Part(page=2, first_row=1, last_row=len(rows)),),
    )


def _change(name: str, note: str, old: int, new: int, share: str = "") -> Row:
    """Make one row of the statement; the percentage is of the size of the old amount."""
    return (name, note, amount(old), amount(new), amount(new - old), percent(new - old, old), share)


def statement_table() -> ReportTable:
    """Horizontal rules only, in sections with subtotals."""
    lines: list[tuple[Role, Row]] = []
    old_result, new_result = 0, 0

    def section(heading: str, items: Sequence[tuple[str, str, int, int]], sums_to: str, *, shared: bool) -> None:
        nonlocal old_result, new_result
        lines.append(("section", (heading, "", "", "", "", "", "")))
        whole = total(items, 3)
        for name, note, old, new in items:
            share = percent(abs(new), whole) if shared else ""
            lines.append(("item", _change(name, note, old, new, share)))
        whole_share = percent(abs(whole), whole) if shared else ""
        lines.append(("subtotal", _change(sums_to, "", total(items, 2), whole, whole_share)))
        old_result += total(items, 2)
        new_result += whole

    section("Operating income", INCOME, "Total operating income", shared=True)
    section("Operating expenses", EXPENSES, "Total operating expenses", shared=True)
    lines.append(("total", _change("Operating result", "", old_result, new_result)))
    section("Financial items", FINANCE, "Net financial items", shared=False)
    lines.append(("total", _change("Result for the year", "", old_result, new_result)))
    lines.append(("item", _change(*CONTRIBUTION)))
    lines.append(("total", _change("Result retained", "5", old_result + CONTRIBUTION[2], new_result + CONTRIBUTION[3])))
    return ReportTable(
        name="statement",
        caption="Table 4. Income and expenses (thousand euros)",
        headers=(("", "Note", str(YEAR - 1), str(YEAR), "Change", "Change in %", f"Share of {YEAR}"),),
        rows=tuple(row for _, row in lines),
        roles=tuple(role for role, _ in lines),
        parts=(Part(page=3, first_row=1, last_row=len(lines)),),
        notes=(
            "1 Port dues rose by 3.5% on 1 January; the rest of the increase is traffic.",
            "2 One lease in the west basin ended in March and was let again in October.",
            "3 Dredging of the approach channel was charged to the harbour renewal fund from January.",
            "4 Two loans, at 2.9% and 3.4%, both fixed until 2031.",
            "5 Transferred to the harbour renewal fund in January of the following year.",
        ),
    )


def ledger_table() -> ReportTable:
    """Shaded rows without rules, over three pages, with a running balance."""
    balances = list(accumulate((received - paid for *_, received, paid in ENTRIES), initial=OPENING_BALANCE))
    opening = ("01 Jan", "", "Opening balance", "", "", "", money(OPENING_BALANCE))
    rows = tuple(
        (day, f"H{number:03d}", purpose, account, money(received), money(paid), money(balance))
        for number, ((day, purpose, account, received, paid), balance) in enumerate(
            zip(ENTRIES, balances[1:], strict=True), start=1
        )
    )
    closing = (
        "31 Dec",
        "",
        "Total and closing balance",
        "",
        money(total(ENTRIES, 3)),
        money(total(ENTRIES, 4)),
        money(balances[-1]),
    )
    return ReportTable(
        name="ledger",
        caption="Table 5. Harbour renewal fund, ledger for 2025 (euros)",
        headers=(("Date", "Voucher", "Payee or source, purpose", "Account", "Received", "Paid", "Balance"),),
        rows=(opening, *rows, closing),
        roles=(*_items(("opening", *rows)), "total"),
        parts=(
            Part(page=4, first_row=1, last_row=32),
            Part(page=5, first_row=33, last_row=69),
            Part(page=6, first_row=70, last_row=len(rows) + 2),
        ),
    )


def staff_table() -> ReportTable:
    """Inside the right column of a page of two."""
    rows = tuple((name, amount(women), amount(men), amount(women + men)) for name, women, men in STAFF)
    sums = (total(STAFF, 1), total(STAFF, 2))
    return ReportTable(
        name="staff",
        caption="Table 6. Staff on 31 December 2025",
        headers=(("Department", "Women", "Men", "All"),),
        rows=(*rows, ("Total", *map(amount, (*sums, sum(sums))))),
        roles=(*_items(rows), "total"),
        parts=(Part(page=6, first_row=1, last_row=len(rows) + 1),),
        notes=("Persons, part-time staff counted as one.",),
    )


def certificate_table() -> ReportTable:
    """On the scanned page: pixels only."""
    funds = (
        ("Harbour renewal fund", OPENING_BALANCE + total(ENTRIES, 3) - total(ENTRIES, 4)),
        ("Pension fund", PENSION_FUND),
        ("Staff welfare fund", WELFARE_FUND),
    )
    rows = tuple((name, money(balance), money(balance)) for name, balance in funds)
    whole = money(total(funds, 1))
    return ReportTable(
        name="certificate",
        caption="Schedule to certificate no. 2026/017",
        headers=(("Fund", "Per ledger (EUR)", "Confirmed (EUR)"),),
        rows=(*rows, ("Total", whole, whole)),
        roles=(*_items(rows), "total"),
        parts=(Part(page=SCANNED_PAGE, first_row=1, last_row=len(rows) + 1),),
        is_scanned=True,
    )


_MAKERS: tuple[Callable[[], ReportTable], ...] = (
    budget_table,
    cargo_table,
    calls_table,
    statement_table,
    ledger_table,
    staff_table,
    certificate_table,
)
TABLES: tuple[ReportTable, ...] = tuple(make() for make in _MAKERS)
"""Every table of the report, top to bottom, page by page."""
