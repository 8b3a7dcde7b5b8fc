"""What differs between two texts, whatever their pages look like."""

from __future__ import annotations

import random
import time
from collections.abc import Sequence

import pytest

from witnessmark.documents.flow import PageFlow, Paragraph, ParagraphKind
from witnessmark.documents.running import with_running
from witnessmark.offline.differences.atoms import Side, sides_of
from witnessmark.offline.differences.compare import compare_flows
from witnessmark.offline.differences.sequences import common_runs
from witnessmark.offline.differences.values import Comparison, Difference
from witnessmark.offline.flow import text_flow
from witnessmark.values import Word

AGREEMENT = """\
# Charter of the mill

1. Term. This charter begins on 4 May 2026 and runs for 24 months unless it is ended earlier under section 4.

2. Price. The Miller shall pay EUR 36,000 per quarter. Prices are fixed for twelve months.

3. Payment. Invoices are due thirty (30) days after receipt. The Miller may reject flour that is damp.

4. Ending. Either side may end this charter with ninety days of written notice to the other side.
"""


def of_text(text: str, media_type: str = "text/markdown") -> list[PageFlow]:
    return [PageFlow(page_number=1, paragraphs=text_flow(text, media_type), has_places=False)]


def compare(before: str, after: str, media_type: str = "text/markdown") -> Comparison:
    return compare_flows(of_text(before, media_type), of_text(after, media_type))


def told(comparison: Comparison) -> list[tuple[str, str, str | None, str | None]]:
    return [
        (one.kind, one.what, one.before.changed if one.before else None, one.after.changed if one.after else None)
        for one in comparison.differences
    ]


def only(comparison: Comparison) -> Difference:
    (difference,) = comparison.differences
    return difference


def edited(old: str, new: str) -> Difference:
    assert AGREEMENT.count(old) == 1
    return only(compare(AGREEMENT, AGREEMENT.replace(old, new)))


def page(number: int, *paragraphs: tuple[ParagraphKind, Sequence[str]], by_ocr: bool = False) -> PageFlow:
    """Lay lines below each other; of a row, side by side."""
    found: list[Paragraph] = []
    top = 40.0
    for kind, lines in paragraphs:
        placed: list[tuple[Word, ...]] = []
        for cell, line in enumerate(lines):
            x = 60.0 + (120 * cell if kind == "row" else 0)
            words: list[Word] = []
            for text in line.split():
                words.append(Word(text, x, top, x + 6 * len(text), top + 12, 10.0))
                x += 6 * len(text) + 4
            placed.append(tuple(words))
            top += 0 if kind == "row" else 14
        top += 20
        found.append(Paragraph(kind, tuple(placed)))
    return PageFlow(page_number=number, paragraphs=tuple(found), is_read_by_ocr=by_ocr)


# --- what is no change --------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("The mill “grinds” rye – daily.", 'The mill "grinds" rye - daily.'),
        ("It is an oﬃcial aﬀair.", "It is an official affair."),
        ("One  line\nand another.", "One line and\nanother."),
        ("Draft text\u00a0here, 1\u00a0000 times.", "Draft text here, 1 000 times."),
        ("- oats\n- rye", "• oats\n• rye"),
        ("The so-\ncalled main-\ntenance of well-known mills", "The so-called maintenance of well-\nknown mills"),
        ("Prices ........ 12", "Prices 12"),
        ("**Term** of the charter", "Term of the charter"),
        ("EUR36,000 are due", "EUR 36,000 are due"),
    ],
    ids=[
        "quotes and dashes",
        "ligatures",
        "lines",
        "no-break spaces",
        "bullets",
        "hyphens",
        "leaders",
        "bold",
        "space",
    ],
)
def test_print_makes_no_difference(before: str, after: str) -> None:
    assert compare(before, after).texts_agree


def test_two_columns_and_page_ends_make_no_difference() -> None:
    one = [
        page(
            1,
            ("text", ["The miller grinds rye and oats", "for all who bring them. He is"]),
            ("text", ["paid at once."]),
        )
    ]
    two = [
        page(1, ("text", ["The miller grinds rye"]), ("text", ["and oats for all who"])),
        page(2, ("text", ["bring them. He is paid at once."])),
    ]
    assert compare_flows(one, two).texts_agree


SENTENCES = ("The miller grinds rye.", "The baker bakes bread.", "The brewer brews beer.")


