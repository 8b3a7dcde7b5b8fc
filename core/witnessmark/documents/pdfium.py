"""PDF pages through PDFium: facts, words with boxes, rules, pictures.

Runs in a worker only, since PDFium may abort its process. It is not thread-safe; a worker uses it from one thread.
"""

from __future__ import annotations

import ctypes
import hashlib
import importlib
import math
import re
import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from types import TracebackType
from typing import Any, Self

from witnessmark.documents.addressed import addressed_places
from witnessmark.documents.blank_places import SIDE, GreyDrawing, is_blank
from witnessmark.documents.pdfium_glyphs import GlyphPage, GlyphProof, PageProof
from witnessmark.documents.pdfium_paths import Drawing, drawn
from witnessmark.documents.pdfium_words import characters_of, placed_words, words_of
from witnessmark.documents.placement import Placement
from witnessmark.documents.sampling import FontWord, Proof, Sample, Unproven, every_figure, samples_of
from witnessmark.documents.text_layer import (
    SMALLEST,
    TextLayer,
    is_picture_of_page,
    judge,
    lost_shares,
    visibility,
)
from witnessmark.documents.text_size import TextSize, text_size
from witnessmark.documents.unseen import without_unseen
from witnessmark.values import PageLayout, Word

_ID = re.compile(rb"/ID\[<[0-9A-F]{32}><[0-9A-F]{32}>\]")
_FONT_OF_ITS_OWN = re.compile(rb"/ToUnicode|/FontFile|/Type3|/ObjStm|/Encrypt|/[^\s/<>\[\]()%]*#[0-9A-Fa-f]{2}")
"""What a file with fonts of its own has somewhere, or what may hide it: packed objects, encryption, escaped names."""
_MOST_SEARCHED = 8 * 1024 * 1024
_TRAILER_BYTES = 1_024
"""Of the end of a PDF; the trailer that PDFium writes is shorter."""

MAX_PIXELS = 40_000_000
"""Rendering stops growing here: pages of 14,400 inches exist. 40 million grey pixels are an A3 page at 400 dpi."""

_MOST_ANNOTATIONS = 2_000
"""Of a page; links of a long index are some hundreds."""

_MOST_STEPS = 20_000
_MOST_PICTURE_PIXELS = 12_000_000
"""Objects and steps of paths, and pixels of pictures, up to which a page is drawn to see whether its words show."""

UNSEEN_WORD = 5
"""Characters that nobody sees, such as Unicode's tags, that count as a word."""

_ERROR_PASSWORD = 4
"""FPDF_ERR_PASSWORD of fpdfview.h."""


class PdfUnreadable(Exception):
    """PDFium finds no document, or no such page, in the bytes."""


class PasswordNeeded(Exception):
    """The document is encrypted and no password was given."""


