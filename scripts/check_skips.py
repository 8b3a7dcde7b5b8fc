"""Fail when a test was skipped for a reason that is not on the list: `check_skips.py REPORT.xml ALLOWED.txt`."""

from __future__ import annotations

import sys
import xml.etree.ElementTree as ET
from pathlib import Path


def main() -> None:
    """Say nothing when all is well, so that pytest's own summary stays the last line."""
    report, allowed = Path(sys.argv[1]), Path(sys.argv[2])
    reasons = [
        line.split("|")[0].strip() for line in allowed.read_text().splitlines() if line.strip() and line[0] != "#"
    ]
    found = [
        f"{case.get('classname')}.{case.get('name')}: {skip.get('message', '')}"
        for case in ET.parse(report).iter("testcase")
        for skip in case.iter("skipped")
        if not skip.get("message", "").startswith(tuple(reasons))
    ]
    if found:
        sys.exit(f"Skipped, and the reason is not in {allowed}:\n  " + "\n  ".join(found))


if __name__ == "__main__":
    main()
