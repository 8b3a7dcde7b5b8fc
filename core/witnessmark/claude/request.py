"""An ask, as the body of a request."""

from __future__ import annotations

import json
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any, Literal

from witnessmark.claude.understanding import ANSWER_TOOL
from witnessmark.plans.plan import (
    Ask,
    Breakpoint,
    ContentBlock,
    ImageBlock,
    LinesBlock,
    PdfBlock,
    TextBlock,
    TextDocumentBlock,
)
from witnessmark.plans.titles import name_of_pages, quoted_name

Structure = Literal["format", "tool", "prompt"]
"""How JSON is asked for: `output_config.format`; a strict tool where the endpoint has no structured outputs; in words
where it has no tools either."""

MOST_TITLE = 200
Caching = Literal["any", "5m", "none"]
"""How long what breakpoints mark is kept at the most."""

_CALL_THE_TOOL = f"\nAnswer by calling the tool `{ANSWER_TOOL}` once, with everything in it, and write nothing else."
_QUOTE = """
After each statement write the words of the document that it rests on, exactly as they stand there, in double \
quotation marks, and after them the page in brackets, such as (page 3)."""
_WRITE_JSON = """
Answer with one JSON object and nothing else: no word before or after it, and no fence. It has to satisfy this schema:
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Form:
    """Which of the API's features a request makes use of."""

    structure: Structure
    effort: bool = True
    caching: Caching = "any"
    text_documents: bool = True
    """Whether plain text goes as document blocks; else as text."""
    citations: bool = True
    """Whether answers may point to places in documents; else they are asked to quote them."""

    def worn_by(self, ask: Ask) -> Ask:
        """Leave out of an ask what the form does not have."""
        return replace(self.cached(ask), effort=ask.effort if self.effort else None)

    def cached(self, ask: Ask) -> Ask:
        """Leave out of an ask what the form does not have of caching."""
        if self.caching == "any":
            return ask
        points = tuple(replace(point, ttl="5m") for point in ask.breakpoints) if self.caching == "5m" else ()
        return replace(ask, breakpoints=points)


@dataclass(frozen=True, slots=True, kw_only=True)
class PageShown:
    """A page of a PDF for models that see no PDFs: its picture, and its text, as the API makes it of a PDF itself."""

    pictures: tuple[dict[str, Any], ...]
    text: str


def request_of(
    ask: Ask, sources: Sequence[Sequence[dict[str, Any] | PageShown]], form: Form, *, complaint: str | None = None
) -> dict[str, Any]:
    """Build the body of an ask.

    Shapes:  `sources` has a list for each block: of a PDF one source, or its pages as they are shown; of an image a
             source for each of its pieces; else none. `complaint` says what was wrong with the answer before
    """
    ask = form.worn_by(ask)
    content: list[dict[str, Any]] = []
    points = {point.index: point for point in ask.breakpoints}
    for index, (block, found) in enumerate(zip(ask.blocks, sources, strict=True)):
        content += _content(block, found, form, cites=ask.cites and form.citations)
        if index in points:
            content[-1]["cache_control"] = _cache_control(points[index])
    if complaint is not None:
        content.append({"type": "text", "text": complaint})
    return _around(ask, content, form)


def without_documents(ask: Ask, form: Form) -> dict[str, Any]:
    """Build the same request with nothing in it but our own words: what the API says of it, it says of us."""
    ask = form.worn_by(ask)
    texts = [block for block in ask.blocks if isinstance(block, TextBlock)]
    content: list[dict[str, Any]] = [{"type": "text", "text": block.text} for block in texts]
    if ask.cites and form.citations:
        source = {"type": "text", "media_type": "text/plain", "data": "A line of text."}
        content.insert(0, _document(source, "witness.txt", cites=True))
    if ask.breakpoints:
        content[-1]["cache_control"] = _cache_control(ask.breakpoints[-1])
    return _around(ask, content, form)


def counting(body: dict[str, Any]) -> dict[str, Any]:
    """Leave out of a request what counting its tokens does not take."""
    return {name: value for name, value in body.items() if name not in {"max_tokens", "stream"}}


