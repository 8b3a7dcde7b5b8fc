"""What a file is, by its bytes."""

from __future__ import annotations

import pytest

from witnessmark.documents.media_types import EmptyFile, UnsupportedMediaType, is_misnamed, media_type_of


@pytest.mark.parametrize(
    ("head", "name", "media_type"),
    [
        (b"%PDF-1.7\n", "a.pdf", "application/pdf"),
        (b"junk\n" * 100 + b"%PDF-1.4", "a.pdf", "application/pdf"),
        (b"\x89PNG\r\n\x1a\n", "a.pdf", "image/png"),
        (b"\xff\xd8\xff\xe0", "a", "image/jpeg"),
        (b"GIF89a", "a.gif", "image/gif"),
        (b"RIFF\0\0\0\0WEBPVP8 ", "a.webp", "image/webp"),
        (b"II*\0", "a.tif", "image/tiff"),
        (b"MM\0*", "a.tif", "image/tiff"),
        (b"BM\x36\0\0\0\0\0\0\0\x36", "a.bmp", "image/bmp"),
        (b"BM is a state museum", "a.txt", "text/plain"),
        (b"a,b\n1,2\n", "a.csv", "text/csv"),
        (b"# Title\n", "a.md", "text/markdown"),
        ("größer\n".encode(), "a.txt", "text/plain"),
        (b"\xff\xfea\0b\0", "a.txt", "text/plain"),
        ("a,b\n1,2\n".encode("utf-16-le"), "a.csv", "text/csv"),
        (b"MZ,Intensity\n1,2\n", "a.csv", "text/csv"),
        (b"ID3,name\n1,2\n", "a.csv", "text/csv"),
        (b"From: the mayor\nTo: the miller\n\nDear miller", "a.txt", "text/plain"),
        (b"A file begins with %PDF-1.7 when it is a PDF.", "a.md", "text/markdown"),
    ],
)
def test_the_bytes_decide(head: bytes, name: str, media_type: str) -> None:
    assert media_type_of(head, name) == media_type


@pytest.mark.parametrize(
    ("head", "name", "says"),
    [
        (b"PK\x03\x04", "a.pdf", "ZIP"),
        (b"PK\x03\x04" + b"\0" * 60 + b"%PDF-1.7\n", "a.pdf", "ZIP archive, which .* Unpack it"),
        (b"PK\x03\x04\x14\0[Content_Types].xml..word/document.xml", "a.pdf", "Word document, which .* Save it as PDF"),
        (b"PK\x03\x04\x14\0[Content_Types].xml", "b.xlsx", "Excel workbook"),
        (b"PK\x03\x04\x14\0mimetypeapplication/vnd.oasis.opendocument.textPK", "c.odt", "OpenDocument text"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "a.doc", "old Word"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "a.msg", "Outlook message, which .* Print the message"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "a", "old Office"),
        (b"Received: from a\r\nFrom: a@b\r\nMIME-Version: 1.0\r\n\r\nHello", "a.eml", "a mail, which .* Print"),
        (b"\0\0\0\x18ftypavif", "a.avif", "AVIF picture"),
        (b"<svg onload='x'>", "a.svg", "SVG"),
        (b"\xef\xbb\xbf<?xml version='1.0'?><svg/>", "a.png", "SVG"),
        (b"<!DOCTYPE html><p>", "a.pdf", "HTML"),
        (b"icns\0\0", "a.icns", "icon"),
        (b"MZ\x90\0\3\0\0\0", "a.pdf", "program"),
        (b"\0\0\0\x18ftypmp42", "a.pdf", "video"),
        (b"\0\0\0\x18ftypheic", "a.heic", "HEIC"),
        (b"just words", "a.pdf", "plain text named .pdf"),
        (b"\0\1\2\3" * 20, "a.pdf", "named .pdf but is not one"),
        (b"\0\1\2\3" * 20, "a.bin", "unknown binary"),
    ],
)
def test_what_is_not_read_is_named(head: bytes, name: str, says: str) -> None:
    with pytest.raises(UnsupportedMediaType, match=says):
        media_type_of(head, name)


def test_an_empty_file_is_said_to_be_empty() -> None:
    with pytest.raises(EmptyFile, match="0 bytes"):
        media_type_of(b"", "a.pdf")


def test_a_name_that_promises_another_format_is_noticed() -> None:
    assert is_misnamed("application/pdf", "scan.PNG")
    assert not is_misnamed("image/jpeg", "photo.JPG")
    assert not is_misnamed("application/pdf", "download")
