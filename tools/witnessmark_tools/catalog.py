"""All tools, in the order in which hosts and the shell list them."""

from __future__ import annotations

from witnessmark_tools.check_tables import check_tables
from witnessmark_tools.compare_documents import compare_documents
from witnessmark_tools.definition import ToolDefinition
from witnessmark_tools.estimate_cost import estimate_cost
from witnessmark_tools.extract_tables import extract_tables
from witnessmark_tools.get_job import cancel_job, get_job
from witnessmark_tools.inspect_document import inspect_document
from witnessmark_tools.read_pdf_with_citations import read_pdf_with_citations
from witnessmark_tools.read_text import read_text
from witnessmark_tools.show_evidence import show_evidence
from witnessmark_tools.uploads import delete_uploads, list_uploads
from witnessmark_tools.usage_report import usage_report

TOOLS: tuple[ToolDefinition, ...] = (
    ToolDefinition(function=inspect_document, title="Inspect a document"),
    ToolDefinition(function=extract_tables, title="Extract tables", writes=True, spends=True),
    ToolDefinition(function=read_text, title="Read text", spends=True, is_structured=False),
    ToolDefinition(function=read_pdf_with_citations, title="Read with citations", spends=True),
    ToolDefinition(function=compare_documents, title="Compare documents", spends=True),
    ToolDefinition(function=show_evidence, title="Show evidence"),
    ToolDefinition(function=estimate_cost, title="Estimate the cost"),
    ToolDefinition(function=get_job, title="Get a job", spends=True),
    ToolDefinition(function=cancel_job, title="Cancel a job", writes=True, reaches_out=False),
    ToolDefinition(function=usage_report, title="Report usage", writes=True),
    ToolDefinition(function=list_uploads, title="List uploads"),
    ToolDefinition(function=delete_uploads, title="Delete uploads", writes=True, destroys=True),
)

BY_NAME = {tool.name: tool for tool in TOOLS}

SHELL_ONLY: tuple[ToolDefinition, ...] = (ToolDefinition(function=check_tables, title="Check tables"),)
"""Built as tools are, and offered by the shell alone: an agent's own tables are checked as they are made."""

COMMANDS = {tool.name: tool for tool in (*TOOLS, *SHELL_ONLY)}
"""What the shell offers by the names of tools."""

LATER = (
    "sqlite3",
    "witnessmark.evidence.arithmetic",
    "witnessmark_tools.second_reading",
    "witnessmark_tools.tables_auto",
    "witnessmark_tools.tables_evidence",
    "witnessmark_tools.citations_online",
)
"""Modules that calls of Claude import when they are first made, or a server before that, while nobody asks."""
