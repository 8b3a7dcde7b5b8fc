"""One bucket for all processes of a key: what is given, what it learns, and what must not wedge it."""

from __future__ import annotations

import sqlite3
from collections.abc import Mapping
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from tests.store.asks import ENDPOINT, NOON, Clock, move_to_another_machine
from tests.store.children import children
from witnessmark.store import BucketKey, Kind, News, Store, Told, Turns, Wanted, open_store
from witnessmark.store.database import StoreBusy

pytestmark = pytest.mark.anyio

KEY = BucketKey(endpoint=ENDPOINT, account="a1", model="claude-sonnet-5-5")
MINUTE = 60.0


@dataclass
class Line:
    """A process's line, as the client would use it."""

    store: Store
    clock: Clock
    name: str = "line-1"
    key: BucketKey = KEY
    news: list[News] = field(default_factory=list[News])

    async def take(self, *prompts: float, output: float = 0.0, **more: Any) -> Turns:
        wanted = [Wanted(prompt=prompt, output=output, **more) for prompt in prompts]
        news, self.news = self.news, []
        return await self.store.take_turns(self.key, self.name, wanted, news, clock=self.clock)

    def tell(self, turn: int, outcome: Any, **more: Any) -> None:
        self.news.append(News(turn=turn, outcome=outcome, at=self.clock(), **more))

    def answer(self, turn: int, tokens: int, **more: Any) -> None:
        self.tell(turn, "answered", prompt_tokens=tokens, input_tokens=tokens, **more)

    async def learn(self, limit: float = 60_000, remaining: float | None = None) -> None:
        """Ask once, and hear of the limits, with nothing used."""
        (turn,) = (await self.take(0)).given
        self.tell(turn, "begun", told=told(limit, limit if remaining is None else remaining))
        self.answer(turn, 0)
        await self.take()

    async def left(self) -> float:
        return (await self.take()).left["input"]


def told(limit: float, remaining: float, **more: Any) -> Mapping[Kind, Told]:
    return {"input": Told(limit=limit, remaining=remaining, **more)}


@pytest.fixture
def line(store: Store, clock: Clock) -> Line:
    return Line(store, clock)


# --- what is given ----------------------------------------------------------------------------------------------------


async def test_what_an_ask_may_take_is_taken_before_it_is_sent(line: Line) -> None:
    await line.learn(remaining=30_500)
    assert await line.left() == 30_000
    turns = await line.take(10_000)
    assert len(turns.given) == 1
    assert 10_000 < 30_000 - await line.left() < 13_000  # on top of the estimate stands what it may be off


async def test_what_exceeds_the_bucket_waits_until_it_has_refilled(line: Line, clock: Clock) -> None:
    await line.learn(remaining=10_500)
    turns = await line.take(20_000)
    assert not turns.given
    assert turns.is_short
    assert turns.looks_in is not None
    assert 10 <= turns.looks_in <= 15  # a thousand tokens a second
    clock.now += turns.looks_in
    assert len((await line.take(20_000)).given) == 1


async def test_the_first_that_waits_is_not_overtaken_by_a_smaller_one(line: Line) -> None:
    await line.learn(remaining=10_500)
    assert not (await line.take(20_000, 10)).given


async def test_an_ask_larger_than_the_bucket_goes_when_it_is_full(line: Line, clock: Clock) -> None:
    await line.learn(remaining=30_500)
    turns = await line.take(500_000)
    assert turns.looks_in is not None
    clock.now += turns.looks_in
    assert len((await line.take(500_000)).given) == 1


async def test_what_is_expected_to_come_out_of_the_cache_does_not_count(line: Line) -> None:
    await line.learn(remaining=10_500)
    assert len((await line.take(50_000, cached=49_000)).given) == 1


async def test_requests_and_output_are_limits_too(line: Line) -> None:
    (turn,) = (await line.take(0)).given
    limits: dict[Kind, Told] = {
        "requests": Told(limit=60, remaining=1),
        "output": Told(limit=6_000, remaining=5_500),
    }
    line.tell(turn, "begun", told=limits)
    line.answer(turn, 0)
    assert not (await line.take(0, output=5_600)).given
    first = await line.take(0, 0, output=100)
    assert len(first.given) == 1
    assert first.looks_in == pytest.approx(1.0, abs=0.1)


async def test_output_that_was_not_written_is_given_back(line: Line) -> None:
    (turn,) = (await line.take(0, output=4_000)).given
    line.tell(turn, "begun", told={"output": Told(limit=6_000, remaining=5_000)})
    assert (await line.take()).left["output"] == 700  # it may write all of it yet; 300 are a margin
    line.answer(turn, 0, output_tokens=100)
    assert (await line.take()).left["output"] == 4_600


