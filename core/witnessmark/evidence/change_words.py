"""Names and quoted words in a sentence about a change, checked against the change and both documents."""

from __future__ import annotations

import re
from collections.abc import Iterator

from witnessmark.evidence.change_figures import ChangedTexts
from witnessmark.evidence.change_names import IsThere, name_doubts
from witnessmark.evidence.quote_keys import keys_joined, word_key, words_of_quote

_QUOTED = re.compile(r"[\"\u201c\u201e\u00ab]([^\"\u201c\u201d\u201e\u00ab\u00bb]{2,200})[\"\u201d\u201c\u00bb]")
_NAME = r"[A-Z\u00c4\u00d6\u00dc][\w\u2019'-]*[\w](?:\s[A-Z\u00c4\u00d6\u00dc][\w\u2019'-]+)*"
_LONE_NAME = re.compile(rf"(?<=[a-z,;] ){_NAME}")
_ARTICLES = frozenset("the a an this that each any every both no its their our such all".split())
_ENGLISH = re.compile(r"\b(?:the|is|are|of|to|must|may|will|has|now)\b")
_GERMAN = re.compile(r"\b(?:der|die|das|und|ist|wird|werden|von|statt|nicht|ein|eine)\b")
_KNOWN_NAMES = frozenset(
    "monday tuesday wednesday thursday friday saturday sunday january february march april may june july august"
    " september october november december english german french european union state states section clause article"
    " annex schedule before after".split()
)


def word_doubts(meaning: str, change: ChangedTexts, is_there: IsThere) -> list[str]:
    """Name what a sentence quotes or calls by name and the change does not have.

    Shapes:  one text a doubt
    """
    doubts = [
        f"the meaning quotes '{quoted}'; the difference does not have it"
        for found in _QUOTED.finditer(meaning)
        if (quoted := " ".join(found[1].split())) and not _is_in(quoted, change.all_texts)
    ]
    doubts += name_doubts(meaning, change, is_there)
    if not doubts:
        doubts += [
            f"the meaning names {name}; neither document has that" for name in _strange(meaning, change, is_there)
        ]
    return doubts


def _strange(meaning: str, change: ChangedTexts, is_there: IsThere) -> Iterator[str]:
    """Find proper names, without an article, that are in neither document."""
    if _ENGLISH.search(meaning) is None or _GERMAN.search(meaning) is not None:
        return  # in German every noun is written like a name
    for found in _LONE_NAME.finditer(meaning):
        name = found.group()
        last = meaning[: found.start()].split()
        if not last or last[-1].casefold().strip("(,;") in _ARTICLES or name.isupper():
            continue
        if all(
            word.casefold() in _KNOWN_NAMES or _is_in(word, change.all_texts) or is_there(word) for word in name.split()
        ):
            continue
        yield name


def _is_in(text: str, whole: str) -> bool:
    key = _key(text)
    return bool(key) and key in _key(whole)


def _key(text: str) -> str:
    return keys_joined(word_key(word) for word in words_of_quote(text))
