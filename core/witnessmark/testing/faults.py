"""Ways to fail: what a network and an API in trouble do to a request, and whether it was billed all the same.

A request is billed when its body arrived whole and the model had begun: with a reset after the body or within the
response, a truncated one, a stall. A stream that is cut is billed for the prompt and for what had been generated. An
error that is answered, and a reset before the body was read to its end, cost nothing.
"""

from __future__ import annotations

import ast
import random
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Literal

from witnessmark.testing.checks import INVALID, ApiError

Kind = Literal["error", "reset", "truncate", "cut_stream", "error_event", "trickle", "stall"]
Stage = Literal["connect", "head", "within_body", "after_body", "after_response_head", "within_response"]
"""`connect` is before anything of a request was read, `head` after its head and before its body."""
Billed = Literal["no", "whole", "so far"]

MESSAGES = "POST /v1/messages"


@dataclass(frozen=True, slots=True, kw_only=True)
class Fault:
    """One way to fail; the functions of this module make them."""

    kind: Kind
    name: str
    stage: Stage = "after_body"
    after: int = 0
    """Bytes of a body, or events of a stream, that pass before it happens."""
    seconds: float = 0.0
    error: ApiError | None = None
    is_clean: bool = False
    """Whether a cut stream ends as a whole one does, rather than by a broken connection."""

    @property
    def billed(self) -> Billed:
        if self.kind == "error" or self.stage in {"connect", "head", "within_body"}:
            return "no"
        return "so far" if self.kind in {"cut_stream", "error_event"} else "whole"


# --- answers that are errors ----------------------------------------------------------------------------------------


def rate_limited(retry_after: str | float | None = 1) -> Fault:
    """Answer 429. `retry_after` is sent as it is: seconds, a date, garbage, or None for no such header."""
    headers = {} if retry_after is None else {"retry-after": str(retry_after)}
    message = "This request would exceed your organization's rate limit of input tokens per minute."
    return _error(f"429, retry-after {retry_after}", ApiError(429, "rate_limit_error", message, headers=headers))


def ramp_limit_exceeded(retry_after: str | float | None = 5) -> Fault:
    """Answer 429: usage grows too fast."""
    headers = {} if retry_after is None else {"retry-after": str(retry_after)}
    error = ApiError(
        429,
        "rate_limit_error",
        "This request would exceed the rate at which usage may grow.",
        error_code="ramp_limit_exceeded",
        headers=headers,
    )
    return _error("429, ramp limit", error)


def spend_limit_reached(error_code: str = "enforced_spend_limit_reached") -> Fault:
    """Answer 429 without retry-after: the month's spending is used up, and asking again is pointless."""
    message = "You have reached your specified API usage limits. You will regain access next month."
    return _error("429, spend limit", ApiError(429, "rate_limit_error", message, error_code=error_code))


def overloaded() -> Fault:
    """Answer 529."""
    return _error("529", ApiError(529, "overloaded_error", "Overloaded"))


_TYPES = {
    400: INVALID,
    401: "authentication_error",
    402: "billing_error",
    403: "permission_error",
    404: "not_found_error",
    409: "conflict_error",
    413: "request_too_large",
    429: "rate_limit_error",
    500: "api_error",
    504: "timeout_error",
    529: "overloaded_error",
}


def status(code: int, error_code: str | None = None, retry_after: str | float | None = None) -> Fault:
    """Answer any error by its status: 400 to 409, 500, 502, 503, 504."""
    if not 400 <= int(code) <= 599:
        raise ValueError(f"{code} is no error")
    headers = {} if retry_after is None else {"retry-after": str(retry_after)}
    error = ApiError(code, _TYPES.get(code, "api_error"), _MESSAGES.get(code, "Error"), error_code=error_code)
    error.headers = headers
    return _error(str(code), error)


_MESSAGES = {
    401: "invalid x-api-key",
    402: "Your credit balance is too low to access the Anthropic API.",
    403: "Your account does not have permission to use this resource.",
    408: "Request timed out",
    409: "The request conflicts with another one.",
    500: "Internal server error",
    502: "Bad gateway",
    503: "Service unavailable",
    504: "Request timed out",
}


def _error(name: str, error: ApiError) -> Fault:
    return Fault(kind="error", name=name, error=error)


# --- connections that break -----------------------------------------------------------------------------------------


