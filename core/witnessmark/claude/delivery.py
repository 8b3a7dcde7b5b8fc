"""How a document travels, decided here alone: by its URL, as a file kept at the API, or in the request itself."""

from __future__ import annotations

import hashlib
import json
import logging
import re
from collections.abc import AsyncGenerator, Awaitable, Callable, Mapping
from contextlib import ExitStack, asynccontextmanager
from dataclasses import dataclass, field, replace
from typing import Any

import anyio

from witnessmark.claude.body import Attachment
from witnessmark.claude.request import Form, PageShown
from witnessmark.claude.shared_pictures import AT_ONCE as PICTURES_AT_ONCE
from witnessmark.claude.shared_pictures import SharedPictures, Sources, ids_of
from witnessmark.documents.content import Content
from witnessmark.documents.document import Document
from witnessmark.documents.opening import DocumentDamaged, Documents
from witnessmark.documents.page_range import text_from_pages
from witnessmark.documents.prepared import Box
from witnessmark.plans.models import Model
from witnessmark.plans.parts import FULL_SIZE_IMAGES, REQUEST_BYTES
from witnessmark.plans.plan import Ask, ContentBlock, ImageBlock, PdfBlock
from witnessmark.store import Store, Upload

logger = logging.getLogger(__name__)

FILE_BYTES = 500_000_000
"""Of one file at the Files API. Source: Claude API documentation, "Files"."""
KEPT_SECONDS = 7 * 86_400
"""How long an uploaded file stays at the API: a week of questions on one document."""
MANY_IMAGES_EDGE = 2_000
"""Pixels a side that each image of many may have. Source: Claude API documentation, "Vision"."""
_SPARE_BYTES = 1_000_000
"""Of base64: as much as a request may have beyond what parts are planned for."""
_FORBIDDEN_IN_NAMES = re.compile(r'[<>:"|?*\\/\x00-\x1f\x7f]')

UploadFile = Callable[[Attachment, str, str, str], Awaitable[Upload]]
"""Called with the bytes, the upload key, a name and the media type."""


class TooLargeToSend(Exception):
    """Documents that no request can carry, where the endpoint keeps no files."""


class PagesLost(Exception):
    """Pages of an ask that cannot be taken out of their file."""

    def __init__(self, pages: tuple[int, ...]) -> None:
        super().__init__(pages)
        self.pages = pages