class PasswordWrong(Exception):
    """The document is encrypted with another password."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PdfPageFacts:
    """What is known of a page before its text is read.

    Units:  points, upright; `picture_share` is the part of the page that pictures and drawings cover, 0 to 1
    """

    width: float
    height: float
    rotation: int
    layer: TextLayer
    picture_share: float
    text_size: TextSize
    """All of its text, words that nobody sees included: a model is given those, too."""


def open_pdf(content: bytes, password: str | None = None) -> PdfFile:
    """Open a PDF from its bytes.

    Errors:  `PasswordNeeded`, `PasswordWrong`, `PdfUnreadable`
    """
    raw = _pdfium()
    secret = password.encode() if password else None
    # The last error is cleared by a call that succeeds only; a stale one must not look like a locked file.
    handle = raw.FPDF_LoadMemDocument64(content, len(content), secret)
    if handle:
        return PdfFile(raw, handle, content, secret)
    if raw.FPDF_GetLastError() == _ERROR_PASSWORD and b"/Encrypt" in content:
        raise PasswordWrong if password else PasswordNeeded
    raise PdfUnreadable


class PdfFile:
    """An open document; the bytes stay alive with it."""

    def __init__(self, raw: Any, handle: Any, content: bytes, secret: bytes | None = None) -> None:
        self._raw = raw
        self._handle = handle
        self._filled_in: Any = None
        self._content = content
        self._secret = secret
        self._fonts = _Fonts(raw)
        self._glyphs = GlyphProof()
        self._last: tuple[int, tuple[Drawing, list[tuple[Word, int]], TextLayer]] | None = None
        """The page that was read last, and what was read of it."""
        self.size = len(content)
        self.is_encrypted: bool = raw.FPDF_GetSecurityHandlerRevision(handle) != -1
        self.page_count: int = raw.FPDF_GetPageCount(handle)
        if self.page_count < 1:
            self.close()
            raise PdfUnreadable

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        self._fonts.let_go()
        for handle in (self._filled_in, self._handle):
            if handle:
                self._raw.FPDF_CloseDocument(handle)
        self._filled_in = self._handle = None

    def _page(self, index: int) -> _Page:
        """Load a page as a viewer shows it: what stands in form fields and notes is part of it.

        Errors:  `PdfUnreadable`
        """
        page = _Page(self._raw, self._handle, index)
        if not _is_filled_in(self._raw, page.handle):
            return page
        self._raw.FPDF_ClosePage(page.handle)
        # Drawing fields into a page changes it: it is done in a second copy, so that what is sent on stays as it came.
        if not self._filled_in:
            self._filled_in = self._raw.FPDF_LoadMemDocument64(self._content, len(self._content), self._secret)
        page = _Page(self._raw, self._filled_in, index)
        if self._raw.FPDFPage_Flatten(page.handle, self._raw.FLAT_NORMALDISPLAY) == self._raw.FLATTEN_SUCCESS:
            self._raw.FPDF_ClosePage(page.handle)
            page = _Page(self._raw, self._filled_in, index)
        return page

    def page_facts(self, index: int) -> PdfPageFacts:
        """Say what a page is, without reading its words.

        Errors:  `PdfUnreadable`
        """
        with self._page(index) as page:
            with _Text(self._raw, page.handle) as text:
                _, _, layer = self._read(page, text)
                size = text_size(characters_of(self._raw, text.handle))
            return PdfPageFacts(
                width=page.placement.width,
                height=page.placement.height,
                rotation=page.placement.rotation,
                layer=layer,
                picture_share=_picture_share(self._raw, page),
                text_size=size,
            )

    def words(self, index: int) -> tuple[Word, ...]:
        """Read the words of a page and nothing else.

        Errors:  `PdfUnreadable`
        """
        with self._page(index) as page, _Text(self._raw, page.handle) as text:
            return words_of(self._raw, text.handle, page.placement)

    def layout(self, index: int) -> PageLayout:
        """Read everything the offline engine needs of a page; words that nobody sees are left out.

        Errors:  `PdfUnreadable`
        """
        return self.judged(index)[0]

    def judged(self, index: int) -> tuple[PageLayout, TextLayer]:
        """Read a page, and judge its text layer.

        Errors:  `PdfUnreadable`
        """
        with self._page(index) as page, _Text(self._raw, page.handle) as text:
            drawing, placed, layer = self._read_once(index, page, text)
            words = tuple(word for word, _ in placed)
            return PageLayout(
                page_number=index + 1,
                width=page.placement.width,
                height=page.placement.height,
                words=words,
                rules=drawing.rules,
                fills=drawing.fills,
                pictures=drawing.pictures,
            ), replace(layer, addressed=addressed_places(words))

    @cached_property
    def _has_plain_fonts(self) -> bool:
        """Whether all fonts are every viewer's own, with their usual letters: what they draw is what they say."""
        return self.size <= _MOST_SEARCHED and _FONT_OF_ITS_OWN.search(self._content) is None

    def _read_once(self, index: int, page: _Page, text: _Text) -> tuple[Drawing, list[tuple[Word, int]], TextLayer]:
        """Read a page as `_read` does, or give what was read of it last: its words are compared next."""
        if self._last is None or self._last[0] != index:
            self._last = index, self._read(page, text)
        return self._last[1]

    def _read(self, page: _Page, text: _Text) -> tuple[Drawing, list[tuple[Word, int]], TextLayer]:
        """Read what is drawn and the words that can be seen, each with the index of its first character."""
        drawing = drawn(self._raw, page.handle, page.placement)
        placed, layer = _placed_and_layer(self._raw, text.handle, page.placement, drawing)
        if placed and layer.state == "usable" and _is_soon_drawn(drawing, page.placement):
            seen = _seen(self._raw, page, placed)
            layer = replace(layer, hidden_words=layer.hidden_words + len(placed) - len(seen))
            placed = seen
        return drawing, placed, layer

    def sampled(
        self, index: int, known: Mapping[str, Mapping[str, int]], *, most_of_scanner: int, every: bool
    ) -> tuple[list[Sample], dict[str, str], TextLayer]:
        """Choose words of a page to compare with its picture, or `every` one with a figure.

        Shapes:  as `samples_of`, none where the text layer is not used; the fonts of all words, each with the letters
                 and separators for which it draws others
        Errors:  `PdfUnreadable`
        """
        with self._page(index) as page, _Text(self._raw, page.handle) as text:
            drawing, placed, layer = self._read_once(index, page, text)
            if layer.state != "usable":
                return [], {}, layer
            words = [FontWord(word, self._fonts.name_at(text.handle, start), start) for word, start in placed]
            if every:
                return every_figure(words, is_from_scanner=layer.is_from_scanner), {}, layer
            area = page.placement.width * page.placement.height
            pictures = () if is_picture_of_page(drawing.pictures, area) else drawing.pictures
            proof = Unproven() if layer.is_from_scanner else self._proof(page, text, placed, drawing)
            samples = samples_of(
                words,
                known,
                pictures,
                is_from_scanner=layer.is_from_scanner,
                most_of_scanner=most_of_scanner,
                has_plain_fonts=self._has_plain_fonts,
                proof=proof,
            )
            fonts = dict.fromkeys(item.font for item in words)
            return samples, {font: "".join(sorted(proof.contradicted(font))) for font in fonts}, layer

    def _proof(self, page: _Page, text: _Text, placed: list[tuple[Word, int]], drawing: Drawing) -> Proof:
        """Compare the glyphs of a page with known letter shapes, where drawing them is quick."""
        if not _is_soon_drawn(drawing, page.placement):
            return Unproven()
        proof = PageProof(
            self._glyphs,
            GlyphPage(self._raw, page.handle, text.handle, page.placement),
            characters_of(self._raw, text.handle),
        )
        if not self._has_plain_fonts:
            proof.look(placed, lambda start: self._fonts.name_at(text.handle, start))
        return proof

    def render(self, index: int, *, max_side: int, grey: bool = False) -> tuple[int, int, bytes]:
        """Draw a page as a viewer would.

        Shapes:  width, height, and rows of one (grey) or three (blue, green, red) bytes a pixel without padding
        Units:   pixels; the longer side has `max_side`, or less where the page would pass `MAX_PIXELS`
        Errors:  `PdfUnreadable`
        """
        with self._page(index) as page:
            scale = max_side / max(page.placement.width, page.placement.height)
            width, height = (max(1, round(side * scale)) for side in (page.placement.width, page.placement.height))
            if width * height > MAX_PIXELS:
                shrink = (MAX_PIXELS / (width * height)) ** 0.5
                width, height = max(1, int(width * shrink)), max(1, int(height * shrink))
            return width, height, _pixels(self._raw, page.handle, width, height, (0, 0, width, height), grey=grey)

    def page_size(self, index: int) -> tuple[float, float]:
        """Say how wide and how high a page is, upright.

        Units:   points
        Errors:  `PdfUnreadable`
        """
        with self._page(index) as page:
            return page.placement.width, page.placement.height

    def draw(self, index: int, width: int, height: int, *, box: tuple[float, float, float, float]) -> bytes:
        """Draw a part of a page as a viewer would.

        Shapes:  rows of three bytes a pixel (blue, green, red) without padding
        Units:   `width` and `height` in pixels, `box` in points
        Errors:  `PdfUnreadable`
        """
        x0, top, x1, bottom = box
        with self._page(index) as page:
            across, down = width / (x1 - x0), height / (bottom - top)
            whole = (
                round(-x0 * across),
                round(-top * down),
                round(page.placement.width * across),
                round(page.placement.height * down),
            )
            return _pixels(self._raw, page.handle, width, height, whole, grey=False)

    def copy_of(self, indices: Sequence[int]) -> bytes | None:
        """Copy pages into a PDF of their own, without encryption, outline or scripts; the same bytes each time.

        Shapes:  None where one of the pages cannot be copied
        """
        raw = self._raw
        # Else PDFium writes down the second in which it makes the copy.
        raw.FPDF_SetSandBoxPolicy(raw.FPDF_POLICY_MACHINETIME_ACCESS, 0)
        copy = raw.FPDF_CreateNewDocument()
        try:
            if not self._import(copy, indices):
                return None
            blocks: list[bytes] = []
            write_type = dict(raw.FPDF_FILEWRITE._fields_)["WriteBlock"]

            def write(_: object, block: Any, size: int) -> int:
                blocks.append(ctypes.string_at(block, size))
                return 1

            writer = raw.FPDF_FILEWRITE()
            writer.version = 1
            writer.WriteBlock = write_type(write)
            is_saved = raw.FPDF_SaveAsCopy(copy, ctypes.byref(writer), raw.FPDF_NO_INCREMENTAL)
            return b"".join(_with_id_of_content(blocks)) if is_saved else None
        finally:
            raw.FPDF_CloseDocument(copy)

    def can_copy(self, index: int) -> bool:
        """Say whether a page can be copied into another PDF."""
        copy = self._raw.FPDF_CreateNewDocument()
        try:
            return self._import(copy, [index])
        finally:
            self._raw.FPDF_CloseDocument(copy)

    def _import(self, copy: Any, indices: Sequence[int]) -> bool:
        numbers = (ctypes.c_int * len(indices))(*indices)
        return bool(self._raw.FPDF_ImportPagesByIndex(copy, self._handle, numbers, len(indices), 0))


