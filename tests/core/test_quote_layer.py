"""Quotes on pages whose columns mislead the reading order: found in the order of the text layer, nothing skipped."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import pytest

from tests.core.flows import LETTER, SIZE
from witnessmark.documents.flow import PageFlow, Paragraph
from witnessmark.evidence.quotes import QuotedDocument
from witnessmark.values import Word

LEFT = (
    "The levy of 12,400 euros was",
    "paid in May by the tenant and",
    "not by the owner of the land.",
    "It is due again in the autumn",
    "unless the council waives it.",
)
RIGHT = (
    "Repairs to the quay were put",
    "off until the dredger is back",
    "from the yard in the north.",
    "No contract has been signed,",
    "and none is being prepared.",
)
GUTTER = 7.0
PITCH = 12.0


def set_line(text: str, x: float, top: float) -> list[Word]:
    words: list[Word] = []
    for part in text.split():
        words.append(Word(part, x, top, x + LETTER * len(part), top + SIZE, SIZE))
        x += LETTER * (len(part) + 0.6)
    return words


def misread(columns: Sequence[Sequence[str]], *, gutter: float = GUTTER, later: Sequence[str] = ()) -> PageFlow:
    """Set columns so close that a line of the flow holds a line of each; the layer has them one after the other.

    Shapes:  words of `later` come last in the layer
    """
    lines: list[list[Word]] = []
    layer: list[Word] = []
    x = 60.0
    for column in columns:
        placed = [set_line(text, x, 60 + PITCH * number) for number, text in enumerate(column)]
        lines = [[*first, *second] for first, second in zip(lines or [[] for _ in placed], placed, strict=True)]
        layer += [word for line in placed for word in line]
        x = max(word.x1 for line in placed for word in line) + gutter
    layer.sort(key=lambda word: word.text in later)
    flow = PageFlow(page_number=1, paragraphs=(Paragraph("text", tuple(map(tuple, lines))),))
    places = {id(word): place for place, word in enumerate(layer)}
    return replace(flow, layer_order=tuple(places[id(word)] for word in flow.words))


def test_a_quote_in_a_column_that_the_reading_order_misses_is_found_line_by_line() -> None:
    quote = "The levy of 12,400 euros was paid in May by the tenant and not by the owner of the land."
    flow = misread([LEFT, RIGHT])
    verdict = QuotedDocument([flow]).find_quote(quote, [1])
    assert (verdict.status, verdict.text) == ("located", quote)
    assert verdict.boxes is not None
    assert [(box.x0, box.top) for box in verdict.boxes[1]] == [(60, 60), (60, 72), (60, 84)]
    assert QuotedDocument([replace(flow, layer_order=None)]).find_quote(quote, [1]).status == "unlocated"


def test_a_quote_that_goes_on_in_the_next_column_is_found() -> None:
    verdict = QuotedDocument([misread([LEFT, RIGHT])]).find_quote(f"{LEFT[-1]} {RIGHT[0]} {RIGHT[1]}", [1])
    assert verdict.status == "located"


@pytest.mark.parametrize("dropped", ["12,400", "was", "not", "waives"])
def test_a_word_that_the_file_has_later_is_not_skipped(dropped: str) -> None:
    document = QuotedDocument([misread([LEFT, RIGHT], later=[dropped])])
    kept = " ".join(word for word in " ".join(LEFT).split() if word != dropped)
    assert document.find_quote(kept, [1]).status == "unlocated"


@pytest.mark.parametrize(
    "quote",
    [
        "The levy of 12,500 euros was paid in May by the tenant",
        "paid in May by the owner and not by the tenant",
        "paid in May by the tenant and by the owner",
        "levy of 12,400 euros was off until the dredger",
    ],
)
def test_an_altered_quote_stands_in_no_order(quote: str) -> None:
    assert QuotedDocument([misread([LEFT, RIGHT])]).find_quote(quote, [1]).status == "unlocated"


def test_a_column_of_cells_and_the_head_of_the_next_one_are_no_text() -> None:
    flow = misread(
        [["Port of call", "Mooring of boats", "Storage of nets"], ["Dues in euros", "1,284", "937"]], gutter=80
    )
    rows = tuple(Paragraph("row", (line[:3], line[3:])) for line in flow.paragraphs[0].lines)
    document = QuotedDocument([replace(flow, paragraphs=rows)])
    assert document.find_quote("Storage of nets 937", [1]).status == "located"
    assert document.find_quote("Storage of nets Dues in euros", [1]).status == "unlocated"
    assert document.find_quote("Storage of nets 1,284", [1]).status == "unlocated"


def test_the_order_of_the_layer_survives_what_is_taken_out_as_running() -> None:
    flow = misread([LEFT, RIGHT])
    (paragraph,) = flow.paragraphs
    parted = flow.with_paragraphs(
        (
            Paragraph("running", (paragraph.lines[4],)),
            paragraph._replace(lines=paragraph.lines[:4]),
        )
    )
    verdict = QuotedDocument([parted]).find_quote(f"{LEFT[1]} {LEFT[2]}", [1])
    assert verdict.status == "located"


def test_words_scattered_over_a_grid_are_no_text() -> None:
    names = ("a1", "b1", "c1", "d1")
    cells = [(50.0 + 20 * (7 * n % 10), 50.0 + 8 * (11 * n % 31)) for n in range(80)]
    layer = [Word(names[n % 4], x, top, x + 15, top + 7, 7.0) for n, (x, top) in enumerate(cells)]
    lines: dict[float, list[Word]] = {}
    for word in sorted(layer, key=lambda word: (word.top, word.x0)):
        lines.setdefault(word.top, []).append(word)
    flow = PageFlow(page_number=1, paragraphs=(Paragraph("text", tuple(map(tuple, lines.values()))),))
    places = {id(word): place for place, word in enumerate(layer)}
    flow = replace(flow, layer_order=tuple(places[id(word)] for word in flow.words))
    assert QuotedDocument([flow]).find_quote(" ".join(names * 3), [1]).status == "unlocated"
