"""The words of pages that values are looked up in, and the way back from where they were read to the page itself."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

import anyio

from witnessmark.documents.document import Document
from witnessmark.documents.layer_check import LayerCheck
from witnessmark.documents.opening import Documents
from witnessmark.documents.page_words import page_words
from witnessmark.documents.reading import PagesRead, read_pages
from witnessmark.errors import WitnessmarkError
from witnessmark.evidence.witness import WitnessPage
from witnessmark.values import BoundingBox, Word
from witnessmark_tools.pages import INSTALL_OCR
from witnessmark_tools.results import pages_in_words


@dataclass(frozen=True, slots=True, kw_only=True)
class Witnesses:
    """Pages that can be asked, and why others cannot."""

    pages: Mapping[int, WitnessPage] = field(default_factory=dict[int, WitnessPage])
    on_page: Mapping[int, Callable[[BoundingBox], BoundingBox | None]] = field(
        default_factory=dict[int, Callable[[BoundingBox], BoundingBox | None]]
    )
    """Finds a box of the words on the page as it is seen; None where there is no page to see."""
    warnings: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class _Witness:
    """A page's words, or why there are none to be had."""

    page: WitnessPage | None = None
    on_page: Callable[[BoundingBox], BoundingBox | None] = lambda box: box
    reason: str = ""


async def read_witnesses(
    document: Document,
    documents: Documents,
    pages: Sequence[int],
    *,
    check: LayerCheck | None = None,
    seconds: float | None = None,
) -> Witnesses:
    """Read the words of some pages, those of a text layer as the page shows them, as far as `check` finds out.

    Units:  `seconds` after which no further page is begun
    Errors:  none; pages whose words cannot be had are named in the warnings
    """
    numbers = sorted(set(pages))
    if not numbers:
        return Witnesses()
    if check is not None:
        check.at_most(seconds)
        for page in numbers:  # within its own time, before the time for reading begins
            await check.page(page)
    read = await _read(document, documents, numbers, check, seconds)
    reasons: dict[str, list[int]] = {}
    for page, witness in sorted(read.done.items()):
        if witness.page is None:
            reasons.setdefault(witness.reason, []).append(page)
    for page, error in sorted(read.failed.items()):
        reasons.setdefault(error.message, []).append(page)
    if read.left:
        reasons["There was no time." if read.given_up is None else read.given_up.message] = list(read.left)
    return Witnesses(
        pages={page: witness.page for page, witness in read.done.items() if witness.page is not None},
        on_page={page: witness.on_page for page, witness in read.done.items()},
        warnings=tuple(
            f"{pages_in_words(several)}: values were not looked up. {reason}" for reason, several in reasons.items()
        ),
    )


async def _read(
    document: Document, documents: Documents, pages: Sequence[int], check: LayerCheck | None, seconds: float | None
) -> PagesRead[_Witness]:
    async def on_page(count: int) -> None:
        del count

    async def read(page: int) -> _Witness:
        return await _witness(document, documents, page, check)

    try:
        return await read_pages(pages, read, limits=documents.limits, seconds=seconds, on_page=on_page)
    except WitnessmarkError as error:  # no page at all: what was read of the document is given all the same
        return PagesRead(failed=dict.fromkeys(pages, error))


async def _witness(document: Document, documents: Documents, page: int, check: LayerCheck | None) -> _Witness:
    if document.reader == "text":
        text = (await documents.text(document, page, "plain")).text
        words = await anyio.to_thread.run_sync(words_of_text, text, document.media_type, abandon_on_cancel=True)
        return _Witness(page=WitnessPage(page_number=page, words=words), on_page=lambda box: None)  # noqa: ARG005 - a text has no page to see
    if document.reader == "pypdf":
        return _Witness(reason="Of this damaged PDF, words can be read without their places only.")
    found = await page_words(document, documents, page, check)
    if found is None:
        return _Witness(reason=f"It has no text layer, and OCR that would read it is not there. {INSTALL_OCR}.")
    witness = WitnessPage(page_number=page, words=found.words, is_read_by_ocr=found.is_read_by_ocr)
    return _Witness(page=witness) if found.on_page is None else _Witness(page=witness, on_page=found.on_page)


def words_of_text(text: str, media_type: str) -> tuple[Word, ...]:
    """Place the words of a text file: its lines from top to bottom, the fields of CSV and of pipe tables in columns."""
    from witnessmark.offline.flow import text_flow  # not before a text file is there

    return tuple(word for paragraph in text_flow(text, media_type) for word in paragraph.words)
