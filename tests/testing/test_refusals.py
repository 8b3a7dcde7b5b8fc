"""Every check of the fake is violated, once at least, and refuses as the API does."""

from __future__ import annotations

import gzip
import io
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass
from typing import Any

import httpx2
import pytest
from PIL import Image

from tests.drawing import document, draw_image, draw_text, encrypted, pdf_with_pages
from tests.testing.asking import MODEL, Json, asking, closed, from_file, from_url, image, pdf, shaped, text, tool
from tests.testing.conftest import Endpoint
from witnessmark.testing import CHECKS, FakeClaudeAPI

pytestmark = pytest.mark.anyio

MESSAGES = "/v1/messages"
STRING = {"type": "string"}


@dataclass(frozen=True)
class Case:
    """A request that the API refuses by the check of that name."""

    check: str
    what: str
    body: Json | Callable[[], Json]
    """Made when it is needed where it is large."""
    only_fake: bool = False
    """Where the real API would be slow, or is not known to say it so."""


def _said(*messages: tuple[str, Any], **more: Any) -> Json:
    return asking(**more) | {"messages": [{"role": role, "content": content} for role, content in messages]}


def _schema(schema: Json) -> Json:
    return asking(output_config=shaped(schema))


def _thinking(model: str, **thinking: Any) -> Json:
    return asking(model=model, max_tokens=2048, thinking=thinking)


def _png(width: int, height: int) -> bytes:
    file = io.BytesIO()
    Image.new("1", (width, height)).save(file, "PNG")
    return file.getvalue()


def _noise_png() -> bytes:
    """Draw a picture that no compression makes small: 8 MB, above 10 MB as base64."""
    file = io.BytesIO()
    Image.effect_noise((3000, 3000), 200).save(file, "PNG", compress_level=0)
    return file.getvalue()


def _marked(*ttls: str | None) -> list[Json]:
    return [
        text(f"Part {number}", cache_control={"type": "ephemeral", **({"ttl": ttl} if ttl else {})})
        for number, ttl in enumerate(ttls)
    ]


CITED = {"enabled": True}
LOCATION = {
    "type": "char_location",
    "cited_text": "a",
    "document_index": 0,
    "document_title": None,
    "start_char_index": 0,
    "end_char_index": 1,
}
PLAIN: Json = {"type": "document", "source": {"type": "text", "media_type": "text/plain", "data": "Some text."}}
FORCED = {"type": "tool", "name": "look_up"}
RECURSIVE = closed({"child": {"$ref": "#/$defs/Node"}}) | {
    "$defs": {"Node": closed({"next": {"$ref": "#/$defs/Node"}}, required=[])}
}

