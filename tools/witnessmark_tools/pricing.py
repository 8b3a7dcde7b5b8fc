"""What a call costs with each model, and what would be cheaper: the figures of `estimate_cost`."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from witnessmark.documents.document import Document, PageFacts
from witnessmark.documents.page_range import text_from_pages
from witnessmark.plans.image_tokens import seen_size
from witnessmark.plans.models import Model, lifecycle_note, model_named, offered_models
from witnessmark.plans.parts import text_blocks
from witnessmark.plans.plan import Ask, TextDocumentBlock, explained, keeping_documents
from witnessmark.plans.price import Price, Usd, price_of
from witnessmark.plans.tokens import Count
from witnessmark_tools.estimate_cost import OFFLINE, InputTokens, ModelCost, TokenBand, UsdBand, usd
from witnessmark_tools.tables_plan import plan_tables


@dataclass(frozen=True, slots=True, kw_only=True)
class Comparison:
    """Several models side by side."""

    costs: list[ModelCost]
    cheaper: list[str]
    basis: list[str]


def chosen_models(names: Sequence[str] | None) -> list[Model | None]:
    """Find the models of those names, each once; None is the offline engine, and no names are the current line-up.

    Errors:  `ModelRetired`, `ModelUnknown`
    """
    if names is None:
        return list(offered_models())
    found = (None if name.strip().lower() == OFFLINE else model_named(name) for name in names)
    return list(dict.fromkeys(found))


def compare(
    document: Document,
    pages: tuple[PageFacts, ...],
    text: str,
    models: Sequence[Model | None],
    *,
    has_ocr: bool,
    today: date,
    counted: Mapping[str, int] | None = None,
) -> Comparison:
    """Price the tables of some pages with each model.

    Shapes:  `text` is the whole text of a text file, else empty; `counted` as for `price_of`, of `asks_to_count`
    """
    job = _Job(document=document, pages=pages, texts=text_blocks(document.name, text), today=today, counted=counted)
    priced = [job.priced(model) for model in models]
    costs = [(one.cost, one.model) for one in priced]
    return Comparison(
        costs=[cost for cost, _ in costs],
        cheaper=_cheaper(job, costs, has_ocr=has_ocr),
        basis=_basis([one for one in priced if one.cost.requests]),
    )


def asks_to_count(
    document: Document, pages: tuple[PageFacts, ...], text: str, models: Sequence[Model | None]
) -> list[Ask]:
    """List what would be sent to each model, so that the API can count it before it is priced.

    Shapes:  `text` as for `compare`
    """
    texts = text_blocks(document.name, text)
    return [ask for model in models if model for ask in plan_tables(document, pages, model, texts=texts).asks]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Priced:
    """What one model costs, and how many of its requests the API has counted."""

    cost: ModelCost
    model: Model | None
    counted: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class _Job:
    """What is to be priced."""

    document: Document
    pages: tuple[PageFacts, ...]
    texts: Sequence[TextDocumentBlock] = ()
    today: date
    counted: Mapping[str, int] | None = None

    def cost(self, model: Model) -> ModelCost:
        return self.priced(model).cost

    def priced(self, model: Model | None) -> _Priced:
        if model is None:
            return _Priced(cost=_offline_cost(), model=None)
        plan = plan_tables(self.document, self.pages, model, texts=self.texts)
        price, price_kept = (price_of(made, model, self.counted) for made in (plan, keeping_documents(plan)))
        cost = ModelCost(
            model=model.id,
            requests=len(plan.asks),
            input_tokens=_input(price),
            output_tokens=_tokens(price.output),
            usd=_amount(price.now),
            usd_batch=_amount(price.batch),
            usd_kept=_amount(price_kept.now),
            usd_next_question=_amount(price_kept.next_question),
            sends=explained(plan),
            notes=_notes(model, self.today),
        )
        return _Priced(cost=cost, model=model, counted=price.counted_asks)


def _offline_cost() -> ModelCost:
    nothing, free = _tokens(Count()), _amount(Usd())
    return ModelCost(
        model=OFFLINE,
        requests=0,
        input_tokens=InputTokens(images=nothing, page_pictures=nothing, text=nothing, total=nothing),
        output_tokens=nothing,
        usd=free,
        usd_batch=free,
        usd_kept=free,
        usd_next_question=free,
        sends="Nothing: it runs on this machine.",
        notes=[],
    )


def _notes(model: Model, today: date) -> list[str]:
    notes = [note for note in (model.note, lifecycle_note(model, today)) if note]
    if not model.prices:
        notes.append("Its price is not known.")
    elif model.first_price_step is not None:
        notes.append(f"Above {model.first_price_step:,} tokens of prompt a request costs more; requests stay below.")
    return notes


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


def _basis(priced: Sequence[_Priced]) -> list[str]:
    if not priced:
        return []
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
    said.append("The answer is a guess between no table at all and nothing but tables, thinking included.")
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


def _cheaper(job: _Job, costs: Sequence[tuple[ModelCost, Model | None]], *, has_ocr: bool) -> list[str]:
    """Name what would cost less, the freest first."""
    asked = [(cost, model) for cost, model in costs if model is not None and cost.usd is not None]
    if not asked:
        return []
    ways = [*_for_free(job, has_ocr=has_ocr), *_fewer_pages(job)]
    dearest, dearest_model = max(asked, key=lambda one: one[0].usd.estimate if one[0].usd else 0)
    everybody = [
        *asked,
        *((job.cost(model), model) for model in offered_models() if model.id not in {c.model for c, _ in asked}),
    ]
    priced = [(cost, cost.usd.estimate) for cost, _ in everybody if cost.usd is not None]
    best, least = min(priced, key=lambda one: one[1])
    most = dearest.usd.estimate if dearest.usd else 0
    if best.model != dearest.model and 0 < least < most:
        ways.append(f"{best.model}: ${usd(least)}, {most / least:.3g} times less than {dearest.model}.")
    if dearest.usd_batch is not None:
        ways.append("A batch costs half, for every model; answers come within 24 hours, most within one.")
    if job.document.kind == "image":
        ways += _crop(job, dearest_model)
    return ways


def _for_free(job: _Job, *, has_ocr: bool) -> list[str]:
    if job.document.kind == "text":
        return ["model='offline' costs nothing and reads tables of CSV, TSV and Markdown exactly."]
    texts = [page.page_number for page in job.pages if page.text == "text layer"]
    pictures = [page.page_number for page in job.pages if page.text in {"scan", "broken text layer"}]
    if texts and not pictures:
        return ["model='offline' costs nothing: every page with content has a text layer."]
    if texts:
        return [f"model='offline' costs nothing for pages {text_from_pages(texts)}, which have a text layer."]
    if pictures and has_ocr:
        return ["model='offline' costs nothing: it reads the pictures by OCR, less surely than a model does."]
    return []


def _fewer_pages(job: _Job) -> list[str]:
    if len(job.pages) < 2:
        return []
    blank = [page.page_number for page in job.pages if page.text == "blank"]
    rest = text_from_pages(page.page_number for page in job.pages if page.text != "blank")
    if blank and rest:
        return [f"Leave out blank pages: pages={rest!r}."]
    return ["Fewer pages: each costs about the same, so pass only those with the tables as `pages`."]


def _crop(job: _Job, model: Model) -> list[str]:
    page = job.pages[0]
    width, height = int(page.width or 0), int(page.height or 0)
    seen = seen_size(max(1, width), max(1, height), model.image_tier)
    if seen != (width, height):
        shrunk = f"{model.id} sees the {width} × {height} pixels as {seen[0]} × {seen[1]}"
        return [f"Crop to the table: {shrunk}, so that a part alone is seen larger and may cost less."]
    return ["Crop to the table: an image costs by its area."]
