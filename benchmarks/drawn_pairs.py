"""Pairs of drawn documents, an earlier and a later one, whose every change is known."""

# ruff: noqa: E501 - the sentences are a line each

from __future__ import annotations

import io
import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any, Literal

from reportlab.lib.pagesizes import A4, LETTER
from reportlab.lib.styles import ParagraphStyle
from reportlab.pdfgen.canvas import Canvas
from reportlab.platypus import BaseDocTemplate, Flowable, Frame, PageTemplate, Paragraph, Spacer, Table

EditKind = Literal[
    "number", "decimal", "percent", "sign", "date", "name", "negation", "duty", "word", "phrase", "two in a sentence",
    "sentence added", "sentence removed", "paragraph added", "paragraph removed", "section added", "section removed",
    "cell", "row added", "row removed", "row moved", "column value", "paragraph moved", "paragraph moved and edited",
    "item added", "item removed", "case", "punctuation", "address", "unit", "spelling", "columns moved", "column added", "column removed", "date rewritten",
]  # fmt: skip
FORMATTING: frozenset[EditKind] = frozenset({"case", "punctuation", "spelling", "date rewritten"})


@dataclass(frozen=True, kw_only=True)
class Label:
    """A change, as a person would cite it."""

    kind: EditKind
    before: str = ""
    after: str = ""


@dataclass(kw_only=True)
class Block:
    """A clause's title, a paragraph as its sentences, or a table as its rows."""

    kind: Literal["title", "clause", "text", "table"]
    sentences: list[str] = field(default_factory=list[str])
    rows: list[list[str]] = field(default_factory=list[list[str]])
    is_taken: bool = False
    """Whether an edit has touched it: edits are kept apart, so that each is one."""


@dataclass(frozen=True, kw_only=True)
class DrawnPair:
    before: list[Block]
    after: list[Block]
    labels: list[Label]


@dataclass(frozen=True, kw_only=True)
class Look:
    """How a document is printed."""

    font: str = "Helvetica"
    size: float = 10.0
    page: tuple[float, float] = A4
    margin: float = 60.0
    columns: int = 1
    header: str = ""
    has_numbers: bool = True
    are_tables_ruled: bool = True


_PARTIES = ("Harwick Mills", "Tolvane Foods", "Brennock Marine", "Castell Optics", "Dunmore Freight", "Elsdon Paper")
_PLACES = ("Saltmere", "Orrinford", "Hexley", "Varnholt", "Quillbay", "Thornwick")
_MONTHS = ("January", "March", "April", "June", "September", "November")
_TITLES = (
    "Term", "Delivery", "Prices", "Payment", "Inspection", "Warranty", "Liability", "Confidentiality", "Insurance",
    "Notices", "Assignment", "Governing law", "Records", "Packaging", "Returns", "Storage", "Audit", "Training",
)  # fmt: skip
_ITEMS = (
    "Copper fittings", "Steel brackets", "Oak panels", "Glass inserts", "Rubber seals", "Brass hinges", "Cork sheets",
    "Zinc plates", "Linen sacks", "Wax blocks", "Tin lids", "Clay tiles", "Felt pads", "Iron hooks", "Silk cords",
)  # fmt: skip


class _Writer:
    """Writes sentences that hold what contracts and reports hold."""

    def __init__(self, luck: random.Random) -> None:
        self.luck = luck
        self.written: set[str] = set()

    def sentence(self) -> str:
        while True:
            text = self.luck.choice(_SENTENCES)(self)
            if text not in self.written:
                self.written.add(text)
                return text

    def party(self) -> str:
        return self.luck.choice(("the Seller", "the Buyer", "the Carrier", "the Agent", *_PARTIES))

    def amount(self) -> str:
        return f"{self.luck.choice(('EUR', 'USD', 'GBP'))} {self.luck.randint(11, 99)},{self.luck.randint(100, 989)}"

    def date(self) -> str:
        return f"{self.luck.randint(2, 27)} {self.luck.choice(_MONTHS)} {self.luck.randint(2021, 2028)}"

    def share(self) -> str:
        return f"{self.luck.randint(1, 19)}.{self.luck.randint(1, 9)} per cent"

    def days(self) -> str:
        return f"{self.luck.choice(('ten', 'twenty', 'thirty', 'sixty'))} days"

    def thing(self) -> str:
        return self.luck.choice(
            ("goods", "samples", "drawings", "records", "invoices", "containers", "reports", "permits")
        )

    def act(self) -> str:
        return self.luck.choice(("deliver", "inspect", "return", "replace", "insure", "store", "collect", "approve"))


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]


