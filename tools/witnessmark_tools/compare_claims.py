"""Differences that a model adds to those aligned: each is one of those, or is looked up in both documents."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from functools import lru_cache

from witnessmark.evidence.direction_words import says_added, says_removed
from witnessmark.evidence.paragraphs import paragraph_around
from witnessmark.evidence.quote_keys import word_key, words_of_quote
from witnessmark.evidence.quotes import NearestPassage, QuotedDocument, QuoteVerdict
from witnessmark_tools.compare_plan import OtherDifference
from witnessmark_tools.compare_result import DocumentDifference
from witnessmark_tools.pages import rounded
from witnessmark_tools.printable import printable
from witnessmark_tools.results import Box, ReviewItem, Status

MAX_CLAIM = 1_000
"""Characters of a claim's text or meaning."""
MAX_MEANING_IN_REASON = 160
MIN_SHARED = 0.6
"""Share of the shorter of two passages that both have, from which they are of the same place."""
MIN_WORDS_STILL_THERE = 4
"""Words of a text from which it is known to be one text wherever it is; a shorter one counts how often it is there."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RefutedClaim:
    """A claim that the documents do not bear out."""

    is_before: bool
    """Whether its place is in the earlier document."""
    item: ReviewItem


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckedClaim:
    """What became of a claim: one of these four is set, or nothing where it says nothing."""

    restates: tuple[str, ...] = ()
    """The aligned differences of which it says the same."""
    found: DocumentDifference | None = None
    refuted: RefutedClaim | None = None


_QUOTED = re.compile(r"[\"\u201c\u201e\u00ab']([^\"\u201c\u201d\u201e\u00ab\u00bb]{8,1000})[\"\u201d\u201c\u00bb']")
_BESIDE = re.compile(
    r"\b(?:struck|strike|crossed|lines?|stamp\w*|signatures?|signed|handwrit\w*|highlight\w*|marked|underlin\w*|circled|"
    r"logo|picture|image|figure|photo|durchgestrichen|stempel|unterschrift|handschrift\w*|markiert|unterstrichen)\b",
    re.IGNORECASE,
)
"""Words of what is beside the words."""
LABELS = ("BEFORE", "AFTER")


def checked_claim(
    name: str,
    claim: OtherDifference,
    aligned: Sequence[DocumentDifference],
    quoted: tuple[QuotedDocument, QuotedDocument],
    labels: tuple[str, str] = LABELS,
) -> CheckedClaim:
    """Match a claim with what is aligned, then look both sides up.

    Shapes:  `name` is how the result refers to the claim, such as `m1`; `labels` how it calls the documents' texts
    """
    before, after = _given(claim.before), _given(claim.after)
    if before is None and after is None:
        return CheckedClaim()
    if restated := _restated(before, after, aligned):
        return CheckedClaim(restates=restated)
    older, newer = quoted
    sides = (
        None if before is None else older.find_quote(before),
        None if after is None else newer.find_quote(after),
    )
    refuted = _nowhere(name, claim, sides, labels) or _refuted(name, claim, sides, quoted)
    if refuted is not None:
        return CheckedClaim(refuted=refuted)
    if restated := _about_the_same_place(before, after, aligned):
        return CheckedClaim(restates=restated)
    if (rearranged := _rearranged(name, claim, sides, quoted)) is not None:
        return CheckedClaim(refuted=rearranged)
    return CheckedClaim(found=_as_difference(claim, before, after, sides))


def _given(text: str | None) -> str | None:
    """Take a text for given if it has a letter or figure."""
    return text if text is not None and any(map(str.isalnum, text)) else None


def refuted_sight(name: str, description: str, quoted: tuple[QuotedDocument, QuotedDocument]) -> RefutedClaim | None:
    """Refute what a model calls removed or added beside the words if it quotes words that both documents have."""
    if not (says_removed(description) or says_added(description)) or _BESIDE.search(description) is not None:
        return None
    for found in _QUOTED.finditer(description):
        text = found[1]
        if len(_keys(text)) < MIN_WORDS_STILL_THERE:
            continue
        verdicts = [document.find_quote(text) for document in quoted]
        if all(verdict.status == "located" for verdict in verdicts):
            return RefutedClaim(
                is_before=False,
                item=ReviewItem(
                    page=_page(verdicts[1]) or 1,
                    box=_box(verdicts[1]),
                    value=printable(text)[:MAX_CLAIM],
                    status="displaced",
                    reason=f"{name}: both documents have these words. Not counted. A model says: "
                    f"{_short(description, MAX_MEANING_IN_REASON)}",
                ),
            )
    return None


# --- the same as one that is aligned ----------------------------------------------------------------------------------


def _restated(before: str | None, after: str | None, aligned: Sequence[DocumentDifference]) -> tuple[str, ...]:
    """Find the aligned differences that a claim repeats: it has the words that changed, at their place."""
    texts = [one for one in aligned if one.kind != "visual"]
    if before is not None and after is not None:
        if _is_renumbered(before, after) and (
            numbered := [one.difference_id for one in texts if one.what == "numbering"]
        ):
            return tuple(numbered)
        both = [
            one for one in texts if _repeats(before, one.before, one.removed) and _repeats(after, one.after, one.added)
        ]
        if both:
            return tuple(one.difference_id for one in both)
        gone = [one for one in texts if one.kind == "removed" and _repeats(before, one.before, one.removed)]
        new = [one for one in texts if one.kind == "added" and _repeats(after, one.after, one.added)]
        return tuple(one.difference_id for one in (*gone, *new)) if gone and new else ()
    if before is not None:
        found = [
            one for one in texts if one.removed and one.kind != "added" and _holds_change(before, one, is_before=True)
        ]
    else:
        assert after is not None
        found = [
            one for one in texts if one.added and one.kind != "removed" and _holds_change(after, one, is_before=False)
        ]
    return tuple(one.difference_id for one in found)


def _about_the_same_place(
    before: str | None, after: str | None, aligned: Sequence[DocumentDifference]
) -> tuple[str, ...]:
    """Find the aligned changes that lie within a sentence which is said to be removed, added or another one."""
    found = [
        one.difference_id
        for one in aligned
        if one.kind in {"changed", "moved"} and (_lies_in(before, one.before) or _lies_in(after, one.after))
    ]
    return tuple(found)


def _lies_in(claimed: str | None, whole: str | None) -> bool:
    if claimed is None or whole is None:
        return False
    keys, around = _keys(claimed), _keys(whole)
    return len(around) >= MIN_WORDS_STILL_THERE and (_is_in(around, keys) or _is_in(keys, around))


def _is_renumbered(before: str, after: str) -> bool:
    """Say whether only the number differs with which two texts begin."""
    one, other = _keys(before), _keys(after)
    return one != other and one[1:] == other[1:] and all(keys and keys[0][0].isdigit() for keys in (one, other))


def _holds_change(claimed: str, one: DocumentDifference, *, is_before: bool) -> bool:
    """Say whether a text that is said to be removed or added is, or holds, what changed; what moved is still there."""
    whole, changed = (one.before, one.removed) if is_before else (one.after, one.added)
    if one.kind == "moved" and _is_whole(whole, changed):
        return False
    return _repeats(claimed, whole, changed)


def _is_whole(whole: str | None, changed: str | None) -> bool:
    return whole is not None and changed is not None and _keys(whole) == _keys(changed)


def _repeats(claimed: str, whole: str | None, changed: str | None) -> bool:
    """Say whether a claimed side has the words that changed at an aligned place, or is a part of them."""
    if whole is None:
        return False
    keys, around, words = _keys(claimed), _keys(whole), _keys(changed or "")
    if not keys or not around:
        return False
    if _is_in(keys, words):
        return True
    if words and not _is_in(words, keys):
        return False
    return _is_in(keys, around) or _is_in(around, keys) or _shared(keys, around) >= MIN_SHARED


def _is_in(part: Sequence[str], whole: Sequence[str]) -> bool:
    if not part:
        return False
    size = len(part)
    return any(tuple(whole[start : start + size]) == tuple(part) for start in range(len(whole) - size + 1))


def _shared(one: Sequence[str], other: Sequence[str]) -> float:
    matcher = SequenceMatcher(None, one, other, autojunk=False)
    same = sum(block.size for block in matcher.get_matching_blocks())
    return same / min(len(one), len(other))


@lru_cache(maxsize=4096)
def _keys(text: str) -> tuple[str, ...]:
    return tuple(key for word in words_of_quote(text[: 4 * MAX_CLAIM]) if (key := word_key(word)) and key != "\x1e")


# --- looked up in both documents --------------------------------------------------------------------------------------


def _nowhere(
    name: str,
    claim: OtherDifference,
    sides: tuple[QuoteVerdict | None, QuoteVerdict | None],
    labels: tuple[str, str],
) -> RefutedClaim | None:
    """Refute a claim of which a side is not in its document."""
    for is_before, label, text, verdict in (
        (True, labels[0], claim.before, sides[0]),
        (False, labels[1], claim.after, sides[1]),
    ):
        if verdict is None or verdict.status == "located" or text is None:
            continue
        near = verdict.nearest
        return RefutedClaim(
            is_before=is_before,
            item=ReviewItem(
                page=near.page if near is not None else 1,
                box=rounded(near.boxes[near.page][0]) if near is not None and near.boxes.get(near.page) else None,
                value=printable(text)[:MAX_CLAIM],
                status="unlocated",
                nearest=printable(near.text)[:MAX_CLAIM] if near is not None else None,
                reason=_reason(name, claim, f"{label} does not have {_short(text)!r}"),
            ),
        )
    return None


def _refuted(
    name: str,
    claim: OtherDifference,
    sides: tuple[QuoteVerdict | None, QuoteVerdict | None],
    quoted: tuple[QuotedDocument, QuotedDocument],
) -> RefutedClaim | None:
    """Refute a removal of text that is still there, an addition of text that was there, a change to the same."""
    before, after = sides
    if before is not None and after is not None and claim.before and claim.after:
        if _keys(claim.before) == _keys(claim.after) and before.text == after.text:
            return _refutation(name, claim, after, is_before=False, why="both sides say the same")
        if _is_in(_keys(claim.before), _keys(claim.after)) or _is_in(_keys(claim.after), _keys(claim.before)):
            return None  # one side goes on from the other, and each may be in both documents
    if before is not None and claim.before and (still := _elsewhere(claim.before, before, quoted[1])) is not None:
        why = f"AFTER still has it, on page {_page(still)}"
        return _refutation(name, claim, still, is_before=False, why=why)
    if after is not None and claim.after and (already := _elsewhere(claim.after, after, quoted[0])) is not None:
        why = f"BEFORE already has it, on page {_page(already)}"
        return _refutation(name, claim, already, is_before=True, why=why)
    return None


def _rearranged(
    name: str,
    claim: OtherDifference,
    sides: tuple[QuoteVerdict | None, QuoteVerdict | None],
    quoted: tuple[QuotedDocument, QuotedDocument],
) -> RefutedClaim | None:
    """Refute a removal or addition of text all of whose words the other document has together, in another order."""
    is_added = sides[0] is None
    text, document, label = (claim.after, quoted[0], LABELS[0]) if is_added else (claim.before, quoted[1], LABELS[1])
    if text is None or (sides[0] is not None and sides[1] is not None):
        return None
    near = document.find_quote(text).nearest
    if near is None or Counter(_keys(text)) - Counter(_keys(_with_neighbours(near, document, len(text.split())))):
        return None
    place = QuoteVerdict(status="located", pages=near.pages, boxes=near.boxes)
    why = f"{label} has all its words, on page {near.page}, in another order or with others between them"
    return _refutation(name, claim, place, is_before=is_added, why=why)


def _with_neighbours(near: NearestPassage, document: QuotedDocument, count: int) -> str:
    """Give a passage with as many words of its paragraph around it as are missing from it."""
    passage, paragraph = near.text.split(), paragraph_around(document.words, near.text, near.page).split()
    more = max(0, count - len(passage) + 1)
    for start in range(len(paragraph) - len(passage) + 1):
        if paragraph[start : start + len(passage)] == passage:
            return " ".join(paragraph[max(0, start - more) : start + len(passage) + more])
    return near.text


def _elsewhere(text: str, here: QuoteVerdict, document: QuotedDocument) -> QuoteVerdict | None:
    """Find a text in the other document, as often as in its own; a long one anywhere."""
    found = document.find_quote(text)
    if found.status != "located":
        return None
    is_long = len(_keys(text)) >= MIN_WORDS_STILL_THERE and here.count <= 1
    return found if is_long or found.count >= here.count else None


def _refutation(name: str, claim: OtherDifference, place: QuoteVerdict, *, is_before: bool, why: str) -> RefutedClaim:
    text = (claim.after if is_before else claim.before) or claim.before or claim.after or ""
    return RefutedClaim(
        is_before=is_before,
        item=ReviewItem(
            page=_page(place) or 1,
            box=_box(place),
            value=printable(text)[:MAX_CLAIM],
            status="displaced",
            reason=_reason(name, claim, why),
        ),
    )


def _reason(name: str, claim: OtherDifference, why: str) -> str:
    said = "added" if _given(claim.before) is None else "removed" if _given(claim.after) is None else "changed"
    meaning = _short(claim.meaning, MAX_MEANING_IN_REASON)
    return f"{name}: a model says that this was {said}, and {why}. Not counted. It says: {meaning}"


def _short(text: str, limit: int = 60) -> str:
    plain = printable(" ".join(text.split()))
    return plain if len(plain) <= limit else plain[:limit].rstrip() + " …"


def _as_difference(
    claim: OtherDifference,
    before: str | None,
    after: str | None,
    sides: tuple[QuoteVerdict | None, QuoteVerdict | None],
) -> DocumentDifference:
    status: Status = "located"
    return DocumentDifference(
        difference_id="d",
        kind="added" if before is None else "removed" if after is None else "changed",
        before=before and printable(before)[:MAX_CLAIM],
        after=after and printable(after)[:MAX_CLAIM],
        significance=claim.significance,
        meaning=printable(claim.meaning)[:MAX_CLAIM],
        before_page=_page(sides[0]),
        after_page=_page(sides[1]),
        before_box=_box(sides[0]),
        after_box=_box(sides[1]),
        status=status,
        aligned=False,
    )


def _page(verdict: QuoteVerdict | None) -> int | None:
    return verdict.pages[0] if verdict is not None and verdict.pages else None


def _box(verdict: QuoteVerdict | None) -> Box | None:
    boxes = (verdict.boxes or {}).get(verdict.pages[0], ()) if verdict is not None and verdict.pages else ()
    return rounded(boxes[0]) if boxes else None
