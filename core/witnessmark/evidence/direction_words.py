"""Words that say which way something goes: up or down, added or removed; in English and German."""

from __future__ import annotations

import re
from typing import Literal

Direction = Literal["up", "down"]


def _any_of(*parts: str) -> re.Pattern[str]:
    return re.compile(rf"\b(?:{'|'.join('|'.join(part.split()) for part in parts)})\b".replace("~", " "), re.IGNORECASE)


_LATER = "(?<!no~)(?<!not~)(?<!the~)(?<!a~)later(?!~than)"
_EARLIER = "(?<!the~)(?<!an~)earlier"
"""Not of `the later version`, `the earlier amount`."""
_GERMAN_ADJECTIVE = "(?:e|en|er|es)?"
_GERMAN_TIMES = "(?:tage?|wochen?|monate?|jahre?|endet|beginnt|liegt)"
_UP = _any_of(
    "rais(?:e|es|ed|ing) increas(?:e|es|ed|ing) ris(?:e|es|en|ing) rose higher extend(?:s|ed|ing)? extension",
    f"lengthen(?:s|ed|ing)? (?<!no~)longer {_LATER} postpon(?:e|es|ed|ing|ement)",
    "doubl(?:e|es|ed|ing) tripl(?:e|es|ed) grow(?:s|n)? grew goes~up went~up pushed~back put~back upwards?",
    "erhöh(?:t|en|te|ten|ung) steig(?:t|en|ert|erung) stieg(?:en)? gestiegen angehoben anhebung hebt heraufgesetzt",
    f"höher{_GERMAN_ADJECTIVE} länger{_GERMAN_ADJECTIVE} {_GERMAN_TIMES}~später später~als verlänger(?:t|n|te|ten|ung)",
    "verschoben hinausgeschoben aufgeschoben verdoppel(?:t|n|ung) verdreifacht wächst",
)
_DOWN = _any_of(
    "lower(?:s|ed|ing)? reduc(?:e|es|ed|ing|tion) decreas(?:e|es|ed|ing) fall(?:s|en|ing)? fell drop(?:s|ped|ping)?",
    f"cut(?:s|ting)?(?!-) shorten(?:s|ed|ing)? shorter {_EARLIER} brought~forward brings?~forward",
    "halv(?:e|es|ed|ing) shrinks? shrank goes~down went~down declin(?:e|es|ed) downwards?",
    "gesenkt senk(?:t|en|te|ung) sink(?:t|en) sank gesunken reduzier(?:t|en|te|ung) verringer(?:t|n|te|ung)",
    f"vermindert verkürz(?:t|en|te|ung) kürzer{_GERMAN_ADJECTIVE} niedriger{_GERMAN_ADJECTIVE}",
    f"geringer{_GERMAN_ADJECTIVE} {_GERMAN_TIMES}~früher früher~als vorgezogen halbier(?:t|en|ung) fällt fiel gefallen",
    "herabgesetzt schrumpft",
)
_OF_TIME = _any_of(
    "extend(?:s|ed|ing)? lengthen(?:s|ed|ing)? longer shorten(?:s|ed|ing)? shorter",
    "verlänger(?:t|n|te|ten|ung) verkürz(?:t|en|te|ung) länger kürzer",
)
_MORE = _any_of("more greater bigger dearer mehr größer\\w* teurer")
_LESS = _any_of("less fewer smaller cheaper weniger kleiner\\w* billiger günstiger")
_NEGATION = re.compile(
    r"\b(?:not|never|neither|nor|without|unchanged|nicht|kein\w*|nie|ohne|unverändert)\b|n't\b", re.IGNORECASE
)
_NOTHING = _any_of("nothing without nichts ohne")
_REMOVED = _any_of(
    "removed deleted dropped omitted struck taken~out left~out gone disappear(?:s|ed) cancelled removes deletes drops",
    "omits no~longer~(?:there|included|listed|contains)",
    "entfernt gestrichen gelöscht entfällt entfallen weggefallen weggelassen fällt~(?:ersatzlos~)?weg streicht",
)
_ADDED = _any_of(
    "added inserted introduc(?:ed|es) new newly additional(?:ly)? adds inserts supplement(?:ed|s)",
    "hinzugefügt hinzugekommen hinzu eingefügt ergänzt aufgenommen neu(?:e|er|es|en|em)? zusätzlich(?:e|er|es|en)?",
)
_MOVED = _any_of(
    "move[sd]? moving relocated reordered elsewhere shifted transferred",
    "now~(?:in|at|under|after|before|follows|stands)",
    "verschoben umgestellt versetzt steht~(?:nun|jetzt) an~anderer~stelle verlegt wandert",
)


def direction_of(text: str) -> Direction | None:
    """Say which way a clause says that something goes; None if it does not say so, or says both or `not`."""
    up, down = _UP.search(text) is not None, _DOWN.search(text) is not None
    if up == down or _NEGATION.search(text) is not None:
        return None
    if (_LESS if up else _MORE).search(text) is not None:
        return None
    return "up" if up else "down"


def says_removed(text: str) -> bool:
    """Say whether a sentence calls something removed, and nothing added or moved."""
    return _REMOVED.search(text) is not None and not (
        _ADDED.search(text) or _MOVED.search(text) or _NOTHING.search(text)
    )


def says_added(text: str) -> bool:
    """Say whether a sentence calls something added, and nothing removed or moved."""
    return _ADDED.search(text) is not None and not (
        _REMOVED.search(text) or _MOVED.search(text) or _NOTHING.search(text)
    )


def direction_words(text: str) -> frozenset[str]:
    """List the words of a text that say which way something goes."""
    return frozenset(found.group().casefold() for way in (_UP, _DOWN) for found in way.finditer(text))


def speaks_of_time(text: str) -> bool:
    """Say whether the direction of a clause can only be one of time: longer or shorter, extended or shortened."""
    return _OF_TIME.search(text) is not None
