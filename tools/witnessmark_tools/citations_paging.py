"""A long reading with citations, a part of it at a time."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import TYPE_CHECKING, TypeVar

from witnessmark_tools.results import CursorInvalid

if TYPE_CHECKING:
    from witnessmark_tools.citations_result import CitedAnswer, CitedReading, Statement

R = TypeVar("R", bound="CitedReading")

MOST_LISTED = 20
_CLIPPED = (1_200, 400, 120, 40)
"""Letters of each text, the more of them the longer a preview has to be shortened."""


def answers_from(
    answers: Sequence[CitedAnswer], cursor: str | None, limit: int
) -> tuple[list[CitedAnswer], str | None]:
    """Give answers from a place on, and the place after them; None: there is nothing after them.

    Shapes:  at least one statement, however long it is, so that reading on ends
    Units:   `limit` characters of JSON
    Errors:  `CursorInvalid`
    """
    first, begin = _place(cursor or "0:0", answers)
    found: list[CitedAnswer] = []
    room = limit
    for index, answer in enumerate(answers[first:], start=first):
        rest: dict[str, list[str]] = {"uncited": [], "missing": []} if begin else {}
        room -= _size(answer.model_copy(update={"statements": [], **rest}).model_dump(mode="json"))
        if room < 0 and found:
            return found, f"{index}:{begin}"
        end = begin
        while end < len(answer.statements):
            room -= _size(answer.statements[end].model_dump(mode="json")) + 2
            if room < 0 and (found or end > begin):
                break
            end += 1
        if end == begin and begin < len(answer.statements):
            return found, f"{index}:{begin}"
        part = answer.statements[begin:end]
        found.append(answer.model_copy(update={"statements": part, **rest}))
        if end < len(answer.statements):
            return found, f"{index}:{end}"
        begin = 0
    return found, None


def shortened(reading: R, limit: int) -> R:
    """Shorten the texts of a reading until it fits, then leave answers out; the whole is in its file."""
    shown = f"The texts are cut; the whole is in the file. {_listed(reading)}".rstrip()
    lean = reading.model_copy(
        update={
            "is_preview": True,
            "needs_review": reading.needs_review[:MOST_LISTED],
            "warnings": [*reading.warnings[:MOST_LISTED], shown],
        }
    )
    for letters in _CLIPPED:
        lean = lean.model_copy(update={"answers": [_clipped(answer, letters) for answer in reading.answers]})
        if _size(lean.to_json()) <= limit and len(lean.to_text()) <= limit:
            return lean
    few = lean
    for count in (60, 25, 10, 4, 1):
        few = lean.model_copy(
            update={
                "answers": [
                    answer.model_copy(update={"statements": answer.statements[:3], "uncited": answer.uncited[:3]})
                    for answer in lean.answers[:count]
                ],
                "documents": lean.documents[:MOST_LISTED],
                "warnings": [
                    *lean.warnings[:6],
                    shown,
                    f"{min(count, len(reading.answers))} of {len(reading.answers)} answers are shown, shortened.",
                ],
            }
        )
        if _size(few.to_json()) <= limit and len(few.to_text()) <= limit:
            break
    return few


def _listed(reading: CitedReading) -> str:
    if len(reading.needs_review) <= MOST_LISTED:
        return ""
    return f"{MOST_LISTED} of {len(reading.needs_review)} places to review are listed."


def _clipped(answer: CitedAnswer, letters: int) -> CitedAnswer:
    return answer.model_copy(
        update={
            "question": _clip(answer.question, max(letters, 200)),
            "statements": [_clipped_statement(statement, letters) for statement in answer.statements],
            "uncited": [_clip(text, letters) for text in answer.uncited],
            "missing": [_clip(text, letters) for text in answer.missing],
        }
    )


def _clipped_statement(statement: Statement, letters: int) -> Statement:
    citations = [
        one.model_copy(
            update={
                "cited_text": _clip(one.cited_text, letters),
                "boxes": None,
                "nearest": one.nearest and one.nearest.model_copy(update={"text": _clip(one.nearest.text, letters)}),
            }
        )
        for one in statement.citations
    ]
    return statement.model_copy(update={"text": _clip(statement.text, letters), "citations": citations})


def _clip(text: str, letters: int) -> str:
    return text if len(text) <= letters else text[:letters] + " \u2026"


def _size(value: object) -> int:
    return len(json.dumps(value, ensure_ascii=False))


def _place(cursor: str, answers: Sequence[CitedAnswer]) -> tuple[int, int]:
    index, _, statement = cursor.partition(":")
    if not (index.isdecimal() and statement.isdecimal() and int(index) <= len(answers)):
        raise CursorInvalid(cursor)
    return int(index), int(statement)
