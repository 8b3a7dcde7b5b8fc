"""How many false claims of a model about two documents are noticed, and how many true ones are accused.

python -m benchmarks.claims                    drawn pairs; the strict fake answers from truth, and errs on purpose
python -m benchmarks.claims --pairs 40 --verbose

Each pair is compared twice: once every answer is true, in English or German, and once a third of them is false in one
of the ways listed. Goals: 95 % of each kind of error flagged or refuted, at most 1 % of true claims.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import random
import re
import tempfile
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from benchmarks.claimed_meanings import ErrorKind, false_meaning, true_meaning
from benchmarks.claimed_names import name_claims
from benchmarks.differences import plain
from benchmarks.drawn_pairs import LOOKS, Block, DrawnPair, EditKind, Label, as_markdown, as_pdf, draw_pair
from benchmarks.written_meanings import NAMES, WRITTEN
from witnessmark.evidence.change_claims import doubts_of
from witnessmark.settings import settings_from
from witnessmark.testing import FakeClaudeAPI, Request
from witnessmark_server.services import open_services
from witnessmark_tools.catalog import BY_NAME
from witnessmark_tools.compare_result import DocumentComparison
from witnessmark_tools.definition import Services

MEANING_ERRORS: tuple[ErrorKind, ...] = ("false figure", "false date", "false name", "wrong direction", "wrong kind")
SHARE_FALSE = 0.5
EDITS: tuple[EditKind, ...] = (
    "number", "number", "percent", "percent", "date", "date", "date", "name", "cell", "cell", "negation", "duty",
    "word",
    "sentence added", "sentence removed", "paragraph added", "paragraph removed", "section added", "row added",
    "row removed", "paragraph moved", "paragraph moved and edited", "two in a sentence", "case",
)  # fmt: skip


@dataclass
class Score:
    """What was noticed of what was claimed, by kind; and what of true claims was accused."""

    claims: Counter[str] = field(default_factory=Counter[str])
    flagged: Counter[str] = field(default_factory=Counter[str])
    told: list[str] = field(default_factory=list[str])

    def add(self, kind: str, claim: str, *, is_flagged: bool) -> None:
        self.claims[kind] += 1
        self.flagged[kind] += is_flagged
        if is_flagged == kind.startswith("true"):
            self.told.append(f"{kind}: {claim}")


@dataclass
class Teller:
    """Answers about one pair: from its truth, or false on purpose."""

    pair: DrawnPair
    luck: random.Random
    is_honest: bool
    meanings: dict[str, str] = field(default_factory=dict[str, str])
    """Of each meaning that was given, its kind: `true`, or the error."""
    others: list[tuple[str, dict[str, Any]]] = field(default_factory=list[tuple[str, dict[str, Any]]])
    unasked: str = ""

    def answer(self, request: Request) -> dict[str, Any]:
        listed = [json.loads(line) for line in request.text.splitlines() if line.startswith('{"id": "d')]
        told = [self._told(one) for one in listed]
        if not self.is_honest:
            self._swap(told, listed)
            self.unasked = f"d{len(listed) + self.luck.randint(5, 90)}"
            told.append(_judgement(self.unasked, "A limit of liability is dropped.", None))
            self._invent()
        self._restate()
        self.meanings |= {one["meaning"]: one["error"] for one in told if one["id"] != self.unasked}
        return {
            "differences": [{key: value for key, value in one.items() if key != "error"} for one in told],
            "visual": [],
            "others": [claim for _, claim in self.others],
        }

    def _told(self, listed: dict[str, Any]) -> dict[str, Any]:
        label = _label_of(listed, self.pair.labels)
        luck, is_german = self.luck, self.luck.random() < 0.4
        section = str(listed.get("section") or "this part")
        if label is None:
            text = "Hier \u00e4ndert sich der Text." if is_german else "The text changes here."
            return _judgement(listed["id"], self._unique(text), "true other")
        if not self.is_honest and luck.random() < SHARE_FALSE:
            for error in luck.sample(MEANING_ERRORS, len(MEANING_ERRORS)):
                wrong = false_meaning(label, error, luck, is_german=is_german)
                if wrong is not None:
                    return _judgement(listed["id"], self._unique(wrong), error)
        meaning = true_meaning(label, section, luck, is_german=is_german)
        kind = "true meaning" if meaning.is_telling else "true other"
        return _judgement(listed["id"], self._unique(meaning.text), kind)

    def _unique(self, text: str) -> str:
        return text if text not in self.meanings else text + " " * sum(one.strip() == text for one in self.meanings)

    def _swap(self, told: list[dict[str, Any]], listed: Sequence[dict[str, Any]]) -> None:
        """Let two telling meanings change places."""
        places = [n for n, one in enumerate(told) if one["error"] == "true meaning"]
        if len(places) < 2:
            return
        first, second = self.luck.sample(places, 2)
        if len({_label_of(listed[place], self.pair.labels) for place in (first, second)}) < 2:
            return  # two places that changed alike
        for one, other in ((first, second), (second, first)):
            told[one] = told[one] | {"id": listed[other]["id"], "error": "swapped meanings"}

    def _restate(self) -> None:
        """Say again what is aligned, as whole sentences or by its words."""
        for label in self.luck.sample(self.pair.labels, min(2, len(self.pair.labels))):
            if label.kind in {"case", "punctuation", "decimal", "column value"} or " moved" in label.kind:
                continue
            before, after = label.before, label.after
            if before and after and self.luck.random() < 0.7:
                longer = _sentence(self.pair.before, before), _sentence(self.pair.after, after)
                if longer[0] != before and longer[1] != after:
                    before, after = longer
            if len((before + after).split()) < 2 or label.kind.startswith("row"):
                continue
            self.others.append(("true restated", _other(before or None, after or None, "It changes.")))

    def _invent(self) -> None:
        luck = self.luck
        kept = _kept_sentences(self.pair)
        moved = [label for label in self.pair.labels if label.kind == "paragraph moved"]
        one, two, three, four = luck.sample(kept, 4)
        still = moved[0].before if moved and luck.random() < 0.5 else one
        claims: list[tuple[str, dict[str, Any]]] = [
            ("still there", _other(still, None, "This no longer applies.")),
            ("still there", _other(_part(two, luck), None, "A rule was removed.")),
            ("was there", _other(None, still if moved else three, "A new rule.")),
            ("was there", _other(None, _part(four, luck), "Something was added.")),
            ("invented", _other(two, three, "One rule gives way to another.")),
            ("invented", _other(None, _altered(one, luck), "A new duty.")),
            ("invented", _other(_altered(three, luck), None, "A duty ends.")),
            ("invented", _other(four, _altered(four, luck), "The rule changes.")),
        ]
        self.others += claims


def _judgement(name: str, meaning: str, error: str | None) -> dict[str, Any]:
    return {"id": name, "significance": "substantive", "meaning": meaning, "section": None, "error": error}


def _other(before: str | None, after: str | None, meaning: str) -> dict[str, Any]:
    return {"before": before, "after": after, "meaning": meaning, "significance": "substantive"}


def _label_of(listed: dict[str, Any], labels: Sequence[Label]) -> Label | None:
    before, after = plain(listed.get("before") or ""), plain(listed.get("after") or "")
    for label in labels:
        if f" {plain(label.before)} " in f" {before} " and f" {plain(label.after)} " in f" {after} ":
            return label
    return None


def _sentences(blocks: Sequence[Block]) -> list[str]:
    return [sentence for block in blocks if block.kind == "text" for sentence in block.sentences]


def _sentence(blocks: Sequence[Block], words: str) -> str:
    found = [sentence for sentence in _sentences(blocks) if words in sentence]
    return found[0] if len(found) == 1 else words


def _kept_sentences(pair: DrawnPair) -> list[str]:
    after = set(_sentences(pair.after))
    return [sentence for sentence in _sentences(pair.before) if sentence in after]


def _part(sentence: str, luck: random.Random) -> str:
    """Cut a stretch of some words out of a sentence."""
    words = sentence.split()
    size = luck.randint(6, max(6, len(words) - 2))
    start = luck.randint(0, max(0, len(words) - size))
    return " ".join(words[start : start + size])


def _altered(sentence: str, luck: random.Random) -> str:
    """Change a sentence into one that neither document has."""
    words = sentence.split()
    place = luck.randrange(2, len(words) - 1)
    return " ".join([*words[:place], luck.choice(("seldom", "jointly", "twelvefold", "instead")), *words[place + 1 :]])


def score_pair(score: Score, teller: Teller, found: DocumentComparison) -> None:
    """Compare what was claimed with what the result says of it."""
    for one in found.differences:
        kind = teller.meanings.get(one.meaning or "")
        if one.aligned and kind is not None:
            claim = f"{one.meaning} | {one.before!r} -> {one.after!r} | {one.meaning_doubts}"
            score.add(kind, claim, is_flagged=bool(one.meaning_doubts))
    counted = [(one.before, one.after) for one in found.differences if not one.aligned]
    refuted = [item.value for item in found.needs_review if re.match(r"m\d+: ", item.reason)]
    for claimed, other in teller.others:
        is_counted = (other["before"], other["after"]) in counted
        is_refuted = other["before"] in refuted or other["after"] in refuted
        is_true = claimed.startswith("true")
        score.add(claimed, f"{other} {is_counted=}", is_flagged=is_counted or is_refuted if is_true else not is_counted)
    if teller.unasked:
        is_named = any(teller.unasked in warning for warning in found.warnings)
        score.add("unknown id", teller.unasked, is_flagged=is_named)


async def measure(count: int, *, scans: int = 0) -> Score:
    """Compare drawn pairs, each answered honestly and with errors; of `scans` more, the later document is scanned."""
    score = Score()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        async with FakeClaudeAPI() as api:
            environment = {"ANTHROPIC_BASE_URL": api.url, "ANTHROPIC_API_KEY": api.key}
            settings = settings_from(
                environment,
                start=folder,
                home=str(folder / "home"),
                allow=[str(folder)],
                model="claude-sonnet-5-5",
                ask_above_usd="100",
            )
            async with open_services(settings) as services:
                for number in range(count + scans):
                    is_scan = number >= count
                    sections, edits = (3, 6) if is_scan else (6 + number % 8, 14)
                    pair = draw_pair(f"claims {number}", sections=sections, edits=edits, kinds=EDITS)
                    paths = _scanned(pair, folder, number) if is_scan else _written(pair, folder, number)
                    for is_honest in (True, False):
                        teller = Teller(pair=pair, luck=random.Random(number), is_honest=is_honest)
                        api.answer_with(teller.answer)
                        found = await _compared(services, paths)
                        score_pair(score, teller, found)
    return score


def _written(pair: DrawnPair, folder: Path, number: int) -> tuple[Path, Path]:
    before, after = folder / f"{number}-before.md", folder / f"{number}-after.md"
    if number % 3 == 2:
        before, after = before.with_suffix(".pdf"), after.with_suffix(".pdf")
        before.write_bytes(as_pdf(pair.before, LOOKS[number % len(LOOKS)]))
        after.write_bytes(as_pdf(pair.after, LOOKS[(number + 1) % len(LOOKS)]))
    else:
        before.write_bytes(as_markdown(pair.before))
        after.write_bytes(as_markdown(pair.after))
    return before, after


def _scanned(pair: DrawnPair, folder: Path, number: int) -> tuple[Path, Path]:
    from benchmarks.drawn_scans import scanned

    before = folder / f"{number}-original.pdf"
    before.write_bytes(as_pdf(pair.before, LOOKS[number % 3]))
    return before, scanned(as_pdf(pair.after, LOOKS[number % 3]), f"claims {number}", folder, f"{number}-later")


async def _compared(services: Services, paths: tuple[Path, Path]) -> DocumentComparison:
    definition = BY_NAME["compare_documents"]
    given = definition.parse({"before": str(paths[0]), "after": str(paths[1]), "reuse": False})
    found = await definition.call(given, replace(services, patience=None))
    assert isinstance(found, DocumentComparison)
    return found


def score_written(score: Score) -> None:
    """Check sentences that were written by hand, without a document."""
    for change in WRITTEN:
        for kind, meanings in (("true written", change.true), ("written errors", change.false)):
            for meaning in meanings:
                doubts = doubts_of(meaning, change.kind, change.texts, is_there=lambda name: name in NAMES)
                score.add(kind, f"{meaning} | {doubts}", is_flagged=bool(doubts))


def score_names(score: Score) -> None:
    """Check sentences about changes of names, in many wordings, without a document."""
    for claim in name_claims():
        doubts = doubts_of(claim.meaning, "changed", claim.change.texts, is_there=claim.is_there)
        kind = "true names" if claim.error is None else claim.error
        score.add(kind, f"{claim.meaning} | {doubts}", is_flagged=bool(doubts))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--pairs", type=int, default=30)
    parser.add_argument("--scans", type=int, default=0)
    parser.add_argument("--verbose", action="store_true")
    asked = parser.parse_args()
    score = asyncio.run(measure(asked.pairs, scans=asked.scans))
    score_written(score)
    score_names(score)
    print(f"{'claims':22} {'number':>6} {'flagged':>8}")
    for kind, count in sorted(score.claims.items()):
        print(f"{kind:22} {count:6} {score.flagged[kind] / count:8.1%}")
    if asked.verbose:
        print(*score.told, sep="\n")


if __name__ == "__main__":
    main()
