"""Pairs of drawn terms of service: the later one is restructured, and a few changes are real.

Headings that run in get lines of their own, lists join paragraphs, paragraphs are split and joined, clauses are inserted
and renumber the others. None of that is a change; the labels are all that is.
"""

# ruff: noqa: E501 - the sentences are a line each

from __future__ import annotations

import random
import re
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Literal

from benchmarks.drawn_pairs import Block, DrawnPair, Label


@dataclass(kw_only=True)
class Clause:
    """A clause: a title, sentences, and perhaps a list between them."""

    title: str
    sentences: list[str]
    lead: str = ""
    items: list[str] = field(default_factory=list[str])
    conjunction: Literal["or", "and"] = "or"
    tail: list[str] = field(default_factory=list[str])


@dataclass(frozen=True, kw_only=True)
class Shape:
    """How a document is laid out."""

    heading: Literal["own line", "run in"]
    after_title: str
    """Between a title that runs in and its text."""
    items: Literal["lines", "paragraph"]
    marks: Literal["letters", "bullets", "none"]
    after_item: Literal[";", ","]
    paragraphs: Literal["joined", "sentences", "pairs"]
    number: Literal["{}.", "{})", "Section {}."]


_DATA = (
    "your name and your address", "messages that you send to other members", "pictures that you upload to your profile",
    "the pages that you visit before you sign in", "payment details which our bank passes on", "records of calls to our support line",
    "the kind of device that you use", "answers that you give in a survey", "copies of identity papers", "the language of your browser",
)  # fmt: skip
_DEEDS = (
    "use the service for an unlawful purpose", "send bulk messages that nobody asked for", "open an account in the name of another person",
    "read data of other members by a program", "sell access to your account", "pass a password on to a colleague",
    "load files that hold harmful code", "remove a notice of copyright", "test the service for weak places without our consent",
)  # fmt: skip
_LOSSES = (
    "loss of profit or of turnover", "loss of data or of goodwill", "the cost of a substitute service", "a delay that a carrier causes",
    "harm that an attack from outside does", "claims of a third party", "indirect or special damage", "the failure of a public network",
)  # fmt: skip
_LISTS = (
    ("We collect and keep", _DATA, "and"),
    ("When you use the service you will not", _DEEDS, "or"),
    ("To the extent that the law permits, we are not liable for", _LOSSES, "or"),
    ("On request we delete within a month", _DATA, "and"),
    ("You may end the contract at once if we", tuple(deed.replace("your", "an") for deed in _DEEDS), "or"),
)  # fmt: skip
_TITLES = (
    "Acceptance", "Accounts", "Data that we collect", "Acceptable use", "Fees and payment", "Limitation of liability",
    "Termination", "Governing law", "Changes of these terms", "Content of members", "Support", "Notices", "Security",
    "Trial periods", "Export", "Beta features", "Third parties", "Complaints",
)  # fmt: skip
_SUBJECTS = (
    "The service",
    "Your account",
    "A paid plan",
    "The mobile application",
    "A trial",
    "Our support",
    "The interface for programs",
)
_RULES = (
    "{} ends {} days after the last payment, and a new contract is then needed.",
    "{} may be suspended for up to {} days while we look into a complaint.",
    "{} costs USD {}.50 a month unless another price was agreed in writing.",
    "{} is offered to persons who are at least {} years old and live in Orrinford.",
    "{} stores no more than {} gigabytes for each member of a team.",
    "{} is provided as it is, and we shall repair faults within {} hours of a report.",
    "{} must not be used by more than {} persons at the same time.",
    "{} moved to the data centre at Saltmere on {} March 2025.",
)


