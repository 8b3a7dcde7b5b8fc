"""Counts, `identical` and the concluding sentence of a comparison never contradict one another."""

from __future__ import annotations

import random
import re

import pytest

from witnessmark_tools.compare_counts import Basis, counted, with_differences
from witnessmark_tools.compare_result import DocumentComparison, DocumentDifference, Kind, Significance
from witnessmark_tools.results import DocumentRead

KINDS: tuple[Kind, ...] = ("changed", "added", "removed", "moved", "visual")
CLASSES: tuple[Significance, ...] = ("substantive", "formatting", "unclassified")


def drawn(luck: random.Random) -> tuple[list[DocumentDifference], Basis]:
    differences = [
        DocumentDifference(
            difference_id=f"d{number}",
            kind=luck.choice(KINDS),
            significance=luck.choice(CLASSES),
            aligned=luck.random() < 0.8,
        )
        for number in range(1, luck.choice((0, 0, 1, 1, 2, 3, 9)) + 1)
    ]
    doubtful = luck.choice((0, 0, 1, 4))
    has_texts = any(one.kind != "visual" and one.aligned for one in differences)
    return differences, Basis(
        is_whole=luck.random() < 0.7,
        texts_agree=not has_texts and not doubtful,
        doubtful=doubtful,
        share=luck.random(),
    )


def result(differences: list[DocumentDifference], basis: Basis) -> DocumentComparison:
    read = DocumentRead(name="a.txt", sha256="0" * 64, pages=1)
    made = DocumentComparison(result_id="r", documents=[read, read], engines=["offline"])
    return with_differences(made, differences, basis)


@pytest.mark.parametrize("first", range(0, 4_000, 1_000))
def test_counts_and_sentence_say_the_same(first: int) -> None:
    for seed in range(first, first + 1_000):
        _say_the_same(seed)


def _say_the_same(seed: int) -> None:
    differences, basis = drawn(random.Random(seed))
    found = result(differences, basis)
    classes = (found.substantive_count, found.formatting_count, found.unclassified_count)
    assert found.difference_count == len(found.differences) == sum(classes)
    assert classes == tuple(sum(one.significance == name for one in differences) for name in CLASSES)
    said = {name: int(count) for count, name in re.findall(r"(\d+) (\w+)", found.conclusion)}
    for name, count in zip(CLASSES, classes, strict=True):
        assert said.get(name, 0) in {0, count}
    total = said.get("differences", said.get("difference", 0))
    assert total == found.difference_count
    if "texts say the same" in found.conclusion:
        assert found.formatting_count == total > 0
    assert found.identical == (basis.is_whole and basis.texts_agree and not differences)
    if found.identical:
        assert found.conclusion == "The texts agree, word for word."
    if "texts agree, word for word" in found.conclusion:
        assert found.texts_agree
        assert all(one.kind == "visual" for one in differences)
    if "No other changes" in found.conclusion:
        assert basis.is_whole
        assert not basis.doubtful
    assert found.conclusion in found.to_text()


def test_visual_differences_and_those_of_a_model_are_counted_once() -> None:
    differences = [
        DocumentDifference(difference_id="d1", kind="visual", significance="unclassified", aligned=False),
        DocumentDifference(difference_id="d2", kind="changed", significance="formatting"),
    ]
    counts = counted(differences)
    assert (counts.total, counts.visual, counts.added) == (2, 1, 1)
    found = result(differences, Basis(is_whole=True, texts_agree=False))
    assert found.conclusion.startswith(
        "2 differences: 1 formatting, 1 unclassified. 1 of them is visual, outside the text."
    )
