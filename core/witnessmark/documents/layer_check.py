"""Does a text layer say what its pages show? Samples of it are compared with OCR of the picture, and both are said.

Lies sit in fonts, so each figure of each font is looked at in two words of a document, however long it is; of text
that other OCR software left, some figures of every page are. Where one is found to differ, every figure of the page is
looked at. What differs is read twice, by a quick and by a careful model, before anything is said.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Literal

import anyio

from witnessmark.documents.differing import (
    LEAST_SURE,
    Difference,
    differs,
    figures_of,
    is_other_alphabet,
    may_differ,
    may_differ_in_separators,
    separators_differ,
    swaps_letters,
)
from witnessmark.documents.document import Document
from witnessmark.documents.ocr.sheet import MOST_PLACES, SeenPlace
from witnessmark.documents.opening import Documents, LayerSample, LayerSamples
from witnessmark.documents.sampling import LETTERS, SEPARATORS, has_figure
from witnessmark.errors import WitnessmarkError
from witnessmark.values import BoundingBox

SECONDS = 10.0
"""For comparing one document in one call, OCR's start included; an undisturbed machine needs half a second for most."""
PART_OF_A_CALL = 0.25
"""Of the time that a call has."""
OF_SCANNER_FIRST, OF_SCANNER_LATER = 24, 8
"""Figures of a page of a scanner's text that are looked at: as long as little is known, and after that."""
ENOUGH_OF_SCANNER = 100
"""Figures of a scanner's text without a difference after which fewer are looked at."""

State = Literal["agrees", "differs", "unreadable", "unchecked"]
"""`agrees`: nothing was found to differ, also where nothing had to be compared; `unreadable`: the layer's letters are
not those that are seen; `unchecked`: no OCR, no time, or no PDF."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LayerFinding:
    """What comparing a page's text layer with its picture found."""

    page_number: int
    state: State
    differences: tuple[Difference, ...] = ()
    compared: int = 0
    """Words that were looked at on this page; none where its fonts were known."""
    was_out_of_time: bool = False


@dataclass(slots=True)
class _Known:
    """What is known of a document's fonts."""

    counts: dict[str, Counter[str]] = field(default_factory=dict[str, "Counter[str]"])
    lying: set[str] = field(default_factory=set[str])
    of_scanner: int = 0
    is_scanner_wrong: bool = False


def seconds_to_check(seconds: float | None) -> float:
    """Say how long a document may be compared in a call that has `seconds`."""
    return SECONDS if seconds is None else min(SECONDS, PART_OF_A_CALL * seconds)