async def test_a_model_of_which_nothing_is_known_begins_with_two_and_goes_on_when_a_response_begins(line: Line) -> None:
    first = await line.take(*[1_000] * 10)
    assert len(first.given) == 2
    assert first.looks_in is None  # its own turns end, or begin
    line.tell(first.given[0], "begun")
    assert len((await line.take(*[1_000] * 10)).given) == 2  # four at once


async def test_models_and_accounts_have_buckets_of_their_own(line: Line, store: Store, clock: Clock) -> None:
    await line.learn(remaining=500)
    for key in (
        BucketKey(endpoint=ENDPOINT, account="a2", model=KEY.model),
        BucketKey(endpoint=ENDPOINT, account="a1", model="claude-haiku-5-5"),
        BucketKey(endpoint="https://elsewhere.example", account="a1", model=KEY.model),
    ):
        assert (await Line(store, clock, name="other", key=key).take(50_000)).given
    assert not (await line.take(50_000)).given


# --- what it learns ---------------------------------------------------------------------------------------------------


async def test_what_a_response_says_is_left_is_believed_but_for_what_is_on_its_way(line: Line) -> None:
    await line.learn(remaining=40_500)
    first, second = (await line.take(5_000, 5_000)).given
    line.tell(first, "begun", told=told(60_000, 20_500))  # somebody else has taken some
    left = await line.left()
    assert left == 20_000  # the second may be counted in that
    line.tell(second, "begun", told=told(60_000, 50_500))
    assert await line.left() == 50_000  # nothing is on its way any more


async def test_what_remains_when_nothing_is_on_its_way_corrects_both_ways(line: Line) -> None:
    await line.learn(remaining=40_500)
    for remaining in (55_500, 3_500):
        (turn,) = (await line.take(100)).given
        line.tell(turn, "begun", told=told(60_000, remaining))
        line.answer(turn, 100)
        assert await line.left() == remaining - 500


async def test_news_that_comes_late_is_taken_for_what_it_was(line: Line, clock: Clock) -> None:
    await line.learn(remaining=10_500)
    (turn,) = (await line.take(100)).given
    line.tell(turn, "begun", told=told(60_000, 5_500))
    clock.now += 20
    assert await line.left() == pytest.approx(25_000, abs=10)


async def test_estimates_that_are_too_low_are_learned_from(line: Line, clock: Clock) -> None:
    await line.learn()
    for _ in range(60):
        clock.now += 10
        (turn,) = (await line.take(1_000)).given
        line.answer(turn, 2_000)
    before = await line.left()
    await line.take(1_000)
    assert 1_950 < before - await line.left() < 2_200


async def test_an_ask_that_was_not_sent_takes_nothing(line: Line) -> None:
    await line.learn(remaining=30_500)
    for outcome in ("not sent", "refused"):
        (turn,) = (await line.take(10_000)).given
        line.tell(turn, outcome)
        assert await line.left() == 30_000


async def test_an_ask_that_may_have_been_counted_is_not_given_back(line: Line) -> None:
    await line.learn(remaining=30_500)
    (turn,) = (await line.take(10_000)).given
    line.tell(turn, "unknown")
    assert await line.left() < 20_000


async def test_a_refusal_slows_down_and_answers_speed_up_again(line: Line, clock: Clock) -> None:
    await line.learn(remaining=500)

    async def refill() -> float:
        before = await line.left()
        clock.now += 1
        return await line.left() - before

    assert await refill() == pytest.approx(1_000)
    (turn,) = (await line.take(0)).given
    line.tell(turn, "limited", told=told(60_000, 500), trouble="RateLimited")
    slower = await refill()
    assert slower == pytest.approx(850)
    for _ in range(100):
        clock.now += 1
        (turn,) = (await line.take(0)).given
        line.tell(turn, "begun", told=told(60_000, 500))
        line.answer(turn, 0)
    assert await refill() == pytest.approx(1_000)


async def test_several_refusals_of_what_was_sent_together_count_once(line: Line, clock: Clock) -> None:
    await line.learn(remaining=50_500)
    turns = await line.take(1, 1, 1, 1)
    clock.now += 1
    for turn in turns.given:
        line.tell(turn, "limited", told=told(60_000, 500), trouble="RateLimited")
    before = await line.left()
    clock.now += 1
    assert await line.left() - before == pytest.approx(850)


