"""Whether a part of a text begins and ends where words do, and figures whole."""

from __future__ import annotations

from collections.abc import Container

from witnessmark.evidence.quote_keys import is_unspaced
from witnessmark.evidence.quote_words import Stream

_BEFORE_FIGURE = frozenset(".,:/'+-<>=\u2264\u2265\u00b1~\u2248\u2260")
_AFTER_FIGURE = frozenset(".,:/'%\u2030\u00b0")
_COUNTING = frozenset("\u4e07\u5104\u4ebf\u5146\u5343\u767e\u5341\u5272\u842c")
"""Signs that go on with a figure: ten thousand, hundred million and the like."""
_PREFIXES = frozenset(
    "un in im ir il non dis mis de re a an anti counter over under out up pre post sub super inter semi ab ob".split()
)
"""What turns a word into another one: it is never a word that the layer has glued to it."""
GLUED_QUOTE = 25
"""Letters from which a quote may begin or end within what the layer has glued together."""
_LEAST_GLUED = 3
_LEAST_AFTER_GLUED = 8
"""Letters of a quote that begins with a figure to which a word may be glued: `on8 October`."""


def stands_whole(stream: Stream, begin: int, end: int, vocabulary: Container[str]) -> bool:
    """Say whether a part of a text is whole words; `vocabulary` holds the keys that the document has as words."""
    return _begins(stream, begin, end, vocabulary) and _ends(stream, begin, end, vocabulary)


def _begins(stream: Stream, begin: int, end: int, vocabulary: Container[str]) -> bool:
    place = stream.place_at(begin)
    start, text = stream.starts[place], stream.text
    first = text[begin]
    if begin <= start:
        before = text[begin - 1] if begin else ""
        return not (before == "-" and (first.isdigit() or first in "$\u20ac\u00a3\u00a5"))
    before = text[begin - 1]
    if first.isdigit():
        glued = text[start:begin]
        is_glued = glued.isalpha() and end - begin >= _LEAST_AFTER_GLUED and _is_word(glued, vocabulary)
        if is_unspaced(before):
            return before not in _COUNTING
        return is_glued or not (before.isalnum() or before in _BEFORE_FIGURE)
    if not (first.isalpha() and before.isalnum()) or is_unspaced(first) or is_unspaced(before):
        return True
    rest = text[start:begin]
    if before.isdigit():
        return True
    return stream.is_broken_at(place, begin - start) or (
        end - begin >= GLUED_QUOTE and rest not in _PREFIXES and _is_word(rest, vocabulary)
    )


def _ends(stream: Stream, begin: int, end: int, vocabulary: Container[str]) -> bool:
    text = stream.text
    if end >= len(text):
        return True
    place = stream.place_at(end - 1)
    stop = stream.starts[place] + len(stream.key_at(place))
    last = text[end - 1]
    after = text[end]
    if end >= stop:
        return not (last.isdigit() and after in "-%\u2030")
    if last.isdigit():
        if is_unspaced(after):
            return after not in _COUNTING
        return not (after.isalnum() or after in _AFTER_FIGURE or after == "-")
    if not (last.isalpha() and after.isalnum()) or is_unspaced(last) or is_unspaced(after):
        return True
    if after.isdigit():  # the number of a footnote
        return stop - end <= 3 and text[end:stop].isdigit() and last.isalpha()
    rest = text[end:stop]
    return stream.is_broken_at(place, end - stream.starts[place]) or (
        end - begin >= GLUED_QUOTE and len(rest) >= _LEAST_GLUED and _is_word(rest, vocabulary)
    )


def _is_word(key: str, vocabulary: Container[str]) -> bool:
    return len(key) > 1 and key in vocabulary
