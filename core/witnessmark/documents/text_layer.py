"""Is a page's text layer what the page shows? Letters without meaning, text nobody sees, a stamp on a scan.

Runs in a worker, on PDFium's text page.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from witnessmark.documents.document import PageKind
from witnessmark.documents.pdfium_paths import INVISIBLE
from witnessmark.values import BoundingBox, Word

SAMPLED = 400
"""Characters that are asked one by one whether their font says what they are."""
UNMAPPED_SHARE = 0.25
"""Share of characters without meaning from which a layer is not text; bullets and symbols of good pages stay below."""
VOWEL_SHARE = 0.25
"""Share of vowels under which letters are not those that are seen: languages in Latin letters have 35 to 50 %."""
WORDLIKE_SHARE = 0.7
"""Share of words that look like words from which letters are right that their font does not vouch for."""
VOWEL_SHARE_OF_CAPITALS = 0.21
"""The same for words in capitals, among which are codes and short names with few."""
MEAN_LENGTH = 4.5
"""Letters of a word on average: codes of currencies, units and shares are shorter than words."""
FEWEST_WORDS = 15
"""Different words from which the share of vowels says something."""
ODD_SHARE = 0.5
"""Share of words that are neither words nor figures from which letters are codes of something else."""
SMALLEST = 1.0
"""Points of a line's height under which nobody can read it on paper or screen."""
LARGE_PICTURE = 0.1
"""Share of a page from which a picture can hold a table."""
UNREAD_SHARE = 0.25
"""Share of a page that pictures without words cover from which that is worth saying."""
FULL_PAGE = 0.75
"""Share of a page from which a picture is the page: a scan."""
_MARGIN = 0.12
"""Share of the page at its top and bottom where stamps, page numbers and file names are put on scans."""
_FEWEST = 5
"""Words below a full-page picture that make a text layer."""

_VOWELS = frozenset("aeiouyäöüàáâãåæèéêëìíîïòóôõøùúûýÿœāēīōūąęěůőűı")
_MOJIBAKE = re.compile(r"[ÃÂ][\u0080-\u00bf€‚ƒ„…†‡ˆ‰Š‹ŒŽ‘’“”•–—˜™š›œžŸ]|â€[\u0080-\u00bf™œ\x9d“”¢¦]|ï¿½|\ufffd")
_PLAIN = re.compile(r"[+\-−–$€£¥#~≈<>=±]*[^\W_][\w'’`.,:;/\-‐‑–—&@+=()°$€£#*]*%?|[^\x00-\x7f]+|\W*\w{3,}\W*")
_LONG_WORD = re.compile(r"[^\W\d_]{3,}")
_WORDLIKE = re.compile("[A-ZÀ-Þ]?[a-zß-žĀ-ſ]+|[A-ZÀ-Þ]+")

State = Literal["usable", "absent", "unmapped", "scrambled", "stamp"]


@dataclass(frozen=True, slots=True, kw_only=True)
class TextLayer:
    """What a page's text layer is worth."""

    state: State
    """`unmapped`: its letters have no meaning; `scrambled`: a wrong one; `stamp`: a few words put on a scan."""
    hidden_words: int = 0
    """Words that nobody sees and no picture shows: left out."""
    is_from_scanner: bool = False
    """Invisible words under a picture of the page, as OCR software leaves them."""
    unread_share: float = 0.0
    """Share of the page that pictures cover on which no words stand: what they show is not in the text."""
    addressed: tuple[BoundingBox, ...] = ()
    """Where words that can be seen speak to a model and not to people; looked for when the page is read."""
    addressed_lines: tuple[int, ...] = ()
    """The same for a text that has no places: its lines, counted from 1."""
    unseen_characters: int = 0
    """Of such a text: characters that nobody sees, which are left out where it is quoted."""


def page_kind(layer: TextLayer, *, has_picture: bool) -> PageKind:
    """Name what a page gives to read. Letters drawn as shapes are no text layer either."""
    match layer.state:
        case "usable":
            return "text layer"
        case "unmapped" | "scrambled":
            return "broken text layer"
        case "stamp":
            return "scan"
        case "absent":
            return "scan" if has_picture else "blank"


def judge(
    words: Sequence[Word],
    *,
    meaningless_share: float,
    unmapped_share: float,
    invisible_share: float,
    pictures: Sequence[BoundingBox],
    area: float,
    height: float,
) -> TextLayer:
    """Judge the words of a page.

    Units:  points; shares from 0 to 1
    """
    # Fonts without a map are read by the names of their glyphs, and often rightly: then the letters make words.
    if meaningless_share >= UNMAPPED_SHARE or (unmapped_share >= UNMAPPED_SHARE and not _reads_as_words(words)):
        return TextLayer(state="unmapped")
    if not words:
        return TextLayer(state="absent")
    if _is_scrambled(words):
        return TextLayer(state="scrambled")
    is_pictured = is_picture_of_page(pictures, area)
    if is_pictured and _is_stamp(words, height, is_invisible=invisible_share > 0.5):
        return TextLayer(state="stamp")
    return TextLayer(
        state="usable",
        is_from_scanner=is_pictured and invisible_share > 0.5,
        unread_share=_unread_share(words, pictures, area),
    )