_SENTENCES: tuple[Callable[[_Writer], str], ...] = (
    lambda w: f"{_capital(w.party())} shall {w.act()} the {w.thing()} at {w.luck.choice(_PLACES)} within {w.days()} of notice.",
    lambda w: f"{_capital(w.party())} may {w.act()} any {w.thing()} that do not meet the agreed drawings of {w.date()}.",
    lambda w: f"The price of the {w.thing()} is {w.amount()} a quarter and is fixed until {w.date()}.",
    lambda w: f"An amount that is paid late bears interest of {w.share()} a year, which {w.party()} shall calculate.",
    lambda w: f"Where {w.party()} fails to {w.act()} the {w.thing()}, {w.party()} may end this agreement on {w.days()} notice.",
    lambda w: f"Total liability under this clause is limited to {w.amount()} for each year that begins after {w.date()}.",
    lambda w: f"The {w.thing()} remain the property of {w.party()} until {w.amount()} has been received in full.",
    lambda w: f"Sales at {w.luck.choice(_PLACES)} rose by {w.share()} to {w.amount()}, mainly because of new {w.thing()}.",
    lambda w: f"{_capital(w.party())} must keep all {w.thing()} confidential and {w.act()} them when this agreement ends.",
    lambda w: f"No {w.thing()} leave the store at {w.luck.choice(_PLACES)} before {w.party()} has signed for them.",
    lambda w: f"This clause applies to {w.thing()} ordered after {w.date()} and to none ordered before.",
    lambda w: f"Notices to {w.party()} go to notices@{w.luck.choice(_PLACES).lower()}.example and count from {w.date()}.",
    lambda w: f"The {w.thing()} hold at most {w.luck.randint(11, 99)} mg/kg of lead when {w.party()} takes them over.",
    lambda w: f"A right under this clause cannot be assigned to {w.party()} before {w.date()}.",
    lambda w: f"Costs of {w.amount()} were booked for {w.thing()} in the year that ended on {w.date()}.",
)  # fmt: skip


def draw_pair(seed: str, *, sections: int = 10, edits: int = 8, kinds: Sequence[EditKind] = ()) -> DrawnPair:
    """Make a document and its later version, with `edits` changes of `kinds`, or of any."""
    luck = random.Random(seed)
    writer = _Writer(luck)
    before = _written(writer, sections)
    pair = DrawnPair(before=before, after=[_copy(block) for block in before], labels=[])
    wanted = list(kinds or _EDITS)
    for _ in range(edits * 6):
        if len(pair.labels) >= edits:
            break
        kind = luck.choice(wanted)
        label = _EDITS[kind](pair.after, writer)
        if label is not None:
            pair.labels.append(label)
    _number(pair.before)
    _number(pair.after)
    return pair


def _copy(block: Block) -> Block:
    return replace(block, sentences=list(block.sentences), rows=[list(row) for row in block.rows])


def _written(writer: _Writer, sections: int) -> list[Block]:
    luck = writer.luck
    blocks = [Block(kind="title", sentences=[f"Supply agreement between {_PARTIES[0]} and {_PARTIES[1]}"])]
    titles: list[str] = luck.sample(_TITLES, min(sections, len(_TITLES)))
    while len(titles) < sections:
        titles.append(f"{luck.choice(_TITLES)} in {luck.choice(_PLACES)} ({len(titles)})")
    for title in titles:
        blocks.append(Block(kind="clause", sentences=[title]))
        blocks += [
            Block(kind="text", sentences=[writer.sentence() for _ in range(luck.randint(1, 5))])
            for _ in range(luck.randint(1, 3))
        ]
        if luck.random() < 0.3:
            blocks.append(Block(kind="table", rows=_rows(luck)))
    if not any(block.kind == "table" for block in blocks):
        blocks.append(Block(kind="table", rows=_rows(luck)))
    return blocks


