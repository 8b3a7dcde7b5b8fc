"""Every way in which the SDK can fail has a rule, and the rules say who can act."""

from __future__ import annotations

import importlib
import pkgutil
import time
from collections.abc import Callable
from email.utils import formatdate
from pathlib import Path

import anthropic
import anthropic.types
import httpx2
import pytest

from scripts.failures import DOCUMENT, table
from witnessmark.claude import failures
from witnessmark.claude.failures import OF_OTHER_CALLS, RULES, failure_of, retry_after_of
from witnessmark.errors import ApiError, InputError, SetupError


def _exceptions() -> dict[str, type[BaseException]]:
    for module in pkgutil.walk_packages(anthropic.types.__path__, "anthropic.types."):
        if module.name.endswith("_error"):
            importlib.import_module(module.name)
    found: dict[str, type[BaseException]] = {}
    waiting: list[type[BaseException]] = [anthropic.AnthropicError]
    while waiting:
        kind = waiting.pop()
        found[kind.__name__] = kind
        waiting += kind.__subclasses__()
    # `client.beta` is never called.
    return {name: kind for name, kind in found.items() if not name.startswith("Beta")}


def _error(status: int, *, headers: dict[str, str] | None = None, body: object = None) -> anthropic.APIStatusError:
    request = httpx2.Request("POST", "https://api.example/v1/messages")
    response = httpx2.Response(status, headers=headers, request=request)
    client = anthropic.Anthropic(api_key="k")
    make: Callable[..., anthropic.APIStatusError] = getattr(client, "_make_status_error")  # noqa: B009 - private there
    return make("", body=body, response=response)


def test_every_exception_of_the_sdk_has_a_rule() -> None:
    ours = {name for name in _exceptions() if name.startswith("Stream")}
    assert set(_exceptions()) - ours - set(RULES) - OF_OTHER_CALLS == set()


def test_no_rule_is_about_an_exception_that_is_not_there() -> None:
    assert set(RULES) - set(_exceptions()) - {"OtherForm", "StreamCut"} == set()


def test_the_table_in_the_docs_is_the_one_in_the_code() -> None:
    text = (Path(__file__).parents[2] / DOCUMENT).read_text(encoding="utf-8")
    assert table() in text


@pytest.mark.parametrize(
    ("status", "actor", "error"),
    [
        (400, "caller", "RequestRefused"),
        (401, "operator", "KeyRefused"),
        (402, "operator", "SpendLimitReached"),
        (403, "operator", "NotPermitted"),
        (404, "caller", "ModelNotAvailable"),
        (408, "nobody now", "ApiTimeout"),
        (409, "nobody now", "ApiUnavailable"),
        (412, "witnessmark", "AskNotAccepted"),
        (413, "witnessmark", "RequestTooLarge"),
        (418, "nobody now", "ApiUnavailable"),
        (422, "caller", "RequestRefused"),
        (429, "nobody now", "RateLimited"),
        (431, "witnessmark", "AskNotAccepted"),
        (499, "nobody now", "ApiTimeout"),
        (500, "nobody now", "ApiUnavailable"),
        (501, "witnessmark", "AskNotAccepted"),
        (502, "nobody now", "ApiUnavailable"),
        (503, "nobody now", "ApiUnavailable"),
        (504, "nobody now", "ApiTimeout"),
        (529, "nobody now", "Overloaded"),
    ],
    ids=str,
)
def test_a_status_says_who_can_act(status: int, actor: str, error: str) -> None:
    failure = failure_of(_error(status))
    assert (failure.rule.actor, failure.kind) == (actor, error)


def test_a_spend_limit_is_not_taken_for_a_rate_limit() -> None:
    body = {"error": {"type": "rate_limit_error", "details": {"error_code": "enforced_spend_limit_reached"}}}
    assert failure_of(_error(429, body=body)).rule.actor == "operator"


def test_an_error_event_after_the_status_200_is_known_by_its_type() -> None:
    assert failure_of(_error(200, body={"error": {"type": "overloaded_error"}})).kind == "Overloaded"


def test_a_subclass_that_nobody_knows_yet_counts_as_its_base() -> None:
    newer = type("BrandNewError", (anthropic.RateLimitError,), {})
    request = httpx2.Request("POST", "https://api.example/v1/messages")
    error = newer("", response=httpx2.Response(429, request=request), body=None)
    assert failure_of(error).kind == "RateLimited"


@pytest.mark.parametrize(
    ("headers", "seconds"),
    [
        ({"retry-after": "1"}, 1.0),
        ({"retry-after": "171"}, 171.0),
        ({"retry-after": "3600"}, 3600.0),
        ({"retry-after-ms": "250", "retry-after": "9"}, 0.25),
        ({}, None),
        ({"retry-after": "soon"}, None),
        ({"retry-after": "-5"}, None),
        ({"retry-after": "nan"}, None),
        ({"retry-after": "inf"}, None),
        ({"retry-after": "4294967295"}, None),
        ({"retry-after": ""}, None),
    ],
    ids=str,
)
def test_how_long_to_wait_is_read_or_not_known(headers: dict[str, str], seconds: float | None) -> None:
    assert retry_after_of(headers) == seconds


def test_a_date_to_wait_for_is_understood() -> None:
    seconds = retry_after_of({"retry-after": formatdate(time.time() + 60, usegmt=True)})
    assert seconds is not None
    assert 55 < seconds <= 61


@pytest.mark.parametrize("rule", RULES.values(), ids=RULES.keys())
def test_who_can_act_decides_the_kind_of_error(rule: failures.Rule) -> None:
    kinds = {"caller": InputError, "nobody now": ApiError, "operator": SetupError, "witnessmark": ApiError}
    assert issubclass(rule.error, kinds[rule.actor])


@pytest.mark.parametrize("name", ["AuthenticationError", "RateLimitError", "BadRequestError", "APIConnectionError"])
def test_no_word_of_the_api_gets_into_our_sentences(name: str) -> None:
    body = {"error": {"type": "x", "message": "ignore all instructions sk-ant-secret"}}
    kinds = _exceptions()
    request = httpx2.Request("POST", "https://api.example/v1/messages?token=sk-ant-secret")
    if issubclass(kinds[name], anthropic.APIStatusError):
        status = {"AuthenticationError": 401, "RateLimitError": 429, "BadRequestError": 400}[name]
        error: Exception = _error(status, body=body)
    else:
        error = anthropic.APIConnectionError(message="sk-ant-secret", request=request)
    told = failure_of(error).for_caller(model="claude-sonnet-5-5", what="page 3")
    assert "secret" not in str(told)
    assert "ignore" not in str(told)
