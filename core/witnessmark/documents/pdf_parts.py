"""PDFs cut into parts that a request can carry. What cuts runs in a worker."""

from __future__ import annotations

import importlib.util
import io
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from witnessmark.documents.content import Content
from witnessmark.errors import InputError, SetupError

if TYPE_CHECKING:
    from witnessmark.documents.pdfium import PdfFile

_BLOWN_UP = 2.0
"""A part this many times larger than its share of the pages carries what its pages do not show."""
_REPEATED_BYTES = 256 * 1024
"""Fonts and a letterhead, which every part has to repeat."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PdfPart:
    """Some pages of a PDF as a PDF of their own, never encrypted."""

    content: Content
    """In a file of its own, or the document's; whoever takes the part closes it."""
    pages: tuple[int, ...]
    """The document's page number of each page of the part."""

    def document_page(self, part_page: int) -> int:
        """Say which page of the document a page of the part is; both count from 1.

        Errors:  `IndexError` for a page that the part does not have, as a model may name
        """
        if not 1 <= part_page <= len(self.pages):
            raise IndexError(part_page)
        return self.pages[part_page - 1]


class NoPdfPages(InputError):
    """An image, plain text, or a PDF so damaged that its pages cannot be taken out."""

    def __init__(self, name: str) -> None:
        super().__init__(
            f"{name!r} is not a PDF whose pages can be sent as they are.",
            "Pass model='offline', or open it in a viewer and print it as a new PDF.",
        )


class PageTooLarge(InputError):
    """One page alone has more bytes than a request carries."""

    def __init__(self, name: str, *, page: int, size: int, limit: int, can_be_cured: bool) -> None:
        cure = " or install `witnessmark[pdf]`, which leaves out what the page does not show," if can_be_cured else ""
        super().__init__(
            f"Page {page} of {name!r} alone has {size / 1e6:,.1f} MB, and a request carries {limit / 1e6:,.1f} MB.",
            f"Leave it out with `pages`,{cure} or save the file with smaller images.",
        )
        self.page = page


class PartNotKept(SetupError):
    def __init__(self, name: str) -> None:
        super().__init__(
            f"A part of {name!r} cannot be kept in the folder for temporary files while it is sent.",
            "Free some disk space there, or set TMPDIR to another folder.",
        )


class PartTooLarge(Exception):
    """What `PageTooLarge` is made of, where the document's name is not known."""

    def __init__(self, **facts: Any) -> None:
        super().__init__()
        self.facts = facts


def first_part(pdf: PdfFile, pages: Sequence[int], *, most_bytes: int) -> tuple[bytes, tuple[int, ...], int]:
    """Cut off as many of the pages, from the first on, as fit into `most_bytes`.

    Shapes:  the part, the pages in it, and of how many of `pages` it is; one that cannot be taken out of the file is
             not in it, and the part is empty where none can
    Errors:  `PartTooLarge` when the first page alone does not fit
    """
    share = pdf.size / pdf.page_count
    count = min(len(pages), max(1, int(most_bytes / share)))
    while True:
        taken = tuple(pages[:count])
        content = pdf.copy_of([page - 1 for page in taken])
        if content is None:
            taken = tuple(page for page in taken if pdf.can_copy(page - 1))
            content = pdf.copy_of([page - 1 for page in taken]) if taken else None
        if content is None:
            return b"", (), count
        if len(content) > _BLOWN_UP * share * len(taken) + _REPEATED_BYTES:
            content = _without_unused(content)
        if len(content) <= most_bytes:
            return content, taken, count
        if count == 1:
            raise PartTooLarge(page=pages[0], size=len(content), limit=most_bytes, can_be_cured=not _has_pikepdf())
        count = max(1, min(count // 2, int(count * most_bytes / len(content) * 0.9)))


def _without_unused(content: bytes) -> bytes:
    """Leave out of each page's resources what the page does not use, where pikepdf is installed.

    PDFium copies all that a page's /Resources name, and some programs give all pages the same /Resources.
    """
    if not _has_pikepdf():
        return content
    import pikepdf

    smaller = io.BytesIO()
    with suppress(Exception):  # qpdf raises all kinds on damaged files, and the part is good as it is
        with pikepdf.open(io.BytesIO(content)) as part:
            part.remove_unreferenced_resources()
            part.save(smaller, deterministic_id=True)
        return min(content, smaller.getvalue(), key=len)
    return content


def _has_pikepdf() -> bool:
    return importlib.util.find_spec("pikepdf") is not None
