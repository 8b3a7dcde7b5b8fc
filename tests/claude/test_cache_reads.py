"""What should be read from the cache, and why it was not: told from the ledger, this process and the API's usage."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from witnessmark.claude.cache_reads import Expected, expected, is_diagnosed, miss_of, past_as_planned
from witnessmark.claude.leading import Kept
from witnessmark.plans.caching import Past
from witnessmark.plans.models import model_named
from witnessmark.plans.plan import Ask, Breakpoint, ImageBlock, TextBlock
from witnessmark.plans.tokens import Count
from witnessmark.store import CacheMiss, KeptPrefix, PrefixPast, Tokens

SONNET = model_named("claude-sonnet-5-5")
NOW = 10_000.0
MILLION = 1_000_000


def _kept(age: float, *, ttl: str = "5m", tokens: int = 5_000, way: str = "file") -> KeptPrefix:
    return KeptPrefix(age=age, ttl=ttl, tokens=tokens, way=way, message_id=f"msg_{age:.0f}")


def _heard(age: float, *, tokens: int = 5_000) -> Kept:
    return Kept(at=NOW - age, ttl="5m", tokens=tokens, way="file", message_id="msg_heard")


def _ask(side: int = 1_900, *, is_kept: bool = True) -> Ask:
    image = ImageBlock(sha256="a", page_number=1, width=side, height=side)
    return Ask(
        model=SONNET.id,
        instructions="",
        blocks=(image, TextBlock(text="?")),
        schema=None,
        effort="low",
        max_tokens=4_000,
        breakpoints=(Breakpoint(index=0),) if is_kept else (),
        expected_output=Count.exactly(1),
    )


@pytest.mark.parametrize(
    ("past", "heard", "tokens", "reason", "message"),
    [
        ([], None, 0, None, None),
        ([_kept(10)], None, 5_000, None, "msg_10"),
        ([_kept(299)], None, 5_000, None, "msg_299"),
        ([_kept(300)], None, 5_000, "expired", "msg_300"),
        ([_kept(300, ttl="1h")], None, 5_000, None, "msg_300"),
        ([_kept(3_600, ttl="1h")], None, 5_000, "expired", "msg_3600"),
        ([_kept(10, way="url")], None, 5_000, "another delivery", "msg_10"),
        ([_kept(10, way="url"), _kept(20)], None, 5_000, None, "msg_20"),
        ([_kept(10, way="url"), _kept(400)], None, 5_000, "another delivery", "msg_10"),
        ([_kept(400, way="url")], None, 5_000, "expired", "msg_400"),
        ([_kept(1, tokens=0)], None, 0, "first write not begun", None),
        ([_kept(1, tokens=0), _kept(50)], None, 5_000, None, "msg_50"),
        ([_kept(1, tokens=0)], _heard(1), 5_000, None, "msg_heard"),
        ([], _heard(1, tokens=0), 0, None, None),
    ],
)
def test_what_should_be_read(
    past: list[KeptPrefix], heard: Kept | None, tokens: int, reason: str | None, message: str | None
) -> None:
    found = expected(PrefixPast(kept=tuple(past)), heard, now=NOW, way="file")
    assert (found.tokens, found.reason, found.message_id) == (tokens, reason, message)


THERE = Expected(tokens=5_000, ttl="5m")
WRITTEN_DEARER = 5_000 * (Decimal("2.5") - Decimal("0.1")) / MILLION
UNCACHED_DEARER = 5_000 * (Decimal(2) - Decimal("0.1")) / MILLION


@pytest.mark.parametrize(
    ("hoped", "tokens", "miss"),
    [
        (Expected(), Tokens(cache_creation_5m=5_000), None),
        (THERE, Tokens(input=9, cache_read=5_000), None),
        (THERE, Tokens(input=9, cache_read=4_800), None),
        (THERE, Tokens(input=9, cache_creation_5m=5_000), ("unknown", WRITTEN_DEARER)),
        (THERE, Tokens(input=9, cache_read=2_500, cache_creation_5m=2_500), ("unknown", WRITTEN_DEARER / 2)),
        (THERE, Tokens(input=5_009), ("not kept", UNCACHED_DEARER)),
        (Expected(tokens=5_000, reason="expired"), Tokens(cache_creation_5m=5_000), ("expired", WRITTEN_DEARER)),
        (Expected(tokens=5_000, reason="another delivery"), Tokens(cache_read=5_000), None),
        (Expected(reason="first write not begun"), Tokens(cache_read=5_000), None),
        (
            Expected(reason="first write not begun"),
            Tokens(cache_creation_5m=5_000),
            ("first write not begun", WRITTEN_DEARER),
        ),
        (Expected(), Tokens(input=400), ("too short", Decimal(0))),
        (Expected(), Tokens(input=5_009), ("not kept", Decimal(0))),
    ],
)
def test_why_it_was_not(hoped: Expected, tokens: Tokens, miss: tuple[str, Decimal] | None) -> None:
    found = miss_of(_ask(), SONNET, hoped, tokens)
    assert found == (None if miss is None else CacheMiss(reason=miss[0], lost_usd=miss[1]))


def test_an_ask_that_keeps_nothing_misses_nothing() -> None:
    assert miss_of(_ask(is_kept=False), SONNET, THERE, Tokens(input=5_009)) is None


@pytest.mark.parametrize(
    ("diagnosis", "reason"),
    [
        ({"cache_miss_reason": {"type": "system_changed", "cache_missed_input_tokens": 5_000}}, "system changed"),
        ({"cache_miss_reason": {"type": "model_changed", "cache_missed_input_tokens": 5_000}}, "model changed"),
        ({"cache_miss_reason": {"type": "messages_changed", "cache_missed_input_tokens": 5_000}}, "unknown"),
        ({"cache_miss_reason": {"type": "previous_message_not_found"}}, "unknown"),
        ({"cache_miss_reason": None}, "unknown"),
        (None, "unknown"),
    ],
)
def test_what_the_api_says_of_it_counts_where_nobody_knows(diagnosis: dict[str, Any] | None, reason: str) -> None:
    missed = Tokens(cache_creation_5m=5_000)
    found = miss_of(_ask(), SONNET, THERE, missed, diagnosis)
    assert found is not None
    assert found.reason == reason
    expired = miss_of(_ask(), SONNET, Expected(tokens=5_000, reason="expired"), missed, diagnosis)
    assert expired is not None
    assert expired.reason == "expired"


def test_what_is_planned_with_knows_the_ledger_and_this_process() -> None:
    past = PrefixPast(calls={"one": 50.0, "two": 10.0}, kept=(_kept(1, tokens=0), _kept(90)))
    assert past_as_planned(past, {"two": 12.0, "three": 0.5}, None, now=NOW) == Past(
        calls=(0.5, 10.0, 50.0), kept=(90, "5m")
    )
    assert past_as_planned(past, {}, _heard(3), now=NOW).kept == (3, "5m")


@pytest.mark.parametrize(
    ("endpoint", "is_own"),
    [
        ("https://api.anthropic.com", True),
        ("https://api.anthropic.com/", True),
        ("https://anthropic.com", True),
        ("https://anthropic.com.evil.example", False),
        ("https://notanthropic.com", False),
        ("http://127.0.0.1:8000", False),
        ("", False),
    ],
)
def test_only_anthropics_own_endpoint_is_asked_why(endpoint: str, is_own: bool) -> None:
    assert is_diagnosed(endpoint) is is_own
