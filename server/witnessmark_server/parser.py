"""The words of the command line, made from the tools' definitions and the list of settings."""

from __future__ import annotations

import argparse
import json
from argparse import SUPPRESS
from collections.abc import Sequence
from typing import Any, NoReturn

from witnessmark import __version__
from witnessmark.errors import UsageError
from witnessmark.settings import SETTINGS
from witnessmark_server import store_words
from witnessmark_server.shell_names import in_shell_words, is_required_word, written
from witnessmark_tools.arguments import SECRET
from witnessmark_tools.catalog import COMMANDS
from witnessmark_tools.definition import ToolDefinition

OWN_COMMANDS = {
    "serve": "Serve the tools over MCP on standard input and output, or over HTTP to programs on this machine.",
    "demo": "Extract the tables of a document and show them; without a document, of the report that comes along.",
    "doctor": "Check the installation, and say what to do about what is wrong.",
    "store": "Show what is kept and what was spent; prune it, back it up, release documents, write the ledger as CSV.",
}
OUTPUT = "--output"
_NOT_OF_THE_SHELL = ("wait_seconds",)
"""Settings that mean nothing where a command waits to the end and no host is answered."""
_WAITS = "Without effect: the shell waits until the work is done."
_HTTP_OPTIONS = ("--http", "--host", "--port", "--no-auth")
_WITHOUT_VALUE = frozenset({"--http", "--no-auth", "--json", "--help", "-h", "--version"})


class Once(argparse.Action):
    """An option of one value, of which a second one would silently replace the first."""

    def __call__(
        self,
        parser: argparse.ArgumentParser,  # noqa: ARG002 - as argparse calls it
        namespace: argparse.Namespace,
        values: object,
        option_string: str | None = None,
    ) -> None:
        if getattr(namespace, self.dest, None) is not None:
            raise UsageError(f"{option_string} is given twice.", "Give it once.")
        setattr(namespace, self.dest, values)


class _Parser(argparse.ArgumentParser):
    """A parser whose complaints are our errors."""

    def error(self, message: str) -> NoReturn:
        raise UsageError(f"{message[:1].upper()}{message[1:]}.", f"See `{self.prog} --help`.")


def make_parser() -> argparse.ArgumentParser:
    parser = _Parser(
        prog="witnessmark",
        description="Vision tools that agents can trust. Without a command or a terminal: an MCP server on stdio.",
        allow_abbrev=False,
    )
    parser.add_argument("--version", action="version", version=f"witnessmark {__version__}")
    commands = parser.add_subparsers(dest="command", title="commands", metavar="COMMAND", parser_class=_Parser)
    for tool in COMMANDS.values():
        _add_tool(commands, tool)
    for name, meaning in OWN_COMMANDS.items():
        command = commands.add_parser(name, help=meaning, description=meaning, allow_abbrev=False)
        if name == "demo":
            command.add_argument("source", nargs="?", metavar="FILE", help="A document; default the report.")
        if name == "serve":
            _add_http(command)
        if name == "doctor":
            command.add_argument("--json", action="store_true", help="One JSON object on standard output.")
        if name == "store":
            store_words.add_actions(command, lambda action: _add_settings(action, taken=(), default=SUPPRESS))
        _add_settings(command, taken=())
    return parser


def command_of(words: list[str]) -> int | None:
    """Find the command among the words: the first that is neither an option nor an option's value.

    Shapes:  its index, or None
    """
    is_value = False
    for index, word in enumerate(words):
        if is_value:
            is_value = False
        elif not word.startswith("-") or word == "-":
            return index
        else:
            is_value = "=" not in word and word not in _WITHOUT_VALUE
    return None


def options_of(command: str) -> list[str]:
    """List the options that a command takes."""
    tool = COMMANDS.get(command.replace("-", "_"))
    own = [option(name) for name in tool.arguments.model_fields if name not in {"source", "sources"}] if tool else []
    own += _HTTP_OPTIONS if command == "serve" else ()
    own += store_words.OPTIONS if command == "store" else ()
    own += [OUTPUT] if tool and tool.gives_pictures else []
    own += ["--json"] if tool or command == "doctor" else []
    return [*own, *(item.flag for item in SETTINGS if item.flag not in own)]


def _add_tool(commands: Any, tool: ToolDefinition) -> None:
    says = in_shell_words(tool.description, tool).replace("%", "%%")
    summary = says.split(". ", 1)[0].rstrip(".") + "."
    required = tool.input_schema.get("required", [])
    places = " ".join(_place(tool, name) for name in required if name == "sources" or is_required_word(tool, name))
    command = commands.add_parser(
        dashed(tool),
        help=summary,
        description=says,
        allow_abbrev=False,
        usage=f"witnessmark {dashed(tool)} [options] {places}".rstrip(),
    )
    for name in tool.input_schema["properties"]:
        _add_argument(command, tool, name)
    if tool.gives_pictures:
        meaning = "Where to write the picture, as PNG or JPEG by its ending; default: the folder of exports."
        command.add_argument(OUTPUT, metavar="FILE", action=Once, help=meaning)
    command.add_argument(
        "--json", action="store_true", help="One complete JSON object on standard output, nothing else."
    )
    _add_settings(command, taken=tuple(tool.arguments.model_fields), hidden=_NOT_OF_THE_SHELL)


def _place(tool: ToolDefinition, name: str) -> str:
    return "FILE [FILE ...]" if name == "sources" else written(name, tool)