class LayerCheck:
    """Compares the pages of one document, and remembers its fonts from page to page."""

    def __init__(self, documents: Documents, document: Document, *, seconds: float = SECONDS) -> None:
        self._documents = documents
        self._document = document
        self._left = seconds
        self._known = _Known()
        self._found: dict[int, LayerFinding] = {}
        self._lock = anyio.Lock()
        self._so_far = LayerFinding(page_number=0, state="unchecked")
        """What is given where time runs out, or a worker stops, before a page is done."""

    def at_most(self, seconds: float | None) -> None:
        """Take no longer than this from now on, or than was said before."""
        self._left = self._left if seconds is None else min(self._left, seconds)

    @property
    def findings(self) -> tuple[LayerFinding, ...]:
        """What was found on the pages that were compared, in their order."""
        return tuple(self._found[page] for page in sorted(self._found))

    async def page(self, page: int) -> LayerFinding:
        """Compare a page with its picture, once.

        Errors:  none; what cannot be compared is unchecked
        """
        if self._document.reader != "pdfium" or self._documents.recogniser is None:
            return LayerFinding(page_number=page, state="unchecked")
        async with self._lock:
            if page not in self._found:
                self._found[page] = await self._in_time(page)
            return self._found[page]

    async def _in_time(self, page: int) -> LayerFinding:
        began = anyio.current_time()
        self._so_far = LayerFinding(page_number=page, state="unchecked", was_out_of_time=True)
        try:
            with anyio.move_on_after(max(0.0, self._left)):
                self._so_far = await self._compare(page)
        except WitnessmarkError:  # the page itself cannot be read, which whoever reads it says
            self._so_far = replace(self._so_far, was_out_of_time=False)
        self._left -= anyio.current_time() - began
        return self._so_far

    async def _compare(self, page: int) -> LayerFinding:
        known = self._known
        few = known.of_scanner >= ENOUGH_OF_SCANNER and not known.is_scanner_wrong
        sampled = await self._documents.layer_samples(
            self._document,
            page,
            known={font: dict(counts) for font, counts in known.counts.items()},
            most_of_scanner=OF_SCANNER_LATER if few else OF_SCANNER_FIRST,
        )
        is_suspect = known.is_scanner_wrong and sampled.is_from_scanner
        if not is_suspect and not known.lying & set(sampled.fonts):
            seen = await self._look(page, sampled.samples)
            self._learn(sampled.samples, is_from_scanner=sampled.is_from_scanner)
            if is_other_alphabet(_letters(sampled.samples, seen)) or _has_swapped_letters(sampled, seen):
                return LayerFinding(page_number=page, state="unreadable", compared=len(seen))
            found = await self._confirmed(page, sampled.samples, seen)
            if not found:
                return LayerFinding(page_number=page, state="agrees", compared=len(seen))
            self._so_far = replace(
                self._so_far, state="differs", differences=_differences(page, found), compared=len(seen)
            )
            known.lying |= {sample.font for sample in found if sample.doubt in {"font", "separators"}}
            known.is_scanner_wrong |= sampled.is_from_scanner
        return await self._all_of(page, sampled)

    async def _all_of(self, page: int, sampled: LayerSamples) -> LayerFinding:
        """Compare every figure of a page on which one is known to differ, and those in doubt once more."""
        every = await self._documents.layer_samples(self._document, page, known={}, most_of_scanner=0, every=True)
        doubts = {sample.box: sample.doubt for sample in sampled.samples}
        doubts |= {sample.box: "separators" for sample in every.samples if _has_doubtful_separator(sample, sampled)}
        samples = [sample._replace(doubt=doubts.get(sample.box, sample.doubt)) for sample in every.samples]
        found = await self._confirmed(page, samples, await self._look(page, samples))
        differences = _differences(page, found)
        return LayerFinding(
            page_number=page,
            state="differs" if differences else "agrees",
            differences=differences,
            compared=len(samples),
        )

    async def _look(self, page: int, samples: Sequence[LayerSample], *, careful: bool = False) -> list[SeenPlace]:
        seen: list[SeenPlace] = []
        for begin in range(0, len(samples), MOST_PLACES):
            boxes = [_cut(sample) for sample in samples[begin : begin + MOST_PLACES]]
            seen += await self._documents.read_places(self._document, page, boxes, careful=careful)
        return seen

    async def _confirmed(
        self, page: int, samples: Sequence[LayerSample], seen: Sequence[SeenPlace]
    ) -> dict[LayerSample, str]:
        """Read again, with care, what seems to differ, and keep what does so twice."""
        suspects = [
            (sample, place)
            for sample, place in zip(samples, seen, strict=True)
            if has_figure(sample.text) and place.text and _may_differ(sample, place.text)
        ]
        again = await self._look(page, [sample for sample, _ in suspects], careful=True) if suspects else []
        covered = {figures_of(sample.text) for sample in samples if sample.doubt == "overlap"}
        found: dict[LayerSample, str] = {}
        for (sample, first), second in zip(suspects, again, strict=True):
            if second.confidence < LEAST_SURE:
                continue
            is_covered = sample.doubt == "overlap" and figures_of(second.text) in covered
            is_separator = sample.doubt == "separators" and separators_differ(sample.text, first.text, second.text)
            if (
                is_separator
                or differs(sample.text, first.text, second.text)
                or (is_covered and figures_of(first.text) == figures_of(second.text) != figures_of(sample.text))
            ):
                found[sample] = second.text.strip("|[]!")
        return found

    def _learn(self, samples: Sequence[LayerSample], *, is_from_scanner: bool) -> None:
        if is_from_scanner:
            self._known.of_scanner += len(samples)
            return
        for sample in samples:
            counts = self._known.counts.setdefault(sample.font, Counter())
            digits = {letter for letter in sample.text if "0" <= letter <= "9"}
            counts.update(digits or {LETTERS})


def _differences(page: int, found: Mapping[LayerSample, str]) -> tuple[Difference, ...]:
    return tuple(
        Difference(page_number=page, box=sample.box, layer=sample.text, shown=shown) for sample, shown in found.items()
    )


def _letters(samples: Sequence[LayerSample], seen: Sequence[SeenPlace]) -> list[tuple[str, str]]:
    return [
        (sample.text, place.text)
        for sample, place in zip(samples, seen, strict=True)
        if not has_figure(sample.text) and place.confidence >= LEAST_SURE
    ]


def _may_differ(sample: LayerSample, seen: str) -> bool:
    return may_differ(sample.text, seen) or (
        sample.doubt == "separators" and may_differ_in_separators(sample.text, seen)
    )


def _has_doubtful_separator(sample: LayerSample, sampled: LayerSamples) -> bool:
    return not SEPARATORS.isdisjoint(sampled.fonts.get(sample.font, "")) and not SEPARATORS.isdisjoint(sample.text)


def _has_swapped_letters(sampled: LayerSamples, seen: Sequence[SeenPlace]) -> bool:
    """Say whether words show other letters than their layer says, of a font that draws others by their shapes, too."""
    for font, contradicted in sampled.fonts.items():
        of_font = [(sample, place) for sample, place in zip(sampled.samples, seen, strict=True) if sample.font == font]
        pairs = _letters([sample for sample, _ in of_font], [place for _, place in of_font])
        if contradicted and swaps_letters(pairs, set(contradicted)):
            return True
    return False


def _cut(sample: LayerSample) -> BoundingBox:
    """Cut a word out: its own line box; of text that OCR software placed roughly, a little more."""
    box = sample.box
    if sample.doubt != "scanner":
        return box
    across, down = 0.25 * box.height, 0.15 * box.height
    return BoundingBox(x0=box.x0 - across, top=box.top - down, x1=box.x1 + across, bottom=box.bottom + down)
