"""Pictures made ready for a model: fit for the API by construction, and nothing lost that the model could see."""

from __future__ import annotations

import io
import random
from collections.abc import Awaitable, Callable
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
from PIL import Image, ImageChops, ImageDraw, ImageFont, ImageStat

from tests import damage, drawing
from witnessmark.documents.allowed import AllowedFolders
from witnessmark.documents.opening import Documents
from witnessmark.documents.prepared import Box, BoxOutside, NoPicture, PreparedImage, Purpose, StripTooLong
from witnessmark.documents.worker import open_workers
from witnessmark.errors import InputError
from witnessmark.limits import MIB, Limits
from witnessmark.plans.image_formats import encoded
from witnessmark.plans.image_tokens import HIGH, STANDARD, ImageTier, image_tokens, seen_size

pytestmark = pytest.mark.anyio

Prepare = Callable[..., Awaitable[tuple[PreparedImage, ...]]]
BLACK, WHITE = 40, 215
"""What is surely dark, surely light, after JPEG too."""


@pytest.fixture
def prepare(documents: Documents, tmp_path: Path) -> Prepare:
    async def prepared(
        content: bytes, page: int = 1, purpose: Purpose = "reading", tier: ImageTier = HIGH, box: Box | None = None
    ) -> tuple[PreparedImage, ...]:
        path = tmp_path / "a"
        path.write_bytes(content)
        async with documents.open(str(path)) as document:
            return await documents.prepared_images(document, page, purpose=purpose, tier=tier, box=box)

    return prepared


def _shown(image: PreparedImage) -> Image.Image:
    """Decode what would be sent, with what the API asks of every image checked."""
    shown = Image.open(io.BytesIO(image.content))
    assert Image.MIME[str(shown.format)] == image.media_type
    assert image.media_type in {"image/png", "image/jpeg", "image/gif", "image/webp"}
    assert shown.size == (image.width, image.height)
    assert max(shown.size) <= 2576
    assert len(image.content) <= 7_500_000
    assert shown.getexif().get(0x0112, 1) == 1
    assert getattr(shown, "n_frames", 1) == 1
    assert shown.mode in {"1", "L", "P", "RGB"}
    return shown


def _saved(picture: Image.Image, format_: str, **options: Any) -> bytes:
    target = io.BytesIO()
    picture.save(target, format_, **options)
    return target.getvalue()


def _photo(width: int, height: int, mode: str = "RGB") -> Image.Image:
    """Draw soft shapes in many colours, with a sensor's noise."""
    chance = random.Random(width)
    small = Image.new("RGB", (40, 30))
    small.putdata([tuple(chance.randrange(256) for _ in range(3)) for _ in range(1200)])
    picture = small.resize((width, height), Image.Resampling.BICUBIC)
    noise = Image.effect_noise((width, height), 12)
    return ImageChops.add(picture, Image.merge("RGB", [noise] * 3), offset=-128).convert(mode)


def _noise(width: int, height: int) -> Image.Image:
    chance = random.Random(3)
    return Image.frombytes("RGB", (width, height), chance.randbytes(width * height * 3))


def _difference(one: Image.Image, other: Image.Image) -> float:
    """Measure the mean difference of two pictures, 0 to 255."""
    return max(ImageStat.Stat(ImageChops.difference(one.convert("RGB"), other.convert("RGB"))).mean)


@pytest.mark.parametrize(
    "content",
    [
        drawing.draw_image("PNG"),
        drawing.draw_image("PNG", mode="L"),
        drawing.draw_image("PNG", mode="P"),
        drawing.draw_image("PNG", mode="1"),
        drawing.draw_image("JPEG"),
        drawing.draw_image("JPEG", exif_orientation=1),
        drawing.draw_image("WEBP"),
        drawing.draw_image("GIF", mode="P"),
        drawing.draw_image("PNG", mode="RGBA"),  # all of it opaque
        _saved(_photo(1500, 1100), "JPEG", quality=70, progressive=True),
    ],
    ids=["png", "grey", "palette", "bilevel", "jpeg", "upright exif", "webp", "gif", "opaque", "photo"],
)
async def test_what_the_api_takes_as_it_is_goes_byte_for_byte(prepare: Prepare, content: bytes) -> None:
    (image,) = await prepare(content)
    assert image.content == content
    assert image.tokens == image_tokens(image.width, image.height, HIGH)
    assert image.box == (0, 0, image.width, image.height)


