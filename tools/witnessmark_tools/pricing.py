"""What a call costs with each model, and what would be cheaper: the figures of `estimate_cost`."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING

from witnessmark.documents.page_range import text_from_pages
from witnessmark.errors import BudgetError
from witnessmark.plans.image_tokens import seen_size
from witnessmark.plans.models import Model, lifecycle_note, offered_models
from witnessmark.plans.plan import Plan, explained, keeping_documents, prompt_tokens
from witnessmark.plans.price import Price, Usd, price_of
from witnessmark.plans.spending import CallAboveBudget, CostAboveLimit, PriceNotApproved, PriceUnknown
from witnessmark.plans.tokens import Count
from witnessmark.store import BudgetReached
from witnessmark_tools.estimate_cost import InputTokens, ModelCost, TokenBand, UsdBand, usd
from witnessmark_tools.jobs_to_price import Job
from witnessmark_tools.terms import AUTO, OFFLINE

if TYPE_CHECKING:
    from witnessmark.claude.client import Unpaid


GOES_ON = (
    "A second question like it within 5 minutes keeps the document in the cache, each further one reads it there, "
    "and the same one again costs nothing."
)
OF_BATCHES = "This version sends no batches yet: that figure says what one would cost."
"""Said where prices of batches are shown."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Comparison:
    """Several models side by side."""

    costs: list[ModelCost]
    cheaper: list[str]
    basis: list[str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Candidate:
    """A model, what it would be sent, and which limit on money would not let it go."""

    model: Model
    unpaid: Unpaid
    obstacle: BudgetError | None = None


def compare(
    job: Job,
    candidates: Sequence[Candidate | None],
    *,
    auto: Sequence[Candidate] = (),
    has_ocr: bool,
    today: date,
    counted: Mapping[str, int] | None = None,
) -> Comparison:
    """Price a call with each model.

    Shapes:  None among the candidates is the offline engine; `auto` is what it would ask, the first model of all pages
             and each above it of every page again; `counted` as for `price_of`
    """
    priced = [_priced(candidate, today, counted or {}, job.words.nothing) for candidate in candidates]
    by_steps = [_priced_by_steps(job, auto, today, counted or {})] if auto else []
    named = [(one.cost, one.model) for one in priced]
    priced = [*by_steps, *priced]
    return Comparison(
        costs=[one.cost for one in priced],
        cheaper=_cheaper(job, named or [(one.cost, one.model) for one in by_steps], has_ocr=has_ocr),
        basis=_basis([one for one in priced if one.model is not None], job.words.answer),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class _Priced:
    """What one model costs, and how many of its requests the API has counted."""

    cost: ModelCost
    model: Model | None
    counted: int = 0


def _priced(candidate: Candidate | None, today: date, counted: Mapping[str, int], nothing: str) -> _Priced:
    if candidate is None:
        return _Priced(cost=_offline_cost(), model=None)
    model, unpaid = candidate.model, candidate.unpaid
    price = price_of(unpaid.plan, model, counted)
    # Another question sends anew what was answered before, too.
    whole = Plan(asks=(*unpaid.plan.asks, *unpaid.answered))
    kept = price_of(keeping_documents(whole), model, counted)
    cost = ModelCost(
        model=model.id,
        requests=len(unpaid.plan.asks),
        reused=len(unpaid.answered),
        input_tokens=_input(price),
        output_tokens=_tokens(price.output),
        usd=_amount(price.now),
        usd_batch=_amount(price.batch),
        usd_kept=_amount(kept.now),
        usd_next_question=_amount(kept.next_question),
        sends=_sends(unpaid, nothing),
        notes=_notes(candidate, price, today, counted),
    )
    return _Priced(cost=cost, model=model, counted=price.counted_asks)


def _priced_by_steps(job: Job, steps: Sequence[Candidate], today: date, counted: Mapping[str, int]) -> _Priced:
    """Price what `auto` sends at once, and say what it may come to."""
    first, above = _priced(steps[0], today, counted, job.words.nothing), steps[1:]
    amounts = [price_of(step.unpaid.plan, step.model, counted).now for step in steps]
    known = [amount for amount in amounts if amount is not None]
    most = _amount(sum(known, Usd()) * (1 + job.more_share) if len(known) == len(amounts) else None)
    notes = [f"{steps[0].model.id} reads {job.words.auto_reads}."]
    if above and steps[-1].unpaid.plan.asks:
        names = ", then ".join(step.model.id for step in above)
        all_of_it = "" if most is None else f": about ${usd(most.estimate)} in all if everything did"
        notes.append(f"{job.words.in_doubt} go up to {names}{all_of_it}; never above a limit.")
    if job.words.more:
        notes.append(job.words.more)
    cost = first.cost.model_copy(update={"model": AUTO, "usd_at_most": most, "notes": [*notes, *first.cost.notes]})
    return _Priced(cost=cost, model=first.model, counted=first.counted)


def _sends(unpaid: Unpaid, nothing: str) -> str:
    if unpaid.plan.asks or not (unpaid.answered or unpaid.left_out):
        return explained(unpaid.plan) if unpaid.plan.asks or not nothing else nothing
    return (
        "Nothing: all of it was answered before, and costs nothing."
        if unpaid.answered
        else "Nothing: the API has refused these pages before."
    )


def _offline_cost() -> ModelCost:
    nothing, free = _tokens(Count()), _amount(Usd())
    return ModelCost(
        model=OFFLINE,
        requests=0,
        reused=0,
        input_tokens=InputTokens(images=nothing, page_pictures=nothing, text=nothing, total=nothing),
        output_tokens=nothing,
        usd=free,
        usd_batch=free,
        usd_kept=free,
        usd_next_question=free,
        sends="Nothing: it runs on this machine.",
        notes=[],
    )


def _notes(candidate: Candidate, price: Price, today: date, counted: Mapping[str, int]) -> list[str]:
    model, unpaid = candidate.model, candidate.unpaid
    notes = [note for note in (model.note, lifecycle_note(model, today)) if note]
    if unpaid.answered and unpaid.plan.asks:
        every = len(unpaid.plan.asks) + len(unpaid.answered)
        were = "was answered before and costs" if len(unpaid.answered) == 1 else "were answered before and cost"
        notes.append(f"{len(unpaid.answered)} of {every} requests {were} nothing.")
    notes += _of_cache(unpaid.plan)
    if candidate.obstacle is not None:
        notes.append(_in_the_way(candidate.obstacle, was_counted=price.counted_asks > 0))
    if not model.prices:
        notes.append("Its price is not known.")
    elif model.first_price_step is not None and unpaid.plan.asks:
        notes.append(_of_price_step(unpaid.plan, model, model.first_price_step, counted))
    return notes


def _of_price_step(plan: Plan, model: Model, step: int, counted: Mapping[str, int]) -> str:
    """Say how many requests cross the prompt size above which a request costs more, or may cross it."""
    prompts = [prompt_tokens(ask, model, counted.get(ask.content_key)).total.total for ask in plan.asks]
    count = len(prompts)
    above, perhaps = sum(one.low > step for one in prompts), sum(one.high > step for one in prompts)
    if not perhaps:
        where = "all requests stay below." if count > 1 else "the request stays below."
    elif above == perhaps:
        where = f"{above} of {count} requests cross it: a single page or text there is that long."
    else:
        where = f"{perhaps} of {count} requests may cross it: a single page or text there is that long."
    return f"Above {step:,} tokens of prompt a request costs more; {where}"


def _of_cache(plan: Plan) -> list[str]:
    """Say what the cache does to the price now, because of calls a while ago."""
    points = [ask.breakpoints[-1] for ask in plan.asks if ask.breakpoints]
    if not points:
        return []
    if all(point.is_kept for point in points):
        return ["An earlier call keeps the document in the cache, and it is read there."]
    life = "an hour" if points[0].ttl == "1h" else "5 minutes"
    if any(point.is_kept for point in points):
        return [f"What several requests share is written into the cache once, for {life}, and read from there."]
    return [f"The document was sent a while ago, too, and is kept in the cache for {life} now."]


def _in_the_way(obstacle: BudgetError, *, was_counted: bool) -> str:
    """Say what a limit would do to the call; it is held against the price as estimated, which nobody waits for."""

    def above(price: Usd, name: str, limit: Decimal) -> str:
        counted = f", estimated at ${usd(float(price.estimate))} without counting," if was_counted else ""
        return f"the price{counted} is above {name} (${usd(float(limit))})."

    match obstacle:
        case CallAboveBudget():
            return f"Would be refused: {above(obstacle.price, 'WITNESSMARK_MAX_USD_PER_CALL', obstacle.limit)}"
        case CostAboveLimit():
            return f"Would be refused: {above(obstacle.price, 'max_cost_usd', obstacle.limit)}"
        case PriceNotApproved():
            asked = "Somebody will be asked, or the call refused where nobody can be"
            return f"{asked}: {above(obstacle.price, 'WITNESSMARK_ASK_ABOVE_USD', obstacle.limit)}"
        case BudgetReached():
            return f"Would be refused: {obstacle.setting} does not leave as much."
        case PriceUnknown():
            return f"Would be refused: {obstacle.setting} cannot be kept."
        case _:
            return f"Would be refused: {obstacle.message}"


def _input(price: Price) -> InputTokens:
    prompt = price.prompt
    return InputTokens(
        images=_tokens(prompt.images),
        page_pictures=_tokens(prompt.page_pictures),
        text=_tokens(prompt.text),
        total=_tokens(prompt.total),
    )


def _tokens(count: Count) -> TokenBand:
    return TokenBand(low=count.low, estimate=count.estimate, high=count.high)


def _amount(amount: Usd | None) -> UsdBand | None:
    if amount is None:
        return None
    low, estimate, high = (float(round(value, 6)) for value in (amount.low, amount.estimate, amount.high))
    return UsdBand(low=low, estimate=estimate, high=high)


def _basis(priced: Sequence[_Priced], of_answer: str) -> list[str]:
    if not priced:
        return []
    sent = [one for one in priced if one.cost.requests]
    return [*([*_basis_of_tokens(sent), of_answer] if sent else []), GOES_ON, OF_BATCHES]


def _basis_of_tokens(priced: Sequence[_Priced]) -> list[str]:
    said: list[str] = []
    inputs = [one.cost.input_tokens for one in priced]
    estimated = [one for one in priced if one.counted < one.cost.requests]
    if any(one.counted for one in priced):
        said.append(
            f"What goes in was counted by the API{_where_counted(priced)}; the bill may differ by a few tokens."
        )
    if any(tokens.images.high for tokens in inputs):
        said.append("Tokens of images are exact, by the API's own rule.")
    if any(one.cost.input_tokens.page_pictures.high for one in estimated):
        said.append(
            "Pictures of PDF pages are counted at the largest size the model sees; the true one is not published."
        )
    elif any(tokens.page_pictures.high for tokens in inputs):
        said.append(
            "Of what was counted, how much is pictures of PDF pages and how much text is not told, and estimated."
        )
    if estimated:
        said.append("Tokens of text are estimated from its characters: 25 % fewer to 60 % more are possible.")
    return said


def _where_counted(priced: Sequence[_Priced]) -> str:
    """Say with which models, and how many of their requests; nothing where it was all of all."""
    if all(one.counted == one.cost.requests for one in priced):
        return ""
    names = [
        one.cost.model
        if one.counted == one.cost.requests
        else f"{one.cost.model} ({one.counted} of {one.cost.requests} requests)"
        for one in priced
        if one.counted
    ]
    return f" for {', '.join(names)}"


def _cheaper(job: Job, costs: Sequence[tuple[ModelCost, Model | None]], *, has_ocr: bool) -> list[str]:
    """Name what would cost less, the freest first."""
    asked = [(cost, model) for cost, model in costs if model is not None and cost.usd is not None]
    if not asked:
        return []
    dearest, dearest_model = max(asked, key=lambda one: one[0].usd.estimate if one[0].usd else 0)
    most = dearest.usd.estimate if dearest.usd else 0
    if not most:
        return []
    ways = [*_for_free(job, has_ocr=has_ocr), *_fewer_pages(job)]
    amounts = {cost.model: cost.usd.estimate for cost, _ in asked if cost.usd is not None}
    for model in offered_models():
        if model.id not in amounts and (price := price_of(job.plan(model), model).now) is not None:
            amounts[model.id] = float(price.estimate)
    best, least = min(amounts.items(), key=lambda one: one[1])
    if not least:
        ways.append(f"{best} costs nothing: it has answered before.")
    elif best != dearest.model:
        ways.append(f"{best}: ${usd(least)}, {most / least:.3g} times less than {dearest.model}.")
    if job.words.crop and len(job.documents) == 1 and job.documents[0].kind == "image":
        ways += _crop(job, dearest_model)
    return ways


def _for_free(job: Job, *, has_ocr: bool) -> list[str]:
    if all(document.kind == "text" for document in job.documents):
        return [job.words.offline_text]
    pages = [page for several in job.pages for page in several]
    texts = [page.page_number for page in pages if page.text == "text layer"]
    pictures = [page.page_number for page in pages if page.text in {"scan", "broken text layer"}]
    if texts and not pictures:
        return ["model='offline' costs nothing: every page with content has a text layer."]
    if texts and len(job.documents) == 1:
        return [f"model='offline' costs nothing for pages {text_from_pages(texts)}, which have a text layer."]
    if pictures and has_ocr:
        return ["model='offline' costs nothing: it reads the pictures by OCR, less surely than a model does."]
    return []


def _fewer_pages(job: Job) -> list[str]:
    if len(job.documents) > 1 or len(job.pages[0]) < 2:
        return []
    pages = job.pages[0]
    blank = [page.page_number for page in pages if page.text == "blank"]
    rest = text_from_pages(page.page_number for page in pages if page.text != "blank")
    if blank and rest:
        return [f"Leave out blank pages: pages={rest!r}."]
    return [job.words.fewer_pages]


def _crop(job: Job, model: Model) -> list[str]:
    page = job.pages[0][0]
    width, height = int(page.width or 0), int(page.height or 0)
    seen = seen_size(max(1, width), max(1, height), model.image_tier)
    if seen != (width, height):
        shrunk = f"{model.id} sees the {width} × {height} pixels as {seen[0]} × {seen[1]}"
        return [f"Crop to {job.words.crop}: {shrunk}, so that a part alone is seen larger and may cost less."]
    return [f"Crop to {job.words.crop}: an image costs by its area."]
