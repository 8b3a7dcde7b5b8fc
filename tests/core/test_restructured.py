"""A text that is laid out in another way says the same: headings, lists, paragraphs, numbers, columns."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from benchmarks.differences import Score, score_pair
from benchmarks.drawn_pairs import as_markdown
from benchmarks.drawn_terms import draw_terms
from tests.core.flows import page as page_of
from tests.core.test_differences import compare, of_text, only, page, told
from witnessmark.offline.differences.compare import compare_flows
from witnessmark.offline.differences.values import Passage

RUN_IN = """\
# Rules of the mill

1. Hours. The mill grinds from six to nine. Nobody enters it at night.

2. Fees. The miller keeps a tenth of all flour. He may change that with a notice of 30 days.

3. Liability. The miller is not liable for:

(a) loss of profit;

(b) loss of seed or of straw;

(c) the cost of another mill; or

(d) any indirect or special damage.

What he pays is limited to 500 crowns a year.

4. Courts. The court of Hexley settles what the sides cannot settle.
"""
OWN_LINES = """\
# Rules of the mill

## 1 Hours

The mill grinds from six to nine.

Nobody enters it at night.

## 2 Fees

The miller keeps a tenth of all flour. He may change that with a notice of 30 days.

## 3 Liability

The miller is not liable for loss of profit, loss of seed or of straw, the cost of another mill, or any indirect or
special damage. What he pays is limited to 500 crowns a year.

## 4 Courts

