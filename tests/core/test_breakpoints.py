"""Where breakpoints stand and for how long they keep: decided from the plan, the model's prices and earlier calls."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest

from witnessmark.plans.caching import (
    Past,
    documents_key,
    kept_keys,
    keys_to_look_up,
    prefix_keys,
    with_breakpoints,
)
from witnessmark.plans.models import Model, model_named, models
from witnessmark.plans.plan import Ask, Breakpoint, ContentBlock, ImageBlock, Plan, TextBlock, Ttl
from witnessmark.plans.price import price_of
from witnessmark.plans.tokens import Count

SONNET, HAIKU = model_named("claude-sonnet-5-5"), model_named("claude-haiku-5-5")
MINUTE = 60.0


def _image(name: str, *, side: int = 1_000) -> ImageBlock:
    return ImageBlock(sha256=name, page_number=1, width=side, height=side)


A, B, C = _image("a"), _image("b"), _image("c")


def _ask(*blocks: ContentBlock | str, output: int = 100, **changes: object) -> Ask:
    ask = Ask(
        model=SONNET.id,
        instructions="",
        blocks=tuple(TextBlock(text=block) if isinstance(block, str) else block for block in blocks),
        schema=None,
        effort="low",
        max_tokens=4_000,
        expected_output=Count.exactly(output),
    )
    return replace(ask, **changes)  # type: ignore[arg-type]  # of an ask's fields


def _chosen(
    *asks: Ask, model: Model = SONNET, past: Past | None = None, at_once: int = 4
) -> list[list[tuple[int, Ttl, bool]]]:
    plan = Plan(asks=asks)
    known = {} if past is None else {key: past for ask in asks if (key := documents_key(ask)) is not None}
    made = with_breakpoints(plan, model, known, at_once=at_once)
    assert [ask.content_key for ask in made.asks] == [ask.content_key for ask in asks], "answers stay the same"
    return [[(point.index, point.ttl, point.is_kept) for point in ask.breakpoints] for ask in made.asks]


# --- in one plan ----------------------------------------------------------------------------------------------------


def test_one_ask_alone_keeps_nothing() -> None:
    assert _chosen(_ask(A, "?")) == [[]]


def test_asks_on_one_document_keep_it_and_the_first_writes() -> None:
    found = _chosen(_ask(A, "1?"), _ask(A, "2?"), _ask(A, "3?"))
    assert found == [[(0, "5m", False)], [(0, "5m", True)], [(0, "5m", True)]]


def test_the_same_ask_twice_is_one() -> None:
    assert _chosen(_ask(A, "?"), _ask(A, "?")) == [[], []]


def test_what_is_shared_ends_where_asks_part() -> None:
    """The documents are kept by themselves, too: it costs nothing, and the next question may begin otherwise."""
    found = _chosen(_ask(A, "Now:", "1?"), _ask(A, "Now:", "2?"), _ask(B, "Now:", "3?"))
    assert found == [[(0, "5m", False), (1, "5m", False)], [(0, "5m", True), (1, "5m", True)], []]
    assert _chosen(_ask(A, B, "1?"), _ask(A, C, "2?")) == [[(0, "5m", False)], [(0, "5m", True)]]


def test_a_part_shared_by_more_is_kept_by_itself_too() -> None:
    found = _chosen(_ask(A, "1?"), _ask(A, B, "2?"), _ask(A, B, "3?"))
    assert found == [[(0, "5m", False)], [(0, "5m", True), (1, "5m", False)], [(0, "5m", True), (1, "5m", True)]]


def test_a_request_has_four_breakpoints_at_most_and_they_are_the_last() -> None:
    blocks = [_image(name) for name in "abcdef"]
    asks = [_ask(*blocks[:count], f"{count}?") for count in range(1, 7)]
    found = _chosen(*asks, _ask(*blocks, "again?"))
    assert [index for index, _, _ in found[-1]] == [2, 3, 4, 5]


@pytest.mark.parametrize(
    "changed",
    [
        {"model": HAIKU.id},
        {"instructions": "Otherwise."},
        {"schema": {"type": "object"}},
        {"effort": "high"},
        {"blocks": (replace(A, sha256="z"), TextBlock(text="2?"))},
    ],
    ids=lambda changed: next(iter(changed)),
)
def test_what_voids_the_cache_is_not_shared(changed: dict[str, Any]) -> None:
    assert _chosen(_ask(A, "1?"), _ask(A, "2?", **changed)) == [[], []]


def test_an_image_anywhere_voids_what_was_kept_without() -> None:
    long = "word " * 3_000
    assert _chosen(_ask(long, "1?"), _ask(long, "2?")) == [[(0, "5m", False)], [(0, "5m", True)]]
    assert _chosen(_ask(long, "1?"), _ask(long, A, "2?")) == [[], []]


@pytest.mark.parametrize("side", [200, 1_000], ids=str)
def test_what_is_too_short_is_not_kept(side: int) -> None:
    small = _image("small", side=side)
    assert bool(_chosen(_ask(small, "1?"), _ask(small, "2?"))[0]) is (side == 1_000)


def test_the_models_own_minimum_counts() -> None:
    older = model_named("claude-haiku-4-5")
    asks = [_ask(A, text, model=older.id) for text in ("1?", "2?")]
    assert older.cache_min_tokens > 1_296
    assert _chosen(*asks, model=older) == [[], []]


def test_nothing_is_kept_where_the_price_is_not_known() -> None:
    assert _chosen(_ask(A, "1?"), _ask(A, "2?"), model=replace(SONNET, prices=())) == [[], []]


def test_it_is_not_kept_where_reading_costs_too_much() -> None:
    """Two uses cost a write and a read: at these prices more than two without the cache."""
    dear = replace(SONNET.prices[0], cache_read=SONNET.prices[0].input * Decimal("0.8"))
    asks = [_ask(A, f"{n}?") for n in range(3)]
    assert _chosen(*asks[:2], model=replace(SONNET, prices=(dear,))) == [[], []]
    assert _chosen(*asks, model=replace(SONNET, prices=(dear,)))[0] == [(0, "5m", False)]


@pytest.mark.parametrize("model", models(), ids=lambda model: model.id)
def test_two_uses_pay_at_every_models_prices(model: Model) -> None:
    large = [_image(name) for name in "abcde"]
    asks = [_ask(*large, text, model=model.id) for text in ("1?", "2?")]
    assert _chosen(*asks, model=model) == [[(4, "5m", False)], [(4, "5m", True)]]


# --- long plans -----------------------------------------------------------------------------------------------------


def test_answers_that_take_longer_than_five_minutes_want_an_hour() -> None:
    slow = 20_000  # tokens, at 50 a second
    assert {ttl for ask in _chosen(*(_ask(A, f"{n}?", output=slow) for n in range(9))) for _, ttl, _ in ask} == {"1h"}
    quick = 5_000
    assert {ttl for ask in _chosen(*(_ask(A, f"{n}?", output=quick) for n in range(9))) for _, ttl, _ in ask} == {"5m"}


def test_asks_that_go_together_need_no_hour_however_long_they_take() -> None:
    found = _chosen(*(_ask(A, f"{n}?", output=20_000) for n in range(4)))
    assert {ttl for ask in found for _, ttl, _ in ask} == {"5m"}


def test_an_hour_stands_before_five_minutes() -> None:
    """The API refuses it the other way round."""
    asks = [_ask(A, "1?"), *(_ask(A, B, f"{n}?", output=20_000) for n in range(9))]
    for points in _chosen(*asks):
        ttls = [ttl for _, ttl, _ in points]
        assert ttls == sorted(ttls)


# --- calls before ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("minutes", "ttl"),
    [
        ([1], "5m"),
        ([4.5], "5m"),
        ([10], None),
        ([50], None),
        ([61], None),
        ([10, 20], "1h"),
        ([50, 100], "1h"),
        ([61, 62, 63], None),
        ([1, 11], "1h"),
        ([10, 11], "1h"),
        ([1, 2, 3], "5m"),
        ([10, 200], None),
    ],
    ids=str,
)
def test_how_long_follows_from_how_far_calls_were_apart(minutes: Sequence[float], ttl: Ttl | None) -> None:
    past = Past(calls=tuple(minute * MINUTE for minute in minutes))
    assert _chosen(_ask(A, "?"), past=past) == [[(0, ttl, False)] if ttl else []]


@pytest.mark.parametrize(
    ("age", "ttl", "is_read"),
    [(60, "5m", True), (299, "5m", False), (400, "5m", False), (400, "1h", True), (3_590, "1h", False)],
    ids=str,
)
def test_what_is_kept_already_is_read(age: float, ttl: Ttl, is_read: bool) -> None:
    found = _chosen(_ask(A, "?"), past=Past(calls=(age, age + 1), kept=(age, ttl)))
    assert [is_kept for points in found for _, _, is_kept in points if is_kept] == [True] * is_read
    if is_read:
        assert found == [[(0, ttl, True)]]


def test_a_plan_of_one_reads_what_is_kept_even_if_nothing_else_is_known() -> None:
    assert _chosen(_ask(A, "?"), past=Past(kept=(10.0, "5m"))) == [[(0, "5m", True)]]


def test_only_what_decides_is_looked_up() -> None:
    asks = (_ask(A, B, "1?"), _ask(A, C, "2?"))
    keys = [prefix_keys(ask) for ask in asks]
    assert keys_to_look_up(Plan(asks=asks)) == {keys[0][0], keys[0][1], keys[1][1]}
    (one, two) = with_breakpoints(Plan(asks=asks), SONNET, {}, at_once=4).asks
    assert kept_keys(one) == kept_keys(two) == (keys[0][0],)


# --- what that costs ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("model", [SONNET, HAIKU, model_named("claude-opus-5-5"), model_named("claude-fable-5-2")])
def test_a_plan_costs_one_write_and_reads(model: Model) -> None:
    asks = [_ask(A, f"{n}?", model=model.id, output=0) for n in range(10)]
    plan = with_breakpoints(Plan(asks=tuple(asks)), model, {}, at_once=4)
    prices = model.prices[0]
    questions = price_of(Plan(asks=tuple(replace(ask, blocks=ask.blocks[1:]) for ask in asks)), model).now
    price = price_of(plan, model).now
    assert price is not None
    assert questions is not None
    kept = 1_296 * (prices.cache_write_5m + 9 * prices.cache_read) / 1_000_000
    assert price.estimate == kept + questions.estimate
    each = [price_of(Plan(asks=(ask,)), model).now for ask in plan.asks]
    assert sum((one.estimate for one in each if one), Decimal(0)) == price.estimate, "as asks are reserved one by one"


def test_what_is_written_beyond_what_is_read_has_its_own_price() -> None:
    plan = Plan(asks=(_ask(A, B, "", output=0),))
    ask = replace(plan.asks[0], breakpoints=(Breakpoint(index=0, is_kept=True), Breakpoint(index=1)))
    price = price_of(Plan(asks=(ask,)), SONNET).now
    assert price is not None
    assert price.estimate == 1_296 * (Decimal("0.1") + Decimal("2.5")) / 1_000_000
    counted = price_of(Plan(asks=(ask,)), SONNET, {ask.content_key: 3_000}).now
    assert counted is not None
    assert counted.estimate == (1_704 * Decimal("0.1") + 1_296 * Decimal("2.5")) / 1_000_000


def test_what_is_read_counts_towards_the_step_of_the_price() -> None:
    large = [_image(f"{n}", side=1_900) for n in range(30)]  # 4,624 tokens each
    read = replace(_ask(*large, "?", model=HAIKU.id, output=0), breakpoints=(Breakpoint(index=29, is_kept=True),))
    price = price_of(Plan(asks=(read,)), HAIKU).now
    assert price is not None
    assert price.estimate > 30 * 4_624 * HAIKU.prices[1].cache_read / 1_000_000
