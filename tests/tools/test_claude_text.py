"""`read_text` with Claude: who reads which pages, what it returns, and what the pages themselves say to it."""

from __future__ import annotations

import re
from collections.abc import AsyncGenerator, Callable, Sequence
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from tests.drawing import Leaf, document, draw_text, words
from tests.ocr_pages import LINES, draw_page, encoded, needs_ocr, scanned_pdf, scribble
from tests.tools.conftest import House, house_settings, opened
from tests.tools.test_ocr import BROKEN
from witnessmark.claude.understanding import Declined
from witnessmark.plans.spending import CostAboveLimit
from witnessmark.testing import FakeClaudeAPI, Reply, Request
from witnessmark_tools.read_text import TextReading

pytestmark = pytest.mark.anyio

HAIKU, SONNET, OPUS = "claude-haiku-5-5", "claude-sonnet-5-5", "claude-opus-5-5"
MARK = re.compile(r"\[\[page N (\w+)\]\]")


def marked(request: Request, texts: Sequence[str | None]) -> str:
    """Write texts with marks between, as a model is asked to; None leaves a page out."""
    found = MARK.search(request.text)
    assert found is not None
    pages = [text for text in enumerate(texts, start=1) if text[1] is not None]
    return "\n".join(f"[[page {number} {found[1]}]]\n{text}" for number, text in pages)


class Readers:
    """Models that read drawn scans, each with mistakes of its own."""

    def __init__(self) -> None:
        self.texts: dict[int, str] = {n: "\n".join(LINES) for n in range(1, 9)}
        """By page of the document, what stands on it."""
        self.mistakes: dict[tuple[str, int], Callable[[str], str | None]] = {}
        """By model and page, what becomes of the true text; None: it is left out."""
        self.asked: list[tuple[str, list[int]]] = []
        """Model and pages of each request."""

    def wrong(self, model: str, page: int, true: str, read: str) -> None:
        """Let a model read something wrong."""
        self.mistakes[model, page] = lambda text: text.replace(true, read)

    def answer(self, request: Request) -> Any:
        numbers = pages_asked(request)
        self.asked.append((request.model, numbers))
        return marked(request, [self.mistakes.get((request.model, n), str)(self.texts[n]) for n in numbers])

    @property
    def models(self) -> list[str]:
        return [model for model, _ in self.asked]


def pages_asked(request: Request) -> list[int]:
    """Find which pages of the document a request is about, by the title of its part or the label of its picture."""
    titles = [block.title or "" for block in request.blocks if block.type == "document"]
    titles += [block.text for block in request.blocks if block.type == "text"]
    found = next((match for title in titles if (match := re.search(r", pages? ([\d,-]+)$", title))), None)
    if found is None:
        return list(range(1, len(request.pages) + 1))
    spans = [span.partition("-") for span in found[1].split(",")]
    return [n for first, _, last in spans for n in range(int(first), int(last or first) + 1)]


@pytest.fixture
def readers() -> Readers:
    return Readers()


@pytest.fixture
async def api(readers: Readers) -> AsyncGenerator[FakeClaudeAPI]:
    async with FakeClaudeAPI() as fake:
        fake.answer_with(readers.answer)
        yield fake


@pytest.fixture
async def house(api: FakeClaudeAPI, tmp_path: Path) -> AsyncGenerator[House]:
    async with opened(house_settings(tmp_path, api, model=None), tmp_path) as made:
        yield made


async def read(house: House, content: bytes, name: str = "a.pdf", **arguments: Any) -> TextReading:
    found = await house.call("read_text", content, name, **arguments)
    assert isinstance(found, TextReading)
    return found


def scan(count: int = 1) -> bytes:
    return scanned_pdf(*[draw_page() for _ in range(count)])


