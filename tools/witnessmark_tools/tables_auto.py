"""`extract_tables` by the cheapest model that will do: what the page does not confirm goes up to the next."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace

import anyio

from witnessmark.claude.attempts import in_words
from witnessmark.claude.client import Claude
from witnessmark.claude.running import Answered, Failed, Run
from witnessmark.documents.document import Document
from witnessmark.documents.layer_check import LayerCheck
from witnessmark.documents.opening import Documents
from witnessmark.documents.page_range import text_from_pages
from witnessmark.plans.models import Model
from witnessmark.plans.parts import text_blocks
from witnessmark.plans.plan import Ask, Plan
from witnessmark.values import BoundingBox
from witnessmark_tools.climbing import OF_THE_MODEL, Call, Climb, page_numbers
from witnessmark_tools.contained import contained
from witnessmark_tools.definition import Progress
from witnessmark_tools.pages import Unsendable, failures_of, rounded, sendable_pages
from witnessmark_tools.paid import Paid, naming_cost
from witnessmark_tools.results import ReviewItem, pages_in_words
from witnessmark_tools.tables_agreed import Grid, grids_of
from witnessmark_tools.tables_answer import joined_tables, parse_answer, parted_by_page
from witnessmark_tools.tables_by_claude import failures_in_words, left_in_words, unread_places
from witnessmark_tools.tables_doubts import Standing, is_better, pages_in_doubt, says_the_same, standing_of
from witnessmark_tools.tables_evidence import CheckedTable, look_up, on_page
from witnessmark_tools.tables_found import Reader, SecondReader, TablesFound
from witnessmark_tools.tables_plan import SECOND_SHARE, TablesAnswer, plan_again, plan_tables
from witnessmark_tools.tables_sight import tables_seen
from witnessmark_tools.terms import Terms
from witnessmark_tools.witnesses import Witnesses, read_witnesses

_Parts = Sequence[tuple[Ask, TablesAnswer]]


def _in_order(parts: Mapping[int, _Parts]) -> list[tuple[Ask, TablesAnswer]]:
    return [part for page in sorted(parts) for part in parts[page]]


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
    facts, unsendable = sendable_pages(document, await documents.facts(document, numbers))
    text = (await documents.text(document, 1, "plain")).text if document.kind == "text" else ""
    texts = await anyio.to_thread.run_sync(text_blocks, document.name, text)
    by_number = {page.page_number: page for page in facts}

    def first_plan(model: Model) -> Plan:
        return plan_tables(document, facts, model, texts=texts, vocabulary=vocabulary)

    def again(pages: Iterable[int], model: Model) -> Plan:
        return plan_again(document, [by_number[page] for page in pages], model, texts=texts, vocabulary=vocabulary)

    call = Call(
        tool="extract_tables",
        document=document,
        documents=documents,
        claude=claude,
        terms=terms,
        first_plan=first_plan,
        plan_again=again,
        parse=parse_answer,
        pages=[*by_number],
        total=len(numbers),
        ends=ends,
        max_cost_usd=max_cost_usd,
        reuse=reuse,
        progress=progress,
        share_besides=SECOND_SHARE,
    )
    reading = _TablesClimb(climb=Climb(call=call), layers=check, models=models)
    for model in await reading.begin(models):
        await reading.go_up(model)
    return await reading.found(unsendable)


@dataclass(slots=True, kw_only=True)
class _TablesClimb:
    """What the models have read of each page, and how it stands up."""

    climb: Climb
    layers: LayerCheck
    models: Sequence[Model]
    first: Run = field(default_factory=lambda: Run(outcomes=()))
    best: dict[int, _Reading] = field(default_factory=dict[int, _Reading])
    above: dict[int, str] = field(default_factory=dict[int, str])
    """By page that another than the first model has read, why."""
    lost: dict[int, str] = field(default_factory=dict[int, str])
    """By page that no answer could be used of, whose."""
    witnesses: Witnesses = field(default_factory=Witnesses)
    seen: dict[int, tuple[BoundingBox, ...]] = field(default_factory=dict[int, tuple[BoundingBox, ...]])
    """By page, the tables that are to be seen without any model."""
    looked_at: set[int] = field(default_factory=set[int])
    agreed: dict[int, frozenset[Grid]] = field(default_factory=dict[int, frozenset[Grid]])
    """By page, the tables that two models have read alike."""
    faults: list[str] = field(default_factory=list[str])
    """Warnings of parts that failed inside witnessmark."""

    async def begin(self, models: Sequence[Model]) -> Sequence[Model]:
        """Have the first model that is there read all pages.

        Shapes:  the models above it
        Errors:  as `run_paid`
        """
        paid, model, above = await self.climb.begin(models)
        self.first = paid.run
        await self._take(paid, model)
        return above

    async def go_up(self, rung: Model) -> None:
        """Have a model read the pages again that are in doubt."""
        if (pages := self._in_doubt()) and (taken := await self.climb.again(pages, rung, self._about)) is not None:
            await self._take(*taken)

    def _in_doubt(self) -> list[int]:
        """List the pages to be read again, the most doubtful first."""
        settled = self.climb.settled
        standings = {page: one.standing for page, one in self.best.items() if page not in settled}
        return [*(page for page in self.lost if page not in settled), *pages_in_doubt(standings)]

    def _about(self, pages: Sequence[int]) -> str:
        if len(pages) == 1:
            return self._doubts(pages[0])
        return f"{len(pages)} pages whose values are not all in place"

    def _doubts(self, page: int) -> str:
        """Say why a page is in doubt, and who has read it so."""
        if page in self.best:
            return f"{self.best[page].model}: {self.best[page].standing.reason}"
        return f"{self.lost[page]}: no answer that could be used"

    # --- what was read ----------------------------------------------------------------------------------------------

    async def _take(self, paid: Paid, model: Model) -> None:
        """Keep of each page what stands up better, what was there or what has come."""
        parts: dict[int, list[tuple[Ask, TablesAnswer]]] = {}
        for answered in paid.run.answered:
            for page, answer in self._by_page(answered, model).items():
                parts.setdefault(page, []).append((answered.ask, answer))
        with contained(self.faults, "The pages' own words were not read to check what models have read"):
            await self._look_at([page for page in parts if page not in self.looked_at])
        alike = await self._alike(parts, model)
        for page, standing in (await self._standings(parts)).items():
            reading = _Reading(model=model.id, parts=tuple(parts[page]), standing=standing)
            self._weigh(page, reading, is_alike=page in alike)
        for failed in paid.run.failed:
            self._lose(failed, model)

    async def _alike(self, candidates: Mapping[int, _Parts], model: Model) -> set[int]:
        """Keep which tables another model has read alike, and list the pages of which it has read all alike."""
        document = self.climb.call.document
        alike: set[int] = set()

        def compare(page: int) -> None:
            readings = (self.best[page].parts, candidates[page])
            first, second = (grids_of(joined_tables(parts, document)[0]) for parts in readings)
            self.agreed[page] = self.agreed.get(page, frozenset[Grid]()) | (first & second)
            if first == second:
                alike.add(page)

        for page in candidates:
            if page in self.best and self.best[page].model != model.id:
                with contained(self.faults, f"Page {page}: what two models have read was not compared"):
                    await anyio.to_thread.run_sync(compare, page, abandon_on_cancel=True)
        return alike

    def _by_page(self, answered: Answered, model: Model) -> dict[int, TablesAnswer]:
        with contained(self.faults, f"The answer of {model.id} about {in_words([answered.ask])} could not be used"):
            return parted_by_page(answered.ask, answered.value)
        self.lost |= dict.fromkeys([page for page in page_numbers(answered.ask) if page not in self.best], model.id)
        return {}

    async def _look_at(self, pages: Sequence[int]) -> None:
        document, documents = self.climb.call.document, self.climb.call.documents
        self.looked_at.update(pages)
        found = await read_witnesses(document, documents, pages, check=self.layers, seconds=self._patience())
        old = self.witnesses
        self.witnesses = Witnesses(pages={**old.pages, **found.pages}, on_page={**old.on_page, **found.on_page})
        self.seen |= await tables_seen(document, documents, self.witnesses, pages, seconds=self._patience())

    def _patience(self) -> float | None:
        seconds = self.climb.call.seconds
        return None if seconds is None else max(0.0, seconds)

    async def _standings(self, candidates: Mapping[int, _Parts]) -> dict[int, Standing]:
        """Say how what was read of some pages stands up to them, among the readings that are kept of the others.

        The look-up is that of the result, on the tables of the result: joined over pages.
        """
        call = self.climb.call
        parts: dict[int, _Parts] = {page: one.parts for page, one in self.best.items()}
        parts |= candidates
        looked_up: list[tuple[CheckedTable, ...]] = []
        with contained(self.faults, "What was read was not checked before the next model was chosen"):
            tables, _ = await anyio.to_thread.run_sync(
                joined_tables, _in_order(parts), call.document, abandon_on_cancel=True
            )
            checked, _ = await look_up(
                tables,
                self.witnesses,
                call.document,
                call.documents,
                seconds=self._patience(),
                agreed=self.agreed,
            )
            looked_up.append(checked)
        if not looked_up:
            return dict.fromkeys(sorted(candidates), Standing())

        def standing(page: int) -> Standing:
            with contained(self.faults, f"Page {page}: what was read was not checked before the next model was chosen"):
                there = [part for one in looked_up[0] if (part := on_page(one, page)) is not None]
                own, _ = joined_tables(candidates[page], call.document)
                unsure = sum(table.confidence == "low" for table in own)  # a joined one is as unsure as its worst page
                return replace(standing_of(there, self.seen.get(page, ())), unsure_tables=unsure)
            return Standing()

        def standings() -> dict[int, Standing]:
            return {page: standing(page) for page in sorted(candidates)}

        return await anyio.to_thread.run_sync(standings, abandon_on_cancel=True)

    def _weigh(self, page: int, reading: _Reading, *, is_alike: bool) -> None:
        before = self.best.get(page)
        if before is None:
            self.best[page] = reading
            if page in self.lost:
                self.above[page] = f"{self.lost.pop(page)}: no answer that could be used"
            return
        if is_alike or says_the_same(before.standing, reading.standing):
            self.climb.settled.add(page)
            self.above[page] = f"{self._doubts(page)}; {reading.model} has read the same"
            if is_better(reading.standing, before.standing) and not is_better(before.standing, reading.standing):
                self.best[page] = reading  # its model is surer
        elif is_better(reading.standing, before.standing):
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

    async def found(self, unsendable: Unsendable) -> TablesFound:
        """Put the pages together again.

        Errors:  the first page's, where no page was read
        """
        if self.first.failed and not self.best:
            raise naming_cost(self.first.failed[0].error, self.climb.cost)
        document = self.climb.call.document
        kept = _in_order({page: one.parts for page, one in self.best.items()})
        tables, told = await anyio.to_thread.run_sync(joined_tables, kept, document, abandon_on_cancel=True)
        # What the first model could not read, another may have.
        rest = Run(
            outcomes=tuple(one for one in self.first.outcomes if not set(page_numbers(one.ask)) <= set(self.above))
        )
        return TablesFound(
            tables=tables,
            needs_review=[*unread_places(rest), *self._missed_places()],
            warnings=[
                *document.warnings,
                *unsendable.warnings(),
                *told,
                *failures_in_words(rest),
                *left_in_words(rest),
                *self._missed_in_words(),
                *self.climb.told,
                *dict.fromkeys(self.faults),
            ],
            pages_read=len(self.best),
            continue_with=text_from_pages([*rest.left_pages, *unsendable.untried]) or None,
            failures=unsendable.failures(document.name)
            + failures_of({page: failed.error for failed in rest.failed for page in page_numbers(failed.ask)}),
            cost=self.climb.cost,
            engines=self.climb.engines,
            readers=self._readers(),
            agreed=self.agreed,
            second=self._second(),
        )

    def _missed_places(self) -> list[ReviewItem]:
        """List the tables that are to be seen and that the reading that is kept of their page lacks."""
        reason = "A table is visible here that no model has returned: look at it."
        return [
            ReviewItem(page=page, box=rounded(box), reason=reason)
            for page, reading in sorted(self.best.items())
            for box in reading.standing.missed
        ]

    def _missed_in_words(self) -> list[str]:
        pages = [page for page, reading in sorted(self.best.items()) if reading.standing.missed]
        if not pages:
            return []
        return [f"{pages_in_words(pages)}: tables are visible that no model has returned. Look at them."]

    def _second(self) -> SecondReader | None:
        """Say who may read values in doubt a second time: the model above those that have read, or any below it."""
        asked = [index for index, model in enumerate(self.models) if model.id in self.climb.engines]
        if not asked or self.climb.stopped is not None:
            return None
        models = tuple(reversed(self.models[: asked[-1] + 2]))
        return SecondReader(models=models, worth_usd=self.climb.worth_usd, so_far_usd=self.climb.spent_usd)

    def _readers(self) -> list[Reader]:
        """List who has read what, the reasons of those that went up with them."""
        pages: dict[tuple[str, str | None], list[int]] = {}
        for page, reading in sorted(self.best.items()):
            pages.setdefault((reading.model, self.above.get(page)), []).append(page)
        return [
            Reader(pages=text_from_pages(several), model=model, reason=reason)
            for (model, reason), several in pages.items()
        ]
