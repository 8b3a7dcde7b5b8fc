"""Words of questions and passages as they are ranked by: stems, numbers, pairs of signs; words that say nothing left out."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from functools import lru_cache
from typing import NamedTuple

_WORD = re.compile(r"[^\W_]+(?:[.,:/][^\W_]+)*")
_NUMBER = re.compile(r"\d[\d.,:/]*")
_UNSPACED = re.compile(r"[\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\U00020000-\U0003ffff]+")
_GROUPED = re.compile(r"\d{1,3}(?:[.,]\d{3})+")

STOP_WORDS = frozenset(
    # English
    "a about above after again all also am an and any are as at be been being below between both but by can could did do "
    "does doing don down during each few for from further get give given had has have having he her here hers him his how "
    "i if in into is it its itself just let list many may me might mine more most much must my name no nor not now of off "
    "on once only or other our out over own per please s same say says she should show so some such tell than that the "
    "their them then there these they this those through to too under until up us very was we were what when where which "
    "while who whom whose why will with would you your document documents page pages text according mention mentioned "
    "stated state describe described explain find "
    # German
    "aber alle als am an auch auf aus bei beim bin bis bist da das dass dem den der des die dies diese dieser dieses du "
    "durch ein eine einem einen einer eines er es f\u00fcr gibt hat hatte ich ihr im in ist ja kann kein man mit nach nicht "
    "noch nur ob oder sein seine sich sie sind so und uns unter vom von vor war was wann warum welche welchem welchen "
    "welcher welches wem wen wenn wer wie wieviel viel wird wo wurde zu zum zur \u00fcber dokument seite "
    # French
    "au aux avec ce ces cet cette combien comment dans de des du elle en est et il ils je la le les leur lui mais ne nous on "
    "ou o\u00f9 par pas pour pourquoi qu quand que quel quelle quelles quels qui sa se ses son sont sur un une vous y a \u00e0 "
    # Spanish, Portuguese, Italian
    "al como con cual cu\u00e1l cu\u00e1les cuando cu\u00e1ndo cuanto cu\u00e1nto cu\u00e1ntos de del donde d\u00f3nde el ella en entre es "
    "esta este esto fue ha hay la las lo los me m\u00e1s no o para pero por porque que qu\u00e9 quien qui\u00e9n se ser si sin sobre "
    "son su sus un una y ya as ao aos com da das do dos e em foi mas na nas nos os ou pela pelo qual quais quando quanto "
    "quantos quem onde s\u00e3o sua seu uma alla anche che chi ci come con cosa da dal dalla del della delle di e il i gli le "
    "nel nella per perch\u00e9 pi\u00f9 quale quali quanti quanto sono sul tra un uno \u00e8 "
    # Dutch, Swedish, Danish, Norwegian, Polish
    "aan als bij dat deze die dit een en er het hij hoe hoeveel ik in is maar met naar niet om onder ook op te tot uit van "
    "voor wat wanneer waar welke wie wordt zijn att av blir den det du d\u00e4r eller ett f\u00f6r fr\u00e5n han har hon hur "
    "inte jag med men n\u00e4r och om p\u00e5 som till vad var vem vilka vilken vilket vi \u00e4r af at de der er et fra hvad "
    "hvem hvilke hvor hvorn\u00e5r ikke og til hva hvordan n\u00e5r co czy czym dla do gdzie ile jak jaka jaki jakie jest kiedy "
    "kto kt\u00f3re kt\u00f3ry na nie od oraz po przez si\u0119 s\u0105 to w we z za ze".split()
)
_ENDINGS = tuple(
    sorted(
        # English; then what German, French, Spanish, Italian, Portuguese, Dutch and the Nordic languages add
        "s es ed ing ings ly er ers or ors ion ions ation ations ment ments ness able ible al ally ity ities ies ied y ive "
        "e en em ern ung ungen heit keit lich lichen er es st t et "
        "ement ements aux euse eux ant ants ait ee ees "
        "a as o os i amente mente cion ciones acion aciones idad idades ado ada ados adas ar ir ando iendo "
        "zione zioni azione azioni ita ato ata ati ate are ere ire cao coes acao acoes dade dades "
        "heden ingen ar arna orna et ene erne else elser".split(),
        key=lambda ending: -len(ending),
    )
)
_LEAST_STEM = 4


class Term(NamedTuple):
    """What is ranked by."""

    stem: str
    is_number: bool = False
    is_name: bool = False
    """Written with a capital letter although no sentence begins there."""


@lru_cache(maxsize=65_536)
def stem_of(word: str) -> str:
    """Drop a word's ending and its accents; light and the same for several languages, for ranking and nothing else."""
    bare = word
    if not word.isascii():
        parts = unicodedata.normalize("NFKD", word)
        bare = "".join(letter for letter in parts if unicodedata.category(letter) != "Mn").replace("\u00df", "ss")
    for ending in _ENDINGS:
        if bare.endswith(ending) and len(bare) - len(ending) >= _LEAST_STEM:
            return bare[: -len(ending)]
    return bare


@lru_cache(maxsize=65_536)
def stems_of_word(word: str) -> tuple[str, ...]:
    """Give what one printed word is found by; nothing for a stop word or for punctuation."""
    return tuple(term.stem for term in _terms_of_word(word))


def terms_of(text: str) -> list[Term]:
    """Read a question."""
    found: list[Term] = []
    begins = True
    for word in text.split():
        terms = _terms_of_word(word)
        bare = word.strip("\"'\u201c\u201d\u2018\u2019()[]\u00ab\u00bb")
        is_name = bare[:1].isupper() and (not begins or bare.isupper() and len(bare) > 1)
        found += [term._replace(is_name=is_name and not term.is_number) for term in terms]
        begins = word.endswith((".", "?", "!", ":"))
    return list({term.stem: term for term in reversed(found)}.values())[::-1]


def _terms_of_word(word: str) -> Iterator[Term] | list[Term]:
    if word.isascii() and word.isalpha():
        plain = word.lower()
        return [] if plain in STOP_WORDS or len(plain) < 2 else [Term(stem_of(plain))]
    return _terms_of_mixed(unicodedata.normalize("NFKC", word).replace("\u00ad", "").casefold())


def _terms_of_mixed(text: str) -> list[Term]:
    found: list[Term] = []
    for run in _UNSPACED.findall(text):
        found += [Term(run[place : place + 2]) for place in range(max(1, len(run) - 1))]
    for part in _WORD.findall(_UNSPACED.sub(" ", text)):
        if _NUMBER.fullmatch(part):
            found.append(Term(number_of(part), is_number=True))
            continue
        for piece in re.split(r"[.,:/]", part):
            if piece and piece not in STOP_WORDS and (len(piece) > 1 or piece.isdigit()):
                found.append(Term(piece if any(map(str.isdigit, piece)) else stem_of(piece)))
    return found


def number_of(text: str) -> str:
    """Write a number without the signs that part thousands, so that `1,234` is found by `1234`."""
    plain = text.rstrip(".,:/")
    return re.sub(r"[.,]", "", plain) if _GROUPED.fullmatch(plain) else plain