def _rows(luck: random.Random) -> list[list[str]]:
    rows = [["Item", "Units", "Price", "Change"]]
    for name in luck.sample(_ITEMS, luck.randint(4, len(_ITEMS))):
        change = f"{luck.choice('+-')}{luck.randint(1, 9)}.{luck.randint(0, 9)}%"
        rows.append(
            [name, str(luck.choice((10, 20, 25, 50, 100))), f"{luck.randint(1, 9)},{luck.randint(100, 999)}", change]
        )
    return rows


def _number(blocks: Sequence[Block]) -> None:
    number = 0
    for block in blocks:
        if block.kind == "clause":
            number += 1
            block.sentences = [f"{number}. {block.sentences[0]}"]


# --- edits ------------------------------------------------------------------------------------------------------------


def _texts(blocks: Sequence[Block], writer: _Writer) -> list[Block]:
    found = [block for block in blocks if block.kind == "text" and not block.is_taken]
    writer.luck.shuffle(found)
    return found


def _swap(
    blocks: Sequence[Block], writer: _Writer, kind: EditKind, edit: Callable[[str], tuple[str, str] | None]
) -> Label | None:
    """Change words of one sentence; `edit` gives the words before and after."""
    for block in _texts(blocks, writer):
        for place, sentence in enumerate(block.sentences):
            found = edit(sentence)
            if found is None or sentence.count(found[0]) != 1:
                continue
            block.sentences[place] = sentence.replace(*found)
            block.is_taken = True
            return Label(kind=kind, before=found[0], after=found[1])
    return None


def _matching(pattern: str, change: Callable[[str], str]) -> Callable[[str], tuple[str, str] | None]:
    import re

    def edit(sentence: str) -> tuple[str, str] | None:
        found = re.search(pattern, sentence)
        return None if found is None else (found[0], change(found[0]))

    return edit


def _digit(luck: random.Random, text: str) -> str:
    places = [place for place, char in enumerate(text) if char.isdigit()]
    place = luck.choice(places)
    other = luck.choice([digit for digit in "123456789" if digit != text[place]])
    return text[:place] + other + text[place + 1 :]


def _sentence_added(blocks: list[Block], writer: _Writer) -> Label | None:
    for block in _texts(blocks, writer):
        text = writer.sentence()
        block.sentences.insert(writer.luck.randint(0, len(block.sentences)), text)
        block.is_taken = True
        return Label(kind="sentence added", after=text)
    return None


def _sentence_removed(blocks: list[Block], writer: _Writer) -> Label | None:
    for block in _texts(blocks, writer):
        if len(block.sentences) > 1:
            text = block.sentences.pop(writer.luck.randrange(len(block.sentences)))
            block.is_taken = True
            return Label(kind="sentence removed", before=text)
    return None


def _paragraph_added(blocks: list[Block], writer: _Writer) -> Label | None:
    place = writer.luck.choice([n for n, block in enumerate(blocks) if block.kind == "text"])
    added = Block(kind="text", sentences=[writer.sentence() for _ in range(writer.luck.randint(1, 3))], is_taken=True)
    blocks.insert(place + 1, added)
    return Label(kind="paragraph added", after=" ".join(added.sentences))


def _paragraph_removed(blocks: list[Block], writer: _Writer) -> Label | None:
    for block in _texts(blocks, writer):
        blocks.remove(block)
        return Label(kind="paragraph removed", before=" ".join(block.sentences))
    return None


def _section_added(blocks: list[Block], writer: _Writer) -> Label | None:
    place = writer.luck.choice([n for n, block in enumerate(blocks) if block.kind == "clause"])
    text = writer.sentence()
    title = f"{writer.luck.choice(_TITLES)} of {writer.thing()}"
    blocks[place:place] = [Block(kind="clause", sentences=[title]), Block(kind="text", sentences=[text], is_taken=True)]
    return Label(kind="section added", after=text)