def _unread_share(words: Sequence[Word], pictures: Sequence[BoundingBox], area: float) -> float:
    """Find the share of the page that pictures cover on which no words of the layer stand."""
    large = [picture for picture in pictures if picture.width * picture.height >= LARGE_PICTURE * area][:20]
    bare = [picture for picture in large if sum(_is_on(word, picture) for word in words) < _FEWEST]
    return min(1.0, sum(picture.width * picture.height for picture in bare) / area) if area > 0 else 0.0


def _is_on(word: Word, picture: BoundingBox) -> bool:
    x, y = (word.x0 + word.x1) / 2, (word.top + word.bottom) / 2
    return picture.x0 <= x <= picture.x1 and picture.top <= y <= picture.bottom


def is_picture_of_page(pictures: Sequence[BoundingBox], area: float) -> bool:
    """Say whether pictures cover the page; scanners cut some into strips."""
    return sum(picture.width * picture.height for picture in pictures) >= FULL_PAGE * area > 0


def _is_stamp(words: Sequence[Word], height: float, *, is_invisible: bool) -> bool:
    if len(words) < _FEWEST:
        return True
    return (
        not is_invisible
        and len(words) < 40
        and all(word.bottom < _MARGIN * height or word.top > (1 - _MARGIN) * height for word in words)
    )


def _is_scrambled(words: Sequence[Word]) -> bool:
    text = " ".join(word.text for word in words[:3000])
    if len(_MOJIBAKE.findall(text)) > max(3, len(text) / 100):
        return True
    long = [word.text for word in words[:3000] if len(word.text) >= 3]
    odd = [word for word in long if _is_odd(word)]
    if len(long) < _FEWEST:  # an address or a formula is odd too: little else than signs is asked for
        odd = [word for word in odd if sum(map(str.isalnum, word)) < 0.5 * len(word)]
    if odd and len(odd) >= ODD_SHARE * len(long):
        return True
    latin = {word for word in _LONG_WORD.findall(text) if len(set(word)) > 2 and all(c < "\u0250" for c in word)}
    capitals = {word for word in latin if word.isupper()}
    if len(capitals) >= 0.8 * len(latin):
        return _lacks_vowels(capitals, VOWEL_SHARE_OF_CAPITALS)
    return _lacks_vowels(latin - capitals, VOWEL_SHARE)


def _lacks_vowels(words: Collection[str], share: float) -> bool:
    letters = "".join(words).lower()
    if len(words) < FEWEST_WORDS or len(letters) < MEAN_LENGTH * len(words):
        return False
    return sum(letter in _VOWELS for letter in letters) < share * len(letters)


def _reads_as_words(words: Sequence[Word]) -> bool:
    """Say whether letters make words as Latin languages do, whatever their font says of them."""
    long = [word for item in words[:3000] for word in _LONG_WORD.findall(item.text)]
    wordlike = sum(bool(_WORDLIKE.fullmatch(word)) and _has_vowels(word) for word in long)
    return bool(long) and wordlike >= WORDLIKE_SHARE * len(long)


def _has_vowels(word: str) -> bool:
    return 0.15 < sum(letter in _VOWELS for letter in word.lower()) / len(word) < 0.85


def _is_odd(word: str) -> bool:
    """Say whether a word is neither a word nor a figure nor a row of one sign."""
    if "://" in word or "www." in word:
        return False
    kernel = word.strip("()[]{}<>\"'“”‘’«».,;:!?*…|•")
    return len(set(kernel)) > 2 and not _PLAIN.fullmatch(kernel)


def lost_shares(raw: Any, text: Any, characters: str) -> tuple[float, float]:
    """Find the share of characters that mean nothing, and of those of which the font does not say what they are."""
    indices = [index for index, letter in enumerate(characters) if not letter.isspace()]
    if not indices:
        return 0.0, 0.0
    sampled = indices[:: max(1, len(indices) // SAMPLED)]
    meaningless = sum(_is_meaningless(characters[index]) for index in sampled)
    unmapped: int = sum(raw.FPDFText_HasUnicodeMapError(text, index) == 1 for index in sampled)
    return meaningless / len(sampled), unmapped / len(sampled)


def _is_meaningless(letter: str) -> bool:
    if letter in "\x02\xad\ufffe":  # hyphens, as PDFium gives them
        return False
    return letter == "\ufffd" or unicodedata.category(letter) in {"Co", "Cn", "Cc", "Cs"}


def visibility(raw: Any, text: Any) -> Callable[[int], bool]:
    """Make a function that says whether a character is painted at all."""

    def is_painted(index: int) -> bool:
        thing = raw.FPDFText_GetTextObject(text, index)
        return not thing or raw.FPDFTextObj_GetTextRenderMode(thing) != INVISIBLE

    return is_painted
