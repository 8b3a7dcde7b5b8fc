"""From what a model answers to tables: checked, put back on the document's pages, joined where they run over pages."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any, cast

from pydantic import ValidationError

from witnessmark.documents.document import Document
from witnessmark.errors import ApiError
from witnessmark.offline.tables.tokens import plain_words, says_continued
from witnessmark.offline.tables.values import NOWHERE, Cell, Confidence, Table, TablePart, first_row_number
from witnessmark.plans.halving import pages_of
from witnessmark.plans.plan import Ask, PdfBlock
from witnessmark_tools.contained import contained
from witnessmark_tools.printable import printable
from witnessmark_tools.results import pages_in_words
from witnessmark_tools.tables_plan import TablesAnswer, TranscribedTable

MOST_COLUMNS = 500
MOST_CELLS = 200_000
"""Of one answer, empty ones included: the longest has fewer."""
MOST_CHARACTERS = 20_000
"""Of one cell, title or note."""
MOST_NOTES = 200
MOST_REASONS = 3
MOST_WARNINGS = 20
"""Of one kind."""

_DEPTH = 6
"""Of the answer's form, lists and objects counted."""
_WEAKER: dict[Confidence, int] = {"low": 0, "medium": 1, "high": 2}


class AnswerUnusable(ApiError):
    """What came back is JSON, and not what was asked for."""

    def __init__(self, model: str, reason: str = "") -> None:
        super().__init__(
            f"The answer of {model!r} does not have the form that was asked for.",
            "Call again; if it stays so, pass fewer pages or another model.",
        )
        self.reason = reason
        """What is wrong with it, for the model to read and nobody else: it may quote the answer."""


@dataclass(slots=True, kw_only=True)
class _Draft:
    """A table while pages are put together."""

    title: str | None
    headers: list[str]
    rows: list[list[str]]
    width: int
    notes: list[str]
    confidence: Confidence
    pages: list[tuple[int, int, bool]]
    """Page number, how many of the rows stand on it, and whether the headers are repeated there."""
    ragged_rows: int = 0
    is_cut: bool = False


@dataclass(slots=True)
class _Said:
    """What has to be said about an answer, each thing once."""

    lost_pages: dict[tuple[int, int], None] = field(default_factory=dict[tuple[int, int], None])
    empty_on: dict[int, int] = field(default_factory=dict[int, int])

    def warnings(self) -> Iterator[str]:
        for named, page in list(self.lost_pages)[:MOST_WARNINGS]:
            yield f"The model named page {named:,}, which it was not given; that table is listed under page {page}."
        for page, count in sorted(self.empty_on.items())[:MOST_WARNINGS]:
            tables = "A table" if count == 1 else f"{count:,} tables"
            yield f"Page {page}: {tables} without any text in the model's answer; left out."


def parse_answer(value: Any, *, model: str = "the model") -> TablesAnswer:
    """Check the JSON of an answer, and take out of its text what cannot be printed.

    Errors:  `AnswerUnusable`
    """
    try:
        return TablesAnswer.model_validate(_printable(value, _DEPTH))
    except ValidationError as error:
        # pydantic's message quotes the answer, and a traceback reaches the log
        raise AnswerUnusable(model, _reason(error)) from None


def _reason(error: ValidationError) -> str:
    """Say where an answer is wrong."""
    found = error.errors(include_input=False, include_url=False, include_context=False)
    wrong = (f"{'.'.join(str(step)[:40] for step in one['loc'])}: {one['msg']}" for one in found[:MOST_REASONS])
    return "; ".join(wrong)


def tables_from_answers(
    parts: Sequence[tuple[Ask, TablesAnswer]], document: Document
) -> tuple[tuple[Table, ...], list[str]]:
    """Make tables of the answers for the parts of a document.

    A table that ends one page and goes on at the top of the next is one table: where the second has the same headers or
    none and as many columns, and no title of its own, or says that it is continued.

    Shapes:  `parts` of a text in its order, those of pages in any → tables in the order of the document, their cells
             nowhere; and warnings
    """
    said = _Said()
    drafts: list[_Draft] = []
    found = [_drafts(ask, answer, said) for ask, answer in parts]
    firsts = [part[0] for part in found if part]
    for draft in sorted((draft for part in found for draft in part), key=lambda draft: draft.pages[0][0]):
        is_next_text = document.kind == "text" and any(draft is first for first in firsts)
        if drafts and _goes_on(drafts[-1], draft, is_next_text=is_next_text):
            _join(drafts[-1], draft)
        else:
            drafts.append(draft)
    return tuple(map(_table, drafts)), [*said.warnings(), *_doubts(drafts)]


