"""Numbers whose points and commas changed places: `1.234` for `1,234`, `6,8670` for `6.8670`."""

from __future__ import annotations

import random
import re

from benchmarks.true_answers import NUMBER, Answer, Place

_SWAPPED = str.maketrans(".,", ",.")
LEAST_OTHERS = 2
"""Numbers with decimal commas that the rest of a column needs: an answer may write all of them with a point."""


def separators_changed(text: str, place: Place, base: Answer, luck: random.Random) -> str | None:
    """Exchange the points and commas of a number, which then is another one, or none, by its page's rule."""
    del luck
    found = NUMBER.fullmatch(text.strip())
    if found is None or place[0] < base.header_rows or not {".", ","} & set(found["figures"]):
        return None
    swapped = found["figures"].translate(_SWAPPED)
    if base.table.mark == "," and "." in swapped and not _copies_commas(base, place):
        return None
    return text.replace(found["figures"], swapped)


def _copies_commas(base: Answer, place: Place) -> bool:
    row, column = place
    others = (texts[column] for at, texts in enumerate(base.grid) if at != row and at >= base.header_rows)
    return sum(bool(re.search(r"\d,\d{1,2}(?!\d)", other)) for other in others) > LEAST_OTHERS
