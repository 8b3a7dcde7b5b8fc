"""What reading pages leaves to be said: how they were read, and which of them were not."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, NamedTuple, Protocol

from witnessmark.documents.document import Document, PageFacts, PageKind
from witnessmark.documents.ocr.recognised import PageReading
from witnessmark.documents.opening import DocumentDamaged
from witnessmark.documents.page_range import text_from_pages
from witnessmark.documents.reading import PagesRead
from witnessmark.documents.text_layer import UNREAD_SHARE, TextLayer
from witnessmark.errors import SetupError, WitnessmarkError
from witnessmark.values import BoundingBox
from witnessmark_tools.notices import addressed_warnings
from witnessmark_tools.results import FailedPages, ReviewItem, pages_in_words

MOST_REVIEWED = 40
"""Places of one kind that a result lists for a person; a page of noise has hundreds."""
INSTALL_OCR = "Install it with `pip install 'witnessmark[ocr]'`"


class SeenPage(Protocol):
    """A page as some tool read it."""

    @property
    def kind(self) -> PageKind: ...
    @property
    def layer(self) -> TextLayer | None: ...
    @property
    def reading(self) -> PageReading | None: ...


class NoOcr(SetupError):
    """Nothing of what was asked for can be read without OCR, and there is none."""

    exit_code = 3

    def __init__(self, name: str, *, is_image: bool, pages: str | None = None) -> None:
        what = "an image" if is_image else "a scan: no page of it has a text layer"
        if pages is not None and not is_image:
            what = f"a scan on page {pages}: there is no text layer"
        super().__init__(
            f"{name!r} is {what}, and the OCR that would read it is not installed or is switched off.",
            f"{INSTALL_OCR} where witnessmark runs, without --ocr off; or give a PDF with a text layer.",
        )


def refuse_without_ocr(document: Document, seen: Mapping[int, SeenPage], *, has_ocr: bool) -> None:
    """Refuse a document whose pages, as far as read, are pictures and nothing else, where no OCR is.

    Errors:  `NoOcr`
    """
    kinds = [page.kind for page in seen.values()]
    if not has_ocr and {"scan", "broken text layer"} & set(kinds) and "text layer" not in kinds:
        is_whole = len(kinds) == document.page_count
        pages = None if is_whole else text_from_pages(seen)
        raise NoOcr(document.name, is_image=document.kind == "image", pages=pages)


class Unsendable(NamedTuple):
    """Numbers of pages that are not sent to a model."""

    damaged: tuple[int, ...] = ()
    """They cannot be taken out of the file."""
    untried: tuple[int, ...] = ()
    """Others before them had stopped the reader too often."""

    def warnings(self) -> list[str]:
        """Say which pages were not sent for their own sake, and which were not tried."""
        told = [f"{pages_in_words(self.damaged)}: damaged, and not sent."] if self.damaged else []
        if self.untried:
            pages = text_from_pages(self.untried)
            told.append(
                f"{pages_in_words(self.untried)}: not tried, since pages before had stopped the reader too often. Call "
                f"again with pages={pages!r} for them."
            )
        return told

    def failures(self, name: str) -> list[FailedPages]:
        """List the damaged pages as failed."""
        return failures_of(dict.fromkeys(self.damaged, DocumentDamaged(name, "a PDF")))


def sendable_pages(document: Document, facts: Sequence[PageFacts]) -> tuple[tuple[PageFacts, ...], Unsendable]:
    """Part the pages that can be sent to a model from the others.

    Errors:  `DocumentDamaged`, where no page can be sent
    """
    if document.reader != "pdfium":  # the others say nothing of a page
        return tuple(facts), Unsendable()
    good = tuple(page for page in facts if page.text != "unknown")
    if facts and not good:
        raise DocumentDamaged(document.name, "a PDF")
    unknown = [page for page in facts if page.text == "unknown"]
    return good, Unsendable(
        damaged=tuple(page.page_number for page in unknown if page.is_tried),
        untried=tuple(page.page_number for page in unknown if not page.is_tried),
    )


def page_warnings(document: Document, read: PagesRead[Any], seen: Mapping[int, SeenPage]) -> list[str]:
    """Say how pages were read that have no text layer, and what happened to those that were not."""
    warnings = list(document.warnings)
    readings = {page: found.reading for page, found in sorted(seen.items()) if found.reading is not None}
    for engine in dict.fromkeys(reading.engine for reading in readings.values()):
        pages = [page for page, reading in readings.items() if reading.engine == engine and reading.word_count]
        if pages:
            warnings.append(
                f"{pages_in_words(pages)}: read from the picture by OCR ({engine}), which can take one letter or "
                "figure for another."
            )
    warnings += [
        f"{pages_in_words(pages)}: turned by {turn} degrees clockwise to be read."
        for turn in (90, 180, 270)
        if (pages := [page for page, reading in readings.items() if reading.turn == turn and reading.word_count])
    ]
    if pages := [page for page, reading in readings.items() if reading.scripts]:
        scripts = " and ".join(sorted({script for page in pages for script in readings[page].scripts}))
        warnings.append(
            f"{pages_in_words(pages)}: there are words in {scripts}, which OCR cannot read: they are not as printed. "
            "Have Claude read these pages."
        )
    if pages := [page for page, reading in readings.items() if not reading.word_count]:
        warnings.append(f"{pages_in_words(pages)}: a picture in which OCR finds no text.")
    if pages := [page for page, reading in readings.items() if reading.unreadable]:
        count = sum(len(readings[page].unreadable) for page in pages)
        places = "a place" if count == 1 else f"{count} places"
        warnings.append(f"{pages_in_words(pages)}: {places} could not be read (handwriting, noise, damage).")
    warnings += [*_layer_warnings(seen), *addressed_warnings(seen)]
    if scans := _of(seen, lambda page: page.kind == "scan" and page.reading is None):
        warnings.append(
            f"{pages_in_words(scans)}: a scan, without a text layer; not read, for want of OCR. {INSTALL_OCR}."
        )
    if blanks := _of(seen, lambda page: page.kind == "blank"):
        warnings.append(f"{pages_in_words(blanks)}: blank, with neither text nor pictures.")
    return [*warnings, *failed_in_words(read), *untried_in_words(read, f"Call again with pages={left_range(read)!r}.")]


def failed_in_words(read: PagesRead[Any]) -> list[str]:
    """Say which pages were tried and could not be read, and what to do, each reason once."""
    reasons: dict[str, list[int]] = {}
    for page, error in read.failed.items():
        reasons.setdefault(f"{error}", []).append(page)
    return [f"{pages_in_words(sorted(pages))} could not be read. {reason}" for reason, pages in reasons.items()]


def untried_in_words(read: PagesRead[Any], next_step: str) -> list[str]:
    """Say which pages were not tried, and why."""
    if not read.left:
        return []
    why = "There was no time." if read.given_up is None else read.given_up.message
    were = "were" if len(read.left) > 1 else "was"
    return [f"{pages_in_words(read.left)} {were} not tried. {why} {next_step}"]


def _layer_warnings(seen: Mapping[int, SeenPage]) -> list[str]:
    """Say what is wrong with text layers."""
    warnings: list[str] = []
    if broken := _of(seen, lambda page: page.kind == "broken text layer"):
        instead = "" if seen[broken[0]].reading else f" Not read, for want of OCR. {INSTALL_OCR}."
        warnings.append(
            f"{pages_in_words(broken)}: the letters of the text layer do not mean what is seen; not used.{instead}"
        )
    if hidden := _of(seen, lambda page: page.layer is not None and page.layer.hidden_words > 0):
        count = sum(found.layer.hidden_words for page in hidden if (found := seen[page]).layer is not None)
        words = "1 word" if count == 1 else f"{count} words"
        warnings.append(
            f"{pages_in_words(hidden)}: {words} of the text layer cannot be seen on the page (invisible, "
            "covered, of the paper's colour, or too small); left out."
        )
    if pictured := _of(seen, lambda page: page.layer is not None and page.layer.unread_share >= UNREAD_SHARE):
        warnings.append(
            f"{pages_in_words(pictured)}: pictures cover a good part of the page beside its text; words and tables in "
            "them were not read."
        )
    if scanned := _of(seen, lambda page: page.layer is not None and page.layer.is_from_scanner):
        warnings.append(
            f"{pages_in_words(scanned)}: a scan with text that other OCR software left below it; that text was used, "
            "and may differ from what is seen."
        )
    return warnings


def failures_of(failed: Mapping[int, WitnessmarkError]) -> list[FailedPages]:
    """Put pages that could not be read together by the class of what stood in the way."""
    classes: dict[str, dict[int, WitnessmarkError]] = {}
    for page, error in failed.items():
        classes.setdefault(error.kind, {})[page] = error
    return [_failed_pages(kind, pages) for kind, pages in classes.items()]


def unread_without_ocr(document: Document, seen: Mapping[int, SeenPage]) -> list[FailedPages]:
    """List as failed the pages that OCR would read, where none is."""
    pages = _of(seen, lambda page: page.kind in {"scan", "broken text layer"} and page.reading is None)
    if not pages:
        return []
    error = NoOcr(document.name, is_image=document.kind == "image", pages=text_from_pages(pages))
    return failures_of(dict.fromkeys(pages, error))


def _failed_pages(kind: str, failed: Mapping[int, WitnessmarkError]) -> FailedPages:
    first = next(iter(failed.values()))
    others = sum(error.message != first.message for error in failed.values())
    more = f" So it is with {others} more." if others else ""  # sentences name their page
    return FailedPages(error=kind, pages=text_from_pages(failed), message=first.message + more, next=first.next_step)


def doubtful_places(seen: Mapping[int, SeenPage]) -> list[ReviewItem]:
    """List what OCR could not read, or was unsure of, least sure first."""
    readings = [(page, found.reading) for page, found in sorted(seen.items()) if found.reading is not None]
    unreadable = [
        ReviewItem(page=page, box=rounded(box), reason="Something stands here that OCR cannot read.")
        for page, reading in readings
        for box in reading.unreadable
    ]
    doubtful = sorted(
        ((page, word) for page, reading in readings for word in reading.doubtful), key=lambda item: item[1].confidence
    )
    return unreadable[:MOST_REVIEWED] + [
        ReviewItem(
            page=page,
            box=rounded(word.box),
            value=word.text,
            reason=f"OCR is unsure of this (confidence {word.confidence:.2f}).",
        )
        for page, word in doubtful[:MOST_REVIEWED]
    ]


def rounded(box: BoundingBox) -> list[float]:
    """Write a box as results do."""
    return [round(value, 1) for value in (box.x0, box.top, box.x1, box.bottom)]


def left_range(read: PagesRead[Any]) -> str | None:
    """Write the range with which the next call continues."""
    return text_from_pages(read.left) or None


def _of(seen: Mapping[int, SeenPage], is_one: Callable[[SeenPage], bool]) -> list[int]:
    return sorted(_matching(seen, is_one))


def _matching(seen: Mapping[int, SeenPage], is_one: Callable[[SeenPage], bool]) -> Iterable[int]:
    return (page for page, found in seen.items() if is_one(found))