CASES = (
    # fields and shapes
    Case("unknown_field", "at the top", lambda: asking(colour="red")),
    Case("unknown_field", "in a block", lambda: asking(text("Hi", colour="red"))),
    Case("unknown_field", "in a source", asking(from_url("https://example.com/a.pdf", x=1))),
    Case("unknown_field", "in output_config", lambda: asking(output_config={"verbosity": "low"})),
    Case("unknown_field", "the old output_format", lambda: asking(output_format={"type": "json_schema"})),
    Case("missing_field", "max_tokens", lambda: {"model": MODEL, "messages": [{"role": "user", "content": "Hi"}]}),
    Case("missing_field", "a block's type", lambda: asking({"text": "Hi"})),
    Case(
        "missing_field", "media_type", lambda: asking({"type": "image", "source": {"type": "base64", "data": "AA=="}})
    ),
    Case("field_type", "max_tokens as text", lambda: asking(max_tokens="64")),
    Case("field_type", "a number as content", lambda: _said(("user", 5))),
    Case("field_type", "a TIFF", lambda: asking(image(draw_image("TIFF"), "image/tiff"))),
    Case(
        "field_type",
        "a PDF called text",
        lambda: asking(pdf(draw_text()) | {"source": {"type": "base64", "media_type": "text/plain", "data": "AA=="}}),
    ),
    Case("unknown_field", "in metadata", lambda: asking(metadata={"name": "x"})),
    Case("field_type", "an unknown display", lambda: _thinking(MODEL, type="adaptive", display="loud")),
    Case("field_type", "an unknown service tier", lambda: asking(service_tier="gold")),
    Case("field_type", "an empty stop sequence", lambda: asking(stop_sequences=[" "])),
    Case("role", "nobody's", lambda: _said(("nobody", "Hi"))),
    Case("role", "the assistant first", lambda: _said(("assistant", "Hi"), ("user", "Hi"))),
    Case("empty_content", "no messages", _said()),
    Case("empty_content", "an empty string", lambda: _said(("user", ""))),
    Case("empty_content", "an empty list", lambda: _said(("user", []))),
    Case("empty_text", "in a message", lambda: asking("")),
    Case("empty_text", "in system", lambda: asking(system=[text("")])),
    Case("block_type", "unknown", lambda: asking({"type": "video", "source": {}})),
    Case("block_type", "an image in system", lambda: asking(system=[image(draw_image())])),
    Case("block_type", "a source that is none", lambda: asking({"type": "document", "source": {"type": "path"}})),
    *(
        Case("sampling", f"{name} {value}", asking(**{name: value}))
        for name, value in (("temperature", 0), ("temperature", 1), ("top_p", 0.9), ("top_k", 5))
    ),
    Case("document_by_assistant", "", lambda: _said(("user", "Hi"), ("assistant", [PLAIN]), ("user", "Hi"))),
    Case("cited_by_user", "", lambda: asking(text("a", citations=[LOCATION]))),
    Case("prefill", "", lambda: _said(("user", "Hi"), ("assistant", "{"))),
    Case(
        "prefill_with_format",
        "",
        lambda: _said(
            ("user", "Hi"),
            ("assistant", "{"),
            model="claude-haiku-4-5",
            output_config=shaped(closed({"a": STRING})),
        ),
    ),
    # model and settings
    Case("model", "unknown", lambda: asking(model="claude-opus-9")),
    Case("model", "retired", lambda: asking(model="claude-opus-4-1")),
    Case("model", "for verified organisations", lambda: asking(model="claude-mythos-5-2"), only_fake=True),
    Case("max_tokens", "too many", lambda: asking(max_tokens=128_001)),
    Case("max_tokens", "too many for an older one", lambda: asking(model="claude-haiku-4-5", max_tokens=64_001)),
    Case("max_tokens", "negative", lambda: asking(max_tokens=-1)),
    Case("prewarm", "a stream", lambda: asking(max_tokens=0, stream=True)),
    Case("prewarm", "a format", lambda: asking(max_tokens=0, output_config=shaped(closed({"a": STRING})))),
    Case("prewarm", "a forced tool", lambda: asking(max_tokens=0, tools=[tool()], tool_choice=FORCED)),
    Case("thinking", "off on Sonnet 5.5", lambda: _thinking("claude-sonnet-5-5", type="disabled")),
    Case("thinking", "off on Opus 5.5", lambda: _thinking("claude-opus-5-5", type="disabled")),
    Case("thinking", "a budget on Haiku 5.5", lambda: _thinking(MODEL, type="enabled", budget_tokens=1024)),
    Case("thinking", "adaptive on Haiku 4.5", lambda: _thinking("claude-haiku-4-5", type="adaptive")),
    Case("thinking", "between tools on Haiku 5.5", lambda: _thinking(MODEL, type="between_tools")),
    Case(
        "thinking_effort",
        "off at xhigh",
        lambda: asking(thinking={"type": "disabled"}, output_config={"effort": "xhigh"}),
    ),
    Case(
        "thinking_effort",
        "between tools at max",
        lambda: asking(model="claude-sonnet-5-5", thinking={"type": "between_tools"}, output_config={"effort": "max"}),
    ),
    Case("thinking_budget", "small", lambda: _thinking("claude-haiku-4-5", type="enabled", budget_tokens=1023)),
    Case("thinking_budget", "all of it", lambda: _thinking("claude-haiku-4-5", type="enabled", budget_tokens=2048)),
    Case("effort", "none that exists", lambda: asking(output_config={"effort": "extreme"})),
    Case("effort", "xhigh on 4.6", lambda: asking(model="claude-sonnet-4-6", output_config={"effort": "xhigh"})),
    Case("effort", "any on Haiku 4.5", lambda: asking(model="claude-haiku-4-5", output_config={"effort": "low"})),
    Case("geo", "on Haiku 4.5", lambda: asking(model="claude-haiku-4-5", inference_geo="us")),
    Case("geo", "none that exists", lambda: asking(inference_geo="moon")),
    Case("speed", "", lambda: asking(model="claude-opus-4-7", speed="fast"), only_fake=True),
    *(
        Case(
            "forced_tool",
            f"{kind} on {model}",
            asking(model=f"claude-{model}", tools=[tool()], tool_choice=FORCED if kind == "tool" else {"type": kind}),
        )
        for model in ("sonnet-5-5", "opus-5-5", "fable-5-1", "fable-5-2")
        for kind in ("tool", "any")
    ),
    Case(
        "forced_tool_thinking",
        "",
        lambda: (
            _thinking("claude-haiku-4-5", type="enabled", budget_tokens=1024)
            | {"tools": [tool()], "tool_choice": {"type": "any"}}
        ),
    ),
    Case("tool_choice", "no tools", lambda: asking(tool_choice={"type": "auto"})),
    Case("tool_choice", "an unknown one", lambda: asking(tools=[tool()], tool_choice={"type": "tool", "name": "x"})),
    Case("tool_name", "a blank", lambda: asking(tools=[tool("look up")])),
    Case("tool_name", "twice", lambda: asking(tools=[tool(), tool()])),
    Case("tool_result", "no call", lambda: asking({"type": "tool_result", "tool_use_id": "toolu_1", "content": "a"})),
    Case(
        "tool_result",
        "no result",
        lambda: _said(
            ("user", "Hi"),
            ("assistant", [{"type": "tool_use", "id": "toolu_1", "name": "look_up", "input": {"word": "a"}}]),
            ("user", "Hi"),
            tools=[tool()],
        ),
    ),
    Case("strict_tools", "", lambda: asking(tools=[tool(f"t{number}", strict=True) for number in range(21)])),
    Case(
        "citations_with_format",
        "",
        lambda: asking(PLAIN | {"citations": CITED}, "Hi", output_config=shaped(closed({"a": STRING}))),
    ),
    Case("mixed_citations", "", lambda: asking(PLAIN | {"citations": CITED}, PLAIN, "Hi")),
    # schemas
    Case("open_object", "at the top", lambda: _schema({"type": "object", "properties": {"a": STRING}})),
    Case("open_object", "inside", lambda: _schema(closed({"a": {"type": "array", "items": {"type": "object"}}}))),
    Case(
        "open_object",
        "of a strict tool",
        lambda: asking(tools=[{"name": "a", "strict": True, "input_schema": {"type": "object"}}]),
    ),
    Case("optional_count", "", lambda: _schema(closed({f"p{n}": STRING for n in range(25)}, required=[]))),
    Case("union_count", "", lambda: _schema(closed({f"p{n}": {"type": ["string", "null"]} for n in range(17)}))),
    Case("recursion", "", lambda: _schema(RECURSIVE)),
    Case("external_ref", "", lambda: _schema(closed({"a": {"$ref": "https://example.com/schema.json"}}))),
    *(
        Case("keyword", next(iter(rule)), _schema(closed({"a": {"type": kind, **rule}})))
        for kind, rule in (
            ("number", {"minimum": 0}),
            ("number", {"multipleOf": 5}),
            ("string", {"minLength": 1}),
            ("string", {"maxLength": 9}),
            ("array", {"items": STRING, "maxItems": 3}),
        )
    ),
    Case("min_items", "", lambda: _schema(closed({"a": {"type": "array", "items": STRING, "minItems": 2}}))),
    Case(
        "all_of_ref",
        "",
        lambda: _schema(closed({"a": {"allOf": [{"$ref": "#/$defs/A"}]}}) | {"$defs": {"A": closed({"b": STRING})}}),
    ),
    Case("enum", "", lambda: _schema(closed({"a": {"enum": [["x"], "y"]}}))),
    Case("format", "", lambda: _schema(closed({"a": {"type": "string", "format": "iban"}}))),
    Case("pattern", "", lambda: _schema(closed({"a": {"type": "string", "pattern": "(?=a)b"}}))),
    # caching
    Case("unknown_field", "diagnostics", lambda: asking(diagnostics={"previous": "msg_1"})),
    Case("field_type", "diagnostics", lambda: asking(diagnostics={"previous_message_id": 1})),
    Case("breakpoints", "explicit", lambda: asking(*_marked(None, None, None, None, None))),
    Case(
        "breakpoints",
        "with the automatic one",
        lambda: asking(*_marked(None, None, None, None), cache_control={"type": "ephemeral"}),
    ),
    Case("ttl", "", lambda: asking(*_marked("2h"))),
    Case("ttl_order", "", lambda: asking(*_marked("5m", "1h"))),
    # images
    Case(
        "base64",
        "",
        lambda: asking(
            {"type": "image", "source": {"type": "base64", "media_type": "image/png", "data": "no base64!"}}
        ),
    ),
    Case("image_bytes", "", lambda: asking(image(_noise_png())), only_fake=True),
    Case("image_media_type", "", lambda: asking(image(draw_image("JPEG"), "image/png"))),
    Case("image_unreadable", "no image", lambda: asking(image(b"no image at all"))),
    Case("image_unreadable", "half an image", lambda: asking(image(draw_image(size=(900, 900))[:1500]))),
    Case("image_dimensions", "a bomb", lambda: asking(image(_png(20_000, 20_000)))),
    Case("image_dimensions", "one", lambda: asking(image(_png(8001, 10)))),
    Case("image_dimensions", "of many", lambda: asking(*[image(_png(2001, 10))] * 21)),
    Case(
        "oversized_image",
        "",
        lambda: asking(image(_png(4000, 3000), transformations={"oversized_image": "error"})),
    ),
    # documents
    Case("pdf_encrypted", "", lambda: asking(pdf(encrypted(draw_text(), "secret")))),
    Case("pdf_encrypted", "open to all", lambda: asking(pdf(encrypted(draw_text()))), only_fake=True),
    Case("pdf_damaged", "no PDF", lambda: asking(pdf(b"no PDF at all"))),
    Case("pdf_damaged", "no pages", lambda: asking(pdf(document()))),
    Case("page_count", "601", lambda: asking(pdf(pdf_with_pages(601)))),
    Case("page_count", "101 on Haiku 4.5", lambda: asking(pdf(pdf_with_pages(101)), model="claude-haiku-4-5")),
    Case(
        "page_count",
        "pages and images together",
        lambda: asking(pdf(pdf_with_pages(90)), *[image(_png(20, 20))] * 11, model="claude-haiku-4-5"),
    ),
    Case("prompt_length", "", lambda: asking("word " * 200_000, model="claude-haiku-4-5")),
    # files and addresses
    Case("file_unknown", "", lambda: asking(from_file("file_011CNha8iCJcU1wXNR6q4V8w"))),
    Case("url_scheme", "", lambda: asking(from_url("http://example.com/a.pdf"))),
    Case("url_fetch", "", lambda: asking(from_url("https://no-such-host.invalid/a.pdf"))),
)


