"""`extract_tables` by the cheapest model that will do: what the page does not confirm goes up to the next."""

from __future__ import annotations

import functools
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import ROUND_CEILING, Decimal

import anyio

from witnessmark.claude.client import Claude
from witnessmark.claude.failures import ModelNotAvailable
from witnessmark.claude.running import Failed, Run
from witnessmark.claude.understanding import Declined, NoAnswer, NoStructuredAnswer
from witnessmark.documents.document import Document, PageFacts
from witnessmark.documents.layer_check import LayerCheck
from witnessmark.documents.opening import Documents
from witnessmark.documents.page_range import text_from_pages
from witnessmark.errors import BudgetError, WitnessmarkError
from witnessmark.plans.halving import pages_of
from witnessmark.plans.models import Model, ModelCannotSee, ModelRetired
from witnessmark.plans.parts import text_blocks
from witnessmark.plans.plan import Ask, Plan, TextDocumentBlock
from witnessmark.plans.price import price_of
from witnessmark.plans.spending import CostAboveLimit, PriceNotApproved
from witnessmark.values import BoundingBox
from witnessmark_tools.definition import Progress
from witnessmark_tools.estimate_cost import usd
from witnessmark_tools.pages import failures_of, sendable_pages
from witnessmark_tools.paid import Paid, obstacle_to, reuse_since, run_paid
from witnessmark_tools.results import Cost, pages_in_words
from witnessmark_tools.tables_answer import AnswerUnusable, parse_answer, parted_by_page, tables_from_answers
from witnessmark_tools.tables_by_claude import damaged_in_words, failures_in_words, left_in_words, unread_places
from witnessmark_tools.tables_doubts import Standing, is_better, pages_in_doubt, says_the_same, standing_of
from witnessmark_tools.tables_evidence import check_all
from witnessmark_tools.tables_found import Reader, SecondReader, TablesFound
from witnessmark_tools.tables_plan import SECOND_SHARE, TablesAnswer, plan_again, plan_tables
from witnessmark_tools.tables_sight import tables_seen
from witnessmark_tools.terms import Terms
from witnessmark_tools.witnesses import Witnesses, read_witnesses

LEAST_SECONDS = 1.0
"""With less time left nobody else is asked."""
_OF_THE_MODEL = (Declined, NoStructuredAnswer, NoAnswer, AnswerUnusable)
"""Failures that another model may not have."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Call:
    """What is read again, by whom, on what terms: all that the models of one call have in common."""

    document: Document
    facts: Mapping[int, PageFacts]
    """By page number, of those that can be sent."""
    texts: Sequence[TextDocumentBlock]
    vocabulary: Sequence[str]
    documents: Documents
    layers: LayerCheck
    claude: Claude
    terms: Terms
    ends: float | None
    """On the clock of the event loop."""
    max_cost_usd: float | None
    reuse: bool
    progress: Progress

    @property
    def seconds(self) -> float | None:
        """What is left of the call's time."""
        return None if self.ends is None else self.ends - anyio.current_time()

    def first_plan(self, model: Model) -> Plan:
        """Plan what the first model is asked: all pages, as few requests as may be."""
        return plan_tables(self.document, [*self.facts.values()], model, texts=self.texts, vocabulary=self.vocabulary)

    def plan_again(self, pages: Iterable[int], model: Model) -> Plan:
        """Plan what a model above it is asked."""
        facts = [self.facts[page] for page in pages]
        return plan_again(self.document, facts, model, texts=self.texts, vocabulary=self.vocabulary)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Reading:
    """What one model has read of one page."""

    model: str
    parts: tuple[tuple[Ask, TablesAnswer], ...]
    standing: Standing


async def tables_by_auto(
    document: Document,
    numbers: Sequence[int],
    models: Sequence[Model],
    *,
    check: LayerCheck,
    vocabulary: Sequence[str],
    documents: Documents,
    claude: Claude,
    terms: Terms,
    seconds: float | None,
    max_cost_usd: float | None,
    reuse: bool,
    progress: Progress,
) -> TablesFound:
    """Have the first model transcribe all pages, and each next one those whose values are not all in place.

    Of each page the reading that stands up best is kept. Nothing goes up for which limits on money leave no room.

    Errors:  as `run_paid` for the first model that is there; what reading the document raises
    """
    await progress(0, len(numbers), "Looking at the pages")
    ends = None if seconds is None else anyio.current_time() + seconds
    facts, damaged = sendable_pages(document, await documents.facts(document, numbers))
    text = (await documents.text(document, 1, "plain")).text if document.kind == "text" else ""
    call = Call(
        document=document,
        facts={page.page_number: page for page in facts},
        texts=await anyio.to_thread.run_sync(text_blocks, document.name, text),
        vocabulary=vocabulary,
        documents=documents,
        layers=check,
        claude=claude,
        terms=terms,
        ends=ends,
        max_cost_usd=max_cost_usd,
        reuse=reuse,
        progress=progress,
    )
    climb = _Climb(call=call, models=models, total=len(numbers))
    for model in await climb.begin(models):
        await climb.go_up(model)
    return await climb.found(damaged)


