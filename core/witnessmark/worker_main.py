"""What a worker process runs: operations on the bytes of one document, within limits. See `documents/worker.py`."""

from __future__ import annotations

import os
import sys
import threading
import time
from collections import OrderedDict
from collections.abc import Callable
from contextlib import suppress
from dataclasses import asdict
from functools import partial
from itertools import pairwise
from typing import TYPE_CHECKING, Any, BinaryIO, Literal, Protocol

from witnessmark.documents import wire
from witnessmark.documents.differing import corrected
from witnessmark.documents.images import GreyPicture
from witnessmark.documents.ocr.engine import EngineName, OcrEngine
from witnessmark.documents.ocr.resolution import ocr_side
from witnessmark.documents.text_layer import TextLayer, page_kind
from witnessmark.documents.worker import EXIT_TOO_LARGE
from witnessmark.values import PageLayout

if TYPE_CHECKING:
    from witnessmark.documents.prepared import PreparedImage
    from witnessmark.documents.sheets import Pages
    from witnessmark.plans.images import Wanted

KEPT_DOCUMENTS = 2
POLL_SECONDS = 0.02


class Refused(Exception):
    """An operation's answer that is not a result; `reason` is one of a few names that the parent knows."""

    def __init__(self, reason: str, **facts: object) -> None:
        super().__init__(reason)
        self.reason = reason
        self.facts = facts


class _Closable(Protocol):
    def close(self) -> None: ...


class Session:
    """The documents a worker holds, and the readers opened on them."""

    def __init__(self) -> None:
        self.contents: OrderedDict[str, bytes] = OrderedDict()
        self.readers: dict[tuple[str, str, str | None], _Closable] = {}
        self.engines: dict[EngineName, OcrEngine] = {}

    def load(self, sha256: str, content: bytes) -> None:
        self.contents[sha256] = content
        while len(self.contents) > KEPT_DOCUMENTS:
            gone, _ = self.contents.popitem(last=False)
            for key in [key for key in self.readers if key[0] == gone]:
                self.readers.pop(key).close()

    def engine(self, name: EngineName, maker: Callable[[EngineName], OcrEngine]) -> OcrEngine:
        if name not in self.engines:
            self.engines[name] = maker(name)
        return self.engines[name]

    def reader(self, kind: str, request: wire.Message, opener: Callable[[bytes, str | None], Any]) -> Any:
        sha256, password = request["sha256"], request.get("password")
        self.contents.move_to_end(sha256)
        key = (sha256, kind, password)
        if key not in self.readers:
            self.readers[key] = opener(self.contents[sha256], password)
        return self.readers[key]


def main() -> None:
    address_bytes, resident_bytes, parent = (int(argument) for argument in sys.argv[1:4])
    _limit(address_bytes)
    stdin, stdout = sys.stdin.buffer, os.fdopen(os.dup(sys.stdout.fileno()), "wb")
    # Whatever a library prints goes to stderr, never between the frames.
    os.dup2(sys.stderr.fileno(), sys.stdout.fileno())
    busy = threading.Event()
    threading.Thread(target=_watch, args=(resident_bytes, parent, busy), daemon=True).start()
    serve(stdin, stdout, busy)


def serve(stdin: BinaryIO, stdout: BinaryIO, busy: threading.Event) -> None:
    """Answer frames until the input ends; `busy` is set while one is worked on."""
    session = Session()
    while (frame := wire.read_frame(stdin)) is not None:
        request, payload = frame
        busy.set()
        answer, data = _answer(session, request, payload)
        busy.clear()
        answer |= {"resident_bytes": _resident_bytes(), "documents": list(session.contents)}
        stdout.write(wire.pack(answer, len(data)))
        stdout.write(data)
        stdout.flush()


def _answer(session: Session, request: wire.Message, payload: bytes) -> tuple[wire.Message, bytes]:
    if request["operation"] == "load":
        session.load(request["sha256"], payload)
        return {"result": {}}, b""
    try:
        result, data = OPERATIONS[request["operation"]](session, request)
    except Refused as refusal:
        return {"refused": refusal.reason, "facts": refusal.facts}, b""
    except Exception as error:  # noqa: BLE001 - the parent logs the kind; a message may carry the document's text
        if _is_the_files_fault(error):
            return {"refused": "unreadable", "facts": {}}, b""
        return {"broken": _where(error)}, b""
    return {"result": result}, data


