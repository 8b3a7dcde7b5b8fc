"""Draw `examples/report.pdf`: `python -m examples.draw_report` from the repository's root.

The annual report of a harbour authority that does not exist. It is what `make demo` reads, so it has what real reports
have: ruled, unruled and shaded tables, merged headers, a table over three pages, two side by side, one inside a text
column, and a scanned page. `report_data.py` holds the truth of every table.
"""

from __future__ import annotations

import math
import sys
from pathlib import Path

from examples.report_data import (
    CALLS,
    CARGO,
    EXPENSES,
    INCOME,
    NAME,
    PAGE_COUNT,
    STAFF,
    YEAR,
    ReportTable,
    budget_table,
    calls_table,
    cargo_table,
    ledger_table,
    money,
    percent,
    staff_table,
    statement_table,
    total,
)
from examples.report_ledger import ENTRIES, OPENING_BALANCE
from examples.report_scan import draw_scan
from examples.report_sheet import (
    HAIR,
    HEIGHT,
    MUTED,
    NAVY,
    PALE,
    SANS,
    SANS_BOLD,
    SERIF_ITALIC,
    TEAL,
    WHITE,
    WIDTH,
    Colour,
    Look,
    Sheet,
)

REPORT = Path(__file__).with_name("report.pdf")
DRAWN_WITH = {"reportlab": "5.1.0", "pillow": "13.0.0"}
"""The versions that drew the committed file; others may draw the same report in other bytes."""

LEFT, RIGHT = 54.0, WIDTH - 54.0
MEASURE = RIGHT - LEFT
TOP = 84.0
FOOT = HEIGHT - 62.0


def draw_report() -> bytes:
    """Draw the whole report; the same bytes every time."""
    sheet = Sheet(
        title=f"{NAME}: Annual Report {YEAR}", author=NAME, subject="An invented report to try witnessmark on"
    )
    for number, page in enumerate((_cover, _budget, _statement, _ledger_begins, _ledger_goes_on, _people), start=1):
        if number > 1:
            _frame(sheet, number)
        page(sheet)
        sheet.next_page()
    sheet.picture(draw_scan())
    sheet.next_page()
    return sheet.finish()


def _frame(sheet: Sheet, number: int) -> None:
    """Draw a page's header and footer."""
    sheet.text(LEFT, 46, NAME, font=SANS, size=8.5, colour=MUTED)
    sheet.text(RIGHT, 46, f"Annual Report {YEAR}", font=SANS, size=8.5, colour=MUTED, align="right")
    sheet.rule(LEFT, 53, RIGHT, 53, 0.5, HAIR)
    sheet.text(LEFT, HEIGHT - 36, f"Published in March {YEAR + 1}", font=SANS, size=8.5, colour=MUTED)
    sheet.text(RIGHT, HEIGHT - 36, f"Page {number} of {PAGE_COUNT}", font=SANS, size=8.5, colour=MUTED, align="right")


# --- page 1 -------------------------------------------------------------------------------------------------------


