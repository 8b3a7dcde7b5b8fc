"""From a source to a Document, and to what its pages hold."""

from __future__ import annotations

import base64
import binascii
import re
import tempfile
from collections.abc import AsyncGenerator, Generator, Mapping, Sequence
from contextlib import ExitStack, asynccontextmanager, contextmanager
from dataclasses import asdict, dataclass, field, replace
from typing import Any, BinaryIO, Literal, NamedTuple, cast

import anyio

from witnessmark.documents import media_types
from witnessmark.documents.allowed import AllowedFolders, FileTooLarge, local_path
from witnessmark.documents.content import Content
from witnessmark.documents.differing import Difference
from witnessmark.documents.document import Document, PageFacts, PageKind
from witnessmark.documents.flow import PageFlow
from witnessmark.documents.images import FrameFacts, ImageFacts
from witnessmark.documents.losses import Losses, PageNotTried
from witnessmark.documents.marking import Mark
from witnessmark.documents.media_types import UnsupportedMediaType
from witnessmark.documents.ocr.recognised import PageReading, PixelPage, is_legible, reading_of
from witnessmark.documents.ocr.recogniser import Recogniser
from witnessmark.documents.ocr.resolution import MOST_PIXELS
from witnessmark.documents.ocr.sheet import CAREFUL_HEIGHT, LINE_HEIGHT, SeenPlace
from witnessmark.documents.pdf_parts import NoPdfPages, PageTooLarge, PartNotKept, PdfPart
from witnessmark.documents.plain_text import read_plain_text
from witnessmark.documents.prepared import (
    Box,
    BoxOutside,
    NoPicture,
    PreparedImage,
    Purpose,
    Sight,
    StripTooLong,
    images_from_wire,
)
from witnessmark.documents.sampling import Doubt
from witnessmark.documents.stops import WorkerStopped
from witnessmark.documents.text_layer import TextLayer, page_kind
from witnessmark.documents.text_size import TextSize
from witnessmark.documents.unseen import without_unseen
from witnessmark.documents.views import (
    LONGEST_SIDE,
    MOST_BYTES,
    EvidencePicture,
    PageView,
    picture_from_wire,
    views_to_wire,
)
from witnessmark.documents.views import MOST_PIXELS as MOST_SHOWN_PIXELS
from witnessmark.documents.web.fetcher import Fetched, Fetcher
from witnessmark.documents.web.url import is_url
from witnessmark.documents.wire import layout_from_wire, layout_to_wire, paragraphs_from_wire
from witnessmark.documents.worker import TRIES, OperationRefused, Workers
from witnessmark.errors import InputError, SetupError
from witnessmark.values import BoundingBox, PageLayout, Word

TextLayout = Literal["markdown", "plain"]

_SCHEME = re.compile(r"[a-zA-Z][a-zA-Z0-9+.-]+://")
_FACTS_PER_STEP = 25
_PART_IN_MEMORY = 128 * 1024
"""Bytes; a larger part of a PDF lies in a file without a name until it is sent."""


class PasswordNeeded(InputError):
    def __init__(self, name: str) -> None:
        super().__init__(f"{name!r} is encrypted and needs a password.", "Pass it as `password`; it is never stored.")


class PasswordWrong(InputError):
    def __init__(self, name: str) -> None:
        super().__init__(f"{name!r} is encrypted, and the password does not open it.", "Pass the right `password`.")


class DocumentDamaged(InputError):
    def __init__(self, name: str, what: str) -> None:
        super().__init__(
            f"{name!r} is {what}, but so damaged or cut off that it cannot be read.",
            "Download or save it again, or open it in a viewer and print it as a new PDF.",
        )


class ImageTooLarge(InputError):
    def __init__(self, name: str, *, limit: int) -> None:
        super().__init__(
            f"{name!r} claims more pixels than the limit of {limit / 1e6:,.0f} megapixels.",
            "Save it smaller, or cut it into parts.",
        )


class SourceNotSupported(InputError):
    def __init__(self, what: str) -> None:
        super().__init__(
            f"A source that is {what} cannot be read by this version.",
            "Save the document on this machine and pass its path.",
        )


