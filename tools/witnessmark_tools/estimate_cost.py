"""`estimate_cost`: what a call would cost with each model, before anything is sent."""

from __future__ import annotations

import difflib
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Annotated, Any

import anyio
from pydantic import Field

from witnessmark.documents.document import Document, PageFacts
from witnessmark.documents.opening import Documents
from witnessmark.documents.page_range import pages_from_text, text_from_pages
from witnessmark.errors import UsageError
from witnessmark.plans.image_tokens import seen_size
from witnessmark.plans.models import Model, model_named, offered_models
from witnessmark.plans.parts import text_blocks
from witnessmark.plans.plan import TextDocumentBlock, explained, keeping_documents
from witnessmark.plans.price import Price, Usd, price_of
from witnessmark.plans.tokens import Count
from witnessmark_tools.definition import ToolDefinition
from witnessmark_tools.results import Frozen, Result, document_read, result_id_of
from witnessmark_tools.tables_plan import plan_tables

OFFLINE = "offline"
NOT_YET = "This version prices calls and does not send them yet: extract_tables runs with model='offline' only."


class TokenBand(Frozen):
    """Exact where low and high are the same."""

    low: int
    estimate: int
    high: int


class UsdBand(Frozen):
    low: float
    estimate: float
    high: float


class InputTokens(Frozen):
    images: TokenBand
    page_pictures: TokenBand = Field(description="The API's pictures of PDF pages.")
    text: TokenBand
    total: TokenBand


class ModelCost(Frozen):
    """What the call costs with one model; null: the price is not known."""

    model: str
    requests: int
    input_tokens: InputTokens
    output_tokens: TokenBand = Field(description="Thinking included.")
    usd: UsdBand | None
    usd_batch: UsdBand | None = Field(description="As a batch, answered within 24 hours.")
    usd_kept: UsdBand | None = Field(description="Now, with the document kept in the cache for 5 minutes.")
    usd_next_question: UsdBand | None = Field(description="The next like it on the document so kept.")
    sends: str
    notes: list[str]


class CostEstimate(Result):
    """Prices side by side, and what would be cheaper."""

    tool: str
    models: list[ModelCost]
    cheaper: list[str]
    basis: list[str] = Field(description="Which figures are exact, and how far the others may be off.")

    def to_text(self) -> str:
        document = self.documents[0]
        lines = [f"{self.tool} of {document.name}, {document.pages:,} page{'s'[: document.pages != 1]}"]
        if self.models:
            lines += ["", "| model | requests | tokens in | tokens out | USD now | batch | kept | next question |"]
            lines.append("| --- | --- | --- | --- | --- | --- | --- | --- |")
            lines += [f"| {' | '.join(_cells(cost))} |" for cost in self.models]
            lines += ["", *(f"{cost.model}: {' '.join([cost.sends, *cost.notes])}" for cost in self.models)]
        lines += [f"Basis: {sentence}" for sentence in self.basis]
        lines += [f"Cheaper: {way}" for way in self.cheaper]
        lines += [f"Warning: {warning}" for warning in self.warnings]
        return "\n".join(lines)


class ToolNotPriced(UsageError):
    def __init__(self, name: str, known: Sequence[str]) -> None:
        match = difflib.get_close_matches(name, known, n=1, cutoff=0.5)
        hint = f"Did you mean {match[0]!r}? " if match else ""
        super().__init__(f"estimate_cost knows no tool {name[:60]!r} to price.", f"{hint}Known: {', '.join(known)}.")


async def estimate_cost(
    tool: Annotated[str, Field(description="Name of the tool that would be called.")],
    arguments: Annotated[dict[str, Any], Field(description="Its arguments, such as {source: …, pages: …}.")],
    models: Annotated[list[str] | None, Field(description="Model ids to compare; default the current ones.")] = None,
    *,
    documents: Documents,
) -> CostEstimate:
    """Say what a tool call would cost before it is made, for several models side by side: requests, tokens, USD now, as a batch and for the next question on the same document, and what would be cheaper. Sends nothing that is billed. What a document is: inspect_document."""  # noqa: E501 - one line on the wire
    definition = _priced_tool(tool)
    given, named = _without_model(definition, arguments, models)
    chosen = None if named is None else [_model(name) for name in dict.fromkeys(named)]
    async with documents.open(given["source"], given["password"]) as document:
        limit = documents.limits.pages_per_call
        pages = pages_from_text(given["pages"], page_count=document.page_count, limit=limit)
        told = {"tool": definition.name, "pages": given["pages"], "models": named}
        if definition.name != "extract_tables":
            return _free(definition, document, told)
        facts = await documents.facts(document, pages)
        text = (await documents.text(document, 1, "plain")).text if document.kind == "text" else ""
        compared = list(offered_models()) if chosen is None else chosen
        job, costs = await anyio.to_thread.run_sync(_compared, document, facts, text, compared, abandon_on_cancel=True)
        return CostEstimate(
            result_id=result_id_of("estimate_cost", document, told),
            documents=[document_read(document)],
            engines=[OFFLINE],
            warnings=[*document.warnings, NOT_YET],
            tool=definition.name,
            models=[cost for cost, _ in costs],
            cheaper=_cheaper(job, costs, has_ocr=documents.recogniser is not None),
            basis=_basis([cost for cost, _ in costs if cost.requests]),
        )


