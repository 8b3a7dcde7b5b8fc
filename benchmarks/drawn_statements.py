"""Tables drawn as grids, with sums that hold and without any, from a seed.

Statements, invoices, accounts, stock, budgets and counts as people print them, in several languages and ways to write
numbers; and tables that only look as if they were added up, which nobody may accuse.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass

Grid = list[list[str]]


@dataclass(frozen=True)
class DrawnGrid:
    """A grid of printed strings, and whether its figures add up."""

    kind: str
    grid: Grid
    header_rows: int
    has_sums: bool


@dataclass(frozen=True)
class Print:
    """How numbers are printed. `decimals` of a figure that is drawn as a whole number."""

    decimals: int = 0
    grouping: str = ","
    mark: str = "."
    brackets: bool = True
    nil: str = "–"
    sign: str = ""

    def __call__(self, value: int | None) -> str:
        if value is None:
            return ""
        if value == 0:
            return self.nil
        whole, rest = divmod(abs(value), 10**self.decimals)
        shown = self.sign + f"{whole:,}".replace(",", self.grouping)
        shown += f"{self.mark}{rest:0{self.decimals}}" if self.decimals else ""
        if value > 0:
            return shown
        return f"({shown})" if self.brackets else f"-{shown}"


_PRINTS = [
    Print(),
    Print(grouping=".", mark=",", brackets=False, nil="-"),
    Print(grouping=" ", mark=",", brackets=False),
    Print(sign="$", nil="—"),
    Print(grouping="", nil="0"),
    Print(grouping="'", brackets=False, nil="n/a"),
]
_TOTALS = ["Total", "Gesamt", "Total général", "Totale", "Summe", "Razem", "合計", "Totaal", "Suma total", "Celkem"]
_SUBTOTALS = ["Total {}", "{} total", "Subtotal {}", "Summe {}", "Sous-total {}"]
_THINGS = """Rent Wages Fuel Paper Timber Glass Repairs Postage Travel Training Software Insurance Cleaning Water Power
Steel Cotton Grain Salt Leather Tools Boats Engines Seeds Fish Milk Bread Coffee Wine Cheese""".split()
_GROUPS = ["North", "South", "Inland", "Coast", "Current", "Fixed", "Services", "Goods"]


def drawn_grids(seed: int, each: int, kinds: Sequence[str] = ()) -> list[DrawnGrid]:
    """Draw kinds so many times; all of them where none is named."""
    drawn: list[DrawnGrid] = []
    for kind in kinds or KINDS:
        draw, has_sums = KINDS[kind]
        for number in range(each):
            rng = random.Random(f"{kind} {seed} {number}")
            grid, header_rows = draw(rng)
            drawn.append(DrawnGrid(kind, grid, header_rows, has_sums))
    return drawn


def _things(rng: random.Random, count: int) -> list[str]:
    return [rng.choice(_THINGS) + f" {letter}" for letter in "abcdefghijklmnopqrstuvwxyz"[:count]]


def _amount(rng: random.Random, digits: int) -> int:
    return rng.randint(10 ** (digits - 1), 10**digits - 1)


def _years(rng: random.Random, most: int = 4) -> list[str]:
    first = rng.randint(1995, 2024)
    return [str(first - n) for n in range(rng.randint(2, most))]


def _printed(
    rng: random.Random, labels: Sequence[str], rows: Sequence[Sequence[int | None]], decimals: int = 0
) -> Grid:
    way = rng.choice(_PRINTS)
    way = Print(decimals, way.grouping, way.mark, way.brackets, way.nil, way.sign)
    return [[label, *map(way, row)] for label, row in zip(labels, rows, strict=True)]


# -- with sums ---------------------------------------------------------------------------------------------------------


def counts(rng: random.Random) -> tuple[Grid, int]:
    """Draw a table with a total of every column and of every row."""
    rows, columns = rng.randint(4, 12), rng.randint(3, 6)
    cells = [[_amount(rng, rng.randint(2, 5)) for _ in range(columns)] for _ in range(rows)]
    cells = [[*row, sum(row)] for row in cells]
    cells.append([sum(row[n] for row in cells) for n in range(columns + 1)])
    total = rng.choice(_TOTALS)
    return [["", *_GROUPS[:columns], total], *_printed(rng, [*_things(rng, rows), total], cells)], 1


def one_total(rng: random.Random) -> tuple[Grid, int]:
    """Draw years of figures with one total each."""
    years, rows = _years(rng), rng.randint(3, 12)
    cells = [[_amount(rng, rng.randint(3, 6)) for _ in years] for _ in range(rows)]
    cells.append([sum(row[n] for row in cells) for n in range(len(years))])
    return [["Item", *years], *_printed(rng, [*_things(rng, rows), rng.choice(_TOTALS)], cells)], 1


def sections(rng: random.Random) -> tuple[Grid, int]:
    """Draw sections with headings and subtotals, and a grand total of the subtotals."""
    years = _years(rng)
    labels: list[str] = []
    cells: list[Sequence[int | None]] = []
    totals: list[list[int]] = []
    pattern = rng.choice(_SUBTOTALS)
    for group in rng.sample(_GROUPS, rng.randint(2, 3)):
        labels.append(group)
        cells.append([None for _ in years])
        count = rng.randint(2, 5)
        part = [[_amount(rng, rng.randint(3, 6)) for _ in years] for _ in range(count)]
        totals.append([sum(row[n] for row in part) for n in range(len(years))])
        labels += [*_things(rng, count), pattern.format(group.lower())]
        cells += [*part, totals[-1]]
    labels.append("Grand total")
    cells.append([sum(row[n] for row in totals) for n in range(len(years))])
    return [["", *years], *_printed(rng, labels, cells)], 1


def income_statement(rng: random.Random) -> tuple[Grid, int]:
    """Draw revenue down to profit, expenses in brackets or without a sign."""
    years = _years(rng)
    is_signed = rng.random() < 0.6
    minus = -1 if is_signed else 1
    columns: list[list[int]] = []
    for _ in years:
        revenue, costs = _amount(rng, 6), _amount(rng, 5)
        selling, administration, other = _amount(rng, 4), _amount(rng, 4), _amount(rng, 3)
        gross = revenue - costs
        operating = gross - selling - administration + other
        interest = _amount(rng, 3)
        before = operating - interest
        tax = before // 5
        columns.append([
            revenue, minus * costs, gross, minus * selling, minus * administration, other, operating,
            minus * interest, before, minus * tax, before - tax,
        ])  # fmt: skip
    labels = rng.choice([
        ["Revenue", "Cost of sales", "Gross profit", "Selling expenses", "Administrative expenses", "Other income",
         "Operating profit", "Finance costs", "Profit before tax", "Income tax", "Profit for the year"],
        ["Umsatzerlöse", "Herstellungskosten", "Bruttoergebnis", "Vertriebskosten", "Verwaltungskosten", "Erträge",
         "Betriebsergebnis", "Zinsaufwand", "Ergebnis vor Steuern", "Ertragsteuern", "Jahresüberschuss"],
    ])  # fmt: skip
    return [["", *years], *_printed(rng, labels, list(zip(*columns, strict=True)))], 1


def balance_sheet(rng: random.Random) -> tuple[Grid, int]:
    """Draw assets and liabilities with their subtotals; both sides are equal."""
    years = _years(rng, 3)
    columns: list[list[int | None]] = []
    for _ in years:
        current = [_amount(rng, rng.randint(3, 5)) for _ in range(4)]
        fixed = [_amount(rng, rng.randint(4, 6)) for _ in range(3)]
        assets = sum(current) + sum(fixed)
        payables = [_amount(rng, 3) for _ in range(3)]
        debt = assets // 4
        columns.append([
            None, *current, sum(current), *fixed, assets, None, *payables, sum(payables), debt, sum(payables) + debt,
            assets - sum(payables) - debt, assets,
        ])  # fmt: skip
    labels = [
        "Assets", "Cash", "Receivables", "Inventories", "Other current assets", "Total current assets", "Land",
        "Machines", "Goodwill", "Total assets", "Liabilities and equity", "Payables", "Accrued wages",
        "Deferred income", "Total current liabilities", "Long-term debt", "Total liabilities", "Equity",
        "Total liabilities and equity",
    ]  # fmt: skip
    return [["", *years], *_printed(rng, labels, list(zip(*columns, strict=True)))], 1


def invoice(rng: random.Random) -> tuple[Grid, int]:
    """Draw lines of quantity, price and amount, then subtotal, tax and total."""
    way = rng.choice(_PRINTS)
    money = Print(2, way.grouping, way.mark, way.brackets, "-", way.sign)
    lines = [(rng.randint(2, 40), _amount(rng, rng.randint(3, 5))) for _ in range(rng.randint(4, 10))]
    subtotal = sum(quantity * price for quantity, price in lines)
    rate = rng.choice([7, 19, 20, 21])
    tax = round(subtotal * rate / 100)
    words = rng.choice([
        ["Description", "Qty", "Unit price", "Amount", "Subtotal", "VAT", "Total"],
        ["Bezeichnung", "Menge", "Einzelpreis", "Betrag", "Zwischensumme", "MwSt", "Gesamtbetrag"],
        ["Désignation", "Quantité", "Prix unitaire", "Montant", "Sous-total", "TVA", "Total"],
    ])  # fmt: skip
    rows = [
        [thing, str(q), money(p), money(q * p)] for thing, (q, p) in zip(_things(rng, len(lines)), lines, strict=True)
    ]
    ends = [(words[4], subtotal), (f"{words[5]} {rate}%", tax), (words[6], subtotal + tax)]
    return [words[:4], *rows, *[[label, "", "", money(value)] for label, value in ends]], 1


def bank_statement(rng: random.Random) -> tuple[Grid, int]:
    """Draw days with money in, money out and the balance after them."""
    way = rng.choice([*_PRINTS[:3], _PRINTS[5]])
    money = Print(2, way.grouping, way.mark, way.brackets, "", "")
    balance = _amount(rng, 6)
    rows = [["01.03.", "Balance brought forward", "", "", money(balance)]]
    for day in range(rng.randint(6, 20)):
        amount = _amount(rng, rng.randint(3, 5))
        is_in = rng.random() < 0.5 or amount > balance
        balance += amount if is_in else -amount
        cells = ["", money(amount)] if is_in else [money(amount), ""]
        rows.append([f"{2 + day:02}.03.", rng.choice(_THINGS), *cells, money(balance)])
    return [["Date", "Details", "Paid out", "Paid in", "Balance"], *rows], 1


def stock(rng: random.Random) -> tuple[Grid, int]:
    """Draw articles with what was there, came, went and is left, and its value; a total of what adds up."""
    rows: list[list[int | None]] = []
    for _ in range(rng.randint(5, 14)):
        opening, came = _amount(rng, 3), _amount(rng, rng.randint(2, 3))
        went = rng.randint(1, opening)
        price = _amount(rng, 4)
        closing = opening + came - went
        rows.append([opening, came, went, closing, price, closing * price])
    sums = [None if n == 4 else sum(row[n] or 0 for row in rows) for n in range(6)]
    way = rng.choice(_PRINTS)
    money = Print(2, way.grouping, way.mark, way.brackets, way.nil)
    plain = Print(0, way.grouping, way.mark, way.brackets, way.nil)
    grid = [
        [label, *map(plain, row[:4]), *map(money, row[4:])]
        for label, row in zip([*_things(rng, len(rows)), rng.choice(_TOTALS)], [*rows, sums], strict=True)
    ]
    return [["Article", "Opening", "In", "Out", "Closing", "Price", "Value"], *grid], 1


def budget(rng: random.Random) -> tuple[Grid, int]:
    """Draw planned and actual figures with their difference, its percentage, and the share of the total."""
    rows = [[_amount(rng, 5), _amount(rng, 5)] for _ in range(rng.randint(5, 12))]
    rows.append([sum(row[n] for row in rows) for n in range(2)])
    whole = rows[-1][1]
    way = rng.choice(_PRINTS)
    plain, tenth = (Print(n, way.grouping, way.mark, way.brackets, "0") for n in (0, 1))
    sign = rng.choice(["%", " %", ""])
    grid = [
        [label, plain(a), plain(b), plain(b - a), _percent(tenth, b - a, a, sign), _percent(tenth, b, whole, sign)]
        for label, (a, b) in zip([*_things(rng, len(rows) - 1), rng.choice(_TOTALS)], rows, strict=True)
    ]
    return [["", "Plan", "Actual", "Difference", "Change %", "Share %"], *grid], 1


def _percent(tenth: Print, part: int, whole: int, sign: str) -> str:
    return tenth(round(1000 * part / whole)) + sign


def rounded(rng: random.Random) -> tuple[Grid, int]:
    """Draw figures in thousands that were added up before they were rounded."""
    years, rows = _years(rng), rng.randint(4, 9)
    exact = [[_amount(rng, rng.randint(6, 8)) for _ in years] for _ in range(rows)]
    exact.append([sum(row[n] for row in exact) for n in range(len(years))])
    cells = [[round(value / 1000) for value in row] for row in exact]
    return [["in thousands", *years], *_printed(rng, [*_things(rng, rows), rng.choice(_TOTALS)], cells)], 1


def total_first(rng: random.Random) -> tuple[Grid, int]:
    """Draw a total above its parts."""
    years, rows = _years(rng), rng.randint(3, 8)
    cells = [[_amount(rng, rng.randint(3, 6)) for _ in years] for _ in range(rows)]
    cells.insert(0, [sum(row[n] for row in cells) for n in range(len(years))])
    return [["", *years], *_printed(rng, ["All items", *_things(rng, rows)], cells)], 1


def single_column(rng: random.Random) -> tuple[Grid, int]:
    """Draw one column of figures and its total: nothing but a label says that it is one."""
    rows = rng.randint(3, 9)
    cells = [[_amount(rng, rng.randint(4, 6))] for _ in range(rows)]
    cells.append([sum(row[0] for row in cells)])
    return [["Item", "Amount"], *_printed(rng, [*_things(rng, rows), rng.choice(_TOTALS)], cells)], 1


# -- without sums ------------------------------------------------------------------------------------------------------


def readings(rng: random.Random) -> tuple[Grid, int]:
    """Draw measurements."""
    columns, rows = rng.randint(2, 6), rng.randint(5, 20)
    cells = [[_amount(rng, 3) for _ in range(columns)] for _ in range(rows)]
    return [["Site", *_GROUPS[:columns]], *_printed(rng, _things(rng, rows), cells, decimals=1)], 1


def total_of_more(rng: random.Random) -> tuple[Grid, int]:
    """Draw totals of more than what is listed."""
    years, rows = _years(rng), rng.randint(3, 9)
    cells = [[_amount(rng, rng.randint(3, 5)) for _ in years] for _ in range(rows)]
    cells.append([sum(row[n] for row in cells) + _amount(rng, rng.randint(1, 4)) for n in range(len(years))])
    return [["Largest of", *years], *_printed(rng, [*_things(rng, rows), "Total"], cells)], 1


def rates(rng: random.Random) -> tuple[Grid, int]:
    """Draw rates whose total is a mean of them, weighted by what is not shown."""
    years, rows = _years(rng), rng.randint(4, 10)
    cells = [[rng.randint(100, 900) for _ in years] for _ in range(rows)]
    cells.append([rng.randint(min(column), max(column)) for column in zip(*cells, strict=True)])
    return [["Region", *years], *_printed(rng, [*_things(rng, rows), "Total"], cells, decimals=1)], 1


def count_and_rate(rng: random.Random) -> tuple[Grid, int]:
    """Draw counts that add up beside rates that do not."""
    rows = rng.randint(4, 10)
    people = [_amount(rng, rng.randint(3, 5)) for _ in range(rows)]
    ages = [rng.randint(18, 70) for _ in range(rows)]
    mean = round(sum(p * a for p, a in zip(people, ages, strict=True)) / sum(people))
    cells = [*zip(people, ages, strict=True), (sum(people), mean)]
    return [["", "People", "Age"], *_printed(rng, [*_things(rng, rows), "Total"], cells)], 1


def loose(rng: random.Random) -> tuple[Grid, int]:
    """Draw counts that were each changed a little to protect the counted, their totals too."""
    years, rows = _years(rng), rng.randint(3, 8)
    exact = [[_amount(rng, rng.randint(3, 5)) for _ in years] for _ in range(rows)]
    exact.append([sum(row[n] for row in exact) for n in range(len(years))])
    cells = [[value + rng.randint(-2, 2) for value in row] for row in exact]
    return [["", *years], *_printed(rng, [*_things(rng, rows), "Total"], cells)], 1


def overlapping(rng: random.Random) -> tuple[Grid, int]:
    """Draw answers of which people gave several: the parts are more than the total."""
    years, rows = _years(rng), rng.randint(4, 9)
    totals = [_amount(rng, 4) for _ in years]
    cells = [[rng.randint(total // 10, total) for total in totals] for _ in range(rows)]
    return [["Answer", *years], *_printed(rng, [*_things(rng, rows), "Total"], [*cells, totals])], 1


def statement_without(rng: random.Random) -> tuple[Grid, int]:
    """Draw the labels of a statement beside figures that have nothing to do with each other."""
    years = _years(rng)
    labels = ["Revenue", "Cost of sales", "Gross profit", "Selling expenses", "Operating profit", "Tax", "Net profit"]
    cells = [[_amount(rng, rng.randint(3, 4)) for _ in years] for _ in labels]
    return [["", *years], *_printed(rng, labels, cells)], 1


def prices(rng: random.Random) -> tuple[Grid, int]:
    """Draw articles with numbers, prices and what is in store."""
    rows = rng.randint(5, 25)
    cells = [[_amount(rng, 5), rng.randint(0, 60), _amount(rng, rng.randint(3, 4))] for _ in range(rows)]
    return [["Article", "Code", "In store", "Price"], *_printed(rng, _things(rng, rows), cells)], 1


def index_series(rng: random.Random) -> tuple[Grid, int]:
    """Draw series that grow slowly, so that their differences are small."""
    years, rows = _years(rng), rng.randint(4, 9)
    cells = [[1000] for _ in range(rows)]
    for row in cells:
        while len(row) < len(years):
            row.append(row[-1] + rng.randint(-9, 30))
    return [["Index", *years], *_printed(rng, _things(rng, rows), cells, decimals=1)], 1


def progressions(rng: random.Random) -> tuple[Grid, int]:
    """Draw figures that rise by the same from row to row and from column to column, so that many differences agree."""
    columns, rows = rng.randint(2, 4), rng.randint(8, 40)
    step, across, wrap = _amount(rng, 4), _amount(rng, 4), _amount(rng, 5)
    cells = [[(row * step) % wrap + column * across + 2_000 for column in range(columns)] for row in range(rows)]
    return [["", *_GROUPS[:columns]], *_printed(rng, [f"Row {row}" for row in range(rows)], cells)], 1


_WITH_SUMS = (
    counts, one_total, sections, income_statement, balance_sheet, invoice, bank_statement, stock, budget, rounded,
    total_first, single_column,
)  # fmt: skip
_WITHOUT = (
    readings, total_of_more, rates, count_and_rate, loose, overlapping, statement_without, prices, index_series,
    progressions,
)  # fmt: skip
KINDS: dict[str, tuple[Callable[[random.Random], tuple[Grid, int]], bool]] = {
    draw.__name__.replace("_", " "): (draw, has_sums)
    for has_sums, kinds in ((True, _WITH_SUMS), (False, _WITHOUT))
    for draw in kinds
}
