"""Tables as a model might write them that says nothing wrong: other separators, other signs, other grids."""

from __future__ import annotations

import itertools
import random
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal

from benchmarks.true_tables import TrueTable
from witnessmark.evidence.witness import WitnessPage

Place = tuple[int, int]
Grid = tuple[tuple[str, ...], ...]

NUMBER = re.compile(r"(?P<before>[^\d\w]*)(?P<figures>\d[\d.,'\u00a0\u202f ]*\d|\d)(?P<after>[^\d\w]*)")
"""A cell that is one printed number, with its signs."""
CURRENCIES = "$€£"
BOUNDS = "<>\u2264\u2265~\u2248\u00b1"
DASHES = "\u2010\u2011\u2012\u2013\u2014\u2015\u2212"


@dataclass(frozen=True, kw_only=True)
class Answer:
    """A table as a model gives it, and what is wrong with it.

    Shapes:  `grid` is rectangular and holds the headers first; `owners` has its shape, and names the true cell that a
             place shows or belongs to; None where the page has nothing
    """

    kind: str
    table: TrueTable
    grid: Grid
    owners: tuple[tuple[int | None, ...], ...]
    header_rows: int
    pages: tuple[WitnessPage, ...]
    wrong: frozenset[Place] = frozenset()
    """Places whose text is not what stands there."""
    undecided: frozenset[Place] = frozenset()
    """Places that nobody can call right or wrong."""
    repeated: Mapping[Place, Place] = field(default_factory=dict[Place, Place])
    """Places of a repetition, and the places they repeat, where one of both is wrong and nobody can say which."""
    lost_row: tuple[str, ...] = ()
    """What stood in the row that this answer lacks."""

    def places(self) -> Iterator[tuple[Place, str]]:
        """Give the places that hold something."""
        for row, texts in enumerate(self.grid):
            for column, text in enumerate(texts):
                if text.strip():
                    yield (row, column), text

    def with_texts(self, kind: str, write: Callable[[str, Place], str]) -> Answer:
        """Write every text another way."""
        grid = tuple(
            tuple(write(text, (row, column)) if text else "" for column, text in enumerate(texts))
            for row, texts in enumerate(self.grid)
        )
        return replace(self, kind=kind, grid=grid)


def as_printed(table: TrueTable, *, repeats: bool = False) -> Answer:
    """Write a table as it stands, a spanning cell in its first place or in all of them."""
    owners = tuple(
        tuple(table.owners.get((row, column)) for column in range(table.width)) for row in range(table.height)
    )
    grid = tuple(
        tuple(
            table.cells[owner].text
            if (owner := table.owners.get((row, column))) is not None
            and (repeats or (table.cells[owner].row, table.cells[owner].column) == (row, column))
            else ""
            for column in range(table.width)
        )
        for row in range(table.height)
    )
    return Answer(
        kind="spans repeated" if repeats else "as printed",
        table=table,
        grid=grid,
        owners=owners,
        header_rows=table.header_rows,
        pages=table.pages,
    )


def with_one_header(answer: Answer, *, between: str = " ", lowest_first: bool = False) -> Answer:
    """Write the levels of the headers into one row, those that span columns before each of theirs."""
    table = answer.table
    if table.header_rows < 2:
        return answer
    owners: list[int | None] = []
    texts: list[str] = []
    for column in range(table.width):
        over = dict.fromkeys(
            owner for row in range(table.header_rows) if (owner := table.owners.get((row, column))) is not None
        )
        levels = [table.cells[owner].text for owner in over if table.cells[owner].text]
        if lowest_first and len(levels) > 1:
            levels = [levels[-1], f"({', '.join(levels[:-1])})"]
        texts.append(between.join(levels))
        owners.append(list(over)[-1] if over else None)
    return replace(
        answer,
        kind="header levels in one row",
        grid=(tuple(texts), *answer.grid[table.header_rows :]),
        owners=(tuple(owners), *answer.owners[table.header_rows :]),
        header_rows=1,
    )


def bases(table: TrueTable) -> tuple[Answer, ...]:
    """Give the grids that answers are made of."""
    plain = as_printed(table)
    return (plain, with_one_header(plain)) if table.header_rows > 1 else (plain,)


