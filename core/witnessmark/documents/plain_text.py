"""Plain text files: from bytes to characters, whatever program wrote them."""

from __future__ import annotations

import codecs
from dataclasses import dataclass

_MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),  # before UTF-16, whose mark it begins with
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_SAMPLE_BYTES = 256 * 1024


@dataclass(frozen=True, slots=True, kw_only=True)
class PlainText:
    """A text and how its bytes were read."""

    text: str
    encoding: str
    is_guessed: bool
    """Nothing in the file says its encoding, and it is not UTF-8."""


def read_plain_text(content: bytes) -> PlainText:
    """Read a text by its byte order mark, else as UTF-8, else by what its bytes look like.

    Shapes:  characters that cannot be read are U+FFFD; line ends are line feeds
    """
    for mark, encoding in _MARKS:
        if content.startswith(mark):
            return _read(content, encoding, is_guessed=False)
    if b"\0" in content[:256]:
        little = not any(content[1:256:2])
        return _read(content, "utf-16-le" if little else "utf-16-be", is_guessed=True)
    try:
        return _read(content, "utf-8", is_guessed=False, errors="strict")
    except UnicodeDecodeError:
        return _read(content, _guess(content), is_guessed=True)


def _read(content: bytes, encoding: str, *, is_guessed: bool, errors: str = "replace") -> PlainText:
    text = content.decode(encoding, errors).replace("\r\n", "\n").replace("\r", "\n")
    return PlainText(text=text, encoding=encoding, is_guessed=is_guessed)


def _guess(content: bytes) -> str:
    from charset_normalizer import from_bytes

    sample = content[:_SAMPLE_BYTES]
    best = from_bytes(sample, cp_isolation=list(_USUAL)).best()
    # A few accents look as well in one Latin code page as in the other.
    is_short = sum(byte > 0x7F for byte in sample) < 40
    if best is None or (is_short and best.encoding in {"cp1250", "cp1254", "iso8859_2"}):
        return "cp1252"
    return best.encoding


_USUAL = (
    *("cp1252", "cp1250", "iso8859_2", "cp1254", "cp1251", "koi8_r", "cp1253", "cp1255", "cp1256", "cp874"),
    *("cp932", "euc_jp", "gb18030", "big5", "cp949", "euc_kr"),
)
"""What programs wrote before UTF-8; the first, of Windows, is taken where nothing tells them apart."""