def on_pages(head: str = "", foot: str = "") -> Sequence[PageFlow]:
    """Print a sentence a page; `{n}` in a header or footer is the page's number, `{i}` the same in Roman numerals."""
    pages: list[PageFlow] = []
    for n, (roman, sentence) in enumerate(zip(("i", "ii", "iii"), SENTENCES, strict=True), start=1):
        edges = [edge.format(n=n, i=roman) for edge in (head, foot)]
        lines = [edges[0], sentence, edges[1]]
        texts: list[tuple[ParagraphKind, list[str]]] = [("text", [line]) for line in lines if line]
        pages.append(page(n, *texts))
    return with_running(pages)


@pytest.mark.parametrize(
    "counting", ["Page {n} of 3", "{n}", "- {n} -", "{n}/3", "Seite {n} von 3 Seiten", "{i}", "Page {i}"]
)
def test_page_numbers_make_no_difference(counting: str) -> None:
    plain, counted = on_pages(), on_pages(foot=counting)
    assert compare_flows(plain, counted).texts_agree
    assert compare_flows(counted, plain).texts_agree


@pytest.mark.parametrize(
    ("text", "significance"),
    [
        ("not without the consent of the owner.", "substantive"),
        ("The buyer waives all rights.", "substantive"),
        ("The buyer waives all rights. {n}", "substantive"),
        ("The buyer waives every claim against the seller and its heirs", "substantive"),
        ("DRAFT - not binding", "substantive"),
        ("Deposit: EUR 500", "substantive"),
        ("Agreed on 4 May 2026", "substantive"),
        ("The owner may enter", "substantive"),
        ("Charter, final text", "formatting"),
        ("Charter of the mill, final text, page {n} of 3", "formatting"),
        ("Preface {i}", "formatting"),
        ("Acme Inc.", "formatting"),
    ],
)
def test_a_text_that_only_one_document_repeats_is_one_difference(text: str, significance: str) -> None:
    plain, printed = on_pages("Harbour"), on_pages("Harbour", text)
    first = text.format(n=1, i="i")
    added, removed = compare_flows(plain, printed), compare_flows(printed, plain)
    assert told(added) == [("added", "words", None, first)]
    assert told(removed) == [("removed", "words", first, None)]
    for found in (added, removed):
        assert (only(found).significance, only(found).section) == (significance, "page header or footer")
        assert not found.texts_agree
    assert (added.running_after, removed.running_before) == ((first,), (first,))


def test_a_header_of_one_document_is_a_difference_between_other_layouts() -> None:
    texts: list[tuple[ParagraphKind, list[str]]] = [("text", [sentence]) for sentence in SENTENCES]
    plain = [page(1, *texts)]
    found = only(compare_flows(plain, on_pages("Charter, final text", "Page {n} of 3")))
    assert (found.kind, found.significance) == ("added", "formatting")


def test_a_header_that_says_something_else_is_a_change() -> None:
    def printed(header: str) -> Sequence[PageFlow]:
        return with_running([page(n, ("text", [header]), ("text", [f"Text of part {'abc'[n]}."])) for n in range(3)])

    found = only(compare_flows(printed("Charter, version 3"), printed("Charter, version 4")))
    assert (found.kind, found.significance, found.section) == ("changed", "substantive", "page header or footer")


def test_headers_of_a_table_are_not_new_where_the_next_page_repeats_them() -> None:
    rows: list[tuple[ParagraphKind, list[str]]] = [("row", [f"Rye {n}", f"{n * 17}"]) for n in range(8)]
    one = [page(1, ("row", ["Item", "Price"]), *rows)]
    two = [page(1, ("row", ["Item", "Price"]), *rows[:4]), page(2, ("row", ["Item", "Price"]), *rows[4:])]
    assert compare_flows(one, two).texts_agree


# --- what is a change, and how much of it is cited ----------------------------------------------------------------


