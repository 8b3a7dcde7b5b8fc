"""Turns to ask the API: first come, first served, within what the account's limits leave and while the API is up.

Each model has a line in each process; the bucket that they take from is the store's, so that all processes share it.
Who waits is woken by what happens, or by a timer that is set for when the first may go.
"""

from __future__ import annotations

import hashlib
import logging
import random
import uuid
from bisect import insort
from collections.abc import AsyncGenerator, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from itertools import count
from typing import TYPE_CHECKING

import anyio
from anyio.abc import TaskGroup

from witnessmark.claude.failures import (
    ApiTimeout,
    ApiUnavailable,
    ApiUnreachable,
    AttemptFailed,
    Failure,
    Overloaded,
    RateLimited,
)
from witnessmark.claude.limits_told import told_by
from witnessmark.errors import ApiError, SetupError, WitnessmarkError
from witnessmark.plans.models import Model
from witnessmark.plans.plan import Ask, prompt_tokens
from witnessmark.store import RENEW_AFTER, UNREACHABLE, BucketKey, News, Outcome, Store, Tokens, Turns, Wanted

if TYPE_CHECKING:
    from witnessmark.claude.attempts import Clock, Errand, Patience

logger = logging.getLogger(__name__)

MOST_WAITING = 200
"""Asks that wait for one model in one process; a server at work has some sixty."""
FIRST_WAIT, LONGEST_WAIT = 1.0, 30.0
"""Seconds that an ask which failed waits for its next attempt, where the API does not say how long."""
SETTLE_AFTER = 0.05
"""Seconds for which news that nobody waits for is gathered: the next ask takes it along."""
MOST_NEWS = 1_000
"""Kept while the store cannot be written to; it forgets by itself, in time, what the rest was about."""
IN_FLIGHT_MARGIN = 60.0
"""Seconds by which a turn outlasts the attempt that it is for: its document may have to be uploaded first."""

_ERRORS: Mapping[str, Callable[[float | None], ApiError]] = {
    error.__name__: error for error in (RateLimited, Overloaded, ApiUnavailable, ApiUnreachable, ApiTimeout)
}


class QueueFull(ApiError):
    """More asks wait for a model already than will be answered soon."""

    def __init__(self, model: str, waiting: int) -> None:
        super().__init__(
            f"{waiting} requests already wait for {model} in this process, and no more are taken.",
            "Call again in a few minutes, ask for fewer pages at a time, or use another model: "
            "what was answered is kept.",
        )
        self.waiting = waiting


@dataclass(slots=True, eq=False)
class Turn:
    """The right to send an ask once; whoever has it says what comes of it."""

    id: int
    line: _Line = field(repr=False)
    is_sent: Callable[[], bool] = lambda: False
    """Whether all of the request may be at the API."""
    has_ended: bool = False

    def begun(self, headers: Mapping[str, str]) -> None:
        """Take in the head of a response."""
        self.line.tell(News(turn=self.id, outcome="begun", at=self.line.now(), told=told_by(headers)))

    def answered(self, tokens: Tokens) -> None:
        """Take in what an answer has used."""
        self._end("answered", tokens)

    def failed(self, failed: AttemptFailed, pause: float | None) -> None:
        """Take in how an attempt failed; nobody is to ask for `pause` seconds."""
        failure, outcome = failed.failure, outcome_of(failed.failure)
        self.has_ended = True
        self.line.tell(
            News(
                turn=self.id,
                outcome=outcome,
                at=self.line.now(),
                told=failure.told,
                may_be_billed=failed.may_be_billed,
                pause=pause,
                trouble=failure.kind,
            )
        )

    def end(self) -> None:
        """Give back what was not used, where nothing else was said."""
        if not self.has_ended:
            self._end("unknown" if self.is_sent() else "not sent", Tokens())

    def _end(self, outcome: Outcome, tokens: Tokens) -> None:
        self.has_ended = True
        self.line.tell(
            News(
                turn=self.id,
                outcome=outcome,
                at=self.line.now(),
                prompt_tokens=tokens.prompt,
                input_tokens=tokens.prompt - tokens.cache_read,
                output_tokens=tokens.output,
            )
        )


