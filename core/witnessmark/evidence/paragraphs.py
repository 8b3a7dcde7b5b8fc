"""The paragraph in which a text is, as far as a few dozen words around it reach."""

from __future__ import annotations

from witnessmark.evidence.quote_keys import text_of_keys, word_key, words_of_quote
from witnessmark.evidence.quote_words import DocumentWords

MAX_WORDS_AROUND = 80
"""Words on either side of the text."""


def paragraph_around(document: DocumentWords, text: str, page: int | None = None) -> str:
    """Give the paragraph that holds a text, on its page first; `""` where the text is not found as it is written."""
    key = text_of_keys(map(word_key, words_of_quote(text)))[0]
    stream = document.everything
    if not key:
        return ""
    index = None if page is None else document.index_of_page(page)
    begin = -1 if index is None else stream.text.find(key, stream.range_of(index)[0])
    if begin < 0:
        begin = stream.text.find(key)
    if begin < 0:
        return ""
    words = stream.hit(begin, begin + len(key)).words
    first, last = words[0], words[-1]
    low = max(document.lines[document.line_of[first]].first, 0)
    line = document.line_of[first]
    while line > 0 and document.lines[line - 1].paragraph == document.lines[line].paragraph:
        line -= 1
        low = document.lines[line].first
    line = document.line_of[last]
    high = document.lines[line].end
    while line + 1 < len(document.lines) and document.lines[line + 1].paragraph == document.lines[line].paragraph:
        line += 1
        high = document.lines[line].end
    low, high = max(low, first - MAX_WORDS_AROUND), min(high, last + 1 + MAX_WORDS_AROUND)
    return document.text(tuple(range(low, high)))
