"""Words that survive what pages do to them: marks, scripts, turns, fields, and what nobody can see."""

from __future__ import annotations

import io
from collections.abc import Callable
from typing import Any

import pytest
from pypdf import PdfReader, PdfWriter
from pypdf.generic import NameObject, NumberObject
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.cidfonts import UnicodeCIDFont
from reportlab.pdfgen.canvas import Canvas

from tests import drawing
from tests.drawing import words
from witnessmark.documents.pdfium import open_pdf
from witnessmark.values import Word

Draw = Callable[[Canvas], object]


def _read(content: bytes) -> tuple[Word, ...]:
    with open_pdf(content) as pdf:
        return pdf.layout(0).words


def _canvas(draw: Draw, *, rotation: int = 0) -> bytes:
    target = io.BytesIO()
    canvas = Canvas(target, pagesize=(400, 300), invariant=True)
    if rotation:
        canvas.setPageRotation(rotation)
        canvas.translate(*{90: (400, 0), 180: (400, 300), 270: (0, 300)}[rotation])
        canvas.rotate(rotation)
    canvas.setFont("Helvetica", 10)
    draw(canvas)
    canvas.save()
    return target.getvalue()


def _texts(draw: Draw, *, rotation: int = 0) -> list[str]:
    return [word.text for word in _read(_canvas(draw, rotation=rotation))]


def _with_mark(figure: str, mark: str, *, rise: float = 4, size: float = 6) -> Draw:
    def draw(canvas: Canvas) -> None:
        text = canvas.beginText(50, 200)
        text.textOut(figure)
        text.setFont("Helvetica", size)
        text.setRise(rise)
        text.textOut(mark)
        canvas.drawText(text)

    return draw


@pytest.mark.parametrize("rotation", [0, 90, 180, 270])
def test_a_notes_number_is_no_digit_of_the_figure_before_it(rotation: int) -> None:
    assert _texts(_with_mark("1,234", "1"), rotation=rotation) == ["1,234", "1"]


@pytest.mark.parametrize(
    ("figure", "mark", "rise", "words"),
    [
        ("45.7%", "12", 4, ["45.7%", "12"]),
        ("(381)", "2", 4, ["(381)", "2"]),
        ("10", "6", 4, ["10", "6"]),
        ("937", "a", 4, ["937", "a"]),
        ("16", "2", -2, ["16", "2"]),
        ("21", "st", 4, ["21st"]),
        ("km", "2", 4, ["km2"]),
        ("CO", "2", -2, ["CO2"]),
    ],
)
def test_marks_part_from_figures_and_stay_with_words(figure: str, mark: str, rise: float, words: list[str]) -> None:
    assert _texts(_with_mark(figure, mark, rise=rise)) == words


def test_a_notes_number_before_a_figure_is_no_digit_of_it() -> None:
    def draw(canvas: Canvas) -> None:
        text = canvas.beginText(50, 200)
        text.setFont("Helvetica", 6)
        text.setRise(4)
        text.textOut("3")
        text.setFont("Helvetica", 10)
        text.setRise(0)
        text.textOut("4,018")
        canvas.drawText(text)

    assert _texts(draw) == ["3", "4,018"]


@pytest.mark.parametrize(
    "column",
    [["40", "7", "112", "5"], ["4", "7", "5"], ["1,284", "9"], ["3", "28", "8"]],
    ids=["longer and shorter", "of one digit each", "shorter below", "longer below"],
)
def test_figures_set_column_by_column_do_not_run_into_the_next_row(column: list[str]) -> None:
    def draw(canvas: Canvas) -> None:
        for row, text in enumerate(column):
            canvas.drawRightString(120, 180 - 13 * row, text)

    assert _texts(draw) == column


def test_a_mark_and_its_figure_have_boxes_and_sizes_of_their_own() -> None:
    figure, mark = _read(_canvas(_with_mark("1,234", "1")))
    assert (round(figure.size), round(mark.size)) == (10, 6)
    assert figure.x1 == pytest.approx(mark.x0, abs=0.1)
    assert figure.x1 - figure.x0 == pytest.approx(drawing.text_width("1,234"), abs=0.1)
    assert mark.bottom < figure.bottom - 3


