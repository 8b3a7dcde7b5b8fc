"""`estimate_cost`: what a call would cost with each model, before anything is sent."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Annotated, Any

import anyio
from pydantic import Field

from witnessmark.closest import did_you_mean
from witnessmark.documents.document import Document
from witnessmark.documents.opening import Documents
from witnessmark.documents.page_range import pages_from_text
from witnessmark.errors import UsageError
from witnessmark_tools.arguments import SECRET
from witnessmark_tools.definition import ToolDefinition
from witnessmark_tools.results import DocumentRead, Frozen, Result, document_read, pages_in_words, result_id_of
from witnessmark_tools.terms import OFFLINE, Terms

if TYPE_CHECKING:
    from witnessmark.claude.client import Claude


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
    requests: int = Field(description="That would be sent.")
    reused: int = Field(description="Requests answered before: not sent, and free.")
    input_tokens: InputTokens
    output_tokens: TokenBand = Field(description="Thinking included.")
    usd: UsdBand | None
    usd_batch: UsdBand | None = Field(description="As a batch, answered within 24 hours.")
    usd_kept: UsdBand | None = Field(
        description="The second like it on the document within 5 minutes: it keeps it in the cache."
    )
    usd_next_question: UsdBand | None = Field(
        description="Each one after that, at most 5 minutes later: read from the cache."
    )
    usd_at_most: UsdBand | None = Field(default=None, description="auto: if every page went up to the last model.")
    sends: str
    notes: list[str]


class CostEstimate(Result):
    """Prices side by side, and what would be cheaper."""

    tool: str
    models: list[ModelCost]
    cheaper: list[str]
    basis: list[str] = Field(description="Which figures are exact, and how far the others may be off.")

    def to_text(self) -> str:
        lines = [f"{self.tool}{''.join(map(_of_document, self.documents))}"]
        if self.models:
            lines += [
                "",
                "| model | requests | tokens in | tokens out | USD now | as a batch | second | further |",
            ]
            lines.append("| --- | --- | --- | --- | --- | --- | --- | --- |")
            lines += [f"| {' | '.join(_cells(cost))} |" for cost in self.models]
            lines += ["", *(f"{cost.model}: {' '.join([cost.sends, *cost.notes])}" for cost in self.models)]
        lines += [f"Basis: {sentence}" for sentence in self.basis]
        lines += [f"Cheaper: {way}" for way in self.cheaper]
        lines += [f"Warning: {warning}" for warning in self.warnings]
        return "\n".join(lines)


class ToolNotPriced(UsageError):
    def __init__(self, name: str, known: Sequence[str]) -> None:
        hint = did_you_mean(name, known)
        super().__init__(f"estimate_cost knows no tool {name[:60]!r} to price.", f"{hint}Known: {', '.join(known)}.")


async def estimate_cost(
    tool: Annotated[str, Field(description="Name of the tool that would be called.")],
    arguments: Annotated[dict[str, Any], Field(description="Its arguments, such as {source: …, pages: …}.")],
    models: Annotated[list[str] | None, Field(description="Model ids to compare; default: the current ones.")] = None,
    *,
    documents: Documents,
    claude: Claude,
    terms: Terms,
    patience: float | None,
) -> CostEstimate:
    """Say what a tool call would cost before it is made, for several models side by side: requests, tokens, USD now, as a batch and for the next question on the same document, and what would be cheaper. With a key the API counts what goes in, for free. Sends nothing that is billed. To describe a document, use inspect_document."""  # noqa: E501 - one line on the wire
    definition = _priced_tool(tool)
    given, named = _without_model(definition, arguments, models)
    from witnessmark_tools import estimating  # models and prices are read by the first call, not by starting the server
    from witnessmark_tools.jobs_to_price import job_maker

    maker = job_maker(definition.name)
    told = {"tool": definition.name, "models": named} | {name: given[name] for name in given if name not in SECRET}
    if maker is None:
        return await _free(definition, given, told, documents)
    ends = anyio.current_time() + estimating.seconds_to_ask(patience)
    chosen = await estimating.chosen_models(named, claude, terms, seconds=ends - anyio.current_time())
    async with maker(given, documents) as job:
        comparison, warnings = await estimating.estimated(
            job,
            chosen,
            given,
            documents=documents,
            claude=claude,
            terms=terms,
            seconds=max(1.0, ends - anyio.current_time()),
        )
        of_documents = [warning for document in job.documents for warning in document.warnings]
        return CostEstimate(
            result_id=result_id_of("estimate_cost", job.documents, told),
            documents=[document_read(document) for document in job.documents],
            engines=[OFFLINE],
            warnings=[*of_documents, *_left_out(job.damaged), *job.warnings, *warnings],
            tool=definition.name,
            models=comparison.costs,
            cheaper=comparison.cheaper,
            basis=comparison.basis,
        )


def _left_out(damaged: Sequence[int]) -> list[str]:
    return [f"{pages_in_words(damaged)}: damaged, or too slow to read; left out of the price."] if damaged else []


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


async def _free(
    definition: ToolDefinition, given: dict[str, Any], told: dict[str, Any], documents: Documents
) -> CostEstimate:
    """Say that a tool is free, once its document is there to be read."""
    if "source" not in given:
        return _nothing(definition, (), told)
    async with documents.open(given["source"], given.get("password")) as document:
        limit = documents.limits.pages_per_call
        pages_from_text(given.get("pages"), page_count=document.page_count, limit=limit)
        return _nothing(definition, (document,), told)


def _nothing(definition: ToolDefinition, documents: Sequence[Document], told: dict[str, Any]) -> CostEstimate:
    return CostEstimate(
        result_id=result_id_of("estimate_cost", documents, told) if documents else "r-free",
        documents=[document_read(document) for document in documents],
        engines=[OFFLINE],
        warnings=[warning for document in documents for warning in document.warnings],
        tool=definition.name,
        models=[],
        cheaper=[],
        basis=[f"{definition.name} is free: it runs on this machine and asks no model."],
    )


def _of_document(document: DocumentRead) -> str:
    return f" of {document.name}, {document.pages:,} page{'s'[: document.pages != 1]}"


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
