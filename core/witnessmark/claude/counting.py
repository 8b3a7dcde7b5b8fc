"""Prompts, counted by the API before they are paid for: free, and bounded in time, size and number."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import AsyncExitStack
from dataclasses import dataclass, field, replace

import anyio

from witnessmark.claude.attempts import Sender, in_words
from witnessmark.claude.body import JsonBody
from witnessmark.claude.delivery import Delivered, Delivery, PagesLost, TooLargeToSend
from witnessmark.claude.failures import AttemptFailed, Failure
from witnessmark.claude.request import counting, request_of
from witnessmark.errors import SetupError, WitnessmarkError
from witnessmark.plans.models import Model
from witnessmark.plans.plan import Ask

AT_ONCE = 4
MOST_BYTES = 32_000_000
"""Of one request. Source: Claude API documentation, "Errors"."""
MOST_REQUESTS = 200
"""Of one estimate: a tenth of what the smallest account may have counted in a minute."""
MOST_ATTEMPTS = 3
"""At one request; an API that refuses that often is not asked for the others."""
FIRST_WAIT = 1.0
"""Seconds, where the API does not say how long to wait."""


_NOT_COUNTED = "The endpoint at ANTHROPIC_BASE_URL does not count tokens."


@dataclass(frozen=True, slots=True, kw_only=True)
class Counted:
    """What the API has counted."""

    tokens: dict[str, int]
    """Of the whole prompt, by content key; an ask that could not be counted is not in it."""
    gaps: tuple[str, ...] = ()
    """Why some were not, each reason once."""


@dataclass(slots=True, kw_only=True)
class Counting:
    """One estimate's requests to count."""

    sender: Sender
    delivery: Delivery
    seconds: float
    """For all of them."""
    tokens: dict[str, int] = field(default_factory=dict[str, int])
    gaps: dict[str, None] = field(default_factory=dict[str, None])
    _scope: anyio.CancelScope = field(default_factory=anyio.CancelScope)
    _requests: anyio.CapacityLimiter = field(default_factory=lambda: anyio.CapacityLimiter(AT_ONCE))
    _documents: anyio.CapacityLimiter = field(default_factory=lambda: anyio.CapacityLimiter(AT_ONCE))

    async def count(self, asks: Sequence[tuple[Ask, Model]]) -> Counted:
        """Count asks, each with its model; what happens to one is said in `gaps` and never raised."""
        if self.sender.endpoint.lacks("counting"):
            return Counted(tokens={}, gaps=(_NOT_COUNTED,))
        self._scope.deadline = anyio.current_time() + self.seconds
        with self._scope:
            async with anyio.create_task_group() as tasks:
                for alike in _alike(asks[:MOST_REQUESTS]):
                    tasks.start_soon(self._count_alike, alike)
        if self._scope.cancelled_caught and anyio.current_time() >= self._scope.deadline:
            self._say(f"There was no time for all of it within {self.seconds:.0f} seconds.")
        if len(asks) > MOST_REQUESTS:
            self._say(f"{MOST_REQUESTS} requests are counted at most.")
        return Counted(tokens=self.tokens, gaps=tuple(self.gaps))

    async def _count_alike(self, alike: Sequence[tuple[Ask, Model]]) -> None:
        """Count asks of several models that carry the same: their document is made ready once."""
        first, model = alike[0]
        async with self._documents, AsyncExitStack() as stack:
            try:
                # The API fetches nothing to count it: files and URLs would count as nothing.
                ways = replace(self.sender.endpoint.ways(model, urls=False), files=False)
                delivery = self.delivery.of(first, model, ways)
                delivered = await stack.enter_async_context(delivery)
            except PagesLost:
                self._say(f"{in_words([first]).capitalize()} cannot be taken out of the file.")
                return
            except TooLargeToSend:
                self._say_too_large(first)
                return
            except WitnessmarkError as error:
                self._say(error.message)
                return
            async with anyio.create_task_group() as tasks:
                for ask, its_model in alike:
                    tasks.start_soon(self._count_one, ask, its_model, delivered)

    async def _count_one(self, ask: Ask, model: Model, delivered: Delivered) -> None:
        form = replace(self.sender.endpoint.ways(model).form, caching="none")  # what is kept counts as the rest
        body = JsonBody(counting(request_of(ask, delivered.sources, form)))
        if len(body) > MOST_BYTES:
            self._say_too_large(ask)
            return
        wait = FIRST_WAIT
        async with self._requests:
            for attempt in range(1, MOST_ATTEMPTS + 1):
                try:
                    self.tokens[ask.content_key] = await self.sender.connection.count(body)
                except AttemptFailed as failed:
                    await self.sender.learn_of_counting(failed.failure, model)
                    if self.sender.endpoint.lacks("counting"):
                        self._say(_NOT_COUNTED)
                        self._scope.cancel()
                        return
                    seconds = self._pause(failed.failure, ask, wait, is_last=attempt == MOST_ATTEMPTS)
                except WitnessmarkError as error:  # the document changed while it was being sent
                    self._say(error.message)
                    return
                else:
                    return
                if seconds is None:
                    return
                await anyio.sleep(seconds)
                wait *= 2

    def _pause(self, failure: Failure, ask: Ask, wait: float, *, is_last: bool) -> float | None:
        """Say how long to wait before the next attempt; None: there is none, and `gaps` says why."""
        error = failure.for_caller(model=ask.model, what=in_words([ask]))
        match failure.rule.actor:
            case "nobody now":
                seconds = wait if failure.retry_after is None else failure.retry_after
                if not is_last and anyio.current_time() + seconds < self._scope.deadline:
                    return seconds
                self._stop(error)
            case "operator":
                self._stop(error)
            case "caller" if failure.status == 404:
                self._say(f"The API has no model {ask.model!r} for this key, or does not count.")
            case "caller":
                self._say(f"The API calls the request with {in_words([ask])} invalid, and may refuse to read it.")
            case "witnessmark":
                self._say(error.message)
        return None

    def _stop(self, error: WitnessmarkError) -> None:
        """Ask no more: what is wrong is not the request."""
        self._say(str(error) if isinstance(error, SetupError) else error.message)
        self._scope.cancel()

    def _say_too_large(self, ask: Ask) -> None:
        self._say(f"The request with {in_words([ask])} is larger than the 32 MB that can be counted.")

    def _say(self, reason: str) -> None:
        self.gaps[reason] = None


def _alike(asks: Sequence[tuple[Ask, Model]]) -> list[list[tuple[Ask, Model]]]:
    """Put together what carries the same documents in the same size."""
    found: dict[object, list[tuple[Ask, Model]]] = {}
    for ask, model in asks:
        found.setdefault((ask.blocks, model.image_tier), []).append((ask, model))
    return list(found.values())
