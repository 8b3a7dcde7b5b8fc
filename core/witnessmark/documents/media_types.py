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

# What people hand in by mistake, so that the refusal can name it. First match wins.
_FOREIGN: tuple[tuple[bytes, str], ...] = (
    (b"PK\x03\x04", "a ZIP archive, as Office files are"),
    (b"PK\x05\x06", "an empty ZIP archive"),
    (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "an old Office file"),
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
        super().__init__(
            f"{name!r} is {looks_like}, which witnessmark does not read.",
            "Give a PDF, PNG, JPEG, GIF, WebP, TIFF, BMP or plain text file (most programs can save as PDF).",
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


def _foreign(head: bytes) -> str | None:
    for signature, name in _FOREIGN:
        # Some signatures are ordinary letters ("MZ", "ID3"), with which a text may begin as well.
        if head.startswith(signature) and not (signature.isalnum() and _is_text(head)):
            return name
    if head[4:8] == b"ftyp":
        return "a HEIC picture" if head[8:12] in {b"heic", b"heix", b"mif1", b"hevc"} else "a video or AVIF file"
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
