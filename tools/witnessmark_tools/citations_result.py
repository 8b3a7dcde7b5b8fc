"""What `read_pdf_with_citations` returns: answers, their statements, and where what they cite stands."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Literal, Self

from pydantic import Field

from witnessmark_tools.results import Box, Frozen, LongResult, Status

REVIEW_SHOWN = 12
Support = Literal["supported", "weakly_supported", "contradicted"]
Outcome = Literal["answered", "not_in_documents", "passages", "not_answered"]


class Nearest(Frozen):
    """What a document has instead of a text that was cited."""

    text: str
    page: int
    box: Box | None = None
    differs: str = Field(description="In a few words.")

    def to_text(self) -> str:
        return f"page {self.page} has {quoted(self.text)} ({self.differs})"


class PageBoxes(Frozen):
    page: int
    boxes: list[Box]


class Citation(Frozen):
    """A passage of a document."""

    citation_id: str = Field(description="c1, c2, …: an item for show_evidence.")
    document: str
    page: int
    pages: list[int] | None = Field(default=None, description="Where it runs over several.")
    section: str | None = Field(default=None, description="The heading above it, where that is known.")
    cited_text: str
    status: Status | None = Field(
        description="located: stands word for word on its page; displaced: the page was corrected; unlocated: stands "
        "nowhere as cited; null: not looked up."
    )
    box: Box | None = Field(default=None, description="On `page`.")
    boxes: list[PageBoxes] | None = Field(default=None, description="With detail 'full': every part of it.")
    claimed_page: int | None = Field(default=None, description="Where the page was corrected.")
    nearest: Nearest | None = None
    note: str | None = None

    def mark(self) -> str:
        """Write where it stands: `[c1: report.pdf, page 3]`."""
        pages = self.pages or [self.page]
        where = f"page {pages[0]}" if len(pages) == 1 else f"pages {pages[0]}-{pages[-1]}"
        told = where if self.status != "unlocated" else f"not found; {where} was claimed"
        if self.claimed_page is not None and self.status == "displaced":
            told += f", not {self.claimed_page} as claimed"
        told += f", under {quoted(self.section)}" if self.section else ""
        return f"[{self.citation_id}: {self.document}, {told}]"


class Statement(Frozen):
    text: str
    citations: list[Citation]
    support: Support | None = Field(
        default=None,
        description="Whether its citations bear it out, by their words, without a model. null: not checked.",
    )
    note: str | None = Field(default=None, description="Why not.")


class CitedAnswer(Frozen):
    """What was found out about one question."""

    question: str
    outcome: Outcome = Field(
        description="passages: parts of the documents that resemble the question, no answer; not_answered: nobody has "
        "read them, as warnings say."
    )
    model: str | None = Field(default=None, description="That answered.")
    statements: list[Statement] = Field(default=[])
    missing: list[str] = Field(default=[], description="What of the question the documents do not say.")
    uncited: list[str] = Field(default=[], description="Those of the statements that cite nothing.")
    searched: str

    def to_lines(self) -> list[str]:
        lines = [f"Question: {self.question}"]
        match self.outcome:
            case "not_in_documents":
                lines.append(f"Not found in the documents. Searched: {self.searched}.")
            case "passages":
                lines.append(f"Passages that resemble it, no answer ({self.searched}):")
            case "not_answered":
                lines.append("Not answered; the warnings say why.")
            case "answered":
                pass
        for statement in self.statements:
            lines += _statement_lines(statement)
        lines += [f"Not in the documents: {text}" for text in self.missing]
        return lines


class CitedReading(LongResult):
    """Questions, and what documents say to them."""

    answers: list[CitedAnswer] = Field(default=[])

    @property
    def citations(self) -> Iterator[Citation]:
        return (one for answer in self.answers for statement in answer.statements for one in statement.citations)

    def page(self, cursor: str | None, limit: int) -> tuple[Self, str | None]:
        """Give statements, those of a long answer in parts. A place is `answer:statement`."""
        from witnessmark_tools.citations_paging import answers_from  # not before somebody reads on

        answers, after = answers_from(self.answers, cursor, limit)
        return self.model_copy(update={"answers": answers}), after

    def shortened(self, limit: int) -> Self:
        from witnessmark_tools.citations_paging import shortened  # not before one is too long

        return shortened(self, limit)

    def to_text(self) -> str:
        if self.status == "working":
            return "\n".join(self.warnings)
        names = ", ".join(f"{one.name} ({one.pages} page{'s'[: one.pages != 1]})" for one in self.documents[:10])
        if len(self.documents) > 10:
            names += f" and {len(self.documents) - 10} more"
        how = f"engine: {', '.join(self.engines)}, result {self.result_id}, {self.cost.in_words()}"
        lines = [f"{names} ({how})"]
        lines += [f"Warning: {warning}" for warning in self.warnings]
        lines += [item.to_text() for item in self.needs_review[:REVIEW_SHOWN]]
        lines += [f"File: {file.path} ({file.uri})" for file in self.files]
        for answer in self.answers:
            lines += ["", *answer.to_lines()]
        return "\n".join(lines)


def _statement_lines(statement: Statement) -> Sequence[str]:
    """Write a statement, then what it cites; a passage, which is its own citation, once."""
    if len(statement.citations) == 1 and statement.citations[0].cited_text == statement.text:
        return [f"- {statement.citations[0].mark()} {quoted(statement.text)}"]
    lines = [f"- {statement.text}{_support_mark(statement)}"]
    for one in statement.citations:
        lines.append(f"  {one.mark()} {quoted(one.cited_text)}")
        if one.note is not None:
            lines.append(f"    {one.note}")
        if one.nearest is not None:
            lines.append(f"    nearest: {one.nearest.to_text()}")
    return lines


def _support_mark(statement: Statement) -> str:
    """Write what is in doubt about a statement: `[contradicted: …]`."""
    if not statement.citations:
        return " [no citation]"
    if statement.support in {"weakly_supported", "contradicted"}:
        return f" [{statement.support.replace('_', ' ')}: {statement.note}]"
    return ""


def quoted(text: str) -> str:
    return f"\u201c{' '.join(text.split())}\u201d"
