"""Fonts proven by the shapes of their glyphs: honest ones need no OCR, and none that lies is cleared."""

from __future__ import annotations

import io
from collections.abc import Sequence
from pathlib import Path

import pytest
import reportlab
from PIL import Image

from benchmarks import drawn_fonts
from benchmarks.drawn_fonts import KINDS, SIMILAR, FontKind, swapped
from scripts.draw_letter_shapes import shapes_of
from tests import drawing
from witnessmark.documents.letter_shapes import Shape, judged, shape_of
from witnessmark.documents.letter_shapes import inked as inked_of
from witnessmark.documents.pdfium import open_pdf
from witnessmark.documents.sampling import Sample

VERA = [Path(reportlab.__file__).parent / "fonts" / f"{name}.ttf" for name in ("Vera", "VeraBd", "VeraIt", "VeraBI")]


def sampled(content: bytes, page: int = 0) -> tuple[list[Sample], dict[str, str]]:
    with open_pdf(content) as pdf:
        samples, fonts, _ = pdf.sampled(page, {}, most_of_scanner=24, every=False)
    return samples, fonts


def doubts(samples: Sequence[Sample]) -> set[str]:
    return {sample.doubt for sample in samples}


@pytest.mark.parametrize("file", VERA, ids=lambda path: path.stem)
def test_each_digit_of_a_font_agrees_with_itself_and_with_no_other(file: Path) -> None:
    drawn = {letter: shape for letter, shape in shapes_of(file) if letter.isdecimal()}
    agreeing = {(said, shown) for said in drawn for shown in drawn if judged(said, drawn[shown]) == "agrees"}
    assert agreeing == {(digit, digit) for digit in "0123456789"}


@pytest.mark.parametrize("kind", KINDS)
def test_an_honest_embedded_font_leaves_nothing_to_ocr(kind: FontKind) -> None:
    for content in (drawn_fonts.figures(kind, {}), drawn_fonts.sentences(kind, {})):
        samples, fonts = sampled(content)
        assert samples == []
        assert set(fonts.values()) == {""}


@pytest.mark.parametrize("pair", SIMILAR)
@pytest.mark.parametrize("kind", KINDS)
def test_a_font_that_exchanges_two_digits_is_left_to_ocr(kind: FontKind, pair: str) -> None:
    samples, _ = sampled(drawn_fonts.figures(kind, swapped(pair)))
    wanted = {sample.word.text for sample in samples if sample.doubt == "font"}
    assert all(any(digit in text for text in wanted) for digit in pair)


@pytest.mark.parametrize("pair", ["17", "71", "38", "83", "08", "69", "30"])
@pytest.mark.parametrize("kind", ["TrueType", "Type 3"])
def test_a_second_glyph_for_a_digit_is_not_cleared_by_the_first(kind: FontKind, pair: str) -> None:
    samples, _ = sampled(drawn_fonts.figures(kind, {pair[0]: pair[1]}))
    lies = {text.replace(pair[0], pair[1]) for row in drawing.table_texts(8, 4) for text in row if pair[0] in text}
    assert {sample.word.text for sample in samples} & lies


@pytest.mark.parametrize("kind", KINDS)
def test_a_font_that_exchanges_two_letters_is_contradicted(kind: FontKind) -> None:
    samples, fonts = sampled(drawn_fonts.sentences(kind, swapped("eo")))
    assert set(fonts.values()) == {"eo"}
    assert samples
    assert all({"e", "o"} & set(sample.word.text) for sample in samples)


@pytest.mark.parametrize("kind", KINDS)
def test_commas_drawn_as_full_stops_are_contradicted(kind: FontKind) -> None:
    samples, fonts = sampled(drawn_fonts.figures(kind, swapped(".,")))
    assert set(fonts.values()) == {"."}
    assert "separators" in doubts(samples)


def test_a_standard_font_with_another_text_map_is_left_to_ocr() -> None:
    content = drawing.mapped_document(drawing.words("Revenue 1,917", x=60, top=80, font="F3"), says={"1": "9"})
    samples, _ = sampled(content)
    assert [sample.word.text for sample in samples] == ["9,997"]


def test_white_figures_on_a_dark_ground_are_proven() -> None:
    page = drawing.fill(50, 70, 300, 100, grey=0.2) + drawing.words("Revenue 1,917", x=60, top=80, font="F3", grey=1)
    assert sampled(drawing.mapped_document(page, says={}))[0] == []


@pytest.mark.parametrize("rotate", [0, 90, 180, 270])
def test_pages_of_any_size_and_turn_are_proven(rotate: int) -> None:
    objects = drawing.Objects()
    text_map = objects.add_stream(drawing.text_map({}))
    font = objects.add(
        b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica /Encoding /WinAnsiEncoding /ToUnicode %d 0 R >>"
        % text_map
    )
    turned = {
        0: b"1 0 0 1 80 500",
        90: b"0 1 -1 0 300 100",
        180: b"-1 0 0 -1 400 500",
        270: b"0 -1 1 0 300 700",
    }[rotate]
    text = objects.add_stream(b"BT /F3 9 Tf %s Tm (Berths 1234567890) Tj ET" % turned)
    objects.add_page_of(text, "0 0 595.28 841.89", fonts=b"/F3 %d 0 R" % font, rotate=rotate)
    with open_pdf(objects.finish()) as pdf:
        assert [word.text for word in pdf.words(0)] == ["Berths", "1234567890"]
        samples, _, _ = pdf.sampled(0, {}, most_of_scanner=24, every=False)
    assert samples == []


def test_what_is_hidden_under_other_text_is_not_shown() -> None:
    page = (
        drawing.words("940.00", x=300, top=500)
        + drawing.fill(295, 495, 345, 515, grey=1)
        + drawing.words("100.00", x=300, top=500)
    )
    samples, _ = sampled(drawing.document(page))
    assert ("940.00", "overlap") in {(sample.word.text, sample.doubt) for sample in samples}
    assert "100.00" not in {sample.word.text for sample in samples}


def test_figures_that_show_on_a_picture_are_proven() -> None:
    picture = io.BytesIO()
    Image.new("L", (200, 60), 240).save(picture, "JPEG")
    leaf = drawing.Leaf(
        jpeg=picture.getvalue(), jpeg_box=(60, 100, 200, 140), content=drawing.words("1,917.50", x=70, top=110)
    )
    assert sampled(drawing.document(leaf))[0] == []


def test_what_does_not_contrast_has_no_shape() -> None:
    assert inked_of(bytes([200]) * (32 * 48)) is None


def test_the_shape_of_a_ring_has_a_hole_and_of_two_bars_two_parts() -> None:
    frame = Image.new("L", (32, 48), 255)
    frame.paste(0, (0, 0, 32, 48))
    frame.paste(255, (8, 8, 24, 40))
    bars = Image.new("L", (32, 48), 255)
    bars.paste(0, (0, 0, 8, 48))
    bars.paste(0, (24, 0, 32, 48))
    shapes: list[Shape] = []
    for picture in (frame, bars):
        ink = inked_of(picture.tobytes())
        assert ink is not None
        shapes.append(shape_of(ink, width=32, height=48))
    assert [shape.euler for shape in shapes] == [0, 2]
