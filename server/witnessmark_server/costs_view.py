"""Prices on a terminal, side by side."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

from witnessmark_server.tables_view import WIDTH_WITHOUT_TERMINAL, harmless
from witnessmark_tools.estimate_cost import CostEstimate, TokenBand, UsdBand, usd

if TYPE_CHECKING:
    from rich.console import Console
    from rich.text import Text


def show_costs(result: CostEstimate, console: Console | None = None) -> None:
    """Print what a call would cost with each model, its band below each figure, and what would be cheaper."""
    from rich import box
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    console = console or Console(width=None if sys.stdout.isatty() else WIDTH_WITHOUT_TERMINAL, highlight=False)
    for document in result.documents:
        pages = f"{document.pages:,} page{'s'[: document.pages != 1]}"
        console.print(Text.assemble((harmless(document.name), "bold"), f"  {pages}, {result.tool}; nothing was billed"))
    if result.models:
        grid = Table(box=box.SIMPLE_HEAD, header_style="bold cyan", pad_edge=False)
        grid.add_column("model")
        for head in ("requests", "tokens in", "tokens out", "USD now", "as a batch", "second", "further"):
            grid.add_column(head, justify="right")
        for cost in result.models:
            amounts = (cost.usd, cost.usd_batch, cost.usd_kept, cost.usd_next_question)
            tokens = (cost.input_tokens.total, cost.output_tokens)
            grid.add_row(cost.model, str(cost.requests), *map(_of_tokens, tokens), *map(_of_usd, amounts))
        console.print(grid)
        for cost in result.models:
            console.print(Text(f"  {cost.model}: {' '.join([cost.sends, *cost.notes])}", "dim"))
        console.print()
    for sentence in result.basis:
        console.print(Text(f"  {sentence}", "dim"))
    for way in result.cheaper:
        console.print(Text.assemble(("↓ ", "green bold"), harmless(way)))
    for warning in result.warnings:
        console.print(Text.assemble(("! ", "yellow bold"), harmless(warning)))


def _of_tokens(band: TokenBand) -> Text:
    from rich.text import Text

    below = "" if band.low == band.high else f"\n{band.low:,}–{band.high:,}"
    return Text.assemble(f"{band.estimate:,}", (below, "dim"))


def _of_usd(band: UsdBand | None) -> Text:
    from rich.text import Text

    if band is None:
        return Text("unknown", "yellow")
    below = "" if band.low == band.high else f"\n{usd(band.low)}–{usd(band.high)}"
    return Text.assemble(usd(band.estimate), (below, "dim"))