def _is_the_files_fault(error: Exception) -> bool:
    from witnessmark.documents.pdfium import PdfUnreadable

    return isinstance(error, PdfUnreadable)


def _where(error: BaseException) -> str:
    trace = error.__traceback__
    while trace is not None and trace.tb_next is not None:
        trace = trace.tb_next
    if isinstance(error, MemoryError) or trace is None:
        return type(error).__name__
    return f"{type(error).__name__} in {os.path.basename(trace.tb_frame.f_code.co_filename)}:{trace.tb_lineno}"  # noqa: PTH119 - a name for the log


# Operations, each `(session, request) → (result, raw bytes)`. Libraries are imported when first needed.


def pdf_open(session: Session, request: wire.Message) -> tuple[wire.Message, bytes]:
    return {"page_count": _pdfium(session, request).page_count}, b""


def pdf_facts(session: Session, request: wire.Message) -> tuple[wire.Message, bytes]:
    from witnessmark.documents.pdfium import PdfUnreadable

    pdf = _pdfium(session, request)
    pages: list[wire.Message | None] = []
    for number in request["pages"]:
        try:
            pages.append(asdict(pdf.page_facts(number - 1)))
        except PdfUnreadable:
            pages.append(None)
    return {"pages": pages}, b""


def pdf_layout(session: Session, request: wire.Message) -> tuple[wire.Message, bytes]:
    page, layer = _judged(session, request)
    return wire.layout_to_wire(page) | _kind_of(page, layer), b""


def pdf_tables(session: Session, request: wire.Message) -> tuple[wire.Message, bytes]:
    page, layer = _judged(session, request)
    page = corrected(page, request["shown"])
    found: wire.Message = _tables_of(page) if layer.state == "usable" else {"tables": [], "edges": None}
    return found | _kind_of(page, layer), b""


def _judged(session: Session, request: wire.Message) -> tuple[PageLayout, TextLayer]:
    from witnessmark.documents.pdfium import PdfFile, PdfUnreadable

    pdf: PdfFile = _pdfium(session, request)
    try:
        return pdf.judged(request["page"] - 1)
    except PdfUnreadable as error:
        raise Refused("unreadable") from error


def _tables_of(page: PageLayout) -> wire.Message:
    from witnessmark.offline.tables.find import find_tables
    from witnessmark.offline.tables.join import edges_to_wire, page_edges
    from witnessmark.offline.tables.wire import table_to_wire

    tables = find_tables(page)
    return {
        "tables": [table_to_wire(table) for table in tables],
        "edges": edges_to_wire(page_edges(page, tables)),
    }


def pdf_text(session: Session, request: wire.Message) -> tuple[wire.Message, bytes]:
    page, layer = _judged(session, request)
    page = corrected(page, request["shown"])
    read = _text_in(page, request["layout"]) if layer.state == "usable" else {"text": ""}
    return read | _kind_of(page, layer), b""


def _text_in(page: PageLayout, layout: Literal["markdown", "plain"]) -> wire.Message:
    from witnessmark.offline.tables.find import find_tables
    from witnessmark.offline.text import page_text

    tables = find_tables(page) if layout == "markdown" else ()
    return {"text": page_text(page, tables, layout)}


def pdf_flow(session: Session, request: wire.Message) -> tuple[wire.Message, bytes]:
    page, layer = _judged(session, request)
    page = corrected(page, request["shown"])
    read: wire.Message = _flow_of(page) if layer.state == "usable" else {"paragraphs": []}
    return read | _kind_of(page, layer), b""


def _flow_of(page: PageLayout) -> wire.Message:
    from witnessmark.offline.flow import page_flow
    from witnessmark.offline.tables.find import find_tables

    paragraphs = page_flow(page, find_tables(page))
    places = {id(word): place for place, word in enumerate(page.words)}
    order = [places[id(word)] for paragraph in paragraphs for word in paragraph.words]
    is_same = all(first < second for first, second in pairwise(order))
    return {"paragraphs": wire.paragraphs_to_wire(paragraphs), "layer_order": None if is_same else order}


def _kind_of(page: PageLayout, layer: TextLayer) -> wire.Message:
    has_picture = bool(page.pictures or page.rules or page.fills)
    return {"kind": page_kind(layer, has_picture=has_picture), "layer": asdict(layer)}


