"""What of a result is to be shown: `t1` a table, `t1:3` a row, `t1:3:2` a cell, `c2` a citation, `d4` a difference,
`review:1` a place to review.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from witnessmark.documents.panels import enclosing
from witnessmark.documents.views import Box
from witnessmark.errors import UsageError
from witnessmark_tools.remembered import RememberedPlace, RememberedResult, RememberedReview, RememberedTable

REVIEW = "review"
MOST_PLACES = 24
"""Places in one picture; more could not be told apart."""


class ItemUnknown(UsageError):
    def __init__(self, item: str, result: RememberedResult) -> None:
        tables = [table.table_id for table in result.tables]
        known = [f"tables {tables[0]} to {tables[-1]}" if len(tables) > 1 else f"table {tables[0]}"] if tables else []
        cited = [one.citation_id for one in result.citations] + [item for item in result.elsewhere if item[0] == "c"]
        changed = [one for one in cited if one[0] == "d"] + [item for item in result.elsewhere if item[0] == "d"]
        cited = [one for one in cited if one[0] == "c"]
        known += [f"differences such as {changed[0]}"] if changed else []
        known += [f"citations {cited[0]} to {cited[-1]}" if len(cited) > 1 else f"citation {cited[0]}"] if cited else []
        known += [f"{REVIEW}:1 to {REVIEW}:{len(result.review)}"] if result.review else []
        there_is = f"It has {' and '.join(known)}" if known else "It has no places"
        cells = "; t1:3:2 is a cell by row, 0 being the headers, and column, from 0" if tables or not known else ""
        super().__init__(f"The result has no item {item[:60]!r}.", f"{there_is}{cells}.")


MOST_SHOWN = 6
"""Items that are shown where nobody names any."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ItemPlace:
    """A place that stands for an item, and what helps to recognise it.

    Units:  points of the page, of an image pixels
    """

    item: str | None
    place: RememberedPlace
    nearby: tuple[Box, ...] = ()


def places_of(result: RememberedResult, items: Sequence[str]) -> list[ItemPlace]:
    """Find the places of items.

    Shapes:  each place once; of a table one for each of its pages, and its cells that are not where they should be
    Errors:  `ItemUnknown`
    """
    found: dict[tuple[str | None, int, Box | None], ItemPlace] = {}
    for item in items:
        for place in _of_item(result, item.strip()):
            found.setdefault((place.item, place.place.page, place.place.box), place)
    return list(found.values())


def usual_items(result: RememberedResult) -> list[str]:
    """Choose what is shown where nobody says: what needs review, else the tables."""
    doubtful = [f"{REVIEW}:{number}" for number, item in enumerate(result.review, start=1) if item.place.box]
    cited = [one.citation_id for one in result.citations[:6]]
    return doubtful[:6] or [table.table_id for table in result.tables] or cited


def sides_of(result: RememberedResult, items: Sequence[str] | None) -> dict[str, list[str]]:
    """Find in which documents items of a comparison stand: `d4` in both, `d4:after` in the later.

    Shapes:  by the results that keep them, the earlier document's first; without items the first differences
    Errors:  `ItemUnknown`
    """
    own = {one.citation_id for one in result.citations}
    names = [*own, *(item for item in result.elsewhere if item[0] == "d" and ":" not in item)]
    usual = sorted(names, key=lambda name: int(name[1:]))[:MOST_SHOWN]
    found: dict[str, list[str]] = {result.result_id: []}
    for item in [item.strip() for item in items] if items else usual or [f"{REVIEW}:1"]:
        places = [place for name in (item, f"{item}:after") if (place := result.elsewhere.get(name)) is not None]
        if item in own:
            found[result.result_id].append(item)
        elif not places:
            raise ItemUnknown(item, result)
        for place in places:
            found.setdefault(place.result_id, []).append(place.item)
    return {result_id: named for result_id, named in found.items() if named}


def places_on(result: RememberedResult, page: int) -> list[ItemPlace]:
    """Find everything that a result has on a page."""
    everything = places_of(result, [table.table_id for table in result.tables])
    everything += places_of(result, [f"{REVIEW}:{number}" for number in range(1, len(result.review) + 1)])
    everything += places_of(result, [one.citation_id for one in result.citations])
    everything += [ItemPlace(item=None, place=place) for place in result.boxes]
    shown = [place for place in everything if place.place.page == page]
    taken: set[Box | None] = set()
    once: list[ItemPlace] = []
    for place in shown:
        if place.place.box not in taken:
            taken.add(place.place.box)
            once.append(place)
    return once


