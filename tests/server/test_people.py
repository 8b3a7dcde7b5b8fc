"""`estimate-cost`, `usage-report` and `doctor` in the shell: tables for people."""

from __future__ import annotations

import io
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from rich.console import Console

from tests import drawing
from tests.server.test_shell import Shell
from witnessmark_server.costs_view import show_costs
from witnessmark_server.people import dollars
from witnessmark_server.usage_view import show_usage
from witnessmark_tools.estimate_cost import CostEstimate, InputTokens, ModelCost, TokenBand, UsdBand
from witnessmark_tools.results import DocumentRead
from witnessmark_tools.usage_report import CacheMissed, UsageLine, UsageReport


@pytest.fixture
def shell(tmp_path: Path, folder: Path) -> Shell:
    home = tmp_path / "person"
    home.mkdir()
    (folder / "a.pdf").write_bytes(drawing.draw_table(rows=2, columns=2))
    return Shell(home, folder)


AMOUNTS: dict[float | None, str] = {
    None: "unknown",
    0: "$0",
    0.000841: "$0.00084",
    0.0000421: "$0.000042",
    0.0148: "$0.015",
    0.01: "$0.010",
    0.1: "$0.10",
    0.0995: "$0.10",
    0.5: "$0.50",
    0.994: "$0.99",
    0.999: "$1.00",
    1.005: "$1.01",
    12.3: "$12.30",
    1234.5: "$1,234.50",
}


@pytest.mark.parametrize(("amount", "shown"), AMOUNTS.items(), ids=map(str, AMOUNTS))
def test_dollars_have_the_digits_that_matter(amount: float | None, shown: str) -> None:
    assert dollars(amount) == shown
    if amount is not None:
        assert dollars(Decimal(str(amount))) == shown


def _band(estimate: float, low: float | None = None, high: float | None = None) -> UsdBand:
    return UsdBand(low=estimate if low is None else low, estimate=estimate, high=estimate if high is None else high)


def _tokens(count: int) -> TokenBand:
    return TokenBand(low=count, estimate=count, high=count)


def _cost(model: str, usd: float, next_usd: float, **more: Any) -> ModelCost:
    none = _tokens(0)
    values: dict[str, Any] = {
        "model": model,
        "requests": 1,
        "reused": 0,
        "input_tokens": InputTokens(images=none, page_pictures=none, text=none, total=_tokens(5_920)),
        "output_tokens": _tokens(498),
        "usd": _band(usd, usd / 2, usd * 2),
        "usd_batch": _band(usd / 2),
        "usd_kept": _band(usd * 1.2),
        "usd_next_question": _band(next_usd),
        "sends": "1 request: PDF page 1.",
        "notes": [],
    }
    return ModelCost(**(values | more))


def _estimate(*costs: ModelCost) -> CostEstimate:
    return CostEstimate(
        result_id="r1",
        documents=[DocumentRead(name="a.pdf", sha256="0" * 64, pages=1)],
        engines=["offline"],
        tool="read_pdf_with_citations",
        models=list(costs),
        cheaper=["A cheaper way that takes a whole long sentence to be explained to those who read it here."],
        basis=["The answer is a guess."],
    )


def _shown(result: CostEstimate | UsageReport, columns: int = 80) -> str:
    target = io.StringIO()
    console = Console(file=target, width=columns, highlight=False)
    show_costs(result, console) if isinstance(result, CostEstimate) else show_usage(result, console)
    return target.getvalue()


def test_prices_are_side_by_side_with_the_next_question_explained() -> None:
    shown = _shown(_estimate(_cost("claude-haiku-5-5", 0.000841, 0.000309), _cost("claude-sonnet-5-5", 0.0168, 0.0056)))
    lines = [" ".join(line.split()) for line in shown.splitlines()]
    assert "model price now from – to next question" in lines
    assert "claude-haiku-5-5 $0.00084 $0.00042 – $0.0017 $0.00031" in lines
    words = " ".join(lines)
    assert "next question: each further call about the same document within 5 minutes" in words
    assert "up to 20 % more than now" in words
    assert "1 request: PDF page 1." in words
    assert words.count("1 request: PDF page 1.") == 1, "what all models share is said once"
    assert "Tokens: 5,920 in, 498 out." in words
    assert max(map(len, shown.splitlines())) <= 80
    assert "|" not in shown


def test_what_does_not_apply_has_no_column() -> None:
    shown = _shown(_estimate(_cost("claude-haiku-5-5", 0.01, 0.01)))
    assert "next question" not in shown
    assert "requests" not in shown
    assert "batch" not in shown
    assert "answered before" not in shown
    more = _shown(_estimate(_cost("a", 0.01, 0.01, requests=3), _cost("b", 0.02, 0.02, reused=2)))
    assert "requests" in more
    assert "answered before" in more


