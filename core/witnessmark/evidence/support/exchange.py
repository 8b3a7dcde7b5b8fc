"""Who gives and who receives: a statement that exchanges two parties of a deal, whatever verb and voice it has.

`Acme supplies Beta`, `Beta is supplied by Acme` and `Beta gets it from Acme` have one giver and one taker.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal, NamedTuple

from witnessmark.evidence.support.clauses import clauses_of
from witnessmark.evidence.support.language import Language
from witnessmark.evidence.support.parties import parties_in
from witnessmark.evidence.support.words import folded, is_known_word, stem_of
from witnessmark.language.months import MONTH_NUMBERS

MAX_SENTENCE = 600
"""Characters of a sentence in which givers are looked for."""
_FAMILIES: tuple[tuple[str, str, str, str], ...] = (
    # English verbs of giving and of taking, German ones
    ("sell dispose", "buy purchase acquire", "verkaufen veräußern", "kaufen erwerben"),
    (
        "supply deliver provide ship send hand give grant award",
        "receive get obtain collect",
        "liefern beliefern geben gewähren übergeben senden schicken leisten stellen",
        "erhalten bekommen empfangen beziehen",
    ),
    ("lease let sublet", "hire", "vermieten verpachten", "mieten pachten"),
    ("lend", "borrow", "verleihen leihen", "ausleihen borgen"),
    ("pay reimburse owe", "receive get collect", "zahlen bezahlen erstatten schulden", "erhalten bekommen"),
    (
        "inform tell notify report",
        "hear learn",
        "informieren unterrichten mitteilen melden berichten",
        "erfahren hören",
    ),
    ("transfer assign", "receive take acquire", "übertragen abtreten", "erhalten übernehmen erwerben"),
    ("teach train", "learn", "unterrichten lehren schulen", "lernen"),
)
_PASSIVE = {
    "en": re.compile(r"\b(?:is|are|was|were|be|been|being|gets|got)\s(?:\w+ly\s|not\s|also\s)?$", re.IGNORECASE),
    "de": re.compile(r"\b(?:wird|werden|wurden?|worden|ist|sind)\b", re.IGNORECASE),
}
_PARTICIPLE = {"en": re.compile(r"(?:ed|en|ght|old|ent|aid|ld|iven|own)$"), "de": re.compile(r"(?:t|en)$")}
_CAPITAL = r"[A-ZÄÖÜ][\w&-]*"
_NAME = re.compile(rf"{_CAPITAL}(?:\s(?:&\s)?{_CAPITAL})*")
_CAPITALS = re.compile(rf"{_CAPITAL}(?:'s)?")
_FIRM = re.compile(r"\s(?:GmbH|AG|KG|SE|OHG|Ltd|Inc|LLC|plc|Corp)\b\.?")
_BEFORE = {
    "en": {"by": re.compile(r"\bby\s(?:the\s)?$", re.IGNORECASE),
           "from": re.compile(r"\b(?:from|of)\s(?:the\s)?$", re.IGNORECASE),
           "to": re.compile(r"\b(?:to|for)\s(?:the\s)?$", re.IGNORECASE)},
    "de": {"by": re.compile(r"\b(?:von|vom|durch)\s(?:der|dem|den|die|das)?\s?(?:[a-zäöü]+\s)?$", re.IGNORECASE),
           "to": re.compile(r"\b(?:an|dem|der firma|für)\s(?:den|die|das|der|dem)?\s?$", re.IGNORECASE)},
}  # fmt: skip
Case = Literal["by", "from", "to", "plain"]


@dataclass(frozen=True, slots=True)
class Entity:
    """A party or a proper name in a sentence."""

    key: frozenset[str]
    pairs: frozenset[tuple[int, int]]
    text: str
    start: int
    case: Case

    def is_same(self, other: Entity) -> bool:
        return bool(self.key & other.key or self.pairs & other.pairs)

    def is_opposite(self, other: Entity) -> bool:
        """Say whether the other is the other side of a pair of roles."""
        return not self.is_same(other) and any((pair, 1 - side) in other.pairs for pair, side in self.pairs)


@dataclass(frozen=True, slots=True)
class _Deal:
    giver: Entity | None
    taker: Entity | None
    families: frozenset[int]


def _by_stem(tongue: str, column: int) -> dict[str, frozenset[int]]:
    """Give by stem the families of a verb."""
    found: dict[str, frozenset[int]] = {}
    for number, family in enumerate(_FAMILIES):
        for word in family[column].split():
            plain = folded(word)
            forms = (plain, f"{plain}s", f"{plain.removesuffix('y')}ies", f"{plain.removesuffix('y')}ied", f"{plain}ed")
            for stem in {stem_of(form, tongue) for form in (forms if tongue == "en" else forms[:1])}:
                found[stem] = found.get(stem, frozenset()) | {number}
    return found


def exchange_conflict(statement: str, cited: Sequence[str], language: Language) -> str | None:
    """Name a party that a statement has on the other side of a deal than what it cites; None if there is none."""
    for other in cited:
        if max(len(statement), len(other)) > MAX_SENTENCE:
            continue
        names = _common_names(statement, other, language)
        theirs = _deals(other, names, language)
        for ours in _deals(statement, names, language):
            compared = [deal for deal in theirs if ours.families & deal.families]
            wrong = [party for deal in compared if (party := _exchanged(ours, deal)) is not None]
            if wrong and len(wrong) == len(compared):
                return f"The statement has '{wrong[0].text}' on the other side of the deal than what it cites."
    return None


def _exchanged(ours: _Deal, theirs: _Deal) -> Entity | None:
    """Find a party that is on the other side of a deal."""
    for mine, wrong, right in ((ours.giver, theirs.taker, theirs.giver), (ours.taker, theirs.giver, theirs.taker)):
        if mine is None or wrong is None or not mine.is_same(wrong) or (right is not None and mine.is_same(right)):
            continue
        return mine
    return None


def entities_of(text: str, other: str, language: Language, *, every: bool = False) -> list[Entity]:
    """Find the parties of a text, and the names that another text has as well; with `every`, all names."""
    names = _names(text, language) if every else _common_names(text, other, language)
    found: list[Entity] = []
    for one in _entities(text, names, language):
        if not any(one.is_same(known) for known in found):
            found.append(one)
    return found


def _deals(text: str, names: frozenset[str], language: Language) -> list[_Deal]:
    tongue = "de" if language == "de" else "en"
    found: list[_Deal] = []
    for clause in clauses_of(text, language):
        written = _RENTED_OUT.sub("sublet", clause) if tongue == "en" else clause
        verb = _verb(written, tongue)
        entities = _entities(written, names, language)
        if verb is None or not entities or _WHO.search(written, 0, verb.start):
            continue
        giver, taker = _sides(verb, entities, tongue)
        if giver is not None or taker is not None:
            found.append(_Deal(giver, taker, verb.families))
    return found


def _sides(verb: _Verb, entities: Sequence[Entity], tongue: str) -> tuple[Entity | None, Entity | None]:
    """Find the giver and the taker of a clause."""
    by, to, source = (next((one for one in entities if one.case == case), None) for case in ("by", "to", "from"))
    plain = [one for one in entities if one.case == "plain"]
    first = next((one for one in plain if one.start < verb.start), None)
    subject = first or (plain[0] if tongue == "de" and plain else None)
    rest = next((one for one in plain if one is not subject), None)
    if verb.is_passive:
        return (by, to or subject) if verb.is_giving else (source or subject, by)
    if verb.is_giving:
        return subject, to or rest
    return (by if tongue == "de" else source) or rest, subject


class _Verb(NamedTuple):
    """A verb of a deal: it gives, or takes, in the active or the passive voice."""

    start: int
    families: frozenset[int]
    is_giving: bool
    is_passive: bool


def _verb(text: str, tongue: str) -> _Verb | None:
    """Find the first verb of giving or taking."""
    for match in re.finditer(r"[^\W\d]+", text):
        plain = folded(match.group())
        if tongue == "de" and match.group()[0].isupper() and match.start():
            continue
        if tongue == "en" and match.group()[0].isupper() and match.start():
            continue
        stem = stem_of(plain, tongue)
        gives, takes = _STEMS[tongue, True].get(stem, frozenset()), _STEMS[tongue, False].get(stem, frozenset())
        if tongue == "de" and stem == _LEND and re.search(r"\bsich\b", text):
            gives, takes = frozenset[int](), gives
        if not (gives or takes):
            continue
        if tongue == "de":
            is_passive = _PASSIVE["de"].search(text) is not None and _PARTICIPLE["de"].search(plain) is not None
        else:
            before = text[max(0, match.start() - 24) : match.start()]
            is_participle = _PARTICIPLE["en"].search(plain) is not None or plain == "sublet"
            is_passive = _PASSIVE["en"].search(before) is not None and is_participle
        return _Verb(match.start(), gives or takes, bool(gives), is_passive)
    return None


def _entities(text: str, names: frozenset[str], language: Language) -> list[Entity]:
    tongue = "de" if language == "de" else "en"
    found: list[Entity] = []
    for match in _NAME.finditer(text):
        words = frozenset(folded(word.removesuffix("'s")) for word in match.group().split())
        if words & names:
            found.append(_entity(text, match.start(), words & names, frozenset(), match.group(), tongue))
    for party in parties_in(text, language, with_groups=True):
        if party.pairs and not any(one.start <= party.start < one.start + len(one.text) for one in found):
            found.append(_entity(text, party.start, frozenset(), party.pairs, party.text, tongue))
    return sorted(found, key=lambda one: one.start)


def _entity(
    text: str, start: int, key: frozenset[str], pairs: frozenset[tuple[int, int]], named: str, tongue: str
) -> Entity:
    before = text[max(0, start - 30) : start]
    case: Case = "plain"
    for name in ("by", "from", "to"):
        pattern = _BEFORE[tongue].get(name)
        if pattern is not None and pattern.search(before):
            case = name
            break
    return Entity(key, pairs, named, start, case)


def _common_names(statement: str, other: str, language: Language) -> frozenset[str]:
    """Give the words of proper names that two texts have in common."""
    names = _names(statement, language) | _names(other, language)
    words = [{folded(word.removesuffix("'s")) for word in _CAPITALS.findall(text)} for text in (statement, other)]
    return names & words[0] & words[1]


def _names(text: str, language: Language) -> frozenset[str]:
    """Give the words of proper names; in German only of those with two words or a form of company."""
    found: set[str] = set()
    for match in _NAME.finditer(text):
        words = [word.removesuffix("'s") for word in match.group().split()]
        is_firm = _FIRM.match(text, match.end()) is not None or (len(words) > 1 and words[-1] in _FORMS)
        if language == "de" and len(words) == 1 and not is_firm:
            continue
        before = text[: match.start()]
        is_first = not before.strip() or before.rstrip().endswith((".", ":"))
        if is_first and len(words) == 1 and language == "en" and not is_firm and _is_common(words[0]):
            continue
        found.update(folded(word) for word in words if language == "en" or not _is_common(word))
    return frozenset(found) - _STARTS - frozenset(MONTH_NUMBERS)


def _is_common(word: str) -> bool:
    """Say whether a word is known as another than a name."""
    plain = folded(word)
    if plain in _STARTS or plain.endswith(_ENDINGS):
        return True
    return any(is_known_word(plain, tongue) for tongue in ("en", "de"))


_ENDINGS = ("ung", "ungen", "heit", "keit", "schaft", "tion", "tionen", "taet", "ment", "ness", "ing", "ings", "ers")
_FORMS = frozenset("GmbH AG KG SE OHG Ltd Inc LLC plc Corp".split())
_STARTS = frozenset(
    "the a an this that these those it its each every all no only both two three either neither if in on at from to"
    " der die das ein eine es im am an von vom alle jeder nur gmbh ag kg se ltd inc plc group firma kaufhaus herr herrn"
    " frau familie euro dollar mio mrd millionen laut million usd eur gbp".split()
)
_LEND = stem_of("leihen", "de")
_WHO = re.compile(r"\b(?:who|whom|whether|wer|wem|wen|ob)\b", re.IGNORECASE)
_RENTED_OUT = re.compile(r"\b(?:rent(?:s|ed|ing)?|hir(?:es|ed|ing)|leas(?:es|ed|ing)) out\b", re.IGNORECASE)
_STEMS = {
    (tongue, gives): _by_stem(tongue, 2 * (tongue == "de") + (not gives))
    for gives in (True, False)
    for tongue in ("en", "de")
}
