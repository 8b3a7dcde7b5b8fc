"""PDFs cut into parts: all pages, in order, as small as they can be, and none of them locked."""

from __future__ import annotations

import io
import random
import sys
import tempfile
import time
import tracemalloc
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import anyio
import anyio.to_thread
import pypdf
import pytest
from pypdf.annotations import Link

from tests import damage, drawing
from tests.processes import children_of, wait_until_gone
from witnessmark.documents.opening import DocumentDamaged, Documents
from witnessmark.documents.pdf_parts import NoPdfPages, PageTooLarge, PartNotKept, PartTooLarge, PdfPart, first_part
from witnessmark.documents.pdfium import open_pdf
from witnessmark.documents.worker import Workers

pytestmark = pytest.mark.anyio

LARGE = 30_000_000


@dataclass(frozen=True, kw_only=True)
class Cut:
    """A part and its bytes."""

    part: PdfPart
    content: bytes
    pages: tuple[int, ...]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path


async def _parts(
    documents: Documents,
    folder: Path,
    content: bytes,
    pages: Sequence[int] | None = None,
    *,
    most_pages: int = 600,
    most_bytes: int = LARGE,
    password: str | None = None,
) -> list[Cut]:
    path = folder / "a.pdf"
    path.write_bytes(content)
    async with documents.open(str(path), password) as document:
        wanted = pages or range(1, document.page_count + 1)
        cut = documents.pdf_parts(document, wanted, most_pages=most_pages, most_bytes=most_bytes)
        return [await _taken(part) async for part in cut]


async def _taken(part: PdfPart) -> Cut:
    try:
        return Cut(part=part, content=await anyio.to_thread.run_sync(part.content.read), pages=part.pages)
    finally:
        part.content.close()


def _words(content: bytes) -> list[str]:
    """Read the text of each page without a password."""
    with open_pdf(content) as pdf:
        return [" ".join(word.text for word in pdf.words(index)) for index in range(pdf.page_count)]


def _large_pages(count: int, size: int = 20_000) -> bytes:
    """Draw pages whose content is twice `size` bytes, and cannot be packed to fewer than `size`."""
    chance = random.Random(7)
    return drawing.document(
        *(
            drawing.words(f"Page {number}", x=60, top=60) + b"%" + chance.randbytes(size).hex().encode() + b"\n"
            for number in range(1, count + 1)
        )
    )


