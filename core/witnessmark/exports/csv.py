"""Tables as CSV."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable, Sequence

_NUMBER = re.compile(r"[-+]?[\s$€£¥]*\(?[\d.,'\s]*\d[\d.,'\s]*\)?\s*%?")


def csv_from_rows(rows: Iterable[Sequence[str]]) -> bytes:
    """Write rows as CSV in UTF-8, so that no spreadsheet takes a cell for a formula.

    Source:  RFC 4180; cells that begin like a formula and are no number get an apostrophe (OWASP, "CSV injection")
    """
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\r\n")
    writer.writerows([_harmless(cell) for cell in row] for row in rows)
    return text.getvalue().encode()


def _harmless(cell: str) -> str:
    is_formula = cell[:1] in {"=", "+", "-", "@", "\t", "\r"} and len(cell) > 1
    return "'" + cell if is_formula and not _NUMBER.fullmatch(cell) else cell
