"""Content words of sentences, and which of them can mean the same: stems, compounds, synonyms."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from functools import cache, lru_cache

from witnessmark.evidence.support.language import Language
from witnessmark.evidence.support.meanings import ENGLISH, GERMAN

MAX_CACHED = 20_000
"""Words whose stems are remembered."""
MAX_WORD = 40
"""Letters of a word of which beginnings and ends are compared."""
MIN_PART = 4
"""Letters of a word that is found at the beginning or end of a longer one."""
LIGHT_WEIGHT = 0.3
"""Weight of a word that most sentences of a document could have."""
_WORD = re.compile(r"[^\W\d_]+(?:['\u2019][^\W\d_]+)?")
_STOP = {
    "en": frozenset(
        "a about above after afterwards before according again all also although am an and any are as at be been "
        "being below between but by "
        "can could did do does done doing either else even ever every few for from further get gets had has have "
        "having he her here hers him his how however i if in into is it its itself just many me more most much must "
        "my neither nor not now of off on once one only onto or other our out own per provided same shall she should "
        "since so some such than that the their them then there these they this those though through thus to too "
        "under unless until up upon us very was we were what when where whereas whether which while who whom whose "
        "why will with within without would yet you your no none nobody nothing never cannot don won according long "
        "therefore because due still rather instead already others another non both others another".split()
    ),
    "de": frozenset(
        "aber alle allem allen aller alles als also am an andere anderen auch auf aus bei beim bin bis bist da dabei "
        "dafur dagegen daher damit dann dar das dass davon dazu dem den denn der des dessen die dies diese diesem "
        "diesen dieser dieses doch dort durch ein eine einem einen einer eines er erst es etwa euch fur ganz gegen "
        "hat hatte haben habe hier hin ich ihm ihn ihr ihre ihrem ihren ihrer im in indem ins ist ja je jede jedem "
        "jeden jeder jedes jedoch kann kein keine keinem keinen keiner konnen man mehr mit muss mussen nach nicht "
        "nichts niemand noch nun nur ob oder ohne sehr sein seine seinem seinen seiner seit seither sich sie sind so "
        "sobald sofern sollen soll sondern sowie sowohl stattdessen um und uns unter vom von vor war ware waren was "
        "weder weil welche welcher wenn wer werden wie wird wo wurde wurden zu zum zur zwar zwischen uber bzw falls "
        "andernfalls darunter inzwischen kunftig laut gibt gab geben ubrigen".split()
    ),
}
_LIGHT = {
    "en": frozenset(
        "say state provide include contain receive give make take have apply agreement contract party company case "
        "time person amount number document section clause use set get need pay year month day week new part side "
        "total certain general under".split()
    ),
    "de": frozenset(
        "vertrag partei unternehmen gesellschaft fall zeit person betrag zahl dokument abschnitt jahr monat tag woche "
        "teil seite neu gelten zahlen erfolgen bestehen machen geben stehen liegen durfen mussen".split()
    ),
}
_ENGLISH_FORMS = {
    "paid": "pay", "sold": "sell", "bought": "buy", "held": "hold", "made": "make", "given": "give", "gave": "give",
    "taken": "take", "took": "take", "went": "go", "gone": "go", "goes": "go", "written": "write", "wrote": "write",
    "began": "begin", "begun": "begin", "chosen": "choose", "chose": "choose", "known": "know", "knew": "know",
    "sent": "send", "spent": "spend", "kept": "keep", "left": "leave", "lost": "lose", "loss": "lose",
    "losses": "lose", "met": "meet", "built": "build", "found": "find", "born": "bear", "borne": "bear",
    "broken": "break", "broke": "break", "brought": "bring", "led": "lead", "death": "die", "deaths": "die",
    "dying": "die", "died": "die", "dead": "die", "grew": "grow", "grown": "grow", "lent": "lend", "bound": "bind",
    "rose": "rise", "risen": "rise", "fell": "fall", "fallen": "fall", "won": "win", "drawn": "draw", "drew": "draw",
    "shown": "show", "children": "child", "people": "person", "feet": "foot", "came": "come", "ran": "run",
    "stolen": "steal", "thefts": "theft", "theft": "steal", "said": "say", "told": "tell", "got": "get", "laws": "law",
    "lain": "lie", "laid": "lay", "ate": "eat", "shrank": "shrink", "shrunk": "shrink", "became": "become",
    "hid": "hide", "hidden": "hide", "spoke": "speak", "spoken": "speak", "withdrawn": "withdraw",
    "withdrew": "withdraw", "higher": "high", "lower": "low", "better": "good", "worse": "bad", "overdue": "overdue",
    "frozen": "freeze", "froze": "freeze", "forbidden": "forbid", "forbade": "forbid", "halves": "half",
    "third": "third", "borrowed": "borrow", "women": "woman", "men": "man", "bicycles": "bicycle",
    "seen": "see", "saw": "see", "swept": "sweep", "caught": "catch", "taught": "teach", "thought": "think",
    "insurance": "insure", "insurer": "insure", "insured": "insure", "excess": "excess", "licence": "license",
    "licences": "license", "analyses": "analysis",
}  # fmt: skip
_GERMAN_VOWELS = (
    # how strong verbs change, whatever prefix they have
    ("nomm", "nehm"), ("nimm", "nehm"), ("nahm", "nehm"), ("stieg", "steig"), ("sank", "sink"), ("sunk", "sink"),
    ("fiel", "fall"), ("fall", "fall"), ("wuchs", "wachs"), ("lieh", "leih"), ("schob", "schieb"),
    ("schrumpf", "schrumpf"), ("wies", "weis"), ("trug", "trag"), ("gang", "geh"), ("ging", "geh"), ("galt", "gelt"),
    ("gilt", "gelt"), ("golt", "gelt"), ("traf", "treff"), ("troff", "treff"), ("triff", "treff"), ("bot", "biet"),
    ("schloss", "schliess"), ("sproch", "sprech"), ("sprach", "sprech"), ("spricht", "sprech"), ("stand", "steh"),
    ("zog", "zieh"), ("bracht", "bring"), ("schrieb", "schreib"), ("worb", "werb"), ("warb", "werb"),
    ("wirb", "werb"), ("schied", "scheid"), ("kam", "komm"), ("hielt", "halt"), ("liess", "lass"), ("lass", "lass"),
    ("fand", "find"), ("fund", "find"), ("gann", "ginn"), ("gonn", "ginn"), ("lor", "lier"), ("brach", "brech"),
    ("broch", "brech"), ("bricht", "brech"), ("trat", "tret"), ("tritt", "tret"), ("stoss", "stoss"),
    ("stiess", "stoss"), ("wend", "wend"), ("wand", "wend"), ("trieb", "treib"), ("glich", "gleich"),
    ("vertreib", "treib"),
)  # fmt: skip
_ENGLISH_ENDINGS = tuple(
    sorted(
        "s es ed ing ings ly er ers or ors ion ions ation ations ment ments ness able ible al ally ity ities ies ied y "
        "ive ance ence ant ent e".split(),
        key=lambda ending: -len(ending),
    )
)
_GERMAN_ENDINGS = tuple(
    sorted(
        "erte erten ert erung erungen elte elten elt elung elungen igung igungen igt igte igten ungen ung heiten heit "
        "keiten keit lichen licher liches liche lich igen iger iges ige bar bare baren barer bares "
        "schaft e en em er es et ete ern eln lein innen end ende enden ender".split(),
        key=lambda ending: -len(ending),
    )
)
_SEPARABLE = "ab an auf aus bei ein her hin mit nach vor weiter zu zuruck um unter uber weg fort fest".split()
_PARTICIPLE = re.compile(rf"^({'|'.join(sorted(_SEPARABLE, key=len, reverse=True))})(?:ge|zu)(?=[a-z]{{4}})(.+)$")
_NEGATIVE_PREFIX = re.compile(
    r"^(?:non(?=[a-z]{4})|un(?=(?:limit|qualif|chang|paid|insur|cover|lock|author|restrict|condition|clear|success|"
    r"like|able|equal|usual|necess|reason|law|accept|avail|known|interrupt|alter|amend|fair|safe|true|expect|sign|"
    r"beschrank|eingeschrank|befrist|begrenz|verander|zulass|wirksam|verzins|bezahlt|entgelt|moglich|gultig|"
    r"abhangig|versicher|bekannt|bestimmt|klar|vollstand|richtig|wahr|genehmig|berechtig|notig|gleich|kund))|"
    r"im(?=permiss|possib)|in(?=suffic|valid|complete|admiss|accur|eligib|applic|correct|direct|effect|active)|"
    r"dis(?=agree|approv|contin|satisf|qualif|allow))"
)
_NEGATIVE_SUFFIX = re.compile(r"(?<=[a-z]{3})(?:los(?:e[mnrs]?)?|less)$")


@dataclass(frozen=True, slots=True)
class Word:
    """A content word.

    Shapes:  `full` are what it is as a whole: its stem, groups of meaning; `parts` what it begins or ends with
    """

    text: str
    start: int
    full: frozenset[str]
    parts: frozenset[str]
    is_name: bool
    weight: float

    def is_like(self, other: Word) -> bool:
        """Say whether two words can mean the same."""
        return bool(self.full & other.full or self.full & other.parts or self.parts & other.full)


def words_of(text: str, language: Language) -> list[Word]:
    """List the content words of a text, in order."""
    tongue = "de" if language == "de" else "en"
    found: list[Word] = []
    for match in _WORD.finditer(text):
        written = match.group().split("'")[0].split("\u2019")[0]
        plain = folded(written)
        if plain in _STOP[tongue] or len(plain) < 2:
            continue
        begins = _begins_sentence(text, match.start())
        is_name = written[:1].isupper() and not begins and (tongue == "en" or written.isupper())
        full, parts = keys_of(plain, tongue)
        weight = LIGHT_WEIGHT if plain in _LIGHT[tongue] or full & _light_stems(tongue) else 1.0
        found.append(Word(written, match.start(), full, parts, is_name, weight))
    return found


def _begins_sentence(text: str, start: int) -> bool:
    before = text[:start].rstrip("\"'\u201c\u2018( ")
    return not before or before[-1] in ".!?:;\n|"


def folded(word: str) -> str:
    """Write a word in small letters without accents."""
    plain = word.casefold().replace("\u00df", "ss")
    if plain.isascii():
        return plain
    return "".join(one for one in unicodedata.normalize("NFKD", plain) if not unicodedata.combining(one))


@lru_cache(maxsize=MAX_CACHED)
def keys_of(plain: str, tongue: str) -> tuple[frozenset[str], frozenset[str]]:
    """Give what a word is found by as a whole, and what it begins or ends with."""
    bare = without_negation(plain)
    stem = stem_of(bare, tongue)
    full = {stem, *(f"#{group}" for group in _groups(tongue).get(stem, ()))}
    parts: set[str] = set()
    if MIN_PART + 1 < len(stem) <= MAX_WORD:
        ends = [stem[place:] for place in range(1, len(stem) - MIN_PART + 1)]
        begins = [stem[:place] for place in range(MIN_PART, len(stem))]
        if tongue == "de":
            parts.update(ends, begins, (f"{begin}" for begin in begins))
            known = [part for part in (*ends, *begins) if len(part) > MIN_PART and part in _groups(tongue)]
            parts.update(f"#{group}" for part in known for group in _groups(tongue)[part])
        else:
            parts.update(part for part in (*ends, *begins) if len(part) > MIN_PART)
    return frozenset(full), frozenset(parts)


def without_negation(plain: str) -> str:
    """Drop what turns a word into its opposite: `unlimited`, `zinslos`."""
    return _NEGATIVE_SUFFIX.sub("", _NEGATIVE_PREFIX.sub("", plain))


def is_negated(plain: str) -> bool:
    """Say whether a word is the opposite of another by its prefix or suffix."""
    return without_negation(plain) != plain


@lru_cache(maxsize=MAX_CACHED)
def stem_of(plain: str, tongue: str) -> str:
    """Drop a word's inflection and most of its derivation; `plain` is folded."""
    if tongue == "de":
        return _german_stem(plain)
    bare = _ENGLISH_FORMS.get(plain, plain)
    for _ in range(2):
        bare = _without(bare, _ENGLISH_ENDINGS, 3)
    if len(bare) > 3 and bare[-1] == bare[-2] and bare[-1] not in "sl":
        bare = bare[:-1]  # cancelled, stopping
    return bare.removesuffix("l") if bare.endswith("ll") and len(bare) > 4 else bare


