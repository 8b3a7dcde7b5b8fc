"""Does a word say what its picture shows? Figure by figure, with what OCR is known to confuse taken as the same."""

from __future__ import annotations

import unicodedata
from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace

from witnessmark.values import BoundingBox, PageLayout, Word

LEAST_SURE = 0.9
"""Confidence under which a reading accuses nobody."""
UNLIKE = 0.5
"""Likeness of two words under which they are two words; OCR of clean letters is above 0.8."""
FEWEST_SWAPPED = 2
"""Words that show other letters than their layer says, where the font's glyphs look like others, too."""
FEWEST_UNLIKE = 3
"""Words of one font, and two thirds of those looked at, unlike what is seen: then its letters are wrong."""

# Letters that the models and people take for figures, in words that hold some.
_ALIKE = str.maketrans("OoQDIl|!][iSsBZzbGgq", "00001111111" + "558226699")


@dataclass(frozen=True, slots=True, kw_only=True)
class Difference:
    """A place where a page shows something else than its text layer says.

    Units:  points of the page
    """

    page_number: int
    box: BoundingBox
    layer: str
    """What the text layer says."""
    shown: str
    """What the page shows, as OCR read it, twice."""


_Shown = tuple[float, float, float, float, str]
"""x0, top, x1, bottom of a word, and what the page shows there."""


def corrected(page: PageLayout, shown: Sequence[_Shown]) -> PageLayout:
    """Give the words of a page the texts that it shows; a place is a word's own box."""
    return replace(page, words=tuple(_shown(word, shown) for word in page.words)) if shown else page


def corrected_words(words: Sequence[Word], differences: Sequence[Difference]) -> tuple[Word, ...]:
    """Give words the texts that the page shows."""
    shown = [(d.box.x0, d.box.top, d.box.x1, d.box.bottom, d.shown) for d in differences]
    return tuple(_shown(word, shown) for word in words)


def _shown(word: Word, shown: Sequence[_Shown]) -> Word:
    for *box, text in shown:
        # Boxes cross from the worker rounded to a hundredth of a point.
        if all(abs(a - b) < 0.05 for a, b in zip(word[1:5], box, strict=True)):
            return word._replace(text=str(text))
    return word


def figures_of(text: str) -> str:
    """Write the figures of a word, letters that look like figures among them."""
    return "".join(letter for letter in unicodedata.normalize("NFKC", text).translate(_ALIKE) if letter.isdecimal())


def may_differ(layer: str, seen: str) -> bool:
    """Say whether figures seen are others than the layer's: worth a second, more careful look."""
    return figures_of(layer) != figures_of(seen.strip("|[]!"))


def may_differ_in_separators(layer: str, seen: str) -> bool:
    return _marked(layer) != _marked(seen)


def differs(layer: str, first: str, second: str) -> bool:
    """Say whether two readings agree with each other on figures, and not with the layer.

    Shapes:  as many figures in all three, of which at most a part differs from the layer: where OCR leaves one out or
             takes a line for one, nobody is accused
    """
    said, seen, again = figures_of(layer), figures_of(first.strip("|[]!")), figures_of(second.strip("|[]!"))
    return len(said) == len(seen) and seen == again and said != seen and _is_plain_figure(second)


def separators_differ(layer: str, first: str, second: str) -> bool:
    """Say whether two readings agree on the separators of a figure, and not with the layer; its digits all agree on."""
    said, seen, again = _marked(layer), _marked(first), _marked(second)
    return (
        said != seen
        and seen == again
        and len(said) == len(seen)
        and figures_of(said) == figures_of(seen)
        and len(figures_of(layer)) == len(figures_of(first)) == len(figures_of(second))
    )


def _marked(text: str) -> str:
    """Write the figures of a word and the separators between them."""
    return "".join(
        letter
        for letter in unicodedata.normalize("NFKC", text).translate(_ALIKE)
        if letter.isdecimal() or letter in ".,"
    )


def swaps_letters(pairs: Sequence[tuple[str, str]], doubted: Collection[str]) -> bool:
    """Say whether words show other letters where their font is in doubt: (layer, seen) of words with such letters.

    Shapes:  two words at least, and two thirds of those, differ in all these letters and in no other
    """
    in_doubt = [pair for pair in pairs if any(letter in doubted for letter in pair[0])]
    swapped = [pair for pair in in_doubt if _is_swapped(*pair, doubted)]
    return len(swapped) >= FEWEST_SWAPPED and 3 * len(swapped) >= 2 * len(in_doubt)


def _is_swapped(layer: str, seen: str, doubted: Collection[str]) -> bool:
    if len(layer) != len(seen):
        return False
    return all((a.casefold() != b.casefold()) == (a in doubted) for a, b in zip(layer, seen, strict=True))


def _is_plain_figure(text: str) -> bool:
    """Say whether a reading is of figures and not of letters taken for some."""
    digits = sum(letter.isdecimal() for letter in text)
    return digits >= max(1, len(figures_of(text)) - 1)


def is_other_alphabet(pairs: Sequence[tuple[str, str]]) -> bool:
    """Say whether the words that a font gives are not those that are seen: (layer, seen) of words without figures."""
    unlike = [pair for pair in pairs if likeness(*pair) < UNLIKE]
    return len(unlike) >= FEWEST_UNLIKE and 3 * len(unlike) >= 2 * len(pairs)


def likeness(a: str, b: str) -> float:
    from difflib import SequenceMatcher

    return SequenceMatcher(None, a.casefold(), b.casefold(), autojunk=False).ratio() if a and b else 0.0
