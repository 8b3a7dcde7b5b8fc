"""Which words of a page to compare with its picture: those that say most about its fonts. Runs in a worker.

A text layer says of each letter what its font says of it, so that lies sit in fonts: each figure of each font is wanted
a few times in a document, however long it is. Where pictures lie under words, or words over one another, the words
themselves are in doubt; and of what OCR software has left, every figure is.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import Literal, NamedTuple, Protocol

from witnessmark.values import BoundingBox, Word

TIMES = 2
"""Words of a document in which a font's figure is looked at."""
WORDS_OF_LETTERS = 4
"""Words without figures that are looked at for each font."""
MOST_SAMPLED = 60
"""Words of one page."""
MOST_IN_DOUBT = 12
"""Words of one page, over pictures and over one another each, that are looked at before more is known."""
SMALLEST_LINE = 5.0
"""Points of a line's height under which a page drawn at 200 dpi cannot be read for sure."""
SEPARATORS = frozenset(".,")
LETTERS = "letters"
"""Stands for all letters where it is counted how often a font was looked at."""

Doubt = Literal["font", "separators", "picture", "overlap", "scanner", "all"]
"""`separators`: the font draws a comma for a full stop, or a full stop for a comma."""


class FontWord(NamedTuple):
    """A word and the font it is set in, by a name that holds for one opened document."""

    word: Word
    font: str
    start: int = 0
    """Index of its first character on the page."""


class Proof(Protocol):
    """What is known of fonts without reading their words: such words need not be compared."""

    def has_proven(self, font: str, digits: str) -> bool:
        """Say whether each glyph that a font draws for these digits looks like its digit."""
        ...

    def has_proven_letters(self, font: str) -> bool:
        """Say whether the letters of a font look like theirs."""
        ...

    def contradicted(self, font: str) -> Collection[str]:
        """List the letters and separators for which a font draws others."""
        ...

    def is_doubtful(self, item: FontWord) -> bool:
        """Say whether a word has a glyph that looks like another letter."""
        ...

    def shows(self, item: FontWord) -> bool:
        """Say whether the digits of a word are seen where it lies, whatever lies over or under it."""
        ...


class Unproven:
    """Knows nothing of any font."""

    def has_proven(self, font: str, digits: str) -> bool:  # noqa: ARG002 - as `Proof` has it
        return False

    def has_proven_letters(self, font: str) -> bool:  # noqa: ARG002 - as `Proof` has it
        return False

    def contradicted(self, font: str) -> Collection[str]:  # noqa: ARG002 - as `Proof` has it
        return ()

    def is_doubtful(self, item: FontWord) -> bool:  # noqa: ARG002 - as `Proof` has it
        return False

    def shows(self, item: FontWord) -> bool:  # noqa: ARG002 - as `Proof` has it
        return False


class Sample(NamedTuple):
    """A word to be compared, and why."""

    word: Word
    font: str
    doubt: Doubt


def samples_of(
    words: Sequence[FontWord],
    known: Mapping[str, Mapping[str, int]],
    pictures: Sequence[BoundingBox],
    *,
    is_from_scanner: bool,
    most_of_scanner: int,
    has_plain_fonts: bool,
    proof: Proof,
) -> list[Sample]:
    """Choose words to compare; fonts that are plain cannot lie, and those that are proven do not.

    Shapes:  `known` counts, for each font, how often each figure, and any word of `LETTERS`, was looked at
    """
    readable = [item for item in words if is_comparable(item.word)]
    figures = [item for item in readable if has_figure(item.word.text)]
    if is_from_scanner:
        return [_sample(item, "scanner") for item in _spread(figures)][:most_of_scanner]
    wanted = () if has_plain_fonts else _for_fonts(readable, figures, known, proof)
    chosen = {id(item): _sample(item, "font") for item in wanted}
    for item in _first(_spread([item for item in figures if set(item.word.text) & SEPARATORS])):
        if not SEPARATORS.isdisjoint(proof.contradicted(item.font)):
            chosen[id(item)] = _sample(item, "separators")
    for item in _first(_spread([item for item in figures if _is_on_any(item.word, pictures)])):
        if not proof.shows(item):
            chosen.setdefault(id(item), _sample(item, "picture"))
    for item in _first(_overlapping(figures)):
        if not proof.shows(item):
            chosen[id(item)] = _sample(item, "overlap")
    return list(chosen.values())[:MOST_SAMPLED]


