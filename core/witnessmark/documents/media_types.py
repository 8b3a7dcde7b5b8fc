"""What a file is, judged by its bytes; its name only tells kinds of plain text apart."""

from __future__ import annotations

from pathlib import PurePath
from typing import Literal

from witnessmark.errors import InputError

Kind = Literal["pdf", "image", "text"]

PDF = "application/pdf"
IMAGES = ("image/png", "image/jpeg", "image/gif", "image/webp", "image/tiff", "image/bmp")
TEXTS = {".csv": "text/csv", ".tsv": "text/tab-separated-values", ".md": "text/markdown", ".markdown": "text/markdown"}
HEAD_BYTES = 4096

_SUFFIXES: dict[str, tuple[str, ...]] = {
    PDF: (".pdf",),
    "image/png": (".png",),
    "image/jpeg": (".jpg", ".jpeg", ".jpe", ".jfif"),
    "image/gif": (".gif",),
    "image/webp": (".webp",),
    "image/tiff": (".tif", ".tiff"),
    "image/bmp": (".bmp", ".dib"),
}
_BINARY_SUFFIXES = frozenset(suffix for suffixes in _SUFFIXES.values() for suffix in suffixes)

_ARCHIVES = (b"PK\x03\x04", b"PK\x05\x06")
_IN_ARCHIVES: tuple[tuple[bytes, str], ...] = (
    (b"word/", "a Word document"),
    (b"xl/", "an Excel workbook"),
    (b"ppt/", "a PowerPoint presentation"),
    (b"application/vnd.oasis.opendocument.text", "an OpenDocument text"),
    (b"application/vnd.oasis.opendocument.spreadsheet", "an OpenDocument spreadsheet"),
    (b"application/vnd.oasis.opendocument.presentation", "an OpenDocument presentation"),
    (b"application/epub+zip", "an EPUB book"),
)
"""What the first entries of a ZIP archive are called."""
_BY_SUFFIX = {
    ".docx": "a Word document",
    ".docm": "a Word document",
    ".xlsx": "an Excel workbook",
    ".xlsm": "an Excel workbook",
    ".pptx": "a PowerPoint presentation",
    ".odt": "an OpenDocument text",
    ".ods": "an OpenDocument spreadsheet",
    ".odp": "an OpenDocument presentation",
    ".epub": "an EPUB book",
    ".doc": "an old Word document",
    ".xls": "an old Excel workbook",
    ".ppt": "an old PowerPoint presentation",
    ".msg": "an Outlook message",
}
_OLD_OFFICE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_ANYTHING = "Give a PDF, PNG, JPEG, GIF, WebP, TIFF, BMP or plain text file (most programs can save as PDF)."
_ADVICE = {
    "a ZIP archive": "Unpack it and name one of the files in it.",
    "an empty ZIP archive": "Pack it again, or name the file itself.",
    "an Outlook message": "Print the message to a PDF, or save what is attached to it and name that file.",
    "a mail": "Print the message to a PDF, or save what is attached to it and name that file.",
    "an HTML page": "Print the page to a PDF in a browser.",
    "a HEIC picture": "Save it as JPEG or PNG: the Photos app exports both.",
    "an AVIF picture": "Save it as JPEG or PNG.",
    "an SVG drawing": "Save it as PDF or PNG: a browser prints it to a PDF.",
}
"""What to do with a file of a kind; with any other document: save it as PDF in the program that made it."""

# What people hand in by mistake, so that the refusal can name it. First match wins.
_FOREIGN: tuple[tuple[bytes, str], ...] = (
    (b"{\\rtf", "an RTF text"),
    (b"%!PS", "a PostScript file"),
    (b"\x1f\x8b", "a gzip archive"),
    (b"7z\xbc\xaf\x27\x1c", "a 7-Zip archive"),
    (b"Rar!", "a RAR archive"),
    (b"icns", "an Apple icon"),
    (b"\x00\x00\x01\x00", "a Windows icon"),
    (b"8BPS", "a Photoshop file"),
    (b"\x7fELF", "a program"),
    (b"MZ", "a program"),
    (b"ID3", "a sound file"),
    (b"OggS", "a sound or video file"),
    (b"\x1aE\xdf\xa3", "a video file"),
)


class UnsupportedMediaType(InputError):
    """The bytes are of no kind that witnessmark reads."""

    def __init__(self, name: str, *, looks_like: str) -> None:
        is_document = looks_like in _BY_SUFFIX.values() or looks_like == "an RTF text"
        saved = "Save it as PDF in the program that made it, and name the PDF."
        super().__init__(
            f"{name!r} is {looks_like}, which witnessmark does not read.",
            _ADVICE.get(looks_like, saved if is_document else _ANYTHING),
        )


class EmptyFile(InputError):
    def __init__(self, name: str) -> None:
        super().__init__(f"{name!r} is empty (0 bytes).", "Check that it was saved or downloaded completely.")