def true_answers(table: TrueTable, luck: random.Random) -> Iterator[Answer]:
    """Write a table in every way that is true."""
    plain = as_printed(table)
    yield plain
    repeated = as_printed(table, repeats=True)
    if repeated.grid != plain.grid:
        yield repeated
        one = with_one_header(plain)
        if table.header_rows > 1:
            yield one
            yield replace(with_one_header(plain, between=" – "), kind="header levels with a dash")
            yield replace(with_one_header(plain, between="_"), kind="header levels with an underscore")
            yield replace(with_one_header(plain, between=" > "), kind="header levels as a path")
            yield replace(with_one_header(plain, lowest_first=True), kind="header levels, the lowest first")
            yield replace(with_one_header(repeated), kind="one header row, labels repeated")
    if table.header_rows > 1:
        yield replace(plain, kind="one header row of several", header_rows=1)
    yield replace(plain, kind="no headers, all rows", header_rows=0)
    base = luck.choice(bases(table))
    yield _with_gaps(base, luck)
    for nothing in ("-", "\u2014", "N/A", "null"):
        yield _with_empty_cells(base, nothing)
    dense = _without_gaps(base)
    if dense.grid != base.grid:
        yield dense
    for kind, write in _WRITINGS.items():
        written = base.with_texts(kind, lambda text, place, write=write: write(text, place, base, luck))  # type: ignore[misc]  # its default is bound here
        if written.grid != base.grid:
            yield written


def joined_answers(tables: Sequence[TrueTable]) -> Iterator[Answer]:
    """Write tables of as many columns on neighbouring pages as one table that runs over both."""
    for first, second in itertools.pairwise(tables):
        is_next = second.pages[0].page_number == first.pages[-1].page_number + 1
        if first.document == second.document and first.width == second.width and is_next:
            above, below = as_printed(first), as_printed(second)
            yield replace(
                above,
                kind="joined over pages",
                grid=above.grid + below.grid[below.header_rows :],
                owners=above.owners + below.owners[below.header_rows :],
                pages=first.pages + second.pages,
            )


def _with_gaps(answer: Answer, luck: random.Random) -> Answer:
    """Put an empty row and an empty column in."""
    row = luck.randint(answer.header_rows, len(answer.grid))
    column = luck.randint(1, len(answer.grid[0]))
    grid = [(*texts[:column], "", *texts[column:]) for texts in answer.grid]
    owners = [(*ids[:column], None, *ids[column:]) for ids in answer.owners]
    width = len(grid[0])
    return replace(
        answer,
        kind="empty row and column",
        grid=(*grid[:row], ("",) * width, *grid[row:]),
        owners=(*owners[:row], (None,) * width, *owners[row:]),
    )


def _with_empty_cells(answer: Answer, nothing: str) -> Answer:
    """Write something into the cells below the headers in which nothing stands."""
    grid = tuple(
        tuple(
            nothing if row >= answer.header_rows and not text and answer.owners[row][column] is None else text
            for column, text in enumerate(texts)
        )
        for row, texts in enumerate(answer.grid)
    )
    return replace(answer, kind=f"empty cells as {nothing}", grid=grid)


def _without_gaps(answer: Answer) -> Answer:
    """Leave out empty rows and columns."""
    rows = [row for row, texts in enumerate(answer.grid) if any(texts)]
    columns = [column for column in range(len(answer.grid[0])) if any(texts[column] for texts in answer.grid)]
    return replace(
        answer,
        kind="empty rows and columns dropped",
        grid=tuple(tuple(answer.grid[row][column] for column in columns) for row in rows),
        owners=tuple(tuple(answer.owners[row][column] for column in columns) for row in rows),
        header_rows=sum(row < answer.header_rows for row in rows),
    )


def value_of(text: str, mark: str = ".") -> Decimal | None:
    """Read a printed number, brackets and dashes before it as a minus; None for anything else, bounds such as `<5` too.

    Shapes:  `mark` stands before decimals; a blank, an apostrophe and the other of point and comma are separators
    """
    found = NUMBER.fullmatch(re.sub(r"^[A-Z]{3} ", "", text.strip()))
    if found is None or set(text) & set(BOUNDS):
        return None
    figures = found["figures"].translate(str.maketrans(",.", ".,")) if mark == "," else found["figures"]
    if re.fullmatch(r"\d{1,3}([, '\u00a0\u202f]\d{3})+(\.\d+)?|\d+(\.\d+)?", figures) is None:
        return None
    figures = re.sub(r"[^\d.]", "", figures)
    is_negative = "(" in found["before"] or bool(set(found["before"]) & set("-" + DASHES))
    return -Decimal(figures) if is_negative else Decimal(figures)


def has_mixed_brackets(answer: Answer, place: Place) -> bool:
    """Claim that brackets are a minus here: the column has numbers with and without."""
    row, column = place
    if row < answer.header_rows:
        return False
    found = [
        text.strip().lstrip(CURRENCIES).startswith("(")
        for texts in answer.grid[answer.header_rows :]
        if (text := texts[column]) and NUMBER.fullmatch(text.strip())
    ]
    return any(found) and not all(found)