The court of Hexley settles what the sides cannot settle.
"""


def substantive(before: str, after: str) -> list[tuple[str, str, str | None, str | None]]:
    found = compare(before, after)
    changes = zip(told(found), found.differences, strict=True)
    return [change for change, one in changes if one.significance == "substantive"]


def test_headings_that_run_in_and_lists_that_join_a_paragraph_are_no_change() -> None:
    for before, after in ((RUN_IN, OWN_LINES), (OWN_LINES, RUN_IN)):
        assert [one.what for one in compare(before, after).differences] == ["numbering"]


def test_what_changed_in_a_text_that_is_laid_out_anew_is_all_that_is_found() -> None:
    later = OWN_LINES.replace("30 days", "60 days").replace(" the cost of another mill,", "").replace("may", "may not")
    found = substantive(RUN_IN, later)
    assert found[:2] == [("changed", "negation", "", "not"), ("changed", "number", "30", "60")]
    assert [(kind, what) for kind, what, *_ in found[2:]] == [("removed", "words")]


def test_a_paragraph_that_is_laid_out_anew_elsewhere_has_moved() -> None:
    clause = "3 Liability"
    parts = OWN_LINES.split("## ")
    moved = "## ".join([parts[0], parts[3].replace("3 Li", "1 Li"), parts[1].replace("1 H", "2 H"),
                        parts[2].replace("2 F", "3 F"), parts[4]])  # fmt: skip
    assert clause not in moved
    assert {kind for kind, *_ in substantive(RUN_IN, moved)} == {"moved"}


def test_sentences_of_two_paragraphs_joined_and_parted_are_no_change() -> None:
    sentences = [f"Part {name} of the charter speaks of {name}s, and of nothing else." for name in "abcdefgh"]
    by_two = "\n\n".join(" ".join(sentences[n : n + 2]) for n in range(0, 8, 2))
    by_three = "\n\n".join(" ".join(sentences[n : n + 3]) for n in range(0, 8, 3))
    assert compare(by_two, by_three).texts_agree


def test_items_that_run_on_in_a_paragraph_are_the_items_of_a_list() -> None:
    listed = "He brings:\n\n(a) rye of the year;\n\n(b) oats for the horse; and\n\n(c) a sack of his own."
    run_on = "He brings: (a) rye of the year; (b) oats for the horse; and (c) a sack of his own."
    assert compare(listed, run_on).texts_agree
    unmarked = "He brings rye of the year, oats for the horse, and a sack of his own."
    assert [one.what for one in compare(run_on, unmarked).differences if one.what != "punctuation"] == ["numbering"]


def test_a_minus_at_the_edge_of_a_paragraph_is_no_layout() -> None:
    assert only(compare("Cold.\n\n-5 is it.", "Cold.\n\n5 is it.")).significance == "substantive"


@pytest.mark.parametrize("first", range(0, 60, 20))
def test_restructured_terms_show_their_changes_and_no_others(first: int) -> None:
    score = Score()
    for number in range(first, first + 20):
        pair = draw_terms(f"terms {number}", clauses=6 + number % 10, edits=number % 3)
        flows = [of_text(as_markdown(blocks).decode()) for blocks in (pair.before, pair.after)]
        score_pair(score, str(number), pair.labels, compare_flows(*flows).differences)
    assert score.invented == 0, score.told
    assert sum(score.found.values()) >= sum(score.labels.values()) - 1, score.told


CLAUSES = (
    "1.1 The supplier delivers the goods to the port of Hexley.",
    "1.2 The buyer pays the price within ten days of receipt.",
    "1.3 Neither party may assign this contract without consent.",
)


def test_clauses_that_run_on_in_a_paragraph_are_the_same_as_paragraphs() -> None:
    run_on, apart = " ".join(CLAUSES), "\n\n".join(CLAUSES)
    for before, after in ((run_on, apart), (apart, run_on)):
        assert compare(before, after).texts_agree
        found = only(compare(before, after.replace("ten days", "five days")))
        assert (found.what, found.significance) == ("number", "substantive")


def test_a_number_within_a_sentence_begins_no_clause() -> None:
    text = "1.1 The rate is fixed at 1.2 Per cent is not meant."
    assert only(compare(text, text.replace("1.2", "1.4"))).significance == "substantive"


def test_a_numbered_heading_without_a_full_stop_may_run_in() -> None:
    run_in = "1 Scope The supplier delivers the goods.\n\n2 Payment The buyer pays within ten days."
    own = "# 1 Scope\n\nThe supplier delivers the goods.\n\n# 2 Payment\n\nThe buyer pays within ten days."
    for before, after in ((run_in, own), (own, run_in), (run_in.replace("\n\n", " "), own)):
        assert compare(before, after).texts_agree
    assert only(compare(run_in, own.replace("ten", "five"))).what == "number"


# --- numbers ----------------------------------------------------------------------------------------------------------


def _clauses(titles: Sequence[str]) -> str:
    return "\n\n".join(
        f"{n}. {title}. Of {title.lower()} this charter says little." for n, title in enumerate(titles, 1)
    )


TITLES = ("Term", "Prices", "Payment", "Damage", "Notices", "Audit", "Courts", "Ending")


def test_clauses_that_count_on_are_one_line() -> None:
    later = _clauses([*TITLES[:2], "Storage", *TITLES[2:]])
    found = compare(_clauses(TITLES), later).differences
    assert [(one.kind, one.what) for one in found] == [("added", "words"), ("changed", "numbering")]
    before, after = found[1].before, found[1].after
    assert before is not None
    assert after is not None
    assert (before.text, after.text) == ("3–8", "4–9")
    assert len(before.places) == 6


def test_a_reference_that_follows_its_section_is_no_change_of_its_own() -> None:
    text = _clauses(TITLES) + "\n\nWhat section 5 says holds for clauses 1 and 6."
    later = _clauses([*TITLES[:2], "Storage", *TITLES[2:]]) + "\n\nWhat section 6 says holds for clauses 1 and 7."
    assert [one.what for one in compare(text, later).differences] == ["words", "numbering"]
    wrong = later.replace("section 6", "section 9")
    assert [one.what for one in compare(text, wrong).differences] == ["number", "words", "numbering"]


def test_numbers_that_changed_are_listed_in_their_order() -> None:
    text = _clauses(TITLES).replace("Of term this", "As section 4 provides, of term this")
    later = _clauses(["Scope", *TITLES]).replace("Of term this", "As section 5 provides, of term this")
    found = compare(text, later).differences[-1]
    assert found.before is not None
    assert found.before.text == "1–8"


def test_letters_that_are_new_in_several_lists_are_one_line() -> None:
    lists = "He pays:\n\n{}rye now;\n\n{}oats later.\n\nShe pays:\n\n{}corn now;\n\n{}flour later."
    found = only(compare(lists.format(*("- ",) * 4), lists.format("(a) ", "(b) ", "(a) ", "(b) ")))
    assert (found.kind, found.what, found.significance) == ("added", "numbering", "formatting")
    assert found.after is not None
    assert found.after.text == "(a)–(b)"


def test_rows_that_count_on_after_a_new_one_are_one_line() -> None:
    names = ["Rye", "Oats", "Wheat", "Barley", "Spelt"]
    later = [*names[:2], "Millet", *names[2:]]
    before, after = (_table(["No.", "Corn", "Price"], [[str(n), name, f"{7 * len(name)}.50"] for n, name in
                            enumerate(several, 1)]) for several in (names, later))  # fmt: skip
    found = compare(before, after).differences
    assert [(one.kind, one.what) for one in found] == [("added", "words"), ("changed", "numbering")]


def test_figures_that_all_grow_by_one_are_no_numbers_of_rows() -> None:
    rows = [("4", "Rye"), ("7", "Oats"), ("2", "Wheat")]
    before, after = (
        _table(["Sacks", "Corn"], [[str(int(count) + more), name] for count, name in rows]) for more in (0, 1)
    )
    assert [one.what for one in compare(before, after).differences] == ["number"] * 3


# --- tables and lists -------------------------------------------------------------------------------------------------


def _table(header: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    lines = ["| " + " | ".join(row) + " |" for row in (header, *rows)]
    return "\n".join([lines[0], "|" + "---|" * len(header), *lines[1:]])


ROWS = (("Rope", "20 m", "31.00"), ("Tar", "10 l", "9.50"), ("Sail", "M", "240.00"), ("Oar", "2 m", "18.00"))


def test_columns_in_another_order_are_one_line_and_cells_are_compared_by_column() -> None:
    before = _table(["Item", "Size", "Price"], ROWS)
    after = _table(
        ["Item", "Price", "Size"], [(item, price.replace("9.50", "9.80"), size) for item, size, price in ROWS]
    )
    found = compare(before, after).differences
    assert [(one.kind, one.what, one.significance) for one in found] == [
        ("changed", "number", "substantive"),
        ("moved", "order", "formatting"),
    ]
    assert found[0].before is not None
    assert (found[0].before.text, found[0].before.row) == ("9.50", "Tar")
    assert found[1].before is not None
    assert found[1].before.text == "Item | Size | Price"


def test_columns_of_a_table_without_header_are_ordered_by_their_cells() -> None:
    before, after = _table(ROWS[0], ROWS[1:]), _table(ROWS[0][::-1], [row[::-1] for row in ROWS[1:]])
    assert [(one.kind, one.what) for one in compare(before, after).differences] == [("moved", "order")]


def test_a_total_with_a_blank_cell_leaves_the_order_of_columns_one_line() -> None:
    rows = [*ROWS, ("Total", "", "298.50")]
    before = _table(["Item", "Size", "Price"], rows)
    later = [(item, price, size) for item, size, price in rows]
    assert [one.what for one in compare(before, _table(["Item", "Price", "Size"], later)).differences] == ["order"]
    later[-1] = ("Total", "299.50", "")
    changed, order = compare(before, _table(["Item", "Price", "Size"], later)).differences
    assert order.kind == "moved"
    assert changed.before is not None
    assert (changed.before.text, changed.before.row, changed.before.column) == ("298.50", "Total", "Price")


def _columns(side: Passage | None) -> tuple[str, str | None, str | None] | None:
    return (side.text, side.row, side.column) if side is not None else None


def test_a_column_that_one_side_lacks_is_one_difference_next_to_the_cells_that_changed() -> None:
    wide = _table(["Item", "Size", "Price"], ROWS)
    narrow = _table(["Item", "Price"], [(item, price.replace("9.50", "9.80")) for item, _, price in ROWS])
    column = ("Size | 20 m | 10 l | M | 2 m", None, "Size")
    for before, after, kind in ((narrow, wide, "added"), (wide, narrow, "removed")):
        cell, size = compare(before, after).differences
        assert (cell.what, cell.before and cell.before.row) == ("number", "Tar")
        assert (size.kind, size.significance) == (kind, "substantive")
        assert _columns(size.before or size.after) == column


def test_a_column_of_long_texts_does_not_replace_the_rows() -> None:
    texts = [
        f"What a {row[0].lower()} is for, in so many words that most of the row is new: {'very ' * 30}long"
        for row in ROWS
    ]
    after = _table(["Item", "Size", "Price", "Use"], [(*row, text) for row, text in zip(ROWS, texts, strict=True)])
    found = only(compare(_table(["Item", "Size", "Price"], ROWS), after))
    assert (found.kind, found.after and found.after.column) == ("added", "Use")


def test_one_column_that_replaces_another_elsewhere_is_removed_and_added() -> None:
    before = _table(["Area", "2022", "2023"], [("North", "100", "110"), ("South", "90", "95"), ("East", "70", "71")])
    after = _table(["Area", "2023", "2024"], [("North", "110", "120"), ("South", "95", "99"), ("East", "71", "75")])
    found = compare(before, after).differences
    assert [(one.kind, _columns(one.before or one.after)) for one in found] == [
        ("removed", ("2022 | 100 | 90 | 70", None, "2022")),
        ("added", ("2024 | 120 | 99 | 75", None, "2024")),
    ]


def test_a_column_added_on_a_page_is_one_difference_though_the_total_lacks_its_cell() -> None:
    rows = ["Item|Price", "Rope|31.00", "Tar|9.50", "Total|40.50"]
    later = ["Item|Unit|Price", "Rope|m|31.00", "Tar|l|9.50", "Total||40.50"]
    found = only(compare_flows([page_of(1, *rows)], [page_of(1, *later)]))
    assert (found.kind, found.after and found.after.text) == ("added", "Unit | m | l")


def test_a_value_of_a_text_table_in_another_column_is_a_change() -> None:
    before, after = (
        _table(["Item", "Net", "Gross"], [("Rope", "20", "24"), ("Tar", *cells)]) for cells in (("30", ""), ("", "30"))
    )
    assert [one.what for one in compare(before, after).differences] == ["number", "number"]


def test_a_record_put_into_a_list_is_added() -> None:
    records = [f"R-{1270 + 3 * n} Permit {40 + n} {600 + 17 * n}.50 {'open' if n % 2 else 'paid'}" for n in range(12)]
    later = [*records[:5], "R-9017 Morning Star 118.20 paid", *records[5:]]
    before, after = ([page(1, ("text", lines))] for lines in (records, later))
    assert told(compare_flows(before, after)) == [("added", "words", None, "R-9017 Morning Star 118.20 paid")]
    assert told(compare_flows(after, before)) == [("removed", "words", "R-9017 Morning Star 118.20 paid", None)]


# --- what is elsewhere ------------------------------------------------------------------------------------------------


def test_boilerplate_is_not_paired_across_clauses() -> None:
    rest = "This clause holds for three years after the charter ends."
    clauses = [
        f"{title}. Of {title.lower()} this charter says what the {title.lower()} are. {rest}" for title in TITLES
    ]
    new = f"Storage. Corn is stored in the upper loft. {rest}"
    before = "\n\n".join(f"{n}. {text}" for n, text in enumerate(clauses[:5], 1))
    after = "\n\n".join(f"{n}. {text}" for n, text in enumerate([clauses[0], *clauses[2:5], new], 1))
    assert told(compare(before, after)) == [
        ("removed", "words", f"2. {clauses[1]}", None),
        ("added", "words", None, f"5. {new}"),
        ("changed", "numbering", "3–5", "2–4"),
    ]


def test_what_is_elsewhere_in_another_sentence_is_not_removed_and_added() -> None:
    term = "loss of seed or of straw that the mill has stored for the winter"
    before = (
        f"He answers for:\n\n- {term};\n\n- the cost of a sack.\n\nShe keeps the book of the mill.\n\nNobody else does."
    )
    after = (
        f"He answers for the cost of a sack.\n\nShe keeps the book of the mill.\n\nNobody else does, nor for {term}."
    )
    assert not [one for one in compare(before, after).differences if one.kind == "removed"]


def test_a_number_that_changes_alone_is_content() -> None:
    text = "The mill is closed.\n\nChapter 11 Bankruptcy is filed for.\n\nThe baker is told."
    assert only(compare(text, text.replace("11", "7"))).significance == "substantive"
    rows = _table(["Floor", "Use"], [[str(n), use] for n, use in enumerate(("Stones", "Bins", "Loft"), 1)])
    later = _table(["Floor", "Use"], [[str(n), use] for n, use in enumerate(("Stones", "Bins", "Loft"), 2)])
    assert [one.what for one in compare(rows, later).differences] == ["number"] * 3


def test_a_reference_to_another_text_is_content() -> None:
    text = _clauses(TITLES) + "\n\nWhat section 5 of the Mill Act says holds."
    later = _clauses([*TITLES[:2], "Storage", *TITLES[2:]]) + "\n\nWhat section 6 of the Mill Act says holds."
    assert [one.what for one in compare(text, later).differences] == ["number", "words", "numbering"]


def test_german_terms_that_are_laid_out_anew_show_their_changes_and_no_others() -> None:
    before = """\