class UrlsSwitchedOff(InputError):
    def __init__(self) -> None:
        super().__init__(
            "URLs are switched off here (--urls, WITNESSMARK_URLS).", "Download the file and pass its path."
        )


class PictureNotKept(SetupError):
    def __init__(self, name: str) -> None:
        super().__init__(
            f"A page's picture of {name!r} cannot be kept in the folder for temporary files while OCR reads it.",
            "Free some disk space there, or set TMPDIR to another folder.",
        )


NEEDS_OCR = frozenset({"scan", "broken text layer"})
"""Kinds of pages whose picture is read."""
UNREADABLE_MARK = "[unreadable]"


@dataclass(frozen=True, slots=True, kw_only=True)
class PageText:
    """The text of a page, and how it was come by."""

    text: str
    kind: PageKind
    layer: TextLayer | None = None
    reading: PageReading | None = None
    """How OCR went; None where the text layer was read, or nothing."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PageTables:
    """The tables of a page as `offline.tables` writes them, and how they were come by."""

    kind: PageKind
    tables: list[dict[str, Any]] = field(default_factory=list[dict[str, Any]])
    edges: dict[str, Any] | None = None
    layer: TextLayer | None = None
    reading: PageReading | None = None
    illegible: tuple[BoundingBox, ...] = ()
    """Boxes, in points of the page as read, of what looks like a table and holds hardly a word that OCR is sure of."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Recognised:
    """A page as OCR read it.

    Units:  `layout` in points, `page` in pixels, `scale` points a pixel
    """

    layout: PageLayout
    page: PixelPage
    scale: float


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadLayout:
    """A page as its text layer has it, and what that is worth."""

    layout: PageLayout
    kind: PageKind
    layer: TextLayer | None = None
    reading: None = None
    """It is never OCR's."""


class LayerSample(NamedTuple):
    """A word of a text layer to be compared with the page's picture.

    Units:  points of the page
    """

    text: str
    box: BoundingBox
    font: str
    """A name for its font, which holds while a worker has the document open."""
    doubt: Doubt


@dataclass(frozen=True, slots=True, kw_only=True)
class LayerSamples:
    """Words of one page to be compared, and whose they are."""

    samples: tuple[LayerSample, ...]
    fonts: Mapping[str, str]
    """All that the page's words are set in, each with the letters and separators for which it draws others."""
    is_from_scanner: bool


