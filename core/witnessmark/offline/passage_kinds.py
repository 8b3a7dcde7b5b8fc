"""What kind of thing a question asks for, and which passages have one: a date, an amount of money, a share.

A receipt that is asked for its date has one and seldom the word.
"""

from __future__ import annotations

import re

from witnessmark.offline.passage_terms import stem_of

_MONTHS = (
    "jan(?:uary|uar|vier|eiro)?|feb(?:ruary|ruar)?|f\u00e9v(?:rier)?|fevereiro|febrero|enero|gennaio|febbraio|"
    "mar(?:ch|s|zo|\u00e7o)?|m\u00e4rz|maart|apr(?:il|ile)?|avril|abril|may|mai|mayo|maio|maggio|mei|jun[ei]?|juin|"
    "junho|junio|giugno|jul[yi]?|juillet|julho|julio|luglio|aug(?:ust|ustus)?|ao\u00fbt|agosto|"
    "sep(?:t(?:ember|embre|iembre)?)?|setembro|settembre|o[ck]t(?:ober|obre)?|outubro|ottobre|octubre|"
    "nov(?:ember|embre|embro|iembre)?|de[cz](?:ember|iembre|embro)?|d\u00e9c(?:embre)?|dicembre|diciembre"
)
_PATTERNS = {
    "date": re.compile(
        r"(?<!\d)\d{1,2}[./-]\d{1,2}[./-](?:\d{4}|\d{2})(?!\d)|(?<!\d)\d{4}[./-]\d{1,2}[./-]\d{1,2}(?!\d)"
        rf"|(?<!\d)\d{{1,2}}(?:st|nd|rd|th|er|\u00ba|\.)?[ -](?:of |de |di )?(?:{_MONTHS})\b"
        rf"|\b(?:{_MONTHS})\.? (?:\d{{1,2}}(?:st|nd|rd|th)?,? )?\d{{4}}\b|\d{{4}}\u5e74",
        re.IGNORECASE,
    ),
    "money": re.compile(
        r"[$\u20ac\u00a3\u00a5\u20b9]\s?\d|\d\s?[$\u20ac\u00a3\u00a5]"
        r"|\b(?:usd|eur|gbp|chf|rm|cad|aud|sek|nok|dkk|pln|inr|jpy)\s?\d"
        r"|\d\s?(?:usd|eur|gbp|chf|euros?|dollars?|pounds?|pln|sek|nok|dkk)\b"
        r"|(?<![\d.,])\d{1,3}(?:[.,' ]\d{3})*[.,]\d{2}(?![\d.,])",
        re.IGNORECASE,
    ),
    "share": re.compile(r"\d\s?(?:%|per ?cent\b|prozent\b|pour ?cent\b|por ciento\b)", re.IGNORECASE),
}
_ASKED = {
    "date": "date day deadline datum tag fecha data jour giorno dzie\u0144",
    "money": "amount price cost fee sum total charge betrag preis kosten summe geb\u00fchr montant prix co\u00fbt "
    "somme importe precio coste suma importo prezzo costo totale valor pre\u00e7o kwota cena bedrag prijs",
    "share": "percentage percent share rate prozent prozentsatz anteil pourcentage taux porcentaje tasa quota",
}
_KIND_OF = {stem_of(word): kind for kind, words in _ASKED.items() for word in words.split()}


def kind_asked(stem: str) -> str | None:
    """Say what kind of thing a word of a question asks for; None: none of these."""
    return _KIND_OF.get(stem)


def kinds_in(text: str) -> list[str]:
    """List the kinds of things that a text has."""
    return [kind for kind, pattern in _PATTERNS.items() if pattern.search(text)]