def _pages_that_share(count: int, size: int = 60_000) -> bytes:
    """Draw pages that show a picture each, and have one /Resources dictionary that names the pictures of all."""
    chance = random.Random(8)
    objects = drawing.Objects()
    header = b"/Type /XObject /Subtype /Image /Width 200 /Height %d /ColorSpace /DeviceGray /BitsPerComponent 8"
    pictures = [objects.add_stream(chance.randbytes(size // 200 * 200), header % (size // 200)) for _ in range(count)]
    names = b" ".join(b"/Im%d %d 0 R" % (number, picture) for number, picture in enumerate(pictures, start=1))
    resources = objects.add(b"<< /Font << /F1 3 0 R /F2 4 0 R >> /XObject << %s >> >>" % names)
    for number in range(1, count + 1):
        shown = b"q 400 0 0 400 60 60 cm /Im%d Do Q\n" % number
        stream = objects.add_stream(drawing.words(f"Page {number}", x=60, top=60) + shown)
        page = b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents %d 0 R /Resources %d 0 R >>"
        objects.pages.append(objects.add(page % (stream, resources)))
    return objects.finish()


@pytest.mark.parametrize("most_pages", [1, 7, 90, 250])
async def test_joined_parts_have_all_pages_in_order_with_the_same_text(
    documents: Documents, folder: Path, most_pages: int
) -> None:
    content = drawing.pdf_with_pages(250)
    parts = await _parts(documents, folder, content, most_pages=most_pages)
    assert [page for part in parts for page in part.pages] == list(range(1, 251))
    assert [text for part in parts for text in _words(part.content)] == _words(content)
    assert max(len(part.pages) for part in parts) == most_pages


async def test_a_part_knows_which_page_of_the_document_each_of_its_pages_is(documents: Documents, folder: Path) -> None:
    wanted = [3, 4, 20, 7, 50]
    parts = await _parts(documents, folder, drawing.pdf_with_pages(60), wanted, most_pages=2)
    assert [part.pages for part in parts] == [(3, 4), (20, 7), (50,)]
    for part in parts:
        for number, text in enumerate(_words(part.content), start=1):
            assert text == f"Page {part.part.document_page(number)}"
    for number in (0, 3, -1):
        with pytest.raises(IndexError):
            parts[0].part.document_page(number)


async def test_a_document_that_fits_is_sent_as_it_is(documents: Documents, folder: Path) -> None:
    content = drawing.pdf_with_pages(5)
    (part,) = await _parts(documents, folder, content)
    assert part.content == content
    assert part.pages == (1, 2, 3, 4, 5)


async def test_a_document_that_is_sent_as_it_is_costs_no_memory(documents: Documents, folder: Path) -> None:
    path = folder / "a.pdf"
    path.write_bytes(drawing.pdf_with_pages(5))
    async with documents.open(str(path)) as document:
        async for part in documents.pdf_parts(document, range(1, 6), most_pages=600, most_bytes=LARGE):
            assert part.content is document.content
            part.content.close()
        assert len(await anyio.to_thread.run_sync(document.content.read)) == path.stat().st_size


async def test_parts_are_never_whole_in_our_memory(documents: Documents, folder: Path) -> None:
    path = folder / "a.pdf"
    path.write_bytes(_large_pages(16, 1_000_000))
    tracemalloc.start()
    try:
        async with documents.open(str(path)) as document:
            parts = documents.pdf_parts(document, range(1, 17), most_pages=8, most_bytes=LARGE)
            contents = [part.content async for part in parts]
        sizes = [content.size for content in contents]
        for content in contents:
            content.close()
        assert len(sizes) == 2
        assert tracemalloc.get_traced_memory()[1] < 0.1 * sum(sizes)
    finally:
        tracemalloc.stop()


async def test_a_part_that_cannot_be_kept_is_said_as_such(
    documents: Documents, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(folder / "missing"))
    with pytest.raises(PartNotKept, match=r"^A part of 'a\.pdf' cannot be kept"):
        await _parts(documents, folder, _large_pages(4, 1_000_000), most_pages=3)


async def test_parts_stay_within_the_bytes_and_carry_as_much_as_they_can(documents: Documents, folder: Path) -> None:
    content = _large_pages(40)
    parts = await _parts(documents, folder, content, most_bytes=300_000)
    assert [page for part in parts for page in part.pages] == list(range(1, 41))
    assert max(len(part.content) for part in parts) <= 300_000
    assert len(parts) <= 2 * len(content) / 300_000
    assert sum(len(part.content) for part in parts) <= 0.7 * len(content)


async def test_a_page_larger_than_a_request_is_named(documents: Documents, folder: Path) -> None:
    with pytest.raises(PageTooLarge, match=r"^Page 3 of .* alone has 0\.4 MB"):
        await _parts(documents, folder, _large_pages(5, 400_000), [3, 4], most_bytes=300_000)


@pytest.mark.parametrize(("user", "password"), [("secret", "secret"), ("", None)], ids=["locked", "restricted"])
@pytest.mark.parametrize("most_pages", [600, 2], ids=["whole", "cut"])
async def test_parts_of_an_encrypted_document_open_without_a_password(
    documents: Documents, folder: Path, user: str, password: str | None, most_pages: int
) -> None:
    plain = drawing.pdf_with_pages(5)
    locked = drawing.encrypted(plain, user, "owner")
    parts = await _parts(documents, folder, locked, password=password, most_pages=most_pages)
    assert [text for part in parts for text in _words(part.content)] == _words(plain)
    assert not any(pypdf.PdfReader(io.BytesIO(part.content)).is_encrypted for part in parts)
    assert not any(b"/Encrypt" in part.content for part in parts)


async def test_pages_that_share_their_resources_are_cut_without_what_they_do_not_show(
    documents: Documents, folder: Path
) -> None:
    pytest.importorskip("pikepdf", reason="the extra `pdf` is not installed")
    content = _pages_that_share(30)
    parts = await _parts(documents, folder, content, most_pages=5)
    assert sum(len(part.content) for part in parts) < 1.1 * len(content)
    assert [text for part in parts for text in _words(part.content)] == _words(content)
    with open_pdf(content) as whole, open_pdf(parts[2].content) as part:
        assert part.render(1, max_side=300) == whole.render(11, max_side=300)


def test_without_pikepdf_such_parts_are_whole_but_larger_and_a_limit_says_what_helps(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setitem(sys.modules, "pikepdf", None)
    content = _pages_that_share(30)
    with open_pdf(content) as pdf:
        part, pages, count = first_part(pdf, [4, 5], most_bytes=LARGE)
        assert (pages, count) == ((4, 5), 2)
        assert len(part) > 0.9 * len(content)
        assert _words(part) == ["Page 4", "Page 5"]
        with pytest.raises(PartTooLarge) as refused:
            first_part(pdf, [4, 5], most_bytes=500_000)
    assert "witnessmark[pdf]" in PageTooLarge("a.pdf", **refused.value.facts).next_step


async def test_links_and_an_outline_do_not_bring_the_whole_document_into_each_part(
    documents: Documents, folder: Path
) -> None:
    writer = pypdf.PdfWriter(clone_from=io.BytesIO(_large_pages(40)))
    for page in range(40):
        link = Link(rect=(50, 20, 120, 30), target_page_index=39 - page)
        writer.add_annotation(page, link)
        writer.add_outline_item(title=f"Chapter {page}", page_number=page)
    target = io.BytesIO()
    writer.write(target)
    parts = await _parts(documents, folder, target.getvalue(), most_pages=4)
    assert sum(len(part.content) for part in parts) < 1.2 * target.tell()


async def test_a_page_that_is_missing_costs_that_page_only(documents: Documents, folder: Path) -> None:
    (part,) = await _parts(documents, folder, damage.missing_page(), [2, 1])
    assert part.pages == (1,)
    assert _words(part.content) == ["The only page"]
    with pytest.raises(DocumentDamaged):
        await _parts(documents, folder, damage.missing_page(), [2])


@pytest.mark.parametrize(
    "content",
    [damage.self_drawing_form(), damage.flate_bomb(64), damage.deep_nesting(), damage.branching_forms()],
    ids=["form loop", "bomb", "nesting", "branching"],
)
async def test_hostile_pages_are_cut_without_being_drawn(documents: Documents, folder: Path, content: bytes) -> None:
    (part,) = await _parts(documents, folder, content, [1, 1])
    assert part.pages == (1, 1)


async def test_what_is_no_pdf_has_no_parts(documents: Documents, folder: Path) -> None:
    with pytest.raises(NoPdfPages):
        await _parts(documents, folder, drawing.draw_image("PNG"), [1])


@pytest.mark.skipif(sys.platform != "linux", reason="looks for processes in /proc")
async def test_a_cut_that_is_cancelled_ends_its_process(documents: Documents, workers: Workers, folder: Path) -> None:
    path = folder / "a.pdf"
    path.write_bytes(_large_pages(600, 30_000))
    async with documents.open(str(path)) as document:
        before = time.monotonic()
        with anyio.move_on_after(0.05) as scope:
            async for _ in documents.pdf_parts(document, range(1, 600), most_pages=300, most_bytes=LARGE):
                pass
        assert scope.cancelled_caught
        assert time.monotonic() - before < 2
        await wait_until_gone(children_of(), seconds=5)
        assert workers.running == 0


async def test_the_same_pages_are_the_same_bytes_each_time(documents: Documents, folder: Path) -> None:
    """Else the API would take each request's part for another document, and read nothing from its prompt cache."""
    content = drawing.draw_text([f"Page {n}" for n in range(1, 9)])
    first, second = [await _parts(documents, folder, content, range(2, 7)) for _ in range(2)]
    (other,) = await _parts(documents, folder, content, range(3, 8))
    assert [cut.content for cut in first] == [cut.content for cut in second]
    reader, other_reader = (pypdf.PdfReader(io.BytesIO(cut.content)) for cut in (first[0], other))
    assert reader.trailer["/ID"] != other_reader.trailer["/ID"]
    assert "Date" not in str(reader.metadata), "cut a second later, it would be another"