@pytest.mark.parametrize("case", CASES, ids=lambda case: f"{case.check}: {case.what}")
async def test_a_message_that_the_api_refuses_is_refused(case: Case, endpoint: Endpoint) -> None:
    if endpoint.fake is None and case.only_fake:
        pytest.skip("the real API is not asked this")
    response = await endpoint.post(MESSAGES, case.body() if callable(case.body) else case.body)
    _check_error(response, case.check, endpoint)
    if endpoint.fake is not None:
        assert endpoint.fake.totals.billed_messages == 0


# --- what is not the body of a message ------------------------------------------------------------------------------

Send = Callable[[Endpoint], Awaitable[httpx2.Response]]


def _headers(**changes: str) -> Send:
    async def send(endpoint: Endpoint) -> httpx2.Response:
        return await endpoint.http.post(
            MESSAGES, json=asking(), headers={n.replace("_", "-"): v for n, v in changes.items()}
        )

    return send


def _raw(content: bytes, **headers: str) -> Send:
    async def send(endpoint: Endpoint) -> httpx2.Response:
        named = {"content-type": "application/json"} | {n.replace("_", "-"): v for n, v in headers.items()}
        return await endpoint.http.post(MESSAGES, content=content, headers=named)

    return send


def _method(method: str, path: str) -> Send:
    async def send(endpoint: Endpoint) -> httpx2.Response:
        return await endpoint.http.request(method, path)

    return send


