"""Printed cells as numbers: judged by their column, their table and their document, never each by itself.

`1,234` is a thousand in one country and one and a bit in another, and `(5)` is a loss, a footnote or a standard error.
What stands beside a cell decides; where it does not, the cell stays the text that was printed, which is never wrong.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal

from witnessmark.exports.tables import ExportTable, flat_headers

MAX_DIGITS = 15
"""A spreadsheet keeps no more significant digits. Source: Excel specifications and limits"""

_MINUS = "-−–"
_CODES_OF_CURRENCIES = "USD|EUR|GBP|CHF|JPY|CAD|AUD|CNY|INR|SEK|NOK|DKK|PLN|CZK"
_CURRENCY = rf"(?:US\$|A\$|C\$|HK\$|R\$|[$€£¥₹₩₽₺₪]|(?:{_CODES_OF_CURRENCIES})(?![A-Za-z])|kr\b)"
_PRINTED = re.compile(
    rf"(?P<outer>\()?\ ?(?P<sign>[{_MINUS}+])?\ ?(?P<before>{_CURRENCY}\ ?)?(?P<inner>\()?(?P<late_sign>[{_MINUS}])?\ ?"
    rf"(?P<digits>[.,]?\d(?:[\d.,'’\ ]*\d)?)"
    rf"(?P<trailing>\ ?[{_MINUS}])?(?P<percent>\ ?%)?(?P<close>\))?(?P<late_percent>\ ?%)?"
    rf"(?P<after>\ ?{_CURRENCY})?(?P<close_late>\))?\ ?(?P<mark>[*†‡§]{{1,3}})?"
)
_SPACES = str.maketrans(dict.fromkeys("\u00a0\u2007\u2009\u202f", " "))
_CODES = re.compile(
    r"\b(?:id|code|zip|plz|postcode|phone|telephone|tel|fax|mobile|iban|isbn|issn|sku|ssn|ein|cik|cusip|ref|reference|"
    r"date|datum|(?:account|phone|invoice|order|item|part|serial|file|id|case)\s(?:number|no|nr))\.?\s*$",
    re.IGNORECASE,
)
"""Headings of columns whose digits name things and count nothing."""
_AMOUNTS = re.compile(
    r"\b(?:amounts?|balance|debits?|credits?|price|cost|costs|total|sum|value|fee|tax|vat|net|gross|paid|due|"
    r"betrag|saldo|soll|haben|summe|preis|umsatz|wert|netto|brutto|gebühr|montant|solde|débit|crédit|prix|importe?|"
    r"cargo|abono|importo|dare|avere|bedrag|prijs|kwota|valor|usd|eur|gbp|chf)\b",
    re.IGNORECASE,
)
"""Headings of columns of money, below which `4711-` is an amount and no number of an article."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Number:
    """What a cell is worth, and the spreadsheet's format that shows it as it was printed."""

    value: float
    number_format: str


@dataclass(frozen=True, slots=True, kw_only=True)
class _Printed:
    """A cell that looks like a number, taken apart; `digits` still has its marks."""

    digits: str
    is_negative: bool = False
    has_late_minus: bool = False
    """Whether its sign stands behind the digits, as in accounts, and as in numbers of articles."""
    is_in_parentheses: bool = False
    has_plus: bool = False
    percent: str = ""
    before: str = ""
    after: str = ""

    @property
    def is_bare(self) -> bool:
        """Whether it is digits and nothing else."""
        return self.digits.isdecimal() and not (self.is_signed or self.percent or self.before or self.after)

    @property
    def is_amount(self) -> bool:
        """Whether it has decimals, groups of digits, a currency or a percent sign, as no number of an article has."""
        return bool(not self.digits.isdecimal() or self.percent or self.before or self.after.strip("*†‡§"))

    @property
    def is_signed(self) -> bool:
        return self.is_negative or self.is_in_parentheses or self.has_plus


def numbers_of(tables: Sequence[ExportTable]) -> list[tuple[tuple[Number | None, ...], ...]]:
    """Find the numbers below the headers of a document's tables.

    Shapes:  a grid for each table, as large as its `body`; `None` where a cell is no number or may not be one
    """
    printed = [_printed_cells(table) for table in tables]
    of_tables = [_marks(cell for row in grid for cell in row) for grid in printed]
    of_document = frozenset[str]().union(*of_tables)
    return [
        _numbers(table, grid, (of_table, of_document))
        for table, grid, of_table in zip(tables, printed, of_tables, strict=True)
    ]


