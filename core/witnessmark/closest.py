"""The known name that an unknown one was meant to be."""

from __future__ import annotations

import difflib
from collections.abc import Sequence

_MIN_LIKENESS = 0.62
"""Of 1: `pgaes` is 0.8 like `pages`; `colour` is 0.5 like `source`, which does not help the one who wrote it."""


def closest(name: str, known: Sequence[str]) -> str | None:
    """Find the known name that a misspelt or shortened one stands for; None if none or several may be meant."""
    written = _plain(name)
    by_plain = {_plain(one): one for one in known}
    if written in by_plain:
        return by_plain[written]
    begun = [one for plain, one in by_plain.items() if len(written) >= 3 and plain.startswith(written)]
    holding = [one for plain, one in by_plain.items() if len(written) >= 4 and written in plain]
    for found in (begun, holding):
        if found:
            return found[0] if len(found) == 1 else None
    alike = difflib.get_close_matches(written, list(by_plain), n=1, cutoff=_MIN_LIKENESS)
    return by_plain[alike[0]] if alike else None


def did_you_mean(name: str, known: Sequence[str]) -> str:
    """Write the suggestion as a sentence with a blank after it; empty if there is none."""
    found = closest(name, known)
    return f"Did you mean {found!r}? " if found else ""


def _plain(name: str) -> str:
    """Leave out what people mix up: dashes, underscores, blanks, capitals."""
    return "".join(letter for letter in name.casefold() if letter not in "-_ ")
