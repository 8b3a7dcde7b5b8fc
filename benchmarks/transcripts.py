"""Transcripts checked against their pages: how much of what a model gets wrong is flagged, and how much that is right.

    python -m benchmarks.transcripts                     six kinds of pages, printed clean, worn and with handwriting
    python -m benchmarks.transcripts --each 4 --seed 9   more of them, others
    python -m benchmarks.transcripts --show "word dropped"   prints what went unnoticed

Pages are drawn, printed as pictures, and read by OCR once: its words stay in the folder --kept. A simulator writes the
true transcript of each page in several ways and changes one thing at a time. A change counts as flagged if a doubt
names it. A line counts as accused if a doubt of a true transcript names it.
"""

from __future__ import annotations

import argparse
import functools
import io
import random
import re
import tempfile
from collections import defaultdict
from collections.abc import AsyncGenerator, Callable, Iterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from pathlib import Path

import anyio
from PIL import Image, ImageDraw

from benchmarks.drawn_scans import scanned
from benchmarks.drawn_sheets import ADJECTIVES, GOODS, NOUNS, Sheet, SheetLine, amount, draw_sheets
from witnessmark.documents.allowed import AllowedFolders
from witnessmark.documents.flow import PageFlow
from witnessmark.documents.ocr.cache import WordCache
from witnessmark.documents.ocr.engine import installed_engine
from witnessmark.documents.ocr.recogniser import Recogniser
from witnessmark.documents.opening import Documents
from witnessmark.documents.pdfium import open_pdf
from witnessmark.documents.worker import open_workers
from witnessmark.evidence.transcript_doubts import TranscriptDoubt
from witnessmark.evidence.transcripts import check_transcript
from witnessmark.limits import Limits
from witnessmark.values import Word

KEPT = Path(tempfile.gettempdir()) / "witnessmark-transcripts"
Lines = tuple[SheetLine, ...]


@dataclass(frozen=True, kw_only=True)
class Change:
    """A transcript with one fault."""

    lines: Lines
    names: tuple[str, ...]
    """Texts of which a doubt has to name one."""


