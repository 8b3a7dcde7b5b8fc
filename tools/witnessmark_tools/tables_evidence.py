"""What the pages say of tables, whoever read them: looked up, counted, put in the order in which people should look."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

import anyio

from witnessmark.documents.document import Document
from witnessmark.documents.layer_check import LayerCheck
from witnessmark.documents.ocr.recognised import PageReading
from witnessmark.documents.opening import UNREADABLE_MARK, Documents
from witnessmark.evidence.arithmetic_found import TableArithmetic
from witnessmark.evidence.check import check_table
from witnessmark.evidence.total_words import label_of
from witnessmark.evidence.verdicts import LeftOver, TableEvidence, Verdict
from witnessmark.evidence.witness import WitnessPage
from witnessmark.offline.tables.values import NOWHERE, Table, TablePart, first_row_number
from witnessmark.values import BoundingBox
from witnessmark_tools.contained import contained
from witnessmark_tools.pages import rounded
from witnessmark_tools.results import ReviewItem, Status, pages_in_words
from witnessmark_tools.tables_agreed import NOT_AGREED, Agreed, without_agreed
from witnessmark_tools.tables_confidence import TableCounts, judge
from witnessmark_tools.tables_emptied import EmptiedCell, emptied_cells
from witnessmark_tools.tables_result import Evidence, ExtractedTable, LeftOverWords, PartOfTable, Place, Sums
from witnessmark_tools.tables_shown import with_what_is_shown
from witnessmark_tools.tables_sums import is_proven, reasons_of_sums, reviewed_sums, sums_of
from witnessmark_tools.unread_scripts import not_read_in_words
from witnessmark_tools.witnesses import Witnesses, read_witnesses

MOST_CELLS = 5_000
"""Of a table's rows on one page: beyond it, looking them up takes longer than anybody waits."""
MOST_REVIEWED = 200
"""Cells and rows that a result lists for a person; `detail="full"` says it of every cell."""
MOST_LEFT_OVER = 100
"""Of one table."""

_FIGURE = re.compile(r"[\d(]")
_DOUBT: dict[Status | None, int] = {"unlocated": 0, "displaced": 1}


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckedTable:
    """A table and what its pages say of it.

    Shapes:  `verdicts` has the shape of the table's grid; None for an empty cell
    """

    table: Table
    table_id: str
    verdicts: tuple[tuple[Verdict | None, ...], ...]
    left_over: tuple[LeftOver, ...] = ()
    boxes: Mapping[int, BoundingBox]
    """The region of the table on each page on which it was found."""
    sums: TableArithmetic
    words: frozenset[tuple[int, int]] = frozenset()
    """The words that its cells were given, which no other table's are."""
    confirmed: frozenset[tuple[int, int]] = frozenset()
    """Cells by row and column of the grid that are in doubt, and of which a second reading says the same."""
    faults: tuple[str, ...] = ()
    """Which of its checks failed inside witnessmark, as warnings; cells they concern are not checked."""

    def count(self, status: Status | None) -> int:
        return sum(verdict is not None and verdict.status == status for row in self.verdicts for verdict in row)

    @property
    def flagged(self) -> int:
        """How many values stand elsewhere than the table has them, or nowhere."""
        return self.count("displaced") + self.count("unlocated")

    @property
    def looked_up(self) -> int:
        return self.count("located") + self.flagged

    @property
    def count_unread(self) -> int:
        """How many values OCR cannot read."""
        return sum(one is not None and one.script is not None for row in self.verdicts for one in row)

    @property
    def lost_rows(self) -> int:
        return sum(left.is_row for left in self.left_over)

    @property
    def emptied(self) -> tuple[EmptiedCell, ...]:
        """The cells that are empty and in whose place the page has an amount."""
        return emptied_cells(self.verdicts, self.left_over, self.table.header_rows)

    @property
    def unreadable(self) -> int:
        return sum(is_unreadable(text) for row in self.table.texts for text in row)


