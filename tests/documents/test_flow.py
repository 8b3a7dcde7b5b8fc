"""Pages in reading order, and what pages repeat."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.drawing import document, draw_table, grid, table_texts, words
from witnessmark.documents.flow import PageFlow, Paragraph
from witnessmark.documents.opening import Documents
from witnessmark.documents.running import with_running
from witnessmark.offline.flow import page_flow, text_flow
from witnessmark.values import PageLayout, Word

pytestmark = pytest.mark.anyio


async def flows_of(
    content: bytes, pages: int, documents: Documents, folder: Path, name: str = "a.pdf"
) -> list[PageFlow]:
    (folder / name).write_bytes(content)
    async with documents.open(str(folder / name)) as opened:
        return [await documents.flow(opened, page) for page in range(1, pages + 1)]


async def test_a_page_is_read_column_by_column(documents: Documents, tmp_path: Path) -> None:
    sentence = "the agency keeps a list of all the sites that were seen in spring and of those that were not "
    starts = [(7 * line) % 40 for line in range(20)]
    left = [words(f"left {(sentence * 2)[n : n + 34]}", x=60, top=100 + 14 * line) for line, n in enumerate(starts)]
    right = [words(f"right {(sentence * 2)[n : n + 34]}", x=320, top=100 + 14 * line) for line, n in enumerate(starts)]
    drawn = b"".join(part for pair in zip(left, right, strict=True) for part in pair)
    flow = (await flows_of(document(drawn), 1, documents, tmp_path))[0]
    sides = [word.text for word in flow.words if word.text in {"left", "right"}]
    assert sides == ["left"] * 20 + ["right"] * 20
    assert flow.kind == "text layer"
    assert not flow.is_read_by_ocr


async def test_a_flow_keeps_the_order_of_its_text_layer_where_that_is_another(
    documents: Documents, tmp_path: Path
) -> None:
    texts = {"upper": 100, "middle": 120, "lower": 140}

    def drawn(*names: str) -> bytes:
        return document(b"".join(words(f"the {name} line", x=60, top=texts[name]) for name in names))

    in_order = (await flows_of(drawn("upper", "middle", "lower"), 1, documents, tmp_path, "a.pdf"))[0]
    other = (await flows_of(drawn("upper", "lower", "middle"), 1, documents, tmp_path, "b.pdf"))[0]
    assert in_order.layer_order is None
    assert [word.text for word in other.words] == [word.text for word in in_order.words]
    assert other.layer_order == (0, 1, 2, 6, 7, 8, 3, 4, 5)


async def test_headings_and_currencies_at_a_columns_edge_stay_in_their_column(
    documents: Documents, tmp_path: Path
) -> None:
    sentence = "the agency keeps a list of all the sites that were seen in spring and of those that were not "
    starts = [(7 * line) % 40 for line in range(20)]
    left = [(sentence * 2)[n : n + 34] for n in starts]
    right = [(sentence * 2)[n : n + 34] for n in starts]
    left[0], left[1], left[2] = "1. Sites", "Of all of them", "2. Lists"
    left[9] = left[9][:30] + " EUR"
    right = [f"right {one}" for one in right]
    right[9] = f"45,404 {right[9][:30]}"
    drawn = b"".join(
        words(f"left {one}", x=60, top=100 + 14 * n) + words(other, x=300, top=100 + 14 * n)
        for n, (one, other) in enumerate(zip(left, right, strict=True))
    )
    flow = (await flows_of(document(drawn), 1, documents, tmp_path))[0]
    sides = [word.text for word in flow.words if word.text in {"left", "right"}]
    assert sides == ["left"] * 20 + ["right"] * 20


async def test_a_cell_that_two_pages_have_at_one_height_stays_in_its_row(documents: Documents, tmp_path: Path) -> None:
    def page_of(name: str, price: str) -> bytes:
        return grid((("Item", "Units", "Price"), (name, "20", price)), top=700)

    found = with_running(
        await flows_of(document(page_of("Copper", "2,501"), page_of("Rubber", "8,705")), 2, documents, tmp_path)
    )
    rows = [
        [" ".join(word.text for word in cell) for cell in p.lines]
        for f in found
        for p in f.paragraphs
        if p.kind == "row"
    ]
    assert ["Copper", "20", "2,501"] in rows
    assert ["Rubber", "20", "8,705"] in rows


async def test_a_table_comes_as_rows_whose_lines_are_cells(documents: Documents, tmp_path: Path) -> None:
    content, texts = draw_table(rows=3), table_texts(rows=3)
    flow = (await flows_of(content, 1, documents, tmp_path))[0]
    rows = [[" ".join(word.text for word in cell) for cell in p.lines] for p in flow.paragraphs if p.kind == "row"]
    assert rows == [[cell for cell in row if cell] for row in texts]


def item(mark: str, text: str, top: float, *, height: float = 10) -> list[Word]:
    """A line of an item, its text hanging 18 points from its mark."""
    found = [Word(mark, 90, top, 95, top + height, height)] if mark else []
    return found + [Word(one, 108 + 30 * n, top, 130 + 30 * n, top + 10, 10) for n, one in enumerate(text.split())]


def test_an_item_goes_on_under_its_text_and_ends_with_the_list() -> None:
    lines = [
        item("•", "first of all", 100),
        item("", "goes on", 113),
        item("•", "second", 126),
        item("", "and last", 139),
    ]
    after = [Word(text, 72 + 30 * n, 152, 95 + 30 * n, 162, 10) for n, text in enumerate("Then the text".split())]
    page = PageLayout(page_number=1, width=600, height=800, words=(*(word for line in lines for word in line), *after))
    assert [(one.kind, one.text) for one in page_flow(page)] == [
        ("item", "• first of all goes on"),
        ("item", "• second and last"),
        ("text", "Then the text"),
    ]


async def test_words_have_the_boxes_that_the_text_layer_gives_them(documents: Documents, tmp_path: Path) -> None:
    (tmp_path / "a.pdf").write_bytes(draw_table(rows=3, title="Costs", around=("A line above the table.",)))
    async with documents.open(str(tmp_path / "a.pdf")) as opened:
        flow, layout = await documents.flow(opened, 1), await documents.layout(opened, 1)
    assert sorted(flow.words) == sorted(layout.words)


def test_text_that_runs_sideways_keeps_its_places() -> None:
    turned = tuple(
        Word(text, 100, 700 - 40 * place, 112, 735 - 40 * place, 10, angle=270)
        for place, text in enumerate("one two three four".split())
    )
    found = page_flow(PageLayout(page_number=1, width=600, height=800, words=turned))
    assert [word for paragraph in found for word in paragraph.words] == list(turned)


def test_a_text_file_has_headings_items_rows_and_paragraphs() -> None:
    text = "# Title\nFirst line\nsecond line\n\n- one\n- two\n\n| A | B |\n|---|---|\n| 1 | 2 |\n"
    found = [(paragraph.kind, paragraph.text) for paragraph in text_flow(text, "text/markdown")]
    assert found == [
        ("heading", "# Title"),
        ("text", "First line second line"),
        ("item", "- one"),
        ("item", "- two"),
        ("row", "A B"),
        ("row", "1 2"),
    ]


async def test_a_text_file_has_words_without_places(documents: Documents, tmp_path: Path) -> None:
    flow = (await flows_of(b"a;b;c\n1;2;3\n4;5;6\n", 1, documents, tmp_path, "a.csv"))[0]
    assert [paragraph.kind for paragraph in flow.paragraphs] == ["row", "row", "row"]
    assert [flow.placed(word.box) for word in flow.words] == [None] * 9


def page(number: int, *lines: str, tops: dict[int, float] | None = None) -> PageFlow:
    """A page of one paragraph, its lines 20 points apart."""
    made: list[tuple[Word, ...]] = []
    for place, line in enumerate(lines):
        top = (tops or {}).get(place, 50 + 20.0 * place)
        made.append(tuple(Word(text, 50 + 40 * n, top, 85 + 40 * n, top + 10) for n, text in enumerate(line.split())))
    return PageFlow(page_number=number, paragraphs=(Paragraph("text", tuple(made)),))


def running(flows: tuple[PageFlow, ...]) -> list[str]:
    return [paragraph.text for flow in flows for paragraph in flow.paragraphs if paragraph.kind == "running"]


BODY = [f"line {n} of the text that differs on" for n in ("a", "b", "c", "d", "e", "f", "g", "h", "i")]


def test_headers_and_numbers_that_count_on_are_running() -> None:
    flows = with_running(
        [page(n, "Annual report", *(f"{line} {n * 7}" for line in BODY), f"Page {n + 4} of 90") for n in (1, 2, 3)]
    )
    assert running(flows) == [text for n in (1, 2, 3) for text in ("Annual report", f"Page {n + 4} of 90")]
    assert sum(len(flow.words) for flow in flows) == 3 * (2 + 9 * 9 + 4)


def test_left_and_right_pages_have_headers_of_their_own() -> None:
    names = {0: "Left side", 1: "Right side"}
    flows = with_running([page(n, names[n % 2], *(f"{line} {n * 7}" for line in BODY)) for n in range(1, 9)])
    assert running(flows) == [names[n % 2] for n in range(1, 9)]


@pytest.mark.parametrize(
    ("first", "second"),
    [
        pytest.param("Total 1,234.00", "Total 1,310.00", id="totals at the foot of pages"),
        pytest.param("12", "31", id="numbers that do not count on"),
        pytest.param("Section one", "Section two", id="other words"),
    ],
)
def test_what_differs_is_text(first: str, second: str) -> None:
    flows = with_running([page(1, *BODY, first), page(2, *(f"{line} x" for line in BODY), second)])
    assert running(flows) == []


def test_the_same_words_at_another_height_are_text() -> None:
    flows = with_running(
        [page(1, "Same words", *BODY), page(2, "Same words", *(f"{line} x" for line in BODY), tops={0: 80})]
    )
    assert running(flows) == []


def test_roman_page_numbers_count_on() -> None:
    flows = with_running(
        [page(n, *(f"{line} {n * 7}" for line in BODY), roman) for n, roman in ((3, "iii"), (4, "iv"), (5, "v"))]
    )
    assert running(flows) == ["iii", "iv", "v"]
