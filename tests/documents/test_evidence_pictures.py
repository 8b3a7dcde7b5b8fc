"""Places framed in pictures of their pages: in the right spot, legible, hiding nothing, small enough for every host."""

from __future__ import annotations

import io
from collections.abc import Awaitable, Callable, Sequence
from pathlib import Path

import pytest
from PIL import Image, ImageChops, ImageDraw

from tests import drawing
from tests.ocr_pages import draw_page, encoded
from witnessmark.documents.opening import Documents
from witnessmark.documents.page_words import page_words
from witnessmark.documents.prepared import NoPicture
from witnessmark.documents.views import Box, EvidencePicture, FramedPlace, FrameKind, PageView, ShownPart
from witnessmark.values import Word

pytestmark = pytest.mark.anyio

GREEN, BLUE = (0, 120, 60), (0, 90, 190)
Show = Callable[..., Awaitable[EvidencePicture]]


def _in_picture(part: ShownPart, box: Box) -> Box:
    """Say where in the picture a place on the page lies."""
    across = (part.at[2] - part.at[0]) / (part.box[2] - part.box[0])
    down = (part.at[3] - part.at[1]) / (part.box[3] - part.box[1])
    return (
        part.at[0] + (box[0] - part.box[0]) * across,
        part.at[1] + (box[1] - part.box[1]) * down,
        part.at[0] + (box[2] - part.box[0]) * across,
        part.at[1] + (box[3] - part.box[1]) * down,
    )


@pytest.fixture
def show(documents: Documents, tmp_path: Path) -> Show:
    async def shown(content: bytes, *views: PageView) -> EvidencePicture:
        (tmp_path / "a").write_bytes(content)
        async with documents.open(str(tmp_path / "a")) as document:
            picture = await documents.evidence(document, views)
        assert len(picture.content) <= 600_000
        assert max(picture.width, picture.height) <= 1500
        assert picture.width * picture.height <= 1_300_000
        return picture

    return shown


@pytest.fixture
def words_of(documents: Documents, tmp_path: Path) -> Callable[[bytes], Awaitable[tuple[Word, ...]]]:
    async def words(content: bytes) -> tuple[Word, ...]:
        (tmp_path / "a").write_bytes(content)
        async with documents.open(str(tmp_path / "a")) as document:
            found = await page_words(document, documents, 1)
        assert found is not None
        return found.words

    return words


def _image(picture: EvidencePicture) -> Image.Image:
    image = Image.open(io.BytesIO(picture.content))
    assert Image.MIME[str(image.format)] == picture.media_type
    assert image.size == (picture.width, picture.height)
    return image.convert("RGB")


def _box(word: Word) -> Box:
    return word.x0, word.top, word.x1, word.bottom


def _view(*boxes: Box, kind: FrameKind = "located", text: float | None = 10, page: int = 1) -> PageView:
    labels = [str(number) for number in range(1, len(boxes) + 1)] if len(boxes) > 1 else [""]
    places = tuple(FramedPlace(box=box, kind=kind, label=label) for box, label in zip(boxes, labels, strict=True))
    return PageView(page=page, places=places, text_height=text)


def _near(picture: Image.Image, colour: tuple[int, int, int]) -> Image.Image:
    """Mark the pixels that have about a colour."""
    bands = ImageChops.difference(picture, Image.new("RGB", picture.size, colour)).split()
    is_near = [255] * 40 + [0] * 216
    red, green, blue = (band.point(is_near) for band in bands)
    return ImageChops.darker(ImageChops.darker(red, green), blue)


def _has(picture: Image.Image, colour: tuple[int, int, int], x: float, y: float, *, around: int = 0) -> bool:
    part = picture.crop((int(x) - around, int(y) - around, int(x) + around + 1, int(y) + around + 1))
    return _near(part, colour).getbbox() is not None