def media_type_of(head: bytes, name: str) -> str:
    """Tell the media type from a file's first bytes (at least `HEAD_BYTES` of them where there are as many).

    Errors:  `EmptyFile`, `UnsupportedMediaType`
    Source:  the formats' own signatures; a PDF's header may stand anywhere in the first 1,024 bytes (PDF 32000-1, H.3)
    """
    if not head:
        raise EmptyFile(name)
    suffix = PurePath(name).suffix.lower()
    if head.startswith((*_ARCHIVES, _OLD_OFFICE)):  # what lies in it, such as a PDF, is not what it is
        raise UnsupportedMediaType(name, looks_like=_packed(head, suffix))
    found = _signed(head)
    # A text may speak of PDFs before it comes to anything else; named as a text, it is one.
    if found and not (found == PDF and (suffix in TEXTS or suffix == ".txt") and not head.startswith(b"%PDF-")):
        return found
    if foreign := _foreign(head):
        raise UnsupportedMediaType(name, looks_like=foreign)
    if not _is_text(head):
        named = f"named {suffix} but is not one, or is damaged at its beginning" if suffix in _BINARY_SUFFIXES else None
        raise UnsupportedMediaType(name, looks_like=named or "of an unknown binary format")
    if suffix in _BINARY_SUFFIXES:
        raise UnsupportedMediaType(name, looks_like=f"plain text named {suffix}")
    return TEXTS.get(suffix, "text/plain")


def kind_of(media_type: str) -> Kind:
    if media_type == PDF:
        return "pdf"
    return "image" if media_type.startswith("image/") else "text"


def is_misnamed(media_type: str, name: str) -> bool:
    """Say whether the name promises another format than the bytes hold."""
    suffix = PurePath(name).suffix.lower()
    return suffix in _BINARY_SUFFIXES and suffix not in _SUFFIXES.get(media_type, ())


def _signed(head: bytes) -> str | None:
    if head.startswith(b"\x89PNG\r\n\x1a\n"):
        return "image/png"
    if head.startswith(b"\xff\xd8\xff"):
        return "image/jpeg"
    if head.startswith((b"GIF87a", b"GIF89a")):
        return "image/gif"
    if head.startswith(b"RIFF") and head[8:12] == b"WEBP":
        return "image/webp"
    if head.startswith((b"II*\x00", b"MM\x00*", b"II+\x00", b"MM\x00+")):
        return "image/tiff"
    # "BM" alone begins many words: the four reserved bytes of the header are zero.
    if head.startswith(b"BM") and head[6:10] == b"\0\0\0\0":
        return "image/bmp"
    return PDF if b"%PDF-" in head[:1024] else None


def _packed(head: bytes, suffix: str) -> str:
    """Name a file that other files are packed into."""
    if head.startswith(_OLD_OFFICE):
        return _BY_SUFFIX.get(suffix, "an old Office file")
    if head.startswith(_ARCHIVES[1]):
        return "an empty ZIP archive"
    inside = next((kind for mark, kind in _IN_ARCHIVES if mark in head), None)
    return inside or _BY_SUFFIX.get(suffix, "a ZIP archive")


def _is_mail(head: bytes) -> bool:
    """Say whether a text is a mail as it is sent: header lines, with a sender and a date or a way."""
    lines = head.split(b"\n", 60)
    names = {line.partition(b":")[0].lower() for line in lines if b":" in line[:40]}
    first = lines[0].partition(b":")[0].lower()
    is_headed = first in {
        b"received",
        b"return-path",
        b"delivered-to",
        b"from",
        b"mime-version",
        b"message-id",
        b"date",
    }
    return is_headed and b"from" in names and bool(names & {b"mime-version", b"message-id", b"received"})


def _foreign(head: bytes) -> str | None:
    for signature, name in _FOREIGN:
        # Some signatures are ordinary letters ("MZ", "ID3"), with which a text may begin as well.
        if head.startswith(signature) and not (signature.isalnum() and _is_text(head)):
            return name
    if head[4:8] == b"ftyp":
        brand = head[8:12]
        if brand in {b"avif", b"avis"}:
            return "an AVIF picture"
        return "a HEIC picture" if brand in {b"heic", b"heix", b"mif1", b"msf1", b"hevc", b"heim"} else "a video"
    if _is_mail(head):
        return "a mail"
    start = head.removeprefix(b"\xef\xbb\xbf").lstrip().lower()
    if b"<svg" in start and start.startswith((b"<svg", b"<?xml", b"<!--", b"<!doctype svg")):
        return "an SVG drawing"
    if start.startswith((b"<!doctype html", b"<html")):
        return "an HTML page"
    return "an XML file" if start.startswith(b"<?xml") else None


def _is_text(head: bytes) -> bool:
    if head.startswith((b"\xff\xfe", b"\xfe\xff", b"\x00\x00\xfe\xff")):
        return True  # UTF-16, UTF-32
    if b"\0" in head[:256] and (not any(head[0:256:2]) or not any(head[1:256:2])):
        return True  # UTF-16 without a mark, in Latin letters
    controls = sum(byte < 32 and byte not in b"\t\n\r\f\x1b" for byte in head)
    return b"\0" not in head and controls <= len(head) // 100
