"""Write the table of letters that OCR can write from the engine's own dictionary: `python -m scripts.ocr_letters`.

faster-paddle carries the dictionary of PP-OCRv6 in its library, as JSON; the dictionary in the model of rapidocr is the
same. `tests/documents/test_ocr_letters.py` compares the table with the engine that is installed.
"""

from __future__ import annotations

import json
import mmap
from base64 import b64encode
from collections.abc import Collection, Iterable
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from witnessmark.documents.ocr.letters import FIRST_IDEOGRAPH, LAST_IDEOGRAPH, TABLE

ALPHABETS = {
    "ARABIC": (0x0621, 0x064A),
    "ARMENIAN": (0x0531, 0x0586),
    "BENGALI": (0x0985, 0x09B9),
    "CYRILLIC": (0x0410, 0x044F),
    "DEVANAGARI": (0x0904, 0x0939),
    "GEORGIAN": (0x10D0, 0x10F0),
    "GREEK": (0x0386, 0x03CE),
    "HANGUL": (0xAC00, 0xD7A3),
    "HEBREW": (0x05D0, 0x05EA),
    "HIRAGANA": (0x3041, 0x3096),
    "KATAKANA": (0x30A1, 0x30FA),
    "LATIN": (0x0041, 0x017F),
    "THAI": (0x0E01, 0x0E2E),
}
"""From the first to the last of the letters that a script is written with."""
READ_SHARE = 0.95
"""Share of these that a dictionary has of a script it was made for. It has 0.70 of Greek, the signs of formulas."""
_BEGINNING = b'["!", "\\"", "#"'
_LONGEST = 600_000


def dictionary() -> set[str]:
    """Read the characters that the installed faster-paddle can write, with the model that reads pages."""
    spec = find_spec("faster_paddle")
    if spec is None or spec.origin is None:
        raise SystemExit("faster-paddle is not installed here. Install the extra `ocr`.")
    folder = Path(spec.origin).parent
    (library,) = [*folder.glob("faster_paddle*.so"), *folder.glob("faster_paddle*.pyd")]
    largest: set[str] = set()  # the quick model has fewer
    with library.open("rb") as file, mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as content:
        at = content.find(_BEGINNING)
        while at >= 0:
            text = content[at : at + _LONGEST].decode("utf-8", "replace")
            found: set[str] = {*json.JSONDecoder().raw_decode(text)[0]}
            largest = max(largest, found, key=len)
            at = content.find(_BEGINNING, at + 1)
    return largest


def table_of(characters: Collection[str]) -> dict[str, Any]:
    """Make the table of a dictionary: letters and figures as ranges, the common ideographs as bits."""
    codes = sorted(ord(one) for one in characters if len(one) == 1 and (one.isalpha() or one.isdecimal()))
    ideographs = range(FIRST_IDEOGRAPH, LAST_IDEOGRAPH + 1)
    bits = bytearray(len(ideographs) // 8)
    for code in codes:
        if code in ideographs:
            bits[(code - FIRST_IDEOGRAPH) // 8] |= 1 << (code - FIRST_IDEOGRAPH) % 8
    return {
        "source": "dictionary of PP-OCRv6 small, in faster-paddle and rapidocr",
        "alphabets": [name for name, block in ALPHABETS.items() if _share(block, characters) >= READ_SHARE],
        "letters": list(_ranges(code for code in codes if code not in ideographs)),
        "ideographs": b64encode(bits).decode(),
    }


def _share(block: tuple[int, int], characters: Collection[str]) -> float:
    letters = [chr(code) for code in range(block[0], block[1] + 1) if chr(code).isalpha()]
    return sum(letter in characters for letter in letters) / len(letters)


def _ranges(codes: Iterable[int]) -> list[list[int]]:
    found: list[list[int]] = []
    for code in codes:
        if found and found[-1][1] == code - 1:
            found[-1][1] = code
        else:
            found.append([code, code])
    return found


def main() -> None:
    TABLE.write_text(json.dumps(table_of(dictionary())) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
