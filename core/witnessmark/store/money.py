"""Money in the database: whole millionths of a millionth of a dollar, so that SQL sums it exactly.

The cheapest token costs 0.0055 millionths of a dollar (a cached one of the smallest model, as a batch, in one
region), so twelve digits behind the point hold every price without rounding, and 64 bits hold nine million dollars.
"""

from __future__ import annotations

from decimal import ROUND_HALF_EVEN, ROUND_UP, Decimal
from typing import overload

_DIGITS = 12


@overload
def units(usd: Decimal) -> int: ...
@overload
def units(usd: Decimal | None) -> int | None: ...
def units(usd: Decimal | None) -> int | None:
    """Give an amount as the database holds it."""
    return None if usd is None else int(usd.scaleb(_DIGITS).to_integral_value(ROUND_HALF_EVEN))


def usd(amount: int) -> Decimal:
    """Give an amount of the database in USD."""
    value = Decimal(amount).scaleb(-_DIGITS)
    return value.quantize(Decimal(1)) if value == value.to_integral_value() else value.normalize()


def usd_if_known(amount: int | None) -> Decimal | None:
    """Give an amount of the database in USD; one that is not known stays unknown."""
    return None if amount is None else usd(amount)


def shown(amount: Decimal) -> str:
    """Write an amount for a person: at least cents, at most millionths, never less than it is."""
    text = f"{amount.quantize(Decimal('0.000001'), ROUND_UP):f}"
    return text[:-4] + text[-4:].rstrip("0")
