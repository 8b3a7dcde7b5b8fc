"""Parties of a clause: who acts on whom, by roles such as tenant and landlord, or by name."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from witnessmark.evidence.support.language import Language
from witnessmark.evidence.support.words import folded

_PAIRS = {
    "en": (
        ("tenant lessee renter", "landlord lessor owner"),
        ("buyer purchaser customer client", "seller vendor supplier"),
        ("employee", "employer"),
        ("policyholder", "insurer"),
        ("borrower debtor customer", "lender creditor bank"),
        ("licensee user customer", "licensor provider"),
        ("principal customer client", "agent contractor consultant"),
        ("teacher", "pupil student"),
        ("patient", "doctor physician"),
        ("plaintiff claimant", "defendant respondent"),
        ("franchisee", "franchisor"),
        ("guest traveller traveler passenger customer", "host hotel organiser organizer operator guide"),
        ("club association company group", ""),
    ),
    "de": (
        ("mieter", "vermieter"),
        ("kaufer besteller kunde auftraggeber", "verkaufer lieferant auftragnehmer"),
        ("arbeitnehmer arbeitnehmerin beschaftigter", "arbeitgeber arbeitgeberin"),
        ("versicherungsnehmer", "versicherer versicherungsgesellschaft"),
        ("darlehensnehmer schuldner kreditnehmer kunde", "darlehensgeber glaubiger kreditgeber bank"),
        ("lizenznehmer", "lizenzgeber"),
        ("pachter", "verpachter"),
        ("schuler", "lehrer"),
        ("patient", "arzt"),
        ("reisender gast kunde", "veranstalter reiseleiter hotel"),
        ("klager", "beklagter beklagte"),
        ("verein gesellschaft", ""),
    ),
}
_GROUPS = {
    "en": (
        ("child children kid pupil", "adult parent grown-up"),
        ("woman women", "man men"),
        ("north northern", "south southern"),
        ("east eastern", "west western"),
        ("cyclist bicycle", "driver motorist car"),
        ("domestic", "foreign"),
    ),
    "de": (
        ("kind kinder schuler", "erwachsene erwachsener erwachsenen eltern"),
        ("frau frauen", "mann manner mannern"),
        ("inland inlandsgeschaft", "ausland auslandsgeschaft"),
        ("radfahrer", "autofahrer"),
        ("norden", "suden"),
        ("osten", "westen"),
    ),
}
"""Groups that texts tell apart, and that are no sides of a contract."""
LOOKED_BACK = 60
"""Characters before a party that tell its part."""
_FORMS = {"en": re.compile(r"(?:'s|s'|s|\u2019s|s\u2019)?$"), "de": re.compile(r"(?:innen|n|s|es|en|e)?$")}
_WORD = re.compile(r"[^\W\d_]+(?:['\u2019]s)?")
_BY = {
    "en": re.compile(r"\bby\s+(?:the\s+|an?\s+|its\s+)?$", re.IGNORECASE),
    "de": re.compile(
        r"\b(?:von|vom|durch|seitens|obliegt)\s+(?:de[mnr]\s+|die\s+|das\s+|eine[mnr]?\s+)?$", re.IGNORECASE
    ),
}
_OTHER_CASE = {
    "en": re.compile(
        r"(?:\b(?:to|from|of|for|with|on|against)\s+(?:the\s+|an?\s+|its\s+)?|(?:with|without|from"
        r"|to)\s(?:prior\s)?(?:written\s)?.{0,24})$",
        re.IGNORECASE,
    ),
    "de": re.compile(
        r"\b(?:dem|den|des|eines|einem|einen|zum|beim|vom|an|f\u00fcr|gegen|mit|bei|von)\s+(?:den\s+|dem\s+)?$",
        re.IGNORECASE,
    ),
}
_RECIPIENT = {
    "en": re.compile(r"\b(?:to|from|reach(?:es)?|pay|pays|owes?)\s+(?:the\s+|an?\s+)?$", re.IGNORECASE),
    "de": re.compile(r"(?:\b(?:an|von)\s+(?:den|die|das|dem|der)|\bdem|\bvom)\s+$", re.IGNORECASE),
}
_NAMED = {
    "en": re.compile(
        r"\b(?:(?:Mr|Mrs|Ms|Dr|Prof)\.?\s+)(?P<name>[A-Z][\w-]+)|\b(?P<firm>(?:[A-Z][\w&-]+\s+)+(?:Ltd|Inc|LLC|plc|PLC|"
        r"Holdings|Group|Corp|Corporation|Bank|GmbH|AG|SE))\b"
    ),
    "de": re.compile(
        r"\b(?:(?:Herrn?|Frau|Familie|Dr\.|Prof\.)\s+)(?P<name>[A-Z\u00c4\u00d6\u00dc][\w-]+)|"
        r"\b(?P<firm>(?:[A-Z\u00c4\u00d6\u00dc][\w&-]+\s+)+(?:GmbH|AG|KG|SE|OHG|e\.V\.|Bank))\b"
    ),
}
_OWNED = re.compile(r"['\u2019]s?$")


@dataclass(frozen=True, slots=True)
class Party:
    """A party as it is named in a clause."""

    text: str
    start: int
    pairs: frozenset[tuple[int, int]]
    """Of roles: which pair, and which side of it; none for a name."""
    name: str
    is_by: bool
    """Named as who does it in a passive clause."""
    is_recipient: bool
    """Named as whom something goes to or comes from."""
    is_object: bool
    """Named after a preposition, in another case than the subject's, or as an owner."""

    def is_same(self, other: Party) -> bool:
        return bool(self.pairs & other.pairs) if self.pairs else self.name == other.name

    def is_opposite(self, other: Party) -> bool:
        """Say whether the other is the other side of a pair."""
        return not self.is_same(other) and any((pair, 1 - side) in other.pairs for pair, side in self.pairs)


