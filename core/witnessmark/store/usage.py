"""What was used: sums of the ledger by day, tool, model or document, and what images took."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from statistics import median
from typing import TYPE_CHECKING

from witnessmark.store.answers import tokens_from
from witnessmark.store.money import usd
from witnessmark.store.schema import TOKEN_COLUMNS
from witnessmark.store.values import Grouping, ImageDay, Jump, UsageRow

if TYPE_CHECKING:
    from sqlite3 import Connection

JUMP_FACTOR = 1.5
ENOUGH_IMAGES = 20
"""Fewer images in a day say nothing: one large scan would be a jump."""

_DAY = "date(sent_at, 'unixepoch', 'localtime')"
_GROUPS: dict[Grouping, str] = {"day": _DAY, "tool": "tool", "model": "model", "document": "document"}
_PROMPT = "input_tokens + cache_read_tokens + cache_creation_5m_tokens + cache_creation_1h_tokens"


def usage_rows(db: Connection, *, since: float, until: float, by: Grouping) -> tuple[UsageRow, ...]:
    """Sum the ledger; days in their order, the rest by cost."""
    group = _GROUPS[by]
    rows = db.execute(
        f"""SELECT {group}, max(document_name), sum(state = 'answered'), sum(state = 'reused'),
        sum(state = 'not billed'), sum(state = 'possibly billed'), sum(state = 'sent'),
        sum(iif(state = 'answered', images, 0)), sum(iif(state = 'answered', coalesce(usd, 0), 0)),
        sum(state = 'answered' AND usd IS NULL), sum(iif(state = 'possibly billed', coalesce(estimated_usd, 0), 0)),
        sum(iif(state = 'reused', coalesce(usd, 0), 0)),
        sum(iif(state = 'answered', coalesce(usd_without_cache - usd, 0), 0)),
        {_sums("answered")}, {_sums("reused")} FROM sends WHERE sent_at >= ? AND sent_at < ? GROUP BY 1
        ORDER BY {"1" if by == "day" else "9 DESC, 1"}""",
        (since, until),
    )
    kinds = len(TOKEN_COLUMNS)
    return tuple(
        UsageRow(
            of=row[0],
            name=row[1] if by == "document" else row[0],
            calls=row[2],
            reused=row[3],
            not_billed=row[4],
            possibly_billed=row[5],
            in_flight=row[6],
            images=row[7],
            usd=usd(row[8]),
            unpriced=row[9],
            possibly_billed_usd=usd(row[10]),
            saved_by_reuse_usd=usd(row[11]),
            saved_by_caching_usd=usd(row[12]),
            tokens=tokens_from(list(row[13 : 13 + kinds])),
            saved_by_reuse_tokens=tokens_from(list(row[13 + kinds :])),
        )
        for row in rows
    )


def image_days(db: Connection, *, since: float) -> tuple[ImageDay, ...]:
    """Sum what the images of each local day took, in the order of days."""
    rows = db.execute(
        f"SELECT {_DAY}, sum(images), sum({_PROMPT}) FROM sends "
        "WHERE sent_at >= ? AND state = 'answered' AND images > 0 GROUP BY 1 ORDER BY 1",
        (since,),
    )
    return tuple(ImageDay(day=date.fromisoformat(day), images=n, input_tokens=tokens) for day, n, tokens in rows)


def jump(days: Sequence[ImageDay]) -> Jump | None:
    """Say whether the images of the last day took much more than those of the days before it."""
    if not days or days[-1].images < ENOUGH_IMAGES:
        return None
    *before, last = days
    usual = [day.average for day in before if day.images >= ENOUGH_IMAGES]
    if not usual or median(usual) <= 0 or last.average < JUMP_FACTOR * median(usual):
        return None
    return Jump(day=last.day, average=last.average, usual=median(usual))


def _sums(state: str) -> str:
    return ", ".join(f"sum(iif(state = '{state}', {column}, 0))" for column in TOKEN_COLUMNS)
