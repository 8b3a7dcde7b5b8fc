"""`read_pdf_with_citations` by Claude: asked by parts, joined, looked up, and asked again where it does not stand."""

from __future__ import annotations

import functools
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal
from typing import TYPE_CHECKING

import anyio

from witnessmark.claude.failures import ModelNotAvailable
from witnessmark.claude.running import Answered, Left
from witnessmark.documents.opening import Documents
from witnessmark.errors import SetupError, WitnessmarkError
from witnessmark.plans.halving import pages_of
from witnessmark.plans.joint_parts import PartSource
from witnessmark.plans.models import Model, ModelCannotSee, ModelRetired
from witnessmark.plans.plan import Plan
from witnessmark.plans.price import price_of
from witnessmark.plans.spending import PriceNotApproved
from witnessmark.plans.titles import pages_title
from witnessmark_tools.citations_answer import Passage, Reply, Said, parse_reply, reply_of
from witnessmark_tools.citations_lookup import AskedCitation, look_up
from witnessmark_tools.citations_plan import Finding, plan_answers, plan_joining, question_of
from witnessmark_tools.citations_reading import (
    AnswerRead,
    CheckedStatement,
    DocumentPage,
    better,
    checked_statement,
    completed,
)
from witnessmark_tools.citations_result import Citation
from witnessmark_tools.citations_sources import ReadSource, compared
from witnessmark_tools.climbing import OF_THE_MODEL
from witnessmark_tools.contained import contained
from witnessmark_tools.paid import Paid, naming_cost, obstacle_to, run_paid
from witnessmark_tools.printable import printable
from witnessmark_tools.results import Cost

if TYPE_CHECKING:
    from witnessmark.claude.client import Claude
    from witnessmark.evidence.support.passages import DocumentPassages
    from witnessmark_tools.definition import Progress
    from witnessmark_tools.terms import Terms