def _framed(image: Image.Image, colour: tuple[int, int, int]) -> tuple[int, int, int, int]:
    """Find the smallest box around all pixels of a colour, below the legend."""
    below = image.crop((0, 30, image.width, image.height))
    x0, top, x1, bottom = _near(below, colour).getbbox() or (0, 0, 0, 0)
    return x0, top + 30, x1 - 1, bottom + 29


def _dark(image: Image.Image, box: Box) -> int:
    """Count dark pixels inside a box."""
    grey = image.convert("L").crop((int(box[0]) + 1, int(box[1]) + 1, int(box[2]), int(box[3])))
    return sum(grey.histogram()[:110])


@pytest.mark.parametrize("turn", [0, 90, 180, 270])
async def test_the_frame_is_around_the_words_however_the_page_is_turned(
    show: Show, words_of: Callable[[bytes], Awaitable[tuple[Word, ...]]], turn: int
) -> None:
    line = drawing.words("Dues 1,284.50 paid", x=200, top=300)
    pdf = drawing.document(drawing.Leaf(content=line, rotate=turn))
    (word,) = [word for word in await words_of(pdf) if "1,284.50" in word.text]
    picture = await show(pdf, _view(_box(word)))
    (part,) = picture.parts
    expected, found = _in_picture(part, _box(word)), _framed(_image(picture), GREEN)
    assert [abs(one - other) < 7 for one, other in zip(expected, found, strict=True)] == [True] * 4
    assert _dark(_image(picture), expected) > 100


TURNS = {
    1: None,
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_90,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_270,
}


@pytest.mark.parametrize("orientation", TURNS)
async def test_the_frame_is_around_the_words_of_a_photo_that_its_camera_turned(show: Show, orientation: int) -> None:
    upright = Image.new("RGB", (1800, 1200), "white")
    ImageDraw.Draw(upright).rectangle((700, 300, 760, 330), fill="black")
    turn = TURNS[orientation]
    exif = Image.Exif()
    exif[0x0112] = orientation
    photo = encoded(upright if turn is None else upright.transpose(turn), "JPEG", exif=exif, quality=95)
    picture = await show(photo, _view((700, 300, 760, 330), text=30))
    expected = _in_picture(picture.parts[0], (700, 300, 760, 330))
    image = _image(picture)
    assert _dark(image, expected) > 0.9 * (expected[2] - expected[0] - 2) * (expected[3] - expected[1] - 2)
    assert [abs(a - b) < 7 for a, b in zip(expected, _framed(image, GREEN), strict=True)] == [True] * 4


def _dense(size: float = 6, rows: int = 30) -> bytes:
    lines = [
        drawing.words(
            f"{(37 * row + 11 * column) % 1000:03d}", x=40 + 22 * column, top=60 + 1.25 * size * row, size=size
        )
        for row in range(rows)
        for column in range(20)
    ]
    return drawing.document(b"".join(lines))


async def test_frames_and_numbers_hide_none_of_the_words(
    show: Show, words_of: Callable[[bytes], Awaitable[tuple[Word, ...]]]
) -> None:
    pdf = _dense(size=9)
    words = await words_of(pdf)
    chosen = [words[index] for index in (0, 25, 26, 45, 130, 255, 256, 590)]
    framed = await show(pdf, _view(*map(_box, chosen), text=10))
    (part,) = framed.parts
    bare = await show(pdf, PageView(page=1, places=(), is_whole=True))
    width = part.at[2] - part.at[0]
    (whole,) = bare.parts
    plain = _image(bare).crop(_in_picture(whole, part.box))
    plain = plain.resize((width, part.at[3] - part.at[1]), Image.Resampling.BICUBIC)
    shown = _image(framed).crop(part.at)
    seen = 0
    for word in words:
        if part.box[1] < word.top and word.bottom < part.box[3]:
            box = _in_picture(part, _box(word))
            inside = box[0] - part.at[0], box[1] - part.at[1], box[2] - part.at[0], box[3] - part.at[1]
            # The whole page is drawn smaller, so its letters are paler.
            assert _dark(shown, inside) >= 0.6 * _dark(plain, inside) > 0, word
            seen += 1
    assert seen > 500


