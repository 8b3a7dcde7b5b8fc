"""What was spent, for people."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from witnessmark_server.people import Column, console_for_people, count, dollars, print_notes, print_table
from witnessmark_server.tables_view import show_files
from witnessmark_tools.usage_report import DAYS, UsageLine, UsageReport

if TYPE_CHECKING:
    from rich.console import Console

_MEANINGS = {
    "reused": "reused: answers that were paid for before and given again for free.",
    "tokens in": "tokens in: all that was sent, tokens of the API's cache included.",
    "saved": "saved: what reused answers and the API's cache would have cost in addition.",
}


def show_usage(result: UsageReport, console: Console | None = None) -> None:
    """Print what was spent by day, tool, model or document, without columns that do not apply."""
    from rich.text import Text

    console = console or console_for_people()
    days = DAYS.get(result.period)
    when = "today" if days == 1 else f"in the last {days} days" if days else "since the first call"
    total = result.total
    is_empty = not (total.calls or total.reused or total.possibly_billed)
    says = "nothing" if is_empty else dollars(total.usd)
    console.print(Text.assemble(("Spent on Claude ", "bold"), f"{when}: ", (says, "bold")))
    if not is_empty:
        columns = _columns(result.by, [*result.lines, total])
        shown = [column for column in columns if column.is_text or column.head == "price" or column.says_something]
        print_table(shown, console)
        print_notes([_MEANINGS[column.head] for column in shown if column.head in _MEANINGS], console)
    print_notes(_notes(result), console)
    print_notes([result.alarm] if result.alarm else [], console, mark="!", style="yellow")
    print_notes(result.warnings, console, mark="!", style="yellow")
    show_files("Files:", [Path(file.path) for file in result.files])


def _columns(by: str, lines: Sequence[UsageLine]) -> list[Column]:
    sent = [line.input_tokens + line.cache_read_input_tokens + line.cache_creation_input_tokens for line in lines]
    return [
        Column(head=by, cells=[line.name for line in lines], is_text=True),
        Column(head="calls", cells=[count(line.calls) for line in lines]),
        Column(head="reused", cells=[count(line.reused) for line in lines]),
        Column(head="pages", cells=[count(line.images) for line in lines]),
        Column(head="tokens in", cells=[count(tokens) for tokens in sent]),
        Column(head="out", cells=[count(line.output_tokens) for line in lines]),
        Column(head="price", cells=[dollars(line.usd) for line in lines]),
        Column(head="saved", cells=[dollars(line.saved_by_reuse_usd + line.saved_by_caching_usd) for line in lines]),
    ]


def _notes(result: UsageReport) -> list[str]:
    total = result.total
    said: list[str] = []
    if total.possibly_billed:
        requests = "1 request was" if total.possibly_billed == 1 else f"{total.possibly_billed:,} requests were"
        said.append(
            f"{requests} sent and not answered. They may have been billed: about {dollars(total.possibly_billed_usd)}, "
            "not counted above."
        )
    if missed := [one for one in result.cache_misses if one.lost_usd]:
        reasons = ", ".join(f"{one.count:,} {one.reason}" for one in missed)
        lost = dollars(sum(one.lost_usd for one in missed))
        said.append(f"The API's cache gave less than expected ({reasons}): about {lost} more, counted above.")
    if result.images:
        last = result.images[-1]
        said.append(f"Input tokens per page or image on {last.day}: {last.input_tokens_per_image:,.0f}.")
    return said