def pdf_samples(session: Session, request: wire.Message) -> tuple[wire.Message, bytes]:
    from witnessmark.documents.pdfium import PdfFile

    pdf: PdfFile = _pdfium(session, request)
    samples, fonts, layer = pdf.sampled(
        request["page"] - 1, request["known"], most_of_scanner=request["most_of_scanner"], every=request["every"]
    )
    places = [(sample.word.text, *sample.word[1:5], sample.font, sample.doubt) for sample in samples]
    return {"samples": places, "fonts": fonts, "is_from_scanner": layer.is_from_scanner}, b""


def pdf_sheet(session: Session, request: wire.Message) -> tuple[wire.Message, bytes]:
    from PIL import Image

    from witnessmark.documents.ocr.sheet import sheet_of

    pdf = _pdfium(session, request)
    index = request["page"] - 1
    page_width, page_height = pdf.page_size(index)
    width, height, pixels = pdf.render(index, max_side=ocr_side(page_width, page_height), grey=True)
    picture = Image.frombuffer("L", (width, height), pixels, "raw", "L", 0, 1)
    scale = width / page_width
    boxes = [(x0 * scale, top * scale, x1 * scale, bottom * scale) for x0, top, x1, bottom in request["boxes"]]
    sheet = sheet_of(picture, boxes, line_height=request["line_height"])
    return {"width": sheet.width, "height": sheet.height, "slots": sheet.slots}, sheet.pixels


def pdf_picture(session: Session, request: wire.Message) -> tuple[wire.Message, bytes]:
    from PIL import Image

    from witnessmark.documents.marking import mark_from_wire, marked_png

    index = request["page"] - 1
    pdf = _pdfium(session, request)
    width, height, pixels = pdf.render(index, max_side=request["max_side"])
    scale = width / pdf.page_facts(index).width
    page = Image.frombuffer("RGB", (width, height), pixels, "raw", "BGR", 0, 1)
    return {}, marked_png(page, [mark_from_wire(mark) for mark in request["marks"]], scale=scale)


def image_picture(session: Session, request: wire.Message) -> tuple[wire.Message, bytes]:
    from PIL import Image

    from witnessmark.documents.marking import mark_from_wire, marked_png

    grey = _grey_picture(session, request, request["max_side"] ** 2)
    page = Image.frombuffer("L", (grey.width, grey.height), grey.pixels, "raw", "L", 0, 1)
    page.thumbnail((request["max_side"], request["max_side"]))
    scale = page.width / (grey.width * grey.shrunk)
    return {}, marked_png(page, [mark_from_wire(mark) for mark in request["marks"]], scale=scale)


def pdf_evidence(session: Session, request: wire.Message) -> tuple[wire.Message, bytes]:
    from witnessmark.documents.drawn_pages import PdfPages

    return _evidence(PdfPages(_pdfium(session, request)), request)


def image_evidence(session: Session, request: wire.Message) -> tuple[wire.Message, bytes]:
    from witnessmark.documents.drawn_pages import ImagePages
    from witnessmark.documents.images import ImageUnreadable

    content = session.contents[request["sha256"]]
    try:
        return _evidence(ImagePages(content, request["sizes"], orientation=request["orientation"]), request)
    except ImageUnreadable as error:
        raise Refused("unreadable") from error


def _evidence(pages: Pages, request: wire.Message) -> tuple[wire.Message, bytes]:
    from witnessmark.documents.sheets import draw_sheet
    from witnessmark.documents.views import picture_to_wire, views_from_wire

    limits = {name: request[name] for name in ("side", "most_pixels", "most_bytes")}
    return picture_to_wire(draw_sheet(pages, views_from_wire(request["views"]), **limits))


def pypdf_open(session: Session, request: wire.Message) -> tuple[wire.Message, bytes]:
    return {"page_count": len(_pypdf(session, request).pages)}, b""


def pypdf_text(session: Session, request: wire.Message) -> tuple[wire.Message, bytes]:
    page = _pypdf(session, request).pages[request["page"] - 1]
    try:
        return {"text": page.extract_text()}, b""
    except Exception as error:  # pypdf raises all kinds on damaged pages
        raise Refused("unreadable") from error


