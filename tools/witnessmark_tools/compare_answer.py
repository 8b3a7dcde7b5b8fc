"""From what a model answers to differences: each aligned one judged or unclassified, new ones looked up."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

from pydantic import ValidationError

from witnessmark.evidence.quotes import QuotedDocument, QuoteVerdict
from witnessmark.plans.pairs import shown_pages
from witnessmark.plans.plan import Ask
from witnessmark_tools.compare_offline import Aligned
from witnessmark_tools.compare_plan import ComparisonAnswer, JudgedDifference, OtherDifference, SeenDifference, ToAsk
from witnessmark_tools.compare_result import DocumentDifference
from witnessmark_tools.pages import rounded
from witnessmark_tools.printable import printable
from witnessmark_tools.results import Box, Status
from witnessmark_tools.tables_answer import AnswerUnusable

NEVER_FORMATTING = frozenset({"number", "date", "negation", "obligation"})
"""What these changes are is known from the words: nobody talks them down, least of all the page itself."""
MOST_ADDED = 100
"""Differences of one answer that the texts do not have."""
LONGEST_MEANING = 1_000
"""Characters."""


@dataclass(slots=True, kw_only=True)
class Judged:
    """What answers have said so far."""

    known: dict[str, JudgedDifference] = field(default_factory=dict[str, JudgedDifference])
    seen: list[DocumentDifference] = field(default_factory=list[DocumentDifference])
    others: list[DocumentDifference] = field(default_factory=list[DocumentDifference])


def parse_comparison(value: Any, *, model: str = "the model") -> ComparisonAnswer:
    """Check the JSON of an answer.

    Errors:  `AnswerUnusable`
    """
    try:
        return ComparisonAnswer.model_validate(value)
    except ValidationError:
        raise AnswerUnusable(model) from None  # pydantic's message quotes the answer


def missing_names(asked: ToAsk, parts: Sequence[tuple[Ask, ComparisonAnswer]]) -> list[str]:
    """List the differences that no answer speaks of."""
    told = {one.id for _, answer in parts for one in answer.differences}
    return [one.difference_id for one in asked.differences if one.difference_id not in told]


def judged(
    one: Aligned,
    asked: ToAsk,
    parts: Sequence[tuple[Ask, ComparisonAnswer]],
    quoted: tuple[QuotedDocument, QuotedDocument],
) -> list[DocumentDifference]:
    """Put what models said to the differences that were aligned, and after them what they saw besides.

    Shapes:  each aligned difference once, whatever the answers say; one that they left out is unclassified
    """
    found = Judged()
    for ask, answer in parts:
        pages = shown_pages(ask.blocks, (asked.before.label, asked.after.label))
        for told in answer.differences:
            found.known.setdefault(told.id, told)
        for seen in answer.visual[:MOST_ADDED]:
            found.seen += _seen(seen, pages[asked.before.label], pages[asked.after.label])
        for other in answer.others[:MOST_ADDED]:
            found.others += _other(other, one.differences, quoted)
    made = [_judged(difference, found.known.get(difference.difference_id)) for difference in one.differences]
    local = {(each.before_page, each.after_page) for each in made if each.kind == "visual"}
    made += [each for each in found.seen if (each.before_page, each.after_page) not in local]
    made += found.others
    ranked = sorted(made, key=_rank)
    return [each.model_copy(update={"difference_id": f"d{n}"}) for n, each in enumerate(ranked, start=1)]


def _rank(one: DocumentDifference) -> int:
    """Keep the order of the alignment: figures and dates, other content, formatting, what is not sure."""
    if one.status == "unlocated":
        return 4
    if one.significance == "formatting":
        return 3
    return 0 if one.what in {"number", "date"} else 1 if one.kind != "visual" else 2


def _judged(difference: DocumentDifference, told: JudgedDifference | None) -> DocumentDifference:
    if told is None:
        return difference.model_copy(update={"significance": "unclassified"})
    significance: Literal["substantive", "formatting"] = told.significance
    if difference.what in NEVER_FORMATTING and difference.significance == "substantive":
        significance = "substantive"
    return difference.model_copy(
        update={
            "significance": significance,
            "meaning": printable(told.meaning)[:LONGEST_MEANING] or difference.meaning,
            "section": difference.section or (printable(told.section)[:120] if told.section else None),
        }
    )


def _seen(seen: SeenDifference, before: Sequence[int], after: Sequence[int]) -> list[DocumentDifference]:
    """Take what a model sees beside the words; of pages that it was not given, nothing is known."""
    pages = _page_of(seen.before_page, before), _page_of(seen.after_page, after)
    if not seen.description.strip() or pages == (None, None):
        return []
    return [
        DocumentDifference(
            difference_id="d",
            kind="visual",
            significance="unclassified",
            meaning=printable(seen.description)[:LONGEST_MEANING],
            before_page=pages[0],
            after_page=pages[1],
            aligned=False,
        )
    ]


def _page_of(number: int | None, pages: Sequence[int]) -> int | None:
    """Find the document's page by its number in what was shown; or by its own, where models count so."""
    if number is None:
        return None
    if 1 <= number <= len(pages):
        return pages[number - 1]
    return number if number in pages else None


def _other(
    other: OtherDifference, known: Sequence[DocumentDifference], quoted: tuple[QuotedDocument, QuotedDocument]
) -> list[DocumentDifference]:
    """Take a change that the alignment does not have, and look both sides up."""
    texts = other.before or None, other.after or None
    if texts == (None, None) or texts[0] == texts[1]:
        return []
    if any(_is_in(texts[0], one.before) and _is_in(texts[1], one.after) for one in known):
        return []
    verdicts = [
        document.find_quote(text) if text is not None else None for document, text in zip(quoted, texts, strict=True)
    ]
    found = [verdict for verdict in verdicts if verdict is not None]
    status: Status = "located" if all(verdict.status == "located" for verdict in found) else "unlocated"
    before, after = verdicts
    return [
        DocumentDifference(
            difference_id="d",
            kind="added" if texts[0] is None else "removed" if texts[1] is None else "changed",
            before=texts[0] and printable(texts[0])[:LONGEST_MEANING],
            after=texts[1] and printable(texts[1])[:LONGEST_MEANING],
            significance=other.significance,
            meaning=printable(other.meaning)[:LONGEST_MEANING],
            before_page=_page(before),
            after_page=_page(after),
            before_box=_box(before),
            after_box=_box(after),
            status=status,
            aligned=False,
        )
    ]


def _is_in(text: str | None, whole: str | None) -> bool:
    return text is None or (whole is not None and " ".join(text.split()) in " ".join(whole.split()))


def _page(verdict: QuoteVerdict | None) -> int | None:
    return verdict.pages[0] if verdict is not None and verdict.pages else None


def _box(verdict: QuoteVerdict | None) -> Box | None:
    boxes = (verdict.boxes or {}).get(verdict.pages[0], ()) if verdict is not None and verdict.pages else ()
    return rounded(boxes[0]) if boxes else None
