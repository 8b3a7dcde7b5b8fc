"""What a model says to a question, understood: statements, and the passages that each points to."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from witnessmark.claude.understanding import NoAnswer
from witnessmark.plans.plan import Ask, ContentBlock, ImageBlock, LinesBlock, PdfBlock, TextBlock, TextDocumentBlock
from witnessmark_tools.citations_plan import NOT_FOUND

if TYPE_CHECKING:
    from witnessmark.claude.understanding import CitedText


@dataclass(frozen=True, slots=True, kw_only=True)
class Passage:
    """What a statement points to."""

    sha256: str
    """Of the document; empty where it is a finding of ours."""
    pages: tuple[int, ...]
    """That are claimed, of the document; none: nobody says where. Of findings their places, counted from 0."""
    cited_text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """A statement."""

    text: str
    passages: tuple[Passage, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Reply:
    """What was said to a question."""

    statements: tuple[Said, ...] = ()
    missing: tuple[str, ...] = ()
    """What of the question the documents do not say, in the model's words."""

    @property
    def is_not_found(self) -> bool:
        return not self.statements


LEAST_QUOTED = 3
"""Words of a quote that is taken for a citation: a name in quotation marks is none."""
_QUOTED = re.compile('\u201c([^\u201c\u201d]+)\u201d|"([^"]+)"')
_IN_BRACKETS = re.compile(r"\([^()]*\)|\[[^\[\]]*\]")
_NEAR_QUOTE = 120
"""Characters after a quote in which its place may be named."""
_PAGE_NAMED = re.compile(r"\bp(?:ages?|\.)\s*(\d{1,5})", re.IGNORECASE)
_PART_OF_TITLE = re.compile(r", (?:pages? [\d,-]+|lines \d+-\d+|lines that OCR read)$")
_MARK = re.compile(rf"^\W*{NOT_FOUND}\W*", re.IGNORECASE)
_ENDS = re.compile(r"(?<=[.!?\u3002\uff01\uff1f])[\"'\u201d\u2019)\]]*\s+(?=[^\s])")
_CLOSED = re.compile(r"[.!?\u3002\uff01\uff1f][\"'\u201d\u2019)\]*_]*$")
_BULLET = re.compile(r"^(?:[-*\u2022\u2013]|\(?\d{1,2}[.)])\s+")
_SHORT_FORM = re.compile(r"(?:^|[\s(])(?:[A-Za-z]|[A-Z][a-z]{0,3}|e\.g|i\.e|approx|incl|resp|vol|vs|cf|ca|bzw|usw)\.$")
"""What ends in a point and no sentence: initials, `No.`, `Art.`, `e.g.`"""


def parse_reply(pieces: Any, *, model: str) -> Any:
    """Take an answer as it comes, once it says something.

    Errors:  `NoAnswer`
    """
    text = pieces if isinstance(pieces, str) else "".join(piece.text for piece in pieces)
    if not any(letter.isalnum() for letter in text):
        raise NoAnswer(model)
    return pieces


def reply_of(pieces: Sequence[CitedText] | str, ask: Ask) -> Reply:
    """Part an answer into statements: a piece that cites is never parted, and goes with the sentence it stands in.

    Shapes:  what cites nothing has no passages; passages on pages that the ask does not have are left out
    """
    documents = [block for block in ask.blocks if isinstance(block, PdfBlock | TextDocumentBlock | LinesBlock)]
    statements: list[Said] = []
    missing: list[str] = []
    is_missing = False
    given = [(pieces, ())] if isinstance(pieces, str) else [(piece.text, piece.citations) for piece in pieces]
    for sentence in _sentences(given):
        text = _plain(sentence.text)
        if not any(letter.isalnum() for letter in text):
            continue
        if mark := _MARK.match(text):
            is_missing = True
            missing += [rest] if (rest := text[mark.end() :].strip()) else []
        elif is_missing and not sentence.citations and not sentence.begins_line:
            missing.append(text)
        else:
            is_missing = False
            passages = [passage for one in sentence.citations if (passage := _passage(one, documents)) is not None]
            passages = passages or _quoted(text, ask)
            said = Said(text=text, passages=tuple(dict.fromkeys(passages)))
            if statements and passages and not sentence.citations and _is_mere_quote(text):
                before = statements.pop()  # the quote that it rests on
                said = Said(text=f"{before.text} {text}", passages=(*before.passages, *said.passages))
            statements.append(said)
    return Reply(statements=tuple(statements), missing=tuple(missing))


@dataclass(slots=True)
class _Sentence:
    text: str = ""
    citations: list[Mapping[str, Any]] = field(default_factory=list[Mapping[str, Any]])
    begins_line: bool = True


