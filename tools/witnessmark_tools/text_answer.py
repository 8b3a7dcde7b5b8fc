"""From what a model answers to the text of pages: parted at its marks, put back on the document's pages."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from witnessmark.documents.document import Document
from witnessmark.plans.halving import pages_of
from witnessmark.plans.plan import Ask, PdfBlock
from witnessmark_tools.printable import printable
from witnessmark_tools.results import pages_in_words
from witnessmark_tools.tables_answer import AnswerUnusable
from witnessmark_tools.text_plan import page_mark


@dataclass(frozen=True, slots=True, kw_only=True)
class PartedText:
    """The texts of the pages of one answer."""

    texts: dict[int, str] = field(default_factory=dict[int, str])
    """By page number of the document."""
    missing: tuple[int, ...] = ()
    """Pages that were asked for and not given."""
    repeated: tuple[int, ...] = ()
    """Pages given more than once, with different texts: all of them are kept."""
    strange: tuple[int, ...] = ()
    """Pages that the model named and was not given; their text is nowhere."""

    def warnings(self, model: str) -> list[str]:
        told: list[str] = []
        if self.repeated:
            told.append(f"{pages_in_words(self.repeated)}: given more than once by {model}; all of it is kept.")
        if self.strange:
            named = ", ".join(f"{page:,}" for page in self.strange[:5])
            told.append(f"{model} named pages that it was not given ({named}); what it wrote there is left out.")
        return told


def parse_text(value: Any, *, model: str) -> str:
    """Check an answer, and take out of its text what cannot be printed.

    Errors:  `AnswerUnusable`
    """
    if not isinstance(value, str):
        raise AnswerUnusable(model, "text was asked for")
    return "\n".join("\t".join(map(printable, line.split("\t"))) for line in value.splitlines())


def parted_text(ask: Ask, text: str, document: Document) -> PartedText:
    """Part an answer by its pages.

    What stands before the first mark is no part of any page. An answer about one page may do without marks.
    """
    pages = [page for _, page in pages_of(ask)]
    mark = re.compile(
        rf"^[\W_]*page\W{{0,3}}(\d{{1,9}})\W{{0,5}}{page_mark(document)}[\W_]*$", re.IGNORECASE | re.MULTILINE
    )
    found = [(int(match[1]), match.start(), match.end()) for match in mark.finditer(text)]
    if len(pages) == 1 and not any(text[end:].strip() for _, _, end in found):
        return PartedText(texts={pages[0]: _bare(mark.sub("", text))})
    numbers = _page_numbers([number for number, _, _ in found], pages, is_counted=_is_counted(ask))
    ends = [*(start for _, start, _ in found[1:]), len(text)][: len(found)]
    texts: dict[int, list[str]] = {}
    strange: dict[int, None] = {}
    for (named, _, begin), end in zip(found, ends, strict=True):
        page = numbers.get(named)
        if page is None:
            strange[named] = None
            continue
        piece = _bare(text[begin:end])
        if piece not in (several := texts.setdefault(page, [])):
            several.append(piece)
    filled = {page: [piece for piece in several if piece] for page, several in texts.items()}
    return PartedText(
        texts={page: "\n\n".join(several) for page, several in filled.items()},
        missing=tuple(page for page in pages if page not in texts),
        repeated=tuple(page for page, several in filled.items() if len(several) > 1),
        strange=tuple(strange),
    )


def _is_counted(ask: Ask) -> bool:
    """Claim that the pages of an ask are counted from 1; else they are named by labels."""
    return any(isinstance(block, PdfBlock) for block in ask.blocks)


def _page_numbers(named: Sequence[int], pages: Sequence[int], *, is_counted: bool) -> dict[int, int]:
    """Say which page of the document each number stands for."""
    by_label = {page: page for page in pages}
    if not is_counted:
        return by_label
    by_place = dict(enumerate(pages, start=1))
    # A model may name pages by the document's own numbers, which the title of its part has.
    return by_label if set(named) == set(by_label) != set(by_place) else by_place


def _bare(text: str) -> str:
    """Take the fence from around a page, and empty lines; tabs at a line's begin are empty cells."""
    lines = text.strip("\n").splitlines()
    fences = [number for number, line in enumerate(lines) if line.lstrip().startswith("```")]
    if fences and fences[-1] == len(lines) - 1 and (len(fences) % 2 or (fences[0] == 0 and len(fences) == 2)):
        lines = lines[1 if len(fences) % 2 == 0 else 0 : -1]
    return "\n".join(line.rstrip() if not line.strip() or "\t" not in line else line for line in lines).strip("\n")
