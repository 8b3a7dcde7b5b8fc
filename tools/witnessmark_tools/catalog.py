"""All tools, in the order in which hosts and the shell list them."""

from __future__ import annotations

from witnessmark_tools.definition import ToolDefinition
from witnessmark_tools.estimate_cost import estimate_cost
from witnessmark_tools.extract_tables import extract_tables
from witnessmark_tools.inspect_document import inspect_document
from witnessmark_tools.read_text import read_text

TOOLS: tuple[ToolDefinition, ...] = (
    ToolDefinition(function=inspect_document, title="Inspect a document"),
    ToolDefinition(function=extract_tables, title="Extract tables"),
    ToolDefinition(function=read_text, title="Read text", is_structured=False),
    ToolDefinition(function=estimate_cost, title="Estimate the cost"),
)

BY_NAME = {tool.name: tool for tool in TOOLS}
