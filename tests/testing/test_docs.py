"""docs/testing.md says what the fake refuses and how it can fail."""

from __future__ import annotations

import os
import re
from pathlib import Path

from witnessmark.testing import CHECKS
from witnessmark.testing.faults import FAULTS

DOCS = Path(__file__).resolve().parents[2] / "docs" / "testing.md"


def test_the_documentation_lists_the_checks_as_they_are() -> None:
    text = DOCS.read_text(encoding="utf-8")
    rows = [
        f"| `{check.name}` | {check.status}{f' `{check.error_code}`' if check.error_code else ''} | "
        f"{check.refuses.replace('|', '&#124;')} | {check.section} |"
        for check in CHECKS
    ]
    table = "\n".join(("| check | answer | refuses | source |", "| --- | --- | --- | --- |", *rows))
    made = re.sub(r"(<!-- checks:[^>]*-->\n).*(<!-- end of checks -->)", rf"\g<1>{table}\n\g<2>", text, flags=re.DOTALL)
    if os.environ.get("WITNESSMARK_SNAPSHOTS") == "write":
        DOCS.write_text(made, encoding="utf-8")
        return
    assert text == made, "run `make snapshots`"


def test_the_documentation_lists_each_fault() -> None:
    text = DOCS.read_text(encoding="utf-8")
    assert [name for name in FAULTS if f"`{name}(" not in text] == []