def joined_tables(parts: Sequence[tuple[Ask, TablesAnswer]], document: Document) -> tuple[tuple[Table, ...], list[str]]:
    """Make tables of answers as `tables_from_answers` does; where that fails, of each answer by itself.

    Errors:  none; an answer of which no tables can be made adds a warning
    """
    faults: list[str] = []
    with contained(faults, "Tables that continue on the next page are not joined"):
        return tables_from_answers(parts, document)
    tables: list[Table] = []
    for ask, answer in parts:
        pages = [page for _, page in pages_of(ask)]
        with contained(faults, f"{pages_in_words(pages) or 'The text'}: what was answered could not be used"):
            found, told = tables_from_answers([(ask, answer)], document)
            tables += found
            faults += told
    return tuple(tables), faults


def parted_by_page(ask: Ask, answer: TablesAnswer) -> dict[int, TablesAnswer]:
    """Part an answer by the page that each table is listed under; a page without any is there, too."""
    pages = [page for _, page in pages_of(ask)]
    found: dict[int, list[TranscribedTable]] = {page: [] for page in pages}
    for table in answer.tables:
        found[_page_number(table.page, pages, _Said(), by_label=_has_labels(ask))].append(table)
    return {page: TablesAnswer(tables=tables) for page, tables in found.items()}


def _has_labels(ask: Ask) -> bool:
    """Claim that the pages of an ask are named by labels; those of a PDF are counted."""
    return not any(isinstance(block, PdfBlock) for block in ask.blocks)


def _printable(value: Any, depth: int) -> Any:
    if isinstance(value, str):
        return printable(value)
    if depth and isinstance(value, list):
        return [_printable(one, depth - 1) for one in cast("list[Any]", value)]  # type: ignore[redundant-cast]  # pyright's
    if depth and isinstance(value, dict):
        return {key: _printable(one, depth - 1) for key, one in cast("dict[str, Any]", value).items()}
    return value


def _drafts(ask: Ask, answer: TablesAnswer, said: _Said) -> list[_Draft]:
    """Make the tables of one part, page by page."""
    pages = [page for _, page in pages_of(ask)]
    by_label = _has_labels(ask)
    found: list[_Draft] = []
    room = MOST_CELLS
    for table in answer.tables:
        page = _page_number(table.page, pages, said, by_label=by_label)
        draft = _draft(table, page, room)
        room -= draft.width * (1 + len(draft.rows))
        if draft.width:
            found.append(draft)
        else:
            said.empty_on[page] = said.empty_on.get(page, 0) + 1
    return sorted(found, key=lambda draft: draft.pages[0][0])


def _page_number(named: int, pages: Sequence[int], said: _Said, *, by_label: bool) -> int:
    """Find the document's page: the label's own number, or the page's place in the part of a PDF."""
    if by_label:
        page = min(pages, key=lambda one: (abs(one - named), one))
        is_there = page == named
    else:
        index = min(max(named, 1), len(pages)) - 1
        page = pages[index]
        is_there = index == named - 1
    if not is_there:
        said.lost_pages[max(-(10**9), min(named, 10**9)), page] = None
    return page


