"""Values that stand nowhere in a text layer, and in the page's picture all the same: stamped or pasted figures."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import replace
from typing import TYPE_CHECKING, NamedTuple

import anyio

from witnessmark.documents.document import Document
from witnessmark.documents.ocr.letters import unread_scripts
from witnessmark.documents.opening import Documents
from witnessmark.errors import InputError
from witnessmark.evidence.normal import key_of, key_of_cell
from witnessmark.evidence.numbers import amount_of
from witnessmark.evidence.verdicts import Verdict
from witnessmark.values import BoundingBox, Word

if TYPE_CHECKING:
    from witnessmark_tools.tables_evidence import CheckedTable
    from witnessmark_tools.witnesses import Witnesses

MOST_PLACES = 40
"""Places of a page that are read; a table that stands nowhere as a whole is another page's."""
MOST_SECONDS = 10.0
LEAST_SURE = 0.9
"""Confidence of OCR from which what it sees is believed."""
TALLEST = 40.0
"""Points; a taller place holds more than a line."""
MOST_TOLD = 5
_IN_FIGURES = frozenset("0123456789.,'")


class _Sought(NamedTuple):
    table: int
    row: int
    column: int
    text: str
    page: int
    box: BoundingBox
    nearest: str | None
    layer: str
    """What the text layer says in this place."""

    @property
    def script(self) -> str | None:
        """What the value is written in, if OCR cannot read that."""
        scripts = unread_scripts(self.text.split())
        return " and ".join(scripts) if scripts else None


async def with_what_is_shown(
    checked: Sequence[CheckedTable],
    document: Document,
    documents: Documents,
    witnesses: Witnesses,
    *,
    seconds: float | None = None,
) -> tuple[tuple[CheckedTable, ...], tuple[str, ...]]:
    """Read the places of values that stand nowhere in a text layer by OCR, and locate those that the picture shows.

    Shapes:  the tables, and a warning for each page on which the picture shows what the layer does not say
    Units:   `seconds` that reading may take; None: as long as it takes, within bounds
    """
    sought = _sought(checked, witnesses)
    if document.reader != "pdfium" or documents.recogniser is None or not sought:
        return tuple(checked), ()
    shown: list[_Sought] = []
    hidden: list[_Sought] = []
    patience = MOST_SECONDS if seconds is None else min(MOST_SECONDS, seconds)
    # A page that cannot be read now leaves its values as they are: unlocated.
    with anyio.move_on_after(patience), suppress(InputError):
        for page in sorted({one.page for one in sought}):
            there = [one for one in sought if one.page == page][:MOST_PLACES]
            seen = await documents.read_places(document, page, [one.box for one in there])
            hidden += [
                one for one, place in zip(there, seen, strict=True) if place.text and not one.layer and one.script
            ]
            shown += [
                one
                for one, place in zip(there, seen, strict=True)
                if place.confidence >= LEAST_SURE and is_same(one.text, place.text)
            ]
    return _located(checked, shown, hidden), tuple(_told(shown))


def is_same(asked: str, seen: str) -> bool:
    """Say whether a picture shows a value: its letters without spaces, or the same number."""
    if key_of(asked) == key_of(seen):
        return True
    one, other = amount_of(key_of_cell(asked)), amount_of(key_of_cell(seen))
    return (
        one is not None
        and other is not None
        and one.unit == other.unit
        and not {*one.signed}.isdisjoint(other.signed)
        and _digits(asked) == _digits(seen)
        and _marks(asked) in {_marks(seen), ""}
    )


def _digits(text: str) -> str:
    return "".join(char for char in text if char.isdigit())


def _marks(text: str) -> str:
    return "".join(char for char in text if char in ".,")


def _sought(checked: Sequence[CheckedTable], witnesses: Witnesses) -> list[_Sought]:
    """List the places to read.

    Where the layer says the value itself, as a part of a longer text, it is the judge. So it is where it has the same
    digits with other separators: OCR takes points and commas for each other.
    """
    found: list[_Sought] = []
    for number, table in enumerate(checked):
        for row, verdicts in enumerate(table.verdicts):
            for column, verdict in enumerate(verdicts):
                if verdict is None or verdict.status != "unlocated" or verdict.box is None:
                    continue
                page, box, text = verdict.page, verdict.box, table.table.texts[row][column]
                is_line = 0 < box.bottom - box.top <= TALLEST
                if not is_line or page not in witnesses.pages or witnesses.pages[page].is_read_by_ocr:
                    continue
                layer = _words_in(box, witnesses.pages[page].words)
                has_same_digits = bool(_digits(text)) and _digits(layer) == _digits(text)
                if not says(layer, text) and not has_same_digits:
                    found.append(_Sought(number, row, column, text, page, box, verdict.nearest, layer))
    return found


def _words_in(box: BoundingBox, words: Sequence[Word]) -> str:
    return " ".join(
        word.text
        for word in words
        if box.x0 <= (word.x0 + word.x1) / 2 <= box.x1 and box.top <= (word.top + word.bottom) / 2 <= box.bottom
    )


def says(layer: str, value: str) -> bool:
    """Say whether the words of a place hold a value, however its letters are put into words; figures are whole."""
    key, said = key_of(value), key_of_cell(layer)
    at = said.find(key)
    while key and at >= 0:
        before, after = said[:at][-1:], said[at + len(key) :][:1]
        if not ((before in _IN_FIGURES and key[0].isdigit()) or (after in _IN_FIGURES and key[-1].isdigit())):
            return True
        at = said.find(key, at + 1)
    return False


def _located(
    checked: Sequence[CheckedTable], shown: Sequence[_Sought], hidden: Sequence[_Sought]
) -> tuple[CheckedTable, ...]:
    """Locate the values that pictures show; those that OCR cannot read are not checked where it sees something."""
    places = {(one.table, one.row, one.column): Verdict(status="located", page=one.page, box=one.box) for one in shown}
    for one in hidden:
        reason = f"Not checked: OCR cannot read {one.script}."
        verdict = Verdict(status=None, page=one.page, box=one.box, reason=reason, script=one.script)
        places.setdefault((one.table, one.row, one.column), verdict)

    def verdict_of(number: int, row: int, column: int, before: Verdict | None) -> Verdict | None:
        return places.get((number, row, column), before)

    return tuple(
        replace(
            table,
            verdicts=tuple(
                tuple(verdict_of(number, row, column, one) for column, one in enumerate(verdicts))
                for row, verdicts in enumerate(table.verdicts)
            ),
        )
        for number, table in enumerate(checked)
    )


def _told(shown: Sequence[_Sought]) -> list[str]:
    told: list[str] = []
    for page in sorted({one.page for one in shown}):
        # The same words in another order are no difference between the layer and the picture.
        there = [_both(one) for one in shown if one.page == page and _words(one.text) != _words(one.layer)]
        if not there:
            continue
        more = f" and {len(there) - MOST_TOLD} more" if len(there) > MOST_TOLD else ""
        said = "; ".join(there[:MOST_TOLD])
        told.append(f"Page {page}: its picture shows what its text layer does not say: {said}{more}.")
    return told


def _words(text: str) -> list[str]:
    return sorted(map(key_of, text.split()))


def _both(one: _Sought) -> str:
    return f"{one.text!r} (nearest in the layer: {one.nearest!r})" if one.nearest else repr(one.text)
