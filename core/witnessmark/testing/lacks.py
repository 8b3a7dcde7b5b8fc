"""Endpoints with less: what gateways and servers of other models lack of the Claude API, in the ways seen in the wild.

An address that is missing is answered by some status, by a page of HTML, or in another API's form. A part of a request
is refused, with or without its name, or taken and ignored, which is the worst: of a document that nobody reads there is
an answer all the same. Whatever lacks anything leaves out the API's own headers, too.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from witnessmark.testing import checks
from witnessmark.testing.checks import ApiError
from witnessmark.testing.delivery import Response
from witnessmark.testing.events import Event
from witnessmark.testing.shapes import is_array, is_object

MODEL = "claude-haiku-4-5-20251001"
"""As what a model of another name behaves."""

_ADDRESS = {
    "404": "404 without JSON, as of a server that knows no such address",
    "405": "405",
    "501": "501",
    "html": "200 and a page of HTML, as of a gateway that shows its front page for everything",
}
_PART = {
    "refused": "400 that names it",
    "unnamed": "400 that names nothing",
    "422": "422, as of servers that check types",
    "500": "500, as of gateways that fail over what they do not know",
    "ignored": "taken, and as if it were not there",
}
LACKS: dict[str, dict[str, str]] = {
    "files": _ADDRESS | {"other": "OpenAI's Files API in its place"},
    "counting": _ADDRESS | {"404 of the API": "404 in the API's form, as of a model that is not there"},
    "models": _ADDRESS | {"other": "OpenAI's form, which says nothing of what a model can do"},
    "structured outputs": _PART,
    "effort": _PART,
    "caching": _PART,
    "caching for an hour": {"refused": "400 that names the `ttl`"},
    "tools": _PART,
    "citations": _PART,
    "documents": _PART,
    "images": _PART,
    "streaming": {"whole": "the whole message as JSON, where a stream is asked for"},
    "usage": {"zeros": "zero tokens", "missing": "no usage at all"},
    "ending": {"null": "no `stop_reason`"},
    "error form": {"openai": "errors in OpenAI's form", "plain": "errors as plain text"},
}
"""What may be lacking, and how; the first is what is meant where nobody says."""

_PAGE = b"<!doctype html><title>Gateway</title><p>Welcome.</p>"
_PREFIXES = {"/v1/files": "files", "/v1/messages/count_tokens": "counting", "/v1/models": "models"}


@dataclass(slots=True)
class Lacks:
    """What an endpoint lacks: each thing with how."""

    how: dict[str, str] = field(default_factory=dict[str, str])
    models: frozenset[str] = frozenset()
    """Names of other models that it knows."""

    @classmethod
    def of(cls, given: Mapping[str, str] | Iterable[str], models: Iterable[str] = ()) -> Lacks:
        """Read `{"files": "501"}`, or `["files", "documents=ignored"]`.

        Errors:  ValueError says what is wrong
        """
        texts = list(given)
        if isinstance(given, Mapping):
            texts = [f"{name}={given[name]}" for name in texts]
        found: dict[str, str] = {}
        for text in texts:
            name, _, how = text.partition("=")
            if name not in LACKS:
                raise ValueError(f"Nothing is known of a lack of {name!r}. Known: {', '.join(LACKS)}.")
            if how and how not in LACKS[name]:
                raise ValueError(f"{name!r} cannot be lacking as {how!r}. Known: {', '.join(LACKS[name])}.")
            found[name] = how or next(iter(LACKS[name]))
        return cls(found, frozenset(models))

    def __bool__(self) -> bool:
        return bool(self.how)

    # --- addresses --------------------------------------------------------------------------------------------------

    def instead(self, path: str) -> Response | None:
        """Answer an address that is missing; None where it is there."""
        name = next((name for prefix, name in _PREFIXES.items() if path.startswith(prefix)), None)
        how = self.how.get(name or "")
        match how:
            case None:
                return None
            case "html":
                return Response(status=200, body=_PAGE, headers={"content-type": "text/html"})
            case "other":
                return Response.of_json(_other_form(path))
            case "404 of the API":
                raise ApiError(404, "not_found_error", "Not Found")
            case _:
                return Response(status=int(how), body=b"no such page\n", headers={"content-type": "text/plain"})

    # --- requests ---------------------------------------------------------------------------------------------------

    def taken(self, body: dict[str, Any]) -> dict[str, Any]:
        """Take a request as such an endpoint does: without what it ignores.

        Errors:  `ApiError`, where it refuses
        """
        if not self.how and not self.models:
            return body
        body = dict(body)
        if body.get("model") in self.models:
            body["model"] = MODEL
        self._leave_out_settings(body)
        for name, kind in (("documents", "document"), ("images", "image")):
            if name in self.how:
                self._leave_out_blocks(body, name, kind)
        return body

    def _leave_out_settings(self, body: dict[str, Any]) -> None:
        config = body.get("output_config")
        if is_object(config):
            config = dict(config)
            for name, key in (("structured outputs", "format"), ("effort", "effort")):
                if key in config and self._is_lacking(name, f"output_config.{key}"):
                    del config[key]
            body["output_config"] = config
        if body.get("tools") and self._is_lacking("tools", "tools"):
            del body["tools"]
            body.pop("tool_choice", None)
        skeleton = json.dumps(_skeleton(body))
        if '"citations"' in skeleton and self._is_lacking("citations", "messages.0.content.0.document.citations"):
            messages = _without(body["messages"], "citations")
            body["messages"] = messages
        if '"ttl"' in skeleton:
            self._is_lacking("caching for an hour", "messages.0.content.0.document.cache_control.ephemeral.ttl")
        if "cache_control" in skeleton and self._is_lacking("caching", "messages.0.cache_control"):
            stripped = _without(body, "cache_control")
            body.clear()
            body |= stripped

    def _leave_out_blocks(self, body: dict[str, Any], name: str, kind: str) -> None:
        messages: list[Any] = []
        for number, message in enumerate(body.get("messages") or ()):
            content = message.get("content")
            if is_array(content):
                kept = [block for block in content if block.get("type") != kind]
                if len(kept) < len(content) and self._is_lacking(name, f"messages.{number}.content.0.type {kind!r}"):
                    messages.append({**message, "content": kept})
                    continue
            messages.append(message)
        body["messages"] = messages

    def _is_lacking(self, name: str, path: str) -> bool:
        """Say whether something is ignored.

        Errors:  `ApiError`, where it is refused
        """
        how = self.how.get(name)
        match how:
            case None | "ignored":
                return how is not None
            case "refused":
                raise ApiError(400, checks.INVALID, f"{path}: Extra inputs are not permitted")
            case "unnamed":
                raise ApiError(400, checks.INVALID, "Bad request")
            case "422":
                raise ApiError(422, checks.INVALID, f"{path}: Input should be something else")
            case _:
                raise ApiError(500, "api_error", "Internal server error")

    # --- responses --------------------------------------------------------------------------------------------------

    @property
    def streams(self) -> bool:
        return "streaming" not in self.how

    def said(self, message: dict[str, Any]) -> dict[str, Any]:
        """Leave out of a message, or of an event of its stream, what such an endpoint does not say."""
        message = dict(message)
        if "usage" in message and "usage" in self.how:
            zeros = {name: 0 if isinstance(number, int) else None for name, number in message["usage"].items()}
            message["usage"] = zeros
            if self.how["usage"] == "missing":
                del message["usage"]
        if "ending" in self.how and "stop_reason" in message:
            message["stop_reason"] = None
        return message

    def told(self, event: Event) -> Event:
        """Leave out of an event what such an endpoint does not say."""
        event = self.said(event)
        for name in ("message", "delta"):
            if name in event:
                event[name] = self.said(event[name])
        return event

    def error(self, error: ApiError, request_id: str) -> tuple[bytes, str]:
        """Write an error.

        Shapes:  its body and its media type
        """
        match self.how.get("error form"):
            case "openai":
                told = {"error": {"message": error.message, "type": error.type, "param": None, "code": error.status}}
                return json.dumps(told).encode(), "application/json"
            case "plain":
                return error.message.encode(), "text/plain"
            case _:
                return json.dumps(error.as_json(request_id)).encode(), "application/json"


def _other_form(path: str) -> dict[str, Any]:
    if path == "/v1/files":
        return {
            "id": "file-abc",
            "object": "file",
            "bytes": 1,
            "created_at": 1,
            "filename": "a",
            "purpose": "user_data",
        }
    return {"id": path.removeprefix("/v1/models/"), "object": "model", "created": 1, "owned_by": "library"}


def _skeleton(value: Any) -> Any:
    """Give the names in a value, without the texts, which are long and may say anything."""
    if is_object(value):
        return {name: _skeleton(inner) for name, inner in value.items()}
    return [_skeleton(inner) for inner in value] if is_array(value) else None


def _without(value: Any, name: str) -> Any:
    if is_object(value):
        return {key: _without(inner, name) for key, inner in value.items() if key != name}
    return [_without(inner, name) for inner in value] if is_array(value) else value
