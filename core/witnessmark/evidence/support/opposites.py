"""Pairs of opposites in English and German: rise and fall, before and after, at least and at most."""

from __future__ import annotations

import re
from typing import Literal, NamedTuple

AxisName = Literal["time", "bound", "above", "change", "secret", "quality", "prior", "trade", "other"]


class Axis(NamedTuple):
    """Words that point one way, and those that point the other."""

    name: AxisName
    forth: str
    back: str


ENGLISH_AXES = (
    Axis("time", "before preceding", "after following"),
    Axis("bound", "at_least minimum least exceed exceeds exceeded exceeding", "at_most maximum"),
    Axis("above", "above over", "below under beneath"),
    Axis(
        "change",
        "rise rose risen increase grow grew grown growth climb higher up upward larger bigger more raise surge expand "
        "gain "
        "gained addition extra double doubled often strong strongly stronger",
        "fall fell fallen decrease decline drop shrink shrank lower down downward smaller less fewer reduce reduction "
        "cut "
        "halve halved shrinkage cheaper rarer seldom weak weakly weaker",
    ),
    Axis("secret", "disclose reveal publish", "confidential secret secrecy confidentiality"),
    Axis("quality", "improve better improvement", "worse deteriorate worsen deterioration"),
    Axis("prior", "prior ahead advance earlier beforehand", "subsequent afterwards later arrears subsequently"),
    Axis(
        "trade",
        "buy buys bought purchase purchased acquire acquired borrow borrows borrowed receive received get gets got "
        "learn "
        "obtain obtained",
        "sell sells sold lend lends lent teach taught",
    ),
    Axis("other", "profit surplus", "loss deficit"),
    Axis("other", "win won", "lose lost"),
    Axis("other", "begin start commence", "end terminate finish"),
    Axis("other", "favour", "against"),
    Axis("other", "gross", "net"),
    Axis("other", "early", "late overdue"),
    Axis("other", "mandatory compulsory obligatory", "optional voluntary"),
    Axis("other", "fixed", "variable floating"),
    Axis("other", "first", "last"),
    Axis("other", "open", "close closed shut"),
    Axis(
        "other", "accept approve adopt approval adoption", "reject refuse turned_down rejection refusal voted_against"
    ),
    Axis("other", "allow permit permissible permitted allowed", "prohibit forbid ban forbidden impermissible disallow"),
    Axis("other", "include including inclusive", "exclude excluding exclusion"),
    Axis("other", "present attend attended attendance", "absent apology apologies absence"),
    Axis("other", "internal", "external"),
    Axis("other", "charged", "free gratis"),
    Axis("other", "strengthen", "weaken"),
    Axis("other", "best", "worst"),
    Axis("other", "import", "export"),
    Axis("other", "credit", "debit"),
    Axis("other", "oral verbal orally", "written writing"),
    Axis("other", "inside", "outside"),
    Axis("other", "comply compliance", "breach violate infringe"),
    Axis("other", "pretax", "posttax"),
    Axis("other", "majority most", "minority"),
    Axis("other", "succeed success successful", "fail failed failure unsuccessful"),
)
GERMAN_AXES = (
    Axis("time", "vor bevor", "nach nachdem"),
    Axis("bound", "mindestens wenigstens minimum", "hochstens maximal maximum"),
    Axis("above", "uber ubersteigen oberhalb", "unter unterhalb unterschreiten"),
    Axis(
        "change",
        "steigen zunehmen zunahme wachsen wachstum erhohen erhohung hoher mehr anstieg anheben plus zulegen zuwachs "
        "haufiger grosser vergrossern hohere hoheren umsatzplus umsatzwachstum beitragserhohung teurer verdoppeln "
        "stark",
        "sinken abnehmen zuruckgehen zuruckgegangen ruckgang verringern verringerung senken senkung niedriger minus "
        "weniger "
        "schrumpfen seltener kleiner reduzieren verkleinern halbieren geringer niedrigere umsatzruckgang billiger "
        "schwach",
    ),
    Axis(
        "secret",
        "weitergeben offenlegen veroffentlichen",
        "geheim vertraulich stillschweigen verschwiegenheit geheimhaltung",
    ),
    Axis("quality", "verbessern besser verbesserung", "verschlechtern schlechter verschlechterung"),
    Axis("prior", "vorher vorab voraus zuvor vorherig", "nachher nachtraglich danach anschliessend"),
    Axis(
        "trade",
        "kaufen kauf erwerben erwerb bekommen erhalten ausleihen sich_leihen",
        "verkaufen verkauf veraussern verausserung leihen verleihen",
    ),
    Axis("other", "gewinn uberschuss", "verlust fehlbetrag"),
    Axis("other", "beginnen beginn anfangen anfang", "enden ende beenden monatsletzter monatsletzten ablauf"),
    Axis("other", "brutto bruttogehalt", "netto nettogehalt"),
    Axis("other", "einschliesslich inklusive", "zuzuglich exklusive"),
    Axis("other", "erste erster ersten", "letzte letzter letzten"),
    Axis("other", "fruh fruher", "spat spater"),
    Axis("other", "offnen geoffnet", "schliessen geschlossen sperren"),
    Axis(
        "other",
        "annehmen annahme genehmigen billigen zustimmen",
        "ablehnen ablehnung verweigern dagegen_stimmen",
    ),
    Axis(
        "other", "erlauben erlaubt gestatten gestattet zulassig", "verbieten verboten untersagen untersagt unzulassig"
    ),
    Axis("other", "enthalten inbegriffen", "ausschliessen ausgeschlossen ausnehmen ausgenommen"),
    Axis("other", "anwesend anwesenheit teilnehmen", "abwesend abwesenheit entschuldigen"),
    Axis("other", "mundlich", "schriftlich"),
    Axis("other", "kostenpflichtig", "kostenlos kostenfrei gratis unentgeltlich"),
    Axis("other", "innerhalb", "ausserhalb"),
    Axis("other", "einfuhr import", "ausfuhr export"),
    Axis("other", "starken", "schwachen"),
    Axis("other", "einhalten", "verstossen verstoss verletzen"),
    Axis("other", "vorsteuer", "nachsteuer"),
    Axis("other", "mehrheit mehrzahl grossteil", "minderheit"),
    Axis("other", "dafur", "dagegen"),
    Axis("other", "gelingen erfolgreich", "scheitern erfolglos"),
)

