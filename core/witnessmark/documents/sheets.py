"""Parts of pages in one picture, places framed, small enough for every host. Runs in a worker."""

from __future__ import annotations

import io
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, Protocol

from witnessmark.documents.frames import Frame, draw_frames, draw_legend
from witnessmark.documents.panels import MOST_PANELS, Panel, Room, panels_of
from witnessmark.documents.views import Box, EvidencePicture, FrameKind, PageView, ShownPart, Size

if TYPE_CHECKING:
    from PIL import Image

_BORDER = 10
"""Pixels around a part of a page, so that a frame at its edge is seen whole."""
_BAND, _BETWEEN = 26, 8
_AROUND_PANEL = 2 * _BORDER + _BAND + _BETWEEN
_GROUND, _BAND_TEXT = (226, 229, 232), (40, 44, 48)
_JPEG = ({"quality": 90, "subsampling": 0}, {"quality": 80, "subsampling": 2}, {"quality": 60, "subsampling": 2})


class Pages(Protocol):
    """Pages that can be drawn."""

    @property
    def is_image(self) -> bool: ...

    def size(self, page: int) -> Size:
        """Say how large a page is, upright, in its own units."""
        ...

    def draw(self, panel: Panel) -> Image.Image:
        """Draw a part of a page, `panel.width` × `panel.height` pixels, as RGB."""
        ...


def draw_sheet(
    pages: Pages, views: Sequence[PageView], *, side: int, most_pixels: int, most_bytes: int
) -> EvidencePicture:
    """Draw what is to be seen, at least one page, one part below the other, at most `MOST_PANELS` of them.

    Units:  `side` and `most_pixels` in pixels
    """
    shown = views[:MOST_PANELS]
    room = Room(width=side - 2 * _BORDER, height=side - _AROUND_PANEL, pixels=most_pixels * 0.94).shared(len(shown))
    most = MOST_PANELS // len(shown)
    panels = [
        panel
        for view in shown
        for panel in panels_of(view, pages.size(view.page), room, is_image=pages.is_image, most=most)
    ]
    drawn = [(_bordered(pages.draw(panel), panel), panel) for panel in panels]
    sheet, parts = _stacked(drawn)
    return _encoded(sheet, parts, side=side, most_bytes=most_bytes)


def _bordered(part: Image.Image, panel: Panel) -> Image.Image:
    """Put a part of a page on a ground of its own, and frame its places."""
    from PIL import Image

    picture = Image.new("RGB", (part.width + 2 * _BORDER, part.height + 2 * _BORDER), _GROUND)
    picture.paste(part, (_BORDER, _BORDER))
    frames = [
        Frame(box=_in_panel(place.box, panel), kind=place.kind, label=place.label, needs_label=place.needs_label)
        for place in panel.places
    ]
    draw_frames(picture, frames, line_height=panel.text_height * panel.scale)
    return picture


def _in_panel(box: Box, panel: Panel) -> Box:
    x0, top, x1, bottom = box
    return (
        (x0 - panel.box[0]) * panel.scale + _BORDER,
        (top - panel.box[1]) * panel.scale + _BORDER,
        (x1 - panel.box[0]) * panel.scale + _BORDER,
        (bottom - panel.box[1]) * panel.scale + _BORDER,
    )


def _stacked(drawn: Sequence[tuple[Image.Image, Panel]]) -> tuple[Image.Image, list[ShownPart]]:
    """Put parts below one another, each under the number of its page."""
    from PIL import Image, ImageDraw, ImageFont

    width = max(picture.width for picture, _ in drawn)
    height = sum(picture.height + _BAND for picture, _ in drawn) + _BETWEEN * (len(drawn) - 1)
    sheet = Image.new("RGB", (width, height), _GROUND)
    pen, font = ImageDraw.Draw(sheet), ImageFont.load_default(16)
    kinds: set[FrameKind] = {place.kind for _, panel in drawn for place in panel.places}
    draw_legend(sheet, kinds, right=width - _BORDER, middle=_BAND // 2 + 2)
    parts: list[ShownPart] = []
    y = 0
    for picture, panel in drawn:
        pen.text((_BORDER, y + 6), f"Page {panel.page}", font=font, fill=_BAND_TEXT)
        y += _BAND
        sheet.paste(picture, (0, y))
        at = (_BORDER, y + _BORDER, picture.width - _BORDER, y + picture.height - _BORDER)
        parts.append(ShownPart(page=panel.page, box=panel.box, at=at))
        y += picture.height + _BETWEEN
    return sheet, parts


def _encoded(sheet: Image.Image, parts: Sequence[ShownPart], *, side: int, most_bytes: int) -> EvidencePicture:
    """Write a picture without loss where that is small enough, else as JPEG, else smaller."""
    full = sheet
    if max(sheet.size) > side:
        sheet = _shrunk(full, side / max(full.size))
    content, media_type = _saved(sheet, "PNG"), "image/png"
    while len(content) > most_bytes:
        for options in _JPEG:
            content, media_type = _saved(sheet, "JPEG", **options), "image/jpeg"
            if len(content) <= most_bytes:
                break
        else:
            sheet = _shrunk(full, 0.8 * sheet.width / full.width)
    ratio = sheet.width / full.width
    return EvidencePicture(
        content=content,
        media_type=media_type,
        width=sheet.width,
        height=sheet.height,
        parts=tuple(ShownPart(page=part.page, box=part.box, at=_scaled(part.at, ratio)) for part in parts),
    )


def _shrunk(picture: Image.Image, ratio: float) -> Image.Image:
    from PIL import Image

    size = max(1, int(picture.width * ratio)), max(1, int(picture.height * ratio))
    return picture.resize(size, Image.Resampling.BICUBIC)  # pyright: ignore[reportUnknownMemberType]  # half-typed there


def _scaled(at: tuple[int, int, int, int], ratio: float) -> tuple[int, int, int, int]:
    x0, top, x1, bottom = (round(value * ratio) for value in at)
    return x0, top, x1, bottom


def _saved(picture: Image.Image, format_: str, **options: Any) -> bytes:
    target = io.BytesIO()
    picture.save(target, format_, **options)
    return target.getvalue()
