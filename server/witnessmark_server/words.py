"""The words of the command line as arguments of a tool, and those that cannot be any."""

from __future__ import annotations

import argparse
import os
import re
import sys
from collections.abc import Sequence
from typing import Any

from witnessmark.closest import did_you_mean
from witnessmark.errors import InputError, UsageError
from witnessmark.settings import SETTINGS
from witnessmark_server.parser import object_from_words, objects_of
from witnessmark_tools.arguments import SECRET, WHOLE
from witnessmark_tools.definition import ToolDefinition

_FROM_INPUT = "-"
_LIKE_A_FILE = re.compile(r"-[^=\s]*\.(?:pdf|png|jpe?g|gif|webp|tiff?|bmp|csv|tsv|txt|md|json)", re.IGNORECASE)


class UnknownOption(UsageError):
    """An option that a command does not have."""

    def __init__(self, word: str, command: str, known: Sequence[str]) -> None:
        name = word.partition("=")[0]
        settings = {item.flag for item in SETTINGS}
        own = [flag for flag in known if flag not in settings]
        listed = f"Its options: {', '.join(own)}. " if own else ""
        super().__init__(
            f"witnessmark {command} has no option {name[:60]!r}.",
            f"{did_you_mean(name, known)}{listed}See `witnessmark {command} --help`.",
        )

    @property
    def kind(self) -> str:
        """The name that scripts know; hosts have arguments where the shell has options."""
        return "UnknownArgument"


class FileLikeAnOption(UsageError):
    """A file whose name begins with a dash."""

    def __init__(self, name: str, command: str) -> None:
        super().__init__(
            f"{name[:60]!r} begins like an option.",
            f"Write ./{name[:60]} for a file, or put it last, after `--`: witnessmark {command} -- {name[:60]}",
        )


class WordNotUtf8(InputError):
    """A word, most often the name of a file, whose bytes are no UTF-8."""

    def __init__(self, word: str) -> None:
        shown = os.fsencode(word).decode(errors="backslashreplace")
        super().__init__(
            f"The name '{shown[:200]}' is not valid UTF-8, so no result could give it.",
            "Rename the file, or make a link to it with another name, and use that.",
        )


class PasswordMissing(UsageError):
    """`-` asks for a password, and there is none."""

    def __init__(self) -> None:
        super().__init__(
            "A password was to be read from standard input, which is empty.",
            "Run it in a terminal, which asks for the password, or write the password to standard input.",
        )


def check_words(command: str, words: Sequence[str]) -> None:
    """Refuse words that would be misread.

    Errors:  `WordNotUtf8`, `FileLikeAnOption`
    """
    for word in words:
        try:
            word.encode()
        except UnicodeEncodeError as error:
            raise WordNotUtf8(word) from error
    ends = list(words).index("--") if "--" in words else len(words)
    for word in words[:ends]:
        if word.startswith("-") and word != "-" and (_LIKE_A_FILE.fullmatch(word) or _is_file(word)):
            raise FileLikeAnOption(word, command)


def _is_file(word: str) -> bool:
    return not word.startswith("--") and os.path.isfile(word)  # noqa: PTH113 - a name that may hold anything


def arguments_of(tool: ToolDefinition, options: argparse.Namespace) -> dict[str, Any]:
    """Take a tool's arguments from the parsed command line."""
    given = {name: value for name in tool.arguments.model_fields if (value := getattr(options, name, None)) is not None}
    for name in objects_of(tool):
        if name in given:
            given[name] = object_from_words(name, given[name])
    properties = tool.input_schema["properties"]
    for name, value in given.items():
        if properties[name].get("type") == "array" and name not in WHOLE:
            given[name] = _items(value)
    return given


def _items(values: Sequence[str]) -> object:
    """Join the values of an option that was repeated; each may be a list with commas, and a single one JSON."""
    if len(values) == 1:
        return values[0]
    return [part.strip() for value in values for part in value.split(",") if part.strip()]


def fill_passwords(arguments: dict[str, Any]) -> None:
    """Ask for each password that is `-`: at the terminal, else by reading a line of standard input.

    Errors:  `PasswordMissing`
    """
    for name in sorted(SECRET):
        if arguments.get(name) == _FROM_INPUT:
            arguments[name] = _password("later document" if name == "after_password" else "document")


def _password(of: str) -> str:
    if sys.stdin is None:  # pyright: ignore[reportUnnecessaryComparison] - so it is if it was closed
        raise PasswordMissing
    if sys.stdin.isatty():
        import getpass

        try:
            return getpass.getpass(f"Password of the {of}: ")
        except EOFError as error:
            raise PasswordMissing from error
    line = sys.stdin.readline()
    if not line:
        raise PasswordMissing
    return line.rstrip("\r\n")