def _cover(sheet: Sheet) -> None:
    horizon = 330.0
    _harbour(sheet, horizon)
    sheet.text(LEFT, 92, NAME, font=SANS, size=13, colour=WHITE)
    sheet.text(LEFT, 136, f"Annual Report {YEAR}", font=SANS_BOLD, size=34, colour=WHITE)
    sheet.text(LEFT, 160, "Cargo, vessels, money and people of the year", font=SERIF_ITALIC, size=14, colour=WHITE)

    income0, income1 = total(INCOME, 2), total(INCOME, 3)
    result = income1 + total(EXPENSES, 3)
    cargo0, cargo1 = total(CARGO, 1), total(CARGO, 2)
    calls = total(CALLS, 2)
    figures = (
        (f"{cargo1 / 1000:.2f}", "million tonnes of cargo"),
        (f"{calls:,}", "vessel calls"),
        (f"{income1 / 1000:.1f}", "million euros of income"),
        (f"{result / 1000:.1f}", "million euros of operating result"),
    )
    gap = 10.0
    width = (MEASURE - 3 * gap) / 4
    for number, (figure, label) in enumerate(figures):
        x = LEFT + number * (width + gap)
        sheet.fill(x, 426, x + width, 492, PALE, radius=4)
        sheet.fill(x, 426, x + 3, 492, TEAL)
        sheet.text(x + 13, 455, figure, font=SANS_BOLD, size=22, colour=NAVY)
        sheet.paragraph(x + 13, 461, width - 18, label, font=SANS, size=8.2, leading=10.5, colour=MUTED)

    sheet.heading(LEFT, 541, "The year in brief")
    received, paid = total(ENTRIES, 3), total(ENTRIES, 4)
    top = 552.0
    text = f"""
    The harbour handled {cargo1:,} thousand tonnes in {YEAR}, {percent(cargo1 - cargo0, cargo0)} more than in
    the year before, on {calls:,} vessel calls. Liquid bulk and containers grew; dry bulk fell for the second
    year, as the mill in the west basin bought less grain from overseas. The cruise season was the longest so
    far.

    Operating income rose by {percent(income1 - income0, income0)} to {income1:,} thousand euros. Expenses
    grew more slowly, mainly because energy cost less and part of the dredging was paid by the renewal fund.
    The operating result of {result:,} thousand euros is the best since the authority was founded.

    Quay C, closed since the storm of 2022, was rebuilt in ten months and opened again in November. The
    renewal fund that pays for such works received {money(received)} euros and paid {money(paid)} euros; at
    the end of the year it held {money(OPENING_BALANCE + received - paid)} euros. Every entry is listed on
    pages 4 to 6, and the auditors’ certificate is on page 7.
    """
    top = sheet.prose(LEFT, top, MEASURE, text, size=11, leading=15.4)
    sheet.text(LEFT, top + 16, f"The Harbour Board, 12 March {YEAR + 1}", font=SERIF_ITALIC, size=11)
    sheet.text(RIGHT, HEIGHT - 36, f"Page 1 of {PAGE_COUNT}", font=SANS, size=8.5, colour=MUTED, align="right")


def _harbour(sheet: Sheet, horizon: float) -> None:
    """Draw the picture of the cover: evening over the harbour."""
    canvas = sheet.canvas
    canvas.saveState()
    clip = canvas.beginPath()
    clip.rect(0, HEIGHT - 396, WIDTH, 396)
    canvas.clipPath(clip, stroke=0, fill=0)
    evening = [_rgb(0.05, 0.16, 0.27), _rgb(0.13, 0.38, 0.50), _rgb(0.93, 0.70, 0.50)]
    canvas.linearGradient(0, HEIGHT, 0, HEIGHT - horizon, evening, [0.0, 0.55, 1.0])
    canvas.setFillColorRGB(0.99, 0.86, 0.66)
    canvas.circle(408, HEIGHT - horizon + 6, 34, stroke=0, fill=1)
    ridge = [(0.0, horizon)]
    ridge += [(x * 10.0, horizon - 20 - 13 * math.sin(x / 7) - 6 * math.sin(x / 2.3 + 1)) for x in range(31)]
    sheet.shape([*ridge, (300.0, horizon)], (0.20, 0.36, 0.44))
    for number in range(7):
        depth = horizon - 3 + number * 10
        shade = 0.36 - 0.035 * number
        wave = [(x * 8.0, depth + 2.2 * math.sin(x / 2.1 + number * 1.7)) for x in range(76)]
        sheet.shape([(0, 400), *wave, (600, 400)], (shade * 0.30, shade * 0.95, shade * 1.22))
    _lighthouse(sheet, 520, horizon)
    _crane(sheet, 34, horizon + 8)
    _crane(sheet, 142, horizon + 8)
    sheet.fill(0, horizon + 4, 236, horizon + 16, (0.07, 0.15, 0.20))
    _ship(sheet, 262, horizon + 30)
    canvas.restoreState()


