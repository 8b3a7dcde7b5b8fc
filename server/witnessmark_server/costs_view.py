"""Prices for people, side by side."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from witnessmark_server.people import Column, console_for_people, dollars, print_notes, print_table
from witnessmark_server.tables_view import harmless
from witnessmark_tools.estimate_cost import CostEstimate, ModelCost, TokenBand, UsdBand

if TYPE_CHECKING:
    from rich.console import Console

_PRICE = "price now"
_NEXT = (
    "next question: each further call about the same document within 5 minutes, when the API still keeps the document "
    "in its cache."
)


def show_costs(result: CostEstimate, console: Console | None = None) -> None:
    """Print what a call would cost with each model, and what would be cheaper."""
    from rich.text import Text

    console = console or console_for_people()
    for document in result.documents:
        pages = f"{document.pages:,} page{'s'[: document.pages != 1]}"
        name = (harmless(document.name), "bold")
        console.print(Text.assemble(name, f"  {pages}, {result.tool.replace('_', '-')}; nothing was billed"))
    if result.models:
        columns = _columns(result.models)
        print_table([one for one in columns if one.is_text or one.head == _PRICE or one.says_something], console)
        print_notes([*_explained(result.models), *_notes(result.models)], console)
        console.print()
    from witnessmark_tools.pricing import GOES_ON, OF_BATCHES  # models and prices are there by now

    print_notes([sentence for sentence in result.basis if sentence not in {GOES_ON, OF_BATCHES}], console)
    print_notes(result.cheaper, console, mark="↓", style="green")
    print_notes(result.warnings, console, mark="!", style="yellow")


def _columns(costs: Sequence[ModelCost]) -> list[Column]:
    """Give the columns that say something: what is the same for all models is said once, below."""
    has_next = any(_of(cost.usd_next_question) != _of(cost.usd) for cost in costs)
    columns = [
        Column(head="model", cells=[cost.model for cost in costs], is_text=True),
        Column(head=_PRICE, cells=[_of(cost.usd) for cost in costs]),
        Column(head="from – to", cells=[_band(cost.usd) for cost in costs]),
    ]
    if has_next:
        columns.append(Column(head="next question", cells=[_of(cost.usd_next_question) for cost in costs]))
    if not _is_same([cost.requests for cost in costs]):
        columns.append(Column(head="requests", cells=[f"{cost.requests:,}" for cost in costs]))
    return [*columns, Column(head="answered before", cells=[f"{cost.reused:,}" for cost in costs])]


def _explained(costs: Sequence[ModelCost]) -> list[str]:
    """Say what the figures mean, each in a sentence."""
    if not any(cost.requests for cost in costs):
        return []
    said = [f"{_PRICE}: the most likely price of this call; from – to: the range that it should stay in."]
    if any(_of(cost.usd_next_question) != _of(cost.usd) for cost in costs):
        writes = [(cost.usd_kept, cost.usd) for cost in costs if cost.usd_kept and cost.usd and cost.usd.estimate]
        again = " The same call again costs nothing."
        share = max((100 * (kept.estimate / now.estimate - 1) for kept, now in writes), default=0)
        first = f" The first of them costs up to {share:.0f} % more than now: it fills the cache." if share >= 1 else ""
        said.append(_NEXT + first + again)
    sent = [cost.input_tokens.total for cost in costs]
    given = [cost.output_tokens for cost in costs]
    if _is_same([*map(_tokens, sent)]) and _is_same([*map(_tokens, given)]):
        said.append(f"Tokens: {_tokens(sent[0])} in, {_tokens(given[0])} out.")
    else:
        each = zip(costs, sent, given, strict=True)
        said += [f"Tokens with {cost.model}: {_tokens(one)} in, {_tokens(other)} out." for cost, one, other in each]
    return said


def _notes(costs: Sequence[ModelCost]) -> list[str]:
    """Say what is sent; a sentence that all models share once, and the others with their model."""
    each = [[cost.sends, *cost.notes] for cost in costs]
    shared = [sentence for sentence in each[0] if all(sentence in others for others in each)]
    own = [
        (cost.model, [sentence for sentence in sentences if sentence not in shared])
        for cost, sentences in zip(costs, each, strict=True)
    ]
    return [*shared, *(f"{model}: {' '.join(sentences)}" for model, sentences in own if sentences)]


def _is_same(values: Sequence[object]) -> bool:
    return all(value == values[0] for value in values)


def _of(band: UsdBand | None) -> str:
    return dollars(None if band is None else band.estimate)


def _band(band: UsdBand | None) -> str:
    return "" if band is None or band.low == band.high else f"{dollars(band.low)} – {dollars(band.high)}"


def _tokens(band: TokenBand) -> str:
    return f"{band.estimate:,}" if band.low == band.high else f"{band.estimate:,} ({band.low:,} – {band.high:,})"