def test_a_price_that_is_not_known_is_called_unknown() -> None:
    unknown = dict.fromkeys(["usd", "usd_batch", "usd_kept", "usd_next_question"])
    shown = _shown(_estimate(_cost("local-7b", 0.01, 0.01).model_copy(update=unknown)))
    assert "unknown" in shown
    assert "next question" not in shown


def _line(name: str, **values: Any) -> UsageLine:
    amounts = {field: 0 for field in UsageLine.model_fields if field not in {"of", "name"}}
    return UsageLine.model_validate({"of": "day", "name": name} | amounts | values)


def _report(*lines: UsageLine, total: UsageLine, **more: Any) -> UsageReport:
    return UsageReport(
        result_id="r1",
        documents=[],
        engines=["offline"],
        period="week",
        by="day",
        lines=list(lines),
        total=total,
        images=[],
        alarm=None,
        **more,
    )


def test_usage_is_a_table_without_columns_of_nothing() -> None:
    values = {"calls": 3, "input_tokens": 12_345, "output_tokens": 678, "usd": 0.0312}
    shown = _shown(_report(_line("2026-11-30", **values), total=_line("total", **values)))
    lines = [" ".join(line.split()) for line in shown.splitlines()]
    assert "Spent on Claude in the last 7 days: $0.031" in lines
    assert "day calls tokens in out price" in lines
    assert "2026-11-30 3 12,345 678 $0.031" in lines
    assert "total 3 12,345 678 $0.031" in lines
    assert "|" not in shown


def test_usage_with_everything_fits_80_columns_and_explains_itself() -> None:
    values = {
        "calls": 1_234,
        "reused": 567,
        "possibly_billed": 2,
        "images": 12_345,
        "input_tokens": 123_456_789,
        "output_tokens": 12_345_678,
        "cache_read_input_tokens": 123_456_789,
        "usd": 1_234.56,
        "possibly_billed_usd": 0.0123,
        "saved_by_reuse_usd": 123.4,
    }
    name = "a document with a very long name, as people give them to files - final (2).pdf"
    missed = [CacheMissed(reason="expired", count=2, lost_usd=0.02)]
    shown = _shown(_report(_line(name, **values), total=_line("total", **values), cache_misses=missed))
    assert max(map(len, shown.splitlines())) <= 80
    words = " ".join(shown.split())
    assert "reused: answers that were paid for before" in words
    assert "2 requests were sent and not answered. They may have been billed: about $0.012" in words
    assert "gave less than expected (2 expired): about $0.020 more" in words
    for figure in ("246.9 M", "12.3 M", "12,345", "$1,234.56", "$123.40"):
        assert figure in shown, "no figure is broken"


def test_a_call_that_sends_nothing_costs_nothing() -> None:
    nothing = _tokens(0)
    inputs = InputTokens(images=nothing, page_pictures=nothing, text=nothing, total=nothing)
    free = {"requests": 0, "input_tokens": inputs, "output_tokens": nothing, "sends": "Nothing: it runs here."}
    shown = _shown(_estimate(_cost("offline", 0, 0, **free)))
    assert "offline $0" in " ".join(shown.split())
    assert "Nothing: it runs here." in shown
    assert "Tokens" not in shown
    assert "next question" not in shown


def test_a_terminal_too_narrow_for_a_table_gets_a_line_for_each_value() -> None:
    shown = _shown(_estimate(_cost("claude-haiku-5-5", 0.000841, 0.000309)), columns=40)
    assert "price now: $0.00084\nfrom – to: $0.00042 – $0.0017\n" in shown
    assert max(map(len, shown.splitlines())) <= 40


def test_nothing_spent_is_one_sentence() -> None:
    assert _shown(_report(total=_line("total"))) == "Spent on Claude in the last 7 days: nothing\n"


@pytest.mark.parametrize(
    "words",
    [
        ("estimate-cost", "extract_tables", "--arguments", "a.pdf"),
        ("usage-report",),
        ("doctor",),
    ],
    ids=lambda words: words[0],
)
def test_piped_they_are_plain_text_of_80_columns_and_no_markdown(shell: Shell, words: tuple[str, ...]) -> None:
    done = shell.run(*words, COLUMNS="200")
    assert done.stdout
    assert "\x1b" not in done.stdout
    assert "| --- |" not in done.stdout
    home = str(shell.home)
    assert max(len(line) for line in done.stdout.splitlines() if home not in line) <= 80


def test_the_doctor_ends_with_what_it_means(shell: Shell) -> None:
    last = shell.run("doctor").stdout.splitlines()[-1]
    assert last == "All is well." or last.startswith("Nothing is wrong; ")
    bad = shell.run("doctor", WITNESSMARK_HOME="/proc/nowhere")
    assert bad.returncode == 5
    assert bad.stdout.splitlines()[-1].endswith("to put right, marked WRONG.")