@pytest.mark.parametrize(
    ("old", "new", "what", "removed", "added"),
    [
        ("36,000", "36,900", "number", "36,000", "36,900"),
        ("36,000", "36.000", "number", "36,000", "36.000"),
        ("EUR", "USD", "number", "EUR", "USD"),
        ("thirty (30)", "forty-five (45)", "number", "thirty (30)", "forty-five (45)"),
        ("4 May 2026", "4 June 2026", "date", "May", "June"),
        ("may reject", "may not reject", "negation", "", "not"),
        ("shall pay", "may pay", "obligation", "shall", "may"),
        ("Miller shall", "Baker shall", "name", "Miller", "Baker"),
        ("damp", "wet or old", "words", "damp.", "wet or old."),
        ("Prices are", "prices are", "case", "Prices", "prices"),
    ],
)
def test_a_change_is_as_small_as_it_is(old: str, new: str, what: str, removed: str, added: str) -> None:
    found = edited(old, new)
    assert found.before is not None
    assert found.after is not None
    assert (found.kind, found.what) == ("changed", what)
    assert (found.before.changed, found.after.changed) == (removed, added)
    assert found.significance == ("formatting" if what == "case" else "substantive")
    assert old.split(maxsplit=1)[0] in found.before.text
    assert new.split(maxsplit=1)[0] in found.after.text
    assert len(found.before.text) < 100


def test_a_date_whose_day_and_month_changed_places_is_one_change() -> None:
    found = only(compare("It begins on 01/03/2026 at noon.", "It begins on 03/01/2026 at noon."))
    assert found.before is not None
    assert (found.what, found.before.changed) == ("date", "01/03/2026")


def test_a_change_names_its_clause() -> None:
    assert edited("36,000", "36,900").section == "2. Price"
    assert edited("ninety", "sixty").section == "4. Ending"


@pytest.mark.parametrize(
    ("before", "after"),
    [("-5.0", "5.0"), ("5%", "5"), ("$ 5", "€ 5"), ("(1,234)", "1,234"), ("5 MW", "5 mW"), ("1/3/2026", "1/4/2026")],
)
def test_signs_and_units_in_a_table_are_substantive(before: str, after: str) -> None:
    found = only(compare(f"| Rye | {before} |\n| Oats | 7 |", f"| Rye | {after} |\n| Oats | 7 |"))
    assert found.significance == "substantive"
    assert found.what in {"number", "date"}


def test_changes_far_apart_in_a_sentence_are_two_and_a_rewritten_sentence_is_one() -> None:
    long = (
        "The miller of Hexley grinds rye for the bakers of the town and keeps one tenth of all flour for his own house."
    )
    assert len(compare(long, long.replace("Hexley", "Orrin").replace("his own", "his whole")).differences) == 2
    rewritten = "Whoever brings corn to Hexley is served in turn, and the miller takes his tenth in coin."
    assert len(compare(f"First.\n\n{long}\n\nLast.", f"First.\n\n{rewritten}\n\nLast.").differences) <= 2


def test_added_and_removed_sentences_are_whole() -> None:
    extra = "The Miller keeps a book of all corn."
    found = edited("Prices are fixed for twelve months.", f"{extra} Prices are fixed for twelve months.")
    assert (found.kind, found.before, found.after.text if found.after else None) == ("added", None, extra)
    found = edited(" Prices are fixed for twelve months.", "")
    assert (found.kind, found.after, found.before.text if found.before else None) == (
        "removed",
        None,
        "Prices are fixed for twelve months.",
    )


def test_a_new_clause_renumbers_the_others_and_that_is_formatting() -> None:
    later = AGREEMENT.replace("3. Payment", "3. Audit. The Miller shows his books once a year.\n\n4. Payment")
    later = later.replace("4. Ending", "5. Ending")
    found = compare(AGREEMENT, later)
    assert [(one.kind, one.what, one.significance) for one in found.differences] == [
        ("added", "words", "substantive"),
        ("changed", "numbering", "formatting"),
    ]
    assert found.differences[1].before is not None
    assert found.differences[1].before.text == "3–4"


def test_moved_text_is_told_from_deleted_and_added() -> None:
    parts = AGREEMENT.split("\n\n")
    moved = "\n\n".join([parts[0], parts[2], parts[3], parts[4].strip(), parts[1]])
    found = [one for one in compare(AGREEMENT, moved).differences if one.what != "numbering"]
    assert [one.kind for one in found] == ["moved"]


def test_moved_text_that_was_edited_says_what_changed() -> None:
    parts = AGREEMENT.split("\n\n")
    moved = "\n\n".join([parts[0], parts[2], parts[3], parts[4].strip(), parts[1].replace("24", "36")])
    found = next(one for one in compare(AGREEMENT, moved).differences if one.kind == "moved")
    assert (found.what, found.significance) == ("number", "substantive")
    assert found.before is not None
    assert found.before.changed == "24"