@pytest.mark.parametrize(
    "content",
    [
        drawing.draw_image("BMP"),
        drawing.draw_image("TIFF"),
        drawing.draw_image("GIF", mode="P", frames=3),
        drawing.draw_image("WEBP", frames=3),
        drawing.draw_image("PNG", frames=3),
        drawing.draw_image("TIFF", mode="1"),
        drawing.draw_image("JPEG", exif_orientation=3),
        _saved(Image.open(io.BytesIO(drawing.draw_image("PNG"))).convert("CMYK"), "JPEG"),
        _saved(Image.open(io.BytesIO(drawing.draw_image("PNG"))).convert("CMYK"), "TIFF"),
        _saved(Image.open(io.BytesIO(drawing.draw_image("PNG", mode="L"))).convert("I;16"), "PNG"),
        _saved(Image.open(io.BytesIO(drawing.draw_image("PNG", mode="L"))).convert("F"), "TIFF"),
        _saved(Image.open(io.BytesIO(drawing.draw_image("PNG"))).convert("LAB"), "TIFF"),
    ],
    ids="bmp tiff gif webp apng g4 turned cmyk-jpeg cmyk-tiff 16-bit float lab".split(),
)
async def test_what_the_api_does_not_take_becomes_what_it_takes(prepare: Prepare, content: bytes) -> None:
    (image,) = await prepare(content)
    shown = _shown(image)
    assert image.content != content
    low, high = shown.convert("L").getextrema()
    assert isinstance(low, int)
    assert isinstance(high, int)
    assert low < BLACK
    assert high > WHITE
    assert ImageStat.Stat(shown.convert("L")).mean[0] > 200  # black text on white, not the other way round


