"""Every error witnessmark raises on purpose, split by who can act.

WitnessmarkError
├── InputError      the caller: change an argument or the file
│   ├── UsageError  the call itself is not one of ours (unknown argument, wrong type)
│   └── …           one class a cause, beside the code that raises it or below
├── ApiError        nobody now: wait
├── SetupError      the operator: install, key, permission
└── BudgetError     the operator's money limit stands in the way

An error is two sentences, both ours: what happened (`message`) and what to do (`next_step`). No text of a document and
no message of another library gets into them: either may be an attack.
"""

from __future__ import annotations

from typing import Self


class WitnessmarkError(Exception):
    """Something witnessmark refuses or cannot do, said in two sentences."""

    exit_code = 1

    def __init__(self, message: str, next_step: str) -> None:
        super().__init__(f"{message} {next_step}")
        self.message = message
        self.next_step = next_step

    def adding(self, fact: str) -> Self:
        """Add a sentence to what happened, such as what was paid before it did."""
        self.message = f"{self.message} {fact}"
        self.args = (f"{self.message} {self.next_step}",)
        return self

    @property
    def kind(self) -> str:
        """The class's name, stable for scripts."""
        return type(self).__name__


class InputError(WitnessmarkError):
    """The caller can mend this: another argument, another file."""

    exit_code = 3


class UsageError(InputError):
    """The arguments do not fit the tool."""

    exit_code = 2


class ApiError(WitnessmarkError):
    """The API refused for now; nothing about the call is wrong."""

    exit_code = 4


class SetupError(WitnessmarkError):
    """The operator can mend this: an installation, a key, a folder's permissions."""

    exit_code = 5


class BudgetError(WitnessmarkError):
    """The price is above a limit that the operator or the caller set."""

    exit_code = 6