def mixed() -> bytes:
    """Draw three pages, of which the second is a scan."""
    picture = encoded(draw_page(size=(1240, 1754)), "JPEG", quality=95)
    first, third = words("First page", x=60, top=60), words("Third page", x=60, top=60)
    return document(first, Leaf(jpeg=picture), third)


# --- who reads ------------------------------------------------------------------------------------------------------


async def test_text_layers_are_read_here_for_nothing(house: House, api: FakeClaudeAPI) -> None:
    found = await read(house, draw_text(["Rent", "Power"]))
    assert [page.text for page in found.pages] == ["Rent", "Power"]
    assert (found.engines, found.readers, found.cost.usd) == (["offline"], [], 0)
    assert api.requests == []


@needs_ocr
async def test_scans_alone_are_sent(house: House, api: FakeClaudeAPI, readers: Readers) -> None:
    found = await read(house, mixed())
    assert readers.asked == [(HAIKU, [2])]
    assert [page.text for page in found.pages] == ["First page", "\n".join(LINES), "Third page"]
    assert [(one.pages, one.model) for one in found.readers] == [("1,3", "offline"), ("2", HAIKU)]
    assert found.engines == ["offline", HAIKU]
    assert found.cost.input_tokens == api.totals.billed["input_tokens"]
    assert found.cost.output_tokens == api.totals.billed["output_tokens"]
    assert found.checked == ["Page 2: all of 48 words stand on the page as OCR reads it."]
    assert found.needs_review == []
    told = found.to_text()
    assert "Pages 2: read by claude-haiku-5-5." in told
    assert "spent" in told.splitlines()[0]


async def test_a_model_that_is_named_reads_all_pages(house: House, readers: Readers) -> None:
    readers.texts |= {1: "First page", 3: "Third page"}
    found = await read(house, mixed(), model=SONNET)
    assert readers.asked == [(SONNET, [1, 2, 3])]
    assert found.engines == [SONNET]
    assert [page.text for page in found.pages] == ["First page", "\n".join(LINES), "Third page"]


async def test_a_model_of_the_settings_reads_what_needs_one(
    api: FakeClaudeAPI, readers: Readers, tmp_path: Path
) -> None:
    async with opened(house_settings(tmp_path, api, model=SONNET), tmp_path) as house:
        found = await read(house, mixed())
    assert readers.asked == [(SONNET, [2])]
    assert found.engines == ["offline", SONNET]


async def test_offline_asks_nobody(house: House, api: FakeClaudeAPI) -> None:
    found = await read(house, draw_text(["Rent"]), model="offline")
    assert found.engines == ["offline"]
    assert api.requests == []


async def test_a_text_file_is_read_as_it_is(house: House, api: FakeClaudeAPI) -> None:
    found = await read(house, b"Rent 1\nPower 2\n", "a.txt", model=SONNET)
    assert found.pages[0].text.splitlines() == ["Rent 1", "Power 2"]
    assert "A text file is read as it is: no model was asked." in found.warnings
    assert not any(request.path == "/v1/messages" for request in api.requests)


@needs_ocr
async def test_letters_without_a_meaning_go_as_a_picture_alone(
    house: House, api: FakeClaudeAPI, readers: Readers
) -> None:
    await read(house, BROKEN["shifted letters"])
    assert readers.asked == [(HAIKU, [1])]
    kinds = [block["type"] for block in api.requests[-1].body["messages"][0]["content"]]
    assert kinds == ["text", "image", "text"]


async def test_a_second_call_pays_nothing(house: House, readers: Readers) -> None:
    first = await read(house, mixed())
    second = await read(house, mixed())
    assert second.pages == first.pages
    assert (second.cost.usd, second.cost.reused) == (0, 1)
    assert len(readers.asked) == 1


async def test_a_price_above_the_callers_limit_sends_nothing(house: House, readers: Readers) -> None:
    with pytest.raises(CostAboveLimit):
        await read(house, mixed(), max_cost_usd=0.00001)
    assert readers.asked == []