class Documents:
    """Opens sources and reads pages, with the allowed folders and the workers it was given."""

    def __init__(
        self,
        allowed: AllowedFolders,
        workers: Workers,
        recogniser: Recogniser | None = None,
        fetcher: Fetcher | None = None,
    ) -> None:
        self.allowed = allowed
        self._workers = workers
        self._fetcher = fetcher
        """Fetches https URLs; None where they are switched off."""
        self.recogniser = recogniser
        """Reads scans and images; None where no OCR engine is installed or it is switched off."""
        self.limits = workers.limits

    @asynccontextmanager
    async def open(self, source: str, password: str | None = None) -> AsyncGenerator[Document]:
        """Open a source; leaving the block closes its file.

        Errors:  `InputError` kinds, one for each thing that can be wrong with a file or a URL
        """
        url: str | None = None
        if is_url(source):
            fetched = await self._fetched(source)
            content, url = fetched.content, fetched.url
        else:
            content = await anyio.to_thread.run_sync(self._content, source)
        try:
            yield replace(await self._understand(content, password), url=url)
        finally:
            content.close()

    async def _fetched(self, url: str) -> Fetched:
        if self._fetcher is None:
            raise UrlsSwitchedOff
        return await self._fetcher.fetch(url)

    def _content(self, source: str) -> Content:
        if source.startswith("data:"):
            return _content_of_data_uri(source, limit=self.limits.file_bytes)
        local = local_path(source)
        if local is None:
            raise SourceNotSupported("a file on another machine")
        if local == source and (scheme := _SCHEME.match(source)):
            raise SourceNotSupported(f"an address of the kind {scheme[0]!r}")
        path, file = self.allowed.open(local, limit=self.limits.file_bytes)
        try:
            return Content(path.name, file)
        except BaseException:
            file.close()
            raise

    async def _understand(self, content: Content, password: str | None) -> Document:
        name = content.name
        head = await anyio.to_thread.run_sync(content.head, media_types.HEAD_BYTES)
        media_type = media_types.media_type_of(head, name)
        warnings: list[str] = []
        if media_types.is_misnamed(media_type, name):
            warnings.append(f"{name!r} is {media_type}, whatever its name says; it was read as that.")
        facts: dict[str, Any]
        match media_types.kind_of(media_type):
            case "pdf":
                facts = await self._open_pdf(content, password)
            case "image":
                facts = await self._open_image(content)
            case "text":
                if content.size > self.limits.text_bytes:
                    raise FileTooLarge(name, size=content.size, limit=self.limits.text_bytes)
                facts = await self._open_text(content)
        warnings += facts.pop("warnings", [])
        return Document(name=name, content=content, media_type=media_type, warnings=tuple(warnings), **facts)

    async def _open_pdf(self, content: Content, password: str | None) -> dict[str, Any]:
        stopped: WorkerStopped | None = None
        for reader in ("pdfium", "pypdf"):
            try:
                answer, _ = await self._workers.call(
                    f"{reader}_open".replace("pdfium", "pdf"),
                    content,
                    {"password": password},
                    seconds=self.limits.open_seconds,
                )
            except OperationRefused as refusal:
                if refusal.reason == "password-needed":
                    raise (PasswordWrong if password else PasswordNeeded)(content.name) from refusal
                if refusal.reason == "password-wrong":
                    raise PasswordWrong(content.name) from refusal
                continue
            except WorkerStopped as error:
                stopped = error
                continue
            warnings = ["The PDF is damaged; only its text can be read, without places or tables."]
            return {
                "reader": reader,
                "password": password,
                "page_count": answer["page_count"],
                "warnings": warnings if reader == "pypdf" else [],
            }
        raise stopped or DocumentDamaged(content.name, "a PDF")

    async def _open_text(self, content: Content) -> dict[str, Any]:
        read = await anyio.to_thread.run_sync(lambda: read_plain_text(content.read()))
        if "\0" in read.text:
            raise UnsupportedMediaType(content.name, looks_like="of an unknown binary format")
        warnings: list[str] = []
        if read.is_guessed:
            warnings.append(f"The text is not UTF-8 and does not say its encoding; it was read as {read.encoding}.")
        return {"reader": "text", "page_count": 1, "warnings": warnings}

    async def _open_image(self, content: Content) -> dict[str, Any]:
        try:
            answer, _ = await self._workers.call(
                "image_facts", content, {"max_pixels": self.limits.image_pixels}, seconds=self.limits.open_seconds
            )
        except OperationRefused as refusal:
            if refusal.facts.get("cause") == "too-many-pixels":
                raise ImageTooLarge(content.name, limit=self.limits.image_pixels) from refusal
            raise DocumentDamaged(content.name, "an image") from refusal
        image = ImageFacts(
            frames=tuple(FrameFacts(**frame) for frame in answer["frames"]),
            mode=answer["mode"],
            orientation=answer["orientation"],
            is_animated=answer["is_animated"],
            is_damaged=answer["is_damaged"],
        )
        warnings: list[str] = []
        if image.is_animated:
            warnings.append("The image is animated; its first picture is read.")
        if image.is_damaged:
            warnings.append("The image is damaged or cut off; a part of it cannot be shown.")
        return {"reader": "image", "page_count": len(image.frames), "image": image, "warnings": warnings}

    async def facts(self, document: Document, pages: Sequence[int]) -> tuple[PageFacts, ...]:
        """Say of each page what it is, without reading it.

        Shapes:  as many as `pages`, in their order; nothing is known of a page that cannot be loaded or stops its
                 worker, nor of those that are not tried any more after such pages have cost too much
        Errors:  `WorkerStopped` kinds, where no page can be looked at
        """
        if document.image is not None:
            frames = document.image.frames
            return tuple(
                PageFacts(page_number=n, width=frames[n - 1].width, height=frames[n - 1].height, text="scan")
                for n in pages
            )
        if document.reader == "text":
            return (PageFacts(page_number=1, width=None, height=None, text="text layer"),)
        if document.reader == "pypdf":
            return tuple(PageFacts(page_number=n, width=None, height=None) for n in pages)
        found: list[PageFacts] = []
        stopped: list[WorkerStopped] = []
        losses = Losses()
        for start in range(0, len(pages), _FACTS_PER_STEP):
            found += await self._facts_of(document, pages[start : start + _FACTS_PER_STEP], losses, stopped)
        if stopped and all(page.text == "unknown" for page in found):
            raise stopped[0]
        return tuple(found)

    async def _facts_of(
        self, document: Document, pages: Sequence[int], losses: Losses, stopped: list[WorkerStopped]
    ) -> list[PageFacts]:
        """Look at pages together, and at each by itself where one of them stops the worker."""
        try:
            with losses.counted(document.name, limit=self.limits.facts_lost_seconds):
                answer, _ = await self._page_call("pdf_facts", document, {"pages": list(pages)}, tries=1)
        except PageNotTried:
            return [_page_facts(number, None, is_tried=False) for number in pages]
        except WorkerStopped as error:
            if len(pages) == 1:
                stopped.append(error)
                return [_page_facts(pages[0], None)]
            return [facts for number in pages for facts in await self._facts_of(document, [number], losses, stopped)]
        return [_page_facts(number, facts) for number, facts in zip(pages, answer["pages"], strict=True)]

    async def layout(self, document: Document, page: int) -> PageLayout:
        """Read the words with boxes, the rules and the fills of one page of a PDF.

        Errors:  `WorkerStopped` kinds, `DocumentDamaged` for a page that cannot be loaded
        """
        answer, _ = await self._page_call("pdf_layout", document, {"page": page})
        return layout_from_wire(answer)

    async def read_layout(self, document: Document, page: int) -> ReadLayout:
        """Read one page of a PDF as `layout`, and judge its text layer.

        Errors:  as `layout`
        """
        answer, _ = await self._page_call("pdf_layout", document, {"page": page})
        return ReadLayout(layout=layout_from_wire(answer), kind=answer["kind"], layer=_layer(answer))

    async def text(
        self,
        document: Document,
        page: int,
        layout: TextLayout,
        *,
        shown: Sequence[Difference] = (),
        by_ocr: bool = False,
    ) -> PageText:
        """Read one page in reading order: its text layer, else, or where that is wanted, its picture.

        Shapes:  words of the text layer for which `shown` has what the page shows say that
        Errors:  as `layout`
        """
        if document.reader == "text":
            plain = await anyio.to_thread.run_sync(lambda: read_plain_text(document.content.read()))
            layer = await anyio.to_thread.run_sync(_layer_of_text, plain.text, abandon_on_cancel=True)
            return PageText(text=plain.text, kind="text layer" if plain.text.strip() else "blank", layer=layer)
        if document.reader == "pypdf":
            return await self._text_by_pypdf(document, page)
        answer: dict[str, Any] = {"text": "", "kind": "scan"}
        if document.reader == "pdfium":
            try:
                arguments = {"page": page, "layout": layout, "shown": _places(shown)}
                answer, _ = await self._page_call("pdf_text", document, arguments)
                answer |= {"kind": "broken text layer"} if by_ocr else {}
            except (WorkerStopped, DocumentDamaged) as error:
                with _tried(error):
                    return await self._text_by_pypdf(document, page)
        if answer["kind"] in NEEDS_OCR and self.recogniser is not None:
            recognised, reading = await self.recognise(document, page)
            marked = layout_to_wire(with_unreadable(recognised))
            read, _ = await self._page_call("layout_text", document, {"page_layout": marked, "layout": layout})
            return PageText(text=read["text"], kind=answer["kind"], layer=_layer(answer), reading=reading)
        return PageText(text=answer["text"], kind=answer["kind"], layer=_layer(answer))

    async def flow(
        self,
        document: Document,
        page: int,
        *,
        shown: Sequence[Difference] = (),
        by_ocr: bool = False,
    ) -> PageFlow:
        """Read the words of one page in reading order: of its text layer, else, or where that is wanted, its picture.

        Shapes:  words of the text layer for which `shown` has what the page shows say that; no paragraphs where nothing
                 can be read: `kind` says why
        Errors:  as `layout`
        """
        if document.reader in {"text", "pypdf"}:
            return await self._flow_of_text(document, page)
        answer: dict[str, Any] = {"kind": "scan", "paragraphs": []}
        if document.reader == "pdfium":
            try:
                answer, _ = await self._page_call("pdf_flow", document, {"page": page, "shown": _places(shown)})
                answer |= {"kind": "broken text layer"} if by_ocr else {}
            except (WorkerStopped, DocumentDamaged) as error:
                with _tried(error):
                    return await self._flow_of_text(replace(document, reader="pypdf"), page)
        if answer["kind"] in NEEDS_OCR and self.recogniser is not None:
            recognised, reading = await self.recognise(document, page)
            layout = layout_to_wire(recognised.layout)
            found, _ = await self._page_call("layout_flow", document, {"page_layout": layout})
            return PageFlow(
                page_number=page,
                paragraphs=paragraphs_from_wire(found["paragraphs"]),
                kind=answer["kind"],
                layer=_layer(answer),
                is_read_by_ocr=True,
                reading=reading,
                on_page=reading.on_page,
            )
        order = answer.get("layer_order")
        return PageFlow(
            page_number=page,
            paragraphs=paragraphs_from_wire(answer["paragraphs"]),
            kind=answer["kind"],
            layer=_layer(answer),
            layer_order=None if order is None else tuple(order),
        )

    async def _flow_of_text(self, document: Document, page: int) -> PageFlow:
        """Read what has words and no places for them."""
        read = await self.text(document, page, "plain")
        media_type = document.media_type if document.reader == "text" else "text/plain"
        found, _ = await self._page_call("text_flow", document, {"text": read.text, "media_type": media_type})
        paragraphs = paragraphs_from_wire(found["paragraphs"])
        return PageFlow(page_number=page, paragraphs=paragraphs, kind=read.kind, layer=read.layer, has_places=False)

    async def _text_by_pypdf(self, document: Document, page: int) -> PageText:
        answer, _ = await self._page_call("pypdf_text", document, {"page": page})
        layer = await anyio.to_thread.run_sync(_layer_of_text, answer["text"], abandon_on_cancel=True)
        return PageText(text=answer["text"], kind="text layer" if answer["text"].strip() else "unknown", layer=layer)

    async def tables(
        self, document: Document, page: int, *, shown: Sequence[Difference] = (), by_ocr: bool = False
    ) -> PageTables:
        """Find the tables of one page, in its text layer, else, or where that is wanted, in its picture.

        Shapes:  words of the text layer for which `shown` has what the page shows say that
        Errors:  as `layout`
        """
        if document.reader in {"text", "pypdf"}:
            return PageTables(kind="text layer" if document.reader == "text" else "unknown")
        answer: dict[str, Any] = {"kind": "scan"}
        if document.reader == "pdfium":
            answer, _ = await self._page_call("pdf_tables", document, {"page": page, "shown": _places(shown)})
            answer |= {"kind": "broken text layer"} if by_ocr else {}
        if answer["kind"] in NEEDS_OCR and self.recogniser is not None:
            recognised, reading = await self.recognise(document, page)
            found, _ = await self._page_call(
                "layout_tables", document, {"page_layout": layout_to_wire(recognised.layout)}
            )
            legible = [t for t in found["tables"] if is_legible(recognised.layout, recognised.page, _box(t))]
            return PageTables(
                kind=answer["kind"],
                tables=legible,
                edges=found["edges"],
                layer=_layer(answer),
                reading=reading,
                illegible=tuple(_box(table) for table in found["tables"] if table not in legible),
            )
        return PageTables(
            kind=answer["kind"], tables=answer.get("tables", []), edges=answer.get("edges"), layer=_layer(answer)
        )

    async def recognise(self, document: Document, page: int) -> tuple[Recognised, PageReading]:
        """Read the picture of one page.

        Errors:  as `layout`
        """
        assert self.recogniser is not None
        is_image = document.reader == "image"
        operation = "image_pixels" if is_image else "pdf_pixels"
        # Pixels go through a file without a name: a page's are several megabytes, and nothing here looks at them.
        with tempfile.SpooledTemporaryFile(_PART_IN_MEMORY) as spooled:
            file = cast("BinaryIO", spooled)
            try:
                arguments = {"page": page, "most_pixels": MOST_PIXELS}
                drawn, _ = await self._page_call(operation, document, arguments, into=file)
            except OSError as error:
                raise PictureNotKept(document.name) from error
            content = await anyio.to_thread.run_sync(Content, document.name, file)
            with document.losses.counted(document.name, limit=self.limits.lost_seconds):
                found = await self.recogniser.read(content, drawn["width"], drawn["height"])
        layout, scale = found.layout(page, points_per_pixel=None if is_image else drawn["unit"])
        reading = reading_of(found, engine=self.recogniser.engine.name, layout_scale=scale, page_scale=drawn["unit"])
        addressed = await anyio.to_thread.run_sync(_addressed, layout.words, abandon_on_cancel=True)
        reading = replace(reading, addressed=tuple(map(reading.on_page, addressed)))
        return Recognised(layout=layout, page=found, scale=scale), reading

    async def layer_samples(
        self,
        document: Document,
        page: int,
        *,
        known: Mapping[str, Mapping[str, int]],
        most_of_scanner: int,
        every: bool = False,
    ) -> LayerSamples:
        """Choose words of a PDF page's text layer to compare with its picture; `every` word with a figure.

        Shapes:  `known` says for each font how often each figure was looked at
        Errors:  as `layout`
        """
        arguments = {"page": page, "known": known, "most_of_scanner": most_of_scanner, "every": every}
        answer, _ = await self._page_call("pdf_samples", document, arguments)
        samples = [
            LayerSample(text, BoundingBox(x0=x0, top=top, x1=x1, bottom=bottom), font, doubt)
            for text, x0, top, x1, bottom, font, doubt in answer["samples"]
        ]
        return LayerSamples(samples=tuple(samples), fonts=answer["fonts"], is_from_scanner=answer["is_from_scanner"])

    async def read_places(
        self, document: Document, page: int, boxes: Sequence[BoundingBox], *, careful: bool = True
    ) -> list[SeenPlace]:
        """Read by OCR what a page of a PDF shows in some places, each at most a line high.

        Shapes:  as many as `boxes`, in their order; nothing where no OCR is
        Units:   points of the page
        Errors:  as `layout`
        """
        if self.recogniser is None or not boxes:
            return [SeenPlace("", 0.0) for _ in boxes]
        places = [(box.x0, box.top, box.x1, box.bottom) for box in boxes]
        height = CAREFUL_HEIGHT if careful else LINE_HEIGHT
        sheet, pixels = await self._page_call(
            "pdf_sheet", document, {"page": page, "boxes": places, "line_height": height}
        )
        content = await anyio.to_thread.run_sync(Content.of_bytes, document.name, pixels)
        with document.losses.counted(document.name, limit=self.limits.lost_seconds):
            return await self.recogniser.read_sheet(
                content, sheet["width"], sheet["height"], sheet["slots"], careful=careful
            )

    async def picture(self, document: Document, page: int, marks: Sequence[Mark], *, max_side: int = 1600) -> bytes:
        """Draw a page with places marked on it.

        Shapes:  a PNG; of an image, in grey
        Units:   marks in points, of an image in pixels; the longer side has at most `max_side` pixels
        Errors:  as `layout`
        """
        arguments = {"page": page, "marks": [asdict(mark) for mark in marks], "max_side": max_side}
        operation = "image_picture" if document.reader == "image" else "pdf_picture"
        _, png = await self._page_call(operation, document, arguments)
        return png

    async def evidence(
        self,
        document: Document,
        views: Sequence[PageView],
        *,
        side: int = LONGEST_SIDE,
        most_pixels: int = MOST_SHOWN_PIXELS,
    ) -> EvidencePicture:
        """Draw places on pages, framed, with what stands around them, in one picture that every host can show.

        Shapes:  a PNG, or a JPEG where that would be too large; parts of pages below one another, six at most
        Units:   views in points, of an image in pixels; the longer side has at most `side` pixels
        Errors:  as `layout`; `NoPicture`
        """
        if document.reader in {"text", "pypdf"}:
            raise NoPicture(document.name)
        arguments: dict[str, Any] = {"views": views_to_wire(views), "side": side, "most_pixels": most_pixels}
        arguments["most_bytes"] = MOST_BYTES
        operation = "pdf_evidence"
        if document.image is not None:
            operation = "image_evidence"
            arguments["sizes"] = [(frame.width, frame.height) for frame in document.image.frames]
            arguments["orientation"] = document.image.orientation
        return picture_from_wire(*await self._page_call(operation, document, arguments))

    async def prepared_images(
        self, document: Document, page: int, *, purpose: Purpose, tier: Sight, box: Box | None = None
    ) -> tuple[PreparedImage, ...]:
        """Make one page ready to be sent as an image: drawn, shrunk or as it is, upright, in a format the API takes.

        Shapes:  one picture, or overlapping pieces of a strip that could not be read in one, in order. The API takes up
                 to 2,000 pixels a side in a request of more than 20 images: give a tier with that long edge
        Units:   `box`, the part of the page to show, in points, of an image in pixels
        Errors:  as `layout`; `NoPicture`, `StripTooLong`, `BoxOutside`
        """
        if document.reader in {"text", "pypdf"}:
            raise NoPicture(document.name)
        arguments: dict[str, Any] = {"page": page, "purpose": purpose, "box": box}
        arguments |= {"long_edge": tier.long_edge, "max_tokens": tier.max_tokens}
        operation = "pdf_prepared"
        if document.image is not None:
            operation = "image_prepared"
            arguments |= {"orientation": document.image.orientation, "is_damaged": document.image.is_damaged}
        return images_from_wire(*await self._page_call(operation, document, arguments))

    async def pdf_parts(
        self, document: Document, pages: Sequence[int], *, most_pages: int, most_bytes: int, anew: bool = False
    ) -> AsyncGenerator[PdfPart]:
        """Cut pages of a PDF into parts that a request can carry, one after the other as they are asked for.

        Shapes:  the pages in order; one that cannot be taken out of the file is in no part. The file's own bytes where
                 all of it fits and nothing is encrypted, unless it is to be written `anew`, which mends what other
                 readers stumble over. Whoever takes a part closes its content
        Errors:  as `layout`; `NoPdfPages`, `PageTooLarge`, `PartNotKept`
        """
        if document.reader != "pdfium":
            raise NoPdfPages(document.name)
        is_whole = not anew and tuple(pages) == tuple(range(1, document.page_count + 1))
        is_whole = is_whole and len(pages) <= most_pages and document.content.size <= most_bytes
        left, found = tuple(pages), False
        while left:
            arguments = {"pages": left[:most_pages], "most_bytes": most_bytes, "is_whole": is_whole}
            count, part = await self._cut(document, arguments)
            left = left[count:]
            if part is not None:
                found = True
                yield part
        if not found:
            raise DocumentDamaged(document.name, "a PDF")

    async def _cut(self, document: Document, arguments: dict[str, Any]) -> tuple[int, PdfPart | None]:
        with ExitStack() as opened:
            file = cast("BinaryIO", opened.enter_context(tempfile.SpooledTemporaryFile(_PART_IN_MEMORY)))
            try:
                answer, _ = await self._page_call("pdf_part", document, arguments, into=file)
            except OSError as error:
                raise PartNotKept(document.name) from error
            if answer["is_whole"]:
                document.content.hold()
                return len(arguments["pages"]), PdfPart(content=document.content, pages=arguments["pages"])
            if not answer["pages"]:
                return answer["count"], None
            content = await anyio.to_thread.run_sync(Content, document.name, file)
            opened.pop_all()
            return answer["count"], PdfPart(content=content, pages=tuple(answer["pages"]))

    async def _page_call(
        self,
        operation: str,
        document: Document,
        arguments: dict[str, Any],
        *,
        into: BinaryIO | None = None,
        tries: int = TRIES,
    ) -> tuple[dict[str, Any], bytes]:
        try:
            with document.losses.counted(document.name, limit=self.limits.lost_seconds):
                return await self._workers.call(
                    operation,
                    document.content,
                    {"password": document.password, **arguments},
                    seconds=self.limits.page_seconds,
                    into=into,
                    tries=tries,
                )
        except OperationRefused as refusal:
            if refusal.reason == "strip-too-long":
                raise StripTooLong(document.name, **refusal.facts) from refusal
            if refusal.reason == "page-too-large":
                raise PageTooLarge(document.name, **refusal.facts) from refusal
            if refusal.reason == "box-outside":
                raise BoxOutside(document.name) from refusal
            raise DocumentDamaged(document.name, "an image" if document.kind == "image" else "a PDF") from refusal


