"""From what a model answers to differences: each aligned one judged or unclassified, new ones looked up."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

from pydantic import ValidationError

from witnessmark.evidence.quotes import QuotedDocument
from witnessmark.offline.differences.ranking import rank_of
from witnessmark.plans.pairs import shown_pages
from witnessmark.plans.plan import Ask
from witnessmark_tools.citations_checks import without_references
from witnessmark_tools.compare_claims import LABELS, CheckedClaim, RefutedClaim, checked_claim, refuted_sight
from witnessmark_tools.compare_meanings import meaning_doubts
from witnessmark_tools.compare_offline import Aligned
from witnessmark_tools.compare_plan import (
    ComparisonAnswer,
    JudgedDifference,
    OtherDifference,
    SeenDifference,
    ToAsk,
    names_asked,
)
from witnessmark_tools.compare_result import DocumentDifference
from witnessmark_tools.contained import contained
from witnessmark_tools.printable import printable
from witnessmark_tools.tables_answer import AnswerUnusable

NEVER_FORMATTING = frozenset({"number", "date", "negation", "obligation", "order"})
"""What these changes are is known from the words: nobody talks them down, least of all the page itself."""
MOST_ADDED = 100
"""Differences of one answer that the texts do not have."""
CLAIMS_UNCHECKED = "What a model adds could not be checked against the documents"
MAX_CLAIMS = 60
"""Claims of all answers that are looked up: in long documents each takes a tenth of a second."""
LONGEST_MEANING = 1_000
"""Characters."""
MAX_ID = 20
"""Characters of an id that was never asked about, as warnings name it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Judgement:
    """What models said of two documents, checked."""

    differences: list[DocumentDifference]
    """Each aligned difference once, then what a model added and the documents bear out."""
    refuted: Sequence[RefutedClaim] = ()
    unasked: Sequence[str] = ()
    """Ids of differences that answers speak of without having been asked."""
    told_twice: Sequence[str] = ()
    """Ids of differences that answers give two meanings; the first is taken."""
    unchecked: int = 0
    """Claims beyond those that are looked up."""
    unseen_pages: Sequence[int] = ()
    """Pages of which answers describe pictures without having been shown them."""
    faults: Sequence[str] = ()
    """What could not be checked, in words."""


@dataclass(slots=True, kw_only=True)
class _Said:
    """What answers have said so far."""

    known: dict[str, JudgedDifference] = field(default_factory=dict[str, JudgedDifference])
    seen: list[DocumentDifference] = field(default_factory=list[DocumentDifference])
    others: list[OtherDifference] = field(default_factory=list[OtherDifference])
    unasked: list[str] = field(default_factory=list[str])
    unseen_pages: set[int] = field(default_factory=set[int])
    faults: list[str] = field(default_factory=list[str])
    told_twice: list[str] = field(default_factory=list[str])


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
) -> Judgement:
    """Put what models said to the differences that were aligned, and after them what they saw besides.

    Shapes:  each aligned difference once, whatever the answers say; one that they left out is unclassified
    """
    said = _Said()
    for ask, answer in parts:
        _take(said, ask, answer, asked)
    added, refuted = _checked(said, one, quoted)
    made = [_judged(difference, said.known.get(difference.difference_id)) for difference in one.differences]
    local = {(each.before_page, each.after_page) for each in made if each.kind == "visual"}
    for number, each in enumerate(said.seen, start=1):
        if (each.before_page, each.after_page) in local:
            continue
        sight = None
        with contained(said.faults, f"{CLAIMS_UNCHECKED}, and it counts as a model says"):
            sight = refuted_sight(f"v{number}", each.meaning or "", quoted)
        if sight is not None:
            refuted.append(sight)
        else:
            made.append(each)
    made += added
    held = {(pair.before, pair.after) for pair in one.looks.compared}
    files = (one.before.document.name, one.after.document.name)
    claims = [
        each if each.meaning is None else each.model_copy(update={"meaning": without_references(each.meaning, files)})
        for each in made
    ]
    doubts = meaning_doubts(claims, quoted, held, said.faults)
    aligned = [each.significance for each in one.differences]
    for place, significance in enumerate(aligned):
        if doubts[place] and significance == "substantive":
            made[place] = made[place].model_copy(update={"significance": "substantive"})
    order = sorted(range(len(made)), key=lambda place: _rank(made[place]))
    names = {place: f"d{number}" for number, place in enumerate(order, start=1)}
    return Judgement(
        differences=[
            made[place].model_copy(
                update={"difference_id": names[place], "meaning_doubts": doubts[place].in_words(names)}
            )
            for place in order
        ],
        refuted=refuted,
        unasked=list(dict.fromkeys(said.unasked)),
        told_twice=[
            names[place] for place, each in enumerate(one.differences) if each.difference_id in set(said.told_twice)
        ],
        unchecked=max(0, len(set(said.others)) - MAX_CLAIMS),
        unseen_pages=sorted(said.unseen_pages),
        faults=list(dict.fromkeys(said.faults)),
    )


def _take(said: _Said, ask: Ask, answer: ComparisonAnswer, asked: ToAsk) -> None:
    """Take in one answer; of what was not asked or shown, nothing is known."""
    pages = shown_pages(ask.blocks, (asked.before.label, asked.after.label))
    names = names_asked(ask)
    for told in answer.differences:
        if told.id in names:
            first = said.known.setdefault(told.id, told)
            if first.meaning != told.meaning:
                said.told_twice.append(told.id)
        else:
            said.unasked.append(printable(told.id)[:MAX_ID])
    for seen in answer.visual[:MOST_ADDED]:
        found = _seen(seen, pages[asked.before.label], pages[asked.after.label])
        said.seen += found
        if not found and seen.description.strip():
            said.unseen_pages |= {page for page in (seen.before_page, seen.after_page) if page is not None}
    said.others += answer.others[:MOST_ADDED]


def _checked(
    said: _Said, one: Aligned, quoted: tuple[QuotedDocument, QuotedDocument]
) -> tuple[list[DocumentDifference], list[RefutedClaim]]:
    """Check what was added; one that is an aligned difference gives that its meaning where it has none."""
    added: list[DocumentDifference] = []
    refuted: list[RefutedClaim] = []
    known = [*one.differences, *one.left_out]
    labels = tuple(
        label if side.is_whole else f"what was read of {label}"
        for label, side in zip(LABELS, (one.before, one.after), strict=True)
    )
    for number, claim in enumerate(list(dict.fromkeys(said.others))[:MAX_CLAIMS], start=1):
        checked = CheckedClaim()
        with contained(said.faults, f"{CLAIMS_UNCHECKED}, and is left out"):
            checked = checked_claim(f"m{number}", claim, known, quoted, (labels[0], labels[1]))
        if checked.found is not None:
            added.append(checked.found)
        if checked.refuted is not None:
            refuted.append(checked.refuted)
        if len(checked.restates) == 1 and claim.meaning.strip():
            (name,) = checked.restates
            told = JudgedDifference(id=name, significance=claim.significance, meaning=claim.meaning, section=None)
            said.known.setdefault(name, told)
    return added, refuted


def _rank(one: DocumentDifference) -> int:
    """Keep the order of the alignment: what changes figures, dates and negations first, formatting last."""
    text = one.before or one.after or ""
    return rank_of(one.kind, one.what, is_formatting=one.significance == "formatting", text=text)


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
