"""What the API refuses: every check of the fake, with the section of the fact sheet it comes from.

A check is a value that makes the error it stands for: `raise checks.EMPTY_TEXT("messages.0.content.0: …")`.
Where the fact sheet leaves two readings (MB as 1,000² or 1,024² bytes), the stricter one is meant: whoever stays within
it is within the other, too.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

INVALID = "invalid_request_error"
MB = 1_000_000


class ApiError(Exception):
    """An error as the API answers it; `check` is the check that refused, where one did.

    Shapes:  `details` is what stands beside `error_code` in `error.details`
    """

    def __init__(
        self,
        status: int,
        type: str,  # noqa: A002 - the API's word
        message: str,
        *,
        error_code: str | None = None,
        details: dict[str, Any] | None = None,
        headers: dict[str, str] | None = None,
        check: Check | None = None,
    ) -> None:
        super().__init__(message)
        self.status, self.type, self.message = status, type, message
        self.error_code, self.details, self.headers, self.check = error_code, details or {}, headers or {}, check

    def anew(self) -> ApiError:
        """Forget where it was raised before: an error raised again and again would keep all those frames."""
        return self.with_traceback(None)

    def as_json(self, request_id: str | None) -> dict[str, Any]:
        """Write the error as the body of a response, or as the data of an `error` event."""
        error: dict[str, Any] = {"type": self.type, "message": self.message}
        if self.error_code is not None:
            error["details"] = {"error_code": self.error_code, **self.details}
        return {"type": "error", "error": error, "request_id": request_id}


@dataclass(frozen=True, slots=True)
class Check:
    """One thing that the API refuses, and how it says so."""

    name: str
    section: str
    """Of the fact sheet on the Claude API; SDK: the types of Anthropic's own client."""
    refuses: str
    status: int = 400
    type: str = INVALID
    error_code: str | None = None

    def __call__(self, message: str, **details: Any) -> ApiError:
        return ApiError(self.status, self.type, message, error_code=self.error_code, details=details, check=self)


CHECKS: list[Check] = []
"""All of them, in the order in which they stand below."""


def _check(
    name: str,
    section: str,
    refuses: str,
    *,
    status: int = 400,
    type: str = INVALID,  # noqa: A002 - the API's word
    error_code: str | None = None,
) -> Check:
    check = Check(name, section, refuses, status, type, error_code)
    CHECKS.append(check)
    return check


# --- any request ----------------------------------------------------------------------------------------------------

KEY = _check("key", "§12", "no key, or one nobody was given", status=401, type="authentication_error")
VERSION = _check("version", "§12", "no `anthropic-version`, or an unknown one")
PATH = _check("path", "SDK", "an address that is none of the API's", status=404, type="not_found_error")
METHOD = _check("method", "SDK", "a method that the address does not take", status=405)
REQUEST_SIZE = _check("request_size", "§11", "a body above 32 MB", status=413, type="request_too_large")
ENCODING = _check(
    "encoding", "§11", "a content encoding but gzip or deflate", error_code="request_body_encoding_unsupported"
)
ENCODED_BODY = _check(
    "encoded_body", "§11", "a body that is not encoded as it says", error_code="request_body_encoding_invalid"
)
DECODED_SIZE = _check(
    "decoded_size",
    "§11",
    "a compressed body above 32 MB once decoded",
    status=413,
    type="request_too_large",
    error_code="request_body_too_large_after_decoding",
)
JSON_BODY = _check("json_body", "SDK", "a body that is not one JSON object")
CONTENT_TYPE = _check("content_type", "SDK", "another content type than the address takes")
RATE_LIMIT = _check(
    "rate_limit", "§10", "a request above the limits that a test has set", status=429, type="rate_limit_error"
)

# --- the shape of messages ------------------------------------------------------------------------------------------

UNKNOWN_FIELD = _check("unknown_field", "SDK", "a field the API does not know, at the top or in any part")
MISSING_FIELD = _check("missing_field", "SDK", "a missing field")
FIELD_TYPE = _check("field_type", "SDK", "a value of another kind than the field takes")
ROLE = _check("role", "SDK", "a role that is none, or a first message that is not the user's")
EMPTY_CONTENT = _check("empty_content", "SDK", "no messages, or a message without content")
EMPTY_TEXT = _check("empty_text", "SDK", "a text block without text")
BLOCK_TYPE = _check("block_type", "SDK", "a content block of a kind that cannot stand there")
SAMPLING = _check("sampling", "§5.5", "`temperature`, `top_p` and `top_k`, at any value")
DOCUMENT_BY_ASSISTANT = _check("document_by_assistant", "§4", "a document in an assistant message")
CITED_BY_USER = _check("cited_by_user", "§4", "citations on a user's text")
PREFILL = _check("prefill", "§5.5", "a last message by the assistant, from the 4.6 models on")
PREFILL_WITH_FORMAT = _check("prefill_with_format", "§5.2", "a prefill and `output_config.format` in one request")

# --- model and settings ---------------------------------------------------------------------------------------------