def _section_removed(blocks: list[Block], _: _Writer) -> Label | None:
    for place in range(len(blocks) - 2, 0, -1):
        first, second = blocks[place : place + 2]
        following = blocks[place + 2].kind if place + 2 < len(blocks) else "clause"
        if first.kind == "clause" and second.kind == "text" and following == "clause" and not second.is_taken:
            del blocks[place : place + 2]
            return Label(kind="section removed", before=" ".join(second.sentences))
    return None


def _tables(blocks: Sequence[Block], writer: _Writer) -> list[Block]:
    found = [block for block in blocks if block.kind == "table" and len(block.rows) > 4]
    writer.luck.shuffle(found)
    return found


def _cell(blocks: list[Block], writer: _Writer) -> Label | None:
    for block in _tables(blocks, writer):
        row = writer.luck.choice(block.rows[1:])
        column = writer.luck.randint(1, 3)
        before = row[column]
        row[column] = _digit(writer.luck, before)
        if sum(one[0] == row[0] for one in block.rows) == 1 and not block.is_taken:
            block.is_taken = True
            return Label(kind="cell", before=before, after=row[column])
        row[column] = before
    return None


def _row_added(blocks: list[Block], writer: _Writer) -> Label | None:
    for block in _tables(blocks, writer):
        if block.is_taken:
            continue
        row = [f"{writer.luck.choice(_ITEMS)}, large", *writer.luck.choice(block.rows[1:])[1:]]
        block.rows.insert(writer.luck.randint(1, len(block.rows)), row)
        block.is_taken = True
        return Label(kind="row added", after=" ".join(row))
    return None


def _row_removed(blocks: list[Block], writer: _Writer) -> Label | None:
    for block in _tables(blocks, writer):
        if not block.is_taken:
            row = block.rows.pop(writer.luck.randint(1, len(block.rows) - 1))
            block.is_taken = True
            return Label(kind="row removed", before=" ".join(row))
    return None


def _row_moved(blocks: list[Block], writer: _Writer) -> Label | None:
    for block in _tables(blocks, writer):
        if not block.is_taken and len(block.rows) > 6:
            row = block.rows.pop(1)
            block.rows.append(row)
            block.is_taken = True
            return Label(kind="row moved", before=" ".join(row), after=" ".join(row))
    return None


def _columns_moved(blocks: list[Block], writer: _Writer) -> Label | None:
    for block in _tables(blocks, writer):
        if not block.is_taken:
            before = " ".join(block.rows[0])
            block.rows = [[row[0], row[2], row[1], *row[3:]] for row in block.rows]
            block.is_taken = True
            return Label(kind="columns moved", before=before, after=" ".join(block.rows[0]))
    return None


def _column_added(blocks: list[Block], writer: _Writer) -> Label | None:
    for block in _tables(blocks, writer):
        if not block.is_taken:
            place = writer.luck.randint(1, len(block.rows[0]))
            texts = ["Unit", *(writer.luck.choice(("kg", "pcs", "m", "box")) for _ in block.rows[1:])]
            for row, text in zip(block.rows, texts, strict=True):
                row.insert(place, text)
            block.is_taken = True
            return Label(kind="column added", after=" ".join(texts))
    return None


def _column_removed(blocks: list[Block], writer: _Writer) -> Label | None:
    for block in _tables(blocks, writer):
        if not block.is_taken and len(block.rows[0]) > 2:
            place = writer.luck.randint(1, len(block.rows[0]) - 1)
            texts = [row.pop(place) for row in block.rows]
            block.is_taken = True
            return Label(kind="column removed", before=" ".join(texts))
    return None


def _in_numbers(date: str) -> str:
    """Write `3 May 2024` as `2024-05-03`."""
    return datetime.strptime(date, "%d %B %Y").date().isoformat()  # noqa: DTZ007 - a day, and no time