def test_figures_and_dates_stand_first() -> None:
    later = AGREEMENT.replace("damp", "wet").replace("24 months", "36 months").replace("Prices are", "prices are")
    assert [one.what for one in compare(AGREEMENT, later).differences] == ["number", "words", "case"]


# --- tables -------------------------------------------------------------------------------------------------------

TABLE = "| Item | Units | Price |\n|---|---|---|\n" + "".join(
    f"| {name} | 10 | {1000 + 7 * n:,} |\n"
    for n, name in enumerate(("Rye", "Oats", "Wheat", "Barley", "Spelt", "Millet"))
)


def test_a_changed_cell_has_its_row_and_column() -> None:
    found = only(compare(TABLE, TABLE.replace("1,014", "1,041")))
    assert found.after is not None
    assert (found.after.row, found.after.column, found.after.text) == ("Wheat", "Price", "1,041")


def test_a_row_among_similar_rows_is_added_and_no_other_changes() -> None:
    later = TABLE.replace("| Wheat", "| Rye, ground | 10 | 1,014 |\n| Wheat")
    assert told(compare(TABLE, later)) == [("added", "words", None, "Rye, ground | 10 | 1,014")]


def test_one_of_many_rows_that_are_the_same_is_removed() -> None:
    rows = "| Sack | 10 | 5 |\n" * 6
    assert told(compare(TABLE + rows, TABLE + rows[: len(rows) // 6 * 5])) == [
        ("removed", "words", "Sack | 10 | 5", None)
    ]


def test_a_row_that_moved_is_not_removed_and_added() -> None:
    lines = TABLE.splitlines()
    later = "\n".join([*lines[:2], *lines[3:], lines[2]])
    assert [one.kind for one in compare(TABLE, later).differences] == ["moved"]


def test_a_table_on_one_line_is_compared_row_by_row() -> None:
    flat = "| Item | Price | |---|---| " + " ".join(
        f"| {name} | {n} |" for n, name in enumerate("Rye Oats Wheat".split())
    )
    later = flat.replace("| Wheat", "| Spelt | 1 | | Wheat")
    assert told(compare(flat, later)) == [("added", "words", None, "Spelt | 1")]


# --- scans --------------------------------------------------------------------------------------------------------


def test_what_ocr_may_have_misread_is_doubtful_and_figures_never_are() -> None:
    before = [page(1, ("text", ["The rniller owes 1,284 for modern corn."]))]
    letters = compare_flows(before, [page(1, ("text", ["The miller owes 1,284 for modern corn."]), by_ocr=True)])
    assert [one.is_doubtful for one in letters.differences] == [True]
    figure = compare_flows(before, [page(1, ("text", ["The rniller owes 1,234 for modern corn."]), by_ocr=True)])
    assert [(one.is_doubtful, one.what) for one in figure.differences] == [(False, "number")]


# --- properties ---------------------------------------------------------------------------------------------------


def _forms(side: Side, gone: set[int]) -> str:
    return "".join(form for atom, form in enumerate(side.forms) if atom not in gone)


def _taken(differences: Sequence[Difference], *, is_before: bool) -> list[int]:
    sides = [one.before if is_before else one.after for one in differences]
    return [atom for side in sides if side is not None for atoms in side.atoms for atom in atoms]


VOCABULARY = "rye oats the of and 12 13 3.5 May not shall mill (a) baker, town. pays; Flour keeps 7% - house".split()


def _drawn_text(luck: random.Random) -> list[str]:
    lines: list[str] = []
    for _ in range(luck.randint(0, 14)):
        kind = luck.random()
        words = [luck.choice(VOCABULARY) for _ in range(luck.randint(1, 14))]
        if kind < 0.2:
            lines.append("| " + " | ".join(words[:4]) + " |")
        elif kind < 0.4:
            lines += [f"{luck.randint(1, 9)}. {' '.join(words)}", ""]
        else:
            lines += [" ".join(words) + luck.choice(("", ".", " main-")), *luck.choice(([], [""]))]
    return lines


@pytest.mark.parametrize("seed", range(150))
def test_every_word_is_the_same_or_in_exactly_one_difference(seed: int) -> None:
    luck = random.Random(seed)
    lines = _drawn_text(luck)
    later = [line for line in lines if luck.random() > 0.15]
    for _ in range(luck.randint(0, 4)):
        words = luck.choice(later).split() if later else []
        luck.shuffle(words)
        later.insert(luck.randint(0, len(later)), " ".join(words))
    if luck.random() < 0.3:
        luck.shuffle(later)
    flows = of_text("\n".join(lines)), of_text("\n".join(later))
    differences = compare_flows(*flows).differences
    sides = sides_of(*flows)
    taken = [_taken(differences, is_before=is_before) for is_before in (True, False)]
    for atoms in taken:
        assert len(atoms) == len(set(atoms)), "a word is in two differences"
    rest = [_bare(_forms(side, set(atoms))) for side, atoms in zip(sides, taken, strict=True)]
    assert rest[0] == rest[1], "a word is in no difference and not the same"


def _bare(text: str) -> str:
    """Leave out what layout may change at the edges of paragraphs."""
    return "".join(char for char in text.casefold() if char not in ".,;:-()")


@pytest.mark.parametrize("seed", range(30))
def test_a_text_agrees_with_itself(seed: int) -> None:
    text = "\n".join(_drawn_text(random.Random(seed)))
    assert compare(text, text).texts_agree


@pytest.mark.parametrize("seed", range(60))
def test_runs_are_the_same_in_both_and_in_order(seed: int) -> None:
    luck = random.Random(seed)
    a = [luck.randrange(luck.choice((2, 9, 60))) for _ in range(luck.randrange(80))]
    b = [luck.choice(a) if a and luck.random() < 0.1 else one for one in a if luck.random() > 0.2]
    at = (0, 0)
    for run in common_runs(a, b):
        assert (run.a_start, run.b_start) >= at
        assert a[run.a_start : run.a_start + run.size] == b[run.b_start : run.b_start + run.size]
        at = (run.a_start + run.size, run.b_start + run.size)


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("corn " * 100_000, "corn " * 99_000),
        (" ".join(f"a{n}." for n in range(20_000)), " ".join(f"B{n}." for n in range(20_000))),
        (" ".join(f"A{n} is. " for n in range(9_000)), " ".join(f"A{n} is. " for n in reversed(range(9_000)))),
        ("corn rye " * 9_000, "rye rye corn " * 6_000),
    ],
    ids=["one word", "nothing in common", "all in reverse", "two words"],
)
def test_hostile_texts_end_in_time(before: str, after: str) -> None:
    began = time.process_time()
    assert not compare(before, after, "text/plain").texts_agree
    assert time.process_time() - began < 20


