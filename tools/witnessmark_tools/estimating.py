"""What is found out before a call is priced: models as they are, what the API counts, what was answered before."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import anyio

from witnessmark.documents.document import Document
from witnessmark.documents.opening import Documents
from witnessmark.errors import InputError, SetupError
from witnessmark.plans.models import Model, ModelRetired, ladder, offered_models
from witnessmark.plans.plan import Ask, Plan
from witnessmark_tools.jobs_to_price import Job
from witnessmark_tools.paid import obstacle_to, reuse_since
from witnessmark_tools.pricing import Candidate, Comparison, compare
from witnessmark_tools.results import pages_in_words
from witnessmark_tools.terms import AUTO, OFFLINE, Terms

if TYPE_CHECKING:
    from witnessmark.claude.client import Claude

MOST_SECONDS = 20.0
"""For everything that is asked of the API before a price is said."""
_FOR_MODELS = 0.4
"""Of that time, at most, for what the Models API says; the rest is for counting."""
_NO_KEY = "Without a key what goes in is estimated; with one (ANTHROPIC_API_KEY) the API counts it, for free."


@dataclass(frozen=True, slots=True, kw_only=True)
class Chosen:
    """The models to compare; None among them is the offline engine."""

    models: list[Model | None]
    auto: tuple[Model, ...] = ()
    """Those that `auto` goes through, where it is to be priced, too."""
    warnings: list[str] = field(default_factory=list[str])
    trouble: SetupError | None = None
    """Why the API need not be asked any more."""


def seconds_to_ask(patience: float | None) -> float:
    """Say how long the API may be asked, where a call may take `patience` seconds."""
    return MOST_SECONDS if patience is None else min(MOST_SECONDS, patience / 2)


async def chosen_models(names: Sequence[str] | None, claude: Claude, terms: Terms, *, seconds: float) -> Chosen:
    """Find models as the Models API says they are, or as we know them where it does not answer in time.

    Shapes:  no names are the current line-up, with whoever reads where a call names no model
    Errors:  `ModelRetired`, `ModelUnknown`, of models that were named
    """
    told = list(dict.fromkeys(names or _line_up(terms)))
    wanted = [name for name in told if name.strip().lower() != AUTO]
    rungs = [model.id for model in ladder()] if len(wanted) < len(told) else []
    found: dict[str, Model | None] = {name: None for name in wanted if name.strip().lower() == OFFLINE}
    refused: dict[str, InputError] = {}
    trouble: list[SetupError] = []

    async def find(name: str) -> None:
        try:
            found[name] = await claude.model(name)
        except InputError as error:
            refused[name] = error
        except SetupError as error:
            trouble.append(error)

    if claude.has_key:
        with anyio.move_on_after(seconds * _FOR_MODELS):
            async with anyio.create_task_group() as tasks:
                for name in dict.fromkeys([*wanted, *rungs]):
                    if name not in found:
                        tasks.start_soon(find, name)
    models: list[Model | None] = []
    warnings: list[str] = []
    for name in wanted:
        if name not in refused:
            models.append(found[name] if name in found else claude.model_unasked(name))
        elif names is None and isinstance(refused[name], ModelRetired):
            warnings.append(refused[name].message)
        else:
            raise refused[name]
    auto = [found.get(name) or claude.model_unasked(name) for name in rungs if name not in refused]
    return Chosen(
        models=list(dict.fromkeys(models)),
        auto=tuple(auto),
        warnings=warnings,
        trouble=trouble[0] if trouble else None,
    )


async def estimated(
    job: Job,
    chosen: Chosen,
    given: dict[str, Any],
    *,
    documents: Documents,
    claude: Claude,
    terms: Terms,
    seconds: float,
) -> tuple[Comparison, list[str]]:
    """Price what a call would send to each model with these arguments.

    Shapes:  the prices, and what has to be said of them
    Units:   `seconds` that the API may be asked
    Errors:  `DocumentQuarantined`, `ModelCannotSee`
    """

    def prepared() -> tuple[list[Plan | None], list[Plan]]:
        plans = [None if model is None else job.plan(model) for model in chosen.models]
        first = job.auto_plan or job.plan
        return plans, [job.plan_again(model) if n else first(model) for n, model in enumerate(chosen.auto)]

    plans, steps = await anyio.to_thread.run_sync(prepared, abandon_on_cancel=True)
    since = reuse_since(terms, reuse=given["reuse"])

    async def candidate(model: Model, plan: Plan) -> Candidate:
        unpaid = await claude.unpaid(plan, job.documents, model=model, reuse_since=since)
        obstacle = await obstacle_to(unpaid.plan, model, claude=claude, terms=terms, max_cost_usd=given["max_cost_usd"])
        return Candidate(model=model, unpaid=unpaid, obstacle=obstacle)

    auto = [await candidate(model, plan) for model, plan in zip(chosen.auto, steps, strict=True)]
    candidates = [
        None if model is None or plan is None else await candidate(model, plan)
        for model, plan in zip(chosen.models, plans, strict=True)
    ]
    # What goes up is not known before, and would be much to count: it is estimated.
    models = [*auto[:1], *(one for one in candidates if one is not None)]
    asks = [(ask, one.model) for one in models for ask in one.unpaid.plan.asks]
    tokens, why = await _counted(asks, job.documents, chosen, documents=documents, claude=claude, seconds=seconds)
    left_out = sorted({page for one in models for page in one.unpaid.left_out})
    refused = f"{pages_in_words(left_out)}: refused by the API before; not sent again, and left out of the price."

    def priced() -> Comparison:
        has_ocr, today = documents.recogniser is not None, datetime.now(UTC).date()
        return compare(job, candidates, auto=auto, has_ocr=has_ocr, today=today, counted=tokens)

    comparison = await anyio.to_thread.run_sync(priced, abandon_on_cancel=True)
    return comparison, [*chosen.warnings, *([refused] if left_out else []), *why]


async def _counted(
    asks: Sequence[tuple[Ask, Model]],
    sources: Sequence[Document],
    chosen: Chosen,
    *,
    documents: Documents,
    claude: Claude,
    seconds: float,
) -> tuple[dict[str, int], list[str]]:
    """Have the API count what it can, and say why the rest is estimated."""
    if not asks:
        return {}, []
    if not claude.has_key:
        return {}, [_NO_KEY]
    trouble = chosen.trouble
    if trouble is None:
        try:
            counted = await claude.counted(asks, documents=documents, sources=sources, seconds=seconds)
        except SetupError as error:
            trouble = error
        else:
            missing = len({ask.content_key for ask, _ in asks}) - len(counted.tokens)
            what = "What goes in is" if not counted.tokens else f"What goes into {missing} of {len(asks)} requests is"
            why = [f"{what} estimated and not counted. {' '.join(counted.gaps)}".rstrip()] if missing else []
            return counted.tokens, why
    return {}, [f"What goes in is estimated and not counted. {trouble}"]


def _line_up(terms: Terms) -> list[str]:
    names = [model.id for model in offered_models()]
    if terms.model is None or terms.model == AUTO:
        return [AUTO, *names]
    return names if terms.model in {OFFLINE, *names} else [*names, terms.model]
