"""How many changes comparing finds, and how many it invents: the shared pairs, and drawn ones of many kinds.

python -m benchmarks.differences                    drawn pairs, and those of ../shared/devset where it is
python -m benchmarks.differences --pairs 40 --scans 6
"""

from __future__ import annotations

import argparse
import json
import re
import tempfile
import time
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

import anyio

from benchmarks.drawn_pairs import FORMATTING, LOOKS, DrawnPair, Label, as_markdown, as_pdf, draw_pair
from benchmarks.drawn_terms import draw_terms
from witnessmark.documents.flow import PageFlow
from witnessmark.documents.opening import Documents
from witnessmark.documents.running import with_running
from witnessmark.glyphs import one_glyph
from witnessmark.offline.differences.compare import compare_flows
from witnessmark.offline.differences.values import Difference
from witnessmark.settings import settings_from
from witnessmark_server.services import open_services

DEVSET = Path(__file__).parents[2] / "shared" / "devset"


@dataclass
class Score:
    """What was found of what was there."""

    labels: Counter[str] = field(default_factory=Counter[str])
    found: Counter[str] = field(default_factory=Counter[str])
    invented: int = 0
    pairs: int = 0
    seconds: list[float] = field(default_factory=list[float])
    told: list[str] = field(default_factory=list[str])

    def in_words(self) -> str:
        total, found = sum(self.labels.values()), sum(self.found.values())
        slowest = max(self.seconds, default=0.0)
        return (
            f"{found} of {total} changes found, {self.invented} invented, in {self.pairs} pairs "
            f"(comparing takes at most {slowest:.2f} s)"
        )


def plain(text: str) -> str:
    """Write a text as labels are held against differences: its words and figures."""
    return " ".join(re.findall(r"\w+(?:[.,]\d+)*|[%+]|-(?=\d)", one_glyph(text).casefold()))


def score_pair(score: Score, name: str, labels: Sequence[Label], differences: Sequence[Difference]) -> None:
    """Hold differences against what was changed."""
    score.pairs += 1
    explained: set[int] = set()
    for label in labels:
        score.labels[label.kind] += 1
        places = [n for n, difference in enumerate(differences) if _tells(difference, label)]
        explained |= set(places)
        if any(_is_of_kind(differences[n], label) for n in places):
            score.found[label.kind] += 1
        else:
            score.told.append(f"{name}: missed {label}")
    for n, difference in enumerate(differences):
        if n in explained or difference.what == "numbering" or difference.is_doubtful:
            continue
        if "".join(_texts(difference)) in _HEADERS:
            continue  # a page that is the only one repeats no header, and the other document has none
        if any(_is_part(difference, label) for label in labels):
            continue
        score.invented += 1
        score.told.append(f"{name}: invented {_cited(difference)}")


_HEADERS = frozenset(plain(look.header) for look in LOOKS if look.header)


def _tells(difference: Difference, label: Label) -> bool:
    before, after = _texts(difference)
    sides = (plain(label.before), before), (plain(label.after), after)
    return all(not wanted or f" {wanted} " in f" {found} " for wanted, found in sides)


def _is_of_kind(difference: Difference, label: Label) -> bool:
    is_moved = " moved" in label.kind
    if (difference.significance == "formatting") != (label.kind in FORMATTING) and not is_moved:
        return False
    if is_moved:
        return difference.kind == "moved"
    if label.kind.startswith("item"):
        return difference.kind in {"changed", label.kind.rpartition(" ")[2]}
    if label.kind.endswith(("added", "removed")):
        return difference.kind == label.kind.rpartition(" ")[2]
    return difference.kind == "changed"


def _is_part(difference: Difference, label: Label) -> bool:
    """Say whether a difference tells a part of a change: the title of a section that was added, a second figure."""
    if label.kind.startswith("section") and difference.kind == label.kind.rpartition(" ")[2]:
        return True
    return label.kind == "two in a sentence" and difference.what in {"date", "number"}


def _texts(difference: Difference) -> tuple[str, str]:
    sides = difference.before, difference.after
    before, after = (plain(side.text) if side is not None else "" for side in sides)
    return before, after


def _cited(difference: Difference) -> str:
    before, after = _texts(difference)
    return f"{difference.kind} {difference.what}: {before!r} -> {after!r}"


async def flows_of(documents: Documents, path: Path) -> tuple[PageFlow, ...]:
    async with documents.open(str(path)) as document:
        return with_running([await documents.flow(document, page) for page in range(1, document.page_count + 1)])


async def compare_files(documents: Documents, before: Path, after: Path, score: Score) -> tuple[Difference, ...]:
    flows = await flows_of(documents, before), await flows_of(documents, after)
    began = time.perf_counter()
    found = compare_flows(*flows)
    score.seconds.append(time.perf_counter() - began)
    return found.differences