_MOVES = r"\b(?:go|goes|went|gone|going|come|comes|came|put|push\w*|pull\w*|brought|bring|drove|driven)\b"
_ENGLISH_PHRASES = (
    (r"\bpre-?tax\b|\bbefore (?:income )?tax(?:es|ation)?\b", "pretax"),
    (r"\b(?:after|post)-?tax\b|\bafter (?:income )?tax(?:es|ation)?\b", "posttax"),
    (r"\bmost (?:of (?:the|these|its|their)|\w+s\b)", "majority"),
    (rf"{_MOVES}[^.,;]{{0,40}}?\bup\b", "rise"),
    (rf"{_MOVES}[^.,;]{{0,40}}?\bdown\b", "fall"),
    (r"\bturn\w* (?:\w+ ){0,3}down\b", "turned_down"),
    (r"\b(?:vot|decid)\w* (?:down|against)\b", "voted_against"),
    (
        (
            r"\b(?:no|not|never|nor) (?:\w+ ){0,2}?(?:more|longer|higher|greater) than\b|\bnot exceed(?:ing)?\b"
            r"|\b(?:not|n't) (?:normally |generally )exceed|\bup to\b|\bat (?:the )?most\b"
            r"|\b(?:limited|restricted|capped) (?:to|at)\b"
        ),
        "at_most",
    ),
    (r"\b(?:no|not) (?:later|earlier|sooner) than\b", ""),
    (r"\b(?:no|not|never) (?:less|fewer) than\b|\bat (?:the )?least\b|\bor more\b", "at_least"),
    (r"\bmore than\b|\bhigher than\b", "over"),
    (r"\bless than\b|\bfewer than\b|\blower than\b", "below"),
)
_GERMAN_PHRASES = (
    (r"\bvor (?:ertrag)?steuern?\b|\bvorsteuer\w*", "vorsteuer"),
    (r"\bnach (?:ertrag)?steuern?\b|\bnachsteuer\w*", "nachsteuer"),
    (r"\b(?:die|den|der) meisten\b|\b(?:gr\u00f6\u00dfte|\u00fcberwiegende)[nr]? teil\b", "mehrheit"),
    (
        (
            r"\bgegen\b[^.;]{0,80}?\b(?:entsch\w+|gestimmt|stimm\w*|ausgesprochen|votier\w*)"
            r"|\b(?:stimm\w*|votier\w*)\b[^.;]{0,80}?\bgegen\b"
        ),
        "dagegen_stimmen",
    ),
    (r"\bleih\w* sich\b|\bsich\b[^.,;]{0,80}?\b(?:ge)?lie?h\w*", "sich_leihen"),
    (
        (
            r"\bnicht (?:mehr|l\u00e4nger|h\u00f6her) als\b|\bbis (?:zu )?(?=(?:EUR|\u20ac|zu)?\s?\d)|\bbis zu\b"
            r"|\bnicht \u00fcber\b|\bnicht \u00fcberst\w+"
        ),
        "hochstens",
    ),
    (r"\bnicht (?:sp\u00e4ter|fr\u00fcher) als\b", ""),
    (r"\bnicht weniger als\b", "mindestens"),
    (
        r"\b(?:begrenzt|beschr\u00e4nkt|limitiert) auf\b|\bauf\b[^.,;]{0,40}\b(?:begrenzt|beschr\u00e4nkt)\b",
        "hochstens",
    ),
    (r"\bmehr als\b|\bh\u00f6her als\b", "uber"),
    (r"\bweniger als\b|\bniedriger als\b", "unter"),
    (
        (
            r"\bvor allem\b|\bje nach\b|\bnach und nach\b|\bdar\u00fcber hinaus\b"
            r"|\bnach (?:dem|diesem)? ?(?:vorschlag|verbrauch|angabe|auffassung|ansicht)\w*"
        ),
        "",
    ),
)


def _compiled(phrases: tuple[tuple[str, str], ...]) -> tuple[tuple[re.Pattern[str], str], ...]:
    return tuple((re.compile(pattern, re.IGNORECASE), meaning) for pattern, meaning in phrases)


ENGLISH_PHRASES, GERMAN_PHRASES = _compiled(_ENGLISH_PHRASES), _compiled(_GERMAN_PHRASES)
"""Phrases that point a way as one of the words above does; without a word, none."""