def _german_stem(plain: str) -> str:
    bare = _PARTICIPLE.sub(r"\1\2", plain)
    if bare == plain and plain.startswith("ge") and len(plain) > 6 and plain.endswith(("t", "en", "te", "ten", "ter")):
        bare = plain[2:]
    if len(bare) > 4 and bare.endswith("s") and bare[-2] not in "aeious":
        bare = bare[:-1]
    before = ""
    while before != bare:
        before, bare = bare, _without(bare, _GERMAN_ENDINGS, 4 if len(bare) > 5 else 3)
    bare = bare[:-1] if len(bare) > 4 and bare.endswith("t") else bare
    for changed, base in _GERMAN_VOWELS:
        if bare.endswith(changed):
            return bare[: -len(changed)] + base
    return bare


def _without(bare: str, endings: tuple[str, ...], least: int) -> str:
    for ending in endings:
        if bare.endswith(ending) and len(bare) - len(ending) >= least and not bare.endswith("ss"):
            return bare[: -len(ending)]
    return bare


def language_by_words(text: str) -> Language | None:
    """Tell the language of a text without common words by those that are known; None where they do not tell."""
    words = [folded(word) for word in _WORD.findall(text)]
    english, german = (sum(stem_of(word, tongue) in _groups(tongue) for word in words) for tongue in ("en", "de"))
    return None if english == german else "en" if english > german else "de"


def is_known_word(plain: str, tongue: str) -> bool:
    """Say whether a word, folded, is one of a group of meaning."""
    return stem_of(plain, tongue) in _groups(tongue)


@cache
def _groups(tongue: str) -> dict[str, tuple[int, ...]]:
    found: dict[str, tuple[int, ...]] = {}
    for number, line in enumerate((GERMAN if tongue == "de" else ENGLISH).replace("\n+ ", " ").splitlines()):
        for word in line.split():
            stem = stem_of(folded(word), tongue)
            if number not in found.get(stem, ()):
                found[stem] = (*found.get(stem, ()), number)
    return found


@cache
def _light_stems(tongue: str) -> frozenset[str]:
    return frozenset(stem_of(word, tongue) for word in _LIGHT[tongue])
