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

_JOBS = (
    """CREATE TABLE jobs (
        id TEXT PRIMARY KEY,
        state TEXT NOT NULL CHECK (state IN ('working', 'completed', 'failed', 'cancelled')),
        tool TEXT NOT NULL, arguments TEXT, needs_secret INTEGER NOT NULL, endpoint TEXT NOT NULL, approved_usd INTEGER,
        began_at REAL NOT NULL, touched_at REAL NOT NULL, ended_at REAL,
        process TEXT NOT NULL, attempts INTEGER NOT NULL DEFAULT 1, is_unwanted INTEGER NOT NULL DEFAULT 0,
        done REAL NOT NULL, total REAL NOT NULL, message TEXT NOT NULL,
        result BLOB, error_kind TEXT, error_message TEXT, error_next TEXT) WITHOUT ROWID""",
    "CREATE INDEX jobs_at_work ON jobs (began_at) WHERE state = 'working'",
    "ALTER TABLE sends ADD COLUMN job TEXT",
    "CREATE INDEX sends_of_jobs ON sends (job) WHERE job IS NOT NULL",
)

_CACHING = (
    "ALTER TABLE sends ADD COLUMN call TEXT",
    "ALTER TABLE sends ADD COLUMN documents_prefix TEXT",
    "ALTER TABLE sends ADD COLUMN kept_prefix TEXT",
    "ALTER TABLE sends ADD COLUMN ttl TEXT",
    "ALTER TABLE sends ADD COLUMN way TEXT",
    "ALTER TABLE sends ADD COLUMN is_writing INTEGER NOT NULL DEFAULT 0",
    "ALTER TABLE sends ADD COLUMN message_id TEXT",
    "ALTER TABLE sends ADD COLUMN expected_read_tokens INTEGER NOT NULL DEFAULT 0",
    "ALTER TABLE sends ADD COLUMN cache_miss TEXT",
    "ALTER TABLE sends ADD COLUMN cache_lost_usd INTEGER",
    "CREATE INDEX sends_by_documents ON sends (documents_prefix, sent_at) WHERE documents_prefix IS NOT NULL",
    "CREATE INDEX sends_by_prefix ON sends (kept_prefix, sent_at) WHERE kept_prefix IS NOT NULL",
)

_LEVELS = ", ".join(
    f"{kind}_{figure} REAL" for kind in ("input", "output", "requests") for figure in ("limit", "left", "a_second")
)

_PACING = (
    f"""CREATE TABLE buckets (
        id INTEGER PRIMARY KEY, endpoint TEXT NOT NULL, account TEXT NOT NULL, model TEXT NOT NULL,
        touched_at REAL NOT NULL, is_heard INTEGER NOT NULL, ratio REAL NOT NULL, spread REAL NOT NULL,
        factor REAL NOT NULL, at_once REAL NOT NULL, cut_at REAL NOT NULL, resumes_at REAL NOT NULL,
        failed_in_row INTEGER NOT NULL, down_since REAL,
        probes INTEGER NOT NULL, probe_at REAL NOT NULL, trouble TEXT NOT NULL, {_LEVELS},
        UNIQUE (endpoint, account, model))""",
    """CREATE TABLE turns (
        id INTEGER PRIMARY KEY AUTOINCREMENT, bucket INTEGER NOT NULL, line TEXT NOT NULL, process TEXT NOT NULL,
        taken_at REAL NOT NULL, ends_at REAL NOT NULL, is_begun INTEGER NOT NULL, estimated REAL NOT NULL,
        input REAL NOT NULL, output REAL NOT NULL, requests REAL NOT NULL)""",
    "CREATE INDEX turns_by_bucket ON turns (bucket)",
    """CREATE TABLE lines (
        bucket INTEGER NOT NULL, line TEXT NOT NULL, process TEXT NOT NULL, since REAL NOT NULL, looks_by REAL NOT NULL,
        input REAL NOT NULL, output REAL NOT NULL, requests REAL NOT NULL, PRIMARY KEY (bucket, line)) WITHOUT ROWID""",
)

_ENDPOINTS = (
    """CREATE TABLE endpoint_facts (
        endpoint TEXT NOT NULL, model TEXT NOT NULL, what TEXT NOT NULL, state TEXT NOT NULL, learned_at REAL NOT NULL,
        said INTEGER NOT NULL, PRIMARY KEY (endpoint, model, what)) WITHOUT ROWID""",
)

_QUEUED_JOBS = ("ALTER TABLE jobs ADD COLUMN is_begun INTEGER NOT NULL DEFAULT 1",)

MIGRATIONS: tuple[tuple[str, ...], ...] = (_FIRST, (*_JOBS, *_CACHING, *_PACING, *_ENDPOINTS), _QUEUED_JOBS)


def migrate(connection: Connection, migrations: Sequence[Sequence[str]] = MIGRATIONS) -> None:
    """Bring the tables up to date; the caller has begun a transaction that no other process shares."""
    (version,) = connection.execute("PRAGMA user_version").fetchone()
    for number, statements in enumerate(migrations[version:], start=version + 1):
        for statement in statements:
            connection.execute(statement)
        connection.execute(f"PRAGMA user_version = {number}")
