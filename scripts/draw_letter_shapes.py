"""Draw the table of letter shapes that fonts are compared with: `python -m scripts.draw_letter_shapes FOLDER`.

FOLDER holds fonts with permissive licences (OFL, Apache, BSD, GUST, Bitstream Vera, public domain), such as the Debian
packages of `PACKAGES`, unpacked there with `dpkg -x`. The table holds no outlines: of each letter some drawings of
16 x 24 pixels, as few as stand for all others.
"""

from __future__ import annotations

import ctypes
import importlib
import string
import sys
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from witnessmark.documents import letter_shapes
from witnessmark.documents.letter_shapes import EULER_WEIGHT, Shape, distance, packed
from witnessmark.documents.pdfium_glyphs import GlyphPage
from witnessmark.documents.placement import Placement

PACKAGES = (
    *("fonts-b612", "fonts-cabin", "fonts-cantarell", "fonts-cardo", "fonts-century-catalogue", "fonts-clear-sans"),
    *("fonts-comfortaa", "fonts-courier-prime", "fonts-croscore", "fonts-crosextra-caladea", "fonts-crosextra-carlito"),
    *("fonts-dejavu-core", "fonts-dejavu-extra", "fonts-ebgaramond", "fonts-firacode", "fonts-gfs-didot", "fonts-go"),
    *("fonts-hack", "fonts-inconsolata", "fonts-inter", "fonts-jetbrains-mono", "fonts-jura", "fonts-karla"),
    *("fonts-lato", "fonts-liberation", "fonts-linuxlibertine", "fonts-lmodern", "fonts-manrope", "fonts-noto-core"),
    *("fonts-noto-mono", "fonts-open-sans", "fonts-oxygen", "fonts-paratype", "fonts-play", "fonts-roboto-slab"),
    *("fonts-roboto-unhinted", "fonts-sil-charis", "fonts-sil-gentium", "fonts-sora", "fonts-stix", "fonts-texgyre"),
    *("fonts-tuffy", "fonts-vollkorn"),
)
LEFT_OUT = ("math", "smallcaps", "smcp", "symbol", "initials", "keyboard", "ui-", "_k.", "dunh", "lmromancaps", "csc")
"""Parts of names of fonts whose letters are others than those of text, or are there under another name."""
LETTERS = string.digits + string.ascii_letters
COVERED, COVERED_LETTER = 3.0, 6.0
"""Pixels within which one drawing stands for another, of a digit and of a letter."""
MIN_SHARE = 0.02
"""Share of a letter's drawings that an Euler number needs: fewer are accidents of drawing."""


def main() -> None:
    """Draw all fonts of the folder and write the table next to the module that reads it."""
    drawn: dict[str, list[Shape]] = defaultdict(list)
    files = sorted(path for path in Path(sys.argv[1]).rglob("*") if path.suffix in {".ttf", ".otf"})
    for path in files:
        if is_text_font(path):
            for letter, shape in shapes_of(path):
                drawn[letter.lower()].append(shape)
    chosen = [
        (letter, shape)
        for letter, shapes in sorted(drawn.items())
        for shape in chosen_of(shapes, covered=COVERED if letter.isdecimal() else COVERED_LETTER)
    ]
    Path(letter_shapes.__file__).with_name("letter_shapes.bin").write_bytes(packed(chosen))
    print(f"{len(files)} files, {len(chosen)} shapes, {len(packed(chosen)):,} bytes")
    print(dict(Counter(letter for letter, _ in chosen)))


def is_text_font(path: Path) -> bool:
    """Say whether a font has Latin text's letters under their own names; of Noto's many scripts, the Latin ones do."""
    name = path.name.lower()
    is_noto = name.startswith("noto") and not name.startswith(("notosans-", "notoserif-", "notosansmono-", "notomono-"))
    return not is_noto and not any(part in name for part in LEFT_OUT)


def shapes_of(path: Path) -> Iterator[tuple[str, Shape]]:
    """Draw the letters of a font as PDFium draws them on a page."""
    data = path.read_bytes()
    # Imported by its name, since it has no types.
    raw: Any = importlib.import_module("pypdfium2").raw
    document = raw.FPDF_CreateNewDocument()
    content = (ctypes.c_uint8 * len(data)).from_buffer_copy(data)
    font = raw.FPDFText_LoadFont(document, content, len(data), raw.FPDF_FONT_TRUETYPE, True)
    if not font:
        return
    page = raw.FPDFPage_New(document, 0, 1000.0, 1000.0)
    for number, letter in enumerate(LETTERS):
        thing = raw.FPDFPageObj_CreateTextObj(document, font, 40.0)
        text = (letter + "\0").encode("utf-16-le")
        raw.FPDFText_SetText(thing, ctypes.cast(ctypes.c_char_p(text), ctypes.POINTER(ctypes.c_ushort)))
        raw.FPDFPageObj_Transform(thing, 1, 0, 0, 1, 50 + number % 10 * 90, 950 - number // 10 * 90)
        raw.FPDFPage_InsertObject(page, thing)
    text_page = raw.FPDFText_LoadPage(page)
    found = {
        chr(raw.FPDFText_GetUnicode(text_page, index)): index for index in range(raw.FPDFText_CountChars(text_page))
    }
    glyphs = GlyphPage(raw, page, text_page, Placement(left=0, bottom=0, right=1000, top=1000, rotation=0))
    for letter in LETTERS:
        if letter in found and (shape := glyphs.shape(found[letter], glyphs.box(found[letter]))):
            yield letter, shape
    raw.FPDFText_ClosePage(text_page)
    raw.FPDF_ClosePage(page)
    raw.FPDF_CloseDocument(document)


def chosen_of(shapes: Sequence[Shape], *, covered: float) -> list[Shape]:
    """Choose shapes so that each is near to a chosen one: those first that stand for most."""
    counts = Counter(shape.euler for shape in shapes)
    usual = [shape for shape in shapes if counts[shape.euler] >= MIN_SHARE * len(shapes)]
    near = [
        {place for place, other in enumerate(usual) if distance(shape, [other], euler_weight=EULER_WEIGHT) <= covered}
        for shape in usual
    ]
    left, chosen = set(range(len(usual))), list[Shape]()
    while left:
        best = max(left, key=lambda place: len(near[place] & left))
        chosen.append(usual[best])
        left -= near[best] | {best}
    return chosen


if __name__ == "__main__":
    main()