§ 1 Geltung. Diese Bedingungen gelten für alle Verträge.

§ 2 Haftung. Der Anbieter haftet nicht für:

a) entgangenen Gewinn;

b) den Verlust von Daten; und

c) mittelbare Schäden.

§ 3 Zahlung. Rechnungen sind binnen 30 Tagen zu zahlen. § 2 bleibt unberührt.
"""
    after = """\
## § 1 Geltung

Diese Bedingungen gelten für alle Verträge.

## § 2 Datenschutz

Der Anbieter verarbeitet Daten nach der Anlage.

## § 3 Haftung

Der Anbieter haftet nicht für a) entgangenen Gewinn, b) den Verlust von Daten und c) mittelbare Schäden.

## § 4 Zahlung

Rechnungen sind binnen 60 Tagen zu zahlen. § 3 bleibt unberührt.
"""
    found = compare(before, after).differences
    assert [(one.kind, one.what) for one in found] == [
        ("changed", "number"),
        ("added", "words"),
        ("changed", "numbering"),
    ]
    assert found[2].before is not None
    assert found[2].before.text == "§ 2–3"


def test_headings_stay_and_text_moves_between_them() -> None:
    rye = "The rye is stored dry and cool in the loft."
    before = f"# Stores\n\n{rye}\n\nOats are fed.\n\n# Sales\n\nCorn is sold."
    after = f"# Stores\n\nOats are fed.\n\n# Sales\n\nCorn is sold.\n\n{rye}"
    found = only(compare(before, after))
    assert (found.kind, found.significance, found.after and found.after.text) == ("moved", "substantive", rye)


def test_an_item_that_is_missing_from_a_list_that_became_a_sentence_is_removed_alone() -> None:
    before = "The seller is not liable for:\n\n- loss of profit;\n\n- loss of data;\n\n- delay."
    after = "The seller is not liable for loss of profit or delay."
    assert substantive(before, after) == [("removed", "words", "loss of data;", None)]
