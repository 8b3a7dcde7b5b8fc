"""Counts and the concluding sentence of a comparison, all made of one list of differences."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

from witnessmark.offline.differences.repeated import HEADER_OR_FOOTER
from witnessmark_tools.compare_result import DocumentComparison, DocumentDifference

MIN_SHARE = 0.1
"""Of the earlier document's words that are in the later one, below which the two are hardly versions of one text."""


class Counts(NamedTuple):
    """How many differences there are, and of which kinds; the first three kinds make up the total."""

    total: int
    substantive: int
    formatting: int
    unclassified: int
    visual: int
    """Of the total: outside the text."""
    added: int
    """Of the total: a model's, not aligned here."""
    repeated: int
    """Of the total: headers and footers that only one document has."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Basis:
    """What the texts were compared by, as far as the conclusion says so."""

    is_whole: bool
    """Whether every page was read."""
    texts_agree: bool
    """Whether all words that were read agree."""
    doubtful: int = 0
    """Places that only OCR may have misread."""
    share: float = 1.0
    """Of the earlier document's words that are in the later one."""


def counted(differences: Sequence[DocumentDifference]) -> Counts:
    """Count differences."""
    kinds = [one.significance for one in differences]
    return Counts(
        total=len(differences),
        substantive=kinds.count("substantive"),
        formatting=kinds.count("formatting"),
        unclassified=kinds.count("unclassified"),
        visual=sum(one.kind == "visual" for one in differences),
        added=sum(not one.aligned for one in differences),
        repeated=sum(one.section == HEADER_OR_FOOTER and one.kind in {"added", "removed"} for one in differences),
    )


def with_differences(
    result: DocumentComparison, differences: Sequence[DocumentDifference], basis: Basis
) -> DocumentComparison:
    """Put differences into a result, with everything that the result says of them as a whole."""
    counts = counted(differences)
    agree = basis.is_whole and basis.texts_agree
    return result.model_copy(
        update={
            "differences": list(differences),
            "difference_count": counts.total,
            "substantive_count": counts.substantive,
            "formatting_count": counts.formatting,
            "unclassified_count": counts.unclassified,
            "texts_agree": agree,
            "identical": agree and counts.total == 0,
            "conclusion": conclusion(counts, basis),
        }
    )


def conclusion(counts: Counts, basis: Basis) -> str:
    """Write what was found in a sentence or two, and never more than is known."""
    parts = [_found(counts, basis)]
    if counts.visual:
        parts.append(_of_them(counts.visual, counts.total, "visual, outside the text"))
    if counts.added:
        parts.append(_of_them(counts.added, counts.total, "added by a model and not of the aligned texts"))
    if counts.repeated:
        parts.append(_of_them(counts.repeated, counts.total, "in page headers or footers that only one document has"))
    if (rest := _rest(counts, basis)) is not None:
        parts.append(rest)
    return " ".join(parts)


def _found(counts: Counts, basis: Basis) -> str:
    in_texts = counts.total - counts.visual
    if in_texts:
        if counts.formatting == counts.total and basis.is_whole and not basis.doubtful:
            return f"The texts say the same; {_differences(counts.total)} of formatting."
        return _classified(counts)
    if not basis.is_whole:
        agreement = "What was read of the texts agrees."
    elif basis.doubtful or not basis.texts_agree:
        agreement = "No difference of the texts is certain."
    else:
        agreement = "The texts agree, word for word."
    return f"{agreement} {_classified(counts)}" if counts.total else agreement


def _classified(counts: Counts) -> str:
    """Write the total with its classes: `3 differences: 2 substantive, 1 formatting.`"""
    classes = [
        (counts.substantive, "substantive"),
        (counts.formatting, "formatting"),
        (counts.unclassified, "unclassified"),
    ]
    said = [f"{count} {name}" for count, name in classes if count]
    return f"{_differences(counts.total)}: {', '.join(said)}."


def _of_them(count: int, total: int, what: str) -> str:
    if count == total:
        return f"{'It is' if total == 1 else 'All are'} {what}."
    return f"{count} of them {'is' if count == 1 else 'are'} {what}."


def _rest(counts: Counts, basis: Basis) -> str | None:
    in_texts = counts.total - counts.visual
    if not basis.is_whole:
        return "Not every page could be read: there may be other changes."
    if basis.doubtful:
        return (
            "Apart from these, only what OCR may have misread differs."
            if counts.total
            else "Only what OCR may have misread differs."
        )
    if not in_texts or counts.formatting == counts.total:
        return None
    if basis.share < MIN_SHARE:
        return f"The documents share hardly any text ({basis.share:.0%})."
    return "No other changes: the rest of the texts agrees, word for word."


def _differences(count: int) -> str:
    return f"{count} difference{'s'[: count != 1]}"