def draw_terms(seed: str, *, clauses: int = 9, edits: int = 4) -> DrawnPair:
    """Make terms of service and a later version of another shape, with `edits` real changes."""
    luck = random.Random(seed)
    before = _written(luck, clauses)
    after = [replace(one, sentences=[*one.sentences], items=[*one.items], tail=[*one.tail]) for one in before]
    labels: list[Label] = []
    wanted = luck.sample(_EDITS, min(edits, len(_EDITS)))
    if _clause_moved in wanted and _clause_removed in wanted:
        wanted.remove(_clause_removed)  # it might take the one that moved
    for edit in wanted:
        label = edit(after, luck, before)
        if label is not None:
            labels.append(label)
    first = _shape(luck)
    second = _shape(luck)
    if first.items == second.items and first.heading == second.heading:
        second = replace(second, items="lines" if first.items == "paragraph" else "paragraph")
    if first.items == second.items:
        second = replace(second, after_item=first.after_item, marks=first.marks)
    if first.heading == second.heading:
        second = replace(second, after_title=first.after_title)
    return DrawnPair(before=_laid_out(before, first), after=_laid_out(after, second), labels=labels)


def _shape(luck: random.Random) -> Shape:
    return Shape(
        heading=luck.choice(("own line", "run in")),
        after_title=luck.choice((".", ":", " -")),
        items=luck.choice(("lines", "paragraph")),
        marks=luck.choice(("letters", "bullets", "none")),
        after_item=luck.choice((";", ",")),
        paragraphs=luck.choice(("joined", "sentences", "pairs")),
        number=luck.choice(("{}.", "{})", "Section {}.")),
    )


def _written(luck: random.Random, count: int) -> list[Clause]:
    seen: set[str] = set()
    lists = luck.sample(_LISTS, len(_LISTS))
    found: list[Clause] = []
    for title in luck.sample(_TITLES, min(count, len(_TITLES))):
        clause = Clause(title=title, sentences=[_sentence(luck, seen) for _ in range(luck.randint(1, 4))])
        if lists and luck.random() < 0.6:
            clause.lead, items, conjunction = lists.pop()
            clause.items = luck.sample(items, luck.randint(3, min(8, len(items))))
            clause.conjunction = "and" if conjunction == "and" else "or"
            clause.tail = [_sentence(luck, seen) for _ in range(luck.randint(0, 2))]
        found.append(clause)
    return found


def _sentence(luck: random.Random, seen: set[str]) -> str:
    while True:
        text = luck.choice(_RULES).format(luck.choice(_SUBJECTS), luck.randint(12, 89))
        key = re.sub(r"\d+", "", text)
        if key not in seen or len(seen) > 50:
            seen.add(key)
            return text


# --- edits ------------------------------------------------------------------------------------------------------------


def _number(clauses: list[Clause], luck: random.Random, _: Sequence[Clause]) -> Label | None:
    clause = luck.choice(clauses)
    old = re.search(r"\d+(\.\d+)?", clause.sentences[0])
    if old is None:
        return None
    new = f"{luck.randint(90, 99)}{old[1] or ''}"
    clause.sentences[0] = clause.sentences[0].replace(old[0], new, 1)
    return Label(kind="number", before=old[0], after=new)


def _negation(clauses: list[Clause], luck: random.Random, _: Sequence[Clause]) -> Label | None:
    for clause in luck.sample(clauses, len(clauses)):
        for place, text in enumerate(clause.tail or clause.sentences[1:], start=0 if clause.tail else 1):
            changed = re.sub(r" (may|shall) (?!not)", r" \1 not ", text, count=1)
            if changed != text:
                (clause.tail or clause.sentences)[place] = changed
                duty = "may" if " may not " in changed else "shall"
                return Label(kind="negation", before=duty, after=f"{duty} not")
    return None


def _item_added(clauses: list[Clause], luck: random.Random, _: Sequence[Clause]) -> Label | None:
    for clause in luck.sample(clauses, len(clauses)):
        pool = next((items for lead, items, _ in _LISTS if lead == clause.lead), ())
        left = [item for item in pool if item not in clause.items]
        if len(clause.items) > 2 and left:
            item = luck.choice(left)
            clause.items.insert(luck.randint(1, len(clause.items) - 1), item)
            return Label(kind="item added", after=item)
    return None


