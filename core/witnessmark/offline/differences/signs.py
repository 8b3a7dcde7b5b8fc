"""Signs that are content: those inside addresses, numbers and units; those that turn a sentence.

Every rule about a punctuation mark that changes the meaning of a text is here. Other signs, and other white space, are
formatting.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from witnessmark.offline.differences.words import ANSWERS

MAX_STEPS = 12
"""Atoms by which a change is extended to the edges of its printed words."""
_ADDRESS = re.compile(
    r"[^@\s]+@[^@\s]+"  # an e-mail address, a user name
    r"|[a-z][a-z\d+.-]*://\S+|www\.\S+"  # a URL
    r"|[\w-]+(?:\.[\w-]+)*\.[a-z]{2,24}/\S*"  # `example.org/terms`
    r"|(?=\S*[^\W\d_])\S*[\w)]_[\w(]\S*"  # `a_b.txt`
    r"|\S*\w\\\w\S*"  # `C:\data`
    r"|[\w-]+\.(?:com|org|net|int|edu|gov|info|example|pdf|docx?|xlsx?|csv|txt|html?|json|xml|zip|jpe?g|png)",
    re.IGNORECASE,
)
_SYMBOL = re.compile(
    r"(?:[munkcdhpMGTK\u00b5\u03bc]|da)?"
    r"(?:g|m|s|A|K|W|V|Hz|Pa|J|N|b|B|bit|l|L|F|C|T|\u03a9|mol|Wh|eV|t|Bq|Sv|Gy|lm|lx|cal|bar|Ah|VA|S|M|U|IU)"
    r"|min|h|d|kg|lb|lbs|ft|in|oz|gal|mi|mph|psi|ha|\u00b0C|\u00b0F|rpm|ppm|ppb|px|pt"
)
"""A unit's symbol, with its prefix."""
_COMPOUND = re.compile(r"[^\W\d_]{1,5}(?:[/.*^\u2022\u00b7-][^\W_]{1,5})+")
_JOINT = re.compile(r"[/.*^\u2022\u00b7-]")
_OUTER = re.compile(r"^[\"'(\[{<\u2022,;:!?]+|[\"')\]}>\u2022,;:!?]+$|(?<=[^\W_])[.](?=$)|(?<=\d)[.,]?-+$")
_BETWEEN = re.compile(r"(?<=\d)[^\w\s]+(?=\d)|(?<=\d)[^\w\s'\"-]+(?=[^\W\d_])|(?<=[^\W\d_])[^\w\s'\".-]+(?=\d)|_")
"""Signs between two figures, and those between a figure and a letter, hyphens aside: `30-day` is `30 day`."""


def content_of(tokens: Sequence[str], before: str = "") -> str:
    """Write printed words with the signs that are content and no others.

    Shapes:  the same text for tokens which differ in formatting alone; `before` is the word in front of them
    """
    parts: list[str] = []
    last = before
    for token in tokens:
        bare = _bare(token)
        kept = _kept(bare, last)
        if parts and kept[:1].isdigit() and parts[-1][-1:].isdigit():
            parts.append(" ")  # `10 20` is two numbers
        if kept:
            parts.append(kept)
        last = bare or last
    return "".join(parts)


def _bare(token: str) -> str:
    bare = token
    while (shorter := _OUTER.sub("", bare)) != bare:
        bare = shorter
    return bare


def _kept(bare: str, before: str) -> str:
    if is_address(bare) or is_unit(bare, before):
        return bare.casefold()
    if not any(char.isdigit() for char in bare):
        return "".join(char for char in bare.casefold() if char.isalnum())
    signs = {place for found in _BETWEEN.finditer(bare) for place in range(found.start(), found.end())}
    return "".join(char for place, char in enumerate(bare.casefold()) if char.isalnum() or place in signs)


def is_address(token: str) -> bool:
    """Say whether a printed word is an e-mail address, a URL or the name of a file."""
    return _ADDRESS.fullmatch(token) is not None


def is_unit(token: str, before: str) -> bool:
    """Say whether a printed word is a compound unit such as `mg/kg`."""
    if not _COMPOUND.fullmatch(token):
        return False
    parts = [part.rstrip("0123456789") for part in _JOINT.split(token)]
    are_symbols = all(part == "" or _SYMBOL.fullmatch(part) for part in parts)
    is_plain = "." in token or not any(char.islower() for char in token)  # `U.S.`, `A/B`
    return are_symbols and (before[-1:].isdigit() or not is_plain)


def differ_in_unit_case(one: str, other: str) -> bool:
    """Say whether two writings of a unit name two units: `mW` and `MW`, `Mb` and `MB`; `ml` and `mL` are one."""
    if one.casefold() != other.casefold() or one == other or not (_SYMBOL.fullmatch(one) and _SYMBOL.fullmatch(other)):
        return False
    differing = [place for place in range(len(one)) if one[place] != other[place]]
    is_prefix = differing == [0] and len(one) > 1 and one[0] in "mM"
    is_byte = differing == [len(one) - 1] and len(one) > 1 and one[-1] in "bB"
    return is_prefix or is_byte


def turns_sentence(signs: Sequence[str], neighbours: Sequence[str]) -> bool:
    """Say whether signs turn what a sentence says: a comma next to `no` or `not`, as in `No, payment is due`.

    Shapes:  `signs` of one side of a change, with the words that touch them
    """
    return "," in signs and any(word in ANSWERS for word in neighbours)
