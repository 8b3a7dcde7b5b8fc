"""Quotes looked up in a document: where one stands word for word, that it stands elsewhere, or what it resembles."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from itertools import islice
from typing import NamedTuple

from witnessmark.documents.flow import PageFlow
from witnessmark.evidence.likeness import key_as_read
from witnessmark.evidence.quote_edges import stands_whole
from witnessmark.evidence.quote_keys import (
    parts_of_quote,
    text_of_keys,
    with_signs_for_brackets,
    without_mark,
    word_key,
    words_of_quote,
)
from witnessmark.evidence.quote_layer import MAX_TRIED, MIN_WORDS, LayerOrder
from witnessmark.evidence.quote_nearest import likely_pages, nearest_passage
from witnessmark.evidence.quote_pieces import Pieces, followed
from witnessmark.evidence.quote_scripts import unread_script_of
from witnessmark.evidence.quote_words import DocumentWords, Hit, Stream
from witnessmark.evidence.verdicts import Status
from witnessmark.values import BoundingBox

_MOST_TRIED = 2_000
"""Places of a very short quote that are looked at."""
_MOST_COUNTED = 50
_MOST_PIECES_KEPT = 40
"""Pages whose lines are kept as pieces for the next quote."""
_MOST_PAGES_TRIED = 6
"""Pages around which a quote in pieces is looked for."""
_MOST_PARTS = 8
"""Of a quote with ellipses; one of more has been put together."""
_PAGES_BETWEEN_PARTS = 3
"""Pages further on at most that what follows an ellipsis stands."""
_WORDS_OF_A_PART = 3
"""What follows an ellipsis in another paragraph has to be more than a word or two, which stand anywhere."""
_LEAST_TO_MEND, _MOST_TO_MEND = 0.6, 40
"""How much a quote has to resemble a passage, and how many words may differ, for a second look to be worth while."""
_FEW_WORDS = 4
_NEGATIONS = frozenset(
    "not no never none nor neither without unless except cannot cant dont doesnt wont nicht kein keine keinen keiner "
    "nie ohne pas ne jamais aucun sans no nunca sin non mai senza niet geen nooit zonder n\u00e3o nem sem".split()
)
"""An ellipsis that leaves out one of these and little else turns a sentence round."""


@dataclass(frozen=True, slots=True, kw_only=True)
class NearestPassage:
    """What a document has instead of a quote.

    Units:  points of the page; no boxes where the document has no places
    """

    text: str
    page: int
    pages: tuple[int, ...]
    boxes: dict[int, tuple[BoundingBox, ...]]
    differs: str
    """In a few words: `the quote adds "not"`."""
    likeness: float
    """Share of letters that both have in the same words, from 0 to 1."""


@dataclass(frozen=True, slots=True, kw_only=True)
class QuoteVerdict:
    """What looking up a quote found.

    Units:  points of the page
    """

    status: Status | None
    """`located`: stands word for word on a claimed page, or where none is claimed, anywhere; `displaced`: on another
    page than claimed; `unlocated`: nowhere as quoted. None: not checked, because OCR cannot read its script."""
    script: str | None = None
    """What a quote that is not checked is written in."""
    pages: tuple[int, ...] = ()
    """Where it stands, in the order of its words; of one that stands nowhere, none."""
    boxes: dict[int, tuple[BoundingBox, ...]] | None = None
    """By page, one for each line; a page without places has none."""
    count: int = 0
    """How often it stands in the document, as far as that was counted; 0 where it stands nowhere."""
    is_read_by_ocr: bool = False
    """Whether letters that OCR takes for one another were taken for the same."""
    is_seen: bool = False
    """Whether it was found in what the page's picture shows, and not in its text layer."""
    nearest: NearestPassage | None = None
    """Of a quote that stands nowhere: what resembles it most; None where nothing does."""
    text: str = ""
    """What stands there, as the document has it."""


class DoubtfulWord(NamedTuple):
    """A word of a document that differs from a quote.

    Units:  points of the page
    """

    word: int
    page: int
    box: BoundingBox


class _Way(NamedTuple):
    """One way of comparing: a quote as it is put together, and the words that it is looked for in."""

    key: str
    stream: Stream
    is_read_by_ocr: bool = False


