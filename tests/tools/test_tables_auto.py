"""`extract_tables` with `auto`: who is asked, what goes up and why, and that no limit on money is passed."""

from __future__ import annotations

import re
from collections.abc import AsyncGenerator, Callable, Sequence
from pathlib import Path
from typing import Any

import anyio
import pytest

from tests.claude.test_call_budget import LOOP
from tests.drawing import document, draw_scan, grid, words
from tests.ocr_pages import needs_ocr
from tests.tools.conftest import House, house_settings, opened
from tests.tools.test_estimate_cost import estimated
from tests.tools.test_evidence import DUES, answer
from tests.tools.test_tables_shown import dues_with_a_pasted_figure
from witnessmark.claude.understanding import AnswerRepeats
from witnessmark.plans.spending import CostAboveLimit, PriceNotApproved
from witnessmark.testing import FakeClaudeAPI, Reply, Request, checks
from witnessmark_tools.extract_tables import TableExtraction

pytestmark = pytest.mark.anyio

HAIKU, SONNET, OPUS = "claude-haiku-5-5", "claude-sonnet-5-5", "claude-opus-5-5"

Rows = list[list[str]]
HEADERS = ["Item", "2024", "2025"]


def rows_of(page: int) -> Rows:
    """Give the truth of one page's table."""
    names = ["Rent", "Power", "Water", "Post"]
    return [[f"{name} {page}", f"{page}{n},{n}84", f"{page}{n},{n}57"] for n, name in enumerate(names, start=1)]


def draw(pages: int) -> bytes:
    return document(
        *(
            words(f"Page {n} of costs", x=60, top=60) + grid([HEADERS, *rows_of(n)], top=100)
            for n in range(1, pages + 1)
        )
    )


def table(page: int, rows: Rows, **more: Any) -> dict[str, Any]:
    made = {"page": page, "title": None, "headers": HEADERS, "rows": rows, "notes": [], "confidence": "high"}
    return made | more


class Readers:
    """Models that read drawn pages, each with mistakes of its own."""

    def __init__(self) -> None:
        self.asked: list[tuple[str, list[int]]] = []
        """Model and pages of each request."""
        self.mistakes: dict[tuple[str, int], Callable[[dict[str, Any]], dict[str, Any] | None]] = {}
        """By model and page, what becomes of the true table; None: it is not seen."""
        self.replies: dict[str, Any] = {}
        """What a model answers whatever it is asked."""

    def wrong(self, model: str, page: int, value: str, *, row: int = 0, column: int = 1) -> None:
        """Let a model read one value wrong."""

        def mistaken(made: dict[str, Any]) -> dict[str, Any]:
            rows = [list(texts) for texts in made["rows"]]
            rows[row][column] = value
            return made | {"rows": rows}

        self.mistakes[model, page] = mistaken

    def answer(self, request: Request) -> Any:
        if not request.pages:
            return {"rows": []}  # rows alone, a second time: `test_second_reading` has that
        numbers = [int(page.text.split()[1]) for page in request.pages]
        self.asked.append((request.model, numbers))
        if request.model in self.replies:
            return self.replies[request.model]
        tables = [
            self.mistakes.get((request.model, number), dict)(table(place, rows_of(number)))
            for place, number in enumerate(numbers, start=1)
        ]
        return {"tables": [made for made in tables if made is not None]}

    @property
    def models(self) -> list[str]:
        return [model for model, _ in self.asked]


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


async def extract(house: House, content: bytes, **arguments: Any) -> TableExtraction:
    found = await house.call("extract_tables", content, **arguments)
    assert isinstance(found, TableExtraction)
    return found


def body(found: TableExtraction) -> Rows:
    return [row for one in found.tables for row in one.rows]


def truth(pages: Sequence[int]) -> Rows:
    return [row for page in pages for row in rows_of(page)]


# --- what goes up ---------------------------------------------------------------------------------------------------


async def test_what_is_in_place_costs_the_cheapest_model_only(house: House, readers: Readers) -> None:
    found = await extract(house, draw(3))
    assert body(found) == truth([1, 2, 3])
    assert readers.asked == [(HAIKU, [1, 2, 3])]
    assert found.engines == [HAIKU]
    assert [(one.pages, one.model, one.reason) for one in found.readers] == [("1-3", HAIKU, None)]


