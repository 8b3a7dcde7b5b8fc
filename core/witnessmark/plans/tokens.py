"""How many tokens things are, as far as that can be said without asking the API: exactly, or within a band."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace

from witnessmark.documents.document import PageFacts
from witnessmark.documents.text_size import TextSize, text_size
from witnessmark.plans.image_tokens import ImageTier, image_tokens, page_tokens
from witnessmark.plans.models import Model, Tokenizer

TEXT_LOW, TEXT_HIGH = 0.75, 1.6
"""What a text may cost, as parts of its estimate: reports and tables in English to 1.45, German to 1.6."""
_PDF_TEXT_OF_PAGE = (1_500, 3_000)
"""Of a page whose text cannot be counted here. Source: Claude API documentation, "PDF support"."""
_SMALLEST_RASTER = 1_568
"""Pixels of a page picture's long edge at the least; its true size is not published."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Rates:
    """Tokens a character."""

    letter: float
    other_letter: float
    digit: float
    mark: float


# Source: least squares on 36 pages of reports and tables, counted by ctok 1.3.0, a public reconstruction of the
# tokenizers; not yet compared with the API's own counts. Other scripts take 0.4 (Cyrillic) to 1.05 (Korean).
_RATES: dict[Tokenizer, _Rates] = {
    "old": _Rates(letter=0.253, other_letter=0.9, digit=0.992, mark=0.566),
    "new": _Rates(letter=0.359, other_letter=0.9, digit=1.062, mark=0.715),
}


@dataclass(frozen=True, slots=True)
class Count:
    """A number of tokens: the estimate, and the band it lies in."""

    low: int = 0
    estimate: int = 0
    high: int = 0

    @classmethod
    def exactly(cls, number: int) -> Count:
        return cls(number, number, number)

    def __add__(self, other: Count) -> Count:
        return Count(self.low + other.low, self.estimate + other.estimate, self.high + other.high)


@dataclass(frozen=True, slots=True, kw_only=True)
class PromptTokens:
    """A prompt's tokens by kind."""

    images: Count = Count()
    """Exact: the API's own rule."""
    page_pictures: Count = Count()
    """Pictures that the API makes of the pages of a PDF."""
    text: Count = Count()
    counted: Count | None = None
    """The total, where the API has counted it or a part of it; None where it is the sum of the kinds."""

    @property
    def total(self) -> Count:
        return self.images + self.page_pictures + self.text if self.counted is None else self.counted

    def __add__(self, other: PromptTokens) -> PromptTokens:
        is_sum = self.counted is None and other.counted is None
        return PromptTokens(
            images=self.images + other.images,
            page_pictures=self.page_pictures + other.page_pictures,
            text=self.text + other.text,
            counted=None if is_sum else self.total + other.total,
        )

    def counting(self, total: int) -> PromptTokens:
        """Bring the kinds into line with a total that was counted.

        Images are exact already. How the rest is shared between pictures of pages and text nobody says: each stays
        within its band as far as the total leaves it room, and what one has more the other has less.
        """
        rest = max(0, total - self.images.estimate)
        low, high = self.page_pictures.low, min(self.page_pictures.high, rest)
        least = min(max(low, rest - self.text.high), high)
        most = max(min(high, rest - self.text.low), least)
        middle = min(max(self.page_pictures.estimate, least), most)
        return replace(
            self,
            page_pictures=Count(least, middle, most),
            text=Count(rest - most, rest - middle, rest - least),
            counted=Count.exactly(total),
        )


def tokens_of_image(width: int, height: int, model: Model) -> PromptTokens:
    return PromptTokens(images=Count.exactly(image_tokens(width, height, model.image_tier)))


def tokens_of_pdf_page(page: PageFacts, model: Model) -> PromptTokens:
    """Count what the API makes of a page: a picture and the text of its text layer."""
    if page.text_size is None:
        low, high = _PDF_TEXT_OF_PAGE
        text = Count(0, (low + high) // 2, math.ceil(high * TEXT_HIGH))
    else:
        text = _count(page.text_size, model.tokenizer)
    return PromptTokens(page_pictures=_page_picture(page, model.image_tier), text=text)


def tokens_of_text(text: str | TextSize, model: Model) -> Count:
    """Estimate the tokens of a text by its kinds of characters."""
    return _count(text_size(text) if isinstance(text, str) else text, model.tokenizer)


def _page_picture(page: PageFacts, tier: ImageTier) -> Count:
    """Assume the largest picture the model sees, which the documentation names as the bound."""
    if not page.width or not page.height:
        return Count(image_tokens(1_109, 1_568, tier), tier.max_tokens, tier.max_tokens)
    largest = page_tokens(page.width, page.height, tier)
    scale = _SMALLEST_RASTER / max(page.width, page.height)
    smallest = image_tokens(max(1, round(page.width * scale)), max(1, round(page.height * scale)), tier)
    return Count(min(smallest, largest), largest, largest)


def _count(size: TextSize, tokenizer: Tokenizer) -> Count:
    rates = _RATES[tokenizer]
    estimate = (
        size.letters * rates.letter
        + size.other_letters * rates.other_letter
        + size.digits * rates.digit
        + size.marks * rates.mark
    )
    return Count(math.floor(estimate * TEXT_LOW), round(estimate), math.ceil(estimate * TEXT_HIGH))