def _upload(name: str = "a.pdf", **fields: str) -> Send:
    async def send(endpoint: Endpoint) -> httpx2.Response:
        files = {"file": (name, draw_text(), "application/pdf")}
        return await endpoint.http.post("/v1/files", files=files, data=fields)

    return send


async def _without_version(endpoint: Endpoint) -> httpx2.Response:
    del endpoint.http.headers["anthropic-version"]
    return await endpoint.post(MESSAGES, asking())


async def _without_key(endpoint: Endpoint) -> httpx2.Response:
    del endpoint.http.headers["x-api-key"]
    return await endpoint.post(MESSAGES, asking())


async def _large_file(endpoint: Endpoint) -> httpx2.Response:
    async def pieces() -> AsyncIterator[bytes]:
        yield b'--b\r\ncontent-disposition: form-data; name="file"; filename="a.bin"\r\n\r\n'
        for _ in range(501):
            yield bytes(1_000_000)
        yield b"\r\n--b--\r\n"

    headers = {"content-type": "multipart/form-data; boundary=b"}
    return await endpoint.http.post("/v1/files", content=pieces(), headers=headers)


async def _download(endpoint: Endpoint) -> httpx2.Response:
    file = await endpoint.client.files.upload(file=("a.txt", b"Hi", "text/plain"))
    try:
        return await endpoint.http.get(f"/v1/files/{file.id}/content")
    finally:
        await endpoint.client.files.delete(file.id)


