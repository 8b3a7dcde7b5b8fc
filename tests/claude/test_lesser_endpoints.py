"""Endpoints with less: what is missing is found out once, said once and worked around, and results stay as checked."""

from __future__ import annotations

import time
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from tests.claude.conftest import Desk
from tests.claude.lesser import LOCAL_MODEL, answering, asked, blocks_of, checks, desk_at, lesser, texts_of
from tests.drawing import draw_text
from witnessmark.claude import delivery
from witnessmark.claude.endpoint import Endpoint
from witnessmark.claude.failures import FormRefused, ModelNotAvailable, PagesNotSeen, RequestRefused
from witnessmark.claude.running import Run
from witnessmark.claude.understanding import ANSWER_TOOL, NoStructuredAnswer
from witnessmark.plans.models import ModelUnknown
from witnessmark.plans.parts import text_blocks
from witnessmark.plans.plan import Breakpoint, Plan, keeping_documents
from witnessmark.store import StoredAnswer, open_store
from witnessmark.testing import ApiError, Cited, FakeClaudeAPI, Reply, Request, faults
from witnessmark_tools.tables_answer import AnswerUnusable, parse_answer
from witnessmark_tools.tables_plan import plan_tables

pytestmark = pytest.mark.anyio

PAGES = ["one alpha", "two bravo", "three charlie"]
PDF = draw_text(PAGES)
ADDRESSES = ["404", "405", "501", "html"]
REFUSALS = ["refused", "unnamed", "422", "500"]


async def said(desk: Desk) -> list[str]:
    return await desk.claude.unsaid(desk.model)


def answers_in(run: Run) -> list[StoredAnswer]:
    """List what was paid for, without the small requests that find out what the endpoint can."""
    return [answer for answer in run.billed if answer.message != "{}"]


# --- nothing lacks -------------------------------------------------------------------------------------------------


async def test_of_the_whole_api_nothing_is_found_out(desk: Desk, api: FakeClaudeAPI) -> None:
    api.answer_with(answering)
    assert texts_of(await desk.run(PDF)) == PAGES
    assert len(asked(api)) == 1
    assert checks(api) == []
    assert await said(desk) == []


async def test_what_lacks_nothing_but_signs_no_answer_is_looked_at_once(tmp_path: Path) -> None:
    async with lesser("error form") as api:
        async with desk_at(api, tmp_path) as desk:
            assert texts_of(await desk.run(PDF)) == PAGES
            assert await said(desk) == []
        assert len(checks(api)) == 2
        async with desk_at(api, tmp_path) as desk:
            await desk.run(PDF, reuse_since=time.time())
        assert len(checks(api)) == 2
        assert [block["type"] for block in blocks_of(asked(api)[-1])] == ["document", "text"]


# --- files ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("how", [*ADDRESSES, "other"])
async def test_without_files_documents_go_along(tmp_path: Path, how: str) -> None:
    async with lesser(f"files={how}") as api:
        async with desk_at(api, tmp_path) as desk:
            await desk.run(PDF)
            again = await desk.run(PDF, reuse_since=time.time())  # what is sent a second time would be kept at the API
            assert texts_of(again) == PAGES
            host = api.url.removeprefix("http://")
            assert await said(desk) == [f"The endpoint {host} has no Files API: documents are sent with each request."]
            assert await said(desk) == []
            await desk.run(PDF, reuse_since=time.time())
        async with desk_at(api, tmp_path) as desk:
            await desk.run(PDF, reuse_since=time.time())
            assert await said(desk) == []
        tried = [request.endpoint for request in api.requests if request.path.startswith("/v1/files")]
        assert tried == ["POST /v1/files", "GET /v1/files"]
        assert {blocks_of(request)[0]["source"]["type"] for request in asked(api)} == {"base64"}


async def test_a_404_to_one_upload_is_no_lack_of_files(desk: Desk, api: FakeClaudeAPI) -> None:
    api.answer_with(answering)
    await desk.run(PDF)
    api.fail(faults.status(404), on="POST /v1/files")
    assert texts_of(await desk.run(PDF, reuse_since=time.time())) == PAGES
    assert await said(desk) == []
    await desk.run(PDF, reuse_since=time.time())
    assert [blocks_of(request)[0]["source"]["type"] for request in asked(api)] == ["base64", "base64", "file"]


