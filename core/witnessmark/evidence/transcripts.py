"""Does a transcript say what its page says? Both are compared word by word; numbers that differ come first.

The order may differ: columns, headers and tables can be read in more than one. What OCR has read may differ in letters
that look alike, never in digits; and where it could read nothing, the transcript is not checked.
"""

from __future__ import annotations

from dataclasses import dataclass

from witnessmark.documents.flow import PageFlow
from witnessmark.evidence.transcript_doubts import Comparison, Kind, TranscriptDoubt
from witnessmark.evidence.transcript_matching import MAX_ALIGNED, matched
from witnessmark.evidence.transcript_order import OrderCheck, check_order
from witnessmark.evidence.transcript_scripts import cover, unread_words
from witnessmark.evidence.transcript_words import words_of_flow, words_of_transcript

LEAST_CHECKED = 0.4
"""Share of a transcript's words that have to stand on the page for the rest to be held against it."""
_ORDER: dict[Kind, int] = {
    "number": 0,
    "number invented": 1,
    "number missing": 2,
    "number displaced": 3,
    "words invented": 4,
    "words missing": 5,
    "word": 6,
    "line displaced": 7,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class TranscriptCheck:
    """How a transcript of one page compares with it."""

    page_number: int
    words: int = 0
    """Of the transcript."""
    found: int = 0
    """Of these, how many stand on the page."""
    unreadable: int = 0
    """Places that the transcript says cannot be read."""
    unseen: int = 0
    """Words that stand where OCR can read nothing, as far as it can tell."""
    unread: int = 0
    """Words in a script that OCR cannot read: not checked."""
    scripts: tuple[str, ...] = ()
    """These scripts, by name."""
    is_checked: bool = True
    """False where the page gave too few words to hold the transcript against."""
    is_order_checked: bool = True
    """False if the page has so many words, or lines, that their order was not compared."""
    doubts: tuple[TranscriptDoubt, ...] = ()

    @property
    def share(self) -> float:
        return self.found / self.compared if self.compared else 1.0

    @property
    def compared(self) -> int:
        """How many of its words were looked for."""
        return self.words - self.unread

    @property
    def displaced_lines(self) -> int:
        return sum(doubt.kind == "line displaced" for doubt in self.doubts)


def check_transcript(text: str, flow: PageFlow) -> TranscriptCheck:
    """Compare a transcript with the words of its page.

    Shapes:  doubts come in the order in which a person should look at them
    """
    said, unreadable = words_of_transcript(text)
    seen = words_of_flow(flow)
    matching = matched(said, seen, is_ocr=flow.is_read_by_ocr)
    found = len(matching.place)
    unread: dict[int, str] = {}
    if flow.is_read_by_ocr and (unread := unread_words(said)):
        unread = {index: script for index, script in unread.items() if index not in matching.place}
        cover(unread, matching)
    scripts = tuple(sorted({*unread.values()}))
    readable = len(said) - len(unread)
    if not seen or found < LEAST_CHECKED * readable or (said and not readable):
        is_checked = not said and not seen
        return TranscriptCheck(
            page_number=flow.page_number,
            words=len(said),
            found=found,
            unreadable=unreadable,
            is_checked=is_checked,
            unseen=0 if is_checked else readable - found,
            unread=len(unread),
            scripts=scripts,
        )
    is_aligned = max(len(said), len(seen)) <= MAX_ALIGNED
    order = check_order(said, seen) if is_aligned else OrderCheck(is_checked=False)
    comparison = Comparison(matching, flow, noise={*unread})
    doubts = sorted(comparison.doubts(order), key=lambda doubt: _ORDER[doubt.kind])
    return TranscriptCheck(
        page_number=flow.page_number,
        words=len(said),
        found=found,
        unreadable=unreadable,
        unseen=comparison.unseen,
        unread=len(unread),
        scripts=scripts,
        is_order_checked=order.is_checked,
        doubts=tuple(doubts),
    )