async def _text_as_image(endpoint: Endpoint) -> httpx2.Response:
    file = await endpoint.client.files.upload(file=("a.txt", b"Hi", "text/plain"))
    try:
        return await endpoint.post(MESSAGES, asking(from_file(file.id, "image")))
    finally:
        await endpoint.client.files.delete(file.id)


async def _table_as_document(endpoint: Endpoint) -> httpx2.Response:
    file = await endpoint.client.files.upload(file=("a.csv", b"a,b", "text/csv"))
    try:
        return await endpoint.post(MESSAGES, asking(from_file(file.id)))
    finally:
        await endpoint.client.files.delete(file.id)


async def _expired(endpoint: Endpoint) -> httpx2.Response:
    file = await endpoint.client.files.upload(file=("a.txt", b"Hi", "text/plain"), expires_in_seconds=3600)
    endpoint.clock.now += 3600
    return await endpoint.post(MESSAGES, asking(from_file(file.id)))


async def _above_the_limit(endpoint: Endpoint) -> httpx2.Response:
    assert endpoint.fake is not None
    endpoint.fake.limit(requests_per_minute=1)
    await endpoint.post(MESSAGES, asking())
    return await endpoint.post(MESSAGES, asking())


async def _beyond_storage(endpoint: Endpoint) -> httpx2.Response:
    assert endpoint.fake is not None
    endpoint.fake.files.storage_bytes = 10
    return await _upload()(endpoint)


BOMB = gzip.compress(b'{"a": "' + b" " * 33_000_000 + b'"}')

SENT: dict[str, list[Send]] = {
    "key": [_without_key, _headers(x_api_key="sk-ant-nobody"), _headers(x_api_key="")],
    "version": [_without_version, _headers(anthropic_version="2020-01-01")],
    "path": [_method("GET", "/v1/nothing"), _method("GET", "/")],
    "method": [_method("GET", MESSAGES), _method("PUT", "/v1/files")],
    "request_size": [_raw(b" " * 32_000_001)],
    "encoding": [_raw(b"{}", content_encoding="br")],
    "encoded_body": [_raw(b"{}", content_encoding="gzip"), _raw(gzip.compress(b"{}")[:-9], content_encoding="gzip")],
    "decoded_size": [_raw(BOMB, content_encoding="gzip")],
    "json_body": [_raw(b'{"model": '), _raw(b'{"a": NaN}'), _raw(b"[1]"), _raw(b"\xff")],
    "content_type": [_raw(b"{}", content_type="text/plain")],
    "rate_limit": [_above_the_limit],
    "file_block": [_text_as_image, _table_as_document],
    "file_expired": [_expired],
    "file_name": [_upload("a?.pdf"), _upload("a" * 252 + ".pdf")],
    "file_expiry": [_upload(expires_in_seconds="3599"), _upload(expires_in_seconds="7776001")],
    "file_size": [_large_file],
    "file_form": [_upload(colour="red"), _method("POST", "/v1/files")],
    "file_download": [_download],
    "storage": [_beyond_storage],
    "list_query": [
        _method("GET", "/v1/files?limit=0"),
        _method("GET", "/v1/files?limit=1001"),
        _method("GET", "/v1/files?page=page_nowhere"),
        _method("GET", f"/v1/files?{'&'.join(f'ids[]=file_{n}' for n in range(101))}"),
        _method("GET", "/v1/files?ids[]=file_1&limit=5"),
        _method("GET", "/v1/models?after_id=nobody"),
    ],
}
ONLY_FAKE = {
    *("rate_limit", "file_expired", "file_size", "storage", "request_size"),
    *("encoding", "encoded_body", "decoded_size", "path"),
}