def _rgb(red: float, green: float, blue: float) -> object:
    from reportlab.lib.colors import Color

    return Color(red, green, blue)


def _lighthouse(sheet: Sheet, x: float, foot: float) -> None:
    sheet.canvas.saveState()
    sheet.canvas.setFillAlpha(0.13)
    sheet.shape([(x, foot - 101), (-20, foot - 158), (-20, foot - 94)], (1.0, 0.95, 0.75))
    sheet.canvas.restoreState()
    sheet.shape([(x - 44, foot + 12), (x - 22, foot - 8), (x + 30, foot - 10), (x + 80, foot + 12)], (0.09, 0.19, 0.24))
    sheet.shape([(x - 12, foot - 8), (x - 7, foot - 92), (x + 7, foot - 92), (x + 12, foot - 8)], (0.93, 0.93, 0.90))
    for low, high in ((28, 48), (68, 86)):
        near, far = 12 - 5 * low / 84, 12 - 5 * high / 84
        sheet.shape(
            [
                (x - near, foot - 8 - low),
                (x - far, foot - 8 - high),
                (x + far, foot - 8 - high),
                (x + near, foot - 8 - low),
            ],
            (0.72, 0.27, 0.22),
        )
    sheet.fill(x - 10, foot - 95, x + 10, foot - 92, (0.10, 0.18, 0.24))
    sheet.fill(x - 5, foot - 106, x + 5, foot - 95, (1.0, 0.93, 0.66))
    sheet.shape([(x - 7, foot - 106), (x, foot - 115), (x + 7, foot - 106)], (0.72, 0.27, 0.22))


def _crane(sheet: Sheet, x: float, foot: float) -> None:
    steel: Colour = (0.07, 0.17, 0.23)
    for leg in (0, 26):
        sheet.rule(x + leg, foot, x + leg, foot - 74, 2.6, steel)
    sheet.rule(x - 4, foot - 46, x + 30, foot - 46, 2.2, steel)
    sheet.rule(x, foot, x + 26, foot - 46, 1.2, steel)
    sheet.rule(x - 22, foot - 74, x + 78, foot - 74, 3.2, steel)
    sheet.rule(x + 13, foot - 100, x + 76, foot - 74, 1.0, steel)
    sheet.rule(x + 13, foot - 100, x - 20, foot - 74, 1.0, steel)
    sheet.rule(x + 13, foot - 100, x + 13, foot - 74, 2.6, steel)
    sheet.rule(x + 62, foot - 74, x + 62, foot - 38, 0.8, steel)
    sheet.fill(x + 55, foot - 38, x + 69, foot - 31, (0.78, 0.42, 0.24))


def _ship(sheet: Sheet, x: float, water: float) -> None:
    boxes: tuple[Colour, ...] = (
        (0.75, 0.36, 0.24),
        (0.85, 0.68, 0.38),
        (0.24, 0.50, 0.56),
        (0.62, 0.66, 0.68),
        (0.36, 0.30, 0.36),
    )
    for column in range(9):
        for row in range((3, 4, 4, 3, 4, 4, 3, 2, 2)[column]):
            left, foot = x + 30 + column * 15, water - 18 - row * 7
            sheet.fill(left, foot - 6.4, left + 14.2, foot, boxes[(column * 7 + row * 3) % 5])
    sheet.fill(x + 6, water - 54, x + 25, water - 18, (0.90, 0.90, 0.88))
    sheet.fill(x + 6, water - 50, x + 25, water - 46, (0.16, 0.28, 0.36))
    sheet.fill(x + 9, water - 63, x + 16, water - 54, (0.72, 0.27, 0.22))
    sheet.shape([(x, water - 19), (x + 184, water - 24), (x + 168, water + 2), (x + 10, water + 2)], (0.06, 0.13, 0.19))
    sheet.shape(
        [(x + 8, water - 3), (x + 171, water - 3), (x + 168, water + 2), (x + 10, water + 2)], (0.62, 0.22, 0.18)
    )


