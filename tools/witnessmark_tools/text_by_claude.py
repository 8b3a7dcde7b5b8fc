"""`read_text` by Claude: one model, or the cheapest that will do, and what the pages themselves say to it."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field

import anyio

from witnessmark.claude.attempts import in_words
from witnessmark.claude.client import Claude
from witnessmark.claude.running import Answered, Failed, Run
from witnessmark.documents.addressed import is_addressed
from witnessmark.documents.document import Document, PageFacts
from witnessmark.documents.flow import PageFlow
from witnessmark.documents.layer_check import LayerCheck
from witnessmark.documents.opening import Documents, TextLayout
from witnessmark.documents.page_range import text_from_pages
from witnessmark.documents.reading import PagesRead, read_pages
from witnessmark.errors import InputError, WitnessmarkError
from witnessmark.evidence.transcripts import TranscriptCheck, check_transcript
from witnessmark.plans.models import Model
from witnessmark.plans.plan import Plan
from witnessmark_tools.climbing import OF_THE_MODEL, Call, Climb, page_numbers
from witnessmark_tools.contained import contained
from witnessmark_tools.definition import Progress
from witnessmark_tools.notices import AS_CONTENT, addressed_warnings, hidden_warnings
from witnessmark_tools.pages import failures_of
from witnessmark_tools.paid import Paid
from witnessmark_tools.results import Cost, FailedPages, ReviewItem, pages_in_words
from witnessmark_tools.tables_by_claude import failures_in_words, left_in_words, unread_places
from witnessmark_tools.tables_found import Reader
from witnessmark_tools.terms import Terms
from witnessmark_tools.text_answer import PartedText, parse_text, parted_text
from witnessmark_tools.text_doubts import (
    checks_in_words,
    doubts_in,
    is_better,
    is_in_doubt,
    reason_of,
    review_of,
    says_the_same,
    unchecked_in_words,
)
from witnessmark_tools.text_plan import plan_text, plan_text_again


@dataclass(frozen=True, slots=True, kw_only=True)
class TextFound:
    """What models have read of a document, and what stood in the way."""

    texts: Mapping[int, str]
    checks: Mapping[int, TranscriptCheck]
    """Of pages that could be compared with words of their own."""
    refused: tuple[int, ...]
    """Pages that no model will read."""
    needs_review: list[ReviewItem]
    checked: list[str]
    """How much of what was read stands on its pages."""
    warnings: list[str]
    continue_with: tuple[int, ...]
    failures: list[FailedPages]
    cost: Cost
    engines: Sequence[str]
    readers: list[Reader]
    error: WitnessmarkError | None = None
    """Why nothing was read, where nothing was."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """What of a document is to be read, and how."""

    document: Document
    facts: Sequence[PageFacts]
    layout: TextLayout
    vocabulary: Sequence[str] = ()
    pictures: Collection[int] = ()
    """Pages whose text layer is not what they show: of these the model sees the picture alone."""

    def first_plan(self, model: Model) -> Plan:
        return plan_text(
            self.document,
            self.facts,
            model,
            layout=self.layout,
            vocabulary=self.vocabulary,
            pictures=self.pictures,
        )

    def plan_again(self, pages: Sequence[int], model: Model) -> Plan:
        return plan_text_again(
            self.document,
            [page for page in self.facts if page.page_number in pages],
            model,
            layout=self.layout,
            vocabulary=self.vocabulary,
            pictures=self.pictures,
        )


async def text_by_claude(
    wanted: Wanted,
    models: Sequence[Model],
    *,
    check: LayerCheck,
    documents: Documents,
    claude: Claude,
    terms: Terms,
    seconds: float | None,
    max_cost_usd: float | None,
    reuse: bool,
    progress: Progress,
) -> TextFound:
    """Have the first model transcribe pages, and each next one those in doubt.

    Where there is one model alone, it reads once more what it left out, and nothing else.

    Errors:  as `run_paid` for the first model that is there
    """
    numbers = [page.page_number for page in wanted.facts]
    await progress(0, len(numbers), "Looking at the pages")
    call = Call(
        tool="read_text",
        document=wanted.document,
        documents=documents,
        claude=claude,
        terms=terms,
        first_plan=wanted.first_plan,
        plan_again=wanted.plan_again,
        parse=parse_text,
        pages=numbers,
        total=len(numbers),
        ends=None if seconds is None else anyio.current_time() + seconds,
        max_cost_usd=max_cost_usd,
        reuse=reuse,
        progress=progress,
    )
    reading = _TextClimb(climb=Climb(call=call), layers=check)
    above = await reading.begin(models)
    if len(models) == 1:
        await reading.go_up(models[0], reading.left_out())
    for model in above:
        await reading.go_up(model, reading.in_doubt())
    return reading.found()


@dataclass(frozen=True, slots=True, kw_only=True)
class _Reading:
    """What one model has read of one page."""

    model: str
    text: str
    check: TranscriptCheck | None
    is_repeated: bool = False

    @property
    def is_in_doubt(self) -> bool:
        return self.is_repeated or (self.check is not None and is_in_doubt(self.check))

    @property
    def doubts(self) -> int:
        return self.is_repeated + (doubts_in(self.check) if self.check is not None else 0)

    @property
    def reason(self) -> str:
        told = [reason_of(self.check)] if self.check is not None else []
        return "; ".join([*(["given more than once"] if self.is_repeated else []), *filter(None, told)])


@dataclass(slots=True, kw_only=True)
class _TextClimb:
    """What the models have read of each page, and how it stands up."""

    climb: Climb
    layers: LayerCheck
    first: Run = field(default_factory=lambda: Run(outcomes=()))
    best: dict[int, _Reading] = field(default_factory=dict[int, _Reading])
    above: dict[int, str] = field(default_factory=dict[int, str])
    """By page that another than the first model has read, why."""
    lost: dict[int, str] = field(default_factory=dict[int, str])
    """By page that no answer could be used of, whose."""
    flows: dict[int, PageFlow] = field(default_factory=dict[int, PageFlow])
    looked_at: set[int] = field(default_factory=set[int])
    told: list[str] = field(default_factory=list[str])

    async def begin(self, models: Sequence[Model]) -> Sequence[Model]:
        """Have the first model that is there read all pages.

        Shapes:  the models above it
        Errors:  as `run_paid`
        """
        paid, model, above = await self.climb.begin(models)
        self.first = paid.run
        await self._take(paid, model)
        return above

    async def go_up(self, rung: Model, pages: Sequence[int]) -> None:
        """Have a model read some pages, each by itself."""
        if pages and (taken := await self.climb.again(pages, rung, self._about)) is not None:
            await self._take(*taken)

    def left_out(self) -> list[int]:
        """List the pages that an answer should have had, and has not."""
        answered = {page for one in self.first.answered for page in page_numbers(one.ask)}
        return [page for page in self.lost if page in answered]

    def in_doubt(self) -> list[int]:
        """List the pages to be read again, the most doubtful first."""
        settled = self.climb.settled
        doubtful = [page for page, one in self.best.items() if one.is_in_doubt and page not in settled]
        doubtful.sort(key=lambda page: (-self.best[page].doubts, page))
        return [*(page for page in self.lost if page not in settled), *doubtful]

    def _about(self, pages: Sequence[int]) -> str:
        return self._doubts(pages[0]) if len(pages) == 1 else f"{len(pages)} pages in doubt"

    def _doubts(self, page: int) -> str:
        """Say why a page is in doubt, and who has read it so."""
        if page in self.best:
            return f"{self.best[page].model}: {self.best[page].reason}"
        return f"{self.lost[page]}: no answer that could be used"

    # --- what was read ----------------------------------------------------------------------------------------------

    async def _take(self, paid: Paid, model: Model) -> None:
        """Keep of each page what stands up better, what was there or what has come."""
        readings: dict[int, tuple[str, bool]] = {}
        for answered in paid.run.answered:
            parted = self._parted(answered, model)
            if parted is None:
                continue
            readings |= {page: (text, page in parted.repeated) for page, text in parted.texts.items()}
            self.lost |= {page: model.id for page in parted.missing if page not in self.best}
            self.told += parted.warnings(model.id)
        with contained(self.told, "The pages' own words were not read to check what models have read"):
            await self._look_at([page for page in readings if page not in self.looked_at])
        for page, (text, is_repeated) in sorted(readings.items()):
            check = None
            if (flow := self.flows.get(page)) is not None:
                with contained(self.told, f"Page {page}: what {model.id} has read was not checked"):
                    check = await anyio.to_thread.run_sync(check_transcript, text, flow, abandon_on_cancel=True)
            self._weigh(page, _Reading(model=model.id, text=text, check=check, is_repeated=is_repeated))
        for failed in paid.run.failed:
            self._lose(failed, model)

    def _parted(self, answered: Answered, model: Model) -> PartedText | None:
        with contained(self.told, f"The answer of {model.id} about {in_words([answered.ask])} could not be used"):
            return parted_text(answered.ask, answered.value, self.climb.call.document)
        self.lost |= dict.fromkeys([page for page in page_numbers(answered.ask) if page not in self.best], model.id)
        return None

    async def _look_at(self, pages: Sequence[int]) -> None:
        """Read the pages' own words, as far as there is time; what cannot be had is not compared."""
        self.looked_at.update(pages)
        if not pages:
            return
        call = self.climb.call
        seconds = None if call.seconds is None else max(0.0, call.seconds)
        self.layers.at_most(seconds)

        async def read(page: int) -> PageFlow:
            finding = await self.layers.page(page)
            if finding.state == "unreadable":
                return await call.documents.flow(call.document, page, by_ocr=True)
            return await call.documents.flow(call.document, page, shown=finding.differences)

        async def on_page(count: int) -> None:
            del count

        try:
            found = await read_pages(pages, read, limits=call.documents.limits, seconds=seconds, on_page=on_page)
        except WitnessmarkError:  # no page at all: what was read is given all the same
            found = PagesRead[PageFlow]()
        self.flows |= found.done

    def _weigh(self, page: int, reading: _Reading) -> None:
        before = self.best.get(page)
        if before is None:
            self.best[page] = reading
            if page in self.lost:
                self.above[page] = f"{self.lost.pop(page)}: no answer that could be used"
            return
        first, second = before.check, reading.check
        if first is None or second is None or (not before.is_repeated and says_the_same(first, second)):
            self.climb.settled.add(page)
            self.above[page] = f"{self._doubts(page)}; {reading.model} has read the same"
        elif not reading.is_repeated and is_better(second, first):
            self.above[page] = self._doubts(page)
            self.best[page] = reading
        else:
            self.above[page] = f"{self._doubts(page)}; {reading.model} was no better"

    def _lose(self, failed: Failed, model: Model) -> None:
        numbers = page_numbers(failed.ask)
        if isinstance(failed.error, OF_THE_MODEL):
            self.lost |= dict.fromkeys([page for page in numbers if page not in self.best], model.id)
        if self.climb.engines[:1] != [model.id] and (known := [page for page in numbers if page in self.best]):
            self.climb.tell(known, f"{model.id} could not read", f"{failed.error}", self._about)

    # --- all of it --------------------------------------------------------------------------------------------------

    def found(self) -> TextFound:
        """Put the pages together again."""
        # What the first model could not read, another may have.
        rest = Run(
            outcomes=tuple(one for one in self.first.outcomes if not set(page_numbers(one.ask)) <= set(self.above))
        )
        left_out = [page for page in self.left_out() if page not in self.best]
        checks = {page: one.check for page, one in sorted(self.best.items()) if one.check is not None}
        by_ocr = {page: flow.is_read_by_ocr for page, flow in self.flows.items()}
        review, more = list[ReviewItem](), list[str]()
        checked, notices = list[str](), list[str]()
        faults: list[str] = []
        with contained(faults, "What a person should look at is not listed"):
            review, more = review_of(checks, by_ocr)
        with contained(faults, "How much of the text is on the pages is not counted"):
            checked = checks_in_words(checks, by_ocr)
        with contained(faults, "The text was not searched for sentences that address a model"):
            notices = self._notices()
        refused = {page: one.error for one in rest.failed for page in page_numbers(one.ask)}
        return TextFound(
            texts={page: one.text for page, one in sorted(self.best.items())},
            checks=checks,
            refused=tuple(sorted([*left_out, *(p for p, error in refused.items() if isinstance(error, InputError))])),
            needs_review=review + unread_places(rest) + _left_out_places(left_out),
            checked=checked,
            warnings=[
                *self.told,
                *failures_in_words(rest),
                *_left_out_in_words(left_out),
                *left_in_words(rest),
                *unchecked_in_words(checks, sorted(self.best)),
                *notices,
                *more,
                *faults,
                *self.climb.told,
            ],
            continue_with=rest.left_pages,
            failures=failures_of(refused),
            cost=self.climb.cost,
            engines=self.climb.engines,
            readers=self._readers(),
            error=self.first.failed[0].error if self.first.failed and not self.best else None,
        )

    def _notices(self) -> list[str]:
        """Say what of these pages speaks to a model, also where only a model could read that, and what nobody sees."""
        seen = {page: flow for page, flow in self.flows.items() if page in self.best}
        told = addressed_warnings(seen)
        others = [
            page
            for page, one in sorted(self.best.items())
            if (one.check is None or not one.check.is_checked) and is_addressed(one.text)
        ]
        if others:
            told.append(f"{pages_in_words(others)}: text there speaks to a model instead of to people; {AS_CONTENT}.")
        return told + hidden_warnings(seen)

    def _readers(self) -> list[Reader]:
        """List who has read what, the reasons of those that went up with them."""
        pages: dict[tuple[str, str | None], list[int]] = {}
        for page, reading in sorted(self.best.items()):
            pages.setdefault((reading.model, self.above.get(page)), []).append(page)
        return [
            Reader(pages=text_from_pages(several), model=model, reason=reason)
            for (model, reason), several in pages.items()
        ]


def _left_out_places(pages: Sequence[int]) -> list[ReviewItem]:
    return [ReviewItem(page=page, reason="Not read: the model's answer leaves this page out.") for page in pages]


def _left_out_in_words(pages: Sequence[int]) -> list[str]:
    if not pages:
        return []
    return [f"{pages_in_words(pages)}: left out of the answer, and so again when asked for alone; not read."]
