"""Does a transcript say what its page says? Both are compared word by word; numbers that differ come first.

The order may differ: columns, headers and tables can be read in more than one. What OCR has read may differ in letters
that look alike, never in digits; and where it could read nothing, the transcript is not checked.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from difflib import SequenceMatcher
from typing import Literal

from witnessmark.documents.flow import PageFlow
from witnessmark.evidence.likeness import LEAST_ALIKE, folded
from witnessmark.evidence.numbers import amount_of
from witnessmark.evidence.transcript_words import (
    SeenWord,
    TextWord,
    is_figure,
    joined,
    words_of_flow,
    words_of_transcript,
)
from witnessmark.values import BoundingBox, enclosing

LEAST_CHECKED = 0.4
"""Share of a transcript's words that have to stand on the page for the rest to be held against it."""
FEWEST_MISSING = 3
"""Words in a row that are said to be missing or invented: one or two are more often noise of OCR."""
LONGEST_QUOTE = 120
"""Characters of a page's text that a doubt shows."""
_LONGEST_ALIGNED = 4_000
"""Words of a transcript or page that are aligned; longer ones are compared as sets."""
_MOST_PAIRED = 150
"""Of numbers without their like on one side; a page with more is not that page."""
_NEAR = 6
"""Words between which a number is looked for first."""
_SHORT_LINE = 12
"""Words of a line, or row of a table, that is one on the page, too; longer ones are paragraphs."""
_WORD = 4
"""Letters from which a word says enough to differ clearly."""
_MOST_JOINED = 3

