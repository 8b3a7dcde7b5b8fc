"""Sends a response, bills what was done for it, and lets it fail on the way where it is to."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from witnessmark.testing.caching import PromptTokens
from witnessmark.testing.events import Event, encoded
from witnessmark.testing.faults import Fault
from witnessmark.testing.http import Exchange
from witnessmark.testing.records import RecordedRequest, Totals


@dataclass(frozen=True, slots=True, kw_only=True)
class Work:
    """What a model did for a response, and is to be billed."""

    model: str
    prompt: PromptTokens
    output_tokens: int
    begin: Callable[[], None]
    """Called when the response begins: from then on the cache holds the prompt."""


@dataclass(slots=True, kw_only=True)
class Response:
    """A response that is ready: a body, or events with the output tokens generated up to each."""

    status: int
    body: bytes = b""
    events: list[tuple[Event, int]] | None = None
    headers: dict[str, str] = field(default_factory=dict[str, str])
    work: Work | None = None

    @classmethod
    def of_json(cls, value: Any) -> Response:
        return cls(status=200, body=json.dumps(value, ensure_ascii=False).encode("utf-8", "surrogatepass"))


async def deliver(
    exchange: Exchange, response: Response, fault: Fault | None, recorded: RecordedRequest, totals: Totals
) -> None:
    """Send a response. Whatever is billed is in the totals before the client can know of it."""
    billing = _Billing(response.work, recorded, totals)
    billing.begin()
    if response.events is None or (fault is not None and fault.billed == "whole"):
        billing.to_the_end()
    if fault is not None and fault.stage == "after_body" and fault.kind in {"reset", "stall"}:
        if fault.kind == "stall":
            await exchange.wait_until_given_up()
        raise exchange.reset()
    recorded.status = response.status
    totals.count(recorded)
    if response.events is None:
        await _send_body(exchange, response, fault)
    else:
        await _send_events(exchange, response, fault, billing, recorded.request_id)


@dataclass(slots=True)
class _Billing:
    work: Work | None
    recorded: RecordedRequest
    totals: Totals
    billed: int = 0

    def begin(self) -> None:
        if self.work is not None:
            self.work.begin()
            self.totals.bill_prompt(self.recorded, self.work.model, self.work.prompt)

    def up_to(self, tokens: int) -> None:
        if self.work is not None and tokens > self.billed:
            self.totals.bill_output(self.recorded, self.work.model, tokens - self.billed)
            self.billed = tokens

    def to_the_end(self) -> None:
        if self.work is not None:
            self.up_to(self.work.output_tokens)


async def _send_body(exchange: Exchange, response: Response, fault: Fault | None) -> None:
    body = response.body
    if fault is not None and fault.kind == "truncate":
        body = body[: len(body) // 2]
    headers = {"content-type": "application/json", "content-length": str(len(body)), **response.headers}
    await exchange.begin(response.status, headers)
    if fault is not None and fault.kind in {"reset", "stall"}:
        if fault.stage == "within_response":
            await exchange.send(body[: min(fault.after or len(body) // 2, len(body) - 1)])
        if fault.kind == "stall":
            await exchange.wait_until_given_up()
        raise await _reset_after_sending(exchange)
    await _send(exchange, body, fault)
    await exchange.end()


async def _send_events(
    exchange: Exchange, response: Response, fault: Fault | None, billing: _Billing, request_id: str
) -> None:
    await exchange.begin(response.status, {"content-type": "text/event-stream; charset=utf-8", **response.headers})
    ends_at: int | None = None
    if fault is not None and fault.kind in {"cut_stream", "error_event", "reset", "stall", "truncate"}:
        ends_at = 0 if fault.stage == "after_response_head" else fault.after
        if fault.kind == "truncate":
            ends_at = len(response.events or ()) // 2
    for number, (event, tokens) in enumerate(response.events or ()):
        if fault is not None and number == ends_at:
            await _end_early(exchange, event, fault, request_id)
            return
        billing.up_to(tokens)
        await _send(exchange, encoded(event), fault)
    await exchange.end()


async def _end_early(exchange: Exchange, event: Event, fault: Fault, request_id: str) -> None:
    if fault.kind == "error_event" and fault.error is not None:
        data: dict[str, Any] = fault.error.as_json(request_id)
        await exchange.send(f"event: error\ndata: {json.dumps(data)}\n\n".encode())
        await exchange.end()
    elif fault.kind == "truncate" or fault.is_clean:
        if fault.kind == "truncate":
            written = encoded(event)
            await exchange.send(written[: len(written) // 2])
        await exchange.end()
    elif fault.kind == "stall":
        await exchange.wait_until_given_up()
        raise exchange.reset()
    elif fault.kind == "cut_stream":
        raise exchange.close()
    else:
        raise await _reset_after_sending(exchange)


async def _send(exchange: Exchange, data: bytes, fault: Fault | None) -> None:
    if fault is None or fault.kind != "trickle":
        await exchange.send(data)
        return
    for position in range(len(data)):
        await asyncio.sleep(fault.seconds)
        await exchange.send(data[position : position + 1])


async def _reset_after_sending(exchange: Exchange) -> Exception:
    """Reset once what was sent has had time to arrive: a reset takes with it what the client has not read yet."""
    await asyncio.sleep(0.05)
    return exchange.reset()