async def test_kinds_differ_by_their_lines_not_only_by_colour(show: Show) -> None:
    pdf = drawing.draw_text(["one line"])
    dark: dict[FrameKind, float] = {}
    kinds: list[FrameKind] = ["located", "displaced", "unlocated"]
    for kind in kinds:
        picture = await show(pdf, _view((200, 300, 320, 312), kind=kind))
        x0, top, x1, _ = _in_picture(picture.parts[0], (200, 300, 320, 312))
        line = _image(picture).convert("L").crop((int(x0), int(top) - 6, int(x1), int(top) + 1))
        rows = [line.crop((0, y, line.width, y + 1)) for y in range(line.height)]
        dark[kind] = max(sum(row.histogram()[:160]) for row in rows) / line.width
    assert dark["located"] > 0.95
    assert 0.55 < dark["displaced"] < 0.8
    assert 0.3 < dark["unlocated"] < 0.55


async def test_print_of_six_points_is_enlarged_until_it_is_legible(
    show: Show, words_of: Callable[[bytes], Awaitable[tuple[Word, ...]]]
) -> None:
    word = (await words_of(_dense(size=6)))[300]
    picture = await show(_dense(size=6), _view(_box(word), text=word.bottom - word.top))
    _, top, _, bottom = _in_picture(picture.parts[0], _box(word))
    assert bottom - top >= 20


async def test_row_and_headers_are_shown_where_they_fit(show: Show) -> None:
    view = _view((420, 400, 460, 412))
    near = PageView(page=1, places=view.places, nearby=((40, 400, 560, 412), (420, 120, 460, 132)), text_height=10)
    x0, top, x1, _ = (await show(drawing.draw_text(), near)).parts[0].box
    assert (x0 <= 40, top <= 120, x1 >= 560) == (True, True, True)
    assert (await show(drawing.draw_text(), view)).parts[0].box[1] > 300


async def test_places_near_each_other_share_a_part_and_far_ones_on_a_huge_page_do_not(show: Show) -> None:
    page = drawing.document(drawing.Leaf(content=b"", media_box="0 0 14400 14400"))
    boxes = [(100.0, 100.0, 140.0, 112.0), (100.0, 130.0, 140.0, 142.0), (9000.0, 14_380.0, 9040.0, 14_400.0)]
    picture = await show(page, _view(*boxes, text=12))
    assert len(picture.parts) == 2
    near, far = sorted(picture.parts, key=lambda part: part.box[1])
    assert near.box[1] <= 100
    assert near.box[3] >= 142
    assert far.box[3] == 14_400
    for part, box in ((near, boxes[0]), (far, boxes[2])):
        x0, _, x1, _ = _in_picture(part, box)
        assert x1 - x0 > 40  # not the whole page, on which it would be a dot


async def test_pages_lie_below_one_another_six_at_the_most(show: Show) -> None:
    pdf = drawing.draw_text([f"page {number}" for number in range(1, 9)])
    picture = await show(pdf, *(_view((60, 60, 140, 80), page=page) for page in range(1, 9)))
    assert [part.page for part in picture.parts] == [1, 2, 3, 4, 5, 6]
    assert all(above.at[3] < below.at[1] for above, below in zip(picture.parts, picture.parts[1:], strict=False))


EDGES = {
    "corner": (0.0, 0.0, 30.0, 10.0),
    "last corner": (560.0, 830.0, 595.0, 842.0),
    "dot": (300.0, 400.0, 300.4, 400.4),
}