Kind = Literal[
    "number", "number invented", "number missing", "number displaced", "word", "words invented", "words missing"
]
_ORDER: dict[Kind, int] = {
    "number": 0,
    "number invented": 1,
    "number missing": 2,
    "number displaced": 3,
    "word": 4,
    "words invented": 5,
    "words missing": 6,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class TranscriptDoubt:
    """A place where a transcript and its page do not say the same.

    Units:  points of the page, pixels of an image
    """

    kind: Kind
    value: str | None = None
    """What the transcript says; None where it says nothing."""
    nearest: str | None = None
    """What the page says there; None where it says nothing."""
    box: BoundingBox | None = None

    @property
    def is_of_number(self) -> bool:
        return self.kind.startswith("number")


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
    is_checked: bool = True
    """False where the page gave too few words to hold the transcript against."""
    doubts: tuple[TranscriptDoubt, ...] = ()

    @property
    def share(self) -> float:
        return self.found / self.words if self.words else 1.0


def check_transcript(text: str, flow: PageFlow) -> TranscriptCheck:
    """Compare a transcript with the words of its page.

    Shapes:  doubts come in the order in which a person should look at them
    """
    said, unreadable = words_of_transcript(text)
    comparison = _Comparison(said, words_of_flow(flow), flow)
    comparison.match()
    found = comparison.found
    if not comparison.seen or found < LEAST_CHECKED * len(said):
        is_checked = not said and not comparison.seen
        return TranscriptCheck(
            page_number=flow.page_number,
            words=len(said),
            found=found,
            unreadable=unreadable,
            is_checked=is_checked,
            unseen=0 if is_checked else len(said) - found,
        )
    doubts = sorted(comparison.doubts(), key=lambda doubt: _ORDER[doubt.kind])
    return TranscriptCheck(
        page_number=flow.page_number,
        words=len(said),
        found=comparison.found,
        unreadable=unreadable,
        unseen=comparison.unseen,
        doubts=tuple(doubts),
    )


@dataclass(slots=True)
class _Comparison:
    """Two rows of words, and which of the one is which of the other."""

    said: Sequence[TextWord]
    seen: Sequence[SeenWord]
    flow: PageFlow
    place: dict[int, int] = field(default_factory=dict[int, int])
    """By the index of a word of the transcript, that of its like on the page."""
    taken: set[int] = field(default_factory=set[int])
    """Words of the page that have their like."""
    noise: set[int] = field(default_factory=set[int])
    """Words of the transcript of which the page has something alike: no doubt, and not found."""
    unseen: int = 0

    @property
    def found(self) -> int:
        return len(self.place)

    # --- what is the same -------------------------------------------------------------------------------------------

    def match(self) -> None:
        """Find each word of the transcript on the page: in order, then anywhere, then written in another way."""
        said, seen = [word.key for word in self.said], [word.key for word in self.seen]
        if max(len(said), len(seen)) <= _LONGEST_ALIGNED:
            for start, other, size in SequenceMatcher(None, said, seen, autojunk=False).get_matching_blocks():
                for step in range(size):
                    self._take([start + step], [other + step])
        free: dict[str, list[int]] = defaultdict(list)
        for index in reversed(self._left_seen()):
            free[seen[index]].append(index)
        for index in self._left_said():
            if free[said[index]]:
                self._take([index], [free[said[index]].pop()])
        self._match_forms()

    def _match_forms(self) -> None:
        """Match what is written in another way: parted or joined words, other separators, letters that look alike."""
        is_ocr = self.flow.is_read_by_ocr
        by_form: dict[str, list[list[int]]] = defaultdict(list)
        seen = [word.key for word in self.seen]
        for run in _runs(self._left_seen()):
            for form in _forms([seen[index] for index in run], is_ocr=is_ocr):
                by_form[form].append(run)
        said = [word.key for word in self.said]
        for run in _runs(self._left_said()):
            if any(index in self.place for index in run):
                continue
            for form in _forms([said[index] for index in run], is_ocr=is_ocr):
                other = next((one for one in by_form[form] if self.taken.isdisjoint(one)), None)
                if other is not None:
                    self._take(run, other)
                    break

    def _take(self, said: Sequence[int], seen: Sequence[int]) -> None:
        self.place |= dict.fromkeys(said, seen[0])
        self.taken.update(seen)

    def _left_said(self) -> list[int]:
        return [index for index in range(len(self.said)) if index not in self.place and index not in self.noise]

    def _left_seen(self) -> list[int]:
        return [index for index in range(len(self.seen)) if index not in self.taken]

    # --- what is not ------------------------------------------------------------------------------------------------

    def doubts(self) -> Iterator[TranscriptDoubt]:
        yield from self._numbers()
        yield from self._displaced()
        yield from self._words()
        yield from self._missing()

    def _numbers(self) -> Iterator[TranscriptDoubt]:
        """Give numbers of the transcript that stand nowhere, each with the one on the page that it may have been."""
        said = [index for index in self._left_said() if is_figure(self.said[index].key)][:_MOST_PAIRED]
        seen = [index for index in self._left_seen() if is_figure(self.seen[index].key)][:_MOST_PAIRED]
        scores = [
            (score, one, other)
            for one in said
            for other in seen
            if (score := self._likeness(one, other)) >= LEAST_ALIKE
        ]
        paired: dict[int, int] = {}
        for _, one, other in sorted(scores, key=lambda found: -found[0]):
            if one not in paired and other not in self.taken:
                paired[one] = other
                self.taken.add(other)
        for index in said:
            value = self.said[index].text
            self.noise.add(index)
            if index in paired:
                yield self._doubt("number", [paired[index]], value)
            elif self._is_unseen([index]):
                self.unseen += 1
            else:
                yield TranscriptDoubt(kind="number invented", value=value, box=self._around([index]))

    def _likeness(self, one: int, other: int) -> float:
        first, second = self.said[one].key, self.seen[other].key
        before, after = self._neighbours([one])
        is_near = (before is not None and 0 < other - before <= _NEAR) or (
            after is not None and 0 < after - other <= _NEAR
        )
        matcher = SequenceMatcher(None, first, second, autojunk=False)
        alike = matcher.ratio() if is_near or matcher.quick_ratio() >= LEAST_ALIKE else 0.0
        # Beside the same words it is most likely the same number, as long as anything of it is.
        return alike + 0.5 if is_near and alike >= LEAST_ALIKE / 2 else alike

    def _displaced(self) -> Iterator[TranscriptDoubt]:
        """Give numbers that the page has in another line, or row, than the transcript."""
        lines: dict[int, list[int]] = defaultdict(list)
        rows: dict[int, list[int]] = defaultdict(list)
        for index, word in enumerate(self.said):
            lines[word.line].append(index)
        for index, one in enumerate(self.seen):
            rows[one.line].append(index)
        by_key: dict[str, list[int]] = defaultdict(list)
        for index, one in enumerate(self.seen):
            by_key[one.key].append(index)
        owner = {place: index for index, place in self.place.items()}
        for line in lines.values():
            names = {self.said[index].key for index in line if index in self.place and _is_name(self.said[index].key)}
            if len(line) > _SHORT_LINE or not names:
                continue
            for index in line:
                key = self.said[index].key
                if not is_figure(key) or index not in self.place:
                    continue
                places = by_key[key]
                if places and all(self._is_of_others(rows[self.seen[at].line], names, line[0], owner) for at in places):
                    where = self._doubt("number displaced", [places[0]], self.said[index].text)
                    yield replace(where, nearest=self._text(rows[self.seen[places[0]].line]))

    def _is_of_others(self, row: Sequence[int], names: set[str], line: int, owner: dict[int, int]) -> bool:
        """Claim that a line of the page holds words of another line of the transcript, and none of its own."""
        words = [at for at in row if _is_name(self.seen[at].key)]
        if any(self.seen[at].key in names for at in words):
            return False
        return any(self.said[owner[at]].line != self.said[line].line for at in words if at in owner)

    def _words(self) -> Iterator[TranscriptDoubt]:
        """Give words of the transcript that stand nowhere, run by run, beside what the page has in their place."""
        for run in _stretches([index for index in self._left_said() if not is_figure(self.said[index].key)]):
            before, after = self._neighbours(run)
            between: list[int] = []
            if before is not None and after is not None and 0 < after - before <= len(run) + _NEAR:
                between = [at for at in range(before + 1, after) if at not in self.taken]
            said = joined([self.said[index].key for index in run])
            seen = joined([self.seen[at].key for at in between])
            if between:
                self.taken.update(between)
                if self._differs_clearly(said, seen):
                    yield self._doubt("word", between, self._quote(run))
                continue
            if self._is_unseen(run):
                self.unseen += len(run)
            elif len(run) >= FEWEST_MISSING or (len(said) >= _WORD and not self.flow.is_read_by_ocr):
                yield TranscriptDoubt(kind="words invented", value=self._quote(run), box=self._around(run))

    def _differs_clearly(self, said: str, seen: str) -> bool:
        if min(len(said), len(seen)) < _WORD:
            return False
        if not self.flow.is_read_by_ocr:
            return True
        return SequenceMatcher(None, folded(said), folded(seen), autojunk=False).ratio() < LEAST_ALIKE

    def _missing(self) -> Iterator[TranscriptDoubt]:
        """Give what the page has and the transcript has not."""
        left = self._left_seen()
        unsure = self._unsure()
        for at in left:
            key = self.seen[at].key
            if is_figure(key) and at not in unsure and (len(key) > 1 or not self.flow.is_read_by_ocr):
                yield self._doubt("number missing", [at], None)
        for run in _stretches([at for at in left if not is_figure(self.seen[at].key)]):
            telling = [at for at in run if _is_name(self.seen[at].key) and at not in unsure]
            if len(telling) >= FEWEST_MISSING:
                yield self._doubt("words missing", run, None)

    def _unsure(self) -> set[int]:
        """List the words of the page that OCR itself is unsure of."""
        reading = self.flow.reading
        if reading is None or not reading.doubtful:
            return set()
        doubtful = {word.text for word in reading.doubtful}
        return {at for at, one in enumerate(self.seen) if one.word.text in doubtful}

    # --- where ------------------------------------------------------------------------------------------------------

    def _neighbours(self, run: Sequence[int]) -> tuple[int | None, int | None]:
        """Find on the page the words that stand before and after some of the transcript."""
        before = next((self.place[at] for at in range(run[0] - 1, -1, -1) if at in self.place), None)
        after = next((self.place[at] for at in range(run[-1] + 1, len(self.said)) if at in self.place), None)
        return before, after

    def _is_unseen(self, run: Sequence[int]) -> bool:
        """Claim that words may stand where OCR could not read: it says that there is such a place on the page."""
        del run
        return self.flow.reading is not None and bool(self.flow.reading.unreadable)

    def _around(self, run: Sequence[int]) -> BoundingBox | None:
        """Find the place between the words before and after, where these are near each other."""
        before, after = self._neighbours(run)
        if before is None or after is None or not 0 < after - before <= _NEAR:
            return None
        return self.flow.placed(enclosing([self.seen[before].word, self.seen[after].word]))

    def _doubt(self, kind: Kind, places: Sequence[int], value: str | None) -> TranscriptDoubt:
        box = self.flow.placed(enclosing([self.seen[at].word for at in places]))
        return TranscriptDoubt(kind=kind, value=value, nearest=self._text(places), box=box)

    def _text(self, places: Sequence[int]) -> str:
        words = dict.fromkeys(self.seen[at].word for at in places)  # some were taken apart
        return " ".join(word.text for word in words)[:LONGEST_QUOTE]

    def _quote(self, run: Sequence[int]) -> str:
        return " ".join(self.said[index].text for index in run)[:LONGEST_QUOTE]


def _is_name(key: str) -> bool:
    """Claim that a word tells its line from others."""
    return len(key) > 2 and not is_figure(key)


def _runs(left: Sequence[int]) -> Iterator[list[int]]:
    """Give one word, two and three that follow one another, of those that are left."""
    for size in range(1, _MOST_JOINED + 1):
        for start in range(len(left) - size + 1):
            if left[start + size - 1] - left[start] == size - 1:
                yield [*left[start : start + size]]


def _stretches(left: Sequence[int]) -> list[list[int]]:
    """Put together what follows one another."""
    found: list[list[int]] = []
    for index in left:
        if found and index == found[-1][-1] + 1:
            found[-1].append(index)
        else:
            found.append([index])
    return found


def _forms(keys: Sequence[str], *, is_ocr: bool) -> Iterator[str]:
    """Write words in all the ways in which they may stand elsewhere."""
    whole = joined(keys)
    yield whole
    if is_figure(whole):
        sign = "-" if whole.startswith("-") else ""
        amount = amount_of(whole.lstrip("-"))
        for value in amount.values if amount is not None else ():
            yield f"{sign}#{value}"
        if amount is None:
            yield "".join(letter if letter.isalnum() else "." for letter in whole)
    elif is_ocr and (as_read := folded(whole)):
        yield f"~{as_read}"
