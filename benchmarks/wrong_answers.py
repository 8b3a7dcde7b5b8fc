"""Tables with mistakes that models make: figures, signs, words, places, rows and columns."""

from __future__ import annotations

import itertools
import random
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace

from benchmarks.exchanged_labels import labels_exchanged
from benchmarks.joined_cells import amounts_joined
from benchmarks.separators_changed import separators_changed
from benchmarks.shifted_answers import cells_merged, labels_shifted, values_shifted
from benchmarks.true_answers import (
    BOUNDS,
    CURRENCIES,
    DASHES,
    Answer,
    Place,
    bases,
    has_mixed_brackets,
    value_of,
)
from benchmarks.true_tables import TrueTable
from witnessmark.evidence.normal import is_nothing, key_of
from witnessmark.evidence.numbers import dates_of

MOST_PAIRS = 8
"""Of rows or columns of one table that are swapped, and of rows that are dropped, repeated, invented, by kind."""

Change = Callable[[str, Place, Answer, random.Random], str | None]
"""Gives another text for a place, or None where this mistake cannot be made there."""

_OPPOSITES: tuple[tuple[str, str], ...] = (
    ("male", "female"),
    ("increase", "decrease"),
    ("increased", "decreased"),
    ("before", "after"),
    ("over", "under"),
    ("above", "below"),
    ("gross", "net"),
    ("high", "low"),
    ("maximum", "minimum"),
    ("more", "less"),
    ("import", "export"),
    ("domestic", "foreign"),
    ("public", "private"),
    ("with", "without"),
    ("first", "second"),
    ("north", "south"),
    ("east", "west"),
    ("urban", "rural"),
    ("current", "non-current"),
    ("total", "subtotal"),
    ("income", "expense"),
    ("assets", "liabilities"),
    ("upper", "lower"),
)
_ANTONYMS = dict(_OPPOSITES) | {second: first for first, second in _OPPOSITES}


def wrong_answers(table: TrueTable, luck: random.Random) -> Iterator[Answer]:
    """Make every mistake, many times over: those of single cells in every cell that they are possible in."""
    for kind, change in CELL_ERRORS.items():
        yield from _cell_errors(kind, change, luck.choice(bases(table)), luck)
    for make in _TABLE_ERRORS:
        for base in bases(table):
            yield from make(base, luck)