def reset(stage: Stage = "after_body", after: int = 0) -> Fault:
    """Reset the connection; `after` bytes of the request's body, or of the response's, come through before.

    At `connect` no one can know what the request would have been, so that it fails whichever comes next.
    """
    return Fault(kind="reset", name=f"reset, {stage}", stage=stage, after=after)


def truncated() -> Fault:
    """Answer half of the JSON, as if that were all. A stream is cut in the middle of an event."""
    return Fault(kind="truncate", name="truncated")


def cut_stream(after: int, is_clean: bool = False) -> Fault:
    """End a stream after so many events: by a broken connection, or cleanly as if that were all."""
    return Fault(kind="cut_stream", name=f"stream cut after {after}", after=after, is_clean=is_clean)


def error_event(after: int = 1, type: str = "overloaded_error", message: str = "Overloaded") -> Fault:  # noqa: A002 - the API's word
    """Send an `error` event after so many events of a stream that began with 200."""
    error = ApiError(529, type, message)
    return Fault(kind="error_event", name=f"error event after {after}", after=after, error=error)


def trickle(seconds: float = 1.0) -> Fault:
    """Send the body of the response one byte at a time, `seconds` apart."""
    return Fault(kind="trickle", name="trickle", seconds=seconds)


def stall(stage: Stage = "after_body", after: int = 0) -> Fault:
    """Fall silent until the client gives up: instead of a response, after its head, or `after` bytes or events on."""
    return Fault(kind="stall", name=f"stall, {stage}", stage=stage, after=after)


# --- which requests fail --------------------------------------------------------------------------------------------


@dataclass(slots=True, kw_only=True)
class _Rule:
    fault: Fault
    on: str
    times: int | None
    share: float | None
    chance: random.Random

    def strikes(self, endpoint: str) -> bool:
        if self.times == 0 or self.on not in {endpoint, "*"}:
            return False
        if self.share is not None and self.chance.random() >= self.share:
            return False
        if self.times is not None:
            self.times -= 1
        return True


@dataclass(slots=True)
class Faults:
    """The faults that are to come, in the order in which they were asked for."""

    rules: list[_Rule] = field(default_factory=list[_Rule])

    def add(
        self, fault: Fault, *, times: int | None = None, share: float | None = None, seed: int = 0, on: str = MESSAGES
    ) -> None:
        """Let the next `times` requests to an endpoint fail (1 where no share is given), or a share of all.

        Units:  `share` of 1; `on` is an endpoint such as "POST /v1/files", or "*"
        """
        if times is None and share is None:
            times = 1
        self.rules.append(_Rule(fault=fault, on=on, times=times, share=share, chance=random.Random(seed)))  # noqa: S311 - seeded, to be repeated

    def strike(self, endpoint: str) -> Fault | None:
        """Say how a request fails, None where it does not."""
        return self._first(endpoint, lambda fault: fault.stage != "connect")

    def strike_connection(self) -> Fault | None:
        """Say whether the next request is cut off before anything of it was read."""
        return self._first(None, lambda fault: fault.stage == "connect")

    def _first(self, endpoint: str | None, wanted: Callable[[Fault], bool]) -> Fault | None:
        for rule in self.rules:
            if wanted(rule.fault) and rule.strikes(endpoint or rule.on):
                return rule.fault
        return None


FAULTS: dict[str, Callable[..., Fault]] = {
    made.__name__: made
    for made in (
        rate_limited,
        ramp_limit_exceeded,
        spend_limit_reached,
        overloaded,
        status,
        reset,
        truncated,
        cut_stream,
        error_event,
        trickle,
        stall,
    )
}


def add_from_text(faults: Faults, text: str) -> None:
    """Add a fault written as `name:argument=value,…`, with `times`, `share`, `seed` and `on` among the arguments.

    Errors:  ValueError says what is wrong
    """
    name, _, rest = text.partition(":")
    if name not in FAULTS:
        raise ValueError(f"There is no fault {name!r}. Known: {', '.join(FAULTS)}.")
    given: dict[str, Any] = {}
    for argument in filter(None, rest.split(",")):
        key, _, value = argument.partition("=")
        given[key.strip()] = _value(value.strip())
    rule = {key: given.pop(key) for key in ("times", "share", "seed", "on") if key in given}
    try:
        fault = FAULTS[name](**given)
    except (TypeError, ValueError) as error:
        raise ValueError(f"The fault {name!r} does not take these arguments: {error}.") from error
    faults.add(fault, **rule)


def _value(text: str) -> Any:
    try:
        return ast.literal_eval(text)
    except (ValueError, SyntaxError):
        return text