def _with_id_of_content(blocks: list[bytes]) -> list[bytes]:
    """Name a PDF by what is in it: PDFium draws its `/ID` by lot, and the same pages would be other bytes each time."""
    head, tail = blocks[:], b""
    while head and len(tail) < _TRAILER_BYTES:
        tail = head.pop() + tail
    found = _ID.search(tail)
    if found is None:
        return blocks
    digest = hashlib.sha256()
    for block in (*head, tail[: found.start()], tail[found.end() :]):
        digest.update(block)
    name = digest.hexdigest()[:32].upper().encode()
    return [*head, tail[: found.start()], b"/ID[<%s><%s>]" % (name, name), tail[found.end() :]]


def _is_filled_in(raw: Any, page: Any) -> bool:
    """Say whether a page has form fields, notes or stamps that bring their own appearance."""
    for index in range(min(raw.FPDFPage_GetAnnotCount(page), _MOST_ANNOTATIONS)):
        annotation = raw.FPDFPage_GetAnnot(page, index)
        try:
            kind = raw.FPDFAnnot_GetSubtype(annotation)
            is_one = kind in {raw.FPDF_ANNOT_WIDGET, raw.FPDF_ANNOT_FREETEXT, raw.FPDF_ANNOT_STAMP}
            if is_one and raw.FPDFAnnot_HasKey(annotation, b"AP"):
                return True
        finally:
            raw.FPDFPage_CloseAnnot(annotation)
    return False