MODEL = _check("model", "§1.1", "an unknown, retired or reserved model", status=404, type="not_found_error")
MAX_TOKENS = _check("max_tokens", "§1.1", "`max_tokens` above what the model gives, or below 0")
PREWARM = _check("prewarm", "§7", "`max_tokens: 0` with a stream, a thinking budget, a format or a forced tool")
THINKING = _check("thinking", "§1.3", "a kind of thinking that the model does not take")
THINKING_EFFORT = _check("thinking_effort", "§1.3", "thinking switched off at an effort that needs it")
THINKING_BUDGET = _check("thinking_budget", "§1.3", "a thinking budget below 1,024 or not below `max_tokens`")
EFFORT = _check("effort", "§1.3", "an effort that the model does not know")
GEO = _check("geo", "§1.2", "`inference_geo` that is none, or for a model before 4.6")
SPEED = _check("speed", "§1.2", "`speed: fast` for a model that has none")
FORCED_TOOL = _check("forced_tool", "§5.1", "a forced tool where the model refuses that")
FORCED_TOOL_THINKING = _check("forced_tool_thinking", "§1.1", "a forced tool together with a thinking budget")
TOOL_CHOICE = _check("tool_choice", "SDK", "a tool choice without tools, or of a tool that is not there")
TOOL_NAME = _check("tool_name", "SDK", "a tool name that is none, or given twice")
TOOL_RESULT = _check(
    "tool_result", "SDK", "a tool result without its call in the message before, or a call without one"
)
STRICT_TOOLS = _check("strict_tools", "§5.2", "more than 20 strict tools")
CITATIONS_WITH_FORMAT = _check("citations_with_format", "§4", "citations and `output_config.format` in one request")
MIXED_CITATIONS = _check("mixed_citations", "§3", "citations on some documents and not on all")

# --- schemas --------------------------------------------------------------------------------------------------------

OPEN_OBJECT = _check("open_object", "§5.2", "an object without `additionalProperties: false`")
OPTIONAL_COUNT = _check("optional_count", "§5.2", "more than 24 optional properties in one request")
UNION_COUNT = _check("union_count", "§5.2", "more than 16 properties of several types in one request")
RECURSION = _check("recursion", "§5.2", "a schema that contains itself")
EXTERNAL_REF = _check("external_ref", "§5.2", "a `$ref` that leaves the schema, or leads nowhere")
KEYWORD = _check("keyword", "§5.2", "a keyword that structured outputs do not take")
MIN_ITEMS = _check("min_items", "§5.2", "`minItems` other than 0 and 1")
ALL_OF_REF = _check("all_of_ref", "§5.2", "`allOf` with a `$ref`")
ENUM = _check("enum", "§5.2", "an `enum` or `const` that is not of plain values")
FORMAT = _check("format", "§5.2", "a string format that is not of the list")
PATTERN = _check("pattern", "§5.2", "a pattern that is more than a simple one")

# --- caching --------------------------------------------------------------------------------------------------------

BREAKPOINTS = _check("breakpoints", "§7", "more than four cache breakpoints, the automatic one counted")
TTL = _check("ttl", "§7", "a TTL but 5m and 1h")
TTL_ORDER = _check("ttl_order", "§7", "a breakpoint of an hour after one of five minutes")

# --- images ---------------------------------------------------------------------------------------------------------

BASE64 = _check("base64", "§2", "`data` that is not base64")
IMAGE_BYTES = _check("image_bytes", "§2", "an image above 10 MB of base64")
IMAGE_MEDIA_TYPE = _check("image_media_type", "§2", "an image whose bytes are of another type than declared")
IMAGE_UNREADABLE = _check("image_unreadable", "§2", "an image that cannot be decoded")
IMAGE_DIMENSIONS = _check(
    "image_dimensions",
    "§2",
    "an image above 8,000 px a side, or above 2,000 px where there are more than 20",
    error_code="image_dimensions_too_large",
)
OVERSIZED_IMAGE = _check("oversized_image", "§2.2", "an image larger than seen, where `oversized_image` is `error`")

# --- documents ------------------------------------------------------------------------------------------------------

PDF_ENCRYPTED = _check("pdf_encrypted", "§3", "a PDF that is locked")
PDF_DAMAGED = _check("pdf_damaged", "§3", "a PDF that cannot be read, or without pages")
PAGE_COUNT = _check("page_count", "§2, §3", "more pages and images than the model takes: 600, or 100 at 200k context")
PROMPT_LENGTH = _check("prompt_length", "§1.1", "a prompt longer than the model's context")

# --- files and addresses --------------------------------------------------------------------------------------------

FILE_UNKNOWN = _check("file_unknown", "§6", "an unknown, deleted or foreign file", status=404, type="not_found_error")
FILE_EXPIRED = _check(
    "file_expired", "§6", "a file past its end", status=404, type="not_found_error", error_code="file_expired"
)
FILE_BLOCK = _check("file_block", "§6", "a file in a block that does not take its MIME type")
FILE_NAME = _check("file_name", "§6", 'a name above 255 characters, or with one of < > : " | ? * \\ / or a control')
FILE_EXPIRY = _check("file_expiry", "§6", "`expires_in_seconds` outside of an hour to ninety days")
FILE_SIZE = _check("file_size", "§6", "a file above 500 MB", status=413, type="request_too_large")
FILE_FORM = _check("file_form", "§6", "an upload that is no form, or has other fields than it takes")
FILE_DOWNLOAD = _check("file_download", "§6", "the bytes of an upload", error_code="file_not_downloadable")
STORAGE = _check("storage", "§6", "an upload beyond the storage", error_code="storage_quota_exceeded")
URL_SCHEME = _check("url_scheme", "§2, §3", "a URL that is not https")
URL_FETCH = _check("url_fetch", "§2, §3", "a URL that cannot be fetched: any that `serve_url` was not told of")
LIST_QUERY = _check(
    "list_query", "§6", "a limit outside of 1 to 1,000, above 100 ids, ids with a page, an unknown cursor"
)
