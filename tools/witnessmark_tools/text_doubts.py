"""How a transcript stands up to its page: what puts the page in doubt, and what is said of it to a person."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from witnessmark.evidence.transcript_doubts import Kind, TranscriptDoubt
from witnessmark.evidence.transcripts import TranscriptCheck
from witnessmark_tools.pages import MOST_REVIEWED, rounded
from witnessmark_tools.results import ReviewItem, Status, pages_in_words
from witnessmark_tools.unread_scripts import not_read_in_words

MANY_WORDS = 3
"""Places with other words that put a page in doubt; fewer are more often noise. A number does by itself."""
LEAST_SHARE = 0.8
"""Of a transcript's words that stand on the page, from which on the page is not in doubt for the others."""
ENOUGH_WORDS = 20
"""Words of a transcript from which that share says something."""
SHORTER = 0.9
"""Of the words that stand on the page: who has found fewer than that has left something out."""


def is_in_doubt(check: TranscriptCheck) -> bool:
    """Claim that another model should read a page again."""
    numbers = sum(doubt.is_of_number for doubt in check.doubts)
    return bool(numbers or check.unreadable) or len(check.doubts) >= MANY_WORDS or _is_far_off(check)


def doubts_in(check: TranscriptCheck) -> int:
    """Count what is in doubt."""
    return len(check.doubts) + check.unreadable + _is_far_off(check)


def is_better(second: TranscriptCheck, first: TranscriptCheck) -> bool:
    """Claim that of two readings the second, which is of the stronger model, is to be kept: it is no worse."""
    return doubts_in(second) <= doubts_in(first) and second.found >= SHORTER * first.found


def says_the_same(first: TranscriptCheck, second: TranscriptCheck) -> bool:
    """Claim that two models have read the same where the page says otherwise: then a third would, too."""
    return bool(first.doubts) and not first.unreadable and _questions(first) == _questions(second)


def reason_of(check: TranscriptCheck) -> str:
    """Say in a few words what is in doubt."""
    numbers = sum(doubt.is_of_number for doubt in check.doubts)
    lines = check.displaced_lines
    words = len(check.doubts) - numbers - lines
    told = [
        f"{numbers} number{'s'[: numbers != 1]} not as on the page" if numbers else "",
        f"{words} place{'s'[: words != 1]} with other words" if words else "",
        f"{_lines(lines)} in another order" if lines else "",
        f"{check.unreadable} place{'s'[: check.unreadable != 1]} not read" if check.unreadable else "",
        f"{check.share:.0%} of its words stand on the page" if _is_far_off(check) else "",
    ]
    return "; ".join(part for part in told if part)


def _is_far_off(check: TranscriptCheck) -> bool:
    is_enough = check.is_checked and check.words >= ENOUGH_WORDS
    return is_enough and check.found + check.unseen < LEAST_SHARE * check.compared


def _questions(check: TranscriptCheck) -> list[tuple[str | None, str | None]]:
    return sorted(((doubt.value, doubt.nearest) for doubt in check.doubts), key=str)


# --- what people are told -------------------------------------------------------------------------------------------

_STATUS: dict[Kind, Status | None] = {
    "number": "unlocated",
    "number invented": "unlocated",
    "number missing": None,
    "number displaced": "displaced",
    "line displaced": "displaced",
    "word": "unlocated",
    "words invented": "unlocated",
    "words missing": None,
}


def review_of(checks: Mapping[int, TranscriptCheck], by_ocr: Mapping[int, bool]) -> tuple[list[ReviewItem], list[str]]:
    """List where transcripts and pages differ, numbers first, in bounded number.

    Shapes:  `by_ocr` says by page whether OCR has read the words that it was compared with; a sentence on what is left
             out
    """
    found = [(check.page_number, doubt) for check in checks.values() for doubt in check.doubts]
    # What stands first on its page does so among all, since checks give the worst first.
    found.sort(key=lambda one: (not one[1].is_of_number, one[1].kind == "number missing"))
    items = [_item(page, doubt, is_ocr=by_ocr.get(page, False)) for page, doubt in found[:MOST_REVIEWED]]
    left_out = len(found) - len(items)
    told = [f"{left_out} more places differ from their pages; the most doubtful are listed."] if left_out > 0 else []
    unreadable = [
        ReviewItem(
            page=page, reason=f"The model could not read {_places(check.unreadable)} on this page: [unreadable]."
        )
        for page, check in sorted(checks.items())
        if check.unreadable
    ]
    return items + unreadable[:MOST_REVIEWED], told


