"""Documents that lie at the API, and who is uploading which just now."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from witnessmark.store.ledger import STALE_SECONDS, clean
from witnessmark.store.processes import is_alive
from witnessmark.store.values import Upload

if TYPE_CHECKING:
    from sqlite3 import Connection

MARGIN_SECONDS = 5 * 60.0
"""An upload that ends this soon is not built upon: the ask may wait before it is sent."""
LEASE_SECONDS = STALE_SECONDS
"""How long one upload may keep the others waiting."""

_COLUMNS = "key, endpoint, workspace, file_id, name, media_type, size, uploaded_at, expires_at"


def find_upload(db: Connection, key: str, endpoint: str, workspace: str | None, *, now: float) -> Upload | None:
    """Find the newest upload of a document that still lives, in one workspace or in any."""
    row = db.execute(
        f"SELECT {_COLUMNS} FROM uploads WHERE key = :key AND endpoint = :endpoint "
        "AND (:workspace IS NULL OR workspace = :workspace) AND (expires_at IS NULL OR expires_at > :now) "
        "ORDER BY uploaded_at DESC LIMIT 1",
        {"key": key, "endpoint": endpoint, "workspace": workspace, "now": now + MARGIN_SECONDS},
    ).fetchone()
    return _upload(row) if row else None


def list_uploads(db: Connection, endpoint: str | None, *, now: float) -> tuple[Upload, ...]:
    """List what lies at an endpoint, or at all, newest first."""
    rows = db.execute(
        f"SELECT {_COLUMNS} FROM uploads WHERE (:endpoint IS NULL OR endpoint = :endpoint) "
        "AND (expires_at IS NULL OR expires_at > :now) ORDER BY uploaded_at DESC, file_id",
        {"endpoint": endpoint, "now": now},
    )
    return tuple(map(_upload, rows))


def claim(
    db: Connection, key: str, endpoint: str, *, token: str, process: str, now: float, has_waited: bool
) -> Upload | str | None:
    """Take the right to upload a document.

    With `has_waited`, a lease is taken over that should have ended: the clock may have been set back.

    Shapes:  the upload that is already there, `token` when the right was taken, None while another has it
    """
    if found := find_upload(db, key, endpoint, None, now=now):
        return found
    row = db.execute(
        "SELECT process, deadline FROM upload_leases WHERE key = ? AND endpoint = ?", (key, endpoint)
    ).fetchone()
    if row is not None and not has_waited and now < row[1] and is_alive(row[0]) is not False:
        return None
    db.execute(
        "INSERT OR REPLACE INTO upload_leases (key, endpoint, token, process, deadline) VALUES (?, ?, ?, ?, ?)",
        (key, endpoint, token, process, now + LEASE_SECONDS),
    )
    return token


def keep_upload(db: Connection, upload: Upload) -> None:
    """Keep where a document lies."""
    db.execute(
        f"INSERT OR REPLACE INTO uploads ({_COLUMNS}) VALUES ({', '.join('?' * 9)})",
        (
            upload.key,
            upload.endpoint,
            upload.workspace,
            upload.file_id,
            clean(upload.name),
            upload.media_type,
            upload.size,
            upload.uploaded_at,
            upload.expires_at,
        ),
    )


def end_lease(db: Connection, token: str) -> None:
    """Give the right back; nothing happens to one that another has taken over."""
    db.execute("DELETE FROM upload_leases WHERE token = ?", (token,))


def end_dead_leases(db: Connection, *, now: float) -> int:
    """Remove the leases that hold nobody up any more.

    Shapes:  how many
    """
    rows = db.execute("SELECT token, process, deadline FROM upload_leases").fetchall()
    ended = [(token,) for token, process, deadline in rows if now >= deadline or is_alive(process) is False]
    db.executemany("DELETE FROM upload_leases WHERE token = ?", ended)
    return len(ended)


def _upload(row: tuple[Any, ...]) -> Upload:
    key, endpoint, workspace, file_id, name, media_type, size, uploaded_at, expires_at = row
    return Upload(
        key=key,
        endpoint=endpoint,
        workspace=workspace,
        file_id=file_id,
        name=name,
        media_type=media_type,
        size=size,
        uploaded_at=uploaded_at,
        expires_at=expires_at,
    )