def _draft(table: TranscribedTable, page: int, room: int) -> _Draft:
    headers = [_short(text) for text in table.headers]
    if not any(text.strip() for text in headers):
        headers = []
    rows = [[_short(text) for text in row[:MOST_COLUMNS]] for row in table.rows if row]
    if not any(text.strip() for row in rows for text in row):
        rows = []
    whole_width = max(map(len, [headers, *(table.rows if rows else [])]))
    width = min(whole_width, MOST_COLUMNS)
    most_rows = max(0, room // width - 1) if width else 0
    texts = [*table.headers, *(text for row in table.rows for text in row)]
    is_cut = width < whole_width or len(rows) > most_rows or any(len(text) > MOST_CHARACTERS for text in texts)
    ragged = sum(len(row) != len(headers or rows[0]) for row in rows)
    rows = rows[:most_rows]
    return _Draft(
        title=_short(table.title) if table.title and table.title.strip() else None,
        headers=[*headers, *[""] * (width - len(headers))][:width] if headers else [],
        rows=[[*row, *[""] * (width - len(row))] for row in rows],
        width=width,
        notes=[_short(note) for note in table.notes[:MOST_NOTES] if note.strip()],
        confidence="low" if ragged or is_cut or not rows else table.confidence,
        pages=[(page, len(rows), False)],
        ragged_rows=ragged,
        is_cut=is_cut,
    )


def _short(text: str) -> str:
    return text[:MOST_CHARACTERS]


def _goes_on(first: _Draft, second: _Draft, *, is_next_text: bool) -> bool:
    """Claim that a table is the next page's part of the one before it in the document."""
    last, page = first.pages[-1][0], second.pages[0][0]
    title = second.title or ""
    if first.width != second.width or (page <= last and not is_next_text):
        return False
    if title and plain_words(title) not in {"", plain_words(first.title or "")}:
        return False
    is_adjacent = is_next_text or page == last + 1
    fits = not second.headers or _same_headers(first, second)
    if says_continued(title):
        return is_adjacent or fits
    return is_adjacent and fits


def _same_headers(first: _Draft, second: _Draft) -> bool:
    """Claim that headers are the same but for white space and case; `$` and `€` are two."""
    return [_folded(text) for text in first.headers] == [_folded(text) for text in second.headers]


def _folded(text: str) -> str:
    return "".join(text.split()).casefold()


def _join(first: _Draft, second: _Draft) -> None:
    repeats = bool(second.headers) and _same_headers(first, second)
    added = second.rows
    confidence = min(first.confidence, second.confidence, key=_WEAKER.__getitem__)
    if second.headers and not repeats:
        added = [second.headers, *added]  # what was taken for headers is not theirs: it may be the first row
        confidence = "low"
    page = second.pages[0][0]
    if first.pages[-1][0] == page:
        _, count, was_repeated = first.pages[-1]
        first.pages[-1] = (page, count + len(added), was_repeated)
    elif added:
        first.pages.append((page, len(added), repeats))
    first.rows += added
    first.notes += [note for note in second.notes if note not in first.notes]
    first.confidence = confidence
    first.ragged_rows += second.ragged_rows
    first.is_cut |= second.is_cut


def _table(draft: _Draft) -> Table:
    grid = [draft.headers, *draft.rows] if draft.headers else draft.rows
    header_rows = int(bool(draft.headers))
    parts: list[TablePart] = []
    next_row = first_row_number(header_rows)
    for number, (page, count, repeats) in enumerate(draft.pages):
        last = next_row + count - 1 + (header_rows if number == 0 else 0)
        parts.append(
            TablePart(page_number=page, first_row=next_row, last_row=last, box=NOWHERE, repeats_header=repeats)
        )
        next_row = last + 1
    is_only_a_mark = draft.title is not None and says_continued(draft.title) and not plain_words(draft.title)
    return Table(
        page_number=draft.pages[0][0],
        box=NOWHERE,
        rows=tuple(
            tuple(Cell(text=text, box=NOWHERE, row=row, column=column) for column, text in enumerate(texts))
            for row, texts in enumerate(grid)
        ),
        header_rows=header_rows,
        title=None if is_only_a_mark else draft.title,
        notes=tuple(draft.notes),
        confidence=draft.confidence,
        parts=tuple(parts),
    )


def _doubts(drafts: Sequence[_Draft]) -> Iterator[str]:
    """Say what is wrong with the grids of tables, by the ids that they are listed under."""
    ragged = [(number, draft) for number, draft in enumerate(drafts, start=1) if draft.ragged_rows]
    for number, draft in ragged[:MOST_WARNINGS]:
        rows = "A row has" if draft.ragged_rows == 1 else f"{draft.ragged_rows:,} rows have"
        yield (
            f"Table t{number}, page {draft.pages[0][0]}: {rows} more or fewer cells than the others; all are kept, and "
            "some may stand in the wrong column."
        )
    cut = [(number, draft) for number, draft in enumerate(drafts, start=1) if draft.is_cut]
    for number, draft in cut[:MOST_WARNINGS]:
        yield f"Table t{number}, page {draft.pages[0][0]}: larger than any printed table; a part of it was left out."