@dataclass(slots=True, kw_only=True)
class Delivered:
    """The sources of an ask's blocks, and what they stand on."""

    sources: list[list[dict[str, Any] | PageShown]] = field(default_factory=list[list["dict[str, Any] | PageShown"]])
    file_ids: list[str] = field(default_factory=list[str])
    urls: list[str] = field(default_factory=list[str])
    has_own_bytes: bool = False
    """Whether a PDF is sent as it was given."""
    opened: ExitStack = field(default_factory=ExitStack)
    """Closes the files that the sources are read from."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Ways:
    """What may be used to send an ask."""

    files: bool = True
    urls: bool = True
    documents: bool = True
    """Whether PDFs go as they are; else as pictures of their pages."""
    form: Form
    """What of the API the request makes use of."""
    rewritten: bool = False
    """Whether whole PDFs are written anew first: the API stumbles over some that other readers mend."""
    long_edge: int | None = None
    """Pixels that an image may have at most, where the API said so; None: what the model sees."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Delivery:
    """Finds the sources of asks."""

    documents: Documents
    sources: Mapping[str, Document]
    """By the hash of their bytes."""
    store: Store
    endpoint: str
    upload: UploadFile
    wanted: Mapping[str, int]
    """How many asks of the plan need the same bytes, by upload key."""
    shared: SharedPictures

    @asynccontextmanager
    async def of(self, ask: Ask, model: Model, ways: Ways) -> AsyncGenerator[Delivered]:
        """Find or make the sources of an ask's blocks; leaving the block closes what they are read from.

        Errors:  `PagesLost`, `TooLargeToSend`; what reading and uploading raise
        """
        delivered = Delivered()
        with delivered.opened:
            await self._fill(delivered, ask, model, ways)
            yield delivered

    async def _fill(self, delivered: Delivered, ask: Ask, model: Model, ways: Ways) -> None:
        await self._prepare_shared(ask, model, ways)
        room = REQUEST_BYTES * 4 // 3
        last_kept = max((point.index for point in ask.breakpoints), default=-1)
        for index, block in enumerate(ask.blocks):
            if isinstance(block, PdfBlock) and not ways.documents:
                shown, size = await self._pages_shown(block, model, ways, room, delivered)
                delivered.sources.append([*shown])
                room -= size
            elif isinstance(block, PdfBlock):
                source, size = await self._pdf(block, ways, room, delivered, is_kept=index <= last_kept)
                delivered.sources.append([source])
                room -= size
            elif isinstance(block, ImageBlock):
                found, size = await self._image(block, model, ways, room, delivered)
                delivered.sources.append([*found])
                room -= size
            else:
                delivered.sources.append([])
        if room < -_SPARE_BYTES and not ways.files:
            raise TooLargeToSend

    async def _pdf(
        self, block: PdfBlock, ways: Ways, room: int, delivered: Delivered, *, is_kept: bool
    ) -> tuple[dict[str, Any], int]:
        document = self.sources[block.sha256]
        pages = tuple(page.page_number for page in block.pages)
        is_whole = pages == tuple(range(1, document.page_count + 1)) and document.password is None
        url = document.url
        if (
            ways.urls
            and not ways.rewritten
            and is_whole
            and url is not None
            and not await self.store.is_unfetchable(url)
        ):
            delivered.urls.append(url)
            return {"type": "url", "url": url}, 0
        key = upload_key(block, document) + (":anew" if ways.rewritten and is_whole else "")
        delivered.has_own_bytes |= is_whole and not ways.rewritten
        if ways.files and (kept := await self.store.upload(key, self.endpoint, None)) is not None:
            delivered.file_ids.append(kept.file_id)
            return _file(kept), 0
        attachment = Attachment(await self._part(document, pages, ways, delivered))
        # What the cache keeps travels as a file: whoever asks next has the same `file_id`. Known is that a prefix is
        # read where it is the same; that one document sent in two ways is the same to the API is said nowhere, and is
        # not relied on. Without the Files API it goes in the request: parts that are cut and prepared images have the
        # same bytes each time. A document that goes by its URL does so each time.
        if ways.files and (is_kept or await self._is_needed_again(key) or attachment.encoded_size > room):
            return await self._uploaded(attachment, key, block.title, "application/pdf", delivered), 0
        return _base64(attachment, "application/pdf"), attachment.encoded_size

    async def _pages_shown(
        self, block: PdfBlock, model: Model, ways: Ways, room: int, delivered: Delivered
    ) -> tuple[list[PageShown], int]:
        """Draw the pages of a PDF, and read the text that lies in them, if it is to be believed."""
        document = self.sources[block.sha256]
        if len(block.pages) > FULL_SIZE_IMAGES and ways.long_edge is None:
            ways = replace(ways, long_edge=MANY_IMAGES_EDGE)
        found: list[PageShown] = []
        used = 0
        for page in block.pages:
            try:
                key = f"{upload_key(block, document)}:page {page.page_number}"
                pictures, size = await self._pictures(
                    document, page.page_number, None, key, model, ways, room - used, delivered
                )
                has_text = page.text == "text layer"
                text = (await self.documents.text(document, page.page_number, "plain")).text if has_text else ""
            except DocumentDamaged as error:
                raise PagesLost((page.page_number,)) from error
            found.append(PageShown(pictures=tuple(pictures), text=text))
            used += size + len(text.encode())
            if used > room + _SPARE_BYTES and not ways.files:
                raise TooLargeToSend
        return found, used

    async def _image(
        self, block: ImageBlock, model: Model, ways: Ways, room: int, delivered: Delivered
    ) -> tuple[list[dict[str, Any]], int]:
        document = self.sources[block.sha256]
        key = upload_key(block, document)
        if self._is_shared(key, ways):
            found = await self.shared.sources(key, lambda: self._shared_sources(block, key, model))
            delivered.file_ids += ids_of(found)
            return [*found], sum(source["data"].encoded_size for source in found if source["type"] == "base64")
        return await self._pictures(document, block.page_number, block.box, key, model, ways, room, delivered)

    def _is_shared(self, key: str, ways: Ways) -> bool:
        return ways.files and ways.long_edge is None and self.shared.is_shared(key)

    async def _prepare_shared(self, ask: Ask, model: Model, ways: Ways) -> None:
        """Make the pictures ready that other requests show, too, several at a time.

        Errors:  as preparing and uploading one
        """
        limiter, errors = anyio.CapacityLimiter(PICTURES_AT_ONCE), list[Exception]()

        async def prepare(block: ImageBlock, key: str) -> None:
            async with limiter:
                if errors:
                    return
                try:
                    await self.shared.sources(key, lambda: self._shared_sources(block, key, model))
                except Exception as error:  # noqa: BLE001 - raised below, and not as a group
                    errors.append(error)

        async with anyio.create_task_group() as tasks:
            for block in ask.blocks:
                if isinstance(block, ImageBlock):
                    key = upload_key(block, self.sources[block.sha256])
                    if self._is_shared(key, ways):
                        tasks.start_soon(prepare, block, key)
        if errors:
            raise errors[0]

    async def _shared_sources(self, block: ImageBlock, key: str, model: Model) -> Sources:
        """Prepare a picture that several requests show; upload it where that saves enough."""
        document, page = self.sources[block.sha256], block.page_number
        pictures = await self.documents.prepared_images(
            document, page, purpose="reading", tier=model.image_tier, box=block.box
        )
        found: list[dict[str, Any]] = []
        for number, picture in enumerate(pictures):
            attachment = Attachment(picture.content)
            if self.shared.is_worth_uploading(key, attachment.encoded_size):
                upload = await self._upload(
                    attachment, f"{key}:{number}", f"{document.name}-{page}", picture.media_type
                )
                found.append(_file(upload))
            else:
                found.append(_base64(attachment, picture.media_type))
        return tuple(found)

    async def _pictures(
        self,
        document: Document,
        page: int,
        box: Box | None,
        key: str,
        model: Model,
        ways: Ways,
        room: int,
        delivered: Delivered,
    ) -> tuple[list[dict[str, Any]], int]:
        tier = model.image_tier
        if ways.long_edge is not None:
            tier = replace(tier, long_edge=min(tier.long_edge, ways.long_edge))
        pictures = await self.documents.prepared_images(document, page, purpose="reading", tier=tier, box=box)
        sources: list[dict[str, Any]] = []
        used = 0
        for picture in pictures:
            attachment = Attachment(picture.content)
            if ways.files and attachment.encoded_size > room - used:
                name = f"{document.name}-{page}"
                piece = f"{key}:{len(sources)}"
                sources.append(await self._uploaded(attachment, piece, name, picture.media_type, delivered))
                continue
            sources.append(_base64(attachment, picture.media_type))
            used += attachment.encoded_size
        return sources, used

    async def _uploaded(
        self, attachment: Attachment, key: str, name: str, media_type: str, delivered: Delivered
    ) -> dict[str, Any]:
        kept = await self._upload(attachment, key, name, media_type)
        delivered.file_ids.append(kept.file_id)
        return _file(kept)

    async def _upload(self, attachment: Attachment, key: str, name: str, media_type: str) -> Upload:
        async with self.store.uploading(key, self.endpoint) as claim:
            kept = claim.upload
            if kept is None:
                kept = await self.upload(attachment, key, file_name(name), media_type)
                await claim.keep(kept)
        return kept

    async def _part(self, document: Document, pages: tuple[int, ...], ways: Ways, delivered: Delivered) -> Content:
        found: list[Content] = []
        taken: list[int] = []
        parts = self.documents.pdf_parts(
            document, pages, most_pages=len(pages), most_bytes=FILE_BYTES, anew=ways.rewritten
        )
        async for part in parts:
            delivered.opened.callback(part.content.close)
            found.append(part.content)
            taken += part.pages
        if tuple(taken) != pages:
            raise PagesLost(tuple(page for page in pages if page not in taken))
        if len(found) != 1:
            raise PagesLost(pages)
        return found[0]

    async def _is_needed_again(self, key: str) -> bool:
        """Bytes that are sent a second time are worth keeping at the API."""
        return self.wanted.get(key, 0) > 1 or await self.store.times_sent(key) > 0