async def check_tables(
    tables: Sequence[Table],
    document: Document,
    documents: Documents,
    *,
    check_layer: LayerCheck | None = None,
    seconds: float | None = None,
    agreed: Agreed = NOT_AGREED,
) -> tuple[tuple[CheckedTable, ...], tuple[str, ...]]:
    """Look every value of tables up on the pages they stand on.

    Shapes:  as many as `tables`, named t1, t2 … in their order; and warnings; `agreed` are tables that two models read
             alike
    Units:   boxes as the page's own: points of a PDF, pixels of an image
    """
    pages = {page for table in tables for page in pages_of_table(table)}
    faults: list[str] = []
    witnesses = Witnesses()
    with contained(faults, "The values of tables were not checked: the words of their pages could not be read"):
        witnesses = await read_witnesses(document, documents, sorted(pages), check=check_layer, seconds=seconds)
    found, told = await look_up(tables, witnesses, document, documents, agreed=agreed)
    return found, (
        *witnesses.warnings,
        *told,
        *without_words(found, witnesses),
        *too_large(found),
        *in_unread_scripts(found),
        *faults,
    )


async def look_up(
    tables: Sequence[Table],
    witnesses: Witnesses,
    document: Document,
    documents: Documents,
    *,
    seconds: float | None = None,
    agreed: Agreed = NOT_AGREED,
) -> tuple[tuple[CheckedTable, ...], tuple[str, ...]]:
    """Look the values of tables up in the words of their pages, and in the picture where a text layer lacks them.

    Every verdict on a table comes from here: that by which `auto` accepts a page, and that which a result shows.

    Shapes:  as many as `tables`, named t1, t2 … in their order; and warnings; `agreed` are tables that two models read
             alike
    Units:   `seconds` that reading pictures may take; None: as long as it takes, within bounds
    """
    found = await anyio.to_thread.run_sync(check_all, tables, witnesses, abandon_on_cancel=True)
    faults: list[str] = []
    shown: tuple[str, ...] = ()
    with contained(faults, "Values that the text layer lacks were not looked for in the pictures of pages"):
        found, shown = await with_what_is_shown(found, document, documents, witnesses, seconds=seconds)
    if agreed:
        with contained(faults, "Tables that two models read alike were not compared with the order of their pages"):
            found = tuple(without_agreed(one, agreed) for one in found)
    return found, (*shown, *faults, *(fault for one in found for fault in one.faults))


def on_page(checked: CheckedTable, page: int) -> CheckedTable | None:
    """Give what stands on one page of a table; None where nothing does."""
    rows = [row for row in range(len(checked.table.rows)) if _page_of(checked.table, row) == page]
    if not rows:
        return None
    headers = sum(row < checked.table.header_rows for row in rows)
    return replace(
        checked,
        table=replace(
            checked.table, rows=tuple(checked.table.rows[row] for row in rows), header_rows=headers, parts=()
        ),
        verdicts=tuple(checked.verdicts[row] for row in rows),
        left_over=tuple(left for left in checked.left_over if left.page == page),
        boxes={page: checked.boxes[page]} if page in checked.boxes else {},
    )


def check_all(tables: Sequence[Table], witnesses: Witnesses) -> tuple[CheckedTable, ...]:
    """Look the values of a document's tables up, each word given out once.

    Shapes:  named t1, t2 … in their order
    """
    done: list[CheckedTable] = []
    taken: frozenset[tuple[int, int]] = frozenset()
    for number, table in enumerate(tables, start=1):
        done.append(check(table, f"t{number}", witnesses, taken))
        taken |= done[-1].words
    return without_others(done)


def without_others(checked: Sequence[CheckedTable]) -> tuple[CheckedTable, ...]:
    """Drop what is left over of a table where the words are cells of another one, or its heading."""
    words = frozenset(word for one in checked for word in one.words)
    return tuple(replace(one, left_over=tuple(_own_left_over(one, words))) for one in checked)


def _own_left_over(checked: CheckedTable, words: frozenset[tuple[int, int]]) -> Iterator[LeftOver]:
    own = [left for left in checked.left_over if not any((left.page, word) in words for word in left.words)]
    last = max((left.row for left in checked.left_over), default=0)
    others_below = any(left.row == last for left in checked.left_over if left not in own)
    for left in own:
        if not (others_below and left.row == last and not any(map(str.isdigit, left.text))):
            yield left