def every_figure(words: Sequence[FontWord], *, is_from_scanner: bool) -> list[Sample]:
    """Choose every word with a figure that can be compared."""
    doubt: Doubt = "scanner" if is_from_scanner else "all"
    return [_sample(item, doubt) for item in words if is_comparable(item.word) and has_figure(item.word.text)]


def _sample(item: FontWord, doubt: Doubt) -> Sample:
    return Sample(item.word, item.font, doubt)


def has_figure(text: str) -> bool:
    return any("0" <= letter <= "9" for letter in text)


def is_comparable(word: Word) -> bool:
    """Say whether OCR would read a word for sure: of plain letters, level, neither tiny nor endless."""
    text = word.text
    return (
        text.isascii()
        and 2 <= len(text) <= 30
        and word.angle == 0
        and word.bottom - word.top >= SMALLEST_LINE
        and word.x1 - word.x0 < 40 * (word.bottom - word.top)
    )


def _for_fonts(
    readable: Sequence[FontWord],
    figures: Sequence[FontWord],
    known: Mapping[str, Mapping[str, int]],
    proof: Proof,
) -> Iterator[FontWord]:
    seen = {font: Counter(counts) for font, counts in known.items()}
    for item in sorted(_spread(figures), key=proof.is_doubtful, reverse=True):
        counts = seen.setdefault(item.font, Counter())
        digits = {letter for letter in item.word.text if "0" <= letter <= "9"}
        if any(counts[digit] < TIMES for digit in digits) and not proof.has_proven(item.font, "".join(digits)):
            counts.update(digits)
            yield item
    words = _spread([item for item in readable if len(item.word.text) >= 4 and item.word.text.isalpha()])
    for item in sorted(words, key=lambda item: set(item.word.text).isdisjoint(proof.contradicted(item.font))):
        counts = seen.setdefault(item.font, Counter())
        if counts[LETTERS] < WORDS_OF_LETTERS and not proof.has_proven_letters(item.font):
            counts[LETTERS] += 1
            yield item


def _spread(items: Sequence[FontWord]) -> Sequence[FontWord]:
    """Order words so that the first of them come from all over the page."""
    step = max(1, int(len(items) ** 0.5))
    return [item for begin in range(step) for item in items[begin::step]]


def _first(items: Sequence[FontWord]) -> Sequence[FontWord]:
    return items[:MOST_IN_DOUBT]


def _is_on_any(word: Word, pictures: Sequence[BoundingBox]) -> bool:
    x, y = (word.x0 + word.x1) / 2, (word.top + word.bottom) / 2
    return any(box.x0 <= x <= box.x1 and box.top <= y <= box.bottom for box in pictures)


def _overlapping(figures: Sequence[FontWord]) -> list[FontWord]:
    """Find words that lie mostly over another one."""
    ordered = sorted(figures, key=lambda item: item.word.x0)
    found: dict[int, FontWord] = {}
    for index, one in enumerate(ordered):
        for other in ordered[index + 1 :]:
            if other.word.x0 >= one.word.x1:
                break
            if _covers(one.word, other.word):
                found[id(one)], found[id(other)] = one, other
    return list(found.values())


def _covers(a: Word, b: Word) -> bool:
    across = min(a.x1, b.x1) - max(a.x0, b.x0)
    down = min(a.bottom, b.bottom) - max(a.top, b.top)
    smaller = min((a.x1 - a.x0) * (a.bottom - a.top), (b.x1 - b.x0) * (b.bottom - b.top))
    return across > 0 and down > 0 and across * down > 0.6 * smaller