def _item_removed(clauses: list[Clause], luck: random.Random, _: Sequence[Clause]) -> Label | None:
    for clause in luck.sample(clauses, len(clauses)):
        if len(clause.items) > 4:
            return Label(kind="item removed", before=clause.items.pop(luck.randint(1, len(clause.items) - 2)))
    return None


def _clause_added(clauses: list[Clause], luck: random.Random, _: Sequence[Clause]) -> Label | None:
    text = "A referee whom both sides name settles what they cannot settle within a fortnight."
    clauses.insert(luck.randint(1, len(clauses) - 1), Clause(title="Referee", sentences=[text]))
    return Label(kind="section added", after=text)


def _clause_removed(clauses: list[Clause], luck: random.Random, before: Sequence[Clause]) -> Label | None:
    for clause in luck.sample(clauses, len(clauses)):
        old = next((one for one in before if one.title == clause.title), None)
        if old is not None and old == clause and not clause.items and len(clause.sentences) > 1:
            clauses.remove(clause)
            return Label(kind="section removed", before=clause.sentences[0])
    return None


def _clause_moved(clauses: list[Clause], luck: random.Random, before: Sequence[Clause]) -> Label | None:
    for clause in luck.sample(clauses, len(clauses)):
        place = clauses.index(clause)
        old = next((one for one in before if one.title == clause.title), None)
        targets = [n for n in range(len(clauses)) if abs(n - place) > 2]
        if old == clause and targets and sum(map(len, clause.sentences)) > 120 and not clause.items:
            clauses.remove(clause)
            clauses.insert(luck.choice(targets), clause)
            return Label(kind="paragraph moved", before=clause.sentences[0], after=clause.sentences[0])
    return None


_EDITS = (_number, _negation, _item_added, _item_removed, _clause_added, _clause_removed, _clause_moved)


# --- layout -----------------------------------------------------------------------------------------------------------


def _laid_out(clauses: Sequence[Clause], shape: Shape) -> list[Block]:
    blocks = [Block(kind="title", sentences=["Terms of service of Saltmere Cloud"])]
    for number, clause in enumerate(clauses, start=1):
        lead = f"{shape.number.format(number)} {clause.title}"
        texts = _paragraphs(clause, shape)
        if shape.heading == "own line":
            blocks.append(Block(kind="clause", sentences=[lead]))
        else:
            texts[0] = f"{lead}{shape.after_title} {texts[0]}"
        blocks += [Block(kind="text", sentences=[text]) for text in texts]
    return blocks


def _paragraphs(clause: Clause, shape: Shape) -> list[str]:
    texts = _grouped(clause.sentences, shape)
    if clause.items:
        ends: list[str] = [shape.after_item] * len(clause.items)
        ends[-2] = f"{shape.after_item} {clause.conjunction}"
        ends[-1] = "."
        marks = [_mark(number, shape) for number in range(len(clause.items))]
        items = [f"{mark}{text}{end}" for mark, text, end in zip(marks, clause.items, ends, strict=True)]
        if shape.items == "lines":
            texts += [f"{clause.lead}:", *items]
        else:
            texts.append(f"{clause.lead}{':' if shape.marks == 'letters' else ''} {' '.join(items)}")
    return texts + _grouped(clause.tail, shape)


def _mark(number: int, shape: Shape) -> str:
    if shape.marks == "letters":
        return f"({'abcdefghij'[number]}) "
    return "\u2022 " if shape.marks == "bullets" and shape.items == "lines" else ""


def _grouped(sentences: Sequence[str], shape: Shape) -> list[str]:
    size = {"joined": max(1, len(sentences)), "sentences": 1, "pairs": 2}[shape.paragraphs]
    return [" ".join(sentences[place : place + size]) for place in range(0, len(sentences), size)]
