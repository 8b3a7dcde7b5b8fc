"""What a call may cost: the price held against every limit before anything is sent."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING

from witnessmark.errors import BudgetError

if TYPE_CHECKING:
    from witnessmark.plans.price import Usd  # prices are read by the first call, not by starting the server

ASK_ABOVE_USD = Decimal("0.50")
PER_DAY_USD = Decimal(5)
"""What a day may cost where the operator sets no limit."""


class CostAboveLimit(BudgetError):
    """The caller's own limit."""

    def __init__(self, price: Usd, *, limit: Decimal) -> None:
        super().__init__(
            f"This call would cost about {_usd(price.estimate)}, more than max_cost_usd={_plain(limit)}; nothing was "
            "sent.",
            "Pass a higher `max_cost_usd`, fewer pages or a cheaper model; estimate_cost compares them.",
        )
        self.price, self.limit = price, limit


class CallAboveBudget(BudgetError):
    """The operator's limit for one call."""

    def __init__(self, price: Usd, *, limit: Decimal) -> None:
        super().__init__(
            f"This call would cost about {_usd(price.estimate)}, and one call may cost {_usd(limit)} here; nothing was "
            "sent.",
            "Pass fewer pages or a cheaper model; the operator can raise WITNESSMARK_MAX_USD_PER_CALL.",
        )
        self.price, self.limit = price, limit


class PriceNotApproved(BudgetError):
    """The price is above what is spent without asking, and nobody said yes."""

    def __init__(
        self, price: Usd, model: str, *, limit: Decimal, most: Decimal | None = None, was_declined: bool = False
    ) -> None:
        why = "and that was declined" if was_declined else f"and above {_usd(limit)} somebody has to agree"
        up_to = "" if most is None else f", or up to {_rounded_up(most)} so that pages in doubt may go up"
        super().__init__(
            f"With {_told(price, model, most)}, {why}; nothing was sent.",
            f"To agree, call again with max_cost_usd={_rounded_up(price.estimate)}{up_to}; or pass fewer pages, a "
            "cheaper model, or model='offline'.",
        )
        self.price = price
        self.model = model
        self.limit = limit
        self.most = most

    @property
    def agreed_usd(self) -> Decimal:
        """What a yes to the question allows: the upper end of the band that it names, and no more."""
        return self.price.high if self.most is None else max(self.price.high, self.most)

    def up_to(self, most: Decimal) -> PriceNotApproved:
        """Say the same where dearer models may have to read again, and what all of it may come to."""
        return PriceNotApproved(self.price, self.model, limit=self.limit, most=most)

    def declined(self) -> PriceNotApproved:
        """Say the same after somebody was asked and said no."""
        return PriceNotApproved(self.price, self.model, limit=self.limit, most=self.most, was_declined=True)

    @property
    def question(self) -> str:
        """What a person is asked."""
        return f"With {_told(self.price, self.model, self.most)}. Spend it?"


class PriceUnknown(BudgetError):
    """No limit can be kept where the price is not known."""

    def __init__(self, model: str, setting: str) -> None:
        super().__init__(
            f"The price of {model} is not known, so {setting} cannot be kept; nothing was sent.",
            "Use a model with a known price (estimate_cost lists them), or lift the limit.",
        )
        self.setting = setting


@dataclass(frozen=True, slots=True, kw_only=True)
class SpendingLimits:
    """What the operator allows.

    Units:  USD
    """

    ask_above_usd: Decimal = ASK_ABOVE_USD
    per_call_usd: Decimal | None = None
    per_day_usd: Decimal | None = None
    per_month_usd: Decimal | None = None
    is_day_default: bool = False
    """Whether the limit of the day is ours and not the operator's: it stops no model whose price is unknown."""

    @property
    def strictest_setting(self) -> str | None:
        """Name one limit that the operator has set; None where there is none."""
        day = None if self.is_day_default else self.per_day_usd
        amounts = {"DAY": day, "MONTH": self.per_month_usd, "CALL": self.per_call_usd}
        return next((f"WITNESSMARK_MAX_USD_PER_{name}" for name, amount in amounts.items() if amount is not None), None)


def check_price(
    price: Usd | None,
    model: str,
    limits: SpendingLimits,
    *,
    max_cost_usd: Decimal | None,
    approved_usd: Decimal | None = None,
    spent_usd: Decimal = Decimal(0),
) -> Decimal | None:
    """Hold a price against the limits of one call; its estimate is what counts.

    Shapes:  `spent_usd` is what the call has cost so far, which counts with the price; what the call may come to cost
             in all, which is never more than is agreed to; None: its price is not known
    Errors:  `PriceUnknown`, `CallAboveBudget`, `CostAboveLimit`, `PriceNotApproved`
    """
    if price is None:
        setting = "max_cost_usd" if max_cost_usd is not None else limits.strictest_setting
        if setting is not None:
            raise PriceUnknown(model, setting)
        return None
    whole = price.estimate + spent_usd
    if limits.per_call_usd is not None and whole > limits.per_call_usd:
        raise CallAboveBudget(price, limit=limits.per_call_usd)
    if max_cost_usd is not None and whole > max_cost_usd:
        raise CostAboveLimit(price, limit=max_cost_usd)
    agreed = max_cost_usd if max_cost_usd is not None else approved_usd
    if price.estimate > max(limits.ask_above_usd, agreed or Decimal(0)):
        raise PriceNotApproved(price, model, limit=limits.ask_above_usd)
    bounds = [limit for limit in (limits.per_call_usd, max_cost_usd) if limit is not None]
    return min([*bounds, max(limits.ask_above_usd, agreed or Decimal(0))])


def _told(price: Usd, model: str, most: Decimal | None) -> str:
    up_to = "" if most is None else f", and up to about {_usd(most)} if all pages had to go up to dearer models"
    return f"{model} this call would cost {_in_words(price)}{up_to}"


def _in_words(price: Usd) -> str:
    return f"about {_usd(price.estimate)} ({_usd(price.low)} to {_usd(price.high)})"


def _usd(amount: Decimal) -> str:
    return f"${_plain(amount)}"


def _plain(amount: Decimal) -> str:
    return f"{amount:.6f}".rstrip("0") if 0 < amount < Decimal("0.01") else f"{amount:.2f}"


def _rounded_up(amount: Decimal) -> str:
    cents = (amount * 100).to_integral_value(rounding="ROUND_CEILING")
    return f"{cents / 100:.2f}"