async def test_a_page_with_a_wrong_digit_goes_up_alone(house: House, api: FakeClaudeAPI, readers: Readers) -> None:
    readers.wrong(HAIKU, 2, "21,185")
    found = await extract(house, draw(3))
    assert body(found) == truth([1, 2, 3])
    assert readers.asked == [(HAIKU, [1, 2, 3]), (SONNET, [2])]
    assert found.engines == [HAIKU, SONNET]
    assert [(one.pages, one.model) for one in found.readers] == [("1,3", HAIKU), ("2", SONNET)]
    assert found.readers[1].reason is not None
    assert found.readers[1].reason.startswith(f"{HAIKU}: 1 of 12 values stands nowhere on the page")
    assert found.cost.input_tokens == api.totals.billed["input_tokens"]
    assert found.cost.output_tokens == api.totals.billed["output_tokens"]
    assert f"read by {SONNET}" in found.to_text()


async def test_a_page_on_which_the_cheapest_model_repeats_itself_goes_up(house: House, readers: Readers) -> None:
    readers.replies[HAIKU] = Reply(text=LOOP, stop_reason="max_tokens")
    found = await extract(house, draw(1))
    assert body(found) == truth([1])
    assert readers.models == [HAIKU, SONNET]


async def test_where_every_model_repeats_itself_the_error_names_what_was_spent(house: House, readers: Readers) -> None:
    for model in (HAIKU, SONNET, OPUS):
        readers.replies[model] = Reply(text=LOOP, stop_reason="max_tokens")
    with pytest.raises(
        AnswerRepeats, match=r"repeats itself and does not end\. \$0\.\d{4} was spent on it\."
    ) as caught:
        await extract(house, draw(1))
    (spent,) = re.findall(r"\$(0\.\d+)", caught.value.message)
    report = await house.call_with("usage_report")
    assert float(spent) == pytest.approx(report.total.usd, abs=1e-4)
    assert readers.models == [HAIKU, SONNET, OPUS]


async def test_pages_of_two_models_are_one_table_where_it_runs_over_them(house: House, readers: Readers) -> None:
    readers.wrong(HAIKU, 2, "21,185")
    found = await extract(house, draw(3))
    assert [[part.page for part in one.parts] for one in found.tables] == [[1, 2, 3]]


async def test_the_strongest_model_is_asked_last(house: House, readers: Readers) -> None:
    readers.wrong(HAIKU, 1, "11,185")
    readers.wrong(SONNET, 1, "11,784")
    found = await extract(house, draw(1))
    assert body(found) == truth([1])
    assert readers.models == [HAIKU, SONNET, OPUS]


async def test_where_two_models_read_the_same_no_third_is_asked(house: House, readers: Readers) -> None:
    for model in (HAIKU, SONNET):
        readers.wrong(model, 1, "11,185")
    found = await extract(house, draw(1))
    assert readers.models == [HAIKU, SONNET]
    assert found.readers[0].reason is not None
    assert f"{SONNET} has read the same" in found.readers[0].reason


APART = ["Sum of all", "", "1,318"]
"""A row whose label the page has a line lower than its figure, below the next column."""


def draw_apart() -> bytes:
    return document(
        words("Page 1 of costs", x=60, top=60)
        + grid([HEADERS, *rows_of(1)], top=100)
        + words(APART[2], x=336, top=194, align="right")
        + words(APART[0], x=150, top=226)
    )


def _with_exchanged_rows(made: dict[str, Any]) -> dict[str, Any]:
    first, second, *others = made["rows"]
    return made | {"rows": [[first[0], *second[1:]], [second[0], *first[1:]], *others]}


async def test_what_two_models_read_alike_and_the_page_has_in_order_is_not_displaced(
    house: House, readers: Readers
) -> None:
    for model in (HAIKU, SONNET, OPUS):
        readers.mistakes[model, 1] = lambda made: made | {"rows": [*made["rows"], APART]}
    found = await extract(house, draw_apart())
    assert readers.models == [HAIKU, SONNET]
    (one,) = found.tables
    assert (one.evidence.displaced, one.evidence.unlocated) == (0, 0)
    assert one.confidence == "high"
    assert found.needs_review == []
    assert found.readers[0].reason is not None
    assert f"{SONNET} has read the same" in found.readers[0].reason


async def test_a_value_out_of_place_that_one_model_read_goes_up(house: House, readers: Readers) -> None:
    readers.mistakes[HAIKU, 1] = lambda made: made | {"rows": [*made["rows"], APART]}
    for model in (SONNET, OPUS):
        readers.mistakes[model, 1] = lambda made: made | {"rows": [*made["rows"], [*APART[:2], "1,31"]]}
    found = await extract(house, draw_apart())
    assert readers.models[:2] == [HAIKU, SONNET]
    assert found.needs_review != []