def checks_in_words(checks: Mapping[int, TranscriptCheck], by_ocr: Mapping[int, bool]) -> list[str]:
    """Say how much of what was read stands on its pages, and which pages could not be checked."""
    told: list[str] = []
    for is_ocr, what in ((True, "as OCR reads it"), (False, "as its text layer has it")):
        pages = [page for page, check in sorted(checks.items()) if check.is_checked and by_ocr.get(page) is is_ocr]
        words, found = sum(checks[page].compared for page in pages), sum(checks[page].found for page in pages)
        if words:
            share = "all" if found == words else f"{min(99.9, 100 * found / words):.1f} %"
            lines = sum(checks[page].displaced_lines for page in pages)
            order = f", {_lines(lines)} in another order" if lines else ""
            told.append(f"{pages_in_words(pages)}: {share} of {words:,} words stand on the page {what}{order}.")
    return told


def unchecked_in_words(checks: Mapping[int, TranscriptCheck], pages_read: Sequence[int]) -> list[str]:
    """Say which pages nobody has checked, and how many words of others."""
    told: list[str] = []
    if pages := [page for page in pages_read if page not in checks or not checks[page].is_checked]:
        scripts = sorted({script for page in pages if page in checks for script in checks[page].scripts})
        why = " and ".join(scripts) or "handwriting, noise, no OCR, no time"
        told.append(
            f"{pages_in_words(pages)}: not checked: nothing on this machine can read enough there ({why}) to hold "
            "against what the model has read."
        )
    if pages := [page for page, check in sorted(checks.items()) if check.is_checked and check.unseen]:
        count = sum(checks[page].unseen for page in pages)
        words = "1 word was" if count == 1 else f"{count} words were"
        told.append(
            f"{pages_in_words(pages)}: {words} not checked: OCR can read nothing there "
            "(handwriting, noise, a single digit)."
        )
    told += [
        not_read_in_words([page], "word", check.unread, check.scripts)
        for page, check in sorted(checks.items())
        if check.unread and check.is_checked
    ]
    if pages := [page for page, check in sorted(checks.items()) if check.is_checked and not check.is_order_checked]:
        told.append(f"{pages_in_words(pages)}: the order of lines was not checked: there are too many of them.")
    return told


def _item(page: int, doubt: TranscriptDoubt, *, is_ocr: bool) -> ReviewItem:
    return ReviewItem(
        page=page,
        box=None if doubt.box is None else rounded(doubt.box),
        value=doubt.value,
        status=_STATUS[doubt.kind],
        nearest=None if doubt.kind == "line displaced" else doubt.nearest,
        reason="".join(_reasons(doubt, "OCR of the picture" if is_ocr else "The text layer")),
    )


def _reasons(doubt: TranscriptDoubt, witness: str) -> Iterator[str]:
    match doubt.kind:
        case "number" | "word":
            yield f"{witness} has {doubt.nearest!r} in this place."
        case "number invented":
            yield f"{witness} has this number nowhere on the page."
        case "words invented":
            yield f"{witness} has these words nowhere on the page."
        case "number missing":
            yield f"{witness} has the number {doubt.nearest!r} here, and the text that was read does not."
        case "words missing":
            yield f"{witness} has words here that are missing in the text that was read."
        case "number displaced":
            yield "On the page this stands in another line."
        case "line displaced" if doubt.nearest is not None:
            yield f"On the page this comes below {doubt.nearest!r}."
        case "line displaced":
            yield "On the page this comes before what the text has above it."


def _places(count: int) -> str:
    return "a place" if count == 1 else f"{count} places"


def _lines(count: int) -> str:
    return "1 line" if count == 1 else f"{count} lines"
