"""The prompt cache: which part of a prompt is read from it, and which is written into it."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass, field
from typing import Any, Literal

from witnessmark.testing.contents import ImageContent
from witnessmark.testing.request import Request
from witnessmark.testing.tokens import tokens_beside, tokens_of_block

LOOK_BACK = 20
"""Blocks before a breakpoint among which an earlier entry is looked for."""
SECONDS = {"5m": 300.0, "1h": 3600.0}

Ttl = Literal["5m", "1h"]


@dataclass(frozen=True, slots=True, kw_only=True)
class PromptTokens:
    """The tokens of a prompt by what they cost."""

    input: int
    """Neither read nor written."""
    read: int = 0
    written_5m: int = 0
    written_1h: int = 0

    @property
    def total(self) -> int:
        return self.input + self.read + self.written_5m + self.written_1h


@dataclass(frozen=True, slots=True, kw_only=True)
class Prompt:
    """A prompt as the cache sees it: at each block the hash and the tokens of all up to there."""

    keys: tuple[str, ...]
    sizes: tuple[int, ...]
    breakpoints: tuple[tuple[int, Ttl], ...]
    minimum: int

    @property
    def total(self) -> int:
        return self.sizes[-1]


def prompt_of(request: Request) -> Prompt:
    """Look at a request as the cache does: tools, then system, then messages, each with the settings that void it.

    Source:  fact sheet §7: a format voids all, citations and speed what follows the tools, tool choice, thinking,
             effort and the presence of images the messages
    """
    body, model = request.body, request.known_model
    cites = any(block.cites for block in request.blocks)
    voiding: dict[str, Any] = {
        "tools": [request.workspace, model.id, request.schema],
        "system": [cites, body.get("speed")],
        "messages": [
            request.tool_choice,
            request.thinking,
            request.effort,
            any(isinstance(block.content, ImageContent) for block in request.blocks),
        ],
    }
    size = tokens_beside(body, model)
    key, stages = _hash("", voiding["tools"]), ["tools", "system", "messages"]
    keys: list[str] = []
    sizes: list[int] = []
    for block in request.blocks:
        while stages[0] != block.path.partition(".")[0]:
            stages.pop(0)
            key = _hash(key, voiding[stages[0]])
        key = _hash(key, block.digest)
        size += tokens_of_block(block, model)
        keys.append(key)
        sizes.append(size)
    breakpoints: list[tuple[int, Ttl]] = [(n, block.ttl) for n, block in enumerate(request.blocks) if block.ttl]
    automatic = body.get("cache_control")
    if automatic:
        breakpoints.append((len(keys) - 1, automatic.get("ttl", "5m")))
    return Prompt(keys=tuple(keys), sizes=tuple(sizes), breakpoints=tuple(breakpoints), minimum=model.cache_minimum)


def _hash(before: str, value: Any) -> str:
    return hashlib.sha256(f"{before}\0{json.dumps(value, sort_keys=True)}".encode()).hexdigest()


@dataclass(slots=True)
class Cache:
    """The entries that live; `key` → when it ends and how long it lives after each use."""

    entries: dict[str, tuple[float, float]] = field(default_factory=dict[str, tuple[float, float]])

    def look_up(self, prompt: Prompt, *, now: float) -> PromptTokens:
        """Say what of a prompt is read and what would be written. Reading lengthens an entry's life."""
        found = self._longest(prompt, now)
        done = read = prompt.sizes[found] if found is not None else 0
        written = {"5m": 0, "1h": 0}
        for position, ttl in prompt.breakpoints:
            if prompt.sizes[position] > done and prompt.sizes[position] >= prompt.minimum:
                written[ttl] += prompt.sizes[position] - done
                done = prompt.sizes[position]
        return PromptTokens(input=prompt.total - done, read=read, written_5m=written["5m"], written_1h=written["1h"])

    def write(self, prompt: Prompt, tokens: PromptTokens, *, sent_at: float) -> None:
        """Write what `look_up` found to be written. The API does so when its response begins, and no earlier.

        Its life counts from when the request was sent (fact sheet §7). What was read stays what it was: nobody has paid
        for an hour who reads what was written for five minutes.
        """
        for position, ttl in prompt.breakpoints:
            if prompt.sizes[position] > tokens.read and prompt.sizes[position] >= prompt.minimum:
                self.entries[prompt.keys[position]] = (sent_at + SECONDS[ttl], SECONDS[ttl])

    def _longest(self, prompt: Prompt, now: float) -> int | None:
        for position, _ in reversed(prompt.breakpoints):
            for at in range(position, max(-1, position - LOOK_BACK), -1):
                end, life = self.entries.get(prompt.keys[at], (0.0, 0.0))
                if end > now:
                    self.entries[prompt.keys[at]] = (now + life, life)
                    return at
        return None