async def test_what_two_models_read_alike_against_the_order_of_the_page_stays_displaced(
    house: House, readers: Readers
) -> None:
    for model in (HAIKU, SONNET, OPUS):
        readers.mistakes[model, 1] = _with_exchanged_rows
    found = await extract(house, draw(1))
    assert readers.models == [HAIKU, SONNET]
    assert found.tables[0].evidence.displaced == 4
    assert found.tables[0].confidence == "low"


async def test_a_worse_reading_does_not_replace_a_better_one(house: House, readers: Readers) -> None:
    readers.wrong(HAIKU, 1, "11,185")
    readers.mistakes[SONNET, 1] = readers.mistakes[OPUS, 1] = lambda made: made | {"rows": made["rows"][2:]}
    found = await extract(house, draw(1))
    assert len(body(found)) == 4
    (reader,) = found.readers
    assert reader.model == HAIKU
    assert reader.reason is not None
    assert f"{OPUS} was no better" in reader.reason


async def test_a_row_that_is_missing_goes_up(house: House, readers: Readers) -> None:
    readers.mistakes[HAIKU, 1] = lambda made: made | {"rows": [made["rows"][0], *made["rows"][2:]]}
    found = await extract(house, draw(1))
    assert body(found) == truth([1])
    assert readers.models == [HAIKU, SONNET]


async def test_a_table_that_was_not_seen_goes_up(house: House, readers: Readers) -> None:
    readers.mistakes[HAIKU, 2] = lambda _: None
    found = await extract(house, draw(2))
    assert body(found) == truth([1, 2])
    assert readers.asked == [(HAIKU, [1, 2]), (SONNET, [2])]


async def test_a_table_that_no_model_has_returned_is_to_be_looked_at(house: House, readers: Readers) -> None:
    for model in (HAIKU, SONNET, OPUS):
        readers.mistakes[model, 2] = lambda _: None
    found = await extract(house, draw(2))
    assert body(found) == truth([1])
    (item,) = found.needs_review
    assert (item.page, item.table_id, item.value) == (2, None, None)
    assert item.reason == "A table is visible here that no model has returned: look at it."
    assert item.box is not None
    assert 90 < item.box[1] < 110
    assert 170 < item.box[3] < 200
    assert "Page 2: tables are visible that no model has returned. Look at them." in found.warnings


async def test_the_second_table_of_a_page_that_no_model_has_returned_is_to_be_looked_at(
    house: House, readers: Readers
) -> None:
    two = (grid([HEADERS, *rows_of(page)], top=top) for page, top in ((1, 100), (2, 400)))
    found = await extract(house, document(words("Page 1 of costs", x=60, top=60) + b"".join(two)))
    assert body(found) == truth([1])
    (item,) = found.needs_review
    assert item.page == 1
    assert item.box is not None
    assert 390 < item.box[1] < 410
    assert [one for one in found.warnings if "no model has returned" in one] == [
        "Page 1: tables are visible that no model has returned. Look at them."
    ]


async def test_a_table_that_one_model_has_returned_is_not_missed(house: House, readers: Readers) -> None:
    readers.mistakes[HAIKU, 1] = lambda _: None
    found = await extract(house, draw(1))
    assert body(found) == truth([1])
    assert (found.needs_review, found.warnings) == ([], [])


async def test_a_page_without_a_table_is_not_missed(house: House, readers: Readers) -> None:
    for model in (HAIKU, SONNET, OPUS):
        readers.mistakes[model, 1] = lambda _: None
    found = await extract(house, document(words("Page 1 of a letter without any table", x=60, top=60)))
    assert (found.tables, found.needs_review, found.warnings) == ([], [], [])


@needs_ocr
async def test_a_page_with_a_figure_that_only_its_picture_shows_does_not_go_up(
    house: House, api: FakeClaudeAPI
) -> None:
    asked: list[str] = []

    def read(request: Request) -> Any:
        asked.append(request.model)
        return {"tables": [answer(DUES)]}

    api.answer_with(read)
    found = await extract(house, dues_with_a_pasted_figure(3, 2))
    assert (found.tables[0].evidence.located, found.tables[0].evidence.unlocated) == (23, 0)
    assert asked == [HAIKU]


