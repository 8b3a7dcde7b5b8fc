"""Words of questions and passages as they are ranked by: stems, numbers, pairs of signs without spaces between."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from functools import lru_cache
from typing import NamedTuple

_WORD = re.compile(r"[^\W_]+(?:[.,:/][^\W_]+)*")
_NUMBER = re.compile(r"\d[\d.,:/]*")
_UNSPACED = re.compile(
    r"[\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\U00020000-\U0003ffff]+"
)
_HIRAGANA = re.compile(r"[\u3040-\u309f]+")
"""Japanese endings and particles."""
_SEPARATOR = re.compile(r"(?<=\d)[.,](?=\d{3}(?!\d))")

STOP_WORDS = frozenset(
    # English
    "a about above according after again all also am an and any are as at be been being below between both but by "
    "can could describe described did do document documents does doing don down during each explain few find for "
    "from further get give given had has have having he her here hers him his how i if in into is it its itself "
    "just list many may me mention mentioned might mine more most much must my no nor not now of off on once only "
    "or other our out over own page pages please s same say says she should show so some such tell text than that "
    "the their them then there these they this those through to too under until up us very was we were what when "
    "where which while who whom whose why will with would you your "
    # German
    "aber alle als auch auf aus bei beim bis bist da das dass dem den der des dies diese dieser dieses dokument "
    "du durch ein eine einem einen einer eines er es f\xfcr gibt hatte ich ihr im ist ja kann kein mit nach nicht "
    "noch nur ob oder sein seine seite sich sie sind und uns unter viel vom von vor wann warum welche welchem "
    "welchen welcher welches wem wen wenn wer wie wieviel wird wo wurde zu zum zur \xfcber "
    # French
    "au aux avec ce ces cet cette combien comment dans de elle en est et il ils je la le les leur lui mais ne "
    "nous ou o\xf9 par pas pourquoi qu quand que quel quelle quelles quels qui sa se ses sont sur un une vous y "
    "\xe0 "
    # Spanish, Portuguese, Italian
    "al alla anche ao aos che chi ci com come como con cosa cual cuando cuanto cu\xe1l cu\xe1les cu\xe1ndo "
    "cu\xe1nto cu\xe1ntos dal dalla del della delle di donde dos d\xf3nde e el ella em entre esta este esto foi "
    "fue gli ha hay las lo los mas m\xe1s na nas nel nella nos o onde os para pela pelo perch\xe9 pero pi\xf9 por "
    "porque quais qual quale quali quando quanti quanto quantos quem quien qui\xe9n qu\xe9 ser seu si sobre sono "
    "su sua sul sus s\xe3o tra uma una uno ya \xe8 "
    # Dutch, Swedish, Danish, Norwegian, Polish
    "aan af att av bij blir co czy czym dat det deze dit dla d\xe4r een eller ett fra fr\xe5n f\xf6r gdzie han "
    "har het hij hoe hoeveel hon hur hva hvad hvem hvilke hvor hvordan hvorn\xe5r ik ikke ile inte jag jak jaka "
    "jaki jakie jest kiedy kto kt\xf3re kt\xf3ry maar med met naar nie niet n\xe4r n\xe5r och od og om onder ook "
    "op oraz po przez p\xe5 si\u0119 som s\u0105 te til till tot uit vad van var vem vi vilka vilken vilket voor "
    "w waar wanneer wat welke wordt z za ze zijn \xe4r".split()
)
_ENDINGS = tuple(
    sorted(
        # English; then what German, French, Spanish, Italian, Portuguese, Dutch and the Nordic languages add
        "s es ed ing ings ly er ers or ors ion ions ation ations ment ments ness able ible al ally ity ities ies ied y "
        "ive ating ated ates ator ators ative atively "
        "e en em ern ung ungen heit keit lich lichen er es "
        "ement ements aux euse eux ant ants ait ee ees "
        "a as o os i amente mente cion ciones acion aciones idad idades ado ada ados adas ar ir ando iendo "
        "zione zioni azione azioni ita ato ata ati ate are ere ire cao coes acao acoes dade dades "
        "heden ingen ar arna orna et ene erne else elser".split(),
        key=lambda ending: -len(ending),
    )
)
_IRREGULAR = {
    pair.partition(":")[0]: pair.partition(":")[2]
    for pair in (
        "paid:pay sold:sell bought:buy held:hold made:make given:give gave:give taken:take took:take went:go gone:go "
        "written:write wrote:write began:begin begun:begin chosen:choose chose:choose known:know knew:know sent:send "
        "spent:spend kept:keep left:leave lost:lose met:meet built:build found:find born:bear broken:break broke:break "
        "brought:bring led:lead death:die deaths:die died:die dies:die dying:die dead:die grew:grow grown:grow "
        "lent:lend bound:bind rose:rise risen:rise fell:fall fallen:fall won:win drawn:draw drew:draw shown:show "
        "children:child people:person persons:person feet:foot"
    ).split()
}
"""What English forms its words by other than endings."""
_SHORT_ENDINGS = frozenset({"s", "es", "e", "ed"})
_LEAST_STEM, _LEAST_SHORT_STEM = 4, 3
"""Letters that are left of a word at the least."""
SYNONYMS = tuple(
    tuple(group.split())
    for group in (
        "begin start commence",
        "end terminate cancel expire finish",
        "price cost fee charge",
        "buy purchase acquire",
        "agreement contract",
        "law legal jurisdiction",
        "employee staff worker personnel",
        "company firm business enterprise",
        "increase rise grow",
        "decrease decline reduce drop",
        "salary wage remuneration",
        "rent lease tenancy",
        "tenant lessee renter",
        "landlord lessor",
        "duration period term",
        "minor child",
        "car vehicle automobile",
        "illness disease sickness",
        "revenue turnover sales income",
        "profit earnings",
        "liable responsible",
        "forbid prohibit",
        "allow permit",
        "goal aim objective target",
        "holiday vacation leave",
        "secret confidential",
        "warranty guarantee",
        "apply govern",
    )
)
"""Words in which people ask for what documents say in others."""


class Term(NamedTuple):
    """What is ranked by."""

    stem: str
    is_number: bool = False
    is_name: bool = False
    """Written with a capital letter although no sentence begins there."""
    is_pair: bool = False
    """Two signs of a script without spaces, which may belong to two words."""


@lru_cache(maxsize=65_536)
def stem_of(word: str) -> str:
    """Drop a word's ending and its accents; light and the same for several languages, for ranking and nothing else."""
    bare = word
    if not word.isascii():
        parts = unicodedata.normalize("NFKD", word)
        bare = "".join(letter for letter in parts if unicodedata.category(letter) != "Mn").replace("\u00df", "ss")
    bare = _IRREGULAR.get(bare, bare)
    if bare.endswith(("ability", "ibility")):
        return bare[:-5] + "l"
    if bare.endswith(("able", "ible")):
        return bare[:-1]
    for _ in range(2):  # delivery, delivered and deliver come to the same
        bare = _without_ending(bare)
    return bare


def _without_ending(bare: str) -> str:
    for ending in _ENDINGS:
        least = _LEAST_SHORT_STEM if ending in _SHORT_ENDINGS else _LEAST_STEM
        if len(bare) - len(ending) >= least and bare.endswith(ending):
            return bare if bare.endswith("ss") else bare[: -len(ending)]
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
        is_name = bare[:1].isupper() and (not begins or (bare.isupper() and len(bare) > 1))
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
        pairs = [run[place : place + 2] for place in range(max(1, len(run) - 1))]
        found += [Term(pair, is_pair=True) for pair in pairs if _HIRAGANA.fullmatch(pair) is None]
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
    return _SEPARATOR.sub("", text.rstrip(".,:/")).replace(",", ".")