def is_numeric(cells: Sequence[Number | None], texts: Sequence[str | None]) -> bool:
    """Say whether a column is best read aligned to the right: most of what stands in it is a number."""
    filled = sum(1 for text in texts if text and text.strip(" -–—−.…*") and text.lower() not in {"n/a", "na"})
    return filled > 0 and sum(cell is not None for cell in cells) >= 0.6 * filled


def _printed_cells(table: ExportTable) -> list[list[_Printed | None]]:
    grid = [[_printed(text or "") for text in row] for row in table.body]
    for texts, row in zip(table.body, grid, strict=True):
        numbers = [cell for cell in row if cell]
        if numbers and not (texts[0] or "").strip() and all(cell.is_in_parentheses for cell in numbers):
            row[:] = [None] * len(row)  # standard errors stand so below their estimates
    return grid


def _printed(text: str) -> _Printed | None:
    found = _PRINTED.fullmatch(text.translate(_SPACES).strip())
    if not found:
        return None
    part = {name: value or "" for name, value in found.groupdict().items()}
    opened, closed = len(part["outer"] + part["inner"]), len(part["close"] + part["close_late"])
    signs = part["sign"] + part["late_sign"] + part["trailing"].strip()
    if opened != closed or opened > 1 or len(signs) + opened > 1:
        return None
    if (part["percent"] and part["late_percent"]) or (part["before"] and part["after"]):
        return None
    return _Printed(
        digits=part["digits"].replace("’", "'"),
        is_negative=bool(opened or (signs and signs != "+")),
        has_late_minus=bool(part["trailing"].strip()),
        is_in_parentheses=bool(opened),
        has_plus=signs == "+",
        percent=part["percent"] or part["late_percent"],
        before=part["before"],
        after=part["after"] + part["mark"],
    )


def _numbers(
    table: ExportTable, grid: Sequence[Sequence[_Printed | None]], evidence: tuple[frozenset[str], frozenset[str]]
) -> tuple[tuple[Number | None, ...], ...]:
    headings = flat_headers(table) or ("",) * table.column_count
    texts = table.body
    columns = [[row[n] for row in grid] for n in range(table.column_count)]
    has_losses = any(_mixes_parentheses(column) for column in columns)
    numbers = [
        _column_numbers(column, [row[n] or "" for row in texts], headings[n], evidence, has_losses=has_losses)
        for n, column in enumerate(columns)
    ]
    return tuple(zip(*numbers, strict=True)) if texts else ()


def _mixes_parentheses(cells: Sequence[_Printed | None]) -> bool:
    return {cell.is_in_parentheses for cell in cells if cell} == {True, False}


def _column_numbers(
    cells: Sequence[_Printed | None],
    texts: Sequence[str],
    heading: str,
    evidence: Sequence[frozenset[str]],
    *,
    has_losses: bool,
) -> list[Number | None]:
    mark = _decimal_mark([cell for cell in cells if cell], evidence)
    values = [_value(cell.digits, mark) if cell else None for cell in cells]
    known = [cell for cell, value in zip(cells, values, strict=True) if cell and value is not None]
    names_things = _names_things([cell for cell in cells if cell], texts, heading)
    has_amounts = bool(_AMOUNTS.search(heading)) or any(cell.is_amount for cell in known)
    groupings = {grouping for cell in known if (grouping := _grouping(cell.digits, mark))}
    style = _Style(uses_parentheses=any(cell.is_in_parentheses for cell in known), is_grouped=bool(groupings))
    numbers: list[Number | None] = []
    for cell, value in zip(cells, values, strict=True):
        if not cell or value is None:
            numbers.append(None)
            continue
        is_code = names_things and (cell.is_bare or bool(_DATES.search(heading)))
        is_code = is_code or (cell.has_late_minus and not has_amounts)
        is_label = cell.is_in_parentheses and not has_losses  # (1), (2), (3): no column here has losses and gains
        joined = _grouping(cell.digits, mark) == " " and (len(groupings) > 1 or cell.has_plus)  # two cells, or a phone
        numbers.append(None if is_code or is_label or joined else _number(cell, value, mark, style))
    return numbers


_DATES = re.compile(r"\b(?:date|datum|phone|telephone|tel|fax|mobile)\.?\s*$", re.IGNORECASE)


