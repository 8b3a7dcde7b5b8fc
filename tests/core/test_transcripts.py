"""A transcript held against the words of its page: what counts as the same, and what is said of the rest."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import pytest

from witnessmark.documents.flow import PageFlow, Paragraph
from witnessmark.documents.ocr.recognised import PageReading
from witnessmark.evidence.transcript_order import MAX_PLACES
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
    "a link": ("second quarter", "[second quarter](https://example.org/q2)"),
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


# --- places that OCR cannot read ------------------------------------------------------------------------------------

WRITTEN = "seen and agreed on 12 May"
BELOW = BoundingBox(x0=50, top=140, x1=300, bottom=165)
"""Below the last line, wide enough for that."""


def read_with(*unread: BoundingBox) -> PageFlow:
    reading = PageReading(
        engine="ocr",
        word_count=40,
        confidence=0.9,
        turn=0,
        skew=0.0,
        unreadable=unread,
        doubtful=(),
        on_page=lambda box: box,
        unread=unread,
    )
    return replace(flow_of(), reading=reading)


def test_words_where_ocr_reads_nothing_are_counted_and_not_accused() -> None:
    check = check_transcript(f"{TRUE}\n{WRITTEN}", read_with(BELOW))
    assert (check.doubts, check.unseen) == ((), 6)


@pytest.mark.parametrize(
    "place",
    [
        replace(BELOW, top=-30, bottom=-5),
        replace(BELOW, x1=70),
        replace(BELOW, bottom=144),
    ],
    ids=["elsewhere", "too narrow", "too low"],
)
def test_a_place_that_ocr_cannot_read_excuses_only_what_can_be_there(place: BoundingBox) -> None:
    check = check_transcript(f"{TRUE}\n{WRITTEN}", read_with(place))
    assert {doubt.kind for doubt in check.doubts} == {"words invented", "number invented"}
    assert check.unseen == 0


def test_a_place_that_ocr_cannot_read_excuses_no_line_elsewhere() -> None:
    text = "\n".join([*LINES[:2], "Delivery of two anchors 77.10", *LINES[2:]]).replace("Sep-\ntember", "September")
    kinds = {doubt.kind for doubt in check_transcript(text, read_with(BELOW)).doubts}
    assert kinds == {"number invented", "words invented"}


def test_one_place_excuses_one_line() -> None:
    check = check_transcript(f"{TRUE}\n{WRITTEN}\npaid in full by the second mate", read_with(BELOW))
    assert [doubt.value for doubt in check.doubts] == ["paid in full by the second mate"]


def test_a_word_that_ocr_may_have_missed_is_said_to_be_unchecked() -> None:
    check = checked(f"{TRUE}\npaid")
    assert (check.doubts, check.unseen) == ((), 1)
    assert told(checked(f"{TRUE}\npaid in cash")) == [("words invented", "paid in cash", None)]


def test_a_digit_that_ocr_may_have_missed_is_said_to_be_unchecked() -> None:
    rows = ["Nets of the eastern shed 12.50", "Lamps of the northern jetty 14.75", "Ropes and lines 13.80"]
    text = "\n".join(f"{row} {number}" for number, row in enumerate(rows, start=3))
    check = check_transcript(text, flow_of(rows))
    assert (check.doubts, check.unseen) == ((), 3)
    assert told(check_transcript(text.replace("Lamps of", "Lamps 7 of"), flow_of(rows))) == [
        ("number invented", "7", None)
    ]


# --- order, words that are missing, numbers of one digit ------------------------------------------------------------


@pytest.mark.parametrize("by_ocr", [True, False], ids=["OCR", "text layer"])
@pytest.mark.parametrize(("one", "other"), [(1, 2), (2, 3), (1, 4), (3, 5)])
def test_lines_that_changed_places_are_told(one: int, other: int, by_ocr: bool) -> None:
    lines = list(LINES)
    lines[one], lines[other] = lines[other], lines[one]
    doubts = [doubt for doubt in checked("\n".join(lines), by_ocr=by_ocr).doubts if doubt.kind == "line displaced"]
    assert {doubt.value for doubt in doubts} & {LINES[one], LINES[other]}
    assert all(doubt.nearest in LINES for doubt in doubts)


def columns_of(*columns: Sequence[str]) -> PageFlow:
    """Place lines in columns next to each other, read one after the other."""
    paragraphs: list[Paragraph] = []
    for number, lines in enumerate(columns):
        placed = [
            tuple(word._replace(x0=word.x0 + 700 * number, x1=word.x1 + 700 * number) for word in line)
            for line in flow_of(lines).paragraphs[0].lines
        ]
        paragraphs.append(Paragraph("text", tuple(placed)))
    return PageFlow(page_number=3, paragraphs=tuple(paragraphs), is_read_by_ocr=True)


OTHER = ("Notice of works on the bridge", "The crossing closes in October", "Ferries leave from the old quay")


@pytest.mark.parametrize(
    "lines",
    [
        (*LINES, *OTHER),
        (*OTHER, *LINES),
        (LINES[0], OTHER[0], LINES[1], OTHER[1], LINES[2], OTHER[2], *LINES[3:]),
        (f"{LINES[0]} {OTHER[0]}", f"{LINES[1]} {OTHER[1]}", f"{LINES[2]} {OTHER[2]}", *LINES[3:]),
    ],
    ids=["one after the other", "the right one first", "by turns", "across"],
)
def test_columns_may_be_read_in_any_order(lines: Sequence[str]) -> None:
    assert told(check_transcript("\n".join(lines), columns_of(LINES, OTHER))) == []


def test_lines_that_changed_places_within_a_column_are_told() -> None:
    lines = (OTHER[0], OTHER[2], OTHER[1], *LINES)
    assert [kind for kind, _, _ in told(check_transcript("\n".join(lines), columns_of(LINES, OTHER)))] == [
        "line displaced"
    ]


def test_a_page_of_thousands_of_lines_is_said_to_be_unordered() -> None:
    lines = [f"entry w{number}a of v{number}b" for number in range(MAX_PLACES + 1)]
    assert check_transcript("\n".join(lines), flow_of(lines)).is_order_checked
    assert not check_transcript("\n".join(reversed(lines)), flow_of(lines)).is_order_checked


@pytest.mark.parametrize("by_ocr", [True, False], ids=["OCR", "text layer"])
@pytest.mark.parametrize("word", ["eastern", "of", "lamps", "total", "Harbour"])
def test_a_word_that_is_left_out_is_told(word: str, by_ocr: bool) -> None:
    check = checked(TRUE.replace(f"{word} ", "", 1).replace(f" {word}", "", word == "lamps"), by_ocr=by_ocr)
    assert [(kind, nearest) for kind, _, nearest in told(check)] == [("words missing", word)]


@pytest.mark.parametrize("word", ["not", "very", "no"])
def test_a_word_that_is_put_in_is_told_where_the_page_has_no_room(word: str) -> None:
    assert told(checked(TRUE.replace("is due", f"is {word} due"))) == [("words invented", word, None)]


@pytest.mark.parametrize(
    ("true", "read"), [("northern", "southern"), ("eastern", "western"), ("is due", "as due"), ("metres", "ells")]
)
@pytest.mark.parametrize("by_ocr", [True, False], ids=["OCR", "text layer"])
def test_another_word_that_looks_alike_is_told(true: str, read: str, by_ocr: bool) -> None:
    value, nearest = read.removesuffix(" due"), true.removesuffix(" due")
    assert told(checked(TRUE.replace(true, read), by_ocr=by_ocr)) == [("word", value, nearest)]


def test_a_page_that_ocr_reads_badly_accuses_no_word_that_looks_alike() -> None:
    misread = [line.replace("eastern", "westenn").replace("nets", "nels").replace("lamps", "lanpz") for line in LINES]
    check = check_transcript(TRUE, flow_of(misread))
    assert (told(check), check.words - check.found) == ([], 3)


LONE = ("Ropes of hemp 3 pieces", "Lamps of brass 5 pieces", "Sails of linen 8 pieces", "Nets for herring 2 pieces")


def test_a_number_of_one_digit_is_compared_in_its_line() -> None:
    text = "\n".join(LONE)
    assert told(check_transcript(text, flow_of(LONE))) == []
    assert told(check_transcript(text.replace("5", "6"), flow_of(LONE))) == [("number", "6", "5")]
    assert told(check_transcript(text.replace("5 ", ""), flow_of(LONE))) == [("number missing", None, "5")]
    swapped = check_transcript(text.replace("5", "x").replace("3", "5").replace("x", "3"), flow_of(LONE))
    assert {(kind, value) for kind, value, _ in told(swapped)} == {("number", "5"), ("number", "3")}


GLUED: dict[str, tuple[str, str]] = {
    "a colon": ("DATE: 30/08/2017", "DATE:30/08/2017"),
    "no sign": ("DATE 30/08/2017", "DATE30/08/2017"),
    "a currency": ("RM 45.00", "RM45.00"),
    "an amount": ("TOTAL: 12.50", "TOTAL:12.50"),
    "one digit": ("QTY: 2", "QTY:2"),
    "a unit": ("12 kg", "12kg"),
    "times": ("2 x 12.50", "2x12.50"),
    "a span of time": ("9:00 - 17:30", "9:00-17:30"),
    "a span of dates": ("01/02/2020 - 03/04/2020", "01/02/2020-03/04/2020"),
    "a span": ("25 - 36", "25-36"),
    "a name with a digit": ("GST1: 000639090688", "GST1:000639090688"),
    "a footnote": ("Area [^12]", "Area12"),
    "a bracket": ("30/08/2017 (Wed)", "30/08/2017(Wed)"),
    "many words": ("THANK YOU FOR SHOPPING AT", "THANKYOUFORSHOPPINGAT"),
}


@pytest.mark.parametrize(("written", "read"), GLUED.values(), ids=GLUED)
def test_what_ocr_writes_together_is_found_in_it(written: str, read: str) -> None:
    around = ("Harbour stores of Saltmere", "Thank you for your visit", "Opening hours on the door")
    seen = flow_of((*around[:2], read, around[2]))
    check = check_transcript("\n".join((*around[:2], written, around[2])), seen)
    assert (told(check), check.found) == ([], check.words)
    if places := [at for at, letter in enumerate(written) if letter.isdigit()]:
        at = places[-1]
        wrong = f"{written[:at]}{(int(written[at]) + 5) % 10}{written[at + 1 :]}"
        text = "\n".join((*around[:2], wrong, around[2]))
        assert any(doubt.is_of_number for doubt in check_transcript(text, seen).doubts)


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