LEAST_SECONDS = 1.0
"""With less time left nobody else is asked."""
_OF_THE_MODEL = (ModelRetired, ModelCannotSee, ModelNotAvailable)
"""Failures that another model does not have."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CitedCall:
    """What is asked of which documents, on what terms."""

    questions: Sequence[str]
    read: Sequence[ReadSource]
    """The documents, as cited passages are looked up in them."""
    sources: Sequence[PartSource]
    """The same, as they are sent."""
    resembling: Mapping[str, bool]
    """By question: whether the documents have passages that resemble it."""
    passages: DocumentPassages | None
    """Of all documents, which statements are compared with; None: they could not be read."""
    documents: Documents
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
        return None if self.ends is None else max(LEAST_SECONDS, self.ends - anyio.current_time())

    @property
    def is_over(self) -> bool:
        return self.ends is not None and self.ends - anyio.current_time() < LEAST_SECONDS

    @property
    def page_count(self) -> int:
        return sum(len(source.pages) for source in self.sources)


@dataclass(frozen=True, slots=True, kw_only=True)
class CitedFound:
    """What models have answered, in the order of the questions."""

    answers: list[AnswerRead]
    engines: list[str]
    cost: Cost
    warnings: list[str]
    read: list[ReadSource]
    """The documents, pages that are cited as they are seen."""


async def cited_by_claude(call: CitedCall, models: Sequence[Model]) -> CitedFound:
    """Have questions answered by the first of some models that is there, and those in doubt by the ones above it.

    Errors:  as `run_paid`, of the first model
    """
    asking = _Asking(call, read=list(call.read))
    pending = list(call.questions)
    model, above = await asking.begin(models)
    while True:
        pending = [question for question in pending if asking.best[question].reasons]
        if not pending or not above or asking.stopped is not None:
            break
        model, above = above[0], above[1:]
        pending = await asking.again(pending, model)
        if not pending:
            break
    asking.refuse_without_answers()
    return CitedFound(
        answers=[asking.best[question] for question in call.questions],
        engines=asking.engines,
        cost=asking.cost,
        warnings=list(dict.fromkeys(asking.told)),
        read=asking.read,
    )


@dataclass(slots=True)
class _Asking:
    """Questions on their way, and what that has come to."""

    call: CitedCall
    read: list[ReadSource]
    best: dict[str, AnswerRead] = field(default_factory=dict[str, AnswerRead])
    cost: Cost = field(default_factory=Cost)
    spent_usd: Decimal = Decimal(0)
    engines: list[str] = field(default_factory=list[str])
    """The models that have answered."""
    told: list[str] = field(default_factory=list[str])
    was_asked: bool = False
    doubts: list[Decimal] = field(default_factory=list[Decimal])
    """What requests may have been billed that broke off without an answer."""
    stopped: SetupError | None = None
    """What is wrong with the key or the account: nobody else is asked then."""

    async def begin(self, models: Sequence[Model]) -> tuple[Model, Sequence[Model]]:
        """Have the first model that is there answer every question.

        Shapes:  the model, and those above it
        Errors:  as `run_paid`
        """
        refusal: WitnessmarkError | None = None
        for index, rung in enumerate(models):
            try:
                model = await self.call.claude.model(rung.id) if len(models) > 1 else rung
                await self._ask(self.call.questions, model)
            except PriceNotApproved as price:
                raise price.up_to(await self._most(models[index:])) from None
            except _OF_THE_MODEL as error:
                refusal = error
                continue
            return model, models[index + 1 :]
        assert refusal is not None, "there is a model"
        raise refusal

    async def again(self, questions: Sequence[str], rung: Model) -> list[str]:
        """Have a model answer what is in doubt, the most doubtful first, as far as limits on money leave room.

        Shapes:  the questions that it was asked; nothing that happens to it costs what is there
        """
        why = "; ".join(dict.fromkeys(reason for question in questions for reason in self.best[question].reasons))
        count = f"{len(questions)} question{'s'[: len(questions) != 1]}"
        if self.call.is_over:
            self.told.append(f"There was no time to have {rung.id} answer {count} again ({why}). Call again for that.")
            return []
        ordered = sorted(questions, key=lambda question: -self.best[question].weight)
        try:
            model = await self.call.claude.model(rung.id)
            while ordered and (obstacle := await self._obstacle(ordered, model)) is not None:
                ordered = ordered[: len(ordered) // 2]
                if not ordered:
                    self.told.append(f"{model.id} was not asked {count} again ({why}). {obstacle}")
            if ordered:
                await self._ask(ordered, model)
        except WitnessmarkError as error:
            if not isinstance(error, _OF_THE_MODEL):
                self.told.append(f"{rung.id} did not answer {count} again ({why}). {error}")
        return ordered

    def refuse_without_answers(self) -> None:
        """Raise what happened to the first question where no question has an answer.

        Errors:  the first page's
        """
        answers = [self.best[question] for question in self.call.questions]
        errors = [error for one in answers for error in one.failed.values()]
        if errors and not any(one.is_whole for one in answers):
            raise naming_cost(errors[0], self.cost, self.doubts)

    async def _obstacle(self, questions: Sequence[str], model: Model) -> WitnessmarkError | None:
        call = self.call
        plan = await self._planned(questions, model)
        return await obstacle_to(
            plan,
            model,
            claude=call.claude,
            terms=call.terms,
            max_cost_usd=call.max_cost_usd,
            so_far_usd=self.spent_usd,
        )

    async def _most(self, models: Sequence[Model]) -> Decimal:
        """Say what the call may come to where every question goes up to the last model."""
        most = Decimal(0)
        for model in models:
            price = price_of(await self._planned(self.call.questions, model), model).now
            most += Decimal(0) if price is None else price.estimate
        return most

    async def _planned(self, questions: Sequence[str], model: Model) -> Plan:
        """Plan questions about all documents, or about the pages alone that another model gave no answer about."""
        pages = {question: self._pages_to_ask(question) for question in questions}

        def planned() -> Plan:
            whole = [question for question in questions if pages[question] is None]
            plans = [plan_answers(self.call.sources, whole, model)] if whole else []
            plans += [
                plan_answers(_of_pages(self.call.sources, some), [question], model)
                for question, some in pages.items()
                if some is not None
            ]
            return Plan(asks=tuple(ask for plan in plans for ask in plan.asks))

        return await anyio.to_thread.run_sync(planned, abandon_on_cancel=True)

    def _pages_to_ask(self, question: str) -> frozenset[DocumentPage] | None:
        before = self.best.get(question)
        return None if before is None else before.pages_to_ask

    async def _ask(self, questions: Sequence[str], model: Model) -> None:
        """Ask a model, and keep of each question the answer that stands up best.

        Errors:  as `run_paid`
        """
        plan = await self._planned(questions, model)
        paid = await self._run(plan, model, gives_failures=True)
        if paid.run.failed and not paid.run.answered:
            error = paid.run.failed[0].error
            may_go_up = not self.best and all(isinstance(one.error, OF_THE_MODEL) for one in paid.run.failed)
            if not may_go_up:
                raise error if self.best else naming_cost(error, self.cost, self.doubts)
        by_question: dict[str, list[tuple[Answered, Reply]]] = {question: [] for question in questions}
        for answered in paid.run.answered:
            reply = await anyio.to_thread.run_sync(self._reply, answered, model)
            by_question[question_of(answered.ask)].append((answered, reply))
        for question, replies in by_question.items():
            reply = await self._joined(question, replies, model)
            pages = {page for answered, _ in replies for page in pages_of(answered.ask)}
            read = AnswerRead(
                question=question,
                model=model.id,
                statements=await self._checked(question, reply),
                missing=tuple(dict.fromkeys(reply.missing)),
                searched=_searched(self.call, pages),
                resembles=self.call.resembling.get(question, False) and not self._was_not_found(question),
                failed=_failed_pages(paid, question),
                left=_left_pages(paid, question),
                is_whole=bool(replies),
            )
            before = self.best.get(question)
            is_rest = before is not None and before.pages_to_ask is not None
            self.best[question] = completed(before, read) if before and is_rest else better(before, read)

    def _reply(self, answered: Answered, model: Model) -> Reply:
        """Part an answer into statements; where that fails, the whole answer is one statement without citations."""
        with contained(self.told, f"The citations of {model.id} to {question_of(answered.ask)!r} could not be used"):
            return reply_of(answered.value, answered.ask)
        pieces = answered.value if isinstance(answered.value, str) else "".join(one.text for one in answered.value)
        return Reply(statements=(Said(text=printable(pieces.strip())),))

    def _was_not_found(self, question: str) -> bool:
        """Say whether another model has said that it is not there: two that do settle it."""
        before = self.best.get(question)
        return before is not None and before.is_whole and not before.statements

    async def _run(self, plan: Plan, model: Model, *, gives_failures: bool = False) -> Paid:
        call, total, beats, done = self.call, max(1, len(plan.asks)), 0, 0
        pages = sum(len(pages_of(ask)) or 1 for ask in plan.asks)

        async def on_pages(count: int) -> None:
            nonlocal done
            done = count
            answered = round(count / max(1, pages) * total)
            await call.progress(count, pages, f"{model.id} has answered {answered} of {total} requests")

        async def on_wait() -> None:
            nonlocal beats
            beats += 1
            # A little more each time, and never a page more.
            await call.progress(done + 1 - 0.9**beats, pages, f"{model.id} is reading")

        paid = await run_paid(
            plan,
            model,
            tool="read_pdf_with_citations",
            claude=call.claude,
            terms=call.terms,
            documents=call.documents,
            sources=tuple(source.document for source in call.sources),
            seconds=call.seconds,
            max_cost_usd=call.max_cost_usd,
            reuse=call.reuse,
            parse=functools.partial(parse_reply, model=model.id),
            on_pages=on_pages,
            on_wait=on_wait,
            so_far_usd=self.spent_usd if self.was_asked else None,
            gives_failures=gives_failures,
        )
        self.was_asked = True
        self.doubts += paid.run.doubts
        self.stopped = self.stopped or paid.run.setup_error
        self.cost += paid.cost
        self.spent_usd += paid.spent_usd
        self.told += [sentence for sentence in paid.warnings if sentence not in self.told]
        if paid.run.answered and model.id not in self.engines:
            self.engines.append(model.id)
        return paid

    async def _joined(self, question: str, replies: Sequence[tuple[Answered, Reply]], model: Model) -> Reply:
        """Make one answer of those of several parts of the documents, its citations those of the parts.

        Where one part alone has an answer, that is it. What cannot be joined is given part by part.
        """
        found = [reply for _, reply in replies if reply.statements]
        if len(found) <= 1:
            missing = tuple(text for _, reply in replies for text in reply.missing)
            return found[0] if found else Reply(missing=missing)
        statements = [said for reply in found for said in reply.statements]
        one_by_one = Reply(statements=tuple(statements), missing=found[-1].missing)
        findings = [Finding(text=said.text, place=self._place(said)) for said in statements]
        try:
            paid = await self._run(plan_joining(question, findings, model), model)
        except WitnessmarkError as error:
            self.told.append(f"What parts of the documents say to {question!r} is not joined. {error}")
            return one_by_one
        if not paid.run.answered:
            self.told.append(f"What parts of the documents say to {question!r} is not joined, for want of time.")
            return one_by_one
        with contained(self.told, f"What parts of the documents say to {question!r} is not joined"):
            joined = reply_of(paid.run.answered[0].value, paid.run.answered[0].ask)
            if joined.statements:
                cited = [(said.text, _cited_by(said, statements)) for said in joined.statements]
                return Reply(
                    statements=tuple(Said(text=text, passages=passages) for text, passages in cited),
                    missing=joined.missing,
                )
        return one_by_one

    def _place(self, said: Said) -> str:
        places = [self._in_words(passage.sha256, passage.pages) for passage in said.passages]
        return "; ".join(dict.fromkeys(places)) or "no place given"

    def _in_words(self, sha256: str, pages: Sequence[int]) -> str:
        """Name pages of a document: `report.pdf, pages 3-5`."""
        name = next(read.name for read in self.call.read if read.document.sha256 == sha256)
        return pages_title(name, pages) if pages else name

    async def _checked(self, question: str, reply: Reply) -> tuple[CheckedStatement, ...]:
        """Look up what each statement cites, on pages whose text layer was compared with what they show."""
        number = {source.document.sha256: place for place, source in enumerate(self.call.sources)}
        passages = list(dict.fromkeys(passage for said in reply.statements for passage in said.passages))
        pages: dict[int, set[int]] = {}
        for passage in passages:
            pages.setdefault(number[passage.sha256], set()).update(passage.pages)
        for place, cited in pages.items():
            with contained(self.told, f"The text layer of {self.read[place].name} was not compared with its pages"):
                self.read[place] = await compared(self.read[place], cited, self.call.documents)
        asked = [
            AskedCitation(document=number[passage.sha256], cited_text=passage.cited_text, claimed_pages=passage.pages)
            for passage in passages
        ]
        looked_up = await look_up(self.read, asked, documents=self.call.documents, faults=self.told)
        found = dict(zip(passages, looked_up, strict=True))
        return await anyio.to_thread.run_sync(self._compared, question, reply.statements, found)

    def _compared(
        self, question: str, statements: Sequence[Said], found: Mapping[Passage, Citation]
    ) -> tuple[CheckedStatement, ...]:
        """Compare each statement with what it cites."""
        names = {name for read in self.call.read for name in (read.name, read.document.name)}
        checked: list[CheckedStatement] = []
        for said in statements:
            citations = [found[passage] for passage in said.passages]
            with contained(self.told, f"A statement about {question!r} was not compared with what it cites"):
                checked.append(checked_statement(said.text, citations, question, self.call.passages, names))
                continue
            checked.append(CheckedStatement(text=said.text, citations=tuple(citations)))
        return tuple(checked)


def _failed_pages(paid: Paid, question: str) -> dict[DocumentPage, WitnessmarkError]:
    """Give the pages of which a question was asked in vain, with the reason of each."""
    failed = [one for one in paid.run.failed if question_of(one.ask) == question]
    return {page: one.error for one in failed for page in pages_of(one.ask)}


def _left_pages(paid: Paid, question: str) -> frozenset[DocumentPage]:
    """Give the pages of which a question was not asked for want of time."""
    left = [one for one in paid.run.outcomes if isinstance(one, Left) and question_of(one.ask) == question]
    return frozenset(page for one in left for page in pages_of(one.ask))


def _of_pages(sources: Sequence[PartSource], pages: Collection[DocumentPage]) -> list[PartSource]:
    """Leave of documents some pages, with the lines that were read on them."""
    found: list[PartSource] = []
    for source in sources:
        sha256 = source.document.sha256
        kept = tuple(page for page in source.pages if (sha256, page.page_number) in pages)
        lines = source.lines.of_pages({page.page_number for page in kept}) if source.lines is not None else None
        found += [replace(source, pages=kept, lines=lines)] if kept else []
    return found


def _cited_by(said: Said, statements: Sequence[Said]) -> tuple[Passage, ...]:
    """Give the passages that the findings rest on which a joined statement cites."""
    places = [place for passage in said.passages for place in passage.pages if place < len(statements)]
    return tuple(dict.fromkeys(passage for place in places for passage in statements[place].passages))


def _searched(call: CitedCall, pages: set[tuple[str, int]]) -> str:
    """Say of how many documents and pages a question was asked."""
    documents = {sha256 for sha256, _ in pages}
    by_ocr = sum(read.pages_by_ocr for read in call.read)
    told = f"{len(documents)} document{'s'[: len(documents) != 1]}, {len(pages)} page{'s'[: len(pages) != 1]}"
    if by_ocr:
        told += f", of which {by_ocr} with lines read by OCR"
    left = call.page_count - len(pages)
    return f"{told}; {left} page{'s'[: left != 1]} not asked" if left > 0 else told