def _priced_tool(name: str) -> ToolDefinition:
    from witnessmark_tools.catalog import TOOLS  # the catalog lists this tool, too

    known = {tool.name: tool for tool in TOOLS if tool.function is not estimate_cost}
    written = name.strip().replace("-", "_")
    if written not in known:
        raise ToolNotPriced(name, list(known))
    return known[written]


def _without_model(
    definition: ToolDefinition, arguments: dict[str, Any], models: list[str] | None
) -> tuple[dict[str, Any], list[str] | None]:
    """Check the other tool's arguments; a model among them is what is priced where no others are named."""
    rest = dict(arguments)
    if "model" in definition.arguments.model_fields:
        named = rest.pop("model", None)
        if named is not None and not models:
            models = [str(named)]
    return definition.parse(rest), models or None


def _model(name: str) -> Model | None:
    """Find a model; None is the offline engine."""
    return None if name.strip().lower() == OFFLINE else model_named(name)


def _free(definition: ToolDefinition, document: Document, told: dict[str, Any]) -> CostEstimate:
    return CostEstimate(
        result_id=result_id_of("estimate_cost", document, told),
        documents=[document_read(document)],
        engines=[OFFLINE],
        warnings=list(document.warnings),
        tool=definition.name,
        models=[],
        cheaper=[],
        basis=[f"{definition.name} is free: it runs on this machine and asks no model."],
    )


def _compared(
    document: Document, pages: tuple[PageFacts, ...], text: str, compared: Sequence[Model | None]
) -> tuple[_Job, list[tuple[ModelCost, Model | None]]]:
    job = _Job(document=document, pages=pages, texts=text_blocks(document.name, text))
    return job, [job.cost(model) for model in compared]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Job:
    """What is to be priced."""

    document: Document
    pages: tuple[PageFacts, ...]
    texts: Sequence[TextDocumentBlock] = ()

    def cost(self, model: Model | None) -> tuple[ModelCost, Model | None]:
        if model is None:
            return _offline_cost(), None
        plan = plan_tables(self.document, self.pages, model, texts=self.texts)
        price, price_kept = price_of(plan, model), price_of(keeping_documents(plan), model)
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
            notes=_notes(model),
        )
        return cost, model


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


def _notes(model: Model) -> list[str]:
    notes = [model.note] if model.note else []
    if model.lifecycle == "deprecated":
        when = f"; it is retired on {model.retires}" if model.retires else ""
        notes.append(f"The model is deprecated{when}.")
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


def _basis(costs: Sequence[ModelCost]) -> list[str]:
    if not costs:
        return []
    said: list[str] = []
    if any(cost.input_tokens.images.high for cost in costs):
        said.append("Tokens of images are exact, by the API's own rule.")
    if any(cost.input_tokens.page_pictures.high for cost in costs):
        said.append(
            "Pictures of PDF pages are counted at the largest size the model sees; the true one is not published."
        )
    said.append("Tokens of text are estimated from its characters: 25 % fewer to 60 % more are possible.")
    said.append("The answer is a guess between no table at all and nothing but tables, thinking included.")
    return said


def _cheaper(job: _Job, costs: Sequence[tuple[ModelCost, Model | None]], *, has_ocr: bool) -> list[str]:
    """Name what would cost less, the freest first."""
    asked = [(cost, model) for cost, model in costs if model is not None and cost.usd is not None]
    if not asked:
        return []
    ways = [*_for_free(job, has_ocr=has_ocr), *_fewer_pages(job)]
    dearest, dearest_model = max(asked, key=lambda one: one[0].usd.estimate if one[0].usd else 0)
    everybody = [
        *asked,
        *(job.cost(model) for model in offered_models() if model.id not in {c.model for c, _ in asked}),
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


def _cells(cost: ModelCost) -> list[str]:
    amounts = (cost.usd, cost.usd_batch, cost.usd_kept, cost.usd_next_question)
    return [
        cost.model,
        f"{cost.requests}",
        _tokens_in_words(cost.input_tokens.total),
        _tokens_in_words(cost.output_tokens),
        *map(_usd_in_words, amounts),
    ]


def _tokens_in_words(band: TokenBand) -> str:
    """Write a number of tokens: `4,756`, or `5,700 (4,900–6,300)` where it is not exact."""
    return f"{band.estimate:,}" if band.low == band.high else f"{band.estimate:,} ({band.low:,}–{band.high:,})"


def _usd_in_words(band: UsdBand | None) -> str:
    """Write an amount: `0.0148 (0.0044–0.0406)`, or `unknown`."""
    if band is None:
        return "unknown"
    return usd(band.estimate) if band.low == band.high else f"{usd(band.estimate)} ({usd(band.low)}–{usd(band.high)})"


def usd(amount: float) -> str:
    """Write an amount with as many places as it needs."""
    return f"{amount:.6f}" if 0 < amount < 0.01 else f"{amount:.4f}"
