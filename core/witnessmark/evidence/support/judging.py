"""Whether a statement's citations bear it out: supported, weakly supported, contradicted, or not to tell."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from witnessmark.evidence.support.conflicts import conflict_between
from witnessmark.evidence.support.language import Language, language_of
from witnessmark.evidence.support.passages import Content, DocumentPassages, content_of, covered_by
from witnessmark.evidence.support.polarity import without_denials
from witnessmark.evidence.support.words import language_by_words

Verdict = Literal["supported", "weakly_supported", "contradicted"]
MAX_STATEMENT, MAX_CITED, MAX_CITATIONS = 4_000, 4_000, 12
"""Characters and citations; longer statements are not checked, longer citations are checked as far as that."""
NO_CITATION = "It cites nothing."
NO_WORDS = "It has too few words to compare."
TOO_LONG = "It is too long."
OTHER_LANGUAGE = "It is not in English or German, or not in the language of what it cites."
LITTLE = 0.12
"""Share of a statement's words that a citation has, below which it says nothing of it."""
MORE, MANY_WORDS = 0.12, 5
"""What another passage has to say more than a citation that says nothing, or how many words are in none."""
SOME, MUCH_MORE = 0.45, 0.22
"""A citation that has less than `SOME` is weak where another passage has this much more."""
_ANSWER = re.compile(r"^\W*(yes|no|ja|nein|correct|doch)(?:\s*[,.:;!\u2013-]+\s*|$)", re.IGNORECASE)
_DENIES = {"no", "nein"}
_MARKS = re.compile(
    r"\[[^\[\]]{0,80}\]|\((?:page|p\.|seite|s\.|section|clause|abschnitt|\u00a7)[^()]{0,60}\)", re.IGNORECASE
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Support:
    """What looking at a statement's citations found."""

    verdict: Verdict | None
    """None: not to tell."""
    reason: str = ""
    """One sentence: why it is in doubt, or why it was not checked."""
    covered: float | None = None
    """Share of the statement that its citations have, from 0 to 1."""


def support_of(
    statement: str,
    cited: Sequence[str],
    *,
    question: str = "",
    passages: DocumentPassages | None = None,
) -> Support:
    """Judge whether what a statement cites bears it out, from its words alone.

    Shapes:  `passages` are those of all documents: what is cited is read with the sentences and headings around it, and
             a passage that says much more of the statement is a reason to doubt a citation that says little
    Errors:  none; what cannot be told has no verdict
    """
    texts = [text[:MAX_CITED] for text in cited[:MAX_CITATIONS] if text.strip()]
    if not texts:
        return Support(verdict=None, reason=NO_CITATION)
    if len(statement) > MAX_STATEMENT:
        return Support(verdict=None, reason=TOO_LONG)
    said = _as_statement(_without_quotes(statement, texts), question)
    if said is None:
        return Support(verdict=None, reason=NO_WORDS)
    around = ""
    if passages is not None:
        read = [passages.completed(text) for text in texts]
        texts, around = (
            [text for text, _ in read],
            " \n\n".join(dict.fromkeys(heading for _, heading in read if heading)),
        )
    evidence = " \n\n".join(texts)[:MAX_CITED]
    language = _common_language(said, evidence, passages)
    if language is None:
        return Support(verdict=None, reason=OTHER_LANGUAGE)
    content, found = content_of([without_denials(said, language)], language), content_of(texts, language)
    if not content.words:
        is_there = bool(content.figures) and covered_by(content, found, None)[0] == 1.0
        return Support(verdict="supported") if is_there else Support(verdict=None, reason=NO_WORDS)
    share, shared = covered_by(content, found, passages)
    near = content_of([around], language) if around else None
    wide = max(share, 0.8 * covered_by(content, _joined(found, near), passages)[0]) if near is not None else share
    if share >= LITTLE and (conflict := conflict_between(said, texts, around, language)) is not None:
        return Support(verdict="contradicted", reason=conflict, covered=round(share, 2))
    if len(content.words) + len(content.figures) < 2 and not question:
        return Support(verdict="supported" if share else None, covered=round(share, 2))
    elsewhere = passages.best_other(content, found)[0] if passages is not None and wide < SOME else 0.0
    is_alone = passages is None or (wide == 0.0 and len(content.words) >= MANY_WORDS)
    if wide < LITTLE and (is_alone or elsewhere - wide >= MORE):
        return Support(verdict="weakly_supported", reason=_little(content, shared), covered=round(share, 2))
    if elsewhere - wide >= MUCH_MORE:
        told = f"{_little(content, shared)} Another passage says more of it."
        return Support(verdict="weakly_supported", reason=told, covered=round(share, 2))
    return Support(verdict="supported", covered=round(share, 2))


def _without_quotes(statement: str, cited: Sequence[str]) -> str:
    """Leave out what a statement quotes of its citations, which says nothing of the rest; a mere quote stays."""
    rest = statement
    for text in cited:
        rest = rest.replace(text, " ")
    return rest if len(re.findall(r"[^\W\d_]{3,}", rest)) >= 3 else statement


def _as_statement(statement: str, question: str) -> str | None:
    """Write an answer as a statement: `No.` denies what was asked."""
    text = _MARKS.sub(" ", statement).strip()
    answer = _ANSWER.match(text)
    if answer is None:
        return text if any(letter.isalpha() for letter in text) else None
    rest = text[answer.end() :]
    if len(rest.split()) >= 3:
        return rest
    if not question:
        return None
    denial = "It is not so: " if answer[1].casefold() in _DENIES else ""
    if language_of(question) == "de" and denial:
        denial = "Es ist nicht so: "
    return f"{denial}{question.rstrip('?')} {rest}"


def _common_language(statement: str, cited: str, passages: DocumentPassages | None) -> Language | None:
    """Give the language of both, where it is one that is checked."""
    theirs = language_of(cited) or (passages.language if passages is not None else None)
    ours = language_of(statement) or theirs or language_by_words(f"{statement} {cited}")
    theirs = theirs or ours
    return ours if ours == theirs and ours in {"en", "de"} else None


def _joined(one: Content, other: Content) -> Content:
    return Content(words=one.words + other.words, figures=one.figures + other.figures)


def _little(content: Content, shared: Sequence[object]) -> str:
    missing = [word.text for word in content.words if word not in shared]
    named = ", ".join(f"'{word}'" for word in list(dict.fromkeys(missing))[:4])
    return f"What it cites has {'nothing like' if not shared else 'little of it: nothing like'} {named}."
