"""What has been learned of an endpoint: learned once, said once, kept a day in the store, and what follows from it.

An endpoint is the Claude API itself, which is never taken to lack anything, or something else that speaks it: a gateway
before it, or a server of other models. What is known of the latter is in the store, so that all processes share it, and
forgotten after a day, so that an upgrade is noticed.
"""

from __future__ import annotations

import logging
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal
from urllib.parse import urlsplit

import anyio

from witnessmark.claude.delivery import Ways
from witnessmark.claude.request import Caching, Form, Structure
from witnessmark.plans.models import Model
from witnessmark.store import EndpointFact, Store

if TYPE_CHECKING:
    from collections.abc import Sequence

logger = logging.getLogger(__name__)

CLAUDE_API = "api.anthropic.com"

Feature = Literal[
    "files",
    "counting",
    "models",
    "structured outputs",
    "tools",
    "effort",
    "caching",
    "caching for an hour",
    "documents",
    "text documents",
    "images",
    "citations",
]
State = Literal["there", "absent", "refused", "ignored", "unmeasured"]
"""Of a feature: an address is absent; a part of a request is refused, or taken and ignored; and unmeasured is what an
endpoint cannot tell that does not say how many tokens it reads."""

_OF_ENDPOINT: frozenset[Feature] = frozenset({"files", "counting", "models"})
"""What all models of an endpoint have in common."""

_SENTENCES: dict[tuple[Feature, State], str] = {
    ("files", "absent"): "The endpoint {host} has no Files API: documents are sent with each request.",
    ("counting", "absent"): "The endpoint {host} does not count tokens: what goes in is estimated.",
    (
        "models",
        "absent",
    ): "The endpoint {host} has no Models API: what models can do is taken from what witnessmark knows.",
    ("structured outputs", "refused"): "{model} at {host} has no structured outputs: it answers by calling a tool.",
    ("structured outputs", "ignored"): "{model} at {host} ignores structured outputs: it answers by calling a tool.",
    ("tools", "refused"): "{model} at {host} takes no tools: it is asked for JSON in words.",
    ("tools", "ignored"): "{model} at {host} does not call tools: it is asked for JSON in words.",
    ("effort", "refused"): "{model} at {host} does not let effort be chosen.",
    ("caching", "refused"): "{model} at {host} has no prompt caching: asking again costs as much as the first time.",
    ("caching for an hour", "refused"): "{model} at {host} caches for five minutes and not for an hour.",
    ("caching", "ignored"): "{model} at {host} reports no caching: asking again costs as much as the first time.",
    ("documents", "refused"): "{model} at {host} takes no PDFs: it is sent pictures of their pages and their text.",
    ("documents", "ignored"): "{model} at {host} never sees PDFs: it is sent pictures of their pages and their text.",
    ("documents", "unmeasured"): "{model} at {host} is sent pictures of pages and their text, for whether it sees PDFs "
    "cannot be told.",
    ("citations", "refused"): "{model} at {host} has no citations: it is asked to quote what its statements rest on.",
    ("citations", "ignored"): "{model} at {host} cites nothing: it is asked to quote what its statements rest on.",
    (
        "images",
        "unmeasured",
    ): "The endpoint {host} does not say how much {model} reads: whether it sees the pages cannot be told.",
}
"""What is said of what is missing, and worked around. Text is sent as text where documents of text are missing, which
changes nothing; where images are, nothing is sent."""