def test_a_bullet_of_a_font_of_symbols_stands_in_the_line_of_its_item() -> None:
    def draw(canvas: Any) -> None:
        for line, text in enumerate(("first of all", "second to that")):
            canvas.setFont("Helvetica", 26)
            canvas.drawString(60, 196 - 14 * line, "•")
            canvas.setFont("Helvetica", 11)
            canvas.drawString(80, 200 - 14 * line, text)

    words = _read(_canvas(draw))
    for bullet, word in ((words[0], words[1]), (words[4], words[5])):
        assert (bullet.text, bullet.top, bullet.bottom, bullet.size) == ("•", word.top, word.bottom, word.size)


def test_letters_set_apart_for_show_are_one_word() -> None:
    (word,) = _read(_canvas(lambda canvas: canvas.drawString(50, 200, "T o t a l")))
    assert word.text == "Total"
    assert (word.x0, word.x1) == pytest.approx((50, 50 + drawing.text_width("T o t a l")), abs=0.5)


def test_letters_that_stand_apart_by_a_columns_width_are_words() -> None:
    heads = list("MTWTF")
    assert _texts(lambda canvas: [canvas.drawString(50 + 20 * n, 200, head) for n, head in enumerate(heads)]) == heads


def test_a_row_of_the_alphabet_is_no_word() -> None:
    assert _texts(lambda canvas: canvas.drawString(50, 200, "A B C D E")) == list("ABCDE")


def _draw_field(canvas: Any) -> None:
    canvas.acroForm.textfield(name="amount", value="4,711.50", x=120, y=240, width=100, height=20, fontSize=10)


def test_what_stands_in_form_fields_is_read_where_it_stands() -> None:
    def draw(canvas: Canvas) -> None:
        canvas.drawString(50, 245, "Amount")
        _draw_field(canvas)

    content = _canvas(draw)
    field = next(word for word in _read(content) if word.text == "4,711.50")
    assert 120 < field.x0 < field.x1 < 220
    assert 300 - 260 < field.top < field.bottom < 300 - 238
    with open_pdf(content) as pdf:
        before = pdf.copy_of([0])
        pdf.words(0)
        assert pdf.copy_of([0]) == before, "what is sent must not depend on what was read"
        _, _, pixels = pdf.render(0, max_side=400, grey=True)
    assert min(pixels[50 * 400 + 125 : 50 * 400 + 150]) < 100, "the field is drawn, too"


def test_a_form_that_is_locked_is_read_with_its_password() -> None:
    with open_pdf(drawing.encrypted(_canvas(_draw_field), "right"), "right") as pdf:
        assert [word.text for word in pdf.words(0)] == ["4,711.50"]


def test_hidden_fields_are_not_read() -> None:
    writer = PdfWriter(clone_from=PdfReader(io.BytesIO(_canvas(_draw_field))))
    for annotation in writer.pages[0].annotations or ():
        annotation.get_object()[NameObject("/F")] = NumberObject(2)
    target = io.BytesIO()
    writer.write(target)
    assert _read(target.getvalue()) == ()


@pytest.mark.parametrize("turn", [0, 90, 180, 270])
def test_columns_keep_their_lines(turn: int) -> None:
    def draw(canvas: Canvas) -> None:
        for column in range(3):
            for line in range(4):
                canvas.drawString(20 + 90 * column, 200 - 12 * line, f"c{column} l{line}")

    found = _texts(draw, rotation=turn)
    assert found == [text for column in range(3) for line in range(4) for text in (f"c{column}", f"l{line}")]