def _is_minus(text: str, place: Place, answer: Answer) -> bool:
    return "(" not in text or has_mixed_brackets(answer, place)


def _without_separators(text: str, place: Place, answer: Answer, luck: random.Random) -> str:
    del luck
    if NUMBER.fullmatch(text.strip()) is None or place[0] < answer.header_rows:
        return text
    between = "." if answer.table.mark == "," else ","
    return re.sub(rf"(?<=\d)[{between}'\u00a0\u202f ](?=\d{{2,3}}(?!\d))", "", text)


def _other_separators(text: str, place: Place, answer: Answer, luck: random.Random) -> str:
    if NUMBER.fullmatch(text.strip()) is None or place[0] < answer.header_rows:
        return text
    between = "." if answer.table.mark == "," else ","
    return re.sub(rf"(?<=\d)[{between}](?=\d{{2,3}}(?!\d))", luck.choice((" ", "\u00a0", "'", "\u202f")), text)


def _json_number(text: str, place: Place, answer: Answer, luck: random.Random) -> str:
    del luck
    value = value_of(text, answer.table.mark)
    if value is None or not _is_minus(text, place, answer) or place[0] < answer.header_rows:
        return text
    plain = format(value, "f")
    return plain.rstrip("0").rstrip(".") if "." in plain else plain


def _minus_for_brackets(text: str, place: Place, answer: Answer, luck: random.Random) -> str:
    del luck
    if value_of(text, answer.table.mark) is None or "(" not in text or not has_mixed_brackets(answer, place):
        return text
    return "-" + re.sub(r"[()]", "", text)


def _without_signs(text: str, place: Place, answer: Answer, luck: random.Random) -> str:
    del place, answer, luck
    if NUMBER.fullmatch(text.strip()) is None:
        return text
    return re.sub(f"[{CURRENCIES}%]", "", text).strip()


def _with_header_signs(text: str, place: Place, answer: Answer, luck: random.Random) -> str:
    """Write the sign of a column's header with each of its numbers."""
    del luck
    row, column = place
    if row < answer.header_rows or NUMBER.fullmatch(text.strip()) is None or set(text) & set(CURRENCIES + "%()"):
        return text
    heads = " ".join(texts[column] for texts in answer.grid[: answer.header_rows])
    if "%" in heads:
        return f"{text}%"
    sign = next((sign for sign in CURRENCIES if sign in heads), "")
    return f"{sign}{text}" if text[:1].isdigit() else text


def _plain_dashes_and_quotes(text: str, place: Place, answer: Answer, luck: random.Random) -> str:
    del place, answer, luck
    plain = re.sub(f"[{DASHES}]", "-", text)
    return plain.replace("’", "'").replace("‘", "'").replace("“", '"').replace("”", '"')


def _fine_dashes_and_quotes(text: str, place: Place, answer: Answer, luck: random.Random) -> str:
    del place, answer
    return re.sub("-", luck.choice("–−‐"), text).replace("'", "’").replace('"', "”")


def _other_spaces(text: str, place: Place, answer: Answer, luck: random.Random) -> str:
    del place, answer
    return re.sub(" ", lambda _: luck.choice(("\n", "  ", "\u00a0")), text)


def _joined_hyphens(text: str, place: Place, answer: Answer, luck: random.Random) -> str:
    del place, answer, luck
    return re.sub(r"(?<=[a-z])-\s+(?=[a-z])", "", text)


def _ligatures(text: str, place: Place, answer: Answer, luck: random.Random) -> str:
    del place, answer, luck
    return text.replace("ffi", "ﬃ").replace("fi", "ﬁ").replace("fl", "ﬂ")


def _without_marks(text: str, place: Place, answer: Answer, luck: random.Random) -> str:
    del place, answer, luck
    if re.search("[A-Za-z]{3}", text) is None:
        return text
    return re.sub(r"\s*(\(\*+\)|[*†‡§¶¹²³⁴⁵⁶⁷⁸⁹]+)$", "", text)


_WRITINGS: dict[str, Callable[[str, Place, Answer, random.Random], str]] = {
    "1,234 → 1234": _without_separators,
    "1,234 → 1 234": _other_separators,
    "JSON numbers": _json_number,
    "(1,234) → -1,234": _minus_for_brackets,
    "currency, per cent dropped": _without_signs,
    "currency, per cent of header": _with_header_signs,
    "plain dashes and quotes": _plain_dashes_and_quotes,
    "fine dashes and quotes": _fine_dashes_and_quotes,
    "other white space": _other_spaces,
    "line-end hyphens joined": _joined_hyphens,
    "ligatures": _ligatures,
    "footnote marks dropped": _without_marks,
}