def without_words(checked: Sequence[CheckedTable], witnesses: Witnesses) -> tuple[str, ...]:
    """Say on which pages tables are said to stand where no words were found at all."""
    pages = {page for one in checked for page in pages_of_table(one.table)}
    empty = sorted(page for page in pages if page in witnesses.pages and not witnesses.pages[page].words)
    return (f"{pages_in_words(empty)}: values were not looked up. No words were found there.",) if empty else ()


def in_unread_scripts(checked: Sequence[CheckedTable]) -> tuple[str, ...]:
    """Say which values were not checked because OCR cannot read what they are written in."""
    found = [one for table in checked for row in table.verdicts for one in row if one is not None and one.script]
    if not found:
        return ()
    scripts = [one.script for one in found if one.script is not None]
    return (not_read_in_words({one.page for one in found}, "value", len(found), scripts),)


def too_large(checked: Sequence[CheckedTable]) -> tuple[str, ...]:
    """Say which tables have more cells on a page than are looked up."""
    return tuple(
        f"Table {one.table_id}: values were not looked up where it has more than {MOST_CELLS:,} cells on a page."
        for one in checked
        if any(_size(one.table, part) > MOST_CELLS for part in _parts(one.table))
    )


def pages_of_table(table: Table) -> list[int]:
    return sorted({part.page_number for part in table.parts} or {table.page_number})


def check(
    table: Table, table_id: str, witnesses: Witnesses, taken: frozenset[tuple[int, int]] = frozenset()
) -> CheckedTable:
    """Look the values of a table up, the rows of each page there; those on pages without words are left out.

    Page by page: looking a value up among those of all pages takes longer the more there are. A check that fails costs
    the verdicts of its page.

    Shapes:  `taken` are the words that other tables' cells were given
    """
    verdicts = list(_not_looked_up(table))
    left_over: list[LeftOver] = []
    boxes: dict[int, BoundingBox] = {}
    words: frozenset[tuple[int, int]] = frozenset()
    faults: list[str] = []
    first = first_row_number(table.header_rows)
    for part in _parts(table):
        if part.page_number not in witnesses.pages or _size(table, part) > MOST_CELLS:
            continue
        start, end = (number - first for number in (part.first_row, part.last_row + 1))
        repeated = table.header_rows if start and part.repeats_header else 0
        rows = [*range(repeated), *range(start, end)]
        with contained(faults, f"Page {part.page_number}: the values of table {table_id} were not checked"):
            found = _on_page(_look_up(table, rows, witnesses.pages[part.page_number], repeated, taken), witnesses)
            for row, here in list(zip(rows, found.verdicts, strict=True))[repeated:]:
                verdicts[row] = tuple(one or before for one, before in zip(here, verdicts[row], strict=True))
            left_over += [
                replace(left, row=rows[left.row] if left.row >= repeated else start - 1) for left in found.left_over
            ]
            boxes |= found.boxes
            words |= found.words
    if len(pages_of_table(table)) > 1:
        with contained(faults, f"Values of table {table_id} were not looked for on its other pages"):
            verdicts = _on_other_pages(table, verdicts, witnesses)
    sums = TableArithmetic()
    with contained(faults, f"The sums of table {table_id} were not checked"):
        sums = sums_of(table, verdicts)
    return CheckedTable(
        table=table,
        table_id=table_id,
        verdicts=tuple(verdicts),
        left_over=tuple(left_over),
        boxes=boxes,
        sums=sums,
        words=words,
        faults=tuple(faults),
    )


def unchecked(table: Table, table_id: str) -> CheckedTable:
    """Make a table of which nothing was checked."""
    return CheckedTable(
        table=table, table_id=table_id, verdicts=_not_looked_up(table), boxes={}, sums=TableArithmetic()
    )


