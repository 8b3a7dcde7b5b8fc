"""A strict fake of the Claude API at the HTTP boundary, for tests of whatever speaks to it.

    async with FakeClaudeAPI() as api:
        api.answer_with('{"total": "1,284.50"}')
        client = AsyncAnthropic(api_key=api.key, base_url=api.url, max_retries=0)
        message = await client.messages.create(…)
        assert api.totals.billed["input_tokens"] == message.usage.input_tokens

It refuses what the API refuses (`CHECKS` lists it, each with its section of the fact sheet), counts tokens, keeps
files, simulates the prompt cache, and fails in the ways of `faults`. `python -m witnessmark.testing` runs it in a
process of its own. docs/testing.md tells the rest.
"""

from witnessmark.testing import faults
from witnessmark.testing.answers import Reply
from witnessmark.testing.checks import CHECKS, ApiError, Check
from witnessmark.testing.citing import Cited, NothingToCite
from witnessmark.testing.contents import ImageContent, PdfContent, PdfPage
from witnessmark.testing.fake import FakeClaudeAPI
from witnessmark.testing.faults import Fault
from witnessmark.testing.records import RecordedRequest, Totals
from witnessmark.testing.request import Block, Request

__all__ = [
    "CHECKS",
    "ApiError",
    "Block",
    "Check",
    "Cited",
    "FakeClaudeAPI",
    "Fault",
    "ImageContent",
    "NothingToCite",
    "PdfContent",
    "PdfPage",
    "RecordedRequest",
    "Reply",
    "Request",
    "Totals",
    "faults",
]
