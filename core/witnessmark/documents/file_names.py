"""File names as people and hosts write them: quoted, escaped, in another Unicode form, with another kind of blank."""

from __future__ import annotations

import difflib
import os
import re
import unicodedata
from collections.abc import Iterator, Sequence
from pathlib import Path

MAX_LISTED = 20_000
"""Files of one folder that are compared by name."""
_QUOTES = ('""', "''", "``", "\u201c\u201d", "\u2018\u2019", "\u201e\u201c", "\u00ab\u00bb", "<>")
_ESCAPED = re.compile(r"\\([\s()&'\"\[\]$!;#*?])")
"""A backslash before what a shell would take apart, as terminals write it when a file is dropped on them."""


_DEVICES = frozenset(
    ["con", "prn", "aux", "nul", "conin$", "conout$"]
    + [f"{port}{number}" for port in ("com", "lpt") for number in "0123456789\u00b9\u00b2\u00b3"]
)
"""What Windows takes for a device in any folder and with any suffix."""


def is_share_or_device(path: str, *, is_windows: bool) -> bool:
    """Tell by its spelling alone whether a path leads to another machine or to a device, as Windows reads it.

    Looking for such a file is what must not happen: Windows signs in to the other machine with the user's name.
    """
    if not is_windows:
        return path.startswith("\\\\")
    slashed = path.replace("\\", "/")
    if slashed.startswith(("//", "/??/")):
        return True
    parts = slashed.split("/")
    return any(part.partition(".")[0].partition(":")[0].strip().casefold() in _DEVICES for part in parts)


def spellings(path: str) -> Iterator[str]:
    """Give the other ways in which a path that was not found may be meant, each once: the least changed first."""
    found = [path]
    bare = path.strip()
    for _ in range(3):
        found.append(bare)
        bare = bare.removeprefix("@").strip()
        if len(bare) > 1 and bare[0] + bare[-1] in _QUOTES:
            bare = bare[1:-1].strip()
    found += [_ESCAPED.sub(r"\1", one) for one in list(found)]
    yield from (one for one in dict.fromkeys(found) if one and one != path)


def folded(name: str) -> str:
    """Write a name in one Unicode form and with one kind of blank: disks keep NFD, screenshots have U+202F."""
    return " ".join(unicodedata.normalize("NFKC", name).split())


def names_in(folder: Path) -> list[str]:
    """List the visible names of a folder; none where it cannot be listed."""
    try:
        with os.scandir(folder) as entries:
            return [entry.name for entry, _ in zip(entries, range(MAX_LISTED), strict=False) if entry.name[0] != "."]
    except OSError:
        return []


def same_name(name: str, names: Sequence[str]) -> str | None:
    """Find the one name that is the same when both are folded; None where there is none, or more than one."""
    wanted = folded(name)
    found = [one for one in names if folded(one) == wanted]
    return found[0] if len(found) == 1 else None


def similar_names(name: str, names: Sequence[str]) -> list[str]:
    """List the names that somebody may have meant, the likeliest first: other case, no suffix, a slip of the keys."""
    wanted = folded(name).casefold()
    by_key = {folded(one).casefold(): one for one in names}
    stems = [one for key, one in by_key.items() if Path(key).stem in {wanted, Path(wanted).stem}]
    close = [by_key[key] for key in difflib.get_close_matches(wanted, list(by_key), n=3, cutoff=0.8)]
    exact = [by_key[wanted]] if wanted in by_key else []
    return list(dict.fromkeys([*exact, *stems, *close]))[:3]