@pytest.mark.parametrize("mode", ["RGBA", "LA", "P"])
@pytest.mark.parametrize("size", [(300, 200), (4000, 3000)], ids=["small", "large"])
async def test_what_is_transparent_becomes_white(prepare: Prepare, mode: str, size: tuple[int, int]) -> None:
    picture = Image.new("RGBA", size, (0, 0, 0, 0))
    ImageDraw.Draw(picture).rectangle((0, 0, size[0] // 2, size[1]), fill=(0, 0, 0, 255))
    (image,) = await prepare(_saved(picture.convert(mode), "PNG"))
    grey = _shown(image).convert("L")
    assert grey.getpixel((5, 5)) == 0
    assert grey.getpixel((grey.width - 5, 5)) == 255


@pytest.mark.parametrize("orientation", range(1, 9))
@pytest.mark.parametrize("size", [(300, 200), (3000, 2000)], ids=["small", "large"])
async def test_a_picture_is_sent_upright(prepare: Prepare, orientation: int, size: tuple[int, int]) -> None:
    picture = Image.new("RGB", size, "white")
    ImageDraw.Draw(picture).rectangle((0, 0, size[0] // 3, size[1] // 4), fill="black")
    exif = Image.Exif()
    exif[0x0112] = orientation
    (image,) = await prepare(_saved(picture, "JPEG", exif=exif.tobytes(), quality=95))
    shown = _shown(image).convert("L")
    assert (shown.width > shown.height) == (orientation < 5)
    corners = {
        (x, y)
        for x in (0, 1)
        for y in (0, 1)
        if int(str(shown.getpixel((x * (shown.width - 1), y * (shown.height - 1))))) < 128
    }
    right, low = orientation in {2, 3, 6, 7}, orientation in {3, 4, 7, 8}
    assert corners == {(int(right), int(low))}


@pytest.mark.parametrize("tier", [STANDARD, HIGH], ids=["standard", "high"])
@pytest.mark.parametrize("purpose", ["reading", "classification"])
async def test_a_photo_is_shrunk_to_what_the_model_sees_and_looks_the_same(
    prepare: Prepare, tier: ImageTier, purpose: str
) -> None:
    picture = _photo(4000, 3000)
    content = _saved(picture, "JPEG", quality=92)
    (image,) = await prepare(content, tier=tier, purpose=purpose)
    shown = _shown(image)
    if purpose == "reading":
        assert shown.size == seen_size(4000, 3000, tier)
    else:
        assert image.tokens <= 784
    assert image.media_type == "image/jpeg"
    whole = Image.open(io.BytesIO(content)).resize(shown.size, Image.Resampling.LANCZOS)
    assert _difference(shown, whole) < 4
    assert image.on_page(shown.width, shown.height) == (4000, 3000)


@pytest.mark.parametrize(("ink", "paper"), [("black", "white"), ("#d0d4d8", "#1e2026")], ids=["paper", "dark screen"])
async def test_text_in_a_jpeg_is_not_decoded_smaller_than_it_is(prepare: Prepare, ink: str, paper: str) -> None:
    page = Image.new("RGB", (4000, 3000), paper)
    pen, font = ImageDraw.Draw(page), ImageFont.load_default(26)
    for top in range(40, 2940, 40):
        pen.text((40, top), f"{top} berths at 1,284.50 each, as agreed in March. " * 7, font=font, fill=ink)
    content = _saved(page, "JPEG", quality=95)
    (image,) = await prepare(content, tier=STANDARD)
    shown = _shown(image)
    whole = Image.open(io.BytesIO(content)).resize(shown.size, Image.Resampling.BICUBIC)
    draft = Image.open(io.BytesIO(content))
    draft.draft("RGB", shown.size)
    assert image.content == encoded(whole)[0]
    assert image.content != encoded(draft.resize(shown.size, Image.Resampling.BICUBIC))[0]


async def test_grey_stays_grey_and_a_screen_loses_nothing(prepare: Prepare) -> None:
    (grey,) = await prepare(_saved(_photo(3000, 2000, "L"), "JPEG"))
    assert _shown(grey).mode == "L"
    screen = Image.open(io.BytesIO(drawing.draw_image("PNG", size=(1600, 1000), text="Line one\nLine two\n" * 20)))
    ImageDraw.Draw(screen).rectangle((900, 100, 1500, 900), fill=(20, 90, 200))
    (colours,) = await prepare(_saved(screen, "BMP"))
    assert _difference(_shown(colours), screen) == 0
    (lines,) = await prepare(_saved(screen.convert("L"), "TIFF"))
    assert _difference(_shown(lines), screen.convert("L")) == 0
    assert _shown(lines).mode == "L"


async def test_noise_that_no_format_packs_stays_within_the_limit(prepare: Prepare) -> None:
    (image,) = await prepare(_saved(_noise(1900, 1900), "PNG"))
    _shown(image)
    assert image.media_type == "image/jpeg"


async def test_each_page_of_a_tiff_is_a_picture_of_its_own(prepare: Prepare) -> None:
    content = drawing.draw_image("TIFF", frames=3, size=(600, 400), text="page")
    shown = [_shown((await prepare(content, page))[0]) for page in (1, 2, 3)]
    assert _difference(shown[0], shown[1]) > 0
    assert _difference(shown[1], shown[2]) > 0
    with Image.open(io.BytesIO(content)) as pages:
        for page in range(3):
            pages.seek(page)
            assert _difference(shown[page], pages) == 0


async def test_a_crop_shows_its_part_and_says_where_it_lies(prepare: Prepare) -> None:
    picture = Image.new("RGB", (4000, 3000), "white")
    ImageDraw.Draw(picture).rectangle((1000, 600, 1099, 699), fill="black")
    (image,) = await prepare(_saved(picture, "PNG"), box=(900.5, 500, 1300, 900))
    assert image.box == (900, 500, 1300, 900)
    shown = _shown(image).convert("L")
    assert shown.size == (400, 400)
    black = shown.point([255 if value < 128 else 0 for value in range(256)]).getbbox()
    assert black is not None
    assert image.on_page(*black[:2]) == (1000, 600)
    assert image.on_page(*black[2:]) == (1100, 700)


@pytest.mark.parametrize("box", [(5000, 0, 6000, 10), (10, 10, 10, 20), (-9, -9, 0, 0)])
async def test_a_box_outside_the_page_is_refused(prepare: Prepare, box: tuple[float, ...]) -> None:
    for content in (drawing.draw_image("PNG"), drawing.draw_text(["words"])):
        with pytest.raises(BoxOutside):
            await prepare(content, box=box)


async def test_a_strip_is_sent_in_pieces_that_can_be_read(prepare: Prepare) -> None:
    strip = Image.new("L", (900, 50_000), 255)
    pen = ImageDraw.Draw(strip)
    for top in range(0, 50_000, 500):
        pen.rectangle((0, top, 40, top + 20), fill=0)
    images = await prepare(_saved(strip, "PNG"))
    assert (images[0].box[1], images[-1].box[3]) == (0, 50_000)
    marks: set[int] = set()
    for image in images:
        shown = _shown(image)
        assert shown.width == 900
        column = [int(str(shown.getpixel((10, y)))) < 128 for y in range(shown.height)]
        marks |= {round(image.on_page(0, y)[1]) for y in range(1, shown.height) if column[y] and not column[y - 1]}
    assert marks | {0} == set(range(0, 50_000, 500))


async def test_a_long_web_page_takes_the_memory_of_its_pixels_once(tmp_path: Path) -> None:
    (tmp_path / "a.png").write_bytes(_saved(Image.new("RGB", (1000, 50_000), "white"), "PNG", compress_level=1))
    async with open_workers(Limits(workers=1, worker_resident_bytes=330 * MIB)) as workers:  # decoded it has 200 MB
        documents = Documents(AllowedFolders(folders=(tmp_path,)), workers)
        async with documents.open(str(tmp_path / "a.png")) as document:
            images = await documents.prepared_images(document, 1, purpose="reading", tier=HIGH)
    assert {(image.width, image.height) for image in images} == {(1000, 2576)}


async def test_a_strip_without_end_is_refused_and_one_for_classifying_is_not(prepare: Prepare) -> None:
    content = _saved(Image.new("1", (100, 400_000), 1), "PNG")
    with pytest.raises(StripTooLong, match="the limit is 40"):
        await prepare(content)
    (image,) = await prepare(content, purpose="classification")
    assert image.height == 784


async def test_a_page_of_a_pdf_is_drawn_as_large_as_the_model_sees(prepare: Prepare) -> None:
    content = drawing.document(drawing.fill(100, 200, 300, 250, grey=0))
    for tier, size in ((HIGH, (1623, 2296)), (STANDARD, (924, 1307))):
        (image,) = await prepare(content, tier=tier)
        shown = _shown(image)
        assert abs(shown.width - size[0]) <= 1
        assert abs(shown.height - size[1]) <= 1
        assert image.media_type == "image/png"
        assert shown.mode in {"1", "L"}
        black = shown.convert("L").point([255 if value < 128 else 0 for value in range(256)]).getbbox()
        assert black is not None
        assert image.on_page(*black[:2]) == pytest.approx((100, 200), abs=0.7)
        assert image.on_page(*black[2:]) == pytest.approx((300, 250), abs=0.7)


@pytest.mark.parametrize("rotate", [0, 90, 180, 270])
async def test_a_part_of_a_turned_page_is_that_part_of_what_a_viewer_shows(prepare: Prepare, rotate: int) -> None:
    leaf = drawing.Leaf(content=drawing.fill(100, 200, 300, 250, grey=0), rotate=rotate)
    (whole,) = await prepare(drawing.document(leaf))
    seen = _shown(whole).convert("L").point([255 if value < 128 else 0 for value in range(256)]).getbbox()
    assert seen is not None
    x0, top = whole.on_page(*seen[:2])
    x1, bottom = whole.on_page(*seen[2:])
    (part,) = await prepare(drawing.document(leaf), box=(x0 - 50, top - 50, x1 + 50, bottom + 50))
    black = _shown(part).convert("L").point([255 if value < 128 else 0 for value in range(256)]).getbbox()
    assert black is not None
    assert part.on_page(*black[:2]) == pytest.approx((x0, top), abs=0.7)
    assert part.on_page(*black[2:]) == pytest.approx((x1, bottom), abs=0.7)


async def test_a_small_page_is_not_drawn_larger_than_print_is_read(prepare: Prepare) -> None:
    (image,) = await prepare(drawing.document(drawing.Leaf(media_box="0 0 72 36")))
    assert (image.width, image.height) == (300, 150)


async def test_a_long_receipt_is_drawn_in_pieces(prepare: Prepare) -> None:
    images = await prepare(drawing.document(drawing.Leaf(media_box="0 0 200 3600")))
    assert len(images) > 3
    assert all(image.box[0::2] == pytest.approx((0, 200), abs=0.3) for image in images)
    assert images[-1].box[3] == pytest.approx(3600, abs=0.3)


@pytest.mark.parametrize(
    "content",
    [
        damage.image_claiming(9000, 9000),
        damage.truncated(drawing.draw_image("PNG", size=(900, 900)), 0.7),
        damage.truncated(_saved(_photo(3000, 2000), "JPEG"), 0.5),
        damage.with_broken_pixels(drawing.draw_image("PNG")),
        damage.huge_page(),
        damage.empty_page_box(),
        damage.self_drawing_form(),
        damage.missing_page(),
    ],
    ids=["bomb", "cut off", "cut photo", "broken", "huge page", "empty box", "crash", "missing page"],
)
async def test_a_bad_file_gives_a_picture_or_a_sentence_and_the_next_one_is_prepared(
    prepare: Prepare, content: bytes
) -> None:
    with suppress(InputError):
        for image in await prepare(content):
            _shown(image)
            assert image.content not in content
    (good,) = await prepare(drawing.draw_text(["good"]))
    _shown(good)


async def test_text_has_no_picture(prepare: Prepare) -> None:
    with pytest.raises(NoPicture):
        await prepare(b"plain words\n")
