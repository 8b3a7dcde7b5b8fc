"""PDFs drawn by code: two of 1,000 pages, on which splitting goes wrong, and one of few pages with many bytes."""

from __future__ import annotations

import io
import random
from typing import Any

import pypdf
from PIL import Image
from pypdf.generic import DictionaryObject, NameObject
from reportlab.lib.utils import ImageReader
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.ttfonts import TTFont
from reportlab.pdfgen.canvas import Canvas

from benchmarks.drawn_images import photo

PAGES = 1000
_FONTS = {"S": "Vera.ttf", "B": "VeraBd.ttf", "I": "VeraIt.ttf"}  # they come along with reportlab
_WORDS = (
    "harbour board dues berth crane storage tenant March approved request section by-law quay vessel tonnage pilot "
    "channel dredging lease levy surcharge invoice reserve audit minutes motion carried deferred"
).split()


def linked() -> bytes:
    """Draw 1,000 pages with three embedded fonts, a logo, 20 shared and 100 own pictures, an outline, 3,000 links."""
    return _drawn(has_links=True)


def with_shared_resources() -> bytes:
    """Draw the same without links; all pages have one /Resources dictionary, as some programs write it."""
    writer: Any = pypdf.PdfWriter(clone_from=pypdf.PdfReader(io.BytesIO(_drawn(has_links=False))))
    together = DictionaryObject()
    for page in writer.pages:
        resources: Any = page["/Resources"].get_object()
        for kind in ("/Font", "/XObject"):
            named: Any = together.setdefault(NameObject(kind), DictionaryObject())
            for name, value in resources.get(kind, DictionaryObject()).items():
                named.setdefault(name, value)
    reference = writer._add_object(together)  # pypdf has no other way to add one
    for page in writer.pages:
        page[NameObject("/Resources")] = reference
    target = io.BytesIO()
    writer.write(target)
    return target.getvalue()


def noisy(size: int) -> bytes:
    """Draw a PDF of about `size` bytes whose pages are pictures of noise, of 2 MB each at most."""
    count = max(1, round(size / 2_000_000))
    side = round((size / count / 1.013) ** 0.5)  # so many bytes a pixel does noise take at this quality
    pages = (Image.frombytes("L", (side, side), random.Random(page).randbytes(side * side)) for page in range(count))
    target = io.BytesIO()
    next(pages).save(target, "PDF", resolution=150, quality=95, save_all=True, append_images=pages)
    return target.getvalue()


def _drawn(*, has_links: bool) -> bytes:
    chance = random.Random(4)
    source = Image.open(io.BytesIO(photo(4000, 3000)))
    logo, shared = _cut(source, chance, 400, 120), [_cut(source, chance, 900, 600) for _ in range(20)]
    for name, file in _FONTS.items():
        pdfmetrics.registerFont(TTFont(name, file))  # pyright: ignore[reportUnknownMemberType]  # half-typed there
    target = io.BytesIO()
    canvas: Any = Canvas(target, pagesize=(595, 842), pageCompression=1, invariant=True)
    for page in range(PAGES):
        if has_links:
            canvas.bookmarkPage(f"p{page}")
            if page % 20 == 0:
                canvas.addOutlineEntry(f"Chapter {page // 20 + 1}", f"p{page}", 0)
        canvas.drawImage(logo, 470, 790, 100, 30)
        canvas.setFont("B", 14)
        canvas.drawString(50, 800, f"Section {page // 20 + 1}.{page % 20 + 1}")
        canvas.setFont("S", 9)
        has_picture = page % 5 == 0
        for top in range(770, 330 if has_picture else 60, -12):
            canvas.drawString(50, top, " ".join(chance.choice(_WORDS) for _ in range(13)))
        if has_picture:
            picture = _cut(source, chance, 1000, 700) if page % 10 == 0 else chance.choice(shared)
            canvas.drawImage(picture, 70, 60, 455, 250)
        canvas.setFont("I", 8)
        canvas.drawString(280, 30, f"page {page + 1} of {PAGES}")
        for link in range(3 if has_links else 0):
            canvas.linkRect("", f"p{chance.randrange(PAGES)}", (50, 20 + link, 120, 30 + link))
        canvas.showPage()
    canvas.save()
    return target.getvalue()


def _cut(source: Image.Image, chance: random.Random, width: int, height: int) -> ImageReader:
    x, y = chance.randrange(source.width - 2 * width), chance.randrange(source.height - 2 * height)
    target = io.BytesIO()
    source.crop((x, y, x + 2 * width, y + 2 * height)).resize((width, height)).save(target, "JPEG", quality=82)
    target.seek(0)
    return ImageReader(target)
