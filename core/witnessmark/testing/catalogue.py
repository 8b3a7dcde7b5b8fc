"""Answers what is asked about files and models."""

from __future__ import annotations

from typing import Any

from witnessmark.testing import checks, models
from witnessmark.testing.bodies import Asked
from witnessmark.testing.delivery import Response
from witnessmark.testing.files import FileStore, UploadForm, limit_of


async def upload(store: FileStore, asked: Asked) -> Response:
    """Answer `POST /v1/files`."""
    form = UploadForm(asked.exchange.headers.get("content-type", ""))
    try:
        while (piece := await asked.exchange.read()) is not None:
            form.feed(piece)
        read = form.finish()
    finally:
        await asked.exchange.drain()
    asked.recorded.body = {
        "filename": read.name,
        "mime_type": read.mime_type,
        "sha256": read.sha256,
        "size": len(read.data),
        "expires_in_seconds": read.expires_in,
    }
    return Response.of_json(store.add(read, asked.workspace).as_json())


async def list_files(store: FileStore, asked: Asked) -> Response:
    """Answer `GET /v1/files`."""
    return Response.of_json(store.page(asked.exchange.query, asked.workspace))


async def file(store: FileStore, asked: Asked) -> Response:
    """Answer `GET /v1/files/{id}`."""
    return Response.of_json(store.find(asked.name, asked.workspace).as_json())


async def delete_file(store: FileStore, asked: Asked) -> Response:
    """Answer `DELETE /v1/files/{id}`."""
    return Response.of_json(store.delete(asked.name, asked.workspace))


async def file_content(store: FileStore, asked: Asked) -> Response:
    """Answer `GET /v1/files/{id}/content`: only what tools made can be read back, and no tool makes files here."""
    store.find(asked.name, asked.workspace)
    raise checks.FILE_DOWNLOAD("File is not downloadable.")


async def list_models(asked: Asked) -> Response:
    """Answer `GET /v1/models`."""
    query = asked.exchange.query
    listed = models.listed(tuple(query.get("lifecycle[]", ("active", "deprecated"))))
    ids = [entry["id"] for entry in listed]
    for name in ("after_id", "before_id"):
        if name in query and query[name][0] not in ids:
            raise checks.LIST_QUERY(f"{name}: there is no such model in the list")
    limit, start, end = limit_of(query), 0, len(listed)
    if "before_id" in query:
        end = ids.index(query["before_id"][0])
        start = max(0, end - limit)
    elif "after_id" in query:
        start = ids.index(query["after_id"][0]) + 1
    shown = listed[start : min(end, start + limit)]
    page: dict[str, Any] = {
        "data": shown,
        "has_more": start > 0 if "before_id" in query else start + limit < end,
        "first_id": shown[0]["id"] if shown else None,
        "last_id": shown[-1]["id"] if shown else None,
    }
    return Response.of_json(page)


async def model(asked: Asked) -> Response:
    """Answer `GET /v1/models/{id}`."""
    if (found := models.info(asked.name)) is None:
        raise checks.MODEL(f"model: {asked.name}")
    return Response.of_json(found)