def parties_in(clause: str, language: Language, *, with_groups: bool = False) -> list[Party]:
    """Find the parties of a clause, in order; with `with_groups`, children and adults, north and south, too."""
    tongue = "de" if language == "de" else "en"
    known = _KNOWN_GROUPS[tongue] if with_groups else _KNOWN[tongue]
    found: list[Party] = []
    for match in _WORD.finditer(clause):
        plain = folded(match.group())
        pairs = known.get(plain) or known.get(_FORMS[tongue].sub("", plain)) or frozenset[tuple[int, int]]()
        if not pairs:
            continue
        before = clause[max(0, match.start() - LOOKED_BACK) : match.start()]
        owned = tongue == "en" and _OWNED.search(match.group()) is not None
        found.append(
            Party(
                text=match.group(),
                start=match.start(),
                pairs=pairs,
                name=plain,
                is_by=_BY[tongue].search(before) is not None,
                is_recipient=_RECIPIENT[tongue].search(before) is not None,
                is_object=owned or _OTHER_CASE[tongue].search(before) is not None,
            )
        )
    for match in _NAMED[tongue].finditer(clause):
        before = clause[max(0, match.start() - LOOKED_BACK) : match.start()]
        found.append(
            Party(
                text=match.group(),
                start=match.start(),
                pairs=frozenset(),
                name=folded(match["name"] or match["firm"]),
                is_by=_BY[tongue].search(before) is not None,
                is_recipient=_RECIPIENT[tongue].search(before) is not None,
                is_object=_OTHER_CASE[tongue].search(before) is not None or match.group().startswith("Herrn"),
            )
        )
    return sorted(found, key=lambda one: one.start)


def _known(pairs: Sequence[tuple[str, str]]) -> dict[str, frozenset[tuple[int, int]]]:
    found: dict[str, set[tuple[int, int]]] = {}
    for number, pair in enumerate(pairs):
        for side, words in enumerate(pair):
            for word in words.split():
                found.setdefault(word, set()).add((number, side))
    return {word: frozenset(sides) for word, sides in found.items()}


_KNOWN = {tongue: _known(_PAIRS[tongue]) for tongue in _PAIRS}
_KNOWN_GROUPS = {tongue: _known((*_PAIRS[tongue], *_GROUPS[tongue])) for tongue in _PAIRS}
