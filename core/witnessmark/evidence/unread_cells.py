"""Cells in a script that OCR cannot read: their words are not checked, their figures are."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence

from witnessmark.documents.ocr.letters import unread_scripts
from witnessmark.evidence.alignment import Asked
from witnessmark.evidence.laid import Laid
from witnessmark.evidence.verdicts import Verdict
from witnessmark.evidence.witness import WitnessPage

_FIGURES = re.compile(r"[0-9]+")


class UnreadCells:
    """The cells of a table that the OCR of its pages cannot write, and the words that it read in their places."""

    def __init__(self, cells: Iterable[Asked], pages: Sequence[WitnessPage]) -> None:
        is_read_by_ocr = any(page.is_read_by_ocr for page in pages)
        self._scripts: dict[tuple[int, int], str] = {}
        for cell in cells if is_read_by_ocr else ():
            if not cell.text.isascii() and (scripts := unread_scripts(cell.text.split())):
                self._scripts[cell.row, cell.column] = " and ".join(scripts)
        self._pages = pages
        self._words: dict[tuple[int, int], list[tuple[int, int]]] = {}
        self.covered: dict[tuple[int, int], tuple[int, int]] = {}
        """Words by page and index, and the cell in whose place they are: they are no other text of the page."""

    def cover(self, laid: Laid, claimed: Mapping[tuple[int, int], tuple[int, int]]) -> None:
        """Find the words in the places of these cells that no cell has."""
        for row, column in self._scripts:
            territory = laid.territory(row, column) or laid.open_territory(row, column)
            words = laid.words_in(territory) if territory is not None else []
            for word in words:
                if territory is not None and (place := (territory.page, word)) not in claimed:
                    self.covered.setdefault(place, (row, column))
                    self._words.setdefault((row, column), []).append(place)

    def verdict(self, cell: Asked, found: Verdict) -> Verdict:
        """Give a cell's verdict: what was found, unless OCR cannot read it. A figure in it has to be in its place.

        A place without figures accuses nobody: OCR may drop what stands among letters that it cannot read.
        """
        script = self._scripts.get((cell.row, cell.column))
        if script is None or found.status == "located":
            return found
        places = self._words.get((cell.row, cell.column), [])
        page = self._pages[places[0][0] if places else 0]
        box = page.box_of([word for _, word in places]) if places else None
        read = page.index.text([word for _, word in places]) if places else ""
        if _FIGURES.search(read) and not _holds(read, _FIGURES.findall(cell.text)):
            reason = f"Its figures are not those that stand there: {read!r}."
            return Verdict(status="unlocated", page=page.page_number, box=box, nearest=read, reason=reason)
        reason = f"Not checked: OCR cannot read {script}."
        return Verdict(status=None, page=found.page, box=box, reason=reason, script=script)


def _holds(read: str, figures: Sequence[str]) -> bool:
    """Say whether a text has some figures, in their order, whatever stands between."""
    digits = "".join(_FIGURES.findall(read))
    at = 0
    for figure in figures:
        at = digits.find(figure, at)
        if at < 0:
            return False
        at += len(figure)
    return True
