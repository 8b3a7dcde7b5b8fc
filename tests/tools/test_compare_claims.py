"""What a model says of two documents is checked against them."""

from __future__ import annotations

from collections.abc import AsyncGenerator
from pathlib import Path
from typing import Any

import pytest

from tests.drawing import Leaf, document, draw_image, rule, words
from tests.tools.conftest import House, house_settings, opened
from tests.tools.test_compare_claude import answer, judgement
from tests.tools.test_compare_documents import LATER, LINES, compare, pdf, text
from witnessmark.documents.flow import PageFlow
from witnessmark.evidence.quotes import QuotedDocument
from witnessmark.offline.flow import text_flow
from witnessmark.plans.models import model_named
from witnessmark.testing import FakeClaudeAPI
from witnessmark_tools.compare_answer import judged, parse_comparison
from witnessmark_tools.compare_by_claude import to_ask
from witnessmark_tools.compare_claims import checked_claim
from witnessmark_tools.compare_offline import aligned
from witnessmark_tools.compare_plan import OtherDifference, plan_comparison
from witnessmark_tools.compare_result import DocumentComparison
from witnessmark_tools.compare_sides import ComparedSide, read_sides
from witnessmark_tools.definition import no_progress

pytestmark = pytest.mark.anyio

NAMES = ("old.pdf", "new.pdf")
LAMPS, DAMAGE = LINES[3].removeprefix("3. Lamps. "), LINES[4].removeprefix("4. Damage. ")


@pytest.fixture
async def api() -> AsyncGenerator[FakeClaudeAPI]:
    async with FakeClaudeAPI() as fake:
        yield fake


@pytest.fixture
async def house(api: FakeClaudeAPI, tmp_path: Path) -> AsyncGenerator[House]:
    async with opened(house_settings(tmp_path, api), tmp_path) as made:
        yield made


def other(before: str | None, after: str | None, meaning: str = "It changes.") -> dict[str, Any]:
    return {"before": before, "after": after, "meaning": meaning, "significance": "substantive"}


async def told(
    house: House, api: FakeClaudeAPI, *others: dict[str, Any], lines: tuple[str, ...] = LATER, before: Any = LINES
) -> DocumentComparison:
    api.answer_with(lambda _: answer(judgement("d1"), judgement("d2"), others=others))
    found = await compare(house, pdf(before), pdf(lines), NAMES)
    assert isinstance(found, DocumentComparison)
    return found


def agrees(found: DocumentComparison, count: int) -> bool:
    return (found.difference_count, len(found.differences)) == (count, count)


async def test_text_that_is_still_there_was_not_removed(house: House, api: FakeClaudeAPI) -> None:
    found = await told(house, api, other(LAMPS, None, "The lamps are no longer lit."))
    assert agrees(found, 2)
    (item,) = found.needs_review
    assert "AFTER still has it" in item.reason
    assert "The lamps are no longer lit." in item.reason
    assert (item.value, item.page, item.status) == (LAMPS, 1, "displaced")
    assert item.box is not None
    assert any("1 claim" in warning and "not counted" in warning for warning in found.warnings)
    assert "model adds" not in found.conclusion


async def test_text_that_was_there_was_not_added(house: House, api: FakeClaudeAPI) -> None:
    found = await told(house, api, other(None, DAMAGE))
    assert agrees(found, 2)
    assert "BEFORE already has it" in found.needs_review[0].reason


async def test_a_moved_clause_is_neither_removed_nor_added(house: House, api: FakeClaudeAPI) -> None:
    moved = (LINES[0], LINES[3], *LINES[1:3], LINES[4])
    found = await told(house, api, other(LAMPS, None), other(None, LAMPS), lines=moved)
    assert len(found.needs_review) == 2
    assert all(one.aligned for one in found.differences)


