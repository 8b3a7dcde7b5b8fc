"""What a call may spend: each request fits at its longest answer, whatever the answers before have cost."""

from __future__ import annotations

import json
from dataclasses import replace
from decimal import Decimal
from typing import Any

import anyio
import pytest

from tests.claude.conftest import Desk
from tests.claude.test_running import PAGES, PDF, sent, texts, transcribing
from tests.drawing import draw_text
from witnessmark.claude.call_budget import CallBudget, CallBudgetReached
from witnessmark.claude.understanding import is_repeating
from witnessmark.plans.models import model_named
from witnessmark.plans.plan import Ask, TextBlock
from witnessmark.plans.tokens import Count
from witnessmark.testing import FakeClaudeAPI, Reply, Request

pytestmark = pytest.mark.anyio

SONNET = model_named("sonnet")
PER_TOKEN = Decimal(10) / 1_000_000
"""Of its answers, in USD."""
LOOP = '{"tables": [{"title": "' + "word " * 4_000


def ask(max_tokens: int = 4_000, expected: int = 500) -> Ask:
    return Ask(
        model=SONNET.id,
        instructions="Read.",
        blocks=(TextBlock(text="?"),),
        schema=None,
        effort=None,
        max_tokens=max_tokens,
        expected_output=Count(expected, expected, 2 * expected),
    )


def budget(limit: str, **more: Any) -> CallBudget:
    return CallBudget(model=SONNET, limit=Decimal(limit), **more)


async def test_a_request_that_fits_has_all_of_its_room() -> None:
    one = budget("1")
    async with one.paying(ask()) as payment:
        assert payment.ask == ask()
        assert 4_000 * PER_TOKEN <= one.promised < 4_100 * PER_TOKEN
    assert one.promised == 0


async def test_the_limit_shortens_the_answer_and_never_below_what_is_expected() -> None:
    async with budget("0.01").paying(ask()) as payment:
        assert payment.ask.content_key == ask().content_key
        assert 500 <= payment.ask.sent_max_tokens < 1_000
    with pytest.raises(CallBudgetReached, match=r"\$0\.0000 of the \$0\.0050 for this call are spent"):
        async with budget("0.005").paying(ask()):
            pass


async def test_an_answer_that_was_cut_is_not_asked_for_with_as_little_room_again() -> None:
    with pytest.raises(CallBudgetReached):
        async with budget("0.01").paying(replace(ask(), least_room=1_000)):
            pass


async def test_a_request_waits_for_others_where_all_together_might_pass_the_limit() -> None:
    one = budget("0.06")
    order: list[str] = []

    async def pay(name: str, release: anyio.Event) -> None:
        async with one.paying(ask()) as payment:
            assert one.spent + one.promised <= Decimal("0.06")
            assert payment.ask.room is None
            order.append(name)
            await release.wait()

    first, second = anyio.Event(), anyio.Event()
    with anyio.fail_after(5):
        async with anyio.create_task_group() as tasks:
            tasks.start_soon(pay, "first", first)
            await anyio.wait_all_tasks_blocked()
            tasks.start_soon(pay, "second", second)
            await anyio.wait_all_tasks_blocked()
            assert order == ["first"]
            first.set()
            await anyio.wait_all_tasks_blocked()
            assert order == ["first", "second"]
            second.set()


async def test_without_a_limit_nothing_is_held_back() -> None:
    async with CallBudget(model=SONNET, limit=None).paying(ask()) as payment:
        assert payment.ask == ask()


# --- answers that do not end ------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "is_loop"),
    [
        (LOOP, True),
        ('{"tables": [' + '{"rows": [["Rent", "1,284", "1,301"], ["Power", "88", "91"]]}, ' * 30, True),
        ("No end: " + "-" * 700, True),
        ("".join(f'["Row {n}", "{n * 17:,}"], ' for n in range(300)), False),
        ("The mill stands by the river. " * 3, False),
        ("", False),
        ("word " * 20, False),
    ],
    ids=["words", "rows", "dashes", "a long table", "three sentences", "nothing", "a short loop"],
)
def test_an_answer_that_repeats_itself_is_told_from_one_that_is_long(text: str, is_loop: bool) -> None:
    assert is_repeating(text) is is_loop
    assert is_repeating(text[:-3]) is is_loop


async def test_an_answer_that_repeats_itself_is_not_given_more_room(desk: Desk, api: FakeClaudeAPI) -> None:
    api.answer_with(Reply(text=LOOP, stop_reason="max_tokens"))
    run = await desk.run(draw_text(["one"]))
    assert [failed.error.kind for failed in run.failed] == ["AnswerRepeats"]
    assert sent(api) == 1


async def test_pages_beside_one_that_never_ends_are_read(desk: Desk, api: FakeClaudeAPI) -> None:
    def answer(request: Request) -> Any:
        if any("charlie" in page.text for page in request.pages):
            return Reply(text=LOOP, stop_reason="max_tokens")
        return transcribing(request)

    api.answer_with(answer)
    run = await desk.run(PDF)
    assert texts(run) == [text for text in PAGES if "charlie" not in text]
    assert [failed.error.kind for failed in run.failed] == ["AnswerRepeats"]


async def test_an_answer_that_is_cut_twice_is_given_up(desk: Desk, api: FakeClaudeAPI) -> None:
    rows = ", ".join(json.dumps([f"Row {n}", f"{n * n:,}"]) for n in range(2_000))
    api.answer_with(Reply(text='{"tables": [{"rows": [' + rows, stop_reason="max_tokens"))
    run = await desk.run(draw_text(["one"]))
    assert [failed.error.kind for failed in run.failed] == ["AnswerTooLong"]
    rooms = [request.body["max_tokens"] for request in api.requests if request.path == "/v1/messages"]
    assert rooms[1:] == [2 * rooms[0]]


@pytest.mark.parametrize("limit", ["0.003", "0.01", "0.05", "0.2"])
async def test_what_is_billed_stays_below_the_limit_whatever_answers_cost(
    desk: Desk, api: FakeClaudeAPI, limit: str
) -> None:
    rows = ", ".join(json.dumps([f"Row {n}", f"{n * n:,}"]) for n in range(3_000))
    api.answer_with(lambda request: Reply(text='{"tables": [{"rows": [' + rows, stop_reason="max_tokens"))
    run = await desk.run(draw_text([f"page {n}" for n in range(6)]), max_usd=Decimal(limit))
    spent = sum((answer.usd or Decimal(0) for answer in run.billed), Decimal(0))
    assert spent <= Decimal(limit)
    assert run.failed
    assert not run.answered
