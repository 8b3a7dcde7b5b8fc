"""Negations of a clause: which words deny, and which only seem to."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from witnessmark.evidence.support.language import Language
from witnessmark.evidence.support.words import folded, is_negated, stem_of, without_negation

Mark = Literal["plain", "word", "soft"]
"""`plain`: not, no, never; `word`: exclude, forbid, unlimited; `soft`: what can take the place of a negation."""

_HARMLESS = {
    "en": re.compile(
        r"\bnot only\b|\bnot since\b|\bno doubt\b|\bwhether or not\b|\bwithout (?:exception|prejudice to)\b|"
        r"\b(?:no|not|never|nor) (?:\w+ ){0,2}?(?:later|more|longer|higher|fewer|less|earlier|sooner|greater|larger|"
        r"bigger|older|smaller|wider|heavier) than\b|"
        r"\b(?:may|must|shall|does|do|will|should|can)? ?(?:not|n't) (?:normally |generally )?exceed\b"
        r"|\bnot exceeding\b|\bnot (?:until|before)\b|\bno\. ?\d|"
        r"\bas well as\b|\bnot necessarily\b|\bnone other than\b|\bnothing but\b",
        re.IGNORECASE,
    ),
    "de": re.compile(
        r"\bnicht nur\b|\bnicht (?:später|mehr|länger|höher|weniger|früher|größer|älter|kleiner|über) als\b"
        r"|\bnicht vor\b|\bohne weiteres\b|"
        r"\bohne (?:schuldhaftes zögern|ausnahme)\b|\bnicht überst\w+|\bnicht zuletzt\b|"
        r"\bnicht (?=[a-zäöüß]+(?:te|ene|ende)[nrsm]?\s(?-i:[A-ZÄÖÜ]))",
        re.IGNORECASE,
    ),
}
_PLAIN = {
    "en": frozenset("not no never neither nobody none nothing cannot without nowhere".split()),
    "de": frozenset(
        "nicht kein keine keinen keinem keiner keines nie niemals niemand niemandem niemanden nichts weder ohne "
        "keinesfalls keineswegs keinerlei".split()
    ),
}
_WORDS = {
    "en": frozenset(
        "prohibit forbid forbidden ban disallow exclude exclusion excluding exempt exemption deny refuse refusal "
        "reject "
        "rejection failure lack void unable impermissible absent absence omit cease waive "
        "waiver prevent forgo forego abandon dismiss dismissal veto fail fails failed".split()
    ),
    "de": frozenset(
        "verbieten verboten verbot untersagen untersagt ausschliessen ausgeschlossen ausschluss ausnehmen ausgenommen "
        "ausnahme entfallen entfallt entfiel wegfallen verweigern ablehnen abgelehnt ablehnung fehlt befreit "
        "verzichten verzicht unterbleiben unterlassen verstossen verstoss zuruckweisen "
        "zuruckgewiesen abweisen abgewiesen".split()
    ),
}
_SOFT = {
    # What a citation says instead of the `not` of a statement, or a statement instead of that of a citation.
    "en": frozenset(
        "unless except exception only unchanged constant remain stay stable same plus additional extra separate "
        "separately cease stop discontinue former voluntary optional discretion indicative estimate provisional "
        "preliminary draft pending outstanding overdue apology apologies secret confidential secrecy "
        "confidentiality expire lapse forfeit beyond exhaust free gratis nil zero sole until instead rather "
        "otherwise hardly barely rarely few little difficult wrong false deduct excuse fixed outside onwards abroad "
        "end lose close closed shut spare alone delay wait still yet suspend suspension whether "
        "despite resign top even immediate immediately".split()
    ),
    "de": frozenset(
        "ausser ausnahme nur unverandert konstant bleiben stabil gleich zuzuglich zusatzlich gesondert hinzu daneben "
        "neben beenden einstellen freiwillig vorlaufig entwurf ausstehend entschuldigen "
        "personlich geheim vertraulich stillschweigen verschwiegenheit erloschen aufgebraucht "
        "erschopft neige kostenlos unentgeltlich gratis null weniger abzuglich stattdessen andernfalls sonst kaum "
        "selten wenig schwer falsch aussetzen ruhen hochstens maximal festpreis sperren gesperrt besenrein statt "
        "dulden "
        "enden endet endete endeten verschonen verschont allein verlieren einbussen frei "
        "genugen ausserhalb fest fester festem tabu selbst auch unverzuglich sofort".split()
    ),
}
_WORD = re.compile(r"[^\W\d_]+(?:['\u2019]t\b)?(?:-(?=[^\W\d_]))?")

_FREE_OF = {"en": re.compile(r"\w{3,}-?free$"), "de": re.compile(r"\w{4,}frei(?:e[mnrs]?)?$")}
"""What is without something: `kostenfrei`."""
_NEVER = frozenset("failing exclusive exclusively ausschliesslich fehler".split())
"""What only looks like a word that denies."""
_COUNT = r"(?:\d+|eine|zwei|drei|vier|fünf|sechs|sieben|acht|neun|zehn|elf|zwölf)"
_VOTES = re.compile(
    rf"\b(?:gegen|against|to)\s(?={_COUNT}\b|one|two|three|four|five|six|seven|eight|nine|ten)", re.IGNORECASE
)
_ENDED = re.compile(r"\b(?:after|once|from|nach|ab)\b[^.;]*\b(?:no longer|nicht mehr)\b", re.IGNORECASE)
"""What ends with a time that is named: `after the first year, no longer`."""
_AGAINST = {
    "en": re.compile(
        r"\bout of the question\b"
        r"|\brul(?:e[sd]?|ing) out\b|\bturn\w* (?:\w+ ){0,3}down\b|\b(?:vot|decid)\w* (?:down|against)\b",
        re.IGNORECASE,
    ),
    "de": re.compile(
        rf"\bgegen\b(?!\s{_COUNT}\b)[^.;]{{0,80}}?\b(?:entsch\w+|gestimmt|stimm\w*|ausgesprochen|votier\w*)|\b(?:stimm\w*"
        r"|votier\w*)\b[^.;]{0,80}?\bgegen\b",
        re.IGNORECASE,
    ),
}
_SEPARATED = re.compile(
    r"\b(?:f[aä]ll\w*|fiel\w*)\b[^.;]{0,80}?\bweg\b"
    r"|\b(?:lehn\w+|schließ\w*|schloss\w*|nimmt|nehmen)\b[^.;]{0,80}?\b(?:aus|ab)(?=\s*(?:$|[,.;]))",
    re.IGNORECASE,
)
"""German verbs that deny, their prefix at the end of the clause."""


@dataclass(frozen=True, slots=True)
class Negation:
    """A word that denies, or may."""

    text: str
    start: int
    mark: Mark
    stem: str
    """Of what it denies by its prefix or suffix, or its own."""
    is_local: bool = False
    """Denies nothing but itself: `unlimited`, `zinslos`."""


def without_harmless(text: str, language: Language) -> str:
    """Blank what only looks like a negation: `not only`, `without delay`."""
    return _HARMLESS["de" if language == "de" else "en"].sub(lambda found: " " * len(found.group()), text)


_PHRASED = re.compile(
    r"\bwithout (?:any |undue |further )?delay\b|\b(?:at )?(?:no|without) (?:extra |additional |further )?(?:cost"
    r"|charge)s?\b|\bohne (?:aufpreis|berechnung|kosten)\b|\bfrei von\b|\bbis (?:zu[rm]|alle[srn]?|d(?:er|ie|as))\b"
    r"|\bohne (?:schuldhaftes )?zögern\b",
    re.IGNORECASE,
)


def without_denials(text: str, language: Language) -> str:
    """Blank the words of a text that deny, which say nothing of what it is about."""
    for one in negations_in(text, language):
        if one.mark != "soft" and not one.is_local and " " not in one.text:
            text = text[: one.start] + " " * len(one.text) + text[one.start + len(one.text) :]
    return text


def negations_in(clause: str, language: Language) -> list[Negation]:
    """Find what denies in a clause; `not only`, `no later than` and the like deny nothing."""
    tongue = "de" if language == "de" else "en"
    text = without_harmless(clause, language)
    words, soft = _stems(_WORDS, tongue), _stems(_SOFT, tongue)
    found = [Negation(match.group(), match.start(), "soft", "phrase") for match in _PHRASED.finditer(text)]
    text = _PHRASED.sub(lambda found: " " * len(found.group()), text)
    found += [Negation(match.group(), match.start(), "soft", "against") for match in _VOTES.finditer(text)]
    ended = _ENDED.search(text)
    for match in _WORD.finditer(text):
        plain = folded(match.group())
        stem = stem_of(plain, tongue)
        if ended is not None and match.end() in {ended.end() - len(" longer"), ended.end() - len(" mehr")}:
            found.append(Negation(match.group(), match.start(), "soft", "ended"))
            continue
        if plain in _NEVER:
            continue
        if plain.rstrip("-") in _PLAIN[tongue] or plain.endswith(("n't", "n\u2019t")):
            found.append(Negation(match.group(), match.start(), "plain", "not"))
        elif plain in _SOFT[tongue] or stem in soft or _FREE_OF[tongue].search(plain):
            found.append(Negation(match.group(), match.start(), "soft", stem))
        elif plain == "non-":
            found.append(Negation(match.group(), match.start(), "word", "non", is_local=True))
        elif is_negated(plain):
            base = stem_of(without_negation(plain), tongue)
            found.append(Negation(match.group(), match.start(), "word", base, is_local=True))
        elif plain in _WORDS[tongue] or stem in words:
            found.append(Negation(match.group(), match.start(), "word", stem))
    found += [Negation(match.group(), match.start(), "word", "against") for match in _AGAINST[tongue].finditer(text)]
    if tongue == "de":
        found += [
            Negation(match.group(), match.start(), "word", match.group()[-3:]) for match in _SEPARATED.finditer(text)
        ]
    return found


def _stems(words: Mapping[str, frozenset[str]], tongue: str) -> frozenset[str]:
    return frozenset(stem_of(word, tongue) for word in words[tongue] if len(word) > 4)