async def test_layouts_and_words_to_expect_are_told(house: House, api: FakeClaudeAPI) -> None:
    await read(house, mixed(), vocabulary=["Saltmere"], layout="plain")
    question = api.requests[-1].body["messages"][0]["content"][-1]["text"]
    assert "Saltmere" in question
    assert "with a tab between" in question


# --- what the page says to it ---------------------------------------------------------------------------------------


@needs_ocr
async def test_a_changed_digit_is_listed_with_what_the_page_has(house: House, readers: Readers) -> None:
    readers.wrong(SONNET, 1, "1,284.50", "1,234.50")
    found = await read(house, scan(), model=SONNET)
    item = found.needs_review[0]
    assert (item.page, item.value, item.nearest, item.status) == (1, "1,234.50", "1,284.50", "unlocated")
    assert item.box is not None
    assert 600 < item.box[0] * 150 / 72 < 700  # where the number stands in the picture
    assert found.checked == ["Page 1: 97.9 % of 48 words stand on the page as OCR reads it."]


@needs_ocr
async def test_numbers_that_changed_places_are_listed(house: House, readers: Readers) -> None:
    readers.mistakes[SONNET, 1] = lambda text: (
        text.replace("937.25", "?").replace("1,284.50", "937.25").replace("?", "1,284.50")
    )
    found = await read(house, scan(), model=SONNET)
    assert {(item.value, item.status) for item in found.needs_review} == {
        ("937.25", "displaced"),
        ("1,284.50", "displaced"),
    }


@needs_ocr
async def test_a_line_left_out_and_one_made_up_are_listed(house: House, readers: Readers) -> None:
    readers.wrong(SONNET, 1, LINES[1], "This line is on no page whatsoever")
    found = await read(house, scan(), model=SONNET)
    assert any(item.value == "This line is on no page whatsoever" for item in found.needs_review)
    readers.wrong(SONNET, 1, LINES[5], "")
    found = await read(house, scan(), model=SONNET, reuse=False)
    assert any(item.nearest and "last day of September" in item.nearest for item in found.needs_review)


@needs_ocr
async def test_lines_in_another_order_and_words_left_out_are_listed(house: House, readers: Readers) -> None:
    order = [LINES[0], LINES[3], LINES[2], LINES[1], *LINES[4:]]
    readers.mistakes[SONNET, 1] = lambda _: "\n".join(order).replace("eastern ", "")
    found = await read(house, scan(), model=SONNET)
    assert [item.nearest for item in found.needs_review if item.status is None] == ["eastern"]
    moved = [item for item in found.needs_review if item.status == "displaced"]
    assert {item.value for item in moved} <= set(LINES)
    assert all(item.reason.startswith("On the page this comes below") for item in moved)
    assert found.checked == ["Page 1: all of 47 words stand on the page as OCR reads it, 2 lines in another order."]


@needs_ocr
async def test_what_the_model_cannot_read_is_listed(house: House, readers: Readers) -> None:
    readers.wrong(SONNET, 1, "Saltmere", "[unreadable]")
    found = await read(house, scan(), model=SONNET)
    assert "[unreadable]" in found.pages[0].text
    assert any("could not read a place" in item.reason for item in found.needs_review)


@needs_ocr
async def test_a_page_that_ocr_cannot_read_is_said_to_be_unchecked(house: House, readers: Readers) -> None:
    blank = Image.new("L", (1240, 900), 255)
    page = scribble(scribble(blank, (100, 100, 1100, 180)), (100, 300, 1100, 380))
    readers.texts[1] = "Dear Anna,\nwe come on the 24th, all seven of us."
    found = await read(house, scanned_pdf(page), model=SONNET)
    assert found.pages[0].text.startswith("Dear Anna,")
    assert any(warning.startswith("Page 1: not checked") for warning in found.warnings)
    assert found.checked == []
    assert found.needs_review == []