@dataclass(slots=True, eq=False)
class Place:
    """An ask's place in its line, kept from its first attempt to its last."""

    number: int
    line: _Line = field(repr=False)
    wanted: Wanted
    errand: Errand = field(repr=False)
    patience: Patience = field(repr=False)
    is_taken_in: bool = False
    """Whether it has had room in the queue: then it comes back to it, however full that is."""
    wait: float = FIRST_WAIT
    not_before: float = 0.0
    probes: int | None = None
    """How often in vain it had been tried whether the API is back when this began to wait."""
    turn: Turn | None = None
    error: Exception | None = None
    woken: anyio.Event = field(default_factory=anyio.Event)

    def __lt__(self, other: Place) -> bool:
        return self.number < other.number

    @asynccontextmanager
    async def taken(self) -> AsyncGenerator[Turn]:
        """Wait for a turn, and have it while the block runs.

        Errors:  `QueueFull`; an `ApiError` that says how long to wait, where the ask's time ends before; why its errand
                 was stopped; the store's set-up errors
        """
        turn = await self.line.turn_of(self)
        try:
            yield turn
        except AttemptFailed as failed:
            turn.failed(failed, self.put_off(failed.failure))
            raise
        finally:
            turn.end()

    def expect(self, cached: float) -> None:
        """Say how many tokens of the prompt will come out of the cache: they count for no limit."""
        self.wanted = replace(self.wanted, cached=cached)

    @property
    def is_too_late(self) -> bool:
        """Whether the ask's time ends before its next attempt."""
        return self.not_before > self.patience.deadline

    def put_off(self, failure: Failure) -> float | None:
        """Put off the next attempt as long as the API says, else a while.

        Shapes:  for how many seconds nobody is to ask; None where it is this ask's own matter
        """
        outcome, seconds = outcome_of(failure), failure.retry_after
        if outcome == "refused":
            return None
        if seconds is None:
            seconds = self.wait * random.uniform(0.75, 1.0)  # noqa: S311 - spreads waits, guards nothing
            self.wait = min(LONGEST_WAIT, self.wait * 2)
        self.not_before = self.line.clock.now() + seconds
        return seconds if outcome == "limited" or failure.retry_after is not None else None


class Pacing:
    """The lines of one process, for one account at one endpoint."""

    def __init__(self, store: Store, clock: Clock, tasks: TaskGroup, *, endpoint: str, secret: str) -> None:
        """Keep a hash of the key, which is the account's name among processes."""
        self._store = store
        self._clock = clock
        self._tasks = tasks
        self._endpoint = endpoint
        self._account = hashlib.sha256(b"witnessmark account\0" + secret.encode()).hexdigest()[:32]
        self._lines: dict[str, _Line] = {}

    def place(self, ask: Ask, errand: Errand, patience: Patience, *, seconds: float) -> Place:
        """Give an ask its place; nothing waits yet.

        Units:   `seconds` that one attempt may take
        """
        line = self._lines.get(ask.model)
        if line is None:
            key = BucketKey(endpoint=self._endpoint, account=self._account, model=ask.model)
            line = self._lines[ask.model] = _Line(key, self._store, self._clock, self._tasks)
        return line.place(wanted_of(ask, errand.model, seconds=seconds), errand, patience)

    async def close(self) -> None:
        """Give everything back that is still taken; the tasks that had it have ended."""
        for line in self._lines.values():
            await line.close()


def wanted_of(ask: Ask, model: Model, *, seconds: float) -> Wanted:
    """Say what an ask is expected to take."""
    return Wanted(
        prompt=prompt_tokens(ask, model).total.total.estimate,
        output=min(ask.expected_output.estimate, ask.max_tokens),
        seconds=seconds + IN_FLIGHT_MARGIN,
    )


def outcome_of(failure: Failure) -> Outcome:
    """Say what a failed attempt means for those that wait."""
    if failure.rule.actor != "nobody now":
        return "refused"
    return "limited" if failure.rule.error is RateLimited else "failed"