def test_a_sentence_that_moved_is_not_paired_with_one_that_is_like_it() -> None:
    sentence = "The reports of the mill remain the property of Hexley until EUR 91,856 has been received in full."
    like = "The records of the mill remain the property of Varnholt until USD 63,133 has been received in full."
    fill = "\n\n".join(
        f"Part {word} of the charter speaks of {word} and of nothing else." for word in "rye oats spelt".split()
    )
    found = compare(f"{sentence}\n\n{fill}", f"{like}\n\n{fill}\n\n{sentence}")
    assert sorted(one.kind for one in found.differences) == ["added", "moved"]


def test_a_sentence_goes_on_at_the_head_of_the_next_page_whatever_its_case() -> None:
    one = [page(1, ("text", ["Whoever asks is told.", "The Miller answers for all of it."]))]
    two = [page(1, ("text", ["Whoever asks is told. The"])), page(2, ("text", ["Miller answers for all of it."]))]
    assert compare_flows(one, two).texts_agree


def test_negations_figures_and_dates_come_before_everything_else() -> None:
    later = AGREEMENT.replace("may reject", "may not reject").replace("written notice", "spoken notice")
    later = later.replace("The Miller shall pay", "The Baker shall pay").replace("24 months", "36 months")
    later += "\n5. Fines. Who is late pays EUR 20.\n\n6. Peace. All sides keep the peace.\n"
    found = compare(AGREEMENT, later).differences
    assert [(one.kind, one.what) for one in found] == [
        ("changed", "number"),
        ("changed", "negation"),
        ("changed", "name"),
        ("added", "words"),
        ("changed", "words"),
        ("added", "words"),
    ]


def test_a_rewritten_sentence_marks_what_is_new_in_it() -> None:
    later = AGREEMENT.replace("The Miller may reject flour that is damp.", "He may not reject flour that was damp.")
    found = compare(AGREEMENT, later).differences[0]
    assert found.what == "negation"
    assert found.after is not None
    assert [found.after.text[start:end] for start, end in found.after.marks] == [found.after.changed]