async def devset(documents: Documents) -> Score:
    """Score the shared pairs."""
    score = Score()
    for truth in sorted((DEVSET / "truth").glob("p-*.json")):
        case = json.loads(truth.read_text())
        labels = [
            Label(kind="phrase", before=change["old"], after=change["new"])
            if change["old"] and change["new"]
            else Label(
                kind="sentence added" if change["new"] else "sentence removed",
                before=change["old"],
                after=change["new"],
            )
            for change in case["changes"]
        ]
        found = await compare_files(documents, DEVSET / case["old"], DEVSET / case["new"], score)
        score_texts(score, truth.stem, labels, found)
    return score


def score_texts(score: Score, name: str, labels: Iterable[Label], differences: Sequence[Difference]) -> None:
    """Hold differences against truth that knows texts only: what replaces something may be one difference or two."""
    score.pairs += 1
    explained: set[int] = set()
    for label in labels:
        score.labels[label.kind] += 1
        places = [n for n, difference in enumerate(differences) if _shares(difference, label)]
        score.found[label.kind] += bool(places)
        explained |= set(places)
        if not places:
            score.told.append(f"{name}: missed {label}")
    invented = [difference for n, difference in enumerate(differences) if n not in explained]
    score.invented += len(invented)
    score.told += [f"{name}: invented {_cited(difference)}" for difference in invented]


def _shares(difference: Difference, label: Label) -> bool:
    return all(
        not wanted or len(set(wanted.split()) & set(found.split())) >= 0.8 * len(set(wanted.split()))
        for wanted, found in zip((plain(label.before), plain(label.after)), _texts(difference), strict=True)
    )


async def drawn(documents: Documents, folder: Path, count: int) -> Score:
    """Score drawn pairs, each in two looks, and as text files against prints."""
    score = Score()
    for number in range(count):
        pair = draw_pair(f"pair {number}", sections=4 + number % 20, edits=number % 9)
        first, second = LOOKS[number % len(LOOKS)], LOOKS[(number * 5 + 1) % len(LOOKS)]
        before, after = folder / f"{number}-before.pdf", folder / f"{number}-after.pdf"
        before.write_bytes(as_pdf(pair.before, first))
        after.write_bytes(as_pdf(pair.after, second))
        if number % 4 == 3:
            after = folder / f"{number}-after.md"
            after.write_bytes(as_markdown(pair.after))
        if number % 8 == 7:
            before = folder / f"{number}-before.md"
            before.write_bytes(as_markdown(pair.before))
        found = await compare_files(documents, before, after, score)
        score_pair(score, f"{before.name} {after.name}", pair.labels, found)
    return score


async def terms(documents: Documents, folder: Path, count: int) -> Score:
    """Score drawn terms of service whose later version is restructured."""
    score = Score()
    for number in range(count):
        pair = draw_terms(f"terms {number}", clauses=6 + number % 10, edits=number % 5)
        paths: list[Path] = []
        for side, blocks in (("before", pair.before), ("after", pair.after)):
            is_text = number % 3 == 2 and side == "after"
            paths.append(folder / f"terms-{number}-{side}.{'md' if is_text else 'pdf'}")
            # Without columns and headers: those are a matter of the reading order, which `drawn` covers.
            looks = [replace(look, header="") for look in LOOKS if look.columns == 1]
            look = looks[(number * 3 + (side == "after")) % len(looks)]
            paths[-1].write_bytes(as_markdown(blocks) if is_text else as_pdf(blocks, look))
        found = await compare_files(documents, paths[0], paths[1], score)
        score_pair(score, paths[1].name, pair.labels, found)
    return score


async def scans(documents: Documents, folder: Path, count: int) -> Score:
    """Score pairs of which the later document is a scan."""
    from benchmarks.drawn_scans import scanned

    score = Score()
    for number in range(count):
        pair: DrawnPair = draw_pair(f"scan {number}", sections=3, edits=3)
        before = folder / f"{number}-original.pdf"
        before.write_bytes(as_pdf(pair.before, LOOKS[number % 3]))
        after = scanned(as_pdf(pair.after, LOOKS[number % 3]), f"scan {number}", folder, f"{number}-later")
        found = await compare_files(documents, before, after, score)
        score_pair(score, f"{before.name} {after.name}", pair.labels, found)
    return score


async def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--pairs", type=int, default=60)
    parser.add_argument("--scans", type=int, default=0)
    parser.add_argument("--verbose", action="store_true")
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        allowed = [str(folder), str(DEVSET)] if DEVSET.is_dir() else [str(folder)]
        settings = settings_from({}, start=folder, home=str(folder / "home"), allow=allowed)
        async with open_services(settings) as services:
            documents = services.documents
            scores = {
                "drawn": await drawn(documents, folder, asked.pairs),
                "restructured terms": await terms(documents, folder, asked.pairs),
            }
            if DEVSET.is_dir():
                scores["devset"] = await devset(documents)
            if asked.scans:
                scores["scans"] = await scans(documents, folder, asked.scans)
    for name, score in scores.items():
        print(f"{name}: {score.in_words()}")
        missed = score.labels - score.found
        for kind, times in sorted(missed.items()):
            print(f"  {kind}: {times} of {score.labels[kind]} missed")
        if asked.verbose:
            print(*(f"  {line}" for line in score.told), sep="\n")


if __name__ == "__main__":
    anyio.run(main)