class QuotedDocument:
    """A document in which quotes are looked up, made once for all of them."""

    def __init__(self, flows: Sequence[PageFlow]) -> None:
        self.words = DocumentWords(flows)
        self._made_pieces: dict[tuple[tuple[int, ...], bool], Pieces] = {}

    def find_quote(self, quote: str, claimed_pages: Sequence[int] = ()) -> QuoteVerdict:
        """Look a quote up, on the claimed pages first.

        Shapes:  `claimed_pages` are page numbers; none: it may stand anywhere
        """
        verdict = self._find(quote, claimed_pages)
        if verdict.status == "unlocated" and (script := unread_script_of(quote, self._flows_of(claimed_pages))):
            return QuoteVerdict(status=None, script=script)
        return verdict

    def _flows_of(self, pages: Sequence[int]) -> list[PageFlow]:
        return [flow for flow in self.words.flows if not pages or flow.page_number in pages]

    def _find(self, quote: str, claimed_pages: Sequence[int]) -> QuoteVerdict:
        claimed = [index for page in claimed_pages if (index := self.words.index_of_page(page)) is not None]
        ways: list[_Way] = []
        for way in self._ways(quote):  # one after the other: what the later ones look in takes a while to make
            ways.append(way)
            for page in claimed:
                if (hit := self._hit_on(way, page)) is not None:
                    return self._verdict("located", hit, way)
            if not claimed_pages and (hit := self._hit_near(way, claimed)) is not None:
                return self._verdict("located", hit, way)
        if not ways:
            return QuoteVerdict(status="unlocated")
        pieces = self._in_pieces(quote, claimed, has_claim=bool(claimed_pages))
        if pieces is not None and pieces.status == "located":
            return pieces  # in another order on its own page rather than in order on another
        for way in ways if claimed_pages else ():
            if (hit := self._hit_near(way, claimed)) is not None:
                return self._verdict("displaced", hit, way)
        if pieces is not None:
            return pieces
        if 1 < len(parts := parts_of_quote(quote)) <= _MOST_PARTS:
            verdict = self._in_parts(parts, claimed, has_claim=bool(claimed_pages))
            if verdict is not None:
                return verdict
        return QuoteVerdict(status="unlocated", nearest=self._nearest(quote))

    def doubtful_words(self, quote: str) -> list[DoubtfulWord]:
        """Name the words that differ between a quote that stands nowhere and what resembles it most, to be seen again.

        Shapes:  none where nothing resembles it, or more differs than a look could mend
        """
        near = nearest_passage(quote, self.words)
        if near is None or near.likeness < _LEAST_TO_MEND or len(near.differing) > _MOST_TO_MEND:
            return []
        found: list[DoubtfulWord] = []
        for word in near.differing:
            flow = self.words.flows[self.words.lines[self.words.line_of[word]].page]
            if (box := flow.placed(self.words.words[word].box)) is not None:
                found.append(DoubtfulWord(word, flow.page_number, box))
        return found

    def as_seen(self, seen: Mapping[int, str]) -> QuotedDocument:
        """Give the pages on which some words say something else than was read, with what is seen there.

        Shapes:  `seen` by the words' places
        """
        document = self.words
        pages = {document.lines[document.line_of[word]].page for word in seen}
        kept = [page for page in range(len(document.flows)) if pages & {page - 1, page, page + 1}]
        texts = {id(document.words[word]): text for word, text in seen.items()}
        return QuotedDocument([_flow_with(document.flows[page], texts) for page in kept])

    def _ways(self, quote: str) -> Iterator[_Way]:
        """Give the ways in which a quote may be compared, the strictest first."""
        words = words_of_quote(quote)
        keys = [word_key(word) for word in words]
        key = text_of_keys(keys)[0]
        if not key:
            return
        document = self.words
        yield _Way(key, document.body)
        if (stream := document.with_negatives) is not None:
            yield _Way(text_of_keys(map(word_key, words_of_quote(with_signs_for_brackets(quote))))[0], stream)
        if (stream := document.without_marks) is not None:
            yield _Way(text_of_keys([word_key(without_mark(word)) for word in words])[0] or key, stream)
        yield _Way(key, document.everything)
        if len(words) >= MIN_WORDS and (stream := document.as_layered) is not None:
            yield _Way(key, stream)
        if document.is_read_by_ocr:
            yield _Way(text_of_keys([key_as_read(one) for one in keys])[0], document.as_read, is_read_by_ocr=True)

    def _hit_on(self, way: _Way, page: int) -> Hit | None:
        low, high = way.stream.range_of(page)
        reach = len(way.key) - 1
        for begin, end in self._places(way, max(0, low - reach), min(len(way.stream.text), high + reach)):
            return way.stream.hit(begin, end)
        return None

    def _hit_near(self, way: _Way, claimed: Sequence[int]) -> Hit | None:
        """Find a quote anywhere, as near as can be to the claimed pages."""
        hits = (way.stream.hit(begin, end) for begin, end in self._places(way, 0, len(way.stream.text)))
        if not claimed:
            return next(hits, None)
        document = self.words

        def distance(hit: Hit) -> int:
            return min(abs(document.lines[document.line_of[hit.words[0]]].page - page) for page in claimed)

        return min(hits, key=distance, default=None)

    def _places(self, way: _Way, low: int, high: int) -> Iterator[tuple[int, int]]:
        text, key = way.stream.text, way.key
        begin = text.find(key, low, high)
        for _ in range(MAX_TRIED if way.stream is self.words.as_layered else _MOST_TRIED):
            if begin < 0:
                return
            end = begin + len(key)
            if self._is_whole(way, begin, end):
                yield begin, end
            begin = text.find(key, begin + 1, high)

    def _is_whole(self, way: _Way, begin: int, end: int) -> bool:
        if not stands_whole(way.stream, begin, end, self._vocabulary):
            return False
        is_layered = way.stream is self.words.as_layered
        if is_layered and not self._layer_order.is_text(way.stream.hit(begin, end).words):
            return False
        return way.stream is self.words.with_negatives or not self._loses_sign(way.stream, begin, end)

    def _loses_sign(self, stream: Stream, begin: int, end: int) -> bool:
        """Say whether a part of a text holds a cell's figure in brackets, whose sign its letters do not have."""
        if self.words.with_negatives is None:
            return False
        return any(word in self.words.negative_cells for word in stream.hit(begin, end).words)

    @cached_property
    def _layer_order(self) -> LayerOrder:
        return LayerOrder(self.words)

    @cached_property
    def _vocabulary(self) -> frozenset[str]:
        return frozenset(self.words.keys)

    def _in_pieces(self, quote: str, claimed: Sequence[int], *, has_claim: bool) -> QuoteVerdict | None:
        """Find a quote whose lines stand in another order."""
        if (found := self._pieces_hit(quote, claimed)) is None:
            return None
        hit, by_ocr = found
        is_claimed = not has_claim or bool(self._index_of_pages(claimed) & set(self._pages(hit)))
        return QuoteVerdict(
            status="located" if is_claimed else "displaced",
            pages=tuple(sorted(self._pages(hit))),
            boxes=self.words.boxes(hit),
            count=1,
            is_read_by_ocr=by_ocr,
            text=self.words.text(hit.words),
        )

    def _pieces_hit(self, quote: str, claimed: Sequence[int]) -> tuple[Hit, bool] | None:
        """Follow a quote from piece to piece, on the claimed pages or where its rare words are.

        Shapes:  its words, and whether letters that OCR takes for one another were taken for the same
        """
        document = self.words
        pages = list(dict.fromkeys([*claimed, *likely_pages(quote, document)]))[:_MOST_PAGES_TRIED]
        printed = [word_key(word) for word in words_of_quote(quote)]
        negative = [word_key(word) for word in words_of_quote(with_signs_for_brackets(quote))]
        for page in pages:
            around = tuple(other for other in (page - 1, page, page + 1) if 0 <= other < len(document.flows))
            for by_ocr in (False, True) if document.flows[page].is_read_by_ocr else (False,):
                pieces = self._pieces_around(around, by_ocr=by_ocr)
                for keys in (printed, negative) if negative != printed else (printed,):
                    key = text_of_keys([key_as_read(one) for one in keys] if by_ocr else keys)[0]
                    if (hit := followed(key, pieces)) is not None:
                        return hit, by_ocr
        return None

    def _pieces_around(self, pages: tuple[int, ...], *, by_ocr: bool) -> Pieces:
        if (pages, by_ocr) not in self._made_pieces:
            if len(self._made_pieces) >= _MOST_PIECES_KEPT:
                self._made_pieces.clear()
            self._made_pieces[pages, by_ocr] = Pieces(self.words, pages, by_ocr)
        return self._made_pieces[pages, by_ocr]

    def _in_parts(self, parts: Sequence[str], claimed: Sequence[int], *, has_claim: bool) -> QuoteVerdict | None:
        """Find the parts of a quote with ellipses one after the other, as near one another as can be."""
        found: list[tuple[bool, list[Hit]]] = []
        for part in parts:
            by_ocr, hits = self._hits_of_part(part, claimed)
            if not hits:
                return None
            found.append((by_ocr, hits))
        joined = [one for first in found[0][1] if (one := self._followed(first, found[1:])) is not None]
        if not joined:
            return None
        pages = self._index_of_pages(claimed)
        best = min(joined, key=lambda hit: (not pages & set(self._pages(hit)), hit.words[-1] - hit.words[0]))
        is_claimed = bool(pages & set(self._pages(best)))
        return QuoteVerdict(
            status="located" if is_claimed or not has_claim else "displaced",
            pages=self._pages(best),
            boxes=self.words.boxes(best),
            count=len(joined),
            is_read_by_ocr=any(by_ocr for by_ocr, _ in found),
            text=self.words.text(best.words),
        )

    def _hits_of_part(self, part: str, claimed: Sequence[int]) -> tuple[bool, list[Hit]]:
        """Find the places of a part of a quote, that on a claimed page also where other lines stand within it."""
        by_ocr, hits = False, list[Hit]()
        for way in self._ways(part):
            if way.stream is self.words.as_layered:
                continue  # where its words are does not say what follows them
            places = islice(self._places(way, 0, len(way.stream.text)), _MOST_COUNTED)
            if hits := [way.stream.hit(begin, end) for begin, end in places]:
                by_ocr = way.is_read_by_ocr
                break
        lines = self.words.lines
        on_claimed = {lines[self.words.line_of[word]].page for hit in hits for word in hit.words} & set(claimed)
        if not on_claimed and (claimed or not hits) and (found := self._pieces_hit(part, claimed)) is not None:
            return by_ocr or found[1], [*hits, found[0]]
        return by_ocr, hits

    def _index_of_pages(self, claimed: Sequence[int]) -> set[int]:
        return {self.words.flows[index].page_number for index in claimed}

    def _followed(self, first: Hit, others: Sequence[tuple[bool, list[Hit]]]) -> Hit | None:
        """Go on from the first part of a quote to the next place of each other part."""
        words = first.words
        for _, hits in others:
            after = [hit for hit in hits if hit.words[0] > words[-1] and self._may_follow(words[-1], hit)]
            if not after:
                return None
            words += min(after, key=lambda hit: hit.words[0]).words
        return Hit(words, first.from_letter)

    def _may_follow(self, last: int, hit: Hit) -> bool:
        """Say whether an ellipsis may leave out what it does: it does not turn the sense, and is not half a book."""
        document = self.words
        before, after = document.lines[document.line_of[last]], document.lines[document.line_of[hit.words[0]]]
        between = range(last + 1, hit.words[0])
        if len(between) <= _FEW_WORDS and any(document.keys[word] in _NEGATIONS for word in between):
            return False
        if after.page - before.page > _PAGES_BETWEEN_PARTS:
            return False
        return before.paragraph == after.paragraph or len(hit.words) >= _WORDS_OF_A_PART

    def _verdict(self, status: Status, hit: Hit, way: _Way) -> QuoteVerdict:
        places = self._places(way, 0, len(way.stream.text))
        count = sum(1 for _ in islice(places, _MOST_COUNTED))
        return QuoteVerdict(
            status=status,
            pages=self._pages(hit),
            boxes=self.words.boxes(hit),
            count=count,
            is_read_by_ocr=way.is_read_by_ocr,
            text=self.words.text(hit.words),
        )

    def _pages(self, hit: Hit) -> tuple[int, ...]:
        return tuple(dict.fromkeys(self.words.page_number(word) for word in hit.words))

    def _nearest(self, quote: str) -> NearestPassage | None:
        near = nearest_passage(quote, self.words)
        if near is None:
            return None
        pages = self._pages(near.hit)
        return NearestPassage(
            text=self.words.text(near.hit.words),
            page=pages[0],
            pages=pages,
            boxes=self.words.boxes(near.hit),
            differs=near.differs,
            likeness=round(near.likeness, 2),
        )


def _flow_with(flow: PageFlow, texts: Mapping[int, str]) -> PageFlow:
    paragraphs = tuple(
        paragraph._replace(
            lines=tuple(
                tuple(word._replace(text=texts[id(word)]) if id(word) in texts else word for word in line)
                for line in paragraph.lines
            )
        )
        for paragraph in flow.paragraphs
    )
    return replace(flow, paragraphs=paragraphs)  # as many words in the same order
