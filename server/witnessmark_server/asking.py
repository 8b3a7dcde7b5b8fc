"""Asking a person whether to spend, in both eras of the protocol, and never where nobody can be asked."""

from __future__ import annotations

import logging
from typing import Any

from mcp.server.mcpserver import Context, Elicit, Resolve
from mcp.server.mcpserver.resolve import build_resolver_plans, resolve_arguments
from mcp.shared.exceptions import MCPError
from mcp.types import InputRequiredResult
from pydantic import BaseModel, Field

logger = logging.getLogger(__name__)


class Approval(BaseModel):
    """What a person answers."""

    approve: bool = Field(description="Yes: spend it, this once.")


async def approved(question: str, context: Context[Any, Any]) -> bool | InputRequiredResult | None:
    """Ask the person at the host.

    Shapes:  yes or no; None where nobody can be asked; in the newer era first the question as a result, after which the
             host makes the same call again with the answer in it
    """
    capabilities = context.client_capabilities
    elicitation = capabilities.elicitation if capabilities is not None else None
    if elicitation is None or (elicitation.form is None and elicitation.url is not None):
        return None

    async def price() -> Elicit[Approval]:
        return Elicit(question, Approval)

    asked = {"answer": (Resolve(price), True)}
    try:
        found = await resolve_arguments(asked, build_resolver_plans(asked, set()), {}, context)
    except (MCPError, RuntimeError) as error:  # a connection on which nothing can be sent back
        logger.info("nobody could be asked", extra={"error": type(error).__name__})
        return None
    if isinstance(found, InputRequiredResult):
        return found
    answer = found["answer"]
    return bool(answer.action == "accept" and answer.data.approve)
