"""Pictures drawn by code for the benchmark of image preparation: photo-like, scanned text, a screen."""

from __future__ import annotations

import io

import numpy as np
import numpy.typing as npt
from PIL import Image, ImageDraw, ImageFilter, ImageFont

Pixels = npt.NDArray[np.float32]

_WORDS = (
    "The harbour board met in March and approved 1,284 of the requests that tenants had made for berths, cranes and "
    "storage; dues for 2025 rise by 3.5 % from 1 July, as section 14 (b) of the by-laws allows"
).split()


def photo(width: int, height: int) -> bytes:
    """Draw a JPEG with a photo's spectrum: soft shapes with edges, texture that falls off as 1/f, a sensor's noise."""
    random = np.random.default_rng(3)
    scene = _soft(random, width, height, power=1.1)
    picture = Image.fromarray(np.clip(118 + 52 * scene, 0, 255).astype(np.uint8)).convert("RGB")
    pen = ImageDraw.Draw(picture, "RGBA")
    for _ in range(160):
        x, y, size = (int(random.integers(*ends)) for ends in ((0, width), (0, height), (width // 60, width // 6)))
        colour = tuple(int(value) for value in random.integers(20, 235, 3))
        shape = pen.ellipse if random.random() < 0.6 else pen.rectangle
        shape((x, y, x + size, y + int(size * random.uniform(0.3, 1.4))), fill=(*colour, 150))
    picture = picture.filter(ImageFilter.GaussianBlur(1.2))
    texture = _soft(random, width, height, power=0.85)[..., None] * 9
    pixels = np.asarray(picture).astype(np.float32) + texture
    pixels += random.standard_normal((height, width, 1), dtype=np.float32) * 2.5
    pixels += random.standard_normal((height, width, 3), dtype=np.float32)
    return _saved(Image.fromarray(np.clip(pixels, 0, 255).astype(np.uint8)), "JPEG", quality=92)


def scan(format_: str = "JPEG", *, width: int = 2480, height: int = 3508) -> bytes:
    """Draw an A4 page of text as a scanner sees it at 300 dpi: a little askew, soft, with noise."""
    page = _text(width, height, size=42, margin=230, ink=(35, 35, 40), paper=(250, 249, 244))
    page = page.rotate(0.6, Image.Resampling.BICUBIC, fillcolor=(250, 249, 244)).filter(ImageFilter.GaussianBlur(0.8))
    noise = np.random.default_rng(5).standard_normal((height, width, 1), dtype=np.float32) * 4
    pixels = np.clip(np.asarray(page).astype(np.float32) + noise, 0, 255).astype(np.uint8)
    return _saved(Image.fromarray(pixels), format_, **({"quality": 90} if format_ == "JPEG" else {}))


def screen(width: int = 3840, height: int = 2160) -> bytes:
    """Draw a PNG of a screen: a dark pane and a light one, small text, buttons."""
    shown = Image.new("RGB", (width, height), (240, 242, 245))
    half = width // 2
    shown.paste(_text(half, height - 160, size=24, margin=30, ink=(210, 215, 220), paper=(30, 32, 38)), (0, 160))
    shown.paste(_text(half, height - 160, size=26, margin=40, ink=(20, 20, 20), paper=(255, 255, 255)), (half, 160))
    pen = ImageDraw.Draw(shown)
    font = ImageFont.load_default(26)
    for number in range(width // 155):
        box = (15 + number * 155, 60, 155 + number * 155, 130)
        pen.rounded_rectangle(box, 12, fill=(40 + number * 6, 110, 200 - number * 4))
        pen.text((35 + number * 155, 80), f"Tab {number}", font=font, fill="white")
    return _saved(shown, "PNG")


def _soft(random: np.random.Generator, width: int, height: int, *, power: float) -> Pixels:
    """Make noise whose strength falls with its frequency, as in pictures of the world; its deviation is 1."""
    frequency = np.hypot(np.fft.fftfreq(height)[:, None], np.fft.rfftfreq(width)[None, :]).astype(np.float32)
    frequency[0, 0] = 1
    wave = random.standard_normal(frequency.shape, dtype=np.float32) * np.exp(
        2j * np.pi * random.random(frequency.shape, dtype=np.float32)
    ).astype(np.complex64)
    made: Pixels = np.fft.irfft2(wave / frequency**power, s=(height, width)).astype(np.float32)
    made /= made.std()
    return made


def _text(
    width: int, height: int, *, size: int, margin: int, ink: tuple[int, int, int], paper: tuple[int, int, int]
) -> Image.Image:
    page = Image.new("RGB", (width, height), paper)
    pen = ImageDraw.Draw(page)
    font = ImageFont.load_default(size)
    number = 0
    for top in range(margin, height - margin, size * 3 // 2):
        line = ""
        while pen.textlength(f"{line} {_WORDS[number % len(_WORDS)]}", font=font) < width - 2 * margin:
            line = f"{line} {_WORDS[number % len(_WORDS)]}".strip()
            number += 1
        pen.text((margin, top), line, font=font, fill=ink)
    return page


def _saved(picture: Image.Image, format_: str, **options: int) -> bytes:
    file = io.BytesIO()
    picture.save(file, format_, **options)
    return file.getvalue()
