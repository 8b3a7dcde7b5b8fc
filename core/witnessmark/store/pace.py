"""How fast the API may be asked: rules on one bucket's state, which nothing but the numbers decide.

Three limits are kept, each a token bucket: input tokens, output tokens, requests. What an ask is expected to take is
taken before it is sent; what responses say of the limits corrects that, and so does what was used. Rate and concurrency
follow refusals: less at once, more again little by little. While nothing but failures comes, one at a time tries again.

Source:  Chiu and Jain 1989 (additive increase, multiplicative decrease); Claude API documentation, "Rate limits"
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

Kind = Literal["input", "output", "requests"]
KINDS: tuple[Kind, ...] = ("input", "output", "requests")
Outcome = Literal["begun", "answered", "refused", "limited", "failed", "not sent", "unknown"]
"""What became of a turn: its response begins; it is answered, whole; refused for what it is; refused for a rate limit;
failed on the other side; never sent; sent, and nobody has waited for the end."""

AT_ONCE, MOST_AT_ONCE, AT_ONCE_UNHEARD = 4.0, 64.0, 2.0
"""Asks in flight: at first, at the most, and before anything was heard of the model."""
MORE_AT_ONCE = 0.5
"""For each answer: so refusals of one in fifty, which mean nothing, cost little."""
SLOWER, FASTER, SLOWEST = 0.85, 0.002, 0.1
"""The share of a limit that is used: times this when refused, plus this for each answer, and no less than this."""
SPREADS = 2.0
"""Of the spread of estimates, that are taken on top: one ask in twenty takes more."""
MARGIN = 500.0
"""Tokens: what remains is told in thousands."""
FAILURES_IN_A_ROW = 3
"""After which the API counts as down: by chance they come once in 100,000 where one in fifty fails."""
FIRST_PAUSE, LONGEST_PAUSE, LONGEST_PAUSE_UNREACHABLE = 1.0, 30.0, 5.0
"""Seconds between tries while it is down; to find out that nobody is there costs nothing."""
UNREACHABLE = "ApiUnreachable"
MOST_PAUSE = 3_600.0
"""Seconds for which what the API said to one ask holds all."""
SET_BACK = 5.0
"""Seconds by which clocks may differ before it counts as set back."""
_WEIGHT = 0.1


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """What a response says of one limit.

    Units:  `limit` a minute; `full_in` seconds
    """

    limit: float
    remaining: float
    full_in: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class News:
    """What became of a turn, or of what was heard of it so far."""

    turn: int
    outcome: Outcome
    at: float
    told: Mapping[Kind, Told] = field(default_factory=dict[Kind, Told])
    prompt_tokens: int = 0
    """All of the prompt, what was read from the cache included."""
    input_tokens: int = 0
    """What counts against the limit."""
    output_tokens: int = 0
    may_be_billed: bool = False
    pause: float | None = None
    """Seconds for which nobody is to ask."""
    trouble: str = ""
    """The class of the error."""


@dataclass(slots=True, kw_only=True)
class Turn:
    """An ask that may be in flight, and what it was given."""

    id: int
    amounts: dict[Kind, float]
    estimated: float
    """Tokens of its whole prompt, as they were estimated."""
    taken_at: float
    is_begun: bool
    line: str


@dataclass(slots=True, kw_only=True)
class Level:
    """One limit: what of it is left."""

    limit: float | None = None
    """A minute; None while nobody has told."""
    left: float = 0.0
    a_second: float = 0.0


@dataclass(slots=True, kw_only=True)
class Pace:
    """A bucket's state. Times are seconds since 1970."""

    touched_at: float
    levels: dict[Kind, Level] = field(default_factory=lambda: {kind: Level() for kind in KINDS})
    is_heard: bool = False
    """Whether any response has begun."""
    ratio: float = 1.0
    """What prompts take, as parts of their estimates."""
    spread: float = 0.1
    """How far that is off from ask to ask, in the mean."""
    factor: float = 1.0
    """The share of the limits that is used."""
    at_once: float = AT_ONCE
    cut_at: float = 0.0
    """When rate and concurrency were last cut: what was sent before says nothing about the cut."""
    resumes_at: float = 0.0
    """Before which the API has said not to ask."""
    failed_in_row: int = 0
    down_since: float | None = None
    probes: int = 0
    """How often in vain it was tried whether the API is back."""
    probe_at: float = 0.0
    trouble: str = ""

    def refill(self, now: float) -> None:
        """Let time pass; a clock that was set back takes the waits along."""
        if now < self.touched_at - SET_BACK:
            back = self.touched_at - now
            self.resumes_at, self.probe_at, self.cut_at = self.resumes_at - back, self.probe_at - back, 0.0
            self.down_since = None if self.down_since is None else min(self.down_since, now)
            self.touched_at = now
        seconds = max(0.0, now - self.touched_at)
        self.touched_at += seconds
        for level in self.levels.values():
            if level.limit is not None:
                level.left = min(level.limit, level.left + seconds * level.a_second * self.factor)

    def needed(self, *, prompt: float, cached: float, output: float) -> dict[Kind, float]:
        """Say what an ask may well take; one larger than the bucket takes all of it."""
        wanted: dict[Kind, float] = {
            "input": max(0.0, prompt - cached) * (self.ratio + SPREADS * self.spread),
            "output": output,
            "requests": 1.0,
        }
        limits = {kind: self.levels[kind].limit for kind in KINDS}
        return {
            kind: amount if (most := limits[kind]) is None else min(amount, most) for kind, amount in wanted.items()
        }

    def take(self, amounts: Mapping[Kind, float], sign: float = 1.0) -> None:
        for kind, amount in amounts.items():
            self.levels[kind].left -= sign * amount

    def seconds_until(self, amounts: Mapping[Kind, float]) -> float:
        """Say when so much will be there, if nobody takes of it."""
        waits = [
            (amounts[kind] - level.left) / max(level.a_second * self.factor, 1e-9)
            for kind, level in self.levels.items()
            if level.limit is not None
        ]
        return max([0.0, *waits])

    def learn(self, news: News, turn: Turn | None, in_flight: Mapping[int, Turn]) -> None:
        """Take in what became of a turn; `turn` is None where nothing is known of it any more.

        Shapes:  `in_flight` holds the turns that are still under way, without one that has ended
        """
        if turn is not None and news.outcome != "begun":
            was_told = turn.is_begun and self.levels["input"].limit is not None
            self._give_back(news, turn, was_heard=was_told or "input" in news.told)
        if news.told:
            self._hear(news, in_flight)
        if news.outcome not in {"not sent", "failed"}:
            self.is_heard = True
        if news.pause is not None:
            self.resumes_at = max(self.resumes_at, news.at + min(news.pause, MOST_PAUSE))
        match news.outcome:
            case "answered":
                self._calm()
                self.factor = min(1.0, self.factor + FASTER)
                self.at_once = min(MOST_AT_ONCE, self.at_once + MORE_AT_ONCE)
                if turn is not None and turn.estimated > 0 and news.prompt_tokens:
                    self._compare(news.prompt_tokens / turn.estimated)
            case "refused":
                self._calm()
            case "begun":
                if self.down_since is not None:  # it is up, and the answer may be long in coming
                    self.at_once = max(self.at_once, AT_ONCE)
                self.down_since, self.probe_at = None, 0.0  # whether it answers is yet to be seen
            case "limited":
                self.trouble = news.trouble
                self._cut(turn, rate=True)
            case "failed":
                self._fail(news, turn)
            case "not sent" | "unknown":
                pass

    def _give_back(self, news: News, turn: Turn, *, was_heard: bool) -> None:
        """Put back what was taken and not used."""
        amounts = dict(turn.amounts)
        if news.outcome in {"limited", "not sent", "refused"} or (news.outcome == "failed" and not news.may_be_billed):
            self.take(amounts, -1.0)
            return
        if news.outcome == "answered":
            self.levels["output"].left += amounts["output"] - news.output_tokens
            if not was_heard:  # what remained was told when the API had counted the prompt itself
                self.levels["input"].left += amounts["input"] - news.input_tokens

    def _hear(self, news: News, in_flight: Mapping[int, Turn]) -> None:
        """Believe what a response says is left, but for what it may not know of yet."""
        age = max(0.0, self.touched_at - news.at)
        for kind, told in news.told.items():
            level = self.levels[kind]
            was_known, level.limit = level.limit is not None, told.limit
            level.a_second = _a_second(told)
            margin = 0.0 if kind == "requests" else min(MARGIN, told.limit / 20)
            most = min(told.limit, told.remaining + age * level.a_second * self.factor) - margin
            unknown = (turn for turn in in_flight.values() if kind == "output" or not turn.is_begun)
            least = most - sum(turn.amounts[kind] for turn in unknown)
            level.left = min(max(level.left, least), most) if was_known else least

    def _compare(self, ratio: float) -> None:
        """Learn from what a prompt took, as a part of its estimate."""
        ratio = min(4.0, max(0.25, ratio))
        self.spread += _WEIGHT * (abs(ratio - self.ratio) - self.spread)
        self.ratio += _WEIGHT * (ratio - self.ratio)

    def _calm(self) -> None:
        self.failed_in_row, self.down_since, self.probes, self.probe_at = 0, None, 0, 0.0

    def _cut(self, turn: Turn | None, *, rate: bool) -> None:
        if turn is None or turn.taken_at <= self.cut_at:
            return
        self.cut_at = self.touched_at
        self.at_once = max(1.0, self.at_once / 2)
        if rate:
            self.factor = max(SLOWEST, self.factor * SLOWER)

    def _fail(self, news: News, turn: Turn | None) -> None:
        self.trouble = news.trouble
        self.failed_in_row += 1
        self._cut(turn, rate=False)
        if self.down_since is None:
            if self.failed_in_row < FAILURES_IN_A_ROW:
                return
            self.down_since = self.touched_at
            self.probes += self.failed_in_row > FAILURES_IN_A_ROW
        elif turn is not None and turn.taken_at > self.down_since:
            self.probes += 1
        else:
            return  # it was sent before, and says nothing new
        longest = LONGEST_PAUSE_UNREACHABLE if self.trouble == UNREACHABLE else LONGEST_PAUSE
        self.probe_at = self.touched_at + min(longest, FIRST_PAUSE * 2 ** min(self.probes, 10))


def _a_second(told: Told) -> float:
    """Say how fast a bucket refills: in a minute, or as slowly as the API says where that is clearly slower."""
    usual = told.limit / 60
    missing = told.limit - told.remaining
    if told.full_in is None or missing < told.limit / 5 or told.full_in < 10:
        return usual
    slow = missing / told.full_in
    return max(slow, told.limit / 3_600) if slow < usual / 2 else usual