def _on_other_pages(
    table: Table, verdicts: Sequence[tuple[Verdict | None, ...]], witnesses: Witnesses
) -> list[tuple[Verdict | None, ...]]:
    """Look for what stands nowhere on its page on the table's others: rows may have been swapped over pages."""
    texts = table.texts
    found: dict[tuple[int, int], Verdict] = {}
    for page in pages_of_table(table):
        missing = [
            (row, column)
            for row, several in enumerate(verdicts)
            for column, one in enumerate(several)
            if one is not None and one.status == "unlocated" and one.page != page and (row, column) not in found
        ][:MOST_REVIEWED]
        if page not in witnesses.pages or not missing:
            continue
        grid = [[texts[row][column]] for row, column in missing]
        evidence = _on_page(check_table(grid, [witnesses.pages[page]], header_rows=0), witnesses)
        for place, (one,) in zip(missing, evidence.verdicts, strict=True):
            if one is not None and one.status in {"located", "displaced"} and one.box is not None:
                reason = f"Stands on page {page}, and not in this row."
                found[place] = replace(one, status="displaced", nearest=None, reason=reason)
    return [
        tuple(
            replace(found[row, column], nearest=one.nearest) if one is not None and (row, column) in found else one
            for column, one in enumerate(several)
        )
        for row, several in enumerate(verdicts)
    ]


def _parts(table: Table) -> tuple[TablePart, ...]:
    first = first_row_number(table.header_rows)
    whole = TablePart(
        page_number=table.page_number, first_row=first, last_row=first + len(table.rows) - 1, box=table.box
    )
    return table.parts or (whole,)


def _look_up(
    table: Table, rows: Sequence[int], page: WitnessPage, repeated: int, taken: frozenset[tuple[int, int]]
) -> TableEvidence:
    texts = table.texts
    grid = without_unreadable([texts[row] for row in rows])
    headers = repeated or sum(row < table.header_rows for row in rows)
    return check_table(grid, [page], header_rows=headers, taken=taken)


def _size(table: Table, part: TablePart) -> int:
    return (part.last_row - part.first_row + 1) * table.column_count


def _page_of(table: Table, row: int) -> int:
    number = row + first_row_number(table.header_rows)
    found = (part.page_number for part in table.parts if part.first_row <= number <= part.last_row)
    return next(found, table.page_number)


def _not_looked_up(table: Table) -> tuple[tuple[Verdict | None, ...], ...]:
    return tuple(
        tuple(Verdict(status=None, page=_page_of(table, row)) if text.strip() else None for text in texts)
        for row, texts in enumerate(table.texts)
    )


def without_unreadable(grid: Sequence[Sequence[str]]) -> list[list[str]]:
    """Empty the cells that say themselves that they could not be read: there is nothing to look up."""
    return [["" if is_unreadable(text) else text for text in row] for row in grid]


def is_unreadable(text: str) -> bool:
    """Claim that a cell says itself that it could not be read."""
    return UNREADABLE_MARK in text.casefold()


def _on_page(evidence: TableEvidence, witnesses: Witnesses) -> TableEvidence:
    """Put boxes from where the words were read to the page as it is seen."""

    def placed(page: int, box: BoundingBox | None) -> BoundingBox | None:
        return None if box is None else witnesses.on_page[page](box)

    return TableEvidence(
        verdicts=tuple(
            tuple(None if one is None else replace(one, box=placed(one.page, one.box)) for one in row)
            for row in evidence.verdicts
        ),
        left_over=tuple(replace(left, box=placed(left.page, left.box) or NOWHERE) for left in evidence.left_over),
        boxes={page: box for page, old in evidence.boxes.items() if (box := placed(page, old)) is not None},
        words=evidence.words,
    )


def extracted_table(checked: CheckedTable, *, readings: Mapping[int, PageReading]) -> ExtractedTable:
    """Write a table as results give it."""
    table = checked.table
    first = first_row_number(table.header_rows)
    parts = [
        PartOfTable(
            page=part.page_number,
            first_row=part.first_row,
            last_row=part.last_row,
            repeats_headers=part.repeats_header,
        )
        for part in table.parts
    ] or [PartOfTable(page=table.page_number, first_row=first, last_row=first + len(table.rows) - 1)]
    return ExtractedTable(
        table_id=checked.table_id,
        page=table.page_number,
        title=table.title,
        headers=list(table.headers),
        rows=[list(row) for row in table.body],
        row_count=len(table.body),
        header_rows=table.header_rows,
        notes=list(table.notes),
        confidence=judge(_counts(checked, readings)).confidence,
        evidence=_evidence(checked),
        parts=parts,
        left_over=[_left_over(left, first) for left in checked.left_over[:MOST_LEFT_OVER]],
        places=_places(checked, readings),
    )