@pytest.mark.parametrize(
    ("check", "send"), [pytest.param(check, send, id=check) for check, sends in SENT.items() for send in sends]
)
async def test_a_request_that_the_api_refuses_is_refused(check: str, send: Send, endpoint: Endpoint) -> None:
    if endpoint.fake is None and check in ONLY_FAKE:
        pytest.skip("the real API is not asked this")
    _check_error(await send(endpoint), check, endpoint)


def test_each_check_has_a_test_that_violates_it() -> None:
    assert {case.check for case in CASES} | SENT.keys() == {check.name for check in CHECKS}
    assert len({check.name for check in CHECKS}) == len(CHECKS)


def _check_error(response: httpx2.Response, name: str, endpoint: Endpoint) -> None:
    check = next(check for check in CHECKS if check.name == name)
    error = response.json()["error"]
    assert (response.status_code, error["type"]) == (check.status, check.type), error["message"]
    assert error.get("details", {}).get("error_code") == check.error_code
    assert response.json()["type"] == "error"
    assert response.json()["request_id"] == response.headers["request-id"]
    if endpoint.fake is not None:
        recorded = endpoint.fake.requests
        refusals = [request.refused_by for request in recorded if request.refused_by is not None]
        assert refusals == [name], error["message"]


# --- details of some --------------------------------------------------------------------------------------------------


async def test_too_large_images_are_all_named_with_their_places(endpoint: Endpoint) -> None:
    small, large = image(_png(20, 20)), image(_png(8001, 20))
    response = await endpoint.post(MESSAGES, asking(small, large, "Which?", large))
    assert response.json()["error"]["details"] == {
        "error_code": "image_dimensions_too_large",
        "max_side_length_pixels": 8000,
        "paths": ["messages.0.content.1", "messages.0.content.3"],
    }


async def test_counting_refuses_settings_and_not_limits(endpoint: Endpoint) -> None:
    forced = {"model": "claude-sonnet-5-5", "tools": [tool()], "tool_choice": FORCED}
    body = {name: value for name, value in asking(**forced).items() if name != "max_tokens"}
    refused = await endpoint.post("/v1/messages/count_tokens", body)
    assert refused.status_code == 400
    many = {"model": "claude-haiku-4-5", "messages": asking(pdf(pdf_with_pages(101)))["messages"]}
    counted = await endpoint.post("/v1/messages/count_tokens", many)
    assert counted.status_code == 200


async def test_the_older_api_version_takes_sampling_from_older_models(http: httpx2.AsyncClient) -> None:
    body = asking(model="claude-haiku-4-5", temperature=0)
    old = await http.post(MESSAGES, json=body, headers={"anthropic-version": "2023-06-01"})
    new = await http.post(MESSAGES, json=body)
    assert (old.status_code, new.status_code) == (200, 400)


async def test_forcing_a_tool_is_taken_where_the_model_takes_it(http: httpx2.AsyncClient) -> None:
    response = await http.post(MESSAGES, json=asking(tools=[tool()], tool_choice=FORCED))
    assert [block["type"] for block in response.json()["content"]] == ["tool_use"]


async def test_a_test_refuses_a_page_by_what_stands_on_it(api: FakeClaudeAPI, http: httpx2.AsyncClient) -> None:
    api.refuse_when(lambda request: "Page 2" in request.page_text)
    bad = await http.post(MESSAGES, json=asking(pdf(draw_text(["Page 1", "Page 2"]))))
    good = await http.post(MESSAGES, json=asking(pdf(draw_text(["Page 1", "Page 3"]))))
    assert (bad.status_code, good.status_code) == (400, 200)
    assert api.totals.billed_messages == 1