def _add_argument(command: argparse.ArgumentParser, tool: ToolDefinition, name: str) -> None:
    schema = tool.input_schema["properties"][name]
    meaning = _meaning(tool, name, schema)
    takes_several = schema.get("type") == "array"
    if name in objects_of(tool):
        command.add_argument(option(name), dest=name, metavar="NAME=VALUE", nargs="+", help=meaning)
    elif name == "sources":
        command.add_argument(name, metavar="FILE", nargs="+", help=meaning)
    elif name in tool.input_schema.get("required", []):
        if takes_several:  # files alone stand without a name
            word = name.removesuffix("s").upper()
            command.add_argument(option(name), dest=name, metavar=word, nargs="+", action="extend", help=meaning)
        else:
            command.add_argument(name, metavar=written(name, tool), help=meaning)
    else:
        if name == "source":  # as for tools that need one, a file may stand by itself
            command.add_argument(name, metavar="FILE", nargs="?", default=SUPPRESS, help=meaning)
        command.add_argument(
            option(name),
            dest=name,
            metavar=_metavar(name, schema),
            action="append" if takes_several else Once,
            help=meaning,
        )


def _metavar(name: str, schema: dict[str, Any]) -> str:
    choices = schema.get("enum") or schema.get("items", {}).get("enum")
    if choices:
        return "|".join(choices)
    if schema.get("type") == "boolean":
        return "true|false"
    return {"source": "FILE", "max_cost_usd": "USD", "password": "-|TEXT"}.get(name, name.rpartition("_")[2].upper())


def _meaning(tool: ToolDefinition, name: str, schema: dict[str, Any]) -> str:
    meaning = in_shell_words(schema.get("description", ""), tool)
    if name == "wait_seconds":
        return _WAITS if tool.is_long else "Seconds to wait for the job; default: until it ends."
    if name in SECRET:
        meaning += " `-` asks for it, or reads it from standard input, so that no list of commands has it."
    if name in objects_of(tool):
        meaning = f"{meaning} As NAME=VALUE …, or one JSON object; a file alone is the source."
    if schema.get("type") == "array" and name not in tool.input_schema.get("required", []):
        meaning += " Several: repeat it."
    return meaning.strip().replace("%", "%%")


def with_each_choice(command: str, words: Sequence[str]) -> list[str]:
    """Write an option before each of its choices: `--export xlsx csv` becomes `--export xlsx --export csv`."""
    tool = COMMANDS.get(command.replace("-", "_"))
    choices = {
        option(name): frozenset(schema["items"]["enum"])
        for name, schema in (tool.input_schema["properties"].items() if tool else ())
        if "enum" in schema.get("items", {})
    }
    done: list[str] = []
    name = ""
    is_value = False
    for word in words:
        if name and not is_value and set(word.split(",")) <= choices[name]:
            done += [name, word]
            continue
        if not is_value:
            name = word.partition("=")[0] if word.partition("=")[0] in choices else ""
            is_value = bool(name) and "=" not in word
        else:
            is_value = False
        done.append(word)
    return done


def objects_of(tool: ToolDefinition) -> list[str]:
    """List the arguments of a tool that hold names and values themselves."""
    return [name for name, schema in tool.input_schema["properties"].items() if schema.get("type") == "object"]


class NotAnObject(UsageError):
    """No JSON object, and no names with values."""

    def __init__(self, name: str) -> None:
        super().__init__(
            f"{option(name)} holds neither names with values nor a JSON object.",
            f'Write {option(name)} source=report.pdf pages=2-4, or {option(name)} \'{{"source": "report.pdf"}}\'.',
        )


def object_from_words(name: str, words: Sequence[str]) -> dict[str, Any]:
    """Read an argument that is an object.

    Errors:  `NotAnObject`, without the words: they may hold a password
    """
    if words[0].startswith("{"):
        try:
            made = json.loads(" ".join(words))
        except ValueError as error:
            raise NotAnObject(name) from error
        return dict(made)
    given: dict[str, Any] = {}
    for index, word in enumerate(words):
        key, equals, value = word.partition("=")
        if index == 0 and not (equals and key.isidentifier()):
            key, value = "source", word
        elif not equals:
            raise NotAnObject(name)
        given[key] = value
    return given


def _add_http(command: argparse.ArgumentParser) -> None:
    group = command.add_argument_group("over HTTP")
    group.add_argument(
        "--http",
        action="store_true",
        help="Serve at http://127.0.0.1:8765/mcp; needs --allow (or WITNESSMARK_ALLOW).",
    )
    group.add_argument("--host", metavar="ADDRESS", help="An address of this machine alone; default 127.0.0.1.")
    group.add_argument("--port", metavar="PORT", type=_port, help="Default 8765; 0 takes any that is free.")
    group.add_argument(
        "--no-auth",
        action="store_true",
        help="Ask for no access token: every user of this machine can then read documents and spend.",
    )


def _port(text: str) -> int:
    if not text.isdecimal() or int(text) > 65535:
        raise argparse.ArgumentTypeError(f"{text[:20]!r} is no port: a whole number from 0 to 65535 is")
    return int(text)


def _add_settings(
    command: argparse.ArgumentParser,
    *,
    taken: tuple[str, ...],
    hidden: tuple[str, ...] = (),
    default: str | None = None,
) -> None:
    group = command.add_argument_group("settings", "Each also as an environment variable, which is in parentheses.")
    for item in SETTINGS:
        if item.name not in taken:  # a tool's own argument of that name speaks of one call
            action = "append" if item.is_repeatable else "store"
            meaning = f"{item.meaning} Default: {item.default}. ({item.variable})".replace("%", "%%")
            help_ = SUPPRESS if item.name in hidden else meaning
            group.add_argument(item.flag, action=action, metavar=item.metavar, default=default, help=help_)


def dashed(tool: ToolDefinition) -> str:
    return tool.name.replace("_", "-")


def option(name: str) -> str:
    return "--" + name.replace("_", "-")
