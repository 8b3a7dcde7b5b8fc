"""Order in sentences: what came first, what caused what, which of two is more; and statements that exchange both."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import Literal, NamedTuple

from witnessmark.evidence.sentence_figures import figures_in
from witnessmark.evidence.support.language import Language
from witnessmark.evidence.support.polarity import negations_in
from witnessmark.evidence.support.sentences import shared
from witnessmark.evidence.support.words import Word, folded, stem_of, words_of

Kind = Literal["time", "cause", "more"]
MAX_SENTENCE = 600
"""Characters of a sentence in which orders are looked for."""


class Order(NamedTuple):
    """Two parts of a sentence in order: earlier and later, cause and effect, what is more and what is less."""

    kind: Kind
    first: tuple[Word, ...]
    second: tuple[Word, ...]
    word: str
    """What puts them in order."""
    scale: str = ""
    """Of what one has more: the stem of an adjective."""


class _Pattern(NamedTuple):
    kind: Kind
    pattern: re.Pattern[str]
    is_turned: bool
    """Whether the second group is the earlier part, or the cause."""


def _patterns(*rows: tuple[Kind, str, bool]) -> tuple[_Pattern, ...]:
    return tuple(_Pattern(kind, re.compile(pattern, re.IGNORECASE), turned) for kind, pattern, turned in rows)


_LEAD = r"^\W*"
_SPAN = r"(?:\s(?:shortly|long|just|immediately|only|right|\w+ (?:days?|weeks?|months?|years?|hours?)))?"
_CAUSED = r"was the (?:reason|cause) (?:for|of)|led to|caused(?! by)|resulted in"
_BECAUSE = r"because of|because|due to|owing to|as a result of|(?:(?:was|were|is|are) )?caused by"
_SUCCEEDS = r"succeeded|succeeds|took over from|takes over from|replaced(?! by)|followed(?! by)"
_NOUN = r"(?:der|dem|den|einer|einem|ihrer|seiner)\s(?:\w+\s)?(?-i:[A-ZÄÖÜ])\w+"
_FIRST = r"(?:erst|zuerst|zunächst)"
_PATTERNS = {
    "en": _patterns(
        ("time", r"(?P<a>.+?),?\s(?P<word>after which|whereupon|and then)\s(?P<b>.+)$", False),
        ("time", rf"(?P<a>.+?)\s(?P<word>{_SUCCEEDS})\s(?P<b>.+)$", True),
        ("time", rf"{_LEAD}(?P<word>before|prior to|ahead of)\s(?P<b>[^,]+),\s(?P<a>.+)$", False),
        ("time", rf"{_LEAD}(?P<word>after|once|when|as soon as|following)\s(?P<b>[^,]+),\s(?P<a>.+)$", True),
        ("time", r"(?P<a>.+?)\s(?:came\s)?first,?\s(?:and\s)?(?P<word>then|afterwards|later)\s(?P<b>.+)$", False),
        ("time", rf"{_LEAD}first\s(?P<a>.+?),?\s(?P<word>then|afterwards)\s(?P<b>.+)$", False),
        ("time", rf"(?P<a>.+?){_SPAN}\s(?P<word>before|prior to|ahead of|preceded)\s(?P<b>.+)$", False),
        ("time", rf"(?P<a>.+?){_SPAN}\s(?P<word>after|once|as soon as|following|subsequent to)\s(?P<b>.+)$", True),
        (
            "cause",
            r"(?P<a>.+?),?\s(?P<word>{_BECAUSE})\s(?P<b>.+)$",
            True,
        ),
        (
            "cause",
            r"(?P<a>.+?)\s(?P<word>was the (?:reason|cause) (?:for|of)|led to|caused|resulted in)\s(?P<b>.+)$",
            False,
        ),
    ),
    "de": _patterns(
        ("time", r"(?P<a>.+?),\s(?P<word>danach|worauf|woraufhin|anschließend|dann)\s(?P<b>.+)$", False),
        ("time", r"(?P<a>.+?)\s(?P<word>löste?)\s(?P<b>.+?)\sab\b", True),
        ("time", r"(?P<a>.+?)\s(?P<word>folgt\w*|ersetzt\w*)\s(?:\d{4}\s)?(?:auf\s)?(?P<b>.+)$", True),
        ("time", rf"{_LEAD}(?P<word>bevor|ehe)\s(?P<b>[^,]+),\s(?P<a>.+)$", False),
        ("time", rf"{_LEAD}(?P<word>nachdem|sobald)\s(?P<b>[^,]+),\s(?P<a>.+)$", True),
        (
            "time",
            rf"{_LEAD}{_FIRST}\s(?P<a>.+?),?\s(?P<word>dann|danach|anschließend)\s(?P<b>.+)$",
            False,
        ),
        ("time", r"(?P<a>.+?),?\s(?P<word>bevor|ehe)\s(?P<b>.+)$", False),
        ("time", r"(?P<a>.+?),?\s(?P<word>nachdem|sobald)\s(?P<b>.+)$", True),
        ("time", rf"(?P<a>.+?)\s(?P<word>vor)\s(?P<b>{_NOUN})(?P<rest>.*)$", False),
        ("time", rf"(?P<a>.+?)\s(?P<word>nach)\s(?P<b>{_NOUN})(?P<rest>.*)$", True),
        ("cause", r"(?P<a>.+?),?\s(?P<word>weil|da(?= [a-zäöü])(?! als)|wegen|aufgrund|infolge)\s(?P<b>.+)$", True),
        ("cause", r"(?P<a>.+?)\s(?P<word>führte zu|verursachte|bewirkte|war der grund für)\s(?P<b>.+)$", False),
    ),
}
_NOT_COMPARED = (
    r"(?!other|rather|never|after|under|over|number|whether|either|neither|order|oder|aber|über|unter|immer)"
)
_MORE = {
    "en": re.compile(
        r"(?P<a>.+)\s(?:(?P<not>not|never)\s(?:\w+\s)?(?:as|so)\s(?P<plain>\w+)\sas|"
        r"(?:much\s|far\s|slightly\s)?(?:(?P<deg>more|less)\s(?P<adj>\w+)|"
        rf"(?P<comp>{_NOT_COMPARED}[a-z]+er|better|worse|more|less|fewer))\s(?:[\w-]+\s){{0,4}}?than)\s(?P<b>.+)$"
    ),
    "de": re.compile(
        r"(?P<a>.+)\s(?:(?P<not>nicht)\s(?:ganz\s)?so\s(?P<plain>\w+)\swie|"
        r"(?P<deg>mehr|weniger)\s(?P<adj>[a-zäöüß]+)\sals|"
        rf"(?P<comp>{_NOT_COMPARED}[a-zäöüß]+er(?:e|en|es)?|mehr|weniger)\s(?:[\w-]+\s){{0,4}}?als)\s(?P<b>.+)$"
    ),
}
_ALONE = {
    "en": re.compile(
        rf"(?P<a>.+)\s(?:the\s)?(?P<comp>{_NOT_COMPARED}[a-z]{{3,}}er|better|worse|more|less)"
        r"(?P<b>(?:\s(?:ones?|at .+|in .+))?)[.!]?$"
    ),
    "de": re.compile(
        rf"(?P<a>.+)\s(?P<comp>{_NOT_COMPARED}[a-zäöüß]{{3,}}er|mehr|weniger)(?P<b>(?:\s(?:ab|an|zu|aus|da))?)[.!]?$"
    ),
}
"""Comparisons with what is not named."""
_OUTDOERS = "outsold|overtook|outperformed|surpassed|outnumbered|outweighed|beat"
_OUTDONE = "overtaken|outsold|outperformed|surpassed|outnumbered|beaten"
_OUTDOES = {
    "en": re.compile(
        rf"(?P<a>.+)\s(?:(?P<by>(?:was|were|is|are) (?:{_OUTDONE}) by)|(?P<word>{_OUTDOERS}))\s(?P<b>.+)$"
    ),
    "de": re.compile(
        r"(?P<a>.+)\s(?:(?P<by>wurden? (?=.*überholt|.*übertroffen)von)|(?P<word>überholten?|übertraf(?:en)?))"
        r"\s(?P<b>.+)$"
    ),
}
_FIGURE = re.compile(r"^\W*(?:EUR|USD|GBP|[\u20ac$\u00a3])?\s?\d")


def orders_in(sentence: str, language: Language) -> list[Order]:
    """Find what a sentence puts in order: at most one order of each kind."""
    if len(sentence) > MAX_SENTENCE:
        return []
    tongue = "de" if language == "de" else "en"
    found: dict[Kind, Order] = {}
    for kind, pattern, is_turned in _PATTERNS[tongue]:
        match = pattern.search(sentence)
        if match is None or kind in found or _FIGURE.match(match["b"]):
            continue
        rest = match.groupdict().get("rest") or ""
        a, b = (tuple(words_of(text, language)) for text in (f"{match['a']} {rest}", match["b"]))
        if a and b:
            first, second = (b, a) if is_turned else (a, b)
            found[kind] = Order(kind, first, second, match["word"])
    found |= {one.kind: one for one in _comparison(sentence, language)}
    return list(found.values())


def _comparison(sentence: str, language: Language) -> Iterator[Order]:
    """Find which of two is said to be more: `A is faster than B`, `B is not as fast as A`, `A outsold B`."""
    tongue = "de" if language == "de" else "en"
    if (match := _OUTDOES[tongue].search(sentence)) is not None:
        winner, loser = (tuple(words_of(match[name], language)) for name in ("a", "b"))
        is_passive = match["by"] is not None
        if winner and loser:
            yield Order(
                "more", *((loser, winner) if is_passive else (winner, loser)), match["word"] or match["by"], "more"
            )
        return
    match = _MORE[tongue].search(sentence)
    if match is not None and not any(one.start <= 4 for one in figures_in(match["b"])):
        written = match["plain"] or match["adj"] or match["comp"]
        is_less = match["deg"] in {"less", "weniger"}
        a, b = match["a"], match["b"]
    elif (match is None and " than " not in sentence) and (match := _ALONE[tongue].search(sentence)) is not None:
        written, is_less, a, b = match["comp"], False, f"{match['a']} {match['b']}", ""
    else:
        return
    scale, sign = _scale(written, tongue)
    denials = sum(one.mark != "soft" and not one.is_local for one in negations_in(a, language))
    is_denied = (bool(match.groupdict().get("not")) + is_less + denials) % 2 == 1
    first, second = tuple(words_of(a, language)), tuple(words_of(b, language))
    if sign * (-1 if is_denied else 1) < 0:
        first, second = second, first
    if first or second:
        yield Order("more", first, second, written, scale)


def _scale(word: str, tongue: str) -> tuple[str, int]:
    """Name what a comparative compares, and say which end of it: `slower` is the other end of `fast`."""
    plain = folded(word)
    if tongue == "en" and plain.endswith("ier"):
        plain = plain[:-3] + "y"
    elif plain not in _ROOTS:
        plain = re.sub(r"er(?:e|en|es)?$", "", plain)
    root = _root(plain, tongue)
    return _ENDS[tongue].get(root, (root, 1))


def order_conflict(statement: str, cited: Sequence[str], language: Language) -> tuple[str | None, frozenset[Kind]]:
    """Compare orders of a statement with those of what it cites.

    Shapes:  what they have the other way round, or None; and the kinds of order that agree, so that the words which put
             things in order are compared already
    """
    agreed: set[Kind] = set()
    for mine in orders_in(statement, language):
        for other in cited:
            for theirs in orders_in(other, language):
                if mine.kind != theirs.kind:
                    continue
                if mine.scale != theirs.scale:
                    continue
                way = _way(mine, theirs)
                if not way:
                    continue
                if way > 0:
                    agreed.add(mine.kind)
                elif not (mine.first and mine.second) or _are_both(mine, theirs):
                    return (
                        f"The statement has what comes before and after '{mine.word}' the other way round.",
                        frozenset(),
                    )
    return None, frozenset(agreed)


def _way(mine: Order, theirs: Order) -> int:
    """Say whether two orders go the same way: 1, the other way: -1, or not to tell: 0."""
    if mine.first and mine.second:
        parts = theirs.first, theirs.second
        same = _count_of(mine.first, *parts) + _count_of(mine.second, *parts[::-1])
        crossed = _count_of(mine.first, *parts[::-1]) + _count_of(mine.second, *parts)
        return (same > crossed) - (same < crossed)
    if not (theirs.first and theirs.second):
        return 0
    ours, sign = (mine.first, 1) if mine.first else (mine.second, -1)
    if _count_of(ours, theirs.second, theirs.first):  # what follows `than` is what is compared, and nothing else
        return -sign
    return sign if _count_of(ours, theirs.first, theirs.second) else 0


def _count_of(ours: Sequence[Word], one: Sequence[Word], other: Sequence[Word]) -> int:
    """Count the words that are like one of two parts, and not like the other."""
    return sum(shared([word], one) > 0 and shared([word], other) == 0 for word in ours)


def _are_both(mine: Order, theirs: Order) -> bool:
    """Say whether a statement exchanges parts: each shares a word with the part that it takes the place of."""
    only_first = [word for word in mine.first if not any(word.is_like(other) for other in theirs.first)]
    only_second = [word for word in mine.second if not any(word.is_like(other) for other in theirs.second)]
    return shared(only_first, theirs.second) > 0 and shared(only_second, theirs.first) > 0


_SCALES = {
    # The first word names the scale; then one end of it, and the other.
    "en": "more great high strong many: less few fewer low weak; large big: small; fast quick: slow; clean pure: dirty;"
    " safe: dangerous; early: late; cheap: expensive dear costly; young new: old; near: far; short: long; light: heavy;"
    " warm hot: cold cool; loud: quiet; easy simple: hard difficult; rich: poor; thick: thin; wide: narrow; deep:"
    " shallow; good better: bad worse; full: empty; dry: wet; bright: dark",
    "de": "mehr hoch stark viel: weniger niedrig gering schwach; gross: klein; schnell: langsam; sauber: schmutzig;"
    " sicher: gefahrlich; fruh eher: spat; billig gunstig: teuer; jung neu: alt; nah: fern; kurz: lang; leicht: schwer;"
    " warm heiss: kalt; laut: leise; einfach: schwierig; reich: arm; dick: dunn; breit: schmal; tief: flach; gut"
    " besser: schlecht; voll: leer; trocken: nass feucht; hell: dunkel",
}
_PLAIN = "more less fewer better worse mehr weniger eher langsam alt jung nah besser gross"
_ROOTS = {
    "bigg": "big",
    "hott": "hot",
    "wett": "wet",
    "bess": "gut",
    "hoh": "hoch",
    "gr": "gross",
    **{word: word for word in _PLAIN.split()},
}


def _root(plain: str, tongue: str) -> str:
    return _ROOTS.get(plain) or stem_of(plain, tongue)


def _ends(tongue: str) -> dict[str, tuple[str, int]]:
    found: dict[str, tuple[str, int]] = {}
    for scale in _SCALES[tongue].split(";"):
        forth, back = (words.split() for words in scale.split(":"))
        found |= {_root(word, tongue): (forth[0], 1) for word in forth}
        found |= {_root(word, tongue): (forth[0], -1) for word in back}
    return found


_ENDS = {tongue: _ends(tongue) for tongue in _SCALES}