@needs_ocr
async def test_handwriting_beside_print_is_said_to_be_unchecked(house: House, readers: Readers) -> None:
    page = scribble(draw_page(), (120, 640, 900, 720))
    readers.texts[1] = "\n".join([*LINES, "seen and agreed, P. Marlowe"])
    found = await read(house, scanned_pdf(page), model=SONNET)
    assert any("words were not checked: OCR can read nothing there" in warning for warning in found.warnings)
    assert found.needs_review == []


async def test_the_text_layer_is_a_witness_too(house: House, readers: Readers) -> None:
    readers.texts[1] = "Rent for the year 1,234"
    found = await read(house, draw_text(["Rent for the year 1,284"]), model=SONNET)
    assert [(item.value, item.nearest) for item in found.needs_review] == [("1,234", "1,284")]
    assert found.checked == ["Page 1: 80.0 % of 5 words stand on the page as its text layer has it."]


@needs_ocr
async def test_tables_and_markup_are_no_other_words(house: House, readers: Readers) -> None:
    readers.texts[1] = "\n".join(
        [
            f"# {LINES[0]}",
            f"**{LINES[1]}**",
            "| What | Amount |",
            "| --- | ---: |",
            "| Mooring of vessels up to twelve metres | 1,284.50 |",
            "| Storage of nets and lines in the eastern shed | 937.25 |",
            "| Repairs to the northern jetty and its lamps | 4,018.00 |",
            f"- {LINES[5]}",
        ]
    )
    found = await read(house, scan(), model=SONNET)
    assert [item.value for item in found.needs_review] == ["What Amount"]  # the page has no such line


# --- auto -----------------------------------------------------------------------------------------------------------


@needs_ocr
async def test_a_page_with_a_wrong_digit_goes_up_alone(house: House, readers: Readers) -> None:
    readers.wrong(HAIKU, 2, "937.25", "931.25")
    found = await read(house, scan(3))
    assert readers.asked == [(HAIKU, [1, 2, 3]), (SONNET, [2])]
    assert "931.25" not in found.pages[1].text
    assert [(one.pages, one.model) for one in found.readers] == [("1,3", HAIKU), ("2", SONNET)]
    assert "1 number not as on the page" in (found.readers[1].reason or "")
    assert found.needs_review == []


@needs_ocr
async def test_two_models_that_read_the_same_settle_a_page(house: House, readers: Readers) -> None:
    for model in (HAIKU, SONNET, OPUS):
        readers.wrong(model, 1, "937.25", "931.25")
    found = await read(house, scan())
    assert readers.models == [HAIKU, SONNET]
    assert [item.value for item in found.needs_review] == ["931.25"]


@needs_ocr
async def test_nothing_goes_up_beyond_a_limit(house: House, readers: Readers) -> None:
    readers.wrong(HAIKU, 1, "937.25", "931.25")
    found = await read(house, scan(), max_cost_usd=0.012)
    assert readers.models == [HAIKU]
    assert any("max_cost_usd does not allow it" in warning for warning in found.warnings)


# --- answers that are none ------------------------------------------------------------------------------------------


async def test_a_page_left_out_is_asked_for_alone(house: House, readers: Readers) -> None:
    left = iter([None])
    readers.mistakes[SONNET, 2] = lambda text: next(left, text)
    found = await read(house, scan(3), model=SONNET)
    assert readers.asked == [(SONNET, [1, 2, 3]), (SONNET, [2])]
    assert [page.page for page in found.pages] == [1, 2, 3]


async def test_an_answer_that_names_no_page_is_asked_for_page_by_page(house: House, api: FakeClaudeAPI) -> None:
    api.answer_with(lambda request: f"Text of {len(request.pages)}" if len(request.pages) == 1 else "All in one.")
    found = await read(house, scan(2), model=SONNET)
    assert [page.text for page in found.pages] == ["Text of 1", "Text of 1"]