def _pixels(raw: Any, page: Any, width: int, height: int, whole: tuple[int, int, int, int], *, grey: bool) -> bytes:
    """Draw a page, which takes the place `whole` (x, y, width, height), into a picture."""
    depth = 1 if grey else 3
    stride = (width * depth + 3) // 4 * 4
    buffer = (ctypes.c_ubyte * (stride * height))()
    kind = raw.FPDFBitmap_Gray if grey else raw.FPDFBitmap_BGR
    bitmap = raw.FPDFBitmap_CreateEx(width, height, kind, buffer, stride)
    if not bitmap:
        raise PdfUnreadable
    try:
        raw.FPDFBitmap_FillRect(bitmap, 0, 0, width, height, 0xFFFFFFFF)
        raw.FPDF_RenderPageBitmap(bitmap, page, *whole, 0, raw.FPDF_ANNOT)
    finally:
        raw.FPDFBitmap_Destroy(bitmap)
    pixels = bytes(buffer)
    row = width * depth
    if stride != row:
        pixels = b"".join(pixels[top * stride : top * stride + row] for top in range(height))
    return pixels


class _Page:
    """A loaded page; leaving the block unloads it."""

    def __init__(self, raw: Any, document: Any, index: int) -> None:
        self._raw = raw
        self.handle = raw.FPDF_LoadPage(document, index)
        if not self.handle:
            raise PdfUnreadable
        box = raw.FS_RECTF()
        raw.FPDF_GetPageBoundingBox(self.handle, ctypes.byref(box))
        self.placement = Placement(
            left=min(box.left, box.right),
            bottom=min(box.bottom, box.top),
            right=max(box.left, box.right),
            top=max(box.bottom, box.top),
            rotation=raw.FPDFPage_GetRotation(self.handle) * 90 % 360,
        )

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._raw.FPDF_ClosePage(self.handle)


class _Text:
    """The text of a loaded page; leaving the block unloads it."""

    def __init__(self, raw: Any, page: Any) -> None:
        self._raw = raw
        self.handle = raw.FPDFText_LoadPage(page)
        if not self.handle:
            raise PdfUnreadable

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._raw.FPDFText_ClosePage(self.handle)