async def test_texts_that_are_in_both_documents_were_not_exchanged(house: House, api: FakeClaudeAPI) -> None:
    found = await told(house, api, other(LAMPS, DAMAGE), other(LAMPS, LAMPS))
    assert agrees(found, 2)
    assert [item.reason.partition(":")[0] for item in found.needs_review] == ["m1", "m2"]


async def test_what_is_nowhere_is_named_and_does_not_count(house: House, api: FakeClaudeAPI) -> None:
    found = await told(house, api, other("ten crowns", "twelve crowns"), lines=LATER)
    assert agrees(found, 2)
    (item,) = found.needs_review
    assert item.status == "unlocated"
    assert "BEFORE does not have 'ten crowns'" in item.reason


async def test_claims_alone_do_not_make_documents_differ(house: House, api: FakeClaudeAPI) -> None:
    stamp = {"description": "A stamp.", "before_page": 9, "after_page": 9}
    api.answer_with(lambda _: answer(others=[other(None, LAMPS)], visual=[stamp]))
    ink = b"".join(rule(300 + 9 * n, 600 - 14 * (n % 3), 309 + 9 * n, 610, width=1.4) for n in range(9))
    laid = pdf((LINES[0], "", "", "", *LINES[1:]), size=7, extra=ink)
    found = await compare(house, pdf(LINES), laid, NAMES)
    assert (found.identical, found.difference_count, found.differences) == (True, 0, [])
    assert "agree" in found.conclusion
    assert len(found.needs_review) == 1
    assert any("page 9" in warning for warning in found.warnings)


async def test_a_claim_of_what_is_aligned_is_that_difference(house: House, api: FakeClaudeAPI) -> None:
    sentences = [
        other(old.partition(". ")[2].partition(". ")[2], new.partition(". ")[2].partition(". ")[2])
        for old, new in ((LINES[1], LATER[1]), (LINES[2], LATER[2]))
    ]
    pieces = [other("pays 1,284.50", "pays 1,294.50"), other("1,284.50", None), other(None, "1,294.50 for each night")]
    found = await told(house, api, *sentences, *pieces)
    assert agrees(found, 2)
    assert found.needs_review == []
    assert all(one.aligned for one in found.differences)


async def test_a_claim_gives_its_meaning_to_the_difference_that_has_none(house: House, api: FakeClaudeAPI) -> None:
    claim = other("pays 1,284.50 for each night", "pays 1,294.50 for each night", "The vessel pays ten more a night.")
    api.answer_with(lambda _: answer(judgement("d2"), others=[claim]))
    found = await compare(house, pdf(LINES), pdf(LATER), NAMES)
    assert [(one.meaning, one.significance) for one in found.differences] == [
        ("The vessel pays ten more a night.", "substantive"),
        ("What d2 means.", "substantive"),
    ]


async def test_ids_that_were_never_asked_are_named(house: House, api: FakeClaudeAPI) -> None:
    api.answer_with(lambda _: answer(judgement("d1"), judgement("d2"), judgement("d7"), judgement("x")))
    found = await compare(house, pdf(LINES), pdf(LATER), NAMES)
    assert agrees(found, 2)
    assert any("d7, x" in warning and "not asked" in warning for warning in found.warnings)


async def test_a_word_that_is_often_there_was_removed_where_it_is_rarer_now(house: House, api: FakeClaudeAPI) -> None:
    old = "A fee of ten crowns is due. Nothing else is due. A fee of ten crowns is due again."
    new = "A fee of ten crowns is due. Nothing else is due. A fee is due again."
    api.answer_with(lambda _: answer(judgement("d1"), others=[other("of ten crowns", None)]))
    found = await compare(house, text((old,)), text((new,)), ("old.txt", "new.txt"))
    assert (found.difference_count, found.needs_review) == (1, [])


def meant(name: str, meaning: str, significance: str = "substantive") -> dict[str, Any]:
    return judgement(name, significance) | {"meaning": meaning}


