"""What a short text is: a number, a caption, a list marker, a note."""

from __future__ import annotations

import re

_CURRENCY = r"(?:US\$|USD|EUR|GBP|CHF|[$€£¥₹])"
_NUMBER = re.compile(
    rf"""[~≈<>≤≥±+*†‡§^()\[\]{{}}\s−–—‑-]*          # signs, brackets
         {_CURRENCY}?[\s(−–—-]*
         (?:\d[\d.,'’\s\u00a0/:]*|[.,]\d+)          # digits in groups, also 3/4 and 12:30
         (?:\s*(?:[–—−-]|to)\s*{_CURRENCY}?[\d.,'’]+)?  # a range
         \s*(?:%|‰|°C|pp|p\.p\.|bn|mn|m|k|x|{_CURRENCY})?
         [)\]\s]*[*†‡§^a-e()\d]{{0,4}}[)\]]?""",
    re.VERBOSE,
)
_ABSENT = re.compile(
    r"(?:[-–—−‑.…·:*]+|n\.?\s?[/.]?\s?a\.?|\(?[xX✓✔•●○]\)?|nil|none|ref\.?|\(?[a-zA-Z]\)|\(?\*+\)?)", re.IGNORECASE
)
_CAPTION = re.compile(
    r"(?:table|tabelle|tableau|tab\.|exhibit|schedule|annex|appendix|box|panel|figure|fig\.|chart)\s*[A-Z]{0,3}[-.]?\d+",
    re.IGNORECASE,
)
_TABLE_CAPTION = re.compile(
    r"(?:table|tabelle|tableau|tab\.|exhibit|schedule)\s*(?:[A-Z]{0,3}[-.]?\d+|[IVXL]+\b|[.:—–-])", re.IGNORECASE
)
_FIGURE_CAPTION = re.compile(
    r"(?:figure|fig\.|chart|graph|diagram|map|gr[aá]fico|abbildung|abb\.|graphique)\s*(?:[A-Z]{0,3}[-.]?\d+|[IVXL]+\b)",
    re.IGNORECASE,
)
_MARKER = re.compile(
    r"(?:[•·●○▪■□◦‣➢►–—*o§\uf0b7\uf0a7-]|\(?[0-9]{1,3}[.)]|\(?[a-zA-Z][.)]|\(?[ivxIVX]{1,5}[.)]|\d+(?:\.\d+)+\.?)"
)
_NOTE = re.compile(
    r"(?:\*|†|‡|§|¶|\(\s*[*\da-z]{1,2}\s*\)|\d{1,2}[\s)]|[a-z][\s)]|source|sources|note|notes|nb|n\.b\.|abbreviation|legend|key|\[\d|¹|²|³)",
    re.IGNORECASE,
)
_CONTINUED = re.compile(r"\(?\s*(?:cont(?:inued|['’]?d|\.)?|concluded|suite|fortsetzung)\b", re.IGNORECASE)
_LEADERS = re.compile(r"(?:\.\s?){4,}|…{2,}|(?:_\s?){4,}|(?:·\s?){4,}")


def is_number(text: str) -> bool:
    """Claim that a cell holds a figure: digits with their signs, currency, unit or footnote mark."""
    return len(text) < 40 and _NUMBER.fullmatch(text.strip()) is not None


def is_year(text: str) -> bool:
    """Claim that a cell begins with a year."""
    return len(text) >= 4 and text[:2] in {"19", "20"} and text[:4].isdigit()


def is_absent(text: str) -> bool:
    """Claim that a cell says there is no figure, or only marks one: `–`, `n/a`, `x`."""
    return len(text) < 8 and _ABSENT.fullmatch(text.strip()) is not None


def is_value(text: str) -> bool:
    """Claim that a cell belongs to a column of figures."""
    return is_number(text) or is_absent(text)


def is_caption(text: str) -> bool:
    """Claim that a line names a table, figure or exhibit by number."""
    return _CAPTION.match(text) is not None


def is_table_caption(text: str) -> bool:
    """Claim that a line names a table or exhibit."""
    return _TABLE_CAPTION.match(text) is not None


def is_figure_caption(text: str) -> bool:
    """Claim that a line names a figure, chart or map."""
    return _FIGURE_CAPTION.match(text) is not None


def is_marker(text: str) -> bool:
    """Claim that a text is only a bullet or an item's number."""
    return _MARKER.fullmatch(text) is not None


def is_note(text: str) -> bool:
    """Claim that a line below a table explains it."""
    return _NOTE.match(text) is not None


def without_leaders(text: str) -> str:
    """Drop rows of dots that lead from a label to its figure."""
    return _LEADERS.sub(" ", text).strip() if "." in text or "…" in text or "_" in text or "·" in text else text


def is_leader(text: str) -> bool:
    """Claim that a word is nothing but a row of dots."""
    return len(text) > 1 and not text.strip("._…·")


def letters(text: str) -> int:
    """Count the letters of a text."""
    return sum(map(str.isalpha, text))


def says_continued(text: str) -> bool:
    """Claim that a title says its table goes on from another page: `Table 3 (continued)`."""
    return _CONTINUED.search(text) is not None


def plain_words(text: str) -> str:
    """Take from a title or a header what tells it from another: no case, no signs, no `(continued)`."""
    return re.sub(r"\W+", "", _CONTINUED.sub("", text.lower()))
