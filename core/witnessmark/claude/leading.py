"""Who writes into the cache: of the asks that begin alike one goes first, and the rest when its response has begun."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace

import anyio

from witnessmark.plans.caching import SECONDS, kept_keys
from witnessmark.plans.plan import Ask, Ttl


@dataclass(frozen=True, slots=True, kw_only=True)
class Kept:
    """What the cache holds of a prompt's beginning, as a response that has begun says.

    Units:  seconds by the clock of whoever asks
    """

    at: float
    """When the request was sent: its life counts from there."""
    ttl: Ttl
    tokens: int
    """0: none, or nobody knows how many."""
    way: str
    """How its documents travelled."""
    message_id: str | None


@dataclass(slots=True)
class Lead:
    """The right to send an ask."""

    keys: tuple[str, ...]
    is_first: bool
    """Whether others wait until its response begins."""
    begin: Callable[[Kept], None]
    """Called when the response begins: whatever waited may go."""
    release: Callable[[], None]
    """Called when nobody waits for the response any more: the next of those that wait goes first."""


@dataclass(slots=True, kw_only=True)
class Leads:
    """The beginnings of prompts that this process is writing into the cache, and those that it has written or read.

    The API lets an entry be read when the response to the request that writes it has begun, and not before (fact
    sheet §7): of several that are sent at once each would write.
    """

    now: Callable[[], float]
    _writing: dict[str, anyio.Event] = field(default_factory=dict[str, anyio.Event])
    _kept: dict[str, Kept] = field(default_factory=dict[str, Kept])

    @asynccontextmanager
    async def lead(self, ask: Ask) -> AsyncGenerator[Lead]:
        """Wait while another ask is writing what this one would read; leaving the block lets the next one try.

        Whoever waits holds nothing that others wait for; an ask without breakpoints never waits.
        """
        keys = kept_keys(ask)
        while (writing := next((self._writing[key] for key in keys if key in self._writing), None)) is not None:
            await writing.wait()
        missing = [key for key in keys if self.kept(key) is None]
        done = anyio.Event()
        self._writing |= dict.fromkeys(missing, done)

        def end() -> None:
            for key in missing:
                if self._writing.get(key) is done:
                    del self._writing[key]
            done.set()

        def begin(kept: Kept) -> None:
            self._remember(keys, kept)
            end()

        try:
            yield Lead(keys=keys, is_first=bool(missing), begin=begin, release=end)
        finally:
            end()

    def tokens_kept(self, lead: Lead) -> int:
        """Say how many tokens of a prompt that begins so will come out of the cache, as far as this process knows."""
        return max((kept.tokens for key in lead.keys if (kept := self.kept(key)) is not None), default=0)

    def kept(self, key: str) -> Kept | None:
        """Say what is known to be in the cache now."""
        found = self._kept.get(key)
        return found if found is not None and self.now() < found.at + SECONDS[found.ttl] else None

    def _remember(self, keys: Sequence[str], kept: Kept) -> None:
        """Keep what a response says, also that nothing is kept: nobody need wait for that again."""
        self._kept = {key: known for key, known in self._kept.items() if self.kept(key) is not None}
        for key in keys[:-1]:  # how much of it is theirs is not told
            self._kept.setdefault(key, replace(kept, tokens=0))
        if keys:
            self._kept[keys[-1]] = kept