@pytest.mark.parametrize("box", EDGES.values(), ids=EDGES)
async def test_a_frame_at_the_edge_or_around_a_dot_is_seen_whole(show: Show, box: Box) -> None:
    picture = await show(drawing.draw_text(), _view(box, kind="plain"))
    x0, top, x1, bottom = _framed(_image(picture), BLUE)
    assert x1 - x0 >= 12
    assert bottom - top >= 12
    expected = _in_picture(picture.parts[0], box)
    assert x0 <= expected[0] + 1
    assert bottom >= expected[3] - 1


async def test_a_frame_is_seen_on_a_dark_page(show: Show) -> None:
    dark = drawing.document(drawing.fill(0, 0, 595, 842, grey=0.08))
    image = _image(await show(dark, _view((200, 300, 320, 312))))
    x0, top, x1, _ = _framed(image, GREEN)
    assert _has(image, (255, 255, 255), (x0 + x1) // 2, top - 1)


async def test_a_noisy_photo_stays_small(show: Show) -> None:
    noise = Image.merge("RGB", [Image.effect_noise((4000, 3000), 90) for _ in range(3)])
    picture = await show(encoded(noise, "JPEG", quality=90), _view((100, 100, 3900, 2900), text=40))
    assert picture.media_type == "image/jpeg"
    assert picture.width > 500
    x0, top, x1, bottom = _in_picture(picture.parts[0], (100, 100, 3900, 2900))
    assert 0 < x0 < x1 < picture.width
    assert 0 < top < bottom < picture.height


async def test_many_places_all_have_their_frames(show: Show) -> None:
    boxes: Sequence[Box] = [(60.0, 40.0 + 30 * number, 120.0, 52.0 + 30 * number) for number in range(24)]
    picture = await show(drawing.draw_text(), _view(*boxes))
    image = _image(picture)
    for box in boxes:
        (part,) = [part for part in picture.parts if part.box[1] <= box[1] and box[3] <= part.box[3]]
        x0, top, _, bottom = _in_picture(part, box)
        assert _has(image, GREEN, x0 - 3, (top + bottom) / 2, around=3)


async def test_the_second_page_of_a_tiff_is_shown_and_in_its_colours(show: Show) -> None:
    file = io.BytesIO()
    Image.new("RGB", (600, 400), "white").save(
        file, "TIFF", save_all=True, append_images=[Image.new("RGB", (600, 400), (250, 220, 20))]
    )
    picture = await show(file.getvalue(), _view((100, 100, 200, 130), page=2, text=20))
    assert _has(_image(picture), (250, 220, 20), picture.width - 60, picture.height - 40)


async def test_plain_text_has_no_picture(documents: Documents, tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text("a,b\n1,2\n")
    async with documents.open(str(tmp_path / "a.csv")) as document:
        with pytest.raises(NoPicture):
            await documents.evidence(document, [_view((0, 0, 1, 1))])


async def test_words_of_a_scan_take_ocr_and_nobody_reads_them_without(documents: Documents, tmp_path: Path) -> None:
    (tmp_path / "a.png").write_bytes(encoded(draw_page()))
    async with documents.open(str(tmp_path / "a.png")) as document:
        assert await page_words(document, documents, 1) is None


async def test_on_a_full_page_names_are_left_out_rather_than_hide_words(
    show: Show, words_of: Callable[[bytes], Awaitable[tuple[Word, ...]]]
) -> None:
    pdf = _dense(rows=60)
    words = await words_of(pdf)
    named = tuple(
        FramedPlace(box=_box(word), kind="unlocated", label=f"t1:{number}:4", needs_label=False)
        for number, word in enumerate(words[::9])
    )
    framed = await show(pdf, PageView(page=1, places=named, is_whole=True))
    bare = await show(pdf, PageView(page=1, places=(), is_whole=True))
    (part,) = framed.parts
    one, other = _image(framed), _image(bare)
    assert all(
        _dark(one, _in_picture(part, _box(word))) >= _dark(other, _in_picture(part, _box(word))) for word in words
    )
