"""What is not tried again: documents and pages that the API cannot take, and addresses that it cannot fetch."""

from __future__ import annotations

import hashlib
import re
from typing import TYPE_CHECKING

from witnessmark.errors import InputError
from witnessmark.store.ledger import clean
from witnessmark.store.values import Quarantined

if TYPE_CHECKING:
    from sqlite3 import Connection

UNFETCHABLE_SECONDS = 24 * 3600.0
_HASH = re.compile(r"[0-9a-f]{8,64}")


class NotAHash(InputError):
    def __init__(self, text: str) -> None:
        super().__init__(
            f"{text[:70]!r} names no document in quarantine.",
            "Pass its SHA-256, or the first 8 or more of its digits, as `witnessmark store quarantine` shows them.",
        )


class HashAmbiguous(InputError):
    def __init__(self, text: str, documents: int) -> None:
        super().__init__(f"{documents} documents in quarantine begin with {text}.", "Pass more of the SHA-256.")


def put_in_quarantine(db: Connection, entry: Quarantined) -> None:
    """Keep why a document or a page is not sent again."""
    db.execute(
        "INSERT OR REPLACE INTO quarantine (sha256, page, model, kind, message, next_step, document_name, since) "
        "VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
        (
            entry.sha256,
            entry.page,
            entry.model or "",
            entry.kind,
            entry.message,
            entry.next_step,
            clean(entry.document_name),
            entry.since,
        ),
    )


def list_quarantine(db: Connection, sha256: str | None) -> tuple[Quarantined, ...]:
    """List what is in quarantine, of one document or of all, newest first."""
    rows = db.execute(
        "SELECT sha256, page, model, kind, message, next_step, document_name, since FROM quarantine "
        "WHERE :sha256 IS NULL OR sha256 = :sha256 ORDER BY since DESC, sha256, page, model",
        {"sha256": sha256},
    )
    return tuple(
        Quarantined(
            sha256=found,
            page=page,
            kind=kind,
            message=message,
            next_step=next_step,
            model=model or None,
            document_name=name,
            since=since,
        )
        for found, page, model, kind, message, next_step, name, since in rows
    )


def release_document(db: Connection, sha256: str) -> int:
    """Let a document be sent again, named by its hash or the beginning of it.

    Shapes:  how many entries went
    Errors:  `NotAHash`, `HashAmbiguous`
    """
    text = sha256.strip().lower()
    if not _HASH.fullmatch(text):
        raise NotAHash(sha256)
    found = db.execute("SELECT DISTINCT sha256 FROM quarantine WHERE substr(sha256, 1, ?) = ?", (len(text), text))
    documents = [document for (document,) in found]
    if len(documents) > 1:
        raise HashAmbiguous(text, len(documents))
    return db.execute("DELETE FROM quarantine WHERE sha256 = ?", (documents[0],)).rowcount if documents else 0


def release_all(db: Connection) -> int:
    """Let every document be sent again.

    Shapes:  how many entries went
    """
    return db.execute("DELETE FROM quarantine").rowcount


def remember_unfetchable(db: Connection, url: str, *, now: float) -> None:
    """Remember for a day that the API cannot fetch an address; only the address's hash is kept."""
    db.execute("DELETE FROM unfetchable WHERE abs(at - ?) >= ?", (now, UNFETCHABLE_SECONDS))
    db.execute("INSERT OR REPLACE INTO unfetchable (url_sha256, at) VALUES (?, ?)", (_hash(url), now))


def is_unfetchable(db: Connection, url: str, *, now: float) -> bool:
    row = db.execute("SELECT at FROM unfetchable WHERE url_sha256 = ?", (_hash(url),)).fetchone()
    return row is not None and abs(now - row[0]) < UNFETCHABLE_SECONDS


def _hash(url: str) -> str:
    return hashlib.sha256(url.encode("utf-8", "surrogatepass")).hexdigest()