async def test_headers_that_a_model_repeats_on_a_page_that_lacks_them_do_not_send_it_up(
    house: House, readers: Readers
) -> None:
    content = document(
        words("Page 1 of costs", x=60, top=60) + grid([HEADERS, *rows_of(1)], top=100),
        words("Page 2 of costs", x=60, top=60) + grid(rows_of(2), top=100, header_rows=0),
    )
    found = await extract(house, content)
    assert [one.evidence.unlocated for one in found.tables] == [0]
    assert readers.asked == [(HAIKU, [1, 2])]


async def test_what_the_model_could_not_read_goes_up(house: House, readers: Readers) -> None:
    readers.wrong(HAIKU, 1, "[unreadable]")
    assert body(await extract(house, draw(1))) == truth([1])
    assert readers.models == [HAIKU, SONNET]


async def test_a_page_without_words_goes_up_only_where_the_model_is_unsure(api: FakeClaudeAPI, tmp_path: Path) -> None:
    confidence = {HAIKU: "high", SONNET: "high"}
    asked: list[str] = []

    def answer(request: Request) -> Any:
        asked.append(request.model)
        return {"tables": [table(1, rows_of(1), confidence=confidence[request.model])]}

    api.answer_with(answer)
    async with opened(house_settings(tmp_path, api, model=None, ocr="off"), tmp_path) as house:
        await extract(house, draw_scan())
        assert asked == [HAIKU]
        confidence[HAIKU] = "low"
        found = await extract(house, draw_scan(), reuse=False)
    assert asked == [HAIKU, HAIKU, SONNET]
    assert found.tables[0].confidence == "high"


async def test_a_model_that_declines_leaves_it_to_the_next(house: House, readers: Readers) -> None:
    readers.replies[HAIKU] = Reply(text="", stop_reason="refusal", stop_details={"category": "cyber"})
    found = await extract(house, draw(1))
    assert body(found) == truth([1])
    assert found.engines == [SONNET]
    assert not found.failures


async def test_a_model_that_the_key_does_not_reach_is_passed_over(house: House, readers: Readers) -> None:
    readers.replies[HAIKU] = checks.MODEL(f"model: {HAIKU}")
    found = await extract(house, draw(1))
    assert body(found) == truth([1])
    assert found.engines == [SONNET]


async def test_a_model_above_that_fails_costs_nothing_of_what_is_there(house: House, readers: Readers) -> None:
    readers.wrong(HAIKU, 1, "11,185")
    readers.replies[SONNET] = checks.MODEL(f"model: {SONNET}")
    found = await extract(house, draw(2))
    assert body(found) == truth([1, 2])
    assert readers.models == [HAIKU, SONNET, OPUS]


# --- what it may cost -----------------------------------------------------------------------------------------------


async def test_what_does_not_fit_into_the_callers_limit_is_said_and_not_sent(house: House, readers: Readers) -> None:
    for page in (1, 2, 3):
        readers.wrong(HAIKU, page, "99,185")
    (one_page,) = (await estimated(house, draw(3), models=[SONNET], pages="1")).models
    assert one_page.usd is not None
    limit = round(1.9 * one_page.usd.estimate, 4)
    found = await extract(house, draw(3), max_cost_usd=limit)
    assert readers.models.count(SONNET) == 1
    assert OPUS not in readers.models
    assert found.cost.usd is not None
    assert found.cost.usd <= limit
    (told,) = [warning for warning in found.warnings if "max_cost_usd does not allow it" in warning]
    assert told.startswith("For about $0.0")
    assert "2 pages whose values are not all in place" in told
    agreed = float(told.partition("max_cost_usd=")[2].partition(";")[0])
    again = await extract(house, draw(3), max_cost_usd=agreed)
    assert body(again) == truth([1, 2, 3])
    assert readers.models.count(SONNET) == 3


async def test_nothing_goes_up_beyond_what_is_spent_without_asking(
    api: FakeClaudeAPI, tmp_path: Path, readers: Readers
) -> None:
    readers.wrong(HAIKU, 1, "11,185")
    async with opened(house_settings(tmp_path, api, model=None, ask_above_usd="0.002"), tmp_path) as house:
        found = await extract(house, draw(1))
    assert readers.models == [HAIKU]
    assert any("Nobody has agreed to that: call again with max_cost_usd=0.0" in one for one in found.warnings)


