"""What reading pages leaves to be said: scans, blank pages, failures, pages there was no time for."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from witnessmark.documents.document import Document
from witnessmark.documents.page_range import text_from_pages
from witnessmark.documents.reading import PagesRead
from witnessmark.errors import InputError
from witnessmark_tools.results import pages_in_words


class NoTextLayer(InputError):
    """Nothing of what was asked for can be read without OCR."""

    def __init__(self, name: str, *, is_image: bool, pages: str | None = None) -> None:
        what = "an image" if is_image else "a scan: no page of it has a text layer"
        if pages is not None and not is_image:
            what = f"a scan on page {pages}: there is no text layer"
        super().__init__(
            f"{name!r} is {what}, so the offline engine has no words to read.",
            "This version has no OCR yet; give a PDF with a text layer, or look at the image yourself.",
        )


def refuse_without_text(document: Document, kinds: Mapping[int, str]) -> None:
    """Refuse a document whose pages, as far as read, are scans and nothing else.

    Errors:  `NoTextLayer`
    """
    if "scan" in kinds.values() and "text layer" not in kinds.values():
        is_whole = len(kinds) == document.page_count
        pages = None if is_whole else text_from_pages(kinds)
        raise NoTextLayer(document.name, is_image=document.kind == "image", pages=pages)


def page_warnings(document: Document, read: PagesRead[Any], kinds: Mapping[int, str]) -> list[str]:
    """Say what happened to pages that gave no text."""
    warnings = list(document.warnings)
    if scans := _of(kinds, "scan"):
        warnings.append(f"{pages_in_words(scans)}: a scan, without a text layer; nothing was read there (no OCR yet).")
    if blanks := _of(kinds, "blank"):
        warnings.append(f"{pages_in_words(blanks)}: blank, with neither text nor pictures.")
    reasons: dict[str, list[int]] = {}
    for page, error in read.failed.items():
        reasons.setdefault(error.message, []).append(page)
    warnings += [f"{pages_in_words(pages)} could not be read. {reason}" for reason, pages in reasons.items()]
    if read.left:
        warnings.append(
            f"There was no time for pages {text_from_pages(read.left)}; call again with pages={left_range(read)!r}."
        )
    return warnings


def left_range(read: PagesRead[Any]) -> str | None:
    """Write the range with which the next call continues."""
    return text_from_pages(read.left) or None


def _of(kinds: Mapping[int, str], kind: str) -> list[int]:
    return sorted(_pages_of(kinds, kind))


def _pages_of(kinds: Mapping[int, str], kind: str) -> Iterable[int]:
    return (page for page, found in kinds.items() if found == kind)
