"""What the fake remembers of the requests it got, and what it has billed."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from witnessmark.testing.caching import PromptTokens

_WHOLE = ("/v1/messages", "/v1/messages/count_tokens", "/v1/files", "/v1/models")


@dataclass(slots=True, kw_only=True)
class RecordedRequest:
    """A request as it came; filled further while it is answered."""

    method: str
    path: str
    query: Mapping[str, list[str]]
    headers: Mapping[str, str]
    """Names in lower case; keys are left out."""
    body: Any = None
    """JSON with hash and size in the place of base64 data; of an upload its name, type, hash and size."""
    body_bytes: int = 0
    """How many bytes of the body were read."""
    workspace: str | None = None
    request_id: str = ""
    status: int | None = None
    """None while none was sent: the connection was reset before, or nothing has been answered yet."""
    refused_by: str | None = None
    """The name of the check that refused it."""
    fault: str | None = None
    billed: dict[str, int] | None = None
    """Tokens by kind; None where nothing was billed."""
    at: float = 0.0
    """When its head came, by the fake's clock."""
    seconds: float | None = None
    """From its head to the end of the response; None while it is being answered."""

    @property
    def endpoint(self) -> str:
        """Its method and path, ids left out: `GET /v1/files/{id}`; `unread` where the connection was cut off before."""
        if not self.path:
            return "unread"
        path = self.path if self.path in _WHOLE else re.sub(r"^(/v1/\w+/)[^/]+", r"\1{id}", self.path)
        return f"{self.method} {path}"

    def as_json(self) -> dict[str, Any]:
        """Write all of it but the body."""
        names = ("request_id", "method", "path", "body_bytes", "workspace", "status", "refused_by", "fault", "billed")
        times = {"at": self.at, "seconds": self.seconds}
        return {**{name: getattr(self, name) for name in names}, **times, "query": dict(self.query)}


@dataclass(slots=True)
class Totals:
    """What was asked and billed since the start, or since `clear`."""

    requests: dict[str, Counter[str]] = field(default_factory=dict[str, "Counter[str]"])
    """Endpoint → status → how many; a connection that was reset counts under `reset`."""
    tokens: dict[str, Counter[str]] = field(default_factory=dict[str, "Counter[str]"])
    """Model as named in the request → kind of token → how many were billed."""
    billed_messages: int = 0
    uploads: int = 0
    uploaded_bytes: int = 0

    @property
    def billed(self) -> Counter[str]:
        """Tokens by kind, all models together."""
        kinds = Counter[str]()
        for tokens in self.tokens.values():
            kinds.update(tokens)
        return kinds

    def count(self, recorded: RecordedRequest) -> None:
        """Count a request whose answer has been decided."""
        statuses = self.requests.setdefault(recorded.endpoint, Counter())
        statuses["reset" if recorded.status is None else str(recorded.status)] += 1

    def count_upload(self, recorded: RecordedRequest) -> None:
        """Count a file that is stored, whether or not its sender hears of it."""
        self.uploads += 1
        self.uploaded_bytes += recorded.body["size"]

    def bill_prompt(self, recorded: RecordedRequest, model: str, prompt: PromptTokens) -> None:
        """Bill what was read. The model has done that work whatever becomes of the response."""
        self.billed_messages += 1
        recorded.billed = {}
        self._add(recorded, model, "input_tokens", prompt.input)
        self._add(recorded, model, "cache_read_input_tokens", prompt.read)
        self._add(recorded, model, "cache_creation_input_tokens", prompt.written_5m + prompt.written_1h)
        self._add(recorded, model, "ephemeral_5m_input_tokens", prompt.written_5m)
        self._add(recorded, model, "ephemeral_1h_input_tokens", prompt.written_1h)

    def bill_output(self, recorded: RecordedRequest, model: str, tokens: int) -> None:
        """Bill what was generated, in whole or the next piece of it."""
        self._add(recorded, model, "output_tokens", tokens)

    def as_json(self) -> dict[str, Any]:
        """Write them as `/_totals` answers them."""
        return {
            "requests": {endpoint: dict(statuses) for endpoint, statuses in sorted(self.requests.items())},
            "tokens": {model: dict(kinds) for model, kinds in sorted(self.tokens.items())},
            "billed": dict(self.billed),
            "billed_messages": self.billed_messages,
            "uploads": self.uploads,
            "uploaded_bytes": self.uploaded_bytes,
        }

    def _add(self, recorded: RecordedRequest, model: str, kind: str, tokens: int) -> None:
        self.tokens.setdefault(model, Counter())[kind] += tokens
        assert recorded.billed is not None, "what was read is billed first"
        recorded.billed[kind] = recorded.billed.get(kind, 0) + tokens
