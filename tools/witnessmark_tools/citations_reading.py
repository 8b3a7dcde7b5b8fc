"""What a model's answer to a question is worth: its statements with what was looked up, and why it is in doubt."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from witnessmark.errors import WitnessmarkError
from witnessmark.evidence.support.judging import Support, support_of
from witnessmark_tools.citations_checks import contradicted_figures, unsupported_figures, without_references
from witnessmark_tools.citations_result import Citation, CitedAnswer, Outcome, Statement
from witnessmark_tools.climbing import OF_THE_MODEL
from witnessmark_tools.results import ReviewItem

if TYPE_CHECKING:
    from witnessmark.evidence.support.passages import DocumentPassages

NOT_JUDGED = Support(verdict=None)
MOST_UNCITED = 0.5
"""Share of an answer's statements without a citation, above which it is in doubt."""


DocumentPage = tuple[str, int]
"""A document's SHA-256 and the number of one of its pages."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckedStatement:
    """A statement, what it cites, and the figures in it that nothing of that has."""

    text: str
    citations: tuple[Citation, ...] = ()
    unsupported: tuple[str, ...] = ()
    support: Support = NOT_JUDGED

    @property
    def doubt(self) -> str | None:
        """Why it is in doubt; None: it is not."""
        if any(one.status == "unlocated" for one in self.citations):
            return "what it cites stands nowhere as cited"
        if self.unsupported:
            named = ", ".join(map(repr, self.unsupported[:3]))
            return f"{named} does not stand in what it cites" if self.citations else f"{named} has no citation"
        if self.support.verdict == "contradicted":
            return "what it cites contradicts it"
        if self.support.verdict == "weakly_supported":
            return "what it cites hardly bears on it"
        return None


@dataclass(frozen=True, slots=True, kw_only=True)
class AnswerRead:
    """What one model has answered to one question."""

    question: str
    model: str
    statements: tuple[CheckedStatement, ...] = ()
    missing: tuple[str, ...] = ()
    searched: str = ""
    resembles: bool = False
    """Whether the documents have passages that resemble the question."""
    failed: Mapping[DocumentPage, WitnessmarkError] = field(default_factory=dict[DocumentPage, WitnessmarkError])
    """Pages of which it was asked in vain."""
    left: frozenset[DocumentPage] = frozenset()
    """Pages of which it was not asked, for want of time."""
    is_whole: bool = True
    """Whether at least a part of the documents was asked."""

    @property
    def refused(self) -> frozenset[DocumentPage]:
        """Pages about which the model gave no answer, while it answered about others: another model may."""
        if not self.is_whole:
            return frozenset()
        return frozenset(page for page, error in self.failed.items() if isinstance(error, OF_THE_MODEL))

    @property
    def doubts(self) -> list[str]:
        """Why a stronger model should be asked; nothing where all stands as cited."""
        if not self.is_whole:
            return ["it is not answered"]
        if not self.statements:
            return ["it is said not to be there, and passages resemble it"] if self.resembles else []
        found = [doubt for one in self.statements if (doubt := one.doubt) is not None]
        uncited = sum(not one.citations for one in self.statements)
        if uncited > MOST_UNCITED * len(self.statements):
            found.append("most of it has no citation")
        return list(dict.fromkeys(found))

    @property
    def reasons(self) -> list[str]:
        """Why another model should be asked, about all of it or about pages without an answer."""
        return [*self.doubts, *(["about some pages there is no answer"] if self.refused else [])]

    @property
    def pages_to_ask(self) -> frozenset[DocumentPage] | None:
        """The pages that another model should be asked about; None: all."""
        return self.refused if self.refused and not self.doubts else None

    @property
    def weight(self) -> float:
        """How much of it is in doubt, from 0 to 1."""
        if not self.is_whole:
            return 2.0
        if not self.statements:
            return 0.4 if self.resembles else 0.0
        doubtful = sum(one.doubt is not None for one in self.statements)
        uncited = sum(not one.citations for one in self.statements)
        return (doubtful + 0.5 * uncited) / len(self.statements)


def checked_statement(
    text: str,
    citations: Sequence[Citation],
    question: str,
    passages: DocumentPassages | None = None,
    names: Collection[str] = (),
) -> CheckedStatement:
    """Compare a statement with what it cites: its figures, and whether the words bear it out.

    Shapes:  `names` of the documents, as the model was told them: a statement that gives one claims nothing by that
    """
    cited = [one.cited_text for one in citations]
    claim = without_references(text, names)
    figures = [
        *unsupported_figures(claim, cited, known=question),
        *contradicted_figures(claim, cited, known=question),
    ]
    support = support_of(claim, cited, question=question, passages=passages)
    return CheckedStatement(text=text, citations=tuple(citations), unsupported=tuple(figures), support=support)


def unchecked_in_words(answers: Sequence[AnswerRead]) -> list[str]:
    """Say how many statements were not compared with what they cite, and why: a line for each reason."""
    reasons = Counter(
        one.support.reason
        for answer in answers
        for one in answer.statements
        if one.citations and one.support.verdict is None and one.support.reason
    )
    found: list[str] = []
    for reason, count in reasons.items():
        were, they_cite = ("s were", "they cite") if count > 1 else (" was", "it cites")
        found.append(f"{count} statement{were} not compared with the text that {they_cite}. {reason}")
    return found


def completed(first: AnswerRead, rest: AnswerRead) -> AnswerRead:
    """Put together an answer that lacks pages, and what another model says of those pages."""
    if not rest.is_whole:
        return first
    failed = {page: error for page, error in first.failed.items() if page not in first.refused} | dict(rest.failed)
    return replace(
        first,
        model=", ".join(dict.fromkeys([*first.model.split(", "), rest.model])),
        statements=(*first.statements, *rest.statements),
        missing=() if rest.statements else tuple(dict.fromkeys((*first.missing, *rest.missing))),
        failed=failed,
        left=first.left | rest.left,
    )


def better(first: AnswerRead | None, second: AnswerRead) -> AnswerRead:
    """Keep of two answers the one that stands up better; of equals the later, which a stronger model gave."""
    return second if first is None or second.weight <= first.weight else first


@dataclass(slots=True)
class Numbering:
    """Names citations c1, c2, … through all answers."""

    last: int = 0
    review: list[ReviewItem] = field(default_factory=list[ReviewItem])

    def answer(self, read: AnswerRead) -> CitedAnswer:
        """Write an answer as it is given."""
        statements = [self._statement(one) for one in read.statements]
        found: Outcome = "answered" if statements else "not_in_documents"
        outcome: Outcome = found if read.is_whole else "not_answered"
        return CitedAnswer(
            question=read.question,
            outcome=outcome,
            model=read.model or None,
            statements=statements,
            uncited=[one.text for one in statements if not one.citations],
            missing=list(read.missing),
            searched=read.searched,
        )

    def _statement(self, checked: CheckedStatement) -> Statement:
        citations: list[Citation] = []
        for one in checked.citations:
            self.last += 1
            citations.append(one.model_copy(update={"citation_id": f"c{self.last}"}))
        first = citations[0] if citations else None
        if checked.unsupported:
            named = ", ".join(checked.unsupported)
            where = f"{first.citation_id}, {first.document}: " if first is not None else ""
            told = "stands in none of its citations" if first is not None else "is said without a citation"
            self.review.append(
                ReviewItem(
                    page=first.page if first is not None else 1,
                    box=first.box if first is not None else None,
                    value=named,
                    reason=f"{where}{named} {told}: {_short(checked.text)}",
                )
            )
        support = checked.support
        if support.verdict in {"weakly_supported", "contradicted"} and first is not None:
            told = support.verdict.replace("_", " ")
            self.review.append(
                ReviewItem(
                    page=first.page,
                    box=first.box,
                    value=_short(checked.text),
                    reason=f"{first.citation_id}, {first.document}: {told}. {support.reason}",
                )
            )
        is_doubtful = support.verdict in {"weakly_supported", "contradicted"}
        return Statement(
            text=checked.text,
            citations=citations,
            support=support.verdict,
            note=support.reason if is_doubtful else None,
        )


def _short(text: str) -> str:
    return text if len(text) <= 200 else text[:200] + " \u2026"
