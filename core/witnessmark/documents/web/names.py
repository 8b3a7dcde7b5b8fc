"""What a fetched document is called: a name of one line, without a path."""

from __future__ import annotations

import os.path
import re
import unicodedata
from urllib.parse import unquote, unquote_to_bytes

MOST_CHARACTERS = 100
_EXTENDED = re.compile(r"(?:^|[;\s])filename\*\s*=\s*(utf-8|iso-8859-1)'[^']*'([^;\s\"]+)", re.IGNORECASE)
_PLAIN = re.compile(r"(?:^|[;\s])filename\s*=\s*(?:\"((?:[^\"\\]|\\.)*)\"|([^;\s\"]+))", re.IGNORECASE)


def document_name(disposition: bytes, path: str, host: str) -> str:
    """Name a document as the server does, else after the last part of the URL's path, else after the host.

    Shapes:  at most 100 printable characters; the URL's query, which may be a key, is never part of it
    Source:  RFC 6266 and 5987 for `Content-Disposition`
    """
    return _plain_name(_name_in(disposition)) or _plain_name(unquote(path.rsplit("/", 1)[-1])) or host


def _name_in(disposition: bytes) -> str:
    try:
        header = disposition.decode()
    except UnicodeDecodeError:
        header = disposition.decode("latin-1")
    if found := _EXTENDED.search(header):
        return unquote_to_bytes(found[2]).decode(found[1], errors="replace")
    if found := _PLAIN.search(header):
        return re.sub(r"\\(.)", r"\1", found[1]) if found[1] is not None else found[2]
    return ""


def _plain_name(text: str) -> str:
    last = re.split(r"[/\\]", unicodedata.normalize("NFC", text))[-1]
    # Characters that turn the direction of writing are not printable either: they can hide how a name ends.
    printable = "".join(character if character.isprintable() else " " for character in last)
    name = re.sub(r'[:*?"<>|\s]+', " ", printable).strip(" .")
    stem, suffix = os.path.splitext(name)  # noqa: PTH122 - a name, not a path
    suffix = suffix[:10]
    return stem[: MOST_CHARACTERS - len(suffix)].rstrip(" .") + suffix