async def test_a_meaning_with_a_figure_that_the_difference_lacks_is_named(house: House, api: FakeClaudeAPI) -> None:
    api.answer_with(lambda _: answer(meant("d1", "A night costs 1,304.50."), meant("d2", "The duty to tell ends.")))
    found = await compare(house, pdf(LINES), pdf(LATER), NAMES)
    assert [len(one.meaning_doubts) for one in found.differences] == [1, 0]
    (item,) = found.needs_review
    assert item.reason.startswith("d1: the meaning says 1,304.50; the difference says 1,284.50 and 1,294.50.")
    assert item.box == found.differences[0].after_box
    assert "Doubtful: the meaning says 1,304.50" in found.to_text()
    assert any("d1" in warning and "meaning" in warning for warning in found.warnings)


async def test_meanings_that_changed_places_are_named_on_both(house: House, api: FakeClaudeAPI) -> None:
    dues, notice = "The dues for a vessel at the jetty go up.", "The master does not have to tell the harbour."
    api.answer_with(lambda _: answer(meant("d1", notice), meant("d2", dues)))
    found = await compare(house, pdf(LINES), pdf(LATER), NAMES)
    assert [one.meaning_doubts[0][:19] for one in found.differences] == ["the meaning fits d2", "the meaning fits d1"]
    api.answer_with(lambda _: answer(meant("d1", dues), meant("d2", notice)))
    found = await compare(house, pdf(LINES), pdf(LATER), NAMES, reuse=False)
    assert [one.meaning_doubts for one in found.differences] == [[], []]


async def test_a_meaning_with_only_words_of_another_difference_is_named(house: House, api: FakeClaudeAPI) -> None:
    before = ("The miller grinds rye.", "The fee is nine crowns.", "The gate opens at six.")
    after = (before[0], before[1].replace("nine", "ten"), before[2], "A smith may shoe one horse in the yard.")
    api.answer_with(
        lambda _: answer(meant("d1", "There is a rule on the smith and a horse."), meant("d2", "It is new."))
    )
    found = await compare(house, text(before), text(after), ("old.md", "new.md"))
    assert [one.what for one in found.differences] == ["number", "words"]
    assert "fits d2" in found.differences[0].meaning_doubts[0]
    assert found.differences[1].meaning_doubts == []


@pytest.mark.parametrize(
    ("meaning", "significance"), [("It is 9 now.", "substantive"), ("A word is another.", "formatting")]
)
async def test_a_doubtful_meaning_does_not_make_a_difference_formatting(
    house: House, api: FakeClaudeAPI, meaning: str, significance: str
) -> None:
    old, new = "The owner keeps the lamps lit from dusk.", "The guest keeps the lamps lit from dusk."
    api.answer_with(lambda _: answer(meant("d1", meaning, "formatting")))
    found = await compare(house, text((old,)), text((new,)), ("old.txt", "new.txt"))
    assert [one.significance for one in found.differences] == [significance]


async def test_numbers_of_clauses_that_changed_are_not_told_twice(house: House, api: FakeClaudeAPI) -> None:
    tide = "2. Tides. The harbour posts the tides of each day at its gate."
    later = (LINES[0], LINES[1], tide, *(f"{n}. {line[3:]}" for n, line in enumerate(LINES[2:], start=3)))
    claim = other("3. Lamps. The harbour keeps the lamps", "4. Lamps. The harbour keeps the lamps")
    found = await told(house, api, claim, lines=later)
    assert all(one.aligned for one in found.differences)
    assert not any(item.reason.startswith("m1") for item in found.needs_review)