def main() -> None:
    """Run the benchmark."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seed", type=int, default=7)
    parser.add_argument("--each", type=int, default=2, help="pages of each kind")
    parser.add_argument("--changes", type=int, default=6, help="of each kind a page")
    parser.add_argument("--kept", type=Path, default=KEPT, help="folder in which the words of pages are kept")
    parser.add_argument("--show", help="kind of which everything that went wrong is printed; 'true' for accusations")
    arguments = parser.parse_args()
    arguments.kept.mkdir(parents=True, exist_ok=True)
    sheets = draw_sheets(arguments.seed, arguments.each)
    for title, printed in PRINTS.items():
        flows = anyio.run(_read, sheets, printed, arguments.kept)
        _report(title, sheets, flows, changes=arguments.changes, seed=arguments.seed, show=arguments.show)


# --- pages ----------------------------------------------------------------------------------------------------------


def clean_print(sheet: Sheet, folder: Path) -> Path:
    """Print a page as a picture of 200 dpi, as a careful scanner delivers it."""
    return _saved(_picture(sheet), sheet, folder)


def signed_print(sheet: Sheet, folder: Path) -> Path:
    """Print a page with strokes below its last line that look like handwriting, and that OCR cannot read."""
    picture = _picture(sheet)
    last = max(line.y for line in sheet.lines if line.y < 700)
    luck, pen = random.Random(sheet.name), ImageDraw.Draw(picture)
    top = round((last + 14) * 200 / 72)
    for start in range(120, picture.width // 2, 17):
        points = [(start + luck.randint(-15, 28), luck.randint(top, top + 64)) for _ in range(5)]
        pen.line(points, fill=30, width=4, joint="curve")
    return _saved(picture, sheet, folder)


def _picture(sheet: Sheet) -> Image.Image:
    with open_pdf(sheet.pdf, None) as opened:
        facts = opened.page_facts(0)
        width, height, pixels = opened.render(0, max_side=round(max(facts.width, facts.height) * 200 / 72), grey=True)
    return Image.frombytes("L", (width, height), pixels)


def _saved(picture: Image.Image, sheet: Sheet, folder: Path) -> Path:
    file = io.BytesIO()
    picture.save(file, "PNG", dpi=(200, 200))
    path = folder / f"{sheet.name}.png"
    path.write_bytes(file.getvalue())
    return path


def worn_print(sheet: Sheet, folder: Path) -> Path:
    """Print a page as an office scanner or a telephone delivers it."""
    return scanned(sheet.pdf, f"{sheet.name} {len(sheet.pdf)}", folder, sheet.name)


PRINTS: dict[str, Callable[[Sheet, Path], Path]] = {
    "clean print": clean_print,
    "worn print": worn_print,
    "print with handwriting": signed_print,
}


@asynccontextmanager
async def _documents(folder: Path, kept: Path) -> AsyncGenerator[Documents]:
    engine = installed_engine()
    assert engine is not None, "the extra `ocr` is not installed"
    async with open_workers(Limits()) as workers, open_workers(Limits().for_ocr()) as readers:
        recogniser = Recogniser(readers, engine, WordCache(kept))
        yield Documents(AllowedFolders(folders=(folder,)), workers, recogniser)


async def _read(sheets: Sequence[Sheet], printed: Callable[[Sheet, Path], Path], kept: Path) -> list[PageFlow]:
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        async with _documents(folder, kept) as documents:
            flows: list[PageFlow] = []
            for sheet in sheets:
                async with documents.open(str(printed(sheet, folder))) as document:
                    flows.append(await documents.flow(document, 1))
            return flows


# --- transcripts ----------------------------------------------------------------------------------------------------


def as_lines(lines: Lines) -> str:
    return "\n".join(line.text for line in lines)


def as_markdown(lines: Lines) -> str:
    """Write rows as rows of a table, the first line as a heading."""
    return "\n".join(
        f"| {' | '.join(line.cells)} |" if len(line.cells) > 1 else ("# " if not at else "") + line.text
        for at, line in enumerate(lines)
    )


def as_paragraphs(lines: Lines) -> str:
    """Write the lines of a block as one, rows as rows."""
    blocks: dict[int, list[SheetLine]] = defaultdict(list)
    for line in lines:
        blocks[line.block].append(line)
    return "\n\n".join(
        ("\n" if any(len(line.cells) > 1 for line in block) else " ").join(line.text for line in block)
        for block in blocks.values()
    )


def with_handwriting(lines: Lines) -> str:
    """Write what a model reads in the strokes of `signed_print`, below the last line."""
    last = max(range(len(lines)), key=lambda at: lines[at].y if lines[at].y < 700 else 0)
    told = [line.text for line in lines]
    return "\n".join([*told[: last + 1], "seen and paid, M. Hart", *told[last + 1 :]])


def in_another_order(lines: Lines) -> str:
    """Write the blocks of a page from top to bottom, the right one of two first, and tables column by column."""
    blocks: dict[int, list[SheetLine]] = defaultdict(list)
    for line in lines:
        blocks[line.block].append(line)
    order = sorted(blocks, key=lambda block: (round(blocks[block][0].y / 4), -blocks[block][0].x))
    told: list[str] = []
    for block in order:
        rows = blocks[block]
        if len(rows) > 5 and len({len(row.cells) for row in rows}) == 1 and len(rows[0].cells) > 1:
            told += [cell for column in zip(*(row.cells for row in rows), strict=True) for cell in column]
        else:
            told += [row.text for row in rows]
    return "\n".join(told)


WRITTEN: dict[str, Callable[[Lines], str]] = {
    "line by line": as_lines,
    "in Markdown": as_markdown,
    "in paragraphs": as_paragraphs,
}


# --- faults ---------------------------------------------------------------------------------------------------------


def _invented_line(luck: random.Random, lines: Lines) -> Change:
    text = (
        f"{luck.choice(['Please', 'Kindly', 'Also'])} {luck.choice(['return', 'check', 'sign'])} "
        f"{luck.choice(['every', 'this', 'the'])} {luck.choice(ADJECTIVES)} {luck.choice(NOUNS)} "
        f"{luck.choice(['promptly', 'below', 'in person'])}"
    )
    return _inserted(luck, lines, text)


def _invented_amount(luck: random.Random, lines: Lines) -> Change:
    text = f"{luck.choice(['Delivery', 'Handling', 'Service', 'Storage'])} {luck.choice(GOODS)} {amount(luck)}"
    return _inserted(luck, lines, text)


def _inserted(luck: random.Random, lines: Lines, text: str) -> Change:
    at = luck.randint(1, len(lines))
    made = SheetLine((text,), lines[at - 1].block)
    return Change(lines=(*lines[:at], made, *lines[at:]), names=(*text.split(),))


def _swapped(luck: random.Random, lines: Lines, *, least: int, most: int) -> Change | None:
    pairs = [
        (one, other)
        for one in range(len(lines))
        for other in range(one + least, min(len(lines), one + most + 1))
        if lines[one].block == lines[other].block and lines[one].text != lines[other].text
    ]
    if not pairs:
        return None
    one, other = luck.choice(pairs)
    made = list(lines)
    made[one], made[other] = made[other], made[one]
    return Change(lines=tuple(made), names=(lines[one].text, lines[other].text))


def _without_word(luck: random.Random, lines: Lines) -> Change | None:
    return _edited(luck, lines, lambda words, at: ([*words[:at], *words[at + 1 :]], (words[at],)))


def _with_word(luck: random.Random, lines: Lines) -> Change | None:
    word = luck.choice(["not", "no", "very", "only", "always"])
    return _edited(luck, lines, lambda words, at: ([*words[:at], word, *words[at:]], (word,)), first=1)


def _other_word(luck: random.Random, lines: Lines) -> Change | None:
    other = luck.choice([*NOUNS, *GOODS, "not", "or", "before"])
    made = _edited(luck, lines, lambda words, at: ([*words[:at], other, *words[at + 1 :]], (words[at], other)))
    return None if made is None or as_lines(made.lines) == as_lines(lines) else made


def _edited(
    luck: random.Random,
    lines: Lines,
    edit: Callable[[list[str], int], tuple[list[str], tuple[str, ...]]],
    *,
    first: int = 0,
) -> Change | None:
    """Change a word of a line that has others."""
    places = [
        (at, cell, index)
        for at, line in enumerate(lines)
        for cell, text in enumerate(line.cells)
        for index, word in enumerate(text.split())
        if " " in text.strip() and index >= first and word.strip(".,").isalpha() and len(word.strip(".,")) > 1
    ]
    if not places:
        return None
    at, cell, index = luck.choice(places)
    words, names = edit(lines[at].cells[cell].split(), index)
    return Change(lines=_with_cell(lines, at, cell, " ".join(words)), names=names)


def _without_line(luck: random.Random, lines: Lines) -> Change:
    at = luck.randrange(len(lines))
    return Change(lines=lines[:at] + lines[at + 1 :], names=(*lines[at].text.split(),))


def _other_digit(luck: random.Random, lines: Lines, *, lone: bool) -> Change | None:
    def is_wanted(word: str) -> bool:
        digits = [letter for letter in word if letter.isdigit()]
        return word.strip(".,:;").isdigit() and len(digits) == 1 if lone else len(digits) > 1

    places = [
        (at, cell, index)
        for at, line in enumerate(lines)
        for cell, text in enumerate(line.cells)
        for index, word in enumerate(text.split())
        if is_wanted(word)
    ]
    if not places:
        return None
    at, cell, index = luck.choice(places)
    words = lines[at].cells[cell].split()
    old = words[index]
    place = luck.choice([n for n, letter in enumerate(old) if letter.isdigit()])
    digit = luck.choice([digit for digit in "123456789" if digit != old[place]])
    words[index] = old[:place] + digit + old[place + 1 :]
    return Change(lines=_with_cell(lines, at, cell, " ".join(words)), names=(old, words[index]))


def _with_cell(lines: Lines, at: int, cell: int, text: str) -> Lines:
    cells = list(lines[at].cells)
    cells[cell] = text
    return (*lines[:at], lines[at]._replace(cells=tuple(cells)), *lines[at + 1 :])


FAULTS: dict[str, Callable[[random.Random, Lines], Change | None]] = {
    "invented line": _invented_line,
    "invented amount": _invented_amount,
    "neighbours swapped": functools.partial(_swapped, least=1, most=1),
    "lines swapped": functools.partial(_swapped, least=2, most=99),
    "word dropped": _without_word,
    "word put in": _with_word,
    "word changed": _other_word,
    "line dropped": _without_line,
    "digit changed": functools.partial(_other_digit, lone=False),
    "lone digit changed": functools.partial(_other_digit, lone=True),
}


def glued(flow: PageFlow, luck: random.Random) -> PageFlow:
    """Let OCR write a word and the number after it as one, as it does where they are close."""

    def line(words: Sequence[Word]) -> tuple[Word, ...]:
        found: list[Word] = []
        for word in words:
            before = found[-1] if found else None
            if before is not None and word.text[:1].isdigit() and before.text[-1:].isalpha() and luck.random() < 0.6:
                text = before.text + luck.choice([":", ":", ""]) + word.text
                found[-1] = before._replace(text=text, x1=word.x1)
            else:
                found.append(word)
        return tuple(found)

    paragraphs = tuple(one._replace(lines=tuple(line(words) for words in one.lines)) for one in flow.paragraphs)
    return replace(flow, paragraphs=paragraphs)


# --- what comes of it -----------------------------------------------------------------------------------------------


def _report(
    title: str, sheets: Sequence[Sheet], flows: Sequence[PageFlow], *, changes: int, seed: int, show: str | None
) -> None:
    print(f"{title}: {len(sheets)} pages")
    for kind, fault in FAULTS.items():
        flagged, unseen, count = 0, 0, 0
        for sheet, flow, luck in _with_luck(sheets, flows, f"{kind} {seed}"):
            for _ in range(changes):
                change = fault(luck, sheet.lines)
                if change is None:
                    continue
                text = luck.choice([as_lines, as_markdown])(change.lines)
                check = check_transcript(text, flow)
                is_flagged = any(_names(doubt, change.names) for doubt in check.doubts)
                count, flagged, unseen = count + 1, flagged + is_flagged, unseen + (not is_flagged and check.unseen > 0)
                if show == kind and not is_flagged:
                    print(f"    {sheet.name}: {change.names} unseen {check.unseen}")
        print(f"  {kind:22} {flagged / max(1, count):6.1%} of {count} flagged; {unseen} others said to be unchecked")
    ways = WRITTEN | {"in another order": in_another_order, "glued by OCR": as_lines}
    if title == "print with handwriting":
        ways = WRITTEN | {"with handwriting": with_handwriting}
    print(f"  places that OCR cannot read: {sum(len(flow.reading.unread) for flow in flows if flow.reading)}")
    for kind, write in ways.items():
        accused, count, pages, unseen = 0, 0, 0, 0
        for sheet, flow, luck in _with_luck(sheets, flows, f"{kind} {seed}"):
            seen = glued(flow, luck) if kind == "glued by OCR" else flow
            check = check_transcript(write(sheet.lines), seen)
            accused += len(check.doubts)
            count += len(sheet.lines)
            pages += bool(check.doubts)
            unseen += check.unseen
            if show == "true":
                for doubt in check.doubts:
                    print(f"    {sheet.name} {doubt.kind}: {doubt.value!r} {doubt.nearest!r}")
        print(
            f"  true, {kind:16} {accused / max(1, count):6.1%} of {count} lines accused, on {pages} of {len(sheets)} "
            f"pages; {unseen} words said to be unchecked"
        )


def _with_luck(
    sheets: Sequence[Sheet], flows: Sequence[PageFlow], seed: str
) -> Iterator[tuple[Sheet, PageFlow, random.Random]]:
    for sheet, flow in zip(sheets, flows, strict=True):
        yield sheet, flow, random.Random(f"{seed} {sheet.name}")


def _names(doubt: TranscriptDoubt, names: Sequence[str]) -> bool:
    told = [plain for text in (doubt.value, doubt.nearest) if text and (plain := _plain(text))]
    return any(
        plain in text or (len(text) > 8 and text in plain) for text in told for name in names if (plain := _plain(name))
    )


def _plain(text: str) -> str:
    return re.sub(r"\W", "", text).casefold()


if __name__ == "__main__":
    main()