def image_facts(session: Session, request: wire.Message) -> tuple[wire.Message, bytes]:
    from witnessmark.documents.images import ImageUnreadable, read_facts

    try:
        return asdict(read_facts(session.contents[request["sha256"]], max_pixels=request["max_pixels"])), b""
    except ImageUnreadable as error:
        raise Refused("unreadable", cause=error.cause) from error


def pdf_pixels(session: Session, request: wire.Message) -> tuple[wire.Message, bytes]:
    pdf = _pdfium(session, request)
    facts = pdf.page_facts(request["page"] - 1)
    width, height, pixels = pdf.render(request["page"] - 1, max_side=ocr_side(facts.width, facts.height), grey=True)
    return {"width": width, "height": height, "unit": facts.width / width}, pixels


def image_pixels(session: Session, request: wire.Message) -> tuple[wire.Message, bytes]:
    picture = _grey_picture(session, request, request["most_pixels"])
    return {"width": picture.width, "height": picture.height, "unit": picture.shrunk}, picture.pixels


def _grey_picture(session: Session, request: wire.Message, most_pixels: int) -> GreyPicture:
    from witnessmark.documents.images import ImageUnreadable, read_pixels

    try:
        return read_pixels(session.contents[request["sha256"]], request["page"] - 1, most_pixels=most_pixels)
    except ImageUnreadable as error:
        raise Refused("unreadable") from error


def pdf_part(session: Session, request: wire.Message) -> tuple[wire.Message, bytes]:
    from witnessmark.documents.pdf_parts import PartTooLarge, first_part

    pdf = _pdfium(session, request)
    if request["is_whole"] and not pdf.is_encrypted:
        return {"is_whole": True}, b""
    try:
        content, taken, count = first_part(pdf, request["pages"], most_bytes=request["most_bytes"])
    except PartTooLarge as error:
        raise Refused("page-too-large", **error.facts) from error
    return {"is_whole": False, "pages": taken, "count": count}, content


def image_prepared(session: Session, request: wire.Message) -> tuple[wire.Message, bytes]:
    from witnessmark.plans.images import prepare_image

    facts = {"orientation": request["orientation"], "is_damaged": request["is_damaged"]}
    content = session.contents[request["sha256"]]
    return _prepared(partial(prepare_image, content, request["page"] - 1, **facts), request)


def pdf_prepared(session: Session, request: wire.Message) -> tuple[wire.Message, bytes]:
    from witnessmark.plans.images import prepare_page

    return _prepared(partial(prepare_page, _pdfium(session, request), request["page"] - 1), request)


def _prepared(prepare: Callable[[Wanted], list[PreparedImage]], request: wire.Message) -> tuple[wire.Message, bytes]:
    from witnessmark.documents.images import ImageUnreadable
    from witnessmark.documents.prepared import images_to_wire
    from witnessmark.plans.image_tokens import ImageTier
    from witnessmark.plans.images import EmptyBox, TooManyPieces, Wanted

    tier = ImageTier(long_edge=request["long_edge"], max_tokens=request["max_tokens"])
    try:
        return images_to_wire(prepare(Wanted(purpose=request["purpose"], tier=tier, box=request["box"])))
    except TooManyPieces as error:
        raise Refused("strip-too-long", pieces=error.count, limit=error.limit) from error
    except EmptyBox as error:
        raise Refused("box-outside") from error
    except ImageUnreadable as error:
        raise Refused("unreadable") from error


def layout_tables(session: Session, request: wire.Message) -> tuple[wire.Message, bytes]:  # noqa: ARG001 - every operation is called alike
    return _tables_of(wire.layout_from_wire(request["page_layout"])), b""


def layout_text(session: Session, request: wire.Message) -> tuple[wire.Message, bytes]:  # noqa: ARG001 - every operation is called alike
    return _text_in(wire.layout_from_wire(request["page_layout"]), request["layout"]), b""


def layout_flow(session: Session, request: wire.Message) -> tuple[wire.Message, bytes]:  # noqa: ARG001 - every operation is called alike
    return _flow_of(wire.layout_from_wire(request["page_layout"])), b""


def text_flow(session: Session, request: wire.Message) -> tuple[wire.Message, bytes]:  # noqa: ARG001 - every operation is called alike
    from witnessmark.errors import InputError
    from witnessmark.offline import flow

    try:
        paragraphs = flow.text_flow(request["text"], request["media_type"])
    except InputError as error:  # a table too large is still a text
        del error
        paragraphs = flow.text_flow(request["text"], "text/plain")
    return {"paragraphs": wire.paragraphs_to_wire(paragraphs)}, b""


