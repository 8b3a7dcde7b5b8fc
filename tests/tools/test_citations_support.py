"""Statements that their citations do not bear out: named, and asked of a stronger model."""

from __future__ import annotations

from collections.abc import AsyncGenerator
from pathlib import Path

import pytest

from tests.drawing import draw_text
from tests.tools.conftest import House, house_settings, opened
from tests.tools.test_citations_claude import HAIKU, LEASE, SONNET, answering, ask, cited
from witnessmark.testing import Cited, FakeClaudeAPI, Reply, Request

pytestmark = pytest.mark.anyio

PAGES = [*LEASE, "Ferme\nLe fermier garde les moutons dans la grange pendant tout l'hiver."]


@pytest.fixture
async def api() -> AsyncGenerator[FakeClaudeAPI]:
    async with FakeClaudeAPI() as fake:
        yield fake


@pytest.fixture
async def auto(api: FakeClaudeAPI, tmp_path: Path) -> AsyncGenerator[House]:
    async with opened(house_settings(tmp_path, api, model="auto"), tmp_path) as made:
        yield made


async def test_a_contradicted_statement_is_named_with_its_place(auto: House, api: FakeClaudeAPI) -> None:
    api.answer_with(cited("The owner does not repair the roof.", "The owner repairs the roof and the wheel."))
    found = await ask(auto, {"lease.pdf": draw_text(LEASE)}, "Who repairs the roof?")
    (statement,) = found.answers[0].statements
    assert statement.support == "contradicted"
    (item,) = found.needs_review
    assert (item.page, item.value) == (2, "The owner does not repair the roof.")
    assert item.box is not None
    assert "'not'" in item.reason
    assert statement.note is not None
    assert f"contradicted: {statement.note}" in found.to_text()
    assert found.engines[0] == HAIKU  # the models above say the same, and it stays named
    assert found.engines[1] == SONNET


async def test_a_weakly_supported_statement_goes_up_until_a_model_cites_what_bears_it_out(
    auto: House, api: FakeClaudeAPI
) -> None:
    def answer(request: Request) -> Reply:
        quote = "six months of notice" if request.model == HAIKU else "The owner repairs the roof and the wheel."
        return cited("The owner repairs the roof.", quote)

    asked = answering(api, answer)
    found = await ask(auto, {"lease.pdf": draw_text(LEASE)}, "Who repairs the roof?")
    assert [request.model for request in asked] == [HAIKU, SONNET]
    assert found.answers[0].statements[0].support == "supported"
    assert found.needs_review == []


async def test_a_sentence_that_comes_in_several_blocks_is_judged_as_one(auto: House, api: FakeClaudeAPI) -> None:
    api.answer_with(
        Reply(
            cited=[
                Cited(text="The owner repairs the roof ", quote="The owner repairs the roof and the wheel."),
                Cited(text="and the lease ends with six months' notice.", quote="six months of notice"),
            ]
        )
    )
    found = await ask(auto, {"lease.pdf": draw_text(LEASE)}, "What is agreed?")
    assert [one.support for one in found.answers[0].statements] == ["supported"]
    assert found.engines == [HAIKU]


async def test_what_cannot_be_compared_is_said_once(auto: House, api: FakeClaudeAPI) -> None:
    api.answer_with(
        cited(
            "Le fermier garde ses moutons dans une grange pendant les mois de l'hiver.",
            "Le fermier garde les moutons dans la grange pendant tout l'hiver.",
        )
    )
    found = await ask(auto, {"lease.pdf": draw_text(PAGES)}, "O\u00f9 sont les moutons ?")
    assert found.answers[0].statements[0].support is None
    assert len([one for one in found.warnings if "not compared with the text" in one]) == 1
    assert found.needs_review == []
