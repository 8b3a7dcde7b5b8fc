"""Where a value may stand on a page: every run of words that says it, and nothing that only resembles it."""

from __future__ import annotations

from collections.abc import Iterator

from witnessmark.evidence.normal import BREAK, core_of, key_of_cell, without_brackets, without_right
from witnessmark.evidence.numbers import amount_of, dates_of, is_same_day
from witnessmark.evidence.page_index import PageIndex, Run, Token

MOST_RUNS = 200
"""Places of one value that are told apart; a table of noughts has more, and they are taken in their order."""
MOST_WORDS = 200
"""Of a text that is followed word by word; longer ones are compared with what stands in their place."""
MOST_STEPS = 3_000
"""Words that are tried for one value: pages of one word over and over would take for ever."""
LINES_ON = 4
"""How many lines further a text may go on: between its lines may stand those of other columns."""
WORD_GAP = 4.0
"""Gap between words of one text, in heights of a line: an answer may put two columns into one."""
LINE_GAP = 1.7
"""Distance between lines of one text, in heights of a line."""


def runs_of(text: str, index: PageIndex, mark: str | None = None) -> list[Run]:
    """Find every place where a value stands, digit for digit.

    Shapes:  `mark` is what stands before decimals in the answer; None where that is not known
    """
    runs = _runs_of_level(text, index, mark or index.mark)
    for turned, words in index.turned:
        for run in _runs_of_level(text, turned, mark or index.mark):
            if len(run.words) > 1:  # single words are found among the others
                own = index.run([words[word] for word in run.words])
                runs.append(own._replace(is_loose=run.is_loose))
    return runs[:MOST_RUNS]


def _runs_of_level(text: str, index: PageIndex, mark: str | None) -> list[Run]:
    """Find the places of a value among the words that are written in one direction."""
    key = key_of_cell(text)
    if not key:
        return []
    amount = amount_of(key, mark)
    runs = _runs_of_key(key, index, is_whole=amount is not None)
    if amount is not None:
        amounts = index.amounts
        runs = [run for run in runs if index.bound.isdisjoint(run.words)]
        seen = {run.words for run in runs}
        for value in amount.signed:
            for run, printed in amounts.get(value, ()):
                if run.words not in seen and same_unit(amount.unit, printed.unit, index):
                    seen.add(run.words)
                    runs.append(run)
        return _without_parts_of_numbers(runs)[:MOST_RUNS]
    if not runs:
        bare = without_brackets(core_of(key))
        words = [*index.by_key.get(bare, ()), *index.bracketed.get(bare, ())]
        runs = [index.run((word,)) for word in dict.fromkeys(words)]
    if not runs:
        runs = list(_runs_of_date(text, index))
    return runs[:MOST_RUNS]


def same_unit(asked: str, printed: str, index: PageIndex) -> bool:
    """Say whether units agree: one that is left out does, one that stands nowhere on the page does not."""
    if asked == printed or not asked:
        return True
    return not printed and asked in index.units_of_measure


def _without_parts_of_numbers(runs: list[Run]) -> list[Run]:
    """Drop words that look like the number but are a part of a longer one: `12` of `12 345`, `5` of `( 5 )`."""
    if len(runs) < 2:
        return runs
    longer = [set(run.words) for run in runs if len(run.words) > 1]
    return [run for run in runs if not any(set(run.words) < one for one in longer)]


def _runs_of_key(key: str, index: PageIndex, *, is_whole: bool) -> list[Run]:
    """Find the words, or unless it `is_whole` the runs of words, that say a key."""
    core = core_of(key)
    found: dict[tuple[int, ...], None] = {}
    for one in dict.fromkeys((key, core)):
        for word in index.by_key.get(one, ()):
            found[(word,)] = None
    if len(core) > 1 and not is_whole:
        found |= dict.fromkeys(_longer_runs(core, index, is_strict=True))
        loose = [words for words in _longer_runs(core, index, is_strict=False) if words not in found]
        return [
            *[index.run(words) for words in found],
            *[index.run(words)._replace(is_loose=True) for words in loose],
        ]
    return [index.run(words) for words in found]


def _longer_runs(key: str, index: PageIndex, *, is_strict: bool) -> list[tuple[int, ...]]:
    """Find the runs of two and more words whose letters, put together, are the key.

    Where it `is_strict`, a text goes on in the next line only from its line's end to its line's beginning, as texts do
    unless columns stand so close that they look like one line.
    """
    search = _Search(key, index, is_strict=is_strict)
    found: list[tuple[int, ...]] = []
    for length in range(1, min(len(key) - 1, index.longest) + 1):
        for word in index.beginnings.get(key[:length], ()):
            words = search.gone_on(length, (word,)) if word not in index.sideways else None
            if words is not None:
                found.append(words)
    return found