def ocr_page(session: Session, request: wire.Message) -> tuple[wire.Message, bytes]:
    import numpy as np

    from witnessmark.documents.ocr.engine import make_engine
    from witnessmark.documents.ocr.page import read_page
    from witnessmark.documents.ocr.recognised import page_to_wire

    pixels = np.frombuffer(session.contents[request["sha256"]], np.uint8)
    engine = session.engine(request["engine"], make_engine)
    return page_to_wire(read_page(pixels.reshape(request["height"], request["width"]), engine)), b""


def ocr_sheet(session: Session, request: wire.Message) -> tuple[wire.Message, bytes]:
    import numpy as np

    from witnessmark.documents.ocr.engine import make_engine
    from witnessmark.documents.ocr.sheet import read_sheet

    pixels = np.frombuffer(session.contents[request["sha256"]], np.uint8).reshape(request["height"], request["width"])
    engine = session.engine(request["engine"], make_engine)
    return {"seen": read_sheet(pixels, request["slots"], engine, careful=request["careful"])}, b""


OPERATIONS: dict[str, Callable[[Session, wire.Message], tuple[wire.Message, bytes]]] = {
    operation.__name__: operation
    for operation in (
        *(pdf_open, pdf_facts, pdf_layout, pdf_tables, pdf_text, pdf_pixels, pdf_picture, pypdf_open, pypdf_text),
        *(pdf_part, pdf_prepared, image_prepared, pdf_evidence, image_evidence),
        *(image_facts, image_pixels, image_picture, layout_tables, layout_text, ocr_page),
        *(pdf_samples, pdf_sheet, ocr_sheet, pdf_flow, layout_flow, text_flow),
    )
}


def _pdfium(session: Session, request: wire.Message) -> Any:
    from witnessmark.documents import pdfium

    try:
        return session.reader("pdfium", request, pdfium.open_pdf)
    except pdfium.PasswordNeeded as error:
        raise Refused("password-needed") from error
    except pdfium.PasswordWrong as error:
        raise Refused("password-wrong") from error


def _pypdf(session: Session, request: wire.Message) -> Any:
    return session.reader("pypdf", request, _open_pypdf)


def _open_pypdf(content: bytes, password: str | None) -> Any:
    import io
    import logging

    import pypdf
    from pypdf.errors import FileNotDecryptedError, WrongPasswordError

    logging.getLogger("pypdf").setLevel(logging.CRITICAL)
    try:
        reader = pypdf.PdfReader(io.BytesIO(content), password=password)
        if len(reader.pages) == 0:
            raise Refused("unreadable")
    except Refused:
        raise
    except WrongPasswordError as error:
        raise Refused("password-wrong") from error
    except FileNotDecryptedError as error:
        raise Refused("password-needed") from error
    except Exception as error:  # pypdf raises all kinds on damaged files
        raise Refused("unreadable") from error
    return reader


def _limit(address_bytes: int) -> None:
    """Bound address space, forbid core dumps and written files, where the system can."""
    try:
        import resource
    except ImportError:  # Windows: the polled limit stands alone
        return
    for kind, value in ((resource.RLIMIT_AS, address_bytes), (resource.RLIMIT_CORE, 0), (resource.RLIMIT_FSIZE, 0)):
        with suppress(ValueError, OSError):  # macOS refuses some of them
            resource.setrlimit(kind, (value, value))


def _watch(resident_bytes: int, parent: int, busy: threading.Event) -> None:
    """End this process when it has grown too large or its parent is gone: nothing else stops PDFium."""
    while True:
        time.sleep(POLL_SECONDS)
        busy.wait(1)
        if _resident_bytes() > resident_bytes:
            os._exit(EXIT_TOO_LARGE)
        if sys.platform != "win32" and os.getppid() != parent:
            os._exit(0)


def _resident_bytes() -> int:
    if sys.platform == "linux":
        with open("/proc/self/statm", "rb") as file:  # noqa: PTH123 - read fifty times a second
            return int(file.read().split()[1]) * _PAGE_BYTES
    import psutil

    size: int = psutil.Process().memory_info().rss
    return size


_PAGE_BYTES = os.sysconf("SC_PAGE_SIZE") if sys.platform == "linux" else 0


if __name__ == "__main__":
    main()
