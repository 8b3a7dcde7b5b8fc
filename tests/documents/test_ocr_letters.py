"""The table of letters that OCR can write is the dictionary of the engine that is installed."""

from __future__ import annotations

import json

from scripts.ocr_letters import dictionary, table_of
from tests.ocr_pages import needs_ocr
from witnessmark.documents.ocr.letters import TABLE


@needs_ocr
def test_the_table_is_the_dictionary_of_the_installed_engine() -> None:
    written = json.loads(TABLE.read_text(encoding="utf-8"))
    assert written == table_of(dictionary()), "the engine reads other letters: run `python -m scripts.ocr_letters`"


def test_a_script_is_read_only_if_the_dictionary_has_its_whole_alphabet() -> None:
    letters = {chr(code) for code in range(0x41, 0x180)} | set("αβγδΩ") | {"国"}
    assert table_of(letters)["alphabets"] == ["LATIN"]
    assert table_of(letters | {chr(code) for code in range(0x0386, 0x03CF)})["alphabets"] == ["GREEK", "LATIN"]
