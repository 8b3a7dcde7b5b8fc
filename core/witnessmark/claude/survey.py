"""What an endpoint that is not the Claude API can and cannot do, as far as that is found out for free."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from witnessmark.claude.body import JsonBody
from witnessmark.claude.endpoint import Endpoint, Feature, sentence_of
from witnessmark.claude.failures import AttemptFailed
from witnessmark.store import EndpointFact

if TYPE_CHECKING:
    from witnessmark.claude.connection import Connection

_OF_MODELS: tuple[Feature, ...] = ("structured outputs", "effort", "caching", "documents", "images")


@dataclass(frozen=True, slots=True, kw_only=True)
class Survey:
    """What was found at an endpoint."""

    url: str
    is_claude: bool
    """Whether its answers bear the Claude API's own headers."""
    can: tuple[str, ...]
    models: tuple[str, ...]
    """The names that it lists."""
    asked: str
    """The model that is asked where nobody names one."""
    lacks: tuple[str, ...]
    """Sentences."""
    is_model_known: bool
    """Whether a model of it has been asked within the last day, so that it is known what that one takes."""


async def surveyed(connection: Connection, endpoint: Endpoint, wanted: Sequence[str]) -> Survey:
    """Ask an endpoint what costs nothing; what models take is known where one was asked before.

    Shapes:  `wanted` are the models that are asked where nobody names one, the first that is there
    Errors:  `AttemptFailed`, where nobody answers, or the key is refused
    """
    await endpoint.recall()
    can: list[str] = []
    names = await connection.models()
    model = next((name for name in wanted if name in (names or ())), wanted[0])
    if names is None:
        await endpoint.learn("models", "absent")
    else:
        await endpoint.learn("models", "there")
    if await connection.has_files():
        can.append("keeps files")
        await endpoint.learn("files", "there")
    else:
        await endpoint.learn("files", "absent")
    if await _counts(connection, endpoint, model if model in (names or ()) else next(iter(names or ()), model)):
        can.append("counts tokens")
    facts = await endpoint.store.endpoint_facts(endpoint.url)
    return Survey(
        url=endpoint.url,
        is_claude=bool(connection.is_signed),
        can=tuple(can),
        models=names or (),
        asked=model,
        lacks=tuple(_sentences(facts)),
        is_model_known=any(fact.what in _OF_MODELS for fact in facts),
    )


async def _counts(connection: Connection, endpoint: Endpoint, model: str) -> bool:
    body = {"model": model, "messages": [{"role": "user", "content": "How many tokens is this?"}]}
    try:
        await connection.count(JsonBody(body))
    except AttemptFailed as failed:
        if failed.failure.status in {405, 501} or (
            failed.failure.status in {200, 404} and not failed.failure.is_of_the_api
        ):
            await endpoint.learn("counting", "absent")
        return False
    await endpoint.learn("counting", "there")
    return True


def _sentences(facts: tuple[EndpointFact, ...]) -> list[str]:
    found = [sentence_of(fact) for fact in facts]
    found += [
        f"{fact.model} sees no images there: neither scans nor PDFs can be read with it, only text files."
        for fact in facts
        if fact.what == "images" and fact.state in {"refused", "ignored"}
    ]
    return [sentence for sentence in found if sentence]
