"""The prompt cache around one attempt: what should be read, what is told to those who wait, what the ledger is told."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any

from witnessmark.claude.cache_reads import Expected, expected, miss_of
from witnessmark.claude.leading import Kept, Lead, Leads
from witnessmark.claude.understanding import tokens_of
from witnessmark.errors import SetupError
from witnessmark.plans.caching import documents_key
from witnessmark.plans.models import Model
from witnessmark.plans.plan import Ask, Ttl
from witnessmark.store import CacheMiss, Prefix, PrefixPast, Store, Tokens


@dataclass(slots=True, kw_only=True)
class CacheUse:
    """What one attempt at an ask does with the cache; of an ask without breakpoints nothing but its name is known."""

    ask: Ask
    model: Model
    endpoint: str
    store: Store
    leads: Leads
    lead: Lead
    way: str
    """How its documents travel."""
    hoped: Expected = field(default_factory=Expected)
    sent_at: float = 0.0

    async def look(self) -> None:
        """Find out what the cache should hold now."""
        self.sent_at = self.leads.now()
        if self.lead.keys:
            key = self.lead.keys[-1]
            past = (await self.store.past_of({key}, self.endpoint)).get(key, PrefixPast())
            self.hoped = expected(past, self.leads.kept(key), now=self.sent_at, way=self.way)

    def prefix(self, call: str) -> Prefix:
        """Say it as the ledger keeps it."""
        keys = self.lead.keys
        return Prefix(
            call=call,
            documents=documents_key(self.ask),
            kept=keys[-1] if keys else None,
            ttl=self._ttl if keys else None,
            way=self.way,
            expected_read_tokens=self.hoped.tokens,
            is_writing=self._is_writing,
        )

    async def begun(self, send_id: int, message: dict[str, Any]) -> None:
        """Let those go who wait: the response has begun, and what it writes can be read."""
        if not self.lead.keys:
            return
        tokens = tokens_of(message)
        is_new = tokens.cache_creation_5m or tokens.cache_creation_1h
        self.lead.begin(
            Kept(
                at=self.sent_at,
                ttl=self.ask.breakpoints[-1].ttl if is_new else self._ttl,
                tokens=tokens.cache_read + tokens.cache_creation_5m + tokens.cache_creation_1h,
                way=self.way,
                message_id=message.get("id"),
            )
        )
        if self._is_writing:
            with suppress(SetupError):  # other processes wait a minute longer; the answer is worth more
                await self.store.begun(send_id)

    def miss(self, tokens: Tokens, message: dict[str, Any]) -> CacheMiss | None:
        """Explain what was not read."""
        return miss_of(self.ask, self.model, self.hoped, tokens, message.get("diagnostics"))

    @property
    def _ttl(self) -> Ttl:
        """Say how long it will be kept: what is read lives on as it was written."""
        asked = self.ask.breakpoints[-1].ttl
        return self.hoped.ttl or asked if self.hoped.is_there else asked

    @property
    def _is_writing(self) -> bool:
        return self.lead.is_first and not self.hoped.is_there