class _Search:
    """The search for one key's words, which ends where a page is made to be searched for ever."""

    def __init__(self, key: str, index: PageIndex, *, is_strict: bool) -> None:
        self._key = key
        self._index = index
        self._is_strict = is_strict
        self._steps = MOST_STEPS

    def gone_on(self, done: int, words: tuple[int, ...]) -> tuple[int, ...] | None:
        """Go on from words that say the first `done` letters of the key to those that say the rest."""
        self._steps -= 1
        if len(words) > MOST_WORDS or self._steps < 0:
            return None
        index = self._index
        last = index.tokens[words[-1]]
        is_break = self._key[done] == BREAK
        done += is_break
        line = index.lines[last.line]
        if last.order + 1 < len(line) and _is_beside(last, index.tokens[line[last.order + 1]]):
            following = line[last.order + 1]
            ended = self._matched(done, words, following, is_break=is_break)
            if ended is None and index.is_small_mark(following) and last.order + 2 < len(line):
                ended = self._matched(done, words, line[last.order + 2], is_break=is_break)
            if ended is not None:
                return ended
        if index.is_from_right and last.order > 0 and _is_beside(index.tokens[line[last.order - 1]], last):
            ended = self._matched(done, words, line[last.order - 1], is_break=is_break)
            if ended is not None:
                return ended
        return self._wrapped(done, words, is_break=is_break)

    def _matched(self, done: int, words: tuple[int, ...], word: int, *, is_break: bool) -> tuple[int, ...] | None:
        """Take a word as the next of a run, and go on to the end; None where the rest does not follow."""
        if word in self._index.sideways or word in words:
            return None  # its text goes on in its own direction, or it is taken already
        own, rest = self._index.tokens[word].key, self._key[done:]
        if not is_break and done and self._key[done - 1].isdigit() and own[0].isdigit():
            return None
        if rest in {own, without_right(own)}:
            return (*words, word)
        if rest.startswith(own):
            return self.gone_on(done + len(own), (*words, word))
        hyphenated = own[:-1] if own[-1] == "-" else ""
        if rest == hyphenated:  # the page's own text goes on behind the hyphen
            return (*words, word)
        if hyphenated and rest.startswith(hyphenated):
            return self.gone_on(done + len(hyphenated), (*words, word))
        return None

    def _wrapped(self, done: int, words: tuple[int, ...], *, is_break: bool) -> tuple[int, ...] | None:
        """Go on in one of the next lines, under the text so far."""
        index = self._index
        if self._is_strict and not _ends_unit(words[-1], index):
            return None
        tokens = [index.tokens[word] for word in words]
        last = tokens[-1]
        x0, x1 = min([token.x0 for token in tokens]), max([token.x1 for token in tokens])
        height = last.bottom - last.top
        for number in range(last.line + 1, min(last.line + 1 + LINES_ON, len(index.lines))):
            for word in index.lines[number]:
                token = index.tokens[word]
                if token.top - last.bottom > (LINE_GAP - 1) * max(height, token.bottom - token.top):
                    return None
                if token.x1 < x0 - height or token.x0 > x1 + height or token.key[0] != self._key[done]:
                    continue
                if self._is_strict and not _begins_unit(word, index):
                    continue
                ended = self._matched(done, words, word, is_break=is_break)
                if ended is not None:
                    return ended
        return None


def _begins_unit(word: int, index: PageIndex) -> bool:
    """Say whether a word is the first of its text on its line."""
    token = index.tokens[word]
    return not token.order or index.tokens[index.lines[token.line][token.order - 1]].unit != token.unit


def _is_beside(last: Token, following: Token) -> bool:
    return following.x0 - last.x1 < WORD_GAP * max(last.bottom - last.top, following.bottom - following.top)


def _ends_unit(word: int, index: PageIndex) -> bool:
    """Say whether a word is the last of its text on its line, marks left out."""
    token = index.tokens[word]
    after = index.lines[token.line][token.order + 1 :]
    return all(index.tokens[other].unit != token.unit or index.is_small_mark(other) for other in after[:2])


def _runs_of_date(text: str, index: PageIndex) -> Iterator[Run]:
    """Find a day that is printed another way."""
    if not dates_of(text):
        return
    for line in index.lines:
        for start in range(len(line)):
            for end in range(start + 1, min(start + 5, len(line) + 1)):
                words = line[start:end]
                if is_same_day(text, index.text(words), is_day_first=index.is_day_first):
                    yield index.run(words)
                    break
