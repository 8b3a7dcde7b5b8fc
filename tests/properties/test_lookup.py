"""Looking values, quotes and transcripts up, whatever words a page has: no exception, and what is printed is found."""

from __future__ import annotations

import itertools

from hypothesis import given
from hypothesis import strategies as st

from tests.properties.cases import counted
from tests.properties.generators import flows, indexes, plain_words, texts, tokens, words
from witnessmark.documents.flow import PageFlow
from witnessmark.evidence.lookup import runs_of
from witnessmark.evidence.page_index import PageIndex
from witnessmark.evidence.quotes import QuotedDocument
from witnessmark.evidence.transcripts import check_transcript
from witnessmark.values import Word

MARKS = (None, ".", ",")


def keys_of(index: PageIndex) -> list[str]:
    """Give texts that follow a page's words and end or go on in odd places: the keys that a look-up walks along."""
    found: list[str] = []
    for line in index.lines:
        for start in range(len(line)):
            for end in range(start + 1, min(start + 4, len(line) + 1)):
                text = index.text(line[start:end])
                found += [text, text[:-1], text[1:], f"{text}-", f"{text} 10", f"10{text}"]
    for above, below in zip(index.lines, index.lines[1:], strict=False):
        found.append(index.text([*above[-2:], *below[:2]]))
    return found


@given(indexes, st.lists(texts, min_size=3, max_size=8))
def test_looking_up_any_text_on_any_page_gives_runs_of_its_words(index: PageIndex, asked: list[str]) -> None:
    for text in (*asked, *keys_of(index)):
        for mark in MARKS:
            counted["look-up"] += 1
            for run in runs_of(text, index, mark):
                assert run.words
                assert len(set(run.words)) == len(run.words)
                assert set(run.words) <= set(index.tokens)


@given(st.lists(st.lists(plain_words, min_size=1, max_size=6), min_size=1, max_size=4))
def test_a_text_that_is_printed_is_found_where_it_is_printed(lines: list[list[str]]) -> None:
    page: list[Word] = []
    for number, line in enumerate(lines):
        x = 50.0
        for text in line:
            page.append(Word(text, x, 20.0 * number, x + 5.0 * len(text), 20.0 * number + 10))
            x += 5.0 * len(text) + 3.0
    index = PageIndex(page)
    for line_of_words in index.lines:
        for start in range(len(line_of_words)):
            for end in range(start + 1, len(line_of_words) + 1):
                asked = line_of_words[start:end]
                assert tuple(asked) in {run.words for run in runs_of(index.text(asked), index)}


@given(words())
def test_every_word_of_a_page_is_in_its_lines_once(page: tuple[Word, ...]) -> None:
    index = PageIndex(page)
    placed = [word for line in index.lines for word in line]
    assert sorted(placed) == sorted(index.tokens)
    assert all(index.lines[token.line][token.order] == word for word, token in index.tokens.items())


@given(flows(), st.lists(texts, min_size=3, max_size=6), st.lists(st.integers(1, 3), max_size=2))
def test_any_quote_is_looked_up_in_any_document(
    pages: tuple[PageFlow, ...], asked: list[str], claimed: list[int]
) -> None:
    document = QuotedDocument(pages)
    printed = [paragraph.text for page in pages for paragraph in page.paragraphs]
    halves = [half for text in printed for half in (text[: len(text) // 2], text[len(text) // 2 :])]
    joined = [f"{one} {other}" for one, other in itertools.pairwise(printed)]
    for text in (*asked, *printed, *halves, *joined):
        counted["quotes"] += 1
        verdict = document.find_quote(text, tuple(claimed))
        assert verdict.status in {"located", "displaced", "unlocated", None}
        document.doubtful_words(text)


@given(flows(), st.lists(st.lists(tokens, max_size=5), max_size=5))
def test_any_transcript_is_checked_against_any_page(pages: tuple[PageFlow, ...], lines: list[list[str]]) -> None:
    invented = [" ".join(line) for line in lines]
    for page in pages or (PageFlow(page_number=1),):
        printed = [paragraph.text for paragraph in page.paragraphs]
        for written in (invented, printed, printed[::-1], [*printed, *invented], [*invented, *printed], printed[1:]):
            counted["transcripts"] += 1
            check_transcript("\n".join(written), page)