def _evidence(checked: CheckedTable) -> Evidence:
    cells = sum(bool(text.strip()) for row in checked.table.texts for text in row)
    sums = _sums(checked.sums)
    if not checked.looked_up:
        return Evidence(cells=cells, sums=sums)
    return Evidence(
        cells=cells,
        sums=sums,
        located=checked.count("located"),
        displaced=checked.count("displaced"),
        unlocated=checked.count("unlocated"),
    )


def _sums(sums: TableArithmetic) -> Sums | None:
    if not sums.holding and not sums.broken:
        return None
    return Sums(holding=len(sums.holding), broken=len(sums.broken))


def _counts(checked: CheckedTable, readings: Mapping[int, PageReading]) -> TableCounts:
    pages = [readings[page].confidence for page in pages_of_table(checked.table) if page in readings]
    totals = sum(_is_lost_total(checked, left) for left in checked.left_over)
    return TableCounts(
        said=checked.table.confidence,
        rows=len(checked.table.rows),
        located=checked.count("located"),
        displaced=checked.count("displaced"),
        unlocated=checked.count("unlocated"),
        lost_rows=checked.lost_rows - totals,
        lost_totals=totals,
        emptied=len(checked.emptied),
        unreadable=checked.unreadable,
        unread=checked.count_unread,
        broken_sums=len(checked.sums.broken),
        is_proven=is_proven(checked.sums),
        has_faults=bool(checked.faults),
        ocr_confidence=min(pages, default=None),
    )


def _is_lost_total(checked: CheckedTable, left: LeftOver) -> bool:
    """Say whether a row that a table lacks is a total below it."""
    label = _FIGURE.split(left.text, maxsplit=1)[0]
    return left.is_row and left.row == len(checked.table.rows) - 1 and label_of(label) == "total"


def _left_over(left: LeftOver, first: int) -> LeftOverWords:
    return LeftOverWords(
        page=left.page, box=_box(left.box), text=left.text, after_row=max(0, left.row + first), is_row=left.is_row
    )


def _places(checked: CheckedTable, readings: Mapping[int, PageReading]) -> list[list[Place]]:
    table = checked.table
    places = [
        [_place(checked, row, column, readings) for column in range(len(texts))] for row, texts in enumerate(table.rows)
    ]
    return places if table.headers else [[], *places]


def _place(checked: CheckedTable, row: int, column: int, readings: Mapping[int, PageReading]) -> Place:
    """Give the place of a value on the page; where it was not found, that of the cell, if it is known."""
    page = _page_of(checked.table, row)
    cell = checked.table.rows[row][column]
    own = None
    if cell is not None and cell.box is not NOWHERE:
        own = rounded(readings[page].on_page(cell.box) if page in readings else cell.box)
    verdict = checked.verdicts[row][column]
    if verdict is None:
        return Place(page=page, box=own)
    return Place(
        status=verdict.status,
        page=verdict.page or page,
        box=_box(verdict.box) or own,
        nearest=verdict.nearest,
    )


def _box(box: BoundingBox | None) -> list[float] | None:
    return None if box is None or box is NOWHERE else rounded(box)