class _Line:
    """Who waits for one model in this process."""

    def __init__(self, key: BucketKey, store: Store, clock: Clock, tasks: TaskGroup) -> None:
        self.key = key
        self.clock = clock
        self.now = clock.wall
        self._name = uuid.uuid4().hex
        self._store = store
        self._tasks = tasks
        self._numbers = count()
        self._places: list[Place] = []
        self._news: list[News] = []
        self._looked_at = frozenset[Place]()
        """Those that might have gone when the bucket was last looked at; the others had to wait for their own sake."""
        self._woken = anyio.Event()
        self._turns = Turns()
        self._is_at_work = self._is_used = False

    def place(self, wanted: Wanted, errand: Errand, patience: Patience) -> Place:
        return Place(next(self._numbers), self, wanted, errand, patience)

    async def turn_of(self, place: Place) -> Turn:
        """Wait until it is a place's turn.

        Errors:  as `Place.taken`
        """
        if place.errand.stopped is not None:
            raise place.errand.stopped
        if len(self._places) >= MOST_WAITING and not place.is_taken_in:
            raise QueueFull(self.key.model, len(self._places))
        place.is_taken_in = True
        place.turn = place.error = None
        place.woken = anyio.Event()
        place.patience.on_end = self._wake
        insort(self._places, place)
        self._wake()
        try:
            while not place.woken.is_set():
                # By real time, as whoever waits for the call does; turns themselves are given by the clock.
                with anyio.move_on_after(max(0.0, place.patience.deadline - self.clock.now())):
                    await place.woken.wait()
                if not place.woken.is_set() and self.clock.now() >= place.patience.deadline:
                    raise self._why(self._turns)
            if place.error is not None:
                raise place.error
            assert place.turn is not None
            if place.errand.stopped is not None:
                raise place.errand.stopped
        except BaseException:
            self._withdraw(place)
            raise
        return place.turn

    def tell(self, news: News) -> None:
        """Take in news; whoever waits for it is woken."""
        del self._news[:-MOST_NEWS]
        self._news.append(news)
        self._wake()

    def _withdraw(self, place: Place) -> None:
        if place in self._places:
            self._places.remove(place)
            self._wake()
        if place.turn is not None:
            place.turn.end()

    def _wake(self) -> None:
        self._woken.set()
        if not self._is_at_work:
            self._is_at_work = True
            self._tasks.start_soon(self._work)

    async def _work(self) -> None:
        """Give turns while anybody waits, then write down the last news."""
        try:
            while self._places or self._news or self._turns.is_in_line:
                self._woken = anyio.Event()
                if not self._places:
                    with anyio.move_on_after(SETTLE_AFTER):
                        await self._woken.wait()
                if not await self._look():
                    break
                if self._places and not self._woken.is_set():
                    await self._wait(self._turns)
        finally:
            self._is_at_work = False

    async def _look(self) -> bool:
        """Give turns to those that may go, and errors to those that never will; say whether the store did its part."""
        self._is_used = True
        news, self._news = self._news, []
        now = self.clock.now()
        waiting = [place for place in self._places if place.not_before <= now]
        self._looked_at = frozenset(waiting)
        try:
            turns = await self._store.take_turns(
                self.key, self._name, [place.wanted for place in waiting], news, clock=self.now
            )
        except Exception as error:
            self._news = news + self._news
            if not isinstance(error, SetupError):
                logger.exception("turns could not be given")
            for place in list(self._places):
                self._give(place, error=error)
            self._turns = Turns()
            return False
        except BaseException:
            self._news = news + self._news  # cancelled: the line is closed next
            raise
        self._turns = turns
        for place, number in zip(waiting, turns.given, strict=False):
            turn = Turn(number, self)
            if place in self._places:
                self._give(place, turn=turn)
            else:
                turn.end()  # it has gone meanwhile
        for place in list(self._places):
            if (why := self._hopeless(place, turns)) is not None:
                self._give(place, error=why)
        return True

    def _hopeless(self, place: Place, turns: Turns) -> WitnessmarkError | None:
        """Say why a place will never have its turn; None where it may."""
        if place.errand.stopped is not None:
            return place.errand.stopped
        first, place.probes = place.probes, turns.probes if place.probes is None else min(place.probes, turns.probes)
        now, opens_in = self.clock.now(), turns.opens_in
        if now + opens_in > place.patience.deadline:
            return self._why(turns)
        if turns.trouble == UNREACHABLE and first is not None and turns.probes > first:
            return ApiUnreachable(opens_in or None)  # an address that is wrong does not become right
        return None

    @staticmethod
    def _why(turns: Turns) -> ApiError:
        """Say why there was no turn in time."""
        if turns.is_down or turns.opens_in:
            return _ERRORS.get(turns.trouble, RateLimited)(turns.opens_in or None)
        return RateLimited(turns.looks_in) if turns.is_short else ApiTimeout(None)

    def _give(self, place: Place, *, turn: Turn | None = None, error: Exception | None = None) -> None:
        self._places.remove(place)
        place.turn, place.error = turn, error
        place.woken.set()

    async def _wait(self, turns: Turns) -> None:
        """Wait until something happens, or until the first that waits may go."""
        now = self.clock.now()
        waits = [max(0.0, place.not_before - now) for place in self._places if place not in self._looked_at]
        if turns.looks_in is not None:
            waits.append(turns.looks_in)
        async with anyio.create_task_group() as tasks:
            if waits:
                tasks.start_soon(self._ring_after, max(min(waits), turns.opens_in))
            with anyio.move_on_after(RENEW_AFTER):  # others see that this line still waits
                await self._woken.wait()
            tasks.cancel_scope.cancel()

    async def _ring_after(self, seconds: float) -> None:
        await self.clock.sleep(seconds)
        self._woken.set()

    async def close(self) -> None:
        if not self._is_used:
            return
        with anyio.CancelScope(shield=True):
            try:
                await self._store.take_turns(self.key, self._name, [], self._news, clock=self.now)
                await self._store.leave_line(self._name)
            except SetupError as error:  # what is left ends by itself
                logger.warning("turns not given back", extra={"error": error.kind})