@dataclass(slots=True, kw_only=True)
class Endpoint:
    """An endpoint, and what is known of it."""

    url: str
    store: Store
    structures: dict[str, Structure] = field(default_factory=dict[str, Structure])
    """By model: how JSON was asked for where it was answered, in this process."""
    signed: dict[str, bool] = field(default_factory=dict[str, bool])
    """By model: whether its last answer bore the Claude API's own headers, in this process."""
    lost_uploads: int = 0
    """Of this process, that found no Files API."""
    was_greeted: bool = False
    """Whether it was tried, in this process, to see who answers."""
    is_puzzling: bool = False
    """Whether the cache gave less than it should and nobody knew why: the API is asked to say it next time."""
    _states: dict[tuple[str, str], str] = field(default_factory=dict[tuple[str, str], str])
    _alone: dict[str, anyio.Lock] = field(default_factory=dict[str, anyio.Lock])

    @property
    def is_claude_api(self) -> bool:
        """Whether this is the Claude API itself: an odd answer of it is a bad day and no lack."""
        return urlsplit(self.url).hostname == CLAUDE_API

    @property
    def is_known(self) -> bool:
        """Whether it is known without asking what answers: the Claude API, or something whose models were looked at."""
        return self.is_claude_api or any(model for model, _ in self._states)

    async def recall(self) -> None:
        """Read what this and other processes have learned, and forget what is old."""
        if not self.is_claude_api:
            facts = await self.store.endpoint_facts(self.url)
            self._states = {(fact.model, fact.what): fact.state for fact in facts}

    async def learn(self, what: Feature, state: State, model: str = "") -> None:
        """Keep how a feature is there or missing."""
        if self.is_claude_api:
            return
        fact = EndpointFact(endpoint=self.url, model="" if what in _OF_ENDPOINT else model, what=what, state=state)
        self._states[fact.model, fact.what] = fact.state
        if await self.store.learn(fact) and (sentence := sentence_of(fact)):
            logger.warning("endpoint with less: %s", sentence)

    def state(self, what: Feature, model: str = "") -> str | None:
        """Say how a feature is there or missing; None: nobody knows."""
        return self._states.get(("" if what in _OF_ENDPOINT else model, what))

    def was_looked_at(self, model: str) -> bool:
        """Say whether it was found out what a model sees, as it is where something else than the Claude API answers."""
        return any(self.state(what, model) is not None for what in ("documents", "text documents", "images"))

    def lacks(self, what: Feature, model: str = "") -> bool:
        return self.state(what, model) not in {None, "there"}

    def ways(self, model: Model, *, urls: bool = True) -> Ways:
        """Say how an ask is sent, as far as it is known what the endpoint takes."""
        return Ways(
            files=not self.lacks("files"),
            urls=urls,
            documents=not self.lacks("documents", model.id),
            form=Form(
                structure=self.structure(model),
                effort=not self.lacks("effort", model.id),
                caching=self._caching(model),
                text_documents=not self.lacks("text documents", model.id),
                citations=not self.lacks("citations", model.id),
            ),
        )

    def _caching(self, model: Model) -> Caching:
        if self.state("caching", model.id) == "refused":
            return "none"
        return "5m" if self.lacks("caching for an hour", model.id) else "any"

    def structure(self, model: Model) -> Structure:
        """Say how JSON is asked for from a model."""
        if self.lacks("tools", model.id):
            return "prompt"
        if self.lacks("structured outputs", model.id):
            return "tool"
        usual: Structure = "format" if model.structured_outputs else "tool"
        # Elsewhere than at the Claude API what was learned has an end, and this has none.
        return self.structures.get(model.id, usual) if self.signed.get(model.id, True) else usual

    def alone(self, model: str) -> anyio.Lock:
        """Give what the first ask to a model holds, so that others do not find out the same at the same time."""
        return self._alone.setdefault(model, anyio.Lock())

    async def unsaid(self, models: Sequence[str]) -> list[str]:
        """Say what was learned since somebody was told last, and what has to be said each time."""
        if self.is_claude_api:
            return []
        facts = {(fact.model, fact.what): fact for fact in await self.store.unsaid(self.url, ["", *models])}
        facts |= {
            (model, "images"): EndpointFact(endpoint=self.url, model=model, what="images", state="unmeasured")
            for model in models
            if self.state("images", model) == "unmeasured"
        }
        return [sentence for fact in facts.values() if (sentence := sentence_of(fact))]


def sentence_of(fact: EndpointFact) -> str:
    """Say what a fact means to whoever asks; empty where it changes nothing for them."""
    template = next((text for key, text in _SENTENCES.items() if key == (fact.what, fact.state)), "")
    return template.format(host=urlsplit(fact.endpoint).netloc, model=fact.model)
