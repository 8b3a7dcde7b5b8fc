"""`usage_report`: what was spent, on what, and what reuse and caching saved."""

from __future__ import annotations

import time
from collections.abc import Sequence
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, Annotated, Literal

from pydantic import Field

from witnessmark.exports.folder import ExportFolder
from witnessmark_tools.results import ExportedFile, Frozen, Result

if TYPE_CHECKING:
    from witnessmark.claude.client import Claude
    from witnessmark.store import Jump, UsageRow

Period = Literal["today", "week", "month", "year", "all"]
Grouping = Literal["day", "tool", "model", "document"]

DAYS: dict[Period, int] = {"today": 1, "week": 7, "month": 30, "year": 365}
ALL_DAYS = 36_500
IMAGE_DAYS = 30


class UsageLine(Frozen):
    """What one day, tool, model or document took; amounts in USD."""

    of: str
    name: str
    calls: int = Field(description="Answers paid for.")
    reused: int = Field(description="Answers paid for earlier and given again.")
    possibly_billed: int = Field(description="Sent without an answer: nobody knows.")
    images: int = Field(description="Images and PDF pages.")
    input_tokens: int
    output_tokens: int
    cache_read_input_tokens: int
    cache_creation_input_tokens: int
    usd: float | None = Field(description="null: some prices are not known.")
    possibly_billed_usd: float
    saved_by_reuse_usd: float
    saved_by_caching_usd: float


class ImageAverage(Frozen):
    day: str
    images: int
    input_tokens_per_image: float


class CacheMissed(Frozen):
    """Answers that read less from the cache than expected."""

    reason: str
    count: int
    lost_usd: float


