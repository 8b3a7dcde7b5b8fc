"""Words in a script that OCR cannot read: not checked and never accused, while figures are checked digit for digit."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from tests.core.flows import page
from tests.core.printed import printed
from tests.core.test_evidence_check import flagged
from witnessmark.documents.ocr.letters import unread_script
from witnessmark.evidence.check import check_table
from witnessmark.evidence.quotes import QuotedDocument
from witnessmark.evidence.transcripts import check_transcript

TRUTH = [
    ["Υπηρεσία", "2024", "2025"],
    ["Ρυμούλκηση πλοίου", "1,284", "1,301"],
    ["Αποθήκευση 12 διχτυών", "937", "1,284"],
    ["Repairs", "4,018", "3,950"],
    ["Σύνολο", "6,239", "6,535"],
]
READ = [
    ["Ynnpeoia", "2024", "2025"],
    ["Puμoλκηση πλooυ", "1,284", "1,301"],
    ["Aπoθnkευon 12 δlxTuv", "937", "1,284"],
    ["Repairs", "4,018", "3,950"],
    ["Σνoλo", "6,239", "6,535"],
]
"""The same, as OCR writes Greek: with Latin letters that look alike, without accents."""
CYRILLIC = [
    ["Услуга", "2024"],
    ["Буксировка судна", "1,284"],
    ["Итого", "1,284"],
]


@pytest.mark.parametrize(
    ("word", "script"),
    [
        ("Total", None),
        ("Übergröße", None),
        ("Łódź", None),
        ("café\u0301", None),
        ("12½", None),
        ("μg", None),
        ("kΩ", None),
        ("α", None),
        ("Α", "Greek"),
        ("東京都", None),
        ("カタカナ", None),
        ("ﬁn", None),
        ("λιμένα", "Greek"),
        ("ΣΥΝΟΛΟ", "Greek"),
        ("και", "Greek"),
        ("Счет", "Cyrillic"),
        ("שלום", "Hebrew"),
        ("فاتورة", "Arabic"),
        ("١٢٣", "Arabic"),
        ("ราคา", "Thai"),
        ("मूल्य", "Devanagari"),
        ("한국", "Korean"),
        ("cảng", "Latin letters with marks as in Vietnamese"),
    ],
)
def test_a_script_is_read_if_the_models_can_write_it(word: str, script: str | None) -> None:
    assert unread_script(word) == script


def statuses(answer: Sequence[Sequence[str]], read: Sequence[Sequence[str]], *, by_ocr: bool = True) -> list[list[str]]:
    evidence = check_table(answer, [printed(read, by_ocr=by_ocr)])
    assert evidence.left_over == ()
    return [[str(one and one.status) for one in row] for row in evidence.verdicts]


def test_greek_on_a_scan_is_not_checked_and_its_lines_are() -> None:
    found = statuses(TRUTH, READ)
    assert [row[0] for row in found] == ["None", "None", "None", "located", "None"]
    assert [row[1:] for row in found] == [["located"] * 2] * 5
    verdict = check_table(TRUTH, [printed(READ, by_ocr=True)]).verdicts[1][0]
    assert verdict is not None
    assert (verdict.script, verdict.reason) == ("Greek", "Not checked: OCR cannot read Greek.")
    assert verdict.box is not None, "where it stands is known from its row and column"


def test_the_region_of_a_table_holds_the_places_of_what_ocr_cannot_read() -> None:
    (box,) = check_table(TRUTH, [printed(READ, by_ocr=True)]).boxes.values()
    assert box.x0 == 40, "the column of labels, of which one alone was located"
    (box,) = check_table(TRUTH[:3], [printed(READ[:3], by_ocr=True)]).boxes.values()
    assert box.x0 == 40


def test_greek_in_a_text_layer_is_looked_up_as_any_text() -> None:
    assert statuses(TRUTH, TRUTH, by_ocr=False) == [["located"] * 3] * 5
    wrong = [list(row) for row in TRUTH]
    wrong[4][0] = "Ποσό"
    assert flagged(check_table(wrong, [printed(TRUTH)])) == [(4, 0)]


@pytest.mark.parametrize(("row", "column", "value"), [(1, 1, "1,294"), (4, 2, "6,353"), (3, 0, "Rentals")])
def test_what_ocr_can_read_is_found_wrong_beside_greek(row: int, column: int, value: str) -> None:
    wrong = [list(texts) for texts in TRUTH]
    wrong[row][column] = value
    evidence = check_table(wrong, [printed(READ, by_ocr=True)])
    assert [
        place for place in flagged(evidence) if (verdict := evidence.verdicts[place[0]][place[1]]) and verdict.status
    ] == [(row, column)]


def test_a_wrong_figure_among_greek_words_is_found() -> None:
    wrong = [list(texts) for texts in TRUTH]
    wrong[2][0] = "Αποθήκευση 21 διχτυών"
    assert statuses(wrong, READ)[2][0] == "unlocated"


def test_a_figure_that_ocr_dropped_with_the_letters_accuses_nobody() -> None:
    read = [list(texts) for texts in READ]
    read[2][0] = "Aπoθnkευon"
    assert statuses(TRUTH, read)[2][0] == "None"


def test_what_ocr_drops_altogether_is_not_checked() -> None:
    read = [["", *texts[1:]] for texts in CYRILLIC]
    assert [row[0] for row in statuses(CYRILLIC, read)] == ["None"] * 3


def test_a_table_all_in_greek_is_not_checked() -> None:
    grid = [["Υπηρεσία", "Τόπος"], ["Ρυμούλκηση", "Πειραιάς"], ["Αποθήκευση", "Βόλος"]]
    read = [["Ynnpeoia", "Tonoç"], ["Pupoulknon", "Meipaiac"], ["Anoenkeuon", "Boλoς"]]
    assert {status for row in statuses(grid, read) for status in row} == {"None"}


# --- quotes and transcripts ---------------------------------------------------------------------------------------


GREEK = "Η ρυμούλκηση του πλοίου κοστίζει 12.450,00 ευρώ"
OF_OCR = "H pupoulknon tou nlooυ kooticel 12.450,00 supw"


def test_a_quote_in_greek_on_a_scan_is_not_checked() -> None:
    verdict = QuotedDocument([page(1, OF_OCR, ocr=True)]).find_quote(GREEK, [1])
    assert (verdict.status, verdict.script, verdict.nearest) == (None, "Greek", None)


def test_a_quote_in_greek_with_another_figure_is_nowhere() -> None:
    document = QuotedDocument([page(1, OF_OCR, ocr=True)])
    assert document.find_quote(GREEK.replace("12.450", "12.540"), [1]).status == "unlocated"


def test_a_quote_in_greek_is_looked_up_in_a_text_layer() -> None:
    document = QuotedDocument([page(1, GREEK), page(2, OF_OCR, ocr=True)])
    assert document.find_quote(GREEK, [1]).status == "located"
    assert document.find_quote(GREEK.replace("του", "ενός"), [1]).status == "unlocated"


def test_a_latin_quote_is_looked_up_on_a_scan_in_greek() -> None:
    document = QuotedDocument([page(1, OF_OCR, "The port of Volos is open", ocr=True)])
    assert document.find_quote("The port of Volos is shut", [1]).status == "unlocated"
    assert document.find_quote("The port of Volos is open", [1]).status == "located"


def test_a_transcript_in_greek_is_not_checked_and_counted() -> None:
    check = check_transcript(f"{GREEK}\nThe port is open", page(1, OF_OCR, "The port is open", ocr=True))
    assert (check.unread, check.scripts, check.doubts, check.share) == (5, ("Greek",), (), 1.0), (
        "OCR may well read the H"
    )


def test_a_transcript_all_in_greek_was_not_checked() -> None:
    check = check_transcript("Ρυμούλκηση πλοίου λιμένα", page(1, "Pupoulknon nlolou lipeva", ocr=True))
    assert (check.is_checked, check.unread, check.unseen, check.doubts) == (False, 3, 0, ())


def test_a_wrong_number_next_to_greek_is_a_doubt() -> None:
    flow = page(1, OF_OCR, "The port is open", ocr=True)
    check = check_transcript(f"{GREEK.replace('450', '540')}\nThe port is open", flow)
    assert [doubt.value for doubt in check.doubts] == ["12.540,00"]


def test_greek_on_a_page_with_a_text_layer_is_compared_word_for_word() -> None:
    check = check_transcript(GREEK.replace("πλοίου", "λιμένα"), page(1, GREEK))
    assert [doubt.kind for doubt in check.doubts] == ["word"]
