"""Drawn documents as a scanner or a telephone would deliver them: grey, noisy, shaded, a little askew, compressed."""

from __future__ import annotations

import io
import random
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageFilter
from reportlab.lib.utils import ImageReader
from reportlab.pdfgen.canvas import Canvas

from witnessmark.documents.pdfium import open_pdf


def scanned(pdf: bytes, seed: str, folder: Path, name: str) -> Path:
    """Write a document as a scan: one JPEG where it has one page and luck wills it, else a PDF of JPEGs."""
    luck = random.Random(seed)
    dpi = luck.choice((150, 150, 200, 200, 300))
    pages: list[tuple[bytes, float, float]] = []
    with open_pdf(pdf, None) as opened:
        for index in range(opened.page_count):
            facts = opened.page_facts(index)
            side = round(max(facts.width, facts.height) * dpi / 72)
            width, height, pixels = opened.render(index, max_side=side, grey=True)
            page = np.frombuffer(pixels, np.uint8).reshape(height, width)
            pages.append((_jpeg(_worn(page, luck), luck), facts.width, facts.height))
    if len(pages) == 1 and luck.random() < 0.5:
        path = folder / f"{name}.jpg"
        path.write_bytes(pages[0][0])
        return path
    path = folder / f"{name}-scan.pdf"
    canvas = Canvas(str(path))
    for jpeg, across, down in pages:
        canvas.setPageSize((across, down))
        canvas.drawImage(  # pyright: ignore[reportUnknownMemberType] - half typed
            ImageReader(io.BytesIO(jpeg)), 0, 0, across, down
        )
        canvas.showPage()
    canvas.save()
    return path


def _worn(page: NDArray[np.uint8], luck: random.Random) -> Image.Image:
    image = Image.fromarray(page)
    if luck.random() < 0.7:
        image = image.rotate(luck.uniform(-1.8, 1.8), Image.Resampling.BICUBIC, fillcolor=255)
    image = image.filter(ImageFilter.GaussianBlur(luck.uniform(0.2, 0.8)))
    height, width = page.shape
    paper, ink = luck.randint(225, 255), luck.randint(10, 90)
    grey = ink + np.asarray(image).astype(np.float64) * (paper - ink) / 255
    # Shade falls off to one corner; dust lies everywhere.
    across = np.linspace(-1, 1, width)[None, :] * luck.uniform(-14, 14)
    down = np.linspace(-1, 1, height)[:, None] * luck.uniform(-14, 14)
    noise = np.random.default_rng(luck.randrange(2**31)).normal(0, luck.uniform(2, 10), grey.shape)
    return Image.fromarray(np.clip(grey + across + down + noise, 0, 255).astype(np.uint8))


def _jpeg(image: Image.Image, luck: random.Random) -> bytes:
    file = io.BytesIO()
    image.save(file, "JPEG", quality=luck.randint(35, 75))
    return file.getvalue()
