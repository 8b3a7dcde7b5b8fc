"""Quotes in a script that OCR cannot read: on its pages their words are not checked, their figures are."""

from __future__ import annotations

import re
from collections.abc import Sequence

from witnessmark.documents.flow import PageFlow
from witnessmark.documents.ocr.letters import unread_script, unread_scripts

_FIGURE = re.compile(r"[0-9]+(?:[.,'][0-9]+)*")


def unread_script_of(quote: str, flows: Sequence[PageFlow]) -> str | None:
    """Name the script of a quote that OCR cannot read on some pages; None if it can, or a figure is not on them."""
    by_ocr = [flow for flow in flows if flow.is_read_by_ocr]
    words = quote.split()
    if not by_ocr or not (scripts := unread_scripts(words)):
        return None
    wanted = {figure for word in words if unread_script(word) is None for figure in _FIGURE.findall(word)}
    there = {figure for flow in by_ocr for word in flow.words for figure in _FIGURE.findall(word.text)}
    return " and ".join(scripts) if wanted <= there else None