def _paragraph_moved(blocks: list[Block], writer: _Writer, *, is_edited: bool = False) -> Label | None:
    texts = [block for block in _texts(blocks, writer) if sum(map(len, block.sentences)) > 60]
    for block in texts:
        place = blocks.index(block)
        others = [n for n, one in enumerate(blocks) if one.kind == "text" and abs(n - place) > 4]
        if not others:
            continue
        before = " ".join(block.sentences)
        if is_edited:
            if not any(char.isdigit() for char in before):
                continue
            number = next(n for n, text in enumerate(block.sentences) if any(map(str.isdigit, text)))
            block.sentences[number] = _digit(writer.luck, block.sentences[number])
        blocks.remove(block)
        blocks.insert(writer.luck.choice(others), block)
        block.is_taken = True
        kind: EditKind = "paragraph moved and edited" if is_edited else "paragraph moved"
        return Label(kind=kind, before=before, after=" ".join(block.sentences))
    return None


def _two(blocks: list[Block], writer: _Writer) -> Label | None:
    """Change two figures of one sentence that stand far apart; the label is of the first."""
    import re

    for block in _texts(blocks, writer):
        for place, sentence in enumerate(block.sentences):
            found = re.fullmatch(r"(.*?)([A-Z]{3} \d\d,\d{3})( .{20,} )(\d+ [A-Z]\w+)( \d{4}.*)", sentence)
            if found is None:
                continue
            first, second = _digit(writer.luck, found[2]), _digit(writer.luck, found[4])
            block.sentences[place] = found[1] + first + found[3] + second + found[5]
            block.is_taken = True
            return Label(kind="two in a sentence", before=found[2], after=first)
    return None


_WORDS = {"quarter": "month", "notice": "warning", "received": "offered", "signed": "paid"}
_EDITS: dict[EditKind, Callable[[list[Block], _Writer], Label | None]] = {
    "number": lambda b, w: _swap(b, w, "number", _matching(r"[A-Z]{3} \d\d,\d{3}", lambda t: _digit(w.luck, t))),
    "decimal": lambda b, w: _swap(b, w, "decimal", _matching(r"\b\d\d,\d{3}", lambda t: t.replace(",", "."))),
    "percent": lambda b, w: _swap(b, w, "percent", _matching(r"\d+\.\d per cent", lambda t: _digit(w.luck, t))),
    "date": lambda b, w: _swap(b, w, "date", _matching(r"\d+ [A-Z]\w+ \d{4}", lambda t: _other_date(w, t))),
    "name": lambda b, w: _swap(b, w, "name", _matching(rf"\b(?:{'|'.join(_PLACES)})", lambda t: _other(w, _PLACES, t))),
    "negation": lambda b, w: _swap(b, w, "negation", _matching(r"\b(?:shall|must) ", lambda t: t + "not ")),
    "duty": lambda b, w: _swap(b, w, "duty", _matching(r"\b(?:shall|may) \w+", _other_duty)),
    "word": lambda b, w: _swap(b, w, "word", _matching(r"\b(?:quarter|notice|received|signed)\b", lambda t: _WORDS[t])),
    "phrase": lambda b, w: _swap(
        b, w, "phrase", _matching(r"in full|of notice|new \w+", lambda _: "after a written request")
    ),
    "two in a sentence": _two,
    "sentence added": _sentence_added,
    "sentence removed": _sentence_removed,
    "paragraph added": _paragraph_added,
    "paragraph removed": _paragraph_removed,
    "section added": _section_added,
    "section removed": _section_removed,
    "cell": _cell,
    "row added": _row_added,
    "row removed": _row_removed,
    "row moved": _row_moved,
    "paragraph moved": _paragraph_moved,
    "paragraph moved and edited": lambda b, w: _paragraph_moved(b, w, is_edited=True),
    "address": lambda b, w: _swap(b, w, "address", _matching(r"notices@\w+\.", lambda t: t.replace("@", "-office@"))),
    "unit": lambda b, w: _swap(b, w, "unit", _matching(r"mg/kg", lambda _: "mg.kg")),
    "spelling": lambda b, w: _swap(b, w, "spelling", _matching(r"cannot", lambda _: "can not")),
    "columns moved": _columns_moved,
    "column added": _column_added,
    "column removed": _column_removed,
    "date rewritten": lambda b, w: _swap(b, w, "date rewritten", _matching(r"\d+ [A-Z]\w+ \d{4}", _in_numbers)),
    "case": lambda b, w: _swap(b, w, "case", _matching(r"\bthe (?:Seller|Buyer)", lambda t: t.lower())),
    "punctuation": lambda b, w: _swap(b, w, "punctuation", _matching(r"\w+, which", lambda t: t.replace(",", ""))),
}