# --- pages 2 and 3 ------------------------------------------------------------------------------------------------


def _budget(sheet: Sheet) -> None:
    budget = budget_table()
    plan, spent = (_figure(budget, "Total", column) for column in (4, 5))
    sheet.heading(LEFT, TOP + 10, "Budget and spending")
    top = TOP + 22
    text = f"""
    The departments spent {spent} thousand euros against a plan of {plan}. Dredging and maintenance, the
    largest overspending of the year before, stayed below plan, since the deep dredging of the approach
    channel was charged to the renewal fund. Pilotage and the passenger terminal spent more than planned
    because they had more to do; both earned it back in charges.

    The difference of the administration department is the cost of moving the archive out of the cellar after
    the high water of October.
    """
    top = sheet.prose(LEFT, top, MEASURE, text)
    look = Look(kind="ruled", row_height=19, size=8.8, left_columns=frozenset({0}), pad=7)
    widths = (MEASURE - 6 * 58.0, *(58.0,) * 6)
    top = sheet.table(budget, budget.parts[0], x=LEFT, top=top + 10, widths=widths, look=look)

    sheet.heading(LEFT, top + 46, "Traffic")
    text = """
    Liquid bulk remained the largest trade. The second container service, weekly since April, brought most of
    the growth in containers. Ferries made more than two of every five calls; fishing vessels called less
    often, as they did in each of the last six years.
    """
    top = sheet.paragraph(LEFT, top + 58, MEASURE, text) + 10
    look = Look(kind="light", row_height=17, size=8.8, left_columns=frozenset({0}), pad=4)
    half = (MEASURE - 30) / 2
    small = (half - 3 * 46, 46, 46, 46)
    cargo, calls = cargo_table(), calls_table()
    sheet.table(cargo, cargo.parts[0], x=LEFT, top=top, widths=small, look=look)
    bottom = sheet.table(calls, calls.parts[0], x=RIGHT - half, top=top, widths=small, look=look)
    source = "Source: the port register. A call is counted when a vessel leaves; cargo that is not landed is left out."
    sheet.paragraph(LEFT, bottom + 4, MEASURE, source, size=8.6, leading=11.4, colour=MUTED)


def _statement(sheet: Sheet) -> None:
    statement = statement_table()
    sheet.heading(LEFT, TOP + 10, "Income and expenses")
    retained = _figure(statement, "Result retained", 3)
    result = _figure(statement, "Result for the year", 3)
    top = TOP + 22
    text = f"""
    Port dues and cargo handling together are more than two thirds of the operating income. Passenger charges
    grew most: the cruise season began in March, and the ferry line put a larger ship on the route.

    The result for the year is {result} thousand euros. After the contribution to the municipalities,
    {retained} thousand euros are retained for the renewal fund. Amounts in parentheses are expenses or
    decreases; shares are of the total operating income and of the total operating expenses.
    """
    top = sheet.prose(LEFT, top, MEASURE, text)
    look = Look(kind="statement", row_height=17.4, size=8.8, left_columns=frozenset({0}), pad=5)
    widths = (MEASURE - 28 - 52 - 52 - 52 - 64 - 72, 28, 52, 52, 52, 64, 72)
    sheet.table(statement, statement.parts[0], x=LEFT, top=top + 10, widths=widths, look=look)


def _figure(table: ReportTable, row: str, column: int) -> str:
    """Look a figure up for the prose, so that it cannot differ from the table."""
    return next(texts[column] for texts in table.rows if texts[0] == row)


# --- pages 4 to 6 -------------------------------------------------------------------------------------------------

