"""What one call may take: the numbers that keep a bad file from hurting a good process."""

from __future__ import annotations

from dataclasses import dataclass, replace

MIB = 1024 * 1024


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """Bounds on size, memory and time.

    Units:  bytes, seconds, pixels, pages
    """

    file_bytes: int = 512 * MIB
    """Refused by size before a byte is read; the Files API takes 500 MB."""
    text_bytes: int = 32 * MIB
    """Plain text is read in our own process, so its bound is lower."""
    image_pixels: int = 160_000_000
    """An A4 page at 1,200 dpi; decoding takes up to four bytes a pixel in the worker."""
    url_seconds: float = 30.0
    """From a URL to all its bytes, redirects included; hosts give a call 60 seconds."""
    url_connect_seconds: float = 5.0
    """For each of: asking for a host's addresses, connecting to one, greeting by TLS."""
    calls_at_work: int = 8
    """Long calls of one process that are at work at once. They share two workers: more would only wait."""
    calls: int = 64
    """Long calls of one process that are at work or wait for their turn; one more is refused at once."""
    queue_seconds: float = 10.0
    """How long a call waits for its turn, which does not count as waiting for its result; then it goes on as a job.
    Hosts cut a call 15 seconds after our default."""
    pages_per_call: int = 600
    """The Claude API takes 600 pages a request; one call offline keeps to the same figure."""
    worker_address_bytes: int = 1536 * MIB
    """Address space of a worker (RLIMIT_AS); PDFium aborts its own process when an allocation fails."""
    worker_resident_bytes: int = 1024 * MIB
    """Resident memory at which a worker ends itself, polled, on every system."""
    worker_keep_bytes: int = 384 * MIB
    """A worker larger than this after an answer is ended, so that memory goes back to the system."""
    worker_idle_seconds: float = 60.0
    ocr_address_bytes: int = 3072 * MIB
    """Address space of the OCR worker; its libraries reserve more than they use."""
    ocr_resident_bytes: int = 2048 * MIB
    ocr_keep_bytes: int = 1536 * MIB
    """The OCR worker starts in a third of a second, so it is ended rather than kept large."""
    ocr_page_seconds: float = 90.0
    """CPU time for reading one picture; an engine uses two cores at once, and a usual page takes it a few seconds."""
    workers: int = 2
    crowded_seconds: float = 0.4
    """How long calls share the workers that are there before another one is started."""
    open_seconds: float = 8.0
    """CPU time for opening a file."""
    page_seconds: float = 8.0
    """CPU time for one step on a page."""
    hang_seconds: float = 60.0
    """How long a worker may do nothing, without even waiting for the CPU."""
    lost_seconds: float = 600.0
    """CPU time that pages which stop their worker may cost one document in one call; then no further page is tried."""
    facts_lost_seconds: float = 30.0
    """The same for looking at pages without reading them, which callers expect to be quick."""

    def for_ocr(self) -> Limits:
        """Give the limits of the workers that read pictures: one process, which uses all cores by itself."""
        return replace(
            self,
            worker_address_bytes=self.ocr_address_bytes,
            worker_resident_bytes=self.ocr_resident_bytes,
            worker_keep_bytes=self.ocr_keep_bytes,
            page_seconds=self.ocr_page_seconds,
            workers=1,
        )

    def with_memory(self, *, parser_mib: int, ocr_mib: int) -> Limits:
        """Bound the memory of both kinds of workers; what is resident stays at two thirds of what is reserved."""
        return replace(
            self,
            worker_address_bytes=parser_mib * MIB,
            worker_resident_bytes=parser_mib * MIB * 2 // 3,
            ocr_address_bytes=ocr_mib * MIB,
            ocr_resident_bytes=ocr_mib * MIB * 2 // 3,
        )
