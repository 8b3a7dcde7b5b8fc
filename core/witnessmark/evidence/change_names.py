"""Old and new names in a sentence about a change of names, checked against what was removed and added.

Words next to a name assign it a role: `from X to Y`, `Y replaces X`, `statt X nun Y`. If the change exchanges one name
for another, the old name has to be among the removed words, and the new one among the added words.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from typing import Literal, NamedTuple

from witnessmark.evidence.change_figures import ChangedTexts
from witnessmark.language.months import MONTH_NUMBERS

MAX_NAME_WORDS = 6
"""Words of a changed text that is taken for a name."""
MAX_CHANGED_WORDS = 16
"""Words of a changed text in which names are looked for."""
MAX_ENDING = 2
"""Letters that an ending adds to a name: `Hexleys`."""
MAX_MEANING = 2_000
"""Characters of a sentence in which names are looked for."""

Role = Literal["old", "new"]
IsThere = Callable[[str], bool]
"""Says whether a text is anywhere in one of the documents, word for word."""

_WORD = r"[^\W\d_a-zß-ö\u00f8-\u00ff][\w\u2019'&-]*"
_NAMES = re.compile(rf"(?<![\w\u2019'-]){_WORD}(?:\s(?:(?:of the|of|de|van|&)\s)?{_WORD})*")


def _any(*phrases: str) -> str:
    """Match any of the phrases that `|` parts."""
    return f"(?:{'|'.join(phrases)})"


_LINKS = r"""(?:(?:at|in|by|of|with|for|as|on|the|a|one|called|named|es|er|sie|bei|am|an|mit|der|die|das|den|dem)\s)*"""
_QUOTES = "\"\u201c\u201e\u00ab\u201d\u00bb'"
_LOWER = r"[^\W\dA-ZÄÖÜ]\w*"
"""A word that is no name."""
_IS = _any("is|are|was|were|has been|will be|ist|sind|war|waren|wird|werden|wurde|wurden")
_LEADING: tuple[tuple[Role, int, str], ...] = (
    (
        "old",
        0,
        _any("from|instead of|rather than|in place of|in the place of|in lieu of|the place of|reference to"),
    ),
    ("old", 0, _any("von|vom|aus|statt|anstatt|anstelle|anstelle von|an die stelle|der stelle")),
    ("old", 0, _any("replaces|succeeds|supersedes|displaces|takes over from|took over from|steps in for")),
    ("old", 0, _any("substitutes for|follows|ersetzt|verdrängt|folgt auf|löst|tauscht")),
    ("old", 2, _any("no longer|not|nicht mehr|nicht länger|nicht|used to|it read|it said|where|wo")),
    (
        "old",
        2,
        _any("formerly|previously|until now|earlier|bisher|bislang|früher|zuvor|ehemals|hieß|what"),
    ),
    ("old", 0, _any("dropped|drops|dropping|removes|removed|replacing|ends that of|substituted for")),
    ("old", 3, _any("before|before the change|until then|vorher|vor der änderung|bis dahin")),
    ("new", 0, _any("to|into|over to|by|exchanged for|swapped for|sondern|but|durch|gegen|→|->|=>")),
    ("new", 0, _any("auf|zu|zum|zur|nach|becomes|became|gives way to|makes way for|turns into|weicht")),
    ("new", 2, _any("now|henceforth|from now on|nun|jetzt|nunmehr|künftig|neuerdings|fortan|dafür")),
    ("new", 0, _any("in favour of|in favor of|made way for|zugunsten von|appointment of|substituted")),
    ("new", 2, _any("nachher|danach|thereafter|after it|afterwards")),
    ("new", 1, _any("amended to|changed to|replaced by|replaced with|wird|is")),
)
_LEADS: tuple[tuple[Role, re.Pattern[str]], ...] = tuple(
    (role, re.compile(rf"(?:^|(?<=\W))(?i:{phrases})\s(?:{_LOWER}\s){{0,{words}}}?{_LINKS}[{_QUOTES}]?$"))
    for role, words, phrases in _LEADING
)
"""What leads to a name, and how many words may be between."""
_TRAILING: tuple[tuple[Role, str], ...] = (
    ("old", _any("entfällt|weicht|stand|did|had|went|gives way|makes way|becomes|became|turns|yields|wird")),
    ("old", _any("has made way|made way|loses|lost|scheidet|verliert|drops out|leaves|fällt weg|is dropped")),
    ("old", rf"{_IS}\s(?:\w+\s)?{_any('not|nicht|out|deleted|removed|dropped|crossed|gestrichen|gone')}"),
    ("old", rf"{_IS}\s(?:\w+\s)?{_any('replaced|exchanged|swapped|succeeded|superseded|renamed|changed')}"),
    ("old", rf"(?:wurde|ist)\s{_any('durch|zu|jetzt zu|gelöscht|entfallen')}"),
    ("old", _any("→|->|=>")),
    ("new", rf"(?:{_IS}\s)?{_any('now|nun|jetzt|künftig|henceforth|neu|genannt')}"),
    ("new", _any("replaces|succeeds|supersedes|displaces|takes|took|steps in|is put|does what|comes in|follows")),
    ("new", rf"(?:{_IS}\s)?{_any('substituted|eingesetzt|appointed|tritt ein|gains|joins|kommt')}"),
    ("new", _any("ersetzt|tritt|löst|übernimmt|folgt|statt|anstelle|anstatt")),
    ("new", _any("instead of|rather than|in place of|in lieu of|not|and not|und nicht|is in|written in")),
    ("new", r"(?:(?:is|ist|steht) (?:in|competent now|zuständig anstelle)|where it)"),
    ("new", r"\((?:bisher|previously|formerly|was|vorher|zuvor|früher)"),
    ("new", r"is \w+\s(?:instead|rather|in place)"),
)
_TRAILS: tuple[tuple[Role, re.Pattern[str]], ...] = tuple(
    (role, re.compile(rf"^[{_QUOTES}]?,?\s?(?i:{phrases})(?!\w)")) for role, phrases in _TRAILING
)
"""What follows a name."""
_SPLIT = re.compile(r"[;:.]|,|\b(?:and|und|but|sondern|where|wo)\b")
_TITLES = frozenset("mr mrs ms miss dr prof sir lord frau herr herrn ltd inc llc gmbh ag plc co kg & sons".split())
_SMALL = _TITLES | frozenset("of the and a an in at for von der die das und de van la le".split())
_ARTICLES = frozenset("the a an this that each any every its their our such der die das dem den des ein eine".split())


class _Changed(NamedTuple):
    """The words that only one side of a change has."""

    removed: frozenset[str]
    added: frozenset[str]
    is_pure: bool
    """Whether nothing but names changed."""


class _Mention(NamedTuple):
    """A name in a sentence, with its role if words next to it assign one."""

    text: str
    role: Role | None
    has_article: bool
    is_first: bool


def name_doubts(meaning: str, change: ChangedTexts, is_there: IsThere) -> list[str]:
    """Name what a sentence says wrongly about a change of names.

    Shapes:  at most one text; none if the change is of other words
    """
    changed = _changed_names(change)
    if changed is None:
        return []
    mentions = _mentions(meaning[:MAX_MEANING])
    old = [one for one in mentions if _shares(one.text, changed.removed)]
    new = [one for one in mentions if _shares(one.text, changed.added)]
    said = f"the difference says from {change.removed} to {change.added}"
    if old and new:
        is_exchanged = _roles(old) == {"new"} and _roles(new) == {"old"}
        return [f"the meaning says from {new[0].text} to {old[0].text}; {said}"] if is_exchanged else []
    if not changed.is_pure:
        return []
    others = [one for one in mentions if one not in old and one not in new and not _is_around(one.text, change)]
    wanted: Role = "new" if old else "old"
    if not (old or new) and _roles([one for one in others if not one.has_article]) == {"old", "new"}:
        return [f"the meaning says from one to the other of {', '.join(one.text for one in others)}; {said}"]
    for one in others:
        is_counterpart = (old or new) and one.role == wanted and not one.has_article
        is_stranger = not (one.has_article or one.is_first) and _is_english(meaning) and is_there(one.text)
        if is_counterpart or is_stranger:
            return [f"the meaning names {one.text}; {said}"]
    return []


def _roles(mentions: Sequence[_Mention]) -> set[Role]:
    return {one.role for one in mentions if one.role is not None}


def _changed_names(change: ChangedTexts) -> _Changed | None:
    sides: list[frozenset[str]] = []
    is_pure = True
    for text in (change.removed, change.added):
        words = [bare for word in text.split() if (bare := word.strip(".,;:()\"'"))]
        if not 0 < len(words) <= MAX_CHANGED_WORDS:
            return None
        names = [word for word in words if word[0].isupper() or not word[0].isalnum()]
        is_pure = is_pure and len(words) <= MAX_NAME_WORDS
        is_pure = is_pure and all(word in names or word.casefold() in _SMALL for word in words)
        sides.append(frozenset(word.casefold() for word in names) - _SMALL - _NO_NAMES)
    removed, added = sides[0] - sides[1], sides[1] - sides[0]
    return _Changed(removed, added, is_pure) if removed and added else None


# --- names in a sentence ----------------------------------------------------------------------------------------------


def _mentions(meaning: str) -> list[_Mention]:
    """Find the names of a sentence, and what the words between them say of each."""
    found = [span for match in _NAMES.finditer(meaning) if (span := _name_span(meaning, match)) is not None]
    edges = [0, *(edge for span in found for edge in span), len(meaning)]
    gaps = [meaning[edges[n] : edges[n + 1]] for n in range(0, len(edges), 2)]
    mentions: list[_Mention] = []
    for number, (start, end) in enumerate(found):
        lead, trail = gaps[number], gaps[number + 1]
        is_last = number == len(found) - 1
        last_word = lead.split()[-1].casefold().strip("(") if lead.split() else ""
        role = _role(_right_part(lead) if number else lead, trail if is_last else _left_part(trail))
        is_first = not lead.strip() or lead.rstrip().endswith((".", ":", "?", "!"))
        has_article = last_word in _ARTICLES and (last_word != "an" or _GERMAN.search(meaning) is None)
        mentions.append(_Mention(meaning[start:end], role, has_article, is_first))
    return mentions


def _name_span(meaning: str, match: re.Match[str]) -> tuple[int, int] | None:
    """Leave out the words before a name that only have a capital letter because a sentence begins with them."""
    start = match.start()
    for word in re.finditer(r"\S+", match.group()):
        if _bare_words(word.group()) or word.group().casefold() in _TITLES:
            start += word.start()
            break
    else:
        return None
    return (start, match.end()) if _bare_words(meaning[start : match.end()]) else None


def _left_part(gap: str) -> str:
    """Give what between two names may belong to the first one."""
    parts = [found.start() for found in _SPLIT.finditer(gap) if gap[: found.start()].strip()]
    return gap[: parts[0]] if parts else gap


def _right_part(gap: str) -> str:
    """Give what between two names may belong to the second one."""
    parts = [found.start() for found in _SPLIT.finditer(gap)]
    return gap[parts[-1] :] if parts else gap


def _role(lead: str, trail: str) -> Role | None:
    for role, pattern in _LEADS:
        if pattern.search(lead) is not None:
            return role
    for role, pattern in _TRAILS:
        if pattern.search(trail.lstrip()) is not None:
            return role
    return None


def _is_english(meaning: str) -> bool:
    """Say whether a sentence is English: in German every noun is written like a name."""
    return _ENGLISH.search(meaning) is not None and _GERMAN.search(meaning) is None


_ENGLISH = re.compile(r"\b(?:the|is|are|of|to|must|may|will|has|now|at|by|with|rather|instead)\b")
_GERMAN = re.compile(
    r"\b(?:der|die|das|den|dem|und|ist|wird|werden|von|statt|nicht|ein|eine|nun|jetzt|durch|bisher|bei|zu|auf)\b"
)


def _is_around(name: str, change: ChangedTexts) -> bool:
    """Say whether a name is in the sentence that changed, or in its heading."""
    texts = (change.before, change.after, *change.around_before[:-1], *change.around_after[:-1])
    known = frozenset(word for text in texts for word in _words_of(text))
    return all(any(_is_like(word, other) for other in known) for word in _bare_words(name))


def _shares(name: str, words: frozenset[str]) -> bool:
    said = _bare_words(name)
    initials = sorted(word[0] for word in words)
    if len(initials) > 1 and any(sorted(word) == initials for word in said):
        return True  # `ECB` for `European Central Bank`
    return any(_is_like(word, other) for word in said for other in words)


def _is_like(one: str, other: str) -> bool:
    short, long = sorted((one, other), key=len)
    return one == other or (len(short) > MAX_ENDING and long.startswith(short) and len(long) - len(short) <= MAX_ENDING)


_NO_NAMES = frozenset(
    "the this that these a an it its in on at by for from to under what where only instead no not now henceforth"
    " responsibility clause section article annex schedule paragraph before after der die das dieser diese ein eine"
    " es im am statt anstelle anstatt aus von nicht bisher früher nun jetzt künftig wo man genannt zuständig"
    " monday tuesday wednesday thursday friday saturday sunday montag dienstag mittwoch donnerstag freitag samstag"
    " sonntag".split()
) | frozenset(MONTH_NUMBERS)


def _bare_words(name: str) -> frozenset[str]:
    return _words_of(name) - _SMALL - _NO_NAMES


def _words_of(text: str) -> frozenset[str]:
    words = (word.strip(f".,;:(){_QUOTES}").replace("\u2019", "'").removesuffix("'s") for word in text.split())
    return frozenset(word.casefold() for word in words if word)