class _Fonts:
    """Names for a document's fonts, which hold while it is open.

    A text object that is made with a font keeps it: else PDFium lets fonts go with their page, and another one gets the
    same address.
    """

    def __init__(self, raw: Any) -> None:
        self._raw = raw
        self._document = secrets.token_hex(4)
        self._names: dict[int, str] = {}
        self._kept: list[Any] = []

    def name_at(self, text: Any, index: int) -> str:
        raw = self._raw
        thing = raw.FPDFText_GetTextObject(text, index)
        font = raw.FPDFTextObj_GetFont(thing) if thing else None
        address = ctypes.cast(font, ctypes.c_void_p).value if font else None
        if address is None:
            return f"{self._document}-"
        name = self._names.get(address)
        if name is None:
            name = self._names[address] = f"{self._document}-{len(self._names)}"
            self._keep(font)
        return name

    def _keep(self, font: Any) -> None:
        # Owned by the document that it is made in, so it is made in one of its own.
        document = self._raw.FPDF_CreateNewDocument()
        self._kept.append((document, self._raw.FPDFPageObj_CreateTextObj(document, font, 1.0)))

    def let_go(self) -> None:
        for document, thing in self._kept:
            if thing:
                self._raw.FPDFPageObj_Destroy(thing)
            self._raw.FPDF_CloseDocument(document)
        self._kept.clear()


def _placed_and_layer(
    raw: Any, text: Any, placement: Placement, drawing: Drawing
) -> tuple[list[tuple[Word, int]], TextLayer]:
    characters = characters_of(raw, text)
    placed = placed_words(raw, text, placement, characters)
    area = placement.width * placement.height
    invisible: list[Word] = []
    if drawing.has_invisible_text:
        is_painted = visibility(raw, text)
        invisible = [word for word, start in placed if not is_painted(start)]
    share = len(invisible) / max(1, len(placed))
    hidden = {id(word) for word, _ in placed if min(word.bottom - word.top, word.x1 - word.x0) < SMALLEST}
    if not is_picture_of_page(drawing.pictures, area):
        hidden.update(map(id, invisible))
        share = 0.0
    kept = [item for item in placed if id(item[0]) not in hidden]
    words = tuple(word for word, _ in kept)
    meaningless, unmapped = lost_shares(raw, text, characters)
    layer = judge(
        words,
        meaningless_share=meaningless,
        unmapped_share=unmapped,
        invisible_share=share,
        pictures=drawing.pictures,
        area=area,
        height=placement.height,
    )
    unseen = without_unseen(characters)[1]
    return kept, replace(layer, hidden_words=len(placed) - len(kept) + math.ceil(unseen / UNSEEN_WORD))


def _is_soon_drawn(drawing: Drawing, placement: Placement) -> bool:
    """Say whether drawing a page takes milliseconds: not where a large picture must be decoded, or a map drawn."""
    is_scan = is_picture_of_page(drawing.pictures, placement.width * placement.height)
    return not is_scan and drawing.steps <= _MOST_STEPS and drawing.picture_pixels <= _MOST_PICTURE_PIXELS


def _seen(raw: Any, page: _Page, placed: list[tuple[Word, int]]) -> list[tuple[Word, int]]:
    """Leave out words where the page shows nothing."""
    placement = page.placement
    scale = SIDE / max(placement.width, placement.height, 1.0)
    width, height = max(1, round(placement.width * scale)), max(1, round(placement.height * scale))
    pixels = _pixels(raw, page.handle, width, height, (0, 0, width, height), grey=True)
    drawing = GreyDrawing(width=width, height=height, pixels=pixels, scale=scale)
    return [item for item in placed if not is_blank(item[0], drawing)]


def _picture_share(raw: Any, page: _Page) -> float:
    """Add up what pictures and shapes cover. Text drawn as outlines counts: without letters it is a picture of text."""
    area = page.placement.width * page.placement.height
    covered = 0.0
    bounds = [ctypes.c_float() for _ in range(4)]
    references = [ctypes.byref(value) for value in bounds]
    for index in range(min(raw.FPDFPage_CountObjects(page.handle), 500)):
        thing = raw.FPDFPage_GetObject(page.handle, index)
        if raw.FPDFPageObj_GetType(thing) == raw.FPDF_PAGEOBJ_TEXT:
            continue
        if raw.FPDFPageObj_GetBounds(thing, *references):
            left, bottom, right, top = (value.value for value in bounds)
            covered += max(0.0, right - left) * max(0.0, top - bottom)
    return min(1.0, covered / area) if area > 0 else 0.0


def _pdfium() -> Any:
    # Importing the package starts the library, once a process. It has no types, so it is taken as it is.
    return importlib.import_module("pypdfium2").raw