@pytest.mark.parametrize("limit", ["max_usd_per_call", "max_usd_per_day", "max_usd_per_month"])
async def test_the_operators_limits_hold_for_what_goes_up(
    api: FakeClaudeAPI, tmp_path: Path, readers: Readers, limit: str
) -> None:
    readers.wrong(HAIKU, 1, "11,185")
    async with opened(house_settings(tmp_path, api, model=None, **{limit: "0.002"}), tmp_path) as house:
        found = await extract(house, draw(1), max_cost_usd=1)
    assert readers.models == [HAIKU]
    assert any("A limit set here does not allow it" in one for one in found.warnings)


async def test_what_it_may_come_to_is_said_with_the_price(api: FakeClaudeAPI, tmp_path: Path, readers: Readers) -> None:
    async with opened(house_settings(tmp_path, api, model=None, ask_above_usd="0.0001"), tmp_path) as house:
        with pytest.raises(PriceNotApproved, match="up to about") as refused:
            await extract(house, draw(2))
        assert not readers.asked
        most = refused.value.most
        assert most is not None
        result = await estimated(house, draw(2), models=["auto", SONNET, OPUS])
    auto, sonnet, opus = (cost.usd for cost in result.models)
    assert auto is not None
    assert sonnet is not None
    assert opus is not None
    assert result.models[0].usd_at_most is not None
    assert float(most) == pytest.approx(result.models[0].usd_at_most.estimate, rel=0.01)
    assert float(most) > auto.estimate + sonnet.estimate + opus.estimate


async def test_a_first_price_above_the_callers_limit_sends_nothing(house: House, readers: Readers) -> None:
    with pytest.raises(CostAboveLimit):
        await extract(house, draw(1), max_cost_usd=0.00001)
    assert not readers.asked


async def test_the_price_of_auto_is_that_of_its_first_model(house: House) -> None:
    result = await estimated(house, draw(2), models=["auto", HAIKU])
    auto, haiku = result.models
    assert (auto.usd, auto.requests) == (haiku.usd, haiku.requests)
    assert auto.notes[0] == f"{HAIKU} reads all of it."
    assert f"go up to {SONNET}, then {OPUS}: about $" in auto.notes[1]


# --- paid once ------------------------------------------------------------------------------------------------------


async def test_a_second_call_pays_for_no_model_again(house: House, readers: Readers) -> None:
    readers.wrong(HAIKU, 2, "21,185")
    first = await extract(house, draw(3))
    again = await extract(house, draw(3))
    assert (again.tables, again.readers) == (first.tables, first.readers)
    assert (again.cost.usd, again.cost.reused) == (0, 2)
    assert len(readers.asked) == 2


async def test_a_page_that_went_up_is_found_again_whichever_pages_are_asked_for(house: House, readers: Readers) -> None:
    for page in (1, 2):
        readers.wrong(HAIKU, page, "99,185")
    await extract(house, draw(3))
    found = await extract(house, draw(3), pages="2")
    assert body(found) == truth([2])
    assert readers.models.count(SONNET) == 2


async def test_a_call_that_was_cancelled_on_its_way_up_goes_on_in_another_process(
    api: FakeClaudeAPI, tmp_path: Path, readers: Readers
) -> None:
    readers.wrong(HAIKU, 1, "11,185")
    begun, go_on = anyio.Event(), anyio.Event()

    async def slow(request: Request) -> Any:
        answer = readers.answer(request)
        if request.model == SONNET:
            begun.set()
            await go_on.wait()
        return answer

    api.answer_with(slow)
    settings = house_settings(tmp_path, api, model=None)
    async with opened(settings, tmp_path) as house, anyio.create_task_group() as tasks:
        tasks.start_soon(extract, house, draw(2))
        with anyio.fail_after(30):
            await begun.wait()
        tasks.cancel_scope.cancel()
        go_on.set()
    async with opened(settings, tmp_path) as house:
        found = await extract(house, draw(2))
    assert body(found) == truth([1, 2])
    assert readers.models.count(HAIKU) == 1


# --- who reads ------------------------------------------------------------------------------------------------------


async def test_without_a_key_auto_is_offline_and_says_so(tmp_path: Path) -> None:
    async with opened(house_settings(tmp_path), tmp_path) as house:
        found = await extract(house, draw(1), model="auto")
        assert found.engines == ["offline"]
        assert any("There is no key" in warning for warning in found.warnings)
        assert (await extract(house, draw(1))).warnings == []


async def test_a_model_that_is_named_reads_alone(house: House, readers: Readers) -> None:
    readers.wrong(SONNET, 1, "11,185")
    found = await extract(house, draw(1), model="sonnet")
    assert readers.models == [SONNET]
    assert found.readers == []
