"""Where in a document a table stands that somebody gives, whatever page it is said to be on."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence

from witnessmark.evidence.check import check_table
from witnessmark.evidence.witness import WitnessPage
from witnessmark.offline.tables.values import NOWHERE, Cell, Table, TablePart, first_row_number
from witnessmark_tools.table_answers import GivenTable
from witnessmark_tools.tables_evidence import CheckedTable, check, without_others, without_unreadable
from witnessmark_tools.witnesses import Witnesses

ENOUGH = 0.9
"""Share of a table's words that the pages it is said to be on have to have for no other page to be asked."""
ENOUGH_OF_OCR = 0.7
"""The same of pages that were read by OCR, which takes one letter for another."""
MOST_SPREAD = 100
"""Pages; a word that more of them have says nothing of where a table stands."""
CANDIDATES = 3
"""Pages that a table is laid on to see where it fits best."""
NEARLY = 0.9
"""Share of the best page's score from which on another may be the right one."""
MOST_AT_ONCE = 3
"""Pages that rows are laid on together, to see which of them stand on which page."""
TURNING = 0.7
"""What it costs to go on to the next page, in rows: less than that may be there by chance, and a total stands alone."""
SKIPPING = 2 * TURNING
"""The same, to go on to a later page than the next, where what stands between is missing."""
NEVER = float("-inf")
SAID = 0.05
"""What it is worth, in rows a row, that a page is the one that the answer names."""

_SEPARATOR = re.compile(r"(?<=\d)[,'’.\s](?=\d{3}(?!\d))")
_TOKEN = re.compile(r"[^\W\d_]+|\d+")

Pages = tuple[int, ...]
"""For each row of a grid the page that it stands on."""


def tokens_of(texts: Iterable[str]) -> Counter[str]:
    """Count words and figures, however written: of a figure its last three digits, which no separator parts."""
    counted: Counter[str] = Counter()
    for text in texts:
        plain = _SEPARATOR.sub("", unicodedata.normalize("NFKC", text).casefold())
        counted.update(token[-3:] if token.isdigit() else token for token in _TOKEN.findall(plain))
    return counted


def is_enough(table: GivenTable, pages: Mapping[int, WitnessPage]) -> bool:
    """Claim that the pages that a table is said to be on have nearly all of its words, most where OCR read them."""
    said = [pages[page] for page in table.pages if page in pages]
    wanted = tokens_of(text for row in table.grid for text in row)
    there = tokens_of(word.text for page in said for word in page.words)
    least = ENOUGH_OF_OCR if any(page.is_read_by_ocr for page in said) else ENOUGH
    return bool(said) and (wanted & there).total() >= least * wanted.total()


def find_tables(given: Sequence[GivenTable], witnesses: Witnesses, *, otherwise: int) -> tuple[CheckedTable, ...]:
    """Find each table on the pages that have its words, and look its values up there.

    Shapes:  named t1, t2 … in their order; `otherwise` is the page of a table that nothing is found of
    """
    there = {number: tokens_of(word.text for word in page.words) for number, page in witnesses.pages.items()}
    pages_of: dict[str, dict[int, int]] = {}
    for number, tokens in there.items():
        for token, count in tokens.items():
            pages_of.setdefault(token, {})[number] = count
    found: list[CheckedTable] = []
    taken: frozenset[tuple[int, int]] = frozenset()
    for number, table in enumerate(given, start=1):
        found.append(_find(table, f"t{number}", witnesses, pages_of, otherwise, taken))
        taken |= found[-1].words
    return without_others(found)


def _find(
    table: GivenTable,
    table_id: str,
    witnesses: Witnesses,
    pages_of: Mapping[str, Mapping[int, int]],
    otherwise: int,
    taken: frozenset[tuple[int, int]],
) -> CheckedTable:
    options = _options(table, witnesses.pages, pages_of)
    if not options:
        page = table.pages[0] if table.pages else otherwise
        return check(_placed(table, (page,) * len(table.grid), witnesses.pages), table_id, witnesses, taken)
    found = [check(_placed(table, pages, witnesses.pages), table_id, witnesses, taken) for pages in options]
    return max(found, key=lambda one: one.count("located"))  # of equals the first: it is where the answer says


