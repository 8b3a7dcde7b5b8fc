"""`compare_documents`: what differs between two documents, with the places of both sides."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import AsyncExitStack
from typing import TYPE_CHECKING, Annotated

import anyio
from pydantic import Field

from witnessmark.documents.opening import Documents
from witnessmark_tools.arguments import MaxCost, ModelOrAuto, Password, Reuse, Wait
from witnessmark_tools.compare_result import DocumentComparison
from witnessmark_tools.contained import contained
from witnessmark_tools.definition import Progress
from witnessmark_tools.remembered import RememberedResults
from witnessmark_tools.results import document_read, result_id_of
from witnessmark_tools.terms import Terms

if TYPE_CHECKING:
    from witnessmark.claude.client import Claude

Earlier = Annotated[str, Field(description="Path or https URL of the earlier document.", min_length=1)]
Later = Annotated[str, Field(description="Path or URL of the later document.", min_length=1)]


async def compare_documents(
    before: Earlier,
    after: Later,
    focus: Annotated[
        str | None,
        Field(description="What to look at above all, for a model.", max_length=2000),
    ] = None,
    pages: Annotated[str | None, Field(description="Of both, such as '1-3,7'; default: all pages.")] = None,
    after_pages: Annotated[str | None, Field(description="Pages of `after`, if others.")] = None,
    password: Password = None,
    after_password: Annotated[str | None, Field(description="That of `after`, if another.")] = None,
    model: ModelOrAuto = None,
    max_cost_usd: MaxCost = None,
    reuse: Reuse = True,
    wait_seconds: Wait = None,
    *,
    documents: Documents,
    claude: Claude,
    terms: Terms,
    results: RememberedResults,
    patience: float | None,
    progress: Progress,
) -> DocumentComparison:
    """Compare two documents (PDF, scan, image, text, any pair): changed numbers and dates first, then what else changed, was added, removed or moved, with section, page and box of both sides. Layout is no change. Texts are aligned here, so nothing is missed; Claude says what changes mean and sees stamps. Free where all agrees."""  # noqa: E501 - one line on the wire
    from witnessmark_tools.compare_offline import aligned, compared, same_files
    from witnessmark_tools.compare_remembered import remembered_comparison
    from witnessmark_tools.compare_sides import ComparedSide, pages_of_side, read_sides
    from witnessmark_tools.readers import readers_for

    began = anyio.current_time()
    readers = await readers_for(model, claude, terms)
    async with AsyncExitStack() as opened:
        first = await opened.enter_async_context(documents.open(before, password))
        second = await opened.enter_async_context(documents.open(after, after_password or password))
        asked = (
            ComparedSide(label="BEFORE", document=first, pages=pages_of_side(first, pages)),
            ComparedSide(label="AFTER", document=second, pages=pages_of_side(second, after_pages or pages)),
        )
        told = {
            "model": readers.name,
            "focus": focus,
            "after": second.sha256,
            "pages": asked[0].pages,
            "after_pages": asked[1].pages,
        }
        result_id = result_id_of("compare_documents", first, told)
        if first.sha256 == second.sha256 and asked[0].pages == asked[1].pages:
            return same_files(result_id, document_read(first), document_read(second))
        seconds = wait_seconds or patience
        one, other = await read_sides(asked, documents, seconds=seconds, progress=progress)
        both = await aligned(one, other, documents)
        if not readers.models:
            found = await anyio.to_thread.run_sync(compared, both, result_id, abandon_on_cancel=True)
        else:
            from witnessmark_tools.compare_by_claude import Asking, compared_by_claude, to_ask

            asking = Asking(
                documents=documents,
                claude=claude,
                terms=terms,
                max_cost_usd=max_cost_usd,
                reuse=reuse,
                seconds=None if seconds is None else max(1.0, seconds - (anyio.current_time() - began)),
                progress=progress,
            )
            found = await compared_by_claude(both, await to_ask(both, documents, focus), result_id, readers, asking)
        if said := _of_readers(readers.warnings, focus, is_offline=not readers.models):
            found = found.saying(said)

        def remember() -> None:
            for kept in remembered_comparison(
                result_id, (before, after), (one, other), found.result.differences, found.review
            ):
                results.put(kept)

        faults: list[str] = []
        with contained(faults, "show_evidence cannot show this result: its places were not stored"):
            await anyio.to_thread.run_sync(remember, abandon_on_cancel=True)
        return found.saying(faults).result


def _of_readers(warnings: Sequence[str], focus: str | None, *, is_offline: bool) -> list[str]:
    told = list(warnings)
    if focus and is_offline:
        told.append("`focus` needs a model: on this machine every difference is listed alike.")
    return told
