"""Pages through PDFium: words with boxes, rules, fills, whatever way the page lies."""

from __future__ import annotations

import io
from collections.abc import Callable
from typing import Any

import pypdf
import pytest
from pypdf.generic import RectangleObject
from reportlab.pdfgen.canvas import Canvas

from tests import damage, drawing
from witnessmark.documents.pdfium import MAX_PIXELS, PasswordNeeded, PasswordWrong, PdfUnreadable, open_pdf
from witnessmark.values import PageLayout, Word

WIDTH, HEIGHT = 400, 300


def _drawn(
    draw: Callable[[Canvas], object], *, change: Callable[[pypdf.PageObject], object] | None = None
) -> PageLayout:
    """Draw a page, change it with pypdf, and read it."""
    target = io.BytesIO()
    canvas = Canvas(target, pagesize=(WIDTH, HEIGHT), invariant=True)
    canvas.setFont("Helvetica", 10)
    draw(canvas)
    canvas.save()
    content = target.getvalue()
    if change is not None:
        writer = pypdf.PdfWriter(io.BytesIO(content))
        change(writer.pages[0])
        changed = io.BytesIO()
        writer.write(changed)
        content = changed.getvalue()
    with open_pdf(content) as pdf:
        return pdf.layout(0)


def _word(page: PageLayout, text: str) -> Word:
    return next(word for word in page.words if word.text == text)


def test_words_have_boxes_from_the_top_left() -> None:
    page = _drawn(lambda canvas: canvas.drawString(50, 200, "Total 1,284.50"))
    total, number = page.words
    assert (total.text, number.text) == ("Total", "1,284.50")
    assert total.x0 == pytest.approx(50, abs=1)
    assert total.top < HEIGHT - 200 < total.bottom
    assert total.size == pytest.approx(10, abs=0.5)
    # "Total " in Helvetica at 10 points is 25.0 wide.
    assert number.x0 == pytest.approx(50 + 25.0, abs=1)


def test_all_characters_of_a_font_share_a_line_box() -> None:
    page = _drawn(lambda canvas: canvas.drawString(50, 200, "- . T g"))
    assert len({(word.top, word.bottom) for word in page.words}) == 1


@pytest.mark.parametrize("rotation", [90, 180, 270])
def test_a_turned_page_is_read_upright(rotation: int) -> None:
    def draw(canvas: Canvas) -> None:
        # Drawn so that it stands upright after the page is turned.
        canvas.translate(*{90: (WIDTH, 0), 180: (WIDTH, HEIGHT), 270: (0, HEIGHT)}[rotation])
        canvas.rotate(rotation)
        canvas.drawString(40, 100, "Upright words")
        canvas.line(40, 90, 140, 90)

    page = _drawn(draw, change=lambda page: page.rotate(rotation))
    height = WIDTH if rotation != 180 else HEIGHT
    assert [(word.text, word.angle) for word in page.words] == [("Upright", 0), ("words", 0)]
    assert page.height == height
    assert page.words[0].x0 == pytest.approx(40, abs=1)
    assert page.words[0].top < height - 100 < page.words[0].bottom
    assert [(r.x0, r.top, r.x1) for r in page.rules] == [pytest.approx((40, height - 90, 140), abs=0.5)]


@pytest.mark.parametrize("angle", [90, 180, 270])
def test_turned_words_on_an_upright_page_stay_whole_and_say_their_angle(angle: int) -> None:
    def draw(canvas: Canvas) -> None:
        canvas.translate(200, 150)
        canvas.rotate(angle)
        canvas.drawString(0, 0, "Sideways")

    (word,) = _drawn(draw).words
    # PDF turns counter-clockwise, our angle counts clockwise.
    assert (word.text, word.angle) == ("Sideways", 360 - angle)


def test_a_crop_box_moves_the_origin() -> None:
    def crop(page: pypdf.PageObject) -> None:
        page.cropbox = RectangleObject((30, 20, 330, 270))

    page = _drawn(lambda canvas: canvas.drawString(50, 200, "Cropped"), change=crop)
    assert (page.width, page.height) == (300, 250)
    assert page.words[0].x0 == pytest.approx(20, abs=1)
    assert page.words[0].top < 270 - 200 < page.words[0].bottom


def test_text_off_the_page_is_not_on_the_page() -> None:
    page = _drawn(lambda canvas: [canvas.drawString(50, 200, "here"), canvas.drawString(900, 200, "gone")])
    assert [word.text for word in page.words] == ["here"]


def test_text_drawn_twice_to_look_bold_is_read_once() -> None:
    page = _drawn(lambda canvas: [canvas.drawString(50 + shift, 200, "Total") for shift in (0, 0.3)])
    assert [word.text for word in page.words] == ["Total"]


def test_numbers_of_neighbouring_columns_are_two_words() -> None:
    page = _drawn(lambda canvas: [canvas.drawRightString(100, 200, "1,284"), canvas.drawString(108, 200, "977")])
    assert [word.text for word in page.words] == ["1,284", "977"]