def _options(
    table: GivenTable, pages: Mapping[int, WitnessPage], pages_of: Mapping[str, Mapping[int, int]]
) -> list[Pages]:
    """List the pages that rows may stand on, the likeliest first."""
    numbers = sorted(pages)
    if not numbers or not table.grid:
        return []
    scores = _scores(table, pages_of)
    whole = dict.fromkeys(numbers, 0.0)
    for row in scores:
        for page in numbers:
            whole[page] += row.get(page, 0.0)
    turned = _turned(scores, numbers)
    best = sum(row.get(page, 0.0) for row, page in zip(scores, turned, strict=True))
    if best <= 0:
        return []
    likely = sorted((page for page in numbers if whole[page] >= NEARLY * best), key=lambda page: -whole[page])
    options = [(page,) * len(scores) for page in likely[:CANDIDATES]]
    over = sorted(set(turned))
    if len(over) > 1:
        options.append(_settled(table, turned, pages) if len(over) <= MOST_AT_ONCE else turned)
    return options


def _scores(table: GivenTable, pages_of: Mapping[str, Mapping[int, int]]) -> list[dict[int, float]]:
    """Say for each row which share of its words each page has, rare words counting more."""
    rows: list[dict[int, float]] = []
    for row in table.grid:
        wanted = tokens_of(row)
        most = sum(count / max(1, len(pages_of.get(token, ()))) for token, count in wanted.items()) or 1.0
        scores = dict.fromkeys(table.pages, SAID)
        for token, count in wanted.items():
            pages = pages_of.get(token, {})
            for page, times in pages.items() if len(pages) <= MOST_SPREAD else ():
                scores[page] = scores.get(page, 0.0) + min(count, times) / len(pages) / most
        rows.append(scores)
    return rows


def _turned(scores: Sequence[Mapping[int, float]], numbers: Sequence[int]) -> Pages:
    """Choose a page for each row, in order, so that most words stand on theirs."""
    best = {page: scores[0].get(page, 0.0) for page in numbers}
    came_from: list[dict[int, int]] = []
    for row in scores[1:]:
        back: dict[int, int] = {}
        now: dict[int, float] = {}
        furthest = numbers[0]
        for page in numbers:
            from_here, from_last, from_far = best[page], best.get(page - 1, NEVER) - TURNING, best[furthest] - SKIPPING
            reached = max(from_here, from_last, from_far if furthest < page else NEVER)
            back[page] = page if reached == from_here else page - 1 if reached == from_last else furthest
            now[page] = reached + row.get(page, 0.0)
            furthest = max(furthest, page, key=lambda one: best[one])
        came_from.append(back)
        best = now
    page = max(numbers, key=lambda number: (best[number], -number))
    path = [page]
    for back in reversed(came_from):
        page = back[page]
        path.append(page)
    return tuple(reversed(path))


def _settled(table: GivenTable, turned: Pages, pages: Mapping[int, WitnessPage]) -> Pages:
    """Lay rows on all their pages at once: where a page ends is seen from the places of the values themselves."""
    numbers = sorted(set(turned))
    grid = without_unreadable(table.grid)
    evidence = check_table(grid, [pages[number] for number in numbers], header_rows=table.header_rows)
    settled: list[int] = []
    page = numbers[0]
    for before, verdicts in zip(turned, evidence.verdicts, strict=True):
        seen = Counter(one.page for one in verdicts if one is not None and one.status == "located")
        told = seen.most_common(1)[0][0] if seen else before
        page = max(page, told)
        settled.append(page)
    return tuple(settled)


def _placed(table: GivenTable, rows_on: Pages, pages: Mapping[int, WitnessPage]) -> Table:
    """Make a table of ours of it, its rows on their pages."""
    width = max(map(len, table.grid), default=0)
    first = first_row_number(table.header_rows)
    parts: list[TablePart] = []
    for page in sorted(set(rows_on)):
        rows = [row for row, on in enumerate(rows_on) if on == page]
        parts.append(
            TablePart(
                page_number=page,
                first_row=rows[0] + first,
                last_row=rows[-1] + first,
                box=NOWHERE,
                repeats_header=bool(parts) and _has_headers(table, pages[page]),
            )
        )
    return Table(
        page_number=rows_on[0] if rows_on else 1,
        box=NOWHERE,
        rows=tuple(
            tuple(
                Cell(text=row[column] if column < len(row) else "", box=NOWHERE, row=number, column=column)
                for column in range(width)
            )
            for number, row in enumerate(table.grid)
        ),
        header_rows=table.header_rows,
        title=table.title,
        confidence="high",
        parts=tuple(parts),
    )


def _has_headers(table: GivenTable, page: WitnessPage) -> bool:
    wanted = tokens_of(text for row in table.grid[: table.header_rows] for text in row)
    there = tokens_of(word.text for word in page.words)
    return bool(wanted) and (wanted & there).total() >= ENOUGH * wanted.total()