def _cell_errors(kind: str, change: Change, base: Answer, luck: random.Random) -> Iterator[Answer]:
    """Make a mistake in all cells, but in few of them at a time: at most one a row, and in a quarter of the rows."""
    changed = [
        (place, other)
        for place, text in base.places()
        if (other := change(text, place, base, luck)) is not None and other != text
    ]
    luck.shuffle(changed)
    most = max(1, len(base.grid) // 4)
    while changed:
        chosen: dict[int, tuple[Place, str]] = {}
        later: list[tuple[Place, str]] = []
        for place, other in changed:
            if place[0] in chosen or len(chosen) == most:
                later.append((place, other))
            else:
                chosen[place[0]] = (place, other)
        yield _with(base, kind, dict(chosen.values()))
        changed = later


def _with(base: Answer, kind: str, others: dict[Place, str]) -> Answer:
    grid = tuple(
        tuple(others.get((row, column), text) for column, text in enumerate(texts))
        for row, texts in enumerate(base.grid)
    )
    return replace(base, kind=kind, grid=grid, wrong=frozenset(others))


def _is_other(text: str, other: str, mark: str) -> bool:
    """Claim that a text means another number or day than before, or is another text."""
    value = value_of(text, mark)
    if value is None:
        return _letters(text) != _letters(other) and not dates_of(text) & dates_of(other)
    return value_of(other, mark) != value and not re.search(r"(?<!\d)[.,]|[.,](?!\d)", other)


def _letters(text: str) -> str:
    return re.sub(r"[\s\u00a0]+", "", text)


def _digits(text: str) -> list[int]:
    return [at for at, sign in enumerate(text) if sign.isascii() and sign.isdigit()]


def _digit_changed(text: str, place: Place, base: Answer, luck: random.Random) -> str | None:
    del place, base
    if not (digits := _digits(text)):
        return None
    at = luck.choice(digits)
    return text[:at] + luck.choice([digit for digit in "123456789" if digit != text[at]]) + text[at + 1 :]


def _digit_dropped(text: str, place: Place, base: Answer, luck: random.Random) -> str | None:
    del place
    digits = _digits(text)
    if len(digits) < 2:
        return None
    at = luck.choice(digits)
    other = text[:at] + text[at + 1 :]
    return other if other[at - 1 : at + 1].strip(".,") and _is_other(text, other, base.table.mark) else None


def _digit_added(text: str, place: Place, base: Answer, luck: random.Random) -> str | None:
    del place
    if not (digits := _digits(text)):
        return None
    at = luck.choice(digits) + 1
    other = text[:at] + luck.choice("123456789") + text[at:]
    return other if _is_other(text, other, base.table.mark) else None


def _digits_swapped(text: str, place: Place, base: Answer, luck: random.Random) -> str | None:
    del place
    digits = _digits(text)
    pairs = [(a, b) for a, b in itertools.pairwise(digits) if text[a] != text[b] and b - a <= 2]
    if not pairs:
        return None
    a, b = luck.choice(pairs)
    other = text[:a] + text[b] + text[a + 1 : b] + text[a] + text[b + 1 :]
    return other if _is_other(text, other, base.table.mark) else None


def _point_lost(text: str, place: Place, base: Answer, luck: random.Random) -> str | None:
    del place
    points = [found.start() for found in re.finditer(rf"(?<=\d)[{base.table.mark}](?=\d)", text)]
    if not points:
        return None
    at = luck.choice(points)
    return text[:at] + text[at + 1 :]


def _sign_lost(text: str, place: Place, base: Answer, luck: random.Random) -> str | None:
    del luck
    value = value_of(text, base.table.mark)
    if value is None or value >= 0 or (text.lstrip(CURRENCIES).startswith("(") and not has_mixed_brackets(base, place)):
        return None
    return re.sub(f"[()\\-{DASHES}]", "", text)


def _sign_added(text: str, place: Place, base: Answer, luck: random.Random) -> str | None:
    value = value_of(text, base.table.mark)
    if value is None or value <= 0 or place[0] < base.header_rows or re.search(r"[()\[\]]", text):
        return None
    return luck.choice((f"-{text}", f"({text})"))


def _invented(text: str, place: Place, base: Answer, luck: random.Random) -> str | None:
    del place
    if not _digits(text):
        return None
    known = {_letters(word) for word in base.table.words_of_page}
    for _ in range(20):
        other = "".join(luck.choice("123456789") if sign.isdigit() else sign for sign in text)
        if _letters(other) not in known and _is_other(text, other, base.table.mark):
            return other
    return None


def _neighbour(down: int, across: int) -> Change:
    def change(text: str, place: Place, base: Answer, luck: random.Random) -> str | None:
        del luck
        row, column = place
        if row < base.header_rows:
            return None
        row, column = row + down, column + across
        while base.header_rows <= row < len(base.grid) and 0 <= column < len(base.grid[0]):
            if other := base.grid[row][column]:
                return other if _is_other(text, other, base.table.mark) else None
            row, column = row + down, column + across
        return None

    return change


def _words(text: str) -> list[re.Match[str]]:
    return list(re.finditer(r"[^\W\d_]{3,}", text))


def _word_of_page(text: str, place: Place, base: Answer, luck: random.Random) -> str | None:
    del place
    known = [word for word in base.table.words_of_page if re.fullmatch(r"[^\W\d_]{3,}", word)]
    if not (words := _words(text)) or not known:
        return None
    word = luck.choice(words)
    other = luck.choice(known)
    return None if other.casefold() == word[0].casefold() else text[: word.start()] + other + text[word.end() :]


def _near_word(text: str, place: Place, base: Answer, luck: random.Random) -> str | None:
    """Write the opposite of a word, or its plural or singular."""
    del place, base
    if not (words := _words(text)):
        return None
    word = next((word for word in words if word[0].casefold() in _ANTONYMS), None)
    if word is not None:
        other = _ANTONYMS[word[0].casefold()]
        other = other.capitalize() if word[0][0].isupper() else other
    else:
        word = luck.choice(words)
        other = word[0][:-1] if word[0].endswith("s") else f"{word[0]}s"
    return text[: word.start()] + other + text[word.end() :]


def _word_dropped(text: str, place: Place, base: Answer, luck: random.Random) -> str | None:
    del place, base
    words = _words(text)
    if len(words) < 2:
        return None
    word = luck.choice(words)
    return re.sub(r"\s+", " ", text[: word.start()] + text[word.end() :]).strip()


def _not_added(text: str, place: Place, base: Answer, luck: random.Random) -> str | None:
    del place, base
    words = _words(text)
    if len(words) < 2:
        return None
    at = luck.choice(words[1:]).start()
    return f"{text[:at]}not {text[at:]}"


def _letter_changed(text: str, place: Place, base: Answer, luck: random.Random) -> str | None:
    del place, base
    if not (words := _words(text)):
        return None
    word = luck.choice(words)
    at = luck.randrange(word.start(), word.end())
    other = luck.choice([letter for letter in "abcdefghijklmnoprstuvwy" if letter != text[at].lower()])
    return text[:at] + (other.upper() if text[at].isupper() else other) + text[at + 1 :]


def _header_changed(text: str, place: Place, base: Answer, luck: random.Random) -> str | None:
    if place[0] >= base.header_rows:
        return None
    if re.fullmatch(r"\D*\d[\d\s/.\-–]*", text):
        return _digit_changed(text, place, base, luck)
    others = ["Change", "Amount", "Share", "Period", "Region", "Number", "Average", "Budget", "Actual", "Rate"]
    on_page = {word.casefold() for word in base.table.words_of_page}
    others = [other for other in others if other.casefold() not in on_page]
    return luck.choice(others) if others else None


def _bound_changed(text: str, place: Place, base: Answer, luck: random.Random) -> str | None:
    """Drop the sign of a bound, or write one before a number."""
    if place[0] < base.header_rows:
        return None
    bare = re.sub(f"^[{BOUNDS}]\\s*(?=\\d)", "", text.strip())
    if bare != text.strip():
        return bare
    return (
        f"{luck.choice(BOUNDS)}{text}" if value_of(text, base.table.mark) is not None and text[:1].isdigit() else None
    )


def _rounded(text: str, place: Place, base: Answer, luck: random.Random) -> str | None:
    """Round a number to fewer decimals, or a large one to tens or hundreds."""
    value = value_of(text)
    if value is None or place[0] < base.header_rows or value < 0 or base.table.mark == ",":
        return None
    figures = -int(value.as_tuple().exponent)
    if text[:1].isdigit() and (figures > 0 or value >= 1000):
        other = f"{round(value, figures - luck.choice((1, 2)) if figures <= 0 else figures - 1):,f}"
        return other if value_of(other) != value else None
    return None


def _separator_moved(text: str, place: Place, base: Answer, luck: random.Random) -> str | None:
    """Move a separator by one or two digits; of thousands it then is none."""
    del place
    found = re.fullmatch(r"(\d{1,3})([.,])(\d{2,})", text.strip())
    if found is None:
        return None
    digits, at = found[1] + found[3], len(found[1]) + luck.choice((1, -1, 2))
    other = digits[:at] + found[2] + digits[at:]
    return other if 0 < at < len(digits) and _is_other(text, other, base.table.mark) else None


def _day_and_month_swapped(text: str, place: Place, base: Answer, luck: random.Random) -> str | None:
    del place, base, luck
    found = re.fullmatch(r"(\d{1,2})([./-])(\d{1,2})([./-]\d{2,4})", text.strip())
    if found is None or int(found[1]) == int(found[3]) or max(int(found[1]), int(found[3])) > 12:
        return None
    return f"{found[3]}{found[2]}{found[1]}{found[4]}"


CELL_ERRORS: dict[str, Change] = {
    "digit changed": _digit_changed,
    "digit dropped": _digit_dropped,
    "digit added": _digit_added,
    "two digits swapped": _digits_swapped,
    "decimal point lost": _point_lost,
    "sign lost": _sign_lost,
    "sign added": _sign_added,
    "value invented": _invented,
    "value of the left": _neighbour(0, -1),
    "value of the right": _neighbour(0, 1),
    "value of above": _neighbour(-1, 0),
    "value of below": _neighbour(1, 0),
    "another word of the page": _word_of_page,
    "near word": _near_word,
    "word dropped": _word_dropped,
    '"not" added': _not_added,
    "one letter changed": _letter_changed,
    "header changed": _header_changed,
    "bound dropped or added": _bound_changed,
    "value rounded": _rounded,
    "separator moved": _separator_moved,
    "separators changed": separators_changed,
    "day and month swapped": _day_and_month_swapped,
}


def _moved(base: Answer, luck: random.Random) -> Iterator[Answer]:
    """Move values to empty cells beside, above or below."""
    moves: list[tuple[Place, Place]] = []
    for (row, column), text in base.places():
        if row < base.header_rows or is_nothing(key_of(text)):
            continue
        free = [
            (row + down, column + across)
            for down, across in ((0, -1), (0, 1), (-1, 0), (1, 0))
            if base.header_rows <= row + down < len(base.grid)
            and 0 <= column + across < len(base.grid[0])
            and base.owners[row + down][column + across] is None
            and not base.grid[row + down][column + across]
        ]
        if free:
            moves.append(((row, column), luck.choice(free)))
    for old, new in luck.sample(moves, min(len(moves), 4 * MOST_PAIRS)):
        moved = _with(base, "moved to an empty cell", {old: "", new: base.grid[old[0]][old[1]]})
        yield replace(moved, wrong=frozenset({new}))


def _rows_swapped(base: Answer, luck: random.Random) -> Iterator[Answer]:
    rows = range(base.header_rows, len(base.grid))
    near = list(itertools.pairwise(rows))
    far = [(a, b) for a in rows for b in rows if b - a > 2]
    for kind, pairs in (("neighbouring rows swapped", near), ("far rows swapped", far)):
        for a, b in luck.sample(pairs, min(MOST_PAIRS, len(pairs))):
            order = list(range(len(base.grid)))
            order[a], order[b] = b, a
            yield _misplaced(base, kind, order, list(range(len(base.grid[0]))))


def _columns_swapped(base: Answer, luck: random.Random) -> Iterator[Answer]:
    columns = range(len(base.grid[0]))
    pairs = [(a, b) for a in columns for b in columns if b > a]
    for a, b in luck.sample(pairs, min(MOST_PAIRS, len(pairs))):
        order = list(columns)
        order[a], order[b] = b, a
        whole = _misplaced(base, "columns swapped", list(range(len(base.grid))), order)
        yield whole
        heads = base.grid[: base.header_rows]
        body = replace(whole, kind="columns swapped below headers", grid=heads + whole.grid[base.header_rows :])
        yield _marked(body, {place for place in whole.wrong if place[0] >= base.header_rows}, whole.undecided)
        named = replace(whole, kind="headers swapped", grid=whole.grid[: base.header_rows] + base.grid[len(heads) :])
        yield _marked(named, {place for place in whole.wrong if place[0] < base.header_rows}, whole.undecided)


def _marked(answer: Answer, wrong: set[Place], undecided: frozenset[Place]) -> Answer:
    return replace(answer, wrong=frozenset(wrong), undecided=frozenset(undecided - wrong))


def _misplaced(base: Answer, kind: str, rows: Sequence[int], columns: Sequence[int]) -> Answer:
    """Put rows and columns into another order: what then differs is wrong, what does not is neither.

    Shapes:  `rows` and `columns` say which of the old ones stands at each place
    """
    grid = tuple(tuple(base.grid[row][column] for column in columns) for row in rows)
    wrong: set[Place] = set()
    undecided: set[Place] = set()
    for row, old_row in enumerate(rows):
        for column, old_column in enumerate(columns):
            if (row, column) == (old_row, old_column):
                continue
            here, there = base.owners[row][column], base.owners[old_row][old_column]
            is_same = _letters(base.grid[row][column]) == _letters(grid[row][column])
            (undecided if is_same or here == there else wrong).add((row, column))
    return replace(base, kind=kind, grid=grid, wrong=frozenset(wrong), undecided=frozenset(undecided))


def _row_dropped(base: Answer, luck: random.Random) -> Iterator[Answer]:
    rows = range(base.header_rows, len(base.grid))
    if len(rows) < 2:
        return
    for row in luck.sample(rows, min(2 * MOST_PAIRS, len(rows))):
        lost = base.grid[row]
        spanning = {owner for owner in base.owners[row] if owner is not None} & {
            owner for at, owners in enumerate(base.owners) if at != row for owner in owners
        }
        if spanning or not any(lost):
            continue
        yield replace(_without(base, row), kind="row dropped", lost_row=tuple(text for text in lost if text))


def _without(base: Answer, row: int) -> Answer:
    return replace(base, grid=base.grid[:row] + base.grid[row + 1 :], owners=base.owners[:row] + base.owners[row + 1 :])


def _row_repeated(base: Answer, luck: random.Random) -> Iterator[Answer]:
    rows = [row for row in range(base.header_rows, len(base.grid)) if any(base.grid[row])]
    for row in luck.sample(rows, min(MOST_PAIRS, len(rows))):
        next_one = _inserted(base, "row repeated after itself", row + 1, base.grid[row])
        pairs = {place: (row, place[1]) for place in next_one.wrong}
        yield replace(next_one, wrong=frozenset(), repeated=pairs)
        if row < len(base.grid) - 1:
            yield _inserted(base, "row repeated at the end", len(base.grid), base.grid[row])


def _row_invented(base: Answer, luck: random.Random) -> Iterator[Answer]:
    rows = [row for row in range(base.header_rows, len(base.grid)) if sum(map(bool, base.grid[row])) > 1]
    for row in luck.sample(rows, min(MOST_PAIRS, len(rows))):
        texts = [_made_up(text, (row, column), base, luck) for column, text in enumerate(base.grid[row])]
        yield _inserted(base, "row invented", luck.randint(base.header_rows + 1, len(base.grid)), texts)


def _made_up(text: str, place: Place, base: Answer, luck: random.Random) -> str:
    if not text:
        return ""
    if _digits(text) and (figures := _invented(text, place, base, luck)):
        return figures
    return luck.choice(("Further adjustments", "Remaining regions", "Miscellaneous receipts", "Other departments"))


def _inserted(base: Answer, kind: str, at: int, texts: Sequence[str]) -> Answer:
    nobody: tuple[int | None, ...] = (None,) * len(texts)
    return replace(
        base,
        kind=kind,
        grid=(*base.grid[:at], tuple(texts), *base.grid[at:]),
        owners=(*base.owners[:at], nobody, *base.owners[at:]),
        wrong=frozenset((at, column) for column, text in enumerate(texts) if text),
    )


_TABLE_ERRORS: tuple[Callable[[Answer, random.Random], Iterator[Answer]], ...] = (
    _moved,
    _rows_swapped,
    _columns_swapped,
    _row_dropped,
    _row_repeated,
    _row_invented,
    values_shifted,
    labels_shifted,
    cells_merged,
    amounts_joined,
    labels_exchanged,
)