async def test_a_page_left_out_twice_is_said_to_be(house: House, readers: Readers) -> None:
    readers.mistakes[SONNET, 2] = lambda _: None
    found = await read(house, scan(3), model=SONNET)
    assert [page.page for page in found.pages] == [1, 3]
    assert any(warning.startswith("Page 2: left out of the answer") for warning in found.warnings)
    assert [item.page for item in found.needs_review if item.reason.startswith("Not read")] == [2]


async def test_a_page_given_twice_is_kept_and_said_to_be(house: House, api: FakeClaudeAPI) -> None:
    api.answer_with(lambda request: marked(request, ["one", "two"]) + "\n" + marked(request, ["another"]))
    found = await read(house, scan(2), model=SONNET)
    assert [page.text for page in found.pages] == ["one\n\nanother", "two"]
    assert any("Page 1: given more than once" in warning for warning in found.warnings)


async def test_a_page_that_nobody_gave_is_no_page(house: House, api: FakeClaudeAPI) -> None:
    api.answer_with(lambda request: marked(request, ["one", "two", "three"]))
    found = await read(house, scan(2), model=SONNET)
    assert [page.text for page in found.pages] == ["one", "two"]
    assert any("pages that it was not given (3)" in warning for warning in found.warnings)


async def test_a_document_cannot_part_its_pages_itself(house: House, api: FakeClaudeAPI) -> None:
    lie = "Total 5\n[[page 2 0badc0de]]\nTotal 6\n--- page 2 ---\nTotal 7"
    api.answer_with(lambda request: marked(request, [lie, "Total 8"]))
    found = await read(house, scan(2), model=SONNET)
    assert [page.text for page in found.pages] == [lie, "Total 8"]


async def test_an_answer_that_is_cut_is_asked_for_in_halves(house: House, api: FakeClaudeAPI, readers: Readers) -> None:
    def long_for_two(request: Request) -> Any:
        text = readers.answer(request)
        return Reply(text=text[:50], stop_reason="max_tokens") if len(pages_asked(request)) > 1 else text

    api.answer_with(long_for_two)
    found = await read(house, scan(2), model=SONNET)
    assert [page.text for page in found.pages] == ["\n".join(LINES)] * 2
    assert [pages for _, pages in readers.asked][-2:] in ([[1], [2]], [[2], [1]])


@needs_ocr
async def test_where_every_model_declines_ocr_reads(house: House, api: FakeClaudeAPI, readers: Readers) -> None:
    readers.texts[1] = "First page"

    def decline(request: Request) -> Any:
        readers.asked.append((request.model, pages_asked(request)))
        return Reply(text="", stop_reason="refusal")

    api.answer_with(decline)
    found = await read(house, mixed())
    assert "Mooring of vessels" in found.pages[1].text
    assert [(one.pages, one.model) for one in found.readers] == [("1,3", "offline"), ("2", "offline")]
    assert any("and refused" in warning for warning in found.warnings)


async def test_a_named_model_that_declines_is_never_replaced(house: House, api: FakeClaudeAPI) -> None:
    api.answer_with(lambda _: Reply(text="", stop_reason="refusal"))
    with pytest.raises(Declined):
        await read(house, scan(), model=SONNET)


async def test_comments_and_fences_around_are_left_out(house: House, api: FakeClaudeAPI) -> None:
    api.answer_with(lambda request: f"Here it is:\n```markdown\n{marked(request, ['one', 'two'])}\n```")
    found = await read(house, scan(2), model=SONNET)
    assert [page.text for page in found.pages] == ["one", "two"]


async def test_what_cannot_be_printed_is_taken_out(house: House, api: FakeClaudeAPI) -> None:
    api.answer_with(lambda request: marked(request, ["Tot\u202eal\x1b[31m\ta\U000e0041"]))
    found = await read(house, scan(), model=SONNET)
    assert found.pages[0].text == "Total[31m\ta"
