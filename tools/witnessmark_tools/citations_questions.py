"""The questions of a call, checked."""

from __future__ import annotations

from collections.abc import Sequence

from witnessmark.errors import UsageError

MOST_QUESTIONS = 50
LONGEST_QUESTION = 4_000


class TooManyQuestions(UsageError):
    def __init__(self, count: int) -> None:
        super().__init__(
            f"{count} questions were asked, and one call takes at most {MOST_QUESTIONS}.", "Ask the others apart."
        )


class QuestionEmpty(UsageError):
    def __init__(self) -> None:
        super().__init__("A question has no words.", "Pass `questions` as a list of texts.")


def checked_questions(questions: Sequence[str]) -> list[str]:
    """Check questions.

    Shapes:  each once, in their order
    Errors:  `TooManyQuestions`, `QuestionEmpty`
    """
    asked = list(dict.fromkeys(" ".join(question.split())[:LONGEST_QUESTION] for question in questions))
    if not all(any(letter.isalnum() for letter in question) for question in asked):
        raise QuestionEmpty
    if len(asked) > MOST_QUESTIONS:
        raise TooManyQuestions(len(asked))
    return asked
