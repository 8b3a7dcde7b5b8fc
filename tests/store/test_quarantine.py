"""Quarantine and addresses that cannot be fetched."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from tests.store.asks import DAY, HOUR, NOON, Clock
from witnessmark.store import Quarantined, Store
from witnessmark.store.quarantine import HashAmbiguous, NotAHash

pytestmark = pytest.mark.anyio

ONE, OTHER = "abcdef12" + "0" * 56, "abcdef13" + "0" * 56
BAD = Quarantined(
    sha256=ONE,
    page=0,
    kind="DocumentRefused",
    message="The API cannot read it.",
    next_step="Repair it.",
    model=None,
    document_name="report.pdf",
    since=NOON,
)


async def test_a_document_in_quarantine_is_found_with_its_reason(store: Store) -> None:
    await store.quarantine(BAD)
    assert await store.quarantined(ONE) == (BAD,)
    assert await store.quarantined(OTHER) == ()


async def test_pages_and_models_are_kept_apart_and_a_newer_reason_takes_the_place(store: Store) -> None:
    page = replace(BAD, page=3, model="claude-haiku-5-5", since=NOON + 1)
    newer = replace(BAD, message="It is too large.", since=NOON + 2)
    for entry in (BAD, page, newer):
        await store.quarantine(entry)
    assert await store.quarantined() == (newer, page)


async def test_a_document_is_released_with_all_its_pages_by_the_beginning_of_its_hash(store: Store) -> None:
    for entry in (BAD, replace(BAD, page=2), replace(BAD, sha256=OTHER)):
        await store.quarantine(entry)
    assert await store.release("ABCDEF12") == 2
    assert await store.quarantined() == (replace(BAD, sha256=OTHER),)
    assert await store.release(ONE) == 0


async def test_a_beginning_that_fits_two_documents_releases_neither(store: Store) -> None:
    for entry in (BAD, replace(BAD, sha256="abcdef12" + "1" * 56)):
        await store.quarantine(entry)
    with pytest.raises(HashAmbiguous, match="2 documents"):
        await store.release("abcdef12")
    assert len(await store.quarantined()) == 2


@pytest.mark.parametrize("text", ["", "abcdef1", "report.pdf", "%%%%%%%%", "g" * 64, "a" * 65])
async def test_what_is_no_hash_releases_nothing(store: Store, text: str) -> None:
    await store.quarantine(BAD)
    with pytest.raises(NotAHash):
        await store.release(text)
    assert await store.quarantined() == (BAD,)


async def test_all_are_released(store: Store) -> None:
    await store.quarantine(BAD)
    await store.quarantine(replace(BAD, sha256=OTHER))
    assert await store.release_all() == 2
    assert await store.quarantined() == ()


async def test_an_address_that_cannot_be_fetched_is_remembered_for_a_day_and_not_written_down(
    store: Store, path: Path, clock: Clock
) -> None:
    address = "https://files.example/secret-token.pdf"
    await store.remember_unfetchable(address)
    assert await store.is_unfetchable(address)
    assert not await store.is_unfetchable(address + "?")
    assert not any(b"secret-token" in file.read_bytes() for file in path.parent.iterdir())
    clock.now += DAY
    assert not await store.is_unfetchable(address)


async def test_a_clock_set_back_does_not_forget_an_address_nor_keep_it_for_years(store: Store, clock: Clock) -> None:
    await store.remember_unfetchable("https://files.example/a.pdf")
    clock.now -= HOUR
    assert await store.is_unfetchable("https://files.example/a.pdf")
    clock.now -= 365 * DAY
    assert not await store.is_unfetchable("https://files.example/a.pdf")