async def test_a_model_that_names_a_header_of_one_document_names_a_listed_difference(
    house: House, api: FakeClaudeAPI
) -> None:
    def printed(head: str) -> bytes:
        pages = [
            Leaf(content=words(head, x=60, top=30) + words(f"{line} Page text {n}.", x=60, top=300))
            for n, line in enumerate(LINES)
        ]
        return document(*pages)

    claim = other(None, "Draft of the harbour office")
    api.answer_with(lambda _: answer(judgement("d1"), judgement("d2", "formatting"), others=[claim]))
    before, after = printed(""), printed("Draft of the harbour office").replace(b"1,284.50", b"1,294.50")
    found = await compare(house, before, after, NAMES)
    assert [(one.kind, one.significance) for one in found.differences] == [
        ("changed", "substantive"),
        ("added", "formatting"),
    ]
    assert found.needs_review == []
    assert "2 differences: 1 substantive, 1 formatting." in found.conclusion


async def test_what_is_not_read_is_not_said_to_be_missing(house: House, api: FakeClaudeAPI) -> None:
    api.answer_with(lambda _: answer(judgement("d1"), others=[other("ten crowns", None)]))
    picture = Leaf(jpeg=draw_image("JPEG", text=""), jpeg_box=(60, 200, 400, 500))
    before = document(Leaf(content=words(LINES[1], x=60, top=60)), picture)
    found = await compare(house, before, pdf((LATER[1],)), NAMES)
    assert "Not every page" in found.conclusion
    assert "what was read of BEFORE does not have" in found.needs_review[0].reason


async def test_a_visual_claim_that_quotes_words_of_both_documents_does_not_count(
    house: House, api: FakeClaudeAPI
) -> None:
    seen = {"description": f'The sentence "{LAMPS}" was removed.', "before_page": 1, "after_page": 1}
    api.answer_with(lambda _: answer(judgement("d1"), judgement("d2"), visual=[seen]))
    found = await compare(house, pdf(LINES), pdf(LATER), NAMES)
    assert agrees(found, 2)
    assert "both documents have" in found.needs_review[0].reason


async def test_what_a_model_sees_where_pictures_agree_is_doubted(house: House, api: FakeClaudeAPI) -> None:
    seen = {"description": "A stamp at the foot of the page.", "before_page": 1, "after_page": 1}
    api.answer_with(lambda _: answer(judgement("d1"), visual=[seen]))
    found = await compare(house, pdf(LINES), pdf(tuple(line.replace("1,284", "1,294") for line in LINES)), NAMES)
    (visual,) = [one for one in found.differences if one.kind == "visual"]
    assert "pictures of these pages were compared" in visual.meaning_doubts[0]
    assert any(visual.difference_id in item.reason for item in found.needs_review)


async def test_no_more_claims_are_looked_up_than_a_reader_would_want(house: House, api: FakeClaudeAPI) -> None:
    many = [other(f"crown number {number}", None) for number in range(90)]
    found = await told(house, api, *many)
    assert agrees(found, 2)
    assert len(found.needs_review) == 60
    assert any("30 more claims" in warning for warning in found.warnings)


async def test_a_sentence_that_gained_a_word_was_not_removed(house: House, api: FakeClaudeAPI) -> None:
    old = "The berth may be sublet with consent. The fee is due at noon of the first day."
    new = "The berth may not be sublet with consent. The fee is due at noon of the first day."
    claims = [other("The berth may be sublet with consent.", None), other(None, new[: new.index(". ") + 1])]
    api.answer_with(lambda _: answer(judgement("d1"), others=claims))
    found = await compare(house, text((old,)), text((new,)), ("old.txt", "new.txt"))
    assert agrees(found, 1)
    assert found.needs_review == []


class Unreadable(QuotedDocument):
    """A document in which every look-up fails, as a fault of our own would."""

    def __getattribute__(self, name: str) -> Any:
        raise IndexError(name)


