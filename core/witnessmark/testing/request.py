"""A request as the API understood it: what an answer, a refusal or an assertion of a test can look at."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

from witnessmark.testing.contents import ImageContent, PdfContent, PdfPage
from witnessmark.testing.models import Model
from witnessmark.testing.shapes import items, part

Place = Literal["tools", "system", "user", "assistant"]
SourceKind = Literal["base64", "url", "file", "text", "content"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Block:
    """One content block. Blocks inside of another one (a tool's result, a document's content) stand before it."""

    path: str
    """Where it stands, as errors of the API say it: `messages.0.content.1`."""
    place: Place
    type: str
    text: str = ""
    """Of text blocks and plain text documents; elsewhere what else the model reads of the block, such as a title."""
    title: str | None = None
    context: str | None = None
    source: SourceKind | None = None
    source_name: str | None = None
    """The URL or file id."""
    content: ImageContent | PdfContent | None = None
    """None where there are no bytes, and when counting for what the API does not fetch then."""
    cites: bool = False
    must_fit: bool = False
    """Whether the image must not be larger than the model sees."""
    ttl: Literal["5m", "1h"] | None = None
    """Of the cache breakpoint after the block."""
    digest: str = ""
    """Hash of all that the model sees of it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """A request for a message that has passed every check."""

    model: str
    """As it was named, an alias perhaps."""
    known_model: Model
    body: Mapping[str, Any]
    """As it came, but for base64 data: in its place stand its hash and size."""
    blocks: tuple[Block, ...]
    workspace: str
    headers: Mapping[str, str]
    """In lower case, without those that hold a key."""

    @property
    def max_tokens(self) -> int:
        tokens: int = self.body.get("max_tokens", 0)
        return tokens

    @property
    def is_stream(self) -> bool:
        return bool(self.body.get("stream"))

    @property
    def schema(self) -> Mapping[str, Any] | None:
        """The schema that the answer has to satisfy."""
        return part(self.output_config, "format").get("schema")

    @property
    def effort(self) -> str | None:
        return self.output_config.get("effort") or self.known_model.default_effort

    @property
    def output_config(self) -> Mapping[str, Any]:
        return part(self.body, "output_config")

    @property
    def tools(self) -> tuple[Mapping[str, Any], ...]:
        return tuple(items(self.body, "tools"))

    @property
    def tool_choice(self) -> Mapping[str, Any]:
        return part(self.body, "tool_choice") or {"type": "auto"}

    @property
    def thinking(self) -> str | None:
        """The kind of thinking that is on, None where there is none."""
        asked = part(self.body, "thinking").get("type")
        kind = asked or ("adaptive" if self.known_model.thinks_by_default else None)
        return kind if kind in {"adaptive", "enabled"} and self.tool_choice["type"] in {"auto", "none"} else None

    @property
    def images(self) -> tuple[ImageContent, ...]:
        return tuple(block.content for block in self.blocks if isinstance(block.content, ImageContent))

    @property
    def pdfs(self) -> tuple[PdfContent, ...]:
        return tuple(block.content for block in self.blocks if isinstance(block.content, PdfContent))

    @property
    def pages(self) -> tuple[PdfPage, ...]:
        """The pages of all PDFs, in order. A test recognises one by its text, or by how many there are."""
        return tuple(page for pdf in self.pdfs for page in pdf.pages)

    @property
    def documents(self) -> tuple[Block, ...]:
        """The documents of the messages, in the order in which citations count them."""
        return tuple(block for block in self.blocks if block.type == "document")

    def pages_of(self, document: Block) -> tuple[PdfPage, ...]:
        """The pages of one document; none where it is no PDF."""
        return document.content.pages if isinstance(document.content, PdfContent) else ()

    def lines_of(self, document: Block) -> tuple[str, ...]:
        """The text blocks of a document of custom content, each of which can be cited."""
        within = f"{document.path}.source.content."
        return tuple(block.text for block in self.blocks if block.type == "text" and block.path.startswith(within))

    @property
    def text(self) -> str:
        """All that stands in text blocks, line by line: instructions, labels, the question."""
        return "\n".join(
            block.text for block in self.blocks if block.type == "text" and ".source.content." not in block.path
        )

    @property
    def question(self) -> str:
        """The last of our own words."""
        return self.text.rpartition("\n")[2]

    @property
    def page_text(self) -> str:
        """The text of all pages and of documents of plain text and of lines."""
        texts = [page.text for page in self.pages]
        texts += [block.text for block in self.documents if block.content is None and block.text]
        texts += [line for document in self.documents for line in self.lines_of(document)]
        return "\n".join(texts)
