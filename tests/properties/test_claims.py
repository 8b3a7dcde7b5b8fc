"""Claims about differences: any can be checked without an exception, and text that is kept never counts."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from tests.properties.cases import counted
from tests.properties.generators import flows, texts
from witnessmark.documents.flow import PageFlow
from witnessmark.evidence.change_claims import doubts_of
from witnessmark.evidence.change_figures import ChangedTexts
from witnessmark.evidence.quotes import QuotedDocument
from witnessmark_tools.compare_claims import checked_claim
from witnessmark_tools.compare_plan import OtherDifference

PHRASES = (
    *"from to instead of no longer not but now previously rises falls is later earlier replaces statt von auf".split(),
    *'“ ” " added removed sentence a the clause thirty one million days % EUR Satz wurde gestrichen about'.split(),
)
sentences = st.lists(st.one_of(st.sampled_from(PHRASES), texts), max_size=12).map(" ".join)
amounts = st.integers(2, 99_999).map(lambda value: value / 100 if value % 3 else value)


@given(sentences, sentences, sentences, sentences)
def test_any_sentence_about_any_change_can_be_checked(meaning: str, before: str, after: str, around: str) -> None:
    for kind in ("changed", "added", "removed", "moved"):
        counted["meanings"] += 1
        change = ChangedTexts(before=before, after=after, removed=around, added=meaning, around_before=(around,))
        assert all(doubts_of(meaning, kind, change, is_there=lambda _: False))  # no doubt is an empty text


@given(amounts, amounts, st.sampled_from(("EUR {}", "{} days", "{} %", "{} units")))
def test_a_change_of_amounts_is_only_doubted_the_wrong_way_round(one: float, other: float, unit: str) -> None:
    old, new = unit.format(f"{one:,}"), unit.format(f"{other:,}")
    change = ChangedTexts(before=f"The limit is {old}.", after=f"The limit is {new}.", removed=old, added=new)
    counted["meanings"] += 2
    assert doubts_of(f"The limit changes from {old} to {new}.", "changed", change, is_there=lambda _: False) == []
    is_doubted = doubts_of(f"The limit changes from {new} to {old}.", "changed", change, is_there=lambda _: False)
    assert bool(is_doubted) == (one != other)


@given(flows(), flows(), st.integers(0, 50), st.integers(1, 9))
def test_text_that_both_documents_have_is_neither_removed_nor_added(
    before: tuple[PageFlow, ...], after: tuple[PageFlow, ...], start: int, size: int
) -> None:
    quoted = QuotedDocument(before), QuotedDocument(after)
    words = [word.text for page in before for paragraph in page.paragraphs for word in paragraph.words]
    text = " ".join(words[start : start + size])
    same = QuotedDocument(before), QuotedDocument(before)
    for one, documents in ((text, quoted), (text, same)):
        for sides in ((one, None), (None, one), (one, one[::-1])):
            counted["claims"] += 1
            claim = OtherDifference(before=sides[0], after=sides[1], meaning="It changes.", significance="substantive")
            checked = checked_claim("m1", claim, [], documents)
            if documents is same and None in sides:
                assert checked.found is None