def _around(ask: Ask, content: list[dict[str, Any]], form: Form) -> dict[str, Any]:
    structure = form.structure
    body: dict[str, Any] = {"model": ask.model, "max_tokens": ask.sent_max_tokens, "stream": True}
    body["system"] = ask.instructions
    told: dict[str, Any] = {}
    if ask.effort is not None:
        told["effort"] = ask.effort
    if ask.schema is not None and structure == "format":
        told["format"] = {"type": "json_schema", "schema": ask.schema}
    if told:
        body["output_config"] = told
    if ask.schema is not None and structure == "tool":
        body["system"] += _CALL_THE_TOOL
        body["tools"] = [
            {
                "name": ANSWER_TOOL,
                "description": "Takes the whole answer.",
                "input_schema": ask.schema,
                "strict": True,
            }
        ]
        body["tool_choice"] = {"type": "auto"}
    if ask.cites and not form.citations:
        body["system"] += _QUOTE
    if ask.schema is not None and structure == "prompt":
        body["system"] += _WRITE_JSON + json.dumps(ask.schema, ensure_ascii=False)
    return body | {"messages": [{"role": "user", "content": content}]}


def _content(
    block: ContentBlock, sources: Sequence[dict[str, Any] | PageShown], form: Form, *, cites: bool
) -> list[dict[str, Any]]:
    match block:
        case PdfBlock():
            if isinstance(sources[0], PageShown):
                name = name_of_pages(block.title, [page.page_number for page in block.pages])
                shown = enumerate((page for page in sources if isinstance(page, PageShown)), start=1)
                return [part for number, page in shown for part in _shown(page, number, name)]
            return [_document(sources[0], block.title, cites=cites)]
        case ImageBlock():
            return [{"type": "image", "source": source} for source in sources]
        case TextDocumentBlock() if not form.text_documents:
            return [{"type": "text", "text": f"{_before_text(block.title)}\n\n{block.text}"}]
        case TextDocumentBlock():
            source = {"type": "text", "media_type": "text/plain", "data": block.text}
            return [_document(source, block.title, cites=cites)]
        case LinesBlock() if not form.text_documents:
            return [{"type": "text", "text": "\n".join((f"{_before_text(block.title)}\n", *block.lines))}]
        case LinesBlock():
            lines = [{"type": "text", "text": line} for line in block.lines]
            return [_document({"type": "content", "content": lines}, block.title, cites=cites)]
        case TextBlock():
            return [{"type": "text", "text": block.text}]


def _document(source: dict[str, Any], title: str, *, cites: bool) -> dict[str, Any]:
    document = {"type": "document", "source": source, "title": _title(title)}
    return document | {"citations": {"enabled": True}} if cites else document


def _shown(page: PageShown, number: int, name: str) -> list[dict[str, Any]]:
    """Show a page; pages count from 1 in the file as it is given, as they do in a PDF of these pages."""
    parts: list[dict[str, Any]] = [
        {"type": "text", "text": f"The file named {quoted_name(name)}, a PDF: page {number} of the file as given."}
    ]
    parts += [{"type": "image", "source": source} for source in page.pictures]
    if page.text.strip():
        parts.append({"type": "text", "text": f"The text of page {number} of the file as given:\n{page.text}"})
    return parts


def _before_text(title: str) -> str:
    """Say where a document's text begins and ends that stands in a block as words of ours do."""
    return f"The text of {quoted_name(title)}, to the end of this block:"


def _title(title: str) -> str:
    """Keep the end of a long title, where the pages stand."""
    plain = "".join(" " if unicodedata.category(c)[0] == "C" else c for c in title)
    return plain if len(plain) <= MOST_TITLE else "…" + plain[1 - MOST_TITLE :]


def _cache_control(point: Breakpoint) -> dict[str, Any]:
    return {"type": "ephemeral"} if point.ttl == "5m" else {"type": "ephemeral", "ttl": point.ttl}