async def test_fewer_go_at_once_after_a_refusal_and_more_after_answers(line: Line, clock: Clock) -> None:
    await line.learn()

    async def at_once() -> int:
        clock.now += MINUTE
        given = (await line.take(*[1] * 100)).given
        for turn in given:
            line.tell(turn, "not sent")
        await line.take()
        return len(given)

    assert await at_once() == 4
    for _ in range(20):
        clock.now += 1
        (turn,) = (await line.take(1)).given
        line.answer(turn, 1)
    assert await at_once() == 14
    (turn,) = (await line.take(1)).given
    line.tell(turn, "failed", trouble="Overloaded")
    assert await at_once() == 7
    for _ in range(1_000):
        clock.now += 1
        (turn,) = (await line.take(1)).given
        line.answer(turn, 1)
    assert await at_once() == 64


async def test_a_bucket_that_refills_more_slowly_than_in_a_minute_is_believed(line: Line, clock: Clock) -> None:
    (turn,) = (await line.take(0)).given
    line.tell(turn, "begun", told=told(60_000, 500, full_in=600.0))
    line.answer(turn, 0)
    before = await line.left()
    clock.now += 10
    assert await line.left() - before == pytest.approx(1_000, rel=0.02)


# --- refused, and down ------------------------------------------------------------------------------------------------


async def test_nobody_asks_before_the_time_that_the_api_has_said(line: Line, store: Store, clock: Clock) -> None:
    await line.learn()
    (turn,) = (await line.take(10)).given
    line.tell(turn, "limited", pause=171.0, trouble="RateLimited")
    other = Line(store, clock, name="line-2")
    await line.take()
    turns = await other.take(10)
    assert (turns.given, turns.opens_in, turns.trouble) == ((), 171.0, "RateLimited")
    clock.now += 170
    assert not (await other.take(10)).given
    clock.now += 1
    assert (await other.take(10)).given


async def test_a_wait_of_a_year_holds_others_for_an_hour(line: Line, clock: Clock) -> None:
    await line.learn()
    (turn,) = (await line.take(10)).given
    line.tell(turn, "limited", pause=365 * 86_400.0, trouble="RateLimited")
    assert (await line.take(10)).opens_in == 3_600


async def fail_until_down(line: Line) -> None:
    for _ in range(3):
        (turn,) = (await line.take(10)).given
        line.tell(turn, "failed", trouble="Overloaded")
        line.clock.now += 0.1


async def test_while_nothing_but_failures_comes_one_at_a_time_tries(line: Line, clock: Clock) -> None:
    await line.learn()
    await fail_until_down(line)
    waits: list[float] = []
    for _ in range(7):
        turns = await line.take(10, 10, 10)
        assert (turns.given, turns.is_down, turns.trouble) == ((), True, "Overloaded")
        waits.append(turns.opens_in)
        clock.now += turns.opens_in
        probe = await line.take(10, 10, 10)
        assert len(probe.given) == 1
        assert not (await line.take(10, 10)).given
        clock.now += 0.5
        line.tell(probe.given[0], "failed", trouble="Overloaded")
    assert waits == pytest.approx([1, 2, 4, 8, 16, 30, 30])


async def test_when_a_response_begins_it_is_up_again_for_all(line: Line, store: Store, clock: Clock) -> None:
    await line.learn()
    await fail_until_down(line)
    clock.now += (await line.take(10)).opens_in
    (probe,) = (await line.take(10)).given
    other = Line(store, clock, name="line-2")
    assert not (await other.take(10)).given
    line.tell(probe, "begun")
    await line.take()
    assert (await other.take(10)).given


async def test_what_was_sent_before_it_went_down_does_not_count_as_a_try(line: Line, clock: Clock) -> None:
    await line.learn()
    early = await line.take(1, 1, 1, 1)
    clock.now += 1
    for turn in early.given:
        line.tell(turn, "failed", trouble="Overloaded")
    turns = await line.take(1)
    assert (turns.opens_in, turns.probes) == (1.0, 0)


async def test_failures_now_and_then_stop_nobody(line: Line, clock: Clock) -> None:
    await line.learn()
    for _ in range(20):
        clock.now += 1
        for outcome in ("failed", "failed", "answered"):
            (turn,) = (await line.take(1)).given
            line.tell(turn, outcome, trouble="Overloaded")


# --- several processes ------------------------------------------------------------------------------------------------


async def test_who_waits_longest_at_the_head_of_a_line_goes_first(store: Store, clock: Clock) -> None:
    large, small = Line(store, clock, name="large"), Line(store, clock, name="small")
    await large.learn(remaining=20_500)
    assert not (await large.take(40_000)).given
    for _ in range(100):
        clock.now += 1
        if (await large.take(40_000)).given:
            return
        assert not (await small.take(1_000)).given  # there is enough for it, and it is not for it
    raise AssertionError