async def test_without_files_what_no_request_can_carry_is_parted_before_it_is_sent(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with lesser("files") as api, desk_at(api, tmp_path) as desk:
        await desk.run(PDF)
        await desk.run(PDF, reuse_since=time.time())
        monkeypatch.setattr(delivery, "_SPARE_BYTES", 0)
        monkeypatch.setattr(delivery, "REQUEST_BYTES", len(PDF) - 100)  # the plan does not know how little that is
        api.clear()
        assert texts_of(await desk.run(PDF, reuse_since=time.time())) == PAGES
        assert len(asked(api)) > 1
        assert {request.status for request in asked(api)} == {200}


# --- counting ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("how", [*ADDRESSES, "404 of the API"])
async def test_without_counting_it_is_asked_for_once(tmp_path: Path, how: str) -> None:
    async with lesser(f"counting={how}") as api, desk_at(api, tmp_path) as desk:
        await desk.run(PDF)
        path = tmp_path / "a.pdf"
        async with desk.documents.open(str(path)) as document:
            asks = [(ask, desk.model) for ask in (await desk.plan(document)).asks]
            for _ in range(2):
                counted = await desk.claude.counted(asks, documents=desk.documents, sources=[document], seconds=20)
                assert counted.tokens == {}
                assert counted.gaps == ("The endpoint at ANTHROPIC_BASE_URL does not count tokens.",)
        host = api.url.removeprefix("http://")
        assert await said(desk) == [f"The endpoint {host} does not count tokens: what goes in is estimated."]
        assert sum(request.path == "/v1/messages/count_tokens" for request in api.requests) == 1


async def test_a_model_that_is_not_there_is_no_lack_of_counting(tmp_path: Path) -> None:
    async with lesser("ending") as api, desk_at(api, tmp_path) as desk:
        api.fail(faults.status(404), on="POST /v1/messages/count_tokens")
        (tmp_path / "a.pdf").write_bytes(PDF)
        async with desk.documents.open(str(tmp_path / "a.pdf")) as document:
            asks = [(ask, desk.model) for ask in (await desk.plan(document)).asks]
            await desk.claude.counted(asks, documents=desk.documents, sources=[document], seconds=20)
        assert await said(desk) == []


# --- documents -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("how", [*REFUSALS, "ignored"])
async def test_pages_that_go_nowhere_as_a_document_go_as_pictures_with_their_text(tmp_path: Path, how: str) -> None:
    async with lesser(f"documents={how}") as api, desk_at(api, tmp_path) as desk:
        run = await desk.run(PDF, pages=[2, 3])
        assert texts_of(run) == PAGES[1:]
        (request,) = asked(api)
        blocks = blocks_of(request)
        assert [block["type"] for block in blocks] == ["text", "image", "text", "text", "image", "text", "text"]
        assert blocks[0]["text"] == "The file named \u201ca.pdf\u201d, a PDF: page 1 of the file as given."
        verb = "never sees" if how == "ignored" else "takes no"
        (sentence,) = await said(desk)
        assert f"{verb} PDFs: it is sent pictures of their pages and their text." in sentence


async def test_a_text_that_goes_nowhere_as_a_document_goes_as_text(tmp_path: Path) -> None:
    async with lesser("documents=ignored") as api, desk_at(api, tmp_path) as desk:
        (tmp_path / "a.txt").write_text("line one\n")
        path = tmp_path / "a.txt"
        async with desk.documents.open(str(path)) as document:
            facts = await desk.documents.facts(document, [1])
            plan = plan_tables(document, facts, desk.model, texts=text_blocks("a.txt", "line one\n"))
            run = await desk.claude.run(plan, desk.work(document))
        assert texts_of(run) == ["line one"]
        assert {block["type"] for block in blocks_of(asked(api)[0])} == {"text"}


async def test_an_endpoint_that_says_no_usage_is_not_trusted_with_documents(tmp_path: Path) -> None:
    for how in ("zeros", "missing"):
        async with lesser(f"usage={how}") as api:
            folder = tmp_path / how
            folder.mkdir()
            async with desk_at(api, folder) as desk:
                assert texts_of(await desk.run(PDF)) == PAGES
                assert "image" in {block["type"] for block in blocks_of(asked(api)[0])}
                first, second = await said(desk), await said(desk)
                assert any("whether it sees PDFs cannot be told" in sentence for sentence in first)
                assert second == [sentence for sentence in first if "whether it sees the pages" in sentence]
                assert second


@pytest.mark.parametrize("how", ["ignored", "refused"])
async def test_where_pictures_go_nowhere_either_nothing_is_asked(tmp_path: Path, how: str) -> None:
    async with lesser("documents=ignored", f"images={how}") as api, desk_at(api, tmp_path) as desk:
        run = await desk.run(PDF)
        assert [type(failed.error) for failed in run.failed] == [PagesNotSeen]
        assert asked(api) == []
        assert not await desk.store.quarantined()


async def test_a_bad_page_is_no_lack_of_documents(tmp_path: Path) -> None:
    async with lesser("error form") as api, desk_at(api, tmp_path) as desk:
        api.refuse_when(lambda request: "bravo" in request.page_text)
        run = await desk.run(PDF)
        assert texts_of(run) == [PAGES[0], PAGES[2]]
        assert [type(failed.error) for failed in run.failed] == [RequestRefused]
        assert await said(desk) == []
        assert all(block["type"] != "image" for request in asked(api) for block in blocks_of(request))
        assert [entry.page for entry in await desk.store.quarantined()] == [2]


# --- the form of a request -----------------------------------------------------------------------------------------


@pytest.mark.parametrize("how", REFUSALS)
async def test_where_structured_outputs_are_refused_a_tool_is_called(tmp_path: Path, how: str) -> None:
    async with lesser(f"structured outputs={how}") as api:
        async with desk_at(api, tmp_path) as desk:
            assert texts_of(await desk.run(PDF)) == PAGES
            (sentence,) = await said(desk)
            assert "has no structured outputs: it answers by calling a tool." in sentence
        api.clear()
        async with desk_at(api, tmp_path) as desk:
            assert texts_of(await desk.run(PDF, reuse_since=time.time())) == PAGES
        assert [request.status for request in api.requests if request.path == "/v1/messages"] == [200]
        assert asked(api)[0].body["tools"][0]["name"] == ANSWER_TOOL
        assert asked(api)[0].body["output_config"] == {"effort": "low"}


async def test_where_structured_outputs_are_ignored_the_answer_is_asked_for_again(tmp_path: Path) -> None:
    async with lesser("structured outputs=ignored") as api, desk_at(api, tmp_path) as desk:
        run = await desk.run(PDF)
        assert texts_of(run) == PAGES
        assert len(answers_in(run)) == 2
        again = asked(api)[1]
        assert again.body["tools"][0]["name"] == ANSWER_TOOL
        assert "could not be used before" in blocks_of(again)[-1]["text"]
        api.clear()
        assert texts_of(await desk.run(PDF, reuse_since=time.time())) == PAGES
        assert len(asked(api)) == 1


@pytest.mark.parametrize("how", ["refused", "unnamed", "ignored"])
async def test_without_structured_outputs_and_tools_json_is_asked_for_in_words(tmp_path: Path, how: str) -> None:
    async with lesser(f"structured outputs={how}", f"tools={how}") as api, desk_at(api, tmp_path) as desk:
        if how == "ignored":  # prose, prose: only then is it known
            assert [type(failed.error) for failed in (await desk.run(PDF)).failed] == [NoStructuredAnswer]
        run = await desk.run(PDF, reuse_since=time.time())
        assert texts_of(run) == PAGES
        body = asked(api)[-1].body
        assert "tools" not in body
        assert '"additionalProperties": false' in body["system"]
        sentences = await said(desk)
        assert any("asked for JSON in words" in sentence for sentence in sentences)


@pytest.mark.parametrize("how", REFUSALS)
async def test_where_effort_is_refused_it_is_not_set(tmp_path: Path, how: str) -> None:
    async with lesser(f"effort={how}") as api, desk_at(api, tmp_path) as desk:
        assert texts_of(await desk.run(PDF)) == PAGES
        assert set(asked(api)[-1].body["output_config"]) == {"format"}
        (sentence,) = await said(desk)
        assert sentence.endswith("does not let effort be chosen.")


async def run_keeping(desk: Desk, **work: Any) -> Any:
    """Ask as one does who means to ask more about the same document."""
    path = desk.folder / "a.pdf"
    path.write_bytes(PDF)
    async with desk.documents.open(str(path)) as document:
        plan = keeping_documents(await desk.plan(document))
        return await desk.claude.run(plan, desk.work(document, **work))


@pytest.mark.parametrize("how", REFUSALS)
async def test_where_caching_is_refused_nothing_is_marked(tmp_path: Path, how: str) -> None:
    async with lesser(f"caching={how}") as api, desk_at(api, tmp_path) as desk:
        assert texts_of(await run_keeping(desk)) == PAGES
        assert "cache_control" not in str(asked(api)[-1].body)
        (sentence,) = await said(desk)
        assert sentence.endswith("has no prompt caching: asking again costs as much as the first time.")


async def test_where_an_hour_of_caching_is_refused_five_minutes_are_kept(tmp_path: Path) -> None:
    async with lesser("caching for an hour") as api, desk_at(api, tmp_path) as desk:
        (tmp_path / "a.pdf").write_bytes(PDF)
        async with desk.documents.open(str(tmp_path / "a.pdf")) as document:
            (ask,) = (await desk.plan(document)).asks
            plan = Plan(asks=(replace(ask, breakpoints=(Breakpoint(index=0, ttl="1h"),)),))
            assert texts_of(await desk.claude.run(plan, desk.work(document))) == PAGES
        assert blocks_of(asked(api)[-1])[0]["cache_control"] == {"type": "ephemeral"}
        (sentence,) = await said(desk)
        assert sentence.endswith("caches for five minutes and not for an hour.")


async def test_where_caching_is_ignored_it_is_said(tmp_path: Path) -> None:
    async with lesser("caching=ignored") as api, desk_at(api, tmp_path) as desk:
        await run_keeping(desk)
        (sentence,) = await said(desk)
        assert sentence.endswith("reports no caching: asking again costs as much as the first time.")
        assert "cache_control" in str(asked(api)[-1].body)


async def test_only_what_is_refused_is_left_out_whatever_else_is_asked(tmp_path: Path) -> None:
    async with lesser("effort=unnamed", "caching=unnamed") as api, desk_at(api, tmp_path) as desk:
        assert texts_of(await run_keeping(desk)) == PAGES
        assert set(asked(api)[-1].body["output_config"]) == {"format"}
        assert len(await said(desk)) == 2


async def test_an_endpoint_that_takes_nothing_is_given_up_without_blaming_the_document(tmp_path: Path) -> None:
    async with lesser("error form") as api, desk_at(api, tmp_path) as desk:
        api.refuse_when(lambda _: ApiError(400, "invalid_request_error", "Invalid model name"))
        run = await desk.run(PDF)
        assert [type(failed.error) for failed in run.failed] == [FormRefused]
        assert not await desk.store.quarantined()
        assert len(api.requests) < 5


# --- answers -------------------------------------------------------------------------------------------------------


async def test_an_answer_that_does_not_fit_is_asked_for_again_once(tmp_path: Path) -> None:
    async with lesser("structured outputs=refused") as api, desk_at(api, tmp_path) as desk:
        api.answer_with([Reply(text="x"), Reply(text="x"), Reply(tool_use={ANSWER_TOOL: {"tables": [{"page": 1}]}})])
        run = await desk.run(PDF, parse=parse_answer)
        assert [type(failed.error) for failed in run.failed] == [AnswerUnusable]
        assert len(asked(api)) == 3  # the first was refused, and cost nothing
        assert len(answers_in(run)) == 2
        assert "tables.0.headers: Field required" in blocks_of(asked(api)[-1])[-1]["text"]


async def test_an_endpoint_that_does_not_stream_is_understood(tmp_path: Path) -> None:
    async with lesser("streaming", "ending") as api, desk_at(api, tmp_path) as desk:
        run = await desk.run(PDF)
        assert texts_of(run) == PAGES
        assert run.billed[0].tokens.input > 0


@pytest.mark.parametrize("form", ["openai", "plain"])
async def test_errors_in_another_form_are_understood(tmp_path: Path, form: str) -> None:
    async with lesser(f"error form={form}") as api, desk_at(api, tmp_path) as desk:
        api.fail(faults.rate_limited(1))
        assert texts_of(await desk.run(PDF)) == PAGES


async def test_all_lacking_at_once_tables_are_read_all_the_same(tmp_path: Path) -> None:
    lacks = [
        "files=html",
        "counting",
        "models=other",
        "structured outputs=unnamed",
        "effort=422",
        "caching=ignored",
        "tools=unnamed",
        "documents=ignored",
        "streaming",
        "ending",
        "error form",
    ]
    async with lesser(*lacks) as api:
        async with desk_at(api, tmp_path) as desk:
            assert texts_of(await run_keeping(desk)) == PAGES
            assert len(await said(desk)) >= 4
        api.clear()
        async with desk_at(api, tmp_path) as desk:
            assert texts_of(await run_keeping(desk, reuse_since=time.time())) == PAGES
            assert await said(desk) == []
        assert len(asked(api)) == 1
        assert checks(api) == []


# --- models of other names -----------------------------------------------------------------------------------------


@pytest.mark.parametrize("how", ["404", "html", "other"])
async def test_a_model_that_nobody_knows_works_and_has_no_price(tmp_path: Path, how: str) -> None:
    async with lesser(f"models={how}") as api, desk_at(api, tmp_path) as desk:
        desk.model = await desk.claude.model(LOCAL_MODEL)
        assert desk.model.prices == ()
        run = await desk.run(PDF)
        assert texts_of(run) == PAGES
        assert run.billed[0].usd is None
        assert asked(api)[0].body["model"] == LOCAL_MODEL


async def test_at_the_api_a_model_that_nobody_knows_stays_unknown(desk: Desk) -> None:
    with pytest.raises(ModelUnknown):
        await desk.claude.model(LOCAL_MODEL)


async def test_a_gateway_may_send_one_model_elsewhere(tmp_path: Path) -> None:
    async with FakeClaudeAPI() as api, desk_at(api, tmp_path) as desk:
        api.answer_with(answering)
        await desk.claude.model(desk.model.id)  # the Claude API says what it can
        api.lacks.how["documents"] = "ignored"  # and something else answers
        run = await desk.run(PDF)
        assert texts_of(run) == PAGES
        assert [{block["type"] for block in blocks_of(request)} for request in asked(api)] == [
            {"document", "text"},
            {"image", "text"},
        ]
        assert len(answers_in(run)) == 2  # the first was about nothing, and is paid for all the same
        assert texts_of(await desk.run(PDF)) == PAGES
        assert len(asked(api)) == 2


async def test_a_gateway_that_signs_no_messages_is_believed_once_they_are_looked_at(tmp_path: Path) -> None:
    async with FakeClaudeAPI() as api, desk_at(api, tmp_path) as desk:
        api.answer_with(answering)
        await desk.claude.model(desk.model.id)
        api.lacks.how["error form"] = "openai"
        run = await desk.run(PDF)
        assert texts_of(run) == PAGES
        assert len(answers_in(run)) == len(asked(api)) == 1
        assert [answered.was_reused for answered in (await desk.run(PDF)).answered] == [True]


async def test_a_pdf_that_the_endpoint_stumbles_over_is_written_anew(tmp_path: Path) -> None:
    cut_off = PDF[: PDF.rindex(b"startxref")]  # PDFium reads it, the fake's reader does not
    async with lesser("error form") as api, desk_at(api, tmp_path) as desk:
        assert texts_of(await desk.run(cut_off)) == PAGES
        assert [request.status for request in asked(api)] == [400, 200, 200]
        assert await said(desk) == []


async def test_a_bad_moment_is_no_lack(tmp_path: Path) -> None:
    async with lesser("error form") as api, desk_at(api, tmp_path) as desk:

        def once(request: Request) -> ApiError | None:
            if request.pages and not failed:
                failed.append(True)
                return ApiError(500, "api_error", "Internal server error")
            return None

        failed: list[bool] = []
        api.refuse_when(once)
        assert texts_of(await desk.run(PDF)) == PAGES
        assert await said(desk) == []


async def test_a_model_that_the_endpoint_does_not_have_is_said(tmp_path: Path) -> None:
    async with lesser("models", models=()) as api, desk_at(api, tmp_path) as desk:
        desk.model = await desk.claude.model("nobody-7b")
        run = await desk.run(PDF)
        assert [type(failed.error) for failed in run.failed] == [ModelNotAvailable]


# --- what is known, and for how long -------------------------------------------------------------------------------


async def test_an_upgrade_is_noticed_after_a_day(tmp_path: Path) -> None:
    ahead = [0.0]
    async with (
        lesser("structured outputs", "files") as api,
        desk_at(api, tmp_path, clock=lambda: time.time() + ahead[0]) as desk,
    ):
        await desk.run(PDF)
        await desk.run(PDF, reuse_since=time.time())
        api.lacks.how.clear()
        api.lacks.how["error form"] = "openai"
        await desk.run(PDF, reuse_since=time.time())
        assert "format" not in asked(api)[-1].body.get("output_config", {})
        ahead[0] = 25 * 3600
        assert texts_of(await desk.run(PDF, reuse_since=time.time())) == PAGES
        assert "format" in asked(api)[-1].body["output_config"]
        assert blocks_of(asked(api)[-1])[0]["source"]["type"] == "file"


async def test_the_claude_api_itself_is_never_taken_to_lack_anything(tmp_path: Path) -> None:
    async with open_store(tmp_path / "store.sqlite3") as store:
        endpoint = Endpoint(url="https://api.anthropic.com", store=store)
        await endpoint.learn("files", "absent")
        await endpoint.learn("structured outputs", "refused", "claude-sonnet-5-5")
        assert not endpoint.lacks("files")
        assert await store.endpoint_facts(endpoint.url) == ()
        assert await endpoint.unsaid(["claude-sonnet-5-5"]) == []


async def test_asks_that_go_out_together_find_out_once(tmp_path: Path) -> None:
    async with lesser("structured outputs", "documents=ignored") as api, desk_at(api, tmp_path) as desk:
        path = tmp_path / "a.pdf"
        path.write_bytes(PDF)
        async with desk.documents.open(str(path)) as document:
            plans = [await desk.plan(document, [page]) for page in (1, 2, 3)]
            plan = replace(plans[0], asks=tuple(ask for plan in plans for ask in plan.asks))
            run = await desk.claude.run(plan, desk.work(document))
        assert texts_of(run) == PAGES
        assert [request.status for request in asked(api)] == [400, 200, 200, 200]


# --- citations -----------------------------------------------------------------------------------------------------


def quoting(request: Request) -> Any:
    """Cite where that is asked for; quote where the model is told to."""
    if request.documents and request.documents[0].cites:
        return Reply(cited=[Cited(text=f"{'It says so at length. ' * 6}", quote="one alpha")])
    return "“one alpha” (page 1)" if "double quotation marks" in request.text else "It says so at length. " * 6


@pytest.mark.parametrize("how", [*REFUSALS, "ignored"])
async def test_without_citations_a_model_is_asked_to_quote(tmp_path: Path, how: str) -> None:
    (tmp_path / "a.pdf").write_bytes(PDF)
    async with lesser(f"citations={how}") as api, desk_at(api, tmp_path) as desk:
        api.answer_with(quoting)
        async with desk.documents.open(str(tmp_path / "a.pdf")) as document:
            (ask,) = (await desk.plan(document)).asks
            plan = Plan(asks=(replace(ask, schema=None, cites=True),))
            await desk.claude.run(plan, desk.work(document, reuse_since=time.time()))
            run = await desk.claude.run(plan, desk.work(document, reuse_since=time.time()))
        assert "".join(piece.text for piece in run.answered[0].value) == "“one alpha” (page 1)"
        told = " ".join(await said(desk))
        assert ("cites nothing" if how == "ignored" else "has no citations") in told
