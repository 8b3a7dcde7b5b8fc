"""A transcript held against the words of its page: what counts as the same, and what is said of the rest."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import pytest

from witnessmark.documents.flow import PageFlow, Paragraph
from witnessmark.documents.ocr.recognised import PageReading
from witnessmark.evidence.transcripts import TranscriptCheck, check_transcript
from witnessmark.values import BoundingBox, Word

LINES = (
    "Harbour Authority of Saltmere",
    "Statement of dues for the second quarter",
    "Mooring of vessels up to twelve metres 1,284.50",
    "Storage of nets and lines in the eastern shed 937.25",
    "Repairs to the northern jetty and its lamps 4,018.00",
    "The total is due on the last day of Sep-",
    "tember and is (1,200) or 5 % less in cash",
)
TRUE = " ".join(LINES).replace("Sep- tember", "September")


def flow_of(lines: Sequence[str] = LINES, *, by_ocr: bool = True) -> PageFlow:
    """Place words of eight points a letter in lines of twenty."""
    placed: list[tuple[Word, ...]] = []
    for number, line in enumerate(lines):
        words: list[Word] = []
        x = 50.0
        for text in line.split():
            words.append(Word(text, x, 20.0 * number, x + 8 * len(text), 20.0 * number + 12, 12))
            x += 8 * len(text) + 6
        placed.append(tuple(words))
    return PageFlow(page_number=3, paragraphs=(Paragraph("text", tuple(placed)),), is_read_by_ocr=by_ocr)


def checked(text: str, *, by_ocr: bool = True) -> TranscriptCheck:
    return check_transcript(text, flow_of(by_ocr=by_ocr))


def told(check: TranscriptCheck) -> list[tuple[str, str | None, str | None]]:
    return [(doubt.kind, doubt.value, doubt.nearest) for doubt in check.doubts]


SAME: dict[str, tuple[str, str]] = {
    "as printed": ("", ""),
    "a heading": ("Harbour Authority", "# Harbour Authority"),
    "bold": ("second quarter", "**second quarter**"),
    "a row of a table": (LINES[2], "| Mooring of vessels up to twelve metres | 1,284.50 |"),
    "escaped signs": ("1,284.50", r"1,284\.50"),
    "tags": ("second quarter", "<u>second</u> quarter"),
    "another separator": ("4,018.00", "4 018.00"),
    "no separator": ("4,018.00", "4018.00"),
    "a bracketed minus": ("(1,200)", "-1,200"),
    "a per cent sign": ("5 %", "5%"),
    "another order": ("Harbour Authority of Saltmere", ""),
}


@pytest.mark.parametrize(("true", "written"), SAME.values(), ids=SAME)
@pytest.mark.parametrize("by_ocr", [True, False], ids=["OCR", "text layer"])
def test_what_is_written_in_another_way_is_the_same(true: str, written: str, by_ocr: bool) -> None:
    text = TRUE.replace(true, f"\n{written}\n", 1) if true else TRUE
    text = text if written or not true else f"{text}\n{true}"
    check = checked(text, by_ocr=by_ocr)
    assert told(check) == []
    assert check.found == check.words


CHANGED: dict[str, tuple[str, str, tuple[str, str | None, str | None]]] = {
    "a digit": ("1,284.50", "1,234.50", ("number", "1,234.50", "1,284.50")),
    "a digit more": ("937.25", "9937.25", ("number", "9937.25", "937.25")),
    "a point moved": ("937.25", "93.725", ("number", "93.725", "937.25")),
    "a sign lost": ("(1,200)", "1,200", ("number", "1,200", "(1,200)")),
    "a number dropped": ("4,018.00", "", ("number missing", None, "4,018.00")),
    "a number made up": ("in cash", "in cash 77,310", ("number invented", "77,310", None)),
    "another word": ("eastern", "abandoned", ("word", "abandoned", "eastern")),
    "a line dropped": ("Statement of dues for the second quarter", "", ("words missing", None, LINES[1])),
}


@pytest.mark.parametrize(("true", "read", "says"), CHANGED.values(), ids=CHANGED)
@pytest.mark.parametrize("by_ocr", [True, False], ids=["OCR", "text layer"])
def test_what_differs_is_told_with_what_the_page_has(
    true: str, read: str, says: tuple[str, str | None, str | None], by_ocr: bool
) -> None:
    assert told(checked(TRUE.replace(true, read, 1), by_ocr=by_ocr)) == [says]


def test_numbers_come_first_and_each_has_its_place() -> None:
    text = TRUE.replace("eastern", "abandoned").replace("4,018.00", "4,078.00")
    first, second = checked(text).doubts
    assert (first.kind, second.kind) == ("number", "word")
    assert first.box == BoundingBox(x0=386, top=80, x1=450, bottom=92)


def test_numbers_that_changed_places_stand_in_another_line() -> None:
    rows = "\n".join(LINES).replace("937.25", "?").replace("1,284.50", "937.25").replace("?", "1,284.50")
    check = checked(rows.replace("Sep-\ntember", "September"))
    assert {(doubt.kind, doubt.value) for doubt in check.doubts} == {
        ("number displaced", "937.25"),
        ("number displaced", "1,284.50"),
    }


def test_letters_that_ocr_takes_for_others_are_no_doubt() -> None:
    seen = flow_of([line.replace("lamps", "1arnps").replace("metres", "rnetres") for line in LINES])
    assert check_transcript(TRUE, seen).doubts == ()
    assert {doubt.value for doubt in check_transcript(TRUE, replace(seen, is_read_by_ocr=False)).doubts} == {
        "lamps",
        "metres",
    }


def test_a_page_that_gives_other_words_is_no_witness() -> None:
    check = checked("Dear Anna, we come on the 24th, all seven of us, and bring the 3 boats.")
    assert not check.is_checked
    assert check.doubts == ()


def test_words_where_ocr_reads_nothing_are_counted_and_not_accused() -> None:
    place = BoundingBox(x0=0, top=0, x1=100, bottom=20)
    reading = PageReading(
        engine="ocr",
        word_count=40,
        confidence=0.9,
        turn=0,
        skew=0.0,
        unreadable=(place,),
        doubtful=(),
        on_page=lambda box: box,
    )
    check = check_transcript(f"{TRUE}\nseen and agreed on 12 May", replace(flow_of(), reading=reading))
    assert (check.doubts, check.unseen) == ((), 6)


def test_what_the_model_cannot_read_is_counted() -> None:
    check = checked(TRUE.replace("Saltmere", "[unreadable]").replace("lamps", "[unreadable: two words]"))
    assert check.unreadable == 2


def test_scripts_without_spaces_are_compared_by_letters() -> None:
    seen = flow_of(["\u7b2c\u4e8c\u56db\u534a\u671f", "\u5408\u8a08\u91d1\u984d", "1,284"], by_ocr=False)
    assert told(check_transcript("\u7b2c\u4e8c\u56db\u534a\u671f \u5408\u8a08\u91d1\u984d 1,284", seen)) == []
    assert ("number", "1,234", "1,284") in told(
        check_transcript("\u7b2c\u4e8c\u56db\u534a\u671f\u5408\u8a08\u91d1\u984d1,234", seen)
    )


def test_two_empty_pages_are_the_same() -> None:
    assert check_transcript("", flow_of([])).is_checked