def _of_item(result: RememberedResult, item: str) -> Iterator[ItemPlace]:
    name, *numbers = item.split(":")
    if len(numbers) > 2 or not all(number.isdecimal() and len(number) < 9 for number in numbers):
        raise ItemUnknown(item, result)
    if name == REVIEW:
        yield _reviewed(result, item, [int(number) for number in numbers])
        return
    cited = next((one for one in result.citations if one.citation_id == name), None)
    if cited is not None and not numbers:
        yield from (ItemPlace(item=item, place=place) for place in cited.places)
        return
    table = next((table for table in result.tables if table.table_id == name), None)
    if table is None:
        raise ItemUnknown(item, result)
    if not numbers:
        yield from _table(table)
        return
    row = int(numbers[0])
    if row >= len(table.rows) or not table.rows[row]:
        raise ItemUnknown(item, result)
    if len(numbers) == 1:
        yield from _row(table, row)
        return
    column = int(numbers[1])
    if column >= len(table.rows[row]):
        raise ItemUnknown(item, result)
    yield ItemPlace(item=item, place=table.rows[row][column], nearby=around(table, row, column))


def _reviewed(result: RememberedResult, item: str, numbers: Sequence[int]) -> ItemPlace:
    if len(numbers) != 1 or not 1 <= numbers[0] <= len(result.review):
        raise ItemUnknown(item, result)
    review = result.review[numbers[0] - 1]
    return ItemPlace(item=item, place=_with_box(review, result), nearby=_around_review(review, result))


def _with_box(review: RememberedReview, result: RememberedResult) -> RememberedPlace:
    """Give something to review that names a table alone the place of the table."""
    if review.place.box is not None or review.row is not None:
        return review.place
    table = next((table for table in result.tables if table.table_id == review.table_id), None)
    regions = {place.page: place.box for place in _regions(table)} if table is not None else {}
    return review.place._replace(box=regions.get(review.place.page))


def _around_review(review: RememberedReview, result: RememberedResult) -> tuple[Box, ...]:
    table = next((table for table in result.tables if table.table_id == review.table_id), None)
    if table is None or review.row is None or review.row >= len(table.rows):
        return ()
    return around(table, review.row, review.column or 0)


def around(table: RememberedTable, row: int, column: int) -> tuple[Box, ...]:
    """Find the row of a cell and the headers of its column, where they stand on its page."""
    cells = table.rows[row]
    page = cells[min(column, len(cells) - 1)].page if cells else None
    beside = [place.box for place in cells if place.box is not None and place.page == page]
    above = [
        headers[column].box
        for headers in table.rows[: table.header_rows]
        if column < len(headers) and headers[column].page == page
    ]
    found = [enclosing(beside)] if beside else []
    return (*found, *(box for box in above if box is not None))


def _table(table: RememberedTable) -> Iterator[ItemPlace]:
    for place in _regions(table):
        yield ItemPlace(item=table.table_id, place=place)
    for item, place in table.cells():
        if place.status in {"displaced", "unlocated"}:
            yield ItemPlace(item=item, place=place)


def _regions(table: RememberedTable) -> list[RememberedPlace]:
    """Find the part of each page that a table takes."""
    return _on_pages([place for row in table.rows for place in row])


def _row(table: RememberedTable, row: int) -> Iterator[ItemPlace]:
    value = " | ".join(place.value or "" for place in table.rows[row])
    for place in _on_pages(table.rows[row]):
        yield ItemPlace(item=f"{table.table_id}:{row}", place=place._replace(value=value), nearby=around(table, row, 0))


def _on_pages(places: Sequence[RememberedPlace]) -> list[RememberedPlace]:
    boxes: dict[int, list[Box]] = {}
    for place in places:
        if place.box is not None:
            boxes.setdefault(place.page, []).append(place.box)
    return [RememberedPlace(page=page, box=enclosing(several)) for page, several in sorted(boxes.items())]