def _other(writer: _Writer, names: Sequence[str], name: str) -> str:
    return writer.luck.choice([other for other in names if other != name])


def _other_date(writer: _Writer, date: str) -> str:
    while (other := writer.date()) == date:
        pass
    return other


def _other_duty(text: str) -> str:
    return text.replace("shall", "may") if text.startswith("shall") else text.replace("may", "must")


# --- print ------------------------------------------------------------------------------------------------------------

LOOKS = (
    Look(),
    Look(font="Times-Roman", size=11, margin=72),
    Look(font="Times-Roman", size=9, page=LETTER, margin=50, header="Supply agreement, final text"),
    Look(font="Helvetica", size=8.5, columns=2, margin=45),
    Look(font="Courier", size=9, margin=55, header="Harwick Mills"),
    Look(font="Helvetica", size=12, page=LETTER, margin=80, are_tables_ruled=False),
)


def as_markdown(blocks: Sequence[Block]) -> bytes:
    """Write a document as a text file."""
    parts: list[str] = []
    for block in blocks:
        if block.kind == "table":
            lines = ["| " + " | ".join(row) + " |" for row in block.rows]
            lines.insert(1, "|" + " --- |" * len(block.rows[0]))
            parts.append("\n".join(lines))
        else:
            text = " ".join(block.sentences)
            parts.append({"title": "# ", "clause": "## ", "text": ""}[block.kind] + text)
    return ("\n\n".join(parts) + "\n").encode()


def as_pdf(blocks: Sequence[Block], look: Look) -> bytes:
    """Print a document."""
    file = io.BytesIO()
    width, height = look.page
    gap = 30.0
    column = (width - 2 * look.margin - gap * (look.columns - 1)) / look.columns
    frames = [
        Frame(look.margin + n * (column + gap), look.margin, column, height - 2 * look.margin, 0, 0, 0, 0)
        for n in range(look.columns)
    ]

    def on_page(canvas: Canvas, template: BaseDocTemplate) -> None:
        canvas.setFont(look.font, 8)
        if look.header:
            canvas.drawString(look.margin, height - look.margin + 16, look.header)
        if look.has_numbers:
            canvas.drawCentredString(width / 2, look.margin - 24, f"Page {template.page}")

    template = BaseDocTemplate(file, pagesize=look.page, invariant=1)
    template.addPageTemplates([PageTemplate("page", frames, onPage=on_page)])
    template.build(_flowables(blocks, look, column))
    return file.getvalue()


def _flowables(blocks: Sequence[Block], look: Look, width: float) -> list[Flowable]:
    bold = {"Helvetica": "Helvetica-Bold", "Times-Roman": "Times-Bold", "Courier": "Courier-Bold"}[look.font]
    text = ParagraphStyle(
        "text", fontName=look.font, fontSize=look.size, leading=1.25 * look.size, spaceAfter=look.size
    )
    clause = ParagraphStyle("clause", text, fontName=bold, spaceBefore=0.4 * look.size, keepWithNext=1)
    title = ParagraphStyle("title", clause, fontSize=1.5 * look.size, leading=1.9 * look.size)
    found: list[Flowable] = []
    for block in blocks:
        if block.kind == "table":
            style: list[Any] = [
                ("FONT", (0, 0), (-1, -1), look.font, look.size - 1),
                ("FONT", (0, 0), (-1, 0), bold, look.size - 1),
                ("ALIGN", (1, 0), (-1, -1), "RIGHT"),
            ]
            if look.are_tables_ruled:
                style.append(("GRID", (0, 0), (-1, -1), 0.5, "black"))
            widths = [width * share for share in (0.4, 0.15, 0.22, 0.2)]
            found += [Table(block.rows, colWidths=widths, style=style, repeatRows=1), Spacer(1, look.size)]
        else:
            style_of = {"title": title, "clause": clause, "text": text}[block.kind]
            found.append(Paragraph(" ".join(block.sentences), style_of))
    return found
