"""`compare_documents` with Claude: what aligned differences mean, and what differs beside the words."""

from __future__ import annotations

import functools
from collections.abc import Sequence
from dataclasses import dataclass, replace

import anyio

from witnessmark.claude.client import Claude
from witnessmark.documents.document import PageFacts
from witnessmark.documents.opening import Documents
from witnessmark.errors import BudgetError, WitnessmarkError
from witnessmark.evidence.quotes import QuotedDocument
from witnessmark.plans.models import Model, ModelCannotSee, ModelRetired
from witnessmark.plans.pairs import SideToShow
from witnessmark.plans.parts import text_blocks
from witnessmark.plans.plan import Ask
from witnessmark_tools.compare_answer import Judgement, judged, missing_names, parse_comparison
from witnessmark_tools.compare_counts import Basis, with_differences
from witnessmark_tools.compare_offline import Aligned, Compared, compared
from witnessmark_tools.compare_plan import LONGEST_TEXT, ComparisonAnswer, ToAsk, plan_comparison
from witnessmark_tools.compare_result import DocumentDifference
from witnessmark_tools.compare_sides import ComparedSide
from witnessmark_tools.contained import contained
from witnessmark_tools.definition import Progress
from witnessmark_tools.pages import sendable_pages
from witnessmark_tools.paid import Paid, run_paid
from witnessmark_tools.readers import Readers
from witnessmark_tools.results import Cost, ReviewItem, pages_in_words
from witnessmark_tools.tables_by_claude import failures_in_words
from witnessmark_tools.terms import Terms

MOST_LOOKED_AT = 100
"""Pages of one document without a difference that are shown for what stands beside their words."""

MAX_NAMED = 20
"""Ids that one warning names."""


@dataclass(frozen=True, kw_only=True)
class Asking:
    """On what terms models are asked."""

    documents: Documents
    claude: Claude
    terms: Terms
    max_cost_usd: float | None
    reuse: bool
    seconds: float | None
    progress: Progress


async def to_ask(one: Aligned, documents: Documents, focus: str | None) -> ToAsk:
    """Say what is to be asked about two documents: their differences, with the pages on which they stand.

    Shapes:  empty where the texts agree and nothing is to be seen beside them
    """
    differences = one.differences
    pages = _pages_beside(one)
    shown_a = {each.before_page for each in differences} | {page for page, _ in pages}
    shown_b = {each.after_page for each in differences} | {page for _, page in pages}
    return ToAsk(
        before=await _side(one.before, shown_a, documents, "Before"),
        after=await _side(one.after, shown_b, documents, "After"),
        differences=differences,
        pages=pages,
        focus=focus,
    )


def _pages_beside(one: Aligned) -> list[tuple[int | None, int | None]]:
    """Pair the pages that were laid out anew and show something beside their words."""
    partners = {pair.before: pair.after for pair in one.comparison.pages}
    marked_after = list(one.looks.marked_after)[:MOST_LOOKED_AT]
    pages: list[tuple[int | None, int | None]] = []
    for page in list(one.looks.marked_before)[:MOST_LOOKED_AT]:
        partner = partners.get(page)
        pages.append((page, partner))
        if partner in marked_after:
            marked_after.remove(partner)
    backwards = {pair.after: pair.before for pair in one.comparison.pages}
    return [*pages, *((backwards.get(page), page) for page in marked_after)]


async def _side(side: ComparedSide, shown: set[int | None], documents: Documents, word: str) -> SideToShow:
    document = side.document
    label = f"{word}: {document.name}"
    if document.kind == "text":
        text = (await documents.text(document, 1, "plain")).text
        if len(text) > LONGEST_TEXT:
            return SideToShow(label=label, document=document)
        blocks = await anyio.to_thread.run_sync(text_blocks, document.name, text, abandon_on_cancel=True)
        return SideToShow(label=label, document=document, texts=blocks)
    numbers = [page for page in side.pages if page in shown]
    facts: Sequence[PageFacts] = ()
    if numbers and document.reader != "pypdf":
        facts, _ = sendable_pages(document, await documents.facts(document, numbers))
    return SideToShow(label=label, document=document, pages=facts)


async def compared_by_claude(one: Aligned, asked: ToAsk, result_id: str, readers: Readers, asking: Asking) -> Compared:
    """Have a model judge what was aligned, and look beside the words.

    With `auto` the cheapest does, and the next is asked again where an answer leaves differences out.

    Errors:  as `run_paid`, for the first model that is there
    """
    found = await anyio.to_thread.run_sync(compared, one, result_id, abandon_on_cancel=True)
    if asked.is_empty:
        return found
    asking_models = _Judges(asked, asking)
    parts = await asking_models.ask(readers.models)

    def shaped() -> Compared:
        with contained(asking_models.warnings, "What models say of the differences is not in this result"):
            quoted = QuotedDocument(one.before.flows), QuotedDocument(one.after.flows)
            return _shaped(found, judged(one, asked, parts, quoted), one.basis, asking_models)
        unjudged = Judgement(differences=one.differences)
        return _shaped(found, unjudged, one.basis, asking_models)

    return await anyio.to_thread.run_sync(shaped, abandon_on_cancel=True)


