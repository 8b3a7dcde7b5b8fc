"""Alignment of a transcript's words with those of its page: in order, then moved together, then written otherwise."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from difflib import SequenceMatcher

from witnessmark.evidence.likeness import folded
from witnessmark.evidence.numbers import amount_of
from witnessmark.evidence.transcript_words import SeenWord, TextWord, is_figure, is_lone_digit, joined

MAX_ALIGNED = 4_000
"""Words of a transcript or page that are aligned; longer ones are compared as sets."""
_MAX_ROUNDS = 8
"""Times that words left over are aligned again, to find what was moved together."""
_MAX_JOINED = 3
_MAX_GAP = 40
"""Words between two that are aligned, which are compared as one text."""
_MARKED = re.compile(r"-?\d[\d.,]*[.,]\d+[a-z]")
_SIGNS = re.compile(r"(?<!\d)[^\w-]+|[^\w]+(?!\d)")


@dataclass(slots=True)
class Matching:
    """Which word of a transcript is which of its page."""

    said: Sequence[TextWord]
    seen: Sequence[SeenWord]
    is_ocr: bool
    place: dict[int, int] = field(default_factory=dict[int, int])
    """By the index of a word of the transcript, that of its like on the page."""
    taken: set[int] = field(default_factory=set[int])
    """Words of the page that have their like."""

    def left_said(self) -> list[int]:
        return [index for index in range(len(self.said)) if index not in self.place]

    def left_seen(self) -> list[int]:
        return [index for index in range(len(self.seen)) if index not in self.taken]

    def take(self, said: Sequence[int], seen: Sequence[int]) -> None:
        """Pair words that are the same."""
        if len(said) == len(seen):
            self.place |= dict(zip(said, seen, strict=True))
        else:
            self.place |= dict.fromkeys(said, seen[0])
        self.taken.update(seen)

    def neighbours(self, run: Sequence[int]) -> tuple[int | None, int | None]:
        """Find on the page the words that are before and after some of the transcript."""
        before = next((self.place[at] for at in range(run[0] - 1, -1, -1) if at in self.place), None)
        after = next((self.place[at] for at in range(run[-1] + 1, len(self.said)) if at in self.place), None)
        return before, after


def matched(said: Sequence[TextWord], seen: Sequence[SeenWord], *, is_ocr: bool) -> Matching:
    """Find each word of a transcript on the page; each word of the page is given out once."""
    made = Matching(said, seen, is_ocr)
    if max(len(said), len(seen)) <= MAX_ALIGNED:
        _in_order(made)
        _in_gaps(made)
        for _ in range(_MAX_ROUNDS):
            if not _moved_together(made):
                break
    _anywhere(made)
    _in_other_forms(made)
    return made


def _in_order(made: Matching) -> None:
    said, seen = [word.key for word in made.said], [word.key for word in made.seen]
    for start, other, size in SequenceMatcher(None, said, seen, autojunk=False).get_matching_blocks():
        made.take(range(start, start + size), range(other, other + size))


def _in_gaps(made: Matching) -> None:
    """Match what is the same text between the same words, however it is cut into words."""
    for run in stretches(made.left_said()):
        before, after = made.neighbours(run)
        first = -1 if before is None else before
        last = len(made.seen) if after is None else after
        between = range(first + 1, last)
        if not 0 < len(between) <= _MAX_GAP or not made.taken.isdisjoint(between):
            continue
        own, other = (
            [word.key for word in words] for words in ([made.said[at] for at in run], made.seen[first + 1 : last])
        )
        if _squeezed(joined(own)) == _squeezed(joined(other)) or _is_cut_figure(own, other):
            made.take(run, between)


def _is_cut_figure(own: Sequence[str], other: Sequence[str]) -> bool:
    """Claim that one side has cut a number where the other has not: its separators are then lost."""
    return (
        len(own) == 1 != len(other) and is_figure(own[0]) and own[0].replace(",", "").replace(".", "") == joined(other)
    )


def _moved_together(made: Matching) -> bool:
    """Match words that follow one another on both sides, in another place of the order."""
    own, others = made.left_said(), made.left_seen()
    if not own or not others:
        return False
    said, seen = [made.said[at].key for at in own], [made.seen[at].key for at in others]
    has_found = False
    for start, other, size in SequenceMatcher(None, said, seen, autojunk=False).get_matching_blocks():
        pairs = list(zip(own[start : start + size], others[other : other + size], strict=True))
        for run in _together(pairs):
            if len(run) > 1:
                made.take([one for one, _ in run], [place for _, place in run])
                has_found = True
    return has_found


def _together(pairs: Sequence[tuple[int, int]]) -> list[list[tuple[int, int]]]:
    """Part pairs where the words of either side do not follow one another."""
    found: list[list[tuple[int, int]]] = []
    for one, place in pairs:
        if found and found[-1][-1] == (one - 1, place - 1):
            found[-1].append((one, place))
        else:
            found.append([(one, place)])
    return found


def _anywhere(made: Matching) -> None:
    """Match words one by one, where their line has others first; a lone digit only where its line has no other."""
    free: dict[str, list[int]] = defaultdict(list)
    for index in made.left_seen():
        free[made.seen[index].key].append(index)
    lines: dict[int, set[int]] = defaultdict(set)
    for index, at in made.place.items():
        lines[made.said[index].line].add(made.seen[at].line)
    digits = {made.seen[at].line for at in made.left_seen() if is_lone_digit(made.seen[at].key)}
    for index in made.left_said():
        word = made.said[index]
        places = free[word.key]
        if not places:
            continue
        near = next((at for at in places if made.seen[at].line in lines[word.line]), None)
        if near is None and is_lone_digit(word.key) and not digits.isdisjoint(lines[word.line]):
            continue
        taken = places[0] if near is None else near
        places.remove(taken)
        made.take([index], [taken])


def _in_other_forms(made: Matching) -> None:
    """Match what is written in another way: parted or joined words, other separators, letters that look alike."""
    by_form: dict[str, list[list[int]]] = defaultdict(list)
    for run in _runs(made.left_seen()):
        keys = [made.seen[index].key for index in run]
        for form in (*_forms(keys, is_ocr=made.is_ocr), *_without_mark(keys, "seen ")):
            by_form[form].append(run)
    for run in _runs(made.left_said()):
        keys = [made.said[index].key for index in run]
        if any(index in made.place for index in run) or (len(run) == 1 and is_lone_digit(keys[0])):
            continue
        for form in (*_forms(keys, is_ocr=made.is_ocr), f"seen {joined(keys)}", *_without_mark(keys)):
            other = next((one for one in by_form[form] if made.taken.isdisjoint(one)), None)
            if other is not None:
                made.take(run, other)
                break


def _without_mark(keys: Sequence[str], prefix: str = "") -> Iterator[str]:
    """Write a number without the letter of a footnote after it: one side may have it, the other lacks it."""
    whole = joined(keys)
    if _MARKED.fullmatch(whole):
        yield prefix + whole[:-1]


def _runs(left: Sequence[int]) -> Iterator[list[int]]:
    """Give one word, two and three that follow one another, of those that are left."""
    for size in range(1, _MAX_JOINED + 1):
        for start in range(len(left) - size + 1):
            if left[start + size - 1] - left[start] == size - 1:
                yield [*left[start : start + size]]


def stretches(left: Sequence[int]) -> list[list[int]]:
    """Put together what follows one another."""
    found: list[list[int]] = []
    for index in left:
        if found and index == found[-1][-1] + 1:
            found[-1].append(index)
        else:
            found.append([index])
    return found


def _forms(keys: Sequence[str], *, is_ocr: bool) -> Iterator[str]:
    """Write words in all the ways in which they may be elsewhere."""
    whole = joined(keys)
    yield whole
    if len(keys) == 2 and all(key[-1:].isdigit() and key[:1].isdigit() for key in keys):
        yield "-".join(keys)  # a span
    if is_figure(whole):
        if (squeezed := _squeezed(whole)) != whole:
            yield squeezed
        sign = "-" if whole.startswith("-") else ""
        amount = amount_of(whole.lstrip("-"))
        for value in amount.values if amount is not None else ():
            yield f"{sign}#{value}"
        if amount is None:
            yield "".join(letter if letter.isalnum() else "." for letter in whole)
    elif is_ocr and (as_read := folded(whole)):
        yield f"~{as_read}"


def _squeezed(text: str) -> str:
    """Drop signs that are not between digits; a minus before a digit stays."""
    return _SIGNS.sub("", text)