async def test_a_line_that_does_not_look_again_holds_nobody_up(store: Store, clock: Clock) -> None:
    stopped, other = Line(store, clock, name="stopped"), Line(store, clock, name="other")
    await stopped.learn(remaining=10_500)
    assert not (await stopped.take(50_000)).given
    clock.now += 5
    assert not (await other.take(5_000)).given
    clock.now += 60
    assert (await other.take(5_000)).given


async def test_turns_go_round_among_lines(store: Store, clock: Clock) -> None:
    one, two = Line(store, clock, name="one"), Line(store, clock, name="two")
    await one.learn(remaining=500)
    given: list[str] = []
    for _ in range(200):
        for line in (one, two):
            turns = await line.take(5_000, 5_000)
            for turn in turns.given:
                given.append(line.name)
                line.tell(turn, "unknown")
        clock.now += 0.5
    assert len(given) >= 10
    assert abs(given.count("one") - given.count("two")) <= 2


async def test_what_a_process_that_is_gone_had_in_flight_no_longer_counts(path: Path) -> None:
    async with open_store(path) as store:
        with children(1, "take_turns_and_wait", path) as (child,):
            assert child.hear() == "2"
            line = Line(store, Clock(NOON))
            assert not (await line.take(10)).given
            child.kill()
            assert len((await line.take(10, 10, 10)).given) == 2


async def test_what_cannot_be_asked_whether_it_lives_counts_until_its_time_is_up(
    line: Line, store: Store, clock: Clock, path: Path
) -> None:
    await line.take(10, 10, seconds=100.0)
    move_to_another_machine(path, "turns")
    other = Line(store, clock, name="line-2")
    assert not (await other.take(10)).given
    clock.now += 101
    assert (await other.take(10)).given


async def test_processes_share_one_bucket_and_none_takes_what_another_has(path: Path, clock: Clock) -> None:
    async with open_store(path) as store:
        await Line(store, clock).learn(remaining=30_500)
        with children(4, "empty_bucket", path, str(clock.now)) as asking:
            for child in asking:
                assert child.hear() == "ready"
            for child in asking:
                child.tell()
            given = [int(said) for child in asking for said in child.rest()]
        assert sum(given) == pytest.approx(30_000 / 1_200, abs=1)
        assert await Line(store, clock).left() >= 0


async def test_a_line_that_is_left_has_nothing_in_flight(line: Line, store: Store, clock: Clock) -> None:
    await line.take(10, 10)
    await store.leave_line(line.name)
    assert len((await Line(store, clock, name="other").take(10, 10)).given) == 2


# --- what must not wedge it -------------------------------------------------------------------------------------------


async def test_a_clock_that_is_set_back_takes_the_waits_along(line: Line, clock: Clock) -> None:
    await line.learn(remaining=500)
    (turn,) = (await line.take(0)).given
    line.tell(turn, "limited", pause=20.0, trouble="RateLimited")
    assert (await line.take(10)).opens_in == 20
    clock.now -= 3_600
    assert (await line.take(10)).opens_in == 20
    clock.now += 20
    assert (await line.take(10)).given


async def test_turns_from_the_future_do_not_count(line: Line, clock: Clock) -> None:
    assert len((await line.take(10, 10)).given) == 2
    clock.now -= 3_600
    assert len((await line.take(10, 10)).given) == 2


async def test_news_of_a_process_that_was_stopped_for_an_hour_does_no_harm(
    line: Line, store: Store, clock: Clock
) -> None:
    await line.learn()
    (turn,) = (await line.take(30_000, seconds=60.0)).given
    line.tell(turn, "limited", told=told(60_000, 0), pause=30.0, trouble="RateLimited")
    clock.now += 3_600
    other = Line(store, clock, name="line-2")
    assert (await other.take(30_000)).given
    before = await other.left()
    turns = await line.take(10)  # it goes on where it was
    assert turns.given
    assert turns.opens_in == 0
    assert before - turns.left["input"] == pytest.approx(10, abs=5)


async def test_a_store_that_is_held_ends_in_an_error_and_goes_on_when_it_is_free(
    line: Line, path: Path, clock: Clock
) -> None:
    await line.learn()
    with children(1, "hold", path) as (holder,):
        assert holder.hear() == "holding"
        async with open_store(path, busy_seconds=0.3) as hurried:
            with pytest.raises(StoreBusy):
                await Line(hurried, clock, name="other").take(10)
        holder.tell()
        holder.rest()
    assert (await line.take(10)).given


async def test_buckets_that_nobody_asks_are_forgotten(line: Line, store: Store, clock: Clock, path: Path) -> None:
    await line.take(10)
    clock.now += 31 * 86_400
    await store.prune(max_age_days=None)
    with closing(sqlite3.connect(path)) as db:
        assert [db.execute(f"SELECT count(*) FROM {table}").fetchone() for table in ("buckets", "turns")] == [(0,)] * 2