_LEDGER = Look(kind="ledger", row_height=17, size=7.8, left_columns=frozenset({0, 1, 2, 3}), pad=3.5)
_LEDGER_WIDTHS = (35.0, 40.0, MEASURE - 35 - 40 - 40 - 56 - 54 - 58, 40.0, 56.0, 54.0, 58.0)


def _ledger_begins(sheet: Sheet) -> None:
    ledger = ledger_table()
    sheet.heading(LEFT, TOP + 10, "The harbour renewal fund")
    text = """
    The fund pays for works that keep the harbour usable for a generation. It is fed by the retained result of
    the year before, by grants of the coastal fund and by what is sold of the old installations. The board
    publishes its whole ledger: no payment is too small to be seen. Accounts in the 3000s are receipts, in the
    6000s works and services.
    """
    top = sheet.paragraph(LEFT, TOP + 22, MEASURE, text)
    _stays_on_the_page(sheet.table(ledger, ledger.parts[0], x=LEFT, top=top + 8, widths=_LEDGER_WIDTHS, look=_LEDGER))


def _ledger_goes_on(sheet: Sheet) -> None:
    ledger = ledger_table()
    _stays_on_the_page(sheet.table(ledger, ledger.parts[1], x=LEFT, top=70, widths=_LEDGER_WIDTHS, look=_LEDGER))


def _stays_on_the_page(bottom: float) -> None:
    if bottom > FOOT:
        message = f"The table ends at {bottom:.0f} points, below the foot at {FOOT:.0f}: move rows to its next part."
        raise ValueError(message)


def _people(sheet: Sheet) -> None:
    ledger, staff = ledger_table(), staff_table()
    top = sheet.table(ledger, ledger.parts[2], x=LEFT, top=70, widths=_LEDGER_WIDTHS, look=_LEDGER)
    women, everyone = total(STAFF, 1), total(STAFF, 1) + total(STAFF, 2)
    sheet.heading(LEFT, top + 46, "People and safety")
    top += 60
    column = (MEASURE - 24) / 2
    left = top
    text = f"""
    On the last day of the year {everyone} people worked for the harbour, {women} of them women. Eleven
    apprentices learned five trades, and nine of the ten who passed their examinations stayed. The pilots’
    roster changed in May from seven days on and seven off to five and five, a wish of the younger pilots that
    cost one more position.

    There were six accidents with more than three days of absence, two fewer than in the year before. Four of
    them were falls on wet stairs and ladders; the ladders of the tanker jetty have been replaced since. No
    oil was lost that could not be gathered within the harbour. The fire brigade was called twice, once to a
    smouldering cargo of wood pellets and once to a kitchen.

    Shore power has been available at berths 2 and 3 since October. In its first ten weeks, forty ships switched off
    their engines, and the neighbours of the east mole noticed.

    The seals returned to the outer breakwater in spring. A fence and two signs now keep walkers forty metres away,
    and the harbour master counts the animals on the first Monday of each month.
    """
    left = sheet.prose(LEFT, left, column, text, size=10, leading=13.6)
    x = RIGHT - column
    text = """
    Most women work in the terminal and the administration; the first two women on the tugs began in
    September. The table counts persons by department.
    """
    right = sheet.paragraph(x, top, column, text, size=10, leading=13.6)
    look = Look(kind="light", row_height=16, size=8.6, left_columns=frozenset({0}), pad=4)
    right = sheet.table(staff, staff.parts[0], x=x, top=right + 6, widths=(column - 120, 42, 42, 36), look=look)
    text = """
    Positions were harder to fill than in any year before: an electrician was sought for seven months. The
    board has therefore agreed to pay for the training of two technicians a year, who stay for at least three.

    The canteen, run by its users since July, feeds eighty people a day and no longer loses money.
    """
    right = sheet.prose(x, right + 12, column, text, size=10, leading=13.6)
    _stays_on_the_page(max(left, right) - 6)


if __name__ == "__main__":
    sys.stdout.write(f"{REPORT}: {REPORT.write_bytes(draw_report()):,} bytes\n")