@contextmanager
def _tried(error: InputError) -> Generator[None]:
    """Raise what the first reader found wrong with a page for which the call has no time left to try another."""
    try:
        yield
    except PageNotTried:
        raise error from None


def _places(shown: Sequence[Difference]) -> list[tuple[float, float, float, float, str]]:
    return [(found.box.x0, found.box.top, found.box.x1, found.box.bottom, found.shown) for found in shown]


def _box(table: dict[str, Any]) -> BoundingBox:
    x0, top, x1, bottom = table["box"]
    return BoundingBox(x0=x0, top=top, x1=x1, bottom=bottom)


def _layer(answer: dict[str, Any]) -> TextLayer | None:
    if "layer" not in answer:
        return None
    addressed = tuple(BoundingBox(**box) for box in answer["layer"]["addressed"])
    return TextLayer(**answer["layer"] | {"addressed": addressed, "addressed_lines": ()})


def _layer_of_text(text: str) -> TextLayer:
    """Say of a text without places what would be said of a text layer."""
    from witnessmark.documents.addressed import addressed_lines  # its patterns take a while to compile

    return TextLayer(
        state="usable" if text.strip() else "absent",
        addressed_lines=addressed_lines(text),
        unseen_characters=without_unseen(text)[1],
    )


def with_unreadable(recognised: Recognised) -> PageLayout:
    """Mark in a page's words the places where something stands that could not be read."""
    scale = recognised.scale
    size = recognised.page.text_height * scale
    marks = [
        Word(UNREADABLE_MARK, x0 * scale, top * scale, x1 * scale, bottom * scale, size)
        for x0, top, x1, bottom in recognised.page.unreadable
    ]
    return replace(recognised.layout, words=recognised.layout.words + tuple(marks))


