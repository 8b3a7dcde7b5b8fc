"""Transcripts and second readings: no exception whatever a model writes, and nothing right is accused."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from tests.core.test_transcripts import flow_of
from tests.properties.cases import counted
from witnessmark.documents.flow import PageFlow, Paragraph
from witnessmark.documents.ocr.recognised import PageReading
from witnessmark.evidence.transcripts import check_transcript
from witnessmark.values import BoundingBox, Word
from witnessmark_tools.rows_compared import compared

WORDS = st.sampled_from(
    "rent Rent the of no 3 7 12 1,284.50 1.284,50 (1,200) -5 QTY:2 DD:30/08/2017 RM45.00 9:00-17:30 A12 2x12.50 "
    "Sep- tember [unreadable] | --- # * ** ^1 <td> \\ $x^2$ ... "
    "\u2022 \u2610 \u5408\u8a08 \u0641\u0627 \u00ad \ufb01".split()
)
ANY_WORD = st.one_of(WORDS, st.text(min_size=1, max_size=6).filter(lambda text: bool(text.strip())))
LINES = st.lists(st.lists(ANY_WORD, min_size=1, max_size=7), max_size=12)
PLAIN = st.lists(
    st.lists(st.sampled_from("rent power salt nets lamps ropes 12 3 45.00 1,284".split()), min_size=1, max_size=6),
    min_size=1,
    max_size=10,
)
NUMBER = st.one_of(st.integers(-50, 900).map(float), st.floats(-50, 900))


@st.composite
def boxes(draw: st.DrawFn) -> BoundingBox:
    x0, top = draw(NUMBER), draw(NUMBER)
    return BoundingBox(x0=x0, top=top, x1=x0 + draw(st.floats(0, 400)), bottom=top + draw(st.floats(0, 60)))


@st.composite
def flows(draw: st.DrawFn) -> PageFlow:
    """Draw a page whose words are anywhere, some of them turned, as OCR or a text layer has them."""
    paragraphs: list[Paragraph] = []
    for lines in draw(st.lists(LINES.filter(bool), max_size=3)):
        placed: list[tuple[Word, ...]] = []
        for line in lines:
            box, angle = draw(boxes()), draw(st.sampled_from((0, 0, 0, 90)))
            placed.append(
                tuple(
                    Word(text, box.x0 + 30 * at, box.top, box.x0 + 30 * at + 25, box.bottom, 10, angle=angle)
                    for at, text in enumerate(line)
                )
            )
        paragraphs.append(Paragraph(draw(st.sampled_from(("text", "row", "turned"))), tuple(placed)))
    unread = tuple(draw(st.lists(boxes(), max_size=3)))
    reading = PageReading(
        engine="ocr",
        word_count=1,
        confidence=0.9,
        turn=0,
        skew=0.0,
        unreadable=unread,
        doubtful=(),
        on_page=lambda box: box,
        unread=unread,
    )
    is_read = draw(st.booleans())
    return PageFlow(
        page_number=1,
        paragraphs=tuple(paragraphs),
        is_read_by_ocr=is_read,
        reading=reading if is_read else None,
        has_places=draw(st.booleans()),
    )


@given(LINES, flows())
def test_any_transcript_of_any_page_is_checked(lines: list[list[str]], flow: PageFlow) -> None:
    counted["transcripts"] += 1
    check = check_transcript("\n".join(map(" ".join, lines)), flow)
    assert 0 <= check.found <= check.words
    assert 0 <= check.unseen <= check.words - check.found


@given(PLAIN, st.booleans(), st.sampled_from(("\n", " ", "\n\n")))
def test_a_page_as_it_is_printed_is_not_accused(lines: list[list[str]], by_ocr: bool, between: str) -> None:
    counted["transcripts"] += 1
    printed = [" ".join(line) for line in lines]
    check = check_transcript(between.join(printed), flow_of(printed, by_ocr=by_ocr))
    assert (check.doubts, check.unseen, check.found) == ((), 0, check.words)


@given(st.lists(st.integers(1, 5), min_size=3, max_size=9), st.data(), st.booleans())
def test_two_lines_that_changed_places_are_told(sizes: list[int], data: st.DataObject, by_ocr: bool) -> None:
    counted["transcripts"] += 1
    lines = [" ".join(f"word{line}of{at}" for at in range(size)) for line, size in enumerate(sizes)]
    one, other = data.draw(st.lists(st.sampled_from(range(len(lines))), min_size=2, max_size=2, unique=True))
    swapped = list(lines)
    swapped[one], swapped[other] = swapped[other], swapped[one]
    check = check_transcript("\n".join(swapped), flow_of(lines, by_ocr=by_ocr))
    assert {doubt.value for doubt in check.doubts} & {lines[one], lines[other]}


@given(st.data())
def test_a_second_reading_confirms_no_text_that_it_lacks(data: st.DataObject) -> None:
    counted["second readings"] += 1
    text = st.sampled_from(("", " ", "5", "7", "1,284", "Rent", "RENT", "[unreadable]"))
    texts = data.draw(st.lists(st.one_of(st.none(), text), max_size=8))
    columns = data.draw(st.lists(st.sampled_from(range(len(texts))), unique=True)) if texts else []
    read = data.draw(st.lists(text, max_size=10))
    for column, second in compared(texts, columns, read).items():
        assert column in columns
        assert second.text in read
        assert not (second.is_same and second.is_exchanged)
        if second.is_same:
            assert (texts[column] or "").casefold() == second.text.casefold()