def _names_things(cells: Sequence[_Printed], texts: Sequence[str], heading: str) -> bool:
    """Say whether the bare digits of a column are names, as account numbers are: 007 is not 7."""
    if _CODES.search(heading):
        return True
    bare = [cell.digits for cell in cells if cell.is_bare]
    if any((len(digits) > 1 and digits[0] == "0") or len(digits) > MAX_DIGITS for digits in bare):
        return True
    worded = sum(any(letter.isalpha() for letter in text) for text in texts)
    return worded > len(cells)


def _marks(cells: Iterable[_Printed | None]) -> frozenset[str]:
    return frozenset(mark for cell in cells if cell and (mark := _mark_shown(cell.digits)))


def _decimal_mark(cells: Sequence[_Printed], evidence: Sequence[frozenset[str]]) -> str | None:
    """Find what stands before the decimals in a column; `None` when nothing says it and when two things are said."""
    own = _marks(cells)
    if own:
        return next(iter(own)) if len(own) == 1 else None
    for wider in evidence:
        if len(wider) == 1:
            return next(iter(wider))
    doubtful = [cell.digits for cell in cells if "," in cell.digits or "." in cell.digits]
    used = {mark for digits in doubtful for mark in digits if mark in ",."}
    if len(used) != 1:
        return None
    (mark,) = used
    # Three decimals would be printed in every cell, so 999 beside 1,234 says that the mark parts thousands.
    short = any(cell.is_bare and len(cell.digits) <= 3 and cell.digits != "0" for cell in cells)
    is_grouping = short or (mark == "," and len(doubtful) >= 3)
    return {",": ".", ".": ","}[mark] if is_grouping else None


def _mark_shown(digits: str) -> str | None:
    """Find what must be the decimal mark of a single number; `None` when it could be read both ways."""
    used = [mark for mark in digits if mark in ",."]
    if not used:
        return None
    last, other = used[-1], {",": ".", ".": ","}[used[-1]]
    if other in used:
        return last if used.count(last) == 1 else None
    if len(used) > 1:
        return other
    whole, _, decimals = digits.partition(last)
    could_be_grouping = len(decimals) == 3 and whole.isdecimal() and len(whole) <= 3 and whole[0] != "0"
    return None if could_be_grouping else last


def _value(digits: str, mark: str | None) -> Decimal | None:
    """Read digits, given the decimal mark; `None` when they do not fit it."""
    whole, decimals = digits, ""
    if mark and mark in digits:
        whole, _, decimals = digits.partition(mark)
        if not decimals.isdecimal():
            return None
    groups = re.split(r"[.,' ]", whole) if whole else ["0"]
    separators = {character for character in whole if not character.isdecimal()}
    if len(separators) > 1 or (separators & {",", "."} and not mark) or not all(g.isdecimal() for g in groups):
        return None
    if separators and not _are_groups([len(group) for group in groups]):
        return None
    joined = "".join(groups)
    if (len(joined) > 1 and joined[0] == "0") or len((joined + decimals).lstrip("0")) > MAX_DIGITS:
        return None
    return Decimal(f"{joined}.{decimals or 0}")


def _are_groups(lengths: Sequence[int]) -> bool:
    """Say whether digits stand in groups of three, or as in India of two and a last one of three."""
    first, *middle, last = lengths
    in_threes = first <= 3 and all(length == 3 for length in middle)
    in_twos = first <= 2 and all(length == 2 for length in middle)
    return last == 3 and first > 0 and (in_threes or in_twos)


def _grouping(digits: str, mark: str | None) -> str:
    whole = digits.partition(mark)[0] if mark else digits
    return next((character for character in whole if not character.isdecimal()), "")


@dataclass(frozen=True, slots=True, kw_only=True)
class _Style:
    """What the numbers of a column have in common."""

    uses_parentheses: bool
    is_grouped: bool


def _number(cell: _Printed, value: Decimal, mark: str | None, style: _Style) -> Number:
    decimals = len(cell.digits.partition(mark)[2]) if mark and mark in cell.digits else 0
    is_grouped = bool(_grouping(cell.digits, mark)) or (style.is_grouped and value < 1000)
    shown = ("#,##0" if is_grouped else "0") + ("." + "0" * decimals if decimals else "")
    if cell.percent:
        value /= 100
        shown += '" "%' if cell.percent.startswith(" ") else "%"
    shown = _literal(cell.before) + shown + _literal(cell.after)
    if style.uses_parentheses:
        shown = f"{shown}_);({shown})"
    elif cell.has_plus:
        shown = f"+{shown};-{shown};{shown}"
    return Number(value=float(-value if cell.is_negative else value), number_format=shown)


def _literal(text: str) -> str:
    return f'"{text}"' if text else ""