@pytest.mark.parametrize(
    ("drawn", "says", "read"),
    [
        ("o@ce", {"@": "ffi"}, ["office"]),
        ("o@ce", {"@": "\ufb03"}, ["office"]),
        ("#nance", {"#": "\ufb01"}, ["finance"]),
        ("cafe#", {"#": "\u0301"}, ["café"]),
        ("co#op", {"#": "\u00ad"}, ["co-op"]),
        ("x# y#", {"#": "²"}, ["x²", "y²"]),
        ("12# kg", {"#": "½"}, ["12½", "kg"]),
        # Hebrew is drawn from left to right as it is seen, and read as it is spoken; figures stay as they are.
        ("abc 1,234 de", dict(zip("abcde", "לכהךס", strict=True)), ["סך", "1,234", "הכל"]),
        ("cba 15%", dict(zip("abc", "مرح", strict=True)), ["15%", "مرح"]),
    ],
)
def test_letters_are_read_as_their_font_says(drawn: str, says: dict[str, str], read: list[str]) -> None:
    content = drawing.mapped_document(words(drawn, x=60, top=60, font="F3"), says=says)
    assert [word.text for word in _read(content)] == read


@pytest.mark.parametrize(
    ("font", "text"),
    [
        ("HeiseiMin-W3", "売上高は1,234百万円"),
        ("STSong-Light", "营业收入为1,234万元"),
        ("HYSMyeongJo-Medium", "1,234백만원"),
    ],
)
def test_a_run_without_spaces_is_one_word_with_its_figures_in_it(font: str, text: str) -> None:
    def draw(canvas: Canvas) -> None:
        pdfmetrics.registerFont(UnicodeCIDFont(font))  # pyright: ignore[reportUnknownMemberType] - half-typed there
        canvas.setFont(font, 10)
        canvas.drawString(50, 200, text)
        canvas.drawString(300, 200, text[:2])

    first, second = _read(_canvas(draw))
    assert (first.text, second.text) == (text, text[:2])
    assert first.x0 == pytest.approx(50, abs=0.5)
    assert second.x0 == pytest.approx(300, abs=0.5)


@pytest.mark.parametrize("end", ["-", "\u00ad"])
def test_a_hyphen_at_a_lines_end_is_read_as_one(end: str) -> None:
    content = drawing.mapped_document(
        words("the consoli#", x=60, top=60, font="F3") + words("dated state", x=60, top=74, font="F3"), says={"#": end}
    )
    assert [word.text for word in _read(content)] == ["the", "consoli-", "dated", "state"]


# --- what nobody can see ------------------------------------------------------------------------------------------


def _hidden(content: bytes) -> tuple[list[str], int]:
    with open_pdf(content) as pdf:
        page, layer = pdf.judged(0)
    return [word.text for word in page.words], layer.hidden_words


SEEN = words("Total 100", x=60, top=60)


@pytest.mark.parametrize(
    "secret",
    [
        words("Total 900", x=60, top=90, grey=1),
        words("Total 900", x=60, top=90) + drawing.fill(50, 80, 200, 110, grey=1),
        words("Total 900", x=60, top=90) + drawing.fill(50, 80, 200, 110, grey=0),
        b"q 0 0 10 10 re W n " + words("Total 900", x=60, top=90) + b"Q\n",
        words("Total 900", x=60, top=90, render_mode=3),
        words("Total 900", x=60, top=90, render_mode=7),
    ],
    ids=["white on white", "covered in white", "blacked out", "clipped away", "invisible", "only a clip"],
)
def test_text_that_the_page_does_not_show_is_left_out_and_counted(secret: bytes) -> None:
    assert _hidden(drawing.document(SEEN + secret)) == (["Total", "100"], 2)


@pytest.mark.parametrize(
    "shown",
    [
        words("Total 900", x=60, top=90, grey=0.9),
        words("Total 900", x=60, top=90, size=4),
        drawing.fill(50, 80, 200, 110, grey=0) + words("Total 900", x=60, top=90, grey=1),
        drawing.fill(50, 80, 200, 110, grey=0.5) + words("Total 900", x=60, top=90, grey=0.45),
    ],
    ids=["light grey", "small", "white on black", "grey on grey"],
)
def test_text_that_is_hard_to_see_is_read(shown: bytes) -> None:
    assert _hidden(drawing.document(SEEN + shown)) == (["Total", "100", "Total", "900"], 0)
