"""Which page of one document is which of the other, and whether its words stand where they stood."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from statistics import median

from witnessmark.offline.differences.atoms import Side
from witnessmark.offline.differences.values import PagePair

NEAR = 3.0
"""Points by which a word may stand elsewhere without the page being laid out anew."""
MOST_WORDS = 400
"""Of a pair of pages that are looked at."""


def page_pairs(a: Side, b: Side, same: Iterable[tuple[range, range]]) -> tuple[PagePair, ...]:
    """Pair pages by the words that they share.

    Shapes:  `same` holds atoms of both sides that are the same, one by one; each page is in one pair at most
    """
    shared: dict[tuple[int, int], list[tuple[int, int]]] = {}
    for atoms_a, atoms_b in same:
        for i, j in zip(atoms_a, atoms_b, strict=True):
            word_a, word_b = a.first_words[i], b.first_words[j]
            shared.setdefault((a.page_of(word_a), b.page_of(word_b)), []).append((word_a, word_b))
    sizes_a = Counter(a.page_of(word) for word in a.first_words)
    sizes_b = Counter(b.page_of(word) for word in b.first_words)
    taken_a: set[int] = set()
    taken_b: set[int] = set()
    found: list[PagePair] = []
    for (page_a, page_b), words in sorted(shared.items(), key=lambda item: (-len(item[1]), item[0])):
        if page_a in taken_a or page_b in taken_b:
            continue
        taken_a.add(page_a)
        taken_b.add(page_b)
        step = max(1, len(words) // MOST_WORDS)
        looked = words[::step]
        right = median(b.boxes[4 * j] - a.boxes[4 * i] for i, j in looked)
        down = median(b.boxes[4 * j + 1] - a.boxes[4 * i + 1] for i, j in looked)
        near = sum(
            abs(b.boxes[4 * j] - a.boxes[4 * i] - right) <= NEAR
            and abs(b.boxes[4 * j + 1] - a.boxes[4 * i + 1] - down) <= NEAR
            for i, j in looked
        )
        share = near / len(looked) * len(words) / max(sizes_a[page_a], sizes_b[page_b])
        found.append(PagePair(page_a, page_b, share, right, down))
    return tuple(sorted(found))