@dataclass(slots=True, kw_only=True)
class _Climb:
    """A document on its way up."""

    call: Call
    models: Sequence[Model]
    total: int
    """Of pages."""
    first: Run = field(default_factory=lambda: Run(outcomes=()))
    best: dict[int, _Reading] = field(default_factory=dict[int, _Reading])
    above: dict[int, str] = field(default_factory=dict[int, str])
    """By page that another than the first model has read, why."""
    settled: set[int] = field(default_factory=set[int])
    """Pages that go no further: two models have read them the same, or there is no room for what the next one costs."""
    lost: dict[int, str] = field(default_factory=dict[int, str])
    """By page that no answer could be used of, whose."""
    witnesses: Witnesses = field(default_factory=Witnesses)
    seen: dict[int, tuple[BoundingBox, ...]] = field(default_factory=dict[int, tuple[BoundingBox, ...]])
    """By page, the tables that are to be seen without any model."""
    looked_at: set[int] = field(default_factory=set[int])
    cost: Cost = field(default_factory=Cost)
    spent_usd: Decimal = Decimal(0)
    worth_usd: Decimal = Decimal(0)
    engines: list[str] = field(default_factory=list[str])
    told: list[str] = field(default_factory=list[str])
    done: float = 0.0

    # --- the first model --------------------------------------------------------------------------------------------

    async def begin(self, models: Sequence[Model]) -> Sequence[Model]:
        """Have the first model that is there read all pages.

        Shapes:  the models above it
        Errors:  as `run_paid`
        """
        refusal: WitnessmarkError | None = None
        for index, rung in enumerate(models):
            try:
                model = await self.call.claude.model(rung.id)
                plan = await anyio.to_thread.run_sync(self.call.first_plan, model, abandon_on_cancel=True)
                paid = await self._run(plan, model, so_far_usd=None)
            except PriceNotApproved as price:
                raise price.up_to(await self._most(models[index:])) from None
            except (ModelRetired, ModelCannotSee) as error:
                refusal = error
                continue
            failed = paid.run.failed
            if failed and not paid.run.answered:
                refusal = failed[0].error
                if isinstance(refusal, ModelNotAvailable):
                    continue
                if not all(isinstance(one.error, _OF_THE_MODEL) for one in failed):
                    raise refusal
            self.first = paid.run
            await self._take(paid, model)
            return models[index + 1 :]
        assert refusal is not None, "the ladder has models"
        raise refusal

    async def _most(self, models: Sequence[Model]) -> Decimal:
        """Say what the call may come to where every page goes up to the last model, a second reading included."""

        def summed() -> Decimal:
            plans = [(self.call.first_plan(models[0]), models[0])]
            plans += [(self.call.plan_again(self.call.facts, model), model) for model in models[1:]]
            return sum((_estimate(plan, model) for plan, model in plans), Decimal(0)) * (1 + SECOND_SHARE)

        return await anyio.to_thread.run_sync(summed, abandon_on_cancel=True)

    # --- those above it ---------------------------------------------------------------------------------------------

    async def go_up(self, rung: Model) -> None:
        """Have a model read the pages again that are in doubt; nothing that happens to it costs what is there."""
        pages = self._in_doubt()
        if not pages:
            return
        if self.call.seconds is not None and self.call.seconds < LEAST_SECONDS:
            self._tell(pages, f"There was no time to have {rung.id} read", "Call again for that.")
            return
        try:
            model = await self.call.claude.model(rung.id)
            pages = await self._affordable(pages, model)
            if pages:
                plan = await anyio.to_thread.run_sync(self.call.plan_again, sorted(pages), model)
                await self._take(await self._run(plan, model, so_far_usd=self.spent_usd), model)
        except WitnessmarkError as error:
            if not isinstance(error, ModelRetired | ModelCannotSee):
                self._tell(pages, f"{rung.id} did not read", f"{error}")

    def _in_doubt(self) -> list[int]:
        """List the pages to be read again, the most doubtful first."""
        standings = {page: one.standing for page, one in self.best.items() if page not in self.settled}
        return [*(page for page in self.lost if page not in self.settled), *pages_in_doubt(standings)]

    async def _affordable(self, pages: Sequence[int], model: Model) -> list[int]:
        """Choose the pages that limits on money leave room for, the most doubtful first, and say which they do not."""
        call = self.call
        plan = await anyio.to_thread.run_sync(call.plan_again, pages, model)
        since = reuse_since(call.terms, reuse=call.reuse)
        unpaid = await call.claude.unpaid(plan, (call.document,), model=model, reuse_since=since)
        due = {page: [ask for ask in unpaid.plan.asks if _pages(ask) == [page]] for page in pages}
        free, dear = [page for page in pages if not due[page]], [page for page in pages if due[page]]

        def asks(some: Sequence[int]) -> Plan:
            return Plan(asks=tuple(ask for page in some for ask in due[page]))

        async def obstacle(count: int) -> BudgetError | None:
            return await obstacle_to(
                asks(dear[:count]),
                model,
                claude=call.claude,
                terms=call.terms,
                max_cost_usd=call.max_cost_usd,
                so_far_usd=self.spent_usd,
            )

        in_the_way = await obstacle(len(dear)) if dear else None
        if in_the_way is None:
            return [*pages]
        fits, too_many = 0, len(dear)
        while too_many - fits > 1:
            middle = (fits + too_many) // 2
            if await obstacle(middle) is None:
                fits = middle
            else:
                too_many = middle
        left = dear[fits:]
        self.settled.update(left)
        price = _estimate(asks(left), model)
        self._tell(left, f"For about ${usd(float(price))} {model.id} would read", _allowed(in_the_way, price))
        return [*free, *dear[:fits]]

    def _tell(self, pages: Sequence[int], what: str, why: str) -> None:
        """Say which pages stay as they are, and what would change that."""
        named = pages_in_words(sorted(pages)).lower()
        doubts = {page: self._doubts(page) for page in sorted(pages)}
        about = doubts[min(doubts)] if len(doubts) == 1 else f"{len(doubts)} pages whose values are not all in place"
        self.told.append(f"{what} {named} again ({about}). {why}")

    def _doubts(self, page: int) -> str:
        """Say why a page is in doubt, and who has read it so."""
        if page in self.best:
            return f"{self.best[page].model}: {self.best[page].standing.reason}"
        return f"{self.lost[page]}: no answer that could be used"

    # --- every model ------------------------------------------------------------------------------------------------

    async def _run(self, plan: Plan, model: Model, *, so_far_usd: Decimal | None) -> Paid:
        call, pages = self.call, sorted({page for ask in plan.asks for page in _pages(ask)})
        before, total = self.done, self.done + (len(pages) if so_far_usd is not None else self.total)
        again = "" if so_far_usd is None else " again"
        beats = 0

        async def on_pages(done: int) -> None:
            self.done = max(self.done, before + done)
            await call.progress(self.done, total, f"{model.id} has read {done} of {len(pages)} pages{again}")

        async def on_wait() -> None:
            nonlocal beats
            beats += 1
            # A little more each time, and never a page more.
            await call.progress(self.done + 1 - 0.9**beats, total, f"{model.id} is reading{again}")

        seconds = call.seconds
        paid = await run_paid(
            plan,
            model,
            tool="extract_tables",
            claude=call.claude,
            terms=call.terms,
            documents=call.documents,
            sources=(call.document,),
            seconds=None if seconds is None else max(LEAST_SECONDS, seconds),
            max_cost_usd=call.max_cost_usd,
            reuse=call.reuse,
            parse=functools.partial(parse_answer, model=model.id),
            on_pages=on_pages,
            on_wait=on_wait,
            so_far_usd=so_far_usd,
            gives_failures=True,
        )
        self.cost += paid.cost
        self.spent_usd += paid.spent_usd
        self.worth_usd += paid.worth_usd
        self.told += [sentence for sentence in paid.warnings if sentence not in self.told]
        if paid.run.answered:
            self.engines.append(model.id)
        return paid

    async def _take(self, paid: Paid, model: Model) -> None:
        """Keep of each page what stands up better, what was there or what has come."""
        parts: dict[int, list[tuple[Ask, TablesAnswer]]] = {}
        for answered in paid.run.answered:
            for page, answer in parted_by_page(answered.ask, answered.value).items():
                parts.setdefault(page, []).append((answered.ask, answer))
        await self._look_at([page for page in parts if page not in self.looked_at])
        for page, found in sorted(parts.items()):
            standing = await anyio.to_thread.run_sync(self._standing, page, found)
            self._weigh(page, _Reading(model=model.id, parts=tuple(found), standing=standing))
        for failed in paid.run.failed:
            self._lose(failed, model)
        if self.first is not paid.run and (left := paid.run.left_pages):
            self._tell(left, f"There was no time for {model.id} to read", "Call again for its answer.")

    async def _look_at(self, pages: Sequence[int]) -> None:
        document, documents = self.call.document, self.call.documents
        self.looked_at.update(pages)
        found = await read_witnesses(document, documents, pages, check=self.call.layers, seconds=self._patience())
        old = self.witnesses
        self.witnesses = Witnesses(pages={**old.pages, **found.pages}, on_page={**old.on_page, **found.on_page})
        self.seen |= await tables_seen(document, documents, self.witnesses, pages, seconds=self._patience())

    def _patience(self) -> float | None:
        seconds = self.call.seconds
        return None if seconds is None else max(0.0, seconds)

    def _standing(self, page: int, parts: Sequence[tuple[Ask, TablesAnswer]]) -> Standing:
        tables, _ = tables_from_answers(parts, self.call.document)
        return standing_of(check_all(tables, self.witnesses), self.seen.get(page, ()))

    def _weigh(self, page: int, reading: _Reading) -> None:
        before = self.best.get(page)
        if before is None:
            self.best[page] = reading
            if page in self.lost:
                self.above[page] = f"{self.lost.pop(page)}: no answer that could be used"
            return
        if says_the_same(before.standing, reading.standing):
            self.settled.add(page)
            self.above[page] = f"{self._doubts(page)}; {reading.model} has read the same"
        elif is_better(reading.standing, before.standing):
            self.above[page] = self._doubts(page)
            self.best[page] = reading
        else:
            self.above[page] = f"{self._doubts(page)}; {reading.model} was no better"

    def _lose(self, failed: Failed, model: Model) -> None:
        pages = [page for page in _pages(failed.ask) if page not in self.best]
        if isinstance(failed.error, _OF_THE_MODEL):
            self.lost |= dict.fromkeys(pages, model.id)
        if self.engines[:1] != [model.id] and (known := [page for page in _pages(failed.ask) if page in self.best]):
            self._tell(known, f"{model.id} could not read", f"{failed.error}")

    # --- all of it --------------------------------------------------------------------------------------------------

    async def found(self, damaged: Sequence[int]) -> TablesFound:
        """Put the pages together again.

        Errors:  the first page's, where no page was read
        """
        if self.first.failed and not self.best:
            raise self.first.failed[0].error
        document = self.call.document
        parts = [part for page in sorted(self.best) for part in self.best[page].parts]
        tables, told = await anyio.to_thread.run_sync(tables_from_answers, parts, document, abandon_on_cancel=True)
        # What the first model could not read, another may have.
        rest = Run(outcomes=tuple(one for one in self.first.outcomes if not set(_pages(one.ask)) <= set(self.above)))
        return TablesFound(
            tables=tables,
            needs_review=unread_places(rest),
            warnings=[
                *document.warnings,
                *damaged_in_words(damaged),
                *told,
                *failures_in_words(rest),
                *left_in_words(rest),
                *self.told,
            ],
            pages_read=len(self.best),
            continue_with=text_from_pages(rest.left_pages) or None,
            failures=failures_of({page: failed.error for failed in rest.failed for page in _pages(failed.ask)}),
            cost=self.cost,
            engines=self.engines,
            readers=self._readers(),
            second=self._second(),
        )

    def _second(self) -> SecondReader | None:
        """Say who may read values in doubt a second time: the model above those that have read, or any below it."""
        asked = [index for index, model in enumerate(self.models) if model.id in self.engines]
        if not asked:
            return None
        models = tuple(reversed(self.models[: asked[-1] + 2]))
        return SecondReader(models=models, worth_usd=self.worth_usd, so_far_usd=self.spent_usd)

    def _readers(self) -> list[Reader]:
        """List who has read what, the reasons of those that went up with them."""
        pages: dict[tuple[str, str | None], list[int]] = {}
        for page, reading in sorted(self.best.items()):
            pages.setdefault((reading.model, self.above.get(page)), []).append(page)
        return [
            Reader(pages=text_from_pages(several), model=model, reason=reason)
            for (model, reason), several in pages.items()
        ]


def _pages(ask: Ask) -> list[int]:
    return [page for _, page in pages_of(ask)]


def _estimate(plan: Plan, model: Model) -> Decimal:
    price = price_of(plan, model).now
    return Decimal(0) if price is None else price.estimate


def _allowed(obstacle: BudgetError, price: Decimal) -> str:
    """Say what limit is in the way, and what would allow a price."""
    if isinstance(obstacle, CostAboveLimit | PriceNotApproved):
        cents = (price * 100).to_integral_value(ROUND_CEILING) / 100
        limit = (
            "max_cost_usd does not allow it" if isinstance(obstacle, CostAboveLimit) else "Nobody has agreed to that"
        )
        return f"{limit}: call again with max_cost_usd={cents:.2f}; what was paid for costs nothing again."
    return f"A limit set here does not allow it ({obstacle.kind})."
