"""What `compare_documents` returns, and how people read it."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Literal, Self

from pydantic import Field

from witnessmark_tools.results import Box, CursorInvalid, Frozen, LongResult, Status

MOST_LISTED = 20
"""Places to review that a preview lists."""
LONGEST_SHOWN = 600
"""Characters of one side of a difference in a preview."""

Kind = Literal["changed", "added", "removed", "moved", "visual"]
Significance = Literal["substantive", "formatting", "unclassified"]


class DocumentDifference(Frozen):
    """One change, each side as printed with some words around it."""

    difference_id: str
    kind: Kind
    what: str | None = Field(
        default=None,
        description="number, date, negation, obligation, name, words, order, numbering, case, punctuation.",
    )
    section: str | None = Field(default=None, description="Nearest heading or clause.")
    before: str | None = Field(default=None, description="null: not in `before`.")
    after: str | None = None
    removed: str | None = Field(default=None, description="The very words that went.")
    added: str | None = None
    removed_at: list[list[int]] = Field(
        default=[], description="Where `removed` is in `before`: [start, end] in characters; empty: all of it."
    )
    added_at: list[list[int]] = Field(default=[])
    significance: Significance
    meaning: str | None = Field(default=None, description="By a model: what it means.")
    meaning_doubts: list[str] = Field(default=[], description="What of `meaning` the difference does not say.")
    before_page: int | None = None
    after_page: int | None = None
    before_box: Box | None = None
    after_box: Box | None = None
    row: str | None = Field(default=None, description="In a table: the row's first cell.")
    column: str | None = Field(default=None, description="In a table: the column's header.")
    status: Status | None = Field(default=None, description="Whether each side stands on its page.")
    read_by_ocr: bool = Field(default=False, description="OCR read it: look whether the page says so.")
    aligned: bool = Field(default=True, description="false: a model's, and not of the texts aligned here.")

    def to_lines(self) -> list[str]:
        """Write it for a reader."""
        pages = [f"page {self.before_page}"] if self.before_page is not None else []
        if self.after_page is not None and (self.after_page != self.before_page or self.kind == "moved"):
            pages.append(f"page {self.after_page}")
        where: list[str] = [part for part in (self.section, self._cell(), " -> ".join(pages)) if part]
        notes: list[str] = [self.kind]
        if self.what is not None and self.what not in {"words", "order"}:
            notes.append(self.what)
        notes += [self.significance] if self.significance != "substantive" else []
        if self.status is not None and self.status != "located":
            notes.append(self.status)
        notes += ["read by OCR"] if self.read_by_ocr else []
        said = self._in_one_line()
        if said:
            where = [*said, *pages[:1]]
        lines = [f"{self.difference_id}. {'; '.join(where)} ({', '.join(notes)})"]
        lines += [] if said else self._sides()
        lines += [f"   {self.meaning}"] if self.meaning else []
        lines += [f"   Doubtful: {doubt}." for doubt in self.meaning_doubts]
        return lines

    def _sides(self) -> list[str]:
        """Write both sides, the changed words marked."""
        if self.kind == "moved" and self.before == self.after and self.before:
            return [f"   = {self.before}"]
        removed = [f"   - {marked(self.before, self.removed_at, '[-', '-]')}"] if self.before else []
        return [*removed, *([f"   + {marked(self.after, self.added_at, '{+', '+}')}"] if self.after else [])]

    def _in_one_line(self) -> list[str]:
        """Write what needs no more than a line: other numbers, columns in another order."""
        title = "numbering" if self.what == "numbering" else "columns" if self.reorders_columns else None
        if title is None:
            return []
        if self.before and self.after:
            return [f"{title}: {self.before} became {self.after}"]
        return [f"{title}: {self.before or self.after} {self.kind}"]

    @property
    def reorders_columns(self) -> bool:
        """Whether columns of a table are in another order, and nothing else."""
        return (self.kind, self.what) == ("moved", "order") and self.column is not None and self.row is None

    def _cell(self) -> str | None:
        if self.row is None and self.column is not None:
            return f"column {self.column!r}"
        if self.row is None or self.row in {self.before, self.after}:
            return None
        return f"row {self.row!r}" + (f", column {self.column!r}" if self.column else "")

    def clipped(self, characters: int) -> DocumentDifference:
        """Cut long texts."""
        texts = {name: getattr(self, name) for name in ("before", "after", "removed", "added")}
        cut = {
            name: text[:characters] + " …" if text is not None and len(text) > characters else text
            for name, text in texts.items()
        }
        return self.model_copy(update=cut)


class DocumentComparison(LongResult):
    """What differs between two documents."""

    identical: bool = Field(default=False, description="Every word agrees, and no picture was seen to differ.")
    texts_agree: bool = False
    differences: list[DocumentDifference] = Field(
        default=[], description="Numbers, dates and negations first, then the rest by place, formatting last."
    )
    difference_count: int = 0
    substantive_count: int = 0
    formatting_count: int = 0
    unclassified_count: int = 0
    conclusion: str = Field(default="", description="One sentence.")

    def page(self, cursor: str | None, limit: int) -> tuple[Self, str | None]:
        """Give as many differences as fit; one that is too long by itself is cut. A place is its number, from 0."""
        first = _place(cursor, len(self.differences))
        kept: list[DocumentDifference] = []
        room = limit
        for number, difference in enumerate(self.differences[first:], start=first):
            size = len(difference.model_dump_json())
            if size > room and kept:
                return self.model_copy(update={"differences": kept}), str(number)
            kept.append(difference if size <= limit else difference.clipped(limit // 5))
            room -= size
        return self.model_copy(update={"differences": kept}), None

    def shortened(self, limit: int) -> Self:
        """Cut long texts; then leave out the last differences."""
        lean = self.model_copy(
            update={
                "is_preview": True,
                "needs_review": self.needs_review[:MOST_LISTED],
                "differences": [one.clipped(LONGEST_SHOWN) for one in self.differences],
            }
        )
        room = limit - len(json.dumps(lean.model_copy(update={"differences": []}).to_json(), ensure_ascii=False)) - 400
        count = 0
        for one in lean.differences:
            room -= max(
                len(json.dumps(one.model_dump(mode="json"), ensure_ascii=False)), len("\n".join(one.to_lines()))
            )
            if room < 0:
                break
            count += 1
        told = [f"{count} of {self.difference_count} differences are shown; all are in the file."]
        if count == len(self.differences):
            told = ["Long texts are cut; they are whole in the file."]
        if len(self.needs_review) > MOST_LISTED:
            told.append(f"{MOST_LISTED} of {len(self.needs_review)} places to review are listed; all are in the file.")
        return lean.model_copy(
            update={"differences": lean.differences[: max(count, 1)], "warnings": [*self.warnings, *told]}
        )

    def to_text(self) -> str:
        if self.status == "working":
            return "\n".join(self.warnings)
        before, after = self.documents[0], self.documents[-1]
        how = f"engine: {', '.join(self.engines)}, result {self.result_id}, {self.cost.in_words()}"
        lines = [f"{before.name} (before) and {after.name} (after) ({how})", self.conclusion]
        lines += [f"Warning: {warning}" for warning in self.warnings]
        lines += [item.to_text() for item in self.needs_review[:MOST_LISTED]]
        for difference in self.differences:
            lines += ["", *difference.to_lines()]
        if self.files:
            lines += ["", "Files:", *(f"- {file.path} ({file.uri})" for file in self.files)]
        return "\n".join(lines)


def marked(text: str, places: Sequence[Sequence[int]], begins: str, ends: str) -> str:
    """Mark words of a text, as `git diff --word-diff` does: `[-removed-]`, `{+added+}`."""
    parts: list[str] = []
    last = 0
    if [list(place) for place in places] == [[0, len(text)]]:
        return text
    for start, end in places:
        if last <= start < end <= len(text):
            parts += [text[last:start], begins, text[start:end], ends]
            last = end
    return "".join([*parts, text[last:]])


def _place(cursor: str | None, count: int) -> int:
    if cursor is None:
        return 0
    if not cursor.isdecimal() or int(cursor) > count:
        raise CursorInvalid(cursor)
    return int(cursor)
