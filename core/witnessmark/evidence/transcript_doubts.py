"""Places where a transcript and its page do not say the same: numbers, words and lines, each with what the page has."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from difflib import SequenceMatcher
from typing import Literal

from witnessmark.documents.flow import PageFlow
from witnessmark.evidence.likeness import LEAST_ALIKE, folded
from witnessmark.evidence.transcript_matching import Matching, stretches
from witnessmark.evidence.transcript_order import OrderCheck
from witnessmark.evidence.transcript_room import UnreadPlaces, letters_of
from witnessmark.evidence.transcript_words import SeenWord, TextWord, is_figure, is_lone_digit, joined
from witnessmark.values import BoundingBox, Word, enclosing

FEWEST_MISSING = 3
"""Words in a row that are said to be invented anywhere; fewer are noise of OCR where there is white for them."""
LONGEST_QUOTE = 120
"""Characters of a page's text that a doubt shows."""
_MOST_PAIRED = 150
"""Of numbers without their like on one side; a page with more is not that page."""
_NEAR = 6
"""Words between which a number is looked for first."""
_SHORT_LINE = 12
"""Words of a line, or row of a table, that is one on the page, too; longer ones are paragraphs."""
_WORD = 4
"""Letters from which a word says enough to differ clearly, or to be missed where its line has no other."""
_READ_WELL = 0.97
"""Share of a transcript's words on the page, from which on OCR is believed where it has another word."""
_SHORTEST_MISSING = 2
"""Letters of a word that is missed in a line of which the others are there: `no`, `of`."""

Kind = Literal[
    "number",
    "number invented",
    "number missing",
    "number displaced",
    "line displaced",
    "word",
    "words invented",
    "words missing",
]


@dataclass(frozen=True, slots=True, kw_only=True)
class TranscriptDoubt:
    """A place where a transcript and its page do not say the same.

    Units:  points of the page, pixels of an image
    """

    kind: Kind
    value: str | None = None
    """What the transcript says; None where it says nothing."""
    nearest: str | None = None
    """What the page says there, of a line displaced the line above it; None where it says nothing."""
    box: BoundingBox | None = None

    @property
    def is_of_number(self) -> bool:
        return self.kind.startswith("number")