class _Judges:
    """The models that are asked, and what that has come to."""

    def __init__(self, asked: ToAsk, asking: Asking) -> None:
        self._asked = asked
        self._asking = asking
        self.cost = Cost()
        self.engines: list[str] = []
        self.warnings: list[str] = []

    async def ask(self, models: Sequence[Model]) -> list[tuple[Ask, ComparisonAnswer]]:
        """Ask the first model that is there, and the next what it left out.

        Errors:  as `run_paid`
        """
        refusal: WitnessmarkError | None = None
        parts: list[tuple[Ask, ComparisonAnswer]] = []
        spent = None
        for rung in models:
            try:
                model = await self._asking.claude.model(rung.id)
                left = self._left(parts)
                paid = await self._run(left, model, None if spent is None else spent)
            except (ModelRetired, ModelCannotSee) as error:
                refusal = error
                continue
            except BudgetError:
                if spent is None:
                    raise
                self.warnings.append(f"{rung.id} was not asked about what is unclassified: a limit does not allow it.")
                break
            spent = paid.spent_usd if spent is None else spent + paid.spent_usd
            parts += [(answered.ask, answered.value) for answered in paid.run.answered]
            if not missing_names(self._asked, parts) and parts:
                break
        if spent is None:
            assert refusal is not None, "there is a model"
            raise refusal
        return parts

    def _left(self, parts: Sequence[tuple[Ask, ComparisonAnswer]]) -> ToAsk:
        """Leave out what was answered."""
        if not parts:
            return self._asked
        names = set(missing_names(self._asked, parts))
        return replace(
            self._asked, differences=[one for one in self._asked.differences if one.difference_id in names], pages=()
        )

    async def _run(self, asked: ToAsk, model: Model, so_far: object) -> Paid:
        asking = self._asking
        plan = await anyio.to_thread.run_sync(plan_comparison, asked, model, abandon_on_cancel=True)
        total = max(1, len(plan.asks))
        beats = 0

        async def on_wait() -> None:
            nonlocal beats
            beats += 1
            await asking.progress(1 - 0.9**beats, total, f"{model.id} is comparing")

        paid = await run_paid(
            plan,
            model,
            tool="compare_documents",
            claude=asking.claude,
            terms=asking.terms,
            documents=asking.documents,
            sources=(asked.before.document, asked.after.document),
            seconds=asking.seconds,
            max_cost_usd=asking.max_cost_usd,
            reuse=asking.reuse,
            parse=functools.partial(parse_comparison, model=model.id),
            on_wait=on_wait,
            so_far_usd=so_far,  # type: ignore[arg-type]  # given as it came
            gives_failures=so_far is not None,
        )
        self.cost += paid.cost
        self.warnings += [*paid.warnings, *failures_in_words(paid.run)]
        if paid.run.answered and model.id not in self.engines:
            self.engines.append(model.id)
        return paid


def _shaped(found: Compared, judgement: Judgement, basis: Basis, judges: _Judges) -> Compared:
    """Put what models said into the result."""
    review = [(one.is_before, one.item) for one in judgement.refuted] + _doubtful(judgement.differences)
    result = found.result.model_copy(
        update={
            "engines": ["offline", *judges.engines],
            "cost": judges.cost,
            "needs_review": [item for _, item in review] + found.result.needs_review,
            "warnings": [*found.result.warnings, *_warnings(judgement), *judges.warnings],
        }
    )
    return Compared(result=with_differences(result, judgement.differences, basis), review=(*review, *found.review))


def _doubtful(differences: Sequence[DocumentDifference]) -> list[tuple[bool, ReviewItem]]:
    """List doubtful meanings, each with whether its place is in the earlier document."""
    return [
        (
            one.after_page is None,
            ReviewItem(
                page=one.after_page or one.before_page or 1,
                box=one.after_box if one.after_page is not None else one.before_box,
                value=one.after or one.before,
                reason=f"{one.difference_id}: {'; '.join(one.meaning_doubts)}. Read the words, not the meaning.",
            ),
        )
        for one in differences
        if one.meaning_doubts
    ]


def _warnings(judgement: Judgement) -> list[str]:
    """Say what of the answers was left out, and what to look at."""
    told: list[str] = []
    differences = judgement.differences
    left = [one for one in differences if one.aligned and one.significance == "unclassified" and one.kind != "visual"]
    if left:
        named = ", ".join(one.difference_id for one in left[:MAX_NAMED])
        told.append(f"No model spoke of {named}: aligned here, and unclassified.")
    if judgement.unasked:
        named = ", ".join(judgement.unasked[:MAX_NAMED])
        told.append(f"A model spoke of {named}, which it was not asked about; that was left out.")
    if judgement.told_twice:
        told.append(f"A model gave {', '.join(judgement.told_twice[:MAX_NAMED])} two meanings; the first is shown.")
    if judgement.unseen_pages:
        where = pages_in_words(judgement.unseen_pages).lower()
        told.append(f"A model described the pictures of {where}, which it was not shown; that was left out.")
    told += judgement.faults
    if judgement.unchecked:
        told.append(f"A model adds {judgement.unchecked} more claims, too many to look up; they were left out.")
    if judgement.refuted:
        count = len(judgement.refuted)
        told.append(
            f"{count} claim{'s'[: count != 1]} of a model {'is' if count == 1 else 'are'} not borne out by the "
            "documents: listed in needs_review, not counted."
        )
    if doubtful := [one.difference_id for one in differences if one.meaning_doubts]:
        named = ", ".join(doubtful[:MAX_NAMED])
        told.append(
            f"The meaning of {named} does not agree with the words: see needs_review."
            if len(doubtful) == 1
            else f"The meanings of {named} do not agree with the words: see needs_review."
        )
    seen = sorted(
        {each.after_page or each.before_page or 1 for each in differences if each.kind == "visual" and not each.aligned}
    )
    if seen:
        told.append(f"{pages_in_words(seen)}: a model sees a visual difference outside the text. Check it.")
    return told
