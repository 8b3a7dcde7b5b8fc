"""What would be sent, counted and priced: pure functions on facts."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal
from importlib import resources

import pytest
from pydantic import BaseModel

from witnessmark.documents.content import Content
from witnessmark.documents.document import Document, PageFacts
from witnessmark.documents.images import FrameFacts, ImageFacts
from witnessmark.documents.text_size import TextSize, text_size
from witnessmark.plans.answer_schema import SchemaNotSupported, answer_schema
from witnessmark.plans.image_tokens import HIGH, STANDARD, ImageTier, image_tokens, page_tokens, seen_size
from witnessmark.plans.models import (
    Model,
    ModelCannotSee,
    ModelFacts,
    ModelRetired,
    ModelUnknown,
    completed,
    lifecycle_note,
    model_listed,
    model_named,
    models,
    offered_models,
    unlisted,
)
from witnessmark.plans.parts import FULL_SIZE_IMAGES, REQUEST_BYTES, TEXT_PIECE, text_blocks
from witnessmark.plans.plan import (
    Ask,
    Breakpoint,
    ImageBlock,
    PdfBlock,
    Plan,
    TextBlock,
    explained,
    keeping_documents,
    prompt_tokens,
)
from witnessmark.plans.price import price_of, usd_of, usd_without_cache
from witnessmark.plans.tokens import Count, tokens_of_image, tokens_of_pdf_page, tokens_of_text
from witnessmark.store import Tokens
from witnessmark_tools.definition import lean
from witnessmark_tools.tables_plan import TablesAnswer, plan_tables

HAIKU, SONNET, OPUS, FABLE = offered_models()
OLD = model_named("claude-haiku-4-5")

# --- image tokens ---------------------------------------------------------------------------------------------------

# Source: Claude API documentation, "Vision coordinates" (2026-08-22), and the same rule applied to common pages.
IMAGES = {
    "square": ((1000, 1000), (1000, 1000, 1296), (1000, 1000, 1296)),
    "full HD": ((1920, 1080), (1456, 819, 1560), (1920, 1080, 2691)),
    "3 megapixels": ((2000, 1500), (1270, 952, 1564), (2000, 1500, 3888)),
    "4K": ((3840, 2160), (1456, 819, 1560), (2576, 1449, 4784)),
    "12 megapixels": ((4032, 3024), (1270, 952, 1564), (2212, 1659, 4740)),
    "large square": ((2000, 2000), (1092, 1092, 1521), (1932, 1932, 4761)),
    "strip": ((8000, 600), (1568, 118, 280), (2576, 193, 644)),
    "A4 at 130 dpi": ((1075, 1520), (924, 1307, 1551), (1075, 1520, 2145)),
    "A4 at 150 dpi": ((1240, 1754), (924, 1307, 1551), (1240, 1754, 2835)),
    "A4 at 200 dpi": ((1654, 2339), (924, 1307, 1551), (1624, 2296, 4756)),
    "A4 at 300 dpi": ((2480, 3508), (924, 1307, 1551), (1624, 2296, 4756)),
    "Letter at 300 dpi": ((2550, 3300), (952, 1232, 1496), (1688, 2184, 4758)),
}
# Source: a public measurement, of which the tokens of the prompt around the image are taken off.
MEASURED = {
    "256": ((256, 256), 100, 100),
    "512": ((512, 512), 361, 361),
    "768": ((768, 768), 784, 784),
    "1024": ((1024, 1024), 1369, 1369),
    "720p": ((1280, 720), 1196, 1196),
    "1080p": ((1920, 1080), 1560, 2691),
    "1080p upright": ((1080, 1920), 1560, 2691),
    "1440p shrunk to 2000": ((2000, 1125), 1560, 2952),
    "12 megapixels shrunk to 2000": ((2000, 1500), 1564, 3888),
}


@pytest.mark.parametrize(("size", "standard", "high"), IMAGES.values(), ids=IMAGES)
def test_an_image_costs_what_the_documentation_says(
    size: tuple[int, int], standard: tuple[int, int, int], high: tuple[int, int, int]
) -> None:
    for tier, (width, height, tokens) in ((STANDARD, standard), (HIGH, high)):
        assert image_tokens(*size, tier) == tokens
        seen = seen_size(*size, tier)
        # The documentation rounds half-way cases by one pixel otherwise; the tokens are the same.
        assert max(abs(seen[0] - width), abs(seen[1] - height)) <= 1
        assert image_tokens(*seen, tier) == tokens


@pytest.mark.parametrize(("size", "standard", "high"), MEASURED.values(), ids=MEASURED)
def test_an_image_costs_what_was_measured(size: tuple[int, int], standard: int, high: int) -> None:
    assert (image_tokens(*size, STANDARD), image_tokens(*size, HIGH)) == (standard, high)


@pytest.mark.parametrize("tier", [STANDARD, HIGH], ids=["standard", "high"])
def test_a_seen_image_is_seen_as_it_is(tier: ImageTier) -> None:
    for width in range(1, 9_000, 613):
        for height in range(1, 9_000, 577):
            seen = seen_size(width, height, tier)
            assert seen_size(*seen, tier) == seen
            assert image_tokens(width, height, tier) <= tier.max_tokens


# --- models ---------------------------------------------------------------------------------------------------------

# Source: Claude API documentation, "Pricing" (2026-10-08); Fable 5.2: release notes of 2026-11-09. USD per million:
# input, output, cache write for 5 minutes and for an hour, cache read.
PRICES = {
    "claude-fable-5-2": "8 40 10 16 0.2",
    "claude-fable-5-1": "10 50 12.5 20 0.25",
    "claude-fable-5": "10 50 12.5 20 1",
    "claude-opus-5-5": "4 20 5 8 0.2",
    "claude-opus-5": "5 25 6.25 10 0.5",
    "claude-opus-4-8": "5 25 6.25 10 0.5",
    "claude-opus-4-6": "5 25 6.25 10 0.5",
    "claude-sonnet-5-5": "2 10 2.5 4 0.1",
    "claude-sonnet-5": "2 10 2.5 4 0.2",
    "claude-sonnet-4-6": "3 15 3.75 6 0.3",
    "claude-haiku-4-5": "1 5 1.25 2 0.1",
}


@pytest.mark.parametrize(("name", "prices"), PRICES.items(), ids=PRICES)
def test_a_model_costs_what_the_price_list_says(name: str, prices: str) -> None:
    found = model_named(name).prices_for(10**6)
    assert found is not None
    told = (found.input, found.output, found.cache_write_5m, found.cache_write_1h, found.cache_read)
    assert told == tuple(map(Decimal, prices.split()))


def test_a_long_prompt_to_haiku_pays_five_times_as_much_for_everything() -> None:
    short, long = HAIKU.prices_for(100_000), HAIKU.prices_for(100_001)
    assert short is not None
    assert long is not None
    assert (short.input, short.output, short.cache_read) == (Decimal("0.1"), Decimal("0.5"), Decimal("0.01"))
    assert (long.input, long.output, long.cache_read) == (Decimal("0.5"), Decimal("2.5"), Decimal("0.05"))
    assert HAIKU.first_price_step == 100_000


@pytest.mark.parametrize("model", models(), ids=lambda model: model.id)
def test_every_model_keeps_the_rules_that_hold_for_all(model: Model) -> None:
    assert model.batch_multiplier == Decimal("0.5")
    for prices in model.prices:
        assert prices.cache_write_5m == prices.input * Decimal("1.25")
        assert prices.cache_write_1h == prices.input * 2
        assert 0 < prices.cache_read <= prices.input / 10
    assert model.pages_per_request == (600 if model.context >= 1_000_000 else 100)
    assert (model.image_tier == HIGH) == (model.tokenizer == "new")


def test_every_fact_of_a_model_has_its_source_and_date() -> None:
    file = json.loads(resources.files("witnessmark.plans").joinpath("models.json").read_text(encoding="utf-8"))
    assert all(entry["source"] and entry["date"] >= "2026-10-08" for entry in file["models"])


@pytest.mark.parametrize(
    ("name", "model"),
    [
        ("haiku", "claude-haiku-5-5"),
        (" Claude-Sonnet-5-5 ", "claude-sonnet-5-5"),
        ("claude-haiku-4-5-20251001", "claude-haiku-4-5"),
    ],
    ids=["line", "as written", "dated"],
)
def test_a_model_is_found_under_its_other_names(name: str, model: str) -> None:
    assert model_named(name).id == model


@pytest.mark.parametrize(
    ("name", "says"),
    [
        ("claude-opus-4-1-20250805", r"was retired on 2026-08-05.*Use 'claude-opus-5-5'"),
        ("claude-3-5-haiku-latest", r"was retired: .*Use 'claude-haiku-5-5'"),
    ],
    ids=["opus 4.1", "haiku 3.5"],
)
def test_a_retired_model_names_its_successor(name: str, says: str) -> None:
    with pytest.raises(ModelRetired, match=says):
        model_named(name)


def test_an_unknown_model_is_refused_with_the_closest() -> None:
    with pytest.raises(ModelUnknown, match="Did you mean 'claude-sonnet-5-5'"):
        model_named("claude-sonet-5-5")


# --- models, as the Models API lists them ---------------------------------------------------------------------------


def test_what_the_models_api_says_is_believed_and_what_it_does_not_say_is_kept() -> None:
    said = ModelFacts(
        id=SONNET.id,
        lifecycle="deprecated",
        retires_at=datetime(2027, 9, 28, 12, tzinfo=UTC),
        max_input_tokens=500_000,
        max_tokens=64_000,
        structured_outputs=False,
        image_input=True,
        pdf_input=False,
        effort_levels=("high", "low"),
    )
    found = completed(SONNET, said)
    assert (found.lifecycle, found.retires) == ("deprecated", "2027-09-28")
    assert (found.context, found.max_output, found.pages_per_request) == (500_000, 64_000, 100)
    assert (found.structured_outputs, found.image_input, found.pdf_input) == (False, True, False)
    assert found.effort_levels == ("low", "high")
    assert (found.prices, found.image_tier, found.cache_min_tokens) == (SONNET.prices, HIGH, 512)


@pytest.mark.parametrize("model", models(), ids=lambda model: model.id)
def test_a_models_api_that_says_nothing_changes_nothing(model: Model) -> None:
    assert completed(model, ModelFacts(id=model.id)) == model


def test_a_deprecation_that_was_called_off_is_taken_back() -> None:
    old = model_named("claude-sonnet-4-5")
    assert (old.lifecycle, old.retires) == ("deprecated", "2026-11-30")
    found = completed(old, ModelFacts(id=old.id, lifecycle="active"))
    assert (found.lifecycle, found.retires) == ("active", None)


@pytest.mark.parametrize(
    ("name", "instead"),
    [("claude-haiku-5-5", "claude-haiku-5-5"), ("claude-opus-6", "claude-opus-5-5"), ("claude-x", "claude-sonnet-5-5")],
)
def test_a_model_that_the_api_has_retired_names_the_current_one_of_its_line(name: str, instead: str) -> None:
    facts = ModelFacts(id=name, lifecycle="retired", retires_at=date(2028, 1, 2))
    with pytest.raises(ModelRetired, match=rf"retired on 2028-01-02: .*Use '{instead}'"):
        model_listed(name, [facts])


def test_a_model_that_nobody_knew_is_taken_with_an_unknown_price_which_is_said() -> None:
    facts = ModelFacts(id="claude-opus-6", max_input_tokens=2_000_000, max_tokens=256_000, effort_levels=("low",))
    with pytest.raises(ModelUnknown):
        model_listed("claude-opus-6", [])
    found = model_listed(" Claude-Opus-6 ", [facts])
    assert found == unlisted(facts)
    assert (found.context, found.max_output, found.pages_per_request) == (2_000_000, 256_000, 600)
    assert (found.prices, found.prices_for(10), found.image_tier, found.tokenizer) == ((), None, HIGH, "new")
    assert found.note is not None
    assert "does not know" in found.note
    plan = plan_tables(_pdf(3), _pages(3), found)
    assert price_of(plan, found).now is None
    assert plan.asks[0].effort == "low"


def test_of_a_model_of_which_nothing_is_said_no_more_is_asked_than_any_gives() -> None:
    found = unlisted(ModelFacts(id="elsewhere"))
    assert found.context == min(model.context for model in models())
    assert found.max_output == min(model.max_output for model in models())
    assert found.pages_per_request == min(model.pages_per_request for model in models())
    assert found.effort_levels == ()


def test_a_model_is_found_in_the_list_under_its_dated_id() -> None:
    facts = ModelFacts(id="claude-haiku-4-5-20251001", max_tokens=10_000)
    assert model_listed("claude-haiku-4-5", [facts]).max_output == 10_000
    assert model_listed("haiku", [facts]) == HAIKU


def test_a_model_that_was_taken_for_retired_and_is_listed_still_answers() -> None:
    facts = ModelFacts(id="claude-mythos-preview", lifecycle="deprecated")
    assert model_listed("claude-mythos-preview", [facts]).id == "claude-mythos-preview"


def test_a_model_that_takes_no_pdf_is_refused_with_those_that_do() -> None:
    blind = replace(OPUS, pdf_input=False)
    with pytest.raises(ModelCannotSee, match=r"'claude-opus-5-5' takes no PDFs. Use one that does: claude-haiku-5-5,"):
        plan_tables(_pdf(1), _pages(1), blind)
    plan_tables(_pdf(1), _pages(1), replace(OPUS, image_input=False))
    with pytest.raises(ModelCannotSee, match="no images"):
        plan_tables(_tiff(1), _frames(1), replace(OPUS, image_input=False))


@pytest.mark.parametrize(
    ("today", "says"),
    [
        (date(2026, 11, 30), "The model is deprecated; it is retired on 2026-11-30."),
        (date(2026, 12, 1), "The model is deprecated and was to be retired on 2026-11-30: it may stop answering any"),
    ],
    ids=["before", "after"],
)
def test_a_model_about_to_go_says_when_and_one_past_its_day_says_that(today: date, says: str) -> None:
    note = lifecycle_note(model_named("claude-sonnet-4-5"), today)
    assert note is not None
    assert note.startswith(says)
    assert lifecycle_note(SONNET, today) is None
    assert lifecycle_note(replace(SONNET, lifecycle="deprecated"), today) == "The model is deprecated."


# --- text -----------------------------------------------------------------------------------------------------------


def test_text_is_counted_by_kinds_of_characters() -> None:
    assert text_size("Größe 12,5 км\n漢字 ٣") == TextSize(letters=5, other_letters=4, digits=4, marks=1)
    assert text_size("ab") + text_size("1") == text_size("ab1")


# Counted once by ctok 1.3.0, a public reconstruction of both tokenizers, without the frame of a message.
FRENCH = (
    "Les recettes de l'exercice se sont élevées à 1 284 500 euros, en hausse de 4,2 % par rapport à l'année "
    "précédente. Le conseil a approuvé les comptes à l'unanimité après avoir entendu le rapport du commissaire aux "
    "comptes."
)
GERMAN = (
    "Die Einnahmen des Geschäftsjahres beliefen sich auf 1.284.500 Euro, ein Anstieg um 4,2 Prozent gegenüber dem "
    "Vorjahr. Der Aufsichtsrat hat den Jahresabschluss geprüft und einstimmig gebilligt."
)
CHINESE = "本财年收入为一百二十八万元，比上一年增长百分之四。董事会在听取审计师报告后一致通过了年度财务报表。"
FIGURES = "Department,Plan,Actual,Difference\n" + "\n".join(
    f"Harbour operations {i},{8420 + i * 13},{8611 + i * 7},{191 + i}" for i in range(60)
)
COUNTED = {
    "French": (FRENCH, 71, 94),
    "German": (GERMAN, 80, 106),
    "Chinese": (CHINESE, 50, 50),
    "CSV": (FIGURES, 849, 1034),
}


@pytest.mark.parametrize(("text", "old", "new"), COUNTED.values(), ids=COUNTED)
def test_the_band_of_a_text_holds_what_was_counted(text: str, old: int, new: int) -> None:
    for model, counted in ((OLD, old), (SONNET, new)):
        band = tokens_of_text(text, model)
        assert band.low <= counted <= band.high
        assert band.low < band.estimate < band.high


def test_a_page_of_a_pdf_costs_its_picture_and_its_text() -> None:
    words = TextSize(letters=2_000, digits=100, marks=60)
    counted = tokens_of_pdf_page(_page(1, words), SONNET)
    assert counted.text == tokens_of_text(words, SONNET)
    assert counted.page_pictures.estimate == counted.page_pictures.high == page_tokens(595, 842, HIGH)
    assert counted.page_pictures.low < counted.page_pictures.high
    assert counted.images == Count()


def test_a_page_that_nobody_could_measure_costs_what_the_documentation_says_of_pages() -> None:
    counted = tokens_of_pdf_page(PageFacts(page_number=1, width=None, height=None), SONNET)
    assert counted.text.estimate == 2_250
    assert counted.page_pictures.high == HIGH.max_tokens


# --- price ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("model", "usd"),
    [(HAIKU, "0.00048"), (SONNET, "0.0095"), (OPUS, "0.019"), (FABLE, "0.038")],
    ids=["haiku", "sonnet", "opus", "fable"],
)
def test_the_picture_of_a_page_costs(model: Model, usd: str) -> None:
    image = ImageBlock(sha256="", page_number=1, width=2480, height=3508)
    price = price_of(Plan(asks=(_ask(model, image),)), model)
    assert price.prompt.images == tokens_of_image(2480, 3508, model).images == Count.exactly(4756)
    assert price.now is not None
    assert price.now.low == price.now.high
    assert abs(price.now.estimate - Decimal(usd)) < Decimal(usd) / 80


def test_a_price_is_the_sum_of_its_kinds_and_a_batch_half_of_it() -> None:
    image = ImageBlock(sha256="", page_number=1, width=1000, height=1000)
    price = price_of(Plan(asks=(_ask(SONNET, image, output=500),) * 2), SONNET)
    assert price.now is not None
    assert price.batch is not None
    assert price.now.estimate == 2 * (1296 * Decimal(2) + 500 * Decimal(10)) / 1_000_000
    assert price.batch.estimate == price.now.estimate / 2
    assert price.output == Count.exactly(1_000)


def test_keeping_a_document_costs_a_quarter_more_and_the_next_question_reads_it() -> None:
    image = ImageBlock(sha256="", page_number=1, width=1000, height=1000)
    plan = Plan(asks=(_ask(SONNET, image),))
    kept = keeping_documents(plan)
    assert kept.asks[0].breakpoints == (Breakpoint(index=0),)
    before, after = price_of(plan, SONNET), price_of(kept, SONNET)
    assert before.now is not None
    assert after.now is not None
    assert after.next_question is not None
    assert after.now.estimate == before.now.estimate * Decimal("1.25")
    assert after.next_question.estimate == before.now.estimate * Decimal("0.05")


def test_what_is_too_short_for_the_cache_costs_the_same_with_and_without() -> None:
    small = ImageBlock(sha256="", page_number=1, width=280, height=280)
    plan = Plan(asks=(_ask(SONNET, small),))
    before, after = price_of(plan, SONNET), price_of(keeping_documents(plan), SONNET)
    assert SONNET.cache_min_tokens > before.prompt.total.high
    assert before.now == after.now == after.next_question


def test_an_unknown_price_is_none_and_never_nothing() -> None:
    unknown = replace(SONNET, prices=())
    plan = Plan(asks=(_ask(unknown, ImageBlock(sha256="", page_number=1, width=100, height=100)),))
    price = price_of(plan, unknown)
    assert (price.now, price.batch, price.next_question) == (None, None, None)
    assert price.prompt.total.estimate > 0
    assert price_of(plan, replace(SONNET, batch_multiplier=None)).batch is None


# --- price, counted by the API --------------------------------------------------------------------------------------


def test_what_the_api_has_counted_takes_the_place_of_the_estimate() -> None:
    plan = plan_tables(_pdf(3), _pages(3), SONNET)
    guessed = price_of(plan, SONNET)
    total = guessed.prompt.total.low + 100
    price = price_of(plan, SONNET, {plan.asks[0].content_key: total})
    assert price.prompt.total == Count.exactly(total)
    assert price.counted_asks == 1
    assert price.now is not None
    output = plan.asks[0].expected_output
    assert price.now.estimate == (total * Decimal(2) + output.estimate * Decimal(10)) / 1_000_000
    assert price.now.low == (total * Decimal(2) + output.low * Decimal(10)) / 1_000_000
    assert price.now.high == 3 * price.now.low < (total * Decimal(2) + output.high * Decimal(10)) / 1_000_000


def test_what_was_counted_narrows_pictures_and_text_to_what_can_make_it() -> None:
    plan = plan_tables(_pdf(3), _pages(3), SONNET)
    guessed = price_of(plan, SONNET).prompt
    for total in (guessed.total.low, guessed.total.estimate, guessed.total.high, 3 * guessed.total.high, 7):
        prompt = price_of(plan, SONNET, {plan.asks[0].content_key: total}).prompt
        pictures, text = prompt.page_pictures, prompt.text
        assert 0 <= pictures.low <= pictures.estimate <= pictures.high <= guessed.page_pictures.high
        assert 0 <= text.low <= text.estimate <= text.high
        assert pictures.low + text.high == pictures.high + text.low == pictures.estimate + text.estimate == total
    exact = price_of(plan, SONNET, {plan.asks[0].content_key: guessed.total.high}).prompt
    assert (exact.page_pictures.low, exact.text.high) == (guessed.page_pictures.high, guessed.text.high)


def test_images_stay_exact_where_the_whole_was_counted() -> None:
    plan = plan_tables(_tiff(2), _frames(2), SONNET)
    guessed = price_of(plan, SONNET).prompt
    prompt = price_of(plan, SONNET, {plan.asks[0].content_key: guessed.images.estimate + 900}).prompt
    assert prompt.images == guessed.images
    assert prompt.text == Count.exactly(900)


def test_a_count_is_of_what_is_kept_too_and_the_question_alone_is_estimated() -> None:
    plan = keeping_documents(plan_tables(_pdf(3), _pages(3), SONNET))
    (ask,) = plan.asks
    after = prompt_tokens(ask, SONNET).rest.total.estimate
    prompt = prompt_tokens(ask, SONNET, 20_000)
    assert (prompt.written.total, prompt.rest.total) == (Count.exactly(20_000 - after), Count.exactly(after))
    assert 0 < after < 30
    price = price_of(plan, SONNET, {ask.content_key: 20_000})
    assert price.prompt.total == Count.exactly(20_000)
    assert price.now is not None
    assert price.next_question is not None
    answer = ask.expected_output.estimate * Decimal(10)
    assert price.now.estimate == ((20_000 - after) * Decimal("2.5") + after * Decimal(2) + answer) / 1_000_000
    assert price.next_question.estimate == ((20_000 - after) * Decimal("0.1") + after * Decimal(2) + answer) / 1_000_000


def test_what_was_not_counted_is_estimated_beside_what_was() -> None:
    first, second = (plan_tables(_pdf(9), _pages(9)[n : n + 1], SONNET).asks[0] for n in (0, 1))
    both = Plan(asks=(first, second))
    price = price_of(both, SONNET, {first.content_key: 5_000, "another": 1})
    alone = price_of(Plan(asks=(second,)), SONNET)
    assert price.counted_asks == 1
    assert price.prompt.total == alone.prompt.total + Count.exactly(5_000)


def test_an_hour_in_the_cache_costs_twice_to_write() -> None:
    image = ImageBlock(sha256="", page_number=1, width=1000, height=1000)
    plan = Plan(asks=(replace(_ask(SONNET, image), breakpoints=(Breakpoint(index=0, ttl="1h"),)),))
    price = price_of(plan, SONNET)
    assert price.now is not None
    assert price.now.estimate == 1296 * Decimal(4) / 1_000_000


# --- price of what was used -----------------------------------------------------------------------------------------

# Source: Claude API documentation, "Pricing" (2026-10-08): a million tokens of each kind, in USD.
USED = {
    "claude-fable-5-2": (8, 40, "0.2", 10, 16),
    "claude-fable-5-1": (10, 50, "0.25", "12.5", 20),
    "claude-opus-5-5": (4, 20, "0.2", 5, 8),
    "claude-opus-4-8": (5, 25, "0.5", "6.25", 10),
    "claude-sonnet-5-5": (2, 10, "0.1", "2.5", 4),
    "claude-sonnet-5": (2, 10, "0.2", "2.5", 4),
    "claude-sonnet-4-6": (3, 15, "0.3", "3.75", 6),
    "claude-haiku-4-5": (1, 5, "0.1", "1.25", 2),
}
KINDS = ("input", "output", "cache_read", "cache_creation_5m", "cache_creation_1h")


@pytest.mark.parametrize(("name", "prices"), USED.items(), ids=USED)
def test_every_kind_of_token_has_its_price(name: str, prices: tuple[int | str, ...]) -> None:
    model = model_named(name)
    nothing = usd_of(Tokens(input=1), model)
    assert nothing is not None
    for kind, price in zip(KINDS, prices, strict=True):
        # An answer to no prompt at all is one whose usage was not told.
        asked = Tokens(input=1) + Tokens(**{kind: 1_000_000})
        assert usd_of(asked, model) == Decimal(price) + nothing
    assert usd_of(Tokens(**dict.fromkeys(KINDS, 1_000_000)), model) == sum(map(Decimal, prices))


@pytest.mark.parametrize("kind", [kind for kind in KINDS if kind != "output"])
def test_a_token_of_any_kind_over_the_step_makes_everything_dearer(kind: str) -> None:
    below = Tokens(**{"input": 50_000, "output": 1_000} | {kind: 50_000 if kind != "input" else 100_000})
    above = replace(below, **{kind: getattr(below, kind) + 1})
    assert (below.prompt, above.prompt) == (100_000, 100_001)
    cheap, dear = usd_of(below, HAIKU), usd_of(above, HAIKU)
    assert cheap is not None
    assert dear is not None
    one_more = usd_of(Tokens(**{kind: 100_001}), HAIKU)
    assert one_more is not None
    assert dear == 5 * cheap + one_more / 100_001


def test_haiku_on_both_sides_of_its_step() -> None:
    assert usd_of(Tokens(input=100_000, output=10_000), HAIKU) == Decimal("0.015")
    assert usd_of(Tokens(input=100_001, output=10_000), HAIKU) == Decimal("0.0750005")
    assert usd_of(Tokens(input=1, cache_read=99_999, output=10_000), HAIKU) == Decimal("0.00600009")
    assert usd_of(Tokens(input=1, cache_read=100_000, output=10_000), HAIKU) == Decimal("0.0300005")


def test_the_answer_does_not_count_to_the_size_of_the_prompt() -> None:
    assert usd_of(Tokens(input=100_000, output=100_000), HAIKU) == Decimal("0.06")


def test_what_the_cache_saved_is_the_difference() -> None:
    first = Tokens(input=100, cache_creation_5m=10_000, output=500)
    again = Tokens(input=100, cache_read=10_000, output=500)
    plain = (10_100 * Decimal(2) + 500 * Decimal(10)) / 1_000_000
    assert usd_without_cache(first, SONNET) == usd_without_cache(again, SONNET) == plain
    assert usd_of(first, SONNET) == plain + 10_000 * Decimal("0.5") / 1_000_000
    assert usd_of(again, SONNET) == plain - 10_000 * Decimal("1.9") / 1_000_000


def test_what_was_used_of_a_model_without_a_price_costs_none_and_not_nothing() -> None:
    unknown = unlisted(ModelFacts(id="claude-opus-6"))
    assert usd_of(Tokens(input=1, output=1), unknown) is None
    assert usd_without_cache(Tokens(input=1, output=1), unknown) is None


# --- plan -----------------------------------------------------------------------------------------------------------


def test_a_pdf_goes_as_its_pages_with_a_title_and_the_question_last() -> None:
    document = _pdf(3)
    (ask,) = plan_tables(document, _pages(3), SONNET).asks
    block, question = ask.blocks
    assert isinstance(block, PdfBlock)
    assert isinstance(question, TextBlock)
    assert (block.title, block.sha256, len(block.pages)) == ("a.pdf", document.sha256, 3)
    assert (ask.effort, ask.model) == ("low", "claude-sonnet-5-5")
    assert plan_tables(document, _pages(3), OLD).asks[0].effort is None


def test_some_pages_are_named_in_the_title() -> None:
    (ask,) = plan_tables(_pdf(9), _pages(9)[2:5], SONNET).asks
    assert isinstance(ask.blocks[0], PdfBlock)
    assert ask.blocks[0].title == "a.pdf, pages 3-5"


@pytest.mark.parametrize("model", models(), ids=lambda model: model.id)
def test_every_part_of_a_long_document_fits_and_no_page_is_lost(model: Model) -> None:
    dense = TextSize(letters=4_000, digits=800, marks=300)
    pages = tuple(_page(number, dense) for number in range(1, 601))
    asks = plan_tables(_pdf(600), pages, model).asks
    sent = [
        page.page_number for ask in asks for block in ask.blocks if isinstance(block, PdfBlock) for page in block.pages
    ]
    assert sent == list(range(1, 601))
    assert len(asks) > 1
    for ask in asks:
        prompt = prompt_tokens(ask, model).total.total.high
        assert prompt + ask.max_tokens <= model.context
        assert ask.max_tokens <= model.max_output
        assert ask.expected_output.high <= ask.max_tokens
        assert model.first_price_step is None or prompt <= model.first_price_step


def test_empty_pages_are_parted_by_the_number_that_a_request_takes() -> None:
    pages = tuple(
        PageFacts(page_number=n, width=28, height=28, text="blank", text_size=TextSize()) for n in range(1, 251)
    )
    asks = plan_tables(_pdf(250), pages, replace(OLD, max_output=10**9, context=10**9, image_tier=STANDARD)).asks
    assert [len(ask.blocks[0].pages) for ask in asks if isinstance(ask.blocks[0], PdfBlock)] == [100, 100, 50]


def test_a_heavy_document_is_parted_by_its_bytes() -> None:
    content = Content.of_bytes("a.pdf", b"")
    content.size = REQUEST_BYTES * 3
    document = Document(name="a.pdf", content=content, media_type="application/pdf", page_count=6, reader="pdfium")
    asks = plan_tables(document, _pages(6), SONNET).asks
    assert [len(ask.blocks[0].pages) for ask in asks if isinstance(ask.blocks[0], PdfBlock)] == [2, 2, 2]


def test_images_are_labelled_shrunk_to_what_is_seen_and_never_so_many_that_they_must_be_smaller() -> None:
    asks = plan_tables(_tiff(50), _frames(50), replace(SONNET, max_output=10**9, context=10**9)).asks
    images = [[block for block in ask.blocks if isinstance(block, ImageBlock)] for ask in asks]
    assert [len(found) for found in images] == [FULL_SIZE_IMAGES, FULL_SIZE_IMAGES, 10]
    assert {(image.width, image.height) for found in images for image in found} == {seen_size(4032, 3024, HIGH)}
    assert asks[1].blocks[:2] == (TextBlock(text="The file named \u201ca.tif\u201d, page 21"), images[1][0])


def test_a_text_is_cut_at_the_ends_of_lines_and_loses_nothing() -> None:
    text = "".join(f"line {number}\n" for number in range(20_000)) + "x" * (3 * TEXT_PIECE) + "\nend"
    blocks = text_blocks("a.txt", text)
    assert "".join(block.text for block in blocks) == text
    assert all(len(block.text) <= TEXT_PIECE for block in blocks)
    assert blocks[0].title.startswith("a.txt, lines 1-")
    assert blocks[0].text.endswith("\n")
    assert sum((block.size for block in blocks), TextSize()) == text_size(text)


def test_the_content_key_is_of_everything_that_determines_the_answer_and_of_nothing_else() -> None:
    pages = _pages(3)
    (ask,) = plan_tables(_pdf(3), pages, SONNET).asks
    (again,) = plan_tables(_pdf(3), pages, SONNET).asks
    assert ask.content_key == again.content_key
    (kept,) = keeping_documents(Plan(asks=(ask,))).asks
    guessed_otherwise = replace(ask, expected_output=Count.exactly(1))
    assert ask.content_key == kept.content_key == guessed_otherwise.content_key
    block = ask.blocks[0]
    assert isinstance(block, PdfBlock)
    others = [
        replace(ask, model="claude-opus-5-5"),
        replace(ask, instructions="Do it."),
        replace(ask, schema={"type": "object"}),
        replace(ask, effort="high"),
        replace(ask, max_tokens=ask.max_tokens + 1),
        replace(ask, blocks=(replace(block, sha256="0" * 64), ask.blocks[1])),
        replace(ask, blocks=(replace(block, pages=block.pages[:2]), ask.blocks[1])),
        replace(ask, blocks=(block, TextBlock(text="Only the first."))),
    ]
    assert len({ask.content_key, *(other.content_key for other in others)}) == 1 + len(others)


def test_a_plan_explains_what_would_be_sent() -> None:
    plan = plan_tables(_pdf(3), _pages(3), SONNET)
    assert explained(plan) == "1 request: PDF pages 1-3; answers as JSON of at most 4,000 tokens, effort low."
    assert explained(Plan(asks=())).startswith("Nothing")


# --- the answer's form ----------------------------------------------------------------------------------------------


def test_the_form_of_the_answer_is_within_what_the_api_compiles() -> None:
    (ask,) = plan_tables(_pdf(1), _pages(1), SONNET).asks
    assert ask.schema is not None
    table = ask.schema["properties"]["tables"]["items"]
    assert list(table["properties"]) == ["page", "title", "headers", "rows", "notes", "confidence"]
    assert table["required"] == list(table["properties"])
    assert table["additionalProperties"] is ask.schema["additionalProperties"] is False
    answered: dict[str, object] = {
        "page": 1,
        "title": None,
        "headers": [],
        "rows": [],
        "notes": [],
        "confidence": "high",
    }
    assert list(answered) == table["required"]
    TablesAnswer.model_validate({"tables": [answered]})


class _Open(BaseModel):
    names: dict[str, str]


class _Bounded(BaseModel):
    count: int
    title: str = "a default"


def test_what_the_api_does_not_compile_is_left_out_or_refused() -> None:
    schema = answer_schema(lean(_Bounded.model_json_schema()) | {"maxProperties": 2})
    assert schema["required"] == ["count", "title"]
    assert "default" not in schema["properties"]["title"]
    with pytest.raises(SchemaNotSupported, match="not known before"):
        answer_schema(_Open.model_json_schema())
    with pytest.raises(SchemaNotSupported, match="references"):
        answer_schema({"$ref": "#/$defs/A"})
    unions = {f"p{number}": {"anyOf": [{"type": "string"}, {"type": "null"}]} for number in range(17)}
    with pytest.raises(SchemaNotSupported, match="17 parameters"):
        answer_schema({"type": "object", "properties": unions})


# --- documents by their facts ---------------------------------------------------------------------------------------


def _page(number: int, size: TextSize) -> PageFacts:
    return PageFacts(page_number=number, width=595, height=842, text="text layer", text_size=size)


def _pages(count: int) -> tuple[PageFacts, ...]:
    return tuple(_page(number, TextSize(letters=200)) for number in range(1, count + 1))


def _pdf(pages: int) -> Document:
    content = Content.of_bytes("a.pdf", b"%PDF-")
    return Document(name="a.pdf", content=content, media_type="application/pdf", page_count=pages, reader="pdfium")


def _tiff(pages: int) -> Document:
    frames = tuple(FrameFacts(width=4032, height=3024) for _ in range(pages))
    facts = ImageFacts(frames=frames, mode="RGB", orientation=1, is_animated=False, is_damaged=False)
    content = Content.of_bytes("a.tif", b"x")
    return Document(
        name="a.tif", content=content, media_type="image/tiff", page_count=pages, reader="image", image=facts
    )


def _frames(count: int) -> tuple[PageFacts, ...]:
    return tuple(PageFacts(page_number=n, width=4032, height=3024, text="scan") for n in range(1, count + 1))


def _ask(model: Model, *blocks: ImageBlock, output: int = 0) -> Ask:
    """Make an ask of images and nothing else, so that its price is exact."""
    return Ask(
        model=model.id,
        instructions="",
        blocks=(*blocks, TextBlock(text="")),
        schema=None,
        effort=None,
        max_tokens=1_000,
        expected_output=Count.exactly(output),
    )


def test_models_retire_when_the_sdk_says_so() -> None:
    """The SDK warns of models in a table of its own, with the day on which each retires."""
    from anthropic._data.deprecated_models import DEPRECATED_MODELS

    known = {name: model for model in models() for name in (model.id, *model.aliases)}
    told = {name: text for name, text in DEPRECATED_MODELS.items() if name in known}
    assert "claude-opus-4-5" in told
    for name, text in told.items():
        day = datetime.strptime(re.sub(r"(?<=\d)(st|nd|rd|th)", "", text), "%B %d, %Y").date()  # noqa: DTZ007 - a day
        assert (known[name].lifecycle, known[name].retires) == ("deprecated", day.isoformat()), name