@dataclass(slots=True)
class Comparison:
    """What of a transcript and its page is not the same."""

    matching: Matching
    flow: PageFlow
    noise: set[int] = field(default_factory=set[int])
    """Words of the transcript of which the page has something alike: no doubt, and not found."""
    paired: dict[int, int] = field(default_factory=dict[int, int])
    """By a number of the transcript that is nowhere on the page, the one that it may have been."""
    hidden: dict[int, bool] = field(default_factory=dict[int, bool])
    """Whether words that are nowhere on the page may be where OCR could not read."""
    told: set[int] = field(default_factory=set[int])
    """Numbers of the page that are in another line than the transcript has them."""
    unseen: int = 0
    unread: UnreadPlaces = field(init=False)

    unsure: set[int] = field(init=False)

    def __post_init__(self) -> None:
        self.unread = UnreadPlaces(self.flow)
        self.unsure = self._words_unsure()

    @property
    def said(self) -> Sequence[TextWord]:
        return self.matching.said

    @property
    def seen(self) -> Sequence[SeenWord]:
        return self.matching.seen

    def doubts(self, order: OrderCheck) -> Iterator[TranscriptDoubt]:
        yield from self._numbers()
        yield from self._displaced()
        yield from self._words()
        yield from self._missing()
        for line in order.displaced:
            if self.told.issuperset(line.seen):
                continue
            where = self._doubt("line displaced", line.seen, self._line_of(line.seen[0]))
            yield replace(where, nearest=None if line.after is None else self._line_of(line.after))

    # --- numbers ----------------------------------------------------------------------------------------------------

    def _numbers(self) -> Iterator[TranscriptDoubt]:
        """Give numbers of the transcript that stand nowhere, each with the one on the page that it may have been."""
        said = [index for index in self._left_said() if is_figure(self.said[index].key)][:_MOST_PAIRED]
        seen = [index for index in self.matching.left_seen() if is_figure(self.seen[index].key)][:_MOST_PAIRED]
        scores = [
            (score, one, other)
            for one in said
            for other in seen
            if (score := self._likeness(one, other)) >= LEAST_ALIKE
        ]
        for _, one, other in sorted(scores, key=lambda found: -found[0]):
            if one not in self.paired and other not in self.matching.taken:
                self.paired[one] = other
                word = self.seen[other].word  # of which other pieces are told with it
                near = range(max(0, other - _NEAR), min(len(self.seen), other + _NEAR))
                self.matching.taken.update(at for at in near if self.seen[at].word is word)
        for index in said:
            value = self.said[index].text
            self.noise.add(index)
            if index in self.paired:
                yield self._doubt("number", [self.paired[index]], value)
            elif self._is_unseen([index]):
                self.unseen += 1
            else:
                yield TranscriptDoubt(kind="number invented", value=value, box=self._around([index]))

    def _likeness(self, one: int, other: int) -> float:
        first, second = self.said[one].key, self.seen[other].key
        before, after = self.matching.neighbours([one])
        is_near = (before is not None and 0 < other - before <= _NEAR) or (
            after is not None and 0 < after - other <= _NEAR
        )
        start, end = -1 if before is None else before, len(self.seen) if after is None else after
        if start == other - 1 and end == other + 1:  # between the same words
            return 2.0
        if start < other < end <= start + _NEAR and is_lone_digit(first) and is_lone_digit(second):
            return 1.0
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
        place = self.matching.place
        owner = {at: index for index, at in place.items()}
        for line in lines.values():
            names = {self.said[index].key for index in line if index in place and _is_name(self.said[index].key)}
            if len(line) > _SHORT_LINE or not names:
                continue
            for index in line:
                key = self.said[index].key
                if not is_figure(key) or index not in place or self.seen[place[index]].key != key:
                    continue
                places = by_key[key]
                if places and all(self._is_of_others(rows[self.seen[at].line], names, line[0], owner) for at in places):
                    self.told.update(places)
                    where = self._doubt("number displaced", [places[0]], self.said[index].text)
                    yield replace(where, nearest=self._line_of(places[0]))

    def _is_of_others(self, row: Sequence[int], names: set[str], line: int, owner: dict[int, int]) -> bool:
        """Claim that a line of the page holds words of another line of the transcript, and none of its own."""
        words = [at for at in row if _is_name(self.seen[at].key)]
        if any(self.seen[at].key in names for at in words):
            return False
        return any(self.said[owner[at]].line != self.said[line].line for at in words if at in owner)

    # --- words ------------------------------------------------------------------------------------------------------

    def _words(self) -> Iterator[TranscriptDoubt]:
        """Give words of the transcript that stand nowhere, run by run, beside what the page has in their place."""
        for run in stretches([index for index in self._left_said() if not is_figure(self.said[index].key)]):
            between = self._between(run)
            if between:
                self.matching.taken.update(between)
                if self._differs_clearly(run, between):
                    yield self._doubt("word", between, self._quote(run))
                continue
            for piece in self._lines_of(run):
                is_unseen = self._is_unseen(piece)
                if not is_unseen and self._is_invented(piece):
                    yield TranscriptDoubt(kind="words invented", value=self._quote(piece), box=self._around(piece))
                elif is_unseen or len(self._whole_run(piece)) == len(piece):
                    self.unseen += len(piece)

    def _lines_of(self, run: Sequence[int]) -> list[list[int]]:
        """Part a run where the transcript has a new line."""
        lines: dict[int, list[int]] = defaultdict(list)
        for index in run:
            lines[self.said[index].line].append(index)
        return list(lines.values())

    def _between(self, run: Sequence[int]) -> list[int]:
        """List what the page has between the same words, and the transcript nowhere; numbers are looked at alone."""
        before, after = self.matching.neighbours(run)
        if before is None or after is None or not 0 < after - before <= len(run) + _NEAR:
            return []
        between = (at for at in range(before + 1, after) if at not in self.matching.taken)
        return [at for at in between if sum(map(str.isdigit, self.seen[at].key)) < 2]

    def _is_invented(self, run: Sequence[int]) -> bool:
        """Claim that the page leaves no room for words: OCR misses one or two, where there is white."""
        said = joined([self.said[index].key for index in run])
        if len(run) >= FEWEST_MISSING or (len(said) >= _WORD and not self.flow.is_read_by_ocr):
            return True
        if self._is_line(run) and len(said) >= 2 * _WORD:
            return True
        return len(said) >= self._shortest and not self.unread.has_white(*self._words_around(run))

    @property
    def _is_read_well(self) -> bool:
        """Claim that OCR reads this page without many mistakes: nearly all words are the same."""
        return len(self.matching.place) >= _READ_WELL * len(self.said)

    @property
    def _shortest(self) -> int:
        """Letters that are a word; one alone is a word of scripts without spaces, of which OCR misreads many."""
        return _SHORTEST_MISSING if self.flow.is_read_by_ocr else 1

    def _is_line(self, run: Sequence[int]) -> bool:
        """Claim that words are a whole line of the transcript, apart from numbers."""
        line = self.said[run[0]].line
        around = [at for at in (run[0] - 1, run[-1] + 1) if 0 <= at < len(self.said)]
        return all(self.said[at].line != line or is_figure(self.said[at].key) for at in around)

    def _differs_clearly(self, run: Sequence[int], between: Sequence[int]) -> bool:
        """Claim that words are others, and no misreading of OCR: where it is sure, that is a letter at most."""
        said = joined([self.said[index].key for index in run])
        seen = joined([self.seen[at].key for at in between])
        if not self.flow.is_read_by_ocr:
            return True
        if min(len(said), len(seen)) < _SHORTEST_MISSING:
            return False
        matcher = SequenceMatcher(None, folded(said), folded(seen), autojunk=False)
        if self._is_read_well and len(run) == len(between) == 1 and between[0] not in self.unsure:
            alike = sum(block.size for block in matcher.get_matching_blocks())
            return max(len(said), len(seen)) - alike > (max(len(said), len(seen)) > _SHORTEST_MISSING)
        return min(len(said), len(seen)) >= _WORD and matcher.ratio() < LEAST_ALIKE

    def _missing(self) -> Iterator[TranscriptDoubt]:
        """Give what the page has and the transcript has not."""
        left = self.matching.left_seen()
        found_lines = {self.seen[at].line for at in self.matching.place.values()}
        for at in left:
            key = self.seen[at].key
            if is_figure(key) and at not in self.unsure and self._is_missed_number(at, found_lines):
                yield self._doubt("number missing", [at], None)
        for run in stretches([at for at in left if not is_figure(self.seen[at].key)]):
            telling = [at for at in run if at not in self.unsure]
            letters = sum(len(self.seen[at].key) for at in telling)
            if letters < self._shortest:
                continue
            if letters >= _WORD or (any(self.seen[at].line in found_lines for at in telling)):
                yield self._doubt("words missing", run, None)

    def _is_missed_number(self, at: int, found_lines: set[int]) -> bool:
        """Claim that a number is one: OCR takes spots and bullets for digits, and seldom in a line of text."""
        return len(self.seen[at].key) > 1 or not self.flow.is_read_by_ocr or self.seen[at].line in found_lines

    def _words_unsure(self) -> set[int]:
        """List the words of the page that OCR itself is unsure of."""
        reading = self.flow.reading
        if reading is None or not reading.doubtful:
            return set()
        doubtful = {word.text for word in reading.doubtful}
        return {at for at, one in enumerate(self.seen) if one.word.text in doubtful}

    # --- where ------------------------------------------------------------------------------------------------------

    def _left_said(self) -> list[int]:
        return [index for index in self.matching.left_said() if index not in self.noise]

    def _is_unseen(self, run: Sequence[int]) -> bool:
        """Claim that words may be in a place that OCR could not read: it is between their neighbours and has room.

        What of a line is nowhere on the page has to fit as a whole.
        """
        whole = self._whole_run(run)
        if whole[0] not in self.hidden:
            letters = letters_of([self.said[index].text for index in whole])
            is_hidden = self.unread.take(letters, *self._words_around(whole))
            self.hidden |= dict.fromkeys(whole, is_hidden)
        if self.hidden[run[0]]:
            return True
        return (
            len(run) == 1 and is_lone_digit(self.said[run[0]].key) and self.unread.has_white(*self._words_around(run))
        )

    def _whole_run(self, run: Sequence[int]) -> list[int]:
        """Extend a run by the words of its line, before and after, that are nowhere on the page."""
        first, last = run[0], run[-1]
        while self._is_nowhere(first - 1, line=self.said[first].line):
            first -= 1
        while self._is_nowhere(last + 1, line=self.said[last].line):
            last += 1
        return list(range(first, last + 1))

    def _is_nowhere(self, index: int, *, line: int) -> bool:
        is_there = 0 <= index < len(self.said) and self.said[index].line == line
        return is_there and index not in self.matching.place and index not in self.paired

    def _words_around(self, run: Sequence[int]) -> tuple[Word | None, Word | None]:
        before, after = self.matching.neighbours(run)
        return None if before is None else self.seen[before].word, None if after is None else self.seen[after].word

    def _around(self, run: Sequence[int]) -> BoundingBox | None:
        """Find the place between the words before and after, where these are near each other."""
        before, after = self.matching.neighbours(run)
        if before is None or after is None or not 0 < after - before <= _NEAR:
            return None
        return self.flow.placed(enclosing([self.seen[before].word, self.seen[after].word]))

    def _doubt(self, kind: Kind, places: Sequence[int], value: str | None) -> TranscriptDoubt:
        box = self.flow.placed(enclosing([self.seen[at].word for at in places]))
        return TranscriptDoubt(kind=kind, value=value, nearest=self._text(places), box=box)

    def _line_of(self, at: int) -> str:
        line, one = self.seen[at].line, self.seen[at].word
        return self._text(
            [
                other
                for other, seen in enumerate(self.seen)
                if seen.line == line and seen.word.top < (one.top + one.bottom) / 2 < seen.word.bottom
            ]
        )

    def _text(self, places: Sequence[int]) -> str:
        words = dict.fromkeys(self.seen[at].word for at in places)  # some were taken apart
        return " ".join(word.text for word in words)[:LONGEST_QUOTE]

    def _quote(self, run: Sequence[int]) -> str:
        return " ".join(self.said[index].text for index in run)[:LONGEST_QUOTE]


def _is_name(key: str) -> bool:
    """Claim that a word tells its line from others."""
    return len(key) > 2 and not is_figure(key)