def _page_facts(number: int, facts: dict[str, Any] | None, *, is_tried: bool = True) -> PageFacts:
    if facts is None:
        return PageFacts(page_number=number, width=None, height=None, is_tried=is_tried)
    layer = TextLayer(**facts["layer"])  # where it speaks to a model is not looked for
    return PageFacts(
        page_number=number,
        width=facts["width"],
        height=facts["height"],
        rotation=facts["rotation"],
        text=page_kind(layer, has_picture=facts["picture_share"] > 0),
        hidden_words=layer.hidden_words,
        is_from_scanner=layer.is_from_scanner,
        text_size=TextSize(**facts["text_size"]),
    )


def _content_of_data_uri(uri: str, *, limit: int) -> Content:
    head, comma, body = uri.partition(",")
    if not comma or not head.endswith(";base64"):
        raise SourceNotSupported("a data: URI without base64")
    if len(body) * 3 // 4 > limit:
        raise FileTooLarge("the data: URI", size=len(body) * 3 // 4, limit=limit)
    try:
        return Content.of_bytes("data", base64.b64decode(body, validate=True))
    except binascii.Error as error:
        raise SourceNotSupported("a data: URI with damaged base64") from error


def _addressed(words: Sequence[Word]) -> tuple[BoundingBox, ...]:
    from witnessmark.documents.addressed import addressed_places  # its patterns take a while to compile

    return addressed_places(words)
