"""`compare_documents`: what differs between two documents, with the places of both sides."""

from __future__ import annotations

from contextlib import AsyncExitStack
from typing import Annotated

import anyio
from pydantic import Field

from witnessmark.documents.opening import Documents
from witnessmark_tools.arguments import Password, Wait
from witnessmark_tools.compare_result import DocumentComparison
from witnessmark_tools.definition import Progress
from witnessmark_tools.remembered import RememberedResults
from witnessmark_tools.results import document_read, result_id_of

Earlier = Annotated[str, Field(description="Path or https URL of the earlier document.", min_length=1)]
Later = Annotated[str, Field(description="Of the later document.", min_length=1)]


async def compare_documents(
    before: Earlier,
    after: Later,
    pages: Annotated[str | None, Field(description="Such as '1-3,7', of both; default all.")] = None,
    after_pages: Annotated[str | None, Field(description="Of `after`, where they are others.")] = None,
    password: Password = None,
    after_password: Annotated[str | None, Field(description="Of `after`, where it is another.")] = None,
    wait_seconds: Wait = None,
    *,
    documents: Documents,
    results: RememberedResults,
    patience: float | None,
    progress: Progress,
) -> DocumentComparison:
    """Compare two versions of a document (PDF, scan, image, text, any pair): changed numbers and dates first, then what else was changed, added, removed or moved, each with section, page and box of both sides. Layout, line breaks and page numbers are no changes. Texts are aligned on this machine, so that nothing is missed. Free, no model."""  # noqa: E501 - one line on the wire
    from witnessmark_tools.compare_offline import compared, same_files
    from witnessmark_tools.compare_remembered import remembered_comparison
    from witnessmark_tools.compare_sides import ComparedSide, pages_of_side, read_sides

    async with AsyncExitStack() as opened:
        first = await opened.enter_async_context(documents.open(before, password))
        second = await opened.enter_async_context(documents.open(after, after_password or password))
        asked = (
            ComparedSide(label="BEFORE", document=first, pages=pages_of_side(first, pages)),
            ComparedSide(label="AFTER", document=second, pages=pages_of_side(second, after_pages or pages)),
        )
        told = {"after": second.sha256, "pages": asked[0].pages, "after_pages": asked[1].pages}
        result_id = result_id_of("compare_documents", first, told)
        if first.sha256 == second.sha256 and asked[0].pages == asked[1].pages:
            return same_files(result_id, document_read(first), document_read(second))
        one, other = await read_sides(asked, documents, seconds=wait_seconds or patience, progress=progress)
        found = await compared(one, other, documents, result_id)

        def remember() -> None:
            for kept in remembered_comparison(
                result_id, (before, after), (one, other), found.result.differences, found.review
            ):
                results.put(kept)

        await anyio.to_thread.run_sync(remember, abandon_on_cancel=True)
        return found.result
