"""Tables as CSV."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable, Sequence

_BEGIN_FORMULAS = {"=", "+", "-", "@", "＝", "＋", "－", "＠"}
_NUMBER = re.compile(r"[-+]?[\s$€£¥]*\(?[\d.,'\s]*\d[\d.,'\s]*\)?\s*%?")


def csv_from_rows(rows: Iterable[Sequence[str]]) -> bytes:
    """Write rows as CSV in UTF-8, so that no spreadsheet takes a cell for a formula.

    No byte order mark: CSV is what programs read, and many take the mark for a part of the first heading. A person who
    opens files in Excel, which needs the mark, is better served by xlsx.

    Source:  RFC 4180; cells that begin like a formula and are no number get an apostrophe (OWASP, "CSV injection")
    """
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\r\n")
    writer.writerows([_harmless(cell) for cell in row] for row in rows)
    return text.getvalue().encode(errors="replace")


def _harmless(cell: str) -> str:
    # A spreadsheet may drop blanks before it looks; the wide forms are what East Asian ones take for = + - @.
    is_formula = len(cell) > 1 and (cell[0] in "\t\r\n" or cell.lstrip()[:1] in _BEGIN_FORMULAS)
    return "'" + cell if is_formula and not _NUMBER.fullmatch(cell) else cell