def review_of(
    checked: Sequence[CheckedTable], *, readings: Mapping[int, PageReading]
) -> tuple[list[ReviewItem], tuple[str, ...]]:
    """List what a person should look at, most doubtful first, and say how much was left out.

    Shapes:  values that stand nowhere, those that stand elsewhere, those of which a second reading says the same, those
             that break sums, tables of low confidence, rows that are missing, amounts whose cells are empty, cells
             that could not be read
    """
    doubtful = [found for one in checked for found in _doubtful_cells(one)]
    cells = [item for _, item in sorted(doubtful, key=lambda found: (found[0], _DOUBT[found[1].status]))]
    cells += [item for one in checked for item in reviewed_sums(one.table_id, one.table, one.verdicts, one.sums)]
    lost = [item for one in checked for item in _lost_rows(one)]
    emptied = [item for one in checked for item in _emptied_cells(one)]
    unreadable = [item for one in checked for item in _unreadable_cells(one)]
    judged = [judge(_counts(one, readings)) for one in checked]
    low = [
        ReviewItem(table_id=one.table_id, page=one.table.page_number, reason=judgement.reason)
        for one, judgement in zip(checked, judged, strict=True)
        if judgement.confidence == "low"
    ]
    left_out = sum(max(0, len(items) - MOST_REVIEWED) for items in (cells, lost, emptied, unreadable))
    told = f"{left_out:,} more places to review are not listed; detail='full' gives what was found of every cell."
    return (
        [
            *cells[:MOST_REVIEWED],
            *low,
            *lost[:MOST_REVIEWED],
            *emptied[:MOST_REVIEWED],
            *unreadable[:MOST_REVIEWED],
        ],
        (told,) if left_out else (),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class _Cell:
    """A cell by its numbers in the result, and what was found of it."""

    row: int
    column: int
    text: str
    verdict: Verdict


def _cells(checked: CheckedTable) -> Iterator[_Cell]:
    first = first_row_number(checked.table.header_rows)
    for row, texts in enumerate(checked.table.texts):
        for column, text in enumerate(texts):
            if (verdict := checked.verdicts[row][column]) is not None:
                yield _Cell(row=row + first, column=column, text=text, verdict=verdict)


def _doubtful_cells(checked: CheckedTable) -> Iterator[tuple[bool, ReviewItem]]:
    """Give the values in doubt, each with whether a second reading says the same."""
    first = first_row_number(checked.table.header_rows)
    of_sums = reasons_of_sums(checked.sums)
    for cell in _cells(checked):
        status, place = cell.verdict.status, (cell.row - first, cell.column)
        if status in _DOUBT:
            item = ReviewItem(
                table_id=checked.table_id,
                row=cell.row,
                column=cell.column,
                page=cell.verdict.page,
                box=_box(cell.verdict.box),
                value=cell.text,
                status=status,
                nearest=cell.verdict.nearest,
                reason=" ".join(filter(None, [cell.verdict.reason or default_reason(status), of_sums.get(place)])),
            )
            yield place in checked.confirmed, item


_REASONS: dict[Status | None, str] = {
    "displaced": "This stands on the page, but not in this row and column.",
    "unlocated": "This stands nowhere on the page.",
}


def default_reason(status: Status | None) -> str:
    """Say what a status means where nothing else is said; empty where it is no doubt."""
    return _REASONS.get(status, "")


def _lost_rows(checked: CheckedTable) -> Iterator[ReviewItem]:
    first = first_row_number(checked.table.header_rows)
    for left in checked.left_over:
        if left.is_row:
            yield ReviewItem(
                table_id=checked.table_id,
                row=max(0, left.row + first),
                page=left.page,
                box=_box(left.box),
                nearest=left.text,
                reason="After this row stands one on the page that the table lacks.",
            )


def _emptied_cells(checked: CheckedTable) -> Iterator[ReviewItem]:
    first = first_row_number(checked.table.header_rows)
    for cell in checked.emptied:
        yield ReviewItem(
            table_id=checked.table_id,
            row=cell.row + first,
            column=cell.column,
            page=cell.printed.page,
            box=_box(cell.printed.box),
            nearest=cell.printed.text,
            reason=f"The page prints {cell.printed.text!r} in this row, and the table has it in no cell.",
        )


def _unreadable_cells(checked: CheckedTable) -> Iterator[ReviewItem]:
    for cell in _cells(checked):
        if is_unreadable(cell.text):
            yield ReviewItem(
                table_id=checked.table_id,
                row=cell.row,
                column=cell.column,
                page=cell.verdict.page,
                value=cell.text,
                nearest=cell.verdict.nearest,
                reason=f"This could not be read. {cell.verdict.reason}".strip(),
            )
