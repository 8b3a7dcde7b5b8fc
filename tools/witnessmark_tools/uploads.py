"""`list_uploads` and `delete_uploads`: the documents that this server keeps at the API."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Annotated

from pydantic import Field

from witnessmark.errors import InputError, UsageError, WitnessmarkError
from witnessmark_tools.results import Frozen, Result

if TYPE_CHECKING:
    from witnessmark.claude.client import Claude
    from witnessmark.store import Upload

SHOWN = 200


class UploadListed(Frozen):
    file_id: str
    name: str
    document: str = Field(description="SHA-256 of the document.")
    pages: str | None = Field(description="Where it is a part of it.")
    bytes: int
    uploaded: str
    expires: str | None


class Uploads(Result):
    """Files at the API."""

    uploads: list[UploadListed]
    count: int
    bytes: int

    def to_text(self) -> str:
        lines = [f"{self.count} file{'s'[: self.count != 1]} at the API, {self.bytes / 1e6:,.1f} MB"]
        lines += [f"Warning: {warning}" for warning in self.warnings]
        lines += [
            f"- {upload.file_id}: {upload.name}, {upload.bytes / 1e6:,.1f} MB, until {upload.expires or 'deleted'}"
            for upload in self.uploads
        ]
        return "\n".join(lines)


class UploadsDeleted(Result):
    """What was deleted at the API."""

    deleted: list[str] = Field(description="file_id of each.")
    failed: list[str]

    def to_text(self) -> str:
        lines = [f"Deleted {len(self.deleted)} file{'s'[: len(self.deleted) != 1]} at the API."]
        lines += [f"Warning: {warning}" for warning in self.warnings]
        lines += [f"- {file_id}" for file_id in self.deleted]
        return "\n".join(lines)


class NothingNamed(UsageError):
    def __init__(self) -> None:
        super().__init__(
            "delete_uploads was not told what to delete.",
            "Pass `document` (a name, a file_id or a SHA-256), `older_than` or all=true.",
        )


class NoSuchUpload(InputError):
    def __init__(self, document: str) -> None:
        super().__init__(
            f"No file at the API is of a document {document[:80]!r}.", "list_uploads lists names, file ids and hashes."
        )


async def list_uploads(*, claude: Claude) -> Uploads:
    """List the documents that this server keeps at the Claude API so that they are not sent again: names, sizes, when they expire. Free. Others' files in the workspace are not listed."""  # noqa: E501 - one line on the wire
    found = await claude.store.uploads(claude.endpoint or None)
    told = [f"{SHOWN} of {len(found)} are listed."] if len(found) > SHOWN else []
    return Uploads(
        result_id="r-uploads",
        documents=[],
        engines=["offline"],
        warnings=told,
        uploads=[_listed(upload) for upload in found[:SHOWN]],
        count=len(found),
        bytes=sum(upload.size for upload in found),
    )


async def delete_uploads(
    document: Annotated[str | None, Field(description="Which document: its name, file_id or SHA-256.")] = None,
    older_than: Annotated[
        float | None, Field(description="Those uploaded longer ago than this many days.", ge=0)
    ] = None,
    all: Annotated[bool, Field(description="Every file that this server put there.")] = False,  # noqa: A002 - the contract's name
    *,
    claude: Claude,
) -> UploadsDeleted:
    """Delete documents that this server uploaded to the Claude API. They are uploaded again when they are needed; answers are kept. Files of others are never touched."""  # noqa: E501 - one line on the wire
    if document is None and older_than is None and not all:
        raise NothingNamed
    found = await claude.store.uploads(claude.endpoint or None)
    chosen = [upload for upload in found if _is_of(upload, document) and _is_older(upload, older_than)]
    if document is not None and not chosen:
        raise NoSuchUpload(document)
    deleted: list[str] = []
    failed: dict[str, WitnessmarkError] = {}
    for upload in chosen:
        try:
            await claude.delete_upload(upload)
            deleted.append(upload.file_id)
        except WitnessmarkError as error:
            failed[upload.file_id] = error
            if not deleted and len(failed) == 1 and len(chosen) == 1:
                raise
    return UploadsDeleted(
        result_id="r-uploads-deleted",
        documents=[],
        engines=["offline"],
        warnings=[f"{file_id} was not deleted. {error}" for file_id, error in failed.items()],
        deleted=deleted,
        failed=list(failed),
    )


def _is_of(upload: Upload, document: str | None) -> bool:
    if document is None:
        return True
    return document in {upload.file_id, upload.name, _hash(upload)} or upload.name.startswith(f"{document}, pages ")


def _is_older(upload: Upload, days: float | None) -> bool:
    return days is None or upload.uploaded_at <= datetime.now(UTC).timestamp() - days * 86_400


def _hash(upload: Upload) -> str:
    return upload.key.partition(":")[0]


def _listed(upload: Upload) -> UploadListed:
    return UploadListed(
        file_id=upload.file_id,
        name=upload.name,
        document=_hash(upload),
        pages=upload.key.partition(":")[2] or None,
        bytes=upload.size,
        uploaded=_time(upload.uploaded_at),
        expires=None if upload.expires_at is None else _time(upload.expires_at),
    )


def _time(seconds: float) -> str:
    return datetime.fromtimestamp(seconds, UTC).isoformat(timespec="seconds")