class UsageReport(Result):
    """Tokens and money of a period."""

    period: Period
    by: Grouping
    lines: list[UsageLine]
    total: UsageLine
    images: list[ImageAverage] = Field(description="Of the last 30 days.")
    alarm: str | None = Field(description="When images take much more than they did.")
    cache_misses: list[CacheMissed] = Field(default=[], description="By reason.")
    files: list[ExportedFile] = Field(default=[])

    @property
    def exported(self) -> Sequence[ExportedFile]:
        return self.files

    def to_text(self) -> str:
        lines = [f"Usage, {self.period}, by {self.by} (result {self.result_id})"]
        lines += [f"Warning: {warning}" for warning in self.warnings]
        lines += [
            "",
            f"| {self.by} | calls | reused | images | tokens in | tokens out | USD | saved |",
            "| --- " * 8 + "|",
            *(_row(line) for line in [*self.lines, self.total]),
        ]
        if self.total.possibly_billed:
            lines.append(
                f"{self.total.possibly_billed} sent without an answer may have been billed: about "
                f"${self.total.possibly_billed_usd:.4f}, not counted above."
            )
        if dear := [missed for missed in self.cache_misses if missed.lost_usd]:
            reasons = ", ".join(f"{missed.count} {missed.reason}" for missed in dear)
            lost = sum(missed.lost_usd for missed in dear)
            lines.append(f"The cache gave less than expected ({reasons}): about ${lost:.4f} more, counted above.")
        if self.alarm:
            lines.append(f"Alarm: {self.alarm}")
        if self.images:
            last = self.images[-1]
            lines.append(f"Input tokens per image on {last.day}: {last.input_tokens_per_image:,.0f}.")
        lines += [f"File: {file.path} ({file.uri})" for file in self.files]
        return "\n".join(lines)

    def shortened(self, limit: int) -> UsageReport:
        kept = max(1, limit // 600)
        if len(self.lines) <= kept:
            return self
        told = f"{kept} of {len(self.lines)} lines are shown."
        return self.model_copy(update={"lines": self.lines[:kept], "warnings": [*self.warnings, told]})


async def usage_report(
    period: Annotated[Period, Field(description="The last 1, 7, 30 or 365 days with today, or everything.")] = "month",
    by: Annotated[Grouping, Field(description="What each line adds up.")] = "day",
    export: Annotated[Literal["csv"] | None, Field(description="csv: also a file with every single call.")] = None,
    *,
    claude: Claude,
    exports: ExportFolder,
) -> UsageReport:
    """Say what was spent on Claude by this installation: tokens and USD by day, tool, model or document, what reuse and caching saved, what may have been billed without an answer, and whether images have come to cost more. Free. What a call would cost: estimate_cost."""  # noqa: E501 - one line on the wire
    from witnessmark.store import jump  # not before somebody asks

    store = claude.store
    since, until = _bounds(period), time.time() + 1
    rows = await store.usage(since=since, until=until, by=by)
    lines = [_line(row) for row in rows]
    misses = await store.cache_misses(since=since, until=until)
    days = await store.image_averages(days=IMAGE_DAYS)
    found = jump(days)
    files = [await _ledger_file(claude, exports, since, until)] if export else []
    return UsageReport(
        result_id=f"r-usage-{period}-{by}-{date.today().isoformat()}",  # noqa: DTZ011 - the user's own calendar
        documents=[],
        engines=["offline"],
        period=period,
        by=by,
        lines=lines,
        total=_total(lines),
        images=[
            ImageAverage(day=day.day.isoformat(), images=day.images, input_tokens_per_image=round(day.average, 1))
            for day in days
            if day.images
        ],
        alarm=None if found is None else _alarm(found),
        cache_misses=[
            CacheMissed(reason=missed.reason, count=missed.count, lost_usd=float(missed.lost_usd)) for missed in misses
        ],
        files=files,
    )


def _alarm(found: Jump) -> str:
    return (
        f"On {found.day.isoformat()} an image took {found.average:,.0f} input tokens on average, {found.factor:.1f} "
        f"times the usual {found.usual:,.0f}: look for larger images, another model, or PDFs sent whole."
    )


def _bounds(period: Period) -> float:
    days = DAYS.get(period, ALL_DAYS)
    midnight = datetime.now().replace(hour=0, minute=0, second=0, microsecond=0)  # noqa: DTZ005 - the user's calendar
    if days == ALL_DAYS:
        return 0.0
    return (midnight - timedelta(days=days - 1)).timestamp()


def _line(row: UsageRow) -> UsageLine:
    return UsageLine(
        of=row.of,
        name=row.name,
        calls=row.calls,
        reused=row.reused,
        possibly_billed=row.possibly_billed,
        images=row.images,
        input_tokens=row.tokens.input,
        output_tokens=row.tokens.output,
        cache_read_input_tokens=row.tokens.cache_read,
        cache_creation_input_tokens=row.tokens.cache_creation_5m + row.tokens.cache_creation_1h,
        usd=None if row.unpriced else float(row.usd),
        possibly_billed_usd=float(row.possibly_billed_usd),
        saved_by_reuse_usd=float(row.saved_by_reuse_usd),
        saved_by_caching_usd=float(row.saved_by_caching_usd),
    )


def _total(lines: Sequence[UsageLine]) -> UsageLine:
    amounts = [line.usd for line in lines]
    known = [amount for amount in amounts if amount is not None]
    texts_and_usd = {"of", "name", "usd"}
    summed = {
        name: sum(getattr(line, name) for line in lines) for name in UsageLine.model_fields if name not in texts_and_usd
    }
    return UsageLine(
        of="total", name="total", usd=round(sum(known), 9) if len(known) == len(amounts) else None, **summed
    )


def _row(line: UsageLine) -> str:
    saved = line.saved_by_reuse_usd + line.saved_by_caching_usd
    tokens = line.input_tokens + line.cache_read_input_tokens + line.cache_creation_input_tokens
    usd = "unknown" if line.usd is None else f"{line.usd:.4f}"
    name = line.name.replace("|", "\\|")
    cells = (name, line.calls, line.reused, line.images, f"{tokens:,}", f"{line.output_tokens:,}", usd, f"{saved:.4f}")
    return f"| {' | '.join(map(str, cells))} |"


async def _ledger_file(claude: Claude, exports: ExportFolder, since: float, until: float) -> ExportedFile:
    import anyio

    from witnessmark.exports.csv import csv_from_rows
    from witnessmark_tools.exporting import exported_file
    from witnessmark_tools.ledger_rows import LEDGER_HEADS, cell, ledger_columns

    entries = [entry async for entry in claude.store.entries(since=since, until=until)]
    rows = [list(LEDGER_HEADS), *([cell(value) for value in ledger_columns(entry).values()] for entry in entries)]
    content = await anyio.to_thread.run_sync(csv_from_rows, rows)
    name = f"ledger-{datetime.fromtimestamp(until).date().isoformat()}.csv"  # noqa: DTZ006 - the user's calendar
    return await anyio.to_thread.run_sync(exported_file, exports, name, content)