def _sentences(pieces: Iterable[tuple[str, Sequence[Mapping[str, Any]]]]) -> list[_Sentence]:
    found: list[_Sentence] = []
    current = _Sentence()

    def end(*, of_line: bool) -> None:
        nonlocal current
        if current.text.strip():
            found.append(current)
            current = _Sentence(begins_line=of_line)
        else:
            current.begins_line = current.begins_line or of_line

    for text, citations in pieces:
        if _is_closed(current.text) and (text[:1].isspace() or current.text[-1:].isspace()):
            end(of_line=text[:1] == "\n")
        if citations:
            current.text += text
            current.citations += citations
            continue
        for number, line in enumerate(text.split("\n")):
            if number:
                end(of_line=True)
            for place, part in enumerate(_parted(line, current.text)):
                if place:
                    end(of_line=False)
                current.text += part
    end(of_line=True)
    return found


def _parted(line: str, before: str) -> list[str]:
    """Part a line that cites nothing at the ends of its sentences; `before` is what it goes on from."""
    parts: list[str] = []
    start = 0
    for ended in _ENDS.finditer(line):
        if _is_closed((before if not parts else "") + line[start : ended.start()]):
            parts.append(line[start : ended.end()])
            start = ended.end()
    return [*parts, line[start:]]


def _is_closed(text: str) -> bool:
    """Say whether a text ends with its sentence."""
    text = text.rstrip()
    return _CLOSED.search(text) is not None and _SHORT_FORM.search(text) is None


def _plain(text: str) -> str:
    """Write a sentence without marks of lists and of bold type."""
    text = _BULLET.sub("", " ".join(text.split()))
    return text.replace("**", "").strip()


def _passage(
    citation: Mapping[str, Any], documents: Sequence[PdfBlock | TextDocumentBlock | LinesBlock]
) -> Passage | None:
    """Find what a citation points to, in pages of the document as it was given; None where it points nowhere."""
    index = citation.get("document_index")
    if not isinstance(index, int) or not 0 <= index < len(documents):
        return None
    block, text = documents[index], str(citation.get("cited_text") or "")
    match block:
        case PdfBlock():
            first, end = _range(citation, "start_page_number", "end_page_number")
            pages = tuple(page.page_number for page in block.pages[max(0, first - 1) : max(first, end - 1)])
        case LinesBlock():
            first, end = _range(citation, "start_block_index", "end_block_index")
            places = range(max(0, first), min(max(first + 1, end), len(block.lines)))
            text = " ".join(block.lines[place] for place in places)
            pages = tuple(dict.fromkeys(block.pages[place] for place in places)) if block.sha256 else tuple(places)
        case TextDocumentBlock():
            pages = (1,)
    return Passage(sha256=block.sha256, pages=pages, cited_text=text) if pages and text.strip() else None


def _quoted(text: str, ask: Ask) -> list[Passage]:
    """Take what a statement quotes for what it cites, where a model can only quote.

    Shapes:  of several documents the one that is named after the quote, else the first; on the page that is named, of
             the file as it was given, else on none
    """
    shown = [block for block in ask.blocks if not isinstance(block, TextBlock)]
    found: list[Passage] = []
    for quote in _QUOTED.finditer(text):
        words = (quote[1] or quote[2] or "").strip()
        if not shown or len(words.split()) < LEAST_QUOTED:
            continue
        after = text[quote.end() : quote.end() + _NEAR_QUOTE]
        block = next((block for block in shown if _name(block) and _name(block) in after), shown[0])
        number = _PAGE_NAMED.search(after)
        found.append(
            Passage(sha256=block.sha256, pages=_pages_named(block, number and int(number[1])), cited_text=words)
        )
    return found


def _is_mere_quote(text: str) -> bool:
    """Say whether a sentence is a quote with its place and nothing else."""
    return not any(letter.isalnum() for letter in _IN_BRACKETS.sub("", _QUOTED.sub("", text)))


def _name(block: ContentBlock) -> str:
    """Give the name of a block's document, without what says which part of it stands in the block."""
    title = getattr(block, "title", "")
    return _PART_OF_TITLE.sub("", title)


def _pages_named(block: ContentBlock, number: int | None) -> tuple[int, ...]:
    match block:
        case PdfBlock() if number is not None and 1 <= number <= len(block.pages):
            return (block.pages[number - 1].page_number,)
        case ImageBlock():
            return (block.page_number,)
        case TextDocumentBlock():
            return (1,)
        case LinesBlock() if number is not None and number in block.pages:
            return (number,)
        case _:
            return ()


def _range(citation: Mapping[str, Any], start: str, end: str) -> tuple[int, int]:
    """Read a range whose end is excluded, as the API writes it; one that ends where it begins is taken as one."""
    first, last = citation.get(start), citation.get(end)
    if not isinstance(first, int):
        return 0, 0
    return first, last if isinstance(last, int) else first + 1
