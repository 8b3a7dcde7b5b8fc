"""Pages with marks drawn on them: a label covers nothing that is printed."""

from __future__ import annotations

import io

import pytest
from PIL import Image, ImageDraw

from witnessmark.documents.label_places import blank_place
from witnessmark.documents.marking import Mark, marked_png

BOX = (100.0, 100.0, 500.0, 300.0)
LABEL = (0, 106, 122)


def _page(*print_: tuple[int, int, int, int], paper: int = 255, ink: int = 0) -> Image.Image:
    page = Image.new("L", (600, 800), paper)
    pen = ImageDraw.Draw(page)
    for box in print_:
        pen.rectangle(box, fill=ink)
    return page


def _is_free(page: Image.Image, place: tuple[int, int] | None, size: tuple[int, int]) -> bool:
    assert place is not None
    darkest, lightest = page.crop((*place, place[0] + size[0], place[1] + size[1])).getextrema()
    return darkest == lightest


@pytest.mark.parametrize(
    "print_",
    [
        (),
        ((400, 70, 500, 95),),
        ((0, 60, 600, 99),),
        ((0, 0, 600, 99), (0, 301, 600, 400)),
        ((0, 0, 600, 99), (0, 301, 600, 700), (0, 100, 99, 300), (501, 100, 600, 300)),
    ],
    ids="empty corner above above-and-below around".split(),
)
@pytest.mark.parametrize(("paper", "ink"), [(255, 0), (20, 240)], ids=["light", "dark"])
def test_a_label_is_where_nothing_is_printed(
    print_: tuple[tuple[int, int, int, int], ...], paper: int, ink: int
) -> None:
    page = _page(*print_, paper=paper, ink=ink)
    place = blank_place(page, BOX, (90, 20), [])
    assert _is_free(page, place, (90, 20))
    assert print_ or place == (410, 80), "above the upper right corner, if that is free"


def test_paper_comes_before_the_band_of_a_heading() -> None:
    page = _page((0, 60, 600, 99))
    place = blank_place(page, BOX, (90, 20), [])
    assert place is not None
    assert page.getpixel(place) == 255


def test_labels_do_not_cover_one_another() -> None:
    page = _page()
    first = blank_place(page, BOX, (90, 20), [])
    assert first is not None
    second = blank_place(page, BOX, (90, 20), [(*first, first[0] + 90, first[1] + 20)])
    assert second is not None
    assert abs(second[0] - first[0]) >= 90 or abs(second[1] - first[1]) >= 20


def test_a_page_full_of_print_gets_its_labels_below() -> None:
    page = Image.effect_noise((600, 800), 200).convert("RGB")
    assert blank_place(page.convert("L"), BOX, (90, 20), []) is None
    drawn = Image.open(io.BytesIO(marked_png(page, [Mark(box=BOX, label="t1: 3 rows")], scale=1)))
    assert drawn.width == 600
    assert drawn.height > 800
    assert LABEL in {colour for _, colour in drawn.crop((0, 800, 600, drawn.height)).getcolors(100_000) or []}


def test_a_label_larger_than_the_page_has_no_place_on_it() -> None:
    assert blank_place(Image.new("L", (40, 40), 255), (0, 0, 10, 10), (90, 20), []) is None
