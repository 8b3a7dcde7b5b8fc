"""Language of a sentence: English, German, another one, or not to tell."""

from __future__ import annotations

import re
from typing import Literal

Language = Literal["en", "de", "other"]

_WORD = re.compile(r"[^\W\d_]+")
_ENGLISH = frozenset(
    "the of and to is are was were be been not with for on by as at from this that it its which or has have had will "
    "shall may must can if no any each after before than their his her there who when only does did do but into".split()
)
_GERMAN = frozenset(
    "der die das und ist sind war waren wird werden nicht mit f\u00fcr auf von vom zu zum zur im ein eine einen einem "
    "einer den dem des bei durch \u00fcber unter nach vor wenn oder hat haben kann muss darf soll kein keine keinen "
    "sich "
    "auch nur bis ab aus es als wie wurde wurden gilt beim seit ohne".split()
)
_OTHERS = (
    "le la les un une et est sont pas pour dans avec que qui sur ne du au aux ce cette ses par plus \u00e9t\u00e9 "
    "sera".split(),
    "el los las una y es son no para con que por se del al su sus como m\u00e1s fue ser\u00e1 lo".split(),
    "il lo gli una e \u00e8 sono non per con che di da del della nel alla pi\u00f9 si viene essere".split(),
    "de het een en is zijn niet voor met van op dat die te aan bij door wordt worden als ook naar om".split(),
    "o os as um uma e \u00e9 s\u00e3o n\u00e3o para com que por do da dos das no na se mais foi ser\u00e1".split(),
    "och \u00e4r inte f\u00f6r med som av p\u00e5 det att den ett en till ska har om fr\u00e5n".split(),
    "og er ikke for med som af av p\u00e5 det at den et en til skal har om fra".split(),
    "i w na z nie jest s\u0105 do \u017ce si\u0119 przez dla od oraz kt\u00f3ry by\u0142 zosta\u0142 po".split(),
)


def language_of(text: str) -> Language | None:
    """Tell a text's language by its commonest words; None where it has too few of them."""
    words = [word.casefold() for word in _WORD.findall(text)]
    letters = [letter for letter in text if letter.isalpha()]
    if sum(ord(letter) > 0x24F for letter in letters) > 0.3 * max(1, len(letters)):
        return "other"
    english, german = sum(word in _ENGLISH for word in words), sum(word in _GERMAN for word in words)
    other = max(sum(word in common for word in words) for common in _OTHERS)
    best = max(english, german, other)
    if best == 0 or (english, german, other).count(best) > 1:
        return None
    if best == english:
        return "en"
    return "de" if best == german else "other"
