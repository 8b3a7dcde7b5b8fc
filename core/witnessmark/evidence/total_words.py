"""Words that stand beside sums, in the languages that documents come in."""

from __future__ import annotations

import re
from typing import Literal

Label = Literal["total", "result", "average", "blank", "other"]
"""What the text beside a line of figures says they are; a `result` is a profit or balance, a sum of differences."""

_TOTALS = frozenset(
    """
total totals subtotal subtotals sub-total sub-totals sum sums gesamt summe insgesamt zwischensumme gesamtsumme
endbetrag endsumme gesamtbetrag rechnungsbetrag somme ensemble sous-total totaux suma totales totale totali subtotale
somma soma totais totaal subtotaal som razem ogółem łącznie totalt totalsumma summa delsumma yhteensä välisumma celkem
součet mezisoučet spolu összesen részösszeg итого всего сумма итог разом усього toplam σύνολο""".split()
)
_TOTAL_PHRASES = ("i alt", "grand total", "amount due", "balance due", "att betala", "genel toplam")
_TOTAL_ENDINGS = ("summe", "total", "gesamt")
_TOTALS_OF_SCRIPTS = "合计 总计 小计 总额 合計 総計 小計 總計 합계 소계 총계 المجموع الإجمالي סה״כ".split()
_RESULTS = frozenset(
    """
net gross profit loss income earnings ebit ebitda result balance surplus deficit closing ending end equity assets
liabilities cash difference margin increase decrease change variance saldo solde ergebnis gewinn verlust überschuss
rohertrag bénéfice résultat perte beneficio resultado utile perdita risultato lucro winst verlies resultaat zysk strata
wynik resultat vinst förlust tulos voitto zisk výsledek eredmény прибыль убыток баланс остаток kâr zarar bakiye
""".split()
)
_RESULT_ENDINGS = ("ergebnis", "überschuss", "gewinn", "verlust", "saldo", "bestand", "vermögen", "resultat", "balance")
_ALL = frozenset("all alle tous toutes todos todas tutti overall both beide".split())
_AVERAGES = frozenset(
    "average averages mean avg durchschnitt mittelwert moyenne promedio gemiddelde średnia medelvärde".split()
)
_RATE = re.compile(
    r"%|\b(?:per|percent|percentage|prozent|anteil|quote|pourcentage|taux|porcentaje|tasa|rate|rates|ratio|ratios|margin|"
    r"average|avg|mean|median|index|price|yield|growth|change|veränderung|variation|weighted|share|shares|score|days|"
    r"durchschnitt|moyenne|media|preis|prix|precio|prezzo|pro)\b",
    re.IGNORECASE,
)
_GIVEN_RATE = re.compile(r"\d[\d.,]*\s?%")
_NAMES = re.compile(
    r"(?:#|№|no\.?|n°|nr\.?|id|code|page|pages|seite|date|datum|pos\.?|rank|rang|line|item)$|"
    r"(?:.*\s)?(?:notes?|zip|plz|phone|tel|iban|sku|refs?|reference|anmerkung|"
    r"(?:account|phone|invoice|order|item|part|serial|file|line|row|case)\s(?:number|no|nr|code|id))\.?$",
    re.IGNORECASE,
)
_YEARS = frozenset("year years jahr année año anno rok år год".split())
_WORD = re.compile(r"[\w’'״\"-]+", re.UNICODE)


def label_of(text: str) -> Label:
    """Say what the text beside a line says of its figures.

    A total's word stands at either end: `Total assets`, `EU total`; within a longer text it says nothing.
    """
    words = _WORD.findall(text.casefold())
    if not words:
        return "blank"
    if words[0] in _AVERAGES or words[-1] in _AVERAGES:
        return "average"
    if {words[0], words[-1]} & _TOTALS or words[-1].endswith(_TOTAL_ENDINGS):
        return "total"
    if " ".join(words).startswith(_TOTAL_PHRASES) or any(word in text for word in _TOTALS_OF_SCRIPTS):
        return "total"
    if words[0] in _ALL and words[1:2] != ["other"]:
        return "result"
    return "result" if any(word in _RESULTS or word.endswith(_RESULT_ENDINGS) for word in words) else "other"


def is_plain_total(text: str) -> bool:
    """Say whether the text is a total's word and hardly more, as `Total` or `Total (in thousands)`."""
    return label_of(text) == "total" and len(_WORD.findall(text)) <= 4


def is_rate(text: str) -> bool:
    """Say whether a heading or label speaks of rates, which do not add up; `VAT 20%` speaks of money."""
    return _RATE.search(_GIVEN_RATE.sub(" ", text)) is not None


def says_years(heading: str) -> bool:
    """Say whether a column is headed as one of years, which what happened in a year may be, too."""
    return heading.strip().casefold() in _YEARS


def names_things(heading: str) -> bool:
    """Say whether the figures of a column name things and count nothing, as those of notes and accounts."""
    return _NAMES.match(heading.strip()) is not None
