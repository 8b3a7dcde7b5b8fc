"""The tables, and the steps that bring an older store up to date.

Each version is a list of statements; one that was released is never changed.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import fields
from typing import TYPE_CHECKING

from witnessmark.store.values import Tokens

if TYPE_CHECKING:
    from sqlite3 import Connection

APPLICATION_ID = 0x776D726B
"""`wmrk`: what makes an SQLite file ours."""

TOKEN_COLUMNS = tuple(f"{kind.name}_tokens" for kind in fields(Tokens))

_TOKENS = ", ".join(f"{column} INTEGER NOT NULL DEFAULT 0" for column in TOKEN_COLUMNS)

_FIRST = (
    f"PRAGMA application_id = {APPLICATION_ID}",
    f"""CREATE TABLE answers (
        content_key TEXT NOT NULL, endpoint TEXT NOT NULL, model TEXT NOT NULL, message BLOB NOT NULL, {_TOKENS},
        usd INTEGER, usd_without_cache INTEGER, request_id TEXT, paid_at REAL NOT NULL,
        PRIMARY KEY (content_key, endpoint))""",
    "CREATE INDEX answers_by_age ON answers (paid_at)",
    f"""CREATE TABLE sends (
        id INTEGER PRIMARY KEY AUTOINCREMENT,
        state TEXT NOT NULL CHECK (state IN ('sent', 'answered', 'not billed', 'possibly billed', 'reused')),
        sent_at REAL NOT NULL, settled_at REAL, content_key TEXT NOT NULL, endpoint TEXT NOT NULL, model TEXT NOT NULL,
        tool TEXT NOT NULL, document TEXT NOT NULL, document_name TEXT NOT NULL, images INTEGER NOT NULL, {_TOKENS},
        estimated_usd INTEGER, usd INTEGER, usd_without_cache INTEGER, request_id TEXT, kind TEXT,
        process TEXT NOT NULL, reservation INTEGER)""",
    # Covers the sum that budgets ask for before every plan.
    "CREATE INDEX sends_by_time ON sends (sent_at, state, usd, estimated_usd)",
    "CREATE INDEX sends_in_flight ON sends (process, sent_at) WHERE state = 'sent'",
    "CREATE TABLE deliveries (key TEXT NOT NULL, send INTEGER NOT NULL, PRIMARY KEY (key, send)) WITHOUT ROWID",
    """CREATE TABLE reservations (
        id INTEGER PRIMARY KEY AUTOINCREMENT, usd INTEGER NOT NULL, process TEXT NOT NULL, touched_at REAL NOT NULL)""",
    """CREATE TABLE uploads (
        endpoint TEXT NOT NULL, file_id TEXT NOT NULL, key TEXT NOT NULL, workspace TEXT, name TEXT NOT NULL,
        media_type TEXT NOT NULL, size INTEGER NOT NULL, uploaded_at REAL NOT NULL, expires_at REAL,
        PRIMARY KEY (endpoint, file_id)) WITHOUT ROWID""",
    "CREATE INDEX uploads_by_key ON uploads (key, endpoint)",
    """CREATE TABLE upload_leases (
        key TEXT NOT NULL, endpoint TEXT NOT NULL, token TEXT NOT NULL, process TEXT NOT NULL, deadline REAL NOT NULL,
        PRIMARY KEY (key, endpoint)) WITHOUT ROWID""",
    """CREATE TABLE quarantine (
        sha256 TEXT NOT NULL, page INTEGER NOT NULL, model TEXT NOT NULL, kind TEXT NOT NULL, message TEXT NOT NULL,
        next_step TEXT NOT NULL, document_name TEXT NOT NULL, since REAL NOT NULL,
        PRIMARY KEY (sha256, page, model)) WITHOUT ROWID""",
    "CREATE TABLE unfetchable (url_sha256 TEXT PRIMARY KEY, at REAL NOT NULL) WITHOUT ROWID",
)

_ENDPOINTS = (
    """CREATE TABLE endpoint_facts (
        endpoint TEXT NOT NULL, model TEXT NOT NULL, what TEXT NOT NULL, state TEXT NOT NULL, learned_at REAL NOT NULL,
        said INTEGER NOT NULL, PRIMARY KEY (endpoint, model, what)) WITHOUT ROWID""",
)

MIGRATIONS: tuple[tuple[str, ...], ...] = (_FIRST, _ENDPOINTS)


def migrate(connection: Connection, migrations: Sequence[Sequence[str]] = MIGRATIONS) -> None:
    """Bring the tables up to date; the caller has begun a transaction that no other process shares."""
    (version,) = connection.execute("PRAGMA user_version").fetchone()
    for number, statements in enumerate(migrations[version:], start=version + 1):
        for statement in statements:
            connection.execute(statement)
        connection.execute(f"PRAGMA user_version = {number}")