def way_of(delivered: Delivered, ways: Ways) -> str:
    """Name how an ask travels, as far as the API may tell it by that; no URL and no id is in it."""
    found = [[_kind_of(one) for one in block] for block in delivered.sources]
    kinds = sorted({kind for block in found for kind, _ in block}) or ["text"]
    told = json.dumps([found, ways.form.structure, ways.rewritten, ways.long_edge])
    return f"{'+'.join(kinds)}:{hashlib.sha256(told.encode()).hexdigest()[:16]}"


def _kind_of(source: dict[str, Any] | PageShown) -> tuple[str, str | None]:
    if isinstance(source, PageShown):
        return "pictures", None
    return source["type"], source.get("file_id") or source.get("url")


def upload_keys(ask: Ask, sources: Mapping[str, Document]) -> tuple[str, ...]:
    """Name the bytes that an ask carries."""
    return tuple(
        upload_key(block, sources[block.sha256]) for block in ask.blocks if isinstance(block, PdfBlock | ImageBlock)
    )


def upload_key(block: ContentBlock, document: Document) -> str:
    """Name bytes by the document they come from and what of it they are."""
    if isinstance(block, PdfBlock):
        pages = tuple(page.page_number for page in block.pages)
        is_whole = pages == tuple(range(1, document.page_count + 1))
        return block.sha256 if is_whole else f"{block.sha256}:{text_from_pages(pages)}"
    if isinstance(block, ImageBlock):
        part = "" if block.box is None else ":" + ",".join(f"{edge:g}" for edge in block.box)
        return f"{block.sha256}:{block.page_number}:{block.width}x{block.height}{part}"
    raise TypeError(type(block))


def file_name(title: str) -> str:
    """Make a name that the Files API takes."""
    plain = _FORBIDDEN_IN_NAMES.sub("_", title).strip() or "document"
    return plain[-255:]


def _file(upload: Upload) -> dict[str, Any]:
    return {"type": "file", "file_id": upload.file_id}


def _base64(attachment: Attachment, media_type: str) -> dict[str, Any]:
    return {"type": "base64", "media_type": media_type, "data": attachment}