def test_dot_leaders_part_from_what_they_lead_to() -> None:
    page = _drawn(lambda canvas: canvas.drawString(50, 200, "Rent..........1,200"))
    assert [word.text for word in page.words] == ["Rent", "..........", "1,200"]


def test_bold_words_are_told_from_their_neighbours() -> None:
    def draw(canvas: Canvas) -> None:
        canvas.drawString(50, 200, "plain")
        canvas.setFont("Helvetica-Bold", 10)
        canvas.drawString(90, 200, "bold")
        canvas.setFont("Helvetica", 10)
        canvas.drawString(130, 200, "plain")

    assert [word.is_bold for word in _drawn(draw).words] in ([False, True, False], [False, False, False])
    assert _word(_drawn(lambda c: [c.setFont("Helvetica-Bold", 10), c.drawString(50, 200, "bold")]), "bold").is_bold


def test_lines_and_thin_bars_are_rules_and_thick_bars_are_fills() -> None:
    def draw(canvas: Canvas) -> None:
        canvas.setLineWidth(0.5)
        canvas.line(50, 200, 350, 200)
        canvas.line(50, 200, 50, 100)
        canvas.rect(50, 90, 300, 1, stroke=0, fill=1)
        canvas.setFillGray(0.8)
        canvas.rect(50, 40, 300, 20, stroke=0, fill=1)

    page = _drawn(draw)
    assert [(r.is_horizontal, round(r.x0), round(r.top), round(r.x1), round(r.bottom)) for r in page.rules] == [
        (True, 50, 100, 350, 100),
        (True, 50, 210, 350, 210),
        (False, 50, 100, 50, 200),
    ]
    assert [(round(f.x0), round(f.top), round(f.x1), round(f.bottom), f.grey) for f in page.fills] == [
        (50, 240, 350, 260, 204)
    ]


def test_a_drawn_rectangle_is_four_rules() -> None:
    page = _drawn(lambda canvas: canvas.rect(50, 100, 200, 80))
    assert len([rule for rule in page.rules if rule.is_horizontal]) == 2
    assert len([rule for rule in page.rules if not rule.is_horizontal]) == 2


def test_dashes_are_one_rule() -> None:
    page = _drawn(lambda canvas: [canvas.line(x, 200, x + 3, 200) for x in range(50, 350, 5)])
    assert [(round(rule.x0), round(rule.x1)) for rule in page.rules] == [(50, 348)]


def test_slanted_lines_and_curves_are_no_rules() -> None:
    page = _drawn(lambda canvas: [canvas.line(50, 50, 150, 150), canvas.circle(200, 150, 40)])
    assert page.rules == ()


def test_what_a_form_draws_is_read_where_it_is_placed() -> None:
    def draw(canvas: Any) -> None:
        canvas.beginForm("f")
        canvas.line(0, 0, 100, 0)
        canvas.endForm()
        canvas.translate(50, 100)
        canvas.doForm("f")

    assert [(round(r.x0), round(r.top), round(r.x1)) for r in _drawn(draw).rules] == [(50, 200, 150)]


def test_a_scan_is_a_picture_without_words() -> None:
    with open_pdf(drawing.draw_scan("words")) as pdf:
        facts, page = pdf.page_facts(0), pdf.layout(0)
    assert facts.layer.state == "absent"
    assert facts.picture_share > 0.5
    assert page.words == ()
    assert len(page.pictures) == 1


def test_a_page_of_any_size_is_rendered_within_bounds() -> None:
    with open_pdf(damage.huge_page()) as pdf:
        width, height, pixels = pdf.render(0, max_side=100_000, grey=True)
    assert len(pixels) == width * height <= MAX_PIXELS


def test_a_rendered_page_shows_what_is_drawn() -> None:
    target = io.BytesIO()
    canvas = Canvas(target, pagesize=(WIDTH, HEIGHT))
    canvas.rect(0, 0, WIDTH / 2, HEIGHT, stroke=0, fill=1)
    canvas.save()
    with open_pdf(target.getvalue()) as pdf:
        width, height, pixels = pdf.render(0, max_side=401, grey=True)
    row = pixels[height // 2 * width : (height // 2 + 1) * width]
    assert (width, row[10], row[-10]) == (401, 0, 255)


@pytest.mark.parametrize(
    ("password", "error"), [(None, PasswordNeeded), ("wrong", PasswordWrong), ("right", None), ("owner", None)]
)
def test_a_locked_file_opens_with_its_passwords_only(password: str | None, error: type[Exception] | None) -> None:
    locked = drawing.encrypted(drawing.draw_text(["inside"]), "right", "owner")
    if error is not None:
        with pytest.raises(error):
            open_pdf(locked, password)
        return
    with open_pdf(locked, password) as pdf:
        assert pdf.page_count == 1


def test_a_damaged_file_is_not_taken_for_a_locked_one() -> None:
    with pytest.raises(PasswordWrong):
        open_pdf(drawing.encrypted(drawing.draw_text(["inside"]), "right", "owner"), "wrong")
    with pytest.raises(PdfUnreadable):
        open_pdf(damage.no_pages())