async def test_a_fault_in_a_check_costs_the_check_and_no_meaning(house: House) -> None:
    paths = [house.folder / name for name in NAMES]
    for path, lines in zip(paths, (LINES, LATER), strict=True):
        path.write_bytes(pdf(lines))
    documents = house.services.documents
    async with documents.open(str(paths[0])) as first, documents.open(str(paths[1])) as second:
        sides = (
            ComparedSide(label="BEFORE", document=first, pages=(1,)),
            ComparedSide(label="AFTER", document=second, pages=(1,)),
        )
        read = await read_sides(sides, documents, seconds=None, progress=no_progress)
        both = await aligned(*read, documents)
        asked = await to_ask(both, documents, None)
        (ask,) = plan_comparison(asked, model_named("claude-sonnet-5-5")).asks
        said = parse_comparison(answer(judgement("d1"), judgement("d2"), others=[other(LAMPS, None)]))
        unreadable = Unreadable.__new__(Unreadable), Unreadable.__new__(Unreadable)
        found = judged(both, asked, [(ask, said)], unreadable)
    assert [one.meaning for one in found.differences] == ["What d1 means.", "What d2 means."]
    assert any("meanings were not checked" in fault for fault in found.faults)
    assert any("could not be checked" in fault for fault in found.faults)


def test_words_in_another_order_were_not_removed() -> None:
    def quoted(text: str) -> QuotedDocument:
        return QuotedDocument([PageFlow(page_number=1, paragraphs=text_flow(text, "text/markdown"), has_places=False)])

    head, rule_of_table = "| Item | Size | Price |", "|---|---|---|"
    documents = (
        quoted(f"{head}\n{rule_of_table}\n| Rope | 20 m | 21.00 |\n| Line | 30 m | 35.00 |"),
        quoted(f"{head}\n{rule_of_table}\n| Rope | 21.00 | 20 m |\n| Line | 35.00 | 30 m |"),
    )
    for before, after in (("Rope 20 m 21.00", None), (None, "Line 35.00 30 m")):
        claim = OtherDifference(before=before, after=after, meaning="A row.", significance="substantive")
        refuted = checked_claim("m1", claim, [], documents).refuted
        assert refuted is not None
        assert "in another order" in refuted.item.reason


async def test_a_second_meaning_of_one_difference_is_named(house: House, api: FakeClaudeAPI) -> None:
    api.answer_with(lambda _: answer(judgement("d1"), judgement("d2"), meant("d2", "Another meaning.")))
    found = await compare(house, pdf(LINES), pdf(LATER), NAMES)
    assert found.differences[1].meaning == "What d2 means."
    assert any("gave d2 two meanings" in warning for warning in found.warnings)


async def test_german_documents_are_checked_alike(house: House, api: FakeClaudeAPI) -> None:
    old = (
        "Mietvertrag über die Halle am Hafen",
        "1. Miete. Die Miete beträgt 1.150,00 EUR im Monat.",
        "2. Kündigung. Die Kündigungsfrist beträgt drei Monate zum Quartalsende.",
        "3. Lampen. Der Vermieter hält die Lampen der Halle in Ordnung.",
    )
    new = tuple(line.replace("1.150,00", "1.190,00").replace("drei Monate", "sechs Monate") for line in old)
    lamps = old[3].partition(". ")[2].partition(". ")[2]
    true = answer(
        meant("d1", "Die Miete steigt um 40 Euro auf 1.190 €."),
        meant("d2", "Die Kündigungsfrist verdoppelt sich auf ein halbes Jahr."),
    )
    false = answer(
        meant("d1", "Die Miete steigt auf 1.910 Euro."),
        meant("d2", "Die Kündigungsfrist wird auf sechs Monate verkürzt."),
        others=[other(lamps, None, "Die Pflicht zur Wartung entfällt.")],
    )
    for told, doubts, claims in ((true, [0, 0], 0), (false, [1, 1], 1)):
        api.answer_with(lambda _: told)  # noqa: B023 - it is asked before the next turn
        found = await compare(house, pdf(old), pdf(new), NAMES, reuse=False)
        assert [len(one.meaning_doubts) for one in found.differences] == doubts
        assert sum(item.reason.startswith("m1") for item in found.needs_review) == claims
